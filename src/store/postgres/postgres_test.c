/* What only a server shared by several processes must do.  Two open stores stand for two processes.
 * Runs where YH_TEST_POSTGRES names a database that may be emptied (tests/postgres.sh). */
#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/test.h"
#include "store/store.h"

static const struct yh_group G17 = { YH_S_INIT("990101"), 17 },
                             G18 = { YH_S_INIT("990101"), 18 }, NOBODY = { YH_S_INIT(""), 0 };

struct pair {
    const char *url;
    struct yh_store *a, *b;
    struct yh_txn x, y;
    struct yh_err err;
};

/* SQL of an administrator's, beside the store; answers its first value. */
static yh_str admin(const char *url, const char *sql)
{
    PGconn *pg = PQconnectdb(url);
    PGresult *r = PQexec(pg, sql);
    ExecStatusType st = PQresultStatus(r);
    yh_str out = YH_S("failed");
    if (st == PGRES_TUPLES_OK || st == PGRES_COMMAND_OK)
        out = yh_dup(yh_test_arena(), yh_cstr(PQntuples(r) ? PQgetvalue(r, 0, 0) : ""));
    PQclear(r);
    PQfinish(pg);
    return out;
}

static struct yh_store *open_store(const char *url)
{
    struct yh_store *s = NULL;
    struct yh_err err;
    struct yh_store_options opt = { .region = YH_S("990101"), .now = 1774000000 };
    CHECK_OK(yh_store_open(yh_cstr(url), &opt, &s, &err), &err);
    return s;
}

static bool start(struct pair *p)
{
    *p = (struct pair){ .url = getenv("YH_TEST_POSTGRES") };
    if (!p->url)
        return false;
    CHECK_STR(admin(p->url, "SET client_min_messages = error; DROP SCHEMA public CASCADE; "
                            "CREATE SCHEMA public"),
              YH_S(""), "emptied");
    p->a = open_store(p->url);
    p->b = open_store(p->url);
    return true;
}

static void end(struct pair *p)
{
    yh_store_close(p->a);
    yh_store_close(p->b);
}

static void begin(struct pair *p, struct yh_store *s, struct yh_txn *x, struct yh_group g)
{
    CHECK_OK(yh_store_batch_begin(s, &p->err), &p->err);
    CHECK_OK(yh_txn_begin(s, g, yh_test_arena(), x, &p->err), &p->err);
}

static void commit(struct pair *p, struct yh_txn *x)
{
    CHECK_OK(yh_txn_keep(x, &p->err), &p->err);
    CHECK_OK(yh_store_batch_commit(x->store, &p->err), &p->err);
}

/* What the other process does meanwhile, on a thread of its own: it waits for us. */
struct other {
    pthread_t thread;
    struct pair *p;
    struct yh_group g;
    int64_t got;
    enum yh_status st;
    struct yh_arena arena;
};

static void *next_in_group(void *arg)
{
    struct other *o = arg;
    struct yh_txn y;
    struct yh_err err;
    o->st = yh_store_batch_begin(o->p->b, &err);
    o->st = o->st ? o->st : yh_txn_begin(o->p->b, o->g, &o->arena, &y, &err);
    o->st = o->st     ? o->st
            : o->g.id ? yh_txn_next_seq(&y, &o->got, &err)
                      : yh_txn_next(&y, YH_S("H1 20260318"), YH_S("sign"), &o->got, &err);
    o->st = o->st ? o->st : yh_txn_keep(&y, &err);
    o->st = o->st ? o->st : yh_store_batch_commit(o->p->b, &err);
    return NULL;
}

/* A number taken here and there at the same moment: the second waits, and is the next. */
static void waits_for_us(struct pair *p, struct yh_group g)
{
    struct other o = { .p = p, .g = g };
    int64_t mine = 0;
    CHECK_OK(yh_arena_open(&o.arena, 1 << 20, NULL), NULL);
    for (int64_t round = 0; round < 3; round++) {
        begin(p, p->a, &p->x, g);
        if (g.id)
            CHECK_OK(yh_txn_next_seq(&p->x, &mine, &p->err), &p->err);
        else
            CHECK_OK(yh_txn_next(&p->x, YH_S("H1 20260318"), YH_S("sign"), &mine, &p->err),
                     &p->err);
        CHECK(pthread_create(&o.thread, NULL, next_in_group, &o) == 0);
        usleep(50000);
        commit(p, &p->x);
        pthread_join(o.thread, NULL);
        CHECK_I64(o.st, YH_OK, "the other comes through");
        CHECK_I64(mine, 2 * round + 1, "ours");
        CHECK_I64(o.got, 2 * round + 2, "the other's is the next");
    }
    yh_arena_close(&o.arena);
}

