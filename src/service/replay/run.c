/* service/replay/run.c -- threads over chunks, and what they bring together. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "service/replay/inside.h"

#define ARENA ((size_t)4 << 30)
#define CHUNK_ARENA ((size_t)1 << 30)
#define HOUSEHOLDS_MAX (INT64_C(1) << 26)

static const int OVER[3] = { 10, 25, 40 };

/* Differences of one scenario: what people gain and lose. */
struct diffs {
    int64_t *v;
    int64_t n, cap;
};
struct best {
    struct yh_replay_touched *item;
    int n;
};

/* What threads share. */
struct shared {
    const struct yh_replay_options *opt;
    struct yh_replay_result *r;
    struct yh_where where;
    bool walks[YH_TALLY_SCENARIOS]; /* scenario s is settled; else the books */
    bool compare;                   /* with the books, bill by bill */
    bool lines;
    int32_t *fund_of[YH_TALLY_SCENARIOS]; /* by plan of the set × layer (64): fund index */
    int32_t *fund_number;                 /* dictionary number -> fund index */
    int64_t nhousehold;
    yh_fen *income, *burden;          /* by household; burden × scenarios */
    bool *done;                       /* by chunk */
    int next;                         /* chunk to take, atomic */
    int64_t heads;                    /* settled, atomic: progress */
    int running;                      /* threads at work, atomic */
    int sample_chunks, sample_groups; /* of 10,000 */
};

struct worker {
    struct shared *s;
    pthread_t thread;
    struct yh_arena arena, chunk;
    struct yh_tally tally;
    struct yh_walk walk[YH_TALLY_SCENARIOS];
    struct diffs gain[YH_TALLY_SCENARIOS], lose[YH_TALLY_SCENARIOS];
    struct best best[YH_TALLY_SCENARIOS];
    struct yh_replay_wrong wrong[YH_REPLAY_WRONG_MAX];
    int nwrong;
    int64_t nwrong_all, heads, persons, groups, lines;
    yh_fen *fund;
    enum yh_status st;
    struct yh_err err;
    int err_chunk;
};

/* ---- lists ---- */

static void push(struct diffs *d, int64_t v)
{
    if (d->n == d->cap) {
        d->cap = d->cap ? d->cap * 2 : 1024;
        d->v = yh_heap(d->v, sizeof *d->v * (size_t)d->cap);
    }
    d->v[d->n++] = v;
}

static yh_fen change(const struct yh_replay_touched *t)
{
    return t->after > t->before ? t->after - t->before : t->before - t->after;
}

/* More affected first; ties by group and person, so that the list is the same on every run. */
static int order(const struct yh_replay_touched *x, const struct yh_replay_touched *y)
{
    yh_fen a = change(x), b = change(y);
    if (a != b)
        return a > b ? -1 : 1;
    if (x->grp != y->grp)
        return x->grp < y->grp ? -1 : 1;
    return (x->person > y->person) - (x->person < y->person);
}

static void offer(struct best *b, int most, const struct yh_replay_touched *t)
{
    if (b->n == most && (most == 0 || order(&b->item[most - 1], t) <= 0))
        return;
    int at = b->n < most ? b->n++ : most - 1;
    while (at > 0 && order(t, &b->item[at - 1]) < 0) {
        b->item[at] = b->item[at - 1];
        at--;
    }
    b->item[at] = *t;
}

static int order_wrong(const void *x, const void *y)
{
    const struct yh_replay_wrong *a = x, *b = y;
    if (a->chunk != b->chunk)
        return a->chunk < b->chunk ? -1 : 1;
    return (a->head > b->head) - (a->head < b->head);
}

/* ---- one group ---- */

static void note_wrong(struct worker *w, const struct yh_arc_chunk *c, int chunk, int64_t row,
                       const char *what, yh_fen was, yh_fen is, const char *text)
{
    w->nwrong_all++;
    if (w->nwrong == YH_REPLAY_WRONG_MAX)
        return;
    struct yh_replay_wrong *x = &w->wrong[w->nwrong++];
    *x = (struct yh_replay_wrong){ .chunk = chunk, .head = row, .was = was, .is = is };
    char buf[24];
    yh_str no = yh_arc_text(c, YH_ARC(c, head, settlement, row), buf);
    snprintf(x->settlement, sizeof x->settlement, "%.*s", (int)yh_min(no.n, 63), no.p);
    snprintf(x->what, sizeof x->what, "%s", what);
    snprintf(x->text, sizeof x->text, "%.199s", text ? text : "");
}

