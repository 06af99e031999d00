/* store/store_suite_test.c -- what every backend must do, run over each of them. */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/test.h"
#include "store/store.h"
#include "store/table.h"

static const struct yh_group G17 = { YH_S_INIT("990101"), 17 },
                             G18 = { YH_S_INIT("990101"), 18 };

struct bench {
    struct yh_store *s;
    struct yh_txn x;
    struct yh_err err;
    char dir[64];
};

static void begin(struct bench *b, struct yh_group g)
{
    CHECK_OK(yh_store_batch_begin(b->s, &b->err), &b->err);
    CHECK_OK(yh_txn_begin(b->s, g, yh_test_arena(), &b->x, &b->err), &b->err);
}

static void commit(struct bench *b)
{
    CHECK_OK(yh_txn_keep(&b->x, &b->err), &b->err);
    CHECK_OK(yh_store_batch_commit(b->s, &b->err), &b->err);
}

static struct yh_person_row person(yh_str no, yh_str name)
{
    return (struct yh_person_row){
        .region = G17.region, .grp = G17.id, .person = no, .name = name, .born = -3000
    };
}

static struct yh_ledger_entry_row entry(int64_t seq, int64_t line)
{
    return (struct yh_ledger_entry_row){ .region = G17.region,
                                         .grp = G17.id,
                                         .seq = seq,
                                         .line = line,
                                         .account = YH_S("transit"),
                                         .debit = seq * 100 + line };
}

/* ---- the suite ---- */

static void rows_come_back(struct bench *b)
{
    struct yh_person_row p = person(YH_S("P1"), YH_S("测试甲")),
                         q = person(YH_S("P1"), YH_S(""));
    struct yh_file_row f = { .file = YH_S("F"),
                             .bytes = YH_S("a\0b\xff"),
                             .time = INT64_MIN,
                             .expires = INT64_MAX },
                       g = { .file = YH_S("F") };
    begin(b, G17);
    CHECK(yh_get_person(&b->x, &q, NULL) == YH_NOT_FOUND);
    CHECK_OK(yh_add_person(&b->x, &p, &b->err), &b->err);
    CHECK_OK(yh_put_file(&b->x, &f, &b->err), &b->err);
    CHECK_OK(yh_get_person(&b->x, &q, &b->err), &b->err);
    CHECK_STR(q.name, p.name, "a request sees its own writes");
    CHECK(yh_add_person(&b->x, &p, NULL) == YH_CONFLICT);
    p.name = YH_S("测试乙");
    CHECK_OK(yh_put_person(&b->x, &p, &b->err), &b->err);
    commit(b);

    begin(b, G17);
    CHECK_OK(yh_get_person(&b->x, &q, &b->err), &b->err);
    CHECK_STR(q.name, YH_S("测试乙"), "put replaces");
    CHECK_I64(q.born, -3000, "numbers");
    CHECK_STR(q.extra, YH_S(""), "not given is empty");
    CHECK_OK(yh_get_file(&b->x, &g, &b->err), &b->err);
    CHECK_STR(g.bytes, f.bytes, "a blob may hold any byte");
    CHECK_I64(g.time, INT64_MIN, "the smallest number");
    CHECK_I64(g.expires, INT64_MAX, "the largest number");
    CHECK_OK(yh_drop_person(&b->x, &p, &b->err), &b->err);
    CHECK(yh_get_person(&b->x, &q, NULL) == YH_NOT_FOUND);
    CHECK(yh_drop_person(&b->x, &p, NULL) == YH_NOT_FOUND);
    commit(b);
}

