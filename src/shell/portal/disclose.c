/* shell/portal/disclose.c -- 基金公开, for anybody. */
#include "service/portal/disclose.h"
#include "shell/portal/inside.h"

/* A month is told when it is over, of so many families at the least.  A sandbox's people are invented, and
 * its month is shown as it fills. */
#define LEAST_FAMILIES 5

enum yh_status portal_open_funds(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_fund_month *month = NULL;
    int n = 0;
    bool sandbox = c->p->config.sandbox, ready = fund_months(c, &month, &n);
    yh_day today = yh_time_day(c->look.now);
    struct yh_civil day = yh_civil_of(today);
    yh_jw_object(w);
    yh_jw_kv_str(w, "state", ready ? YH_S("ready") : YH_S("counting"));
    enum yh_status st = yh_look_open_funds(
        &c->look, month, n, sandbox ? today + 1 : yh_day_of(day.year, day.month, 1),
        sandbox ? 1 : LEAST_FAMILIES, w, err);
    fund_missing(c, YH_S(""), w);
    yh_jw_end(w, '}');
    return st;
}
