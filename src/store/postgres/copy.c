/* store/postgres/copy.c -- whole tables: counted, read and filled by COPY. */
#include <stdio.h>
#include "store/postgres/inside.h"

#define COPY_BYTES ((ptrdiff_t)256 << 10)
#define COPY_LONG 3072 /* a row of 80 columns below it fits COPY_BYTES */

enum yh_status yh_pgdb_count(void *db, void *view, const struct yh_table *t, int64_t *out,
                             struct yh_err *err)
{
    struct yh_link *c = view;
    char sql[96];
    (void)db;
    snprintf(sql, sizeof sql, "SELECT count(*)::bigint FROM \"%s\"", t->name);
    int patience = c->silence_ms;
    c->silence_ms = 0; /* a large table is counted without a word */
    enum yh_status st = yh_link_run(c, sql, 0, out, err);
    c->silence_ms = patience;
    return st;
}

/* A number of so many bytes; false: *p has no more. */
static bool take_be(yh_str *p, int bytes, int64_t *out)
{
    uint64_t v = 0;
    if (p->n < bytes)
        return false;
    for (int i = 0; i < bytes; i++)
        v = v << 8 | (unsigned char)p->p[i];
    *out = (int64_t)v;
    *p = yh_sub(*p, bytes, p->n);
    return true;
}

/* A row as COPY sends it: 16 bits how many columns, each 32 bits of length and so many bytes. */
static bool take_row(const struct yh_table *t, yh_str p, void *row)
{
    int64_t n = 0, v = 0;
    if (!take_be(&p, 2, &n) || n != t->ncolumn)
        return false;
    for (int i = 0; i < t->ncolumn; i++) {
        const struct yh_column *c = &t->column[i];
        if (!take_be(&p, 4, &n) || n < 0 || n > p.n)
            return false;
        if (c->type != YH_COLUMN_I64) {
            yh_row_set_str(row, c, yh_sub(p, 0, n));
            p = yh_sub(p, n, p.n);
        } else if (n == 8 && take_be(&p, 8, &v)) {
            yh_row_set_i64(row, c, v);
        } else {
            return false;
        }
    }
    return p.n == 0;
}

/* COPY is no part of a pipeline: the view's connection leaves it for that long. */
enum yh_status yh_pgdb_scan(void *db, void *view, const struct yh_table *t, yh_row_fn *fn,
                            void *ctx, struct yh_err *err)
{
    enum { HEAD = 19 };
    struct yh_link *c = view;
    int64_t row[2 * YH_COLUMNS_MAX];
    char *data;
    int n;
    bool first = true, sound = true, more = true;
    (void)db;
    enum yh_status st = yh_link_pull(c, err); /* BEGIN may still be under way */
    if (st)
        return st;
    yh_arena_reset(&c->scratch);
    const char *sql = yh_zdup(&c->scratch, yh_pg_copy_out(&c->scratch, t));
    PGresult *r = PQexitPipelineMode(c->pg) ? PQexec(c->pg, sql) : NULL;
    bool begun = PQresultStatus(r) == PGRES_COPY_OUT;
    PQclear(r);
    /* Its head comes with the first row, and 16 bits of -1 after the last. */
    while (begun && (n = PQgetCopyData(c->pg, &data, 0)) > 0) {
        yh_str p = { data, n };
        if (first)
            p = yh_sub(p, n < HEAD ? n : HEAD, n);
        first = false;
        bool end = p.n == 2 && p.p[0] == '\377' && p.p[1] == '\377';
        if (more && sound && p.n && !end) {
            sound = take_row(t, p, row);
            more = sound && fn(ctx, row);
        }
        PQfreemem(data);
    }
    while (begun && (r = PQgetResult(c->pg))) {
        begun = PQresultStatus(r) == PGRES_COMMAND_OK;
        PQclear(r);
    }
    if (begun && sound && PQenterPipelineMode(c->pg))
        return YH_OK;
    yh_str said = yh_trim(yh_cstr(PQerrorMessage(c->pg)));
    c->bad = yh_fail(&c->why, YH_IO, "数据库不给出整个 %s 表：%.*s", t->name,
                     YH_ARG(sound ? said : YH_S("收到的行不成样子")));
    c->silent = true; /* in the midst of it: fit for nothing but closing */
    if (err)
        *err = c->why;
    return YH_IO;
}

/* ---- filling: COPY ---- */

static char *put_be(char *at, uint64_t v, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--)
        *at++ = (char)(unsigned char)(v >> (8 * i));
    return at;
}

