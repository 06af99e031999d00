/* shell/cli/replay.c -- `yiheng replay`: what would this draft cost, and whom would it touch? */
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "service/drafting/drafting.h"
#include "shell/cli/books.h"
#include "shell/cli/cli.h"
#include "shell/file/file.h"
#include "shell/replay/load.h"
#include "shell/replay/report.h"
#include "shell/replay/search.h"
#include "shell/world/world.h"

static const char USAGE[] =
    "replay --data 目录 [--draft 草案.md]… [--against 文件.md] [--where 条件]\n"
    "把年度档案里的每一笔结算重算一遍。不写草案：按现行文件从明细重算，与账面有一分不同即为失败"
    "。\n"
    "写了草案：全年按草案重算，报告各项基金、各类人群的变动。\n"
    "  --data 目录        数据目录，年度档案在其 archive/ 下；也可直接写 .yha 文件，后加 @摘要 "
    "则核对\n"
    "  --store 地址       不用现成的档案，从账上读：sqlite:目录、postgresql://…、\n"
    "                     "
    "postgresql+shards:节点表（各节点在其旁并行处理），结果逐字节相同；要写 --year，\n"
    "                     --region 统筹区（缺省：库自己的）；--folder 目录 把读成的档案留在其 "
    "archive/\n"
    "  --year 年          有几份档案时选哪一年（缺省：最近一年）\n"
    "  --draft 文件       草案；一种方案有几份文件时用逗号分开，几种方案各写一次 "
    "--draft，并列比较\n"
    "  --against 文件     不与账面比，与这份文件比；别的统筹区的文件也可以\n"
    "  --from 日期        草案从这一天起套用（缺省：全年）\n"
    "  --where 条件       只数这些账单，如 --where \"险种=390 级别=三级,二级 月份=3\"\n"
    "  --sample 1%        按户组抽样，先看大概\n"
    "  --threads 数       缺省为处理器数；结果与线程数无关\n"
    "  --lines            草案不改变明细划分时也逐条读明细\n"
    "  --top 数           影响最大的人列多少个（缺省 50，最多 200）\n"
    "  --money 表         年初结余与收入（TSV：name funds opening income "
    "warn，元），算可支付月数\n"
    "  --points 表        住院预算与总分值（TSV：scheme budget points），算总额预算下的点值\n"
    "  --elastic 表       就诊对价格的弹性（TSV：service elasticity source），结果另列\n"
    "  --earlier 档案     上一年的档案：把一年的支出变动分解为政策、人数、就诊、价格、结构\n"
    "  --search 名=起..止/步 --budget 分   草案 params "
    "里的“名”取哪个值，使基金多付不超过预算而最优\n"
    "  --json | --xlsx 文件 | --html 文件  另一种样子的同一份报告\n"
    "  --policy 目录、--catalogs 目录\n"
    "按 Ctrl-C 中断后，再运行同一条命令从中断处继续。";

