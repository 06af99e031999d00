#include "model/catalog/catalog.h"

/* A code, packed: the national lists run to hundreds of thousands of rows. */
struct row {
    const char *code, *name;
    yh_day from, to;
    uint16_t name_n;
    uint8_t code_n, kind;
    int16_t table;
    uint8_t standing, grey;
};
_Static_assert(sizeof(void *) != 8 || sizeof(struct row) == 32, "two rows a cache line");

struct slot {
    uint32_t hash, id;
};

struct cross {
    int table;
    struct yh_map map; /* code -> index into target */
    yh_str *target;
};

struct standard {
    yh_str subject, pattern;
    enum yh_standing standing;
};

struct charge {
    enum yh_code_kind kind;
    yh_str match, charge;
};

struct yh_catalog {
    struct yh_arena *arena;
    struct row *row; /* row[0] is no code */
    int n, cap;
    struct slot *slot; /* id 0 = free; at most half full */
    uint32_t mask;
    struct yh_catalog_table *table;
    yh_str *body; /* their texts, parallel to table */
    yh_str *head; /* and header lines */
    int tables, tables_cap;
    struct cross *cross;
    int crosses, crosses_cap;
    struct standard *standard;
    int standards, standards_cap;
    struct charge *charge;
    int charges, charges_cap;
};

static const struct {
    yh_str word, text;
    enum yh_code_space space;
} KIND[] = {
#define R(name, word, text, space) { YH_S_INIT(word), YH_S_INIT(text), YH_SPACE_##space },
#include "model/catalog/kind.def"
#undef R
};
_Static_assert(YH_COUNT(KIND) == YH_KIND_COUNT, "one row each");

yh_str yh_kind_word(enum yh_code_kind kind)
{
    yh_assert(kind < YH_KIND_COUNT);
    return KIND[kind].word;
}

yh_str yh_kind_text(enum yh_code_kind kind)
{
    yh_assert(kind < YH_KIND_COUNT);
    return KIND[kind].text;
}

enum yh_code_space yh_kind_space(enum yh_code_kind kind)
{
    yh_assert(kind < YH_KIND_COUNT);
    return KIND[kind].space;
}

enum yh_code_kind yh_item_kind(yh_str code)
{
    char first = code.n ? code.p[0] : '0';
    return first == 'X' || first == 'Z' ? YH_KIND_DRUG
           : first == 'T'               ? YH_KIND_DECOCTION
           : first == 'C'               ? YH_KIND_CONSUMABLE
                                        : YH_KIND_SERVICE;
}

/* ---- the index ---- */

static uint32_t hash_of(enum yh_code_space space, yh_str code)
{
    uint64_t h = yh_hash64(code, (uint64_t)space + 1);
    return (uint32_t)(h ^ h >> 32);
}

static yh_str row_code(const struct row *r)
{
    return (yh_str){ r->code, r->code_n };
}

/* The slot that holds the code, or the free one where it would go. */
static struct slot *slot_of(const struct yh_catalog *c, enum yh_code_space space, yh_str code,
                            uint32_t hash)
{
    for (uint32_t i = hash & c->mask;; i = (i + 1) & c->mask) {
        struct slot *s = &c->slot[i];
        if (!s->id)
            return s;
        const struct row *r = &c->row[s->id];
        if (s->hash == hash && KIND[r->kind].space == space && yh_eq(row_code(r), code))
            return s;
    }
}

static void index_size(struct yh_catalog *c, uint32_t codes)
{
    struct slot *old = c->slot;
    uint32_t old_n = old ? c->mask + 1 : 0, n = 1024;
    while (n < codes * 2)
        n *= 2;
    c->slot = YH_NEW(c->arena, struct slot, n);
    c->mask = n - 1;
    for (uint32_t i = 0; i < old_n; i++)
        if (old[i].id) {
            uint32_t k = old[i].hash & c->mask;
            while (c->slot[k].id)
                k = (k + 1) & c->mask;
            c->slot[k] = old[i];
        }
}

