/* shell/gateway/tx_query.c -- 5101 5102 5201-5206 5301-5304: what is stored, read back. */
#include "service/query.h"
#include "shell/gateway/tx_settlement.h"

static void open_list(struct yh_jsonw *w, const char *node)
{
    yh_jw_object(w);
    yh_jw_key(w, yh_cstr(node));
    yh_jw_array(w);
}

static void close_list(struct yh_jsonw *w)
{
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
}

/* Further fields of a stored row that were kept as JSON: those named are sent back. */
static void put_extra(struct yh_tx_call *t, struct yh_jsonw *w, yh_str extra,
                      const char *const *name, int n)
{
    struct yh_json *v = NULL;
    if (extra.n && yh_json_read(t->arena, extra, (struct yh_json_limits){ 0 }, &v, NULL))
        v = NULL;
    for (int i = 0; i < n; i++)
        tx_put_str(w, name[i], v && v->kind == YH_JSON_OBJECT ? tx_str(v, name[i]) : YH_S(""));
}

enum yh_status tx_departments(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                              struct yh_err *err)
{
    static const char *const MORE[] = {
        "itro",         "dept_resper_name", "dept_resper_tel", "dept_med_serv_scp",
        "dept_estbdat", "aprv_bed_cnt",     "hi_crtf_bed_cnt", "poolarea_no",
        "dr_psncnt",    "phar_psncnt",      "nurs_psncnt",     "tecn_psncnt",
        "memo"
    };
    struct yh_department_row *row;
    int n;
    enum yh_status bad = yh_departments_list(c, &row, &n, err);
    if (bad)
        return bad;
    open_list(w, "feedetail");
    for (int i = 0; i < n; i++) {
        yh_jw_object(w);
        tx_put_str(w, "hosp_dept_codg", row[i].department);
        tx_put_str(w, "hosp_dept_name", row[i].name);
        tx_put_day(w, "begntime", (yh_day)row[i].from_day);
        tx_put_day(w, "endtime", (yh_day)row[i].to_day);
        tx_put_str(w, "caty", row[i].speciality);
        put_extra(t, w, row[i].extra, MORE, YH_COUNT(MORE));
        yh_jw_end(w, '}');
    }
    close_list(w);
    return YH_OK;
}

/* No table of practitioners is kept yet: the list is empty, which is the truth of this data. */
enum yh_status tx_practitioners(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                                struct yh_err *err)
{
    (void)t, (void)err;
    yh_warn(c, "本系统尚未登记医执人员，查询结果为空");
    open_list(w, "feedetail");
    close_list(w);
    return YH_OK;
}

static void put_visit(struct yh_jsonw *w, const struct yh_visit_found *f)
{
    const struct yh_visit_row *v = &f->visit;
    yh_jw_object(w);
    tx_put_str(w, "mdtrt_id", v->visit);
    tx_put_person(w, &f->person, f->age_tenths);
    tx_put_str(w, "coner_name", YH_S(""));
    tx_put_str(w, "tel", f->person.phone);
    tx_put_str(w, "insutype", v->scheme);
    tx_put_str(w, "psn_type", f->enrolment.kind);
    tx_put_int(w, "cvlserv_flag", f->enrolment.civil_servant);
    tx_put_str(w, "insu_optins", v->office);
    tx_put_str(w, "emp_name", f->enrolment.employer);
    tx_put_time(w, "begntime", v->begin_time);
    tx_put_time(w, "endtime", v->end_time);
    tx_put_str(w, "mdtrt_cert_type", v->cert_type);
    tx_put_str(w, "med_type", v->med_type);
    tx_put_str(w, "ipt_otp_no", v->number);
    tx_put_str(w, "atddr_no", v->doctor);
    tx_put_str(w, "chfpdr_name", v->doctor_name);
    tx_put_str(w, "adm_dept_codg", v->department);
    tx_put_str(w, "adm_dept_name", v->department_name);
    tx_put_str(w, "adm_bed", v->bed);
    tx_put_str(w, "dscg_maindiag_code", v->main_diagnosis);
    tx_put_str(w, "dscg_maindiag_name", v->main_diagnosis_name);
    tx_put_str(w, "dise_codg", v->disease);
    tx_put_str(w, "dise_name", v->disease_name);
    tx_put_str(w, "inhosp_stas", yh_eq(v->status, YH_S("open")) ? YH_S("1") : YH_S("0"));
    tx_put_str(w, "matn_type", v->delivery);
    tx_put_int(w, "fetus_cnt", v->fetuses);
    tx_put_str(w, "opter_id", v->operator_no);
    tx_put_str(w, "memo", YH_S(""));
    yh_jw_end(w, '}');
}

