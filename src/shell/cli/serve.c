/* shell/cli/serve.c -- yiheng serve: the national interface over a data folder. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "shell/cli/cli.h"
#include "shell/hatch/hatch.h"
#include "shell/file/file.h"
#include "shell/gateway/gateway.h"
#include "shell/gateway/tx.h"
#include "service/town.h"
#include "shell/portal/portal.h"
#include "shell/realm/realm.h"

static const char USAGE[] =
    "serve [选项]\n"
    "以一个数据目录提供国家医保定点机构接口（HTTP POST，一笔交易一个请求，路径不限），\n"
    "并在同一地址提供网页（我的医保、柜台、政策室、医院沙盒）与它们的 /api。\n"
    "\n"
    "  --data DIR          数据目录（缺省 data；先用 yiheng init-demo --data DIR "
    "建立演示数据）\n"
    "  --store URL         同 --data，可为 "
    "PostgreSQL：postgresql://用户@主机/库名（多个服务进程可共用"
    "一库）；\n"
    "                      几个节点：postgresql+shards:节点表（docs/operations.md）\n"
    "  --folder DIR        数据库之外的文件（access.tsv、portal.key）所在目录，仅 PostgreSQL\n"
    "  --memory            不落盘，只在内存中运行，带演示数据（试用）\n"
    "  --demo              数据目录为空时先写入演示数据（虚构的 990101）\n"
    "  --listen ADDR       监听地址（缺省 127.0.0.1）\n"
    "  --port N            端口（缺省 8080；0 为任意空闲端口）\n"
    "  --port-step N       端口被占用时最多顺延 N 个，并说明所用端口\n"
    "  --catalogs DIR      目录表所在目录（缺省 $YIHENG_CATALOGS、./catalogs 或安装目录）\n"
    "  --policy DIR        待遇政策目录（缺省为目录表旁的 policy）\n"
    "  --regions CODES     只装入这些统筹区的政策，空格分隔（缺省全部）\n"
    "  --access FILE       各机构的签名方式与密钥（缺省 DIR/access.tsv）\n"
    "  --require-sign-in   写入类交易须有操作员当日签到（9001）\n"
    "  --threads N         接收请求的线程数（缺省 2）\n"
    "  --readers N         查询与预结算的线程数（缺省 2）\n"
    "  --writers N         写入的连接数，仅 PostgreSQL（缺省比核数多 1，至多 4）\n"
    "  --queue N           排队上限，超过即答 503（缺省 2000）\n"
    "  --batch N           每次落盘最多合并的交易数（缺省 256；PostgreSQL 缺省 16）\n"
    "  --max-body MB       报文上限（缺省 32）\n"
    "  --max-file MB       9101 文件上限（缺省 64）\n"
    "  --max-held MB       同时在手的报文总量上限，超过即答 503（缺省 256）\n"
    "  --connections N     连接总数上限（缺省 1000）\n"
    "  --address-connections N  其中每地址的上限（缺省 "
    "0，即总数的一半；在代理之后可与总数相同）\n"
    "  --rate N            每地址每秒请求上限（缺省 20000，0 为不限）\n"
    "  --read-seconds N    一个请求从首字节到末字节的时限（缺省 10）\n"
    "网页：\n"
    "  --web DIR           网页目录（缺省 $YIHENG_WEB、./web/dist 或安装目录）\n"
    "  --no-web            不提供网页与 /api\n"
    "  --web-rate N        每个登录每分钟的查询上限（缺省 1200）\n"
    "沙盒：\n"
    "  --sandbox           沙盒：无需签名；时钟缺省随每个报文的 inf_time\n"
    "  --clock real|inf_time   沙盒所用时钟\n"
    "  --now TIME          沙盒时钟从此刻起走，如 2026-03-02T08:00:00\n"
    "\n"
    "停止：Ctrl-C 或 SIGTERM。先停止接收，答完已受理的请求后退出。";

#define DATABASE_TRIES 60 /* half seconds */

