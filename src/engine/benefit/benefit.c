#include "engine/benefit/work.h"

#define BANDS_MAX 16
#define LAYERS_MAX 64

/* Where the person's money still stands.  Payments are taken from the parts that a layer's base
 * speaks of, the in-scope part first. */
enum pool { SCOPE, FIRST, OVER, OUTSIDE, POOLS };

/* Cost of one mark; a plan without layers that look at marks has a single one. */
struct slot {
    uint32_t tag;
    struct yh_sums sums;
    yh_fen rest[POOLS];
};

struct work {
    const struct yh_plan *plan;
    const struct yh_bill *bill;
    struct yh_decision *d;
    struct yh_why why;
    struct slot slot[YH_TAGS];
    int nslot;
    const int64_t *standing;   /* before this stay's earlier parts */
    yh_fen deduct;             /* of the basic layers, not yet taken over by another */
    uint64_t paid_by;          /* bit per layer that paid */
    uint8_t pools[LAYERS_MAX]; /* bit per pool a layer's base speaks of */
    /* Of the layer at work: */
    uint32_t tags;  /* the marks it looks at */
    yh_fen room;    /* least that its caps on payments leave before this bill */
    bool uncovered; /* a table that must answer does not: nothing is paid */
    bool entitled;
    int64_t status_clause;
};

static const int64_t *no_standing(struct yh_arena *a, int n)
{
    return YH_NEW(a, int64_t, n);
}

/* ---- small readings ---- */

static int64_t value_or(const struct yh_cells *t, const struct yh_facts *f, int64_t absent,
                        int32_t *clause)
{
    if (!t->ncell)
        return absent;
    const struct yh_cell *c = t->naxis ? yh_cell_at(t, f) : t->cell;
    *clause = c->clause;
    return c->value == YH_NONE ? absent : c->value;
}

static int64_t used(const struct work *w, int acc)
{
    return acc < 0 ? 0 : w->standing[acc] + w->d->delta[acc];
}

static void use(struct work *w, int acc, int64_t more)
{
    if (acc >= 0)
        w->d->delta[acc] += more;
}

static bool for_visit(const struct yh_layer *l, int64_t visit)
{
    return l->visits[visit / 64] >> (visit % 64) & 1;
}

/* ---- what a layer looks at ---- */

static yh_fen of_slots(const struct work *w, uint32_t tags, enum yh_money m)
{
    yh_fen sum = 0;
    for (int i = 0; i < w->nslot; i++) {
        const struct slot *s = &w->slot[i];
        if (!(s->tag & tags))
            continue;
        switch (m) {
        case YH_M_TOTAL: sum += s->sums.total; break;
        case YH_M_OUTSIDE: sum += s->sums.outside; break;
        case YH_M_OVER: sum += s->sums.over; break;
        case YH_M_FIRST: sum += s->sums.first; break;
        case YH_M_SCOPE: sum += s->sums.scope; break;
        case YH_M_CATALOG: sum += s->sums.scope + s->sums.first; break;
        case YH_M_BURDEN: sum += s->rest[SCOPE]; break;
        case YH_M_PAID:
        case YH_M_LEFT:
        case YH_M_UNCONSUMED:
        case YH_M_DEDUCTED:
        case YH_M_N: break;
        }
    }
    return sum;
}

static yh_fen money(const struct work *w, const struct yh_base_term *t)
{
    const struct yh_layer_pay *p = t->layer >= 0 ? &w->d->layer[t->layer] : NULL;
    switch (t->money) {
    case YH_M_PAID: return p->paid;
    case YH_M_LEFT: return p->base - p->paid;
    case YH_M_UNCONSUMED: return p->unconsumed;
    case YH_M_DEDUCTED: return p->deduct;
    case YH_M_TOTAL:
    case YH_M_OUTSIDE:
    case YH_M_OVER:
    case YH_M_FIRST:
    case YH_M_SCOPE:
    case YH_M_CATALOG:
    case YH_M_BURDEN: return of_slots(w, w->tags, t->money);
    case YH_M_N: break;
    }
    return 0;
}

static unsigned pools_of(const struct work *w, const struct yh_base_term *t)
{
    switch (t->money) {
    case YH_M_TOTAL: return 1u << SCOPE | 1u << FIRST | 1u << OVER | 1u << OUTSIDE;
    case YH_M_OUTSIDE: return 1u << OUTSIDE;
    case YH_M_OVER: return 1u << OVER;
    case YH_M_FIRST: return 1u << FIRST;
    case YH_M_SCOPE:
    case YH_M_BURDEN: return 1u << SCOPE;
    case YH_M_CATALOG: return 1u << SCOPE | 1u << FIRST;
    case YH_M_PAID:
    case YH_M_LEFT:
    case YH_M_UNCONSUMED:
    case YH_M_DEDUCTED: return t->layer >= 0 ? w->pools[t->layer] : 1u << SCOPE;
    case YH_M_N: break;
    }
    return 0;
}

/* The base of this bill; *deducted says that it is nothing but other layers' deductibles. */
static yh_fen base_of(struct work *w, int at, const struct yh_layer *l, bool *deducted)
{
    int64_t in[YH_REASON_IN] = { 0 };
    yh_fen sum = 0;
    unsigned pools = 0;
    *deducted = l->of.n > 0;
    for (int i = 0; i < l->of.n; i++) {
        const struct yh_base_term *t = &l->of.term[i];
        yh_fen m = money(w, t);
        if (t->share > 0) {
            pools |= pools_of(w, t);
            *deducted = *deducted && t->money == YH_M_DEDUCTED;
        }
        if (t->share != YH_ONE && t->share != -YH_ONE) {
            yh_fen part = yh_fen_scale(m, t->share, YH_ROUND_HALF_UP);
            WHY(&w->why, BASE_SHARE, at, -1, l->clause, part, m, t->share);
            m = part;
        } else if (t->share < 0) {
            m = -m;
        }
        in[i < YH_REASON_IN ? i : YH_REASON_IN - 1] += m;
        sum += m;
    }
    w->pools[at] = (uint8_t)pools;
    sum = yh_max(sum, 0);
    if (w->why.on)
        memcpy(yh_why_add(&w->why, YH_REASON_BASE, at, -1, l->clause, sum)->in, in, sizeof in);
    return sum;
}