/* 0 when the code is there already. */
static uint32_t insert(struct yh_catalog *c, const struct row *r)
{
    if ((uint32_t)c->n * 2 > c->mask)
        index_size(c, (uint32_t)c->n * 2);
    enum yh_code_space space = KIND[r->kind].space;
    uint32_t hash = hash_of(space, row_code(r));
    struct slot *s = slot_of(c, space, row_code(r), hash);
    if (s->id)
        return YH_CODE_NONE;
    uint32_t id = (uint32_t)c->n;
    YH_PUSH(c->arena, c->row, c->n, c->cap) = *r;
    *s = (struct slot){ hash, id };
    return id;
}

uint32_t yh_catalog_id(const struct yh_catalog *c, enum yh_code_space space, yh_str code)
{
    return slot_of(c, space, code, hash_of(space, code))->id;
}

uint32_t yh_catalog_count(const struct yh_catalog *c)
{
    return (uint32_t)c->n - 1;
}

struct yh_code yh_catalog_code(const struct yh_catalog *c, uint32_t id)
{
    yh_assert(0 < id && id < (uint32_t)c->n);
    const struct row *r = &c->row[id];
    return (struct yh_code){
        .code = row_code(r),
        .name = { r->name, r->name_n },
        .period = { r->from, r->to },
        .kind = (enum yh_code_kind)r->kind,
        .standing = (enum yh_standing)r->standing,
        .grey = r->grey,
        .table = r->table,
    };
}

uint32_t yh_catalog_add(struct yh_catalog *c, enum yh_code_kind kind, yh_str code, yh_str name,
                        enum yh_standing standing)
{
    yh_assert(kind < YH_KIND_COUNT && 0 < code.n && code.n <= UINT8_MAX);
    struct row r = { .code = code.p,
                     .name = name.p,
                     .from = YH_DAY_MIN,
                     .to = YH_DAY_MAX,
                     .name_n = (uint16_t)yh_min(name.n, UINT16_MAX),
                     .code_n = (uint8_t)code.n,
                     .kind = (uint8_t)kind,
                     .table = -1,
                     .standing = (uint8_t)standing };
    uint32_t id = insert(c, &r);
    return id ? id : yh_catalog_id(c, KIND[kind].space, code);
}

int yh_catalog_tables(const struct yh_catalog *c)
{
    return c->tables;
}

const struct yh_catalog_table *yh_catalog_table(const struct yh_catalog *c, int i)
{
    yh_assert(0 <= i && i < c->tables);
    return &c->table[i];
}

/* The code is the first cell, so its text begins the row; the row's end is the line's. */
yh_str yh_catalog_cell(const struct yh_catalog *c, uint32_t id, yh_str column)
{
    yh_assert(0 < id && id < (uint32_t)c->n);
    const struct row *r = &c->row[id];
    if (r->table < 0)
        return YH_S("");
    yh_str head = c->head[r->table], body = c->body[r->table];
    yh_str rest = { r->code, body.p + body.n - r->code }, cells = yh_cut(&rest, '\n');
    if (yh_ends(cells, YH_S("\r")))
        cells.n--;
    while (head.p) {
        yh_str name = yh_cut(&head, '\t'), cell = yh_cut(&cells, '\t');
        if (yh_eq(name, column))
            return cell;
    }
    return YH_S("");
}

/* ---- lookups for a day ---- */

static enum yh_found of_day(const struct yh_catalog *c, uint32_t found, yh_day day,
                            uint32_t *id)
{
    *id = found;
    const struct row *r = &c->row[found];
    return yh_in_period((struct yh_period){ r->from, r->to }, day) ? YH_FOUND : YH_EXPIRED;
}

/* The subject of the standard that a code of this space must keep; "" = none. */
static yh_str subject_of(enum yh_code_space space, yh_str code)
{
    switch (space) {
    case YH_SPACE_DIAGNOSIS: return KIND[YH_KIND_DIAGNOSIS].word;
    case YH_SPACE_CATEGORY: return KIND[YH_KIND_DIAGNOSIS_CATEGORY].word;
    case YH_SPACE_PROCEDURE: return KIND[YH_KIND_PROCEDURE].word;
    case YH_SPACE_TCM:
        return KIND[yh_starts(code, YH_S("Z")) ? YH_KIND_TCM_SYNDROME : YH_KIND_TCM_DISEASE]
            .word;
    case YH_SPACE_ITEM: return KIND[yh_item_kind(code)].word;
    case YH_SPACE_LOCAL: return YH_S("");
    case YH_SPACE_CHRONIC: return KIND[YH_KIND_CHRONIC].word;
    }
    yh_assert(false);
    return YH_S("");
}