TEST(postgres_a_group_is_one_process_s_at_a_time)
{
    struct pair p;
    if (!start(&p))
        return;
    /* What a group is locked by; it is made with its first person. */
    struct yh_account_group_row g = { G17.region, 17, 0 };
    begin(&p, p.a, &p.x, G17);
    CHECK_OK(yh_put_account_group(&p.x, &g, &p.err), &p.err);
    commit(&p, &p.x);
    waits_for_us(&p, G17);
    end(&p);
}

TEST(postgres_numbers_are_given_once)
{
    struct pair p;
    if (!start(&p))
        return;
    waits_for_us(&p, NOBODY);
    /* Dropped, the number is given again: none is missing. */
    int64_t n = 0;
    begin(&p, p.a, &p.x, NOBODY);
    CHECK_OK(yh_txn_next(&p.x, YH_S("H1 20260318"), YH_S("sign"), &n, &p.err), &p.err);
    CHECK_I64(n, 7, "tried");
    yh_txn_drop(&p.x);
    yh_store_batch_drop(p.a);
    begin(&p, p.b, &p.y, NOBODY);
    CHECK_OK(yh_txn_next(&p.y, YH_S("H1 20260318"), YH_S("sign"), &n, &p.err), &p.err);
    CHECK_I64(n, 7, "nobody has it");
    commit(&p, &p.y);
    end(&p);
}

TEST(postgres_who_would_wait_while_holding_gives_up_and_comes_again)
{
    struct pair p;
    if (!start(&p))
        return;
    struct yh_account_row a = { .region = G17.region, .grp = 17, .person = YH_S("A") },
                          b = { .region = G18.region, .grp = 18, .person = YH_S("B") };
    struct yh_account_group_row g17 = { G17.region, 17, 0 }, g18 = { G18.region, 18, 0 };
    begin(&p, p.a, &p.x, G17);
    CHECK_OK(yh_put_account_group(&p.x, &g17, &p.err), &p.err);
    CHECK_OK(yh_put_account(&p.x, &a, &p.err), &p.err);
    yh_txn_group(&p.x, G18);
    CHECK_OK(yh_put_account_group(&p.x, &g18, &p.err), &p.err);
    CHECK_OK(yh_put_account(&p.x, &b, &p.err), &p.err);
    commit(&p, &p.x);

    begin(&p, p.a, &p.x, G17);
    CHECK_OK(yh_get_account(&p.x, &a, &p.err), &p.err);
    begin(&p, p.b, &p.y, G18);
    CHECK_OK(yh_get_account(&p.y, &b, &p.err), &p.err);
    /* Crossed: ours wants theirs. */
    CHECK(yh_get_account(&p.x, &b, &p.err) == YH_RETRY);
    CHECK(yh_get_account(&p.x, &a, &p.err) == YH_RETRY);
    yh_txn_drop(&p.x);
    CHECK(yh_txn_again(&p.x));
    /* Theirs can have ours now, for we gave it up. */
    a.balance = 0;
    CHECK_OK(yh_get_account(&p.y, &a, &p.err), &p.err);
    yh_txn_group(&p.y, G17);
    a.balance = 5;
    CHECK_OK(yh_put_account(&p.y, &a, &p.err), &p.err);
    commit(&p, &p.y);
    /* Ours again, in the same batch: it sees what they did. */
    CHECK_OK(yh_txn_begin(p.a, G17, yh_test_arena(), &p.x, &p.err), &p.err);
    a.balance = 0;
    CHECK_OK(yh_get_account(&p.x, &a, &p.err), &p.err);
    CHECK_I64(a.balance, 5, "theirs");
    CHECK_OK(yh_get_account(&p.x, &b, &p.err), &p.err);
    commit(&p, &p.x);
    CHECK(!yh_txn_again(&p.x));
    CHECK_I64(yh_store_stats_of(p.a).failed_batches, 0, "no batch failed for it");
    CHECK_STR(admin(p.url, "SELECT deadlocks FROM pg_stat_database "
                           "WHERE datname = current_database()"),
              YH_S("0"), "and the server saw no deadlock");
    end(&p);
}

