/* engine/monitor/ask.c -- conditions evaluated. */
#include "engine/monitor/work.h"

#define MISSING YH_RULE_MISSING

/* Facts are left as they lie: `known` says which were worked out. */
void yh_mon_ask_open(struct ask *k, struct run *r, int row, int visit, int line)
{
    const struct yh_rules *rules = r->m->rules;
    k->r = r;
    k->row = &rules->row[row];
    k->q = &rules->rule[k->row->rule];
    k->visit = visit;
    k->line = line;
    k->span = YH_WIN_LINE;
    k->n = 0;
    k->bucket = 0;
    k->known = 0;
}

static const struct yh_mon_visit *visit_of(const struct ask *k)
{
    return &k->r->p->visit[k->visit];
}

static yh_day day_of(const struct ask *k)
{
    const struct yh_mon_visit *v = visit_of(k);
    return k->line >= 0 ? yh_time_day(v->line[k->line].time) : v->begin;
}

/* ---- facts ---- */

/* Was a drug of the same class, not itself listed by this rule, used earlier within the window? */
static bool class_before(const struct ask *k)
{
    const struct run *r = k->r;
    const struct yh_monitor *m = r->m;
    const struct yh_mon_line *l = &visit_of(k)->line[k->line];
    uint32_t class = m->item[l->item].class;
    yh_day day = yh_time_day(l->time);
    for (int v = k->visit; class && v >= 0; v--) {
        const struct yh_mon_visit *x = &r->p->visit[v];
        for (int i = 0; i < x->nline; i++) {
            const struct item *it = &m->item[x->line[i].item];
            yh_day d = yh_time_day(x->line[i].time);
            if (it->class != class || d > day || d <= day - k->n || net_qty(r, v, i) <= 0 ||
                (v == k->visit && i >= k->line && d == day))
                continue;
            bool listed = false;
            for (int n = 0; n < it->nrow && !listed; n++)
                listed = m->rules->row[it->row[n]].rule == k->row->rule;
            if (!listed)
                return true;
        }
    }
    return false;
}

static int64_t days(int64_t n)
{
    return yh_max(n, 0) * YH_RULE_ONE;
}

static int64_t list_price(const struct ask *k, const struct yh_mon_line *l)
{
    struct yh_monitor *m = k->r->m;
    struct item *it = &m->item[l->item];
    yh_price price = it->price;
    if (!price && m->terms) {
        if (!it->looked_up && yh_catalog_item(m->catalog, it->code, yh_time_day(l->time),
                                              &it->catalog) == YH_MALFORMED)
            it->catalog = YH_CODE_NONE;
        it->looked_up = true;
        int level = m->provider[visit_of(k)->provider].level;
        price = yh_term_get(m->terms, it->catalog, yh_time_day(l->time), (enum yh_level)level)
                    ->limit;
    }
    return price ? price / 100 : MISSING;
}

/* What goods records say of the line; NULL: nothing against it. */
static const struct yh_mon_goods *goods_of(const struct ask *k)
{
    const struct yh_mon_visit *v = visit_of(k);
    int lo = 0, hi = v->ngoods;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        if (v->goods[mid].line < k->line)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < v->ngoods && v->goods[lo].line == k->line ? &v->goods[lo] : NULL;
}

static int64_t find_goods_fact(const struct ask *k, enum yh_mon_fact f)
{
    const struct yh_mon_goods *g = goods_of(k);
    if (!g)
        return f == YH_FACT_SUPPLIED || f == YH_FACT_BILLED ? MISSING : 0;
    yh_qty net = net_qty(k->r, k->visit, k->line);
    switch (f) {
    case YH_FACT_UNSTOCKED: return yh_min(g->unstocked, net);
    case YH_FACT_SUPPLIED: return g->supplied;
    case YH_FACT_BILLED: return g->billed;
    case YH_FACT_UNSOLD: return yh_min(g->unsold, net);
    case YH_FACT_TRACE_SOLD: return g->trace_sold * YH_RULE_ONE;
    default: return yh_min(g->trace_qty, net);
    }
}

