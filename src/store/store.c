/* store/store.c -- the interface's own checks; what is kept is the backend's affair. */
#include "store/backend.h"

#include "base/hash.h"

/* Version of the rules by which rows are read; migrate.def says how older ones become this. */
struct yh_store {
    const struct yh_backend *ops;
    void *db;
    bool read_only;
    bool in_batch, in_txn;
    int64_t kept;                  /* requests of the open batch */
    const struct yh_table *filled; /* NULL: no fill is open */
    bool failed;                   /* the batch met a failing disk: it can only be dropped */
    struct yh_store_stats stats;
    struct yh_schema schema;
};

/* ---- open ---- */

static enum yh_status stamp(struct yh_store *s, const struct yh_store_options *opt,
                            struct yh_arena *scratch, struct yh_err *err)
{
    struct yh_txn x;
    enum yh_status st;
    struct yh_meta_row region = { .name = YH_S("region") };
    char now[32];
    struct yh_meta_row made[] = {
        { YH_S("region"), opt->region },
        { YH_S("created"), yh_time_text(now, opt->now) },
    };
    if ((st = yh_store_batch_begin(s, err)))
        return st;
    if ((st = yh_txn_begin(s, (struct yh_group){ { 0 }, 0 }, scratch, &x, err)))
        goto drop;
    struct yh_meta_row moving = { .name = YH_S("moving") };
    if (!opt->moving && yh_get_meta(&x, &moving, NULL) == YH_OK) {
        st = yh_fail(err, YH_CONFLICT, "数据还没有搬完，请用同样的参数再运行一次 yiheng move");
        yh_txn_drop(&x);
        goto drop;
    }
    st = yh_get_meta(&x, &region, NULL);
    if (st == YH_NOT_FOUND) {
        st = YH_OK;
        for (int i = 0; st == YH_OK && i < YH_COUNT(made); i++)
            st = yh_add_meta(&x, &made[i], err);
    } else if (st == YH_OK && opt->region.n && !yh_eq(region.value, opt->region)) {
        st = yh_fail(err, YH_CONFLICT, "数据目录属于统筹区 %.*s，不是 %.*s",
                     YH_ARG(region.value), YH_ARG(opt->region));
    }
    if (st == YH_OK)
        st = yh_txn_keep(&x, err);
    if (st == YH_OK)
        return yh_store_batch_commit(s, err);
drop:
    yh_store_batch_drop(s);
    return st;
}

static enum yh_status open_backend(struct yh_store *s, yh_str url,
                                   const struct yh_store_options *opt, struct yh_err *err)
{
    yh_str sqlite = YH_S("sqlite:");
    if (yh_eq(url, YH_S("memory:"))) {
        s->ops = &yh_memory_backend;
        return yh_memory_open(&s->schema, &s->db, err);
    }
    if (yh_starts(url, sqlite) && url.n > sqlite.n) {
        s->ops = &yh_sqlite_backend;
        return yh_sqlite_open(&s->schema, yh_sub(url, sqlite.n, url.n), opt, &s->db, err);
    }
    if (yh_starts(url, YH_S("postgres://")) || yh_starts(url, YH_S("postgresql://"))) {
        s->ops = &yh_postgres_backend;
        return yh_postgres_open(&s->schema, url, opt, &s->db, err);
    }
    yh_str shards = YH_S("postgresql+shards:");
    if (yh_starts(url, shards) && url.n > shards.n) {
        s->ops = &yh_shards_backend;
        return yh_shards_open(&s->schema, yh_sub(url, shards.n, url.n), opt, &s->db, err);
    }
    return yh_fail(err, YH_BAD_INPUT,
                   "不认识的存储地址 %.*s：应为 "
                   "sqlite:目录、postgres://…、postgresql+shards:节点表 或 memory:",
                   YH_ARG(url));
}

static void describe(struct yh_schema *schema)
{
    for (int i = 0; i < YH_TABLE_N; i++)
        schema->table[i] = yh_table_of((enum yh_table_id)i);
    for (int i = 0; i < YH_INDEX_N; i++)
        schema->index[i] = yh_index_of(i);
}

yh_str yh_store_layout(struct yh_arena *a, int partitions)
{
    struct yh_schema *schema = YH_NEW(a, struct yh_schema, 1);
    struct yh_buf out = yh_buf_in(a);
    describe(schema);
    yh_postgres_layout(schema, partitions, a, &out);
    return yh_buf_str(&out);
}