static enum yh_found not_found(const struct yh_catalog *c, enum yh_code_space space,
                               yh_str code, uint32_t *id)
{
    *id = YH_CODE_NONE;
    if (!code.n)
        return YH_MALFORMED;
    enum yh_form form = yh_catalog_form(c, subject_of(space, code), code);
    return form == YH_FORM_BAD ? YH_MALFORMED : YH_UNKNOWN;
}

enum yh_found yh_catalog_find(const struct yh_catalog *c, enum yh_code_space space, yh_str code,
                              yh_day day, uint32_t *id)
{
    uint32_t found = yh_catalog_id(c, space, code);
    return found ? of_day(c, found, day, id) : not_found(c, space, code, id);
}

/* 医保医用耗材编码规则和方法: C + 6 + 3 + 5 is the specification, 5 more the manufacturer. */
#define CONSUMABLE_CODE 20
#define CONSUMABLE_SPEC 15

static uint32_t general_of(const struct yh_catalog *c, yh_str code)
{
    yh_str head = yh_cut(&code, '-');
    uint32_t found = code.p ? yh_catalog_id(c, YH_SPACE_ITEM, head) : YH_CODE_NONE;
    if (!found && head.n == CONSUMABLE_CODE && head.p[0] == 'C')
        found = yh_catalog_id(c, YH_SPACE_ITEM, yh_sub(head, 0, CONSUMABLE_SPEC));
    return found;
}

uint32_t yh_catalog_general(const struct yh_catalog *c, uint32_t id)
{
    yh_assert(0 < id && id < (uint32_t)c->n);
    const struct row *r = &c->row[id];
    return KIND[r->kind].space == YH_SPACE_ITEM ? general_of(c, row_code(r)) : YH_CODE_NONE;
}

enum yh_found yh_catalog_item(const struct yh_catalog *c, yh_str code, yh_day day, uint32_t *id)
{
    uint32_t found = yh_catalog_id(c, YH_SPACE_ITEM, code);
    if (!found)
        found = general_of(c, code);
    return found ? of_day(c, found, day, id) : not_found(c, YH_SPACE_ITEM, code, id);
}

yh_str yh_catalog_cross(const struct yh_catalog *c, yh_str path, yh_str code)
{
    for (int i = 0; i < c->crosses; i++) {
        const struct cross *x = &c->cross[i];
        if (yh_eq(c->table[x->table].path, path)) {
            int32_t k = yh_map_get(&x->map, code, -1);
            return k < 0 ? code : x->target[k];
        }
    }
    return code;
}

/* An empty match is the kind's rest and stands last. */
yh_str yh_catalog_charge(const struct yh_catalog *c, uint32_t id)
{
    if (id == YH_CODE_NONE)
        return YH_S("");
    struct yh_code code = yh_catalog_code(c, id);
    yh_str by = code.kind == YH_KIND_SERVICE ? yh_catalog_cell(c, id, YH_S("fee_class_zh"))
                                             : yh_sub(code.code, 0, 1);
    for (int i = 0; i < c->charges; i++) {
        const struct charge *x = &c->charge[i];
        if (x->kind == code.kind && (!x->match.n || yh_eq(x->match, by)))
            return x->charge;
    }
    return YH_S("");
}

enum yh_form yh_catalog_form(const struct yh_catalog *c, yh_str subject, yh_str code)
{
    enum yh_form form = YH_FORM_NONE;
    for (int i = 0; i < c->standards; i++) {
        const struct standard *s = &c->standard[i];
        if (!yh_eq(s->subject, subject))
            continue;
        if (yh_form_fits(s->pattern, code))
            return YH_FORM_OK;
        if (s->standing != YH_UNVERIFIED)
            form = YH_FORM_BAD;
        else if (form == YH_FORM_NONE)
            form = YH_FORM_WARN;
    }
    return form;
}

/* ---- loading ---- */