/* ---- the curve F(x): what is due for a cost of x ---- */

struct curve {
    int n;
    yh_fen start; /* the deductible: nothing is due below */
    struct {
        yh_fen from, to;
        yh_micro rate;
        int32_t clause;
    } band[BANDS_MAX];
};

/* In millionths of a fen, unrounded. */
static int64_t curve_at(const struct curve *c, yh_fen x)
{
    int64_t sum = 0;
    for (int i = 0; i < c->n; i++) {
        yh_fen lo = yh_max(c->band[i].from, c->start), hi = yh_min(c->band[i].to, x);
        if (hi > lo)
            sum += (hi - lo) * c->band[i].rate;
    }
    return sum;
}

/* The largest x for which F(x) <= paid fen: where a cap of `paid` bites. */
static yh_fen curve_bite(const struct curve *c, yh_fen paid)
{
    int64_t left = paid * YH_ONE;
    yh_fen at = c->start;
    for (int i = 0; i < c->n; i++) {
        yh_fen lo = yh_max(c->band[i].from, c->start), hi = c->band[i].to;
        if (hi <= lo)
            continue;
        at = lo;
        if (c->band[i].rate == 0) {
            at = hi;
            continue;
        }
        /* Whole bands by comparison, the last one by division: half up to the fen. */
        if (hi != YH_UNLIMITED && (__int128)(hi - lo) * c->band[i].rate <= left) {
            left -= (hi - lo) * c->band[i].rate;
            at = hi;
            continue;
        }
        return lo + yh_muldiv(left, 1, c->band[i].rate, YH_ROUND_HALF_UP);
    }
    return at;
}

static void say_curve(struct work *w, int at, const struct curve *c, yh_fen x, int which)
{
    for (int i = 0; i < c->n; i++) {
        yh_fen lo = yh_max(c->band[i].from, c->start), hi = yh_min(c->band[i].to, x);
        if (hi > lo)
            WHY(&w->why, BAND, at, -1, c->band[i].clause, (hi - lo) * c->band[i].rate,
                c->band[i].from, c->band[i].to, c->start, x, c->band[i].rate, which);
    }
}

/* F(x) rounded once, to the layer's unit. */
static yh_fen due_at(struct work *w, int at, const struct yh_layer *l, const struct curve *c,
                     yh_fen x, int which)
{
    int64_t f = curve_at(c, x);
    yh_fen unit = l->round_unit > 0 ? l->round_unit : 1;
    yh_fen due = unit == 1 ? yh_fen_scale(f, 1, l->round_mode)
                           : unit * yh_muldiv(f, 1, unit * YH_ONE, l->round_mode);
    if (w->why.on) {
        say_curve(w, at, c, x, which);
        WHY(&w->why, DUE, at, -1, l->clause, due, f, unit, l->round_mode, which);
    }
    return due;
}

/* Cell → factors → points → clamp, band by band. */
static void build_curve(struct work *w, int at, const struct yh_layer *l, yh_fen start,
                        struct curve *c)
{
    const struct yh_facts *f = &w->bill->facts;
    yh_micro factor = YH_ONE, points = 0;
    int32_t adjusted = -1, ignored;
    for (int i = 0; i < l->nadjust; i++) {
        bool times = l->adjust[i].op == YH_ADJUST_FACTOR;
        int32_t clause = -1;
        int64_t v = value_or(&l->adjust[i].by, f, times ? YH_ONE : 0, &clause);
        if (times)
            factor = factor == YH_ONE ? v : yh_fen_scale(factor, v, YH_ROUND_HALF_UP);
        else
            points += v;
        if (v != (times ? YH_ONE : 0))
            adjusted = clause;
    }
    c->n = 0;
    c->start = start;
    for (int i = 0; i < l->nband; i++) {
        int32_t clause = -1;
        int64_t cell = value_or(&l->band[i].rate, f, YH_NONE, &clause);
        yh_fen from = value_or(&l->band[i].from, f, 0, &ignored);
        if (from == YH_UNLIMITED)
            continue;
        if (l->bands_above)
            from += start;
        if (c->n)
            c->band[c->n - 1].to = from;
        if (cell == YH_NONE) {
            WHY(&w->why, NO_RATE, at, -1, clause, 0, w->d->sums.total);
            cell = 0;
        }
        yh_micro rate = factor == YH_ONE ? cell : yh_fen_scale(cell, factor, YH_ROUND_HALF_UP);
        rate = yh_clamp(rate + points, 0, YH_ONE);
        if (w->why.on) {
            struct yh_reason *r = yh_why_add(&w->why, YH_REASON_RATE, at, -1, clause, rate);
            r->in[0] = cell, r->in[1] = factor, r->in[2] = points;
            r->clause2 = adjusted;
        }
        c->band[c->n].from = from;
        c->band[c->n].to = YH_UNLIMITED;
        c->band[c->n].rate = rate;
        c->band[c->n++].clause = clause;
    }
}

/* A table that must answer: where no row covers the case the layer pays nothing and says so. */
static int64_t must(struct work *w, int at, const struct yh_cells *t, const struct yh_facts *f,
                    int64_t absent, int32_t *clause)
{
    int64_t v = value_or(t, f, YH_NONE, clause);
    if (v != YH_NONE)
        return v;
    if (t->ncell && !w->uncovered) {
        w->uncovered = true;
        WHY(&w->why, NO_RATE, at, -1, *clause, 0, w->d->sums.total);
    }
    return absent;
}

/* ---- deductible ---- */

/* What the table asks of this stay: the cell, stepped by the number of stays. */
static yh_fen deduct_cell(struct work *w, int at, const struct yh_deductible *d,
                          int32_t *clause)
{
    const struct yh_facts *f = &w->bill->facts;
    yh_fen cell = must(w, at, &d->amount, f, 0, clause);
    if (cell == YH_UNLIMITED || !d->step.ncell)
        return cell;
    int32_t by = -1, ignored = -1;
    yh_fen step = value_or(&d->step, f, 0, &by), floor = value_or(&d->floor, f, 0, &ignored);
    int64_t times = yh_clamp(f->v[YH_DIM_COUNT] - 1, 0, 1000000);
    yh_fen now =
        step < 0 ? yh_max(cell + step * times, yh_min(floor, cell)) : cell + step * times;
    WHY(&w->why, DEDUCT_STEP, at, -1, by, now, cell, step, f->v[YH_DIM_COUNT], floor);
    return now;
}

