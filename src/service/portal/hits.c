/* service/portal/hits.c -- 今日疑点: the rules over what was settled on one day. */
#include <stdio.h>
#include <stdlib.h>
#include "service/portal/inside.h"
#include "service/watch.h"

#define HITS_MOST 300 /* shown */

struct found {
    struct yh_hit h;
    yh_str provider_name;
};
struct day {
    const struct yh_look *k;
    struct yh_settlement_row *bill;
    int n;
    struct found *hit;
    int nhit, cap;
};

static int latest_first(const void *x, const void *y)
{
    const struct yh_settlement_row *a = x, *b = y;
    if (a->time != b->time)
        return a->time > b->time ? -1 : 1;
    return yh_cmp(a->settlement, b->settlement);
}

static int worst_first(const void *x, const void *y)
{
    const struct found *a = x, *b = y;
    if (a->h.verdict != b->h.verdict)
        return a->h.verdict == YH_VERDICT_DENY ? -1 : b->h.verdict == YH_VERDICT_DENY ? 1 : 0;
    if (a->h.fund_method != b->h.fund_method)
        return a->h.fund_method > b->h.fund_method ? -1 : 1;
    if (a->h.item_money != b->h.item_money)
        return a->h.item_money > b->h.item_money ? -1 : 1;
    return yh_cmp(a->h.id, b->h.id);
}

/* What every provider of the area settled that day; *all: before the bound. */
static enum yh_status bills(struct day *d, yh_day day,
                            bool (*within)(void *user, yh_str region, yh_str office),
                            void *user, int most, int *all, struct yh_err *err)
{
    struct yh_provider_row like = { .provider = YH_S("") }, *p = NULL;
    int n = 0, cap = 0;
    enum yh_status st =
        yh_list_provider(d->k->x, (struct yh_span){ .index = YH_BY_KEY }, &like, &p, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_settlement_row probe = { .provider = p[i].provider }, *s = NULL;
        int ns = 0;
        struct yh_span span = { .index = (int)yh_settlement_by_provider,
                                .same = 1,
                                .ranged = true,
                                .from = yh_day_time(day),
                                .to = yh_day_time(day + 1),
                                .down = true,
                                .most = most };
        st = yh_list_settlement(d->k->x, span, &probe, &s, &ns, err);
        for (int j = 0; st == YH_OK && j < ns; j++)
            if (!s[j].undone_by.n && !s[j].undoes.n && within(user, s[j].region, s[j].office))
                YH_PUSH(d->k->arena, d->bill, d->n, cap) = s[j];
    }
    if (d->n)
        qsort(d->bill, (size_t)d->n, sizeof *d->bill, latest_first);
    *all = d->n;
    d->n = d->n < most ? d->n : most;
    return st;
}

static enum yh_status look(struct day *d, const struct yh_settlement_row *s, struct yh_err *err)
{
    struct yh_call call;
    struct yh_ctx c = yh_look_ctx(d->k, &call, s->person);
    struct yh_hit *hit = NULL;
    int n = 0;
    enum yh_status st = yh_watch_stored(&c, s->person, s->visit, &hit, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        hit[i].settlement = s->settlement;
        YH_PUSH(d->k->arena, d->hit, d->nhit, d->cap) =
            (struct found){ hit[i], yh_look_provider_name(d->k, s->provider) };
    }
    return st;
}

struct place_sum {
    yh_str office;
    int64_t bills, hits;
    yh_fen item, method;
};

/* One row an office of the pools looked at, hits or not: who sees a county sees that nothing is there. */
static void put_places(const struct day *d,
                       bool (*within)(void *user, yh_str region, yh_str office), void *user,
                       struct yh_jsonw *w)
{
    const struct yh_regions *t = d->k->world->regions;
    yh_day today = yh_time_day(d->k->now);
    yh_jw_key(w, YH_S("places"));
    yh_jw_array(w);
    for (int i = 0; i < t->n; i++) {
        const struct yh_region *r = &t->row[i];
        char code[8], pool[8];
        (void)snprintf(code, sizeof code, "%06u", (unsigned)r->code);
        (void)snprintf(pool, sizeof pool, "%06u", (unsigned)r->parent);
        if (r->kind != YH_REGION_OFFICE || !yh_in_period(r->period, today) ||
            !within(user, yh_cstr(pool), yh_cstr(code)))
            continue;
        struct place_sum s = { .office = yh_cstr(code) };
        for (int k = 0; k < d->n; k++)
            s.bills += yh_eq(d->bill[k].place, s.office);
        for (int k = 0; k < d->nhit; k++)
            if (yh_eq(d->hit[k].h.office, s.office)) {
                s.hits++;
                s.item += d->hit[k].h.item_money;
                s.method += d->hit[k].h.fund_method;
            }
        yh_jw_object(w);
        yh_jw_kv_str(w, "office", s.office);
        yh_jw_kv_str(w, "name", r->name);
        yh_jw_kv_i64(w, "bills", s.bills);
        yh_jw_kv_i64(w, "hits", s.hits);
        yh_jw_kv_i64(w, "item_money", s.item);
        yh_jw_kv_i64(w, "fund_method", s.method);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

static void put_hit(const struct found *f, struct yh_jsonw *w)
{
    const struct yh_hit *h = &f->h;
    yh_jw_object(w);
    yh_jw_kv_str(w, "hit", h->id);
    yh_jw_kv_str(w, "rule", h->rule);
    yh_jw_kv_str(w, "kind", h->kind);
    yh_jw_kv_str(w, "verdict", yh_verdict_text(h->verdict));
    yh_jw_kv_str(w, "standing", yh_standing_word(h->standing));
    yh_jw_kv_str(w, "provider", h->provider);
    yh_jw_kv_str(w, "provider_name", f->provider_name);
    yh_jw_kv_str(w, "office", h->office);
    yh_jw_kv_str(w, "settlement", h->settlement);
    yh_jw_kv_str(w, "doctor", h->doctor);
    yh_jw_kv_str(w, "item", h->item_name);
    yh_jw_kv_i64(w, "item_money", h->item_money);
    yh_jw_kv_i64(w, "fund_item", h->fund_item);
    yh_jw_kv_i64(w, "fund_method", h->fund_method);
    yh_jw_kv_str(w, "message", h->message);
    yh_jw_kv_str(w, "basis", h->basis);
    yh_jw_end(w, '}');
}

enum yh_status yh_look_hits(const struct yh_look *k, yh_day day, int most,
                            bool (*within)(void *user, yh_str region, yh_str office),
                            void *user, const volatile bool *stop, struct yh_jsonw *w,
                            struct yh_err *err)
{
    struct day d = { .k = k };
    int all = 0;
    enum yh_status st = bills(&d, day, within, user, most, &all, err);
    for (int i = 0; st == YH_OK && i < d.n; i++)
        st = stop && *stop ? yh_fail(err, YH_RETRY, "服务正在停止") : look(&d, &d.bill[i], err);
    if (st)
        return st;
    if (d.nhit)
        qsort(d.hit, (size_t)d.nhit, sizeof *d.hit, worst_first);
    yh_jw_object(w);
    yh_jw_kv_day(w, "day", day);
    yh_jw_kv_i64(w, "bills", all);
    yh_jw_kv_i64(w, "looked", d.n);
    yh_jw_kv_i64(w, "hits", d.nhit);
    put_places(&d, within, user, w);
    yh_jw_key(w, YH_S("rows"));
    yh_jw_array(w);
    for (int i = 0; i < d.nhit && i < HITS_MOST; i++)
        put_hit(&d.hit[i], w);
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}
