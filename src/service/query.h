/* service/query.h -- what is stored, read back by those it concerns (5101 … 5304).
 *
 * A provider sees its own visits and settlements; 2001, 2101, 5205, 5206, 5301, 5302 and 5304 tell of a
 * person's entitlement and history while the person is there (yh_person_here).  Ranges of times are half-open.  No match is an empty list.
 * A list of visits or stays ends at YH_QUERY_MOST rows and one of lines at YH_QUERY_LINES, with a
 * warning that the range be narrowed. */
#ifndef YH_SERVICE_QUERY_H
#define YH_SERVICE_QUERY_H
#include "service/settle.h"

#define YH_QUERY_MOST 1000
#define YH_QUERY_LINES 50000

/* A visit with its person and enrolment (5201, 5303). */
struct yh_visit_found {
    struct yh_visit_row visit;
    struct yh_person_row person;
    struct yh_enrolment_row enrolment; /* that the visit used; all empty when it is gone */
    int age_tenths;                    /* on the visit's first day */
    bool assisted; /* a standing that medical assistance knows held that day */
};
/* 5101: this provider's departments that exist today. */
YH_MUST_USE
enum yh_status yh_departments_list(struct yh_ctx *c, struct yh_department_row **rows, int *n,
                                   struct yh_err *err);
/* 5102: this provider's practitioners, from the list `practitioners` of the provider's extra: JSON
 * objects with the national names.  type is needed, the others "" = any. */
struct yh_practitioner_query {
    yh_str type, cert_type, cert_no, name, code;
};
YH_MUST_USE
enum yh_status yh_practitioners_list(struct yh_ctx *c, const struct yh_practitioner_query *q,
                                     const struct yh_json ***rows, int *n, struct yh_err *err);
/* 5201: by visit, or of the person with begin in [from, to), of med_type ("" = any; "21" also finds
 * "2101").  YH_NOT_FOUND: person; YH_DENIED: the visit named is another provider's. */
YH_MUST_USE
enum yh_status yh_visits_list(struct yh_ctx *c, yh_str person, yh_str visit, yh_str med_type,
                              yh_time from, yh_time to, struct yh_visit_found **rows, int *n,
                              struct yh_err *err);
/* 5303: who is in hospital here (admitted in [from, to), not discharged); person "" = all. */
YH_MUST_USE
enum yh_status yh_in_hospital_list(struct yh_ctx *c, yh_str person, yh_time from, yh_time to,
                                   struct yh_visit_found **rows, int *n, struct yh_err *err);
/* 5202. */
YH_MUST_USE
enum yh_status yh_diagnoses_list(struct yh_ctx *c, yh_str person, yh_str visit,
                                 struct yh_diagnosis_row **rows, int *n, struct yh_err *err);
/* 5203: one settlement, with funds, person and the lines that it holds now; visit "" = not said.
 * YH_DENIED: of another provider, or not of that visit. */
YH_MUST_USE
enum yh_status yh_settlement_get(struct yh_ctx *c, yh_str person, yh_str visit,
                                 yh_str settlement, struct yh_settled *out, struct yh_err *err);
/* 5204: lines of a visit; settlement "" = all, also unsettled.  The lines of an undone settlement
 * are unsettled again, so it has none. */
struct yh_line_found {
    yh_str visit, settlement, med_type, batch;
    struct yh_charge_line line;
    yh_str name;      /* of the catalogue; the provider's where it has none */
    yh_str list_type; /* 101 drug, 102 decoction, 201 service, 301 consumable */
};
YH_MUST_USE
enum yh_status yh_lines_list(struct yh_ctx *c, yh_str person, yh_str visit, yh_str settlement,
                             struct yh_line_found **rows, int *n, struct yh_err *err);
/* 5205: drugs on chronic-disease visits (med_type 14…) in [from, to); provider of each visit too. */
struct yh_drug_found {
    yh_str provider, provider_name;
    struct yh_line_found found;
};
YH_MUST_USE
enum yh_status yh_chronic_drugs_list(struct yh_ctx *c, yh_str person, yh_time from, yh_time to,
                                     struct yh_drug_found **rows, int *n, struct yh_err *err);
/* 5206: the person's accumulators, without our own (#…); month "" = all, "2026" a year, "202603" a
 * year with, of what is kept by month or day, that month alone. */
YH_MUST_USE
enum yh_status yh_accumulators_list(struct yh_ctx *c, yh_str person, yh_str month,
                                    struct yh_accumulator_row **rows, int *n,
                                    struct yh_err *err);
/* 5301, 5302, 5304: filings of a kind (2503, 2505, 2501), neither undone nor refused, that hold on
 * some day of [from, to); code "" = any. */
YH_MUST_USE
enum yh_status yh_filings_list(struct yh_ctx *c, yh_str person, yh_str kind, yh_str code,
                               yh_day from, yh_day to, struct yh_filing_row **rows, int *n,
                               struct yh_err *err);
/* The person a filing or a history is of, with the enrolment of that scheme ("" = any). */
YH_MUST_USE
enum yh_status yh_person_get(struct yh_ctx *c, yh_str person, yh_str scheme,
                             struct yh_person_row *out, struct yh_enrolment_row *enrolment,
                             struct yh_err *err);
/* 1317: this provider's matches in force on `day` (0 = any day); own_code, code, list_type "" = any.
 * One page of `size` from `page` (from 1); *total counts all. */
struct yh_matches_query {
    yh_str own_code, own_name, code, list_type;
    yh_day day;
    int page, size;
};
YH_MUST_USE
enum yh_status yh_matches_page(struct yh_ctx *c, const struct yh_matches_query *q,
                               struct yh_provider_item_row **rows, int *n, int *total,
                               struct yh_err *err);
/* May the caller ask about a person today?  When it has read the person's certificate (token, card or
 * identity card by 1101) this day, or has a visit of the person that is open, or began or ended this day.
 * YH_NOT_FOUND: no such person; YH_DENIED: neither. */
YH_MUST_USE
enum yh_status yh_person_here(struct yh_ctx *c, yh_str person, struct yh_err *err);

/* The id (setl_id) of the group's settlement at a place in its commit sequence. */
yh_str yh_settlement_id(struct yh_arena *a, yh_str region, int64_t grp, int64_t seq);
/* The settlement with that id in that group, whose place the id names; one that came from elsewhere is
 * looked for among the group's.  YH_NOT_FOUND: err stays as it was. */
YH_MUST_USE
enum yh_status yh_settlement_with_id(struct yh_txn *x, yh_str region, int64_t grp, yh_str id,
                                     struct yh_settlement_row *out, struct yh_err *err);
/* All settlements and undoings of a visit, in the order of the group's commits. */
YH_MUST_USE
enum yh_status yh_settlements_of_visit(struct yh_txn *x, yh_str region, int64_t grp,
                                       yh_str visit, struct yh_settlement_row **rows, int *n,
                                       struct yh_err *err);
#endif
