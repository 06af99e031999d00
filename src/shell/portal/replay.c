/* shell/portal/replay.c -- drafts replayed over a year's archive: one after the other, beside everything.
 *
 * The archive is DATA/archive/REGION-YEAR.yha of the draft's region (yiheng synth, yiheng archive).
 * Nobody is named in what comes out: sums, counts, and a few bills before and after without number
 * or person.  What was asked for and what came of it is a row of policy_replay; what waits or runs is
 * here in memory, and is over when the server stops. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "service/drafting/drafting.h"
#include "shell/portal/inside.h"
#include "shell/replay/load.h"
#include "shell/replay/report.h"
#include "shell/world/world.h"

#define WAITING_MOST 8
#define STORIES 3

/* One that waits or runs; its text is on the heap. */
struct run {
    struct run *next;
    int64_t id, done, all;
    int sample;
    bool running;
    volatile bool stop;
    yh_str text;
};

struct yh_portal_replay {
    struct yh_portal *p;
    pthread_mutex_t lock;
    pthread_cond_t more;
    pthread_t thread;
    bool begun;
    volatile bool stop;
    struct run *first; /* in the order asked for; the first runs */
    int n;
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
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->more, NULL);
    return r;
}

void replay_stop(struct yh_portal_replay *r)
{
    pthread_mutex_lock(&r->lock);
    r->stop = true;
    for (struct run *n = r->first; n; n = n->next)
        n->stop = true;
    pthread_cond_signal(&r->more);
    bool begun = r->begun;
    pthread_mutex_unlock(&r->lock);
    if (begun)
        pthread_join(r->thread, NULL);
    r->begun = false;
}

static void run_free(struct run *n)
{
    heap_free(&n->text);
    yh_heap(n, 0);
}

