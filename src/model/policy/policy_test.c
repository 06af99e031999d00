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
    int32_t under = yh_cell_at(&l->band[0].rate, &low)->under;
    CHECK(under > 0);
    CHECK_STR(p->clause[under - 1].title, YH_S("第十四条 大病保险"),
              "and what +5 点 is added to");
    CHECK_I64(yh_cell_at(&l->band[0].rate, &any)->under, 0, "no exception: nothing below");
    CHECK_I64(yh_cell_at(&l->cap[0].amount, &low)->under, 0,
              "不限 replaces, it adds to nothing");
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

/* ---- several documents ---- */

#define PAGE(head, rest) "# 标题\n\n" head "\n\n## 第一条\n条文。\n\n```policy\n" rest "```\n"
#define BASE "region 1   scheme 390   from 2026-01-01   standing invented"
#define STAY "layer 基本统筹 pays 390100\n  for 住院\n  of 范围内\n  rate 60%\n"

struct pages {
    struct yh_policy_set set;
    struct yh_findings f;
};

static void read_pages(struct pages *w, const char *const *text, int n)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_policy_text *t = YH_NEW(a, struct yh_policy_text, n);
    for (int i = 0; i < n; i++)
        t[i] = (struct yh_policy_text){ yh_fmt(a, "%c.md", 'a' + i), yh_cstr(text[i]) };
    w->f = (struct yh_findings){ .n = 0 };
    yh_policy_read(a, kinds(), t, n, &w->set, &w->f);
}

/* The rate of a stay on a day; -1: no plan. */
static int64_t rate_on(struct pages *w, int year, int month, int day, bool drafts)
{
    struct yh_plan *p;
    struct yh_facts any = { .idents = 0 };
    struct yh_findings f = { .n = 0 };
    if (yh_policy_compile(yh_test_arena(), &w->set, YH_S("1"), YH_S("390"),
                          yh_day_of(year, month, day),
                          (struct yh_policy_how){ .drafts = drafts }, &p, &f, NULL))
        return -1;
    return yh_cell_at(&layer(p, "基本统筹", "住院")->band[0].rate, &any)->value / 10000;
}

TEST(amendments_lie_over_each_other_by_day_and_lift_when_they_end)
{
    static const char *const TEXT[] = {
        PAGE(BASE, STAY),
        PAGE("amends 1/390/2026-01-01   from 2026-07-01   standing invented",
             "layer 基本统筹\n  for 住院\n  rate 65%\n"),
        PAGE("amends 1/390/2026-01-01   from 2026-09-01   to 2026-10-01   standing invented",
             "layer 基本统筹\n  for 住院\n  rate 90%\n"),
        PAGE("amends 1/390/2026-01-01   from 2027-01-01   standing draft",
             "layer 基本统筹\n  for 住院\n  rate 70%\n"),
    };
    struct pages w;
    read_pages(&w, TEXT, 4);
    CHECK_I64(w.f.n, 0, "nothing wrong");
    CHECK_I64(rate_on(&w, 2025, 12, 31, false), -1, "before the base");
    CHECK_I64(rate_on(&w, 2026, 6, 30, false), 60, "the base");
    CHECK_I64(rate_on(&w, 2026, 7, 1, false), 65, "the first amendment");
    CHECK_I64(rate_on(&w, 2026, 9, 1, false), 90, "the later lies over it");
    CHECK_I64(rate_on(&w, 2026, 10, 1, false), 65, "and lifts when it ends");
    CHECK_I64(rate_on(&w, 2027, 1, 1, false), 65, "a draft is not in force");
    CHECK_I64(rate_on(&w, 2027, 1, 1, true), 70, "unless asked for");
    yh_day day[8];
    CHECK_I64(yh_policy_days(&w.set, YH_S("1"), YH_S("390"), day, 8), 4, "the draft apart");
    CHECK_I64(day[2], yh_day_of(2026, 9, 1), "in order");
    CHECK_I64(yh_policy_days(&w.set, YH_S("1"), YH_S("390"), day, 2), 2, "no more than asked");
}

TEST(a_missing_parameter_keeps_a_document_out_of_force)
{
    static const char *const TEXT[] = { PAGE(BASE, STAY "  cap 缺 per 年度\n") };
    struct pages w;
    struct yh_plan *p;
    struct yh_err err;
    read_pages(&w, TEXT, 1);
    CHECK_I64(rate_on(&w, 2026, 5, 1, false), -1, "not in force");
    CHECK_OK(yh_policy_compile_doc(yh_test_arena(), &w.set, 0,
                                   (struct yh_policy_how){ .missing_ok = true }, &p, &w.f,
                                   &err),
             &err);
    CHECK_I64(w.f.count[YH_MISSING], 1, "said once");
    CHECK_I64(p->layer[0].cap[0].amount.cell[0].value, YH_UNLIMITED, "looked at as no limit");
}

