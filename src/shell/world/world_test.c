/* Laws on random bills under every document that stands in policy/. */
#include "base/test.h"
#include "engine/benefit/testing.h"
#include "engine/benefit/year.h"
#include "shell/world/world.h"

static int64_t pick(uint64_t *s, int64_t lo, int64_t hi)
{
    return yh_test_between(s, lo, hi);
}

static struct yh_item_term TERM[8];
static void make_terms(void)
{
    TERM[0] = (struct yh_item_term){ .cls = YH_CLASS_A };
    TERM[1] = (struct yh_item_term){ .cls = YH_CLASS_B, .first_pay = 100000 };
    TERM[2] = (struct yh_item_term){ .cls = YH_CLASS_B, .first_pay = YH_FIRST_PAY_BY_DOCUMENT };
    TERM[3] = (struct yh_item_term){ .cls = YH_CLASS_C, .first_pay = YH_ONE };
    TERM[4] = (struct yh_item_term){ .cls = YH_CLASS_A, .limit = 80000000 };
    TERM[5] = (struct yh_item_term){ .cls = YH_CLASS_B, .first_pay = 300000, .tags = 1 };
    TERM[6] = (struct yh_item_term){ .cls = YH_CLASS_A, .tags = 1u << YH_TAG_BASIC_DRUG };
    TERM[7] = (struct yh_item_term){ .cls = YH_CLASS_A,
                                     .tags = 1u << YH_TAG_BIG_EXAM,
                                     .restricted = true };
}

static void random_facts(uint64_t *s, const struct yh_plan *p, struct yh_facts *f)
{
    *f = (struct yh_facts){ 0 };
    for (int d = 0; d < YH_DIM_NUMERIC; d++)
        if (d != YH_DIM_IDENT && d != YH_DIM_CLASS && d != YH_DIM_TAG && p->dim_n[d] > 0)
            f->v[d] =
                pick(s, 0, 3) && d != YH_DIM_VISIT && d != YH_DIM_LEVEL && d != YH_DIM_PERSON
                    ? 0
                    : pick(s, 0, p->dim_n[d] - 1);
    for (int k = 0; k < 2 && pick(s, 0, 2) == 0; k++)
        f->idents |= UINT64_C(1) << pick(s, 0, yh_max(1, p->dim_n[YH_DIM_IDENT]) - 1);
    f->v[YH_DIM_COUNT] = pick(s, 1, 4);
    f->v[YH_DIM_AGE] = pick(s, 0, 95);
    f->v[YH_DIM_MONTHS] = pick(s, 0, 60);
    f->v[YH_DIM_YEARS] = pick(s, 0, 12);
    f->v[YH_DIM_CLEAN] = pick(s, 0, 5);
    f->v[YH_DIM_DAYS] = pick(s, 1, 40);
    f->v[YH_DIM_FETUSES] = pick(s, 1, 3);
    f->v[YH_DIM_GAP] = pick(s, 0, 400);
}

static int random_lines(uint64_t *s, struct yh_arena *a, struct yh_line *l, bool refunds)
{
    int n = (int)pick(s, 1, 12);
    int64_t scale = pick(s, 0, 3) ? 20000 : 2000000;
    for (int i = 0; i < n; i++) {
        yh_fen price = pick(s, 0, scale);
        int64_t qty = pick(s, 1, 6);
        l[i] = (struct yh_line){ .day = (yh_day)pick(s, 20500, 20505),
                                 .code = yh_fmt(a, "X%d", (int)pick(s, 1, 9)),
                                 .serial = yh_fmt(a, "%02d", i),
                                 .price = price * 10000,
                                 .qty = qty * 10000,
                                 .amount = price * qty,
                                 .term = &TERM[pick(s, 0, YH_COUNT(TERM) - 1)],
                                 .approval = (uint8_t)pick(s, 0, 2),
                                 .provider_fault = pick(s, 0, 40) == 0 };
        if (refunds && i && l[i - 1].qty > 0 && pick(s, 0, 9) == 0) {
            int64_t back = pick(s, 1, l[i - 1].qty / 10000);
            l[i].init = l[i - 1].serial;
            l[i].price = l[i - 1].price;
            l[i].qty = -back * 10000;
            l[i].amount = -back * (l[i - 1].price / 10000);
        }
    }
    return n;
}

static struct yh_decision decide(struct yh_arena *a, const struct yh_plan *p,
                                 const struct yh_bill *b)
{
    struct yh_decision d;
    struct yh_err err;
    CHECK_OK(yh_benefit_settle(a, p, NULL, b, (struct yh_settle_how){ true }, &d, &err), &err);
    yh_test_reasons(&d);
    if (!b->prior)
        yh_test_chain(p, b, &d);
    return d;
}

