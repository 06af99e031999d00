#include <stdlib.h>
#include "model/catalog/terms.h"

/* Rows first .. first + n of an item. */
struct run {
    uint32_t first, n;
};

struct yh_term_table {
    uint32_t region;
    const struct yh_item_term *row; /* by item, then specific before general, then day */
    int n;
    const struct run *run; /* of each item */
    uint32_t items;        /* ids below this have one */
};

static const yh_str TAG[] = {
#define R(name, word) YH_S_INIT(word),
#include "model/catalog/tag.def"
#undef R
};
_Static_assert(YH_COUNT(TAG) == YH_TAG_COUNT, "one row each");

yh_str yh_tag_word(enum yh_tag tag)
{
    yh_assert(tag < YH_TAG_COUNT);
    return TAG[tag];
}

enum yh_status yh_tag_parse(yh_str word, enum yh_tag *out, struct yh_err *err)
{
    for (int i = 0; i < YH_TAG_COUNT; i++)
        if (yh_eq(TAG[i], word)) {
            *out = (enum yh_tag)i;
            return YH_OK;
        }
    return yh_fail(err, YH_BAD_INPUT, "标记「%.*s」不认识", (int)yh_min(word.n, 60), word.p);
}

static const struct {
    yh_str text, code;
} CLASS[] = {
    [YH_CLASS_UNKNOWN] = { YH_S_INIT("未定"), YH_S_INIT("03") },
    [YH_CLASS_A] = { YH_S_INIT("甲"), YH_S_INIT("01") },
    [YH_CLASS_B] = { YH_S_INIT("乙"), YH_S_INIT("02") },
    [YH_CLASS_C] = { YH_S_INIT("丙"), YH_S_INIT("03") },
};

yh_str yh_class_text(enum yh_item_class cls)
{
    yh_assert(cls <= YH_CLASS_C);
    return CLASS[cls].text;
}

yh_str yh_class_code(enum yh_item_class cls)
{
    yh_assert(cls <= YH_CLASS_C);
    return CLASS[cls].code;
}

enum yh_status yh_class_parse(yh_str word, enum yh_item_class *out, struct yh_err *err)
{
    for (enum yh_item_class c = YH_CLASS_A; c <= YH_CLASS_C; c++)
        if (yh_eq(word, CLASS[c].text) || yh_eq(word, CLASS[c].code)) {
            *out = c;
            return YH_OK;
        }
    return yh_fail(err, YH_BAD_INPUT, "类别「%.*s」应为 甲、乙、丙（01、02、03）",
                   (int)yh_min(word.n, 40), word.p);
}

/* ---- loading ---- */

enum {
    CODE,
    NAME,
    CLS,
    REQUIRED,
    FIRST_PAY = REQUIRED,
    LIMIT,
    LEVEL,
    INSUTYPE,
    CHARGE,
    RESTRICTED,
    RESTRICTION,
    TAGS,
    FROM,
    TO,
    STANDING,
    NOTE,
    COLUMNS
};
static const char *const COLUMN[COLUMNS] = {
    "code",  "name_zh",    "class",    "first_pay",  "limit",
    "level", "insutype",   "charge",   "restricted", "restriction",
    "tags",  "valid_from", "valid_to", "standing",   "note",
};

struct reader {
    struct yh_tsv tsv;
    int col[COLUMNS];
    uint32_t region;
    struct yh_err *err;
};

static yh_str cell(const struct reader *r, int column)
{
    return r->col[column] < 0 ? YH_S("") : r->tsv.cell[r->col[column]];
}

static enum yh_status bad_cell(const struct reader *r, int column, const char *wanted)
{
    yh_str met = cell(r, column);
    char value[64];
    ptrdiff_t n = yh_min(met.n, (ptrdiff_t)sizeof value - 1);
    memcpy(value, met.p ? met.p : "", (size_t)n);
    value[n] = 0;
    yh_fail_field(r->err, YH_BAD_TABLE, COLUMN[column], value, "%u 条款表第 %d 行 %s「%s」：%s",
                  r->region, r->tsv.line, COLUMN[column], value, wanted);
    if (r->err)
        r->err->line = r->tsv.line;
    return YH_BAD_TABLE;
}

