/* service/pharmacy.c -- a purchase: visit, lines and settlement in one call (2101 2102). */
#include "service/inside.h"
#include "service/registry.h"

static enum yh_status purchase(struct yh_ctx *c, const struct yh_visit_row *visit,
                               struct yh_settle_in in, struct yh_charge_in *line, int nline,
                               const struct yh_trace *trace, int ntrace, struct yh_settled *out,
                               struct yh_err *err)
{
    struct yh_member m;
    yh_day day = yh_time_day(visit->begin_time);
    char text[32];
    if (day > c->today)
        return yh_refuse(err, YH_REFUSE_VISIT_FUTURE, yh_time_text(text, visit->begin_time),
                         NULL);
    enum yh_status st = yh_member_open(c, visit->person, visit->scheme, day, &m, err);
    /* Who is waiting may still spend the own account: the document pays nothing then. */
    if (st == YH_OK)
        st = yh_member_entitled(c, &m, day, false, err);
    if (st == YH_OK)
        st = yh_service_opened(c, visit->med_type, err);
    struct yh_visit_row v;
    if (st == YH_OK)
        st = yh_visit_new(c, &m, visit, &v, err);
    if (st)
        return st;
    for (int i = 0; i < nline; i++) {
        line[i].person = visit->person;
        line[i].visit = v.visit;
        line[i].batch = YH_S("1");
        if (yh_time_day(line[i].line.time) < day)
            return yh_refuse(err, YH_REFUSE_LINE_DAY, yh_time_text(text, line[i].line.time),
                             "明细 %.*s", YH_ARG(line[i].line.serial));
    }
    if ((st = yh_charges_add(c, line, nline, err)) != YH_OK)
        return st;
    if ((st = yh_trace_sell(c, v.visit, trace, ntrace, err)) != YH_OK)
        return st;
    in.person = visit->person;
    in.visit = v.visit;
    in.batch = YH_S("");
    return yh_settle(c, &in, out, err);
}

enum yh_status yh_purchase(struct yh_ctx *c, bool trial, const struct yh_visit_row *visit,
                           const struct yh_settle_in *in, struct yh_charge_in *line, int nline,
                           const struct yh_trace *trace, int ntrace, struct yh_settled *out,
                           struct yh_err *err)
{
    if (!yh_eq(c->provider->kind, YH_S("2")))
        return yh_refuse(err, YH_REFUSE_PROVIDER_KIND, c->call->provider, NULL);
    if (!trial)
        return purchase(c, visit, *in, line, nline, trace, ntrace, out, err);
    enum yh_status st =
        yh_person_shown(c, visit->person, visit->cert_type, visit->cert_no, err);
    return st ? st : yh_purchase_trial(c, visit, in, line, nline, out, err);
}
