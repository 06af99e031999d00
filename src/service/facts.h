/* service/facts.h -- what a document's tables look at, gathered for one visit.  Private to service/. */
#ifndef YH_SERVICE_FACTS_H
#define YH_SERVICE_FACTS_H
#include "model/claim/claim.h"
#include "service/service.h"

/* Accumulators of our own, kept with a document's: how many stays the year has had, and the day of
 * the last discharge (of a life). */
#define YH_ACC_STAYS YH_S("#住院次数")
#define YH_ACC_LEFT YH_S("#上次出院日")

struct yh_facts_of {
    struct yh_facts facts;
    int64_t year;        /* accumulator year: the year its period begins in */
    int64_t *standing;   /* plan->nacc values */
    int64_t stays;       /* earlier stays of the year */
    yh_day left;         /* last discharge before this stay; 0 = none */
    uint8_t term_level;  /* enum yh_level of the provider, for price limits */
    yh_str filing;       /* serial of the filing used; "" = none */
    bool injury_decided; /* a 2507 holds for the visit … */
    bool injury_payable; /* … and says that the fund may pay */
};

/* All but standing, stays and left (COUNT is then 1, GAP large).  Reads the person's filings.
 * away: as a visitor of another pool; pass `host` true to see the visit as the treating place sees
 * its own patients, which is how the place splits a visitor's lines. */
YH_MUST_USE
enum yh_status yh_facts_build(struct yh_ctx *c, const struct yh_member *m,
                              const struct yh_visit_row *v, const struct yh_provider_row *p,
                              const struct yh_plan *plan, yh_day end, bool host,
                              struct yh_facts_of *out, struct yh_err *err);
/* Then these, from the person's accumulators.  end: discharge, or the day so far. */
YH_MUST_USE
enum yh_status yh_facts_standing(struct yh_ctx *c, const struct yh_visit_row *v,
                                 const struct yh_plan *plan, yh_day end, yh_day settle,
                                 struct yh_facts_of *out, struct yh_err *err);

/* The accumulator row of acc i for this visit and year, key filled. */
struct yh_accumulator_row yh_acc_row(struct yh_arena *a, const struct yh_visit_row *v,
                                     int64_t year, const struct yh_acc *acc, yh_day end);
#endif
