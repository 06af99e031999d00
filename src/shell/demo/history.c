#include "shell/demo/history.h"
#include <stdio.h>
#include "service/town.h"
#include "shell/demo/talk.h"

#define STAYS 240
#define PURCHASES 160
#define LIST_AFTER 4   /* days from discharge to the list */
#define UNSENT_DAYS 14 /* stays that ended so lately may lack their list */
#define BOOKS_DAYS 3   /* the last days are not yet reconciled */

static const struct house {
    const char *code, *name, *place;
    int dear; /* percent of the usual quantities */
} HOUSE[] = {
    { "H99010100001", "示例市第一人民医院", "990101", 118 },
    { "H99010100002", "示例市第二人民医院", "990101", 100 },
    { "H99010200001", "示例市东区人民医院", "990102", 94 },
    { "H99012100001", "示例县人民医院", "990121", 84 },
};
static const struct house SHOP = { "P99010100001", "示例大药房", "990101", 100 };

/* What people come with, how often, and what it takes. */
static const struct sickness {
    const char *code, *name, *also, *also_name, *px, *px_name;
    int often, days, drugs; /* in twenty; usual days; vials a day in tenths */
    bool image, tube;       /* CT; a coronary angiography */
} SICK[] = {
    { "J18.900", "肺炎", "", "", "", "", 6, 9, 20, true, false },
    { "J44.100", "慢性阻塞性肺病伴有急性加重", "J96.000", "急性呼吸衰竭", "", "", 3, 11, 28,
      true, false },
    { "I63.900", "脑梗死", "I10.x00x002", "高血压", "", "", 4, 12, 24, true, false },
    { "I20.000", "不稳定型心绞痛", "", "", "88.5500", "单根导管的冠状动脉造影术", 3, 6, 10,
      false, true },
    { "K80.200x003", "胆囊结石", "", "", "51.2300", "腹腔镜下胆囊切除术", 2, 6, 12, true,
      false },
    { "H25.900", "老年性白内障", "", "", "13.4100x001", "白内障超声乳化抽吸术", 2, 3, 4, false,
      false },
};

/* One line of a month's books of a house, as it counts itself. */
struct sum {
    int house, month, clr; /* of HOUSE, -1: the shop; index of `clr_type` */
    char scheme[8];
    yh_fen total, fund, account;
    int count;
};
struct play {
    struct yh_talk t;
    struct yh_history *h;
    uint64_t seed;
    struct sum sum[512];
    char clr_type[8][8];
    int nsum, nclr;
};

static int draw(struct play *p, int n)
{
    p->seed = yh_mix64(p->seed + 1);
    return (int)(p->seed % (uint64_t)n);
}

static void enter(struct play *p, const struct house *h)
{
    p->t.provider = h->code;
    p->t.name = h->name;
    p->t.place = h->place;
    p->t.office = "990101";
}

static void clock_to(struct play *p, yh_day day, int hour, int minute)
{
    char text[16];
    (void)snprintf(p->t.now, sizeof p->t.now, "%.10s %02d:%02d:00", yh_day_text(text, day).p,
                   hour, minute);
}

/* Into the house's own books. */
static void book(struct play *p, int house, yh_day day)
{
    yh_str clr = yh_talk_field(&p->t, "setlinfo", "clr_type"),
           scheme = yh_talk_field(&p->t, "setlinfo", "insutype");
    struct yh_civil c = yh_civil_of(day);
    int at = 0, i = 0;
    while (at < p->nclr && !yh_eq(clr, yh_cstr(p->clr_type[at])))
        at++;
    if (at == p->nclr && p->nclr < YH_COUNT(p->clr_type))
        (void)snprintf(p->clr_type[p->nclr++], 8, "%.*s", YH_ARG(clr));
    while (i < p->nsum && !(p->sum[i].house == house && p->sum[i].month == c.month &&
                            p->sum[i].clr == at && yh_eq(scheme, yh_cstr(p->sum[i].scheme))))
        i++;
    if (i == YH_COUNT(p->sum))
        return;
    struct sum *s = &p->sum[i];
    if (i == p->nsum) {
        p->nsum++;
        *s = (struct sum){ .house = house, .month = c.month, .clr = at };
        (void)snprintf(s->scheme, sizeof s->scheme, "%.*s", YH_ARG(scheme));
    }
    s->total += yh_talk_amount(&p->t, "setlinfo", "medfee_sumamt");
    s->fund += yh_talk_amount(&p->t, "setlinfo", "fund_pay_sumamt");
    s->account += yh_talk_amount(&p->t, "setlinfo", "acct_pay");
    s->count++;
}

