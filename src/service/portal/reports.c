/* service/portal/reports.c -- 举报: reports from the public as a list with their terms. */
#include <stdlib.h>
#include "engine/casework/casework.h"
#include "service/portal/inside.h"

#define REPORTS_MOST 1000 /* of each state */

/* In the order that a report goes through them; over: nothing is left to do. */
static const struct state {
    const char *word, *text;
    bool over;
} STATE[] = {
    { "received", "待受理", false }, { "accepted", "已受理，待查", false },
    { "checking", "查办中", false }, { "confirmed", "属实，待奖励", false },
    { "refused", "不予受理", true }, { "unfounded", "不属实", true },
    { "rewarded", "已奖励", true },  { "waived", "不予奖励", true },
};

/* A step, from which state; note: must say why. */
static const struct {
    const char *act, *text, *from;
    bool note;
} MAY[] = {
    { "accept", "受理", "received", false },
    { "refuse", "不予受理", "received", true },
    { "open", "立案", "accepted", false },
    { "link", "并入已有案件", "accepted", false },
    { "unfounded", "不属实，答复", "accepted", true },
    { "reward", "提出奖励", "confirmed", false },
    { "approve", "批准奖励", "confirmed", false },
    { "waive", "不予奖励", "confirmed", true },
};

static int state_of(yh_str word)
{
    int i = 0;
    while (i < YH_COUNT(STATE) - 1 && !yh_eq(word, yh_cstr(STATE[i].word)))
        i++;
    return i;
}

static bool is_late(const struct yh_tipoff_row *t, yh_day today)
{
    return t->clock.n && t->due < today;
}

static int by_due(const void *x, const void *y)
{
    const struct yh_tipoff_row *a = x, *b = y;
    bool over_a = STATE[state_of(a->state)].over, over_b = STATE[state_of(b->state)].over;
    if (over_a != over_b)
        return over_a ? 1 : -1;
    if (a->due != b->due)
        return a->due < b->due ? -1 : 1;
    return yh_cmp(a->tipoff, b->tipoff);
}

/* Who proposed a reward does not approve it, and none is approved before it is proposed. */
static bool may(const struct yh_tipoff_row *t, int i, yh_str officer)
{
    if (!yh_eq(t->state, yh_cstr(MAY[i].from)))
        return false;
    bool approve = !strcmp(MAY[i].act, "approve");
    return !approve || (t->proposer.n && !yh_eq(t->proposer, officer));
}

