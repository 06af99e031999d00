/* service/undo.c -- taking back: undoing (2208 2305 2103) and reversal (2601). */
#include <inttypes.h>
#include <stdio.h>
#include "engine/ledger/ledger.h"
#include "service/casework/casework.h"
#include "service/inside.h"
#include "service/month.h"
#include "service/query.h"

enum yh_status yh_settlement_by_no(struct yh_ctx *c, yh_str region, int64_t grp, yh_str no,
                                   struct yh_settlement_row *out, struct yh_err *err)
{
    enum yh_status st = yh_settlement_with_id(c->x, region, grp, no, out, err);
    return st == YH_NOT_FOUND ? yh_refuse(err, YH_REFUSE_SETTLEMENT_UNKNOWN, no, NULL) : st;
}

enum yh_status yh_funds_of(struct yh_ctx *c, const struct yh_settlement_row *s,
                           struct yh_settlement_fund_row **f, int *n, struct yh_err *err)
{
    struct yh_settlement_fund_row like = { .region = s->region, .grp = s->grp, .seq = s->seq };
    enum yh_status st = yh_list_settlement_fund(
        c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like, f, n, err);
    for (int i = 1; st == YH_OK && i < *n; i++) /* kept by code, told in the order of payment */
        for (int k = i; k > 0 && (*f)[k].sort < (*f)[k - 1].sort; k--) {
            struct yh_settlement_fund_row swap = (*f)[k];
            (*f)[k] = (*f)[k - 1];
            (*f)[k - 1] = swap;
        }
    return st;
}

static bool kind_fits(yh_str infno, yh_str med_type)
{
    if (yh_eq(infno, YH_S("2208")))
        return !yh_is_stay(med_type) && !yh_is_pharmacy(med_type);
    if (yh_eq(infno, YH_S("2305")))
        return yh_is_stay(med_type);
    if (yh_eq(infno, YH_S("2103")))
        return !yh_is_stay(med_type);
    return true;
}

static bool touch(const struct yh_delta *a, int na, const struct yh_delta *b, int nb)
{
    for (int i = 0; i < na; i++)
        for (int k = 0; k < nb; k++)
            if (a[i].year == b[k].year && yh_eq(a[i].scheme, b[k].scheme) &&
                yh_eq(a[i].name, b[k].name) && yh_eq(a[i].sub, b[k].sub))
                return true;
    return false;
}

/* Settlements of the person, later in the group's commit sequence and in force, whose accumulators
 * stand on those of `s`; newest last. */
static enum yh_status later_of(struct yh_ctx *c, const struct yh_settlement_row *s,
                               const struct yh_delta *d, int nd, struct yh_settlement_row **out,
                               int *n, struct yh_err *err)
{
    struct yh_settlement_row like = { .region = s->region, .grp = s->grp }, *all = NULL;
    int nall = 0;
    struct yh_span span = {
        .index = YH_BY_KEY, .same = 2, .ranged = true, .from = s->seq + 1, .to = INT64_MAX
    };
    enum yh_status st = yh_list_settlement(c->x, span, &like, &all, &nall, err);
    *n = 0;
    for (int i = 0; st == YH_OK && i < nall; i++) {
        struct yh_delta *e = NULL;
        int ne = 0;
        if (!yh_eq(all[i].person, s->person) || all[i].undone_by.n || all[i].undoes.n)
            continue;
        st = yh_deltas_unpack(c->arena, all[i].deltas, &e, &ne, err);
        if (st == YH_OK && (touch(d, nd, e, ne) || yh_eq(all[i].visit, s->visit)))
            all[(*n)++] = all[i];
    }
    *out = all;
    return st;
}

static enum yh_status refuse_later(struct yh_ctx *c, const struct yh_settlement_row *s,
                                   const struct yh_settlement_row *later, int n,
                                   struct yh_err *err)
{
    struct yh_buf names = yh_buf_in(c->arena);
    for (int i = n - 1; i >= 0 && i >= n - 3; i--) {
        if (names.n)
            yh_putz(&names, "、");
        yh_put(&names, later[i].settlement);
    }
    if (n > 3)
        yh_putf(&names, "等 %d 笔", n);
    yh_putc(&names, '\0');
    return yh_refuse(err, YH_REFUSE_LATER_SETTLEMENTS, s->settlement, "%s", names.p);
}

