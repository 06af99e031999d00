/* shell/gateway/tx_query.c -- 5101 5102 5201-5206 5301-5304: what is stored, read back. */
#include "service/query.h"
#include "shell/gateway/tx_settlement.h"

/* A query range: dates mean 00:00:00 to 23:59:59. */
static yh_time range_to(const struct yh_json *in)
{
    return tx_time_to(in, "endtime", yh_day_time(YH_DAY_MAX));
}

/* ---- the provider itself ---- */

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
    struct tx_rest rest = { "feedetail" };
    tx_open_list(w, "feedetail");
    for (int i = 0; i < n; i++) {
        ptrdiff_t from = tx_open(w);
        tx_put_str(w, "hosp_dept_codg", row[i].department);
        tx_put_str(w, "hosp_dept_name", row[i].name);
        tx_put_day(w, "begntime", (yh_day)row[i].from_day);
        tx_put_last(w, "endtime", row[i].to_day);
        tx_put_str(w, "caty", row[i].speciality);
        tx_put_kept(t, w, row[i].extra, MORE, YH_COUNT(MORE));
        tx_close(t, w, &rest, from);
    }
    tx_close_list(w);
    return YH_OK;
}

enum yh_status tx_practitioners(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                                struct yh_err *err)
{
    static const char *const KEPT[] = { "psn_cert_type", "certno",        "prac_psn_no",
                                        "prac_psn_code", "prac_psn_name", "prac_psn_type",
                                        "prac_psn_cert", "prac_cert_no",  "hi_dr_flag",
                                        "begntime",      "endtime",       "chg_rea" };
    const struct yh_json *in = tx_node(t, "data");
    struct yh_practitioner_query q = { .type = tx_str(in, "prac_psn_type"),
                                       .cert_type = tx_str(in, "psn_cert_type"),
                                       .cert_no = tx_str(in, "certno"),
                                       .name = tx_str(in, "prac_psn_name"),
                                       .code = tx_str(in, "prac_psn_code") };
    const struct yh_json **row;
    int n;
    enum yh_status bad = yh_practitioners_list(c, &q, &row, &n, err);
    if (bad)
        return bad;
    tx_open_list(w, "feedetail");
    for (int i = 0; i < n; i++) {
        yh_jw_object(w);
        for (int k = 0; k < YH_COUNT(KEPT); k++)
            tx_put_str(w, KEPT[k], tx_str(row[i], KEPT[k]));
        yh_jw_end(w, '}');
    }
    tx_close_list(w);
    return YH_OK;
}

/* ---- visits and stays ---- */

/* A stay over the turn of a year; born at most 28 days before. */
static bool over_year(const struct yh_visit_row *v, yh_day today)
{
    yh_day end = v->end_time ? yh_time_day(v->end_time) : today;
    return yh_is_stay(v->med_type) &&
           yh_civil_of(yh_time_day(v->begin_time)).year != yh_civil_of(end).year;
}

static bool newborn(const struct yh_person_row *p, yh_day begin)
{
    return p->born <= begin && begin - p->born <= 28;
}

