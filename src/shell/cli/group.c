/* shell/cli/group.c -- yiheng group: cases in, DRG groups out. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "engine/casemix/group.h"
#include "engine/casemix/reach.h"
#include "engine/casemix/whatif.h"
#include "shell/casemix/explain_text.h"
#include "shell/casemix/stream.h"
#include "shell/casemix/tables.h"
#include "shell/cli/books.h"
#include "shell/cli/cli.h"
#include "shell/file/file.h"

#define USAGE                                                                                                               \
    "group --scheme 名称 | --region 区划 [--day 日期] [选项] [文件|-]\n"                                          \
    "      yiheng group --store 地址 --year 年 [--region 统筹区] [--scheme 名称] [--folder "                        \
    "目录]\n"                                                                                                             \
    "      yiheng group --list\n"                                                                                           \
    "      yiheng group --self-test 名称|all\n"                                                                           \
    "给病例按 DRG 分组，结果为 TSV；病例文件一行一例，列见 "                                          \
    "docs/casemix-guide.md（缺省标准输入）。\n"                                                                    \
    "  --scheme 名称     分组方案；有修订版的给修订版，名称@as-published 取未修订的\n"              \
    "  --region 区划     按统筹区和出院日选方案（列 discharge_day，或用 --day 定一日）\n"             \
    "  --explain         逐步说明\n"                                                                                    \
    "  --what-if [--weights 表]   哪些编码会改变分组、差多少权重、病案是否支持\n"                    \
    "  --json            每行一个 JSON 对象\n"                                                                        \
    "  --threads 1|2     缺省 2；结果与线程数无关\n"                                                             \
    "  --catalogs 目录   分组目录 catalogs/chs-drg 的位置（缺省在当前目录或程序旁边找）\n"          \
    "  --store 地址      "                                                                                                \
    "账上那一年的每一次住院（sqlite:目录、postgresql://"                                                     \
    "…、postgresql+shards:节点表，各节点在其旁\n"                                                              \
    "                    "                                                                                                  \
    "并行读），编码取结算清单（4101），没有清单的取就诊诊断；结果与放在哪种库里无关\n" \
    "  --list            有哪些方案，各多少组\n"                                                                  \
    "  --self-test 名称  造病例逐组试达，列出不可达的组和原因"

struct group_run {
    struct yh_tables tables;
    const struct yh_scheme *scheme; /* NULL: by region and day */
    yh_str region;
    yh_day day; /* YH_DAY_MIN: each row's own */
    bool json_in, json_out, explain, what_if;
    struct yh_map weights; /* drg -> row of weight, for --what-if */
    yh_micro *weight;
    int nweight, weight_cap;
    yh_str (*bound)[2]; /* list, prefix: codes bound to a sex or an age, for --what-if */
    int nbound;
    struct yh_case_columns cols;
    struct yh_case work[2];
};

static enum yh_status first_line(void *ctx, yh_str line, bool *used, struct yh_err *err)
{
    struct group_run *g = ctx;
    g->json_in = yh_starts(yh_trim(line), YH_S("{"));
    *used = !g->json_in;
    return g->json_in ? YH_OK : yh_case_header(line, &g->cols, err);
}

/* The scheme of one case. */
static enum yh_status choose(const struct group_run *g, const struct yh_case *c,
                             const struct yh_scheme **out, struct yh_err *err)
{
    *out = g->scheme;
    if (g->scheme)
        return YH_OK;
    yh_day day = g->day == YH_DAY_MIN ? c->discharged : g->day;
    if (day == YH_DAY_MIN)
        return yh_fail_field(err, YH_BAD_INPUT, "discharge_day", NULL,
                             "discharge_day：缺出院日，选不出方案");
    yh_str name;
    enum yh_status bad = yh_scheme_of_region(g->tables.regions, g->region, day, &name, err);
    for (int i = 0; !bad && i < g->tables.nscheme; i++) {
        const struct yh_scheme *s = g->tables.scheme[i];
        yh_str rest = yh_sub(s->name, name.n, s->name.n);
        if (yh_starts(s->name, name) && (rest.n == 0 || yh_eq(rest, YH_S("_fix"))))
            *out = s;
    }
    return bad;
}

