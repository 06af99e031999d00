#include "shell/home/home.h"

#include <stdio.h>

#include "shell/file/file.h"

#define ARENA_MAX ((size_t)1 << 30) /* reserved, not used */
#define TABLE_MAX ((size_t)64 << 20)

static struct yiheng_text text_of(const char *name, yh_str s)
{
    return (struct yiheng_text){ name, s.p, (size_t)s.n };
}

static const char *below(struct yh_arena *a, const char *dir, const char *path)
{
    return yh_zdup(a, yh_fmt(a, "%s/%s", dir, path));
}

static enum yh_status read_file(struct yh_arena *a, const char *dir, const char *path,
                                struct yiheng_text *out, struct yh_err *err)
{
    yh_str text;
    const char *whole = below(a, dir, path);
    enum yh_status bad = yh_file_read(a, whole, TABLE_MAX, &text, err);
    if (!bad)
        *out = text_of(whole, text);
    return bad;
}

/* A path of the catalogue; a scheme's name comes from whoever asks and must not climb. */
static int read_scheme(void *ctx, const char *path, struct yiheng_text *out)
{
    struct yh_home *h = ctx;
    if (path[0] == '/' || strstr(path, ".."))
        return 1;
    return read_file(&h->arena, below(&h->arena, h->dir, "catalogs/chs-drg"), path, out,
                     NULL) != YH_OK;
}

/* Pages that a place pays by: examples are not among them. */
static enum yh_status read_pages(struct yh_arena *a, const char *dir, struct yiheng_text **page,
                                 size_t *n, struct yh_err *err)
{
    struct yh_file_list list;
    const char *root = below(a, dir, "policy");
    enum yh_status bad = yh_file_find(a, root, ".md", &list, err);
    if (bad)
        return bad;
    *page = YH_NEW(a, struct yiheng_text, list.n + 1);
    *n = 0;
    for (int i = 0; !bad && i < list.n; i++) {
        const char *rest = list.path[i] + strlen(root);
        yh_str text;
        if (strstr(rest, "/wrong/") || strstr(rest, "/forms/"))
            continue;
        bad = yh_file_read(a, list.path[i], TABLE_MAX, &text, err);
        if (!bad)
            (*page)[(*n)++] = text_of(list.path[i], text);
    }
    return bad;
}

/* Terms go by the region that their file is named after. */
static enum yh_status read_terms(struct yh_arena *a, const char *dir,
                                 struct yiheng_text **terms, size_t *n, struct yh_err *err)
{
    struct yh_file_list list;
    enum yh_status bad = yh_file_find(a, below(a, dir, "catalogs/terms"), ".tsv", &list, err);
    if (bad)
        return bad;
    *terms = YH_NEW(a, struct yiheng_text, list.n + 1);
    *n = 0;
    for (int i = 0; !bad && i < list.n; i++) {
        yh_str text;
        const char *slash = strrchr(list.path[i], '/');
        yh_str name = yh_cstr(slash ? slash + 1 : list.path[i]);
        bad = yh_file_read(a, list.path[i], TABLE_MAX, &text, err);
        if (!bad)
            (*terms)[(*n)++] = text_of(yh_zdup(a, yh_sub(name, 0, name.n - 4)), text);
    }
    return bad;
}

/* The grouping catalogue's own digest, file by file in sorted order, joined to the engine's. */
static enum yh_status version_of(struct yh_home *h, struct yh_arena scratch, struct yh_err *err)
{
    struct yh_file_list list;
    struct yh_sha256 sum;
    uint8_t digest[32];
    const char *root = below(&scratch, h->dir, "catalogs/chs-drg");
    enum yh_status bad = yh_file_find(&scratch, root, "", &list, err);
    yh_sha256_start(&sum);
    yh_sha256_add(&sum, yh_cstr(yiheng_digest(h->engine)));
    for (int i = 0; !bad && i < list.n; i++) {
        struct yh_arena one = scratch;
        yh_str text;
        bad = yh_file_read(&one, list.path[i], TABLE_MAX, &text, err);
        yh_sha256_add(&sum, yh_cstr(list.path[i] + strlen(root)));
        if (!bad)
            yh_sha256_add(&sum, text);
    }
    yh_sha256_end(&sum, digest);
    yh_hex(h->version, digest, 8);
    h->version[16] = 0;
    return bad;
}

enum yh_status yh_home_open(const char *dir, struct yh_home *out, struct yh_err *err)
{
    struct yh_arena a = { 0 };
    struct yiheng_sources s = { .scheme = read_scheme, .scheme_ctx = out };
    struct yiheng_text *page, *terms;
    char error[320];
    *out = (struct yh_home){ 0 };
    if (strlen(dir) >= sizeof out->dir)
        return yh_fail(err, YH_BAD_INPUT, "目录名太长");
    snprintf(out->dir, sizeof out->dir, "%s", dir);
    enum yh_status bad = yh_arena_open(&a, ARENA_MAX, err);
    if (!bad)
        bad = yh_arena_open(&out->arena, ARENA_MAX, err);
    if (!bad)
        bad = read_file(&a, dir, "catalogs/kinds.tsv", &s.kinds, err);
    if (!bad)
        bad = read_file(&a, dir, "catalogs/regions.tsv", &s.regions, err);
    if (!bad)
        bad = read_pages(&a, dir, &page, &s.npolicy, err);
    if (!bad)
        bad = read_terms(&a, dir, &terms, &s.nterms, err);
    if (!bad) {
        s.policy = page;
        s.terms = terms;
        out->engine = yiheng_open(&s, error, sizeof error);
        if (!out->engine)
            bad = yh_fail(err, YH_BAD_TABLE, "%s", error);
    }
    if (!bad)
        bad = version_of(out, a, err);
    yh_arena_close(&a);
    if (bad)
        yh_home_close(out);
    return bad;
}

void yh_home_close(struct yh_home *h)
{
    yiheng_close(h->engine);
    yh_arena_close(&h->arena);
    *h = (struct yh_home){ 0 };
}