/* Puts the file's name before what is wrong in it. */
static enum yh_status in_file(struct yh_err *err, yh_str path, enum yh_status status)
{
    if (!err)
        return status;
    struct yh_err e = *err;
    char met[sizeof e.met];
    memcpy(met, e.met, sizeof met);
    yh_fail_field(err, status, e.field[0] ? e.field : NULL, met[0] ? met : NULL, "%.*s：%s",
                  YH_ARG(path), e.text);
    err->line = e.line;
    err->col = e.col;
    return status;
}

static enum yh_status bad_cell(const struct yh_tsv *t, const char *field, yh_str met,
                               const char *wanted, struct yh_err *err)
{
    char value[64];
    ptrdiff_t n = yh_min(met.n, (ptrdiff_t)sizeof value - 1);
    memcpy(value, met.p ? met.p : "", (size_t)n);
    value[n] = 0;
    yh_fail_field(err, YH_BAD_TABLE, field, value, "第 %d 行 %s「%s」：%s", t->line, field,
                  value, wanted);
    if (err)
        err->line = t->line;
    return YH_BAD_TABLE;
}

static enum yh_status read_day(const struct yh_tsv *t, const char *field, yh_str s, yh_day *day,
                               struct yh_err *err)
{
    if (s.n && yh_day_parse(s, day, NULL))
        return bad_cell(t, field, s, "应为日期 yyyy-MM-dd 或空", err);
    return YH_OK;
}

static yh_str optional(const struct yh_tsv *t, int col)
{
    return col < 0 ? YH_S("") : t->cell[col];
}

struct code_columns {
    int from, to, grey;
};

static enum yh_status load_code(struct yh_catalog *c, const struct yh_tsv *t,
                                const struct code_columns *col, enum yh_code_kind kind,
                                struct yh_err *err)
{
    yh_str code = t->cell[0], name = t->cell[1];
    if (!code.n || code.n > UINT8_MAX)
        return bad_cell(t, "code", code, "代码不能为空，最长 255 字节", err);
    if (!name.n || name.n > UINT16_MAX)
        return bad_cell(t, "name_zh", name, "名称不能为空", err);
    const struct yh_catalog_table *table = &c->table[c->tables - 1];
    struct row r = { .code = code.p,
                     .name = name.p,
                     .from = YH_DAY_MIN,
                     .to = YH_DAY_MAX,
                     .name_n = (uint16_t)name.n,
                     .code_n = (uint8_t)code.n,
                     .kind = (uint8_t)kind,
                     .table = (int16_t)(c->tables - 1),
                     .standing = (uint8_t)table->standing,
                     .grey = yh_eq(optional(t, col->grey), YH_S("1")) };
    enum yh_status bad = read_day(t, "valid_from", optional(t, col->from), &r.from, err);
    if (!bad)
        bad = read_day(t, "valid_to", optional(t, col->to), &r.to, err);
    if (bad)
        return bad;
    if (r.to <= r.from)
        return bad_cell(t, "valid_to", optional(t, col->to), "应晚于 valid_from", err);
    return insert(c, &r) ? YH_OK : bad_cell(t, "code", code, "代码重复", err);
}

static enum yh_status load_codes(struct yh_catalog *c, struct yh_tsv *t, enum yh_code_kind kind,
                                 struct yh_err *err)
{
    if (t->ncol < 2 || !yh_eq(t->name[0], YH_S("code")) || !yh_eq(t->name[1], YH_S("name_zh")))
        return yh_fail_field(err, YH_BAD_TABLE, "code", NULL, "前两列应为 code、name_zh");
    struct code_columns col = { .from = yh_tsv_col(t, YH_S("valid_from")),
                                .to = yh_tsv_col(t, YH_S("valid_to")),
                                .grey = yh_tsv_col(t, YH_S("grey")) };
    int more;
    while ((more = yh_tsv_next(t, err)) > 0) {
        enum yh_status bad = load_code(c, t, &col, kind, err);
        if (bad)
            return bad;
        c->table[c->tables - 1].rows++;
    }
    return more < 0 ? YH_BAD_TABLE : YH_OK;
}

