/* service/casework/casework.h -- a suspicion followed to its end.
 *
 * Hits of the rules, a tip, an inspection or the provider's own check become a case against one
 * provider in one pooling area.  Each step has its term in working days (catalogs/casework/clocks.tsv),
 * which stops while papers are awaited; who checked does not recheck, who proposes does not approve.
 * What is decided is booked at once, in the account group of each person concerned: the provider's
 * payable falls by what the funds get back (under the payment method in force) and by the patient's own
 * share, which is then owed to the patient; so it is set off at the next clearing.  yiheng verify
 * proves it.  Contract measures, administrative ones and referrals stay apart.
 *
 * Acts of the agency, as service/agency.h has them: "verb" and these members (all texts; money in
 * yuan).  A writing act names its officer.
 *
 *     case open      region, provider, kind (hits, tip, inspection, self), procedure (contract,
 *                    administrative), title, source (tip or plan), hits (JSON array of hits,
 *                    model/monitor/hit.h), rules (array of {rule, version, text}), archived (1: the
 *                    settlements are of a year's archive, not among these books), officer
 *     case add       case, hits, rules, archived, officer   more hits, before the provider was told
 *     case assign    case, to, officer                 "" = the provider's named officer
 *     case notice    case, officer                     the list goes to the provider; its term starts
 *     case papers    case, note, officer               papers are awaited: the term stops
 *     case arrived   case, note, officer
 *     case answer    case, hit, appeals (1, 0), amount, note, papers, officer   an answer on paper
 *     case recheck   case, dropped (hit ids or "all"), partial ("hit=yuan …"), note, officer
 *     case panel     case, members, dropped, partial, note, officer
 *     case decide    case, nature, measures, staff, persons, note, officer      a proposal
 *     case hearing | waive | held    case, note, officer   before a heavy penalty is approved
 *     case approve   case, note, officer               booked, points given
 *     case recover   case, clearing | amount, note, officer
 *     case drop      case, note, officer
 *     case reverse   case, note, officer               mirrored, points taken back
 *     case show      case;  case text: case, nth ("" = all documents);  case pack: case
 *     case list      provider, state, to (its officer), late (1)
 *     case outcomes  year                              the yearly ledger
 *     tip add        region, channel, anonymous, name, contact, code, insider, provider, person, text
 *     tip accept | refuse | unfounded | waive    tip, note, officer
 *     tip link       tip, case, officer;  tip reward: tip, tier, officer;  tip approve: tip, officer
 *     tip show       tip, code;  tip list: state
 *     credit show    kind, subject, region;  credit repair: kind, subject, region, points, note, officer
 *     plan add       plan, kind, seed, providers (blank-separated), officers, officer
 *     plan list      plan;  plan done: plan, provider, result, case, officer
 *     grid set       provider, to, name, from, officer;  grid list
 *     learn          threshold, least, budget */
#ifndef YH_SERVICE_CASEWORK_H
#define YH_SERVICE_CASEWORK_H
#include "service/act.h"
#include "service/service.h"

#define A(verb, function, writes) enum yh_status function(struct yh_act *t, struct yh_err *err);
#include "service/casework/act.def"
#undef A

/* ---- the provider's side: 3701-3704 ---- */

/* 3701.  This provider's hits that were notified, of cases changed in [from, to), oldest first; state
 * "" = any.  At most YH_CASE_MOST. */
#define YH_CASE_MOST 1000
struct yh_case_found {
    struct yh_case_file_row file;
    struct yh_case_hit_row hit;
};
YH_MUST_USE
enum yh_status yh_case_query(struct yh_ctx *c, yh_time from, yh_time to, yh_str state,
                             struct yh_case_found **rows, int *n, struct yh_err *err);

/* 3702.  The provider's answer to one hit: disputed with reason (and amount, papers), or accepted. */
struct yh_case_answer {
    yh_str hit;
    bool appeals;
    yh_fen amount; /* disputed; 0 with appeals: all of it */
    yh_str reason, papers;
};
/* YH_NOT_FOUND: no such hit of this provider in a case that waits; papers never sent.
 * YH_CONFLICT: the term is over; answered already.  YH_BAD_INPUT: no reason; amount above the hit's. */
YH_MUST_USE
enum yh_status yh_case_answered(struct yh_ctx *c, const struct yh_case_answer *a,
                                struct yh_err *err);
/* 3703.  Asks for a panel on one upheld hit, within the term after the recheck. */
YH_MUST_USE
enum yh_status yh_case_ask(struct yh_ctx *c, yh_str hit, yh_str reason, struct yh_err *err);
/* 3704.  One paper under an id; "" makes one.  Again with the same bytes changes nothing. */
YH_MUST_USE
enum yh_status yh_case_paper(struct yh_ctx *c, yh_str papers, yh_str name, yh_str bytes,
                             yh_str *out, struct yh_err *err);

/* Money of decisions against a provider that is booked and not yet set off, oldest first, for a
 * clearing to show; yh_case_cleared names the clearing on a row.  The payable is lower already. */
YH_MUST_USE
enum yh_status yh_case_open_money(struct yh_txn *x, yh_str provider,
                                  struct yh_case_money_row **rows, int *n, struct yh_err *err);
/* A clearing sets off all open money of a decided case, as an officer's "case recover" with that
 * clearing: the step, its document, the end of the case. */
YH_MUST_USE
enum yh_status yh_case_set_off(struct yh_act *t, yh_str case_no, yh_str clearing,
                               yh_str officer, struct yh_err *err);
/* The clearing that closed it was undone: decided again, its term begins anew. */
YH_MUST_USE
enum yh_status yh_case_reopen(struct yh_act *t, yh_str case_no, yh_str note,
                              struct yh_err *err);
YH_MUST_USE
enum yh_status yh_case_cleared(struct yh_txn *x, const struct yh_case_money_row *row,
                               yh_str clearing, struct yh_err *err);
/* YH_CONFLICT: money was taken back on that settlement by a decision in force, so it may not be undone
 * under it. */
YH_MUST_USE
enum yh_status yh_case_free(struct yh_txn *x, yh_str settlement, struct yh_err *err);

/* ---- tips from the public ---- */

/* A report; out->tipoff is its number, its term of acceptance runs.  An anonymous one carries the code
 * by which its sender comes back, kept as a digest only.  YH_BAD_INPUT: no text, too long, nobody
 * named; no contact and no code. */
YH_MUST_USE
enum yh_status yh_tipoff_add(struct yh_txn *x, const struct yh_casework *w, yh_time now,
                             const struct yh_tipoff_row *in, yh_str code,
                             struct yh_tipoff_row *out, struct yh_err *err);
/* What its sender may know: found by number and code (or, named, the contact).  YH_NOT_FOUND. */
YH_MUST_USE
enum yh_status yh_tipoff_find(struct yh_txn *x, yh_str tipoff, yh_str code,
                              struct yh_tipoff_row *out, struct yh_err *err);
#endif
