/* store/sqlite/sqlite.c -- one data folder, nothing else to run.
 *
 * DIR/yiheng.db      the data, in write-ahead-log mode
 * DIR/writer.lock    held by the process that writes
 *
 * One connection writes; each view and the checkpoint have their own.  Settings and why:
 *   journal_mode WAL      readers never wait for the writer, nor it for them; one sync a commit
 *   synchronous EXTRA     while the file is made: the change to WAL mode is a rollback-journal commit,
 *                         whose deleted journal FULL does not sync away; it could come back after a
 *                         power cut and undo all that followed
 *   synchronous NORMAL    of the writer afterwards: a commit does not sync the log, sync_log does, so
 *                         that the next batch can begin meanwhile.  Checkpoints sync all the same
 *   wal_autocheckpoint 0  the writer does not stop to move pages: yh_store_checkpoint does, beside it.
 *                         A log that is written without a pause starts anew only when all of it is
 *                         moved, so the writer itself moves the end, once the checkpoint has come so
 *                         near that it takes a few milliseconds; and all, past WAL_PAGES_MAX
 *   journal_size_limit    past it the log's file is cut back when it starts anew; beyond WAL_PAGES_MAX, so
 *                         that cutting, and growing again, is seen only after a commit of many pages
 *   cell_size_check, trusted_schema OFF    a damaged or crafted file is met with an error
 *   temp_store MEMORY     no temporary files beside the data
 *   foreign_keys OFF      rows are keyed for sharding; services keep the joins, verify proves them
 * Statements are prepared once per connection; values are always bound. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite/ddl.h"
#include "store/sqlite/layer.h"
#include "store/sqlite/lines_table.h"
#include "store/sqlite/pages.h"
#include "store/sqlite/rows.h"

#define PATH_MAX_BYTES 1024
#define WAL_PAGES_ANEW 2048 /* 8 MiB: a shorter log is not worth starting anew */
#define WAL_PAGES_MAX 32768 /* 128 MiB */
#define WAL_TAIL_PAGES 512  /* the end of the log that the writer moves itself */
#define WAL_NEAR_PAGES 256  /* what a pass leaves of it: the next commit comes on top */
#define FINISH_TRIES 8      /* while views that read older pages come and go */
#define PACE_PAGES 128 /* of the main file between two syncs of a checkpoint: see layer.h */
#define STEP_BYTES (1 << 20) /* by which the log's file grows; less over a test's layer */
#define PAUSE_US 1000        /* between passes that a view keeps from the end */
#define FINISH_US 10000      /* in which the writer moves the end, if it is at work */
#define CHECKPOINT_ROUNDS 32 /* passes at most to come so near */
#define SCRATCH_BYTES ((size_t)1 << 20) /* SQL texts */

static const char PRAGMAS[] = "PRAGMA synchronous = EXTRA;" /* before journal_mode: see above */
                              "PRAGMA journal_mode = WAL;"
                              "PRAGMA wal_autocheckpoint = 0;"
                              "PRAGMA journal_size_limit = 167772160;"
                              "PRAGMA cell_size_check = ON;"
                              "PRAGMA trusted_schema = OFF;"
                              "PRAGMA temp_store = MEMORY;"
                              "PRAGMA foreign_keys = OFF;";
static const char WRITER[] = "PRAGMA cache_size = -65536;"; /* KiB, at most, as it is needed */
/* A load that starts anew when it fails: pages go straight to the file, and nothing is synced. */
static const char BULK[] = "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;"
                           "PRAGMA cache_size = -131072;";
static const char VIEW[] = "PRAGMA cache_size = -16384; PRAGMA query_only = ON;";
/* Whole tables in the order of their keys visit the file's pages again and again.  Not where a reader
 * must outlive a failing disk: there a mapped page is a signal, and no error. */
static const char WHOLE[] = "PRAGMA mmap_size = 1099511627776;";

enum step {
    STEP_0,
#define STEP(n, sql) STEP_##n,
#include "store/migrate.def"
#undef STEP
    STEP_END
};
#define SCHEMA_VERSION (STEP_END - 1)

/* A prepared span, found again by its shape. */
struct prepared {
    int table, shape;
    sqlite3_stmt *stmt;
};

struct connection {
    sqlite3 *db;
    sqlite3_stmt *verb[YH_TABLE_N][YH_VERB_N];
    struct prepared *span;
    int nspan, cap;
    sqlite3_stmt *begin, *commit, *savepoint, *release, *rollback_to;
    sqlite3_stmt
        *look; /* a view's: any read, which takes the snapshot; the writer's: data_version */
    struct yh_arena scratch;
    long long seen;          /* a view's: batches that it may show */
    struct connection *next; /* idle views */
};

struct sqlite {
    const struct yh_schema *schema;
    char path[PATH_MAX_BYTES];
    struct yh_sqlite_layer layer; /* of the writer and the checkpoint */
    const char *vfs;              /* of every other connection */
    bool read_only, bulk, whole;
    int lock;                  /* of writer.lock; -1 none */
    struct connection *writer; /* NULL: to be reopened at the next batch */
    struct yh_rows *rows;      /* what the writer read lately; NULL: nothing is kept (a load) */
    int64_t others;            /* of PRAGMA data_version: commits of other connections */
    atomic_int wal_pages;      /* in the log after the last commit */
    atomic_int moved; /* of them, in the main file as far as the checkpoint knows; -1 unknown */
    int tries;        /* of the writer to move the end since it was near */
    bool spoiled;     /* the open batch must not commit */
    int64_t reopens;
    /* The log is synced beside the writer.  A place in it: its salt, which
     * changes whenever it starts anew, << 32 | pages. */
    pthread_mutex_t
        sync_mutex;    /* held by who syncs, and by the writer while it comes or goes */
    sqlite3_file *log; /* the writer's, below its layer; NULL before its first commit */
    atomic_llong begun, committed, durable; /* batches */
    atomic_ullong place;                    /* after the last commit */
    unsigned long long synced;              /* up to where; guarded */
    atomic_bool lost; /* a sync failed: what the disk holds of the log since is unknown */
    atomic_llong gone_from,
        gone_to;           /* batches behind the first, up to the second, were given up */
    atomic_int givings_up; /* begun and ended: odd meanwhile */
    atomic_bool unsaid;    /* some were given up since the last yh_store_sync */
    pthread_mutex_t idle_mutex, checkpoint_mutex; /* guard the next two */
    struct connection *idle;
    sqlite3 *checkpointer;
};

/* ---- errors ---- */

/* `st` with SQLite's own words. */
static enum yh_status trouble(sqlite3 *db, int rc, enum yh_status st, struct yh_err *err)
{
    const char *what = (rc & 0xff) == SQLITE_FULL ? "磁盘空间不足" : "存储出错";
    return yh_fail(err, st, "%s：%s（%d）", what, db ? sqlite3_errmsg(db) : sqlite3_errstr(rc),
                   db ? sqlite3_extended_errcode(db) : rc);
}

