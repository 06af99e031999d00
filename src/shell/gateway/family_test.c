/* The families beside the visit chains: filings, books, stock, documents, queries, catalogues. */
#include <openssl/evp.h>
#include "service/document.h"
#include "shell/gateway/window_test.h"
#include "shell/gateway/zip.h"

#define A "99010100000000000000000001" /* 测试甲, 310 */
#define B "99010100000000000000000002" /* 测试乙, 310 retired */

/* ---- 2501-2507 ---- */

static const char REFER[] =
    "{'refmedin':{'psn_no':'" A "','insutype':'310','diag_code':'J18.900','diag_name':'肺炎',"
    "'reflin_medins_no':'H99020100001','reflin_medins_name':'样例市人民医院',"
    "'mdtrtarea_admdvs':'990201','refl_type':'2','refl_date':'2026-03-02','refl_rea':'病情需要'"
    ","
    "'refl_opnn':'同意','begndate':'2026-03-02','enddate':'%s'}}";

TEST(a_referral_is_filed_once_read_back_and_taken_back)
{
    struct window w;
    window_open(&w);
    WINDOW_OK(&w, "2501", window_fmt(&w, REFER, "2026-06-02"));
    WINDOW_WHOLE(&w, "2501");
    yh_str serial = window_at(&w, "result.trt_dcla_detl_sn");
    CHECK(serial.n > 0 && serial.n <= 30);
    WINDOW_BAD(&w, "2501", window_fmt(&w, REFER, "2026-05-01"), "同类备案在该期间已存在");

    const char *ask =
        "{'data':{'psn_no':'" A "','begntime':'2026-06-02','endtime':'2026-06-02'}}";
    WINDOW_BAD(&w, "5304", ask, "今天没有在本机构出示过就诊凭证");
    window_show(&w, A);
    WINDOW_OK(&w, "5304", ask);
    WINDOW_WHOLE(&w, "5304");
    CHECK_I64(window_rows(&w, "refmedin"), 1, "it still holds on its last day");
    CHECK_STR(window_at(&w, "refmedin[0].enddate"), YH_S("2026-06-02"), "the last day as sent");
    CHECK_STR(window_at(&w, "refmedin[0].reflin_medins_name"), YH_S("样例市人民医院"), "kept");
    CHECK_STR(window_at(&w, "refmedin[0].out_flag"), YH_S("1"), "to another place");
    w.provider = YH_TOWN_SECOND;
    WINDOW_BAD(&w, "5304", ask, "今天没有在本机构出示过就诊凭证");
    const char *undo = window_fmt(
        &w, "{'data':{'trt_dcla_detl_sn':'%.*s','psn_no':'" A "','memo':''}}", YH_ARG(serial));
    WINDOW_BAD(&w, "2502", undo, "不是本机构上报的");
    w.provider = YH_TOWN_HOSPITAL;
    WINDOW_OK(&w, "5304", "{'data':{'psn_no':'" A "','begntime':'2026-06-03'}}");
    CHECK_I64(window_rows(&w, "refmedin"), 0, "it ended the day before");
    WINDOW_OK(&w, "2502", undo);
    WINDOW_BAD(&w, "2502", undo, "已撤销");
    WINDOW_OK(&w, "5304", ask);
    CHECK_I64(window_rows(&w, "refmedin"), 0, "taken back");
    WINDOW_OK(&w, "2501", window_fmt(&w, REFER, "2026-06-02"));
    window_close(&w);
}

TEST(a_bad_filing_says_what_is_wrong)
{
    static const struct {
        const char *infno, *input, *part;
    } BAD[] = {
        { "2501",
          "{'refmedin':{'psn_no':'" A
          "','insutype':'310','diag_code':'J18.900','diag_name':'肺炎',"
          "'reflin_medins_no':'H99020100001','reflin_medins_name':'样例市人民医院',"
          "'mdtrtarea_admdvs':'990201','refl_type':'2','refl_date':'2026-03-02',"
          "'refl_rea':'病情需要','refl_opnn':'同意','begndate':'2026-03-02',"
          "'enddate':'2026-03-01'}}",
          "结束日期早于开始日期" },
        { "2501",
          "{'refmedin':{'psn_no':'" A "','insutype':'310','diag_code':'@@','diag_name':'肺炎',"
          "'reflin_medins_no':'H99020100001','reflin_medins_name':'样例市人民医院',"
          "'mdtrtarea_admdvs':'990201','refl_type':'2','refl_date':'2026-03-02',"
          "'refl_rea':'病情需要','refl_opnn':'同意'}}",
          "诊断编码不符合编码规则" },
        { "2501",
          "{'refmedin':{'psn_no':'9','insutype':'310','diag_code':'J18.900','diag_name':'肺炎',"
          "'reflin_medins_no':'H99020100001','reflin_medins_name':'样例市人民医院',"
          "'mdtrtarea_admdvs':'990201','refl_type':'2','refl_date':'2026-03-02',"
          "'refl_rea':'病情需要','refl_opnn':'同意'}}",
          "未找到参保人" },
        { "2501",
          "{'refmedin':{'psn_no':'" A
          "','insutype':'310','diag_code':'J18.900','diag_name':'肺炎',"
          "'reflin_medins_no':'H99020100001','reflin_medins_name':'样例市人民医院',"
          "'mdtrtarea_admdvs':'990201','refl_type':'7','refl_date':'2026-03-02',"
          "'refl_rea':'病情需要','refl_opnn':'同意'}}",
          "refl_type" },
        { "2503",
          "{'data':{'psn_no':'" A "','insutype':'310','opsp_dise_code':'X1',"
          "'opsp_dise_name':'高血压','insu_optins':'990101','ide_fixmedins_no':'H99010100001',"
          "'ide_fixmedins_name':'示例','hosp_ide_date':'2026-03-01','diag_dr_codg':'D1',"
          "'diag_dr_name':'测试医师','begndate':'2026-03-02'}}",
          "备案的病种或类型编码无效" },
        { "2503",
          "{'data':{'psn_no':'" A "','insutype':'390','opsp_dise_code':'M03900',"
          "'opsp_dise_name':'高血压','insu_optins':'990101','ide_fixmedins_no':'H99010100001',"
          "'ide_fixmedins_name':'示例','hosp_ide_date':'2026-03-01','diag_dr_codg':'D1',"
          "'diag_dr_name':'测试医师','begndate':'2026-03-02'}}",
          "没有此险种的参保记录" },
        { "2503",
          "{'data':{'psn_no':'99010100000000000000000005','insutype':'310',"
          "'opsp_dise_code':'M03900','opsp_dise_name':'高血压','insu_optins':'990101',"
          "'ide_fixmedins_no':'H99010100001','ide_fixmedins_name':'示例',"
          "'hosp_ide_date':'2026-03-01','diag_dr_codg':'D1','diag_dr_name':'测试医师',"
          "'begndate':'2026-03-18'}}",
          "冻结" },
        { "2505",
          "{'data':{'psn_no':'" A "','biz_appy_type':'03','begndate':'2026-03-02',"
          "'fix_srt_no':'1','fixmedins_code':'H00000000000','fixmedins_name':'没有'}}",
          "未找到定点医药机构" },
        { "2505", "{'data':{'psn_no':'" A "','biz_appy_type':'03'}}", "begndate" },
        { "2502", "{'data':{'trt_dcla_detl_sn':'1','psn_no':'" A "'}}", "未找到备案记录" },
        { "2506", "{'data':{'trt_dcla_detl_sn':'1','psn_no':'" A "','memo':'错'}}",
          "未找到备案记录" },
    };
    struct window w;
    window_open(&w);
    for (int i = 0; i < YH_COUNT(BAD); i++)
        WINDOW_BAD(&w, BAD[i].infno, BAD[i].input, BAD[i].part);
    window_show(&w, A);
    WINDOW_OK(&w, "5301", "{'data':{'psn_no':'" A "'}}");
    CHECK_I64(window_rows(&w, "feedetail"), 0, "nothing was stored");
    window_close(&w);
}

static const char CHRONIC[] =
    "{'data':{'psn_no':'" A "','insutype':'310','opsp_dise_code':'M03900',"
    "'opsp_dise_name':'高血压','insu_optins':'990101','ide_fixmedins_no':'H99010100001',"
    "'ide_fixmedins_name':'示例市第一人民医院','hosp_ide_date':'2026-03-01',"
    "'diag_dr_codg':'D1','diag_dr_name':'测试医师','begndate':'%s','enddate':'%s'}}";

TEST(a_chronic_disease_follows_itself_but_never_overlaps)
{
    struct window w;
    window_open(&w);
    window_show(&w, A);
    WINDOW_OK(&w, "2503", window_fmt(&w, CHRONIC, "2026-03-02", "2027-03-01"));
    WINDOW_WHOLE(&w, "2503");
    yh_str serial = window_at(&w, "result.trt_dcla_detl_sn");
    WINDOW_BAD(&w, "2503", window_fmt(&w, CHRONIC, "2027-03-01", ""), "同类备案在该期间已存在");
    WINDOW_OK(&w, "2503", window_fmt(&w, CHRONIC, "2027-03-02", ""));
    WINDOW_OK(&w, "5301", "{'data':{'psn_no':'" A "'}}");
    WINDOW_WHOLE(&w, "5301");
    CHECK_I64(window_rows(&w, "feedetail"), 2, "one after the other");
    CHECK_STR(window_at(&w, "feedetail[0].enddate"), YH_S("2027-03-01"), "the last day");
    CHECK_STR(window_at(&w, "feedetail[1].enddate"), YH_S(""), "open");
    CHECK_STR(window_at(&w, "feedetail[0].opsp_dise_name"), YH_S("高血压"), "the name as sent");
    const char *undo =
        window_fmt(&w, "{'data':{'trt_dcla_detl_sn':'%.*s','psn_no':'" A "','memo':'误报'}}",
                   YH_ARG(serial));
    WINDOW_BAD(&w, "2506", undo, "未找到备案记录");
    WINDOW_OK(&w, "2504", undo);
    WINDOW_OK(&w, "5301", "{'data':{'psn_no':'" A "'}}");
    CHECK_I64(window_rows(&w, "feedetail"), 1, "the later one stays");
    window_close(&w);
}

