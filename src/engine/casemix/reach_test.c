/* engine/casemix/reach_test.c -- the generated self-test on the national scheme and two others; the
 * whole-program test runs all 37. */
#include <stdio.h>
#include "engine/casemix/reach.h"
#include "engine/casemix/testing.h"

static void expect(const char *name, int unreached, enum yh_reach_why why)
{
    struct testing *t = testing_open();
    const struct yh_scheme *s = testing_named(name);
    struct yh_arena *a = yh_test_arena();
    struct yh_target *target;
    int n = yh_targets(s, a, &target), missed = 0;
    CHECK(n >= s->ndrg);
    for (int i = 0; i < n; i++) {
        struct yh_reach r;
        yh_reach(s, target[i].adrg, target[i].drg, a, t->scratch, &r);
        if (r.why != YH_REACHED) {
            missed++;
            CHECK_I64(r.why, why, name);
            continue;
        }
        struct yh_drg_group g;
        yh_drg_group(s, r.example, &g);
        CHECK_STR(g.name.drg, r.name.drg, "the example's group");
    }
    CHECK_I64(missed, unreached, name);
}

TEST(every_group_of_the_national_scheme_is_reached)
{
    expect("chs_drg_11", 0, YH_REACHED);
    expect("chs_drg_11_fix", 0, YH_REACHED);
}

TEST(every_group_of_yantai_with_its_ambiguous_groups_is_reached)
{
    expect("yantai_2023", 0, YH_REACHED);
}

TEST(a_group_whose_cases_an_earlier_row_takes_is_told)
{
    /* Linfen's WQY stands behind a surgical row that takes every operation. */
    expect("linfen_2022", 1, YH_REACH_TAKEN);
}