/* A failed statement in the writer: a broken rule is the caller's, the rest the disk's. */
static enum yh_status failed(struct connection *c, int rc, const struct yh_table *t, bool view,
                             struct yh_err *err)
{
    if ((rc & 0xff) == SQLITE_CONSTRAINT)
        return yh_fail(err, YH_CONFLICT, "%s 中已有同一键的一行", t->name);
    /* Would fail again however often it is sent, and with it all that share its batch. */
    if (rc == SQLITE_TOOBIG)
        return yh_fail(err, YH_LIMIT, "%s 的一行太大", t->name);
    return trouble(c->db, rc, view ? YH_IO : YH_RETRY, err);
}

/* ---- connections ---- */

static void close_connection(struct connection *c)
{
    if (!c)
        return;
    for (int t = 0; t < YH_TABLE_N; t++)
        for (int v = 0; v < YH_VERB_N; v++)
            sqlite3_finalize(c->verb[t][v]);
    for (int i = 0; i < c->nspan; i++)
        sqlite3_finalize(c->span[i].stmt);
    sqlite3_finalize(c->begin);
    sqlite3_finalize(c->commit);
    sqlite3_finalize(c->savepoint);
    sqlite3_finalize(c->release);
    sqlite3_finalize(c->rollback_to);
    sqlite3_finalize(c->look);
    if (c->span)
        yh_heap(c->span, 0);
    /* _v2 takes statements that are still open with it, rather than leaving the file open. */
    sqlite3_close_v2(c->db);
    yh_arena_close(&c->scratch);
    yh_heap(c, 0);
}

static sqlite3_stmt *prepare(struct connection *c, yh_str sql, int *rc)
{
    sqlite3_stmt *stmt = NULL;
    *rc = sqlite3_prepare_v3(c->db, sql.p, (int)sql.n, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
    return stmt;
}

/* Nobody asks SQLite how much memory it uses, and counting takes a lock at every allocation.  Where
 * something else started SQLite first, it stays as it was. */
static void configure(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    yh_sqlite_pages_install();
}
static pthread_once_t configured = PTHREAD_ONCE_INIT;

static enum yh_status open_connection(const struct sqlite *s, bool may_make, bool view,
                                      struct connection **out, struct yh_err *err)
{
    struct connection *c = yh_heap(NULL, sizeof *c);
    *c = (struct connection){ 0 };
    enum yh_status st = yh_arena_open(&c->scratch, SCRATCH_BYTES, err);
    if (st) {
        yh_heap(c, 0);
        return st;
    }
    int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (may_make ? SQLITE_OPEN_CREATE : 0);
    int rc = sqlite3_open_v2(s->path, &c->db, flags, view ? s->vfs : s->layer.name);
    if (!rc) {
        sqlite3_extended_result_codes(c->db, 1);
        sqlite3_busy_timeout(c->db, 10000);
        rc = sqlite3_exec(c->db, PRAGMAS, NULL, NULL, NULL);
    }
    if (!rc)
        rc = sqlite3_exec(c->db, view ? VIEW : s->bulk ? BULK : WRITER, NULL, NULL, NULL);
    if (!rc && view && s->whole)
        rc = sqlite3_exec(c->db, WHOLE, NULL, NULL, NULL);
    if (!rc)
        rc = yh_lines_table_register(c->db);
    if (!rc && view) /* made now, for making it is more than reading (only_reads) */
        rc = sqlite3_exec(c->db, "SELECT 1 FROM charge_lines LIMIT 0", NULL, NULL, NULL);
    if (!rc)
        c->begin = prepare(c, view ? YH_S("BEGIN") : YH_S("BEGIN IMMEDIATE"), &rc);
    if (!rc)
        c->commit = prepare(c, YH_S("COMMIT"), &rc);
    if (!rc)
        c->savepoint = prepare(c, YH_S("SAVEPOINT request"), &rc);
    if (!rc)
        c->release = prepare(c, YH_S("RELEASE request"), &rc);
    if (!rc)
        c->rollback_to = prepare(c, YH_S("ROLLBACK TO request"), &rc);
    if (!rc && (view || !s->bulk))
        c->look = prepare(
            c, view ? YH_S("SELECT 1 FROM meta LIMIT 1") : YH_S("PRAGMA data_version"), &rc);
    if (rc) {
        st = trouble(c->db, rc, YH_IO, err);
        close_connection(c);
        return st;
    }
    *out = c;
    return YH_OK;
}

static int run(sqlite3_stmt *stmt)
{
    int rc = sqlite3_step(stmt);
    int reset = sqlite3_reset(stmt);
    return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : reset ? reset : rc;
}

/* ---- schema ---- */

static int get_number(sqlite3 *db, const char *sql, int64_t *out)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (!rc && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        *out = sqlite3_column_int64(stmt, 0);
        rc = SQLITE_OK;
    } else if (rc == SQLITE_DONE) {
        rc = SQLITE_CORRUPT;
    }
    sqlite3_finalize(stmt);
    return rc;
}

static int exec(struct connection *c, yh_str sql)
{
    return sqlite3_exec(c->db, yh_zdup(&c->scratch, sql), NULL, NULL, NULL);
}

/* Adds the columns that the table on disk has not yet. */
static int add_columns(struct connection *c, const struct yh_table *t)
{
    int64_t n = 0;
    yh_str count = yh_fmt(&c->scratch, "SELECT count(*) FROM pragma_table_info('%s')", t->name);
    int rc = get_number(c->db, yh_zdup(&c->scratch, count), &n);
    for (int i = t->nkey; !rc && n < t->ncolumn && i < t->ncolumn; i++) {
        int64_t there = 0;
        yh_str ask = yh_fmt(&c->scratch,
                            "SELECT count(*) FROM pragma_table_info('%s') WHERE name = '%s'",
                            t->name, t->column[i].name);
        rc = get_number(c->db, yh_zdup(&c->scratch, ask), &there);
        if (!rc && !there)
            rc = exec(c, yh_ddl_column(&c->scratch, t, &t->column[i]));
    }
    return rc;
}

static int gain_table(struct connection *c, const struct yh_schema *schema,
                      const struct yh_table *t, bool fresh)
{
    yh_arena_reset(&c->scratch);
    int rc = exec(c, yh_ddl_table(&c->scratch, t));
    if (!rc && !fresh)
        rc = add_columns(c, t);
    for (int i = t->first_index; !rc && i < t->first_index + t->nindex; i++)
        rc = exec(c, yh_ddl_index(&c->scratch, t, &schema->index[i]));
    if (!rc && t->sealed)
        rc = exec(c, yh_ddl_seal(&c->scratch, t));
    return rc;
}

