/* service/review.c -- deciding again what was decided: after an undoing, or when facts or policy change. */
#include "service/review.h"
#include "service/inside.h"

/* A context as the settlement's own provider had it on its own day. */
static enum yh_status as_of(struct yh_ctx *c, const struct yh_settlement_row *s, struct yh_call *call,
                            struct yh_ctx *out, struct yh_err *err)
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
        if ((st = yh_settlement_mirror(&then, &later[i], &v, &undo, &fund, &nfund, err)) != YH_OK)
            return st;
    }
    return YH_OK;
}

enum yh_status yh_readjudge_settle(struct yh_ctx *c, const struct yh_settlement_row *later, int n,
                                   struct yh_err *err)
{
    for (int i = 0; i < n; i++) {
        struct yh_call call;
        struct yh_ctx then;
        enum yh_status st = as_of(c, &later[i], &call, &then, err);
        if (st)
            return st;
        struct yh_settle_in in = { .person = later[i].person,
                                   .visit = later[i].visit,
                                   .account_flag =
                                       later[i].account || later[i].relative ? YH_S("1") : YH_S("0"),
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
