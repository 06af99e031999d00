#include "service/audit/inside.h"

#include <pthread.h>

#define WORDS_ARENA ((size_t)1 << 30)
#define CHUNK_ARENA ((size_t)2 << 30)
#define AHEAD 3 /* chunks that may wait for their turn, a thread */

void yh_audit_open(struct yh_arena *a, const struct yh_archive *archive,
                   const struct yh_rules *rules, struct yh_audit_result *out)
{
    *out = (struct yh_audit_result){
        .nprovider = (int)archive->providers.n[YH_ARC_provider],
        .ncounty = archive->dicts.of[YH_DICT_OFFICE].n,
    };
    out->rule = YH_NEW(a, struct yh_audit_sum, rules->n);
    out->provider = YH_NEW(a, struct yh_audit_sum, out->nprovider);
    out->county = YH_NEW(a, struct yh_audit_sum, out->ncounty);
}

/* What one chunk gave. */
struct found {
    struct yh_arena arena;
    struct yh_hit *hit;
    int64_t *rule, *provider; /* of each hit */
    int n, cap;
    bool *new_person; /* the person's first hit of the rule */
    struct {
        yh_fen item, fund, method, person;
    } * money;
    int64_t persons, visits, lines;
    bool ready;
    enum yh_status status;
    struct yh_err err;
};

struct shared {
    const struct yh_archive *archive;
    const struct yh_audit_options *opt;
    struct found *slot; /* by chunk modulo nslot */
    int nslot, next, written, end;
    bool stopping;
    pthread_mutex_t lock;
    pthread_cond_t room, ready;
};

struct worker {
    struct shared *s;
    pthread_t thread;
    struct yh_arena words, chunk;
    struct yh_audit_words w;
};

/* Money of a hit without its words. */
static void sum_marks(const struct yh_mon_person *p, const struct yh_mon_hit *h, yh_fen *item)
{
    (void)p;
    for (int i = 0; i < h->nmark; i++)
        if (h->mark[i].stake)
            *item += h->mark[i].claimed;
}

static void keep(struct found *f, const struct yh_hit *h, int rule, int64_t provider,
                 bool fresh)
{
    if (f->n == f->cap) {
        int cap = f->cap ? f->cap * 2 : 256;
        struct yh_hit *list = YH_NEW(&f->arena, struct yh_hit, cap);
        int64_t *rules = YH_NEW(&f->arena, int64_t, cap);
        int64_t *providers = YH_NEW(&f->arena, int64_t, cap);
        bool *news = YH_NEW(&f->arena, bool, cap);
        if (f->n) {
            memcpy(list, f->hit, (size_t)f->n * sizeof *list);
            memcpy(rules, f->rule, (size_t)f->n * sizeof *rules);
            memcpy(providers, f->provider, (size_t)f->n * sizeof *providers);
            memcpy(news, f->new_person, (size_t)f->n * sizeof *news);
        }
        f->hit = list, f->rule = rules, f->provider = providers, f->new_person = news;
        f->cap = cap;
    }
    f->hit[f->n] = *h;
    f->rule[f->n] = rule;
    f->provider[f->n] = provider;
    f->new_person[f->n++] = fresh;
}

static void audit_person(struct worker *w, const struct yh_arc_chunk *c,
                         struct yh_arena scratch, struct yh_mon_person *p, int64_t row,
                         struct found *f)
{
    const struct yh_audit_options *opt = w->s->opt;
    struct yh_mon_hit *h;
    int n = yh_monitor_run(w->w.m, &scratch, p, -1, YH_STAGE_AFTER, &h);
    for (int i = 0; i < n; i++) {
        yh_day last = h[i].nmark ? h[i].to : p->visit[h[i].visit].end;
        if (last < opt->since)
            continue;
        bool fresh = true;
        for (int k = 0; k < i && fresh; k++)
            fresh = h[k].rule != h[i].rule;
        struct yh_hit told = { 0 };
        if (opt->count) {
            sum_marks(p, &h[i], &told.item_money);
        } else {
            yh_audit_name(&f->arena, w->s->archive, c, &h[i], row, p);
            yh_monitor_tell(w->w.m, &f->arena, p, &h[i], YH_STAGE_AFTER, &told);
        }
        keep(f, &told, h[i].rule, p->visit[h[i].visit].provider, fresh);
    }
}

static void audit_chunk(struct worker *w, int chunk, struct found *f)
{
    struct yh_arc_chunk c;
    struct yh_audit_chunk facts;
    f->n = f->cap = 0;
    f->status = yh_archive_chunk(w->s->archive, chunk, &c, &f->err);
    if (f->status)
        return;
    yh_arena_reset(&w->chunk);
    yh_audit_facts(&w->chunk, w->s->archive, &c, &w->w, w->s->opt->stay_method,
                   w->s->opt->goods, chunk, &facts);
    f->lines = facts.lines;
    f->visits = facts.visits;
    f->persons = facts.n;
    for (int i = 0; i < facts.n; i++)
        audit_person(w, &c, w->chunk, &facts.person[i], facts.row[i], f);
    yh_archive_drop(w->s->archive, chunk);
}

