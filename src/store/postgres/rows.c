/* store/postgres/rows.c -- rows by their keys: read, added, put, dropped, asked for ahead; numbers. */
#include <stdio.h>
#include "base/hash.h"
#include "store/postgres/inside.h"

#define KEY_BYTES_MAX 2400 /* a tree's page holds at least three keys */

/* ---- statements ---- */

void yh_pgdb_send_verb(struct yh_link *c, const struct yh_table *t, enum yh_pg_verb verb,
                       const struct yh_link_values *v, struct yh_link_flight f)
{
    int number = (int)t->id * YH_PG_VERB_N + (int)verb;
    const char *sql = NULL;
    if (!yh_link_prepared(c, number)) {
        yh_arena_reset(&c->scratch);
        sql = yh_zdup(&c->scratch, yh_pg_verb(&c->scratch, t, verb));
    }
    yh_link_send(c, number, sql, v, f);
}

/* The first n columns as parameters. */
static enum yh_status columns(const struct yh_table *t, int n, const void *row,
                              struct yh_link_values *v, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    for (int i = 0; st == YH_OK && i < n; i++)
        st = yh_link_column(v, &t->column[i], row, err);
    return st;
}

/* ---- keys looked for in vain ---- */

static uint64_t prefix_mark(const struct yh_table *t, const void *row, int n)
{
    uint64_t h = yh_mix64((uint64_t)t->id + 1);
    for (int i = 0; i < n; i++)
        h = t->column[i].type == YH_COLUMN_I64
                ? yh_mix64(h ^ (uint64_t)yh_row_i64(row, &t->column[i]))
                : yh_hash64(yh_row_str(row, &t->column[i]), h);
    return h;
}

static uint64_t key_mark(const struct yh_table *t, const void *row)
{
    return prefix_mark(t, row, t->nkey);
}

static void note_absent(struct yh_pgdb *p, uint64_t mark)
{
    p->absent[p->nabsent++ % ABSENT_MAX] = mark;
}

static void note_written(struct yh_pgdb *p, const struct yh_table *t, const void *row)
{
    p->wrote[t->id] = true;
    if (p->nwritten < WRITTEN_MAX)
        p->written[p->nwritten] = key_mark(t, row);
    p->nwritten++;
}

static bool is_written(const struct yh_pgdb *p, const struct yh_table *t, const void *row)
{
    if (!p->wrote[t->id])
        return false;
    uint64_t mark = key_mark(t, row);
    for (int i = 0; i < p->nwritten && i < WRITTEN_MAX; i++)
        if (p->written[i] == mark)
            return true;
    return p->nwritten > WRITTEN_MAX;
}

/* Was it looked for in vain?  Not any longer, for it is about to be there. */
static bool forget_absent(struct yh_pgdb *p, uint64_t mark)
{
    bool was = false;
    for (int i = 0; i < ABSENT_MAX && i < p->nabsent; i++)
        if (p->absent[i] == mark) {
            p->absent[i] = 0;
            was = true;
        }
    return was;
}

/* ---- rows ---- */

static enum yh_status not_found(const struct yh_table *t, struct yh_err *err)
{
    return yh_fail(err, YH_NOT_FOUND, "%s 中没有这一行", t->name);
}

/* A group's own row came with its lock. */
static enum yh_status get_group(struct yh_pgdb *p, const struct yh_table *t, void *row,
                                struct yh_err *err)
{
    struct yh_account_group_row *g = row;
    _Static_assert(sizeof *g == sizeof(yh_str) + 2 * sizeof(int64_t), "seq is all it holds");
    struct yh_pg_held *h = yh_pgdb_find_held(p, g->region, g->grp);
    enum yh_status st = p->writer->nflight ? yh_link_pull(p->writer, err) : p->writer->bad;
    if (st)
        return st;
    if (h->seq < 0)
        return not_found(t, err);
    g->seq = h->seq;
    return YH_OK;
}

/* ---- what came ahead ---- */

