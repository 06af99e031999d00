/* shell/cli/enrol.c -- yiheng enrol: an agency's own people and providers into a store. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "service/enrol/enrol.h"
#include "shell/catalogs/catalogs.h"
#include "shell/cli/cli.h"
#include "shell/file/file.h"

#define FILES_MAX 64
#define MEMORY ((size_t)16 << 30) /* reserved; pages are taken as used */

static const char USAGE[] =
    "enrol [--data DIR] [--region 统筹区] [--check] [--update] 表.tsv …\n"
    "      yiheng enrol --columns                       列出四种表的列\n"
    "把经办机构自己的参保人、参保、身份、定点机构装进数据目录或 PostgreSQL。表是 UTF-8 的\n"
    "TSV，第一行是列名（国家接口的字段名，--columns 列出）；是哪种表看列名，次序不限。\n"
    "\n"
    "  --data DIR     数据目录（缺省 data）；--store 数据库地址 与它是同一个选项\n"
    "  --region CODE  统筹区，六位；建新库要写，已有的库用它自己的\n"
    "  --check        只核对，什么也不写；服务可以同时运行\n"
    "  --update       允许改动已在库中的行（人员编号、证件、起始日、期初余额不能改）\n"
    "  --catalogs DIR 目录表（区划与字典）在哪里\n"
    "  --quiet        不显示进度\n"
    "\n"
    "先核对全部文件的每一行：必填、日期、字典、区划、身份证校验位、文件内重复、参保期间重叠、\n"
    "与库中的不同。有一行不对就一行也不写：列出前 20 行（文件:行、字段、值、怎么改）。同样的\n"
    "文件再装一次什么也不变；中断了，用同一条命令接着装。写的时候，数据目录上的服务要先停。\n"
    "一个人一个账户组；年度累计、备案、共济关系不从这里装。";

static enum yh_status map_file(const char *path, yh_str *out, struct yh_err *err)
{
    struct stat s;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &s)) {
        int why = errno;
        if (fd >= 0)
            (void)close(fd);
        return yh_fail(err, YH_BAD_INPUT, "读不了 %.200s：%s；核对路径", path, strerror(why));
    }
    void *p = S_ISREG(s.st_mode) && s.st_size
                  ? mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, fd, 0)
                  : MAP_FAILED;
    (void)close(fd);
    if (p == MAP_FAILED)
        return yh_fail(err, YH_BAD_INPUT, "%.200s 不是文件，或是空的；核对路径", path);
    *out = (yh_str){ p, (ptrdiff_t)s.st_size };
    return YH_OK;
}

/* What rows are checked against: regions and dictionaries, nothing else of the catalogues. */
static enum yh_status load_world(const char *catalogs, struct yh_arena *a, struct yh_world *w,
                                 struct yh_err *err)
{
    const char *dir = yh_catalogs_dir(a, catalogs);
    struct yh_regions *regions = YH_NEW(a, struct yh_regions, 1);
    struct yh_world_text *dictionaries = YH_NEW(a, struct yh_world_text, 1);
    yh_str text;
    enum yh_status st =
        yh_file_read(a, yh_fmt(a, "%s/regions.tsv%c", dir, 0).p, (size_t)64 << 20, &text, err);
    if (st == YH_OK)
        st = yh_regions_load(text, a, regions, err);
    dictionaries->path = YH_S("interface/dictionaries.tsv");
    if (st == YH_OK)
        st = yh_file_read(a, yh_fmt(a, "%s/interface/dictionaries.tsv%c", dir, 0).p,
                          (size_t)64 << 20, &dictionaries->text, err);
    *w = (struct yh_world){ .regions = regions, .text = dictionaries, .ntext = 1 };
    return st;
}

static void progress(void *user, const char *doing, int64_t rows)
{
    (void)user;
    fprintf(stderr, "\r\033[K%s %lld 行", doing, (long long)rows);
}

