#include "service/library.h"
#include <stdio.h>

yh_str yh_list_type(yh_str code)
{
    switch (yh_item_kind(code)) {
    case YH_KIND_DRUG: return YH_S("101");
    case YH_KIND_DECOCTION: return YH_S("102");
    case YH_KIND_CONSUMABLE: return YH_S("301");
    case YH_KIND_DIAGNOSIS:
    case YH_KIND_DIAGNOSIS_CATEGORY:
    case YH_KIND_PROCEDURE:
    case YH_KIND_TCM_DISEASE:
    case YH_KIND_TCM_SYNDROME:
    case YH_KIND_SERVICE:
    case YH_KIND_SERVICE_LOCAL:
    case YH_KIND_CHRONIC:
    case YH_KIND_COUNT: break;
    }
    return YH_S("201");
}

/* ---- files: 1301 … 1315 ---- */

enum source { CELL, WORD, PART, NAMED, PARENT };

static const struct table {
    const char *infno, *path;
} TABLES[] = {
#define TABLE(infno, path) { infno, path },
#define COLUMN(infno, national, source, ours)
#include "service/library.def"
#undef TABLE
#undef COLUMN
};

static const struct column {
    const char *infno, *national;
    enum source source;
    const char *ours;
} COLUMNS[] = {
#define TABLE(infno, path)
#define COLUMN(infno, national, source, ours) { infno, national, source, ours },
#include "service/library.def"
#undef TABLE
#undef COLUMN
};

/* Cells that hold a code where the interface has words. */
static const struct {
    const char *column, *code, *text;
} WORDS[] = {
    { "fund_payment", "never", "不予支付" },
    { "fund_payment", "not_when_single", "单味使用不予支付" },
    { "grey", "1", "灰码，不作主要诊断或主要手术" },
    { "grey", "0", "" },
};

static const char *const ALWAYS[][2] = {
    { "有效标志", "1" }, { "下发标志", "1" }, { "版本号", "1" }, { "版本名称", "医衡目录第1版" }
};

/* One column of the file: a source, a fixed text, or one of the three that the row makes. */
struct wanted {
    enum { FROM_TABLE, FIXED, RECORD, BEGIN, END, NOTHING } what;
    const struct column *column;
    int at; /* in our table; -1 = it has no such column */
    yh_str text;
};

static struct wanted want(yh_str infno, yh_str national, const struct yh_tsv *t)
{
    struct wanted w = { .what = NOTHING, .at = -1, .text = YH_S("") };
    for (int i = 0; i < YH_COUNT(COLUMNS); i++) {
        const struct column *k = &COLUMNS[i];
        if (!yh_eq(infno, yh_cstr(k->infno)) || !yh_eq(national, yh_cstr(k->national)))
            continue;
        bool part = k->source == PART || k->source == NAMED;
        w = (struct wanted){ FROM_TABLE, k,
                             yh_tsv_col(t, part ? YH_S("code") : yh_cstr(k->ours)), YH_S("") };
    }
    for (int i = 0; w.what == NOTHING && i < YH_COUNT(ALWAYS); i++)
        if (yh_eq(national, yh_cstr(ALWAYS[i][0])))
            w = (struct wanted){ FIXED, NULL, -1, yh_cstr(ALWAYS[i][1]) };
    if (yh_ends(national, YH_S("唯一记录号")))
        w.what = RECORD;
    if (yh_eq(national, YH_S("开始日期")))
        w = (struct wanted){ BEGIN, NULL, yh_tsv_col(t, YH_S("valid_from")), YH_S("") };
    if (yh_eq(national, YH_S("结束日期")))
        w = (struct wanted){ END, NULL, yh_tsv_col(t, YH_S("valid_to")), YH_S("") };
    return w;
}