static const char CHOOSE[] =
    "{'data':{'psn_no':'" A "','biz_appy_type':'03','begndate':'2026-03-02','enddate':'',"
    "'fix_srt_no':'%s','fixmedins_code':'%s','fixmedins_name':'示例市城区社区卫生服务中心'}}";

TEST(a_person_chooses_one_provider_a_rank)
{
    struct window w;
    window_open(&w);
    window_show(&w, A);
    WINDOW_OK(&w, "2505", window_fmt(&w, CHOOSE, "1", "H99010100003"));
    WINDOW_WHOLE(&w, "2505");
    WINDOW_BAD(&w, "2505", window_fmt(&w, CHOOSE, "1", "H99010100002"), "同类备案");
    WINDOW_BAD(&w, "2505", window_fmt(&w, CHOOSE, "2", "H99010100003"), "同类备案");
    WINDOW_OK(&w, "2505", window_fmt(&w, CHOOSE, "2", "H99010100002"));
    WINDOW_OK(&w, "5302", "{'data':{'psn_no':'" A "','biz_appy_type':'03'}}");
    WINDOW_WHOLE(&w, "5302");
    CHECK_I64(window_rows(&w, "psnfixmedin"), 2, "both");
    CHECK_STR(window_at(&w, "psnfixmedin[1].fix_srt_no"), YH_S("2"), "its rank");
    CHECK_STR(window_at(&w, "psnfixmedin[0].insutype"), YH_S("310"),
              "the enrolment that holds");
    WINDOW_OK(&w, "5302", "{'data':{'psn_no':'" A "','biz_appy_type':'05'}}");
    CHECK_I64(window_rows(&w, "psnfixmedin"), 0, "of another business: none");
    window_close(&w);
}

TEST(an_injury_is_filed_with_its_decision)
{
    struct window w;
    window_open(&w);
    const char *injury = "{'data':{'psn_no':'" A "','insutype':'310','chk_pay_flag':'1',"
                         "'begndate':'2026-03-02','enddate':'2026-04-02','trum_rea':'跌倒'}}";
    WINDOW_OK(&w, "2507", injury);
    CHECK(window_at(&w, "result.trt_dcla_detl_sn").n > 0);
    WINDOW_BAD(&w, "2507", injury, "同类备案在该期间已存在");
    window_close(&w);
}

/* ---- 3201, 3202, 9101, 9102 ---- */

static const char BOOKS[] =
    "{'data':{'insutype':'310','clr_type':'%s','setl_optins':'%s','stmt_begndate':'%s',"
    "'stmt_enddate':'%s','medfee_sumamt':%s,'fund_pay_sumamt':%s,'acct_pay':%s,"
    "'fixmedins_setl_cnt':%d,'refd_setl_flag':'%s'}}";

/* The sample's visit: 120.00 = 31.50 fund + 50.00 account + 38.50 cash. */
TEST(books_balance_or_say_by_how_much_they_do_not)
{
    struct window w;
    window_open(&w);
    struct window_visit v = window_settle(&w, A, "310");
    static const struct {
        const char *type, *office, *from, *to, *total, *fund, *account, *flag, *result, *part;
        int count;
    } ROW[] = {
        { "11", "990101", "2026-03-18", "2026-03-18", "120.00", "31.50", "50", "0", "0", "平",
          1 },
        { "11", "990101", "2026-03-01", "2026-03-31", "\"120.00\"", "31.5", "50", "", "0", "平",
          1 },
        { "11", "990100", "2026-03-18", "2026-03-18", "120", "31.5", "50", "", "0", "平", 1 },
        { "11", "990101", "2026-03-18", "2026-03-18", "0", "0", "0", "1", "0", "平", 0 },
        { "11", "990101", "2026-03-17", "2026-03-17", "0", "0", "0", "", "0", "平", 0 },
        { "11", "990101", "2026-03-19", "2026-03-19", "0", "0", "0", "", "0", "平", 0 },
        { "21", "990101", "2026-03-18", "2026-03-18", "0", "0", "0", "", "0", "平", 0 },
        { "11", "990102", "2026-03-18", "2026-03-18", "0", "0", "0", "", "0", "平", 0 },
        { "11", "990101", "2026-03-18", "2026-03-18", "120.01", "31.50", "50", "0", "1",
          "医疗费总额：机构120.01、中心120.00，相差0.01", 1 },
        { "11", "990101", "2026-03-18", "2026-03-18", "120", "31.50", "49", "0", "1",
          "个人账户支付：机构49.00、中心50.00，相差-1.00", 1 },
        { "11", "990101", "2026-03-18", "2026-03-18", "120", "31.50", "50", "0", "1",
          "结算笔数：机构2、中心1", 2 },
        { "11", "990101", "2026-03-17", "2026-03-17", "120", "31.50", "50", "0", "1",
          "医疗费总额：机构120.00、中心0.00", 1 },
    };
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        WINDOW_OK(&w, "3201",
                  window_fmt(&w, BOOKS, ROW[i].type, ROW[i].office, ROW[i].from, ROW[i].to,
                             ROW[i].total, ROW[i].fund, ROW[i].account, ROW[i].count,
                             ROW[i].flag));
        WINDOW_WHOLE(&w, "3201");
        CHECK_STR(window_at(&w, "stmtinfo.stmt_rslt"), yh_cstr(ROW[i].result), ROW[i].part);
        CHECK(yh_find(window_at(&w, "stmtinfo.stmt_rslt_dscr"), yh_cstr(ROW[i].part)) >= 0);
    }
    w.provider = YH_TOWN_SECOND;
    WINDOW_OK(&w, "3201",
              window_fmt(&w, BOOKS, "11", "990101", "2026-03-18", "2026-03-18", "0", "0", "0",
                         0, ""));
    CHECK_STR(window_at(&w, "stmtinfo.stmt_rslt"), YH_S("0"),
              "another provider's books are its own");
    w.provider = YH_TOWN_HOSPITAL;

    w.time = "2026-03-19 09:00:00";
    window_undo(&w, A, &v);
    static const struct {
        const char *from, *to, *total, *fund, *account, *flag, *why;
        int count;
    } UNDONE[] = {
        { "2026-03-18", "2026-03-18", "120", "31.5", "50", "",
          "the day it was settled keeps it", 1 },
        { "2026-03-19", "2026-03-19", "-120", "-31.5", "-50", "", "the day it was undone", 1 },
        { "2026-03-18", "2026-03-19", "0", "0", "0", "", "both rows counted", 2 },
        { "2026-03-18", "2026-03-19", "0", "0", "0", "", "or neither", 0 },
        { "2026-03-18", "2026-03-19", "120", "31.5", "50", "0", "settlements alone", 1 },
        { "2026-03-18", "2026-03-19", "-120", "-31.5", "-50", "1", "refunds alone", 1 },
    };
    for (int i = 0; i < YH_COUNT(UNDONE); i++) {
        WINDOW_OK(&w, "3201",
                  window_fmt(&w, BOOKS, "11", "990101", UNDONE[i].from, UNDONE[i].to,
                             UNDONE[i].total, UNDONE[i].fund, UNDONE[i].account,
                             UNDONE[i].count, UNDONE[i].flag));
        CHECK_STR(window_at(&w, "stmtinfo.stmt_rslt"), YH_S("0"), UNDONE[i].why);
    }
    WINDOW_BAD(
        &w, "3201",
        window_fmt(&w, BOOKS, "11", "990101", "2026-03-18", "2026-03-17", "0", "0", "0", 0, ""),
        "对账结束日期早于开始日期");
    WINDOW_BAD(
        &w, "3201",
        window_fmt(&w, BOOKS, "11", "990101", "2024-03-18", "2026-03-17", "0", "0", "0", 0, ""),
        "对账期间超过一年");
    WINDOW_BAD(
        &w, "3201",
        window_fmt(&w, BOOKS, "11", "889999", "2026-03-18", "2026-03-18", "0", "0", "0", 0, ""),
        "清算机构不存在");
    WINDOW_BAD(
        &w, "3201",
        window_fmt(&w, BOOKS, "11", "990101", "2026-02-30", "2026-03-18", "0", "0", "0", 0, ""),
        "stmt_begndate");
    WINDOW_BAD(&w, "3201",
               window_fmt(&w, BOOKS, "11", "990101", "2026-03-18", "2026-03-18", "1.234", "0",
                          "0", 0, ""),
               "medfee_sumamt");
    window_close(&w);
}

static yh_str upload(struct window *w, yh_str bytes)
{
    char *code = yh_alloc(&w->arena, 1, 1, (size_t)bytes.n * 2 + 64);
    CHECK(EVP_EncodeBlock((uint8_t *)code, (const uint8_t *)bytes.p, (int)bytes.n) > 0);
    WINDOW_OK(w, "9101",
              window_fmt(w,
                         "{'fsUploadIn':{'in':'%s','filename':'stmt.zip',"
                         "'fixmedins_code':'%.*s'}}",
                         code, YH_ARG(w->provider)));
    yh_str file = window_at(w, "file_qury_no");
    CHECK(file.n > 0 && file.n <= 30);
    return file;
}

static yh_str zipped(struct window *w, yh_str text)
{
    yh_str zip;
    struct yh_err err;
    CHECK_OK(yh_zip_make(&w->arena, "stmt.txt", text, &zip, &err), &err);
    return zip;
}

static enum yh_status count_files(struct yh_ctx *c, void *user, struct yh_buf *reply,
                                  struct yh_err *err)
{
    (void)reply;
    struct yh_file_row like = { .file = YH_S("") }, *row = NULL;
    return yh_list_file(c->x, (struct yh_span){ .index = YH_BY_KEY }, &like, &row, user, err);
}

static int files(struct window *w)
{
    struct yh_err err = { 0 };
    struct yh_answer answer;
    int n = 0;
    struct yh_call call = { .infno = YH_S("9102"), .provider = YH_TOWN_HOSPITAL };
    CHECK_OK(yh_time_parse(yh_cstr(w->time), &call.now, &err), &err);
    CHECK_OK(yh_service_read(w->service, &call, &w->arena, count_files, &n, &answer, &err),
             &err);
    return n;
}

