/* engine/casemix/reach.h -- can this group be reached at all?  The scheme tests itself.
 *
 * For one result of a scheme a case is built from its own rules: codes from the lists that its
 * MDC, ADRG and DRG rules ask for, numbers around the bounds that any rule of the scheme uses.
 * The case is grouped; when an earlier row takes it, the next combination is tried.  Codes that
 * no rule up to the target tells apart are tried once. */
#ifndef YH_ENGINE_CASEMIX_REACH_H
#define YH_ENGINE_CASEMIX_REACH_H
#include "engine/casemix/group.h"

enum yh_reach_why {
    YH_REACHED,
    YH_REACH_NEVER,   /* its rule is never true: the source has no list for it */
    YH_REACH_EMPTY,   /* no code stands in all the lists asked for at one place */
    YH_REACH_NUMBERS, /* its bounds on age, weight, days or levels exclude each other */
    YH_REACH_COVERED, /* an earlier DRG row of the same ADRG holds whenever this one does */
    YH_REACH_TAKEN,   /* every combination is taken by another row first */
    YH_REACH_OPEN,    /* the search ended at its limit: not known */
};
#define YH_REACH_TRIES 8000000

struct yh_reach {
    enum yh_reach_why why;
    int adrg, drg; /* the target's rows; drg -1: the ADRG row's own result, or QY */
    struct yh_group_name name;
    struct yh_case *example;   /* REACHED: a case that gets there; else NULL */
    int taken_adrg, taken_drg; /* COVERED: by which row; TAKEN: the row that took the plainest
                                * combination; -1 = none */
    int64_t tries;
    yh_str first, second; /* EMPTY: two of the lists that share no code, or one that is empty */
};

/* Looks for a case that ends in DRG row `drg` of ADRG row `adrg` (drg -1: the row's own result).
 * The example and what it needs live in `a`; scratch falls back. */
void yh_reach(const struct yh_scheme *scheme, int adrg, int drg, struct yh_arena *a,
              struct yh_arena scratch, struct yh_reach *out);

/* All results that a scheme's rows name, in the order of the test: every DRG row, every QY row,
 * and every ADRG row whose DRG rows may all be false. */
struct yh_target {
    int adrg, drg;
};
int yh_targets(const struct yh_scheme *scheme, struct yh_arena *a, struct yh_target **out);
#endif
