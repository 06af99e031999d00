/* service/filing.h -- what a person files beforehand: referral and other places (2501), chronic
 * disease (2503), chosen provider (2505), injury (2507); and taking it back. */
#ifndef YH_SERVICE_FILING_H
#define YH_SERVICE_FILING_H
#include "service/service.h"

/* 2501 2503 2505 2507 (and 2501A).  `in`: person, kind (the number), scheme, provider, code
 * (refl_type, opsp_dise_code, biz_appy_type, chk_pay_flag), from_day, to_day (0 = open), body.
 * Makes out->serial (trt_dcla_detl_sn) and state.
 * YH_CONFLICT: the same filing holds on these days.  YH_BAD_INPUT: it ends before it begins.
 * 2507 decides the pended injury: code 1 = the fund may pay, 0 = not. */
YH_MUST_USE enum yh_status yh_file_make(struct yh_ctx *c, const struct yh_filing_row *in,
                                        struct yh_filing_row *out, struct yh_err *err);
/* 2502 2504 2506: kind is the number that made it.  2503 and 2505 only while not reviewed. */
YH_MUST_USE enum yh_status yh_file_undo(struct yh_ctx *c, yh_str person, yh_str kind, yh_str serial,
                                        yh_str memo, struct yh_err *err);
/* 2503 and 2505 become `approved` or `refused` by a clerk (not part of the national interface). */
YH_MUST_USE enum yh_status yh_file_review(struct yh_ctx *c, yh_str person, yh_str kind,
                                          yh_str serial, bool approve, struct yh_err *err);
#endif