static void download(struct window *w, yh_str file)
{
    WINDOW_OK(w, "9102",
              window_fmt(w,
                         "{'fsDownloadIn':{'file_qury_no':'%.*s','filename':'x.zip',"
                         "'fixmedins_code':'%.*s'}}",
                         YH_ARG(file), YH_ARG(w->provider)));
}

static const char DETAILS[] =
    "{'data':{'setl_optins':'990100','file_qury_no':'%.*s','stmt_begndate':'2026-03-18',"
    "'stmt_enddate':'2026-03-18','medfee_sumamt':0,'fund_pay_sumamt':0,'cash_payamt':0,"
    "'fixmedins_setl_cnt':0,'clr_type':'11'}}";

/* The row of the answer that holds `part`, with TABs as bars; "" = none. */
static yh_str row_with(struct window *w, yh_str text, yh_str part)
{
    while (text.n) {
        yh_str row = yh_cut(&text, '\n');
        if (yh_find(row, part) < 0)
            continue;
        char *p = yh_zdup(&w->arena, row);
        for (char *q = p; *q; q++)
            *q = *q == '\t' ? '|' : *q;
        return yh_cstr(p);
    }
    return YH_S("");
}

TEST(a_file_of_details_is_answered_row_by_row_with_the_excess_of_both_sides)
{
    struct window w;
    window_open(&w);
    struct window_visit same = window_settle(&w, A, "310"), lost = window_settle(&w, B, "310");
    yh_str lost_msgid = yh_fmt(&w.arena, "%.*sT%06d", YH_ARG(w.provider), w.calls);
    struct window_visit back = window_settle(&w, "99010100000000000000000009", "310");
    yh_str total = window_at(&w, "setlinfo.medfee_sumamt");
    yh_str fund = window_at(&w, "setlinfo.fund_pay_sumamt");
    yh_str account = window_at(&w, "setlinfo.acct_pay");
    window_undo(&w, "99010100000000000000000009", &back);
    CHECK_STR(total, YH_S("120.00"), "the sample's bill");
    struct yh_buf b = yh_buf_in(&w.arena);
    yh_putf(&b, "%.*s\t%.*s\t" A "\t120.00\t31.50\t50.00\t0\r\n", YH_ARG(same.settlement),
            YH_ARG(same.visit));
    yh_putf(&b, "%.*s\tnull\tnull\t%.*s\t%.*s\t%.*s\t0\n", YH_ARG(back.settlement),
            YH_ARG(total), YH_ARG(fund), YH_ARG(account));
    yh_putf(&b, "%.*s\tnull\tnull\t-%.*s\t-%.*s\t-%.*s\t1\n\n", YH_ARG(back.settlement),
            YH_ARG(total), YH_ARG(fund), YH_ARG(account));
    yh_putz(&b, "990100S00000000000077\t990100M1\t" A "\t9.00\t1.00\t0.00\t0\n");
    yh_str file = upload(&w, zipped(&w, yh_buf_str(&b)));
    WINDOW_OK(&w, "3202", window_fmt(&w, DETAILS, YH_ARG(file)));
    WINDOW_WHOLE(&w, "3202");
    yh_str answer = window_at(&w, "fileinfo.file_qury_no");
    download(&w, answer);
    yh_str text = window_file(&w);
    CHECK_I64(yh_ends(text, YH_S("\n")), 1, "whole lines");
    /* psn_no mdtrt_id setl_id msgid stmt_rslt refd_setl_flag memo total fund account */
    CHECK(yh_find(row_with(&w, text, same.settlement), YH_S("|0|0|null|120.00|31.50|50.00")) >
          0);
    CHECK(yh_find(row_with(&w, text, back.settlement), YH_S("|0|0|null|120.00|")) > 0);
    CHECK(yh_find(row_with(&w, text, back.undoing), YH_S("|0|1|null|-120.00|")) > 0);
    CHECK(yh_find(row_with(&w, text, YH_S("S00000000000077")), YH_S("|1|0|机构多")) > 0);
    CHECK_I64(yh_find(text, lost.settlement), -1,
              "what the provider lost comes without its id");
    yh_str row = row_with(&w, text, lost_msgid);
    CHECK(yh_starts(row, YH_S(B "|null|null|")));
    CHECK(yh_find(row, YH_S("可用2601冲正，原交易编号2207")) > 0);
    /* and 2601 takes it back with that */
    WINDOW_OK(&w, "2601",
              window_fmt(&w, "{'data':{'psn_no':'" B "','omsgid':'%.*s','oinfno':'2207'}}",
                         YH_ARG(lost_msgid)));
    window_close(&w);
}

TEST(a_file_is_its_providers_for_a_week_and_a_bad_one_is_refused)
{
    struct window w;
    window_open(&w);
    yh_str plain = upload(&w, YH_S("a\tb\n"));
    WINDOW_BAD(&w, "3202", window_fmt(&w, DETAILS, YH_ARG(plain)), "对账文件第1行应有7列");
    yh_str money = upload(&w, zipped(&w, YH_S("1\t2\t3\tx\t5\t6\t0\n")));
    WINDOW_BAD(&w, "3202", window_fmt(&w, DETAILS, YH_ARG(money)), "不是金额");
    WINDOW_BAD(&w, "3202", window_fmt(&w, DETAILS, 2, "F1"), "未找到文件");
    yh_str empty = upload(&w, zipped(&w, YH_S("\n")));
    WINDOW_OK(&w, "3202", window_fmt(&w, DETAILS, YH_ARG(empty)));
    const char *fetch = window_fmt(
        &w, "{'fsDownloadIn':{'file_qury_no':'%.*s','filename':'x','fixmedins_code':'1'}}",
        YH_ARG(plain));
    WINDOW_OK(&w, "9102", fetch);
    CHECK_STR(w.reply.body, YH_S("a\tb\n"), "the bytes as uploaded");
    w.provider = YH_TOWN_SECOND;
    WINDOW_BAD(&w, "9102", fetch, "未找到文件");
    WINDOW_BAD(&w, "3202", window_fmt(&w, DETAILS, YH_ARG(plain)), "未找到文件");
    w.provider = YH_TOWN_HOSPITAL;
    w.time = "2026-03-25 09:59:59";
    WINDOW_OK(&w, "9102", fetch);
    w.time = "2026-03-25 10:00:00";
    WINDOW_BAD(&w, "9102", fetch, "未找到文件，或文件已过期");
    CHECK_I64(files(&w), 4, "its bytes are still there");
    (void)upload(&w, YH_S("new"));
    CHECK_I64(files(&w), 1, "until another file is kept");
    WINDOW_BAD(&w, "9101", "{'fsUploadIn':{'in':'*','filename':'x','fixmedins_code':'1'}}",
               "Base64");
    WINDOW_BAD(&w, "9101", "{'fsUploadIn':{'filename':'x','fixmedins_code':'1'}}",
               "没有文件内容");
    WINDOW_BAD(&w, "9101",
               "{'fsUploadIn':{'in':'UEsDBAAA','filename':'x.zip','fixmedins_code':'1'}}",
               "ZIP");
    window_close(&w);
}

/* ---- 3301, 3302, 1317 ---- */

static const char MATCH[] =
    "{'data':[{'fixmedins_hilist_id':'YP0001','fixmedins_hilist_name':'本院药品甲',"
    "'list_type':'101','med_list_codg':'%s','begndate':'%s','enddate':'%s','spec':'10mg'}]}";
static const char MATCHES[] = "{'data':{'query_date':'%s','fixmedins_code':'H99010100001',"
                              "'medins_list_codg':'%s','updt_time':'2000-01-01 00:00:00',"
                              "'page_num':%d,'page_size':%d}}";

TEST(an_own_code_is_matched_to_one_national_code_a_day)
{
    struct window w;
    window_open(&w);
    WINDOW_OK(&w, "3301", window_fmt(&w, MATCH, "XA01ABD075A002010100483", "2026-01-01", ""));
    WINDOW_OK(&w, "3301", window_fmt(&w, MATCH, "XJ01MAM122B002010101600", "2026-03-01", ""));
    WINDOW_OK(&w, "1317", window_fmt(&w, MATCHES, "", "YP0001", 1, 10));
    WINDOW_WHOLE(&w, "1317");
    CHECK_I64(window_rows(&w, "data"), 2, "the old one and the new one");
    CHECK_STR(window_at(&w, "data[0].enddate"), YH_S("2026-02-28"),
              "it ended where the new begins");
    CHECK_STR(window_at(&w, "data[0].spec"), YH_S("10mg"), "kept");
    WINDOW_OK(&w, "1317", window_fmt(&w, MATCHES, "2026-02-28", "", 1, 10));
    CHECK_STR(window_at(&w, "data[0].med_list_codg"), YH_S("XA01ABD075A002010100483"),
              "that day");
    CHECK_I64(window_rows(&w, "data"), 1, "one a day");
    WINDOW_OK(&w, "3301",
              window_fmt(&w, MATCH, "XJ01MAM122B002010101600", "2026-03-01", "2026-12-31"));
    WINDOW_OK(&w, "1317", window_fmt(&w, MATCHES, "2026-03-01", "", 1, 10));
    CHECK_STR(window_at(&w, "data[0].enddate"), YH_S("2026-12-31"),
              "sent again, it is replaced");
    const char *drop =
        "{'data':{'fixmedins_code':'H99010100001','fixmedins_hilist_id':'YP0001',"
        "'list_type':'101','med_list_codg':'%s'}}";
    WINDOW_BAD(&w, "3302", window_fmt(&w, drop, "XN05CDD000"), "未找到目录对照记录");
    WINDOW_OK(&w, "3302", window_fmt(&w, drop, "XJ01MAM122B002010101600"));
    WINDOW_BAD(&w, "3302", window_fmt(&w, drop, "XJ01MAM122B002010101600"),
               "未找到目录对照记录");
    WINDOW_OK(&w, "1317", window_fmt(&w, MATCHES, "", "", 1, 10));
    CHECK_STR(window_at(&w, "recordCounts"), YH_S("1"), "the other stays");
    WINDOW_BAD(&w, "3301", window_fmt(&w, MATCH, "药", "2026-03-01", ""), "不符合编码规则");
    WINDOW_BAD(&w, "3301",
               window_fmt(&w, MATCH, "XJ01MAM122B002010101600", "2026-03-01", "2026-02-01"),
               "结束日期早于开始日期");
    WINDOW_BAD(&w, "3301", "{'data':[]}", "data");
    WINDOW_BAD(&w, "1317", window_fmt(&w, MATCHES, "", "", -1, 10), "分页参数无效");
    window_close(&w);
}

