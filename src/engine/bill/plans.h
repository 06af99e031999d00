/* engine/bill/plans.h -- the plans of a set of policy documents, compiled when first asked for.
 *
 * One thread compiles (or yh_plans_all, once); then any number may read what is there. */
#ifndef YH_ENGINE_BILL_PLANS_H
#define YH_ENGINE_BILL_PLANS_H
#include "engine/bill/bill.h"
#include "model/policy/policy.h"
#include "model/region/region.h"

/* A document with its amendments, as it stands on the days of `period`. */
struct yh_dated {
    yh_str region, scheme;
    struct yh_period period;
    struct yh_bill_plan bill; /* bill.plan is the plan */
};
struct yh_plans {
    struct yh_arena *arena; /* plans live here */
    const struct yh_policy_set *set;
    const struct yh_regions *regions; /* NULL: a bill's region must be the document's own */
    bool drafts;                      /* documents of standing draft count too: what-if */
    struct yh_dated *plan;
    int nplan, cap;
};

void yh_plans_open(struct yh_plans *out, struct yh_arena *arena,
                   const struct yh_policy_set *set, const struct yh_regions *regions,
                   bool drafts);

/* The plan that a region's document gives for a scheme on a day.  `region` is an office, a pool or
 * a province: its own document, else its pool's, else its province's.  YH_NOT_FOUND: none holds;
 * YH_BAD_TABLE: it has an error or misses a parameter, *err says where. */
YH_MUST_USE
enum yh_status yh_plans_get(struct yh_plans *l, yh_str region, yh_str scheme, yh_day day,
                            const struct yh_dated **out, struct yh_err *err);

/* The plan that governs a bill: that of the day its document names (待遇版本 by 出院, 结算 or 入院).
 * The document of the discharge day says which; fails as yh_plans_get. */
YH_MUST_USE
enum yh_status yh_plans_for(struct yh_plans *l, const struct yh_bill_address *at,
                            const struct yh_dated **out, struct yh_err *err);

/* Compiles every version of every document in force (drafts only when `drafts`); those with an
 * error or a missing parameter are passed over and counted in *refused (may be NULL). */
YH_MUST_USE
enum yh_status yh_plans_all(struct yh_plans *l, int *refused, struct yh_err *err);
#endif
