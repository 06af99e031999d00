#include "engine/replay/walk.h"
#include <stdio.h>
#include <string.h>

#define ARENA ((size_t)64 << 20)

/* An accumulator holds one value a span; most spans are met one after the other, so the last one
 * stands in front and the others behind it. */
struct held {
    int64_t key, value;
    struct held *older;
};
struct yh_walk_who {
    struct held *acc;    /* by accumulator of the set */
    yh_fen spared;       /* what drafts drew less from the own account than the books did */
    yh_fen spared_limit; /* … and less of what relatives' bindings allow */
};
struct yh_walk_kept {
    int64_t row;
    uint64_t visit;
    int who, relative;
    bool part, gone;
    struct yh_decision d;
    int64_t *key; /* of each accumulator */
    const struct yh_lens_plan *plan;
    const struct yh_line *line;
    int nline;
    struct yh_walk_kept *before;
};

enum yh_status yh_walk_open(struct yh_walk *w, const struct yh_lens *lens,
                            const struct yh_lens_plans *plans, uint32_t pool,
                            struct yh_err *err)
{
    *w = (struct yh_walk){ .lens = lens, .plans = plans, .pool = pool };
    enum yh_status st = yh_arena_open(&w->group, ARENA, err);
    if (st == YH_OK)
        st = yh_arena_open(&w->scratch, ARENA, err);
    if (st)
        yh_walk_close(w);
    return st;
}

void yh_walk_close(struct yh_walk *w)
{
    yh_arena_close(&w->group);
    yh_arena_close(&w->scratch);
    *w = (struct yh_walk){ 0 };
}

void yh_walk_group(struct yh_walk *w, int persons)
{
    yh_arena_reset(&w->group);
    w->kept = NULL;
    w->nwho = persons;
    w->who = YH_NEW(&w->group, struct yh_walk_who, persons);
}

static struct yh_walk_who *who_of(struct yh_walk *w, int who)
{
    yh_assert(who >= 0 && who < w->nwho);
    struct yh_walk_who *p = &w->who[who];
    if (!p->acc) {
        p->acc = YH_NEW(&w->group, struct held, w->plans->nacc);
        for (int i = 0; i < w->plans->nacc; i++)
            p->acc[i].key = INT64_MIN;
    }
    return p;
}

static int64_t value_of(const struct held *h, int64_t key)
{
    for (; h; h = h->older)
        if (h->key == key)
            return h->value;
    return 0;
}

static void add_to(struct yh_walk *w, struct held *h, int64_t key, int64_t more)
{
    for (struct held *x = h; x; x = x->older)
        if (x->key == key) {
            x->value += more;
            return;
        }
    if (h->key != INT64_MIN) {
        struct held *old = YH_NEW(&w->group, struct held, 1);
        *old = *h;
        h->older = old;
    }
    h->key = key;
    h->value = more;
}

static int64_t disease_key(int64_t disease, int64_t year)
{
    return disease << 16 | (year & 0xffff);
}

uint64_t yh_walk_visit_number(int64_t visit)
{
    return yh_mix64((uint64_t)visit) >> 1;
}

uint64_t yh_walk_visit_text(yh_str s)
{
    int64_t n;
    bool plain = s.n && s.n <= 18 && (s.p[0] != '0' || s.n == 1) && s.p[0] != '-' &&
                 yh_int_parse(s, &n, NULL) == YH_OK;
    return plain ? yh_walk_visit_number(n) : yh_hash64(s, 0) >> 1;
}

/* Which year, stay, month … a bill counts in. */
static void keys_of(const struct yh_lens_plan *p, const struct yh_walk_case *c,
                    int64_t key[YH_SPAN_BILL + 1])
{
    const struct yh_arc_head *h = c->head;
    key[YH_SPAN_YEAR] = h->year;
    key[YH_SPAN_STAY] = (int64_t)c->visit;
    key[YH_SPAN_DISEASE_YEAR] = disease_key(h->disease, h->year);
    key[YH_SPAN_DAY] = h->end;
    key[YH_SPAN_LIFE] = 0;
    key[YH_SPAN_BILL] = INT64_MAX;
    key[YH_SPAN_MONTH] = 0;
    if (p->spans >> YH_SPAN_MONTH & 1) {
        struct yh_civil d = yh_civil_of((yh_day)h->end);
        key[YH_SPAN_MONTH] = (int64_t)d.year * 12 + d.month;
    }
}