static yh_fen deduct_of(struct work *w, int at, const struct yh_layer *l, yh_fen base)
{
    const struct yh_deductible *d = &l->deduct;
    if (!d->amount.ncell)
        return 0;
    int32_t clause = l->clause, other = -1;
    yh_fen cell = deduct_cell(w, at, d, &clause);
    if (w->bill->deduct_waived) {
        WHY(&w->why, DEDUCT_WAIVED, at, -1, clause, 0, cell);
        return 0;
    }
    yh_fen before = d->mode == YH_DEDUCT_PER_BILL || l->cumulative ? 0 : used(w, d->acc);
    yh_fen joined = w->bill->joined && value_or(&d->transfer, &w->bill->facts, 0, &other)
                        ? w->bill->joined_deduct
                        : 0;
    yh_fen ceiling = value_or(&d->ceiling, &w->bill->facts, YH_UNLIMITED, &other);
    yh_fen toward = ceiling == YH_UNLIMITED ? 0 : used(w, d->acc);
    yh_fen out = cell == YH_UNLIMITED ? YH_UNLIMITED : yh_max(0, cell - before - joined);
    if (ceiling != YH_UNLIMITED)
        out = yh_min(out, yh_max(0, ceiling - toward));
    /* A cumulative layer's start is part of F and is not cut to one bill. */
    yh_fen most = l->cumulative ? YH_UNLIMITED : base;
    out = yh_min(out, most);
    WHY(&w->why, DEDUCT, at, -1, clause, out, cell, before, joined, ceiling, toward, most);
    if (!l->cumulative)
        use(w, d->acc, out);
    return out;
}

/* ---- caps ---- */

static yh_fen cap_amount(struct work *w, int at, const struct yh_cap *c, int32_t *clause)
{
    yh_fen amount = must(w, at, &c->amount, &w->bill->facts, YH_UNLIMITED, clause);
    if (amount == YH_UNLIMITED || !c->nbonus)
        return amount;
    int64_t over[2] = { 0 }, more = 0;
    for (int i = 0; i < c->nbonus; i++) {
        over[i] = yh_clamp(w->bill->facts.v[c->bonus[i].dim] - c->bonus[i].after, 0, 1000);
        more += over[i] * c->bonus[i].step;
    }
    if (c->bonus_limit)
        more = yh_min(more, yh_fen_scale(amount, c->bonus_limit, YH_ROUND_HALF_UP));
    WHY(&w->why, CAP_BONUS, at, -1, *clause, amount + more, amount, over[0], c->bonus[0].step,
        over[1], c->nbonus > 1 ? c->bonus[1].step : 0, c->bonus_limit);
    return amount + more;
}

/* The cost a layer may look at: caps on cost. */
static yh_fen cap_base(struct work *w, int at, const struct yh_layer *l, yh_fen base,
                       struct yh_layer_pay *p)
{
    for (int i = 0; i < l->ncap; i++) {
        const struct yh_cap *c = &l->cap[i];
        int32_t clause = l->clause;
        if (c->on != YH_CAP_BASE)
            continue;
        yh_fen cap = cap_amount(w, at, c, &clause);
        if (cap == YH_UNLIMITED)
            continue;
        yh_fen before = used(w, c->acc), room = yh_max(0, cap - before), was = base;
        base = yh_min(base, room);
        p->capped |= base < was;
        p->cap_left = yh_min(p->cap_left, room - base);
        WHY(&w->why, CAP_BASE, at, -1, clause, base, was, cap, before);
    }
    for (int i = 0; i < l->ncap; i++)
        if (l->cap[i].on == YH_CAP_BASE && l->cap[i].acc != l->acc_base)
            use(w, l->cap[i].acc, base);
    return base;
}

static yh_fen cap_paid(struct work *w, int at, const struct yh_layer *l, yh_fen due,
                       struct yh_layer_pay *p)
{
    for (int i = 0; i < l->ncap; i++) {
        const struct yh_cap *c = &l->cap[i];
        int32_t clause = l->clause;
        if (c->on != YH_CAP_PAID)
            continue;
        yh_fen cap = cap_amount(w, at, c, &clause);
        if (cap == YH_UNLIMITED)
            continue;
        yh_fen before = used(w, c->acc), room = yh_max(0, cap - before), was = due;
        due = yh_min(due, room);
        p->capped |= due < was;
        w->room = yh_min(w->room, room);
        WHY(&w->why, CAP, at, -1, clause, due, was, cap, before);
    }
    return due;
}

/* ---- taking the money ---- */

static yh_fen rest_in(const struct work *w, uint32_t tags, unsigned pools)
{
    yh_fen sum = 0;
    for (int i = 0; i < w->nslot; i++)
        if (w->slot[i].tag & tags)
            for (int k = 0; k < POOLS; k++)
                if (pools >> k & 1)
                    sum += w->slot[i].rest[k];
    return sum;
}

/* Takes `amount` (<= what is there) from one pool over the slots, in proportion; the fen that
 * rounding leaves come from the first slots that have them. */
static void take_pool(struct work *w, uint32_t tags, int pool, yh_fen amount, yh_fen all)
{
    yh_fen left = amount;
    for (int i = 0; i < w->nslot && amount < all; i++)
        if (w->slot[i].tag & tags) {
            yh_fen part = yh_muldiv(w->slot[i].rest[pool], amount, all, YH_ROUND_DOWN);
            w->slot[i].rest[pool] -= part;
            left -= part;
        }
    for (int i = 0; i < w->nslot && left; i++)
        if (w->slot[i].tag & tags) {
            yh_fen part = yh_min(left, w->slot[i].rest[pool]);
            w->slot[i].rest[pool] -= part;
            left -= part;
        }
    yh_assert(left == 0);
}

