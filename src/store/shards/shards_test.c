/* store/shards/shards_test.c -- a lost node, and what was left prepared; on the nodes that tests/shards.sh gives. */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/test.h"
#include "store/shards/place.h"
#include "store/shards/shards.h"

#define GROUPS 24
#define LOST 1 /* the second node is the one that YH_TEST_NODE stops */

static struct yh_store *opened(struct yh_shards_list *list, bool empty)
{
    const char *file = getenv("YH_TEST_SHARDS");
    struct yh_store *s = NULL;
    struct yh_store_options opt = { .region = YH_S("990101"), .now = 1774000000 };
    struct yh_err err;
    if (!file || !getenv("YH_TEST_NODE"))
        return NULL;
    CHECK_OK(yh_shards_read(yh_cstr(file), yh_test_arena(), list, &err), &err);
    for (int i = 0; empty && i < list->n; i++) {
        PGconn *pg = PQconnectdb(yh_zdup(yh_test_arena(), list->url[i]));
        PQclear(PQexec(pg, "SET client_min_messages = error; DROP SCHEMA public CASCADE; "
                           "CREATE SCHEMA public"));
        PQfinish(pg);
    }
    CHECK_OK(
        yh_store_open(yh_fmt(yh_test_arena(), "postgresql+shards:%s", file), &opt, &s, &err),
        &err);
    return s;
}

static enum yh_status one_number(struct yh_store *s, int64_t grp, int64_t *n)
{
    struct yh_txn x;
    struct yh_err err;
    enum yh_status st = yh_store_batch_begin(s, &err);
    CHECK_OK(st, &err);
    st = yh_txn_begin(s, (struct yh_group){ YH_S("990101"), grp }, yh_test_arena(), &x, &err);
    CHECK_OK(st, &err);
    st = yh_txn_next_seq(&x, n, &err);
    if (st)
        yh_txn_drop(&x);
    else
        st = yh_txn_keep(&x, &err);
    enum yh_status done = yh_store_batch_commit(s, &err);
    return st ? st : done;
}

static void node(const char *what)
{
    CHECK(system(yh_zdup(yh_test_arena(),
                         yh_fmt(yh_test_arena(), "%s %s", getenv("YH_TEST_NODE"), what))) == 0);
}

