/* engine/monitor/window.c -- rules that sum or look over a window of lines. */
#include <stdlib.h>

#include "engine/monitor/work.h"

static void window_of(const struct run *r, const struct yh_rule_row *row, enum yh_win *span,
                      int32_t *n)
{
    const struct yh_mon_rule *q = &r->m->rules->rule[row->rule];
    *span = q->window.span;
    *n = q->window.n;
    if (*span == YH_WIN_BY_ROW) {
        *span = (enum yh_win)(row->param[q->window.col] & 0xFFFF);
        *n = (int32_t)(row->param[q->window.col] >> 32);
    } else if (q->window.col >= 0) {
        int64_t v = row->param[q->window.col];
        *n = v == YH_RULE_MISSING ? 0 : (int32_t)(v / YH_RULE_ONE);
    }
}

int64_t yh_mon_bucket_of(enum yh_win span, const struct run *r, const struct event *e)
{
    struct yh_civil c;
    switch (span) {
    case YH_WIN_DAY: return e->day;
    case YH_WIN_WEEK:
        return ((int64_t)e->day + 3 + 7 * 400000) / 7; /* Monday; day 0 was a Thursday */
    case YH_WIN_MONTH: c = yh_civil_of(e->day); return c.year * 12 + c.month;
    case YH_WIN_YEAR: return yh_civil_of(e->day).year;
    case YH_WIN_VISIT: return e->visit;
    case YH_WIN_OPERATION: return (int64_t)e->visit << 32 | (uint32_t)e->day;
    case YH_WIN_RX: {
        int32_t rx = r->p->visit[e->visit].line[e->line].rx;
        /* A line without a prescription stands alone. */
        return rx ? rx : -1 - (int64_t)e->line;
    }
    case YH_WIN_LINE:
    case YH_WIN_HOURS:
    case YH_WIN_ROLLING:
    case YH_WIN_COURSE:
    case YH_WIN_NEAR:
    case YH_WIN_N: break;
    }
    return 0;
}

int64_t yh_mon_scope_of(const struct yh_mon_rule *q, const struct run *r, int visit)
{
    switch (q->across) {
    case YH_ACROSS_PERSON: return 0;
    case YH_ACROSS_PROVIDER: return r->p->visit[visit].provider;
    case YH_ACROSS_VISIT: return visit;
    }
    return 0;
}

const uint64_t *yh_mon_keys_of(const struct run *r, uint32_t group, int *n)
{
    int lo = 0, hi = r->nkey;
    uint64_t want = (uint64_t)group << 32;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        if (r->key[mid] < want)
            lo = mid + 1;
        else
            hi = mid;
    }
    int end = lo;
    while (end < r->nkey && r->key[end] >> 32 == group)
        end++;
    *n = end - lo;
    return r->key + lo;
}

/* ---- sums ---- */

struct placed {
    int64_t scope, bucket;
    int32_t event;
};

static int by_place(const void *x, const void *y)
{
    const struct placed *a = x, *b = y;
    if (a->scope != b->scope)
        return a->scope < b->scope ? -1 : 1;
    if (a->bucket != b->bucket)
        return a->bucket < b->bucket ? -1 : 1;
    return (a->event > b->event) - (a->event < b->event);
}

static int by_day(const void *x, const void *y, const struct event *event)
{
    const struct placed *a = x, *b = y;
    if (a->scope != b->scope)
        return a->scope < b->scope ? -1 : 1;
    yh_day d = event[a->event].day, e = event[b->event].day;
    if (d != e)
        return d < e ? -1 : 1;
    return (a->event > b->event) - (a->event < b->event);
}

struct sums {
    yh_qty qty;
    yh_fen amount;
    int64_t count, items, providers;
    yh_day *day;
    int ndays;
    uint32_t *item, *provider;
};

static bool seen(uint32_t *list, int64_t *n, uint32_t v, int cap)
{
    for (int64_t i = *n; i-- > 0;)
        if (list[i] == v)
            return true;
    if (*n < cap)
        list[(*n)++] = v;
    return false;
}

#define LIST_MAX 400

