/* shell/portal/turn.c -- long work asked for by people: one after the other, beside everything.
 *
 * What was asked for and what came of it is a row of the kind's own table; what waits or runs is here in
 * memory, and is over when the server stops. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "shell/portal/inside.h"

struct yh_portal_turns {
    struct yh_portal *p;
    pthread_mutex_t lock;
    pthread_cond_t more;
    pthread_t thread;
    bool begun;
    atomic_bool stop;
    struct turn *first; /* in the order asked for; the first runs */
    int n;
};

static yh_str heap_text(yh_str s)
{
    char *p = yh_heap(NULL, (size_t)s.n + 1);
    memcpy(p, s.p, (size_t)s.n);
    p[s.n] = 0;
    return (yh_str){ p, s.n };
}

static void turn_free(struct turn *t)
{
    (void)yh_heap((void *)(uintptr_t)t->text.p, 0);
    (void)yh_heap(t, 0);
}

struct yh_portal_turns *turns_open(struct yh_portal *p)
{
    struct yh_portal_turns *r = yh_heap(NULL, sizeof *r);
    memset(r, 0, sizeof *r);
    r->p = p;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->more, NULL);
    return r;
}

void turns_stop(struct yh_portal_turns *r)
{
    pthread_mutex_lock(&r->lock);
    r->stop = true;
    for (struct turn *n = r->first; n; n = n->next)
        n->stop = true;
    pthread_cond_signal(&r->more);
    bool begun = r->begun;
    pthread_mutex_unlock(&r->lock);
    if (begun)
        pthread_join(r->thread, NULL);
    r->begun = false;
}

void turns_close(struct yh_portal_turns *r)
{
    while (r->first) {
        struct turn *n = r->first;
        r->first = n->next;
        turn_free(n);
    }
    pthread_mutex_destroy(&r->lock);
    yh_heap(r, 0);
}

/* ---- running ---- */

void turn_progress(void *turn, int64_t done, int64_t all)
{
    struct turn *t = turn;
    pthread_mutex_lock(&t->turns->lock);
    t->done = done;
    t->all = all;
    pthread_mutex_unlock(&t->turns->lock);
}

struct ending {
    struct turn_end end;
    const struct turn_kind *kind;
    struct yh_arena arena;
    pthread_mutex_t lock;
    pthread_cond_t over;
    bool told, kept;
};

static enum yh_status end_write(void *user, struct yh_txn *x, struct yh_err *err)
{
    struct ending *e = user;
    return e->kind->keep(x, &e->end, err);
}

static void end_told(void *user, enum yh_status status, const struct yh_err *err)
{
    (void)err;
    struct ending *e = user;
    pthread_mutex_lock(&e->lock);
    e->told = true;
    e->kept = status == YH_OK;
    pthread_cond_signal(&e->over);
    pthread_mutex_unlock(&e->lock);
}

/* The row takes it within the next batch; a busy disk is tried a few times. */
static void write_ending(struct yh_portal *p, struct ending *e)
{
    pthread_mutex_init(&e->lock, NULL);
    pthread_cond_init(&e->over, NULL);
    if (yh_arena_open(&e->arena, (size_t)64 << 20, NULL))
        return;
    for (int i = 0; i < 20 && !e->kept; i++) {
        struct yh_gateway_task task = { end_write, end_told, e, &e->arena };
        e->told = false;
        if (yh_gateway_submit(p->gateway, &task)) {
            pthread_mutex_lock(&e->lock);
            while (!e->told)
                pthread_cond_wait(&e->over, &e->lock);
            pthread_mutex_unlock(&e->lock);
        }
        if (!e->kept)
            (void)usleep(200000);
    }
    if (!e->kept)
        fprintf(stderr, "警告：%s %lld 的结果没有写入\n", e->kind->text, (long long)e->end.id);
    yh_arena_close(&e->arena);
}

static void turn_one(struct yh_portal_turns *r, struct turn *t)
{
    struct yh_arena a = { 0 };
    struct yh_err err = { 0 };
    struct ending e = { .kind = t->kind, .end = { .id = t->id, .report = YH_S("") } };
    enum yh_status st = yh_arena_open(&a, (size_t)8 << 30, &err);
    if (st == YH_OK)
        st = t->kind->work(r->p, t, &a, &e.end, &err);
    e.end.state = !st ? "done" : t->stop ? "stopped" : "failed";
    if (st && t->stop)
        (void)snprintf(e.end.message, sizeof e.end.message, "已停止");
    else if (st)
        (void)snprintf(e.end.message, sizeof e.end.message, "%s", err.text);
    pthread_mutex_lock(&r->lock);
    e.end.done = st ? t->done : t->all;
    e.end.all = t->all;
    pthread_mutex_unlock(&r->lock);
    write_ending(r->p, &e);
    yh_arena_close(&a);
}

