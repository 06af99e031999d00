/* service/matter/effect.c -- what a matter carries out when it is granted, and how that is undone. */
#include "engine/ledger/ledger.h"
#include "service/consent.h"
#include "service/filing.h"
#include "service/inside.h"
#include "service/matter/inside.h"

/* ---- filings ---- */

static struct yh_filing_row filing_of(const struct yh_hand *h)
{
    yh_str of = h->kind->of, number = yh_cut(&of, ' ');
    yh_day from = h->c.today, to = 0;
    yh_str code = yh_trim(of), day = yh_hand_field(h, YH_FIELD_FROM);
    if (day.n && yh_day_parse(day, &from, NULL))
        from = h->c.today;
    if ((day = yh_hand_field(h, YH_FIELD_TO)).n && yh_day_parse(day, &to, NULL))
        to = 0;
    if (yh_eq(number, YH_S("2503")))
        code = yh_hand_field(h, YH_FIELD_DISEASE);
    if (yh_eq(number, YH_S("2507")))
        code = yh_hand_field(h, YH_FIELD_PAYABLE);
    return (struct yh_filing_row){ .person = h->m.person,
                                   .kind = number,
                                   .scheme = h->m.scheme,
                                   .provider = yh_hand_field(h, YH_FIELD_PROVIDER),
                                   .code = code,
                                   .from_day = from,
                                   .to_day = to,
                                   .body = h->m.fields };
}

static enum yh_status file(struct yh_hand *h, struct yh_err *err)
{
    struct yh_filing_row in = filing_of(h), made;
    char from[16], to[16];
    enum yh_status st = yh_file_make(&h->c, &in, &made, err);
    if (st)
        return st;
    /* A promise stays a filing of the person's own; what a clerk grants is approved. */
    if (h->d->officer.n) {
        made.state = YH_S("approved");
        if ((st = yh_put_filing(h->d->x, &made, err)) != YH_OK)
            return st;
    }
    h->m.made = made.serial;
    bool open = made.to_day >= YH_DAY_MAX;
    h->m.result =
        yh_fmt(h->d->arena, "已登记，编号 %.*s，自 %.*s 起%s%.*s", YH_ARG(made.serial),
               YH_ARG(yh_day_text(from, (yh_day)made.from_day)), open ? "长期有效" : "至 ",
               YH_ARG(open ? YH_S("") : yh_day_text(to, (yh_day)(made.to_day - 1))));
    return YH_OK;
}

/* The person's filing of that number and kind; YH_NOT_FOUND. */
static enum yh_status filing_named(struct yh_hand *h, yh_str kind, yh_str serial,
                                   struct yh_filing_row *out, struct yh_err *err)
{
    struct yh_filing_row f = { .region = h->m.region,
                               .grp = h->m.grp,
                               .person = h->m.person,
                               .kind = kind,
                               .serial = serial };
    enum yh_status st = yh_get_filing(h->d->x, &f, err);
    if (st == YH_NOT_FOUND)
        return yh_refuse(err, YH_REFUSE_FILING_UNKNOWN, serial, NULL);
    if (st == YH_OK)
        *out = f;
    return st;
}

static enum yh_status unfile(struct yh_hand *h, struct yh_err *err)
{
    struct yh_filing_row f;
    yh_str serial = yh_hand_field(h, YH_FIELD_FILING);
    enum yh_status st = filing_named(h, h->kind->of, serial, &f, err);
    if (st)
        return st;
    if (!yh_eq(f.state, YH_S("filed")) && !yh_eq(f.state, YH_S("approved")))
        return yh_refuse(err, YH_REFUSE_FILING_UNDONE, serial, NULL);
    h->m.made = yh_fmt(h->d->arena, "%.*s %.*s", YH_ARG(f.state), YH_ARG(serial));
    h->m.result = yh_fmt(h->d->arena, "已取消备案 %.*s", YH_ARG(serial));
    f.state = YH_S("undone");
    f.memo = h->m.matter;
    return yh_put_filing(h->d->x, &f, err);
}

static enum yh_status filing_back(struct yh_hand *h, struct yh_err *err)
{
    struct yh_filing_row f;
    yh_str of = h->kind->of;
    enum yh_status st = filing_named(h, yh_cut(&of, ' '), h->m.made, &f, err);
    if (st)
        return st;
    f.state = YH_S("undone");
    f.memo = h->note;
    return yh_put_filing(h->d->x, &f, err);
}

static enum yh_status unfile_back(struct yh_hand *h, struct yh_err *err)
{
    struct yh_filing_row f;
    yh_str serial = h->m.made, state = yh_cut(&serial, ' ');
    enum yh_status st = filing_named(h, h->kind->of, serial, &f, err);
    if (st)
        return st;
    f.state = state;
    f.memo = h->note;
    return yh_put_filing(h->d->x, &f, err);
}

/* ---- the personal account ---- */

