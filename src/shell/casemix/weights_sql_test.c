/* shell/casemix/weights_sql_test.c -- weights, CV, RIV and the hospitals' figures against a plain
 * computation in SQL.
 *
 * SQLite sums integers exactly below 2^63; the history below stays under it.  Quotients and roots
 * are doubles there, so the last of six decimals may differ by one. */
#include <sqlite3.h>
#include <stdio.h>

#include "base/test.h"
#include "engine/casemix/weights.h"

enum { CASES = 6000, GROUPS = 40, HOSPITALS = 7 };

static struct yh_past past[CASES];
static struct yh_results results;

/* Log-like costs: a group has its level, some cases are far out; group 37 stays empty, 38 is QY,
 * 39 ungroupable. */
static void invent(struct yh_arena *a)
{
    uint64_t seed = 42;
    results = (struct yh_results){ .name = YH_NEW(a, struct yh_group_name, GROUPS),
                                   .title = YH_NEW(a, yh_str, GROUPS),
                                   .drg = YH_NEW(a, bool, GROUPS),
                                   .n = GROUPS };
    for (int i = 0; i < GROUPS; i++)
        results.drg[i] = i < 38;
    for (int i = 0; i < CASES; i++) {
        int group = (int)(yh_test_random(&seed) % 10 ? yh_test_between(&seed, 0, 19)
                                                     : yh_test_between(&seed, 20, 39));
        if (group == 37)
            group = 0;
        yh_fen level = 200000 + 60000 * group;
        yh_fen cost =
            level * yh_test_between(&seed, 50, 170) / 100 + yh_test_between(&seed, 0, 99);
        if (yh_test_random(&seed) % 40 == 0)
            cost = cost * yh_test_between(&seed, 4, 12);
        if (yh_test_random(&seed) % 60 == 0)
            cost = cost / 9;
        static const int32_t SHARE[] = { 1, 2, 7 };
        past[i] =
            (struct yh_past){ .cost = cost,
                              .group = group,
                              .hospital = (int32_t)yh_test_between(&seed, 0, HOSPITALS - 1),
                              .los = (int32_t)yh_test_between(&seed, 1, 20),
                              .share = SHARE[yh_test_between(&seed, 0, 2)] };
    }
}

static sqlite3 *db;

static void run(const char *sql)
{
    char *why = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &why))
        yh_test_stop(__FILE__, __LINE__, why);
}

static sqlite3_stmt *ask(const char *sql)
{
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL))
        yh_test_stop(__FILE__, __LINE__, sqlite3_errmsg(db));
    return s;
}

static void near(int64_t got, sqlite3_stmt *s, int col, const char *why)
{
    int64_t want = sqlite3_column_int64(s, col);
    if (got < want - 1 || got > want + 1)
        CHECK_I64(got, want, why);
}

static void fill(void)
{
    CHECK(sqlite3_open(":memory:", &db) == SQLITE_OK);
    run("create table past(cost integer, grp integer, hosp integer, los integer, w integer)");
    run("begin");
    sqlite3_stmt *in = ask("insert into past values(?,?,?,?,?)");
    for (int i = 0; i < CASES; i++) {
        sqlite3_bind_int64(in, 1, past[i].cost);
        sqlite3_bind_int(in, 2, past[i].group);
        sqlite3_bind_int(in, 3, past[i].hospital);
        sqlite3_bind_int(in, 4, past[i].los);
        sqlite3_bind_int(in, 5, past[i].share);
        CHECK(sqlite3_step(in) == SQLITE_DONE);
        sqlite3_reset(in);
    }
    sqlite3_finalize(in);
    run("commit");
}

