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

/* How many layers keep something in an accumulator. */
static inline int yh_test_users(const struct yh_plan *p, int acc)
{
    int n = 0;
    for (int i = 0; i < p->nlayer; i++) {
        const struct yh_layer *l = &p->layer[i];
        bool uses = l->acc_base == acc || l->acc_paid == acc || l->deduct.acc == acc;
        for (int k = 0; k < l->ncap; k++)
            uses |= l->cap[k].acc == acc;
        n += uses;
    }
    return n;
}

/* Reasons hang together: what one gives the next one takes, what was before is the standing, and
 * what is paid is what is counted.  For a bill without prior parts. */
static inline void yh_test_chain(const struct yh_plan *p, const struct yh_bill *b,
                                 const struct yh_decision *d)
{
    for (int i = 0; i < d->nlayer; i++) {
        const struct yh_layer *l = &p->layer[i];
        int64_t sum[2] = { 0 }, due[2] = { 0 }, x[2] = { 0 };
        for (int k = 0; k < d->nreason; k++) {
            const struct yh_reason *r = &d->reason[k];
            if (r->layer != i)
                continue;
            if (r->kind == YH_REASON_BAND) {
                sum[r->in[5]] += r->result;
                x[r->in[5]] = r->in[3];
            } else if (r->kind == YH_REASON_DUE) {
                CHECK_I64(r->in[0], sum[r->in[3]], "bands add up to what is due");
                due[r->in[3]] = r->result;
            } else if (r->kind == YH_REASON_DELTA) {
                CHECK_I64(r->in[0], due[0], "due after");
                CHECK_I64(r->in[1], due[1], "due before");
                if (x[0])
                    CHECK_I64(x[0], r->in[3], "the curve is read at the year after");
                if (x[1])
                    CHECK_I64(x[1], r->in[2], "and at the year before");
                if (l->acc_base >= 0 && yh_test_users(p, l->acc_base) == 1)
                    CHECK_I64(r->in[2], b->standing ? b->standing[l->acc_base] : 0,
                              "before is the standing");
            } else if (r->kind == YH_REASON_CAP) {
                int n = 0, acc = -1;
                for (int c = 0; c < l->ncap; c++)
                    if (l->cap[c].on == YH_CAP_PAID) {
                        n++;
                        acc = l->cap[c].acc;
                    }
                if (n == 1 && acc >= 0 && yh_test_users(p, acc) == 1)
                    CHECK_I64(r->in[2], b->standing ? b->standing[acc] : 0,
                              "used is the standing");
            }
        }
        yh_fen paid = d->layer[i].paid + d->layer[i].beyond;
        if (l->acc_paid >= 0 && l->acc_paid != l->acc_base &&
            yh_test_users(p, l->acc_paid) == 1)
            CHECK_I64(d->delta[l->acc_paid], paid, "what is paid is counted once");
        for (int c = 0; c < l->ncap; c++)
            if (l->cap[c].on == YH_CAP_PAID && l->cap[c].acc >= 0 &&
                l->cap[c].acc != l->acc_base && yh_test_users(p, l->cap[c].acc) == 1)
                CHECK_I64(d->delta[l->cap[c].acc], paid, "and so for its caps");
        if (l->acc_base >= 0 && yh_test_users(p, l->acc_base) == 1 &&
            l->acc_base != l->acc_paid)
            CHECK_I64(d->delta[l->acc_base], d->layer[i].base, "the base joins the year");
    }
}
#endif
