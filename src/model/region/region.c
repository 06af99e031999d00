#include <stdlib.h>
#include <string.h>
#include "model/region/region.h"

static const struct {
    yh_str word;
    enum yh_region_kind kind;
} KIND[] = {
    { YH_S_INIT("office"), YH_REGION_OFFICE },
    { YH_S_INIT("pool"), YH_REGION_POOL },
    { YH_S_INIT("province"), YH_REGION_PROVINCE },
};

enum yh_status yh_region_code(yh_str text, uint32_t *out, struct yh_err *err)
{
    uint32_t v = 0;
    bool ok = text.n == 6 && text.p[0] != '0';
    for (int i = 0; ok && i < 6; i++) {
        ok = '0' <= text.p[i] && text.p[i] <= '9';
        v = v * 10 + (uint32_t)(text.p[i] - '0');
    }
    if (!ok)
        return yh_fail(err, YH_BAD_INPUT, "区划代码「%.*s」应为六位数字，首位不为 0",
                       (int)yh_min(text.n, 40), text.p);
    *out = v;
    return YH_OK;
}

/* Ascending by code, then office before pool before province, then by day. */
static int order(const void *pa, const void *pb)
{
    const struct yh_region *a = pa, *b = pb;
    if (a->code != b->code)
        return a->code < b->code ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return (a->period.from > b->period.from) - (a->period.from < b->period.from);
}

