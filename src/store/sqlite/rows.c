#include "store/sqlite/rows.h"

#include "base/hash.h"

#define SLOTS 16384 /* a power of two */
#define KEY_BYTES 200
#define TOUCHED \
    256 /* slots written to by one request; with more all is forgotten if it is dropped */

/* Which reads are worth it: single rows, or lists by the first n columns of the key. */
static const struct {
    enum yh_table_id table;
    bool get, written; /* written: what is put is kept as well */
    int list;
} KEPT[] = {
    { YH_TABLE_provider, true, false, 0 },  { YH_TABLE_person_key, false, false, 2 },
    { YH_TABLE_person, true, false, 0 },    { YH_TABLE_enrolment, false, false, 3 },
    { YH_TABLE_identity, false, false, 3 }, { YH_TABLE_account, true, true, 0 },
    { YH_TABLE_filing, false, false, 3 },   { YH_TABLE_visit, true, true, 0 },
    { YH_TABLE_binding, false, false, 3 },  { YH_TABLE_accumulator, false, false, 3 },
};

struct slot {
    short table;      /* -1: empty */
    signed char same; /* 0: a single row */
    signed char n;    /* rows */
    bool walked;      /* a list that is being handed out */
    int nkey;
    char key[KEY_BYTES];
    void *row[YH_ROWS_LIST];
};

struct yh_rows {
    bool get[YH_TABLE_N], written[YH_TABLE_N];
    int list[YH_TABLE_N];
    int touched[TOUCHED], ntouched;
    struct slot *slot[SLOTS];
};

struct yh_rows *yh_rows_open(void)
{
    struct yh_rows *r = yh_heap(NULL, sizeof *r);
    memset(r, 0, sizeof *r);
    for (int i = 0; i < YH_COUNT(KEPT); i++) {
        r->get[KEPT[i].table] = KEPT[i].get;
        r->written[KEPT[i].table] = KEPT[i].written;
        r->list[KEPT[i].table] = KEPT[i].list;
    }
    return r;
}

static void empty(struct yh_rows *r, int at)
{
    struct slot *s = r->slot[at];
    if (!s)
        return;
    for (int i = 0; i < s->n; i++)
        yh_heap(s->row[i], 0);
    r->slot[at] = yh_heap(s, 0);
}

void yh_rows_clear(struct yh_rows *r)
{
    for (int i = 0; i < SLOTS; i++)
        empty(r, i);
    r->ntouched = 0;
}

void yh_rows_close(struct yh_rows *r)
{
    if (!r)
        return;
    yh_rows_clear(r);
    yh_heap(r, 0);
}

bool yh_rows_keeps(const struct yh_rows *r, const struct yh_table *t, int same)
{
    return same ? r->list[t->id] == same : r->get[t->id];
}

/* ---- keys ---- */

/* Columns [0, n) of the row's key as bytes; 0: too long to keep. */
static int key_of(const struct yh_table *t, int n, const void *row, char out[KEY_BYTES])
{
    int at = 0;
    for (int i = 0; i < n; i++) {
        const struct yh_column *c = &t->column[i];
        int64_t v = c->type == YH_COLUMN_I64 ? yh_row_i64(row, c) : yh_row_str(row, c).n;
        if (at + (int)sizeof v > KEY_BYTES)
            return 0;
        memcpy(out + at, &v, sizeof v);
        at += (int)sizeof v;
        if (c->type == YH_COLUMN_I64)
            continue;
        if (v > KEY_BYTES - at)
            return 0;
        if (v)
            memcpy(out + at, yh_row_str(row, c).p, (size_t)v);
        at += (int)v;
    }
    return at;
}

struct place {
    int at, nkey; /* nkey 0: nowhere */
    char key[KEY_BYTES];
};

static void find(const struct yh_table *t, int same, const void *row, struct place *out)
{
    out->nkey = key_of(t, same ? same : t->nkey, row, out->key);
    out->at = (int)(yh_hash64((yh_str){ out->key, out->nkey },
                              (uint64_t)t->id * 16 + (uint64_t)same) %
                    SLOTS);
}

static struct slot *known(struct yh_rows *r, const struct yh_table *t, int same,
                          const struct place *p)
{
    struct slot *s = r->slot[p->at];
    bool is = p->nkey && s && s->table == (short)t->id && s->same == same &&
              s->nkey == p->nkey && memcmp(s->key, p->key, (size_t)p->nkey) == 0;
    return is ? s : NULL;
}

/* The place's slot for these rows, which become the slot's; NULL: it is being walked through. */
static struct slot *take(struct yh_rows *r, const struct yh_table *t, int same,
                         const struct place *p)
{
    struct slot *s = r->slot[p->at];
    if (!p->nkey || (s && s->walked))
        return NULL;
    empty(r, p->at);
    s = yh_heap(NULL, sizeof *s);
    *s = (struct slot){ .table = (short)t->id, .same = (signed char)same, .nkey = p->nkey };
    memcpy(s->key, p->key, (size_t)p->nkey);
    r->slot[p->at] = s;
    return s;
}

