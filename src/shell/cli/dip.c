/* shell/cli/dip.c -- yiheng dip: form a catalogue, group by it, tell what moved. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/casemix/dip.h"
#include "shell/casemix/history.h"
#include "shell/casemix/sheet.h"
#include "shell/casemix/stream.h"
#include "shell/casemix/tables.h"
#include "shell/cli/cli.h"
#include "shell/file/file.h"

#define USAGE                                                                                                     \
    "dip build [--rules 目录] [--years 2023:1,2024:2,2025:7] --out 目录 [--xlsx 文件] "                     \
    "历史病例文件\n"                                                                                        \
    "      yiheng dip group --catalogue 目录 [--hospitals 系数表] [--rules 目录] [--explain] "             \
    "[文件|-]\n"                                                                                                \
    "      yiheng dip diff 旧目录 新目录 [--rules 目录]\n"                                                \
    "build 由历史病例形成病种目录、辅助目录和机构系数；group 给病例入组计分；diff " \
    "说明重建后什么变了。\n"                                                                            \
    "  --years 年:权,…    各年权重，未列的年份不用（缺省各年相同）\n"                     \
    "  --out、--xlsx     结果写成一个目录的 TSV、一本工作簿\n"                                    \
    "  --catalogue 目录  build 的结果\n"                                                                     \
    "  --hospitals 表    机构系数乘进分值（缺省都是 1）\n"                                         \
    "  --rules 目录      自己的规则表：须有 rules.tsv，没有的表取缺省的（缺省 "            \
    "catalogs/dip）\n"                                                                                           \
    "  --explain         每例的候选与选中的理由\n"                                                     \
    "病例文件的列同 yiheng group（docs/casemix-guide.md），build 还须有 cost 列。"

struct dip_files {
    struct yh_arena *arena;
    const char *dir, *common; /* common: for the files that dir has not; NULL = none */
};

static enum yh_status read_file(void *ctx, const char *path, yh_str *text, struct yh_err *err)
{
    struct dip_files *f = ctx;
    const char *whole = yh_zdup(f->arena, yh_fmt(f->arena, "%s/%s", f->dir, path));
    enum yh_status bad = yh_file_read(f->arena, whole, (size_t)256 << 20, text, err);
    if (bad != YH_NOT_FOUND || !f->common)
        return bad;
    whole = yh_zdup(f->arena, yh_fmt(f->arena, "%s/%s", f->common, path));
    return yh_file_read(f->arena, whole, (size_t)256 << 20, text, err);
}

/* Texts under numbers, as one thread meets them. */
struct numbers {
    struct yh_arena arena;
    struct yh_map map;
    yh_str *text;
    int n, cap;
};

static int32_t number(struct numbers *b, yh_str text)
{
    int32_t at = yh_map_get(&b->map, text, -1);
    if (at >= 0)
        return at;
    text = yh_dup(&b->arena, text);
    at = b->n;
    yh_map_add(&b->map, text, at);
    YH_PUSH(&b->arena, b->text, b->n, b->cap) = text;
    return at;
}

static int by_text(const void *a, const void *b)
{
    return yh_cmp(*(const yh_str *)a, *(const yh_str *)b);
}

/* One sorted list of both threads' texts; to[p][i] is the number of text i of part p. */
static yh_str *unite(struct numbers *part[2], struct yh_arena *a, int *n, int32_t *to[2])
{
    int all = part[0]->n + part[1]->n;
    yh_str *text = YH_NEW(a, yh_str, all);
    for (int p = 0, at = 0; p < 2; at += part[p++]->n)
        if (part[p]->n)
            memcpy(text + at, part[p]->text, (size_t)part[p]->n * sizeof *text);
    if (all)
        qsort(text, (size_t)all, sizeof *text, by_text);
    *n = 0;
    for (int i = 0; i < all; i++)
        if (i == 0 || !yh_eq(text[i], text[*n - 1]))
            text[(*n)++] = text[i];
    for (int p = 0; p < 2; p++) {
        to[p] = YH_NEW(a, int32_t, part[p]->n);
        for (int i = 0; i < part[p]->n; i++) {
            yh_str *at = bsearch(&part[p]->text[i], text, (size_t)*n, sizeof *text, by_text);
            to[p][i] = (int32_t)(at - text);
        }
    }
    return text;
}