static void *turns_thread(void *arg)
{
    struct yh_portal_turns *r = arg;
    /* Settlement comes first, yet on a busy machine an officer still gets an answer. */
    (void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 10);
    pthread_mutex_lock(&r->lock);
    while (!r->stop) {
        struct turn *n = r->first;
        if (!n) {
            pthread_cond_wait(&r->more, &r->lock);
            continue;
        }
        n->running = true;
        pthread_mutex_unlock(&r->lock);
        turn_one(r, n);
        pthread_mutex_lock(&r->lock);
        r->first = n->next;
        r->n--;
        turn_free(n);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

/* ---- for the routes ---- */

enum yh_status turns_room(struct call *c, struct yh_err *err)
{
    struct yh_portal_turns *r = c->p->turns;
    pthread_mutex_lock(&r->lock);
    bool full = r->n >= TURNS_MOST || r->stop;
    pthread_mutex_unlock(&r->lock);
    return full ? yh_fail(err, YH_CONFLICT, "等着重放的已有 %d 份，请等一会儿", TURNS_MOST)
                : YH_OK;
}

/* kept: the row is there, and the turn waits from now on. */
static void asked(struct call *c, bool kept)
{
    struct yh_portal_turns *r = c->p->turns;
    struct turn *t = c->turn;
    struct turn **end = &r->first;
    pthread_mutex_lock(&r->lock);
    if (kept && !r->begun && !r->stop)
        r->begun = pthread_create(&r->thread, NULL, turns_thread, r) == 0;
    bool taken = kept && r->begun && !r->stop;
    if (taken) {
        while (*end)
            end = &(*end)->next;
        t->turns = r;
        *end = t;
        r->n++;
        pthread_cond_signal(&r->more);
    }
    pthread_mutex_unlock(&r->lock);
    if (!taken)
        turn_free(t);
}

void turn_ask(struct call *c, const struct turn_kind *kind, yh_str text, int64_t ask)
{
    c->turn = yh_heap(NULL, sizeof *c->turn);
    *c->turn = (struct turn){ .kind = kind, .ask = ask, .text = heap_text(text) };
    c->after = asked;
}

int turns_live(struct call *c, const struct turn_kind *kind, struct turn **out)
{
    struct yh_portal_turns *r = c->p->turns;
    int n = 0;
    *out = YH_NEW(&c->arena, struct turn, TURNS_MOST);
    pthread_mutex_lock(&r->lock);
    for (const struct turn *x = r->first; x && n < TURNS_MOST; x = x->next)
        if (x->kind == kind)
            (*out)[n++] = *x;
    pthread_mutex_unlock(&r->lock);
    return n;
}

const struct turn *turn_of(const struct turn *live, int n, int64_t id)
{
    for (int i = 0; i < n; i++)
        if (live[i].id == id)
            return &live[i];
    return NULL;
}

enum yh_status turn_stop(struct call *c, const struct turn_kind *kind, int64_t id,
                         struct yh_err *err)
{
    struct yh_portal_turns *r = c->p->turns;
    bool found = false;
    pthread_mutex_lock(&r->lock);
    for (struct turn *n = r->first; n; n = n->next)
        if (n->kind == kind && n->id == id && !n->stop) {
            n->stop = true;
            found = true;
        }
    pthread_mutex_unlock(&r->lock);
    return found ? YH_OK : yh_fail(err, YH_CONFLICT, "这次重放已经结束");
}

void put_turn(const struct turn *live, const struct turn_row *row, struct yh_jsonw *w)
{
    /* A row that nobody works on any more was left behind. */
    bool waits = yh_eq(row->state, YH_S("waiting"));
    yh_str state = !waits          ? row->state
                   : !live         ? YH_S("stopped")
                   : live->running ? YH_S("running")
                   : live->stop    ? YH_S("stopped") /* before its turn came */
                                   : YH_S("waiting");
    yh_jw_kv_str(w, "state", state);
    yh_jw_kv_i64(w, "done", live ? live->done : row->done);
    yh_jw_kv_i64(w, "all", live ? live->all : row->all);
    yh_jw_kv_str(w, "message",
                 !waits       ? row->message
                 : !live      ? YH_S("服务停止时中断，请再跑一次")
                 : live->stop ? YH_S("已停止")
                              : YH_S(""));
    yh_jw_kv_time(w, "began", row->began);
    yh_jw_kv_time(w, "ended", row->ended);
}
