/* bench/visits.c -- complete outpatient visits against `yiheng serve` over SQLite, by a client of ours.
 *
 *     build/bench/visits [people] [seconds] [connections] [folder]        1000000 6 64
 *
 * Makes a data folder with the invented town and so many random people (or goes on with the folder
 * given, which is made where there is none and stays; seconds 0: is only made; a PostgreSQL address
 * stands for a database that is filled where it is empty), starts build/yiheng
 * on it, and on each connection plays 2201 2203 2204 2206 2207 for a random person, again and again.
 * Five windows are measured and the median is printed, with p50 and p99 of the 2207, the CPU that
 * client and server took (of two cores 200 %), where the time of the writing calls went as the server
 * tells it when it stops, requests made durable per commit, and what fdatasync alone can do on the same disk. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "server.h"
#include "service/town.h"
#include "shell/http/http.h"

#define WINDOWS 5
#define SEED 20260318

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void die(const char *what)
{
    fprintf(stderr, "visits: %s\n", what);
    exit(1);
}

/* ---- what the disk can do ---- */

static int sync_rate(const char *dir)
{
    char path[300], block[4096] = { 1 };
    snprintf(path, sizeof path, "%s/sync", dir);
    int fd = open(path, O_CREAT | O_RDWR, 0600), n = 0;
    if (fd < 0)
        return 0;
    int64_t until = now_us() + 1000000;
    for (; now_us() < until; n++)
        if (pwrite(fd, block, sizeof block, (off_t)n * 4096 % (1 << 24)) < 0 || fdatasync(fd))
            break;
    close(fd);
    unlink(path);
    return n;
}

/* ---- the server ---- */

static void make_town(const char *dir, int64_t people)
{
    struct yh_store *s = NULL;
    struct yh_arena a;
    struct yh_err err = { 0 };
    yh_time now = (yh_time)time(NULL) + 8 * 3600;
    struct yh_store_options opt = { .region = YH_S("990100"), .now = now };
    if (yh_arena_open(&a, (size_t)256 << 20, &err) ||
        yh_store_open(yh_fmt(&a, "%s%s", strstr(dir, "://") ? "" : "sqlite:", dir), &opt, &s,
                      &err))
        die(err.text);
    enum yh_status st = yh_town_build(s, &a, now, &err);
    bool filled = st == YH_CONFLICT && strstr(dir, "://");
    if (st && !filled)
        die(err.text);
    if (!filled && yh_town_people(s, &a, people, 1, SEED, &err))
        die(err.text);
    yh_store_close(s);
    yh_arena_close(&a);
}

/* CPU of a process in milliseconds. */
static int64_t cpu_ms(pid_t pid)
{
    char path[64];
    long user = 0, sys = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "r");
    if (!f)
        return 0;
    if (fscanf(f, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user,
               &sys) != 2)
        user = sys = 0;
    fclose(f);
    return (user + sys) * 1000 / sysconf(_SC_CLK_TCK);
}

static int resident_mb(pid_t pid)
{
    char path[64], line[200];
    int kb = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "VmRSS: %d", &kb) == 1)
            break;
    if (f)
        fclose(f);
    return kb / 1024;
}

/* ---- one connection ---- */

static const char *const STEP[] = { "2201", "2203", "2204", "2206", "2207" };
#define STEPS 5

struct conn {
    int fd, step;
    int64_t person;
    bool employee;
    char psn[32], visit[64];
    int64_t visit_no, began;
    char out[8192], in[65536];
    int nout, sent, nin;
};

struct run {
    int64_t people, next_visit, visits, requests, failed;
    uint64_t random;
    char stamp[32]; /* civil time of this second */
    char tag[24];
    int32_t *latency; /* µs of each 2207 */
    int nlatency, cap;
    char first_fault[400];
};

static const char LINE[] = "{\"feedetl_sn\":\"%d\",\"mdtrt_id\":\"%s\",\"psn_no\":\"%s\","
                           "\"chrg_bchno\":\"C1\",\"rx_circ_flag\":\"0\","
                           "\"fee_ocur_time\":\"%s\",\"med_list_codg\":\"%s\",\"medins_list_"
                           "codg\":\"YP1\",\"det_item_fee_sumamt\":%s,"
                           "\"cnt\":%s,\"pric\":%s,\"bilg_dept_codg\":\"A03\",\"bilg_dept_"
                           "name\":\"内科\",\"bilg_dr_codg\":\"D1\","
                           "\"bilg_dr_name\":\"测试医师\",\"hosp_appr_flag\":\"0\"}";

