/* shell/casemix/tables.c */
#include "shell/casemix/tables.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "shell/file/file.h"

#define FILE_MAX ((size_t)256 << 20)
#define ARENA_MAX ((size_t)2 << 30)

static enum yh_status read_table(void *ctx, const char *path, yh_str *text, struct yh_err *err)
{
    struct yh_tables *t = ctx;
    const char *whole = yh_zdup(&t->arena, yh_fmt(&t->arena, "%s/%s", t->dir, path));
    return yh_file_read(&t->arena, whole, FILE_MAX, text, err);
}

static bool stands(const char *dir, const char *probe)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/%s", dir, probe);
    return access(path, R_OK) == 0;
}

const char *yh_tables_find(struct yh_arena *a, const char *given, const char *which,
                           const char *probe)
{
    char exe[3900];
    const char *home = getenv("YIHENG_CATALOGS");
    if (given)
        return given;
    if (home)
        return yh_zdup(a, yh_fmt(a, "%s/%s", home, which));
    const char *here = yh_zdup(a, yh_fmt(a, "catalogs/%s", which));
    if (stands(here, probe))
        return here;
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    exe[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(exe, '/');
    if (slash)
        *slash = '\0';
    static const char *const BESIDE[] = { "../catalogs", "../share/yiheng/catalogs",
                                          "../../catalogs" };
    for (int i = 0; i < YH_COUNT(BESIDE); i++) {
        const char *path = yh_zdup(a, yh_fmt(a, "%s/%s/%s", exe, BESIDE[i], which));
        if (stands(path, probe))
            return path;
    }
    return here;
}

enum yh_status yh_tables_open(struct yh_tables *t, const char *dir, struct yh_err *err)
{
    *t = (struct yh_tables){ .regions = YH_S("") };
    enum yh_status bad = yh_arena_open(&t->arena, ARENA_MAX, err);
    if (!bad)
        bad = yh_arena_open(&t->scratch, (size_t)256 << 20, err);
    if (bad)
        return bad;
    t->dir = yh_tables_find(&t->arena, dir, "chs-drg", "_shared/dx.lst");
    if (!stands(t->dir, "_shared/dx.lst"))
        return yh_fail(err, YH_NOT_FOUND,
                       "%s 不是分组目录；用 --catalogs 指明 catalogs/chs-drg", t->dir);
    struct yh_casemix_source source = { .ctx = t, .read = read_table };
    bad = yh_casemix_open(&t->arena, source, &t->cm, err);
    if (!bad && read_table(t, "regions.tsv", &t->regions, NULL) != YH_OK)
        t->regions = YH_S("");
    return bad;
}

void yh_tables_close(struct yh_tables *t)
{
    yh_arena_close(&t->arena);
    yh_arena_close(&t->scratch);
}

enum yh_status yh_tables_scheme(struct yh_tables *t, yh_str name, const struct yh_scheme **out,
                                struct yh_err *err)
{
    struct yh_scheme *s;
    enum yh_status bad = yh_scheme_load(t->cm, name, t->scratch, &s, err);
    if (bad)
        return bad;
    YH_PUSH(&t->arena, t->scheme, t->nscheme, t->scheme_cap) = s;
    *out = s;
    return YH_OK;
}

static int by_text(const void *a, const void *b)
{
    return yh_cmp(*(const yh_str *)a, *(const yh_str *)b);
}

enum yh_status yh_tables_list(struct yh_tables *t, struct yh_names *out, struct yh_err *err)
{
    DIR *d = opendir(t->dir);
    if (!d)
        return yh_fail(err, YH_IO, "%s：不能读目录", t->dir);
    *out = (struct yh_names){ 0 };
    for (struct dirent *e; (e = readdir(d));) {
        char path[4600];
        snprintf(path, sizeof path, "%s/%.250s/meta.tsv", t->dir, e->d_name);
        if (e->d_name[0] != '.' && access(path, R_OK) == 0)
            YH_PUSH(&t->arena, out->name, out->n, out->cap) =
                yh_dup(&t->arena, yh_cstr(e->d_name));
    }
    closedir(d);
    if (out->n)
        qsort(out->name, (size_t)out->n, sizeof *out->name, by_text);
    return YH_OK;
}
