#include "shell/demo/play.h"
#include <stdio.h>
#include "shell/demo/talk.h"

#define HOSPITAL "H99010100001"
#define WORKER "99010100000000000000000001"
#define RETIRED "99010100000000000000000002"
#define LOW_INCOME "99010100000000000000000003"
#define VISITOR "99020100000000000000000001"
#define DRUG "XA01ABD075A002010100483"
#define BLOOD "002501010010000-250101001"
#define NIGHT "001102000030000-110200003"
#define NEEDLE "004300000010200"

struct stage {
    const struct yh_play *play;
    struct yh_talk t;
    yh_fen total, fund,
        account; /* of the worker's scheme today, as the hospital's own books have it */
    int count;
};

static void clock_to(struct stage *s, int day, const char *time)
{
    (void)snprintf(s->t.now, sizeof s->t.now, "%04d-03-%02d %s", s->play->year, day, time);
}

static void tell(const char *no, const char *what)
{
    printf("  %-5s %s\n", no, what);
}

/* ---- pieces of requests ---- */

struct line {
    const char *code;
    int price_fen;
    int qty_tenths;
};

static void put_line(struct yh_buf *b, const struct stage *s, const char *person, yh_str visit,
                     const char *batch, const char *med_type, int no, const struct line *l)
{
    char price[32], qty[32], sum[32];
    yh_fen total = yh_line_amount((yh_price)l->price_fen * 10000, (yh_qty)l->qty_tenths * 1000,
                                  YH_ROUND_HALF_UP);
    yh_str p = yh_dec_text(price, l->price_fen, 2, 2),
           q = yh_dec_text(qty, l->qty_tenths, 1, 1);
    yh_putf(
        b,
        "%s{\"feedetl_sn\":\"%d\",\"mdtrt_id\":\"%.*s\",\"psn_no\":\"%s\",\"chrg_bchno\":\"%"
        "s\","
        "\"med_type\":\"%s\",\"init_feedetl_sn\":\"\",\"rx_circ_flag\":\"0\","
        "\"fee_ocur_time\":\"%s\",\"med_list_codg\":\"%s\",\"medins_list_codg\":\"%s\","
        "\"det_item_fee_sumamt\":%.*s,\"cnt\":%.*s,\"pric\":%.*s,\"bilg_dept_codg\":\"A03\","
        "\"bilg_dept_name\":\"内科\",\"bilg_dr_codg\":\"D990101000001\","
        "\"bilg_dr_name\":\"测试医师\",\"hosp_appr_flag\":\"1\"}",
        b->n ? "," : "", no, YH_ARG(visit), person, batch, med_type, s->t.now, l->code, l->code,
        YH_ARG(yh_dec_text(sum, total, 2, 2)), YH_ARG(q), YH_ARG(p));
}

static enum yh_status charge(struct stage *s, const char *infno, const char *person,
                             yh_str visit, const char *batch, const char *med_type, int from,
                             const struct line *l, int n)
{
    struct yh_buf b = yh_buf_in(s->t.a);
    for (int i = 0; i < n; i++)
        put_line(&b, s, person, visit, batch, med_type, from + i, &l[i]);
    return yh_talk_ask(&s->t, infno,
                       yh_fmt(s->t.a, "{\"feedetail\":[%.*s]}", YH_ARG(yh_buf_str(&b))));
}

