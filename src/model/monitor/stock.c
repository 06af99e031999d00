#include "model/monitor/stock.h"

#include <inttypes.h>
#include <stdio.h>

static const yh_str KIND[] = {
#define R(name, word, zh, from) YH_S_INIT(word),
#include "model/monitor/goods.def"
#undef R
};

enum { KIND_AT, PROVIDER, ITEM, TIME, QTY, SPLIT, PACK, SETTLEMENT, INSURED, TRACE, COLUMNS };
static const char *const COLUMN[COLUMNS] = { "kind",    "provider", "item", "time",
                                             "qty",     "split",    "pack", "settlement",
                                             "insured", "trace" };

yh_str yh_stock_head(void)
{
    return YH_S("kind\tprovider\titem\ttime\tqty\tsplit\tpack\tsettlement\tinsured\ttrace\n");
}

void yh_stock_put(struct yh_buf *out, const struct yh_stock_row *r)
{
    char time[32], qty[32];
    yh_putf(out, "%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t%d\t%" PRId64 "\t%.*s\t%d\t%.*s\n",
            YH_ARG(KIND[r->kind]), YH_ARG(r->provider), YH_ARG(r->item),
            YH_ARG(yh_time_text(time, r->time)), YH_ARG(yh_dec_text(qty, r->qty, 4, 4)),
            r->split, r->pack, YH_ARG(r->settlement), r->insured, YH_ARG(r->trace));
}

static enum yh_status wrong(struct yh_err *err, const struct yh_tsv *t, int column, yh_str met,
                            const char *cure)
{
    char text[64];
    snprintf(text, sizeof text, "%.*s", (int)yh_min(met.n, 60), met.n ? met.p : "");
    enum yh_status st = yh_fail_field(err, YH_BAD_TABLE, COLUMN[column], text, "%s「%s」：%s",
                                      COLUMN[column], text, cure);
    if (err)
        err->line = t->line;
    return st;
}

static bool flag(yh_str s, bool *out)
{
    *out = yh_eq(s, YH_S("1"));
    return *out || yh_eq(s, YH_S("0"));
}

static enum yh_status read_row(const struct yh_tsv *t, const int *col, struct yh_stock_row *r,
                               struct yh_err *err)
{
    yh_str c[COLUMNS];
    int k = 0;
    for (int i = 0; i < COLUMNS; i++)
        c[i] = t->cell[col[i]];
    while (k < YH_GOODS_KINDS && !yh_eq(KIND[k], c[KIND_AT]))
        k++;
    *r = (struct yh_stock_row){ .kind = (enum yh_goods_kind)k,
                                .provider = c[PROVIDER],
                                .item = c[ITEM],
                                .settlement = c[SETTLEMENT],
                                .trace = c[TRACE] };
    if (k == YH_GOODS_KINDS)
        return wrong(err, t, KIND_AT, c[KIND_AT],
                     "写 count buy return in out sale back scan 之一");
    if (!c[PROVIDER].n)
        return wrong(err, t, PROVIDER, c[PROVIDER], "写机构编号");
    if (!c[ITEM].n && k != YH_GOODS_SCAN_ROW)
        return wrong(err, t, ITEM, c[ITEM], "写项目代码");
    if (yh_time_parse(c[TIME], &r->time, NULL))
        return wrong(err, t, TIME, c[TIME], "写成 2026-03-01 或 2026-03-01 08:30:00");
    if (yh_dec_parse(c[QTY], 4, &r->qty, NULL) || r->qty < 0 || r->qty > INT64_C(1) << 46)
        return wrong(err, t, QTY, c[QTY], "写不小于 0 的数，至多四位小数");
    if (!flag(c[SPLIT], &r->split))
        return wrong(err, t, SPLIT, c[SPLIT], "写 0 或 1");
    if (yh_int_parse(c[PACK], &r->pack, NULL) || r->pack < 0 || r->pack > 1000000)
        return wrong(err, t, PACK, c[PACK], "写一个包装里的最小单位数，不知道写 0");
    if (!flag(c[INSURED], &r->insured))
        return wrong(err, t, INSURED, c[INSURED], "写 0 或 1");
    return YH_OK;
}

enum yh_status yh_stock_read(struct yh_arena *a, yh_str text, struct yh_stock_row **out,
                             int64_t *n, struct yh_err *err)
{
    struct yh_tsv t;
    int col[COLUMNS], got;
    int64_t rows = 0, cap = 0;
    enum yh_status st = yh_tsv_open_with(&t, text, COLUMN, COLUMNS, col, err);
    if (st)
        return st;
    for (ptrdiff_t i = 0; i < text.n; i++)
        cap += text.p[i] == '\n';
    struct yh_stock_row *list = YH_NEW(a, struct yh_stock_row, cap + 1);
    while ((got = yh_tsv_next(&t, err)) > 0)
        if ((st = read_row(&t, col, &list[rows++], err)) != YH_OK)
            return st;
    if (got < 0)
        return YH_BAD_TABLE;
    *out = list;
    *n = rows;
    return YH_OK;
}
