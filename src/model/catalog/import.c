#include <stdlib.h>
#include "model/catalog/import.h"

/* Columns all three files share come first. */
enum { CODE, REGION, BEGIN, END, VALID, SHARED };
enum { NAME = SHARED, CHARGE, CLS, RESTRICTED, LIST, USABLE };
enum { LEVEL = SHARED, LIMIT };
enum { PERSON = SHARED, SHARE_TYPE, SHARE };
#define COLUMNS_MAX 11

static const struct {
    const char *number, *column[COLUMNS_MAX];
    int n;
} FILE_OF[] = {
    { "1312",
      { "hilist_code", "insu_admdvs", "begndate", "enddate", "vali_flag", "hilist_name",
        "med_chrgitm_type", "chrgitm_lv", "lmt_used_flag", "list_type", "med_use_flag" },
      11 },
    { "1318",
      { "hilist_code", "insu_admdvs", "begndate", "enddate", "vali_flag", "hilist_lmtpric_type",
        "hilist_pric_uplmt_amt" },
      7 },
    { "1319",
      { "hilist_code", "insu_admdvs", "begndate", "enddate", "vali_flag",
        "selfpay_prop_psn_type", "selfpay_prop_type", "selfpay_prop" },
      8 },
};
enum { ITEMS, LIMITS, SHARES, FILES };

/* What one file says: terms of which only the file's own parts are filled. */
struct pieces {
    struct yh_item_term *at;
    int n, cap;
};

struct job {
    const struct yh_import *in;
    struct yh_catalog *catalog;
    struct yh_arena *arena;
    struct yh_imported *out;
    int problems_cap;
    struct pieces piece[FILES];
    int file; /* being read */
    struct yh_tsv tsv;
    int col[COLUMNS_MAX], memo;
};

static yh_str cell(const struct job *j, int column)
{
    return j->tsv.cell[j->col[column]];
}

static void problem(struct job *j, int file, int line, const char *field, yh_str met,
                    const char *wanted)
{
    struct yh_err *e = &YH_PUSH(j->arena, j->out->problem, j->out->problems, j->problems_cap);
    char value[80];
    ptrdiff_t n = yh_min(met.n, (ptrdiff_t)sizeof value - 1);
    memcpy(value, met.p ? met.p : "", (size_t)n);
    value[n] = 0;
    yh_fail_field(e, YH_BAD_TABLE, field, value, "%s 第 %d 行 %s「%s」：%s",
                  FILE_OF[file].number, line, field, value, wanted);
    e->line = line;
}

/* False, so that a reader can say `return bad(…)`. */
static bool bad(struct job *j, int column, const char *wanted)
{
    problem(j, j->file, j->tsv.line, FILE_OF[j->file].column[column], cell(j, column), wanted);
    return false;
}

/* A row of the region itself or of one above it: 990000 and 990100 cover 990101. */
static bool covers(uint32_t region, yh_str text)
{
    uint32_t code;
    if (yh_region_code(text, &code, NULL))
        return false;
    uint32_t unit = code % 10000 == 0 ? 10000 : code % 100 == 0 ? 100 : 1;
    return code / unit == region / unit;
}

static bool read_period(struct job *j, struct yh_period *out)
{
    yh_day last;
    *out = (struct yh_period){ YH_DAY_MIN, YH_DAY_MAX };
    if (yh_day_parse(cell(j, BEGIN), &out->from, NULL))
        return bad(j, BEGIN, "应为日期 yyyy-MM-dd");
    if (!cell(j, END).n)
        return true;
    if (yh_day_parse(cell(j, END), &last, NULL))
        return bad(j, END, "应为日期 yyyy-MM-dd 或空");
    if (last < out->from)
        return bad(j, END, "早于开始日期");
    if (last < yh_day_of(2099, 12, 31))
        out->to = last + 1;
    return true;
}

