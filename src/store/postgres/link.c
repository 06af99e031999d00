#include "store/postgres/link.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#define SCRATCH_BYTES ((size_t)4 << 20) /* SQL texts */
#define INT8_OID 20
#define TEXT_OID 25
#define BYTEA_OID 17
#define VERBS (YH_TABLE_N * YH_PG_VERB_N)

/* Statements without parameters that each request or batch says again: prepared like the others. */
static const char *const OFTEN[] = {
    "BEGIN",    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "COMMIT",   "SAVEPOINT request",
    "ROLLBACK", "RELEASE request",
};
#define SPANS (VERBS + YH_COUNT(OFTEN)) /* the number of the first span */

/* synchronous_commit is the server's to strengthen (replicas), never to weaken.
 * lock_timeout         a group's queue never holds a call longer than its hospital waits
 * idle_in_transaction  a process that died on the far side of the network frees its groups
 * plan_cache_mode      a keyed statement has one good plan; planning it again costs more than it
 * enable_seqscan       the writer's statements are all by key or index, also while a table is so
 *                      young that the planner would rather read it whole */
static const char SETTINGS[] = "SET lock_timeout = '10s'; SET statement_timeout = '60s'; "
                               "SET idle_in_transaction_session_timeout = '60s'; SET "
                               "plan_cache_mode = force_generic_plan; "
                               "SET standard_conforming_strings = on; SET bytea_output = hex;"
                               "SELECT CASE WHEN current_setting('synchronous_commit') = 'off' "
                               "THEN set_config('synchronous_commit', 'on', false) END";
static const char WRITER[] = "SET enable_seqscan = off";
static const char VIEW[] = /* holds no group; a report may wait for another node's */
    "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;"
    /* What reads a table through is simple: compiling it costs more.  Where there is such a thing. */
    "SELECT set_config(name, 'off', false) FROM pg_catalog.pg_settings WHERE name = 'jit'";

/* ---- trouble ---- */

static enum yh_status kind_of(const struct yh_link *c, const char *state,
                              enum yh_link_want want, bool *lost)
{
    *lost = false;
    if (!state)
        return c->view ? YH_IO : YH_RETRY;
    if (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0 ||
        (strcmp(state, "55P03") == 0 && want == YH_LINK_SNATCH)) {
        *lost = true;
        return YH_RETRY;
    }
    if (strcmp(state, "23505") == 0 || strcmp(state, "23514") == 0)
        return YH_CONFLICT;
    if (strcmp(state, "54000") == 0)
        return YH_LIMIT;
    return c->view ? YH_IO : YH_RETRY;
}

/* Keeps the first trouble; r NULL: the connection itself. */
static void blame(struct yh_link *c, const PGresult *r, enum yh_link_want want)
{
    if (c->bad)
        return;
    const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    const char *text = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    c->bad = kind_of(c, state, want, &c->lost);
    snprintf(c->state, sizeof c->state, "%s", state ? state : "");
    const char *what = state && strncmp(state, "53100", 5) == 0 ? "磁盘空间不足"
                       : c->silent                              ? "数据库没有答复"
                       : yh_link_broken(c)                      ? "与数据库的连接断开"
                                                                : "数据库出错";
    char waited[40];
    snprintf(waited, sizeof waited, "等了 %d 秒", c->silence_ms / 1000);
    yh_str said = yh_trim(yh_cstr(text ? text : c->silent ? waited : PQerrorMessage(c->pg)));
    yh_fail(&c->why, c->bad, "%s：%.*s（%s）", what, YH_ARG(said), state ? state : "连接");
}

static enum yh_status told(const struct yh_link *c, struct yh_err *err)
{
    if (c->bad && err)
        *err = c->why;
    return c->bad;
}

bool yh_link_broken(const struct yh_link *c)
{
    return c->silent || PQstatus(c->pg) != CONNECTION_OK;
}

/* ---- open ---- */

static void hush(void *ctx, const char *text)
{
    (void)ctx, (void)text;
}

