/* store/backend.h -- what a backend provides to store.c.  Private to store/.
 *
 * store.c has checked groups, sealed columns and the order of calls; a backend keeps rows.  Every
 * function fills err as its caller's manual (store.h) says.  After it has answered YH_RETRY once
 * within a batch, only drop is called until the next batch_begin, which reopens what must be. */
#ifndef YH_STORE_BACKEND_H
#define YH_STORE_BACKEND_H
#include "store/table.h"

struct yh_schema {
    struct yh_table table[YH_TABLE_N];
    struct yh_index index[YH_INDEX_N];
};

struct yh_backend {
    enum yh_status (*batch_begin)(void *db, struct yh_err *err);
    enum yh_status (*batch_commit)(void *db, struct yh_err *err);
    /* As batch_commit, but durable only after `sync`, which any other one thread may call meanwhile.
     * All three NULL: batch_commit it is. */
    enum yh_status (*batch_commit_soon)(void *db, struct yh_err *err);
    enum yh_status (*sync)(void *db, struct yh_err *err);
    int64_t (*committed)(void *db); /* yh_store_committed */
    void (*batch_drop)(void *db);
    enum yh_status (*txn_begin)(void *db, struct yh_err *err);
    enum yh_status (*txn_keep)(void *db, struct yh_err *err);
    void (*txn_drop)(void *db);
    /* Did the open or last request lose against another process's, so that the same may succeed when
     * it is done again from its beginning?  NULL: never. */
    bool (*txn_lost)(void *db);
    /* Has the open or last request failed for the sake of a node that others need not?  NULL: never. */
    bool (*txn_alone)(void *db);
    /* See yh_txn_hasty; NULL: adds cost no waiting. */
    void (*hasty)(void *db);
    /* view is NULL for the writer's own connection. */
    enum yh_status (*view_open)(void *db, void **view, struct yh_err *err);
    void (*view_close)(void *db, void *view);
    /* yh_store_parts, and a view just opened confined to one; both NULL: there is one. */
    int (*parts)(const void *db);
    void (*view_part)(void *db, void *view, int part);
    /* The same without a wait for the disk, and the wait: see yh_view_close_soon.  Both or, where
     * what a view shows is always durable, none. */
    int64_t (*view_close_soon)(void *db, void *view);
    enum yh_status (*sync_shown)(void *db, int64_t shown, struct yh_err *err);
    enum yh_status (*get)(void *db, void *view, struct yh_arena *arena,
                          const struct yh_table *t, void *row, struct yh_err *err);
    /* yh_txn_ahead; span NULL: a get.  NULL: reading costs no waiting. */
    void (*ahead)(void *db, void *view, const struct yh_table *t, const struct yh_span *span,
                  const void *probe);
    enum yh_status (*add)(void *db, const struct yh_table *t, const void *row,
                          struct yh_err *err);
    enum yh_status (*put)(void *db, const struct yh_table *t, const void *row,
                          struct yh_err *err);
    enum yh_status (*drop)(void *db, const struct yh_table *t, const void *row,
                           struct yh_err *err);
    /* yh_txn_next across processes; NULL: a get and a put of table sequence do. */
    enum yh_status (*next)(void *db, yh_str scope, yh_str name, int64_t *out,
                           struct yh_err *err);
    enum yh_status (*each)(void *db, void *view, const struct yh_table *t,
                           const struct yh_span *span, const void *probe, yh_row_fn *fn,
                           void *ctx, struct yh_err *err);
    /* yh_store_count, yh_store_scan; NULL: `each` does. */
    enum yh_status (*count)(void *db, void *view, const struct yh_table *t, int64_t *out,
                            struct yh_err *err);
    enum yh_status (*scan)(void *db, void *view, const struct yh_table *t, yh_row_fn *fn,
                           void *ctx, struct yh_err *err);
    /* NULL: no SQL here. */
    enum yh_status (*sql)(void *db, void *view, yh_str sql, int64_t most, struct yh_buf *out,
                          struct yh_err *err);
    /* yh_store_fill, within a batch; NULL: adds of one request do. */
    enum yh_status (*fill_begin)(void *db, const struct yh_table *t, struct yh_err *err);
    enum yh_status (*fill)(void *db, const struct yh_table *t, const void *row,
                           struct yh_err *err);
    enum yh_status (*fill_end)(void *db, struct yh_err *err);
    /* yh_store_filled; NULL: nothing was left out. */
    enum yh_status (*filled)(void *db, struct yh_err *err);
    enum yh_status (*checkpoint)(void *db, struct yh_err *err);
    int64_t (*reopens)(void *db);
    void (*close)(void *db);
};

/* "memory:" */
enum yh_status yh_memory_open(const struct yh_schema *schema, void **db, struct yh_err *err);
extern const struct yh_backend yh_memory_backend;
/* "sqlite:DIR" */
enum yh_status yh_sqlite_open(const struct yh_schema *schema, yh_str dir,
                              const struct yh_store_options *opt, void **db,
                              struct yh_err *err);
extern const struct yh_backend yh_sqlite_backend;
/* "postgres://…", "postgresql://…" */
enum yh_status yh_postgres_open(const struct yh_schema *schema, yh_str url,
                                const struct yh_store_options *opt, void **db,
                                struct yh_err *err);
extern const struct yh_backend yh_postgres_backend;
/* "postgresql+shards:FILE" */
enum yh_status yh_shards_open(const struct yh_schema *schema, yh_str file,
                              const struct yh_store_options *opt, void **db,
                              struct yh_err *err);
extern const struct yh_backend yh_shards_backend;
/* yh_store_layout */
void yh_postgres_layout(const struct yh_schema *schema, int partitions,
                        struct yh_arena *scratch, struct yh_buf *out);
#endif