enum yh_status yh_store_open(yh_str url, const struct yh_store_options *opt,
                             struct yh_store **out, struct yh_err *err)
{
    struct yh_arena scratch;
    enum yh_status st = yh_arena_open(&scratch, (size_t)1 << 20, err);
    if (st)
        return st;
    struct yh_store *s = yh_heap(NULL, sizeof *s);
    *s = (struct yh_store){ .read_only = opt->read_only };
    describe(&s->schema);
    st = open_backend(s, url, opt, err);
    if (st == YH_OK && !opt->read_only)
        st = stamp(s, opt, &scratch, err);
    yh_arena_close(&scratch);
    if (st) {
        yh_store_close(s);
        return st;
    }
    *out = s;
    return YH_OK;
}

void yh_store_close(struct yh_store *s)
{
    if (!s)
        return;
    if (s->in_batch)
        yh_store_batch_drop(s);
    if (s->db)
        s->ops->close(s->db);
    yh_heap(s, 0);
}

/* ---- the writer ---- */

static bool lost(const struct yh_store *s)
{
    return s->ops->txn_lost && s->ops->txn_lost(s->db);
}

static bool alone(const struct yh_store *s)
{
    return s->ops->txn_alone && s->ops->txn_alone(s->db);
}

/* Remembers a failing disk, so that nothing more of this batch is kept.  A request that lost against
 * another process's, or needs a node that is away, has failed alone. */
static enum yh_status note(struct yh_store *s, enum yh_status st)
{
    if ((st == YH_RETRY || st == YH_IO) && !lost(s) && !alone(s))
        s->failed = true;
    return st;
}

static enum yh_status batch_failed(struct yh_err *err)
{
    return yh_fail(err, YH_RETRY, "存储写入失败，本批未保存，请用同一 msgid 重发");
}

/* The word was given and no answer came: only the same call again tells. */
static enum yh_status unconfirmed(struct yh_err *err)
{
    return yh_fail(
        err, YH_RETRY,
        "存储没有确认写入，本批可能已保存、也可能没有；请用同一 msgid 重发：已保存的得到原来的"
        "答复，没有的重新办理，不会重复");
}

/* A read within a writing request failed: with the batch, or alone. */
static enum yh_status failing(const struct yh_store *s, struct yh_err *err)
{
    if (alone(s))
        return yh_fail(err, YH_RETRY, "数据所在的节点暂不可用，请用同一 msgid 重发");
    return s->failed ? batch_failed(err)
                     : yh_fail(err, YH_RETRY, "另一笔交易占用同一账户组，请用同一 msgid 重发");
}

enum yh_status yh_store_batch_begin(struct yh_store *s, struct yh_err *err)
{
    yh_assert(!s->in_batch && !s->read_only);
    enum yh_status st = s->ops->batch_begin(s->db, err);
    if (st)
        return st == YH_IO ? YH_RETRY : st;
    s->in_batch = true;
    s->kept = 0;
    s->failed = false;
    return YH_OK;
}

static enum yh_status commit(struct yh_store *s,
                             enum yh_status (*how)(void *db, struct yh_err *err),
                             struct yh_err *err)
{
    yh_assert(s->in_batch && !s->in_txn);
    bool given_up = s->failed; /* then the word was never given */
    enum yh_status st = given_up ? YH_RETRY : how(s->db, err);
    if (st) {
        yh_store_batch_drop(s);
        s->stats.failed_batches++;
        return given_up ? batch_failed(err) : unconfirmed(err);
    }
    s->in_batch = false;
    s->stats.commits++;
    return YH_OK;
}

enum yh_status yh_store_batch_commit(struct yh_store *s, struct yh_err *err)
{
    return commit(s, s->ops->batch_commit, err);
}

enum yh_status yh_store_batch_commit_soon(struct yh_store *s, struct yh_err *err)
{
    bool halves = s->ops->batch_commit_soon && s->ops->sync;
    return commit(s, halves ? s->ops->batch_commit_soon : s->ops->batch_commit, err);
}

int64_t yh_store_committed(const struct yh_store *s)
{
    return s->ops->committed ? s->ops->committed(s->db) : 0;
}

