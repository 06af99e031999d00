#include "shell/gateway/tx_settlement.h"

void tx_put_person(struct yh_jsonw *w, const struct yh_person_row *p, int age_tenths)
{
    tx_put_str(w, "psn_no", p->person);
    tx_put_str(w, "psn_name", p->name);
    tx_put_str(w, "psn_cert_type", p->cert_type);
    tx_put_str(w, "certno", p->cert_no);
    tx_put_str(w, "gend", p->sex);
    tx_put_str(w, "naty", p->nation);
    tx_put_day(w, "brdy", (yh_day)p->born);
    tx_put_dec(w, "age", age_tenths, 1, 1);
}

void tx_put_funds(struct yh_jsonw *w, const struct yh_settled *s)
{
    yh_jw_kv_array(w, "setldetail");
    for (int i = 0; i < s->nfund; i++) {
        const struct yh_settlement_fund_row *f = &s->fund[i];
        yh_jw_object(w);
        tx_put_str(w, "fund_pay_type", f->fund);
        tx_put_fen(w, "inscp_scp_amt", f->scope);
        tx_put_fen(w, "crt_payb_lmt_amt", f->cap);
        tx_put_fen(w, "fund_payamt", f->amount);
        tx_put_str(w, "fund_pay_type_name", f->name);
        tx_put_str(w, "setl_proc_info", f->note);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

void tx_put_split(struct yh_jsonw *w, const struct yh_charge_line *l)
{
    tx_put_str(w, "feedetl_sn", l->serial);
    tx_put_fen(w, "det_item_fee_sumamt", l->amount);
    tx_put_dec(w, "cnt", l->qty, 4, 4);
    tx_put_dec(w, "pric", l->price, 6, 6);
    tx_put_dec(w, "pric_uplmt_amt", l->limit, 6, 6);
    tx_put_dec(w, "selfpay_prop", l->first_rate, 6, 4);
    tx_put_fen(w, "fulamt_ownpay_amt", l->outside);
    tx_put_fen(w, "overlmt_amt", l->over);
    tx_put_fen(w, "preselfpay_amt", l->first);
    tx_put_fen(w, "inscp_scp_amt", l->scope);
    tx_put_str(w, "chrgitm_lv", l->item_class);
    tx_put_str(w, "med_chrgitm_type", l->charge_kind);
    tx_put_int(w, "bas_medn_flag", l->basic_drug);
    tx_put_int(w, "hi_nego_drug_flag", l->negotiated);
    tx_put_int(w, "chld_medc_flag", l->child_drug);
    tx_put_int(w, "list_sp_item_flag", l->special_item);
    tx_put_int(w, "lmt_used_flag", l->restricted);
    tx_put_int(w, "drt_reim_flag", l->direct_pay);
    tx_put_str(w, "memo", l->note);
    tx_put_str(w, "exp_content", YH_S(""));
}

/* The amounts of a settlement in the interface's names. */
void tx_put_amounts(struct yh_jsonw *w, const struct yh_settlement_row *r)
{
    tx_put_fen(w, "medfee_sumamt", r->total);
    tx_put_fen(w, "fulamt_ownpay_amt", r->outside);
    tx_put_fen(w, "overlmt_selfpay", r->over);
    tx_put_fen(w, "preselfpay_amt", r->first);
    tx_put_fen(w, "inscp_scp_amt", r->scope);
    tx_put_fen(w, "act_pay_dedc", r->deductible);
    tx_put_fen(w, "hifp_pay", r->basic);
    tx_put_dec(w, "pool_prop_selfpay", r->basic_rate, 6, 4);
    tx_put_fen(w, "cvlserv_pay", r->civil);
    tx_put_fen(w, "hifes_pay", r->enterprise);
    tx_put_fen(w, "hifmi_pay", r->serious);
    tx_put_fen(w, "hifob_pay", r->large);
    tx_put_fen(w, "maf_pay", r->assist);
    tx_put_fen(w, "oth_pay", r->other);
    tx_put_fen(w, "hifdm_pay", r->disabled);
    tx_put_fen(w, "fund_pay_sumamt", r->fund);
    tx_put_fen(w, "psn_part_amt", r->person_part);
    tx_put_fen(w, "acct_pay", r->account + r->relative);
    tx_put_fen(w, "psn_cash_pay", r->cash);
    tx_put_fen(w, "hosp_part_amt", r->hospital);
    tx_put_fen(w, "balc", r->balance);
    tx_put_fen(w, "acct_mulaid_pay", r->relative);
}

void tx_put_settled(struct yh_tx_call *t, struct yh_jsonw *w, const struct yh_settled *s,
                    bool lines)
{
    const struct yh_settlement_row *r = &s->row;
    yh_jw_object(w);
    yh_jw_kv_object(w, "setlinfo");
    tx_put_str(w, "mdtrt_id", r->visit);
    if (r->settlement.n) /* a trial has none */
        tx_put_str(w, "setl_id", r->settlement);
    tx_put_person(w, &s->person, s->age_tenths);
    tx_put_str(w, "insutype", r->scheme);
    tx_put_str(w, "psn_type", r->psn_kind);
    tx_put_int(w, "cvlserv_flag", s->enrolment.civil_servant);
    yh_jw_kv_time(w, "setl_time", r->time);
    tx_put_str(w, "mdtrt_cert_type", s->cert_type);
    tx_put_str(w, "med_type", r->med_type);
    tx_put_amounts(w, r);
    tx_put_str(w, "medins_setl_id", r->msgid.n ? r->msgid : t->env.msgid);
    tx_put_str(w, "clr_optins", r->clearing_office);
    tx_put_str(w, "clr_way", r->clearing_way);
    tx_put_str(w, "clr_type", r->clearing_type);
    tx_put_str(w, "exp_content", YH_S(""));
    if (yh_eq(t->env.infno,
              YH_S("2208"))) /* spelled so in the national table; live replies send both */
        tx_put_fen(w, "pdn_cash_pay", r->cash);
    yh_jw_end(w, '}');
    tx_put_funds(w, s);
    if (lines) {
        yh_jw_kv_array(w, "detlcutinfo");
        for (int i = 0; i < s->nline; i++) {
            yh_jw_object(w);
            tx_put_split(w, &s->line[i]);
            yh_jw_end(w, '}');
        }
        yh_jw_end(w, ']');
    }
    yh_jw_end(w, '}');
}

struct yh_charge_line tx_charge_line(const struct yh_json *n)
{
    yh_str order = tx_str(n, "rxno");
    return (struct yh_charge_line){
        .serial = tx_str(n, "feedetl_sn"),
        .undoes = tx_str(n, "init_feedetl_sn"),
        .code = tx_str(n, "med_list_codg"),
        .own_code = tx_str(n, "medins_list_codg"),
        .name = tx_str(n, "medins_list_name"),
        .order = order.n ? order : tx_str(n, "drord_no"),
        .disease = tx_str(n, "dise_codg"),
        .department = tx_str(n, "bilg_dept_codg"),
        .doctor = tx_str(n, "bilg_dr_codg"),
        .time = tx_time(n, "fee_ocur_time"),
        .qty = tx_dec(n, "cnt", 4),
        .price = tx_dec(n, "pric", 6),
        .amount = tx_fen(n, "det_item_fee_sumamt"),
        .approval = tx_int(n, "hosp_appr_flag"),
        .extra = tx_extra(n),
    };
}

/* Adds the trace codes of one node's rows; a row without a serial is of the line it stands in. */
static void add_traces(const struct yh_tx_call *t, const struct yh_json *node, yh_str serial,
                       struct yh_trace **list, int *n, int *cap)
{
    bool many = node && node->kind == YH_JSON_ARRAY;
    for (const struct yh_json *r = many ? node->first : node; r; r = many ? r->next : NULL) {
        yh_str code = tx_str(r, "drug_trac_codg"), own = tx_str(r, "feedetl_sn");
        if (code.n)
            YH_PUSH(t->arena, *list, *n, *cap) =
                (struct yh_trace){ own.n ? own : serial, code,
                                   yh_eq(tx_str(r, "trdn_flag"), YH_S("1")) };
    }
}

/* Spelled durg in the national table of 2102 and drug at a client; beside the other nodes, in the
 * data node, or in each line. */
int tx_traces(const struct yh_tx_call *t, struct yh_trace **out)
{
    static const char *const NAME[] = { "drug_trac_info", "durg_trac_info" };
    static const char *const NODE[] = { "data", "druginfo", "drugdetail", "feedetail" };
    struct yh_trace *list = NULL;
    int n = 0, cap = 0;
    for (int k = 0; k < YH_COUNT(NAME); k++) {
        yh_str name = yh_cstr(NAME[k]);
        add_traces(t, yh_json_get(t->env.input, name), YH_S(""), &list, &n, &cap);
        for (int i = 0; i < YH_COUNT(NODE); i++) {
            const struct yh_json *const *row;
            int rows = tx_rows(t, NODE[i], &row);
            for (int r = 0; r < rows; r++)
                add_traces(t, yh_json_get(row[r], name), tx_str(row[r], "feedetl_sn"), &list,
                           &n, &cap);
        }
    }
    *out = list;
    return n;
}
