/* engine/monitor/run.c -- one person: refunds netted, lines looked at once, money claimed once. */
#include <stdlib.h>

#include "engine/monitor/work.h"

/* ---- refunds ---- */

/* Takes `qty` and `amount` (both positive) from line i as far as it reaches. */
static void take_from(struct run *r, int v, int i, yh_qty *qty, yh_fen *amount)
{
    yh_qty q = yh_min(*qty, yh_max(r->qty[v][i], 0));
    yh_fen a = yh_min(*amount, yh_max(r->amount[v][i], 0));
    r->qty[v][i] -= q;
    r->amount[v][i] = r->qty[v][i] == 0 ? 0 : r->amount[v][i] - a;
    *qty -= q;
    *amount -= a;
}

static void net(struct run *r, int v)
{
    const struct yh_mon_visit *x = &r->p->visit[v];
    bool any = false;
    for (int i = 0; i < x->nline && !any; i++)
        any = x->line[i].qty < 0;
    if (!any)
        return;
    r->qty[v] = YH_NEW(r->a, yh_qty, x->nline);
    r->amount[v] = YH_NEW(r->a, yh_fen, x->nline);
    for (int i = 0; i < x->nline; i++) {
        r->qty[v][i] = yh_max(x->line[i].qty, 0);
        r->amount[v][i] = x->line[i].qty < 0 ? 0 : x->line[i].amount;
    }
    for (int i = 0; i < x->nline; i++) {
        if (x->line[i].qty >= 0)
            continue;
        yh_qty qty = -x->line[i].qty;
        yh_fen amount = yh_max(-x->line[i].amount, 0);
        int named = x->line[i].init - 1;
        if (named >= 0 && named < x->nline && named != i)
            take_from(r, v, named, &qty, &amount);
        for (int k = x->nline; k-- > 0 && qty > 0;)
            if (x->line[k].item == x->line[i].item && x->line[k].qty > 0)
                take_from(r, v, k, &qty, &amount);
    }
}

/* ---- hits ---- */

struct yh_mon_hit *yh_mon_hit_add(struct run *r, const struct ask *k, int visit)
{
    YH_PUSH(r->a, r->hit, r->nhit, r->hit_cap) = (struct yh_mon_hit){ 0 };
    struct yh_mon_hit *h = &r->hit[r->nhit - 1];
    h->rule = k->row->rule;
    h->row = (int32_t)(k->row - r->m->rules->row);
    h->visit = visit;
    h->last = visit;
    h->line = k->line;
    h->from = YH_DAY_MAX;
    h->to = YH_DAY_MIN;
    for (int i = 0; i < YH_FACT_N; i++)
        h->fact[i] = k->known >> i & 1 ? k->fact[i] : YH_RULE_MISSING;
    return h;
}

void yh_mon_hit_mark(struct run *r, struct yh_mon_hit *h, int *cap, int visit, int line,
                     yh_qty excess, yh_fen want, bool stake)
{
    for (int i = 0; i < h->nmark; i++)
        if (h->mark[i].visit == visit && h->mark[i].line == line)
            return;
    yh_day day = yh_time_day(r->p->visit[visit].line[line].time);
    YH_PUSH(r->a, h->mark, h->nmark, *cap) =
        (struct yh_mon_mark){ .visit = visit,
                              .line = line,
                              .qty = net_qty(r, visit, line),
                              .excess = excess,
                              .amount = net_amount(r, visit, line),
                              .claimed = want,
                              .stake = stake };
    h->last = (int32_t)yh_max(h->last, visit);
    h->from = h->from < day ? h->from : day;
    h->to = h->to > day ? h->to : day;
    if (stake)
        h->qty += excess;
}

/* ---- lines ---- */

static int64_t gate_set(const struct yh_rules *rules, int row)
{
    const struct yh_mon_rule *q = &rules->rule[rules->row[row].rule];
    if (q->gate < 0)
        return -1;
    const struct yh_rule_node *g = &q->node[q->gate];
    return g->op == YH_OP_HAS ? g->v : rules->row[row].param[g->v];
}