static enum yh_status failed(PGconn *pg, const char *what, struct yh_err *err)
{
    yh_str said = yh_trim(yh_cstr(PQerrorMessage(pg)));
    return yh_fail(err, YH_IO, "%s：%.*s", what, YH_ARG(said));
}

static PGconn *dial(const char *url)
{
    /* The URL comes last: what it says itself stands.  A lost host is noticed in 15 seconds. */
    static const char *const KEY[] = {
        "connect_timeout",  "keepalives_idle",  "keepalives_interval",
        "keepalives_count", "tcp_user_timeout", "application_name",
        "client_encoding",  "dbname",           NULL
    };
    const char *const value[] = { "3", "5", "5", "2", "15000", "yiheng", "UTF8", url, NULL };
    return PQconnectdbParams(KEY, value, 1);
}

static enum yh_status prepare_session(struct yh_link *c, struct yh_err *err)
{
    const char *encoding = PQparameterStatus(c->pg, "server_encoding");
    if (!encoding || strcmp(encoding, "UTF8") != 0)
        return yh_fail(err, YH_BAD_INPUT, "数据库 %s 的编码是 %s，请用 ENCODING 'UTF8' 建库",
                       PQdb(c->pg), encoding ? encoding : "?");
    const char *sets[] = { SETTINGS, c->view ? VIEW : WRITER };
    for (int i = 0; i < YH_COUNT(sets); i++) {
        PGresult *r = PQexec(c->pg, sets[i]);
        ExecStatusType st = PQresultStatus(r);
        PQclear(r);
        if (st != PGRES_COMMAND_OK && st != PGRES_TUPLES_OK)
            return failed(c->pg, "数据库不接受会话设置", err);
    }
    return PQenterPipelineMode(c->pg) ? YH_OK : failed(c->pg, "数据库不接受流水线", err);
}

enum yh_status yh_link_open(const char *url, bool view, struct yh_link **out,
                            struct yh_err *err)
{
    struct yh_link *c = yh_heap(NULL, sizeof *c);
    *c = (struct yh_link){ .view = view };
    enum yh_status st = yh_arena_open(&c->scratch, SCRATCH_BYTES, err);
    if (!st) {
        c->pg = dial(url);
        st = c->pg && PQstatus(c->pg) == CONNECTION_OK ? prepare_session(c, err)
                                                       : failed(c->pg, "连不上数据库", err);
    }
    if (st) {
        yh_link_close(c);
        return st;
    }
    PQsetNoticeProcessor(c->pg, hush, NULL);
    c->nmade = SPANS + 64;
    c->made = yh_heap(NULL, (size_t)c->nmade);
    memset(c->made, 0, (size_t)c->nmade);
    *out = c;
    return YH_OK;
}

void yh_link_close(struct yh_link *c)
{
    if (!c)
        return;
    while (c->nkept)
        yh_link_drop(c);
    for (int i = 0; c->ahead && i < YH_TABLE_N; i++)
        PQclear(c->ahead[i].row);
    if (c->ahead)
        yh_heap(c->ahead, 0);
    yh_link_forget(c);
    PQclear(c->result);
    PQfinish(c->pg);
    yh_arena_close(&c->scratch);
    if (c->made)
        yh_heap(c->made, 0);
    if (c->span)
        yh_heap(c->span, 0);
    if (c->flight)
        yh_heap(c->flight, 0);
    if (c->kept)
        yh_heap(c->kept, 0);
    yh_heap(c, 0);
}

/* ---- values ---- */

static uint64_t swapped(uint64_t v)
{
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap64(v) : v;
}

static void value(struct yh_link_values *v, const char *p, ptrdiff_t n, Oid type)
{
    yh_assert(v->n < YH_LINK_PARAMS_MAX);
    v->value[v->n] = p;
    v->length[v->n] = (int)n;
    v->type[v->n++] = type;
}

