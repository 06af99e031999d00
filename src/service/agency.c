#include "service/agency.h"

#include "service/document.h"
#include "service/lists.h"
#include "service/month.h"
#include "service/special.h"
#include "service/act.h"
#include "service/casework/casework.h"
#include "service/fund/fund.h"
#include "service/clearing/clearing.h"
#include "service/whose.h"

yh_str yh_act_text(const struct yh_act *t, const char *name)
{
    return yh_trim(yh_json_text(yh_json_get(t->ask, yh_cstr(name))));
}

void yh_act_put(struct yh_act *t, yh_str s, char end)
{
    for (ptrdiff_t i = 0; i < s.n; i++)
        yh_putc(t->out, (unsigned char)s.p[i] < ' ' ? ' ' : s.p[i]);
    yh_putc(t->out, end);
}

void yh_act_put_time(struct yh_act *t, yh_time time, char end)
{
    char text[32];
    yh_act_put(t, time ? yh_time_text(text, time) : YH_S(""), end);
}

void yh_act_put_day(struct yh_act *t, int64_t day, char end)
{
    char text[16];
    yh_act_put(t, day && day < YH_DAY_MAX ? yh_day_text(text, (yh_day)day) : YH_S(""), end);
}

void yh_act_put_fen(struct yh_act *t, yh_fen v, char end)
{
    char text[32];
    yh_act_put(t, yh_dec_text(text, v, 2, 2), end);
}

/* ---- months ---- */

static enum yh_status locks(struct yh_act *t, struct yh_err *err)
{
    struct yh_list_lock_row *row = NULL;
    int n = 0;
    enum yh_status st = yh_list_locks(t->x, yh_act_text(t, "month"), &row, &n, err);
    if (st)
        return st;
    yh_putz(t->out, "#month\tnth\tact\tprovider\tsettlement\ttime\toperator\treason\n");
    for (int i = 0; i < n; i++) {
        yh_act_put(t, row[i].month, '\t');
        yh_putf(t->out, "%lld\t", (long long)row[i].nth);
        yh_act_put(t, row[i].act, '\t');
        yh_act_put(t, row[i].provider, '\t');
        yh_act_put(t, row[i].settlement, '\t');
        yh_act_put_time(t, row[i].time, '\t');
        yh_act_put(t, row[i].operator_no, '\t');
        yh_act_put(t, row[i].reason, '\n');
    }
    return YH_OK;
}

static struct yh_list_act month_act(const struct yh_act *t)
{
    return (struct yh_list_act){ yh_act_text(t, "month"),      yh_act_text(t, "provider"),
                                 yh_act_text(t, "settlement"), yh_act_text(t, "reason"),
                                 yh_act_text(t, "operator"),   t->now };
}

static enum yh_status lock(struct yh_act *t, struct yh_err *err)
{
    struct yh_list_act act = month_act(t);
    enum yh_status st = yh_list_lock(t->x, &act, err);
    return st ? st : locks(t, err);
}

static enum yh_status unlock(struct yh_act *t, struct yh_err *err)
{
    struct yh_list_act act = month_act(t);
    enum yh_status st = yh_list_unlock(t->x, &act, err);
    return st ? st : locks(t, err);
}

/* ---- a list ---- */

/* Nothing here is decided by policies or catalogues. */
static struct yh_ctx context(struct yh_act *t, const struct yh_call *call)
{
    static const struct yh_world NONE;
    return (struct yh_ctx){ .world = &NONE,
                            .x = t->x,
                            .arena = t->x->arena,
                            .call = call,
                            .now = t->now,
                            .today = yh_time_day(t->now),
                            .writes = true,
                            .made = YH_S(""),
                            .warn = yh_buf_in(t->x->arena) };
}