TEST(nodes_of_others_go_on_when_one_is_lost)
{
    struct yh_shards_list list;
    struct yh_store *s = opened(&list, true);
    int64_t n = 0;
    int lost = 0;
    if (!s)
        return;
    for (int64_t g = 1; g <= GROUPS; g++)
        CHECK_I64(one_number(s, g, &n), YH_OK, "all nodes answer");
    node("stop");
    for (int64_t g = 1; g <= GROUPS; g++) {
        bool there = yh_place_of_group(YH_S("990101"), g, list.n) != LOST;
        lost += !there;
        /* The first call may find the connection gone only at its commit. */
        enum yh_status st = one_number(s, g, &n);
        CHECK_I64(st, there ? YH_OK : YH_RETRY, "groups of other nodes only");
    }
    CHECK(lost > 0 && lost < GROUPS);
    node("start");
    for (int64_t g = 1; g <= GROUPS; g++) {
        bool there = yh_place_of_group(YH_S("990101"), g, list.n) != LOST;
        enum yh_status st = YH_RETRY;
        for (int i = 0; st == YH_RETRY && i < 100; i++) {
            st = one_number(s, g, &n);
            if (st)
                usleep(100000);
        }
        CHECK_I64(st, YH_OK, "back again");
        CHECK_I64(n, there ? 3 : 2, "nothing refused was kept, nothing kept was lost");
    }
    yh_store_close(s);
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A node that hangs: it takes connections, and answers nobody. */
TEST(nodes_of_others_go_on_when_one_hangs)
{
    struct yh_shards_list list;
    struct yh_store *s = opened(&list, true);
    int64_t n = 0, longest[2] = { 0 }, first = -1;
    if (!s)
        return;
    for (int64_t g = 1; g <= GROUPS; g++)
        CHECK_I64(one_number(s, g, &n), YH_OK, "all nodes answer");
    node("hang");
    for (int64_t g = 1; g <= GROUPS; g++) {
        bool there = yh_place_of_group(YH_S("990101"), g, list.n) != LOST;
        int64_t began = now_ms();
        enum yh_status st = one_number(s, g, &n);
        int64_t took = now_ms() - began;
        CHECK_I64(st, there ? YH_OK : YH_RETRY, "groups of other nodes only");
        if (!there && first < 0)
            first = took;
        else
            longest[there] = yh_max(longest[there], took);
    }
    /* The deadline once; then whoever comes is refused by the back-off, or by a connection that is
     * tried for 3 s.  The bounds leave room for a crowded machine. */
    CHECK(first >= 10000 && first < 25000);
    CHECK(longest[0] < 10000);
    CHECK(longest[1] < 8000);
    node("go_on");
    for (int64_t g = 1; g <= GROUPS; g++) {
        bool there = yh_place_of_group(YH_S("990101"), g, list.n) != LOST;
        enum yh_status st = YH_RETRY;
        for (int i = 0; st == YH_RETRY && i < 300; i++)
            if ((st = one_number(s, g, &n)) == YH_RETRY)
                usleep(100000);
        CHECK_I64(st, YH_OK, "back again");
        CHECK_I64(n, there ? 3 : 2, "nothing refused was kept, nothing kept was lost");
    }
    yh_store_close(s);
}

/* As a process leaves it that dies between the steps: prepared on node 2, the home being node 1. */
static void prepare(const struct yh_shards_list *list, const char *gid, int64_t grp,
                    bool decided)
{
    PGconn *a = PQconnectdb(yh_zdup(yh_test_arena(), list->url[0])),
           *b = PQconnectdb(yh_zdup(yh_test_arena(), list->url[1]));
    yh_str sql = yh_fmt(yh_test_arena(),
                        "BEGIN; INSERT INTO account_group VALUES ('990101', %lld, 7); PREPARE "
                        "TRANSACTION '%s'",
                        (long long)grp, gid);
    PGresult *r = PQexec(b, yh_zdup(yh_test_arena(), sql));
    CHECK(PQresultStatus(r) == PGRES_COMMAND_OK);
    PQclear(r);
    sql = yh_fmt(yh_test_arena(), "INSERT INTO yiheng_decision VALUES ('%s', 'commit')", gid);
    if (decided)
        PQclear(PQexec(a, yh_zdup(yh_test_arena(), sql)));
    PQfinish(a);
    PQfinish(b);
}

TEST(nodes_carry_out_what_the_home_decided_and_nothing_else)
{
    struct yh_shards_list list;
    struct yh_store *s = opened(&list, true);
    int64_t n = 0, grp[2];
    if (!s)
        return;
    for (int64_t g = 1, k = 0; k < 2; g++)
        if (yh_place_of_group(YH_S("990101"), g, list.n) == 1)
            grp[k++] = g;
    prepare(&list, "yh:0:00000000000000aa", grp[0], true);
    prepare(&list, "yh:0:00000000000000bb", grp[1], false);
    yh_store_close(s);
    sleep(4); /* older than any live process leaves one */
    s = opened(&list, false);
    CHECK_OK(one_number(s, grp[0], &n), NULL);
    CHECK_I64(n, 8, "decided: the row that was prepared is there");
    CHECK_OK(one_number(s, grp[1], &n), NULL);
    CHECK_I64(n, 1, "not decided: it is not");
    yh_store_close(s);
}

/* At the moment when the home has written a decision down, and before any other node is told of it, the home's
 * server does `what` to the second node. */
static void at_the_decision(const struct yh_shards_list *list, const char *what)
{
    PGconn *pg = PQconnectdb(yh_zdup(yh_test_arena(), list->url[0]));
    yh_str sql = yh_fmt(
        yh_test_arena(),
        "CREATE FUNCTION strike() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN "
        "COPY (SELECT 1) TO PROGRAM '%s %s >/dev/null 2>&1 </dev/null'; RETURN NEW; END $f$; "
        "CREATE TRIGGER strike BEFORE INSERT ON yiheng_decision FOR EACH ROW EXECUTE FUNCTION "
        "strike()",
        getenv("YH_TEST_NODE"), what);
    PGresult *r = PQexec(pg, yh_zdup(yh_test_arena(), sql));
    CHECK(PQresultStatus(r) == PGRES_COMMAND_OK);
    PQclear(r);
    PQfinish(pg);
}

static void never_again(const struct yh_shards_list *list)
{
    PGconn *pg = PQconnectdb(yh_zdup(yh_test_arena(), list->url[0]));
    PGresult *r = PQexec(pg, "DROP TRIGGER strike ON yiheng_decision");
    CHECK(PQresultStatus(r) == PGRES_COMMAND_OK);
    PQclear(r);
    PQfinish(pg);
}

/* One request that numbers in both groups: on both nodes, or on none. */
static enum yh_status both_numbers(struct yh_store *s, const int64_t grp[2])
{
    struct yh_txn x;
    struct yh_err err;
    int64_t n;
    CHECK_OK(yh_store_batch_begin(s, &err), &err);
    CHECK_OK(
        yh_txn_begin(s, (struct yh_group){ YH_S("990101"), grp[0] }, yh_test_arena(), &x, &err),
        &err);
    CHECK_OK(yh_txn_next_seq(&x, &n, &err), &err);
    yh_txn_group(&x, (struct yh_group){ YH_S("990101"), grp[1] });
    CHECK_OK(yh_txn_next_seq(&x, &n, &err), &err);
    CHECK_OK(yh_txn_keep(&x, &err), &err);
    return yh_store_batch_commit(s, &err);
}

/* What a reading call finds; it waits for nobody's lock.  -1: it cannot read now. */
static int64_t shown(struct yh_store *s, int64_t grp)
{
    struct yh_account_group_row row = { .region = YH_S("990101"), .grp = grp };
    struct yh_txn v;
    if (yh_view_open(s, yh_test_arena(), &v, NULL))
        return -1;
    enum yh_status st = yh_get_account_group(&v, &row, NULL);
    yh_view_close(&v);
    return st == YH_NOT_FOUND ? 0 : st ? -1 : row.seq;
}

/* Two processes on the nodes; the second node is struck between the decision and its being told. */
static void struck(const char *what)
{
    struct yh_shards_list list;
    struct yh_store *one = opened(&list, true), *two;
    int64_t grp[2] = { 0 }, n = 0;
    if (!one)
        return;
    two = opened(&list, false);
    for (int64_t g = 1; !grp[0] || !grp[1]; g++) {
        int k = yh_place_of_group(YH_S("990101"), g, list.n);
        if (k < 2)
            grp[k] = g;
    }
    CHECK_I64(both_numbers(one, grp), YH_OK, "as a rule");
    CHECK_I64(shown(two, grp[0]), 1, "on the home");
    CHECK_I64(shown(two, grp[1]), 1, "on the other");
    at_the_decision(&list, what);
    enum yh_status st = both_numbers(one, grp);
    bool away = strcmp(what, "stop") == 0;
    CHECK_I64(st, away ? YH_RETRY : YH_OK, "answered only when every node was told");
    never_again(&list);
    if (away) {
        CHECK_I64(shown(two, grp[0]), 2, "decided: the home has it");
        node("start");
    }
    /* Whoever was told that it is done finds it, over whichever process. */
    n = shown(two, grp[1]);
    for (int i = 0; n < 0 && i < 100; i++) {
        usleep(100000);
        n = shown(two, grp[1]);
    }
    CHECK(n == 2 || (st == YH_RETRY && n == 1));
    /* Asked again, as a caller who was refused does, it comes after what was decided. */
    st = YH_RETRY;
    for (int i = 0; st == YH_RETRY && i < 100; i++)
        if ((st = one_number(one, grp[1], &n)) == YH_RETRY)
            usleep(100000);
    CHECK_I64(st, YH_OK, "back again");
    CHECK_I64(n, 3, "the decision was carried out, once");
    CHECK_I64(shown(two, grp[1]), 3, "and is seen by all");
    yh_store_close(two);
    yh_store_close(one);
}

TEST(nodes_answer_nobody_before_all_were_told)
{
    struck("stop");
}

TEST(nodes_are_told_over_another_connection_when_one_is_cut)
{
    struck("cut");
}