struct gather {
    struct yh_case c;
    struct yh_dip_facts f;
    struct yh_dip_past *past;
    int64_t n, cap, left_out;
    struct numbers keys, hospitals;
};

struct dip_run {
    struct yh_arena arena, scratch;
    struct yh_dip_rules *rules;
    struct yh_dip_catalogue *catalogue; /* of group */
    struct yh_years years;
    struct yh_case_columns cols;
    bool json, explain;
    struct yh_map hospital; /* of --hospitals: name -> row of coefficient */
    yh_micro *coefficient;
    int nhospital;
    struct gather part[2];
};

static enum yh_status first_line(void *ctx, yh_str line, bool *used, struct yh_err *err)
{
    struct dip_run *r = ctx;
    r->json = yh_starts(yh_trim(line), YH_S("{"));
    *used = !r->json;
    return r->json ? YH_OK : yh_case_header(line, &r->cols, err);
}

static enum yh_status read_case(struct dip_run *r, struct gather *g, struct yh_arena *scratch,
                                yh_str line, struct yh_err *err)
{
    enum yh_status bad = r->json ? yh_case_json(scratch, line, &g->c, err)
                                 : yh_case_row(&r->cols, line, &g->c, err);
    if (!bad && g->c.cost > 100000000000)
        bad = yh_fail_field(err, YH_BAD_INPUT, "cost", NULL, "cost：超过十亿元");
    if (!bad)
        yh_dip_facts_of(r->rules, &g->c, &g->f);
    return bad;
}

static enum yh_status take(void *ctx, int worker, struct yh_arena scratch, yh_str line,
                           struct yh_buf *out, struct yh_err *err)
{
    struct dip_run *r = ctx;
    struct gather *g = &r->part[worker];
    (void)out;
    enum yh_status bad = read_case(r, g, &scratch, line, err);
    if (!bad && g->c.cost <= 0)
        bad = yh_fail_field(err, YH_BAD_INPUT, "cost", NULL, "cost：历史病例须有大于 0 的费用");
    if (bad)
        return bad;
    int32_t share = yh_years_share(&r->years, g->c.discharged);
    if (share == 0 || g->f.left_out) {
        g->left_out++;
        return YH_OK;
    }
    if (g->n == g->cap) {
        g->cap = g->cap ? 2 * g->cap : 65536;
        g->past = yh_heap(g->past, (size_t)g->cap * sizeof *g->past);
    }
    struct yh_buf text = yh_buf_in(&scratch);
    yh_put(&text, g->f.dx);
    yh_putc(&text, '\t');
    yh_dip_put_px(r->rules, &g->f, &text);
    struct yh_dip_past *p = &g->past[g->n++];
    *p = (struct yh_dip_past){ .cost = g->c.cost,
                               .key = number(&g->keys, yh_buf_str(&text)),
                               .hospital = number(&g->hospitals, g->c.hospital),
                               .share = (int16_t)share,
                               .cls = (uint8_t)g->f.cls };
    memcpy(p->band, g->f.band, sizeof p->band);
    return YH_OK;
}

static void put_points(const struct dip_run *r, const struct yh_dip_group *g,
                       const struct yh_dip_points *p, yh_str id, struct yh_buf *out)
{
    static const char *const WORD[] = { "正常", "偏低", "偏高", "特例", "空白" };
    char text[32];
    yh_put(out, id);
    yh_putc(out, '\t');
    yh_put(out, g->tcm >= 0   ? r->rules->tcm[g->tcm].code
                : g->row >= 0 ? r->catalogue->row[g->row].code
                              : r->rules->blank_code);
    yh_putc(out, '\t');
    yh_put(out, yh_dec_text(text, p->score, 4, 4));
    yh_putc(out, '\t');
    yh_putz(out, WORD[p->deviation]);
    yh_putc(out, '\t');
    yh_put(out, yh_dec_text(text, p->ratio, 6, 6));
    yh_putc(out, '\t');
    yh_put(out, yh_dec_text(text, p->coefficient, 6, 6));
    yh_putc(out, '\n');
}

