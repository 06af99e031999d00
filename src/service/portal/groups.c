/* service/portal/groups.c -- hospitals beside each other by group, over a pool's settlement lists. */
#include <stdlib.h>
#include "service/lists.h"
#include "service/portal/inside.h"

#define HOUSES_MOST 600
#define MONTHS 12

struct group {
    yh_str code, name;
    int64_t cases, days, priced;
    yh_fen cost;
    yh_micro weight;
    int houses; /* with a case of it */
};
struct cell {
    int group;
    int64_t cases, days;
    yh_fen cost;
};
struct house {
    const struct yh_provider_row *p;
    struct cell *cell;
    int n, cap;
    int64_t cases, days, priced;
    yh_fen cost;
    yh_micro weight;
};
struct pool {
    const struct yh_look *k;
    struct yh_map at;
    struct group *group;
    int ngroup, cap;
    struct house *house;
    int nhouse;
};

static int group_of(struct pool *p, const struct yh_list_stat *s)
{
    int at = yh_map_get(&p->at, s->code, -1);
    if (at >= 0)
        return at;
    yh_map_add(&p->at, s->code, p->ngroup);
    YH_PUSH(p->k->arena, p->group, p->ngroup, p->cap) = (struct group){
        .code = s->code,
        .name = s->name.n ? s->name
                          : yh_fmt(p->k->arena, "%.*s%s%.*s", YH_ARG(s->dx),
                                   s->px.n ? " + " : "", YH_ARG(s->px)),
    };
    return p->ngroup - 1;
}

static void add(struct pool *p, struct house *h, const struct yh_list_stat *s)
{
    int g = group_of(p, s), i = 0;
    while (i < h->n && h->cell[i].group != g)
        i++;
    if (i == h->n) {
        YH_PUSH(p->k->arena, h->cell, h->n, h->cap) = (struct cell){ .group = g };
        p->group[g].houses++;
    }
    h->cell[i].cases += s->cases;
    h->cell[i].days += s->days;
    h->cell[i].cost += s->cost;
    h->cases += s->cases;
    h->days += s->days;
    h->cost += s->cost;
    h->weight += s->weight;
    h->priced += s->priced;
    p->group[g].cases += s->cases;
    p->group[g].days += s->days;
    p->group[g].cost += s->cost;
    p->group[g].weight += s->weight;
    p->group[g].priced += s->priced;
}

/* Months of the last twelve, this one included. */
static bool lately(yh_str month, yh_day today)
{
    struct yh_civil c = yh_civil_of(today);
    int64_t v = 0;
    if (month.n != 6 || yh_int_parse(month, &v, NULL))
        return false;
    int64_t m = v / 100 * 12 + v % 100 - 1, now = (int64_t)c.year * 12 + c.month - 1;
    return m > now - MONTHS && m <= now;
}

