/* store/shards/shards.c -- several PostgreSQL nodes as one store; each row on the node that its place says.
 *
 * Places (enum place): a person's facts and the calls about them on the node of their account group; what is
 * looked up by everybody (providers, what a person is found by) on every node; keys that are not a person's
 * (invoice number, trace code, sign-in, case) on the node that their hash names; whose a visit is, beside the
 * visit.  So most calls touch one node, and commit there as with a single server.
 *
 * A request that writes on several nodes commits on all or on none.  All but one, the home, prepare it; then the
 * home commits its part together with the decision, a row of yiheng_decision; then the others are told.  Who
 * finds a prepared transaction (recover) writes the opposite decision under the same key: either that row is
 * first, and the home's commit fails, or the home's is, and is carried out.  The key decides between them,
 * so nobody need know whether the process that prepared it still lives.  The parts that hold an account group
 * are told last: until then nobody settles in that group.  Nobody is answered before every node has been told:
 * who reads on a view waits for no lock, and must find what somebody was told is there.
 *
 * Locks follow postgres.c's rule over all nodes: who holds a group on one node waits for none on another. */
#include <pthread.h>
#include <stdio.h>
#include <sys/random.h>

#include "base/tsv.h"
#include "store/postgres/node.h"
#include "store/shards/place.h"
#include "store/shards/shards.h"

#define NODES_MAX YH_SHARDS_MAX
#define STALE_S \
    3 /* a prepared transaction so old is somebody's who died, or is about to learn that he lost */
#define RECOVER_EVERY 3 /* calls of checkpoint, which come every second */
#define PG yh_postgres_backend

struct node {
    char *url;
    char name[64];
    void *db; /* NULL: has not answered yet */
    int64_t reopens;
    bool in_batch, in_txn;
    bool dirty;    /* the batch has kept writes here */
    bool writes;   /* the open request has written here */
    bool tells;    /* the open request has read what the batch wrote here */
    char done[80]; /* a decision that nobody needs any more */
};

struct shards {
    const struct yh_schema *schema;
    struct yh_store_options opt;
    struct node node[NODES_MAX];
    int n;
    bool crossed; /* a kept request has to do with several nodes */
    bool alone;   /* the open request failed for a node's sake, the batch did not */
    bool lost, hasty, again;
    int fills;
    int64_t rounds, reopened;
    pthread_mutex_t mutex; /* guards opening and recovering */
};

struct view {
    void *of[NODES_MAX];
    int only; /* the one node that it reads; -1: all */
};

/* ---- the list of nodes ---- */

enum yh_status yh_shards_read(yh_str file, struct yh_arena *a, struct yh_shards_list *out,
                              struct yh_err *err)
{
    static const char *const WANT[] = { "node", "url" };
    yh_str text;
    struct yh_tsv t;
    int col[2], got = 0;
    enum yh_status st = yh_shards_slurp(file, a, &text, err);
    if (!st)
        st = yh_tsv_open_with(&t, text, WANT, 2, col, err);
    struct yh_shards_list list = { .n = 0 };
    while (!st && (got = yh_tsv_next(&t, err)) > 0) {
        yh_str name = t.cell[col[0]], url = t.cell[col[1]];
        if (list.n == NODES_MAX)
            return yh_fail(err, YH_LIMIT, "节点表 %.*s：至多 %d 个节点", YH_ARG(file),
                           NODES_MAX);
        if (!name.n || name.n >= 64)
            return yh_fail(err, YH_BAD_INPUT, "节点表 %.*s：节点名应为 1 到 63 个字节",
                           YH_ARG(file));
        if (!yh_starts(url, YH_S("postgresql://")) && !yh_starts(url, YH_S("postgres://")))
            return yh_fail(err, YH_BAD_INPUT,
                           "节点表 %.*s：节点 %.*s 的地址应以 postgresql:// 开头", YH_ARG(file),
                           YH_ARG(name));
        for (int i = 0; i < list.n; i++)
            if (yh_eq(list.name[i], name) || yh_eq(list.url[i], url))
                return yh_fail(err, YH_BAD_INPUT, "节点表 %.*s：节点 %.*s 写了两次",
                               YH_ARG(file), YH_ARG(name));
        list.name[list.n] = name;
        list.url[list.n++] = url;
    }
    if (!st && got < 0)
        return YH_BAD_INPUT;
    if (!st && !list.n)
        return yh_fail(err, YH_BAD_INPUT, "节点表 %.*s 里没有节点", YH_ARG(file));
    if (!st)
        *out = list;
    return st;
}

/* ---- places ---- */

enum yh_place yh_shards_place(const struct yh_table *t)
{
    switch (t->id) {
    case YH_TABLE_meta:
    case YH_TABLE_person_key:
    case YH_TABLE_provider:
    case YH_TABLE_provider_item:
    case YH_TABLE_department:
    case YH_TABLE_rule_text:
    case YH_TABLE_grid_officer:
    case YH_TABLE_policy_publication: /* every process follows it */
    case YH_TABLE_portal_user: return YH_PLACE_EVERY;
    case YH_TABLE_visit_key: return YH_PLACE_OWNER;
    case YH_TABLE_request: return YH_PLACE_GROUP;
    default: return t->personal ? YH_PLACE_GROUP : YH_PLACE_KEY;
    }
}

static int column_of(const struct yh_table *t, const char *name)
{
    for (int i = 0; i < t->ncolumn; i++)
        if (strcmp(t->column[i].name, name) == 0)
            return i;
    return -1;
}

