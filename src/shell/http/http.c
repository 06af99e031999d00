/* shell/http/http.c -- libmicrohttpd behind the interface of http.h.
 *
 * libmicrohttpd's own timeout counts inactivity, so a slow drip outlives it, and it does not count
 * suspended connections at all.  A watchman therefore keeps one deadline per connection and shuts
 * the socket down when it passes; libmicrohttpd then sees the end of the stream and closes. */
#include "shell/http/http.h"
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RATE_SLOTS 4096

struct conn {
    struct conn *prev, *next;
    int fd;
    atomic_llong deadline; /* ms; 0 = none: the request is being worked on */
};

struct rate {
    int64_t at_ms;
    int64_t milli; /* tokens × 1000 */
};

struct yh_http {
    struct MHD_Daemon *daemon;
    struct yh_http_config config;
    yh_http_handler *handler;
    void *user;
    int port, quiet_fd;
    pthread_t watch;
    pthread_mutex_t lock;
    pthread_cond_t change;
    struct conn head;  /* list of open connections, guarded by lock */
    atomic_int calls;  /* open ones */
    atomic_llong held; /* bytes of their bodies */
    bool stopping;
    struct rate *rate;
    uint64_t seed; /* of the hash that chooses a rate */
};

struct yh_http_call {
    struct yh_http *h;
    struct MHD_Connection *mhd;
    struct conn *conn;
    pthread_mutex_t lock;
    bool handed, replied, suspended, oversized, limited, crowded, unframed;
    struct MHD_Response *response;
    int status;
    yh_str method, path;
    char peer[64];
    char *body;
    ptrdiff_t n, cap, limit;
    ptrdiff_t whole; /* as the head declares it; limit when it does not */
};

int64_t yh_http_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct yh_http_config yh_http_defaults(void)
{
    return (struct yh_http_config){
        .listen = "127.0.0.1",
        .port = 8080,
        .threads = 2,
        .body_max = 32 << 20,
        .file_max = 64 << 20,
        .held_max = 256 << 20,
        .connections_max = 1000,
        .rate_max = 20000,
        .read_ms = 10000,
        .idle_ms = 60000,
        .write_ms = 20000,
    };
}

/* ---- deadlines ---- */

static void set_deadline(struct conn *c, int64_t ms)
{
    if (c)
        atomic_store_explicit(&c->deadline, ms ? yh_http_now_ms() + ms : 0,
                              memory_order_relaxed);
}

static void *watch(void *arg)
{
    struct yh_http *h = arg;
    pthread_mutex_lock(&h->lock);
    while (!h->stopping) {
        int64_t now = yh_http_now_ms();
        for (struct conn *c = h->head.next; c != &h->head; c = c->next) {
            long long due = atomic_load_explicit(&c->deadline, memory_order_relaxed);
            /* Only if nobody has moved it meanwhile. */
            if (due && due < now && atomic_compare_exchange_strong(&c->deadline, &due, 0))
                shutdown(c->fd, SHUT_RDWR);
        }
        struct timespec t;
        clock_gettime(CLOCK_REALTIME, &t);
        t.tv_nsec += 200 * 1000000;
        if (t.tv_nsec >= 1000000000)
            t.tv_sec++, t.tv_nsec -= 1000000000;
        pthread_cond_timedwait(&h->change, &h->lock, &t);
    }
    pthread_mutex_unlock(&h->lock);
    return NULL;
}

static void on_connection(void *cls, struct MHD_Connection *mhd, void **ctx,
                          enum MHD_ConnectionNotificationCode code)
{
    struct yh_http *h = cls;
    pthread_mutex_lock(&h->lock);
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
        struct conn *c = yh_heap(NULL, sizeof *c);
        *c = (struct conn){ &h->head, h->head.next, info->connect_fd,
                            yh_http_now_ms() + h->config.read_ms };
        c->next->prev = c;
        h->head.next = c;
        *ctx = c;
    } else if (*ctx) {
        struct conn *c = *ctx;
        c->prev->next = c->next;
        c->next->prev = c->prev;
        yh_heap(c, 0);
        *ctx = NULL;
    }
    pthread_mutex_unlock(&h->lock);
}

