/* shell/cli/demo.c -- yiheng demo: the invented town served, a hospital played against it.
 *
 * The server is a child of this process, `yiheng serve`, so what is shown is what a hospital meets. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "model/monitor/hit.h"
#include "service/agency.h"
#include "service/settle.h"
#include "service/town.h"
#include "service/watch.h"
#include "shell/cli/cli.h"
#include "shell/demo/history.h"
#include "shell/demo/play.h"
#include "shell/file/file.h"
#include "shell/hatch/hatch.h"
#include "shell/portal/portal.h"
#include "shell/sim/sim.h"
#include "shell/realm/realm.h"

static const char USAGE[] =
    "demo [--once] [--data DIR] [--port N]\n"
    "建立虚构的统筹区（示例市），启动接口服务，再扮演一家医院走一遍：签到、住院、门诊、异地、\n"
    "应答丢失与冲正、日终对账，并打印病人看到的账单；再造一个 10 万人的虚构红河州，把一份\n"
    "草案套在它的一年账单上；然后继续服务，并给出网页的地址与演示账号。\n"
    "\n"
    "  --once         走完即停\n"
    "  --data DIR     数据目录（缺省 demo-data；其中旧的演示数据会重建）\n"
    "  --port N       端口（缺省 8080，被占用时顺延）";

struct demo {
    const char *data, *port;
    bool once;
    pid_t server;
    char url[128], bill[64]; /* the first bill's number */
    struct yh_realm *realm;
    struct yh_arena arena;
};

static volatile sig_atomic_t stopped;

static void on_signal(int no)
{
    (void)no;
    stopped = 1;
}

/* Only what an earlier demonstration left; a folder with anything else in it is not touched. */
static bool clear_old(const char *dir)
{
    static const char *const NAME[] = { "yiheng.db",
                                        "yiheng.db-wal",
                                        "yiheng.db-shm",
                                        "writer.lock",
                                        "portal.key",
                                        "honghe/archive/532500-2024.yha",
                                        "honghe/labels.tsv",
                                        "honghe/yiheng.db",
                                        "honghe/yiheng.db-wal",
                                        "honghe/yiheng.db-shm",
                                        "honghe/writer.lock",
                                        "honghe-draft.md" };
    char path[1024];
    struct stat st;
    (void)snprintf(path, sizeof path, "%s/demo", dir);
    bool ours = stat(path, &st) == 0;
    (void)snprintf(path, sizeof path, "%s/yiheng.db", dir);
    if (!ours && stat(path, &st) == 0)
        return false;
    for (int i = 0; i < YH_COUNT(NAME); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", dir, NAME[i]);
        if (unlink(path) && errno != ENOENT && errno != ENOTDIR)
            return false;
    }
    return true;
}

static bool mark(const char *dir)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/demo", dir);
    FILE *f = fopen(path, "w");
    if (!f)
        return false;
    fputs("演示数据，每次演示时重建\n", f);
    return fclose(f) == 0;
}

static yh_time local_now(void)
{
    return (yh_time)time(NULL) + 8 * 3600;
}

/* Starts `yiheng serve` and reads from its greeting where it listens. */
static bool serve(struct demo *d)
{
    int pipes[2];
    if (pipe(pipes))
        return false;
    d->server = fork();
    if (d->server < 0)
        return false;
    if (d->server == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM); /* does not outlive the demonstration */
        (void)dup2(pipes[1], STDOUT_FILENO);
        (void)close(pipes[0]);
        (void)close(pipes[1]);
        execl("/proc/self/exe", "yiheng", "serve", "--data", d->data, "--sandbox", "--port",
              d->port, "--port-step", "50", "--regions", "990100 990200", (char *)NULL);
        _exit(127);
    }
    (void)close(pipes[1]);
    FILE *f = fdopen(pipes[0], "r");
    char text[512];
    while (f && !d->url[0] && fgets(text, sizeof text, f)) {
        const char *at = strstr(text, "http://");
        if (at)
            (void)snprintf(d->url, sizeof d->url, "%.*s", (int)strcspn(at, " \n"), at);
        fputs(text, stdout);
    }
    /* The rest of what the server says stays with it: the pipe is kept open and unread lines are few. */
    return d->url[0] != 0;
}