enum yh_status tx_visits(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                         struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    struct yh_visit_found *row;
    int n;
    enum yh_status bad =
        yh_visits_list(c, tx_str(in, "psn_no"), tx_str(in, "mdtrt_id"), tx_str(in, "med_type"),
                       tx_time(in, "begntime"),
                       tx_time_to(in, "endtime", yh_day_time(YH_DAY_MAX)), &row, &n, err);
    if (bad)
        return bad;
    open_list(w, "mdtrtinfo");
    for (int i = 0; i < n; i++)
        put_visit(w, &row[i]);
    close_list(w);
    return YH_OK;
}

enum yh_status tx_in_hospital(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                              struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    struct yh_visit_found *row;
    int n;
    enum yh_status bad =
        yh_in_hospital_list(c, tx_str(in, "psn_no"), tx_time(in, "begntime"),
                            tx_time_to(in, "endtime", yh_day_time(YH_DAY_MAX)), &row, &n, err);
    if (bad)
        return bad;
    open_list(w, "data");
    for (int i = 0; i < n; i++) {
        const struct yh_visit_row *v = &row[i].visit;
        yh_jw_object(w);
        tx_put_str(w, "mdtrt_id", v->visit);
        tx_put_person(w, &row[i].person, row[i].age_tenths);
        tx_put_str(w, "insutype", v->scheme);
        tx_put_day(w, "begndate", yh_time_day(v->begin_time));
        tx_put_str(w, "med_type", v->med_type);
        tx_put_str(w, "ipt_otp_no", v->number);
        tx_put_str(w, "out_flag",
                   yh_eq(yh_sub(v->office, 0, 4), yh_sub(v->place, 0, 4)) ? YH_S("0")
                                                                          : YH_S("1"));
        yh_jw_end(w, '}');
    }
    close_list(w);
    return YH_OK;
}

enum yh_status tx_diagnoses(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                            struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    struct yh_diagnosis_row *row;
    int n;
    enum yh_status bad =
        yh_diagnoses_list(c, tx_str(in, "psn_no"), tx_str(in, "mdtrt_id"), &row, &n, err);
    if (bad)
        return bad;
    open_list(w, "diseinfo");
    for (int i = 0; i < n; i++) {
        if (!row[i].valid)
            continue;
        yh_jw_object(w);
        tx_put_str(w, "diag_info_id",
                   yh_fmt(t->arena, "%.*s-%.*s-%d", YH_ARG(row[i].visit), YH_ARG(row[i].kind),
                          (int)row[i].sort));
        tx_put_str(w, "mdtrt_id", row[i].visit);
        tx_put_str(w, "psn_no", tx_str(in, "psn_no"));
        tx_put_str(w, "inout_diag_type", YH_S("1"));
        tx_put_str(w, "diag_type", row[i].kind);
        tx_put_int(w, "maindiag_flag", row[i].main);
        tx_put_int(w, "diag_srt_no", row[i].sort);
        tx_put_str(w, "diag_code", row[i].code);
        tx_put_str(w, "diag_name", row[i].name);
        tx_put_str(w, "diag_dept", row[i].department);
        tx_put_str(w, "dise_dor_no", row[i].doctor);
        tx_put_str(w, "dise_dor_name", row[i].doctor_name);
        tx_put_time(w, "diag_time", row[i].time);
        yh_jw_end(w, '}');
    }
    close_list(w);
    return YH_OK;
}