void yh_walk_opening(struct yh_walk *w, int who, const struct yh_arc_opening *o)
{
    const struct yh_arc_dicts *dicts = w->lens->dicts;
    char text[256];
    yh_str name = yh_arc_dict_text(dicts, YH_DICT_ACC, o->acc);
    int n = snprintf(text, sizeof text, "%d\t%.*s", (int)o->scheme, YH_ARG(name));
    if (n < 0 || n >= (int)sizeof text)
        return;
    int at = yh_map_get(&w->plans->acc_map, (yh_str){ text, n }, -1);
    yh_str sub = yh_arc_dict_text(dicts, YH_DICT_SUB, o->sub);
    for (int i = 0; at >= 0 && i < w->plans->nplan; i++) {
        const struct yh_lens_plan *p = &w->plans->plan[i];
        for (int k = 0; k < p->plan->nacc; k++) {
            if (p->acc[k] != at)
                continue;
            int64_t key = o->year;
            yh_day day;
            switch (p->plan->acc[k].span) {
            case YH_SPAN_YEAR: break;
            case YH_SPAN_STAY: key = (int64_t)yh_walk_visit_text(sub); break;
            case YH_SPAN_DISEASE_YEAR:
                key = disease_key(yh_arc_dict_find(dicts, YH_DICT_DISEASE, sub), o->year);
                break;
            case YH_SPAN_MONTH:
                n = snprintf(text, sizeof text, "%.*s-01", (int)yh_min(sub.n, 20),
                             sub.n ? sub.p : "");
                if (yh_day_parse((yh_str){ text, n }, &day, NULL))
                    return;
                struct yh_civil d = yh_civil_of(day);
                key = (int64_t)d.year * 12 + d.month;
                break;
            case YH_SPAN_DAY:
                if (yh_day_parse(sub, &day, NULL))
                    return;
                key = day;
                break;
            case YH_SPAN_LIFE: key = 0; break;
            case YH_SPAN_BILL: return;
            }
            add_to(w, &who_of(w, who)->acc[at], key, o->value);
            return;
        }
    }
}

/* ---- facts ---- */

static uint64_t idents_of(const struct yh_lens_plan *p, const struct yh_walk_case *c)
{
    uint64_t set = c->head->civil ? p->civil : 0;
    for (int i = 0; i < c->nidentity; i++) {
        const struct yh_arc_identity *x = &c->identity[i];
        if (x->from_day <= c->head->begin && c->head->begin < x->to_day)
            set |= p->ident[x->kind];
    }
    return set;
}

static void facts_of(const struct yh_lens_plan *p, const struct yh_walk_case *c,
                     struct yh_facts *f)
{
    const struct yh_arc_head *h = c->head;
    *f = (struct yh_facts){ .idents = idents_of(p, c) };
    int64_t *v = f->v;
    v[YH_DIM_AGE] = yh_age_years(c->born, (yh_day)h->begin);
    v[YH_DIM_VISIT] = p->visit[h->med_type];
    v[YH_DIM_PERSON] = p->person[v[YH_DIM_AGE] < 18][h->psn_kind];
    v[YH_DIM_LEVEL] = p->level[h->provider];
    v[YH_DIM_PLACE] = p->place[h->away];
    v[YH_DIM_FILING] = p->filing[h->filing];
    v[YH_DIM_REFERRAL] = p->referral[h->referral];
    v[YH_DIM_DISEASE] = p->disease[h->disease];
    v[YH_DIM_DELIVERY] = p->delivery[h->delivery];
    v[YH_DIM_STATUS] = p->status[h->status];
    v[YH_DIM_COUNT] = h->count;
    v[YH_DIM_MONTHS] = h->months;
    v[YH_DIM_YEARS] = h->months / 12;
    v[YH_DIM_CLEAN] = h->clean;
    v[YH_DIM_DAYS] = h->stay ? yh_max(1, h->end - h->begin) : 1;
    v[YH_DIM_FETUSES] = h->fetuses;
    v[YH_DIM_GAP] = h->gap;
}

