#include <stdio.h>

#include "base/test.h"
#include "model/catalog/terms.h"
#include "model/policy/policy.h"

static const struct yh_kinds *kinds(void)
{
    struct yh_arena *a = yh_test_arena();
    const struct yh_kinds *k;
    struct yh_err err;
    CHECK_OK(yh_kinds_load(a, yh_test_file(a, "catalogs/kinds.tsv"), &k, &err), &err);
    return k;
}

/* The plan of the documents of the invented region. */
static struct yh_plan *plan_of(const char *scheme, struct yh_findings *f)
{
    static const char *const PAGE[] = { "310-2026.md", "390-2026.md", "392-2026.md",
                                        "610-2026.md" };
    struct yh_arena *a = yh_test_arena();
    struct yh_policy_text text[4];
    struct yh_plan *p = NULL;
    struct yh_err err;
    for (int i = 0; i < 4; i++) {
        char path[100];
        snprintf(path, sizeof path, "policy/990101/%s", PAGE[i]);
        text[i] = (struct yh_policy_text){ yh_cstr(PAGE[i]), yh_test_file(a, path) };
    }
    CHECK_OK(yh_policy_load(a, text, 4, kinds(), YH_S("990100"), yh_cstr(scheme),
                            yh_day_of(2026, 3, 1), &p, f, &err),
             &err);
    return p;
}

static const struct yh_layer *layer(const struct yh_plan *p, const char *name,
                                    const char *visit)
{
    int v = yh_plan_kind(p, YH_DIM_VISIT, yh_cstr(visit));
    CHECK(v >= 0);
    for (int i = 0; i < p->nlayer; i++)
        if (yh_eq(p->layer[i].name, yh_cstr(name)) &&
            p->layer[i].visits[v / 64] >> (v % 64) & 1)
            return &p->layer[i];
    yh_test_stop(__FILE__, __LINE__, name);
}

static int64_t at(const struct yh_plan *p, const struct yh_cells *t, const char *level,
                  const char *ident, int count, const char *place, const char *filing)
{
    struct yh_facts f = { .idents = 0 };
    f.v[YH_DIM_LEVEL] = yh_plan_kind(p, YH_DIM_LEVEL, yh_cstr(level));
    f.v[YH_DIM_PLACE] = yh_plan_kind(p, YH_DIM_PLACE, yh_cstr(place));
    f.v[YH_DIM_FILING] = yh_plan_kind(p, YH_DIM_FILING, yh_cstr(filing));
    f.v[YH_DIM_PERSON] = yh_plan_kind(p, YH_DIM_PERSON, YH_S("成年居民"));
    f.v[YH_DIM_COUNT] = count;
    if (*ident)
        f.idents = UINT64_C(1) << yh_plan_kind(p, YH_DIM_IDENT, yh_cstr(ident));
    const struct yh_cell *c = yh_cell_at(t, &f);
    CHECK(c != NULL);
    return c->value;
}

TEST(a_stay_of_a_resident_compiles_to_the_tables_of_the_page)
{
    struct yh_findings f = { .n = 0 };
    struct yh_plan *p = plan_of("390", &f);
    CHECK_I64(f.n, 0, "nothing is wrong with the invented region");
    const struct yh_layer *l = layer(p, "基本统筹", "住院");
    CHECK_I64(at(p, &l->deduct.amount, "三级", "", 1, "本地", "无需备案"), 80000, "first stay");
    CHECK_I64(at(p, &l->deduct.amount, "二级", "", 2, "本地", "无需备案"), 15000, "halved");
    CHECK_I64(at(p, &l->deduct.amount, "一级", "", 7, "本地", "无需备案"), 0,
              "third and later: none");
    CHECK_I64(at(p, &l->deduct.amount, "三级", "特困", 1, "本地", "无需备案"), 0,
              "特困 has none");
    CHECK_I64(at(p, &l->deduct.amount, "未定级", "", 1, "本地", "无需备案"), 10000,
              "未定级 counts as 一级");
    CHECK_I64(at(p, &l->band[0].rate, "三级", "", 1, "本地", "无需备案"), 600000, "60 %");
    CHECK_I64(l->nadjust, 1, "one table of points");
    CHECK_I64(at(p, &l->adjust[0].by, "三级", "", 1, "跨省异地", "未备案"), -200000,
              "-20 points");
    CHECK_I64(at(p, &l->adjust[0].by, "三级", "", 1, "省内异地", "转诊备案"), -100000,
              "-10 points");
    CHECK_I64(at(p, &l->adjust[0].by, "三级", "", 1, "本地", "无需备案"), 0, "home: as it is");
    CHECK_I64(l->payer, YH_PAY_BASIC, "390100 is the basic fund");
}