static enum yh_status admit(struct stage *s, const char *person, const char *scheme,
                            const char *cert, yh_str *visit)
{
    enum yh_status st = yh_talk_ask(
        &s->t, "2401",
        yh_fmt(s->t.a,
               "{\"mdtrtinfo\":{\"psn_no\":\"%s\",\"insutype\":\"%s\",\"begntime\":\"%s\","
               "\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_no\":\"%s\",\"certno\":\"%s\","
               "\"cert_type\":\"01\",\"med_type\":\"21\",\"ipt_no\":\"ZY%s\",\"atddr_no\":"
               "\"D990101000002\",\"chfpdr_name\":\"测试主任\",\"adm_diag_dscr\":\"肺炎\","
               "\"adm_dept_codg\":\"A03.02\",\"adm_dept_name\":\"呼吸内科\",\"adm_bed\":\"12\","
               "\"dscg_maindiag_code\":\"J18.900\",\"dscg_maindiag_name\":\"肺炎\"},"
               "\"diseinfo\":[{"
               "\"psn_no\":\"%s\",\"diag_type\":\"1\",\"maindiag_flag\":\"1\",\"diag_srt_no\":"
               "\"1\","
               "\"diag_code\":\"J18.900\",\"diag_name\":\"肺炎\",\"diag_dept\":\"呼吸内科\","
               "\"dise_dor_no\":\"D990101000002\",\"dise_dor_name\":\"测试主任\",\"diag_time\":"
               "\"%s\"}]}",
               person, scheme, s->t.now, cert, cert, person + 22, person, s->t.now));
    if (st == YH_OK)
        *visit = yh_dup(s->t.a, yh_talk_field(&s->t, "result", "mdtrt_id"));
    return st;
}

static enum yh_status discharge(struct stage *s, const char *person, const char *scheme,
                                yh_str visit)
{
    return yh_talk_ask(
        &s->t, "2402",
        yh_fmt(
            s->t.a,
            "{\"dscginfo\":{\"mdtrt_id\":\"%.*s\",\"psn_no\":\"%s\",\"insutype\":\"%s\","
            "\"endtime\":\"%s\",\"dscg_dept_codg\":\"A03.02\",\"dscg_dept_name\":"
            "\"呼吸内科\",\"dscg_way\":\"1\"},\"diseinfo\":[{\"mdtrt_id\":\"%.*s\",\"psn_no\":"
            "\"%s\",\"diag_type\":\"1\",\"maindiag_flag\":\"1\",\"diag_srt_no\":\"1\","
            "\"diag_code\":\"J18.900\",\"diag_name\":\"肺炎\",\"diag_dept\":\"呼吸内科\","
            "\"dise_dor_no\":\"D990101000002\",\"dise_dor_name\":\"测试主任\",\"diag_time\":"
            "\"%s\"}]}",
            YH_ARG(visit), person, scheme, s->t.now, YH_ARG(visit), person, s->t.now));
}

static enum yh_status settle_stay(struct stage *s, const char *infno, const char *person,
                                  const char *scheme, const char *cert, yh_str visit,
                                  const char *total)
{
    return yh_talk_ask(
        &s->t, infno,
        yh_fmt(
            s->t.a,
            "{\"data\":{\"psn_no\":\"%s\",\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_no\":\"%s\","
            "\"medfee_sumamt\":%s,\"psn_setlway\":\"01\",\"mdtrt_id\":\"%.*s\","
            "\"acct_used_flag\":\"0\",\"insutype\":\"%s\",\"invono\":\"\","
            "\"mid_setl_flag\":\"0\"}}",
            person, cert, total, YH_ARG(visit), scheme));
}

static void told_settled(const struct stage *s, const char *infno)
{
    printf("  %s  结算，结算号 %.*s；病人看到的账单：\n", infno,
           YH_ARG(yh_talk_field(&s->t, "setlinfo", "setl_id")));
}

static void bill(struct stage *s)
{
    yh_str no = yh_dup(s->t.a, yh_talk_field(&s->t, "setlinfo", "setl_id"));
    if (s->play->bill && no.n) {
        printf("\n");
        fflush(stdout);
        s->play->bill(s->play->user, no);
        printf("\n");
    }
}

/* ---- scenes ---- */

static enum yh_status sign_in(struct stage *s)
{
    s->t.office = "";
    clock_to(s, 8, "08:00:00");
    enum yh_status st =
        yh_talk_ask(&s->t, "9001",
                    YH_S("{\"signIn\":{\"opter_no\":\"0001\",\"mac\":\"02-00-00-00-00-01\","
                         "\"ip\":\"192.0.2.10\"}}"));
    if (st == YH_OK) {
        s->t.sign_no = yh_dup(s->t.a, yh_talk_field(&s->t, "signinoutb", "sign_no"));
        printf("\n一、医院签到\n");
        printf("  9001  操作员 0001 签到，签到号 %.*s\n", YH_ARG(s->t.sign_no));
    }
    return st;
}