/* Touches nothing of the writer's. */
enum yh_status yh_store_sync(struct yh_store *s, struct yh_err *err)
{
    bool halves = s->ops->batch_commit_soon && s->ops->sync;
    return halves && s->ops->sync(s->db, err) ? unconfirmed(err) : YH_OK;
}

void yh_store_batch_drop(struct yh_store *s)
{
    yh_assert(s->in_batch);
    s->ops->batch_drop(s->db);
    s->in_batch = s->in_txn = false;
}

enum yh_status yh_txn_begin(struct yh_store *s, struct yh_group group, struct yh_arena *arena,
                            struct yh_txn *out, struct yh_err *err)
{
    yh_assert(s->in_batch && !s->in_txn);
    if (s->failed)
        return batch_failed(err);
    enum yh_status st = note(s, s->ops->txn_begin(s->db, err));
    if (st)
        return batch_failed(err);
    s->in_txn = true;
    *out = (struct yh_txn){ .store = s, .group = group, .arena = arena };
    return YH_OK;
}

void yh_txn_group(struct yh_txn *x, struct yh_group group)
{
    x->group = group;
}

enum yh_status yh_txn_keep(struct yh_txn *x, struct yh_err *err)
{
    struct yh_store *s = x->store;
    yh_assert(s->in_txn && !x->view);
    enum yh_status st = s->failed ? YH_RETRY : note(s, s->ops->txn_keep(s->db, err));
    s->in_txn = false;
    if (st && !s->failed)
        s->stats.dropped++;
    if (st)
        return s->failed ? batch_failed(err) : st;
    s->stats.kept++;
    s->kept++;
    return YH_OK;
}

void yh_txn_drop(struct yh_txn *x)
{
    struct yh_store *s = x->store;
    yh_assert(s->in_txn && !x->view);
    if (!s->failed)
        s->ops->txn_drop(s->db);
    s->in_txn = false;
    s->stats.dropped++;
}

enum yh_status yh_store_solo_begin(struct yh_store *s, struct yh_arena *a, struct yh_txn *x,
                                   struct yh_err *err)
{
    enum yh_status st = yh_store_batch_begin(s, err);
    if (st)
        return st;
    st = yh_txn_begin(s, (struct yh_group){ YH_S(""), 0 }, a, x, err);
    if (st)
        yh_store_batch_drop(s);
    return st;
}

enum yh_status yh_store_solo_end(struct yh_store *s, struct yh_txn *x, enum yh_status st,
                                 struct yh_err *err)
{
    if (st)
        yh_txn_drop(x);
    else
        st = yh_txn_keep(x, err);
    if (st == YH_OK)
        return yh_store_batch_commit(s, err);
    yh_store_batch_drop(s);
    return st;
}

bool yh_store_alone(const struct yh_store *s)
{
    return s->kept == 0;
}

void yh_txn_hasty(struct yh_txn *x)
{
    if (!x->view && x->store->ops->hasty)
        x->store->ops->hasty(x->store->db);
}

bool yh_txn_again(const struct yh_txn *x)
{
    return !x->view && !x->store->failed && !alone(x->store) && lost(x->store);
}

enum yh_status yh_txn_next(struct yh_txn *x, yh_str scope, yh_str name, int64_t *out,
                           struct yh_err *err)
{
    struct yh_store *s = x->store;
    if (s->failed)
        return batch_failed(err);
    if (s->ops->next && !x->view)
        return note(s, s->ops->next(s->db, scope, name, out, err));
    struct yh_sequence_row row = { .scope = scope, .name = name };
    enum yh_status st = yh_get_sequence(x, &row, NULL);
    if (st != YH_OK && st != YH_NOT_FOUND)
        return failing(s, err);
    row.value++;
    if ((st = yh_put_sequence(x, &row, err)))
        return st;
    *out = row.value;
    return YH_OK;
}

enum yh_status yh_txn_next_seq(struct yh_txn *x, int64_t *out, struct yh_err *err)
{
    struct yh_account_group_row row = { .region = x->group.region, .grp = x->group.id };
    yh_assert(row.grp >= 0 && row.region.n); /* 0: the agency's own bookings */
    enum yh_status st = yh_get_account_group(x, &row, NULL);
    if (st != YH_OK && st != YH_NOT_FOUND)
        return failing(x->store, err);
    row.seq++;
    if ((st = yh_put_account_group(x, &row, err)))
        return st;
    *out = row.seq;
    return YH_OK;
}

