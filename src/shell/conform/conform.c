#include "shell/conform/conform.h"
#include <stdio.h>

/* ---- the hospital ---- */

struct reply {
    bool sent; /* something came back */
    int status;
    yh_str raw;
    const struct yh_json *root, *output;
    bool ok; /* infcode "0" */
    yh_str err_msg;
};

struct hospital {
    const struct yh_conform_cast *cast;
    yh_conform_send *send;
    void *user;
    struct yh_arena *a;
    struct yh_conform_result *r;
    const char *provider;
    yh_str sign_no;
    yh_time now;
    int seq;
    yh_str last_body, last_msgid;
    yh_str psn, psn2; /* psn_no of the employee and the inpatient */
    yh_str number;    /* ipt_otp_no of the last registration */
    yh_str scheme, scheme2;
};

static const char *const PART[] = {
#define R(id, part, text) part,
#include "shell/conform/clause.def"
#undef R
};
static const char *const TEXT[] = {
#define R(id, part, text) text,
#include "shell/conform/clause.def"
#undef R
};

const char *yh_clause_part(enum yh_conform_clause c)
{
    return PART[c];
}
const char *yh_clause_text(enum yh_conform_clause c)
{
    return TEXT[c];
}
bool yh_clause_passed(const struct yh_conform_mark *m)
{
    return m->looked > 0 && m->held == m->looked;
}

/* One look at a clause; the first fault is kept. */
static bool YH_PRINTF(4, 5)
    look(struct hospital *h, enum yh_conform_clause c, bool held, const char *fmt, ...)
{
    struct yh_conform_mark *m = &h->r->mark[c];
    m->looked++;
    m->held += held;
    if (!held && !m->first_fault[0]) {
        va_list ap;
        va_start(ap, fmt);
        vsnprintf(m->first_fault, sizeof m->first_fault, fmt, ap);
        va_end(ap);
    }
    return held;
}

static bool digits(yh_str s, ptrdiff_t n)
{
    bool all = s.n == n;
    for (ptrdiff_t i = 0; all && i < n; i++)
        all = s.p[i] >= '0' && s.p[i] <= '9';
    return all;
}

/* What every reply must look like. */
static void look_at_envelope(struct hospital *h, const struct reply *r, const char *infno)
{
    const struct yh_json *code = yh_json_get(r->root, YH_S("infcode"));
    yh_str c = yh_json_text(code);
    look(h, YH_CLAUSE_REPLY_CODE, r->status == 200, "%s：HTTP 状态 %d，应为 200", infno,
         r->status);
    look(h, YH_CLAUSE_REPLY_CODE,
         code && code->kind == YH_JSON_STRING && (yh_eq(c, YH_S("0")) || yh_eq(c, YH_S("-1"))),
         "%s：infcode 为 %.*s", infno, YH_ARG(yh_sub(code ? code->text : YH_S("缺省"), 0, 20)));
    look(h, YH_CLAUSE_REPLY_CODE,
         r->ok || (r->err_msg.n > 0 && yh_utf8_count(r->err_msg) <= 200),
         "%s：失败时 err_msg 有 %d 字", infno, yh_utf8_count(r->err_msg));
    look(h, YH_CLAUSE_REPLY_HEAD,
         digits(yh_json_text(yh_json_get(r->root, YH_S("inf_refmsgid"))), 30),
         "%s：inf_refmsgid 不是 30 位数字", infno);
    look(h, YH_CLAUSE_REPLY_HEAD,
         digits(yh_json_text(yh_json_get(r->root, YH_S("refmsg_time"))), 17) &&
             digits(yh_json_text(yh_json_get(r->root, YH_S("respond_time"))), 17),
         "%s：refmsg_time 或 respond_time 不是 17 位", infno);
}

static struct reply exchange(struct hospital *h, const char *path, const char *type,
                             yh_str body, bool lose, const char *infno)
{
    struct reply r = { 0 };
    struct yh_client_answer answer = { 0 };
    struct yh_err err = { 0 };
    struct yh_json *root;
    h->r->calls++;
    if (h->send(h->user, h->a, path, type, body, lose, &answer, &err)) {
        look(h, YH_CLAUSE_REPLY_CODE, false, "%s：%s", infno, err.text);
        return r;
    }
    if (lose)
        return r;
    r.sent = true;
    r.status = answer.status;
    r.raw = answer.body;
    if (yh_json_read(h->a, answer.body, (struct yh_json_limits){ 0 }, &root, NULL)) {
        look(h, YH_CLAUSE_REPLY_CODE, false, "%s：应答不是 JSON", infno);
        return r;
    }
    r.root = root;
    r.ok = yh_eq(yh_json_text(yh_json_get(root, YH_S("infcode"))), YH_S("0"));
    r.err_msg = yh_json_text(yh_json_get(root, YH_S("err_msg")));
    r.output = yh_json_get(root, YH_S("output"));
    look_at_envelope(h, &r, infno);
    return r;
}

/* Thirty digits behind the provider's code, as clients make them; the run's tag stands in for the
 * time of day, so that two runs on one sandbox day do not meet. */
static yh_str new_msgid(struct hospital *h)
{
    struct yh_civil d = yh_civil_of(yh_time_day(h->now));
    return yh_fmt(h->a, "%s%04d%02d%02d%06d%04d", h->provider, d.year, d.month, d.day,
                  (int)(h->cast->tag / 60 % 1000000), ++h->seq % 10000);
}

static yh_str envelope(struct hospital *h, const char *infno, yh_str msgid, const char *extra,
                       yh_str input)
{
    char stamp[32];
    h->now += 20;
    return yh_fmt(h->a,
                  "{\"infno\":\"%s\",\"msgid\":\"%.*s\",\"mdtrtarea_admvs\":\"%s\",\"insuplc_"
                  "admdvs\":\"%s\","
                  "\"recer_sys_code\":\"99\",\"dev_no\":\"\",\"dev_safe_info\":\"\",\"cainfo\":"
                  "\"\",\"signtype\":\"\","
                  "\"infver\":\"V1.0\",\"opter_type\":\"1\",\"opter\":\"0001\",\"opter_name\":"
                  "\"测试操作员\","
                  "\"inf_time\":\"%.*s\",\"fixmedins_code\":\"%s\",\"fixmedins_name\":"
                  "\"测试机构\",\"sign_no\":\"%.*s\"%s,"
                  "\"input\":%.*s}",
                  infno, YH_ARG(msgid), h->cast->office, h->cast->office,
                  YH_ARG(yh_time_text(stamp, h->now)), h->provider, YH_ARG(h->sign_no), extra,
                  YH_ARG(input));
}

/* Sends a transaction with a key of its own; body and key stay in last_body, last_msgid. */
static struct reply YH_PRINTF(3, 4)
    call(struct hospital *h, const char *infno, const char *fmt, ...)
{
    struct yh_arena *a = h->a;
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    char *text = yh_alloc(a, 1, 1, (size_t)n + 1);
    vsnprintf(text, (size_t)n + 1, fmt, again);
    va_end(again);
    va_end(ap);
    h->last_msgid = new_msgid(h);
    h->last_body = envelope(h, infno, h->last_msgid, "", (yh_str){ text, n });
    return exchange(h, NULL, NULL, h->last_body, false, infno);
}

static bool want_ok(struct hospital *h, enum yh_conform_clause c, const struct reply *r,
                    const char *what)
{
    return look(h, c, r->ok, "%s 未受理：%.*s", what, YH_ARG(yh_sub(r->err_msg, 0, 240)));
}

static bool want_refused(struct hospital *h, enum yh_conform_clause c, const struct reply *r,
                         const char *what)
{
    return look(h, c, r->sent && r->root && !r->ok && r->err_msg.n, "%s 应被拒绝，却受理了",
                what);
}

static const struct yh_json *at(const struct yh_json *v, const char *a, const char *b)
{
    v = yh_json_get(v, yh_cstr(a));
    if (v && v->kind == YH_JSON_ARRAY)
        v = v->first;
    return b ? yh_json_get(v, yh_cstr(b)) : v;
}

