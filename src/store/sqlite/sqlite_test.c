/* store/sqlite/sqlite_test.c -- what only SQLite does: the folder, its lock, migration, seals and
 * lines as SQL sees them. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/test.h"
#include "store/lines.h"
#include "store/store.h"

struct folder {
    char dir[32], url[64];
    struct yh_store *s;
    struct yh_store_options opt;
    struct yh_err err;
};

static enum yh_status open_folder(struct folder *f)
{
    return yh_store_open(yh_cstr(f->url), &f->opt, &f->s, &f->err);
}

static void make_folder(struct folder *f)
{
    *f = (struct folder){ .opt = { .region = YH_S("990101"), .now = 1774000000 } };
    snprintf(f->dir, sizeof f->dir, "/tmp/yh-sqlite-XXXXXX");
    CHECK(mkdtemp(f->dir) != NULL);
    snprintf(f->url, sizeof f->url, "sqlite:%s", f->dir);
    CHECK_OK(open_folder(f), &f->err);
}

static void remove_folder(struct folder *f)
{
    char clean[64];
    yh_store_close(f->s);
    snprintf(clean, sizeof clean, "rm -r %s", f->dir);
    CHECK(system(clean) == 0);
}

static void close_folder(struct folder *f)
{
    yh_store_close(f->s);
    f->s = NULL;
}

/* A statement from outside, as an administrator's tool would run it; its error, "" = none. */
static const char *outside(struct folder *f, const char *sql)
{
    static char said[256];
    char path[64], *error = NULL;
    sqlite3 *db = NULL;
    snprintf(path, sizeof path, "%s/yiheng.db", f->dir);
    CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    sqlite3_exec(db, sql, NULL, NULL, &error);
    snprintf(said, sizeof said, "%s", error ? error : "");
    sqlite3_free(error);
    sqlite3_close(db);
    return said;
}

static void put(struct folder *f, enum yh_status (*write)(struct yh_txn *, struct yh_err *))
{
    struct yh_txn x;
    CHECK_OK(yh_store_batch_begin(f->s, &f->err), &f->err);
    CHECK_OK(yh_txn_begin(f->s, (struct yh_group){ YH_S("990101"), 1 }, yh_test_arena(), &x,
                          &f->err),
             &f->err);
    CHECK_OK(write(&x, &f->err), &f->err);
    CHECK_OK(yh_txn_keep(&x, &f->err), &f->err);
    CHECK_OK(yh_store_batch_commit(f->s, &f->err), &f->err);
}

static enum yh_status a_person(struct yh_txn *x, struct yh_err *err)
{
    struct yh_person_row p = {
        .region = YH_S("990101"), .grp = 1, .person = YH_S("P1"), .name = YH_S("测试甲")
    };
    return yh_put_person(x, &p, err);
}

static enum yh_status an_entry(struct yh_txn *x, struct yh_err *err)
{
    struct yh_ledger_entry_row e = {
        .region = YH_S("990101"), .grp = 1, .seq = 1, .account = YH_S("transit"), .debit = 5
    };
    return yh_add_ledger_entry(x, &e, err);
}

static enum yh_status a_batch(struct yh_txn *x, struct yh_err *err)
{
    struct yh_charge_line line[] = {
        { .serial = YH_S("1"), .code = YH_S("XA01"), .amount = 1250 },
        { .serial = YH_S("2"), .code = YH_S("XB02"), .amount = -250 }
    };
    struct yh_charge_batch_row b = { .region = YH_S("990101"),
                                     .grp = 1,
                                     .visit = YH_S("V1"),
                                     .batch = YH_S("B1"),
                                     .packed = yh_lines_pack(x->arena, line, 2) };
    return yh_put_charge_batch(x, &b, err);
}

static bool has_person(struct folder *f)
{
    struct yh_txn v;
    struct yh_person_row p = { .region = YH_S("990101"), .grp = 1, .person = YH_S("P1") };
    CHECK_OK(yh_view_open(f->s, yh_test_arena(), &v, &f->err), &f->err);
    enum yh_status st = yh_get_person(&v, &p, &f->err);
    yh_view_close(&v);
    CHECK(st == YH_OK || st == YH_NOT_FOUND);
    return st == YH_OK;
}

