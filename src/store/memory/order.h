/* store/memory/order.h -- an ordered set of row pointers: leaves of up to 128, in one list.
 * The comparator decides what "before" means; rows are the caller's. */
#ifndef YH_STORE_MEMORY_ORDER_H
#define YH_STORE_MEMORY_ORDER_H
#include "base/base.h"

#define YH_LEAF_MAX 128

struct yh_leaf {
    int n;
    void *row[YH_LEAF_MAX];
};

struct yh_order {
    struct yh_leaf **leaf; /* none empty */
    int n, cap;
};

/* A place between rows: before row[at] of leaf; the end is (n, 0). */
struct yh_place {
    int leaf, at;
};

/* Does `row` stand before what is looked for?  True for some first rows, false for all others. */
typedef bool yh_before_fn(const void *row, const void *what);

struct yh_place yh_order_find(const struct yh_order *o, yh_before_fn *before, const void *what);
/* The row at a place; NULL at the end. */
void *yh_order_at(const struct yh_order *o, struct yh_place p);
struct yh_place yh_order_next(const struct yh_order *o, struct yh_place p);
/* The place one row earlier; false at the beginning. */
bool yh_order_back(const struct yh_order *o, struct yh_place *p);
void yh_order_insert(struct yh_order *o, struct yh_place p, void *row);
void yh_order_remove(struct yh_order *o, struct yh_place p);
void yh_order_free(struct yh_order *o);
#endif