TEST(matches_come_in_pages)
{
    struct window w;
    window_open(&w);
    struct yh_buf b = yh_buf_in(&w.arena);
    for (int i = 0; i < 25; i++)
        yh_putf(&b,
                "%s{'fixmedins_hilist_id':'Y%02d','fixmedins_hilist_name':'甲%02d','list_type':"
                "'101',"
                "'med_list_codg':'XA01ABD075A002010100483','begndate':'2026-01-01'}",
                i ? "," : "", i, i);
    WINDOW_OK(&w, "3301", window_fmt(&w, "{'data':[%.*s]}", YH_ARG(yh_buf_str(&b))));
    static const struct {
        int page, size, rows;
        const char *first, *first_page, *last_page;
    } PAGE[] = { { 1, 10, 10, "Y00", "true", "false" },
                 { 2, 10, 10, "Y10", "false", "false" },
                 { 3, 10, 5, "Y20", "false", "true" },
                 { 4, 10, 0, "", "false", "true" },
                 { 1, 0, 25, "Y00", "true", "true" } };
    for (int i = 0; i < YH_COUNT(PAGE); i++) {
        WINDOW_OK(&w, "1317", window_fmt(&w, MATCHES, "", "", PAGE[i].page, PAGE[i].size));
        CHECK_I64(window_rows(&w, "data"), PAGE[i].rows, "rows of the page");
        CHECK_STR(window_at(&w, "data[0].medins_list_codg"), yh_cstr(PAGE[i].first),
                  "its first");
        CHECK_STR(window_at(&w, "recordCounts"), YH_S("25"), "of all");
    }
    window_close(&w);
}

/* ---- 3401-3403, 5101 ---- */

static const char DEPARTMENT[] =
    "{'deptinfo':{'hosp_dept_codg':'D01','caty':'A03','hosp_dept_name':'%s','begntime':'%s',"
    "'endtime':'%s','itro':'介绍','dept_resper_name':'测试主任','dept_resper_tel':'1',"
    "'dept_estbdat':'2000-01-01','aprv_bed_cnt':30,'poolarea_no':'990100','dr_psncnt':5,"
    "'phar_psncnt':1,'nurs_psncnt':9,'tecn_psncnt':0}}";

TEST(departments_are_told_changed_and_dropped)
{
    struct window w;
    window_open(&w);
    WINDOW_OK(&w, "3401", window_fmt(&w, DEPARTMENT, "内科", "2026-01-01 00:00:00", ""));
    WINDOW_BAD(&w, "3401", window_fmt(&w, DEPARTMENT, "内科", "2026-02-01", ""),
               "该科室已存在");
    WINDOW_OK(&w, "5101", "{}");
    WINDOW_WHOLE(&w, "5101");
    CHECK_STR(window_at(&w, "feedetail[0].aprv_bed_cnt"), YH_S("30"), "kept");
    WINDOW_OK(&w, "3402", window_fmt(&w, DEPARTMENT, "心内科", "2026-01-01", ""));
    WINDOW_OK(&w, "5101", "{}");
    CHECK_STR(window_at(&w, "feedetail[0].hosp_dept_name"), YH_S("心内科"), "changed in place");
    WINDOW_OK(&w, "3402", window_fmt(&w, DEPARTMENT, "心血管内科", "2026-03-10", ""));
    WINDOW_OK(&w, "5101", "{}");
    CHECK_I64(window_rows(&w, "feedetail"), 1, "the old version has ended");
    CHECK_STR(window_at(&w, "feedetail[0].hosp_dept_name"), YH_S("心血管内科"), "the new one");
    const char *drop = "{'data':{'hosp_dept_codg':'D01','hosp_dept_name':'x','begntime':'%s'}}";
    WINDOW_BAD(&w, "3403", window_fmt(&w, drop, "2026-03-11"), "未找到科室信息");
    WINDOW_OK(&w, "3403", window_fmt(&w, drop, "2026-03-10"));
    WINDOW_OK(&w, "5101", "{}");
    CHECK_I64(window_rows(&w, "feedetail"), 0, "gone");
    w.provider = YH_TOWN_SECOND;
    WINDOW_BAD(&w, "3402", window_fmt(&w, DEPARTMENT, "内科", "2026-01-01", ""),
               "未找到科室信息");
    WINDOW_BAD(&w, "3401", window_fmt(&w, DEPARTMENT, "内科", "2026-01-01", "2025-12-31"),
               "结束时间早于开始时间 deptinfo.endtime");
    window_close(&w);
}

/* ---- 3501-3506 ---- */

static const char SALE[] =
    "{'selinfo':{'med_list_codg':'XA01ABD075A002010100483','fixmedins_hilist_id':'YP0001',"
    "'fixmedins_hilist_name':'样例药品','fixmedins_bchno':'B1','prsc_dr_name':'测试医师',"
    "'phar_name':'测试药师','phar_prac_cert_no':'YS1','mdtrt_sn':'%s','manu_lotnum':'L1',"
    "'manu_date':'2025-06-01','rx_flag':'1','trdn_flag':'%s','rtal_docno':'D1','sel_retn_cnt':%"
    "s,"
    "'sel_retn_time':'2026-03-02 12:30:00','sel_retn_opter_name':'测试操作员',"
    "'drugtracinfo':[{'drug_trac_codg':'%s'}]}}";
static const char BACK[] =
    "{'selinfo':{'med_list_codg':'XA01ABD075A002010100483','fixmedins_hilist_id':'YP0001',"
    "'fixmedins_hilist_name':'样例药品','fixmedins_bchno':'B1','manu_lotnum':'L1',"
    "'manu_date':'2025-06-01','rx_flag':'1','trdn_flag':'0','sel_retn_cnt':1,"
    "'sel_retn_time':'2026-03-03 12:30:00','sel_retn_opter_name':'测试操作员',"
    "'medins_prod_sel_no':'%s','drugtracinfo':[{'drug_trac_codg':'%s'}]}}";

TEST(a_trace_code_is_sold_once)
{
    struct window w;
    window_open(&w);
    WINDOW_OK(&w, "3505", window_fmt(&w, SALE, "MZ1", "0", "1", "81000000000000000001"));
    WINDOW_OK(&w, "3505", window_fmt(&w, SALE, "MZ1", "0", "1", "81000000000000000001"));
    WINDOW_BAD(&w, "3505", window_fmt(&w, SALE, "MZ2", "0", "1", "81000000000000000001"),
               "该药品追溯码已售出");
    w.provider = YH_TOWN_SECOND;
    WINDOW_BAD(&w, "3505", window_fmt(&w, SALE, "MZ1", "0", "1", "81000000000000000001"),
               "由 H99010100001 售出");
    WINDOW_BAD(&w, "3506", window_fmt(&w, BACK, "R1", "81000000000000000001"),
               "没有本机构的销售记录");
    w.provider = YH_TOWN_HOSPITAL;
    WINDOW_OK(&w, "3506", window_fmt(&w, BACK, "R1", "81000000000000000001"));
    WINDOW_BAD(&w, "3506", window_fmt(&w, BACK, "R2", "81000000000000000001"),
               "没有本机构的销售记录");
    WINDOW_OK(&w, "3505", window_fmt(&w, SALE, "MZ3", "0", "1", "81000000000000000001"));
    WINDOW_OK(&w, "3505", window_fmt(&w, SALE, "MZ4", "1", "0.5", "81000000000000000002"));
    WINDOW_OK(&w, "3505", window_fmt(&w, SALE, "MZ5", "1", "0.5", "81000000000000000002"));
    WINDOW_BAD(&w, "3505", window_fmt(&w, SALE, "MZ6", "0", "1", "81000000000000000002"),
               "该药品追溯码已售出");
    WINDOW_BAD(&w, "3505", window_fmt(&w, SALE, "MZ7", "0", "0", "81000000000000000003"),
               "数量应大于零");
    WINDOW_BAD(&w, "3505",
               window_fmt(&w, SALE, "MZ8", "0", "1",
                          "81000000000000000004'},{'drug_trac_codg':'81000000000000000004"),
               "同一记录中重复");
    WINDOW_OK(&w, "3505", window_fmt(&w, SALE, "MZ8", "0", "1", "81000000000000000004"));
    window_close(&w);
}

TEST(a_settlement_and_the_goods_record_of_it_are_one_sale)
{
    struct window w;
    window_open(&w);
    w.provider = YH_TOWN_PHARMACY;
    WINDOW_OK(
        &w, "2102",
        "{'druginfo':{'psn_no':'" A "','mdtrt_cert_type':'02','mdtrt_cert_no':'1',"
        "'begntime':'2026-03-18 09:00:00','medfee_sumamt':12.5,'invono':'',"
        "'insutype':'310','med_type':'41','fulamt_ownpay_amt':0,'overlmt_selfpay':0,"
        "'preselfpay_amt':0,'inscp_scp_amt':0,'acct_used_flag':'1'},"
        "'drugdetail':[{'feedetl_sn':'1','rxno':'','rx_circ_flag':'0',"
        "'fee_ocur_time':'2026-03-18 09:00:00','med_list_codg':'XA01ABD075A002010100483',"
        "'medins_list_codg':'YP0001','det_item_fee_sumamt':12.5,'cnt':1,'pric':12.5,"
        "'bilg_dept_codg':'1','bilg_dept_name':'1','bilg_dr_codg':'1','bilg_dr_name':'1'}],"
        "'durg_trac_info':[{'feedetl_sn':'1','drug_trac_codg':'81000000000000000009',"
        "'trdn_flag':'0'}]}");
    yh_str settlement = window_at(&w, "setlinfo.setl_id");
    const char *told = window_fmt(
        &w, SALE, "LS1", "0", "1",
        window_fmt(&w, "81000000000000000009'}],'psn_no':'" A "','setl_id':'%.*s','x':[{'y':'",
                   YH_ARG(settlement)));
    WINDOW_BAD(&w, "3505", window_fmt(&w, SALE, "LS1", "0", "1", "81000000000000000009"),
               "该药品追溯码已售出");
    WINDOW_OK(&w, "3505", told);
    WINDOW_OK(&w, "3505", told);
    w.provider = YH_TOWN_HOSPITAL;
    WINDOW_BAD(&w, "3505", told, "该结算不属于此人员、就诊或本机构");
    window_close(&w);
}

