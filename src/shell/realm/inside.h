/* shell/realm/inside.h -- what the files of the room share.  Private to shell/realm/. */
#ifndef YH_SHELL_REALM_INSIDE_H
#define YH_SHELL_REALM_INSIDE_H
#include "shell/realm/realm.h"

/* Is the region among those asked for?  ("" or NULL: all) */
bool yh_realm_wants(const char *regions, yh_str region);
/* Appends the plans of one region and scheme: one for each stretch between days of change.  A stretch
 * whose document cannot be in force is counted, *problem is the first's. */
void yh_realm_compile(struct yh_arena *a, const struct yh_policy_set *set, yh_str region,
                      yh_str scheme, struct yh_dated_plan **plan, int *n, int *cap,
                      int *refused, struct yh_err *problem);
#endif