/* ---- filling ---- */

enum yh_status yh_store_fill_begin(struct yh_store *s, enum yh_table_id t, struct yh_err *err)
{
    enum yh_status st = yh_store_batch_begin(s, err);
    if (st)
        return st;
    s->filled = &s->schema.table[t];
    st = s->ops->fill_begin ? s->ops->fill_begin(s->db, s->filled, err)
                            : s->ops->txn_begin(s->db, err);
    if (st)
        yh_store_fill_drop(s);
    return st;
}

enum yh_status yh_store_fill(struct yh_store *s, const void *row, struct yh_err *err)
{
    yh_assert(s->filled);
    return s->ops->fill ? s->ops->fill(s->db, s->filled, row, err)
                        : s->ops->add(s->db, s->filled, row, err);
}

enum yh_status yh_store_fill_end(struct yh_store *s, struct yh_err *err)
{
    yh_assert(s->filled);
    enum yh_status st =
        s->ops->fill_end ? s->ops->fill_end(s->db, err) : s->ops->txn_keep(s->db, err);
    if (st) {
        yh_store_fill_drop(s);
        return st;
    }
    s->filled = NULL;
    return yh_store_batch_commit(s, err);
}

void yh_store_fill_drop(struct yh_store *s)
{
    if (s->filled)
        yh_store_batch_drop(s);
    s->filled = NULL;
}

enum yh_status yh_store_filled(struct yh_store *s, struct yh_err *err)
{
    yh_assert(!s->filled);
    return s->ops->filled ? s->ops->filled(s->db, err) : YH_OK;
}

enum yh_status yh_store_checkpoint(struct yh_store *s, struct yh_err *err)
{
    return s->ops->checkpoint(s->db, err);
}

struct yh_store_stats yh_store_stats_of(const struct yh_store *s)
{
    struct yh_store_stats stats = s->stats;
    stats.reopens = s->ops->reopens(s->db);
    return stats;
}

/* ---- the reader ---- */

enum yh_status yh_view_open(struct yh_store *s, struct yh_arena *arena, struct yh_txn *out,
                            struct yh_err *err)
{
    void *view = NULL;
    enum yh_status st = s->ops->view_open(s->db, &view, err);
    if (st)
        return st;
    *out = (struct yh_txn){ .store = s, .arena = arena, .view = view };
    return YH_OK;
}

int yh_store_parts(const struct yh_store *s)
{
    return s->ops->parts ? s->ops->parts(s->db) : 1;
}

enum yh_status yh_view_open_part(struct yh_store *s, int part, struct yh_arena *arena,
                                 struct yh_txn *out, struct yh_err *err)
{
    yh_assert(part >= 0 && part < yh_store_parts(s));
    enum yh_status st = yh_view_open(s, arena, out, err);
    if (st == YH_OK && s->ops->view_part)
        s->ops->view_part(s->db, out->view, part);
    return st;
}

void yh_view_close(struct yh_txn *view)
{
    if (view->view)
        view->store->ops->view_close(view->store->db, view->view);
    view->view = NULL;
}

int64_t yh_view_close_soon(struct yh_txn *view)
{
    const struct yh_backend *ops = view->store->ops;
    if (!view->view || !ops->view_close_soon || !ops->sync_shown) {
        yh_view_close(view);
        return 0;
    }
    int64_t shown = ops->view_close_soon(view->store->db, view->view);
    view->view = NULL;
    return shown;
}

enum yh_status yh_store_sync_shown(struct yh_store *s, int64_t shown, struct yh_err *err)
{
    return shown && s->ops->sync_shown ? s->ops->sync_shown(s->db, shown, err) : YH_OK;
}

enum yh_status yh_view_sql(struct yh_txn *view, yh_str sql, int64_t most, yh_str *tsv,
                           struct yh_err *err)
{
    struct yh_store *s = view->store;
    yh_assert(view->view);
    if (!s->ops->sql)
        return yh_fail(err, YH_DENIED, "内存存储不支持 SQL");
    struct yh_buf out = yh_buf_in(view->arena);
    enum yh_status st = s->ops->sql(s->db, view->view, sql, most, &out, err);
    if (st == YH_OK)
        *tsv = yh_buf_str(&out);
    return st;
}

