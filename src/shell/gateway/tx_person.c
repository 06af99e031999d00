/* shell/gateway/tx_person.c -- 1101 1201 2001 9001 9002. */
#include "service/registry.h"
#include "shell/gateway/tx_settlement.h"

static void put_enrolments(struct yh_jsonw *w, const struct yh_person_found *p)
{
    yh_jw_kv_array(w, "insuinfo");
    for (int i = 0; i < p->ninsured; i++) {
        const struct yh_enrolment_row *e = &p->insured[i].row;
        yh_jw_object(w);
        tx_put_fen(w, "balc", p->insured[i].balance);
        tx_put_str(w, "insutype", e->scheme);
        tx_put_str(w, "psn_type", e->kind);
        tx_put_str(w, "psn_insu_stas", e->status);
        tx_put_day(w, "psn_insu_date", (yh_day)e->from_day);
        tx_put_day(w, "paus_insu_date", (yh_day)e->to_day);
        tx_put_int(w, "cvlserv_flag", e->civil_servant);
        tx_put_str(w, "insuplc_admdvs", e->office);
        tx_put_str(w, "emp_name", e->employer);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

static void put_identities(struct yh_jsonw *w, const struct yh_person_found *p)
{
    yh_jw_kv_array(w, "idetinfo");
    for (int i = 0; i < p->nidentity; i++) {
        const struct yh_identity_row *r = &p->identity[i];
        yh_jw_object(w);
        tx_put_str(w, "psn_idet_type", r->kind);
        tx_put_str(w, "psn_type_lv", r->level);
        tx_put_str(w, "memo", r->source);
        tx_put_day(w, "begntime", (yh_day)r->from_day);
        tx_put_day(w, "endtime", (yh_day)r->to_day);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

enum yh_status tx_person(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                         struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    struct yh_person_query q = { .by = tx_str(in, "mdtrt_cert_type"),
                                 .number = tx_str(in, "mdtrt_cert_no"),
                                 .card_sn = tx_str(in, "card_sn"),
                                 .cert_type = tx_str(in, "psn_cert_type"),
                                 .cert_no = tx_str(in, "certno"),
                                 .name = tx_str(in, "psn_name"),
                                 .day = tx_day(in, "begntime", 0) };
    if (!q.number.n) /* by certificate the number may come in either field */
        q.number = q.cert_no;
    if (!q.number.n)
        return yh_fail_field(err, YH_BAD_INPUT, "mdtrt_cert_no", "",
                             "data.mdtrt_cert_no（就诊凭证编号）：必填，未填写");
    struct yh_person_found p;
    enum yh_status bad = yh_person_find(c, &q, &p, err);
    if (bad)
        return bad;
    yh_jw_object(w);
    yh_jw_kv_object(w, "baseinfo");
    tx_put_person(w, &p.person, p.age_tenths);
    tx_put_str(w, "exp_content", YH_S(""));
    yh_jw_end(w, '}');
    put_enrolments(w, &p);
    put_identities(w, &p);
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status tx_provider(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                           struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "medinsinfo");
    struct yh_provider_row *row;
    int n;
    enum yh_status bad =
        yh_provider_find(c, tx_str(in, "fixmedins_type"), tx_str(in, "fixmedins_code"),
                         tx_str(in, "fixmedins_name"), &row, &n, err);
    if (bad)
        return bad;
    /* One match is the object of the table; several are a list, one is asked for by code or full name. */
    yh_jw_object(w);
    yh_jw_key(w, YH_S("medinsinfo"));
    if (n != 1)
        yh_jw_array(w);
    for (int i = 0; i < n; i++) {
        yh_jw_object(w);
        tx_put_str(w, "fixmedins_code", row[i].provider);
        tx_put_str(w, "fixmedins_name", row[i].name);
        tx_put_str(w, "uscc", YH_S(""));
        tx_put_str(w, "fixmedins_type", row[i].kind);
        tx_put_str(w, "hosp_lv", row[i].level);
        tx_put_str(w, "exp_content", YH_S(""));
        yh_jw_end(w, '}');
    }
    if (n != 1)
        yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status tx_benefit_check(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                                struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    struct yh_benefit_query q = { .person = tx_str(in, "psn_no"),
                                  .scheme = tx_str(in, "insutype"),
                                  .provider = tx_str(in, "fixmedins_code"),
                                  .med_type = tx_str(in, "med_type"),
                                  .disease = tx_str(in, "dise_codg"),
                                  .begin = tx_time(in, "begntime"),
                                  .end = tx_time(in, "endtime") };
    if (!q.provider.n)
        q.provider = t->env.fixmedins_code;
    struct yh_benefit_row *row;
    int n;
    enum yh_status bad = yh_benefit_check(c, &q, &row, &n, err);
    if (bad)
        return bad;
    yh_jw_object(w);
    yh_jw_kv_array(w, "trtinfo");
    for (int i = 0; i < n; i++) {
        yh_jw_object(w);
        tx_put_str(w, "psn_no", q.person);
        tx_put_str(w, "trt_chk_type", row[i].check);
        tx_put_str(w, "fund_pay_type", row[i].fund);
        tx_put_str(w, "trt_enjymnt_flag", row[i].enjoyed ? YH_S("1") : YH_S("0"));
        tx_put_day(w, "begndate", row[i].from);
        tx_put_day(w, "enddate", row[i].to);
        tx_put_str(w, "trt_chk_rslt", row[i].text);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status tx_sign_in(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                          struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "signIn");
    struct yh_sign_in_row row;
    enum yh_status bad =
        yh_sign_in(c, tx_str(in, "opter_no"), tx_str(in, "mac"), tx_str(in, "ip"), &row, err);
    if (bad)
        return bad;
    yh_jw_object(w);
    yh_jw_kv_object(w, "signinoutb");
    yh_jw_kv_time(w, "sign_time", row.time);
    tx_put_str(w, "sign_no", row.sign);
    yh_jw_end(w, '}');
    yh_jw_end(w, '}');
    return YH_OK;
}

/* The node is sign_time in the national table and signoutoutb at two clients: both are sent. */
enum yh_status tx_sign_out(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                           struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "signOut");
    yh_time at;
    enum yh_status bad =
        yh_sign_out(c, tx_str(in, "sign_no"), tx_str(in, "opter_no"), &at, err);
    if (bad)
        return bad;
    yh_jw_object(w);
    static const char *const NODE[] = { "sign_time", "signoutoutb" };
    for (int i = 0; i < YH_COUNT(NODE); i++) {
        yh_jw_kv_object(w, NODE[i]);
        yh_jw_kv_time(w, "sign_time", at);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, '}');
    return YH_OK;
}