/* The file's columns, in order, as fields.tsv names them. */
static enum yh_status columns_of(struct yh_ctx *c, yh_str infno, const struct yh_tsv *ours,
                                 struct wanted **out, int *n, struct yh_err *err)
{
    static const char *const NEED[] = { "infno", "dir", "node", "name_zh" };
    int at[YH_COUNT(NEED)], cap = 0;
    struct yh_tsv *t = YH_NEW(c->arena, struct yh_tsv, 1);
    enum yh_status st =
        yh_tsv_open_with(t, yh_world_text_of(c->world, YH_S("interface/fields.tsv")), NEED,
                         YH_COUNT(NEED), at, err);
    *n = 0;
    while (st == YH_OK && yh_tsv_next(t, NULL) == 1)
        if (yh_eq(t->cell[at[0]], infno) && yh_eq(t->cell[at[1]], YH_S("out")) &&
            yh_eq(t->cell[at[2]], YH_S("(file:txt)")))
            YH_PUSH(c->arena, *out, *n, cap) = want(infno, t->cell[at[3]], ours);
    return st;
}

static yh_str word_of(const char *column, yh_str code)
{
    for (int i = 0; i < YH_COUNT(WORDS); i++)
        if (strcmp(column, WORDS[i].column) == 0 && yh_eq(code, yh_cstr(WORDS[i].code)))
            return yh_cstr(WORDS[i].text);
    return code;
}

static yh_str name_of(struct yh_ctx *c, enum yh_code_space space, yh_str code)
{
    uint32_t id = code.n ? yh_catalog_id(c->world->catalog, space, code) : YH_CODE_NONE;
    return id ? yh_catalog_code(c->world->catalog, id).name : YH_S("");
}

static yh_str cell_of(struct yh_ctx *c, const struct wanted *w, yh_str cell)
{
    int64_t length = 0;
    switch (w->column->source) {
    case CELL: return cell;
    case WORD: return word_of(w->column->ours, cell);
    case PARENT:
        return name_of(
            c, yh_eq(yh_cstr(w->column->infno), YH_S("1309")) ? YH_SPACE_CHRONIC : YH_SPACE_TCM,
            cell);
    case PART:
    case NAMED: break;
    }
    if (yh_int_parse(yh_cstr(w->column->ours), &length, NULL) || cell.n < length)
        return YH_S("");
    cell = yh_sub(cell, 0, length);
    return w->column->source == PART ? cell : name_of(c, YH_SPACE_CATEGORY, cell);
}

static void put_row(struct yh_ctx *c, const struct yh_tsv *t, yh_str infno,
                    const struct wanted *w, int n, struct yh_buf *out)
{
    for (int i = 0; i < n; i++) {
        yh_str cell = w[i].at >= 0 ? t->cell[w[i].at] : YH_S("");
        yh_day end = 0;
        char day[16];
        if (i)
            yh_putc(out, '\t');
        switch (w[i].what) {
        case FROM_TABLE: cell = w[i].at >= 0 ? cell_of(c, &w[i], cell) : YH_S(""); break;
        case FIXED: cell = w[i].text; break;
        case RECORD: yh_putf(out, "%.*s-%d", YH_ARG(infno), t->line); continue;
        case END: /* our day is the first no longer valid, the interface's the last valid */
            if (cell.n && yh_day_parse(cell, &end, NULL) == YH_OK)
                cell = yh_day_text(day, end - 1);
            break;
        case BEGIN:
        case NOTHING: break;
        }
        yh_put(out, cell.n ? cell : YH_S("null"));
    }
    yh_putc(out, '\n');
}

