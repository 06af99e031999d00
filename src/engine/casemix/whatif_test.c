/* engine/casemix/whatif_test.c */
#include <stdio.h>

#include "engine/casemix/testing.h"
#include "engine/casemix/whatif.h"

/* Beijing: H47.600 with G72.800x001 (CC) behind it groups to BZ15; as principal diagnosis the latter
 * makes BV2; an MCC would make BZ11. */
TEST(what_if_names_the_codes_that_move_a_group)
{
    const struct yh_scheme *s = testing_named("beijing_2022");
    static struct yh_case c = { .id = YH_S_INIT("w"),
                                .sex = 1,
                                .age = 50,
                                .age_days = 18260,
                                .ndx = 2,
                                .dx = { YH_S_INIT("H47.600"), YH_S_INIT("G72.800x001") } };
    struct yh_what_if *w;
    int n = yh_what_ifs(s, &c, yh_test_arena(), &w);
    bool main_dx = false, level = false;
    for (int i = 0; i < n; i++) {
        if (w[i].kind == YH_WHAT_MAIN_DX) {
            main_dx =
                w[i].at == 1 && w[i].supported && yh_starts(w[i].group.name.drg, YH_S("BV2"));
        }
        if (w[i].kind == YH_WHAT_LEVEL)
            level = !w[i].supported && yh_eq(w[i].group.name.drg, YH_S("BZ11"));
        CHECK(w[i].kind != YH_WHAT_WITHOUT_DX); /* a CC does not matter in BZ1 */
    }
    CHECK(main_dx && level);
}

/* With an MCC in place of the CC the group hangs on it. */
TEST(what_if_names_the_code_that_a_severity_hangs_on)
{
    const struct yh_scheme *s = testing_named("beijing_2022");
    static struct yh_case c = { .id = YH_S_INIT("w"),
                                .sex = 1,
                                .age = 50,
                                .age_days = 18260,
                                .ndx = 2,
                                .dx = { YH_S_INIT("H47.600"), YH_S_INIT("B16.001") } };
    struct yh_what_if *w;
    int n = yh_what_ifs(s, &c, yh_test_arena(), &w), hangs = 0;
    for (int i = 0; i < n; i++)
        if (w[i].kind == YH_WHAT_WITHOUT_DX) {
            hangs++;
            CHECK_STR(w[i].group.name.drg, YH_S("BZ15"), "without it");
            CHECK(!w[i].supported);
        }
    CHECK_I64(hangs, 1, "one code");
}

/* National 1.1: K35.800x001 with a drainage of the abscess alone is near to GD2 for want of an
 * appendectomy; with one, that is its group. */
TEST(what_if_names_a_procedure_that_is_missing)
{
    const struct yh_scheme *s = testing_named("chs_drg_11");
    static struct yh_case c = { .id = YH_S_INIT("w"),
                                .sex = 1,
                                .age = 40,
                                .age_days = 14610,
                                .ndx = 1,
                                .dx = { YH_S_INIT("K35.200") },
                                .npx = 1,
                                .px = { YH_S_INIT("99.2500") } };
    struct yh_what_if *w;
    int n = yh_what_ifs(s, &c, yh_test_arena(), &w), found = 0;
    for (int i = 0; i < n; i++)
        if (w[i].kind == YH_WHAT_MISSING_PX) {
            found += yh_eq(s->atom[w[i].at].arg, YH_S("GD1.px")) &&
                     yh_starts(w[i].group.name.drg, YH_S("GD1"));
            CHECK(!w[i].supported);
        }
    CHECK_I64(found, 1, "once");
}
