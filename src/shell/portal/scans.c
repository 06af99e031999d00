/* shell/portal/scans.c -- scans of papers over HTTP: looked at by content, sealed, kept with the matter.
 *
 * The bytes lie in the store under AES-256-GCM, the key from the folder's portal.key, bound to the matter
 * and the digest: a box moved to another row does not open.  Each look is noted; a PDF is handed out for
 * saving only, since it could run something that its plain bytes do not show. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "service/portal/matters.h"
#include "shell/portal/inside.h"

struct sent {
    struct yh_scan_in in;
};

static yh_str about(struct call *c, yh_str matter, yh_str digest)
{
    return yh_fmt(&c->arena, "%.*s %.*s", YH_ARG(matter), YH_ARG(digest));
}

static bool mine(const struct call *c)
{
    return c->route->area == OWN;
}

/* The matter, if it is this person's or within this clerk's area; else as one that is not there. */
static enum yh_status take(struct call *c, struct yh_matter_row *m, struct yh_err *err)
{
    enum yh_status st = yh_matter_get(c->look.x, c->param[0], m, err);
    bool ours =
        st == YH_OK && (mine(c) ? yh_eq(m->person, c->subject)
                                : within_area(yh_cstr(c->who.area), m->region, m->office));
    if (st == YH_OK && !ours)
        return yh_fail_field(err, YH_NOT_FOUND, "matter", "", "没有这个办件");
    return st;
}

/* A clerk's look at the matter; a person's own is noted by the row's area already. */
static enum yh_status noted(struct call *c, const struct yh_matter_row *m, struct yh_err *err)
{
    return mine(c) || note_look(c, m->region, m->grp, m->person, m->matter)
               ? YH_OK
               : yh_fail(err, YH_RETRY, "查阅记录来不及写入");
}

static struct yh_matter_desk desk_of(struct call *c)
{
    bool clerk = !mine(c);
    return yh_matter_desk_of(&c->look, clerk ? yh_cstr(c->who.user) : YH_S(""),
                             clerk ? yh_cstr(c->who.name) : YH_S(""));
}

static enum yh_status reply(struct call *c, const struct yh_matter_row *m, struct yh_jsonw *w,
                            struct yh_err *err)
{
    return yh_look_matter(&c->look, m, desk_of(c).officer, w, err);
}

/* ---- adding ---- */

static enum yh_status add_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    const struct sent *s = c->state;
    struct yh_matter_desk d = desk_of(c);
    struct yh_matter_row m;
    enum yh_status st = take(c, &m, err);
    if (st == YH_OK)
        st = yh_scan_add(&d, &m, &s->in, err);
    return st ? st : reply(c, &m, w, err);
}

static enum yh_status add(struct call *c, struct yh_err *err)
{
    struct yh_matter_row m;
    struct yh_scan look;
    struct sent *s = YH_NEW(&c->arena, struct sent, 1);
    yh_str bytes = in_bytes(c);
    uint8_t digest[32];
    enum yh_status st = take(c, &m, err);
    if (st == YH_OK)
        st = noted(c, &m, err);
    if (st == YH_OK)
        st = yh_scan_look(bytes, &look, err);
    if (st)
        return st;
    char *hex = YH_NEW(&c->arena, char, 64);
    yh_sha256_of(bytes, digest);
    yh_hex(hex, digest, 32);
    s->in = (struct yh_scan_in){ .paper = yh_trim(in_text(c, "paper")),
                                 .name = yh_trim(in_text(c, "name")),
                                 .type = yh_cstr(look.type),
                                 .digest = (yh_str){ hex, 64 },
                                 .bytes = bytes.n };
    s->in.sealed = seal_file(&c->arena, c->p->key, about(c, m.matter, s->in.digest), bytes);
    c->state = s;
    c->write = add_write;
    return YH_OK;
}

/* ---- looking ---- */

static enum yh_status look_at(struct call *c, struct yh_err *err)
{
    struct yh_matter_row m;
    struct yh_scan_row s;
    yh_str sealed, bytes;
    int64_t nth = 0;
    enum yh_status st = take(c, &m, err);
    if (st == YH_OK)
        st = noted(c, &m, err);
    if (st == YH_OK)
        st = yh_int_parse(c->param[1], &nth, NULL)
                 ? yh_fail_field(err, YH_NOT_FOUND, "scan", "", "没有这份材料")
                 : yh_scan_get(c->look.x, &m, nth, &s, &sealed, err);
    if (st)
        return st;
    if (!unseal_file(&c->arena, c->p->key, about(c, m.matter, s.digest), sealed, &bytes))
        return yh_fail_field(
            err, YH_CONFLICT, "scan", "",
            "这份材料打不开：存它时用的不是现在的 portal.key，或存的内容已损坏");
    bool pdf = yh_eq(s.type, YH_S("application/pdf"));
    reply_file(c, bytes,
               pdf                                ? "application/pdf"
               : yh_eq(s.type, YH_S("image/png")) ? "image/png"
                                                  : "image/jpeg",
               yh_fmt(&c->arena, "%.*s-%d", YH_ARG(m.matter), (int)s.nth),
               pdf                                ? "pdf"
               : yh_eq(s.type, YH_S("image/png")) ? "png"
                                                  : "jpg");
    c->save = pdf;
    return YH_OK;
}

