/* service/review.c -- deciding again what was decided: after an undoing, or when facts or policy change. */
#include "service/review.h"
#include "service/inside.h"

/* A context as the settlement's own provider had it on its own day. */
static enum yh_status as_of(struct yh_ctx *c, const struct yh_settlement_row *s,
                            struct yh_call *call, struct yh_ctx *out, struct yh_err *err)
{
    *call = *c->call;
    call->provider = s->provider;
    call->msgid = s->msgid;
    call->infno = YH_S("");
    call->office = s->office;
    call->place = s->place;
    call->operator_no = YH_READJUDGED;
    struct yh_ctx then = *c;
    then.call = call;
    then.now = s->time;
    then.today = yh_time_day(s->time);
    then.nkey = 0;
    then.trace = NULL;
    then.ntrace = 0;
    struct yh_provider_row *p = YH_NEW(c->arena, struct yh_provider_row, 1);
    p->provider = s->provider;
    enum yh_status st = yh_get_provider(c->x, p, err);
    if (st)
        return st;
    st = yh_region_locate(c->world->regions, p->office, then.today, &then.provider_place, err);
    then.provider = p;
    if (st == YH_OK)
        *out = then;
    return st;
}

enum yh_status yh_readjudge_take(struct yh_ctx *c, struct yh_settlement_row *later, int n,
                                 struct yh_err *err)
{
    for (int i = n - 1; i >= 0; i--) {
        struct yh_call call;
        struct yh_ctx then;
        struct yh_visit_row v = { .region = later[i].region,
                                  .grp = later[i].grp,
                                  .person = later[i].person,
                                  .visit = later[i].visit };
        struct yh_settlement_row undo;
        struct yh_settlement_fund_row *fund = NULL;
        int nfund = 0;
        enum yh_status st = as_of(c, &later[i], &call, &then, err);
        if (st == YH_OK)
            st = yh_get_visit(c->x, &v, err);
        if (st)
            return st;
        then.now = c->now; /* booked today */
        if ((st = yh_settlement_mirror(&then, &later[i], &v, &undo, &fund, &nfund, err)) !=
            YH_OK)
            return st;
    }
    return YH_OK;
}

enum yh_status yh_readjudge_settle(struct yh_ctx *c, const struct yh_settlement_row *later,
                                   int n, struct yh_err *err)
{
    for (int i = 0; i < n; i++) {
        struct yh_call call;
        struct yh_ctx then;
        enum yh_status st = as_of(c, &later[i], &call, &then, err);
        if (st)
            return st;
        struct yh_settle_in in = { .person = later[i].person,
                                   .visit = later[i].visit,
                                   .account_flag = later[i].account || later[i].relative
                                                       ? YH_S("1")
                                                       : YH_S("0"),
                                   .interim = later[i].interim != 0,
                                   .end_time = yh_day_time((yh_day)later[i].end_day) };
        struct yh_settled made;
        if ((st = yh_settle(&then, &in, &made, err)) != YH_OK)
            return st;
        struct yh_settlement_row old = { .region = later[i].region,
                                         .grp = later[i].grp,
                                         .seq = later[i].seq };
        if ((st = yh_get_settlement(c->x, &old, err)) != YH_OK)
            return st;
        old.replaced_by = made.row.settlement;
        if ((st = yh_put_settlement(c->x, &old, err)) != YH_OK)
            return st;
    }
    return YH_OK;
}

/* ---- the year again, on paper ---- */

/* Accumulators carried over from before the first settlement. */
static enum yh_status carried_over(struct yh_ctx *c, const struct yh_member *m, yh_str scheme,
                                   int64_t year, const struct yh_plan *plan,
                                   struct yh_year_before **out, int *n, struct yh_err *err)
{
    struct yh_accumulator_row like = { .region = m->person->region,
                                       .grp = m->person->grp,
                                       .person = m->person->person,
                                       .scheme = scheme },
                              *row = NULL;
    int nrow = 0, cap = 0;
    enum yh_status st = yh_list_accumulator(
        c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 4 }, &like, &row, &nrow, err);
    *out = NULL;
    *n = 0;
    for (int i = 0; st == YH_OK && i < nrow; i++) {
        int acc = yh_plan_acc(plan, row[i].name);
        enum yh_acc_span span = acc >= 0 ? plan->acc[acc].span : YH_SPAN_YEAR;
        bool life = acc >= 0 && span == YH_SPAN_LIFE;
        bool stays = yh_eq(row[i].name, YH_YEAR_STAYS);
        if (!row[i].opening || (acc < 0 && !stays) || (!life && row[i].year != year) ||
            (!life && span != YH_SPAN_YEAR))
            continue;
        YH_PUSH(c->arena, *out, *n, cap) =
            (struct yh_year_before){ m->person->person, row[i].name, span, life ? 0 : year,
                                     row[i].opening };
    }
    return st;
}