TEST(stock_records_of_every_kind_are_taken)
{
    static const struct {
        const char *infno, *input, *part; /* part NULL: good */
    } ROW[] = {
        { "3501",
          "{'invinfo':{'med_list_codg':'XA01ABD075A002010100483','fixmedins_hilist_id':'YP0001'"
          ","
          "'fixmedins_hilist_name':'样例药品','rx_flag':'1','invdate':'2026-03-02','inv_cnt':0,"
          "'fixmedins_bchno':'B1','manu_date':'2025-06-01','expy_end':'2027-06-01'}}",
          NULL },
        { "3501",
          "{'invinfo':{'med_list_codg':'药','fixmedins_hilist_id':'YP0001',"
          "'fixmedins_hilist_name':'样例药品','rx_flag':'1','invdate':'2026-03-02','inv_cnt':1,"
          "'fixmedins_bchno':'B1','manu_date':'2025-06-01','expy_end':'2027-06-01'}}",
          "不符合编码规则" },
        { "3502",
          "{'invinfo':[{'med_list_codg':'XA01ABD075A002010100483','inv_chg_type':'103',"
          "'fixmedins_hilist_id':'YP0001','fixmedins_hilist_name':'样例药品','fixmedins_bchno':"
          "'B1',"
          "'pric':1.5,'cnt':20,'rx_flag':'1','inv_chg_time':'2026-03-02 08:00:00'},"
          "{'med_list_codg':'XA01ABD075A002010100483','inv_chg_type':'104',"
          "'fixmedins_hilist_id':'YP0001','fixmedins_hilist_name':'样例药品','fixmedins_bchno':"
          "'B2',"
          "'pric':1.5,'cnt':3,'rx_flag':'1','inv_chg_time':'2026-03-02 08:00:00'}]}",
          NULL },
        { "3502",
          "{'invinfo':{'med_list_codg':'XA01ABD075A002010100483','inv_chg_type':'999',"
          "'fixmedins_hilist_id':'YP0001','fixmedins_hilist_name':'样例药品','fixmedins_bchno':"
          "'B1',"
          "'pric':1.5,'cnt':20,'rx_flag':'1','inv_chg_time':'2026-03-02 08:00:00'}}",
          "inv_chg_type" },
        { "3503",
          "{'purcinfo':{'med_list_codg':'XA01ABD075A002010100483','fixmedins_hilist_id':'"
          "YP0001',"
          "'fixmedins_hilist_name':'样例药品','fixmedins_bchno':'B1','spler_name':'供应商',"
          "'manu_lotnum':'L1','prodentp_name':'厂','aprvno':'国药准字','manu_date':'2025-06-01'"
          ","
          "'expy_end':'2027-06-01','purc_retn_cnt':100,'rx_flag':'1',"
          "'purc_retn_stoin_time':'2026-03-02 08:00:00','purc_retn_opter_name':'测试操作员'}}",
          NULL },
        { "3504",
          "{'purcinfo':{'med_list_codg':'XA01ABD075A002010100483','fixmedins_hilist_id':'"
          "YP0001',"
          "'fixmedins_hilist_name':'样例药品','fixmedins_bchno':'B1','spler_name':'供应商',"
          "'manu_date':'2025-06-01','expy_end':'2027-06-01','purc_retn_cnt':-1,'purc_invo_no':'"
          "1',"
          "'rx_flag':'1','purc_retn_stoin_time':'2026-03-02 08:00:00',"
          "'purc_retn_opter_name':'测试操作员'}}",
          "数量应大于零" },
        { "3504",
          "{'purcinfo':{'med_list_codg':'XA01ABD075A002010100483','fixmedins_hilist_id':'"
          "YP0001',"
          "'fixmedins_hilist_name':'样例药品','fixmedins_bchno':'B1','spler_name':'供应商',"
          "'manu_date':'2025-06-01','expy_end':'2027-06-01','purc_retn_cnt':1,'purc_invo_no':'"
          "1',"
          "'rx_flag':'1','purc_retn_stoin_time':'2026-03-02 08:00:00',"
          "'purc_retn_opter_name':'测试操作员'}}",
          NULL },
        { "3504", "{'purcinfo':{'med_list_codg':'XA01ABD075A002010100483'}}",
          "fixmedins_hilist_id" },
        { "3503", "{}", "purcinfo" },
    };
    struct window w;
    window_open(&w);
    for (int i = 0; i < YH_COUNT(ROW); i++)
        if (ROW[i].part)
            WINDOW_BAD(&w, ROW[i].infno, ROW[i].input, ROW[i].part);
        else
            WINDOW_OK(&w, ROW[i].infno, ROW[i].input);
    window_close(&w);
}

/* ---- 4101, 4102, 42xx-47xx ---- */

static const char LIST[] =
    "{'setlinfo':{'mdtrt_id':'%.*s','setl_id':'%.*s','psn_no':'%s','ntly':'156','prfs':'80',"
    "'curr_addr':'示例市','patn_rlts':'1','coner_addr':'示例市','coner_tel':'1',"
    "'coner_name':'测试丙','dscg_caty':'A03','bill_code':'B','bill_no':'1','biz_sn':'1',"
    "'setl_begn_date':'2026-03-03','setl_end_date':'2026-03-10','medins_fill_dept':'医保办',"
    "'medins_fill_psn':'测试操作员'},'diseinfo':[{'diag_type':'1','diag_code':'J18.900',"
    "'diag_name':'肺炎','adm_cond_type':'1','maindiag_flag':'1'}]}";
static const char STATE[] =
    "{'data':{'stastinfo':[{'psn_no':'" A "','setl_id':'%.*s','stas_type':'%s'}]}}";

struct decision {
    yh_str settlement;
    bool pass;
};

static enum yh_status review(struct yh_ctx *c, void *user, struct yh_buf *reply,
                             struct yh_err *err)
{
    (void)reply;
    struct decision *d = user;
    return yh_list_review(c, YH_TOWN_HOSPITAL, YH_S(A), d->settlement, d->pass, err);
}

/* The agency decides, which is no transaction of the national interface. */
static void decide(struct window *w, yh_str settlement, bool pass)
{
    struct yh_err err = { 0 };
    struct yh_answer answer;
    struct decision d = { settlement, pass };
    struct yh_call call = { .infno = YH_S("agency"),
                            .msgid = yh_fmt(&w->arena, "agency%d", ++w->calls),
                            .provider = YH_TOWN_HOSPITAL,
                            .person = YH_S(A) };
    CHECK_OK(yh_time_parse(yh_cstr(w->time), &call.now, &err), &err);
    CHECK_OK(yh_service_batch_begin(w->service, &err), &err);
    CHECK_OK(yh_service_write(w->service, &call, &w->arena, review, &d, &answer, &err), &err);
    CHECK_OK(yh_service_batch_commit(w->service, &err), &err);
}

TEST(a_settlement_list_is_a_draft_then_submitted_and_comes_back_only_when_rejected)
{
    struct window w;
    window_open(&w);
    struct window_visit v = window_settle(&w, A, "310");
    yh_str id = v.settlement;
    const char *list = window_fmt(&w, LIST, YH_ARG(v.visit), YH_ARG(id), A);
    WINDOW_BAD(&w, "4102", window_fmt(&w, STATE, YH_ARG(id), "1"), "未找到该结算的结算清单");
    WINDOW_OK(&w, "4101", list);
    WINDOW_WHOLE(&w, "4101");
    CHECK_STR(window_at(&w, "data.setl_list_id"), id, "the list is the settlement's");
    WINDOW_OK(&w, "4101", list);
    WINDOW_BAD(&w, "4102", window_fmt(&w, STATE, YH_ARG(id), "0"), "当前状态不允许");
    WINDOW_BAD(&w, "4102", window_fmt(&w, STATE, YH_ARG(id), "2"), "当前状态不允许");
    WINDOW_OK(&w, "4102", window_fmt(&w, STATE, YH_ARG(id), "1"));
    WINDOW_BAD(&w, "4102", window_fmt(&w, STATE, YH_ARG(id), "1"), "当前状态 1");
    WINDOW_BAD(&w, "4102", window_fmt(&w, STATE, YH_ARG(id), "0"), "当前状态 1");
    WINDOW_BAD(&w, "4102", window_fmt(&w, STATE, YH_ARG(id), "3"), "当前状态 1");
    WINDOW_BAD(&w, "4101", list, "已提交或已通过");
    decide(&w, id, false);
    WINDOW_OK(&w, "4102", window_fmt(&w, STATE, YH_ARG(id), "0"));
    WINDOW_OK(&w, "4101", list);
    WINDOW_OK(&w, "4102", window_fmt(&w, STATE, YH_ARG(id), "1"));
    decide(&w, id, false);
    WINDOW_OK(&w, "4102", window_fmt(&w, STATE, YH_ARG(id), "1"));
    decide(&w, id, true);
    static const char *const TO[] = { "0", "1", "2", "3" };
    for (int i = 0; i < YH_COUNT(TO); i++)
        WINDOW_BAD(&w, "4102", window_fmt(&w, STATE, YH_ARG(id), TO[i]), "当前状态 2");
    WINDOW_BAD(&w, "4101", list, "已提交或已通过");
    WINDOW_BAD(&w, "4102", window_fmt(&w, STATE, YH_ARG(id), "9"), "stas_type");
    WINDOW_BAD(&w, "4102", "{'data':{}}", "stastinfo");
    window_close(&w);
}

