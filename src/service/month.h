/* service/month.h -- a month of settlement lists closed by the agency, and opened again.
 *
 * A list belongs to the month in which its settlement was made (by the books, not by what the list
 * says).  After the close nothing of it changes: a first upload that comes late, a correction
 * (4101), a change of state (4102) and an undoing that would void it (2305, or 2601 of 2304) need
 * the agency, who opens the one list or the month and says why.  What the agency itself decides on
 * a submitted list (yh_list_review) is not barred.  Every lock and unlock is kept. */
#ifndef YH_SERVICE_MONTH_H
#define YH_SERVICE_MONTH_H
#include "service/service.h"

struct yh_list_act {
    yh_str month;      /* "2026-03" or "202603" */
    yh_str provider;   /* "" = all */
    yh_str settlement; /* of an unlock: that list only; "" = all */
    yh_str reason;     /* of an unlock; must be given */
    yh_str operator_no;
    yh_time now;
};
/* Locks a month for one provider or all.  YH_BAD_INPUT: no month, or it has not ended on `now`.
 * YH_CONFLICT: locked already, with nothing opened since. */
YH_MUST_USE
enum yh_status yh_list_lock(struct yh_txn *x, const struct yh_list_act *act,
                            struct yh_err *err);
/* Opens it again.  YH_BAD_INPUT: no month, no reason.  YH_CONFLICT: it is not locked. */
YH_MUST_USE
enum yh_status yh_list_unlock(struct yh_txn *x, const struct yh_list_act *act,
                              struct yh_err *err);
/* All locks and unlocks of a month ("" = of all), oldest first within a month. */
YH_MUST_USE
enum yh_status yh_list_locks(struct yh_txn *x, yh_str month, struct yh_list_lock_row **rows,
                             int *n, struct yh_err *err);
/* YH_CONFLICT: the settlement's month is locked for its list, or it is an interim one: one list is for
 * the whole stay.  YH_NOT_FOUND: no such settlement. */
YH_MUST_USE
enum yh_status yh_list_open(struct yh_ctx *c, yh_str person, yh_str settlement,
                            struct yh_err *err);
/* The same for a settlement about to be undone, which only matters when it has a list. */
YH_MUST_USE
enum yh_status yh_list_voidable(struct yh_ctx *c, const struct yh_settlement_row *s,
                                struct yh_err *err);
#endif
