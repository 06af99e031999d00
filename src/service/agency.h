/* service/agency.h -- what the agency's own people do to a data folder, beside the national
 * interface: lock a month of lists, review a list, record a panel's decision.
 *
 * An act is a JSON object: "verb", one row of agency.def, and its members by the names that the
 * command line gives them.  The answer is a table as TSV with a header.  Whoever writes the folder
 * carries the act out: the running server (shell/hatch brings it there), else the command itself.
 *
 *     list lock     month, provider, operator             the month's locks
 *     list unlock   month, provider, settlement, reason, operator
 *     list locks    month                                 "" = of all months
 *     list lists    provider, month, state ("" = any)     that provider's lists, newest first
 *     list review   person, settlement, outcome (pass, reject)      the list's state
 *     list special                                        all applications
 *     list decide   application, outcome, points, opinion, operator  as special
 *     fund state, fund statements                         service/fund/fund.h
 *     case …, tip …, credit …, plan …, grid …, learn    service/casework/casework.h
 *
 * `w` may be NULL for acts that need no dated tables; the others refuse then. */
#ifndef YH_SERVICE_AGENCY_H
#define YH_SERVICE_AGENCY_H
#include "service/service.h"

/* Does this act write?  Unknown verbs do not. */
bool yh_agency_writes(yh_str ask, struct yh_arena scratch);

/* One act in a transaction that its opener keeps or drops (a reading one: on a view); what it makes is of
 * the transaction's arena, whose guard is the opener's. */
YH_MUST_USE
enum yh_status yh_agency_act(struct yh_txn *x, const struct yh_world *w, yh_str ask,
                             yh_time now, yh_str *tsv, struct yh_err *err);
/* One act in an open batch of the service's store, as a transaction of its own, kept or dropped; to be
 * answered after the commit.  YH_BAD_INPUT: no such verb, or as its use case (month.h, document.h,
 * special.h) says; so for the rest. */
YH_MUST_USE
enum yh_status yh_agency_write(struct yh_store *s, const struct yh_world *w, yh_str ask,
                               yh_time now, struct yh_arena *a, yh_str *tsv,
                               struct yh_err *err);
/* One act on a data folder ("sqlite:DIR"); a writing one needs that nobody else writes there
 * (YH_CONFLICT), a reading one does not. */
YH_MUST_USE
enum yh_status yh_agency_data(yh_str data, const struct yh_world *w, yh_str ask, yh_time now,
                              struct yh_arena *a, yh_str *tsv, struct yh_err *err);
#endif