static void put_weight(const struct group_run *g, yh_str drg, struct yh_buf *out)
{
    char text[32];
    int at = yh_map_get(&g->weights, drg, -1);
    if (at >= 0)
        yh_put(out, yh_dec_text(text, g->weight[at], 6, 6));
}

/* One row a change that would give another group. */
/* "dx_female" … of settlement-list/lists.tsv: does the code begin with one of that list? */
static bool listed(const struct group_run *g, const char *list, yh_str code)
{
    for (int i = 0; i < g->nbound; i++)
        if (yh_eq(g->bound[i][0], yh_cstr(list)) && yh_starts(code, g->bound[i][1]))
            return true;
    return false;
}

/* What speaks against a code in the case itself; NULL = nothing. */
static const char *against(const struct group_run *g, const struct yh_case *c, yh_str code,
                           bool px)
{
    if ((c->sex == 1 && listed(g, px ? "px_female" : "dx_female", code)) ||
        (c->sex == 2 && listed(g, px ? "px_male" : "dx_male", code)))
        return "该编码与性别矛盾";
    return !px && c->age_days > 28 && listed(g, "perinatal", code) ? "该编码与年龄矛盾" : NULL;
}

/* Whether the record supports a change: its codes stand there, or the code taken away contradicts it. */
static const char *record_says(const struct group_run *g, const struct yh_case *c,
                               const struct yh_what_if *w)
{
    const char *no = NULL;
    if (w->kind == YH_WHAT_WITHOUT_DX)
        no = against(g, c, c->dx[w->at], false);
    else if (w->kind == YH_WHAT_WITHOUT_PX)
        no = against(g, c, c->px[w->at], true);
    else if (w->kind == YH_WHAT_MAIN_DX && against(g, c, c->dx[w->at], false))
        no = "该编码与性别或年龄矛盾";
    else if (w->kind == YH_WHAT_MAIN_DX && against(g, c, c->dx[0], false))
        no = "编码已在病案，原主要诊断与性别或年龄矛盾";
    return no ? no : w->supported ? "编码已在病案" : "病案未支持";
}

static void put_what_ifs(const struct group_run *g, const struct yh_scheme *s,
                         const struct yh_case *c, struct yh_arena *scratch, struct yh_buf *out)
{
    static const char *const KIND[] = { "改作主要诊断", "改作主要手术操作", "去掉其他诊断",
                                        "去掉手术操作", "须有并发症",       "须有其他诊断",
                                        "须有手术操作" };
    struct yh_drg_group own;
    struct yh_what_if *w;
    yh_drg_group(s, c, &own);
    int n = yh_what_ifs(s, c, scratch, &w);
    for (int i = 0; i < n; i++) {
        bool px = w[i].kind == YH_WHAT_MAIN_PX || w[i].kind == YH_WHAT_WITHOUT_PX;
        yh_str code = w[i].kind == YH_WHAT_LEVEL        ? s->drg[w[i].at].text
                      : w[i].kind >= YH_WHAT_MISSING_DX ? s->atom[w[i].at].arg
                      : px                              ? c->px[w[i].at]
                                                        : c->dx[w[i].at];
        yh_putf(out, "%.*s\t%.*s\t", YH_ARG(c->id), YH_ARG(own.name.drg));
        put_weight(g, own.name.drg, out);
        yh_putf(out, "\t%s\t%.*s\t%.*s\t", KIND[w[i].kind], YH_ARG(code),
                YH_ARG(w[i].group.name.drg));
        put_weight(g, w[i].group.name.drg, out);
        yh_putf(out, "\t%s\n", record_says(g, c, &w[i]));
    }
}

