/* ext/sqlite/yiheng.c -- the engine as functions of SQLite:   .load build/ext/yiheng
 *
 * The same functions as the PostgreSQL extension's (ext/postgres/yiheng.sql.in), and the table
 * function charge_lines(packed).  The folder of policies and catalogues is $YIHENG_HOME, else the
 * working directory.  One engine a connection. */
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT1
#include <stdlib.h>

#include "shell/home/home.h"
#include "store/sqlite/lines_table.h"

static void close_home(void *p)
{
    yh_home_close(p);
    sqlite3_free(p);
}

/* The engine, where the version asked for is its own. */
static struct yiheng *engine_of(sqlite3_context *x, sqlite3_value *version)
{
    struct yh_home *h = sqlite3_user_data(x);
    const char *v = (const char *)sqlite3_value_text(version);
    if (v && !strcmp(v, h->version))
        return h->engine;
    char *why = sqlite3_mprintf("要的是版本 %s，所装为 %s；用 yiheng_version() 取当前版本",
                                v ? v : "NULL", h->version);
    sqlite3_result_error(x, why, -1);
    sqlite3_free(why);
    return NULL;
}

static void give(sqlite3_context *x, char *answer, int ok)
{
    if (ok)
        sqlite3_result_text(x, answer, -1, SQLITE_TRANSIENT);
    else
        sqlite3_result_error(x, answer, -1);
    yiheng_free(answer);
}

static void version(sqlite3_context *x, int n, sqlite3_value **arg)
{
    (void)n, (void)arg;
    sqlite3_result_text(x, ((struct yh_home *)sqlite3_user_data(x))->version, -1,
                        SQLITE_TRANSIENT);
}

static void settle(sqlite3_context *x, sqlite3_value **arg, int how)
{
    struct yiheng *e = engine_of(x, arg[0]);
    const char *bill = (const char *)sqlite3_value_text(arg[1]);
    int ok;
    if (!e || !bill)
        return;
    char *answer = yiheng_settle(e, bill, (size_t)sqlite3_value_bytes(arg[1]), how, &ok);
    give(x, answer, ok);
}

static void settle_sql(sqlite3_context *x, int n, sqlite3_value **arg)
{
    (void)n;
    settle(x, arg, 0);
}

static void explain_sql(sqlite3_context *x, int n, sqlite3_value **arg)
{
    (void)n;
    settle(x, arg, YIHENG_TEXT);
}

static void check_sql(sqlite3_context *x, int n, sqlite3_value **arg)
{
    (void)n;
    struct yiheng *e = engine_of(x, arg[0]);
    const char *page = (const char *)sqlite3_value_text(arg[1]);
    int ok;
    if (!e || !page)
        return;
    char *answer = yiheng_check(e, page, (size_t)sqlite3_value_bytes(arg[1]), &ok);
    give(x, answer, answer[0] == '[');
}

static void standing_sql(sqlite3_context *x, int n, sqlite3_value **arg)
{
    (void)n;
    struct yiheng *e = engine_of(x, arg[0]);
    const char *facts = (const char *)sqlite3_value_text(arg[1]);
    int ok;
    if (!e || !facts)
        return;
    char *answer = yiheng_standing(e, facts, (size_t)sqlite3_value_bytes(arg[1]), &ok);
    give(x, answer, ok);
}

/* {"mdc","adrg","drg"}; json_extract(…, '$.drg') is the group. */
static void group_sql(sqlite3_context *x, int n, sqlite3_value **arg)
{
    (void)n;
    struct yiheng *e = engine_of(x, arg[0]);
    const char *scheme = (const char *)sqlite3_value_text(arg[1]);
    const char *discharge = (const char *)sqlite3_value_text(arg[2]);
    int ok;
    if (!e || !scheme || !discharge)
        return;
    char *answer = yiheng_group(e, scheme, discharge, (size_t)sqlite3_value_bytes(arg[2]), &ok);
    give(x, answer, ok);
}

