#include "shell/catalogs/catalogs.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "shell/file/file.h"

#define ARENA_MAX \
    ((size_t)4 << 30) /* reserved, not used: pages are touched as they are filled */
#define FILE_MAX ((size_t)1 << 30)

static bool holds_tables(const char *dir)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/tables.tsv", dir);
    return access(path, R_OK) == 0;
}

const char *yh_catalogs_dir(struct yh_arena *a, const char *given)
{
    static const char *const BESIDE[] = { "../catalogs", "../share/yiheng/catalogs",
                                          "../../catalogs" };
    char exe[3900];
    const char *home = getenv("YIHENG_CATALOGS");
    if (given || home)
        return given ? given : home;
    if (holds_tables("catalogs"))
        return "catalogs";
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    exe[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(exe, '/');
    if (slash)
        *slash = '\0';
    for (int i = 0; i < YH_COUNT(BESIDE); i++) {
        const char *path = yh_zdup(a, yh_fmt(a, "%s/%s", exe, BESIDE[i]));
        if (holds_tables(path))
            return path;
    }
    return "catalogs";
}

static enum yh_status read_text(struct yh_catalogs *c, yh_str path, yh_str *out,
                                struct yh_err *err)
{
    const char *whole = yh_zdup(&c->arena, yh_fmt(&c->arena, "%s/%.*s", c->dir, YH_ARG(path)));
    return yh_file_read(&c->arena, whole, FILE_MAX, out, err);
}

/* What tables.tsv lists.  Its own mistakes are left to yh_catalog_load, which names them. */
static enum yh_status load_codes(struct yh_catalogs *c, struct yh_err *err)
{
    yh_str tables;
    struct yh_tsv t;
    struct yh_catalog_text *text = NULL;
    int n = 0, cap = 0;
    enum yh_status bad = read_text(c, YH_S("tables.tsv"), &tables, err);
    if (!bad)
        bad = yh_tsv_open(&t, tables, err);
    int path = bad ? -1 : yh_tsv_col(&t, YH_S("path"));
    while (!bad && path >= 0 && yh_tsv_next(&t, NULL) > 0) {
        struct yh_catalog_text one = { .path = t.cell[path] };
        bad = read_text(c, one.path, &one.text, err);
        YH_PUSH(&c->arena, text, n, cap) = one;
    }
    return bad ? bad : yh_catalog_load(tables, text, n, &c->arena, &c->catalog, err);
}

static enum yh_status load_regions(struct yh_catalogs *c, struct yh_err *err)
{
    yh_str text;
    enum yh_status bad = read_text(c, YH_S("regions.tsv"), &text, err);
    return bad ? bad : yh_regions_load(text, &c->arena, &c->regions, err);
}

/* terms/990100.tsv: the file's name is the region. */
static enum yh_status load_terms(struct yh_catalogs *c, struct yh_err *err)
{
    const char *dir = yh_zdup(&c->arena, yh_fmt(&c->arena, "%s/terms", c->dir));
    struct yh_file_list list;
    if (access(dir, F_OK))
        return YH_OK;
    enum yh_status bad = yh_file_find(&c->arena, dir, ".tsv", &list, err);
    struct yh_term_text *text = bad ? NULL : YH_NEW(&c->arena, struct yh_term_text, list.n);
    for (int i = 0; !bad && i < list.n; i++) {
        yh_str name = yh_cstr(strrchr(list.path[i], '/') + 1);
        bad = yh_region_code(yh_sub(name, 0, name.n - (ptrdiff_t)strlen(".tsv")),
                             &text[i].region, err);
        if (!bad)
            bad = yh_file_read(&c->arena, list.path[i], FILE_MAX, &text[i].text, err);
    }
    return bad ? bad : yh_terms_load(text, list.n, c->catalog, &c->arena, &c->terms, err);
}

enum yh_status yh_catalogs_open(const char *given, struct yh_catalogs *out, struct yh_err *err)
{
    *out = (struct yh_catalogs){ 0 };
    enum yh_status bad = yh_arena_open(&out->arena, ARENA_MAX, err);
    if (bad)
        return bad;
    out->dir = yh_catalogs_dir(&out->arena, given);
    if (!holds_tables(out->dir))
        bad = yh_fail(err, YH_NOT_FOUND,
                      "%s 不是目录文件夹（没有 tables.tsv）；用 --catalogs 指明", out->dir);
    if (!bad)
        bad = load_regions(out, err);
    if (!bad)
        bad = load_codes(out, err);
    if (!bad)
        bad = load_terms(out, err);
    if (bad)
        yh_catalogs_close(out);
    return bad;
}

void yh_catalogs_close(struct yh_catalogs *c)
{
    yh_arena_close(&c->arena);
    *c = (struct yh_catalogs){ 0 };
}