static int64_t find_fact(const struct ask *k, enum yh_mon_fact f)
{
    const struct yh_mon_visit *v = visit_of(k);
    const struct yh_mon_line *l = k->line >= 0 ? &v->line[k->line] : NULL;
    const struct yh_mon_person *p = k->r->p;
    const struct yh_monitor *m = k->r->m;
    switch (f) {
    case YH_FACT_QTY: return net_qty(k->r, k->visit, k->line);
    case YH_FACT_AMOUNT: return net_amount(k->r, k->visit, k->line) * 100;
    case YH_FACT_UNIT_PRICE: return l->price / 100;
    case YH_FACT_LIST_PRICE: return list_price(k, l);
    case YH_FACT_COVERED: return l->covered;
    case YH_FACT_HOUR:
        return (l->time - yh_day_time(yh_time_day(l->time))) / 3600 * YH_RULE_ONE;
    case YH_FACT_BEFORE_STAY: return days((int64_t)v->begin - day_of(k));
    case YH_FACT_AFTER_STAY: return days((int64_t)day_of(k) - v->end);
    case YH_FACT_AFTER_DEATH: return days((int64_t)day_of(k) - p->died);
    case YH_FACT_CHARGE: return l->charge * YH_RULE_ONE;
    case YH_FACT_CHRONIC: return v->chronic;
    case YH_FACT_FIRST_LINE: return l->first_line;
    case YH_FACT_CLASS_BEFORE: return class_before(k);
    case YH_FACT_UNSTOCKED:
    case YH_FACT_SUPPLIED:
    case YH_FACT_BILLED:
    case YH_FACT_UNSOLD:
    case YH_FACT_TRACE_SOLD:
    case YH_FACT_TRACE_QTY: return find_goods_fact(k, f);
    case YH_FACT_SEX: return p->sex;
    case YH_FACT_AGE:
        return p->born == YH_DAY_MIN || p->born > day_of(k)
                   ? MISSING
                   : yh_age_years(p->born, day_of(k)) * YH_RULE_ONE;
    case YH_FACT_AGE_DAYS:
        return p->born == YH_DAY_MIN ? MISSING : ((int64_t)day_of(k) - p->born) * YH_RULE_ONE;
    case YH_FACT_KIND: return v->kind;
    case YH_FACT_SCHEME: return v->scheme_word;
    case YH_FACT_CHANNEL: return v->channel;
    case YH_FACT_LEVEL: return m->provider[v->provider].level * YH_RULE_ONE;
    case YH_FACT_STAY_DAYS: return days((int64_t)v->end - v->begin);
    case YH_FACT_DAY_CARE:
        return v->day_care || (v->kind == YH_FW_KIND_INPATIENT && v->begin == v->end);
    case YH_FACT_EMERGENCY_IN: return v->emergency;
    case YH_FACT_TOTAL: return v->total * 100;
    case YH_FACT_FUND: return yh_max(v->fund, 0) * 100;
    case YH_FACT_GAP:
    case YH_FACT_SAME_PROVIDER:
    case YH_FACT_SAME_CATEGORY:
    case YH_FACT_SAME_DEPARTMENT:
    case YH_FACT_OVERLAP:
    case YH_FACT_DURING:
    case YH_FACT_DURING_SAME:
    case YH_FACT_IDLE_DAYS:
    case YH_FACT_TEST_SHARE:
    case YH_FACT_CARE_SHARE:
    case YH_FACT_OPERATED:
    case YH_FACT_APART:
    case YH_FACT_DAY_COST: return yh_mon_stay_fact(k->r, k->visit, f);
    /* Of the window: filled in before the condition is asked. */
    case YH_FACT_ROW_QTY:
    case YH_FACT_ROW_COUNT:
    case YH_FACT_ROW_DAYS:
    case YH_FACT_ROW_AMOUNT:
    case YH_FACT_ROW_ITEMS:
    case YH_FACT_ROW_PROVIDERS:
    case YH_FACT_VISITS:
    case YH_FACT_VISITS_AMOUNT: return MISSING;
    /* No numbers. */
    case YH_FACT_DIAGNOSIS:
    case YH_FACT_DEPARTMENT:
    case YH_FACT_N: break;
    }
    return MISSING;
}

static int64_t fact(struct ask *k, enum yh_mon_fact f)
{
    if (!(k->known >> f & 1))
        yh_mon_ask_set(k, f, find_fact(k, f));
    return k->fact[f];
}

/* ---- diagnoses, departments ---- */