static void put_visit(const struct yh_tx_call *t, const struct yh_ctx *c, struct yh_jsonw *w,
                      const struct yh_visit_found *f, struct tx_rest *rest)
{
    const struct yh_visit_row *v = &f->visit;
    yh_day begin = yh_time_day(v->begin_time), end = yh_time_day(v->end_time);
    bool stay = yh_is_stay(v->med_type), inside = stay && !v->end_time;
    ptrdiff_t from = tx_open(w);
    tx_put_str(w, "mdtrt_id", v->visit);
    tx_put_person(w, &f->person, f->age_tenths);
    tx_put_str(w, "tel", f->person.phone);
    tx_put_str(w, "insutype", v->scheme);
    tx_put_str(w, "psn_type", f->enrolment.kind);
    tx_put_int(w, "maf_psn_flag", f->assisted);
    tx_put_int(w, "cvlserv_flag", f->enrolment.civil_servant);
    tx_put_int(w, "nwb_flag", newborn(&f->person, begin));
    tx_put_str(w, "insu_optins", v->office);
    tx_put_str(w, "emp_name", f->enrolment.employer);
    yh_jw_kv_time(w, "begntime", v->begin_time);
    yh_jw_kv_time(w, "endtime", v->end_time);
    tx_put_str(w, "mdtrt_cert_type", v->cert_type);
    tx_put_str(w, "med_type", v->med_type);
    tx_put_int(w, "ars_year_ipt_flag", over_year(v, c->today));
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
    tx_put_str(w, "inhosp_stas", inside ? YH_S("1") : YH_S("0"));
    tx_put_day(w, "die_date", (yh_day)f->person.died);
    yh_jw_kv_i64(w, "ipt_days", stay && v->end_time ? yh_max(1, end - begin) : 0);
    tx_put_str(w, "matn_type", v->delivery);
    yh_jw_kv_i64(w, "fetus_cnt", v->fetuses);
    tx_put_str(w, "opter_id", v->operator_no);
    tx_close(t, w, rest, from);
}

enum yh_status tx_visits(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                         struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    struct yh_visit_found *row;
    int n;
    enum yh_status bad =
        yh_visits_list(c, tx_str(in, "psn_no"), tx_str(in, "mdtrt_id"), tx_str(in, "med_type"),
                       tx_time(in, "begntime"), range_to(in), &row, &n, err);
    if (bad)
        return bad;
    struct tx_rest rest = { "mdtrtinfo" };
    tx_open_list(w, "mdtrtinfo");
    for (int i = 0; i < n; i++)
        put_visit(t, c, w, &row[i], &rest);
    tx_close_list(w);
    return YH_OK;
}

enum yh_status tx_in_hospital(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                              struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    struct yh_visit_found *row;
    int n;
    enum yh_status bad = yh_in_hospital_list(c, tx_str(in, "psn_no"), tx_time(in, "begntime"),
                                             range_to(in), &row, &n, err);
    if (bad)
        return bad;
    struct tx_rest rest = { "data" };
    tx_open_list(w, "data");
    for (int i = 0; i < n; i++) {
        const struct yh_visit_row *v = &row[i].visit;
        ptrdiff_t from = tx_open(w);
        tx_put_str(w, "mdtrt_id", v->visit);
        tx_put_person(w, &row[i].person, row[i].age_tenths);
        tx_put_str(w, "insutype", v->scheme);
        tx_put_day(w, "begndate", yh_time_day(v->begin_time));
        tx_put_str(w, "med_type", v->med_type);
        tx_put_str(w, "ipt_otp_no", v->number);
        struct yh_place home;
        bool away =
            yh_region_locate(c->world->regions, v->office, c->today, &home, NULL) == YH_OK &&
            yh_region_away(&home, &c->provider_place) != YH_AWAY_LOCAL;
        tx_put_int(w, "out_flag", away);
        tx_close(t, w, &rest, from);
    }
    tx_close_list(w);
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
    struct tx_rest rest = { "diseinfo" };
    tx_open_list(w, "diseinfo");
    for (int i = 0; i < n; i++) {
        const struct yh_diagnosis_row *d = &row[i];
        if (!d->valid)
            continue;
        ptrdiff_t from = tx_open(w);
        tx_put_str(
            w, "diag_info_id",
            yh_fmt(t->arena, "%.*s-%.*s-%d", YH_ARG(d->visit), YH_ARG(d->kind), (int)d->sort));
        tx_put_str(w, "mdtrt_id", d->visit);
        tx_put_str(w, "psn_no", tx_str(in, "psn_no"));
        tx_put_str(w, "inout_diag_type", YH_S("1"));
        tx_put_str(w, "diag_type", d->kind);
        tx_put_int(w, "maindiag_flag", d->main);
        tx_put_int(w, "diag_srt_no", d->sort);
        tx_put_str(w, "diag_code", d->code);
        tx_put_str(w, "diag_name", d->name);
        tx_put_str(w, "diag_dept", d->department);
        tx_put_str(w, "dise_dor_no", d->doctor);
        tx_put_str(w, "dise_dor_name", d->doctor_name);
        yh_jw_kv_time(w, "diag_time", d->time);
        tx_close(t, w, &rest, from);
    }
    tx_close_list(w);
    return YH_OK;
}

