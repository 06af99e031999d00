/* service/stock.h -- what a provider tells of itself: directory match, departments, goods. */
#ifndef YH_SERVICE_STOCK_H
#define YH_SERVICE_STOCK_H
#include "service/service.h"

/* 3301: upserted by (list_type, own_code, from_day).  YH_BAD_INPUT: malformed or expired code,
 * ends before it begins. */
YH_MUST_USE enum yh_status yh_item_match(struct yh_ctx *c, const struct yh_provider_item_row *in,
                                         int n, struct yh_err *err);
/* 3302.  YH_NOT_FOUND: no such match. */
YH_MUST_USE enum yh_status yh_item_unmatch(struct yh_ctx *c, yh_str list_type, yh_str own_code,
                                           yh_str code, struct yh_err *err);
/* 3401 (new: YH_CONFLICT when it exists), 3402 (change: YH_NOT_FOUND), 3403 (drop). */
YH_MUST_USE enum yh_status yh_department_add(struct yh_ctx *c, const struct yh_department_row *in,
                                             int n, struct yh_err *err);
YH_MUST_USE enum yh_status yh_department_change(struct yh_ctx *c, const struct yh_department_row *in,
                                                struct yh_err *err);
YH_MUST_USE enum yh_status yh_department_drop(struct yh_ctx *c, yh_str department, yh_day from,
                                              struct yh_err *err);

/* 3501-3506 and their A forms: one goods record.  `trace` are the codes it names: 3505 sells them
 * (a second sale is refused), 3506 takes them back. */
struct yh_goods_in {
    yh_str kind;     /* "3501" … "3506" */
    yh_str own_key;  /* fixmedins_bchno, mdtrt_sn or the like; "" = numbered by the service */
    yh_str item;     /* med_list_codg */
    yh_str person, settlement;
    yh_qty count;
    const yh_str *trace;
    int ntrace;
    yh_str body;     /* JSON as received */
};
YH_MUST_USE enum yh_status yh_goods_put(struct yh_ctx *c, const struct yh_goods_in *in, int n,
                                        struct yh_err *err);
#endif
