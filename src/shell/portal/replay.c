/* shell/portal/replay.c -- a draft replayed over a year's archive: one at a time, beside everything.
 *
 * The archive is DATA/archive/REGION-YEAR.yha of the draft's region (yiheng synth, yiheng archive).
 * Nobody is named in what comes out: sums, counts, and a few bills before and after without number
 * or person. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "shell/portal/inside.h"
#include "shell/replay/load.h"
#include "shell/replay/report.h"
#include "shell/world/world.h"

#define KEPT 8
#define STORIES 3

struct run {
    int64_t id, done, all; /* id 0: empty */
    int sample;
    char state[16]; /* running, done, failed */
    char message[320];
    yh_str text, report; /* on the heap */
};

struct yh_portal_replay {
    struct yh_portal *p;
    pthread_mutex_t lock;
    pthread_t thread;
    bool running, joined;
    volatile bool stop;
    int64_t last;
    struct run run[KEPT];
};

static yh_str heap_text(yh_str s)
{
    char *p = yh_heap(NULL, (size_t)s.n + 1);
    memcpy(p, s.p, (size_t)s.n);
    p[s.n] = 0;
    return (yh_str){ p, s.n };
}

static void heap_free(yh_str *s)
{
    if (s->p)
        (void)yh_heap((void *)(uintptr_t)s->p, 0);
    *s = (yh_str){ 0 };
}

struct yh_portal_replay *replay_open(struct yh_portal *p)
{
    struct yh_portal_replay *r = yh_heap(NULL, sizeof *r);
    memset(r, 0, sizeof *r);
    r->p = p;
    r->joined = true;
    pthread_mutex_init(&r->lock, NULL);
    return r;
}

void replay_stop(struct yh_portal_replay *r)
{
    r->stop = true;
    if (!r->joined)
        pthread_join(r->thread, NULL);
    r->joined = true;
}

void replay_close(struct yh_portal_replay *r)
{
    for (int i = 0; i < KEPT; i++) {
        heap_free(&r->run[i].text);
        heap_free(&r->run[i].report);
    }
    pthread_mutex_destroy(&r->lock);
    yh_heap(r, 0);
}

/* ---- what it found ---- */