static void take(struct work *w, uint32_t tags, unsigned pools, yh_fen amount)
{
    for (int k = 0; k < POOLS && amount; k++) {
        if (!(pools >> k & 1))
            continue;
        yh_fen all = rest_in(w, tags, 1u << k), part = yh_min(amount, all);
        if (w->nslot == 1)
            w->slot[0].rest[k] -= part;
        else if (part)
            take_pool(w, tags, k, part, all);
        amount -= part;
    }
    yh_assert(amount == 0);
}

/* ---- one layer ---- */

static bool plays(struct work *w, int at, const struct yh_layer *l)
{
    const struct yh_facts *f = &w->bill->facts;
    if (!for_visit(l, f->v[YH_DIM_VISIT]))
        return false;
    if (l->when.ncell) {
        int32_t ignored;
        if (!value_or(&l->when, f, 0, &ignored))
            return false;
    }
    if (l->payer == YH_PAY_WAIVER) /* the provider's own money: no fund's condition binds it */
        return true;
    if (!w->entitled) {
        WHY(&w->why, NOT_ENTITLED, at, -1, (int)w->status_clause, 0, f->v[YH_DIM_STATUS]);
        return false;
    }
    if (w->bill->pended) {
        WHY(&w->why, PENDED, at, -1, l->clause, 0, w->d->sums.total);
        return false;
    }
    if (l->excludes & w->paid_by) {
        WHY(&w->why, EXCLUDED, at, -1, l->clause, 0, __builtin_ctzll(l->excludes & w->paid_by));
        return false;
    }
    return true;
}

/* Fixed sums and sums a day, not more than the cost unless the document lets them. */
static yh_fen fixed_sums(struct work *w, int at, const struct yh_layer *l, yh_fen base,
                         yh_fen due)
{
    const struct yh_facts *f = &w->bill->facts;
    if (!l->lump.ncell && !l->per_day.ncell)
        return due;
    int32_t clause = l->clause;
    yh_fen lid = l->beyond ? YH_UNLIMITED : base, lump = 0, daily = 0;
    if (l->lump.ncell) {
        yh_fen v = value_or(&l->lump, f, 0, &clause);
        lump = yh_min(v, lid);
        WHY(&w->why, LUMP, at, -1, clause, lump, v, lid);
    }
    if (l->per_day.ncell) {
        yh_fen v = value_or(&l->per_day, f, 0, &clause);
        int64_t days = yh_clamp(f->v[YH_DIM_DAYS], 0, 36600);
        daily = yh_min(yh_min(v, YH_CLAIM_MAX / 36600) * days, lid);
        WHY(&w->why, PER_DAY, at, -1, clause, daily, yh_min(v, YH_CLAIM_MAX / 36600), days,
            lid);
    }
    WHY(&w->why, DUE_SUM, at, -1, l->clause, due + lump + daily, due, lump, daily);
    return due + lump + daily;
}

static yh_fen curve_due(struct work *w, int at, const struct yh_layer *l, const struct curve *c,
                        yh_fen before, yh_fen after)
{
    if (!l->cumulative)
        return due_at(w, at, l, c, after, 0);
    yh_fen top = due_at(w, at, l, c, after, 0), due;
    if (l->to_date) {
        yh_fen paid = used(w, l->acc_paid);
        due = yh_max(0, top - paid);
        WHY(&w->why, TO_DATE, at, -1, l->clause, due, top, paid, before, after);
        return due;
    }
    yh_fen low = due_at(w, at, l, c, before, 1);
    due = yh_max(0, top - low);
    WHY(&w->why, DELTA, at, -1, l->clause, due, top, low, before, after);
    return due;
}

static void find_unconsumed(struct work *w, int at, const struct yh_layer *l,
                            const struct curve *c, yh_fen before, yh_fen after, yh_fen base,
                            yh_fen due, yh_fen kept, struct yh_layer_pay *p)
{
    if (!p->capped || !l->nband)
        return;
    yh_fen bite = after;
    if (kept < due) {
        yh_fen floor = l->cumulative ? yh_fen_scale(curve_at(c, before), 1, l->round_mode) : 0;
        bite = yh_clamp(curve_bite(c, floor + kept), before, after);
    }
    yh_fen whole = before + base; /* base: before a cap on cost */
    p->unconsumed = whole - bite;
    WHY(&w->why, UNCONSUMED, at, -1, l->clause, p->unconsumed, whole, bite, before);
}

static void keep_counts(struct work *w, const struct yh_layer *l, yh_fen base, yh_fen paid)
{
    use(w, l->acc_base, base);
    use(w, l->acc_paid, paid);
    for (int i = 0; i < l->ncap; i++) {
        bool again = l->cap[i].on != YH_CAP_PAID || l->cap[i].acc == l->acc_paid;
        for (int k = 0; k < i; k++)
            again |= l->cap[k].on == YH_CAP_PAID && l->cap[k].acc == l->cap[i].acc;
        if (!again)
            use(w, l->cap[i].acc, paid);
    }
}

static void run_layer(struct work *w, int at)
{
    const struct yh_layer *l = &w->plan->layer[at];
    struct yh_layer_pay *p = &w->d->layer[at];
    *p = (struct yh_layer_pay){ .cap_left = YH_UNLIMITED };
    w->pools[at] = 0;
    if (!plays(w, at, l))
        return;
    int32_t ignored;
    w->tags = l->tags;
    if (l->skip_tags && value_or(&l->skip_when, &w->bill->facts, 0, &ignored))
        w->tags &= ~l->skip_tags;
    w->room = YH_UNLIMITED;
    w->uncovered = false;
    bool deducted;
    p->base = base_of(w, at, l, &deducted);
    unsigned pools = w->pools[at];
    yh_fen looked = cap_base(w, at, l, p->base, p);
    yh_fen before = l->cumulative ? used(w, l->acc_base) : 0, after = before + looked;

    yh_fen start = deduct_of(w, at, l, looked);
    p->deduct = l->cumulative ? yh_min(start, after) - yh_min(start, before) : start;
    struct curve c;
    build_curve(w, at, l, start, &c);
    yh_fen due = l->nband ? curve_due(w, at, l, &c, before, after) : 0;
    yh_fen all = fixed_sums(w, at, l, p->base, due);
    yh_fen kept = cap_paid(w, at, l, all, p);
    if (w->uncovered)
        kept = 0;
    find_unconsumed(w, at, l, &c, before, after, p->base, due, yh_min(kept, due), p);

    yh_fen rest = rest_in(w, w->tags, pools);
    p->paid = yh_min(kept, rest);
    WHY(&w->why, PAY, at, -1, l->clause, p->paid, kept, rest);
    if (l->beyond && kept > p->paid) {
        p->beyond = kept - p->paid;
        WHY(&w->why, BEYOND, at, -1, l->clause, p->beyond, kept, p->paid);
    }
    if (w->room != YH_UNLIMITED)
        p->cap_left = yh_min(p->cap_left, yh_max(0, w->room - p->paid - p->beyond));
    for (int i = 0; i < c.n; i++)
        if (i == 0 || c.band[i].from < after)
            p->rate = c.band[i].rate;
    if (c.n > 1 && after > c.band[1].from && looked > p->deduct)
        p->rate = yh_ratio(p->paid, looked - p->deduct, YH_ROUND_HALF_UP);

    take(w, w->tags, pools, p->paid);
    keep_counts(w, l, p->base, p->paid + p->beyond);
    if (p->paid + p->beyond > 0)
        w->paid_by |= UINT64_C(1) << at;
    if (l->payer == YH_PAY_BASIC)
        w->deduct += p->deduct;
    else if (deducted)
        w->deduct -= yh_min(w->deduct, p->paid);
}