/* The weights of a table as `yiheng weights` writes it. */
static enum yh_status read_weights(struct group_run *g, const char *path, struct yh_err *err)
{
    static const char *const WANT[] = { "drg", "weight" };
    struct yh_arena *a = &g->tables.arena;
    struct yh_tsv *t = YH_NEW(a, struct yh_tsv, 1);
    yh_str text;
    int col[2], more;
    enum yh_status bad = yh_file_read(a, path, (size_t)64 << 20, &text, err);
    if (!bad)
        bad = yh_tsv_open_with(t, text, WANT, 2, col, err);
    g->weights = yh_map_in(a, 2048);
    while (!bad && (more = yh_tsv_next(t, err)) != 0) {
        yh_micro v;
        if (more < 0 || (t->cell[col[1]].n && yh_dec_parse(t->cell[col[1]], 6, &v, NULL)))
            return yh_fail_at(err, YH_BAD_TABLE, t->line, 0,
                              "%s 第 %d 行：权重应为至多六位小数", path, t->line);
        if (t->cell[col[1]].n && yh_map_add(&g->weights, t->cell[col[0]], g->nweight))
            YH_PUSH(a, g->weight, g->nweight, g->weight_cap) = v;
    }
    return bad;
}

/* Codes bound to a sex or to the first days of life; a catalogue without that table knows none. */
static enum yh_status read_bounds(struct group_run *g, struct yh_err *err)
{
    static const char *const WANT[] = { "list", "prefix" };
    struct yh_arena *a = &g->tables.arena;
    struct yh_tsv *t = YH_NEW(a, struct yh_tsv, 1);
    yh_str text, path = yh_fmt(a, "%s/../settlement-list/lists.tsv", g->tables.dir);
    struct yh_err none;
    int col[2], more, cap = 0;
    if (yh_file_read(a, yh_zdup(a, path), (size_t)16 << 20, &text, &none))
        return YH_OK;
    enum yh_status bad = yh_tsv_open_with(t, text, WANT, 2, col, err);
    while (!bad && (more = yh_tsv_next(t, err)) != 0) {
        if (more < 0)
            return YH_BAD_TABLE;
        if (g->nbound == cap)
            g->bound =
                yh_grow(a, g->bound, g->nbound, &cap, sizeof *g->bound, _Alignof(yh_str));
        g->bound[g->nbound][0] = t->cell[col[0]];
        g->bound[g->nbound++][1] = t->cell[col[1]];
    }
    return bad;
}

static enum yh_status group_line(void *ctx, int worker, struct yh_arena scratch, yh_str line,
                                 struct yh_buf *out, struct yh_err *err)
{
    struct group_run *g = ctx;
    struct yh_case *c = &g->work[worker];
    const struct yh_scheme *s;
    enum yh_status bad =
        g->json_in ? yh_case_json(&scratch, line, c, err) : yh_case_row(&g->cols, line, c, err);
    if (!bad)
        bad = choose(g, c, &s, err);
    if (bad)
        return bad;
    if (g->what_if) {
        put_what_ifs(g, s, c, &scratch, out);
        return YH_OK;
    }
    if (g->explain) {
        struct yh_explanation ex;
        yh_explain(s, c, &scratch, &ex);
        if (!g->json_out)
            yh_explain_text(out, &ex, c);
        else
            yh_explain_json(out, &ex, c);
        if (g->json_out)
            yh_putc(out, '\n');
        return YH_OK;
    }
    struct yh_drg_group r;
    yh_drg_group(s, c, &r);
    if (g->json_out) {
        struct yh_jsonw w = yh_jsonw_on(out);
        yh_jw_object(&w);
        yh_jw_kv_str(&w, "id", c->id);
        yh_jw_kv_str(&w, "mdc", r.name.mdc);
        yh_jw_kv_str(&w, "adrg", r.name.adrg);
        yh_jw_kv_str(&w, "drg", r.name.drg);
        if (!g->scheme)
            yh_jw_kv_str(&w, "scheme", s->name);
        yh_jw_end(&w, '}');
    } else {
        yh_put(out, c->id);
        yh_putc(out, '\t');
        yh_put(out, r.name.mdc);
        yh_putc(out, '\t');
        yh_put(out, r.name.adrg);
        yh_putc(out, '\t');
        yh_put(out, r.name.drg);
    }
    yh_putc(out, '\n');
    return YH_OK;
}

