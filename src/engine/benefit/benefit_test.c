/* Plans are built by hand here: what the engine does with a table, whatever the policy language. */
#include "base/test.h"
#include "engine/benefit/benefit.h"
#include "engine/benefit/testing.h"
#include "engine/benefit/year.h"

/* ---- a plan in a few words ---- */

struct made {
    struct yh_arena *a;
    struct yh_plan plan;
    struct yh_layer layer[12];
    struct yh_acc acc[24];
};

static struct yh_cells one(struct yh_arena *a, int64_t v)
{
    struct yh_cell *c = YH_NEW(a, struct yh_cell, 1);
    *c = (struct yh_cell){ v, 0 };
    return (struct yh_cells){ .cell = c, .ncell = 1 };
}

/* One value for each ordinal of a categorical dim. */
static struct yh_cells by_dim(struct yh_arena *a, enum yh_dim dim, int n, const int64_t *v)
{
    struct yh_cell *c = YH_NEW(a, struct yh_cell, n);
    uint16_t *bucket = YH_NEW(a, uint16_t, n);
    struct yh_axis *x = YH_NEW(a, struct yh_axis, 1);
    for (int i = 0; i < n; i++) {
        c[i] = (struct yh_cell){ v[i], 0 };
        bucket[i] = (uint16_t)i;
    }
    *x = (struct yh_axis){ .dim = dim, .stride = 1, .n = (uint16_t)n, .bucket = bucket };
    return (struct yh_cells){ .axis = x, .naxis = 1, .cell = c, .ncell = n };
}

static struct made *make(void)
{
    struct yh_arena *a = yh_test_arena();
    struct made *m = YH_NEW(a, struct made, 1);
    m->a = a;
    static const struct yh_clause CLAUSE[1] = { { .title = YH_S_INIT("第一条") } };
    m->plan = (struct yh_plan){ .id = YH_S("990101/390/2026-01-01"),
                                .clause = CLAUSE,
                                .nclause = 1,
                                .layer = m->layer,
                                .acc = m->acc,
                                .term_day = YH_DAY_LINE };
    for (int d = 0; d < YH_DIM_NUMERIC; d++)
        m->plan.dim_n[d] = 4;
    m->plan.dim_n[YH_DIM_TAG] = YH_TAG_COUNT + 1;
    static const uint8_t ORDER[] = { 1, 2, 3 };
    m->plan.tag_order = ORDER;
    m->plan.ntag_order = YH_COUNT(ORDER);
    int64_t first[] = { YH_ONE, 0, YH_NONE, YH_ONE };
    m->plan.split.first_pay = by_dim(a, YH_DIM_CLASS, 4, first);
    return m;
}

static int acc(struct made *m)
{
    m->acc[m->plan.nacc] =
        (struct yh_acc){ yh_fmt(m->a, "累计%d", m->plan.nacc), YH_SPAN_YEAR };
    return m->plan.nacc++;
}

static struct yh_layer *layer(struct made *m, enum yh_payer payer, enum yh_money of, int ref)
{
    struct yh_base_term *t = YH_NEW(m->a, struct yh_base_term, 1);
    *t = (struct yh_base_term){ of, ref, YH_ONE };
    struct yh_layer *l = &m->layer[m->plan.nlayer++];
    *l = (struct yh_layer){ .name = YH_S("层"),
                            .payer = payer,
                            .visits = { ~0ULL, ~0ULL, ~0ULL, ~0ULL },
                            .tags = ~0u,
                            .of = { t, 1 },
                            .acc_base = -1,
                            .acc_paid = -1,
                            .deduct = { .acc = -1 },
                            .round_unit = 1 };
    return l;
}

static void bands(struct made *m, struct yh_layer *l, int n, const int64_t (*b)[2])
{
    struct yh_band *x = YH_NEW(m->a, struct yh_band, n);
    for (int i = 0; i < n; i++)
        x[i] = (struct yh_band){ one(m->a, b[i][0]), one(m->a, b[i][1]) };
    l->band = x;
    l->nband = n;
}

static struct yh_cap *cap(struct made *m, struct yh_layer *l, int64_t amount, int at)
{
    struct yh_cap *c = YH_NEW(m->a, struct yh_cap, 1);
    *c = (struct yh_cap){ .amount = one(m->a, amount), .acc = at };
    l->cap = c;
    l->ncap = 1;
    return c;
}

static struct yh_bill of_scope(yh_fen scope)
{
    return (struct yh_bill){ .sums = { .total = scope, .scope = scope },
                             .facts.v[YH_DIM_COUNT] = 1 };
}

static struct yh_decision settle(struct made *m, const struct yh_bill *b)
{
    struct yh_decision d;
    struct yh_err err;
    CHECK_OK(
        yh_benefit_settle(m->a, &m->plan, NULL, b, (struct yh_settle_how){ true }, &d, &err),
        &err);
    yh_test_reasons(&d);
    if (!b->prior)
        yh_test_chain(&m->plan, b, &d);
    return d;
}

/* ---- the bill of the sketches ----
 * Resident, low income, third-level hospital: in scope 22 000, deductible 800, 60 %:
 *   basic 12 720.00; the year's burden 6 000 → 15 280; (15 280 − 7 000) × 65 % = 5 382.00;
 *   assistance (9 280 − 5 382) × 70 % = 2 728.60; self 1 169.40 + 3 000 outside and first pay. */
static struct made *sketch(void)
{
    struct made *m = make();
    struct yh_layer *basic = layer(m, YH_PAY_BASIC, YH_M_SCOPE, -1);
    basic->deduct.amount = one(m->a, 80000);
    bands(m, basic, 1, (int64_t[][2]){ { 0, 600000 } });
    cap(m, basic, 10000000, acc(m));
    struct yh_layer *serious = layer(m, YH_PAY_SERIOUS, YH_M_BURDEN, -1);
    serious->cumulative = true;
    serious->acc_base = acc(m);
    bands(m, serious, 2, (int64_t[][2]){ { 700000, 650000 }, { 10000000, 750000 } });
    struct yh_layer *assist = layer(m, YH_PAY_ASSIST, YH_M_BURDEN, -1);
    bands(m, assist, 1, (int64_t[][2]){ { 0, 700000 } });
    cap(m, assist, 3000000, acc(m));
    return m;
}