/* ---- settlements and their lines ---- */

/* 22xx say psn_part_amt, psn_cash_pay; 5203 says psn_pay, cash_payamt. */
static void put_settlement(const struct yh_tx_call *t, const struct yh_ctx *c,
                           struct yh_jsonw *w, const struct yh_settled *s,
                           const struct yh_visit_row *v)
{
    const struct yh_settlement_row *r = &s->row;
    struct tx_rest rest = { "setlinfo" };
    ptrdiff_t from = tx_open(w);
    tx_put_str(w, "setl_id", r->settlement);
    tx_put_str(w, "mdtrt_id", r->visit);
    tx_put_person(w, &s->person, s->age_tenths);
    tx_put_str(w, "insutype", r->scheme);
    tx_put_str(w, "psn_type", r->psn_kind);
    tx_put_int(w, "cvlserv_flag", s->enrolment.civil_servant);
    tx_put_int(w, "nwb_flag", newborn(&s->person, (yh_day)r->begin_day));
    tx_put_str(w, "insu_optins", r->office);
    tx_put_str(w, "emp_name", s->enrolment.employer);
    tx_put_str(w, "pay_loc", YH_S("2"));
    tx_put_str(w, "fixmedins_code", r->provider);
    tx_put_str(w, "fixmedins_name", c->provider ? c->provider->name : t->env.fixmedins_name);
    tx_put_str(w, "hosp_lv", c->provider ? c->provider->level : YH_S(""));
    tx_put_str(w, "fixmedins_poolarea", r->place);
    tx_put_day(w, "begndate", (yh_day)r->begin_day);
    tx_put_day(w, "enddate", (yh_day)r->end_day);
    yh_jw_kv_time(w, "setl_time", r->time);
    tx_put_str(w, "mdtrt_cert_type", s->cert_type);
    tx_put_str(w, "med_type", r->med_type);
    tx_put_str(w, "clr_type", r->clearing_type);
    tx_put_str(w, "clr_way", r->clearing_way);
    tx_put_str(w, "clr_optins", r->clearing_office);
    tx_put_amounts(w, r);
    tx_put_fen(w, "psn_pay", r->person_part);
    tx_put_fen(w, "cash_payamt", r->cash);
    tx_put_str(w, "medins_setl_id", r->msgid);
    tx_put_int(w, "refd_setl_flag", yh_eq(r->kind, YH_S("undo")));
    tx_put_int(w, "year", r->year);
    tx_put_str(w, "dise_codg", v ? v->disease : YH_S(""));
    tx_put_str(w, "dise_name", v ? v->disease_name : YH_S(""));
    tx_put_str(w, "invono", r->invoice);
    tx_put_str(w, "opter_id", r->operator_no);
    yh_jw_kv_time(w, "opt_time", r->time);
    tx_close(t, w, &rest, from);
}

enum yh_status tx_settlement(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                             struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    struct yh_settled s;
    struct yh_visit_found *v;
    int n;
    enum yh_status bad = yh_settlement_get(c, tx_str(in, "psn_no"), tx_str(in, "mdtrt_id"),
                                           tx_str(in, "setl_id"), &s, err);
    if (!bad)
        bad = yh_visits_list(c, tx_str(in, "psn_no"), s.row.visit, YH_S(""), 0, 0, &v, &n, err);
    if (bad)
        return bad;
    yh_jw_object(w);
    yh_jw_key(w, YH_S("setlinfo"));
    put_settlement(t, c, w, &s, n ? &v[0].visit : NULL);
    tx_put_funds(w, &s);
    yh_jw_end(w, '}');
    return YH_OK;
}