static struct conn *conn_of(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

/* The request line is there: from now on the rest of the request has its own deadline. */
static void *on_uri(void *cls, const char *uri, struct MHD_Connection *mhd)
{
    (void)uri;
    struct yh_http *h = cls;
    set_deadline(conn_of(mhd), h->config.read_ms);
    return NULL;
}

/* ---- rate ---- */

static bool within_rate(struct yh_http *h, const char *peer)
{
    if (!h->config.rate_max)
        return true;
    uint64_t key = yh_hash64(yh_cstr(peer), h->seed);
    int64_t now = yh_http_now_ms(), full = (int64_t)h->config.rate_max * 1000;
    pthread_mutex_lock(&h->lock);
    struct rate *r = &h->rate[key % RATE_SLOTS];
    /* Who falls into the same slot shares its measure: a stranger brings no full one along. */
    if (!r->at_ms)
        *r = (struct rate){ now, full };
    r->milli = yh_min(full, r->milli + (now - r->at_ms) * h->config.rate_max);
    r->at_ms = now;
    bool ok = r->milli >= 1000;
    if (ok)
        r->milli -= 1000;
    pthread_mutex_unlock(&h->lock);
    return ok;
}

/* ---- one request ---- */

void yh_http_network(const struct sockaddr *from, char out[64])
{
    out[0] = 0;
    if (from->sa_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)from)->sin_addr, out,
                  64);
    } else if (from->sa_family == AF_INET6) {
        struct in6_addr a = ((const struct sockaddr_in6 *)(const void *)from)->sin6_addr;
        if (!IN6_IS_ADDR_V4MAPPED(&a))
            memset(a.s6_addr + 8, 0, 8);
        inet_ntop(AF_INET6, &a, out, 64);
    }
}

static void peer_of(struct MHD_Connection *mhd, char out[64])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    out[0] = 0;
    if (info && info->client_addr)
        yh_http_network(info->client_addr, out);
}

static const char *header_z(struct MHD_Connection *mhd, const char *name)
{
    const char *v = MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, name);
    return v ? v : "";
}

static struct yh_http_call *call_open(struct yh_http *h, struct MHD_Connection *mhd,
                                      const char *url, const char *method)
{
    struct yh_http_call *c = yh_heap(NULL, sizeof *c);
    *c = (struct yh_http_call){ .h = h, .mhd = mhd, .conn = conn_of(mhd) };
    pthread_mutex_init(&c->lock, NULL);
    c->method = yh_cstr(method);
    c->path = yh_cstr(url);
    peer_of(mhd, c->peer);
    bool file = yh_find(yh_cstr(header_z(mhd, "Content-Type")), YH_S("multipart/")) == 0;
    c->limit = file ? h->config.file_max : h->config.body_max;
    atomic_fetch_add(&h->calls, 1);
    return c;
}

static void drop_body(struct yh_http_call *c)
{
    atomic_fetch_sub(&c->h->held, c->cap);
    c->body = yh_heap(c->body, 0);
    c->n = c->cap = 0;
}

/* Room for n bytes in all; false: the bodies of all calls together would be too much. */
static bool grow_body(struct yh_http_call *c, ptrdiff_t n)
{
    ptrdiff_t cap = yh_max(4096, yh_max(n, yh_min(2 * c->cap, c->whole))), more = cap - c->cap;
    if (atomic_fetch_add(&c->h->held, more) + more > c->h->config.held_max) {
        atomic_fetch_sub(&c->h->held, more);
        return false;
    }
    c->cap = cap;
    c->body = yh_heap(c->body, (size_t)cap);
    return true;
}