static yh_str text_at(const struct reply *r, const char *node, const char *name)
{
    return yh_json_text(at(r->output, node, name));
}

static int64_t dec(const struct yh_json *o, const char *name, int scale)
{
    int64_t v = 0;
    const struct yh_json *f = yh_json_get(o, yh_cstr(name));
    return f && !yh_json_dec(f, scale, &v, NULL) ? v : 0;
}

static yh_fen fen(const struct yh_json *o, const char *name)
{
    return dec(o, name, 2);
}

/* ---- identities (reference §6) ---- */

static void look_at_lines(struct hospital *h, const struct yh_json *list, const char *what)
{
    for (const struct yh_json *l = list ? list->first : NULL; l; l = l->next) {
        yh_fen amount = fen(l, "det_item_fee_sumamt");
        yh_fen product = yh_line_amount(dec(l, "pric", 6), dec(l, "cnt", 4), YH_ROUND_HALF_UP);
        yh_fen parts = fen(l, "fulamt_ownpay_amt") + fen(l, "overlmt_amt") +
                       fen(l, "preselfpay_amt") + fen(l, "inscp_scp_amt");
        look(h, YH_CLAUSE_LINE_SUM, amount - product <= 1 && product - amount <= 1,
             "%s：明细金额 %lld 分，单价×数量 %lld 分", what, (long long)amount,
             (long long)product);
        look(h, YH_CLAUSE_LINE_SPLIT, amount == parts, "%s：明细金额 %lld 分，四项合计 %lld 分",
             what, (long long)amount, (long long)parts);
    }
}

static void look_at_settlement(struct hospital *h, const struct reply *r, const char *what)
{
    const struct yh_json *s = at(r->output, "setlinfo", NULL);
    if (!look(h, YH_CLAUSE_TOTAL_SPLIT, s != NULL, "%s：应答没有 setlinfo", what))
        return;
    yh_fen total = fen(s, "medfee_sumamt"), fund = fen(s, "fund_pay_sumamt"),
           person = fen(s, "psn_part_amt");
    yh_fen split = fen(s, "fulamt_ownpay_amt") + fen(s, "overlmt_selfpay") +
                   fen(s, "preselfpay_amt") + fen(s, "inscp_scp_amt");
    yh_fen funds = fen(s, "hifp_pay") + fen(s, "cvlserv_pay") + fen(s, "hifes_pay") +
                   fen(s, "hifmi_pay") + fen(s, "hifob_pay") + fen(s, "maf_pay") +
                   fen(s, "oth_pay") + fen(s, "hifdm_pay");
    look(h, YH_CLAUSE_TOTAL_SPLIT, total == split, "%s：总费用 %lld 分，四项合计 %lld 分", what,
         (long long)total, (long long)split);
    look(h, YH_CLAUSE_TOTAL_PAYERS, total == fund + person + fen(s, "hosp_part_amt"),
         "%s：总费用 %lld 分，基金 %lld + 个人 %lld + 医院 %lld", what, (long long)total,
         (long long)fund, (long long)person, (long long)fen(s, "hosp_part_amt"));
    look(h, YH_CLAUSE_FUND_SUM, fund == funds, "%s：基金支付总额 %lld 分，各基金合计 %lld 分",
         what, (long long)fund, (long long)funds);
    look(h, YH_CLAUSE_PERSON_SUM, person == fen(s, "acct_pay") + fen(s, "psn_cash_pay"),
         "%s：个人负担 %lld 分，账户 %lld + 现金 %lld", what, (long long)person,
         (long long)fen(s, "acct_pay"), (long long)fen(s, "psn_cash_pay"));
    look(h, YH_CLAUSE_PERSON_SUM,
         yh_max(fen(s, "acct_mulaid_pay"), -fen(s, "acct_mulaid_pay")) <=
             yh_max(fen(s, "acct_pay"), -fen(s, "acct_pay")),
         "%s：共济支付大于账户支付", what);
    yh_fen detail = 0;
    const struct yh_json *list = yh_json_get(r->output, YH_S("setldetail"));
    for (const struct yh_json *d = list ? list->first : NULL; d; d = d->next)
        detail += fen(d, "fund_payamt");
    look(h, YH_CLAUSE_DETAIL_SUM, detail == fund + fen(s, "acct_pay"),
         "%s：setldetail 合计 %lld 分，基金 %lld + 账户 %lld", what, (long long)detail,
         (long long)fund, (long long)fen(s, "acct_pay"));
    look(h, YH_CLAUSE_ECHO, yh_eq(text_at(r, "setlinfo", "medins_setl_id"), h->last_msgid),
         "%s：medins_setl_id 不是本次 msgid", what);
}

static const char *const AMOUNT[] = { "medfee_sumamt",  "fulamt_ownpay_amt", "overlmt_selfpay",
                                      "preselfpay_amt", "inscp_scp_amt",     "act_pay_dedc",
                                      "hifp_pay",       "cvlserv_pay",       "hifes_pay",
                                      "hifmi_pay",      "hifob_pay",         "maf_pay",
                                      "oth_pay",        "hifdm_pay",         "fund_pay_sumamt",
                                      "psn_part_amt",   "acct_pay",          "psn_cash_pay",
                                      "hosp_part_amt" };

/* The same amounts, or (sign -1) the same negated. */
static void look_alike(struct hospital *h, enum yh_conform_clause c, const struct reply *one,
                       const struct reply *two, int sign, const char *what)
{
    const struct yh_json *a = at(one->output, "setlinfo", NULL),
                         *b = at(two->output, "setlinfo", NULL);
    for (int i = 0; i < YH_COUNT(AMOUNT); i++)
        look(h, c, a && b && fen(a, AMOUNT[i]) == sign * fen(b, AMOUNT[i]),
             "%s：%s 分别为 %lld 与 %lld 分", what, AMOUNT[i], (long long)fen(a, AMOUNT[i]),
             (long long)fen(b, AMOUNT[i]));
}

/* ---- pieces of the chains ---- */

static yh_fen balance(struct hospital *h)
{
    struct reply r = call(h, "1101",
                          "{\"data\":{\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_no\":\"%s\","
                          "\"card_sn\":\"\",\"begntime\":\"\","
                          "\"psn_cert_type\":\"01\",\"certno\":\"%s\",\"psn_name\":\"\"}}",
                          h->cast->employee, h->cast->employee);
    const struct yh_json *list = yh_json_get(r.output, YH_S("insuinfo"));
    yh_fen sum = 0;
    for (const struct yh_json *e = list ? list->first : NULL; e; e = e->next)
        sum += fen(e, "balc");
    return sum;
}

static const char *stamp(struct hospital *h, yh_time t)
{
    char s[32];
    return yh_zdup(h->a, yh_time_text(s, t));
}

static yh_str registration(struct hospital *h, enum yh_conform_clause c)
{
    h->number = yh_fmt(h->a, "MZ%llx%d", (unsigned long long)(h->cast->tag & 0xffffff), h->seq);
    struct reply r =
        call(h, "2201",
             "{\"data\":{\"psn_no\":\"%.*s\",\"insutype\":\"%.*s\",\"begntime\":\"%s\",\"mdtrt_"
             "cert_type\":\"02\","
             "\"mdtrt_cert_no\":\"%s\",\"ipt_otp_no\":\"%.*s\",\"atddr_no\":"
             "\"D990101000001\",\"dr_name\":\"测试医师\","
             "\"dept_code\":\"A03\",\"dept_name\":\"内科\",\"caty\":\"A03\"}}",
             YH_ARG(h->psn), YH_ARG(h->scheme), stamp(h, h->now), h->cast->employee,
             YH_ARG(h->number));
    want_ok(h, c, &r, "2201");
    return text_at(&r, "data", "mdtrt_id");
}