/* The lists are the run's: one sum is open at a time. */
static void sums_open(struct sums *s, struct run *r)
{
    if (!r->day) {
        r->day = yh_alloc_raw(r->a, sizeof *r->day, _Alignof(yh_day), LIST_MAX);
        r->list = yh_alloc_raw(r->a, sizeof *r->list, _Alignof(uint32_t), (size_t)2 * LIST_MAX);
    }
    *s = (struct sums){ .day = r->day, .item = r->list, .provider = r->list + LIST_MAX };
}

static void sums_add(struct sums *s, const struct run *r, const struct event *e)
{
    s->qty += net_qty(r, e->visit, e->line);
    s->amount += net_amount(r, e->visit, e->line);
    s->count++;
    bool there = false;
    for (int i = s->ndays; i-- > 0 && !there;)
        there = s->day[i] == e->day;
    if (!there && s->ndays < LIST_MAX)
        s->day[s->ndays++] = e->day;
    seen(s->item, &s->items, r->p->visit[e->visit].line[e->line].item, LIST_MAX);
    seen(s->provider, &s->providers, r->p->visit[e->visit].provider, LIST_MAX);
}

static void sums_facts(const struct sums *s, struct ask *k)
{
    yh_mon_ask_set(k, YH_FACT_ROW_QTY, s->qty);
    yh_mon_ask_set(k, YH_FACT_ROW_COUNT, s->count * YH_RULE_ONE);
    yh_mon_ask_set(k, YH_FACT_ROW_DAYS, s->ndays * YH_RULE_ONE);
    yh_mon_ask_set(k, YH_FACT_ROW_AMOUNT, s->amount * 100);
    yh_mon_ask_set(k, YH_FACT_ROW_ITEMS, s->items * YH_RULE_ONE);
    yh_mon_ask_set(k, YH_FACT_ROW_PROVIDERS, s->providers * YH_RULE_ONE);
}

/* ---- one visit's part of a window ---- */

/* Dearest first; ties by place. */
static void sort_by_price(const struct run *r, struct placed *p, int n)
{
    for (int i = 1; i < n; i++) {
        struct placed x = p[i];
        const struct event *e = &r->event[x.event];
        yh_price price = r->p->visit[e->visit].line[e->line].price;
        int k = i;
        for (; k > 0; k--) {
            const struct event *f = &r->event[p[k - 1].event];
            if (r->p->visit[f->visit].line[f->line].price >= price)
                break;
            p[k] = p[k - 1];
        }
        p[k] = x;
    }
}

/* `excess` units of the visit's lines, dearest first; each part rounded half up to a fen. */
static void mark_excess(struct run *r, struct yh_mon_hit *h, int *cap, struct placed *p, int n,
                        yh_qty excess)
{
    sort_by_price(r, p, n);
    for (int i = 0; i < n && excess > 0; i++) {
        const struct event *e = &r->event[p[i].event];
        yh_qty have = net_qty(r, e->visit, e->line), take = yh_min(have, excess);
        yh_fen amount = net_amount(r, e->visit, e->line);
        yh_mon_hit_mark(r, h, cap, e->visit, e->line, take,
                        have > 0 ? yh_muldiv(amount, take, have, YH_ROUND_HALF_UP) : 0, true);
        excess -= take;
    }
}

static void mark_whole(struct run *r, struct yh_mon_hit *h, int *cap, const struct event *e,
                       bool stake)
{
    yh_qty have = net_qty(r, e->visit, e->line);
    yh_mon_hit_mark(r, h, cap, e->visit, e->line, stake ? have : 0,
                    stake ? net_amount(r, e->visit, e->line) : 0, stake);
}

#define PROOF_MAX 12 /* lines shown beside those at stake */

