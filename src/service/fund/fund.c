/* service/fund/fund.c -- statements of what funds took in, and how long a fund lasts. */
#include "service/fund/fund.h"
#include <stdio.h>

static const struct {
    const char *word, *text;
    int sign;
} KIND[] = {
#define K(name, word, text, sign) { word, text, sign },
#include "service/fund/kind.def"
};

static int kind_of(yh_str word)
{
    for (int i = 0; i < YH_FUND_KINDS; i++)
        if (yh_eq(word, yh_cstr(KIND[i].word)) || yh_eq(word, yh_cstr(KIND[i].text)))
            return i;
    return -1;
}

yh_str yh_month_text(char out[16], int month)
{
    return (yh_str){ out, snprintf(out, 16, "%04d-%02d", month / 12, month % 12 + 1) };
}

enum yh_status yh_month_read(yh_str s, int *out, struct yh_err *err)
{
    yh_str year = yh_sub(s, 0, 4), month = yh_sub(s, s.n == 7 ? 5 : 4, s.n);
    int64_t y = 0, m = 0;
    bool shaped = s.n == 6 || (s.n == 7 && s.p[4] == '-');
    if (!shaped || yh_int_parse(year, &y, NULL) || yh_int_parse(month, &m, NULL) || y < 1990 ||
        y > 2200 || m < 1 || m > 12)
        return yh_fail_field(err, YH_BAD_INPUT, "month", "",
                             "月份写 2026-03 或 202603，写的是「%.*s」", YH_ARG(s));
    *out = (int)y * 12 + (int)m - 1;
    return YH_OK;
}

/* The name of a row of fund_pay_type; "" = no such code. */
static yh_str dictionary_name(const struct yh_world *w, yh_str fund)
{
    yh_str rest = yh_world_text_of(w, YH_S("interface/dictionaries.tsv"));
    ptrdiff_t at;
    while ((at = yh_find(rest, YH_S("\nfund_pay_type\t"))) >= 0) {
        rest = yh_sub(rest, at + 1, rest.n);
        yh_str line = yh_cut(&rest, '\n');
        rest = (yh_str){ rest.p - 1, rest.n + 1 };
        (void)yh_cut(&line, '\t');
        (void)yh_cut(&line, '\t');
        if (yh_eq(yh_cut(&line, '\t'), fund))
            return yh_cut(&line, '\t');
    }
    return YH_S("");
}

yh_str yh_fund_title(const struct yh_world *w, yh_str fund)
{
    yh_str name = dictionary_name(w, fund);
    return name.n ? name : fund;
}

/* ---- a table taken over ---- */

static enum yh_status wrong(struct yh_err *err, int line, const char *column, yh_str met,
                            const char *cure)
{
    return yh_fail_field(err, YH_BAD_INPUT, "table", "", "第 %d 行 %s「%.*s」：%s", line,
                         column, YH_ARG(met), cure);
}

static enum yh_status read_row(const struct yh_world *w, const struct yh_tsv *t, const int *col,
                               yh_str region, yh_day today, struct yh_fund_statement_row *out,
                               struct yh_err *err)
{
    yh_str fund = yh_trim(t->cell[col[0]]), month = yh_trim(t->cell[col[1]]),
           kind = yh_trim(t->cell[col[2]]), amount = yh_trim(t->cell[col[3]]),
           source = yh_trim(t->cell[col[4]]);
    int k = kind_of(kind), m = 0;
    yh_fen v = 0;
    if (!dictionary_name(w, fund).n)
        return wrong(err, t->line, "fund", fund,
                     "国家字典 fund_pay_type 没有这个基金，如 390100");
    if (yh_month_read(month, &m, NULL))
        return wrong(err, t->line, "month", month, "写年月，如 2026-03");
    if (m > yh_month_of(today))
        return wrong(err, t->line, "month", month, "这个月还没有到");
    if (k < 0)
        return wrong(err, t->line, "kind", kind,
                     "写 期初结余、缴费收入、财政补助、利息收入、上级补助与划入、其他收入 或 "
                     "结算以外的支出");
    if (yh_fen_parse(amount, &v, NULL) || (v < 0 && k != YH_FUND_OPENING))
        return wrong(err, t->line, "amount", amount, "写元，最多两位小数，不为负");
    if (!source.n)
        return wrong(err, t->line, "source", source, "写明出处，如 财务月报 2026-03");
    *out = (struct yh_fund_statement_row){ .region = region,
                                           .fund = fund,
                                           .month = m,
                                           .kind = yh_cstr(KIND[k].word),
                                           .amount = v,
                                           .source = source };
    return YH_OK;
}

