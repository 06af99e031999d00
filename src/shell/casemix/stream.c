/* shell/casemix/stream.c */
#include "shell/casemix/stream.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define BLOCK ((size_t)1 << 20)
#define LINE_MAX_BYTES ((size_t)64 << 20)
#define OUT_MAX ((size_t)4 << 30)
#define REPORTS_MAX 1000 /* bad rows that are told one by one */

struct run {
    struct yh_stream *s;
    pthread_mutex_t lock;
    pthread_cond_t turn;
    /* under lock */
    char *carry; /* read, but not yet given out */
    size_t carry_n;
    bool end;
    int64_t given, written; /* blocks */
    int64_t line;           /* lines before the block that is written next */
    struct timespec told;
    enum yh_status status;
    struct yh_err err;
};

struct block {
    char *p;
    size_t n, cap;
    int64_t number, lines, rows, bad;
    struct yh_buf out, told; /* told: reports, with line numbers within the block */
};

struct worker {
    struct run *run;
    int number;
    struct yh_arena arena, scratch;
};

static void stop(struct run *r, enum yh_status status, const struct yh_err *err)
{
    if (!r->status) {
        r->status = status;
        r->err = *err;
    }
    r->end = true;
    pthread_cond_broadcast(&r->turn);
}

static void room(struct block *b, size_t want)
{
    if (b->cap >= want)
        return;
    b->cap = want + want / 2;
    b->p = yh_heap(b->p, b->cap);
}

static ssize_t read_some(int fd, char *p, size_t n)
{
    ssize_t got;
    do
        got = read(fd, p, n);
    while (got < 0 && errno == EINTR);
    return got;
}

/* Under lock: the next block of whole lines; false at the end. */
static bool take(struct run *r, struct block *b)
{
    struct yh_err err;
    if (r->status)
        return false;
    room(b, BLOCK + r->carry_n);
    memcpy(b->p, r->carry, r->carry_n);
    b->n = r->carry_n;
    size_t whole = 0; /* bytes up to the last line end */
    while (!r->end) {
        if (b->n >= BLOCK) {
            char *last = memrchr(b->p, '\n', b->n);
            whole = last ? (size_t)(last - b->p) + 1 : 0;
            if (whole)
                break;
            if (b->n > LINE_MAX_BYTES) {
                stop(r, yh_fail(&err, YH_LIMIT, "有一行长于 64 MB"), &err);
                return false;
            }
        }
        room(b, b->n + BLOCK);
        ssize_t got = read_some(r->s->in, b->p + b->n, BLOCK);
        if (got < 0) {
            stop(r, yh_fail(&err, YH_IO, "读 %s 失败", r->s->name), &err);
            return false;
        }
        r->end = got == 0;
        b->n += (size_t)got;
    }
    if (r->end && !whole)
        whole = b->n;
    r->carry_n = b->n - whole;
    r->carry = yh_heap(r->carry, r->carry_n + 1);
    memcpy(r->carry, b->p + whole, r->carry_n);
    b->n = whole;
    b->number = r->given;
    r->given += whole > 0;
    return whole > 0;
}

static void work(struct worker *w, struct block *b)
{
    struct yh_stream *s = w->run->s;
    yh_arena_reset(&w->arena);
    b->out = yh_buf_in(&w->arena);
    b->told = yh_buf_in(&w->scratch);
    struct yh_arena left = { 0 };
    b->lines = b->rows = b->bad = 0;
    char *p = b->p, *end = b->p + b->n;
    while (p < end) {
        char *stop_at = memchr(p, '\n', (size_t)(end - p));
        char *next = stop_at ? stop_at + 1 : end;
        yh_str line = { p, (stop_at ? stop_at : end) - p };
        p = next;
        b->lines++;
        if (line.n && line.p[line.n - 1] == '\r')
            line.n--;
        if (line.n == 0 || line.p[0] == '#')
            continue;
        b->rows++;
        ptrdiff_t before = b->out.n;
        struct yh_err err = { 0 };
        left = w->scratch;
        if (s->work(s->ctx, w->number, left, line, &b->out, &err) == YH_OK)
            continue;
        b->out.n = before;
        b->bad++;
        yh_putf(&b->told, "%lld\t%.*s\n", (long long)b->lines, (int)sizeof err.text, err.text);
    }
}

static bool write_all(int fd, yh_str text)
{
    while (text.n) {
        ssize_t put = write(fd, text.p, (size_t)text.n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        text.p += put;
        text.n -= put;
    }
    return true;
}

static void tell(struct run *r, const struct block *b)
{
    yh_str rest = yh_buf_str(&b->told);
    int64_t told = r->s->bad;
    for (; rest.n && told < REPORTS_MAX; told++) {
        yh_str text = yh_cut(&rest, '\n'), number = yh_cut(&text, '\t');
        int64_t at = 0;
        if (yh_int_parse(number, &at, NULL) == YH_OK)
            fprintf(stderr, "%s:%lld: %.*s\n", r->s->name, (long long)(r->line + at),
                    YH_ARG(text));
    }
    if (told == REPORTS_MAX && rest.n)
        fprintf(stderr, "坏行多于 %d 行，以下只计数\n", REPORTS_MAX);
}

static void progress(struct run *r)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (!r->s->progress || now.tv_sec <= r->told.tv_sec)
        return;
    r->told = now;
    fprintf(stderr, "\r已处理 %lld 行", (long long)r->s->rows);
}

