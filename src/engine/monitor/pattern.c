#include "engine/monitor/pattern.h"

#include <stdlib.h>

#define ROOM_MAX 200 /* persons of one waiting room that are looked at */

static int by_room(const void *x, const void *y)
{
    const struct yh_together_event *a = x, *b = y;
    if (a->provider != b->provider)
        return a->provider < b->provider ? -1 : 1;
    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    return (a->person > b->person) - (a->person < b->person);
}

struct pair {
    uint32_t a, b, provider;
    yh_day day;
};

static int by_pair(const void *x, const void *y)
{
    const struct pair *p = x, *q = y;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    if (p->b != q->b)
        return p->b < q->b ? -1 : 1;
    return (p->day > q->day) - (p->day < q->day);
}

struct link {
    uint32_t a, b, provider;
    int times;
    yh_day from, to;
};

static struct pair *pairs_of(struct yh_arena *a, const struct yh_together_event *e, int64_t n,
                             int *np)
{
    struct pair *p = NULL;
    int cap = 0;
    for (int64_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && e[end].provider == e[i].provider && e[end].day == e[i].day;)
            end++;
        if (end - i > ROOM_MAX)
            continue;
        for (int64_t j = i; j < end; j++)
            for (int64_t k = j + 1; k < end; k++)
                if (e[j].person != e[k].person && e[j].grp != e[k].grp) {
                    struct pair one = { e[j].person, e[k].person, e[j].provider, e[j].day };
                    YH_PUSH(a, p, *np, cap) = one;
                }
    }
    return p;
}

static struct link *links_of(struct yh_arena *a, const struct pair *p, int np,
                             const uint32_t *visits, const struct yh_together_rule *rule,
                             int *nl)
{
    struct link *l = NULL;
    int cap = 0;
    for (int i = 0, end; i < np; i = end) {
        int times = 0;
        for (end = i; end < np && p[end].a == p[i].a && p[end].b == p[i].b; end++)
            times += end == i || p[end].day != p[end - 1].day;
        int64_t most = yh_max(visits[p[i].a], visits[p[i].b]);
        if (times >= rule->times && (int64_t)times * 100 >= most * rule->share) {
            struct link one = {
                p[i].a, p[i].b, p[i].provider, times, p[i].day, p[end - 1].day
            };
            YH_PUSH(a, l, *nl, cap) = one;
        }
    }
    return l;
}

static int find(const uint32_t *name, int n, uint32_t person)
{
    int lo = 0, hi = n;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        if (name[mid] < person)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static int root(int *up, int i)
{
    while (up[i] != i) {
        up[i] = up[up[i]];
        i = up[i];
    }
    return i;
}

static int by_number(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

void yh_together_find(struct yh_arena *a, struct yh_together_event *e, int64_t n,
                      const uint32_t *visits, const struct yh_together_rule *rule,
                      struct yh_together_group **out, int *nout)
{
    int np = 0, nl = 0, names = 0;
    if (n)
        qsort(e, (size_t)n, sizeof *e, by_room);
    struct pair *p = pairs_of(a, e, n, &np);
    if (np)
        qsort(p, (size_t)np, sizeof *p, by_pair);
    struct link *l = links_of(a, p, np, visits, rule, &nl);
    uint32_t *name = YH_NEW(a, uint32_t, 2 * (size_t)nl);
    for (int i = 0; i < nl; i++) {
        name[2 * i] = l[i].a;
        name[2 * i + 1] = l[i].b;
    }
    if (nl)
        qsort(name, 2 * (size_t)nl, sizeof *name, by_number);
    for (int i = 0; i < 2 * nl; i++)
        if (!names || name[names - 1] != name[i])
            name[names++] = name[i];
    int *up = YH_NEW(a, int, names), *size = YH_NEW(a, int, names), *at = YH_NEW(a, int, names);
    for (int i = 0; i < names; i++)
        up[i] = i;
    for (int i = 0; i < nl; i++) { /* the lower name is the root */
        int x = root(up, find(name, names, l[i].a)), y = root(up, find(name, names, l[i].b));
        up[x > y ? x : y] = x > y ? y : x;
    }
    for (int i = 0; i < names; i++)
        size[root(up, i)]++;
    struct yh_together_group *g = YH_NEW(a, struct yh_together_group, names);
    *nout = 0;
    for (int i = 0; i < names; i++)
        if (root(up, i) == i && size[i] >= rule->persons) {
            at[i] = *nout;
            g[*nout].person = YH_NEW(a, uint32_t, size[i]);
            g[*nout].times = INT32_MAX;
            g[*nout].from = YH_DAY_MAX;
            g[(*nout)++].to = YH_DAY_MIN;
        }
    for (int i = 0; i < names; i++)
        if (size[root(up, i)] >= rule->persons) {
            struct yh_together_group *x = &g[at[root(up, i)]];
            x->person[x->n++] = name[i];
        }
    for (int i = 0; i < nl; i++) {
        int r = root(up, find(name, names, l[i].a));
        if (size[r] < rule->persons)
            continue;
        struct yh_together_group *x = &g[at[r]];
        x->times = x->times < l[i].times ? x->times : l[i].times;
        x->from = x->from < l[i].from ? x->from : l[i].from;
        x->to = x->to > l[i].to ? x->to : l[i].to;
        x->provider = l[i].provider;
    }
    *out = g;
}

static int by_doctor(const void *x, const void *y)
{
    const struct yh_apart_event *a = x, *b = y;
    if (a->doctor != b->doctor)
        return a->doctor < b->doctor ? -1 : 1;
    if (a->minute != b->minute)
        return a->minute < b->minute ? -1 : 1;
    return (a->provider > b->provider) - (a->provider < b->provider);
}

void yh_apart_find(struct yh_arena *a, struct yh_apart_event *e, int64_t n, int minutes,
                   struct yh_apart_hit **out, int *nout)
{
    int cap = 0;
    int64_t day = -1;
    uint32_t doctor = 0;
    *out = NULL;
    *nout = 0;
    if (n)
        qsort(e, (size_t)n, sizeof *e, by_doctor);
    for (int64_t i = 1; i < n; i++) {
        if (e[i].doctor != e[i - 1].doctor || e[i].place == e[i - 1].place ||
            e[i].minute - e[i - 1].minute >= minutes)
            continue;
        if (e[i].doctor == doctor && e[i].minute / 1440 == day)
            continue;
        doctor = e[i].doctor;
        day = e[i].minute / 1440;
        struct yh_apart_hit one = { e[i - 1], e[i] };
        YH_PUSH(a, *out, *nout, cap) = one;
    }
}