TEST(an_error_in_one_document_spares_the_others)
{
    static const char *const TEXT[] = {
        PAGE(BASE, STAY),
        PAGE("region 2   scheme 390   from 2026-01-01   standing invented", "rate 60\n"),
        PAGE("amends 1/390/2026-01-01   from 2026-07-01   standing invented",
             "layer 基本统筹\n  for 住院\n  rate 65\n"),
    };
    struct pages w;
    read_pages(&w, TEXT, 3);
    CHECK_I64(w.f.count[YH_ERROR], 1, "the page that is no page");
    CHECK_I64(rate_on(&w, 2026, 6, 30, false), 60, "before the wrong amendment");
    CHECK_I64(rate_on(&w, 2026, 7, 1, false), -1, "a wrong amendment is never half applied");
}

TEST(a_newer_document_takes_over_from_its_day)
{
    static const char *const TEXT[] = {
        PAGE(BASE, STAY),
        PAGE("region 1   scheme 390   from 2027-01-01   standing invented",
             "layer 基本统筹 pays 390100\n  for 住院\n  of 范围内\n  rate 55%\n"),
    };
    struct pages w;
    read_pages(&w, TEXT, 2);
    CHECK_I64(rate_on(&w, 2026, 12, 31, false), 60, "the old");
    CHECK_I64(rate_on(&w, 2027, 1, 1, false), 55, "the new");
    yh_policy_check_set(yh_test_arena(), &w.set, &w.f);
    CHECK_I64(w.f.count[YH_WARN], 1, "the old one's end was not written");
}

TEST(a_nearer_for_replaces_one_statement_and_keeps_the_rest)
{
    static const char *const TEXT[] = { PAGE(
        BASE,
        "layer 基本统筹 pays 390100\n  for 住院\n  of 范围内\n  deductible 800\n  rate 60%\n"
        "layer 基本统筹\n  for 日间手术\n  rate 80%\n") };
    struct pages w;
    struct yh_plan *p;
    struct yh_facts any = { .idents = 0 };
    read_pages(&w, TEXT, 1);
    CHECK_OK(yh_policy_compile_doc(yh_test_arena(), &w.set, 0, (struct yh_policy_how){ 0 }, &p,
                                   &w.f, NULL),
             NULL);
    CHECK_I64(p->nlayer, 2, "stays and day surgery");
    const struct yh_layer *stay = layer(p, "基本统筹", "住院"),
                          *day = layer(p, "基本统筹", "日间手术");
    CHECK_I64(yh_cell_at(&stay->band[0].rate, &any)->value, 600000, "a stay");
    CHECK_I64(yh_cell_at(&day->band[0].rate, &any)->value, 800000, "day surgery");
    CHECK_I64(yh_cell_at(&day->deduct.amount, &any)->value, 80000,
              "its deductible is the stay's");
    CHECK_I64(stay->acc_paid, day->acc_paid, "one layer, one account of what was paid");
}

TEST(a_rewritten_table_with_the_same_amounts_is_no_change)
{
    static const char *const TEXT[] = {
        PAGE(BASE, "layer 基本统筹 pays 390100\n  for 住院\n  of 范围内\n"
                   "  rate | 一级, 未定级 80% | 二级 70% | 三级 60% |\n"),
        PAGE("region 2   scheme 390   from 2026-01-01   standing invented",
             "layer 基本统筹 pays 390100\n  for 住院\n  of 范围内\n"
             "  rate\n    | 级别 | 比例 |\n    | 三级 | 60% |\n    | 二级 | 70% |\n    | 其他 "
             "| 80% |\n"),
        PAGE("region 3   scheme 390   from 2026-01-01   standing invented",
             "layer 基本统筹 pays 390100\n  for 住院\n  of 范围内\n"
             "  rate | 一级, 未定级 80% | 二级 75% | 三级 60% |\n  cap 10万 per 年度\n"),
    };
    struct pages w;
    struct yh_plan *p[3];
    struct yh_arena *a = yh_test_arena();
    read_pages(&w, TEXT, 3);
    for (int i = 0; i < 3; i++)
        CHECK_OK(
            yh_policy_compile_doc(a, &w.set, i, (struct yh_policy_how){ 0 }, &p[i], &w.f, NULL),
            NULL);
    struct yh_buf out = yh_buf_in(a);
    /* A pharmacy's level is not asked of a stay, so only 其他 says something of it. */
    CHECK_I64(yh_policy_diff(a, p[0], p[1], &out), 1, "only what a pharmacy would get");
    out = yh_buf_in(a);
    CHECK_I64(yh_policy_diff(a, p[0], p[2], &out), 2, "a rate and a cap");
    CHECK_STR(yh_buf_str(&out),
              YH_S("基本统筹 · 住院 · 支付比例 · 二级：70% → 75%\n"
                   "基本统筹 · 住院 · 限额：不限 → 100,000.00\n"),
              "in words");
}