static enum yh_status read_house(struct pool *p, struct house *h, bool dip, struct yh_err *err)
{
    struct yh_call call;
    struct yh_ctx c = yh_look_ctx(p->k, &call, YH_S(""));
    struct yh_list_stat *s = NULL;
    struct yh_provider_row provider = *h->p;
    int n = 0;
    call.provider = provider.provider;
    c.provider = &provider;
    enum yh_status st = yh_region_locate(p->k->world->regions, provider.office,
                                         yh_time_day(p->k->now), &c.provider_place, err);
    if (st == YH_OK)
        st = yh_lists_stat(&c, YH_S(""), dip, &s, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        if (lately(s[i].month, yh_time_day(p->k->now)))
            add(p, h, &s[i]);
    return st;
}

static int by_cases(const void *x, const void *y)
{
    const struct cell *a = x, *b = y;
    if (a->cases != b->cases)
        return a->cases > b->cases ? -1 : 1;
    return a->group - b->group;
}

/* Mean of the others where enough stand behind it; -1: it is not told. */
static yh_fen peer_mean(const struct pool *p, const struct cell *c, int least)
{
    const struct group *g = &p->group[c->group];
    int64_t n = g->cases - c->cases;
    return g->houses < 3 || n < least ? -1 : (g->cost - c->cost + n / 2) / n;
}

static void put_or_null(struct yh_jsonw *w, const char *key, int64_t v, bool told)
{
    yh_jw_key(w, yh_cstr(key));
    if (told)
        yh_jw_i64(w, v);
    else
        yh_jw_null(w);
}

static int64_t per(__int128 top, int64_t n)
{
    return n > 0 ? (int64_t)((top + n / 2) / n) : 0;
}

static void put_house(const struct pool *p, struct house *h, int least, bool named,
                      struct yh_jsonw *w)
{
    __int128 expected = 0, own = 0;
    if (h->n)
        qsort(h->cell, (size_t)h->n, sizeof *h->cell, by_cases);
    yh_jw_object(w);
    yh_jw_kv_str(w, "provider", named ? h->p->provider : YH_S(""));
    yh_jw_kv_str(w, "name", named ? h->p->name : YH_S(""));
    yh_jw_kv_str(w, "level", h->p->level);
    yh_jw_kv_i64(w, "cases", h->cases);
    yh_jw_kv_i64(w, "groups", h->n);
    yh_jw_kv_i64(w, "mean", per(h->cost, h->cases));
    yh_jw_kv_i64(w, "days_hundredths", per((__int128)h->days * 100, h->cases));
    put_or_null(w, "cmi", per(h->weight, h->priced), h->priced > 0);
    for (int i = 0; i < h->n; i++) {
        yh_fen peer = peer_mean(p, &h->cell[i], least);
        if (peer > 0) {
            expected += (__int128)peer * h->cell[i].cases;
            own += h->cell[i].cost;
        }
    }
    put_or_null(w, "cost_index", expected > 0 ? (int64_t)(own * YH_ONE / expected) : 0,
                expected > 0);
    yh_jw_kv_array(w, "rows");
    for (int i = 0; named && i < h->n; i++) {
        const struct cell *c = &h->cell[i];
        const struct group *g = &p->group[c->group];
        yh_fen peer = peer_mean(p, c, least);
        yh_jw_object(w);
        yh_jw_kv_str(w, "group", g->code);
        yh_jw_kv_str(w, "name", g->name);
        yh_jw_kv_i64(w, "cases", c->cases);
        yh_jw_kv_i64(w, "mean", per(c->cost, c->cases));
        yh_jw_kv_i64(w, "days_hundredths", per((__int128)c->days * 100, c->cases));
        put_or_null(w, "weight", per(g->weight, g->priced), g->priced > 0);
        put_or_null(w, "peer_mean", peer, peer >= 0);
        yh_jw_kv_i64(w, "peer_cases", g->cases - c->cases);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
}

static enum yh_status houses(struct pool *p, yh_str pool, struct yh_err *err)
{
    struct yh_provider_row like = { .provider = YH_S("") }, *row = NULL;
    struct yh_place at;
    int n = 0, cap = 0;
    enum yh_status st =
        yh_list_provider(p->k->x, (struct yh_span){ .index = YH_BY_KEY }, &like, &row, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        uint32_t code;
        if (!yh_eq(row[i].kind, YH_S("1")) || yh_region_code(pool, &code, NULL) ||
            yh_region_locate(p->k->world->regions, row[i].office, yh_time_day(p->k->now), &at,
                             NULL) ||
            at.pool->code != code)
            continue;
        if (p->nhouse == HOUSES_MOST)
            return yh_fail(err, YH_LIMIT,
                           "统筹区的医院超过 %d 家，请用 yiheng weights 在档案上算",
                           HOUSES_MOST);
        YH_PUSH(p->k->arena, p->house, p->nhouse, cap) = (struct house){ .p = &row[i] };
    }
    return st;
}

enum yh_status yh_look_groups(const struct yh_look *k, yh_str pool, int least, bool dip,
                              yh_str only, const atomic_bool *stop, struct yh_jsonw *w,
                              struct yh_err *err)
{
    struct pool p = { .k = k, .at = yh_map_in(k->arena, 1024) };
    if (!k->world->casebook)
        return yh_fail(err, YH_NOT_FOUND, "没有装载分组方案");
    enum yh_status st = houses(&p, pool, err);
    for (int i = 0; st == YH_OK && i < p.nhouse; i++)
        st = stop && *stop ? yh_fail(err, YH_RETRY, "服务正在停止")
                           : read_house(&p, &p.house[i], dip, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_str(w, "pool", pool);
    yh_jw_kv_str(w, "way", dip ? YH_S("dip") : YH_S("drg"));
    yh_jw_kv_i64(w, "least", least);
    yh_jw_kv_array(w, "hospitals");
    for (int i = 0; i < p.nhouse; i++)
        if (p.house[i].cases)
            put_house(&p, &p.house[i], least, !only.n || yh_eq(only, p.house[i].p->provider),
                      w);
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}
