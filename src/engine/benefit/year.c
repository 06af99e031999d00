#include "engine/benefit/year.h"

/* What each (person, accumulator, span) holds as the sequence is walked. */
struct holdings {
    struct yh_arena *a;
    struct yh_map at;
    int64_t *value;
    int n, cap;
};

static int64_t *held(struct holdings *h, yh_str person, yh_str acc, enum yh_acc_span span,
                     int64_t key)
{
    /* A bill's own span never meets another bill. */
    yh_str name = yh_fmt(h->a, "%.*s\t%.*s\t%d\t%lld", YH_ARG(person), YH_ARG(acc), (int)span,
                         (long long)key);
    int i = yh_map_get(&h->at, name, -1);
    if (i < 0) {
        i = h->n;
        YH_PUSH(h->a, h->value, h->n, h->cap) = 0;
        yh_map_add(&h->at, name, i);
    }
    return &h->value[i];
}

static void standing_of(struct holdings *h, const struct yh_year_event *e, int64_t *standing)
{
    for (int i = 0; i < e->plan->nacc; i++) {
        const struct yh_acc *c = &e->plan->acc[i];
        standing[i] = c->span == YH_SPAN_BILL
                          ? 0
                          : *held(h, e->person, c->name, c->span,
                                  c->span == YH_SPAN_LIFE ? 0 : e->key[c->span]);
    }
}

static void keep(struct holdings *h, const struct yh_year_event *e, const struct yh_decision *d)
{
    for (int i = 0; i < d->nacc; i++) {
        const struct yh_acc *c = &e->plan->acc[i];
        if (c->span != YH_SPAN_BILL && d->delta[i])
            *held(h, e->person, c->name, c->span,
                  c->span == YH_SPAN_LIFE ? 0 : e->key[c->span]) += d->delta[i];
    }
}

/* Earlier parts of the same stay that still stand, as decided now. */
static int parts_before(const struct yh_year_event *event, int at,
                        const struct yh_decision *const *now, const struct yh_decision **part)
{
    const struct yh_year_event *e = &event[at];
    int n = 0;
    for (int i = 0; e->part && i < at; i++)
        if (event[i].part && now[i] && yh_eq(event[i].person, e->person) &&
            event[i].key[YH_SPAN_STAY] == e->key[YH_SPAN_STAY])
            part[n++] = now[i];
    return n;
}

static bool compare(const struct yh_decision *now, const struct yh_decision *was,
                    struct yh_year_change *c)
{
    static const struct yh_decision NOTHING;
    const struct yh_decision *x = now ? now : &NOTHING, *y = was ? was : &NOTHING;
    bool differs = false;
    for (int i = 0; i < YH_PAY_N; i++) {
        c->pay[i] = x->pay[i] - y->pay[i];
        differs |= c->pay[i] != 0;
    }
    c->fund = x->fund - y->fund;
    c->hospital = x->hospital - y->hospital;
    c->person = x->person - y->person;
    c->account = x->account - y->account;
    c->relative = x->relative - y->relative;
    c->cash = x->cash - y->cash;
    c->to_person = x->to_person - y->to_person;
    c->favours = c->person - c->to_person < 0;
    return differs || c->hospital || c->person || c->account || c->relative || c->to_person;
}

enum yh_status yh_year_again(struct yh_arena *a, const struct yh_year_event *event, int n,
                             const struct yh_year_before *before, int nbefore,
                             struct yh_settle_how how, struct yh_year_result *out,
                             struct yh_err *err)
{
    struct yh_year_result r = { .change = YH_NEW(a, struct yh_year_change, n),
                                .now = YH_NEW(a, const struct yh_decision *, n) };
    struct holdings h = { .a = a, .at = yh_map_in(a, 64 + nbefore) };
    const struct yh_decision **part = YH_NEW(a, const struct yh_decision *, n);
    for (int i = 0; i < nbefore; i++)
        *held(&h, before[i].person, before[i].acc, before[i].span,
              before[i].span == YH_SPAN_LIFE ? 0 : before[i].key) = before[i].value;
    for (int i = 0; i < n; i++) {
        const struct yh_year_event *e = &event[i];
        if (!e->gone) {
            struct yh_bill bill = e->bill;
            int64_t *standing = YH_NEW(a, int64_t, e->plan->nacc);
            struct yh_decision *d = YH_NEW(a, struct yh_decision, 1);
            standing_of(&h, e, standing);
            bill.standing = standing;
            int np = parts_before(event, i, r.now, part);
            struct yh_prior prior;
            bill.prior = NULL;
            if (np && !e->plan->interim_resets) {
                prior = yh_benefit_prior(a, part, np);
                bill.prior = &prior;
            }
            int64_t *stays =
                held(&h, e->person, YH_YEAR_STAYS, YH_SPAN_YEAR, e->key[YH_SPAN_YEAR]);
            if (e->stay)
                bill.facts.v[YH_DIM_COUNT] = *stays + (np ? 0 : 1);
            enum yh_status bad = yh_benefit_settle(a, e->plan, e->terms, &bill, how, d, err);
            if (bad) {
                if (err)
                    err->row = i;
                return bad;
            }
            *held(&h, e->person, YH_YEAR_STAYS, YH_SPAN_YEAR, e->key[YH_SPAN_YEAR]) +=
                e->stay && !np;
            keep(&h, e, d);
            r.now[i] = d;
        }
        struct yh_year_change *c = &r.change[r.n];
        *c = (struct yh_year_change){ .event = i, .now = r.now[i] };
        if (!compare(r.now[i], e->booked, c))
            continue;
        yh_fen worse = c->person - c->to_person;
        /* An undone settlement's own amounts go back by its mirror, not as a difference. */
        if (!e->gone)
            *(worse < 0 ? &r.payable : &r.against) += worse < 0 ? -worse : worse;
        r.n++;
    }
    *out = r;
    return YH_OK;
}
