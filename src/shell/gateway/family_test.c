/* The families beside the visit chains: filings, books, stock, documents, queries, catalogues. */
#include "shell/gateway/window_test.h"

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
    WINDOW_OK(&w, "5304", ask);
    WINDOW_WHOLE(&w, "5304");
    CHECK_I64(window_rows(&w, "refmedin"), 1, "it still holds on its last day");
    CHECK_STR(window_at(&w, "refmedin[0].enddate"), YH_S("2026-06-02"), "the last day as sent");
    CHECK_STR(window_at(&w, "refmedin[0].reflin_medins_name"), YH_S("样例市人民医院"), "kept");
    CHECK_STR(window_at(&w, "refmedin[0].psn_name"), YH_S("测试甲"), "who filed sees the name");
    CHECK_STR(window_at(&w, "refmedin[0].out_flag"), YH_S("1"), "to another place");
    w.provider = YH_TOWN_SECOND;
    WINDOW_OK(&w, "5304", ask);
    CHECK_STR(window_at(&w, "refmedin[0].psn_name"), YH_S("测**"), "masked where never seen");
    CHECK_STR(window_at(&w, "refmedin[0].certno"), YH_S("990***********0014"), "masked");
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