static enum yh_status keep(struct yh_txn *x, struct yh_fund_statement_row *r,
                           struct yh_err *err)
{
    struct yh_fund_statement_row *old = NULL;
    int n = 0;
    enum yh_status st = yh_list_fund_statement(
        x, (struct yh_span){ .index = YH_BY_KEY, .same = 4 }, r, &old, &n, err);
    r->nth = n + 1;
    return st ? st : yh_add_fund_statement(x, r, err);
}

enum yh_status yh_fund_state(struct yh_txn *x, const struct yh_world *w, yh_str region,
                             yh_str table, yh_str officer, yh_time now, int *n,
                             struct yh_err *err)
{
    static const char *const WANT[] = { "fund", "month", "kind", "amount", "source" };
    struct yh_tsv t;
    struct yh_fund_statement_row *row = NULL;
    struct yh_map seen = yh_map_in(x->arena, 64);
    int col[YH_COUNT(WANT)], cap = 0, got;
    struct yh_place place;
    *n = 0;
    if (yh_region_locate(w->regions, region, yh_time_day(now), &place, NULL) ||
        place.code != place.pool->code)
        return yh_fail_field(err, YH_BAD_INPUT, "region", "",
                             "region「%.*s」：基金属于统筹区，写统筹区的六位区划",
                             YH_ARG(region));
    enum yh_status st = yh_tsv_open_with(&t, table, WANT, YH_COUNT(WANT), col, err);
    if (st)
        return yh_fail_field(err, YH_BAD_INPUT, "table", "",
                             "表头应有五列：fund month kind amount source，以制表符分开");
    while ((got = yh_tsv_next(&t, err)) > 0) {
        struct yh_fund_statement_row r;
        if (*n == YH_FUND_ROWS_MOST)
            return yh_fail_field(err, YH_BAD_INPUT, "table", "", "一次最多 %d 行，请分开交",
                                 YH_FUND_ROWS_MOST);
        if ((st = read_row(w, &t, col, region, yh_time_day(now), &r, err)) != YH_OK)
            return st;
        if (!yh_map_add(
                &seen,
                yh_fmt(x->arena, "%.*s %d %.*s", YH_ARG(r.fund), (int)r.month, YH_ARG(r.kind)),
                *n))
            return wrong(err, t.line, "fund", r.fund, "同一基金同月同类写了两行，请合并");
        r.officer = officer;
        r.time = now;
        YH_PUSH(x->arena, row, *n, cap) = r;
    }
    if (got < 0)
        return yh_fail_field(err, YH_BAD_INPUT, "table", "", "第 %d 行：列数与表头不符",
                             t.line);
    if (!*n)
        return yh_fail_field(err, YH_BAD_INPUT, "table", "", "表里没有数据行");
    for (int i = 0; st == YH_OK && i < *n; i++)
        st = keep(x, &row[i], err);
    return st;
}

enum yh_status yh_fund_statements(struct yh_txn *x, yh_str region,
                                  struct yh_fund_statement_row **row, int *n,
                                  struct yh_err *err)
{
    struct yh_fund_statement_row like = { .region = region }, *all = NULL;
    int m = 0;
    *n = 0;
    enum yh_status st = yh_list_fund_statement(
        x, (struct yh_span){ .index = YH_BY_KEY, .same = 1 }, &like, &all, &m, err);
    for (int i = 0; st == YH_OK && i < m; i++) {
        bool later = i + 1 < m && yh_eq(all[i + 1].fund, all[i].fund) &&
                     all[i + 1].month == all[i].month && yh_eq(all[i + 1].kind, all[i].kind);
        if (!later)
            all[(*n)++] = all[i];
    }
    *row = all;
    return st;
}