/* As the place of treatment sees its own patients: so it splits a visitor's lines. */
static void host_facts(const struct yh_lens_plan *p, const struct yh_walk_case *c,
                       struct yh_facts *f)
{
    facts_of(p, c, f);
    f->idents = 0;
    f->v[YH_DIM_PLACE] = p->place[YH_AWAY_LOCAL];
    f->v[YH_DIM_FILING] = p->local;
    f->v[YH_DIM_REFERRAL] = p->unreferred;
    f->v[YH_DIM_COUNT] = 1;
    f->v[YH_DIM_GAP] = YH_GAP_NONE;
}

static bool in_range(const struct yh_lens *b, const struct yh_walk_case *c)
{
    const struct yh_arc_head *h = c->head;
    const struct {
        int64_t v;
        enum yh_arc_dict_id of;
    } X[] = { { h->med_type, YH_DICT_MED_TYPE }, { h->psn_kind, YH_DICT_PSN_KIND },
              { h->filing, YH_DICT_FILING },     { h->referral, YH_DICT_REFERRAL },
              { h->disease, YH_DICT_DISEASE },   { h->delivery, YH_DICT_DELIVERY },
              { h->status, YH_DICT_STATUS },     { h->scheme, YH_DICT_SCHEME } };
    bool ok = h->provider >= 0 && h->provider < b->nprovider && h->away >= 0 && h->away < 3 &&
              h->begin > YH_DAY_MIN && h->begin < YH_DAY_MAX;
    for (int i = 0; i < YH_COUNT(X); i++)
        ok = ok && X[i].v >= 0 && X[i].v < b->dicts->of[X[i].of].n;
    for (int i = 0; i < c->nidentity; i++)
        ok = ok && c->identity[i].kind >= 0 &&
             c->identity[i].kind < b->dicts->of[YH_DICT_IDENT].n;
    return ok;
}

/* ---- one settlement ---- */

static void carry(struct yh_walk *w, const struct yh_walk_case *c, const struct yh_lens_plan *p,
                  const int64_t *key, const int64_t *delta, int64_t sign)
{
    struct held *acc = who_of(w, c->who)->acc;
    for (int i = 0; i < p->plan->nacc; i++)
        if (delta[i] && p->plan->acc[i].span != YH_SPAN_BILL)
            add_to(w, &acc[p->acc[i]], key[p->plan->acc[i].span], sign * delta[i]);
}

/* What the accounts may give now. */
static void balances(struct yh_walk *w, const struct yh_walk_case *c, struct yh_bill *bill)
{
    const struct yh_arc_head *h = c->head;
    bill->account_flag = (uint8_t)h->account_flag;
    if (!h->account_flag)
        return;
    struct yh_walk_who *own = who_of(w, c->who);
    bill->account_balance = yh_max(0, h->account_balance + own->spared);
    yh_fen theirs = h->relative_balance, limit = h->relative_limit;
    if (c->relative >= 0)
        theirs += who_of(w, c->relative)->spared;
    if (limit != YH_UNLIMITED)
        limit += own->spared_limit;
    bill->relative_balance = yh_max(0, yh_min(theirs, limit));
}

static void spare(struct yh_walk *w, const struct yh_walk_case *c, const struct yh_decision *d)
{
    if (w->booking)
        return;
    struct yh_walk_who *own = who_of(w, c->who);
    own->spared += c->head->account - d->account;
    own->spared_limit += c->head->relative - d->relative;
    if (c->relative >= 0)
        who_of(w, c->relative)->spared += c->head->relative - d->relative;
}

