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
 * the first kill takes the write-ahead log away too; then this program must fail.
 *
 * On a database server, by the environment (tests/crowd.inc): YH_STORE is its address (DIR holds the
 * logs only), YH_SERVERS server processes share it, YH_DESKS desks stand at them in turn, YH_FAMILY
 * says that relatives' accounts are drawn on first; every third settlement is sent to two servers at
 * once, and both must answer the same bytes.  YH_CHAOS is a command that is given `backend`, `crash`
 * or `restart` and does that to the database, in place of every second kill of a server.  A call that
 * is refused for now (系统繁忙) is sent again as it was.  KILLS 0: play until YH_VISITS are settled.
 * YH_PATIENT: the machine stops our processes for minutes (other people's measurements), so a living server
 * may hang up on a desk that it thinks has gone; the call is lost and sent again. */
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

#define DESKS_MAX 64
#define SERVERS_MAX 2
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
    int fd, step, at;          /* at: which server */
    int64_t no, person, again; /* again: index of the acknowledgement asked for a second time */
    int64_t later;             /* ms: when a call that was refused for now is sent again; 0 */
    bool retried, lost, idle;
    /* The same settlement at another server; the answer here waits for the one there. */
    bool twin_waits, twin_has, held;
    uint8_t twin_digest[32];
    struct twin {
        struct desk *desk;
        int fd, nin;
        char in[65536];
    } twin;
    char visit[40], stamp[20], of[40];
    char out[9000], in[65536];
    int nout, sent, nin;
};

static struct {
    const char *dir, *store, *chaos;
    int64_t people, visits_max;
    bool family, patient, *busy; /* busy: persons at a desk */
    int desks, servers, settled_twice, delayed, hung_up;
    uint64_t seed, random;
    int64_t next, checked, due; /* acknowledgements [0, due) stood before the last kill */
    struct ack *ack;
    int64_t nack, cap, again, lost, reversed, refused, visits;
    struct desk desk[DESKS_MAX];
    int epoll, port[SERVERS_MAX];
    pid_t server[SERVERS_MAX];
    bool ending;
} g;

static void die(const char *what, const char *more)
{
    fprintf(stderr, "kill: %s %s (seed %llu)\n", what, more ? more : "",
            (unsigned long long)g.seed);
    for (int k = 0; k < SERVERS_MAX; k++)
        if (g.server[k] > 0)
            (void)kill(g.server[k], SIGKILL);
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
            "\"acct_used_flag\":\"%s\",\"fulamt_ownpay_amt\":0,\"overlmt_selfpay\":0,"
            "\"preselfpay_amt\":0,\"inscp_scp_amt\":0}}",
            psn, visit, scheme, g.family ? "2" : "1");
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
    d->later = 0;
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
    d->lost = d->retried = d->twin_has = false;
    if (d->no)
        g.busy[d->person] = false;
    d->no = 0;
    if (g.checked < g.due) {
        d->again = g.checked++;
        d->step = AGAIN;
        prepare(d);
        return;
    }
    if (g.ending || (g.visits_max && g.visits >= g.visits_max)) {
        d->idle = true;
        return;
    }
    char t[32];
    yh_str s = yh_time_text(t, (yh_time)time(NULL) + 8 * 3600);
    snprintf(d->stamp, sizeof d->stamp, "%.*s", YH_ARG(s));
    do { /* never two desks with the same person */
        d->no = g.next++;
        d->person = d->no * 7919 % g.people;
    } while (g.busy[d->person]);
    g.busy[d->person] = true;
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
    if (!ok && strstr(body, "以同一 msgid 重发")) {
        if (!g.store)
            die("refused for now:", body);
        d->lost = true;
        d->later = now_ms() + 20 + pick(80);
        d->sent = d->nout; /* nothing to send until then */
        d->nin = 0;
        g.delayed++;
        return;
    }
    if (ok && d->step == SETTLE && d->twin_has) {
        uint8_t digest[32];
        yh_sha256_of(yh_cstr(body), digest);
        if (memcmp(digest, d->twin_digest, sizeof digest))
            die("two servers answered one call in two ways:", body);
        g.settled_twice++;
    }
    d->twin_has = false;
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

/* A whole answer: its body, ended with 0. */
static char *whole(char *in, int n)
{
    in[n] = 0;
    char *blank = strstr(in, "\r\n\r\n");
    char *length = blank ? strcasestr(in, "content-length:") : NULL;
    if (!length || n < (int)(blank + 4 - in) + atoi(length + 15))
        return NULL;
    return blank + 4;
}

/* ---- connections ---- */

