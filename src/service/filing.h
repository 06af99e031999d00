/* service/filing.h -- what a person files beforehand: referral and other places (2501), chronic
 * disease (2503), chosen provider (2505), injury (2507); and taking it back. */
#ifndef YH_SERVICE_FILING_H
#define YH_SERVICE_FILING_H
#include "service/service.h"

/* 2501 2503 2505 2507 (and 2501A).  `in`: person, kind (the number), scheme ("" = the enrolment
 * that holds), provider (where to, who certified, who is chosen), code (refl_type,
 * opsp_dise_code, biz_appy_type, chk_pay_flag), from_day, to_day (the last day as sent; 0 = open),
 * body.  Makes out->serial (trt_dcla_detl_sn) and state; out->to_day is the first day no longer.
 * YH_CONFLICT: the same filing holds on these days: 2503 the same disease, 2505 the same rank for
 * the same business, 2501 and 2507 the same code and provider.
 * YH_BAD_INPUT: it ends before it begins; its disease, diagnosis or type is no valid code that day.
 * YH_DENIED: the person may not draw on the insurance on its first day.
 * YH_NOT_FOUND: person, enrolment, chosen provider (2505).
 * A provider of another place (2501) that is not registered here is accepted with a warning.
 * 2507 decides the pended injury: code 1 = the fund may pay, 0 = not, "" = not decided yet. */
YH_MUST_USE
enum yh_status yh_file_make(struct yh_ctx *c, const struct yh_filing_row *in,
                            struct yh_filing_row *out, struct yh_err *err);
/* 2502 2504 2506: kind is the number that made it.  Only while no clerk has decided on it, and by
 * the provider that filed it.  YH_NOT_FOUND, YH_CONFLICT (undone, reviewed), YH_DENIED. */
YH_MUST_USE
enum yh_status yh_file_undo(struct yh_ctx *c, yh_str person, yh_str kind, yh_str serial,
                            yh_str memo, struct yh_err *err);
#endif