static void explain(const struct dip_run *r, const struct gather *g,
                    const struct yh_dip_group *group, const struct yh_dip_points *p,
                    struct yh_buf *out)
{
    static const char *const KIND[] = { "核心病种", "基层病种", "综合病种" };
    static const char *const WHY[] = { "选中",
                                       "不及：核心先于基层先于综合",
                                       "不及：要求的操作较少",
                                       "不及：命中的操作较少",
                                       "不及：均费离本例费用较远（取决于账单）",
                                       "不及：治疗类别较弱",
                                       "不及：仅编码次序不同" };
    const struct yh_dip_facts *f = &g->f;
    char text[32];
    yh_putz(out, "  病例    ");
    yh_put(out, f->dx);
    yh_putf(out, "（%.*s）；起作用的操作 %d 个，最强类别 %.*s\n",
            YH_ARG(f->section < 0 ? YH_S("不在任何节") : r->rules->section[f->section].text),
            f->nop, YH_ARG(yh_dip_class_name(f->cls)));
    if (f->left_out)
        yh_putz(out, "  排除    主要诊断在排除列表\n");
    if (group->tcm >= 0)
        yh_putf(out, "  中医    %.*s，与 %.*s 同效同价\n",
                YH_ARG(r->rules->tcm[group->tcm].name),
                YH_ARG(r->rules->tcm[group->tcm].equals));
    for (int i = 0; i < group->ncandidate; i++) {
        const struct yh_dip_candidate *c = &group->candidate[i];
        const struct yh_dip_row *row = &r->catalogue->row[c->row];
        yh_putf(out, "  候选    %.*s（%s）：操作 %d 项、命中 %d 个，均费 %.*s，%s\n",
                YH_ARG(row->code), KIND[row->kind], c->parts, c->hits,
                YH_ARG(yh_dec_text(text, row->mean, 2, 2)), WHY[c->why]);
    }
    if (group->row < 0)
        yh_putz(out, "  结果    没有候选病种：空白病组\n");
    if (group->aux >= 0) {
        const struct yh_dip_aux *x = &r->catalogue->aux[group->aux];
        yh_putf(out, "  辅助    %.*s：%.*s，系数 %.*s%s\n",
                YH_ARG(yh_dip_dimension_name(x->dimension)),
                YH_ARG(r->rules->band[x->dimension][x->band].name),
                YH_ARG(yh_dec_text(text, x->coefficient, 6, 6)),
                p->deviation == YH_DIP_NORMAL ? "" : "（费用偏离，不用）");
    }
}

static enum yh_status group_line(void *ctx, int worker, struct yh_arena scratch, yh_str line,
                                 struct yh_buf *out, struct yh_err *err)
{
    struct dip_run *r = ctx;
    struct gather *g = &r->part[worker];
    enum yh_status bad = read_case(r, g, &scratch, line, err);
    if (bad)
        return bad;
    struct yh_dip_group group;
    struct yh_dip_points p;
    yh_dip_group(r->rules, r->catalogue, &g->f, g->c.cost, &group);
    int32_t at = r->nhospital ? yh_map_get(&r->hospital, g->c.hospital, -1) : -1;
    if (r->nhospital && at < 0)
        return yh_fail_field(err, YH_BAD_INPUT, "hospital", NULL,
                             "hospital：机构“%.*s”不在系数表里", YH_ARG(g->c.hospital));
    yh_dip_points(r->rules, r->catalogue, &group, g->c.cost,
                  at < 0 ? YH_ONE : r->coefficient[at], &p);
    put_points(r, &group, &p, g->c.id, out);
    if (r->explain)
        explain(r, g, &group, &p, out);
    return YH_OK;
}