static int list(struct yh_tables *t)
{
    struct yh_names names;
    struct yh_err err;
    if (yh_tables_list(t, &names, &err))
        return yh_cli_error(t->dir, &err);
    printf("#scheme\tbase\tmdc\tadrg\tdrg\tlabel\n");
    int code = 0;
    for (int i = 0; i < names.n; i++) {
        const struct yh_scheme *s;
        yh_str exact = yh_fmt(&t->arena, "%.*s@as-published", YH_ARG(names.name[i]));
        if (yh_tables_scheme(t, exact, &s, &err)) {
            code = yh_cli_error(NULL, &err);
            continue;
        }
        bool twin = false;
        for (int k = 0; k < names.n; k++)
            twin |= yh_starts(names.name[k], s->name) && yh_ends(names.name[k], YH_S("_fix")) &&
                    names.name[k].n == s->name.n + 4;
        int qy = 0;
        for (int r = 0; r < s->nadrg; r++)
            qy += s->adrg[r].kind == YH_ADRG_QY;
        printf("%.*s%s\t%.*s\t%d\t%d\t%d\t%.*s\n", YH_ARG(s->name), twin ? "@as-published" : "",
               YH_ARG(s->base), s->nmdc, s->nadrg - qy, s->ndrg, YH_ARG(s->label));
    }
    return fflush(stdout) ? 1 : code;
}

static yh_str row_name(const struct yh_scheme *s, int adrg, int drg)
{
    return adrg < 0 ? YH_S("") : drg < 0 ? s->adrg[adrg].id : s->drg[drg].name.drg;
}

static void put_reason(const struct yh_scheme *s, const struct yh_reach *r)
{
    switch (r->why) {
    case YH_REACHED: break;
    case YH_REACH_NEVER: printf("规则恒假：来源缺其名单"); break;
    case YH_REACH_EMPTY:
        if (r->second.n)
            printf("名单 %.*s 与 %.*s 没有共同编码", YH_ARG(r->first), YH_ARG(r->second));
        else
            printf("名单 %.*s 没有可用的编码", YH_ARG(r->first));
        break;
    case YH_REACH_NUMBERS: printf("对年龄、体重、天数等的要求互相矛盾"); break;
    case YH_REACH_COVERED:
        printf("同一 ADRG 中前面的 %.*s 已包含它的条件",
               YH_ARG(row_name(s, r->taken_adrg, r->taken_drg)));
        break;
    case YH_REACH_TAKEN: {
        yh_str by = row_name(s, r->taken_adrg, r->taken_drg);
        if (by.n)
            printf("符合它的病例都先进了别的组，如 %.*s", YH_ARG(by));
        else
            printf("造出的病例都未入组");
        break;
    }
    case YH_REACH_OPEN: printf("试到上限未果"); break;
    }
}

/* One row a group that was not reached; a line of counts.  Answers whether any stayed open. */
static bool self_test(struct yh_tables *t, const struct yh_scheme *s)
{
    struct yh_arena a = t->arena;
    struct yh_target *target;
    int n = yh_targets(s, &a, &target), reached = 0;
    bool open = false;
    for (int i = 0; i < n; i++) {
        struct yh_arena one = a;
        struct yh_reach r;
        yh_reach(s, target[i].adrg, target[i].drg, &one, t->scratch, &r);
        reached += r.why == YH_REACHED;
        open |= r.why == YH_REACH_OPEN;
        if (r.why == YH_REACHED)
            continue;
        printf("%.*s\t%.*s\t%.*s\t", YH_ARG(s->name), YH_ARG(s->adrg[r.adrg].id),
               YH_ARG(r.name.drg));
        put_reason(s, &r);
        printf("\n");
    }
    printf("# %.*s：%d 个结果，达到 %d，不可达 %d\n", YH_ARG(s->name), n, reached, n - reached);
    fflush(stdout);
    return open;
}

static int self_tests(struct yh_tables *t, yh_str name)
{
    struct yh_names names = { 0 };
    struct yh_err err;
    int cap = 0, code = 0;
    if (!yh_eq(name, YH_S("all")))
        YH_PUSH(&t->arena, names.name, names.n, cap) = name;
    else if (yh_tables_list(t, &names, &err))
        return yh_cli_error(t->dir, &err);
    printf("#scheme\trule_id\tdrg\treason\n");
    for (int i = 0; i < names.n; i++) {
        const struct yh_scheme *s;
        bool all = yh_eq(name, YH_S("all"));
        yh_str one = all ? yh_fmt(&t->arena, "%.*s@as-published", YH_ARG(names.name[i])) : name;
        if (yh_tables_scheme(t, one, &s, &err))
            code = yh_cli_error(NULL, &err);
        else if (self_test(t, s))
            code = 1;
    }
    return code;
}