/* ---- the mirror ---- */

static void negate(struct yh_settlement_row *r)
{
    int64_t *amount[] = { &r->total,      &r->outside,    &r->over,  &r->first,
                          &r->scope,      &r->deductible, &r->basic, &r->civil,
                          &r->enterprise, &r->serious,    &r->large, &r->assist,
                          &r->disabled,   &r->other,      &r->fund,  &r->person_part,
                          &r->account,    &r->relative,   &r->cash,  &r->hospital,
                          &r->to_person };
    for (int i = 0; i < YH_COUNT(amount); i++)
        *amount[i] = -*amount[i];
}

static enum yh_status mirror_entries(struct yh_ctx *c, const struct yh_settlement_row *s,
                                     const struct yh_settlement_row *undo, struct yh_err *err)
{
    struct yh_ledger_entry_row like = { .region = s->region, .grp = s->grp, .seq = s->seq };
    struct yh_ledger_entry_row *e = NULL;
    int n = 0;
    enum yh_status st = yh_list_ledger_entry(
        c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like, &e, &n, err);
    if (st)
        return st;
    struct yh_entry *entry = YH_NEW(c->arena, struct yh_entry, n);
    for (int i = 0; i < n; i++)
        entry[i] = (struct yh_entry){ e[i].account, e[i].debit, e[i].credit };
    struct yh_booking b = yh_book_undo(c->arena, (struct yh_booking){ entry, n });
    return yh_entries_add(c, undo->region, undo->grp, undo->seq, undo->settlement, b, err);
}

static enum yh_status give_back(struct yh_ctx *c, const struct yh_settlement_row *s,
                                yh_fen *balance, struct yh_err *err)
{
    struct yh_account_row a = { .region = s->region, .grp = s->grp, .person = s->person };
    enum yh_status st = yh_get_account(c->x, &a, err);
    if (st == YH_NOT_FOUND && s->account == 0) {
        *balance = 0;
        st = YH_OK;
    } else if (st == YH_OK) {
        a.balance += s->account;
        *balance = a.balance;
        if (s->account)
            st = yh_put_account(c->x, &a, err);
    }
    if (st == YH_OK && s->relative)
        st = yh_relative_return(c, s, err);
    return st;
}

/* Trace codes of the settlement may be sold again. */
static enum yh_status return_traces(struct yh_ctx *c, const struct yh_settlement_row *s,
                                    struct yh_err *err)
{
    struct yh_json *v = NULL;
    if (!s->extra.n || yh_find(s->extra, YH_S("\"trace\"")) < 0 ||
        yh_json_read(c->arena, s->extra, (struct yh_json_limits){ 0 }, &v, NULL))
        return YH_OK;
    const struct yh_json *codes = yh_json_get(v, YH_S("trace"));
    for (const struct yh_json *t = codes ? codes->first : NULL; t; t = t->next) {
        struct yh_trace_sale_row row = { .code = yh_json_text(t) };
        enum yh_status st = yh_get_trace_sale(c->x, &row, err);
        if (st == YH_NOT_FOUND || (st == YH_OK && !yh_eq(row.owner, s->visit)))
            continue; /* taken back (3506) and sold again since */
        if (st)
            return st;
        row.state = YH_S("returned");
        if ((st = yh_put_trace_sale(c->x, &row, err)) != YH_OK)
            return st;
    }
    return YH_OK;
}

static enum yh_status free_batches(struct yh_ctx *c, const struct yh_visit_row *v,
                                   const struct yh_settlement_row *s, struct yh_err *err)
{
    struct yh_charge_batch_row *b = NULL;
    int n = 0;
    enum yh_status st = yh_batches_of(c, v, &b, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        if (!yh_eq(b[i].settlement, s->settlement))
            continue;
        b[i].settlement = YH_S("");
        st = yh_put_charge_batch(c->x, &b[i], err);
    }
    return st;
}