static bool has_dx(const struct ask *k, int64_t set)
{
    struct yh_monitor *m = k->r->m;
    const struct yh_mon_visit *v = visit_of(k);
    for (int i = 0; i < v->ndx; i++) {
        struct dx *d = &m->dx[v->dx[i]];
        if (!d->fits)
            d->fits = YH_NEW(m->arena, uint8_t, m->rules->ndx);
        if (!d->fits[set])
            d->fits[set] = yh_rules_dx_fits(&m->rules->dx[set], d->code, d->name) ? 2 : 1;
        if (d->fits[set] == 2)
            return true;
    }
    return false;
}

static bool name_holds(const struct ask *k, int64_t set)
{
    struct yh_monitor *m = k->r->m;
    const struct yh_mon_visit *v = visit_of(k);
    uint32_t at = k->line >= 0 && v->line[k->line].department ? v->line[k->line].department
                                                              : v->department;
    struct name *x = &m->name[at];
    if (!x->holds)
        x->holds = YH_NEW(m->arena, uint8_t, m->rules->nkeys);
    if (!x->holds[set]) {
        yh_str list = m->rules->keys[set];
        x->holds[set] = 1;
        while (list.n) {
            yh_str w = yh_cut(&list, '|');
            if (w.n && yh_find(x->text, w) >= 0)
                x->holds[set] = 2;
        }
    }
    return x->holds[set] == 2;
}

static bool age_in(struct ask *k, int64_t group)
{
    const struct yh_age_group *g = &k->r->m->rules->age[group];
    bool by_days = g->days_min || g->days_max;
    int64_t v = fact(k, by_days ? YH_FACT_AGE_DAYS : YH_FACT_AGE);
    fact(k, YH_FACT_AGE);
    if (v == MISSING)
        return true; /* not known: no hit (the rules ask 非 年龄段) */
    v /= YH_RULE_ONE;
    int32_t lo = by_days ? g->days_min : g->years_min,
            hi = by_days ? g->days_max : g->years_max;
    return v >= lo && (!hi || v < hi);
}

/* ---- other items of the window ---- */

static bool near(const struct ask *k, const struct event *e)
{
    const struct yh_mon_visit *v = visit_of(k);
    yh_time t = v->line[k->line].time, u = k->r->p->visit[e->visit].line[e->line].time;
    int64_t gap = t < u ? u - t : t - u;
    if (k->span == YH_WIN_HOURS)
        return gap < (int64_t)k->n * 3600;
    int64_t d = (int64_t)yh_time_day(t) - yh_time_day(u);
    return k->span == YH_WIN_NEAR ? d <= k->n && -d <= k->n : d >= 0 && d < k->n;
}

static bool same_window(const struct ask *k, const struct event *e)
{
    const struct run *r = k->r;
    if (yh_mon_scope_of(k->q, r, e->visit) != yh_mon_scope_of(k->q, r, k->visit))
        return false;
    if (k->span == YH_WIN_HOURS || k->span == YH_WIN_NEAR || k->span == YH_WIN_ROLLING ||
        k->span == YH_WIN_COURSE)
        return near(k, e);
    return yh_mon_bucket_of(k->span, r, e) == k->bucket;
}

static yh_qty count_of(const struct ask *k, int64_t set, bool before)
{
    const struct run *r = k->r;
    int n;
    const uint64_t *key = yh_mon_keys_of(r, (uint32_t)(r->m->rules->nrow + set), &n);
    yh_qty sum = 0;
    for (int i = 0; i < n; i++) {
        const struct event *e = &r->event[key[i] & 0xFFFFFFFF];
        if (e->visit > k->visit || (e->visit == k->visit && e->line == k->line) ||
            !same_window(k, e))
            continue;
        if (before &&
            r->p->visit[e->visit].line[e->line].time >= visit_of(k)->line[k->line].time)
            continue;
        sum += net_qty(r, e->visit, e->line);
    }
    return sum;
}

