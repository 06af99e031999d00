/* shell/cli/policy_examples.c -- yiheng policy examples: every example is a case that holds. */
#include <stdio.h>

#include "service/cases/examples.h"
#include "shell/cli/cli.h"
#include "shell/file/file.h"
#include "shell/policies/policies.h"

#define USAGE                                                                                         \
    "policy examples [目录]   核对例子表：每个例子都是某份文件里通过的算例\n" \
    "  目录里要有 examples.tsv、examples-columns.tsv、examples-open.tsv\n"                     \
    "  --catalogs 目录   代码表的位置"

static enum yh_status read_table(struct yh_policies *p, yh_str dir, const char *name,
                                 yh_str *out, struct yh_err *err)
{
    const char *path = yh_zdup(&p->arena, yh_fmt(&p->arena, "%.*s/%s", YH_ARG(dir), name));
    return yh_file_read(&p->arena, path, (size_t)4 << 20, out, err);
}

static void collect(struct yh_policies *p, struct yh_case_done **done, int *n)
{
    int cap = 0;
    for (int i = 0; i < p->set.ndoc; i++) {
        struct yh_findings *f = YH_NEW(&p->arena, struct yh_findings, 1);
        struct yh_plan *plan;
        struct yh_cases_run run;
        struct yh_err err;
        if (p->set.doc[i].broken || !p->set.doc[i].ncases ||
            yh_policy_compile_doc(&p->arena, &p->set, i,
                                  (struct yh_policy_how){ .missing_ok = true }, &plan, f, &err))
            continue; /* `policy check` says what is wrong; its examples are then missed here */
        yh_cases_run(&p->arena, &p->set, i, plan, &run);
        for (int k = 0; k < run.ndone; k++)
            YH_PUSH(&p->arena, *done, *n, cap) = run.done[k];
    }
}

static int report(const struct yh_example_result *r)
{
    for (int i = 0; i < r->nfail; i++)
        printf("%.*s\n", YH_ARG(r->fail[i]));
    printf("例子 %d 个：通过 %d 个（其中 %d 个按两种读法之一），说不出来 %d 个，不合 %d 个\n",
           r->wanted, r->held, r->reading, r->cannot, r->wanted - r->held - r->cannot);
    return fflush(stdout) || r->nfail > 0 || !r->wanted;
}

int yh_cli_policy_examples(int argc, char **argv)
{
    const char *catalogs = NULL;
    char *dir = NULL;
    for (int i = 2; i < argc; i++) {
        if (yh_cli_option(&i, argc, argv, "--catalogs", &catalogs))
            continue;
        if (argv[i][0] == '-' || dir)
            return yh_cli_usage(USAGE, argc, argv);
        dir = argv[i];
    }
    struct yh_policies p;
    struct yh_err err = { 0 };
    if (yh_policies_open(catalogs, &dir, dir != NULL, &p, &err))
        return yh_cli_error(err.field[0] ? err.field : NULL, &err);
    struct yh_example_tables t;
    struct yh_example_result r;
    struct yh_case_done *done = NULL;
    int n = 0, code;
    yh_str at = yh_cstr(dir ? dir : p.dir);
    collect(&p, &done, &n);
    if (read_table(&p, at, "examples.tsv", &t.examples, &err) ||
        read_table(&p, at, "examples-columns.tsv", &t.rules, &err) ||
        read_table(&p, at, "examples-open.tsv", &t.open, &err) ||
        yh_examples_check(&p.arena, &p.set, done, n, &t, &r, &err))
        code = yh_cli_error(err.field[0] ? err.field : NULL, &err);
    else
        code = report(&r);
    yh_policies_close(&p);
    return code;
}
