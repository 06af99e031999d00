/* shell/cli/archive.c -- `yiheng archive`: a year's archive made, checked, exported, taken in. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "shell/cli/books.h"
#include "shell/cli/cli.h"
#include "shell/extract/extract.h"
#include "shell/replay/load.h"

static const char USAGE[] =
    "archive --rebuild --data 目录 --region 统筹区 --year 年   "
    "由数据目录重建年度档案，逐笔核对\n"
    "      yiheng archive --rebuild --store 数据库地址 --folder 目录 --region 统筹区 --year 年 "
    "  "
    "由数据库重建到目录；几个节点的各由一个线程在其节点上读，文件逐字节相同\n"
    "      yiheng archive --check  --data 目录 [--year 年]                 "
    "查每一块的校验和，报告概况\n"
    "      yiheng archive --export 去处 --data 目录 [--year 年]            导出为 "
    "CSV（UTF-8，一表一份）\n"
    "      yiheng archive --import 来处 --data 目录 --region 统筹区 --year 年 [--map 对照表]\n"
    "年度档案是 目录/archive/统筹区-年.yha：一年的结算、明细与人员，供 replay、audit "
    "使用；重建时机构上报的\n"
    "进销存（3501 至 3506）与追溯码写在旁边的 统筹区-年.goods.tsv，audit 用它与结算对账。\n"
    "  --import  来处放经办机构自己的 TSV：person.tsv enrolment.tsv identity.tsv provider.tsv\n"
    "            settlement.tsv line.tsv，列名用国家接口名（docs/replay.md "
    "有清单）；列名不同的写进对照表：\n"
    "            TSV，列 table column "
    "source。有错逐行指出，不写档案；中断后再运行同一条命令接着做。\n"
    "  --policy 目录、--catalogs 目录";

static int rebuild(const struct yh_cli_books *books)
{
    static struct yh_rebuild_report r;
    struct yh_goods_report told;
    char path[4300], dir[4200];
    if (yh_cli_books_meant(books->data) && !books->folder) {
        fprintf(stderr, "错误：数据库旁边没有目录，用 --folder 目录 说明档案写到哪里\n");
        return 2;
    }
    const char *home = books->folder ? books->folder : books->data;
    snprintf(dir, sizeof dir, "%.4000s/archive", home);
    snprintf(path, sizeof path, "%s/%06" PRId64 "-%" PRId64 ".yha", dir, books->region,
             books->year);
    (void)mkdir(home, 0777);
    if (mkdir(dir, 0777) && errno != EEXIST) {
        fprintf(stderr, "错误：建不了目录 %s\n", dir);
        return 1;
    }
    int code = yh_cli_books_make(books, path, &r, &told);
    if (code)
        return code;
    printf("%s：%" PRId64 " 个户组，%" PRId64 " 人，%" PRId64 " 笔结算，%" PRId64 " 条明细\n",
           path, r.groups, r.persons, r.heads, r.lines);
    if (r.left_out)
        printf("撤销的结算与它们的镜像 %" PRId64 " 笔不进档案：净额为零\n", r.left_out);
    if (told.rows || told.unread) {
        printf("进销存与追溯码 %" PRId64 " 行，在旁边的 .goods.tsv", told.rows);
        if (told.corrected)
            printf("；更正与重报 %" PRId64 " 条，以最后的为准", told.corrected);
        if (told.unread)
            printf("；%" PRId64 " 条的日期、数量或变更类型读不懂，没有列入", told.unread);
        putchar('\n');
    }
    char a[32], b[32];
    for (int i = 0; i < r.nsum; i++)
        if (r.sum[i].books != r.sum[i].archive)
            printf("  %-18s 数据目录 %.*s，档案 %.*s，不符\n", r.sum[i].name,
                   YH_ARG(yh_dec_text(a, r.sum[i].books, 2, 2)),
                   YH_ARG(yh_dec_text(b, r.sum[i].archive, 2, 2)));
    printf("%d 项合计与数据目录%s\n", r.nsum, r.same ? "一分不差" : "不符");
    for (int i = 0; i < r.nshown; i++)
        printf("  结算 %s  %s 账面 %.*s，按今天的文件与事实重算 %.*s\n", r.shown[i].settlement,
               r.shown[i].what, YH_ARG(yh_dec_text(a, r.shown[i].books, 2, 2)),
               YH_ARG(yh_dec_text(b, r.shown[i].now, 2, 2)));
    printf("逐笔重算：%" PRId64 " 笔与账面不同\n", r.differ);
    return r.same ? 0 : 1;
}

static int check(const char *data, int64_t year)
{
    struct yh_archive a;
    struct yh_err err;
    if (yh_replay_find(data, year, &a, &err))
        return yh_cli_error(NULL, &err);
    int code = 0;
    for (int i = 0; i < a.nchunk; i++) {
        struct yh_arc_chunk c;
        if (yh_archive_chunk(&a, i, &c, &err))
            code = yh_cli_error(NULL, &err);
    }
    char hex[65] = { 0 };
    yh_hex(hex, a.digest, 32);
    printf("%s：%06u %d 年，%d 块，%" PRId64 " 人，%" PRId64 " 笔结算，%" PRId64
           " 条明细，%lld 字节\n摘要 %s\n%s",
           a.path, a.about.region, a.about.year, a.nchunk, a.persons, a.heads, a.lines,
           (long long)a.bytes.n, hex, code ? "" : "每一块的校验和都相符\n");
    yh_archive_close(&a);
    return code;
}

static int export(const char *data, int64_t year, const char *to)
{
    struct yh_archive a;
    struct yh_err err;
    if (yh_replay_find(data, year, &a, &err))
        return yh_cli_error(NULL, &err);
    enum yh_status st = yh_extract_write(&a, to, &err);
    yh_archive_close(&a);
    if (st)
        return yh_cli_error(NULL, &err);
    printf("已导出到 %s\n", to);
    return 0;
}

static int import(const char *from, const char *map, const char *data, const char *catalogs,
                  const char *policy, uint32_t region, int year)
{
    struct yh_extract_report r;
    struct yh_err err;
    enum yh_status st =
        yh_extract_read(from, map, data, catalogs, policy, region, year, &r, &err);
    for (int i = 0; i < r.nshown; i++)
        fprintf(stderr, "%s\n", r.shown[i]);
    if (r.bad > r.nshown)
        fprintf(stderr, "…… 另有 %" PRId64 " 处\n", r.bad - r.nshown);
    if (st)
        return yh_cli_error(NULL, &err);
    printf("%s：%" PRId64 " 人，%" PRId64 " 笔结算，%" PRId64 " 条明细%s\n", r.path, r.persons,
           r.heads, r.lines, r.resumed ? "（接着上次）" : "");
    printf("与来处的金额相符；用 yiheng replay --data %s 按现行文件逐笔核对\n", data);
    return 0;
}

int yh_cmd_archive(int argc, char **argv)
{
    const char *data = NULL, *folder = NULL, *catalogs = NULL, *policy = NULL, *to = NULL,
               *from = NULL, *map = NULL, *v = NULL;
    bool rebuilds = false, checks = false;
    int64_t year = 0, region = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--rebuild") == 0)
            rebuilds = true;
        else if (strcmp(argv[i], "--check") == 0)
            checks = true;
        else if (yh_cli_option(&i, argc, argv, "--data", &v) && v)
            data = v;
        else if (yh_cli_option(&i, argc, argv, "--folder", &v) && v)
            folder = v;
        else if (yh_cli_option(&i, argc, argv, "--catalogs", &v) && v)
            catalogs = v;
        else if (yh_cli_option(&i, argc, argv, "--policy", &v) && v)
            policy = v;
        else if (yh_cli_option(&i, argc, argv, "--export", &v) && v)
            to = v;
        else if (yh_cli_option(&i, argc, argv, "--import", &v) && v)
            from = v;
        else if (yh_cli_option(&i, argc, argv, "--map", &v) && v)
            map = v;
        else if (yh_cli_option(&i, argc, argv, "--year", &v)) {
            if (!v || yh_int_parse(yh_cstr(v), &year, NULL) || year < 1990 || year > 2999) {
                fprintf(stderr, "错误：--year “%s”应为四位年份\n", v ? v : "");
                return 2;
            }
        } else if (yh_cli_option(&i, argc, argv, "--region", &v)) {
            if (!v || yh_int_parse(yh_cstr(v), &region, NULL) || region < 100000 ||
                region > 999999) {
                fprintf(stderr, "错误：--region “%s”应为六位区划代码\n", v ? v : "");
                return 2;
            }
        } else {
            return yh_cli_usage(USAGE, argc, argv);
        }
    }
    if (!data || rebuilds + checks + (to != NULL) + (from != NULL) != 1)
        return yh_cli_usage(USAGE, argc, argv);
    if ((rebuilds || from) && (!region || !year)) {
        fprintf(stderr, "错误：写上 --region 统筹区 和 --year 年\n");
        return 2;
    }
    if (rebuilds)
        return rebuild(&(struct yh_cli_books){ .data = data,
                                               .catalogs = catalogs,
                                               .policy = policy,
                                               .folder = folder,
                                               .region = region,
                                               .year = year });
    if (checks)
        return check(data, year);
    if (to)
        return export(data, year, to);
    return import(from, map, data, catalogs, policy, (uint32_t)region, (int)year);
}
