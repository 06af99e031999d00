/* service/matter/reimburse.c -- a bill that the person paid, reimbursed by hand (手工、零星报销).
 *
 * The same engine, the same settlement, the same year: but the provider was paid already, so the agency
 * owes the person (engine/ledger: provider ""), and an invoice is settled with once, here or online. */
#include <stdio.h>
#include <string.h>
#include "service/inside.h"
#include "service/matter/inside.h"

#define LINES_MAX 2000

struct claim {
    yh_str provider, med_type, diagnosis, diagnosis_name, disease, invoice;
    yh_day begin, end;
    struct yh_charge_in *line;
    int nline;
    bool stay;
};

static enum yh_status bad(struct yh_err *err, const char *field, yh_str met, const char *why)
{
    enum yh_status st = yh_refuse(err, YH_REFUSE_CLAIM_BAD, met, "%s", why);
    if (err)
        (void)snprintf(err->field, sizeof err->field, "%s", field);
    return st;
}

static yh_str text_of(const struct yh_json *v, const char *name)
{
    return yh_trim(yh_json_text(yh_json_get(v, yh_cstr(name))));
}

/* ---- what is brought ---- */

static enum yh_status read_line(struct yh_arena *a, const struct yh_json *v, int nth,
                                const struct claim *k, struct yh_charge_line *l,
                                struct yh_err *err)
{
    yh_str at = yh_fmt(a, "第 %d 行明细", nth);
    yh_str price = text_of(v, "price"), qty = text_of(v, "qty"), amount = text_of(v, "amount");
    yh_day day = k->begin;
    *l = (struct yh_charge_line){ .serial = yh_fmt(a, "%d", nth),
                                  .undoes = YH_S(""),
                                  .code = text_of(v, "code"),
                                  .name = text_of(v, "name") };
    if (!l->code.n || l->name.n > 300)
        return bad(err, "lines", at, "没有项目编码，或名称过长");
    if (yh_dec_parse(price, 6, &l->price, NULL) || l->price < 0)
        return bad(err, "lines", at, "单价应为不小于 0 的数，至多六位小数");
    if (yh_dec_parse(qty, 4, &l->qty, NULL) || l->qty <= 0)
        return bad(err, "lines", at, "数量应大于 0，至多四位小数");
    if (text_of(v, "day").n && yh_day_parse(text_of(v, "day"), &day, NULL))
        return bad(err, "lines", at, "日期应写作 2026-03-18");
    l->time = yh_day_time(day);
    if (!amount.n)
        l->amount = yh_line_amount(l->price, l->qty, YH_ROUND_HALF_UP);
    else if (yh_fen_parse(amount, &l->amount, NULL))
        return bad(err, "lines", at, "金额应为数，至多两位小数");
    return YH_OK;
}

static enum yh_status read_claim(struct yh_arena *a, const struct yh_json *in, yh_str of,
                                 struct claim *out, struct yh_err *err)
{
    struct claim k = { .provider = text_of(in, "provider"),
                       .med_type = text_of(in, "med_type"),
                       .diagnosis = text_of(in, "diagnosis"),
                       .diagnosis_name = text_of(in, "diagnosis_name"),
                       .disease = text_of(in, "disease"),
                       .invoice = text_of(in, "invoice") };
    const struct yh_json *lines = yh_json_get(in, YH_S("lines"));
    if (!in || in->kind != YH_JSON_OBJECT)
        return bad(err, "claim", YH_S(""), "没有填写票据");
    k.stay = yh_eq(of, YH_S("stay"));
    if (!k.provider.n)
        return bad(err, "provider", YH_S(""), "没有选就医机构");
    if (!k.med_type.n || yh_is_stay(k.med_type) != k.stay)
        return bad(err, "med_type", k.med_type, "医疗类别与所办事项不符");
    if (yh_day_parse(text_of(in, "begin"), &k.begin, NULL))
        return bad(err, "begin", text_of(in, "begin"), "就医（入院）日期应写作 2026-03-18");
    k.end = k.begin;
    if (k.stay && yh_day_parse(text_of(in, "end"), &k.end, NULL))
        return bad(err, "end", text_of(in, "end"), "出院日期应写作 2026-03-18");
    if (k.end < k.begin)
        return bad(err, "end", text_of(in, "end"), "出院日期早于入院日期");
    bool digits = 8 <= k.invoice.n && k.invoice.n <= 30;
    for (ptrdiff_t i = 0; digits && i < k.invoice.n; i++)
        digits = '0' <= k.invoice.p[i] && k.invoice.p[i] <= '9';
    if (!digits)
        return bad(err, "invoice", k.invoice, "电子票据号码应为 8 至 30 位数字");
    if (!k.diagnosis.n && !yh_is_pharmacy(k.med_type))
        return bad(err, "diagnosis", YH_S(""), "没有诊断编码");
    if (!lines || lines->kind != YH_JSON_ARRAY || !lines->count || lines->count > LINES_MAX)
        return bad(err, "lines", YH_S(""), "明细应有 1 至 2,000 行");
    k.line = YH_NEW(a, struct yh_charge_in, lines->count);
    for (const struct yh_json *v = lines->first; v; v = v->next) {
        struct yh_charge_in *l = &k.line[k.nline++];
        enum yh_status st = read_line(a, v, k.nline, &k, &l->line, err);
        if (st)
            return st;
        l->batch = YH_S("1");
    }
    *out = k;
    return YH_OK;
}