static enum yh_status load_cross(struct yh_catalog *c, struct yh_tsv *t, struct yh_err *err)
{
    static const char *const WANT[] = { "code", "target" };
    int col[YH_COUNT(WANT)], n = 0, cap = 0, more;
    enum yh_status bad = yh_tsv_want(t, WANT, YH_COUNT(WANT), col, err);
    if (bad)
        return bad;
    struct cross x = { .table = c->tables - 1, .map = yh_map_in(c->arena, 1024) };
    while ((more = yh_tsv_next(t, err)) > 0) {
        if (!t->cell[col[0]].n || !yh_map_add(&x.map, t->cell[col[0]], n))
            return bad_cell(t, "code", t->cell[col[0]], "代码为空或重复", err);
        YH_PUSH(c->arena, x.target, n, cap) = t->cell[col[1]];
    }
    c->table[c->tables - 1].rows = n;
    YH_PUSH(c->arena, c->cross, c->crosses, c->crosses_cap) = x;
    return more < 0 ? YH_BAD_TABLE : YH_OK;
}

static enum yh_status load_standards(struct yh_catalog *c, struct yh_tsv *t, struct yh_err *err)
{
    static const char *const WANT[] = { "subject", "pattern", "example", "standing" };
    int col[YH_COUNT(WANT)], more;
    enum yh_status bad = yh_tsv_want(t, WANT, YH_COUNT(WANT), col, err);
    if (bad)
        return bad;
    while ((more = yh_tsv_next(t, err)) > 0) {
        struct standard s = { .subject = t->cell[col[0]], .pattern = t->cell[col[1]] };
        yh_str example = t->cell[col[2]], standing = t->cell[col[3]];
        if (yh_standing_parse(standing, &s.standing, NULL))
            return bad_cell(t, "standing", standing, "依据等级不认识", err);
        if (example.n && !yh_form_fits(s.pattern, example))
            return bad_cell(t, "pattern", s.pattern, "与本行的例子不符", err);
        YH_PUSH(c->arena, c->standard, c->standards, c->standards_cap) = s;
        c->table[c->tables - 1].rows++;
    }
    return more < 0 ? YH_BAD_TABLE : YH_OK;
}

static bool kind_of(yh_str word, enum yh_code_kind *out)
{
    for (int k = 0; k < YH_KIND_COUNT; k++)
        if (yh_eq(word, KIND[k].word)) {
            *out = (enum yh_code_kind)k;
            return true;
        }
    return false;
}

static enum yh_status load_charges(struct yh_catalog *c, struct yh_tsv *t, struct yh_err *err)
{
    static const char *const WANT[] = { "kind", "match", "charge" };
    int col[YH_COUNT(WANT)], more;
    enum yh_status bad = yh_tsv_want(t, WANT, YH_COUNT(WANT), col, err);
    if (bad)
        return bad;
    while ((more = yh_tsv_next(t, err)) > 0) {
        struct charge x = { .match = t->cell[col[1]], .charge = t->cell[col[2]] };
        if (!kind_of(t->cell[col[0]], &x.kind))
            return bad_cell(t, "kind", t->cell[col[0]], "代码种类不认识", err);
        if (!x.charge.n || x.charge.n > 6)
            return bad_cell(t, "charge", x.charge, "应为至多 6 位的收费项目类别", err);
        YH_PUSH(c->arena, c->charge, c->charges, c->charges_cap) = x;
        c->table[c->tables - 1].rows++;
    }
    return more < 0 ? YH_BAD_TABLE : YH_OK;
}

static enum yh_status count_rows(struct yh_catalog *c, struct yh_tsv *t, struct yh_err *err)
{
    int more;
    while ((more = yh_tsv_next(t, err)) > 0)
        c->table[c->tables - 1].rows++;
    return more < 0 ? YH_BAD_TABLE : YH_OK;
}

/* The role names a kind of code, or how else the table is used. */
static enum yh_status load_table(struct yh_catalog *c, yh_str role, yh_str text,
                                 struct yh_err *err)
{
    struct yh_tsv t;
    enum yh_status bad = yh_tsv_open(&t, text, err);
    if (bad)
        return bad;
    const char *first = t.name[0].p, *last = t.name[t.ncol - 1].p + t.name[t.ncol - 1].n;
    c->head[c->tables - 1] = (yh_str){ first, last - first };
    enum yh_code_kind kind;
    if (kind_of(role, &kind))
        return load_codes(c, &t, kind, err);
    if (yh_eq(role, YH_S("crosswalk")))
        return load_cross(c, &t, err);
    if (yh_eq(role, YH_S("standard")))
        return load_standards(c, &t, err);
    if (yh_eq(role, YH_S("charge")))
        return load_charges(c, &t, err);
    if (yh_eq(role, YH_S("reference")))
        return count_rows(c, &t, err);
    return yh_fail_field(err, YH_BAD_TABLE, "role", NULL,
                         "用途应为代码种类、crosswalk、standard、charge 或 reference");
}