/* yiheng_pay(version, facts, outside, over, first, scope, accumulator …): a JSON object, fen. */
static void pay_sql(sqlite3_context *x, int n, sqlite3_value **arg)
{
    enum { STANDING_MAX = 64 };
    int64_t standing[STANDING_MAX];
    struct yiheng_payment p;
    char error[320];
    if (n < 6 || n - 6 > STANDING_MAX) {
        sqlite3_result_error(
            x, "yiheng_pay(版本, 情形, 全自费, 超限价, 先行自付, 范围内 [, 累计量 …])", -1);
        return;
    }
    struct yiheng *e = engine_of(x, arg[0]);
    const char *facts = (const char *)sqlite3_value_text(arg[1]);
    if (!e || !facts)
        return;
    struct yiheng_cost cost = { sqlite3_value_int64(arg[2]), sqlite3_value_int64(arg[3]),
                                sqlite3_value_int64(arg[4]), sqlite3_value_int64(arg[5]) };
    for (int i = 6; i < n; i++)
        standing[i - 6] = sqlite3_value_int64(arg[i]);
    if (!yiheng_pay(e, facts, (size_t)sqlite3_value_bytes(arg[1]), &cost, standing, n - 6, &p,
                    error, sizeof error)) {
        sqlite3_result_error(x, error, -1);
        return;
    }
    char *json = sqlite3_mprintf(
        "{\"total\":%lld,\"fund\":%lld,\"hifp_pay\":%lld,\"cvlserv_pay\":%lld,\"hifes_pay\":%"
        "lld,"
        "\"hifmi_pay\":%lld,\"hifob_pay\":%lld,\"maf_pay\":%lld,\"hifdm_pay\":%lld,\"oth_pay\":"
        "%lld,"
        "\"person\":%lld,\"hospital\":%lld,\"deductible\":%lld,\"to_person\":%lld}",
        (long long)p.total, (long long)p.fund, (long long)p.hifp, (long long)p.cvlserv,
        (long long)p.hifes, (long long)p.hifmi, (long long)p.hifob, (long long)p.maf,
        (long long)p.hifdm, (long long)p.other, (long long)p.person, (long long)p.hospital,
        (long long)p.deductible, (long long)p.to_person);
    sqlite3_result_text(x, json, -1, sqlite3_free);
}

/* The name that SQLite looks for in yiheng.so. */
int sqlite3_yiheng_init(sqlite3 *db, char **error, const sqlite3_api_routines *api);
int sqlite3_yiheng_init(sqlite3 *db, char **error, const sqlite3_api_routines *api)
{
    static const struct {
        const char *name;
        int narg;
        void (*work)(sqlite3_context *, int, sqlite3_value **);
    } FUNCTION[] = {
        { "yiheng_version", 0, version },       { "yiheng_settle", 2, settle_sql },
        { "yiheng_explain", 2, explain_sql },   { "yiheng_check", 2, check_sql },
        { "yiheng_standing", 2, standing_sql }, { "yiheng_group", 3, group_sql },
        { "yiheng_pay", -1, pay_sql },
    };
    SQLITE_EXTENSION_INIT2(api);
    struct yh_err err = { 0 };
    struct yh_home *h = sqlite3_malloc(sizeof *h);
    const char *dir = getenv("YIHENG_HOME");
    if (!h)
        return SQLITE_NOMEM;
    if (yh_home_open(dir ? dir : ".", h, &err)) {
        *error = sqlite3_mprintf(
            "医衡不能打开 %s：%s（YIHENG_HOME 应指向含 policy 与 catalogs 的目录）",
            dir ? dir : ".", err.text);
        sqlite3_free(h);
        return SQLITE_ERROR;
    }
    int rc = yh_lines_table_register(db);
    for (int i = 0; i < YH_COUNT(FUNCTION); i++) {
        /* The first is the owner: it closes the engine with the connection. */
        int flags = SQLITE_UTF8 | (i ? SQLITE_DETERMINISTIC : 0);
        int bad =
            sqlite3_create_function_v2(db, FUNCTION[i].name, FUNCTION[i].narg, flags, h,
                                       FUNCTION[i].work, NULL, NULL, i ? NULL : close_home);
        rc = rc ? rc : bad;
    }
    return rc;
}