TEST(sqlite_folder_keeps_rows_and_has_one_writer)
{
    struct folder f;
    struct yh_store *second = NULL;
    make_folder(&f);
    put(&f, a_person);
    CHECK(yh_store_open(yh_cstr(f.url), &f.opt, &second, &f.err) == YH_CONFLICT);
    f.opt.read_only = true;
    CHECK_OK(yh_store_open(yh_cstr(f.url), &f.opt, &second, &f.err), &f.err);
    yh_store_close(second);
    f.opt.read_only = false;
    close_folder(&f);
    CHECK_OK(open_folder(&f), &f.err);
    CHECK(has_person(&f));
    close_folder(&f);
    f.opt.region = YH_S("350500");
    CHECK(open_folder(&f) == YH_CONFLICT);
    f.opt.region = YH_S("");
    CHECK_OK(open_folder(&f), &f.err);
    remove_folder(&f);
}

TEST(sqlite_folder_that_must_exist_is_not_made)
{
    struct folder f = { .url = "sqlite:/tmp/yh-no-such-folder", .opt = { .must_exist = true } };
    CHECK(open_folder(&f) == YH_NOT_FOUND);
    f.opt = (struct yh_store_options){ .read_only = true };
    CHECK(open_folder(&f) == YH_NOT_FOUND);
    CHECK(access("/tmp/yh-no-such-folder", F_OK) != 0);
    snprintf(f.url, sizeof f.url, "sqlite:/proc/nowhere/at/all");
    f.opt = (struct yh_store_options){ 0 };
    CHECK(open_folder(&f) == YH_IO);
}

TEST(sqlite_view_sees_what_was_committed_when_it_opened)
{
    struct folder f;
    struct yh_txn v;
    struct yh_person_row p = { .region = YH_S("990101"), .grp = 1, .person = YH_S("P1") };
    make_folder(&f);
    CHECK_OK(yh_view_open(f.s, yh_test_arena(), &v, &f.err), &f.err);
    put(&f, a_person);
    CHECK_OK(yh_store_checkpoint(f.s, &f.err), &f.err);
    CHECK(yh_get_person(&v, &p, NULL) == YH_NOT_FOUND);
    yh_view_close(&v);
    CHECK(has_person(&f));
    remove_folder(&f);
}

/* A report that shows a batch which the disk has not: it is told what to wait for, and one wait covers
 * all that was shown before. */
TEST(sqlite_view_says_whether_what_it_showed_is_durable)
{
    struct folder f;
    struct yh_txn x, v, w;
    make_folder(&f);
    CHECK_OK(yh_store_batch_begin(f.s, &f.err), &f.err);
    CHECK_OK(
        yh_txn_begin(f.s, (struct yh_group){ YH_S("990101"), 1 }, yh_test_arena(), &x, &f.err),
        &f.err);
    struct yh_person_row p = { .region = YH_S("990101"), .grp = 1, .person = YH_S("P1") };
    CHECK_OK(yh_put_person(&x, &p, &f.err), &f.err);
    CHECK_OK(yh_txn_keep(&x, &f.err), &f.err);
    CHECK_OK(yh_store_batch_commit_soon(f.s, &f.err), &f.err);
    CHECK_OK(yh_view_open(f.s, yh_test_arena(), &v, &f.err), &f.err);
    CHECK_OK(yh_view_open(f.s, yh_test_arena(), &w, &f.err), &f.err);
    CHECK_OK(yh_get_person(&v, &p, &f.err), &f.err);
    int64_t first = yh_view_close_soon(&v), second = yh_view_close_soon(&w);
    CHECK_I64(first > 0 && second >= first, true, "committed, not synced");
    CHECK_OK(yh_store_sync_shown(f.s, second, &f.err), &f.err);
    CHECK_OK(yh_view_open(f.s, yh_test_arena(), &v, &f.err), &f.err);
    CHECK_OK(yh_get_person(&v, &p, &f.err), &f.err);
    CHECK_I64(yh_view_close_soon(&v), 0, "durable by the sync of what was shown");
    remove_folder(&f);
}

/* ---- the log ---- */

struct beside {
    struct yh_store *s;
    atomic_bool stop;
};