/* "REGION GRP" numbers visits: beside them.  Any other scope has a place too. */
static int place_of_scope(yh_str scope, int n)
{
    yh_str rest = scope, first = yh_cut(&rest, ' ');
    int64_t number;
    return rest.n && yh_int_parse(rest, &number, NULL) == YH_OK
               ? yh_place_of_group(first, number, n)
               : yh_place_of_texts(&scope, 1, n);
}

/* The node of a row whose columns are known as `known` says; -1: cannot be said. */
static int place_of(const struct shards *s, const struct yh_table *t, const void *row,
                    const bool *known)
{
    enum yh_place place = yh_shards_place(t);
    if (place == YH_PLACE_GROUP || place == YH_PLACE_OWNER) {
        int r = column_of(t, "region"), g = column_of(t, "grp"), p = column_of(t, "provider");
        if (!known[r] || !known[g])
            return -1;
        yh_str region = yh_row_str(row, &t->column[r]);
        int64_t grp = yh_row_i64(row, &t->column[g]);
        bool keyed = p >= 0 && p < t->nkey;
        if (region.n || grp || !keyed)
            return yh_place_of_group(region, grp, s->n);
        /* A call without a person: the provider's. */
        yh_str provider = yh_row_str(row, &t->column[p]);
        return known[p] ? yh_place_of_texts(&provider, 1, s->n) : -1;
    }
    yh_assert(place == YH_PLACE_KEY);
    if (!known[0])
        return -1;
    char digits[24];
    yh_str first = { digits, 0 };
    if (t->column[0].type == YH_COLUMN_I64)
        first.n =
            snprintf(digits, sizeof digits, "%lld", (long long)yh_row_i64(row, &t->column[0]));
    else
        first = yh_row_str(row, &t->column[0]);
    return t->id == YH_TABLE_sequence ? place_of_scope(first, s->n)
                                      : yh_place_of_texts(&first, 1, s->n);
}

static int place_of_row(const struct shards *s, const struct yh_table *t, const void *row,
                        int n)
{
    bool known[YH_COLUMNS_MAX] = { false };
    for (int i = 0; i < n; i++)
        known[i] = true;
    return place_of(s, t, row, known);
}

static int place_of_span(const struct shards *s, const struct yh_table *t,
                         const struct yh_span *span, const void *probe)
{
    bool known[YH_COLUMNS_MAX] = { false };
    for (int i = 0; i < span->same; i++)
        known[span->index == YH_BY_KEY ? i : s->schema->index[span->index].column[i]] = true;
    return place_of(s, t, probe, known);
}

/* ---- prepared transactions without an owner ---- */

/* What the home says about `gid`; says "abort" itself when nothing is said there. */
static enum yh_status verdict(struct shards *s, const char *gid, bool *commit,
                              struct yh_err *err)
{
    int home = -1;
    if (sscanf(gid, "yh:%d:", &home) != 1 || home < 0 || home >= s->n || !s->node[home].db)
        return yh_fail(err, YH_IO, "交易 %s 的主节点现在不可用", gid);
    struct yh_link *c;
    enum yh_status st = yh_pg_dial(s->node[home].db, &c, err);
    if (st)
        return st;
    char sql[200];
    int64_t n = 0;
    snprintf(sql, sizeof sql,
             "INSERT INTO yiheng_decision (gid, verdict) VALUES ('%s', 'abort') ON CONFLICT DO "
             "NOTHING",
             gid);
    st = yh_link_run(c, sql, 0, NULL, err);
    snprintf(
        sql, sizeof sql,
        "SELECT count(*)::bigint FROM yiheng_decision WHERE gid = '%s' AND verdict = 'commit'",
        gid);
    if (!st)
        st = yh_link_run(c, sql, 0, &n, err);
    yh_link_close(c);
    *commit = n == 1;
    return st;
}

static bool plain_gid(const char *gid)
{
    return gid[strspn(gid, "yh:0123456789abcdef")] == 0;
}

/* Every prepared transaction of ours on one node that is at least `seconds` old. */
static enum yh_status recover_node(struct shards *s, int k, int seconds, struct yh_err *err)
{
    char sql[240], gid[64][80];
    struct yh_link *c;
    int n = 0;
    enum yh_status st = yh_pg_dial(s->node[k].db, &c, err);
    if (st)
        return st;
    snprintf(sql, sizeof sql,
             "SELECT gid FROM pg_prepared_xacts WHERE gid LIKE 'yh:%%' AND database = "
             "current_database() "
             "AND prepared <= clock_timestamp() - interval '%d s' ORDER BY prepared LIMIT 64",
             seconds);
    st = yh_link_run(c, sql, 0, NULL, err);
    for (int i = 0; !st && i < PQntuples(c->result); i++)
        snprintf(gid[n++], sizeof gid[0], "%.*s", YH_ARG(yh_link_get_text(c->result, i, 0)));
    for (int i = 0; !st && i < n; i++) {
        bool commit = false;
        if (!plain_gid(gid[i]) || verdict(s, gid[i], &commit, err))
            continue; /* its home is away: it waits */
        snprintf(sql, sizeof sql, "%s PREPARED '%.79s'", commit ? "COMMIT" : "ROLLBACK",
                 gid[i]);
        if (yh_link_run(c, sql, 0, NULL, NULL) && !yh_link_rollback(c, false))
            break; /* else another process was faster */
    }
    yh_link_close(c);
    return st;
}

/* ---- nodes ---- */

