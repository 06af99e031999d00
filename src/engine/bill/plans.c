#include "engine/bill/plans.h"
#include <stdio.h>

#define DAYS_MAX 256

void yh_plans_open(struct yh_plans *out, struct yh_arena *arena,
                   const struct yh_policy_set *set, const struct yh_regions *regions,
                   bool drafts)
{
    *out =
        (struct yh_plans){ .arena = arena, .set = set, .regions = regions, .drafts = drafts };
}

static const struct yh_dated *kept(const struct yh_plans *l, yh_str region, yh_str scheme,
                                   yh_day day)
{
    for (int i = 0; i < l->nplan; i++)
        if (yh_in_period(l->plan[i].period, day) && yh_eq(l->plan[i].region, region) &&
            yh_eq(l->plan[i].scheme, scheme))
            return &l->plan[i];
    return NULL;
}

/* The days around `day` on which nothing changes. */
static struct yh_period steady(const struct yh_plans *l, yh_str region, yh_str scheme,
                               yh_day day)
{
    yh_day change[DAYS_MAX];
    struct yh_period p = { YH_DAY_MIN, YH_DAY_MAX };
    if (l->drafts) /* drafts change a plan on days of their own */
        return (struct yh_period){ day, day + 1 };
    int n = yh_policy_days(l->set, region, scheme, change, DAYS_MAX);
    for (int i = 0; i < n; i++) {
        if (change[i] <= day)
            p.from = (yh_day)yh_max(p.from, change[i]);
        else
            p.to = (yh_day)yh_min(p.to, change[i]);
    }
    return p;
}

static void first_finding(const struct yh_findings *f, struct yh_err *err)
{
    for (int i = 0; i < f->n; i++) {
        const struct yh_finding *x = &f->item[i];
        if (x->severity != YH_ERROR && x->severity != YH_MISSING)
            continue;
        yh_fail_at(err, YH_BAD_TABLE, x->line, x->col, "%.*s:%d:%d: %.*s —— %.*s",
                   YH_ARG(x->doc), x->line, x->col, YH_ARG(x->text), YH_ARG(x->cure));
        return;
    }
}

static enum yh_status compile(struct yh_plans *l, yh_str region, yh_str scheme, yh_day day,
                              const struct yh_dated **out, struct yh_err *err)
{
    struct yh_findings *f = YH_NEW(l->arena, struct yh_findings, 1);
    struct yh_plan *plan;
    enum yh_status bad =
        yh_policy_compile(l->arena, l->set, region, scheme, day,
                          (struct yh_policy_how){ .drafts = l->drafts }, &plan, f, err);
    if (bad) {
        if (bad == YH_BAD_TABLE)
            first_finding(f, err);
        return bad;
    }
    if (l->nplan ==
        l->cap) { /* handed-out pointers must stay: the list grows by whole copies */
        struct yh_dated *more = YH_NEW(l->arena, struct yh_dated, l->cap ? l->cap * 2 : 64);
        if (l->nplan)
            memcpy(more, l->plan, sizeof *more * (size_t)l->nplan);
        l->plan = more;
        l->cap = l->cap ? l->cap * 2 : 64;
    }
    l->plan[l->nplan] = (struct yh_dated){ .region = yh_dup(l->arena, region),
                                           .scheme = yh_dup(l->arena, scheme),
                                           .period = steady(l, region, scheme, day),
                                           .bill = yh_bill_plan_of(plan) };
    *out = &l->plan[l->nplan++];
    return YH_OK;
}

/* The region itself, then its pool, then its province, where the tree knows them. */
static int candidates(const struct yh_plans *l, yh_str region, yh_day day, char text[3][8],
                      yh_str out[3])
{
    struct yh_place at;
    struct yh_err ignored;
    int n = 0;
    out[n++] = region;
    if (!l->regions || yh_region_locate(l->regions, region, day, &at, &ignored))
        return n;
    const struct yh_region *up[2] = { at.pool, at.province };
    for (int i = 0; i < 2; i++) {
        if (!up[i])
            continue;
        int k = snprintf(text[i], 8, "%06u", up[i]->code % 1000000u);
        yh_str code = { text[i], k };
        if (!yh_eq(code, out[n - 1]))
            out[n++] = code;
    }
    return n;
}