TEST(the_bill_of_the_sketches_is_settled_to_the_fen)
{
    struct made *m = sketch();
    struct yh_bill b = of_scope(2200000);
    b.sums = (struct yh_sums){ 2500000, 120000, 30000, 150000, 2200000 };
    b.standing = (int64_t[]){ 0, 600000, 0 };
    struct yh_decision d = settle(m, &b);
    CHECK_I64(d.pay[YH_PAY_BASIC], 1272000, "(22 000 − 800) × 60 %");
    CHECK_I64(d.pay[YH_PAY_SERIOUS], 538200, "(15 280 − 7 000) × 65 %");
    CHECK_I64(d.pay[YH_PAY_ASSIST], 272860, "3 898 × 70 %");
    CHECK_I64(d.cash, 416940, "1 169.40 + 3 000");
    CHECK_I64(d.delta[1], 928000, "the burden joins the year");
    CHECK_I64(d.part[YH_PART_FIRST], 150000, "first pay stays the person's");
    CHECK_I64(d.part[YH_PART_DEDUCT], 80000, "of what is left, the deductible");
    CHECK_I64(d.part[YH_PART_SHARE], 36940, "and the share");
}

/* 重庆 E065: 80 000, deductible 880, 85 %, cap 47 000; what lies above the point where the cap bit,
 * 80 000 − 880 − 47 000/0.85, is paid whole: 23 825.88. */
TEST(a_cap_says_where_it_bit)
{
    struct made *m = make();
    struct yh_layer *basic = layer(m, YH_PAY_BASIC, YH_M_SCOPE, -1);
    basic->deduct.amount = one(m->a, 88000);
    bands(m, basic, 1, (int64_t[][2]){ { 0, 850000 } });
    cap(m, basic, 4700000, acc(m));
    struct yh_layer *large = layer(m, YH_PAY_LARGE, YH_M_UNCONSUMED, 0);
    bands(m, large, 1, (int64_t[][2]){ { 0, YH_ONE } });
    struct yh_bill b = of_scope(8000000);
    struct yh_decision d = settle(m, &b);
    CHECK_I64(d.pay[YH_PAY_BASIC], 4700000, "the cap");
    CHECK_I64(d.pay[YH_PAY_LARGE], 2382588, "what is above");
    CHECK_I64(d.cash, 917412, "the rest");
}

TEST(deductibles_of_every_mode)
{
    static const struct {
        enum yh_deduct_mode mode;
        int64_t cell, ceiling, step, floor, used, count, want;
        const char *why;
    } C[] = {
        { YH_DEDUCT_PER_BILL, 80000, 0, 0, 0, 0, 1, 80000, "每次" },
        { YH_DEDUCT_PER_BILL, 80000, 140000, 0, 0, 80000, 2, 60000,
          "衢州 E081: what the ceiling leaves" },
        { YH_DEDUCT_PER_BILL, 80000, 140000, 0, 0, 140000, 3, 0,
          "衢州 E082: the ceiling is reached" },
        { YH_DEDUCT_HIGHEST, 120000, 0, 0, 0, 30000, 2, 90000,
          "宁波 E084: top up to the higher level" },
        { YH_DEDUCT_HIGHEST, 60000, 0, 0, 0, 120000, 3, 0,
          "宁波 E085: a lower level asks nothing" },
        { YH_DEDUCT_PER_SPAN, 20000, 0, 0, 0, 15000, 5, 5000, "once a year, the rest of it" },
        { YH_DEDUCT_PER_BILL, 100000, 0, -20000, 0, 0, 2, 80000,
          "泉州 E092: each stay 200 less" },
        { YH_DEDUCT_PER_BILL, 100000, 0, -20000, 0, 0, 6, 0,
          "泉州 E094: the sixth asks nothing" },
        { YH_DEDUCT_PER_BILL, 100000, 0, -20000, 40000, 0, 9, 40000, "not below the floor" },
    };
    for (int i = 0; i < YH_COUNT(C); i++) {
        struct made *m = make();
        struct yh_layer *l = layer(m, YH_PAY_BASIC, YH_M_SCOPE, -1);
        l->deduct.amount = one(m->a, C[i].cell);
        l->deduct.mode = C[i].mode;
        l->deduct.acc = acc(m);
        if (C[i].ceiling)
            l->deduct.ceiling = one(m->a, C[i].ceiling);
        if (C[i].step) {
            l->deduct.step = one(m->a, C[i].step);
            l->deduct.floor = one(m->a, C[i].floor);
        }
        bands(m, l, 1, (int64_t[][2]){ { 0, 840000 } });
        struct yh_bill b = of_scope(900000);
        b.facts.v[YH_DIM_COUNT] = C[i].count;
        b.standing = (int64_t[]){ C[i].used };
        struct yh_decision d = settle(m, &b);
        CHECK_I64(d.deductible, C[i].want, C[i].why);
        CHECK_I64(d.delta[0], C[i].want, C[i].why);
        CHECK_I64(d.fund, yh_fen_scale(900000 - C[i].want, 840000, YH_ROUND_HALF_UP), C[i].why);
    }
}

TEST(a_transfer_up_pays_the_difference_and_down_nothing)
{
    struct made *m = make();
    struct yh_layer *l = layer(m, YH_PAY_BASIC, YH_M_SCOPE, -1);
    l->deduct.amount = by_dim(m->a, YH_DIM_LEVEL, 4, (int64_t[]){ 10000, 30000, 80000, 80000 });
    l->deduct.transfer = one(m->a, 1);
    bands(m, l, 1, (int64_t[][2]){ { 0, 800000 } });
    struct yh_bill b = of_scope(1000000);
    b.joined = true;
    b.joined_deduct = 30000;
    b.facts.v[YH_DIM_LEVEL] = 2;
    CHECK_I64(settle(m, &b).deductible, 50000, "from the second level to the third");
    b.facts.v[YH_DIM_LEVEL] = 0;
    CHECK_I64(settle(m, &b).deductible, 0, "down to the first");
    b.deduct_waived = true;
    b.joined = false;
    CHECK_I64(settle(m, &b).deductible, 0, "the same stay");
}

TEST(factors_come_before_points_and_the_rate_stays_within_bounds)
{
    static const struct {
        int64_t rate, factor, points, want;
        const char *why;
    } C[] = {
        { 850000, 900000, 0, 765000, "红河 E114: × 0.90" },
        { 800000, YH_ONE, -200000, 600000, "E172: −20 points" },
        { 800000, 850000, 50000, 730000, "0.80 × 0.85 + 0.05" },
        { 950000, YH_ONE, 100000, YH_ONE, "not above 100 %" },
        { 100000, YH_ONE, -200000, 0, "not below 0 %" },
    };
    for (int i = 0; i < YH_COUNT(C); i++) {
        struct made *m = make();
        struct yh_layer *l = layer(m, YH_PAY_BASIC, YH_M_SCOPE, -1);
        bands(m, l, 1, (int64_t[][2]){ { 0, C[i].rate } });
        struct yh_adjust *x = YH_NEW(m->a, struct yh_adjust, 2);
        x[0] = (struct yh_adjust){ YH_ADJUST_POINTS, one(m->a, C[i].points) };
        x[1] = (struct yh_adjust){ YH_ADJUST_FACTOR, one(m->a, C[i].factor) };
        l->adjust = x;
        l->nadjust = 2;
        struct yh_bill b = of_scope(1000000);
        struct yh_decision d = settle(m, &b);
        CHECK_I64(d.fund, C[i].want, C[i].why);
        CHECK_I64(d.basic_rate, C[i].want, C[i].why);
    }
}