void yh_link_i64(struct yh_link_values *v, int64_t n)
{
    v->number[v->n] = swapped((uint64_t)n);
    value(v, (const char *)&v->number[v->n], 8, INT8_OID);
}

void yh_link_text(struct yh_link_values *v, yh_str s)
{
    value(v, s.n ? s.p : "", s.n, TEXT_OID);
}

enum yh_status yh_link_column(struct yh_link_values *v, const struct yh_column *c,
                              const void *row, struct yh_err *err)
{
    if (c->type == YH_COLUMN_I64) {
        yh_link_i64(v, yh_row_i64(row, c));
        return YH_OK;
    }
    yh_str s = yh_row_str(row, c);
    if (s.n > (1 << 30))
        return yh_fail_field(err, YH_LIMIT, c->name, NULL, "%s 太大：%lld 字节", c->name,
                             (long long)s.n);
    if (c->type == YH_COLUMN_TEXT && s.n && (memchr(s.p, 0, (size_t)s.n) || !yh_utf8_ok(s)))
        return yh_fail_field(err, YH_BAD_INPUT, c->name, NULL,
                             "%s 含有不能保存的字符（零字节或不是 UTF-8）", c->name);
    value(v, s.n ? s.p : "", s.n, c->type == YH_COLUMN_BLOB ? BYTEA_OID : TEXT_OID);
    return YH_OK;
}

/* ---- sending ---- */

static void under_way(struct yh_link *c, struct yh_link_flight f)
{
    if (c->nflight == c->flight_cap) {
        c->flight_cap = c->flight_cap ? 2 * c->flight_cap : 64;
        c->flight = yh_heap(c->flight, (size_t)c->flight_cap * sizeof *c->flight);
    }
    c->flight[c->nflight++] = f;
    c->unsure += f.want == YH_LINK_FIRM;
}

static const int BINARY[YH_LINK_PARAMS_MAX] = {
#define EIGHT 1, 1, 1, 1, 1, 1, 1, 1
    EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT
};
_Static_assert(YH_LINK_PARAMS_MAX == 88 && YH_COLUMNS_MAX < 88, "all parameters are binary");

bool yh_link_prepared(const struct yh_link *c, int number)
{
    return number < c->nmade && c->made[number];
}

int yh_link_span_number(struct yh_link *c, int table, int shape, bool *known)
{
    int i = 0;
    while (i < c->nspan && (c->span[i].table != table || c->span[i].shape != shape))
        i++;
    if (i == c->nspan) {
        if (c->nspan == c->span_cap) {
            c->span_cap = c->span_cap ? 2 * c->span_cap : 32;
            c->span = yh_heap(c->span, (size_t)c->span_cap * sizeof *c->span);
        }
        c->span[c->nspan].table = table;
        c->span[c->nspan++].shape = shape;
    }
    *known = yh_link_prepared(c, SPANS + i);
    return SPANS + i;
}

static void prepare(struct yh_link *c, int number, const char *name, const char *sql,
                    const struct yh_link_values *v)
{
    if (!PQsendPrepare(c->pg, name, sql, v->n, v->type)) {
        blame(c, NULL, YH_LINK_ANY);
        return;
    }
    while (number >= c->nmade) {
        c->made = yh_heap(c->made, (size_t)c->nmade * 2);
        memset(c->made + c->nmade, 0, (size_t)c->nmade);
        c->nmade *= 2;
    }
    c->made[number] = 1;
    under_way(c, (struct yh_link_flight){ .prepare = number });
}

static void send_now(struct yh_link *c, int number, const char *sql,
                     const struct yh_link_values *v, struct yh_link_flight f)
{
    static const struct yh_link_values none;
    char name[16];
    v = v ? v : &none;
    if (c->bad)
        return;
    snprintf(name, sizeof name, "s%d", number);
    if (number >= 0 && !yh_link_prepared(c, number))
        prepare(c, number, name, sql, v);
    if (c->bad)
        return;
    int ok = number >= 0
                 ? PQsendQueryPrepared(c->pg, name, v->n, v->value, v->length, BINARY, 1)
                 : PQsendQueryParams(c->pg, sql, v->n, v->type, v->value, v->length, BINARY, 1);
    if (!ok)
        blame(c, NULL, YH_LINK_ANY);
    else
        under_way(c, f);
}