/* ---- any table ---- */

/* A failed batch answers no reads either: what they would show is not going to be kept. */
static bool unusable(struct yh_txn *x)
{
    yh_assert(x->view || x->store->in_txn);
    return !x->view && x->store->failed;
}

static enum yh_status may_write(struct yh_txn *x, const struct yh_table *t, const void *row,
                                struct yh_err *err)
{
    if (x->view)
        return yh_fail(err, YH_DENIED, "只读视图不能写 %s", t->name);
    if (unusable(x))
        return batch_failed(err);
    if (!t->personal)
        return YH_OK;
    yh_str region = yh_row_str(row, &t->column[0]);
    int64_t grp = yh_row_i64(row, &t->column[1]);
    bool nobodys = region.n == 0 && grp == 0;
    if (nobodys || (grp == x->group.id && yh_eq(region, x->group.region)))
        return YH_OK;
    return yh_fail(err, YH_DENIED, "%s 的一行属于账户组 %.*s/%lld，不属于本事务的 %.*s/%lld",
                   t->name, YH_ARG(region), (long long)grp, YH_ARG(x->group.region),
                   (long long)x->group.id);
}

enum yh_status yh_store_get(struct yh_txn *x, enum yh_table_id id, void *row,
                            struct yh_err *err)
{
    const struct yh_table *t = &x->store->schema.table[id];
    if (unusable(x))
        return batch_failed(err);
    enum yh_status st = x->store->ops->get(x->store->db, x->view, x->arena, t, row, err);
    return x->view ? st : note(x->store, st);
}

enum yh_status yh_store_add(struct yh_txn *x, enum yh_table_id id, const void *row,
                            struct yh_err *err)
{
    const struct yh_table *t = &x->store->schema.table[id];
    enum yh_status st = may_write(x, t, row, err);
    return st ? st : note(x->store, x->store->ops->add(x->store->db, t, row, err));
}

/* Sealed rows: an existing one keeps its sealed columns. */
static enum yh_status keeps_seal(struct yh_txn *x, const struct yh_table *t, const void *row,
                                 struct yh_err *err)
{
    int64_t old[2 * YH_COLUMNS_MAX];
    yh_assert((size_t)t->row_size <= sizeof old);
    memcpy(old, row, (size_t)t->row_size);
    enum yh_status st = yh_store_get(x, t->id, old, NULL);
    if (st == YH_NOT_FOUND)
        return YH_OK;
    for (int i = 0; st == YH_OK && i < t->nsealed; i++)
        if (yh_column_cmp(&t->column[i], old, row) != 0)
            return yh_fail_field(err, YH_CONFLICT, t->column[i].name, NULL, "%s 只追加、不修改",
                                 t->name);
    return st ? failing(x->store, err) : YH_OK;
}

enum yh_status yh_store_put(struct yh_txn *x, enum yh_table_id id, const void *row,
                            struct yh_err *err)
{
    const struct yh_table *t = &x->store->schema.table[id];
    enum yh_status st = may_write(x, t, row, err);
    if (!st && t->sealed)
        st = keeps_seal(x, t, row, err);
    return st ? st : note(x->store, x->store->ops->put(x->store->db, t, row, err));
}

enum yh_status yh_store_drop(struct yh_txn *x, enum yh_table_id id, const void *row,
                             struct yh_err *err)
{
    const struct yh_table *t = &x->store->schema.table[id];
    enum yh_status st = may_write(x, t, row, err);
    if (st)
        return st;
    if (t->sealed)
        return yh_fail(err, YH_CONFLICT, "%s 只追加、不删除", t->name);
    return note(x->store, x->store->ops->drop(x->store->db, t, row, err));
}

enum yh_status yh_store_each(struct yh_txn *x, enum yh_table_id id, const struct yh_span *span,
                             const void *probe, yh_row_fn *fn, void *ctx, struct yh_err *err)
{
    const struct yh_table *t = &x->store->schema.table[id];
    if (unusable(x))
        return batch_failed(err);
    enum yh_status st =
        x->store->ops->each(x->store->db, x->view, t, span, probe, fn, ctx, err);
    return x->view ? st : note(x->store, st);
}