static bool read_item(struct job *j, struct yh_item_term *t)
{
    enum yh_item_class cls;
    if (yh_class_parse(cell(j, CLS), &cls, NULL))
        return bad(j, CLS, "应为 01 甲、02 乙、03 丙");
    t->cls = (uint8_t)cls;
    yh_str charge = cell(j, CHARGE), limited = cell(j, RESTRICTED), list = cell(j, LIST);
    if (!charge.n || charge.n >= (ptrdiff_t)sizeof t->charge)
        return bad(j, CHARGE, "应为至多 6 位的医疗收费项目类别");
    memcpy(t->charge, charge.p, (size_t)charge.n);
    if (!yh_eq(limited, YH_S("0")) && !yh_eq(limited, YH_S("1")))
        return bad(j, RESTRICTED, "应为 0 或 1");
    t->restricted = yh_eq(limited, YH_S("1"));
    t->name = cell(j, NAME);
    t->restriction = t->restricted && j->memo >= 0 ? j->tsv.cell[j->memo] : YH_S("");
    if (yh_eq(list, YH_S("103")))
        t->tags |= YH_TAG_BIT(YH_TAG_IN_HOUSE);
    if (yh_eq(list, YH_S("106")))
        t->tags |= YH_TAG_BIT(YH_TAG_DECOCTION_GRANULE);
    return true;
}

static bool read_limit(struct job *j, struct yh_item_term *t)
{
    int64_t level;
    if (yh_int_parse(cell(j, LEVEL), &level, NULL) || level < YH_LEVEL_1 || level > YH_LEVEL_3)
        return bad(j, LEVEL, "应为 1 一级及以下、2 二级、3 三级");
    t->level = (uint8_t)level;
    if (yh_dec_parse(cell(j, LIMIT), 6, &t->limit, NULL) || t->limit < 0)
        return bad(j, LIMIT, "应为不小于 0 的元数，至多六位小数");
    return true;
}

/* Dictionary selfpay_prop_psn_type; 离休 is 330 there and insurance type 340 elsewhere. */
static const struct {
    yh_str word;
    uint16_t insutype;
} PERSONS[] = {
    { YH_S_INIT("99"), 0 },
    { YH_S_INIT("310"), 310 },
    { YH_S_INIT("330"), 340 },
    { YH_S_INIT("390"), 390 },
};

static bool read_share(struct job *j, struct yh_item_term *t)
{
    int p = 0;
    while (p < YH_COUNT(PERSONS) && !yh_eq(cell(j, PERSON), PERSONS[p].word))
        p++;
    if (p == YH_COUNT(PERSONS))
        return bad(j, PERSON, "应为 310、330、390 或 99");
    t->insutype = PERSONS[p].insutype;
    if (!yh_eq(cell(j, SHARE_TYPE), YH_S("10")))
        return bad(j, SHARE_TYPE,
                   "只收 10 目录先自付比例；20 直接报销比例、30 按单价分段须写入政策文件");
    if (yh_dec_parse(cell(j, SHARE), 6, &t->first_pay, NULL) || t->first_pay < 0 ||
        t->first_pay > YH_ONE)
        return bad(j, SHARE, "应为 0 至 1 的小数");
    return true;
}

static enum yh_code_kind kind_of(const struct job *j, yh_str code)
{
    static const struct {
        yh_str list;
        enum yh_code_kind kind;
    } LISTS[] = {
        { YH_S_INIT("101"), YH_KIND_DRUG },       { YH_S_INIT("102"), YH_KIND_DECOCTION },
        { YH_S_INIT("103"), YH_KIND_DRUG },       { YH_S_INIT("104"), YH_KIND_DRUG },
        { YH_S_INIT("106"), YH_KIND_DECOCTION },  { YH_S_INIT("201"), YH_KIND_SERVICE },
        { YH_S_INIT("301"), YH_KIND_CONSUMABLE },
    };
    for (int i = 0; i < YH_COUNT(LISTS); i++)
        if (yh_eq(cell(j, LIST), LISTS[i].list))
            return LISTS[i].kind;
    return yh_item_kind(code);
}

