/* shell/cli/policy_table.c -- yiheng policy table: what is known of each place, how far it may be
 * trusted, and whether it is in force on a day.  Markdown, for docs/policies.md and for officers. */
#include <stdio.h>

#include "model/region/region.h"
#include "service/cases/cases.h"
#include "shell/catalogs/catalogs.h"
#include "shell/cli/cli.h"
#include "shell/file/file.h"
#include "shell/policies/policies.h"

#define USAGE                                                                                                           \
    "policy table --on 日期 [文件或目录…]   各地各险种：知道什么、凭什么、当日是否生效\n" \
    "  --catalogs 目录   代码表的位置"

struct sheet {
    struct yh_policies p;
    struct yh_arena *a;
    struct yh_regions regions;
    struct yh_buf out;
    yh_day on;
    int known, force, drafts, missing, dated; /* documents, by what the last column says */
};

static yh_str scheme_word(yh_str scheme)
{
    static const char *const WORD[][2] = {
        { "310", "职工" }, { "320", "公务员" }, { "350", "优抚" }, { "390", "居民" },
        { "392", "大病" }, { "510", "生育" },   { "610", "救助" },
    };
    for (int i = 0; i < YH_COUNT(WORD); i++)
        if (yh_eq(scheme, yh_cstr(WORD[i][0])))
            return yh_cstr(WORD[i][1]);
    return scheme;
}

static yh_str region_name(const struct sheet *s, yh_str code)
{
    uint32_t n;
    const struct yh_region *r = NULL;
    if (yh_eq(code, YH_S("000000")))
        return YH_S("国家框架（示例）");
    if (!yh_region_code(code, &n, NULL))
        r = yh_region_get(&s->regions, n, YH_REGION_POOL, s->on);
    return r ? r->name : code;
}

/* The last part of the path, and the folder before it. */
static yh_str short_name(yh_str name)
{
    ptrdiff_t at = name.n, slashes = 0;
    while (at > 0 && (name.p[at - 1] != '/' || ++slashes < 2))
        at--;
    return yh_sub(name, at, name.n);
}

/* "官方 2、第三方 5": clauses by standing. */
static void put_standings(struct sheet *s, const struct yh_policy_doc *d)
{
    int n[YH_STANDING_COUNT] = { 0 };
    const char *comma = "";
    for (int i = 0; i < d->nclause; i++) {
        bool says = false;
        for (int k = 0; k < d->nstmt; k++)
            says |= d->stmt[k].clause == i;
        n[d->clause[i].standing] += says;
    }
    for (int k = 0; k < YH_STANDING_COUNT; k++)
        if (n[k]) {
            yh_putf(&s->out, "%s%.*s %d", comma, YH_ARG(yh_standing_text(k)), n[k]);
            comma = "、";
        }
    if (!*comma)
        yh_put(&s->out, yh_standing_text(d->standing));
}

/* The layers that the page itself speaks of; an amendment or a page without one: what it includes. */
static void put_layers(struct sheet *s, const struct yh_policy_doc *d)
{
    const char *comma = "";
    for (int i = 0; i < d->nstmt; i++) {
        yh_str g = d->stmt[i].group;
        bool seen = !g.n;
        for (int k = 0; k < i && !seen; k++)
            seen = yh_eq(d->stmt[k].group, g);
        if (!seen) {
            yh_putf(&s->out, "%s%.*s", comma, YH_ARG(g));
            comma = "、";
        }
    }
    for (int i = 0; i < d->ninclude; i++) {
        yh_putf(&s->out, "%s含 %.*s", comma, YH_ARG(d->include[i]));
        comma = "、";
    }
    for (int i = 0; i < d->nstmt && !*comma; i++)
        if (yh_eq(d->stmt[i].word, YH_S("params"))) {
            yh_put(&s->out, yh_trim(d->stmt[i].args));
            comma = "、";
        }
}

/* "不生效：缺 440600/392-2023.md 第 14、23 行" */
static void put_missing(struct sheet *s, const struct yh_findings *f)
{
    yh_str doc = { NULL, 0 };
    int line = 0;
    yh_putz(&s->out, "不生效：缺 ");
    for (int i = 0; i < f->n; i++) {
        const struct yh_finding *x = &f->item[i];
        if (x->severity != YH_MISSING || (yh_eq(doc, x->doc) && line == x->line))
            continue;
        if (!yh_eq(doc, x->doc))
            yh_putf(&s->out, "%s%.*s 第 %d", doc.n ? " 行；" : "", YH_ARG(short_name(x->doc)),
                    x->line);
        else
            yh_putf(&s->out, "、%d", x->line);
        doc = x->doc;
        line = x->line;
    }
    yh_putz(&s->out, " 行");
}

static void put_state(struct sheet *s, int doc)
{
    const struct yh_policy_doc *d = &s->p.set.doc[doc];
    struct yh_findings *f = YH_NEW(s->a, struct yh_findings, 1);
    struct yh_plan *plan;
    struct yh_err err;
    if (d->standing == YH_DRAFT) {
        yh_putz(&s->out, "草案");
        s->drafts++;
        return;
    }
    if (!yh_in_period(d->period, s->on)) {
        yh_putz(&s->out, s->on < d->period.from ? "未到期" : "已过期");
        s->dated++;
        return;
    }
    enum yh_status bad = yh_policy_compile(s->a, &s->p.set, d->region, d->scheme, s->on,
                                           (struct yh_policy_how){ 0 }, &plan, f, &err);
    if (!bad) {
        yh_putz(&s->out, "生效");
        s->force++;
    } else if (f->count[YH_MISSING]) {
        yh_findings_sort(f);
        put_missing(s, f);
        s->missing++;
    } else {
        yh_putz(&s->out, "不生效：有错误");
        s->dated++;
    }
}