/* One block: the row, behind it its texts. */
static void *copy(const struct yh_table *t, const void *row)
{
    size_t size = (size_t)t->row_size;
    for (int i = 0; i < t->ncolumn; i++)
        if (t->column[i].type != YH_COLUMN_I64)
            size += (size_t)yh_row_str(row, &t->column[i]).n;
    char *out = yh_heap(NULL, size), *end = out + t->row_size;
    memcpy(out, row, (size_t)t->row_size);
    for (int i = 0; i < t->ncolumn; i++) {
        if (t->column[i].type == YH_COLUMN_I64)
            continue;
        yh_str s = yh_row_str(row, &t->column[i]);
        if (s.n)
            memcpy(end, s.p, (size_t)s.n);
        yh_row_set_str(out, &t->column[i], (yh_str){ s.n ? end : "", s.n });
        end += s.n;
    }
    return out;
}

/* ---- single rows ---- */

enum yh_status yh_rows_get(struct yh_rows *r, const struct yh_table *t, struct yh_arena *a,
                           void *row)
{
    struct place p;
    find(t, 0, row, &p);
    const struct slot *s = known(r, t, 0, &p);
    if (!s)
        return YH_RETRY;
    if (!s->n)
        return YH_NOT_FOUND;
    for (int i = t->nkey; i < t->ncolumn; i++) {
        const struct yh_column *c = &t->column[i];
        if (c->type == YH_COLUMN_I64)
            yh_row_set_i64(row, c, yh_row_i64(s->row[0], c));
        else
            yh_row_set_str(row, c, yh_dup(a, yh_row_str(s->row[0], c)));
    }
    return YH_OK;
}

void yh_rows_got(struct yh_rows *r, const struct yh_table *t, const void *row, bool there)
{
    struct place p;
    find(t, 0, row, &p);
    struct slot *s = take(r, t, 0, &p);
    if (s && there)
        s->row[s->n++] = copy(t, row);
}

/* ---- lists ---- */

bool yh_rows_each(struct yh_rows *r, const struct yh_table *t, int same, const void *probe,
                  yh_row_fn *fn, void *ctx)
{
    struct place p;
    find(t, same, probe, &p);
    struct slot *s = known(r, t, same, &p);
    if (!s)
        return false;
    bool outer = s->walked;
    s->walked = true;
    for (int i = 0; i < s->n && fn(ctx, s->row[i]); i++)
        ;
    s->walked = outer;
    return true;
}

void yh_rows_list_add(const struct yh_table *t, struct yh_rows_list *l, const void *row)
{
    if (l->n == YH_COUNT(l->row))
        l->all = false;
    else if (l->all)
        l->row[l->n++] = copy(t, row);
}

void yh_rows_list_end(struct yh_rows *r, const struct yh_table *t, int same, const void *probe,
                      struct yh_rows_list *l, bool whole)
{
    struct place p;
    find(t, same, probe, &p);
    struct slot *s = whole && l->all ? take(r, t, same, &p) : NULL;
    for (int i = 0; i < l->n; i++) {
        if (s)
            s->row[s->n++] = l->row[i];
        else
            yh_heap(l->row[i], 0);
    }
    l->n = 0;
}

/* ---- writing ---- */

static void forget(struct yh_rows *r, const struct yh_table *t, int same, const void *row)
{
    struct place p;
    find(t, same, row, &p);
    if (!p.nkey)
        return;
    yh_assert(!known(r, t, same, &p) ||
              !r->slot[p.at]->walked); /* nobody writes what it walks */
    if (r->slot[p.at] && r->slot[p.at]->walked)
        return; /* another one's */
    empty(r, p.at);
    if (r->ntouched < TOUCHED)
        r->touched[r->ntouched] = p.at;
    r->ntouched++;
}

void yh_rows_wrote(struct yh_rows *r, const struct yh_table *t, const void *row, bool whole)
{
    if (r->list[t->id])
        forget(r, t, r->list[t->id], row);
    if (!r->get[t->id])
        return;
    forget(r, t, 0, row);
    if (whole && r->written[t->id])
        yh_rows_got(r, t, row, true);
}

void yh_rows_kept(struct yh_rows *r)
{
    r->ntouched = 0;
}

void yh_rows_dropped(struct yh_rows *r)
{
    if (r->ntouched > TOUCHED)
        yh_rows_clear(r);
    for (int i = 0; i < r->ntouched; i++)
        empty(r, r->touched[i]);
    r->ntouched = 0;
}