static void on_completed(void *cls, struct MHD_Connection *mhd, void **ctx,
                         enum MHD_RequestTerminationCode code)
{
    (void)mhd, (void)code;
    struct yh_http *h = cls;
    struct yh_http_call *c = *ctx;
    if (!c)
        return;
    *ctx = NULL;
    set_deadline(c->conn, h->config.idle_ms);
    if (c->response)
        MHD_destroy_response(c->response);
    pthread_mutex_lock(&c->lock); /* the replying thread has let go of it */
    pthread_mutex_unlock(&c->lock);
    pthread_mutex_destroy(&c->lock);
    drop_body(c);
    yh_heap(c, 0);
    atomic_fetch_sub(&h->calls, 1);
}

static enum MHD_Result add_body(struct yh_http_call *c, const char *data, size_t *size)
{
    ptrdiff_t n = (ptrdiff_t)*size;
    *size = 0;
    if (c->oversized || c->crowded)
        return MHD_YES;
    c->oversized = c->n + n > c->limit;
    if (!c->oversized && c->n + n > c->cap)
        c->crowded = !grow_body(c, c->n + n);
    if (c->oversized || c->crowded) { /* the rest is read and dropped */
        drop_body(c);
        return MHD_YES;
    }
    memcpy(c->body + c->n, data, (size_t)n);
    c->n += n;
    return MHD_YES;
}

struct framing {
    int lengths, encodings;
    bool other; /* than chunked */
};

static enum MHD_Result count_framing(void *cls, enum MHD_ValueKind kind, const char *name,
                                     const char *value)
{
    struct framing *f = cls;
    (void)kind;
    f->lengths += !strcasecmp(name, "Content-Length");
    if (!strcasecmp(name, "Transfer-Encoding")) {
        f->encodings++;
        f->other |= !value || strcasecmp(value, "chunked") != 0;
    }
    return MHD_YES;
}

/* Where its body ends must be said once, in a way that a proxy before us reads the same: else what the
 * proxy takes for the body is for us the next caller's request (RFC 9112, 6.3 and 11.2). */
static bool framed(struct MHD_Connection *mhd)
{
    struct framing f = { 0 };
    (void)MHD_get_connection_values(mhd, MHD_HEADER_KIND, count_framing, &f);
    return f.lengths + f.encodings <= 1 && !f.other;
}

/* Hands the request over; suspends the connection unless the reply is there already. */
static void hand_over(struct yh_http_call *c)
{
    set_deadline(c->conn, 0);
    c->handed = true;
    if (c->limited)
        yh_http_reply(c, 429, "application/json",
                      YH_S("{\"code\":429,\"message\":\"请求过于频繁，请稍后再试\"}"), NULL, 0);
    else if (c->unframed)
        yh_http_reply(
            c, 400, "application/json;charset=UTF-8",
            YH_S("{\"code\":400,\"message\":\"报文长度说得不一：Content-Length 只写一个，"
                 "不与 Transfer-Encoding: chunked 同用\"}"),
            &(struct yh_http_head){ "Connection", "close" }, 1);
    else if (c->crowded)
        yh_http_reply(c, 503, "application/json;charset=UTF-8",
                      YH_S("{\"code\":503,\"message\":\"系统繁忙，请稍后以同一 msgid 重发\"}"),
                      NULL, 0);
    else
        c->h->handler(c->h->user, c);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *mhd, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **ctx)
{
    (void)version;
    struct yh_http *h = cls;
    struct yh_http_call *c = *ctx;
    if (!c) {
        c = *ctx = call_open(h, mhd, url, method);
        c->limited = !within_rate(h, c->peer);
        /* A body far over the limit is not read at all; one a little over is read and dropped,
         * for a client that is still sending may never see an answer. */
        int64_t declared = 0;
        c->whole = c->limit;
        c->unframed = !framed(mhd);
        bool fits = yh_int_parse(yh_cstr(header_z(mhd, "Content-Length")), &declared, NULL) ||
                    declared <= 4 * c->limit;
        if (fits && !c->unframed) {
            c->whole = declared > 0 ? yh_min(declared, c->limit) : c->limit;
            return MHD_YES;
        }
        c->oversized = true;
    } else if (*size) {
        return add_body(c, data, size);
    }
    if (!c->handed)
        hand_over(c);
    pthread_mutex_lock(&c->lock);
    bool ready = c->replied;
    if (!ready && !c->suspended) {
        c->suspended = true;
        MHD_suspend_connection(mhd);
    }
    pthread_mutex_unlock(&c->lock);
    return ready ? MHD_queue_response(mhd, (unsigned)c->status, c->response) : MHD_YES;
}

