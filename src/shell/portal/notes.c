/* shell/portal/notes.c -- every look at a person, noted and written at most a second later. */
#include <stdio.h>
#include <time.h>
#include "shell/portal/inside.h"

static void copy(char *to, size_t n, yh_str from)
{
    (void)snprintf(to, n, "%.*s", YH_ARG(from));
}

static bool same(const struct look_note *a, const struct look_note *b)
{
    return a->grp == b->grp && a->unmasked == b->unmasked && !strcmp(a->person, b->person) &&
           !strcmp(a->user, b->user) && !strcmp(a->route, b->route) &&
           !strcmp(a->object, b->object) && !strcmp(a->purpose, b->purpose) &&
           !strcmp(a->region, b->region);
}

bool note_look(struct call *c, yh_str region, int64_t grp, yh_str person, yh_str object)
{
    struct yh_portal *p = c->p;
    struct look_note n = { .grp = grp,
                           .time = c->look.now,
                           .times = 1,
                           .unmasked = c->unmask || yh_eq(c->purpose, YH_S("self")) };
    copy(n.region, sizeof n.region, region);
    copy(n.person, sizeof n.person, person);
    copy(n.user, sizeof n.user, yh_cstr(c->who.user));
    copy(n.user_name, sizeof n.user_name, yh_cstr(c->who.name));
    copy(n.role, sizeof n.role, yh_cstr(role_word(c->who.role)));
    copy(n.purpose, sizeof n.purpose, c->purpose);
    copy(n.route, sizeof n.route, yh_cstr(c->route->name));
    copy(n.object, sizeof n.object, object);
    uint64_t key = yh_hash64(person, yh_hash64(object, yh_hash64(yh_cstr(n.user), 5)));
    pthread_mutex_lock(&p->lock);
    int *at = &p->note_head[key % NOTES];
    while (*at >= 0 && !same(&p->note[*at], &n))
        at = &p->note[*at].next;
    bool ok = true;
    if (*at >= 0) {
        p->note[*at].times++;
    } else if (p->nnote < NOTES) {
        n.next = -1;
        p->note[p->nnote] = n;
        *at = p->nnote++;
    } else {
        ok = false;
    }
    if (p->nnote > NOTES / 2)
        pthread_cond_signal(&p->log_now);
    pthread_mutex_unlock(&p->lock);
    return ok;
}

/* What is being written. */
struct batch {
    struct yh_portal *p;
    struct look_note *note;
    int n;
    struct yh_arena arena;
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool ended, kept;
};

static enum yh_status write_notes(void *user, struct yh_txn *x, struct yh_err *err)
{
    struct batch *b = user;
    for (int i = 0; i < b->n; i++) {
        const struct look_note *n = &b->note[i];
        char entry[17];
        random_hex(entry, 8);
        struct yh_access_log_row r = { .region = yh_cstr(n->region),
                                       .grp = n->grp,
                                       .person = yh_cstr(n->person),
                                       .time = n->time,
                                       .entry = yh_cstr(entry),
                                       .user = yh_cstr(n->user),
                                       .user_name = yh_cstr(n->user_name),
                                       .role = yh_cstr(n->role),
                                       .purpose = yh_cstr(n->purpose),
                                       .route = yh_cstr(n->route),
                                       .object = yh_cstr(n->object),
                                       .times = n->times,
                                       .unmasked = n->unmasked };
        yh_txn_group(x, (struct yh_group){ r.region, r.grp });
        enum yh_status st = yh_add_access_log(x, &r, err);
        if (st)
            return st;
    }
    return YH_OK;
}

static void written(void *user, enum yh_status status, const struct yh_err *err)
{
    struct batch *b = user;
    if (status)
        fprintf(stderr, "警告：查阅记录未写入，稍后重试：%s\n", err->text);
    pthread_mutex_lock(&b->lock);
    b->ended = true;
    b->kept = status == YH_OK;
    pthread_cond_signal(&b->done);
    pthread_mutex_unlock(&b->lock);
}

static bool write_batch(struct batch *b)
{
    struct yh_gateway_task task = { write_notes, written, b, &b->arena };
    b->ended = b->kept = false;
    if (!yh_gateway_submit(b->p->gateway, &task))
        return false;
    pthread_mutex_lock(&b->lock);
    while (!b->ended)
        pthread_cond_wait(&b->done, &b->lock);
    pthread_mutex_unlock(&b->lock);
    yh_arena_reset(&b->arena);
    return b->kept;
}

/* Every half second, or when half the room is taken; what could not be written is tried again. */
void *notes_thread(void *portal)
{
    struct yh_portal *p = portal;
    struct batch b = { .p = p, .note = yh_heap(NULL, NOTES * sizeof *b.note) };
    pthread_mutex_init(&b.lock, NULL);
    pthread_cond_init(&b.done, NULL);
    bool stopping = yh_arena_open(&b.arena, (size_t)64 << 20, NULL) != YH_OK;
    while (!stopping) {
        struct timespec t;
        clock_gettime(CLOCK_REALTIME, &t);
        t.tv_nsec += 500 * 1000000;
        if (t.tv_nsec >= 1000000000)
            t.tv_sec++, t.tv_nsec -= 1000000000;
        pthread_mutex_lock(&p->lock);
        if (!p->stopping && p->nnote <= NOTES / 2)
            pthread_cond_timedwait(&p->log_now, &p->lock, &t);
        stopping = p->stopping;
        if (!b.n) {
            memcpy(b.note, p->note, (size_t)p->nnote * sizeof *b.note);
            b.n = p->nnote;
            p->nnote = 0;
            for (int i = 0; i < NOTES; i++)
                p->note_head[i] = -1;
        }
        pthread_mutex_unlock(&p->lock);
        if (b.n && write_batch(&b))
            b.n = 0;
    }
    if (b.n)
        fprintf(stderr, "警告：%d 条查阅记录未能写入\n", b.n);
    yh_arena_close(&b.arena);
    yh_heap(b.note, 0);
    return NULL;
}