/* 25,000.00: two items outside 1,200.00; CT over its limit by 300.00; seven of class 乙 with
 * 1,500.00 first; 22,000.00 in scope. */
static const struct line STAY[] = {
    { "001109000010000", 4500, 100 },          /* 普通病房床位费 */
    { "001102000010000", 900, 100 },           /* 诊查费 */
    { "001109000030100", 30000, 80 },          /* 重症监护病房床位费 */
    { "001201000010000", 12000, 240 },         /* 重症监护 */
    { "001201000020000", 20000, 90 },          /* 特级护理 */
    { "001203000010000", 500, 1200 },          /* 氧气吸入 */
    { "001204000060000", 800, 600 },           /* 静脉输液 */
    { "003107010010000", 2500, 80 },           /* 心电图 */
    { "002503020010000", 600, 700 },           /* 葡萄糖测定 */
    { "C14141019400001", 1200, 100 },          /* 留置针 */
    { BLOOD, 8000, 50 },                       /* 血红蛋白测定 */
    { "002103000000000", 58000, 10 },          /* CT, limit 280.00 */
    { "002102000010000", 60000, 10 },          /* 磁共振平扫 */
    { "XJ01MAM122B002010101600", 3980, 1000 }, /* 莫西沙星 */
    { "XA02BCA348X006010104145", 4500, 400 },  /* 奥美拉唑碳酸氢钠 */
    { "ZA12CAD0073010100142", 2000, 600 },     /* 丹参 */
    { "003205000010000", 320000, 10 },         /* 冠状动脉造影术 */
    { "XA02BCA348X006010104145", 6500, 400 },  /* 奥美拉唑碳酸氢钠 */
    { "001109000010100", 8000, 100 },          /* 单人间, 丙 */
    { "XC02CXY165B002010102918", 4000, 100 },  /* 银杏达莫, 丙 */
};

static enum yh_status low_income_stay(struct stage *s)
{
    static const char CERT[] = "99012119680315003X";
    yh_str visit;
    printf("\n二、低保居民住院，各层都付\n");
    s->t.office = "990121";
    clock_to(s, 8, "09:00:00");
    enum yh_status st =
        yh_talk_ask(&s->t, "1101",
                    yh_fmt(s->t.a,
                           "{\"data\":{\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_no\":\"%s\","
                           "\"psn_cert_type\":\"01\",\"certno\":\"%s\",\"psn_name\":"
                           "\"测试丙\"}}",
                           CERT, CERT));
    if (st == YH_OK) {
        printf("  1101  读取人员：%.*s，人员编号 %.*s\n",
               YH_ARG(yh_talk_field(&s->t, "baseinfo", "psn_name")),
               YH_ARG(yh_talk_field(&s->t, "baseinfo", "psn_no")));
        clock_to(s, 8, "10:00:00");
        st = admit(s, LOW_INCOME, "390", CERT, &visit);
    }
    if (st == YH_OK) {
        printf("  2401  入院登记，就诊号 %.*s\n", YH_ARG(visit));
        clock_to(s, 12, "16:00:00");
        st = charge(s, "2301", LOW_INCOME, visit, "", "21", 1, STAY, 12);
    }
    if (st == YH_OK) {
        clock_to(s, 17, "16:00:00");
        st = charge(s, "2301", LOW_INCOME, visit, "", "21", 13, STAY + 12, 8);
    }
    if (st == YH_OK) {
        tell("2301", "上传费用明细 20 条，当场逐条分割");
        clock_to(s, 18, "10:00:00");
        st = settle_stay(s, "2303", LOW_INCOME, "390", CERT, visit, "25000.00");
    }
    if (st == YH_OK) {
        struct yh_buf cash = yh_buf_in(s->t.a);
        yh_put_money(&cash, yh_talk_amount(&s->t, "setlinfo", "psn_cash_pay"));
        printf("  2303  预结算：个人要付现金 %.*s 元，病人确认\n", YH_ARG(yh_buf_str(&cash)));
        st = discharge(s, LOW_INCOME, "390", visit);
    }
    if (st == YH_OK) {
        tell("2402", "办理出院");
        st = settle_stay(s, "2304", LOW_INCOME, "390", CERT, visit, "25000.00");
    }
    if (st == YH_OK) {
        told_settled(s, "2304");
        bill(s);
    }
    return st;
}

