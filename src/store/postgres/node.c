/* store/postgres/node.c -- a store as one of several nodes: what store/shards needs beside the backend's calls. */
#include <stdio.h>
#include "store/postgres/inside.h"

bool yh_pg_busy(const void *db)
{
    const struct yh_pgdb *p = db;
    return p->busy && p->writer && p->writer->begun;
}

int yh_pg_groups(const void *db)
{
    return ((const struct yh_pgdb *)db)->nheld;
}

void yh_pg_careful(void *db, bool careful)
{
    ((struct yh_pgdb *)db)->careful = careful;
}

void yh_pg_lose(void *db)
{
    struct yh_pgdb *p = db;
    if (p->writer)
        p->writer->lost = true;
}

bool yh_pg_wants(const void *db)
{
    return ((const struct yh_pgdb *)db)->nwanted > 0;
}

enum yh_status yh_pg_wait(void *db, struct yh_err *err)
{
    struct yh_pgdb *p = db;
    yh_pgdb_ensure_begun(p);
    return yh_link_pull(p->writer, err);
}

enum yh_status yh_pg_sure(void *db, struct yh_err *err)
{
    struct yh_link *c = ((struct yh_pgdb *)db)->writer;
    return c->unsure || c->bad ? yh_link_pull(c, err) : YH_OK;
}

enum yh_status yh_pg_prepare(void *db, const char *gid, struct yh_err *err)
{
    struct yh_pgdb *p = db;
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
    yh_pgdb_forget_transaction(p);
    return YH_OK;
}

void yh_pg_say(void *db, const char *sql)
{
    struct yh_pgdb *p = db;
    yh_pgdb_ensure_begun(p);
    yh_link_say(p->writer, sql, YH_LINK_ANY);
}

enum yh_status yh_pg_alone(void *db, const char *sql, struct yh_err *err)
{
    struct yh_pgdb *p = db;
    if (!p->writer || yh_link_broken(p->writer) || p->writer->begun)
        return yh_fail(err, YH_RETRY, "与数据库的连接断开");
    yh_link_say(p->writer, sql, YH_LINK_ANY);
    enum yh_status st = yh_link_pull(p->writer, err);
    if (st)
        (void)yh_link_rollback(p->writer, false);
    return st;
}