static int count_cases(const struct yh_policy_doc *d)
{
    int n = 0;
    for (int i = 0; i < d->ncases; i++)
        n += yh_max(0, d->cases[i].nrow - 1);
    return n;
}

static void put_doc(struct sheet *s, int doc)
{
    const struct yh_policy_doc *d = &s->p.set.doc[doc];
    char day[16];
    yh_putf(&s->out, "| %.*s%s | [%.*s](../policy/%.*s) | ", YH_ARG(scheme_word(d->scheme)),
            d->amends.n ? "（修订）" : "", YH_ARG(d->title), YH_ARG(short_name(d->name)));
    yh_put(&s->out, yh_day_text(day, d->period.from));
    yh_putz(&s->out, " 起");
    if (d->period.to != YH_DAY_MAX)
        yh_putf(&s->out, "，%.*s 止", YH_ARG(yh_day_text(day, d->period.to - 1)));
    yh_putz(&s->out, " | ");
    put_standings(s, d);
    yh_putz(&s->out, " | ");
    put_layers(s, d);
    yh_putf(&s->out, " | %d | ", count_cases(d));
    put_state(s, doc);
    yh_putz(&s->out, " |\n");
    s->known++;
}

/* Documents by region, scheme, first day; amendments behind what they amend. */
static int order(const struct yh_policy_doc *a, const struct yh_policy_doc *b)
{
    int c = yh_cmp(a->region, b->region);
    c = c ? c : yh_cmp(a->scheme, b->scheme);
    c = c ? c : (a->amends.n > 0) - (b->amends.n > 0);
    c = c ? c : (a->period.from > b->period.from) - (a->period.from < b->period.from);
    return c ? c : yh_cmp(a->name, b->name);
}

static void put_table(struct sheet *s)
{
    int *at = YH_NEW(s->a, int, s->p.nasked);
    for (int i = 0; i < s->p.nasked; i++) {
        int k = i;
        for (; k > 0 && order(&s->p.set.doc[at[k - 1]], &s->p.set.doc[i]) > 0; k--)
            at[k] = at[k - 1];
        at[k] = i;
    }
    yh_str region = { NULL, 0 };
    char day[16];
    yh_str on = yh_dup(s->a, yh_day_text(day, s->on));
    for (int i = 0; i < s->p.nasked; i++) {
        const struct yh_policy_doc *d = &s->p.set.doc[at[i]];
        if (!yh_eq(region, d->region))
            yh_putf(&s->out,
                    "%s## %.*s %.*s\n\n| 险种 | 文件 | 期间 | 各条的依据 | 写了什么 | 算例 | "
                    "%.*s |\n| --- | --- | --- | --- | --- | --- | --- |\n",
                    i ? "\n" : "", YH_ARG(d->region), YH_ARG(region_name(s, d->region)),
                    YH_ARG(on));
        region = d->region;
        put_doc(s, at[i]);
    }
    yh_putf(&s->out, "\n%d 份文件，%.*s：生效 %d，缺参数而不生效 %d，草案 %d，不在期间 %d。\n",
            s->known, YH_ARG(on), s->force, s->missing, s->drafts, s->dated);
}

static enum yh_status read_regions(struct sheet *s, const char *catalogs, struct yh_err *err)
{
    const char *dir = yh_catalogs_dir(s->a, catalogs);
    yh_str text;
    enum yh_status bad = yh_file_read(s->a, yh_zdup(s->a, yh_fmt(s->a, "%s/regions.tsv", dir)),
                                      (size_t)16 << 20, &text, err);
    return bad ? bad : yh_regions_load(text, s->a, &s->regions, err);
}

int yh_cli_policy_table(int argc, char **argv)
{
    const char *catalogs = NULL, *on = NULL;
    char *path[64];
    int n = 0;
    for (int i = 2; i < argc; i++) {
        if (yh_cli_option(&i, argc, argv, "--catalogs", &catalogs) ||
            yh_cli_option(&i, argc, argv, "--on", &on))
            continue;
        if (argv[i][0] == '-' || n == YH_COUNT(path))
            return yh_cli_usage(USAGE, argc, argv);
        path[n++] = argv[i];
    }
    struct sheet s = { .known = 0 };
    struct yh_err err = { 0 };
    if (!on || yh_day_parse(yh_cstr(on), &s.on, NULL))
        return yh_cli_usage(USAGE, argc, argv);
    if (yh_policies_open(catalogs, path, n, &s.p, &err))
        return yh_cli_error(err.field[0] ? err.field : NULL, &err);
    s.a = &s.p.arena;
    s.out = yh_buf_in(s.a);
    int code = 0;
    if (read_regions(&s, catalogs, &err)) {
        code = yh_cli_error(err.field[0] ? err.field : NULL, &err);
    } else {
        put_table(&s);
        yh_str t = yh_buf_str(&s.out);
        code = fwrite(t.p, 1, (size_t)t.n, stdout) != (size_t)t.n || fflush(stdout);
    }
    yh_policies_close(&s.p);
    return code;
}