static enum yh_status lists(struct yh_act *t, struct yh_err *err)
{
    struct yh_call call = { .infno = YH_S("agency"),
                            .provider = yh_act_text(t, "provider"),
                            .now = t->now };
    struct yh_ctx c = context(t, &call);
    struct yh_list_found *l = NULL;
    yh_str month = yh_act_text(t, "month"), state = yh_act_text(t, "state");
    int n = 0;
    if (!call.provider.n)
        return yh_fail_field(err, YH_BAD_INPUT, "provider", "",
                             "provider（机构编号）：必填，用 --provider 指明");
    if (month.n == 7) /* 2026-03 as well as 202603 */
        month = yh_fmt(c.arena, "%.4s%.2s", month.p, month.p + 5);
    enum yh_status st = yh_lists_find(&c, YH_S(""), YH_S(""), month, &l, &n, err);
    if (st)
        return st;
    yh_putz(t->out, "#settlement\tperson\tmonth\tstate\tversion\tuploaded\tvalid\n");
    for (int i = 0; i < n; i++) {
        if (state.n && !yh_eq(state, l[i].document.state))
            continue;
        yh_act_put(t, l[i].document.settlement, '\t');
        yh_act_put(t, l[i].document.person, '\t');
        yh_act_put(t, l[i].month, '\t');
        yh_act_put(t, l[i].document.state, '\t');
        yh_putf(t->out, "%lld\t", (long long)l[i].document.version);
        yh_act_put_time(t, l[i].document.time, '\t');
        yh_putz(t->out, l[i].settled ? "1\n" : "0\n");
    }
    return YH_OK;
}

static enum yh_status review(struct yh_act *t, struct yh_err *err)
{
    yh_str person = yh_act_text(t, "person"), outcome = yh_act_text(t, "outcome");
    bool pass = yh_eq(outcome, YH_S("pass"));
    if (!pass && !yh_eq(outcome, YH_S("reject")))
        return yh_refuse(err, YH_REFUSE_LIST_OUTCOME, outcome, NULL);
    struct yh_call call = { .infno = YH_S("agency"), .person = person, .now = t->now };
    struct yh_ctx c = context(t, &call);
    struct yh_settlement_row s;
    enum yh_status st = yh_settlement_find(&c, person, yh_act_text(t, "settlement"), &s, err);
    if (st == YH_OK)
        st = yh_list_review(&c, s.provider, person, s.settlement, pass, err);
    if (st)
        return st;
    yh_putz(t->out, "#settlement\tprovider\tperson\tstate\n");
    yh_act_put(t, s.settlement, '\t');
    yh_act_put(t, s.provider, '\t');
    yh_act_put(t, person, '\t');
    yh_putz(t->out, pass ? "2\n" : "3\n");
    return YH_OK;
}

/* ---- the panel ---- */

static enum yh_status special(struct yh_act *t, struct yh_err *err)
{
    struct yh_special_case_row like = { .grp = 0 }, *row = NULL;
    int n = 0;
    enum yh_status st = yh_list_special_case(t->x, (struct yh_span){ .index = YH_BY_KEY },
                                             &like, &row, &n, err);
    if (st)
        return st;
    yh_putz(t->out, "#application\tprovider\tperson\tstate\tpoints\ttime\treason\topinion\n");
    for (int i = 0; i < n; i++) {
        char score[32];
        yh_act_put(t, row[i].application, '\t');
        yh_act_put(t, row[i].provider, '\t');
        yh_act_put(t, row[i].person, '\t');
        yh_act_put(t, row[i].state, '\t');
        yh_act_put(t, yh_dec_text(score, row[i].points, 6, 6), '\t');
        yh_act_put_time(t, row[i].time, '\t');
        yh_act_put(t, row[i].reason, '\t');
        yh_act_put(t, row[i].opinion, '\n');
    }
    return YH_OK;
}

static enum yh_status decide(struct yh_act *t, struct yh_err *err)
{
    struct yh_special_verdict v = { .application = yh_act_text(t, "application"),
                                    .outcome = yh_act_text(t, "outcome"),
                                    .opinion = yh_act_text(t, "opinion"),
                                    .operator_no = yh_act_text(t, "operator"),
                                    .now = t->now };
    yh_str points = yh_act_text(t, "points");
    if (points.n && yh_dec_parse(points, 6, &v.score, NULL))
        return yh_refuse(err, YH_REFUSE_SPECIAL_OUTCOME, points, NULL);
    enum yh_status st = yh_special_decide(t->x, &v, err);
    return st ? st : special(t, err);
}