static void reply(struct yh_http_call *c, int status, const char *type, yh_str body,
                  const struct yh_http_head *head, int nhead, enum MHD_ResponseMemoryMode mode)
{
    static char none[1];
    struct MHD_Response *r = MHD_create_response_from_buffer(
        (size_t)body.n, body.n ? (void *)(uintptr_t)body.p : none, mode);
    yh_assert(r);
    if (type)
        MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    for (int i = 0; i < nhead; i++)
        MHD_add_response_header(r, head[i].name, head[i].value);
    set_deadline(c->conn, c->h->config.write_ms + body.n / 64);
    pthread_mutex_lock(&c->lock);
    yh_assert(!c->replied);
    c->response = r;
    c->status = status;
    c->replied = true;
    if (c->suspended)
        MHD_resume_connection(c->mhd);
    pthread_mutex_unlock(&c->lock);
}

void yh_http_reply(struct yh_http_call *c, int status, const char *type, yh_str body,
                   const struct yh_http_head *head, int nhead)
{
    reply(c, status, type, body, head, nhead, MHD_RESPMEM_MUST_COPY);
}

void yh_http_reply_kept(struct yh_http_call *c, int status, const char *type, yh_str body,
                        const struct yh_http_head *head, int nhead)
{
    reply(c, status, type, body, head, nhead, MHD_RESPMEM_PERSISTENT);
}

yh_str yh_http_method(const struct yh_http_call *c)
{
    return c->method;
}
yh_str yh_http_path(const struct yh_http_call *c)
{
    return c->path;
}
yh_str yh_http_body(const struct yh_http_call *c)
{
    return (yh_str){ c->body ? c->body : "", c->n };
}
ptrdiff_t yh_http_oversized(const struct yh_http_call *c)
{
    return c->oversized ? c->limit : 0;
}

yh_str yh_http_header(struct yh_http_call *c, const char *name)
{
    return yh_cstr(header_z(c->mhd, name));
}

yh_str yh_http_query(struct yh_http_call *c, const char *name)
{
    const char *v = MHD_lookup_connection_value(c->mhd, MHD_GET_ARGUMENT_KIND, name);
    return v ? yh_cstr(v) : (yh_str){ 0 };
}

yh_str yh_http_peer(const struct yh_http_call *c)
{
    return yh_cstr(c->peer);
}

/* ---- start and stop ---- */

/* A listening socket; errno says why not.  Bound here, so that a taken port is told from a bad
 * address and the port number is known. */