TEST(postgres_a_key_is_the_first_one_s)
{
    struct pair p;
    if (!start(&p))
        return;
    struct yh_request_row r = { .provider = YH_S("H1"),
                                .msgid = YH_S("M1"),
                                .state = YH_S("done"),
                                .reply = YH_S("first") },
                          q = { .provider = YH_S("H1"), .msgid = YH_S("M1") };
    begin(&p, p.a, &p.x, NOBODY);
    begin(&p, p.b, &p.y, NOBODY);
    CHECK(yh_get_request(&p.x, &q, NULL) == YH_NOT_FOUND);
    CHECK(yh_get_request(&p.y, &q, NULL) == YH_NOT_FOUND);
    CHECK_OK(yh_add_request(&p.x, &r, &p.err), &p.err);
    commit(&p, &p.x);
    r.reply = YH_S("second");
    CHECK_OK(yh_add_request(&p.y, &r, &p.err), &p.err); /* nobody has looked yet */
    CHECK(yh_txn_keep(&p.y, &p.err) == YH_RETRY);
    CHECK(yh_txn_again(&p.y));
    CHECK_OK(yh_txn_begin(p.b, NOBODY, yh_test_arena(), &p.y, &p.err), &p.err);
    CHECK_OK(yh_get_request(&p.y, &q, &p.err), &p.err);
    CHECK_STR(q.reply, YH_S("first"), "done again, it finds what the first left");
    commit(&p, &p.y);
    end(&p);
}

TEST(postgres_a_lost_connection_fails_the_batch_and_is_made_again)
{
    struct pair p;
    if (!start(&p))
        return;
    struct yh_file_row f = { .file = YH_S("F1") };
    static const char KILL[] = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                               "WHERE application_name = 'yiheng'";
    begin(&p, p.a, &p.x, NOBODY);
    CHECK_OK(yh_add_file(&p.x, &f, &p.err), &p.err);
    CHECK_STR(admin(p.url, KILL), YH_S("2"), "both writers");
    f.file = YH_S("F2");
    CHECK(yh_get_file(&p.x, &f, &p.err) == YH_RETRY);
    yh_txn_drop(&p.x);
    CHECK(!yh_txn_again(&p.x));
    CHECK(yh_store_batch_commit(p.a, &p.err) == YH_RETRY);
    begin(&p, p.a, &p.x, NOBODY);
    f.file = YH_S("F1");
    CHECK(yh_get_file(&p.x, &f, NULL) == YH_NOT_FOUND);
    CHECK_OK(yh_add_file(&p.x, &f, &p.err), &p.err);
    commit(&p, &p.x);
    CHECK_I64(yh_store_stats_of(p.a).reopens, 1, "once");
    /* An idle view died too, unseen: the next reader is given a new one. */
    struct yh_txn v;
    CHECK_OK(yh_view_open(p.a, yh_test_arena(), &v, &p.err), &p.err);
    yh_view_close(&v);
    CHECK(admin(p.url, KILL).n > 0);
    usleep(200000); /* the farewell is on its way */
    CHECK_OK(yh_view_open(p.a, yh_test_arena(), &v, &p.err), &p.err);
    CHECK_OK(yh_get_file(&v, &f, &p.err), &p.err);
    yh_view_close(&v);
    end(&p);
}

