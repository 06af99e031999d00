#include <pthread.h>
#include <stdio.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/test.h"
#include "shell/http/client.h"

/* Echoes; "/later" is answered by another thread, "/size" says whether the body was over. */
struct later {
    struct yh_http_call *call;
};

static void *answer_later(void *arg)
{
    struct later *l = arg;
    usleep(20000);
    yh_http_reply(l->call, 200, "text/plain", YH_S("late"), NULL, 0);
    yh_heap(l, 0);
    return NULL;
}

static void echo(void *user, struct yh_http_call *call)
{
    (void)user;
    if (yh_eq(yh_http_path(call), YH_S("/later"))) {
        struct later *l = yh_heap(NULL, sizeof *l);
        l->call = call;
        pthread_t t;
        pthread_create(&t, NULL, answer_later, l);
        pthread_detach(t);
        return;
    }
    if (yh_http_oversized(call)) {
        yh_http_reply(call, 200, "text/plain", YH_S("over"), NULL, 0);
        return;
    }
    struct yh_http_head h = { "X-Tif", "" };
    char value[64];
    snprintf(value, sizeof value, "%.*s",
             YH_ARG(yh_sub(yh_http_header(call, "_api_name"), 0, 60)));
    h.value = value;
    yh_http_reply(call, 200, "text/plain", yh_http_body(call), &h, 1);
}

static struct yh_http *start(struct yh_http_config c, struct yh_client *client)
{
    struct yh_http *h = NULL;
    struct yh_err err = { 0 };
    c.port = 0;
    CHECK_OK(yh_http_start(&h, &c, echo, NULL, &err), &err);
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", yh_http_port(h));
    CHECK_OK(yh_client_open(client, url, &err), &err);
    client->timeout_ms = 5000;
    return h;
}

TEST(a_request_is_echoed_over_a_kept_connection_at_once_and_late)
{
    struct yh_client c;
    struct yh_http *h = start(yh_http_defaults(), &c);
    struct yh_arena *a = yh_test_arena();
    struct yh_err err = { 0 };
    struct yh_client_answer r;
    struct yh_http_head head = { "_api_name", "2207" };
    for (int i = 0; i < 50; i++) {
        CHECK_OK(yh_client_call(&c, a, "POST", NULL, "text/plain", &head, 1, YH_S("hello"), &r,
                                &err),
                 &err);
        CHECK_I64(r.status, 200, "status");
        CHECK_STR(r.body, YH_S("hello"), "body");
        CHECK_OK(yh_client_call(&c, a, "POST", i % 2 ? "/later" : NULL, NULL, NULL, 0,
                                YH_S("late"), &r, &err),
                 &err);
        CHECK_STR(r.body, YH_S("late"), "answered by another thread");
    }
    yh_client_close(&c);
    yh_http_stop(h, 1000);
}

TEST(an_oversized_body_is_dropped_and_said)
{
    struct yh_client c;
    struct yh_http_config config = yh_http_defaults();
    config.body_max = 1000;
    struct yh_http *h = start(config, &c);
    struct yh_arena *a = yh_test_arena();
    struct yh_err err = { 0 };
    struct yh_client_answer r;
    char *big = yh_alloc(a, 1, 1, 100000);
    memset(big, 'x', 100000);
    static const ptrdiff_t SIZE[] = { 1000, 1001, 4000, 100000 };
    for (int i = 0; i < YH_COUNT(SIZE); i++) {
        CHECK_OK(yh_client_call(&c, a, "POST", NULL, NULL, NULL, 0, (yh_str){ big, SIZE[i] },
                                &r, &err),
                 &err);
        yh_str want = i ? YH_S("over") : yh_sub((yh_str){ big, SIZE[i] }, 0, 1000);
        CHECK_STR(r.body, want, "1000 is allowed, more is not");
        yh_client_close(&c);
    }
    yh_http_stop(h, 1000);
}

static int dial(const struct yh_http *h)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)yh_http_port(h)),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    return fd;
}