/* 5203 spells the personal parts psn_pay and cash_payamt where 22xx say psn_part_amt, psn_cash_pay. */
enum yh_status tx_settlement(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                             struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    struct yh_settled s;
    enum yh_status bad = yh_settlement_get(c, tx_str(in, "psn_no"), tx_str(in, "mdtrt_id"),
                                           tx_str(in, "setl_id"), &s, err);
    if (bad)
        return bad;
    const struct yh_settlement_row *r = &s.row;
    yh_jw_object(w);
    yh_jw_key(w, YH_S("setlinfo"));
    yh_jw_object(w);
    tx_put_str(w, "setl_id", r->settlement);
    tx_put_str(w, "mdtrt_id", r->visit);
    tx_put_person(w, &s.person, s.age_tenths);
    tx_put_str(w, "insutype", r->scheme);
    tx_put_str(w, "psn_type", r->psn_kind);
    tx_put_int(w, "cvlserv_flag", s.enrolment.civil_servant);
    tx_put_str(w, "insu_optins", r->office);
    tx_put_str(w, "emp_name", s.enrolment.employer);
    tx_put_str(w, "pay_loc", YH_S("2"));
    tx_put_str(w, "fixmedins_code", r->provider);
    tx_put_str(w, "fixmedins_name", c->provider ? c->provider->name : t->env.fixmedins_name);
    tx_put_str(w, "hosp_lv", c->provider ? c->provider->level : YH_S(""));
    tx_put_str(w, "fixmedins_poolarea", r->place);
    tx_put_day(w, "begndate", (yh_day)r->begin_day);
    tx_put_day(w, "enddate", (yh_day)r->end_day);
    tx_put_time(w, "setl_time", r->time);
    tx_put_str(w, "mdtrt_cert_type", s.cert_type);
    tx_put_str(w, "med_type", r->med_type);
    tx_put_str(w, "clr_type", r->clearing_type);
    tx_put_str(w, "clr_way", r->clearing_way);
    tx_put_str(w, "clr_optins", r->clearing_office);
    tx_put_amounts(w, r);
    tx_put_fen(w, "psn_pay", r->person_part);
    tx_put_fen(w, "cash_payamt", r->cash);
    tx_put_str(w, "medins_setl_id", r->msgid);
    tx_put_str(w, "refd_setl_flag", yh_eq(r->kind, YH_S("undo")) ? YH_S("1") : YH_S("0"));
    tx_put_int(w, "year", r->year);
    tx_put_str(w, "invono", r->invoice);
    tx_put_str(w, "opter_id", r->operator_no);
    tx_put_time(w, "opt_time", r->time);
    yh_jw_end(w, '}');
    tx_put_funds(w, &s);
    yh_jw_end(w, '}');
    return YH_OK;
}

/* What 5204 and 5205 say of a line alike. */
static void put_line(struct yh_jsonw *w, const struct yh_line_found *f)
{
    const struct yh_charge_line *l = &f->line;
    tx_put_str(w, "rx_drord_no", l->order);
    tx_put_str(w, "med_type", f->med_type);
    tx_put_time(w, "fee_ocur_time", l->time);
    tx_put_str(w, "hilist_code", l->code);
    tx_put_str(w, "hilist_name", l->name);
    tx_put_str(w, "list_type", YH_S(""));
    tx_put_str(w, "med_list_codg", l->code);
    tx_put_str(w, "medins_list_codg", l->own_code);
    tx_put_str(w, "medins_list_name", l->name);
    tx_put_str(w, "prodname", l->name);
    tx_put_str(w, "spec", YH_S(""));
    tx_put_str(w, "dosform_name", YH_S(""));
    tx_put_str(w, "bilg_dept_codg", l->department);
    tx_put_str(w, "bilg_dr_codg", l->doctor);
    tx_put_int(w, "hosp_appr_flag", l->approval);
}

