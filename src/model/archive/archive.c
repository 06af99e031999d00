#include "model/archive/archive.h"
#include <stdio.h>
#include <string.h>

#define MAGIC 0x4b434859u /* "YHCK" */
#define ENTRY 24          /* bytes of one column in a chunk's table of columns */
#define LIST_MAX 65536

/* ---- what there is ---- */

static const int COLUMNS[YH_ARC_TABLES] = {
#define TABLE(t, doc) (int)(sizeof(struct yh_arc_##t) / sizeof(int64_t)),
#include "model/archive/column.def"
};

struct yh_arc_column_info yh_arc_column(int column)
{
    static const struct yh_arc_column_info INFO[] = {
#define COL(t, c, doc) { #t, #c, doc, YH_ARC_##t },
#include "model/archive/column.def"
    };
    yh_assert(column >= 0 && column < YH_ARC_COLUMNS);
    return INFO[column];
}

int yh_arc_columns_of(enum yh_arc_table_id table, int *first)
{
    *first = 0;
    for (int t = 0; t < (int)table; t++)
        *first += COLUMNS[t];
    return COLUMNS[table];
}

/* ---- dictionaries ---- */

const char *yh_arc_dict_word(enum yh_arc_dict_id which)
{
    static const char *const WORD[] = {
#define R(name, word, doc) word,
#include "model/archive/dict.def"
#undef R
    };
    return WORD[which];
}

void yh_arc_dicts_open(struct yh_arc_dicts *d, struct yh_arena *arena)
{
    *d = (struct yh_arc_dicts){ .arena = arena };
    for (int i = 0; i < YH_DICTS; i++) {
        d->of[i].map = yh_map_in(arena, 16);
        (void)yh_arc_dict_add(d, (enum yh_arc_dict_id)i, YH_S(""));
    }
}

int64_t yh_arc_dict_find(const struct yh_arc_dicts *d, enum yh_arc_dict_id which, yh_str text)
{
    return yh_map_get(&d->of[which].map, text, -1);
}

int64_t yh_arc_dict_add(struct yh_arc_dicts *d, enum yh_arc_dict_id which, yh_str text)
{
    struct yh_arc_dict *x = &d->of[which];
    int64_t at = yh_map_get(&x->map, text, -1);
    if (at >= 0)
        return at;
    yh_str own = yh_dup(d->arena, text);
    at = x->n;
    YH_PUSH(d->arena, x->text, x->n, x->cap) = own;
    (void)yh_map_add(&x->map, own, (int32_t)at);
    return at;
}

yh_str yh_arc_dict_text(const struct yh_arc_dicts *d, enum yh_arc_dict_id which, int64_t id)
{
    const struct yh_arc_dict *x = &d->of[which];
    return id > 0 && id < x->n ? x->text[id] : YH_S("");
}

