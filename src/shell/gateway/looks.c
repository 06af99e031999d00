#include "shell/gateway/looks.h"
#include <pthread.h>
#include <stdio.h>
#include <sys/random.h>
#include <time.h>

#define NOTES 8192   /* that wait, and as many that are being written */
#define DELAY_MS 500 /* from a note to its writing */

struct note {
    char region[8], person[32], user[64], user_name[128], role[16], purpose[16], route[32],
        object[32];
    int64_t grp, times;
    yh_time time;
    bool unmasked;
    int next; /* in its chain; -1 = end */
};

/* Notes by what they say, chained. */
struct notes {
    struct note *note;
    int n, head[NOTES];
};

struct yh_looks {
    struct yh_gateway *gateway;
    pthread_mutex_t lock;
    pthread_cond_t wake, ended; /* there is something to write; it has been tried */
    struct notes side[2];
    int filling; /* the side that takes notes; the other one is being written */
    bool started, stopping, tried, kept;
    pthread_t thread;
    struct yh_arena arena; /* of the task */
};

/* ---- notes ---- */

static struct note note_of(const struct yh_look_note *n)
{
    struct note o = { .grp = n->grp, .time = n->time, .times = 1, .unmasked = n->unmasked };
    yh_copy_z(o.region, sizeof o.region, n->region);
    yh_copy_z(o.person, sizeof o.person, n->person);
    yh_copy_z(o.user, sizeof o.user, n->user);
    yh_copy_z(o.user_name, sizeof o.user_name, n->user_name);
    yh_copy_z(o.role, sizeof o.role, n->role);
    yh_copy_z(o.purpose, sizeof o.purpose, n->purpose);
    yh_copy_z(o.route, sizeof o.route, n->route);
    yh_copy_z(o.object, sizeof o.object, n->object);
    return o;
}

static bool same(const struct note *a, const struct note *b)
{
    return a->grp == b->grp && a->unmasked == b->unmasked && !strcmp(a->person, b->person) &&
           !strcmp(a->user, b->user) && !strcmp(a->user_name, b->user_name) &&
           !strcmp(a->route, b->route) && !strcmp(a->object, b->object) &&
           !strcmp(a->purpose, b->purpose) && !strcmp(a->region, b->region);
}

static int *chain(struct notes *s, const char *person, const char *object, const char *user)
{
    uint64_t key =
        yh_hash64(yh_cstr(person), yh_hash64(yh_cstr(object), yh_hash64(yh_cstr(user), 5)));
    return &s->head[key % NOTES];
}

static void clear(struct notes *s)
{
    s->n = 0;
    for (int i = 0; i < NOTES; i++)
        s->head[i] = -1;
}

static bool put(struct notes *s, const struct note *n)
{
    int *at = chain(s, n->person, n->object, n->user);
    while (*at >= 0 && !same(&s->note[*at], n))
        at = &s->note[*at].next;
    if (*at >= 0) {
        s->note[*at].times++;
        return true;
    }
    if (s->n == NOTES)
        return false;
    s->note[s->n] = *n;
    s->note[s->n].next = -1;
    *at = s->n++;
    return true;
}

bool yh_looks_has(struct yh_looks *l, yh_str user, yh_str person, yh_str route, yh_day day)
{
    struct note n =
        note_of(&(struct yh_look_note){ .user = user, .person = person, .object = YH_S("") });
    bool found = false;
    pthread_mutex_lock(&l->lock);
    for (int i = 0; i < 2; i++) {
        const struct notes *s = &l->side[i];
        for (int at = *chain(&l->side[i], n.person, "", n.user); at >= 0; at = s->note[at].next)
            found |= !strcmp(s->note[at].person, n.person) &&
                     !strcmp(s->note[at].user, n.user) && !s->note[at].object[0] &&
                     yh_eq(yh_cstr(s->note[at].route), route) &&
                     yh_time_day(s->note[at].time) == day;
    }
    pthread_mutex_unlock(&l->lock);
    return found;
}

/* ---- writing ---- */

static enum yh_status write_one(struct yh_txn *x, const struct yh_look_note *n, int64_t times,
                                struct yh_err *err)
{
    uint8_t random[8];
    char entry[17];
    if (getrandom(random, sizeof random, 0) != sizeof random)
        yh_assert(!"no random bytes");
    yh_hex(entry, random, sizeof random);
    struct yh_access_log_row r = { .region = n->region,
                                   .grp = n->grp,
                                   .person = n->person,
                                   .time = n->time,
                                   .entry = { entry, 16 },
                                   .user = n->user,
                                   .user_name = n->user_name,
                                   .role = n->role,
                                   .purpose = n->purpose,
                                   .route = n->route,
                                   .object = n->object,
                                   .times = times,
                                   .unmasked = n->unmasked };
    yh_txn_group(x, (struct yh_group){ r.region, r.grp });
    return yh_add_access_log(x, &r, err);
}

enum yh_status yh_looks_write(struct yh_txn *x, const struct yh_look_note *n, int count,
                              struct yh_err *err)
{
    enum yh_status st = YH_OK;
    for (int i = 0; st == YH_OK && i < count; i++)
        st = write_one(x, &n[i], 1, err);
    return st;
}