/* The twin's answer came (or its connection broke): the desk's own may be looked at now. */
static void twin_done(struct desk *d, const char *body)
{
    d->twin_waits = false;
    if (body && strstr(body, "\"infcode\":\"0\"")) {
        d->twin_has = d->step == SETTLE;
        yh_sha256_of(yh_cstr(body), d->twin_digest);
    } else if (body && d->step == SETTLE && !strstr(body, "以同一 msgid 重发")) {
        die("one of two servers refused the same call:", body);
    }
    if (d->held) {
        d->held = false;
        answered(d, strstr(d->in, "\r\n\r\n") + 4);
    }
}

static void twin_hang_up(struct desk *d)
{
    if (d->twin.fd >= 0)
        close(d->twin.fd);
    d->twin.fd = -1;
    if (d->twin_waits)
        twin_done(d, NULL);
}

static void connect_twin(struct desk *d);

/* Every third settlement goes to another server too, at the same moment. */
static void send_twin(struct desk *d)
{
    if (g.servers < 2 || d->step != SETTLE || d->twin_waits || d->twin_has || pick(3))
        return;
    if (d->twin.fd < 0)
        connect_twin(d);
    if (d->twin.fd < 0)
        return;
    d->twin.nin = 0;
    if (send(d->twin.fd, d->out, (size_t)d->nout, MSG_NOSIGNAL) == d->nout)
        d->twin_waits = true;
    else
        twin_hang_up(d);
}

/* false: the connection broke. */
static bool push(struct desk *d)
{
    if (!d->idle && d->sent == 0)
        send_twin(d);
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
        char *body = whole(d->in, d->nin);
        if (!body)
            continue;
        if (d->twin_waits) {
            d->held = true;
            return true;
        }
        answered(d, body);
        if (!push(d))
            return false;
    }
}

/* -1: nobody listens. */
static int reach(int server, void *who)
{
    int one = 1;
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_port = htons((uint16_t)g.port[server]) };
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a)) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    struct epoll_event e = { .events = EPOLLIN, .data.ptr = who };
    epoll_ctl(g.epoll, EPOLL_CTL_ADD, fd, &e);
    return fd;
}

static void connect_desk(struct desk *d)
{
    d->fd = reach(d->at, d);
    if (d->fd < 0)
        die("cannot connect:", strerror(errno));
}

static void connect_twin(struct desk *d)
{
    int other = (d->at + 1) % g.servers;
    d->twin.fd = g.server[other] > 0 && g.port[other] ? reach(other, &d->twin) : -1;
}

static void pull_twin(struct desk *d)
{
    struct twin *t = &d->twin;
    for (;;) {
        ssize_t got = recv(t->fd, t->in + t->nin, sizeof t->in - 1 - (size_t)t->nin, 0);
        if (got < 0 && errno == EAGAIN)
            return;
        if (got <= 0) {
            twin_hang_up(d);
            break;
        }
        t->nin += (int)got;
        char *body = whole(t->in, t->nin);
        if (body) {
            t->nin = 0;
            twin_done(d, body);
            break;
        }
    }
    if (d->fd >= 0)
        (void)push(d); /* what the answer that was held led to */
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
    d->later = 0; /* it is sent now */
    (void)push(d);
}

static struct desk *desk_of(void *who)
{
    for (int i = 0; i < g.desks; i++)
        if (who == &g.desk[i] || who == &g.desk[i].twin)
            return &g.desk[i];
    return NULL;
}

/* Plays until `until`; in the end phase until all desks rest.  A broken connection is left for later. */
static void play(int64_t until, bool alive)
{
    struct epoll_event event[2 * DESKS_MAX];
    for (;;) {
        int64_t left = until - now_ms();
        int idle = 0;
        for (int i = 0; i < g.desks; i++) {
            struct desk *d = &g.desk[i];
            idle += d->idle;
            if (d->later && d->later <= now_ms() && d->fd >= 0) {
                if (d->step == SETTLE && !d->retried && pick(4) == 0)
                    d->step = REVERSE;
                prepare(d);
                (void)push(d);
            }
        }
        if (left <= 0 || idle == g.desks)
            break;
        int n =
            epoll_wait(g.epoll, event, 2 * DESKS_MAX, (int)yh_min(left, g.store ? 20 : left));
        for (int i = 0; i < n; i++) {
            struct desk *d = desk_of(event[i].data.ptr);
            if (event[i].data.ptr == &d->twin) {
                if (d->twin.fd >= 0)
                    pull_twin(d);
                continue;
            }
            if (d->fd < 0 || pull(d))
                continue;
            if (alive && (!g.patient || kill(g.server[d->at], 0) ||
                          waitpid(g.server[d->at], NULL, WNOHANG)))
                die("the server hung up", NULL);
            hang_up(d);
            if (alive) {
                d->held = false;
                d->lost = !d->idle;
                g.hung_up++;
                pick_up(d);
            }
        }
    }
}