/* The layers' payments against the pay rows of the books. */
static bool same_layers(const struct yh_lens_plan *p, const struct yh_decision *d,
                        const struct yh_arc_chunk *c, int64_t row, yh_fen *was, yh_fen *is)
{
    int64_t from, to;
    YH_ARC_SPAN(c, head, pay, row, &from, &to);
    for (int i = 0; i < d->nlayer; i++) {
        struct yh_arc_pay now, then = { 0 };
        (void)yh_walk_pay_row(p, d, i, &now);
        if (!now.amount && !now.beyond)
            continue;
        if (from < to)
            yh_arc_get_pay(c, from++, &then);
        if (then.fund != now.fund || then.amount != now.amount || then.beyond != now.beyond) {
            *was = then.amount + then.beyond;
            *is = now.amount + now.beyond;
            return false;
        }
    }
    *was = from < to ? YH_ARC(c, pay, amount, from) : 0;
    *is = 0;
    return from == to;
}

static void compare(struct worker *w, const struct yh_arc_chunk *c, int chunk, int64_t row,
                    const struct yh_arc_head *h, const struct yh_sums *sums,
                    const struct yh_decision *d, const struct yh_lens_plan *p)
{
    yh_fen was = 0, is = 0;
    const char *what = yh_walk_differs(h, d, &was, &is);
    const struct {
        const char *name;
        yh_fen was, is;
    } X[] = { { "medfee_sumamt", sums->total, d->sums.total },
              { "fulamt_ownpay_amt", sums->outside, d->sums.outside },
              { "overlmt_selfpay", sums->over, d->sums.over },
              { "preselfpay_amt", sums->first, d->sums.first },
              { "inscp_scp_amt", sums->scope, d->sums.scope } };
    for (int i = 0; !what && i < YH_COUNT(X); i++)
        if (X[i].was != X[i].is) {
            what = X[i].name;
            was = X[i].was;
            is = X[i].is;
        }
    if (!what && p && !same_layers(p, d, c, row, &was, &is))
        what = "setldetail";
    if (what)
        note_wrong(w, c, chunk, row, what, was, is, NULL);
}

static void add_funds_booked(struct worker *w, const struct yh_arc_chunk *c, int64_t row,
                             const struct yh_arc_head *h)
{
    struct shared *s = w->s;
    int64_t from, to, sign = 1, nfund = s->r->nfund, ns = s->r->scenarios;
    if (h->kind) { /* its mirror: what the settlement that it undoes was paid */
        if (h->undoes < 0)
            return;
        row = h->undoes;
        sign = -1;
    }
    YH_ARC_SPAN(c, head, pay, row, &from, &to);
    int64_t dict = w->s->r->archive->dicts.of[YH_DICT_FUND].n;
    for (int64_t i = from; i < to; i++) {
        int64_t number = YH_ARC(c, pay, fund, i);
        if (number >= 0 && number < dict)
            w->fund[(h->scheme * nfund + s->fund_number[number]) * ns] +=
                sign * (YH_ARC(c, pay, amount, i) + YH_ARC(c, pay, beyond, i));
    }
}

static void add_funds(struct worker *w, int scenario, const struct yh_arc_head *h,
                      const struct yh_decision *d, const struct yh_lens_plan *p)
{
    struct shared *s = w->s;
    int64_t at = p - s->r->set[scenario].plan, nfund = s->r->nfund, ns = s->r->scenarios;
    for (int i = 0; i < d->nlayer; i++)
        if (d->layer[i].paid || d->layer[i].beyond)
            w->fund[(h->scheme * nfund + s->fund_of[scenario][at * 64 + i]) * ns + scenario] +=
                d->layer[i].paid + d->layer[i].beyond;
}

static yh_fen burden_of(const int64_t m[YH_MEASURES])
{
    return m[YH_SUM_ACCOUNT] + m[YH_SUM_RELATIVE] + m[YH_SUM_CASH] - m[YH_SUM_TO_PERSON];
}

/* Which of the lines and the archived cut a scenario is settled from. */
static bool prepare(struct worker *w, const struct yh_arc_chunk *c, int scenario,
                    struct yh_replay_case *k, int64_t row)
{
    if (w->s->lines)
        return true;
    const struct yh_arc_head *h = &k->head;
    const struct yh_lens_plan *p =
        yh_lens_choose(&w->s->r->set[scenario], w->walk[scenario].pool, h->scheme,
                       (yh_day)h->begin, (yh_day)h->end, yh_time_day(h->time));
    k->c.ncut = 0;
    k->c.cut = k->cut;
    return !p || yh_walk_cut(c, row, p, k->cut, &k->c.ncut);
}

