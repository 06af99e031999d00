/* service/casework/tipoff.c -- reports from the public, from arrival to reward. */
#include "service/casework/inside.h"

#define TEXT_MAX 12000 /* bytes: 4,000 characters */

static yh_str digest_of(struct yh_arena *a, yh_str code)
{
    uint8_t d[32];
    char hex[64];
    if (!code.n)
        return YH_S("");
    yh_sha256_of(code, d);
    yh_hex(hex, d, 32);
    return yh_dup(a, (yh_str){ hex, 64 });
}

static enum yh_status term(const struct yh_casework *w, struct yh_arena *a,
                           struct yh_tipoff_row *r, const char *clock, yh_day today,
                           struct yh_err *err)
{
    int days;
    bool known;
    r->clock = yh_cstr(clock);
    r->due = YH_DAY_MAX;
    r->due_known = 1;
    if (!*clock)
        return YH_OK;
    enum yh_status st =
        yh_casework_clock(w, *a, r->region, yh_cstr(clock), today, &days, NULL, err);
    if (st == YH_OK) {
        r->due = yh_workday_add(&w->workdays, today, days, &known);
        r->due_known = known;
    }
    return st;
}

enum yh_status yh_tipoff_add(struct yh_txn *x, const struct yh_casework *w, yh_time now,
                             const struct yh_tipoff_row *in, yh_str code,
                             struct yh_tipoff_row *out, struct yh_err *err)
{
    struct yh_tipoff_row r = *in;
    int64_t nth;
    bool back = r.anonymous ? code.n >= 6 : r.name.n && r.contact.n;
    if (!yh_trim(r.text).n || r.text.n > TEXT_MAX || !yh_utf8_ok(r.text) || !back ||
        (!r.provider.n && !r.person.n) || r.region.n != 6)
        return yh_refuse(err, YH_REFUSE_TIP_TEXT, YH_S(""), NULL);
    if (r.anonymous)
        r.name = r.contact = YH_S("");
    int year = yh_civil_of(yh_time_day(now)).year;
    enum yh_status st = yh_txn_next(x, yh_fmt(x->arena, "%.*s %d", YH_ARG(r.region), year),
                                    YH_S("tip"), &nth, err);
    if (st)
        return st;
    r.tipoff = yh_fmt(x->arena, "%.*s-%d-T%05lld", YH_ARG(r.region), year, (long long)nth);
    r.time = r.changed = now;
    r.code_digest = digest_of(x->arena, code);
    r.state = YH_S("received");
    r.officer = r.case_no = r.note = r.tier = r.proposer = r.approver = YH_S("");
    r.case_value = r.reward = 0;
    st = term(w, x->arena, &r, "tip_accept", yh_time_day(now), err);
    if (st == YH_OK)
        st = yh_add_tipoff(x, &r, err);
    if (st == YH_OK)
        *out = r;
    return st;
}

enum yh_status yh_tipoff_find(struct yh_txn *x, yh_str tipoff, yh_str code,
                              struct yh_tipoff_row *out, struct yh_err *err)
{
    struct yh_tipoff_row r = { .tipoff = tipoff };
    enum yh_status st = yh_get_tipoff(x, &r, err);
    /* The same words whether the number or the code is wrong. */
    if (st == YH_NOT_FOUND ||
        (st == YH_OK && (!code.n || !yh_eq(r.code_digest, digest_of(x->arena, code)))))
        return yh_refuse(err, YH_REFUSE_TIP_UNKNOWN, tipoff, NULL);
    if (st == YH_OK)
        *out = r;
    return st;
}

/* ---- acts ---- */

static void head(struct yh_act *t)
{
    yh_putz(t->out, "#tip\tstate\tprovider\tcase\tdue\tcase_value\treward\tnote\n");
}

static void put(struct yh_act *t, const struct yh_tipoff_row *r)
{
    yh_act_put(t, r->tipoff, '\t');
    yh_act_put(t, r->state, '\t');
    yh_act_put(t, r->provider, '\t');
    yh_act_put(t, r->case_no, '\t');
    yh_act_put_day(t, r->due, '\t');
    yh_act_put_fen(t, r->case_value, '\t');
    yh_act_put_fen(t, r->reward, '\t');
    yh_act_put(t, r->note, '\n');
}

