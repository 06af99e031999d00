/* engine/list/check.h -- the quality checks of a settlement list.
 *
 * Pure: reads the list as it was sent (the `input` of 4101) and, in a member "facts", what the agency
 * knows beside it: settlement, entitlement, fee lines, later visits, the group.  A check that needs
 * a fact which is not given is left open, never guessed. */
#ifndef YH_ENGINE_LIST_CHECK_H
#define YH_ENGINE_LIST_CHECK_H
#include "model/list/list.h"

struct yh_list_finding {
    const struct yh_list_check *check;
    int row;      /* of the check's node, from 0; -1 = the whole list */
    yh_str field; /* as in the check */
    yh_str met;   /* the value met; may be "" */
};
struct yh_list_findings {
    struct yh_list_finding *item; /* in the order of the checks */
    int n, cap;
    int open; /* checks left open for want of a fact */
    int errors, warnings;
};

/* Gives each check its kind.  Once, after loading.  YH_BAD_TABLE: an unknown kind. */
YH_MUST_USE
enum yh_status yh_list_kinds(struct yh_list_tables *t, struct yh_err *err);

/* Runs every check over `list`; findings live in `a`, their texts in the list's JSON or the table. */
void yh_list_check_all(const struct yh_list_tables *t, const struct yh_json *list,
                       struct yh_arena *a, struct yh_list_findings *out);
#endif
