/* tests/kill.c -- `yiheng serve` is killed (-9) under load, again and again; nothing acknowledged is
 * lost, nothing is half there, nothing is paid twice.
 *
 *     build/tests/kill DIR KILLS SEED [PEOPLE [forget]]
 *
 * DIR holds a folder made by `yiheng init-demo --people PEOPLE`.  Sixteen desks of a hospital play
 * outpatient visits (2201 2203 2204 2206 2207, sometimes 2208), each on its own connection.  At a
 * random moment the server is killed.  What was acknowledged is written down; a call whose answer
 * did not come is lost.  After the restart
 *   - a lost call is sent again, same msgid, same bytes; or, every fourth lost settlement, 2601 undoes
 *     it by its msgid, the late original must be refused, and a new msgid settles the visit;
 *   - everything acknowledged before the kill is sent again and must be answered with the same bytes.
 * At the end the books must hold exactly the acknowledged settlements, each once, with the amounts
 * that were answered (read by `yiheng sql`), and `yiheng verify` must find them clean.  With `forget`
 * the first kill takes the write-ahead log away too; then this program must fail. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "service/town.h"

#define DESKS 16
#define STEPS 6 /* 2201 2203 2204 2206 2207 2208 */
enum { SETTLE = 4, UNDO = 5, REVERSE, LATE, AGAIN };
static const char *const INFNO[] = { "2201", "2203", "2204", "2206",
                                     "2207", "2208", "2601", "2207" };

/* One acknowledged settlement or undoing: enough to send the call again, and what was answered. */
struct ack {
    int64_t no, person;
    int step;
    bool retried; /* settled under a second msgid, after 2601 */
    char visit[40], stamp[20], of[40], settlement[40];
    yh_fen total, fund, cash;
    uint8_t digest[32];
};

struct desk {
    int fd, step;
    int64_t no, person, again; /* again: index of the acknowledgement asked for a second time */
    bool retried, lost, idle;
    char visit[40], stamp[20], of[40];
    char out[9000], in[65536];
    int nout, sent, nin;
};

static struct {
    const char *dir;
    int64_t people;
    uint64_t seed, random;
    int64_t next, checked, due; /* acknowledgements [0, due) stood before the last kill */
    struct ack *ack;
    int64_t nack, cap, again, lost, reversed, refused, visits;
    struct desk desk[DESKS];
    int epoll, port;
    pid_t server;
    bool ending;
} g;

static void die(const char *what, const char *more)
{
    fprintf(stderr, "kill: %s %s (seed %llu)\n", what, more ? more : "",
            (unsigned long long)g.seed);
    if (g.server > 0)
        (void)kill(g.server, SIGKILL);
    exit(1);
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t pick(int64_t n)
{
    g.random = yh_mix64(g.random);
    return (int64_t)(g.random % (uint64_t)n);
}

/* ---- requests ---- */

static const char LINE[] =
    "{\"feedetl_sn\":\"%d\",\"mdtrt_id\":\"%s\",\"psn_no\":\"%s\",\"chrg_bchno\":\"C1\","
    "\"rx_circ_flag\":\"0\",\"fee_ocur_time\":\"%s\",\"med_list_codg\":\"%s\","
    "\"medins_list_codg\":\"YP1\",\"det_item_fee_sumamt\":%s,\"cnt\":%s,\"pric\":%s,"
    "\"bilg_dept_codg\":\"A03\",\"bilg_dept_name\":\"内科\",\"bilg_dr_codg\":\"D1\","
    "\"bilg_dr_name\":\"测试医师\",\"hosp_appr_flag\":\"0\"}";

static int put_lines(char *b, size_t cap, const char *visit, const char *psn, const char *t)
{
    static const char *const ROW[][4] = {
        { "XA01ABD075A002010100483", "25.00", "2", "12.500000" },
        { "002501010010000-250101001", "80.00", "1", "80.000000" },
        { "001102000030000-110200003", "15.00", "1", "15.000000" },
    };
    size_t n = (size_t)snprintf(b, cap, "{\"feedetail\":[");
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        n += (size_t)snprintf(b + n, cap - n, "%s", i ? "," : "");
        n += (size_t)snprintf(b + n, cap - n, LINE, i + 1, visit, psn, t, ROW[i][0], ROW[i][1],
                              ROW[i][2], ROW[i][3]);
    }
    return (int)(n + (size_t)snprintf(b + n, cap - n, "]}"));
}