/* 佛山 E010: the year 20 000 → 60 000; 85 % over 13 000, 90 % over 49 000; the second bill pays F(after) − F(before). */
TEST(a_cumulative_layer_pays_what_the_year_is_due_more)
{
    struct made *m = make();
    struct yh_layer *l = layer(m, YH_PAY_SERIOUS, YH_M_BURDEN, -1);
    l->cumulative = true;
    l->acc_base = acc(m);
    l->acc_paid = acc(m);
    bands(m, l, 2, (int64_t[][2]){ { 1300000, 850000 }, { 4900000, 900000 } });
    struct yh_bill b = of_scope(4000000);
    b.standing = (int64_t[]){ 2000000, 595000 };
    CHECK_I64(settle(m, &b).fund, 3455000, "佛山 E010");
    l->to_date = true;
    b.standing = (int64_t[]){ 2000000, 500000 };
    CHECK_I64(settle(m, &b).fund, 3455000 + 95000,
              "settle to date makes up what was paid too little");
    b.standing = (int64_t[]){ 2000000, 9900000 };
    CHECK_I64(settle(m, &b).fund, 0, "and never takes back");
    b = of_scope(1300001);
    l->to_date = false;
    CHECK_I64(settle(m, &b).fund, 1, "佛山 E002: 0.01 over 13 000 × 85 % is one fen");
}

/* The incentive: 300 000 + 3 000 × 3 + 3 000 × 2 (national E181). */
TEST(caps_grow_by_years_and_are_shared)
{
    struct made *m = make();
    int shared = acc(m);
    struct yh_layer *l = layer(m, YH_PAY_SERIOUS, YH_M_SCOPE, -1);
    bands(m, l, 1, (int64_t[][2]){ { 0, YH_ONE } });
    struct yh_cap *c = cap(m, l, 30000000, shared);
    c->nbonus = 2;
    c->bonus[0].dim = YH_DIM_YEARS, c->bonus[0].after = 4, c->bonus[0].step = 300000;
    c->bonus[1].dim = YH_DIM_CLEAN, c->bonus[1].after = 0, c->bonus[1].step = 300000;
    c->bonus_limit = 200000;
    struct yh_bill b = of_scope(40000000);
    b.facts.v[YH_DIM_YEARS] = 7;
    b.facts.v[YH_DIM_CLEAN] = 2;
    CHECK_I64(settle(m, &b).fund, 31500000, "E181");
    b.facts.v[YH_DIM_YEARS] = 50;
    CHECK_I64(settle(m, &b).fund, 36000000, "all steps at most 20 %");

    struct yh_layer *second = layer(m, YH_PAY_ASSIST, YH_M_BURDEN, -1);
    bands(m, second, 1, (int64_t[][2]){ { 0, YH_ONE } });
    cap(m, second, 36100000, shared);
    struct yh_decision d = settle(m, &b);
    CHECK_I64(d.pay[YH_PAY_ASSIST], 100000, "one room for both layers, filled in order");
    CHECK_I64(d.delta[shared], 36100000, "counted once each");
}

TEST(fixed_sums_days_exclusion_and_money_beside_the_bill)
{
    struct made *m = make();
    struct yh_layer *birth = layer(m, YH_PAY_OTHER, YH_M_TOTAL, -1);
    birth->lump = one(m->a, 180000);
    birth->beyond = true;
    struct yh_layer *daily = layer(m, YH_PAY_BASIC, YH_M_SCOPE, -1);
    daily->per_day = one(m->a, 5000);
    daily->excludes = 1;
    struct yh_bill b = of_scope(100000);
    b.facts.v[YH_DIM_DAYS] = 30;
    struct yh_decision d = settle(m, &b);
    CHECK_I64(d.pay[YH_PAY_OTHER], 100000, "what the bill holds");
    CHECK_I64(d.to_person, 80000, "the rest to the person");
    CHECK_I64(d.pay[YH_PAY_BASIC], 0, "excluded by the first");
    b.sums = (struct yh_sums){ 0 };
    CHECK_I64(settle(m, &b).to_person, 180000, "泉州 E087: no bill at all");
    m->plan.layer = m->layer + 1;
    m->plan.nlayer = 1;
    m->layer[1].excludes = 0;
    b = of_scope(500000);
    b.facts.v[YH_DIM_DAYS] = 30;
    CHECK_I64(settle(m, &b).fund, 150000, "E179: 50 a day");
}

TEST(accounts_own_before_a_relatives_unless_flag_two)
{
    static const struct {
        int flag;
        int64_t parts, family, own, theirs, want_own, want_theirs;
        const char *why;
    } C[] = {
        { 0, 31, 1, 50000, 50000, 0, 0, "nothing without the flag" },
        { 1, 31, 1, 50000, 90000, 50000, 50000, "own first, then theirs" },
        { 2, 31, 1, 50000, 90000, 10000, 90000, "flag 2 turns it round" },
        { 1, 31, 0, 50000, 90000, 50000, 0, "no family where the document has none" },
        { 1, 1 << YH_PART_OUTSIDE, 1, 50000, 0, 20000, 0, "only the parts the document names" },
    };
    for (int i = 0; i < YH_COUNT(C); i++) {
        struct made *m = make();
        m->plan.account.parts = one(m->a, C[i].parts);
        m->plan.account.family = one(m->a, C[i].family);
        struct yh_bill b = of_scope(80000);
        b.sums.outside = 20000;
        b.sums.total = 100000;
        b.account_flag = (uint8_t)C[i].flag;
        b.account_balance = C[i].own;
        b.relative_balance = C[i].theirs;
        struct yh_decision d = settle(m, &b);
        CHECK_I64(d.account, C[i].want_own, C[i].why);
        CHECK_I64(d.relative, C[i].want_theirs, C[i].why);
        CHECK_I64(d.cash, 100000 - d.account - d.relative, C[i].why);
        CHECK_I64(d.account_after, C[i].own - d.account, C[i].why);
    }
}