/* Under lock, in the order of the blocks. */
static void hand_over(struct run *r, struct block *b)
{
    struct yh_err err;
    while (r->written != b->number && !r->status)
        pthread_cond_wait(&r->turn, &r->lock);
    if (r->status)
        return;
    pthread_mutex_unlock(&r->lock); /* it is this block's turn: nobody else writes */
    bool ok = write_all(r->s->out, yh_buf_str(&b->out));
    pthread_mutex_lock(&r->lock);
    if (!ok)
        stop(r, yh_fail(&err, YH_IO, "写结果失败"), &err);
    tell(r, b);
    r->line += b->lines;
    r->s->rows += b->rows;
    r->s->bad += b->bad;
    r->written++;
    progress(r);
    pthread_cond_broadcast(&r->turn);
}

static void *work_through(void *p)
{
    struct worker *w = p;
    struct run *r = w->run;
    struct block b = { 0 };
    pthread_mutex_lock(&r->lock);
    while (take(r, &b)) {
        pthread_mutex_unlock(&r->lock);
        yh_arena_reset(&w->scratch);
        work(w, &b);
        pthread_mutex_lock(&r->lock);
        hand_over(r, &b);
    }
    pthread_mutex_unlock(&r->lock);
    yh_heap(b.p, 0);
    return NULL;
}

/* Reads until the first line that is not empty is whole, and shows it to `first`. */
static enum yh_status begin(struct run *r, struct yh_err *err)
{
    struct block b = { 0 };
    enum yh_status bad = YH_OK;
    for (bool found = false; !found && !bad;) {
        room(&b, b.n + BLOCK);
        ssize_t got = read_some(r->s->in, b.p + b.n, BLOCK);
        if (got < 0)
            bad = yh_fail(err, YH_IO, "读 %s 失败", r->s->name);
        r->end = got == 0;
        b.n += got > 0 ? (size_t)got : 0;
        yh_str rest = { b.p, (ptrdiff_t)b.n };
        int64_t lines = 0;
        while (!bad && !found && rest.n && (r->end || memchr(rest.p, '\n', (size_t)rest.n))) {
            yh_str line = yh_cut(&rest, '\n');
            lines++;
            if (line.n && line.p[line.n - 1] == '\r')
                line.n--;
            if (line.n == 0)
                continue;
            found = true;
            bool used = false;
            bad = r->s->first(r->s->ctx, line, &used, err);
            size_t gone = used ? b.n - (size_t)rest.n : 0;
            r->line = used ? lines : 0;
            r->carry_n = b.n - gone;
            r->carry = yh_heap(r->carry, r->carry_n + 1);
            memcpy(r->carry, b.p + gone, r->carry_n);
        }
        if (r->end)
            break;
        if (!found && b.n > LINE_MAX_BYTES)
            bad = yh_fail(err, YH_LIMIT, "第一行长于 64 MB");
    }
    yh_heap(b.p, 0);
    return bad;
}

enum yh_status yh_stream_run(struct yh_stream *s, struct yh_err *err)
{
    struct run r = { .s = s };
    struct worker w[2] = { { .run = &r }, { .run = &r, .number = 1 } };
    pthread_t other;
    bool two = false;
    pthread_mutex_init(&r.lock, NULL);
    pthread_cond_init(&r.turn, NULL);
    clock_gettime(CLOCK_MONOTONIC, &r.told);
    s->rows = s->bad = 0;
    enum yh_status bad = begin(&r, err);
    for (int i = 0; i < 2 && !bad; i++) {
        bad = yh_arena_open(&w[i].arena, OUT_MAX, err);
        if (!bad)
            bad = yh_arena_open(&w[i].scratch, (size_t)1 << 30, err);
    }
    if (!bad) {
        two = s->threads > 1 && pthread_create(&other, NULL, work_through, &w[1]) == 0;
        work_through(&w[0]);
        if (two)
            pthread_join(other, NULL);
        bad = r.status;
        if (bad && err)
            *err = r.err;
    }
    for (int i = 0; i < 2; i++) {
        yh_arena_close(&w[i].arena);
        yh_arena_close(&w[i].scratch);
    }
    yh_heap(r.carry, 0);
    if (s->progress && r.told.tv_nsec)
        fprintf(stderr, "\r已处理 %lld 行\n", (long long)s->rows);
    pthread_cond_destroy(&r.turn);
    pthread_mutex_destroy(&r.lock);
    return bad;
}