/* The whole request; everything in it follows from the arguments, so it can be made again. */
static int put_request(char *out, size_t cap, int step, int64_t no, int64_t person,
                       bool retried, const char *visit, const char *of, const char *t)
{
    char input[5000], body[7000], buf[32], psn[32], msgid[40], omsgid[40];
    yh_str p = yh_town_person(buf, person);
    const char *scheme = yh_town_employee(g.seed, person) ? "310" : "390";
    snprintf(psn, sizeof psn, "%.*s", YH_ARG(p));
    /* The late original (LATE) has the msgid of the settlement that 2601 undid. */
    snprintf(omsgid, sizeof omsgid, "H99010100001K%010lld%d", (long long)no, SETTLE);
    snprintf(msgid, sizeof msgid, "H99010100001K%010lld%d%s", (long long)no,
             step == LATE ? SETTLE : step, retried && step == SETTLE ? "R" : "");
    switch (step) {
    case 0:
        snprintf(input, sizeof input,
                 "{\"data\":{\"psn_no\":\"%s\",\"insutype\":\"%s\",\"begntime\":\"%s\","
                 "\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_no\":\"1\",\"ipt_otp_no\":\"MZ%lld\","
                 "\"dept_code\":\"A03\",\"dept_name\":\"内科\",\"caty\":\"A03\"}}",
                 psn, scheme, t, (long long)no);
        break;
    case 1:
        snprintf(
            input, sizeof input,
            "{\"mdtrtinfo\":{\"mdtrt_id\":\"%s\",\"psn_no\":\"%s\",\"med_type\":\"11\","
            "\"begntime\":\"%s\"},\"diseinfo\":[{\"diag_type\":\"1\",\"diag_srt_no\":\"1\","
            "\"diag_code\":\"J06.900\",\"diag_name\":\"急性上呼吸道感染\",\"diag_dept\":"
            "\"内科\","
            "\"dise_dor_no\":\"D1\",\"dise_dor_name\":\"测试医师\",\"diag_time\":\"%s\","
            "\"vali_flag\":\"1\"}]}",
            visit, psn, t, t);
        break;
    case 2: put_lines(input, sizeof input, visit, psn, t); break;
    case UNDO:
        snprintf(input, sizeof input,
                 "{\"data\":{\"setl_id\":\"%s\",\"mdtrt_id\":\"%s\",\"psn_no\":\"%s\"}}", of,
                 visit, psn);
        break;
    case REVERSE:
        snprintf(input, sizeof input,
                 "{\"data\":{\"psn_no\":\"%s\",\"omsgid\":\"%s\",\"oinfno\":\"2207\"}}", psn,
                 omsgid);
        break;
    default:
        snprintf(
            input, sizeof input,
            "{\"data\":{\"psn_no\":\"%s\",\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_no\":\"1\","
            "\"med_type\":\"11\",\"medfee_sumamt\":120.00,\"psn_setlway\":\"01\","
            "\"mdtrt_id\":\"%s\",\"chrg_bchno\":\"C1\",\"insutype\":\"%s\","
            "\"acct_used_flag\":\"1\",\"fulamt_ownpay_amt\":0,\"overlmt_selfpay\":0,"
            "\"preselfpay_amt\":0,\"inscp_scp_amt\":0}}",
            psn, visit, scheme);
    }
    int n =
        snprintf(body, sizeof body,
                 "{\"infno\":\"%s\",\"msgid\":\"%s\",\"mdtrtarea_admvs\":\"990101\","
                 "\"insuplc_admdvs\":\"990101\",\"recer_sys_code\":\"99\",\"infver\":\"V1.0\","
                 "\"opter_type\":\"1\",\"opter\":\"0001\",\"opter_name\":\"测试操作员\","
                 "\"inf_time\":\"%s\",\"fixmedins_code\":\"H99010100001\",\"fixmedins_name\":"
                 "\"示例市第一人民医院\",\"sign_no\":\"\",\"input\":%s}",
                 INFNO[step], msgid, t, input);
    return snprintf(out, cap,
                    "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    "Content-Length: %d\r\n\r\n%s",
                    n, body);
}

static void prepare(struct desk *d)
{
    if (d->step == AGAIN) {
        const struct ack *a = &g.ack[d->again];
        d->nout = put_request(d->out, sizeof d->out, a->step, a->no, a->person, a->retried,
                              a->visit, a->of, a->stamp);
    } else {
        d->nout = put_request(d->out, sizeof d->out, d->step, d->no, d->person, d->retried,
                              d->visit, d->of, d->stamp);
    }
    d->sent = d->nin = 0;
}