static enum yh_status copy_error(struct yh_pgdb *p, struct yh_err *err)
{
    yh_str said = yh_trim(yh_cstr(PQerrorMessage(p->writer->pg)));
    return yh_fail(err, YH_RETRY, "数据库不接受成批写入：%.*s", YH_ARG(said));
}

static bool copy_command(PGconn *pg, const char *sql, ExecStatusType want)
{
    PGresult *r = PQexec(pg, sql);
    bool good = PQresultStatus(r) == want;
    PQclear(r);
    return good;
}

/* What was gathered goes out. */
static bool copy_out(struct yh_pgdb *p)
{
    int n = p->ncopied;
    p->ncopied = 0;
    return n == 0 || PQputCopyData(p->writer->pg, p->copy, n) == 1;
}

/* COPY cannot be sent ahead: the connection leaves the pipeline for it. */
enum yh_status yh_pgdb_fill_begin(void *db, const struct yh_table *t, struct yh_err *err)
{
    struct yh_pgdb *p = db;
    PGconn *pg = p->writer->pg;
    static const char HEAD[19] =
        "PGCOPY\n\377\r\n"; /* and nine zeros: its end, flags, no extension */
    /* The next chunk need not wait for the disk: commits reach it in their order, and who moves
     * commits once more at the end and waits for that one. */
    static const char SOON[] = "BEGIN; SET LOCAL synchronous_commit = off";
    yh_arena_reset(&p->writer->scratch);
    const char *sql = yh_zdup(&p->writer->scratch, yh_pg_copy(&p->writer->scratch, t));
    p->filling = true;
    p->ncopied = 0;
    if (!p->copy)
        p->copy = yh_heap(NULL, COPY_BYTES);
    return PQexitPipelineMode(pg) && copy_command(pg, SOON, PGRES_COMMAND_OK) &&
                   copy_command(pg, sql, PGRES_COPY_IN) &&
                   PQputCopyData(pg, HEAD, sizeof HEAD) == 1
               ? YH_OK
               : copy_error(p, err);
}

enum yh_status yh_pgdb_fill(void *db, const struct yh_table *t, const void *row,
                            struct yh_err *err)
{
    struct yh_pgdb *p = db;
    struct yh_link_values v = { .n = 0 };
    enum yh_status st = yh_pgdb_values(p, t, row, &v, err);
    if (st)
        return st;
    int bytes = 2;
    for (int i = 0; i < v.n; i++)
        bytes += 4 + (v.length[i] <= COPY_LONG ? v.length[i] : 0);
    if (p->ncopied + bytes > COPY_BYTES && !copy_out(p))
        return copy_error(p, err);
    char *at = put_be(p->copy + p->ncopied, (uint64_t)t->ncolumn, 2);
    for (int i = 0; i < v.n; i++) {
        at = put_be(at, (uint64_t)v.length[i], 4);
        if (v.length[i] <= COPY_LONG) {
            memcpy(at, v.value[i], (size_t)v.length[i]);
            at += v.length[i];
            continue;
        }
        p->ncopied = (int)(at - p->copy); /* long ones go by themselves */
        if (!copy_out(p) || PQputCopyData(p->writer->pg, v.value[i], v.length[i]) != 1)
            return copy_error(p, err);
        at = p->copy;
    }
    p->ncopied = (int)(at - p->copy);
    return YH_OK;
}

enum yh_status yh_pgdb_fill_end(void *db, struct yh_err *err)
{
    struct yh_pgdb *p = db;
    PGconn *pg = p->writer->pg;
    bool good =
        copy_out(p) && PQputCopyData(pg, "\377\377", 2) == 1 && PQputCopyEnd(pg, NULL) == 1;
    PGresult *r;
    while ((r = PQgetResult(pg))) {
        good = good && PQresultStatus(r) == PGRES_COMMAND_OK;
        PQclear(r);
    }
    good = good && copy_command(pg, "COMMIT", PGRES_COMMAND_OK) && PQenterPipelineMode(pg);
    p->filling = !good;
    return good ? YH_OK : copy_error(p, err);
}

enum yh_status yh_pgdb_filled(void *db, struct yh_err *err)
{
    struct yh_pgdb *p = db;
    if (!p->writer || yh_link_broken(p->writer) || p->writer->begun)
        return yh_fail(err, YH_RETRY, "与数据库的连接断开");
    p->writer->silence_ms = 0;
    enum yh_status st = yh_pg_filled(p->writer, p->schema, err);
    p->writer->silence_ms = SILENCE_MS;
    return st;
}