static int run_steps(struct connection *c, int64_t version)
{
    static const struct {
        int to;
        const char *sql;
    } STEPS[] = {
#define STEP(n, sql) { n, sql },
#include "store/migrate.def"
#undef STEP
    };
    int rc = SQLITE_OK;
    for (int i = 0; !rc && i < YH_COUNT(STEPS); i++)
        if (STEPS[i].to > version)
            rc = sqlite3_exec(c->db, STEPS[i].sql, NULL, NULL, NULL);
    return rc;
}

static enum yh_status migrate(struct connection *c, const struct yh_schema *schema,
                              struct yh_err *err)
{
    int64_t version = 0;
    int rc = get_number(c->db, "PRAGMA user_version", &version);
    if (!rc && version > SCHEMA_VERSION)
        return yh_fail(err, YH_CONFLICT,
                       "数据目录的结构版本 %lld 比本程序的 %d 新，请用新版程序打开",
                       (long long)version, SCHEMA_VERSION);
    if (!rc)
        rc = run(c->begin);
    bool fresh = version == 0;
    if (!rc && !fresh)
        rc = run_steps(c, version);
    for (int t = 0; !rc && t < YH_TABLE_N; t++)
        rc = gain_table(c, schema, &schema->table[t], fresh);
    yh_arena_reset(&c->scratch);
    if (!rc && version != SCHEMA_VERSION)
        rc = exec(c, yh_fmt(&c->scratch, "PRAGMA user_version = %d", SCHEMA_VERSION));
    if (!rc)
        rc = run(c->commit);
    if (!rc)
        return YH_OK;
    enum yh_status st = trouble(c->db, rc, YH_IO, err);
    if (!sqlite3_get_autocommit(c->db))
        sqlite3_exec(c->db, "ROLLBACK", NULL, NULL, NULL);
    return st;
}

/* ---- the writer ---- */

static int on_commit(void *ctx, sqlite3 *db, const char *name, int pages)
{
    (void)db, (void)name;
    atomic_store(&((struct sqlite *)ctx)->wal_pages, pages);
    return SQLITE_OK;
}

