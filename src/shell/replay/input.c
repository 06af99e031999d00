/* shell/replay/input.c -- what an officer gives beside the archive: three small tables. */
#include <stdio.h>
#include "shell/replay/report.h"

static enum yh_status bad(struct yh_err *err, int line, const char *field, yh_str met,
                          const char *want)
{
    char text[96];
    snprintf(text, sizeof text, "%.*s", (int)yh_min(met.n, 90), met.n ? met.p : "");
    enum yh_status st =
        yh_fail_field(err, YH_BAD_TABLE, field, text, "%s“%s”：%s", field, text, want);
    if (err)
        err->line = line;
    return st;
}

enum yh_status yh_report_read_money(struct yh_arena *a, yh_str text,
                                    struct yh_report_money **out, int *n, struct yh_err *err)
{
    static const char *const WANT[] = { "name", "funds", "opening", "income", "warn" };
    struct yh_tsv t;
    int col[5], cap = 0, more;
    *out = NULL;
    *n = 0;
    enum yh_status st = yh_tsv_open_with(&t, text, WANT, 5, col, err);
    if (st)
        return st;
    while ((more = yh_tsv_next(&t, err)) > 0) {
        struct yh_report_money m = { .name = t.cell[col[0]], .funds = t.cell[col[1]] };
        if (!m.funds.n)
            return bad(err, t.line, "funds", m.funds, "写上基金类型代码，如 390100，空格分开");
        if (yh_fen_parse(t.cell[col[2]], &m.opening, NULL))
            return bad(err, t.line, "opening", t.cell[col[2]], "应为元，最多两位小数");
        if (yh_fen_parse(t.cell[col[3]], &m.income, NULL))
            return bad(err, t.line, "income", t.cell[col[3]], "应为元，最多两位小数");
        if (yh_dec_parse(t.cell[col[4]], 2, &m.warn_months, NULL))
            return bad(err, t.line, "warn", t.cell[col[4]], "应为月数，如 6");
        YH_PUSH(a, *out, *n, cap) = m;
    }
    return more < 0 ? YH_BAD_TABLE : YH_OK;
}

enum yh_status yh_report_read_points(struct yh_arena *a, yh_str text,
                                     struct yh_report_points **out, int *n, struct yh_err *err)
{
    static const char *const WANT[] = { "scheme", "budget", "points" };
    struct yh_tsv t;
    int col[3], cap = 0, more;
    *out = NULL;
    *n = 0;
    enum yh_status st = yh_tsv_open_with(&t, text, WANT, 3, col, err);
    if (st)
        return st;
    while ((more = yh_tsv_next(&t, err)) > 0) {
        struct yh_report_points p = { .scheme = t.cell[col[0]] };
        if (yh_fen_parse(t.cell[col[1]], &p.budget, NULL) || p.budget < 0)
            return bad(err, t.line, "budget", t.cell[col[1]], "应为元，最多两位小数");
        if (yh_dec_parse(t.cell[col[2]], 6, &p.points, NULL) || p.points <= 0)
            return bad(err, t.line, "points", t.cell[col[2]], "应为大于零的总分值");
        YH_PUSH(a, *out, *n, cap) = p;
    }
    return more < 0 ? YH_BAD_TABLE : YH_OK;
}

enum yh_status yh_report_read_elastic(struct yh_arena *a, yh_str text,
                                      struct yh_report_elastic **out, int *n,
                                      struct yh_err *err)
{
    static const char *const WANT[] = { "service", "elasticity", "source" };
    struct yh_tsv t;
    int col[3], cap = 0, more;
    *out = NULL;
    *n = 0;
    enum yh_status st = yh_tsv_open_with(&t, text, WANT, 3, col, err);
    if (st)
        return st;
    while ((more = yh_tsv_next(&t, err)) > 0) {
        struct yh_report_elastic e = { .service = t.cell[col[0]], .source = t.cell[col[2]] };
        if (yh_dec_parse(t.cell[col[1]], 6, &e.elastic, NULL) || e.elastic > 0 ||
            e.elastic < -5 * YH_ONE)
            return bad(err, t.line, "elasticity", t.cell[col[1]], "应在 −5 与 0 之间，如 -0.2");
        if (!e.source.n)
            return bad(err, t.line, "source", e.source, "写上出处和年份");
        YH_PUSH(a, *out, *n, cap) = e;
    }
    return more < 0 ? YH_BAD_TABLE : YH_OK;
}
