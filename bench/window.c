/* bench/window.c -- advice before a bill of 20 lines (3101) through the gateway: `yiheng serve` over SQLite,
 * one connection, one bill after another, as a doctor's window asks.
 *
 *     build/bench/window [people] [bills]        400 4000
 *
 * bench/visits first settles some six seconds of visits, which are the history that each answer looks
 * up.  The lines are drawn from the official knowledge tables, so that rules look at most of them. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "limits.h"
#include "server.h"
#include "service/town.h"

enum { LINES = 20, CODES_MAX = 20000, WARM = 200 };

static struct {
    char text[32];
} code[CODES_MAX];
static int ncode;
static uint64_t state = 20260318;

static uint64_t any(uint64_t n)
{
    return yh_mix64(state++) % n;
}

static void die(const char *what)
{
    fprintf(stderr, "window: %s\n", what);
    exit(1);
}

/* The third column, item_code, of a knowledge table. */
static void read_codes(const char *path)
{
    char line[4000], *cell[6];
    FILE *f = fopen(path, "r");
    if (!f)
        die(path);
    for (int n = 0; fgets(line, sizeof line, f); n++) {
        char *rest = line;
        int k = 0;
        for (; k < 6 && rest; k++)
            cell[k] = strsep(&rest, "\t");
        if (k < 6 || ncode == CODES_MAX)
            continue;
        if (!n && strcmp(cell[2], "item_code"))
            die("a knowledge table with other columns");
        if (!n || !cell[2][0] || strlen(cell[2]) > 30)
            continue;
        snprintf(code[ncode++].text, sizeof code[0].text, "%s", cell[2]);
    }
    fclose(f);
}

static const char HEAD[] =
    "{\"infno\":\"3101\",\"msgid\":\"H99010100001%llx%07d\",\"mdtrtarea_admvs\":\"990101\","
    "\"insuplc_admdvs\":\"990101\",\"recer_sys_code\":\"99\",\"infver\":\"V1.0\","
    "\"opter_type\":\"1\",\"opter\":\"0001\",\"opter_name\":\"测试操作员\",\"inf_time\":\"%s\","
    "\"fixmedins_code\":\"H99010100001\",\"fixmedins_name\":\"示例市第一人民医院\","
    "\"sign_no\":\"\",\"input\":{\"data\":{\"patient_dtos\":{\"patn_id\":\"%s\","
    "\"patn_name\":\"测试甲\",\"gend\":\"%d\",\"brdy\":\"1966-11-11\",\"poolarea\":\"990100\","
    "\"curr_mdtrt_id\":\"HIS-1\",\"fsi_encounter_dtos\":[{\"mdtrt_id\":\"HIS-1\","
    "\"medins_id\":\"H99010100001\",\"medins_name\":\"示例市第一人民医院\","
    "\"medins_admdvs\":\"990101\",\"medins_type\":\"A100\",\"medins_lv\":\"3\","
    "\"adm_date\":\"%.10s\",\"dscg_date\":\"%.10s\",\"dscg_main_dise_codg\":\"J06.900\","
    "\"dscg_main_dise_name\":\"急性上呼吸道感染\",\"fsi_diagnose_dtos\":[{\"dise_id\":\"1\","
    "\"inout_dise_type\":\"1\",\"maindise_flag\":\"1\",\"dias_srt_no\":\"1\","
    "\"dise_codg\":\"J06.900\",\"dise_name\":\"急性上呼吸道感染\",\"dise_date\":\"%.10s\"}],"
    "\"dr_codg\":\"D1\",\"adm_dept_codg\":\"A03\",\"adm_dept_name\":\"内科\","
    "\"dscg_dept_codg\":\"A03\",\"dscg_dept_name\":\"内科\",\"med_mdtrt_type\":\"1\","
    "\"med_type\":\"11\",\"matn_stas\":\"1\",\"medfee_sumamt\":%d,\"ownpay_amt\":0,"
    "\"selfpay_amt\":0,\"setl_totlnum\":0,\"insutype\":\"%s\",\"reim_flag\":\"0\","
    "\"out_setl_flag\":\"0\",\"fsi_order_dtos\":[";
static const char ORDER[] =
    "%s{\"rx_id\":\"RX-%d\",\"rxno\":\"1\",\"long_drord_flag\":\"0\",\"hilist_type\":\"%s\","
    "\"chrg_type\":\"%s\",\"drord_bhvr\":\"1\",\"hilist_code\":\"%s\",\"hilist_name\":\"%s\","
    "\"hilist_lv\":\"1\",\"hilist_pric\":100,\"hosplist_code\":\"1\",\"hosplist_name\":"
    "\"本院\","
    "\"hosplist_dosform\":\"\",\"cnt\":%d,\"pric\":100,\"sumamt\":%d,\"ownpay_amt\":0,"
    "\"selfpay_amt\":0,\"spec\":\"次\",\"spec_unt\":\"次\",\"drord_begn_date\":\"%s\","
    "\"drord_dept_codg\":\"A03\",\"drord_dept_name\":\"内科\",\"drord_dr_codg\":\"D1\","
    "\"drord_dr_name\":\"测试医师\",\"drord_dr_profttl\":\"1\",\"curr_drord_flag\":\"1\"}";

