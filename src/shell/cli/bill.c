/* shell/cli/bill.c -- yiheng bill: a stored settlement, as its patient reads it. */
#include <stdio.h>
#include <string.h>
#include "service/settle.h"
#include "shell/cli/cli.h"
#include "shell/realm/realm.h"

static const char USAGE[] =
    "bill 结算ID… [--data 目录] [--catalogs 目录] [--policy 目录]\n"
    "把已存的结算按当时存下的理由讲给病人听：费用怎样划分，每一方付多少，依据哪一条，合计对不对"
    "。\n"
    "只读，可在服务运行时进行；讲的是当时的决定，不随今天的文件变（要重算用 yiheng review）。\n"
    "  结算ID             2207、2304 应答里的 setl_id，可写几个\n"
    "  --data 目录        数据目录，或 --store 数据库地址（缺省 data）\n"
    "  --catalogs 目录、--policy 目录   缺省在当前目录或程序旁边找";

static int print_all(const char *data, const struct yh_world *w, struct yh_arena *a, char **no,
                     int n)
{
    char url[4200];
    struct yh_err err = { 0 };
    (void)yh_cli_store(url, data);
    for (int i = 0; i < n; i++) {
        struct yh_buf page = yh_buf_in(a);
        if (yh_bill_of_data(yh_cstr(url), w, a, yh_cstr(no[i]), &page, &err))
            return yh_cli_error(NULL, &err);
        printf("%s%.*s", i ? "\n" : "", YH_ARG(yh_buf_str(&page)));
    }
    return 0;
}

int yh_cmd_bill(int argc, char **argv)
{
    const char *data = "data", *catalogs = NULL, *policy = NULL, *value = NULL;
    int n = 0;
    for (int i = 1; i < argc; i++) {
        if (yh_cli_option(&i, argc, argv, "--data", &value) && value)
            data = value;
        else if (yh_cli_option(&i, argc, argv, "--catalogs", &value) && value)
            catalogs = value;
        else if (yh_cli_option(&i, argc, argv, "--policy", &value) && value)
            policy = value;
        else if (argv[i][0] == '-')
            return yh_cli_usage(USAGE, argc, argv);
        else
            argv[n++] = argv[i];
    }
    if (n == 0)
        return yh_cli_usage(USAGE, argc, argv);
    struct yh_realm *realm = yh_heap(NULL, sizeof *realm);
    struct yh_arena arena;
    struct yh_err err = { 0 };
    char url[4200];
    int code = 1;
    if (yh_arena_open(&arena, (size_t)256 << 20, &err)) {
        code = yh_cli_error(NULL, &err);
    } else if (yh_realm_open(catalogs, policy, NULL, realm, &err)) {
        code = yh_cli_error(NULL, &err);
        yh_arena_close(&arena);
    } else {
        if (yh_realm_follow_data(realm, yh_cstr(yh_cli_store(url, data)), &err))
            code = yh_cli_error(NULL, &err);
        else
            code = print_all(data, &realm->world, &arena, argv, n);
        yh_realm_close(realm);
        yh_arena_close(&arena);
    }
    yh_heap(realm, 0);
    return code;
}
