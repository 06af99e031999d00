/* store/postgres/inside.h -- one open PostgreSQL store, as the files of its backend share it; inside this folder only.
 *
 * postgres.c has connections, batches and views; groups.c the locks, rows.c rows by key, spans.c rows in their order,
 * copy.c whole tables, select.c an analyst's SQL, node.c what store/shards asks. */
#ifndef YH_STORE_POSTGRES_INSIDE_H
#define YH_STORE_POSTGRES_INSIDE_H
#include <pthread.h>
#include "store/postgres/node.h"
#include "store/postgres/schema.h"

#define ABSENT_MAX 64
#define WRITTEN_MAX 128
#define SILENCE_MS 12000 /* a group's queue may hold a call for 10 s (link.c, lock_timeout) */
#define FETCH_ROWS 1000

/* A locked account group. */
struct yh_pg_held {
    yh_str region;
    int64_t grp, seq; /* seq -1: it has no row yet */
};

struct yh_pgdb {
    const struct yh_schema *schema;
    char *url;
    bool read_only;
    struct yh_link *writer; /* NULL: to be opened again at the next batch */
    struct yh_arena groups; /* of the open transaction */
    struct yh_pg_held **held;
    int nheld, held_cap, mark; /* nheld when the request began */
    struct yh_pg_held *wanted; /* what a request that is done again will need */
    int nwanted, wanted_cap;
    struct yh_arena wanted_text;
    uint64_t absent[ABSENT_MAX]; /* keys that this request has looked for in vain */
    int nabsent;
    uint64_t written
        [WRITTEN_MAX]; /* keys that it has written: not to be read from what came ahead */
    int nwritten;
    bool wrote[YH_TABLE_N];
    int kept;       /* requests of this batch */
    bool savepoint; /* the open request has one */
    bool busy;      /* the open transaction may hold a lock */
    bool filling;   /* outside the pipeline */
    char *copy;     /* rows gathered for COPY, COPY_BYTES of them; NULL: never filled */
    int ncopied;
    bool spoiled; /* the open batch must not commit */
    bool lost;    /* the last request */
    bool hasty;   /* the open one: adds are not waited for */
    bool careful; /* another node of ours is busy: no group is waited for */
    int64_t reopens;
    pthread_mutex_t mutex; /* guards what follows */
    struct yh_link *idle;
    int nview;
    int64_t next_try, delay; /* ms */
};

/* ---- postgres.c ---- */

/* After a commit or a rollback: nothing is held. */
void yh_pgdb_forget_transaction(struct yh_pgdb *p);

/* ---- groups.c ---- */

/* Opens the transaction when there is none; what a request done again will need comes first. */
void yh_pgdb_ensure_begun(struct yh_pgdb *p);
struct yh_pg_held *yh_pgdb_find_held(const struct yh_pgdb *p, yh_str region, int64_t grp);
bool yh_pgdb_is_group(yh_str region, int64_t grp);
/* What is read or written of a group comes after its lock. */
void yh_pgdb_hold(struct yh_pgdb *p, yh_str region, int64_t grp);
void yh_pgdb_hold_row(struct yh_pgdb *p, const struct yh_table *t, const void *row);
/* Remembers the groups of a request that lost, in the order in which all wait for them. */
void yh_pgdb_want_again(struct yh_pgdb *p);

/* ---- rows.c ---- */

void yh_pgdb_send_verb(struct yh_link *c, const struct yh_table *t, enum yh_pg_verb verb,
                       const struct yh_link_values *v, struct yh_link_flight f);
/* All columns as parameters.  YH_LIMIT: a key too long for a tree's page. */
YH_MUST_USE
enum yh_status yh_pgdb_values(const struct yh_pgdb *p, const struct yh_table *t,
                              const void *row, struct yh_link_values *v, struct yh_err *err);
/* The rows among which this one, or all with the same first columns, would be; NULL: not asked for. */
const struct yh_link_slot *yh_pgdb_slot_of(struct yh_link *c, const struct yh_table *t,
                                           const void *probe, int same);
void yh_pgdb_slot_each(const struct yh_link_slot *s, const struct yh_table *t, int same,
                       const void *probe, yh_row_fn *fn, void *ctx);

/* ---- spans.c ---- */

yh_str yh_pgdb_span_sql(struct yh_pgdb *p, struct yh_link *c, const struct yh_table *t,
                        const struct yh_span *span);

/* ---- the backend's calls (store/backend.h) ---- */

YH_MUST_USE
enum yh_status yh_pgdb_get(void *db, void *view, struct yh_arena *arena,
                           const struct yh_table *t, void *row, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_pgdb_add(void *db, const struct yh_table *t, const void *row,
                           struct yh_err *err);
YH_MUST_USE
enum yh_status yh_pgdb_put(void *db, const struct yh_table *t, const void *row,
                           struct yh_err *err);
YH_MUST_USE
enum yh_status yh_pgdb_drop(void *db, const struct yh_table *t, const void *row,
                            struct yh_err *err);
YH_MUST_USE
enum yh_status yh_pgdb_next(void *db, yh_str scope, yh_str name, int64_t *out,
                            struct yh_err *err);
void yh_pgdb_ahead(void *db, void *view, const struct yh_table *t, const struct yh_span *span,
                   const void *probe);
YH_MUST_USE
enum yh_status yh_pgdb_each(void *db, void *view, const struct yh_table *t,
                            const struct yh_span *span, const void *probe, yh_row_fn *fn,
                            void *ctx, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_pgdb_count(void *db, void *view, const struct yh_table *t, int64_t *out,
                             struct yh_err *err);
YH_MUST_USE
enum yh_status yh_pgdb_scan(void *db, void *view, const struct yh_table *t, yh_row_fn *fn,
                            void *ctx, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_pgdb_fill_begin(void *db, const struct yh_table *t, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_pgdb_fill(void *db, const struct yh_table *t, const void *row,
                            struct yh_err *err);
YH_MUST_USE
enum yh_status yh_pgdb_fill_end(void *db, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_pgdb_filled(void *db, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_pgdb_sql(void *db, void *view, yh_str text, int64_t most, struct yh_buf *out,
                           struct yh_err *err);
#endif
