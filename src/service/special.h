/* service/special.h -- a case that asks to leave group payment (特例单议): 3601-3604.
 *
 * A provider applies for a settled stay whose list is uploaded; the agency's panel decides, outside
 * the national interface: paid by item, paid by adjusted points, or not granted.  A decided or
 * withdrawn application does not change any more.  What the decision is worth in money is the
 * month's clearing's affair. */
#ifndef YH_SERVICE_SPECIAL_H
#define YH_SERVICE_SPECIAL_H
#include "service/lists.h"

/* state: applied, withdrawn, item, points, refused.  body: the fields as sent, JSON. */

/* An item that the application names (drgAppySpcasItemDTOList); amounts 0 = not said. */
struct yh_special_item {
    yh_str code, settlement; /* settlement "" = the application's */
    yh_qty qty;
    yh_price price;
    yh_fen amount, asked; /* of the line; what is asked to leave group payment */
};
#define YH_SPECIAL_ITEMS_MAX 1000
/* The items of an application stand against the stay's lines: each code was billed; amount is qty ×
 * price where all are given; asked <= amount; the amounts of a code add up to no more than was billed of
 * it.  YH_BAD_INPUT names the first that does not hold; YH_LIMIT: more than YH_SPECIAL_ITEMS_MAX. */
YH_MUST_USE
enum yh_status yh_special_items_check(struct yh_ctx *c, yh_str person, yh_str settlement,
                                      const struct yh_special_item *item, int n,
                                      struct yh_err *err);

/* 3602.  in: person, settlement, reason; kind, score, amount and body as sent.  out->application.
 * YH_NOT_FOUND: person, settlement, its list.  YH_DENIED: another provider's.  YH_BAD_INPUT: no
 * reason.  YH_CONFLICT: no stay, or undone; applied for already; the year's quota is used up. */
YH_MUST_USE
enum yh_status yh_special_apply(struct yh_ctx *c, const struct yh_special_case_row *in,
                                struct yh_special_case_row *out, struct yh_err *err);
/* 3603.  Fields of `in` that are filled take the place of the old; withdraw ends it.
 * YH_NOT_FOUND: no such application of this provider.  YH_CONFLICT: decided or withdrawn. */
YH_MUST_USE
enum yh_status yh_special_change(struct yh_ctx *c, const struct yh_special_case_row *in,
                                 bool withdraw, struct yh_err *err);
/* 3601, 3604: this provider's applications of [from, to), newest first; "" = any. */
struct yh_special_query {
    yh_str application, person, settlement, state;
    yh_time from, to;
};
YH_MUST_USE
enum yh_status yh_special_list(struct yh_ctx *c, const struct yh_special_query *q,
                               struct yh_special_case_row **rows, int *n, struct yh_err *err);

/* The group and standard of an application's case, from its list as it stands; as yh_list_group. */
YH_MUST_USE
enum yh_status yh_special_group(struct yh_ctx *c, const struct yh_special_case_row *r,
                                struct yh_list_grouped *out, struct yh_err *err);

/* How many a provider may apply for in the calendar year of `day`: share (of the place of care,
 * catalogs/settlement-list/special-quota.tsv) × its settled stays of the year, rounded up; -1 = no
 * row covers the place, so no quota is known and none applied. */
YH_MUST_USE
enum yh_status yh_special_quota(struct yh_ctx *c, yh_day day, int64_t *allowed, int64_t *used,
                                struct yh_err *err);

/* The panel's decision.  outcome: item, points, refused; score in millionths, > 0 with points
 * and 0 otherwise.  YH_BAD_INPUT: outcome, score, no opinion.  YH_NOT_FOUND.  YH_CONFLICT:
 * decided or withdrawn. */
struct yh_special_verdict {
    yh_str application, outcome, opinion, operator_no;
    int64_t score;
    yh_time now;
};
YH_MUST_USE
enum yh_status yh_special_decide(struct yh_txn *x, const struct yh_special_verdict *v,
                                 struct yh_err *err);
#endif