/* ---- acts ---- */

enum yh_status yh_act_fund_statements(struct yh_act *t, struct yh_err *err)
{
    struct yh_fund_statement_row *row = NULL;
    int n = 0;
    char month[16];
    enum yh_status st = yh_fund_statements(t->x, yh_act_text(t, "region"), &row, &n, err);
    if (st)
        return st;
    yh_putz(t->out, "#region\tfund\tmonth\tkind\tamount\tsource\tofficer\ttime\n");
    for (int i = 0; i < n; i++) {
        yh_act_put(t, row[i].region, '\t');
        yh_act_put(t, row[i].fund, '\t');
        yh_act_put(t, yh_month_text(month, (int)row[i].month), '\t');
        yh_act_put(t, row[i].kind, '\t');
        yh_act_put_fen(t, row[i].amount, '\t');
        yh_act_put(t, row[i].source, '\t');
        yh_act_put(t, row[i].officer, '\t');
        yh_act_put_time(t, row[i].time, '\n');
    }
    return YH_OK;
}

enum yh_status yh_act_fund_state(struct yh_act *t, struct yh_err *err)
{
    int n = 0;
    yh_str officer = yh_act_text(t, "officer");
    if (!t->w)
        return yh_fail(err, YH_NOT_FOUND, "没有装入代码表，不能登记");
    if (!officer.n)
        return yh_fail_field(err, YH_BAD_INPUT, "officer", "", "officer：写明经办人");
    enum yh_status st = yh_fund_state(t->x, t->w, yh_act_text(t, "region"),
                                      yh_json_text(yh_json_get(t->ask, YH_S("table"))), officer,
                                      t->now, &n, err);
    if (st == YH_OK)
        yh_putf(t->out, "#rows\n%d\n", n);
    return st;
}

/* ---- how long ---- */

static yh_fen charged_in(const struct yh_fund_month *c, int n, yh_str region, yh_str fund,
                         int month)
{
    yh_fen sum = 0;
    for (int i = 0; i < n; i++)
        if (c[i].month == month && yh_eq(yh_cstr(c[i].fund), fund) &&
            yh_eq(yh_cstr(c[i].region), region))
            sum += c[i].charged - c[i].back;
    return sum;
}

struct yh_fund_lasts yh_fund_lasts(const struct yh_fund_statement_row *row, int n,
                                   const struct yh_fund_month *charged, int nmonth,
                                   yh_str region, yh_str fund, yh_day today)
{
    struct yh_fund_lasts l = { .until = yh_month_of(today) - 1 };
    int first = INT32_MAX;
    bool opened = false;
    for (int i = 0; i < n; i++)
        if (yh_eq(row[i].fund, fund) &&
            yh_eq(row[i].kind, yh_cstr(KIND[YH_FUND_OPENING].word)) &&
            row[i].month <= l.until && (!opened || row[i].month > l.from)) {
            opened = true;
            l.from = (int)row[i].month;
            l.balance = row[i].amount;
        }
    for (int i = 0; opened && i < n; i++) {
        int k = kind_of(row[i].kind);
        if (yh_eq(row[i].fund, fund) && row[i].month >= l.from && row[i].month <= l.until &&
            k >= 0)
            l.balance += KIND[k].sign * row[i].amount;
    }
    for (int i = 0; i < nmonth; i++)
        if (yh_eq(yh_cstr(charged[i].fund), fund) && yh_eq(yh_cstr(charged[i].region), region))
            first = charged[i].month < first ? charged[i].month : first;
    yh_fen sum = 0;
    for (int m = first > l.until - 11 ? first : l.until - 11; m <= l.until; m++) {
        sum += charged_in(charged, nmonth, region, fund, m);
        l.averaged++;
    }
    for (int m = l.from; opened && m <= l.until; m++)
        l.balance -= charged_in(charged, nmonth, region, fund, m);
    if (sum <= 0)
        return l;
    l.average = (sum + l.averaged / 2) / l.averaged;
    l.known = opened && l.average > 0;
    if (l.known && l.balance > 0)
        l.hundredths = (int64_t)((__int128)l.balance * 100 / l.average);
    return l;
}
