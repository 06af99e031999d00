#include "base/num.h"
#include "base/test.h"

TEST(every_day_of_the_calendar_follows_the_one_before)
{
    struct yh_civil c = { 1, 1, 1 };
    for (yh_day d = YH_DAY_MIN; d <= YH_DAY_MAX; d++) {
        struct yh_civil got = yh_civil_of(d);
        CHECK(got.year == c.year && got.month == c.month && got.day == c.day);
        CHECK(yh_day_of(c.year, c.month, c.day) == d);
        if (!yh_day_real(c.year, c.month, ++c.day)) {
            c.day = 1;
            if (++c.month > 12)
                c.month = 1, c.year++;
        }
    }
    CHECK_I64(c.year, 10000, "the last was 9999-12-31");
}

TEST(known_days)
{
    CHECK_I64(yh_day_of(1970, 1, 1), 0, "the epoch");
    CHECK_I64(yh_day_of(2000, 3, 1), 11017, "behind the leap day of a century");
    CHECK_I64(yh_day_of(2026, 1, 1), 20454, "2026");
    CHECK(!yh_day_real(1900, 2, 29) && yh_day_real(2000, 2, 29) && !yh_day_real(2026, 4, 31));
    CHECK(!yh_day_real(2026, 0, 1) && !yh_day_real(2026, 13, 1) && !yh_day_real(0, 1, 1));
    CHECK_ASSERTS(yh_day_of(2026, 2, 29));
    CHECK_ASSERTS(yh_civil_of(YH_DAY_MAX + 1));
}

static const struct {
    const char *text;
    int want_y, want_m, want_d;
} DATES[] = {
    { "2026-03-18", 2026, 3, 18 },
    { "2026-03-18 00:00:00", 2026, 3, 18 },
    { "2026-03-18 00:00:00.000", 2026, 3, 18 },
    { "0001-01-01", 1, 1, 1 },
    { "9999-12-31", 9999, 12, 31 },
    { "2024-02-29", 2024, 2, 29 },
    { "2026-02-29", 0, 0, 0 },
    { "2026-3-18", 0, 0, 0 },
    { "20260318", 0, 0, 0 },
    { "2026/03/18", 0, 0, 0 },
    { "2026-03-18 ", 0, 0, 0 },
    { "2026-03-18x", 0, 0, 0 },
    { "2026-03-18 09:30:00", 0, 0, 0 },
    { "2026-03-18 00:00:00.", 0, 0, 0 },
    { "2026-03-18T00:00:00", 0, 0, 0 },
    { "2026-03-18 00:00", 0, 0, 0 },
    { " 2026-03-18", 0, 0, 0 },
    { "", 0, 0, 0 },
    { "2026-13-01", 0, 0, 0 },
    { "2026-00-10", 0, 0, 0 },
    { "0000-01-01", 0, 0, 0 },
    { "-026-01-01", 0, 0, 0 },
    { "2026-03-", 0, 0, 0 },
};

TEST(dates_are_read_strictly)
{
    for (int i = 0; i < YH_COUNT(DATES); i++) {
        struct yh_err err = { 0 };
        yh_day d = -7;
        bool ok = DATES[i].want_y != 0;
        CHECK_I64(yh_day_parse(yh_cstr(DATES[i].text), &d, &err), ok ? YH_OK : YH_BAD_INPUT,
                  DATES[i].text);
        CHECK_I64(d, ok ? yh_day_of(DATES[i].want_y, DATES[i].want_m, DATES[i].want_d) : -7,
                  DATES[i].text);
    }
}

TEST(times_are_read_and_written)
{
    yh_time t = 0;
    char out[32];
    CHECK_OK(yh_time_parse(YH_S("2026-03-18 09:30:05"), &t, NULL), NULL);
    CHECK_I64(t, yh_day_time(yh_day_of(2026, 3, 18)) + 9 * 3600 + 30 * 60 + 5, "seconds");
    CHECK_STR(yh_time_text(out, t), YH_S("2026-03-18 09:30:05"), "back");
    CHECK_OK(yh_time_parse(YH_S("2026-03-18"), &t, NULL), NULL);
    CHECK_STR(yh_time_text(out, t), YH_S("2026-03-18 00:00:00"), "a bare date");
    CHECK_STR(yh_time_text(out, -1), YH_S("1969-12-31 23:59:59"), "before the epoch");
    CHECK_I64(yh_time_day(-1), -1, "the day before");
    CHECK_I64(yh_time_day(86399), 0, "the last second");
    CHECK_I64(yh_time_day(86400), 1, "the next");
    static const char *const BAD[] = { "2026-03-18 24:00:00",
                                       "2026-03-18 09:60:00",
                                       "2026-03-18 09:30:60",
                                       "2026-03-18 9:30:00",
                                       "09:30:00",
                                       "2026-03-18 09:30:00.5" };
    for (int i = 0; i < YH_COUNT(BAD); i++)
        CHECK_I64(yh_time_parse(yh_cstr(BAD[i]), &t, NULL), YH_BAD_INPUT, BAD[i]);
}

TEST(months_and_ages)
{
    yh_day jan31 = yh_day_of(2026, 1, 31);
    CHECK_I64(yh_add_months(jan31, 1), yh_day_of(2026, 2, 28), "clamped");
    CHECK_I64(yh_add_months(jan31, 25), yh_day_of(2028, 2, 29), "into a leap year");
    CHECK_I64(yh_add_months(jan31, -2), yh_day_of(2025, 11, 30), "backwards");
    CHECK_I64(yh_months_between(jan31, yh_day_of(2026, 2, 27)), 0, "a day short");
    CHECK_I64(yh_months_between(jan31, yh_day_of(2026, 2, 28)), 1,
              "the month's last day completes it");
    CHECK_I64(yh_months_between(yh_day_of(2026, 3, 15), yh_day_of(2026, 3, 14)), -1, "floor");
    CHECK_I64(yh_age_years(yh_day_of(2004, 2, 29), yh_day_of(2025, 2, 28)), 20, "not yet");
    CHECK_I64(yh_age_years(yh_day_of(2004, 2, 29), yh_day_of(2025, 3, 1)), 21, "on March 1");
    CHECK_I64(yh_age_years(yh_day_of(2004, 5, 1), yh_day_of(2004, 5, 1)), 0, "born today");
    struct yh_period p = { 10, 20 };
    CHECK(yh_in_period(p, 10) && yh_in_period(p, 19) && !yh_in_period(p, 20) &&
          !yh_in_period(p, 9));
}

TEST(law_months_between_is_the_most_that_fits)
{
    uint64_t seed = 3;
    for (int i = 0, n = yh_law_count(10000); i < n; i++) {
        yh_day a = (yh_day)yh_test_between(&seed, yh_day_of(1900, 1, 1), yh_day_of(2100, 1, 1));
        yh_day b = (yh_day)yh_test_between(&seed, yh_day_of(1900, 1, 1), yh_day_of(2100, 1, 1));
        int m = yh_months_between(a, b);
        CHECK(yh_add_months(a, m) <= b && yh_add_months(a, m + 1) > b);
        char t[16];
        yh_day back;
        CHECK_OK(yh_day_parse(yh_day_text(t, a), &back, NULL), NULL);
        CHECK_I64(back, a, "text and back");
    }
}