/* ---- a stay ---- */

struct stay {
    const struct house *house;
    const struct sickness *sick;
    char person[32];
    const char *scheme;
    yh_str visit, settlement, paid; /* paid: payinfo of the list */
    yh_day from, to;
    int nth, days, lines;
    yh_fen total, by_kind[16]; /* by med_chrgitm_type */
    struct yh_buf detail;
};

static void add_line(struct stay *s, const char *code, int kind, int fen, int tenths,
                     yh_day day)
{
    char price[32], qty[32], sum[32], when[16];
    yh_fen money =
        yh_line_amount((yh_price)fen * 10000, (yh_qty)tenths * 1000, YH_ROUND_HALF_UP);
    if (tenths <= 0)
        return;
    s->total += money;
    s->by_kind[kind] += money;
    yh_putf(&s->detail,
            "%s{\"feedetl_sn\":\"%d\",\"mdtrt_id\":\"%.*s\",\"psn_no\":\"%s\",\"chrg_bchno\":"
            "\"\",\"med_type\":\"21\",\"init_feedetl_sn\":\"\",\"rx_circ_flag\":\"0\","
            "\"fee_ocur_time\":\"%.*s 09:30:00\",\"med_list_codg\":\"%s\",\"medins_list_codg\":"
            "\"%s\",\"det_item_fee_sumamt\":%.*s,\"cnt\":%.*s,\"pric\":%.*s,"
            "\"bilg_dept_codg\":\"A03\",\"bilg_dept_name\":\"内科\",\"bilg_dr_codg\":"
            "\"D99010100000%d\",\"bilg_dr_name\":\"测试医师\",\"hosp_appr_flag\":\"1\"}",
            s->lines ? "," : "", s->lines + 1, YH_ARG(s->visit), s->person,
            YH_ARG(yh_day_text(when, day)), code, code, YH_ARG(yh_dec_text(sum, money, 2, 2)),
            YH_ARG(yh_dec_text(qty, tenths, 1, 1)), YH_ARG(yh_dec_text(price, fen, 2, 2)),
            1 + s->nth % 6);
    s->lines++;
}

static yh_str diagnoses(struct play *p, const struct stay *s, bool visit)
{
    struct yh_buf b = yh_buf_in(p->t.a);
    const char *row[2][2] = { { s->sick->code, s->sick->name },
                              { s->sick->also, s->sick->also_name } };
    for (int i = 0; i < 2 && row[i][0][0]; i++) {
        yh_putf(&b,
                "%s{\"psn_no\":\"%s\",\"diag_type\":\"1\",\"maindiag_flag\":\"%d\","
                "\"diag_srt_no\":\"%d\",\"diag_code\":\"%s\",\"diag_name\":\"%s\","
                "\"diag_dept\":\"内科\",\"dise_dor_no\":\"D990101000002\",\"dise_dor_name\":"
                "\"测试主任\",\"diag_time\":\"%s\"",
                i ? "," : "", s->person, i == 0, i + 1, row[i][0], row[i][1], p->t.now);
        if (visit)
            yh_putf(&b, ",\"mdtrt_id\":\"%.*s\"", YH_ARG(s->visit));
        yh_putc(&b, '}');
    }
    return yh_buf_str(&b);
}