/* A bill for a random person, with its HTTP head before it. */
static int write_bill(char *out, int cap, int64_t people, int n, uint64_t tag)
{
    static char body[40000];
    char stamp[32] = { 0 }, psn[32] = { 0 };
    int64_t person = (int64_t)any((uint64_t)people);
    bool employee = yh_town_employee(20260318, person);
    int cnt[LINES], sum = 0;
    yh_time_text(stamp, (yh_time)time(NULL) + 8 * 3600);
    stamp[19] = 0;
    psn[yh_town_person(psn, person).n] = 0;
    for (int i = 0; i < LINES; i++)
        sum += 100 * (cnt[i] = 1 + (int)any(3));
    int at = snprintf(body, sizeof body, HEAD, (unsigned long long)tag, n, stamp, psn,
                      1 + (int)any(2), stamp, stamp, stamp, sum, employee ? "310" : "390");
    for (int i = 0; i < LINES; i++) {
        int k = (int)any((uint64_t)ncode);
        bool drug = code[k].text[0] == 'X' || code[k].text[0] == 'Z';
        at += snprintf(body + at, sizeof body - (size_t)at, ORDER, i ? "," : "", i + 1,
                       drug ? "101" : "201", drug ? "09" : "03", code[k].text, "项目", cnt[i],
                       100 * cnt[i], stamp);
    }
    at += snprintf(body + at, sizeof body - (size_t)at, "]}]},\"trig_scen\":\"2\"}}}");
    return snprintf(out, (size_t)cap,
                    "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    "Content-Length: %d\r\n\r\n%s",
                    at, body);
}

/* Sends a bill, waits for the whole answer; seconds, and the findings in *hits. */
static double ask(int fd, const char *out, int nout, int64_t *hits, bool *ok)
{
    static char in[1 << 20];
    int n = 0;
    char *blank = NULL, *length = NULL;
    double from = bench_now();
    for (int sent = 0; sent < nout;) {
        ssize_t put = send(fd, out + sent, (size_t)(nout - sent), MSG_NOSIGNAL);
        if (put <= 0)
            die("cannot send");
        sent += (int)put;
    }
    for (;;) {
        ssize_t got = recv(fd, in + n, sizeof in - 1 - (size_t)n, 0);
        if (got <= 0)
            die("the server hung up");
        in[n += (int)got] = 0;
        blank = strstr(in, "\r\n\r\n");
        length = blank ? strcasestr(in, "content-length:") : NULL;
        if (length && n >= (int)(blank + 4 - in) + atoi(length + 15))
            break;
    }
    double took = bench_now() - from;
    *ok = strstr(blank, "\"infcode\":\"0\"") != NULL;
    if (!*ok)
        fprintf(stderr, "%.600s\n", blank + 4);
    for (char *p = blank; (p = strstr(p, "\"rule_id\":")); p++)
        (*hits)++;
    return took;
}

/* About how many visits bench/visits settled: five windows of a second, and as much to warm up. */
static int64_t make_history(int64_t people, const char *dir)
{
    char command[400], line[400];
    long long one = 0, all = 0;
    int n = 0;
    snprintf(command, sizeof command, "build/bench/visits %lld 1 16 '%s'", (long long)people,
             dir);
    FILE *f = popen(command, "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "window %*d: %lld visits/s", &one) == 1)
            all += one, n++;
    if (!f || pclose(f) || !n)
        die("bench/visits failed (make bench-targets)");
    return all + all / n;
}

int main(int argc, char **argv)
{
    int64_t people = argc > 1 ? atoll(argv[1]) : 400, hits = 0, refused = 0;
    int bills = argc > 2 ? atoi(argv[2]) : 4000, port = 0, one = 1;
    char dir[] = "/tmp/yiheng-window-XXXXXX", data[100], log[100], command[200];
    static char out[50000];
    if (argc > 3 || people < 1 || bills < 100 || bills > 1000000 || !mkdtemp(dir))
        die("usage: window [people] [bills]");
    static const char *const TABLE[] = { "drug-sex", "drug-child-only", "service-sex",
                                         "service-duplicate", "service-frequency" };
    for (int i = 0; i < 5; i++) {
        char path[200];
        snprintf(path, sizeof path, "catalogs/monitoring/official/%s.tsv", TABLE[i]);
        read_codes(path);
    }
    snprintf(data, sizeof data, "%s/data", dir);
    snprintf(log, sizeof log, "%s/log", dir);
    int64_t visits = make_history(people, data);
    pid_t server = bench_serve(data, log, &port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a))
        die("cannot connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    double *took = yh_heap(NULL, (size_t)bills * sizeof *took);
    uint64_t tag = (uint64_t)time(NULL);
    for (int i = -WARM; i < bills && refused < 5; i++) {
        bool ok;
        int n = write_bill(out, sizeof out, people, i + WARM, tag);
        if (i == 0)
            hits = 0;
        double t = ask(fd, out, n, &hits, &ok);
        refused += !ok;
        if (i >= 0)
            took[i] = t;
    }
    kill(server, SIGTERM);
    close(fd);
    waitpid(server, NULL, 0);
    qsort(took, (size_t)bills, sizeof *took, bench_by_value);
    printf(
        "3101 with %d lines over HTTP, about %lld visits behind each person: p50 %.2f ms, p99 "
        "%.2f ms, most %.2f ms (%d bills, %.1f hits a bill, refused %lld)\n",
        LINES, (long long)(visits / people), took[bills / 2] * 1e3,
        took[bills * 99 / 100] * 1e3, took[bills - 1] * 1e3, bills, (double)hits / bills,
        (long long)refused);
    yh_heap(took, 0);
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return refused || system(command) ? 1 : 0;
}
