/* store/sqlite/rows_test.c -- the rows kept beside SQLite: whatever is written, dropped and read in whatever
 * order, SQLite with them answers as the memory backend does, which keeps none. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/test.h"
#include "store/store.h"

struct pair {
    struct yh_store *s[2]; /* SQLite, memory */
    struct yh_txn x[2];
    char dir[32];
    uint64_t seed;
    struct yh_err err;
};

static const yh_str REGION = { "990101", 6 };

static int below(struct pair *p, int n)
{
    return (int)(yh_test_random(&p->seed) % (uint64_t)n);
}

static void open_pair(struct pair *p)
{
    struct yh_store_options opt = { .region = REGION, .now = 1774000000 };
    snprintf(p->dir, sizeof p->dir, "/tmp/yh-rows-XXXXXX");
    CHECK(mkdtemp(p->dir) != NULL);
    yh_str url = yh_fmt(yh_test_arena(), "sqlite:%s", p->dir);
    CHECK_OK(yh_store_open(url, &opt, &p->s[0], &p->err), &p->err);
    CHECK_OK(yh_store_open(YH_S("memory:"), &opt, &p->s[1], &p->err), &p->err);
}

static void close_pair(struct pair *p)
{
    char clean[64];
    yh_store_close(p->s[0]);
    yh_store_close(p->s[1]);
    snprintf(clean, sizeof clean, "rm -r %s", p->dir);
    CHECK(system(clean) == 0);
}

static yh_str name(struct pair *p, const char *what, int n)
{
    return yh_fmt(yh_test_arena(), "%s%d", what, below(p, n));
}

/* What a read answers, as text. */
static yh_str told(struct yh_txn *x, int what, yh_str person, yh_str other)
{
    struct yh_buf b = yh_buf_in(yh_test_arena());
    struct yh_account_row a = { .region = REGION, .grp = 7, .person = person };
    struct yh_visit_row v = { .region = REGION, .grp = 7, .person = person, .visit = other };
    struct yh_enrolment_row e = { .region = REGION, .grp = 7, .person = person }, *er = NULL;
    struct yh_person_row q = { .region = REGION, .grp = 7, .person = person };
    struct yh_span three = { .index = YH_BY_KEY, .same = 3 };
    enum yh_status st = YH_OK;
    int n = 0;
    switch (what) {
    case 0:
        st = yh_get_account(x, &a, NULL);
        yh_putf(&b, "%lld %lld", (long long)a.balance, (long long)a.held);
        break;
    case 1:
        st = yh_get_visit(x, &v, NULL);
        yh_putf(&b, "%.*s %.*s %lld", YH_ARG(v.status), YH_ARG(v.bed), (long long)v.batches);
        break;
    case 2:
        st = yh_list_enrolment(x, three, &e, &er, &n, NULL);
        for (int i = 0; i < n; i++)
            yh_putf(&b, "%.*s %.*s;", YH_ARG(er[i].scheme), YH_ARG(er[i].employer));
        break;
    default: st = yh_get_person(x, &q, NULL); yh_putf(&b, "%.*s", YH_ARG(q.name));
    }
    yh_putf(&b, " (%d)", (int)st);
    return yh_buf_str(&b);
}

/* One write to both, which must answer alike. */
static void write_one(struct pair *p)
{
    int what = below(p, 4), how = below(p, 3);
    yh_str person = name(p, "P", 3), other = name(p, "X", 12), text = name(p, "文", 1000);
    int64_t number = below(p, 1000);
    enum yh_status st[2];
    for (int i = 0; i < 2; i++) {
        struct yh_txn *x = &p->x[i];
        struct yh_account_row a = {
            .region = REGION, .grp = 7, .person = person, .balance = number
        };
        struct yh_visit_row v = { .region = REGION,
                                  .grp = 7,
                                  .person = person,
                                  .visit = other,
                                  .provider = YH_S("H"),
                                  .begin_time = number % 2,
                                  .status = YH_S("open"),
                                  .bed = text,
                                  .batches = number };
        struct yh_enrolment_row e = {
            .region = REGION, .grp = 7, .person = person, .scheme = other, .employer = text
        };
        struct yh_person_row q = { .region = REGION, .grp = 7, .person = person, .name = text };
        switch (what) {
        case 0:
            st[i] = how == 0   ? yh_add_account(x, &a, NULL)
                    : how == 1 ? yh_put_account(x, &a, NULL)
                               : yh_drop_account(x, &a, NULL);
            break;
        case 1:
            st[i] = how == 0   ? yh_add_visit(x, &v, NULL)
                    : how == 1 ? yh_put_visit(x, &v, NULL)
                               : yh_drop_visit(x, &v, NULL);
            break;
        case 2:
            st[i] = how == 0   ? yh_add_enrolment(x, &e, NULL)
                    : how == 1 ? yh_put_enrolment(x, &e, NULL)
                               : yh_drop_enrolment(x, &e, NULL);
            break;
        default: st[i] = yh_put_person(x, &q, NULL);
        }
    }
    CHECK_I64(st[0], st[1], "a write answers alike");
}

