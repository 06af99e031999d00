/* model/casemix/scheme.c -- reads one scheme's tables and has them compiled. */
#include <stdio.h>
#include "model/casemix/build.h"

#define TABLES_MAX 64
#define SITES_MAX 32

enum yh_status yh_build_fail(const struct yh_build *b, struct yh_err *err, const char *fmt, ...)
{
    char what[240];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    return yh_fail_at(err, YH_BAD_TABLE, b->line, 0, "方案 %.*s 的 %s 第 %d 行：%s",
                      YH_ARG(b->s->name), b->file, b->line, what);
}

enum yh_status yh_slot_build(struct yh_build *b, bool px, yh_str name, int32_t *out,
                             struct yh_err *err)
{
    struct yh_scheme *s = b->s;
    const struct yh_code_lists *lists = px ? &b->cm->pxlist : &b->cm->dxlist;
    struct yh_map *slots = px ? &b->pxslots : &b->dxslots;
    int32_t slot = yh_map_get(slots, name, -1);
    if (slot < 0) {
        int32_t at = yh_map_get(&lists->by_name, name, -1);
        if (at < 0)
            return yh_build_fail(b, err, "没有名为 %.*s 的%s名单", YH_ARG(yh_sub(name, 0, 60)),
                                 px ? "手术操作" : "诊断");
        slot = px ? s->npxlist : s->ndxlist;
        yh_map_add(slots, name, slot);
        if (px)
            YH_PUSH(b->arena, s->pxlist, s->npxlist, b->px_cap) = &lists->list[at];
        else
            YH_PUSH(b->arena, s->dxlist, s->ndxlist, b->dx_cap) = &lists->list[at];
    }
    *out = slot;
    return YH_OK;
}

/* Opens <scheme>/<file> and finds its columns. */
static enum yh_status open_table(struct yh_build *b, const char *file, const char *const *want,
                                 int n, struct yh_tsv *t, int *col, struct yh_err *err)
{
    yh_str text;
    const char *path = yh_zdup(b->arena, yh_fmt(b->arena, "%.*s/%s", YH_ARG(b->s->name), file));
    b->file = file;
    b->line = 1;
    enum yh_status bad = b->cm->source.read(b->cm->source.ctx, path, &text, err);
    if (!bad)
        bad = yh_tsv_open_with(t, text, want, n, col, err);
    return bad;
}

/* The next row: 1 read, 0 end, -1 failed. */
static int next_row(struct yh_build *b, struct yh_tsv *t, struct yh_err *err)
{
    int more = yh_tsv_next(t, err);
    b->line = t->line;
    return more;
}

/* The three names of a result: MDC + first letter, first three characters, all. */
static enum yh_status group_name(struct yh_build *b, yh_str drg, struct yh_group_name *out,
                                 struct yh_err *err)
{
    for (ptrdiff_t i = 0; i < drg.n; i++)
        if ((unsigned char)drg.p[i] <= ' ' || (unsigned char)drg.p[i] > '~')
            return yh_build_fail(b, err, "组名须为可见的 ASCII 字符");
    if (drg.n < 3 || drg.n > 12)
        return yh_build_fail(b, err, "组名须有 3 到 12 个字符");
    *out = (struct yh_group_name){ .mdc = yh_fmt(b->arena, "MDC%c", drg.p[0]),
                                   .adrg = yh_sub(drg, 0, 3),
                                   .drg = drg };
    return YH_OK;
}

