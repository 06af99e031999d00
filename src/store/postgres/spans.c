/* store/postgres/spans.c -- rows in their order: a few at once, many through a cursor, group after group through one
 * that runs ahead. */
#include <stdio.h>
#include "store/postgres/inside.h"

/* The columns that a span is found by. */
static int span_column(const struct yh_pgdb *p, const struct yh_span *span, int i)
{
    return span->index == YH_BY_KEY ? i : p->schema->index[span->index].column[i];
}

/* Position of `region` among the span's fixed columns, followed by `grp`; -1. */
static int span_group(const struct yh_pgdb *p, const struct yh_table *t,
                      const struct yh_span *span)
{
    for (int i = 0; i + 1 < span->same; i++)
        if (!strcmp(t->column[span_column(p, span, i)].name, "region") &&
            !strcmp(t->column[span_column(p, span, i + 1)].name, "grp"))
            return i;
    return -1;
}

static enum yh_status span_values(const struct yh_pgdb *p, const struct yh_table *t,
                                  const struct yh_span *span, const void *probe,
                                  struct yh_link_values *v, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    for (int i = 0; st == YH_OK && i < span->same; i++)
        st = yh_link_column(v, &t->column[span_column(p, span, i)], probe, err);
    if (span->ranged) {
        yh_link_i64(v, span->from);
        yh_link_i64(v, span->to);
    }
    if (span->most)
        yh_link_i64(v, span->most);
    return st;
}

yh_str yh_pgdb_span_sql(struct yh_pgdb *p, struct yh_link *c, const struct yh_table *t,
                        const struct yh_span *span)
{
    yh_arena_reset(&c->scratch);
    return yh_pg_span(&c->scratch, t,
                      span->index == YH_BY_KEY ? NULL : &p->schema->index[span->index], span,
                      span->most > 0);
}

/* The rows of the last result, one by one; false: fn has seen enough. */
static bool walk(struct yh_link *c, const struct yh_table *t, yh_row_fn *fn, void *ctx)
{
    int64_t row[2 * YH_COLUMNS_MAX];
    const PGresult *r = yh_link_keep(c);
    bool more = true;
    for (int i = 0; more && i < PQntuples(r); i++) {
        yh_link_get_row(r, i, t, 0, row);
        more = fn(ctx, row);
    }
    yh_link_drop(c);
    return more;
}

/* Many rows: through a cursor, some at a time. */
static enum yh_status each_of_many(struct yh_pgdb *p, struct yh_link *c,
                                   const struct yh_table *t, const struct yh_span *span,
                                   const struct yh_link_values *v, yh_row_fn *fn, void *ctx,
                                   struct yh_err *err)
{
    char sql[64], name[32];
    snprintf(name, sizeof name, "c%lld", (long long)++c->cursors);
    yh_str text = yh_pgdb_span_sql(p, c, t, span);
    text = yh_fmt(&c->scratch, "DECLARE %s NO SCROLL CURSOR FOR %.*s", name, YH_ARG(text));
    yh_link_send(c, -1, yh_zdup(&c->scratch, text), v,
                 (struct yh_link_flight){ .prepare = -1 });
    snprintf(sql, sizeof sql, "FETCH %d FROM %s", FETCH_ROWS, name);
    enum yh_status st;
    bool more = true;
    do {
        yh_link_say(c, sql, YH_LINK_ANY);
        st = yh_link_pull(c, err);
        more = st == YH_OK && PQntuples(c->result) == FETCH_ROWS;
        more = st == YH_OK && walk(c, t, fn, ctx) && more;
    } while (more);
    snprintf(sql, sizeof sql, "CLOSE %s", name);
    yh_link_say(c, sql, YH_LINK_ANY);
    return st;
}

#define STREAK 3 /* groups in rising order, and more are expected */

static int cmp_group(yh_str r1, int64_t g1, yh_str r2, int64_t g2)
{
    int c = yh_cmp(r1, r2);
    return c ? c : (g1 > g2) - (g1 < g2);
}

