#include "model/matter/matter.h"
#include "base/test.h"

static void load(struct yh_matters *m)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_err err;
    CHECK_OK(yh_matters_load(a, yh_test_file(a, "catalogs/desk/matters.tsv"),
                             yh_test_file(a, "catalogs/desk/deadlines.tsv"),
                             yh_test_file(a, "catalogs/desk/keep.tsv"), m, &err),
             &err);
}

TEST(the_nearest_place_says_how_long_a_matter_takes)
{
    struct yh_matters m;
    yh_day day = yh_day_of(2026, 3, 18);
    load(&m);
    const struct yh_matter_kind *here =
        yh_matter_kind_at(&m, YH_S("990100"), YH_S("chronic"), day);
    const struct yh_matter_kind *there =
        yh_matter_kind_at(&m, YH_S("532500"), YH_S("chronic"), day);
    CHECK_I64(here->days, 15, "the place's own row");
    CHECK_I64(here->standing, YH_INVENTED, "and its standing");
    CHECK_I64(there->days, 20, "elsewhere the default");
    CHECK_I64(
        yh_matter_kind_at(&m, YH_S("990100"), YH_S("chronic"), yh_day_of(2025, 3, 18))->days,
        20, "before it held");
    CHECK(!yh_matter_kind_at(&m, YH_S("990100"), YH_S("nothing"), day));
    const struct yh_matter_kind *all[64];
    int n = yh_matter_kinds_at(&m, YH_S("990100"), day, all);
    CHECK_I64(n, m.nkind - 2, "each kind once: two have a row of the place beside the default");
}

TEST(a_bill_may_be_brought_until_its_last_day)
{
    struct yh_matters m;
    struct yh_err err;
    const struct yh_matter_deadline *by;
    yh_day last;
    load(&m);
    CHECK_OK(yh_matter_last_day(&m, YH_S("990100"), YH_S("stay"), yh_day_of(2025, 11, 30),
                                &last, &by, &err),
             &err);
    CHECK_I64(last, yh_day_of(2026, 6, 30), "30 June of the next year");
    CHECK_OK(yh_matter_last_day(&m, YH_S("532500"), YH_S("visit"), yh_day_of(2024, 2, 29),
                                &last, &by, &err),
             &err);
    CHECK_I64(last, yh_day_of(2025, 2, 28), "twelve months, clamped to the month");
}

#define HEAD                                                                                \
    "region\tkind\tgroup\tname\tonline\tdays\treview\tsecond\teffect\tof\tfields\tpapers\t" \
    "basis\tfrom\tto\tstanding\n"
#define KEEP "region\toutcome\tyears\tbasis\tfrom\tto\tstanding\n"
#define LATE "region\tof\tmonths\tnext_year\tbasis\tfrom\tto\tstanding\n"

TEST(a_wrong_row_is_named)
{
    static const struct {
        const char *row, *part;
    } BAD[] = {
        { "000000\ta\tg\t甲\tnow\t0\t\t\tnone\t\t\t\t\t2020-01-01\t\tunverified\n", "online" },
        { "000000\ta\tg\t甲\tno\tx\t\t\tnone\t\t\t\t\t2020-01-01\t\tunverified\n", "days" },
        { "000000\ta\tg\t甲\tno\t0\t\t\tfly\t\t\t\t\t2020-01-01\t\tunverified\n", "effect" },
        { "000000\ta\tg\t甲\tno\t0\t\t\tfiling\t\t\t\t\t2020-01-01\t\tunverified\n", "of" },
        { "000000\ta\tg\t甲\tno\t0\t\t\tnone\t\tcolour\t\t\t2020-01-01\t\tunverified\n",
          "fields" },
        { "000000\ta\tg\t甲\tno\t0\t\t\tnone\t\t\t\t\tsoon\t\tunverified\n", "from" },
        { "000000\ta\tg\t甲\tcommit\t3\t\t\tnone\t\t\t\t\t2020-01-01\t\tunverified\n",
          "online" },
        { "000000\ta\tg\t甲\tno\t0\t\t\tnone\t\t\t\t\t2020-01-01\t\tunverified\n"
          "000000\ta\tg\t甲\tno\t0\t\t\tnone\t\t\t\t\t2021-01-01\t\tunverified\n",
          "第 3 行 kind" },
    };
    struct yh_matters m;
    for (int i = 0; i < YH_COUNT(BAD); i++) {
        struct yh_err err = { 0 };
        struct yh_arena *a = yh_test_arena();
        yh_str text = yh_fmt(a, "%s%s", HEAD, BAD[i].row);
        CHECK_I64(yh_matters_load(a, text, YH_S(LATE), YH_S(KEEP), &m, &err), YH_BAD_TABLE,
                  BAD[i].row);
        CHECK(yh_find(yh_cstr(err.text), yh_cstr(BAD[i].part)) >= 0);
    }
    struct yh_err err = { 0 };
    CHECK_I64(yh_matters_load(yh_test_arena(), YH_S(HEAD),
                              YH_S(LATE "000000\tstay\t12\t331\t\t2020-01-01\t\tunverified\n"),
                              YH_S(KEEP), &m, &err),
              YH_BAD_TABLE, "months and a day of the next year");
    err = (struct yh_err){ 0 };
    CHECK_I64(yh_matters_load(yh_test_arena(), YH_S(HEAD), YH_S(LATE),
                              YH_S(KEEP "000000\tlost\t1\t\t2020-01-01\t\tunverified\n"), &m,
                              &err),
              YH_BAD_TABLE, "no such outcome");
}

TEST(papers_are_kept_as_long_as_what_came_of_the_matter)
{
    struct yh_matters m;
    load(&m);
    yh_day ended = yh_day_of(2024, 2, 29);
    CHECK_I64(yh_matter_keep_until(&m, YH_S("532500"), YH_S("nothing"), ended),
              yh_day_of(2025, 2, 28), "a year, clamped to the month");
    CHECK_I64(yh_matter_keep_until(&m, YH_S("532500"), YH_S("paid"), ended),
              yh_day_of(2054, 2, 28), "with the vouchers");
    CHECK_I64(yh_matter_keep_until(&m, YH_S("532500"), YH_S("else"), ended), YH_DAY_MAX,
              "what no row names is not deleted");
}
