#include "model/policy/plan.h"
#include <stdio.h>

static int bucket_of(const struct yh_axis *x, const struct yh_facts *f)
{
    if (x->dim == YH_DIM_IDENT) {
        for (int i = 0; i < x->n; i++)
            if (f->idents >> x->order[i] & 1)
                return i + 1;
        return 0;
    }
    int64_t v = f->v[x->dim];
    if (x->dim < YH_DIM_NUMERIC)
        return v >= 0 && v < x->n ? x->bucket[v] : 0;
    int b = 0;
    while (b < x->n && x->cut[b] <= v)
        b++;
    return b;
}

const struct yh_cell *yh_cell_at(const struct yh_cells *t, const struct yh_facts *f)
{
    if (!t->ncell)
        return NULL;
    int at = 0;
    for (int i = 0; i < t->naxis; i++)
        at += bucket_of(&t->axis[i], f) * t->axis[i].stride;
    yh_assert(at < t->ncell);
    return &t->cell[at];
}

/* "<dim>:<name>" in out[>= 160]; a longer name is no kind's. */
static yh_str kind_key(char out[160], enum yh_dim dim, const char *between, yh_str name)
{
    if (name.n > 120)
        return YH_S("");
    int n = snprintf(out, 160, "%d:%s%.*s", (int)dim, between, YH_ARG(name));
    return (yh_str){ out, n };
}

int yh_plan_kind(const struct yh_plan *p, enum yh_dim dim, yh_str name)
{
    char key[160];
    int32_t i = yh_map_get(&p->kind_map, kind_key(key, dim, "", name), -1);
    if (i < 0)
        i = yh_map_get(&p->kind_map, kind_key(key, dim, "code:", name), -1);
    return i < 0 ? -1 : p->kind[i].ordinal;
}

int yh_plan_acc(const struct yh_plan *p, yh_str name)
{
    for (int i = 0; i < p->nacc; i++)
        if (yh_eq(p->acc[i].name, name))
            return i;
    return -1;
}