static enum yh_status open_ahead(struct yh_link *c, const struct yh_table *t,
                                 struct yh_link_ahead *w, const struct yh_link_values *v,
                                 struct yh_err *err)
{
    w->cursor = (int)++c->cursors;
    w->at = 0;
    w->dry = false;
    yh_arena_reset(&c->scratch);
    yh_str text = yh_pg_from_group(&c->scratch, t);
    text =
        yh_fmt(&c->scratch, "DECLARE c%d NO SCROLL CURSOR FOR %.*s", w->cursor, YH_ARG(text));
    yh_link_send(c, -1, yh_zdup(&c->scratch, text), v,
                 (struct yh_link_flight){ .prepare = -1 });
    return yh_link_pull(c, err);
}

/* More rows of a cursor where those at hand are used up; *rows NULL: there are none. */
static enum yh_status fetch(struct yh_link *c, char letter, int64_t cursor, PGresult **rows,
                            int *at, bool *dry, struct yh_err *err)
{
    char sql[64];
    while (!*rows || *at == PQntuples(*rows)) {
        PQclear(*rows);
        *rows = NULL;
        if (*dry)
            return YH_OK;
        snprintf(sql, sizeof sql, "FETCH %d FROM %c%lld", FETCH_ROWS, letter,
                 (long long)cursor);
        yh_link_say(c, sql, YH_LINK_ANY);
        enum yh_status st = yh_link_pull(c, err);
        if (st)
            return st;
        *rows = c->result;
        c->result = NULL;
        *at = 0;
        *dry = PQntuples(*rows) < FETCH_ROWS;
    }
    return YH_OK;
}

static enum yh_status walk_ahead(struct yh_link *c, const struct yh_table *t,
                                 struct yh_link_ahead *w, yh_str region, int64_t grp,
                                 yh_row_fn *fn, void *ctx, struct yh_err *err)
{
    int64_t row[2 * YH_COLUMNS_MAX];
    enum yh_status st;
    bool more = true;
    w->busy = true;
    while (!(st = fetch(c, 'c', w->cursor, &w->row, &w->at, &w->dry, err)) && w->row) {
        yh_link_get_row(w->row, w->at, t, 0, row);
        int way = cmp_group(yh_row_str(row, &t->column[0]), yh_row_i64(row, &t->column[1]),
                            region, grp);
        if (way > 0)
            break;
        if (way == 0 && more)
            more = fn(ctx, row);
        w->at++;
    }
    w->busy = false;
    return st;
}

/* One group of a walk over groups in their order?  *taken: it was answered here. */
static enum yh_status each_of_walk(struct yh_link *c, const struct yh_table *t,
                                   const struct yh_span *span, const void *probe,
                                   const struct yh_link_values *v, yh_row_fn *fn, void *ctx,
                                   bool *taken, struct yh_err *err)
{
    *taken = false;
    if (!t->personal || span->index != YH_BY_KEY || span->same != 2 || span->ranged ||
        span->down || span->most)
        return YH_OK;
    if (!c->ahead) {
        c->ahead = yh_heap(NULL, YH_TABLE_N * sizeof *c->ahead);
        memset(c->ahead, 0, YH_TABLE_N * sizeof *c->ahead);
    }
    struct yh_link_ahead *w = &c->ahead[t->id];
    yh_str region = yh_row_str(probe, &t->column[0]);
    int64_t grp = yh_row_i64(probe, &t->column[1]);
    if (w->busy || region.n >= (ptrdiff_t)sizeof w->region)
        return YH_OK;
    bool rising = cmp_group(region, grp, yh_cstr(w->region), w->grp) > 0;
    w->streak = rising ? w->streak + 1 : 0;
    w->grp = grp;
    snprintf(w->region, sizeof w->region, "%.*s", YH_ARG(region));
    if (!rising && w->cursor) { /* the cursor is past it: it stays unused until the end */
        PQclear(w->row);
        w->row = NULL;
        w->cursor = 0;
    }
    if (w->streak < STREAK)
        return YH_OK;
    *taken = true;
    enum yh_status st = w->cursor ? YH_OK : open_ahead(c, t, w, v, err);
    return st ? st : walk_ahead(c, t, w, region, grp, fn, ctx, err);
}