static int put_input(struct run *r, struct conn *c, char *b, int cap)
{
    const char *scheme = c->employee ? "310" : "390", *t = r->stamp;
    switch (c->step) {
    case 0:
        return snprintf(b, (size_t)cap,
                        "{\"data\":{\"psn_no\":\"%s\",\"insutype\":\"%s\",\"begntime\":\"%s\","
                        "\"mdtrt_cert_type\":\"02\","
                        "\"mdtrt_cert_no\":\"1\",\"ipt_otp_no\":\"MZ%lld\",\"dept_code\":"
                        "\"A03\",\"dept_name\":\"内科\","
                        "\"caty\":\"A03\"}}",
                        c->psn, scheme, t, (long long)c->visit_no);
    case 1:
        return snprintf(
            b, (size_t)cap,
            "{\"mdtrtinfo\":{\"mdtrt_id\":\"%s\",\"psn_no\":\"%s\",\"med_type\":\"11\","
            "\"begntime\":\"%s\"},"
            "\"diseinfo\":[{\"diag_type\":\"1\",\"diag_srt_no\":\"1\",\"diag_code\":\"J06."
            "900\","
            "\"diag_name\":\"急性上呼吸道感染\",\"diag_dept\":\"内科\",\"dise_dor_no\":\"D1\","
            "\"dise_dor_name\":\"测试医师\",\"diag_time\":\"%s\",\"vali_flag\":\"1\"}]}",
            c->visit, c->psn, t, t);
    case 2: {
        int n = snprintf(b, (size_t)cap, "{\"feedetail\":[");
        n += snprintf(b + n, (size_t)(cap - n), LINE, 1, c->visit, c->psn, t,
                      "XA01ABD075A002010100483", "25.00", "2", "12.500000");
        b[n++] = ',';
        n += snprintf(b + n, (size_t)(cap - n), LINE, 2, c->visit, c->psn, t,
                      "002501010010000-250101001", "80.00", "1", "80.000000");
        b[n++] = ',';
        n += snprintf(b + n, (size_t)(cap - n), LINE, 3, c->visit, c->psn, t,
                      "001102000030000-110200003", "15.00", "1", "15.000000");
        return n + snprintf(b + n, (size_t)(cap - n), "]}");
    }
    default:
        return snprintf(b, (size_t)cap,
                        "{\"data\":{\"psn_no\":\"%s\",\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_"
                        "no\":\"1\",\"med_type\":\"11\","
                        "\"medfee_sumamt\":120.00,\"psn_setlway\":\"01\",\"mdtrt_id\":\"%s\","
                        "\"chrg_bchno\":\"C1\","
                        "\"insutype\":\"%s\",\"acct_used_flag\":\"1\",\"fulamt_ownpay_amt\":0,"
                        "\"overlmt_selfpay\":0,"
                        "\"preselfpay_amt\":0,\"inscp_scp_amt\":0}}",
                        c->psn, c->visit, scheme);
    }
}

static void put_request(struct run *r, struct conn *c)
{
    char input[4096], body[6000];
    put_input(r, c, input, sizeof input);
    int n = snprintf(body, sizeof body,
                     "{\"infno\":\"%s\",\"msgid\":\"H99010100001%s%lld%d\",\"mdtrtarea_"
                     "admvs\":\"990101\","
                     "\"insuplc_admdvs\":\"990101\",\"recer_sys_code\":\"99\",\"infver\":\"V1."
                     "0\",\"opter_type\":\"1\","
                     "\"opter\":\"0001\",\"opter_name\":\"测试操作员\",\"inf_time\":\"%s\","
                     "\"fixmedins_code\":\"H99010100001\","
                     "\"fixmedins_name\":\"示例市第一人民医院\",\"sign_no\":\"\",\"input\":%s}",
                     STEP[c->step], r->tag, (long long)c->visit_no, c->step, r->stamp, input);
    c->nout = snprintf(c->out, sizeof c->out,
                       "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: "
                       "application/json\r\nContent-Length: %d\r\n\r\n%s",
                       n, body);
    c->sent = c->nin = 0;
    c->began = now_us();
}