/* ---- the bill's own sums ---- */

static enum yh_status check_facts(const struct yh_plan *p, const struct yh_bill *b,
                                  struct yh_err *err)
{
    static const char *const WORD[YH_DIM_NUMERIC] = { "就医类别", "人员", "身份", "级别",
                                                      "就医地",   "备案", "转诊", "病种",
                                                      "费用",     "类别", "分娩", "待遇状态" };
    for (int d = 0; d < YH_DIM_NUMERIC; d++)
        if (d != YH_DIM_IDENT && (b->facts.v[d] < 0 || b->facts.v[d] >= yh_max(p->dim_n[d], 1)))
            return yh_fail_field(err, YH_BAD_INPUT, WORD[d], NULL, "%s：文件中没有这个值",
                                 WORD[d]);
    if (b->liable_share < 0 || b->liable_share > YH_ONE)
        return yh_fail_field(err, YH_BAD_INPUT, "liable_share", NULL,
                             "责任比例应在 0 与 1 之间");
    if (b->account_balance < 0 || b->relative_balance < 0)
        return yh_fail_field(err, YH_BAD_INPUT, "balc", NULL, "账户余额不能为负");
    if (p->nlayer > LAYERS_MAX)
        return yh_fail(err, YH_BAD_TABLE, "文件的层次超过 %d 个", LAYERS_MAX);
    for (int i = 0; i < p->nlayer; i++)
        if (p->layer[i].nband > BANDS_MAX)
            return yh_fail(err, YH_BAD_TABLE, "一个层次的分段超过 %d 段", BANDS_MAX);
    if (b->prior && (b->prior->nlayer != p->nlayer || b->prior->nacc != p->nacc))
        return yh_fail(err, YH_CONFLICT, "此前的中途结算依据另一版本的文件，应先撤销再结算");
    for (int i = 0; b->standing && i < p->nacc; i++)
        if (b->standing[i] > YH_CLAIM_MAX || b->standing[i] < -YH_CLAIM_MAX)
            return yh_fail(err, YH_BAD_INPUT, "累计“%.*s”超出范围", YH_ARG(p->acc[i].name));
    return YH_OK;
}

static enum yh_status check_sums(const struct yh_sums *s, struct yh_err *err)
{
    const struct {
        yh_fen v;
        const char *name;
    } F[] = { { s->total, "medfee_sumamt" },
              { s->outside, "fulamt_ownpay_amt" },
              { s->over, "overlmt_selfpay" },
              { s->first, "preselfpay_amt" },
              { s->scope, "inscp_scp_amt" } };
    for (int i = 0; i < YH_COUNT(F); i++)
        if (F[i].v < 0 || F[i].v > YH_CLAIM_MAX) {
            char met[32];
            yh_dec_text(met, F[i].v, 2, 2);
            return yh_fail_field(err, YH_BAD_INPUT, F[i].name, NULL,
                                 "%s 应在 0 与 100 亿元之间", F[i].name);
        }
    if (s->total != s->outside + s->over + s->first + s->scope) {
        char sum[32], total[32];
        yh_str t = yh_dec_text(total, s->total, 2, 2);
        yh_str u = yh_dec_text(sum, s->outside + s->over + s->first + s->scope, 2, 2);
        return yh_fail_field(err, YH_BAD_INPUT, "medfee_sumamt", NULL,
                             "总费用 %.*s 不等于 全自费 + 超限价 + 先行自付 + 范围内 %.*s",
                             YH_ARG(t), YH_ARG(u));
    }
    return YH_OK;
}

