#include "engine/monitor/goods.h"

#include "base/test.h"

static struct yh_arena a;

/* One item of one provider, written as events: "d act qty", billed lines numbered 1, 2 … in their order.
 * Answers "line:unstocked …", and the sum. */
static const char *told(const char *text, int first, int last, int grace, yh_qty *sum)
{
    struct yh_goods_event e[64];
    int64_t n = 0, line = 0;
    yh_str rest = yh_cstr(text);
    while (rest.n) {
        yh_str one = yh_trim(yh_cut(&rest, ','));
        yh_str day = yh_cut(&one, ' '), act = yh_cut(&one, ' ');
        int64_t d;
        CHECK(!yh_int_parse(day, &d, NULL));
        e[n] = (struct yh_goods_event){ .day = (yh_day)d };
        e[n].act = (uint8_t)(yh_eq(act, YH_S("in"))     ? YH_GOODS_IN
                             : yh_eq(act, YH_S("sold")) ? YH_GOODS_BILLED
                             : yh_eq(act, YH_S("out"))  ? YH_GOODS_OUT
                                                        : YH_GOODS_COUNT);
        if (e[n].act == YH_GOODS_BILLED)
            e[n].ref = ++line;
        CHECK(!yh_dec_parse(one, 4, &e[n++].qty, NULL));
    }
    yh_goods_sort(e, n);
    struct yh_goods_found *f;
    int nf;
    const struct yh_goods_span span = { first, last, grace };
    yh_goods_cover(&a, e, n, &span, &f, &nf);
    struct yh_buf out = yh_buf_in(&a);
    *sum = 0;
    for (int i = 0; i < nf; i++) {
        char q[32];
        bool whole = f[i].unstocked % 10000 == 0;
        yh_putf(&out, "%s%lld:%.*s", i ? " " : "", (long long)f[i].ref,
                YH_ARG(yh_dec_text(q, f[i].unstocked / (whole ? 10000 : 1), whole ? 0 : 4,
                                   whole ? 0 : 4)));
        *sum += f[i].unstocked;
    }
    return yh_zdup(&a, yh_buf_str(&out));
}

/* Counted on day 0, records end on day 100, three days of grace. */
static const struct {
    const char *events, *want, *why;
} WORKED[] = {
    { "0 count 10, 5 sold 6, 6 sold 4", "", "the shelf held just enough" },
    { "0 count 10, 5 sold 6, 6 sold 5", "2:1", "one more than the shelf held" },
    { "0 count 10, 0 sold 7, 5 sold 10", "", "what was sold before the count is not judged" },
    { "5 sold 2", "1:2", "counted elsewhere on day 0, this item was not: it had none" },
    { "0 count 1, 5 sold 3, 5 in 2", "", "within a day arrivals come first" },
    { "0 count 1, 5 sold 3, 8 in 2", "", "recorded on the third day after" },
    { "0 count 1, 5 sold 3, 9 in 2", "1:2", "recorded too late" },
    { "0 count 1, 5 sold 3, 9 in 2, 20 sold 2", "1:2",
      "what was told once needs no later arrival" },
    { "0 count 0, 5 sold 1, 6 sold 1, 7 in 1", "2:1", "late arrivals go to the oldest first" },
    { "0 count 10, 4 out 3, 5 sold 10", "1:3",
      "returned to the supplier (3504), so not there to sell" },
    { "0 count 10, 5 sold 10, 5 out 3", "", "within a day departures come last" },
    { "0 count 2, 4 in 5, 5 sold 7", "", "moved in from a branch" },
    { "0 count 10, 5 sold 4, 10 count 6, 20 sold 6", "", "the count agrees with the books" },
    { "0 count 10, 5 sold 4, 10 count 8, 20 sold 6", "1:2",
      "two of the four never left the shelf" },
    { "0 count 10, 4 sold 3, 5 sold 4, 10 count 8", "1:1 2:4",
      "the last ones billed stand for them" },
    { "0 count 10, 5 sold 4, 10 count 2, 20 sold 2", "", "goods lost otherwise are no bill" },
    { "0 count 10, 5 sold 4, 10 count 2, 20 sold 3", "2:1",
      "after the count the shelf is what it found" },
    { "0 count 3, 5 sold 2.5, 6 sold 1.0001", "2:0.5001", "to the ten-thousandth" },
    { "0 count 0, 99 sold 1", "", "a record may still come" },
    { "0 count 0, 97 sold 1", "", "on the last day it may" },
    { "0 count 0, 96 sold 1", "1:1", "past it" },
    { "0 count 4, 0 count 6, 5 sold 11", "1:1", "batches counted on one day add up" },
};

TEST(what_was_billed_beyond_the_shelf_is_told_to_the_unit)
{
    struct yh_err err;
    CHECK_OK(yh_arena_open(&a, (size_t)64 << 20, &err), &err);
    for (int i = 0; i < YH_COUNT(WORKED); i++) {
        yh_qty sum;
        CHECK_STR(yh_cstr(told(WORKED[i].events, 0, 100, 3, &sum)), yh_cstr(WORKED[i].want),
                  WORKED[i].why);
    }
    yh_arena_close(&a);
}

