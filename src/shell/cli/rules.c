/* shell/cli/rules.c -- yiheng rules: the monitoring rules, checked, listed, shown, tried. */
#include <stdio.h>

#include "engine/monitor/monitor.h"
#include "shell/cli/cli.h"
#include "shell/rules/rules.h"

#define USAGE                                                                                               \
    "rules check [文件或目录…]           检查规则文件；不写则检查 rules/ 下的全部\n" \
    "      yiheng rules list  [--skipped]        "                                                          \
    "规则、知识行数、时机、处置、依据状态，一行一条；\n"                            \
    "                                            --skipped "                                                \
    "列出无法判断而未载入的知识行及原因\n"                                                 \
    "      yiheng rules show  标识               规则的全文与它读到的知识\n"                  \
    "      yiheng rules test  [标识…]            运行规则自带的例子\n"                         \
    "      yiheng rules learn                    从已决案件看每条规则的精度与追回（rules " \
    "learn --help）\n"                                                                                     \
    "      yiheng rules replay 文件… --data 目录  "                                                   \
    "新规则启用之前：去年会查到什么、多少钱、哪些合法的相似情形\n"             \
    "      yiheng rules evaluate --data 目录 --labels 文件   "                                          \
    "与虚构年度的标注对照：查全率、查准率\n"                                              \
    "      yiheng rules prove                    "                                                          \
    "每一行官方知识：违规的例子应查到，合法的相似例子应查不到\n"                \
    "      yiheng rules same --data 目录         "                                                        \
    "同样的事实在开方前、结算前、结算后查到的一样\n"                                  \
    "  --rules 文件或目录  再读这些规则（可写多次）\n"                                     \
    "  --catalogs 目录     代码表的位置\n"                                                          \
    "  --json              每行一个 JSON 对象"

#define PATHS_MAX 256

struct run {
    struct yh_rule_book b;
    const char *catalogs;
    char *path[PATHS_MAX]; /* --rules, and of check */
    int npath;
    char *word[PATHS_MAX];
    int nword;
    bool json, skipped;
};

static int flush(const struct yh_buf *out)
{
    yh_str s = yh_buf_str(out);
    return fwrite(s.p, 1, (size_t)s.n, stdout) != (size_t)s.n || fflush(stdout);
}

static int put_findings(struct run *r, struct yh_buf *out)
{
    yh_findings_sort(&r->b.findings);
    for (int i = 0; i < r->b.findings.n; i++) {
        const struct yh_finding *x = &r->b.findings.item[i];
        if (!r->json) {
            yh_putf(out, "%.*s:%d:%d: %.*s：%.*s —— %.*s\n", YH_ARG(x->doc), x->line, x->col,
                    YH_ARG(yh_severity_word(x->severity)), YH_ARG(x->text), YH_ARG(x->cure));
            continue;
        }
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
    }
    return r->b.findings.count[YH_ERROR];
}

static int check(struct run *r)
{
    struct yh_buf out = yh_buf_in(&r->b.arena);
    int errors = put_findings(r, &out);
    if (!r->json)
        yh_putf(&out, "%d 个文件：%d 条规则，%d 行知识，%d 行无法判断；错误 %d，警告 %d\n",
                r->b.nfile, r->b.rules->n, r->b.rules->nrow, r->b.rules->nskip, errors,
                r->b.findings.count[YH_WARN]);
    return flush(&out) || errors > 0;
}

static void put_stages(struct yh_buf *out, uint32_t stages)
{
    for (int i = 0, n = 0; i < YH_STAGE_N; i++)
        if (stages >> i & 1) {
            if (n++)
                yh_putz(out, "、");
            yh_put(out, yh_stage_word(i));
        }
}

static int list_skipped(struct run *r)
{
    struct yh_buf out = yh_buf_in(&r->b.arena);
    const struct yh_rules *rules = r->b.rules;
    yh_putz(&out, "#rule\tknowledge\titem\twhy\n");
    for (int i = 0; i < rules->nskip; i++) {
        const struct yh_rule_skip *s = &rules->skip[i];
        yh_putf(&out, "%.*s\t%.*s\t%.*s\t%.*s\n", YH_ARG(rules->rule[s->rule].id),
                YH_ARG(s->knowledge), YH_ARG(s->code), YH_ARG(s->why));
    }
    return flush(&out);
}

static int list(struct run *r)
{
    const struct yh_rules *rules = r->b.rules;
    struct yh_buf out = yh_buf_in(&r->b.arena);
    if (r->skipped)
        return list_skipped(r);
    if (!r->json)
        yh_putz(&out,
                "#rule\tname\tclass\trows\tskipped\twhen\tverdict\tstanding\tcovers\tfile\n");
    for (int i = 0; i < rules->n; i++) {
        const struct yh_mon_rule *q = &rules->rule[i];
        if (r->json) {
            struct yh_jsonw w = yh_jsonw_on(&out);
            yh_jw_object(&w);
            yh_jw_kv_str(&w, "rule", q->id);
            yh_jw_kv_str(&w, "name", q->name);
            yh_jw_kv_str(&w, "class", q->cls);
            yh_jw_kv_i64(&w, "rows", q->nrow);
            yh_jw_kv_i64(&w, "skipped", q->skipped);
            yh_jw_kv_str(&w, "verdict", yh_verdict_word(q->verdict[YH_STAGE_AFTER]));
            yh_jw_kv_str(&w, "standing", yh_standing_word(q->standing));
            yh_jw_kv_str(&w, "covers", q->covers);
            yh_jw_kv_str(&w, "digest", yh_cstr(q->digest));
            yh_jw_kv_str(&w, "file", q->file);
            yh_jw_end(&w, '}');
            yh_putc(&out, '\n');
            continue;
        }
        yh_putf(&out, "%.*s\t%.*s\t%.*s\t%d\t%d\t", YH_ARG(q->id), YH_ARG(q->name),
                YH_ARG(q->cls), q->nrow, q->skipped);
        put_stages(&out, q->stages);
        yh_putf(&out, "\t%.*s\t%.*s\t%.*s\t%.*s\n",
                YH_ARG(yh_verdict_word(q->verdict[YH_STAGE_AFTER])),
                YH_ARG(yh_standing_word(q->standing)), YH_ARG(q->covers), YH_ARG(q->file));
    }
    return flush(&out);
}

