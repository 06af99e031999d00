/* service/query.h -- what is stored, read back by those it concerns (5101 … 5304).
 *
 * A provider sees its own visits and settlements; 5205 and 5206 show a person's history where the
 * person is before it.  No match is an empty list. */
#ifndef YH_SERVICE_QUERY_H
#define YH_SERVICE_QUERY_H
#include "service/settle.h"

/* A visit with its person and enrolment (5201, 5303). */
struct yh_visit_found {
    struct yh_visit_row visit;
    struct yh_person_row person;
    struct yh_enrolment_row enrolment;
    int age_tenths;
};
/* 5101: this provider's departments. */
YH_MUST_USE enum yh_status yh_departments_list(struct yh_ctx *c, struct yh_department_row **rows,
                                               int *n, struct yh_err *err);
/* 5201: by visit, or of the person with begin in [from, to), of med_type ("" = any). */
YH_MUST_USE enum yh_status yh_visits_list(struct yh_ctx *c, yh_str person, yh_str visit,
                                          yh_str med_type, yh_time from, yh_time to,
                                          struct yh_visit_found **rows, int *n, struct yh_err *err);
/* 5303: who is in hospital here (admitted in [from, to), not discharged); person "" = all. */
YH_MUST_USE enum yh_status yh_in_hospital_list(struct yh_ctx *c, yh_str person, yh_time from,
                                               yh_time to, struct yh_visit_found **rows, int *n,
                                               struct yh_err *err);
/* 5202. */
YH_MUST_USE enum yh_status yh_diagnoses_list(struct yh_ctx *c, yh_str person, yh_str visit,
                                             struct yh_diagnosis_row **rows, int *n,
                                             struct yh_err *err);
/* 5203: one settlement, with funds, person and lines. */
YH_MUST_USE enum yh_status yh_settlement_get(struct yh_ctx *c, yh_str person, yh_str visit,
                                             yh_str settlement, struct yh_settled *out,
                                             struct yh_err *err);
/* 5204: lines of a visit; settlement "" = all, also unsettled. */
struct yh_line_found { yh_str visit, settlement, med_type, batch; struct yh_charge_line line; };
YH_MUST_USE enum yh_status yh_lines_list(struct yh_ctx *c, yh_str person, yh_str visit,
                                         yh_str settlement, struct yh_line_found **rows, int *n,
                                         struct yh_err *err);
/* 5205: drugs on chronic-disease visits (med_type 14…) in [from, to); provider of each visit too. */
struct yh_drug_found { yh_str provider, provider_name; struct yh_line_found found; };
YH_MUST_USE enum yh_status yh_chronic_drugs_list(struct yh_ctx *c, yh_str person, yh_time from,
                                                 yh_time to, struct yh_drug_found **rows, int *n,
                                                 struct yh_err *err);
/* 5206: the person's accumulators; month "" = all ("202603" or "2026"). */
YH_MUST_USE enum yh_status yh_accumulators_list(struct yh_ctx *c, yh_str person, yh_str month,
                                                struct yh_accumulator_row **rows, int *n,
                                                struct yh_err *err);
/* 5301, 5302, 5304: filings of a kind (2503, 2505, 2501); code "" = any; from_day in [from, to). */
YH_MUST_USE enum yh_status yh_filings_list(struct yh_ctx *c, yh_str person, yh_str kind, yh_str code,
                                           yh_day from, yh_day to, struct yh_filing_row **rows,
                                           int *n, struct yh_err *err);
/* 1317 and the like: this provider's matched items. */
YH_MUST_USE enum yh_status yh_matches_list(struct yh_ctx *c, yh_str own_code, yh_str code,
                                           struct yh_provider_item_row **rows, int *n,
                                           struct yh_err *err);
#endif
