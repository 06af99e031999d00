/* model/workday/workday.h -- working days and clocks that count in them.
 *
 * A term of n working days begins on the day after the one it starts from (民法典 第二百零一条) and ends
 * with its n-th working day.  Working days are those of catalogs/holidays.tsv, by the State Council's
 * notice of each year; a year without a notice counts Monday to Friday, and whoever asks is told. */
#ifndef YH_MODEL_WORKDAY_H
#define YH_MODEL_WORKDAY_H
#include "base/base.h"

struct yh_workdays {
    struct yh_holiday *row; /* by day; periods of different kinds do not overlap */
    int n;
    int first, last; /* years with a notice, without a gap; last < first: none */
};

/* Reads catalogs/holidays.tsv: from, to (inclusive), day (rest, work), name, notice, standing.
 * YH_BAD_TABLE names the line: a day that is none, an end before its start, an unknown word, days
 * out of order or told twice, a year between two others without any row. */
YH_MUST_USE
enum yh_status yh_workdays_load(struct yh_arena *a, yh_str text, struct yh_workdays *out,
                                struct yh_err *err);
/* Is there a notice for the year of that day? */
bool yh_workday_known(const struct yh_workdays *w, yh_day d);
bool yh_workday(const struct yh_workdays *w, yh_day d);
/* The notice that makes d a holiday or a working day; "" = an ordinary day or an unknown year. */
yh_str yh_workday_notice(const struct yh_workdays *w, yh_day d);
/* The n-th working day after `from`; n = 0: from itself.  *known (may be NULL) is false when a year
 * without a notice was counted through. */
yh_day yh_workday_add(const struct yh_workdays *w, yh_day from, int n, bool *known);
/* Working days in (from, to]; negative when to < from. */
int yh_workday_between(const struct yh_workdays *w, yh_day from, yh_day to);

/* ---- a clock that can stop ---- */

/* A term of `days` working days.  While papers are awaited it stops: `used` are those that had run
 * when it last stopped or was started again, `since` the day it runs from. */
struct yh_clock {
    int days;
    int used;
    yh_day since;
    bool stopped;
};
struct yh_clock yh_clock_start(yh_day on, int days);
/* Stops on a day, goes on from a day; doing it twice changes nothing. */
struct yh_clock yh_clock_stop(const struct yh_workdays *w, struct yh_clock c, yh_day on);
struct yh_clock yh_clock_go(struct yh_clock c, yh_day on);
/* The last day of the term; YH_DAY_MAX while stopped. */
yh_day yh_clock_due(const struct yh_workdays *w, struct yh_clock c, bool *known);
/* Working days left on that day, 0 on the last one, negative when it is over. */
int yh_clock_left(const struct yh_workdays *w, struct yh_clock c, yh_day on);
#endif
