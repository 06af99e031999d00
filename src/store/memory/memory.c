/* store/memory/memory.c -- the store without a disk: tests, the sandbox, replays.
 *
 * A row is one immutable block, its texts behind it; an index is an ordered set of such blocks.
 * Every change is noted as (old row, new row), so dropping a transaction is undoing its notes. */
#include "store/backend.h"
#include "store/memory/order.h"

struct change {
    int table;
    void *old, *new; /* NULL: there was none; it was dropped */
};

struct memory {
    const struct yh_schema *schema;
    struct yh_order key[YH_TABLE_N];
    struct yh_order index[YH_INDEX_N];
    struct change *change;
    int nchange, cap;
    int mark; /* nchange when the transaction began */
};

/* ---- comparing ---- */

/* What is looked for: a row's place in an index, or an end of a span. */
struct sought {
    const struct yh_table *t;
    const struct yh_index *index; /* NULL: the key */
    const void *probe;
    const struct yh_span *span; /* NULL: the very row `probe` */
    bool behind;                /* the place behind the span, not before it */
};

static const struct yh_column *column_of(const struct sought *s, int i)
{
    return &s->t->column[s->index ? s->index->column[i] : i];
}

static bool before_span(const void *row, const void *what)
{
    const struct sought *s = what;
    int i = 0;
    for (; i < s->span->same; i++) {
        int c = yh_column_cmp(column_of(s, i), row, s->probe);
        if (c)
            return c < 0;
    }
    if (!s->span->ranged)
        return s->behind;
    int64_t v = yh_row_i64(row, column_of(s, i));
    return v < (s->behind ? s->span->to : s->span->from);
}

static bool before_row(const void *row, const void *what)
{
    const struct sought *s = what;
    for (int i = 0; s->index && i < s->index->ncolumn; i++) {
        int c = yh_column_cmp(column_of(s, i), row, s->probe);
        if (c)
            return c < 0;
    }
    for (int i = 0; i < s->t->nkey; i++) {
        int c = yh_column_cmp(&s->t->column[i], row, s->probe);
        if (c)
            return c < 0;
    }
    return false;
}

static bool same_key(const struct yh_table *t, const void *a, const void *b)
{
    for (int i = 0; i < t->nkey; i++)
        if (yh_column_cmp(&t->column[i], a, b) != 0)
            return false;
    return true;
}

/* The row with probe's key, NULL when there is none; *at is where it stands or would stand. */
static void *find(struct memory *m, const struct yh_table *t, const void *probe,
                  struct yh_place *at)
{
    struct sought s = { .t = t, .probe = probe };
    *at = yh_order_find(&m->key[t->id], before_row, &s);
    void *row = yh_order_at(&m->key[t->id], *at);
    return row && same_key(t, row, probe) ? row : NULL;
}

/* ---- changing ---- */

static void *block_of(const struct yh_table *t, const void *row)
{
    size_t size = (size_t)t->row_size;
    for (int i = 0; i < t->ncolumn; i++)
        if (t->column[i].type != YH_COLUMN_I64)
            size += (size_t)yh_row_str(row, &t->column[i]).n;
    char *block = yh_heap(NULL, size), *at = block + t->row_size;
    memcpy(block, row, (size_t)t->row_size);
    for (int i = 0; i < t->ncolumn; i++) {
        if (t->column[i].type == YH_COLUMN_I64)
            continue;
        yh_str s = yh_row_str(row, &t->column[i]);
        if (s.n)
            memcpy(at, s.p, (size_t)s.n);
        yh_row_set_str(block, &t->column[i], (yh_str){ at, s.n });
        at += s.n;
    }
    return block;
}

static void enter(struct memory *m, const struct yh_table *t, void *row)
{
    struct sought s = { .t = t, .probe = row };
    yh_order_insert(&m->key[t->id], yh_order_find(&m->key[t->id], before_row, &s), row);
    for (int i = t->first_index; i < t->first_index + t->nindex; i++) {
        s.index = &m->schema->index[i];
        yh_order_insert(&m->index[i], yh_order_find(&m->index[i], before_row, &s), row);
    }
}

static void remove_from(struct yh_order *o, const struct sought *s)
{
    struct yh_place p = yh_order_find(o, before_row, s);
    yh_assert(yh_order_at(o, p) == s->probe);
    yh_order_remove(o, p);
}

static void leave(struct memory *m, const struct yh_table *t, void *row)
{
    struct sought s = { .t = t, .probe = row };
    remove_from(&m->key[t->id], &s);
    for (int i = t->first_index; i < t->first_index + t->nindex; i++) {
        s.index = &m->schema->index[i];
        remove_from(&m->index[i], &s);
    }
}

static void change(struct memory *m, const struct yh_table *t, void *old, const void *row)
{
    void *new = row ? block_of(t, row) : NULL;
    if (old)
        leave(m, t, old);
    if (new)
        enter(m, t, new);
    if (m->nchange == m->cap) {
        m->cap = m->cap ? 2 * m->cap : 64;
        m->change = yh_heap(m->change, (size_t)m->cap * sizeof *m->change);
    }
    m->change[m->nchange++] = (struct change){ (int)t->id, old, new };
}

static void undo_to(struct memory *m, int mark)
{
    while (m->nchange > mark) {
        struct change c = m->change[--m->nchange];
        const struct yh_table *t = &m->schema->table[c.table];
        if (c.new)
            leave(m, t, c.new);
        if (c.old)
            enter(m, t, c.old);
        yh_heap(c.new, 0);
    }
}

