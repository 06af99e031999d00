/* service/trace.c -- drug trace codes: one pack is sold once. */
#include "service/inside.h"

static enum yh_status mark(struct yh_ctx *c, yh_str code, yh_str owner, struct yh_err *err)
{
    struct yh_trace_sale_row row = { .code = code };
    enum yh_status st = yh_get_trace_sale(c->x, &row, err);
    if (st && st != YH_NOT_FOUND)
        return st;
    if (st == YH_OK && yh_eq(row.state, YH_S("sold"))) {
        /* Told of already by the shop's own goods record (3505) of this sale. */
        if (yh_eq(row.owner, owner) && yh_eq(row.provider, c->call->provider))
            return YH_OK;
        char text[32];
        return yh_refuse(err, YH_REFUSE_TRACE_SOLD, code, "%.*s 由 %.*s 售出",
                         YH_ARG(yh_time_text(text, row.time)), YH_ARG(row.provider));
    }
    row.provider = c->call->provider;
    row.owner = owner;
    row.item = YH_S("");
    row.time = c->now;
    row.state = YH_S("sold");
    return yh_put_trace_sale(c->x, &row, err);
}

enum yh_status yh_trace_sell(struct yh_ctx *c, yh_str owner, const struct yh_trace *trace, int n,
                             struct yh_err *err)
{
    yh_str *code = YH_NEW(c->arena, yh_str, n);
    int sold = 0;
    for (int i = 0; i < n; i++) {
        /* A pack that is split (拆零) is sold in parts: its code comes again. */
        if (trace[i].split || !trace[i].code.n)
            continue;
        for (int k = 0; k < sold; k++)
            if (yh_eq(code[k], trace[i].code))
                return yh_refuse(err, YH_REFUSE_TRACE_SOLD, trace[i].code, "同一笔中重复");
        enum yh_status st = mark(c, trace[i].code, owner, err);
        if (st)
            return st;
        code[sold++] = trace[i].code;
    }
    c->trace = code;
    c->ntrace = sold;
    return YH_OK;
}