static void *checkpoints(void *arg)
{
    struct beside *b = arg;
    struct yh_err err;
    while (!atomic_load(&b->stop) && yh_store_checkpoint(b->s, &err) == YH_OK)
        usleep(20000);
    return NULL;
}

/* 640 batches of 256 KiB without a pause, each somewhere else in the file. */
TEST(sqlite_log_starts_anew_while_it_is_written_without_a_pause)
{
    struct folder f;
    struct stat log;
    char path[64];
    pthread_t thread;
    make_folder(&f);
    struct beside b = { .s = f.s };
    snprintf(path, sizeof path, "%s/yiheng.db-wal", f.dir);
    char *body = yh_alloc_raw(yh_test_arena(), 1, 1, 64 << 10);
    memset(body, 'x', 64 << 10);
    CHECK(pthread_create(&thread, NULL, checkpoints, &b) == 0);
    for (int i = 0; i < 640; i++) {
        CHECK_OK(yh_store_batch_begin(f.s, &f.err), &f.err);
        for (int k = 0; k < 4; k++) {
            struct yh_txn x;
            struct yh_file_row row = { .name = YH_S("n"), .bytes = { body, 64 << 10 } };
            row.file = yh_fmt(yh_test_arena(), "%d", (i * 4 + k) * 7919 % 2560);
            CHECK_OK(yh_txn_begin(f.s, (struct yh_group){ 0 }, yh_test_arena(), &x, &f.err),
                     &f.err);
            CHECK_OK(yh_add_file(&x, &row, &f.err), &f.err);
            CHECK_OK(yh_txn_keep(&x, &f.err), &f.err);
        }
        CHECK_OK(yh_store_batch_commit(f.s, &f.err), &f.err);
    }
    atomic_store(&b.stop, true);
    pthread_join(thread, NULL);
    CHECK(stat(path, &log) == 0);
    CHECK_I64(log.st_size < 140 << 20, true, "the log is shorter than what went through it");
    remove_folder(&f);
}

/* The log's file ends in zeros, which a folder as a crash leaves it (a copy of both files) reads over;
 * and it is not cut when it starts anew. */
TEST(sqlite_log_grows_by_steps_and_its_zeros_are_no_frames)
{
    struct folder f, g = { .dir = "", .url = "" };
    struct stat log;
    char command[200], path[64];
    make_folder(&f);
    put(&f, a_person);
    snprintf(path, sizeof path, "%s/yiheng.db-wal", f.dir);
    CHECK(stat(path, &log) == 0);
    CHECK_I64(log.st_size, 1 << 20, "one step");
    snprintf(g.dir, sizeof g.dir, "%.25s/copy", f.dir);
    snprintf(g.url, sizeof g.url, "sqlite:%s", g.dir);
    snprintf(command, sizeof command, "mkdir %s && cp %s/yiheng.db %s/yiheng.db-wal %s", g.dir,
             f.dir, f.dir, g.dir);
    CHECK(system(command) == 0);
    CHECK_OK(open_folder(&g), &g.err);
    CHECK(has_person(&g));
    put(&g, an_entry);
    close_folder(&g);
    for (int i = 0; i < 2; i++) {
        CHECK_OK(yh_store_checkpoint(f.s, &f.err), &f.err);
        put(&f, a_batch);
    }
    CHECK(stat(path, &log) == 0);
    CHECK_I64(log.st_size, 1 << 20, "still one step");
    remove_folder(&f);
}

TEST(sqlite_seals_hold_against_any_tool)
{
    struct folder f;
    make_folder(&f);
    put(&f, an_entry);
    CHECK_STR(yh_cstr(outside(&f, "UPDATE ledger_entry SET debit = 6")),
              YH_S("ledger_entry: sealed"), "update");
    CHECK_STR(yh_cstr(outside(&f, "DELETE FROM ledger_entry")), YH_S("ledger_entry: sealed"),
              "delete");
    CHECK_STR(yh_cstr(outside(&f, "UPDATE ledger_entry SET debit = 5")), YH_S(""), "no change");
    CHECK_STR(yh_cstr(outside(
                  &f, "INSERT INTO settlement (region, grp, seq) VALUES ('990101', 1, 1); "
                      "UPDATE settlement SET undone_by = 'S2'")),
              YH_S(""), "a link");
    CHECK_STR(yh_cstr(outside(&f, "UPDATE settlement SET total = 1")),
              YH_S("settlement: sealed"), "a sum");
    remove_folder(&f);
}