/* A totals bill: as split by the treating place; the document's own shares still to come. */
static enum yh_status cut_totals(struct work *w, struct yh_cut *cut, struct yh_err *err)
{
    const struct yh_bill *b = w->bill;
    cut->npart = b->npart ? b->npart : 1;
    if (cut->npart > YH_TAGS)
        return yh_fail(err, YH_BAD_INPUT, "费用标记超过 %d 种", YH_TAGS);
    cut->part[0] = (struct yh_tag_sums){ (uint8_t)b->facts.v[YH_DIM_TAG], b->sums };
    if (b->npart)
        memcpy(cut->part, b->part, sizeof *b->part * (size_t)b->npart);
    struct yh_facts f = b->facts;
    yh_fen all = 0;
    for (int i = 0; i < cut->npart; i++) {
        struct yh_sums *s = &cut->part[i].sums;
        enum yh_status bad = check_sums(s, err);
        if (bad)
            return bad;
        if ((all += s->total) > YH_CLAIM_MAX)
            return yh_fail_field(err, YH_BAD_INPUT, "medfee_sumamt", NULL,
                                 "总费用超过 100 亿元");
        if (cut->part[i].tag && cut->part[i].tag >= w->plan->dim_n[YH_DIM_TAG])
            return yh_fail(err, YH_BAD_INPUT, "文件中没有这种费用标记");
        cut->hosp_over[i] = b->cut_final ? b->part[i].hosp_over : 0;
        cut->hosp_outside[i] = b->cut_final ? b->part[i].hosp_outside : 0;
        if (cut->hosp_over[i] < 0 || cut->hosp_over[i] > s->over || cut->hosp_outside[i] < 0 ||
            cut->hosp_outside[i] > s->outside)
            return yh_fail(err, YH_BAD_INPUT, "机构负担的部分超出全自费或超限价");
        if (b->cut_final)
            continue;
        f.v[YH_DIM_TAG] = cut->part[i].tag;
        int32_t clause = -1;
        if (b->liable_share) {
            yh_fen x = yh_fen_scale(s->first, b->liable_share, YH_ROUND_HALF_UP);
            yh_fen y = yh_fen_scale(s->scope, b->liable_share, YH_ROUND_HALF_UP);
            WHY(&w->why, SUM_LIABLE, -1, -1, -1, x + y, s->first, s->scope, b->liable_share,
                YH_ROUND_HALF_UP);
            s->first -= x;
            s->scope -= y;
            s->outside += x + y;
        }
        yh_micro pre = yh_min(value_or(&w->plan->split.pre_self, &f, 0, &clause), YH_ONE);
        if (pre) {
            yh_fen more = yh_fen_scale(s->scope, pre, w->plan->split.round_mode);
            WHY(&w->why, SUM_PRE_SELF, -1, -1, clause, more, s->scope, pre,
                w->plan->split.round_mode);
            s->first += more;
            s->scope -= more;
        }
    }
    return YH_OK;
}

static bool looks_at_marks(const struct yh_plan *p)
{
    uint32_t all = p->dim_n[YH_DIM_TAG] >= 32
                       ? ~UINT32_C(0)
                       : (UINT32_C(1) << yh_max(p->dim_n[YH_DIM_TAG], 1)) - 1;
    for (int i = 0; i < p->nlayer; i++)
        if ((p->layer[i].tags & all) != all || p->layer[i].skip_tags)
            return true;
    return false;
}

static void add_sums(struct yh_sums *to, const struct yh_sums *s, int64_t sign)
{
    to->total += sign * s->total;
    to->outside += sign * s->outside;
    to->over += sign * s->over;
    to->first += sign * s->first;
    to->scope += sign * s->scope;
}

/* Slots and pools from the cut; the provider's part is nobody else's to pay. */
static void lay_out(struct work *w, const struct yh_cut *cut)
{
    struct yh_decision *d = w->d;
    bool marks = looks_at_marks(w->plan);
    w->nslot = 0;
    for (int i = 0; i < cut->npart; i++) {
        const struct yh_sums *s = &cut->part[i].sums;
        add_sums(&d->sums, s, 1);
        d->hosp_over += cut->hosp_over[i];
        d->hosp_outside += cut->hosp_outside[i];
        if (!marks && i) {
            add_sums(&w->slot[0].sums, s, 1);
        } else {
            w->slot[w->nslot] =
                (struct slot){ .tag = marks ? UINT32_C(1) << cut->part[i].tag : ~UINT32_C(0),
                               .sums = *s };
            w->nslot++;
        }
        struct slot *to = &w->slot[w->nslot - 1];
        to->rest[SCOPE] += s->scope;
        to->rest[FIRST] += s->first;
        to->rest[OVER] += s->over - cut->hosp_over[i];
        to->rest[OUTSIDE] += s->outside - cut->hosp_outside[i];
    }
    WHY(&w->why, SUM_TOTAL, -1, -1, -1, d->sums.total, d->sums.outside, d->sums.over,
        d->sums.first, d->sums.scope);
}

/* 收付费: the layers see the price, all in scope; the gap to the lines is the provider's. */
static void fix_price(struct work *w)
{
    struct yh_decision *d = w->d;
    int32_t clause = -1;
    yh_fen price = value_or(&w->plan->fixed_price, &w->bill->facts, YH_NONE, &clause);
    if (price == YH_NONE && w->bill->price > 0)
        price = w->bill->price;
    if (price == YH_NONE || price == YH_UNLIMITED)
        return;
    d->fixed_price = true;
    d->hosp_gap = d->sums.total - price;
    d->hosp_over = d->hosp_outside = 0;
    w->slot[0] = (struct slot){ .tag = ~UINT32_C(0),
                                .sums = { .total = price, .scope = price },
                                .rest[SCOPE] = price };
    w->nslot = 1;
    WHY(&w->why, FIXED_PRICE, -1, -1, clause, d->hosp_gap, d->sums.total, price);
}

/* ---- after the layers ---- */

static void gather_parts(struct work *w)
{
    struct yh_decision *d = w->d;
    yh_fen rest[POOLS] = { 0 };
    for (int i = 0; i < w->nslot; i++)
        for (int k = 0; k < POOLS; k++)
            rest[k] += w->slot[i].rest[k];
    d->part[YH_PART_DEDUCT] = yh_min(w->deduct, rest[SCOPE]);
    d->part[YH_PART_SHARE] = rest[SCOPE] - d->part[YH_PART_DEDUCT];
    d->part[YH_PART_FIRST] = rest[FIRST];
    d->part[YH_PART_OVER] = rest[OVER];
    d->part[YH_PART_OUTSIDE] = rest[OUTSIDE];
}

/* What belongs to earlier parts of the stay is theirs. */
static void less_prior(struct work *w)
{
    struct yh_decision *d = w->d;
    const struct yh_prior *b = w->bill->prior;
    add_sums(&d->sums, &b->sums, -1);
    d->hosp_over -= b->hosp_over;
    d->hosp_outside -= b->hosp_outside;
    d->hosp_gap -= b->hospital - b->hosp_over - b->hosp_outside;
    for (int i = 0; i < YH_PART_N; i++)
        d->part[i] -= b->part[i];
    for (int i = 0; i < d->nlayer; i++) {
        struct yh_layer_pay *p = &d->layer[i];
        const struct yh_layer_pay *q = &b->layer[i];
        if (w->plan->layer[i].payer == YH_PAY_WAIVER)
            d->hosp_gap += q->paid; /* the waivers are told apart from the gap */
        if (q->base || q->paid || q->deduct || q->beyond)
            WHY(&w->why, PART_PAY, i, -1, w->plan->layer[i].clause, p->paid - q->paid, p->paid,
                q->paid);
        p->base -= q->base;
        p->deduct -= q->deduct;
        p->paid -= q->paid;
        p->beyond -= q->beyond;
        p->unconsumed -= q->unconsumed;
    }
    for (int i = 0; i < d->nacc; i++)
        d->delta[i] -= b->delta[i];
}