static enum yh_status read_meta(struct yh_build *b, struct yh_tsv *t, yh_str *surgery,
                                yh_str *cc, yh_str *excl, struct yh_err *err)
{
    static const char *const WANT[] = { "key", "value" };
    struct yh_scheme *s = b->s;
    yh_str ungroupable = YH_S("0000"), retry = YH_S("0");
    struct {
        yh_str key;
        yh_str *to;
    } field[] = { { YH_S("label"), &s->label },
                  { YH_S("base"), &s->base },
                  { YH_S("source"), &s->source },
                  { YH_S("licence"), &s->licence },
                  { YH_S("repaired"), &s->repaired },
                  { YH_S("surgery_list"), surgery },
                  { YH_S("cc"), cc },
                  { YH_S("excl"), excl },
                  { YH_S("ungroupable"), &ungroupable },
                  { YH_S("retry_each_px"), &retry } };
    int col[2], more;
    enum yh_status bad = open_table(b, "meta.tsv", WANT, 2, t, col, err);
    if (bad)
        return bad;
    while ((more = next_row(b, t, err)) != 0) {
        if (more < 0)
            return YH_BAD_TABLE;
        for (int i = 0; i < YH_COUNT(field); i++)
            if (yh_eq(t->cell[col[0]], field[i].key))
                *field[i].to = t->cell[col[1]];
    }
    s->retry_each_px = yh_eq(retry, YH_S("1"));
    if (!s->label.n || !surgery->n || !cc->n || !excl->n)
        return yh_build_fail(b, err, "缺 label、surgery_list、cc 或 excl");
    bad = group_name(b, ungroupable, &s->ungroupable, err);
    s->ungroupable.mdc = YH_S("0000");
    s->ungroupable.adrg = YH_S("00");
    return bad;
}

static enum yh_status read_mdc(struct yh_build *b, struct yh_tsv *t, struct yh_err *err)
{
    static const char *const WANT[] = { "mdc", "name", "rule" };
    struct yh_scheme *s = b->s;
    int col[3], more, cap = 0;
    enum yh_status bad = open_table(b, "mdc.tsv", WANT, 3, t, col, err);
    while (!bad && (more = next_row(b, t, err)) != 0) {
        if (more < 0)
            return YH_BAD_TABLE;
        struct yh_mdc_row row = { .name = t->cell[col[0]],
                                  .title = t->cell[col[1]],
                                  .text = t->cell[col[2]] };
        if (row.name.n != 4 || !yh_starts(row.name, YH_S("MDC")))
            return yh_build_fail(b, err, "MDC 应为 MDC 加一个字母");
        for (int i = 0; i < s->nmdc; i++)
            if (yh_eq(s->mdc[i].name, row.name))
                return yh_build_fail(b, err, "%.*s 重复", YH_ARG(row.name));
        bad = yh_rule_build(b, row.text, &row.rule, err);
        YH_PUSH(b->arena, s->mdc, s->nmdc, cap) = row;
    }
    if (!bad && s->nmdc == 0)
        bad = yh_build_fail(b, err, "没有一行 MDC");
    return bad;
}

static enum yh_status adrg_row(struct yh_build *b, const struct yh_tsv *t, const int *col,
                               struct yh_adrg_row *row, struct yh_err *err)
{
    static const struct {
        yh_str text;
        enum yh_adrg_kind kind;
    } KIND[] = { { YH_S_INIT("S"), YH_ADRG_SURGERY },
                 { YH_S_INIT("P"), YH_ADRG_PROCEDURE },
                 { YH_S_INIT("M"), YH_ADRG_MEDICAL },
                 { YH_S_INIT("QY"), YH_ADRG_QY } };
    struct yh_scheme *s = b->s;
    *row = (struct yh_adrg_row){ .id = t->cell[col[0]],
                                 .mdc = -1,
                                 .adrg = t->cell[col[2]],
                                 .title = t->cell[col[4]],
                                 .text = t->cell[col[5]] };
    yh_str no_drg = t->cell[col[6]];
    for (int i = 0; i < s->nmdc; i++)
        if (yh_eq(s->mdc[i].name, t->cell[col[1]]))
            row->mdc = i;
    if (row->mdc < 0)
        return yh_build_fail(b, err, "mdc.tsv 没有 %.*s", YH_ARG(t->cell[col[1]]));
    /* The published tables mark an ambiguous group in either of the two columns. */
    yh_str kind = t->cell[col[3]].n ? t->cell[col[3]] : row->adrg;
    int k = 0;
    while (k < YH_COUNT(KIND) && !yh_eq(KIND[k].text, kind))
        k++;
    if (k == YH_COUNT(KIND))
        return yh_build_fail(b, err, "类别应为 S、P、M 或 QY");
    row->kind = KIND[k].kind;
    row->falls_through = row->kind != YH_ADRG_QY && yh_eq(no_drg, YH_S("-"));
    enum yh_status bad = YH_OK;
    if (row->kind == YH_ADRG_QY) {
        bad = group_name(b, row->id, &row->no_drg, err);
        row->no_drg.adrg = YH_S("QY");
    } else if (!row->falls_through) {
        bad = group_name(b, no_drg, &row->no_drg, err);
    }
    if (!bad)
        bad = yh_rule_build(b, row->text, &row->rule, err);
    return bad;
}

