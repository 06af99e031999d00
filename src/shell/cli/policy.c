/* shell/cli/policy.c -- yiheng policy check | list: the officer's tools. */
#include <stdio.h>
#include <unistd.h>

#include "service/cases/cases.h"
#include "shell/cli/cli.h"
#include "shell/policies/policies.h"

#define USAGE                                                                                                      \
    "policy check [文件或目录…]           检查；不写则检查 policy/ 下的全部文件\n"            \
    "      yiheng policy test  [文件或目录…]      运行算例，按来源计数\n"                         \
    "      yiheng policy show  地区 险种 --on 日期   当日有效的文本，每句注明出处；--drafts " \
    "连草案\n"                                                                                                  \
    "      yiheng policy diff  甲 [乙]            "                                                              \
    "两份文件有何不同；只写一份修订则与原文件比\n"                                            \
    "      yiheng policy list  [文件或目录…]      "                                                         \
    "地区、险种、标题、期间、依据状态，一行一份\n"                                            \
    "      yiheng policy table --on 日期          各地各险种知道什么、当日是否生效\n"            \
    "      yiheng policy handbook 地区 险种 --out 手册.html   "                                              \
    "给大家看的手册与计算器，一个文件\n"                                                           \
    "      yiheng policy log --data 目录          在网页上发布的文件，并核对摘要；--out 目录 " \
    "写出原文\n"                                                                                               \
    "      yiheng policy examples                 例子表的每一行都是通过的算例\n"                    \
    "  --catalogs 目录   代码表的位置\n"                                                                   \
    "  --json            每行一个 JSON 对象"

struct run {
    struct yh_policies p;
    const char *catalogs, *on, *region, *scheme;
    const char *a, *b; /* of diff */
    bool json, drafts;
    char *path[256];
    int npath;
};

static void put_finding(const struct yh_finding *x, bool json, struct yh_buf *out)
{
    if (json) {
        struct yh_jsonw w = yh_jsonw_on(out);
        yh_jw_object(&w);
        yh_jw_kv_str(&w, "severity", yh_severity_word(x->severity));
        yh_jw_kv_str(&w, "file", x->doc);
        yh_jw_kv_i64(&w, "line", x->line);
        yh_jw_kv_i64(&w, "column", x->col);
        yh_jw_kv_str(&w, "text", x->text);
        yh_jw_kv_str(&w, "cure", x->cure);
        yh_jw_end(&w, '}');
        yh_putc(out, '\n');
        return;
    }
    yh_putf(out, "%.*s:%d:%d: %.*s：%.*s —— %.*s\n", YH_ARG(x->doc), x->line, x->col,
            YH_ARG(yh_severity_word(x->severity)), YH_ARG(x->text), YH_ARG(x->cure));
}

static int flush(const struct yh_buf *out)
{
    yh_str s = yh_buf_str(out);
    return fwrite(s.p, 1, (size_t)s.n, stdout) != (size_t)s.n || fflush(stdout);
}

/* Compiles every document by itself and prints what was found. */
static int check(struct run *r)
{
    struct yh_arena *a = &r->p.arena;
    struct yh_buf out = yh_buf_in(a);
    int errors = 0, missing = 0, warnings = 0;
    struct yh_findings *all = YH_NEW(a, struct yh_findings, 1);
    *all = r->p.findings;
    for (int i = -1; i < r->p.nasked; i++) {
        struct yh_findings *f = i < 0 ? all : YH_NEW(a, struct yh_findings, 1);
        struct yh_plan *plan;
        struct yh_err err;
        if (i < 0)
            yh_policy_check_set(a, &r->p.set, f);
        else if (!r->p.set.doc[i].broken &&
                 !yh_policy_compile_doc(a, &r->p.set, i,
                                        (struct yh_policy_how){ .missing_ok = true }, &plan, f,
                                        &err))
            yh_policy_check_plan(a, plan, &r->p.set, f);
        yh_findings_sort(f);
        for (int k = 0; k < f->n; k++)
            put_finding(&f->item[k], r->json, &out);
        errors += f->count[YH_ERROR];
        missing += f->count[YH_MISSING];
        warnings += f->count[YH_WARN];
    }
    if (!r->json)
        yh_putf(&out, "%d 份文件：错误 %d，缺参数 %d（不得生效），警告 %d\n", r->p.nasked,
                errors, missing, warnings);
    return flush(&out) || errors > 0;
}

static void put_period(struct yh_buf *out, struct yh_period p)
{
    char day[16];
    yh_put(out, yh_day_text(day, p.from));
    yh_putc(out, '\t');
    if (p.to != YH_DAY_MAX)
        yh_put(out, yh_day_text(day, p.to));
}