static void copy_decision(struct yh_arena *a, const struct yh_decision *d,
                          struct yh_decision *out)
{
    *out = *d;
    out->split = NULL;
    out->nline = 0;
    out->cut = NULL;
    out->ncut = 0;
    out->reason = NULL;
    out->nreason = 0;
    out->layer = YH_NEW(a, struct yh_layer_pay, d->nlayer);
    out->delta = YH_NEW(a, int64_t, d->nacc);
    if (d->nlayer)
        memcpy(out->layer, d->layer, sizeof *d->layer * (size_t)d->nlayer);
    if (d->nacc)
        memcpy(out->delta, d->delta, sizeof *d->delta * (size_t)d->nacc);
}

static void keep(struct yh_walk *w, const struct yh_walk_case *c, const struct yh_lens_plan *p,
                 const int64_t *key, const struct yh_decision *d)
{
    struct yh_walk_kept *k = YH_NEW(&w->group, struct yh_walk_kept, 1);
    *k = (struct yh_walk_kept){ .row = c->row,
                                .visit = c->visit,
                                .who = c->who,
                                .relative = c->relative,
                                .part = c->head->part != 0,
                                .plan = p,
                                .before = w->kept };
    copy_decision(&w->group, d, &k->d);
    k->key = YH_NEW(&w->group, int64_t, YH_SPAN_BILL + 1);
    memcpy(k->key, key, sizeof *key * (YH_SPAN_BILL + 1));
    if (c->nline && k->part) {
        struct yh_line *l = YH_NEW(&w->group, struct yh_line, c->nline);
        memcpy(l, c->line, sizeof *l * (size_t)c->nline);
        for (int i = 0; i < c->nline; i++) {
            l[i].code = yh_dup(&w->group, l[i].code);
            l[i].serial = yh_dup(&w->group, l[i].serial);
            l[i].init = yh_dup(&w->group, l[i].init);
        }
        k->line = l;
        k->nline = c->nline;
    }
    w->kept = k;
}

static enum yh_status undo(struct yh_walk *w, const struct yh_walk_case *c,
                           struct yh_decision *out, struct yh_walk_told *told,
                           struct yh_err *err)
{
    struct yh_walk_kept *k = w->kept;
    while (k && (k->row != c->undoes || k->gone))
        k = k->before;
    if (!k)
        return yh_fail(err, YH_CONFLICT, "撤销所指的结算不在它之前");
    k->gone = true;
    *out = yh_benefit_mirror(&w->scratch, &k->d);
    if (told)
        told->plan = k->plan;
    struct yh_walk_case was = *c;
    was.who = k->who;
    was.relative = k->relative;
    carry(w, &was, k->plan, k->key, out->delta, 1);
    spare(w, &was, out);
    return YH_OK;
}

/* Earlier parts of the same stay, oldest first. */
static int parts_before(const struct yh_walk *w, const struct yh_walk_case *c,
                        const struct yh_walk_kept **part, int most)
{
    int n = 0;
    for (const struct yh_walk_kept *k = w->kept; k && n < most; k = k->before)
        if (k->part && !k->gone && k->visit == c->visit && k->who == c->who)
            part[n++] = k;
    for (int i = 0; i < n / 2; i++) {
        const struct yh_walk_kept *t = part[i];
        part[i] = part[n - 1 - i];
        part[n - 1 - i] = t;
    }
    return n;
}

#define PARTS_MAX 64

/* Parts of a stay add up only under documents of one shape: where another version of another shape
 * came into force within the stay, the stay ends under the one that it was begun under. */
static const struct yh_lens_plan *plan_of_stay(const struct yh_walk *w,
                                               const struct yh_walk_case *c,
                                               const struct yh_lens_plan *p)
{
    const struct yh_walk_kept *part;
    if (!c->head->part || !parts_before(w, c, &part, 1))
        return p;
    const struct yh_plan *was = part->plan->plan;
    return was->nlayer == p->plan->nlayer && was->nacc == p->plan->nacc ? p : part->plan;
}

