/* shell/cli/synth.c -- `yiheng synth`: an invented prefecture. */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>
#include "shell/cli/cli.h"
#include "shell/sim/sim.h"

static const char USAGE[] =
    "synth --preset honghe|quanzhou --data 目录 [--people 人数] [--seed 数]\n"
    "      yiheng synth --region 统筹区 --people 人数 --year 年 --seed 数 --data 目录\n"
    "      yiheng synth --report --data 目录      校准报告：目标与结果并列\n"
    "造一个虚构的统筹区：户与账户组、参保人、单位、身份，医院、诊所与药店，一年的门诊、慢特病、"
    "购药与\n"
    "住院，逐笔按有效的待遇文件结算。人和机构都是虚构的，号码用不存在的区划 99。\n"
    "  --preset 名称     红河（438 万人）、泉州（720 万人）；可用 --people 缩小\n"
    "  --employees 人数  其中职工（缺省：按预设，或全国的比例）\n"
    "  --threads 数      缺省为处理器数；同一种子结果逐字节相同，与线程数无关\n"
    "  --archive-only    只写年度档案，不建可供 serve 使用的人员库\n"
    "  --catalogs 目录   目录文件夹\n"
    "写出：目录/archive/"
    "统筹区-年.yha（年度档案）、yiheng.db（人员与机构）、labels.tsv（埋入的违规与\n"
    "合法的相似例，供评测，审核从不读它）。";

struct bar {
    int64_t shown;
    bool tty;
};

static void progress(void *ctx, int64_t done, int64_t all)
{
    struct bar *b = ctx;
    int64_t now = all ? done * 100 / all : 100;
    if (!b->tty || now == b->shown)
        return;
    b->shown = now;
    char line[51];
    for (int i = 0; i < 50; i++)
        line[i] = i < now / 2 ? '#' : '.';
    line[50] = '\0';
    fprintf(stderr, "\r  [%s] %3d%%  %" PRId64 "/%" PRId64 " 户%s", line, (int)now, done, all,
            done == all ? "\n" : "");
    fflush(stderr);
}

static bool number(const char *name, const char *value, int64_t lo, int64_t hi, int64_t *out)
{
    if (yh_int_parse(yh_cstr(value), out, NULL) == YH_OK && *out >= lo && *out <= hi)
        return true;
    fprintf(stderr, "错误：%s「%s」应为 %" PRId64 " 至 %" PRId64 " 的整数\n", name,
            value ? value : "", lo, hi);
    return false;
}

static bool options(int argc, char **argv, struct yh_sim_options *o, bool *report)
{
    const char *v;
    int64_t n;
    for (int i = 1; i < argc; i++) {
        if (yh_cli_option(&i, argc, argv, "--preset", &v) && v)
            o->preset = v;
        else if (yh_cli_option(&i, argc, argv, "--data", &v) && v)
            o->data = v;
        else if (yh_cli_option(&i, argc, argv, "--catalogs", &v) && v)
            o->catalogs = v;
        else if (yh_cli_option(&i, argc, argv, "--region", &v)) {
            if (!number("--region", v, 100000, 999999, &n))
                return false;
            o->region = (uint32_t)n;
        } else if (yh_cli_option(&i, argc, argv, "--people", &v)) {
            if (!number("--people", v, 100, 20000000, &o->people))
                return false;
        } else if (yh_cli_option(&i, argc, argv, "--employees", &v)) {
            if (!number("--employees", v, 1, 20000000, &o->employees))
                return false;
        } else if (yh_cli_option(&i, argc, argv, "--year", &v)) {
            if (!number("--year", v, 2015, 2060, &n))
                return false;
            o->year = (int)n;
        } else if (yh_cli_option(&i, argc, argv, "--seed", &v)) {
            if (!number("--seed", v, 1, INT64_MAX, &n))
                return false;
            o->seed = (uint64_t)n;
        } else if (yh_cli_option(&i, argc, argv, "--threads", &v)) {
            if (!number("--threads", v, 1, 64, &n))
                return false;
            o->threads = (int)n;
        } else if (!strcmp(argv[i], "--report"))
            *report = true;
        else if (!strcmp(argv[i], "--archive-only"))
            o->archive_only = true;
        else
            return false;
    }
    return true;
}

int yh_cmd_synth(int argc, char **argv)
{
    struct yh_sim_options o = { 0 };
    struct bar bar = { -1, isatty(2) };
    bool report = false;
    struct yh_err err = { 0 };
    struct yh_arena a;
    if (!options(argc, argv, &o, &report))
        return yh_cli_usage(USAGE, argc, argv);
    if (!o.data)
        return yh_cli_usage(USAGE, argc, argv);
    o.progress = progress;
    o.ctx = &bar;
    if (yh_arena_open(&a, (size_t)1 << 30, &err))
        return yh_cli_error(NULL, &err);
    struct yh_buf out = yh_buf_in(&a);
    int failed = 0;
    enum yh_status st = report ? yh_sim_report(o.catalogs, o.data, &out, &failed, &err)
                               : yh_sim_make(&o, &out, &err);
    yh_str text = yh_buf_str(&out);
    if (text.n)
        fwrite(text.p, 1, (size_t)text.n, stdout);
    yh_arena_close(&a);
    if (st == YH_BAD_INPUT || (st == YH_NOT_FOUND && err.field[0])) {
        (void)yh_cli_error(NULL, &err);
        return 2;
    }
    return st ? yh_cli_error(NULL, &err) : failed ? 1 : 0;
}