/* ---- deciding ---- */

/* As the provider's own call would be, but by the agency: what the provider may do today is of no
 * matter, only what it is. */
static enum yh_status as_provider(struct yh_ctx *c, struct yh_call *call, yh_str provider,
                                  struct yh_err *err)
{
    struct yh_provider_row *p = YH_NEW(c->arena, struct yh_provider_row, 1);
    p->provider = provider;
    enum yh_status st = yh_get_provider(c->x, p, err);
    if (st == YH_NOT_FOUND)
        return yh_refuse(err, YH_REFUSE_PROVIDER_UNKNOWN, provider, NULL);
    if (st)
        return st;
    if (yh_region_locate(c->world->regions, p->office, c->today, &c->provider_place, NULL))
        return yh_refuse(err, YH_REFUSE_REGION_UNKNOWN, p->office, NULL);
    p->services = YH_S("");
    c->provider = p;
    call->provider = provider;
    return YH_OK;
}

static struct yh_visit_row visit_of(const struct claim *k, yh_str person, yh_str scheme)
{
    yh_str none = YH_S("");
    return (struct yh_visit_row){ .person = person,
                                  .scheme = scheme,
                                  .med_type = k->med_type,
                                  .begin_time = yh_day_time(k->begin),
                                  .end_time = k->stay ? yh_day_time(k->end) : 0,
                                  .number = k->invoice,
                                  .disease = k->disease,
                                  .disease_name = none,
                                  .setlway = none,
                                  .main_diagnosis = k->diagnosis,
                                  .main_diagnosis_name = k->diagnosis_name,
                                  .doctor = none,
                                  .doctor_name = none,
                                  .department = none,
                                  .department_name = none,
                                  .bed = none,
                                  .referral = none,
                                  .cert_type = YH_S("02"),
                                  .cert_no = none,
                                  .delivery = none,
                                  .extra = none };
}

static struct yh_settle_in settle_of(const struct claim *k, yh_str person, yh_str visit)
{
    yh_str none = YH_S("");
    return (struct yh_settle_in){ .person = person,
                                  .visit = visit,
                                  .batch = none,
                                  .scheme = none,
                                  .med_type = k->med_type,
                                  .setlway = none,
                                  .disease = k->disease,
                                  .account_flag = YH_S("0"),
                                  .invoice = k->invoice,
                                  .cert_type = YH_S("02"),
                                  .cert_no = none,
                                  .extra = none,
                                  .outpatient = !k->stay };
}

static yh_fen payable_of(const struct yh_settlement_row *s)
{
    return s->fund + s->account + s->relative + s->to_person;
}

/* Decides on a context that is not kept; for the pages and at the start. */
static enum yh_status quote(struct yh_ctx *c, struct yh_call *call, yh_str person,
                            yh_str scheme, const struct claim *k, struct yh_claim_result *out,
                            struct yh_err *err)
{
    struct yh_claim_result r = { .late = false };
    struct yh_visit_row v = visit_of(k, person, scheme);
    struct yh_settle_in in = settle_of(k, person, YH_S(""));
    struct yh_charge_in *line = YH_NEW(c->arena, struct yh_charge_in, k->nline);
    memcpy(line, k->line, (size_t)k->nline * sizeof *line);
    enum yh_status st = as_provider(c, call, k->provider, err);
    if (st == YH_OK)
        st = yh_purchase_trial(c, &v, &in, line, k->nline, &r.settled, err);
    if (st == YH_OK)
        st = yh_matter_last_day(c->world->matters, r.settled.row.region,
                                k->stay ? YH_S("stay") : YH_S("visit"), k->end, &r.last, NULL,
                                err);
    if (st)
        return st;
    r.payable = payable_of(&r.settled.row);
    r.late = c->today > r.last;
    *out = r;
    return YH_OK;
}

