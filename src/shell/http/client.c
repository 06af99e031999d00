#include "shell/http/client.h"
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum yh_status yh_client_open(struct yh_client *c, const char *url, struct yh_err *err)
{
    *c = (struct yh_client){ .port = 80, .fd = -1, .timeout_ms = 30000 };
    yh_str s = yh_cstr(url);
    if (yh_starts(s, YH_S("http://")))
        s = yh_sub(s, 7, s.n);
    else if (yh_find(s, YH_S("://")) >= 0)
        return yh_fail(err, YH_BAD_INPUT, "地址“%s”应以 http:// 开头", url);
    ptrdiff_t slash = yh_find(s, YH_S("/"));
    yh_str host = slash < 0 ? s : yh_sub(s, 0, slash),
           path = slash < 0 ? YH_S("/") : yh_sub(s, slash, s.n);
    ptrdiff_t colon = yh_find(host, YH_S(":"));
    if (colon >= 0) {
        int64_t port;
        if (yh_int_parse(yh_sub(host, colon + 1, host.n), &port, NULL) || port < 1 ||
            port > 65535)
            return yh_fail(err, YH_BAD_INPUT, "地址“%s”的端口不对", url);
        c->port = (int)port;
        host = yh_sub(host, 0, colon);
    }
    if (!host.n || host.n >= (ptrdiff_t)sizeof c->host || path.n >= (ptrdiff_t)sizeof c->path)
        return yh_fail(err, YH_BAD_INPUT, "地址“%s”不对", url);
    memcpy(c->host, host.p, (size_t)host.n);
    memcpy(c->path, path.p, (size_t)path.n);
    return YH_OK;
}

void yh_client_close(struct yh_client *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
}