enum yh_status yh_catalogue_file(struct yh_ctx *c, yh_str infno, struct yh_buf *out, int *rows,
                                 struct yh_err *err)
{
    const struct table *table = NULL;
    for (int i = 0; i < YH_COUNT(TABLES); i++)
        if (yh_eq(infno, yh_cstr(TABLES[i].infno)))
            table = &TABLES[i];
    if (!table)
        return yh_refuse(err, YH_REFUSE_NO_TABLE, infno, NULL);
    *rows = 0;
    if (!table->path[0]) {
        yh_warn(c, "本系统未收录 %.*s 对应的目录，文件为空", YH_ARG(infno));
        return YH_OK;
    }
    struct yh_tsv *t = YH_NEW(c->arena, struct yh_tsv, 1);
    struct wanted *w = NULL;
    int n = 0, got = 0;
    enum yh_status st = yh_tsv_open(t, yh_world_text_of(c->world, yh_cstr(table->path)), err);
    if (st == YH_OK)
        st = columns_of(c, infno, t, &w, &n, err);
    if (st)
        return st;
    while ((got = yh_tsv_next(t, err)) == 1) {
        put_row(c, t, infno, w, n, out);
        ++*rows;
    }
    return got < 0 ? YH_BAD_TABLE : YH_OK;
}

/* ---- terms: 1304, 1312, 1316, 1318, 1319 ---- */

/* The tables of a place, most specific first. */
struct shelf {
    const struct yh_item_term *row[3];
    int n[3];
    int tables;
};

static void put_table(struct yh_ctx *c, struct shelf *s, uint32_t region)
{
    int n = 0;
    const struct yh_item_term *row = yh_terms_rows(c->world->terms, region, &n);
    for (int i = 0; i < s->tables; i++)
        if (s->row[i] == row)
            return;
    if (row)
        s->row[s->tables] = row, s->n[s->tables++] = n;
}

/* Has a more specific table a row of that item?  Rows are sorted by item. */
static bool hidden(const struct shelf *s, int table, uint32_t item)
{
    for (int k = 0; k < table; k++) {
        int lo = 0, hi = s->n[k];
        while (lo < hi) {
            int mid = lo + (hi - lo) / 2;
            if (s->row[k][mid].item < item)
                lo = mid + 1;
            else
                hi = mid;
        }
        if (lo < s->n[k] && s->row[k][lo].item == item)
            return true;
    }
    return false;
}

static bool asked(const struct yh_ctx *c, const struct yh_terms_query *q,
                  const struct yh_item_term *t, const struct yh_code *code, yh_str name)
{
    yh_str infno = c->call->infno;
    if ((yh_eq(infno, YH_S("1318")) && !t->limit) ||
        (yh_eq(infno, YH_S("1319")) && t->cls == YH_CLASS_UNKNOWN))
        return false;
    return (!q->code.n || yh_eq(code->code, q->code)) &&
           (!q->name.n || yh_find(name, q->name) >= 0) &&
           (!q->list_type.n || yh_eq(q->list_type, yh_list_type(code->code))) &&
           (!q->item_class.n ||
            yh_eq(q->item_class, yh_class_code((enum yh_item_class)t->cls))) &&
           (!q->charge.n || yh_eq(q->charge, yh_cstr(t->charge))) &&
           (!q->day || yh_in_period(t->period, q->day));
}

static void fill(struct yh_ctx *c, const struct yh_terms_query *q, const struct shelf *s,
                 struct yh_terms_page *p)
{
    int64_t skip = (int64_t)(q->page - 1) * q->size;
    for (int k = 0; k < s->tables; k++)
        for (int i = 0; i < s->n[k]; i++) {
            const struct yh_item_term *t = &s->row[k][i];
            struct yh_code code = yh_catalog_code(c->world->catalog, t->item);
            yh_str name = t->name.n ? t->name : code.name;
            if (!asked(c, q, t, &code, name) || hidden(s, k, t->item))
                continue;
            if (p->total++ >= skip && p->n < q->size)
                p->row[p->n++] =
                    (struct yh_term_found){ t, code.code, name, yh_list_type(code.code) };
        }
    p->pages = (p->total + q->size - 1) / q->size;
}

