#include "service/move/move.h"

#include <pthread.h>

#include "service/verify/verify.h"

#define MOVING YH_S("moving")
#define PROOF_BYTES ((size_t)2 << 30)

struct move {
    struct yh_store *from, *to;
    struct yh_txn view; /* of the source */
    struct yh_arena *a;
    yh_move_fn *progress;
    void *user;
    struct yh_move *out;
    struct yh_err *err;
};

/* ---- the mark ---- */

static enum yh_status get_meta(struct yh_txn *x, yh_str name, yh_str *out, struct yh_err *err)
{
    struct yh_meta_row row = { .name = name };
    enum yh_status st = yh_get_meta(x, &row, err);
    *out = st == YH_OK ? row.value : YH_S("");
    return st == YH_NOT_FOUND ? YH_OK : st;
}

struct count {
    int64_t n;
};

static bool seen(void *ctx, const void *row)
{
    (void)row;
    ((struct count *)ctx)->n++;
    return false;
}

static enum yh_status must_be_empty(struct move *m, struct yh_txn *there)
{
    struct yh_span first = { .index = YH_BY_KEY, .most = 1 };
    for (int t = 0; t < YH_TABLE_N; t++) {
        struct count c = { 0 };
        enum yh_status st =
            yh_store_each(there, (enum yh_table_id)t, &first, NULL, seen, &c, m->err);
        if (st)
            return st;
        if (c.n && t != YH_TABLE_meta)
            return yh_fail(m->err, YH_CONFLICT, "目标里已有数据（表 %s），请换一个空的目标",
                           yh_table_name((enum yh_table_id)t));
    }
    return YH_OK;
}

/* Writes or takes away the mark. */
static enum yh_status mark(struct move *m, const struct yh_meta_row *row, bool away)
{
    struct yh_txn x;
    enum yh_status st = yh_store_batch_begin(m->to, m->err);
    if (st)
        return st;
    st = yh_txn_begin(m->to, (struct yh_group){ { 0 }, 0 }, m->a, &x, m->err);
    if (st == YH_OK)
        st = away ? yh_drop_meta(&x, row, m->err) : yh_put_meta(&x, row, m->err);
    if (st == YH_OK)
        st = yh_txn_keep(&x, m->err);
    if (st == YH_OK)
        return yh_store_batch_commit(m->to, m->err);
    yh_store_batch_drop(m->to);
    return st;
}

/* The target is empty, or was being moved into from this very source. */
static enum yh_status may_begin(struct move *m)
{
    yh_str region, created, moving = YH_S("");
    struct yh_txn there;
    enum yh_status st = get_meta(&m->view, YH_S("region"), &region, m->err);
    if (st == YH_OK)
        st = get_meta(&m->view, YH_S("created"), &created, m->err);
    if (st == YH_OK)
        st = yh_view_open(m->to, m->a, &there, m->err);
    if (st)
        return st;
    struct yh_meta_row row = { .name = MOVING,
                               .value =
                                   yh_fmt(m->a, "%.*s %.*s", YH_ARG(region), YH_ARG(created)) };
    st = get_meta(&there, MOVING, &moving, m->err);
    if (st == YH_OK && !moving.n)
        st = must_be_empty(m, &there);
    else if (st == YH_OK && !yh_eq(moving, row.value))
        st = yh_fail(m->err, YH_CONFLICT, "目标正从另一个来源（%.*s）搬入", YH_ARG(moving));
    yh_view_close(&there);
    return st || moving.n ? st : mark(m, &row, false);
}

/* ---- rows ---- */

static void tell(void *user, enum yh_table_id t, int64_t rows)
{
    struct move *m = user;
    if (m->progress)
        m->progress(m->user, yh_table_name(t), rows);
}

/* meta says when each store was made; all else it holds moves too. */
struct metas {
    struct move *m;
    enum yh_status st;
};

static bool move_meta(void *ctx, const void *row)
{
    struct metas *c = ctx;
    c->st = mark(c->m, row, false);
    return c->st == YH_OK;
}

static enum yh_status move_tables(struct move *m)
{
    struct metas c = { m, YH_OK };
    struct yh_span all = { .index = YH_BY_KEY };
    enum yh_status st =
        yh_store_each(&m->view, YH_TABLE_meta, &all, NULL, move_meta, &c, m->err);
    st = st ? st : c.st;
    for (int t = 0; st == YH_OK && t < YH_TABLE_N; t++) {
        if (t == YH_TABLE_meta)
            continue;
        struct yh_move_table *row = &m->out->table[m->out->ntable];
        row->name = yh_table_name((enum yh_table_id)t);
        tell(m, (enum yh_table_id)t, 0);
        st = yh_store_copy(&m->view, m->to, (enum yh_table_id)t, *m->a, tell, m, &row->from,
                           &row->copied, m->err);
        m->out->ntable += st == YH_OK;
    }
    return st;
}

/* ---- the proof ---- */

/* One reading of a whole store on a thread of its own: the books of an end verified, of the source while
 * rows are copied, of the target when its indexes are there; or the target's rows digested, while they
 * are made. */
struct proof {
    struct yh_store *store;
    enum yh_status (*work)(struct proof *p, struct yh_txn *view);
    struct yh_arena a;
    pthread_t thread;
    bool beside; /* the thread runs */
    enum yh_status st;
    struct yh_err err;
    struct yh_move *out; /* digests: of the tables */
    struct yh_verify_report *report;
    struct yh_buf text;
};