/* Six callers that send 30 KB of 32 and then wait hold most of 200 KB. */
TEST(bodies_together_have_a_bound_and_small_change_is_left)
{
    enum { SLOW = 6, PART = 30000 };
    struct yh_client c;
    struct yh_http_config config = yh_http_defaults();
    config.held_max = 200000;
    struct yh_http *h = start(config, &c);
    struct yh_arena *a = yh_test_arena();
    struct yh_err err = { 0 };
    struct yh_client_answer r;
    int slow[SLOW];
    char *body = yh_alloc(a, 1, 1, 100000);
    memset(body, 'x', 100000);
    for (int i = 0; i < SLOW; i++) {
        static const char HEAD[] =
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 32000\r\n\r\n";
        slow[i] = dial(h);
        CHECK(send(slow[i], HEAD, sizeof HEAD - 1, 0) == sizeof HEAD - 1);
        CHECK(send(slow[i], body, PART, 0) == PART);
    }
    for (int i = 0; i < 1000 && yh_http_held(h) < SLOW * PART; i++)
        usleep(5000);
    CHECK_I64(yh_http_held(h) >= SLOW * PART, true, "the door has read what was sent");
    CHECK_OK(
        yh_client_call(&c, a, "POST", NULL, NULL, NULL, 0, (yh_str){ body, 100000 }, &r, &err),
        &err);
    CHECK_I64(r.status, 503, "100 KB more are too much");
    CHECK_OK(yh_client_call(&c, a, "POST", NULL, NULL, NULL, 0, YH_S("small"), &r, &err), &err);
    CHECK_STR(r.body, YH_S("small"), "a short call is served");
    for (int i = 0; i < SLOW; i++) {
        char answer[16] = { 0 };
        CHECK(send(slow[i], body, 32000 - PART, 0) == 32000 - PART);
        CHECK(recv(slow[i], answer, 12, MSG_WAITALL) == 12);
        CHECK_STR(yh_cstr(answer), YH_S("HTTP/1.1 200"), "who was in is served");
        close(slow[i]);
    }
    yh_client_close(&c);
    for (int i = 0; i < 1000 && yh_http_held(h) > 0; i++)
        usleep(5000);
    CHECK_I64(yh_http_held(h), 0, "all is given back");
    CHECK_OK(
        yh_client_call(&c, a, "POST", NULL, NULL, NULL, 0, (yh_str){ body, 100000 }, &r, &err),
        &err);
    CHECK_I64(r.status, 200, "all is free again");
    yh_client_close(&c);
    yh_http_stop(h, 1000);
}

TEST(a_client_that_drips_is_cut_by_the_deadline)
{
    struct yh_client c;
    struct yh_http_config config = yh_http_defaults();
    config.read_ms = 400;
    struct yh_http *h = start(config, &c);
    struct yh_arena *a = yh_test_arena();
    struct yh_err err = { 0 };
    yh_str out;
    /* The head begins and never ends: the door hangs up, long before our own patience is over. */
    int64_t t = yh_http_now_ms();
    CHECK_OK(yh_client_raw(&c, a, YH_S("POST / HTTP/1.1\r\nHost: x\r\n"), &out, &err), &err);
    CHECK(yh_http_now_ms() - t < 3000);
    CHECK_I64(out.n, 0, "no answer");
    yh_http_stop(h, 1000);
}

TEST(too_many_requests_a_second_are_told_so)
{
    struct yh_client c;
    struct yh_http_config config = yh_http_defaults();
    config.rate_max = 5;
    struct yh_http *h = start(config, &c);
    struct yh_arena *a = yh_test_arena();
    struct yh_err err = { 0 };
    struct yh_client_answer r;
    int refused = 0;
    for (int i = 0; i < 20; i++) {
        CHECK_OK(yh_client_call(&c, a, "POST", NULL, NULL, NULL, 0, YH_S("x"), &r, &err), &err);
        refused += r.status == 429;
    }
    CHECK(refused >= 10);
    yh_client_close(&c);
    yh_http_stop(h, 1000);
}

/* Sends a text as it is; what comes back until the end or a second of silence. */
static yh_str raw(const struct yh_http *h, const char *text, bool *ended)
{
    struct yh_buf got = yh_buf_in(yh_test_arena());
    struct timeval second = { .tv_sec = 1 };
    char part[4096];
    ssize_t n;
    int fd = dial(h);
    CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second) == 0);
    CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    while ((n = read(fd, part, sizeof part)) > 0)
        yh_put(&got, (yh_str){ part, n });
    *ended = n == 0;
    close(fd);
    return yh_buf_str(&got);
}