static void ask_line(struct run *r, int row, int v, int l)
{
    struct ask k;
    yh_mon_ask_open(&k, r, row, v, l);
    if (!yh_mon_ask_hit(&k))
        return;
    int cap = 0;
    struct yh_mon_hit *h = yh_mon_hit_add(r, &k, v);
    yh_fen want = net_amount(r, v, l);
    if (k.q->money == YH_MONEY_PRICE) {
        int64_t may = yh_mon_ask_number(&k, k.q->money_node);
        const struct yh_mon_line *x = &r->p->visit[v].line[l];
        want = may == YH_RULE_MISSING
                   ? 0
                   : yh_min(want, yh_line_amount(yh_max(x->price - may * 100, 0),
                                                 net_qty(r, v, l), YH_ROUND_HALF_UP));
    }
    bool stake = k.q->money != YH_MONEY_NONE;
    yh_qty excess = stake ? net_qty(r, v, l) : 0;
    if (k.q->money == YH_MONEY_PART) {
        /* Rounded half up to a fen; the claims on a line never add up to more than the line. */
        yh_qty part = yh_mon_ask_number(&k, k.q->money_node);
        excess = part == YH_RULE_MISSING ? 0 : yh_clamp(part, 0, excess);
        want = yh_muldiv(want, excess, net_qty(r, v, l), YH_ROUND_HALF_UP);
    }
    yh_mon_hit_mark(r, h, &cap, v, l, excess, stake ? want : 0, stake);
}

static void push_event(struct run *r, const struct item *it, int v, int l)
{
    const struct yh_monitor *m = r->m;
    int32_t at = -1;
    for (int i = it->nline; i < it->nrow; i++) {
        int64_t gate = gate_set(m->rules, it->row[i]);
        if (gate >= 0 && m->stamp[gate] != m->person)
            continue;
        if (at < 0) {
            at = r->nevent;
            YH_PUSH(r->a, r->event, r->nevent, r->event_cap) =
                (struct event){ v, l, yh_time_day(r->p->visit[v].line[l].time) };
        }
        YH_PUSH(r->a, r->key, r->nkey, r->key_cap) =
            (uint64_t)(uint32_t)it->row[i] << 32 | (uint32_t)at;
    }
    for (int i = 0; i < it->nset; i++) {
        if (at < 0) {
            at = r->nevent;
            YH_PUSH(r->a, r->event, r->nevent, r->event_cap) =
                (struct event){ v, l, yh_time_day(r->p->visit[v].line[l].time) };
        }
        YH_PUSH(r->a, r->key, r->nkey, r->key_cap) =
            (uint64_t)(uint32_t)(m->rules->nrow + it->set[i]) << 32 | (uint32_t)at;
    }
}