/* Ten thousand shelves.  Recomputed apart: without grace and counts, what is told is the highest that
 * demand ever stood above supply, and the same goods in addition leave nothing to tell. */
TEST(all_that_is_told_is_the_least_stock_that_must_be_missing)
{
    struct yh_err err;
    CHECK_OK(yh_arena_open(&a, (size_t)256 << 20, &err), &err);
    uint64_t x = 11;
    for (int round = 0; round < 10000; round++) {
        struct yh_goods_event e[40], more[41];
        int n = 1 + (int)(yh_mix64(++x) % 39);
        int64_t over = 0, stand = 0;
        e[0] = (struct yh_goods_event){ .act = YH_GOODS_COUNT,
                                        .qty = (yh_qty)(yh_mix64(++x) % 20) };
        for (int i = 1; i < n; i++) {
            e[i] = (struct yh_goods_event){ .day = (yh_day)(1 + yh_mix64(++x) % 30), .ref = i };
            e[i].act = (uint8_t)(yh_mix64(++x) % 3 ? YH_GOODS_BILLED : YH_GOODS_IN);
            e[i].qty = (yh_qty)(yh_mix64(++x) % 9);
        }
        yh_goods_sort(e, n);
        for (int i = 0; i < n; i++) {
            stand += e[i].act == YH_GOODS_BILLED ? e[i].qty : -e[i].qty;
            over = yh_max(over, stand);
        }
        struct yh_goods_found *f;
        int nf;
        const struct yh_goods_span span = { 0, 1000, 0 };
        yh_goods_cover(&a, e, n, &span, &f, &nf);
        int64_t sum = 0;
        for (int i = 0; i < nf; i++)
            sum += f[i].unstocked;
        CHECK_I64(sum, over, "the highest that demand stood above supply");
        memcpy(more, e, sizeof e);
        more[n] = (struct yh_goods_event){ .act = YH_GOODS_COUNT, .qty = over };
        yh_goods_sort(more, n + 1);
        yh_goods_cover(&a, more, n + 1, &span, &f, &nf);
        CHECK_I64(nf, 0, "with so much more on the shelf nothing is told");
        if (round % 100 == 0)
            yh_arena_reset(&a);
    }
    yh_arena_close(&a);
}

/* "second sale provider act qty", acts sold, back, part (a part of a pack of 10). */
static const struct {
    const char *events, *want, *why;
} TRACES[] = {
    { "1 1 7 sold 1, 2 2 7 sold 1", "2", "two settlements of one shop" },
    { "1 1 7 sold 1, 2 2 8 sold 1", "2", "two shops" },
    { "1 1 7 sold 1, 2 1 7 sold 1", "", "the settlement and the shop's own record of it" },
    { "1 1 7 sold 1, 2 1 7 back 1, 3 2 8 sold 1", "", "taken back, then sold" },
    { "1 1 7 sold 1, 2 2 7 sold 1, 3 3 7 sold 1", "2 3", "each after the first" },
    { "1 1 7 part 4, 2 2 7 part 6", "", "parts of one pack" },
    { "1 1 7 part 4, 2 2 7 part 6, 3 3 7 part 1", "3", "more parts than the pack has" },
    { "1 1 7 part 4, 2 2 8 part 6", "2", "parts of one pack in two shops" },
    { "1 1 7 part 4, 2 2 7 sold 1", "2", "a whole pack after a part of it" },
    { "1 1 7 part 4, 2 2 7 part 6, 3 2 7 back 6, 4 3 7 part 6", "",
      "a part taken back and sold again" },
    { "1 1 7 part 4, 2 2 7 part 6, 3 1 7 part 4", "", "the first sale's record comes last" },
};

TEST(a_trace_code_is_sold_once)
{
    struct yh_err err;
    CHECK_OK(yh_arena_open(&a, (size_t)64 << 20, &err), &err);
    for (int i = 0; i < YH_COUNT(TRACES); i++) {
        struct yh_trace_event e[16];
        int n = 0;
        yh_str rest = yh_cstr(TRACES[i].events);
        while (rest.n) {
            yh_str one = yh_trim(yh_cut(&rest, ','));
            int64_t v[3];
            for (int k = 0; k < 3; k++)
                CHECK(!yh_int_parse(yh_cut(&one, ' '), &v[k], NULL));
            yh_str act = yh_cut(&one, ' ');
            e[n] = (struct yh_trace_event){ .code = 1,
                                            .provider = (uint32_t)v[2],
                                            .sale = (uint32_t)v[1],
                                            .time = v[0],
                                            .back = yh_eq(act, YH_S("back")),
                                            .split = yh_eq(act, YH_S("part")),
                                            .pack = 10,
                                            .ref = v[0] };
            CHECK(!yh_dec_parse(one, 4, &e[n++].qty, NULL));
        }
        struct yh_trace_twice *x;
        int nx;
        yh_trace_find(&a, e, n, &x, &nx);
        struct yh_buf out = yh_buf_in(&a);
        for (int k = 0; k < nx; k++)
            yh_putf(&out, "%s%lld", k ? " " : "", (long long)x[k].second);
        CHECK_STR(yh_buf_str(&out), yh_cstr(TRACES[i].want), TRACES[i].why);
    }
    yh_arena_close(&a);
}