static int listen_on(const char *address, int port)
{
    struct sockaddr_in6 a6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
    struct sockaddr_in a4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    bool v4 = inet_pton(AF_INET, address, &a4.sin_addr) == 1;
    if (!v4 && inet_pton(AF_INET6, address, &a6.sin6_addr) != 1) {
        errno = EADDRNOTAVAIL;
        return -1;
    }
    int fd = socket(v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    int one = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    int bad = v4 ? bind(fd, (struct sockaddr *)&a4, sizeof a4)
                 : bind(fd, (struct sockaddr *)&a6, sizeof a6);
    if (bad || listen(fd, 1024)) {
        int keep = errno;
        close(fd);
        errno = keep;
        return -1;
    }
    return fd;
}

static int port_of(int fd)
{
    struct sockaddr_in6 a;
    socklen_t n = sizeof a;
    if (getsockname(fd, (struct sockaddr *)&a, &n))
        return 0;
    return ntohs(a.sin6_family == AF_INET6 ? a.sin6_port
                                           : ((struct sockaddr_in *)&a)->sin_port);
}

static void free_all(struct yh_http *h)
{
    pthread_cond_destroy(&h->change);
    pthread_mutex_destroy(&h->lock);
    yh_heap(h->rate, 0);
    yh_heap(h, 0);
}

enum yh_status yh_http_start(struct yh_http **out, const struct yh_http_config *config,
                             yh_http_handler *handler, void *user, struct yh_err *err)
{
    const char *address = config->listen ? config->listen : "127.0.0.1";
    int fd = -1;
    for (int step = 0; fd < 0 && step <= (config->port ? config->port_step : 0); step++) {
        fd = listen_on(address, config->port + step);
        if (fd < 0 && errno != EADDRINUSE && errno != EACCES)
            return yh_fail(err, YH_IO, "不能在 %s:%d 监听：%s", address, config->port + step,
                           strerror(errno));
    }
    if (fd < 0)
        return yh_fail(err, YH_CONFLICT,
                       "端口 %s:%d 已被占用，请换一个 --port，或加 --port-step 10 自动顺延",
                       address, config->port);
    struct yh_http *h = yh_heap(NULL, sizeof *h);
    *h =
        (struct yh_http){ .config = *config, .handler = handler, .user = user, .quiet_fd = -1 };
    h->port = port_of(fd);
    h->head.prev = h->head.next = &h->head;
    h->rate = yh_heap(NULL, RATE_SLOTS * sizeof *h->rate);
    memset(h->rate, 0, RATE_SLOTS * sizeof *h->rate);
    if (getrandom(&h->seed, sizeof h->seed, 0) != sizeof h->seed)
        yh_assert(!"no random bytes");
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->change, NULL);
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC;
    int threads = (int)yh_clamp(config->threads, 1, 64);
    int all = (int)yh_max(config->connections_max, threads);
    int each = config->address_max ? config->address_max : (all + 1) / 2;
    h->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, h, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_THREAD_POOL_SIZE, (unsigned)threads, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)all, MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)each,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)(config->idle_ms / 1000 + 2),
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)32768, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, h, MHD_OPTION_NOTIFY_COMPLETED, on_completed, h,
        MHD_OPTION_URI_LOG_CALLBACK, on_uri, h, MHD_OPTION_END);
    if (!h->daemon) {
        close(fd);
        free_all(h);
        return yh_fail(err, YH_IO, "不能启动 HTTP 服务：%s", strerror(errno));
    }
    if (pthread_create(&h->watch, NULL, watch, h)) {
        MHD_stop_daemon(h->daemon);
        free_all(h);
        return yh_fail(err, YH_IO, "不能启动线程");
    }
    *out = h;
    return YH_OK;
}

int yh_http_port(const struct yh_http *h)
{
    return h->port;
}

int64_t yh_http_held(const struct yh_http *h)
{
    return atomic_load(&h->held);
}

void yh_http_quiesce(struct yh_http *h)
{
    if (h->quiet_fd < 0)
        h->quiet_fd = MHD_quiesce_daemon(h->daemon);
}

void yh_http_stop(struct yh_http *h, int wait_ms)
{
    yh_http_quiesce(h);
    int64_t until = yh_http_now_ms() + wait_ms;
    while (atomic_load(&h->calls) > 0 && yh_http_now_ms() < until)
        nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
    pthread_mutex_lock(&h->lock);
    h->stopping = true;
    pthread_cond_broadcast(&h->change);
    pthread_mutex_unlock(&h->lock);
    pthread_join(h->watch, NULL);
    MHD_stop_daemon(h->daemon);
    if (h->quiet_fd >= 0)
        close(h->quiet_fd);
    free_all(h);
}
