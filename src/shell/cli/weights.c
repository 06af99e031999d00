/* shell/cli/weights.c -- yiheng weights: a scheme's numbers from history, and a draft replayed. */
#include <stdio.h>

#include "shell/casemix/history.h"
#include "shell/casemix/sheet.h"
#include "shell/casemix/tables.h"
#include "shell/cli/cli.h"
#include "shell/file/file.h"

#define USAGE                                                                                               \
    "weights --scheme 名称 [选项] 历史病例文件|-\n"                                               \
    "      yiheng weights replay --scheme 名称 --weights 表 --rate 元 [--scheme2 名称 "               \
    "--weights2 表 --rate2 元] 文件\n"                                                                  \
    "  文件须有 cost 列；有 hospital、discharge_day 列时给出机构对照和年份加权\n"      \
    "  --years 2023:1,2024:2,2025:7   各年权重，未列的年份不进均值；缺省各年相同\n"    \
    "  --trim none|sd:3|ratio:0.3:3|iqr   裁剪，缺省 sd:3（组均值加减 3 倍标准差）\n"       \
    "  --stable 5:1      稳定组的最少病例数和最大变异系数（缺省 5:1）\n"                \
    "  --fund 元 --ratio 0.7   算费率：基金 ÷ 支付比例 ÷ 总权重\n"                          \
    "  --from 日期       权重表的生效日\n"                                                         \
    "  --out 目录 --xlsx 文件   结果写成 TSV 与工作簿；缺省把权重表写到标准输出\n" \
    "  --catalogs 目录"

struct options {
    const char *scheme, *weights, *rate, *scheme2, *weights2, *rate2, *years, *trim, *stable,
        *fund, *ratio, *from, *out, *xlsx, *catalogs, *file;
};

static bool option(struct options *o, int *i, int argc, char **argv)
{
    const struct {
        const char *name, **value;
    } OPTION[] = { { "--scheme", &o->scheme },    { "--scheme2", &o->scheme2 },
                   { "--weights", &o->weights },  { "--weights2", &o->weights2 },
                   { "--rate", &o->rate },        { "--rate2", &o->rate2 },
                   { "--years", &o->years },      { "--trim", &o->trim },
                   { "--stable", &o->stable },    { "--fund", &o->fund },
                   { "--ratio", &o->ratio },      { "--from", &o->from },
                   { "--out", &o->out },          { "--xlsx", &o->xlsx },
                   { "--catalogs", &o->catalogs } };
    for (int k = 0; k < YH_COUNT(OPTION); k++)
        if (yh_cli_option(i, argc, argv, OPTION[k].name, OPTION[k].value))
            return *OPTION[k].value != NULL;
    if (o->file || (argv[*i][0] == '-' && argv[*i][1]))
        return false;
    o->file = argv[*i];
    return true;
}

static bool parse_trim(yh_str s, struct yh_weights_rules *r)
{
    yh_str kind = yh_cut(&s, ':');
    int64_t k = 30;
    if (yh_eq(kind, YH_S("none")) && !s.p)
        r->trim = YH_TRIM_NONE;
    else if (yh_eq(kind, YH_S("iqr")) && !s.p)
        r->trim = YH_TRIM_IQR;
    else if (yh_eq(kind, YH_S("sd")) && (!s.p || yh_dec_parse(s, 1, &k, NULL) == YH_OK))
        r->trim = YH_TRIM_SD;
    else if (yh_eq(kind, YH_S("ratio"))) {
        yh_str low = yh_cut(&s, ':');
        r->trim = YH_TRIM_RATIO;
        return !yh_dec_parse(low, 6, &r->low, NULL) && !yh_dec_parse(s, 6, &r->high, NULL);
    } else
        return false;
    r->sd_tenths = (int)k;
    return k >= 1 && k <= 100;
}

static bool parse_stable(yh_str s, struct yh_weights_rules *r)
{
    yh_str cases = yh_cut(&s, ':');
    int64_t n;
    if (yh_int_parse(cases, &n, NULL) || n < 1 || n > 1000000 ||
        yh_dec_parse(s, 6, &r->stable_cv, NULL))
        return false;
    r->stable_cases = (int)n;
    return true;
}

