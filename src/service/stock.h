/* service/stock.h -- what a provider tells of itself: directory match, departments, goods. */
#ifndef YH_SERVICE_STOCK_H
#define YH_SERVICE_STOCK_H
#include "service/service.h"

/* In the rows given in, to_day is the last day as sent (0 or YH_DAY_MAX = open); the rows kept and
 * read back have the first day no longer. */

/* 3301: upserted by (list_type, own_code, from_day).  One own code of a list maps to one national
 * code a day: an earlier match ends where a later one begins.
 * YH_BAD_INPUT: malformed or expired code, ends before it begins. */
YH_MUST_USE
enum yh_status yh_item_match(struct yh_ctx *c, const struct yh_provider_item_row *in, int n,
                             struct yh_err *err);
/* 3302: every match of that own code with that national code; kept with state 0.
 * YH_NOT_FOUND: no such match in force. */
YH_MUST_USE
enum yh_status yh_item_unmatch(struct yh_ctx *c, yh_str list_type, yh_str own_code, yh_str code,
                               struct yh_err *err);

/* 3401.  YH_CONFLICT: the department exists on one of these days.  YH_BAD_INPUT: it ends before it
 * begins. */
YH_MUST_USE
enum yh_status yh_department_add(struct yh_ctx *c, const struct yh_department_row *in, int n,
                                 struct yh_err *err);
/* 3402: the same begin replaces the row, another begin is a new version from that day.
 * YH_NOT_FOUND: no such department. */
YH_MUST_USE
enum yh_status yh_department_change(struct yh_ctx *c, const struct yh_department_row *in,
                                    struct yh_err *err);
/* 3403: from 0 = every version.  YH_NOT_FOUND. */
YH_MUST_USE
enum yh_status yh_department_drop(struct yh_ctx *c, yh_str department, yh_day from,
                                  struct yh_err *err);

/* 3501-3506: one goods record.  `trace` are the codes it names: 3505 sells them (a second sale is
 * refused; the settlement or visit that sold them already may be named), 3506 takes them back. */
struct yh_goods_in {
    yh_str kind;    /* "3501" … "3506" */
    yh_str own_key; /* fixmedins_bchno, mdtrt_sn or the like; "" = numbered by the service */
    yh_str item;    /* med_list_codg */
    yh_str person, settlement; /* "" = not said */
    yh_str visit;              /* mdtrt_sn, the sender's or ours */
    bool split;   /* trdn_flag 1: part of a package, so the package may be sold from again */
    yh_qty count; /* > 0 but for 3501 and 3502, where 0 is possible */
    const yh_str *trace;
    int ntrace;
    yh_str body; /* JSON as received */
};
/* Sent again under its own key a record becomes the next version.
 * YH_CONFLICT: a trace code sold before, or named twice.  YH_NOT_FOUND: a code taken back that was
 * not sold here; an unknown person or settlement.  YH_DENIED: another provider's settlement.
 * YH_BAD_INPUT: a malformed or expired item, no quantity. */
YH_MUST_USE
enum yh_status yh_goods_put(struct yh_ctx *c, const struct yh_goods_in *in, int n,
                            struct yh_err *err);
#endif
