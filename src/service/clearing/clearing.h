/* service/clearing/clearing.h -- a provider's month is cleared (清算): what the agency pays for it.
 *
 *     payable    what the funds and personal accounts owe for settlements made in the month, undoings
 *                taken off in the month in which they were made
 *   + bygroup    where the month is paid by group, day or head: what that comes to beyond the items
 *                (negative: below), as the payment office worked it out, with its paper
 *   − set_off    what decided cases took back (追回, the patients' own shares, 违约金), less what the provider
 *                paid in by itself.  Oldest case first, each case whole; one that does not fit waits
 *   − margin     retained as the contract says (catalogs/casework/margins.tsv: share of the payable,
 *                rounded half up to a fen); none where no figure is known
 *   = net        to be paid out, never below zero
 *
 * The month must have ended.  Booked once per (provider, month) in the region's group 0: the payable is
 * debited with payable − set_off (the recoveries were debited when they were decided), margin and net
 * credited, the difference by group against its own account.  Asked again it answers what was booked.
 * It is undone only by its mirror, which opens the cases it had closed; then the month may be cleared
 * anew.  yiheng verify adds up every clearing again from settlements, cases and entries.
 *
 * Acts of the agency (service/agency.h):
 *     clear make   provider, month, bygroup, basis (of bygroup), note, officer
 *     clear undo   clearing, note, officer
 *     clear show   clearing: each figure with its reason and the entries that it sums
 *     clear list   provider, month ("" = all) */
#ifndef YH_SERVICE_CLEARING_H
#define YH_SERVICE_CLEARING_H
#include "service/act.h"

struct yh_clearing_sums {
    int64_t settlements, undoings;
    yh_fen fund, account; /* of settlements less undoings */
};
/* Of settlements that the provider made in the month ("202603").  YH_BAD_INPUT: no month. */
YH_MUST_USE
enum yh_status yh_clearing_sum(struct yh_txn *x, yh_str provider, yh_str month,
                               struct yh_clearing_sums *out, struct yh_err *err);
/* What a clearing in force set off: rows of case_money that name it.  set_off = recovered +
 * person_back + damages − paid_in. */
struct yh_clearing_cases {
    yh_fen recovered, person_back, damages, paid_in;
    int cases;
};
YH_MUST_USE
enum yh_status yh_clearing_cases(struct yh_txn *x, yh_str provider, yh_str clearing,
                                 struct yh_clearing_cases *out, struct yh_err *err);

YH_MUST_USE
enum yh_status yh_act_clear_make(struct yh_act *t, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_act_clear_undo(struct yh_act *t, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_act_clear_show(struct yh_act *t, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_act_clear_list(struct yh_act *t, struct yh_err *err);
#endif
