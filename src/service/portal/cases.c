/* service/portal/cases.c -- 监管室: cases as a board, one case as a file, rules with what decisions say. */
#include "engine/casework/casework.h"
#include "service/agency.h"
#include "service/portal/inside.h"

#define CASES_MOST 2000

static bool is_late(const struct yh_case_file_row *f, yh_day today)
{
    return f->clock.n && !f->clock_stopped && f->due < today;
}

static void put_head(const struct yh_look *k, const struct yh_case_file_row *f,
                     struct yh_jsonw *w)
{
    yh_day today = yh_time_day(k->now);
    enum yh_case_state s = yh_case_state_read(f->state);
    struct yh_clock c = { (int)f->clock_days, (int)f->clock_used, (yh_day)f->clock_since,
                          f->clock_stopped != 0 };
    yh_jw_object(w);
    yh_jw_kv_str(w, "case", f->case_no);
    yh_jw_kv_str(w, "provider", f->provider);
    yh_jw_kv_str(w, "provider_name", yh_look_provider_name(k, f->provider));
    yh_jw_kv_str(w, "kind", f->kind);
    yh_jw_kv_str(w, "procedure", f->procedure);
    yh_jw_kv_str(w, "title", f->title);
    yh_jw_kv_str(w, "state", f->state);
    yh_jw_kv_str(w, "state_text", yh_cstr(yh_case_state_text(s)));
    yh_jw_kv_bool(w, "over", yh_case_state_over(s));
    yh_jw_kv_bool(w, "takes", yh_case_act_of(YH_ACT_ADD)->from >> s & 1);
    yh_jw_kv_str(w, "officer", f->officer);
    yh_jw_kv_i64(w, "hits", f->hits);
    yh_jw_kv_i64(w, "claimed", f->claimed);
    yh_jw_kv_i64(w, "upheld", f->upheld);
    yh_jw_kv_str(w, "clock", f->clock);
    yh_jw_kv_bool(w, "clock_stopped", f->clock_stopped != 0);
    yh_jw_kv_day(w, "due", f->clock_stopped ? 0 : f->due);
    yh_jw_kv_bool(w, "due_known", f->due_known != 0);
    yh_jw_key(w, YH_S("left"));
    if (f->clock.n)
        yh_jw_i64(w, yh_clock_left(&k->world->casework->workdays, c, today));
    else
        yh_jw_null(w);
    yh_jw_kv_bool(w, "late", is_late(f, today));
    yh_jw_kv_time(w, "opened", f->opened);
    yh_jw_end(w, '}');
}

static enum yh_status tables(const struct yh_look *k, struct yh_err *err)
{
    return k->world->casework ? YH_OK
                              : yh_fail(err, YH_NOT_FOUND, "本服务没有装入案件的期限表");
}

static bool case_within(void *ctx, const void *row)
{
    const struct yh_look_cases *ask = ctx;
    const struct yh_case_file_row *f = row;
    return ask->within(ask->user, f->region);
}

/* Cases within the area: of one provider by opening, else state by state.  What is over is bounded, the
 * last first: it grows from year to year, and must not stand in the way of what is open. */
static enum yh_status cases_of(const struct yh_look *k, struct yh_look_cases *ask,
                               struct yh_case_file_row **out, int *n, struct yh_err *err)
{
    int cap = 0;
    if (ask->provider.n)
        return yh_pick_case_file(
            k->x, (struct yh_span){ .index = (int)yh_case_file_by_provider, .same = 1 },
            &(struct yh_case_file_row){ .provider = ask->provider }, case_within, ask, out, n,
            err);
    enum yh_status st = YH_OK;
    for (int s = 0; st == YH_OK && s < YH_CASE_SAME; s++) {
        bool over = yh_case_state_over((enum yh_case_state)s);
        struct yh_case_file_row *row = NULL, like = { .state = yh_cstr(yh_case_state_word(
                                                          (enum yh_case_state)s)) };
        struct yh_span span = { .index = (int)yh_case_file_by_state,
                                .same = 1,
                                .down = over,
                                .most = over ? CASES_MOST : 0 };
        int m = 0;
        st = yh_pick_case_file(k->x, span, &like, case_within, ask, &row, &m, err);
        for (int i = 0; i < m; i++)
            YH_PUSH(k->arena, *out, *n, cap) = row[i];
    }
    return st;
}