TEST(a_fixed_price_leaves_its_gap_with_the_hospital)
{
    struct made *m = make();
    struct yh_layer *l = layer(m, YH_PAY_BASIC, YH_M_SCOPE, -1);
    bands(m, l, 1, (int64_t[][2]){ { 0, 700000 } });
    m->plan.fixed_price = one(m->a, 500000);
    struct yh_bill b = of_scope(600000);
    b.fixed_price = true;
    struct yh_decision d = settle(m, &b);
    CHECK_I64(d.fund, 350000, "70 % of the price");
    CHECK_I64(d.hospital, 100000, "dearer than the price");
    CHECK_I64(d.cash, 150000, "30 % of the price");
    b = of_scope(450000);
    b.fixed_price = true;
    d = settle(m, &b);
    CHECK_I64(d.hospital, -50000, "cheaper than the price");
    CHECK_I64(d.cash, 150000, "the patient pays the same");
    m->plan.fixed_price.ncell = 0;
    CHECK_I64(settle(m, &b).cash, 135000, "no price for the disease: by items");
}

TEST(injury_pends_and_a_liable_share_leaves_the_scope)
{
    struct made *m = make();
    struct yh_layer *l = layer(m, YH_PAY_BASIC, YH_M_SCOPE, -1);
    bands(m, l, 1, (int64_t[][2]){ { 0, 700000 } });
    l->acc_base = acc(m);
    struct yh_bill b = of_scope(100000);
    b.pended = true;
    struct yh_decision d = settle(m, &b);
    CHECK_I64(d.fund, 0, "until 2507 is decided");
    CHECK_I64(d.delta[0], 0, "and nothing is counted");
    b.pended = false;
    b.liable_share = 400000;
    d = settle(m, &b);
    CHECK_I64(d.sums.outside, 40000, "the third party's share");
    CHECK_I64(d.fund, 42000, "70 % of what is left in scope");
    m->plan.entitled = one(m->a, 0);
    CHECK_I64(settle(m, &b).fund, 0, "no entitlement that day");
}

/* ---- lines ---- */

static const struct yh_item_term A = { .cls = YH_CLASS_A },
                                 B10 = { .cls = YH_CLASS_B, .first_pay = 100000 },
                                 C_ = { .cls = YH_CLASS_C, .first_pay = YH_ONE },
                                 LIMITED = { .cls = YH_CLASS_B,
                                             .first_pay = 200000,
                                             .limit = 100000000 },
                                 RESTRICTED = { .cls = YH_CLASS_A, .restricted = true };

static struct yh_line line(const char *serial, const struct yh_item_term *t, yh_fen price,
                           int qty)
{
    return (struct yh_line){ .term = t,
                             .serial = yh_cstr(serial),
                             .code = YH_S("X"),
                             .price = price * 10000,
                             .qty = qty * 10000,
                             .amount = price * qty };
}

/* Refused in part.  乙 10 %, 3 × 100.05 = 300.15, of which 200.10 are refused: 100.05 remain, first pay
 * 10.005 -> 10.01, in scope 90.04.  One of the three taken back: the refused part falls to
 * 200.10 × 2/3 = 133.40, of 200.10; 66.70 remain, first 6.67, scope 60.03. */
TEST(what_is_refused_of_a_line_is_the_providers_and_the_rest_is_paid)
{
    struct made *m = make();
    struct yh_line l[] = { line("1", &B10, 10005, 3), line("2", &B10, 10005, -1) };
    l[0].fault_part = 20010;
    struct yh_bill b = { .line = l, .nline = 1 };
    struct yh_decision d = settle(m, &b);
    CHECK_I64(d.split[0].outside, 20010, "outside");
    CHECK_I64(d.split[0].fault, 20010, "refused");
    CHECK_I64(d.split[0].first, 1001, "first pay of the rest");
    CHECK_I64(d.split[0].scope, 9004, "in scope");
    CHECK_I64(d.hospital, 20010, "the provider's");
    l[1].init = YH_S("1");
    b.nline = 2;
    d = settle(m, &b);
    CHECK_I64(d.sums.outside, 13340, "two thirds of it are left");
    CHECK_I64(d.hospital, 13340, "the provider's");
    CHECK_I64(d.sums.first, 667, "first pay");
    CHECK_I64(d.sums.scope, 6003, "in scope");
    l[0].fault_part = 30015;
    b.nline = 1;
    CHECK_I64(settle(m, &b).hospital, 30015, "all of it");
    l[0].fault_part = 30016;
    struct yh_err err;
    CHECK(yh_benefit_settle(m->a, &m->plan, NULL, &b, (struct yh_settle_how){ 0 }, &d, &err) ==
          YH_BAD_INPUT);
}

TEST(lines_are_split_and_their_parts_add_up)
{
    struct made *m = make();
    struct yh_line l[] = { line("1", &A, 10000, 1),        line("2", &B10, 10005, 1),
                           line("3", &C_, 7777, 1),        line("4", &LIMITED, 12000, 3),
                           line("5", NULL, 500, 2),        line("6", &RESTRICTED, 900, 1),
                           line("7", &RESTRICTED, 900, 1), line("8", &A, 900, 1),
                           line("9", &A, 800, 1) };
    l[6].approval = 1;
    l[7].approval = 2;
    l[8].provider_fault = true;
    static const struct {
        yh_fen outside, over, first, scope;
        int reason;
        const char *why;
    } W[] = {
        { 0, 0, 0, 10000, 0, "甲: whole in scope" },
        { 0, 0, 1001, 9004, 0, "乙 10 %: 10.005 rounds up" },
        { 7777, 0, 0, 0, YH_REASON_LINE_CLASS_C, "丙" },
        { 0, 6000, 6000, 24000, 0, "20.00 × 3 over the limit; 20 % of the rest" },
        { 1000, 0, 0, 0, YH_REASON_LINE_UNKNOWN, "未定: all self-pay, and said" },
        { 900, 0, 0, 0, YH_REASON_LINE_RESTRICTED, "restricted and not approved" },
        { 0, 0, 0, 900, 0, "restricted and approved" },
        { 900, 0, 0, 0, YH_REASON_LINE_CHOSEN, "self-pay chosen" },
        { 800, 0, 0, 0, YH_REASON_LINE_FAULT, "the provider's fault" },
    };
    struct yh_bill b = { .line = l, .nline = YH_COUNT(l) };
    struct yh_decision d = settle(m, &b);
    for (int i = 0; i < YH_COUNT(W); i++) {
        CHECK_I64(d.split[i].outside, W[i].outside, W[i].why);
        CHECK_I64(d.split[i].over, W[i].over, W[i].why);
        CHECK_I64(d.split[i].first, W[i].first, W[i].why);
        CHECK_I64(d.split[i].scope, W[i].scope, W[i].why);
        CHECK_I64(d.split[i].reason, W[i].reason, W[i].why);
    }
    CHECK_I64(d.hospital, 800, "the provider bears its fault");
    CHECK_I64(d.cash, d.sums.total - 800, "no layer pays");

    m->plan.split.over_hosp = one(m->a, 1);
    CHECK_I64(settle(m, &b).hospital, 6800, "over the limit is the hospital's by agreement");
    m->plan.split.lift_limit = one(m->a, 1);
    CHECK_I64(settle(m, &b).sums.over, 0, "the emergency lifts the limit");
    m->plan.split.pre_self = one(m->a, 200000);
    d = settle(m, &b);
    CHECK_I64(d.split[0].first, 2000, "20 % of the scope first");
    CHECK_I64(d.split[0].scope, 8000, "and the rest in scope");
}