/* The lines that the condition looked for. */
static void mark_proof(struct run *r, struct yh_mon_hit *h, int *cap, const struct ask *k)
{
    if (k->q->gate < 0)
        return;
    const struct yh_rule_node *g = &k->q->node[k->q->gate];
    int64_t set = g->op == YH_OP_HAS ? g->v : k->row->param[g->v];
    int n, proofs = 0;
    const uint64_t *key = yh_mon_keys_of(r, (uint32_t)(r->m->rules->nrow + set), &n);
    for (int i = 0; i < n && proofs < PROOF_MAX; i++) {
        const struct event *e = &r->event[key[i] & 0xFFFFFFFF];
        if (e->visit > k->visit ||
            yh_mon_scope_of(k->q, r, e->visit) != yh_mon_scope_of(k->q, r, k->visit))
            continue;
        bool same = k->span == YH_WIN_HOURS || k->span == YH_WIN_NEAR ||
                    k->span == YH_WIN_ROLLING || yh_mon_bucket_of(k->span, r, e) == k->bucket;
        if (!same)
            continue;
        mark_whole(r, h, cap, e, false);
        proofs++;
    }
}

/* Quantity of the items that the condition looked for, in the window. */
static yh_qty paired_qty(const struct run *r, const struct ask *k)
{
    const struct yh_rule_node *g = &k->q->node[k->q->gate];
    int64_t set = g->op == YH_OP_HAS ? g->v : k->row->param[g->v];
    int n;
    yh_qty sum = 0;
    const uint64_t *key = yh_mon_keys_of(r, (uint32_t)(r->m->rules->nrow + set), &n);
    for (int i = 0; i < n; i++) {
        const struct event *e = &r->event[key[i] & 0xFFFFFFFF];
        if (e->visit <= k->visit &&
            yh_mon_scope_of(k->q, r, e->visit) == yh_mon_scope_of(k->q, r, k->visit) &&
            (k->span == YH_WIN_HOURS || k->span == YH_WIN_NEAR ||
             yh_mon_bucket_of(k->span, r, e) == k->bucket))
            sum += net_qty(r, e->visit, e->line);
    }
    return sum;
}

/* Does the condition speak of the single line, so that each is asked by itself? */
static bool per_line(const struct yh_mon_rule *q, enum yh_win span)
{
    if (q->money == YH_MONEY_PRICE || span == YH_WIN_HOURS || span == YH_WIN_NEAR)
        return true;
    for (int i = 0; i < q->nnode; i++) {
        const struct yh_rule_node *n = &q->node[i];
        bool fact = n->op == YH_OP_FACT || n->op == YH_OP_FLAG || n->op == YH_OP_WORD ||
                    n->op == YH_OP_WORD_COL;
        if (fact && yh_fact_scope(n->fact) == YH_FS_LINE)
            return true;
        if (n->op == YH_OP_HAD || n->op == YH_OP_HAD_COL)
            return true;
    }
    return false;
}

static int dearest(const struct run *r, const struct placed *p, int n)
{
    int best = 0;
    for (int i = 1; i < n; i++) {
        const struct event *e = &r->event[p[i].event], *b = &r->event[p[best].event];
        if (r->p->visit[e->visit].line[e->line].price >
            r->p->visit[b->visit].line[b->line].price)
            best = i;
    }
    return best;
}