static const char NOT_LISTED[] = "1312 中没有这个目录编码的有效行";

/* The item's id; the other two files may only name what 1312 names. */
static bool read_code(struct job *j, struct yh_item_term *t)
{
    yh_str code = cell(j, CODE);
    if (!code.n || code.n > 50 || code.p[0] == '#')
        return bad(j, CODE, "目录编码不能为空，最长 50 位，不以 # 开头");
    if (j->file == ITEMS) {
        t->item =
            yh_catalog_add(j->catalog, kind_of(j, code), code, cell(j, NAME), j->in->standing);
        return true;
    }
    t->item = yh_catalog_id(j->catalog, YH_SPACE_ITEM, code);
    return t->item || bad(j, CODE, NOT_LISTED);
}

/* True: a piece to keep. */
static bool read_row(struct job *j, struct yh_item_term *t)
{
    *t = (struct yh_item_term){ .region = j->in->region,
                                .standing = (uint8_t)j->in->standing,
                                .line = j->tsv.line };
    yh_str valid = cell(j, VALID);
    if (yh_eq(valid, YH_S("0"))) {
        j->out->voided++;
        return false;
    }
    if (!yh_eq(valid, YH_S("1")))
        return bad(j, VALID, "应为 0 或 1");
    if (!covers(j->in->region, cell(j, REGION)))
        return bad(j, REGION, "不是本区划或其上级的行");
    if (!read_period(j, &t->period))
        return false;
    bool ok = j->file == ITEMS    ? read_item(j, t)
              : j->file == LIMITS ? read_limit(j, t)
                                  : read_share(j, t);
    if (!ok || !read_code(j, t))
        return false;
    bool usable = j->file != ITEMS || !yh_eq(cell(j, USABLE), YH_S("0"));
    j->out->unusable += !usable;
    return usable;
}

static enum yh_status read_file(struct job *j, int file, yh_str text, struct yh_err *err)
{
    j->file = file;
    if (!text.n && file != ITEMS)
        return YH_OK;
    enum yh_status failed =
        yh_tsv_open_with(&j->tsv, text, FILE_OF[file].column, FILE_OF[file].n, j->col, err);
    if (failed)
        return failed;
    j->memo = yh_tsv_col(&j->tsv, YH_S("memo"));
    struct pieces *p = &j->piece[file];
    struct yh_err row_err;
    for (int more; (more = yh_tsv_next(&j->tsv, &row_err));) {
        struct yh_item_term t;
        j->out->read[file]++;
        if (more < 0)
            problem(j, file, j->tsv.line, "整行", YH_S(""), row_err.text);
        else if (read_row(j, &t))
            YH_PUSH(j->arena, p->at, p->n, p->cap) = t;
    }
    return YH_OK;
}