static void put(const struct yh_look *k, const struct yh_tipoff_row *t, yh_str officer,
                struct yh_jsonw *w)
{
    yh_day today = yh_time_day(k->now);
    const struct state *s = &STATE[state_of(t->state)];
    yh_jw_object(w);
    yh_jw_kv_str(w, "report", t->tipoff);
    yh_jw_kv_time(w, "time", t->time);
    yh_jw_kv_str(w, "channel", t->channel);
    yh_jw_kv_bool(w, "anonymous", t->anonymous != 0);
    yh_jw_kv_str(w, "name", yh_mask_name(k->arena, t->name));
    yh_jw_kv_str(w, "contact", yh_mask_number(k->arena, t->contact, 3, 2));
    yh_jw_kv_bool(w, "insider", t->insider != 0);
    yh_jw_kv_str(w, "provider", t->provider);
    yh_jw_kv_str(w, "provider_name", yh_look_provider_name(k, t->provider));
    yh_jw_kv_str(w, "text", t->text);
    yh_jw_kv_str(w, "state", t->state);
    yh_jw_kv_str(w, "state_text", yh_cstr(s->text));
    yh_jw_kv_bool(w, "over", s->over);
    yh_jw_kv_str(w, "officer", t->officer);
    yh_jw_kv_str(w, "case", t->case_no);
    yh_jw_kv_str(w, "note", t->note);
    yh_jw_kv_day(w, "due", t->clock.n ? t->due : 0);
    yh_jw_kv_bool(w, "due_known", t->due_known != 0);
    yh_jw_key(w, YH_S("left"));
    if (t->clock.n && k->world->casework)
        yh_jw_i64(w, yh_workday_between(&k->world->casework->workdays, today, (yh_day)t->due));
    else
        yh_jw_null(w);
    yh_jw_kv_bool(w, "late", is_late(t, today));
    yh_jw_kv_str(w, "tier", t->tier);
    yh_jw_kv_i64(w, "case_value", t->case_value);
    yh_jw_kv_i64(w, "reward", t->reward);
    yh_jw_kv_str(w, "proposer", t->proposer);
    yh_jw_kv_array(w, "may");
    for (int i = 0; i < YH_COUNT(MAY); i++) {
        if (!may(t, i, officer))
            continue;
        yh_jw_object(w);
        yh_jw_kv_str(w, "act", yh_cstr(MAY[i].act));
        yh_jw_kv_str(w, "text", yh_cstr(MAY[i].text));
        yh_jw_kv_bool(w, "note", MAY[i].note);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
}

struct whose {
    bool (*within)(void *user, yh_str region);
    void *user;
};

static bool report_within(void *ctx, const void *row)
{
    const struct whose *o = ctx;
    const struct yh_tipoff_row *t = row;
    return o->within(o->user, t->region);
}

/* Of each state the REPORTS_MOST within the area whose last day comes first; of what is over, last.  So
 * whoever sends thousands of reports puts none before those that came earlier. */
static enum yh_status reports_of(const struct yh_look *k, struct whose *o,
                                 struct yh_tipoff_row **out, int *n, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    int cap = 0;
    for (int s = 0; st == YH_OK && s < YH_COUNT(STATE); s++) {
        struct yh_tipoff_row *row = NULL, like = { .state = yh_cstr(STATE[s].word) };
        struct yh_span span = { .index = (int)yh_tipoff_by_state,
                                .same = 1,
                                .down = STATE[s].over,
                                .most = REPORTS_MOST };
        int m = 0;
        st = yh_pick_tipoff(k->x, span, &like, report_within, o, &row, &m, err);
        for (int i = 0; i < m; i++)
            YH_PUSH(k->arena, *out, *n, cap) = row[i];
    }
    return st;
}

enum yh_status yh_look_reports(const struct yh_look *k, yh_str state, yh_str officer,
                               bool (*within)(void *user, yh_str region), void *user,
                               struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_tipoff_row *row = NULL;
    int n = 0, count[YH_COUNT(STATE)] = { 0 }, late[YH_COUNT(STATE)] = { 0 };
    yh_day today = yh_time_day(k->now);
    enum yh_status st = reports_of(k, &(struct whose){ within, user }, &row, &n, err);
    if (st)
        return st;
    if (n)
        qsort(row, (size_t)n, sizeof *row, by_due);
    yh_jw_object(w);
    yh_jw_kv_array(w, "rows");
    for (int i = 0; i < n; i++) {
        count[state_of(row[i].state)]++;
        late[state_of(row[i].state)] += is_late(&row[i], today);
        if (!state.n || yh_eq(state, row[i].state))
            put(k, &row[i], officer, w);
    }
    yh_jw_end(w, ']');
    yh_jw_kv_array(w, "states");
    for (int i = 0; i < YH_COUNT(STATE); i++) {
        yh_jw_object(w);
        yh_jw_kv_str(w, "state", yh_cstr(STATE[i].word));
        yh_jw_kv_str(w, "text", yh_cstr(STATE[i].text));
        yh_jw_kv_i64(w, "n", count[i]);
        yh_jw_kv_i64(w, "late", late[i]);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status yh_look_reporter(const struct yh_look *k, const struct yh_tipoff_row *t,
                                yh_str officer, struct yh_jsonw *w, struct yh_err *err)
{
    (void)k;
    if (!yh_eq(t->officer, officer))
        return yh_fail(err, YH_DENIED, "举报人只给承办这条线索的人看");
    yh_jw_object(w);
    yh_jw_kv_str(w, "report", t->tipoff);
    yh_jw_kv_str(w, "name", t->name);
    yh_jw_kv_str(w, "contact", t->contact);
    yh_jw_end(w, '}');
    return YH_OK;
}
