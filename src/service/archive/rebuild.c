/* service/archive/rebuild.c -- a year's archive rebuilt from a store: each node's part on a thread of its own, twice
 * read, and joined in the order of the groups. */
#include <stdio.h>
#include <string.h>
#include "service/archive/inside.h"

#define TABLES ((size_t)4 << 30)
#define GROUP ((size_t)1 << 30)
#define BATCH_HEADS 2048 /* what a part hands over at once */
#define BATCH_PERSONS 8192

bool yh_rebuild_asked(const struct yh_rebuild_part *m)
{
    return m->y->asked && *m->y->asked;
}

enum yh_status yh_rebuild_stopped(struct yh_err *err)
{
    return yh_fail(err, YH_RETRY, "已中断");
}

yh_str yh_rebuild_level(struct yh_rebuild_year *y, const struct yh_provider_row *p)
{
    struct yh_json *v = NULL;
    if (!p->extra.n ||
        yh_json_read(&y->tables, p->extra, (struct yh_json_limits){ 0 }, &v, NULL))
        return YH_S("");
    return yh_json_text(yh_json_get(v, YH_S("level_kind")));
}

/* ---- what parts hand over, and who takes it ---- */

/* Waits for an empty batch; false: somebody failed. */
static bool open_batch(struct yh_rebuild_part *m)
{
    struct yh_rebuild_batch *b = &m->batch[m->making];
    pthread_mutex_lock(&m->y->mutex);
    while (b->full && !m->y->stop)
        pthread_cond_wait(&m->y->changed, &m->y->mutex);
    bool go = !m->y->stop;
    pthread_mutex_unlock(&m->y->mutex);
    yh_arc_open(&b->b, &b->rows);
    b->person = b->head = 0;
    m->b = &b->b;
    return go;
}

static void hand_over(struct yh_rebuild_part *m, bool last)
{
    pthread_mutex_lock(&m->y->mutex);
    m->batch[m->making].full = yh_arc_rows(m->b, YH_ARC_person) > 0;
    m->making = (m->making + 1) % BATCHES;
    m->ended = last;
    pthread_cond_broadcast(&m->y->changed);
    pthread_mutex_unlock(&m->y->mutex);
}

static void stop_all(struct yh_rebuild_year *y)
{
    pthread_mutex_lock(&y->mutex);
    y->stop = true;
    pthread_cond_broadcast(&y->changed);
    pthread_mutex_unlock(&y->mutex);
}

static void *read_words(void *user)
{
    struct yh_rebuild_part *m = user;
    m->st = yh_rebuild_words(m, &m->err);
    return NULL;
}

static void *make_bills(void *user)
{
    struct yh_rebuild_part *m = user;
    bool go = open_batch(m);
    m->x.arena = &m->group;
    for (int i = 0; go && m->st == YH_OK && i < m->ngrp; i++) {
        if (yh_arc_rows(m->b, YH_ARC_head) >= BATCH_HEADS ||
            yh_arc_rows(m->b, YH_ARC_person) >= BATCH_PERSONS) {
            hand_over(m, false);
            go = open_batch(m);
        }
        if (go)
            m->st = yh_rebuild_group(m, m->grp[i], &m->err);
    }
    if (m->st)
        stop_all(m->y);
    hand_over(m, true);
    return NULL;
}

/* The batch of a part whose groups come next, when it is there; NULL: the part has no more. */
static struct yh_rebuild_batch *wait_for(struct yh_rebuild_part *m)
{
    pthread_mutex_lock(&m->y->mutex);
    struct yh_rebuild_batch *b = &m->batch[m->taking];
    while (!b->full && !m->ended)
        pthread_cond_wait(&m->y->changed, &m->y->mutex);
    bool there = b->full;
    pthread_mutex_unlock(&m->y->mutex);
    return there ? b : NULL;
}

static void give_back(struct yh_rebuild_part *m)
{
    pthread_mutex_lock(&m->y->mutex);
    m->batch[m->taking].full = false;
    m->taking = (m->taking + 1) % BATCHES;
    pthread_cond_broadcast(&m->y->changed);
    pthread_mutex_unlock(&m->y->mutex);
}

struct merge {
    struct yh_rebuild_part *part;
    int n;
    struct yh_arena rows, bytes;
    struct yh_arc_builder b;
    struct yh_archive_writer *out;
};

static enum yh_status flush(struct merge *g, struct yh_err *err)
{
    yh_arena_reset(&g->bytes);
    enum yh_status st = yh_archive_append(g->out, yh_arc_encode(&g->b, &g->bytes), err);
    yh_arc_open(&g->b, &g->rows);
    return st;
}

