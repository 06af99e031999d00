/* shell/cli/draw.c -- yiheng draw: inspection plans and the random draw that anyone can repeat. */
#include <stdio.h>

#include "engine/casework/casework.h"
#include "shell/cli/act.h"
#include "shell/cli/cli.h"
#include "shell/file/file.h"

#define USAGE                                                                                                        \
    "draw pick  --seed 种子 --list 名单 --count N [--officers \"A B C\"]      "                                  \
    "只抽，不存：谁都可以重做\n"                                                                         \
    "      yiheng draw plan  --plan 计划 --kind random|full|flying [--seed 种子] [--count N] "                   \
    "[--providers \"机构 …\"] [--officers \"A B C\"] --officer 经办人 [--data DIR]\n"                         \
    "      yiheng draw list  [--plan 计划] [--data DIR]\n"                                                         \
    "      yiheng draw done  --plan 计划 --provider 机构 --result 结果 [--case 案件] "                       \
    "--officer 经办人 [--data DIR]\n"                                                                             \
    "      yiheng draw grid  [--provider 机构 --to 责任人 --name 姓名 [--from 日期] "                       \
    "--officer 经办人] [--data DIR]\n"                                                                            \
    "  双随机：名次 = SHA-256(种子|代码)，取最小的 N "                                                \
    "个；检查人员同样抽两名。种子先公布，例如约定日期的公开数字。\n"                   \
    "  复算：printf '%s' '种子|代码' | sha256sum。full 为全覆盖（缺省全部定点机构），flying " \
    "为飞行检查名单，\n"                                                                                     \
    "  grid 指定或列出每家机构的责任人"

static const struct yh_cli_verb VERB[] = {
    { "add",
      NULL,
      false,
      { "plan", "kind", "seed", "count", "providers", "officers", "officer" } },
    { "list", NULL, false, { "plan" } },
    { "done", NULL, false, { "plan", "provider", "result", "case", "officer" } },
};
static const struct yh_cli_verb GRID[] = {
    { "set", NULL, false, { "provider", "to", "name", "from", "officer" } },
    { "list", NULL, false, { NULL } },
};

/* One code a line; what stands behind a tab, and lines of '#', are passed over. */
static int codes(struct yh_arena *a, yh_str text, yh_str **out)
{
    int n = 0, cap = 0;
    *out = NULL;
    while (text.n) {
        yh_str line = yh_cut(&text, '\n'), code = yh_trim(yh_cut(&line, '\t'));
        if (code.n && code.p[0] != '#')
            YH_PUSH(a, *out, n, cap) = code;
    }
    return n;
}

static int pick(int argc, char **argv)
{
    const char *seed = NULL, *list = NULL, *count = NULL, *officers = "";
    struct yh_arena a;
    struct yh_err err = { 0 };
    yh_str text, *code, *who = NULL;
    int64_t most = 0;
    for (int i = 2; i < argc; i++)
        if (!yh_cli_option(&i, argc, argv, "--seed", &seed) &&
            !yh_cli_option(&i, argc, argv, "--list", &list) &&
            !yh_cli_option(&i, argc, argv, "--officers", &officers) &&
            !yh_cli_option(&i, argc, argv, "--count", &count))
            return yh_cli_usage(USAGE, argc, argv);
    if (!seed || !*seed || !list || !count || !officers ||
        yh_int_parse(yh_cstr(count), &most, NULL) || most < 1)
        return yh_cli_usage(USAGE, argc, argv);
    if (yh_arena_open(&a, (size_t)1 << 30, &err))
        return yh_cli_error(NULL, &err);
    if (yh_file_read(&a, list, (size_t)64 << 20, &text, &err)) {
        int failed = yh_cli_error(list, &err);
        yh_arena_close(&a);
        return failed;
    }
    struct yh_drawn *d, *o;
    int n = codes(&a, text, &code), nwho = 0, cap = 0;
    for (yh_str rest = yh_cstr(officers); rest.n;) {
        yh_str one = yh_trim(yh_cut(&rest, ' '));
        if (one.n)
            YH_PUSH(&a, who, nwho, cap) = one;
    }
    n = yh_draw(&a, yh_cstr(seed), code, n, (int)yh_min(most, n), &d);
    printf("#rank\tcode\tsha256\tofficers\n");
    for (int i = 0; i < n; i++) {
        yh_str c = code[d[i].at];
        int k = yh_draw(&a, yh_fmt(&a, "%s|%.*s", seed, YH_ARG(c)), who, nwho, 2, &o);
        printf("%d\t%.*s\t%.64s\t", i + 1, YH_ARG(c), d[i].rank);
        for (int j = 0; j < k; j++)
            printf("%s%.*s", j ? " " : "", YH_ARG(who[o[j].at]));
        printf("\n");
    }
    yh_arena_close(&a);
    return fflush(stdout) ? 1 : 0;
}

int yh_cmd_draw(int argc, char **argv)
{
    char *word = argc > 1 ? argv[1] : NULL;
    if (word && !strcmp(word, "pick"))
        return pick(argc, argv);
    if (word && !strcmp(word, "plan")) {
        char add[] = "add";
        argv[1] = add;
        return yh_cli_verbs("plan", VERB, 1, USAGE, argc, argv);
    }
    if (word && !strcmp(word, "grid")) {
        char set[] = "set", list[] = "list";
        bool named = false;
        for (int i = 2; i < argc; i++)
            named = named || !strncmp(argv[i], "--provider", 10);
        argv[1] = named ? set : list;
        return yh_cli_verbs("grid", GRID, YH_COUNT(GRID), USAGE, argc, argv);
    }
    return yh_cli_verbs("plan", VERB + 1, YH_COUNT(VERB) - 1, USAGE, argc, argv);
}