static int by_key(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

static void walk_lines(struct run *r)
{
    struct yh_monitor *m = r->m;
    m->person++;
    for (int v = 0; v < r->p->n; v++)
        for (int l = 0; l < r->p->visit[v].nline; l++) {
            const struct item *it = &m->item[r->p->visit[v].line[l].item];
            for (int i = 0; i < it->nset; i++)
                m->stamp[it->set[i]] = m->person;
        }
    for (int v = 0; v < r->p->n; v++) {
        /* Rules on goods stand last among those on every line: most visits have nothing to ask. */
        int nany = r->p->visit[v].ngoods ? m->nany : m->nany - m->nany_goods;
        for (int l = 0; l < r->p->visit[v].nline; l++) {
            const struct item *it = &m->item[r->p->visit[v].line[l].item];
            if (!it->nrow && !it->nset && !nany)
                continue;
            if (net_qty(r, v, l) <= 0)
                continue;
            for (int i = 0; i < it->nline; i++)
                ask_line(r, it->row[i], v, l);
            for (int i = 0; i < nany; i++)
                ask_line(r, m->any[i], v, l);
            if (it->nset || it->nrow > it->nline)
                push_event(r, it, v, l);
        }
    }
    if (r->nkey > 1)
        qsort(r->key, (size_t)r->nkey, sizeof *r->key, by_key);
}

/* ---- claims ---- */

struct order {
    const struct run *r;
    int at;
};

static int first_line(const struct yh_mon_hit *h)
{
    return h->nmark ? h->mark[0].line : -1;
}

static int by_claim(const struct run *r, const struct yh_mon_hit *x, const struct yh_mon_hit *y)
{
    const struct yh_mon_rule *p = &r->m->rules->rule[x->rule], *q = &r->m->rules->rule[y->rule];
    int64_t a[] = { x->last,      p->verdict[YH_STAGE_AFTER],
                    p->standing,  x->rule,
                    x->row,       x->visit,
                    first_line(x) };
    int64_t b[] = { y->last,      q->verdict[YH_STAGE_AFTER],
                    q->standing,  y->rule,
                    y->row,       y->visit,
                    first_line(y) };
    for (int i = 0; i < YH_COUNT(a); i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

static void sort_hits(const struct run *r, struct yh_mon_hit **h, struct yh_mon_hit **tmp,
                      int n)
{
    if (n < 2)
        return;
    int half = n / 2, i = 0, j = half, k = 0;
    sort_hits(r, h, tmp, half);
    sort_hits(r, h + half, tmp, n - half);
    while (i < half && j < n)
        tmp[k++] = by_claim(r, h[j], h[i]) < 0 ? h[j++] : h[i++];
    while (i < half)
        tmp[k++] = h[i++];
    while (j < n)
        tmp[k++] = h[j++];
    memcpy(h, tmp, (size_t)n * sizeof *h);
}

static void claim_all(struct run *r)
{
    if (!r->nhit)
        return;
    struct yh_mon_hit **h = YH_NEW(r->a, struct yh_mon_hit *, r->nhit);
    struct yh_mon_hit **tmp = YH_NEW(r->a, struct yh_mon_hit *, r->nhit);
    yh_fen **left = YH_NEW(r->a, yh_fen *, r->p->n);
    for (int i = 0; i < r->nhit; i++)
        h[i] = &r->hit[i];
    sort_hits(r, h, tmp, r->nhit);
    for (int i = 0; i < r->nhit; i++)
        for (int k = 0; k < h[i]->nmark; k++) {
            struct yh_mon_mark *m = &h[i]->mark[k];
            if (!m->stake)
                continue;
            if (!left[m->visit]) {
                const struct yh_mon_visit *v = &r->p->visit[m->visit];
                left[m->visit] = YH_NEW(r->a, yh_fen, v->nline);
                for (int l = 0; l < v->nline; l++)
                    left[m->visit][l] = yh_max(net_amount(r, m->visit, l), 0);
            }
            yh_fen *rest = &left[m->visit][m->line];
            m->claimed = yh_clamp(m->claimed, 0, *rest);
            *rest -= m->claimed;
        }
    struct yh_mon_hit *sorted = YH_NEW(r->a, struct yh_mon_hit, r->nhit);
    for (int i = 0; i < r->nhit; i++)
        sorted[i] = *h[i];
    r->hit = sorted;
}

static bool touches(const struct yh_mon_hit *h, int visit)
{
    bool is = h->visit == visit;
    for (int i = 0; i < h->nmark && !is; i++)
        is = h->mark[i].visit == visit;
    return is;
}

int yh_monitor_run(struct yh_monitor *m, struct yh_arena *a, const struct yh_mon_person *p,
                   int only, enum yh_mon_stage stage, struct yh_mon_hit **out)
{
    struct run r = { .m = m, .a = a, .p = p };
    r.qty = YH_NEW(a, yh_qty *, p->n);
    r.amount = YH_NEW(a, yh_fen *, p->n);
    for (int v = 0; v < p->n; v++) {
        yh_assert(!v || p->visit[v - 1].begin <= p->visit[v].begin);
        net(&r, v);
    }
    walk_lines(&r);
    yh_mon_run_windows(&r);
    yh_mon_run_visits(&r);
    int n = 0;
    for (int i = 0; i < r.nhit && m->just >= 0; i++)
        if (r.hit[i].rule == m->just)
            r.hit[n++] = r.hit[i];
    if (m->just >= 0)
        r.nhit = n;
    claim_all(&r);
    n = 0;
    for (int i = 0; i < r.nhit; i++)
        if ((m->rules->rule[r.hit[i].rule].stages >> stage & 1) &&
            (only < 0 || touches(&r.hit[i], only)))
            r.hit[n++] = r.hit[i];
    *out = r.hit;
    return n;
}
