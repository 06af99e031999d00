/* Advice before orders and bills, answers to it, and lines that a region's own file refuses. */
#include "shell/gateway/window_test.h"

#define MAN "99020100000000000000000001" /* 测试戊, a man of 990201, 310 */

static const char PATIENT[] =
    "{'data':{'patient_dtos':{'patn_id':'%s','patn_name':'测试戊','gend':'%s','brdy':'1966-11-"
    "11',"
    "'poolarea':'990200','curr_mdtrt_id':'HIS-1','fsi_encounter_dtos':[{'mdtrt_id':'HIS-1',"
    "'medins_id':'H99020100001','medins_name':'样例市人民医院','medins_admdvs':'990201',"
    "'medins_type':'A100','medins_lv':'2','adm_date':'%s','dscg_date':'%s',"
    "'dscg_main_dise_codg':'J06.900','dscg_main_dise_name':'急性上呼吸道感染',"
    "'fsi_diagnose_dtos':[{'dise_id':'1','inout_dise_type':'1','maindise_flag':'1',"
    "'dias_srt_no':'1','dise_codg':'J06.900','dise_name':'急性上呼吸道感染',"
    "'dise_date':'2026-03-18'}],'dr_codg':'D1','adm_dept_codg':'A03','adm_dept_name':'内科',"
    "'dscg_dept_codg':'A03','dscg_dept_name':'内科','med_mdtrt_type':'1','med_type':'11',"
    "'fsi_order_dtos':[{'rx_id':'RX-1','rxno':'1','long_drord_flag':'0','hilist_type':'23',"
    "'chrg_type':'03','drord_bhvr':'1','hilist_code':'%s','hilist_name':'%s','hilist_lv':'1',"
    "'hilist_pric':100,'hosplist_code':'1','hosplist_name':'本院','hosplist_dosform':'','cnt':"
    "1,"
    "'pric':100,'sumamt':100,'ownpay_amt':0,'selfpay_amt':0,'spec':'次','spec_unt':'次',"
    "'drord_begn_date':'%s 09:00:00','drord_dept_codg':'A03','drord_dept_name':'内科',"
    "'drord_dr_codg':'D1','drord_dr_name':'测试医师','drord_dr_profttl':'1',"
    "'curr_drord_flag':'1'}],'matn_stas':'1','medfee_sumamt':100,'ownpay_amt':0,"
    "'selfpay_amt':0,'setl_totlnum':0,'insutype':'310','reim_flag':'0','out_setl_flag':'0'}]},"
    "'trig_scen':'1'}}";

static void ask(struct window *w, const char *infno, const char *person, const char *sex,
                const char *code, const char *name)
{
    WINDOW_OK(w, infno,
              window_fmt(w, PATIENT, person, sex, "2026-03-18", "2026-03-18", code, name,
                         "2026-03-18"));
}

TEST(advice_needs_no_registered_visit_and_blocks_nothing)
{
    struct window w;
    window_open(&w);
    w.provider = YH_TOWN_OTHER;
    ask(&w, "3101", "没有这个人", "1", "002101030300000", "子宫造影");
    CHECK_I64(window_rows(&w, "result"), 1, "a man's uterus is not imaged");
    CHECK_STR(window_at(&w, "result[0].rule_id"), YH_S("service-sex"), "the rule");
    CHECK_STR(window_at(&w, "result[0].sev_deg"), YH_S("2"), "a warning before the order");
    CHECK_STR(window_at(&w, "result[0].vola_amt"), YH_S("100.00"), "money");
    CHECK_STR(window_at(&w, "result[0].judge_result_detail_dtos[0].rx_id"), YH_S("RX-1"),
              "order");
    CHECK(yh_find(window_at(&w, "result[0].vola_cont"), YH_S("核对参保人性别")) > 0);
    CHECK(window_at(&w, "result[0].vola_evid").n > 0);
    ask(&w, "3101", "没有这个人", "2", "002101030300000", "子宫造影");
    CHECK_I64(window_rows(&w, "result"), 0, "a woman's may be");
    WINDOW_BAD(&w, "3101", "{'data':{'patient_dtos':[]}}", "patient_dtos");
    window_close(&w);
}