TEST(a_list_names_its_own_settlement_visit_and_provider)
{
    struct window w;
    window_open(&w);
    struct window_visit v = window_settle(&w, A, "310"), other = window_settle(&w, B, "310");
    WINDOW_BAD(&w, "4101", window_fmt(&w, LIST, YH_ARG(v.visit), YH_ARG(other.settlement), A),
               "未找到结算信息");
    WINDOW_BAD(&w, "4101", window_fmt(&w, LIST, YH_ARG(other.visit), YH_ARG(v.settlement), A),
               "未找到就诊信息");
    WINDOW_BAD(&w, "4101", window_fmt(&w, LIST, YH_ARG(v.visit), YH_ARG(v.settlement), "7"),
               "未找到参保人");
    WINDOW_OK(&w, "4101", window_fmt(&w, LIST, YH_ARG(v.visit), YH_ARG(v.settlement), ""));
    w.provider = YH_TOWN_SECOND;
    WINDOW_BAD(&w, "4101", window_fmt(&w, LIST, YH_ARG(v.visit), YH_ARG(v.settlement), A),
               "该就诊不属于本机构");
    WINDOW_BAD(&w, "4102", window_fmt(&w, STATE, YH_ARG(v.settlement), "1"),
               "未找到该结算的结算清单");
    window_close(&w);
}

struct kept {
    yh_str provider, infno;
    int n, newest;
    yh_str key, body;
};

static enum yh_status count_documents(struct yh_ctx *c, void *user, struct yh_buf *reply,
                                      struct yh_err *err)
{
    (void)reply;
    struct kept *k = user;
    struct yh_document_row like = { .provider = k->provider, .infno = k->infno }, *row = NULL;
    struct yh_span span = { .index = yh_document_by_provider, .same = 2 };
    enum yh_status st = yh_list_document(c->x, span, &like, &row, &k->n, err);
    for (int i = 0; st == YH_OK && i < k->n; i++)
        if (row[i].version >= k->newest) {
            k->newest = (int)row[i].version;
            k->key = row[i].own_key;
            k->body = row[i].body;
        }
    return st;
}

static struct kept documents(struct window *w, const char *infno)
{
    struct yh_err err = { 0 };
    struct yh_answer answer;
    struct kept k = { .provider = YH_TOWN_HOSPITAL, .infno = yh_cstr(infno) };
    struct yh_call call = { .infno = YH_S("5101"), .provider = YH_TOWN_HOSPITAL };
    CHECK_OK(yh_time_parse(yh_cstr(w->time), &call.now, &err), &err);
    CHECK_OK(yh_service_read(w->service, &call, &w->arena, count_documents, &k, &answer, &err),
             &err);
    return k;
}

TEST(a_record_of_care_is_kept_by_the_senders_key)
{
    struct window w;
    window_open(&w);
    struct window_visit v = window_settle(&w, A, "310");
    const char *order = "{'data':[{'mdtrt_sn':'S1','mdtrt_id':'%.*s','psn_no':'" A "',"
                        "'drord_no':'1','drord_grpno':'1','medcas_drord_detl_id':'%s',"
                        "'vali_flag':'1'},{'mdtrt_sn':'S1','mdtrt_id':'%.*s','psn_no':'" A "',"
                        "'drord_no':'2','drord_grpno':'1','medcas_drord_detl_id':'8',"
                        "'vali_flag':'1'}]}";
    WINDOW_OK(&w, "4402", window_fmt(&w, order, YH_ARG(v.visit), "7", YH_ARG(v.visit)));
    struct kept k = documents(&w, "4402");
    CHECK_I64(k.n, 2, "each row is a record");
    CHECK_I64(k.newest, 1, "the first version");
    WINDOW_OK(&w, "4402", window_fmt(&w, order, YH_ARG(v.visit), "9", YH_ARG(v.visit)));
    k = documents(&w, "4402");
    CHECK_I64(k.n, 4, "a new record and a new version");
    CHECK_I64(k.newest, 2, "of the second order");
    CHECK_STR(k.key, YH_S("S1/2/8"), "by visit, order and line");
    WINDOW_BAD(&w, "4402", window_fmt(&w, order, YH_ARG(v.visit), "9", 2, "M1"),
               "未找到就诊信息");
    CHECK_I64(documents(&w, "4402").n, 4, "all of a call or nothing");

    WINDOW_OK(&w, "4401",
              window_fmt(&w,
                         "{'baseinfo':{'mdtrt_sn':'S1','mdtrt_id':'%.*s','psn_no':'" A "',"
                         "'medcasno':'BA1','psn_name':'测试甲','fixmedins_code':'H99010100001',"
                         "'medfee_sumamt':120,'vali_flag':'1'}}",
                         YH_ARG(v.visit)));
    k = documents(&w, "4401");
    CHECK_STR(k.key, YH_S("S1/BA1"), "by visit and case number");
    CHECK(yh_find(k.body, YH_S("\"medfee_sumamt\":120")) > 0);
    WINDOW_BAD(&w, "4401", "{}", "没有任何内容");
    WINDOW_BAD(&w, "4401", "{'baseinfo':{'mdtrt_sn':'S1','medfee_sumamt':'many'}}",
               "medfee_sumamt");
    w.provider = YH_TOWN_SECOND;
    WINDOW_BAD(&w, "4401",
               window_fmt(&w,
                          "{'baseinfo':{'mdtrt_sn':'S1','mdtrt_id':'%.*s','psn_no':'" A "',"
                          "'medcasno':'BA1','psn_name':'测试甲','fixmedins_code':'H99010100001'"
                          ",'medfee_sumamt':1,'vali_flag':'1'}}",
                          YH_ARG(v.visit)),
               "该就诊不属于本机构");
    window_close(&w);
}

/* ---- 5201-5206, 5303 ---- */

TEST(visits_diagnoses_settlements_and_lines_are_read_back_whole)
{
    struct window w;
    window_open(&w);
    struct window_visit v = window_settle(&w, A, "310");
    static const char VISITS[] = "{'data':{'psn_no':'" A "','begntime':'%s','endtime':'%s',"
                                 "'med_type':'%s','mdtrt_id':''}}";
    WINDOW_OK(&w, "5201", window_fmt(&w, VISITS, "2026-03-18", "2026-03-18", "11"));
    WINDOW_WHOLE(&w, "5201");
    CHECK_I64(window_rows(&w, "mdtrtinfo"), 1, "a day means all of it");
    CHECK_STR(window_at(&w, "mdtrtinfo[0].mdtrt_id"), v.visit, "the visit");
    CHECK_STR(window_at(&w, "mdtrtinfo[0].insu_optins"), YH_S("990101"), "the office");
    CHECK_STR(window_at(&w, "mdtrtinfo[0].inhosp_stas"), YH_S("0"), "not in hospital");
    WINDOW_OK(&w, "5201", window_fmt(&w, VISITS, "2026-03-17", "2026-03-17", "11"));
    CHECK_I64(window_rows(&w, "mdtrtinfo"), 0, "the day before");
    WINDOW_OK(&w, "5201",
              window_fmt(&w, VISITS, "2026-03-18 08:10:01", "2026-03-18 23:00:00", "11"));
    CHECK_I64(window_rows(&w, "mdtrtinfo"), 0, "a second late");
    WINDOW_OK(&w, "5201",
              window_fmt(&w, VISITS, "2026-03-18 08:10:00", "2026-03-18 08:10:00", "11"));
    CHECK_I64(window_rows(&w, "mdtrtinfo"), 1, "both ends included");
    WINDOW_OK(&w, "5201", window_fmt(&w, VISITS, "2026-03-18", "2026-03-18", "21"));
    CHECK_I64(window_rows(&w, "mdtrtinfo"), 0, "no stay");
    WINDOW_BAD(&w, "5201", window_fmt(&w, VISITS, "2026-03-18", "2026-13-18", "11"), "endtime");

    const char *of =
        window_fmt(&w, "{'data':{'psn_no':'" A "','mdtrt_id':'%.*s','setl_id':'%.*s'}}",
                   YH_ARG(v.visit), YH_ARG(v.settlement));
    WINDOW_OK(&w, "5202", of);
    WINDOW_WHOLE(&w, "5202");
    CHECK_STR(window_at(&w, "diseinfo[0].diag_code"), YH_S("J06.900"), "as told by 2203");
    WINDOW_OK(&w, "5203", of);
    WINDOW_WHOLE(&w, "5203");
    CHECK_STR(window_at(&w, "setlinfo.psn_pay"), YH_S("88.50"), "psn_part_amt elsewhere");
    CHECK_STR(window_at(&w, "setlinfo.cash_payamt"), YH_S("38.50"), "psn_cash_pay elsewhere");
    CHECK_STR(window_at(&w, "setlinfo.refd_setl_flag"), YH_S("0"), "no refund");
    CHECK_STR(window_at(&w, "setldetail[0].fund_payamt"), YH_S("31.50"), "the fund");
    WINDOW_OK(&w, "5204", of);
    WINDOW_WHOLE(&w, "5204");
    CHECK_I64(window_rows(&w, ""), 3, "the output is a list itself");
    CHECK_STR(window_at(&w, "[1].med_list_codg"), YH_S("002501010010000-250101001"),
              "as charged");
    CHECK_STR(window_at(&w, "[1].list_type"), YH_S("201"), "a service");
    CHECK_STR(window_at(&w, "[0].list_type"), YH_S("101"), "a drug");
    CHECK_STR(window_at(&w, "[0].setl_id"), v.settlement, "taken by");
    CHECK_STR(window_at(&w, "[0].preselfpay_amt"), YH_S("2.50"), "split");

    window_undo(&w, A, &v);
    WINDOW_OK(&w, "5204", of);
    CHECK_I64(window_rows(&w, ""), 0, "an undone settlement holds no lines");
    WINDOW_OK(&w, "5203",
              window_fmt(&w, "{'data':{'psn_no':'" A "','mdtrt_id':'%.*s','setl_id':'%.*s'}}",
                         YH_ARG(v.visit), YH_ARG(v.undoing)));
    CHECK_STR(window_at(&w, "setlinfo.refd_setl_flag"), YH_S("1"), "a refund");
    CHECK_STR(window_at(&w, "setlinfo.medfee_sumamt"), YH_S("-120.00"), "negative");

    w.provider = YH_TOWN_SECOND;
    WINDOW_BAD(&w, "5202", of, "该就诊不属于本机构");
    WINDOW_BAD(&w, "5203", of, "该结算不属于此人员、就诊或本机构");
    WINDOW_BAD(&w, "5204", of, "该就诊不属于本机构");
    WINDOW_OK(&w, "5201", window_fmt(&w, VISITS, "2026-03-18", "2026-03-18", "11"));
    CHECK_I64(window_rows(&w, "mdtrtinfo"), 0, "of this provider");
    w.provider = YH_TOWN_HOSPITAL;
    WINDOW_BAD(&w, "5203", "{'data':{'psn_no':'" A "','mdtrt_id':'1','setl_id':'1'}}",
               "未找到结算信息");
    WINDOW_BAD(&w, "5202", "{'data':{'psn_no':'" A "','mdtrt_id':'1'}}", "未找到就诊信息");
    WINDOW_BAD(&w, "5201",
               "{'data':{'psn_no':'1','begntime':'2026-03-18','endtime':'2026-03-18',"
               "'med_type':'11'}}",
               "未找到参保人");
    window_close(&w);
}

