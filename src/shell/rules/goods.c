#include "shell/rules/goods.h"

#include <stdio.h>
#include <unistd.h>

#include "shell/file/file.h"

#define FILE_MAX ((size_t)8 << 30)

const char *yh_goods_path(struct yh_arena *a, const char *archive)
{
    yh_str path = yh_cstr(archive);
    if (yh_ends(path, YH_S(".yha")))
        path = yh_sub(path, 0, path.n - 4);
    return yh_zdup(a, yh_fmt(a, "%.*s.goods.tsv", YH_ARG(path)));
}

enum yh_status yh_goods_beside(struct yh_arena *a, const struct yh_archive *archive,
                               struct yh_audit_goods *out, struct yh_err *err)
{
    const char *path = yh_goods_path(a, archive->path);
    struct yh_stock_row *row = NULL;
    int64_t n = 0;
    yh_str text;
    if (access(path, F_OK) == 0) {
        enum yh_status st = yh_file_read(a, path, FILE_MAX, &text, err);
        if (st == YH_OK)
            st = yh_stock_read(a, text, &row, &n, err);
        if (st)
            return st;
    }
    return yh_audit_goods_find(a, archive, row, n, out, err);
}

bool yh_prices_beside(const struct yh_catalogs *c, const struct yh_archive *archive,
                      struct yh_terms *out)
{
    char code[16];
    struct yh_place place;
    snprintf(code, sizeof code, "%06u", archive->about.region);
    if (yh_region_locate(&c->regions, yh_cstr(code), yh_day_of(archive->about.year, 12, 31),
                         &place, NULL))
        return false;
    *out = yh_terms_at(&c->terms, &place, 0);
    return true;
}
