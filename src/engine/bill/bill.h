/* engine/bill/bill.h -- a bill as JSON in, a settlement as JSON out: docs/settle.md is the format.
 *
 * What `yiheng settle`, the C library and a remote home speak.  Facts come by their Chinese names
 * or as national fields and codes; amounts as numbers or quoted numbers with at most two decimals;
 * settlements go out under the national field names (2304 setlinfo, setldetail, detlcutinfo).
 * Pure: one JSON value at a time. */
#ifndef YH_ENGINE_BILL_H
#define YH_ENGINE_BILL_H
#include "engine/benefit/benefit.h"
#include "engine/explain/explain.h"

/* Which plan a bill asks for: read before anything else. */
struct yh_bill_address {
    yh_str id; /* "id", else "setl_id", else "mdtrt_id"; "" = none */
    yh_str region,
        scheme;   /* "region" or "insuplc_admdvs"; "scheme" or "insutype"; "" = not said */
    yh_str place; /* "place" or "mdtrtarea_admvs": whose terms split the lines; "" = region */
    yh_day begin, end, settle_day; /* begin <= end; end defaults to begin or settle_day … */
};
/* YH_BAD_INPUT: no object, a day that is none, days out of order. */
YH_MUST_USE
enum yh_status yh_bill_address_read(const struct yh_json *v, struct yh_bill_address *out,
                                    struct yh_err *err);

/* A plan with what reading needs to know of it; build once. */
struct yh_bill_plan {
    const struct yh_plan *plan;
    uint32_t asks; /* bit per numeric dim that some table of the plan looks at */
};
struct yh_bill_plan yh_bill_plan_of(const struct yh_plan *plan);

/* A bill read: the bill, and what is echoed. */
struct yh_bill_read {
    struct yh_bill bill;
    struct yh_bill_address address;
    const struct yh_json *json;
};
/* Reads the bill under a plan; lives in `a` and borrows v.  `catalog` finds line items (NULL: items
 * must carry their own terms, chrgitm_lv).  YH_BAD_INPUT names the field: a fact missing (就医类别,
 * 人员, 级别, and 年龄, 参保月数, 连续年数, 胎数 where the plan looks at them) or unknown to the plan,
 * an amount that is none, lines and totals that disagree, an accumulator that the plan does not
 * keep, an unknown field. */
YH_MUST_USE
enum yh_status yh_bill_read(struct yh_arena *a, const struct yh_bill_plan *plan,
                            const struct yh_catalog *catalog, const struct yh_json *v,
                            struct yh_bill_read *out, struct yh_err *err);

/* The settlement: {"id","document","setlinfo":{…},"setldetail":[…],"detlcutinfo":[…],"standing":{…}}.
 * explain: NULL or the rows to add under "explain". */
void yh_settlement_write(struct yh_jsonw *w, const struct yh_plan *plan,
                         const struct yh_bill_read *b, const struct yh_decision *d,
                         const struct yh_explain *explain);

/* Chinese name of a fund_pay_type; the layer's own name where the code is local. */
yh_str yh_fund_name(yh_str code, yh_str otherwise);
#endif