static const struct line VISIT[] = { { DRUG, 1250, 20 },
                                     { BLOOD, 8000, 10 },
                                     { NIGHT, 1500, 10 } };

/* Registration, diagnosis and charges of an outpatient visit. */
static enum yh_status open_visit(struct stage *s, const char *person, const char *cert,
                                 yh_str *visit)
{
    enum yh_status st = yh_talk_ask(
        &s->t, "2201",
        yh_fmt(s->t.a,
               "{\"data\":{\"psn_no\":\"%s\",\"insutype\":\"310\",\"begntime\":\"%s\","
               "\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_no\":\"%s\",\"ipt_otp_no\":\"MZ%d\","
               "\"atddr_no\":\"D990101000001\",\"dr_name\":\"测试医师\",\"dept_code\":\"A03\","
               "\"dept_name\":\"内科\",\"caty\":\"A03\"}}",
               person, s->t.now, cert, s->t.seq));
    if (st == YH_OK) {
        *visit = yh_dup(s->t.a, yh_talk_field(&s->t, "data", "mdtrt_id"));
        st = yh_talk_ask(
            &s->t, "2203",
            yh_fmt(
                s->t.a,
                "{\"mdtrtinfo\":{\"mdtrt_id\":\"%.*s\",\"psn_no\":\"%s\",\"med_type\":\"11\","
                "\"begntime\":\"%s\",\"main_cond_dscr\":\"咳嗽三天\",\"dise_codg\":\"\","
                "\"dise_name\":\"\"},\"diseinfo\":[{\"diag_type\":\"1\",\"diag_srt_no\":\"1\","
                "\"diag_code\":\"J06.900\",\"diag_name\":\"急性上呼吸道感染\",\"diag_dept\":"
                "\"内科\",\"dise_dor_no\":\"D990101000001\",\"dise_dor_name\":\"测试医师\","
                "\"diag_time\":\"%s\",\"vali_flag\":\"1\"}]}",
                YH_ARG(*visit), person, s->t.now, s->t.now));
    }
    if (st == YH_OK)
        st = charge(s, "2204", person, *visit, "CB1", "11", 1, VISIT, YH_COUNT(VISIT));
    return st;
}

static yh_str visit_settlement(struct stage *s, const char *person, const char *cert,
                               yh_str visit)
{
    return yh_fmt(
        s->t.a,
        "{\"data\":{\"psn_no\":\"%s\",\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_no\":\"%s\","
        "\"med_type\":\"11\",\"medfee_sumamt\":120.00,\"psn_setlway\":\"01\","
        "\"mdtrt_id\":\"%.*s\",\"chrg_bchno\":\"CB1\",\"insutype\":\"310\","
        "\"acct_used_flag\":\"1\",\"invono\":\"\",\"fulamt_ownpay_amt\":15.00,"
        "\"overlmt_selfpay\":0,\"preselfpay_amt\":2.50,\"inscp_scp_amt\":102.50}}",
        person, cert, YH_ARG(visit));
}

static void in_own_books(struct stage *s)
{
    s->total += yh_talk_amount(&s->t, "setlinfo", "medfee_sumamt");
    s->fund += yh_talk_amount(&s->t, "setlinfo", "fund_pay_sumamt");
    s->account += yh_talk_amount(&s->t, "setlinfo", "acct_pay");
    s->count++;
}