enum yh_status yh_pgdb_each(void *db, void *view, const struct yh_table *t,
                            const struct yh_span *span, const void *probe, yh_row_fn *fn,
                            void *ctx, struct yh_err *err)
{
    struct yh_pgdb *p = db;
    struct yh_link *c = view ? view : p->writer;
    struct yh_link_values v = { 0 };
    enum yh_status st = span_values(p, t, span, probe, &v, err);
    if (st) /* what cannot be kept is not there */
        return st == YH_BAD_INPUT ? YH_OK : st;
    bool taken = false;
    if (view)
        st = each_of_walk(c, t, span, probe, &v, fn, ctx, &taken, err);
    if (st || taken)
        return st;
    int group = span_group(p, t, span);
    if (!view && group >= 0)
        yh_pgdb_hold(p, yh_row_str(probe, &t->column[span_column(p, span, group)]),
                     yh_row_i64(probe, &t->column[span_column(p, span, group + 1)]));
    else if (!view)
        yh_pgdb_ensure_begun(p);
    bool plain = span->index == YH_BY_KEY && !span->ranged && !span->down && !span->most;
    const struct yh_link_slot *s =
        plain && (view || !p->wrote[t->id]) ? yh_pgdb_slot_of(c, t, probe, span->same) : NULL;
    if (s && !s->one) {
        yh_pgdb_slot_each(s, t, span->same, probe, fn, ctx);
        return YH_OK;
    }
    bool few = group >= 0 || (span->most > 0 && span->most <= FETCH_ROWS) ||
               (span->same >= 2 && !span->ranged);
    if (!few)
        return each_of_many(p, c, t, span, &v, fn, ctx, err);
    int shape = ((span->index + 1) << 8) | (span->same << 3) | ((span->most > 0) << 2) |
                (span->ranged << 1) | span->down;
    bool known;
    int number = yh_link_span_number(c, (int)t->id, shape, &known);
    const char *sql = known ? NULL : yh_zdup(&c->scratch, yh_pgdb_span_sql(p, c, t, span));
    yh_link_send(c, number, sql, &v, (struct yh_link_flight){ .prepare = -1 });
    if ((st = yh_link_pull(c, err)) == YH_OK)
        (void)walk(c, t, fn, ctx);
    return st;
}

/* ---- for who merges several (node.h) ---- */

enum yh_status yh_pg_walk_open(void *db, void *view, const struct yh_table *t,
                               const struct yh_span *span, const void *probe,
                               struct yh_pg_walk *out, struct yh_err *err)
{
    struct yh_pgdb *p = db;
    struct yh_link *c = view ? view : p->writer;
    struct yh_link_values v = { 0 };
    *out = (struct yh_pg_walk){ .link = c, .table = t, .cursor = ++c->cursors };
    enum yh_status st = span_values(p, t, span, probe, &v, err);
    if (st == YH_BAD_INPUT) { /* what cannot be kept is not there */
        out->dry = true;
        return YH_OK;
    }
    if (!view)
        yh_pgdb_ensure_begun(p);
    yh_str text = yh_pgdb_span_sql(p, c, t, span);
    text = yh_fmt(&c->scratch, "DECLARE w%lld NO SCROLL CURSOR FOR %.*s",
                  (long long)out->cursor, YH_ARG(text));
    yh_link_send(c, -1, yh_zdup(&c->scratch, text), &v,
                 (struct yh_link_flight){ .prepare = -1 });
    return st;
}

enum yh_status yh_pg_walk_next(struct yh_pg_walk *w, void *row, bool *more, struct yh_err *err)
{
    enum yh_status st = fetch(w->link, 'w', w->cursor, &w->rows, &w->at, &w->dry, err);
    *more = st == YH_OK && w->rows;
    if (*more)
        yh_link_get_row(w->rows, w->at++, w->table, 0, row);
    return st;
}

void yh_pg_walk_close(struct yh_pg_walk *w)
{
    char sql[64];
    PQclear(w->rows);
    if (!w->link || !w->table || w->link->bad || !w->link->begun || !w->cursor)
        return;
    snprintf(sql, sizeof sql, "CLOSE w%lld", (long long)w->cursor);
    yh_link_say(w->link, sql, YH_LINK_ANY);
}
