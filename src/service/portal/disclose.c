/* service/portal/disclose.c -- 基金公开: each fund by month, told so that no row lets guess a person. */
#include <stdlib.h>
#include "service/fund/fund.h"
#include "service/portal/disclose.h"
#include "service/portal/inside.h"

struct told {
    const struct yh_look *k;
    const struct yh_fund_month *month; /* by region, fund, month */
    int n;
    struct yh_fund_statement_row *said; /* of the region in hand */
    int nsaid;
};

static int by_place(const void *a, const void *b)
{
    const struct yh_fund_month *x = a, *y = b;
    int c = strcmp(x->region, y->region);
    if (!c)
        c = strcmp(x->fund, y->fund);
    return c ? c : (x->month > y->month) - (x->month < y->month);
}

/* Income less other spending of the months [from, to] as stated; false: a month without a statement. */
static bool stated(const struct told *t, const char *fund, int from, int to, yh_fen *in,
                   yh_fen *out)
{
    *in = *out = 0;
    for (int m = from; m <= to; m++) {
        bool there = false;
        for (int i = 0; i < t->nsaid; i++) {
            const struct yh_fund_statement_row *s = &t->said[i];
            if (s->month != m || !yh_eq(s->fund, yh_cstr(fund)) ||
                yh_eq(s->kind, YH_S("opening")))
                continue;
            bool other = yh_eq(s->kind, YH_S("other-out"));
            there = there || !other;
            *(other ? out : in) += s->amount;
        }
        if (!there)
            return false;
    }
    return true;
}

/* The balance at the end of month `to`: the last opening one, and all that came and went since. */
static bool balance(const struct told *t, const char *fund, const char *region, int to,
                    yh_fen *out)
{
    int from = -1;
    yh_fen in, other;
    for (int i = 0; i < t->nsaid; i++)
        if (yh_eq(t->said[i].kind, YH_S("opening")) && t->said[i].month <= to &&
            yh_eq(t->said[i].fund, yh_cstr(fund)) && t->said[i].month > from) {
            from = (int)t->said[i].month;
            *out = t->said[i].amount;
        }
    if (from < 0 || !stated(t, fund, from, to, &in, &other))
        return false;
    *out += in - other;
    for (int i = 0; i < t->n; i++)
        if (from <= t->month[i].month && t->month[i].month <= to &&
            !strcmp(t->month[i].fund, fund) && !strcmp(t->month[i].region, region))
            *out -= t->month[i].charged - t->month[i].back;
    return true;
}

static void kv_or_null(struct yh_jsonw *w, const char *key, bool known, int64_t v)
{
    yh_jw_key(w, yh_cstr(key));
    if (known)
        yh_jw_i64(w, v);
    else
        yh_jw_null(w);
}

/* Rows [a, b] of one fund as one. */
static void put_row(const struct told *t, int a, int b, int from, struct yh_jsonw *w)
{
    const struct yh_fund_month *last = &t->month[b];
    yh_fen charged = 0, back = 0, year = 0, in, out, rest = 0;
    int64_t bookings = 0;
    int months = 0;
    char text[16];
    for (int i = a; i <= b; i++) {
        charged += t->month[i].charged;
        back += t->month[i].back;
        bookings += t->month[i].bookings;
    }
    for (int i = b;
         i >= 0 && last->month - t->month[i].month < 12 &&
         !strcmp(t->month[i].fund, last->fund) && !strcmp(t->month[i].region, last->region);
         i--) {
        year += t->month[i].charged - t->month[i].back;
        months = last->month - t->month[i].month + 1;
    }
    bool known = stated(t, last->fund, from, last->month, &in, &out);
    bool rests = balance(t, last->fund, last->region, last->month, &rest);
    yh_jw_object(w);
    yh_jw_kv_str(w, "fund", yh_cstr(last->fund));
    yh_jw_kv_str(w, "name", yh_fund_title(t->k->world, yh_cstr(last->fund)));
    yh_jw_kv_str(w, "from", yh_month_text(text, from));
    yh_jw_kv_str(w, "to", yh_month_text(text, last->month));
    yh_jw_kv_i64(w, "charged", charged);
    yh_jw_kv_i64(w, "back", back);
    yh_jw_kv_i64(w, "bookings", bookings);
    kv_or_null(w, "income", known, known ? in : 0);
    yh_jw_kv_i64(w, "other_out", known ? out : 0);
    kv_or_null(w, "balance", rests, rest);
    /* 可支付月数, in tenths, rounded down: the balance over the mean of the months counted. */
    bool lasts = rests && rest >= 0 && year > 0;
    kv_or_null(w, "tenths", lasts, lasts ? (int64_t)((__int128)rest * 10 * months / year) : 0);
    yh_jw_end(w, '}');
}

/* One region's funds; rows of t->month in [a, b). */
static enum yh_status put_region(struct told *t, int a, int b, int64_t least,
                                 struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_place at;
    yh_str region = yh_cstr(t->month[a].region);
    enum yh_status st = yh_fund_statements(t->k->x, region, &t->said, &t->nsaid, err);
    if (st)
        return st;
    bool known = yh_region_locate(t->k->world->regions, region, yh_time_day(t->k->now), &at,
                                  NULL) == YH_OK;
    yh_jw_object(w);
    yh_jw_kv_str(w, "region", region);
    yh_jw_kv_str(w, "region_name", known ? at.pool->name : region);
    yh_jw_kv_array(w, "rows");
    for (int i = a, first = a; i < b; i++) {
        if (strcmp(t->month[i].fund, t->month[first].fund) != 0)
            first = i;
        if (t->month[i].groups < least)
            continue; /* told with the next that touches enough */
        put_row(t, first, i, t->month[first].month, w);
        first = i + 1;
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status yh_look_open_funds(const struct yh_look *k, const struct yh_fund_month *month,
                                  int n, yh_day until, int64_t least, struct yh_jsonw *w,
                                  struct yh_err *err)
{
    int kept = 0, last = yh_month_of(until - 1);
    struct yh_fund_month *row = YH_NEW(k->arena, struct yh_fund_month, n);
    enum yh_status st = YH_OK;
    char text[16];
    for (int i = 0; i < n; i++)
        if (month[i].month <= last)
            row[kept++] = month[i];
    if (kept)
        qsort(row, (size_t)kept, sizeof *row, by_place);
    struct told t = { .k = k, .month = row, .n = kept };
    yh_jw_kv_str(w, "through", yh_month_text(text, last));
    yh_jw_kv_i64(w, "least", least);
    yh_jw_kv_array(w, "regions");
    for (int a = 0, b; st == YH_OK && a < kept; a = b) {
        for (b = a + 1; b < kept && !strcmp(row[b].region, row[a].region);)
            b++;
        st = put_region(&t, a, b, least, w, err);
    }
    yh_jw_end(w, ']');
    return st;
}