static void *work(void *arg)
{
    struct worker *w = arg;
    struct shared *s = w->s;
    yh_audit_words(&w->words, s->archive, s->opt->rules, s->opt->catalog, &w->w);
    yh_monitor_just(w->w.m, s->opt->just);
    yh_monitor_terms(w->w.m, s->opt->terms, s->opt->catalog);
    for (;;) {
        pthread_mutex_lock(&s->lock);
        while (!s->stopping && s->next < s->end && s->next >= s->written + s->nslot)
            pthread_cond_wait(&s->room, &s->lock);
        int chunk = s->stopping || s->next >= s->end ? -1 : s->next++;
        pthread_mutex_unlock(&s->lock);
        if (chunk < 0)
            return NULL;
        struct found *f = &s->slot[chunk % s->nslot];
        yh_arena_reset(&f->arena);
        audit_chunk(w, chunk, f);
        pthread_mutex_lock(&s->lock);
        f->ready = true;
        pthread_cond_broadcast(&s->ready);
        pthread_mutex_unlock(&s->lock);
    }
}

static void add(struct yh_audit_sum *s, const struct yh_hit *h, bool fresh)
{
    s->hits++;
    s->persons += fresh;
    s->item += h->item_money;
    s->fund += h->fund_item;
    s->method += h->fund_method;
    s->person += h->person_item + h->outside_item;
}

void yh_audit_add(const struct yh_archive *archive, struct yh_audit_result *out, int64_t rule,
                  int64_t provider, const struct yh_hit *h)
{
    add(&out->rule[rule], h, true);
    add(&out->provider[provider], h, false);
    add(&out->county[YH_ARC(&archive->providers, provider, office, provider)], h, false);
    out->hits++;
}

static void hand_over(struct shared *s, struct found *f, struct yh_audit_result *out)
{
    const struct yh_arc_chunk *p = &s->archive->providers;
    for (int i = 0; i < f->n; i++) {
        const struct yh_hit *h = &f->hit[i];
        add(&out->rule[f->rule[i]], h, f->new_person[i]);
        add(&out->provider[f->provider[i]], h, false);
        int64_t county = YH_ARC(p, provider, office, f->provider[i]);
        add(&out->county[county], h, false);
        if (s->opt->hit && !s->opt->count)
            s->opt->hit(s->opt->user, h);
    }
    out->hits += f->n;
    out->persons += f->persons;
    out->visits += f->visits;
    out->lines += f->lines;
}

/* Takes the chunks in their order until all are done. */
static enum yh_status collect(struct shared *s, struct yh_audit_result *out, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    for (int chunk = s->opt->first; chunk < s->end && !st; chunk++) {
        struct found *f = &s->slot[chunk % s->nslot];
        pthread_mutex_lock(&s->lock);
        while (!f->ready)
            pthread_cond_wait(&s->ready, &s->lock);
        pthread_mutex_unlock(&s->lock);
        st = f->status;
        if (st) {
            *err = f->err;
        } else {
            hand_over(s, f, out);
            out->next = chunk + 1;
            if (s->opt->chunk)
                s->opt->chunk(s->opt->user, chunk, out->lines, s->archive->lines);
        }
        if (!st && s->opt->stop && *s->opt->stop && chunk + 1 < s->end)
            st = yh_fail(err, YH_RETRY, "中断了，已做完 %d 块，共 %d 块", chunk + 1, s->end);
        pthread_mutex_lock(&s->lock);
        f->ready = false;
        s->written = chunk + 1;
        s->stopping |= st != YH_OK;
        pthread_cond_broadcast(&s->room);
        pthread_mutex_unlock(&s->lock);
    }
    return st;
}

enum yh_status yh_audit_run(const struct yh_archive *archive,
                            const struct yh_audit_options *opt, struct yh_audit_result *out,
                            struct yh_err *err)
{
    struct yh_err own;
    err = err ? err : &own;
    int threads = opt->threads < 1 ? 1 : opt->threads > 64 ? 64 : opt->threads;
    struct shared s = { .archive = archive,
                        .opt = opt,
                        .nslot = threads * AHEAD,
                        .next = opt->first,
                        .written = opt->first,
                        .end = archive->nchunk,
                        .lock = PTHREAD_MUTEX_INITIALIZER,
                        .room = PTHREAD_COND_INITIALIZER,
                        .ready = PTHREAD_COND_INITIALIZER };
    struct worker *w = yh_heap(NULL, sizeof *w * (size_t)threads);
    s.slot = yh_heap(NULL, sizeof *s.slot * (size_t)s.nslot);
    memset(w, 0, sizeof *w * (size_t)threads);
    memset(s.slot, 0, sizeof *s.slot * (size_t)s.nslot);
    enum yh_status st = YH_OK;
    for (int i = 0; i < s.nslot && !st; i++)
        st = yh_arena_open(&s.slot[i].arena, CHUNK_ARENA, err);
    if (st == YH_OK && s.nslot)
        st = yh_audit_sound(s.slot[0].arena, archive, err);
    int running = 0;
    for (; running < threads && !st; running++) {
        w[running].s = &s;
        st = yh_arena_open(&w[running].words, WORDS_ARENA, err);
        st = st ? st : yh_arena_open(&w[running].chunk, CHUNK_ARENA, err);
        if (!st && pthread_create(&w[running].thread, NULL, work, &w[running]))
            st = yh_fail(err, YH_IO, "开不了线程");
        if (st)
            break;
    }
    if (!st)
        st = collect(&s, out, err);
    if (!st)
        st = yh_audit_patterns(archive, opt, out, err);
    pthread_mutex_lock(&s.lock);
    s.stopping = true;
    pthread_cond_broadcast(&s.room);
    pthread_mutex_unlock(&s.lock);
    for (int i = 0; i < running; i++)
        pthread_join(w[i].thread, NULL);
    for (int i = 0; i < threads; i++) {
        yh_arena_close(&w[i].words);
        yh_arena_close(&w[i].chunk);
    }
    for (int i = 0; i < s.nslot; i++)
        yh_arena_close(&s.slot[i].arena);
    yh_heap(s.slot, 0);
    yh_heap(w, 0);
    return st;
}
