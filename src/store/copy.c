#include "store/copy.h"

#include "base/hash.h"
#include "store/table.h"

#define CHUNK_ROWS 20000
#define CHUNK_BYTES ((ptrdiff_t)32 << 20)
#define PROGRESS_ROWS 50000

bool yh_table_digest_same(const struct yh_table_digest *a, const struct yh_table_digest *b)
{
    return a->rows == b->rows && memcmp(a->sum, b->sum, sizeof a->sum) == 0;
}

const char *yh_table_name(enum yh_table_id t)
{
    return yh_table_of(t).name;
}

static void be64(uint8_t out[8], uint64_t v)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(v >> (56 - 8 * i));
}

/* What goes to a hash together: many small parts cost more than their bytes. */
struct gathered {
    struct yh_sha256 sha;
    ptrdiff_t n;
    uint8_t part[2048];
};

static void hash_gathered(struct gathered *g)
{
    yh_sha256_add(&g->sha, (yh_str){ (const char *)g->part, g->n });
    g->n = 0;
}

static void gather(struct gathered *g, const void *p, ptrdiff_t n)
{
    if (n > (ptrdiff_t)sizeof g->part - g->n)
        hash_gathered(g);
    if (n > (ptrdiff_t)sizeof g->part) {
        yh_sha256_add(&g->sha, (yh_str){ p, n });
    } else if (n) {
        memcpy(g->part + g->n, p, (size_t)n);
        g->n += n;
    }
}

/* Answers the bytes of the row, roughly what it takes on disk. */
static ptrdiff_t add_row(const struct yh_table *t, const void *row, struct yh_table_digest *d)
{
    struct gathered g;
    uint8_t number[8], one[32];
    ptrdiff_t bytes = 0;
    g.n = 0;
    yh_sha256_start(&g.sha);
    for (int i = 0; i < t->ncolumn; i++) {
        const struct yh_column *c = &t->column[i];
        yh_str text = YH_S("");
        if (c->type == YH_COLUMN_I64) {
            be64(number, (uint64_t)yh_row_i64(row, c));
        } else {
            text = yh_row_str(row, c);
            be64(number, (uint64_t)text.n);
        }
        gather(&g, number, 8);
        gather(&g, text.p, text.n);
        bytes += 8 + text.n;
    }
    hash_gathered(&g);
    yh_sha256_end(&g.sha, one);
    unsigned carry = 0;
    for (int i = 0; i < 32; i++) {
        carry += (unsigned)d->sum[i] + one[i];
        d->sum[i] = (uint8_t)carry;
        carry >>= 8;
    }
    d->rows++;
    return bytes;
}

/* ---- digest ---- */

struct digesting {
    struct yh_table t;
    struct yh_table_digest d;
};

static bool digest_row(void *ctx, const void *row)
{
    struct digesting *g = ctx;
    (void)add_row(&g->t, row, &g->d);
    return true;
}

enum yh_status yh_store_digest(struct yh_txn *view, enum yh_table_id t,
                               struct yh_table_digest *out, struct yh_err *err)
{
    struct digesting g = { .t = yh_table_of(t) };
    enum yh_status st = yh_store_scan(view, t, digest_row, &g, err);
    if (st == YH_OK)
        *out = g.d;
    return st;
}

/* ---- copy ---- */

struct copying {
    struct yh_table t;
    struct yh_table_digest d;
    struct yh_store *to;
    const void *last; /* the key that `to` ended with; NULL: it was empty */
    int64_t copied, rows;
    ptrdiff_t bytes; /* of the open chunk, which has `rows` */
    yh_copy_fn *progress;
    void *user;
    enum yh_status st;
    struct yh_err *err;
};

static bool behind_last(const struct copying *c, const void *row)
{
    for (int i = 0; i < c->t.nkey; i++) {
        int way = yh_column_cmp(&c->t.column[i], row, c->last);
        if (way)
            return way > 0;
    }
    return false;
}

static void end_chunk(struct copying *c)
{
    if (c->st == YH_OK && c->rows)
        c->st = yh_store_fill_end(c->to, c->err);
    else if (c->rows)
        yh_store_fill_drop(c->to);
    c->copied += c->st ? 0 : c->rows;
    c->rows = c->bytes = 0;
}

static bool copy_row(void *ctx, const void *row)
{
    struct copying *c = ctx;
    ptrdiff_t bytes = add_row(&c->t, row, &c->d);
    if (c->progress && c->d.rows % PROGRESS_ROWS == 0)
        c->progress(c->user, c->t.id, c->d.rows);
    if (c->last && !behind_last(c, row))
        return true;
    c->last = NULL; /* all that follow are behind it */
    if (!c->rows)
        c->st = yh_store_fill_begin(c->to, c->t.id, c->err);
    if (c->st)
        return false;
    c->rows++;
    c->bytes += bytes;
    c->st = yh_store_fill(c->to, row, c->err);
    if (c->st || c->rows == CHUNK_ROWS || c->bytes > CHUNK_BYTES)
        end_chunk(c);
    return c->st == YH_OK;
}

enum yh_status yh_store_copy(struct yh_txn *view, struct yh_store *to, enum yh_table_id t,
                             struct yh_arena scratch, yh_copy_fn *progress, void *user,
                             struct yh_table_digest *out, int64_t *copied, struct yh_err *err)
{
    struct yh_err ignored;
    struct copying c = { .t = yh_table_of(t),
                         .to = to,
                         .progress = progress,
                         .user = user,
                         .err = err ? err : &ignored };
    struct yh_txn there;
    struct yh_span last = { .index = YH_BY_KEY, .down = true, .most = 1 },
                   all = { .index = YH_BY_KEY };
    void *row = NULL;
    int n = 0;
    enum yh_status st = yh_view_open(to, &scratch, &there, err);
    if (st)
        return st;
    st = yh_store_list(&there, t, &last, NULL, &row, &n, err);
    yh_view_close(&there);
    if (st)
        return st;
    c.last = n ? row : NULL;
    st = yh_store_each(view, t, &all, NULL, copy_row, &c, err);
    c.st = c.st ? c.st : st;
    end_chunk(&c);
    *copied = c.copied;
    if (c.st == YH_OK)
        *out = c.d;
    return c.st;
}
