/* shell/cli/policy_handbook.c -- yiheng policy handbook: a policy for everybody, as one HTML file. */
#include <stdio.h>
#include <time.h>
#include "shell/catalogs/catalogs.h"
#include "shell/cli/cli.h"
#include "shell/file/file.h"
#include "shell/handbook/handbook.h"
#include "shell/policies/policies.h"

static const char USAGE[] =
    "policy handbook 地区 险种 [--on 日期] --out 手册.html [--english] [--policy 目录] "
    "[--catalogs 目录]\n"
    "      yiheng policy handbook 草案.md --out 手册.html\n"
    "  一份给大家看的手册：各类就医付多少（每个数连到条文）、条文全文与依据状态、算一算。\n"
    "  只有一个文件，断网也能用；计算器就是结算的引擎（先 make wasm，没有就不附计算器）。\n"
    "  地区 险种         如 990100 390，按 --on 那一天（缺省今天）有效的文件\n"
    "  草案.md           按草案生效的第一天\n"
    "  --english         英文的手册：表与计算器用英文，条文仍是有效的中文原文";

struct asked {
    const char *catalogs, *policy, *on, *out, *word[2];
    int n;
    bool english;
};

static bool read_asked(int argc, char **argv, struct asked *q)
{
    for (int i = 2; i < argc; i++) {
        const char *v = NULL;
        if (yh_cli_option(&i, argc, argv, "--on", &q->on) ||
            yh_cli_option(&i, argc, argv, "--out", &q->out) ||
            yh_cli_option(&i, argc, argv, "--policy", &q->policy) ||
            yh_cli_option(&i, argc, argv, "--catalogs", &q->catalogs))
            continue;
        v = argv[i];
        if (yh_eq(yh_cstr(v), YH_S("--english"))) {
            q->english = true;
            continue;
        }
        if (v[0] == '-' || q->n == 2)
            return false;
        q->word[q->n++] = v;
    }
    return q->out && q->n;
}

static yh_day today(void)
{
    return yh_time_day((yh_time)time(NULL) + 8 * 3600);
}

static enum yh_status make(const struct asked *q, struct yh_policies *p, struct yh_buf *out,
                           struct yh_err *err)
{
    struct yh_arena *a = &p->arena;
    const struct yh_policy_set *set = &p->set;
    struct yh_findings *f = YH_NEW(a, struct yh_findings, 1);
    struct yh_plan *plan = NULL;
    struct yh_handbook h = { .set = set, .on = today(), .english = q->english };
    enum yh_status st = YH_OK;
    if (q->on && (st = yh_day_parse(yh_cstr(q->on), &h.on, err)) != YH_OK)
        return st;
    if (q->n == 1) { /* the first document that was asked for */
        if (!set->ndoc || set->doc[0].broken)
            return yh_fail(err, YH_BAD_TABLE, "%s 有错误；用 yiheng policy check 看",
                           q->word[0]);
        h.draft = set->doc[0].standing == YH_DRAFT;
        h.on = q->on ? h.on : set->doc[0].period.from;
        st = yh_policy_compile_doc(a, set, 0, (struct yh_policy_how){ .drafts = h.draft },
                                   &plan, f, err);
    } else {
        yh_str region = yh_cstr(q->word[0]), scheme = yh_cstr(q->word[1]);
        st = yh_policy_compile(a, set, region, scheme, h.on,
                               (struct yh_policy_how){ false, false }, &plan, f, err);
        for (int i = 0; st == YH_OK && i < set->ndoc; i++)
            if (!set->doc[i].amends.n && yh_eq(set->doc[i].id, plan->id))
                h.doc = i;
    }
    if (st)
        return st;
    h.plan = plan;
    h.region_name = plan->region;
    h.catalogs = q->catalogs ? q->catalogs : "catalogs";
    h.wasm = yh_handbook_wasm(a, h.catalogs);
    return yh_handbook_html(a, &h, out, err);
}

int yh_cli_policy_handbook(int argc, char **argv)
{
    struct asked q = { 0 };
    struct yh_err err = { 0 };
    struct yh_policies p;
    if (!read_asked(argc, argv, &q))
        return yh_cli_usage(USAGE, argc, argv);
    char *path[1] = { (char *)(uintptr_t)(q.n == 1 ? q.word[0] : q.policy) };
    if (yh_policies_open(q.catalogs, path, path[0] ? 1 : 0, &p, &err))
        return yh_cli_error(NULL, &err);
    struct yh_arena *a = &p.arena;
    struct yh_buf out = yh_buf_in(a);
    if (!q.catalogs)
        q.catalogs = yh_catalogs_dir(a, NULL);
    enum yh_status st = make(&q, &p, &out, &err);
    if (st == YH_OK)
        st = yh_file_write(q.out, yh_buf_str(&out), &err);
    if (st == YH_OK)
        printf("%s：%lld KB\n", q.out, (long long)(out.n >> 10));
    yh_policies_close(&p);
    return st ? yh_cli_error(NULL, &err) : 0;
}