static enum yh_status reopen(struct yh_ctx *c, struct yh_visit_row *v,
                             const struct yh_settlement_row *s, struct yh_err *err)
{
    if (s->interim)
        v->interims--;
    yh_assert(v->interims >= 0);
    if (!v->interims)
        v->stay_count = 0;
    bool stay = yh_is_stay(v->med_type);
    v->status = stay && v->end_time ? YH_S("discharged") : YH_S("open");
    return yh_put_visit(c->x, v, err);
}

enum yh_status yh_settlement_mirror(struct yh_ctx *c, const struct yh_settlement_row *s,
                                    struct yh_visit_row *v, struct yh_settlement_row *out,
                                    struct yh_settlement_fund_row **fund, int *nfund,
                                    struct yh_err *err)
{
    struct yh_settlement_row u = *s;
    negate(&u);
    enum yh_status st = yh_txn_next_seq(c->x, &u.seq, err);
    if (st)
        return st;
    u.settlement = yh_settlement_id(c->arena, u.region, u.grp, u.seq);
    u.kind = YH_S("undo");
    u.undoes = s->settlement;
    u.time = c->now;
    u.msgid = c->call->msgid;
    u.operator_no = c->call->operator_no;
    u.reasons = YH_S("[]");
    if (yh_eq(u.operator_no, YH_READJUDGED))
        u.clearing_type = YH_S("99");
    struct yh_delta *d = NULL;
    int nd = 0;
    if ((st = yh_deltas_unpack(c->arena, s->deltas, &d, &nd, err)) != YH_OK)
        return st;
    for (int i = 0; i < nd; i++)
        d[i].amount = -d[i].amount;
    u.deltas = yh_deltas_pack(c->arena, d, nd);
    if ((st = yh_funds_of(c, s, fund, nfund, err)) != YH_OK)
        return st;
    for (int i = 0; i < *nfund; i++) {
        (*fund)[i].amount = -(*fund)[i].amount;
        (*fund)[i].to_person = -(*fund)[i].to_person;
        (*fund)[i].scope = -(*fund)[i].scope;
    }
    if ((st = give_back(c, s, &u.balance, err)) != YH_OK)
        return st;
    yh_settled_check(&u, *fund, *nfund);
    st = yh_settlement_add(c, &u, *fund, *nfund, err);
    if (st == YH_OK)
        st = yh_accumulate(c, &u, d, nd, err);
    if (st == YH_OK)
        st = mirror_entries(c, s, &u, err);
    if (st == YH_OK)
        st = free_batches(c, v, s, err);
    if (st == YH_OK)
        st = reopen(c, v, s, err);
    if (st == YH_OK)
        st = return_traces(c, s, err);
    if (st == YH_OK && s->invoice.n) {
        struct yh_invoice_row inv = { .provider = s->provider, .invoice = s->invoice };
        st = yh_drop_invoice(c->x, &inv, err);
        st = st == YH_NOT_FOUND ? YH_OK : st;
    }
    if (st)
        return st;
    struct yh_settlement_row first = *s;
    first.undone_by = u.settlement;
    if ((st = yh_put_settlement(c->x, &first, err)) != YH_OK)
        return st;
    *out = u;
    return YH_OK;
}

/* ---- undoing ---- */

static const struct yh_plan *plan_named(const struct yh_world *w, yh_str id)
{
    struct yh_plan_list all = yh_world_plans(w);
    for (int i = 0; i < all.n; i++)
        if (yh_eq(all.plan[i].plan->id, id))
            return all.plan[i].plan;
    return NULL;
}

