/* store/postgres/postgres.c -- an agency's own database server, and many processes at once.
 *
 * One connection writes for each open store, each view has one.  A batch is one transaction of the
 * database; a request after the first in it is a savepoint.
 *
 * Order.  Whatever is read or written of an account group, its row in account_group is locked
 * first, so that all that one request sees of a group stays as it is until its commit.  A request
 * waits for its first group only while it holds nothing.  Any further group (of a relative, of the
 * same person in another region) it takes only if nobody holds it: else it gives up all it has and
 * is done again, and then waits for all its groups in their order before anything else.  Nobody who
 * holds a group ever waits for one, so no two can wait for each other.
 *
 * Numbers (table sequence) are rows locked until the commit: none is given twice, none is missing.
 * A key that two processes add at the same moment is the first one's: the other is done again, and
 * finds what the first left.
 *
 * Writes are sent and not waited for; the next read, or the commit, brings their answers.
 *
 * When the server is away, opening a batch or a view answers YH_RETRY or YH_IO at once, and
 * connecting is tried again after 0.1 s, 0.2 s, … 5 s. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "store/postgres/inside.h"

#define VIEWS_MAX 64
#define VIEW_SILENCE_MS 30000 /* of a serving process; a report of its own waits for ever */
#define GROUPS_BYTES ((size_t)64 << 20)
#define DELAY_MS_FIRST 100
#define DELAY_MS_MAX 5000

/* ---- connecting ---- */

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum yh_status dial(struct yh_pgdb *p, bool view, struct yh_link **out,
                           struct yh_err *err)
{
    pthread_mutex_lock(&p->mutex);
    int64_t wait = p->next_try - now_ms();
    pthread_mutex_unlock(&p->mutex);
    if (wait > 0)
        return yh_fail(err, YH_IO, "数据库暂不可用，%lld 毫秒后再连", (long long)wait);
    int64_t began = now_ms();
    enum yh_status st = yh_link_open(p->url, view, out, err);
    int64_t now = now_ms();
    pthread_mutex_lock(&p->mutex);
    p->delay = !st ? 0 : p->delay ? 2 * p->delay : DELAY_MS_FIRST;
    p->delay = p->delay > DELAY_MS_MAX ? DELAY_MS_MAX : p->delay;
    /* Trying in vain is not to take most of the time of who has other nodes to serve. */
    p->next_try = st ? now + yh_max(p->delay, 2 * (now - began)) : 0;
    pthread_mutex_unlock(&p->mutex);
    if (!st)
        (*out)->silence_ms = !view ? SILENCE_MS : p->read_only ? 0 : VIEW_SILENCE_MS;
    return st;
}

static void hang_up(struct yh_pgdb *p)
{
    yh_link_close(p->writer);
    p->writer = NULL;
}

enum yh_status yh_pg_dial(void *db, struct yh_link **out, struct yh_err *err)
{
    return dial(db, false, out, err);
}

/* ---- batches and requests ---- */

static enum yh_status reopen(struct yh_pgdb *p, struct yh_err *err)
{
    enum yh_status st = dial(p, false, &p->writer, err);
    if (st == YH_OK)
        st = yh_pg_schema_same(p->writer, err);
    if (st) {
        hang_up(p);
        return YH_RETRY;
    }
    p->reopens++;
    return YH_OK;
}

void yh_pgdb_forget_transaction(struct yh_pgdb *p)
{
    p->kept = p->nheld = p->mark = 0;
    p->busy = p->savepoint = p->spoiled = false;
    yh_arena_reset(&p->groups);
}

static enum yh_status batch_begin(void *db, struct yh_err *err)
{
    struct yh_pgdb *p = db;
    if (p->writer && yh_link_broken(p->writer))
        hang_up(p);
    if (!p->writer) {
        enum yh_status st = reopen(p, err);
        if (st)
            return st;
    }
    yh_pgdb_forget_transaction(p);
    p->nwanted = 0;
    return YH_OK;
}