static struct reply describe(struct hospital *h, yh_str visit)
{
    return call(h, "2203",
                "{\"mdtrtinfo\":{\"mdtrt_id\":\"%.*s\",\"psn_no\":\"%.*s\",\"med_type\":\"11\","
                "\"begntime\":\"%s\","
                "\"main_cond_dscr\":\"\",\"dise_codg\":\"\",\"dise_name\":\"\"},\"diseinfo\":[{"
                "\"diag_type\":\"1\","
                "\"diag_srt_no\":1,\"diag_code\":\"J06.900\",\"diag_name\":"
                "\"急性上呼吸道感染\",\"diag_dept\":\"内科\","
                "\"dise_dor_no\":\"D990101000001\",\"dise_dor_name\":\"测试医师\",\"diag_"
                "time\":\"%s\",\"vali_flag\":\"1\"}]}",
                YH_ARG(visit), YH_ARG(h->psn), stamp(h, h->now), stamp(h, h->now));
}

/* One line as JSON; `quoted` sends its numbers as text. */
static void put_line(struct hospital *h, struct yh_buf *b, yh_str visit, yh_str psn,
                     const char *batch, int sn, int item, int64_t count, const char *undoes,
                     bool quoted)
{
    yh_price price = h->cast->price[item];
    yh_fen amount = yh_line_amount(price, count * 10000, YH_ROUND_HALF_UP);
    const char *q = quoted ? "\"" : "";
    char n1[32], n2[32], n3[32];
    yh_putf(
        b,
        "{\"feedetl_sn\":\"%d\",\"mdtrt_id\":\"%.*s\",\"psn_no\":\"%.*s\",%s\"rx_circ_flag\":"
        "\"0\",\"fee_ocur_time\":\"%s\","
        "\"med_list_codg\":\"%s\",\"medins_list_codg\":\"YP%04d\",\"det_item_fee_sumamt\":%s%.*"
        "s%s,\"cnt\":%s%.*s%s,"
        "\"pric\":%s%.*s%s,\"bilg_dept_codg\":\"A03\",\"bilg_dept_name\":\"内科\",\"bilg_dr_"
        "codg\":\"D990101000001\","
        "\"bilg_dr_name\":\"测试医师\",\"hosp_appr_flag\":\"0\",\"init_feedetl_sn\":\"%s\"}",
        sn, YH_ARG(visit), YH_ARG(psn), batch, stamp(h, h->now), h->cast->item[item], item + 1,
        q, YH_ARG(yh_dec_text(n1, amount, 2, 2)), q, q,
        YH_ARG(yh_dec_text(n2, count * 10000, 4, 4)), q, q,
        YH_ARG(yh_dec_text(n3, price, 6, 6)), q, undoes);
}

/* Three lines, batch "B" + n; *sums = what came back. */
struct sums {
    yh_fen total, outside, over, first, scope;
};

static struct sums sum_lines(const struct yh_json *list)
{
    struct sums s = { 0 };
    for (const struct yh_json *l = list ? list->first : NULL; l; l = l->next) {
        s.total += fen(l, "det_item_fee_sumamt");
        s.outside += fen(l, "fulamt_ownpay_amt");
        s.over += fen(l, "overlmt_amt");
        s.first += fen(l, "preselfpay_amt");
        s.scope += fen(l, "inscp_scp_amt");
    }
    return s;
}

static struct reply charges(struct hospital *h, yh_str visit, int batch, bool quoted,
                            struct sums *sums)
{
    static const int COUNT[3] = { 2, 1, 1 };
    struct yh_buf b = yh_buf_in(h->a);
    char bch[64];
    snprintf(bch, sizeof bch, "\"chrg_bchno\":\"CB%d\",", batch);
    for (int i = 0; i < 3; i++) {
        if (i)
            yh_putc(&b, ',');
        put_line(h, &b, visit, h->psn, bch, batch * 100 + i + 1, i, COUNT[i], "", quoted);
    }
    struct reply r = call(h, "2204", "{\"feedetail\":[%.*s]}", YH_ARG(yh_buf_str(&b)));
    look_at_lines(h, yh_json_get(r.output, YH_S("result")), "2204");
    *sums = sum_lines(yh_json_get(r.output, YH_S("result")));
    return r;
}

static struct reply settle_call(struct hospital *h, const char *infno, yh_str visit, int batch,
                                const struct sums *s)
{
    return call(h, infno,
                "{\"data\":{\"psn_no\":\"%.*s\",\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_no\":"
                "\"%s\",\"med_type\":\"11\","
                "\"medfee_sumamt\":%lld.%02lld,\"psn_setlway\":\"01\",\"mdtrt_id\":\"%.*s\","
                "\"chrg_bchno\":\"CB%d\","
                "\"insutype\":\"%.*s\",\"acct_used_flag\":\"1\",\"invono\":\"\",\"fulamt_"
                "ownpay_amt\":%lld.%02lld,"
                "\"overlmt_selfpay\":%lld.%02lld,\"preselfpay_amt\":%lld.%02lld,\"inscp_scp_"
                "amt\":%lld.%02lld}}",
                YH_ARG(h->psn), h->cast->employee, (long long)(s->total / 100),
                (long long)(s->total % 100), YH_ARG(visit), batch, YH_ARG(h->scheme),
                (long long)(s->outside / 100), (long long)(s->outside % 100),
                (long long)(s->over / 100), (long long)(s->over % 100),
                (long long)(s->first / 100), (long long)(s->first % 100),
                (long long)(s->scope / 100), (long long)(s->scope % 100));
}

static struct reply undo_call(struct hospital *h, const char *infno, yh_str psn, yh_str visit,
                              yh_str settlement)
{
    return call(h, infno,
                "{\"data\":{\"setl_id\":\"%.*s\",\"mdtrt_id\":\"%.*s\",\"psn_no\":\"%.*s\"}}",
                YH_ARG(settlement), YH_ARG(visit), YH_ARG(psn));
}

static struct reply drop_charges(struct hospital *h, yh_str visit)
{
    return call(
        h, "2205",
        "{\"data\":{\"mdtrt_id\":\"%.*s\",\"chrg_bchno\":\"0000\",\"psn_no\":\"%.*s\"}}",
        YH_ARG(visit), YH_ARG(h->psn));
}

static struct reply cancel_registration(struct hospital *h, yh_str visit)
{
    return call(
        h, "2202",
        "{\"data\":{\"psn_no\":\"%.*s\",\"mdtrt_id\":\"%.*s\",\"ipt_otp_no\":\"%.*s\"}}",
        YH_ARG(h->psn), YH_ARG(visit), YH_ARG(h->number));
}

/* A visit that is described and charged, ready to settle; its number is "" when a step failed. */
static yh_str charged_visit(struct hospital *h, enum yh_conform_clause c, int batch,
                            struct sums *sums)
{
    yh_str visit = registration(h, c);
    struct reply r = describe(h, visit);
    bool ok = want_ok(h, c, &r, "2203");
    r = charges(h, visit, batch, false, sums);
    return ok && want_ok(h, c, &r, "2204") ? visit : YH_S("");
}

static void clean_visit(struct hospital *h, yh_str visit)
{
    drop_charges(h, visit);
    cancel_registration(h, visit);
}

/* ---- scenarios ---- */

static bool sign_in(struct hospital *h)
{
    h->sign_no = YH_S("");
    struct reply r = call(h, "9001",
                          "{\"signIn\":{\"opter_no\":\"0001\",\"mac\":\"02-00-00-00-00-01\","
                          "\"ip\":\"192.0.2.10\"}}");
    h->sign_no = text_at(&r, "signinoutb", "sign_no");
    h->r->clock_follows = yh_eq(yh_sub(text_at(&r, "signinoutb", "sign_time"), 0, 10),
                                yh_sub(yh_cstr(stamp(h, h->now)), 0, 10));
    want_ok(h, YH_CLAUSE_SIGN, &r, "9001");
    return look(h, YH_CLAUSE_SIGN, !r.ok || h->sign_no.n > 0, "9001 没有给出 sign_no");
}