static enum yh_status account_of(struct yh_hand *h, struct yh_account_row *a,
                                 struct yh_err *err)
{
    *a = (struct yh_account_row){ .region = h->m.region,
                                  .grp = h->m.grp,
                                  .person = h->m.person };
    enum yh_status st = yh_get_account(h->d->x, a, err);
    return st == YH_NOT_FOUND ? yh_refuse(err, YH_REFUSE_MATTER_EMPTY, h->m.person, NULL) : st;
}

static enum yh_status withdrawal(struct yh_hand *h, struct yh_err *err)
{
    struct yh_account_row a;
    enum yh_status st = account_of(h, &a, err);
    if (st == YH_OK && (a.frozen || a.held || a.balance <= 0))
        return yh_refuse(err, YH_REFUSE_MATTER_EMPTY, h->m.person, NULL);
    if (st == YH_OK)
        h->m.amount = a.balance;
    return st;
}

static enum yh_status booked(struct yh_hand *h, struct yh_booking b, struct yh_err *err)
{
    int64_t seq = 0;
    enum yh_status st = yh_txn_next_seq(h->d->x, &seq, err);
    if (st == YH_OK)
        st = yh_entries_add(&h->c, h->m.region, h->m.grp, seq, YH_S(""), b, err);
    if (st == YH_OK)
        h->m.made_seq = seq;
    return st;
}

static enum yh_status withdraw(struct yh_hand *h, struct yh_err *err)
{
    struct yh_account_row a;
    enum yh_status st = account_of(h, &a, err);
    /* What the balance is now, not what it was when it was asked for; the reviewers saw an amount, so
     * more than that is not paid. */
    if (st == YH_OK && (a.frozen || a.held || a.balance < h->m.amount))
        return yh_refuse(err, YH_REFUSE_MATTER_EMPTY, h->m.person, "申请时余额与现余额不同");
    if (st)
        return st;
    a.balance -= h->m.amount;
    char text[32];
    h->m.result =
        yh_fmt(h->d->arena, "已核准支取 %.*s 元", YH_ARG(yh_dec_text(text, h->m.amount, 2, 2)));
    st = yh_put_account(h->d->x, &a, err);
    return st ? st : booked(h, yh_book_withdrawal(h->d->arena, h->m.person, h->m.amount), err);
}

static enum yh_status withdraw_back(struct yh_hand *h, struct yh_err *err)
{
    struct yh_account_row a;
    enum yh_status st = account_of(h, &a, err);
    if (st)
        return st;
    a.balance += h->m.amount;
    struct yh_booking b = yh_book_withdrawal(h->d->arena, h->m.person, h->m.amount);
    st = yh_put_account(h->d->x, &a, err);
    return st ? st : booked(h, yh_book_undo(h->d->arena, b), err);
}

/* ---- contact ---- */

static enum yh_status person_of(struct yh_hand *h, struct yh_person_row *p, struct yh_err *err)
{
    *p =
        (struct yh_person_row){ .region = h->m.region, .grp = h->m.grp, .person = h->m.person };
    return yh_get_person(h->d->x, p, err);
}

static enum yh_status contact(struct yh_hand *h, struct yh_err *err)
{
    struct yh_person_row p;
    yh_str phone = yh_hand_field(h, YH_FIELD_PHONE),
           address = yh_hand_field(h, YH_FIELD_ADDRESS);
    if (!phone.n && !address.n)
        return yh_refuse(err, YH_REFUSE_MATTER_FIELD, YH_S(""), "联系电话与地址至少填一项");
    enum yh_status st = person_of(h, &p, err);
    if (st)
        return st;
    struct yh_buf old = yh_buf_in(h->d->arena);
    struct yh_jsonw w = yh_jsonw_on(&old);
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "phone", p.phone);
    yh_jw_kv_str(&w, "address", p.address);
    yh_jw_end(&w, '}');
    h->m.made = yh_buf_str(&old);
    h->m.result = YH_S("联系方式已变更");
    p.phone = phone.n ? phone : p.phone;
    p.address = address.n ? address : p.address;
    return yh_put_person(h->d->x, &p, err);
}

static enum yh_status contact_back(struct yh_hand *h, struct yh_err *err)
{
    struct yh_person_row p;
    enum yh_status st = person_of(h, &p, err);
    if (st)
        return st;
    const struct yh_json *old = yh_hand_json(h->d->arena, h->m.made);
    p.phone = yh_json_text(yh_json_get(old, YH_S("phone")));
    p.address = yh_json_text(yh_json_get(old, YH_S("address")));
    return yh_put_person(h->d->x, &p, err);
}

/* ---- guardians ---- */