/* Lines asked one by one; those that hit make one hit of the visit. */
static void ask_lines(struct run *r, struct ask *k, struct placed *p, int n, int row)
{
    struct yh_mon_hit *h = NULL;
    int cap = 0, skip = k->q->money == YH_MONEY_PRICE ? dearest(r, p, n) : -1;
    struct placed *chosen = YH_NEW(r->a, struct placed, n);
    int nchosen = 0;
    struct ask last = *k;
    for (int i = 0; i < n; i++) {
        const struct event *e = &r->event[p[i].event];
        struct ask one;
        yh_mon_ask_open(&one, r, row, e->visit, e->line);
        one.span = k->span;
        one.n = k->n;
        one.bucket = yh_mon_bucket_of(k->span, r, e);
        for (int f = YH_FACT_ROW_QTY; f <= YH_FACT_ROW_PROVIDERS; f++)
            yh_mon_ask_set(&one, f, k->fact[f]);
        if (i == skip || !yh_mon_ask_hit(&one))
            continue;
        chosen[nchosen++] = p[i];
        last = one;
    }
    if (!nchosen)
        return;
    h = yh_mon_hit_add(r, &last, last.visit);
    if (k->q->money == YH_MONEY_PAIRED) {
        mark_excess(r, h, &cap, chosen, nchosen, paired_qty(r, &last));
    } else {
        for (int i = 0; i < nchosen; i++) {
            const struct event *e = &r->event[chosen[i].event];
            if (k->q->money == YH_MONEY_PRICE) {
                const struct yh_mon_line *l = &r->p->visit[e->visit].line[e->line];
                struct ask one = last;
                one.line = e->line;
                one.known &=
                    ~(UINT64_C(1) << YH_FACT_LIST_PRICE | UINT64_C(1) << YH_FACT_UNIT_PRICE);
                int64_t may = yh_mon_ask_number(&one, k->q->money_node);
                yh_price over = may == YH_RULE_MISSING ? 0 : yh_max(l->price - may * 100, 0);
                yh_mon_hit_mark(
                    r, h, &cap, e->visit, e->line, net_qty(r, e->visit, e->line),
                    yh_line_amount(over, net_qty(r, e->visit, e->line), YH_ROUND_HALF_UP),
                    true);
            } else {
                mark_whole(r, h, &cap, e, k->q->money != YH_MONEY_NONE);
            }
        }
        if (skip >= 0)
            mark_whole(r, h, &cap, &r->event[p[skip].event], false);
    }
    mark_proof(r, h, &cap, &last);
}

static int64_t measure(const struct sums *s, enum yh_mon_fact f)
{
    switch (f) {
    case YH_FACT_ROW_COUNT: return s->count * YH_RULE_ONE;
    case YH_FACT_ROW_DAYS: return s->ndays * YH_RULE_ONE;
    case YH_FACT_ROW_AMOUNT: return s->amount * 100;
    default: return s->qty;
    }
}

/* Marks what this visit adds above the bound. */
static void mark_over(struct run *r, struct yh_mon_hit *h, int *cap, const struct ask *k,
                      struct placed *p, int n, const struct sums *before,
                      const struct sums *after, int64_t bound)
{
    enum yh_mon_fact f = k->q->money_fact;
    int64_t excess =
        yh_max(measure(after, f) - bound, 0) - yh_max(measure(before, f) - bound, 0);
    if (f == YH_FACT_ROW_QTY) {
        mark_excess(r, h, cap, p, n, excess);
    } else if (f == YH_FACT_ROW_AMOUNT) {
        yh_fen left = yh_muldiv(excess, 1, 100, YH_ROUND_HALF_UP);
        for (int i = n; i-- > 0 && left > 0;) {
            const struct event *e = &r->event[p[i].event];
            yh_fen take = yh_min(net_amount(r, e->visit, e->line), left);
            yh_mon_hit_mark(r, h, cap, e->visit, e->line, net_qty(r, e->visit, e->line), take,
                            true);
            left -= take;
        }
    } else if (f == YH_FACT_ROW_COUNT) {
        int64_t lines = excess / YH_RULE_ONE;
        for (int i = n; i-- > 0 && lines > 0; lines--)
            mark_whole(r, h, cap, &r->event[p[i].event], true);
    } else {
        int first = (int)yh_max(bound / YH_RULE_ONE, before->ndays);
        for (int i = 0; i < n; i++) {
            const struct event *e = &r->event[p[i].event];
            bool over = false;
            for (int d = first; d < after->ndays && !over; d++)
                over = after->day[d] == e->day;
            if (over)
                mark_whole(r, h, cap, e, true);
        }
    }
}