static const char OURS[] =
    "CREATE TABLE IF NOT EXISTS yiheng_decision (gid text PRIMARY KEY, verdict text NOT NULL, "
    "time timestamptz NOT NULL DEFAULT now())";
static const char WHICH[] =
    "CREATE TABLE IF NOT EXISTS yiheng_node (one bigint PRIMARY KEY CHECK (one = 1), "
    "number bigint NOT NULL, nodes bigint NOT NULL)";

static enum yh_status check_node(struct shards *s, int k, void *db, struct yh_err *err)
{
    struct node *node = &s->node[k];
    char sql[200];
    int64_t said = -1, prepared = 0, there = 0;
    struct yh_link *c;
    enum yh_status st = yh_pg_dial(db, &c, err);
    if (st)
        return st;
    st = yh_link_run(
        c, "SELECT setting::bigint FROM pg_settings WHERE name = 'max_prepared_transactions'",
        0, &prepared, err);
    if (!st && prepared < 1)
        st = yh_fail(err, YH_BAD_INPUT,
                     "节点 %s 的 max_prepared_transactions 是 0：跨节点的交易要用它，请在 "
                     "postgresql.conf "
                     "里设为不小于写连接总数（如 64），重启数据库",
                     node->name);
    if (!st)
        st = yh_link_run(c,
                         "SELECT count(*)::bigint FROM pg_catalog.pg_tables WHERE schemaname = "
                         "current_schema() AND tablename = 'yiheng_node'",
                         0, &there, err);
    if (!st && !there && !s->opt.read_only) {
        snprintf(sql, sizeof sql,
                 "INSERT INTO yiheng_node VALUES (1, %d, %d) ON CONFLICT DO NOTHING", k, s->n);
        st = yh_link_run(c, OURS, 0, NULL, err);
        if (!st)
            st = yh_link_run(c, WHICH, 0, NULL, err);
        if (!st)
            st = yh_link_run(c, sql, 0, NULL, err);
    }
    if (!st)
        st = yh_link_run(c, "SELECT number * 1000 + nodes FROM yiheng_node", -1, &said, err);
    if (!st && said != (int64_t)k * 1000 + s->n)
        st = yh_fail(
            err, YH_CONFLICT,
            "节点表第 %d 行 %s 的数据库是 %lld 个节点中的第 %lld 个，节点表却有 %d 行：节点的"
            "个数和次序不能改（要改，用 yiheng move 搬到新的一组节点）",
            k + 1, node->name, (long long)(said % 1000), (long long)(said / 1000 + 1), s->n);
    yh_link_close(c);
    return st;
}

static enum yh_status away(const struct node *n, struct yh_err *err)
{
    char why[161] = "";
    if (err)
        snprintf(why, sizeof why, "%.160s", err->text);
    return yh_fail(err, YH_RETRY, "节点 %s 暂不可用，请用同一 msgid 重发：%.160s", n->name,
                   why);
}

static enum yh_status open_node(struct shards *s, int k, struct yh_err *err)
{
    struct node *n = &s->node[k];
    void *db = NULL;
    enum yh_status st = yh_postgres_open(s->schema, yh_cstr(n->url), &s->opt, &db, err);
    if (!st && (st = check_node(s, k, db, err)))
        PG.close(db);
    if (!st)
        __atomic_store_n(&n->db, db, __ATOMIC_RELEASE);
    return st;
}

/* Opens a node that was away when the store was opened. */
static enum yh_status awake(struct shards *s, int k, struct yh_err *err)
{
    if (__atomic_load_n(&s->node[k].db,
                        __ATOMIC_ACQUIRE)) /* the mutex may be held for seconds */
        return YH_OK;
    pthread_mutex_lock(&s->mutex);
    enum yh_status st = s->node[k].db ? YH_OK : open_node(s, k, err);
    pthread_mutex_unlock(&s->mutex);
    return st;
}

/* A node that was lost is written on again only when what was left prepared on it is decided: else a call
 * would wait for locks that nobody is about to give back. */
static enum yh_status back_again(struct shards *s, int k, struct yh_err *err)
{
    struct node *n = &s->node[k];
    int64_t now = PG.reopens(n->db);
    enum yh_status st = now == n->reopens ? YH_OK : recover_node(s, k, 0, err);
    if (!st)
        n->reopens = now;
    return st;
}

/* The open request comes to node k.  A failure here is this request's alone. */
static enum yh_status touch(struct shards *s, int k, struct yh_err *err)
{
    struct node *n = &s->node[k];
    enum yh_status st = YH_OK;
    bool busy = false;
    if (!n->in_batch) {
        st = awake(s, k, err);
        if (!st)
            st = PG.batch_begin(n->db, err);
        if (!st)
            st = back_again(s, k, err);
        if (st) {
            if (n->db)
                PG.batch_drop(n->db);
            return away(n, err);
        }
        n->in_batch = true;
    }
    if (!n->in_txn) {
        if ((st = PG.txn_begin(n->db, err)))
            return st;
        if (s->hasty)
            PG.hasty(n->db);
        n->in_txn = true;
    }
    for (int i = 0; i < s->n; i++)
        busy = busy || (i != k && s->node[i].in_batch && yh_pg_busy(s->node[i].db));
    yh_pg_careful(n->db, busy);
    n->tells = n->tells || n->dirty;
    return YH_OK;
}