TEST(sqlite_with_rows_kept_beside_it_answers_as_memory_does)
{
    struct pair p = { .seed = 20261123 };
    int64_t differ = 0, found = 0;
    open_pair(&p);
    for (int batch = 0; batch < 400; batch++) {
        for (int i = 0; i < 2; i++)
            CHECK_OK(yh_store_batch_begin(p.s[i], &p.err), &p.err);
        for (int txn = below(&p, 4); txn >= 0; txn--) {
            for (int i = 0; i < 2; i++)
                CHECK_OK(yh_txn_begin(p.s[i], (struct yh_group){ REGION, 7 }, yh_test_arena(),
                                      &p.x[i], &p.err),
                         &p.err);
            for (int k = below(&p, 12); k >= 0; k--) {
                if (below(&p, 3) == 0)
                    write_one(&p);
                int what = below(&p, 4);
                yh_str person = name(&p, "P", 3), other = name(&p, "X", 12);
                yh_str a = told(&p.x[0], what, person, other),
                       b = told(&p.x[1], what, person, other);
                differ += !yh_eq(a, b);
                found += yh_ends(a, YH_S("(0)"));
            }
            bool keep = below(&p, 3) > 0;
            for (int i = 0; i < 2; i++) {
                if (keep)
                    CHECK_OK(yh_txn_keep(&p.x[i], &p.err), &p.err);
                else
                    yh_txn_drop(&p.x[i]);
            }
        }
        bool commit = below(&p, 5) > 0;
        for (int i = 0; i < 2; i++) {
            if (commit)
                CHECK_OK(yh_store_batch_commit(p.s[i], &p.err), &p.err);
            else
                yh_store_batch_drop(p.s[i]);
        }
        yh_arena_reset(yh_test_arena());
    }
    CHECK_I64(differ, 0, "answers that differ");
    CHECK(found > 1000);
    close_pair(&p);
}

TEST(sqlite_forgets_its_rows_when_another_program_writes)
{
    struct pair p = { .seed = 1 };
    sqlite3 *db = NULL;
    char path[64];
    open_pair(&p);
    for (int i = 0; i < 2; i++) {
        CHECK_OK(yh_store_batch_begin(p.s[0], &p.err), &p.err);
        CHECK_OK(yh_txn_begin(p.s[0], (struct yh_group){ REGION, 7 }, yh_test_arena(), &p.x[0],
                              &p.err),
                 &p.err);
        struct yh_account_row a = {
            .region = REGION, .grp = 7, .person = YH_S("P0"), .balance = 5
        };
        if (!i)
            CHECK_OK(yh_put_account(&p.x[0], &a, &p.err), &p.err);
        CHECK_OK(yh_get_account(&p.x[0], &a, &p.err), &p.err);
        CHECK_I64(a.balance, i ? 6 : 5, "what stands in the file");
        CHECK_OK(yh_txn_keep(&p.x[0], &p.err), &p.err);
        CHECK_OK(yh_store_batch_commit(p.s[0], &p.err), &p.err);
        snprintf(path, sizeof path, "%s/yiheng.db", p.dir);
        CHECK(sqlite3_open(path, &db) == SQLITE_OK);
        CHECK(sqlite3_exec(db, "UPDATE account SET balance = 6", NULL, NULL, NULL) ==
              SQLITE_OK);
        sqlite3_close(db);
    }
    close_pair(&p);
}