/* ---- removing ---- */

static enum yh_status drop_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_matter_desk d = desk_of(c);
    struct yh_matter_row m;
    int64_t nth = 0;
    enum yh_status st = take(c, &m, err);
    if (st == YH_OK && yh_int_parse(c->param[1], &nth, NULL))
        st = yh_fail_field(err, YH_NOT_FOUND, "scan", "", "没有这份材料");
    if (st == YH_OK)
        st = yh_scan_remove(&d, &m, nth, yh_trim(in_text(c, "why")), err);
    return st ? st : reply(c, &m, w, err);
}

static enum yh_status drop(struct call *c, struct yh_err *err)
{
    struct yh_matter_row m;
    enum yh_status st = take(c, &m, err);
    if (st == YH_OK)
        st = noted(c, &m, err);
    c->write = st ? NULL : drop_write;
    return st;
}

/* ---- the routes ---- */

enum yh_status portal_matter_scan_add(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    return add(c, err);
}

enum yh_status portal_my_scan_add(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    return add(c, err);
}

enum yh_status portal_matter_scan(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    return look_at(c, err);
}

enum yh_status portal_my_scan(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    return look_at(c, err);
}

enum yh_status portal_matter_scan_drop(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    return drop(c, err);
}

enum yh_status portal_my_scan_drop(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    return drop(c, err);
}

/* ---- the rule: kept so long and no longer ---- */

#define SWEEP_MOST 20 /* of one transaction, which holds the groups of all of them */
#define SWEEP_EVERY 3600

struct yh_portal_sweep {
    struct yh_portal *p;
    struct yh_arena arena;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t told; /* a task has ended, or it is to stop */
    bool ended, stopping;
    int gone;
};

static enum yh_status sweep_work(void *user, struct yh_txn *x, struct yh_err *err)
{
    struct yh_portal_sweep *s = user;
    return yh_scans_sweep(x, &s->arena, portal_now(), SWEEP_MOST, &s->gone, err);
}

static void sweep_done(void *user, enum yh_status status, const struct yh_err *err)
{
    struct yh_portal_sweep *s = user;
    if (status)
        fprintf(stderr, "警告：到期材料未能删除，稍后重试：%s\n", err->text);
    pthread_mutex_lock(&s->lock);
    s->ended = true;
    if (status)
        s->gone = 0;
    pthread_cond_signal(&s->told);
    pthread_mutex_unlock(&s->lock);
}

/* One transaction's worth; false: there is no more to do. */
static bool sweep_some(struct yh_portal_sweep *s)
{
    struct yh_gateway_task task = { sweep_work, sweep_done, s, &s->arena };
    s->ended = false;
    s->gone = 0;
    if (!yh_gateway_submit(s->p->gateway, &task))
        return false;
    pthread_mutex_lock(&s->lock);
    while (!s->ended)
        pthread_cond_wait(&s->told, &s->lock);
    bool more = s->gone == SWEEP_MOST && !s->stopping;
    pthread_mutex_unlock(&s->lock);
    yh_arena_reset(&s->arena);
    return more;
}

static void *sweep_thread(void *sweep)
{
    struct yh_portal_sweep *s = sweep;
    struct timespec at;
    bool stopping = false;
    clock_gettime(CLOCK_REALTIME, &at);
    while (!stopping) {
        while (sweep_some(s))
            ;
        at.tv_sec += SWEEP_EVERY;
        pthread_mutex_lock(&s->lock);
        while (!s->stopping && pthread_cond_timedwait(&s->told, &s->lock, &at) == 0)
            ;
        stopping = s->stopping;
        pthread_mutex_unlock(&s->lock);
    }
    return NULL;
}

struct yh_portal_sweep *sweep_open(struct yh_portal *p)
{
    struct yh_portal_sweep *s = yh_heap(NULL, sizeof *s);
    memset(s, 0, sizeof *s);
    s->p = p;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->told, NULL);
    if (yh_arena_open(&s->arena, (size_t)16 << 20, NULL) == YH_OK &&
        !pthread_create(&s->thread, NULL, sweep_thread, s))
        return s;
    fprintf(stderr, "警告：不能启动线程，到期材料暂不删除\n");
    yh_arena_close(&s->arena);
    yh_heap(s, 0);
    return NULL;
}

void sweep_close(struct yh_portal_sweep *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_signal(&s->told);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    pthread_cond_destroy(&s->told);
    pthread_mutex_destroy(&s->lock);
    yh_arena_close(&s->arena);
    yh_heap(s, 0);
}