/* The rows among which this one, or all with the same first columns, would be; NULL: not asked for. */
const struct yh_link_slot *yh_pgdb_slot_of(struct yh_link *c, const struct yh_table *t,
                                           const void *probe, int same)
{
    for (int i = 0; i < c->nslot; i++) {
        struct yh_link_slot *s = &c->slot[i];
        if (s->table != (int)t->id || s->same > same ||
            s->mark != prefix_mark(t, probe, s->same))
            continue;
        if (!s->row && (!c->nflight || yh_link_pull(c, NULL)))
            return NULL; /* trouble, which the caller's own read will meet */
        return s->row ? s : NULL;
    }
    return NULL;
}

static bool same_first(const struct yh_table *t, const void *a, const void *b, int n)
{
    for (int i = 0; i < n; i++)
        if (yh_column_cmp(&t->column[i], a, b) != 0)
            return false;
    return true;
}

/* The row with row's key; false: there is none. */
static bool slot_get(const struct yh_link_slot *s, const struct yh_table *t, void *row)
{
    int64_t one[2 * YH_COLUMNS_MAX];
    if (s->one && PQntuples(s->row))
        yh_link_get_row(s->row, 0, t, t->nkey, row);
    for (int i = 0; !s->one && i < PQntuples(s->row); i++) {
        yh_link_get_row(s->row, i, t, 0, one);
        if (!same_first(t, one, row, t->nkey))
            continue;
        memcpy(row, one, (size_t)t->row_size);
        return true;
    }
    return s->one && PQntuples(s->row);
}

void yh_pgdb_slot_each(const struct yh_link_slot *s, const struct yh_table *t, int same,
                       const void *probe, yh_row_fn *fn, void *ctx)
{
    int64_t row[2 * YH_COLUMNS_MAX];
    for (int i = 0; i < PQntuples(s->row); i++) {
        yh_link_get_row(s->row, i, t, 0, row);
        if (same_first(t, row, probe, same) && !fn(ctx, row))
            return;
    }
}

enum yh_status yh_pgdb_get(void *db, void *view, struct yh_arena *arena,
                           const struct yh_table *t, void *row, struct yh_err *err)
{
    struct yh_pgdb *p = db;
    struct yh_link *c = view ? view : p->writer;
    struct yh_link_values v = { 0 };
    enum yh_status st = columns(t, t->nkey, row, &v, err);
    if (st) /* what cannot be kept is not there */
        return st == YH_BAD_INPUT ? not_found(t, err) : st;
    if (!view)
        yh_pgdb_hold_row(p, t, row);
    const struct yh_account_group_row *g = row;
    if (!view && t->id == YH_TABLE_account_group && yh_pgdb_is_group(g->region, g->grp))
        return get_group(p, t, row, err);
    const struct yh_link_slot *s =
        !view && is_written(p, t, row) ? NULL : yh_pgdb_slot_of(c, t, row, t->nkey);
    bool found = s && slot_get(s, t, row);
    if (!s) {
        yh_pgdb_send_verb(c, t, YH_PG_GET, &v, (struct yh_link_flight){ .prepare = -1 });
        if ((st = yh_link_pull(c, err)))
            return st;
        if ((found = PQntuples(c->result) > 0))
            yh_link_get_row(c->result, 0, t, t->nkey, row);
    }
    if (!found) {
        if (!view)
            note_absent(p, key_mark(t, row));
        return not_found(t, err);
    }
    for (int i = t->nkey; i < t->ncolumn; i++)
        if (t->column[i].type != YH_COLUMN_I64)
            yh_row_set_str(row, &t->column[i], yh_dup(arena, yh_row_str(row, &t->column[i])));
    return YH_OK;
}

/* A tree's entry must fit a page. */
static enum yh_status keys_fit(const struct yh_pgdb *p, const struct yh_table *t,
                               const void *row, struct yh_err *err)
{
    for (int k = t->first_index - 1; k < t->first_index + t->nindex; k++) {
        const struct yh_index *index = k < t->first_index ? NULL : &p->schema->index[k];
        ptrdiff_t bytes = 0;
        for (int i = 0; i < (index ? index->ncolumn : t->nkey); i++) {
            const struct yh_column *c = &t->column[index ? index->column[i] : i];
            bytes += c->type == YH_COLUMN_I64 ? 8 : yh_row_str(row, c).n;
        }
        if (bytes > KEY_BYTES_MAX)
            return yh_fail(err, YH_LIMIT, "%s 的键太长：%lld 字节，至多 %d", t->name,
                           (long long)bytes, KEY_BYTES_MAX);
    }
    return YH_OK;
}