static enum yh_status connect_it(struct yh_client *c, struct yh_err *err)
{
    char port[16];
    snprintf(port, sizeof port, "%d", c->port);
    struct addrinfo hint = { .ai_socktype = SOCK_STREAM }, *list = NULL;
    if (getaddrinfo(c->host, port, &hint, &list))
        return yh_fail(err, YH_IO, "找不到主机 %s", c->host);
    int fd = -1, why = 0;
    for (struct addrinfo *p = list; p && fd < 0; p = p->ai_next) {
        fd = socket(p->ai_family, p->ai_socktype | SOCK_CLOEXEC, p->ai_protocol);
        if (fd >= 0 && connect(fd, p->ai_addr, p->ai_addrlen)) {
            why = errno;
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(list);
    if (fd < 0)
        return yh_fail(err, YH_IO, "不能连接 %s:%d：%s", c->host, c->port, strerror(why));
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    c->fd = fd;
    return YH_OK;
}

static enum yh_status wait_for(struct yh_client *c, short events, int64_t until,
                               struct yh_err *err)
{
    struct pollfd p = { c->fd, events, 0 };
    int left = (int)yh_max(0, until - yh_http_now_ms());
    int got = poll(&p, 1, left);
    if (got == 0)
        return yh_fail(err, YH_RETRY, "%s:%d 在限定时间内没有应答", c->host, c->port);
    return got < 0 ? yh_fail(err, YH_IO, "等待应答失败：%s", strerror(errno)) : YH_OK;
}

static enum yh_status send_all(struct yh_client *c, yh_str s, int64_t until, struct yh_err *err)
{
    while (s.n) {
        enum yh_status bad = wait_for(c, POLLOUT, until, err);
        if (bad)
            return bad;
        ssize_t n = send(c->fd, s.p, (size_t)s.n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (n <= 0)
            return yh_fail(err, YH_IO, "发送失败：%s", strerror(errno));
        s = yh_sub(s, n, s.n);
    }
    return YH_OK;
}

/* Reads once more into b; *end when the server closed. */
static enum yh_status read_more(struct yh_client *c, struct yh_buf *b, int64_t until, bool *end,
                                struct yh_err *err)
{
    char part[65536];
    enum yh_status bad = wait_for(c, POLLIN, until, err);
    if (bad)
        return bad;
    ssize_t n = recv(c->fd, part, sizeof part, 0);
    if (n < 0)
        return yh_fail(err, YH_IO, "接收失败：%s", strerror(errno));
    *end = n == 0;
    yh_put(b, (yh_str){ part, n });
    return YH_OK;
}

/* A header's value, any case of its name. */
static yh_str head_value(yh_str head, const char *name)
{
    size_t n = strlen(name);
    while (head.n) {
        yh_str line = yh_cut(&head, '\n');
        if (line.n > (ptrdiff_t)n && !strncasecmp(line.p, name, n) && line.p[n] == ':')
            return yh_trim(yh_sub(line, (ptrdiff_t)n + 1, line.n));
    }
    return YH_S("");
}

/* Decodes chunks from raw; true when the last one is there. */
static bool dechunk(struct yh_arena *a, yh_str raw, yh_str *out)
{
    struct yh_buf b = yh_buf_in(a);
    for (;;) {
        ptrdiff_t eol = yh_find(raw, YH_S("\r\n"));
        if (eol < 0 || eol > 16)
            return false;
        char size[20] = { 0 };
        memcpy(size, raw.p, (size_t)eol);
        long n = strtol(size, NULL, 16);
        raw = yh_sub(raw, eol + 2, raw.n);
        if (n == 0) {
            *out = yh_buf_str(&b);
            return true;
        }
        if (n < 0 || raw.n < n + 2)
            return false;
        yh_put(&b, yh_sub(raw, 0, n));
        raw = yh_sub(raw, n + 2, raw.n);
    }
}

static enum yh_status read_answer(struct yh_client *c, struct yh_arena *a, int64_t until,
                                  struct yh_client_answer *out, bool *nothing,
                                  struct yh_err *err)
{
    struct yh_buf b = yh_buf_in(a);
    bool end = false;
    ptrdiff_t blank = -1;
    *nothing = true;
    for (;;) {
        enum yh_status bad = read_more(c, &b, until, &end, err);
        *nothing = b.n == 0;
        if (bad)
            return bad;
        blank = yh_find(yh_buf_str(&b), YH_S("\r\n\r\n"));
        if (blank >= 0 && yh_starts(yh_buf_str(&b), YH_S("HTTP/1.1 100"))) {
            yh_str rest = yh_dup(a, yh_sub(yh_buf_str(&b), blank + 4, b.n));
            b = yh_buf_in(a);
            yh_put(&b, rest);
            continue;
        }
        if (blank >= 0)
            break;
        if (end)
            return yh_fail(err, YH_IO, "%s:%d 没有应答就断开了", c->host, c->port);
    }
    yh_str head = yh_dup(a, yh_sub(yh_buf_str(&b), 0, blank + 2));
    int64_t length = -1, status;
    if (!yh_starts(head, YH_S("HTTP/1.")) || yh_int_parse(yh_sub(head, 9, 12), &status, NULL))
        return yh_fail(err, YH_IO, "%s:%d 的应答不是 HTTP", c->host, c->port);
    bool chunked = yh_find(head_value(head, "Transfer-Encoding"), YH_S("chunked")) >= 0;
    if (yh_int_parse(head_value(head, "Content-Length"), &length, NULL))
        length = -1;
    yh_str body;
    for (;;) {
        body = yh_sub(yh_buf_str(&b), blank + 4, b.n);
        if (chunked ? dechunk(a, body, &body) : length >= 0 && body.n >= length)
            break;
        if (end && (chunked || length >= 0))
            return yh_fail(err, YH_IO, "%s:%d 的应答不完整", c->host, c->port);
        if (end)
            break;
        enum yh_status bad = read_more(c, &b, until, &end, err);
        if (bad)
            return bad;
    }
    *out =
        (struct yh_client_answer){ (int)status, head_value(head, "Content-Type"),
                                   length >= 0 && !chunked ? yh_sub(body, 0, length) : body };
    if (end || yh_find(head_value(head, "Connection"), YH_S("close")) >= 0 ||
        (!chunked && length < 0))
        yh_client_close(c);
    return YH_OK;
}

static yh_str request_text(struct yh_client *c, struct yh_arena *a, const char *method,
                           const char *path, const char *type, const struct yh_http_head *head,
                           int nhead, yh_str body)
{
    struct yh_buf b = yh_buf_in(a);
    yh_putf(&b, "%s %s HTTP/1.1\r\nHost: %s:%d\r\n", method, path ? path : c->path, c->host,
            c->port);
    if (type)
        yh_putf(&b, "Content-Type: %s\r\n", type);
    for (int i = 0; i < nhead; i++)
        yh_putf(&b, "%s: %s\r\n", head[i].name, head[i].value);
    yh_putf(&b, "Content-Length: %td\r\n\r\n", body.n);
    yh_put(&b, body);
    return yh_buf_str(&b);
}

enum yh_status yh_client_call(struct yh_client *c, struct yh_arena *a, const char *method,
                              const char *path, const char *type,
                              const struct yh_http_head *head, int nhead, yh_str body,
                              struct yh_client_answer *out, struct yh_err *err)
{
    int64_t until = yh_http_now_ms() + c->timeout_ms;
    yh_str text = request_text(c, a, method, path, type, head, nhead, body);
    for (int again = c->fd >= 0;; again--) {
        bool nothing = true;
        enum yh_status bad = c->fd >= 0 ? YH_OK : connect_it(c, err);
        if (!bad)
            bad = send_all(c, text, until, err);
        if (!bad)
            bad = read_answer(c, a, until, out, &nothing, err);
        if (!bad)
            return YH_OK;
        yh_client_close(c);
        if (bad != YH_IO || !nothing || again <= 0)
            return bad;
    }
}

enum yh_status yh_client_send_only(struct yh_client *c, struct yh_arena *a, const char *type,
                                   yh_str body, struct yh_err *err)
{
    yh_client_close(c);
    enum yh_status bad = connect_it(c, err);
    if (!bad)
        bad = send_all(c, request_text(c, a, "POST", NULL, type, NULL, 0, body),
                       yh_http_now_ms() + c->timeout_ms, err);
    yh_client_close(c);
    return bad;
}

enum yh_status yh_client_raw(struct yh_client *c, struct yh_arena *a, yh_str bytes, yh_str *out,
                             struct yh_err *err)
{
    int64_t until = yh_http_now_ms() + c->timeout_ms;
    struct yh_buf b = yh_buf_in(a);
    bool end = false;
    yh_client_close(c);
    enum yh_status bad = connect_it(c, err);
    if (!bad)
        bad = send_all(c, bytes, until, err);
    while (!bad && !end)
        bad = read_more(c, &b, until, &end, err);
    yh_client_close(c);
    *out = yh_buf_str(&b);
    return bad == YH_RETRY ? YH_OK : bad;
}
