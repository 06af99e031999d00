/* What compiling alone does not show: over a set, and over a plan. */
#include "model/policy/inside.h"

/* ---- over a set ---- */

static bool same_line(const struct yh_policy_doc *x, const struct yh_policy_doc *y)
{
    return !x->amends.n && !y->amends.n && x->standing != YH_DRAFT && y->standing != YH_DRAFT &&
           yh_eq(x->region, y->region) && yh_eq(x->scheme, y->scheme);
}

/* The next base document of the same region and scheme; -1. */
static int next_of(const struct yh_policy_set *set, int i)
{
    int next = -1;
    for (int j = 0; j < set->ndoc; j++)
        if (j != i && same_line(&set->doc[i], &set->doc[j]) &&
            set->doc[j].period.from > set->doc[i].period.from &&
            (next < 0 || set->doc[j].period.from < set->doc[next].period.from))
            next = j;
    return next;
}

void yh_policy_check_set(struct yh_arena *a, const struct yh_policy_set *set,
                         struct yh_findings *f)
{
    char x[16], y[16];
    for (int i = 0; i < set->ndoc; i++) {
        const struct yh_policy_doc *d = &set->doc[i];
        if (d->broken)
            continue;
        int next = next_of(set, i);
        if (next < 0)
            continue;
        yh_day to = d->period.to, from = set->doc[next].period.from;
        if (to < from)
            yh_found(a, f, YH_ERROR, d, d->title, "改 to，或补一份这段时间的文件",
                     "%.*s 到 %.*s 没有规定", YH_ARG(yh_day_text(x, to)),
                     YH_ARG(yh_day_text(y, from)));
        else if (to > from)
            yh_found(a, f, YH_WARN, d, d->title, "在这一份写上 to，或改成修订（amends）",
                     "从 %.*s 起与 %.*s 同时有效，以后者为准", YH_ARG(yh_day_text(x, from)),
                     YH_ARG(set->doc[next].name));
    }
}

/* ---- over a plan ---- */

struct probe {
    struct yh_arena *a;
    const struct yh_plan *p;
    const struct yh_policy_set *set;
    struct yh_findings *f;
};

/* The heading of a clause, and the document that it stands in. */
static const struct yh_policy_doc *where(const struct probe *b, int clause, yh_str *at)
{
    *at = clause >= 0 ? b->p->clause[clause].title : YH_S("");
    for (int i = 0; i < b->set->ndoc; i++) {
        const struct yh_policy_doc *d = &b->set->doc[i];
        if (at->p >= d->text.p && at->p < d->text.p + d->text.n)
            return d;
    }
    return NULL;
}

static int64_t value(const struct yh_cells *t, const struct yh_facts *f, int64_t absent)
{
    const struct yh_cell *c = yh_cell_at(t, f);
    return !c || c->value == YH_NONE ? absent : c->value;
}

#define MOST ((yh_fen)100000000000) /* 10^9 yuan: beyond any bill */

struct paid {
    yh_fen base, deduct, paid, unconsumed;
};

/* What the bands of a layer give for a cost, before its caps. */
static yh_fen due(const struct yh_layer *l, const struct yh_facts *f, yh_fen cost,
                  yh_fen *deduct)
{
    *deduct = yh_min(cost, yh_min(MOST, value(&l->deduct.amount, f, 0)));
    yh_fen low = l->bands_above ? 0 : *deduct, x = l->bands_above ? cost - *deduct : cost,
           sum = 0;
    for (int i = 0; i < l->nband; i++) {
        yh_fen from = yh_max(low, yh_min(MOST, value(&l->band[i].from, f, 0)));
        yh_fen to =
            i + 1 < l->nband ? yh_min(x, yh_min(MOST, value(&l->band[i + 1].from, f, 0))) : x;
        yh_micro rate = value(&l->band[i].rate, f, 0);
        for (int k = 0; k < l->nadjust; k++) {
            yh_micro by =
                value(&l->adjust[k].by, f, l->adjust[k].op == YH_ADJUST_FACTOR ? YH_ONE : 0);
            rate = l->adjust[k].op == YH_ADJUST_FACTOR
                       ? yh_muldiv(rate, by, YH_ONE, YH_ROUND_HALF_UP)
                       : rate + by;
        }
        if (to > from)
            sum += yh_fen_scale(to - from, yh_clamp(rate, 0, YH_ONE), YH_ROUND_HALF_UP);
    }
    return sum;
}

static yh_fen least_cap(const struct yh_layer *l, const struct yh_facts *f)
{
    yh_fen cap = MOST;
    for (int i = 0; i < l->ncap; i++)
        if (l->cap[i].on == YH_CAP_PAID)
            cap = yh_min(cap, value(&l->cap[i].amount, f, MOST));
    return cap;
}

