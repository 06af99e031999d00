#include "store/memory/order.h"

struct yh_place yh_order_find(const struct yh_order *o, yh_before_fn *before, const void *what)
{
    /* The first leaf whose last row is not before; then the first such row in it. */
    int lo = 0, hi = o->n;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        const struct yh_leaf *l = o->leaf[mid];
        if (before(l->row[l->n - 1], what))
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == o->n)
        return (struct yh_place){ o->n, 0 };
    const struct yh_leaf *l = o->leaf[lo];
    int a = 0, b = l->n - 1;
    while (a < b) {
        int mid = (a + b) / 2;
        if (before(l->row[mid], what))
            a = mid + 1;
        else
            b = mid;
    }
    return (struct yh_place){ lo, a };
}

void *yh_order_at(const struct yh_order *o, struct yh_place p)
{
    return p.leaf < o->n ? o->leaf[p.leaf]->row[p.at] : NULL;
}

struct yh_place yh_order_next(const struct yh_order *o, struct yh_place p)
{
    if (p.at + 1 < o->leaf[p.leaf]->n)
        return (struct yh_place){ p.leaf, p.at + 1 };
    return (struct yh_place){ p.leaf + 1, 0 };
}

bool yh_order_back(const struct yh_order *o, struct yh_place *p)
{
    if (p->at > 0) {
        p->at--;
        return true;
    }
    if (p->leaf == 0)
        return false;
    p->leaf--;
    p->at = o->leaf[p->leaf]->n - 1;
    return true;
}

static void insert_leaf(struct yh_order *o, int at, struct yh_leaf *l)
{
    if (o->n == o->cap) {
        o->cap = o->cap ? 2 * o->cap : 8;
        o->leaf = yh_heap(o->leaf, (size_t)o->cap * sizeof *o->leaf);
    }
    memmove(o->leaf + at + 1, o->leaf + at, (size_t)(o->n - at) * sizeof *o->leaf);
    o->leaf[at] = l;
    o->n++;
}

/* Halves a full leaf; an append at its end starts a new one, so that rising keys fill leaves. */
static struct yh_place split(struct yh_order *o, struct yh_place p)
{
    struct yh_leaf *l = o->leaf[p.leaf], *r = yh_heap(NULL, sizeof *r);
    int keep = p.at == YH_LEAF_MAX ? YH_LEAF_MAX : YH_LEAF_MAX / 2;
    r->n = l->n - keep;
    memcpy(r->row, l->row + keep, (size_t)r->n * sizeof *r->row);
    l->n = keep;
    insert_leaf(o, p.leaf + 1, r);
    return p.at < keep ? p : (struct yh_place){ p.leaf + 1, p.at - keep };
}

void yh_order_insert(struct yh_order *o, struct yh_place p, void *row)
{
    if (o->n == 0) {
        struct yh_leaf *l = yh_heap(NULL, sizeof *l);
        l->n = 0;
        insert_leaf(o, 0, l);
    } else if (p.leaf == o->n) {
        p = (struct yh_place){ o->n - 1, o->leaf[o->n - 1]->n };
    }
    if (o->leaf[p.leaf]->n == YH_LEAF_MAX)
        p = split(o, p);
    struct yh_leaf *l = o->leaf[p.leaf];
    memmove(l->row + p.at + 1, l->row + p.at, (size_t)(l->n - p.at) * sizeof *l->row);
    l->row[p.at] = row;
    l->n++;
}

void yh_order_remove(struct yh_order *o, struct yh_place p)
{
    struct yh_leaf *l = o->leaf[p.leaf];
    l->n--;
    memmove(l->row + p.at, l->row + p.at + 1, (size_t)(l->n - p.at) * sizeof *l->row);
    if (l->n)
        return;
    yh_heap(l, 0);
    o->n--;
    memmove(o->leaf + p.leaf, o->leaf + p.leaf + 1, (size_t)(o->n - p.leaf) * sizeof *o->leaf);
}

void yh_order_free(struct yh_order *o)
{
    for (int i = 0; i < o->n; i++)
        yh_heap(o->leaf[i], 0);
    if (o->leaf)
        yh_heap(o->leaf, 0);
    *o = (struct yh_order){ 0 };
}
