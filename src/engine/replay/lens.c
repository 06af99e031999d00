#include "engine/replay/lens.h"
#include <stdio.h>
#include <string.h>

/* ---- the archive's own ---- */

void yh_lens_open(struct yh_arena *a, const struct yh_arc_dicts *dicts,
                  const struct yh_arc_chunk *providers, const struct yh_catalog *catalog,
                  const struct yh_term_tables *terms, const struct yh_regions *regions,
                  yh_day day, struct yh_lens *out)
{
    const struct yh_arc_dict *item = &dicts->of[YH_DICT_ITEM],
                             *scheme = &dicts->of[YH_DICT_SCHEME];
    struct yh_lens b = { .dicts = dicts,
                         .item = YH_NEW(a, uint32_t, item->n),
                         .nprovider = (int)providers->n[YH_ARC_provider] };
    for (int i = 1; catalog && i < item->n; i++)
        if (yh_catalog_item(catalog, item->text[i], day, &b.item[i]) == YH_MALFORMED)
            b.item[i] = YH_CODE_NONE;
    b.provider = YH_NEW(a, struct yh_lens_provider, b.nprovider);
    for (int i = 0; i < b.nprovider; i++) {
        struct yh_lens_provider *p = &b.provider[i];
        struct yh_arc_provider r;
        char text[24];
        yh_arc_get_provider(providers, i, &r);
        p->code = yh_dup(a, yh_arc_text(providers, r.code, text));
        p->name = yh_dup(a, yh_arc_text(providers, r.name, text));
        p->kind = yh_fmt(a, "%d", (int)r.kind);
        p->level = yh_arc_dict_text(dicts, YH_DICT_LEVEL, r.level);
        p->own = yh_arc_dict_text(dicts, YH_DICT_LEVEL_KIND, r.level_kind);
        p->terms = YH_NEW(a, struct yh_terms, scheme->n);
        struct yh_place at;
        if (!regions ||
            yh_region_locate(regions, yh_arc_dict_text(dicts, YH_DICT_OFFICE, r.office), day,
                             &at, NULL))
            continue;
        p->pool = at.pool->code;
        for (int s = 0; terms && s < scheme->n; s++) {
            int64_t n = 0;
            if (yh_int_parse(scheme->text[s], &n, NULL))
                n = 0;
            p->terms[s] = yh_terms_at(terms, &at, (int)n);
        }
    }
    *out = b;
}

/* ---- a plan seen through it ---- */

typedef int64_t kind_fn(const struct yh_plan *p, yh_str word);

static int64_t filing(const struct yh_plan *p, yh_str w)
{
    return yh_kind_one(p, YH_DIM_FILING, w);
}
static int64_t referral(const struct yh_plan *p, yh_str w)
{
    /* A referral up is 转诊 to a document that does not tell the directions apart. */
    return yh_kind_of(p, YH_DIM_REFERRAL,
                      (yh_str[]){ w, yh_eq(w, YH_S("上转")) ? YH_S("转诊") : YH_S("") }, 2);
}
static int64_t disease(const struct yh_plan *p, yh_str w)
{
    return yh_kind_one(p, YH_DIM_DISEASE, w);
}
static int64_t status(const struct yh_plan *p, yh_str w)
{
    return yh_kind_one(p, YH_DIM_STATUS, w);
}
static int64_t tag(const struct yh_plan *p, yh_str w)
{
    return yh_plan_kind(p, YH_DIM_TAG, w);
}

static const int16_t *table(struct yh_arena *a, const struct yh_lens *b, enum yh_arc_dict_id d,
                            const struct yh_plan *p, kind_fn *kind)
{
    const struct yh_arc_dict *x = &b->dicts->of[d];
    int16_t *to = YH_NEW(a, int16_t, x->n);
    for (int i = 0; i < x->n; i++)
        to[i] = (int16_t)kind(p, x->text[i]);
    return to;
}

static void persons(struct yh_arena *a, const struct yh_lens *b, struct yh_lens_plan *o)
{
    const struct yh_arc_dict *x = &b->dicts->of[YH_DICT_PSN_KIND];
    yh_str scheme = yh_arc_dict_text(b->dicts, YH_DICT_SCHEME, o->scheme);
    for (int young = 0; young < 2; young++) {
        int16_t *to = YH_NEW(a, int16_t, x->n);
        for (int i = 0; i < x->n; i++)
            to[i] = (int16_t)yh_kind_person(o->plan, x->text[i], scheme, young ? 0 : 40);
        o->person[young] = to;
    }
}

