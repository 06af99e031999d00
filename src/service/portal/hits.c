/* service/portal/hits.c -- 今日疑点: the rules over what was settled on one day. */
#include <stdio.h>
#include <stdlib.h>
#include "service/portal/inside.h"
#include "service/settle.h"
#include "service/watch.h"

#define HITS_MOST 300 /* shown */

struct found {
    struct yh_hit h;
    yh_str provider_name;
    yh_str case_no; /* that it is in; "" = none, or one out of the reader's area */
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
            if (!s[j].undone_by.n && !s[j].undoes.n && !yh_is_manual(&s[j]) &&
                within(user, s[j].region, s[j].office))
                YH_PUSH(d->k->arena, d->bill, d->n, cap) = s[j];
    }
    if (d->n)
        qsort(d->bill, (size_t)d->n, sizeof *d->bill, latest_first);
    *all = d->n;
    d->n = d->n < most ? d->n : most;
    return st;
}

/* What the rules say now of one settlement. */
static enum yh_status hits_of(const struct yh_look *k, const struct yh_settlement_row *s,
                              struct yh_hit **hit, int *n, struct yh_err *err)
{
    struct yh_call call;
    struct yh_ctx c = yh_look_ctx(k, &call, s->person);
    enum yh_status st = yh_watch_stored(&c, s->person, s->visit, hit, n, err);
    for (int i = 0; st == YH_OK && i < *n; i++)
        (*hit)[i].settlement = s->settlement;
    return st;
}

static enum yh_status case_of(const struct yh_look *k, yh_str hit, yh_str *case_no,
                              struct yh_err *err)
{
    struct yh_case_hit_row like = { .hit = hit }, *row = NULL;
    int n = 0;
    enum yh_status st = yh_list_case_hit(
        k->x, (struct yh_span){ .index = yh_case_hit_by_hit, .same = 1, .most = 1 }, &like,
        &row, &n, err);
    *case_no = st == YH_OK && n ? row->case_no : YH_S("");
    return st;
}

static enum yh_status look(struct day *d, const struct yh_settlement_row *s,
                           bool (*within)(void *user, yh_str region, yh_str office), void *user,
                           struct yh_err *err)
{
    struct yh_hit *hit = NULL;
    int n = 0;
    enum yh_status st = hits_of(d->k, s, &hit, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct found f = { hit[i], yh_look_provider_name(d->k, s->provider), YH_S("") };
        /* A case is its pooling area's: who sees a county alone is not told of it. */
        if (within(user, hit[i].region, hit[i].region))
            st = case_of(d->k, hit[i].id, &f.case_no, err);
        YH_PUSH(d->k->arena, d->hit, d->nhit, d->cap) = f;
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
    yh_jw_kv_array(w, "places");
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
    yh_jw_kv_str(w, "case", f->case_no);
    yh_jw_kv_str(w, "region", h->region);
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
                            void *user, const atomic_bool *stop, struct yh_jsonw *w,
                            struct yh_err *err)
{
    struct day d = { .k = k };
    int all = 0;
    enum yh_status st = bills(&d, day, within, user, most, &all, err);
    for (int i = 0; st == YH_OK && i < d.n; i++)
        st = stop && *stop ? yh_fail(err, YH_RETRY, "服务正在停止")
                           : look(&d, &d.bill[i], within, user, err);
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
    yh_jw_kv_array(w, "rows");
    for (int i = 0; i < d.nhit && i < HITS_MOST; i++)
        put_hit(&d.hit[i], w);
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

/* ---- a case of them ---- */

static const struct yh_hit *hit_with(const struct yh_hit *hit, int n, yh_str id)
{
    for (int i = 0; i < n; i++)
        if (yh_eq(hit[i].id, id))
            return &hit[i];
    return NULL;
}

/* The hit as the rules find it now, of a settlement within the area. */
static enum yh_status find(const struct yh_look *k, const struct yh_look_pick *p,
                           const struct yh_look_open *o, struct yh_hit *out, struct yh_err *err)
{
    struct yh_settlement_row s;
    struct yh_hit *hit = NULL;
    int n = 0;
    enum yh_status st = yh_look_settlement(k, YH_S(""), p->settlement, &s, NULL);
    if (st == YH_OK)
        st = hits_of(k, &s, &hit, &n, err);
    const struct yh_hit *h = st == YH_OK ? hit_with(hit, n, p->hit) : NULL;
    if (st && st != YH_NOT_FOUND)
        return st;
    if (!h || !o->within(o->user, h->region, h->region))
        return yh_fail_field(err, YH_NOT_FOUND, "hits", "",
                             "hits：规则现在查不出疑点 %.*s（结算 %.*s），请刷新后再选",
                             YH_ARG(p->hit), YH_ARG(p->settlement));
    *out = *h;
    return YH_OK;
}

static void put_rule_text(const struct yh_rules *r, const struct yh_hit *h, struct yh_jsonw *w)
{
    int at = r ? yh_rules_find(r, h->rule) : -1;
    if (at < 0)
        return;
    yh_jw_object(w);
    yh_jw_kv_str(w, "rule", h->rule);
    yh_jw_kv_str(w, "version", h->version);
    yh_jw_kv_str(w, "text", r->rule[at].text);
    yh_jw_end(w, '}');
}

enum yh_status yh_look_open_case(const struct yh_look *k, const struct yh_look_open *o,
                                 struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_hit *hit = YH_NEW(k->arena, struct yh_hit, o->npick);
    enum yh_status st = YH_OK;
    for (int i = 0; st == YH_OK && i < o->npick; i++) {
        st = find(k, &o->pick[i], o, &hit[i], err);
        if (st == YH_OK &&
            (!yh_eq(hit[i].provider, hit->provider) || !yh_eq(hit[i].region, hit->region)))
            st = yh_fail_field(err, YH_BAD_INPUT, "hits", "",
                               "hits：一个案件是一家机构在一个统筹区的疑点，%.*s 属 %.*s",
                               YH_ARG(hit[i].id), YH_ARG(hit[i].provider));
    }
    if (st)
        return st;
    yh_jw_kv_str(w, "region", hit->region);
    yh_jw_kv_str(w, "provider", hit->provider);
    yh_jw_kv_array(w, "hits");
    for (int i = 0; i < o->npick; i++)
        yh_hit_json(w, &hit[i]);
    yh_jw_end(w, ']');
    yh_jw_kv_array(w, "rules");
    struct yh_map seen = yh_map_in(k->arena, 64);
    for (int i = 0; i < o->npick; i++)
        if (yh_map_add(
                &seen,
                yh_fmt(k->arena, "%.*s %.*s", YH_ARG(hit[i].rule), YH_ARG(hit[i].version)), i))
            put_rule_text(k->world->rules, &hit[i], w);
    yh_jw_end(w, ']');
    return YH_OK;
}
