#include "shell/rules/replay.h"

#include <stdio.h>
#include <stdlib.h>

struct run {
    const struct yh_rule_replay_options *opt;
    struct yh_rule_replay *r;
    struct yh_rules *variants;
    struct yh_map seen;  /* persons and providers counted */
    struct yh_map found; /* what the rules hit */
    struct yh_map was;   /* what they hit before -> how often and not yet met again */
    int walk, walks;
};

static bool fresh(struct run *k, const char *what, int at, yh_str who)
{
    struct yh_arena scratch = *k->r->arena;
    yh_str key = yh_fmt(&scratch, "%s %d %.*s", what, at, YH_ARG(who));
    if (yh_map_get(&k->seen, key, 0))
        return false;
    return yh_map_add(&k->seen, yh_dup(k->r->arena, key), 1);
}

static void draw(struct run *k, struct yh_rule_tally *t, const struct yh_hit *h)
{
    int64_t most = k->opt->draw;
    int at = t->n;
    while (at > 0 && yh_cmp(t->drawn[at - 1].id, h->id) > 0)
        at--;
    if (at >= most)
        return;
    struct yh_buf text = yh_buf_in(k->r->arena);
    struct yh_jsonw w = yh_jsonw_on(&text);
    if (k->opt->json)
        yh_hit_json(&w, h);
    else
        yh_hit_tsv(&text, h);
    t->n = t->n < most ? t->n + 1 : t->n;
    memmove(&t->drawn[at + 1], &t->drawn[at], (size_t)(t->n - 1 - at) * sizeof *t->drawn);
    t->drawn[at] = (struct yh_rule_drawn){ yh_dup(k->r->arena, h->id), yh_buf_str(&text) };
}

static void count(struct run *k, struct yh_rule_tally *t, const char *what, int at,
                  const struct yh_hit *h)
{
    t->hits++;
    t->persons += fresh(k, what, at, h->person);
    t->providers += fresh(k, what, at, yh_fmt(k->r->arena, "@%.*s", YH_ARG(h->provider)));
    t->item += h->item_money;
    t->fund += h->fund_item;
    t->method += h->fund_method;
    t->person += h->person_item + h->outside_item;
    for (int i = 0; i < h->nline; i++)
        t->lines += h->line[i].at_stake ? h->line[i].amount : 0;
}

/* Which fact it is, whatever amount and lines a variant gives it. */
static yh_str place(struct yh_arena *a, int rule, const struct yh_hit *h)
{
    return yh_fmt(a, "%d %.*s %.*s %.*s %.*s", rule, YH_ARG(h->knowledge), YH_ARG(h->person),
                  YH_ARG(h->visit), YH_ARG(h->settlement));
}

static void on_before(void *user, const struct yh_hit *h)
{
    struct run *k = user;
    int at = yh_rules_find(k->r->rules, h->rule);
    if (at < 0)
        return;
    struct yh_rule_change *c = &k->r->change[at];
    yh_str key = place(k->r->arena, at, h);
    c->before++;
    c->item_before += h->item_money;
    c->method_before += h->fund_method;
    yh_map_set(&k->was, key, yh_map_get(&k->was, key, 0) + 1);
}

static void on_hit(void *user, const struct yh_hit *h)
{
    struct run *k = user;
    struct yh_rule_replay *r = k->r;
    int at = yh_rules_find(r->rules, h->rule);
    struct yh_civil c = yh_civil_of(h->day_to);
    int64_t m =
        yh_clamp((int64_t)c.year * 12 + c.month - 1 - YH_RULE_MONTH0, 0, YH_RULE_MONTHS - 1);
    struct yh_rule_month *month = &r->month[at * YH_RULE_MONTHS + m];
    yh_str key = place(r->arena, at, h);
    month->hits++;
    month->item += h->item_money;
    month->method += h->fund_method;
    count(k, &r->hit[at], "hit", at, h);
    draw(k, &r->hit[at], h);
    yh_map_add(&k->found, key, 1);
    int64_t left = yh_map_get(&k->was, key, 0);
    if (left > 0)
        yh_map_set(&k->was, key, left - 1);
    r->change[at].kept += left > 0;
    r->change[at].fresh += left <= 0;
}

static void on_near(void *user, const struct yh_hit *h)
{
    struct run *k = user;
    struct yh_rule_replay *r = k->r;
    struct yh_arena scratch = *r->arena;
    int variant = yh_rules_find(k->variants, h->rule), at = 0;
    while (r->near[at].variant != variant)
        at++;
    const struct yh_near *near = &r->near[at];
    if (yh_map_get(&k->found, place(&scratch, near->rule, h), 0))
        return;
    struct yh_hit shown = *h;
    shown.rule = r->rules->rule[near->rule].id;
    shown.version = YH_S("");
    count(k, &r->alike[at], "near", at, h);
    draw(k, &r->alike[at], &shown);
}