/* ---- the server ---- */

static void log_of(int k, char out[600])
{
    snprintf(out, 600, "%s/log%d", g.dir, k);
}

static void spawn(int k)
{
    char log[600];
    log_of(k, log);
    fflush(NULL);
    int fd = open(log, O_CREAT | O_TRUNC | O_WRONLY, 0600); /* emptied before anyone looks */
    g.server[k] = fork();
    if (g.server[k] != 0) {
        close(fd);
        return;
    }
    dup2(fd, 1);
    dup2(fd, 2);
    execl("build/yiheng", "yiheng", "serve", "--data", g.store ? g.store : g.dir, "--sandbox",
          "--port", "0", "--regions", "990100 990200", (char *)NULL);
    _exit(127);
}

static void await(int k)
{
    char log[600];
    log_of(k, log);
    for (int i = 0; i < (g.patient ? 30000 : 3000); i++) {
        char text[4000];
        usleep(10000);
        FILE *f = fopen(log, "r");
        size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
        if (f)
            fclose(f);
        text[n] = 0;
        char *at = strstr(text, "http://127.0.0.1:");
        if (at && sscanf(at + 17, "%d", &g.port[k]) == 1)
            return;
        if (waitpid(g.server[k], NULL, WNOHANG) == g.server[k])
            die("the server did not start:", text);
    }
    die("the server does not say where it listens", NULL);
}

static void slay(int k)
{
    (void)kill(g.server[k], SIGKILL);
    (void)waitpid(g.server[k], NULL, 0);
    g.server[k] = 0;
    g.port[k] = 0;
    /* What the kernel still holds was answered: it is read before the connection ends. */
    for (int i = 0; i < g.desks; i++) {
        struct desk *d = &g.desk[i];
        if (d->at != k && d->twin.fd >= 0) {
            pull_twin(d);
            twin_hang_up(d);
            (void)push(d);
        }
        if (d->at != k)
            continue;
        bool sent = d->fd >= 0;
        if (sent)
            (void)pull(d);
        hang_up(d);
        d->held = false;
        d->lost = !d->idle;
        g.lost += d->lost && sent; /* not again when the server died before it listened */
    }
    g.due = g.nack;
    g.checked = g.checked < g.due ? g.checked : g.due;
}