/* What a node answered: does the trouble concern the batch, or this request alone? */
static enum yh_status judged(struct shards *s, int k, enum yh_status st)
{
    const struct node *n = &s->node[k];
    if (st != YH_RETRY && st != YH_IO)
        return st;
    if (!n->dirty && !(n->in_txn && PG.txn_lost(n->db)))
        s->alone = true;
    return YH_RETRY;
}

static enum yh_status at(struct shards *s, int k, struct yh_err *err)
{
    return judged(s, k, touch(s, k, err));
}

/* For what is on every node: one that is in use anyway, else the first that answers. */
static enum yh_status anywhere(struct shards *s, int *k, struct yh_err *err)
{
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < s->n; i++)
            if (pass ? s->node[i].in_batch : s->node[i].in_txn) {
                *k = i;
                return at(s, i, err);
            }
    for (int i = 0; i < s->n; i++)
        if (touch(s, i, err) == YH_OK) {
            *k = i;
            return YH_OK;
        }
    s->alone = true;
    return YH_RETRY;
}

/* ---- batches ---- */

static void forget_batch(struct shards *s)
{
    for (int i = 0; i < s->n; i++) {
        struct node *n = &s->node[i];
        n->in_batch = n->in_txn = n->dirty = n->writes = n->tells = false;
    }
    s->crossed = s->alone = s->lost = s->again = false;
}

static enum yh_status batch_begin(void *db, struct yh_err *err)
{
    struct shards *s = db;
    (void)err;
    forget_batch(s);
    return YH_OK;
}

static void batch_drop(void *db)
{
    struct shards *s = db;
    for (int i = 0; i < s->n; i++)
        if (s->node[i].in_batch)
            PG.batch_drop(s->node[i].db);
    forget_batch(s);
}

static bool new_gid(char gid[80], int home)
{
    uint64_t r[2];
    if (getrandom(r, sizeof r, 0) != sizeof r)
        return false;
    snprintf(gid, 80, "yh:%d:%016llx%016llx", home, (unsigned long long)r[0],
             (unsigned long long)r[1]);
    return true;
}

/* Those that hold account groups last, the home first. */
static int in_order(const struct shards *s, int order[NODES_MAX])
{
    int n = 0;
    for (int groups = 0; groups < 2; groups++)
        for (int i = 0; i < s->n; i++)
            if (s->node[i].dirty && (yh_pg_groups(s->node[i].db) > 0) == (groups == 1))
                order[n++] = i;
    return n;
}

/* Tells a node, and is sure of it: afterwards everybody who reads there sees what was decided.  false:
 * it may stand prepared still; whoever recovers the node will see to it. */
static bool told(struct shards *s, int k, const char *gid, bool commit)
{
    char sql[160];
    struct yh_link *c;
    int64_t left = 1;
    snprintf(sql, sizeof sql, "%s PREPARED '%s'", commit ? "COMMIT" : "ROLLBACK", gid);
    if (yh_pg_alone(s->node[k].db, sql, NULL) == YH_OK)
        return true;
    /* Only the connection, or a writer's, may have gone; or another process was faster. */
    if (yh_pg_dial(s->node[k].db, &c, NULL))
        return false;
    if (yh_link_run(c, sql, 0, NULL, NULL) == YH_OK) {
        left = 0;
    } else if (yh_link_rollback(c, false)) {
        snprintf(sql, sizeof sql,
                 "SELECT count(*)::bigint FROM pg_prepared_xacts WHERE gid = '%s'", gid);
        if (yh_link_run(c, sql, 1, &left, NULL))
            left = 1;
    }
    yh_link_close(c);
    return left == 0;
}

static enum yh_status commit_all(struct shards *s, const int *order, int n, struct yh_err *err)
{
    struct node *home = &s->node[order[0]];
    char gid[80], sql[300];
    bool all = true, commit = false, asked = false;
    int prepared = 0;
    enum yh_status st = YH_OK;
    if (!new_gid(gid, order[0]))
        return yh_fail(err, YH_RETRY, "取不到随机数");
    for (int i = 1; !st && i < n; i++, prepared++)
        st = yh_pg_prepare(s->node[order[i]].db, gid, err);
    if (!st) {
        snprintf(sql, sizeof sql,
                 "INSERT INTO yiheng_decision (gid, verdict) VALUES ('%s', 'commit')", gid);
        yh_pg_say(home->db, sql);
        snprintf(sql, sizeof sql, "DELETE FROM yiheng_decision WHERE gid = '%s'", home->done);
        if (home->done[0])
            yh_pg_say(home->db, sql);
        st = PG.batch_commit(home->db, err);
        asked = true;
    }
    if (st) {
        PG.batch_drop(home->db);
        home->in_batch = home->dirty = false;
        /* A broken connection may hide that the home did commit: its table says. */
        if (asked && verdict(s, gid, &commit, NULL))
            return YH_RETRY; /* nobody knows until it is back */
        for (int i = 1; i <= prepared && i < n; i++)
            all = told(s, order[i], gid, commit) && all;
        return commit && all ? YH_OK : YH_RETRY;
    }
    for (int i = 1; i < n; i++)
        all = told(s, order[i], gid, true) && all;
    snprintf(home->done, sizeof home->done, "%s", all ? gid : "");
    /* It is decided, but a reader would not see all of it yet: to be asked again, and answered then. */
    return all ? YH_OK : yh_fail(err, YH_RETRY, "交易 %s 有节点还没有得到通知", gid);
}