static enum yh_status write_side(const struct notes *s, struct yh_txn *x, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    for (int i = 0; st == YH_OK && i < s->n; i++) {
        const struct note *n = &s->note[i];
        struct yh_look_note o = { .region = yh_cstr(n->region),
                                  .grp = n->grp,
                                  .person = yh_cstr(n->person),
                                  .time = n->time,
                                  .user = yh_cstr(n->user),
                                  .user_name = yh_cstr(n->user_name),
                                  .role = yh_cstr(n->role),
                                  .purpose = yh_cstr(n->purpose),
                                  .route = yh_cstr(n->route),
                                  .object = yh_cstr(n->object),
                                  .unmasked = n->unmasked };
        st = write_one(x, &o, n->times, err);
    }
    return st;
}

int yh_looks_count(const struct yh_looks *l)
{
    return l->side[0].n + l->side[1].n;
}

enum yh_status yh_looks_left(void *looks, struct yh_txn *x, struct yh_err *err)
{
    const struct yh_looks *l = looks;
    enum yh_status st = write_side(&l->side[0], x, err);
    return st ? st : write_side(&l->side[1], x, err);
}

static enum yh_status work(void *looks, struct yh_txn *x, struct yh_err *err)
{
    const struct yh_looks *l = looks;
    return write_side(&l->side[!l->filling], x, err);
}

static void done(void *looks, enum yh_status status, const struct yh_err *err)
{
    struct yh_looks *l = looks;
    if (status)
        fprintf(stderr, "警告：查阅记录未写入，稍后重试：%s\n", err->text);
    pthread_mutex_lock(&l->lock);
    l->tried = true;
    l->kept = status == YH_OK;
    pthread_cond_signal(&l->ended);
    pthread_mutex_unlock(&l->lock);
}

/* The lock is held, but not while the writer works. */
static void write_all(struct yh_looks *l)
{
    l->tried = l->kept = false;
    pthread_mutex_unlock(&l->lock);
    struct yh_gateway_task task = { work, done, l, &l->arena };
    bool taken = yh_gateway_submit(l->gateway, &task);
    pthread_mutex_lock(&l->lock);
    while (taken && !l->tried)
        pthread_cond_wait(&l->ended, &l->lock);
    yh_arena_reset(&l->arena);
    if (l->kept)
        clear(&l->side[!l->filling]);
}

static void wait_a_little(struct yh_looks *l)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_nsec += DELAY_MS * 1000000L;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&l->wake, &l->lock, &t);
}

static void *thread(void *looks)
{
    struct yh_looks *l = looks;
    pthread_mutex_lock(&l->lock);
    while (!l->stopping) {
        if (yh_looks_count(l) == 0)
            pthread_cond_wait(&l->wake, &l->lock);
        if (!l->stopping && (!l->kept || l->side[l->filling].n <= NOTES / 2))
            wait_a_little(l);
        if (!l->side[!l->filling].n)
            l->filling = !l->filling;
        if (l->side[!l->filling].n)
            write_all(l);
    }
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

/* ---- the faces ---- */

struct yh_looks *yh_looks_open(struct yh_gateway *g)
{
    struct yh_looks *l = yh_heap(NULL, sizeof *l);
    memset(l, 0, sizeof *l);
    l->gateway = g;
    l->kept = true;
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->wake, NULL);
    pthread_cond_init(&l->ended, NULL);
    clear(&l->side[0]);
    clear(&l->side[1]);
    return l;
}

/* With the lock held: memory and thread, which many a gateway never needs. */
static bool start(struct yh_looks *l)
{
    if (l->started || l->stopping)
        return l->started && !l->stopping;
    if (yh_arena_open(&l->arena, (size_t)64 << 20, NULL))
        return false;
    for (int i = 0; i < 2; i++)
        if (!l->side[i].note)
            l->side[i].note = yh_heap(NULL, NOTES * sizeof(struct note));
    l->started = !pthread_create(&l->thread, NULL, thread, l);
    if (!l->started)
        yh_arena_close(&l->arena);
    return l->started;
}

bool yh_looks_add(struct yh_looks *l, const struct yh_look_note *n)
{
    struct note one = note_of(n);
    pthread_mutex_lock(&l->lock);
    struct notes *s = &l->side[l->filling];
    bool first = s->n == 0;
    bool ok = (start(l) || l->stopping) && s->note && put(s, &one);
    if (ok && (first || s->n == NOTES / 2 + 1))
        pthread_cond_signal(&l->wake);
    pthread_mutex_unlock(&l->lock);
    return ok;
}

void yh_looks_stop(struct yh_looks *l)
{
    pthread_mutex_lock(&l->lock);
    bool join = l->started && !l->stopping;
    l->stopping = true;
    pthread_cond_signal(&l->wake);
    pthread_mutex_unlock(&l->lock);
    if (join)
        pthread_join(l->thread, NULL);
}

void yh_looks_close(struct yh_looks *l)
{
    if (l->started)
        yh_arena_close(&l->arena);
    for (int i = 0; i < 2; i++)
        yh_heap(l->side[i].note, 0);
    yh_heap(l, 0);
}
