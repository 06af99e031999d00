#include "shell/hatch/hatch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define SECONDS 10 /* a caller that says or takes nothing for so long is let go */
#define ANSWER_SECONDS 60

struct yh_hatch {
    int folder, listener, stop[2];
    pthread_t thread;
    bool running;
    yh_hatch_fn *act;
    void *user;
};

/* A path may be longer than a socket address: through the folder's descriptor it never is. */
static void address(int folder, struct sockaddr_un *out)
{
    *out = (struct sockaddr_un){ .sun_family = AF_UNIX };
    snprintf(out->sun_path, sizeof out->sun_path, "/proc/self/fd/%d/agency.sock", folder);
}

static void limit_time(int fd, int seconds)
{
    struct timeval t = { .tv_sec = seconds };
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t);
}

static bool send_all(int fd, yh_str s)
{
    while (s.n) {
        ssize_t n = send(fd, s.p, (size_t)s.n, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        s = yh_sub(s, n, s.n);
    }
    return true;
}

/* All that comes until the other side is done; false: too much, or it broke off. */
static bool take_all(int fd, ptrdiff_t most, struct yh_buf *out)
{
    char piece[4096];
    for (;;) {
        ssize_t n = recv(fd, piece, sizeof piece, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0;
        if (out->n + n > most)
            return false;
        yh_put(out, (yh_str){ piece, n });
    }
}

/* ---- the server ---- */

static bool may_call(int fd)
{
    struct ucred who;
    socklen_t n = sizeof who;
    return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) &&
           (who.uid == geteuid() || who.uid == 0);
}

static void serve(struct yh_hatch *d, int fd, struct yh_arena *a)
{
    struct yh_err err = { 0 };
    yh_str text = YH_S("");
    struct yh_buf ask = yh_buf_in(a);
    limit_time(fd, SECONDS);
    if (!may_call(fd) || !take_all(fd, YH_HATCH_BYTES_MAX, &ask))
        return;
    enum yh_status st = d->act(d->user, yh_buf_str(&ask), a, &text, &err);
    char head[32];
    int n = snprintf(head, sizeof head, "%d\n", (int)st);
    if (send_all(fd, (yh_str){ head, n }))
        (void)send_all(fd, st ? yh_cstr(err.text) : text);
}

static void *run(void *arg)
{
    struct yh_hatch *d = arg;
    struct pollfd wait[2] = { { .fd = d->listener, .events = POLLIN },
                              { .fd = d->stop[0], .events = POLLIN } };
    struct yh_arena a;
    if (yh_arena_open(&a, (size_t)256 << 20, NULL))
        return NULL;
    while (poll(wait, 2, -1) >= 0 || errno == EINTR) {
        if (wait[1].revents)
            break;
        int fd = accept4(d->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            continue;
        serve(d, fd, &a);
        close(fd);
        yh_arena_reset(&a);
    }
    yh_arena_close(&a);
    return NULL;
}

static void shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

enum yh_status yh_hatch_open(const char *dir, yh_hatch_fn *act, void *user,
                             struct yh_hatch **out, struct yh_err *err)
{
    struct yh_hatch *d = yh_heap(NULL, sizeof *d);
    struct sockaddr_un at;
    *d = (struct yh_hatch){ .listener = -1, .stop = { -1, -1 }, .act = act, .user = user };
    d->folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    d->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool ok = d->folder >= 0 && d->listener >= 0 && !pipe2(d->stop, O_CLOEXEC);
    if (ok) {
        (void)unlinkat(d->folder, "agency.sock", 0);
        address(d->folder, &at);
        /* The mode of the descriptor is the mode that bind gives: nobody else gets in between. */
        ok = !fchmod(d->listener, 0600) &&
             !bind(d->listener, (struct sockaddr *)&at, sizeof at) && !listen(d->listener, 8);
    }
    if (ok)
        ok = d->running = !pthread_create(&d->thread, NULL, run, d);
    if (!ok) {
        yh_fail(err, YH_IO, "不能在 %s 建立 agency.sock：%s", dir, strerror(errno));
        yh_hatch_close(d);
        return YH_IO;
    }
    *out = d;
    return YH_OK;
}

void yh_hatch_close(struct yh_hatch *d)
{
    if (!d)
        return;
    if (d->running) {
        ssize_t n = write(d->stop[1], "", 1);
        yh_assert(n == 1);
        pthread_join(d->thread, NULL);
        (void)unlinkat(d->folder, "agency.sock", 0);
    }
    shut(&d->listener);
    shut(&d->folder);
    shut(&d->stop[0]);
    shut(&d->stop[1]);
    yh_heap(d, 0);
}

/* ---- the caller ---- */

static enum yh_status read_answer(int fd, struct yh_arena *a, yh_str *text, struct yh_err *err)
{
    struct yh_buf b = yh_buf_in(a);
    int64_t st;
    bool whole = take_all(fd, (ptrdiff_t)128 << 20, &b);
    yh_str rest = yh_buf_str(&b), head = yh_cut(&rest, '\n');
    if (!whole || !rest.p || yh_int_parse(head, &st, NULL) || st < 0)
        return yh_fail(err, YH_IO,
                       "运行中的服务没有答复，这一步做没做成不能确定；请先查询再重试");
    if (st)
        return yh_fail(err, (enum yh_status)st, "%.*s", YH_ARG(rest));
    *text = rest;
    return YH_OK;
}

enum yh_status yh_hatch_ask(const char *dir, yh_str ask, struct yh_arena *a, yh_str *text,
                            struct yh_err *err)
{
    struct sockaddr_un at;
    int folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    enum yh_status st = YH_NOT_FOUND;
    if (folder >= 0 && fd >= 0) {
        address(folder, &at);
        limit_time(fd, ANSWER_SECONDS);
        if (!connect(fd, (struct sockaddr *)&at, sizeof at)) {
            bool said = send_all(fd, ask) && !shutdown(fd, SHUT_WR);
            st = said ? read_answer(fd, a, text, err)
                      : yh_fail(err, YH_IO, "运行中的服务没有接收：%s", strerror(errno));
        }
    }
    shut(&fd);
    shut(&folder);
    return st;
}
