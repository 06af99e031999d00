/* shell/gateway/tx_inpatient.c -- 2302 2401-2405; 2301 2303-2305 stand in tx_outpatient.c. */
#include "shell/gateway/tx_settlement.h"

/* diseinfo of 2203, 2401, 2402, 2403; without vali_flag a diagnosis holds. */
int tx_diagnosis_rows(const struct yh_tx_call *t, struct yh_diagnosis_row **out)
{
    const struct yh_json *const *row;
    int n = tx_rows(t, "diseinfo", &row);
    struct yh_diagnosis_row *d = YH_NEW(t->arena, struct yh_diagnosis_row, n);
    for (int i = 0; i < n; i++) {
        yh_str main = tx_str(row[i], "maindiag_flag");
        int64_t sort = tx_int(row[i], "diag_srt_no");
        d[i] =
            (struct yh_diagnosis_row){ .kind = tx_str(row[i], "diag_type"),
                                       .sort = sort,
                                       .main = main.n ? yh_eq(main, YH_S("1")) : i == 0,
                                       .code = tx_str(row[i], "diag_code"),
                                       .name = tx_str(row[i], "diag_name"),
                                       .department = tx_str(row[i], "diag_dept"),
                                       .doctor = tx_str(row[i], "dise_dor_no"),
                                       .doctor_name = tx_str(row[i], "dise_dor_name"),
                                       .time = tx_time(row[i], "diag_time"),
                                       .valid = !yh_eq(tx_str(row[i], "vali_flag"), YH_S("0")),
                                       .extra = tx_extra(row[i]) };
    }
    *out = d;
    return n;
}

/* What 2401, 2402 and 2403 tell of a stay. */
static struct yh_visit_row stay_of(const struct yh_tx_call *t, const struct yh_json *in)
{
    yh_str number = tx_str(in, "ipt_no"), delivery = tx_str(in, "matn_type");
    return (struct yh_visit_row){
        .person = tx_str(in, "psn_no"),
        .visit = tx_str(in, "mdtrt_id"),
        .scheme = tx_str(in, "insutype"),
        .med_type = tx_str(in, "med_type"),
        .begin_time = tx_time(in, "begntime"),
        .end_time = tx_time(in, "endtime"),
        .cert_type = tx_str(in, "mdtrt_cert_type"),
        .cert_no = tx_str(in, "mdtrt_cert_no"),
        .number = number.n ? number : tx_str(in, "ipt_otp_no"),
        .doctor = tx_str(in, "atddr_no"),
        .doctor_name = tx_str(in, "chfpdr_name"),
        .department = tx_str(in, "adm_dept_codg"),
        .department_name = tx_str(in, "adm_dept_name"),
        .bed = tx_str(in, "adm_bed"),
        .main_diagnosis = tx_str(in, "dscg_maindiag_code"),
        .main_diagnosis_name = tx_str(in, "dscg_maindiag_name"),
        .disease = tx_str(in, "dise_codg"),
        .disease_name = tx_str(in, "dise_name"),
        .delivery = delivery.n ? delivery : tx_str(in, "birctrl_type"),
        .fetuses = tx_int(in, "fetus_cnt"),
        .external_cause = yh_eq(tx_extension(t, in, "TRUM_FLAG"), YH_S("1")),
        .third_party = yh_eq(tx_extension(t, in, "REL_TTP_FLAG"), YH_S("1")),
        .extra = tx_extra(in),
    };
}

enum yh_status tx_admit(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                        struct yh_err *err)
{
    struct yh_visit_row v = stay_of(t, tx_node(t, "mdtrtinfo")), out;
    struct yh_diagnosis_row *d;
    int n = tx_diagnosis_rows(t, &d);
    enum yh_status bad = yh_stay_admit(c, &v, d, n, &out, err);
    if (bad)
        return bad;
    yh_jw_object(w);
    yh_jw_kv_object(w, "result");
    tx_put_str(w, "mdtrt_id", out.visit);
    tx_put_str(w, "exp_content", YH_S(""));
    yh_jw_end(w, '}');
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status tx_discharge(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                            struct yh_err *err)
{
    (void)w;
    const struct yh_json *in = tx_node(t, "dscginfo");
    struct yh_visit_row v = stay_of(t, in);
    v.department = tx_str(in, "dscg_dept_codg");
    v.department_name = tx_str(in, "dscg_dept_name");
    v.bed = tx_str(in, "dscg_bed");
    struct yh_diagnosis_row *d;
    int n = tx_diagnosis_rows(t, &d);
    return yh_stay_discharge(c, &v, d, n, err);
}

enum yh_status tx_stay_change(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                              struct yh_err *err)
{
    (void)w;
    struct yh_visit_row v = stay_of(t, tx_node(t, "adminfo"));
    struct yh_diagnosis_row *d;
    int n = tx_diagnosis_rows(t, &d);
    return yh_stay_change(c, &v, d, n, err);
}

enum yh_status tx_stay_cancel(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                              struct yh_err *err)
{
    (void)w;
    const struct yh_json *in = tx_node(t, "data");
    return yh_stay_cancel(c, tx_str(in, "psn_no"), tx_str(in, "mdtrt_id"), err);
}

enum yh_status tx_stay_reopen(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                              struct yh_err *err)
{
    (void)w;
    const struct yh_json *in = tx_node(t, "data");
    return yh_stay_reopen(c, tx_str(in, "psn_no"), tx_str(in, "mdtrt_id"), err);
}

enum yh_status tx_lines_drop(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                             struct yh_err *err)
{
    (void)w;
    const struct yh_json *const *row;
    int n = tx_rows(t, "data", &row);
    struct yh_charge_ref *ref = YH_NEW(t->arena, struct yh_charge_ref, n);
    for (int i = 0; i < n; i++)
        ref[i] = (struct yh_charge_ref){ tx_str(row[i], "psn_no"), tx_str(row[i], "mdtrt_id"),
                                         tx_str(row[i], "feedetl_sn") };
    return yh_lines_drop(c, ref, n, err);
}