/* What a desk does next: what stood before the last kill is asked again first, then a new visit. */
static void take_next(struct desk *d)
{
    d->lost = d->retried = false;
    if (g.checked < g.due) {
        d->again = g.checked++;
        d->step = AGAIN;
        prepare(d);
        return;
    }
    if (g.ending) {
        d->idle = true;
        return;
    }
    char t[32];
    yh_str s = yh_time_text(t, (yh_time)time(NULL) + 8 * 3600);
    snprintf(d->stamp, sizeof d->stamp, "%.*s", YH_ARG(s));
    d->no = g.next++;
    d->person = d->no * 7919 % g.people; /* never two desks with the same person */
    d->step = 0;
    d->visit[0] = d->of[0] = 0;
    prepare(d);
}

/* ---- answers ---- */

/* The value of "name" in the text, without quotes. */
static bool value(const char *body, const char *name, char *out, size_t cap)
{
    char key[64];
    int k = snprintf(key, sizeof key, "\"%s\":", name);
    const char *at = strstr(body, key);
    if (!at)
        return false;
    at += k;
    at += *at == '"';
    size_t n = strcspn(at, "\",}");
    snprintf(out, cap, "%.*s", (int)n, at);
    return n > 0 && n < cap;
}

static yh_fen money(const char *body, const char *name)
{
    char text[40];
    yh_fen v = 0;
    if (!value(body, name, text, sizeof text) || yh_dec_parse(yh_cstr(text), 2, &v, NULL))
        die("no amount", name);
    return v;
}

static void acknowledge(struct desk *d, const char *body)
{
    if (g.nack == g.cap) {
        g.cap = g.cap ? g.cap * 2 : 4096;
        g.ack = yh_heap(g.ack, (size_t)g.cap * sizeof *g.ack);
    }
    struct ack *a = &g.ack[g.nack++];
    memset(a, 0, sizeof *a);
    *a = (struct ack){
        .no = d->no, .person = d->person, .step = d->step, .retried = d->retried
    };
    memcpy(a->visit, d->visit, sizeof a->visit);
    memcpy(a->stamp, d->stamp, sizeof a->stamp);
    memcpy(a->of, d->of, sizeof a->of);
    if (!value(body, "setl_id", a->settlement, sizeof a->settlement))
        die("a settlement without setl_id:", body);
    if (d->step == SETTLE) {
        a->total = money(body, "medfee_sumamt");
        a->fund = money(body, "fund_pay_sumamt");
        a->cash = money(body, "psn_cash_pay");
    }
    yh_sha256_of(yh_cstr(body), a->digest);
}

static void answered(struct desk *d, const char *body)
{
    bool ok = strstr(body, "\"infcode\":\"0\"") != NULL;
    if (d->step == AGAIN) {
        uint8_t digest[32];
        yh_sha256_of(yh_cstr(body), digest);
        if (memcmp(digest, g.ack[d->again].digest, sizeof digest))
            die("an acknowledged call is answered otherwise:", body);
        g.again++;
        take_next(d);
        return;
    }
    if (d->step == LATE) {
        if (ok)
            die("the late original of an undone call was taken:", body);
        g.refused++;
        d->step = SETTLE;
        d->retried = true;
        prepare(d);
        return;
    }
    if (!ok)
        die(INFNO[d->step], body);
    d->lost = false;
    switch (d->step) {
    case 0:
        if (!value(body, "mdtrt_id", d->visit, sizeof d->visit))
            die("2201 without mdtrt_id:", body);
        break;
    case SETTLE:
        acknowledge(d, body);
        g.visits++;
        if (d->no % 8) {
            take_next(d);
            return;
        }
        memcpy(d->of, g.ack[g.nack - 1].settlement, sizeof d->of);
        break;
    case UNDO:
        acknowledge(d, body);
        take_next(d);
        return;
    case REVERSE: g.reversed++; break;
    }
    d->step++;
    prepare(d);
}

/* A whole answer in d->in: its body, ended with 0. */
static char *whole(struct desk *d)
{
    d->in[d->nin] = 0;
    char *blank = strstr(d->in, "\r\n\r\n");
    char *length = blank ? strcasestr(d->in, "content-length:") : NULL;
    if (!length || d->nin < (int)(blank + 4 - d->in) + atoi(length + 15))
        return NULL;
    return blank + 4;
}

/* ---- connections ---- */

/* false: the connection broke. */
static bool push(struct desk *d)
{
    while (!d->idle && d->sent < d->nout) {
        ssize_t n = send(d->fd, d->out + d->sent, (size_t)(d->nout - d->sent), MSG_NOSIGNAL);
        if (n < 0)
            return errno == EAGAIN;
        d->sent += (int)n;
    }
    return true;
}

