/* engine/casemix/tariff_test.c -- the invented tables of catalogs/tariff, by hand. */
#include <stdio.h>

#include "base/test.h"
#include "engine/casemix/tariff.h"

static enum yh_status read_file(void *ctx, const char *path, yh_str *text, struct yh_err *err)
{
    char whole[128];
    (void)err;
    snprintf(whole, sizeof whole, "catalogs/tariff/%s", path);
    *text = yh_test_file(ctx, whole);
    return YH_OK;
}

static struct yh_tariff *load(void)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_tariff *t;
    struct yh_err err;
    CHECK_OK(yh_tariff_load(a, (struct yh_casemix_source){ a, read_file }, &t, &err), &err);
    return t;
}

static const struct yh_case *one(const char *dx, const char *px, int los)
{
    static struct yh_case c;
    c = (struct yh_case){ .ndx = 1, .los = los };
    c.dx[0] = yh_cstr(dx);
    for (yh_str s = yh_cstr(px); s.p && s.n;)
        c.px[c.npx++] = yh_cut(&s, ' ');
    return &c;
}

/* Psychiatric: 15 × 420 + 45 × 330 + 10 × 260 = 6,300 + 14,850 + 2,600 = 23,750.00 for 70 days. */
TEST(per_diem_stages_by_hand)
{
    static const struct {
        const char *dx;
        int los;
        yh_fen want; /* -1 = no kind */
        const char *why;
    } ROW[] = { { "F20.000", 1, 42000, "one day" },
                { "F20.000", 0, 42000, "a stay within a day is one day" },
                { "F20.000", 15, 630000, "the last day of the first stage" },
                { "F20.000", 16, 663000, "the first of the second" },
                { "F20.000", 70, 2375000, "three stages" },
                { "I69.300", 31, 1598000, "30 x 520 + 380" },
                { "J18.900", 5, -1, "no stage for it" } };
    const struct yh_tariff *t = load();
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        yh_str kind;
        yh_fen sum = -1;
        (void)yh_per_diem(t, one(ROW[i].dx, "", ROW[i].los), &kind, &sum);
        CHECK_I64(sum, ROW[i].want, ROW[i].why);
    }
}

TEST(a_disease_price_needs_its_operation_and_its_level)
{
    static const struct {
        const char *dx, *px;
        int los, level;
        yh_fen want;
        const char *why;
    } ROW[] = { { "K35.800", "47.0100", 5, 3, 980000, "third level" },
                { "K35.800", "99.2500 47.0900", 5, 2, 820000,
                  "second level, any place, the other operation" },
                { "K35.800", "47.0100", 5, 1, 0, "no price for the first level" },
                { "K35.800", "", 5, 3, 0, "left the path: no operation" },
                { "K80.101", "51.2300", 5, 1, 1250000, "any level" },
                { "K40.900", "53.1200", 1, 3, 650000, "day surgery" },
                { "K40.900", "53.1200", 2, 3, 0, "two days are none" } };
    const struct yh_tariff *t = load();
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        const struct yh_disease_price *p =
            yh_disease_price(t, one(ROW[i].dx, ROW[i].px, ROW[i].los), ROW[i].level);
        CHECK_I64(p ? p->price : 0, ROW[i].want, ROW[i].why);
    }
    CHECK(yh_disease_price(t, one("K35.800", "47.0100", 5), 3)->patient_too);
}

TEST(a_visit_is_consolidated_packaged_and_discounted)
{
    static const struct {
        const char *dx, *px;
        yh_micro want;
        const char *why;
    } ROW[] = { { "I10.x00", "", 350000, "a medical visit" },
                { "I10.x00", "LAB001", 350000, "its laboratory is packaged" },
                { "I10.x00", "LAB001 CT001", 900000, "the CT is not: 0.35 + 0.55" },
                { "K63.500", "45.2302", 1800000, "one procedure, no visit beside it" },
                { "I10.x00", "45.2302 45.4200", 2600000,
                  "polypectomy takes up the colonoscopy" },
                { "I10.x00", "86.2201 45.4200 LAB001", 3050000,
                  "2.6 + half of 0.9; laboratory packaged" },
                { "I10.x00", "86.2201 86.2201", 900000, "the same group twice is paid once" },
                { "Z00.000", "LAB001", 60000, "ancillary only: paid" },
                { "Z00.000", "NONE", 0, "unknown" } };
    const struct yh_tariff *t = load();
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        struct yh_apg_line line[YH_CASE_CODES_MAX + 1];
        yh_micro total;
        int n = yh_apg(t, one(ROW[i].dx, ROW[i].px, 0), line, &total);
        CHECK(n >= 0);
        CHECK_I64(total, ROW[i].want, ROW[i].why);
    }
}