/* Lines of the whole stay so far, and the sums of its parts. */
static void join_parts(struct yh_walk *w, const struct yh_walk_case *c,
                       const struct yh_lens_plan *p, struct yh_bill *bill,
                       struct yh_prior *prior)
{
    const struct yh_walk_kept *part[PARTS_MAX];
    const struct yh_decision *d[PARTS_MAX];
    int n = parts_before(w, c, part, PARTS_MAX), lines = c->nline;
    if (!n || p->plan->interim_resets)
        return;
    for (int i = 0; i < n; i++) {
        d[i] = &part[i]->d;
        lines += part[i]->nline;
    }
    *prior = yh_benefit_prior(&w->scratch, d, n);
    bill->prior = prior;
    if (!c->nline)
        return;
    struct yh_line *all = YH_NEW(&w->scratch, struct yh_line, lines);
    int at = 0;
    for (int i = 0; i < n; i++) {
        if (part[i]->nline)
            memcpy(all + at, part[i]->line, sizeof *all * (size_t)part[i]->nline);
        at += part[i]->nline;
    }
    memcpy(all + at, c->line, sizeof *all * (size_t)c->nline);
    bill->line = all;
    bill->nline = lines;
}

/* A visitor's lines, split by the place of treatment; the home adds its shares on the totals. */
static enum yh_status split_away(struct yh_walk *w, const struct yh_walk_case *c,
                                 struct yh_bill *bill, const struct yh_terms *terms,
                                 struct yh_err *err)
{
    const struct yh_arc_head *h = c->head;
    yh_day settle = yh_time_day(h->time);
    uint32_t pool = w->lens->provider[h->provider].pool;
    const struct yh_lens_plan *p = yh_lens_on(w->plans, pool, h->scheme, settle);
    if (!p)
        p = yh_lens_on(w->plans, w->pool, h->scheme, settle);
    if (!p)
        return yh_fail(err, YH_NOT_FOUND, "就医地 %06u 没有可用的文件", pool);
    struct yh_bill split = *bill;
    host_facts(p, c, &split.facts);
    split.term_level = p->term_level[h->provider];
    struct yh_line_split *cut = yh_alloc_raw(
        &w->scratch, sizeof *cut, _Alignof(struct yh_line_split), (size_t)bill->nline);
    struct yh_tag_sums *part = YH_NEW(&w->scratch, struct yh_tag_sums, 32);
    int n = 0;
    enum yh_status st =
        yh_benefit_split(w->scratch, p->plan, terms, &split, cut, part, &n, err);
    if (st)
        return st;
    bill->line = NULL;
    bill->nline = 0;
    bill->part = part;
    bill->npart = n;
    return YH_OK;
}