/* The first row of that code, or n. */
static int first_of(const struct yh_regions *t, uint32_t code)
{
    int lo = 0, hi = t->n;
    while (lo < hi) {
        int mid = lo + (hi - lo) / 2;
        if (t->row[mid].code < code)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

const struct yh_region *yh_region_get(const struct yh_regions *t, uint32_t code,
                                      enum yh_region_kind kind, yh_day day)
{
    for (int i = first_of(t, code); i < t->n && t->row[i].code == code; i++)
        if (t->row[i].kind == kind && yh_in_period(t->row[i].period, day))
            return &t->row[i];
    return NULL;
}

enum { CODE, NAME, KIND_COL, PARENT, FROM, TO, STANDING, NOTE, COLUMNS };
static const char *const COLUMN[COLUMNS] = { "code", "name", "kind",     "parent",
                                             "from", "to",   "standing", "note" };

static enum yh_status bad_cell(struct yh_err *err, const struct yh_tsv *t, int col, yh_str met,
                               const char *wanted)
{
    char value[64];
    int n = (int)yh_min(met.n, 40);
    memcpy(value, met.p, (size_t)n);
    value[n] = 0;
    enum yh_status s = yh_fail_field(err, YH_BAD_TABLE, COLUMN[col], value,
                                     "区划表第 %d 行 %s：%s", t->line, COLUMN[col], wanted);
    if (err)
        err->line = t->line;
    return s;
}

static enum yh_status read_row(const struct yh_tsv *t, const int *col, struct yh_region *r,
                               struct yh_err *err)
{
    const yh_str *c = t->cell;
    *r = (struct yh_region){ .period = { YH_DAY_MIN, YH_DAY_MAX },
                             .name = c[col[NAME]],
                             .note = c[col[NOTE]] };
    if (yh_region_code(c[col[CODE]], &r->code, NULL))
        return bad_cell(err, t, CODE, c[col[CODE]], "应为六位区划代码");
    if (!r->name.n)
        return bad_cell(err, t, NAME, r->name, "名称不能为空");
    int k = 0;
    while (k < YH_COUNT(KIND) && !yh_eq(KIND[k].word, c[col[KIND_COL]]))
        k++;
    if (k == YH_COUNT(KIND))
        return bad_cell(err, t, KIND_COL, c[col[KIND_COL]], "应为 office、pool 或 province");
    r->kind = KIND[k].kind;
    if (r->kind == YH_REGION_PROVINCE) {
        if (c[col[PARENT]].n)
            return bad_cell(err, t, PARENT, c[col[PARENT]], "省没有上级，应为空");
    } else if (yh_region_code(c[col[PARENT]], &r->parent, NULL)) {
        return bad_cell(err, t, PARENT, c[col[PARENT]], "应为上级的六位区划代码");
    }
    if (c[col[FROM]].n && yh_day_parse(c[col[FROM]], &r->period.from, NULL))
        return bad_cell(err, t, FROM, c[col[FROM]], "应为日期 yyyy-MM-dd 或空");
    if (c[col[TO]].n && yh_day_parse(c[col[TO]], &r->period.to, NULL))
        return bad_cell(err, t, TO, c[col[TO]], "应为日期 yyyy-MM-dd（失效首日）或空");
    if (r->period.to <= r->period.from)
        return bad_cell(err, t, TO, c[col[TO]], "应晚于 from");
    if (yh_standing_parse(c[col[STANDING]], &r->standing, NULL))
        return bad_cell(err, t, STANDING, c[col[STANDING]],
                        "应为 official、press、third-party、unverified 或 invented");
    return YH_OK;
}

static enum yh_status bad_row(struct yh_err *err, const struct yh_region *r, const char *what)
{
    char day[16];
    yh_str from = yh_day_text(day, r->period.from);
    char code[32];
    yh_str digits = yh_dec_text(code, r->code, 0, 0);
    code[digits.n] = 0;
    return yh_fail_field(err, YH_BAD_TABLE, "code", code, "区划表 %s %.*s（%.*s 起）：%s", code,
                         YH_ARG(r->name), YH_ARG(from), what);
}

/* Every day of a child's period must have its parent: walk from row to row of the parent. */
static bool parent_holds(const struct yh_regions *t, const struct yh_region *r)
{
    for (yh_day d = r->period.from; d < r->period.to;) {
        const struct yh_region *up = yh_region_get(t, r->parent, r->kind + 1, d);
        if (!up)
            return false;
        d = up->period.to;
    }
    return true;
}

static enum yh_status check_tree(const struct yh_regions *t, struct yh_err *err)
{
    for (int i = 0; i < t->n; i++) {
        const struct yh_region *r = &t->row[i];
        if (i && r[-1].code == r->code && r[-1].kind == r->kind &&
            r->period.from < r[-1].period.to)
            return bad_row(err, r, "与同一代码的另一行日期重叠");
        if (r->kind != YH_REGION_PROVINCE && !parent_holds(t, r))
            return bad_row(err, r, "上级在此期间并不总是存在");
    }
    return YH_OK;
}

enum yh_status yh_regions_load(yh_str text, struct yh_arena *arena, struct yh_regions *out,
                               struct yh_err *err)
{
    struct yh_tsv t;
    int col[COLUMNS];
    enum yh_status bad = yh_tsv_open_with(&t, text, COLUMN, COLUMNS, col, err);
    if (bad)
        return bad;
    struct yh_region *row = NULL;
    int n = 0, cap = 0, more;
    while ((more = yh_tsv_next(&t, err)) > 0) {
        struct yh_region r;
        if ((bad = read_row(&t, col, &r, err)))
            return bad;
        YH_PUSH(arena, row, n, cap) = r;
    }
    if (more < 0)
        return YH_BAD_TABLE;
    if (n)
        qsort(row, (size_t)n, sizeof *row, order);
    struct yh_regions tree = { row, n };
    if ((bad = check_tree(&tree, err)))
        return bad;
    *out = tree;
    return YH_OK;
}

/* The pool in which a code that no row knows would lie: its city, else its province. */
static const struct yh_region *pool_around(const struct yh_regions *t, uint32_t code,
                                           yh_day day)
{
    const struct yh_region *r = yh_region_get(t, code / 100 * 100, YH_REGION_POOL, day);
    return r ? r : yh_region_get(t, code / 10000 * 10000, YH_REGION_POOL, day);
}

static const struct yh_region *most_specific(const struct yh_regions *t, uint32_t code,
                                             yh_day day)
{
    const struct yh_region *r = NULL;
    for (enum yh_region_kind k = YH_REGION_OFFICE; !r && k <= YH_REGION_PROVINCE; k++)
        r = yh_region_get(t, code, k, day);
    return r;
}

enum yh_status yh_region_locate(const struct yh_regions *t, yh_str code, yh_day day,
                                struct yh_place *out, struct yh_err *err)
{
    struct yh_place p = { 0 };
    enum yh_status bad = yh_region_code(code, &p.code, err);
    if (bad)
        return bad;
    const struct yh_region *r = most_specific(t, p.code, day);
    p.leaf_unknown = !r;
    if (!r && !(r = pool_around(t, p.code, day)))
        return yh_fail_field(err, YH_NOT_FOUND, "admdvs", NULL,
                             "区划代码「%.*s」不存在，也不在任何已知统筹区内", YH_ARG(code));
    p.office = p.pool = p.province = r;
    if (r->kind == YH_REGION_OFFICE)
        p.pool = yh_region_get(t, r->parent, YH_REGION_POOL, day);
    yh_assert(p.pool);
    if (p.pool->kind == YH_REGION_POOL)
        p.province = yh_region_get(t, p.pool->parent, YH_REGION_PROVINCE, day);
    yh_assert(p.province && p.province->kind == YH_REGION_PROVINCE);
    *out = p;
    return YH_OK;
}

enum yh_away yh_region_away(const struct yh_place *home, const struct yh_place *visit)
{
    if (home->pool->code == visit->pool->code)
        return YH_AWAY_LOCAL;
    return home->province->code == visit->province->code ? YH_AWAY_PROVINCE : YH_AWAY_COUNTRY;
}

int yh_region_near(yh_str of, yh_str region)
{
    static const int LENGTH[] = { 6, 4, 2, 0 };
    for (int i = 0; i < 4; i++) {
        char text[7] = "000000";
        ptrdiff_t n = yh_min(LENGTH[i], region.n);
        memcpy(text, region.p, (size_t)n);
        if (yh_eq(of, (yh_str){ text, 6 }))
            return 4 - i;
    }
    return 0;
}