enum yh_status yh_act_tip_add(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    struct yh_tipoff_row in = { .region = yh_act_text(t, "region"),
                                .channel = yh_act_text(t, "channel"),
                                .anonymous = yh_eq(yh_act_text(t, "anonymous"), YH_S("1")),
                                .name = yh_act_text(t, "name"),
                                .contact = yh_act_text(t, "contact"),
                                .insider = yh_eq(yh_act_text(t, "insider"), YH_S("1")),
                                .provider = yh_act_text(t, "provider"),
                                .person = yh_act_text(t, "person"),
                                .text = yh_act_text(t, "text") };
    enum yh_status st = yh_docket_open(t, &k, err);
    if (st == YH_OK)
        st = yh_tipoff_add(k.x, k.w, k.now, &in, yh_act_text(t, "code"), &in, err);
    if (st)
        return st;
    head(t);
    put(t, &in);
    return YH_OK;
}

/* The tip, if it stands in one of the states named. */
static enum yh_status take(struct yh_act *t, struct yh_docket *k, struct yh_tipoff_row *r,
                           const char *states, bool note, struct yh_err *err)
{
    enum yh_status st = yh_docket_open(t, k, err);
    if (st == YH_OK)
        st = yh_docket_officer(k, note, err);
    if (st)
        return st;
    *r = (struct yh_tipoff_row){ .tipoff = yh_act_text(t, "tip") };
    st = yh_get_tipoff(k->x, r, err);
    if (st == YH_NOT_FOUND)
        return yh_refuse(err, YH_REFUSE_TIP_UNKNOWN, r->tipoff, NULL);
    if (st)
        return st;
    for (yh_str rest = yh_cstr(states); rest.n;)
        if (yh_eq(yh_cut(&rest, ' '), r->state))
            return YH_OK;
    return yh_refuse(err, YH_REFUSE_TIP_STATE, r->tipoff, "现为 %.*s", YH_ARG(r->state));
}

static enum yh_status done(struct yh_act *t, struct yh_docket *k, struct yh_tipoff_row *r,
                           const char *state, const char *clock, struct yh_err *err)
{
    r->state = yh_cstr(state);
    if (k->note.n)
        r->note = k->note;
    r->officer = k->officer;
    r->changed = k->now;
    enum yh_status st = term(k->w, k->a, r, clock, k->today, err);
    if (st == YH_OK)
        st = yh_put_tipoff(k->x, r, err);
    if (st)
        return st;
    head(t);
    put(t, r);
    return YH_OK;
}

enum yh_status yh_act_tip_accept(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    struct yh_tipoff_row r;
    enum yh_status st = take(t, &k, &r, "received", false, err);
    return st ? st : done(t, &k, &r, "accepted", "tip_check", err);
}

enum yh_status yh_act_tip_refuse(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    struct yh_tipoff_row r;
    enum yh_status st = take(t, &k, &r, "received", true, err);
    return st ? st : done(t, &k, &r, "refused", "", err);
}

enum yh_status yh_act_tip_unfounded(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    struct yh_tipoff_row r;
    enum yh_status st = take(t, &k, &r, "accepted", true, err);
    return st ? st : done(t, &k, &r, "unfounded", "", err);
}

enum yh_status yh_act_tip_waive(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    struct yh_tipoff_row r;
    enum yh_status st = take(t, &k, &r, "confirmed", true, err);
    r.reward = 0;
    return st ? st : done(t, &k, &r, "waived", "", err);
}

enum yh_status yh_act_tip_link(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    struct yh_tipoff_row r;
    struct yh_case_file_row f;
    enum yh_status st = take(t, &k, &r, "accepted", false, err);
    if (st == YH_OK)
        st = yh_case_get(k.x, yh_act_text(t, "case"), &f, err);
    if (st)
        return st;
    if (r.provider.n && !yh_eq(r.provider, f.provider))
        return yh_refuse(err, YH_REFUSE_TIP_STATE, r.tipoff, "举报的机构不是本案机构");
    if (yh_case_state_over(yh_case_state_read(f.state)))
        return yh_refuse(err, YH_REFUSE_CASE_STATE, f.case_no, "已了结");
    r.case_no = f.case_no;
    return done(t, &k, &r, "checking", "tip_check", err);
}

