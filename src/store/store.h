/* store/store.h -- one narrow interface to storage; sqlite/, postgres/ and memory/ behind it.
 *
 * One writer thread takes requests in batches; each request is a transaction of one account group
 * that is kept or dropped as a whole, and a batch is one durable commit:
 *
 *     yh_store_batch_begin(store)
 *       for each queued request:
 *         yh_txn_begin(store, group, arena, &txn)
 *         … typed reads, then the writes …              (reads see the request's own writes)
 *         yh_txn_keep(&txn)  or  yh_txn_drop(&txn)
 *     yh_store_batch_commit(store)                       only now may anyone be answered
 *
 * Reports and queries read a snapshot through a second, read-only interface, yh_view_open, which
 * gives the same `struct yh_txn`; writes on it are refused.
 *
 * When a commit or a write fails for the disk's sake, everyone in the batch gets YH_RETRY, the
 * store reopens itself, and callers must forget what they cached: what was in that batch may or
 * may not be there, and the request key (table request) tells which when it is asked again.
 *
 * The tables are those of store/schema.def.  For each table T there are, typed:
 *     struct yh_T_row   yh_get_T   yh_add_T   yh_put_T   yh_drop_T   yh_list_T   yh_pick_T   yh_each_T
 * Texts in rows that come out live in the transaction's arena (yh_each_T: until the callback
 * returns); texts in rows that go in are only borrowed for the call.
 *
 * Threads: one writer at a time.  Each view belongs to the thread that uses it.  The memory store
 * shows views the live state and belongs to one thread altogether.  The store starts no thread. */
#ifndef YH_STORE_STORE_H
#define YH_STORE_STORE_H
#include "base/base.h"

/* ---- rows, tables and indexes, from the one list ---- */

#define TABLE(t, form, sealed, doc) struct yh_##t##_row {
#define I64(c, doc) int64_t c;
#define TEXT(c, doc) yh_str c;
#define BLOB(c, doc) yh_str c;
#define KEY(t, n) \
    }             \
    ;
#include "store/schema.def"

enum yh_table_id {
#define TABLE(t, form, sealed, doc) YH_TABLE_##t,
#include "store/schema.def"
    YH_TABLE_N
};

/* An index is named yh_TABLE_INDEX (yh_settlement_by_provider); YH_BY_KEY is every table's key. */
enum yh_index_id {
    YH_BY_KEY = -1,
#define INDEX(t, i) yh_##t##_##i,
#include "store/schema.def"
    YH_INDEX_N
};

/* ---- open ---- */

struct yh_store;

struct yh_store_options {
    yh_str region;   /* kept in meta when the store is made; checked when not empty */
    yh_time now;     /* for meta.created */
    bool must_exist; /* never make a new one */
    bool moving;     /* a half-moved store may be opened, to go on moving (service/move) */
    bool read_only;  /* views only; another process may be writing */
    bool
        whole; /* views read whole tables: the file is mapped rather than read page by page (sqlite) */
    bool
        bulk; /* nothing is synced: for a load that is thrown away when it fails (sqlite); whoever
                * loads syncs the closed file */
    const char *vfs; /* SQLite file layer, for tests; NULL = the system's */
};

/* url: "sqlite:DIR" (the folder is made, with DIR/yiheng.db in it), "postgresql://…" as libpq takes it
 * (the tables are made in the database), "postgresql+shards:FILE" (several of these as one; store/shards)
 * or "memory:".
 * YH_BAD_INPUT: another scheme.  YH_NOT_FOUND: must_exist or read_only and it is not there.
 * YH_CONFLICT: another process writes here, another region's data, or a schema newer than this
 * program, a store that is still being moved in.  YH_IO: the disk.  Close with yh_store_close, which takes NULL too and drops an open
 * batch. */
YH_MUST_USE
enum yh_status yh_store_open(yh_str url, const struct yh_store_options *opt,
                             struct yh_store **out, struct yh_err *err);
