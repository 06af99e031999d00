/* shell/cli/sql.c -- yiheng sql: an analyst's own SELECT over a data folder. */
#include <stdio.h>
#include <string.h>

#include "service/sql/sql.h"
#include "shell/cli/cli.h"

#define MEMORY ((size_t)1 << 32)
#define ROWS_MAX 10000000
#define USAGE                                                                                                              \
    "sql --data 目录 'SELECT …'\n"                                                                                     \
    "      yiheng sql --tables        列出各表、列和含义\n"                                                       \
    "      yiheng sql --layout N      PostgreSQL 建表语句，账户组所在的表分成 N "                            \
    "个哈希分区（1 不分）\n"                                                                                      \
    "      yiheng sql --nodes 节点表    几个 PostgreSQL 节点的建表语句（交给 psql），见 "                \
    "docs/operations.md\n"                                                                                                 \
    "      yiheng sql --citus         同样的表在 Citus 上的建表语句（没有在 Citus 上试过）\n"           \
    "  只读，可在服务运行时进行；结果为 TSV。金额单位为分，日期为 1970-01-01 起的天数。\n" \
    "  费用明细打包存放：FROM charge_batch b, charge_lines(b.packed) l 逐条列出。"

int yh_cmd_sql(int argc, char **argv)
{
    const char *data = NULL, *select = NULL, *layout = NULL, *nodes = NULL;
    int64_t partitions = 0;
    bool tables = false, citus = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--tables") == 0)
            tables = true;
        else if (strcmp(argv[i], "--citus") == 0)
            citus = true;
        else if (yh_cli_option(&i, argc, argv, "--data", &data) ||
                 yh_cli_option(&i, argc, argv, "--layout", &layout) ||
                 yh_cli_option(&i, argc, argv, "--nodes", &nodes))
            continue;
        else if (!select && argv[i][0] != '-')
            select = argv[i];
        else
            return yh_cli_usage(USAGE, argc, argv);
    }
    if (!tables && !layout && !nodes && !citus && (!data || !select))
        return yh_cli_usage(USAGE, argc, argv);
    if (layout && (yh_int_parse(yh_cstr(layout), &partitions, NULL) || partitions < 1 ||
                   partitions > 1024)) {
        fprintf(stderr, "错误：--layout 应为 1 到 1024 的整数，不是 %s\n", layout);
        return 2;
    }
    struct yh_arena arena;
    struct yh_err err;
    if (yh_arena_open(&arena, MEMORY, &err))
        return yh_cli_error(NULL, &err);
    yh_str out = { 0 };
    int code = 0;
    if (tables) {
        struct yh_buf b = yh_buf_in(&arena);
        yh_sql_tables(&b);
        out = yh_buf_str(&b);
    } else if (layout) {
        out = yh_sql_layout(&arena, (int)partitions);
    } else if (citus) {
        out = yh_sql_citus(&arena);
    } else if (nodes) {
        if (yh_sql_nodes(&arena, yh_cstr(nodes), &out, &err))
            code = yh_cli_error(NULL, &err);
    } else {
        char url[4200];
        if (yh_sql_data(yh_cstr(yh_cli_store(url, data)), yh_cstr(select), ROWS_MAX, &arena,
                        &out, &err)) {
            if (!strcmp(err.text, "not authorized")) /* SQLite's word */
                (void)yh_fail(&err, err.status, "只能查询（SELECT），不能改动数据");
            code = yh_cli_error(data, &err);
        }
    }
    if (!code)
        fwrite(out.p, 1, (size_t)out.n, stdout);
    yh_arena_close(&arena);
    return code;
}