enum yh_status yh_walk_settle(struct yh_walk *w, const struct yh_walk_case *c,
                              struct yh_settle_how how, struct yh_decision *out,
                              struct yh_walk_told *told, struct yh_err *err)
{
    const struct yh_arc_head *h = c->head;
    yh_arena_reset(&w->scratch);
    if (told)
        *told = (struct yh_walk_told){ 0 };
    if (h->kind)
        return undo(w, c, out, told, err);
    if (!in_range(w->lens, c))
        return yh_fail(err, YH_BAD_TABLE, "档案的结算行指向字典之外");
    const struct yh_lens_plan *p = yh_lens_choose(
        w->plans, w->pool, h->scheme, (yh_day)h->begin, (yh_day)h->end, yh_time_day(h->time));
    if (!p) {
        char day[16];
        return yh_fail(err, YH_NOT_FOUND, "险种 %.*s 在 %.*s 没有可用的待遇文件",
                       YH_ARG(yh_arc_dict_text(w->lens->dicts, YH_DICT_SCHEME, h->scheme)),
                       YH_ARG(yh_day_text(day, (yh_day)h->end)));
    }
    p = plan_of_stay(w, c, p);
    struct yh_bill *bill = YH_NEW(&w->scratch, struct yh_bill, 1);
    bill->begin = (yh_day)h->begin;
    bill->end = (yh_day)h->end;
    bill->settle_day = yh_time_day(h->time);
    bill->line = c->line;
    bill->nline = c->nline;
    bill->term_level = p->term_level[h->provider];
    bill->fixed_price = h->fixed_price != 0;
    bill->pended = h->pended != 0;
    bill->liable_share = h->liable;
    bill->deduct_waived = h->deduct_waived != 0;
    bill->joined = h->joined != 0;
    bill->joined_deduct = h->joined_deduct;
    facts_of(p, c, &bill->facts);
    balances(w, c, bill);
    int64_t key[YH_SPAN_BILL + 1], *standing = YH_NEW(&w->scratch, int64_t, p->plan->nacc);
    keys_of(p, c, key);
    const struct held *acc = who_of(w, c->who)->acc;
    for (int i = 0; i < p->plan->nacc; i++)
        standing[i] = value_of(&acc[p->acc[i]], key[p->plan->acc[i].span]);
    bill->standing = standing;
    struct yh_prior prior;
    if (h->part)
        join_parts(w, c, p, bill, &prior);
    const struct yh_terms *terms = &w->lens->provider[h->provider].terms[h->scheme];
    enum yh_status st = YH_OK;
    if (c->nline && h->away)
        st = split_away(w, c, bill, terms, err);
    if (!c->nline) {
        bill->part = c->cut;
        bill->npart = c->ncut;
        bill->cut_final = true;
    }
    if (st == YH_OK)
        st = yh_benefit_settle(&w->scratch, p->plan, terms, bill, how, out, err);
    if (st)
        return st;
    carry(w, c, p, key, out->delta, 1);
    spare(w, c, out);
    if (h->part || h->undone)
        keep(w, c, p, key, out);
    if (told)
        *told = (struct yh_walk_told){ p, bill };
    return YH_OK;
}

/* ---- from and to the archive's rows ---- */

struct yh_line *yh_walk_lines(const struct yh_lens *b, const struct yh_arc_chunk *c, int64_t at,
                              bool full, struct yh_arena *a, int *n)
{
    int64_t from, to;
    YH_ARC_SPAN(c, head, line, at, &from, &to);
    struct yh_line *line = YH_NEW(a, struct yh_line, to - from);
    int64_t nitem = b->dicts->of[YH_DICT_ITEM].n;
    bool refunds = false;
    for (int64_t i = from; i < to; i++) {
        struct yh_line *l = &line[i - from];
        int64_t item = YH_ARC(c, line, item, i);
        l->item = item > 0 && item < nitem ? b->item[item] : YH_CODE_NONE;
        l->day = (yh_day)YH_ARC(c, line, day, i);
        l->price = YH_ARC(c, line, price, i);
        l->qty = YH_ARC(c, line, qty, i);
        l->amount =
            yh_line_amount(l->price, l->qty, YH_ROUND_HALF_UP) + YH_ARC(c, line, odd, i);
        l->approval = (uint8_t)YH_ARC(c, line, approval, i);
        int64_t fault = YH_ARC(c, line, fault, i);
        l->provider_fault = fault > 0;
        l->fault_part = fault < 0 ? -fault : 0;
        refunds |= l->qty < 0 || l->amount < 0;
    }
    for (int64_t i = from; (refunds || full) && i < to; i++) {
        struct yh_line *l = &line[i - from];
        char text[24];
        l->code = yh_arc_dict_text(b->dicts, YH_DICT_ITEM, YH_ARC(c, line, item, i));
        l->serial = yh_dup(a, yh_arc_text(c, YH_ARC(c, line, serial, i), text));
        int64_t init = YH_ARC(c, line, init, i);
        if (init > 0 && init <= to - from)
            l->init = yh_dup(a, yh_arc_text(c, YH_ARC(c, line, serial, from + init - 1), text));
    }
    *n = (int)(to - from);
    return line;
}