/* ---- rows that go out together ---- */

static void send_rows(struct yh_link *c)
{
    struct yh_link_rows *g = &c->rows;
    if (!g->n)
        return;
    int number = (int)g->table->id * YH_PG_VERB_N + (int)g->verb;
    bool known = yh_link_prepared(c, number);
    if (g->n > 1)
        number = yh_link_span_number(c, (int)g->table->id,
                                     (1 << 20) | ((int)g->verb << 8) | g->n, &known);
    const char *sql =
        known ? NULL : yh_zdup(&c->scratch, yh_pg_rows(&c->scratch, g->table, g->verb, g->n));
    g->n = 0;
    send_now(c, number, sql, &g->v, (struct yh_link_flight){ .prepare = -1 });
}

static bool same_value(const struct yh_link_values *a, int i, const struct yh_link_values *b,
                       int k)
{
    return a->length[i] == b->length[k] &&
           memcmp(a->value[i], b->value[k], (size_t)a->length[i]) == 0;
}

/* Of the same group as the last row, and another key than all: a statement touches one partition, and
 * a row once. */
static bool belongs(const struct yh_link_rows *g, const struct yh_link_values *v)
{
    const struct yh_table *t = g->table;
    int region, grp, same = 0;
    bool grouped = yh_pg_grouped(t, &region, &grp);
    if (grouped && !(same_value(v, region, &g->v, g->v.n - t->ncolumn + region) &&
                     same_value(v, grp, &g->v, g->v.n - t->ncolumn + grp)))
        return false;
    for (int row = 0; row < g->n; row++, same = 0) {
        while (same < t->nkey && same_value(v, same, &g->v, row * t->ncolumn + same))
            same++;
        if (same == t->nkey)
            return false;
    }
    return true;
}

void yh_link_row(struct yh_link *c, const struct yh_table *t, enum yh_pg_verb verb,
                 const struct yh_link_values *v)
{
    struct yh_link_rows *g = &c->rows;
    int bytes = 0;
    for (int i = 0; i < v->n; i++)
        bytes += v->length[i];
    if (g->n &&
        (g->table->id != t->id || g->verb != verb || g->v.n + v->n > YH_LINK_PARAMS_MAX ||
         g->used + bytes > (int)sizeof g->text || !belongs(g, v)))
        send_rows(c);
    if (bytes > (int)sizeof g->text || 2 * v->n > YH_LINK_PARAMS_MAX) {
        int number = (int)t->id * YH_PG_VERB_N + (int)verb;
        const char *sql = yh_link_prepared(c, number)
                              ? NULL
                              : yh_zdup(&c->scratch, yh_pg_verb(&c->scratch, t, verb));
        send_now(c, number, sql, v, (struct yh_link_flight){ .prepare = -1 });
        return;
    }
    if (!g->n) {
        g->table = t;
        g->verb = verb;
        g->v.n = g->used = 0;
    }
    for (int i = 0; i < v->n; i++) {
        memcpy(g->text + g->used, v->value[i], (size_t)v->length[i]);
        value(&g->v, g->text + g->used, v->length[i], v->type[i]);
        g->used += v->length[i];
    }
    g->n++;
}

void yh_link_send(struct yh_link *c, int number, const char *sql,
                  const struct yh_link_values *v, struct yh_link_flight f)
{
    send_rows(c);
    send_now(c, number, sql, v, f);
}

void yh_link_say(struct yh_link *c, const char *sql, enum yh_link_want want)
{
    int number = -1;
    for (int i = 0; i < YH_COUNT(OFTEN); i++)
        if (strcmp(sql, OFTEN[i]) == 0)
            number = VERBS + i;
    yh_link_send(c, number, sql, NULL, (struct yh_link_flight){ .want = want, .prepare = -1 });
}