/* A database that was killed just now may still be mending itself: it is asked again for a minute. */
static void verify(void)
{
    char command[600], away[600];
    snprintf(command, sizeof command, "build/yiheng verify --data '%s' > '%s/proof' 2>&1",
             g.store ? g.store : g.dir, g.dir);
    snprintf(away, sizeof away, "grep -q '连不上数据库' '%s/proof'", g.dir);
    int status = system(command);
    for (int i = 0; status && i < 60 && g.store && system(away) == 0; i++) {
        sleep(1);
        status = system(command);
    }
    if (status) {
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
        g.store ? g.store : g.dir);
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

/* ---- a server that is killed in turn, over a folder ---- */

static void kill_by_kill(int kills, bool forget, int sample, int *early)
{
    char wal[600];
    snprintf(wal, sizeof wal, "%s/yiheng.db-wal", g.dir);
    for (int k = 1; k <= kills; k++) {
        spawn(0);
        if (k % 5 == 0) { /* while it starts and mends what the last kill left */
            usleep((useconds_t)pick(300000));
            ++*early;
        } else {
            await(0);
            for (int i = 0; i < g.desks; i++)
                pick_up(&g.desk[i]);
            play(now_ms() + 100 + pick(1400), true);
        }
        slay(0);
        if (forget && k == 1 && unlink(wal))
            die("no write-ahead log to forget:", wal);
        if (k % sample == 0)
            verify();
    }
    spawn(0);
    await(0);
    for (int i = 0; i < g.desks; i++)
        pick_up(&g.desk[i]);
}

/* ---- servers that share a database, killed in turn with it ---- */

/* Does something to the database while the desks play on. */
static void trouble(const char *what)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        execl("/bin/bash", "bash", g.chaos, what, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    play(now_ms() + 500 + pick(500), true);
    while (waitpid(pid, &status, WNOHANG) == 0)
        play(now_ms() + 50, true);
    if (!WIFEXITED(status) || WEXITSTATUS(status))
        die("the command does not work:", what);
    g.due = g.nack;
}

static void replace(int k, bool early)
{
    slay(k);
    spawn(k);
    if (early) /* once more, while it starts */ {
        play(now_ms() + pick(300), true);
        slay(k);
        spawn(k);
    }
    await(k);
    for (int i = 0; i < g.desks; i++)
        if (g.desk[i].at == k)
            pick_up(&g.desk[i]);
}

static void shared_database(int kills, int sample, int *early)
{
    static const char *const WHAT[] = { "backend", "crash", "restart" };
    for (int k = 0; k < g.servers; k++)
        spawn(k);
    for (int k = 0; k < g.servers; k++)
        await(k);
    for (int i = 0; i < g.desks; i++)
        pick_up(&g.desk[i]);
    for (int k = 1; k <= kills; k++) {
        play(now_ms() + 100 + pick(1400), true);
        if (g.chaos && k % 2) {
            trouble(WHAT[k / 2 % 3]);
        } else {
            replace((int)pick(g.servers), k % 5 == 0);
            *early += k % 5 == 0;
        }
        if (k % sample == 0)
            verify();
    }
    if (!kills)
        play(now_ms() + 3000000, true);
}

static int number_of(const char *name, int absent, int most)
{
    const char *text = getenv(name);
    int n = text ? atoi(text) : absent;
    if (n < 0 || n > most)
        die("out of range:", name);
    return n;
}

int main(int argc, char **argv)
{
    if (argc < 4 || access("build/yiheng", X_OK))
        die("usage: build/tests/kill DIR KILLS SEED [PEOPLE], after make", NULL);
    int kills = atoi(argv[2]), sample = kills > 20 ? 20 : 2, early = 0;
    g.dir = argv[1];
    g.seed = strtoull(argv[3], NULL, 10);
    g.people = argc > 4 ? atoll(argv[4]) : 2000;
    g.random = g.seed;
    g.next = 1;
    g.store = getenv("YH_STORE");
    g.chaos = getenv("YH_CHAOS");
    g.desks = number_of("YH_DESKS", 16, DESKS_MAX);
    g.servers = number_of("YH_SERVERS", 1, SERVERS_MAX);
    g.visits_max = number_of("YH_VISITS", 0, 1 << 30);
    g.family = number_of("YH_FAMILY", 0, 1);
    g.patient = number_of("YH_PATIENT", 0, 1);
    g.busy = yh_heap(NULL, (size_t)g.people);
    memset(g.busy, 0, (size_t)g.people);
    g.epoll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < g.desks; i++) {
        struct desk *d = &g.desk[i];
        d->fd = d->twin.fd = -1;
        d->twin.desk = d;
        d->at = i % g.servers;
        take_next(d);
    }
    if (g.store)
        shared_database(kills, sample, &early);
    else
        kill_by_kill(kills, argc > 5 && !strcmp(argv[5], "forget"), sample, &early);
    g.ending = true;
    play(now_ms() + 600000, true);
    /* Those acknowledged since the last kill have not been asked again yet. */
    g.due = g.nack;
    for (int i = 0; i < g.desks; i++) {
        struct desk *d = &g.desk[i];
        if (!d->idle)
            die("a visit did not end", NULL);
        d->idle = false;
        take_next(d);
        (void)push(d);
    }
    play(now_ms() + 600000, true);
    for (int k = 0; k < g.servers; k++) {
        int status = 0;
        (void)kill(g.server[k], SIGTERM);
        if (waitpid(g.server[k], &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status))
            die("the server did not stop cleanly", NULL);
        g.server[k] = 0;
    }
    verify();
    compare();
    if (g.again != g.nack)
        die("not everything was asked again", NULL);
    if (!g.visits || (kills >= 5 && !g.lost))
        die("the kills met no work", NULL);
    if (g.servers > 1 && !g.settled_twice)
        die("no settlement was sent to two servers", NULL);
    printf("seed %llu: %d kills (%d while starting), %lld visits settled, %lld calls lost and "
           "sent again, "
           "%lld undone by 2601 and %lld late originals refused; %lld acknowledged settlements "
           "and undoings: "
           "each in the books once, each answered again with the same bytes; verify clean\n",
           (unsigned long long)g.seed, kills, early, (long long)g.visits, (long long)g.lost,
           (long long)g.reversed, (long long)g.refused, (long long)g.nack);
    if (g.hung_up)
        printf("%d times a living server hung up and was called again\n", g.hung_up);
    if (g.store)
        printf(
            "%d servers on one database, %d desks; %d settlements sent to two servers at once, "
            "%d calls refused for now and sent again\n",
            g.servers, g.desks, g.settled_twice, g.delayed);
    return 0;
}