TEST(one_address_leaves_room_for_the_others)
{
    static const char CALL[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    struct yh_client c;
    struct yh_http_config config = yh_http_defaults();
    config.connections_max = 8;
    struct yh_http *h = start(config, &c);
    int fd[8], answered = 0;
    for (int i = 0; i < YH_COUNT(fd); i++) {
        char part[512];
        fd[i] = dial(h);
        answered += send(fd[i], CALL, sizeof CALL - 1, MSG_NOSIGNAL) > 0 &&
                    read(fd[i], part, sizeof part) > 0;
    }
    CHECK_I64(answered, 4, "half of eight connections");
    for (int i = 0; i < YH_COUNT(fd); i++)
        close(fd[i]);
    yh_client_close(&c);
    yh_http_stop(h, 1000);
}

/* Behind a proxy that reads the length otherwise, the rest would be another caller's request. */
TEST(a_body_whose_length_is_said_twice_is_refused_and_the_connection_closed)
{
#define POST "POST / HTTP/1.1\r\nHost: x\r\n"
#define NEXT "GET /next HTTP/1.1\r\nHost: x\r\n\r\n"
    static const struct {
        const char *text;
        bool refused;
        const char *why;
    } ROW[] = {
        { POST "Content-Length: 5\r\nContent-Length: 2\r\n\r\nhello" NEXT, true, "two" },
        { POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello" NEXT, true, "alike" },
        { POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" NEXT, true,
          "both" },
        { POST "Transfer-Encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n" NEXT, true,
          "both, the other way" },
        { POST "Transfer-Encoding: xchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", true, "unknown" },
        { POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", true, "two encodings" },
        { POST "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", false, "chunks" },
        { POST "Content-Length: 5\r\n\r\nhello", false, "one length" },
        { POST "\r\n", false, "none" },
    };
    struct yh_client c;
    struct yh_http *h = start(yh_http_defaults(), &c);
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        bool ended;
        yh_str got = raw(h, ROW[i].text, &ended);
        CHECK_I64(yh_starts(got, YH_S("HTTP/1.1 400")), ROW[i].refused, ROW[i].why);
        CHECK_I64(yh_starts(got, YH_S("HTTP/1.1 200")), !ROW[i].refused, ROW[i].why);
        CHECK_I64(ended, ROW[i].refused, ROW[i].why);
        CHECK(yh_find(yh_sub(got, 1, got.n), YH_S("HTTP/1.1")) < 0); /* one answer */
    }
    yh_client_close(&c);
    yh_http_stop(h, 1000);
}

TEST(a_taken_port_is_said_and_stepped_over_when_asked)
{
    struct yh_client c;
    struct yh_http *h = start(yh_http_defaults(), &c), *second = NULL;
    struct yh_http_config config = yh_http_defaults();
    struct yh_err err = { 0 };
    config.port = yh_http_port(h);
    CHECK(yh_http_start(&second, &config, echo, NULL, &err) == YH_CONFLICT);
    config.port_step = 20;
    CHECK_OK(yh_http_start(&second, &config, echo, NULL, &err), &err);
    CHECK(yh_http_port(second) > config.port);
    yh_http_stop(second, 1000);
    yh_http_stop(h, 1000);
}

TEST(a_caller_is_counted_by_its_address_or_its_network_of_ipv6)
{
    static const struct {
        const char *address, *want;
    } CASE[] = {
        { "2001:db8:1:2:aaaa::1", "2001:db8:1:2::" },
        { "2001:db8:1:2:bbbb::9", "2001:db8:1:2::" },
        { "2001:db8:1:3::1", "2001:db8:1:3::" },
        { "::ffff:10.1.2.3", "::ffff:10.1.2.3" },
    };
    char text[64];
    for (int i = 0; i < YH_COUNT(CASE); i++) {
        struct sockaddr_in6 a = { .sin6_family = AF_INET6 };
        CHECK(inet_pton(AF_INET6, CASE[i].address, &a.sin6_addr) == 1);
        yh_http_network((const struct sockaddr *)(const void *)&a, text);
        CHECK_STR(yh_cstr(text), yh_cstr(CASE[i].want), CASE[i].address);
    }
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    CHECK(inet_pton(AF_INET, "10.1.2.3", &v4.sin_addr) == 1);
    yh_http_network((const struct sockaddr *)(const void *)&v4, text);
    CHECK_STR(yh_cstr(text), YH_S("10.1.2.3"), "whole");
}