/* All parts' groups in their order, whatever part they come from: the file is the same. */
static enum yh_status take_all(struct merge *g, struct yh_err *err)
{
    struct yh_rebuild_batch *at[YH_REBUILD_PARTS];
    enum yh_status st = YH_OK;
    yh_arc_open(&g->b, &g->rows);
    for (int i = 0; i < g->n; i++)
        at[i] = wait_for(&g->part[i]);
    while (st == YH_OK) {
        int first = -1;
        for (int i = 0; i < g->n; i++)
            if (at[i] && (first < 0 || yh_arc_group_of(&at[i]->b, at[i]->person) <
                                           yh_arc_group_of(&at[first]->b, at[first]->person)))
                first = i;
        if (first < 0)
            break;
        struct yh_rebuild_batch *b = at[first];
        yh_arc_add_group(&g->b, &b->b, &b->person, &b->head);
        if (b->person == yh_arc_rows(&b->b, YH_ARC_person)) {
            give_back(&g->part[first]);
            at[first] = wait_for(&g->part[first]);
        }
        if (yh_arc_rows(&g->b, YH_ARC_head) >= YH_ARC_CHUNK_HEADS ||
            yh_arc_rows(&g->b, YH_ARC_person) >= 4 * YH_ARC_CHUNK_HEADS)
            st = flush(g, err);
    }
    if (st == YH_OK && yh_arc_rows(&g->b, YH_ARC_person))
        st = flush(g, err);
    return st;
}

/* ---- the whole ---- */

static enum yh_status read_providers(struct yh_rebuild_year *y, struct yh_txn *x,
                                     struct yh_err *err)
{
    struct yh_provider_row like = { .provider = YH_S("") };
    struct yh_arena *keep = x->arena;
    x->arena = &y->tables;
    enum yh_status st = yh_list_provider(x, (struct yh_span){ .index = YH_BY_KEY }, &like,
                                         &y->provider, &y->nprovider, err);
    x->arena = keep;
    y->provider_at = yh_map_in(&y->tables, y->nprovider);
    for (int i = 0; i < y->nprovider; i++)
        (void)yh_map_add(&y->provider_at, y->provider[i].provider, i);
    return st;
}

static enum yh_status write_providers(struct yh_rebuild_year *y, struct yh_arena *rows,
                                      struct yh_err *err)
{
    struct yh_arc_builder b;
    yh_arc_open(&b, rows);
    for (int i = 0; i < y->nprovider; i++) {
        const struct yh_provider_row *p = &y->provider[i];
        struct yh_arc_provider x = {
            .kind = p->kind.n ? p->kind.p[0] - '0' : 1,
            .level = yh_arc_dict_find(&y->dicts, YH_DICT_LEVEL, p->level),
            .level_kind =
                yh_arc_dict_find(&y->dicts, YH_DICT_LEVEL_KIND, yh_rebuild_level(y, p)),
            .office = yh_arc_dict_find(&y->dicts, YH_DICT_OFFICE, p->office)
        };
        x.code = yh_arc_text_in(&b, p->provider);
        x.name = yh_arc_text_in(&b, p->name);
        x.services = yh_arc_text_in(&b, p->services);
        (void)yh_arc_add_provider(&b, &x);
    }
    y->provider_bytes = yh_arc_encode(&b, &y->tables);
    return yh_arc_chunk_open(y->provider_bytes, &y->provider_chunk, err);
}

/* Every document of the world, seen through the archive. */
static void lenses(struct yh_rebuild_year *y)
{
    const struct yh_world *w = y->world;
    struct yh_plan_list all = yh_world_plans(w);
    for (int i = 0; i < all.n; i++)
        yh_lens_texts(&y->dicts, all.plan[i].plan);
    (void)yh_arc_dict_add(&y->dicts, YH_DICT_TAG, YH_S("普通"));
    yh_lens_open(&y->tables, &y->dicts, &y->provider_chunk, w->catalog, w->terms, w->regions,
                 yh_day_of(y->year, 1, 1), &y->lens);
    struct yh_lens_plan *plan = YH_NEW(&y->tables, struct yh_lens_plan, all.n);
    int n = 0;
    for (int i = 0; i < all.n; i++) {
        int64_t scheme = yh_arc_dict_find(&y->dicts, YH_DICT_SCHEME, all.plan[i].plan->scheme);
        uint32_t pool = 0;
        if (scheme > 0 && yh_region_code(all.plan[i].plan->region, &pool, NULL) == YH_OK)
            plan[n++] = (struct yh_lens_plan){ .pool = pool,
                                               .scheme = scheme,
                                               .period = all.plan[i].period,
                                               .plan = all.plan[i].plan };
    }
    yh_lens_plans_open(&y->tables, &y->lens, plan, n, &y->plans);
}

/* Runs `work` for every part on a thread of its own; `beside`, if any, on this one. */
static enum yh_status on_threads(struct yh_rebuild_part *part, int n, void *(*work)(void *),
                                 struct merge *beside, struct yh_err *err)
{
    pthread_t id[YH_REBUILD_PARTS];
    int started = 0;
    enum yh_status st = YH_OK;
    while (started < n && !pthread_create(&id[started], NULL, work, &part[started]))
        started++;
    if (started < n)
        st = yh_fail(err, YH_IO, "起不了线程");
    else if (beside)
        st = take_all(beside, err);
    if (st)
        stop_all(part->y);
    for (int i = 0; i < started; i++)
        pthread_join(id[i], NULL);
    for (int i = 0; st == YH_OK && i < n; i++)
        if ((st = part[i].st) != YH_OK && err)
            *err = part[i].err;
    return st;
}