static void a_dropped_request_leaves_nothing(struct bench *b)
{
    struct yh_person_row a = person(YH_S("A"), YH_S("一")), c = person(YH_S("C"), YH_S("三"));
    CHECK_OK(yh_store_batch_begin(b->s, &b->err), &b->err);
    CHECK_OK(yh_txn_begin(b->s, G17, yh_test_arena(), &b->x, &b->err), &b->err);
    CHECK_OK(yh_add_person(&b->x, &a, &b->err), &b->err);
    CHECK_OK(yh_txn_keep(&b->x, &b->err), &b->err);

    CHECK_OK(yh_txn_begin(b->s, G17, yh_test_arena(), &b->x, &b->err), &b->err);
    CHECK_OK(yh_add_person(&b->x, &c, &b->err), &b->err);
    a.name = YH_S("改");
    CHECK_OK(yh_put_person(&b->x, &a, &b->err), &b->err);
    a.name = YH_S("再改");
    CHECK_OK(yh_put_person(&b->x, &a, &b->err), &b->err);
    CHECK_OK(yh_drop_person(&b->x, &a, &b->err), &b->err);
    yh_txn_drop(&b->x);

    CHECK_OK(yh_txn_begin(b->s, G17, yh_test_arena(), &b->x, &b->err), &b->err);
    CHECK_OK(yh_get_person(&b->x, &a, &b->err), &b->err);
    CHECK_STR(a.name, YH_S("一"), "the first request of the batch stays");
    CHECK(yh_get_person(&b->x, &c, NULL) == YH_NOT_FOUND);
    commit(b);

    begin(b, G17);
    CHECK_OK(yh_add_person(&b->x, &c, &b->err), &b->err);
    CHECK_OK(yh_txn_keep(&b->x, &b->err), &b->err);
    yh_store_batch_drop(b->s);
    begin(b, G17);
    CHECK(yh_get_person(&b->x, &c, NULL) == YH_NOT_FOUND);
    CHECK_OK(yh_get_person(&b->x, &a, &b->err), &b->err);
    commit(b);
}

static void sealed_rows_stay(struct bench *b)
{
    struct yh_ledger_entry_row e = entry(1, 0);
    struct yh_settlement_row s = {
        .region = G17.region, .grp = 17, .seq = 1, .settlement = YH_S("S1"), .total = 100
    };
    begin(b, G17);
    CHECK_OK(yh_add_ledger_entry(&b->x, &e, &b->err), &b->err);
    CHECK(yh_drop_ledger_entry(&b->x, &e, NULL) == YH_CONFLICT);
    e.debit++;
    CHECK(yh_put_ledger_entry(&b->x, &e, &b->err) == YH_CONFLICT);
    CHECK_STR(yh_cstr(b->err.field), YH_S("debit"), "names the column");
    CHECK_OK(yh_add_settlement(&b->x, &s, &b->err), &b->err);
    s.undone_by = YH_S("S2");
    CHECK_OK(yh_put_settlement(&b->x, &s, &b->err), &b->err);
    s.total++;
    CHECK(yh_put_settlement(&b->x, &s, NULL) == YH_CONFLICT);
    CHECK_OK(yh_get_settlement(&b->x, &s, &b->err), &b->err);
    CHECK_I64(s.total, 100, "a sealed column");
    CHECK_STR(s.undone_by, YH_S("S2"), "a link");
    commit(b);
}

static void only_the_group_is_written(struct bench *b)
{
    struct yh_person_row p = person(YH_S("P1"), YH_S(""));
    struct yh_request_row r = { .provider = YH_S("H1"), .msgid = YH_S("M1") };
    begin(b, G18);
    CHECK(yh_put_person(&b->x, &p, NULL) == YH_DENIED);
    CHECK_OK(yh_add_request(&b->x, &r, &b->err), &b->err);
    yh_txn_group(&b->x, G17);
    CHECK_OK(yh_put_person(&b->x, &p, &b->err), &b->err);
    commit(b);
}

static void numbers_follow_each_other(struct bench *b)
{
    int64_t n = 0;
    for (int64_t want = 1; want <= 3; want++) {
        begin(b, G17);
        CHECK_OK(yh_txn_next(&b->x, YH_S("H1 20260318"), YH_S("visit"), &n, &b->err), &b->err);
        CHECK_I64(n, want, "per scope");
        CHECK_OK(yh_txn_next_seq(&b->x, &n, &b->err), &b->err);
        CHECK_I64(n, want, "per group");
        commit(b);
    }
    begin(b, G18);
    CHECK_OK(yh_txn_next_seq(&b->x, &n, &b->err), &b->err);
    CHECK_I64(n, 1, "another group starts at one");
    commit(b);
}