/* An outpatient visit with one line at the second pool's hospital; not settled. */
static yh_str visit_at(struct window *w, const char *day, const char *code, const char *qty,
                       const char *price, const char *amount)
{
    WINDOW_OK(
        w, "2201",
        window_fmt(w,
                   "{'data':{'psn_no':'" MAN "','insutype':'310','begntime':'%s 08:10:00',"
                   "'mdtrt_cert_type':'02','mdtrt_cert_no':'1','ipt_otp_no':'MZ%d',"
                   "'atddr_no':'D1','dr_name':'测试医师','dept_code':'A03','dept_name':'内科',"
                   "'caty':'A03'}}",
                   day, w->calls));
    yh_str id = window_at(w, "data.mdtrt_id");
    WINDOW_OK(w, "2203",
              window_fmt(w,
                         "{'mdtrtinfo':{'mdtrt_id':'%.*s','psn_no':'" MAN "','med_type':'11',"
                         "'begntime':'%s 08:10:00'},'diseinfo':[{'diag_type':'1',"
                         "'diag_srt_no':'1','diag_code':'J06.900','diag_name':'上感',"
                         "'diag_dept':'内科','dise_dor_no':'D1','dise_dor_name':'测试医师',"
                         "'diag_time':'%s 08:30:00','vali_flag':'1'}]}",
                         YH_ARG(id), day, day));
    WINDOW_OK(
        w, "2204",
        window_fmt(w,
                   "{'feedetail':[{'feedetl_sn':'1','mdtrt_id':'%.*s','psn_no':'" MAN
                   "','chrg_bchno':'B1','rxno':'RX1','rx_circ_flag':'0',"
                   "'fee_ocur_time':'%s 08:38:00','med_list_codg':'%s',"
                   "'medins_list_codg':'OWN1','medins_list_name':'本院',"
                   "'det_item_fee_sumamt':%s,'cnt':%s,'pric':%s,'bilg_dept_codg':'A03',"
                   "'bilg_dept_name':'内科','bilg_dr_codg':'D1','bilg_dr_name':'测试医师',"
                   "'hosp_appr_flag':'0'}]}",
                   YH_ARG(id), day, code, amount, qty, price));
    return id;
}

static yh_str visit(struct window *w, const char *day, const char *code, const char *qty,
                    const char *amount)
{
    return visit_at(w, day, code, qty, "100", amount);
}

TEST(advice_looks_at_the_persons_other_visits)
{
    struct window w;
    window_open(&w);
    w.provider = YH_TOWN_OTHER;
    ask(&w, "3101", MAN, "1", "002503020020000", "血清果糖胺测定");
    CHECK_I64(window_rows(&w, "result"), 0, "the first in a week");
    w.time = "2026-03-15 10:00:00";
    visit(&w, "2026-03-15", "002503020020000", "1", "100");
    w.time = "2026-03-18 10:00:00";
    ask(&w, "3101", MAN, "1", "002503020020000", "血清果糖胺测定");
    CHECK_I64(window_rows(&w, "result"), 1, "three days after another");
    CHECK_STR(window_at(&w, "result[0].rule_id"), YH_S("service-period-frequency"), "the rule");
    CHECK(yh_find(window_at(&w, "result[0].vola_cont"), YH_S("还剩 4 天")) > 0);
    CHECK_STR(window_at(&w, "result[0].judge_result_detail_dtos[1].vola_item_type"), YH_S("2"),
              "the earlier one is proof");
    ask(&w, "3102", MAN, "1", "002503020020000", "血清果糖胺测定");
    CHECK_I64(window_rows(&w, "result"), 1, "and before the bill");
    window_close(&w);
}