static void on_chunk(void *user, int chunk, int64_t done, int64_t all)
{
    struct run *k = user;
    (void)chunk;
    if (k->opt->progress)
        k->opt->progress(k->opt->user, k->walk * all + done, k->walks * all);
}

static enum yh_status walk(struct run *k, const struct yh_rules *rules,
                           struct yh_audit_result *sum,
                           void (*hit)(void *, const struct yh_hit *), struct yh_err *err)
{
    const struct yh_rule_replay_options *o = k->opt;
    struct yh_audit_options opt = { .rules = rules,
                                    .goods = o->goods,
                                    .catalog = o->catalog,
                                    .terms = o->terms,
                                    .threads = o->threads,
                                    .just = -1,
                                    .since = YH_DAY_MIN,
                                    .stay_method = o->stay_method,
                                    .stop = o->stop,
                                    .hit = hit,
                                    .chunk = on_chunk,
                                    .user = k };
    yh_audit_open(k->r->arena, o->archive, rules, sum);
    enum yh_status st = yh_audit_run(o->archive, &opt, sum, err);
    k->walk++;
    return st;
}

static struct yh_rule_tally *tallies(struct yh_arena *a, int n, int64_t draw)
{
    struct yh_rule_tally *t = YH_NEW(a, struct yh_rule_tally, n + 1);
    for (int i = 0; i < n; i++)
        t[i].drawn = YH_NEW(a, struct yh_rule_drawn, draw + 1);
    return t;
}

enum yh_status yh_rule_replay_run(struct yh_arena *a, const struct yh_rule_replay_options *opt,
                                  struct yh_rule_replay *out, struct yh_err *err)
{
    struct yh_rule_replay r = { .arena = a, .rules = opt->book->rules };
    struct run k = { .opt = opt, .r = &r };
    int n = r.rules->n;
    enum yh_status st = yh_near_read(opt->book, &k.variants, &r.near, &r.nnear, err);
    if (st)
        return st;
    k.walks = 1 + (opt->before != NULL) + (r.nnear > 0);
    k.seen = yh_map_in(a, 1024);
    k.found = yh_map_in(a, 1024);
    k.was = yh_map_in(a, 1024);
    r.month = YH_NEW(a, struct yh_rule_month, n * YH_RULE_MONTHS);
    r.change = YH_NEW(a, struct yh_rule_change, n + 1);
    r.hit = tallies(a, n, opt->draw);
    r.alike = tallies(a, r.nnear, opt->draw);
    struct yh_audit_result other;
    if (opt->before) {
        for (int i = 0; i < n; i++)
            r.change[i].known = yh_rules_find(opt->before->rules, r.rules->rule[i].id) >= 0;
        st = walk(&k, opt->before->rules, &other, on_before, err);
    }
    if (st == YH_OK)
        st = walk(&k, r.rules, &r.sum, on_hit, err);
    if (st == YH_OK && r.nnear)
        st = walk(&k, k.variants, &other, on_near, err);
    if (st)
        return st;
    for (int i = 0; i < n; i++)
        r.change[i].gone = r.change[i].before - r.change[i].kept;
    *out = r;
    return YH_OK;
}

yh_str yh_rule_month_text(char room[24], int month)
{
    int n = snprintf(room, 24, "%d-%02d", (YH_RULE_MONTH0 + month) / 12, month % 12 + 1);
    return (yh_str){ room, n };
}

struct ranked {
    int at;
    int64_t hits;
};
static int by_hits(const void *x, const void *y)
{
    const struct ranked *a = x, *b = y;
    if (a->hits != b->hits)
        return a->hits > b->hits ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

int yh_rule_replay_providers(struct yh_arena *a, const struct yh_rule_replay *r, int **place)
{
    struct ranked *list = YH_NEW(a, struct ranked, r->sum.nprovider + 1);
    int *at = YH_NEW(a, int, r->sum.nprovider + 1);
    int n = 0;
    for (int i = 0; i < r->sum.nprovider; i++)
        if (r->sum.provider[i].hits)
            list[n++] = (struct ranked){ i, r->sum.provider[i].hits };
    qsort(list, (size_t)n, sizeof *list, by_hits);
    for (int i = 0; i < n; i++)
        at[i] = list[i].at;
    *place = at;
    return n;
}