/* The lines of one window, visit after visit. */
static void ask_bucket(struct run *r, int row, enum yh_win span, int32_t n_, struct placed *p,
                       int n)
{
    struct sums sum, before;
    sums_open(&sum, r);
    bool single = per_line(&r->m->rules->rule[r->m->rules->row[row].rule], span);
    for (int i = 0, end; i < n; i = end) {
        const struct event *e = &r->event[p[i].event];
        before = sum;
        for (end = i; end < n && r->event[p[end].event].visit == e->visit; end++)
            sums_add(&sum, r, &r->event[p[end].event]);
        const struct event *l = &r->event[p[end - 1].event];
        struct ask k;
        yh_mon_ask_open(&k, r, row, l->visit, l->line);
        k.span = span;
        k.n = n_;
        k.bucket = yh_mon_bucket_of(span, r, l);
        sums_facts(&sum, &k);
        if (single) {
            ask_lines(r, &k, p + i, end - i, row);
            continue;
        }
        if (!yh_mon_ask_hit(&k))
            continue;
        int64_t bound = 0;
        if (k.q->money == YH_MONEY_EXCESS) {
            bound = yh_mon_ask_number(&k, k.q->money_node);
            if (bound == YH_RULE_MISSING ||
                yh_max(measure(&sum, k.q->money_fact) - bound, 0) <=
                    yh_max(measure(&before, k.q->money_fact) - bound, 0))
                continue; /* this visit adds nothing above it */
        }
        int cap = 0;
        struct yh_mon_hit *h = yh_mon_hit_add(r, &k, e->visit);
        if (k.q->money == YH_MONEY_EXCESS)
            mark_over(r, h, &cap, &k, p + i, end - i, &before, &sum, bound);
        else if (k.q->money == YH_MONEY_PAIRED)
            mark_excess(r, h, &cap, p + i, end - i, paired_qty(r, &k));
        else
            for (int j = i; j < end; j++)
                mark_whole(r, h, &cap, &r->event[p[j].event], k.q->money == YH_MONEY_LINE);
        for (int j = 0; j < i && j < PROOF_MAX; j++)
            mark_whole(r, h, &cap, &r->event[p[j].event], false);
        mark_proof(r, h, &cap, &k);
    }
}

/* Any span of n days: what was refused before does not count against what comes. */
static void ask_rolling(struct run *r, int row, int32_t days, struct placed *p, int n)
{
    const struct yh_rules *rules = r->m->rules;
    const struct yh_mon_rule *q = &rules->rule[rules->row[row].rule];
    int64_t *kept = YH_NEW(r->a, int64_t, n); /* of each cell, as the money measures */
    yh_day *day = YH_NEW(r->a, yh_day, n);
    int *first = YH_NEW(r->a, int, n + 1);
    int cells = 0;
    for (int i = 0, end; i < n; i = end) {
        const struct event *e = &r->event[p[i].event];
        for (end = i; end < n && r->event[p[end].event].day == e->day &&
                      r->event[p[end].event].visit == e->visit;)
            end++;
        struct sums sum;
        sums_open(&sum, r);
        for (int j = i; j < end; j++)
            sums_add(&sum, r, &r->event[p[j].event]);
        int64_t own =
            measure(&sum, q->money == YH_MONEY_EXCESS ? q->money_fact : YH_FACT_ROW_QTY);
        int64_t earlier = 0;
        int back = cells;
        while (back > 0 && day[back - 1] > e->day - days)
            earlier += kept[--back];
        const struct event *l = &r->event[p[end - 1].event];
        struct ask k;
        yh_mon_ask_open(&k, r, row, l->visit, l->line);
        k.span = YH_WIN_ROLLING;
        k.n = days;
        sums_facts(&sum, &k);
        yh_mon_ask_set(&k, YH_FACT_ROW_QTY, YH_RULE_MISSING);
        yh_mon_ask_set(&k, q->money == YH_MONEY_EXCESS ? q->money_fact : YH_FACT_ROW_QTY,
                       earlier + own);
        kept[cells] = own;
        day[cells] = e->day;
        first[cells] = i;
        if (yh_mon_ask_hit(&k)) {
            int cap = 0;
            struct yh_mon_hit *h = yh_mon_hit_add(r, &k, e->visit);
            if (q->money == YH_MONEY_EXCESS) {
                int64_t bound = yh_mon_ask_number(&k, q->money_node);
                int64_t over =
                    bound == YH_RULE_MISSING ? 0 : yh_clamp(earlier + own - bound, 0, own);
                kept[cells] = own - over;
                if (q->money_fact == YH_FACT_ROW_QTY)
                    mark_excess(r, h, &cap, p + i, end - i, over);
                else
                    for (int j = i; j < end; j++)
                        mark_whole(r, h, &cap, &r->event[p[j].event], over > 0);
            } else {
                kept[cells] = q->money == YH_MONEY_NONE ? own : 0;
                for (int j = i; j < end; j++)
                    mark_whole(r, h, &cap, &r->event[p[j].event], q->money != YH_MONEY_NONE);
            }
            for (int c = back; c < cells && c - back < PROOF_MAX; c++)
                if (kept[c] > 0)
                    mark_whole(r, h, &cap, &r->event[p[first[c]].event], false);
        }
        cells++;
    }
}