static enum yh_status one_head(struct worker *w, const struct yh_arc_chunk *c, int chunk,
                               const struct yh_replay_group *g, int64_t row, yh_fen *burden,
                               bool *billed)
{
    struct shared *s = w->s;
    struct yh_arena scratch = w->chunk; /* falls back with this bill */
    struct yh_replay_case k;
    yh_replay_case_at(&s->r->lens, c, g, row, s->lines, false, &scratch, &k);
    const struct yh_arc_head *h = &k.head;
    struct yh_tally_key key =
        yh_tally_key(&s->r->axes, h, k.c.born, k.c.identity, k.c.nidentity);
    struct yh_sums sums = yh_replay_sums(c, g, row, h);
    bool counts = yh_where_holds(&s->where, &key);
    int ns = s->r->scenarios;
    int64_t who = h->person - g->p0;
    w->heads++;
    w->lines += k.c.nline;
    if (counts)
        billed[who] = true;
    for (int i = 0; i < ns; i++) {
        int64_t m[YH_MEASURES];
        if (!s->walks[i] && !(i == 0 && s->compare)) {
            yh_tally_of_head(h, &sums, m);
            if (counts)
                add_funds_booked(w, c, row, h);
        } else {
            struct yh_decision d;
            struct yh_walk_told told;
            if (s->opt->idle)
                continue;
            enum yh_status st =
                prepare(w, c, i, &k, row)
                    ? yh_walk_settle(&w->walk[i], &k.c, (struct yh_settle_how){ 0 }, &d, &told,
                                     &w->err)
                    : yh_fail(&w->err, YH_BAD_TABLE, "费用标记在文件中不存在");
            if (st) {
                char buf[24], text[200];
                yh_str no = yh_arc_text(c, h->settlement, buf);
                snprintf(text, sizeof text, "%.199s", w->err.text);
                return yh_fail(&w->err, st, "结算 %.*s（第 %d 块第 %lld 行）：%s", YH_ARG(no),
                               chunk + 1, (long long)row + 1, text);
            }
            if (i == 0 && s->compare) {
                compare(w, c, chunk, row, h, &sums, &d, h->kind ? NULL : told.plan);
                yh_tally_of_head(h, &sums, m);
                if (counts)
                    add_funds_booked(w, c, row, h);
            } else {
                yh_tally_of_decision(h, &d, m);
                if (counts && told.plan)
                    add_funds(w, i, h, &d, told.plan);
            }
        }
        if (counts) {
            yh_tally_add(&w->tally, &key, i, m);
            burden[who * ns + i] += burden_of(m);
        }
    }
    return YH_OK;
}

static void close_person(struct worker *w, const struct yh_arc_chunk *c, int chunk, int64_t p,
                         const yh_fen *burden, bool billed)
{
    struct shared *s = w->s;
    int ns = s->r->scenarios;
    int64_t house = s->nhousehold ? YH_ARC(c, person, household, p) : 0;
    if (house > 0 && house <= s->nhousehold) {
        yh_fen income = YH_ARC(c, person, income, p);
        if (income >= 0)
            __atomic_store_n(&s->income[house], income, __ATOMIC_RELAXED);
        for (int i = 0; billed && i < ns; i++)
            __atomic_fetch_add(&s->burden[house * ns + i], burden[i], __ATOMIC_RELAXED);
    }
    if (!billed)
        return;
    w->persons++;
    for (int i = 1; i < ns; i++) {
        yh_fen diff = burden[i] - burden[0];
        yh_tally_person(&w->tally, i, diff);
        if (!diff)
            continue;
        push(diff < 0 ? &w->gain[i] : &w->lose[i], diff);
        struct yh_replay_touched t = { chunk, p, YH_ARC(c, person, grp, p), burden[0],
                                       burden[i] };
        offer(&w->best[i], s->opt->most, &t);
    }
}

static enum yh_status one_group(struct worker *w, const struct yh_arc_chunk *c, int chunk,
                                const struct yh_replay_group *g)
{
    struct shared *s = w->s;
    struct yh_arena scratch = w->chunk;
    int ns = s->r->scenarios;
    int64_t n = g->p1 - g->p0;
    yh_fen *burden = YH_NEW(&scratch, yh_fen, n * ns);
    bool *billed = YH_NEW(&scratch, bool, n);
    struct yh_arena keep = w->chunk;
    w->chunk = scratch;
    if (g->h1 > g->h0)
        for (int i = 0; i < ns; i++)
            if (s->walks[i] || (i == 0 && s->compare))
                yh_replay_group_open(&w->walk[i], c, g);
    enum yh_status st = YH_OK;
    for (int64_t row = g->h0; st == YH_OK && row < g->h1; row++)
        st = one_head(w, c, chunk, g, row, burden, billed);
    for (int64_t p = g->p0; st == YH_OK && p < g->p1; p++)
        close_person(w, c, chunk, p, burden + (p - g->p0) * ns, billed[p - g->p0]);
    w->groups++;
    w->chunk = keep;
    return st;
}