static enum yh_status stream(struct dip_run *r, const char *file, yh_line_work *work,
                             int64_t *bad_rows, struct yh_err *err)
{
    bool standard = !file || !strcmp(file, "-");
    struct yh_stream s = { .out = 1,
                           .name = standard ? "标准输入" : file,
                           .threads = 2,
                           .progress = isatty(2),
                           .first = first_line,
                           .work = work,
                           .ctx = r };
    s.in = standard ? 0 : open(file, O_RDONLY | O_CLOEXEC);
    if (s.in < 0)
        return yh_fail(err, YH_NOT_FOUND, "打不开 %s", file);
    enum yh_status bad = yh_stream_run(&s, err);
    if (!standard)
        close(s.in);
    *bad_rows = s.bad;
    return bad;
}

static enum yh_status put_catalogue(struct yh_book *b, const struct yh_dip_built *d,
                                    struct yh_err *err)
{
    static const char *const KIND[] = { "core", "basic", "comprehensive" };
    const struct yh_dip_catalogue *c = &d->catalogue;
    enum yh_status bad =
        yh_book_table(b, "catalogue", "病种目录",
                      "code|kind|dx|px|class|cases|kept|mean_cost|cv|weight|score", err);
    for (int i = 0; i < c->nrow && !bad; i++) {
        const struct yh_dip_row *row = &c->row[i];
        yh_book_text(b, row->code);
        yh_book_text(b, yh_cstr(KIND[row->kind]));
        yh_book_text(b, row->dx);
        yh_book_text(b, row->px);
        yh_book_number(b, (int)row->cls, 0, 0);
        yh_book_number(b, row->cases, 0, 0);
        yh_book_number(b, row->kept, 0, 0);
        yh_book_number(b, row->mean, 2, 2);
        yh_book_number(b, row->cv, 6, 6);
        yh_book_number(b, row->weight, 6, 6);
        yh_book_number(b, row->score, 4, 4);
        yh_book_end_row(b);
    }
    if (!bad)
        bad = yh_book_table(b, "aux", "辅助目录",
                            "code|dimension|band|cases|mean_cost|coefficient", err);
    for (int i = 0; i < c->naux && !bad; i++) {
        const struct yh_dip_aux *x = &c->aux[i];
        yh_book_text(b, c->row[x->row].code);
        yh_book_text(b, yh_dip_dimension_word(x->dimension));
        yh_book_number(b, x->band, 0, 0);
        yh_book_number(b, x->cases, 0, 0);
        yh_book_number(b, x->mean, 2, 2);
        yh_book_number(b, x->coefficient, 6, 6);
        yh_book_end_row(b);
    }
    return bad;
}

static enum yh_status put_rest(struct yh_book *b, const struct yh_dip_built *d,
                               const yh_str *hospital, int nhospital, int64_t left_out,
                               int64_t bad_rows, struct yh_err *err)
{
    enum yh_status bad = yh_book_table(b, "hospital", "机构系数",
                                       "hospital|cases|cost|expected|coefficient", err);
    for (int i = 0; i < nhospital && !bad; i++) {
        yh_book_text(b, hospital[i]);
        yh_book_number(b, d->hospital[i].cases, 0, 0);
        yh_book_number(b, d->hospital[i].cost, 2, 2);
        yh_book_number(b, d->hospital[i].expected, 2, 2);
        yh_book_number(b, d->hospital[i].coefficient, 6, 6);
        yh_book_end_row(b);
    }
    if (!bad)
        bad = yh_book_table(b, "summary", "总览", "item|value", err);
    const struct {
        const char *item;
        int64_t v;
        int scale;
    } ROW[] = { { "mean_cost", d->catalogue.mean, 2 },
                { "cases", d->cases, 0 },
                { "core_cases", d->core, 0 },
                { "comprehensive_cases", d->comprehensive, 0 },
                { "trimmed_cases", d->trimmed, 0 },
                { "nowhere_cases", d->nowhere, 0 },
                { "left_out_cases", left_out, 0 },
                { "bad_rows", bad_rows, 0 },
                { "core_groups", d->catalogue.ncore, 0 },
                { "comprehensive_groups", d->catalogue.nrow - d->catalogue.ncore, 0 },
                { "aux_rows", d->catalogue.naux, 0 } };
    for (int i = 0; i < YH_COUNT(ROW) && !bad; i++) {
        yh_book_text(b, yh_cstr(ROW[i].item));
        yh_book_number(b, ROW[i].v, ROW[i].scale, ROW[i].scale);
        yh_book_end_row(b);
    }
    return bad;
}

