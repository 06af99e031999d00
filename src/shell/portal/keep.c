/* shell/portal/keep.c -- answers that take seconds to find: made beside everything on one thread of low
 * priority, kept for a while, handed out as they are; who asks before they are there is told to ask
 * again. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "shell/portal/inside.h"

#define KEPT 24
#define KEY_MAX 200
#define TEXT_MAX (16 << 20) /* of an answer: who asks takes a copy into the call's arena */

struct kept {
    char key[KEY_MAX]; /* "" = empty */
    yh_str text;       /* on the heap; NULL: not there yet */
    yh_time as_of, done, asked;
    char failed[320];
    enum yh_status status; /* of the failure */
};
struct yh_portal_keep {
    struct yh_portal *p;
    pthread_mutex_t lock;
    pthread_t thread;
    bool running, joined;
    atomic_bool stop;
    struct kept *now; /* what the thread makes */
    keep_fn *make;
    struct kept kept[KEPT];
};

struct yh_portal_keep *keep_open(struct yh_portal *p)
{
    struct yh_portal_keep *k = yh_heap(NULL, sizeof *k);
    memset(k, 0, sizeof *k);
    k->p = p;
    k->joined = true;
    pthread_mutex_init(&k->lock, NULL);
    return k;
}

void keep_stop(struct yh_portal_keep *k)
{
    pthread_mutex_lock(&k->lock);
    k->stop = true; /* none is begun from now on */
    bool begun = !k->joined;
    k->joined = true;
    pthread_mutex_unlock(&k->lock);
    if (begun)
        pthread_join(k->thread, NULL);
}

static void drop(struct kept *e)
{
    if (e->text.p)
        (void)yh_heap((void *)(uintptr_t)e->text.p, 0);
    *e = (struct kept){ .status = YH_OK };
}

void keep_close(struct yh_portal_keep *k)
{
    for (int i = 0; i < KEPT; i++)
        drop(&k->kept[i]);
    pthread_mutex_destroy(&k->lock);
    yh_heap(k, 0);
}

static enum yh_status made(struct yh_portal_keep *k, struct yh_arena *a, yh_str key,
                           struct yh_buf *out, struct yh_err *err)
{
    struct yh_txn view;
    enum yh_status st = yh_view_open(yh_service_store(k->p->config.service), a, &view, err);
    if (st)
        return st;
    struct yh_look look = { &view, &k->p->config.realm->world, a, portal_now() };
    struct yh_jsonw w = yh_jsonw_on(out);
    jmp_buf full;
    a->guard = &full;
    if (setjmp(full))
        st = yh_fail(err, YH_LIMIT, "内容过多，请缩小范围");
    else
        st = k->make(k->p, &look, key, &k->stop, &w, err);
    a->guard = NULL;
    yh_view_close(&view);
    if (st == YH_OK && out->n > TEXT_MAX)
        st = yh_fail(err, YH_LIMIT, "内容过多，请缩小范围");
    return st;
}

static void *keep_thread(void *arg)
{
    struct yh_portal_keep *k = arg;
    struct yh_arena a = { 0 };
    struct yh_err err = { 0 };
    struct yh_buf out;
    yh_time from = portal_now();
    (void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 15); /* settlement comes first */
    enum yh_status st = yh_arena_open(&a, (size_t)2 << 30, &err);
    if (st == YH_OK) {
        out = yh_buf_in(&a);
        st = made(k, &a, yh_cstr(k->now->key), &out, &err);
    }
    pthread_mutex_lock(&k->lock);
    struct kept *e = k->now;
    e->status = st;
    e->as_of = from;
    e->done = portal_now();
    if (st) {
        (void)snprintf(e->failed, sizeof e->failed, "%s", err.text);
    } else {
        char *p = yh_heap((void *)(uintptr_t)e->text.p, (size_t)out.n + 1);
        memcpy(p, out.p, (size_t)out.n);
        e->text = (yh_str){ p, out.n };
    }
    k->running = false;
    pthread_mutex_unlock(&k->lock);
    yh_arena_close(&a);
    return NULL;
}

static struct kept *find(struct yh_portal_keep *k, yh_str key)
{
    struct kept *oldest = NULL;
    for (int i = 0; i < KEPT; i++)
        if (yh_eq(yh_cstr(k->kept[i].key), key))
            return &k->kept[i];
    for (int i = 0; i < KEPT; i++)
        if (!(k->running && &k->kept[i] == k->now) &&
            (!oldest || k->kept[i].asked < oldest->asked))
            oldest = &k->kept[i];
    drop(oldest);
    (void)snprintf(oldest->key, sizeof oldest->key, "%.*s", YH_ARG(key));
    return oldest;
}

enum yh_status keep_put(struct call *c, keep_fn *make, yh_str key, int age, struct yh_jsonw *w,
                        struct yh_err *err)
{
    struct yh_portal_keep *k = c->p->keep;
    enum yh_status st = YH_OK;
    char text[32];
    if (key.n >= KEY_MAX)
        return yh_fail(err, YH_BAD_INPUT, "条件太长");
    pthread_mutex_lock(&k->lock);
    struct kept *e = find(k, key);
    e->asked = c->look.now;
    bool fresh = e->text.p && portal_now() - e->done <= age;
    bool making = k->running && e == k->now;
    if (!fresh && !making && e->status) {
        st = yh_fail(err, e->status == YH_RETRY ? YH_LIMIT : e->status, "%s", e->failed);
        e->status = YH_OK;
    } else if (!fresh && !k->running && !k->stop) {
        if (!k->joined)
            pthread_join(k->thread, NULL);
        k->now = e;
        k->make = make;
        k->running = true;
        k->joined = pthread_create(&k->thread, NULL, keep_thread, k) != 0;
        k->running = !k->joined;
    }
    /* Has room (TEXT_MAX): a call that were abandoned here would leave the lock behind. */
    yh_str found = fresh ? yh_dup(&c->arena, e->text) : YH_S("");
    yh_time as_of = e->as_of;
    pthread_mutex_unlock(&k->lock);
    yh_jw_object(w);
    yh_jw_kv_str(w, "state", fresh ? YH_S("ready") : YH_S("counting"));
    yh_jw_kv_str(w, "as_of", fresh ? yh_time_text(text, as_of) : YH_S(""));
    yh_jw_kv_i64(w, "age_most", age);
    yh_jw_key(w, YH_S("found"));
    if (fresh)
        yh_jw_raw(w, found);
    else
        yh_jw_null(w);
    yh_jw_end(w, '}');
    return st;
}