void replay_close(struct yh_portal_replay *r)
{
    while (r->first) {
        struct run *n = r->first;
        r->first = n->next;
        run_free(n);
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

/* How it ended, as its row says it. */
struct ending {
    int64_t id;
    const char *state;
    char message[320];
    yh_str report; /* in the run's arena */
    int64_t done, all;
    yh_fen cost, burden;
    int64_t gain, lose;
    struct yh_arena arena;
    pthread_mutex_t lock;
    pthread_cond_t over;
    bool told, kept;
};

static enum yh_status carry_out(struct work *k, struct yh_arena *a, struct yh_loaded *loaded,
                                struct yh_archive *archive, struct yh_replay_result *result,
                                struct ending *e, struct yh_err *err)
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
                                     .stop = &k->run->stop,
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
    e->report = yh_buf_str(&out);
    e->cost = yh_tally_fund(&result->tally, YH_VIEW_ALL, 0, 1) -
              yh_tally_fund(&result->tally, YH_VIEW_ALL, 0, 0);
    e->burden = yh_tally_burden(&result->tally, YH_VIEW_ALL, 0, 1) -
                yh_tally_burden(&result->tally, YH_VIEW_ALL, 0, 0);
    e->gain = result->change[1].gain;
    e->lose = result->change[1].lose;
    return YH_OK;
}

static enum yh_status end_write(void *user, struct yh_txn *x, struct yh_err *err)
{
    struct ending *e = user;
    struct yh_policy_replay_row row = { .replay = e->id };
    enum yh_status st = yh_get_policy_replay(x, &row, err);
    if (st)
        return st;
    row.state = yh_cstr(e->state);
    row.message = yh_cstr(e->message);
    row.report = e->report;
    row.done = e->done;
    row.all = e->all;
    row.cost = e->cost;
    row.burden = e->burden;
    row.gain = e->gain;
    row.lose = e->lose;
    row.ended = portal_now();
    return yh_put_policy_replay(x, &row, err);
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
        fprintf(stderr, "警告：重放 %lld 的结果没有写入\n", (long long)e->id);
    yh_arena_close(&e->arena);
}

static void replay_one(struct yh_portal_replay *r, struct run *n)
{
    struct work k = { r, n };
    struct yh_arena a = { 0 };
    struct yh_loaded *loaded = yh_heap(NULL, sizeof *loaded);
    struct yh_archive archive;
    struct yh_replay_result result;
    struct yh_err err = { 0 };
    struct ending e = { .id = n->id, .report = YH_S("") };
    memset(loaded, 0, sizeof *loaded);
    memset(&archive, 0, sizeof archive);
    memset(&result, 0, sizeof result);
    enum yh_status st = yh_arena_open(&a, (size_t)2 << 30, &err);
    if (st == YH_OK)
        st = carry_out(&k, &a, loaded, &archive, &result, &e, &err);
    e.state = !st ? "done" : n->stop ? "stopped" : "failed";
    if (st == YH_NOT_FOUND && !archive.path[0])
        (void)snprintf(
            e.message, sizeof e.message,
            "数据目录里没有年度档案（archive/），先用 yiheng archive 或 yiheng synth 生成");
    else if (st)
        (void)snprintf(e.message, sizeof e.message, "%s", n->stop ? "已停止" : err.text);
    pthread_mutex_lock(&r->lock);
    e.done = n->done;
    e.all = n->all;
    pthread_mutex_unlock(&r->lock);
    write_ending(r->p, &e);
    yh_replay_close(&result);
    yh_archive_close(&archive);
    yh_loaded_close(loaded);
    yh_heap(loaded, 0);
    yh_arena_close(&a);
}

static void *replay_thread(void *arg)
{
    struct yh_portal_replay *r = arg;
    /* Settlement comes first. */
    (void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 15);
    pthread_mutex_lock(&r->lock);
    while (!r->stop) {
        struct run *n = r->first;
        if (!n) {
            pthread_cond_wait(&r->more, &r->lock);
            continue;
        }
        n->running = true;
        pthread_mutex_unlock(&r->lock);
        replay_one(r, n);
        pthread_mutex_lock(&r->lock);
        r->first = n->next;
        r->n--;
        run_free(n);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

/* ---- the routes ---- */

static void put_run(const struct yh_policy_replay_row *row, const struct run *live, bool whole,
                    struct yh_jsonw *w)
{
    /* A row that nobody works on any more was left behind. */
    bool waits = yh_eq(row->state, YH_S("waiting"));
    yh_str state = !waits          ? row->state
                   : !live         ? YH_S("stopped")
                   : live->running ? YH_S("running")
                                   : YH_S("waiting");
    yh_jw_object(w);
    yh_jw_kv_i64(w, "id", row->replay);
    yh_jw_kv_i64(w, "draft", row->draft);
    yh_jw_kv_i64(w, "version", row->version);
    yh_jw_kv_str(w, "title", row->title);
    yh_jw_kv_str(w, "digest", row->digest);
    yh_jw_kv_str(w, "user_name", row->user_name);
    yh_jw_kv_i64(w, "sample", row->sample);
    yh_jw_kv_str(w, "state", state);
    yh_jw_kv_i64(w, "done", live ? live->done : row->done);
    yh_jw_kv_i64(w, "all", live ? live->all : row->all);
    yh_jw_kv_str(w, "message",
                 waits && !live ? YH_S("服务停止时中断，请再跑一次") : row->message);
    yh_jw_kv_i64(w, "cost", row->cost);
    yh_jw_kv_i64(w, "burden", row->burden);
    yh_jw_kv_i64(w, "gain", row->gain);
    yh_jw_kv_i64(w, "lose", row->lose);
    jw_time(w, "began", row->began);
    jw_time(w, "ended", row->ended);
    if (whole) {
        yh_jw_key(w, YH_S("report"));
        if (row->report.n)
            yh_jw_raw(w, row->report);
        else
            yh_jw_null(w);
    }
    yh_jw_end(w, '}');
}

static bool live_of(struct yh_portal_replay *r, int64_t id, struct run *out)
{
    bool found = false;
    pthread_mutex_lock(&r->lock);
    for (const struct run *n = r->first; n && !found; n = n->next)
        if (n->id == id) {
            *out = *n;
            found = true;
        }
    pthread_mutex_unlock(&r->lock);
    return found;
}

/* Whoever asked may look; so may whoever may look at the draft. */
static bool may_look(const struct call *c, const struct yh_policy_replay_row *row)
{
    struct yh_drafter d = { .x = c->look.x, .arena = c->look.arena };
    struct yh_policy_draft_row draft;
    return yh_eq(row->user, yh_cstr(c->who.user)) ||
           (row->draft && !yh_draft_get(&d, row->draft, &draft, NULL) &&
            !draft_area(c, draft.region, NULL));
}

struct asking {
    struct yh_policy_replay_row row;
    struct run *run;
};

static enum yh_status ask_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct asking *k = c->state;
    enum yh_status st =
        yh_txn_next(c->look.x, YH_S("policy"), YH_S("replay"), &k->row.replay, err);
    if (st == YH_OK)
        st = yh_add_policy_replay(c->look.x, &k->row, err);
    k->run->id = k->row.replay;
    if (st == YH_OK)
        put_run(&k->row, k->run, true, w);
    return st;
}

/* The row is there: now it waits for its turn. */
static void asked(struct call *c, bool kept)
{
    struct asking *k = c->state;
    struct yh_portal_replay *r = c->p->replay;
    struct run **end = &r->first;
    c->after = NULL;
    pthread_mutex_lock(&r->lock);
    if (kept && !r->begun && !r->stop)
        r->begun = pthread_create(&r->thread, NULL, replay_thread, r) == 0;
    bool taken = kept && r->begun && !r->stop;
    if (taken) {
        while (*end)
            end = &(*end)->next;
        *end = k->run;
        r->n++;
        pthread_cond_signal(&r->more);
    }
    pthread_mutex_unlock(&r->lock);
    if (!taken)
        run_free(k->run);
}

enum yh_status portal_replay_open(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    struct yh_portal_replay *r = c->p->replay;
    int64_t sample = in_int(c, "sample", 0), draft = in_int(c, "draft", 0);
    yh_str text = in_text(c, "text");
    if (sample < 0 || sample > 10000)
        return yh_fail_field(err, YH_BAD_INPUT, "sample", "",
                             "sample：应为 0 到 10000（万分之几）");
    struct yh_policy_version_row v = { .draft = draft, .version = in_int(c, "version", 0) };
    struct yh_drafter d = { .x = c->look.x, .arena = c->look.arena };
    struct yh_policy_draft_row row = { 0 };
    enum yh_status st = YH_OK;
    if (draft) { /* a saved version speaks for itself */
        st = yh_draft_get(&d, draft, &row, err);
        if (st == YH_OK && draft_area(c, row.region, NULL))
            st = yh_fail_field(err, YH_NOT_FOUND, "draft", "", "没有这份草案");
        if (st == YH_OK)
            st = yh_draft_version(&d, draft, v.version ? v.version : row.version, &v, err);
        text = v.text;
    }
    if (st)
        return st;
    if (!text.n)
        return yh_fail_field(err, YH_BAD_INPUT, "text", "", "text：必填，或写明哪一份草案");
    pthread_mutex_lock(&r->lock);
    bool full = r->n >= WAITING_MOST || r->stop;
    pthread_mutex_unlock(&r->lock);
    if (full)
        return yh_fail(err, YH_CONFLICT, "等着重放的已有 %d 份，请等一会儿", WAITING_MOST);
    struct asking *k = YH_NEW(&c->arena, struct asking, 1);
    uint8_t sum[32];
    char *hex = yh_alloc_raw(&c->arena, 1, 1, 64);
    struct draft page;
    yh_sha256_of(text, sum);
    yh_hex(hex, sum, 32);
    draft_read(c, text, &page);
    k->row = (struct yh_policy_replay_row){ .draft = draft,
                                            .version = v.version,
                                            .title = page.doc->title,
                                            .digest = { hex, 64 },
                                            .user = yh_cstr(c->who.user),
                                            .user_name = yh_cstr(c->who.name),
                                            .sample = sample == 10000 ? 0 : sample,
                                            .state = YH_S("waiting"),
                                            .message = YH_S(""),
                                            .report = YH_S(""),
                                            .began = c->look.now };
    k->run = yh_heap(NULL, sizeof *k->run);
    *k->run = (struct run){ .sample = (int)k->row.sample, .text = heap_text(text) };
    c->state = k;
    c->write = ask_write;
    c->after = asked;
    return YH_OK;
}

static enum yh_status row_asked(struct call *c, struct yh_policy_replay_row *row,
                                struct yh_err *err)
{
    int64_t id = 0;
    if (yh_int_parse(c->param[0], &id, NULL))
        id = 0;
    *row = (struct yh_policy_replay_row){ .replay = id };
    enum yh_status st = yh_get_policy_replay(c->look.x, row, err);
    if (st == YH_OK && !may_look(c, row))
        st = YH_NOT_FOUND;
    return st == YH_NOT_FOUND ? yh_fail(err, st, "没有这次重放") : st;
}

enum yh_status portal_replay_get(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct run live;
    struct yh_policy_replay_row row;
    /* Asked for before the row is: what ends in between has its row. */
    int64_t id = 0;
    bool lives = !yh_int_parse(c->param[0], &id, NULL) && live_of(c->p->replay, id, &live);
    enum yh_status st = row_asked(c, &row, err);
    if (st == YH_OK)
        put_run(&row, lives ? &live : NULL, true, w);
    return st;
}

/* Those of a draft, or, without one, the user's own; the newest first. */
enum yh_status portal_replays(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    int64_t draft = in_int(c, "draft", 0);
    struct yh_policy_replay_row like = { .draft = draft }, *row = NULL;
    int n = 0;
    struct run *live = YH_NEW(&c->arena, struct run, WAITING_MOST + 1);
    int nlive = 0;
    pthread_mutex_lock(&c->p->replay->lock);
    for (const struct run *x = c->p->replay->first; x && nlive < WAITING_MOST; x = x->next)
        live[nlive++] = *x;
    pthread_mutex_unlock(&c->p->replay->lock);
    struct yh_span span =
        draft ? (struct yh_span){ .index = (int)yh_policy_replay_by_draft,
                                  .same = 1,
                                  .down = true,
                                  .most = 100 }
              : (struct yh_span){ .index = YH_BY_KEY, .down = true, .most = 100 };
    enum yh_status st = yh_list_policy_replay(c->look.x, span, &like, &row, &n, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_key(w, YH_S("rows"));
    yh_jw_array(w);
    for (int i = 0; i < n; i++) {
        const struct run *of = NULL;
        for (int k = 0; k < nlive; k++)
            of = live[k].id == row[i].replay ? &live[k] : of;
        if (draft ? may_look(c, &row[i]) : yh_eq(row[i].user, yh_cstr(c->who.user)))
            put_run(&row[i], of, false, w);
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status portal_replay_stop(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_policy_replay_row row;
    struct yh_portal_replay *r = c->p->replay;
    enum yh_status st = row_asked(c, &row, err);
    if (st)
        return st;
    bool found = false;
    pthread_mutex_lock(&r->lock);
    for (struct run *n = r->first; n; n = n->next)
        if (n->id == row.replay)
            found = n->stop = true;
    pthread_mutex_unlock(&r->lock);
    if (!found)
        return yh_fail(err, YH_CONFLICT, "这次重放已经结束");
    yh_jw_object(w);
    jw_bool(w, "done", true);
    yh_jw_end(w, '}');
    return YH_OK;
}