static enum yh_status put_groups(struct yh_book *b, const struct yh_results *r,
                                 const struct yh_weights *w, yh_str from, struct yh_err *err)
{
    static const char *const WORD[] = { "空组", "不稳定", "稳定" };
    enum yh_status bad =
        yh_book_table(b, "weight", "权重",
                      "drg|weight|from|cases|kept|mean_cost|cv|mean_days|stability|name", err);
    if (bad)
        return bad;
    for (int i = 0; i < r->n; i++) {
        const struct yh_group_stat *g = &w->group[i];
        if (!r->drg[i])
            continue;
        yh_book_text(b, r->name[i].drg);
        if (g->kept)
            yh_book_number(b, g->weight, 6, 6);
        else
            yh_book_text(b, YH_S(""));
        yh_book_text(b, from);
        yh_book_number(b, g->cases, 0, 0);
        yh_book_number(b, g->kept, 0, 0);
        yh_book_number(b, g->mean, 2, 2);
        yh_book_number(b, g->cv, 6, 6);
        yh_book_number(b, g->mean_days, 6, 6);
        yh_book_text(b, yh_cstr(WORD[g->stability]));
        yh_book_text(b, r->title[i]);
        yh_book_end_row(b);
    }
    return YH_OK;
}

static void pair(struct yh_book *b, const char *key, yh_str value)
{
    yh_book_text(b, yh_cstr(key));
    yh_book_text(b, value);
    yh_book_end_row(b);
}

static void figure(struct yh_book *b, const char *key, int64_t v, int scale)
{
    yh_book_text(b, yh_cstr(key));
    yh_book_number(b, v, scale, scale);
    yh_book_end_row(b);
}

static enum yh_status put_summary(struct yh_book *b, const struct yh_scheme *s,
                                  const struct options *o, const struct yh_history *h,
                                  const struct yh_weights *w, yh_fen rate, struct yh_err *err)
{
    enum yh_status bad = yh_book_table(b, "summary", "总览", "item|value", err);
    if (bad)
        return bad;
    pair(b, "scheme", s->name);
    pair(b, "label", s->label);
    pair(b, "from", yh_cstr(o->from));
    pair(b, "years", o->years ? yh_cstr(o->years) : YH_S("各年相同"));
    pair(b, "trim", yh_cstr(o->trim ? o->trim : "sd:3"));
    pair(b, "stable", yh_cstr(o->stable ? o->stable : "5:1"));
    figure(b, "bad_rows", h->bad, 0);
    figure(b, "cases", w->cases, 0);
    figure(b, "grouped", w->grouped, 0);
    figure(b, "kept", w->kept, 0);
    figure(b, "mean_cost", w->mean, 2);
    figure(b, "total_weight", w->weight, 6);
    figure(b, "cmi", w->cmi, 6);
    figure(b, "riv", w->riv, 6);
    figure(b, "stable_groups", w->stable, 0);
    figure(b, "unstable_groups", w->unstable, 0);
    figure(b, "empty_groups", w->empty, 0);
    if (rate >= 0)
        figure(b, "base_rate", rate, 2);
    return YH_OK;
}

static enum yh_status put_hospitals(struct yh_book *b, const struct yh_history *h,
                                    const struct yh_results *r, const struct yh_weights *w,
                                    struct yh_err *err)
{
    enum yh_status bad = yh_book_table(
        b, "hospital", "机构",
        "hospital|cases|grouped|groups|cost|total_weight|cmi|cost_index|time_index", err);
    for (int i = 0; i < h->nhospital && !bad; i++) {
        const struct yh_hospital_stat *s = &w->hospital[i];
        yh_book_text(b, h->hospital[i]);
        yh_book_number(b, s->cases, 0, 0);
        yh_book_number(b, s->grouped, 0, 0);
        yh_book_number(b, s->groups, 0, 0);
        yh_book_number(b, s->cost, 2, 2);
        yh_book_number(b, s->weight, 6, 6);
        yh_book_number(b, s->cmi, 6, 6);
        yh_book_number(b, s->cost_index, 6, 6);
        yh_book_number(b, s->time_index, 6, 6);
        yh_book_end_row(b);
    }
    if (!bad)
        bad = yh_book_table(b, "benchmark", "机构与组",
                            "hospital|drg|cases|mean_cost|group_mean|ratio", err);
    for (int i = 0; i < w->nbenchmark && !bad; i++) {
        const struct yh_benchmark *m = &w->benchmark[i];
        yh_book_text(b, h->hospital[m->hospital]);
        yh_book_text(b, r->name[m->group].drg);
        yh_book_number(b, m->cases, 0, 0);
        yh_book_number(b, m->mean, 2, 2);
        yh_book_number(b, m->group_mean, 2, 2);
        yh_book_number(b, m->ratio, 6, 6);
        yh_book_end_row(b);
    }
    return bad;
}