static enum yh_status verify_books(struct proof *p, struct yh_txn *view)
{
    p->report = YH_NEW(&p->a, struct yh_verify_report, 1);
    p->text = yh_buf_in(&p->a);
    enum yh_status st = yh_verify(view, &p->a, p->report, &p->err);
    if (st == YH_OK)
        yh_verify_text(p->report, &p->text);
    return st;
}

static enum yh_status digest_tables(struct proof *p, struct yh_txn *view)
{
    enum yh_status st = YH_OK;
    int i = 0;
    for (int t = 0; st == YH_OK && t < YH_TABLE_N; t++) {
        if (t == YH_TABLE_meta)
            continue;
        struct yh_move_table *row = &p->out->table[i++];
        st = yh_store_digest(view, (enum yh_table_id)t, &row->to, &p->err);
        row->same = st == YH_OK && yh_table_digest_same(&row->from, &row->to);
        p->out->differ += !row->same;
    }
    return st               ? st
           : p->out->differ ? yh_fail(&p->err, YH_BAD_TABLE, "两端有 %d 个表不同；目标未启用",
                                      p->out->differ)
                            : YH_OK;
}

static void *proof_work(void *arg)
{
    struct proof *p = arg;
    struct yh_txn view;
    p->st = yh_view_open(p->store, &p->a, &view, &p->err);
    if (p->st)
        return NULL;
    p->st = p->work(p, &view);
    yh_view_close(&view);
    return NULL;
}

static enum yh_status proof_begin(struct proof *p, struct yh_store *s, struct yh_err *err)
{
    enum yh_status st = yh_arena_open(&p->a, PROOF_BYTES, err);
    if (st)
        return st;
    p->store = s;
    p->beside = pthread_create(&p->thread, NULL, proof_work, p) == 0;
    if (!p->beside)
        proof_work(p);
    return YH_OK;
}

/* Waits for it, if it was begun; the first trouble is told. */
static enum yh_status proof_end(struct proof *p, enum yh_status before, struct yh_err *err)
{
    if (p->beside)
        (void)pthread_join(p->thread, NULL);
    p->beside = false;
    if (before == YH_OK && p->st)
        *err = p->err;
    return before ? before : p->st;
}

static enum yh_status judge(struct move *m, const struct proof *here, const struct proof *there)
{
    int64_t bad = here->report->problems;
    yh_str told = yh_buf_str(bad ? &here->text : &there->text);
    bool alike = yh_eq(yh_buf_str(&here->text), yh_buf_str(&there->text));
    m->out->verified = alike && !bad && !there->report->problems;
    m->out->report = yh_dup(m->a, told);
    return bad      ? yh_fail(m->err, YH_BAD_TABLE, "来源的账目不符，目标未启用")
           : !alike ? yh_fail(m->err, YH_BAD_TABLE, "两端的核对结果不同，目标未启用")
                    : YH_OK;
}

/* Rows over, then the rows of both ends compared, and the books of both. */
static enum yh_status carry_proved(struct move *m)
{
    struct proof here = { .work = verify_books }, there = { .work = verify_books },
                 rows = { .work = digest_tables, .out = m->out };
    enum yh_status st = proof_begin(&here, m->from, m->err);
    if (st)
        return st;
    st = move_tables(m);
    if (st == YH_OK)
        st = proof_begin(&rows, m->to, m->err);
    if (st == YH_OK)
        st = yh_store_filled(m->to, m->err);
    if (st == YH_OK)
        st = proof_begin(&there, m->to, m->err);
    st = proof_end(&rows, st, m->err);
    st = proof_end(&here, st, m->err);
    st = proof_end(&there, st, m->err);
    if (st == YH_OK)
        st = judge(m, &here, &there);
    yh_arena_close(&here.a);
    yh_arena_close(&rows.a);
    yh_arena_close(&there.a);
    return st;
}

static enum yh_status carry(struct move *m)
{
    struct yh_meta_row row = { .name = MOVING };
    enum yh_status st = may_begin(m);
    if (st == YH_OK)
        st = carry_proved(m);
    return st ? st : mark(m, &row, true);
}

enum yh_status yh_move(yh_str from, yh_str to, yh_time now, struct yh_arena *a,
                       yh_move_fn *progress, void *user, struct yh_move *out,
                       struct yh_err *err)
{
    struct yh_store_options here = { .must_exist = true, .whole = true, .now = now },
                            there = { .moving = true, .now = now };
    struct yh_err ignored;
    struct move m = {
        .a = a, .progress = progress, .user = user, .out = out, .err = err ? err : &ignored
    };
    *out = (struct yh_move){ .report = YH_S("") };
    /* As a writer: so that nobody else is one. */
    enum yh_status st = yh_store_open(from, &here, &m.from, m.err);
    if (st)
        return st;
    if ((st = yh_view_open(m.from, a, &m.view, m.err)))
        goto close;
    st = get_meta(&m.view, YH_S("region"), &there.region, m.err);
    if (st == YH_OK)
        st = yh_store_open(to, &there, &m.to, m.err);
    if (st == YH_OK)
        st = carry(&m);
    yh_view_close(&m.view);
close:
    yh_store_close(m.to);
    yh_store_close(m.from);
    return st;
}
