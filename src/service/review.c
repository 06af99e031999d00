/* service/review.c -- deciding again what was decided: after an undoing, or when facts or policy change. */
#include "service/review.h"
#include "service/inside.h"

enum yh_status yh_ctx_then(struct yh_ctx *c, const struct yh_settlement_row *s,
                           struct yh_provider_row *p, struct yh_call *call, struct yh_ctx *out,
                           struct yh_err *err)
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
    then.provider = p;
    enum yh_status st =
        yh_region_locate(c->world->regions, p->office, then.today, &then.provider_place, err);
    if (st == YH_OK)
        *out = then;
    return st;
}

enum yh_status yh_ctx_as_of(struct yh_ctx *c, const struct yh_settlement_row *s,
                            struct yh_call *call, struct yh_ctx *out, struct yh_err *err)
{
    struct yh_provider_row *p = YH_NEW(c->arena, struct yh_provider_row, 1);
    p->provider = s->provider;
    enum yh_status st = yh_get_provider(c->x, p, err);
    return st ? st : yh_ctx_then(c, s, p, call, out, err);
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
        enum yh_status st = yh_ctx_as_of(c, &later[i], &call, &then, err);
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
        enum yh_status st = yh_ctx_as_of(c, &later[i], &call, &then, err);
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

/* The settlements in force of the person's year, as events with what holds now. */
static enum yh_status events_of(struct yh_ctx *c, const struct yh_member *m, yh_str scheme,
                                int64_t year, struct yh_settlement_row **row,
                                struct yh_year_event **event, int *nout, struct yh_err *err)
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
        st = yh_ctx_as_of(c, &s[i], call, &then, err);
        if (st == YH_OK)
            st = yh_event_again(&then, &s[i], &e[i], err);
    }
    *row = s;
    *event = e;
    *nout = kept;
    return st;
}

static enum yh_status again(struct yh_ctx *c, const struct yh_member *m, yh_str scheme,
                            int64_t year, struct yh_review *out, struct yh_err *err)
{
    struct yh_settlement_row *s = NULL;
    struct yh_year_event *e = NULL;
    int kept = 0;
    enum yh_status st = events_of(c, m, scheme, year, &s, &e, &kept, err);
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
    struct yh_ctx c = yh_outside(w, x, a, &call);
    struct yh_member m;
    enum yh_status st = yh_member_open(&c, person, scheme, c.today, &m, err);
    return st ? st : again(&c, &m, scheme, year, out, err);
}

/* ---- 怎样能少付 ---- */

static yh_str word_of(const struct yh_plan *p, enum yh_dim dim, int64_t ordinal)
{
    for (int i = 0; i < p->nkind; i++)
        if (p->kind[i].dim == dim && p->kind[i].ordinal == ordinal)
            return p->kind[i].name;
    return YH_S("");
}

/* Is the fact `word`, or something that refines it? */
static bool fact_is(const struct yh_plan *p, enum yh_dim dim, int64_t ordinal, yh_str word)
{
    for (int i = 0; i < p->nkind; i++)
        if (p->kind[i].dim == dim && p->kind[i].ordinal == ordinal)
            for (int k = i; k >= 0; k = p->kind[k].parent)
                if (yh_eq(p->kind[k].name, word))
                    return true;
    return false;
}

static bool two_diseases(yh_str icd)
{
    yh_str head = yh_sub(icd, 0, 3);
    return yh_eq(head, YH_S("I10")) || yh_eq(head, YH_S("E10")) || yh_eq(head, YH_S("E11")) ||
           yh_eq(head, YH_S("E14"));
}

/* One fact changed: the row says from what, to what, and which way it is. */
static const struct {
    enum yh_way way;
    enum yh_dim dim;
    const char *from, *to;
    uint8_t level; /* of price limits; 0 = as it is */
} WAYS[] = {
    { YH_WAY_FILED, YH_DIM_FILING, "未备案", "转诊备案", 0 },
    { YH_WAY_LEVEL, YH_DIM_LEVEL, "三级", "二级", YH_LEVEL_2 },
    { YH_WAY_LEVEL, YH_DIM_LEVEL, "三级", "一级", YH_LEVEL_1 },
    { YH_WAY_LEVEL, YH_DIM_LEVEL, "二级", "一级", YH_LEVEL_1 },
    { YH_WAY_REFERRAL, YH_DIM_REFERRAL, "未转诊", "上转", 0 },
    { YH_WAY_REFERRAL, YH_DIM_REFERRAL, "未转诊", "签约", 0 },
    { YH_WAY_TWO_DISEASES, YH_DIM_VISIT, "门诊", "门诊两病", 0 },
};