static yh_fen term_of(const struct probe *b, const struct yh_base_term *t, yh_fen scope,
                      yh_fen rest, const struct paid *did)
{
    (void)b;
    switch (t->money) {
    case YH_M_TOTAL:
    case YH_M_SCOPE:
    case YH_M_CATALOG: return scope;
    case YH_M_BURDEN: return rest;
    case YH_M_PAID: return did[t->layer].paid;
    case YH_M_LEFT: return did[t->layer].base - did[t->layer].paid;
    case YH_M_UNCONSUMED: return did[t->layer].unconsumed;
    case YH_M_DEDUCTED: return did[t->layer].deduct;
    case YH_M_OUTSIDE:
    case YH_M_OVER:
    case YH_M_FIRST:
    case YH_M_N: break;
    }
    return 0;
}

/* All that the funds pay of a bill of `scope` fen, all in scope, in a fresh year.  Written apart
 * from the engine, and coarser: it looks for shapes, it does not settle. */
static yh_fen total_paid(const struct probe *b, const struct yh_facts *f, yh_fen scope)
{
    struct paid did[64] = { { 0 } };
    yh_fen rest = scope, sum = 0;
    int64_t visit = f->v[YH_DIM_VISIT];
    for (int i = 0; i < b->p->nlayer && i < 64; i++) {
        const struct yh_layer *l = &b->p->layer[i];
        bool excluded = false;
        for (int k = 0; k < i; k++)
            excluded |= l->excludes >> k & 1 && did[k].paid > 0;
        if (!(l->visits[visit / 64] >> (visit % 64) & 1) || excluded || !(l->tags & 1) ||
            (l->when.ncell && value(&l->when, f, 0) != 1))
            continue;
        struct paid *d = &did[i];
        for (int k = 0; k < l->of.n; k++)
            d->base += yh_muldiv(term_of(b, &l->of.term[k], scope, rest, did),
                                 l->of.term[k].share, YH_ONE, YH_ROUND_HALF_UP);
        d->base = yh_max(0, d->base);
        yh_fen all = due(l, f, d->base, &d->deduct) +
                     (l->beyond ? 0 : yh_min(d->base, yh_min(MOST, value(&l->lump, f, 0))));
        yh_fen cap = least_cap(l, f);
        d->paid = yh_max(0, yh_min(yh_min(all, cap), rest));
        if (all > cap && l->nband) {
            /* The cost at which the cap bit, by halving. */
            yh_fen low = 0, high = d->base, ded;
            while (low < high) {
                yh_fen mid = low + (high - low) / 2;
                if (due(l, f, mid, &ded) >= cap)
                    high = mid;
                else
                    low = mid + 1;
            }
            d->unconsumed = d->base - low;
        }
        rest -= d->paid;
        sum += d->paid;
    }
    return sum;
}

/* Amounts at which something changes, one fen either side. */
static int edges_of(const struct probe *b, const struct yh_facts *f, yh_fen *out, int cap)
{
    int n = 0;
    for (int i = 0; i < b->p->nlayer; i++) {
        const struct yh_layer *l = &b->p->layer[i];
        yh_fen at[24];
        int k = 0;
        at[k++] = value(&l->deduct.amount, f, 0);
        yh_fen top = value(&l->cap->amount, f, 0);
        if (l->ncap && top > 0 && top < MOST) {
            at[k++] = top;
            at[k++] = top * 2;
        }
        for (int j = 0; j < l->nband && k < YH_COUNT(at); j++)
            at[k++] = value(&l->band[j].from, f, 0);
        for (int j = 0; j < k; j++)
            for (int d = -1; d <= 1 && n < cap; d++)
                if (at[j] + d > 0 && at[j] < MOST)
                    out[n++] = at[j] + d;
    }
    static const yh_fen PLAIN[] = { 100,    10000,   50000,   100000,
                                    500000, 1000000, 5000000, 20000000 };
    for (int i = 0; i < YH_COUNT(PLAIN) && n < cap; i++)
        out[n++] = PLAIN[i];
    for (int i = 1; i < n; i++)
        for (int j = i; j > 0 && out[j - 1] > out[j]; j--) {
            yh_fen t = out[j];
            out[j] = out[j - 1];
            out[j - 1] = t;
        }
    return n;
}

/* Finds a pair of bills of which the larger is paid less; says it once. */
static bool check_rising(struct probe *b, const struct yh_facts *f)
{
    yh_fen edge[256], before = 0, paid_before = 0;
    int n = edges_of(b, f, edge, YH_COUNT(edge));
    for (int i = 0; i < n; i++) {
        yh_fen paid = total_paid(b, f, edge[i]);
        if (paid < paid_before - 1) {
            int clause = -1;
            int64_t v = f->v[YH_DIM_VISIT];
            for (int k = 0; k < b->p->nlayer; k++)
                if (b->p->layer[k].visits[v / 64] >> (v % 64) & 1 &&
                    (b->p->layer[k].excludes || clause < 0))
                    clause = b->p->layer[k].clause;
            yh_str at, big = yh_show_value(b->a, edge[i], YH_V_MONEY),
                       small = yh_show_value(b->a, before, YH_V_MONEY);
            const struct yh_policy_doc *d = where(b, clause, &at);
            yh_found(b->a, b->f, YH_ERROR, d, at,
                     "支付额不应随费用下降；检查 excludes、of 的减项和各段起点",
                     "范围内 %.*s 元时各层合计支付少于 %.*s 元时", YH_ARG(big), YH_ARG(small));
            return false;
        }
        before = edge[i];
        paid_before = yh_max(paid, paid_before);
    }
    return true;
}

