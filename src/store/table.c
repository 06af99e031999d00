/* store/table.c -- schema.def read as descriptors. */
#include "store/table.h"

#include <stddef.h>

/* One char per column, so that offsetof gives a column's position. */
#define TABLE(t, form, sealed, doc) struct place_##t {
#define I64(c, doc) char c;
#define TEXT(c, doc) char c;
#define BLOB(c, doc) char c;
#define KEY(t, n) \
    }             \
    ;
#include "store/schema.def"

/* The indexes of a table follow each other in enum yh_index_id: from first_T up to end_T. */
enum {
#define TABLE(t, form, sealed, doc) first_##t, before_##t = first_##t - 1,
#define END(t) end_##t, last_##t = end_##t - 1,
#define INDEX(t, i) number_##t##_##i,
#include "store/schema.def"
};

/* Column numbers of each index, and all indexes in the order of their ids. */
#define INDEX(t, i)                             \
    static const int *columns_##t##_##i(int *n) \
    {                                           \
        typedef struct place_##t place;         \
        static const int column[] = {
#define ON(c) offsetof(place, c),
#define DONE(t, i)         \
    }                      \
    ;                      \
    *n = YH_COUNT(column); \
    return column;         \
    }
#include "store/schema.def"

struct yh_index yh_index_of(int id)
{
    struct yh_index one = { .id = id };
    switch ((enum yh_index_id)id) {
#define INDEX(t, i)                                                                          \
    case yh_##t##_##i:                                                                       \
        one.name = #t "_" #i;                                                                \
        one.column = columns_##t##_##i(&one.ncolumn);                                        \
        _Static_assert((int)yh_##t##_##i == (int)number_##t##_##i, "indexes follow tables"); \
        break;
#include "store/schema.def"
    case YH_BY_KEY:
    case YH_INDEX_N: yh_assert(!"an index");
    }
    return one;
}

#define NARROW false
#define WIDE true
#define OPEN (-1)
#define SEALED 0
#define SEALED_BUT(n) (n)

/* links: how many last columns may change; all in an open table. */
static struct yh_table finish(struct yh_table t, int links)
{
    t.nsealed = links < 0 ? 0 : t.ncolumn - links;
    t.sealed = links >= 0;
    t.personal = t.nkey >= 2 && strcmp(t.column[0].name, "region") == 0 &&
                 strcmp(t.column[1].name, "grp") == 0;
    /* Rows have no padding, so that copies and digests may trust their size. */
    int size = 0;
    for (int i = 0; i < t.ncolumn; i++) {
        yh_assert(t.column[i].at == size);
        size += t.column[i].type == YH_COLUMN_I64 ? (int)sizeof(int64_t) : (int)sizeof(yh_str);
    }
    yh_assert(size == t.row_size && t.ncolumn <= YH_COLUMNS_MAX);
    return t;
}

struct yh_table yh_table_of(enum yh_table_id id)
{
    switch (id) {
#define TABLE(t, form, sealed, d)                                               \
    case YH_TABLE_##t: {                                                        \
        typedef struct yh_##t##_row row;                                        \
        static const char name[] = #t, doc[] = d;                               \
        enum { wide = form, links = sealed, first = first_##t, end = end_##t }; \
        static const struct yh_column column[] = {
#define I64(c, d) { #c, YH_COLUMN_I64, offsetof(row, c), d },
#define TEXT(c, d) { #c, YH_COLUMN_TEXT, offsetof(row, c), d },
#define BLOB(c, d) { #c, YH_COLUMN_BLOB, offsetof(row, c), d },
#define KEY(t, n)                                                  \
    }                                                              \
    ;                                                              \
    return finish((struct yh_table){ .name = name,                 \
                                     .doc = doc,                   \
                                     .id = id,                     \
                                     .wide = wide,                 \
                                     .column = column,             \
                                     .ncolumn = YH_COUNT(column),  \
                                     .nkey = n,                    \
                                     .row_size = (int)sizeof(row), \
                                     .first_index = first,         \
                                     .nindex = end - first },      \
                  links);                                          \
    }
#include "store/schema.def"
    case YH_TABLE_N: break;
    }
    yh_assert(!"a table");
    return (struct yh_table){ 0 };
}

int yh_column_cmp(const struct yh_column *c, const void *a, const void *b)
{
    if (c->type == YH_COLUMN_I64) {
        int64_t x = yh_row_i64(a, c), y = yh_row_i64(b, c);
        return (x > y) - (x < y);
    }
    return yh_cmp(yh_row_str(a, c), yh_row_str(b, c));
}

void yh_row_dup(const struct yh_table *t, struct yh_arena *a, void *to, const void *from)
{
    memcpy(to, from, (size_t)t->row_size);
    for (int i = 0; i < t->ncolumn; i++)
        if (t->column[i].type != YH_COLUMN_I64)
            yh_row_set_str(to, &t->column[i], yh_dup(a, yh_row_str(from, &t->column[i])));
}