static int32_t layer_clause(const struct yh_plan *p, const struct yh_decision *is,
                            const struct yh_decision *would)
{
    int best = -1;
    yh_fen most = 0;
    for (int i = 0; i < p->nlayer && i < is->nlayer && i < would->nlayer; i++)
        if (would->layer[i].paid - is->layer[i].paid > most) {
            most = would->layer[i].paid - is->layer[i].paid;
            best = i;
        }
    for (int i = 0; best >= 0 && i < would->nreason; i++)
        if (would->reason[i].kind == YH_REASON_RATE && would->reason[i].layer == best)
            return would->reason[i].clause;
    return best >= 0 ? p->layer[best].clause : -1;
}

static enum yh_status try_ways(struct yh_ctx *c, struct yh_year_event *e, int n, int at,
                               const struct yh_year_before *before, int nbefore, yh_str icd,
                               struct yh_less *out, struct yh_err *err)
{
    struct yh_year_result r;
    const struct yh_settle_how how = { .reasons = true };
    enum yh_status st = yh_year_again(c->arena, e, n, before, nbefore, how, &r, err);
    if (st)
        return st;
    const struct yh_decision *is = r.now[at], *booked = e[at].booked;
    const struct yh_plan *p = e[at].plan;
    out->plan = p;
    out->person = is->person;
    out->fund = is->fund;
    out->same = booked && booked->person == is->person && booked->fund == is->fund;
    const struct yh_bill kept = e[at].bill;
    for (int i = 0; out->same && i < YH_COUNT(WAYS) && out->n < YH_COUNT(out->way); i++) {
        int to = yh_plan_kind(p, WAYS[i].dim, yh_cstr(WAYS[i].to));
        int64_t has = kept.facts.v[WAYS[i].dim];
        if (to < 0 || !fact_is(p, WAYS[i].dim, has, yh_cstr(WAYS[i].from)) ||
            (WAYS[i].way == YH_WAY_TWO_DISEASES && !two_diseases(icd)))
            continue;
        e[at].bill.facts.v[WAYS[i].dim] = to;
        if (WAYS[i].level)
            e[at].bill.term_level = WAYS[i].level;
        if (WAYS[i].way == YH_WAY_TWO_DISEASES) {
            int64_t d = yh_plan_kind(p, YH_DIM_DISEASE,
                                     icd.p[0] == 'I' ? YH_S("高血压") : YH_S("糖尿病"));
            e[at].bill.facts.v[YH_DIM_DISEASE] = d < 0 ? 0 : d;
        }
        st = yh_year_again(c->arena, e, n, before, nbefore, how, &r, err);
        e[at].bill = kept;
        if (st)
            return st;
        if (r.now[at]->person < is->person)
            out->way[out->n++] =
                (struct yh_less_way){ WAYS[i].way,         word_of(p, WAYS[i].dim, has),
                                      yh_cstr(WAYS[i].to), r.now[at]->person,
                                      r.now[at]->fund,     layer_clause(p, is, r.now[at]) };
    }
    return YH_OK;
}

enum yh_status yh_less_find(struct yh_txn *x, const struct yh_world *w, struct yh_arena *a,
                            yh_time now, const struct yh_settlement_row *s, struct yh_less *out,
                            struct yh_err *err)
{
    if (s->undoes.n || s->undone_by.n)
        return yh_fail(err, YH_CONFLICT, "这张账单已撤销，不再试算");
    struct yh_call call = {
        .infno = YH_S("less"), .person = s->person, .office = s->office, .now = now
    };
    struct yh_ctx c = yh_outside(w, x, a, &call);
    struct yh_member m;
    struct yh_settlement_row *row = NULL;
    struct yh_year_event *e = NULL;
    struct yh_year_before *before = NULL;
    int n = 0, nbefore = 0, at = -1;
    enum yh_status st = yh_member_open(&c, s->person, s->scheme, (yh_day)s->end_day, &m, err);
    if (st == YH_OK)
        st = events_of(&c, &m, s->scheme, s->year, &row, &e, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        if (yh_eq(row[i].settlement, s->settlement))
            at = i;
    if (st == YH_OK && at < 0)
        return yh_fail(err, YH_NOT_FOUND, "没有这张账单");
    struct yh_visit_row v = {
        .region = s->region, .grp = s->grp, .person = s->person, .visit = s->visit
    };
    if (st == YH_OK)
        st = yh_get_visit(x, &v, err);
    if (st == YH_OK)
        st = carried_over(&c, &m, s->scheme, s->year, e[0].plan, &before, &nbefore, err);
    struct yh_less less = { .n = 0 };
    if (st == YH_OK)
        st = try_ways(&c, e, n, at, before, nbefore, v.main_diagnosis, &less, err);
    if (st == YH_OK)
        *out = less;
    return st;
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