static void put_u32(char *p, uint32_t v)
{
    memcpy(p, &v, sizeof v);
}
static uint32_t get_u32(const char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* Of each dictionary its count, then of each text but the first its length and bytes. */
yh_str yh_arc_dicts_pack(struct yh_arena *a, const struct yh_arc_dicts *d)
{
    struct yh_buf b = yh_buf_in(a);
    char n[4];
    for (int i = 0; i < YH_DICTS; i++) {
        put_u32(n, (uint32_t)d->of[i].n);
        yh_put(&b, (yh_str){ n, 4 });
        for (int k = 1; k < d->of[i].n; k++) {
            put_u32(n, (uint32_t)d->of[i].text[k].n);
            yh_put(&b, (yh_str){ n, 4 });
            yh_put(&b, d->of[i].text[k]);
        }
    }
    return yh_buf_str(&b);
}

enum yh_status yh_arc_dicts_unpack(struct yh_arc_dicts *out, yh_str packed, struct yh_err *err)
{
    for (int i = 0; i < YH_DICTS; i++) {
        if (packed.n < 4)
            return yh_fail(err, YH_BAD_TABLE, "档案的字典 %s 残缺",
                           yh_arc_dict_word((enum yh_arc_dict_id)i));
        uint32_t n = get_u32(packed.p);
        packed = yh_sub(packed, 4, packed.n);
        for (uint32_t k = 1; k < n; k++) {
            uint32_t len = packed.n < 4 ? UINT32_MAX : get_u32(packed.p);
            if ((int64_t)len > packed.n - 4)
                return yh_fail(err, YH_BAD_TABLE, "档案的字典 %s 残缺",
                               yh_arc_dict_word((enum yh_arc_dict_id)i));
            yh_str text = yh_sub(packed, 4, 4 + (ptrdiff_t)len);
            if (yh_arc_dict_add(out, (enum yh_arc_dict_id)i, text) != (int64_t)k)
                return yh_fail(err, YH_BAD_TABLE, "档案的字典 %s 有重复的值",
                               yh_arc_dict_word((enum yh_arc_dict_id)i));
            packed = yh_sub(packed, 4 + (ptrdiff_t)len, packed.n);
        }
    }
    return YH_OK;
}

/* ---- making a chunk ---- */

void yh_arc_open(struct yh_arc_builder *b, struct yh_arena *arena)
{
    yh_arena_reset(arena);
    *b = (struct yh_arc_builder){ .arena = arena };
    for (int t = 0; t < YH_ARC_TABLES; t++)
        b->table[t].column = YH_NEW(arena, int64_t *, COLUMNS[t]);
}

int64_t yh_arc_rows(const struct yh_arc_builder *b, enum yh_arc_table_id table)
{
    return b->table[table].n;
}

void yh_arc_set(struct yh_arc_builder *b, int column, int64_t row, int64_t value)
{
    enum yh_arc_table_id t = yh_arc_column(column).of;
    int first;
    (void)yh_arc_columns_of(t, &first);
    yh_assert(row >= 0 && row < b->table[t].n);
    b->table[t].column[column - first][row] = value;
}

static void grow(struct yh_arc_builder *b, enum yh_arc_table_id t)
{
    struct yh_arc_growing *g = &b->table[t];
    int cap = g->cap ? g->cap * 2 : 1024;
    for (int i = 0; i < COLUMNS[t]; i++) {
        int64_t *more = yh_alloc_raw(b->arena, sizeof *more, _Alignof(int64_t), (size_t)cap);
        if (g->n)
            memcpy(more, g->column[i], sizeof *more * (size_t)g->n);
        g->column[i] = more;
    }
    g->cap = cap;
}

static int64_t add(struct yh_arc_builder *b, enum yh_arc_table_id t, const int64_t *row)
{
    struct yh_arc_growing *g = &b->table[t];
    if (g->n == g->cap)
        grow(b, t);
    for (int i = 0; i < COLUMNS[t]; i++)
        g->column[i][g->n] = row[i];
    return g->n++;
}

int64_t yh_arc_text_in(struct yh_arc_builder *b, yh_str s)
{
    if (!s.n)
        return -1;
    bool number = s.n <= 18 && (s.p[0] != '0' || s.n == 1);
    int64_t v = 0;
    for (ptrdiff_t i = 0; number && i < s.n; i++) {
        number = s.p[i] >= '0' && s.p[i] <= '9';
        v = v * 10 + (s.p[i] - '0');
    }
    if (number)
        return v;
    if (b->last.n && yh_eq(b->last, s))
        return b->last_at;
    yh_assert(s.n < 1 << 16);
    while (b->nheap + s.n + 2 > b->heap_cap) {
        int cap = b->heap_cap ? b->heap_cap * 2 : 1 << 16;
        char *more = yh_alloc_raw(b->arena, 1, 8, (size_t)cap);
        if (b->nheap)
            memcpy(more, b->heap, (size_t)b->nheap);
        b->heap = more;
        b->heap_cap = cap;
    }
    int64_t at = -2 - (int64_t)b->nheap;
    b->heap[b->nheap++] = (char)(s.n & 0xff);
    b->heap[b->nheap++] = (char)(s.n >> 8);
    memcpy(b->heap + b->nheap, s.p, (size_t)s.n);
    b->last = (yh_str){ b->heap + b->nheap, s.n };
    b->last_at = at;
    b->nheap += (int)s.n;
    return at;
}

int64_t yh_arc_add_person(struct yh_arc_builder *b, const struct yh_arc_person *row)
{
    struct yh_arc_person r = *row;
    yh_assert(r.grp >= b->grp);
    b->grp = r.grp;
    r.first_enrolment = b->table[YH_ARC_enrolment].n;
    r.first_identity = b->table[YH_ARC_identity].n;
    r.first_opening = b->table[YH_ARC_opening].n;
    return add(b, YH_ARC_person, &r.grp);
}

int64_t yh_arc_add_head(struct yh_arc_builder *b, const struct yh_arc_head *row)
{
    struct yh_arc_head r = *row;
    yh_assert(r.person >= 0 && r.person < b->table[YH_ARC_person].n &&
              b->table[YH_ARC_person].column[0][r.person] == b->grp);
    r.first_code = b->table[YH_ARC_code].n;
    r.first_cut = b->table[YH_ARC_cut].n;
    r.first_pay = b->table[YH_ARC_pay].n;
    r.first_line = b->table[YH_ARC_line].n;
    return add(b, YH_ARC_head, &r.person);
}

#define CHILD(t, parent, start)                                                       \
    int64_t yh_arc_add_##t(struct yh_arc_builder *b, const struct yh_arc_##t *row)    \
    {                                                                                 \
        yh_assert((parent) == YH_ARC_TABLES || b->table[(parent) % YH_ARC_TABLES].n); \
        return add(b, YH_ARC_##t, &row->start);                                       \
    }
CHILD(enrolment, YH_ARC_person, scheme)
CHILD(identity, YH_ARC_person, kind)
CHILD(opening, YH_ARC_person, scheme)
CHILD(code, YH_ARC_head, kind)
CHILD(cut, YH_ARC_head, tag)
CHILD(pay, YH_ARC_head, layer)
CHILD(line, YH_ARC_head, day)
CHILD(provider, YH_ARC_TABLES, code)
#undef CHILD

/* ---- from another builder ---- */

static void row_of(const struct yh_arc_builder *b, enum yh_arc_table_id t, int64_t i,
                   int64_t *row)
{
    for (int k = 0; k < COLUMNS[t]; k++)
        row[k] = b->table[t].column[k][i];
}

static int64_t text_over(struct yh_arc_builder *b, const struct yh_arc_builder *from, int64_t v)
{
    if (v >= -1)
        return v;
    const unsigned char *p = (const unsigned char *)from->heap + (-2 - v);
    return yh_arc_text_in(b, (yh_str){ (const char *)p + 2, p[0] | p[1] << 8 });
}

/* The children of row `at`, the parent's column that says where they begin being `first`. */
static void copy_children(struct yh_arc_builder *b, const struct yh_arc_builder *from,
                          enum yh_arc_table_id parent, int64_t at, int first,
                          enum yh_arc_table_id child)
{
    int begin;
    int64_t row[YH_ARC_COLUMNS];
    (void)yh_arc_columns_of(parent, &begin);
    const int64_t *starts = from->table[parent].column[first - begin];
    int64_t to = at + 1 < from->table[parent].n ? starts[at + 1] : from->table[child].n;
    for (int64_t i = starts[at]; i < to; i++) {
        row_of(from, child, i, row);
        if (child == YH_ARC_line) {
            int64_t *serial = &row[YH_ARC_AT_line_serial - YH_ARC_AT_line_day];
            *serial = text_over(b, from, *serial);
        }
        (void)add(b, child, row);
    }
}
#define CHILDREN(parent, child)                                                     \
    copy_children(b, from, YH_ARC_##parent, at, YH_ARC_AT_##parent##_first_##child, \
                  YH_ARC_##child)

int64_t yh_arc_group_of(const struct yh_arc_builder *b, int64_t person)
{
    yh_assert(person >= 0 && person < b->table[YH_ARC_person].n);
    return b->table[YH_ARC_person].column[0][person];
}

void yh_arc_add_group(struct yh_arc_builder *b, const struct yh_arc_builder *from,
                      int64_t *person, int64_t *head)
{
    int64_t grp = yh_arc_group_of(from, *person), npersons = from->table[YH_ARC_person].n,
            nheads = from->table[YH_ARC_head].n, first = *person,
            by = b->table[YH_ARC_person].n - first;
    int64_t heads_by = b->table[YH_ARC_head].n - *head;
    for (; *person < npersons && yh_arc_group_of(from, *person) == grp; ++*person) {
        struct yh_arc_person r;
        int64_t at = *person;
        row_of(from, YH_ARC_person, at, &r.grp);
        r.person = text_over(b, from, r.person);
        (void)yh_arc_add_person(b, &r);
        CHILDREN(person, enrolment);
        CHILDREN(person, identity);
        CHILDREN(person, opening);
    }
    for (; *head < nheads && from->table[YH_ARC_head].column[0][*head] < *person; ++*head) {
        struct yh_arc_head r;
        int64_t at = *head;
        row_of(from, YH_ARC_head, at, &r.person);
        yh_assert(r.person >= first);
        r.person += by;
        r.undoes += r.undoes < 0 ? 0 : heads_by;
        r.replaces += r.replaces < 0 ? 0 : heads_by;
        r.relative_of += r.relative_of < 0 ? 0 : by;
        r.settlement = text_over(b, from, r.settlement);
        r.visit = text_over(b, from, r.visit);
        (void)yh_arc_add_head(b, &r);
        CHILDREN(head, code);
        CHILDREN(head, cut);
        CHILDREN(head, pay);
        CHILDREN(head, line);
    }
}
#undef CHILDREN

/* ---- bytes ---- */

struct out {
    char *p;
    int64_t n, cap;
    struct yh_arena *a;
};

static char *room(struct out *o, int64_t n)
{
    int64_t padded = (n + 7) & ~INT64_C(7);
    while (o->n + padded > o->cap) {
        int64_t cap = o->cap * 2;
        char *more = yh_alloc_raw(o->a, 1, 8, (size_t)cap);
        memcpy(more, o->p, (size_t)o->n);
        o->p = more;
        o->cap = cap;
    }
    char *at = o->p + o->n;
    if (padded > n)
        memset(at + n, 0, (size_t)(padded - n));
    o->n += padded;
    return at;
}

static void store(char *to, const int64_t *v, int64_t n, int64_t base, int width)
{
    switch (width) {
    case 0: break;
    case 1:
        for (int64_t i = 0; i < n; i++)
            ((uint8_t *)to)[i] = (uint8_t)((uint64_t)v[i] - (uint64_t)base);
        break;
    case 2:
        for (int64_t i = 0; i < n; i++)
            ((uint16_t *)(void *)to)[i] = (uint16_t)((uint64_t)v[i] - (uint64_t)base);
        break;
    case 4:
        for (int64_t i = 0; i < n; i++)
            ((uint32_t *)(void *)to)[i] = (uint32_t)((uint64_t)v[i] - (uint64_t)base);
        break;
    default:
        for (int64_t i = 0; i < n; i++)
            ((uint64_t *)(void *)to)[i] = (uint64_t)v[i] - (uint64_t)base;
        break;
    }
}

/* The values in the order they first come, and each row's index among them, when that is smaller
 * than `width` bytes a row; else 0. */
static int list_of(struct yh_arena *scratch, const int64_t *v, int64_t n, int width,
                   int64_t **list, int64_t **index)
{
    int most = (int)yh_min(width > 2 ? LIST_MAX : 256, n * width / 8 + 1), nl = 0;
    uint32_t slots = 1024;
    while (slots < (uint32_t)most * 2)
        slots *= 2;
    int32_t *slot = YH_NEW(scratch, int32_t, slots);
    *list = yh_alloc_raw(scratch, sizeof **list, _Alignof(int64_t), (size_t)most);
    *index = yh_alloc_raw(scratch, sizeof **index, _Alignof(int64_t), (size_t)n);
    for (int64_t i = 0; i < n; i++) {
        uint32_t at = (uint32_t)(yh_mix64((uint64_t)v[i]) & (slots - 1));
        while (slot[at] && (*list)[slot[at] - 1] != v[i])
            at = (at + 1) & (slots - 1);
        if (!slot[at]) {
            if (nl == most)
                return 0;
            (*list)[nl++] = v[i];
            slot[at] = nl;
        }
        (*index)[i] = slot[at] - 1;
    }
    int64_t as_list = (int64_t)nl * 8 + n * (nl <= 256 ? 1 : 2);
    return as_list < n * width ? nl : 0;
}

static void put_column(struct out *o, struct yh_arena scratch, char *entry, const int64_t *v,
                       int64_t n)
{
    int64_t lo = n ? v[0] : 0, hi = lo;
    for (int64_t i = 1; i < n; i++) {
        lo = v[i] < lo ? v[i] : lo;
        hi = v[i] > hi ? v[i] : hi;
    }
    uint64_t range = (uint64_t)hi - (uint64_t)lo;
    int width = !range ? 0 : range < 256 ? 1 : range < 65536 ? 2 : range >> 32 ? 8 : 4;
    int64_t *list = NULL, *index = NULL;
    int nl = width > 1 ? list_of(&scratch, v, n, width, &list, &index) : 0;
    if (nl) {
        v = index;
        lo = 0;
        width = nl <= 256 ? 1 : 2;
    }
    int64_t at = (o->n + 7) & ~INT64_C(7);
    if (nl) {
        char *to = room(o, (int64_t)nl * 8);
        memcpy(to, list, (size_t)nl * 8);
    }
    store(room(o, n * width), v, n, lo, width);
    entry[0] = (char)width;
    entry[1] = nl > 0;
    put_u32(entry + 4, (uint32_t)nl);
    memcpy(entry + 8, &lo, 8);
    memcpy(entry + 16, &at, 8);
}

yh_str yh_arc_encode(const struct yh_arc_builder *b, struct yh_arena *a)
{
    struct out o = { .a = a, .cap = 1 << 22 };
    o.p = yh_alloc_raw(a, 1, 8, (size_t)o.cap);
    int64_t head = 16 + 4 * YH_ARC_TABLES;
    head = (head + 7) & ~INT64_C(7);
    char *p = room(&o, head + (int64_t)ENTRY * YH_ARC_COLUMNS);
    memset(p, 0, (size_t)(head + (int64_t)ENTRY * YH_ARC_COLUMNS));
    put_u32(p, MAGIC);
    put_u32(p + 4, YH_ARC_COLUMNS);
    for (int t = 0, c = 0; t < YH_ARC_TABLES; t++) {
        const struct yh_arc_growing *g = &b->table[t];
        put_u32(o.p + 16 + 4 * t, (uint32_t)g->n);
        for (int i = 0; i < COLUMNS[t]; i++, c++) {
            char entry[ENTRY] = { 0 };
            put_column(&o, *b->arena, entry, g->column[i], g->n);
            memcpy(o.p + head + (int64_t)ENTRY * c, entry, ENTRY);
        }
    }
    uint32_t at = (uint32_t)o.n, nheap = (uint32_t)b->nheap;
    char *heap = room(&o, b->nheap);
    if (b->nheap)
        memcpy(heap, b->heap, (size_t)b->nheap);
    put_u32(o.p + 8, at);
    put_u32(o.p + 12, nheap);
    return (yh_str){ o.p, o.n };
}

/* ---- reading ---- */

static enum yh_status bad_chunk(struct yh_err *err, int column, const char *why)
{
    if (column < 0)
        return yh_fail(err, YH_BAD_TABLE, "档案的块已损坏：%s", why);
    struct yh_arc_column_info c = yh_arc_column(column);
    return yh_fail(err, YH_BAD_TABLE, "档案的块已损坏：%s.%s %s", c.table, c.name, why);
}

static enum yh_status open_column(yh_str bytes, const char *entry, int64_t n, int column,
                                  struct yh_arc_col *c, struct yh_err *err)
{
    uint32_t nl = get_u32(entry + 4);
    int64_t at;
    c->width = (uint8_t)entry[0];
    memcpy(&c->base, entry + 8, 8);
    memcpy(&at, entry + 16, 8);
    bool wide =
        c->width == 0 || c->width == 1 || c->width == 2 || c->width == 4 || c->width == 8;
    int64_t size = (int64_t)nl * 8 + n * c->width;
    if (!wide || nl > LIST_MAX || at < 0 || at % 8 || at > bytes.n || size > bytes.n - at)
        return bad_chunk(err, column, "越界");
    c->p = (const unsigned char *)bytes.p + at + (int64_t)nl * 8;
    c->list = nl ? (const int64_t *)(const void *)(bytes.p + at) : NULL;
    if (!nl)
        return YH_OK;
    uint32_t top = 0;
    if (c->width == 1)
        for (int64_t i = 0; i < n; i++)
            top = c->p[i] > top ? c->p[i] : top;
    else if (c->width == 2)
        for (int64_t i = 0; i < n; i++) {
            uint32_t v = ((const uint16_t *)(const void *)c->p)[i];
            top = v > top ? v : top;
        }
    else
        top = nl;
    return top < nl ? YH_OK : bad_chunk(err, column, "的值表越界");
}

/* A column that says where children begin rises, from 0, within the child table. */
static enum yh_status rising(const struct yh_arc_chunk *c, int column, int64_t most,
                             struct yh_err *err)
{
    int64_t n = c->n[yh_arc_column(column).of], before = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t v = yh_arc_at(&c->col[column], i);
        if (v < before || v > most || (i == 0 && v != 0))
            return bad_chunk(err, column, "次序错误");
        before = v;
    }
    return n || !most ? YH_OK : bad_chunk(err, column, "没有上级行");
}

static enum yh_status within(const struct yh_arc_chunk *c, int column, int64_t least,
                             int64_t most, struct yh_err *err)
{
    int64_t n = c->n[yh_arc_column(column).of];
    for (int64_t i = 0; i < n; i++) {
        int64_t v = yh_arc_at(&c->col[column], i);
        if (v < least || v >= most)
            return bad_chunk(err, column, "指向块外");
    }
    return YH_OK;
}

enum yh_status yh_arc_chunk_open(yh_str bytes, struct yh_arc_chunk *out, struct yh_err *err)
{
    struct yh_arc_chunk c = { .heap = { 0 } };
    int64_t head = (16 + 4 * YH_ARC_TABLES + 7) & ~INT64_C(7);
    if (bytes.n < head + (int64_t)ENTRY * YH_ARC_COLUMNS || get_u32(bytes.p) != MAGIC ||
        get_u32(bytes.p + 4) != YH_ARC_COLUMNS)
        return bad_chunk(err, -1, "不是这一版本的块");
    uint32_t heap = get_u32(bytes.p + 8), nheap = get_u32(bytes.p + 12);
    if (heap > bytes.n || nheap > bytes.n - heap)
        return bad_chunk(err, -1, "文本越界");
    c.heap = (yh_str){ bytes.p + heap, nheap };
    for (int t = 0, k = 0; t < YH_ARC_TABLES; t++) {
        c.n[t] = get_u32(bytes.p + 16 + 4 * t);
        if (c.n[t] > INT32_MAX)
            return bad_chunk(err, -1, "行数越界");
        for (int i = 0; i < COLUMNS[t]; i++, k++) {
            enum yh_status st = open_column(bytes, bytes.p + head + (int64_t)ENTRY * k, c.n[t],
                                            k, &c.col[k], err);
            if (st)
                return st;
        }
    }
    static const struct {
        int column;
        enum yh_arc_table_id of;
    } CHILD[] = {
        { YH_ARC_AT_person_first_enrolment, YH_ARC_enrolment },
        { YH_ARC_AT_person_first_identity, YH_ARC_identity },
        { YH_ARC_AT_person_first_opening, YH_ARC_opening },
        { YH_ARC_AT_head_first_code, YH_ARC_code },
        { YH_ARC_AT_head_first_cut, YH_ARC_cut },
        { YH_ARC_AT_head_first_pay, YH_ARC_pay },
        { YH_ARC_AT_head_first_line, YH_ARC_line },
    };
    enum yh_status st = YH_OK;
    for (int i = 0; st == YH_OK && i < YH_COUNT(CHILD); i++)
        st = rising(&c, CHILD[i].column, c.n[CHILD[i].of], err);
    int64_t np = c.n[YH_ARC_person], nh = c.n[YH_ARC_head];
    if (st == YH_OK)
        st = within(&c, YH_ARC_AT_head_person, 0, np, err);
    if (st == YH_OK)
        st = within(&c, YH_ARC_AT_head_relative_of, -1, np, err);
    if (st == YH_OK)
        st = within(&c, YH_ARC_AT_head_undoes, -1, nh, err);
    if (st == YH_OK)
        st = within(&c, YH_ARC_AT_head_replaces, -1, nh, err);
    if (st == YH_OK)
        *out = c;
    return st;
}

#define TABLE(t, doc)                                                                    \
    void yh_arc_get_##t(const struct yh_arc_chunk *c, int64_t i, struct yh_arc_##t *out) \
    {
#define COL(t, x, doc) out->x = YH_ARC(c, t, x, i);
#define END(t) }
#include "model/archive/column.def"

void yh_arc_read(const struct yh_arc_chunk *chunk, int column, int64_t from, int64_t n,
                 int64_t *out)
{
    const struct yh_arc_col *c = &chunk->col[column];
    if (c->list || c->width == 0 || c->width == 8) {
        for (int64_t i = 0; i < n; i++)
            out[i] = yh_arc_at(c, from + i);
        return;
    }
    if (c->width == 1)
        for (int64_t i = 0; i < n; i++)
            out[i] = c->base + c->p[from + i];
    else if (c->width == 2)
        for (int64_t i = 0; i < n; i++)
            out[i] = c->base + ((const uint16_t *)(const void *)c->p)[from + i];
    else
        for (int64_t i = 0; i < n; i++)
            out[i] = c->base + ((const uint32_t *)(const void *)c->p)[from + i];
}

yh_str yh_arc_text(const struct yh_arc_chunk *c, int64_t v, char buf[24])
{
    if (v == -1)
        return YH_S("");
    if (v >= 0)
        return (yh_str){ buf, snprintf(buf, 24, "%lld", (long long)v) };
    int64_t at = -2 - v;
    if (at < 0 || at > c->heap.n - 2)
        return YH_S("");
    const unsigned char *p = (const unsigned char *)c->heap.p + at;
    int64_t n = p[0] | p[1] << 8;
    return at + 2 + n <= c->heap.n ? (yh_str){ (const char *)p + 2, n } : YH_S("");
}