struct seen {
    int64_t seq[16], line[16];
    int n, stop;
};

static bool see(void *ctx, const void *row)
{
    struct seen *s = ctx;
    const struct yh_ledger_entry_row *e = row;
    s->seq[s->n] = e->seq;
    s->line[s->n++] = e->line;
    return s->n != s->stop;
}

/* A filter may read the store. */
struct odd {
    struct yh_txn *x;
    int asked;
};

static bool is_odd(void *ctx, const void *row)
{
    struct odd *o = ctx;
    const struct yh_ledger_entry_row *e = row;
    struct yh_ledger_entry_row same = *e;
    CHECK(yh_get_ledger_entry(o->x, &same, NULL) == YH_OK && same.debit == e->debit);
    o->asked++;
    return e->seq % 2;
}

static void spans_give_rows_in_order(struct bench *b)
{
    begin(b, G17);
    /* Written in a scrambled order: seq 1..5, lines 0..2. */
    for (int i = 0; i < 15; i++) {
        int k = i * 7 % 15;
        struct yh_ledger_entry_row e = entry(k / 3 + 1, k % 3);
        CHECK_OK(yh_add_ledger_entry(&b->x, &e, &b->err), &b->err);
    }
    struct yh_ledger_entry_row probe = entry(2, 0), *rows;
    static const struct {
        struct yh_span span;
        int n, stop;
        int64_t first, last;
        const char *why;
    } CASE[] = {
        { { .index = YH_BY_KEY, .same = 2 }, 15, 0, 10, 52, "a group" },
        { { .index = YH_BY_KEY, .same = 3 }, 3, 0, 20, 22, "one commit" },
        { { .index = YH_BY_KEY, .same = 4 }, 1, 0, 20, 20, "one row" },
        { { .index = YH_BY_KEY, .same = 2, .down = true }, 15, 0, 52, 10, "downwards" },
        { { .index = YH_BY_KEY, .same = 2, .ranged = true, .from = 2, .to = 4 },
          6,
          0,
          20,
          32,
          "from 2 to before 4" },
        { { .index = YH_BY_KEY, .same = 2, .ranged = true, .from = 2, .to = 4, .down = true },
          6,
          0,
          32,
          20,
          "range down" },
        { { .index = YH_BY_KEY, .same = 2, .ranged = true, .from = 9, .to = 20 },
          0,
          0,
          0,
          0,
          "an empty range" },
        { { .index = YH_BY_KEY, .same = 2, .most = 4 }, 4, 0, 10, 20, "a limit" },
        { { .index = YH_BY_KEY, .same = 2, .down = true, .most = 1 },
          1,
          0,
          52,
          52,
          "the last" },
        { { .index = YH_BY_KEY, .same = 2 }, 2, 2, 10, 11, "stopped by the callback" },
        { { .index = YH_BY_KEY }, 15, 0, 10, 52, "all" },
    };
    for (int i = 0; i < YH_COUNT(CASE); i++) {
        struct seen seen = { .stop = CASE[i].stop };
        CHECK_OK(yh_each_ledger_entry(&b->x, CASE[i].span, &probe, see, &seen, &b->err),
                 &b->err);
        CHECK_I64(seen.n, CASE[i].n, CASE[i].why);
        if (!seen.n)
            continue;
        CHECK_I64(seen.seq[0] * 10 + seen.line[0], CASE[i].first, CASE[i].why);
        CHECK_I64(seen.seq[seen.n - 1] * 10 + seen.line[seen.n - 1], CASE[i].last, CASE[i].why);
    }
    int n;
    CHECK_OK(yh_list_ledger_entry(&b->x, CASE[4].span, &probe, &rows, &n, &b->err), &b->err);
    CHECK_I64(n, 6, "a list");
    CHECK_I64(rows[5].debit, 302, "its last row");
    static const struct {
        struct yh_span span;
        int n, asked;
        int64_t first, last;
        const char *why;
    } PICK[] = {
        { { .index = YH_BY_KEY, .same = 2 }, 9, 15, 10, 52, "commits 1, 3 and 5" },
        { { .index = YH_BY_KEY, .same = 2, .most = 4 },
          4,
          7,
          10,
          30,
          "the bound counts what is taken" },
        { { .index = YH_BY_KEY, .same = 2, .down = true, .most = 4 },
          4,
          7,
          52,
          32,
          "downwards" },
        { { .index = YH_BY_KEY, .same = 3, .most = 4 }, 0, 3, 0, 0, "none of commit 2" },
    };
    for (int i = 0; i < YH_COUNT(PICK); i++) {
        struct odd odd = { .x = &b->x };
        CHECK_OK(
            yh_pick_ledger_entry(&b->x, PICK[i].span, &probe, is_odd, &odd, &rows, &n, &b->err),
            &b->err);
        CHECK_I64(n, PICK[i].n, PICK[i].why);
        CHECK_I64(odd.asked, PICK[i].asked, PICK[i].why);
        if (!n)
            continue;
        CHECK_I64(rows[0].seq * 10 + rows[0].line, PICK[i].first, PICK[i].why);
        CHECK_I64(rows[n - 1].seq * 10 + rows[n - 1].line, PICK[i].last, PICK[i].why);
    }
    probe.grp = 18;
    CHECK_OK(yh_list_ledger_entry(&b->x, CASE[0].span, &probe, &rows, &n, &b->err), &b->err);
    CHECK_I64(n, 0, "another group has none");
    commit(b);
}