static void next_person(struct run *r, struct conn *c)
{
    r->random = yh_mix64(r->random);
    c->person = (int64_t)(r->random % (uint64_t)r->people);
    c->employee = yh_town_employee(SEED, c->person);
    yh_str psn = yh_town_person(c->psn, c->person);
    c->psn[psn.n] = 0;
    c->visit_no = r->next_visit++;
    c->step = 0;
}

/* Sends what is left; false = the connection broke. */
static bool push(struct conn *c)
{
    while (c->sent < c->nout) {
        ssize_t n = send(c->fd, c->out + c->sent, (size_t)(c->nout - c->sent), MSG_NOSIGNAL);
        if (n < 0)
            return errno == EAGAIN;
        c->sent += (int)n;
    }
    return true;
}

/* Is a whole answer there?  Its body starts at *body. */
static bool whole(struct conn *c, char **body)
{
    c->in[c->nin] = 0;
    char *blank = strstr(c->in, "\r\n\r\n");
    char *length = blank ? strcasestr(c->in, "content-length:") : NULL;
    if (!length)
        return false;
    *body = blank + 4;
    return c->nin >= (int)(*body - c->in) + atoi(length + 15);
}

static void answered(struct run *r, struct conn *c, char *body)
{
    r->requests++;
    bool ok = strstr(body, "\"infcode\":\"0\"") != NULL;
    if (!ok) {
        r->failed++;
        if (!r->first_fault[0])
            snprintf(r->first_fault, sizeof r->first_fault, "%s %s", STEP[c->step], body);
        next_person(r, c);
        return;
    }
    if (c->step == 0) {
        char *id = strstr(body, "\"mdtrt_id\":\"");
        if (id)
            sscanf(id + 12, "%63[^\"]", c->visit);
    }
    if (c->step == STEPS - 1) {
        if (r->nlatency < r->cap)
            r->latency[r->nlatency++] = (int32_t)(now_us() - c->began);
        r->visits++;
        next_person(r, c);
    } else {
        c->step++;
    }
}