static void find_people(struct hospital *h)
{
    const char *cert[2] = { h->cast->employee, h->cast->inpatient };
    yh_str *psn[2] = { &h->psn, &h->psn2 }, *scheme[2] = { &h->scheme, &h->scheme2 };
    for (int i = 0; i < 2; i++) {
        struct reply r = call(h, "1101",
                              "{\"data\":{\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_no\":\"%s\","
                              "\"card_sn\":\"\",\"begntime\":\"\","
                              "\"psn_cert_type\":\"01\",\"certno\":\"%s\",\"psn_name\":\"\"}}",
                              cert[i], cert[i]);
        want_ok(h, YH_CLAUSE_PERSON, &r, "1101");
        *psn[i] = text_at(&r, "baseinfo", "psn_no");
        *scheme[i] = text_at(&r, "insuinfo", "insutype");
        look(h, YH_CLAUSE_PERSON, psn[i]->n && scheme[i]->n,
             "1101 应答缺少 psn_no 或 insutype");
        look(h, YH_CLAUSE_PERSON, yh_json_get(r.output, YH_S("idetinfo")) != NULL,
             "1101 应答缺少 idetinfo");
    }
    struct reply r = call(
        h, "1101",
        "{\"data\":{\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_no\":\"000000000000000000\"}}");
    want_refused(h, YH_CLAUSE_PERSON, &r, "1101 不存在的证件");
}

static void forms(struct hospital *h)
{
    static const char *const TYPE[] = {
        "application/json",          "text/plain",
        "text/plain; charset=utf-8", "application/json; charset=utf-8",
        "application/octet-stream",  "x/y"
    };
    static const char *const PATH[] = { "/", "/fsi/api/rsfComIfsService/callService",
                                        "/ebus/a/b/hsa/hgs/1101", "/fsi/api/x/queryPsnInfo" };
    yh_str query =
        yh_fmt(h->a, "{\"data\":{\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_no\":\"%s\"}}",
               h->cast->employee);
    for (int i = 0; i < YH_COUNT(TYPE); i++) {
        struct reply r = exchange(h, NULL, TYPE[i],
                                  envelope(h, "1101", new_msgid(h), "", query), false, "1101");
        want_ok(h, YH_CLAUSE_CONTENT_TYPE, &r, TYPE[i]);
    }
    for (int i = 0; i < YH_COUNT(PATH); i++) {
        struct reply r = exchange(h, PATH[i], NULL,
                                  envelope(h, "1101", new_msgid(h), "", query), false, "1101");
        want_ok(h, YH_CLAUSE_ANY_PATH, &r, PATH[i]);
    }
    struct yh_buf quoted = yh_buf_in(h->a);
    struct yh_jsonw w = yh_jsonw_on(&quoted);
    yh_jw_str(&w, query);
    struct reply r =
        exchange(h, NULL, NULL, envelope(h, "1101", new_msgid(h), "", yh_buf_str(&quoted)),
                 false, "1101");
    want_ok(h, YH_CLAUSE_INPUT_TEXT, &r, "input 为文本");
    look(h, YH_CLAUSE_INPUT_TEXT, yh_eq(text_at(&r, "baseinfo", "psn_no"), h->psn),
         "input 为文本时应答不同");
    static const char *const EMPTY[] = { "\"\"", "null", "\"null\"" };
    for (int i = 0; i < YH_COUNT(EMPTY); i++) {
        r = call(h, "1101",
                 "{\"data\":{\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_no\":\"%s\",\"card_sn\":%"
                 "s,\"psn_name\":%s}}",
                 h->cast->employee, EMPTY[i], EMPTY[i]);
        want_ok(h, YH_CLAUSE_EMPTY_FORMS, &r, EMPTY[i]);
    }
    r = call(h, "1101",
             "{\"data\":{\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_no\":\"%s\",\"x_local\":{"
             "\"a\":[1]}},\"psnbaseinfo\":{\"y\":1}}",
             h->cast->employee);
    want_ok(h, YH_CLAUSE_UNKNOWN_NODES, &r, "带地方节点的 1101");
    r = exchange(h, NULL, NULL,
                 envelope(h, "1101", new_msgid(h),
                          ",\"enc_type\":\"\",\"app_id\":\"x\",\"fixmedins_soft_fcty\":\"y\","
                          "\"serv_code\":null",
                          query),
                 false, "1101");
    want_ok(h, YH_CLAUSE_UNKNOWN_NODES, &r, "带地方信封字段的 1101");
}

static void errors(struct hospital *h)
{
    static const char *const BAD[] = { "{", "", "not json", "[1,2]",
                                       "{\"infno\":\"1101\",\"input\":\"{\"}" };
    for (int i = 0; i < YH_COUNT(BAD); i++) {
        struct reply r = exchange(h, NULL, NULL, yh_cstr(BAD[i]), false, "坏报文");
        want_refused(h, YH_CLAUSE_MALFORMED, &r, BAD[i]);
    }
    struct reply r = call(h, "1162", "{\"data\":{}}"), u = call(h, "0000", "{\"data\":{}}");
    want_refused(h, YH_CLAUSE_UNKNOWN_NUMBERS, &r, "未开通的交易");
    want_refused(h, YH_CLAUSE_UNKNOWN_NUMBERS, &u, "不存在的交易");
    look(h, YH_CLAUSE_UNKNOWN_NUMBERS, !yh_eq(r.err_msg, u.err_msg),
         "未开通与不存在的交易说法相同");
    r = call(h, "2201", "{\"data\":{\"psn_no\":\"%.*s\"}}", YH_ARG(h->psn));
    want_refused(h, YH_CLAUSE_FIELD_ERRORS, &r, "缺字段的 2201");
    look(h, YH_CLAUSE_FIELD_ERRORS, yh_find(r.err_msg, YH_S("insutype")) >= 0,
         "错误未说出缺少的字段 insutype：%.*s", YH_ARG(r.err_msg));
    r = call(h, "2201", "{}");
    want_refused(h, YH_CLAUSE_FIELD_ERRORS, &r, "没有节点的 2201");
    look(h, YH_CLAUSE_FIELD_ERRORS, yh_find(r.err_msg, YH_S("data")) >= 0,
         "错误未说出缺少的节点 data：%.*s", YH_ARG(r.err_msg));
    r = call(h, "2201",
             "{\"data\":{\"psn_no\":\"%.*s\",\"insutype\":\"777\",\"begntime\":\"%s\",\"mdtrt_"
             "cert_type\":\"02\",\"mdtrt_cert_no\":\"1\","
             "\"ipt_otp_no\":\"1\",\"dept_code\":\"1\",\"dept_name\":\"1\",\"caty\":\"1\"}}",
             YH_ARG(h->psn), stamp(h, h->now));
    want_refused(h, YH_CLAUSE_FIELD_ERRORS, &r, "代码不存在的 2201");
    look(h, YH_CLAUSE_FIELD_ERRORS, yh_find(r.err_msg, YH_S("insutype")) >= 0,
         "错误未说出字段 insutype：%.*s", YH_ARG(r.err_msg));
}

