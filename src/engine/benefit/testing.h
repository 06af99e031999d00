/* engine/benefit/testing.h -- laws that hold for every decision; for tests alone. */
#ifndef YH_ENGINE_BENEFIT_TESTING_H
#define YH_ENGINE_BENEFIT_TESTING_H
#include "base/test.h"
#include "engine/benefit/benefit.h"

/* Two decisions move the same money. */
static inline void yh_test_same_money(const struct yh_decision *x, const struct yh_decision *y,
                                      const char *why)
{
    CHECK_I64(x->sums.total, y->sums.total, why);
    CHECK_I64(x->fund, y->fund, why);
    CHECK_I64(x->hospital, y->hospital, why);
    CHECK_I64(x->person, y->person, why);
    for (int i = 0; i < YH_PAY_N; i++)
        CHECK_I64(x->pay[i], y->pay[i], why);
    for (int i = 0; i < YH_PART_N; i++)
        CHECK_I64(x->part[i], y->part[i], why);
    for (int i = 0; i < x->nacc; i++)
        CHECK_I64(x->delta[i], y->delta[i], why);
}

/* Nothing is lost and nobody pays a negative amount. */
static inline void yh_test_whole(const struct yh_decision *d)
{
    CHECK_I64(d->sums.total, d->sums.outside + d->sums.over + d->sums.first + d->sums.scope,
              "the four parts");
    CHECK_I64(d->sums.total, d->fund + d->hospital + d->account + d->relative + d->cash,
              "nothing is lost");
    for (int i = 0; i < YH_PAY_N; i++)
        CHECK_I64(d->pay[i] < 0, 0, "no negative payer");
    CHECK_I64(d->cash < 0 || d->account < 0 || d->relative < 0 || d->hospital < 0, 0,
              "no negative payer");
    for (int i = 0; i < d->nlayer; i++)
        CHECK_I64(d->layer[i].paid < 0 || d->layer[i].deduct < 0, 0, "no negative layer");
}

/* Every reason worked out again from its inputs alone; every amount of the decision has its reason. */
static inline void yh_test_reasons(const struct yh_decision *d)
{
    yh_fen paid[64] = { 0 }, fund = 0, person = 0, cash = 0, hospital = 0, account = 0,
           relative = 0;
    for (int i = 0; i < d->nreason; i++) {
        const struct yh_reason *r = &d->reason[i];
        int64_t again = 0;
        CHECK(yh_reason_recompute(r, &again));
        CHECK_I64(r->result, again, yh_reason_text((enum yh_reason_kind)r->kind).name.p);
        switch (r->kind) {
        case YH_REASON_PAY:
        case YH_REASON_PART_PAY: paid[r->layer] = r->result; break;
        case YH_REASON_FUND: fund = r->result; break;
        case YH_REASON_PERSON: person = r->result; break;
        case YH_REASON_HOSPITAL: hospital = r->result; break;
        case YH_REASON_CASH: cash = r->result; break;
        case YH_REASON_ACCOUNT_OWN: account = r->result; break;
        case YH_REASON_ACCOUNT_RELATIVE: relative = r->result; break;
        default: break;
        }
    }
    for (int i = 0; i < d->nlayer; i++)
        CHECK_I64(d->layer[i].paid, paid[i], "each payment has its reason");
    CHECK_I64(d->fund, fund, "the fund's amount has its reason");
    CHECK_I64(d->hospital, hospital, "the hospital's amount has its reason");
    CHECK_I64(d->person, person, "the person's amount has its reason");
    CHECK_I64(d->cash, cash, "cash has its reason");
    CHECK_I64(d->account, account, "the account's amount has its reason");
    CHECK_I64(d->relative, relative, "the relative's amount has its reason");
}
#endif
