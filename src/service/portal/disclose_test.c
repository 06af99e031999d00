/* A month of few families is told with the next one, or not yet. */
#include "base/test.h"
#include "service/portal/disclose.h"
#include "service/testing.h"

#define M(m, c, b, g)                                                                     \
    {                                                                                     \
        .region = "990100", .fund = "390100", .month = 2026 * 12 + (m)-1, .charged = (c), \
        .back = (b), .bookings = (g)*2, .groups = (g)                                     \
    }

static const struct yh_fund_month MONTH[] = {
    M(3, 700, 0, 9), M(1, 1000, 100, 7), M(2, 40, 0, 2), M(4, 60, 0, 3), M(5, 5, 0, 1),
};

static yh_str told(struct yh_desk *d, int n, yh_day until, int64_t least)
{
    struct yh_txn x;
    CHECK(yh_view_open(yh_service_store(d->service), &d->arena, &x, NULL) == YH_OK);
    struct yh_look k = { &x, yh_desk_world(), &d->arena, d->now };
    struct yh_buf b = yh_buf_in(&d->arena);
    struct yh_jsonw w = yh_jsonw_on(&b);
    yh_jw_object(&w);
    CHECK(yh_look_open_funds(&k, MONTH, n, until, least, &w, NULL) == YH_OK);
    yh_jw_end(&w, '}');
    yh_view_close(&x);
    return yh_buf_str(&b);
}

static bool has(yh_str s, const char *part)
{
    return yh_find(s, yh_cstr(part)) >= 0;
}

TEST(a_month_of_few_families_is_told_with_the_next)
{
    struct yh_desk d;
    yh_desk_open(&d, NULL);
    yh_day june = yh_day_of(2026, 6, 1);
    yh_str s = told(&d, YH_COUNT(MONTH), june, 5);
    CHECK(has(s, "\"from\":\"2026-01\",\"to\":\"2026-01\",\"charged\":1000,\"back\":100"));
    /* February touches two families: with March, 40 + 700. */
    CHECK(has(s, "\"from\":\"2026-02\",\"to\":\"2026-03\",\"charged\":740"));
    /* April and May have three and one: not told yet, in no row and no sum. */
    CHECK(!has(s, "2026-04") && has(s, "\"through\":\"2026-05\""));
    CHECK(!has(s, ":60,") && !has(s, ":65,"));
    yh_str all = told(&d, YH_COUNT(MONTH), june, 1);
    CHECK(has(all, "\"from\":\"2026-02\",\"to\":\"2026-02\",\"charged\":40"));
    CHECK(has(all, "\"from\":\"2026-05\",\"to\":\"2026-05\",\"charged\":5"));
    /* Only months that begin before `until`. */
    CHECK(!has(told(&d, YH_COUNT(MONTH), yh_day_of(2026, 3, 1), 1), "\"to\":\"2026-03\""));
    CHECK(has(told(&d, 0, june, 5), "\"regions\":[]"));
    yh_desk_close(&d);
}