/* "0.1", "10%" or "10.5%" in millionths, at most one. */
static bool read_share(yh_str s, yh_micro *out)
{
    bool percent = yh_ends(s, YH_S("%"));
    if (percent)
        s.n--;
    return !yh_dec_parse(s, percent ? 4 : 6, out, NULL) && 0 <= *out && *out <= YH_ONE;
}

static enum yh_status read_money(const struct reader *r, struct yh_item_term *t)
{
    static const yh_micro UNSAID[] = {
        [YH_CLASS_A] = 0, [YH_CLASS_B] = YH_FIRST_PAY_BY_DOCUMENT, [YH_CLASS_C] = YH_ONE
    };
    enum yh_item_class cls;
    if (yh_class_parse(cell(r, CLS), &cls, NULL))
        return bad_cell(r, CLS, "应为 甲、乙、丙");
    t->cls = (uint8_t)cls;
    t->first_pay = UNSAID[cls];
    if (cell(r, FIRST_PAY).n && !read_share(cell(r, FIRST_PAY), &t->first_pay))
        return bad_cell(r, FIRST_PAY, "应为 0 至 1 的小数（至多六位）或百分数");
    if (cls == YH_CLASS_C && t->first_pay != YH_ONE)
        return bad_cell(r, FIRST_PAY, "丙类全自费，应为 1 或空");
    yh_str limit = cell(r, LIMIT);
    if (limit.n && (yh_dec_parse(limit, 6, &t->limit, NULL) || t->limit < 0))
        return bad_cell(r, LIMIT, "应为不小于 0 的元数（至多六位小数），0 或空为不限价");
    return YH_OK;
}

static enum yh_status read_scope(const struct reader *r, struct yh_item_term *t)
{
    yh_str level = cell(r, LEVEL), insutype = cell(r, INSUTYPE), charge = cell(r, CHARGE);
    int64_t v = 0;
    if (level.n && (yh_int_parse(level, &v, NULL) || v < YH_LEVEL_1 || v > YH_LEVEL_3))
        return bad_cell(r, LEVEL, "应为 1（一级及以下）、2、3 或空");
    t->level = (uint8_t)v;
    v = 0;
    if (insutype.n && (yh_int_parse(insutype, &v, NULL) || v < 100 || v > 999))
        return bad_cell(r, INSUTYPE, "应为三位险种代码或空");
    t->insutype = (uint16_t)v;
    if (charge.n >= (ptrdiff_t)sizeof t->charge)
        return bad_cell(r, CHARGE, "应为至多 6 位的收费项目类别 med_chrgitm_type");
    memcpy(t->charge, charge.p ? charge.p : "", (size_t)charge.n);
    yh_str restricted = cell(r, RESTRICTED);
    if (restricted.n && !yh_eq(restricted, YH_S("0")) && !yh_eq(restricted, YH_S("1")))
        return bad_cell(r, RESTRICTED, "应为 0、1 或空");
    t->restricted = yh_eq(restricted, YH_S("1"));
    t->restriction = cell(r, RESTRICTION);
    return YH_OK;
}

/* The word before the first 、 or ','. */
static yh_str next_word(yh_str *rest)
{
    ptrdiff_t comma = yh_find(*rest, YH_S(",")), stop = yh_find(*rest, YH_S("、"));
    bool wide = stop >= 0 && (comma < 0 || stop < comma);
    ptrdiff_t at = wide ? stop : comma < 0 ? rest->n : comma;
    yh_str word = yh_sub(*rest, 0, at);
    *rest = yh_sub(*rest, at + (wide ? (ptrdiff_t)sizeof("、") - 1 : 1), rest->n);
    return yh_trim(word);
}

static enum yh_status read_marks(const struct reader *r, struct yh_item_term *t)
{
    for (yh_str rest = cell(r, TAGS); rest.n;) {
        enum yh_tag tag = YH_TAG_COUNT;
        if (yh_tag_parse(next_word(&rest), &tag, NULL))
            return bad_cell(r, TAGS, "有不认识的标记，可用的见 docs/catalogs.md");
        t->tags |= YH_TAG_BIT(tag);
    }
    enum yh_standing standing = YH_UNVERIFIED;
    if (cell(r, STANDING).n && yh_standing_parse(cell(r, STANDING), &standing, NULL))
        return bad_cell(r, STANDING, "依据等级不认识");
    t->standing = (uint8_t)standing;
    if (cell(r, FROM).n && yh_day_parse(cell(r, FROM), &t->period.from, NULL))
        return bad_cell(r, FROM, "应为日期 yyyy-MM-dd 或空");
    if (cell(r, TO).n && yh_day_parse(cell(r, TO), &t->period.to, NULL))
        return bad_cell(r, TO, "应为失效首日 yyyy-MM-dd 或空");
    if (t->period.to <= t->period.from)
        return bad_cell(r, TO, "应晚于 valid_from");
    return YH_OK;
}