static enum yh_status batch_commit(void *db, struct yh_err *err)
{
    struct shards *s = db;
    int order[NODES_MAX], n = in_order(s, order);
    enum yh_status st = YH_OK;
    if (s->crossed && n > 1) {
        st = commit_all(s, order, n, err);
    } else {
        for (int i = 0; !st && i < n; i++)
            st = PG.batch_commit(s->node[order[i]].db, err);
    }
    if (st)
        return YH_RETRY;
    for (int i = 0; i < s->n; i++) /* those that were only read */
        if (s->node[i].in_batch && !s->node[i].dirty)
            PG.batch_drop(s->node[i].db);
    forget_batch(s);
    return YH_OK;
}

/* ---- requests ---- */

/* A request that lost, done again: its groups are waited for in their order, before anything else. */
static enum yh_status wait_first(struct shards *s, struct yh_err *err)
{
    bool held = false;
    enum yh_status st = YH_OK;
    for (int i = 0; i < s->n; i++)
        held = held || (s->node[i].in_batch && yh_pg_busy(s->node[i].db));
    for (int i = 0; !st && !held && i < s->n; i++)
        if (s->node[i].in_batch && yh_pg_wants(s->node[i].db) && !(st = at(s, i, err))) {
            yh_pg_careful(s->node[i].db, false);
            st = judged(s, i, yh_pg_wait(s->node[i].db, err));
        }
    return st;
}

static enum yh_status txn_begin(void *db, struct yh_err *err)
{
    struct shards *s = db;
    (void)err;
    s->alone = s->lost = s->hasty = false;
    for (int i = 0; i < s->n; i++)
        s->node[i].in_txn = s->node[i].writes = s->node[i].tells = false;
    return YH_OK;
}

static void txn_drop(void *db)
{
    struct shards *s = db;
    bool lost = false;
    for (int i = 0; i < s->n; i++)
        lost = lost || (s->node[i].in_txn && PG.txn_lost(s->node[i].db));
    for (int i = 0; i < s->n; i++) {
        struct node *n = &s->node[i];
        if (!n->in_txn)
            continue;
        if (lost)
            yh_pg_lose(n->db);
        PG.txn_drop(n->db);
        n->in_txn = n->writes = false;
        if (s->alone && !n->dirty) { /* it may be away: begun afresh, or not at all */
            PG.batch_drop(n->db);
            n->in_batch = false;
        }
    }
    s->lost = lost && !s->alone;
    s->again = s->lost;
}

static enum yh_status txn_keep(void *db, struct yh_err *err)
{
    struct shards *s = db;
    enum yh_status st =
        s->alone ? yh_fail(err, YH_RETRY, "有节点暂不可用，请用同一 msgid 重发") : YH_OK;
    int wrote = 0, told = 0;
    /* First everything that may fail, then what cannot: kept on all nodes or on none. */
    for (int i = 0; !st && i < s->n; i++)
        if (s->node[i].in_txn)
            st = judged(s, i, yh_pg_sure(s->node[i].db, err));
    if (st) {
        txn_drop(s);
        return st;
    }
    for (int i = 0; !st && i < s->n; i++) {
        struct node *n = &s->node[i];
        if (!n->in_txn)
            continue;
        st = PG.txn_keep(n->db, err);
        wrote += n->writes;
        told += n->writes || n->tells;
        n->dirty = n->dirty || n->writes;
        n->in_txn = n->writes = n->tells = false;
    }
    s->crossed = s->crossed || (wrote && told > 1);
    s->again = false;
    return st;
}

static bool txn_lost(void *db)
{
    struct shards *s = db;
    bool lost = s->lost;
    for (int i = 0; i < s->n; i++)
        lost = lost || (s->node[i].in_txn && PG.txn_lost(s->node[i].db));
    return lost;
}

static bool txn_alone(void *db)
{
    return ((struct shards *)db)->alone;
}

static void hasty(void *db)
{
    struct shards *s = db;
    s->hasty = true;
    for (int i = 0; i < s->n; i++)
        if (s->node[i].in_txn)
            PG.hasty(s->node[i].db);
}

/* ---- rows ---- */

/* The request's first step anywhere; later ones cost nothing. */
static enum yh_status ready(struct shards *s, struct yh_err *err)
{
    if (!s->again)
        return YH_OK;
    s->again = false;
    return wait_first(s, err);
}

static enum yh_status at_view(struct shards *s, struct view *v, int k, struct yh_err *err)
{
    if (v->of[k])
        return YH_OK;
    enum yh_status st = awake(s, k, err);
    if (!st)
        st = PG.view_open(s->node[k].db, &v->of[k], err);
    if (st)
        (void)away(&s->node[k], err);
    return st ? YH_IO : YH_OK;
}

/* Where something of every node is read on a view. */
static enum yh_status any_view(struct shards *s, struct view *v, int *k, struct yh_err *err)
{
    enum yh_status st = YH_IO;
    if (v->only >= 0) {
        *k = v->only;
        return at_view(s, v, *k, err);
    }
    for (int i = 0; i < s->n; i++)
        if (v->of[i]) {
            *k = i;
            return YH_OK;
        }
    for (int i = 0; st && i < s->n; i++)
        if (!(st = at_view(s, v, i, err)))
            *k = i;
    return st;
}

static enum yh_status get_at(struct shards *s, struct view *v, int k, struct yh_arena *arena,
                             const struct yh_table *t, void *row, struct yh_err *err)
{
    enum yh_status st = v ? at_view(s, v, k, err) : at(s, k, err);
    if (st)
        return st;
    st = PG.get(s->node[k].db, v ? v->of[k] : NULL, arena, t, row, err);
    return v ? st : judged(s, k, st);
}

