/* base/day.h -- civil days and times.  The country keeps one time, +08:00 without summer time,
 * so no time-zone data is needed.  "Today" is always an argument. */
#ifndef YH_BASE_DAY_H
#define YH_BASE_DAY_H
#include "base/str.h"

typedef int32_t yh_day;  /* days since 1970-01-01 */
typedef int64_t yh_time; /* civil seconds since 1970-01-01 00:00:00 (+08:00) */

#define YH_DAY_MIN ((yh_day)-719162) /* 0001-01-01: open past */
#define YH_DAY_MAX ((yh_day)2932896) /* 9999-12-31: open future */

/* Half-open [from, to). */
struct yh_period {
    yh_day from, to;
};
static inline bool yh_in_period(struct yh_period p, yh_day d)
{
    return p.from <= d && d < p.to;
}

struct yh_civil {
    int year, month, day;
};
yh_day yh_day_of(int year, int month, int day); /* asserts a real date */
bool yh_day_real(int year, int month, int day);
struct yh_civil yh_civil_of(yh_day d);
yh_day yh_add_months(yh_day d, int months); /* the day is clamped to the month's last */
int yh_age_years(yh_day born, yh_day on);   /* full years; Feb 29 turns on Mar 1 */
/* The most months that yh_add_months can add to `from` and not pass `to`: full months, floor; a
 * month without that day is complete on its last day (民法典 第二百零二条). */
int yh_months_between(yh_day from, yh_day to);

/* "2026-03-18", also with " 00:00:00…" behind it.  YH_BAD_INPUT otherwise. */
YH_MUST_USE
enum yh_status yh_day_parse(yh_str s, yh_day *out, struct yh_err *err);
/* "2026-03-18 09:30:00"; a bare date means 00:00:00. */
YH_MUST_USE
enum yh_status yh_time_parse(yh_str s, yh_time *out, struct yh_err *err);
yh_str yh_day_text(char out[16], yh_day d);   /* yyyy-MM-dd */
yh_str yh_time_text(char out[32], yh_time t); /* yyyy-MM-dd HH:mm:ss */
yh_day yh_time_day(yh_time t);
static inline yh_time yh_day_time(yh_day d)
{
    return (yh_time)d * 86400;
}
#endif