/* Reads the rows as published, then puts them in the order of the test. */
static enum yh_status read_adrg(struct yh_build *b, struct yh_tsv *t, struct yh_map *by_id,
                                struct yh_err *err)
{
    static const char *const WANT[] = { "rule_id", "mdc",  "adrg",  "kind",
                                        "name",    "rule", "no_drg" };
    struct yh_scheme *s = b->s;
    struct yh_adrg_row *row = NULL, one;
    int col[7], more, n = 0, cap = 0;
    enum yh_status bad = open_table(b, "adrg.tsv", WANT, 7, t, col, err);
    while (!bad && (more = next_row(b, t, err)) != 0) {
        if (more < 0)
            return YH_BAD_TABLE;
        bad = adrg_row(b, t, col, &one, err);
        if (bad)
            return bad;
        YH_PUSH(b->arena, row, n, cap) = one;
    }
    if (bad)
        return bad;
    s->adrg = YH_NEW(b->arena, struct yh_adrg_row, n);
    for (int m = 0; m < s->nmdc; m++) {
        s->mdc[m].first = s->nadrg;
        for (int i = 0; i < n; i++)
            if (row[i].mdc == m) {
                if (!yh_map_add(by_id, row[i].id, s->nadrg))
                    return yh_build_fail(b, err, "rule_id %.*s 重复", YH_ARG(row[i].id));
                s->adrg[s->nadrg++] = row[i];
            }
        s->mdc[m].n = s->nadrg - s->mdc[m].first;
    }
    return YH_OK;
}

static enum yh_status read_drg(struct yh_build *b, struct yh_tsv *t, const struct yh_map *by_id,
                               struct yh_err *err)
{
    static const char *const WANT[] = { "rule_id", "drg", "name", "rule" };
    struct yh_scheme *s = b->s;
    struct yh_drg_row *row = NULL;
    int col[4], more, n = 0, cap = 0;
    enum yh_status bad = open_table(b, "drg.tsv", WANT, 4, t, col, err);
    while (!bad && (more = next_row(b, t, err)) != 0) {
        if (more < 0)
            return YH_BAD_TABLE;
        struct yh_drg_row one = { .title = t->cell[col[2]],
                                  .text = t->cell[col[3]],
                                  .adrg = yh_map_get(by_id, t->cell[col[0]], -1) };
        if (one.adrg < 0)
            return yh_build_fail(b, err, "adrg.tsv 没有 %.*s", YH_ARG(t->cell[col[0]]));
        bad = group_name(b, t->cell[col[1]], &one.name, err);
        if (!bad)
            bad = yh_rule_build(b, one.text, &one.rule, err);
        YH_PUSH(b->arena, row, n, cap) = one;
    }
    if (bad)
        return bad;
    for (int i = 0; i < n; i++)
        s->adrg[row[i].adrg].n++;
    for (int r = 0, at = 0; r < s->nadrg; at += s->adrg[r++].n)
        s->adrg[r].first = at;
    s->drg = YH_NEW(b->arena, struct yh_drg_row, n);
    int *used = YH_NEW(b->arena, int, s->nadrg);
    for (int i = 0; i < n; i++)
        s->drg[s->adrg[row[i].adrg].first + used[row[i].adrg]++] = row[i];
    s->ndrg = n;
    return YH_OK;
}

