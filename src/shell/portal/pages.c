/* shell/portal/pages.c -- the built pages, read once and answered from memory.
 *
 * Vite writes X.gz beside what is worth it; a file under assets/ has its digest in its name and may
 * be kept for ever, the others are asked again by their ETag.  A path that is no file is a room of
 * the one-page applications: /desk/… is desk.html, the rest index.html. */
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include "shell/file/file.h"
#include "shell/portal/inside.h"

/* Scripts and styles are our own files only, nothing inline; style attributes are set by the charts'
 * tooltips and the table's column widths. */
const struct yh_http_head SECURITY_HEADS[] = {
    { "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr "
      "'unsafe-inline'; "
      "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
      "base-uri 'none'; form-action 'self'; frame-ancestors 'none'" },
    { "X-Content-Type-Options", "nosniff" },
    { "Referrer-Policy", "no-referrer" },
    { "X-Frame-Options", "DENY" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
    { "Permissions-Policy", "camera=(), microphone=(), geolocation=()" },
};
const int NSECURITY_HEADS = YH_COUNT(SECURITY_HEADS);

static const struct {
    const char *end, *type;
} TYPE[] = {
    { ".html", "text/html;charset=UTF-8" },
    { ".js", "text/javascript;charset=UTF-8" },
    { ".css", "text/css;charset=UTF-8" },
    { ".svg", "image/svg+xml" },
    { ".json", "application/json" },
    { ".webmanifest", "application/manifest+json" },
    { ".png", "image/png" },
    { ".ico", "image/x-icon" },
    { ".txt", "text/plain;charset=UTF-8" },
};

static yh_str type_of(yh_str path)
{
    for (int i = 0; i < YH_COUNT(TYPE); i++)
        if (yh_ends(path, yh_cstr(TYPE[i].end)))
            return yh_cstr(TYPE[i].type);
    return YH_S("application/octet-stream");
}

static enum yh_status load_file(struct yh_portal *p, yh_str file, yh_str path, int *cap,
                                struct yh_err *err)
{
    struct page g = { .path = path, .type = type_of(path) };
    uint8_t digest[32];
    char hex[64];
    enum yh_status st =
        yh_file_read(&p->arena, yh_zdup(&p->arena, file), 16 << 20, &g.plain, err);
    if (st)
        return st;
    yh_str packed = yh_fmt(&p->arena, "%.*s.gz", YH_ARG(file));
    if (yh_file_read(&p->arena, yh_zdup(&p->arena, packed), 16 << 20, &g.gzip, NULL))
        g.gzip = (yh_str){ 0 };
    yh_sha256_of(g.plain, digest);
    yh_hex(hex, digest, 32);
    g.etag = yh_fmt(&p->arena, "\"%.24s\"", hex);
    g.forever = yh_starts(path, YH_S("/assets/"));
    YH_PUSH(&p->arena, p->page, p->npage, *cap) = g;
    return YH_OK;
}

static enum yh_status load_dir(struct yh_portal *p, yh_str dir, yh_str under, int *cap,
                               struct yh_err *err)
{
    DIR *d = opendir(yh_zdup(&p->arena, dir));
    enum yh_status st = YH_OK;
    if (!d)
        return YH_OK;
    for (struct dirent *e; st == YH_OK && (e = readdir(d));) {
        yh_str name = yh_cstr(e->d_name);
        struct stat s;
        if (name.p[0] == '.' || yh_ends(name, YH_S(".gz")))
            continue;
        yh_str file = yh_fmt(&p->arena, "%.*s/%s", YH_ARG(dir), e->d_name);
        yh_str path = yh_fmt(&p->arena, "%.*s/%s", YH_ARG(under), e->d_name);
        if (stat(yh_zdup(&p->arena, file), &s))
            continue;
        st = S_ISDIR(s.st_mode) ? load_dir(p, file, path, cap, err)
                                : load_file(p, file, path, cap, err);
    }
    (void)closedir(d);
    return st;
}

enum yh_status pages_load(struct yh_portal *p, struct yh_err *err)
{
    int cap = 0;
    enum yh_status st =
        p->config.web ? load_dir(p, yh_cstr(p->config.web), YH_S(""), &cap, err) : YH_OK;
    p->by_path = yh_map_in(&p->arena, p->npage);
    for (int i = 0; i < p->npage; i++)
        (void)yh_map_add(&p->by_path, p->page[i].path, i);
    return st;
}

static const struct page *page_of(const struct yh_portal *p, yh_str path)
{
    int32_t at = yh_map_get(&p->by_path, path, -1);
    yh_str last = path;
    while (yh_find(last, YH_S("/")) >= 0)
        (void)yh_cut(&last, '/');
    /* A name with a dot is a file that is not there. */
    if (at < 0 && yh_find(last, YH_S(".")) < 0) {
        bool desk = yh_eq(path, YH_S("/desk")) || yh_starts(path, YH_S("/desk/"));
        at = yh_map_get(&p->by_path, desk ? YH_S("/desk.html") : YH_S("/index.html"), -1);
    }
    return at < 0 ? NULL : &p->page[at];
}

void pages_answer(struct yh_portal *p, struct yh_http_call *call)
{
    const struct page *g = page_of(p, yh_http_path(call));
    struct yh_http_head head[14];
    int n = 0;
    for (int i = 0; i < NSECURITY_HEADS; i++)
        head[n++] = SECURITY_HEADS[i];
    if (!g) {
        yh_http_reply(call, 404, "text/plain;charset=UTF-8", YH_S("没有这个页面\n"), head, n);
        return;
    }
    head[n++] = (struct yh_http_head){ "Cache-Control",
                                       g->forever ? "public, max-age=31536000, immutable"
                                                  : "no-cache" };
    head[n++] = (struct yh_http_head){ "ETag", g->etag.p };
    head[n++] = (struct yh_http_head){ "Vary", "Accept-Encoding" };
    if (yh_find(yh_http_header(call, "If-None-Match"), g->etag) >= 0) {
        yh_http_reply_kept(call, 304, NULL, YH_S(""), head, n);
        return;
    }
    bool packed =
        g->gzip.n && yh_find(yh_http_header(call, "Accept-Encoding"), YH_S("gzip")) >= 0;
    if (packed)
        head[n++] = (struct yh_http_head){ "Content-Encoding", "gzip" };
    yh_http_reply_kept(call, 200, g->type.p, packed ? g->gzip : g->plain, head, n);
}
