#include "shell/catalogs/matters.h"

#include "shell/file/file.h"

enum yh_status yh_catalogs_matters(const char *dir, struct yh_arena *a,
                                   const struct yh_matters **out, struct yh_err *err)
{
    static const char *const PATH[] = { "desk/matters.tsv", "desk/deadlines.tsv",
                                        "desk/keep.tsv" };
    yh_str text[YH_COUNT(PATH)];
    struct yh_matters *m = YH_NEW(a, struct yh_matters, 1);
    for (int i = 0; i < YH_COUNT(PATH); i++) {
        enum yh_status st = yh_file_read(a, yh_zdup(a, yh_fmt(a, "%s/%s", dir, PATH[i])),
                                         (size_t)4 << 20, &text[i], err);
        if (st)
            return st;
    }
    enum yh_status st = yh_matters_load(a, text[0], text[1], text[2], m, err);
    if (st == YH_OK)
        *out = m;
    return st;
}