TEST(what_the_doctor_did_is_kept)
{
    struct window w;
    window_open(&w);
    w.provider = YH_TOWN_OTHER;
    WINDOW_OK(
        &w, "3103",
        "{'data':{'warn_type':'1','warns':[{'warn_rslt_id':'0123456789abcdef0123',"
        "'dspo_way':'1','dspo_way_rea':'病情需要'},{'warn_rslt_id':'x','dspo_way':'2'}]}}");
    WINDOW_OK(&w, "3103",
              "{'data':{'warn_type':'1','warns':[{'warn_rslt_id':'x','dspo_way':'1'}]}}");
    WINDOW_BAD(&w, "3103", "{'data':{'warns':[{'dspo_way':'1'}]}}", "warn_rslt_id");
    struct yh_txn view;
    struct yh_err err;
    struct yh_document_row like = { .infno = YH_S("3103"), .provider = YH_TOWN_OTHER },
                           *d = NULL;
    int n = 0;
    CHECK_OK(yh_view_open(yh_service_store(w.service), &w.arena, &view, &err), &err);
    CHECK_OK(yh_list_document(&view, (struct yh_span){ .index = YH_BY_KEY, .same = 4 }, &like,
                              &d, &n, &err),
             &err);
    CHECK_I64(n, 3, "each answer is a version");
    CHECK_STR(d[0].state, YH_S("1"), "continued");
    CHECK(yh_find(d[0].body, YH_S("病情需要")) > 0);
    yh_view_close(&view);
    window_close(&w);
}

static const char TRIAL[] =
    "{'data':{'psn_no':'" MAN "','mdtrt_cert_type':'02','mdtrt_cert_no':'1','med_type':'11',"
    "'medfee_sumamt':%s,'psn_setlway':'01','mdtrt_id':'%.*s','chrg_bchno':'B1','insutype':'310'"
    ","
    "'acct_used_flag':'0','invono':'','fulamt_ownpay_amt':0,'overlmt_selfpay':0,"
    "'preselfpay_amt':0,'inscp_scp_amt':0}}";

TEST(a_refused_line_is_the_providers_loss_never_the_patients)
{
    struct window w;
    window_open(&w);
    w.provider = YH_TOWN_OTHER;
    yh_str id = visit(&w, "2026-03-18", "002101030300000", "1", "100");
    CHECK(yh_find(w.warn, YH_S("service-sex")) > 0);
    CHECK(yh_find(w.warn, YH_S("由机构承担")) > 0);
    WINDOW_OK(&w, "2206", window_fmt(&w, TRIAL, "100", YH_ARG(id)));
    CHECK_STR(window_at(&w, "setlinfo.hosp_part_amt"), YH_S("100.00"), "the provider's");
    CHECK_STR(window_at(&w, "setlinfo.psn_cash_pay"), YH_S("0.00"), "nothing from the patient");
    CHECK_STR(window_at(&w, "setlinfo.fund_pay_sumamt"), YH_S("0.00"), "nor from the fund");
    WINDOW_OK(&w, "2207", window_fmt(&w, TRIAL, "100", YH_ARG(id)));
    CHECK_STR(window_at(&w, "setlinfo.hosp_part_amt"), YH_S("100.00"), "as the trial said");
    /* A rule that the file does not mark acts on nothing. */
    w.time = "2026-03-19 10:00:00";
    id = visit(&w, "2026-03-19", "003105120040000", "1", "100");
    CHECK_STR(w.warn, YH_S(""), "a child's item for a man is left to the audit");
    WINDOW_OK(&w, "2206", window_fmt(&w, TRIAL, "100", YH_ARG(id)));
    CHECK_STR(window_at(&w, "setlinfo.hosp_part_amt"), YH_S("0.00"), "not refused");
    window_close(&w);
}

/* 门急诊留观诊查费, once a day (B08-SFRQ-0001); the item is in no table of the pool, so what is not refused is
 * the patient's.  Three at 33.333333: 100.00; two thirds, 66.666…, are 66.67 to the fen, and 33.33 stay. */