/* Cases worth trying: every visit that a layer names first, person, level and one identity. */
static void check_monotone(struct probe *b)
{
    const struct yh_plan *p = b->p;
    int tried = 0;
    for (int i = 0; i < p->nlayer; i++) {
        int visit = 0;
        while (visit < YH_KINDS_MAX && !(p->layer[i].visits[visit / 64] >> (visit % 64) & 1))
            visit++;
        for (int person = 0; person < p->dim_n[YH_DIM_PERSON]; person += 3)
            for (int level = 0; level < p->dim_n[YH_DIM_LEVEL]; level++)
                for (int ident = -1; ident < 5; ident++) {
                    struct yh_facts f = { .idents = ident < 0 ? 0 : UINT64_C(1) << ident };
                    f.v[YH_DIM_VISIT] = visit;
                    f.v[YH_DIM_PERSON] = person;
                    f.v[YH_DIM_LEVEL] = level;
                    f.v[YH_DIM_COUNT] = 1;
                    f.v[YH_DIM_GAP] = 1000000;
                    if (++tried > 3000 || !check_rising(b, &f))
                        return;
                }
    }
}

static int64_t best_of(const struct yh_cells *t, bool most)
{
    int64_t best = most ? -1 : INT64_MAX;
    for (int i = 0; i < t->ncell; i++)
        if (t->cell[i].value != YH_NONE && t->cell[i].value > 0)
            best = most ? yh_max(best, t->cell[i].value) : yh_min(best, t->cell[i].value);
    return best;
}

static void warn_layer(struct probe *b, const struct yh_layer *l, const char *cure,
                       const char *text)
{
    yh_str at;
    const struct yh_policy_doc *d = where(b, l->clause, &at);
    yh_found(b->a, b->f, YH_WARN, d, at, cure, "%.*s：%s", YH_ARG(l->name), text);
}

/* 国家医疗保障待遇清单（医保发〔2021〕5号）: its ratios are of the whole, so only what is plain at
 * every level is said.  The figures are recalled and unverified (national.md §1). */
static void check_list(struct probe *b, const struct yh_layer *l)
{
    static const char *const LISTED[] = { "3101", "3103", "3201", "3202", "3301", "3401",
                                          "3501", "3701", "3901", "3902", "3903", "5101",
                                          "6101", "6102", "6301", "6401" };
    bool listed = false;
    for (int i = 0; i < YH_COUNT(LISTED); i++)
        listed |= yh_starts(l->fund, yh_cstr(LISTED[i]));
    if (!listed && l->fund.n)
        warn_layer(b, l, "核对医保发〔2021〕5号，清单以外的须报批",
                   "支付的基金不在国家待遇清单的制度之内");
    int64_t least = INT64_MAX;
    for (int i = 0; i < l->nband; i++)
        least = yh_min(least, best_of(&l->band[i].rate, false));
    bool resident = yh_starts(b->p->scheme, YH_S("39"));
    if (yh_starts(l->fund, YH_S("3902")) && least < 600000)
        warn_layer(b, l, "核对清单：大病保险支付比例不低于 60%", "支付比例低于 60%");
    if (l->payer == YH_PAY_BASIC && least != INT64_MAX && least > (resident ? 900000 : 970000))
        warn_layer(b, l, "核对清单口径：住院总体约 80%（职工）、70%（居民）",
                   "各级医院的比例都高，可能超出国家待遇清单");
}

static void check_layer(struct probe *b, const struct yh_layer *l)
{
    int64_t most = yh_max(best_of(&l->lump, true), best_of(&l->per_day, true));
    for (int i = 0; i < l->nband; i++)
        most = yh_max(most, best_of(&l->band[i].rate, true));
    bool closed = l->ncap > 0;
    for (int i = 0; i < l->ncap; i++)
        closed &= best_of(&l->cap[i].amount, true) < 0;
    /* A missing parameter stands as 0 meanwhile; it is a finding of its own. */
    if ((most <= 0 || closed) && !b->f->count[YH_MISSING])
        warn_layer(b, l, "删去这一层，或检查比例与限额", "这一层在任何情形下都不付钱");
    check_list(b, l);
}

void yh_policy_check_plan(struct yh_arena *a, const struct yh_plan *plan,
                          const struct yh_policy_set *set, struct yh_findings *findings)
{
    struct probe b = { a, plan, set, findings };
    for (int i = 0; i < plan->nlayer; i++)
        check_layer(&b, &plan->layer[i]);
    check_monotone(&b);
}