/* Connecting is tried after 0.1, 0.2, 0.4 … s, not by every call; then all is as before. */
TEST(postgres_who_is_refused_comes_again_more_and_more_slowly)
{
    struct pair p;
    if (!start(&p))
        return;
    yh_str name = admin(p.url, "SELECT current_database()");
    char other[300], sql[200];
    snprintf(other, sizeof other, "%s", p.url);
    char *at = strchr(other + strlen("postgresql://"), '/');
    CHECK(at && strchr(p.url, '?'));
    snprintf(at, sizeof other - (size_t)(at - other), "/postgres%s", strchr(p.url, '?'));
    snprintf(sql, sizeof sql, "ALTER DATABASE %.*s ALLOW_CONNECTIONS false", YH_ARG(name));
    (void)admin(other, sql);
    (void)admin(other, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE "
                       "application_name = 'yiheng'");
    int tried = 0, put_off = 0;
    struct timespec t0, t1;
    clock_gettime(CLOCK_MONOTONIC, &t0);
    do {
        struct yh_err err = { 0 };
        struct yh_txn x;
        enum yh_status st = yh_store_batch_begin(p.a, &err);
        if (st == YH_OK) { /* nobody has told it yet that the connection is gone */
            CHECK_OK(yh_txn_begin(p.a, NOBODY, yh_test_arena(), &x, &err), &err);
            struct yh_file_row f = { .file = YH_S("F9") };
            st = yh_get_file(&x, &f, &err);
            yh_txn_drop(&x);
            yh_store_batch_drop(p.a);
        }
        CHECK_I64(st, YH_RETRY, "refused, and to be sent again");
        bool waits = strstr(err.text, "毫秒后再连") != NULL;
        tried += !waits;
        put_off += waits;
        usleep(2000);
        clock_gettime(CLOCK_MONOTONIC, &t1);
    } while (t1.tv_sec - t0.tv_sec < 2);
    CHECK(tried >= 1 && tried <= 8);
    CHECK(put_off > 50);
    snprintf(sql, sizeof sql, "ALTER DATABASE %.*s ALLOW_CONNECTIONS true", YH_ARG(name));
    (void)admin(other, sql);
    enum yh_status st = YH_RETRY;
    for (int i = 0; st && i < 100; i++) {
        st = yh_store_batch_begin(p.a, &p.err);
        if (st)
            usleep(100000);
    }
    CHECK_OK(st, &p.err);
    yh_store_batch_drop(p.a);
    end(&p);
}

/* So many views and no more, whatever is asked; those given back are used again. */
TEST(postgres_the_pool_has_a_bound)
{
    enum { MORE = 80 };
    struct pair p;
    if (!start(&p))
        return;
    struct yh_txn v[MORE];
    int n = 0;
    while (n < MORE && yh_view_open(p.a, yh_test_arena(), &v[n], &p.err) == YH_OK)
        n++;
    CHECK_I64(n, 64, "views at once");
    CHECK(strstr(p.err.text, "64") != NULL);
    yh_view_close(&v[--n]);
    CHECK_OK(yh_view_open(p.a, yh_test_arena(), &v[n], &p.err), &p.err);
    n++;
    CHECK_STR(admin(p.url, "SELECT count(*) FROM pg_stat_activity WHERE application_name = "
                           "'yiheng'"),
              YH_S("66"), "64 and two writers");
    while (n)
        yh_view_close(&v[--n]);
    end(&p);
}

TEST(postgres_a_view_stays_as_it_was)
{
    struct pair p;
    if (!start(&p))
        return;
    struct yh_file_row f = { .file = YH_S("F1") };
    struct yh_txn v;
    CHECK_OK(yh_view_open(p.b, yh_test_arena(), &v, &p.err), &p.err);
    CHECK(yh_get_file(&v, &f, NULL) == YH_NOT_FOUND); /* from here on */
    begin(&p, p.a, &p.x, NOBODY);
    for (int i = 0; i < 2500; i++) { /* more than a cursor gives at once */
        f.file = yh_fmt(yh_test_arena(), "F%d", i);
        CHECK_OK(yh_put_file(&p.x, &f, &p.err), &p.err);
    }
    commit(&p, &p.x);
    struct yh_file_row *rows;
    int n;
    CHECK_OK(yh_list_file(&v, (struct yh_span){ .index = YH_BY_KEY }, &f, &rows, &n, &p.err),
             &p.err);
    CHECK_I64(n, 0, "before");
    yh_view_close(&v);
    CHECK_OK(yh_view_open(p.b, yh_test_arena(), &v, &p.err), &p.err);
    CHECK_OK(yh_list_file(&v, (struct yh_span){ .index = YH_BY_KEY }, &f, &rows, &n, &p.err),
             &p.err);
    CHECK_I64(n, 2500, "after");
    CHECK_STR(rows[2499].file, YH_S("F999"), "in the order of bytes");
    yh_view_close(&v);
    end(&p);
}