TEST(refunds_take_back_what_was_given)
{
    struct made *m = make();
    struct yh_line l[] = { line("1", &LIMITED, 12033, 3), line("2", &A, 5000, 1),
                           line("r1", NULL, 12033, -1), line("r2", NULL, 12033, -2) };
    l[2].init = l[3].init = YH_S("1");
    struct yh_bill b = { .line = l, .nline = 4 };
    struct yh_decision d = settle(m, &b);
    CHECK_I64(d.sums.total, 5000, "all taken back");
    CHECK_I64(d.sums.over, 0, "in every part");
    CHECK_I64(d.sums.first, 0, "in every part");
    CHECK_I64(d.split[2].over, -2033, "signs flip");
    CHECK_I64(d.split[2].first, -2000, "signs flip");

    static const struct {
        int at;
        const char *init, *field;
        int qty;
        const char *why;
    } BAD[] = {
        { 3, "1", "cnt", -3, "more than was charged" },
        { 3, "9", "init_feedetl_sn", -1, "names no line of the bill" },
        { 3, "", "init_feedetl_sn", -1, "names nothing" },
        { 3, "r1", "init_feedetl_sn", -1, "names a refund" },
    };
    for (int i = 0; i < YH_COUNT(BAD); i++) {
        l[3] = line("r2", NULL, 12033, BAD[i].qty);
        l[3].init = yh_cstr(BAD[i].init);
        struct yh_err err;
        struct yh_decision keep = { .fund = 7 };
        CHECK(yh_benefit_settle(m->a, &m->plan, NULL, &b, (struct yh_settle_how){ 0 }, &keep,
                                &err) == YH_BAD_INPUT);
        CHECK_STR(yh_cstr(err.field), yh_cstr(BAD[i].field), BAD[i].why);
        CHECK_I64(err.row, 3, BAD[i].why);
        CHECK_I64(keep.fund, 7, "untouched");
    }
}

TEST(bad_bills_are_refused_by_field)
{
    struct made *m = make();
    struct yh_err err;
    struct yh_decision d;
    struct yh_bill b = of_scope(1000);
    b.sums.total = 1001;
    CHECK(yh_benefit_settle(m->a, &m->plan, NULL, &b, (struct yh_settle_how){ 0 }, &d, &err) ==
          YH_BAD_INPUT);
    CHECK_STR(yh_cstr(err.field), YH_S("medfee_sumamt"), "sums disagree");
    b = of_scope(-5);
    CHECK(yh_benefit_settle(m->a, &m->plan, NULL, &b, (struct yh_settle_how){ 0 }, &d, &err) ==
          YH_BAD_INPUT);
    struct yh_line l = line("1", &A, 1000, 1);
    l.amount = 1002;
    b = (struct yh_bill){ .line = &l, .nline = 1 };
    CHECK(yh_benefit_settle(m->a, &m->plan, NULL, &b, (struct yh_settle_how){ 0 }, &d, &err) ==
          YH_BAD_INPUT);
    CHECK_STR(yh_cstr(err.field), YH_S("det_item_fee_sumamt"), "0.02 off");
    l.amount = 1001;
    CHECK(yh_benefit_settle(m->a, &m->plan, NULL, &b, (struct yh_settle_how){ 0 }, &d, &err) ==
          YH_OK);
    b.facts.v[YH_DIM_LEVEL] = 99;
    CHECK(yh_benefit_settle(m->a, &m->plan, NULL, &b, (struct yh_settle_how){ 0 }, &d, &err) ==
          YH_BAD_INPUT);
    CHECK_STR(yh_cstr(err.field), YH_S("级别"), "a fact the plan does not know");
}

TEST(layers_look_at_their_marks_alone)
{
    static const struct yh_item_term DUAL = { .cls = YH_CLASS_A,
                                              .tags = YH_TAG_BIT(YH_TAG_DUAL_CHANNEL) };
    struct made *m = make();
    struct yh_layer *dual = layer(m, YH_PAY_BASIC, YH_M_SCOPE, -1);
    dual->tags = 1u << (YH_TAG_DUAL_CHANNEL + 1);
    bands(m, dual, 1, (int64_t[][2]){ { 0, 500000 } });
    struct yh_layer *rest = layer(m, YH_PAY_BASIC, YH_M_SCOPE, -1);
    rest->tags = ~dual->tags;
    rest->deduct.amount = one(m->a, 10000);
    bands(m, rest, 1, (int64_t[][2]){ { 0, 800000 } });
    struct yh_layer *more = layer(m, YH_PAY_CIVIL, YH_M_BURDEN, -1);
    bands(m, more, 1, (int64_t[][2]){ { 0, 500000 } });
    struct yh_line l[] = { line("1", &DUAL, 100000, 1), line("2", &A, 60000, 1) };
    struct yh_bill b = { .line = l, .nline = 2 };
    struct yh_decision d = settle(m, &b);
    CHECK_I64(d.layer[0].paid, 50000, "half of the marked line");
    CHECK_I64(d.layer[1].paid, 40000, "80 % of the other above its deductible");
    CHECK_I64(d.layer[2].paid, 35000, "half of what both left");
}

TEST(the_year_a_visit_belongs_to)
{
    struct yh_plan p = { .year_start_month = 9, .year_start_day = 1 };
    yh_day in = yh_day_of(2014, 8, 23), out = yh_day_of(2014, 9, 2);
    CHECK_I64(yh_benefit_year(&p, in, out, out).from, yh_day_of(2014, 9, 1),
              "宁波 E071: by discharge");
    p.year_by_admission = true;
    CHECK_I64(yh_benefit_year(&p, in, out, out).from, yh_day_of(2013, 9, 1), "by admission");
    CHECK_I64(yh_benefit_year(&p, in, out, out).to, yh_day_of(2014, 9, 1), "half-open");
}