enum yh_status yh_terms_page(struct yh_ctx *c, const struct yh_terms_query *q,
                             struct yh_terms_page *out, struct yh_err *err)
{
    char text[32];
    if (q->page < 1)
        return yh_refuse(err, YH_REFUSE_PAGE_NUM, yh_dec_text(text, q->page, 0, 0), NULL);
    if (q->size < 1 || q->size > YH_TERMS_PAGE_MOST)
        return yh_refuse(err, YH_REFUSE_PAGE_BAD, yh_dec_text(text, q->size, 0, 0), NULL);
    struct yh_place place = c->provider_place;
    if (q->office.n && yh_region_locate(c->world->regions, q->office,
                                        q->day ? q->day : c->today, &place, NULL) != YH_OK)
        return yh_refuse(err, YH_REFUSE_REGION_UNKNOWN, q->office, NULL);
    struct shelf s = { .tables = 0 };
    put_table(c, &s, place.code);
    put_table(c, &s, place.pool->code);
    put_table(c, &s, place.province->code);
    struct yh_terms_page p = { .row = YH_NEW(c->arena, struct yh_term_found, q->size) };
    fill(c, q, &s, &p);
    *out = p;
    return YH_OK;
}

/* ---- dictionaries: 1901 ---- */

static void list_regions(struct yh_ctx *c, yh_str parent, struct yh_dictionary_row **rows,
                         int *n, int *cap)
{
    const struct yh_regions *t = c->world->regions;
    for (int i = 0; i < t->n; i++) {
        const struct yh_region *r = &t->row[i];
        yh_str up = r->parent ? yh_fmt(c->arena, "%06u", r->parent) : YH_S("");
        if (!yh_in_period(r->period, c->today) || (parent.n && !yh_eq(parent, up)))
            continue;
        yh_str code = yh_fmt(c->arena, "%06u", r->code);
        YH_PUSH(c->arena, *rows, *n, *cap) =
            (struct yh_dictionary_row){ YH_S("admdvs"), r->name, code, up, *n + 1 };
    }
}

static enum yh_status list_codes(struct yh_ctx *c, yh_str type, yh_str parent,
                                 struct yh_dictionary_row **rows, int *n, int *cap, bool *known,
                                 struct yh_err *err)
{
    static const char *const NEED[] = { "type", "code", "label_zh" };
    int at[YH_COUNT(NEED)];
    struct yh_tsv *t = YH_NEW(c->arena, struct yh_tsv, 1);
    enum yh_status st =
        yh_tsv_open_with(t, yh_world_text_of(c->world, YH_S("interface/dictionaries.tsv")),
                         NEED, YH_COUNT(NEED), at, err);
    while (st == YH_OK && yh_tsv_next(t, NULL) == 1) {
        if (!yh_eq(t->cell[at[0]], type))
            continue;
        *known = true;
        /* "*" only says that an agency may have codes of its own. */
        if (yh_eq(t->cell[at[1]], YH_S("*")) || parent.n)
            continue;
        YH_PUSH(c->arena, *rows, *n, *cap) =
            (struct yh_dictionary_row){ type, t->cell[at[2]], t->cell[at[1]], YH_S(""),
                                        *n + 1 };
    }
    return st;
}

enum yh_status yh_dictionary_list(struct yh_ctx *c, yh_str type, yh_str parent,
                                  struct yh_dictionary_row **rows, int *n, struct yh_err *err)
{
    struct yh_dictionary_row *out = NULL;
    int count = 0, cap = 0;
    bool regions = yh_eq(type, YH_S("admdvs")) || yh_eq(type, YH_S("ADMDVS")), known = regions;
    enum yh_status st = YH_OK;
    if (regions)
        list_regions(c, parent, &out, &count, &cap);
    else
        st = list_codes(c, type, parent, &out, &count, &cap, &known, err);
    if (st)
        return st;
    if (!known)
        return yh_refuse(err, YH_REFUSE_DICTIONARY_UNKNOWN, type, NULL);
    *rows = out;
    *n = count;
    return YH_OK;
}
