/* service/matter/reimburse.c -- a bill that the person paid, reimbursed by hand (手工、零星报销).
 *
 * The same engine, the same settlement, the same year: but the provider was paid already, so the agency
 * owes the person (engine/ledger: provider ""), and an invoice is settled with once, here or online. */
#include <stdio.h>
#include <string.h>
#include "service/inside.h"
#include "service/matter/inside.h"

static yh_str text_of(const struct yh_json *v, const char *name)
{
    return yh_trim(yh_json_text(yh_json_get(v, yh_cstr(name))));
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

static struct yh_visit_row visit_of(const struct yh_claim *k, yh_str person, yh_str scheme)
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

static struct yh_settle_in settle_of(const struct yh_claim *k, yh_str person, yh_str visit)
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

/* A refusal of the engine's own use cases is one more thing to tell; that a table is missing or the store
 * is busy is not. */
static bool is_told(enum yh_status st)
{
    return st == YH_BAD_INPUT || st == YH_CONFLICT || st == YH_DENIED || st == YH_NOT_FOUND;
}

/* Decides on a context that is not kept. */
static enum yh_status decide(struct yh_ctx *c, struct yh_call *call, yh_str person,
                             yh_str scheme, const struct yh_claim *k, struct yh_settled *out,
                             struct yh_err *err)
{
    struct yh_visit_row v = visit_of(k, person, scheme);
    struct yh_settle_in in = settle_of(k, person, YH_S(""));
    struct yh_charge_in *line = YH_NEW(c->arena, struct yh_charge_in, k->nline);
    memcpy(line, k->line, (size_t)k->nline * sizeof *line);
    enum yh_status st = as_provider(c, call, k->provider, err);
    return st ? st : yh_purchase_trial(c, &v, &in, line, k->nline, out, err);
}

/* Until when it may be brought, as far as its days are known. */
static enum yh_status deadline(struct yh_ctx *c, yh_str region, const struct yh_claim *k,
                               struct yh_claim_result *r, struct yh_err *err)
{
    const struct yh_matter_deadline *row = NULL;
    r->basis = YH_S("");
    if (!k->days)
        return YH_OK;
    enum yh_status st =
        yh_matter_last_day(c->world->matters, region, k->stay ? YH_S("stay") : YH_S("visit"),
                           k->end, &r->last, &row, err);
    if (st)
        return st;
    r->late = c->today > r->last;
    r->basis = row->basis;
    r->standing = row->standing;
    return YH_OK;
}

enum yh_status yh_claim_quote(const struct yh_matter_desk *d, yh_str person, yh_str scheme,
                              yh_str of, const struct yh_json *claim,
                              struct yh_claim_result *out, struct yh_err *err)
{
    struct yh_hand *h = YH_NEW(d->arena, struct yh_hand, 1);
    struct yh_claim_result r = { .last = 0 };
    struct yh_claim k;
    struct yh_member m;
    struct yh_err why = { 0 };
    *h = (struct yh_hand){ .d = d };
    yh_hand_ctx(h, person);
    if (!d->world->matters)
        return yh_refuse(err, YH_REFUSE_MATTER_TABLES, YH_S(""), NULL);
    enum yh_status st = yh_claim_read(&h->c, claim, of, YH_S(""), &k, &r.fault, &r.nfault, err);
    if (st == YH_OK)
        st = yh_member_open(&h->c, person, scheme, k.days ? k.begin : h->c.today, &m, err);
    if (st == YH_OK && !m.enrolment)
        return yh_refuse(err, YH_REFUSE_NOT_ENROLLED, scheme, NULL);
    if (st == YH_OK)
        st = deadline(&h->c, m.person->region, &k, &r, err);
    if (st)
        return st;
    h->call.office = m.enrolment->office;
    if (!r.nfault) {
        st = decide(&h->c, &h->call, person, m.enrolment->scheme, &k, &r.settled, &why);
        if (is_told(st))
            r.fault = yh_claim_refused(d->arena, &why), r.nfault = 1;
        else if (st)
            return yh_fail(err, st, "%s", why.text);
        else
            r.payable = payable_of(&r.settled.row);
    }
    *out = r;
    return YH_OK;
}

/* The first fault, for a caller that can show but one. */
static enum yh_status first_fault(const struct yh_claim_fault *f, int n, struct yh_err *err)
{
    char line[32] = "", all[64] = "", field[32];
    (void)snprintf(field, sizeof field, "%.*s", YH_ARG(f->field));
    if (f->line)
        (void)snprintf(line, sizeof line, "第 %d 行明细：", f->line);
    if (n > 1)
        (void)snprintf(all, sizeof all, "（共 %d 处要改，试算时全部列出）", n);
    return yh_fail_field(err, f->status, field, NULL, "%s%.*s%s%.*s%s", line, YH_ARG(f->what),
                         f->cure.n ? "；" : "", YH_ARG(f->cure), all);
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

enum yh_status yh_claim_invoice_twice(yh_str invoice, yh_str there, struct yh_err *err)
{
    return yh_refuse(err, YH_REFUSE_INVOICE_TWICE, invoice, "%s %.*s",
                     there.n > 6 && there.p[6] == 'B' ? "办件" : "结算", YH_ARG(there));
}

enum yh_status yh_claim_hold(struct yh_hand *h, struct yh_err *err)
{
    if (!h->m.claim.n)
        return YH_OK;
    struct yh_invoice_row mine = invoice_of(h), there = mine;
    enum yh_status st = yh_get_invoice(h->d->x, &there, err);
    if (st == YH_OK)
        return yh_claim_invoice_twice(mine.invoice, there.settlement, err);
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
    struct yh_claim_result r;
    enum yh_status st =
        yh_claim_quote(h->d, h->m.person, h->m.scheme, h->kind->of, claim, &r, err);
    if (st == YH_OK && r.nfault)
        st = first_fault(r.fault, r.nfault, err);
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

static enum yh_status visit(struct yh_hand *h, const struct yh_claim *k,
                            struct yh_visit_row *out, struct yh_err *err)
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

static enum yh_status settle(struct yh_hand *h, const struct yh_claim *k,
                             struct yh_settled *out, struct yh_err *err)
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
    struct yh_claim k;
    struct yh_settled s;
    struct yh_member m;
    struct yh_claim_fault *fault = NULL;
    int nfault = 0;
    enum yh_status st = yh_claim_read(&h->c, yh_hand_json(h->d->arena, h->m.claim), h->kind->of,
                                      h->m.matter, &k, &fault, &nfault, err);
    if (st == YH_OK && nfault)
        st = first_fault(fault, nfault, err);
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