/* Loads every scheme that the region may need, before threads share the tables. */
static enum yh_status load_region(struct group_run *g, struct yh_err *err)
{
    struct yh_tsv t;
    static const char *const WANT[] = { "region", "scheme" };
    int col[2], more;
    enum yh_status bad = g->tables.regions.n
                             ? yh_tsv_open(&t, g->tables.regions, err)
                             : yh_fail(err, YH_NOT_FOUND, "分组目录里没有 regions.tsv");
    if (!bad)
        bad = yh_tsv_want(&t, WANT, 2, col, err);
    while (!bad && (more = yh_tsv_next(&t, err)) != 0) {
        if (more < 0)
            return YH_BAD_TABLE;
        const struct yh_scheme *s;
        if (yh_starts(t.cell[col[0]], yh_sub(g->region, 0, 2)))
            bad = yh_tables_scheme(&g->tables, t.cell[col[1]], &s, err);
    }
    if (!bad && !g->tables.nscheme)
        bad = yh_fail(err, YH_NOT_FOUND, "regions.tsv 中没有区划 %.*s", YH_ARG(g->region));
    return bad;
}

/* ---- cases from the books ---- */

static void put_code(struct yh_buf *b, int *n, yh_str code)
{
    if (code.n && *n < YH_CASE_CODES_MAX)
        yh_putf(b, "%s%.*s", (*n)++ ? "|" : "", YH_ARG(code));
}

/* Codes of a stay, the main one first. */
static int put_codes(struct yh_buf *b, const struct yh_archive *a, const struct yh_arc_chunk *c,
                     int64_t head, bool px)
{
    int n = 0;
    int64_t from, to;
    YH_ARC_SPAN(c, head, code, head, &from, &to);
    for (int pass = 0; pass < 2; pass++)
        for (int64_t i = from; i < to; i++)
            if (YH_ARC(c, code, kind, i) == (px ? 4 - pass : pass))
                put_code(b, &n,
                         yh_arc_dict_text(&a->dicts, px ? YH_DICT_PROCEDURE : YH_DICT_DIAGNOSIS,
                                          YH_ARC(c, code, code, i)));
    return n;
}

/* One row a stay that ended: an interim part is no case, the last part costs the whole stay. */
static bool put_stay(struct yh_buf *b, const struct yh_archive *a, const struct yh_arc_chunk *c,
                     int64_t i)
{
    struct yh_arc_head h;
    struct yh_arc_person p;
    char id[24], code[24], day[16], cost[32];
    int64_t from, to;
    yh_fen sum = 0;
    yh_arc_get_head(c, i, &h);
    if (!h.stay || h.part == 1 || h.kind || h.undone)
        return true;
    yh_arc_get_person(c, h.person, &p);
    YH_ARC_SPAN(c, head, cut, i, &from, &to);
    for (int64_t k = from; k < to; k++) {
        struct yh_arc_cut cut;
        yh_arc_get_cut(c, k, &cut);
        sum += cut.outside + cut.over + cut.first + cut.scope;
    }
    bool lived = p.born < h.begin;
    ptrdiff_t start = b->n;
    yh_putf(b, "%.*s\t%d\t%d\t%d\t%d\t%d\t%.*s\t%.*s\t%.*s\t",
            YH_ARG(yh_arc_text(c, h.settlement, id)), (int)p.sex,
            lived ? yh_age_years((yh_day)p.born, (yh_day)h.begin) : 0,
            lived ? (int)(h.begin - p.born) : 0, (int)yh_max(h.end - h.begin, 1),
            (int)h.out_way, YH_ARG(yh_dec_text(cost, sum, 2, 2)),
            YH_ARG(yh_arc_text(&a->providers, YH_ARC(&a->providers, provider, code, h.provider),
                               code)),
            YH_ARG(yh_day_text(day, (yh_day)h.end)));
    if (!put_codes(b, a, c, i, false)) { /* nothing to group by */
        b->n = start;
        return false;
    }
    yh_putc(b, '\t');
    (void)put_codes(b, a, c, i, true);
    yh_putc(b, '\n');
    return true;
}

