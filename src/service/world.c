#include "service/service.h"
#include <stdio.h>

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
    for (int i = 0; i < w->nplan; i++) {
        const struct yh_dated_plan *p = &w->plan[i];
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
