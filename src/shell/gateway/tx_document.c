/* shell/gateway/tx_document.c -- 4101 4102 42xx-47xx: checked, kept, acknowledged. */
#include "service/document.h"
#include "shell/gateway/tx.h"

/* The first value of that name in any node of the input; "" = none. */
static yh_str anywhere(const struct yh_tx_call *t, const char *name)
{
    for (const struct yh_json *node = t->env.input->first; node; node = node->next) {
        const struct yh_json *o = node->kind == YH_JSON_ARRAY ? node->first : node;
        yh_str s = o && o->kind == YH_JSON_OBJECT ? tx_str(o, name) : YH_S("");
        if (s.n)
            return s;
    }
    return tx_str(t->env.input, name);
}

static enum yh_status keep(struct yh_tx_call *t, struct yh_ctx *c, yh_str own_key,
                           struct yh_document_row *out, struct yh_err *err)
{
    if (!t->env.input || !t->env.input->count)
        return yh_fail_field(err, YH_BAD_INPUT, "input", "",
                             "input（交易输入）：必填，没有任何内容");
    struct yh_document_row row = { .infno = t->env.infno,
                                   .provider = t->env.fixmedins_code,
                                   .own_key = own_key,
                                   .person = anywhere(t, "psn_no"),
                                   .visit = anywhere(t, "mdtrt_id"),
                                   .settlement = anywhere(t, "setl_id"),
                                   .body = t->env.input->text };
    return yh_document_put(c, &row, out, err);
}

enum yh_status tx_document(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                           struct yh_err *err)
{
    (void)w;
    struct yh_document_row out;
    return keep(t, c, YH_S(""), &out, err);
}

/* The list of a settlement is keyed by it, so that a corrected one takes the place of the old. */
enum yh_status tx_list_upload(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                              struct yh_err *err)
{
    struct yh_document_row out;
    enum yh_status bad = keep(t, c, anywhere(t, "setl_id"), &out, err);
    if (bad)
        return bad;
    yh_jw_object(w);
    yh_jw_key(w, YH_S("data"));
    yh_jw_object(w);
    tx_put_str(w, "setl_list_id", out.own_key);
    yh_jw_end(w, '}');
    yh_jw_end(w, '}');
    return YH_OK;
}

/* data.stastinfo, one row or several. */
enum yh_status tx_list_state(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                             struct yh_err *err)
{
    (void)w;
    const struct yh_json *const *in;
    int n = tx_rows(t, "data.stastinfo", &in);
    if (!n) {
        const struct yh_json *one = tx_node(t, "data");
        n = one && tx_str(one, "stas_type").n ? tx_rows(t, "data", &in) : 0;
    }
    if (!n)
        return yh_fail_field(err, YH_BAD_INPUT, "data.stastinfo", "",
                             "节点 data.stastinfo：必填，未提供");
    for (int i = 0; i < n; i++) {
        enum yh_status bad = yh_list_state(c, tx_str(in[i], "psn_no"), tx_str(in[i], "setl_id"),
                                           tx_str(in[i], "stas_type"), err);
        if (bad)
            return bad;
    }
    return YH_OK;
}