static void hang_up(struct desk *d)
{
    if (d->fd >= 0)
        close(d->fd);
    d->fd = -1;
}

/* Reads what is there and goes on; false: the connection broke. */
static bool pull(struct desk *d)
{
    for (;;) {
        ssize_t got = recv(d->fd, d->in + d->nin, sizeof d->in - 1 - (size_t)d->nin, 0);
        if (got < 0 && errno == EAGAIN)
            return true;
        if (got <= 0)
            return false;
        d->nin += (int)got;
        char *body = whole(d);
        if (!body)
            continue;
        answered(d, body);
        if (!push(d))
            return false;
    }
}

static void connect_desk(struct desk *d)
{
    int one = 1;
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)g.port) };
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    d->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (d->fd < 0 || connect(d->fd, (struct sockaddr *)&a, sizeof a))
        die("cannot connect:", strerror(errno));
    setsockopt(d->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(d->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event e = { .events = EPOLLIN, .data.ptr = d };
    epoll_ctl(g.epoll, EPOLL_CTL_ADD, d->fd, &e);
}

/* The call that was under way when the server died is lost: sent again as it was, or undone. */
static void pick_up(struct desk *d)
{
    connect_desk(d);
    if (d->idle)
        return;
    if (d->lost && d->step == SETTLE && !d->retried && pick(4) == 0) {
        d->step = REVERSE;
        prepare(d);
    }
    d->sent = d->nin = 0;
    (void)push(d);
}

/* Plays until `until`; in the end phase until all desks rest.  A broken connection is left for later. */
static void play(int64_t until, bool alive)
{
    struct epoll_event event[DESKS];
    for (;;) {
        int64_t left = until - now_ms();
        int idle = 0;
        for (int i = 0; i < DESKS; i++)
            idle += g.desk[i].idle;
        if (left <= 0 || idle == DESKS)
            break;
        int n = epoll_wait(g.epoll, event, DESKS, (int)left);
        for (int i = 0; i < n; i++) {
            struct desk *d = event[i].data.ptr;
            if (pull(d))
                continue;
            if (alive)
                die("the server hung up", NULL);
            hang_up(d);
        }
    }
}

/* ---- the server ---- */

static void spawn(const char *log)
{
    fflush(NULL);
    g.server = fork();
    if (g.server != 0)
        return;
    int fd = open(log, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    dup2(fd, 1);
    dup2(fd, 2);
    execl("build/yiheng", "yiheng", "serve", "--data", g.dir, "--sandbox", "--port", "0",
          "--regions", "990100 990200", (char *)NULL);
    _exit(127);
}

static void await(const char *log)
{
    for (int i = 0; i < 3000; i++) {
        char text[4000];
        usleep(10000);
        FILE *f = fopen(log, "r");
        size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
        if (f)
            fclose(f);
        text[n] = 0;
        char *at = strstr(text, "http://127.0.0.1:");
        if (at && sscanf(at + 17, "%d", &g.port) == 1)
            return;
        if (waitpid(g.server, NULL, WNOHANG) == g.server)
            die("the server did not start:", text);
    }
    die("the server does not say where it listens", NULL);
}

static void slay(void)
{
    (void)kill(g.server, SIGKILL);
    (void)waitpid(g.server, NULL, 0);
    g.server = 0;
    /* What the kernel still holds was answered: it is read before the connection ends. */
    for (int i = 0; i < DESKS; i++) {
        struct desk *d = &g.desk[i];
        bool sent = d->fd >= 0;
        if (sent)
            (void)pull(d);
        hang_up(d);
        d->lost = !d->idle;
        g.lost += d->lost && sent; /* not again when the server died before it listened */
    }
    g.due = g.nack;
    g.checked = g.checked < g.due ? g.checked : g.due;
}

static void verify(void)
{
    char command[600];
    snprintf(command, sizeof command, "build/yiheng verify --data '%s' > '%s/proof' 2>&1",
             g.dir, g.dir);
    if (system(command)) {
        snprintf(command, sizeof command, "cat '%s/proof' >&2", g.dir);
        (void)!system(command);
        die("the books are not clean", NULL);
    }
}

/* ---- the books against what was answered ---- */

static int by_settlement(const void *a, const void *b)
{
    return strcmp(((const struct ack *)a)->settlement, ((const struct ack *)b)->settlement);
}

/* Every settlement in force or undone by 2208 is one that was answered, and the other way round. */
static void compare(void)
{
    char command[800], line[600];
    snprintf(
        command, sizeof command,
        "build/yiheng sql --data '%s' \"SELECT settlement, undoes, total, fund, "
        "cash FROM settlement WHERE settlement NOT IN (SELECT settlement FROM request WHERE "
        "state = "
        "'undone') AND undoes NOT IN (SELECT settlement FROM request WHERE state = 'undone')\"",
        g.dir);
    qsort(g.ack, (size_t)g.nack, sizeof *g.ack, by_settlement);
    FILE *f = popen(command, "r");
    int64_t rows = 0;
    if (!f || !fgets(line, sizeof line, f))
        die("yiheng sql does not answer", NULL);
    while (fgets(line, sizeof line, f)) {
        struct ack want = { 0 };
        char *at = line, *part[5];
        for (int i = 0; i < 5; i++)
            if (!(part[i] = strsep(&at, "\t\n")))
                die("a short row:", line);
        snprintf(want.settlement, sizeof want.settlement, "%s", part[0]);
        const struct ack *a =
            bsearch(&want, g.ack, (size_t)g.nack, sizeof *g.ack, by_settlement);
        if (!a)
            die("in the books, but never answered:", part[0]);
        if (strcmp(a->of, part[1]))
            die("undoes another:", part[0]);
        if (a->step == SETTLE && (a->total != atoll(part[2]) || a->fund != atoll(part[3]) ||
                                  a->cash != atoll(part[4])))
            die("other amounts in the books:", part[0]);
        rows++;
    }
    if (pclose(f))
        die("yiheng sql failed", NULL);
    for (int64_t i = 1; i < g.nack; i++)
        if (by_settlement(&g.ack[i - 1], &g.ack[i]) == 0)
            die("answered twice:", g.ack[i].settlement);
    if (rows != g.nack) {
        snprintf(line, sizeof line, "%lld of %lld", (long long)rows, (long long)g.nack);
        die("acknowledged settlements in the books:", line);
    }
}

int main(int argc, char **argv)
{
    if (argc < 4 || access("build/yiheng", X_OK))
        die("usage: build/tests/kill DIR KILLS SEED [PEOPLE], after make", NULL);
    int kills = atoi(argv[2]), sample = kills > 20 ? 20 : 2, early = 0;
    char log[600];
    g.dir = argv[1];
    g.seed = strtoull(argv[3], NULL, 10);
    g.people = argc > 4 ? atoll(argv[4]) : 2000;
    g.random = g.seed;
    g.next = 1;
    snprintf(log, sizeof log, "%s/log", g.dir);
    g.epoll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < DESKS; i++) {
        g.desk[i].fd = -1;
        take_next(&g.desk[i]);
    }
    bool forget = argc > 5 && !strcmp(argv[5], "forget");
    char wal[600];
    snprintf(wal, sizeof wal, "%s/yiheng.db-wal", g.dir);
    for (int k = 1; k <= kills; k++) {
        spawn(log);
        if (k % 5 == 0) { /* while it starts and mends what the last kill left */
            usleep((useconds_t)pick(300000));
            early++;
        } else {
            await(log);
            for (int i = 0; i < DESKS; i++)
                pick_up(&g.desk[i]);
            play(now_ms() + 100 + pick(1400), true);
        }
        slay();
        if (forget && k == 1 && unlink(wal))
            die("no write-ahead log to forget:", wal);
        if (k % sample == 0)
            verify();
    }
    spawn(log);
    await(log);
    g.ending = true;
    for (int i = 0; i < DESKS; i++)
        pick_up(&g.desk[i]);
    play(now_ms() + 600000, true);
    /* Those acknowledged since the last kill have not been asked again yet. */
    g.due = g.nack;
    for (int i = 0; i < DESKS; i++) {
        struct desk *d = &g.desk[i];
        if (!d->idle)
            die("a visit did not end", NULL);
        d->idle = false;
        take_next(d);
        (void)push(d);
    }
    play(now_ms() + 600000, true);
    int status = 0;
    (void)kill(g.server, SIGTERM);
    if (waitpid(g.server, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status))
        die("the server did not stop cleanly", NULL);
    g.server = 0;
    verify();
    compare();
    if (g.again != g.nack)
        die("not everything was asked again", NULL);
    if (!g.visits || (kills >= 5 && !g.lost))
        die("the kills met no work", NULL);
    printf("seed %llu: %d kills (%d while starting), %lld visits settled, %lld calls lost and "
           "sent again, "
           "%lld undone by 2601 and %lld late originals refused; %lld acknowledged settlements "
           "and undoings: "
           "each in the books once, each answered again with the same bytes; verify clean\n",
           (unsigned long long)g.seed, kills, early, (long long)g.visits, (long long)g.lost,
           (long long)g.reversed, (long long)g.refused, (long long)g.nack);
    return 0;
}
