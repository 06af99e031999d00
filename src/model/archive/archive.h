/* model/archive/archive.h -- a year of settled bills in columns: what the rows are, and the bytes.
 *
 * An archive is one file (store/archive): a header, chunks, a block of providers, the dictionaries, a
 * directory.  A chunk holds whole account groups: their persons with standing facts, their settlements
 * in commit order, and for each settlement its codes, its cost by mark, what each layer paid, and its
 * charge lines.  Nothing in a chunk points outside it but dictionary numbers and provider indexes, so
 * any thread may make or read any chunk.  column.def lists every table and column, dict.def the
 * dictionaries; rows are structs of int64_t.
 *
 * Laws of a head (they are not stored, they follow):
 *     sums.total = outside + over + first + scope, summed over its cuts (yh_arc_sums)
 *     fund       = basic + serious + large + enterprise + civil_pay + assist + disabled + other
 *     person     = total − fund − hospital = account + relative + cash
 * Of a line: amount = price × quantity, rounded half up to a fen, + odd (yh_arc_amount).
 *
 * In the file a column is stored as narrowly as its chunk lets it: a constant; an offset from the
 * least value in 1, 2, 4 or 8 bytes; or an index of 1 or 2 bytes into its own list of values.  All
 * little-endian.  The same rows give the same bytes on any machine, whatever thread encodes them.
 *
 * Writing, on any number of threads:
 *     one thread adds all texts to `struct yh_arc_dicts` beforehand (adding is not thread-safe; order
 *     of adding is the numbering, so keep it fixed), and fills the providers;
 *     each thread: yh_arc_open(builder), then for each group in rising order, for each person
 *     yh_arc_add_person, its add_enrolment …; then for the group's settlements in commit order
 *     yh_arc_add_head and its add_code, add_cut, add_pay, add_line; yh_arc_encode gives the bytes;
 *     chunks are appended in group order (store/archive/archive.h).
 * Some 16,000 settlements a chunk are right: small enough for a thread's cache of work, large enough
 * to compress.  A group's persons all come before the group's first head.
 *
 * Pure. */
#ifndef YH_MODEL_ARCHIVE_ARCHIVE_H
#define YH_MODEL_ARCHIVE_ARCHIVE_H
#include "base/base.h"

#define YH_ARCHIVE_VERSION 1
#define YH_ARC_CHUNK_HEADS 16384 /* aim of a writer: the group that passes it ends the chunk */

/* ---- rows ---- */

#define TABLE(t, doc) struct yh_arc_##t {
#define COL(t, c, doc) int64_t c;
#define END(t) \
    }          \
    ;
#include "model/archive/column.def"

enum yh_arc_table_id {
#define TABLE(t, doc) YH_ARC_##t,
#include "model/archive/column.def"
    YH_ARC_TABLES
};
/* YH_ARC_AT_head_seq …: a column's place among all columns. */
enum yh_arc_column_id {
#define COL(t, c, doc) YH_ARC_AT_##t##_##c,
#include "model/archive/column.def"
    YH_ARC_COLUMNS
};
struct yh_arc_column_info {
    const char *table, *name, *doc;
    enum yh_arc_table_id of;
};
struct yh_arc_column_info yh_arc_column(int column);
/* The columns of a table are first .. first + n. */
int yh_arc_columns_of(enum yh_arc_table_id table, int *first);

/* ---- dictionaries ---- */

enum yh_arc_dict_id {
#define R(name, word, doc) YH_DICT_##name,
#include "model/archive/dict.def"
#undef R
    YH_DICTS
};
struct yh_arc_dict {
    yh_str *text;
    int n, cap; /* text[0] is "" */
    struct yh_map map;
};
struct yh_arc_dicts {
    struct yh_arena *arena; /* texts are copied into it */
    struct yh_arc_dict of[YH_DICTS];
};
void yh_arc_dicts_open(struct yh_arc_dicts *d, struct yh_arena *arena);
/* The number of a text, added when new. */
int64_t yh_arc_dict_add(struct yh_arc_dicts *d, enum yh_arc_dict_id which, yh_str text);
/* The number of a text; -1: not there.  Thread-safe while nothing is added. */
int64_t yh_arc_dict_find(const struct yh_arc_dicts *d, enum yh_arc_dict_id which, yh_str text);
/* "" for 0 and for a number that is not there. */
yh_str yh_arc_dict_text(const struct yh_arc_dicts *d, enum yh_arc_dict_id which, int64_t id);
const char *yh_arc_dict_word(enum yh_arc_dict_id which);
/* All of them as one text, and back.  YH_BAD_TABLE: damaged. */
yh_str yh_arc_dicts_pack(struct yh_arena *a, const struct yh_arc_dicts *d);
YH_MUST_USE
enum yh_status yh_arc_dicts_unpack(struct yh_arc_dicts *out, yh_str packed, struct yh_err *err);

/* ---- making a chunk ---- */

struct yh_arc_growing {
    int64_t **column; /* one array a column */
    int n, cap;
};
struct yh_arc_builder {
    struct yh_arena *arena; /* borrowed; yh_arc_open forgets what it holds */
    struct yh_arc_growing table[YH_ARC_TABLES];
    char *heap; /* texts that are no plain numbers */
    int nheap, heap_cap;
    int64_t grp; /* of the last person added */
    yh_str last; /* text put last, and where: ids often come twice */
    int64_t last_at;
};
/* Resets the arena and starts an empty chunk in it; about 25 MB for 16,384 settlements of 8 lines. */
void yh_arc_open(struct yh_arc_builder *b, struct yh_arena *arena);
/* A text as a column keeps it: a plain number of at most 18 digits without leading zeros as itself,
 * "" as -1, else a place in the chunk's heap. */