static void indexes_follow_changes(struct bench *b)
{
    struct yh_settlement_row s = { .region = G17.region, .grp = 17, .provider = YH_S("H1") },
                             *rows;
    int n;
    begin(b, G17);
    for (int i = 9; i >= 1; i--) {
        s.seq = i;
        s.time = 1000 - i / 3;
        s.visit = i % 2 ? YH_S("V1") : YH_S("V2");
        s.settlement = yh_fmt(yh_test_arena(), "S%d", i);
        CHECK_OK(yh_add_settlement(&b->x, &s, &b->err), &b->err);
    }
    struct yh_settlement_row probe = { .region = G17.region,
                                       .grp = 17,
                                       .provider = YH_S("H1") };
    CHECK_OK(yh_list_settlement(&b->x,
                                (struct yh_span){ .index = yh_settlement_by_provider,
                                                  .same = 1,
                                                  .ranged = true,
                                                  .from = 998,
                                                  .to = 999,
                                                  .down = true },
                                &probe, &rows, &n, &b->err),
             &b->err);
    CHECK_I64(n, 3, "of that second");
    CHECK_I64(rows[0].seq, 8, "downwards, ties too");
    CHECK_I64(rows[2].seq, 6, "downwards, ties too");

    struct yh_visit_row v = { .region = G17.region,
                              .grp = 17,
                              .person = YH_S("P"),
                              .visit = YH_S("V"),
                              .provider = YH_S("H1"),
                              .begin_time = 5 },
                        *visits;
    CHECK_OK(yh_add_visit(&b->x, &v, &b->err), &b->err);
    v.provider = YH_S("H2");
    CHECK_OK(yh_put_visit(&b->x, &v, &b->err), &b->err);
    struct yh_span by_provider = { .index = yh_visit_by_provider, .same = 1 };
    CHECK_OK(yh_list_visit(&b->x, by_provider, &v, &visits, &n, &b->err), &b->err);
    CHECK_I64(n, 1, "found where it is now");
    v.provider = YH_S("H1");
    CHECK_OK(yh_list_visit(&b->x, by_provider, &v, &visits, &n, &b->err), &b->err);
    CHECK_I64(n, 0, "and not where it was");
    v.provider = YH_S("H2");
    v.status = YH_S("settled");
    v.batches = 2;
    CHECK_OK(yh_put_visit(&b->x, &v, &b->err), &b->err);
    v.visit = YH_S("W"); /* one that is not there yet */
    CHECK_OK(yh_put_visit(&b->x, &v, &b->err), &b->err);
    CHECK_OK(yh_list_visit(&b->x, by_provider, &v, &visits, &n, &b->err), &b->err);
    CHECK_I64(n, 2, "the one that stayed and the new one");
    CHECK_STR(visits[0].status, YH_S("settled"), "with its new columns");
    CHECK_I64(visits[0].batches, 2, "all of them");
    CHECK_OK(yh_drop_visit(&b->x, &v, &b->err), &b->err);
    v.visit = YH_S("V");
    CHECK_OK(yh_drop_visit(&b->x, &v, &b->err), &b->err);
    v.provider = YH_S("H2");
    CHECK_OK(yh_list_visit(&b->x, by_provider, &v, &visits, &n, &b->err), &b->err);
    CHECK_I64(n, 0, "dropped");
    commit(b);
}