static enum yh_status read_term(const struct reader *r, struct yh_catalog *catalog,
                                struct yh_item_term *out)
{
    struct yh_item_term t = { .period = { YH_DAY_MIN, YH_DAY_MAX },
                              .name = cell(r, NAME),
                              .region = r->region,
                              .line = r->tsv.line };
    yh_str code = cell(r, CODE);
    if (!code.n || code.n > 50)
        return bad_cell(r, CODE, "项目代码不能为空，最长 50 位");
    enum yh_status bad = read_money(r, &t);
    if (!bad)
        bad = read_scope(r, &t);
    if (!bad)
        bad = read_marks(r, &t);
    if (bad)
        return bad;
    t.item =
        yh_catalog_add(catalog, yh_item_kind(code), code, t.name, (enum yh_standing)t.standing);
    *out = t;
    return YH_OK;
}

/* By item; a row for one insutype before one for all, then one level before all; then by day. */
static int order(const void *pa, const void *pb)
{
    const struct yh_item_term *a = pa, *b = pb;
    if (a->item != b->item)
        return a->item < b->item ? -1 : 1;
    if (a->insutype != b->insutype)
        return a->insutype > b->insutype ? -1 : 1;
    if (a->level != b->level)
        return a->level > b->level ? -1 : 1;
    return (a->period.from > b->period.from) - (a->period.from < b->period.from);
}

static enum yh_status check_overlap(const struct yh_item_term *row, int n, struct yh_err *err)
{
    for (int i = 1; i < n; i++) {
        const struct yh_item_term *a = &row[i - 1], *b = &row[i];
        bool same = a->item == b->item && a->insutype == b->insutype && a->level == b->level;
        if (same && b->period.from < a->period.to) {
            int later = (int)yh_max(a->line, b->line), earlier = (int)yh_min(a->line, b->line);
            yh_fail_field(
                err, YH_BAD_TABLE, "valid_from", NULL,
                "%u 条款表第 %d 行与第 %d 行是同一项目、险种、级别，日期重叠：请截止前一行",
                a->region, later, earlier);
            if (err)
                err->line = later;
            return YH_BAD_TABLE;
        }
    }
    return YH_OK;
}

/* An item that the table does not name is paid as its general code where that is named: a maker's
 * consumable as its specification, a local pair as its national part. */
static void index_rows(struct yh_term_table *t, const struct yh_catalog *catalog,
                       struct yh_arena *arena)
{
    uint32_t items = yh_catalog_count(catalog) + 1;
    struct run *run = YH_NEW(arena, struct run, items);
    for (int i = t->n - 1; i >= 0; i--) {
        run[t->row[i].item].first = (uint32_t)i;
        run[t->row[i].item].n++;
    }
    for (uint32_t id = 1; id < items; id++) {
        uint32_t named = id;
        while (named && !run[named].n)
            named = yh_catalog_general(catalog, named);
        run[id] = run[named];
    }
    t->run = run;
    t->items = items;
}

static int lines_in(yh_str s)
{
    int n = 1;
    for (const char *p = s.p, *end = p + s.n; p < end; n++) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        p = stop ? stop + 1 : end;
    }
    return n;
}