struct options {
    const char *data, *folder, *catalogs, *access, *policy, *regions;
    const char *web;
    int web_rate;
    bool no_web;
    bool demo, memory, sandbox, sign_in, clock_given;
    struct yh_http_config http;
    struct yh_gateway_config gateway;
};

static bool number(const char *name, const char *value, int64_t lo, int64_t hi, int64_t *out)
{
    if (value && !yh_int_parse(yh_cstr(value), out, NULL) && *out >= lo && *out <= hi)
        return true;
    fprintf(stderr, "错误：%s 应为 %lld 到 %lld 的整数\n", name, (long long)lo, (long long)hi);
    return false;
}

/* Numeric options, one row each. */
static bool numeric(struct options *o, int *i, int argc, char **argv, bool *taken)
{
    int64_t queue = 0, batch = 0, readers = 0, body = 0, file = 0, held = 0, seconds = 0, v;
    int64_t writers = 0;
    const struct {
        const char *name;
        int64_t lo, hi;
        int *to;
        int64_t *wide;
    } ROW[] = {
        { "--port", 0, 65535, &o->http.port, NULL },
        { "--port-step", 0, 1000, &o->http.port_step, NULL },
        { "--threads", 1, 64, &o->http.threads, NULL },
        { "--readers", 0, 16, NULL, &readers },
        { "--writers", 1, 1 + YH_GATEWAY_WRITERS_MAX, NULL, &writers },
        { "--queue", 1, 1000000, NULL, &queue },
        { "--batch", 1, 4096, NULL, &batch },
        { "--max-body", 1, 1024, NULL, &body },
        { "--max-file", 1, 1024, NULL, &file },
        { "--max-held", 1, 65536, NULL, &held },
        { "--connections", 1, 100000, &o->http.connections_max, NULL },
        { "--address-connections", 0, 100000, &o->http.address_max, NULL },
        { "--rate", 0, 1000000000, &o->http.rate_max, NULL },
        { "--read-seconds", 1, 3600, NULL, &seconds },
        { "--web-rate", 1, 100000000, &o->web_rate, NULL },
    };
    const char *value;
    *taken = false;
    for (int k = 0; k < YH_COUNT(ROW) && !*taken; k++) {
        if (!yh_cli_option(i, argc, argv, ROW[k].name, &value))
            continue;
        *taken = true;
        if (!number(ROW[k].name, value, ROW[k].lo, ROW[k].hi, &v))
            return false;
        if (ROW[k].to)
            *ROW[k].to = (int)v;
        else if (ROW[k].wide == &readers)
            o->gateway.readers = (int)v;
        else if (ROW[k].wide == &writers)
            o->gateway.nwriter = (int)v - 1;
        else if (ROW[k].wide == &queue)
            o->gateway.queue_max = (int)v;
        else if (ROW[k].wide == &batch)
            o->gateway.batch_max = (int)v;
        else if (ROW[k].wide == &body)
            o->http.body_max = (ptrdiff_t)v << 20;
        else if (ROW[k].wide == &file)
            o->http.file_max = (ptrdiff_t)v << 20;
        else if (ROW[k].wide == &held)
            o->http.held_max = (ptrdiff_t)v << 20;
        else
            o->http.read_ms = (int)v * 1000;
    }
    return true;
}

static bool set_clock(struct options *o, const char *value)
{
    o->clock_given = true;
    if (value && !strcmp(value, "real"))
        o->gateway.clock = YH_CLOCK_REAL;
    else if (value && !strcmp(value, "inf_time"))
        o->gateway.clock = YH_CLOCK_INF_TIME;
    else {
        fprintf(stderr, "错误：--clock 应为 real 或 inf_time\n");
        return false;
    }
    return true;
}

static bool set_now(struct options *o, const char *value)
{
    char text[32];
    snprintf(text, sizeof text, "%s", value ? value : "");
    if (strlen(text) > 10 && text[10] == 'T')
        text[10] = ' ';
    o->clock_given = true;
    o->gateway.clock = YH_CLOCK_SHIFTED;
    if (value && !yh_time_parse(yh_cstr(text), &o->gateway.start, NULL))
        return true;
    fprintf(stderr, "错误：--now 应为时间，如 2026-03-02T08:00:00\n");
    return false;
}

