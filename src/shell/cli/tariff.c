/* shell/cli/tariff.c -- yiheng tariff: prices by stage of days, by disease, by outpatient group. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "engine/casemix/tariff.h"
#include "shell/casemix/stream.h"
#include "shell/casemix/tables.h"
#include "shell/cli/cli.h"
#include "shell/file/file.h"

#define USAGE                                                                                                                \
    "tariff [--tables 目录] [--level 1|2|3] [文件|-]\n"                                                                  \
    "给病例算按病种、按床日、按门诊分组的价格：los 为 0 且没有病种价格的按门诊分组（px " \
    "列是就诊的各项），\n"                                                                                          \
    "其余先按病种价格（含日间手术），再按床日。结果为 TSV。\n"                                      \
    "  --tables 目录     四张价表（缺省 catalogs/tariff，全是虚构的价格）\n"                               \
    "  --level 1|2|3     医院级别（缺省 3）\n"                                                                       \
    "  文件|-            病例文件，列同 yiheng group（缺省标准输入）"

struct tariff_run {
    struct yh_arena arena;
    struct yh_tariff *tariff;
    const char *dir;
    int level;
    bool json;
    struct yh_case_columns cols;
    struct yh_case work[2];
};

static enum yh_status read_file(void *ctx, const char *path, yh_str *text, struct yh_err *err)
{
    struct tariff_run *r = ctx;
    const char *whole = yh_zdup(&r->arena, yh_fmt(&r->arena, "%s/%s", r->dir, path));
    return yh_file_read(&r->arena, whole, (size_t)64 << 20, text, err);
}

static enum yh_status first_line(void *ctx, yh_str line, bool *used, struct yh_err *err)
{
    struct tariff_run *r = ctx;
    r->json = yh_starts(yh_trim(line), YH_S("{"));
    *used = !r->json;
    return r->json ? YH_OK : yh_case_header(line, &r->cols, err);
}

static void put_visit(const struct tariff_run *r, const struct yh_case *c, struct yh_buf *out)
{
    static const char *const FATE[] = { "全额", "折半", "合并", "打包", "未列" };
    struct yh_apg_line line[YH_CASE_CODES_MAX + 1];
    char text[32];
    yh_micro total;
    int n = yh_apg(r->tariff, c, line, &total);
    yh_putf(out, "%.*s\t门诊分组\t", YH_ARG(c->id));
    for (int i = 0; i < n; i++)
        yh_putf(out, "%s%.*s:%s", i ? "," : "",
                YH_ARG(line[i].row ? line[i].row->group : c->px[i]), FATE[line[i].fate]);
    yh_putf(out, "\t\t%.*s\n", YH_ARG(yh_dec_text(text, total, 6, 6)));
}

static enum yh_status price_line(void *ctx, int worker, struct yh_arena scratch, yh_str line,
                                 struct yh_buf *out, struct yh_err *err)
{
    struct tariff_run *r = ctx;
    struct yh_case *c = &r->work[worker];
    char text[32];
    yh_str kind;
    yh_fen sum;
    enum yh_status bad =
        r->json ? yh_case_json(&scratch, line, c, err) : yh_case_row(&r->cols, line, c, err);
    if (bad)
        return bad;
    const struct yh_disease_price *p = yh_disease_price(r->tariff, c, r->level);
    if (p)
        yh_putf(out, "%.*s\t%s%s\t%.*s\t%.*s\t\n", YH_ARG(c->id),
                p->day_surgery ? "日间手术" : "单病种", p->patient_too ? "（收付费）" : "",
                YH_ARG(p->code), YH_ARG(yh_dec_text(text, p->price, 2, 2)));
    else if (c->los == 0)
        put_visit(r, c, out);
    else if (yh_per_diem(r->tariff, c, &kind, &sum))
        yh_putf(out, "%.*s\t床日\t%.*s\t%.*s\t\n", YH_ARG(c->id), YH_ARG(kind),
                YH_ARG(yh_dec_text(text, sum, 2, 2)));
    else
        yh_putf(out, "%.*s\t无\t\t\t\n", YH_ARG(c->id));
    return YH_OK;
}

static int run(struct tariff_run *r, const char *file)
{
    struct yh_err err;
    bool standard = !file || !strcmp(file, "-");
    struct yh_stream s = { .out = 1,
                           .name = standard ? "标准输入" : file,
                           .threads = 1,
                           .first = first_line,
                           .work = price_line,
                           .ctx = r };
    s.in = standard ? 0 : open(file, O_RDONLY | O_CLOEXEC);
    if (s.in < 0) {
        yh_fail(&err, YH_NOT_FOUND, "打不开");
        return yh_cli_error(file, &err);
    }
    printf("#id\tkind\tcode\tprice\tweight\n");
    fflush(stdout);
    enum yh_status bad = yh_stream_run(&s, &err);
    if (!standard)
        close(s.in);
    return bad ? yh_cli_error(s.name, &err) : s.bad ? 1 : 0;
}

int yh_cmd_tariff(int argc, char **argv)
{
    static struct tariff_run r;
    r = (struct tariff_run){ .level = 3 };
    const char *tables = NULL, *level = "3", *file = NULL;
    for (int i = 1; i < argc; i++) {
        if (yh_cli_option(&i, argc, argv, "--tables", &tables) ||
            yh_cli_option(&i, argc, argv, "--level", &level))
            continue;
        if (!file && (argv[i][0] != '-' || !argv[i][1]))
            file = argv[i];
        else
            return yh_cli_usage(USAGE, argc, argv);
    }
    if (!level || strlen(level) != 1 || level[0] < '1' || level[0] > '3')
        return yh_cli_usage(USAGE, argc, argv);
    r.level = level[0] - '0';
    struct yh_err err;
    enum yh_status bad = yh_arena_open(&r.arena, (size_t)256 << 20, &err);
    if (!bad) {
        r.dir = yh_tables_find(&r.arena, tables, "tariff", "per-diem.tsv");
        bad = yh_tariff_load(&r.arena, (struct yh_casemix_source){ &r, read_file }, &r.tariff,
                             &err);
    }
    int code = bad ? yh_cli_error(NULL, &err) : run(&r, file);
    yh_arena_close(&r.arena);
    return code;
}