static void views_only_read(struct bench *b)
{
    struct yh_person_row p = person(YH_S("P1"), YH_S("测试甲"));
    begin(b, G17);
    CHECK_OK(yh_add_person(&b->x, &p, &b->err), &b->err);
    commit(b);
    struct yh_txn v;
    CHECK_OK(yh_view_open(b->s, yh_test_arena(), &v, &b->err), &b->err);
    CHECK_OK(yh_get_person(&v, &p, &b->err), &b->err);
    CHECK(yh_put_person(&v, &p, NULL) == YH_DENIED);
    yh_view_close(&v);
    yh_view_close(&v);
}

struct scanned {
    struct yh_table t;
    int64_t n;
    uint64_t sum; /* of a hash of each row: in whatever order */
    ptrdiff_t bytes;
};

static bool scan_row(void *ctx, const void *row)
{
    struct scanned *s = ctx;
    uint64_t h = 0;
    for (int i = 0; i < s->t.ncolumn; i++) {
        const struct yh_column *c = &s->t.column[i];
        bool number = c->type == YH_COLUMN_I64;
        h = number ? yh_mix64(h ^ (uint64_t)yh_row_i64(row, c))
                   : yh_hash64(yh_row_str(row, c), h);
        s->bytes += number ? 8 : yh_row_str(row, c).n;
    }
    s->n++;
    s->sum += h;
    return true;
}

static bool scan_one(void *ctx, const void *row)
{
    scan_row(ctx, row);
    return false;
}

/* Counted, scanned and walked through by key: the same rows. */
static void whole_tables_are_read(struct bench *b)
{
    enum { EACH = 1200, LONG = 700000 };
    static const enum yh_table_id TABLES[] = { YH_TABLE_ledger_entry, YH_TABLE_file,
                                               YH_TABLE_person, YH_TABLE_hold };
    static const int64_t ROWS[] = { 2 * EACH, 2, 1, 0 };
    struct yh_txn v;
    char *longest = YH_NEW(yh_test_arena(), char, LONG);
    memset(longest, 0xfe, LONG);
    struct yh_file_row f = { .file = YH_S("F"), .bytes = { longest, LONG } },
                       none = { .file = YH_S("G") };
    struct yh_person_row p = person(YH_S("P1"), YH_S("测试甲"));
    for (int g = 0; g < 2; g++) {
        begin(b, g ? G18 : G17);
        for (int i = 0; i < EACH; i++) {
            struct yh_ledger_entry_row e = entry(i / 4 + 1, i % 4 + 1);
            e.grp = g ? G18.id : G17.id;
            CHECK_OK(yh_add_ledger_entry(&b->x, &e, &b->err), &b->err);
        }
        if (!g) {
            CHECK_OK(yh_add_person(&b->x, &p, &b->err), &b->err);
            CHECK_OK(yh_add_file(&b->x, &f, &b->err), &b->err);
            CHECK_OK(yh_add_file(&b->x, &none, &b->err), &b->err);
        }
        commit(b);
    }
    CHECK_OK(yh_view_open(b->s, yh_test_arena(), &v, &b->err), &b->err);
    for (int k = 0; k < YH_COUNT(TABLES); k++) {
        struct scanned by_key = { .t = yh_table_of(TABLES[k]) }, scan = by_key, one = by_key;
        struct yh_span all = { .index = YH_BY_KEY };
        int64_t n = -1;
        CHECK_OK(yh_store_count(&v, TABLES[k], &n, &b->err), &b->err);
        CHECK_I64(n, ROWS[k], by_key.t.name);
        CHECK_OK(yh_store_scan(&v, TABLES[k], scan_one, &one, &b->err), &b->err);
        CHECK_I64(one.n, yh_min(n, 1), "stopped");
        CHECK_OK(yh_store_scan(&v, TABLES[k], scan_row, &scan, &b->err), &b->err);
        CHECK_OK(yh_store_each(&v, TABLES[k], &all, NULL, scan_row, &by_key, &b->err), &b->err);
        CHECK_I64(scan.n, n, by_key.t.name);
        CHECK_I64(by_key.n, n, by_key.t.name);
        CHECK(scan.sum == by_key.sum && scan.bytes == by_key.bytes);
    }
    yh_view_close(&v);
}