enum yh_status yh_claim_quote(const struct yh_matter_desk *d, yh_str person, yh_str scheme,
                              yh_str of, const struct yh_json *claim,
                              struct yh_claim_result *out, struct yh_err *err)
{
    struct yh_hand *h = YH_NEW(d->arena, struct yh_hand, 1);
    struct claim k;
    struct yh_member m;
    *h = (struct yh_hand){ .d = d };
    yh_hand_ctx(h, person);
    if (!d->world->matters)
        return yh_refuse(err, YH_REFUSE_MATTER_TABLES, YH_S(""), NULL);
    enum yh_status st = read_claim(d->arena, claim, of, &k, err);
    if (st == YH_OK)
        st = yh_member_open(&h->c, person, scheme, k.begin, &m, err);
    if (st == YH_OK && !m.enrolment)
        return yh_refuse(err, YH_REFUSE_NOT_ENROLLED, scheme, NULL);
    if (st)
        return st;
    h->call.office = m.enrolment->office;
    return quote(&h->c, &h->call, person, m.enrolment->scheme, &k, out, err);
}

/* ---- the invoice ---- */

static struct yh_invoice_row invoice_of(const struct yh_hand *h)
{
    const struct yh_json *v = yh_hand_json(h->d->arena, h->m.claim);
    return (struct yh_invoice_row){ .provider = text_of(v, "provider"),
                                    .invoice = text_of(v, "invoice"),
                                    .region = h->m.region,
                                    .grp = h->m.grp,
                                    .settlement = h->m.matter };
}

enum yh_status yh_claim_hold(struct yh_hand *h, struct yh_err *err)
{
    if (!h->m.claim.n)
        return YH_OK;
    struct yh_invoice_row mine = invoice_of(h), there = mine;
    enum yh_status st = yh_get_invoice(h->d->x, &there, err);
    if (st == YH_OK)
        return yh_refuse(err, YH_REFUSE_INVOICE_TWICE, mine.invoice, "%s %.*s",
                         there.settlement.n > 6 && there.settlement.p[6] == 'B' ? "办件"
                                                                                : "结算",
                         YH_ARG(there.settlement));
    return st == YH_NOT_FOUND ? yh_add_invoice(h->d->x, &mine, err) : st;
}

enum yh_status yh_claim_free(struct yh_hand *h, struct yh_err *err)
{
    if (!h->m.claim.n)
        return YH_OK;
    struct yh_invoice_row row = invoice_of(h);
    enum yh_status st = yh_get_invoice(h->d->x, &row, err);
    if (st == YH_OK && yh_eq(row.settlement, h->m.matter))
        st = yh_drop_invoice(h->d->x, &row, err);
    return st == YH_NOT_FOUND ? YH_OK : st;
}

/* ---- a matter ---- */

enum yh_status yh_claim_before(struct yh_hand *h, const struct yh_json *claim,
                               struct yh_err *err)
{
    struct claim k;
    struct yh_claim_result r;
    enum yh_status st = read_claim(h->d->arena, claim, h->kind->of, &k, err);
    if (st == YH_OK)
        st = yh_claim_quote(h->d, h->m.person, h->m.scheme, h->kind->of, claim, &r, err);
    if (st)
        return st;
    char day[16];
    if (r.late && !yh_hand_field(h, YH_FIELD_REASON).n)
        return yh_refuse(err, YH_REFUSE_CLAIM_LATE, yh_day_text(day, r.last), NULL);
    /* Kept as sent, with the one word that the review needs. */
    struct yh_buf out = yh_buf_in(h->d->arena);
    struct yh_jsonw w = yh_jsonw_on(&out);
    yh_jw_object(&w);
    for (const struct yh_json *v = claim->first; v; v = v->next) {
        if (yh_eq(v->key, YH_S("late")))
            continue;
        yh_jw_key(&w, v->key);
        if (v->kind == YH_JSON_ARRAY || v->kind == YH_JSON_OBJECT)
            yh_jw_raw(&w, v->text);
        else
            yh_jw_str(&w, yh_json_text(v));
    }
    yh_jw_kv_str(&w, "late", r.late ? YH_S("1") : YH_S("0"));
    yh_jw_end(&w, '}');
    h->m.claim = yh_buf_str(&out);
    h->m.scheme = r.settled.row.scheme;
    h->m.amount = r.payable;
    return yh_claim_hold(h, err);
}

