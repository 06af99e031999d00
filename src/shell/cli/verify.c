/* shell/cli/verify.c -- yiheng verify: the books of a data folder, proved. */
#include <stdio.h>

#include "service/verify/verify.h"
#include "shell/cli/cli.h"

#define MEMORY ((size_t)1 << 30)
#define USAGE                                                                                                                \
    "verify --data 目录 [--json]\n"                                                                                        \
    "  核对账目：借贷平衡，结算=基金明细=分录=累计，冲销是镜像，明细校验和，叶哈希。\n" \
    "  只读，可在服务运行时进行。相符退出码 0，不符或不能读为 1。"

int yh_cmd_verify(int argc, char **argv)
{
    const char *data = NULL;
    bool json = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            json = true;
        else if (!yh_cli_option(&i, argc, argv, "--data", &data))
            return yh_cli_usage(USAGE, argc, argv);
    }
    if (!data)
        return yh_cli_usage(USAGE, argc, argv);
    struct yh_arena arena;
    struct yh_err err;
    if (yh_arena_open(&arena, MEMORY, &err))
        return yh_cli_error(NULL, &err);
    static struct yh_verify_report report; /* too large for comfort on the stack */
    char url[4200];
    int code = 1;
    if (yh_verify_data(yh_cstr(yh_cli_store(url, data)), &arena, &report, &err)) {
        yh_cli_error(data, &err);
    } else {
        struct yh_buf out = yh_buf_in(&arena);
        if (json)
            yh_verify_json(&report, &out);
        else
            yh_verify_text(&report, &out);
        fwrite(out.p, 1, (size_t)out.n, stdout);
        code = report.problems != 0;
    }
    yh_arena_close(&arena);
    return code;
}