static enum yh_status load_table(const struct yh_term_text *text, struct yh_catalog *catalog,
                                 struct yh_arena *arena, struct yh_term_table *out,
                                 struct yh_err *err)
{
    struct reader r = { .region = text->region, .err = err };
    enum yh_status bad = yh_tsv_open_with(&r.tsv, text->text, COLUMN, REQUIRED, r.col, err);
    if (bad)
        return bad;
    for (int i = REQUIRED; i < COLUMNS; i++)
        r.col[i] = yh_tsv_col(&r.tsv, yh_cstr(COLUMN[i]));
    struct yh_item_term *row = YH_NEW(arena, struct yh_item_term, lines_in(text->text));
    int n = 0, more;
    while ((more = yh_tsv_next(&r.tsv, err)) > 0)
        if ((bad = read_term(&r, catalog, &row[n++])))
            return bad;
    if (more < 0)
        return YH_BAD_TABLE;
    qsort(row, (size_t)n, sizeof *row, order);
    if ((bad = check_overlap(row, n, err)))
        return bad;
    *out = (struct yh_term_table){ .region = text->region, .row = row, .n = n };
    return YH_OK;
}

static const struct yh_term_table *table_of(const struct yh_term_tables *t, uint32_t region)
{
    for (int i = 0; i < t->n; i++)
        if (t->table[i].region == region)
            return &t->table[i];
    return NULL;
}

enum yh_status yh_terms_load(const struct yh_term_text *text, int n, struct yh_catalog *catalog,
                             struct yh_arena *arena, struct yh_term_tables *out,
                             struct yh_err *err)
{
    struct yh_term_table *table = YH_NEW(arena, struct yh_term_table, n);
    struct yh_term_tables all = { table, 0 };
    for (int i = 0; i < n; i++) {
        if (table_of(&all, text[i].region))
            return yh_fail(err, YH_BAD_TABLE, "区划 %u 有两张条款表", text[i].region);
        enum yh_status bad = load_table(&text[i], catalog, arena, &table[i], err);
        if (bad)
            return bad;
        all.n++;
    }
    /* Every table may add codes, so they are indexed when all are read. */
    for (int i = 0; i < n; i++)
        index_rows(&table[i], catalog, arena);
    *out = all;
    return YH_OK;
}

/* ---- lookup ---- */

struct yh_terms yh_terms_at(const struct yh_term_tables *t, const struct yh_place *place,
                            int insutype)
{
    struct yh_terms view = { .insutype = (uint16_t)insutype };
    const struct yh_region *at[] = { place->office, place->pool, place->province };
    for (int i = 0; i < YH_COUNT(at); i++) {
        const struct yh_term_table *table = table_of(t, at[i]->code);
        if (table && !(view.n && view.table[view.n - 1] == table))
            view.table[view.n++] = table;
    }
    return view;
}

static const struct yh_item_term UNDETERMINED = { .period = { YH_DAY_MIN, YH_DAY_MAX },
                                                  .first_pay = YH_ONE,
                                                  .cls = YH_CLASS_UNKNOWN,
                                                  .standing = YH_UNVERIFIED };

const struct yh_item_term *yh_term_get(const struct yh_terms *t, uint32_t item, yh_day day,
                                       enum yh_level level)
{
    if (level == YH_LEVEL_ANY)
        level = YH_LEVEL_1;
    for (int i = 0; i < t->n; i++) {
        const struct yh_term_table *table = t->table[i];
        if (item >= table->items)
            continue;
        const struct run *run = &table->run[item];
        for (const struct yh_item_term *row = table->row + run->first, *end = row + run->n;
             row < end; row++)
            if ((row->insutype == 0 || row->insutype == t->insutype) &&
                (row->level == YH_LEVEL_ANY || row->level == level) &&
                yh_in_period(row->period, day))
                return row;
    }
    return &UNDETERMINED;
}

const struct yh_item_term *yh_term_span(const struct yh_terms *t, uint32_t item, yh_day day,
                                        enum yh_level level, struct yh_period *span)
{
    *span = (struct yh_period){ YH_DAY_MIN, YH_DAY_MAX };
    if (level == YH_LEVEL_ANY)
        level = YH_LEVEL_1;
    for (int i = 0; i < t->n; i++) {
        const struct yh_term_table *table = t->table[i];
        if (item >= table->items)
            continue;
        const struct run *run = &table->run[item];
        for (uint32_t k = 0; k < run->n; k++) {
            const struct yh_item_term *row = &table->row[run->first + k];
            if ((row->insutype != 0 && row->insutype != t->insutype) ||
                (row->level != YH_LEVEL_ANY && row->level != level))
                continue;
            /* The row's own days, or those up to where it would be the answer. */
            if (yh_in_period(row->period, day)) {
                span->from = yh_max(span->from, row->period.from);
                span->to = yh_min(span->to, row->period.to);
                return row;
            }
            if (day < row->period.from)
                span->to = yh_min(span->to, row->period.from);
            else
                span->from = yh_max(span->from, row->period.to);
        }
    }
    return &UNDETERMINED;
}