static void outpatient(struct hospital *h)
{
    enum yh_conform_clause c = YH_CLAUSE_OUTPATIENT;
    struct sums sums, more;
    yh_fen before = balance(h);
    yh_str visit = charged_visit(h, c, 1, &sums);
    if (!visit.n)
        return;
    struct reply pre = settle_call(h, "2206", visit, 1, &sums);
    want_ok(h, c, &pre, "2206");
    look_at_settlement(h, &pre, "2206");
    yh_str trial = text_at(&pre, "setlinfo", "setl_id");
    look(h, YH_CLAUSE_PRESETTLE, !trial.n, "2206 给出了 setl_id");
    look(h, YH_CLAUSE_PRESETTLE, balance(h) == before, "2206 动了账户余额");
    struct reply set = settle_call(h, "2207", visit, 1, &sums);
    if (!want_ok(h, c, &set, "2207"))
        return;
    look_at_settlement(h, &set, "2207");
    look_alike(h, YH_CLAUSE_PRESETTLE, &pre, &set, 1, "2206 与 2207");
    yh_str settlement = text_at(&set, "setlinfo", "setl_id");
    look(h, c, settlement.n > 0, "2207 没有 setl_id");
    yh_fen paid = fen(at(set.output, "setlinfo", NULL), "acct_pay");
    look(h, YH_CLAUSE_BALANCE, balance(h) == before - paid,
         "结算前余额 %lld 分，支付 %lld 分，结算后 %lld 分", (long long)before, (long long)paid,
         (long long)balance(h));
    struct reply r = undo_call(h, "5203", h->psn, visit, settlement);
    want_ok(h, c, &r, "5203");
    look(h, c, fen(at(r.output, "setlinfo", NULL), "medfee_sumamt") == sums.total,
         "5203 总费用与 2207 不同");
    r = undo_call(h, "5204", h->psn, visit, settlement);
    want_ok(h, c, &r, "5204");
    look(h, c, r.output && r.output->kind == YH_JSON_ARRAY && r.output->count == 3,
         "5204 的 output 应为三行的数组");
    look_at_lines(h, r.output, "5204");

    /* What may not be done now. */
    r = settle_call(h, "2207", visit, 1, &sums);
    want_refused(h, YH_CLAUSE_SETTLE_ONCE, &r, "再次 2207");
    r = drop_charges(h, visit);
    want_refused(h, YH_CLAUSE_WRONG_ORDER, &r, "结算后的 2205");
    r = cancel_registration(h, visit);
    want_refused(h, YH_CLAUSE_WRONG_ORDER, &r, "结算后的 2202");

    struct reply undo = undo_call(h, "2208", h->psn, visit, settlement);
    want_ok(h, YH_CLAUSE_OUTPATIENT_UNDO, &undo, "2208");
    look_at_settlement(h, &undo, "2208");
    look_alike(h, YH_CLAUSE_OUTPATIENT_UNDO, &set, &undo, -1, "2207 与 2208");
    yh_str other = text_at(&undo, "setlinfo", "setl_id");
    look(h, YH_CLAUSE_OUTPATIENT_UNDO, other.n && !yh_eq(other, settlement),
         "2208 没有新的结算ID");
    const struct yh_json *u = at(undo.output, "setlinfo", NULL);
    look(h, YH_CLAUSE_OUTPATIENT_UNDO,
         yh_json_get(u, YH_S("pdn_cash_pay")) && yh_json_get(u, YH_S("psn_cash_pay")) &&
             fen(u, "pdn_cash_pay") == fen(u, "psn_cash_pay"),
         "2208 应同时给出 pdn_cash_pay 与 psn_cash_pay");
    look(h, YH_CLAUSE_BALANCE, balance(h) == before, "撤销后余额没有复原");
    r = undo_call(h, "2208", h->psn, visit, settlement);
    want_refused(h, YH_CLAUSE_SETTLE_ONCE, &r, "再次 2208");

    r = charges(h, visit, 2, true, &more);
    want_ok(h, YH_CLAUSE_NUMBER_FORMS, &r, "带引号数字的 2204");
    r = drop_charges(h, visit);
    want_ok(h, YH_CLAUSE_OUTPATIENT_UNDO, &r, "2205");
    r = cancel_registration(h, visit);
    want_ok(h, YH_CLAUSE_OUTPATIENT_UNDO, &r, "2202");
}

static void wrong_orders(struct hospital *h)
{
    enum yh_conform_clause c = YH_CLAUSE_WRONG_ORDER;
    struct sums none = { 0 }, sums;
    struct reply r = settle_call(h, "2207", YH_S("990101M9999999999"), 1, &none);
    want_refused(h, YH_CLAUSE_NOT_YOURS, &r, "不存在就诊的 2207");
    r = describe(h, YH_S("990101M9999999999"));
    want_refused(h, YH_CLAUSE_NOT_YOURS, &r, "不存在就诊的 2203");
    yh_str visit = registration(h, c);
    r = settle_call(h, "2207", visit, 1, &none);
    want_refused(h, c, &r, "没有明细的 2207");
    r = settle_call(h, "2206", visit, 1, &none);
    want_refused(h, c, &r, "没有明细的 2206");
    describe(h, visit);
    charges(h, visit, 1, false, &sums);
    r = cancel_registration(h, visit);
    want_refused(h, c, &r, "有明细时的 2202");
    yh_str mine = h->psn;
    h->psn = h->psn2;
    r = settle_call(h, "2207", visit, 1, &sums);
    want_refused(h, YH_CLAUSE_NOT_YOURS, &r, "以他人编号的 2207");
    h->psn = mine;
    struct sums off = sums;
    off.total += 1;
    off.scope += 1;
    r = settle_call(h, "2207", visit, 1, &off);
    want_refused(h, c, &r, "总费用多一分的 2207");
    r = undo_call(h, "2208", h->psn, visit, YH_S("990101S9999999999"));
    want_refused(h, YH_CLAUSE_NOT_YOURS, &r, "不存在结算的 2208");
    clean_visit(h, visit);
    r = settle_call(h, "2207", visit, 1, &sums);
    want_refused(h, c, &r, "已撤销挂号的 2207");
}

static struct reply reverse(struct hospital *h, yh_str omsgid, const char *number)
{
    return call(h, "2601",
                "{\"data\":{\"psn_no\":\"%.*s\",\"omsgid\":\"%.*s\",\"oinfno\":\"%s\"}}",
                YH_ARG(h->psn), YH_ARG(omsgid), number);
}

static void retries(struct hospital *h)
{
    struct sums sums;
    yh_fen before = balance(h);
    yh_str visit = charged_visit(h, YH_CLAUSE_DOUBLE_SUBMIT, 1, &sums);
    if (!visit.n)
        return;
    struct reply first = settle_call(h, "2207", visit, 1, &sums);
    want_ok(h, YH_CLAUSE_DOUBLE_SUBMIT, &first, "2207");
    yh_str body = h->last_body, msgid = h->last_msgid;
    struct reply again = exchange(h, NULL, NULL, body, false, "2207");
    look(h, YH_CLAUSE_DOUBLE_SUBMIT, yh_eq(first.raw, again.raw), "再次提交的应答与首次不同");
    look(h, YH_CLAUSE_DOUBLE_SUBMIT,
         balance(h) == before - fen(at(first.output, "setlinfo", NULL), "acct_pay"),
         "再次提交又扣了账户");
    struct reply r = exchange(
        h, NULL, NULL,
        envelope(h, "2207", msgid, "",
                 yh_fmt(h->a,
                        "{\"data\":{\"psn_no\":\"%.*s\",\"mdtrt_cert_type\":\"02\",\"mdtrt_"
                        "cert_no\":\"x\","
                        "\"med_type\":\"11\",\"medfee_sumamt\":1.00,\"psn_setlway\":\"01\","
                        "\"mdtrt_id\":\"%.*s\","
                        "\"chrg_bchno\":\"CB1\",\"insutype\":\"%.*s\",\"acct_used_flag\":\"0\","
                        "\"fulamt_ownpay_amt\":0,\"overlmt_selfpay\":0,\"preselfpay_amt\":0,"
                        "\"inscp_scp_amt\":1.00}}",
                        YH_ARG(h->psn), YH_ARG(visit), YH_ARG(h->scheme))),
        false, "2207");
    want_refused(h, YH_CLAUSE_OTHER_BODY, &r, "同一 msgid 换内容的 2207");
    r = reverse(h, msgid, "2207");
    want_ok(h, YH_CLAUSE_LOST_REPLY, &r, "2601");
    look(h, YH_CLAUSE_LOST_REPLY, balance(h) == before, "冲正后账户余额没有复原");
    r = reverse(h, msgid, "2207");
    want_ok(h, YH_CLAUSE_REVERSE_TWICE, &r, "再次 2601");
    look(h, YH_CLAUSE_REVERSE_TWICE, balance(h) == before, "再次冲正改变了账户余额");
    again = exchange(h, NULL, NULL, body, false, "2207");
    want_refused(h, YH_CLAUSE_LATE_ORIGINAL, &again, "冲正后原报文的重发");

    /* The reply is lost: the sender hangs up, then takes it back by nothing but the key. */
    yh_str lost = new_msgid(h);
    yh_str sent = yh_dup(h->a, body);
    ptrdiff_t key = yh_find(sent, msgid);
    yh_assert(key >= 0 && lost.n == msgid.n);
    memcpy((char *)(uintptr_t)sent.p + key, lost.p, (size_t)lost.n);
    exchange(h, NULL, NULL, sent, true, "2207");
    r = reverse(h, lost, "2207");
    want_ok(h, YH_CLAUSE_LOST_REPLY, &r, "应答丢失后的 2601");
    look(h, YH_CLAUSE_LOST_REPLY, balance(h) == before, "应答丢失并冲正后账户余额没有复原");
    struct reply late = exchange(h, NULL, NULL, sent, false, "2207");
    want_refused(h, YH_CLAUSE_LATE_ORIGINAL, &late, "2601 之后的原报文");

    /* The reversal overtakes the original. */
    lost = new_msgid(h);
    memcpy((char *)(uintptr_t)sent.p + key, lost.p, (size_t)lost.n);
    r = reverse(h, lost, "2207");
    want_ok(h, YH_CLAUSE_REVERSE_TWICE, &r, "对未知报文的 2601");
    late = exchange(h, NULL, NULL, sent, false, "2207");
    want_refused(h, YH_CLAUSE_LATE_ORIGINAL, &late, "先到冲正后迟到的原报文");
    look(h, YH_CLAUSE_LATE_ORIGINAL, balance(h) == before, "迟到的原报文动了账户");
    r = reverse(h, new_msgid(h), "2204");
    want_refused(h, YH_CLAUSE_REVERSE_TWICE, &r, "对不可冲正交易的 2601");

    /* The visit is still there, unsettled: it settles under a new key. */
    r = settle_call(h, "2207", visit, 1, &sums);
    want_ok(h, YH_CLAUSE_LOST_REPLY, &r, "冲正后的重新结算");
    look_alike(h, YH_CLAUSE_LOST_REPLY, &first, &r, 1, "冲正前后两次结算");
    r = undo_call(h, "2208", h->psn, visit, text_at(&r, "setlinfo", "setl_id"));
    want_ok(h, YH_CLAUSE_LOST_REPLY, &r, "2208");
    clean_visit(h, visit);
}