static void put_table(struct yh_jsonw *w, struct yh_arena *a, const struct yh_report_table *t)
{
    yh_jw_object(w);
    yh_jw_kv_str(w, "name", yh_cstr(t->name));
    yh_jw_kv_str(w, "title", t->title);
    yh_jw_kv_str(w, "note", t->note);
    yh_jw_key(w, YH_S("columns"));
    yh_jw_array(w);
    for (int c = 0; c < t->ncol; c++)
        yh_jw_str(w, t->column[c]);
    yh_jw_end(w, ']');
    yh_jw_key(w, YH_S("rows"));
    yh_jw_array(w);
    for (int i = 0; i < t->nrow; i++) {
        yh_jw_array(w);
        for (int c = 0; c < t->ncol; c++)
            yh_jw_str(w, yh_shown_text(a, &t->cell[i * t->ncol + c]));
        yh_jw_end(w, ']');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
}

static void put_report(struct yh_jsonw *w, struct yh_arena *a, const struct yh_report *r)
{
    yh_jw_object(w);
    yh_jw_kv_str(w, "title", r->title);
    yh_jw_key(w, YH_S("facts"));
    yh_jw_array(w);
    for (int i = 0; i + 1 < r->nfact; i += 2) {
        yh_jw_array(w);
        yh_jw_str(w, r->fact[i]);
        yh_jw_str(w, r->fact[i + 1]);
        yh_jw_end(w, ']');
    }
    yh_jw_end(w, ']');
    yh_jw_key(w, YH_S("tables"));
    yh_jw_array(w);
    for (int i = 0; i < r->ntable; i++)
        if (r->table[i].summary && r->table[i].nrow)
            put_table(w, a, &r->table[i]);
    yh_jw_end(w, ']');
    yh_jw_key(w, YH_S("stories"));
    yh_jw_array(w);
    for (int i = 0; i < r->nstory && i < STORIES; i++) {
        const struct yh_report_story *s = &r->story[i];
        yh_jw_object(w);
        yh_jw_kv_i64(w, "year_before", s->year_before);
        yh_jw_kv_i64(w, "year_after", s->year_after);
        yh_jw_kv_str(w, "before", s->before);
        yh_jw_kv_str(w, "after", s->after);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
}

/* ---- running ---- */

struct work {
    struct yh_portal_replay *r;
    struct run *run;
};

static void progress(void *user, int64_t done, int64_t all)
{
    struct work *k = user;
    pthread_mutex_lock(&k->r->lock);
    k->run->done = done;
    k->run->all = all;
    pthread_mutex_unlock(&k->r->lock);
}

static enum yh_status carry_out(struct work *k, struct yh_arena *a, struct yh_loaded *loaded,
                                struct yh_archive *archive, struct yh_replay_result *result,
                                struct yh_err *err)
{
    const struct yh_realm *realm = k->r->p->config.realm;
    char *path[] = { (char *)(uintptr_t)realm->policies.dir };
    enum yh_status st = yh_loaded_open(realm->catalogs.dir, path, 1, false, loaded, err);
    /* What was published since stands behind what lies on disk, as in the realm. */
    const struct yh_policy_set *now = &yh_realm_now(realm)->set;
    int ndisk = realm->policies.set.ndoc, nmore = now->ndoc - ndisk;
    if (st == YH_OK && nmore > 0) {
        struct yh_policy_text *more = YH_NEW(a, struct yh_policy_text, nmore);
        for (int i = 0; i < nmore; i++)
            more[i] =
                (struct yh_policy_text){ now->doc[ndisk + i].name, now->doc[ndisk + i].text };
        yh_policies_add(&loaded->policies, more, nmore);
    }
    if (st == YH_OK)
        st = yh_replay_find(k->r->p->config.data, 0, archive, err);
    if (st)
        return st;
    uint8_t digest[32];
    yh_terms_digest(&loaded->catalogs.terms, loaded->catalogs.catalog, digest);
    if ((st = yh_archive_same_catalog(archive, digest, err)) != YH_OK)
        return st;
    struct yh_policy_text page = { YH_S("草案"), k->run->text };
    const struct yh_plan *plan = NULL;
    if ((st = yh_replay_load_text(a, loaded, &page, 1, 0, &plan, err)) != YH_OK)
        return st;
    struct yh_replay_world world = { loaded->catalogs.catalog, &loaded->catalogs.terms,
                                     &loaded->catalogs.regions, &loaded->plans };
    struct yh_replay_draft draft = {
        .name = YH_S("草案"), .plan = &plan, .nplan = 1, .from = YH_DAY_MIN
    };
    struct yh_replay_options opt = { .draft = &draft,
                                     .ndraft = 1,
                                     .where = YH_S(""),
                                     .threads = 1,
                                     .sample = k->run->sample,
                                     .seed = 1,
                                     .most = STORIES,
                                     .stop = &k->r->stop,
                                     .progress = progress,
                                     .user = k };
    if ((st = yh_replay_run(archive, &world, &opt, result, err)) != YH_OK)
        return st;
    struct yh_report report;
    struct yh_report_input in = { .result = result,
                                  .draft = &draft,
                                  .ndraft = 1,
                                  .base_name = YH_S("账面"),
                                  .again = YH_S(""),
                                  .where = YH_S(""),
                                  .stories = STORIES };
    if ((st = yh_report_build(a, &in, &report, err)) != YH_OK)
        return st;
    struct yh_buf out = yh_buf_in(a);
    struct yh_jsonw w = yh_jsonw_on(&out);
    put_report(&w, a, &report);
    pthread_mutex_lock(&k->r->lock);
    k->run->report = heap_text(yh_buf_str(&out));
    pthread_mutex_unlock(&k->r->lock);
    return YH_OK;
}

static void *replay_thread(void *arg)
{
    struct yh_portal_replay *r = arg;
    struct work k = { r, &r->run[r->last % KEPT] };
    struct yh_arena a = { 0 };
    struct yh_loaded *loaded = yh_heap(NULL, sizeof *loaded);
    struct yh_archive archive;
    struct yh_replay_result result;
    struct yh_err err = { 0 };
    /* Settlement comes first. */
    (void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 15);
    memset(loaded, 0, sizeof *loaded);
    memset(&archive, 0, sizeof archive);
    memset(&result, 0, sizeof result);
    enum yh_status st = yh_arena_open(&a, (size_t)2 << 30, &err);
    if (st == YH_OK)
        st = carry_out(&k, &a, loaded, &archive, &result, &err);
    pthread_mutex_lock(&r->lock);
    (void)snprintf(k.run->state, sizeof k.run->state, "%s", st ? "failed" : "done");
    if (st == YH_NOT_FOUND && !archive.path[0])
        (void)snprintf(
            k.run->message, sizeof k.run->message,
            "数据目录里没有年度档案（archive/），先用 yiheng archive 或 yiheng synth 生成");
    else if (st)
        (void)snprintf(k.run->message, sizeof k.run->message, "%s", err.text);
    r->running = false;
    pthread_mutex_unlock(&r->lock);
    yh_replay_close(&result);
    yh_archive_close(&archive);
    yh_loaded_close(loaded);
    yh_heap(loaded, 0);
    yh_arena_close(&a);
    return NULL;
}

/* ---- the routes ---- */

static void put_run(const struct run *n, struct yh_jsonw *w)
{
    yh_jw_object(w);
    yh_jw_kv_i64(w, "id", n->id);
    yh_jw_kv_str(w, "state", yh_cstr(n->state));
    yh_jw_kv_i64(w, "done", n->done);
    yh_jw_kv_i64(w, "all", n->all);
    yh_jw_kv_str(w, "message", yh_cstr(n->message));
    yh_jw_key(w, YH_S("report"));
    if (n->report.p)
        yh_jw_raw(w, n->report);
    else
        yh_jw_null(w);
    yh_jw_end(w, '}');
}

enum yh_status portal_replay_open(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_portal_replay *r = c->p->replay;
    int64_t sample = in_int(c, "sample", 0);
    if (sample < 0 || sample > 10000)
        return yh_fail_field(err, YH_BAD_INPUT, "sample", "",
                             "sample：应为 0 到 10000（万分之几）");
    pthread_mutex_lock(&r->lock);
    bool busy = r->running || r->stop;
    if (!busy)
        r->running = true;
    pthread_mutex_unlock(&r->lock);
    if (busy)
        return yh_fail(err, YH_CONFLICT, "正在重放另一份草案，请等它结束");
    if (!r->joined)
        pthread_join(r->thread, NULL);
    struct run *n = &r->run[++r->last % KEPT];
    pthread_mutex_lock(&r->lock);
    heap_free(&n->text);
    heap_free(&n->report);
    *n = (struct run){ .id = r->last,
                       .sample = sample == 10000 ? 0 : (int)sample,
                       .state = "running",
                       .text = heap_text(in_text(c, "text")) };
    put_run(n, w);
    pthread_mutex_unlock(&r->lock);
    r->joined = pthread_create(&r->thread, NULL, replay_thread, r) != 0;
    if (r->joined)
        r->running = false;
    return r->joined ? yh_fail(err, YH_RETRY, "不能启动线程") : YH_OK;
}

enum yh_status portal_replay_get(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_portal_replay *r = c->p->replay;
    int64_t id = 0;
    struct run *n = NULL;
    if (yh_int_parse(c->param[0], &id, NULL))
        id = 0;
    pthread_mutex_lock(&r->lock);
    for (int i = 0; i < KEPT && id > 0; i++)
        n = r->run[i].id == id ? &r->run[i] : n;
    if (n)
        put_run(n, w);
    pthread_mutex_unlock(&r->lock);
    return n ? YH_OK : yh_fail(err, YH_NOT_FOUND, "没有这次重放");
}