enum yh_status yh_pgdb_values(const struct yh_pgdb *p, const struct yh_table *t,
                              const void *row, struct yh_link_values *v, struct yh_err *err)
{
    enum yh_status st = keys_fit(p, t, row, err);
    return st ? st : columns(t, t->ncolumn, row, v, err);
}

enum yh_status yh_pgdb_add(void *db, const struct yh_table *t, const void *row,
                           struct yh_err *err)
{
    struct yh_pgdb *p = db;
    struct yh_link_values v = { 0 };
    enum yh_status st = yh_pgdb_values(p, t, row, &v, err);
    if (st)
        return st;
    yh_pgdb_hold_row(p, t, row);
    note_written(p, t, row);
    /* A key just looked for is new; sealed rows are numbered within their group.  Where the group is
     * locked nobody can have been faster, and the commit need not wait for the answer. */
    int region, grp;
    bool looked = forget_absent(p, key_mark(t, row)) || t->sealed;
    bool locked =
        yh_pg_grouped(t, &region, &grp) &&
        yh_pgdb_is_group(yh_row_str(row, &t->column[region]), yh_row_i64(row, &t->column[grp]));
    bool sure = looked && locked, hope = !sure && (looked || p->hasty);
    if (sure)
        yh_link_row(p->writer, t, YH_PG_NEW, &v);
    else
        yh_pgdb_send_verb(p->writer, t, YH_PG_ADD, &v,
                          (struct yh_link_flight){ .want = hope ? YH_LINK_FIRM : YH_LINK_ANY,
                                                   .rows = 1,
                                                   .prepare = -1 });
    p->busy = true;
    if (sure || hope)
        return p->writer->bad ? yh_link_pull(p->writer, err) : YH_OK;
    if ((st = yh_link_pull(p->writer, err)))
        return st;
    return strcmp(PQcmdTuples(p->writer->result), "1") == 0
               ? YH_OK
               : yh_fail(err, YH_CONFLICT, "%s 中已有同一键的一行", t->name);
}

/* What a held group's own row says from now on. */
static enum yh_status note_seq(struct yh_pgdb *p, const struct yh_account_group_row *g,
                               int64_t seq, struct yh_err *err)
{
    struct yh_pg_held *h = yh_pgdb_find_held(p, g->region, g->grp);
    /* The lock's own answer must not come later than this. */
    enum yh_status st = p->writer->nflight ? yh_link_pull(p->writer, err) : YH_OK;
    if (st == YH_OK && h)
        h->seq = seq;
    return st;
}

enum yh_status yh_pgdb_put(void *db, const struct yh_table *t, const void *row,
                           struct yh_err *err)
{
    struct yh_pgdb *p = db;
    struct yh_link_values v = { 0 };
    enum yh_status st = yh_pgdb_values(p, t, row, &v, err);
    if (st)
        return st;
    yh_pgdb_hold_row(p, t, row);
    if (t->id == YH_TABLE_account_group &&
        (st = note_seq(p, row, ((const struct yh_account_group_row *)row)->seq, err)))
        return st;
    (void)forget_absent(p, key_mark(t, row));
    note_written(p, t, row);
    yh_link_row(p->writer, t, YH_PG_PUT, &v);
    p->busy = true;
    return p->writer->bad ? yh_link_pull(p->writer, err) : YH_OK;
}

