/* engine/benefit/benefit.h -- settle one bill: facts + plan + terms in, decision and reasons out.
 *
 * Pure.  Order of work: lines are taken in (day, code, serial) order and split; sums are formed;
 * each layer in the plan's order looks at its base, deducts, shares by bands, adjusts (factors,
 * then points), clamps the rate to 0–100 %, is cut by its caps and by what is left to pay; then
 * the provider's part, accounts, cash.
 *
 * Laws, for every claim: total = outside + over + first + scope, of each line and of the bill;
 * total = fund + hospital + account + relative + cash (to_person stands beside the bill); no payer
 * is negative (but hospital by a fixed price); delta added and then taken away restores the
 * standing; the parts of a stay add up to its single settlement.
 *
 * Roundings: a line's over-limit part and its first-pay part, each half up as the document says
 * (over = (price − limit) × qty; first = (amount − over) × share); a layer's due, once, over all
 * its bands, to the layer's unit; a factor × rate to a millionth, half up. */
#ifndef YH_ENGINE_BENEFIT_BENEFIT_H
#define YH_ENGINE_BENEFIT_BENEFIT_H
#include "model/claim/claim.h"

enum yh_reason_kind {
    YH_REASON_NONE,
#define R(name, result, words, inputs) YH_REASON_##name,
#include "engine/benefit/reason.def"
#undef R
    YH_REASON_KINDS
};

struct yh_settle_how {
    bool reasons;
    bool cut; /* the decision gets its final cut by mark */
};

/* Decides.  `terms` is the treating place's; it may be NULL when no line needs it.  The decision
 * lives in `a`, which needs about 300 bytes a line and 112 a reason.
 * YH_BAD_INPUT, with row and field: a fact out of the plan's range; an amount over YH_CLAIM_MAX;
 * a line that breaks price × quantity by more than 0.01 or whose amount and quantity differ in
 * sign; a refund whose line is not in the bill or whose net falls below zero; sums that do not
 * add up or are negative.  YH_CONFLICT: bill->prior is of a plan of another shape.
 * YH_BAD_TABLE: the plan has more than 16 bands in a layer or more than 64 layers. */
YH_MUST_USE
enum yh_status yh_benefit_settle(struct yh_arena *a, const struct yh_plan *plan,
                                 const struct yh_terms *terms, const struct yh_bill *bill,
                                 struct yh_settle_how how, struct yh_decision *out,
                                 struct yh_err *err);

/* The treating place's half alone: splits lines into split[0 .. bill->nline), without reasons, and
 * adds up by mark into part[0 .. 32) (by tag ordinal, *npart of them used, in tag order).
 * Errors as yh_benefit_settle. */
YH_MUST_USE
enum yh_status yh_benefit_split(struct yh_arena scratch, const struct yh_plan *plan,
                                const struct yh_terms *terms, const struct yh_bill *bill,
                                struct yh_line_split *split, struct yh_tag_sums part[32],
                                int *npart, struct yh_err *err);

/* A line of which only its share in the sums is asked: on these terms (yh_term_get on the day that
 * yh_benefit_term_day says), not approved, not refused, taking nothing back. */
struct yh_short_line {
    struct yh_term_core term;
    yh_price price;
    yh_qty qty;
    yh_fen amount;
};
/* The day whose terms hold for a line of the day `line`. */
yh_day yh_benefit_term_day(const struct yh_plan *plan, const struct yh_bill *bill, yh_day line);

/* Splits the short lines of many bills under one set of facts, and remembers what the document says of
 * each class and mark.  Of `bill`, which must outlive it, facts, days and liable_share count. */
struct yh_short_split;
struct yh_short_split *yh_benefit_short_open(struct yh_arena *a, const struct yh_plan *plan,
                                             const struct yh_bill *bill);
/* The sums by mark that yh_benefit_split gives for n >= 1 lines: a bill of these parts, cut_final, is
 * decided as the lines would be.  False: one takes another back or would be refused, and *part says
 * nothing; the whole bill must go through yh_benefit_settle, which says why. */
YH_MUST_USE
bool yh_benefit_short(struct yh_short_split *s, const struct yh_short_line *line, int n,
                      struct yh_tag_sums part[32], int *npart);

/* Sums the decisions of a stay's earlier parts, for bill->prior.  All of one plan; lives in `a`.
 * n >= 1. */
struct yh_prior yh_benefit_prior(struct yh_arena *a, const struct yh_decision *const *part,
                                 int n);

/* The mirror entry: every amount of money and every delta negated, reasons dropped; account_after
 * is what it was before.  Applying d and then its mirror restores standing and balances. */
struct yh_decision yh_benefit_mirror(struct yh_arena *a, const struct yh_decision *d);

/* standing[i] += delta[i]; asserts that both have plan->nacc values. */
void yh_benefit_apply(int64_t *standing, const struct yh_decision *d);

/* The year of the accumulators that a visit belongs to (fields of plan: year start, by admission
 * or by discharge). */
struct yh_period yh_benefit_year(const struct yh_plan *plan, yh_day begin, yh_day end,
                                 yh_day settle_day);

/* The result of a reason, computed from its inputs alone and apart from the settling code.
 * False: the kind is unknown. */
bool yh_reason_recompute(const struct yh_reason *r, int64_t *out);

/* Texts of reason.def: what the result is, the formula in words, the inputs "name:unit …". */
struct yh_reason_text {
    yh_str name, result, words, inputs;
};
struct yh_reason_text yh_reason_text(enum yh_reason_kind kind);
/* The i-th input's name and unit; false when the kind has no such input. */
bool yh_reason_input(enum yh_reason_kind kind, int i, yh_str *name, yh_str *unit);
#endif