static enum yh_status undo(struct yh_ctx *c, struct yh_member *m, struct yh_visit_row *v,
                           const struct yh_settlement_row *s, struct yh_settled *out,
                           struct yh_err *err)
{
    if (s->undoes.n)
        return yh_refuse(err, YH_REFUSE_SETTLEMENT_IS_UNDO, s->settlement, NULL);
    if (s->undone_by.n)
        return yh_refuse(err, YH_REFUSE_SETTLEMENT_UNDONE, s->settlement, "撤销结算 %.*s",
                         YH_ARG(s->undone_by));
    struct yh_delta *d = NULL;
    struct yh_settlement_row *later = NULL;
    int nd = 0, nlater = 0;
    enum yh_status st = yh_list_voidable(c, s, err);
    if (st == YH_OK)
        st = yh_case_free(c->x, s->settlement, err);
    if (st == YH_OK)
        st = yh_deltas_unpack(c->arena, s->deltas, &d, &nd, err);
    if (st == YH_OK)
        st = later_of(c, s, d, nd, &later, &nlater, err);
    if (st)
        return st;
    const struct yh_plan *plan = plan_named(c->world, s->document);
    bool again = nlater && plan && plan->undo_readjudicates;
    /* Parts of one visit go newest first, whatever the document says. */
    for (int i = 0; i < nlater && again; i++) {
        again = !yh_eq(later[i].visit, s->visit);
        for (int k = 0; k < i && again; k++)
            again = !yh_eq(later[i].visit, later[k].visit);
    }
    if (nlater && !again)
        return refuse_later(c, s, later, nlater, err);
    if (again && (st = yh_readjudge_take(c, later, nlater, err)) != YH_OK)
        return st;
    struct yh_settled r = { .person = *m->person, .cert_type = v->cert_type };
    st = yh_settlement_mirror(c, s, v, &r.row, &r.fund, &r.nfund, err);
    if (st)
        return st;
    if (again && (st = yh_readjudge_settle(c, later, nlater, err)) != YH_OK)
        return st;
    if (m->enrolment)
        r.enrolment = *m->enrolment;
    r.age_tenths = yh_age_tenths((yh_day)m->person->born, c->today);
    c->made = r.row.settlement;
    *out = r;
    return YH_OK;
}

enum yh_status yh_settle_undo(struct yh_ctx *c, yh_str person, yh_str visit, yh_str settlement,
                              struct yh_settled *out, struct yh_err *err)
{
    struct yh_member m;
    struct yh_visit_row v;
    struct yh_settlement_row s;
    enum yh_status st = yh_case_open(c, person, visit, &m, &v, err);
    if (st == YH_OK)
        st = yh_settlement_by_no(c, v.region, v.grp, settlement, &s, err);
    if (st)
        return st;
    if (!yh_eq(s.visit, v.visit) || !yh_eq(s.person, v.person) ||
        !yh_eq(s.provider, v.provider) ||
        (yh_is_manual(&s) && !yh_starts(c->call->msgid, YH_MANUAL)))
        return yh_refuse(err, YH_REFUSE_SETTLEMENT_OTHER, settlement, NULL);
    if (!kind_fits(c->call->infno, s.med_type))
        return yh_refuse(err, YH_REFUSE_SETTLEMENT_KIND, settlement, "医疗类别 %.*s",
                         YH_ARG(s.med_type));
    return undo(c, &m, &v, &s, out, err);
}

/* ---- 2601 ---- */

static bool reversible(yh_str number)
{
    return yh_eq(number, YH_S("2102")) || yh_eq(number, YH_S("2207")) ||
           yh_eq(number, YH_S("2304")) || yh_eq(number, YH_S("2401"));
}

static enum yh_status reverse_made(struct yh_ctx *c, const struct yh_request_row *r,
                                   struct yh_err *err)
{
    struct yh_settled ignored;
    if (yh_eq(r->infno, YH_S("2401"))) {
        struct yh_visit_key_row key = { .visit = r->settlement };
        enum yh_status st = yh_get_visit_key(c->x, &key, err);
        if (st)
            return st;
        struct yh_visit_row v = {
            .region = key.region, .grp = key.grp, .person = key.person, .visit = key.visit
        };
        yh_txn_group(c->x, (struct yh_group){ key.region, key.grp });
        if ((st = yh_get_visit(c->x, &v, err)) != YH_OK)
            return st;
        if (yh_eq(v.status, YH_S("cancelled")))
            return YH_OK; /* cancelled by 2404 meanwhile: nothing is left to reverse */
        struct yh_err why = { 0 };
        st = yh_stay_cancel(c, key.person, r->settlement, &why);
        if (st == YH_CONFLICT && !yh_eq(yh_cstr(why.text), YH_S("")))
            return yh_refuse(err, YH_REFUSE_REVERSAL_BLOCKED, r->msgid, "%s", why.text);
        if (st && err)
            *err = why;
        return st;
    }
    struct yh_settlement_row s;
    yh_txn_group(c->x, (struct yh_group){ r->region, r->grp });
    enum yh_status st = yh_settlement_by_no(c, r->region, r->grp, r->settlement, &s, err);
    if (st)
        return st;
    if (s.undone_by.n)
        return YH_OK; /* undone by 2208 meanwhile: nothing is left to reverse */
    struct yh_member m;
    struct yh_visit_row v;
    st = yh_case_open(c, s.person, s.visit, &m, &v, err);
    return st ? st : undo(c, &m, &v, &s, &ignored, err);
}