TEST(of_a_line_beyond_its_limit_the_part_beyond_is_refused)
{
    struct window w;
    window_open(&w);
    w.provider = YH_TOWN_OTHER;
    yh_str id = visit_at(&w, "2026-03-18", "001102000040000", "3", "33.333333", "100.00");
    CHECK(yh_find(w.warn, YH_S("service-frequency 拦截 66.67 元")) > 0);
    WINDOW_OK(&w, "2206", window_fmt(&w, TRIAL, "100", YH_ARG(id)));
    CHECK_STR(window_at(&w, "setlinfo.hosp_part_amt"), YH_S("66.67"), "the part beyond");
    CHECK_STR(window_at(&w, "setlinfo.psn_cash_pay"), YH_S("33.33"), "the rest as ever");
    WINDOW_OK(&w, "2207", window_fmt(&w, TRIAL, "100", YH_ARG(id)));
    CHECK_STR(window_at(&w, "setlinfo.hosp_part_amt"), YH_S("66.67"), "as the trial said");
    CHECK_STR(window_at(&w, "setlinfo.fulamt_ownpay_amt"), YH_S("100.00"), "all outside");
    w.time = "2026-03-19 10:00:00";
    id = visit(&w, "2026-03-19", "001102000040000", "1", "100");
    WINDOW_OK(&w, "2206", window_fmt(&w, TRIAL, "100", YH_ARG(id)));
    CHECK_STR(window_at(&w, "setlinfo.hosp_part_amt"), YH_S("0.00"), "once a day is lawful");
    window_close(&w);
}

static const char PURCHASE[] =
    "{'druginfo':{'psn_no':'" MAN "','mdtrt_cert_type':'02','mdtrt_cert_no':'1','card_sn':'',"
    "'begntime':'2026-03-18 09:00:00','medfee_sumamt':60.00,'invono':'','insutype':'310',"
    "'dise_codg':'','dise_name':'','acct_used_flag':'0','med_type':'41'},'drugdetail':[{"
    "'feedetl_sn':'1','rxno':'RX1','rx_circ_flag':'0','fee_ocur_time':'2026-03-18 09:00:00',"
    "'med_list_codg':'%s','medins_list_codg':'Y1','det_item_fee_sumamt':60.00,'cnt':3.0,"
    "'pric':20.00}]}";

/* A pharmacy of the pool whose file blocks drug-sex: the pre-settlement shows what the purchase will be. */
TEST(a_purchase_is_checked_by_the_same_rules_before_it_is_shown)
{
    struct window w;
    struct yh_err err;
    window_open(&w);
    struct yh_store *store = yh_service_store(w.service);
    struct yh_txn view, x;
    struct yh_provider_row p = { .provider = YH_TOWN_PHARMACY };
    CHECK_OK(yh_view_open(store, &w.arena, &view, &err), &err);
    CHECK_OK(yh_get_provider(&view, &p, &err), &err);
    yh_view_close(&view);
    p.provider = YH_S("P99020100009");
    p.office = YH_S("990201");
    CHECK_OK(yh_store_batch_begin(store, &err), &err);
    CHECK_OK(yh_txn_begin(store, (struct yh_group){ 0 }, &w.arena, &x, &err), &err);
    CHECK_OK(yh_add_provider(&x, &p, &err), &err);
    CHECK_OK(yh_txn_keep(&x, &err), &err);
    CHECK_OK(yh_store_batch_commit(store, &err), &err);
    w.provider = p.provider;
    WINDOW_BAD(&w, "2101", window_fmt(&w, PURCHASE, "ZD03AAA0043010100166"), "今天没有");
    window_show(&w, MAN);
    static const char *const INFNO[] = { "2101", "2102" };
    for (int i = 0; i < 2; i++) {
        WINDOW_OK(&w, INFNO[i], window_fmt(&w, PURCHASE, "ZD03AAA0043010100166"));
        CHECK(yh_find(w.warn, YH_S("drug-sex 拦截 60.00 元")) > 0);
        CHECK_STR(window_at(&w, "setlinfo.hosp_part_amt"), YH_S("60.00"), INFNO[i]);
    }
    window_close(&w);
}