static void pharmacy(struct hospital *h)
{
    enum yh_conform_clause c = YH_CLAUSE_PHARMACY;
    const char *code = h->cast->pharmacy, *hospital = h->provider;
    if (!code) {
        struct reply r = call(h, "1201",
                              "{\"medinsinfo\":{\"fixmedins_type\":\"2\",\"fixmedins_name\":"
                              "\"\",\"fixmedins_code\":\"\"}}");
        yh_str found = text_at(&r, "medinsinfo", "fixmedins_code");
        if (!look(h, c, found.n > 0, "1201 没有查到药店"))
            return;
        code = yh_zdup(h->a, found);
    }
    h->provider = code;
    struct yh_buf line = yh_buf_in(h->a);
    put_line(h, &line, YH_S(""), h->psn, "", 1, 0, 3, "", false);
    yh_fen total = yh_line_amount(h->cast->price[0], 30000, YH_ROUND_HALF_UP);
    struct reply r[2] = { { 0 } };
    for (int i = 0; i < 2; i++) {
        r[i] =
            call(h, i ? "2102" : "2101",
                 "{\"druginfo\":{\"psn_no\":\"%.*s\",\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_"
                 "no\":\"%s\",\"begntime\":\"%s\","
                 "\"medfee_sumamt\":%lld.%02lld,\"invono\":\"\",\"insutype\":\"%.*s\",\"dise_"
                 "codg\":\"\",\"dise_name\":\"\","
                 "\"acct_used_flag\":\"1\",\"med_type\":\"41\"},\"drugdetail\":[%.*s]}",
                 YH_ARG(h->psn), h->cast->employee, stamp(h, h->now), (long long)(total / 100),
                 (long long)(total % 100), YH_ARG(h->scheme), YH_ARG(yh_buf_str(&line)));
        if (!want_ok(h, c, &r[i], i ? "2102" : "2101"))
            break;
        look_at_settlement(h, &r[i], i ? "2102" : "2101");
        look_at_lines(h, yh_json_get(r[i].output, YH_S("detlcutinfo")), "2102");
    }
    if (!r[1].ok) {
        h->provider = hospital;
        return;
    }
    look_alike(h, c, &r[0], &r[1], 1, "2101 与 2102");
    struct reply u = undo_call(h, "2103", h->psn, text_at(&r[1], "setlinfo", "mdtrt_id"),
                               text_at(&r[1], "setlinfo", "setl_id"));
    want_ok(h, c, &u, "2103");
    look_alike(h, c, &r[1], &u, -1, "2102 与 2103");
    h->provider = hospital;
}

/* ---- inpatients ---- */

static struct reply admit(struct hospital *h)
{
    return call(h, "2401",
                "{\"mdtrtinfo\":{\"psn_no\":\"%.*s\",\"insutype\":\"%.*s\",\"begntime\":\"%s\","
                "\"mdtrt_cert_type\":\"02\","
                "\"mdtrt_cert_no\":\"%s\",\"med_type\":\"21\",\"ipt_no\":\"ZY%llx%d\",\"atddr_"
                "no\":\"D990101000002\","
                "\"chfpdr_name\":\"测试主任\",\"adm_diag_dscr\":\"肺炎\",\"adm_dept_codg\":"
                "\"A03.02\",\"adm_dept_name\":\"呼吸内科\","
                "\"adm_bed\":\"12\",\"dscg_maindiag_code\":\"J18.900\",\"dscg_maindiag_name\":"
                "\"肺炎\"},"
                "\"diseinfo\":[{\"psn_no\":\"%.*s\",\"diag_type\":\"1\",\"maindiag_flag\":"
                "\"1\",\"diag_srt_no\":\"1\","
                "\"diag_code\":\"J18.900\",\"diag_name\":\"肺炎\",\"diag_dept\":\"呼吸内科\","
                "\"dise_dor_no\":\"D990101000002\","
                "\"dise_dor_name\":\"测试主任\",\"diag_time\":\"%s\"}]}",
                YH_ARG(h->psn2), YH_ARG(h->scheme2), stamp(h, h->now), h->cast->inpatient,
                (unsigned long long)(h->cast->tag & 0xffffff), h->seq, YH_ARG(h->psn2),
                stamp(h, h->now));
}

/* Lines first .. first + n of a stay. */
static struct reply stay_charges(struct hospital *h, yh_str visit, int first, int n,
                                 struct sums *sums)
{
    struct yh_buf b = yh_buf_in(h->a);
    for (int i = 0; i < n; i++) {
        if (i)
            yh_putc(&b, ',');
        put_line(h, &b, visit, h->psn2, "\"med_type\":\"21\",", first + i, (first + i) % 3,
                 1 + (first + i) % 4, "", false);
    }
    struct reply r = call(h, "2301", "{\"feedetail\":[%.*s]}", YH_ARG(yh_buf_str(&b)));
    const struct yh_json *list = yh_json_get(r.output, YH_S("result"));
    struct sums s = sum_lines(list);
    look_at_lines(h, list, "2301");
    sums->total += s.total;
    sums->outside += s.outside;
    sums->over += s.over;
    sums->first += s.first;
    sums->scope += s.scope;
    return r;
}

static struct reply stay_settle(struct hospital *h, const char *infno, yh_str visit,
                                const struct sums *s)
{
    return call(h, infno,
                "{\"data\":{\"psn_no\":\"%.*s\",\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_no\":"
                "\"%s\",\"medfee_sumamt\":%lld.%02lld,"
                "\"psn_setlway\":\"01\",\"mdtrt_id\":\"%.*s\",\"acct_used_flag\":\"1\","
                "\"insutype\":\"%.*s\",\"mid_setl_flag\":\"0\","
                "\"dscgTime\":\"%s\"}}",
                YH_ARG(h->psn2), h->cast->inpatient, (long long)(s->total / 100),
                (long long)(s->total % 100), YH_ARG(visit), YH_ARG(h->scheme2),
                stamp(h, h->now));
}