/* All stays of the year in a file without a name; -1: err says why. */
static int cases_of(const struct yh_archive *a, int64_t *uncoded, struct yh_err *err)
{
    struct yh_arena arena;
    struct yh_buf b;
    FILE *f = tmpfile();
    enum yh_status st =
        f ? yh_arena_open(&arena, (size_t)1 << 30, err) : yh_fail(err, YH_IO, "建不了临时文件");
    if (st) {
        if (f)
            fclose(f);
        return -1;
    }
    b = yh_buf_in(&arena);
    yh_putz(&b, "#id\tsex\tage_years\tage_days\tlos\tdischarge\tcost\thospital\tdischarge_"
                "day\tdx\tpx\n");
    for (int k = 0; st == YH_OK && k < a->nchunk; k++) {
        struct yh_arc_chunk c;
        st = yh_archive_chunk(a, k, &c, err);
        for (int64_t i = 0; st == YH_OK && i < c.n[YH_ARC_head]; i++)
            *uncoded += !put_stay(&b, a, &c, i);
        if (st == YH_OK && fwrite(b.p, 1, (size_t)b.n, f) != (size_t)b.n)
            st = yh_fail(err, YH_IO, "写不了临时文件");
        b.n = 0;
    }
    if (st == YH_OK && fflush(f))
        st = yh_fail(err, YH_IO, "写不了临时文件");
    int fd = st ? -1 : dup(fileno(f));
    fclose(f);
    yh_arena_close(&arena);
    if (fd >= 0)
        (void)lseek(fd, 0, SEEK_SET);
    return fd;
}

/* -2: said already, and the exit code is *code. */
static int open_books(struct yh_cli_books *b, int *code, struct yh_err *err)
{
    struct yh_archive a;
    int64_t uncoded = 0;
    *code = yh_cli_books_open(b, &a);
    yh_cli_books_close(b);
    if (*code)
        return -2;
    int fd = cases_of(&a, &uncoded, err);
    yh_archive_close(&a);
    if (uncoded)
        fprintf(stderr, "%lld 次住院没有诊断编码，未列出\n", (long long)uncoded);
    return fd;
}

static int run(struct group_run *g, const char *file, struct yh_cli_books *books, int threads)
{
    struct yh_err err;
    bool standard = !books && (!file || !strcmp(file, "-"));
    int code = 0;
    struct yh_stream s = { .out = 1,
                           .name = standard ? "标准输入"
                                   : books  ? "账上的住院"
                                            : file,
                           .threads = threads,
                           .progress = isatty(2),
                           .first = first_line,
                           .work = group_line,
                           .ctx = g };
    s.in = books      ? open_books(books, &code, &err)
           : standard ? 0
                      : open(file, O_RDONLY | O_CLOEXEC);
    if (s.in == -2)
        return code;
    if (s.in < 0 && books)
        return yh_cli_error(NULL, &err);
    if (s.in < 0) {
        yh_fail(&err, YH_NOT_FOUND, "打不开");
        return yh_cli_error(file, &err);
    }
    if (g->what_if) {
        printf("# "
               "供提高编码质量之用：列出会改变分组的编码和病案是否支持；哪个编码正确须看病历。"
               "往高处编码的样子会交监管。\n"
               "#id\tdrg\tweight\tchange\tcode\tdrg_then\tweight_then\trecord\n");
        fflush(stdout);
    } else if (!g->json_out && !g->explain) {
        printf("#id\tmdc\tadrg\tdrg\n");
        fflush(stdout);
    }
    enum yh_status bad = yh_stream_run(&s, &err);
    if (!standard)
        close(s.in);
    if (bad)
        return yh_cli_error(s.name, &err);
    if (s.bad)
        fprintf(stderr, "共 %lld 行，%lld 行有错未分组\n", (long long)s.rows, (long long)s.bad);
    return s.bad ? 1 : 0;
}

