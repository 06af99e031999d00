/* service/bill.c -- a stored bill told again, from the rows that its settlement keeps. */
#include <stdio.h>
#include "engine/explain/explain.h"
#include "service/settle.h"

/* "990100S00000003000001": pooling area, group, place in its commit sequence. */
static bool place_of(yh_str no, struct yh_settlement_row *key)
{
    if (no.n != 21 || no.p[6] != 'S' || yh_int_parse(yh_sub(no, 7, 15), &key->grp, NULL) ||
        yh_int_parse(yh_sub(no, 15, 21), &key->seq, NULL))
        return false;
    key->region = yh_sub(no, 0, 6);
    return true;
}

static const struct yh_plan *plan_of(const struct yh_world *w,
                                     const struct yh_settlement_row *s)
{
    struct yh_plan_list all = yh_world_plans(w);
    for (int i = 0; i < all.n; i++) {
        const struct yh_plan *p = all.plan[i].plan;
        char digest[64];
        yh_hex(digest, p->digest, 32);
        if (yh_eq(p->id, s->document) && yh_eq((yh_str){ digest, 64 }, s->digest))
            return p;
    }
    return NULL;
}

static int64_t integer(const struct yh_json *v)
{
    int64_t n = 0;
    return v && yh_json_dec(v, 0, &n, NULL) == YH_OK ? n : 0;
}

enum yh_status yh_bill_text(struct yh_txn *x, const struct yh_world *w, struct yh_arena *a,
                            yh_str no, struct yh_buf *out, struct yh_err *err)
{
    struct yh_settlement_row s = { .grp = 0 };
    if (!place_of(no, &s))
        return yh_refuse(err, YH_REFUSE_SETTLEMENT_UNKNOWN, no, NULL);
    enum yh_status st = yh_get_settlement(x, &s, err);
    if (st)
        return st == YH_NOT_FOUND ? yh_refuse(err, YH_REFUSE_SETTLEMENT_UNKNOWN, no, NULL) : st;
    if (s.undoes.n) {
        yh_putf(out, "结算 %.*s 撤销了下面这一笔，各项金额取反。\n", YH_ARG(s.settlement));
        return yh_bill_text(x, w, a, s.undoes, out, err);
    }
    struct yh_json *v = NULL;
    const struct yh_plan *plan = plan_of(w, &s);
    if (!plan)
        return yh_refuse(err, YH_REFUSE_NO_DOCUMENT, s.scheme, "结算依据 %.*s",
                         YH_ARG(s.document));
    if ((st = yh_json_read(a, s.reasons, (struct yh_json_limits){ 0 }, &v, err)) != YH_OK)
        return st;
    struct yh_decision d = { .to_person = s.to_person };
    struct yh_explain e = { .head = yh_json_text(yh_json_get(v, YH_S("head"))),
                            .day = (yh_day)integer(yh_json_get(v, YH_S("day"))),
                            .plan = plan,
                            .decision = &d,
                            .lang = YH_ZH,
                            .sums = integer(yh_json_get(v, YH_S("sums"))) != 0 };
    yh_explain_rows_read(a, yh_json_get(v, YH_S("rows")), &e);
    yh_explain_bill_text(&e, out);
    if (s.undone_by.n)
        yh_putf(out, "本结算已由 %.*s 撤销。\n", YH_ARG(s.undone_by));
    return YH_OK;
}

enum yh_status yh_bill_of_data(yh_str data, const struct yh_world *w, struct yh_arena *a,
                               yh_str no, struct yh_buf *out, struct yh_err *err)
{
    struct yh_store_options opt = { .must_exist = true, .read_only = true };
    struct yh_store *store = NULL;
    struct yh_txn view;
    enum yh_status st = yh_store_open(data, &opt, &store, err);
    if (st)
        return st;
    st = yh_view_open(store, a, &view, err);
    if (st == YH_OK) {
        st = yh_bill_text(&view, w, a, no, out, err);
        yh_view_close(&view);
    }
    yh_store_close(store);
    return st;
}
