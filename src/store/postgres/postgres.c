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
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/hash.h"
#include "store/postgres/node.h"
#include "store/postgres/schema.h"

#define ABSENT_MAX 64
#define WRITTEN_MAX 128
#define VIEWS_MAX 64
#define SILENCE_MS 12000 /* a group's queue may hold a call for 10 s (link.c, lock_timeout) */
#define VIEW_SILENCE_MS 30000 /* of a serving process; a report of its own waits for ever */
#define GROUPS_BYTES ((size_t)64 << 20)
#define GROUPS_SEARCHED 64 /* of a large batch only the last are remembered as locked */
#define KEY_BYTES_MAX 2400 /* a tree's page holds at least three keys */
#define FETCH_ROWS 1000
#define COPY_BYTES ((ptrdiff_t)256 << 10)
#define COPY_LONG 3072 /* a row of 80 columns below it fits COPY_BYTES */
#define DELAY_MS_FIRST 100
#define DELAY_MS_MAX 5000

/* A locked account group. */
struct held {
    yh_str region;
    int64_t grp, seq; /* seq -1: it has no row yet */
};

struct postgres {
    const struct yh_schema *schema;
    char *url;
    bool read_only;
    struct yh_link *writer; /* NULL: to be opened again at the next batch */
    struct yh_arena groups; /* of the open transaction */
    struct held **held;
    int nheld, held_cap, mark; /* nheld when the request began */
    struct held *wanted;       /* what a request that is done again will need */
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

/* ---- connecting ---- */

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum yh_status dial(struct postgres *p, bool view, struct yh_link **out,
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

static void hang_up(struct postgres *p)
{
    yh_link_close(p->writer);
    p->writer = NULL;
}

/* ---- statements ---- */

static void send_verb(struct yh_link *c, const struct yh_table *t, enum yh_pg_verb verb,
                      const struct yh_link_values *v, struct yh_link_flight f)
{
    int number = (int)t->id * YH_PG_VERB_N + (int)verb;
    const char *sql = NULL;
    if (!yh_link_prepared(c, number)) {
        yh_arena_reset(&c->scratch);
        sql = yh_zdup(&c->scratch, yh_pg_verb(&c->scratch, t, verb));
    }
    yh_link_send(c, number, sql, v, f);
}

/* The first n columns as parameters. */
static enum yh_status columns(const struct yh_table *t, int n, const void *row,
                              struct yh_link_values *v, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    for (int i = 0; st == YH_OK && i < n; i++)
        st = yh_link_column(v, &t->column[i], row, err);
    return st;
}

/* ---- groups ---- */

static int cmp_held(const void *a, const void *b)
{
    const struct held *x = a, *y = b;
    int c = yh_cmp(x->region, y->region);
    return c ? c : (x->grp > y->grp) - (x->grp < y->grp);
}

static void lock_group(struct postgres *p, yh_str region, int64_t grp, enum yh_pg_verb verb)
{
    const struct yh_table *t = &p->schema->table[YH_TABLE_account_group];
    struct held *h = YH_NEW(&p->groups, struct held, 1);
    *h = (struct held){ yh_dup(&p->groups, region), grp, -1 };
    if (p->nheld == p->held_cap) {
        p->held_cap = p->held_cap ? 2 * p->held_cap : 16;
        p->held = yh_heap(p->held, (size_t)p->held_cap * sizeof *p->held);
    }
    p->held[p->nheld++] = h;
    struct yh_link_values v = { 0 };
    yh_link_text(&v, h->region);
    yh_link_i64(&v, grp);
    send_verb(
        p->writer, t, verb, &v,
        (struct yh_link_flight){ .want = verb == YH_PG_SNATCH ? YH_LINK_SNATCH : YH_LINK_ANY,
                                 .prepare = -1,
                                 .into = &h->seq });
    p->busy = true;
}

/* Opens the transaction when there is none; what a request done again will need comes first. */
static void ensure_begun(struct postgres *p)
{
    if (p->writer->begun)
        return;
    yh_link_say(p->writer, "BEGIN", YH_LINK_ANY);
    p->writer->begun = true;
    p->busy = false;
    p->nheld = p->mark = 0;
    yh_arena_reset(&p->groups);
    for (int i = 0; i < p->nwanted; i++)
        lock_group(p, p->wanted[i].region, p->wanted[i].grp,
                   p->careful ? YH_PG_SNATCH : YH_PG_LOCK);
}

static struct held *find_held(const struct postgres *p, yh_str region, int64_t grp)
{
    int from = p->nheld > GROUPS_SEARCHED ? p->nheld - GROUPS_SEARCHED : 0;
    for (int i = p->nheld - 1; i >= from; i--)
        if (p->held[i]->grp == grp && yh_eq(p->held[i]->region, region))
            return p->held[i];
    return NULL;
}

/* Group 0 of a region is the agency's own. */
static bool is_group(yh_str region, int64_t grp)
{
    return region.n && grp >= 0;
}

/* What is read or written of a group comes after its lock. */
static void hold(struct postgres *p, yh_str region, int64_t grp)
{
    ensure_begun(p);
    if (!is_group(region, grp) || find_held(p, region, grp))
        return;
    lock_group(p, region, grp, p->busy || p->careful ? YH_PG_SNATCH : YH_PG_LOCK);
}

static void hold_row(struct postgres *p, const struct yh_table *t, const void *row)
{
    int region, grp;
    if (yh_pg_grouped(t, &region, &grp))
        hold(p, yh_row_str(row, &t->column[region]), yh_row_i64(row, &t->column[grp]));
    else
        ensure_begun(p);
}

/* The groups of a request that lost, in the order in which all wait for them. */
static void want_again(struct postgres *p)
{
    yh_arena_reset(&p->wanted_text);
    p->nwanted = 0;
    for (int i = p->mark; i < p->nheld; i++) {
        if (p->nwanted == p->wanted_cap) {
            p->wanted_cap = p->wanted_cap ? 2 * p->wanted_cap : 16;
            p->wanted = yh_heap(p->wanted, (size_t)p->wanted_cap * sizeof *p->wanted);
        }
        p->wanted[p->nwanted++] =
            (struct held){ yh_dup(&p->wanted_text, p->held[i]->region), p->held[i]->grp, -1 };
    }
    if (p->nwanted)
        qsort(p->wanted, (size_t)p->nwanted, sizeof *p->wanted, cmp_held);
}

/* ---- keys looked for in vain ---- */

static uint64_t prefix_mark(const struct yh_table *t, const void *row, int n)
{
    uint64_t h = yh_mix64((uint64_t)t->id + 1);
    for (int i = 0; i < n; i++)
        h = t->column[i].type == YH_COLUMN_I64
                ? yh_mix64(h ^ (uint64_t)yh_row_i64(row, &t->column[i]))
                : yh_hash64(yh_row_str(row, &t->column[i]), h);
    return h;
}

static uint64_t key_mark(const struct yh_table *t, const void *row)
{
    return prefix_mark(t, row, t->nkey);
}

static void note_absent(struct postgres *p, uint64_t mark)
{
    p->absent[p->nabsent++ % ABSENT_MAX] = mark;
}

static void note_written(struct postgres *p, const struct yh_table *t, const void *row)
{
    p->wrote[t->id] = true;
    if (p->nwritten < WRITTEN_MAX)
        p->written[p->nwritten] = key_mark(t, row);
    p->nwritten++;
}

static bool is_written(const struct postgres *p, const struct yh_table *t, const void *row)
{
    if (!p->wrote[t->id])
        return false;
    uint64_t mark = key_mark(t, row);
    for (int i = 0; i < p->nwritten && i < WRITTEN_MAX; i++)
        if (p->written[i] == mark)
            return true;
    return p->nwritten > WRITTEN_MAX;
}

/* Was it looked for in vain?  Not any longer, for it is about to be there. */
static bool forget_absent(struct postgres *p, uint64_t mark)
{
    bool was = false;
    for (int i = 0; i < ABSENT_MAX && i < p->nabsent; i++)
        if (p->absent[i] == mark) {
            p->absent[i] = 0;
            was = true;
        }
    return was;
}

/* ---- batches and requests ---- */

static enum yh_status reopen(struct postgres *p, struct yh_err *err)
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

static void forget_transaction(struct postgres *p)
{
    p->kept = p->nheld = p->mark = 0;
    p->busy = p->savepoint = p->spoiled = false;
    yh_arena_reset(&p->groups);
}

static enum yh_status batch_begin(void *db, struct yh_err *err)
{
    struct postgres *p = db;
    if (p->writer && yh_link_broken(p->writer))
        hang_up(p);
    if (!p->writer) {
        enum yh_status st = reopen(p, err);
        if (st)
            return st;
    }
    forget_transaction(p);
    p->nwanted = 0;
    return YH_OK;
}

static enum yh_status batch_commit(void *db, struct yh_err *err)
{
    struct postgres *p = db;
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
    forget_transaction(p);
    return YH_OK;
}

static void batch_drop(void *db)
{
    struct postgres *p = db;
    if (p->filling || (p->writer && !yh_link_rollback(p->writer, false)))
        hang_up(p); /* from the midst of a COPY there is no other way */
    p->filling = false;
    forget_transaction(p);
}

static enum yh_status txn_begin(void *db, struct yh_err *err)
{
    struct postgres *p = db;
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
    struct postgres *p = db;
    p->lost = p->writer->lost;
    if (p->lost)
        want_again(p);
    else
        p->nwanted = 0;
    /* What was to be dropped may still stand in the transaction: then none of it may commit. */
    bool done = yh_link_rollback(p->writer, p->savepoint);
    p->spoiled = p->spoiled || (!done && p->kept > 0);
    p->nheld = p->savepoint ? p->mark : 0;
    if (!p->savepoint)
        forget_transaction(p);
}

static enum yh_status txn_keep(void *db, struct yh_err *err)
{
    struct postgres *p = db;
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
    ((struct postgres *)db)->hasty = true;
}

static bool txn_lost(void *db)
{
    struct postgres *p = db;
    return p->lost || (p->writer && p->writer->lost);
}

/* ---- rows ---- */

static enum yh_status not_found(const struct yh_table *t, struct yh_err *err)
{
    return yh_fail(err, YH_NOT_FOUND, "%s 中没有这一行", t->name);
}

/* A group's own row came with its lock. */
static enum yh_status get_group(struct postgres *p, const struct yh_table *t, void *row,
                                struct yh_err *err)
{
    struct yh_account_group_row *g = row;
    _Static_assert(sizeof *g == sizeof(yh_str) + 2 * sizeof(int64_t), "seq is all it holds");
    struct held *h = find_held(p, g->region, g->grp);
    enum yh_status st = p->writer->nflight ? yh_link_pull(p->writer, err) : p->writer->bad;
    if (st)
        return st;
    if (h->seq < 0)
        return not_found(t, err);
    g->seq = h->seq;
    return YH_OK;
}

/* ---- what came ahead ---- */

/* The rows among which this one, or all with the same first columns, would be; NULL: not asked for. */
static const struct yh_link_slot *slot_of(struct yh_link *c, const struct yh_table *t,
                                          const void *probe, int same)
{
    for (int i = 0; i < c->nslot; i++) {
        struct yh_link_slot *s = &c->slot[i];
        if (s->table != (int)t->id || s->same > same ||
            s->mark != prefix_mark(t, probe, s->same))
            continue;
        if (!s->row && (!c->nflight || yh_link_pull(c, NULL)))
            return NULL; /* trouble, which the caller's own read will meet */
        return s->row ? s : NULL;
    }
    return NULL;
}

static bool same_first(const struct yh_table *t, const void *a, const void *b, int n)
{
    for (int i = 0; i < n; i++)
        if (yh_column_cmp(&t->column[i], a, b) != 0)
            return false;
    return true;
}

/* The row with row's key; false: there is none. */
static bool slot_get(const struct yh_link_slot *s, const struct yh_table *t, void *row)
{
    int64_t one[2 * YH_COLUMNS_MAX];
    if (s->one && PQntuples(s->row))
        yh_link_get_row(s->row, 0, t, t->nkey, row);
    for (int i = 0; !s->one && i < PQntuples(s->row); i++) {
        yh_link_get_row(s->row, i, t, 0, one);
        if (!same_first(t, one, row, t->nkey))
            continue;
        memcpy(row, one, (size_t)t->row_size);
        return true;
    }
    return s->one && PQntuples(s->row);
}

static void slot_each(const struct yh_link_slot *s, const struct yh_table *t, int same,
                      const void *probe, yh_row_fn *fn, void *ctx)
{
    int64_t row[2 * YH_COLUMNS_MAX];
    for (int i = 0; i < PQntuples(s->row); i++) {
        yh_link_get_row(s->row, i, t, 0, row);
        if (same_first(t, row, probe, same) && !fn(ctx, row))
            return;
    }
}

static enum yh_status get(void *db, void *view, struct yh_arena *arena,
                          const struct yh_table *t, void *row, struct yh_err *err)
{
    struct postgres *p = db;
    struct yh_link *c = view ? view : p->writer;
    struct yh_link_values v = { 0 };
    enum yh_status st = columns(t, t->nkey, row, &v, err);
    if (st) /* what cannot be kept is not there */
        return st == YH_BAD_INPUT ? not_found(t, err) : st;
    if (!view)
        hold_row(p, t, row);
    const struct yh_account_group_row *g = row;
    if (!view && t->id == YH_TABLE_account_group && is_group(g->region, g->grp))
        return get_group(p, t, row, err);
    const struct yh_link_slot *s =
        !view && is_written(p, t, row) ? NULL : slot_of(c, t, row, t->nkey);
    bool found = s && slot_get(s, t, row);
    if (!s) {
        send_verb(c, t, YH_PG_GET, &v, (struct yh_link_flight){ .prepare = -1 });
        if ((st = yh_link_pull(c, err)))
            return st;
        if ((found = PQntuples(c->result) > 0))
            yh_link_get_row(c->result, 0, t, t->nkey, row);
    }
    if (!found) {
        if (!view)
            note_absent(p, key_mark(t, row));
        return not_found(t, err);
    }
    for (int i = t->nkey; i < t->ncolumn; i++)
        if (t->column[i].type != YH_COLUMN_I64)
            yh_row_set_str(row, &t->column[i], yh_dup(arena, yh_row_str(row, &t->column[i])));
    return YH_OK;
}

/* A tree's entry must fit a page. */
static enum yh_status keys_fit(const struct postgres *p, const struct yh_table *t,
                               const void *row, struct yh_err *err)
{
    for (int k = t->first_index - 1; k < t->first_index + t->nindex; k++) {
        const struct yh_index *index = k < t->first_index ? NULL : &p->schema->index[k];
        ptrdiff_t bytes = 0;
        for (int i = 0; i < (index ? index->ncolumn : t->nkey); i++) {
            const struct yh_column *c = &t->column[index ? index->column[i] : i];
            bytes += c->type == YH_COLUMN_I64 ? 8 : yh_row_str(row, c).n;
        }
        if (bytes > KEY_BYTES_MAX)
            return yh_fail(err, YH_LIMIT, "%s 的键太长：%lld 字节，至多 %d", t->name,
                           (long long)bytes, KEY_BYTES_MAX);
    }
    return YH_OK;
}

static enum yh_status add(void *db, const struct yh_table *t, const void *row,
                          struct yh_err *err)
{
    struct postgres *p = db;
    struct yh_link_values v = { 0 };
    enum yh_status st = keys_fit(p, t, row, err);
    if (st == YH_OK)
        st = columns(t, t->ncolumn, row, &v, err);
    if (st)
        return st;
    hold_row(p, t, row);
    note_written(p, t, row);
    /* A key just looked for is new; sealed rows are numbered within their group.  Where the group is
     * locked nobody can have been faster, and the commit need not wait for the answer. */
    int region, grp;
    bool looked = forget_absent(p, key_mark(t, row)) || t->sealed;
    bool locked =
        yh_pg_grouped(t, &region, &grp) &&
        is_group(yh_row_str(row, &t->column[region]), yh_row_i64(row, &t->column[grp]));
    bool sure = looked && locked, hope = !sure && (looked || p->hasty);
    if (sure)
        yh_link_row(p->writer, t, YH_PG_NEW, &v);
    else
        send_verb(p->writer, t, YH_PG_ADD, &v,
                  (struct yh_link_flight){
                      .want = hope ? YH_LINK_FIRM : YH_LINK_ANY, .rows = 1, .prepare = -1 });
    p->busy = true;
    if (sure || hope)
        return p->writer->bad ? yh_link_pull(p->writer, err) : YH_OK;
    if ((st = yh_link_pull(p->writer, err)))
        return st;
    return strcmp(PQcmdTuples(p->writer->result), "1") == 0
               ? YH_OK
               : yh_fail(err, YH_CONFLICT, "%s 中已有同一键的一行", t->name);
}

static enum yh_status put(void *db, const struct yh_table *t, const void *row,
                          struct yh_err *err)
{
    struct postgres *p = db;
    struct yh_link_values v = { 0 };
    enum yh_status st = keys_fit(p, t, row, err);
    if (st == YH_OK)
        st = columns(t, t->ncolumn, row, &v, err);
    if (st)
        return st;
    hold_row(p, t, row);
    if (t->id == YH_TABLE_account_group) {
        const struct yh_account_group_row *g = row;
        struct held *h = find_held(p, g->region, g->grp);
        if (p->writer->nflight && (st = yh_link_pull(p->writer, err)))
            return st; /* the lock's own answer must not come later than this */
        if (h)
            h->seq = g->seq;
    }
    (void)forget_absent(p, key_mark(t, row));
    note_written(p, t, row);
    yh_link_row(p->writer, t, YH_PG_PUT, &v);
    p->busy = true;
    return p->writer->bad ? yh_link_pull(p->writer, err) : YH_OK;
}

static enum yh_status drop(void *db, const struct yh_table *t, const void *row,
                           struct yh_err *err)
{
    struct postgres *p = db;
    struct yh_link_values v = { 0 };
    enum yh_status st = columns(t, t->nkey, row, &v, err);
    if (st)
        return st == YH_BAD_INPUT ? not_found(t, err) : st;
    hold_row(p, t, row);
    if (t->id == YH_TABLE_account_group) {
        const struct yh_account_group_row *g = row;
        struct held *h = find_held(p, g->region, g->grp);
        if (p->writer->nflight && (st = yh_link_pull(p->writer, err)))
            return st;
        if (h)
            h->seq = -1;
    }
    note_written(p, t, row);
    send_verb(p->writer, t, YH_PG_DROP, &v, (struct yh_link_flight){ .prepare = -1 });
    p->busy = true;
    if ((st = yh_link_pull(p->writer, err)))
        return st;
    return strcmp(PQcmdTuples(p->writer->result), "1") == 0 ? YH_OK : not_found(t, err);
}

/* Numbers of a locked group ("990101 17"): nobody else is at them. */
static bool of_held_group(const struct postgres *p, yh_str scope)
{
    char text[64];
    for (int i = p->nheld - 1; i >= 0 && i > p->nheld - 4; i--)
        if (yh_eq(scope, (yh_str){ text, snprintf(text, sizeof text, "%.*s %lld",
                                                  YH_ARG(yh_sub(p->held[i]->region, 0, 32)),
                                                  (long long)p->held[i]->grp) }))
            return true;
    return false;
}

static enum yh_status next(void *db, yh_str scope, yh_str name, int64_t *out,
                           struct yh_err *err)
{
    struct postgres *p = db;
    struct yh_link *c = p->writer;
    if (p->kept && !of_held_group(p, scope)) {
        /* Another batch may hold this number and wait for one of ours: alone it may wait. */
        c->lost = true;
        c->bad = yh_fail(&c->why, YH_RETRY, "序号 %.*s 要单独取", YH_ARG(scope));
        return yh_link_pull(c, err);
    }
    const int number = (int)YH_TABLE_sequence * YH_PG_VERB_N + YH_PG_LOCK;
    struct yh_link_values v = { 0 };
    ensure_begun(p);
    yh_link_text(&v, scope);
    yh_link_text(&v, name);
    yh_link_send(c, number, yh_pg_next, &v, (struct yh_link_flight){ .prepare = -1 });
    p->busy = true;
    enum yh_status st = yh_link_pull(c, err);
    if (st == YH_OK)
        *out = yh_link_get_i64(c->result, 0, 0);
    return st;
}

/* ---- spans ---- */

/* The columns that a span is found by. */
static int span_column(const struct postgres *p, const struct yh_span *span, int i)
{
    return span->index == YH_BY_KEY ? i : p->schema->index[span->index].column[i];
}

/* Position of `region` among the span's fixed columns, followed by `grp`; -1. */
static int span_group(const struct postgres *p, const struct yh_table *t,
                      const struct yh_span *span)
{
    for (int i = 0; i + 1 < span->same; i++)
        if (!strcmp(t->column[span_column(p, span, i)].name, "region") &&
            !strcmp(t->column[span_column(p, span, i + 1)].name, "grp"))
            return i;
    return -1;
}

static enum yh_status span_values(const struct postgres *p, const struct yh_table *t,
                                  const struct yh_span *span, const void *probe,
                                  struct yh_link_values *v, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    for (int i = 0; st == YH_OK && i < span->same; i++)
        st = yh_link_column(v, &t->column[span_column(p, span, i)], probe, err);
    if (span->ranged) {
        yh_link_i64(v, span->from);
        yh_link_i64(v, span->to);
    }
    if (span->most)
        yh_link_i64(v, span->most);
    return st;
}

static yh_str span_sql(struct postgres *p, struct yh_link *c, const struct yh_table *t,
                       const struct yh_span *span)
{
    yh_arena_reset(&c->scratch);
    return yh_pg_span(&c->scratch, t,
                      span->index == YH_BY_KEY ? NULL : &p->schema->index[span->index], span,
                      span->most > 0);
}

/* The rows of the last result, one by one; false: fn has seen enough. */
static bool walk(struct yh_link *c, const struct yh_table *t, yh_row_fn *fn, void *ctx)
{
    int64_t row[2 * YH_COLUMNS_MAX];
    const PGresult *r = yh_link_keep(c);
    bool more = true;
    for (int i = 0; more && i < PQntuples(r); i++) {
        yh_link_get_row(r, i, t, 0, row);
        more = fn(ctx, row);
    }
    yh_link_drop(c);
    return more;
}

/* Many rows: through a cursor, some at a time. */
static enum yh_status each_of_many(struct postgres *p, struct yh_link *c,
                                   const struct yh_table *t, const struct yh_span *span,
                                   const struct yh_link_values *v, yh_row_fn *fn, void *ctx,
                                   struct yh_err *err)
{
    char sql[64], name[32];
    snprintf(name, sizeof name, "c%lld", (long long)++c->cursors);
    yh_str text = span_sql(p, c, t, span);
    text = yh_fmt(&c->scratch, "DECLARE %s NO SCROLL CURSOR FOR %.*s", name, YH_ARG(text));
    yh_link_send(c, -1, yh_zdup(&c->scratch, text), v,
                 (struct yh_link_flight){ .prepare = -1 });
    snprintf(sql, sizeof sql, "FETCH %d FROM %s", FETCH_ROWS, name);
    enum yh_status st;
    bool more = true;
    do {
        yh_link_say(c, sql, YH_LINK_ANY);
        st = yh_link_pull(c, err);
        more = st == YH_OK && PQntuples(c->result) == FETCH_ROWS;
        more = st == YH_OK && walk(c, t, fn, ctx) && more;
    } while (more);
    snprintf(sql, sizeof sql, "CLOSE %s", name);
    yh_link_say(c, sql, YH_LINK_ANY);
    return st;
}

#define STREAK 3 /* groups in rising order, and more are expected */

static int cmp_group(yh_str r1, int64_t g1, yh_str r2, int64_t g2)
{
    int c = yh_cmp(r1, r2);
    return c ? c : (g1 > g2) - (g1 < g2);
}

static enum yh_status open_ahead(struct yh_link *c, const struct yh_table *t,
                                 struct yh_link_ahead *w, const struct yh_link_values *v,
                                 struct yh_err *err)
{
    w->cursor = (int)++c->cursors;
    w->at = 0;
    w->dry = false;
    yh_arena_reset(&c->scratch);
    yh_str text = yh_pg_from_group(&c->scratch, t);
    text =
        yh_fmt(&c->scratch, "DECLARE c%d NO SCROLL CURSOR FOR %.*s", w->cursor, YH_ARG(text));
    yh_link_send(c, -1, yh_zdup(&c->scratch, text), v,
                 (struct yh_link_flight){ .prepare = -1 });
    return yh_link_pull(c, err);
}

/* The next row of the cursor, without taking it; false: no more, or trouble (*st). */
static bool peek_ahead(struct yh_link *c, const struct yh_table *t, struct yh_link_ahead *w,
                       void *row, enum yh_status *st, struct yh_err *err)
{
    char sql[64];
    while (!w->row || w->at == PQntuples(w->row)) {
        PQclear(w->row);
        w->row = NULL;
        if (w->dry)
            return false;
        snprintf(sql, sizeof sql, "FETCH %d FROM c%d", FETCH_ROWS, w->cursor);
        yh_link_say(c, sql, YH_LINK_ANY);
        if ((*st = yh_link_pull(c, err)))
            return false;
        w->row = c->result;
        c->result = NULL;
        w->at = 0;
        w->dry = PQntuples(w->row) < FETCH_ROWS;
    }
    yh_link_get_row(w->row, w->at, t, 0, row);
    return true;
}

static enum yh_status walk_ahead(struct yh_link *c, const struct yh_table *t,
                                 struct yh_link_ahead *w, yh_str region, int64_t grp,
                                 yh_row_fn *fn, void *ctx, struct yh_err *err)
{
    int64_t row[2 * YH_COLUMNS_MAX];
    enum yh_status st = YH_OK;
    bool more = true;
    w->busy = true;
    while (peek_ahead(c, t, w, row, &st, err)) {
        int way = cmp_group(yh_row_str(row, &t->column[0]), yh_row_i64(row, &t->column[1]),
                            region, grp);
        if (way > 0)
            break;
        if (way == 0 && more)
            more = fn(ctx, row);
        w->at++;
    }
    w->busy = false;
    return st;
}

/* One group of a walk over groups in their order?  *taken: it was answered here. */
static enum yh_status each_of_walk(struct yh_link *c, const struct yh_table *t,
                                   const struct yh_span *span, const void *probe,
                                   const struct yh_link_values *v, yh_row_fn *fn, void *ctx,
                                   bool *taken, struct yh_err *err)
{
    *taken = false;
    if (!t->personal || span->index != YH_BY_KEY || span->same != 2 || span->ranged ||
        span->down || span->most)
        return YH_OK;
    if (!c->ahead) {
        c->ahead = yh_heap(NULL, YH_TABLE_N * sizeof *c->ahead);
        memset(c->ahead, 0, YH_TABLE_N * sizeof *c->ahead);
    }
    struct yh_link_ahead *w = &c->ahead[t->id];
    yh_str region = yh_row_str(probe, &t->column[0]);
    int64_t grp = yh_row_i64(probe, &t->column[1]);
    if (w->busy || region.n >= (ptrdiff_t)sizeof w->region)
        return YH_OK;
    bool rising = cmp_group(region, grp, yh_cstr(w->region), w->grp) > 0;
    w->streak = rising ? w->streak + 1 : 0;
    w->grp = grp;
    snprintf(w->region, sizeof w->region, "%.*s", YH_ARG(region));
    if (!rising && w->cursor) { /* the cursor is past it: it stays unused until the end */
        PQclear(w->row);
        w->row = NULL;
        w->cursor = 0;
    }
    if (w->streak < STREAK)
        return YH_OK;
    *taken = true;
    enum yh_status st = w->cursor ? YH_OK : open_ahead(c, t, w, v, err);
    return st ? st : walk_ahead(c, t, w, region, grp, fn, ctx, err);
}

static enum yh_status each(void *db, void *view, const struct yh_table *t,
                           const struct yh_span *span, const void *probe, yh_row_fn *fn,
                           void *ctx, struct yh_err *err)
{
    struct postgres *p = db;
    struct yh_link *c = view ? view : p->writer;
    struct yh_link_values v = { 0 };
    enum yh_status st = span_values(p, t, span, probe, &v, err);
    if (st) /* what cannot be kept is not there */
        return st == YH_BAD_INPUT ? YH_OK : st;
    bool taken = false;
    if (view)
        st = each_of_walk(c, t, span, probe, &v, fn, ctx, &taken, err);
    if (st || taken)
        return st;
    int group = span_group(p, t, span);
    if (!view && group >= 0)
        hold(p, yh_row_str(probe, &t->column[span_column(p, span, group)]),
             yh_row_i64(probe, &t->column[span_column(p, span, group + 1)]));
    else if (!view)
        ensure_begun(p);
    bool plain = span->index == YH_BY_KEY && !span->ranged && !span->down && !span->most;
    const struct yh_link_slot *s =
        plain && (view || !p->wrote[t->id]) ? slot_of(c, t, probe, span->same) : NULL;
    if (s && !s->one) {
        slot_each(s, t, span->same, probe, fn, ctx);
        return YH_OK;
    }
    bool few = group >= 0 || (span->most > 0 && span->most <= FETCH_ROWS) ||
               (span->same >= 2 && !span->ranged);
    if (!few)
        return each_of_many(p, c, t, span, &v, fn, ctx, err);
    int shape = ((span->index + 1) << 8) | (span->same << 3) | ((span->most > 0) << 2) |
                (span->ranged << 1) | span->down;
    bool known;
    int number = yh_link_span_number(c, (int)t->id, shape, &known);
    const char *sql = known ? NULL : yh_zdup(&c->scratch, span_sql(p, c, t, span));
    yh_link_send(c, number, sql, &v, (struct yh_link_flight){ .prepare = -1 });
    if ((st = yh_link_pull(c, err)) == YH_OK)
        (void)walk(c, t, fn, ctx);
    return st;
}

/* ---- ahead ---- */

static void ahead(void *db, void *view, const struct yh_table *t, const struct yh_span *span,
                  const void *probe)
{
    struct postgres *p = db;
    struct yh_link *c = view ? view : p->writer;
    struct yh_link_values v = { .n = 0 };
    int same = span ? span->same : t->nkey;
    if (view && t->personal) { /* who reads group after group needs the last one's no more */
        uint64_t of = yh_mix64(yh_hash64(yh_row_str(probe, &t->column[0]), 0) ^
                               (uint64_t)yh_row_i64(probe, &t->column[1]));
        if (c->slots_of && c->slots_of != of)
            yh_link_forget(
                c); /* but not what came before the first one: the caller's own row */
        c->slots_of = of;
    }
    if (c->bad || c->nslot == YH_LINK_SLOTS || columns(t, same, probe, &v, NULL))
        return;
    if (!view)
        hold_row(p, t, probe);
    c->slot[c->nslot++] = (struct yh_link_slot){
        .table = (int)t->id, .same = same, .one = !span, .mark = prefix_mark(t, probe, same)
    };
    struct yh_link_flight f = { .prepare = -1, .slot = c->nslot };
    if (!span) {
        send_verb(c, t, YH_PG_GET, &v, f);
        return;
    }
    yh_assert(span->index == YH_BY_KEY && !span->ranged && !span->down && !span->most);
    bool known;
    int number = yh_link_span_number(c, (int)t->id, span->same << 3, &known);
    const char *sql = known ? NULL : yh_zdup(&c->scratch, span_sql(p, c, t, span));
    yh_link_send(c, number, sql, &v, f);
}

/* ---- whole tables ---- */

static enum yh_status count(void *db, void *view, const struct yh_table *t, int64_t *out,
                            struct yh_err *err)
{
    struct yh_link *c = view;
    char sql[96];
    (void)db;
    snprintf(sql, sizeof sql, "SELECT count(*)::bigint FROM \"%s\"", t->name);
    int patience = c->silence_ms;
    c->silence_ms = 0; /* a large table is counted without a word */
    enum yh_status st = yh_link_run(c, sql, 0, out, err);
    c->silence_ms = patience;
    return st;
}

/* A number of so many bytes; false: *p has no more. */
static bool take_be(yh_str *p, int bytes, int64_t *out)
{
    uint64_t v = 0;
    if (p->n < bytes)
        return false;
    for (int i = 0; i < bytes; i++)
        v = v << 8 | (unsigned char)p->p[i];
    *out = (int64_t)v;
    *p = yh_sub(*p, bytes, p->n);
    return true;
}

/* A row as COPY sends it: 16 bits how many columns, each 32 bits of length and so many bytes. */
static bool take_row(const struct yh_table *t, yh_str p, void *row)
{
    int64_t n = 0, v = 0;
    if (!take_be(&p, 2, &n) || n != t->ncolumn)
        return false;
    for (int i = 0; i < t->ncolumn; i++) {
        const struct yh_column *c = &t->column[i];
        if (!take_be(&p, 4, &n) || n < 0 || n > p.n)
            return false;
        if (c->type != YH_COLUMN_I64) {
            yh_row_set_str(row, c, yh_sub(p, 0, n));
            p = yh_sub(p, n, p.n);
        } else if (n == 8 && take_be(&p, 8, &v)) {
            yh_row_set_i64(row, c, v);
        } else {
            return false;
        }
    }
    return p.n == 0;
}

/* COPY is no part of a pipeline: the view's connection leaves it for that long. */
static enum yh_status scan(void *db, void *view, const struct yh_table *t, yh_row_fn *fn,
                           void *ctx, struct yh_err *err)
{
    enum { HEAD = 19 };
    struct yh_link *c = view;
    int64_t row[2 * YH_COLUMNS_MAX];
    char *data;
    int n;
    bool first = true, sound = true, more = true;
    (void)db;
    enum yh_status st = yh_link_pull(c, err); /* BEGIN may still be under way */
    if (st)
        return st;
    yh_arena_reset(&c->scratch);
    const char *sql = yh_zdup(&c->scratch, yh_pg_copy_out(&c->scratch, t));
    PGresult *r = PQexitPipelineMode(c->pg) ? PQexec(c->pg, sql) : NULL;
    bool begun = PQresultStatus(r) == PGRES_COPY_OUT;
    PQclear(r);
    /* Its head comes with the first row, and 16 bits of -1 after the last. */
    while (begun && (n = PQgetCopyData(c->pg, &data, 0)) > 0) {
        yh_str p = { data, n };
        if (first)
            p = yh_sub(p, n < HEAD ? n : HEAD, n);
        first = false;
        bool end = p.n == 2 && p.p[0] == '\377' && p.p[1] == '\377';
        if (more && sound && p.n && !end) {
            sound = take_row(t, p, row);
            more = sound && fn(ctx, row);
        }
        PQfreemem(data);
    }
    while (begun && (r = PQgetResult(c->pg))) {
        begun = PQresultStatus(r) == PGRES_COMMAND_OK;
        PQclear(r);
    }
    if (begun && sound && PQenterPipelineMode(c->pg))
        return YH_OK;
    yh_str said = yh_trim(yh_cstr(PQerrorMessage(c->pg)));
    c->bad = yh_fail(&c->why, YH_IO, "数据库不给出整个 %s 表：%.*s", t->name,
                     YH_ARG(sound ? said : YH_S("收到的行不成样子")));
    c->silent = true; /* in the midst of it: fit for nothing but closing */
    if (err)
        *err = c->why;
    return YH_IO;
}

/* ---- filling: COPY ---- */

static char *put_be(char *at, uint64_t v, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--)
        *at++ = (char)(unsigned char)(v >> (8 * i));
    return at;
}

static enum yh_status copy_error(struct postgres *p, struct yh_err *err)
{
    yh_str said = yh_trim(yh_cstr(PQerrorMessage(p->writer->pg)));
    return yh_fail(err, YH_RETRY, "数据库不接受成批写入：%.*s", YH_ARG(said));
}

static bool copy_command(PGconn *pg, const char *sql, ExecStatusType want)
{
    PGresult *r = PQexec(pg, sql);
    bool good = PQresultStatus(r) == want;
    PQclear(r);
    return good;
}

/* What was gathered goes out. */
static bool copy_out(struct postgres *p)
{
    int n = p->ncopied;
    p->ncopied = 0;
    return n == 0 || PQputCopyData(p->writer->pg, p->copy, n) == 1;
}

/* COPY cannot be sent ahead: the connection leaves the pipeline for it. */
static enum yh_status fill_begin(void *db, const struct yh_table *t, struct yh_err *err)
{
    struct postgres *p = db;
    PGconn *pg = p->writer->pg;
    static const char HEAD[19] =
        "PGCOPY\n\377\r\n"; /* and nine zeros: its end, flags, no extension */
    /* The next chunk need not wait for the disk: commits reach it in their order, and who moves
     * commits once more at the end and waits for that one. */
    static const char SOON[] = "BEGIN; SET LOCAL synchronous_commit = off";
    yh_arena_reset(&p->writer->scratch);
    const char *sql = yh_zdup(&p->writer->scratch, yh_pg_copy(&p->writer->scratch, t));
    p->filling = true;
    p->ncopied = 0;
    if (!p->copy)
        p->copy = yh_heap(NULL, COPY_BYTES);
    return PQexitPipelineMode(pg) && copy_command(pg, SOON, PGRES_COMMAND_OK) &&
                   copy_command(pg, sql, PGRES_COPY_IN) &&
                   PQputCopyData(pg, HEAD, sizeof HEAD) == 1
               ? YH_OK
               : copy_error(p, err);
}

static enum yh_status fill(void *db, const struct yh_table *t, const void *row,
                           struct yh_err *err)
{
    struct postgres *p = db;
    struct yh_link_values v = { .n = 0 };
    enum yh_status st = keys_fit(p, t, row, err);
    if (st == YH_OK)
        st = columns(t, t->ncolumn, row, &v, err);
    if (st)
        return st;
    int bytes = 2;
    for (int i = 0; i < v.n; i++)
        bytes += 4 + (v.length[i] <= COPY_LONG ? v.length[i] : 0);
    if (p->ncopied + bytes > COPY_BYTES && !copy_out(p))
        return copy_error(p, err);
    char *at = put_be(p->copy + p->ncopied, (uint64_t)t->ncolumn, 2);
    for (int i = 0; i < v.n; i++) {
        at = put_be(at, (uint64_t)v.length[i], 4);
        if (v.length[i] <= COPY_LONG) {
            memcpy(at, v.value[i], (size_t)v.length[i]);
            at += v.length[i];
            continue;
        }
        p->ncopied = (int)(at - p->copy); /* long ones go by themselves */
        if (!copy_out(p) || PQputCopyData(p->writer->pg, v.value[i], v.length[i]) != 1)
            return copy_error(p, err);
        at = p->copy;
    }
    p->ncopied = (int)(at - p->copy);
    return YH_OK;
}

static enum yh_status fill_end(void *db, struct yh_err *err)
{
    struct postgres *p = db;
    PGconn *pg = p->writer->pg;
    bool good =
        copy_out(p) && PQputCopyData(pg, "\377\377", 2) == 1 && PQputCopyEnd(pg, NULL) == 1;
    PGresult *r;
    while ((r = PQgetResult(pg))) {
        good = good && PQresultStatus(r) == PGRES_COMMAND_OK;
        PQclear(r);
    }
    good = good && copy_command(pg, "COMMIT", PGRES_COMMAND_OK) && PQenterPipelineMode(pg);
    p->filling = !good;
    return good ? YH_OK : copy_error(p, err);
}

static enum yh_status filled(void *db, struct yh_err *err)
{
    struct postgres *p = db;
    if (!p->writer || yh_link_broken(p->writer) || p->writer->begun)
        return yh_fail(err, YH_RETRY, "与数据库的连接断开");
    p->writer->silence_ms = 0;
    enum yh_status st = yh_pg_filled(p->writer, p->schema, err);
    p->writer->silence_ms = SILENCE_MS;
    return st;
}

/* ---- SQL for analysts ---- */

static void put_value(struct yh_buf *out, const PGresult *r, int row, int i)
{
    yh_str s = yh_link_get_text(r, row, i);
    if (PQftype(r, i) == 17 && yh_starts(s, YH_S("\\x"))) /* bytea */
        s = yh_sub(s, 2, s.n);
    for (ptrdiff_t k = 0; k < s.n; k++)
        yh_putc(out, s.p[k] == '\t' || s.p[k] == '\n' || s.p[k] == '\r' ? ' ' : s.p[k]);
}

static void put_rows(struct yh_buf *out, const PGresult *r, bool head)
{
    int n = PQnfields(r);
    for (int i = 0; head && i < n; i++)
        yh_putf(out, "%s%s", PQfname(r, i), i + 1 < n ? "\t" : "\n");
    for (int row = 0; row < PQntuples(r); row++)
        for (int i = 0; i < n; i++) {
            put_value(out, r, row, i);
            yh_putc(out, i + 1 < n ? '\t' : '\n');
        }
}

static enum yh_status walk_sql(struct yh_link *c, const char *declare, int64_t most,
                               struct yh_buf *out, struct yh_err *err)
{
    int64_t n = 0;
    int got;
    yh_link_say(c, "SAVEPOINT request", YH_LINK_ANY);
    yh_link_say(c, declare, YH_LINK_ANY);
    do {
        yh_link_ask(c, "FETCH 1000 FROM yh_sql");
        enum yh_status st = yh_link_pull(c, err);
        if (st)
            return st;
        got = PQntuples(c->result);
        if (n + got > most)
            return yh_fail(err, YH_LIMIT, "结果超过 %lld 行，请加条件或 LIMIT",
                           (long long)most);
        put_rows(out, c->result, n == 0);
        n += got;
    } while (got == 1000);
    return YH_OK;
}

/* One SELECT: what a cursor accepts, in a transaction that reads. */
static enum yh_status sql(void *db, void *view, yh_str text, int64_t most, struct yh_buf *out,
                          struct yh_err *err)
{
    (void)db;
    struct yh_link *c = view;
    text = yh_trim(text);
    while (text.n && text.p[text.n - 1] == ';')
        text = yh_trim(yh_sub(text, 0, text.n - 1));
    yh_arena_reset(&c->scratch);
    if (memchr(text.p, 0, (size_t)text.n) || text.n > (1 << 20))
        return yh_fail(err, YH_BAD_INPUT, "语句太长，或含有零字节");
    const char *declare =
        yh_zdup(&c->scratch,
                yh_fmt(&c->scratch, "DECLARE yh_sql NO SCROLL CURSOR FOR %.*s", YH_ARG(text)));
    enum yh_status st = walk_sql(c, declare, most, out, err);
    if (st == YH_OK || st == YH_LIMIT) {
        return yh_link_rollback(c, true) ? st : YH_IO;
    }
    /* 42 and 22 are the writer's slips; what no cursor may do is none of a reader's business. */
    bool slip = strncmp(c->state, "42", 2) == 0 || strncmp(c->state, "22", 2) == 0;
    bool word = false;
    static const char *const FIRST[] = { "select", "with", "values", "table", "(" };
    for (int i = 0; i < YH_COUNT(FIRST); i++)
        word = word || (text.n >= (ptrdiff_t)strlen(FIRST[i]) &&
                        strncasecmp(text.p, FIRST[i], strlen(FIRST[i])) == 0);
    bool denied = strcmp(c->state, "42501") == 0 || strcmp(c->state, "25006") == 0 ||
                  strcmp(c->state, "42P11") == 0 || strncmp(c->state, "0A", 2) == 0 ||
                  (slip && !word) || (slip && yh_find(text, YH_S(";")) >= 0);
    yh_str said = yh_dup(&c->scratch, yh_cstr(c->why.text));
    /* The server unpacks lines only where our extension is. */
    bool no_lines = strcmp(c->state, "42883") == 0 && yh_find(text, YH_S("charge_lines")) >= 0;
    if (!yh_link_rollback(c, true))
        return YH_IO;
    if (no_lines)
        return yh_fail(err, YH_BAD_INPUT,
                       "这个数据库里没有 charge_lines：请管理员装上扩展（make ext，见 "
                       "docs/sql.md）后执行 CREATE EXTENSION yiheng");
    if (denied)
        return yh_fail(err, YH_DENIED, "只接受一条 SELECT");
    return yh_fail(err, slip ? YH_BAD_INPUT : YH_IO, "%.*s", YH_ARG(said));
}

/* ---- views ---- */

static struct yh_link *take_idle(struct postgres *p)
{
    pthread_mutex_lock(&p->mutex);
    struct yh_link *c = p->idle;
    if (c)
        p->idle = c->next;
    pthread_mutex_unlock(&p->mutex);
    return c;
}

static bool count_view(struct postgres *p, int by)
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
    struct postgres *p = db;
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
    struct postgres *p = db;
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
    return ((struct postgres *)db)->reopens;
}