/* `keep` is the SQL condition under which a case p of group sums b (n, s, q, m, var) is kept. */
static void compare(const struct yh_weights *w, const char *keep)
{
    char sql[2000];
    fill();
    run("create table b as select grp, sum(w) n, sum(w*cost) s, sum(w*cost*cost) q,"
        " 1.0*sum(w*cost)/sum(w) m, 1.0*sum(w*cost*cost)/sum(w) - "
        "(1.0*sum(w*cost)/sum(w))*(1.0*sum(w*cost)/sum(w)) var"
        " from past group by grp");
    run("create table ranked as select grp, cost, row_number() over (partition by grp order by "
        "cost) i,"
        " count(*) over (partition by grp) n from past");
    run("create table quart as select grp, max(case when i = (n+3)/4 then cost end) q1,"
        " max(case when i = (3*n+3)/4 then cost end) q3 from ranked group by grp");
    snprintf(sql, sizeof sql,
             "create table kept as select p.* from past p join b on b.grp = p.grp where %s",
             keep);
    run(sql);
    run("create table g as select grp, count(*) k, sum(w) n, sum(w*cost) s, sum(w*cost*cost) q,"
        " sum(w*los) d from kept group by grp");
    run("create table total as select sum(n) n, sum(s) s, sum(q) q, sum(1.0*s*s/n) b from g "
        "where grp < 38");
    sqlite3_stmt *s =
        ask("select g.grp, g.k, cast(round(1.0*g.s/g.n) as integer),"
            " case when g.grp < 38 then cast(round(1e6*g.s/g.n*t.n/t.s) as integer) else 0 end,"
            " cast(round(1e6*sqrt(max(0, 1.0*g.q/g.n - "
            "(1.0*g.s/g.n)*(1.0*g.s/g.n)))/(1.0*g.s/g.n)) as integer),"
            " cast(round(1e6*g.d/g.n) as integer)"
            " from g, total t order by g.grp");
    int rows = 0;
    for (; sqlite3_step(s) == SQLITE_ROW; rows++) {
        int i = sqlite3_column_int(s, 0);
        char why[40];
        snprintf(why, sizeof why, "group %d", i);
        CHECK_I64(w->group[i].kept, sqlite3_column_int64(s, 1), why);
        CHECK_I64(w->group[i].mean, sqlite3_column_int64(s, 2), why);
        near(w->group[i].weight, s, 3, why);
        near(w->group[i].cv, s, 4, why);
        near(w->group[i].mean_days, s, 5, why);
    }
    CHECK_I64(rows, GROUPS - 1, "all but the empty group");
    sqlite3_finalize(s);
    s = ask("select cast(round(1.0*s/n) as integer), cast(round(1e6*(b - 1.0*s*s/n)/(q - "
            "1.0*s*s/n)) as integer) from total");
    CHECK(sqlite3_step(s) == SQLITE_ROW);
    CHECK_I64(w->mean, sqlite3_column_int64(s, 0), "overall mean");
    near(w->riv, s, 1, "RIV");
    sqlite3_finalize(s);
    s = ask("select h.hosp, h.n, h.cost, cast(round(1e6*x.cmi) as integer), "
            "cast(round(1e6*x.ci) as integer),"
            " cast(round(1e6*x.ti) as integer), x.k from (select hosp, count(*) n, sum(cost) "
            "cost from past group by hosp) h"
            " join (select p.hosp, avg(1.0*g.s/g.n*t.n/t.s) cmi, avg(p.cost/(1.0*g.s/g.n)) ci,"
            " avg(p.los/(1.0*g.d/g.n)) ti, count(distinct p.grp) k"
            " from past p join g on g.grp = p.grp, total t where p.grp < 38 group by p.hosp) x "
            "on x.hosp = h.hosp"
            " order by h.hosp");
    for (rows = 0; sqlite3_step(s) == SQLITE_ROW; rows++) {
        const struct yh_hospital_stat *h = &w->hospital[sqlite3_column_int(s, 0)];
        CHECK_I64(h->cases, sqlite3_column_int64(s, 1), "cases");
        CHECK_I64(h->cost, sqlite3_column_int64(s, 2), "cost");
        near(h->cmi, s, 3, "CMI");
        near(h->cost_index, s, 4, "cost index");
        near(h->time_index, s, 5, "time index");
        CHECK_I64(h->groups, sqlite3_column_int64(s, 6), "groups");
    }
    CHECK_I64(rows, HOSPITALS, "hospitals");
    sqlite3_finalize(s);
    s = ask("select p.hosp, p.grp, count(*), cast(round(avg(p.cost)) as integer),"
            " cast(round(1e6*avg(p.cost)/(1.0*g.s/g.n)) as integer)"
            " from past p join g on g.grp = p.grp where p.grp < 38 group by p.hosp, p.grp "
            "order by p.hosp, p.grp");
    for (rows = 0; sqlite3_step(s) == SQLITE_ROW; rows++) {
        CHECK(rows < w->nbenchmark);
        const struct yh_benchmark *b = &w->benchmark[rows];
        CHECK_I64(b->hospital, sqlite3_column_int64(s, 0), "hospital");
        CHECK_I64(b->group, sqlite3_column_int64(s, 1), "group");
        CHECK_I64(b->cases, sqlite3_column_int64(s, 2), "cases");
        CHECK_I64(b->mean, sqlite3_column_int64(s, 3), "mean");
        near(b->ratio, s, 4, "ratio");
    }
    CHECK_I64(rows, w->nbenchmark, "pairs");
    sqlite3_finalize(s);
    sqlite3_close(db);
}