static void sort_days(struct run *r, struct placed *p, int n)
{
    for (int i = 1; i < n; i++) {
        struct placed x = p[i];
        int k = i;
        for (; k > 0 && by_day(&p[k - 1], &x, r->event) > 0; k--)
            p[k] = p[k - 1];
        p[k] = x;
    }
}

/* The events of one row. */
static void ask_row(struct run *r, int row, const uint64_t *key, int n)
{
    const struct yh_rules *rules = r->m->rules;
    const struct yh_rule_row *x = &rules->row[row];
    const struct yh_mon_rule *q = &rules->rule[x->rule];
    enum yh_win span;
    int32_t days;
    window_of(r, x, &span, &days);
    if ((span == YH_WIN_ROLLING || span == YH_WIN_COURSE || span == YH_WIN_NEAR) && days <= 0)
        return; /* the row's own column is empty: it says nothing of this */
    struct placed *p = YH_NEW(r->a, struct placed, n);
    bool sorted = true;
    for (int i = 0; i < n; i++) {
        const struct event *e = &r->event[key[i] & 0xFFFFFFFF];
        p[i] = (struct placed){ yh_mon_scope_of(q, r, e->visit), yh_mon_bucket_of(span, r, e),
                                (int32_t)(key[i] & 0xFFFFFFFF) };
        sorted &= !i || by_place(&p[i - 1], &p[i]) <= 0;
    }
    bool by_days = span == YH_WIN_ROLLING || span == YH_WIN_COURSE;
    if (by_days)
        sort_days(r, p, n);
    else if (!sorted)
        qsort(p, (size_t)n, sizeof *p, by_place);
    if (span == YH_WIN_COURSE) /* chains of days: a gap begins a new one */
        for (int i = 1; i < n; i++)
            p[i].bucket = p[i].scope == p[i - 1].scope &&
                                  r->event[p[i].event].day - r->event[p[i - 1].event].day < days
                              ? p[i - 1].bucket
                              : p[i - 1].bucket + 1;
    for (int i = 0, end; i < n; i = end) {
        for (end = i; end < n && p[end].scope == p[i].scope &&
                      (span == YH_WIN_ROLLING || p[end].bucket == p[i].bucket);)
            end++;
        if (span == YH_WIN_ROLLING) {
            ask_rolling(r, row, days, p + i, end - i);
        } else {
            if (span == YH_WIN_COURSE)
                qsort(p + i, (size_t)(end - i), sizeof *p, by_place);
            ask_bucket(r, row, span, days, p + i, end - i);
        }
    }
}

void yh_mon_run_windows(struct run *r)
{
    int rows = r->m->rules->nrow;
    for (int i = 0, end; i < r->nkey; i = end) {
        uint32_t group = (uint32_t)(r->key[i] >> 32);
        for (end = i; end < r->nkey && r->key[end] >> 32 == group;)
            end++;
        if (group >= (uint32_t)rows)
            return;
        ask_row(r, (int)group, r->key + i, end - i);
    }
}

/* ---- visits ---- */

static bool kind_fits(const struct yh_mon_rule *q, const struct yh_mon_visit *v)
{
    return !q->kinds || (q->kinds >> v->kind & 1);
}