static void providers(struct yh_arena *a, const struct yh_lens *b, struct yh_lens_plan *o)
{
    int16_t *level = YH_NEW(a, int16_t, b->nprovider);
    uint8_t *term = YH_NEW(a, uint8_t, b->nprovider);
    for (int i = 0; i < b->nprovider; i++) {
        const struct yh_lens_provider *p = &b->provider[i];
        level[i] = (int16_t)yh_kind_level(o->plan, p->kind, p->level, p->own, &term[i]);
    }
    o->level = level;
    o->term_level = term;
}

static yh_str tag_name(const struct yh_plan *p, int ordinal)
{
    for (int i = 0; i < p->nkind; i++)
        if (p->kind[i].dim == YH_DIM_TAG && p->kind[i].ordinal == ordinal)
            return p->kind[i].name;
    return YH_S("");
}

static void names(struct yh_arena *a, const struct yh_lens *b, struct yh_lens_plan *o)
{
    const struct yh_plan *p = o->plan;
    int ntag = (int)yh_max(p->dim_n[YH_DIM_TAG], 1);
    int16_t *tags = YH_NEW(a, int16_t, ntag), *layer = YH_NEW(a, int16_t, p->nlayer),
            *fund = YH_NEW(a, int16_t, p->nlayer);
    for (int i = 0; i < ntag; i++)
        tags[i] = (int16_t)yh_arc_dict_find(b->dicts, YH_DICT_TAG, tag_name(p, i));
    for (int i = 0; i < p->nlayer; i++) {
        layer[i] = (int16_t)yh_arc_dict_find(b->dicts, YH_DICT_LAYER, p->layer[i].name);
        fund[i] = (int16_t)yh_arc_dict_find(b->dicts, YH_DICT_FUND, p->layer[i].fund);
    }
    o->tag_id = tags;
    o->layer_id = layer;
    o->fund_id = fund;
}

static void accumulators(struct yh_arena *a, struct yh_lens_plans *s, struct yh_lens_plan *o)
{
    int32_t *acc = YH_NEW(a, int32_t, o->plan->nacc);
    for (int i = 0; i < o->plan->nacc; i++) {
        const struct yh_acc *c = &o->plan->acc[i];
        yh_str key = yh_fmt(a, "%d\t%.*s", (int)o->scheme, YH_ARG(c->name));
        int at = yh_map_get(&s->acc_map, key, -1);
        if (at < 0)
            (void)yh_map_add(&s->acc_map, key, at = s->nacc++);
        acc[i] = at;
        o->spans |= (uint8_t)(1u << c->span);
    }
    o->acc = acc;
}

yh_str yh_lens_document(struct yh_arena *a, const struct yh_plan *plan)
{
    char hex[64];
    yh_hex(hex, plan->digest, 32);
    return yh_fmt(a, "%.*s %.64s", YH_ARG(plan->id), hex);
}

void yh_lens_texts(struct yh_arc_dicts *dicts, const struct yh_plan *plan)
{
    for (int i = 0; i < yh_max(plan->dim_n[YH_DIM_TAG], 1); i++)
        (void)yh_arc_dict_add(dicts, YH_DICT_TAG, tag_name(plan, i));
    for (int i = 0; i < plan->nlayer; i++) {
        (void)yh_arc_dict_add(dicts, YH_DICT_LAYER, plan->layer[i].name);
        (void)yh_arc_dict_add(dicts, YH_DICT_FUND, plan->layer[i].fund);
    }
    for (int i = 0; i < plan->nacc; i++)
        (void)yh_arc_dict_add(dicts, YH_DICT_ACC, plan->acc[i].name);
    (void)yh_arc_dict_add(dicts, YH_DICT_DOCUMENT, yh_lens_document(dicts->arena, plan));
}