static bool drawn(uint64_t x, uint64_t seed, int of10000)
{
    return (int)(yh_mix64(x * UINT64_C(0x9e3779b97f4a7c15) ^ seed) % 10000) < of10000;
}

static enum yh_status one_chunk(struct worker *w, int chunk)
{
    struct shared *s = w->s;
    struct yh_arc_chunk c;
    enum yh_status st = s->opt->sample
                            ? yh_archive_chunk_quick(s->r->archive, chunk, &c, &w->err)
                            : yh_archive_chunk(s->r->archive, chunk, &c, &w->err);
    int64_t p = 0, h = 0, np = st ? 0 : c.n[YH_ARC_person];
    while (st == YH_OK && p < np) {
        struct yh_replay_group g = yh_replay_group_at(&c, p, h);
        if (!s->opt->sample ||
            drawn((uint64_t)YH_ARC(&c, person, grp, p), s->opt->seed, s->sample_groups)) {
            st = one_group(w, &c, chunk, &g);
            __atomic_fetch_add(&s->heads, g.h1 - g.h0, __ATOMIC_RELAXED);
        }
        p = g.p1;
        h = g.h1;
    }
    yh_archive_drop(s->r->archive, chunk);
    return st;
}

static void *work(void *user)
{
    struct worker *w = user;
    struct shared *s = w->s;
    int n = s->r->archive->nchunk;
    while (w->st == YH_OK && !(s->opt->stop && *s->opt->stop)) {
        int i = __atomic_fetch_add(&s->next, 1, __ATOMIC_RELAXED);
        if (i >= n)
            break;
        if (s->done[i] ||
            (s->opt->sample && !drawn((uint64_t)i, ~s->opt->seed, s->sample_chunks)))
            continue;
        w->st = one_chunk(w, i);
        w->err_chunk = i;
        s->done[i] = w->st == YH_OK;
    }
    __atomic_fetch_sub(&s->running, 1, __ATOMIC_RELEASE);
    return NULL;
}

/* ---- opening ---- */

static enum yh_status open_worker(struct worker *w, struct shared *s, struct yh_err *err)
{
    struct yh_replay_result *r = s->r;
    *w = (struct worker){ .s = s };
    enum yh_status st = yh_arena_open(&w->arena, ARENA, err);
    if (st == YH_OK)
        st = yh_arena_open(&w->chunk, CHUNK_ARENA, err);
    if (st)
        return st;
    yh_tally_open(&w->arena, &r->axes, r->scenarios, &w->tally);
    int64_t schemes = r->archive->dicts.of[YH_DICT_SCHEME].n;
    w->fund = YH_NEW(&w->arena, yh_fen, schemes * r->nfund * r->scenarios);
    for (int i = 0; st == YH_OK && i < r->scenarios; i++) {
        w->best[i].item = YH_NEW(&w->arena, struct yh_replay_touched, s->opt->most + 1);
        if (s->walks[i] || (i == 0 && s->compare))
            st = yh_walk_open(&w->walk[i], &r->lens, &r->set[i], r->archive->about.region, err);
    }
    return st;
}

static void close_worker(struct worker *w)
{
    for (int i = 0; i < YH_TALLY_SCENARIOS; i++) {
        yh_heap(w->gain[i].v, 0);
        yh_heap(w->lose[i].v, 0);
        yh_walk_close(&w->walk[i]);
    }
    yh_arena_close(&w->arena);
    yh_arena_close(&w->chunk);
}

static int fund_index(struct yh_replay_result *r, yh_str code, yh_str name)
{
    for (int i = 0; i < r->nfund; i++)
        if (yh_eq(r->fund[i], code)) {
            if (!r->fund_name[i].n)
                r->fund_name[i] = name;
            return i;
        }
    yh_assert(r->nfund < 256);
    r->fund[r->nfund] = code;
    r->fund_name[r->nfund] = name;
    return r->nfund++;
}

static void list_funds(struct shared *s)
{
    struct yh_replay_result *r = s->r;
    const struct yh_arc_dict *d = &r->archive->dicts.of[YH_DICT_FUND];
    r->fund = YH_NEW(&r->arena, yh_str, 256);
    r->fund_name = YH_NEW(&r->arena, yh_str, 256);
    s->fund_number = YH_NEW(&r->arena, int32_t, d->n);
    for (int i = 0; i < d->n; i++)
        s->fund_number[i] = fund_index(r, d->text[i], YH_S(""));
    for (int k = 0; k < r->scenarios; k++) {
        s->fund_of[k] = YH_NEW(&r->arena, int32_t, r->set[k].nplan * 64);
        for (int i = 0; i < r->set[k].nplan; i++)
            for (int l = 0; l < r->set[k].plan[i].plan->nlayer && l < 64; l++) {
                const struct yh_layer *x = &r->set[k].plan[i].plan->layer[l];
                s->fund_of[k][i * 64 + l] = fund_index(r, x->fund, x->name);
            }
    }
    int64_t schemes = r->archive->dicts.of[YH_DICT_SCHEME].n;
    r->fund_paid = YH_NEW(&r->arena, yh_fen, schemes * r->nfund * r->scenarios);
}