TEST(the_year_of_a_person_is_read_back)
{
    struct window w;
    window_open(&w);
    (void)window_settle(&w, A, "310");
    WINDOW_OK(&w, "5206", "{'data':{'psn_no':'" A "','cum_ym':''}}");
    WINDOW_WHOLE(&w, "5206");
    int all = window_rows(&w, "cuminfo");
    CHECK(all > 0);
    for (int i = 0; i < all; i++)
        CHECK(!yh_starts(window_at(&w, window_fmt(&w, "cuminfo[%d].cum_type_code", i)),
                         YH_S("#")));
    WINDOW_OK(&w, "5206", "{'data':{'psn_no':'" A "','cum_ym':'202603'}}");
    CHECK(window_rows(&w, "cuminfo") > 0);
    WINDOW_OK(&w, "5206", "{'data':{'psn_no':'" A "','cum_ym':'2025'}}");
    CHECK_I64(window_rows(&w, "cuminfo"), 0, "another year");
    window_close(&w);
}

TEST(the_year_is_told_only_to_who_has_the_person_before_it)
{
    static const char YEAR[] = "{'data':{'psn_no':'" A "','cum_ym':''}}";
    static const char NO[] = "今天没有在本机构出示过就诊凭证";
    struct window w;
    window_open(&w);
    WINDOW_BAD(&w, "5206", "{'data':{'psn_no':'1','cum_ym':''}}", "未找到参保人");
    WINDOW_BAD(&w, "5206", YEAR, NO);
    window_show(&w, B);
    WINDOW_BAD(&w, "5206", YEAR, NO);
    window_show(&w, A);
    WINDOW_OK(&w, "5206", YEAR);
    w.provider = YH_TOWN_SECOND; /* shown elsewhere */
    WINDOW_BAD(&w, "5206", YEAR, NO);
    w.provider = YH_TOWN_HOSPITAL;
    w.time = "2026-03-19 10:00:00"; /* the day before */
    WINDOW_BAD(&w, "5206", YEAR, NO);
    (void)window_settle(&w, A, "310");
    WINDOW_OK(&w, "5206", YEAR);
    w.time = "2026-03-20 10:00:00"; /* that visit is over */
    WINDOW_BAD(&w, "5206", YEAR, NO);
    window_close(&w);
}

struct looks {
    struct yh_arena *a;
    struct yh_access_log_row row[20];
    int n;
};

static bool take_look(void *user, const void *row)
{
    struct looks *l = user;
    struct yh_access_log_row *r = &l->row[l->n++];
    *r = *(const struct yh_access_log_row *)row;
    yh_str *text[] = { &r->user, &r->user_name, &r->role, &r->purpose, &r->route, &r->object };
    for (int i = 0; i < YH_COUNT(text); i++)
        *text[i] = yh_dup(l->a, *text[i]);
    return l->n < YH_COUNT(l->row);
}

static struct looks looks_at_a(struct window *w)
{
    struct looks l = { .a = &w->arena };
    struct yh_txn view;
    struct yh_err err;
    struct yh_access_log_row like = { .region = YH_S("990100"), .grp = 1, .person = YH_S(A) };
    CHECK_OK(yh_view_open(yh_service_store(w->service), &w->arena, &view, &err), &err);
    CHECK_OK(yh_each_access_log(&view, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like,
                                take_look, &l, &err),
             &err);
    yh_view_close(&view);
    return l;
}

TEST(each_look_through_the_interface_is_in_the_persons_log)
{
    struct window w;
    window_open(&w);
    WINDOW_BAD(&w, "5206", "{'data':{'psn_no':'" A "','cum_ym':''}}", "今天没有");
    CHECK_I64(looks_at_a(&w).n, 0, "a refused call shows nothing");
    window_show(&w, A);
    struct window_visit v = window_settle(&w, A, "310");
    CHECK_I64(looks_at_a(&w).n, 1, "a visit is in the person's own records");
    w.time = "2026-03-18 11:00:00";
    WINDOW_OK(&w, "5203",
              window_fmt(&w, "{'data':{'psn_no':'" A "','mdtrt_id':'%.*s','setl_id':'%.*s'}}",
                         YH_ARG(v.visit), YH_ARG(v.settlement)));
    struct looks l = looks_at_a(&w);
    CHECK_I64(l.n, 2, "1101 and 5203");
    CHECK_STR(l.row[0].route, YH_S("1101"), "the certificate");
    CHECK_STR(l.row[0].object, YH_S(""), "the person");
    CHECK_STR(l.row[1].route, YH_S("5203"), "the settlement");
    CHECK_STR(l.row[1].object, v.visit, "of which visit");
    CHECK_STR(l.row[1].user, YH_TOWN_HOSPITAL, "who");
    CHECK_STR(l.row[1].role, YH_S("provider"), "as what");
    CHECK(yh_find(l.row[1].user_name, YH_S("操作员 0001 测试操作员")) > 0);
    window_close(&w);
}

TEST(who_is_in_hospital_is_listed_until_discharge)
{
    struct window w;
    window_open(&w);
    const char *admit =
        "{'mdtrtinfo':{'psn_no':'" B "','insutype':'310','begntime':'2026-03-17 10:00:00',"
        "'mdtrt_cert_type':'02','mdtrt_cert_no':'1','med_type':'21','ipt_no':'ZY1','atddr_no':'"
        "D2',"
        "'chfpdr_name':'测试主任','adm_diag_dscr':'肺炎','adm_dept_codg':'A03.02',"
        "'adm_dept_name':'呼吸内科','adm_bed':'12','dscg_maindiag_code':'J18.900',"
        "'dscg_maindiag_name':'肺炎','main_cond_dscr':'发热咳嗽'},'diseinfo':[{'psn_no':'" B
        "',"
        "'diag_type':'1','maindiag_flag':'1','diag_srt_no':'1','diag_code':'J18.900',"
        "'diag_name':'肺炎','diag_dept':'呼吸内科','dise_dor_no':'D2','dise_dor_name':'"
        "测试主任',"
        "'diag_time':'2026-03-17 10:00:00'}]}";
    const char *inside = "{'data':{'psn_no':'%s','begntime':'%s','endtime':'2026-03-31'}}";
    WINDOW_OK(&w, "2401", admit);
    yh_str visit = window_at(&w, "result.mdtrt_id");
    WINDOW_OK(&w, "5303", window_fmt(&w, inside, "", "2026-03-17"));
    WINDOW_WHOLE(&w, "5303");
    CHECK_I64(window_rows(&w, "data"), 1, "everybody in hospital");
    CHECK_STR(window_at(&w, "data[0].mdtrt_id"), visit, "the stay");
    CHECK_STR(window_at(&w, "data[0].out_flag"), YH_S("0"), "of this place");
    WINDOW_OK(&w, "5303", window_fmt(&w, inside, A, "2026-03-17"));
    CHECK_I64(window_rows(&w, "data"), 0, "somebody else");
    WINDOW_OK(&w, "5303", window_fmt(&w, inside, "", "2026-03-18"));
    CHECK_I64(window_rows(&w, "data"), 0, "admitted before");
    w.provider = YH_TOWN_SECOND;
    WINDOW_OK(&w, "5303", window_fmt(&w, inside, "", "2026-03-17"));
    CHECK_I64(window_rows(&w, "data"), 0, "of this provider");
    w.provider = YH_TOWN_HOSPITAL;
    WINDOW_OK(&w, "5201",
              "{'data':{'psn_no':'" B "','begntime':'2026-03-01','endtime':'2026-03-31',"
              "'med_type':'21'}}");
    CHECK_STR(window_at(&w, "mdtrtinfo[0].inhosp_stas"), YH_S("1"), "in hospital");
    WINDOW_OK(&w, "2402",
              window_fmt(&w,
                         "{'dscginfo':{'mdtrt_id':'%.*s','psn_no':'" B "','insutype':'310',"
                         "'endtime':'2026-03-18 09:00:00','dscg_dept_codg':'A03.02',"
                         "'dscg_dept_name':'呼吸内科','dscg_bed':'12','dscg_way':'1'},"
                         "'diseinfo':[{'mdtrt_id':'%.*s','psn_no':'" B "','diag_type':'1',"
                         "'maindiag_flag':'1','diag_srt_no':'1','diag_code':'J18.900',"
                         "'diag_name':'肺炎','diag_dept':'呼吸内科','dise_dor_no':'D2',"
                         "'dise_dor_name':'测试主任','diag_time':'2026-03-18 09:00:00'}]}",
                         YH_ARG(visit), YH_ARG(visit)));
    WINDOW_OK(&w, "5303", window_fmt(&w, inside, "", "2026-03-17"));
    CHECK_I64(window_rows(&w, "data"), 0, "discharged");
    WINDOW_OK(&w, "5201",
              "{'data':{'psn_no':'" B "','begntime':'2026-03-01','endtime':'2026-03-31',"
              "'med_type':'21'}}");
    CHECK_STR(window_at(&w, "mdtrtinfo[0].ipt_days"), YH_S("1"), "one day");
    WINDOW_BAD(&w, "5303", "{'data':{'psn_no':''}}", "begntime");
    window_close(&w);
}

/* ---- 1301-1319, 1901 ---- */