static int adopt(struct sqlite *s, struct connection *c)
{
    s->writer = c;
    sqlite3_wal_hook(c->db, on_commit, s);
    return s->bulk ? SQLITE_OK
                   : sqlite3_exec(c->db, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
}

/* ---- the log made durable ---- */

static bool is_gone(const struct sqlite *s, long long upto)
{
    return atomic_load(&s->gone_from) < upto && upto <= atomic_load(&s->gone_to);
}

static enum yh_status not_durable(int rc, struct yh_err *err)
{
    return trouble(NULL, rc ? rc : SQLITE_IOERR_FSYNC, YH_RETRY, err);
}

/* Syncs the log unless the first `upto` batches are durable already.  After a sync that failed nothing
 * is durable by another sync: the system may have forgotten what it could not write. */
static enum yh_status sync_upto(struct sqlite *s, long long upto, struct yh_err *err)
{
    int rc = SQLITE_OK;
    if (atomic_load(&s->durable) >= upto && !atomic_load(&s->lost))
        return is_gone(s, upto) ? not_durable(SQLITE_OK, err) : YH_OK;
    pthread_mutex_lock(&s->sync_mutex); /* who held it may have synced for us */
    long long committed = atomic_load(&s->committed);
    unsigned long long place = atomic_load(&s->place);
    bool lost = atomic_load(&s->lost);
    if (!lost && atomic_load(&s->durable) < upto) {
        rc = s->log ? s->log->pMethods->xSync(s->log, SQLITE_SYNC_NORMAL) : SQLITE_OK;
        if (!rc) {
            atomic_store(&s->durable, committed);
            s->synced = place;
        }
        lost = rc;
        atomic_store(&s->lost, lost);
    }
    lost = lost || is_gone(s, upto);
    pthread_mutex_unlock(&s->sync_mutex);
    return lost ? not_durable(rc, err) : YH_OK;
}

/* All that is committed. */
static enum yh_status sync_log(struct sqlite *s, struct yh_err *err)
{
    return sync_upto(s, atomic_load(&s->committed), err);
}

/* The writer goes; what it committed is synced first, for its log may go with it. */
static void close_writer(struct sqlite *s)
{
    if (!s->writer)
        return;
    (void)sync_log(s, NULL);
    pthread_mutex_lock(&s->sync_mutex);
    s->log = NULL;
    if (atomic_load(&s->lost)) /* then the log is all there is */
        sqlite3_db_config(s->writer->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    close_connection(s->writer);
    s->writer = NULL;
    pthread_mutex_unlock(&s->sync_mutex);
    if (s->rows)
        yh_rows_clear(s->rows);
}

#define LOG_HEAD 32
#define LOG_SALT 16 /* where it stands in the head, two numbers; a copy in each frame's */
#define FRAME_HEAD 24
#define INDEX_BYTES 32768 /* the first piece of the log's index */
#define INDEX_HEAD 96     /* its head, twice */

static uint32_t be32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* SQLite's running checksum of its log, over n bytes, n a multiple of 8. */
static void log_sum(bool big, const unsigned char *p, int n, uint32_t sum[2])
{
    for (int i = 0; i < n; i += 8) {
        uint32_t a = be32(p + i), b = be32(p + i + 4);
        sum[0] += (big ? a : __builtin_bswap32(a)) + sum[1];
        sum[1] += (big ? b : __builtin_bswap32(b)) + sum[0];
    }
}

/* What of the log can be written again. */
struct salvage {
    uint32_t salt;
    unsigned from, to; /* frames; of those wanted in, of those there out, a commit's end */
    bool gone;         /* less than was wanted */
};

/* Writes frames of the log again as they are read, as far as they are still what was written: some
 * systems show after a failed sync what the disk holds, and not what was to be written. */
static int rewrite_frames(sqlite3_file *log, struct salvage *v, int page, unsigned char *frame)
{
    unsigned char head[LOG_HEAD] = { 0 };
    const sqlite3_io_methods *io = log->pMethods;
    int rc = io->xRead(log, head, LOG_HEAD, 0), size = FRAME_HEAD + page;
    unsigned from = v->from, to = v->to, good = v->from;
    if (rc == SQLITE_IOERR_SHORT_READ || (!rc && be32(head + LOG_SALT) != v->salt)) {
        rc = SQLITE_OK;
        /* With the next salt it is about to start anew, so all of it is in the main file; with another
         * its beginning is gone, and the log before it, which is in the main file too, is back. */
        v->gone = be32(head + LOG_SALT) != v->salt + 1;
        v->salt = v->gone ? be32(head + LOG_SALT) : v->salt;
        good = v->gone ? 0 : to;
        from = to;
    }
    bool big = head[3] & 1;
    uint32_t sum[2] = { be32(head + 24), be32(head + 28) };
    if (!rc && from && from < to) {
        rc = io->xRead(log, frame, FRAME_HEAD, LOG_HEAD + (sqlite3_int64)(from - 1) * size);
        sum[0] = be32(frame + 16), sum[1] = be32(frame + 20);
    } else if (!rc && from < to) {
        rc = io->xWrite(log, head, LOG_HEAD, 0);
    }
    for (unsigned i = from; !rc && !v->gone && i < to; i++) {
        sqlite3_int64 at = LOG_HEAD + (sqlite3_int64)i * size;
        rc = io->xRead(log, frame, size, at);
        log_sum(big, frame, 8, sum);
        log_sum(big, frame + FRAME_HEAD, page, sum);
        v->gone = rc == SQLITE_IOERR_SHORT_READ ||
                  (!rc && (memcmp(frame + 8, head + LOG_SALT, 8) != 0 ||
                           be32(frame + 16) != sum[0] || be32(frame + 20) != sum[1]));
        rc = v->gone ? SQLITE_OK : rc;
        if (!rc && !v->gone)
            rc = io->xWrite(log, frame, size, at);
        if (!rc && !v->gone && be32(frame + 4)) /* it ends a commit */
            good = i + 1;
    }
    v->to = good;
    return rc ? rc : io->xSync(log, SQLITE_SYNC_NORMAL);
}

/* After a failure the writer starts anew: statements, cache and file handles of the failed
 * connection are not trusted.  Before it writes again, the file must still be this schema's. */
static enum yh_status reopen(struct sqlite *s, struct yh_err *err)
{
    struct connection *c = NULL;
    int64_t version = 0;
    enum yh_status st = open_connection(s, false, false, &c, err);
    if (st)
        return YH_RETRY;
    int rc = get_number(c->db, "PRAGMA user_version", &version);
    if (!rc && version != SCHEMA_VERSION)
        rc = SQLITE_CORRUPT;
    int64_t regions = 0;
    if (!rc)
        rc = get_number(c->db, "SELECT count(*) FROM meta WHERE name = 'region'", &regions);
    if (!rc && !regions)
        rc = SQLITE_CORRUPT;
    if (rc) {
        trouble(c->db, rc, YH_RETRY, err);
        close_connection(c);
        return YH_RETRY;
    }
    rc = adopt(s, c);
    s->reopens++;
    return rc ? trouble(c->db, rc, YH_RETRY, err) : YH_OK;
}

/* The log's index, which all connections share, is made afresh from the log by whoever looks next. */
static int forget_index(struct sqlite *s)
{
    sqlite3_file *file = NULL;
    void volatile *index = NULL;
    int rc = sqlite3_file_control(s->writer->db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (!rc)
        rc = file->pMethods->xShmMap(file, 0, INDEX_BYTES, 0, &index);
    if (!rc && index)
        memset((void *)(uintptr_t)index, 0, INDEX_HEAD);
    return rc;
}

/* Gives up the batches whose frames are gone: nobody was or will be told of them.  The books go on from
 * the last one that is there. */
static enum yh_status give_up(struct sqlite *s, const struct salvage *v, struct yh_err *err)
{
    unsigned long long place = (unsigned long long)v->salt << 32 | v->to;
    atomic_fetch_add(&s->givings_up, 1);
    if (atomic_load(&s->gone_to) ==
        0) /* an earlier range only grows: a refusal too many is safe */
        atomic_store(&s->gone_from, atomic_load(&s->durable));
    atomic_store(&s->gone_to, atomic_load(&s->begun));
    atomic_store(&s->unsaid, true);
    int rc = forget_index(s);
    s->log = NULL;
    sqlite3_db_config(s->writer->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    close_connection(s->writer);
    s->writer = NULL;
    yh_rows_clear(s->rows);
    enum yh_status st = rc ? trouble(NULL, rc, YH_RETRY, err) : reopen(s, err);
    if (!st) {
        s->synced = place;
        atomic_store(&s->place, place);
        atomic_store(&s->wal_pages, (int)v->to);
        atomic_store(&s->committed, atomic_fetch_add(&s->begun, 1) + 1);
        atomic_store(&s->durable, atomic_load(&s->committed));
        atomic_store(&s->lost, false);
    }
    atomic_fetch_add(&s->givings_up, 1);
    return st;
}

/* After a sync that failed, before anything is written behind what it was to cover: a log with a hole
 * in it would end there after a power cut.  Until this succeeds nobody is answered. */
static enum yh_status rewrite_log(struct sqlite *s, struct yh_err *err)
{
    int64_t page = 0;
    unsigned long long place = atomic_load(&s->place);
    struct salvage v = { .salt = (uint32_t)(place >> 32),
                         .to = (unsigned)(place & UINT32_MAX) };
    enum yh_status st = YH_OK;
    pthread_mutex_lock(&s->checkpoint_mutex); /* what a pass has moved is known when it ends */
    pthread_mutex_lock(&s->sync_mutex);
    bool same = place >> 32 == s->synced >> 32;
    v.from = same ? (unsigned)(s->synced & UINT32_MAX) : 0;
    int rc = get_number(s->writer->db, "PRAGMA page_size", &page);
    sqlite3_file *log = yh_sqlite_layer_log(s->writer->db);
    if (!rc && !log)
        rc = SQLITE_IOERR;
    if (!rc) {
        unsigned char *frame = yh_heap(NULL, (size_t)(FRAME_HEAD + page));
        rc = rewrite_frames(log, &v, (int)page, frame);
        yh_heap(frame, 0);
    }
    if (!rc && v.gone) {
        st = give_up(s, &v, err);
    } else if (!rc) {
        s->log = log;
        s->synced = place;
        atomic_store(&s->durable, atomic_load(&s->committed));
        atomic_store(&s->lost, false);
    }
    pthread_mutex_unlock(&s->sync_mutex);
    pthread_mutex_unlock(&s->checkpoint_mutex);
    return rc ? trouble(NULL, rc, YH_RETRY, err) : st;
}

/* Another program may have written: an administrator's, by hand. */
static int look_for_others(struct sqlite *s)
{
    int64_t version = 0;
    sqlite3_stmt *stmt = s->writer->look;
    int rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        version = sqlite3_column_int64(stmt, 0);
    int reset = sqlite3_reset(stmt);
    if (rc != SQLITE_ROW)
        return reset ? reset : SQLITE_CORRUPT;
    if (version != s->others)
        yh_rows_clear(s->rows);
    s->others = version;
    return SQLITE_OK;
}

static enum yh_status batch_begin(void *db, struct yh_err *err)
{
    struct sqlite *s = db;
    enum yh_status st = s->writer ? YH_OK : reopen(s, err);
    if (!st && atomic_load(&s->lost))
        st = rewrite_log(s, err);
    if (st)
        return st;
    s->spoiled = false;
    int rc = run(s->writer->begin);
    if (!rc && s->rows)
        rc = look_for_others(s);
    if (!rc)
        return YH_OK;
    st = trouble(s->writer->db, rc, YH_RETRY, err);
    close_writer(s);
    return st;
}

/* A checkpoint pass over `pages` of the log began when it stood at `place`.  It has synced the log
 * before it moved anything; what it may have moved must never be written again.  Where it failed, our
 * own sync tells whether the log is whole: the system reports a failure to each open file. */
static void checkpointed(struct sqlite *s, bool own, int rc, unsigned long long place,
                         int pages)
{
    if ((rc & 0xff) == SQLITE_BUSY || (!rc && pages < 0))
        return;
    pthread_mutex_lock(&s->sync_mutex);
    bool same = place >> 32 == atomic_load(&s->place) >> 32;
    unsigned long long to = place >> 32 << 32 | (unsigned)pages;
    if (!rc && same && to > s->synced)
        s->synced = to;
    if (rc && own) /* the file that we sync by has been told, and will not be told again */
        atomic_store(&s->lost, true);
    pthread_mutex_unlock(&s->sync_mutex);
    if (rc || !same)
        (void)sync_upto(s, LLONG_MAX, NULL);
}

/* Moves what is left of the log when that is little, or when nobody else does and the log must not
 * grow without end.  What a failure leaves in the log is safe there. */
static void finish_log(struct sqlite *s)
{
    int pages = atomic_load(&s->wal_pages), moved = atomic_load(&s->moved);
    bool near = pages > WAL_PAGES_ANEW && 0 <= moved && moved <= pages &&
                pages - moved <= WAL_TAIL_PAGES;
    if (!near && pages <= WAL_PAGES_MAX) {
        s->tries = 0;
        return;
    }
    if (!near) /* the checkpoint is behind, and ends after its pass: two at a time cannot be */
        pthread_mutex_lock(&s->checkpoint_mutex);
    unsigned long long place = atomic_load(&s->place);
    int rc = sqlite3_wal_checkpoint_v2(s->writer->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages,
                                       &moved);
    checkpointed(s, true, rc, place, pages);
    if (!near)
        pthread_mutex_unlock(&s->checkpoint_mutex);
    /* A view that was open just now may have kept the end; one that stays is not waited for. */
    bool again = near && !rc && moved < pages && ++s->tries < FINISH_TRIES;
    atomic_store(&s->moved, again ? moved : -1);
}

/* Where the log stands after a commit. */
static int note_place(struct sqlite *s)
{
    unsigned char head[LOG_HEAD];
    int rc = SQLITE_OK;
    if (!s->log) {
        pthread_mutex_lock(&s->sync_mutex);
        s->log = yh_sqlite_layer_log(s->writer->db);
        pthread_mutex_unlock(&s->sync_mutex);
    }
    if (!s->log)
        rc = SQLITE_MISUSE;
    if (!rc)
        rc = s->log->pMethods->xRead(s->log, head, LOG_HEAD, 0);
    if (rc ==
        SQLITE_IOERR_SHORT_READ) /* nothing was ever written: so there is nothing to sync */
        return SQLITE_OK;
    if (!rc)
        atomic_store(&s->place, (unsigned long long)be32(head + LOG_SALT) << 32 |
                                    (unsigned)atomic_load(&s->wal_pages));
    return rc;
}

static enum yh_status batch_commit_soon(void *db, struct yh_err *err)
{
    struct sqlite *s = db;
    if (s->spoiled)
        return yh_fail(err, YH_RETRY, "撤销一笔请求时存储出错，本批不提交");
    atomic_fetch_add(&s->begun, 1); /* before any view can see it */
    int rc = run(s->writer->commit);
    if (rc)
        return trouble(s->writer->db, rc, YH_RETRY, err);
    if (s->bulk) /* there is no log */
        return YH_OK;
    rc = note_place(s);
    if (rc)
        return trouble(s->writer->db, rc, YH_RETRY, err);
    atomic_store(&s->committed, atomic_load(&s->begun));
    if (!atomic_load(&s->lost))
        finish_log(s);
    return YH_OK;
}

static enum yh_status sync_batches(void *db, struct yh_err *err)
{
    struct sqlite *s = db;
    enum yh_status st = sync_log(s, err);
    return atomic_exchange(&s->unsaid, false) && !st ? not_durable(SQLITE_OK, err) : st;
}

static int64_t committed(void *db)
{
    return atomic_load(&((struct sqlite *)db)->committed);
}

static enum yh_status batch_commit(void *db, struct yh_err *err)
{
    enum yh_status st = batch_commit_soon(db, err);
    return st || ((struct sqlite *)db)->bulk ? st : sync_log(db, err);
}

/* Called for a batch that is not wanted and for one that failed; both start with a new connection,
 * which costs a millisecond and leaves nothing to reason about. */
static void batch_drop(void *db)
{
    struct sqlite *s = db;
    if (!sqlite3_get_autocommit(s->writer->db))
        sqlite3_exec(s->writer->db, "ROLLBACK", NULL, NULL, NULL);
    close_writer(s);
}

static enum yh_status txn_begin(void *db, struct yh_err *err)
{
    struct sqlite *s = db;
    int rc = run(s->writer->savepoint);
    return rc ? trouble(s->writer->db, rc, YH_RETRY, err) : YH_OK;
}

static enum yh_status txn_keep(void *db, struct yh_err *err)
{
    struct sqlite *s = db;
    int rc = run(s->writer->release);
    if (s->rows)
        yh_rows_kept(s->rows);
    return rc ? trouble(s->writer->db, rc, YH_RETRY, err) : YH_OK;
}

static void txn_drop(void *db)
{
    struct sqlite *s = db;
    int rc = run(s->writer->rollback_to);
    if (!rc)
        rc = run(s->writer->release);
    if (s->rows)
        yh_rows_dropped(s->rows);
    /* What was to be dropped may still stand in the transaction: then none of it may commit. */
    s->spoiled = s->spoiled || rc;
}

/* ---- rows ---- */

static int bind(sqlite3_stmt *stmt, int at, const struct yh_column *c, const void *row)
{
    yh_str s;
    switch (c->type) {
    case YH_COLUMN_I64: return sqlite3_bind_int64(stmt, at, yh_row_i64(row, c));
    case YH_COLUMN_TEXT:
        s = yh_row_str(row, c);
        return sqlite3_bind_text64(stmt, at, s.n ? s.p : "", (sqlite3_uint64)s.n, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case YH_COLUMN_BLOB:
        s = yh_row_str(row, c);
        return sqlite3_bind_blob64(stmt, at, s.n ? s.p : "", (sqlite3_uint64)s.n,
                                   SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

/* Texts are SQLite's until the statement moves. */
static void fetch(sqlite3_stmt *stmt, int at, const struct yh_column *c, void *row)
{
    if (c->type == YH_COLUMN_I64) {
        yh_row_set_i64(row, c, sqlite3_column_int64(stmt, at));
        return;
    }
    const void *p = sqlite3_column_blob(stmt, at);
    yh_row_set_str(row, c, (yh_str){ p, p ? sqlite3_column_bytes(stmt, at) : 0 });
}

static sqlite3_stmt *verb_of(const struct sqlite *s, struct connection *c,
                             const struct yh_table *t, enum yh_verb verb, int *rc)
{
    sqlite3_stmt **stmt = &c->verb[t->id][verb];
    *rc = SQLITE_OK;
    if (!*stmt) {
        yh_arena_reset(&c->scratch);
        *stmt = prepare(c, yh_sql_verb(&c->scratch, s->schema, t, verb), rc);
    }
    return *stmt;
}

static enum yh_status get(void *db, void *view, struct yh_arena *arena,
                          const struct yh_table *t, void *row, struct yh_err *err)
{
    struct sqlite *s = db;
    struct connection *c = view ? view : s->writer;
    struct yh_rows *rows = !view && s->rows && yh_rows_keeps(s->rows, t, 0) ? s->rows : NULL;
    int rc;
    enum yh_status known = rows ? yh_rows_get(rows, t, arena, row) : YH_RETRY;
    if (known == YH_OK)
        return YH_OK;
    if (known == YH_NOT_FOUND)
        return yh_fail(err, YH_NOT_FOUND, "%s 中没有这一行", t->name);
    sqlite3_stmt *stmt = verb_of(s, c, t, YH_VERB_GET, &rc);
    for (int i = 0; !rc && i < t->nkey; i++)
        rc = bind(stmt, i + 1, &t->column[i], row);
    if (rc)
        return failed(c, rc, t, view, err);
    rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW) {
        for (int i = t->nkey; i < t->ncolumn; i++) {
            const struct yh_column *col = &t->column[i];
            fetch(stmt, i - t->nkey, col, row);
            if (col->type != YH_COLUMN_I64)
                yh_row_set_str(row, col, yh_dup(arena, yh_row_str(row, col)));
        }
        sqlite3_reset(stmt);
        if (rows)
            yh_rows_got(rows, t, row, true);
        return YH_OK;
    }
    int reset = sqlite3_reset(stmt);
    if (rc == SQLITE_DONE && rows)
        yh_rows_got(rows, t, row, false);
    if (rc == SQLITE_DONE)
        return yh_fail(err, YH_NOT_FOUND, "%s 中没有这一行", t->name);
    return failed(c, reset ? reset : rc, t, view, err);
}

static enum yh_status write_row(struct sqlite *s, const struct yh_table *t, enum yh_verb verb,
                                int ncolumn, const void *row, struct yh_err *err)
{
    int rc;
    sqlite3_stmt *stmt = verb_of(s, s->writer, t, verb, &rc);
    for (int i = 0; !rc && i < ncolumn; i++)
        rc = bind(stmt, i + 1, &t->column[i], row);
    if (!rc)
        rc = run(stmt);
    bool stands = !rc && (verb == YH_VERB_ADD || verb == YH_VERB_PUT ||
                          (verb == YH_VERB_KEEP && sqlite3_changes(s->writer->db)));
    if (s->rows)
        yh_rows_wrote(s->rows, t, row, stands);
    return rc ? failed(s->writer, rc, t, false, err) : YH_OK;
}

static enum yh_status add(void *db, const struct yh_table *t, const void *row,
                          struct yh_err *err)
{
    return write_row(db, t, YH_VERB_ADD, t->ncolumn, row, err);
}

static enum yh_status put(void *db, const struct yh_table *t, const void *row,
                          struct yh_err *err)
{
    struct sqlite *s = db;
    if (t->nindex) {
        enum yh_status st = write_row(s, t, YH_VERB_KEEP, t->ncolumn, row, err);
        if (st || sqlite3_changes(s->writer->db))
            return st;
    }
    return write_row(s, t, YH_VERB_PUT, t->ncolumn, row, err);
}

static enum yh_status drop(void *db, const struct yh_table *t, const void *row,
                           struct yh_err *err)
{
    struct sqlite *s = db;
    enum yh_status st = write_row(s, t, YH_VERB_DROP, t->nkey, row, err);
    if (st || sqlite3_changes(s->writer->db))
        return st;
    return yh_fail(err, YH_NOT_FOUND, "%s 中没有这一行", t->name);
}

/* The span's statement; *own when the caller must finalize it, for the kept one is in use by an
 * outer walk of the same shape. */
static sqlite3_stmt *span_of(struct sqlite *s, struct connection *c, const struct yh_table *t,
                             const struct yh_span *span, bool *own, int *rc)
{
    int shape = ((span->index + 1) << 8) | (span->same << 2) | (span->ranged << 1) | span->down;
    const struct yh_index *index =
        span->index == YH_BY_KEY ? NULL : &s->schema->index[span->index];
    *own = false;
    *rc = SQLITE_OK;
    for (int i = 0; i < c->nspan; i++) {
        if (c->span[i].table != (int)t->id || c->span[i].shape != shape)
            continue;
        if (!sqlite3_stmt_busy(c->span[i].stmt))
            return c->span[i].stmt;
        *own = true;
    }
    yh_arena_reset(&c->scratch);
    sqlite3_stmt *stmt = prepare(c, yh_sql_span(&c->scratch, t, index, span), rc);
    if (*own || *rc)
        return stmt;
    if (c->nspan == c->cap) {
        c->cap = c->cap ? 2 * c->cap : 16;
        c->span = yh_heap(c->span, (size_t)c->cap * sizeof *c->span);
    }
    c->span[c->nspan++] = (struct prepared){ (int)t->id, shape, stmt };
    return stmt;
}

static int bind_span(struct sqlite *s, sqlite3_stmt *stmt, const struct yh_table *t,
                     const struct yh_span *span, const void *probe)
{
    int at = 1, rc = SQLITE_OK;
    for (int i = 0; !rc && i < span->same; i++) {
        int column = span->index == YH_BY_KEY ? i : s->schema->index[span->index].column[i];
        rc = bind(stmt, at++, &t->column[column], probe);
    }
    if (!rc && span->ranged)
        rc = sqlite3_bind_int64(stmt, at++, span->from);
    if (!rc && span->ranged)
        rc = sqlite3_bind_int64(stmt, at++, span->to);
    return rc ? rc : sqlite3_bind_int64(stmt, at, span->most ? span->most : -1);
}

static enum yh_status each(void *db, void *view, const struct yh_table *t,
                           const struct yh_span *span, const void *probe, yh_row_fn *fn,
                           void *ctx, struct yh_err *err)
{
    struct sqlite *s = db;
    struct connection *c = view ? view : s->writer;
    bool kept = !view && s->rows && span->index == YH_BY_KEY && !span->ranged && !span->down &&
                !span->most && yh_rows_keeps(s->rows, t, span->same) && span->same;
    if (kept && yh_rows_each(s->rows, t, span->same, probe, fn, ctx))
        return YH_OK;
    int64_t row[2 * YH_COLUMNS_MAX];
    struct yh_rows_list list = { .all = true };
    int rc;
    bool own;
    sqlite3_stmt *stmt = span_of(s, c, t, span, &own, &rc);
    if (!rc)
        rc = bind_span(s, stmt, t, span, probe);
    bool more = !rc;
    while (more) {
        rc = sqlite3_step(stmt);
        if (rc != SQLITE_ROW)
            break;
        for (int i = 0; i < t->ncolumn; i++)
            fetch(stmt, i, &t->column[i], row);
        if (kept)
            yh_rows_list_add(t, &list, row);
        more = fn(ctx, row);
    }
    if (kept)
        yh_rows_list_end(s->rows, t, span->same, probe, &list, rc == SQLITE_DONE);
    bool fine = rc == SQLITE_DONE || rc == SQLITE_ROW;
    enum yh_status st = fine ? YH_OK : failed(c, rc, t, view, err);
    if (own)
        sqlite3_finalize(stmt);
    else
        sqlite3_reset(stmt);
    return st;
}

static enum yh_status count(void *db, void *view, const struct yh_table *t, int64_t *out,
                            struct yh_err *err)
{
    struct connection *c = view;
    (void)db;
    yh_arena_reset(&c->scratch);
    int rc = get_number(
        c->db,
        yh_zdup(&c->scratch, yh_fmt(&c->scratch, "SELECT count(*) FROM \"%s\"", t->name)), out);
    return rc ? failed(c, rc, t, true, err) : YH_OK;
}

/* ---- SQL for analysts ---- */

/* Reading and nothing else: no pragma, no attached file, no write, whatever the text says. */
static int only_reads(void *ctx, int action, const char *a, const char *b, const char *db,
                      const char *trigger)
{
    (void)ctx, (void)a, (void)db, (void)trigger;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE: return SQLITE_OK;
    case SQLITE_FUNCTION:
        return b && strcmp(b, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
    default: return SQLITE_DENY;
    }
}

static void put_value(struct yh_buf *out, sqlite3_stmt *stmt, int i)
{
    const unsigned char *p = sqlite3_column_blob(stmt, i);
    int n = sqlite3_column_bytes(stmt, i);
    if (sqlite3_column_type(stmt, i) == SQLITE_BLOB) {
        for (int k = 0; k < n; k++)
            yh_putf(out, "%02x", p[k]);
        return;
    }
    p = sqlite3_column_text(stmt, i);
    n = sqlite3_column_bytes(stmt, i);
    for (int k = 0; k < n; k++)
        yh_putc(out, p[k] == '\t' || p[k] == '\n' || p[k] == '\r' ? ' ' : (char)p[k]);
}

static enum yh_status walk_sql(struct connection *c, sqlite3_stmt *stmt, int64_t most,
                               struct yh_buf *out, struct yh_err *err)
{
    int columns = sqlite3_column_count(stmt), rc;
    for (int i = 0; i < columns; i++)
        yh_putf(out, "%s%s", sqlite3_column_name(stmt, i), i + 1 < columns ? "\t" : "\n");
    for (int64_t n = 0; (rc = sqlite3_step(stmt)) == SQLITE_ROW; n++) {
        if (n == most)
            return yh_fail(err, YH_LIMIT, "结果超过 %lld 行，请加条件或 LIMIT",
                           (long long)most);
        for (int i = 0; i < columns; i++) {
            put_value(out, stmt, i);
            yh_putc(out, i + 1 < columns ? '\t' : '\n');
        }
    }
    if (rc == SQLITE_DONE)
        return YH_OK;
    bool ours = (rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_CORRUPT;
    return yh_fail(err, ours ? YH_IO : YH_BAD_INPUT, "%s", sqlite3_errmsg(c->db));
}

static enum yh_status sql(void *db, void *view, yh_str text, int64_t most, struct yh_buf *out,
                          struct yh_err *err)
{
    (void)db;
    struct connection *c = view;
    sqlite3_stmt *stmt = NULL;
    const char *rest = NULL;
    sqlite3_set_authorizer(c->db, only_reads, NULL);
    int rc = sqlite3_prepare_v2(c->db, text.p, (int)text.n, &stmt, &rest);
    enum yh_status st = YH_OK;
    if (rc)
        st = yh_fail(err, (rc & 0xff) == SQLITE_AUTH ? YH_DENIED : YH_BAD_INPUT, "%s",
                     sqlite3_errmsg(c->db));
    else if (!stmt || yh_trim(yh_sub(text, rest - text.p, text.n)).n ||
             !sqlite3_column_count(stmt))
        st = yh_fail(err, YH_DENIED, "只接受一条 SELECT");
    else
        st = walk_sql(c, stmt, most, out, err);
    sqlite3_finalize(stmt);
    sqlite3_set_authorizer(c->db, NULL, NULL);
    return st;
}

/* ---- views and the checkpoint ---- */

static enum yh_status view_open(void *db, void **view, struct yh_err *err)
{
    struct sqlite *s = db;
    pthread_mutex_lock(&s->idle_mutex);
    struct connection *c = s->idle;
    if (c)
        s->idle = c->next;
    pthread_mutex_unlock(&s->idle_mutex);
    enum yh_status st = c ? YH_OK : open_connection(s, false, true, &c, err);
    if (st)
        return st;
    /* BEGIN alone takes no snapshot: the first read does. */
    int before = atomic_load(&s->givings_up);
    int rc = run(c->begin);
    if (!rc)
        rc = run(c->look);
    if (rc) {
        st = trouble(c->db, rc, YH_IO, err);
        close_connection(c);
        return st;
    }
    c->seen = atomic_load(&s->begun); /* after the snapshot */
    if (before % 2 || before != atomic_load(&s->givings_up))
        c->seen = atomic_load(&s->gone_to); /* it may show what was given up */
    *view = c;
    return YH_OK;
}

static int64_t view_close_soon(void *db, void *view)
{
    struct sqlite *s = db;
    struct connection *c = view;
    bool durable = atomic_load(&s->durable) >= c->seen && !atomic_load(&s->lost);
    int64_t shown = durable ? 0 : c->seen;
    if (run(c->commit)) {
        close_connection(c);
        return shown;
    }
    pthread_mutex_lock(&s->idle_mutex);
    c->next = s->idle;
    s->idle = c;
    pthread_mutex_unlock(&s->idle_mutex);
    return shown;
}

/* A batch that had begun may have been seen by its frames in the log, or not at all: a sync that begins
 * later covers it either way. */
static enum yh_status sync_shown(void *db, int64_t shown, struct yh_err *err)
{
    return sync_upto(db, shown, err);
}

static void view_close(void *db, void *view)
{
    int64_t shown = view_close_soon(db, view);
    if (shown)
        (void)sync_upto(db, shown, NULL);
}

static enum yh_status checkpoint(void *db, struct yh_err *err)
{
    struct sqlite *s = db;
    if (atomic_load(&s->lost)) /* the log is all there is */
        return YH_OK;
    pthread_mutex_lock(&s->checkpoint_mutex);
    enum yh_status st = YH_OK;
    int rc = SQLITE_OK;
    if (!s->checkpointer) {
        rc = sqlite3_open_v2(s->path, &s->checkpointer,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, s->layer.name);
        if (!rc)
            rc = sqlite3_exec(s->checkpointer, PRAGMAS, NULL, NULL, NULL);
    }
    for (int i = 0; !rc && i < CHECKPOINT_ROUNDS; i++) {
        int pages = 0, moved = 0;
        unsigned long long place = atomic_load(&s->place);
        atomic_store(&s->moved, -1);
        rc = sqlite3_wal_checkpoint_v2(s->checkpointer, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages,
                                       &moved);
        checkpointed(s, false, rc, place, pages);
        if (rc)
            break;
        if (moved < pages) { /* a view still reads older pages; most end soon */
            usleep(PAUSE_US);
            continue;
        }
        atomic_store(&s->moved, moved);
        int wal = atomic_load(&s->wal_pages);
        if (wal <= WAL_PAGES_ANEW || wal > WAL_PAGES_MAX)
            break;
        if (wal - moved > WAL_NEAR_PAGES)
            continue;
        /* The writer does the rest behind its next commit.  Where that made the end too long again, another
         * pass is better now than when the log has doubled; a writer that rests needs none. */
        usleep(FINISH_US);
        if (atomic_load(&s->moved) < 0 || atomic_load(&s->wal_pages) == wal)
            break;
    }
    if (rc && (rc & 0xff) != SQLITE_BUSY) {
        st = trouble(s->checkpointer, rc, YH_IO, err);
        sqlite3_close(s->checkpointer);
        s->checkpointer = NULL;
    }
    pthread_mutex_unlock(&s->checkpoint_mutex);
    return st;
}

static int64_t reopens(void *db)
{
    return ((struct sqlite *)db)->reopens;
}

/* ---- the folder ---- */

static void close_sqlite(void *db)
{
    struct sqlite *s = db;
    while (s->idle) {
        struct connection *c = s->idle;
        s->idle = c->next;
        close_connection(c);
    }
    sqlite3_close(s->checkpointer);
    close_writer(s); /* the last */
    if (s->lock >= 0)
        close(s->lock);
    pthread_mutex_destroy(&s->sync_mutex);
    pthread_mutex_destroy(&s->idle_mutex);
    pthread_mutex_destroy(&s->checkpoint_mutex);
    yh_sqlite_layer_close(&s->layer);
    yh_rows_close(s->rows);
    yh_heap(s, 0);
}

const struct yh_backend yh_sqlite_backend = {
    .batch_begin = batch_begin,
    .batch_commit = batch_commit,
    .batch_commit_soon = batch_commit_soon,
    .sync = sync_batches,
    .committed = committed,
    .batch_drop = batch_drop,
    .txn_begin = txn_begin,
    .txn_keep = txn_keep,
    .txn_drop = txn_drop,
    .view_open = view_open,
    .view_close = view_close,
    .view_close_soon = view_close_soon,
    .sync_shown = sync_shown,
    .get = get,
    .add = add,
    .put = put,
    .drop = drop,
    .each = each,
    .count = count,
    .sql = sql,
    .checkpoint = checkpoint,
    .reopens = reopens,
    .close = close_sqlite,
};

static enum yh_status lock_folder(struct sqlite *s, yh_str dir, struct yh_err *err)
{
    char path[PATH_MAX_BYTES];
    snprintf(path, sizeof path, "%.*s/writer.lock", YH_ARG(dir));
    s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (s->lock < 0)
        return yh_fail(err, YH_IO, "不能写数据目录 %.*s：%s", YH_ARG(dir), strerror(errno));
    if (flock(s->lock, LOCK_EX | LOCK_NB))
        return yh_fail(err, YH_CONFLICT, "数据目录 %.*s 正由另一个进程写入", YH_ARG(dir));
    return YH_OK;
}

/* The folder, its lock and the database.  A test's file layer has no folder. */
static enum yh_status open_folder(struct sqlite *s, yh_str dir,
                                  const struct yh_store_options *opt, struct yh_err *err)
{
    bool must_exist = opt->must_exist || opt->read_only;
    enum yh_status st = YH_OK;
    if (!opt->vfs) {
        char folder[PATH_MAX_BYTES];
        snprintf(folder, sizeof folder, "%.*s", YH_ARG(dir));
        if (must_exist && access(s->path, F_OK))
            return yh_fail(err, YH_NOT_FOUND, "%.*s 里没有 yiheng.db", YH_ARG(dir));
        if (!must_exist && mkdir(folder, 0700) && errno != EEXIST)
            return yh_fail(err, YH_IO, "不能建立数据目录 %s：%s", folder, strerror(errno));
        if (!opt->read_only)
            st = lock_folder(s, dir, err);
    }
    struct connection *c = NULL;
    if (!st)
        st = open_connection(s, !must_exist, opt->read_only, &c, err);
    if (st)
        return st;
    s->writer = c;
    if (!opt->read_only)
        st = migrate(c, s->schema, err);
    int rc = st || opt->read_only ? SQLITE_OK : adopt(s, c);
    return rc ? trouble(c->db, rc, YH_IO, err) : st;
}

enum yh_status yh_sqlite_open(const struct yh_schema *schema, yh_str dir,
                              const struct yh_store_options *opt, void **db, struct yh_err *err)
{
    if (dir.n + 32 > PATH_MAX_BYTES)
        return yh_fail(err, YH_BAD_INPUT, "数据目录的路径太长：%lld 字节", (long long)dir.n);
    struct sqlite *s = yh_heap(NULL, sizeof *s);
    *s = (struct sqlite){
        .schema = schema, .vfs = opt->vfs, .read_only = opt->read_only, .lock = -1, .moved = -1
    };
    s->bulk = opt->bulk && !opt->read_only;
    s->whole = opt->whole;
    s->rows = s->bulk || opt->read_only ? NULL : yh_rows_open();
    pthread_mutex_init(&s->idle_mutex, NULL);
    pthread_mutex_init(&s->checkpoint_mutex, NULL);
    pthread_mutex_init(&s->sync_mutex, NULL);
    snprintf(s->path, sizeof s->path, "%.*s/yiheng.db", YH_ARG(dir));
    pthread_once(&configured, configure);
    int rc = yh_sqlite_layer_open(&s->layer, opt->vfs, s->bulk ? 0 : PACE_PAGES,
                                  opt->vfs ? STEP_BYTES / 64 : STEP_BYTES);
    enum yh_status st = rc ? trouble(NULL, rc, YH_IO, err) : open_folder(s, dir, opt, err);
    if (st) {
        close_sqlite(s);
        return st;
    }
    *db = s;
    return YH_OK;
}
