/* shell/cli/list_agency.c -- yiheng list lock, unlock, locks, review, special, decide: what the agency
 * does about settlement lists, through the running server where there is one. */
#include <stdio.h>

#include "shell/cli/cli.h"

#define USAGE                                                                                                                      \
    "list lock    --month 2026-03 [--provider 机构编号] [--operator 经办人] [--data DIR]\n"                                 \
    "      yiheng list unlock  --month 2026-03 --reason 原因 [--settlement 结算ID] "                                           \
    "[--provider 机构编号] [--operator 经办人] [--data DIR]\n"                                                              \
    "      yiheng list locks   [--month 2026-03] [--data DIR]\n"                                                                   \
    "      yiheng list lists   --provider 机构编号 [--month 2026-03] [--state 0|1|2|3] "                                       \
    "[--data DIR]\n"                                                                                                               \
    "      yiheng list review  --person 人员编号 --settlement 结算ID --outcome pass|reject "                                 \
    "[--data DIR]\n"                                                                                                               \
    "      yiheng list special [--data DIR]\n"                                                                                     \
    "      yiheng list decide  --application 申请ID --outcome item|points|refused "                                              \
    "[--points N] --opinion 意见 [--operator 经办人] [--data DIR]\n"                                                          \
    "  lock 在月末锁定一个月的结算清单，此后更正、提交、撤销结算都须 unlock；每次都留记录。\n" \
    "  lists 列出一家机构的清单（最近 1000 份；0 草稿 1 已提交 2 通过 3 退回），review "                  \
    "审核已提交的：通过，或退回更正。special 列出特例单议申请，decide "                                   \
    "记下专家评审：\n"                                                                                                      \
    "  按项目、调整点数（给分值）、不予。serve "                                                                  \
    "正在写这个数据目录时，由它代办（DIR/agency.sock）"

static const struct {
    const char *verb, *option[6]; /* without "--" */
} VERB[] = {
    { "lock", { "month", "provider", "operator" } },
    { "unlock", { "month", "provider", "settlement", "reason", "operator" } },
    { "locks", { "month" } },
    { "lists", { "provider", "month", "state" } },
    { "review", { "person", "settlement", "outcome" } },
    { "special", { NULL } },
    { "decide", { "application", "outcome", "points", "opinion", "operator" } },
};

static int verb_of(const char *word)
{
    int i = 0;
    while (i < YH_COUNT(VERB) && strcmp(VERB[i].verb, word))
        i++;
    return i < YH_COUNT(VERB) ? i : -1;
}

bool yh_cli_list_is_agency(const char *word)
{
    return verb_of(word) >= 0;
}

/* The act as JSON; false: called wrongly. */
static bool read_act(int argc, char **argv, const char **data, struct yh_buf *out)
{
    int verb = verb_of(argv[1]);
    struct yh_jsonw w = yh_jsonw_on(out);
    yh_jw_object(&w);
    char name[32];
    snprintf(name, sizeof name, "list %s", argv[1]);
    yh_jw_kv_str(&w, "verb", yh_cstr(name));
    for (int i = 2; i < argc; i++) {
        const char *value = NULL;
        bool taken = yh_cli_option(&i, argc, argv, "--data", data);
        for (int k = 0; !taken && k < YH_COUNT(VERB[verb].option) && VERB[verb].option[k];
             k++) {
            snprintf(name, sizeof name, "--%s", VERB[verb].option[k]);
            taken = yh_cli_option(&i, argc, argv, name, &value);
            if (taken && value)
                yh_jw_kv_str(&w, VERB[verb].option[k], yh_cstr(value));
            taken = taken && value;
        }
        if (!taken || !*data)
            return false;
    }
    yh_jw_end(&w, '}');
    return true;
}

int yh_cli_list_agency(int argc, char **argv)
{
    const char *data = "data";
    struct yh_arena a;
    struct yh_err err = { 0 };
    if (yh_arena_open(&a, (size_t)256 << 20, &err))
        return yh_cli_error(NULL, &err);
    struct yh_buf ask = yh_buf_in(&a);
    int code = read_act(argc, argv, &data, &ask) ? yh_cli_act(data, "-", yh_buf_str(&ask), &a)
                                                 : yh_cli_usage(USAGE, argc, argv);
    yh_arena_close(&a);
    return code;
}