static enum yh_status read_sites(struct yh_build *b, struct yh_tsv *t, int32_t *slot,
                                 struct yh_err *err)
{
    static const char *const WANT[] = { "site", "list" };
    struct yh_scheme *s = b->s;
    int col[2], more, cap = 0;
    enum yh_status bad = open_table(b, "sites.tsv", WANT, 2, t, col, err);
    while (!bad && (more = next_row(b, t, err)) != 0) {
        if (more < 0)
            return YH_BAD_TABLE;
        if (s->nsite == SITES_MAX)
            return yh_build_fail(b, err, "部位多于 %d 个", SITES_MAX);
        bad = yh_slot_build(b, false, t->cell[col[1]], &slot[s->nsite], err);
        YH_PUSH(b->arena, s->site_name, s->nsite, cap) = t->cell[col[0]];
    }
    return bad;
}

/* NAME_fix where it exists, unless the table as published is asked for. */
static enum yh_status resolve(struct yh_casemix *cm, yh_str name, yh_str *out,
                              struct yh_err *err)
{
    const yh_str AS_IS = YH_S("@as-published");
    yh_str text;
    for (ptrdiff_t i = 0; i < name.n; i++)
        if (name.p[i] == '/' || name.p[i] == '\\' || name.p[i] == '.' || name.p[i] == '\0')
            return yh_fail(err, YH_NOT_FOUND, "没有名为 %.*s 的分组方案",
                           YH_ARG(yh_sub(name, 0, 60)));
    bool as_is = yh_ends(name, AS_IS);
    if (as_is)
        name = yh_sub(name, 0, name.n - AS_IS.n);
    yh_str fixed = yh_fmt(cm->arena, "%.*s_fix", YH_ARG(name));
    const char *path = yh_zdup(cm->arena, yh_fmt(cm->arena, "%.*s/meta.tsv", YH_ARG(fixed)));
    if (!as_is && cm->source.read(cm->source.ctx, path, &text, NULL) == YH_OK) {
        *out = fixed;
        return YH_OK;
    }
    path = yh_zdup(cm->arena, yh_fmt(cm->arena, "%.*s/meta.tsv", YH_ARG(name)));
    if (name.n == 0 || cm->source.read(cm->source.ctx, path, &text, NULL) != YH_OK)
        return yh_fail(err, YH_NOT_FOUND,
                       "没有名为 %.*s 的分组方案；yiheng group --list 列出全部",
                       YH_ARG(yh_sub(name, 0, 60)));
    *out = yh_dup(cm->arena, name);
    return YH_OK;
}

enum yh_status yh_scheme_load(struct yh_casemix *cm, yh_str name, struct yh_arena scratch,
                              struct yh_scheme **out, struct yh_err *err)
{
    struct yh_scheme *s = YH_NEW(cm->arena, struct yh_scheme, 1);
    struct yh_build b = { .arena = cm->arena, .cm = cm, .s = s };
    struct yh_tsv *t = YH_NEW(cm->arena, struct yh_tsv, 1);
    yh_str surgery = YH_S(""), cc = YH_S(""), excl = YH_S("");
    int32_t site[SITES_MAX];
    b.atoms = yh_map_in(cm->arena, 2048);
    b.dxslots = yh_map_in(cm->arena, 1024);
    b.pxslots = yh_map_in(cm->arena, 1024);
    struct yh_map by_id = yh_map_in(cm->arena, 1024);
    s->shared = cm;
    enum yh_status bad = resolve(cm, name, &s->name, err);
    if (!bad)
        bad = read_meta(&b, t, &surgery, &cc, &excl, err);
    if (!bad)
        bad = yh_slot_build(&b, true, surgery, &s->surgery, err);
    if (!bad)
        bad = yh_table_load(cm, cc, true, &s->cc, err);
    if (!bad)
        bad = yh_table_load(cm, excl, false, &s->excl, err);
    if (!bad)
        bad = read_mdc(&b, t, err);
    if (!bad)
        bad = read_adrg(&b, t, &by_id, err);
    if (!bad)
        bad = read_drg(&b, t, &by_id, err);
    if (!bad)
        bad = read_sites(&b, t, site, err);
    if (!bad)
        bad = yh_index_build(&b, site, scratch, err);
    if (!bad)
        *out = s;
    return bad;
}

