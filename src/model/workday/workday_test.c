#include "model/workday/workday.h"

#include "base/test.h"

static struct yh_workdays load(void)
{
    struct yh_workdays w;
    struct yh_err err;
    CHECK_OK(yh_workdays_load(yh_test_arena(),
                              yh_test_file(yh_test_arena(), "catalogs/holidays.tsv"), &w, &err),
             &err);
    return w;
}

static yh_day day(const char *text)
{
    yh_day d;
    CHECK(yh_day_parse(yh_cstr(text), &d, NULL) == YH_OK);
    return d;
}

static const struct {
    const char *from;
    int n;
    const char *due, *why;
} TERM[] = {
    { "2026-03-02", 0, "2026-03-02", "no term" },
    { "2026-03-02", 5, "2026-03-09", "Monday and five: the weekend lies between" },
    { "2026-02-13", 1, "2026-02-14", "the Saturday before the Spring Festival is worked" },
    { "2026-02-14", 1, "2026-02-24", "nine days of festival" },
    { "2026-02-27", 1, "2026-02-28", "another worked Saturday" },
    { "2026-09-30", 3, "2026-10-10",
      "the national days, then Thursday, Friday, a worked Saturday" },
    { "2026-01-01", 1, "2026-01-04", "a worked Sunday" },
    { "2022-12-30", 1, "2023-01-03", "the first day of a year's holiday lies in the old year" },
    { "2025-09-27", 1, "2025-09-28", "from a Saturday to a worked Sunday" },
};

TEST(terms_of_working_days_end_where_the_notices_say)
{
    struct yh_workdays w = load();
    char text[16];
    bool known;
    for (int i = 0; i < YH_COUNT(TERM); i++) {
        yh_day due = yh_workday_add(&w, day(TERM[i].from), TERM[i].n, &known);
        CHECK_STR(yh_day_text(text, due), yh_cstr(TERM[i].due), TERM[i].why);
        CHECK_I64(known, true, "by the table");
        CHECK_I64(yh_workday_between(&w, day(TERM[i].from), due), TERM[i].n, "and back");
    }
}

/* Figures that were published for the years beside the notices. */
TEST(years_have_their_number_of_working_days)
{
    static const struct {
        int year, days;
    } YEAR[] = { { 2021, 250 }, { 2022, 249 }, { 2023, 249 },
                 { 2024, 251 }, { 2025, 248 }, { 2026, 248 } };
    struct yh_workdays w = load();
    for (int i = 0; i < YH_COUNT(YEAR); i++)
        CHECK_I64(yh_workday_between(&w, yh_day_of(YEAR[i].year - 1, 12, 31),
                                     yh_day_of(YEAR[i].year, 12, 31)),
                  YEAR[i].days, "working days");
}

TEST(a_year_without_a_notice_counts_weekdays_and_is_said)
{
    struct yh_workdays w = load();
    bool known = true;
    CHECK_I64(yh_workday_known(&w, day("2099-06-01")), false, "far away");
    CHECK_I64(yh_workday_add(&w, day("2099-06-05"), 1, &known), day("2099-06-08"),
              "Friday to Monday");
    CHECK_I64(known, false, "said");
    CHECK_STR(yh_workday_notice(&w, day("2026-10-01")), YH_S("国办发明电〔2025〕7号"), "cited");
    CHECK_STR(yh_workday_notice(&w, day("2026-03-02")), YH_S(""), "an ordinary day");
}

/* Ten days from Monday 03-02; stopped after three (03-05), on again on 03-16: seven left, to 03-25. */
TEST(a_clock_stops_while_papers_are_awaited)
{
    struct yh_workdays w = load();
    bool known;
    struct yh_clock c = yh_clock_start(day("2026-03-02"), 10);
    CHECK_I64(yh_clock_due(&w, c, &known), day("2026-03-16"), "without a stop");
    c = yh_clock_stop(&w, c, day("2026-03-05"));
    c = yh_clock_stop(&w, c, day("2026-03-09"));
    CHECK_I64(yh_clock_due(&w, c, &known), YH_DAY_MAX, "stopped");
    CHECK_I64(yh_clock_left(&w, c, day("2026-03-13")), 7, "nothing runs");
    c = yh_clock_go(c, day("2026-03-16"));
    c = yh_clock_go(c, day("2026-03-20"));
    CHECK_I64(yh_clock_due(&w, c, &known), day("2026-03-25"), "seven more");
    CHECK_I64(yh_clock_left(&w, c, day("2026-03-25")), 0, "the last day");
    CHECK_I64(yh_clock_left(&w, c, day("2026-03-26")), -1, "over");
    c = yh_clock_stop(&w, c, day("2026-03-27"));
    c = yh_clock_go(c, day("2026-04-01"));
    CHECK_I64(yh_clock_due(&w, c, &known), day("2026-04-01"), "what was over stays over");
}

TEST(bad_holiday_tables_are_refused_by_line)
{
    static const struct {
        const char *rows;
        const char *says;
    } BAD[] = {
        { "2026-13-01\t2026-01-01\trest\tx\n", "日期应写作" },
        { "2026-01-02\t2026-01-01\trest\tx\n", "止日早于起日" },
        { "2026-01-01\t2026-01-01\thalf\tx\n", "rest、work" },
        { "2026-01-01\t2026-01-03\trest\tx\n2026-01-03\t2026-01-03\twork\tx\n", "不重复" },
        { "2024-01-01\t2024-01-01\trest\tx\n2026-01-01\t2026-01-01\trest\tx\n", "缺 2025 年" },
    };
    for (int i = 0; i < YH_COUNT(BAD); i++) {
        struct yh_workdays w;
        struct yh_err err = { 0 };
        yh_str text = yh_fmt(yh_test_arena(), "from\tto\tday\tnotice\n%s", BAD[i].rows);
        CHECK_I64(yh_workdays_load(yh_test_arena(), text, &w, &err), YH_BAD_TABLE, BAD[i].says);
        CHECK(yh_find(yh_cstr(err.text), yh_cstr(BAD[i].says)) >= 0 && err.line > 1);
    }
}
