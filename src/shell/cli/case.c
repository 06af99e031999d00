/* shell/cli/case.c -- yiheng case, tip, credit, rules learn: casework from the command line. */
#include <stdio.h>

#include "shell/catalogs/casework.h"
#include "shell/catalogs/catalogs.h"
#include "shell/cli/act.h"
#include "shell/cli/cli.h"

#define COMMON \
    "  --data 数据目录（缺省 data），--catalogs 目录；serve 正在写这个目录时由它代办\n"

#define USAGE_CASE                                                                                                                     \
    "case open    --region 统筹区 --provider 机构 --officer 经办人 [--kind "                                                   \
    "hits|tip|inspection|self] "                                                                                                       \
    "[--procedure contract|administrative] [--hits 疑点.tsv [--rule R] [--hit H] [--rules "                                          \
    "DIR]] [--source 来源] [--title 标题]\n"                                                                                       \
    "      yiheng case add     案件 --hits 疑点.tsv --officer 经办人\n"                                                         \
    "      yiheng case assign  案件 [--to 核查人] --officer 经办人      "                                                      \
    "（缺省为该机构的网格责任人）\n"                                                                                     \
    "      yiheng case notice  案件 --officer 核查人                    "                                                         \
    "告知疑点，申诉期限开始\n"                                                                                              \
    "      yiheng case papers  案件 --note 所缺材料 --officer …         期限停止；arrived "                               \
    "继续\n"                                                                                                                         \
    "      yiheng case answer  案件 --hit H [--appeals] --note 理由 --officer …   "                                              \
    "窗口代收的书面答复\n"                                                                                                    \
    "      yiheng case recheck 案件 [--dropped \"H1 H2\"|all] [--partial \"H=元 …\"] --note "                                     \
    "意见 --officer 复核人\n"                                                                                                     \
    "      yiheng case panel   案件 --members \"A B C\" [--dropped …] [--partial …] --note "                                     \
    "意见 --officer 主持人\n"                                                                                                     \
    "      yiheng case decide  案件 --nature minor|general|serious|fraud [--measures "                                               \
    "\"damages=1200;suspend=30天\"] "                                                                                                 \
    "[--staff \"医师:main\"] [--persons \"人员\"] --officer 提出人\n"                                                           \
    "      yiheng case approve 案件 --officer 审批人                    记账、记分\n"                                        \
    "      yiheng case recover 案件 --clearing 批次 | --amount 元 --officer …\n"                                                \
    "      yiheng case drop | reverse 案件 --note 理由 --officer …\n"                                                            \
    "      yiheng case list    [--provider 机构] [--state 状态] [--late]\n"                                                        \
    "      yiheng case show | pack 案件;  yiheng case outcomes [--year N]\n"                                                         \
    "      yiheng case due     起日 --days N [--catalogs 目录]          N 个工作日的末日\n"                                 \
    "  "                                                                                                                               \
    "疑点立案后依次：分派、告知、机构申诉（3702）、复核、申请合议（3703）、合议、提出处理、审" \
    "批、追回。\n"                                                                                                                \
    "  核查人不复核，提出人不审批；期限按工作日，等材料时停；见 docs/casework.md\n" COMMON

#define USAGE_TIP                                                                                                                          \
    "tip add     --region 统筹区 --provider 机构 --text 事实 [--person 人员] [--channel "                                         \
    "web|phone|letter|counter] "                                                                                                           \
    "(--name 姓名 --contact 联系方式 | --anonymous --code 查询码) [--insider]\n"                                                  \
    "      yiheng tip accept | refuse | unfounded | waive 举报编号 [--note 理由] --officer "                                         \
    "…\n"                                                                                                                                \
    "      yiheng tip link    举报编号 --case 案件 --officer …\n"                                                                  \
    "      yiheng tip reward  举报编号 --tier 1|2|3 --officer 提出人\n"                                                             \
    "      yiheng tip approve 举报编号 --officer 审批人\n"                                                                          \
    "      yiheng tip show    举报编号 [--code 查询码];  yiheng tip list [--state 状态]\n"                                        \
    "  "                                                                                                                                   \
    "凡接必办：受理、核查（并入案件）、查实后奖励；匿名的凭编号与查询码查询、领奖。奖金出自预" \
    "算，不入基金账\n" COMMON

#define USAGE_CREDIT                                                                             \
    "credit show   --kind provider|staff|person --subject 代码 [--region 统筹区]\n"         \
    "      yiheng credit repair --kind … --subject 代码 --points N --note 事由 --officer " \
    "经办人 [--region 统筹区]\n"                                                           \
    "  分值随处理决定按 catalogs/casework/credit.tsv "                                   \
    "记，自然年累计；到线的后果只提示，不自动执行\n" COMMON

#define USAGE_LEARN                                                                                            \
    "rules learn [--threshold 0.6] [--least 10] [--budget N] [--data DIR]\n"                                   \
    "  每条规则在已决案件中的成立、不成立与追回；精度低于 threshold 且至少 least " \
    "条的提请复核，列出误报；\n"                                                                   \
    "  --budget 列出未决疑点中期望追回最高的 N 条\n" COMMON

