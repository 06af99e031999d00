/* service/registry.h -- who is covered, who treats, who sits at the counter.
 *
 * 1101 persons with every enrolment and identity, 1201 providers, 2001 entitlement check,
 * 9001/9002 sign-in.  All but sign-in only read. */
#ifndef YH_SERVICE_REGISTRY_H
#define YH_SERVICE_REGISTRY_H
#include "service/service.h"

/* How 1101 names a person. */
struct yh_person_query {
    yh_str by;     /* mdtrt_cert_type: 01 token, 02 certificate, 03 card */
    yh_str number; /* mdtrt_cert_no: the token, certificate or card number */
    yh_str card_sn;
    yh_str cert_type, cert_no, name; /* checked against the record where not empty */
    yh_day day;                      /* 0 = today */
};

struct yh_insured {
    struct yh_enrolment_row row;
    yh_fen balance; /* of the personal account (310); 0 for schemes without */
};

struct yh_person_found {
    struct yh_person_row person; /* of the region with a normal enrolment, else the first */
    int age_tenths;              /* 46.1 years = 461, on the day */
    struct yh_insured *insured;  /* every enrolment of every region */
    int ninsured;
    struct yh_identity_row *identity; /* that hold on the day */
    int nidentity;
};

/* 1101.  YH_NOT_FOUND: nobody; YH_DENIED: the token has expired; YH_CONFLICT: name or certificate
 * disagree with the record. */
YH_MUST_USE
enum yh_status yh_person_find(struct yh_ctx *c, const struct yh_person_query *q,
                              struct yh_person_found *out, struct yh_err *err);
/* May the caller ask about the person with this certificate (01 token, 02 identity card, 03 card) in hand?
 * When it is the person's, or as yh_person_here (service/query.h). */
YH_MUST_USE
enum yh_status yh_person_shown(struct yh_ctx *c, yh_str person, yh_str by, yh_str number,
                               struct yh_err *err);

/* 1201: by code, else by name (part), of that kind ("" = any).  No match is an empty list. */
YH_MUST_USE
enum yh_status yh_provider_find(struct yh_ctx *c, yh_str kind, yh_str code, yh_str name,
                                struct yh_provider_row **rows, int *n, struct yh_err *err);

/* 9001: a new sign-in of today; sign_no in out->sign. */
YH_MUST_USE
enum yh_status yh_sign_in(struct yh_ctx *c, yh_str operator_no, yh_str mac, yh_str ip,
                          struct yh_sign_in_row *out, struct yh_err *err);
/* 9002.  YH_NOT_FOUND: no such sign-in of this provider and operator today; YH_CONFLICT: ended. */
YH_MUST_USE
enum yh_status yh_sign_out(struct yh_ctx *c, yh_str sign_no, yh_str operator_no, yh_time *out,
                           struct yh_err *err);

/* 2001: may this person draw on that benefit at that provider on these days? */
struct yh_benefit_query {
    yh_str person, scheme, provider, med_type, disease;
    yh_time begin, end; /* end 0 = open */
};
struct yh_benefit_row {
    yh_str check;    /* trt_chk_type: 99 the whole, 01 one fund */
    yh_str fund;     /* fund_pay_type; "" for the whole */
    bool enjoyed;    /* trt_enjymnt_flag */
    yh_day from, to; /* to YH_DAY_MAX = open */
    yh_str text;     /* trt_chk_rslt, Chinese */
};
YH_MUST_USE
enum yh_status yh_benefit_check(struct yh_ctx *c, const struct yh_benefit_query *q,
                                struct yh_benefit_row **rows, int *n, struct yh_err *err);
#endif