static enum yh_status batch_commit(void *db, struct yh_err *err)
{
    struct yh_pgdb *p = db;
    struct yh_link *c = p->writer;
    if (p->spoiled)
        return yh_fail(err, YH_RETRY, "撤销一笔请求时数据库出错，本批不提交");
    if (c->begun) {
        yh_link_say(c, "COMMIT", YH_LINK_COMMIT);
        enum yh_status st = yh_link_pull(c, err);
        if (st)
            return YH_RETRY;
        c->begun = false;
    }
    yh_pgdb_forget_transaction(p);
    return YH_OK;
}

static void batch_drop(void *db)
{
    struct yh_pgdb *p = db;
    if (p->filling || (p->writer && !yh_link_rollback(p->writer, false)))
        hang_up(p); /* from the midst of a COPY there is no other way */
    p->filling = false;
    yh_pgdb_forget_transaction(p);
}

static enum yh_status txn_begin(void *db, struct yh_err *err)
{
    struct yh_pgdb *p = db;
    struct yh_link *c = p->writer;
    if (!c || yh_link_broken(c))
        return yh_fail(err, YH_RETRY, "与数据库的连接断开");
    p->nabsent = p->nwritten = 0;
    memset(p->wrote, 0, sizeof p->wrote);
    yh_link_forget(c);
    p->lost = p->hasty = false;
    p->savepoint = p->kept > 0 && c->begun;
    p->mark = p->nheld;
    if (p->savepoint)
        yh_link_say(c, "SAVEPOINT request", YH_LINK_ANY);
    return YH_OK;
}

static void txn_drop(void *db)
{
    struct yh_pgdb *p = db;
    p->lost = p->writer->lost;
    if (p->lost)
        yh_pgdb_want_again(p);
    else
        p->nwanted = 0;
    /* What was to be dropped may still stand in the transaction: then none of it may commit. */
    bool done = yh_link_rollback(p->writer, p->savepoint);
    p->spoiled = p->spoiled || (!done && p->kept > 0);
    p->nheld = p->savepoint ? p->mark : 0;
    if (!p->savepoint)
        yh_pgdb_forget_transaction(p);
}

static enum yh_status txn_keep(void *db, struct yh_err *err)
{
    struct yh_pgdb *p = db;
    struct yh_link *c = p->writer;
    if (p->savepoint)
        yh_link_say(c, "RELEASE request", YH_LINK_ANY);
    /* A row that another may have written first is this request's affair; nothing else that is
     * under way can fail but for the server's sake, and then the commit says so. */
    if (c->unsure || c->bad) {
        enum yh_status st = yh_link_pull(c, err);
        if (st) {
            txn_drop(p);
            return st;
        }
    }
    p->kept++;
    p->nwanted = 0;
    return YH_OK;
}

static void hasty(void *db)
{
    ((struct yh_pgdb *)db)->hasty = true;
}

static bool txn_lost(void *db)
{
    struct yh_pgdb *p = db;
    return p->lost || (p->writer && p->writer->lost);
}

/* ---- views ---- */

static struct yh_link *take_idle(struct yh_pgdb *p)
{
    pthread_mutex_lock(&p->mutex);
    struct yh_link *c = p->idle;
    if (c)
        p->idle = c->next;
    pthread_mutex_unlock(&p->mutex);
    return c;
}

static bool count_view(struct yh_pgdb *p, int by)
{
    pthread_mutex_lock(&p->mutex);
    bool room = by < 0 || p->nview < VIEWS_MAX;
    p->nview += room ? by : 0;
    pthread_mutex_unlock(&p->mutex);
    return room;
}