static int list(struct run *r)
{
    struct yh_buf out = yh_buf_in(&r->p.arena);
    if (!r->json)
        yh_putz(&out, "#region\tscheme\ttitle\tfrom\tto\tstanding\tamends\tfile\n");
    for (int i = 0; i < r->p.nasked; i++) {
        const struct yh_policy_doc *d = &r->p.set.doc[i];
        if (r->json) {
            char day[16];
            struct yh_jsonw w = yh_jsonw_on(&out);
            yh_jw_object(&w);
            yh_jw_kv_str(&w, "region", d->region);
            yh_jw_kv_str(&w, "scheme", d->scheme);
            yh_jw_kv_str(&w, "title", d->title);
            yh_jw_kv_str(&w, "from", yh_day_text(day, d->period.from));
            yh_jw_kv_str(&w, "to",
                         d->period.to == YH_DAY_MAX ? YH_S("")
                                                    : yh_day_text(day, d->period.to));
            yh_jw_kv_str(&w, "standing", yh_standing_word(d->standing));
            yh_jw_kv_str(&w, "amends", d->amends);
            yh_jw_kv_str(&w, "file", d->name);
            yh_jw_end(&w, '}');
            yh_putc(&out, '\n');
            continue;
        }
        yh_putf(&out, "%.*s\t%.*s\t%.*s\t", YH_ARG(d->region), YH_ARG(d->scheme),
                YH_ARG(d->title));
        put_period(&out, d->period);
        yh_putf(&out, "\t%.*s\t%.*s\t%.*s\n", YH_ARG(yh_standing_word(d->standing)),
                YH_ARG(d->amends), YH_ARG(d->name));
    }
    return flush(&out);
}

static enum yh_status on_day(struct run *r, yh_day *out, struct yh_err *err)
{
    if (!r->on)
        return yh_fail(err, YH_BAD_INPUT, "写上 --on 日期，如 --on 2026-03-01");
    if (yh_day_parse(yh_cstr(r->on), out, NULL))
        return yh_fail(err, YH_BAD_INPUT, "--on “%s”不是日期，应写成 2026-03-01", r->on);
    return YH_OK;
}

/* The merged text of a region and scheme on a day. */
static int show(struct run *r)
{
    struct yh_buf out = yh_buf_in(&r->p.arena);
    struct yh_err err = { 0 };
    yh_day day;
    if (on_day(r, &day, &err)) {
        (void)yh_cli_error(NULL, &err);
        return 2;
    }
    if (yh_policy_show(&r->p.arena, &r->p.set, yh_cstr(r->region), yh_cstr(r->scheme), day,
                       r->drafts, &out, &err))
        return yh_cli_error(NULL, &err);
    return flush(&out);
}

/* Compiles the document named; for an amendment with `before`, what it amends as it was. */
static enum yh_status plan_of(struct run *r, const char *name, bool before,
                              struct yh_plan **out, yh_str *title, struct yh_err *err)
{
    struct yh_findings *f = YH_NEW(&r->p.arena, struct yh_findings, 1);
    struct yh_policy_how how = { .missing_ok = true };
    int doc = yh_policy_find(&r->p.set, yh_cstr(name));
    if (doc >= 0 && r->p.set.doc[doc].broken)
        return yh_fail(err, YH_BAD_TABLE, "「%s」有错误：先用 policy check", name);
    if (doc < 0)
        return yh_fail(err, YH_NOT_FOUND, "没有「%s」这份文件", name);
    const struct yh_policy_doc *d = &r->p.set.doc[doc];
    *title = d->title;
    if (before && !d->amends.n)
        return yh_fail(err, YH_BAD_INPUT,
                       "「%s」不是修订（没有 amends），要比较请再写一份文件：policy diff 甲 乙",
                       name);
    if (!before)
        return yh_policy_compile_doc(&r->p.arena, &r->p.set, doc, how, out, f, err);
    int base = yh_policy_find(&r->p.set, d->amends);
    if (base < 0)
        return yh_fail(err, YH_NOT_FOUND, "被修订的「%.*s」不在所给的文件里",
                       YH_ARG(d->amends));
    *title = r->p.set.doc[base].title;
    return yh_policy_compile(&r->p.arena, &r->p.set, d->region, d->scheme, d->period.from - 1,
                             how, out, f, err);
}

/* diff A B, or diff of one amendment against what it amends. */
static int diff(struct run *r)
{
    struct yh_buf out = yh_buf_in(&r->p.arena);
    struct yh_err err = { 0 };
    struct yh_plan *x, *y;
    yh_str from, to;
    if (plan_of(r, r->a, !r->b, &x, &from, &err) ||
        plan_of(r, r->b ? r->b : r->a, false, &y, &to, &err))
        return yh_cli_error(NULL, &err);
    yh_putf(&out, "%.*s → %.*s\n", YH_ARG(from), YH_ARG(to));
    int n = yh_policy_diff(&r->p.arena, x, y, &out);
    yh_putf(&out, n ? "共 %d 处\n" : "没有变化\n", n);
    return flush(&out);
}

static const char *const ORIGIN[YH_ORIGIN_N] = { "公布的", "第三方的", "推算的" };

static void put_fail(struct run *r, int doc, const struct yh_case_fail *x, struct yh_buf *out)
{
    int line, col;
    const struct yh_policy_doc *d = &r->p.set.doc[doc];
    yh_place(d->text, x->at, &line, &col);
    yh_putf(out, "%.*s:%d:%d: %.*s：写的是 %.*s，算出来是 %.*s\n", YH_ARG(d->name), line, col,
            YH_ARG(x->column), YH_ARG(x->want), YH_ARG(x->got));
}