int64_t yh_arc_text_in(struct yh_arc_builder *b, yh_str text);
/* Each answers the row's index.  The first_… columns are overwritten.  Groups must not fall;
 * an enrolment, identity, opening belongs to the last person; a code, cut, pay, line to the last
 * head; a head's person must be of the current group. */
int64_t yh_arc_add_person(struct yh_arc_builder *b, const struct yh_arc_person *row);
int64_t yh_arc_add_enrolment(struct yh_arc_builder *b, const struct yh_arc_enrolment *row);
int64_t yh_arc_add_identity(struct yh_arc_builder *b, const struct yh_arc_identity *row);
int64_t yh_arc_add_opening(struct yh_arc_builder *b, const struct yh_arc_opening *row);
int64_t yh_arc_add_head(struct yh_arc_builder *b, const struct yh_arc_head *row);
int64_t yh_arc_add_code(struct yh_arc_builder *b, const struct yh_arc_code *row);
int64_t yh_arc_add_cut(struct yh_arc_builder *b, const struct yh_arc_cut *row);
int64_t yh_arc_add_pay(struct yh_arc_builder *b, const struct yh_arc_pay *row);
int64_t yh_arc_add_line(struct yh_arc_builder *b, const struct yh_arc_line *row);
int64_t yh_arc_add_provider(struct yh_arc_builder *b, const struct yh_arc_provider *row);
/* Overwrites a column of a row added before (head.undone …). */
void yh_arc_set(struct yh_arc_builder *b, int column, int64_t row, int64_t value);
int64_t yh_arc_rows(const struct yh_arc_builder *b, enum yh_arc_table_id table);
/* Appends one whole group of another builder, which numbers by the same dictionaries: that of its person
 * row *person, whose first head is row *head.  Both move behind it. */
void yh_arc_add_group(struct yh_arc_builder *b, const struct yh_arc_builder *from,
                      int64_t *person, int64_t *head);
/* The group of a person row. */
int64_t yh_arc_group_of(const struct yh_arc_builder *b, int64_t person);

/* The chunk's bytes, in `out` (not the builder's arena); 8-byte multiples.  */
yh_str yh_arc_encode(const struct yh_arc_builder *b, struct yh_arena *out);

/* ---- reading a chunk ---- */

/* A stored column: value i is base + p[i], or list[p[i]]. */
struct yh_arc_col {
    const unsigned char *p;
    const int64_t *list; /* NULL: offsets */
    int64_t base;
    uint8_t width; /* bytes: 0 (constant), 1, 2, 4, 8 */
};
struct yh_arc_chunk {
    struct yh_arc_col col[YH_ARC_COLUMNS];
    uint32_t n[YH_ARC_TABLES]; /* rows */
    yh_str heap;
};

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "columns are read as they lie");

static inline int64_t yh_arc_at(const struct yh_arc_col *c, int64_t i)
{
    uint64_t v = 0;
    switch (c->width) {
    case 0: return c->base;
    case 1: v = c->p[i]; break;
    case 2: v = ((const uint16_t *)(const void *)c->p)[i]; break;
    case 4: v = ((const uint32_t *)(const void *)c->p)[i]; break;
    default: v = ((const uint64_t *)(const void *)c->p)[i]; break;
    }
    return c->list ? c->list[v] : (int64_t)((uint64_t)c->base + v);
}
/* One value: YH_ARC(chunk, head, seq, i). */
#define YH_ARC(chunk, t, c, i) yh_arc_at(&(chunk)->col[YH_ARC_AT_##t##_##c], (i))

/* Looks at the chunk's own table of columns; copies nothing, and the bytes (8-byte aligned) must
 * outlive it.  YH_BAD_TABLE: it runs over its end, or is no chunk.  The checksum is the file's. */
YH_MUST_USE
enum yh_status yh_arc_chunk_open(yh_str bytes, struct yh_arc_chunk *out, struct yh_err *err);

/* A whole row: yh_arc_get_head(chunk, i, &head) … */
#define TABLE(t, doc) \
    void yh_arc_get_##t(const struct yh_arc_chunk *c, int64_t i, struct yh_arc_##t *out);
#include "model/archive/column.def"

/* n consecutive values of a column from row `from`, widened: the fast way to read many rows. */
void yh_arc_read(const struct yh_arc_chunk *c, int column, int64_t from, int64_t n,
                 int64_t *out);

/* Rows [*from, *to) of a child of row i: YH_ARC_SPAN(chunk, head, line, i, &from, &to). */
static inline void yh_arc_span(const struct yh_arc_chunk *c, int first,
                               enum yh_arc_table_id parent, enum yh_arc_table_id child,
                               int64_t i, int64_t *from, int64_t *to)
{
    *from = yh_arc_at(&c->col[first], i);
    *to = i + 1 < c->n[parent] ? yh_arc_at(&c->col[first], i + 1) : c->n[child];
}
#define YH_ARC_SPAN(chunk, parent, child, i, from, to)                                        \
    yh_arc_span((chunk), YH_ARC_AT_##parent##_first_##child, YH_ARC_##parent, YH_ARC_##child, \
                (i), (from), (to))

/* A [text] column's value as text; a number is written into buf. */
yh_str yh_arc_text(const struct yh_arc_chunk *c, int64_t value, char buf[24]);

/* ---- what follows from a head ---- */

static inline yh_fen yh_arc_fund(const struct yh_arc_head *h)
{
    return h->basic + h->serious + h->large + h->enterprise + h->civil_pay + h->assist +
           h->disabled + h->other;
}
static inline yh_fen yh_arc_amount(const struct yh_arc_line *l)
{
    return yh_line_amount(l->price, l->qty, YH_ROUND_HALF_UP) + l->odd;
}
#endif