static void print(const struct yh_enrol *e, bool check)
{
    static const char *const NAME[] = {
#define T(t, mark, doc) doc,
#define C(t, c, need, doc)
#include "service/enrol/column.def"
    };
    for (int t = YH_ENROL_TABLES - 1; t >= 0; t--)
        printf("%s：新 %lld，相同 %lld，改动 %lld\n", NAME[t], (long long)e->count[t].added,
               (long long)e->count[t].same, (long long)e->count[t].changed);
    if (check)
        printf("只核对，没有写入\n");
}

static void print_bad(const struct yh_enrol *e)
{
    for (int i = 0; i < yh_min(e->bad, YH_ENROL_SHOWN); i++)
        (void)yh_cli_error(e->shown[i].file.p, &e->shown[i].what);
    fprintf(stderr, "共 %lld 行不对%s，什么也没有写入\n", (long long)e->bad,
            e->bad > YH_ENROL_SHOWN ? "（以上是前 20 行）" : "");
}

static int run(const char *data, const struct yh_enrol_ask *ask,
               const struct yh_enrol_file *file, int n, struct yh_arena *a)
{
    char url[4200], said[4200];
    struct yh_err err = { 0 };
    struct yh_enrol *e = YH_NEW(a, struct yh_enrol, 1);
    enum yh_status st = yh_enrol(yh_cstr(yh_cli_store(url, data)), ask, file, n, a, e, &err);
    if (ask->progress)
        fprintf(stderr, "\r\033[K");
    if (e->bad) {
        print_bad(e);
        return 2;
    }
    if (st) {
        (void)yh_cli_error(
            st == YH_BAD_TABLE || st == YH_BAD_INPUT ? NULL : yh_cli_said(said, data), &err);
        return st == YH_BAD_INPUT || st == YH_BAD_TABLE ? 2 : 1;
    }
    print(e, ask->check);
    return fflush(stdout) ? 1 : 0;
}

static int columns(struct yh_arena *a)
{
    struct yh_buf b = yh_buf_in(a);
    yh_enrol_columns(&b);
    fwrite(yh_buf_str(&b).p, 1, (size_t)yh_buf_str(&b).n, stdout);
    return fflush(stdout) ? 1 : 0;
}

int yh_cmd_enrol(int argc, char **argv)
{
    const char *data = "data", *region = "", *catalogs = NULL;
    struct yh_enrol_ask ask = { .now = (yh_time)time(NULL) + 8 * 3600 };
    struct yh_enrol_file file[FILES_MAX];
    bool quiet = false, list = false;
    int n = 0;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--check"))
            ask.check = true;
        else if (!strcmp(argv[i], "--update"))
            ask.update = true;
        else if (!strcmp(argv[i], "--quiet"))
            quiet = true;
        else if (!strcmp(argv[i], "--columns"))
            list = true;
        else if (argv[i][0] != '-' && n < FILES_MAX)
            file[n++].name = yh_cstr(argv[i]);
        else if (!yh_cli_option(&i, argc, argv, "--data", &data) &&
                 !yh_cli_option(&i, argc, argv, "--region", &region) &&
                 !yh_cli_option(&i, argc, argv, "--catalogs", &catalogs))
            return yh_cli_usage(USAGE, argc, argv);
    }
    if (!data || !region || (!n && !list))
        return yh_cli_usage(USAGE, argc, argv);
    struct yh_arena a;
    struct yh_err err = { 0 };
    struct yh_world world;
    if (yh_arena_open(&a, MEMORY, &err))
        return yh_cli_error(NULL, &err);
    ask.world = &world;
    ask.region = yh_cstr(region);
    ask.progress = quiet || !isatty(2) ? NULL : progress;
    enum yh_status st = YH_OK;
    int code;
    if (list) {
        code = columns(&a);
    } else {
        for (int i = 0; st == YH_OK && i < n; i++)
            st = map_file(file[i].name.p, &file[i].text, &err);
        code = st ? (yh_cli_error(NULL, &err), 2) : 0;
        if (!code && load_world(catalogs, &a, &world, &err))
            code = yh_cli_error(NULL, &err);
        if (!code)
            code = run(data, &ask, file, n, &a);
    }
    yh_arena_close(&a); /* the files stay mapped to the end of the process */
    return code;
}
