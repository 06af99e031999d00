#include "base/tsv.h"

/* The next line without its end; *rest.p is NULL behind the last. */
static yh_str next_line(struct yh_tsv *t)
{
    t->line++;
    yh_str s = yh_cut(&t->rest, '\n');
    if (s.n && s.p[s.n - 1] == '\r')
        s.n--;
    return s;
}

static int split(yh_str line, yh_str *cell)
{
    int n = 0;
    while (line.p) {
        if (n == YH_TSV_COLUMNS_MAX)
            return n + 1;
        cell[n++] = yh_cut(&line, '\t');
    }
    return n;
}

int yh_tsv_col(const struct yh_tsv *t, yh_str name)
{
    for (int i = 0; i < t->ncol; i++)
        if (yh_eq(t->name[i], name))
            return i;
    return -1;
}

static enum yh_status check_names(struct yh_tsv *t, int line, struct yh_err *err)
{
    int n = t->ncol;
    for (t->ncol = 0; t->ncol < n; t->ncol++) {
        yh_str s = t->name[t->ncol];
        if (!s.n)
            return yh_fail_at(err, YH_BAD_TABLE, line, 0, "第 %d 列没有列名", t->ncol + 1);
        if (!yh_utf8_ok(s))
            return yh_fail_at(err, YH_BAD_TABLE, line, 0, "第 %d 列的列名不是 UTF-8",
                              t->ncol + 1);
        if (yh_tsv_col(t, s) >= 0)
            return yh_fail_at(err, YH_BAD_TABLE, line, 0, "列名“%.*s”重复", YH_ARG(s));
    }
    return YH_OK;
}

enum yh_status yh_tsv_open(struct yh_tsv *t, yh_str text, struct yh_err *err)
{
    /* Not zeroed as a whole: 8 KiB of cells would be wiped for nothing. */
    t->rest = yh_starts(text, YH_S("\xEF\xBB\xBF")) ? yh_sub(text, 3, text.n) : text;
    t->line = 0;
    t->ncol = 0;
    if (!t->rest.n)
        return yh_fail(err, YH_BAD_TABLE, "表是空的，没有表头");
    yh_str head = next_line(t);
    if (yh_starts(head, YH_S("#")))
        head = yh_trim(yh_sub(head, 1, head.n));
    t->ncol = head.n ? split(head, t->name) : 0;
    if (t->ncol == 0)
        return yh_fail_at(err, YH_BAD_TABLE, 1, 0, "第一行应为表头");
    if (t->ncol > YH_TSV_COLUMNS_MAX) {
        t->ncol = 0;
        return yh_fail_at(err, YH_BAD_TABLE, 1, 0, "列数超过 %d", YH_TSV_COLUMNS_MAX);
    }
    return check_names(t, 1, err);
}

enum yh_status yh_tsv_want(const struct yh_tsv *t, const char *const *want, int n, int *col,
                           struct yh_err *err)
{
    for (int i = 0; i < n; i++)
        if (yh_tsv_col(t, yh_cstr(want[i])) < 0)
            return yh_fail_field(err, YH_BAD_TABLE, want[i], NULL, "表中缺少列“%s”", want[i]);
    for (int i = 0; i < n; i++)
        col[i] = yh_tsv_col(t, yh_cstr(want[i]));
    return YH_OK;
}

enum yh_status yh_tsv_open_with(struct yh_tsv *t, yh_str text, const char *const *want, int n,
                                int *col, struct yh_err *err)
{
    enum yh_status bad = yh_tsv_open(t, text, err);
    return bad ? bad : yh_tsv_want(t, want, n, col, err);
}

int yh_tsv_next(struct yh_tsv *t, struct yh_err *err)
{
    while (t->rest.p) {
        yh_str line = next_line(t);
        if (!line.n || line.p[0] == '#')
            continue;
        int n = split(line, t->cell);
        if (n != t->ncol) {
            yh_fail_at(err, YH_BAD_TABLE, t->line, 0, "这一行有 %s%d 个单元格，表头有 %d 列",
                       n > YH_TSV_COLUMNS_MAX ? "超过 " : "",
                       n > YH_TSV_COLUMNS_MAX ? YH_TSV_COLUMNS_MAX : n, t->ncol);
            return -1;
        }
        if (!yh_utf8_ok(line)) {
            yh_fail_at(err, YH_BAD_TABLE, t->line, 0, "这一行不是 UTF-8");
            return -1;
        }
        return 1;
    }
    return 0;
}
