#include "model/casemix/sheet.h"

enum yh_status yh_sheet_open(struct yh_arena *a, struct yh_casemix_source source,
                             const char *path, const char *const *want, int n,
                             struct yh_sheet **out, struct yh_err *err)
{
    yh_str text;
    struct yh_sheet *s = YH_NEW(a, struct yh_sheet, 1);
    yh_assert(n <= YH_SHEET_COLUMNS);
    s->path = path;
    enum yh_status bad = source.read(source.ctx, path, &text, err);
    if (!bad)
        bad = yh_tsv_open_with(&s->tsv, text, want, n, s->col, err);
    *out = s;
    return bad;
}

yh_str yh_sheet_cell(const struct yh_sheet *s, int i)
{
    return s->tsv.cell[s->col[i]];
}

enum yh_status yh_sheet_fail(const struct yh_sheet *s, struct yh_err *err, const char *wanted)
{
    return yh_fail_at(err, YH_BAD_TABLE, s->tsv.line, 0, "%s 第 %d 行：%s", s->path,
                      s->tsv.line, wanted);
}

bool yh_sheet_next(struct yh_sheet *s, enum yh_status *bad, struct yh_err *err)
{
    if (*bad)
        return false;
    int more = yh_tsv_next(&s->tsv, err);
    if (more < 0)
        *bad = yh_sheet_fail(s, err, "列数不对或不是 UTF-8");
    return more > 0;
}