/* ---- laws on random plans and bills, here without the policy language ---- */

static struct made *random_plan(uint64_t *s)
{
    struct made *m = make();
    static const enum yh_money OF[] = { YH_M_SCOPE,    YH_M_BURDEN,  YH_M_CATALOG,
                                        YH_M_TOTAL,    YH_M_LEFT,    YH_M_UNCONSUMED,
                                        YH_M_DEDUCTED, YH_M_OUTSIDE, YH_M_FIRST };
    int n = (int)yh_test_between(s, 1, 6);
    for (int i = 0; i < n; i++) {
        enum yh_money of = i ? OF[yh_test_between(s, 0, YH_COUNT(OF) - 1)] : YH_M_SCOPE;
        struct yh_layer *l =
            layer(m, i ? (enum yh_payer)yh_test_between(s, 0, YH_PAY_N - 1) : YH_PAY_BASIC, of,
                  i ? (int)yh_test_between(s, 0, i - 1) : -1);
        if (yh_test_between(s, 0, 5) == 0)
            l->tags = (uint32_t)yh_test_between(s, 1, 7);
        l->cumulative = yh_test_between(s, 0, 2) == 0;
        l->acc_base = acc(m);
        l->acc_paid = acc(m);
        if (yh_test_between(s, 0, 1)) {
            l->deduct.amount = one(m->a, yh_test_between(s, 0, 200000));
            l->deduct.mode = (enum yh_deduct_mode)yh_test_between(s, 0, 2);
            l->deduct.acc = l->deduct.mode == YH_DEDUCT_PER_BILL ? -1 : acc(m);
        }
        int nb = (int)yh_test_between(s, 1, 3);
        int64_t b[3][2] = { { 0 } };
        for (int k = 0; k < nb; k++) {
            b[k][0] = k ? b[k - 1][0] + yh_test_between(s, 1, 900000) : 0;
            b[k][1] = yh_test_between(s, 0, 20) * 50000;
        }
        bands(m, l, nb, (const int64_t(*)[2])b);
        if (yh_test_between(s, 0, 2) == 0)
            cap(m, l, yh_test_between(s, 0, 1500000),
                yh_test_between(s, 0, 1) ? l->acc_paid : acc(m));
        l->bands_above = yh_test_between(s, 0, 1);
        if (yh_test_between(s, 0, 9) == 0) {
            l->round_unit = 10;
            l->round_mode = YH_ROUND_DOWN;
        }
    }
    if (yh_test_between(s, 0, 3) == 0)
        m->plan.split.pre_self = one(m->a, yh_test_between(s, 0, 5) * 100000);
    m->plan.account.parts = one(m->a, yh_test_between(s, 0, 31));
    m->plan.account.family = one(m->a, 1);
    return m;
}

static const struct yh_item_term TAGGED = { .cls = YH_CLASS_B, .first_pay = 150000, .tags = 1 },
                                 TAGGED2 = { .cls = YH_CLASS_A, .tags = 2, .limit = 50000000 };

static int random_lines(uint64_t *s, struct yh_arena *a, struct yh_line *l, int max)
{
    static const struct yh_item_term *const T[] = { &A,   &B10,        &C_,     &LIMITED,
                                                    NULL, &RESTRICTED, &TAGGED, &TAGGED2 };
    int n = (int)yh_test_between(s, 1, max);
    for (int i = 0; i < n; i++) {
        l[i] = line("", T[yh_test_between(s, 0, YH_COUNT(T) - 1)], yh_test_between(s, 0, 60000),
                    (int)yh_test_between(s, 1, 9));
        l[i].serial = yh_fmt(a, "%d", i);
        l[i].day = (yh_day)yh_test_between(s, 20000, 20005);
        l[i].approval = (uint8_t)yh_test_between(s, 0, 2);
        l[i].provider_fault = yh_test_between(s, 0, 30) == 0;
        if (yh_test_between(s, 0, 12) == 0)
            l[i].fault_part = yh_test_between(s, 0, l[i].amount);
        if (i && yh_test_between(s, 0, 8) == 0 && l[i - 1].qty > 0) {
            l[i] = l[i - 1];
            l[i].serial = yh_fmt(a, "%d", i);
            l[i].init = l[i - 1].serial;
            int64_t k = yh_test_between(s, 1, l[i].qty / 10000);
            l[i].qty = -k * 10000;
            l[i].amount = -k * (l[i - 1].price / 10000);
        }
    }
    return n;
}

static int64_t *random_standing(uint64_t *s, struct made *m)
{
    int64_t *x = YH_NEW(m->a, int64_t, m->plan.nacc);
    for (int i = 0; i < m->plan.nacc; i++)
        x[i] = yh_test_between(s, 0, 1) ? 0 : yh_test_between(s, 0, 2000000);
    return x;
}

TEST(law_nothing_is_lost_and_reasons_give_every_amount)
{
    uint64_t s = 1;
    struct yh_line l[12];
    for (int k = 0; k < yh_law_count(10000); k++) {
        struct yh_arena keep = *yh_test_arena();
        struct made *m = random_plan(&s);
        struct yh_bill b = { .line = l,
                             .nline = random_lines(&s, m->a, l, 12),
                             .account_flag = 1,
                             .facts.v[YH_DIM_COUNT] = 1,
                             .account_balance = yh_test_between(&s, 0, 99999),
                             .relative_balance = yh_test_between(&s, 0, 99999) };
        b.standing = random_standing(&s, m);
        struct yh_decision d = settle(m, &b), again;
        yh_test_whole(&d);

        /* The order of the lines is nobody's business. */
        for (int i = b.nline - 1; i > 0; i--) {
            int j = (int)yh_test_between(&s, 0, i);
            struct yh_line t = l[i];
            l[i] = l[j];
            l[j] = t;
        }
        again = settle(m, &b);
        yh_test_same_money(&d, &again, "input order of lines");
        struct yh_decision quiet;
        CHECK_OK(yh_benefit_settle(m->a, &m->plan, NULL, &b, (struct yh_settle_how){ 0 },
                                   &quiet, NULL),
                 NULL);
        yh_test_same_money(&d, &quiet, "reasons off");

        /* What the layers looked at decides the same without the lines. */
        struct yh_decision whole, totals;
        CHECK_OK(yh_benefit_settle(m->a, &m->plan, NULL, &b,
                                   (struct yh_settle_how){ .cut = true }, &whole, NULL),
                 NULL);
        struct yh_bill t = b;
        t.line = NULL;
        t.nline = 0;
        t.part = whole.cut;
        t.npart = whole.ncut;
        t.cut_final = true;
        CHECK_OK(yh_benefit_settle(m->a, &m->plan, NULL, &t, (struct yh_settle_how){ 0 },
                                   &totals, NULL),
                 NULL);
        yh_test_same_money(&d, &totals, "settled by its final cut");

        /* Undoing restores the standing. */
        int64_t *x = YH_NEW(m->a, int64_t, m->plan.nacc);
        memcpy(x, b.standing, sizeof *x * (size_t)m->plan.nacc);
        struct yh_decision back = yh_benefit_mirror(m->a, &d);
        yh_benefit_apply(x, &d);
        yh_benefit_apply(x, &back);
        for (int i = 0; i < m->plan.nacc; i++)
            CHECK_I64(x[i], b.standing[i], "undo restores");
        CHECK_I64(back.account_after, b.account_balance, "and the account");
        *yh_test_arena() = keep;
    }
}