void yh_txn_ahead(struct yh_txn *x, enum yh_table_id t, const struct yh_span *span,
                  const void *probe)
{
    struct yh_store *s = x->store;
    if (s->ops->ahead && !unusable(x))
        s->ops->ahead(s->db, x->view, &s->schema.table[t], span, probe);
}

enum yh_status yh_store_scan(struct yh_txn *view, enum yh_table_id id, yh_row_fn *fn, void *ctx,
                             struct yh_err *err)
{
    struct yh_store *s = view->store;
    struct yh_span all = { .index = YH_BY_KEY };
    yh_assert(view->view);
    return s->ops->scan ? s->ops->scan(s->db, view->view, &s->schema.table[id], fn, ctx, err)
                        : yh_store_each(view, id, &all, NULL, fn, ctx, err);
}

static bool count_row(void *ctx, const void *row)
{
    (void)row;
    ++*(int64_t *)ctx;
    return true;
}

enum yh_status yh_store_count(struct yh_txn *view, enum yh_table_id id, int64_t *out,
                              struct yh_err *err)
{
    struct yh_store *s = view->store;
    int64_t n = 0;
    yh_assert(view->view);
    enum yh_status st = s->ops->count
                            ? s->ops->count(s->db, view->view, &s->schema.table[id], &n, err)
                            : yh_store_scan(view, id, count_row, &n, err);
    if (st == YH_OK)
        *out = n;
    return st;
}

struct gather {
    const struct yh_table *t;
    struct yh_arena *arena;
    yh_row_fn *keep;
    void *ctx;
    int64_t most;
    char *rows;
    int n, cap;
};

static bool gather(void *ctx, const void *row)
{
    struct gather *g = ctx;
    if (g->keep && !g->keep(g->ctx, row))
        return true;
    if (g->n == g->cap)
        g->rows = yh_grow(g->arena, g->rows, g->n, &g->cap, (size_t)g->t->row_size,
                          _Alignof(int64_t));
    yh_row_dup(g->t, g->arena, g->rows + (ptrdiff_t)g->n * g->t->row_size, row);
    g->n++;
    return !g->most || g->n < g->most;
}

enum yh_status yh_store_pick(struct yh_txn *x, enum yh_table_id id, const struct yh_span *span,
                             const void *probe, yh_row_fn *keep, void *ctx, void **rows, int *n,
                             struct yh_err *err)
{
    struct gather g = { .t = &x->store->schema.table[id],
                        .arena = x->arena,
                        .keep = keep,
                        .ctx = ctx,
                        .most = keep ? span->most : 0 };
    struct yh_span all = *span;
    if (keep)
        all.most = 0;
    enum yh_status st = yh_store_each(x, id, &all, probe, gather, &g, err);
    *rows = st ? NULL : g.rows;
    *n = st ? 0 : g.n;
    return st;
}

enum yh_status yh_store_list(struct yh_txn *x, enum yh_table_id id, const struct yh_span *span,
                             const void *probe, void **rows, int *n, struct yh_err *err)
{
    return yh_store_pick(x, id, span, probe, NULL, NULL, rows, n, err);
}

/* ---- the leaf ---- */

static void be64(uint8_t out[8], uint64_t v)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(v >> (56 - 8 * i));
}

void yh_settlement_leaf(const struct yh_settlement_row *row, uint8_t out[32])
{
    struct yh_table t = yh_table_of(YH_TABLE_settlement);
    struct yh_sha256 sha;
    uint8_t zero = 0, number[8];
    yh_sha256_start(&sha);
    yh_sha256_add(&sha, (yh_str){ (const char *)&zero, 1 });
    for (int i = 0; i < t.nsealed; i++) {
        const struct yh_column *c = &t.column[i];
        if (c->at == (int)offsetof(struct yh_settlement_row, leaf))
            continue;
        yh_str text = { (const char *)number, 8 };
        if (c->type == YH_COLUMN_I64) {
            be64(number, (uint64_t)yh_row_i64(row, c));
        } else {
            text = yh_row_str(row, c);
            be64(number, (uint64_t)text.n);
            yh_sha256_add(&sha, (yh_str){ (const char *)number, 8 });
        }
        yh_sha256_add(&sha, text);
    }
    yh_sha256_end(&sha, out);
}