static void draw_accounts(struct work *w)
{
    struct yh_decision *d = w->d;
    const struct yh_bill *b = w->bill;
    int32_t clause = w->plan->account.clause;
    d->account_after = b->account_balance;
    int64_t parts =
        b->account_flag ? value_or(&w->plan->account.parts, &b->facts, 0, &clause) : 0;
    if (parts) {
        yh_fen may = 0;
        for (int i = 0; i < YH_PART_N; i++)
            if (parts >> i & 1)
                may += d->part[i];
        may = yh_max(0, yh_min(may, d->person));
        bool family = value_or(&w->plan->account.family, &b->facts, 0, &clause) != 0;
        yh_fen theirs = family ? b->relative_balance : 0;
        if (b->account_flag == 2) {
            d->relative = yh_min(theirs, may);
            WHY(&w->why, ACCOUNT_RELATIVE, -1, -1, clause, d->relative, theirs, may);
            d->account = yh_min(b->account_balance, may - d->relative);
            WHY(&w->why, ACCOUNT_OWN, -1, -1, clause, d->account, b->account_balance,
                may - d->relative);
        } else {
            d->account = yh_min(b->account_balance, may);
            WHY(&w->why, ACCOUNT_OWN, -1, -1, clause, d->account, b->account_balance, may);
            d->relative = yh_min(theirs, may - d->account);
            if (theirs)
                WHY(&w->why, ACCOUNT_RELATIVE, -1, -1, clause, d->relative, theirs,
                    may - d->account);
        }
    }
    d->account_after -= d->account;
    d->cash = d->person - d->account - d->relative;
    WHY(&w->why, CASH, -1, -1, -1, d->cash, d->person, d->account, d->relative);
}

static void add_payers(struct work *w)
{
    struct yh_decision *d = w->d;
    for (int i = 0; i < d->nlayer; i++) {
        const struct yh_layer *l = &w->plan->layer[i];
        const struct yh_layer_pay *p = &d->layer[i];
        d->pay[l->payer] += p->paid;
        d->to_person += p->beyond;
        if (l->payer == YH_PAY_BASIC) {
            d->deductible += p->deduct;
            if (p->base && (!d->basic_rate || p->paid))
                d->basic_rate = p->rate;
        }
    }
    for (int i = 0; i < YH_PAY_N; i++)
        if (i != YH_PAY_WAIVER)
            d->fund += d->pay[i];
    d->hospital = d->hosp_over + d->hosp_outside + d->pay[YH_PAY_WAIVER] + d->hosp_gap;
    d->person = d->sums.total - d->fund - d->hospital;
    if (!w->why.on)
        return;
    WHY(&w->why, FUND, -1, -1, -1, d->fund, d->pay[YH_PAY_BASIC], d->pay[YH_PAY_SERIOUS],
        d->pay[YH_PAY_LARGE], d->pay[YH_PAY_ENTERPRISE], d->pay[YH_PAY_CIVIL],
        d->pay[YH_PAY_ASSIST], d->pay[YH_PAY_DISABLED], d->pay[YH_PAY_OTHER]);
    if (d->hospital || d->hosp_gap || d->hosp_over || d->hosp_outside)
        WHY(&w->why, HOSPITAL, -1, -1, -1, d->hospital, d->hosp_over, d->hosp_outside,
            d->pay[YH_PAY_WAIVER], d->hosp_gap);
    WHY(&w->why, PERSON, -1, -1, -1, d->person, d->sums.total, d->fund, d->hospital);
}

static yh_day day_by(enum yh_day_rule rule, const struct yh_bill *b)
{
    return rule == YH_DAY_BEGIN ? b->begin : rule == YH_DAY_DISCHARGE ? b->end : b->settle_day;
}

static void open_standing(struct yh_arena *a, struct work *w)
{
    const struct yh_plan *p = w->plan;
    const struct yh_bill *b = w->bill;
    w->standing = b->standing;
    if (b->prior) {
        int64_t *s = YH_NEW(a, int64_t, p->nacc);
        for (int i = 0; i < p->nacc; i++)
            s[i] = (b->standing ? b->standing[i] : 0) - b->prior->delta[i];
        w->standing = s;
    } else if (!b->standing) {
        w->standing = no_standing(a, p->nacc);
    }
}

static void keep_cut(struct yh_arena *a, const struct yh_cut *cut, struct yh_decision *d)
{
    d->cut = YH_NEW(a, struct yh_tag_sums, cut->npart);
    d->ncut = cut->npart;
    for (int i = 0; i < cut->npart; i++) {
        d->cut[i] = cut->part[i];
        d->cut[i].hosp_over = cut->hosp_over[i];
        d->cut[i].hosp_outside = cut->hosp_outside[i];
    }
}

