#include "base/test.h"
#include "model/region/region.h"

#define HEAD "code\tname\tkind\tparent\tfrom\tto\tstanding\tnote\n"

static struct yh_regions shipped(void)
{
    struct yh_regions t = { 0 };
    struct yh_err err;
    struct yh_arena *a = yh_test_arena();
    CHECK_OK(yh_regions_load(yh_test_file(a, "catalogs/regions.tsv"), a, &t, &err), &err);
    return t;
}

static yh_day day(const char *text)
{
    yh_day d = 0;
    CHECK(!yh_day_parse(yh_cstr(text), &d, NULL));
    return d;
}

static const struct {
    const char *code, *on;
    uint32_t office, pool, province;
    bool unknown;
    const char *why;
} LOCATED[] = {
    { "500117", "2026-01-01", 500117, 500000, 500000, false,
      "合川 is an office of the one pool 重庆" },
    { "500000", "2026-01-01", 500000, 500000, 500000, false, "重庆 is province and pool" },
    { "500999", "2026-01-01", 500000, 500000, 500000, true, "an unknown leaf of 重庆" },
    { "350582", "2026-01-01", 350582, 350500, 350000, false, "晋江 belongs to 泉州" },
    { "350599", "2026-01-01", 350599, 350500, 350000, false, "泉州市本级" },
    { "350571", "2026-01-01", 350500, 350500, 350000, true,
      "a development zone no table knows" },
    { "350500", "2026-01-01", 350500, 350500, 350000, false, "the pool itself" },
    { "359900", "2026-01-01", 359900, 359900, 350000, false, "省本级 has a fund of its own" },
    { "350000", "2026-01-01", 350000, 350000, 350000, false,
      "a bare province stands for itself" },
    { "532501", "2026-01-01", 532501, 532500, 530000, false, "个旧 of 红河" },
    { "440606", "2026-01-01", 440606, 440600, 440000, false, "顺德 of 佛山" },
    { "441900", "2026-01-01", 441900, 441900, 440000, false, "东莞 has no counties" },
    { "330782", "2026-01-01", 330782, 330700, 330000, false, "义乌 of 金华" },
    { "230881", "2026-01-01", 230881, 230800, 230000, false, "同江 of 佳木斯" },
    { "990101", "2026-03-02", 990101, 990100, 990000, false,
      "the invented office of the samples" },
    { "990201", "2026-03-02", 990201, 990200, 990000, false, "the second invented pool" },
    { "371202", "2018-12-31", 371202, 371200, 370000, false, "莱城 before 莱芜 ended" },
    { "370116", "2019-01-01", 370116, 370100, 370000, false,
      "莱芜区 of 济南 from the next day" },
};

TEST(a_code_finds_its_office_pool_and_province_on_a_day)
{
    struct yh_regions t = shipped();
    for (int i = 0; i < YH_COUNT(LOCATED); i++) {
        struct yh_place p;
        struct yh_err err;
        CHECK_OK(yh_region_locate(&t, yh_cstr(LOCATED[i].code), day(LOCATED[i].on), &p, &err),
                 &err);
        CHECK_I64(p.office->code, LOCATED[i].office, LOCATED[i].why);
        CHECK_I64(p.pool->code, LOCATED[i].pool, LOCATED[i].why);
        CHECK_I64(p.province->code, LOCATED[i].province, LOCATED[i].why);
        CHECK_I64(p.leaf_unknown, LOCATED[i].unknown, LOCATED[i].why);
    }
}

TEST(a_code_outside_every_pool_is_not_found)
{
    struct yh_regions t = shipped();
    struct yh_place p;
    struct yh_err err;
    CHECK(yh_region_locate(&t, YH_S("371202"), day("2019-01-01"), &p, &err) == YH_NOT_FOUND);
    CHECK(yh_region_locate(&t, YH_S("419099"), day("2026-01-01"), &p, &err) == YH_NOT_FOUND);
    CHECK(yh_region_locate(&t, YH_S("888888"), day("2026-01-01"), &p, &err) == YH_NOT_FOUND);
    static const char *const MALFORMED[] = { "",       "35058",  "3505821",
                                             "35058a", "035058", " 50117" };
    for (int i = 0; i < YH_COUNT(MALFORMED); i++)
        CHECK_I64(yh_region_locate(&t, yh_cstr(MALFORMED[i]), 0, &p, &err), YH_BAD_INPUT,
                  MALFORMED[i]);
}

TEST(distance_is_seen_from_home)
{
    static const struct {
        const char *home, *visit;
        enum yh_away away;
    } ROWS[] = {
        { "500117", "500101", YH_AWAY_LOCAL },    { "500117", "500000", YH_AWAY_LOCAL },
        { "350582", "350599", YH_AWAY_LOCAL },    { "350582", "350571", YH_AWAY_LOCAL },
        { "350582", "350102", YH_AWAY_PROVINCE }, { "350582", "359900", YH_AWAY_PROVINCE },
        { "350582", "350000", YH_AWAY_PROVINCE }, { "350582", "500117", YH_AWAY_COUNTRY },
        { "990101", "990201", YH_AWAY_PROVINCE }, { "990101", "980101", YH_AWAY_COUNTRY },
    };
    struct yh_regions t = shipped();
    for (int i = 0; i < YH_COUNT(ROWS); i++) {
        struct yh_place home, visit;
        CHECK(!yh_region_locate(&t, yh_cstr(ROWS[i].home), day("2026-01-01"), &home, NULL));
        CHECK(!yh_region_locate(&t, yh_cstr(ROWS[i].visit), day("2026-01-01"), &visit, NULL));
        CHECK_I64(yh_region_away(&home, &visit), ROWS[i].away, ROWS[i].visit);
        CHECK_I64(yh_region_away(&visit, &home), ROWS[i].away, "distance has no direction");
        CHECK_I64(yh_region_away(&home, &home), YH_AWAY_LOCAL, "home is local");
    }
}