enum yh_tag yh_term_tag(const struct yh_item_term *term)
{
    for (int i = 0; i < YH_TAG_COUNT; i++)
        if (term->tags & YH_TAG_BIT(i))
            return (enum yh_tag)i;
    return YH_TAG_COUNT;
}

const struct yh_item_term *yh_terms_rows(const struct yh_term_tables *t, uint32_t region,
                                         int *n)
{
    const struct yh_term_table *table = table_of(t, region);
    *n = table ? table->n : 0;
    return table ? table->row : NULL;
}

/* ---- writing ---- */

static void put_share(struct yh_buf *b, yh_micro share)
{
    char text[32];
    int digits = share % 10000 ? 6 : share % 1000000 ? 2 : 0;
    if (share != YH_FIRST_PAY_BY_DOCUMENT)
        yh_put(b, yh_dec_text(text, share, 6, digits));
}

static void put_limit(struct yh_buf *b, yh_price limit)
{
    char text[32];
    if (limit)
        yh_put(b, yh_dec_text(text, limit, 6, limit % 10000 ? 6 : 2));
}

static void put_day(struct yh_buf *b, yh_day day, yh_day open)
{
    char text[16];
    if (day != open)
        yh_put(b, yh_day_text(text, day));
}

static void put_term(struct yh_buf *b, const struct yh_item_term *t, yh_str code)
{
    yh_put(b, code);
    yh_putf(b, "\t%.*s\t%.*s\t", YH_ARG(t->name), YH_ARG(CLASS[t->cls].text));
    put_share(b, t->first_pay);
    yh_putc(b, '\t');
    put_limit(b, t->limit);
    yh_putc(b, '\t');
    if (t->level)
        yh_put_i64(b, t->level);
    yh_putc(b, '\t');
    if (t->insutype)
        yh_put_i64(b, t->insutype);
    yh_putf(b, "\t%s\t%s\t%.*s\t", t->charge, t->restricted ? "1" : "", YH_ARG(t->restriction));
    for (int i = 0, some = 0; i < YH_TAG_COUNT; i++)
        if (t->tags & YH_TAG_BIT(i)) {
            yh_putz(b, some++ ? "、" : "");
            yh_put(b, TAG[i]);
        }
    yh_putc(b, '\t');
    put_day(b, t->period.from, YH_DAY_MIN);
    yh_putc(b, '\t');
    put_day(b, t->period.to, YH_DAY_MAX);
    yh_putf(b, "\t%.*s\n", YH_ARG(yh_standing_word((enum yh_standing)t->standing)));
}

void yh_terms_write(const struct yh_item_term *row, int n, const struct yh_catalog *catalog,
                    struct yh_buf *out)
{
    for (int i = 0; i < NOTE; i++)
        yh_putf(out, "%s%s", i ? "\t" : "", COLUMN[i]);
    yh_putc(out, '\n');
    for (int i = 0; i < n; i++)
        put_term(out, &row[i], yh_catalog_code(catalog, row[i].item).code);
}

void yh_terms_digest(const struct yh_term_tables *t, const struct yh_catalog *catalog,
                     uint8_t out[32])
{
    struct yh_sha256 h;
    yh_sha256_start(&h);
    for (int i = 0; i < t->n; i++)
        for (int k = 0; k < t->table[i].n; k++) {
            const struct yh_item_term *r = &t->table[i].row[k];
            int64_t v[] = { t->table[i].region, r->period.from, r->period.to,
                            r->first_pay,       r->limit,       r->tags,
                            r->insutype,        r->level,       r->cls,
                            r->restricted };
            unsigned char b[sizeof v];
            for (int j = 0; j < YH_COUNT(v); j++)
                for (int n = 0; n < 8; n++)
                    b[j * 8 + n] = (unsigned char)((uint64_t)v[j] >> (8 * n));
            yh_sha256_add(&h, yh_catalog_code(catalog, r->item).code);
            yh_sha256_add(&h, (yh_str){ (const char *)b, sizeof b });
        }
    yh_sha256_end(&h, out);
}