yh_fen yh_replay_fund_paid(const struct yh_replay_result *r, int64_t scheme, int fund,
                           int scenario)
{
    return r->fund_paid[(scheme * r->nfund + fund) * r->scenarios + scenario];
}

/* Whether some bill's cut would be another one under some scenario. */
static bool needs_lines(const struct yh_replay_result *r)
{
    for (int k = 0; k < r->scenarios; k++)
        for (int i = 0; i < r->set[k].nplan; i++) {
            const struct yh_lens_plan *x = &r->set[k].plan[i];
            if (x->pool != r->archive->about.region)
                continue;
            for (int b = 0; b < r->base.nplan; b++) {
                const struct yh_lens_plan *y = &r->base.plan[b];
                if (y->pool == x->pool && y->scheme == x->scheme &&
                    y->period.from < x->period.to && x->period.from < y->period.to &&
                    !yh_lens_lines_alike(x->plan, y->plan))
                    return true;
            }
        }
    return false;
}

static int64_t most_household(const struct yh_archive *archive, enum yh_status *st,
                              struct yh_err *err)
{
    int64_t most = 0;
    for (int i = 0; i < archive->nchunk; i++) {
        struct yh_arc_chunk c;
        if ((*st = yh_archive_chunk_quick(archive, i, &c, err)) != YH_OK)
            return 0;
        for (int64_t p = 0; p < c.n[YH_ARC_person]; p++)
            most = yh_max(most, YH_ARC(&c, person, household, p));
    }
    return most;
}

static enum yh_status open_households(struct shared *s, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    int64_t n =
        s->opt->sample || s->r->scenarios < 2 ? 0 : most_household(s->r->archive, &st, err);
    if (st || n <= 0 || n > HOUSEHOLDS_MAX)
        return st;
    s->nhousehold = n;
    s->income = YH_NEW(&s->r->arena, yh_fen, n + 1);
    s->burden = YH_NEW(&s->r->arena, yh_fen, (n + 1) * s->r->scenarios);
    for (int64_t i = 0; i <= n; i++)
        s->income[i] = -1;
    s->r->share.known = true;
    return YH_OK;
}

static enum yh_status open_shared(struct shared *s, const struct yh_replay_world *world,
                                  struct yh_err *err)
{
    struct yh_replay_result *r = s->r;
    const struct yh_archive *archive = r->archive;
    const struct yh_replay_options *opt = s->opt;
    struct yh_lens_plan *plan;
    int n;
    yh_lens_open(&r->arena, &archive->dicts, &archive->providers, world->catalog, world->terms,
                 world->regions, yh_day_of(archive->about.year, 1, 1), &r->lens);
    enum yh_status st =
        yh_replay_plans(&r->arena, archive, &r->lens, world->plans, &plan, &n, err);
    if (st)
        return st;
    if (!n)
        return yh_fail(err, YH_NOT_FOUND, "%06u 没有任何可用的待遇文件", archive->about.region);
    yh_lens_plans_open(&r->arena, &r->lens, plan, n, &r->base);
    const struct yh_plan *words = r->base.plan[0].plan;
    yh_axes_open(&r->arena, &r->lens, words, &r->axes);
    if ((st = yh_where_parse(&r->axes, opt->where, &s->where, err)) != YH_OK)
        return st;
    r->scenarios = 1 + opt->ndraft;
    r->set = YH_NEW(&r->arena, struct yh_lens_plans, r->scenarios);
    r->set[0] = r->base;
    s->walks[0] = opt->against != NULL;
    s->compare = !opt->against && !opt->ndraft;
    if (opt->against)
        st = yh_replay_lay_over(&r->arena, archive, &r->lens, &r->base, opt->against,
                                &r->set[0], err);
    for (int i = 0; st == YH_OK && i < opt->ndraft; i++) {
        st = yh_replay_lay_over(&r->arena, archive, &r->lens, &r->base, &opt->draft[i],
                                &r->set[i + 1], err);
        s->walks[i + 1] = true;
    }
    if (st)
        return st;
    s->lines = opt->lines || s->compare || needs_lines(r);
    r->read_lines = s->lines;
    list_funds(s);
    s->done = YH_NEW(&r->arena, bool, archive->nchunk);
    s->sample_chunks = s->sample_groups = 10000;
    if (opt->sample) {
        bool by_chunk = archive->nchunk >= 100 && opt->sample <= 1000;
        s->sample_chunks = by_chunk ? 1000 : 10000;
        s->sample_groups = by_chunk ? opt->sample * 10 : opt->sample;
    }
    return open_households(s, err);
}