static void close_postgres(void *db)
{
    struct postgres *p = db;
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

/* ---- as one of several nodes (node.h) ---- */

bool yh_pg_busy(const void *db)
{
    const struct postgres *p = db;
    return p->busy && p->writer && p->writer->begun;
}

int yh_pg_groups(const void *db)
{
    return ((const struct postgres *)db)->nheld;
}

void yh_pg_careful(void *db, bool careful)
{
    ((struct postgres *)db)->careful = careful;
}

void yh_pg_lose(void *db)
{
    struct postgres *p = db;
    if (p->writer)
        p->writer->lost = true;
}

bool yh_pg_wants(const void *db)
{
    return ((const struct postgres *)db)->nwanted > 0;
}

enum yh_status yh_pg_wait(void *db, struct yh_err *err)
{
    struct postgres *p = db;
    ensure_begun(p);
    return yh_link_pull(p->writer, err);
}

enum yh_status yh_pg_sure(void *db, struct yh_err *err)
{
    struct yh_link *c = ((struct postgres *)db)->writer;
    return c->unsure || c->bad ? yh_link_pull(c, err) : YH_OK;
}

enum yh_status yh_pg_prepare(void *db, const char *gid, struct yh_err *err)
{
    struct postgres *p = db;
    char sql[160];
    if (p->spoiled)
        return yh_fail(err, YH_RETRY, "撤销一笔请求时数据库出错，本批不提交");
    yh_assert(p->writer->begun);
    snprintf(sql, sizeof sql, "PREPARE TRANSACTION '%s'", gid);
    yh_link_say(p->writer, sql, YH_LINK_ANY);
    enum yh_status st = yh_link_pull(p->writer, err);
    if (st)
        return YH_RETRY;
    /* A transaction that had failed answers ROLLBACK, and no error. */
    if (strcmp(PQcmdStatus(p->writer->result), "PREPARE TRANSACTION") != 0)
        return yh_fail(err, YH_RETRY, "数据库没有收下这笔交易");
    p->writer->begun = false;
    forget_transaction(p);
    return YH_OK;
}

void yh_pg_say(void *db, const char *sql)
{
    struct postgres *p = db;
    ensure_begun(p);
    yh_link_say(p->writer, sql, YH_LINK_ANY);
}

enum yh_status yh_pg_alone(void *db, const char *sql, struct yh_err *err)
{
    struct postgres *p = db;
    if (!p->writer || yh_link_broken(p->writer) || p->writer->begun)
        return yh_fail(err, YH_RETRY, "与数据库的连接断开");
    yh_link_say(p->writer, sql, YH_LINK_ANY);
    enum yh_status st = yh_link_pull(p->writer, err);
    if (st)
        (void)yh_link_rollback(p->writer, false);
    return st;
}

enum yh_status yh_pg_dial(void *db, struct yh_link **out, struct yh_err *err)
{
    return dial(db, false, out, err);
}

enum yh_status yh_pg_walk_open(void *db, void *view, const struct yh_table *t,
                               const struct yh_span *span, const void *probe,
                               struct yh_pg_walk *out, struct yh_err *err)
{
    struct postgres *p = db;
    struct yh_link *c = view ? view : p->writer;
    struct yh_link_values v = { 0 };
    *out = (struct yh_pg_walk){ .link = c, .table = t, .cursor = ++c->cursors };
    enum yh_status st = span_values(p, t, span, probe, &v, err);
    if (st == YH_BAD_INPUT) { /* what cannot be kept is not there */
        out->dry = true;
        return YH_OK;
    }
    if (!view)
        ensure_begun(p);
    yh_str text = span_sql(p, c, t, span);
    text = yh_fmt(&c->scratch, "DECLARE w%lld NO SCROLL CURSOR FOR %.*s",
                  (long long)out->cursor, YH_ARG(text));
    yh_link_send(c, -1, yh_zdup(&c->scratch, text), &v,
                 (struct yh_link_flight){ .prepare = -1 });
    return st;
}

enum yh_status yh_pg_walk_next(struct yh_pg_walk *w, void *row, bool *more, struct yh_err *err)
{
    struct yh_link *c = w->link;
    char sql[64];
    *more = false;
    while (!w->rows || w->at == PQntuples(w->rows)) {
        PQclear(w->rows);
        w->rows = NULL;
        if (w->dry)
            return YH_OK;
        snprintf(sql, sizeof sql, "FETCH %d FROM w%lld", FETCH_ROWS, (long long)w->cursor);
        yh_link_say(c, sql, YH_LINK_ANY);
        enum yh_status st = yh_link_pull(c, err);
        if (st)
            return st;
        w->rows = c->result;
        c->result = NULL;
        w->at = 0;
        w->dry = PQntuples(w->rows) < FETCH_ROWS;
    }
    yh_link_get_row(w->rows, w->at++, w->table, 0, row);
    *more = true;
    return YH_OK;
}

void yh_pg_walk_close(struct yh_pg_walk *w)
{
    char sql[64];
    PQclear(w->rows);
    if (!w->link || !w->table || w->link->bad || !w->link->begun || !w->cursor)
        return;
    snprintf(sql, sizeof sql, "CLOSE w%lld", (long long)w->cursor);
    yh_link_say(w->link, sql, YH_LINK_ANY);
}

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
    .get = get,
    .add = add,
    .put = put,
    .drop = drop,
    .next = next,
    .each = each,
    .ahead = ahead,
    .count = count,
    .scan = scan,
    .fill_begin = fill_begin,
    .fill = fill,
    .fill_end = fill_end,
    .filled = filled,
    .sql = sql,
    .checkpoint = checkpoint,
    .reopens = reopens,
    .close = close_postgres,
};

enum yh_status yh_postgres_open(const struct yh_schema *schema, yh_str url,
                                const struct yh_store_options *opt, void **db,
                                struct yh_err *err)
{
    struct postgres *p = yh_heap(NULL, sizeof *p);
    *p = (struct postgres){ .schema = schema, .read_only = opt->read_only };
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
