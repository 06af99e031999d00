#include "base/day.h"
#include "base/num.h"

static bool leap(int y)
{
    return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int month_days(int y, int m)
{
    static const int8_t DAYS[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return m == 2 && leap(y) ? 29 : DAYS[m - 1];
}

bool yh_day_real(int year, int month, int day)
{
    return 1 <= year && year <= 9999 && 1 <= month && month <= 12 && 1 <= day &&
           day <= month_days(year, month);
}

/* The year begins in March here, so that the leap day is its last. */
yh_day yh_day_of(int year, int month, int day)
{
    yh_assert(yh_day_real(year, month, day));
    int y = month <= 2 ? year - 1 : year;
    int era = y / 400, of_era = y % 400;
    int of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct yh_civil yh_civil_of(yh_day d)
{
    yh_assert(YH_DAY_MIN <= d && d <= YH_DAY_MAX);
    int z = d + 719468;
    int era = z / 146097, e = z % 146097;
    int y = (e - e / 1460 + e / 36524 - e / 146096) / 365;
    int of_year = e - (365 * y + y / 4 - y / 100);
    int m = (5 * of_year + 2) / 153;
    int month = m < 10 ? m + 3 : m - 9;
    return (struct yh_civil){ era * 400 + y + (month <= 2), month,
                              of_year - (153 * m + 2) / 5 + 1 };
}

yh_day yh_add_months(yh_day d, int months)
{
    struct yh_civil c = yh_civil_of(d);
    int64_t at = (int64_t)c.year * 12 + (c.month - 1) + months;
    yh_assert(12 <= at && at < 10000 * 12);
    int y = (int)(at / 12), m = (int)(at % 12) + 1;
    return yh_day_of(y, m, (int)yh_min(c.day, month_days(y, m)));
}

int yh_age_years(yh_day born, yh_day on)
{
    struct yh_civil b = yh_civil_of(born), o = yh_civil_of(on);
    return o.year - b.year - (o.month < b.month || (o.month == b.month && o.day < b.day));
}

int yh_months_between(yh_day from, yh_day to)
{
    struct yh_civil f = yh_civil_of(from), t = yh_civil_of(to);
    int n = (t.year - f.year) * 12 + t.month - f.month;
    int day = (int)yh_min(f.day, month_days(t.year, t.month));
    return n - (t.day < day);
}

static bool digits(const char *p, int n, int *out)
{
    int v = 0;
    for (int i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9')
            return false;
        v = v * 10 + (p[i] - '0');
    }
    *out = v;
    return true;
}

static bool read_date(yh_str s, yh_day *out)
{
    int y, m, d;
    if (s.n < 10 || s.p[4] != '-' || s.p[7] != '-' || !digits(s.p, 4, &y) ||
        !digits(s.p + 5, 2, &m) || !digits(s.p + 8, 2, &d) || !yh_day_real(y, m, d))
        return false;
    *out = yh_day_of(y, m, d);
    return true;
}

/* " HH:mm:ss" with a fraction of zeros perhaps. */
static bool read_clock(yh_str s, int *out)
{
    int h, m, sec;
    if (s.n < 9 || s.p[0] != ' ' || s.p[3] != ':' || s.p[6] != ':' || !digits(s.p + 1, 2, &h) ||
        !digits(s.p + 4, 2, &m) || !digits(s.p + 7, 2, &sec) || h > 23 || m > 59 || sec > 59)
        return false;
    if (s.n > 9 && (s.p[9] != '.' || s.n == 10))
        return false;
    for (ptrdiff_t i = 10; i < s.n; i++)
        if (s.p[i] != '0')
            return false;
    *out = h * 3600 + m * 60 + sec;
    return true;
}

static enum yh_status refuse(yh_str s, const char *form, struct yh_err *err)
{
    char met[64];
    ptrdiff_t n = yh_min(s.n, (ptrdiff_t)sizeof met - 1);
    if (n)
        memcpy(met, s.p, (size_t)n);
    met[n] = 0;
    return yh_fail_field(err, YH_BAD_INPUT, NULL, met, "“%s”不是日期，应为 %s", met, form);
}

enum yh_status yh_day_parse(yh_str s, yh_day *out, struct yh_err *err)
{
    yh_day d;
    int clock = 0;
    if (!read_date(s, &d) || (s.n > 10 && !read_clock(yh_sub(s, 10, s.n), &clock)) || clock)
        return refuse(s, "yyyy-MM-dd", err);
    *out = d;
    return YH_OK;
}

enum yh_status yh_time_parse(yh_str s, yh_time *out, struct yh_err *err)
{
    yh_day d;
    int clock = 0;
    if (!read_date(s, &d) || (s.n > 10 && !read_clock(yh_sub(s, 10, s.n), &clock)))
        return refuse(s, "yyyy-MM-dd HH:mm:ss", err);
    *out = yh_day_time(d) + clock;
    return YH_OK;
}

static void two(char *p, int v)
{
    p[0] = (char)('0' + v / 10);
    p[1] = (char)('0' + v % 10);
}

yh_str yh_day_text(char out[16], yh_day d)
{
    struct yh_civil c = yh_civil_of(d);
    two(out, c.year / 100);
    two(out + 2, c.year % 100);
    out[4] = out[7] = '-';
    two(out + 5, c.month);
    two(out + 8, c.day);
    out[10] = 0;
    return (yh_str){ out, 10 };
}

yh_day yh_time_day(yh_time t)
{
    return (yh_day)((t >= 0 ? t : t - 86399) / 86400);
}

yh_str yh_time_text(char out[32], yh_time t)
{
    yh_day d = yh_time_day(t);
    int s = (int)(t - yh_day_time(d));
    yh_day_text(out, d);
    out[10] = ' ';
    two(out + 11, s / 3600);
    two(out + 14, s / 60 % 60);
    two(out + 17, s % 60);
    out[13] = out[16] = ':';
    out[19] = 0;
    return (yh_str){ out, 19 };
}
