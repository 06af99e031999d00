/* store/shards/shards.h -- the list of nodes, and where each table's rows are.  Private to store/. */
#ifndef YH_STORE_SHARDS_SHARDS_H
#define YH_STORE_SHARDS_SHARDS_H
#include "store/backend.h"

#define YH_SHARDS_MAX 32

/* A TSV file with the columns node and url, one row for each node; the order is part of the data. */
struct yh_shards_list {
    int n;
    yh_str name[YH_SHARDS_MAX], url[YH_SHARDS_MAX];
};
/* Texts live in `a`.  YH_BAD_INPUT, YH_LIMIT: what is wrong with it; YH_NOT_FOUND, YH_IO: the file. */
YH_MUST_USE
enum yh_status yh_shards_read(yh_str file, struct yh_arena *a, struct yh_shards_list *out,
                              struct yh_err *err);
YH_MUST_USE
enum yh_status yh_shards_slurp(yh_str file, struct yh_arena *a, yh_str *out,
                               struct yh_err *err);

enum yh_place {
    YH_PLACE_GROUP, /* by (region, grp) of the key; with no person, by the provider of the key */
    YH_PLACE_OWNER, /* by (region, grp) outside the key: found by asking all */
    YH_PLACE_KEY,   /* by the key's first column */
    YH_PLACE_EVERY, /* on every node */
};
enum yh_place yh_shards_place(const struct yh_table *t);
#endif