static const struct yh_cli_verb CASE[] = {
    { "open",
      NULL,
      true,
      { "region", "provider", "kind", "procedure", "title", "source", "officer" } },
    { "add", "case", true, { "officer" } },
    { "assign", "case", false, { "to", "officer" } },
    { "notice", "case", false, { "officer" } },
    { "papers", "case", false, { "note", "officer" } },
    { "arrived", "case", false, { "note", "officer" } },
    { "answer", "case", false, { "hit", "appeals!", "amount", "note", "papers", "officer" } },
    { "recheck", "case", false, { "dropped", "partial", "note", "officer" } },
    { "panel", "case", false, { "members", "dropped", "partial", "note", "officer" } },
    { "decide",
      "case",
      false,
      { "nature", "measures", "staff", "persons", "note", "officer" } },
    { "approve", "case", false, { "note", "officer" } },
    { "recover", "case", false, { "clearing", "amount", "note", "officer" } },
    { "drop", "case", false, { "note", "officer" } },
    { "reverse", "case", false, { "note", "officer" } },
    { "show", "case", false, { NULL } },
    { "pack", "case", false, { NULL } },
    { "list", NULL, false, { "provider", "state", "late!" } },
    { "outcomes", NULL, false, { "year" } },
};

static const struct yh_cli_verb TIP[] = {
    { "add",
      NULL,
      false,
      { "region", "channel", "anonymous!", "name", "contact", "code", "insider!", "provider",
        "person", "text" } },
    { "accept", "tip", false, { "note", "officer" } },
    { "refuse", "tip", false, { "note", "officer" } },
    { "unfounded", "tip", false, { "note", "officer" } },
    { "waive", "tip", false, { "note", "officer" } },
    { "link", "tip", false, { "case", "officer" } },
    { "reward", "tip", false, { "tier", "officer" } },
    { "approve", "tip", false, { "officer" } },
    { "show", "tip", false, { "code" } },
    { "list", NULL, false, { "state" } },
};

static const struct yh_cli_verb CREDIT[] = {
    { "show", NULL, false, { "kind", "subject", "region" } },
    { "repair", NULL, false, { "kind", "subject", "region", "points", "note", "officer" } },
};

static const struct yh_cli_verb LEARN[] = {
    { "learn", NULL, false, { "threshold", "least", "budget" } },
};

/* The last day of a term, and what the calendar says on the way. */
static int due(int argc, char **argv)
{
    const char *catalogs = NULL, *days = NULL, *from = NULL;
    struct yh_arena a;
    struct yh_err err = { 0 };
    const struct yh_casework *w;
    int64_t n = 0;
    yh_day day;
    for (int i = 2; i < argc; i++) {
        if (yh_cli_option(&i, argc, argv, "--catalogs", &catalogs) ||
            yh_cli_option(&i, argc, argv, "--days", &days))
            continue;
        if (argv[i][0] == '-' || from)
            return yh_cli_usage(USAGE_CASE);
        from = argv[i];
    }
    if (!from || !days || yh_int_parse(yh_cstr(days), &n, NULL) || n < 0 || n > 1000 ||
        yh_day_parse(yh_cstr(from), &day, NULL))
        return yh_cli_usage(USAGE_CASE);
    if (yh_arena_open(&a, (size_t)64 << 20, &err))
        return yh_cli_error(NULL, &err);
    if (yh_catalogs_casework(yh_catalogs_dir(&a, catalogs), &a, &w, &err)) {
        yh_arena_close(&a);
        return yh_cli_error(NULL, &err);
    }
    bool known;
    char text[16];
    yh_day end = yh_workday_add(&w->workdays, day, (int)n, &known);
    printf("%.*s\n", YH_ARG(yh_day_text(text, end)));
    for (yh_day d = day + 1; d <= end; d++) {
        yh_str notice = yh_workday_notice(&w->workdays, d);
        if (notice.n)
            printf("# %.*s %s %.*s\n", YH_ARG(yh_day_text(text, d)),
                   yh_workday(&w->workdays, d) ? "上班" : "放假", YH_ARG(notice));
    }
    if (!known)
        printf("# 注意：经过没有放假安排的年度，只按周一至周五计\n");
    yh_arena_close(&a);
    return 0;
}

int yh_cmd_case(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "due"))
        return due(argc, argv);
    if (argc > 1 && !strcmp(argv[1], "learn")) /* the same as yiheng rules learn */
        return yh_cli_rules_learn(argc, argv);
    return yh_cli_verbs("case", CASE, YH_COUNT(CASE), USAGE_CASE, argc, argv);
}

int yh_cmd_tip(int argc, char **argv)
{
    return yh_cli_verbs("tip", TIP, YH_COUNT(TIP), USAGE_TIP, argc, argv);
}

int yh_cmd_credit(int argc, char **argv)
{
    return yh_cli_verbs("credit", CREDIT, YH_COUNT(CREDIT), USAGE_CREDIT, argc, argv);
}

int yh_cli_rules_learn(int argc, char **argv)
{
    return yh_cli_verbs("", LEARN, YH_COUNT(LEARN), USAGE_LEARN, argc, argv);
}