/* BEGIN takes no snapshot: the first statement does, and it is the first read that waits for it. */
static void take_snapshot(struct yh_link *c)
{
    yh_link_say(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", YH_LINK_ANY);
    c->begun = true;
}

static enum yh_status view_open(void *db, void **view, struct yh_err *err)
{
    struct yh_pgdb *p = db;
    if (!count_view(p, 1))
        return yh_fail(err, YH_IO, "同时查询的连接已有 %d 个", VIEWS_MAX);
    struct yh_link *c;
    enum yh_status st = YH_OK;
    /* An idle connection may have died meanwhile: then the next, in the end a new one. */
    while ((c = take_idle(p))) {
        if (yh_link_pull(c, NULL) == YH_OK && !yh_link_dead(c))
            break;
        yh_link_close(c);
    }
    if (!c && (st = dial(p, true, &c, err))) {
        (void)count_view(p, -1);
        return YH_IO;
    }
    take_snapshot(c);
    *view = c;
    return YH_OK;
}

static void view_close(void *db, void *view)
{
    struct yh_pgdb *p = db;
    struct yh_link *c = view;
    bool good = c->bad || c->nkept ? yh_link_rollback(c, false) : true;
    if (good && c->begun)
        yh_link_rollback_soon(c);
    (void)count_view(p, -1);
    if (c->bad || !good) {
        yh_link_close(c);
        return;
    }
    pthread_mutex_lock(&p->mutex);
    c->next = p->idle;
    p->idle = c;
    pthread_mutex_unlock(&p->mutex);
}

static enum yh_status checkpoint(void *db, struct yh_err *err)
{
    (void)db, (void)err; /* the server's own affair */
    return YH_OK;
}

static int64_t reopens(void *db)
{
    return ((struct yh_pgdb *)db)->reopens;
}

static void close_postgres(void *db)
{
    struct yh_pgdb *p = db;
    struct yh_link *c;
    while ((c = take_idle(p)))
        yh_link_close(c);
    yh_link_close(p->writer);
    yh_arena_close(&p->groups);
    yh_arena_close(&p->wanted_text);
    pthread_mutex_destroy(&p->mutex);
    if (p->held)
        yh_heap(p->held, 0);
    if (p->wanted)
        yh_heap(p->wanted, 0);
    if (p->copy)
        yh_heap(p->copy, 0);
    yh_heap(p->url, 0);
    yh_heap(p, 0);
}

/* ---- the backend ---- */

const struct yh_backend yh_postgres_backend = {
    .batch_begin = batch_begin,
    .batch_commit = batch_commit,
    .batch_drop = batch_drop,
    .txn_begin = txn_begin,
    .txn_keep = txn_keep,
    .txn_drop = txn_drop,
    .txn_lost = txn_lost,
    .hasty = hasty,
    .view_open = view_open,
    .view_close = view_close,
    .get = yh_pgdb_get,
    .add = yh_pgdb_add,
    .put = yh_pgdb_put,
    .drop = yh_pgdb_drop,
    .next = yh_pgdb_next,
    .each = yh_pgdb_each,
    .ahead = yh_pgdb_ahead,
    .count = yh_pgdb_count,
    .scan = yh_pgdb_scan,
    .fill_begin = yh_pgdb_fill_begin,
    .fill = yh_pgdb_fill,
    .fill_end = yh_pgdb_fill_end,
    .filled = yh_pgdb_filled,
    .sql = yh_pgdb_sql,
    .checkpoint = checkpoint,
    .reopens = reopens,
    .close = close_postgres,
};

enum yh_status yh_postgres_open(const struct yh_schema *schema, yh_str url,
                                const struct yh_store_options *opt, void **db,
                                struct yh_err *err)
{
    struct yh_pgdb *p = yh_heap(NULL, sizeof *p);
    *p = (struct yh_pgdb){ .schema = schema, .read_only = opt->read_only };
    pthread_mutex_init(&p->mutex, NULL);
    p->url = yh_heap(NULL, (size_t)url.n + 1);
    memcpy(p->url, url.p, (size_t)url.n);
    p->url[url.n] = 0;
    enum yh_status st = yh_arena_open(&p->groups, GROUPS_BYTES, err);
    if (!st)
        st = yh_arena_open(&p->wanted_text, GROUPS_BYTES, err);
    if (!st)
        st = yh_link_open(p->url, false, &p->writer, err);
    if (!st)
        st = yh_pg_schema(p->writer, schema, opt, err);
    if (st) {
        close_postgres(p);
        return st;
    }
    p->writer->silence_ms = SILENCE_MS; /* from now on: laying tables out may take longer */
    if (opt->read_only)
        hang_up(p);
    *db = p;
    return YH_OK;
}