static enum yh_status get(void *db, void *view, struct yh_arena *arena,
                          const struct yh_table *t, void *row, struct yh_err *err)
{
    struct shards *s = db;
    struct view *v = view;
    int k = 0;
    enum yh_status st = view ? YH_OK : ready(s, err);
    if (st)
        return st;
    if (v && v->only >= 0)
        return get_at(s, v, v->only, arena, t, row, err);
    switch (yh_shards_place(t)) {
    case YH_PLACE_EVERY:
        st = view ? any_view(s, view, &k, err) : anywhere(s, &k, err);
        return st ? st : get_at(s, view, k, arena, t, row, err);
    case YH_PLACE_GROUP:
    case YH_PLACE_KEY:
        return get_at(s, view, place_of_row(s, t, row, t->nkey), arena, t, row, err);
    case YH_PLACE_OWNER: break;
    }
    /* On one of them; "nowhere" may be said only when all have answered. */
    for (int i = 0; i < s->n; i++)
        if ((st = get_at(s, view, i, arena, t, row, err)) != YH_NOT_FOUND)
            return st;
    return st;
}

typedef enum yh_status row_fn(void *db, const struct yh_table *t, const void *row,
                              struct yh_err *err);

static enum yh_status write_at(struct shards *s, int k, row_fn *fn, const struct yh_table *t,
                               const void *row, struct yh_err *err)
{
    enum yh_status st = at(s, k, err);
    if (st)
        return st;
    st = judged(s, k, fn(s->node[k].db, t, row, err));
    s->node[k].writes = s->node[k].writes || st == YH_OK;
    return st;
}

static enum yh_status on_all(struct shards *s, row_fn *fn, const struct yh_table *t,
                             const void *row, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    for (int i = 0; !st && i < s->n; i++)
        st = write_at(s, i, fn, t, row, err);
    return st;
}

static enum yh_status write_row(struct shards *s, row_fn *fn, const struct yh_table *t,
                                const void *row, struct yh_err *err)
{
    enum yh_status st = ready(s, err);
    if (st)
        return st;
    if (yh_shards_place(t) == YH_PLACE_EVERY)
        return on_all(s, fn, t, row, err);
    return write_at(s, place_of_row(s, t, row, t->ncolumn), fn, t, row, err);
}

static enum yh_status add(void *db, const struct yh_table *t, const void *row,
                          struct yh_err *err)
{
    return write_row(db, PG.add, t, row, err);
}

static enum yh_status put(void *db, const struct yh_table *t, const void *row,
                          struct yh_err *err)
{
    return write_row(db, PG.put, t, row, err);
}

static enum yh_status drop(void *db, const struct yh_table *t, const void *row,
                           struct yh_err *err)
{
    struct shards *s = db;
    if (yh_shards_place(t) != YH_PLACE_OWNER)
        return write_row(s, PG.drop, t, row, err);
    enum yh_status st = ready(s, err);
    if (!st)
        st = YH_NOT_FOUND;
    for (int i = 0; st == YH_NOT_FOUND && i < s->n; i++) /* the key alone does not say where */
        st = write_at(s, i, PG.drop, t, row, err);
    return st;
}

static enum yh_status next(void *db, yh_str scope, yh_str name, int64_t *out,
                           struct yh_err *err)
{
    struct shards *s = db;
    int k = place_of_scope(scope, s->n);
    enum yh_status st = ready(s, err);
    if (!st)
        st = at(s, k, err);
    if (st)
        return st;
    st = judged(s, k, PG.next(s->node[k].db, scope, name, out, err));
    s->node[k].writes = s->node[k].writes || st == YH_OK;
    return st;
}

/* ---- spans ---- */

struct merge {
    struct shards *s;
    const struct yh_table *t;
    const struct yh_span *span;
    struct yh_pg_walk walk[NODES_MAX];
    bool more[NODES_MAX];
    int64_t row[NODES_MAX][2 * YH_COLUMNS_MAX];
};

static int cmp_rows(const struct merge *m, const void *a, const void *b)
{
    const struct yh_index *index =
        m->span->index == YH_BY_KEY ? NULL : &m->s->schema->index[m->span->index];
    int c = 0;
    for (int i = 0; index && !c && i < index->ncolumn; i++)
        c = yh_column_cmp(&m->t->column[index->column[i]], a, b);
    for (int i = 0; !c && i < m->t->nkey; i++)
        c = yh_column_cmp(&m->t->column[i], a, b);
    return m->span->down ? -c : c;
}

static enum yh_status step(struct merge *m, struct view *v, int k, struct yh_err *err)
{
    enum yh_status st = yh_pg_walk_next(&m->walk[k], m->row[k], &m->more[k], err);
    return v ? st : judged(m->s, k, st);
}

static enum yh_status merge_rows(struct merge *m, struct view *v, yh_row_fn *fn, void *ctx,
                                 struct yh_err *err)
{
    enum yh_status st = YH_OK;
    int64_t given = 0;
    for (int k = 0; !st && k < m->s->n; k++)
        st = step(m, v, k, err);
    while (!st && (!m->span->most || given++ < m->span->most)) {
        int first = -1;
        for (int k = 0; k < m->s->n; k++)
            if (m->more[k] && (first < 0 || cmp_rows(m, m->row[k], m->row[first]) < 0))
                first = k;
        if (first < 0 || !fn(ctx, m->row[first]))
            break;
        st = step(m, v, first, err);
    }
    return st;
}