bool yh_walk_cut(const struct yh_arc_chunk *c, int64_t at, const struct yh_lens_plan *p,
                 struct yh_tag_sums cut[32], int *n)
{
    int64_t from, to;
    YH_ARC_SPAN(c, head, cut, at, &from, &to);
    if (to - from > 32)
        return false;
    for (int64_t i = from; i < to; i++) {
        struct yh_arc_cut r;
        yh_arc_get_cut(c, i, &r);
        int tag_at = p->tag[r.tag];
        if (tag_at < 0)
            return false;
        cut[i - from] = (struct yh_tag_sums){ .tag = (uint8_t)tag_at,
                                              .sums = { r.outside + r.over + r.first + r.scope,
                                                        r.outside, r.over, r.first, r.scope },
                                              .hosp_over = r.hosp_over,
                                              .hosp_outside = r.hosp_outside };
    }
    *n = (int)(to - from);
    return true;
}

void yh_walk_book(const struct yh_lens_plan *p, const struct yh_decision *d,
                  struct yh_arc_head *h)
{
    h->document = p ? p->document : h->document;
    h->deductible = d->deductible;
    h->basic_rate = d->basic_rate;
    h->basic = d->pay[YH_PAY_BASIC];
    h->serious = d->pay[YH_PAY_SERIOUS];
    h->large = d->pay[YH_PAY_LARGE];
    h->enterprise = d->pay[YH_PAY_ENTERPRISE];
    h->civil_pay = d->pay[YH_PAY_CIVIL];
    h->assist = d->pay[YH_PAY_ASSIST];
    h->disabled = d->pay[YH_PAY_DISABLED];
    h->other = d->pay[YH_PAY_OTHER];
    h->waiver = d->pay[YH_PAY_WAIVER];
    h->hospital = d->hospital;
    h->account = d->account;
    h->relative = d->relative;
    h->to_person = d->to_person;
}

bool yh_walk_cut_row(const struct yh_lens_plan *p, const struct yh_decision *d, int i,
                     struct yh_arc_cut *out)
{
    if (i >= d->ncut)
        return false;
    const struct yh_tag_sums *c = &d->cut[i];
    *out =
        (struct yh_arc_cut){ p->tag_id[c->tag], c->sums.outside, c->sums.over,   c->sums.first,
                             c->sums.scope,     c->hosp_over,    c->hosp_outside };
    return true;
}

bool yh_walk_pay_row(const struct yh_lens_plan *p, const struct yh_decision *d, int i,
                     struct yh_arc_pay *out)
{
    if (i >= d->nlayer)
        return false;
    *out = (struct yh_arc_pay){ p->layer_id[i], p->fund_id[i], d->layer[i].paid,
                                d->layer[i].beyond };
    return true;
}

const char *yh_walk_differs(const struct yh_arc_head *b, const struct yh_decision *d,
                            yh_fen *was, yh_fen *is)
{
    const struct {
        const char *name;
        yh_fen was, is;
    } X[] = {
        { "hifp_pay", b->basic, d->pay[YH_PAY_BASIC] },
        { "hifmi_pay", b->serious, d->pay[YH_PAY_SERIOUS] },
        { "hifob_pay", b->large, d->pay[YH_PAY_LARGE] },
        { "hifes_pay", b->enterprise, d->pay[YH_PAY_ENTERPRISE] },
        { "cvlserv_pay", b->civil_pay, d->pay[YH_PAY_CIVIL] },
        { "maf_pay", b->assist, d->pay[YH_PAY_ASSIST] },
        { "hifdm_pay", b->disabled, d->pay[YH_PAY_DISABLED] },
        { "oth_pay", b->other, d->pay[YH_PAY_OTHER] },
        { "waiver", b->waiver, d->pay[YH_PAY_WAIVER] },
        { "hosp_part_amt", b->hospital, d->hospital },
        { "acct_pay", b->account, d->account },
        { "acct_mulaid_pay", b->relative, d->relative },
        { "to_person", b->to_person, d->to_person },
        { "act_pay_dedc", b->deductible, d->deductible },
    };
    for (int i = 0; i < YH_COUNT(X); i++)
        if (X[i].was != X[i].is) {
            *was = X[i].was;
            *is = X[i].is;
            return X[i].name;
        }
    return NULL;
}
