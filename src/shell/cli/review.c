/* shell/cli/review.c -- yiheng review: a person's year decided again, differences listed. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "service/review.h"
#include "shell/cli/cli.h"
#include "shell/realm/realm.h"

static const char USAGE[] =
    "review --person 人员编号 [--scheme 310|390] [--year 年] [--data 目录] [--catalogs 目录] "
    "[--policy 目录]\n"
    "按现行政策文件与现有身份、备案等事实，把一个人一年的结算依次重算；只列差额，不记账：\n"
    "有利于个人的由经办机构支付，不利的列给经办人员审定。换用 --policy 可试算草案。\n"
    "  --person 编号      人员编号 psn_no（1101 应答里的）\n"
    "  --scheme 险种      缺省 390\n"
    "  --year 年          缺省今年\n"
    "  --data 目录        数据目录，或 --store 数据库地址（缺省 data）\n"
    "  --catalogs 目录、--policy 目录   缺省在当前目录或程序旁边找";

static void print(const struct yh_review *r)
{
    char a[32], b[32], c[32], d[32], day[16];
    printf("重算 %d 笔，有差额 %d 笔\n", r->looked, r->n);
    for (int i = 0; i < r->n; i++) {
        const struct yh_review_row *k = &r->row[i];
        printf("  %.*s %.*s  基金 %.*s → %.*s  个人 %.*s → %.*s  ",
               YH_ARG(yh_day_text(day, k->day)), YH_ARG(k->settlement),
               YH_ARG(yh_dec_text(a, k->fund_was, 2, 2)),
               YH_ARG(yh_dec_text(b, k->fund_now, 2, 2)),
               YH_ARG(yh_dec_text(c, k->person_was, 2, 2)),
               YH_ARG(yh_dec_text(d, k->person_now, 2, 2)));
        if (k->payable)
            printf("应补付 %.*s\n", YH_ARG(yh_dec_text(a, k->payable, 2, 2)));
        else
            printf("待审定 %.*s\n", YH_ARG(yh_dec_text(a, k->against, 2, 2)));
    }
    printf("合计应补付个人 %.*s，待审定 %.*s（未记账）\n",
           YH_ARG(yh_dec_text(a, r->payable, 2, 2)), YH_ARG(yh_dec_text(b, r->against, 2, 2)));
}

int yh_cmd_review(int argc, char **argv)
{
    const char *data = "data", *catalogs = NULL, *policy = NULL, *person = NULL,
               *scheme = "390";
    const char *value = NULL;
    yh_time now = (yh_time)time(NULL) + 8 * 3600;
    int64_t year = yh_civil_of(yh_time_day(now)).year;
    for (int i = 1; i < argc; i++) {
        if (yh_cli_option(&i, argc, argv, "--data", &value) && value)
            data = value;
        else if (yh_cli_option(&i, argc, argv, "--catalogs", &value) && value)
            catalogs = value;
        else if (yh_cli_option(&i, argc, argv, "--policy", &value) && value)
            policy = value;
        else if (yh_cli_option(&i, argc, argv, "--person", &value) && value)
            person = value;
        else if (yh_cli_option(&i, argc, argv, "--scheme", &value) && value)
            scheme = value;
        else if (!yh_cli_option(&i, argc, argv, "--year", &value) || !value ||
                 yh_int_parse(yh_cstr(value), &year, NULL))
            return yh_cli_usage(USAGE, argc, argv);
    }
    if (!person)
        return yh_cli_usage(USAGE, argc, argv);
    char url[4200];
    (void)yh_cli_store(url, data);
    struct yh_realm *realm = yh_heap(NULL, sizeof *realm);
    struct yh_arena arena;
    struct yh_err err = { 0 };
    struct yh_review r;
    int code = 0;
    if (yh_arena_open(&arena, (size_t)1 << 30, &err)) {
        code = yh_cli_error(NULL, &err);
    } else {
        if (yh_realm_open(catalogs, policy, NULL, realm, &err) ||
            yh_realm_follow_data(realm, yh_cstr(url), &err) ||
            yh_review_data(yh_cstr(url), &realm->world, &arena, now, yh_cstr(person),
                           yh_cstr(scheme), year, &r, &err))
            code = yh_cli_error(NULL, &err);
        else
            print(&r);
        yh_realm_close(realm);
        yh_arena_close(&arena);
    }
    yh_heap(realm, 0);
    return code;
}
