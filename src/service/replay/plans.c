/* service/replay/plans.c -- which documents may govern an archive's bills. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "service/replay/inside.h"

#define DAYS_MAX 256

static int by_day(const void *x, const void *y)
{
    yh_day a = *(const yh_day *)x, b = *(const yh_day *)y;
    return (a > b) - (a < b);
}

/* The days from which another document may hold: of the pool's and of its province's. */
static int changes(const struct yh_plans *plans, yh_str pool, yh_str scheme, yh_day from,
                   yh_day to, yh_day *out, int cap)
{
    char province[8];
    snprintf(province, sizeof province, "%.2s0000", pool.p);
    yh_day day[DAYS_MAX];
    int n = 0;
    out[n++] = from;
    for (int k = 0; k < 2; k++) {
        yh_str region = k ? (yh_str){ province, 6 } : pool;
        int m = yh_policy_days(plans->set, region, scheme, day, DAYS_MAX);
        for (int i = 0; i < m && n < cap; i++)
            if (day[i] > from && day[i] < to)
                out[n++] = day[i];
    }
    qsort(out, (size_t)n, sizeof *out, by_day);
    return n;
}

struct list {
    struct yh_arena *a;
    struct yh_lens_plan *item;
    int n, cap;
};

static enum yh_status add_pool(struct list *l, struct yh_plans *plans, uint32_t pool,
                               int64_t scheme, yh_str word, int year, bool home,
                               struct yh_err *err)
{
    char text[16];
    yh_str code = { text, snprintf(text, sizeof text, "%06u", pool) };
    yh_day day[2 * DAYS_MAX + 1], from = yh_day_of(year - 2, 1, 1),
                                  to = yh_day_of(year + 2, 1, 1);
    int n = changes(plans, code, word, from, to, day, YH_COUNT(day));
    for (int i = 0; i < n; i++) {
        const struct yh_dated *d;
        struct yh_err why;
        if (i && day[i] == day[i - 1])
            continue;
        enum yh_status st = yh_plans_get(plans, code, word, day[i], &d, &why);
        if (st == YH_BAD_TABLE && home && yh_civil_of(day[i]).year == year) {
            if (err)
                *err = why;
            return st;
        }
        if (st)
            continue;
        bool known = false;
        for (int k = 0; k < l->n; k++)
            known |= l->item[k].pool == pool && l->item[k].scheme == scheme &&
                     l->item[k].period.from == d->period.from;
        if (!known)
            YH_PUSH(l->a, l->item, l->n, l->cap) = (struct yh_lens_plan){
                .pool = pool, .scheme = scheme, .period = d->period, .plan = d->bill.plan
            };
    }
    return YH_OK;
}

enum yh_status yh_replay_plans(struct yh_arena *a, const struct yh_archive *archive,
                               const struct yh_lens *lens, struct yh_plans *plans,
                               struct yh_lens_plan **out, int *n, struct yh_err *err)
{
    const struct yh_arc_dict *scheme = &archive->dicts.of[YH_DICT_SCHEME];
    struct list l = { .a = a };
    for (int s = 1; s < scheme->n; s++) {
        enum yh_status st = add_pool(&l, plans, archive->about.region, s, scheme->text[s],
                                     archive->about.year, true, err);
        for (int i = 0; st == YH_OK && i < lens->nprovider; i++) {
            uint32_t pool = lens->provider[i].pool;
            bool seen = !pool || pool == archive->about.region;
            for (int k = 0; k < i && !seen; k++)
                seen = lens->provider[k].pool == pool;
            if (!seen)
                st = add_pool(&l, plans, pool, s, scheme->text[s], archive->about.year, false,
                              err);
        }
        if (st)
            return st;
    }
    *out = l.item;
    *n = l.n;
    return YH_OK;
}

enum yh_status yh_replay_lay_over(struct yh_arena *a, const struct yh_archive *archive,
                                  const struct yh_lens *lens, const struct yh_lens_plans *base,
                                  const struct yh_replay_draft *draft,
                                  struct yh_lens_plans *out, struct yh_err *err)
{
    struct yh_lens_plan *p = YH_NEW(a, struct yh_lens_plan, base->nplan + draft->nplan);
    int n = 0;
    for (int i = 0; i < base->nplan; i++)
        p[n++] = (struct yh_lens_plan){ .pool = base->plan[i].pool,
                                        .scheme = base->plan[i].scheme,
                                        .period = base->plan[i].period,
                                        .plan = base->plan[i].plan };
    for (int i = 0; i < draft->nplan; i++) {
        yh_str word = draft->plan[i]->scheme;
        int64_t scheme = yh_arc_dict_find(&archive->dicts, YH_DICT_SCHEME, word);
        if (scheme < 0)
            return yh_fail(err, YH_BAD_INPUT, "草案 %.*s 的险种 %.*s 在档案里没有一笔结算",
                           YH_ARG(draft->name), YH_ARG(word));
        int kept = 0;
        for (int k = 0; k < n; k++) {
            struct yh_lens_plan *o = &p[k];
            if (o->pool == archive->about.region && o->scheme == scheme)
                o->period.to = (yh_day)yh_min(o->period.to, draft->from);
            if (o->period.from < o->period.to)
                p[kept++] = *o;
        }
        n = kept;
        p[n++] = (struct yh_lens_plan){ .pool = archive->about.region,
                                        .scheme = scheme,
                                        .period = { draft->from, YH_DAY_MAX },
                                        .plan = draft->plan[i] };
    }
    yh_lens_plans_open(a, lens, p, n, out);
    return YH_OK;
}
