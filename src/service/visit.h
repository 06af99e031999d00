/* service/visit.h -- visits and stays: opened, described, charged, ended, cancelled.
 *
 * Rows are the store's.  Of a row given in, region, grp, status, batches, interims and stay_count
 * are the service's own; every other column is the caller's.
 * Common refusals: person or visit unknown, visit of another person or provider, visit settled,
 * discharged or cancelled, person frozen, waiting or not enrolled, service not opened that day. */
#ifndef YH_SERVICE_VISIT_H
#define YH_SERVICE_VISIT_H
#include "service/service.h"

/* 2201.  `in`: person, scheme, begin_time, cert_type, cert_no, number, doctor, doctor_name,
 * department, department_name, extra; med_type may be "" (2203 brings it).  Makes out->visit. */
YH_MUST_USE
enum yh_status yh_visit_register(struct yh_ctx *c, const struct yh_visit_row *in,
                                 struct yh_visit_row *out, struct yh_err *err);
/* 2202: only while nothing is charged. */
YH_MUST_USE
enum yh_status yh_visit_cancel(struct yh_ctx *c, yh_str person, yh_str visit, yh_str number,
                               struct yh_err *err);
/* 2203 (and 2203A): med_type, begin_time, disease, disease_name, delivery, extra of `in`; its
 * person and visit name the visit.  Diagnoses are upserted by (kind, sort); valid 0 voids.
 * One med_type per visit. */
YH_MUST_USE
enum yh_status yh_visit_describe(struct yh_ctx *c, const struct yh_visit_row *in,
                                 const struct yh_diagnosis_row *d, int n, struct yh_err *err);

/* One uploaded line.  Of `line` the caller fills serial … extra as received; the split columns
 * are the service's. */
struct yh_charge_in {
    yh_str person, visit;
    yh_str batch;    /* chrg_bchno; "" for 2301: one batch per upload */
    yh_str med_type; /* 2301; "" otherwise */
    struct yh_charge_line line;
};
/* 2204, 2301: all lines are of one visit (2204: several batches allowed); all or none are taken.
 * Writes the split back into in[i].line.  YH_CONFLICT: a serial used before in the visit, a batch
 * that was sent before, a closed visit.  YH_BAD_INPUT: price × quantity off by more than 0.01,
 * day outside the visit or after today, malformed or expired item, a refund without the line it
 * undoes, or beyond it. */
YH_MUST_USE
enum yh_status yh_charges_add(struct yh_ctx *c, struct yh_charge_in *in, int n,
                              struct yh_err *err);
/* 2205: one unsettled batch, "0000" = all unsettled lines. */
YH_MUST_USE
enum yh_status yh_charges_drop(struct yh_ctx *c, yh_str person, yh_str visit, yh_str batch,
                               struct yh_err *err);
/* 2302: single lines; serial "0000" = all unsettled lines. */
struct yh_charge_ref {
    yh_str person, visit, serial;
};
YH_MUST_USE
enum yh_status yh_lines_drop(struct yh_ctx *c, const struct yh_charge_ref *ref, int n,
                             struct yh_err *err);

/* 2401: `in` as for yh_visit_register, with med_type, main_diagnosis …, bed, delivery, fetuses,
 * external_cause, third_party.  YH_CONFLICT: already in hospital. */
YH_MUST_USE
enum yh_status yh_stay_admit(struct yh_ctx *c, const struct yh_visit_row *in,
                             const struct yh_diagnosis_row *d, int n, struct yh_visit_row *out,
                             struct yh_err *err);
/* 2403: given columns replace (empty ones stay); diagnoses are upserted by sort. */
YH_MUST_USE
enum yh_status yh_stay_change(struct yh_ctx *c, const struct yh_visit_row *in,
                              const struct yh_diagnosis_row *d, int n, struct yh_err *err);
/* 2402: end_time, disease, delivery, fetuses, department of `in`; 2405 takes it back. */
YH_MUST_USE
enum yh_status yh_stay_discharge(struct yh_ctx *c, const struct yh_visit_row *in,
                                 const struct yh_diagnosis_row *d, int n, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_stay_reopen(struct yh_ctx *c, yh_str person, yh_str visit,
                              struct yh_err *err);
/* 2404: only while nothing is charged or settled. */
YH_MUST_USE
enum yh_status yh_stay_cancel(struct yh_ctx *c, yh_str person, yh_str visit,
                              struct yh_err *err);
#endif