static void one_bill(uint64_t *s, struct yh_arena *a, const struct yh_plan *p)
{
    static struct yh_line l[12], shuffled[12];
    int64_t *standing = YH_NEW(a, int64_t, p->nacc), *now = YH_NEW(a, int64_t, p->nacc);
    for (int i = 0; i < p->nacc; i++)
        standing[i] = pick(s, 0, 2) ? 0 : pick(s, 0, 15000000);
    struct yh_bill b = { .line = l,
                         .nline = random_lines(s, a, l, true),
                         .standing = standing,
                         .account_flag = (uint8_t)pick(s, 0, 2),
                         .account_balance = pick(s, 0, 100000),
                         .relative_balance = pick(s, 0, 100000),
                         .pended = pick(s, 0, 30) == 0,
                         .fixed_price = pick(s, 0, 10) == 0,
                         .deduct_waived = pick(s, 0, 20) == 0,
                         .liable_share = pick(s, 0, 20) ? 0 : pick(s, 0, 1000000) };
    random_facts(s, p, &b.facts);
    struct yh_decision d = decide(a, p, &b);
    if (!d.fixed_price) /* the gap to a fixed price may have either sign */
        yh_test_whole(&d);

    memcpy(shuffled, l, sizeof shuffled);
    for (int i = b.nline - 1; i > 0; i--) {
        int j = (int)pick(s, 0, i);
        struct yh_line t = shuffled[i];
        shuffled[i] = shuffled[j];
        shuffled[j] = t;
    }
    struct yh_bill other = b;
    other.line = shuffled;
    struct yh_decision again = decide(a, p, &other);
    yh_test_same_money(&d, &again, "input order of lines");

    struct yh_decision back = yh_benefit_mirror(a, &d);
    memcpy(now, standing, sizeof *now * (size_t)p->nacc);
    yh_benefit_apply(now, &d);
    yh_benefit_apply(now, &back);
    for (int i = 0; i < p->nacc; i++)
        CHECK_I64(now[i], standing[i], "undo restores the standing");
    CHECK_I64(back.account_after, b.account_balance, "undo restores the account");

    /* Interim parts, cut where no refund crosses. */
    int cut = (int)pick(s, 0, b.nline);
    for (int i = 0; i < b.nline; i++)
        if (l[i].qty < 0)
            cut = 0;
    if (cut && cut < b.nline && !p->interim_resets && !b.fixed_price) {
        struct yh_bill part = b;
        part.account_flag = 0;
        part.nline = cut;
        struct yh_decision one = decide(a, p, &part);
        const struct yh_decision *before[] = { &one };
        struct yh_prior prior = yh_benefit_prior(a, before, 1);
        memcpy(now, standing, sizeof *now * (size_t)p->nacc);
        yh_benefit_apply(now, &one);
        part.nline = b.nline;
        part.prior = &prior;
        part.standing = now;
        struct yh_decision two = decide(a, p, &part);
        CHECK_I64(one.fund + two.fund, d.fund, "interim parts add up");
        CHECK_I64(one.person + two.person, d.person, "interim parts add up");
        for (int i = 0; i < p->nlayer; i++)
            CHECK_I64(one.layer[i].paid + two.layer[i].paid, d.layer[i].paid, "layer by layer");
        for (int i = 0; i < p->nacc; i++)
            CHECK_I64(one.delta[i] + two.delta[i], d.delta[i], "and so does the year");
    }
}

/* Undo of an earlier one of three, then the rest afresh = never having had it. */
static void one_year(uint64_t *s, struct yh_arena *a, const struct yh_plan *p)
{
    enum { N = 3 };
    static struct yh_line l[N][12];
    struct yh_year_event e[N] = { 0 };
    struct yh_decision booked[N];
    int64_t *never = YH_NEW(a, int64_t, p->nacc), *with = YH_NEW(a, int64_t, p->nacc);
    struct yh_facts f;
    random_facts(s, p, &f);
    int gone = (int)pick(s, 0, N - 1);
    struct yh_year_result r;
    struct yh_err err;
    for (int i = 0; i < N; i++) {
        e[i] = (struct yh_year_event){
            .person = YH_S("测试甲"),
            .plan = p,
            .stay = true,
            .gone = i == gone,
            .bill = { .facts = f, .line = l[i], .nline = random_lines(s, a, l[i], false) }
        };
        struct yh_bill b = e[i].bill;
        b.standing = with;
        b.facts.v[YH_DIM_COUNT] = i + 1;
        booked[i] = decide(a, p, &b);
        yh_benefit_apply(with, &booked[i]);
        e[i].booked = &booked[i];
    }
    CHECK_OK(yh_year_again(a, e, N, NULL, 0, (struct yh_settle_how){ 0 }, &r, &err), &err);
    for (int i = 0, count = 0; i < N; i++) {
        if (i == gone)
            continue;
        struct yh_bill b = e[i].bill;
        for (int k = 0; k < p->nacc;
             k++) /* spans shorter than the sequence never meet another bill */
            never[k] = p->acc[k].span == YH_SPAN_BILL ? 0 : never[k];
        b.standing = never;
        b.facts.v[YH_DIM_COUNT] = ++count;
        struct yh_decision d = decide(a, p, &b);
        yh_test_same_money(r.now[i], &d, "never having had it");
        yh_benefit_apply(never, &d);
    }
}