/* 0 = go on; 2 = called wrongly. */
static int read_options(int argc, char **argv, struct options *o)
{
    for (int i = 1; i < argc; i++) {
        const char *value;
        bool taken;
        if (!strcmp(argv[i], "--memory"))
            o->memory = o->demo = true;
        else if (!strcmp(argv[i], "--demo"))
            o->demo = true;
        else if (!strcmp(argv[i], "--sandbox"))
            o->sandbox = true;
        else if (!strcmp(argv[i], "--no-web"))
            o->no_web = true;
        else if (yh_cli_option(&i, argc, argv, "--web", &value))
            o->web = value;
        else if (!strcmp(argv[i], "--require-sign-in"))
            o->sign_in = true;
        else if (yh_cli_option(&i, argc, argv, "--data", &value))
            o->data = value;
        else if (yh_cli_option(&i, argc, argv, "--listen", &value))
            o->http.listen = value;
        else if (yh_cli_option(&i, argc, argv, "--folder", &value))
            o->folder = value;
        else if (yh_cli_option(&i, argc, argv, "--catalogs", &value))
            o->catalogs = value;
        else if (yh_cli_option(&i, argc, argv, "--access", &value))
            o->access = value;
        else if (yh_cli_option(&i, argc, argv, "--policy", &value))
            o->policy = value;
        else if (yh_cli_option(&i, argc, argv, "--regions", &value))
            o->regions = value;
        else if (yh_cli_option(&i, argc, argv, "--clock", &value)) {
            if (!set_clock(o, value))
                return 2;
        } else if (yh_cli_option(&i, argc, argv, "--now", &value)) {
            if (!set_now(o, value))
                return 2;
        } else if (!numeric(o, &i, argc, argv, &taken))
            return 2;
        else if (!taken)
            return yh_cli_usage(USAGE, argc, argv);
        if (!o->data || !o->http.listen)
            return yh_cli_usage(USAGE, argc, argv);
    }
    if (o->clock_given && !o->sandbox) {
        fprintf(stderr, "错误：--clock 与 --now 只能用于沙盒（--sandbox）\n");
        return 2;
    }
    if (o->sandbox && !o->clock_given)
        o->gateway.clock = YH_CLOCK_INF_TIME;
    return 0;
}

/* The tables of the interface, beside the catalogues. */
static enum yh_status load_interface(struct yh_arena *a, const char *dir,
                                     struct yh_interface *out, struct yh_err *err)
{
    static const char *const NAME[] = { "transactions", "fields", "dictionaries" };
    yh_str text[3];
    for (int i = 0; i < 3; i++) {
        yh_str path = yh_fmt(a, "%s/interface/%s.tsv", dir, NAME[i]);
        enum yh_status bad = yh_file_read(a, yh_zdup(a, path), 64 << 20, &text[i], err);
        if (bad)
            return bad;
    }
    return yh_interface_load(a, text[0], text[1], text[2], out, err);
}

/* Where the files beside the data are; NULL: nowhere. */
static const char *folder_of(const struct options *o)
{
    return yh_cli_served(o->data) ? o->folder : o->data;
}

static enum yh_status load_access(struct yh_arena *a, const struct options *o,
                                  struct yh_accesses *out, struct yh_err *err)
{
    const char *folder = folder_of(o);
    yh_str text = YH_S(""), path = yh_fmt(a, "%s/access.tsv", folder ? folder : "");
    if (!folder && !o->access)
        return yh_access_load(a, text, o->sandbox, out, err);
    enum yh_status bad =
        yh_file_read(a, o->access ? o->access : yh_zdup(a, path), 64 << 20, &text, err);
    if (bad == YH_NOT_FOUND && !o->access)
        text = YH_S("");
    else if (bad)
        return bad;
    return yh_access_load(a, text, o->sandbox, out, err);
}

