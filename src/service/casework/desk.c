/* service/casework/desk.c -- one case in the hands of one act: state, term, step, document. */
#include "service/casework/inside.h"

yh_str yh_fen_words(struct yh_arena *a, yh_fen v)
{
    char text[32];
    return yh_dup(a, yh_dec_text(text, v, 2, 2));
}

enum yh_status yh_case_get(struct yh_txn *x, yh_str case_no, struct yh_case_file_row *out,
                           struct yh_err *err)
{
    struct yh_case_file_row f = { .case_no = case_no };
    enum yh_status st = yh_get_case_file(x, &f, err);
    if (st == YH_NOT_FOUND)
        return yh_refuse(err, YH_REFUSE_CASE_UNKNOWN, case_no, NULL);
    if (st == YH_OK)
        *out = f;
    return st;
}

enum yh_status yh_case_hits_of(struct yh_txn *x, yh_str case_no, struct yh_case_hit_row **rows,
                               int *n, struct yh_err *err)
{
    struct yh_case_hit_row like = { .case_no = case_no };
    return yh_list_case_hit(x, (struct yh_span){ .index = YH_BY_KEY, .same = 1 }, &like, rows,
                            n, err);
}

enum yh_status yh_case_money_of(struct yh_txn *x, yh_str case_no,
                                struct yh_case_money_row **rows, int *n, struct yh_err *err)
{
    struct yh_case_money_row like = { .case_no = case_no };
    return yh_list_case_money(x, (struct yh_span){ .index = YH_BY_KEY, .same = 1 }, &like, rows,
                              n, err);
}

enum yh_status yh_docket_open(struct yh_act *t, struct yh_docket *k, struct yh_err *err)
{
    if (!t->w || !t->w->casework)
        return yh_refuse(err, YH_REFUSE_CASE_TABLES, yh_act_text(t, "verb"), NULL);
    *k = (struct yh_docket){ .x = t->x,
                             .w = t->w->casework,
                             .a = t->x->arena,
                             .now = t->now,
                             .today = yh_time_day(t->now),
                             .officer = yh_act_text(t, "officer"),
                             .note = yh_act_text(t, "note"),
                             .others = YH_S(""),
                             .body = t->ask->text };
    return YH_OK;
}

enum yh_status yh_docket_officer(const struct yh_docket *k, bool note, struct yh_err *err)
{
    if (!k->officer.n)
        return yh_refuse(err, YH_REFUSE_CASE_OFFICER, k->officer, NULL);
    if (note && !k->note.n)
        return yh_refuse(err, YH_REFUSE_CASE_NOTE, k->note, NULL);
    return YH_OK;
}

static enum yh_status take_file(struct yh_docket *k, yh_str case_no, enum yh_case_act_id act,
                                struct yh_err *err)
{
    enum yh_status st = yh_case_get(k->x, case_no, &k->f, err);
    if (st)
        return st;
    k->act = yh_case_act_of(act);
    k->state = yh_case_state_read(k->f.state);
    yh_assert(k->state != YH_CASE_SAME);
    if (!(k->act->from >> k->state & 1))
        return yh_refuse(err, YH_REFUSE_CASE_STATE, case_no, "现为“%s”，不能“%s”",
                         yh_case_state_text(k->state), k->act->text);
    struct yh_provider_row p = { .provider = k->f.provider };
    st = yh_get_provider(k->x, &p, err);
    k->provider_name = st == YH_OK ? p.name : YH_S("");
    return st == YH_NOT_FOUND ? YH_OK : st;
}

enum yh_status yh_docket_take(struct yh_docket *k, yh_str case_no, enum yh_case_act_id act,
                              struct yh_err *err)
{
    enum yh_status st = take_file(k, case_no, act, err);
    return st ? st : yh_case_hits_of(k->x, case_no, &k->hit, &k->nhit, err);
}

enum yh_status yh_docket_start(struct yh_act *t, struct yh_docket *k, enum yh_case_act_id act,
                               struct yh_err *err)
{
    enum yh_status st = yh_docket_open(t, k, err);
    if (st == YH_OK)
        st = yh_docket_take(k, yh_act_text(t, "case"), act, err);
    return st ? st : yh_docket_officer(k, k->act->note, err);
}