void yh_lens_plans_open(struct yh_arena *a, const struct yh_lens *b, struct yh_lens_plan *plan,
                        int n, struct yh_lens_plans *out)
{
    *out = (struct yh_lens_plans){ .plan = plan, .nplan = n, .acc_map = yh_map_in(a, 64) };
    const struct yh_arc_dict *ident = &b->dicts->of[YH_DICT_IDENT],
                             *visit = &b->dicts->of[YH_DICT_MED_TYPE],
                             *birth = &b->dicts->of[YH_DICT_DELIVERY];
    for (int i = 0; i < n; i++) {
        struct yh_lens_plan *o = &plan[i];
        const struct yh_plan *p = o->plan;
        o->document = yh_arc_dict_find(b->dicts, YH_DICT_DOCUMENT, yh_lens_document(a, p));
        int16_t *v = YH_NEW(a, int16_t, visit->n), *d = YH_NEW(a, int16_t, birth->n);
        for (int k = 0; k < visit->n; k++)
            v[k] = (int16_t)yh_kind_visit(p, visit->text[k]);
        for (int k = 0; k < birth->n; k++)
            d[k] = (int16_t)yh_kind_delivery(p, birth->text[k]);
        o->visit = v;
        o->delivery = d;
        o->filing = table(a, b, YH_DICT_FILING, p, filing);
        o->referral = table(a, b, YH_DICT_REFERRAL, p, referral);
        o->disease = table(a, b, YH_DICT_DISEASE, p, disease);
        o->status = table(a, b, YH_DICT_STATUS, p, status);
        o->tag = table(a, b, YH_DICT_TAG, p, tag);
        uint64_t *bit = YH_NEW(a, uint64_t, ident->n);
        for (int k = 0; k < ident->n; k++)
            bit[k] = yh_kind_ident(p, ident->text[k]);
        o->ident = bit;
        o->civil = yh_kind_ident(p, YH_S("公务员"));
        for (int k = 0; k < 3; k++)
            o->place[k] = (int16_t)yh_kind_place(p, (enum yh_away)k);
        o->local = (int16_t)filing(p, YH_S("无需备案"));
        o->unreferred = (int16_t)referral(p, YH_S("未转诊"));
        persons(a, b, o);
        providers(a, b, o);
        names(a, b, o);
        accumulators(a, out, o);
    }
}

const struct yh_lens_plan *yh_lens_on(const struct yh_lens_plans *s, uint32_t pool,
                                      int64_t scheme, yh_day day)
{
    for (int i = 0; i < s->nplan; i++)
        if (s->plan[i].scheme == scheme && s->plan[i].pool == pool &&
            yh_in_period(s->plan[i].period, day))
            return &s->plan[i];
    return NULL;
}

const struct yh_lens_plan *yh_lens_choose(const struct yh_lens_plans *s, uint32_t pool,
                                          int64_t scheme, yh_day begin, yh_day end,
                                          yh_day settle)
{
    const struct yh_lens_plan *p = yh_lens_on(s, pool, scheme, settle);
    if (!p)
        p = yh_lens_on(s, pool, scheme, end);
    if (p && p->plan->version_day == YH_DAY_DISCHARGE)
        p = yh_lens_on(s, pool, scheme, end);
    else if (p && p->plan->version_day == YH_DAY_BEGIN)
        p = yh_lens_on(s, pool, scheme, begin);
    return p;
}

/* ---- alike? ---- */

static bool same_axis(const struct yh_axis *x, const struct yh_axis *y, const struct yh_plan *p)
{
    if (x->dim != y->dim || x->stride != y->stride || x->n != y->n)
        return false;
    if (x->dim == YH_DIM_IDENT)
        return !memcmp(x->order, y->order, sizeof *x->order * x->n);
    if (x->dim >= YH_DIM_NUMERIC)
        return !memcmp(x->cut, y->cut, sizeof *x->cut * x->n);
    (void)p;
    return !memcmp(x->bucket, y->bucket, sizeof *x->bucket * x->n);
}

static bool same_cells(const struct yh_cells *x, const struct yh_cells *y,
                       const struct yh_plan *p)
{
    if (x->naxis != y->naxis || x->ncell != y->ncell)
        return false;
    for (int i = 0; i < x->naxis; i++)
        if (!same_axis(&x->axis[i], &y->axis[i], p))
            return false;
    for (int i = 0; i < x->ncell; i++)
        if (x->cell[i].value != y->cell[i].value)
            return false;
    return true;
}

static bool same_kinds(const struct yh_plan *x, const struct yh_plan *y)
{
    if (x->nkind != y->nkind)
        return false;
    for (int i = 0; i < x->nkind; i++) {
        const struct yh_kind *a = &x->kind[i], *b = &y->kind[i];
        if (a->dim != b->dim || a->ordinal != b->ordinal || !yh_eq(a->name, b->name))
            return false;
    }
    return true;
}

bool yh_lens_lines_alike(const struct yh_plan *x, const struct yh_plan *y)
{
    return same_kinds(x, y) && x->ntag_order == y->ntag_order &&
           (!x->ntag_order || !memcmp(x->tag_order, y->tag_order, (size_t)x->ntag_order)) &&
           x->term_day == y->term_day && x->split.round_mode == y->split.round_mode &&
           same_cells(&x->split.first_pay, &y->split.first_pay, x) &&
           same_cells(&x->split.lift_limit, &y->split.lift_limit, x) &&
           same_cells(&x->split.over_hosp, &y->split.over_hosp, x) &&
           same_cells(&x->split.pre_self, &y->split.pre_self, x);
}
