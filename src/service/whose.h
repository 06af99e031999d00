/* service/whose.h -- rows found by the person they are of, in every region that enrols the person.
 * Private to service/. */
#ifndef YH_SERVICE_WHOSE_H
#define YH_SERVICE_WHOSE_H
#include "service/service.h"

/* One row per enrolling region, the call's own group first.  YH_NOT_FOUND: no such person. */
YH_MUST_USE
enum yh_status yh_groups_of(struct yh_ctx *c, yh_str person, struct yh_person_key_row **key,
                            int *n, struct yh_err *err);
/* Moves the transaction to that group. */
void yh_group_enter(struct yh_ctx *c, const struct yh_person_key_row *key);

/* The settlement with that id among the person's.  YH_NOT_FOUND: the person or the settlement. */
YH_MUST_USE
enum yh_status yh_settlement_find(struct yh_ctx *c, yh_str person, yh_str settlement,
                                  struct yh_settlement_row *out, struct yh_err *err);
/* The visit with that id among the person's, whoever's provider it is.  YH_NOT_FOUND. */
YH_MUST_USE
enum yh_status yh_visit_find(struct yh_ctx *c, yh_str person, yh_str visit,
                             struct yh_visit_row *out, struct yh_err *err);
/* A text of a JSON object's member; "" when absent or no JSON. */
yh_str yh_json_member(struct yh_ctx *c, yh_str json, yh_str key);
/* The day after the last one, as the interface sends it: 0 and YH_DAY_MAX stand for "open". */
static inline int64_t yh_day_after(int64_t last)
{
    return last == 0 || last >= YH_DAY_MAX ? YH_DAY_MAX : last + 1;
}
#endif