enum yh_status yh_casemix_open(struct yh_arena *arena, struct yh_casemix_source source,
                               struct yh_casemix **out, struct yh_err *err)
{
    struct yh_casemix *cm = YH_NEW(arena, struct yh_casemix, 1);
    *cm = (struct yh_casemix){ .arena = arena, .source = source, .table_cap = TABLES_MAX };
    cm->table = YH_NEW(arena, struct yh_cc_table, TABLES_MAX);
    cm->excl_id = yh_map_in(arena, 1024);
    yh_codes_open(&cm->dx, arena, 40000);
    yh_codes_open(&cm->px, arena, 16000);
    yh_str text;
    enum yh_status bad = source.read(source.ctx, "_shared/dx.lst", &text, err);
    if (!bad)
        bad = yh_lists_load(arena, text, "dx.lst", &cm->dx, &cm->dxlist, err);
    if (!bad)
        bad = source.read(source.ctx, "_shared/px.lst", &text, err);
    if (!bad)
        bad = yh_lists_load(arena, text, "px.lst", &cm->px, &cm->pxlist, err);
    if (!bad)
        *out = cm;
    return bad;
}

static bool listed(const struct yh_code_list *l, const struct yh_codes *codes, yh_str code)
{
    for (int i = 0; l && i < l->n; i++)
        if (yh_eq(codes->text[l->id[i]], code))
            return true;
    return false;
}

bool yh_scheme_lists_dx(const struct yh_scheme *s, int32_t slot, yh_str code)
{
    for (int i = 0; i < s->nprefix; i++)
        if (s->prefix_slot[i] == slot)
            return yh_starts(code, s->prefix[i]);
    return listed(s->dxlist[slot], &s->shared->dx, code);
}

bool yh_scheme_lists_px(const struct yh_scheme *s, int32_t slot, yh_str code)
{
    return listed(s->pxlist[slot], &s->shared->px, code);
}

enum yh_status yh_scheme_of_region(yh_str regions, yh_str region, yh_day day, yh_str *scheme,
                                   struct yh_err *err)
{
    static const char *const WANT[] = { "region", "from", "to", "scheme" };
    if (region.n != 6)
        return yh_fail_field(err, YH_BAD_INPUT, "region", NULL, "区划应为六位数字");
    char up[3][6];
    for (int i = 0; i < 3; i++) {
        memcpy(up[i], region.p, 6);
        memset(up[i] + 6 - 2 * i, '0', (size_t)(2 * i));
    }
    for (int i = 0; i < 3; i++) {
        struct yh_tsv t;
        int col[4], more;
        enum yh_status bad = yh_tsv_open_with(&t, regions, WANT, 4, col, err);
        if (bad)
            return bad;
        while ((more = yh_tsv_next(&t, err)) != 0) {
            struct yh_period p = { .from = YH_DAY_MIN, .to = YH_DAY_MAX };
            yh_str to = more < 0 ? YH_S("") : t.cell[col[2]];
            if (more < 0 || yh_day_parse(t.cell[col[1]], &p.from, NULL) ||
                (to.n && yh_day_parse(to, &p.to, NULL)))
                return yh_fail_at(err, YH_BAD_TABLE, t.line, 0,
                                  "regions.tsv 第 %d 行：日期不对", t.line);
            if (yh_eq(t.cell[col[0]], (yh_str){ up[i], 6 }) && yh_in_period(p, day)) {
                *scheme = t.cell[col[3]];
                return YH_OK;
            }
        }
    }
    char text[16];
    return yh_fail(err, YH_NOT_FOUND, "regions.tsv 中没有区划 %.*s 在 %.*s 适用的方案",
                   YH_ARG(region), YH_ARG(yh_day_text(text, day)));
}