static bool visit_in(enum yh_win span, int32_t n, const struct yh_mon_visit *now,
                     const struct yh_mon_visit *then)
{
    struct yh_civil a = yh_civil_of(now->begin), b = yh_civil_of(then->begin);
    switch (span) {
    case YH_WIN_DAY: return now->begin == then->begin;
    case YH_WIN_WEEK:
        return (now->begin + 3 + 7 * 400000) / 7 == (then->begin + 3 + 7 * 400000) / 7;
    case YH_WIN_MONTH: return a.year == b.year && a.month == b.month;
    case YH_WIN_YEAR: return a.year == b.year;
    case YH_WIN_ROLLING: return then->begin > now->begin - n;
    case YH_WIN_HOURS:
        return now->time - then->time < (yh_time)n * 3600 &&
               then->time - now->time < (yh_time)n * 3600;
    default: return false;
    }
}

static void visit_window(struct run *r, struct ask *k)
{
    const struct yh_mon_visit *v = r->p->visit, *x = &v[k->visit];
    int64_t count = 0;
    yh_fen amount = 0;
    uint32_t provider[LIST_MAX];
    int64_t providers = 0;
    for (int i = 0; i <= k->visit; i++)
        if (kind_fits(k->q, &v[i]) &&
            yh_mon_scope_of(k->q, r, i) == yh_mon_scope_of(k->q, r, k->visit) &&
            (i == k->visit || visit_in(k->q->window.span, k->q->window.n, x, &v[i]))) {
            count++;
            amount += v[i].total;
            seen(provider, &providers, v[i].provider, LIST_MAX);
        }
    yh_mon_ask_set(k, YH_FACT_VISITS, count * YH_RULE_ONE);
    yh_mon_ask_set(k, YH_FACT_VISITS_AMOUNT, amount * 100);
    yh_mon_ask_set(k, YH_FACT_ROW_PROVIDERS, providers * YH_RULE_ONE);
}

/* The other visits that the hit rests on: each shown by its first line. */
static void prove_visits(struct run *r, struct yh_mon_hit *h, int *cap, const struct ask *k)
{
    const struct yh_mon_visit *v = r->p->visit;
    int proofs = 0;
    for (int i = 0; i < k->q->nnode; i++) {
        const struct yh_rule_node *n = &k->q->node[i];
        if ((n->op != YH_OP_FACT && n->op != YH_OP_FLAG) || !(k->known >> n->fact & 1) ||
            k->fact[n->fact] == YH_RULE_MISSING)
            continue;
        int other = yh_mon_stay_other(r, k->visit, n->fact);
        if (other >= 0 && v[other].nline)
            yh_mon_hit_mark(r, h, cap, other, 0, 0, 0, false);
    }
    if (k->q->window.span == YH_WIN_LINE)
        return;
    for (int i = k->visit; i-- > 0 && proofs < PROOF_MAX;)
        if (kind_fits(k->q, &v[i]) && v[i].nline &&
            yh_mon_scope_of(k->q, r, i) == yh_mon_scope_of(k->q, r, k->visit) &&
            visit_in(k->q->window.span, k->q->window.n, &v[k->visit], &v[i])) {
            yh_mon_hit_mark(r, h, cap, i, 0, 0, 0, false);
            proofs++;
        }
}

void yh_mon_run_visits(struct run *r)
{
    const struct yh_monitor *m = r->m;
    for (int i = 0; i < m->nvisits; i++) {
        const struct yh_mon_rule *q = &m->rules->rule[m->visits[i]];
        for (int v = 0; v < r->p->n; v++) {
            if (!kind_fits(q, &r->p->visit[v]))
                continue;
            struct ask k;
            yh_mon_ask_open(&k, r, q->first_row, v, -1);
            if (q->window.span != YH_WIN_LINE)
                visit_window(r, &k);
            if (!yh_mon_ask_hit(&k))
                continue;
            int cap = 0;
            struct yh_mon_hit *h = yh_mon_hit_add(r, &k, v);
            if (q->money == YH_MONEY_STAY)
                for (int l = 0; l < r->p->visit[v].nline; l++)
                    if (net_amount(r, v, l) > 0)
                        yh_mon_hit_mark(r, h, &cap, v, l, net_qty(r, v, l), net_amount(r, v, l),
                                        true);
            if (!h->nmark && r->p->visit[v].nline)
                yh_mon_hit_mark(r, h, &cap, v, 0, 0, 0, false);
            prove_visits(r, h, &cap, &k);
        }
    }
}