static enum yh_status visit(struct yh_hand *h, const struct claim *k, struct yh_visit_row *out,
                            struct yh_err *err)
{
    struct yh_visit_row in = visit_of(k, h->m.person, h->m.scheme);
    struct yh_diagnosis_row d = { .kind = YH_S("1"),
                                  .sort = 1,
                                  .main = 1,
                                  .code = k->diagnosis,
                                  .name = k->diagnosis_name,
                                  .department = YH_S(""),
                                  .doctor = YH_S(""),
                                  .doctor_name = YH_S(""),
                                  .time = in.begin_time,
                                  .valid = 1,
                                  .extra = YH_S("") };
    int nd = k->diagnosis.n ? 1 : 0;
    yh_time end = in.end_time;
    in.end_time = 0;
    if (k->stay) {
        enum yh_status st = yh_stay_admit(&h->c, &in, &d, nd, out, err);
        if (st)
            return st;
        in.visit = out->visit;
        in.end_time = end;
        return yh_stay_discharge(&h->c, &in, &d, nd, err);
    }
    enum yh_status st = yh_visit_register(&h->c, &in, out, err);
    if (st)
        return st;
    in.visit = out->visit;
    return yh_visit_describe(&h->c, &in, &d, nd, err);
}

static enum yh_status settle(struct yh_hand *h, const struct claim *k, struct yh_settled *out,
                             struct yh_err *err)
{
    struct yh_visit_row v = { .person = h->m.person };
    enum yh_status st = visit(h, k, &v, err);
    for (int i = 0; i < k->nline; i++) {
        k->line[i].person = h->m.person;
        k->line[i].visit = v.visit;
    }
    if (st == YH_OK)
        st = yh_charges_add(&h->c, k->line, k->nline, err);
    struct yh_settle_in in = settle_of(k, h->m.person, v.visit);
    return st ? st : yh_settle(&h->c, &in, out, err);
}

enum yh_status yh_claim_now(struct yh_hand *h, struct yh_err *err)
{
    struct claim k;
    struct yh_settled s;
    struct yh_member m;
    enum yh_status st =
        read_claim(h->d->arena, yh_hand_json(h->d->arena, h->m.claim), h->kind->of, &k, err);
    if (st == YH_OK)
        st = yh_member_open(&h->c, h->m.person, h->m.scheme, k.begin, &m, err);
    if (st == YH_OK)
        st = as_provider(&h->c, &h->call, k.provider, err);
    if (st == YH_OK)
        st = yh_claim_free(h, err); /* the settlement takes it */
    if (st)
        return st;
    h->call.office = m.enrolment ? m.enrolment->office : YH_S("");
    h->call.msgid = yh_fmt(h->d->arena, "%.*s%.*s", YH_ARG(YH_MANUAL), YH_ARG(h->m.matter));
    if ((st = settle(h, &k, &s, err)) != YH_OK)
        return st;
    char text[32], total[32];
    h->m.made = s.row.settlement;
    h->m.made_seq = s.row.seq;
    h->m.amount =
        payable_of(&s.row); /* as booked: the year may have moved on since it was asked */
    h->m.result = yh_fmt(h->d->arena, "票据 %.*s，总费用 %.*s 元，应付本人 %.*s 元",
                         YH_ARG(k.invoice), YH_ARG(yh_dec_text(total, s.row.total, 2, 2)),
                         YH_ARG(yh_dec_text(text, h->m.amount, 2, 2)));
    return YH_OK;
}

enum yh_status yh_claim_back(struct yh_hand *h, struct yh_err *err)
{
    struct yh_settlement_row s;
    struct yh_settled undone;
    enum yh_status st = yh_settlement_by_no(&h->c, h->m.region, h->m.grp, h->m.made, &s, err);
    if (st == YH_OK)
        st = as_provider(&h->c, &h->call, s.provider, err);
    if (st)
        return st;
    h->call.office = s.office;
    h->call.msgid = s.msgid;
    st = yh_settle_undo(&h->c, s.person, s.visit, s.settlement, &undone, err);
    if (st)
        return st;
    struct yh_charge_ref all = { s.person, s.visit, YH_S("0000") };
    if (yh_is_stay(s.med_type)) {
        st = yh_lines_drop(&h->c, &all, 1, err);
        return st ? st : yh_stay_cancel(&h->c, s.person, s.visit, err);
    }
    st = yh_charges_drop(&h->c, s.person, s.visit, YH_S("0000"), err);
    return st ? st : yh_visit_cancel(&h->c, s.person, s.visit, YH_S(""), err);
}