/* ---- bringing together ---- */

static void join(struct yh_replay_result *r, struct worker *to, struct worker *w, int most)
{
    yh_tally_join(&to->tally, &w->tally);
    int64_t schemes = r->archive->dicts.of[YH_DICT_SCHEME].n;
    for (int64_t i = 0; i < schemes * r->nfund * r->scenarios; i++)
        to->fund[i] += w->fund[i];
    for (int k = 1; k < r->scenarios; k++) {
        for (int64_t i = 0; i < w->gain[k].n; i++)
            push(&to->gain[k], w->gain[k].v[i]);
        for (int64_t i = 0; i < w->lose[k].n; i++)
            push(&to->lose[k], w->lose[k].v[i]);
        for (int i = 0; i < w->best[k].n; i++)
            offer(&to->best[k], most, &w->best[k].item[i]);
    }
    struct yh_replay_wrong all[2 * YH_REPLAY_WRONG_MAX];
    int n = 0;
    for (int i = 0; i < to->nwrong; i++)
        all[n++] = to->wrong[i];
    for (int i = 0; i < w->nwrong; i++)
        all[n++] = w->wrong[i];
    qsort(all, (size_t)n, sizeof *all, order_wrong);
    to->nwrong = (int)yh_min(n, YH_REPLAY_WRONG_MAX);
    memcpy(to->wrong, all, sizeof *all * (size_t)to->nwrong);
    to->nwrong_all += w->nwrong_all;
    to->heads += w->heads;
    to->persons += w->persons;
    to->groups += w->groups;
    to->lines += w->lines;
}