struct bar {
    bool tty;
    double began;
    int64_t first;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static atomic_bool stopped;
static void on_signal(int sig)
{
    (void)sig;
    stopped = true;
}

static void progress(void *user, int64_t done, int64_t all)
{
    struct bar *b = user;
    if (!b->tty || all <= 0)
        return;
    double took = now() - b->began;
    if (b->first < 0)
        b->first = done;
    int64_t did = done - b->first;
    char left[32] = "";
    if (did > 0 && took > 1)
        snprintf(left, sizeof left, "还需 %.0f 秒", took * (double)(all - done) / (double)did);
    char line[31];
    for (int i = 0; i < 30; i++)
        line[i] = i < done * 30 / all ? '#' : '.';
    line[30] = '\0';
    fprintf(stderr, "\r  [%s] %3d%%  %" PRId64 "/%" PRId64 " 笔  %s   ", line,
            (int)(done * 100 / all), done, all, left);
    fflush(stderr);
}

static void clear_bar(const struct bar *b)
{
    if (b->tty)
        fprintf(stderr, "\r%80s\r", "");
}

struct args {
    const char *data, *policy, *catalogs, *where, *from, *xlsx, *html, *money, *points,
        *elastic, *earlier, *search, *budget, *against, *folder;
    const char *draft[YH_TALLY_SCENARIOS - 1];
    int ndraft;
    int64_t year, region, threads, top;
    int sample;
    bool json, lines;
    yh_day from_day;
};

static bool whole(const char *v, int64_t lo, int64_t hi, int64_t *out)
{
    return v && yh_int_parse(yh_cstr(v), out, NULL) == YH_OK && *out >= lo && *out <= hi;
}

/* "1%" or "0.25%": of 10,000. */
static bool sample_of(const char *v, int *out)
{
    yh_str s = yh_cstr(v);
    int64_t n = 0;
    if (!yh_ends(s, YH_S("%")) || yh_dec_parse(yh_sub(s, 0, s.n - 1), 2, &n, NULL) || n < 1 ||
        n > 10000)
        return false;
    *out = n == 10000 ? 0 : (int)n;
    return true;
}

static int read_args(int argc, char **argv, struct args *x)
{
    const char *v = NULL;
    struct yh_err err;
    for (int i = 1; i < argc; i++) {
        const struct {
            const char *name;
            const char **to;
        } TEXT[] = { { "--data", &x->data },         { "--policy", &x->policy },
                     { "--catalogs", &x->catalogs }, { "--where", &x->where },
                     { "--from", &x->from },         { "--xlsx", &x->xlsx },
                     { "--html", &x->html },         { "--money", &x->money },
                     { "--points", &x->points },     { "--elastic", &x->elastic },
                     { "--earlier", &x->earlier },   { "--search", &x->search },
                     { "--budget", &x->budget },     { "--against", &x->against },
                     { "--folder", &x->folder } };
        bool taken = false;
        for (int k = 0; !taken && k < YH_COUNT(TEXT); k++)
            if (yh_cli_option(&i, argc, argv, TEXT[k].name, &v)) {
                if (!v)
                    return yh_cli_usage(USAGE, argc, argv);
                *TEXT[k].to = v;
                taken = true;
            }
        if (taken)
            continue;
        if (strcmp(argv[i], "--json") == 0) {
            x->json = true;
        } else if (strcmp(argv[i], "--lines") == 0) {
            x->lines = true;
        } else if (yh_cli_option(&i, argc, argv, "--draft", &v) && v) {
            if (x->ndraft == YH_COUNT(x->draft)) {
                fprintf(stderr, "错误：--draft 最多 %d 个\n", YH_COUNT(x->draft));
                return 2;
            }
            x->draft[x->ndraft++] = v;
        } else if (yh_cli_option(&i, argc, argv, "--sample", &v)) {
            if (!v || !sample_of(v, &x->sample)) {
                fprintf(stderr, "错误：--sample “%s”应为 0.01%% 至 100%%，如 1%%\n",
                        v ? v : "");
                return 2;
            }
        } else if (yh_cli_option(&i, argc, argv, "--threads", &v)) {
            if (!whole(v, 1, 64, &x->threads)) {
                fprintf(stderr, "错误：--threads “%s”应为 1 至 64\n", v ? v : "");
                return 2;
            }
        } else if (yh_cli_option(&i, argc, argv, "--top", &v)) {
            if (!whole(v, 0, 200, &x->top)) {
                fprintf(stderr, "错误：--top “%s”应为 0 至 200\n", v ? v : "");
                return 2;
            }
        } else if (yh_cli_option(&i, argc, argv, "--region", &v)) {
            if (!whole(v, 100000, 999999, &x->region)) {
                fprintf(stderr, "错误：--region “%s”应为六位区划代码\n", v ? v : "");
                return 2;
            }
        } else if (yh_cli_option(&i, argc, argv, "--year", &v)) {
            if (!whole(v, 1990, 2999, &x->year)) {
                fprintf(stderr, "错误：--year “%s”应为四位年份\n", v ? v : "");
                return 2;
            }
        } else {
            return yh_cli_usage(USAGE, argc, argv);
        }
    }
    if (!x->data)
        return yh_cli_usage(USAGE, argc, argv);
    if ((x->region || x->folder) && !yh_cli_books_meant(x->data)) {
        fprintf(stderr,
                "错误：--region、--folder 与 --store 同用（从账上读）；档案里已写明统筹区\n");
        return 2;
    }
    x->from_day = YH_DAY_MIN;
    if (x->from && yh_day_parse(yh_cstr(x->from), &x->from_day, &err)) {
        fprintf(stderr, "错误：--from “%s”应为日期，如 2026-07-01\n", x->from);
        return 2;
    }
    if (x->from && !x->ndraft) {
        fprintf(stderr, "错误：--from 说的是草案从哪天起套用，要与 --draft 同用\n");
        return 2;
    }
    if (!x->search != !x->budget || (x->search && x->ndraft != 1)) {
        fprintf(stderr, "错误：--search、--budget 和一个 --draft 要同时写\n");
        return 2;
    }
    return 0;
}

/* The line that runs it again: digests behind what can change. */
static yh_str again(struct yh_arena *a, const struct args *x, const struct yh_archive *archive,
                    const struct yh_replay_draft *draft, int n)
{
    struct yh_buf b = yh_buf_in(a);
    char hex[65];
    yh_str data = yh_cstr(x->data);
    ptrdiff_t at = yh_find(data, YH_S("@"));
    yh_hex(hex, archive->digest, 32);
    if (yh_cli_books_meant(x->data)) /* whatever store holds them, the result is the same */
        yh_putf(&b, "yiheng replay --store … --region %06u --year %d", archive->about.region,
                archive->about.year);
    else
        yh_putf(&b, "yiheng replay --data %.*s@%.6s --year %d",
                YH_ARG(yh_sub(data, 0, at < 0 ? data.n : at)), hex, archive->about.year);
    for (int i = 0; i < n; i++) {
        yh_putf(&b, " --draft %s", x->draft[i]);
        if (strchr(x->draft[i], '@'))
            continue;
        yh_hex(hex, draft[i].plan[0]->digest, 32);
        if (draft[i].nplan == 1)
            yh_putf(&b, "@%.4s", hex);
    }
    if (x->against)
        yh_putf(&b, " --against %s", x->against);
    if (x->from)
        yh_putf(&b, " --from %s", x->from);
    if (x->where && *x->where)
        yh_putf(&b, " --where \"%s\"", x->where);
    if (x->sample)
        yh_putf(&b, " --sample %d.%02d%%", x->sample / 100, x->sample % 100);
    if (x->policy)
        yh_putf(&b, " --policy %s", x->policy);
    if (yh_cli_books_meant(x->data)) {
        yh_hex(hex, archive->digest, 32);
        yh_putf(&b, "（引擎 %s，账上读成的档案 %.6s）", YH_VERSION, hex);
    } else {
        yh_putf(&b, "（引擎 %s）", YH_VERSION);
    }
    return yh_buf_str(&b);
}

static int verdict(const struct yh_replay_result *r, const struct yh_archive *archive)
{
    printf("%06u %d 年：%" PRId64 " 笔结算、%" PRId64 " 条明细，从明细重算\n",
           archive->about.region, archive->about.year, r->sampled, r->lines_read);
    if (!r->wrong) {
        printf("与账面逐笔逐项相符：各支付方、账户、分项，一分不差%s\n",
               r->sampled < r->heads ? "（抽样）" : "");
        return 0;
    }
    printf("%" PRId64 " 笔与账面不同：\n", r->wrong);
    for (int i = 0; i < r->nwrong; i++) {
        const struct yh_replay_wrong *w = &r->wrong_list[i];
        char was[32], is[32];
        printf("  结算 %s  %s 账面 %.*s，重算 %.*s\n", w->settlement, w->what,
               YH_ARG(yh_dec_text(was, w->was, 2, 2)), YH_ARG(yh_dec_text(is, w->is, 2, 2)));
    }
    return 1;
}

struct job {
    struct args x;
    struct yh_arena arena;
    struct yh_loaded loaded;
    struct yh_archive archive, earlier;
    struct yh_replay_draft draft[YH_TALLY_SCENARIOS], against;
    struct yh_replay_result result, before;
    struct yh_report_input in;
    struct yh_report report;
    struct bar bar;
};

/* What was published in the folder's own policy room counts as its documents on disk do. */
static enum yh_status published(struct job *j, struct yh_err *err)
{
    char path[4200], url[4200];
    struct yh_policy_text *text = NULL;
    int n = 0;
    (void)snprintf(path, sizeof path, "%.4000s/yiheng.db", j->x.data ? j->x.data : "");
    if (!yh_cli_books_meant(j->x.data) && access(path, R_OK))
        return YH_OK;
    enum yh_status st =
        yh_published(yh_cstr(yh_cli_store(url, j->x.data)), &j->arena, &text, &n, err);
    if (st == YH_OK && n)
        yh_policies_add(&j->loaded.policies, text, n);
    return st;
}

static enum yh_status read_inputs(struct job *j, struct yh_err *err)
{
    struct yh_arena *a = &j->arena;
    yh_str text;
    enum yh_status st = YH_OK;
    if (j->x.money) {
        struct yh_report_money *m = NULL;
        st = yh_file_read(a, j->x.money, 1 << 20, &text, err);
        if (st == YH_OK)
            st = yh_report_read_money(a, text, &m, &j->in.nmoney, err);
        j->in.money = m;
    }
    if (st == YH_OK && j->x.points) {
        struct yh_report_points *p = NULL;
        st = yh_file_read(a, j->x.points, 1 << 20, &text, err);
        if (st == YH_OK)
            st = yh_report_read_points(a, text, &p, &j->in.npoints, err);
        j->in.points = p;
    }
    if (st == YH_OK && j->x.elastic) {
        struct yh_report_elastic *e = NULL;
        st = yh_file_read(a, j->x.elastic, 1 << 20, &text, err);
        if (st == YH_OK)
            st = yh_report_read_elastic(a, text, &e, &j->in.nelastic, err);
        j->in.elastic = e;
    }
    return st;
}

/* Last year's bills under the documents that hold this year: the policy's part of the change. */
static enum yh_status run_earlier(struct job *j, const struct yh_replay_world *world,
                                  struct yh_err *err)
{
    struct yh_replay_draft today = { .name = YH_S("今年文件"), .from = YH_DAY_MIN };
    today.plan = YH_NEW(&j->arena, const struct yh_plan *, 16);
    enum yh_status st = yh_replay_find(j->x.earlier, 0, &j->earlier, err);
    if (st)
        return st;
    const struct yh_arc_dict *scheme = &j->earlier.dicts.of[YH_DICT_SCHEME];
    char region[8];
    snprintf(region, sizeof region, "%06u", j->archive.about.region % 1000000);
    for (int i = 1; i < scheme->n && today.nplan < 16; i++) {
        const struct yh_dated *d;
        if (yh_plans_get(world->plans, (yh_str){ region, 6 }, scheme->text[i],
                         yh_day_of(j->archive.about.year, 12, 31), &d, NULL) == YH_OK)
            today.plan[today.nplan++] = d->bill.plan;
    }
    struct yh_replay_options opt = { .threads = (int)j->x.threads,
                                     .draft = &today,
                                     .ndraft = 1,
                                     .where = yh_cstr(j->x.where),
                                     .stop = &stopped };
    st = yh_replay_run(&j->earlier, world, &opt, &j->before, err);
    j->in.earlier = &j->before;
    return st;
}

static enum yh_status write_out(struct job *j, struct yh_err *err)
{
    struct yh_buf b = yh_buf_in(&j->arena);
    enum yh_status st = YH_OK;
    if (j->x.html) {
        yh_report_html(&j->report, &b);
        st = yh_file_write(j->x.html, yh_buf_str(&b), err);
    }
    if (st == YH_OK && j->x.xlsx)
        st = yh_report_xlsx(&j->report, j->x.xlsx, err);
    b = yh_buf_in(&j->arena);
    if (j->x.json)
        yh_report_json(&j->report, &b);
    else
        yh_report_text(&j->report, &b);
    if (st == YH_OK && fwrite(b.p, 1, (size_t)b.n, stdout) != (size_t)b.n)
        st = yh_fail(err, YH_IO, "写不到标准输出");
    return st;
}

/* Is the archive gone when this run ends? */
static bool fleeting(const struct args *x)
{
    return yh_cli_books_meant(x->data) && !x->folder;
}

static int run(struct job *j)
{
    struct yh_err err = { 0 };
    struct args *x = &j->x;
    char *path[] = { (char *)(uintptr_t)x->policy };
    if (yh_arena_open(&j->arena, (size_t)4 << 30, &err) ||
        yh_loaded_open(x->catalogs, path, x->policy ? 1 : 0, false, &j->loaded, &err) ||
        published(j, &err))
        return yh_cli_error(NULL, &err);
    struct yh_replay_world world = { j->loaded.catalogs.catalog, &j->loaded.catalogs.terms,
                                     &j->loaded.catalogs.regions, &j->loaded.plans };
    uint8_t digest[32];
    yh_terms_digest(&j->loaded.catalogs.terms, j->loaded.catalogs.catalog, digest);
    if (yh_cli_books_meant(x->data)) {
        struct yh_cli_books b = { .data = x->data,
                                  .catalogs = x->catalogs,
                                  .policy = x->policy,
                                  .folder = x->folder,
                                  .region = x->region,
                                  .year = x->year,
                                  .stop = &stopped };
        int code = yh_cli_books_open(&b, &j->archive);
        yh_cli_books_close(&b);
        if (code)
            return code;
    } else if (yh_replay_find(x->data, x->year, &j->archive, &err)) {
        return yh_cli_error(NULL, &err);
    }
    if (yh_archive_same_catalog(&j->archive, digest, &err))
        return yh_cli_error(NULL, &err);
    if (x->search)
        return yh_replay_search(&j->arena, &j->loaded, &world, &j->archive, x->draft[0],
                                x->search, x->budget, yh_cstr(x->where), (int)x->threads,
                                x->from_day, &err)
                   ? yh_cli_error(NULL, &err)
                   : 0;
    for (int i = 0; i < x->ndraft; i++)
        if (yh_replay_load(&j->arena, &j->loaded, x->draft[i], x->from_day, &j->draft[i], &err))
            return yh_cli_error(NULL, &err);
    if (x->against &&
        yh_replay_load(&j->arena, &j->loaded, x->against, YH_DAY_MIN, &j->against, &err))
        return yh_cli_error(NULL, &err);
    if (read_inputs(j, &err))
        return yh_cli_error(NULL, &err);
    char *part = yh_zdup(&j->arena, yh_fmt(&j->arena, "%s.replay", j->archive.path));
    struct yh_replay_options opt = { .against = x->against ? &j->against : NULL,
                                     .draft = j->draft,
                                     .ndraft = x->ndraft,
                                     .where = yh_cstr(x->where),
                                     .threads = (int)x->threads,
                                     .sample = x->sample,
                                     .seed = 1,
                                     .lines = x->lines,
                                     .most = (int)x->top,
                                     .checkpoint = x->sample || fleeting(x) ? NULL : part,
                                     .stop = &stopped,
                                     .progress = progress,
                                     .user = &j->bar };
    j->bar = (struct bar){ isatty(2), now(), -1 };
    enum yh_status st = yh_replay_run(&j->archive, &world, &opt, &j->result, &err);
    clear_bar(&j->bar);
    if (st == YH_RETRY) {
        fprintf(stderr, "%s\n", err.text);
        return 130;
    }
    if (st)
        return yh_cli_error(NULL, &err);
    if (!x->ndraft && !x->against)
        return verdict(&j->result, &j->archive);
    if (x->earlier && run_earlier(j, &world, &err))
        return yh_cli_error(NULL, &err);
    j->in.result = &j->result;
    j->in.draft = j->draft;
    j->in.ndraft = x->ndraft;
    j->in.base_name = x->against ? j->against.name : YH_S("账面");
    j->in.where = yh_cstr(x->where);
    j->in.again = again(&j->arena, x, &j->archive, j->draft, x->ndraft);
    j->in.stories = (int)x->top;
    if (yh_report_build(&j->arena, &j->in, &j->report, &err) || write_out(j, &err))
        return yh_cli_error(NULL, &err);
    return 0;
}

int yh_cmd_replay(int argc, char **argv)
{
    struct job *j = yh_heap(NULL, sizeof *j);
    *j = (struct job){ .x = { .top = 50, .threads = sysconf(_SC_NPROCESSORS_ONLN) } };
    j->x.threads = yh_clamp(j->x.threads, 1, 64);
    int code = read_args(argc, argv, &j->x);
    struct sigaction s = { .sa_handler = on_signal };
    sigaction(SIGINT, &s, NULL);
    sigaction(SIGTERM, &s, NULL);
    if (code == 0)
        code = run(j);
    yh_replay_close(&j->result);
    yh_replay_close(&j->before);
    yh_archive_close(&j->archive);
    yh_archive_close(&j->earlier);
    yh_loaded_close(&j->loaded);
    yh_arena_close(&j->arena);
    yh_heap(j, 0);
    return code;
}