static enum yh_status outpatient(struct stage *s)
{
    static const char CERT[] = "990101198001010014";
    yh_str visit;
    printf("三、在职职工门诊，统筹、个人账户和现金\n");
    s->t.office = "990101";
    clock_to(s, 18, "11:00:00");
    enum yh_status st = open_visit(s, WORKER, CERT, &visit);
    if (st == YH_OK) {
        tell("2201", "挂号");
        tell("2203", "上传就诊与诊断");
        tell("2204", "上传费用明细 3 条");
        st = yh_talk_ask(&s->t, "2206", visit_settlement(s, WORKER, CERT, visit));
    }
    if (st == YH_OK)
        st = yh_talk_ask(&s->t, "2207", visit_settlement(s, WORKER, CERT, visit));
    if (st == YH_OK) {
        tell("2206", "预结算");
        told_settled(s, "2207");
        in_own_books(s);
        bill(s);
    }
    return st;
}

static enum yh_status visitor(struct stage *s)
{
    static const char CERT[] = "990201196611110111";
    static const struct line LINES[] = { { BLOOD, 8000, 1000 }, { NEEDLE, 5000, 600 } };
    yh_str visit;
    printf("四、样例市参保人在示例市住院：目录按就医地，待遇按参保地\n");
    s->t.office = "990201";
    clock_to(s, 9, "09:00:00");
    enum yh_status st = yh_talk_ask(
        &s->t, "2501",
        yh_fmt(
            s->t.a,
            "{\"refmedin\":{\"psn_no\":\"" VISITOR
            "\",\"insutype\":\"310\",\"tel\":\"\",\"addr\":\"\","
            "\"insu_optins\":\"990201\",\"diag_code\":\"J18.900\",\"diag_name\":\"肺炎\","
            "\"dise_cond_dscr\":\"\",\"reflin_medins_no\":\"" HOSPITAL
            "\",\"reflin_medins_name\":"
            "\"示例市第一人民医院\",\"mdtrtarea_admdvs\":\"990101\",\"hosp_agre_refl_flag\":"
            "\"1\","
            "\"refl_type\":\"2\",\"refl_date\":\"%04d-03-09\",\"refl_rea\":\"病情需要\",\"refl_"
            "opnn\":"
            "\"同意\",\"begndate\":\"%04d-03-09\",\"enddate\":\"\",\"refl_used_flag\":\"0\"}}",
            s->play->year, s->play->year));
    if (st == YH_OK) {
        printf("  2501  转往省内异地备案，编号 %.*s\n",
               YH_ARG(yh_talk_field(&s->t, "result", "trt_dcla_detl_sn")));
        clock_to(s, 9, "10:00:00");
        st = admit(s, VISITOR, "310", CERT, &visit);
    }
    if (st == YH_OK) {
        clock_to(s, 15, "10:00:00");
        st = charge(s, "2301", VISITOR, visit, "", "21", 1, LINES, YH_COUNT(LINES));
    }
    if (st == YH_OK) {
        clock_to(s, 18, "14:00:00");
        st = discharge(s, VISITOR, "310", visit);
    }
    if (st == YH_OK)
        st = settle_stay(s, "2304", VISITOR, "310", CERT, visit, "11000.00");
    if (st == YH_OK) {
        tell("2401", "入院登记");
        tell("2301", "上传费用明细 2 条，范围按示例市的目录");
        tell("2402", "办理出院");
        told_settled(s, "2304");
        bill(s);
    }
    return st;
}