/* Moves the log into the main file beside the writer, so that the writer never has to.  Often, for the
 * log's syncs wait while the disk takes what was moved; and behind all others, for nobody waits for it.
 * On a database server that others write to as well: takes up what they have published. */
#define KEEP_MS 250
#define FOLLOW_MS 1000
#define KEEP_NICE 10
struct keeper {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t stop;
    bool stopping;
    struct yh_service *service;
    struct yh_realm *realm; /* NULL: nobody else publishes */
};

static void follow(struct keeper *k)
{
    struct yh_err err = { 0 };
    enum yh_status st = yh_realm_follow(k->realm, yh_service_store(k->service), &err);
    if (st == YH_BAD_TABLE)
        fprintf(stderr, "警告：别的服务发布的文件在这里不能执行：%s\n", err.text);
}

static void *keep(void *arg)
{
    struct keeper *k = arg;
    (void)!nice(KEEP_NICE); /* of this thread alone, on Linux */
    pthread_mutex_lock(&k->lock);
    while (!k->stopping) {
        struct timespec t;
        clock_gettime(CLOCK_REALTIME, &t);
        t.tv_nsec += (k->realm ? FOLLOW_MS : KEEP_MS) * 1000000L;
        t.tv_sec += t.tv_nsec / 1000000000;
        t.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&k->stop, &k->lock, &t);
        if (k->stopping)
            break;
        pthread_mutex_unlock(&k->lock);
        struct yh_err err;
        if (k->realm)
            follow(k);
        else if (yh_store_checkpoint(yh_service_store(k->service), &err) == YH_IO)
            fprintf(stderr, "警告：整理日志失败：%s\n", err.text);
        pthread_mutex_lock(&k->lock);
    }
    pthread_mutex_unlock(&k->lock);
    return NULL;
}

static yh_time local_now(void)
{
    return (yh_time)time(NULL) + 8 * 3600;
}

struct parts {
    struct yh_arena arena;
    struct yh_realm realm;
    struct yh_interface table;
    struct yh_accesses access;
    struct yh_service *service, *writer[YH_GATEWAY_WRITERS_MAX];
    struct yh_gateway *gateway;
    struct yh_portal *portal;
    yh_str secret; /* of the first administrator; "" = there is one */
    struct yh_http *http;
    struct yh_hatch *hatch; /* NULL: no folder to stand in */
};

static enum yh_status act(void *gateway, yh_str ask, struct yh_arena *a, yh_str *text,
                          struct yh_err *err)
{
    return yh_gateway_act(gateway, ask, a, text, err);
}

/* The built pages: as told, else beside the work tree, else installed. */
static const char *web_dir(const char *told)
{
    const char *env = getenv("YIHENG_WEB");
    if (told || env)
        return told ? told : env;
    return access("web/dist/index.html", R_OK) ? "/usr/local/share/yiheng/web" : "web/dist";
}

static enum yh_status open_portal(const struct options *o, struct parts *p,
                                  struct yh_gateway_config *g, struct yh_err *err)
{
    struct yh_portal_config c = { .service = p->service,
                                  .realm = &p->realm,
                                  .table = &p->table,
                                  .data = folder_of(o),
                                  .web = web_dir(o->web),
                                  .sandbox = o->sandbox,
                                  .rate = o->web_rate };
    if (o->memory || o->no_web) /* a memory store belongs to one thread */
        return YH_OK;
    enum yh_status bad = yh_portal_open(&c, &p->portal, err);
    g->other = yh_portal_http;
    g->other_user = p->portal;
    g->watch = yh_portal_watch;
    g->watch_user = p->portal;
    return bad;
}

/* A database server may be starting too, or mending itself: it is waited for. */
static enum yh_status open_service(yh_str url, const struct yh_service_options *s, bool served,
                                   struct yh_service **out, struct yh_err *err)
{
    enum yh_status bad = yh_service_open(url, s, out, err);
    for (int i = 0; served && bad == YH_IO && i < DATABASE_TRIES; i++) {
        if (i == 0)
            fprintf(stderr, "等待数据库（至多 %d 秒）：%s\n", DATABASE_TRIES / 2, err->text);
        (void)usleep(500000);
        bad = yh_service_open(url, s, out, err);
    }
    return bad;
}

