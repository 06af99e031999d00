/* shell/cli/case.c -- yiheng case, tip, credit, rules learn: casework from the command line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/casework/casework.h"
#include "shell/catalogs/casework.h"
#include "shell/catalogs/catalogs.h"
#include "shell/cli/act.h"
#include "shell/cli/cli.h"
#include "shell/file/file.h"
#include "shell/pdf/pack.h"

#define COMMON "  --data 数据目录（缺省 data），--catalogs 目录；serve 正在写这个目录时由它代办"

#define USAGE_CASE                                                                                                                     \
    "case open    --region 统筹区 --provider 机构 --officer 经办人 [--kind "                                                   \
    "hits|tip|inspection|self] "                                                                                                       \
    "[--procedure contract|administrative] [--hits 疑点.tsv [--rule R] [--hit H] [--rules "                                          \
    "DIR]] [--source 来源] [--title 标题]\n"                                                                                       \
    "      yiheng case open    --each --hits 疑点.tsv [--kind self] --officer 经办人       "                                      \
    "每家机构一案，如自查自纠清单\n"                                                                                     \
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
    "      yiheng case hearing | waive | held 案件 [--note 意见] --officer …   "                                                 \
    "听证：告知、放弃、举行（较重的行政处罚）\n"                                                                   \
    "      yiheng case approve 案件 --officer 审批人                    记账、记分\n"                                        \
    "      yiheng case recover 案件 --clearing 批次 | --amount 元 --officer …\n"                                                \
    "      yiheng case drop | reverse 案件 --note 理由 --officer …\n"                                                            \
    "      yiheng case list    [--provider 机构] [--state 状态] [--to 核查人] [--late]\n"                                       \
    "      yiheng case show | pack 案件;  yiheng case text 案件 [--nth N]（文书）;  yiheng "                                   \
    "case outcomes [--year N]\n"                                                                                                       \
    "      yiheng case pack    案件 --pdf 文件      证据包印成 PDF\n"                                                         \
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

#define USAGE_CLEAR                                                                                                                        \
    "clear make --provider 机构 --month 2026-03 [--bygroup 金额 --basis 依据] [--note 说明] "                                      \
    "--officer 经办人\n"                                                                                                                \
    "      yiheng clear draft --provider 机构 --month 2026-03 [--bygroup …] --officer "                                                \
    "起草人;  yiheng clear confirm --provider 机构 --month 2026-03 --officer 另一人\n"                                             \
    "      yiheng clear return --provider 机构 --month 2026-03 --note 理由 --officer 另一人; "                                      \
    " yiheng clear drafts [--region 统筹区] [--month 202603]\n"                                                                         \
    "      yiheng clear margin --provider 机构 --month 2026 --back 金额 --basis 考核文号 "                                         \
    "--officer 起草人    年度考核后返还质量保证金，同样由另一人 confirm\n"                                           \
    "      yiheng clear undo 清算编号 --note 理由 --officer 经办人\n"                                                             \
    "      yiheng clear show 清算编号;  yiheng clear list [--provider 机构] [--month "                                               \
    "202603]\n"                                                                                                                            \
    "  "                                                                                                                                   \
    "清算一家机构的一个月：结算应付（撤销在其当月减去），加按病组或分值付费的差额（按 "            \
    "catalogs/tariff/methods.tsv 逐例由清单算出；床日、人头等另用 --bygroup "                                              \
    "给出），减已决定案件的追"                                                                                                 \
    "回与违约金\n"                                                                                                                    \
    "  "                                                                                                                                   \
    "（先决定的先抵，每案整笔），减协议预留的保证金，得应拨付。每家每月只记一次账，再问答复同" \
    "一次；\n"                                                                                                                          \
    "  撤销是镜像分录，案件随之恢复追回。show 列出每个数的依据与所合计的分录，verify "                    \
    "逐项重算。\n" COMMON

#define USAGE_LEARN                                                                                            \
    "rules learn [--threshold 0.6] [--least 10] [--budget N [--hits 疑点.tsv]] [--data DIR]\n"               \
    "  每条规则在已决案件中的成立、不成立与追回；精度低于 threshold 且至少 least " \
    "条的提请复核，列出误报；\n"                                                                   \
    "  --budget 列出未决疑点中期望追回最高的 N 条\n" COMMON

static const struct yh_cli_verb CASE[] = {
    { "open",
      NULL,
      true,
      { "region", "provider", "kind", "procedure", "title", "source", "archived!",
        "officer" } },
    { "add", "case", true, { "archived!", "officer" } },
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
    { "hearing", "case", false, { "note", "officer" } },
    { "waive", "case", false, { "note", "officer" } },
    { "held", "case", false, { "note", "officer" } },
    { "approve", "case", false, { "note", "officer" } },
    { "recover", "case", false, { "clearing", "amount", "note", "officer" } },
    { "drop", "case", false, { "note", "officer" } },
    { "reverse", "case", false, { "note", "officer" } },
    { "show", "case", false, { NULL } },
    { "text", "case", false, { "nth" } },
    { "pack", "case", false, { NULL } },
    { "list", NULL, false, { "provider", "state", "to", "late!" } },
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

static const struct yh_cli_verb CLEAR[] = {
    { "make", NULL, false, { "provider", "month", "bygroup", "basis", "note", "officer" } },
    { "draft", NULL, false, { "provider", "month", "bygroup", "basis", "note", "officer" } },
    { "margin", NULL, false, { "provider", "month", "back", "basis", "note", "officer" } },
    { "confirm", NULL, false, { "provider", "month", "officer" } },
    { "return", NULL, false, { "provider", "month", "note", "officer" } },
    { "drafts", NULL, false, { "region", "month" } },
    { "undo", "clearing", false, { "note", "officer" } },
    { "show", "clearing", false, { NULL } },
    { "list", NULL, false, { "provider", "month" } },
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
            return yh_cli_usage(USAGE_CASE, argc, argv);
        from = argv[i];
    }
    if (!from || !days || yh_int_parse(yh_cstr(days), &n, NULL) || n < 0 || n > 1000 ||
        yh_day_parse(yh_cstr(from), &day, NULL))
        return yh_cli_usage(USAGE_CASE, argc, argv);
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

/* The evidence pack as a PDF. */
static int paper(int argc, char **argv)
{
    const char *data = "data", *catalogs = NULL, *file = NULL, *no = NULL;
    struct yh_arena a;
    struct yh_err err = { 0 };
    yh_str pack, pdf;
    for (int i = 2; i < argc; i++) {
        if (yh_cli_option(&i, argc, argv, "--data", &data) ||
            yh_cli_option(&i, argc, argv, "--catalogs", &catalogs) ||
            yh_cli_option(&i, argc, argv, "--pdf", &file))
            continue;
        if (argv[i][0] == '-' || no)
            return yh_cli_usage(USAGE_CASE, argc, argv);
        no = argv[i];
    }
    if (!no || !file || !data)
        return yh_cli_usage(USAGE_CASE, argc, argv);
    if (yh_arena_open(&a, (size_t)4 << 30, &err))
        return yh_cli_error(NULL, &err);
    struct yh_buf ask = yh_buf_in(&a);
    struct yh_jsonw w = yh_jsonw_on(&ask);
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "verb", YH_S("case pack"));
    yh_jw_kv_str(&w, "case", yh_cstr(no));
    yh_jw_end(&w, '}');
    int code = yh_cli_ask(data, catalogs, yh_buf_str(&ask), &a, &pack);
    if (!code && (yh_paper_pack(&a, pack, &pdf, &err) || yh_file_write(file, pdf, &err)))
        code = yh_cli_error(file, &err);
    if (!code)
        printf("已写入 %s，%lld 字节\n", file, (long long)pdf.n);
    yh_arena_close(&a);
    return code;
}