/* ---- the backend ---- */

static enum yh_status batch_begin(void *db, struct yh_err *err)
{
    struct memory *m = db;
    (void)err;
    yh_assert(m->nchange == 0);
    return YH_OK;
}

static enum yh_status batch_commit(void *db, struct yh_err *err)
{
    struct memory *m = db;
    (void)err;
    for (int i = 0; i < m->nchange; i++)
        yh_heap(m->change[i].old, 0);
    m->nchange = 0;
    return YH_OK;
}

static void batch_drop(void *db)
{
    undo_to(db, 0);
}

static enum yh_status txn_begin(void *db, struct yh_err *err)
{
    struct memory *m = db;
    (void)err;
    m->mark = m->nchange;
    return YH_OK;
}

static enum yh_status txn_keep(void *db, struct yh_err *err)
{
    (void)db, (void)err;
    return YH_OK;
}

static void txn_drop(void *db)
{
    struct memory *m = db;
    undo_to(m, m->mark);
}

static enum yh_status view_open(void *db, void **view, struct yh_err *err)
{
    (void)err;
    *view = db;
    return YH_OK;
}

static void view_close(void *db, void *view)
{
    (void)db, (void)view;
}

static enum yh_status get(void *db, void *view, struct yh_arena *arena,
                          const struct yh_table *t, void *row, struct yh_err *err)
{
    (void)view;
    struct yh_place at;
    const void *found = find(db, t, row, &at);
    if (!found)
        return yh_fail(err, YH_NOT_FOUND, "%s 中没有这一行", t->name);
    yh_row_dup(t, arena, row, found);
    return YH_OK;
}

static enum yh_status add(void *db, const struct yh_table *t, const void *row,
                          struct yh_err *err)
{
    struct yh_place at;
    if (find(db, t, row, &at))
        return yh_fail(err, YH_CONFLICT, "%s 中已有同一键的一行", t->name);
    change(db, t, NULL, row);
    return YH_OK;
}

static enum yh_status put(void *db, const struct yh_table *t, const void *row,
                          struct yh_err *err)
{
    struct yh_place at;
    (void)err;
    change(db, t, find(db, t, row, &at), row);
    return YH_OK;
}

static enum yh_status drop(void *db, const struct yh_table *t, const void *row,
                           struct yh_err *err)
{
    struct yh_place at;
    void *old = find(db, t, row, &at);
    if (!old)
        return yh_fail(err, YH_NOT_FOUND, "%s 中没有这一行", t->name);
    change(db, t, old, NULL);
    return YH_OK;
}

static enum yh_status each(void *db, void *view, const struct yh_table *t,
                           const struct yh_span *span, const void *probe, yh_row_fn *fn,
                           void *ctx, struct yh_err *err)
{
    (void)view, (void)err;
    struct memory *m = db;
    bool by_key = span->index == YH_BY_KEY;
    struct sought s = { .t = t,
                        .index = by_key ? NULL : &m->schema->index[span->index],
                        .probe = probe,
                        .span = span };
    struct yh_order *o = by_key ? &m->key[t->id] : &m->index[span->index];
    struct yh_place from = yh_order_find(o, before_span, &s);
    s.behind = true;
    struct yh_place to = yh_order_find(o, before_span, &s);
    for (int64_t n = 0; !span->most || n < span->most; n++) {
        if (from.leaf > to.leaf || (from.leaf == to.leaf && from.at >= to.at))
            break;
        if (span->down)
            yh_order_back(o, &to);
        const void *row = yh_order_at(o, span->down ? to : from);
        if (!fn(ctx, row))
            break;
        if (!span->down)
            from = yh_order_next(o, from);
    }
    return YH_OK;
}

static enum yh_status checkpoint(void *db, struct yh_err *err)
{
    (void)db, (void)err;
    return YH_OK;
}

static int64_t reopens(void *db)
{
    (void)db;
    return 0;
}

static void close_memory(void *db)
{
    struct memory *m = db;
    yh_assert(m->nchange == 0);
    for (int t = 0; t < YH_TABLE_N; t++) {
        for (int l = 0; l < m->key[t].n; l++)
            for (int i = 0; i < m->key[t].leaf[l]->n; i++)
                yh_heap(m->key[t].leaf[l]->row[i], 0);
        yh_order_free(&m->key[t]);
    }
    for (int i = 0; i < YH_INDEX_N; i++)
        yh_order_free(&m->index[i]);
    if (m->change)
        yh_heap(m->change, 0);
    yh_heap(m, 0);
}

const struct yh_backend yh_memory_backend = {
    .batch_begin = batch_begin,
    .batch_commit = batch_commit,
    .batch_drop = batch_drop,
    .txn_begin = txn_begin,
    .txn_keep = txn_keep,
    .txn_drop = txn_drop,
    .view_open = view_open,
    .view_close = view_close,
    .get = get,
    .add = add,
    .put = put,
    .drop = drop,
    .each = each,
    .checkpoint = checkpoint,
    .reopens = reopens,
    .close = close_memory,
};

enum yh_status yh_memory_open(const struct yh_schema *schema, void **db, struct yh_err *err)
{
    (void)err;
    struct memory *m = yh_heap(NULL, sizeof *m);
    *m = (struct memory){ .schema = schema };
    *db = m;
    return YH_OK;
}