/* Runs the cases of every document on the document's own plan. */
static int test(struct run *r)
{
    struct yh_arena *a = &r->p.arena;
    struct yh_buf out = yh_buf_in(a);
    int passed[YH_ORIGIN_N] = { 0 }, failed[YH_ORIGIN_N] = { 0 }, broken = 0, missing = 0;
    for (int i = 0; i < r->p.nasked; i++) {
        const struct yh_policy_doc *d = &r->p.set.doc[i];
        struct yh_findings *f = YH_NEW(a, struct yh_findings, 1);
        struct yh_plan *plan;
        struct yh_cases_run run;
        struct yh_err err;
        if (!d->ncases)
            continue;
        if (d->broken ||
            yh_policy_compile_doc(a, &r->p.set, i, (struct yh_policy_how){ .missing_ok = true },
                                  &plan, f, &err)) {
            yh_putf(&out, "%.*s:1:1: 文件有错误，算例没有运行：先用 policy check\n",
                    YH_ARG(d->name));
            broken++;
            continue;
        }
        missing += f->count[YH_MISSING] > 0;
        yh_cases_run(a, &r->p.set, i, plan, &run);
        for (int k = 0; k < run.nfail; k++)
            put_fail(r, i, &run.fail[k], &out);
        for (int o = 0; o < YH_ORIGIN_N; o++) {
            passed[o] += run.passed[o];
            failed[o] += run.failed[o];
        }
    }
    int bad = broken;
    yh_putz(&out, "算例：");
    for (int o = 0; o < YH_ORIGIN_N; o++) {
        yh_putf(&out, "%s%s %d 个通过", o ? "，" : "", ORIGIN[o], passed[o]);
        if (failed[o])
            yh_putf(&out, "、%d 个不符", failed[o]);
        bad += failed[o];
    }
    yh_putf(&out, "\n");
    if (missing)
        yh_putf(&out, "%d 份文件缺参数，算例按「限额不限、其余为零」试算；这些文件不得生效\n",
                missing);
    return flush(&out) || bad > 0;
}

/* A word that is no option: show's region and scheme, diff's documents, or a path. */
static void take_word(struct run *r, const char *what, char *word)
{
    bool page = !strcmp(what, "diff");
    const char **named[] = { &r->region, &r->scheme };
    if (page && (!r->a || !r->b)) {
        *(r->a ? &r->b : &r->a) = word;
        /* A page outside policy/ (a draft) is read too. */
        if (!access(word, R_OK))
            r->path[r->npath++] = word;
        return;
    }
    for (int i = 0; i < 2 && !strcmp(what, "show"); i++)
        if (!*named[i]) {
            *named[i] = word;
            return;
        }
    r->path[r->npath++] = word;
}

int yh_cmd_policy(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "examples"))
        return yh_cli_policy_examples(argc, argv);
    if (argc > 1 && !strcmp(argv[1], "handbook"))
        return yh_cli_policy_handbook(argc, argv);
    if (argc > 1 && !strcmp(argv[1], "log"))
        return yh_cli_policy_log(argc, argv);
    if (argc > 1 && !strcmp(argv[1], "table"))
        return yh_cli_policy_table(argc, argv);
    struct run *r = yh_heap(NULL, sizeof *r);
    memset(r, 0, sizeof *r);
    const char *what = argc > 1 ? argv[1] : "";
    int code = -1;
    for (int i = 2; i < argc && r->npath < YH_COUNT(r->path); i++) {
        if (yh_cli_option(&i, argc, argv, "--catalogs", &r->catalogs))
            continue;
        if (yh_cli_option(&i, argc, argv, "--on", &r->on))
            continue;
        if (!strcmp(argv[i], "--json"))
            r->json = true;
        else if (!strcmp(argv[i], "--drafts"))
            r->drafts = true;
        else if (argv[i][0] == '-')
            code = yh_cli_usage(USAGE, argc, argv);
        else
            take_word(r, what, argv[i]);
    }
    struct yh_err err = { 0 };
    static const struct {
        const char *word;
        int (*run)(struct run *);
    } WHAT[] = {
        { "check", check }, { "list", list }, { "test", test },
        { "show", show },   { "diff", diff },
    };
    int at = 0;
    while (at < YH_COUNT(WHAT) && strcmp(what, WHAT[at].word))
        at++;
    bool lacking = at == YH_COUNT(WHAT) ||
                   (WHAT[at].run == show && (!r->region || !r->scheme)) ||
                   (WHAT[at].run == diff && !r->a);
    if (code < 0 && lacking)
        code = yh_cli_usage(USAGE, argc, argv);
    if (code < 0 && (!strcmp(what, "diff") ? yh_policies_open_beside : yh_policies_open)(
                        r->catalogs, r->path, r->npath, &r->p, &err))
        code = yh_cli_error(err.field[0] ? err.field : NULL, &err);
    if (code < 0)
        code = WHAT[at].run(r);
    yh_policies_close(&r->p);
    yh_heap(r, 0);
    return code;
}
