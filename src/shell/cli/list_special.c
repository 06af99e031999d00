/* shell/cli/list_special.c -- yiheng list special, decide: cases that ask to leave group payment. */
#include <stdio.h>
#include <time.h>

#include "service/special.h"
#include "shell/cli/cli.h"

#define USAGE                                                                                  \
    "list special [--data DIR]\n"                                                              \
    "      yiheng list decide --application 申请ID --outcome item|points|refused [--points " \
    "N] "                                                                                      \
    "--opinion 意见 [--operator 经办人] [--data DIR]\n"                                   \
    "  special 列出特例单议申请；decide 记下专家评审：按项目、调整点数（给分值）、不予"

int yh_cli_list_special(int argc, char **argv)
{
    const char *data = "data", *id = "", *outcome = "", *points = "", *opinion = "", *who = "";
    bool deciding = !strcmp(argv[1], "decide");
    for (int i = 2; i < argc; i++)
        if (!yh_cli_option(&i, argc, argv, "--data", &data) &&
            !yh_cli_option(&i, argc, argv, "--application", &id) &&
            !yh_cli_option(&i, argc, argv, "--outcome", &outcome) &&
            !yh_cli_option(&i, argc, argv, "--points", &points) &&
            !yh_cli_option(&i, argc, argv, "--opinion", &opinion) &&
            !yh_cli_option(&i, argc, argv, "--operator", &who))
            return yh_cli_usage(USAGE);
    if (!data || !id || !outcome || !points || !opinion || !who)
        return yh_cli_usage(USAGE);
    struct yh_special_verdict v = { .application = yh_cstr(id),
                                    .outcome = yh_cstr(outcome),
                                    .opinion = yh_cstr(opinion),
                                    .operator_no = yh_cstr(who),
                                    .now = (yh_time)time(NULL) + 8 * 3600 };
    struct yh_arena a;
    struct yh_err err = { 0 };
    struct yh_special_case_row *row = NULL;
    int n = 0;
    char url[1024], score[32], when[32];
    (void)snprintf(url, sizeof url, "sqlite:%s", data);
    if (*points && yh_dec_parse(yh_cstr(points), 6, &v.score, &err))
        return yh_cli_error(NULL, &err);
    if (yh_arena_open(&a, (size_t)256 << 20, &err))
        return yh_cli_error(NULL, &err);
    enum yh_status bad =
        yh_special_data(yh_cstr(url), deciding ? &v : NULL, &a, &row, &n, &err);
    int code = bad ? yh_cli_error(data, &err) : 0;
    if (!bad)
        printf("#application\tprovider\tperson\tstate\tpoints\ttime\treason\topinion\n");
    for (int i = 0; i < n && !bad; i++) {
        const struct yh_special_case_row *r = &row[i];
        printf("%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\n", YH_ARG(r->application),
               YH_ARG(r->provider), YH_ARG(r->person), YH_ARG(r->state),
               YH_ARG(yh_dec_text(score, r->points, 6, 0)), YH_ARG(yh_time_text(when, r->time)),
               YH_ARG(r->reason), YH_ARG(r->opinion));
    }
    yh_arena_close(&a);
    return code;
}
