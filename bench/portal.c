/* bench/portal.c -- the data of the citizen's bill page, a client of ours beside the server.
 *
 *     build/bench/portal [seconds] [connections] [bills]        2 32 400
 *
 * Makes a folder with the invented town, starts build/yiheng on it, settles `bills` purchases of one
 * person, signs that person in through /api/session, and on each connection asks for one of the
 * bills, drawn at random, again and again: session, area, the look noted and logged, the settlement
 * with its funds and visit read from SQLite on a snapshot, its reasons parsed, the reply written.
 * Five windows; the medians are printed, with the CPU of both sides (of two cores 200 %).  At the
 * end the person's access log must hold what was asked. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "service/town.h"
#include "shell/file/file.h"
#include "shell/http/client.h"
#include "shell/portal/portal.h"

#define WINDOWS 5
#define LATENCIES (1 << 20)
#define JIA "99010100000000000000000001"

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void die(const char *what)
{
    fprintf(stderr, "portal: %s\n", what);
    exit(1);
}

/* ---- the server ---- */

static pid_t start_server(const char *dir, char url[64])
{
    int pipes[2];
    if (pipe(pipes))
        die("no pipe");
    pid_t pid = fork();
    if (pid == 0) {
        dup2(pipes[1], 1);
        close(pipes[0]);
        execl("build/yiheng", "yiheng", "serve", "--data", dir, "--sandbox", "--port", "0",
              "--regions", "990100 990200", "--rate", "0", "--web-rate", "100000000",
              (char *)NULL);
        _exit(127);
    }
    close(pipes[1]);
    FILE *f = fdopen(pipes[0], "r");
    char text[512];
    url[0] = 0;
    while (f && !url[0] && fgets(text, sizeof text, f)) {
        const char *at = strstr(text, "http://127.0.0.1:");
        if (at)
            (void)snprintf(url, 64, "%.*s", (int)strcspn(at, " \n"), at);
    }
    if (!url[0])
        die("build/yiheng serve did not start");
    return pid;
}

static int64_t cpu_ms(pid_t pid)
{
    char path[64];
    long user = 0, sys = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "r");
    if (f && fscanf(f, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld",
                    &user, &sys) != 2)
        user = sys = 0;
    if (f)
        fclose(f);
    return (user + sys) * 1000 / sysconf(_SC_CLK_TCK);
}

/* The text behind `"key":"`, up to the quote. */
static yh_str text_at(yh_str json, const char *key, struct yh_arena *a)
{
    yh_str head = yh_fmt(a, "\"%s\":\"", key);
    ptrdiff_t at = yh_find(json, head);
    if (at < 0)
        return YH_S("");
    yh_str rest = yh_sub(json, at + head.n, json.n);
    return yh_dup(a, yh_cut(&rest, '"'));
}

/* The interface's own sample of a purchase, with a number of its own. */
static yh_str purchase(struct yh_arena *a, yh_str sample, int i)
{
    ptrdiff_t at = yh_find(sample, YH_S("\"msgid\": \"")) + 10;
    yh_str tail = yh_sub(sample, at, sample.n);
    (void)yh_cut(&tail, '"');
    return yh_fmt(a, "%.*sP99010100001202603021001%06d\"%.*s", (int)at, sample.p, 2000 + i,
                  YH_ARG(tail));
}

/* ---- the load ---- */

struct asker {
    int fd;
    int64_t from;
    ptrdiff_t have, want; /* want: bytes of the whole answer, 0 = its head is not there yet */
    char in[65536];
};

struct load {
    struct asker *asker;
    int n, epoll, port;
    char (*ask)[512]; /* one request a bill */
    int nask;
    uint64_t seed;
    uint32_t *us;
    int64_t done;
};

static void ask(struct load *l, struct asker *k)
{
    l->seed = yh_mix64(l->seed);
    const char *text = l->ask[l->seed % (uint64_t)l->nask];
    k->from = now_us();
    k->have = k->want = 0;
    if (write(k->fd, text, strlen(text)) != (ssize_t)strlen(text))
        die("the server takes no request");
}

static void answer(struct load *l, struct asker *k)
{
    ssize_t n = read(k->fd, k->in + k->have, sizeof k->in - (size_t)k->have);
    if (n <= 0)
        die("the server hung up");
    k->have += n;
    yh_str all = { k->in, k->have };
    ptrdiff_t head = k->want ? 0 : yh_find(all, YH_S("\r\n\r\n"));
    if (!k->want && head >= 0) {
        ptrdiff_t at = yh_find(all, YH_S("Content-Length: "));
        if (!yh_starts(all, YH_S("HTTP/1.1 200")) || at < 0)
            die("an answer that is not 200");
        k->want = head + 4 + strtol(k->in + at + 16, NULL, 10);
    }
    if (k->want && k->have >= k->want) {
        l->us[l->done++ % LATENCIES] = (uint32_t)(now_us() - k->from);
        ask(l, k);
    }
}

static void window(struct load *l, int64_t until)
{
    struct epoll_event e[64];
    while (now_us() < until) {
        int n = epoll_wait(l->epoll, e, 64, 50);
        for (int i = 0; i < n; i++)
            answer(l, e[i].data.ptr);
    }
}

static int connect_to(int port)
{
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a))
        die("no connection");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static int by_size(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}
static int by_rate(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return a < b ? -1 : a > b;
}