static enum yh_status admit(struct play *p, struct stay *s)
{
    clock_to(p, s->from, 9, s->nth % 60);
    enum yh_status st = yh_talk_ask(
        &p->t, "2401",
        yh_fmt(
            p->t.a,
            "{\"mdtrtinfo\":{\"psn_no\":\"%s\",\"insutype\":\"%s\",\"begntime\":\"%s\","
            "\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_no\":\"1\",\"certno\":\"1\","
            "\"cert_type\":\"01\",\"med_type\":\"21\",\"ipt_no\":\"ZY%d\",\"atddr_no\":"
            "\"D99010100000%d\",\"chfpdr_name\":\"测试主任\",\"adm_diag_dscr\":\"%s\","
            "\"adm_dept_codg\":\"A03\",\"adm_dept_name\":\"内科\",\"adm_bed\":\"%d\","
            "\"dscg_maindiag_code\":\"%s\",\"dscg_maindiag_name\":\"%s\"},\"diseinfo\":[%.*s]}",
            s->person, s->scheme, p->t.now, s->nth, 1 + s->nth % 6, s->sick->name,
            1 + s->nth % 40, s->sick->code, s->sick->name, YH_ARG(diagnoses(p, s, false))));
    if (st == YH_OK)
        s->visit = yh_dup(p->t.a, yh_talk_field(&p->t, "result", "mdtrt_id"));
    return st;
}

static enum yh_status treat(struct play *p, struct stay *s)
{
    const struct sickness *k = s->sick;
    int dear = s->house->dear + draw(p, 21) - 10;
    s->detail = yh_buf_in(p->t.a);
    for (int i = 0; i < s->days; i++) { /* each day's own lines, on its day */
        yh_day day = s->from + i;
        add_line(s, "001109000010000", 1, 4500, 10, day);
        add_line(s, "001204000060000", 5, 800, 10, day);
        add_line(s, "ZA12CAD0073010100142", 11, 2000, 10 * (k->drugs * dear / 100), day);
    }
    add_line(s, "002501010010000-250101001", 4, 8000, 10, s->from);
    add_line(s, "002503020010000", 4, 600, 10, s->from);
    /* One in seven has something that the rules ask about. */
    if (s->nth % 7 == 2)
        add_line(s, "001109000010000", 1, 4500, 10 * s->days, s->from);
    if (s->nth % 7 == 5)
        add_line(s, "XA02BCA348X006010104145", 9, 4500, 10 * s->days, s->from + 1);
    if (k->image)
        add_line(s, "002103000000000", 3, 58000, 10, s->from + 1);
    if (k->tube)
        add_line(s, "003205000010000", 6, 320000, 10, s->from + 1);
    if (k->px[0])
        add_line(s, "001203000010000", 5, 500, 10 * (12 + draw(p, 8)), s->from + 1);
    clock_to(p, s->to, 8, 30);
    return yh_talk_ask(
        &p->t, "2301",
        yh_fmt(p->t.a, "{\"feedetail\":[%.*s]}", YH_ARG(yh_buf_str(&s->detail))));
}

/* What each fund paid, for the list. */
static yh_str paid_by(struct play *p)
{
    struct yh_buf b = yh_buf_in(p->t.a);
    const struct yh_json *all = yh_json_get(p->t.output, YH_S("setldetail"));
    for (const struct yh_json *f = all ? all->first : NULL; f; f = f->next)
        yh_putf(&b, "%s{\"fund_pay_type\":\"%.*s\",\"fund_payamt\":%.*s}", b.n ? "," : "",
                YH_ARG(yh_json_text(yh_json_get(f, YH_S("fund_pay_type")))),
                YH_ARG(yh_json_text(yh_json_get(f, YH_S("fund_payamt")))));
    return yh_buf_str(&b);
}