static int connect_to(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a))
        die("cannot connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

static void set_stamp(struct run *r)
{
    char t[32];
    yh_str s = yh_time_text(t, (yh_time)time(NULL) + 8 * 3600);
    memcpy(r->stamp, s.p, (size_t)s.n);
    r->stamp[s.n] = 0;
}

/* Plays for so long. */
static void play(struct run *r, struct conn *conn, int epoll, int64_t us)
{
    struct epoll_event event[256];
    int64_t until = now_us() + us;
    (void)conn;
    while (now_us() < until) {
        set_stamp(r);
        int n = epoll_wait(epoll, event, 256, 100);
        for (int i = 0; i < n; i++) {
            struct conn *c = event[i].data.ptr;
            char *body;
            ssize_t got = recv(c->fd, c->in + c->nin, sizeof c->in - 1 - (size_t)c->nin, 0);
            if (got < 0 && errno == EAGAIN)
                continue;
            if (got <= 0)
                die("the server hung up");
            c->nin += (int)got;
            if (!whole(c, &body))
                continue;
            answered(r, c, body);
            put_request(r, c);
            if (!push(c))
                die("cannot send");
        }
    }
}

static int by_value(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static int by_i64(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    int64_t people = argc > 1 ? atoll(argv[1]) : 1000000,
            seconds = argc > 2 ? atoll(argv[2]) : 6;
    int connections = argc > 3 ? atoi(argv[3]) : 64, port = 0;
    char dir[] = "/tmp/yiheng-visits-XXXXXX", data[300], there[320], log[100], command[200];
    if (people < 1 || seconds < (argc > 4 ? 0 : 1) || connections < 1 || connections > 1000 ||
        argc > 5 || (argc > 4 && strlen(argv[4]) >= sizeof data) || !mkdtemp(dir))
        die("usage: visits [people] [seconds] [connections] [folder]");
    if (access("build/yiheng", X_OK))
        die("build/yiheng is not built (make)");
    snprintf(data, sizeof data, "%s%s", argc > 4 ? argv[4] : dir, argc > 4 ? "" : "/data");
    snprintf(there, sizeof there, "%s/yiheng.db", data);
    snprintf(log, sizeof log, "%s/log", dir);
    int syncs = sync_rate(dir);
    int64_t t = now_us();
    if (access(there, F_OK))
        make_town(data, people);
    printf("people %lld written in %.1f s; fdatasync alone %d/s\n", (long long)people,
           (double)(now_us() - t) / 1e6, syncs);
    if (!seconds)
        return rmdir(dir) ? 1 : 0;
    t = now_us();
    pid_t server = bench_serve(data, log, &port);
    printf("server answers after %.2f s, resident %d MB\n", (double)(now_us() - t) / 1e6,
           resident_mb(server));
    fflush(stdout);

    struct run r = {
        .people = people, .random = (uint64_t)time(NULL), .next_visit = 1, .cap = 1 << 22
    };
    snprintf(r.tag, sizeof r.tag, "%x-", (unsigned)time(NULL));
    r.latency = yh_heap(NULL, (size_t)r.cap * sizeof *r.latency);
    struct conn *conn = yh_heap(NULL, (size_t)connections * sizeof *conn);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    set_stamp(&r);
    for (int i = 0; i < connections; i++) {
        struct conn *c = &conn[i];
        memset(c, 0, sizeof *c);
        c->fd = connect_to(port);
        struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };
        epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &e);
        next_person(&r, c);
        put_request(&r, c);
        push(c);
    }
    play(&r, conn, epoll, 1000000); /* warm up */
    int64_t rate[WINDOWS], p50[WINDOWS], p99[WINDOWS], mine = 0, theirs = 0;
    for (int w = 0; w < WINDOWS; w++) {
        r.visits = r.nlatency = 0;
        int64_t a = cpu_ms(getpid()), b = cpu_ms(server), from = now_us();
        play(&r, conn, epoll, seconds * 1000000);
        int64_t took = now_us() - from;
        mine += (cpu_ms(getpid()) - a) * 100000 / took;
        theirs += (cpu_ms(server) - b) * 100000 / took;
        rate[w] = r.visits * 1000000 / took;
        qsort(r.latency, (size_t)r.nlatency, sizeof *r.latency, by_value);
        p50[w] = r.nlatency ? r.latency[r.nlatency / 2] : 0;
        p99[w] = r.nlatency ? r.latency[(int64_t)r.nlatency * 99 / 100] : 0;
        printf("window %d: %lld visits/s, 2207 p50 %.1f ms, p99 %.1f ms\n", w + 1,
               (long long)rate[w], (double)p50[w] / 1000, (double)p99[w] / 1000);
        fflush(stdout);
    }
    int mb = resident_mb(server);
    kill(server, SIGTERM);
    for (int i = 0; i < connections; i++)
        close(conn[i].fd);
    waitpid(server, NULL, 0);
    qsort(rate, WINDOWS, sizeof *rate, by_i64);
    qsort(p50, WINDOWS, sizeof *p50, by_i64);
    qsort(p99, WINDOWS, sizeof *p99, by_i64);
    printf("visits/s %lld   2207 p50 %.1f ms p99 %.1f ms   CPU client %lld %% server %lld %%   "
           "resident %d MB   refused %lld\n",
           (long long)rate[WINDOWS / 2], (double)p50[WINDOWS / 2] / 1000,
           (double)p99[WINDOWS / 2] / 1000, (long long)(mine / WINDOWS),
           (long long)(theirs / WINDOWS), mb, (long long)r.failed);
    if (r.first_fault[0])
        printf("first refusal: %s\n", r.first_fault);
    FILE *f = fopen(log, "r");
    char line[500];
    long long batches = 0, written = 0, all = 0;
    while (f && fgets(line, sizeof line, f)) {
        sscanf(line, "已停止。共 %lld 个请求，落盘 %lld 批 %lld 笔", &all, &batches, &written);
        if (strncmp(line, "写入各段", strlen("写入各段")) == 0)
            fputs(line, stdout);
    }
    if (f)
        fclose(f);
    printf("durable requests per commit %.1f (%lld requests in %lld commits)\n",
           batches ? (double)written / (double)batches : 0.0, written, batches);
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return r.failed || system(command) ? 1 : 0;
}