static bool has(int argc, char **argv, const char *option)
{
    for (int i = 2; i < argc; i++)
        if (!strncmp(argv[i], option, strlen(option)))
            return true;
    return false;
}

int yh_cmd_case(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "pack") && has(argc, argv, "--pdf"))
        return paper(argc, argv);
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

int yh_cmd_clear(int argc, char **argv)
{
    return yh_cli_verbs("clear", CLEAR, YH_COUNT(CLEAR), USAGE_CLEAR, argc, argv);
}

/* ---- the alarm budget of a file of hits ---- */

struct ranked {
    const struct yh_hit *h;
    yh_fen expected;
};

static int by_expected(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->expected != y->expected)
        return x->expected > y->expected ? -1 : 1;
    return yh_cmp(x->h->id, y->h->id);
}

/* What the rules' table says of each: upheld, dropped. */
static struct yh_map pasts(struct yh_arena *a, yh_str table, struct yh_rule_past **out)
{
    struct yh_map map = yh_map_in(a, 256);
    int n = 0, cap = 0;
    *out = NULL;
    while (table.n) {
        yh_str line = yh_cut(&table, '\n'), cell[4];
        struct yh_rule_past p = { .upheld = 0 };
        if (!line.n || line.p[0] == '#')
            continue;
        for (int i = 0; i < 4; i++)
            cell[i] = yh_cut(&line, '\t');
        p.rule = cell[0];
        if (yh_int_parse(cell[2], &p.upheld, NULL) || yh_int_parse(cell[3], &p.dropped, NULL))
            continue;
        yh_map_set(&map, p.rule, n);
        YH_PUSH(a, *out, n, cap) = p;
    }
    return map;
}