/* A larger bill of the same kind is never paid less: total benefits, in scope alone. */
static bool falls(uint64_t *s, struct yh_arena *a, const struct yh_plan *p)
{
    struct yh_bill b = { 0 };
    int64_t *standing = YH_NEW(a, int64_t, p->nacc);
    b.standing = standing;
    random_facts(s, p, &b.facts);
    b.sums.scope = b.sums.total = pick(s, 0, 1) ? pick(s, 0, 500000) : pick(s, 0, 30000000);
    struct yh_decision small = decide(a, p, &b);
    yh_fen more = pick(s, 1, 1000000);
    b.sums.scope += more;
    b.sums.total += more;
    struct yh_decision large = decide(a, p, &b);
    return large.fund + large.to_person + p->nlayer <
           small.fund + small.to_person; /* a fen a layer: roundings */
}

static int warned(struct yh_loaded *w, struct yh_arena *a, const struct yh_plan *p)
{
    struct yh_findings *f = YH_NEW(a, struct yh_findings, 1);
    yh_policy_check_plan(a, p, &w->policies.set, f);
    return f->n;
}

/* The laws for every plan of a folder; the full count is each document's own. */
static void keep_laws(char *folder, uint64_t seed, int least)
{
    static struct yh_loaded w; /* the catalogue points into it */
    struct yh_err err;
    uint64_t s = seed;
    int refused;
    make_terms();
    CHECK_OK(yh_loaded_open(NULL, &folder, folder ? 1 : 0, false, &w, &err), &err);
    CHECK_OK(yh_plans_all(&w.plans, &refused, &err), &err);
    CHECK(w.plans.nplan >= least);
    int n = yh_law_count(10000);
    n = n > 10000 ? n : n / w.plans.nplan + 1;
    for (int k = 0; k < w.plans.nplan; k++) {
        const struct yh_plan *p = w.plans.plan[k].bill.plan;
        int fell = 0;
        for (int i = 0; i < n; i++) {
            struct yh_arena keep = *yh_test_arena();
            one_bill(&s, yh_test_arena(), p);
            if (i % 4 == 0)
                one_year(&s, yh_test_arena(), p);
            fell += falls(&s, yh_test_arena(), p);
            *yh_test_arena() = keep;
        }
        if (fell && !warned(&w, yh_test_arena(), p))
            CHECK_STR(p->id, YH_S(""),
                      "a larger bill is paid less, and the checker did not say so");
    }
    yh_loaded_close(&w);
}

TEST(law_every_document_keeps_the_laws)
{
    keep_laws(NULL, 5, 20);
}

TEST(law_every_form_keeps_the_laws)
{
    static char forms[] = "policy/forms";
    keep_laws(forms, 6, 45);
}

TEST(an_office_is_settled_by_its_pools_document)
{
    static struct yh_loaded w;
    const struct yh_dated *p, *q;
    struct yh_err err;
    CHECK_OK(yh_loaded_open(NULL, NULL, 0, false, &w, &err), &err);
    CHECK_OK(
        yh_plans_get(&w.plans, YH_S("990101"), YH_S("390"), yh_day_of(2026, 3, 18), &p, &err),
        &err);
    CHECK_STR(p->bill.plan->region, YH_S("990100"), "the pool's");
    CHECK_OK(
        yh_plans_get(&w.plans, YH_S("990100"), YH_S("390"), yh_day_of(2026, 5, 1), &q, &err),
        &err);
    CHECK(p->bill.plan == q->bill.plan);
    CHECK(yh_plans_get(&w.plans, YH_S("990101"), YH_S("390"), yh_day_of(1999, 1, 1), &q,
                       &err) == YH_NOT_FOUND);
    yh_loaded_close(&w);
}