/* Over all nodes, in the span's order. */
static enum yh_status each_merged(struct shards *s, struct view *v, const struct yh_table *t,
                                  const struct yh_span *span, const void *probe, yh_row_fn *fn,
                                  void *ctx, struct yh_err *err)
{
    struct merge *m = yh_heap(NULL, sizeof *m);
    enum yh_status st = YH_OK;
    int open = 0;
    m->s = s;
    m->t = t;
    m->span = span;
    for (int k = 0; !st && k < s->n; k++) {
        st = v ? at_view(s, v, k, err) : at(s, k, err);
        if (!st) {
            st = yh_pg_walk_open(s->node[k].db, v ? v->of[k] : NULL, t, span, probe,
                                 &m->walk[k], err);
            open++;
        }
    }
    if (!st)
        st = merge_rows(m, v, fn, ctx, err);
    for (int k = 0; k < open; k++)
        yh_pg_walk_close(&m->walk[k]);
    yh_heap(m, 0);
    return st;
}

static enum yh_status each(void *db, void *view, const struct yh_table *t,
                           const struct yh_span *span, const void *probe, yh_row_fn *fn,
                           void *ctx, struct yh_err *err)
{
    struct shards *s = db;
    struct view *v = view;
    int k = -1;
    enum yh_status st = v ? YH_OK : ready(s, err);
    if (st)
        return st;
    if (v && v->only >= 0)
        k = v->only;
    else if (yh_shards_place(t) == YH_PLACE_EVERY)
        st = v ? any_view(s, v, &k, err) : anywhere(s, &k, err);
    else
        k = place_of_span(s, t, span, probe);
    if (st)
        return st;
    if (k < 0)
        return each_merged(s, v, t, span, probe, fn, ctx, err);
    st = v ? at_view(s, v, k, err) : at(s, k, err);
    if (st)
        return st;
    st = PG.each(s->node[k].db, v ? v->of[k] : NULL, t, span, probe, fn, ctx, err);
    return v ? st : judged(s, k, st);
}

/* What lies on every node counts once. */
static enum yh_status count(void *db, void *view, const struct yh_table *t, int64_t *out,
                            struct yh_err *err)
{
    struct shards *s = db;
    struct view *v = view;
    int from = 0, to = s->n - 1;
    enum yh_status st = YH_OK;
    if (v->only >= 0)
        from = to = v->only;
    else if (yh_shards_place(t) == YH_PLACE_EVERY) {
        st = any_view(s, v, &from, err);
        to = from;
    }
    *out = 0;
    for (int k = from; !st && k <= to; k++) {
        int64_t n = 0;
        st = at_view(s, v, k, err);
        if (!st)
            st = PG.count(s->node[k].db, v->of[k], t, &n, err);
        *out += n;
    }
    return st;
}

/* ---- filling: adds, so that all nodes keep it or none ---- */

static enum yh_status fill_begin(void *db, const struct yh_table *t, struct yh_err *err)
{
    struct shards *s = db;
    (void)t;
    enum yh_status st = txn_begin(s, err);
    s->hasty = true;
    s->fills = 0;
    return st;
}

static enum yh_status fill(void *db, const struct yh_table *t, const void *row,
                           struct yh_err *err)
{
    struct shards *s = db;
    enum yh_status st = add(s, t, row, err);
    /* What is sent ahead must not outgrow the sockets' room. */
    for (int i = 0; !st && s->fills % 128 == 127 && i < s->n; i++)
        if (s->node[i].in_txn)
            st = judged(s, i, yh_pg_sure(s->node[i].db, err));
    s->fills++;
    return st;
}

static enum yh_status fill_end(void *db, struct yh_err *err)
{
    enum yh_status st = txn_keep(db, err);
    return st && txn_lost(db) ? yh_fail(err, YH_CONFLICT, "已有同一键的一行") : st;
}

static enum yh_status filled(void *db, struct yh_err *err)
{
    struct shards *s = db;
    enum yh_status st = YH_OK;
    for (int k = 0; !st && k < s->n; k++) {
        st = awake(s, k, err);
        if (!st)
            st = PG.filled(s->node[k].db, err);
    }
    return st;
}

/* ---- views, SQL, the rest ---- */

static enum yh_status view_open(void *db, void **view, struct yh_err *err)
{
    (void)db, (void)err; /* a node's snapshot is taken when it is first read */
    struct view *v = yh_heap(NULL, sizeof *v);
    *v = (struct view){ .only = -1 };
    *view = v;
    return YH_OK;
}

static int parts(const void *db)
{
    return ((const struct shards *)db)->n;
}

static void view_part(void *db, void *view, int part)
{
    (void)db;
    ((struct view *)view)->only = part;
}

/* A hint, for views: the writer's reads of several nodes keep their own order. */
static void ahead(void *db, void *view, const struct yh_table *t, const struct yh_span *span,
                  const void *probe)
{
    struct shards *s = db;
    struct view *v = view;
    struct yh_span key = { .index = YH_BY_KEY, .same = t->nkey };
    if (!v || yh_shards_place(t) == YH_PLACE_EVERY)
        return;
    int k = v->only >= 0 ? v->only : place_of_span(s, t, span ? span : &key, probe);
    if (k >= 0 && v->of[k])
        PG.ahead(s->node[k].db, v->of[k], t, span, probe);
}