enum yh_status yh_pgdb_drop(void *db, const struct yh_table *t, const void *row,
                            struct yh_err *err)
{
    struct yh_pgdb *p = db;
    struct yh_link_values v = { 0 };
    enum yh_status st = columns(t, t->nkey, row, &v, err);
    if (st)
        return st == YH_BAD_INPUT ? not_found(t, err) : st;
    yh_pgdb_hold_row(p, t, row);
    if (t->id == YH_TABLE_account_group && (st = note_seq(p, row, -1, err)))
        return st;
    note_written(p, t, row);
    yh_pgdb_send_verb(p->writer, t, YH_PG_DROP, &v, (struct yh_link_flight){ .prepare = -1 });
    p->busy = true;
    if ((st = yh_link_pull(p->writer, err)))
        return st;
    return strcmp(PQcmdTuples(p->writer->result), "1") == 0 ? YH_OK : not_found(t, err);
}

/* Numbers of a locked group ("990101 17"): nobody else is at them. */
static bool of_held_group(const struct yh_pgdb *p, yh_str scope)
{
    char text[64];
    for (int i = p->nheld - 1; i >= 0 && i > p->nheld - 4; i--)
        if (yh_eq(scope, (yh_str){ text, snprintf(text, sizeof text, "%.*s %lld",
                                                  YH_ARG(yh_sub(p->held[i]->region, 0, 32)),
                                                  (long long)p->held[i]->grp) }))
            return true;
    return false;
}

enum yh_status yh_pgdb_next(void *db, yh_str scope, yh_str name, int64_t *out,
                            struct yh_err *err)
{
    struct yh_pgdb *p = db;
    struct yh_link *c = p->writer;
    if (p->kept && !of_held_group(p, scope)) {
        /* Another batch may hold this number and wait for one of ours: alone it may wait. */
        c->lost = true;
        c->bad = yh_fail(&c->why, YH_RETRY, "序号 %.*s 要单独取", YH_ARG(scope));
        return yh_link_pull(c, err);
    }
    const int number = (int)YH_TABLE_sequence * YH_PG_VERB_N + YH_PG_LOCK;
    struct yh_link_values v = { 0 };
    yh_pgdb_ensure_begun(p);
    yh_link_text(&v, scope);
    yh_link_text(&v, name);
    yh_link_send(c, number, yh_pg_next, &v, (struct yh_link_flight){ .prepare = -1 });
    p->busy = true;
    enum yh_status st = yh_link_pull(c, err);
    if (st == YH_OK)
        *out = yh_link_get_i64(c->result, 0, 0);
    return st;
}

/* ---- ahead ---- */

void yh_pgdb_ahead(void *db, void *view, const struct yh_table *t, const struct yh_span *span,
                   const void *probe)
{
    struct yh_pgdb *p = db;
    struct yh_link *c = view ? view : p->writer;
    struct yh_link_values v = { .n = 0 };
    int same = span ? span->same : t->nkey;
    if (view && t->personal) { /* who reads group after group needs the last one's no more */
        uint64_t of = yh_mix64(yh_hash64(yh_row_str(probe, &t->column[0]), 0) ^
                               (uint64_t)yh_row_i64(probe, &t->column[1]));
        if (c->slots_of && c->slots_of != of)
            yh_link_forget(
                c); /* but not what came before the first one: the caller's own row */
        c->slots_of = of;
    }
    if (c->bad || c->nslot == YH_LINK_SLOTS || columns(t, same, probe, &v, NULL))
        return;
    if (!view)
        yh_pgdb_hold_row(p, t, probe);
    c->slot[c->nslot++] = (struct yh_link_slot){
        .table = (int)t->id, .same = same, .one = !span, .mark = prefix_mark(t, probe, same)
    };
    struct yh_link_flight f = { .prepare = -1, .slot = c->nslot };
    if (!span) {
        yh_pgdb_send_verb(c, t, YH_PG_GET, &v, f);
        return;
    }
    yh_assert(span->index == YH_BY_KEY && !span->ranged && !span->down && !span->most);
    bool known;
    int number = yh_link_span_number(c, (int)t->id, span->same << 3, &known);
    const char *sql = known ? NULL : yh_zdup(&c->scratch, yh_pgdb_span_sql(p, c, t, span));
    yh_link_send(c, number, sql, &v, f);
}