/* Is every item of the line's prescription (or other window within the visit) listed by the rule? */
static bool only_listed(const struct ask *k)
{
    const struct run *r = k->r;
    const struct yh_mon_visit *v = visit_of(k);
    for (int i = 0; i < v->nline; i++) {
        struct event e = { k->visit, i, yh_time_day(v->line[i].time) };
        const struct item *it = &r->m->item[v->line[i].item];
        /* A prescription of decoction pieces: what is no piece is beside the question. */
        if (net_qty(r, k->visit, i) <= 0 || yh_mon_bucket_of(k->span, r, &e) != k->bucket ||
            !it->code.n || it->code.p[0] != r->m->item[v->line[k->line].item].code.p[0])
            continue;
        bool listed = false;
        for (int n = 0; n < it->nrow && !listed; n++)
            listed = r->m->rules->row[it->row[n]].rule == k->row->rule;
        if (!listed)
            return false;
    }
    return true;
}

/* ---- nodes ---- */

static int64_t value(struct ask *k, int at)
{
    const struct yh_rule_node *n = &k->q->node[at];
    int64_t a, b;
    switch ((enum yh_rule_op)n->op) {
    case YH_OP_NUM: return n->v;
    case YH_OP_FACT: return fact(k, n->fact);
    case YH_OP_COL: return k->row->param[n->v];
    case YH_OP_COUNT: return count_of(k, n->v, false);
    case YH_OP_COUNT_COL: return count_of(k, k->row->param[n->v], false);
    case YH_OP_ADD:
    case YH_OP_SUB:
    case YH_OP_MUL:
    case YH_OP_MIN:
        a = value(k, n->a);
        b = value(k, n->b);
        if (a == MISSING || b == MISSING)
            return MISSING;
        if (n->op == YH_OP_MUL) { /* truncated at the fourth decimal: a bound, no payment */
            __int128 wide = (__int128)a * b / YH_RULE_ONE;
            const int64_t most = INT64_C(1) << 60;
            return wide > most ? most : wide < -most ? -most : (int64_t)wide;
        }
        a = yh_clamp(a, -(INT64_C(1) << 60), INT64_C(1) << 60);
        b = yh_clamp(b, -(INT64_C(1) << 60), INT64_C(1) << 60);
        return n->op == YH_OP_ADD ? a + b : n->op == YH_OP_SUB ? a - b : yh_min(a, b);
    default: break;
    }
    yh_assert(!"no number");
    return MISSING;
}

static bool holds(struct ask *k, int at)
{
    const struct yh_rule_node *n = &k->q->node[at];
    int64_t a, b;
    switch ((enum yh_rule_op)n->op) {
    case YH_OP_OR: return holds(k, n->a) || holds(k, n->b);
    case YH_OP_AND: return holds(k, n->a) && holds(k, n->b);
    case YH_OP_NOT: return !holds(k, n->a);
    case YH_OP_LT:
    case YH_OP_LE:
    case YH_OP_EQ:
    case YH_OP_NE:
        a = value(k, n->a);
        b = value(k, n->b);
        if (a == MISSING || b == MISSING)
            return false;
        return n->op == YH_OP_LT   ? a < b
               : n->op == YH_OP_LE ? a <= b
               : n->op == YH_OP_EQ ? a == b
                                   : a != b;
    case YH_OP_FLAG: return fact(k, n->fact) == 1;
    case YH_OP_WORD: return n->v >> fact(k, n->fact) & 1;
    case YH_OP_WORD_COL: return k->row->param[n->v] >> fact(k, n->fact) & 1;
    case YH_OP_DX: return has_dx(k, n->v);
    case YH_OP_DX_COL: return has_dx(k, k->row->param[n->v]);
    case YH_OP_TEXT: return name_holds(k, n->v);
    case YH_OP_TEXT_COL: return name_holds(k, k->row->param[n->v]);
    case YH_OP_HAS: return count_of(k, n->v, false) > 0;
    case YH_OP_HAS_COL: return count_of(k, k->row->param[n->v], false) > 0;
    case YH_OP_HAD: return count_of(k, n->v, true) > 0;
    case YH_OP_HAD_COL: return count_of(k, k->row->param[n->v], true) > 0;
    case YH_OP_AGE_COL: return age_in(k, k->row->param[n->v]);
    case YH_OP_ONLY: return only_listed(k);
    default: break;
    }
    yh_assert(!"no condition");
    return false;
}

bool yh_mon_ask_hit(struct ask *k)
{
    return holds(k, k->q->hit) && (k->q->unless < 0 || !holds(k, k->q->unless));
}

int64_t yh_mon_ask_number(struct ask *k, int node)
{
    return value(k, node);
}