/* Law: lines of which nothing is kept are split as others are, and those that cannot be are sent back. */
TEST(law_short_lines_have_the_sums_of_whole_ones)
{
    uint64_t s = 5;
    struct yh_line l[12];
    struct yh_line_split split[12];
    int sent_back = 0, count = yh_law_count(10000);
    for (int k = 0; k < count; k++) {
        struct yh_arena keep = *yh_test_arena();
        struct made *m = random_plan(&s);
        struct yh_bill b = { .line = l, .nline = random_lines(&s, m->a, l, 12) };
        struct yh_short_line brief[12];
        struct yh_tag_sums want[32], got[32];
        int nwant, ngot;
        bool refund = false;
        b.liable_share = yh_test_between(&s, 0, 3) ? 0 : yh_test_between(&s, 0, YH_ONE);
        for (int i = 0; i < b.nline; i++) {
            static const struct yh_item_term NONE = { .first_pay = YH_ONE };
            l[i].approval = 0;
            l[i].provider_fault = false;
            l[i].fault_part = 0;
            refund |= l[i].qty < 0;
            brief[i] = (struct yh_short_line){ yh_term_core_of(l[i].term ? l[i].term : &NONE),
                                               l[i].price, l[i].qty, l[i].amount };
        }
        bool wrong = yh_test_between(&s, 0, 20) == 0;
        if (wrong)
            brief[b.nline - 1].amount += 2;
        struct yh_short_split *kept = yh_benefit_short_open(m->a, &m->plan, &b);
        for (int again = 0; again < 2;
             again++) { /* what it remembers is right the second time */
            bool good = yh_benefit_short(kept, brief, b.nline, got, &ngot);
            CHECK(good == !(refund || wrong));
            sent_back += !good;
            if (!good)
                continue;
            CHECK_OK(yh_benefit_split(*m->a, &m->plan, NULL, &b, split, want, &nwant, NULL),
                     NULL);
            CHECK(nwant == ngot);
            for (int i = 0; i < ngot; i++)
                CHECK(got[i].tag == want[i].tag &&
                      !memcmp(&got[i].sums, &want[i].sums, sizeof got[i].sums) &&
                      got[i].hosp_over == want[i].hosp_over &&
                      got[i].hosp_outside == want[i].hosp_outside);
        }
        *yh_test_arena() = keep;
    }
    CHECK(sent_back > 0 && sent_back < count * 2);
}

TEST(law_interim_parts_add_up_to_the_single_settlement)
{
    uint64_t s = 2;
    struct yh_line l[12];
    for (int k = 0; k < yh_law_count(10000); k++) {
        struct yh_arena keep = *yh_test_arena();
        struct made *m = random_plan(&s);
        int n = random_lines(&s, m->a, l, 12);
        for (int i = 0; i < n; i++)
            if (l[i].qty <
                0) /* a later part may take back a line of an earlier one: here none */
                n = i;
        if (!n) {
            *yh_test_arena() = keep;
            continue;
        }
        int64_t *start = random_standing(&s, m), *now = YH_NEW(m->a, int64_t, m->plan.nacc);
        memcpy(now, start, sizeof *now * (size_t)m->plan.nacc);
        struct yh_bill b = {
            .line = l, .nline = n, .facts.v[YH_DIM_COUNT] = 1, .standing = start
        };
        struct yh_decision single = settle(m, &b), part[3];
        const struct yh_decision *done[3];
        int cut[3] = { (n + 2) / 3, (2 * n + 2) / 3, n };
        for (int i = 0; i < 3; i++) {
            struct yh_prior before = { 0 };
            if (i)
                before = yh_benefit_prior(m->a, done, i);
            struct yh_bill p = { .line = l,
                                 .nline = cut[i],
                                 .facts = b.facts,
                                 .standing = now,
                                 .prior = i ? &before : NULL };
            part[i] = settle(m, &p);
            done[i] = &part[i];
            CHECK_I64(part[i].sums.total, part[i].fund + part[i].hospital + part[i].person,
                      "each part is whole");
            yh_benefit_apply(now, &part[i]);
        }
        struct yh_prior sum = yh_benefit_prior(m->a, done, 3);
        CHECK_I64(sum.sums.total, single.sums.total, "totals add up");
        CHECK_I64(sum.hospital, single.hospital, "the hospital's part");
        for (int i = 0; i < single.nlayer; i++)
            CHECK_I64(sum.layer[i].paid, single.layer[i].paid, "each layer adds up");
        for (int i = 0; i < m->plan.nacc; i++)
            CHECK_I64(now[i], start[i] + single.delta[i], "and the year");
        *yh_test_arena() = keep;
    }
}

/* More in scope never pays less, layer after layer of the plain kind (no excludes, no lump). */
TEST(law_a_larger_bill_is_never_paid_less)
{
    uint64_t s = 3;
    for (int k = 0; k < yh_law_count(10000); k++) {
        struct yh_arena keep = *yh_test_arena();
        struct made *m = random_plan(&s);
        struct yh_bill b = of_scope(yh_test_between(&s, 0, 5000000));
        b.standing = random_standing(&s, m);
        for (int i = 0; i < m->plan.nlayer;
             i++) { /* rates that fall or units that round may lose a jiao: not here */
            m->layer[i].round_unit = 1;
            m->layer[i].round_mode = YH_ROUND_HALF_UP;
        }
        struct yh_decision small = settle(m, &b);
        yh_fen more = yh_test_between(&s, 1, 100000);
        b.sums.total += more;
        b.sums.scope += more;
        struct yh_decision large = settle(m, &b);
        CHECK_I64(large.layer[0].paid < small.layer[0].paid, 0, "the basic layer");
        CHECK_I64(large.person + 8 < 0 || small.person > large.person + more * 8, 0,
                  "the person's part stays sane");
        *yh_test_arena() = keep;
    }
}