/* What 5204 and 5205 say of a line alike. */
static void put_line(struct yh_tx_call *t, struct yh_jsonw *w, const struct yh_line_found *f)
{
    static const char *const MORE[] = {
        "prodname",      "spec",      "dosform_name",   "hosp_prep_flag",   "tcmdrug_used_way",
        "prodplac_type", "etip_flag", "etip_hosp_code", "dscg_tkdrug_flag", "matn_fee_flag"
    };
    const struct yh_charge_line *l = &f->line;
    tx_put_split(w, l);
    tx_put_str(w, "rx_drord_no", l->order);
    tx_put_str(w, "med_type", f->med_type);
    yh_jw_kv_time(w, "fee_ocur_time", l->time);
    tx_put_str(w, "hilist_code", l->code);
    tx_put_str(w, "hilist_name", f->name);
    tx_put_str(w, "list_type", f->list_type);
    tx_put_str(w, "med_list_codg", l->code);
    tx_put_str(w, "medins_list_codg", l->own_code);
    tx_put_str(w, "medins_list_name", l->name);
    tx_put_int(w, "hosp_appr_flag", l->approval);
    tx_put_kept(t, w, l->extra, MORE, YH_COUNT(MORE));
}

/* The output of 5204 is a list itself. */
enum yh_status tx_lines(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                        struct yh_err *err)
{
    static const char *const MORE[] = { "bilg_dept_name",  "bilg_dr_name",   "acord_dept_codg",
                                        "acord_dept_name", "orders_dr_code", "orders_dr_name",
                                        "sin_dos_dscr",    "used_frqu_dscr", "medc_way_dscr" };
    const struct yh_json *in = tx_node(t, "data");
    struct yh_line_found *row;
    int n;
    enum yh_status bad = yh_lines_list(c, tx_str(in, "psn_no"), tx_str(in, "mdtrt_id"),
                                       tx_str(in, "setl_id"), &row, &n, err);
    if (bad)
        return bad;
    struct tx_rest rest = { "(none)" };
    yh_jw_array(w);
    for (int i = 0; i < n; i++) {
        ptrdiff_t from = tx_open(w);
        tx_put_str(w, "mdtrt_id", row[i].visit);
        tx_put_str(w, "setl_id", row[i].settlement);
        put_line(t, w, &row[i]);
        tx_put_str(w, "bilg_dept_codg", row[i].line.department);
        tx_put_str(w, "bilg_dr_codg", row[i].line.doctor);
        tx_put_kept(t, w, row[i].line.extra, MORE, YH_COUNT(MORE));
        tx_close(t, w, &rest, from);
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
    enum yh_status bad = yh_chronic_drugs_list(c, tx_str(in, "psn_no"), tx_time(in, "begntime"),
                                               range_to(in), &row, &n, err);
    if (bad)
        return bad;
    struct tx_rest rest = { "feedetail" };
    tx_open_list(w, "feedetail");
    for (int i = 0; i < n; i++) {
        ptrdiff_t from = tx_open(w);
        tx_put_str(w, "fixmedins_code", row[i].provider);
        tx_put_str(w, "fixmedins_name", row[i].provider_name);
        tx_put_str(w, "psn_no", tx_str(in, "psn_no"));
        put_line(t, w, &row[i].found);
        tx_close(t, w, &rest, from);
    }
    tx_close_list(w);
    return YH_OK;
}

/* ---- the person's year and filings ---- */

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
    tx_open_list(w, "cuminfo");
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
    tx_close_list(w);
    return YH_OK;
}

