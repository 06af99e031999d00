/* service/clearing/clearing.h -- a provider's month is cleared (清算): what the agency pays for it.
 *
 *     payable    what the funds and personal accounts owe for settlements made in the month, undoings
 *                taken off in the month in which they were made
 *   + bygroup    what stays paid by group or points come to beyond their items (negative: below), stay by
 *                stay from the lists, weights and points (bygroup.h), a stay undone in this month giving its
 *                part back; and what else the payment office worked out (by day, by head), with its paper
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
 * anew.  Each fund's part is kept with it (clearing_fund), and so is each stay paid by group (clearing_case).
 * yiheng verify adds up every clearing again from settlements, stays, cases and entries.
 *
 * Two persons: a draft keeps the digest of all its figures; who confirms it is another, and what has moved
 * in between is refused with the figure, to be drafted anew.  At the command line `make` does both.
 *
 * The margin of a year (the months of that year) is given back after the assessment, in whole or in part,
 * with its paper, drafted by one and confirmed by another; what is not given back stays with the funds.
 *
 * Acts of the agency (service/agency.h):
 *     clear make     provider, month, bygroup, basis (of bygroup), note, officer
 *     clear draft    the same: keeps what it comes to, books nothing
 *     clear margin   provider, month (a year), back, basis, note, officer: a draft likewise
 *     clear confirm  provider, month (or year), officer
 *     clear return   provider, month (or year), note, officer
 *     clear undo     clearing (or a margin's number), note, officer
 *     clear show     clearing: each figure with its reason and the entries that it sums
 *     clear list     provider, month ("" = all)
 *     clear drafts   region, month: what waits for a second person ("" = all) */
#ifndef YH_SERVICE_CLEARING_H
#define YH_SERVICE_CLEARING_H
#include "service/act.h"

/* ---- what a month comes to, before it is booked ---- */

struct yh_clearing_ask {
    yh_str provider, month, bygroup, basis, note, officer;
    yh_time now;
};
struct yh_clearing_plan {
    struct yh_clearing_row row; /* without number and seq; bygroup: all of it */
    struct yh_clearing_case_row
        *item;       /* stays under a method; those undone in the month, taken back */
    int nitem, paid; /* paid: of them by the method */
    struct yh_clearing_fund_row *fund; /* in the order of codes, "" first */
    int nfund;
    yh_str *off;       /* cases to be set off, oldest first */
    int noff, waiting; /* waiting: decided cases that do not fit */
    yh_str digest;     /* hex SHA-256 over all of the above */
};
/* Reads and decides; writes nothing.  YH_BAD_INPUT: month, bygroup without basis; YH_NOT_FOUND: provider;
 * YH_CONFLICT: the month owes less than it would keep back. */
YH_MUST_USE
enum yh_status yh_clearing_plan(struct yh_txn *x, const struct yh_world *w,
                                const struct yh_clearing_ask *ask, struct yh_clearing_plan *out,
                                struct yh_err *err);
/* The clearing of a provider's month in force; *found false: not cleared. */
YH_MUST_USE
enum yh_status yh_clearing_of(struct yh_txn *x, yh_str provider, yh_str month,
                              struct yh_clearing_row *out, bool *found, struct yh_err *err);
/* Its stays and its funds. */
YH_MUST_USE
enum yh_status yh_clearing_parts(struct yh_txn *x, const struct yh_clearing_row *r,
                                 struct yh_clearing_case_row **item, int *nitem,
                                 struct yh_clearing_fund_row **fund, int *nfund,
                                 struct yh_err *err);

/* ---- a year's margin ---- */

/* What was kept back in the year's months, and given back or lost of it. */
struct yh_margin {
    yh_fen kept, back, lost;
    int months;
};
YH_MUST_USE
enum yh_status yh_margin_of(struct yh_txn *x, yh_str provider, yh_str year,
                            struct yh_margin *out, struct yh_err *err);

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
enum yh_status yh_act_clear_draft(struct yh_act *t, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_act_clear_margin(struct yh_act *t, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_act_clear_confirm(struct yh_act *t, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_act_clear_return(struct yh_act *t, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_act_clear_drafts(struct yh_act *t, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_act_clear_undo(struct yh_act *t, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_act_clear_show(struct yh_act *t, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_act_clear_list(struct yh_act *t, struct yh_err *err);
#endif
