/* shell/gateway/tx_pharmacy.c -- 2101 (trial) and 2102: a purchase with its lines in one call. */
#include "shell/gateway/tx_settlement.h"

enum yh_status tx_purchase(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                           struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "druginfo");
    const struct yh_json *const *row;
    int n = tx_rows(t, "drugdetail", &row);
    struct yh_visit_row v = { .person = tx_str(in, "psn_no"),
                              .scheme = tx_str(in, "insutype"),
                              .med_type = tx_str(in, "med_type"),
                              .begin_time = tx_time(in, "begntime"),
                              .cert_type = tx_str(in, "mdtrt_cert_type"),
                              .cert_no = tx_str(in, "mdtrt_cert_no"),
                              .disease = tx_str(in, "dise_codg"),
                              .disease_name = tx_str(in, "dise_name"),
                              .extra = tx_extra(in) };
    struct yh_settle_in s = { .person = v.person,
                              .scheme = v.scheme,
                              .med_type = v.med_type,
                              .disease = v.disease,
                              .setlway = YH_S("01"),
                              .account_flag = tx_str(in, "acct_used_flag"),
                              .invoice = tx_str(in, "invono"),
                              .cert_type = v.cert_type,
                              .cert_no = v.cert_no,
                              .sums = { .total = tx_fen(in, "medfee_sumamt") } };
    struct yh_charge_in *line = YH_NEW(t->arena, struct yh_charge_in, n);
    for (int i = 0; i < n; i++)
        line[i] = (struct yh_charge_in){ .person = v.person,
                                         .med_type = v.med_type,
                                         .line = tx_charge_line(row[i]) };
    struct yh_trace *trace;
    int ntrace = tx_traces(t, &trace);
    struct yh_settled out;
    bool trial = yh_eq(t->env.infno, YH_S("2101"));
    enum yh_status bad = yh_purchase(c, trial, &v, &s, line, n, trace, ntrace, &out, err);
    if (!bad)
        tx_put_settled(t, w, &out, true);
    return bad;
}