TEST(postgres_what_cannot_be_kept_is_said_at_once)
{
    struct pair p;
    if (!start(&p))
        return;
    struct yh_document_row d = { .infno = YH_S("4701"), .own_key = YH_S("a\0b") };
    begin(&p, p.a, &p.x, NOBODY);
    CHECK(yh_add_document(&p.x, &d, &p.err) == YH_BAD_INPUT);
    CHECK_STR(yh_cstr(p.err.field), YH_S("own_key"), "names the column");
    CHECK(yh_get_document(&p.x, &d, NULL) == YH_NOT_FOUND);
    d.own_key = YH_S("\xff");
    CHECK(yh_put_document(&p.x, &d, &p.err) == YH_BAD_INPUT);
    char *key = yh_alloc(yh_test_arena(), 1, 1, 5000);
    memset(key, 'x', 5000);
    d.own_key = (yh_str){ key, 5000 };
    CHECK(yh_add_document(&p.x, &d, &p.err) == YH_LIMIT);
    d.own_key = YH_S("k");
    CHECK_OK(yh_add_document(&p.x, &d, &p.err), &p.err);
    commit(&p, &p.x);
    end(&p);
}

TEST(postgres_sealed_rows_stay_whoever_asks)
{
    struct pair p;
    if (!start(&p))
        return;
    struct yh_settlement_row s = {
        .region = G17.region, .grp = 17, .seq = 1, .settlement = YH_S("S1"), .total = 100
    };
    begin(&p, p.a, &p.x, G17);
    CHECK_OK(yh_add_settlement(&p.x, &s, &p.err), &p.err);
    commit(&p, &p.x);
    CHECK_STR(admin(p.url, "UPDATE settlement SET total = 1"), YH_S("failed"), "a sum");
    CHECK_STR(admin(p.url, "DELETE FROM settlement"), YH_S("failed"), "a row");
    CHECK_STR(admin(p.url, "TRUNCATE settlement"), YH_S("failed"), "all rows");
    CHECK_STR(admin(p.url, "UPDATE settlement SET undone_by = 'S2' RETURNING total"),
              YH_S("100"), "a link");
    end(&p);
}