enum yh_status yh_benefit_settle(struct yh_arena *a, const struct yh_plan *plan,
                                 const struct yh_terms *terms, const struct yh_bill *bill,
                                 struct yh_settle_how how, struct yh_decision *out,
                                 struct yh_err *err)
{
    /* Bills stream through; what the work begins with is asked for at once. */
    __builtin_prefetch(bill->standing);
    for (int i = 0; i < bill->nline && i < 16; i++) {
        __builtin_prefetch(&bill->line[i]);
        __builtin_prefetch(&bill->line[i].price);
    }
    enum yh_status bad = check_facts(plan, bill, err);
    if (bad)
        return bad;
    struct work w; /* slots and pools are filled as used */
    w.plan = plan;
    w.bill = bill;
    w.d = out;
    w.deduct = 0;
    w.paid_by = 0;
    w.why = (struct yh_why){ .a = a, .on = how.reasons };
    if (how.reasons) {
        w.why.cap = 32 + bill->nline * 3;
        w.why.item =
            yh_alloc_raw(a, sizeof *w.why.item, _Alignof(struct yh_reason), (size_t)w.why.cap);
        WHY(&w.why, DAYS, -1, -1, -1, day_by(plan->version_day, bill),
            day_by(plan->version_day, bill), day_by(plan->entitle_day, bill), plan->term_day,
            bill->begin, bill->end, bill->settle_day);
    }
    struct yh_line_split *split = NULL;
    struct yh_cut cut;
    if (bill->nline) {
        split =
            yh_alloc_raw(a, sizeof *split, _Alignof(struct yh_line_split), (size_t)bill->nline);
        bad = yh_cut_lines(*a, plan, terms, bill, split, &cut, &w.why, err);
    } else {
        bad = cut_totals(&w, &cut, err);
    }
    if (bad)
        return bad;
    /* Nothing is refused from here on: *out may be written. */
    *out = (struct yh_decision){ .nlayer = plan->nlayer,
                                 .nacc = plan->nacc,
                                 .nline = bill->nline,
                                 .split = split,
                                 .pended = bill->pended };
    out->layer = yh_alloc_raw(a, sizeof *out->layer, _Alignof(struct yh_layer_pay),
                              (size_t)plan->nlayer);
    out->delta = YH_NEW(a, int64_t, plan->nacc);
    int32_t clause = -1;
    w.entitled = value_or(&plan->entitled, &bill->facts, 1, &clause) != 0;
    w.status_clause = clause;
    out->entitled = w.entitled;
    if (how.cut)
        keep_cut(a, &cut, out);
    open_standing(a, &w);
    lay_out(&w, &cut);
    if (bill->fixed_price)
        fix_price(&w);
    for (int i = 0; i < plan->nlayer; i++)
        run_layer(&w, i);
    gather_parts(&w);
    if (bill->prior)
        less_prior(&w);
    add_payers(&w);
    draw_accounts(&w);
    out->reason = w.why.item;
    out->nreason = w.why.n;
    yh_fen parts = 0;
    for (int i = 0; i < YH_PART_N; i++)
        parts += out->part[i];
    yh_assert(parts == out->person);
    yh_assert(out->sums.total ==
              out->fund + out->hospital + out->account + out->relative + out->cash);
    return YH_OK;
}

/* ---- interim parts, mirror, year ---- */

struct yh_prior yh_benefit_prior(struct yh_arena *a, const struct yh_decision *const *part,
                                 int n)
{
    yh_assert(n >= 1);
    struct yh_prior b = { .nlayer = part[0]->nlayer, .nacc = part[0]->nacc };
    struct yh_layer_pay *layer = YH_NEW(a, struct yh_layer_pay, b.nlayer);
    int64_t *delta = YH_NEW(a, int64_t, b.nacc);
    for (int k = 0; k < n; k++) {
        const struct yh_decision *d = part[k];
        yh_assert(d->nlayer == b.nlayer && d->nacc == b.nacc);
        add_sums(&b.sums, &d->sums, 1);
        b.hosp_over += d->hosp_over;
        b.hosp_outside += d->hosp_outside;
        b.hospital += d->hospital;
        b.account += d->account;
        b.relative += d->relative;
        b.to_person += d->to_person;
        for (int i = 0; i < YH_PART_N; i++)
            b.part[i] += d->part[i];
        for (int i = 0; i < b.nlayer; i++) {
            layer[i].base += d->layer[i].base;
            layer[i].deduct += d->layer[i].deduct;
            layer[i].paid += d->layer[i].paid;
            layer[i].beyond += d->layer[i].beyond;
            layer[i].unconsumed += d->layer[i].unconsumed;
        }
        for (int i = 0; i < b.nacc; i++)
            delta[i] += d->delta[i];
    }
    b.layer = layer;
    b.delta = delta;
    return b;
}

struct yh_decision yh_benefit_mirror(struct yh_arena *a, const struct yh_decision *d)
{
    struct yh_decision m = { .nlayer = d->nlayer,
                             .nacc = d->nacc,
                             .basic_rate = d->basic_rate,
                             .entitled = d->entitled,
                             .pended = d->pended,
                             .fixed_price = d->fixed_price };
    m.layer = YH_NEW(a, struct yh_layer_pay, d->nlayer);
    m.delta = YH_NEW(a, int64_t, d->nacc);
    add_sums(&m.sums, &d->sums, -1);
    for (int i = 0; i < d->nlayer; i++) {
        const struct yh_layer_pay *p = &d->layer[i];
        m.layer[i] =
            (struct yh_layer_pay){ -p->base,       -p->deduct, -p->paid,    -p->beyond,
                                   -p->unconsumed, p->rate,    p->cap_left, p->capped };
    }
    for (int i = 0; i < d->nacc; i++)
        m.delta[i] = -d->delta[i];
    for (int i = 0; i < YH_PAY_N; i++)
        m.pay[i] = -d->pay[i];
    for (int i = 0; i < YH_PART_N; i++)
        m.part[i] = -d->part[i];
    m.fund = -d->fund;
    m.hospital = -d->hospital;
    m.hosp_over = -d->hosp_over;
    m.hosp_outside = -d->hosp_outside;
    m.hosp_gap = -d->hosp_gap;
    m.person = -d->person;
    m.account = -d->account;
    m.relative = -d->relative;
    m.cash = -d->cash;
    m.deductible = -d->deductible;
    m.to_person = -d->to_person;
    m.account_after = d->account_after + d->account;
    return m;
}

void yh_benefit_apply(int64_t *standing, const struct yh_decision *d)
{
    for (int i = 0; i < d->nacc; i++)
        standing[i] += d->delta[i];
}

struct yh_period yh_benefit_year(const struct yh_plan *plan, yh_day begin, yh_day end,
                                 yh_day settle_day)
{
    yh_day by = plan->year_by_admission ? begin : end ? end : settle_day;
    int month = plan->year_start_month ? plan->year_start_month : 1;
    int day = plan->year_start_day ? plan->year_start_day : 1;
    struct yh_civil c = yh_civil_of(by);
    yh_day start = yh_day_of(c.year, month, day);
    if (start > by)
        start = yh_day_of(--c.year, month, day);
    return (struct yh_period){ start, yh_day_of(c.year + 1, month, day) };
}