/* The child that the fields name, insured in the same pool; name and number must both be right. */
static enum yh_status ward_of(struct yh_hand *h, yh_str *child, struct yh_err *err)
{
    yh_str name = yh_hand_field(h, YH_FIELD_WARD), cert = yh_hand_field(h, YH_FIELD_WARD_CERT);
    struct yh_person_key_row like = { .kind = YH_S("cert"),
                                      .value = yh_fmt(h->d->arena, "01:%.*s", YH_ARG(cert)) },
                             *key = NULL;
    int n = 0;
    enum yh_status st = yh_list_person_key(
        h->d->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &like, &key, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_person_row p = { .region = key[i].region,
                                   .grp = key[i].grp,
                                   .person = key[i].person };
        if (!yh_eq(key[i].region, h->m.region) || yh_get_person(h->d->x, &p, NULL) ||
            !yh_eq(p.name, name))
            continue;
        *child = p.person;
        return YH_OK;
    }
    return st ? st : yh_refuse(err, YH_REFUSE_GUARD_WARD, name, NULL);
}

static enum yh_status guard(struct yh_hand *h, bool enter, struct yh_err *err)
{
    yh_str child = YH_S("");
    enum yh_status st = ward_of(h, &child, err);
    if (st == YH_OK)
        st = enter ? yh_guard_enter(h->d->x, h->d->now, child, h->m.person,
                                    yh_hand_field(h, YH_FIELD_RELATION), err)
                   : yh_guard_end(h->d->x, h->d->now, child, h->m.person, err);
    if (st)
        return st;
    h->m.made = child;
    h->m.result = enter ? YH_S("已登记为监护人，可查看与代办，到孩子十八周岁的前一日止")
                        : YH_S("监护登记已终止");
    return YH_OK;
}

static enum yh_status guard_back(struct yh_hand *h, bool entered, struct yh_err *err)
{
    return entered ? yh_guard_end(h->d->x, h->d->now, h->m.made, h->m.person, err)
                   : yh_guard_enter(h->d->x, h->d->now, h->m.made, h->m.person,
                                    yh_hand_field(h, YH_FIELD_RELATION), err);
}

/* ---- all of them ---- */

/* A filing is tried where it can be refused at once: while the person stands at the window. */
static enum yh_status disease_fits(struct yh_hand *h, struct yh_err *err)
{
    yh_str code = yh_hand_field(h, YH_FIELD_DISEASE);
    uint32_t id = YH_CODE_NONE;
    if (!code.n)
        return YH_OK;
    if (yh_catalog_find(h->d->world->catalog, YH_SPACE_CHRONIC, code, h->c.today, &id) !=
        YH_FOUND)
        return yh_refuse(err, YH_REFUSE_FILING_CODE, code, NULL);
    return YH_OK;
}

enum yh_status yh_effect_before(struct yh_hand *h, const struct yh_json *claim,
                                struct yh_err *err)
{
    switch (h->kind->effect) {
    case YH_EFFECT_FILING: return disease_fits(h, err);
    case YH_EFFECT_REIMBURSE: return yh_claim_before(h, claim, err);
    case YH_EFFECT_ACCOUNT: return withdrawal(h, err);
    case YH_EFFECT_GUARD:
    case YH_EFFECT_UNGUARD: {
        /* At the window at once; online the answer would tell whether there is such a child. */
        yh_str child;
        return h->d->officer.n ? ward_of(h, &child, err) : YH_OK;
    }
    case YH_EFFECT_NONE:
    case YH_EFFECT_UNFILE:
    case YH_EFFECT_CONTACT:
    case YH_EFFECTS: break;
    }
    return YH_OK;
}

enum yh_status yh_effect_now(struct yh_hand *h, bool *pays, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    switch (h->kind->effect) {
    case YH_EFFECT_FILING: st = file(h, err); break;
    case YH_EFFECT_UNFILE: st = unfile(h, err); break;
    case YH_EFFECT_REIMBURSE: st = yh_claim_now(h, err); break;
    case YH_EFFECT_ACCOUNT: st = withdraw(h, err); break;
    case YH_EFFECT_CONTACT: st = contact(h, err); break;
    case YH_EFFECT_GUARD: st = guard(h, true, err); break;
    case YH_EFFECT_UNGUARD: st = guard(h, false, err); break;
    case YH_EFFECT_NONE: h->m.result = YH_S("已出具"); break;
    case YH_EFFECTS: break;
    }
    *pays = h->m.amount > 0 &&
            (h->kind->effect == YH_EFFECT_REIMBURSE || h->kind->effect == YH_EFFECT_ACCOUNT);
    return st;
}

enum yh_status yh_effect_back(struct yh_hand *h, struct yh_err *err)
{
    switch (h->kind->effect) {
    case YH_EFFECT_FILING: return filing_back(h, err);
    case YH_EFFECT_UNFILE: return unfile_back(h, err);
    case YH_EFFECT_REIMBURSE: return yh_claim_back(h, err);
    case YH_EFFECT_ACCOUNT: return withdraw_back(h, err);
    case YH_EFFECT_CONTACT: return contact_back(h, err);
    case YH_EFFECT_GUARD: return guard_back(h, true, err);
    case YH_EFFECT_UNGUARD: return guard_back(h, false, err);
    case YH_EFFECT_NONE:
    case YH_EFFECTS: break;
    }
    return YH_OK;
}