static enum yh_status lost_reply(struct stage *s)
{
    static const char CERT[] = "990101195506120020";
    yh_str visit, message = YH_S("");
    bool ok = false;
    printf("五、应答丢失，以 2601 冲正\n");
    s->t.office = "990101";
    clock_to(s, 18, "15:00:00");
    enum yh_status st = open_visit(s, RETIRED, CERT, &visit);
    if (st)
        return st;
    yh_talk_envelope(&s->t, "2207", visit_settlement(s, RETIRED, CERT, visit));
    yh_str lost = s->t.msgid, body = s->t.body;
    if ((st = yh_client_send_only(&s->t.client, s->t.a, "application/json", s->t.body,
                                  s->t.err)) != YH_OK)
        return st;
    printf("  2207  结算请求已发出，应答没有收到（msgid %.*s）\n", YH_ARG(lost));
    clock_to(s, 18, "15:01:00");
    st = yh_talk_ask(&s->t, "2601",
                     yh_fmt(s->t.a,
                            "{\"data\":{\"psn_no\":\"" RETIRED
                            "\",\"omsgid\":\"%.*s\",\"oinfno\":\"2207\"}}",
                            YH_ARG(lost)));
    if (st)
        return st;
    tell("2601", "按 msgid 冲正成功：无论中心是否办成，都已回到原状");
    s->t.body = body;
    if ((st = yh_talk_post(&s->t, &ok, &message)) != YH_OK)
        return st;
    if (ok)
        return yh_fail(s->t.err, YH_CONFLICT, "被冲正的报文迟到后竟被受理");
    printf("  2207  同一报文迟到：不予受理（%.*s）\n", YH_ARG(message));
    clock_to(s, 18, "15:02:00");
    st = yh_talk_ask(&s->t, "2207", visit_settlement(s, RETIRED, CERT, visit));
    if (st == YH_OK) {
        tell("2207", "换新报文重新结算，成功，只付一次");
        in_own_books(s);
    }
    return st;
}

static enum yh_status day_end(struct stage *s)
{
    char a[32], b[32], c[32];
    printf("\n六、日终对账（职工门诊）\n");
    s->t.office = "";
    clock_to(s, 18, "18:00:00");
    yh_str total = yh_dec_text(a, s->total, 2, 2), fund = yh_dec_text(b, s->fund, 2, 2);
    yh_str account = yh_dec_text(c, s->account, 2, 2);
    enum yh_status st = yh_talk_ask(
        &s->t, "3201",
        yh_fmt(s->t.a,
               "{\"data\":{\"insutype\":\"310\",\"clr_type\":\"11\",\"setl_optins\":\"990101\","
               "\"stmt_begndate\":\"%04d-03-18\",\"stmt_enddate\":\"%04d-03-18\","
               "\"medfee_sumamt\":%.*s,\"fund_pay_sumamt\":%.*s,\"acct_pay\":%.*s,"
               "\"fixmedins_setl_cnt\":%d,\"refd_setl_flag\":\"0\","
               "\"fixmedins_refd_setl_flag\":\"0\"}}",
               s->play->year, s->play->year, YH_ARG(total), YH_ARG(fund), YH_ARG(account),
               s->count));
    if (st)
        return st;
    printf("  3201  机构 %d 笔，总费用 %.*s，基金 %.*s，账户 %.*s：%.*s\n", s->count,
           YH_ARG(total), YH_ARG(fund), YH_ARG(account),
           YH_ARG(yh_talk_field(&s->t, "stmtinfo", "stmt_rslt_dscr")));
    if (!yh_eq(yh_talk_field(&s->t, "stmtinfo", "stmt_rslt"), YH_S("0")))
        return yh_fail(s->t.err, YH_CONFLICT, "日终对账不平");
    return YH_OK;
}

enum yh_status yh_play_hospital(const struct yh_play *p, struct yh_err *err)
{
    static enum yh_status (*const SCENE[])(struct stage *) = { sign_in,    low_income_stay,
                                                               outpatient, visitor,
                                                               lost_reply, day_end };
    struct stage s = { .play = p,
                       .t = { .a = p->arena,
                              .err = err,
                              .provider = HOSPITAL,
                              .name = "示例市第一人民医院",
                              .place = "990101",
                              .sign_no = YH_S("") } };
    enum yh_status st = yh_client_open(&s.t.client, p->url, err);
    for (int i = 0; st == YH_OK && i < YH_COUNT(SCENE); i++) {
        st = SCENE[i](&s);
        fflush(stdout);
    }
    yh_client_close(&s.t.client);
    return st;
}