static enum yh_status leave(struct play *p, struct stay *s)
{
    char sum[32];
    clock_to(p, s->to, 10, s->nth % 60);
    enum yh_status st = yh_talk_ask(
        &p->t, "2402",
        yh_fmt(p->t.a,
               "{\"dscginfo\":{\"mdtrt_id\":\"%.*s\",\"psn_no\":\"%s\",\"insutype\":\"%s\","
               "\"endtime\":\"%s\",\"dscg_dept_codg\":\"A03\",\"dscg_dept_name\":\"内科\","
               "\"dscg_way\":\"1\"},\"diseinfo\":[%.*s]}",
               YH_ARG(s->visit), s->person, s->scheme, p->t.now,
               YH_ARG(diagnoses(p, s, true))));
    if (st == YH_OK)
        st = yh_talk_ask(
            &p->t, "2304",
            yh_fmt(p->t.a,
                   "{\"data\":{\"psn_no\":\"%s\",\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_no\":"
                   "\"1\",\"medfee_sumamt\":%.*s,\"psn_setlway\":\"01\",\"mdtrt_id\":\"%.*s\","
                   "\"acct_used_flag\":\"0\",\"insutype\":\"%s\",\"invono\":\"\","
                   "\"mid_setl_flag\":\"0\"}}",
                   s->person, YH_ARG(yh_dec_text(sum, s->total, 2, 2)), YH_ARG(s->visit),
                   s->scheme));
    if (st == YH_OK) {
        s->settlement = yh_dup(p->t.a, yh_talk_field(&p->t, "setlinfo", "setl_id"));
        s->paid = paid_by(p);
        book(p, (int)(s->house - HOUSE), s->to);
    }
    return st;
}

/* The settlement list, one in nine with a slip that the hospital has to mend. */
static enum yh_status list(struct play *p, struct stay *s)
{
    char from[16], to[16];
    bool slip = s->nth % 9 == 4;
    clock_to(p, s->to + LIST_AFTER, 15, s->nth % 60);
    yh_str begin = yh_day_text(from, s->from), end = yh_day_text(to, s->to);
    struct yh_buf b = yh_buf_in(p->t.a);
    yh_putf(&b,
            "{\"setlinfo\":{\"mdtrt_id\":\"%.*s\",\"setl_id\":\"%.*s\",\"psn_no\":\"%s\","
            "\"ntly\":\"156\",\"prfs\":\"80\",\"curr_addr\":\"示例市\",\"emp_addr\":\"示例市\","
            "\"patn_rlts\":\"01\",\"coner_name\":\"测试某\",\"coner_addr\":\"示例市\","
            "\"coner_tel\":\"13900000000\",\"adm_way\":\"2\",\"trt_type\":\"10\","
            "\"adm_time\":\"%.*s 09:00:00\",\"adm_caty\":\"A03\",\"dscg_time\":\"%.*s "
            "10:00:00\",\"dscg_caty\":\"A03\",\"act_ipt_days\":\"%d\",\"dscg_way\":\"1\","
            "\"medcasno\":\"ZY%d\",\"hi_paymtd\":\"%s\",\"bill_code\":\"B%d\",\"bill_no\":"
            "\"%d\",\"biz_sn\":\"%d\",\"chfpdr_name\":\"测试主任\",\"chfpdr_code\":"
            "\"D990101000002\",\"resp_nurs_name\":\"测试护士\",\"resp_nurs_code\":"
            "\"N990101000001\",\"setl_begn_date\":\"%.*s\",\"setl_end_date\":\"%.*s\","
            "\"medins_fill_dept\":\"医保办\",\"medins_fill_psn\":\"测试操作员\"},"
            "\"diseinfo\":[",
            YH_ARG(s->visit), YH_ARG(s->settlement), s->person, YH_ARG(begin), YH_ARG(end),
            s->days, s->nth, slip ? "" : "3", s->nth, s->nth, s->nth, YH_ARG(begin),
            YH_ARG(end));
    yh_putf(&b,
            "{\"diag_type\":\"1\",\"diag_code\":\"%s\",\"diag_name\":\"%s\",\"adm_cond_type\":"
            "\"1\",\"maindiag_flag\":\"1\"}",
            s->sick->code, s->sick->name);
    if (s->sick->also[0])
        yh_putf(&b,
                ",{\"diag_type\":\"1\",\"diag_code\":\"%s\",\"diag_name\":\"%s\","
                "\"adm_cond_type\":\"1\",\"maindiag_flag\":\"0\"}",
                s->sick->also, s->sick->also_name);
    yh_putc(&b, ']');
    if (s->sick->px[0])
        yh_putf(&b,
                ",\"oprninfo\":[{\"oprn_oprt_type\":\"1\",\"oprn_oprt_code\":\"%s\","
                "\"oprn_oprt_name\":\"%s\",\"oprn_oprt_date\":\"%.*s\",\"oper_dr_code\":"
                "\"%s\",\"oper_dr_name\":\"测试医师\",\"anst_dr_code\":\"D990101000009\","
                "\"anst_dr_name\":\"测试麻醉\",\"anst_way\":\"01\",\"main_oprn_flag\":\"1\","
                "\"oprn_oprt_begntime\":\"%.*s 11:00:00\",\"oprn_oprt_endtime\":\"%.*s "
                "12:00:00\",\"anst_begntime\":\"%.*s 10:50:00\",\"anst_endtime\":\"%.*s "
                "12:10:00\"}]",
                s->sick->px, s->sick->px_name, YH_ARG(begin), "D990101000001", YH_ARG(begin),
                YH_ARG(begin), YH_ARG(begin), YH_ARG(begin));
    yh_putf(&b, ",\"payinfo\":[%.*s],\"iteminfo\":[", YH_ARG(s->paid));
    for (int i = 0, n = 0; i < YH_COUNT(s->by_kind); i++) {
        char sum[32];
        yh_str money = yh_dec_text(sum, s->by_kind[i], 2, 2);
        if (s->by_kind[i])
            yh_putf(&b,
                    "%s{\"med_chrgitm\":\"%02d\",\"amt\":%.*s,\"claa_sumfee\":%.*s,"
                    "\"clab_amt\":0,\"fulamt_ownpay_amt\":0,\"oth_amt\":0}",
                    n++ ? "," : "", i, YH_ARG(money), YH_ARG(money));
    }
    yh_putz(&b, "]}");
    enum yh_status st = yh_talk_ask(&p->t, "4101", yh_buf_str(&b));
    /* Two in three are handed in for the agency; a slip stays a draft. */
    if (st == YH_OK && !slip && s->nth % 3)
        st = yh_talk_ask(
            &p->t, "4102",
            yh_fmt(p->t.a,
                   "{\"data\":{\"stastinfo\":[{\"setl_id\":\"%.*s\",\"psn_no\":\"%s\","
                   "\"stas_type\":\"1\"}]}}",
                   YH_ARG(s->settlement), s->person));
    return st;
}