void yh_link_ask(struct yh_link *c, const char *sql)
{
    send_rows(c);
    if (c->bad)
        return;
    if (!PQsendQueryParams(c->pg, sql, 0, NULL, NULL, NULL, NULL, 0))
        blame(c, NULL, YH_LINK_ANY);
    else
        under_way(c, (struct yh_link_flight){ .prepare = -1 });
}

/* ---- rows ---- */

int64_t yh_link_get_i64(const PGresult *r, int row, int column)
{
    uint64_t v;
    yh_assert(PQgetlength(r, row, column) == 8);
    memcpy(&v, PQgetvalue(r, row, column), 8);
    return (int64_t)swapped(v);
}

yh_str yh_link_get_text(const PGresult *r, int row, int column)
{
    return (yh_str){ PQgetvalue(r, row, column), PQgetlength(r, row, column) };
}

void yh_link_get_row(const PGresult *r, int at, const struct yh_table *t, int from, void *row)
{
    for (int i = from; i < t->ncolumn; i++) {
        const struct yh_column *c = &t->column[i];
        if (c->type == YH_COLUMN_I64)
            yh_row_set_i64(row, c, yh_link_get_i64(r, at, i - from));
        else
            yh_row_set_str(row, c, yh_link_get_text(r, at, i - from));
    }
}

/* ---- answers ---- */

/* One statement's answer; the next is never looked at before this one is whole. */
static void judge(struct yh_link *c, const PGresult *r, const struct yh_link_flight *f)
{
    ExecStatusType st = PQresultStatus(r);
    if (st == PGRES_PIPELINE_ABORTED || (st != PGRES_COMMAND_OK && st != PGRES_TUPLES_OK)) {
        if (f->prepare >= 0)
            c->made[f->prepare] = 0;
        if (st != PGRES_PIPELINE_ABORTED)
            blame(c, r, f->want);
        else if (!c->bad)
            blame(c, NULL, f->want);
        return;
    }
    if (f->want == YH_LINK_FIRM && strtol(PQcmdTuples((PGresult *)r), NULL, 10) != f->rows &&
        !c->bad) {
        c->bad = YH_RETRY;
        c->lost = true;
        yh_fail(&c->why, YH_RETRY, "另一笔交易先写了同一键的一行");
    }
    if (f->into)
        *f->into = PQntuples(r) ? yh_link_get_i64(r, 0, 0) : -1;
    if (f->want == YH_LINK_COMMIT && strcmp(PQcmdStatus((PGresult *)r), "COMMIT") != 0)
        blame(c, NULL, YH_LINK_ANY);
}

/* A server that hangs keeps its connections: who waited for it would keep all others waiting too. */
static PGresult *answer(struct yh_link *c)
{
    struct pollfd p = { .fd = PQsocket(c->pg), .events = POLLIN };
    while (c->silence_ms && !c->silent && PQisBusy(c->pg)) {
        int n = poll(&p, 1, c->silence_ms);
        if (n == 0)
            c->silent = true;
        else if (n > 0 && !PQconsumeInput(c->pg))
            break; /* PQgetResult says why */
    }
    return c->silent ? NULL : PQgetResult(c->pg);
}