enum yh_status yh_docket_take_hit(struct yh_docket *k, yh_str case_no, yh_str hit,
                                  enum yh_case_act_id act, struct yh_err *err)
{
    enum yh_status st = take_file(k, case_no, act, err);
    if (st)
        return st;
    k->hit = YH_NEW(k->a, struct yh_case_hit_row, 1);
    k->hit->case_no = case_no;
    k->hit->hit = hit;
    k->nhit = 1;
    st = yh_get_case_hit(k->x, k->hit, err);
    return st == YH_NOT_FOUND ? yh_refuse(err, YH_REFUSE_CASE_HIT_UNKNOWN, hit, NULL) : st;
}

struct yh_case_hit_row *yh_docket_hit(struct yh_docket *k, yh_str hit)
{
    for (int i = 0; i < k->nhit; i++)
        if (yh_eq(k->hit[i].hit, hit))
            return &k->hit[i];
    return NULL;
}

enum yh_status yh_docket_hit_put(struct yh_docket *k, const struct yh_case_hit_row *h,
                                 struct yh_err *err)
{
    return yh_put_case_hit(k->x, h, err);
}

/* ---- the term ---- */

struct yh_clock yh_docket_clock(const struct yh_docket *k)
{
    return (struct yh_clock){ (int)k->f.clock_days, (int)k->f.clock_used,
                              (yh_day)k->f.clock_since, k->f.clock_stopped != 0 };
}

void yh_docket_set_clock(struct yh_docket *k, struct yh_clock c)
{
    bool known;
    k->f.clock_days = c.days;
    k->f.clock_used = c.used;
    k->f.clock_since = c.since;
    k->f.clock_stopped = c.stopped;
    k->f.due = yh_clock_due(&k->w->workdays, c, &known);
    k->f.due_known = known;
}

enum yh_status yh_docket_term(struct yh_docket *k, const char *clock, struct yh_err *err)
{
    int days;
    if (!*clock) {
        k->f.clock = YH_S("");
        k->f.clock_days = k->f.clock_used = k->f.clock_since = k->f.clock_stopped = 0;
        k->f.due = YH_DAY_MAX;
        k->f.due_known = 1;
        return YH_OK;
    }
    enum yh_status st =
        yh_casework_clock(k->w, *k->a, k->f.region, yh_cstr(clock), k->today, &days, NULL, err);
    if (st)
        return st;
    k->f.clock = yh_cstr(clock);
    yh_docket_set_clock(k, yh_clock_start(k->today, days));
    return YH_OK;
}

bool yh_docket_over(const struct yh_docket *k)
{
    return !k->f.clock_stopped && k->today > k->f.due;
}

/* ---- documents ---- */

static yh_str lines_of(const struct yh_docket *k)
{
    struct yh_buf b = yh_buf_in(k->a);
    char day[16];
    for (int i = 0; i < k->nhit; i++) {
        const struct yh_case_hit_row *h = &k->hit[i];
        yh_putf(&b, "%s%d. [%.*s] %.*s 结算 %.*s：%.*s（基金 ", i ? "\n" : "", i + 1,
                YH_ARG(h->hit), YH_ARG(yh_day_text(day, (yh_day)h->day)), YH_ARG(h->settlement),
                YH_ARG(h->message));
        yh_put_fen(&b, h->fund_method);
        yh_putz(&b, " 元");
        if (yh_eq(h->state, YH_S("upheld"))) {
            yh_putz(&b, "，成立 ");
            yh_put_fen(&b, h->fund);
            yh_putz(&b, " 元");
        } else if (yh_eq(h->state, YH_S("dropped"))) {
            yh_putz(&b, "，不成立");
        }
        yh_putz(&b, "）");
        if (h->panel_note.n || h->recheck_note.n)
            yh_putf(&b, " %.*s", YH_ARG(h->panel_note.n ? h->panel_note : h->recheck_note));
    }
    return yh_buf_str(&b);
}

static int count(const struct yh_docket *k, const char *state)
{
    int n = 0;
    for (int i = 0; i < k->nhit; i++)
        n += yh_eq(k->hit[i].state, yh_cstr(state));
    return n;
}

