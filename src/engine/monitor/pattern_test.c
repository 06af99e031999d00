#include "base/test.h"
#include "engine/monitor/pattern.h"

static const struct yh_together_rule THREE = { 3, 4, 70 };

/* Persons 1, 2, 3 come four times together; 4 comes alone; 5 comes with them among many other visits. */
TEST(those_who_always_come_together_are_a_group)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_together_event e[40];
    int64_t n = 0;
    for (int d = 0; d < 4; d++)
        for (uint32_t p = 1; p <= 5; p++)
            if (p != 4)
                e[n++] = (struct yh_together_event){ p, p, 7, 100 + d * 10 };
    e[n++] = (struct yh_together_event){ 4, 4, 7, 300 };
    const uint32_t visits[] = { 0, 4, 5, 4, 1, 20 };
    struct yh_together_group *g;
    int ng;
    yh_together_find(a, e, n, visits, &THREE, &g, &ng);
    CHECK_I64(ng, 1, "one group");
    CHECK_I64(g[0].n, 3, "without the one who comes often anyway");
    CHECK_I64(g[0].person[2], 3, "ascending");
    CHECK_I64(g[0].times, 4, "four times");
    CHECK_I64(g[0].to - g[0].from, 30, "over a month");
}

TEST(a_family_and_a_pair_are_no_group)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_together_event e[40];
    int64_t n = 0;
    for (int d = 0; d < 5; d++) {
        for (uint32_t p = 1; p <= 4; p++)
            e[n++] = (struct yh_together_event){ p, 9, 7, 100 + d };
        for (uint32_t p = 5; p <= 6; p++)
            e[n++] = (struct yh_together_event){ p, p, 8, 100 + d };
    }
    const uint32_t visits[] = { 0, 5, 5, 5, 5, 5, 5 };
    struct yh_together_group *g;
    int ng;
    yh_together_find(a, e, n, visits, &THREE, &g, &ng);
    CHECK_I64(ng, 0, "one account group, and two persons");
    yh_together_find(a, e, 0, visits, &THREE, &g, &ng);
    CHECK_I64(ng, 0, "nobody");
}

TEST(a_doctor_is_in_one_place_at_a_time)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_apart_event e[] = {
        { 1, 10, 1, 1440 + 600 }, { 1, 20, 2, 1440 + 630 }, { 1, 10, 1, 1440 + 640 },
        { 1, 20, 2, 2880 + 600 }, { 1, 10, 1, 2880 + 660 }, { 2, 10, 1, 1440 + 610 },
        { 2, 10, 3, 1440 + 611 },
    };
    struct yh_apart_hit *h;
    int n;
    yh_apart_find(a, e, YH_COUNT(e), 60, &h, &n);
    CHECK_I64(n, 1, "half an hour between two counties, once a day; a full hour is allowed");
    CHECK_I64(h[0].b.minute - h[0].a.minute, 30, "the two");
}