static const struct sickness *pick(struct play *p)
{
    int at = draw(p, 20), i = 0;
    while (at >= SICK[i].often)
        at -= SICK[i++].often;
    return &SICK[i];
}

static enum yh_status stay(struct play *p, int nth, int all, yh_day new_year)
{
    struct stay s = { .house = &HOUSE[draw(p, 10) < 4 ? 0 : draw(p, YH_COUNT(HOUSE))],
                      .sick = pick(p),
                      .nth = nth + 1,
                      .scheme = yh_town_employee(1, nth) ? "310" : "390" };
    int span = (int)(p->h->today - new_year) - 11; /* the last few leave today */
    (void)yh_town_person(s.person, nth);
    s.days = s.sick->days + draw(p, 5) - 2;
    s.days = s.days < 2 ? 2 : s.days;
    s.to = new_year + 15 + (yh_day)((int64_t)span * (nth + 1) / all);
    s.to = s.to > p->h->today ? p->h->today : s.to;
    s.from = s.to - s.days;
    enter(p, s.house);
    enum yh_status st = admit(p, &s);
    if (st == YH_OK)
        st = treat(p, &s);
    if (st == YH_OK)
        st = leave(p, &s);
    bool late =
        s.to + UNSENT_DAYS >= p->h->today && (s.nth % 4 || s.to + LIST_AFTER >= p->h->today);
    return st || late ? st : list(p, &s);
}

/* ---- a purchase ---- */