static yh_str source_of(const struct yh_docket *k)
{
    return yh_eq(k->f.kind, YH_S("tip"))          ? YH_S("核查举报线索")
           : yh_eq(k->f.kind, YH_S("inspection")) ? YH_S("监督检查")
           : yh_eq(k->f.kind, YH_S("self"))       ? YH_S("规则运行")
                                                  : YH_S("智能审核");
}

static enum yh_status document(struct yh_docket *k, const char *section,
                               const struct yh_fill *words, int n, yh_str *out,
                               struct yh_err *err)
{
    int appealed = 0;
    char day[16], due[16];
    for (int i = 0; i < k->nhit; i++)
        appealed += k->hit[i].appealed != 0;
    bool open_end = k->f.due >= YH_DAY_MAX;
    struct yh_fill common[] = {
        { "case", k->f.case_no },
        { "date", yh_dup(k->a, yh_day_text(day, k->today)) },
        { "provider", k->f.provider },
        { "provider_name", k->provider_name },
        { "source", source_of(k) },
        { "hits", yh_fmt(k->a, "%d", k->nhit) },
        { "claimed", yh_fen_words(k->a, k->f.claimed) },
        { "lines", lines_of(k) },
        { "due", open_end ? YH_S("—") : yh_dup(k->a, yh_day_text(due, (yh_day)k->f.due)) },
        { "days", yh_fmt(k->a, "%lld", (long long)k->f.clock_days) },
        { "officer", k->officer },
        { "approver", k->f.approver },
        { "note", k->note },
        { "others", k->others },
        { "appealed", yh_fmt(k->a, "%d", appealed) },
        { "upheld_hits", yh_fmt(k->a, "%d", count(k, "upheld")) },
        { "dropped_hits", yh_fmt(k->a, "%d", count(k, "dropped")) },
        { "upheld", yh_fen_words(k->a, k->f.upheld) },
        { "person_back", yh_fen_words(k->a, k->f.person_back) },
        { "nature", yh_case_nature_text(k->f.nature) },
    };
    int m = YH_COUNT(common);
    struct yh_fill *all = YH_NEW(k->a, struct yh_fill, m + n);
    for (int i = 0; i < n; i++)
        all[i] = words[i]; /* those given win */
    for (int i = 0; i < m; i++)
        all[n + i] = common[i];
    return yh_template_fill(k->a, k->w->text.templates, yh_cstr(section), all, m + n, out, err);
}

/* ---- the end of an act ---- */

static enum yh_status step(struct yh_docket *k, yh_str text, struct yh_err *err)
{
    struct yh_case_step_row like = { .case_no = k->f.case_no }, *row = NULL;
    int n = 0;
    enum yh_status st = yh_list_case_step(
        k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 1, .down = true, .most = 1 }, &like,
        &row, &n, err);
    if (st)
        return st;
    struct yh_case_step_row s = { .case_no = k->f.case_no,
                                  .nth = n ? row->nth + 1 : 1,
                                  .act = yh_cstr(k->act->word),
                                  .state = k->f.state,
                                  .officer = k->officer,
                                  .others = k->others,
                                  .time = k->now,
                                  .due = k->f.due,
                                  .note = k->note,
                                  .document = text,
                                  .body = k->body };
    return yh_add_case_step(k->x, &s, err);
}

enum yh_status yh_docket_done(struct yh_docket *k, const char *section,
                              const struct yh_fill *words, int n, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    yh_str text = YH_S("");
    if (k->act->to != YH_CASE_SAME)
        k->state = k->act->to;
    k->f.state = yh_cstr(yh_case_state_word(k->state));
    if (strcmp(k->act->clock, "=") != 0)
        st = yh_docket_term(k, k->act->clock, err);
    if (!section)
        section = k->act->document;
    if (st == YH_OK && *section)
        st = document(k, section, words, n, &text, err);
    k->f.changed = k->now;
    if (yh_case_state_over(k->state) && !k->f.closed)
        k->f.closed = k->now;
    if (st == YH_OK)
        st = yh_put_case_file(k->x, &k->f, err);
    return st ? st : step(k, text, err);
}