/* Both threads' cases as one array under common numbers. */
static struct yh_dip_past *join(struct dip_run *r, int64_t *n, struct yh_dip_key **key,
                                int *nkey, yh_str **hospital, int *nhospital)
{
    struct gather *g = r->part;
    struct numbers *keys[2] = { &g[0].keys, &g[1].keys };
    struct numbers *hospitals[2] = { &g[0].hospitals, &g[1].hospitals };
    int32_t *to_key[2], *to_hospital[2];
    yh_str *text = unite(keys, &r->arena, nkey, to_key);
    *hospital = unite(hospitals, &r->arena, nhospital, to_hospital);
    for (int p = 0; p < 2; p++)
        for (int64_t i = 0; i < g[p].n; i++) {
            g[p].past[i].key = to_key[p][g[p].past[i].key];
            g[p].past[i].hospital = to_hospital[p][g[p].past[i].hospital];
        }
    *key = YH_NEW(&r->arena, struct yh_dip_key, *nkey);
    static struct yh_case c;
    static struct yh_dip_facts f;
    for (int i = 0; i < *nkey; i++) {
        yh_str px = text[i], dx = yh_cut(&px, '\t');
        c.ndx = 1;
        c.dx[0] = dx;
        yh_dip_facts_of(r->rules, &c, &f);
        (*key)[i] = (struct yh_dip_key){ .dx = dx, .px = px, .section = f.section };
    }
    *n = g[0].n + g[1].n;
    struct yh_dip_past *past = yh_heap(g[0].past, (size_t)(*n + 1) * sizeof *past);
    if (g[1].n)
        memcpy(past + g[0].n, g[1].past, (size_t)g[1].n * sizeof *past);
    g[0].past = past;
    return past;
}

static int build(struct dip_run *r, const char *file, const char *out, const char *xlsx)
{
    struct yh_err err;
    struct yh_book book;
    struct yh_dip_built d;
    struct yh_dip_key *key;
    yh_str *hospital;
    int nkey, nhospital;
    int64_t n, bad_rows = 0;
    enum yh_status bad = YH_OK;
    for (int p = 0; p < 2 && !bad; p++) {
        struct gather *g = &r->part[p];
        bad = yh_arena_open(&g->keys.arena, (size_t)4 << 30, &err);
        if (!bad)
            bad = yh_arena_open(&g->hospitals.arena, (size_t)64 << 20, &err);
        if (bad)
            break;
        g->keys.map = yh_map_in(&g->keys.arena, 65536);
        g->hospitals.map = yh_map_in(&g->hospitals.arena, 1024);
    }
    if (!bad)
        bad = stream(r, file, take, &bad_rows, &err);
    if (!bad) {
        struct yh_dip_past *past = join(r, &n, &key, &nkey, &hospital, &nhospital);
        bad = yh_dip_build(past, n, key, nkey, nhospital, r->rules, &r->arena, r->scratch, &d,
                           &err);
    }
    if (!bad)
        bad = yh_book_open(&book, &r->arena, out, xlsx, &err);
    if (!bad) {
        bad = put_catalogue(&book, &d, &err);
        if (!bad)
            bad = put_rest(&book, &d, hospital, nhospital,
                           r->part[0].left_out + r->part[1].left_out, bad_rows, &err);
        struct yh_err last;
        enum yh_status closing = yh_book_close(&book, &last);
        if (!bad && closing)
            err = last, bad = closing;
    }
    for (int p = 0; p < 2; p++) {
        if (r->part[p].past)
            yh_heap(r->part[p].past, 0);
        yh_arena_close(&r->part[p].keys.arena);
        yh_arena_close(&r->part[p].hospitals.arena);
    }
    return bad ? yh_cli_error(NULL, &err) : bad_rows ? 1 : 0;
}