/* The output of 5204 is a list itself. */
enum yh_status tx_lines(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                        struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    struct yh_line_found *row;
    int n;
    enum yh_status bad = yh_lines_list(c, tx_str(in, "psn_no"), tx_str(in, "mdtrt_id"),
                                       tx_str(in, "setl_id"), &row, &n, err);
    if (bad)
        return bad;
    yh_jw_array(w);
    for (int i = 0; i < n; i++) {
        yh_jw_object(w);
        tx_put_str(w, "mdtrt_id", row[i].visit);
        tx_put_str(w, "setl_id", row[i].settlement);
        tx_put_split(w, &row[i].line);
        put_line(w, &row[i]);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    return YH_OK;
}

enum yh_status tx_chronic_drugs(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                                struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    struct yh_drug_found *row;
    int n;
    enum yh_status bad = yh_chronic_drugs_list(
        c, tx_str(in, "psn_no"), tx_time(in, "begntime"),
        tx_time_to(in, "endtime", yh_day_time(YH_DAY_MAX)), &row, &n, err);
    if (bad)
        return bad;
    open_list(w, "feedetail");
    for (int i = 0; i < n; i++) {
        yh_jw_object(w);
        tx_put_str(w, "fixmedins_code", row[i].provider);
        tx_put_str(w, "fixmedins_name", row[i].provider_name);
        tx_put_str(w, "psn_no", tx_str(in, "psn_no"));
        tx_put_split(w, &row[i].found.line);
        put_line(w, &row[i].found);
        yh_jw_end(w, '}');
    }
    close_list(w);
    return YH_OK;
}

enum yh_status tx_accumulators(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                               struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    struct yh_accumulator_row *row;
    int n;
    enum yh_status bad =
        yh_accumulators_list(c, tx_str(in, "psn_no"), tx_str(in, "cum_ym"), &row, &n, err);
    if (bad)
        return bad;
    open_list(w, "cuminfo");
    for (int i = 0; i < n; i++) {
        yh_jw_object(w);
        tx_put_str(w, "insutype", row[i].scheme);
        tx_put_int(w, "year", row[i].year);
        tx_put_str(w, "cum_ym",
                   row[i].sub.n ? row[i].sub : yh_fmt(t->arena, "%d", (int)row[i].year));
        tx_put_str(w, "cum_type_code", row[i].name);
        tx_put_fen(w, "cum", row[i].value);
        yh_jw_end(w, '}');
    }
    close_list(w);
    return YH_OK;
}

static enum yh_status filings(struct yh_tx_call *t, struct yh_ctx *c, const char *kind,
                              const char *code, struct yh_filing_row **row, int *n,
                              struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    yh_day from = tx_day(in, "begntime", YH_DAY_MIN);
    yh_time to = tx_time_to(in, "endtime", yh_day_time(YH_DAY_MAX));
    return yh_filings_list(c, tx_str(in, "psn_no"), yh_cstr(kind),
                           code ? tx_str(in, code) : YH_S(""), from, yh_time_day(to), row, n,
                           err);
}

enum yh_status tx_chronic_filings(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                                  struct yh_err *err)
{
    static const char *const NAME[] = { "opsp_dise_name" };
    struct yh_filing_row *row;
    int n;
    enum yh_status bad = filings(t, c, "2503", NULL, &row, &n, err);
    if (bad)
        return bad;
    open_list(w, "feedetail");
    for (int i = 0; i < n; i++) {
        yh_jw_object(w);
        tx_put_str(w, "opsp_dise_code", row[i].code);
        put_extra(t, w, row[i].body, NAME, YH_COUNT(NAME));
        tx_put_day(w, "begndate", (yh_day)row[i].from_day);
        tx_put_day(w, "enddate", (yh_day)row[i].to_day);
        yh_jw_end(w, '}');
    }
    close_list(w);
    return YH_OK;
}

enum yh_status tx_chosen_providers(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                                   struct yh_err *err)
{
    static const char *const MORE[] = { "fix_srt_no", "fixmedins_name", "memo" };
    struct yh_filing_row *row;
    int n;
    enum yh_status bad = filings(t, c, "2505", "biz_appy_type", &row, &n, err);
    if (bad)
        return bad;
    open_list(w, "psnfixmedin");
    for (int i = 0; i < n; i++) {
        yh_jw_object(w);
        tx_put_str(w, "psn_no", row[i].person);
        tx_put_str(w, "insutype", row[i].scheme);
        tx_put_str(w, "fixmedins_code", row[i].provider);
        put_extra(t, w, row[i].body, MORE, YH_COUNT(MORE));
        tx_put_day(w, "begndate", (yh_day)row[i].from_day);
        tx_put_day(w, "enddate", (yh_day)row[i].to_day);
        yh_jw_end(w, '}');
    }
    close_list(w);
    return YH_OK;
}

enum yh_status tx_referrals(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                            struct yh_err *err)
{
    static const char *const MORE[] = { "tel",
                                        "addr",
                                        "insu_optins",
                                        "diag_code",
                                        "diag_name",
                                        "dise_cond_dscr",
                                        "reflin_medins_name",
                                        "refl_date",
                                        "refl_rea",
                                        "hosp_agre_refl_flag" };
    struct yh_filing_row *row;
    int n;
    enum yh_status bad = filings(t, c, "2501", NULL, &row, &n, err);
    if (bad)
        return bad;
    open_list(w, "refmedin");
    for (int i = 0; i < n; i++) {
        yh_jw_object(w);
        tx_put_str(w, "psn_no", row[i].person);
        tx_put_str(w, "insutype", row[i].scheme);
        tx_put_str(w, "dcla_souc", YH_S("01"));
        tx_put_str(w, "reflin_medins_no", row[i].provider);
        tx_put_str(w, "out_flag", yh_eq(row[i].code, YH_S("1")) ? YH_S("0") : YH_S("1"));
        tx_put_str(w, "trt_dcla_detl_sn", row[i].serial);
        put_extra(t, w, row[i].body, MORE, YH_COUNT(MORE));
        tx_put_day(w, "begndate", (yh_day)row[i].from_day);
        tx_put_day(w, "enddate", (yh_day)row[i].to_day);
        yh_jw_end(w, '}');
    }
    close_list(w);
    return YH_OK;
}