/* ---- one act ---- */

static const struct {
    yh_str verb;
    enum yh_status (*run)(struct yh_act *t, struct yh_err *err);
    bool writes;
} VERB[] = {
#define A(verb, function, writes) { YH_S_INIT(verb), function, writes },
#include "service/agency.def"
#undef A
};

static int verb_of(const struct yh_json *ask)
{
    yh_str verb = yh_json_text(yh_json_get(ask, YH_S("verb")));
    int i = 0;
    while (i < YH_COUNT(VERB) && !yh_eq(VERB[i].verb, verb))
        i++;
    return i < YH_COUNT(VERB) ? i : -1;
}

bool yh_agency_writes(yh_str ask, struct yh_arena scratch)
{
    struct yh_json *v;
    if (yh_json_read(&scratch, ask, (struct yh_json_limits){ 0 }, &v, NULL))
        return false;
    int verb = verb_of(v);
    return verb >= 0 && VERB[verb].writes;
}

enum yh_status yh_agency_act(struct yh_txn *x, const struct yh_world *w, yh_str ask,
                             yh_time now, yh_str *tsv, struct yh_err *err)
{
    struct yh_json *v;
    struct yh_buf out = yh_buf_in(x->arena);
    enum yh_status st = yh_json_read(x->arena, ask, (struct yh_json_limits){ 0 }, &v, err);
    if (st)
        return st;
    int verb = verb_of(v);
    if (verb < 0)
        return yh_refuse(err, YH_REFUSE_AGENCY_VERB, yh_json_text(yh_json_get(v, YH_S("verb"))),
                         NULL);
    struct yh_act t = { x, w, v, now, &out };
    st = VERB[verb].run(&t, err);
    if (st == YH_OK)
        *tsv = yh_buf_str(&out);
    return st;
}

enum yh_status yh_agency_write(struct yh_store *s, const struct yh_world *w, yh_str ask,
                               yh_time now, struct yh_arena *a, yh_str *tsv, struct yh_err *err)
{
    struct yh_txn x;
    yh_str text = YH_S("");
    enum yh_status st = yh_txn_begin(s, (struct yh_group){ YH_S(""), 0 }, a, &x, err);
    if (st)
        return st;
    jmp_buf full;
    a->guard = &full;
    if (setjmp(full) == 0)
        st = yh_agency_act(&x, w, ask, now, &text, err);
    else
        st = yh_fail(err, YH_LIMIT, "结果太多，装不下");
    a->guard = NULL;
    if (st == YH_OK)
        st = yh_txn_keep(&x, err);
    else
        yh_txn_drop(&x);
    if (st == YH_OK)
        *tsv = text;
    return st;
}

enum yh_status yh_agency_data(yh_str data, const struct yh_world *w, yh_str ask, yh_time now,
                              struct yh_arena *a, yh_str *tsv, struct yh_err *err)
{
    bool writes = yh_agency_writes(ask, *a);
    struct yh_store_options opt = { .must_exist = true, .read_only = !writes, .now = now };
    struct yh_store *store = NULL;
    struct yh_txn view;
    enum yh_status st = yh_store_open(data, &opt, &store, err);
    if (st)
        return st;
    if (!writes) {
        st = yh_view_open(store, a, &view, err);
        if (st == YH_OK) {
            st = yh_agency_act(&view, w, ask, now, tsv, err);
            yh_view_close(&view);
        }
    } else if ((st = yh_store_batch_begin(store, err)) == YH_OK) {
        st = yh_agency_write(store, w, ask, now, a, tsv, err);
        struct yh_err ignored;
        enum yh_status end = yh_store_batch_commit(store, st ? &ignored : err);
        st = st ? st : end;
    }
    yh_store_close(store);
    return st;
}
