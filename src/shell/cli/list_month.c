/* shell/cli/list_month.c -- yiheng list lock, unlock, locks: a month of settlement lists closed. */
#include <stdio.h>
#include <time.h>

#include "service/month.h"
#include "shell/cli/cli.h"

#define USAGE                                                                                                                       \
    "list lock   --month 2026-03 [--provider 机构编号] [--operator 经办人] [--data DIR]\n"                                   \
    "      yiheng list unlock --month 2026-03 --reason 原因 [--settlement 结算ID] "                                             \
    "[--provider 机构编号] [--operator 经办人] [--data DIR]\n"                                                               \
    "      yiheng list locks  [--month 2026-03] [--data DIR]\n"                                                                     \
    "  月末锁定一个月的结算清单，此后更正、提交、撤销结算都须经办机构解锁；每次都留记录。" \
    "\n  写数据目录时不能有 serve 在运行"

int yh_cli_list_month(int argc, char **argv)
{
    const char *data = "data", *month = "", *provider = "", *settlement = "", *reason = "",
               *operator_no = "";
    const char *verb = argv[1];
    for (int i = 2; i < argc; i++)
        if (!yh_cli_option(&i, argc, argv, "--data", &data) &&
            !yh_cli_option(&i, argc, argv, "--month", &month) &&
            !yh_cli_option(&i, argc, argv, "--provider", &provider) &&
            !yh_cli_option(&i, argc, argv, "--settlement", &settlement) &&
            !yh_cli_option(&i, argc, argv, "--reason", &reason) &&
            !yh_cli_option(&i, argc, argv, "--operator", &operator_no))
            return yh_cli_usage(USAGE);
    if (!data || !month || !provider || !settlement || !reason || !operator_no)
        return yh_cli_usage(USAGE);
    struct yh_list_act act = { yh_cstr(month),       yh_cstr(provider),
                               yh_cstr(settlement),  yh_cstr(reason),
                               yh_cstr(operator_no), (yh_time)time(NULL) + 8 * 3600 };
    enum yh_list_verb what = !strcmp(verb, "lock")     ? YH_LIST_LOCK
                             : !strcmp(verb, "unlock") ? YH_LIST_UNLOCK
                                                       : YH_LIST_LOCKS;
    struct yh_arena a;
    struct yh_err err = { 0 };
    struct yh_list_lock_row *row = NULL;
    int n = 0;
    char url[1024];
    (void)snprintf(url, sizeof url, "sqlite:%s", data);
    if (yh_arena_open(&a, (size_t)64 << 20, &err))
        return yh_cli_error(NULL, &err);
    enum yh_status bad = yh_list_month_data(yh_cstr(url), what, &act, &a, &row, &n, &err);
    int code = bad ? yh_cli_error(data, &err) : 0;
    if (!bad)
        printf("#month\tnth\tact\tprovider\tsettlement\ttime\toperator\treason\n");
    for (int i = 0; i < n && !bad; i++) {
        char when[32];
        printf("%.*s\t%lld\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\n", YH_ARG(row[i].month),
               (long long)row[i].nth, YH_ARG(row[i].act), YH_ARG(row[i].provider),
               YH_ARG(row[i].settlement), YH_ARG(yh_time_text(when, row[i].time)),
               YH_ARG(row[i].operator_no), YH_ARG(row[i].reason));
    }
    yh_arena_close(&a);
    return code;
}