static void run(struct load *l, int seconds, pid_t server)
{
    int64_t rate[WINDOWS], mine = 0, theirs = 0;
    struct epoll_event e = { .events = EPOLLIN };
    l->epoll = epoll_create1(0);
    for (int i = 0; i < l->n; i++) {
        l->asker[i].fd = connect_to(l->port);
        e.data.ptr = &l->asker[i];
        epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->asker[i].fd, &e);
        ask(l, &l->asker[i]);
    }
    window(l, now_us() + 500000);
    l->done = 0;
    for (int w = 0; w < WINDOWS; w++) {
        int64_t a = cpu_ms(getpid()), b = cpu_ms(server), from = now_us(), had = l->done;
        window(l, from + (int64_t)seconds * 1000000);
        int64_t took = now_us() - from;
        rate[w] = (l->done - had) * 1000000 / took;
        mine += (cpu_ms(getpid()) - a) * 100000 / took;
        theirs += (cpu_ms(server) - b) * 100000 / took;
    }
    qsort(rate, WINDOWS, sizeof *rate, by_rate);
    size_t n = (size_t)yh_min(l->done, LATENCIES);
    qsort(l->us, n, sizeof *l->us, by_size);
    printf("bill pages %lld/s (median of %d windows of %d s, %d connections); p50 %.1f ms, p99 "
           "%.1f "
           "ms; CPU client %lld %%, server %lld %%\n",
           (long long)rate[WINDOWS / 2], WINDOWS, seconds, l->n, l->us[n / 2] / 1000.0,
           l->us[n * 99 / 100] / 1000.0, (long long)(mine / WINDOWS * 1),
           (long long)(theirs / WINDOWS));
}

static yh_str call(struct yh_client *c, struct yh_arena *a, const char *method,
                   const char *path, const struct yh_http_head *head, int nhead, yh_str body)
{
    struct yh_client_answer r;
    struct yh_err err = { 0 };
    if (yh_client_call(c, a, method, path, "application/json", head, nhead, body, &r, &err) ||
        r.status != 200)
        die(err.text[0] ? err.text : "an answer that is not 200");
    return r.body;
}

int main(int argc, char **argv)
{
    int seconds = argc > 1 ? atoi(argv[1]) : 2, connections = argc > 2 ? atoi(argv[2]) : 32,
        bills = argc > 3 ? atoi(argv[3]) : 400;
    char dir[] = "/tmp/yiheng-portal-XXXXXX", url[64];
    struct yh_arena a;
    struct yh_err err = { 0 };
    struct yh_client c;
    yh_str sample;
    if (!mkdtemp(dir) || yh_arena_open(&a, (size_t)1 << 30, &err))
        die("no folder");
    yh_str data = yh_fmt(&a, "sqlite:%s", dir);
    yh_time now = (yh_time)time(NULL) + 8 * 3600;
    if (yh_town_init(data, now, 0, 1, 1, &err) || yh_portal_demo(data, now, &err) ||
        yh_file_read(&a, "tests/interface/2102.json", 1 << 20, &sample, &err))
        die(err.text);
    pid_t server = start_server(dir, url);
    if (yh_client_open(&c, url, &err))
        die(err.text);
    c.timeout_ms = 20000;
    struct load l = { .asker = yh_heap(NULL, (size_t)connections * sizeof *l.asker),
                      .n = connections,
                      .port = c.port,
                      .ask = yh_heap(NULL, (size_t)bills * sizeof *l.ask),
                      .seed = 20260318,
                      .us = yh_heap(NULL, LATENCIES * sizeof *l.us) };
    /* The cookie goes with the head of a reply: read it from the raw bytes. */
    yh_str raw,
        word = YH_S("{\"user\":\"demo-jia\",\"password\":\"" YH_PORTAL_DEMO_PASSWORD "\"}");
    if (yh_client_raw(&c, &a,
                      yh_fmt(&a,
                             "POST /api/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                             "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%.*s",
                             (int)word.n, YH_ARG(word)),
                      &raw, &err))
        die(err.text);
    ptrdiff_t at = yh_find(raw, YH_S("yiheng="));
    if (at < 0)
        die("no session");
    yh_str cookie = yh_dup(&a, yh_sub(raw, at, at + 71));
    for (int i = 0; i < bills; i++) {
        yh_str no =
            text_at(call(&c, &a, "POST", "/", NULL, 0, purchase(&a, sample, i)), "setl_id", &a);
        if (!no.n)
            die("a purchase was refused");
        (void)snprintf(l.ask[l.nask++], sizeof *l.ask,
                       "GET /api/me/bills/%.*s HTTP/1.1\r\nHost: x\r\nCookie: %.*s\r\n\r\n",
                       YH_ARG(no), YH_ARG(cookie));
    }
    struct yh_http_head head = { "Cookie", yh_zdup(&a, cookie) };
    yh_str one =
        call(&c, &a, "GET",
             yh_zdup(&a, yh_fmt(&a, "/api/me/bills/%.*s", 21, strstr(l.ask[0], "bills/") + 6)),
             &head, 1, YH_S(""));
    printf("%d bills of one person, a reply of %lld bytes\n", bills, (long long)one.n);
    run(&l, seconds, server);
    (void)usleep(1200000);
    yh_str seen = call(&c, &a, "GET", "/api/me/seen?own=1&size=100", &head, 1, YH_S(""));
    if (yh_find(seen, YH_S("my_bill")) < 0)
        die("the looks were not logged");
    (void)kill(server, SIGTERM);
    (void)waitpid(server, NULL, 0);
    char *rm = yh_zdup(&a, yh_fmt(&a, "rm -rf '%s'", dir));
    return system(rm) != 0;
}