static struct reply discharge(struct hospital *h, yh_str visit)
{
    return call(h, "2402",
                "{\"dscginfo\":{\"mdtrt_id\":\"%.*s\",\"psn_no\":\"%.*s\",\"insutype\":\"%.*"
                "s\",\"endtime\":\"%s\","
                "\"dscg_dept_codg\":\"A03.02\",\"dscg_dept_name\":\"呼吸内科\",\"dscg_bed\":"
                "\"12\",\"dscg_way\":\"1\"},"
                "\"diseinfo\":[{\"mdtrt_id\":\"%.*s\",\"psn_no\":\"%.*s\",\"diag_type\":\"1\","
                "\"maindiag_flag\":\"1\",\"diag_srt_no\":\"1\","
                "\"diag_code\":\"J18.900\",\"diag_name\":\"肺炎\",\"diag_dept\":\"呼吸内科\","
                "\"dise_dor_no\":\"D990101000002\","
                "\"dise_dor_name\":\"测试主任\",\"diag_time\":\"%s\"}]}",
                YH_ARG(visit), YH_ARG(h->psn2), YH_ARG(h->scheme2), stamp(h, h->now),
                YH_ARG(visit), YH_ARG(h->psn2), stamp(h, h->now));
}

static struct reply stay_call(struct hospital *h, const char *infno, yh_str visit)
{
    return call(h, infno, "{\"data\":{\"mdtrt_id\":\"%.*s\",\"psn_no\":\"%.*s\"}}",
                YH_ARG(visit), YH_ARG(h->psn2));
}

static struct reply drop_lines(struct hospital *h, yh_str visit)
{
    return call(
        h, "2302",
        "{\"data\":[{\"feedetl_sn\":\"0000\",\"mdtrt_id\":\"%.*s\",\"psn_no\":\"%.*s\"}]}",
        YH_ARG(visit), YH_ARG(h->psn2));
}

static void refund_lines(struct hospital *h, yh_str visit, struct sums *sums)
{
    enum yh_conform_clause c = YH_CLAUSE_REFUND_LINE;
    struct yh_buf b = yh_buf_in(h->a), too = yh_buf_in(h->a);
    put_line(h, &b, visit, h->psn2, "\"med_type\":\"21\",", 9001, 0, -1, "3", false);
    struct reply r = call(h, "2301", "{\"feedetail\":[%.*s]}", YH_ARG(yh_buf_str(&b)));
    if (want_ok(h, c, &r, "负数明细")) {
        struct sums s = sum_lines(yh_json_get(r.output, YH_S("result")));
        look(h, c, s.total < 0, "负数明细的金额不为负");
        look_at_lines(h, yh_json_get(r.output, YH_S("result")), "2301 负数明细");
        sums->total += s.total;
    }
    put_line(h, &too, visit, h->psn2, "\"med_type\":\"21\",", 9002, 0, -100, "3", false);
    r = call(h, "2301", "{\"feedetail\":[%.*s]}", YH_ARG(yh_buf_str(&too)));
    want_refused(h, c, &r, "超过原数量的负数明细");
}

static void inpatient(struct hospital *h)
{
    enum yh_conform_clause c = YH_CLAUSE_INPATIENT, undo = YH_CLAUSE_INPATIENT_UNDO;
    struct sums sums = { 0 };
    struct reply r = admit(h);
    yh_str visit = text_at(&r, "result", "mdtrt_id");
    if (!want_ok(h, c, &r, "2401"))
        return;
    r = admit(h);
    want_refused(h, YH_CLAUSE_IN_HOSPITAL, &r, "在院时再次 2401");
    r = call(h, "5303",
             "{\"data\":{\"psn_no\":\"%.*s\",\"begntime\":\"%s\",\"endtime\":\"%s\"}}",
             YH_ARG(h->psn2), stamp(h, h->now - 86400), stamp(h, h->now + 86400));
    want_ok(h, YH_CLAUSE_IN_HOSPITAL, &r, "5303");
    look(h, YH_CLAUSE_IN_HOSPITAL, yh_eq(text_at(&r, "data", "mdtrt_id"), visit),
         "5303 没有列出在院就诊");
    h->now += 86400;
    r = stay_charges(h, visit, 1, 20, &sums);
    want_ok(h, c, &r, "2301");
    r = stay_call(h, "2404", visit);
    want_refused(h, YH_CLAUSE_WRONG_ORDER, &r, "有明细时的 2404");
    refund_lines(h, visit, &sums);
    r = call(h, "2403",
             "{\"adminfo\":{\"mdtrt_id\":\"%.*s\",\"psn_no\":\"%.*s\",\"begntime\":\"%s\","
             "\"mdtrt_cert_type\":\"02\",\"med_type\":\"21\","
             "\"ipt_otp_no\":\"ZY\",\"atddr_no\":\"D990101000002\",\"chfpdr_name\":"
             "\"测试主任\",\"adm_diag_dscr\":\"肺炎\","
             "\"adm_dept_codg\":\"A03.02\",\"adm_dept_name\":\"呼吸内科\",\"adm_bed\":\"13\","
             "\"dscg_maindiag_code\":\"J18.900\","
             "\"dscg_maindiag_name\":\"肺炎\"},\"diseinfo\":[{\"mdtrt_id\":\"%.*s\",\"psn_no\":"
             "\"%.*s\",\"diag_type\":\"1\","
             "\"maindiag_flag\":\"0\",\"diag_srt_no\":\"2\",\"diag_code\":\"I10.x00\",\"diag_"
             "name\":\"高血压\",\"diag_dept\":\"呼吸内科\","
             "\"dise_dor_no\":\"D990101000002\",\"dise_dor_name\":\"测试主任\",\"diag_time\":"
             "\"%s\"}]}",
             YH_ARG(visit), YH_ARG(h->psn2), stamp(h, h->now - 86400), YH_ARG(visit),
             YH_ARG(h->psn2), stamp(h, h->now));
    want_ok(h, c, &r, "2403");
    h->now += 2 * 86400;
    struct reply pre = stay_settle(h, "2303", visit, &sums);
    want_ok(h, c, &pre, "2303");
    look_at_settlement(h, &pre, "2303");
    r = discharge(h, visit);
    want_ok(h, c, &r, "2402");
    struct reply set = stay_settle(h, "2304", visit, &sums);
    if (want_ok(h, c, &set, "2304")) {
        look_at_settlement(h, &set, "2304");
        look_alike(h, c, &pre, &set, 1, "2303 与 2304");
        r = stay_settle(h, "2304", visit, &sums);
        want_refused(h, YH_CLAUSE_SETTLE_ONCE, &r, "再次 2304");
        r = undo_call(h, "2305", h->psn2, visit, text_at(&set, "setlinfo", "setl_id"));
        want_ok(h, undo, &r, "2305");
        look_at_settlement(h, &r, "2305");
        look_alike(h, undo, &set, &r, -1, "2304 与 2305");
    }
    r = stay_call(h, "2405", visit);
    want_ok(h, undo, &r, "2405");
    r = drop_lines(h, visit);
    want_ok(h, undo, &r, "2302");
    r = stay_call(h, "2404", visit);
    want_ok(h, undo, &r, "2404");
}

static void many_lines(struct hospital *h)
{
    enum yh_conform_clause c = YH_CLAUSE_MANY_LINES;
    struct sums sums = { 0 };
    struct reply r = admit(h);
    yh_str visit = text_at(&r, "result", "mdtrt_id");
    if (!want_ok(h, c, &r, "2401"))
        return;
    h->now += 3600;
    for (int first = 1; first <= h->cast->lines; first += 1000) {
        r = stay_charges(h, visit, first, (int)yh_min(1000, h->cast->lines - first + 1), &sums);
        if (!want_ok(h, c, &r, "2301"))
            break;
    }
    int64_t began = yh_http_now_ms();
    r = stay_settle(h, "2303", visit, &sums);
    h->r->long_stay_ms = yh_http_now_ms() - began;
    want_ok(h, c, &r, "2303");
    look_at_settlement(h, &r, "两万条明细的 2303");
    look(h, c, fen(at(r.output, "setlinfo", NULL), "medfee_sumamt") == sums.total,
         "2303 总费用与明细合计不同");
    look(h, c, fen(at(r.output, "setlinfo", NULL), "inscp_scp_amt") == sums.scope,
         "2303 范围内与明细合计不同");
    drop_lines(h, visit);
    r = stay_call(h, "2404", visit);
    want_ok(h, c, &r, "2404");
}