static enum yh_status open_all(const struct options *o, struct parts *p, struct yh_err *err)
{
    enum yh_status bad = yh_arena_open(&p->arena, (size_t)256 << 20, err);
    if (!bad)
        bad = yh_realm_open(o->catalogs, o->policy, o->regions, &p->realm, err);
    if (bad)
        return bad;
    bad = load_interface(&p->arena, p->realm.catalogs.dir, &p->table, err);
    if (!bad)
        bad = load_access(&p->arena, o, &p->access, err);
    struct yh_service_options s = { .store = { .now = local_now(), .must_exist = !o->demo },
                                    .world = &p->realm.world,
                                    .sign_in = o->sign_in };
    char store[4200];
    yh_str url = o->memory ? YH_S("memory:") : yh_cstr(yh_cli_store(store, o->data));
    bool served = !o->memory && yh_cli_served(o->data);
    if (!bad)
        bad = open_service(url, &s, served, &p->service, err);
    if (!bad) { /* a document that was published and cannot be carried out is not passed over */
        bad = yh_realm_follow(&p->realm, yh_service_store(p->service), err);
        if (bad == YH_BAD_TABLE) {
            struct yh_err why = *err;
            bad = yh_fail(err, bad, "已发布的文件不能执行，服务没有启动：%s", why.text);
        }
    }
    if (!bad && o->demo) { /* again is fine: the town stands there already */
        bad = yh_town_build(yh_service_store(p->service), &p->arena, local_now(), err);
        bad = bad == YH_CONFLICT ? YH_OK : bad;
    }
    struct yh_gateway_config g = o->gateway;
    /* Many write at once, in short batches: a group that one of them holds stays locked until its
     * commit. */
    g.nwriter = served ? g.nwriter : 0;
    g.writer = p->writer;
    if (served && !g.batch_max)
        g.batch_max = 16;
    s.store.must_exist = true;
    for (int i = 0; !bad && i < g.nwriter; i++)
        bad = yh_service_open(url, &s, &p->writer[i], err);
    g.table = &p->table;
    g.access = &p->access;
    g.service = p->service;
    if (o->memory) /* a memory store belongs to one thread */
        g.readers = 0;
    if (!bad)
        bad = open_portal(o, p, &g, err);
    if (!bad)
        bad = yh_gateway_open(&g, &p->gateway, err);
    if (!bad && p->portal)
        bad = yh_portal_start(p->portal, p->gateway, &p->secret, err);
    if (!bad)
        bad = yh_http_start(&p->http, &o->http, yh_gateway_http, p->gateway, err);
    if (!bad && !o->memory &&
        !served) /* on a server, the agency's own acts go straight to it */
        bad = yh_hatch_open(o->data, act, p->gateway, &p->hatch, err);
    return bad;
}

static void close_all(struct parts *p)
{
    yh_hatch_close(p->hatch);
    if (p->http)
        yh_http_quiesce(p->http);
    if (p->portal)
        yh_portal_stop(p->portal);
    if (p->gateway)
        yh_gateway_drain(p->gateway);
    if (p->http)
        yh_http_stop(p->http, 5000);
    if (p->gateway)
        yh_gateway_close(p->gateway);
    yh_portal_close(p->portal);
    yh_service_close(p->service);
    for (int i = 0; i < YH_GATEWAY_WRITERS_MAX; i++)
        yh_service_close(p->writer[i]);
    yh_realm_close(&p->realm);
    yh_arena_close(&p->arena);
}