static struct yh_review_row change_row(const struct yh_settlement_row *s,
                                       const struct yh_year_change *ch)
{
    yh_fen now = ch->now ? ch->now->person : 0;
    struct yh_review_row r = { .settlement = s->settlement,
                               .provider = s->provider,
                               .day = yh_time_day(s->time),
                               .fund_was = s->fund,
                               .fund_now = ch->now ? ch->now->fund : 0,
                               .person_was = s->person_part,
                               .person_now = now };
    /* What is paid beside the bill counts for the person too. */
    yh_fen gain = r.person_was - r.person_now + ch->to_person;
    r.payable = yh_max(gain, 0);
    r.against = yh_max(-gain, 0);
    return r;
}

static enum yh_status again(struct yh_ctx *c, const struct yh_member *m, yh_str scheme,
                            int64_t year, struct yh_review *out, struct yh_err *err)
{
    struct yh_settlement_row like = { .region = m->person->region, .grp = m->person->grp };
    struct yh_settlement_row *s = NULL;
    int n = 0, kept = 0;
    enum yh_status st = yh_list_settlement(
        c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &like, &s, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        if (yh_eq(s[i].person, m->person->person) && yh_eq(s[i].scheme, scheme) &&
            s[i].year == year && !s[i].undoes.n && !s[i].undone_by.n)
            s[kept++] = s[i];
    struct yh_year_event *e = YH_NEW(c->arena, struct yh_year_event, kept);
    for (int i = 0; st == YH_OK && i < kept; i++) {
        struct yh_call *call = YH_NEW(c->arena, struct yh_call, 1);
        struct yh_ctx then;
        st = as_of(c, &s[i], call, &then, err);
        if (st == YH_OK)
            st = yh_event_again(&then, &s[i], &e[i], err);
    }
    struct yh_review r = { .looked = kept };
    *out = r;
    if (st || kept == 0)
        return st;
    struct yh_year_before *before = NULL;
    int nbefore = 0;
    st = carried_over(c, m, scheme, year, e[0].plan, &before, &nbefore, err);
    struct yh_year_result result;
    if (st == YH_OK)
        st = yh_year_again(c->arena, e, kept, before, nbefore, (struct yh_settle_how){ false },
                           &result, err);
    if (st)
        return st;
    r.row = YH_NEW(c->arena, struct yh_review_row, result.n);
    for (int i = 0; i < result.n; i++) {
        r.row[r.n] = change_row(&s[result.change[i].event], &result.change[i]);
        r.payable += r.row[r.n].payable;
        r.against += r.row[r.n].against;
        r.n++;
    }
    *out = r;
    return YH_OK;
}

enum yh_status yh_review_person(struct yh_txn *x, const struct yh_world *w, struct yh_arena *a,
                                yh_time now, yh_str person, yh_str scheme, int64_t year,
                                struct yh_review *out, struct yh_err *err)
{
    struct yh_call call = { .infno = YH_S("review"), .person = person, .now = now };
    struct yh_ctx c = { .world = w,
                        .x = x,
                        .arena = a,
                        .call = &call,
                        .now = now,
                        .today = yh_time_day(now),
                        .made = YH_S(""),
                        .warn = yh_buf_in(a) };
    struct yh_member m;
    enum yh_status st = yh_member_open(&c, person, scheme, c.today, &m, err);
    return st ? st : again(&c, &m, scheme, year, out, err);
}

enum yh_status yh_review_data(yh_str data, const struct yh_world *w, struct yh_arena *a,
                              yh_time now, yh_str person, yh_str scheme, int64_t year,
                              struct yh_review *out, struct yh_err *err)
{
    struct yh_store_options opt = { .must_exist = true, .read_only = true };
    struct yh_store *store = NULL;
    struct yh_txn view;
    enum yh_status st = yh_store_open(data, &opt, &store, err);
    if (st)
        return st;
    st = yh_view_open(store, a, &view, err);
    if (st == YH_OK) {
        st = yh_review_person(&view, w, a, now, person, scheme, year, out, err);
        yh_view_close(&view);
    }
    yh_store_close(store);
    return st;
}