static enum yh_status load_catalogue(struct dip_run *r, const char *dir,
                                     struct yh_dip_catalogue **out, struct yh_err *err)
{
    struct dip_files files = { &r->arena, dir };
    return yh_dip_catalogue_load(&r->arena, (struct yh_casemix_source){ &files, read_file },
                                 out, err);
}

/* A table with hospital and coefficient, as build writes hospital.tsv. */
static enum yh_status load_hospitals(struct dip_run *r, const char *path, struct yh_err *err)
{
    static const char *const WANT[] = { "hospital", "coefficient" };
    struct yh_tsv *t = YH_NEW(&r->arena, struct yh_tsv, 1);
    yh_str text;
    int col[2], more, cap = 0;
    enum yh_status bad = yh_file_read(&r->arena, path, (size_t)64 << 20, &text, err);
    if (!bad)
        bad = yh_tsv_open_with(t, text, WANT, 2, col, err);
    r->hospital = yh_map_in(&r->arena, 1024);
    while (!bad && (more = yh_tsv_next(t, err)) != 0) {
        yh_micro k;
        if (more < 0 || yh_dec_parse(t->cell[col[1]], 6, &k, NULL) || k <= 0 ||
            k > 10 * YH_ONE || !yh_map_add(&r->hospital, t->cell[col[0]], r->nhospital))
            return yh_fail_at(err, YH_BAD_TABLE, t->line, 0,
                              "%s 第 %d 行：应为没有重复的机构和 0 到 10 的系数", path,
                              t->line);
        YH_PUSH(&r->arena, r->coefficient, r->nhospital, cap) = k;
    }
    if (!bad && !r->nhospital)
        bad = yh_fail(err, YH_BAD_TABLE, "%s：没有一行机构系数", path);
    return bad;
}

static int group(struct dip_run *r, const char *dir, const char *hospitals, const char *file)
{
    struct yh_err err;
    int64_t bad_rows = 0;
    enum yh_status bad = load_catalogue(r, dir, &r->catalogue, &err);
    if (!bad && hospitals)
        bad = load_hospitals(r, hospitals, &err);
    if (!bad) {
        if (!r->explain)
            printf("#id\tdip\tscore\tdeviation\tratio\tcoefficient\n");
        fflush(stdout);
        bad = stream(r, file, group_line, &bad_rows, &err);
    }
    return bad ? yh_cli_error(NULL, &err) : bad_rows ? 1 : 0;
}