static int stop(struct demo *d)
{
    int status = 0;
    if (d->server > 0) {
        (void)kill(d->server, SIGTERM);
        while (waitpid(d->server, &status, 0) < 0 && errno == EINTR)
            ;
    }
    d->server = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static void print_bill(void *user, yh_str no)
{
    struct demo *d = user;
    struct yh_err err = { 0 };
    if (!d->bill[0])
        (void)snprintf(d->bill, sizeof d->bill, "%.*s", YH_ARG(no));
    struct yh_buf page = yh_buf_in(&d->arena);
    yh_str url = yh_fmt(&d->arena, "sqlite:%s", d->data);
    if (yh_bill_of_data(url, &d->realm->world, &d->arena, no, &page, &err)) {
        (void)yh_cli_error(NULL, &err);
        return;
    }
    yh_str rest = yh_buf_str(&page);
    while (rest.n) {
        yh_str line = yh_cut(&rest, '\n');
        printf("    %.*s\n", YH_ARG(line));
    }
}

static void say_how(const struct demo *d)
{
    printf(
        "\n自己发一笔（查人员%s）：\n"
        "  curl -s %s -d '{\"infno\":\"1101\",\"msgid\":\"H99010100001%04d01010000000001\","
        "\"fixmedins_code\":\"H99010100001\",\"mdtrtarea_admvs\":\"990101\",\"insuplc_admdvs\":"
        "\"\","
        "\"inf_time\":\"%04d-03-19 09:00:00\",\"opter\":\"0001\",\"opter_name\":\"测试操作员\","
        "\"opter_type\":\"1\",\"infver\":\"V1.0\",\"recer_sys_code\":\"99\",\"signtype\":"
        "\"SM3\","
        "\"input\":{\"data\":{\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_no\":"
        "\"990101198001010014\","
        "\"psn_cert_type\":\"01\",\"certno\":\"990101198001010014\",\"psn_name\":\"测试甲\"}}}'"
        "\n",
        d->once ? "；要服务在运行，不带 --once 时会一直运行" : "", d->url,
        yh_civil_of(yh_time_day(local_now())).year, yh_civil_of(yh_time_day(local_now())).year);
    printf("再看那张账单：%s bill --data %s %s\n核对账目：%s verify --data %s\n",
           program_invocation_name, d->data, d->bill, program_invocation_name, d->data);
}

/* Who may sign in to the pages of the demonstration. */
static void say_pages(const struct demo *d)
{
    printf("\n用浏览器打开：\n"
           "  %s/        我的医保：登录名 demo-bing，密码 " YH_PORTAL_DEMO_PASSWORD
           "（测试丙，看住院账单为什么是这些数）\n"
           "  %s/desk/   工作台：demo-officer 政策室、医院沙盒，demo-reviewer "
           "审核草案；demo-clerk 柜台；demo-hospital "
           "医院；"
           "demo-supervisor 监管；密码相同\n",
           d->url, d->url);
}

/* Runs this program with other words and waits; its exit code, -1 when it could not be run. */
static int child(const char *const *word)
{
    int status = 0;
    fflush(stdout);
    pid_t id = fork();
    if (id < 0)
        return -1;
    if (id == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
        execv("/proc/self/exe", (char *const *)(uintptr_t)word);
        _exit(127);
    }
    while (waitpid(id, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const char DRAFT[] =
    "# 草案：居民三级医院住院多付 5 个百分点，起付线提高到 1000 元\n\n"
    "amends 532500/390/2024-01-01   from 2024-01-01\n"
    "source 演示用的虚构草案   standing draft\n\n"
    "## 住院\n三级起付标准 1000 元，支付比例 65%；其余不变。\n\n"
    "```policy\nlayer 基本统筹\n  for  住院\n"
    "  deductible | 一级, 未定级 100 | 二级 400 | 三级 1000 | 省属 1200 |\n"
    "  rate       | 一级, 未定级 85% | 二级 75% | 三级 65%  | 省属 55%  |\n```\n";

/* What would a draft have cost?  A prefecture of 100,000 invented people, and their year again. */
static int replay(const struct demo *d)
{
    char data[1024], draft[1024];
    (void)snprintf(data, sizeof data, "%s/honghe", d->data);
    (void)snprintf(draft, sizeof draft, "%s/honghe-draft.md", d->data);
    printf("\n重放：一份草案会花多少钱、影响谁\n"
           "  虚构的红河州，10 万人，2024 年结算好的一年账单（yiheng synth）：\n");
    const char *const make[] = { "yiheng", "synth",  "--preset", "honghe", "--people",
                                 "100000", "--data", data,       NULL };
    int code = child(make);
    if (code)
        return code;
    FILE *f = fopen(draft, "w");
    bool good = f && fputs(DRAFT, f) >= 0;
    if (!f || fclose(f) || !good) {
        fprintf(stderr, "错误：不能写入 %s\n", draft);
        return 1;
    }
    printf("  先不用草案，从明细重算一遍，须与账面一分不差：\n");
    const char *const again[] = { "yiheng", "replay", "--data", data, NULL };
    if ((code = child(again)) != 0)
        return code;
    printf("  再套用草案（%s：居民三级住院比例 60%% → 65%%，起付 800 → 1000 元）：\n\n", draft);
    const char *const what[] = { "yiheng", "replay", "--data", data, "--draft", draft, NULL };
    return child(what);
}

/* What the funds took in, month by month so far, as finance states it. */
static enum yh_status fund_statements(struct demo *d, const char *url, struct yh_err *err)
{
    struct yh_arena *a = &d->arena;
    struct yh_civil c = yh_civil_of(yh_time_day(local_now()));
    struct yh_buf table = yh_buf_in(a), ask = yh_buf_in(a);
    struct yh_jsonw w = yh_jsonw_on(&ask);
    yh_str text, path = yh_fmt(a, "%s/synth/fund-statements.tsv", d->realm->catalogs.dir);
    enum yh_status st = yh_file_read(a, yh_zdup(a, path), 1 << 20, &text, err);
    if (st)
        return st;
    yh_put(&table, yh_cut(&text, '\n'));
    while (text.n) {
        yh_str row = yh_cut(&text, '\n'), fund = yh_cut(&row, '\t'), month = yh_cut(&row, '\t');
        int64_t m = 0;
        if (!yh_int_parse(month, &m, NULL) && m <= c.month)
            yh_putf(&table, "\n%.*s\t%d-%.*s\t%.*s", YH_ARG(fund), c.year, YH_ARG(month),
                    YH_ARG(row));
    }
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "verb", YH_S("fund state"));
    yh_jw_kv_str(&w, "region", YH_S("990100"));
    yh_jw_kv_str(&w, "table", yh_buf_str(&table));
    yh_jw_kv_str(&w, "officer", YH_S("demo-officer"));
    yh_jw_end(&w, '}');
    return yh_agency_data(yh_cstr(url), &d->realm->world, yh_buf_str(&ask), local_now(), a,
                          &text, err);
}

/* The rooms of the desk want a year behind them. */
static int history(struct demo *d)
{
    struct yh_err err = { 0 };
    struct yh_history h = { .url = d->url,
                            .today = yh_time_day(local_now()),
                            .arena = &d->arena };
    if (yh_play_history(&h, &err))
        return yh_cli_error(NULL, &err);
    printf(
        "\n工作台的各房间要有数可看：四家虚构医院和一家药店今年以来的 %lld 次调用（住院、清单、"
        "购药、对账）\n",
        (long long)h.calls);
    return 0;
}

/* One act of the agency's own, through the running server; its table. */
static enum yh_status act(struct demo *d, struct yh_buf *ask, yh_str *tsv, struct yh_err *err)
{
    return yh_hatch_ask(d->data, yh_buf_str(ask), &d->arena, tsv, err);
}

static struct yh_jsonw begin(struct demo *d, struct yh_buf *ask, const char *verb)
{
    *ask = yh_buf_in(&d->arena);
    struct yh_jsonw w = yh_jsonw_on(ask);
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "verb", yh_cstr(verb));
    yh_jw_kv_str(&w, "officer", YH_S("demo-supervisor"));
    return w;
}

/* What the rules find in the latest stays of a hospital, as an array; how many. */
static enum yh_status find_hits(struct demo *d, const char *url, yh_str provider,
                                struct yh_jsonw *w, int *n, struct yh_err *err)
{
    struct yh_store_options opt = { .must_exist = true, .read_only = true, .now = local_now() };
    struct yh_store *store = NULL;
    struct yh_txn view;
    struct yh_settlement_row like = { .provider = provider }, *s = NULL;
    int all = 0;
    enum yh_status st = yh_store_open(yh_cstr(url), &opt, &store, err);
    if (st == YH_OK)
        st = yh_view_open(store, &d->arena, &view, err);
    if (st) {
        yh_store_close(store);
        return st;
    }
    st = yh_list_settlement(
        &view,
        (struct yh_span){
            .index = (int)yh_settlement_by_provider, .same = 1, .down = true, .most = 150 },
        &like, &s, &all, err);
    yh_jw_array(w);
    for (int i = 0; st == YH_OK && i < all && *n < 3; i++) {
        struct yh_call call = { .infno = YH_S("demo"),
                                .person = s[i].person,
                                .now = local_now() };
        struct yh_ctx c = yh_outside(&d->realm->world, &view, &d->arena, &call);
        struct yh_hit *hit = NULL;
        int found = 0;
        st = yh_watch_stored(&c, s[i].person, s[i].visit, &hit, &found, err);
        for (int k = 0; st == YH_OK && k < found && *n < 3; k++) {
            if (!hit[k].item_money)
                continue;
            hit[k].settlement = s[i].settlement;
            yh_hit_json(w, &hit[k]);
            ++*n;
        }
    }
    yh_jw_end(w, ']');
    yh_view_close(&view);
    yh_store_close(store);
    return st;
}

/* Supervision has a plan for today and a case that waits for the hospital's answer. */
static int supervision(struct demo *d, const char *url)
{
    static const char *const STEP[] = { "case assign", "case notice" };
    struct yh_err err = { 0 };
    struct yh_buf ask;
    yh_str tsv;
    int hits = 0;
    struct yh_jsonw w = begin(d, &ask, "plan add");
    yh_jw_kv_str(&w, "plan", YH_S("演示抽查"));
    yh_jw_kv_str(&w, "kind", YH_S("random"));
    yh_jw_kv_str(&w, "seed", YH_S("20260101"));
    yh_jw_kv_str(&w, "count", YH_S("3"));
    yh_jw_kv_str(&w, "providers", YH_S("H99010100001 H99010200001 H99012100001"));
    yh_jw_kv_str(&w, "officers", YH_S("demo-supervisor demo-second"));
    yh_jw_end(&w, '}');
    enum yh_status st = act(d, &ask, &tsv, &err);
    if (st == YH_OK) {
        w = begin(d, &ask, "case open");
        yh_jw_kv_str(&w, "region", YH_S("990100"));
        yh_jw_kv_str(&w, "provider", YH_S("H99010100001"));
        yh_jw_kv_str(&w, "kind", YH_S("hits"));
        yh_jw_kv_str(&w, "procedure", YH_S("contract"));
        yh_jw_kv_str(&w, "title", YH_S("演示：近期住院审核"));
        yh_jw_key(&w, YH_S("hits"));
        st = find_hits(d, url, YH_S("H99010100001"), &w, &hits, &err);
        yh_jw_end(&w, '}');
    }
    if (st == YH_OK && hits)
        st = act(d, &ask, &tsv, &err);
    (void)yh_cut(&tsv, '\n');
    yh_str case_no = yh_cut(&tsv, '\t');
    for (int i = 0; st == YH_OK && hits && i < YH_COUNT(STEP); i++) {
        w = begin(d, &ask, STEP[i]);
        yh_jw_kv_str(&w, "case", yh_dup(&d->arena, case_no));
        yh_jw_kv_str(&w, "to", YH_S("demo-supervisor"));
        yh_jw_end(&w, '}');
        st = act(d, &ask, &tsv, &err);
    }
    return st ? yh_cli_error(NULL, &err) : 0;
}

static int run(struct demo *d)
{
    struct yh_err err = { 0 };
    char url[1024];
    (void)snprintf(url, sizeof url, "sqlite:%s", d->data);
    if (!clear_old(d->data)) {
        fprintf(stderr, "错误：%s 里有不是演示的数据，未改动；请用 --data 换一个目录\n",
                d->data);
        return 1;
    }
    if (yh_arena_open(&d->arena, (size_t)512 << 20, &err) ||
        yh_realm_open(NULL, NULL, "990100 990200", d->realm, &err) ||
        yh_town_init(yh_cstr(url), local_now(), YH_HISTORY_PEOPLE, 1, 1, &err) ||
        yh_portal_demo(yh_cstr(url), local_now(), &err) || fund_statements(d, url, &err))
        return yh_cli_error(NULL, &err);
    /* A year of an invented prefecture, for the policy room to replay drafts over. */
    char year[1100];
    (void)snprintf(year, sizeof year, "%s/archive", d->data);
    struct yh_sim_options sim = { .data = d->data,
                                  .region = 990100,
                                  .people = 20000,
                                  .year = 2026,
                                  .seed = 7,
                                  .archive_only = true };
    struct yh_buf said = yh_buf_in(&d->arena);
    if (access(year, F_OK) && yh_sim_make(&sim, &said, &err))
        return yh_cli_error(NULL, &err);
    if (!mark(d->data)) {
        fprintf(stderr, "错误：不能写入 %s\n", d->data);
        return 1;
    }
    if (!serve(d)) {
        fprintf(stderr, "错误：接口服务没有启动\n");
        (void)stop(d);
        return 1;
    }
    struct yh_play play = { .url = d->url,
                            .year = yh_civil_of(yh_time_day(local_now())).year,
                            .arena = &d->arena,
                            .bill = print_bill,
                            .user = d };
    if (yh_play_hospital(&play, &err)) {
        (void)yh_cli_error(NULL, &err);
        (void)stop(d);
        return 1;
    }
    int code = history(d) || supervision(d, url) ? 1 : replay(d);
    if (code) {
        (void)stop(d);
        return code < 0 ? 1 : code;
    }
    say_how(d);
    fflush(stdout);
    if (d->once)
        return stop(d);
    say_pages(d);
    printf("\n继续服务中（%s），按 Ctrl-C 停止。\n", d->url);
    fflush(stdout);
    int status = 0;
    while (!stopped && waitpid(d->server, &status, WNOHANG) == 0)
        (void)usleep(200000);
    return stop(d);
}

int yh_cmd_demo(int argc, char **argv)
{
    struct demo *d = yh_heap(NULL, sizeof *d);
    memset(d, 0, sizeof *d);
    d->data = "demo-data";
    d->port = "8080";
    for (int i = 1; i < argc; i++) {
        const char *value = NULL;
        if (!strcmp(argv[i], "--once"))
            d->once = true;
        else if (yh_cli_option(&i, argc, argv, "--data", &value) && value)
            d->data = value;
        else if (yh_cli_option(&i, argc, argv, "--port", &value) && value)
            d->port = value;
        else {
            yh_heap(d, 0);
            return yh_cli_usage(USAGE, argc, argv);
        }
    }
    (void)signal(SIGINT, on_signal);
    (void)signal(SIGTERM, on_signal);
    (void)signal(SIGPIPE, SIG_IGN);
    d->realm = yh_heap(NULL, sizeof *d->realm);
    memset(d->realm, 0, sizeof *d->realm);
    int code = run(d);
    yh_realm_close(d->realm);
    yh_arena_close(&d->arena);
    yh_heap(d->realm, 0);
    yh_heap(d, 0);
    return code;
}