/* What only goes together with --store; true: it does not fit. */
static bool misfit(struct yh_cli_books *b, const char *year, const char *region,
                   const char *file)
{
    return !yh_cli_books_meant(b->data) || file || !year ||
           yh_int_parse(yh_cstr(year), &b->year, NULL) || b->year < 1990 || b->year > 2999 ||
           (region && (yh_int_parse(yh_cstr(region), &b->region, NULL) || b->region < 100000 ||
                       b->region > 999999));
}

int yh_cmd_group(int argc, char **argv)
{
    static struct group_run g;
    g = (struct group_run){ 0 };
    const char *scheme = NULL, *region = NULL, *day = NULL, *catalogs = NULL, *file = NULL;
    const char *tested = NULL, *weights = NULL, *year = NULL;
    struct yh_cli_books books = { .data = NULL };
    const char *threads = "2";
    bool listing = false;
    g.day = YH_DAY_MIN;
    for (int i = 1; i < argc; i++) {
        if (yh_cli_option(&i, argc, argv, "--scheme", &scheme) ||
            yh_cli_option(&i, argc, argv, "--region", &region) ||
            yh_cli_option(&i, argc, argv, "--day", &day) ||
            yh_cli_option(&i, argc, argv, "--threads", &threads) ||
            yh_cli_option(&i, argc, argv, "--self-test", &tested) ||
            yh_cli_option(&i, argc, argv, "--weights", &weights) ||
            yh_cli_option(&i, argc, argv, "--data", &books.data) ||
            yh_cli_option(&i, argc, argv, "--year", &year) ||
            yh_cli_option(&i, argc, argv, "--folder", &books.folder) ||
            yh_cli_option(&i, argc, argv, "--catalogs", &catalogs))
            continue;
        if (!strcmp(argv[i], "--list"))
            listing = true;
        else if (!strcmp(argv[i], "--explain"))
            g.explain = true;
        else if (!strcmp(argv[i], "--what-if"))
            g.what_if = true;
        else if (!strcmp(argv[i], "--json"))
            g.json_out = true;
        else if (!file && (argv[i][0] != '-' || !argv[i][1]))
            file = argv[i];
        else
            return yh_cli_usage(USAGE, argc, argv);
    }
    struct yh_err err;
    if (!listing && !tested && !books.data && !scheme == !region)
        return yh_cli_usage(USAGE, argc, argv);
    if (books.data && (misfit(&books, year, region, file) || listing || tested))
        return yh_cli_usage(USAGE, argc, argv);
    char own[8];
    if (books.data && !scheme && !region) { /* the store's own pool */
        int code = yh_cli_books_region(&books);
        if (code)
            return code;
        snprintf(own, sizeof own, "%06lld", (long long)books.region);
        region = own;
    }
    if (!threads || (strcmp(threads, "1") && strcmp(threads, "2")))
        return yh_cli_usage(USAGE, argc, argv);
    if (day && yh_day_parse(yh_cstr(day), &g.day, &err))
        return yh_cli_error(NULL, &err);
    enum yh_status bad = yh_tables_open(&g.tables, catalogs, &err);
    if (!bad && (listing || tested)) {
        int code = listing ? list(&g.tables) : self_tests(&g.tables, yh_cstr(tested));
        yh_tables_close(&g.tables);
        return code;
    }
    if (!bad && scheme)
        bad = yh_tables_scheme(&g.tables, yh_cstr(scheme), &g.scheme, &err);
    g.region = yh_cstr(scheme ? NULL : region);
    if (!bad && region && !scheme)
        bad = load_region(&g, &err);
    if (!bad && weights)
        bad = read_weights(&g, weights, &err);
    if (!bad && g.what_if)
        bad = read_bounds(&g, &err);
    if (!bad && g.explain)
        bad = yh_casemix_names(g.tables.cm, &err);
    int code = bad ? yh_cli_error(NULL, &err)
                   : run(&g, file, books.data ? &books : NULL, threads[0] - '0');
    yh_tables_close(&g.tables);
    return code;
}