enum yh_status yh_look_cases(const struct yh_look *k, const struct yh_look_cases *ask,
                             struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_look_cases own = *ask;
    struct yh_case_file_row *row = NULL;
    int n = 0, count[YH_CASE_SAME] = { 0 }, over[YH_CASE_SAME] = { 0 };
    yh_day today = yh_time_day(k->now);
    enum yh_status st = tables(k, err);
    if (st == YH_OK)
        st = cases_of(k, &own, &row, &n, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_array(w, "rows");
    for (int i = 0; i < n; i++) {
        enum yh_case_state s = yh_case_state_read(row[i].state);
        yh_assert(s != YH_CASE_SAME);
        count[s]++;
        over[s] += is_late(&row[i], today);
        if ((!ask->state.n || yh_eq(ask->state, row[i].state)) &&
            (!ask->late || is_late(&row[i], today)))
            put_head(k, &row[i], w);
    }
    yh_jw_end(w, ']');
    yh_jw_kv_array(w, "states");
    for (int s = 0; s < YH_CASE_SAME; s++) {
        yh_jw_object(w);
        yh_jw_kv_str(w, "state", yh_cstr(yh_case_state_word((enum yh_case_state)s)));
        yh_jw_kv_str(w, "text", yh_cstr(yh_case_state_text((enum yh_case_state)s)));
        yh_jw_kv_i64(w, "n", count[s]);
        yh_jw_kv_i64(w, "late", over[s]);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status yh_look_case_of(const struct yh_look *k, yh_str case_no,
                               struct yh_look_case *out, struct yh_err *err)
{
    struct yh_case_hit_row like = { .case_no = case_no };
    *out = (struct yh_look_case){ .file = { .case_no = case_no } };
    enum yh_status st = tables(k, err);
    if (st == YH_OK)
        st = yh_get_case_file(k->x, &out->file, err);
    if (st == YH_NOT_FOUND)
        return yh_fail_field(err, YH_NOT_FOUND, "case", "", "没有这个案件");
    return st ? st
              : yh_list_case_hit(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 1 }, &like,
                                 &out->hit, &out->nhit, err);
}

/* ---- one case ---- */

const struct yh_look_case_act YH_LOOK_CASE_ACT[YH_LOOK_CASE_ACTS] = {
    { "add", YH_ACT_ADD },         { "assign", YH_ACT_ASSIGN },   { "notice", YH_ACT_NOTICE },
    { "papers", YH_ACT_PAPERS },   { "arrived", YH_ACT_ARRIVED }, { "answer", YH_ACT_APPEAL },
    { "recheck", YH_ACT_RECHECK }, { "panel", YH_ACT_HEAR },      { "decide", YH_ACT_DECIDE },
    { "approve", YH_ACT_APPROVE }, { "drop", YH_ACT_DROP },       { "reverse", YH_ACT_REVERSE },
    { "hearing", YH_ACT_TELL },    { "waive", YH_ACT_WAIVE },     { "held", YH_ACT_HELD },
    { "recover", YH_ACT_RECOVER },
};

static void put_may(const struct yh_case_file_row *f, struct yh_jsonw *w)
{
    enum yh_case_state s = yh_case_state_read(f->state);
    yh_jw_kv_array(w, "may");
    for (int i = 0; i < YH_LOOK_CASE_ACTS; i++) {
        const struct yh_case_act_row *a =
            yh_case_act_of((enum yh_case_act_id)YH_LOOK_CASE_ACT[i].act);
        if (!(a->from >> s & 1))
            continue;
        yh_jw_object(w);
        yh_jw_kv_str(w, "act", yh_cstr(YH_LOOK_CASE_ACT[i].word));
        yh_jw_kv_str(w, "text", yh_cstr(a->text));
        yh_jw_kv_bool(w, "note", a->note);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

static void put_hits(const struct yh_look_case *c, struct yh_jsonw *w)
{
    yh_jw_kv_array(w, "hits");
    for (int i = 0; i < c->nhit; i++) {
        const struct yh_case_hit_row *h = &c->hit[i];
        yh_jw_object(w);
        yh_jw_kv_str(w, "hit", h->hit);
        yh_jw_kv_str(w, "rule", h->rule);
        yh_jw_kv_str(w, "version", h->version);
        yh_jw_kv_str(w, "person", h->person);
        yh_jw_kv_str(w, "settlement", h->settlement);
        yh_jw_kv_day(w, "day", h->day);
        yh_jw_kv_str(w, "state", h->state);
        yh_jw_kv_i64(w, "item_money", h->item_money);
        yh_jw_kv_i64(w, "fund_item", h->fund_item);
        yh_jw_kv_i64(w, "fund_method", h->fund_method);
        yh_jw_kv_i64(w, "fund", h->fund);
        yh_jw_kv_i64(w, "person_back", h->person_back);
        yh_jw_kv_bool(w, "archived", h->archived != 0);
        yh_jw_kv_str(w, "message", h->message);
        yh_jw_kv_str(w, "appeal", h->appeal_reason);
        yh_jw_kv_i64(w, "appeal_amount", h->appeal_amount);
        yh_jw_kv_str(w, "recheck", h->recheck_note);
        yh_jw_kv_str(w, "panel", h->panel_note);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

static yh_str act_text(yh_str word)
{
    for (int i = 0; i < YH_ACT_N; i++) {
        const struct yh_case_act_row *a = yh_case_act_of((enum yh_case_act_id)i);
        if (yh_eq(word, yh_cstr(a->word)))
            return yh_cstr(a->text);
    }
    return word;
}

static enum yh_status put_steps(const struct yh_look *k, yh_str case_no, struct yh_jsonw *w,
                                struct yh_err *err)
{
    struct yh_case_step_row like = { .case_no = case_no }, *s = NULL;
    int n = 0;
    enum yh_status st = yh_list_case_step(
        k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 1 }, &like, &s, &n, err);
    yh_jw_kv_array(w, "steps");
    for (int i = 0; st == YH_OK && i < n; i++) {
        yh_jw_object(w);
        yh_jw_kv_i64(w, "nth", s[i].nth);
        yh_jw_kv_str(w, "act", s[i].act);
        yh_jw_kv_str(w, "text", act_text(s[i].act));
        yh_jw_kv_str(w, "state_text",
                     yh_cstr(yh_case_state_text(yh_case_state_read(s[i].state))));
        yh_jw_kv_str(w, "officer", s[i].officer);
        yh_jw_kv_str(w, "others", s[i].others);
        yh_jw_kv_time(w, "time", s[i].time);
        yh_jw_kv_day(w, "due", s[i].due);
        yh_jw_kv_str(w, "note", s[i].note);
        yh_jw_kv_str(w, "document", s[i].document);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    return st;
}

static enum yh_status put_papers(const struct yh_look *k, const struct yh_look_case *c,
                                 struct yh_jsonw *w, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    struct yh_map seen = yh_map_in(k->arena, 16);
    yh_jw_kv_array(w, "papers");
    for (int i = 0; st == YH_OK && i < c->nhit; i++) {
        struct yh_case_paper_row like = { .provider = c->file.provider,
                                          .papers = c->hit[i].appeal_papers },
                                 *p = NULL;
        int n = 0;
        if (!like.papers.n || yh_map_get(&seen, like.papers, -1) >= 0)
            continue;
        yh_map_set(&seen, like.papers, i);
        st = yh_list_case_paper(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &like,
                                &p, &n, err);
        for (int j = 0; st == YH_OK && j < n; j++) {
            yh_jw_object(w);
            yh_jw_kv_str(w, "papers", p[j].papers);
            yh_jw_kv_str(w, "name", p[j].name);
            yh_jw_kv_str(w, "digest", p[j].digest);
            yh_jw_kv_i64(w, "bytes", p[j].bytes.n);
            yh_jw_kv_time(w, "time", p[j].time);
            yh_jw_end(w, '}');
        }
    }
    yh_jw_end(w, ']');
    return st;
}

static enum yh_status put_measures(const struct yh_look *k, yh_str case_no, struct yh_jsonw *w,
                                   struct yh_err *err)
{
    struct yh_case_measure_row like = { .case_no = case_no }, *m = NULL;
    int n = 0;
    enum yh_status st = yh_list_case_measure(
        k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 1 }, &like, &m, &n, err);
    yh_jw_kv_array(w, "measures");
    for (int i = 0; st == YH_OK && i < n; i++) {
        yh_jw_object(w);
        yh_jw_kv_str(w, "measure", m[i].measure);
        yh_jw_kv_str(w, "power", m[i].power);
        yh_jw_kv_str(w, "of", m[i].of);
        yh_jw_kv_i64(w, "amount", m[i].amount);
        yh_jw_kv_day(w, "from", m[i].from_day);
        yh_jw_kv_day(w, "to", m[i].to_day);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    return st;
}

static enum yh_status put_money(const struct yh_look *k, yh_str case_no, struct yh_jsonw *w,
                                struct yh_err *err)
{
    struct yh_case_money_row like = { .case_no = case_no }, *m = NULL;
    int n = 0;
    enum yh_status st = yh_list_case_money(
        k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 1 }, &like, &m, &n, err);
    yh_jw_kv_array(w, "money");
    for (int i = 0; st == YH_OK && i < n; i++) {
        yh_jw_object(w);
        yh_jw_kv_i64(w, "nth", m[i].nth);
        yh_jw_kv_str(w, "kind", m[i].kind);
        yh_jw_kv_str(w, "settlement", m[i].settlement);
        yh_jw_kv_str(w, "hit", m[i].hit);
        yh_jw_kv_i64(w, "fund", m[i].fund);
        yh_jw_kv_i64(w, "person_back", m[i].person_back);
        yh_jw_kv_i64(w, "other", m[i].other);
        yh_jw_kv_str(w, "cleared", m[i].cleared);
        yh_jw_kv_i64(w, "undone_by", m[i].undone_by);
        yh_jw_kv_time(w, "time", m[i].time);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    return st;
}

enum yh_status yh_look_case(const struct yh_look *k, const struct yh_look_case *c,
                            struct yh_jsonw *w, struct yh_err *err)
{
    const struct yh_case_file_row *f = &c->file;
    yh_jw_object(w);
    yh_jw_key(w, YH_S("head"));
    put_head(k, f, w);
    yh_jw_kv_str(w, "rechecker", f->rechecker);
    yh_jw_kv_str(w, "proposer", f->proposer);
    yh_jw_kv_str(w, "approver", f->approver);
    yh_jw_kv_str(w, "nature", f->nature.n ? yh_case_nature_text(f->nature) : YH_S(""));
    yh_jw_kv_i64(w, "person_back", f->person_back);
    yh_jw_kv_i64(w, "damages", f->damages);
    put_may(f, w);
    put_hits(c, w);
    enum yh_status st = put_steps(k, f->case_no, w, err);
    if (st == YH_OK)
        st = put_papers(k, c, w, err);
    if (st == YH_OK)
        st = put_measures(k, f->case_no, w, err);
    if (st == YH_OK)
        st = put_money(k, f->case_no, w, err);
    yh_jw_end(w, '}');
    return st;
}

/* ---- rules ---- */

/* The figures of `learn` by rule: one account of precision, told twice. */
static enum yh_status learned(const struct yh_look *k, yh_str *tsv, struct yh_err *err)
{
    return yh_agency_act(k->x, k->world, YH_S("{\"verb\":\"learn\"}"), k->now, tsv, err);
}

static void put_rule(const struct yh_mon_rule *q, yh_str row, struct yh_jsonw *w)
{
    yh_str cell[9];
    for (int i = 0; i < YH_COUNT(cell); i++)
        cell[i] = yh_cut(&row, '\t');
    yh_jw_object(w);
    yh_jw_kv_str(w, "rule", q ? q->id : cell[0]);
    yh_jw_kv_str(w, "name", q ? q->name : cell[0]);
    yh_jw_kv_str(w, "kind", q ? q->cls : cell[1]);
    yh_jw_kv_str(w, "standing", q ? yh_standing_word(q->standing) : YH_S(""));
    yh_jw_kv_str(w, "basis", q ? q->basis : YH_S(""));
    yh_jw_kv_str(w, "file", q ? q->file : YH_S(""));
    yh_jw_kv_str(w, "text", q ? q->text : YH_S(""));
    yh_jw_kv_bool(w, "loaded", q != NULL);
    static const char *const KEY[] = { "upheld", "dropped",  "precision", "recovered",
                                       "open",   "at_stake", "proposal" };
    for (int i = 0; i < YH_COUNT(KEY); i++) {
        int64_t v = 0;
        bool whole = i == 0 || i == 1 || i == 4;
        if (!whole)
            yh_jw_kv_str(w, KEY[i], cell[i + 2]);
        else if (!cell[i + 2].n || !yh_int_parse(cell[i + 2], &v, NULL))
            yh_jw_kv_i64(w, KEY[i], v);
    }
    yh_jw_end(w, '}');
}

enum yh_status yh_look_rules(const struct yh_look *k, struct yh_jsonw *w, struct yh_err *err)
{
    const struct yh_rules *r = k->world->rules;
    struct yh_map by = yh_map_in(k->arena, 64);
    yh_str tsv = YH_S(""), *line = NULL;
    int n = 0, cap = 0;
    enum yh_status st = tables(k, err);
    if (st == YH_OK)
        st = learned(k, &tsv, err);
    if (st)
        return st;
    while (tsv.n) {
        yh_str one = yh_cut(&tsv, '\n'), rest = one, id = yh_cut(&rest, '\t');
        if (!id.n || id.p[0] == '#')
            continue;
        yh_map_set(&by, id, n);
        YH_PUSH(k->arena, line, n, cap) = one;
    }
    yh_jw_object(w);
    yh_jw_kv_array(w, "rows");
    for (int i = 0; i < n; i++) {
        yh_str rest = line[i];
        int at = r ? yh_rules_find(r, yh_cut(&rest, '\t')) : -1;
        put_rule(at >= 0 ? &r->rule[at] : NULL, line[i], w);
    }
    for (int i = 0; r && i < r->n; i++)
        if (yh_map_get(&by, r->rule[i].id, -1) < 0)
            put_rule(&r->rule[i], YH_S(""), w);
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}