void yh_store_close(struct yh_store *s);

/* ---- the writer ---- */

struct yh_group {
    yh_str region; /* "" and 0 for a request that names no person */
    int64_t id;
};

struct yh_txn {
    struct yh_store *store;
    struct yh_group group;
    struct yh_arena *arena; /* what reads return lives here */
    void *view;             /* NULL in the writer */
};

/* YH_RETRY: the store cannot be reopened yet after a failure. */
YH_MUST_USE
enum yh_status yh_store_batch_begin(struct yh_store *s, struct yh_err *err);
/* Durable when it answers YH_OK.  YH_RETRY: see the top.  No transaction may be open. */
YH_MUST_USE
enum yh_status yh_store_batch_commit(struct yh_store *s, struct yh_err *err);
/* The two halves of it, for a writer that goes on with the next batch while the disk works: the batch
 * is done and seen by the next one, but durable, and so to be answered, only when a yh_store_sync that
 * began after it has answered YH_OK.  Syncs may run beside the writer, on one other thread.  A failed
 * one is YH_RETRY for all that it was to cover: they may or may not be there. */
YH_MUST_USE
enum yh_status yh_store_batch_commit_soon(struct yh_store *s, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_store_sync(struct yh_store *s, struct yh_err *err);
/* For the writer's thread, after such a commit: the batch's number for yh_store_sync_shown, which tells of
 * this batch alone, where yh_store_sync tells of all since the last one; 0: it is durable. */
int64_t yh_store_committed(const struct yh_store *s);
/* Drops the whole batch. */
void yh_store_batch_drop(struct yh_store *s);

/* A batch of one request that is of no group, beside no gateway: begun, and ended by the status of what was
 * done in between: kept and durable when that is YH_OK, dropped else.  The end's status is that, or why
 * the commit failed. */
struct yh_txn;
YH_MUST_USE
enum yh_status yh_store_solo_begin(struct yh_store *s, struct yh_arena *a, struct yh_txn *x,
                                   struct yh_err *err);
YH_MUST_USE
enum yh_status yh_store_solo_end(struct yh_store *s, struct yh_txn *x, enum yh_status st,
                                 struct yh_err *err);

/* One request, inside a batch; one at a time.  Writes to personal tables (those whose key starts
 * region, grp) must be of this group: to touch another group's account, keep this transaction and
 * begin one of that group (hold, capture, release; DESIGN, Order).
 * YH_RETRY: the batch has failed already. */
YH_MUST_USE
enum yh_status yh_txn_begin(struct yh_store *s, struct yh_group group, struct yh_arena *arena,
                            struct yh_txn *out, struct yh_err *err);
/* Widens an open transaction that began before the person was known, or moves it to the next
 * group when a request touches several; kept or dropped together all the same. */
void yh_txn_group(struct yh_txn *x, struct yh_group group);
/* YH_RETRY: a write failed for the disk's sake; the batch will not commit. */
YH_MUST_USE
enum yh_status yh_txn_keep(struct yh_txn *x, struct yh_err *err);
void yh_txn_drop(struct yh_txn *x);

/* After a drop, or a keep that failed: did the request lose against another process's, so that the
 * same work, done again in a new transaction of this batch at once, may succeed?  What was read is
 * to be forgotten.  Always false where one process writes. */
bool yh_txn_again(const struct yh_txn *x);

/* Does the open batch hold no other request yet?  Only then may one wait for what others hold: a lost
 * request of a longer batch is done again in a batch of its own. */
bool yh_store_alone(const struct yh_store *s);
/* The caller does a lost request again (yh_txn_again), so adds need not be waited for: one whose key
 * is taken may say so only at a later call or at yh_txn_keep, and then as a lost request.  Not to be
 * asked for when it is done again: then the add itself answers YH_CONFLICT. */
void yh_txn_hasty(struct yh_txn *x);

/* The next number of (scope, name): 1, 2, … */
YH_MUST_USE
enum yh_status yh_txn_next(struct yh_txn *x, yh_str scope, yh_str name, int64_t *out,
                           struct yh_err *err);
/* The next place in the transaction's group's commit sequence; makes the group when it is new. */
YH_MUST_USE
enum yh_status yh_txn_next_seq(struct yh_txn *x, int64_t *out, struct yh_err *err);

/* Many new rows of one table at a time, for a store that nobody else writes to (store/copy.h): begin,
 * rows in the order of keys, end.  Durable when yh_store_filled, or a batch committed later, answers
 * YH_OK; a power cut before may take the last ones with it, never one without all that follow it.
 * Personal tables too, whatever the group.  After a failure, drop.  Statuses as of a batch;
 * YH_CONFLICT: a key is taken. */
YH_MUST_USE
enum yh_status yh_store_fill_begin(struct yh_store *s, enum yh_table_id t, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_store_fill(struct yh_store *s, const void *row, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_store_fill_end(struct yh_store *s, struct yh_err *err);
void yh_store_fill_drop(struct yh_store *s);
/* All fills are done, and durable when it answers YH_OK: makes the secondary indexes, which a database
 * opened with `moving` left out, so that spans over them may be read again.  Cut short, it may be called again; a store opened without
 * `moving` makes what it lacks too. */
YH_MUST_USE
enum yh_status yh_store_filled(struct yh_store *s, struct yh_err *err);

/* Moves committed pages into the main file, beside the writer, on a connection of its own: call it
 * from another thread now and then (every second or so).  The writer does it itself only when
 * nobody has for a long while.  Nothing to do for a memory store. */
YH_MUST_USE
enum yh_status yh_store_checkpoint(struct yh_store *s, struct yh_err *err);

/* How the store has fared, for reports. */
struct yh_store_stats {
    int64_t commits, kept, dropped, failed_batches, reopens;
};
struct yh_store_stats yh_store_stats_of(const struct yh_store *s);

/* ---- the reader ---- */

/* A snapshot of what is committed, taken at the latest by the first read; stays the same until closed.  Close soon: it keeps the log from
 * being reused.  What it shows is durable when yh_view_close returns: tell it to nobody before. */
YH_MUST_USE
enum yh_status yh_view_open(struct yh_store *s, struct yh_arena *arena, struct yh_txn *out,
                            struct yh_err *err);
void yh_view_close(struct yh_txn *view);
/* A store of several nodes (store/shards) has so many parts, any other one.  A view of a part is a snapshot
 * of that node alone and asks no other: who names no group sees that node's rows, and rows of groups
 * elsewhere are not found.  part: 0 … parts - 1. */
int yh_store_parts(const struct yh_store *s);
YH_MUST_USE
enum yh_status yh_view_open_part(struct yh_store *s, int part, struct yh_arena *arena,
                                 struct yh_txn *out, struct yh_err *err);
/* As yh_view_close, but it does not wait for the disk.  0: what the view showed is durable; else it is
 * when yh_store_sync_shown, from any thread, has succeeded for the number returned; greater numbers
 * cover smaller ones. */
YH_MUST_USE
int64_t yh_view_close_soon(struct yh_txn *view);
/* YH_RETRY: what was shown may be lost with the power; tell it to nobody. */
YH_MUST_USE
enum yh_status yh_store_sync_shown(struct yh_store *s, int64_t shown, struct yh_err *err);

/* The tables as a PostgreSQL script, for who lays them out before the first opening (partitions, nodes);
 * partitions > 1: personal tables and table request in so many each, by (region, grp). */
yh_str yh_store_layout(struct yh_arena *a, int partitions);
/* The same over the nodes that a file lists (store/shards), as one psql script that visits each: its tables,
 * and in schema "nodes" all nodes' together, the others' through postgres_fdw, for reading alone.
 * Fails as the file does.  And the same tables for Citus. */
YH_MUST_USE
enum yh_status yh_store_layout_nodes(struct yh_arena *a, yh_str file, yh_str *out,
                                     struct yh_err *err);
yh_str yh_store_layout_citus(struct yh_arena *a);

/* A SELECT of an analyst's own on a view, as TSV with a header line; the tables and columns are
 * those of schema.def, and charge_lines(packed) gives a batch's lines as rows (lines.def).  Tabs
 * and line ends inside texts become blanks, blobs are shown as hex, no value as "".
 * YH_BAD_INPUT: no such table, a slip in the SQL, a damaged batch.  YH_DENIED: anything but one
 * SELECT; a store without SQL (memory:).  YH_LIMIT: more than `most` rows. */
YH_MUST_USE
enum yh_status yh_view_sql(struct yh_txn *view, yh_str sql, int64_t most, yh_str *tsv,
                           struct yh_err *err);

/* ---- any table (the typed names below are what callers use) ---- */

/* Which rows of an index, in its order. */
struct yh_span {
    int index;   /* YH_BY_KEY or yh_TABLE_INDEX */
    int same;    /* its first `same` columns equal the probe's; 0 = all rows */
    bool ranged; /* and from <= the next column < to (an I64 column) */
    int64_t from, to;
    bool down;    /* from the last to the first */
    int64_t most; /* at most so many; 0 = no limit */
};

/* Returns true to go on. */
typedef bool yh_row_fn(void *ctx, const void *row);

/* `row` holds the key and receives the rest.  YH_NOT_FOUND leaves it untouched. */
YH_MUST_USE
enum yh_status yh_store_get(struct yh_txn *x, enum yh_table_id t, void *row,
                            struct yh_err *err);
/* A new row.  YH_CONFLICT: the key is taken (a backend may say so only at yh_txn_keep). */
YH_MUST_USE
enum yh_status yh_store_add(struct yh_txn *x, enum yh_table_id t, const void *row,
                            struct yh_err *err);
/* A new row or another content for that key.  YH_CONFLICT: it would change a sealed column. */
YH_MUST_USE
enum yh_status yh_store_put(struct yh_txn *x, enum yh_table_id t, const void *row,
                            struct yh_err *err);
/* `row` holds the key.  Dropping what is not there is YH_NOT_FOUND; YH_CONFLICT: sealed table. */
YH_MUST_USE
enum yh_status yh_store_drop(struct yh_txn *x, enum yh_table_id t, const void *row,
                             struct yh_err *err);
/* Calls fn for each row of the span; fn may read the store, and must not write the same table. */
YH_MUST_USE
enum yh_status yh_store_each(struct yh_txn *x, enum yh_table_id t, const struct yh_span *span,
                             const void *probe, yh_row_fn *fn, void *ctx, struct yh_err *err);
/* How many rows the table has, on a view; the rows are not carried here. */
YH_MUST_USE
enum yh_status yh_store_count(struct yh_txn *view, enum yh_table_id t, int64_t *out,
                              struct yh_err *err);
/* Calls fn for each row of the table, on a view, in whatever order costs least; fn does not use the view. */
YH_MUST_USE
enum yh_status yh_store_scan(struct yh_txn *view, enum yh_table_id t, yh_row_fn *fn, void *ctx,
                             struct yh_err *err);
/* The rows of the span that `keep` takes (true), as an array in the transaction's arena; on failure an
 * empty one.  span->most bounds the rows taken, not the rows looked at: what others own does not crowd out
 * one's own.  keep may read the store; NULL takes all. */
YH_MUST_USE
enum yh_status yh_store_pick(struct yh_txn *x, enum yh_table_id t, const struct yh_span *span,
                             const void *probe, yh_row_fn *keep, void *ctx, void **rows, int *n,
                             struct yh_err *err);
/* All of the span's. */
YH_MUST_USE
enum yh_status yh_store_list(struct yh_txn *x, enum yh_table_id t, const struct yh_span *span,
                             const void *probe, void **rows, int *n, struct yh_err *err);

/* Only a hint: these rows will be read (span NULL: the one with probe's key; else a plain span by key).
 * A store that is far away fetches them together with the next read, instead of one after the other;
 * a wider span answers the narrower ones and the single rows in it. */
void yh_txn_ahead(struct yh_txn *x, enum yh_table_id t, const struct yh_span *span,
                  const void *probe);

/* On all of these writes and reads: YH_DENIED: a row of another group, or a write on a view;
 * YH_RETRY: the disk failed and with it the batch. */
#define TABLE(t, form, sealed, doc)                                                            \
    YH_MUST_USE                                                                                \
    static inline enum yh_status yh_get_##t(struct yh_txn *x, struct yh_##t##_row *row,        \
                                            struct yh_err *err)                                \
    {                                                                                          \
        return yh_store_get(x, YH_TABLE_##t, row, err);                                        \
    }                                                                                          \
    YH_MUST_USE                                                                                \
    static inline enum yh_status yh_add_##t(struct yh_txn *x, const struct yh_##t##_row *row,  \
                                            struct yh_err *err)                                \
    {                                                                                          \
        return yh_store_add(x, YH_TABLE_##t, row, err);                                        \
    }                                                                                          \
    YH_MUST_USE                                                                                \
    static inline enum yh_status yh_put_##t(struct yh_txn *x, const struct yh_##t##_row *row,  \
                                            struct yh_err *err)                                \
    {                                                                                          \
        return yh_store_put(x, YH_TABLE_##t, row, err);                                        \
    }                                                                                          \
    YH_MUST_USE                                                                                \
    static inline enum yh_status yh_drop_##t(struct yh_txn *x, const struct yh_##t##_row *row, \
                                             struct yh_err *err)                               \
    {                                                                                          \
        return yh_store_drop(x, YH_TABLE_##t, row, err);                                       \
    }                                                                                          \
    YH_MUST_USE                                                                                \
    static inline enum yh_status yh_each_##t(struct yh_txn *x, struct yh_span span,            \
                                             const struct yh_##t##_row *probe, yh_row_fn *fn,  \
                                             void *ctx, struct yh_err *err)                    \
    {                                                                                          \
        return yh_store_each(x, YH_TABLE_##t, &span, probe, fn, ctx, err);                     \
    }                                                                                          \
    YH_MUST_USE                                                                                \
    static inline enum yh_status yh_list_##t(                                                  \
        struct yh_txn *x, struct yh_span span, const struct yh_##t##_row *probe,               \
        struct yh_##t##_row **rows, int *n, struct yh_err *err)                                \
    {                                                                                          \
        void *all = NULL;                                                                      \
        enum yh_status st = yh_store_list(x, YH_TABLE_##t, &span, probe, &all, n, err);        \
        *rows = all;                                                                           \
        return st;                                                                             \
    }                                                                                          \
    YH_MUST_USE                                                                                \
    static inline enum yh_status yh_pick_##t(                                                  \
        struct yh_txn *x, struct yh_span span, const struct yh_##t##_row *probe,               \
        yh_row_fn *keep, void *ctx, struct yh_##t##_row **rows, int *n, struct yh_err *err)    \
    {                                                                                          \
        void *all = NULL;                                                                      \
        enum yh_status st =                                                                    \
            yh_store_pick(x, YH_TABLE_##t, &span, probe, keep, ctx, &all, n, err);             \
        *rows = all;                                                                           \
        return st;                                                                             \
    }
#include "store/schema.def"

/* The leaf of a settlement: SHA-256(0x00 ‖ the sealed columns before `leaf`, each as a length and
 * its bytes, numbers as eight bytes, big-endian, in schema order), which is RFC 6962's leaf hash
 * of those bytes.  The salt is one of them, so a leaf tells nothing to who has not the row. */
void yh_settlement_leaf(const struct yh_settlement_row *row, uint8_t out[32]);
#endif