TEST(exceptions_move_the_start_and_add_points_band_by_band)
{
    struct yh_findings f = { .n = 0 };
    struct yh_plan *p = plan_of("390", &f);
    const struct yh_layer *l = layer(p, "大病保险", "住院");
    CHECK_I64(l->cumulative, 1, "年度累计");
    CHECK_I64(l->nband, 2, "two bands");
    CHECK_I64(at(p, &l->band[0].from, "三级", "", 1, "本地", "无需备案"), 1400000, "start");
    CHECK_I64(at(p, &l->band[0].from, "三级", "低保", 1, "本地", "无需备案"), 700000,
              "half of it");
    CHECK_I64(at(p, &l->band[1].rate, "三级", "低保", 1, "本地", "无需备案"), 750000,
              "70 % + 5 points");
    CHECK_I64(at(p, &l->cap[0].amount, "三级", "低保", 1, "本地", "无需备案"), YH_UNLIMITED,
              "no cap");
    CHECK_I64(at(p, &l->cap[0].amount, "三级", "", 1, "本地", "无需备案"), 30000000, "300,000");
}

TEST(every_clause_of_a_cell_is_the_one_that_states_it)
{
    struct yh_findings f = { .n = 0 };
    struct yh_plan *p = plan_of("390", &f);
    const struct yh_layer *l = layer(p, "大病保险", "住院");
    struct yh_facts low = { .idents = UINT64_C(1)
                                      << yh_plan_kind(p, YH_DIM_IDENT, YH_S("2303")) };
    struct yh_facts any = { .idents = 0 };
    CHECK_STR(p->clause[yh_cell_at(&l->band[0].rate, &any)->clause].title,
              YH_S("第十四条 大病保险"), "the rate");
    CHECK_STR(p->clause[yh_cell_at(&l->band[0].rate, &low)->clause].title,
              YH_S("第十五条 大病保险倾斜"), "the exception, met by its national code");
    CHECK_I64(p->clause[l->clause].standing, YH_INVENTED, "standing of the page");
}

TEST(layers_pay_in_the_order_that_payers_states)
{
    static const char *const ORDER[] = { "门诊统筹",   "基本统筹", "大额补助",
                                         "公务员补助", "医疗救助", "倾斜救助" };
    struct yh_findings f = { .n = 0 };
    struct yh_plan *p = plan_of("310", &f);
    int at_name = 0;
    for (int i = 0; i < p->nlayer; i++) {
        while (at_name < 6 && !yh_eq(p->layer[i].name, yh_cstr(ORDER[at_name])))
            at_name++;
        CHECK(at_name < 6);
    }
    const struct yh_layer *large = layer(p, "大额补助", "住院");
    CHECK_I64(large->of.term[0].money, YH_M_UNCONSUMED, "封顶以上");
    CHECK(yh_eq(p->layer[large->of.term[0].layer].name, YH_S("基本统筹")));
}

TEST(marks_stand_in_kinds_in_the_order_of_the_catalogues)
{
    static const char *const WORD[] = {
#define R(name, word) word,
#include "model/catalog/tag.def"
#undef R
    };
    struct yh_findings f = { .n = 0 };
    struct yh_plan *p = plan_of("310", &f);
    CHECK_I64(p->dim_n[YH_DIM_TAG], YH_TAG_COUNT + 1, "普通 and one each");
    for (int i = 0; i < p->nkind; i++)
        if (p->kind[i].dim == YH_DIM_TAG && p->kind[i].ordinal)
            CHECK(yh_starts(p->kind[i].name, yh_cstr(WORD[p->kind[i].ordinal - 1])));
    CHECK_I64(yh_plan_kind(p, YH_DIM_CLASS, YH_S("乙")), YH_CLASS_B, "classes too");
}