/* Random adds, puts, drops, kept and dropped, against a plain array. */
static void it_agrees_with_a_plain_array(struct bench *b)
{
    enum { KEYS = 700 };
    static int64_t truth[KEYS], tried[KEYS]; /* value + 1; 0 = absent */
    memset(truth, 0, sizeof truth);
    uint64_t seed = 7;
    for (int round = 0; round < 60; round++) {
        begin(b, G17);
        memcpy(tried, truth, sizeof truth);
        for (int i = 0; i < 60; i++) {
            int k = (int)yh_test_between(&seed, 0, KEYS - 1);
            int64_t v = yh_test_between(&seed, 0, 1 << 30);
            struct yh_accumulator_row r = { .region = G17.region,
                                            .grp = 17,
                                            .person = YH_S("P"),
                                            .year = k / 100,
                                            .name = YH_S("已付"),
                                            .value = v,
                                            .sub = yh_fmt(yh_test_arena(), "%03d", k) };
            enum yh_status st;
            switch (yh_test_between(&seed, 0, 3)) {
            case 0:
                st = yh_add_accumulator(&b->x, &r, NULL);
                CHECK_I64(st, tried[k] ? YH_CONFLICT : YH_OK, "add");
                tried[k] = tried[k] ? tried[k] : v + 1;
                break;
            case 1:
                CHECK_OK(yh_put_accumulator(&b->x, &r, &b->err), &b->err);
                tried[k] = v + 1;
                break;
            case 2:
                st = yh_drop_accumulator(&b->x, &r, NULL);
                CHECK_I64(st, tried[k] ? YH_OK : YH_NOT_FOUND, "drop");
                tried[k] = 0;
                break;
            default:
                st = yh_get_accumulator(&b->x, &r, NULL);
                CHECK_I64(st, tried[k] ? YH_OK : YH_NOT_FOUND, "get");
                if (st == YH_OK)
                    CHECK_I64(r.value, tried[k] - 1, "get");
            }
        }
        if (yh_test_random(&seed) % 3) {
            memcpy(truth, tried, sizeof truth);
            CHECK_OK(yh_txn_keep(&b->x, &b->err), &b->err);
        } else {
            yh_txn_drop(&b->x);
        }
        CHECK_OK(yh_store_batch_commit(b->s, &b->err), &b->err);
    }
    begin(b, G17);
    struct yh_accumulator_row *rows, none = { .region = G17.region, .grp = 17 };
    int n, at = 0;
    CHECK_OK(yh_list_accumulator(&b->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 },
                                 &none, &rows, &n, &b->err),
             &b->err);
    for (int k = 0; k < KEYS; k++)
        if (truth[k]) {
            CHECK(at < n);
            CHECK_I64(rows[at++].value, truth[k] - 1, "the row of that place");
        }
    CHECK_I64(at, n, "no row too many");
    commit(b);
}

static void wrong_region_and_address_are_refused(struct bench *b)
{
    struct yh_store *s = NULL;
    struct yh_store_options opt = { .region = YH_S("990101") };
    CHECK(yh_store_open(YH_S("file:x"), &opt, &s, &b->err) == YH_BAD_INPUT);
    CHECK(yh_store_open(YH_S("sqlite:"), &opt, &s, &b->err) == YH_BAD_INPUT);
    CHECK(s == NULL);
}