static void both(struct yh_weights_rules rules, const char *keep)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_arena scratch;
    struct yh_weights w;
    struct yh_err err;
    CHECK_OK(yh_arena_open(&scratch, (size_t)1 << 28, &err), &err);
    invent(a);
    rules.stable_cases = 5;
    rules.stable_cv = YH_ONE;
    CHECK_OK(yh_weights_build(past, CASES, &results, HOSPITALS, &rules, a, scratch, &w, &err),
             &err);
    CHECK_I64(w.empty, 1, "group 37");
    CHECK_I64(w.stable + w.unstable + w.empty, 38, "every DRG has a standing");
    compare(&w, keep);
    yh_arena_close(&scratch);
}

TEST(weights_without_trimming_equal_sql)
{
    both((struct yh_weights_rules){ .trim = YH_TRIM_NONE }, "1");
}

TEST(weights_trimmed_by_ratio_equal_sql)
{
    both((struct yh_weights_rules){ .trim = YH_TRIM_RATIO, .low = 300000, .high = 3 * YH_ONE },
         "p.cost*b.n*10 >= b.s*3 and p.cost*b.n <= b.s*3");
}

TEST(weights_trimmed_by_deviation_equal_sql)
{
    both((struct yh_weights_rules){ .trim = YH_TRIM_SD, .sd_tenths = 30 },
         "abs(p.cost - b.m) <= 3*sqrt(b.var)");
}

TEST(weights_trimmed_by_quartiles_equal_sql)
{
    both((struct yh_weights_rules){ .trim = YH_TRIM_IQR },
         "2*p.cost between (select 2*q1-3*(q3-q1) from quart where quart.grp = p.grp)"
         " and (select 2*q3+3*(q3-q1) from quart where quart.grp = p.grp)");
}

/* 1,000.00 and 3,000.00 in group 0, 4,000.00 in group 1, one hospital each way:
 * m0 = 2,000.00, m1 = 4,000.00, M = 8,000 / 3 = 2,666.67; RW0 = 0.75, RW1 = 1.5.
 * CV0 = 1,000 / 2,000 = 0.5.  Total variance: (1666.67² + 333.33² + 1333.33²) = 4,666,666.67;
 * within: 2 × 1,000² = 2,000,000; RIV = 1 − 2,000,000 / 4,666,666.67 = 0.571429. */
TEST(weights_of_three_cases_by_hand)
{
    struct yh_arena *a = yh_test_arena(), scratch;
    struct yh_past three[] = { { 100000, 0, 0, 5, 1 },
                               { 300000, 0, 1, 7, 1 },
                               { 400000, 1, 1, 9, 1 } };
    bool drg[] = { true, true };
    struct yh_results r = { .drg = drg, .n = 2 };
    struct yh_weights_rules rules = { .stable_cases = 2, .stable_cv = YH_ONE };
    struct yh_weights w;
    struct yh_err err;
    CHECK_OK(yh_arena_open(&scratch, (size_t)1 << 20, &err), &err);
    CHECK_OK(yh_weights_build(three, 3, &r, 2, &rules, a, scratch, &w, &err), &err);
    CHECK_I64(w.mean, 266667, "M");
    CHECK_I64(w.group[0].weight, 750000, "RW 0");
    CHECK_I64(w.group[1].weight, 1500000, "RW 1");
    CHECK_I64(w.group[0].cv, 500000, "CV 0");
    CHECK_I64(w.riv, 571429, "RIV");
    CHECK_I64(w.weight, 3000000, "the weights of all cases add up to their number");
    CHECK_I64(w.hospital[0].cost_index, 500000, "hospital 0 spends half");
    CHECK_I64(w.hospital[1].cmi, 1125000, "(0.75 + 1.5) / 2");
    CHECK_I64(w.stable, 1, "group 1 has one case only");
    /* 8,000.00 of fund at a payment ratio of 0.8 over 3 weights: 10,000 / 3. */
    CHECK_I64(yh_base_rate(800000, 800000, w.weight), 333333, "base rate");
    yh_arena_close(&scratch);
}