enum yh_status yh_tip_case_ended(struct yh_docket *k, bool confirmed, struct yh_err *err)
{
    struct yh_tipoff_row like = { .state = YH_S("checking") }, *row = NULL;
    int n = 0;
    enum yh_status st = yh_list_tipoff(
        k->x, (struct yh_span){ .index = yh_tipoff_by_state, .same = 1 }, &like, &row, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        if (!yh_eq(row[i].case_no, k->f.case_no))
            continue;
        row[i].state = confirmed ? YH_S("confirmed") : YH_S("unfounded");
        row[i].case_value = confirmed ? k->f.upheld : 0;
        row[i].changed = k->now;
        st = term(k->w, k->a, &row[i], confirmed ? "reward" : "", k->today, err);
        if (st == YH_OK)
            st = yh_put_tipoff(k->x, &row[i], err);
    }
    return st;
}

/* A reward is proposed by one and approved by another; it is paid from the budget, not from the fund, so
 * nothing of it is in the ledger. */
enum yh_status yh_act_tip_reward(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    struct yh_tipoff_row r;
    struct yh_reward_rate rate;
    struct yh_err why = { 0 };
    yh_str tier = yh_act_text(t, "tier");
    enum yh_status st = take(t, &k, &r, "confirmed", false, err);
    if (st)
        return st;
    if (yh_casework_reward(k.w, k.a, r.region, tier, k.today, &rate, &why))
        return yh_refuse(err, YH_REFUSE_TIP_TIER, tier, "%s", why.text);
    r.tier = tier;
    r.reward = yh_reward_of(&rate, r.case_value, r.insider != 0);
    r.proposer = k.officer;
    k.note = yh_fmt(k.a, "案值 %.*s 元，%.*s（%.*s）", YH_ARG(yh_fen_words(k.a, r.case_value)),
                    YH_ARG(rate.basis), YH_ARG(yh_standing_text(rate.standing)));
    return done(t, &k, &r, "confirmed", "reward", err);
}

enum yh_status yh_act_tip_approve(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    struct yh_tipoff_row r;
    enum yh_status st = take(t, &k, &r, "confirmed", false, err);
    if (st)
        return st;
    if (!r.proposer.n)
        return yh_refuse(err, YH_REFUSE_TIP_STATE, r.tipoff, "还没有提出奖励");
    if (yh_eq(k.officer, r.proposer))
        return yh_refuse(err, YH_REFUSE_CASE_SECOND, k.officer, "提出人不能审批");
    r.approver = k.officer;
    return done(t, &k, &r, "rewarded", "", err);
}

enum yh_status yh_act_tip_show(struct yh_act *t, struct yh_err *err)
{
    struct yh_tipoff_row r = { .tipoff = yh_act_text(t, "tip") };
    yh_str code = yh_act_text(t, "code");
    enum yh_status st;
    if (code.n) { /* its sender: state and reward, nothing more */
        st = yh_tipoff_find(t->x, r.tipoff, code, &r, err);
    } else {
        st = yh_get_tipoff(t->x, &r, err);
        if (st == YH_NOT_FOUND)
            return yh_refuse(err, YH_REFUSE_TIP_UNKNOWN, r.tipoff, NULL);
    }
    if (st)
        return st;
    head(t);
    put(t, &r);
    if (!code.n) {
        yh_putz(t->out, "# 举报人 ");
        yh_act_put(t, r.anonymous ? YH_S("匿名") : r.name, ' ');
        yh_act_put(t, r.contact, '\n');
        yh_putz(t->out, "# ");
        yh_act_put(t, r.text, '\n');
    }
    return YH_OK;
}

enum yh_status yh_act_tip_list(struct yh_act *t, struct yh_err *err)
{
    struct yh_tipoff_row like = { .state = yh_act_text(t, "state") }, *row = NULL;
    int n = 0;
    struct yh_span span = { .index = like.state.n ? (int)yh_tipoff_by_state : YH_BY_KEY,
                            .same = like.state.n ? 1 : 0 };
    enum yh_status st = yh_list_tipoff(t->x, span, &like, &row, &n, err);
    if (st)
        return st;
    head(t);
    for (int i = 0; i < n; i++)
        put(t, &row[i]);
    return YH_OK;
}