static enum yh_status filings(struct yh_tx_call *t, struct yh_ctx *c, const char *kind,
                              const char *code, struct yh_filing_row **row, int *n,
                              struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    yh_day from = tx_day(in, "begntime", YH_DAY_MIN);
    yh_time last = range_to(in) - 1;
    return yh_filings_list(c, tx_str(in, "psn_no"), yh_cstr(kind),
                           code ? tx_str(in, code) : YH_S(""), from, yh_time_day(last) + 1, row,
                           n, err);
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
    tx_open_list(w, "feedetail");
    for (int i = 0; i < n; i++) {
        yh_jw_object(w);
        tx_put_str(w, "opsp_dise_code", row[i].code);
        tx_put_kept(t, w, row[i].body, NAME, YH_COUNT(NAME));
        tx_put_day(w, "begndate", (yh_day)row[i].from_day);
        tx_put_last(w, "enddate", row[i].to_day);
        yh_jw_end(w, '}');
    }
    tx_close_list(w);
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
    tx_open_list(w, "psnfixmedin");
    for (int i = 0; i < n; i++) {
        yh_jw_object(w);
        tx_put_str(w, "psn_no", row[i].person);
        tx_put_str(w, "insutype", row[i].scheme);
        tx_put_str(w, "fixmedins_code", row[i].provider);
        tx_put_kept(t, w, row[i].body, MORE, YH_COUNT(MORE));
        tx_put_day(w, "begndate", (yh_day)row[i].from_day);
        tx_put_last(w, "enddate", row[i].to_day);
        yh_jw_end(w, '}');
    }
    tx_close_list(w);
    return YH_OK;
}

static void put_person_of(struct yh_jsonw *w, const struct yh_person_row *p)
{
    tx_put_str(w, "psn_no", p->person);
    tx_put_str(w, "psn_cert_type", p->cert_type);
    tx_put_str(w, "certno", p->cert_no);
    tx_put_str(w, "psn_name", p->name);
    tx_put_str(w, "gend", p->sex);
    tx_put_day(w, "brdy", (yh_day)p->born);
    tx_put_str(w, "tel", p->phone);
    tx_put_str(w, "addr", p->address);
}

enum yh_status tx_referrals(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                            struct yh_err *err)
{
    static const char *const MORE[] = { "insu_optins",    "diag_code",          "diag_name",
                                        "dise_cond_dscr", "reflin_medins_name", "refl_date",
                                        "refl_rea",       "hosp_agre_refl_flag" };
    struct yh_filing_row *row;
    int n;
    yh_str person = tx_str(tx_node(t, "data"), "psn_no");
    enum yh_status bad = filings(t, c, "2501", NULL, &row, &n, err);
    if (bad)
        return bad;
    struct tx_rest rest = { "refmedin" };
    tx_open_list(w, "refmedin");
    for (int i = 0; i < n; i++) {
        struct yh_person_row p;
        struct yh_enrolment_row e;
        if ((bad = yh_person_get(c, person, row[i].scheme, &p, &e, err)) != YH_OK)
            return bad;
        ptrdiff_t from = tx_open(w);
        tx_put_str(w, "insutype", row[i].scheme);
        tx_put_str(w, "dcla_souc", row[i].filed_by.n ? YH_S("01") : YH_S("02"));
        put_person_of(w, &p);
        tx_put_str(w, "emp_name", e.employer);
        tx_put_str(w, "reflin_medins_no", row[i].provider);
        tx_put_int(w, "out_flag", !yh_eq(row[i].code, YH_S("1")));
        tx_put_str(w, "trt_dcla_detl_sn", row[i].serial);
        tx_put_kept(t, w, row[i].body, MORE, YH_COUNT(MORE));
        tx_put_day(w, "begndate", (yh_day)row[i].from_day);
        tx_put_last(w, "enddate", row[i].to_day);
        yh_jw_kv_time(w, "opt_time", row[i].time);
        tx_close(t, w, &rest, from);
    }
    tx_close_list(w);
    return YH_OK;
}