static int build(const struct options *o, struct yh_tables *t)
{
    struct yh_err err;
    struct yh_years years = { .n = 0 };
    struct yh_weights_rules rules = {
        .trim = YH_TRIM_SD, .sd_tenths = 30, .stable_cases = 5, .stable_cv = YH_ONE
    };
    yh_fen fund = -1;
    yh_micro ratio = YH_ONE;
    yh_day from;
    if (o->trim && !parse_trim(yh_cstr(o->trim), &rules))
        return yh_cli_wrong("--trim", o->trim, " none、sd:3、ratio:0.3:3 或 iqr");
    if (o->stable && !parse_stable(yh_cstr(o->stable), &rules))
        return yh_cli_wrong("--stable", o->stable, "“最少病例数:最大变异系数”，如 5:1");
    if (o->from && yh_day_parse(yh_cstr(o->from), &from, &err))
        return yh_cli_wrong("--from", o->from, "日期，如 2026-01-01");
    if (o->fund && yh_fen_parse(yh_cstr(o->fund), &fund, &err))
        return yh_cli_wrong("--fund", o->fund, "金额（元），至多两位小数");
    if (o->ratio &&
        (yh_dec_parse(yh_cstr(o->ratio), 6, &ratio, &err) || ratio <= 0 || ratio > YH_ONE))
        return yh_cli_wrong("--ratio", o->ratio, "大于 0、不超过 1 的数，如 0.7");
    const struct yh_scheme *s;
    struct yh_results results;
    struct yh_history h = { 0 };
    struct yh_weights w;
    struct yh_book book;
    enum yh_status bad = o->years ? yh_years_parse(yh_cstr(o->years), &years, &err) : YH_OK;
    if (!bad)
        bad = yh_tables_scheme(t, yh_cstr(o->scheme), &s, &err);
    if (!bad) {
        yh_results_of(s, &t->arena, &results);
        bad = yh_history_read(s, &results, o->file, &years, &t->arena, &h, &err);
    }
    if (!bad)
        bad = yh_weights_build(h.past, h.n, &results, h.nhospital, &rules, &t->arena,
                               t->scratch, &w, &err);
    yh_fen rate = !bad && fund >= 0 && w.weight > 0 ? yh_base_rate(fund, ratio, w.weight) : -1;
    if (!bad)
        bad = yh_book_open(&book, &t->arena, o->out, o->xlsx, &err);
    if (!bad) {
        bad = put_groups(&book, &results, &w, yh_cstr(o->from), &err);
        if (!bad)
            bad = put_summary(&book, s, o, &h, &w, rate, &err);
        if (!bad)
            bad = put_hospitals(&book, &h, &results, &w, &err);
        struct yh_err last;
        enum yh_status closing = yh_book_close(&book, &last);
        if (!bad && closing)
            err = last, bad = closing;
    }
    yh_history_close(&h);
    return bad ? yh_cli_error(NULL, &err) : h.bad ? 1 : 0;
}

/* The weights of a table by result; -1 = not in the table or without one. */
static enum yh_status read_weights(struct yh_tables *t, const char *path,
                                   const struct yh_results *r, yh_micro **out,
                                   struct yh_err *err)
{
    static const char *const WANT[] = { "drg", "weight" };
    yh_str text;
    int col[2], more;
    struct yh_tsv *tsv = YH_NEW(&t->arena, struct yh_tsv, 1);
    enum yh_status bad = yh_file_read(&t->arena, path, (size_t)64 << 20, &text, err);
    if (!bad)
        bad = yh_tsv_open_with(tsv, text, WANT, 2, col, err);
    *out = YH_NEW(&t->arena, yh_micro, r->n);
    for (int i = 0; i < r->n; i++)
        (*out)[i] = -1;
    while (!bad && (more = yh_tsv_next(tsv, err)) != 0) {
        yh_micro v;
        yh_str cell = more > 0 ? tsv->cell[col[1]] : YH_S("");
        if (more < 0 || (cell.n && (yh_dec_parse(cell, 6, &v, NULL) || v < 0)))
            return yh_fail_at(err, YH_BAD_TABLE, tsv->line, 0,
                              "%s 第 %d 行：权重应为至多六位小数", path, tsv->line);
        for (int i = 0; i < r->n && cell.n; i++)
            if (yh_eq(r->name[i].drg, tsv->cell[col[0]]))
                (*out)[i] = v;
    }
    return bad;
}

/* What each hospital would be paid under one scheme, its weights and its rate. */
struct replayed {
    struct yh_history h;
    int64_t *priced; /* cases with a weight */
    yh_micro *weight;
    yh_fen *cost, *pay; /* of the priced cases */
};