static enum yh_status make(struct yh_rebuild_year *y, struct merge *g, const char *path,
                           struct yh_err *err)
{
    int64_t bills = 0;
    enum yh_status st = read_providers(y, &g->part[0].x, err);
    if (st == YH_OK)
        st = on_threads(g->part, g->n, read_words, NULL, err);
    if (st)
        return st;
    for (int i = 0; i < g->n; i++)
        bills += g->part[i].bills;
    if (!bills)
        return yh_fail(err, YH_NOT_FOUND, "统筹区 %06u 在 %d 年没有一笔有效的结算", y->region,
                       y->year);
    yh_rebuild_number(y, g->part, g->n);
    st = write_providers(y, &g->rows, err);
    if (st == YH_OK)
        lenses(y);
    for (int i = 0; st == YH_OK && i < g->n; i++) {
        st = yh_walk_open(&g->part[i].walk, &y->lens, &y->plans, y->region, err);
        g->part[i].walk.booking = true;
    }
    if (st == YH_OK)
        st = yh_archive_create(path, &g->out, err);
    if (st)
        return st;
    st = on_threads(g->part, g->n, make_bills, g, err);
    if (st) {
        yh_archive_abandon(g->out);
        return st;
    }
    struct yh_archive_about about = { .region = y->region, .year = y->year };
    about.text = YH_S("source 数据目录\n");
    yh_terms_digest(y->world->terms, y->world->catalog, about.catalog);
    return yh_archive_finish(g->out, &y->dicts, y->provider_bytes, &about, err);
}

static enum yh_status open_part(struct yh_rebuild_part *m, struct yh_rebuild_year *y,
                                struct yh_store *store, int i, struct yh_err *err)
{
    m->y = y;
    enum yh_status st = yh_arena_open(&m->names, TABLES, err);
    if (st == YH_OK)
        st = yh_arena_open(&m->group, GROUP, err);
    for (int k = 0; st == YH_OK && k < BATCHES; k++)
        st = yh_arena_open(&m->batch[k].rows, TABLES, err);
    return st ? st : yh_view_open_part(store, i, &m->names, &m->x, err);
}

static void close_part(struct yh_rebuild_part *m)
{
    if (m->x.store)
        yh_view_close(&m->x);
    yh_walk_close(&m->walk);
    for (int k = 0; k < BATCHES; k++)
        yh_arena_close(&m->batch[k].rows);
    yh_arena_close(&m->group);
    yh_arena_close(&m->names);
    yh_heap(m->grp, 0);
}

enum yh_status yh_archive_rebuild(yh_str data, const struct yh_world *world, uint32_t region,
                                  int year, const char *path, const atomic_bool *stop,
                                  struct yh_rebuild_report *out, struct yh_err *err)
{
    struct yh_store_options opt = { .must_exist = true, .read_only = true };
    struct yh_store *store = NULL;
    struct yh_rebuild_year *y = yh_heap(NULL, sizeof *y);
    struct merge g = { .n = 0 };
    *y = (struct yh_rebuild_year){
        .world = world, .region = region, .year = year, .asked = stop
    };
    *out = (struct yh_rebuild_report){ 0 };
    snprintf(y->region_text, sizeof y->region_text, "%06u", region % 1000000);
    pthread_mutex_init(&y->mutex, NULL);
    pthread_cond_init(&y->changed, NULL);
    enum yh_status st = yh_arena_open(&y->tables, TABLES, err);
    if (st == YH_OK)
        st = yh_arena_open(&g.rows, TABLES, err);
    if (st == YH_OK)
        st = yh_arena_open(&g.bytes, GROUP, err);
    if (st == YH_OK)
        st = yh_store_open(data, &opt, &store, err);
    int parts = st == YH_OK ? yh_store_parts(store) : 0;
    if (st == YH_OK && parts > YH_REBUILD_PARTS)
        st = yh_fail(err, YH_LIMIT, "节点 %d 个，至多 %d 个", parts, YH_REBUILD_PARTS);
    if (st == YH_OK) {
        size_t size = (size_t)parts * sizeof *g.part;
        g.part = yh_heap(NULL, size);
        memset(g.part, 0, size);
    }
    for (; st == YH_OK && g.n < parts; g.n++)
        st = open_part(&g.part[g.n], y, store, g.n, err);
    if (st == YH_OK)
        st = make(y, &g, path, err);
    if (st == YH_OK)
        st = yh_rebuild_check(g.part, g.n, path, out, err);
    for (int i = 0; i < g.n; i++)
        close_part(&g.part[i]);
    yh_heap(g.part, 0);
    yh_store_close(store);
    struct yh_arena *a[] = { &y->tables, &g.rows, &g.bytes };
    for (int i = 0; i < YH_COUNT(a); i++)
        yh_arena_close(a[i]);
    pthread_cond_destroy(&y->changed);
    pthread_mutex_destroy(&y->mutex);
    yh_heap(y, 0);
    return st;
}