static void view_close(void *db, void *view)
{
    struct shards *s = db;
    struct view *v = view;
    for (int i = 0; i < s->n; i++)
        if (v->of[i])
            PG.view_close(s->node[i].db, v->of[i]);
    yh_heap(v, 0);
}

/* On one node, which sees the others' tables through schema "nodes". */
static enum yh_status sql(void *db, void *view, yh_str text, int64_t most, struct yh_buf *out,
                          struct yh_err *err)
{
    struct shards *s = db;
    struct view *v = view;
    int k = 0;
    int64_t there = 0;
    enum yh_status st = any_view(s, v, &k, err);
    if (!st)
        st = yh_link_run(v->of[k],
                         "SELECT count(*)::bigint FROM pg_catalog.pg_namespace WHERE nspname = "
                         "'nodes'",
                         0, &there, err);
    if (!st && !there)
        return yh_fail(
            err, YH_DENIED,
            "节点上还没有各节点合在一起的表：请先运行 yiheng sql --nodes 节点表 | psql");
    if (!st)
        st = yh_link_run(v->of[k], "SET LOCAL search_path = nodes, public", 0, NULL, err);
    if (!st)
        st = PG.sql(s->node[k].db, v->of[k], text, most, out, err);
    PG.view_close(s->node[k].db, v->of[k]); /* and with it the setting */
    v->of[k] = NULL;
    return st;
}

static enum yh_status checkpoint(void *db, struct yh_err *err)
{
    struct shards *s = db;
    enum yh_status st = YH_OK;
    if (s->rounds++ % RECOVER_EVERY)
        return YH_OK;
    pthread_mutex_lock(&s->mutex);
    for (int i = 0; i < s->n; i++) {
        struct yh_err one;
        if (s->node[i].db && recover_node(s, i, STALE_S, &one))
            st = yh_fail(err, YH_RETRY, "节点 %s：%.160s", s->node[i].name, one.text);
    }
    pthread_mutex_unlock(&s->mutex);
    return st;
}

static int64_t reopens(void *db)
{
    struct shards *s = db;
    int64_t sum = 0;
    for (int i = 0; i < s->n; i++)
        sum += s->node[i].db ? PG.reopens(s->node[i].db) : 0;
    return sum;
}

static void close_shards(void *db)
{
    struct shards *s = db;
    for (int i = 0; i < s->n; i++) {
        if (s->node[i].db)
            PG.close(s->node[i].db);
        yh_heap(s->node[i].url, 0);
    }
    pthread_mutex_destroy(&s->mutex);
    yh_heap(s, 0);
}

const struct yh_backend yh_shards_backend = {
    .batch_begin = batch_begin,
    .batch_commit = batch_commit,
    .batch_drop = batch_drop,
    .txn_begin = txn_begin,
    .txn_keep = txn_keep,
    .txn_drop = txn_drop,
    .txn_lost = txn_lost,
    .txn_alone = txn_alone,
    .hasty = hasty,
    .view_open = view_open,
    .view_close = view_close,
    .parts = parts,
    .view_part = view_part,
    .get = get,
    .ahead = ahead,
    .add = add,
    .put = put,
    .drop = drop,
    .next = next,
    .each = each,
    .sql = sql,
    .count = count,
    .fill_begin = fill_begin,
    .fill = fill,
    .fill_end = fill_end,
    .filled = filled,
    .checkpoint = checkpoint,
    .reopens = reopens,
    .close = close_shards,
};

static struct shards *make(const struct yh_schema *schema, const struct yh_store_options *opt,
                           const struct yh_shards_list *list)
{
    struct shards *s = yh_heap(NULL, sizeof *s);
    struct shards first = { .schema = schema, .opt = *opt, .n = list->n };
    memcpy(s, &first, sizeof first);
    pthread_mutex_init(&s->mutex, NULL);
    for (int i = 0; i < list->n; i++) {
        struct node *n = &s->node[i];
        n->url = yh_heap(NULL, (size_t)list->url[i].n + 1);
        memcpy(n->url, list->url[i].p, (size_t)list->url[i].n);
        n->url[list->url[i].n] = 0;
        snprintf(n->name, sizeof n->name, "%.*s", YH_ARG(list->name[i]));
    }
    return s;
}

enum yh_status yh_shards_open(const struct yh_schema *schema, yh_str file,
                              const struct yh_store_options *opt, void **db, struct yh_err *err)
{
    struct yh_arena a;
    struct yh_shards_list list;
    enum yh_status st = yh_arena_open(&a, (size_t)1 << 20, err);
    if (st)
        return st;
    st = yh_shards_read(file, &a, &list, err);
    struct shards *s = st ? NULL : make(schema, opt, &list);
    yh_arena_close(&a);
    if (st)
        return st;
    /* A node that does not answer is taken in when it does: the others' groups go on. */
    int answered = 0;
    for (int i = 0; i < s->n; i++) {
        struct yh_err one = { 0 };
        enum yh_status bad = open_node(s, i, &one);
        answered += !bad;
        if (bad && (!st || (st == YH_IO && bad != YH_IO))) {
            st = bad;
            yh_fail(err, bad, "节点 %s：%.200s", s->node[i].name, one.text);
        }
    }
    if (answered && st == YH_IO)
        st = YH_OK;
    for (int i = 0; !st && !opt->read_only && i < s->n; i++)
        if (s->node[i].db)
            (void)recover_node(s, i, STALE_S, NULL);
    if (st) {
        close_shards(s);
        return st;
    }
    *db = s;
    return YH_OK;
}
