/* engine/benefit/benefit.h -- settle one bill: facts + plan + terms in, decision and reasons out.
 *
 * Pure.  Order of work: lines are sorted (day, code, serial) and split; sums are formed; each
 * layer in the plan's order looks at its base, deducts, shares by bands, adjusts (factor, then
 * points), clamps the rate to 0–100 %, is cut by its caps; then provider's part, accounts, cash.
 * Laws, for every claim: total = outside + over + first + scope; total = fund + hospital + account
 * + relative + cash (to_person stands beside the bill); no payer is negative on a bill without net
 * refunds; delta applied and then mirrored restores the standing. */
#ifndef YH_ENGINE_BENEFIT_BENEFIT_H
#define YH_ENGINE_BENEFIT_BENEFIT_H
#include "model/claim/claim.h"

struct yh_settle_how { bool reasons; };

/* Decides.  `terms` may be NULL when the bill has no lines.  The decision lives in `a`.
 * YH_BAD_INPUT: a line breaks price × quantity by more than 0.01, a net quantity below zero, sums that do not
 * add up (field and values named).  Needs about 200 bytes a line and 64 a reason from `a`. */
YH_MUST_USE enum yh_status yh_benefit_settle(struct yh_arena *a, const struct yh_plan *plan,
                                             const struct yh_terms *terms, const struct yh_bill *bill,
                                             struct yh_settle_how how, struct yh_decision *out,
                                             struct yh_err *err);
#endif