TEST(an_office_may_change_its_pool)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_regions t;
    struct yh_err err;
    struct yh_place p;
    CHECK_OK(
        yh_regions_load(YH_S(HEAD "990000\t省\tprovince\t\t\t\tinvented\t\n"
                                  "990100\t甲市\tpool\t990000\t\t\tinvented\t\n"
                                  "990200\t乙市\tpool\t990000\t\t\tinvented\t\n"
                                  "990121\t县\toffice\t990100\t\t2025-01-01\tinvented\t\n"
                                  "990121\t县\toffice\t990200\t2025-01-01\t\tinvented\t\n"),
                        a, &t, &err),
        &err);
    CHECK(!yh_region_locate(&t, YH_S("990121"), day("2024-12-31"), &p, NULL));
    CHECK_I64(p.pool->code, 990100, "the last day of the old pool");
    CHECK(!yh_region_locate(&t, YH_S("990121"), day("2025-01-01"), &p, NULL));
    CHECK_I64(p.pool->code, 990200, "the first day of the new one");
}

static const struct {
    const char *rows, *field;
    int line;
} WRONG[] = {
    { "99010\t城\tpool\t990000\t\t\tinvented\t\n", "code", 2 },
    { "990100\t\tpool\t990000\t\t\tinvented\t\n", "name", 2 },
    { "990100\t城\tcity\t990000\t\t\tinvented\t\n", "kind", 2 },
    { "990100\t城\tpool\t\t\t\tinvented\t\n", "parent", 2 },
    { "990000\t省\tprovince\t100000\t\t\tinvented\t\n", "parent", 2 },
    { "990000\t省\tprovince\t\t2026-02-30\t\tinvented\t\n", "from", 2 },
    { "990000\t省\tprovince\t\t2026-01-01\t2026-01-01\tinvented\t\n", "to", 2 },
    { "990000\t省\tprovince\t\t\t\tsure\t\n", "standing", 2 },
    { "990100\t城\tpool\t990000\t\t\tinvented\t\n", "code", 0 },
    { "990000\t省\tprovince\t\t\t\tinvented\t\n990000\t省\tprovince\t\t2020-01-"
      "01\t\tinvented\t\n",
      "code", 0 },
    { "990000\t省\tprovince\t\t2020-01-"
      "01\t\tinvented\t\n990100\t城\tpool\t990000\t\t\tinvented\t\n",
      "code", 0 },
};

TEST(a_wrong_tree_is_refused_with_line_and_field)
{
    for (int i = 0; i < YH_COUNT(WRONG); i++) {
        struct yh_arena *a = yh_test_arena();
        struct yh_regions t = { 0 };
        struct yh_err err = { 0 };
        yh_str text = yh_fmt(a, "%s%s", HEAD, WRONG[i].rows);
        CHECK_I64(yh_regions_load(text, a, &t, &err), YH_BAD_TABLE, WRONG[i].rows);
        CHECK_STR(yh_cstr(err.field), yh_cstr(WRONG[i].field), WRONG[i].rows);
        CHECK_I64(err.line, WRONG[i].line, WRONG[i].rows);
        CHECK(t.row == NULL);
    }
    struct yh_regions t = { 0 };
    struct yh_err err;
    CHECK(yh_regions_load(YH_S("code\tname\n"), yh_test_arena(), &t, &err) == YH_BAD_TABLE);
    CHECK(yh_regions_load(YH_S(HEAD "990000\t省\n"), yh_test_arena(), &t, &err) ==
          YH_BAD_TABLE);
}

/* Law: every row of the shipped tree locates itself and its parents on each bound of its days. */
TEST(law_every_shipped_row_locates_itself)
{
    struct yh_regions t = shipped();
    CHECK(t.n > 3400);
    int offices = 0, pools = 0;
    for (int i = 0; i < t.n; i++) {
        const struct yh_region *r = &t.row[i];
        yh_day on[] = { r->period.from, r->period.to - 1 };
        for (int k = 0; k < YH_COUNT(on); k++) {
            CHECK(yh_region_get(&t, r->code, r->kind, on[k]) == r);
            char digits[32];
            struct yh_place p;
            struct yh_err err;
            CHECK_OK(yh_region_locate(&t, yh_dec_text(digits, r->code, 0, 0), on[k], &p, &err),
                     &err);
            CHECK(!p.leaf_unknown && p.province->kind == YH_REGION_PROVINCE);
            CHECK(p.office->code == r->code && p.province->code == r->code / 10000 * 10000);
        }
        offices += r->kind == YH_REGION_OFFICE;
        pools += r->kind == YH_REGION_POOL;
    }
    CHECK(offices > 2800 && pools > 340);
}
