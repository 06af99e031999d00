/* shell/cli/init_demo.c -- yiheng init-demo: a data folder with the invented town in it. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "service/town.h"
#include "shell/cli/cli.h"
#include "shell/portal/portal.h"

static const char USAGE[] =
    "init-demo [--data DIR] [--people N] [--family N] [--seed N]\n"
    "建立一个数据目录，内有虚构的统筹区 990100（示例市）、990200（样例市）、980100（邻市）\n"
    "的机构和人员：示例人员十名（测试甲 …），另加 N 名随机人员供压测。\n"
    "\n"
    "  --data DIR     数据目录（缺省 data；已有演示数据时不改动并报错）\n"
    "  --people N     随机人员数（缺省 0，最多一千万）；人员编号 990101 后接 20 位数，自 "
    "1000000 起\n"
    "  --family N     每个账户组的人数（缺省 1）；多于 1 时家人之间、相邻家庭之间互相共济\n"
    "  --seed N       随机种子（缺省 1）";

static bool number(const char *name, const char *value, int64_t most, int64_t *out)
{
    if (value && !yh_int_parse(yh_cstr(value), out, NULL) && *out >= 0 && *out <= most)
        return true;
    fprintf(stderr, "错误：%s 应为 0 到 %lld 的整数\n", name, (long long)most);
    return false;
}

int yh_cmd_init_demo(int argc, char **argv)
{
    const char *data = "data", *value = NULL;
    int64_t people = 0, family = 1, seed = 1;
    for (int i = 1; i < argc; i++) {
        if (yh_cli_option(&i, argc, argv, "--data", &value) && value)
            data = value;
        else if (yh_cli_option(&i, argc, argv, "--people", &value)) {
            if (!number("--people", value, 10000000, &people))
                return 2;
        } else if (yh_cli_option(&i, argc, argv, "--family", &value)) {
            if (!number("--family", value, 1000, &family))
                return 2;
        } else if (yh_cli_option(&i, argc, argv, "--seed", &value)) {
            if (!number("--seed", value, INT64_MAX, &seed))
                return 2;
        } else {
            return yh_cli_usage(USAGE, argc, argv);
        }
    }
    char url[4200];
    struct yh_err err = { 0 };
    struct timespec from, to;
    (void)clock_gettime(CLOCK_MONOTONIC, &from);
    (void)yh_cli_store(url, data);
    if (yh_town_init(yh_cstr(url), (yh_time)time(NULL) + 8 * 3600, people, family ? family : 1,
                     (uint64_t)seed, &err) ||
        yh_portal_demo(yh_cstr(url), (yh_time)time(NULL) + 8 * 3600, &err))
        return yh_cli_error(NULL, &err);
    (void)clock_gettime(CLOCK_MONOTONIC, &to);
    long ms = (to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000;
    printf("%s：示例人员与机构已建立，随机人员 %lld 名，用时 %ld.%ld 秒\n", data,
           (long long)people, ms / 1000, ms % 1000 / 100);
    printf("启动：yiheng serve --data %s --sandbox\n", data);
    return 0;
}