/* The call of that key in the group it was made in: the office of the envelope chose among the
 * person's areas then, and may be another or missing now.  YH_NOT_FOUND: in none of them. */
static enum yh_status call_named(struct yh_ctx *c, yh_str omsgid, struct yh_request_row *out,
                                 struct yh_err *err)
{
    for (int i = 0; i < c->nkey; i++) {
        struct yh_request_row r = { .region = c->key[i].region,
                                    .grp = c->key[i].grp,
                                    .provider = c->call->provider,
                                    .msgid = omsgid };
        yh_txn_group(c->x, (struct yh_group){ r.region, r.grp });
        enum yh_status st = yh_get_request(c->x, &r, err);
        if (st == YH_OK)
            *out = r;
        if (st != YH_NOT_FOUND)
            return st;
    }
    return YH_NOT_FOUND;
}

/* A late original is refused in whichever of the person's areas it arrives. */
static enum yh_status lay_tombstones(struct yh_ctx *c, yh_str omsgid, yh_str number,
                                     struct yh_err *err)
{
    enum yh_status st = YH_OK;
    for (int i = 0; st == YH_OK && i < c->nkey; i++) {
        struct yh_request_row r = { .region = c->key[i].region,
                                    .grp = c->key[i].grp,
                                    .provider = c->call->provider,
                                    .msgid = omsgid,
                                    .infno = number,
                                    .state = YH_S("tombstone"),
                                    .digest = YH_S(""),
                                    .settlement = YH_S(""),
                                    .reply = YH_S(""),
                                    .time = c->now };
        yh_txn_group(c->x, (struct yh_group){ r.region, r.grp });
        st = yh_add_request(c->x, &r, err);
    }
    return st;
}

enum yh_status yh_reverse(struct yh_ctx *c, yh_str person, yh_str omsgid, yh_str number,
                          struct yh_err *err)
{
    if (number.n && !reversible(number))
        return yh_refuse(err, YH_REFUSE_REVERSAL_NUMBER, number, NULL);
    if (!omsgid.n)
        return yh_refuse(err, YH_REFUSE_MSGID_EMPTY, omsgid, NULL);
    /* The calls that can be reversed all name a person: of one that is not known there is none, and
     * "done" would be taken for an answer about a bill that stands. */
    if (!c->nkey)
        return yh_refuse(err, YH_REFUSE_PERSON_UNKNOWN, person, NULL);
    struct yh_request_row r;
    enum yh_status st = call_named(c, omsgid, &r, err);
    if (st == YH_NOT_FOUND)
        return lay_tombstones(c, omsgid, number, err);
    if (st)
        return st;
    if (yh_eq(r.state, YH_S("tombstone")) || yh_eq(r.state, YH_S("undone")))
        return YH_OK;
    if (number.n && !yh_eq(number, r.infno))
        return yh_refuse(err, YH_REFUSE_REVERSAL_DIFFERS, number, "原交易是 %.*s",
                         YH_ARG(r.infno));
    if (!reversible(r.infno))
        return yh_refuse(err, YH_REFUSE_REVERSAL_NUMBER, r.infno, NULL);
    if ((st = reverse_made(c, &r, err)) != YH_OK)
        return st;
    yh_txn_group(c->x, (struct yh_group){ r.region, r.grp });
    r.state = YH_S("undone");
    return yh_put_request(c->x, &r, err);
}