static int by_value(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

/* The middle one; of an even number the one that is nearer to nothing. */
static yh_fen median(struct diffs *d, yh_fen *sum)
{
    *sum = 0;
    for (int64_t i = 0; i < d->n; i++)
        *sum += d->v[i];
    if (!d->n)
        return 0;
    qsort(d->v, (size_t)d->n, sizeof *d->v, by_value);
    return d->v[0] < 0 ? d->v[d->n / 2] : d->v[(d->n - 1) / 2];
}

static void count_households(struct shared *s)
{
    struct yh_replay_result *r = s->r;
    int ns = r->scenarios;
    for (int64_t h = 1; h <= s->nhousehold; h++) {
        if (s->income[h] < 0)
            continue;
        r->share.households++;
        for (int i = 0; i < ns; i++)
            for (int k = 0; k < 3; k++)
                r->share.over[i][k] +=
                    (__int128)s->burden[h * ns + i] * 100 > (__int128)s->income[h] * OVER[k];
    }
}

static void finish(struct shared *s, struct worker *w)
{
    struct yh_replay_result *r = s->r;
    struct yh_tally t;
    yh_tally_open(&r->arena, &r->axes, r->scenarios, &t);
    yh_tally_join(&t, &w->tally);
    r->tally = t;
    int64_t schemes = r->archive->dicts.of[YH_DICT_SCHEME].n;
    memcpy(r->fund_paid, w->fund,
           sizeof *w->fund * (size_t)(schemes * r->nfund * r->scenarios));
    for (int k = 1; k < r->scenarios; k++) {
        r->touched[k] = YH_NEW(&r->arena, struct yh_replay_touched, w->best[k].n + 1);
        memcpy(r->touched[k], w->best[k].item, sizeof *w->best[k].item * (size_t)w->best[k].n);
        r->ntouched[k] = w->best[k].n;
        r->change[k].gain = w->gain[k].n;
        r->change[k].lose = w->lose[k].n;
        r->change[k].gain_median = median(&w->gain[k], &r->change[k].gain_sum);
        r->change[k].lose_median = median(&w->lose[k], &r->change[k].lose_sum);
    }
    memcpy(r->wrong_list, w->wrong, sizeof w->wrong);
    r->nwrong = w->nwrong;
    r->wrong = w->nwrong_all;
    r->heads = r->archive->heads;
    r->sampled = w->heads;
    r->persons = w->persons;
    r->groups = w->groups;
    r->lines_read = w->lines;
    count_households(s);
}

/* ---- the checkpoint of an interrupted run ---- */

static void add_text(struct yh_sha256 *h, yh_str s)
{
    yh_sha256_add(h, s);
    yh_sha256_add(h, YH_S("\n"));
}

static void add_draft(struct yh_sha256 *h, const struct yh_replay_draft *d)
{
    add_text(h, d->name);
    yh_sha256_add(h, (yh_str){ (const char *)&d->from, sizeof d->from });
    for (int i = 0; i < d->nplan; i++)
        yh_sha256_add(h, (yh_str){ (const char *)d->plan[i]->digest, 32 });
}

/* What a checkpoint must have been made for. */
static void identity_of(const struct shared *s, uint8_t out[32])
{
    struct yh_sha256 h;
    yh_sha256_start(&h);
    yh_sha256_add(&h, YH_S("replay 1"));
    yh_sha256_add(&h, (yh_str){ (const char *)s->r->archive->digest, 32 });
    for (int i = 0; i < s->r->base.nplan; i++)
        yh_sha256_add(&h, (yh_str){ (const char *)s->r->base.plan[i].plan->digest, 32 });
    if (s->opt->against)
        add_draft(&h, s->opt->against);
    for (int i = 0; i < s->opt->ndraft; i++)
        add_draft(&h, &s->opt->draft[i]);
    add_text(&h, s->opt->where);
    int64_t n[] = { s->opt->sample,  (int64_t)s->opt->seed, s->lines,    s->opt->most,
                    s->r->scenarios, s->nhousehold,         YH_MEASURES, s->r->axes.ncell };
    yh_sha256_add(&h, (yh_str){ (const char *)n, sizeof n });
    yh_sha256_end(&h, out);
}

/* One walk over all that is kept, written or read back alike. */
struct tape {
    FILE *f;
    bool writes, bad;
    uint32_t crc;
};

static void roll(struct tape *t, void *p, size_t n)
{
    if (t->bad || !n)
        return;
    size_t did = t->writes ? fwrite(p, 1, n, t->f) : fread(p, 1, n, t->f);
    t->bad = did != n;
    if (!t->bad)
        t->crc = yh_crc32c(t->crc, (yh_str){ p, (ptrdiff_t)n });
}

static void roll_diffs(struct tape *t, struct diffs *d)
{
    int64_t n = d->n;
    roll(t, &n, sizeof n);
    if (t->bad || n < 0 || n > HOUSEHOLDS_MAX * 4) {
        t->bad = true;
        return;
    }
    if (!t->writes) {
        d->v = yh_heap(d->v, sizeof *d->v * (size_t)(n + 1));
        d->n = n;
        d->cap = n + 1;
    }
    roll(t, d->v, sizeof *d->v * (size_t)n);
}

static bool roll_all(struct tape *t, struct shared *s, struct worker *w)
{
    struct yh_replay_result *r = s->r;
    uint8_t mine[32], theirs[32];
    identity_of(s, mine);
    memcpy(theirs, mine, 32);
    roll(t, theirs, 32);
    if (t->bad || memcmp(mine, theirs, 32))
        return false;
    int64_t schemes = r->archive->dicts.of[YH_DICT_SCHEME].n;
    roll(t, s->done, sizeof *s->done * (size_t)r->archive->nchunk);
    roll(t, w->tally.sum, sizeof(int64_t) * yh_tally_words(&r->axes, r->scenarios));
    roll(t, w->tally.spread, sizeof w->tally.spread);
    roll(t, w->fund, sizeof *w->fund * (size_t)(schemes * r->nfund * r->scenarios));
    for (int k = 1; k < r->scenarios; k++) {
        roll_diffs(t, &w->gain[k]);
        roll_diffs(t, &w->lose[k]);
        roll(t, &w->best[k].n, sizeof w->best[k].n);
        if (w->best[k].n < 0 || w->best[k].n > s->opt->most)
            return false;
        roll(t, w->best[k].item, sizeof *w->best[k].item * (size_t)w->best[k].n);
    }
    roll(t, &w->nwrong, sizeof w->nwrong);
    roll(t, w->wrong, sizeof w->wrong);
    int64_t *n[] = { &w->nwrong_all, &w->heads, &w->persons, &w->groups, &w->lines };
    for (int i = 0; i < YH_COUNT(n); i++)
        roll(t, n[i], sizeof *n[i]);
    if (s->nhousehold) {
        roll(t, s->income, sizeof *s->income * (size_t)(s->nhousehold + 1));
        roll(t, s->burden,
             sizeof *s->burden * (size_t)(s->nhousehold + 1) * (size_t)r->scenarios);
    }
    uint32_t crc = t->crc, kept = crc;
    roll(t, &kept, sizeof kept);
    return !t->bad && kept == crc && w->nwrong >= 0 && w->nwrong <= YH_REPLAY_WRONG_MAX;
}

static enum yh_status save(struct shared *s, struct worker *w, struct yh_err *err)
{
    const char *path = s->opt->checkpoint;
    struct tape t = { .f = fopen(path, "wb"), .writes = true };
    bool ok = t.f && roll_all(&t, s, w);
    if (t.f && fclose(t.f))
        ok = false;
    return ok ? YH_OK : yh_fail(err, YH_IO, "%s：不能写下中断时的进度", path);
}

/* False: nothing that fits was there, and all is as it was. */
static bool take_up(struct shared *s, struct worker *w)
{
    struct tape t = { .f = fopen(s->opt->checkpoint, "rb") };
    if (!t.f)
        return false;
    bool ok = roll_all(&t, s, w);
    (void)fclose(t.f);
    return ok;
}

/* ---- the run ---- */

static void watch(struct shared *s, int64_t all)
{
    while (__atomic_load_n(&s->running, __ATOMIC_ACQUIRE) > 0) {
        if (s->opt->progress)
            s->opt->progress(s->opt->user, __atomic_load_n(&s->heads, __ATOMIC_RELAXED), all);
        for (int i = 0; i < 20 && __atomic_load_n(&s->running, __ATOMIC_ACQUIRE) > 0; i++)
            nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
    }
}

static enum yh_status run(struct shared *s, struct worker *w, int n, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    int open = 0;
    for (; st == YH_OK && open < n; open++)
        st = open_worker(&w[open], s, err);
    if (st)
        return st;
    if (s->opt->checkpoint && !take_up(s, &w[0])) { /* what it may have half read is dropped */
        close_worker(&w[0]);
        memset(s->done, 0, sizeof *s->done * (size_t)s->r->archive->nchunk);
        if (s->nhousehold) {
            memset(s->burden, 0,
                   sizeof *s->burden * (size_t)(s->nhousehold + 1) * (size_t)s->r->scenarios);
            for (int64_t i = 0; i <= s->nhousehold; i++)
                s->income[i] = -1;
        }
        if ((st = open_worker(&w[0], s, err)) != YH_OK)
            return st;
    }
    s->heads = w[0].heads;
    s->running = n;
    for (int i = 0; i < n; i++)
        if (pthread_create(&w[i].thread, NULL, work, &w[i])) {
            w[i].thread = 0;
            (void)work(&w[i]); /* no thread to be had: here, then */
        }
    watch(s, s->r->archive->heads);
    for (int i = 0; i < n; i++)
        if (w[i].thread)
            pthread_join(w[i].thread, NULL);
    int first = -1;
    for (int i = 0; i < n; i++)
        if (w[i].st && (first < 0 || w[i].err_chunk < w[first].err_chunk))
            first = i;
    if (first >= 0) {
        if (err)
            *err = w[first].err;
        return w[first].st;
    }
    for (int i = 1; i < n; i++)
        join(s->r, &w[0], &w[i], s->opt->most);
    if (s->opt->stop && *s->opt->stop && s->next < s->r->archive->nchunk) {
        if (s->opt->checkpoint && (st = save(s, &w[0], err)) != YH_OK)
            return st;
        return yh_fail(err, YH_RETRY, "已中断；%s",
                       s->opt->checkpoint ? "再运行同一条命令从中断处继续" : "没有留下进度");
    }
    finish(s, &w[0]);
    if (s->opt->checkpoint)
        (void)remove(s->opt->checkpoint);
    return YH_OK;
}

enum yh_status yh_replay_run(const struct yh_archive *archive,
                             const struct yh_replay_world *world,
                             const struct yh_replay_options *opt, struct yh_replay_result *out,
                             struct yh_err *err)
{
    yh_assert(opt->threads >= 1 && opt->ndraft >= 0 && opt->ndraft < YH_TALLY_SCENARIOS &&
              opt->most >= 0 && opt->most <= 200);
    *out = (struct yh_replay_result){ .archive = archive };
    enum yh_status st = yh_arena_open(&out->arena, ARENA, err);
    if (st)
        return st;
    struct shared s = { .opt = opt, .r = out };
    if ((st = open_shared(&s, world, err)) == YH_OK) {
        int n = (int)yh_clamp(opt->threads, 1, 64);
        struct worker *w = YH_NEW(&out->arena, struct worker, n);
        st = run(&s, w, n, err);
        for (int i = 0; i < n; i++)
            close_worker(&w[i]);
    }
    if (st)
        yh_replay_close(out);
    return st;
}

void yh_replay_close(struct yh_replay_result *r)
{
    yh_arena_close(&r->arena);
    *r = (struct yh_replay_result){ 0 };
}