enum yh_status yh_link_pull(struct yh_link *c, struct yh_err *err)
{
    send_rows(c);
    PQclear(c->result);
    c->result = NULL;
    bool synced = c->synced || PQpipelineSync(c->pg);
    c->synced = false;
    if (!synced)
        blame(c, NULL, YH_LINK_ANY);
    for (int i = 0; synced && i < c->nflight; i++) {
        PGresult *r = answer(c), *more;
        if (!r) {
            blame(c, NULL, YH_LINK_ANY);
            break;
        }
        judge(c, r, &c->flight[i]);
        PQclear(c->result);
        c->result = r;
        if (c->flight[i].slot && !c->bad) {
            c->slot[c->flight[i].slot - 1].row = r;
            c->result = NULL;
        }
        while ((more = answer(c))) /* ends with NULL */
            PQclear(more);
    }
    c->nflight = c->unsure = 0;
    if (synced && !yh_link_broken(c)) {
        PGresult *end = answer(c); /* of the sync */
        if (PQresultStatus(end) != PGRES_PIPELINE_SYNC)
            blame(c, end, YH_LINK_ANY);
        PQclear(end);
    }
    if (yh_link_broken(c))
        blame(c, NULL, YH_LINK_ANY);
    return told(c, err);
}

PGresult *yh_link_keep(struct yh_link *c)
{
    if (c->nkept == c->kept_cap) {
        c->kept_cap = c->kept_cap ? 2 * c->kept_cap : 16;
        c->kept = yh_heap(c->kept, (size_t)c->kept_cap * sizeof(PGresult *));
    }
    PGresult *r = c->result;
    c->kept[c->nkept++] = r;
    c->result = NULL;
    return r;
}

void yh_link_drop(struct yh_link *c)
{
    PQclear(c->kept[--c->nkept]);
}

void yh_link_forget(struct yh_link *c)
{
    for (int i = 0; i < c->nslot; i++)
        PQclear(c->slot[i].row);
    memset(c->slot, 0, sizeof c->slot);
    c->nslot = 0;
    c->slots_of = 0;
    for (int i = 0; i < c->nflight; i++) /* what is still under way is not wanted */
        c->flight[i].slot = 0;
}

/* Cursors end with their transaction. */
static void forget_ahead(struct yh_link *c)
{
    for (int i = 0; c->ahead && i < YH_TABLE_N; i++)
        PQclear(c->ahead[i].row);
    if (c->ahead)
        memset(c->ahead, 0, YH_TABLE_N * sizeof *c->ahead);
}

bool yh_link_rollback(struct yh_link *c, bool to_savepoint)
{
    c->rows.n = 0;
    while (c->nkept)
        yh_link_drop(c);
    forget_ahead(c);
    if (yh_link_broken(c))
        return false;
    if (c->nflight && yh_link_pull(c, NULL) && yh_link_broken(c))
        return false;
    yh_link_forget(c);
    c->bad = YH_OK;
    c->lost = false;
    if (!c->begun)
        return true;
    yh_link_say(c, to_savepoint ? "ROLLBACK TO request" : "ROLLBACK", YH_LINK_ANY);
    if (to_savepoint)
        yh_link_say(c, "RELEASE request", YH_LINK_ANY);
    if (yh_link_pull(c, NULL))
        return false;
    c->begun = to_savepoint;
    return true;
}

void yh_link_rollback_soon(struct yh_link *c)
{
    yh_link_say(c, "ROLLBACK", YH_LINK_ANY);
    c->begun = false;
    forget_ahead(c);
    yh_link_forget(c);
    if (c->bad)
        return;
    if (PQpipelineSync(c->pg) && PQflush(c->pg) == 0)
        c->synced = true;
    else
        blame(c, NULL, YH_LINK_ANY);
}

/* Nothing is awaited, so what comes is a farewell. */
bool yh_link_dead(const struct yh_link *c)
{
    struct pollfd p = { .fd = PQsocket(c->pg), .events = POLLIN };
    return yh_link_broken(c) || poll(&p, 1, 0) != 0;
}

enum yh_status yh_link_run(struct yh_link *c, const char *sql, int64_t absent, int64_t *out,
                           struct yh_err *err)
{
    yh_link_say(c, sql, YH_LINK_ANY);
    enum yh_status st = yh_link_pull(c, err);
    if (st || !out)
        return st;
    bool none = !PQntuples(c->result) || PQgetisnull(c->result, 0, 0);
    *out = none ? absent : yh_link_get_i64(c->result, 0, 0);
    return YH_OK;
}
