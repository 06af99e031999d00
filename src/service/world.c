#include "service/service.h"
#include <stdio.h>

struct yh_plan_list yh_world_plans(const struct yh_world *w)
{
    const struct yh_plan_list *later = __atomic_load_n(&w->later, __ATOMIC_ACQUIRE);
    return later ? *later : (struct yh_plan_list){ w->plan, w->nplan };
}

void yh_world_replace(struct yh_world *w, const struct yh_plan_list *plans)
{
    __atomic_store_n(&w->later, plans, __ATOMIC_RELEASE);
}

static bool of_region(const struct yh_plan *p, uint32_t code)
{
    char text[16];
    int n = snprintf(text, sizeof text, "%06u", code);
    return yh_eq(p->region, (yh_str){ text, n });
}

static const struct yh_plan *plan_of(const struct yh_world *w, uint32_t code, yh_str scheme,
                                     yh_day day)
{
    const struct yh_dated_plan *best = NULL;
    struct yh_plan_list all = yh_world_plans(w);
    for (int i = 0; i < all.n; i++) {
        const struct yh_dated_plan *p = &all.plan[i];
        if (yh_in_period(p->period, day) && yh_eq(p->plan->scheme, scheme) &&
            of_region(p->plan, code) && (!best || p->period.from > best->period.from))
            best = p;
    }
    return best ? best->plan : NULL;
}

const struct yh_plan *yh_world_plan(const struct yh_world *w, const struct yh_place *home,
                                    yh_str scheme, yh_day day)
{
    const struct yh_plan *p = plan_of(w, home->pool->code, scheme, day);
    if (!p && home->code != home->pool->code)
        p = plan_of(w, home->code, scheme, day);
    return p;
}

yh_str yh_world_text_of(const struct yh_world *w, yh_str path)
{
    for (int i = 0; i < w->ntext; i++)
        if (yh_eq(w->text[i].path, path))
            return w->text[i].text;
    return YH_S("");
}
