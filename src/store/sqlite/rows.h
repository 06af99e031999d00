/* store/sqlite/rows.h -- rows that the writer has lately read or written, kept beside SQLite.
 *
 * The calls of one visit follow on each other and read the same few rows of the person again and again.
 * What is kept here is exactly what SQLite would answer in the writer's transaction: every row written
 * is forgotten or replaced, and what a request wrote is forgotten when the request is dropped.  Whatever
 * else may change the file (another program, a batch given up, a new connection) needs yh_rows_clear.
 *
 * One slot for each hash; a newer answer takes an older one's place.  For one thread. */
#ifndef YH_STORE_SQLITE_ROWS_H
#define YH_STORE_SQLITE_ROWS_H
#include "store/table.h"

struct yh_rows;

struct yh_rows *yh_rows_open(void);
void yh_rows_close(struct yh_rows *r); /* NULL is fine */
void yh_rows_clear(struct yh_rows *r);

/* Are single rows of the table kept, lists by that many columns of its key? */
bool yh_rows_keeps(const struct yh_rows *r, const struct yh_table *t, int same);

/* The row with the key in `row`, its texts into the arena: YH_OK; known not to be there: YH_NOT_FOUND;
 * YH_RETRY: not known here. */
enum yh_status yh_rows_get(struct yh_rows *r, const struct yh_table *t, struct yh_arena *a,
                           void *row);
/* What SQLite answered for that key; there: `row` is the whole row. */
void yh_rows_got(struct yh_rows *r, const struct yh_table *t, const void *row, bool there);

/* The list of the rows whose first `same` key columns are the probe's; false: not known here.  fn may
 * read more. */
bool yh_rows_each(struct yh_rows *r, const struct yh_table *t, int same, const void *probe,
                  yh_row_fn *fn, void *ctx);
/* A list is learnt row by row while SQLite gives it.  Begins as { .all = true }. */
#define YH_ROWS_LIST 8 /* longer ones are not worth keeping */
struct yh_rows_list {
    void *row[YH_ROWS_LIST];
    int n;
    bool all; /* of the list, so far */
};
void yh_rows_list_add(const struct yh_table *t, struct yh_rows_list *l, const void *row);
/* whole: there are no more rows; else it is forgotten.  *l is used up. */
void yh_rows_list_end(struct yh_rows *r, const struct yh_table *t, int same, const void *probe,
                      struct yh_rows_list *l, bool whole);

/* A row was added, replaced or dropped; `row`: what stands there now as a whole, or only its key. */
void yh_rows_wrote(struct yh_rows *r, const struct yh_table *t, const void *row, bool whole);
/* The request is kept; or dropped, and with it what it wrote. */
void yh_rows_kept(struct yh_rows *r);
void yh_rows_dropped(struct yh_rows *r);
#endif