/* Undoing an earlier settlement and deciding the later ones afresh is never having had it. */
TEST(law_undo_and_again_equals_never_having_had_it)
{
    uint64_t s = 4;
    enum { N = 5 };
    static struct yh_line l[N][12];
    for (int k = 0; k < yh_law_count(10000) / 5; k++) {
        struct yh_arena keep = *yh_test_arena();
        struct made *m = random_plan(&s);
        m->layer[0].deduct.amount = one(m->a, 100000);
        m->layer[0].deduct.step = one(m->a, -30000);
        m->layer[0].deduct.mode = YH_DEDUCT_PER_BILL;
        m->layer[0].deduct.acc = -1;
        struct yh_year_event e[N] = { 0 };
        struct yh_decision booked[N], without[N];
        int64_t *with = YH_NEW(m->a, int64_t, m->plan.nacc),
                *never = YH_NEW(m->a, int64_t, m->plan.nacc);
        int gone = (int)yh_test_between(&s, 0, N - 1);
        for (int i = 0; i < N; i++) {
            e[i] =
                (struct yh_year_event){ .person = YH_S("测试甲"),
                                        .plan = &m->plan,
                                        .stay = true,
                                        .key[YH_SPAN_STAY] = i,
                                        .gone = i == gone,
                                        .booked = &booked[i],
                                        .bill = { .line = l[i],
                                                  .nline = random_lines(&s, m->a, l[i], 12) } };
            struct yh_bill b = e[i].bill;
            b.standing = with;
            b.facts.v[YH_DIM_COUNT] = i + 1;
            booked[i] = settle(m, &b);
            int64_t *next = YH_NEW(m->a, int64_t, m->plan.nacc);
            memcpy(next, with, sizeof *next * (size_t)m->plan.nacc);
            yh_benefit_apply(next, &booked[i]);
            with = next;
            if (i == gone)
                continue;
            b.standing = never;
            b.facts.v[YH_DIM_COUNT] = i + 1 - (i > gone);
            without[i] = settle(m, &b);
            next = YH_NEW(m->a, int64_t, m->plan.nacc);
            memcpy(next, never, sizeof *next * (size_t)m->plan.nacc);
            yh_benefit_apply(next, &without[i]);
            never = next;
        }
        struct yh_year_result r;
        struct yh_err err;
        CHECK_OK(yh_year_again(m->a, e, N, NULL, 0, (struct yh_settle_how){ 0 }, &r, &err),
                 &err);
        yh_fen moved = 0;
        for (int i = 0; i < N; i++)
            if (i == gone)
                CHECK(r.now[i] == NULL);
            else {
                yh_test_same_money(r.now[i], &without[i], "never having had it");
                moved += booked[i].person - without[i].person;
            }
        for (int i = 0; i < gone; i++)
            yh_test_same_money(r.now[i], &booked[i], "what came before stands");
        yh_fen beside = 0;
        for (int i = 0; i < r.n; i++)
            CHECK(r.change[i].event >= gone);
        for (int i = 0; i < N; i++)
            if (i != gone)
                beside += booked[i].to_person - without[i].to_person;
        CHECK_I64(r.payable - r.against, moved - beside, "differences are listed whole");
        *yh_test_arena() = keep;
    }
}

TEST(a_late_claim_and_a_changed_fact_are_differences)
{
    struct made *m = make();
    struct yh_layer *l = layer(m, YH_PAY_BASIC, YH_M_SCOPE, -1);
    l->deduct.amount = by_dim(m->a, YH_DIM_PERSON, 4, (int64_t[]){ 100000, 0, 0, 0 });
    l->deduct.mode = YH_DEDUCT_PER_SPAN;
    l->deduct.acc = acc(m);
    bands(m, l, 1, (int64_t[][2]){ { 0, 600000 } });
    struct yh_bill b = of_scope(300000);
    struct yh_decision first = settle(m, &b);
    struct yh_year_event e[2] = {
        { .person = YH_S("测试乙"), .plan = &m->plan, .bill = b }, /* found late, comes first */
        { .person = YH_S("测试乙"), .plan = &m->plan, .bill = b, .booked = &first },
    };
    struct yh_year_result r;
    CHECK_OK(yh_year_again(m->a, e, 2, NULL, 0, (struct yh_settle_how){ 0 }, &r, NULL), NULL);
    CHECK_I64(r.n, 2, "both");
    CHECK_I64(r.now[0]->fund, 120000, "the late claim bears the deductible");
    CHECK_I64(r.change[1].fund, 60000, "the booked one no longer does");
    CHECK(r.change[1].favours);
    e[1].bill.facts.v[YH_DIM_PERSON] = 1; /* the identity held all along */
    CHECK_OK(yh_year_again(m->a, &e[1], 1, NULL, 0, (struct yh_settle_how){ 0 }, &r, NULL),
             NULL);
    CHECK_I64(r.payable, 60000, "payable to the person");
    e[1].bill.liable_share = YH_ONE; /* an upheld audit: a third party was liable */
    CHECK_OK(yh_year_again(m->a, &e[1], 1, NULL, 0, (struct yh_settle_how){ 0 }, &r, NULL),
             NULL);
    CHECK_I64(r.against, 120000, "listed for an officer");
    CHECK_I64(r.payable, 0, "not payable");
}

TEST(parts_of_a_stay_are_decided_again_together)
{
    struct made *m = make();
    struct yh_layer *l = layer(m, YH_PAY_BASIC, YH_M_SCOPE, -1);
    l->deduct.amount = one(m->a, 100000);
    bands(m, l, 1, (int64_t[][2]){ { 0, 600000 } });
    struct yh_bill half = of_scope(300000), all = of_scope(500000);
    struct yh_year_event e[2] = {
        { .person = YH_S("测试丙"),
          .plan = &m->plan,
          .bill = half,
          .part = true,
          .stay = true },
        { .person = YH_S("测试丙"), .plan = &m->plan, .bill = all, .part = true, .stay = true },
    };
    struct yh_year_result r;
    CHECK_OK(yh_year_again(m->a, e, 2, NULL, 0, (struct yh_settle_how){ 0 }, &r, NULL), NULL);
    CHECK_I64(r.now[0]->fund + r.now[1]->fund, 240000,
              "(5 000 − 1 000) × 60 %: the deductible once");
    m->plan.interim_resets = true;
    e[1].bill = of_scope(200000);
    CHECK_OK(yh_year_again(m->a, e, 2, NULL, 0, (struct yh_settle_how){ 0 }, &r, NULL), NULL);
    CHECK_I64(r.now[0]->fund + r.now[1]->fund, 180000,
              "each part for itself where the document resets");
}