static int unknown(struct run *r, const char *word)
{
    struct yh_err err;
    yh_fail_field(&err, YH_NOT_FOUND, "rule", word,
                  "没有规则「%s」：yiheng rules list 列出全部", word);
    (void)r;
    yh_cli_error(NULL, &err);
    return 2;
}

static int show(struct run *r)
{
    int at = yh_rules_find(r->b.rules, yh_cstr(r->word[0]));
    if (at < 0)
        return unknown(r, r->word[0]);
    const struct yh_mon_rule *q = &r->b.rules->rule[at];
    struct yh_buf out = yh_buf_in(&r->b.arena);
    yh_put(&out, q->text);
    yh_putf(&out, "\n# 文件 %.*s 摘要 %s；知识 %d 行，无法判断 %d 行\n", YH_ARG(q->file),
            q->digest, q->nrow, q->skipped);
    for (int i = 0; i < q->nrow && q->table >= 0; i++) {
        const struct yh_rule_row *row = &r->b.rules->row[q->first_row + i];
        yh_put(&out, yh_trim(row->raw));
        yh_putc(&out, '\n');
    }
    return flush(&out);
}

static int test(struct run *r)
{
    const struct yh_rules *rules = r->b.rules;
    struct yh_buf out = yh_buf_in(&r->b.arena);
    int right = 0, wrong = 0, errors = put_findings(r, &out), tried = 0;
    for (int k = 0; k < r->nword; k++)
        if (yh_rules_find(rules, yh_cstr(r->word[k])) < 0)
            return unknown(r, r->word[k]);
    for (int i = 0; i < rules->n; i++) {
        const struct yh_mon_rule *q = &rules->rule[i];
        bool asked = !r->nword;
        for (int k = 0; k < r->nword; k++)
            asked |= yh_eq(q->id, yh_cstr(r->word[k]));
        if (!asked)
            continue;
        tried++;
        struct yh_rule_case_fail *fail;
        int nfail;
        right += yh_rule_cases(&r->b.arena, rules, i, &fail, &nfail);
        wrong += nfail;
        for (int c = 0; c < nfail; c++)
            yh_putf(&out, "%.*s:%d:1: %.*s：%.*s\n", YH_ARG(q->file), fail[c].line,
                    YH_ARG(fail[c].why), YH_ARG(fail[c].said));
    }
    yh_putf(&out, "%d 条规则的例子：相符 %d，不符 %d\n", tried, right, wrong);
    return flush(&out) || wrong > 0 || errors > 0;
}

int yh_cmd_rules(int argc, char **argv)
{
    static const struct {
        const char *word;
        int (*run)(struct run *);
    } WHAT[] = { { "check", check }, { "list", list }, { "show", show }, { "test", test } };
    const char *what = argc > 1 ? argv[1] : "";
    if (!strcmp(what, "learn"))
        return yh_cli_rules_learn(argc, argv);
    if (!strcmp(what, "same"))
        return yh_cli_rules_same(argc, argv);
    if (!strcmp(what, "replay"))
        return yh_cli_rules_replay(argc, argv);
    if (!strcmp(what, "prove"))
        return yh_cli_rules_prove(argc, argv);
    if (!strcmp(what, "evaluate"))
        return yh_cli_rules_evaluate(argc, argv);
    struct run *r = yh_heap(NULL, sizeof *r);
    memset(r, 0, sizeof *r);
    int code = -1, at = 0;
    bool checks = !strcmp(what, "check");
    for (int i = 2; i < argc && code < 0; i++) {
        const char *value;
        if (yh_cli_option(&i, argc, argv, "--catalogs", &r->catalogs))
            continue;
        if (yh_cli_option(&i, argc, argv, "--rules", &value)) {
            if (value && r->npath < PATHS_MAX)
                r->path[r->npath++] = (char *)value;
            else
                code = yh_cli_usage(USAGE, argc, argv);
            continue;
        }
        if (!strcmp(argv[i], "--json"))
            r->json = true;
        else if (!strcmp(argv[i], "--skipped"))
            r->skipped = true;
        else if (argv[i][0] == '-' || r->nword == PATHS_MAX || r->npath == PATHS_MAX)
            code = yh_cli_usage(USAGE, argc, argv);
        else if (checks)
            r->path[r->npath++] = argv[i];
        else
            r->word[r->nword++] = argv[i];
    }
    while (at < YH_COUNT(WHAT) && strcmp(what, WHAT[at].word))
        at++;
    if (code < 0 && (at == YH_COUNT(WHAT) || (WHAT[at].run == show && r->nword != 1)))
        code = yh_cli_usage(USAGE, argc, argv);
    struct yh_err err = { 0 };
    if (code < 0 && yh_rule_book_open(r->catalogs, r->path, r->npath, checks, &r->b, &err))
        code = yh_cli_error(err.field[0] ? err.field : NULL, &err);
    if (code < 0)
        code = WHAT[at].run(r);
    yh_rule_book_close(&r->b);
    yh_heap(r, 0);
    return code;
}