static void greet(const struct options *o, const struct parts *p, int64_t took_ms)
{
    static const char *const CLOCK[] = { "本机", "自定", "随报文 inf_time" };
    int ntx, port = yh_http_port(p->http);
    char said[4200];
    (void)yh_tx_all(&ntx);
    if (o->http.port && port != o->http.port)
        printf("端口 %d 已被占用，改用 %d\n", o->http.port, port);
    printf("医衡 %s 已在 http://%s:%d 提供医保接口（%d 个交易，%d 份政策，启动 %lld 毫秒）\n",
           YH_VERSION, o->http.listen, port, ntx, yh_world_plans(&p->realm.world).n,
           (long long)took_ms);
    printf("数据：%s%s；时钟：%s；签名：%s\n", o->memory ? "内存" : yh_cli_said(said, o->data),
           o->memory ? "（退出即失）" : "", CLOCK[o->gateway.clock],
           o->sandbox ? "沙盒，未登记的机构不验" : "按 access.tsv 逐机构校验");
    if (p->realm.refused)
        printf("有 %d 个政策版本因缺参数或有错误未生效（yiheng policy check 查看）\n",
               p->realm.refused);
    if (!o->sandbox && !p->access.n)
        printf("注意：没有登记任何机构的密钥（access.tsv），所有请求都会被拒绝；试用请加 "
               "--sandbox\n");
    if (p->portal && yh_portal_pages(p->portal))
        printf("网页：http://%s:%d/ （我的医保）  http://%s:%d/desk/ （工作人员）\n",
               o->http.listen, port, o->http.listen, port);
    else if (p->portal)
        printf("网页没有建好（在源码目录运行 ./yh web），只提供 /api\n");
    if (p->secret.n)
        printf("第一次启动：管理员 admin，一次性密码 %.*s（登录后请改密码、绑定验证器）\n",
               YH_ARG(p->secret));
    fflush(stdout);
}

/* While one waits for the database the others work; on the two cores that it shares with us, a fourth
 * only makes batches smaller. */
static int more_writers(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : cores > 3 ? 3 : (int)cores;
}

int yh_cmd_serve(int argc, char **argv)
{
    struct options o = { .data = "data",
                         .http = yh_http_defaults(),
                         .gateway = { .readers = 2, .nwriter = more_writers() } };
    int stop = read_options(argc, argv, &o);
    if (stop)
        return stop;
    int64_t began = yh_http_now_ms();
    /* Signals are taken by this thread alone: block them before any other is made. */
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    struct parts *p = yh_heap(NULL, sizeof *p);
    memset(p, 0, sizeof *p);
    struct yh_err err = { 0 };
    int code = 0, got;
    if (open_all(&o, p, &err)) {
        code = yh_cli_error(NULL, &err);
    } else {
        greet(&o, p, yh_http_now_ms() - began);
        struct keeper k = { .service = p->service,
                            .realm = yh_cli_served(o.data) ? &p->realm : NULL };
        pthread_mutex_init(&k.lock, NULL);
        pthread_cond_init(&k.stop, NULL);
        bool kept = !o.memory && !pthread_create(&k.thread, NULL, keep, &k);
        sigwait(&signals, &got);
        printf("正在停止：不再接收新请求，答完已受理的 …\n");
        fflush(stdout);
        pthread_mutex_lock(&k.lock);
        k.stopping = true;
        pthread_cond_signal(&k.stop);
        pthread_mutex_unlock(&k.lock);
        if (kept)
            pthread_join(k.thread, NULL);
    }
    struct yh_gateway_stats stats =
        p->gateway ? yh_gateway_stats_of(p->gateway) : (struct yh_gateway_stats){ 0 };
    char stages[400] = "";
    if (stats.written)
        snprintf(stages, sizeof stages, "%.*s",
                 YH_ARG(yh_gateway_stages(p->gateway, &p->arena)));
    close_all(p);
    yh_heap(p, 0);
    if (!code)
        printf("已停止。共 %lld 个请求，落盘 %lld 批 %lld 笔，拒绝 %lld 笔，繁忙 %lld 次\n",
               (long long)stats.requests, (long long)stats.batches, (long long)stats.written,
               (long long)stats.refused, (long long)stats.busy);
    if (!code && stages[0])
        printf("写入各段毫秒（半数内/百分之九十九内/最长）：%s\n", stages);
    return code;
}