/* ---- day end, year end ---- */

static yh_str stmt(struct hospital *h, yh_str clr_type, yh_day day, yh_fen total, yh_fen fund,
                   yh_fen account, int count)
{
    char d[16];
    yh_str on = yh_day_text(d, day);
    struct reply r = call(
        h, "3201",
        "{\"data\":{\"insutype\":\"%.*s\",\"clr_type\":\"%.*s\",\"setl_optins\":\"%s\",\"stmt_"
        "begndate\":\"%.*s\","
        "\"stmt_enddate\":\"%.*s\",\"medfee_sumamt\":%lld.%02lld,\"fund_pay_sumamt\":%lld.%"
        "02lld,"
        "\"acct_pay\":%lld.%02lld,\"fixmedins_setl_cnt\":%d,\"refd_setl_flag\":\"0\"}}",
        YH_ARG(h->scheme), YH_ARG(clr_type), h->cast->office, YH_ARG(on), YH_ARG(on),
        (long long)(total / 100), (long long)(total % 100), (long long)(fund / 100),
        (long long)(fund % 100), (long long)(account / 100), (long long)(account % 100), count);
    want_ok(h, YH_CLAUSE_RECONCILE, &r, "3201");
    return text_at(&r, "stmtinfo", "stmt_rslt");
}

static void reconcile(struct hospital *h)
{
    enum yh_conform_clause c = YH_CLAUSE_RECONCILE;
    struct sums sums;
    /* A day on which this provider has settled nothing yet. */
    yh_time keep = h->now;
    for (int tries = 0; h->r->clock_follows && tries < 60; tries++, h->now += 86400)
        if (yh_eq(stmt(h, YH_S("11"), yh_time_day(h->now), 0, 0, 0, 0), YH_S("0")))
            break;
    yh_str visit = charged_visit(h, c, 1, &sums);
    struct reply r = settle_call(h, "2207", visit, 1, &sums);
    if (want_ok(h, c, &r, "2207")) {
        const struct yh_json *s = at(r.output, "setlinfo", NULL);
        yh_str type = text_at(&r, "setlinfo", "clr_type");
        yh_day day = yh_time_day(h->now);
        yh_fen total = fen(s, "medfee_sumamt"), fund = fen(s, "fund_pay_sumamt"),
               account = fen(s, "acct_pay");
        look(h, c, yh_eq(stmt(h, type, day, total, fund, account, 1), YH_S("0")),
             "金额一致却不平");
        look(h, c, yh_eq(stmt(h, type, day, total + 1, fund, account, 1), YH_S("1")),
             "总费用差一分却平");
        look(h, c, yh_eq(stmt(h, type, day, total, fund, account, 2), YH_S("1")),
             "人次不同却平");
        undo_call(h, "2208", h->psn, visit, text_at(&r, "setlinfo", "setl_id"));
    }
    clean_visit(h, visit);
    h->now = keep;
}

static void year_end(struct hospital *h)
{
    enum yh_conform_clause c = YH_CLAUSE_YEAR_END;
    if (!look(h, c, h->r->clock_follows,
              "服务端时钟不随 inf_time，无法跨年；请用沙盒（yiheng serve --sandbox）"))
        return;
    int year = yh_civil_of(yh_time_day(h->now)).year;
    yh_time when[2] = { yh_day_time(yh_day_of(year, 12, 31)) + 10 * 3600,
                        yh_day_time(yh_day_of(year + 1, 1, 1)) + 10 * 3600 };
    struct reply set[2] = { { 0 } };
    yh_str visit[2] = { { 0 } };
    struct sums sums;
    for (int i = 0; i < 2; i++) {
        h->now = when[i];
        sign_in(h);
        visit[i] = charged_visit(h, c, 1, &sums);
        set[i] = settle_call(h, "2207", visit[i], 1, &sums);
        want_ok(h, c, &set[i], i ? "1月1日的 2207" : "12月31日的 2207");
        look_at_settlement(h, &set[i], "跨年 2207");
        struct reply r =
            undo_call(h, "5203", h->psn, visit[i], text_at(&set[i], "setlinfo", "setl_id"));
        char y[8];
        snprintf(y, sizeof y, "%d", year + i);
        look(h, c, yh_eq(text_at(&r, "setlinfo", "year"), yh_cstr(y)),
             "%s 的结算不属于 %s 年度", stamp(h, when[i]), y);
    }
    /* Nobody used the new year yet: what it deducts is no less than at the end of the old one. */
    look(h, c,
         fen(at(set[1].output, "setlinfo", NULL), "act_pay_dedc") >=
             fen(at(set[0].output, "setlinfo", NULL), "act_pay_dedc"),
         "新年度的起付标准没有重新计算");
    for (int i = 1; i >= 0; i--) {
        struct reply r =
            undo_call(h, "2208", h->psn, visit[i], text_at(&set[i], "setlinfo", "setl_id"));
        want_ok(h, c, &r, "2208");
        clean_visit(h, visit[i]);
    }
}

static void sign_out(struct hospital *h)
{
    struct reply r = call(
        h, "9002", "{\"signOut\":{\"sign_no\":\"990101S0000000000\",\"opter_no\":\"0001\"}}");
    want_refused(h, YH_CLAUSE_SIGN, &r, "不存在签到的 9002");
    r = call(h, "9002", "{\"signOut\":{\"sign_no\":\"%.*s\",\"opter_no\":\"0001\"}}",
             YH_ARG(h->sign_no));
    want_ok(h, YH_CLAUSE_SIGN, &r, "9002");
    r = call(h, "9002", "{\"signOut\":{\"sign_no\":\"%.*s\",\"opter_no\":\"0001\"}}",
             YH_ARG(h->sign_no));
    want_refused(h, YH_CLAUSE_SIGN, &r, "再次 9002");
}

struct yh_conform_cast yh_conform_defaults(void)
{
    return (struct yh_conform_cast){
        .hospital = "H99010100001",
        .office = "990101",
        .employee = "990101198001010014",
        .inpatient = "990101195506120020",
        .item = { "XA01ABD075A002010100483", "002501010010000-250101001",
                  "001102000030000-110200003" },
        .price = { 12500000, 80000000, 15000000 },
        .lines = 20000,
    };
}

void yh_conform_run(const struct yh_conform_cast *cast, yh_conform_send *send, void *user,
                    struct yh_arena *a, struct yh_conform_result *out)
{
    memset(out, 0, sizeof *out);
    struct hospital h = {
        .cast = cast, .send = send, .user = user, .a = a, .r = out, .provider = cast->hospital
    };
    /* A sandbox lives on the envelope's clock: a morning of March to May, chosen by the run. */
    h.now = yh_day_time(yh_day_of(2026, 3, 2) + (yh_day)(cast->tag % 60)) + 8 * 3600;
    sign_in(&h);
    if (!out->clock_follows) {
        h.now = cast->now;
        sign_in(&h);
    }
    find_people(&h);
    forms(&h);
    errors(&h);
    outpatient(&h);
    wrong_orders(&h);
    retries(&h);
    pharmacy(&h);
    reconcile(&h);
    yh_time day = h.now;
    inpatient(&h);
    h.now = out->clock_follows ? h.now + 86400 : day;
    sign_in(&h);
    many_lines(&h);
    sign_out(&h);
    year_end(&h);
    for (int i = 0; i < YH_CLAUSE_N; i++)
        out->passed += yh_clause_passed(&out->mark[i]);
}

enum yh_status yh_conform_http(void *user, struct yh_arena *a, const char *path,
                               const char *type, yh_str body, bool lose,
                               struct yh_client_answer *out, struct yh_err *err)
{
    struct yh_client *c = user;
    if (!type)
        type = "application/json";
    return lose ? yh_client_send_only(c, a, type, body, err)
                : yh_client_call(c, a, "POST", path, type, NULL, 0, body, out, err);
}