TEST(a_catalogue_is_a_file_in_the_national_columns)
{
    static const struct {
        const char *infno, *columns, *rows, *part;
    } ROW[] = {
        { "1301", "97", "18459",
          "XA02AXX095A001010103357\tnull\tnull\t小儿大黄碳酸氢钠片\tnull" },
        { "1302", "33", "153", "T000100057\t薄荷\t" },
        { "1305", "19", "3099",
          "001102000000100\tnull\tnull\tnull\tnull\tnull\t1\tnull\t诊查费" },
        { "1306", "71", "9011", "C01010100101001\t支架\t" },
        { "1307", "24", "33307", "\tA00\t霍乱\tA00.0\t" },
        { "1308", "24", "13686", "\t00.0100\t头和颈部血管治疗性超声\t" },
        { "1309", "16", "54", "M00101\t" },
        { "1314", "14", "638", "\tBEA000\t儿科癌病\t" },
        { "1315", "14", "1659", "\tZBC\t虫证类\tZBC010\t虫积证\t" },
    };
    struct window w;
    window_open(&w);
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        WINDOW_OK(&w, ROW[i].infno, "{'data':{'ver':'0'}}");
        WINDOW_WHOLE(&w, ROW[i].infno);
        CHECK_STR(window_at(&w, "data_cnt"), yh_cstr(ROW[i].rows), ROW[i].infno);
        download(&w, window_at(&w, "file_qury_no"));
        yh_str text = window_file(&w), first = text;
        int64_t lines = 0, tabs = 0;
        for (ptrdiff_t k = 0; k < text.n; k++)
            lines += text.p[k] == '\n';
        first = yh_cut(&first, '\n');
        for (ptrdiff_t k = 0; k < first.n; k++)
            tabs += first.p[k] == '\t';
        char number[32];
        CHECK_STR(yh_dec_text(number, lines, 0, 0), yh_cstr(ROW[i].rows),
                  "as many lines as said");
        CHECK_STR(yh_dec_text(number, tabs + 1, 0, 0), yh_cstr(ROW[i].columns), "columns");
        if (yh_find(text, yh_cstr(ROW[i].part)) < 0)
            yh_test_stop(__FILE__, __LINE__,
                         window_fmt(&w, "%s 的文件没有 %s：%.*s", ROW[i].infno, ROW[i].part,
                                    YH_ARG(yh_sub(first, 0, 400))));
    }
    static const char *const NONE[] = { "1303", "1310", "1311", "1313" };
    for (int i = 0; i < YH_COUNT(NONE); i++) {
        WINDOW_OK(&w, NONE[i], "{'data':{'ver':'0'}}");
        CHECK_STR(window_at(&w, "data_cnt"), YH_S("0"), NONE[i]);
        CHECK(yh_find(w.warn, YH_S("未收录")) >= 0);
    }
    WINDOW_BAD(&w, "9102",
               "{'fsDownloadIn':{'file_qury_no':'catalog-9999','filename':'x',"
               "'fixmedins_code':'plc'}}",
               "没有该目录");
    WINDOW_BAD(&w, "1320", "{'data':{'ver':'0'}}", "尚未开");
    window_close(&w);
}

TEST(item_terms_come_in_pages_of_the_place_asked_for)
{
    static const char TERMS[] =
        "{'data':{'query_date':'%s','hilist_code':'%s','insu_admdvs':'%s',"
        "'updt_time':'2000-01-01 00:00:00','page_num':%d,'page_size':%d}}";
    static const char *const NUMBER[] = { "1312", "1316", "1318", "1319" };
    struct window w;
    window_open(&w);
    for (int i = 0; i < YH_COUNT(NUMBER); i++) {
        WINDOW_OK(&w, NUMBER[i], window_fmt(&w, TERMS, "2026-03-02", "", "990101", 1, 3));
        WINDOW_WHOLE(&w, NUMBER[i]);
        CHECK_I64(window_rows(&w, "data"), 3, NUMBER[i]);
        CHECK_STR(window_at(&w, "pageSize"), YH_S("3"), NUMBER[i]);
    }
    /* 普通门诊诊查费: the office's own limit of 9 hides the pool's and the province's. */
    WINDOW_OK(&w, "1318", window_fmt(&w, TERMS, "", "001102000010000", "990101", 1, 10));
    CHECK_I64(window_rows(&w, "data"), 1, "one row");
    CHECK_STR(window_at(&w, "data[0].hilist_pric_uplmt_amt"), YH_S("9.000000"), "the office's");
    WINDOW_OK(&w, "1319",
              window_fmt(&w, TERMS, "", "XA01ABD075A002010100483", "990101", 1, 10));
    CHECK_STR(window_at(&w, "data[0].selfpay_prop"), YH_S("0.1000"), "of the pool");
    WINDOW_OK(&w, "1312", window_fmt(&w, TERMS, "", "XA01ABD075A002010100483", "", 1, 10));
    CHECK_STR(window_at(&w, "data[0].chrgitm_lv"), YH_S("02"),
              "乙, at the provider's own place");
    WINDOW_OK(&w, "1312", window_fmt(&w, TERMS, "", "NONE", "990101", 1, 10));
    CHECK_I64(window_rows(&w, "data"), 0, "no such item");
    CHECK_STR(window_at(&w, "recordCounts"), YH_S("0"), "none");
    WINDOW_OK(&w, "1304", "{'data':{'updt_time':'2000-01-01','page_num':1,'page_size':10}}");
    CHECK_I64(window_rows(&w, "data"), 0, "no ethnic drug is listed");
    WINDOW_BAD(&w, "1312", window_fmt(&w, TERMS, "", "", "889999", 1, 10), "未知的医保区划");
    WINDOW_BAD(&w, "1312", window_fmt(&w, TERMS, "", "", "990101", 1, 1001), "分页参数无效");
    WINDOW_BAD(&w, "1312", window_fmt(&w, TERMS, "", "", "990101", -1, 10), "分页参数无效");
    window_close(&w);
}

TEST(a_dictionary_is_read_by_type)
{
    struct window w;
    window_open(&w);
    WINDOW_OK(&w, "1901",
              "{'data':{'type':'gend','parent_value':'','admdvs':'','date':'2026-03-01',"
              "'Vali_Flag':'1'}}");
    CHECK(window_rows(&w, "list") >= 3);
    CHECK_STR(window_at(&w, "list[0].value"), YH_S("0"), "its first code");
    for (int i = 0; i < window_rows(&w, "list"); i++)
        CHECK(!yh_eq(window_at(&w, window_fmt(&w, "list[%d].value", i)), YH_S("*")));
    WINDOW_OK(&w, "1901",
              "{'data':{'type':'admdvs','parent_value':'990100','admdvs':'',"
              "'date':'2026-03-01','Vali_Flag':'1'}}");
    CHECK_I64(window_rows(&w, "list"), 4, "the offices of the invented city");
    CHECK_STR(window_at(&w, "list[0].label"), YH_S("示例市城区"), "by name");
    WINDOW_BAD(&w, "1901",
               "{'data':{'type':'nothing','parent_value':'','admdvs':'',"
               "'date':'2026-03-01','Vali_Flag':'1'}}",
               "没有该字典类型");
    window_close(&w);
}

/* ---- the messages of tests/interface ---- */

static yh_str replaced(struct window *w, yh_str text, yh_str what, yh_str by)
{
    struct yh_buf b = yh_buf_in(&w->arena);
    for (ptrdiff_t at; (at = yh_find(text, what)) >= 0;
         text = yh_sub(text, at + what.n, text.n)) {
        yh_put(&b, yh_sub(text, 0, at));
        yh_put(&b, by);
    }
    yh_put(&b, text);
    return yh_buf_str(&b);
}

/* The stay's bill is settled as an outpatient's here: a list only asks whose it is. */
TEST(every_message_of_the_families_is_taken_in_its_turn)
{
    static const struct {
        const char *infno, *serial; /* of the reply, which the next message calls T1 */
    } TURN[] = {
        { "1101", NULL },
        { "2501", "result.trt_dcla_detl_sn" },
        { "5304", NULL },
        { "2502", NULL },
        { "2503", "result.trt_dcla_detl_sn" },
        { "5301", NULL },
        { "2504", NULL },
        { "2505", "result.trt_dcla_detl_sn" },
        { "5302", NULL },
        { "2506", NULL },
        { "2507", NULL },
        { "3201", NULL },
        { "3301", NULL },
        { "3302", NULL },
        { "3401", NULL },
        { "5101", NULL },
        { "3402", NULL },
        { "3403", NULL },
        { "3501", NULL },
        { "3502", NULL },
        { "3503", NULL },
        { "3504", NULL },
        { "3505", NULL },
        { "3506", NULL },
        { "4101", NULL },
        { "4102", NULL },
        { "4401", NULL },
        { "5102", NULL },
        { "5201", NULL },
        { "5202", NULL },
        { "5203", NULL },
        { "5204", NULL },
        { "5205", NULL },
        { "5206", NULL },
        { "5303", NULL },
        { "1201", NULL },
        { "1301", NULL },
        { "1312", NULL },
        { "1318", NULL },
        { "1319", NULL },
        { "1901", NULL },
        { "9101", NULL },
        { "9102", NULL },
    };
    struct window w;
    window_open(&w);
    w.time = "2026-03-02 09:00:00";
    struct window_visit a = window_settle(&w, A, "310"), b = window_settle(&w, B, "310");
    yh_str serial = YH_S("");
    for (int i = 0; i < YH_COUNT(TURN); i++) {
        struct yh_json *message = NULL;
        struct yh_err err;
        yh_str text =
            yh_test_file(&w.arena, window_fmt(&w, "tests/interface/%s.json", TURN[i].infno));
        CHECK_OK(yh_json_read(&w.arena, text, (struct yh_json_limits){ 0 }, &message, &err),
                 &err);
        text = yh_json_get(message, YH_S("input"))->text;
        text = replaced(&w, text, YH_S("990101M0000000001"), a.visit);
        text = replaced(&w, text, YH_S("990101S0000000001"), a.settlement);
        text = replaced(&w, text, YH_S("990101M0000000002"), b.visit);
        text = replaced(&w, text, YH_S("990101S0000000002"), b.settlement);
        text = replaced(&w, text, YH_S("\"T1\""), yh_fmt(&w.arena, "\"%.*s\"", YH_ARG(serial)));
        window_ok(__FILE__, __LINE__, &w, TURN[i].infno, yh_zdup(&w.arena, text));
        serial = TURN[i].serial ? window_at(&w, TURN[i].serial) : serial;
    }
    window_close(&w);
}