static int budget(const char *file, const char *data, const char *catalogs, int64_t most)
{
    struct yh_arena a;
    struct yh_err err = { 0 };
    struct yh_hit *hit = NULL;
    struct yh_rule_past *past, fresh = { .upheld = 0 };
    yh_str table;
    int n = 0;
    if (yh_arena_open(&a, (size_t)16 << 30, &err))
        return yh_cli_error(NULL, &err);
    int code = yh_cli_ask(data, catalogs, YH_S("{\"verb\":\"learn\"}"), &a, &table);
    if (!code && yh_cli_hits(&a, file, &hit, &n, &err))
        code = (yh_cli_error(file, &err), 2);
    struct yh_map map = pasts(&a, code ? YH_S("") : table, &past);
    struct ranked *r = YH_NEW(&a, struct ranked, n);
    yh_fen sum = 0;
    for (int i = 0; i < n; i++) {
        int at = yh_map_get(&map, hit[i].rule, -1);
        r[i] = (struct ranked){ &hit[i],
                                yh_expected(at < 0 ? &fresh : &past[at], hit[i].fund_method) };
    }
    if (n)
        qsort(r, (size_t)n, sizeof *r, by_expected);
    if (!code)
        printf("#rank\thit\trule\tprovider\tfund_method\texpected\tmessage\n");
    for (int i = 0; i < n && i < most && !code; i++) {
        char fund[32], expected[32];
        printf("%d\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\n", i + 1, YH_ARG(r[i].h->id),
               YH_ARG(r[i].h->rule), YH_ARG(r[i].h->provider),
               YH_ARG(yh_dec_text(fund, r[i].h->fund_method, 2, 2)),
               YH_ARG(yh_dec_text(expected, r[i].expected, 2, 2)), YH_ARG(r[i].h->message));
        sum += r[i].expected;
    }
    if (!code) {
        char text[32];
        fprintf(stderr, "%d 条疑点中的 %lld 条，期望追回 %.*s 元\n", n,
                (long long)yh_min(n, most), YH_ARG(yh_dec_text(text, sum, 2, 2)));
    }
    yh_arena_close(&a);
    return code;
}

int yh_cli_rules_learn(int argc, char **argv)
{
    const char *file = NULL, *data = "data", *catalogs = NULL, *top = NULL, *other = NULL;
    int64_t most = 0;
    for (int i = 2; i < argc; i++)
        if (!yh_cli_option(&i, argc, argv, "--hits", &file) &&
            !yh_cli_option(&i, argc, argv, "--data", &data) &&
            !yh_cli_option(&i, argc, argv, "--catalogs", &catalogs) &&
            !yh_cli_option(&i, argc, argv, "--budget", &top))
            other = argv[i];
    if (!file)
        return yh_cli_verbs("", LEARN, YH_COUNT(LEARN), USAGE_LEARN, argc, argv);
    if (other || !data || !top || yh_int_parse(yh_cstr(top), &most, NULL) || most < 1)
        return yh_cli_usage(USAGE_LEARN, argc, argv);
    return budget(file, data, catalogs, most);
}