static const yh_str *text_of(const struct yh_catalog_text *text, int n, yh_str path)
{
    for (int i = 0; i < n; i++)
        if (yh_eq(text[i].path, path))
            return &text[i].text;
    return NULL;
}

/* Lines of the code tables: room is made once, for growing an arena array leaves copies behind. */
static uint32_t lines_in(const struct yh_catalog_text *text, int n)
{
    uint32_t lines = 0;
    for (int i = 0; i < n; i++)
        for (const char *p = text[i].text.p, *end = p + text[i].text.n; p < end; lines++) {
            const char *stop = memchr(p, '\n', (size_t)(end - p));
            p = stop ? stop + 1 : end;
        }
    return lines;
}

static struct yh_catalog *empty(const struct yh_catalog_text *text, int n,
                                struct yh_arena *arena)
{
    struct yh_catalog *c = YH_NEW(arena, struct yh_catalog, 1);
    uint32_t codes = lines_in(text, n) + 4096;
    c->arena = arena;
    c->cap = (int)codes;
    c->row = YH_NEW(arena, struct row, codes);
    c->n = 1;
    index_size(c, codes);
    return c;
}

enum { PATH, ROLE, TITLE, STANDING, SOURCE, LICENCE, NOTE, COLUMNS };
static const char *const COLUMN[COLUMNS] = { "path",   "role",    "title", "standing",
                                             "source", "licence", "note" };

static enum yh_status read_table(const struct yh_tsv *t, const int *col,
                                 struct yh_catalog_table *out, struct yh_err *err)
{
    *out = (struct yh_catalog_table){ .path = t->cell[col[PATH]],
                                      .role = t->cell[col[ROLE]],
                                      .title = t->cell[col[TITLE]],
                                      .source = t->cell[col[SOURCE]],
                                      .licence = t->cell[col[LICENCE]],
                                      .note = t->cell[col[NOTE]] };
    if (yh_standing_parse(t->cell[col[STANDING]], &out->standing, NULL))
        return bad_cell(t, "standing", t->cell[col[STANDING]], "依据等级不认识", err);
    return YH_OK;
}

enum yh_status yh_catalog_load(yh_str tables, const struct yh_catalog_text *text, int n,
                               struct yh_arena *arena, struct yh_catalog **out,
                               struct yh_err *err)
{
    struct yh_tsv t;
    int col[COLUMNS], more, heads_cap = 0, bodies_cap = 0;
    enum yh_status bad = yh_tsv_open_with(&t, tables, COLUMN, COLUMNS, col, err);
    if (bad)
        return in_file(err, YH_S("tables.tsv"), bad);
    struct yh_catalog *c = empty(text, n, arena);
    while ((more = yh_tsv_next(&t, err)) > 0) {
        struct yh_catalog_table table;
        if ((bad = read_table(&t, col, &table, err)))
            return in_file(err, YH_S("tables.tsv"), bad);
        const yh_str *body = text_of(text, n, table.path);
        if (!body)
            return yh_fail_field(err, YH_NOT_FOUND, "path", NULL, "目录表 %.*s 没有找到",
                                 YH_ARG(table.path));
        int heads = c->tables, bodies = c->tables;
        YH_PUSH(arena, c->table, c->tables, c->tables_cap) = table;
        YH_PUSH(arena, c->head, heads, heads_cap) = YH_S("");
        YH_PUSH(arena, c->body, bodies, bodies_cap) = *body;
        if ((bad = load_table(c, table.role, *body, err)))
            return in_file(err, table.path, bad);
    }
    if (more < 0)
        return in_file(err, YH_S("tables.tsv"), YH_BAD_TABLE);
    *out = c;
    return YH_OK;
}