TEST(sqlite_older_folder_gains_what_is_new_and_a_newer_one_is_refused)
{
    struct folder f;
    make_folder(&f);
    put(&f, a_person);
    close_folder(&f);
    /* As if made before `hold`, an index, a column and the seals were added. */
    CHECK_STR(yh_cstr(outside(&f, "DROP TABLE hold; DROP INDEX visit_by_provider; "
                                  "DROP TRIGGER ledger_entry_kept; "
                                  "ALTER TABLE person DROP COLUMN phone; "
                                  "ALTER TABLE person DROP COLUMN died")),
              YH_S(""), "made older");
    CHECK_OK(open_folder(&f), &f.err);
    CHECK(has_person(&f));
    put(&f, a_person);
    put(&f, an_entry);
    CHECK_STR(yh_cstr(outside(&f, "SELECT count(*) FROM hold")), YH_S(""), "the table is back");
    CHECK_STR(yh_cstr(outside(&f, "DELETE FROM ledger_entry")), YH_S("ledger_entry: sealed"),
              "and the seal");
    CHECK_STR(yh_cstr(outside(&f, "DROP INDEX visit_by_provider")), YH_S(""), "and the index");
    close_folder(&f);
    CHECK_STR(yh_cstr(outside(&f, "PRAGMA user_version = 1000")), YH_S(""), "newer");
    CHECK(open_folder(&f) == YH_CONFLICT);
    CHECK(yh_find(yh_cstr(f.err.text), YH_S("1000")) >= 0);
    remove_folder(&f);
}

TEST(sqlite_file_that_is_no_database_is_an_error)
{
    struct folder f;
    char path[64];
    make_folder(&f);
    close_folder(&f);
    snprintf(path, sizeof path, "%s/yiheng.db", f.dir);
    FILE *out = fopen(path, "w");
    CHECK(out && fputs("not a database at all, but a text of some length ", out) >= 0);
    for (int i = 0; i < 100; i++)
        fputs("not a database at all, but a text of some length ", out);
    fclose(out);
    CHECK(open_folder(&f) == YH_IO);
    remove_folder(&f);
}

TEST(sqlite_sees_charge_lines_as_rows)
{
    struct folder f;
    struct yh_txn v;
    make_folder(&f);
    put(&f, a_batch);
    yh_str sum = { 0 };
    CHECK_OK(yh_view_open(f.s, yh_test_arena(), &v, &f.err), &f.err);
    CHECK_OK(
        yh_view_sql(
            &v,
            YH_S("SELECT b.visit, count(*), sum(l.amount), max(l.code) FROM charge_batch b, "
                 "charge_lines(b.packed) l GROUP BY b.visit"),
            10, &sum, &f.err),
        &f.err);
    CHECK_STR(sum, YH_S("visit\tcount(*)\tsum(l.amount)\tmax(l.code)\nV1\t2\t1000\tXB02\n"),
              "two lines");
    CHECK(yh_view_sql(&v, YH_S("SELECT * FROM charge_lines(x'010203040506')"), 10, &sum,
                      &f.err) == YH_BAD_INPUT);
    CHECK(yh_find(yh_cstr(f.err.text), YH_S("charge_lines")) >= 0);
    CHECK(yh_view_sql(&v, YH_S("DELETE FROM person"), 10, &sum, &f.err) == YH_DENIED);
    CHECK(yh_view_sql(&v, YH_S("SELECT name FROM meta; DROP TABLE meta"), 10, &sum, &f.err) ==
          YH_DENIED);
    CHECK(yh_view_sql(&v, YH_S("PRAGMA query_only = OFF"), 10, &sum, &f.err) == YH_DENIED);
    CHECK(yh_view_sql(&v, YH_S("ATTACH '/tmp/x' AS x"), 10, &sum, &f.err) == YH_DENIED);
    CHECK(yh_view_sql(&v, YH_S("SELECT name FROM meta, meta"), 3, &sum, &f.err) ==
          YH_BAD_INPUT);
    CHECK(yh_view_sql(&v, YH_S("SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4"), 3,
                      &sum, &f.err) == YH_LIMIT);
    yh_view_close(&v);
    remove_folder(&f);
}