static enum yh_status replay_one(struct yh_tables *t, const struct options *o,
                                 const char *scheme, const char *table, const char *rate_text,
                                 struct replayed *out, struct yh_err *err)
{
    const struct yh_scheme *s;
    struct yh_results r;
    struct yh_years years = { .n = 0 };
    yh_micro *weight;
    yh_fen rate;
    enum yh_status bad = yh_fen_parse(yh_cstr(rate_text), &rate, err);
    if (!bad)
        bad = yh_tables_scheme(t, yh_cstr(scheme), &s, err);
    if (bad)
        return bad;
    yh_results_of(s, &t->arena, &r);
    bad = read_weights(t, table, &r, &weight, err);
    if (!bad)
        bad = yh_history_read(s, &r, o->file, &years, &t->arena, &out->h, err);
    if (bad)
        return bad;
    out->priced = YH_NEW(&t->arena, int64_t, out->h.nhospital);
    out->weight = YH_NEW(&t->arena, yh_micro, out->h.nhospital);
    out->cost = YH_NEW(&t->arena, yh_fen, out->h.nhospital);
    out->pay = YH_NEW(&t->arena, yh_fen, out->h.nhospital);
    for (int64_t i = 0; i < out->h.n; i++) {
        const struct yh_past *c = &out->h.past[i];
        if (weight[c->group] < 0)
            continue;
        out->priced[c->hospital]++;
        out->weight[c->hospital] += weight[c->group];
        out->cost[c->hospital] += c->cost;
        /* Each case is paid by itself, so each is rounded by itself. */
        out->pay[c->hospital] += yh_fen_scale(rate, weight[c->group], YH_ROUND_HALF_UP);
    }
    return YH_OK;
}

static int replay(const struct options *o, struct yh_tables *t)
{
    struct yh_err err;
    struct replayed a = { 0 }, b = { 0 };
    struct yh_book book;
    bool two = o->weights2;
    enum yh_status bad = replay_one(t, o, o->scheme, o->weights, o->rate, &a, &err);
    if (!bad && two)
        bad = replay_one(t, o, o->scheme2 ? o->scheme2 : o->scheme, o->weights2,
                         o->rate2 ? o->rate2 : o->rate, &b, &err);
    if (!bad)
        bad = yh_book_open(&book, &t->arena, o->out, o->xlsx, &err);
    if (!bad) {
        bad = yh_book_table(
            &book, "replay", "逐家重放",
            two ? "hospital|priced|cost|weight|pay|priced2|weight2|pay2|difference"
                : "hospital|priced|cost|weight|pay",
            &err);
        for (int i = 0; i < a.h.nhospital && !bad; i++) {
            yh_book_text(&book, a.h.hospital[i]);
            yh_book_number(&book, a.priced[i], 0, 0);
            yh_book_number(&book, a.cost[i], 2, 2);
            yh_book_number(&book, a.weight[i], 6, 6);
            yh_book_number(&book, a.pay[i], 2, 2);
            if (two) {
                yh_book_number(&book, b.priced[i], 0, 0);
                yh_book_number(&book, b.weight[i], 6, 6);
                yh_book_number(&book, b.pay[i], 2, 2);
                yh_book_number(&book, b.pay[i] - a.pay[i], 2, 2);
            }
            yh_book_end_row(&book);
        }
        struct yh_err last;
        enum yh_status closing = yh_book_close(&book, &last);
        if (!bad && closing)
            err = last, bad = closing;
    }
    yh_history_close(&a.h);
    yh_history_close(&b.h);
    return bad ? yh_cli_error(NULL, &err) : a.h.bad ? 1 : 0;
}

int yh_cmd_weights(int argc, char **argv)
{
    struct options o = { 0 };
    bool replaying = argc > 1 && !strcmp(argv[1], "replay");
    for (int i = replaying ? 2 : 1; i < argc; i++)
        if (!option(&o, &i, argc, argv))
            return yh_cli_usage(USAGE, argc, argv);
    if (!o.scheme || !o.file ||
        (replaying && (!o.weights || !o.rate || (o.weights2 && !strcmp(o.file, "-")))))
        return yh_cli_usage(USAGE, argc, argv);
    struct yh_tables t;
    struct yh_err err;
    if (yh_tables_open(&t, o.catalogs, &err))
        return yh_cli_error(NULL, &err);
    int code = replaying ? replay(&o, &t) : build(&o, &t);
    yh_tables_close(&t);
    return code;
}
