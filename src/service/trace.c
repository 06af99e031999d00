/* service/trace.c -- drug trace codes: one pack is sold once. */
#include "service/inside.h"

enum yh_status yh_trace_mark(struct yh_ctx *c, const struct yh_trace_mark *m,
                             struct yh_err *err)
{
    struct yh_trace_sale_row row = { .code = m->code };
    enum yh_status st = yh_get_trace_sale(c->x, &row, err);
    if (st && st != YH_NOT_FOUND)
        return st;
    if (st == YH_OK && !yh_eq(row.state, YH_S("returned"))) {
        bool here = yh_eq(row.provider, c->call->provider);
        bool item = !row.item.n || !m->item.n || yh_eq(row.item, m->item);
        /* One sale is told of by the settlement and by the shop's own goods record (3505). */
        bool same = here && item && yh_eq(row.owner, m->owner);
        bool part = here && m->split && yh_eq(row.state, YH_S("split"));
        char text[32];
        if (!same && !part)
            return yh_refuse(err, YH_REFUSE_TRACE_SOLD, m->code, "%.*s 由 %.*s 售出",
                             YH_ARG(yh_time_text(text, row.time)), YH_ARG(row.provider));
    }
    row = (struct yh_trace_sale_row){ .code = m->code,
                                      .provider = c->call->provider,
                                      .owner = m->owner,
                                      .item = m->item,
                                      .time = c->now,
                                      .state = m->split ? YH_S("split") : YH_S("sold") };
    return yh_put_trace_sale(c->x, &row, err);
}

enum yh_status yh_trace_sell(struct yh_ctx *c, yh_str owner, const struct yh_trace *trace,
                             int n, struct yh_err *err)
{
    yh_str *code = YH_NEW(c->arena, yh_str, n);
    int sold = 0;
    for (int i = 0; i < n; i++) {
        struct yh_trace_mark m = { trace[i].code, owner, YH_S(""), trace[i].split };
        if (!trace[i].code.n)
            continue;
        for (int k = 0; k < sold; k++)
            if (yh_eq(code[k], trace[i].code))
                return yh_refuse(err, YH_REFUSE_TRACE_SOLD, trace[i].code, "同一笔中重复");
        enum yh_status st = yh_trace_mark(c, &m, err);
        if (st)
            return st;
        /* A pack that is split (拆零) is sold in parts: undoing one does not give it back. */
        if (!trace[i].split)
            code[sold++] = trace[i].code;
    }
    c->trace = code;
    c->ntrace = sold;
    return YH_OK;
}