TEST(postgres_other_databases_are_refused)
{
    struct pair p;
    if (!start(&p))
        return;
    struct yh_store *s = NULL;
    struct yh_store_options opt = { .region = YH_S("990202") };
    CHECK(yh_store_open(yh_cstr(p.url), &opt, &s, &p.err) == YH_CONFLICT);
    CHECK_STR(admin(p.url, "INSERT INTO yiheng_schema (version) VALUES (999999)"), YH_S(""),
              "a later program was here");
    opt.region = YH_S("");
    CHECK(yh_store_open(yh_cstr(p.url), &opt, &s, &p.err) == YH_CONFLICT);
    CHECK(yh_find(yh_cstr(p.err.text), YH_S("999999")) >= 0);
    end(&p);
    admin(p.url, "SET client_min_messages = error; DROP SCHEMA public CASCADE; "
                 "CREATE SCHEMA public");
    opt.must_exist = true;
    CHECK(yh_store_open(yh_cstr(p.url), &opt, &s, &p.err) == YH_NOT_FOUND);
    CHECK_STR(admin(p.url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"),
              YH_S("0"), "nothing was made");
    CHECK(yh_store_open(YH_S("postgresql://nobody@127.0.0.1:1/none"), &opt, &s, &p.err) ==
          YH_IO);
    CHECK(s == NULL);
}

TEST(postgres_an_older_database_gains_what_it_lacks)
{
    struct pair p;
    if (!start(&p))
        return;
    end(&p);
    CHECK_STR(admin(p.url, "ALTER TABLE visit DROP COLUMN fetuses; DROP INDEX file_by_end; "
                           "DROP TABLE trace_sale; DELETE FROM yiheng_schema"),
              YH_S(""), "made old");
    p.a = open_store(p.url);
    p.b = open_store(p.url);
    CHECK_STR(admin(p.url, "SELECT count(*) FROM information_schema.columns WHERE "
                           "table_name = 'visit' AND column_name = 'fetuses'"),
              YH_S("1"), "the column");
    CHECK_STR(admin(p.url, "SELECT count(*) FROM pg_indexes WHERE indexname = 'file_by_end'"),
              YH_S("1"), "the index");
    CHECK_STR(admin(p.url, "SELECT count(*) FROM trace_sale"), YH_S("0"), "the table");
    CHECK_STR(admin(p.url, "SELECT count(*) > 0 FROM yiheng_schema"), YH_S("t"), "its version");
    end(&p);
}

TEST(postgres_analysts_read_and_nothing_else)
{
    struct pair p;
    if (!start(&p))
        return;
    struct yh_file_row f = { .file = YH_S("F\t1"), .bytes = YH_S("\x01\xff"), .time = 7 };
    begin(&p, p.a, &p.x, NOBODY);
    CHECK_OK(yh_add_file(&p.x, &f, &p.err), &p.err);
    commit(&p, &p.x);
    struct yh_txn v;
    yh_str tsv = YH_S("");
    CHECK_OK(yh_view_open(p.b, yh_test_arena(), &v, &p.err), &p.err);
    static const struct {
        const char *sql;
        enum yh_status st;
    } CASE[] = {
        { "DELETE FROM file", YH_DENIED },
        { "SELECT 1; DELETE FROM file", YH_DENIED },
        { "WITH x AS (DELETE FROM file RETURNING 1) SELECT 1 FROM x", YH_DENIED },
        { "SELECT 1 INTO other", YH_BAD_INPUT },
        { "SELECT nothing FROM file", YH_BAD_INPUT },
        { "SELECT 1 / (time - 7) FROM file", YH_BAD_INPUT },
        { "SELECT generate_series(1, 2001)", YH_LIMIT },
        { "COPY file TO PROGRAM 'true'", YH_DENIED },
        { "", YH_DENIED },
    };
    for (int i = 0; i < YH_COUNT(CASE); i++)
        CHECK_I64(yh_view_sql(&v, yh_cstr(CASE[i].sql), 2000, &tsv, &p.err), CASE[i].st,
                  CASE[i].sql);
    CHECK_OK(yh_view_sql(&v, YH_S("SELECT file, bytes, time FROM file;"), 10, &tsv, &p.err),
             &p.err);
    CHECK_STR(tsv, YH_S("file\tbytes\ttime\nF 1\t01ff\t7\n"), "as the other stores show it");
    CHECK_OK(yh_get_file(&v, &f, &p.err), &p.err);
    yh_view_close(&v);
    end(&p);
}

/* What a reader of group after group is given from a cursor is what it would be given one by one. */
TEST(postgres_a_walk_over_groups_is_read_ahead)
{
    struct pair p;
    if (!start(&p))
        return;
    enum { GROUPS = 900 };
    begin(&p, p.a, &p.x, NOBODY);
    for (int64_t g = 1; g <= GROUPS; g++)
        for (int64_t i = 0; i < g % 4; i++) { /* every fourth has none */
            struct yh_ledger_entry_row e = { .region = G17.region,
                                             .grp = g,
                                             .seq = 1 + i,
                                             .account = YH_S("transit"),
                                             .debit = g * 10 + i };
            yh_txn_group(&p.x, (struct yh_group){ G17.region, g });
            CHECK_OK(yh_add_ledger_entry(&p.x, &e, &p.err), &p.err);
        }
    commit(&p, &p.x);
    struct yh_txn v;
    CHECK_OK(yh_view_open(p.b, yh_test_arena(), &v, &p.err), &p.err);
    static const int64_t STEP[] = { 1, 1, 7, -1, 1 }; /* twice over, with gaps, and backwards */
    struct yh_span group = { .index = YH_BY_KEY, .same = 2 };
    for (int k = 0; k < YH_COUNT(STEP); k++)
        for (int64_t g = STEP[k] < 0 ? GROUPS : 1; g >= 1 && g <= GROUPS; g += STEP[k]) {
            struct yh_ledger_entry_row probe = { .region = G17.region, .grp = g }, *row = NULL;
            int n = 0;
            CHECK_OK(yh_list_ledger_entry(&v, group, &probe, &row, &n, &p.err), &p.err);
            CHECK(n == (int)(g % 4));
            for (int i = 0; i < n; i++)
                CHECK(row[i].debit == g * 10 + i);
        }
    yh_view_close(&v);
    end(&p);
}