#define SUITE(R)                        \
    R(rows_come_back)                   \
    R(a_dropped_request_leaves_nothing) \
    R(sealed_rows_stay)                 \
    R(only_the_group_is_written)        \
    R(numbers_follow_each_other)        \
    R(spans_give_rows_in_order)         \
    R(indexes_follow_changes)           \
    R(views_only_read)                  \
    R(whole_tables_are_read)            \
    R(it_agrees_with_a_plain_array)     \
    R(wrong_region_and_address_are_refused)

/* The database that tests/postgres.sh made for this, emptied; "" when there is none. */
static yh_str empty_database(void)
{
    const char *url = getenv("YH_TEST_POSTGRES");
    if (!url)
        return YH_S("");
    PGconn *pg = PQconnectdb(url);
    PGresult *r = PQexec(pg, "SET client_min_messages = error; DROP SCHEMA public CASCADE; "
                             "CREATE SCHEMA public");
    CHECK(PQresultStatus(r) == PGRES_COMMAND_OK);
    PQclear(r);
    PQfinish(pg);
    return yh_cstr(url);
}

/* The list of nodes that tests/shards.sh made, each emptied; "" when there is none. */
static yh_str empty_nodes(void)
{
    const char *file = getenv("YH_TEST_SHARDS");
    if (!file)
        return YH_S("");
    char line[600];
    FILE *f = fopen(file, "r");
    CHECK(f != NULL);
    while (fgets(line, sizeof line, f)) {
        char *url = strstr(line, "postgresql://");
        if (!url)
            continue;
        url[strcspn(url, "\n")] = 0;
        PGconn *pg = PQconnectdb(url);
        PGresult *r = PQexec(pg, "SET client_min_messages = error; DROP SCHEMA public CASCADE; "
                                 "CREATE SCHEMA public");
        CHECK(PQresultStatus(r) == PGRES_COMMAND_OK);
        PQclear(r);
        PQfinish(pg);
    }
    fclose(f);
    return yh_fmt(yh_test_arena(), "postgresql+shards:%s", file);
}

static void run_on(const char *backend, void (*test)(struct bench *))
{
    struct bench b = { 0 };
    struct yh_store_options opt = { .region = YH_S("990101"), .now = 1774000000 };
    yh_str url = YH_S("memory:");
    if (strcmp(backend, "sqlite") == 0) {
        snprintf(b.dir, sizeof b.dir, "/tmp/yh-suite-XXXXXX");
        CHECK(mkdtemp(b.dir) != NULL);
        url = yh_fmt(yh_test_arena(), "sqlite:%s", b.dir);
    } else if (strcmp(backend, "postgres") == 0 && !(url = empty_database()).n) {
        return;
    } else if (strcmp(backend, "shards") == 0 && !(url = empty_nodes()).n) {
        return;
    }
    CHECK_OK(yh_store_open(url, &opt, &b.s, &b.err), &b.err);
    test(&b);
    yh_store_close(b.s);
    if (b.dir[0])
        CHECK(system(yh_zdup(yh_test_arena(), yh_fmt(yh_test_arena(), "rm -r %s", b.dir))) ==
              0);
}

#define R(name)                 \
    TEST(memory_store_##name)   \
    {                           \
        run_on("memory", name); \
    }
SUITE(R)
#undef R
#define R(name)                 \
    TEST(sqlite_store_##name)   \
    {                           \
        run_on("sqlite", name); \
    }
SUITE(R)
#undef R
/* Only where a server is given: tests/postgres.sh. */
#define R(name)                   \
    TEST(postgres_store_##name)   \
    {                             \
        run_on("postgres", name); \
    }
SUITE(R)
#undef R
/* Only where nodes are given: tests/shards.sh. */
#define R(name)                 \
    TEST(shards_store_##name)   \
    {                           \
        run_on("shards", name); \
    }
SUITE(R)
#undef R
