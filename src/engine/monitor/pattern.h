/* engine/monitor/pattern.h -- what no condition on one person's lines can say: groups that always visit
 * together, a doctor in two places at once.
 *
 * Pure: arrays of events in, groups out, in an order that follows from the events alone. */
#ifndef YH_ENGINE_MONITOR_PATTERN_H
#define YH_ENGINE_MONITOR_PATTERN_H
#include "base/base.h"

/* A visit of a person. */
struct yh_together_event {
    uint32_t person,
        grp; /* the caller's numbers; those of one account group go together lawfully */
    uint32_t provider;
    yh_day day;
};
struct yh_together_rule {
    int persons; /* a group has at least so many */
    int times;   /* so many common (provider, day) of each pair that links it */
    int share;   /* these are at least so many per cent of either's visits */
};
struct yh_together_group {
    uint32_t *person; /* ascending */
    int n;
    int times; /* the least common visits of a pair that links it */
    uint32_t provider;
    yh_day from, to;
};
/* Persons are linked when they were `times` at one provider on one day, and that was `share` per cent
 * of what either did; groups are what links connect.  visits[person]: all visits of each, counted by
 * the caller.  A (provider, day) with more than 200 such persons is passed over: a full waiting room says
 * nothing.  Only the events of persons who came `times` to one provider need be given.  Sorts `e`. */
void yh_together_find(struct yh_arena *a, struct yh_together_event *e, int64_t n,
                      const uint32_t *visits, const struct yh_together_rule *rule,
                      struct yh_together_group **out, int *nout);

/* A doctor at work. */
struct yh_apart_event {
    uint32_t doctor, place, provider;
    int64_t minute; /* since 1970 */
};
struct yh_apart_hit {
    struct yh_apart_event a, b; /* b follows a within the minutes, elsewhere */
};
/* Neighbouring events of one doctor in two places less than `minutes` apart, one a day.  Sorts `e`. */
void yh_apart_find(struct yh_arena *a, struct yh_apart_event *e, int64_t n, int minutes,
                   struct yh_apart_hit **out, int *nout);
#endif
