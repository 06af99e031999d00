/* service/clearing/inside.h -- what the files of this folder share; nobody else includes it. */
#ifndef YH_SERVICE_CLEARING_INSIDE_H
#define YH_SERVICE_CLEARING_INSIDE_H
#include "model/ledger/ledger.h"
#include "service/clearing/clearing.h"

/* The act's members; the month as "202603" where it is one. */
struct yh_clearing_ask yh_clearing_asked(const struct yh_act *t);
/* Entries of the agency's own group; *seq: their place. */
YH_MUST_USE
enum yh_status yh_clearing_book(struct yh_act *t, yh_str region, struct yh_booking b,
                                int64_t *seq, struct yh_err *err);
/* Numbers a plan and books it with all that stands behind it. */
YH_MUST_USE
enum yh_status yh_clearing_keep(struct yh_act *t, struct yh_clearing_plan *plan,
                                yh_str reviewer, struct yh_err *err);
/* The table's head, and a row (NULL: none). */
void yh_clearing_put(struct yh_act *t, const struct yh_clearing_row *r);
/* `clear undo` of a margin's number; *mine false: it is none. */
YH_MUST_USE
enum yh_status yh_margin_undo(struct yh_act *t, bool *mine, struct yh_err *err);
#endif
