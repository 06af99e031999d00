/* shell/portal/replay.c -- drafts replayed over a year's archive.
 *
 * The archive is DATA/archive/REGION-YEAR.yha of the draft's region (yiheng synth, yiheng archive).
 * Nobody is named in what comes out: sums, counts, and a few bills before and after without number
 * or person.  Each waits for its turn (turn.c) and is a row of policy_replay. */
#include "service/drafting/drafting.h"
#include "shell/portal/inside.h"
#include "shell/replay/load.h"
#include "shell/replay/report.h"
#include "shell/world/world.h"

#define STORIES 3

/* ---- what it found ---- */

static void put_table(struct yh_jsonw *w, struct yh_arena *a, const struct yh_report_table *t)
{
    yh_jw_object(w);
    yh_jw_kv_str(w, "name", yh_cstr(t->name));
    yh_jw_kv_str(w, "title", t->title);
    yh_jw_kv_str(w, "note", t->note);
    yh_jw_kv_array(w, "columns");
    for (int c = 0; c < t->ncol; c++)
        yh_jw_str(w, t->column[c]);
    yh_jw_end(w, ']');
    yh_jw_kv_array(w, "rows");
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
    yh_jw_kv_array(w, "facts");
    for (int i = 0; i + 1 < r->nfact; i += 2) {
        yh_jw_array(w);
        yh_jw_str(w, r->fact[i]);
        yh_jw_str(w, r->fact[i + 1]);
        yh_jw_end(w, ']');
    }
    yh_jw_end(w, ']');
    yh_jw_kv_array(w, "tables");
    for (int i = 0; i < r->ntable; i++)
        if (r->table[i].summary && r->table[i].nrow)
            put_table(w, a, &r->table[i]);
    yh_jw_end(w, ']');
    yh_jw_kv_array(w, "stories");
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

enum { COST, BURDEN, GAIN, LOSE };

struct job {
    struct yh_loaded loaded;
    struct yh_archive archive;
    struct yh_replay_result result;
};

/* The documents as they hold now, and the archive that was settled under the same catalogue. */
static enum yh_status open_job(struct yh_portal *p, struct yh_arena *a, struct job *j,
                               struct yh_err *err)
{
    const struct yh_realm *realm = p->config.realm;
    char *path[] = { (char *)(uintptr_t)realm->policies.dir };
    enum yh_status st = yh_loaded_open(realm->catalogs.dir, path, 1, false, &j->loaded, err);
    /* What was published since stands behind what lies on disk, as in the realm. */
    const struct yh_policy_set *now = &yh_realm_now(realm)->set;
    int ndisk = realm->policies.set.ndoc, nmore = now->ndoc - ndisk;
    if (st == YH_OK && nmore > 0) {
        struct yh_policy_text *more = YH_NEW(a, struct yh_policy_text, nmore);
        for (int i = 0; i < nmore; i++)
            more[i] =
                (struct yh_policy_text){ now->doc[ndisk + i].name, now->doc[ndisk + i].text };
        yh_policies_add(&j->loaded.policies, more, nmore);
    }
    if (st == YH_OK)
        st = yh_replay_find(p->config.data, 0, &j->archive, err);
    if (st)
        return st;
    uint8_t digest[32];
    yh_terms_digest(&j->loaded.catalogs.terms, j->loaded.catalogs.catalog, digest);
    return yh_archive_same_catalog(&j->archive, digest, err);
}

/* As report and figures of its row. */
static enum yh_status put_found(const struct yh_replay_result *result,
                                const struct yh_replay_draft *draft, struct yh_arena *a,
                                struct turn_end *e, struct yh_err *err)
{
    struct yh_report report;
    struct yh_report_input in = { .result = result,
                                  .draft = draft,
                                  .ndraft = 1,
                                  .base_name = YH_S("账面"),
                                  .again = YH_S(""),
                                  .where = YH_S(""),
                                  .stories = STORIES };
    enum yh_status st = yh_report_build(a, &in, &report, err);
    if (st)
        return st;
    struct yh_buf out = yh_buf_in(a);
    struct yh_jsonw w = yh_jsonw_on(&out);
    put_report(&w, a, &report);
    e->report = yh_buf_str(&out);
    e->figure[COST] = yh_tally_fund(&result->tally, YH_VIEW_ALL, 0, 1) -
                      yh_tally_fund(&result->tally, YH_VIEW_ALL, 0, 0);
    e->figure[BURDEN] = yh_tally_burden(&result->tally, YH_VIEW_ALL, 0, 1) -
                        yh_tally_burden(&result->tally, YH_VIEW_ALL, 0, 0);
    e->figure[GAIN] = result->change[1].gain;
    e->figure[LOSE] = result->change[1].lose;
    return YH_OK;
}

static enum yh_status carry_out(struct yh_portal *p, struct turn *t, struct yh_arena *a,
                                struct job *j, struct turn_end *e, struct yh_err *err)
{
    struct yh_policy_text page = { YH_S("草案"), t->text };
    const struct yh_plan *plan = NULL;
    enum yh_status st = open_job(p, a, j, err);
    if (st == YH_OK)
        st = yh_replay_load_text(a, &j->loaded, &page, 1, 0, &plan, err);
    if (st)
        return st;
    struct yh_replay_world world = { j->loaded.catalogs.catalog, &j->loaded.catalogs.terms,
                                     &j->loaded.catalogs.regions, &j->loaded.plans };
    struct yh_replay_draft draft = {
        .name = page.name, .plan = &plan, .nplan = 1, .from = YH_DAY_MIN
    };
    struct yh_replay_options opt = { .draft = &draft,
                                     .ndraft = 1,
                                     .where = YH_S(""),
                                     .threads = 1,
                                     .sample = (int)t->ask,
                                     .seed = 1,
                                     .most = STORIES,
                                     .stop = &t->stop,
                                     .progress = turn_progress,
                                     .user = t };
    st = yh_replay_run(&j->archive, &world, &opt, &j->result, err);
    return st ? st : put_found(&j->result, &draft, a, e, err);
}

static enum yh_status work(struct yh_portal *p, struct turn *t, struct yh_arena *a,
                           struct turn_end *e, struct yh_err *err)
{
    struct job *j = yh_heap(NULL, sizeof *j);
    memset(j, 0, sizeof *j);
    enum yh_status st = carry_out(p, t, a, j, e, err);
    if (st == YH_NOT_FOUND && !j->archive.path[0])
        st = yh_fail(err, st, "%s", NO_ARCHIVE);
    yh_replay_close(&j->result);
    yh_archive_close(&j->archive);
    yh_loaded_close(&j->loaded);
    (void)yh_heap(j, 0);
    return st;
}

static enum yh_status keep(struct yh_txn *x, const struct turn_end *e, struct yh_err *err)
{
    struct yh_policy_replay_row row = { .replay = e->id };
    enum yh_status st = yh_get_policy_replay(x, &row, err);
    if (st)
        return st;
    row.state = yh_cstr(e->state);
    row.message = yh_cstr(e->message);
    row.report = e->report;
    row.done = e->done;
    row.all = e->all;
    row.cost = e->figure[COST];
    row.burden = e->figure[BURDEN];
    row.gain = e->figure[GAIN];
    row.lose = e->figure[LOSE];
    row.ended = portal_now();
    return yh_put_policy_replay(x, &row, err);
}

static const struct turn_kind KIND = { "重放", work, keep };

/* ---- the routes ---- */

static void put_run(const struct yh_policy_replay_row *row, const struct turn *live, bool whole,
                    struct yh_jsonw *w)
{
    struct turn_row is = {
        row->state, row->message, row->done, row->all, row->began, row->ended
    };
    yh_jw_object(w);
    yh_jw_kv_i64(w, "id", row->replay);
    yh_jw_kv_i64(w, "draft", row->draft);
    yh_jw_kv_i64(w, "version", row->version);
    yh_jw_kv_str(w, "title", row->title);
    yh_jw_kv_str(w, "digest", row->digest);
    yh_jw_kv_str(w, "user_name", row->user_name);
    yh_jw_kv_i64(w, "sample", row->sample);
    put_turn(live, &is, w);
    yh_jw_kv_i64(w, "cost", row->cost);
    yh_jw_kv_i64(w, "burden", row->burden);
    yh_jw_kv_i64(w, "gain", row->gain);
    yh_jw_kv_i64(w, "lose", row->lose);
    if (whole) {
        yh_jw_key(w, YH_S("report"));
        if (row->report.n)
            yh_jw_raw(w, row->report);
        else
            yh_jw_null(w);
    }
    yh_jw_end(w, '}');
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

static enum yh_status ask_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_policy_replay_row *row = c->state;
    enum yh_status st =
        yh_txn_next(c->look.x, YH_S("policy"), YH_S("replay"), &row->replay, err);
    if (st == YH_OK)
        st = yh_add_policy_replay(c->look.x, row, err);
    c->turn->id = row->replay;
    if (st == YH_OK)
        put_run(row, c->turn, true, w);
    return st;
}

enum yh_status portal_replay_open(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
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
    if ((st = turns_room(c, err)) != YH_OK)
        return st;
    struct yh_policy_replay_row *asked = YH_NEW(&c->arena, struct yh_policy_replay_row, 1);
    uint8_t sum[32];
    char *hex = yh_alloc_raw(&c->arena, 1, 1, 64);
    struct draft page;
    yh_sha256_of(text, sum);
    yh_hex(hex, sum, 32);
    draft_read(c, text, &page);
    *asked = (struct yh_policy_replay_row){ .draft = draft,
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
    c->state = asked;
    c->write = ask_write;
    turn_ask(c, &KIND, text, asked->sample);
    return YH_OK;
}

static enum yh_status row_asked(struct call *c, struct yh_policy_replay_row *row,
                                struct yh_err *err)
{
    *row = (struct yh_policy_replay_row){ .replay = param_no(c) };
    enum yh_status st = yh_get_policy_replay(c->look.x, row, err);
    if (st == YH_OK && !may_look(c, row))
        st = YH_NOT_FOUND;
    return st == YH_NOT_FOUND ? yh_fail(err, st, "没有这次重放") : st;
}

enum yh_status portal_replay_get(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct turn *live;
    struct yh_policy_replay_row row;
    /* Asked for before the row is: what ends in between has its row. */
    int n = turns_live(c, &KIND, &live);
    enum yh_status st = row_asked(c, &row, err);
    if (st == YH_OK)
        put_run(&row, turn_of(live, n, row.replay), true, w);
    return st;
}

static bool shown(void *call, const void *row)
{
    const struct call *c = call;
    const struct yh_policy_replay_row *r = row;
    return in_int(c, "draft", 0) ? may_look(c, r) : yh_eq(r->user, yh_cstr(c->who.user));
}

/* Those of a draft, or, without one, the user's own; the newest first. */
enum yh_status portal_replays(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    int64_t draft = in_int(c, "draft", 0);
    struct yh_policy_replay_row like = { .draft = draft }, *row = NULL;
    int n = 0;
    struct turn *live;
    int nlive = turns_live(c, &KIND, &live);
    struct yh_span span = { .index = draft ? (int)yh_policy_replay_by_draft : YH_BY_KEY,
                            .same = draft != 0,
                            .down = true,
                            .most = 100 };
    enum yh_status st = yh_pick_policy_replay(c->look.x, span, &like, shown, c, &row, &n, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_array(w, "rows");
    for (int i = 0; i < n; i++)
        put_run(&row[i], turn_of(live, nlive, row[i].replay), false, w);
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status portal_replay_stop(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_policy_replay_row row;
    enum yh_status st = row_asked(c, &row, err);
    if (st == YH_OK)
        st = turn_stop(c, &KIND, row.replay, err);
    return st ? st : put_done(w);
}