static enum yh_status purchase(struct play *p, int nth, int all, yh_day new_year)
{
    char person[32], sum[32];
    int64_t who = YH_HISTORY_PEOPLE - 1 - nth % 150;
    const char *scheme = yh_town_employee(1, who) ? "310" : "390";
    int qty = 1 + draw(p, 6);
    yh_day day = new_year + 2 + (yh_day)((int64_t)(p->h->today - new_year - 2) * nth / all);
    (void)yh_town_person(person, who);
    enter(p, &SHOP);
    clock_to(p, day, 9 + draw(p, 9), draw(p, 60));
    yh_str money = yh_dec_text(sum, (yh_fen)qty * 1250, 2, 2);
    enum yh_status st = yh_talk_ask(
        &p->t, "2102",
        yh_fmt(p->t.a,
               "{\"druginfo\":{\"psn_no\":\"%s\",\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_no\":"
               "\"1\",\"begntime\":\"%s\",\"medfee_sumamt\":%.*s,\"invono\":\"\",\"insutype\":"
               "\"%s\",\"dise_codg\":\"\",\"dise_name\":\"\",\"acct_used_flag\":\"%d\","
               "\"med_type\":\"41\"},\"drugdetail\":[{\"feedetl_sn\":\"1\",\"rxno\":\"RX%d\","
               "\"rx_circ_flag\":\"0\",\"fee_ocur_time\":\"%s\",\"med_list_codg\":"
               "\"XA01ABD075A002010100483\",\"medins_list_codg\":\"YP0001\","
               "\"det_item_fee_sumamt\":%.*s,\"cnt\":%d,\"pric\":12.50}]}",
               person, p->t.now, YH_ARG(money), scheme, scheme[0] == '3' && scheme[1] == '1',
               nth, p->t.now, YH_ARG(money), qty));
    if (st == YH_OK)
        book(p, -1, day);
    return st;
}

/* ---- the books of each month, and of this one but for its last days ---- */

static enum yh_status reconcile(struct play *p, const struct sum *s, int year)
{
    char a[32], b[32], c[32], from[16], to[16];
    const struct house *h = s->house < 0 ? &SHOP : &HOUSE[s->house];
    yh_day first = yh_day_of(year, s->month, 1), last = yh_add_months(first, 1) - 1;
    if (last >= p->h->today - BOOKS_DAYS)
        return YH_OK;
    enter(p, h);
    p->t.office = "";
    clock_to(p, last, 19, 0);
    return yh_talk_ask(
        &p->t, "3201",
        yh_fmt(p->t.a,
               "{\"data\":{\"insutype\":\"%s\",\"clr_type\":\"%s\",\"setl_optins\":\"990101\","
               "\"stmt_begndate\":\"%.*s\",\"stmt_enddate\":\"%.*s\",\"medfee_sumamt\":%.*s,"
               "\"fund_pay_sumamt\":%.*s,\"acct_pay\":%.*s,\"fixmedins_setl_cnt\":%d,"
               "\"refd_setl_flag\":\"0\",\"fixmedins_refd_setl_flag\":\"0\"}}",
               s->scheme, p->clr_type[s->clr], YH_ARG(yh_day_text(from, first)),
               YH_ARG(yh_day_text(to, last)), YH_ARG(yh_dec_text(a, s->total, 2, 2)),
               YH_ARG(yh_dec_text(b, s->fund, 2, 2)), YH_ARG(yh_dec_text(c, s->account, 2, 2)),
               s->count));
}

enum yh_status yh_play_history(struct yh_history *h, struct yh_err *err)
{
    struct play *p = YH_NEW(h->arena, struct play, 1);
    int year = yh_civil_of(h->today).year, stays = h->stays ? h->stays : STAYS,
        purchases = h->purchases ? h->purchases : PURCHASES;
    yh_day new_year = yh_day_of(year, 1, 1);
    *p = (struct play){ .t = { .a = h->arena, .err = err, .sign_no = YH_S("") },
                        .h = h,
                        .seed = 20260101 };
    if (h->today - new_year < 40) /* too early in the year for a history of it */
        return YH_OK;
    enum yh_status st = yh_client_open(&p->t.client, h->url, err);
    for (int i = 0; st == YH_OK && i < stays; i++)
        st = stay(p, i, stays, new_year);
    for (int i = 0; st == YH_OK && i < purchases; i++)
        st = purchase(p, i, purchases, new_year);
    for (int i = 0; st == YH_OK && i < p->nsum; i++)
        st = reconcile(p, &p->sum[i], year);
    h->calls = p->t.seq;
    yh_client_close(&p->t.client);
    return st;
}