/* A place that the tree does not know has no terms: its every item would pass for 未定. */
static enum yh_status unknown_place(const struct yh_plans *l, const char *field, yh_str code,
                                    yh_day day, struct yh_err *err)
{
    struct yh_place at;
    struct yh_err why;
    char met[64];
    if (!l->regions || !yh_region_locate(l->regions, code, day, &at, &why))
        return YH_OK;
    snprintf(met, sizeof met, "%.*s", (int)yh_min(code.n, 60), code.n ? code.p : "");
    return yh_fail_field(err, YH_NOT_FOUND, field, met, "%s=“%s”：%s", field, met, why.text);
}

enum yh_status yh_plans_get(struct yh_plans *l, yh_str region, yh_str scheme, yh_day day,
                            const struct yh_dated **out, struct yh_err *err)
{
    char text[3][8];
    yh_str code[3];
    const struct yh_dated *p = kept(l, region, scheme, day);
    if (p) {
        *out = p;
        return YH_OK;
    }
    int n = candidates(l, region, day, text, code);
    for (int i = 0; i < n; i++) {
        if ((p = kept(l, code[i], scheme, day))) {
            *out = p;
            return YH_OK;
        }
        enum yh_status bad = compile(l, code[i], scheme, day, out, err);
        if (bad != YH_NOT_FOUND)
            return bad;
    }
    char d[16], met[64];
    enum yh_status bad = unknown_place(l, "region", region, day, err);
    if (bad)
        return bad;
    snprintf(met, sizeof met, "%.*s", (int)yh_min(region.n, 60), region.n ? region.p : "");
    return yh_fail_field(
        err, YH_NOT_FOUND, "region", met,
        "region=“%s”：险种 %.*s 在 %.*s 没有生效的待遇文件；请核对区划、险种与日期"
        "（yiheng policy list）",
        met, YH_ARG(scheme), YH_ARG(yh_day_text(d, day)));
}

enum yh_status yh_plans_for(struct yh_plans *l, const struct yh_bill_address *at,
                            const struct yh_dated **out, struct yh_err *err)
{
    const struct yh_dated *p;
    enum yh_status bad =
        at->place.n ? unknown_place(l, "place", at->place, at->end, err) : YH_OK;
    if (!bad)
        bad = yh_plans_get(l, at->region, at->scheme, at->end, &p, err);
    if (bad)
        return bad;
    yh_day day = at->end;
    switch (p->bill.plan->version_day) {
    case YH_DAY_BEGIN: day = at->begin; break;
    case YH_DAY_SETTLE: day = at->settle_day; break;
    case YH_DAY_DISCHARGE:
    case YH_DAY_LINE: break;
    }
    if (!yh_in_period(p->period, day))
        bad = yh_plans_get(l, at->region, at->scheme, day, &p, err);
    if (!bad)
        *out = p;
    return bad;
}

enum yh_status yh_plans_all(struct yh_plans *l, int *refused, struct yh_err *err)
{
    const struct yh_policy_set *s = l->set;
    int lost = 0;
    for (int i = 0; i < s->ndoc; i++) {
        yh_day change[DAYS_MAX];
        int n = yh_policy_days(s, s->doc[i].region, s->doc[i].scheme, change, DAYS_MAX);
        for (int k = 0; k < n; k++) {
            const struct yh_dated *p;
            if (kept(l, s->doc[i].region, s->doc[i].scheme, change[k]))
                continue;
            enum yh_status bad =
                compile(l, s->doc[i].region, s->doc[i].scheme, change[k], &p, err);
            lost += bad == YH_BAD_TABLE;
            if (bad && bad != YH_BAD_TABLE && bad != YH_NOT_FOUND)
                return bad;
        }
    }
    if (refused)
        *refused = lost;
    return YH_OK;
}
