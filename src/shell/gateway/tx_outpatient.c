/* shell/gateway/tx_outpatient.c -- 2201-2208, and what inpatients share: charges, trial, settlement,
 * undoing (2301-2305), reversal (2601). */
#include "shell/gateway/tx_settlement.h"

enum yh_status tx_register(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                           struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    struct yh_visit_row v = { .person = tx_str(in, "psn_no"),
                              .scheme = tx_str(in, "insutype"),
                              .begin_time = tx_time(in, "begntime"),
                              .cert_type = tx_str(in, "mdtrt_cert_type"),
                              .cert_no = tx_str(in, "mdtrt_cert_no"),
                              .number = tx_str(in, "ipt_otp_no"),
                              .doctor = tx_str(in, "atddr_no"),
                              .doctor_name = tx_str(in, "dr_name"),
                              .department = tx_str(in, "dept_code"),
                              .department_name = tx_str(in, "dept_name"),
                              .extra = tx_extra(in) };
    struct yh_visit_row out;
    enum yh_status bad = yh_visit_register(c, &v, &out, err);
    if (bad)
        return bad;
    yh_jw_object(w);
    yh_jw_kv_object(w, "data");
    tx_put_str(w, "mdtrt_id", out.visit);
    tx_put_str(w, "psn_no", v.person);
    tx_put_str(w, "ipt_otp_no", v.number);
    tx_put_str(w, "exp_content", YH_S(""));
    yh_jw_end(w, '}');
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status tx_register_cancel(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                                  struct yh_err *err)
{
    (void)w;
    const struct yh_json *in = tx_node(t, "data");
    return yh_visit_cancel(c, tx_str(in, "psn_no"), tx_str(in, "mdtrt_id"),
                           tx_str(in, "ipt_otp_no"), err);
}

enum yh_status tx_describe(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                           struct yh_err *err)
{
    (void)w;
    const struct yh_json *in = tx_node(t, "mdtrtinfo");
    yh_str delivery = tx_str(in, "matn_type");
    struct yh_visit_row v = { .person = tx_str(in, "psn_no"),
                              .visit = tx_str(in, "mdtrt_id"),
                              .med_type = tx_str(in, "med_type"),
                              .begin_time = tx_time(in, "begntime"),
                              .disease = tx_str(in, "dise_codg"),
                              .disease_name = tx_str(in, "dise_name"),
                              .delivery = delivery.n ? delivery : tx_str(in, "birctrl_type"),
                              .external_cause =
                                  yh_eq(tx_extension(t, in, "TRUM_FLAG"), YH_S("1")),
                              .third_party =
                                  yh_eq(tx_extension(t, in, "REL_TTP_FLAG"), YH_S("1")),
                              .extra = tx_extra(in) };
    struct yh_diagnosis_row *d;
    int n = tx_diagnosis_rows(t, &d);
    return yh_visit_describe(c, &v, d, n, err);
}

/* 2204 and 2301. */
enum yh_status tx_charges(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                          struct yh_err *err)
{
    const struct yh_json *const *row;
    int n = tx_rows(t, "feedetail", &row);
    struct yh_charge_in *in = YH_NEW(t->arena, struct yh_charge_in, n);
    for (int i = 0; i < n; i++)
        in[i] = (struct yh_charge_in){ tx_str(row[i], "psn_no"), tx_str(row[i], "mdtrt_id"),
                                       tx_str(row[i], "chrg_bchno"), tx_str(row[i], "med_type"),
                                       tx_charge_line(row[i]) };
    enum yh_status bad = yh_charges_add(c, in, n, err);
    if (bad)
        return bad;
    yh_jw_object(w);
    yh_jw_kv_array(w, "result");
    for (int i = 0; i < n; i++) {
        yh_jw_object(w);
        tx_put_split(w, &in[i].line);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status tx_charges_drop(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                               struct yh_err *err)
{
    (void)w;
    const struct yh_json *in = tx_node(t, "data");
    return yh_charges_drop(c, tx_str(in, "psn_no"), tx_str(in, "mdtrt_id"),
                           tx_str(in, "chrg_bchno"), err);
}

static struct yh_settle_in settle_in(const struct yh_tx_call *t, const struct yh_json *in)
{
    yh_str infno = t->env.infno;
    return (struct yh_settle_in){
        .person = tx_str(in, "psn_no"),
        .visit = tx_str(in, "mdtrt_id"),
        .batch = tx_str(in, "chrg_bchno"),
        .scheme = tx_str(in, "insutype"),
        .med_type = tx_str(in, "med_type"),
        .setlway = tx_str(in, "psn_setlway"),
        .disease = tx_str(in, "dise_codg"),
        .account_flag = tx_str(in, "acct_used_flag"),
        .invoice = tx_str(in, "invono"),
        .cert_type = tx_str(in, "mdtrt_cert_type"),
        .cert_no = tx_str(in, "mdtrt_cert_no"),
        .extra = tx_extra(in),
        .outpatient = yh_eq(infno, YH_S("2206")) || yh_eq(infno, YH_S("2207")),
        .interim = yh_eq(tx_str(in, "mid_setl_flag"), YH_S("1")),
        .end_time = tx_time(in, "dscgTime"),
        .sums = { tx_fen(in, "medfee_sumamt"), tx_fen(in, "fulamt_ownpay_amt"),
                  tx_fen(in, "overlmt_selfpay"), tx_fen(in, "preselfpay_amt"),
                  tx_fen(in, "inscp_scp_amt") },
    };
}

enum yh_status tx_presettle(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                            struct yh_err *err)
{
    struct yh_settle_in in = settle_in(t, tx_node(t, "data"));
    struct yh_settled out;
    enum yh_status bad = yh_presettle(c, &in, &out, err);
    if (!bad)
        tx_put_settled(t, w, &out, false);
    return bad;
}

enum yh_status tx_settle(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                         struct yh_err *err)
{
    struct yh_settle_in in = settle_in(t, tx_node(t, "data"));
    struct yh_settled out;
    struct yh_trace *trace;
    int ntrace = tx_traces(t, &trace);
    enum yh_status bad = ntrace ? yh_trace_sell(c, in.visit, trace, ntrace, err) : YH_OK;
    if (!bad)
        bad = yh_settle(c, &in, &out, err);
    if (!bad)
        tx_put_settled(t, w, &out, false);
    return bad;
}

/* 2208, 2305, 2103: the same amounts negated, under a new number. */
enum yh_status tx_settle_undo(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                              struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    struct yh_settled out;
    enum yh_status bad = yh_settle_undo(c, tx_str(in, "psn_no"), tx_str(in, "mdtrt_id"),
                                        tx_str(in, "setl_id"), &out, err);
    if (!bad)
        tx_put_settled(t, w, &out, false);
    return bad;
}

enum yh_status tx_reverse(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                          struct yh_err *err)
{
    (void)w;
    const struct yh_json *in = tx_node(t, "data");
    return yh_reverse(c, tx_str(in, "psn_no"), tx_str(in, "omsgid"), tx_str(in, "oinfno"), err);
}