static int order(const void *pa, const void *pb)
{
    const struct yh_item_term *a = pa, *b = pb;
    if (a->item != b->item)
        return a->item < b->item ? -1 : 1;
    if (a->insutype != b->insutype)
        return a->insutype > b->insutype ? -1 : 1;
    if (a->level != b->level)
        return a->level > b->level ? -1 : 1;
    if (a->period.from != b->period.from)
        return a->period.from < b->period.from ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

static bool same_key(const struct yh_item_term *a, const struct yh_item_term *b)
{
    return a->item == b->item && a->insutype == b->insutype && a->level == b->level;
}

/* Sorts; ends an open row where the next one of its key begins; names and drops what overlaps. */
static void put_in_order(struct job *j, int file)
{
    struct pieces *p = &j->piece[file];
    if (p->n)
        qsort(p->at, (size_t)p->n, sizeof *p->at, order);
    int kept = 0;
    for (int i = 0; i < p->n; i++) {
        struct yh_item_term *last = kept ? &p->at[kept - 1] : NULL, *t = &p->at[i];
        bool after = last && same_key(last, t) && t->period.from < last->period.to;
        if (after && last->period.to == YH_DAY_MAX && last->period.from < t->period.from) {
            last->period.to = t->period.from;
            after = false;
        }
        if (after)
            problem(j, file, t->line, "begndate", yh_catalog_code(j->catalog, t->item).code,
                    "同一编码的日期与另一行重叠");
        else
            p->at[kept++] = *t;
    }
    p->n = kept;
}

/* Names the pieces of items before `item` that 1312 does not list. */
static void skip_unlisted(struct job *j, int file, uint32_t item, int *from)
{
    const struct pieces *p = &j->piece[file];
    for (; *from < p->n && p->at[*from].item < item; ++*from)
        problem(j, file, p->at[*from].line, "hilist_code",
                yh_catalog_code(j->catalog, p->at[*from].item).code, NOT_LISTED);
}

/* The pieces of one item; *from moves behind them. */
static struct pieces of_item(struct job *j, int file, uint32_t item, int *from)
{
    const struct pieces *p = &j->piece[file];
    skip_unlisted(j, file, item, from);
    int end = *from;
    while (end < p->n && p->at[end].item == item)
        end++;
    struct pieces some = { p->n ? p->at + *from : NULL, end - *from, 0 };
    *from = end;
    return some;
}

static const struct yh_item_term *on_day(const struct pieces *p, uint16_t insutype,
                                         uint8_t level, yh_day day)
{
    for (int i = 0; i < p->n; i++)
        if (p->at[i].insutype == insutype && p->at[i].level == level &&
            yh_in_period(p->at[i].period, day))
            return &p->at[i];
    return NULL;
}

/* The first day after `day` on which some piece begins or ends; `end` when none before it. */
static yh_day next_bound(const struct pieces *p, yh_day day, yh_day end)
{
    for (int i = 0; i < p->n; i++) {
        if (day < p->at[i].period.from && p->at[i].period.from < end)
            end = p->at[i].period.from;
        if (day < p->at[i].period.to && p->at[i].period.to < end)
            end = p->at[i].period.to;
    }
    return end;
}

static const uint16_t INSUTYPES[] = { 0, 310, 340, 390 };
#define CELLS (YH_COUNT(INSUTYPES) * (YH_LEVEL_3 + 1))

/* The rows in force on `day`, by insurance type and level; an absent one has item 0.  A level has
 * no row of its own when all levels share one limit. */
static void rows_on(const struct yh_item_term *base, const struct pieces *limits,
                    const struct pieces *shares, yh_day day, struct yh_item_term cells[CELLS])
{
    const struct yh_item_term *limit[YH_LEVEL_3 + 1] = { NULL };
    for (uint8_t l = YH_LEVEL_1; l <= YH_LEVEL_3; l++)
        limit[l] = on_day(limits, 0, l, day);
    bool one = limit[1] && limit[2] && limit[3] && limit[1]->limit == limit[2]->limit &&
               limit[2]->limit == limit[3]->limit;
    static const yh_micro UNSAID[] = {
        [YH_CLASS_A] = 0, [YH_CLASS_B] = YH_FIRST_PAY_BY_DOCUMENT, [YH_CLASS_C] = YH_ONE
    };
    const struct yh_item_term *any = on_day(shares, 0, 0, day);
    for (int s = 0; s < YH_COUNT(INSUTYPES); s++) {
        const struct yh_item_term *share = on_day(shares, INSUTYPES[s], 0, day);
        for (uint8_t l = 0; l <= YH_LEVEL_3; l++) {
            struct yh_item_term *t = &cells[s * (YH_LEVEL_3 + 1) + l];
            *t = *base;
            bool said = (s == 0 || share) && (l == 0 || (limit[l] && !one));
            t->item = said ? base->item : YH_CODE_NONE;
            t->insutype = INSUTYPES[s];
            t->level = l;
            t->limit = one ? limit[1]->limit : l && limit[l] ? limit[l]->limit : 0;
            t->first_pay = share ? share->first_pay : any ? any->first_pay : UNSAID[base->cls];
        }
    }
}

static bool same_terms(const struct yh_item_term *a, const struct yh_item_term *b)
{
    return a->limit == b->limit && a->first_pay == b->first_pay && a->line == b->line;
}

/* Adds a row for [from, to), or prolongs the one before where nothing changed. */
static void add_row(struct job *j, int first, int *cap, struct yh_item_term t, yh_day from,
                    yh_day to)
{
    for (int i = j->out->n - 1; i >= first; i--) {
        struct yh_item_term *r = &j->out->row[i];
        if (same_key(r, &t) && r->period.to == from && same_terms(r, &t)) {
            r->period.to = to;
            return;
        }
    }
    t.period = (struct yh_period){ from, to };
    YH_PUSH(j->arena, j->out->row, j->out->n, *cap) = t;
}

static void merge_item(struct job *j, const struct yh_item_term *base,
                       const struct pieces *limits, const struct pieces *shares, int *cap)
{
    int first = j->out->n;
    for (yh_day day = base->period.from, next; day < base->period.to; day = next) {
        struct yh_item_term cells[CELLS];
        next = next_bound(shares, day, next_bound(limits, day, base->period.to));
        rows_on(base, limits, shares, day, cells);
        for (int i = 0; i < CELLS; i++)
            if (cells[i].item)
                add_row(j, first, cap, cells[i], day, next);
    }
}

/* 丙 is all self-pay: a smaller share contradicts the class, and we do not choose between them. */
static void drop_contradictions(struct job *j, const struct pieces *bases,
                                struct pieces *shares)
{
    int kept = 0;
    for (int i = 0; i < shares->n; i++) {
        const struct yh_item_term *s = &shares->at[i];
        bool wrong = false;
        for (int b = 0; b < bases->n; b++)
            wrong |= bases->at[b].cls == YH_CLASS_C && s->first_pay != YH_ONE &&
                     bases->at[b].period.from < s->period.to &&
                     s->period.from < bases->at[b].period.to;
        if (wrong)
            problem(j, SHARES, s->line, "selfpay_prop",
                    yh_catalog_code(j->catalog, s->item).code,
                    "1312 定为丙类，先自付比例应为 1");
        else
            shares->at[kept++] = *s;
    }
    shares->n = kept;
}

static void merge(struct job *j)
{
    const struct pieces *items = &j->piece[ITEMS];
    int limit_at = 0, share_at = 0, item_at = 0, cap = 0;
    while (item_at < items->n) {
        uint32_t item = items->at[item_at].item;
        struct pieces bases = of_item(j, ITEMS, item, &item_at);
        struct pieces limits = of_item(j, LIMITS, item, &limit_at);
        struct pieces shares = of_item(j, SHARES, item, &share_at);
        drop_contradictions(j, &bases, &shares);
        for (int i = 0; i < bases.n; i++)
            merge_item(j, &bases.at[i], &limits, &shares, &cap);
    }
    skip_unlisted(j, LIMITS, UINT32_MAX, &limit_at);
    skip_unlisted(j, SHARES, UINT32_MAX, &share_at);
    if (j->out->n)
        qsort(j->out->row, (size_t)j->out->n, sizeof *j->out->row, order);
}

enum yh_status yh_terms_import(const struct yh_import *in, struct yh_catalog *catalog,
                               struct yh_arena *arena, struct yh_imported *out,
                               struct yh_err *err)
{
    struct yh_imported result = { 0 };
    struct job j = { .in = in, .catalog = catalog, .arena = arena, .out = &result };
    const yh_str text[FILES] = { in->f1312, in->f1318, in->f1319 };
    for (int i = 0; i < FILES; i++) {
        enum yh_status failed = read_file(&j, i, text[i], err);
        if (failed)
            return failed;
    }
    for (int i = 0; i < FILES; i++)
        put_in_order(&j, i);
    merge(&j);
    *out = result;
    return YH_OK;
}