static int diff(struct dip_run *r, const char *was_dir, const char *is_dir)
{
    static const char *const WORD[] = { "新增", "取消", "分值变动", "不变" };
    struct yh_dip_catalogue *was, *is;
    struct yh_dip_diff *d;
    struct yh_err err;
    enum yh_status bad = load_catalogue(r, was_dir, &was, &err);
    if (!bad)
        bad = load_catalogue(r, is_dir, &is, &err);
    if (bad)
        return yh_cli_error(NULL, &err);
    int n = yh_dip_compare(r->rules, was, is, &r->arena, &d), same = 0;
    printf("#move\twas\tis\twas_cases\tis_cases\twas_score\tis_score\tchange\n");
    for (int i = 0; i < n; i++) {
        char a[32], b[32], change[32];
        const struct yh_dip_row *x = d[i].was >= 0 ? &was->row[d[i].was] : NULL;
        const struct yh_dip_row *y = d[i].is >= 0 ? &is->row[d[i].is] : NULL;
        if (d[i].move == YH_DIP_SAME) {
            same++;
            continue;
        }
        yh_str was_code = x ? x->code : r->rules->blank_code,
               is_code = y ? y->code : r->rules->blank_code;
        yh_str was_score = x ? yh_dec_text(a, x->score, 4, 4) : YH_S("");
        yh_str is_score = y ? yh_dec_text(b, y->score, 4, 4) : YH_S("");
        yh_str by = x && y ? yh_dec_text(change, d[i].change, 6, 6) : YH_S("");
        printf("%s\t%.*s\t%.*s\t%lld\t%lld\t%.*s\t%.*s\t%.*s\n", WORD[d[i].move],
               YH_ARG(was_code), YH_ARG(is_code), x ? (long long)x->cases : 0,
               y ? (long long)y->cases : 0, YH_ARG(was_score), YH_ARG(is_score), YH_ARG(by));
    }
    printf("# 共 %d 个病种，不变 %d 个\n", n, same);
    return fflush(stdout) ? 1 : 0;
}

int yh_cmd_dip(int argc, char **argv)
{
    static struct dip_run r;
    r = (struct dip_run){ .rules = NULL };
    const char *rules = NULL, *years = NULL, *out = NULL, *xlsx = NULL, *catalogue = NULL,
               *hospitals = NULL;
    const char *file[2] = { NULL, NULL };
    int nfile = 0;
    const char *verb = argc > 1 ? argv[1] : "";
    for (int i = 2; i < argc; i++) {
        if (yh_cli_option(&i, argc, argv, "--rules", &rules) ||
            yh_cli_option(&i, argc, argv, "--years", &years) ||
            yh_cli_option(&i, argc, argv, "--out", &out) ||
            yh_cli_option(&i, argc, argv, "--xlsx", &xlsx) ||
            yh_cli_option(&i, argc, argv, "--hospitals", &hospitals) ||
            yh_cli_option(&i, argc, argv, "--catalogue", &catalogue))
            continue;
        if (!strcmp(argv[i], "--explain"))
            r.explain = true;
        else if (nfile < 2 && (argv[i][0] != '-' || !argv[i][1]))
            file[nfile++] = argv[i];
        else
            return yh_cli_usage(USAGE, argc, argv);
    }
    bool building = !strcmp(verb, "build"), grouping = !strcmp(verb, "group"),
         comparing = !strcmp(verb, "diff");
    if ((!building && !grouping && !comparing) ||
        (building && (nfile != 1 || (!out && !xlsx))) ||
        (grouping && (!catalogue || nfile > 1)) || (comparing && nfile != 2))
        return yh_cli_usage(USAGE, argc, argv);
    struct yh_err err;
    enum yh_status bad = yh_arena_open(&r.arena, (size_t)8 << 30, &err);
    if (!bad)
        bad = yh_arena_open(&r.scratch, (size_t)4 << 30, &err);
    if (!bad && years)
        bad = yh_years_parse(yh_cstr(years), &r.years, &err);
    if (!bad) {
        /* A place writes the rule files that differ; the rest are the common ones. */
        const char *common = yh_tables_find(&r.arena, NULL, "dip", "rules.tsv");
        struct dip_files files = { &r.arena, rules ? rules : common, NULL };
        yh_str ignored;
        bad = read_file(&files, "rules.tsv", &ignored, &err);
        files.common = common;
        if (!bad)
            bad = yh_dip_rules_load(&r.arena, (struct yh_casemix_source){ &files, read_file },
                                    &r.rules, &err);
    }
    int code = bad        ? yh_cli_error(NULL, &err)
               : building ? build(&r, file[0], out, xlsx)
               : grouping ? group(&r, catalogue, hospitals, file[0])
                          : diff(&r, file[0], file[1]);
    yh_arena_close(&r.arena);
    yh_arena_close(&r.scratch);
    return code;
}
