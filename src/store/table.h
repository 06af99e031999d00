/* store/table.h -- the schema as data, for backends: columns, keys and indexes of each table.
 * Private to store/. */
#ifndef YH_STORE_TABLE_H
#define YH_STORE_TABLE_H
#include "store/store.h"

#define YH_COLUMNS_MAX 80

enum yh_column_type { YH_COLUMN_I64, YH_COLUMN_TEXT, YH_COLUMN_BLOB };

struct yh_column {
    const char *name;
    enum yh_column_type type;
    int at; /* byte offset in the row struct */
    const char *doc;
};

struct yh_index {
    const char *name;  /* "TABLE_INDEX" */
    int id;            /* enum yh_index_id */
    const int *column; /* positions in the table's column[] */
    int ncolumn;
};

struct yh_table {
    const char *name, *doc;
    enum yh_table_id id;
    bool wide, sealed, personal; /* personal: the key starts (region, grp) */
    const struct yh_column *column;
    int ncolumn, nkey;
    int nsealed; /* columns that never change; 0 in an open table */
    int row_size;
    int first_index, nindex; /* its indexes are first_index … in enum yh_index_id */
};

/* By value: descriptors are small, and a store keeps the ones it needs. */
struct yh_table yh_table_of(enum yh_table_id id);
struct yh_index yh_index_of(int id);

static inline int64_t yh_row_i64(const void *row, const struct yh_column *c)
{
    return *(const int64_t *)(const void *)((const char *)row + c->at);
}
static inline yh_str yh_row_str(const void *row, const struct yh_column *c)
{
    return *(const yh_str *)(const void *)((const char *)row + c->at);
}
static inline void yh_row_set_i64(void *row, const struct yh_column *c, int64_t v)
{
    *(int64_t *)(void *)((char *)row + c->at) = v;
}
static inline void yh_row_set_str(void *row, const struct yh_column *c, yh_str s)
{
    *(yh_str *)(void *)((char *)row + c->at) = s;
}

/* Compares one column; numbers by value, texts bytewise. */
int yh_column_cmp(const struct yh_column *c, const void *a, const void *b);
/* Copies a row, its texts into the arena. */
void yh_row_dup(const struct yh_table *t, struct yh_arena *a, void *to, const void *from);
#endif
