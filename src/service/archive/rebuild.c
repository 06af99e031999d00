#include "service/archive/rebuild.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engine/replay/walk.h"
#include "service/inside.h"
#include "service/lists.h"

#define TABLES ((size_t)4 << 30)
#define GROUP ((size_t)1 << 30)
#define BATCH_HEADS 2048 /* what a part hands over at once … */
#define BATCH_PERSONS 8192
#define BATCHES 2 /* … while it makes the next */

/* What all parts share: written before they begin to write bills, read by them. */
struct year {
    const struct yh_world *world;
    uint32_t region;
    char region_text[8];
    int year;
    struct yh_arena tables;
    struct yh_arc_dicts dicts;
    struct yh_provider_row *provider;
    int nprovider;
    struct yh_map provider_at;
    yh_str provider_bytes;
    struct yh_arc_chunk provider_chunk;
    struct yh_lens lens;
    struct yh_lens_plans plans;
    pthread_mutex_t mutex; /* guards what parts hand over */
    pthread_cond_t changed;
    bool stop;                /* somebody failed */
    const atomic_bool *asked; /* to stop; NULL */
};

static const char *const SUM[] = { "hifp_pay",        "hifmi_pay",       "hifob_pay",
                                   "hifes_pay",       "cvlserv_pay",     "maf_pay",
                                   "hifdm_pay",       "oth_pay",         "hosp_part_amt",
                                   "acct_pay",        "acct_mulaid_pay", "to_person",
                                   "act_pay_dedc",    "medfee_sumamt",   "fulamt_ownpay_amt",
                                   "overlmt_selfpay", "preselfpay_amt",  "inscp_scp_amt" };

struct batch {
    struct yh_arena rows;
    struct yh_arc_builder b;
    int64_t person, head; /* the next group's, for who takes */
    bool full;
};

/* One node's part of the year, on a thread and a snapshot of its own. */
struct maker {
    struct year *y;
    struct yh_arena names, group;
    struct yh_txn x;
    struct yh_arc_dicts words; /* those of this part */
    int64_t *grp;              /* its groups, rising */
    int ngrp, grp_cap;
    struct yh_walk walk;
    struct batch batch[BATCHES];
    int making, taking;
    struct yh_arc_builder *b; /* of the batch in the making */
    bool unknown;             /* a word that the first reading did not meet */
    bool ended;
    enum yh_status st;
    struct yh_err err;
    struct yh_rebuild_report r; /* of this part */
    int64_t shown_grp[YH_REBUILD_SHOWN], bills;
    yh_fen books[YH_COUNT(SUM)];
};

/* One account group as the store has it. */
struct rows {
    struct yh_person_row *person;
    struct yh_enrolment_row *enrolment;
    struct yh_identity_row *identity;
    struct yh_account_row *account;
    struct yh_accumulator_row *accumulator;
    struct yh_settlement_row *settlement;
    struct yh_settlement_fund_row *fund;
    struct yh_ledger_entry_row *entry;
    struct yh_diagnosis_row *diagnosis;
    int nperson, nenrolment, nidentity, naccount, naccumulator, nsettlement, nfund, nentry,
        ndiagnosis;
};

static int64_t word(struct maker *m, enum yh_arc_dict_id d, yh_str s)
{
    int64_t id = yh_arc_dict_find(&m->y->dicts, d, s);
    m->unknown |= id < 0;
    return yh_max(id, 0);
}

static enum yh_status load(struct maker *m, int64_t grp, struct rows *r, struct yh_err *err)
{
    yh_str region = { m->y->region_text, 6 };
    struct yh_span same = { .index = YH_BY_KEY, .same = 2 };
    enum yh_status st = YH_OK;
    *r = (struct rows){ 0 };
#define LIST(t)                                                      \
    if (st == YH_OK) {                                               \
        struct yh_##t##_row like = { .region = region, .grp = grp }; \
        st = yh_list_##t(&m->x, same, &like, &r->t, &r->n##t, err);  \
    }
    LIST(person)
    LIST(enrolment)
    LIST(identity)
    LIST(account)
    LIST(accumulator)
    LIST(settlement)
    struct yh_settlement_fund_row fund = { .region = region, .grp = grp };
    if (st == YH_OK)
        st = yh_list_settlement_fund(&m->x, same, &fund, &r->fund, &r->nfund, err);
    struct yh_ledger_entry_row entry = { .region = region, .grp = grp };
    if (st == YH_OK)
        st = yh_list_ledger_entry(&m->x, same, &entry, &r->entry, &r->nentry, err);
    LIST(diagnosis)
#undef LIST
    return st;
}

/* ---- who ---- */

static bool in_year(const struct maker *m, const struct yh_settlement_row *s)
{
    return s->year == m->y->year && yh_eq(s->kind, YH_S("settle")) && !s->undone_by.n;
}

/* What an accumulator held before the year's settlements: the value less what they added. */
static enum yh_status openings(struct maker *m, const struct rows *r,
                               const struct yh_person_row *p, int at, struct yh_err *err)
{
    for (int i = 0; i < r->naccumulator; i++) {
        const struct yh_accumulator_row *a = &r->accumulator[i];
        if (!yh_eq(a->person, p->person) || (a->year != m->y->year && a->year != 0) ||
            yh_starts(a->name, YH_S("#")))
            continue;
        int64_t value = a->value;
        for (int k = 0; k < r->nsettlement; k++) {
            struct yh_delta *d = NULL;
            int n = 0;
            if (!in_year(m, &r->settlement[k]) || !yh_eq(r->settlement[k].person, p->person))
                continue;
            enum yh_status st =
                yh_deltas_unpack(&m->group, r->settlement[k].deltas, &d, &n, err);
            if (st)
                return st;
            for (int j = 0; j < n; j++)
                if (d[j].year == a->year && yh_eq(d[j].scheme, a->scheme) &&
                    yh_eq(d[j].name, a->name) && yh_eq(d[j].sub, a->sub))
                    value -= d[j].amount;
        }
        if (!value)
            continue;
        struct yh_arc_opening o = { .scheme = word(m, YH_DICT_SCHEME, a->scheme),
                                    .year = a->year,
                                    .acc = word(m, YH_DICT_ACC, a->name),
                                    .sub = word(m, YH_DICT_SUB, a->sub),
                                    .value = value };
        (void)yh_arc_add_opening(m->b, &o);
        yh_walk_opening(&m->walk, at, &o);
    }
    return YH_OK;
}

static enum yh_status add_person(struct maker *m, const struct rows *r, int at,
                                 struct yh_err *err)
{
    const struct yh_person_row *p = &r->person[at];
    struct yh_arc_person x = { .grp = p->grp,
                               .sex = p->sex.n ? p->sex.p[0] - '0' : 9,
                               .born = p->born,
                               .died = p->died,
                               .income = -1,
                               .balance = -1 };
    for (int i = 0; i < r->naccount; i++)
        if (yh_eq(r->account[i].person, p->person)) {
            const struct yh_account_row *a = &r->account[i];
            x.balance = a->balance;
            for (int k = 0; k < r->nsettlement; k++)
                if (in_year(m, &r->settlement[k]) && yh_eq(r->settlement[k].person, p->person))
                    x.balance += r->settlement[k].account;
        }
    for (int i = 0; i < r->nenrolment; i++)
        if (yh_eq(r->enrolment[i].person, p->person))
            x.district = word(m, YH_DICT_OFFICE, r->enrolment[i].office);
    x.person = yh_arc_text_in(m->b, p->person);
    (void)yh_arc_add_person(m->b, &x);
    for (int i = 0; i < r->nenrolment; i++) {
        const struct yh_enrolment_row *e = &r->enrolment[i];
        if (!yh_eq(e->person, p->person))
            continue;
        struct yh_arc_enrolment y = { .scheme = word(m, YH_DICT_SCHEME, e->scheme),
                                      .kind = word(m, YH_DICT_PSN_KIND, e->kind),
                                      .office = word(m, YH_DICT_OFFICE, e->office),
                                      .from_day = e->from_day,
                                      .to_day = e->to_day,
                                      .status = e->status.n ? e->status.p[0] - '0' : 0,
                                      .civil_servant = e->civil_servant,
                                      .waiting_until = e->waiting_until,
                                      .frozen_from = e->frozen_from,
                                      .frozen_until = e->frozen_until,
                                      .months = e->months,
                                      .clean_years = e->clean_years,
                                      .as_of = e->as_of };
        (void)yh_arc_add_enrolment(m->b, &y);
    }
    for (int i = 0; i < r->nidentity; i++) {
        const struct yh_identity_row *d = &r->identity[i];
        struct yh_arc_identity y = { word(m, YH_DICT_IDENT, d->kind), d->from_day, d->to_day };
        if (yh_eq(d->person, p->person))
            (void)yh_arc_add_identity(m->b, &y);
    }
    return openings(m, r, p, at, err);
}

/* ---- what was settled ---- */

static yh_str name_of(const struct yh_plan *p, enum yh_dim dim, int64_t ordinal)
{
    for (int i = 0; i < p->nkind; i++)
        if (p->kind[i].dim == dim && p->kind[i].ordinal == ordinal)
            return p->kind[i].name;
    return YH_S("");
}

/* Stays so far and the last discharge, as they stood before settlement `at`. */
static void history(const struct rows *r, int at, int64_t *stays, int64_t *left, int *joined_of)
{
    const struct yh_settlement_row *s = &r->settlement[at];
    *stays = *left = 0;
    *joined_of = -1;
    for (int i = 0; i < r->naccumulator; i++) {
        const struct yh_accumulator_row *a = &r->accumulator[i];
        if (!yh_eq(a->person, s->person) || !yh_eq(a->scheme, s->scheme))
            continue;
        if (a->year == s->year && yh_eq(a->name, YH_ACC_STAYS))
            *stays = a->opening;
        if (a->year == 0 && yh_eq(a->name, YH_ACC_LEFT))
            *left = a->opening;
    }
    for (int i = 0; i < at; i++) {
        const struct yh_settlement_row *x = &r->settlement[i];
        if (!yh_eq(x->person, s->person) || !yh_eq(x->scheme, s->scheme) || x->undone_by.n ||
            x->undoes.n || !yh_is_stay(x->med_type))
            continue;
        bool first = true;
        for (int k = 0; k < i; k++)
            first = first && !(yh_eq(r->settlement[k].visit, x->visit) &&
                               !r->settlement[k].undone_by.n && !r->settlement[k].undoes.n);
        if (x->year == s->year && first && !yh_eq(x->visit, s->visit))
            ++*stays;
        if (!x->interim) {
            *left = x->end_day;
            *joined_of = i;
        }
    }
}

struct bill {
    struct yh_arc_head h;
    struct yh_arc_line *row;
    struct yh_line *line;
    int nline;
    uint64_t visit;
};

static enum yh_status lines_of(struct maker *m, const struct yh_settlement_row *s,
                               struct bill *o, struct yh_err *err)
{
    struct yh_charge_batch_row like = { .region = s->region, .grp = s->grp, .visit = s->visit },
                               *b = NULL;
    int n = 0, cap = 0, rows = 0;
    enum yh_status st = yh_list_charge_batch(
        &m->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like, &b, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_charge_line *l = NULL;
        int nl = 0;
        if (!yh_eq(b[i].settlement, s->settlement))
            continue;
        st = yh_lines_unpack(&m->group, b[i].packed, &l, &nl, err);
        for (int k = 0; st == YH_OK && k < nl; k++) {
            struct yh_arc_line row = { .day = yh_time_day(l[k].time),
                                       .minute = l[k].time / 60 % 1440,
                                       .item = word(m, YH_DICT_ITEM, l[k].code),
                                       .price = l[k].price,
                                       .qty = l[k].qty,
                                       .charge = word(m, YH_DICT_CHARGE, l[k].charge_kind),
                                       .department =
                                           word(m, YH_DICT_DEPARTMENT, l[k].department),
                                       .doctor = word(m, YH_DICT_DOCTOR, l[k].doctor),
                                       .approval = yh_clamp(l[k].approval, 0, 2),
                                       .fault = l[k].fault ? 1 : -l[k].fault_part };
            row.odd = l[k].amount - yh_line_amount(row.price, row.qty, YH_ROUND_HALF_UP);
            struct yh_line line = { .day = (yh_day)row.day,
                                    .code = l[k].code,
                                    .serial = l[k].serial,
                                    .init = l[k].undoes,
                                    .price = row.price,
                                    .qty = row.qty,
                                    .amount = l[k].amount,
                                    .approval = (uint8_t)row.approval,
                                    .provider_fault = l[k].fault != 0,
                                    .fault_part = l[k].fault_part };
            row.serial = yh_arc_text_in(m->b, l[k].serial);
            line.item = m->y->lens.item[row.item];
            YH_PUSH(&m->group, o->row, rows, cap) = row;
            if (o->nline % 64 == 0) {
                struct yh_line *more = YH_NEW(&m->group, struct yh_line, o->nline + 64);
                if (o->nline)
                    memcpy(more, o->line, sizeof *more * (size_t)o->nline);
                o->line = more;
            }
            o->line[o->nline++] = line;
        }
    }
    for (int i = 0; i < o->nline; i++)
        for (int k = 0; o->line[i].init.n && k < o->nline; k++)
            if (yh_eq(o->line[k].serial, o->line[i].init))
                o->row[i].init = k + 1;
    return st;
}

/* Whose account a relative's part came from, what it held, what the limit left. */
static void relative_of(const struct rows *r, const struct yh_settlement_row *s, int64_t first,
                        struct yh_arc_head *h)
{
    h->relative_of = -1;
    h->relative_limit = YH_UNLIMITED;
    h->relative_balance = s->relative;
    for (int i = 0; s->relative && i < r->nentry; i++) {
        const struct yh_ledger_entry_row *e = &r->entry[i];
        enum yh_account_kind kind;
        yh_str owner;
        if (e->seq != s->seq || !e->debit || !yh_account_read(e->account, &kind, &owner) ||
            kind != YH_ACCOUNT_ACCT || yh_eq(owner, s->person))
            continue;
        for (int p = 0; p < r->nperson; p++)
            if (yh_eq(r->person[p].person, owner))
                h->relative_of = first + p;
        for (int a = 0; a < r->naccount; a++)
            if (yh_eq(r->account[a].person, owner))
                h->relative_balance = r->account[a].opening;
        for (int k = 0; k < r->nentry; k++)
            if (r->entry[k].seq < s->seq && yh_eq(r->entry[k].account, e->account))
                h->relative_balance += r->entry[k].credit - r->entry[k].debit;
    }
    h->relative_balance = yh_max(h->relative_balance, s->relative);
}

static enum yh_status head_of(struct maker *m, const struct rows *r, int at, int64_t first,
                              struct bill *o, struct yh_err *err)
{
    const struct yh_settlement_row *s = &r->settlement[at];
    struct yh_call none = { .infno = YH_S("archive"), .person = s->person, .now = s->time },
                   call;
    struct yh_ctx c = yh_outside(m->y->world, &m->x, &m->group, &none), then;
    struct yh_year_event e;
    int32_t at_provider = yh_map_get(&m->y->provider_at, s->provider, -1);
    if (at_provider < 0)
        return yh_fail(err, YH_NOT_FOUND, "结算 %.*s 的机构 %.*s 不在机构表里",
                       YH_ARG(s->settlement), YH_ARG(s->provider));
    struct yh_provider_row *provider = YH_NEW(&m->group, struct yh_provider_row, 1);
    *provider = m->y->provider[at_provider];
    enum yh_status st = yh_ctx_then(&c, s, provider, &call, &then, err);
    if (st == YH_OK)
        st = yh_event_again(&then, s, &e, err);
    if (st)
        return st;
    struct yh_visit_row v = { .region = s->region, .grp = s->grp, .person = s->person };
    v.visit = s->visit;
    if ((st = yh_get_visit(&m->x, &v, err)) != YH_OK)
        return st;
    struct yh_place home;
    if ((st = yh_region_locate(m->y->world->regions, s->office.n ? s->office : s->region,
                               (yh_day)s->begin_day, &home, err)) != YH_OK)
        return st;
    int64_t stays, left;
    int joined;
    history(r, at, &stays, &left, &joined);
    bool later_part = false, stay = yh_is_stay(s->med_type);
    for (int i = 0; i < at; i++)
        later_part |= r->settlement[i].interim && !r->settlement[i].undone_by.n &&
                      !r->settlement[i].undoes.n && yh_eq(r->settlement[i].visit, s->visit);
    const struct yh_plan *p = e.plan;
    yh_str filing = name_of(p, YH_DIM_FILING, e.bill.facts.v[YH_DIM_FILING]),
           referral = name_of(p, YH_DIM_REFERRAL, e.bill.facts.v[YH_DIM_REFERRAL]),
           status = name_of(p, YH_DIM_STATUS, e.bill.facts.v[YH_DIM_STATUS]);
    int who = 0;
    while (who < r->nperson && !yh_eq(r->person[who].person, s->person))
        who++;
    int civil = yh_plan_kind(p, YH_DIM_IDENT, YH_S("公务员"));
    o->h = (struct yh_arc_head){
        .person = first + who,
        .seq = s->seq,
        .undoes = -1,
        .replaces = -1,
        .part = s->interim   ? 1
                : later_part ? 2
                             : 0,
        .provider = at_provider,
        .department = word(m, YH_DICT_DEPARTMENT, v.department),
        .doctor = word(m, YH_DICT_DOCTOR, v.doctor),
        .scheme = word(m, YH_DICT_SCHEME, s->scheme),
        .psn_kind = word(m, YH_DICT_PSN_KIND, s->psn_kind),
        .civil = civil >= 0 && civil < 64 && (e.bill.facts.idents >> civil & 1),
        .office = word(m, YH_DICT_OFFICE, s->office),
        .place = word(m, YH_DICT_OFFICE, s->place),
        .away = yh_region_away(&home, &then.provider_place),
        .med_type = word(m, YH_DICT_MED_TYPE, s->med_type),
        .stay = stay,
        .begin = s->begin_day,
        .end = s->end_day,
        .time = s->time,
        .year = s->year,
        .filing = word(m, YH_DICT_FILING, filing),
        .referral = word(m, YH_DICT_REFERRAL, referral),
        .disease = word(m, YH_DICT_DISEASE, v.disease),
        .delivery = word(m, YH_DICT_DELIVERY, v.delivery),
        .fetuses = v.fetuses,
        .status = word(m, YH_DICT_STATUS, status),
        .months = e.bill.facts.v[YH_DIM_MONTHS],
        .clean = e.bill.facts.v[YH_DIM_CLEAN],
        .count = stay && v.stay_count ? v.stay_count : stays + 1,
        .gap = left && left <= s->begin_day ? s->begin_day - left : YH_GAP_NONE,
        .fixed_price = e.bill.fixed_price,
        .pended = e.bill.pended,
        .liable = e.bill.liable_share,
        .deduct_waived = e.bill.deduct_waived,
        .document =
            word(m, YH_DICT_DOCUMENT,
                 yh_fmt(&m->group, "%.*s %.*s", YH_ARG(s->document), YH_ARG(s->digest))),
        .deductible = s->deductible,
        .basic_rate = s->basic_rate,
        .basic = s->basic,
        .serious = s->serious,
        .large = s->large,
        .enterprise = s->enterprise,
        .civil_pay = s->civil,
        .assist = s->assist,
        .disabled = s->disabled,
        .other = s->other,
        .hospital = s->hospital,
        .account = s->account,
        .relative = s->relative,
        .to_person = s->to_person,
        .account_balance = s->account || s->relative ? s->balance + s->account : 0,
    };
    if (s->account || s->relative)
        o->h.account_flag = s->relative && s->balance > 0 ? 2 : 1;
    if (stay && joined >= 0 && left && s->begin_day - left <= 1 &&
        !yh_eq(referral, YH_S("未转诊"))) {
        o->h.joined = 1;
        o->h.joined_deduct = r->settlement[joined].deductible;
    }
    relative_of(r, s, first, &o->h);
    o->visit = yh_walk_visit_text(s->visit);
    o->h.settlement = yh_arc_text_in(m->b, s->settlement);
    o->h.visit = yh_arc_text_in(m->b, s->visit);
    return lines_of(m, s, o, err);
}

static void note(struct maker *m, const struct yh_settlement_row *s, const char *what,
                 yh_fen books, yh_fen now)
{
    m->r.differ++;
    if (m->r.nshown == YH_REBUILD_SHOWN)
        return;
    int i = m->r.nshown++;
    snprintf(m->r.shown[i].settlement, sizeof m->r.shown[i].settlement, "%.*s",
             (int)yh_min(s->settlement.n, 63), s->settlement.p);
    snprintf(m->r.shown[i].what, sizeof m->r.shown[i].what, "%s", what);
    m->r.shown[i].books = books;
    m->r.shown[i].now = now;
    m->shown_grp[i] = s->grp;
}

static void add_pays(struct maker *m, const struct rows *r, const struct yh_settlement_row *s,
                     const struct yh_lens_plan *p)
{
    /* settlement_fund keeps funds; the layer is the plan's first of that fund.  The waiver of a
     * provider is no fund and has no row there. */
    for (int sort = 0; sort < 64; sort++)
        for (int i = 0; i < r->nfund; i++) {
            const struct yh_settlement_fund_row *f = &r->fund[i];
            if (f->seq != s->seq || f->sort != sort || yh_eq(f->fund, YH_S("310200")) ||
                (!f->amount && !f->to_person))
                continue;
            struct yh_arc_pay pay = { .fund = word(m, YH_DICT_FUND, f->fund),
                                      .amount = f->amount,
                                      .beyond = f->to_person };
            for (int l = 0; p && l < p->plan->nlayer; l++)
                if (yh_eq(p->plan->layer[l].fund, f->fund)) {
                    pay.layer = p->layer_id[l];
                    break;
                }
            (void)yh_arc_add_pay(m->b, &pay);
        }
}

static void add_code(struct maker *m, enum yh_arc_dict_id d, int kind, yh_str code)
{
    (void)yh_arc_add_code(m->b,
                          &(struct yh_arc_code){ .kind = kind, .code = word(m, d, code) });
}

/* A stay's codes as its settlement list (4101) has them, in the newest version; where there is none, and
 * of any other visit, the diagnoses of the visit. */
static enum yh_status add_codes(struct maker *m, const struct rows *r,
                                const struct yh_settlement_row *s, bool stay,
                                struct yh_err *err)
{
    struct yh_document_row like = { .region = s->region,
                                    .grp = s->grp,
                                    .infno = YH_S("4101"),
                                    .provider = s->provider,
                                    .own_key = s->settlement },
                           *list = NULL;
    int n = 0, nlist = 0;
    if (stay) {
        yh_str *code = YH_NEW(&m->group, yh_str, YH_CASE_CODES_MAX);
        enum yh_status st =
            yh_list_document(&m->x, (struct yh_span){ .index = YH_BY_KEY, .same = 5 }, &like,
                             &list, &nlist, err);
        if (st)
            return st;
        yh_str body = nlist ? list[nlist - 1].body : YH_S("");
        n = yh_list_codes(&m->group, body, false, code);
        for (int i = 0; i < n; i++)
            add_code(m, YH_DICT_DIAGNOSIS, i ? 1 : 0, code[i]);
        int npx = n ? yh_list_codes(&m->group, body, true, code) : 0;
        for (int i = 0; i < npx; i++)
            add_code(m, YH_DICT_PROCEDURE, i ? 3 : 4, code[i]);
    }
    for (int i = 0; !n && i < r->ndiagnosis; i++) {
        const struct yh_diagnosis_row *g = &r->diagnosis[i];
        if (yh_eq(g->visit, s->visit) && g->valid)
            add_code(m, YH_DICT_DIAGNOSIS, g->main ? 0 : 1, g->code);
    }
    return YH_OK;
}

/* Books' row, the walk's cut; where the walk decides otherwise, the books stand and it is noted. */
static enum yh_status write_bill(struct maker *m, const struct rows *r, int at, int64_t first,
                                 struct bill *o, struct yh_err *err)
{
    const struct yh_settlement_row *s = &r->settlement[at];
    int who = (int)(o->h.person - first), nident = 0;
    const struct yh_person_row *p = &r->person[who];
    struct yh_arc_identity *ident = YH_NEW(&m->group, struct yh_arc_identity, r->nidentity);
    for (int i = 0; i < r->nidentity; i++)
        if (yh_eq(r->identity[i].person, p->person))
            ident[nident++] =
                (struct yh_arc_identity){ word(m, YH_DICT_IDENT, r->identity[i].kind),
                                          r->identity[i].from_day, r->identity[i].to_day };
    struct yh_walk_case c = { .head = &o->h,
                              .who = who,
                              .relative =
                                  o->h.relative_of < 0 ? -1 : (int)(o->h.relative_of - first),
                              .undoes = -1,
                              .row = yh_arc_rows(m->b, YH_ARC_head),
                              .born = (yh_day)p->born,
                              .identity = ident,
                              .nidentity = nident,
                              .visit = o->visit,
                              .line = o->line,
                              .nline = o->nline };
    struct yh_tag_sums all = { .sums = { s->total, s->outside, s->over, s->first, s->scope } };
    if (!o->nline) {
        c.cut = &all;
        c.ncut = 1;
    }
    struct yh_decision d;
    struct yh_walk_told told = { 0 };
    struct yh_err why = { 0 };
    enum yh_status st =
        yh_walk_settle(&m->walk, &c, (struct yh_settle_how){ .cut = true }, &d, &told, &why);
    yh_fen was = 0, is = 0;
    const char *what = st ? "不能重算" : yh_walk_differs(&o->h, &d, &was, &is);
    if (!st && d.pay[YH_PAY_WAIVER])
        o->h.waiver = d.pay[YH_PAY_WAIVER];
    if (!st && what && !strcmp(what, "waiver"))
        what = yh_walk_differs(&o->h, &d, &was, &is);
    if (!what && (d.sums.total != s->total || d.sums.scope != s->scope)) {
        what = "inscp_scp_amt";
        was = s->scope;
        is = d.sums.scope;
    }
    if (what)
        note(m, s, what, was, is);
    (void)yh_arc_add_head(m->b, &o->h);
    m->r.heads++;
    struct yh_arc_cut cut;
    if (!st && d.sums.total == s->total && d.sums.scope == s->scope) {
        for (int i = 0; yh_walk_cut_row(told.plan, &d, i, &cut); i++)
            (void)yh_arc_add_cut(m->b, &cut);
    } else {
        cut = (struct yh_arc_cut){ .tag = word(m, YH_DICT_TAG, YH_S("普通")),
                                   .outside = s->outside,
                                   .over = s->over,
                                   .first = s->first,
                                   .scope = s->scope };
        (void)yh_arc_add_cut(m->b, &cut);
    }
    if (st || what)
        add_pays(m, r, s, told.plan);
    struct yh_arc_pay pay;
    for (int i = 0; !st && !what && yh_walk_pay_row(told.plan, &d, i, &pay); i++)
        if (pay.amount || pay.beyond)
            (void)yh_arc_add_pay(m->b, &pay);
    for (int i = 0; i < o->nline; i++)
        (void)yh_arc_add_line(m->b, &o->row[i]);
    m->r.lines += o->nline;
    return add_codes(m, r, s, o->h.stay && o->h.part != 1, err);
}

/* What a bill's own facts are read from, once for the whole group. */
static void ask_ahead(struct maker *m, int64_t grp)
{
    yh_str region = { m->y->region_text, 6 };
    struct yh_span same = { .index = YH_BY_KEY, .same = 2 };
#define AHEAD(t)                                                     \
    {                                                                \
        struct yh_##t##_row like = { .region = region, .grp = grp }; \
        yh_txn_ahead(&m->x, YH_TABLE_##t, &same, &like);             \
    }
    AHEAD(person)
    AHEAD(enrolment)
    AHEAD(identity)
    AHEAD(account)
    AHEAD(accumulator)
    AHEAD(binding)
    AHEAD(visit)
    AHEAD(charge_batch)
    AHEAD(filing)
    AHEAD(document)
#undef AHEAD
}

static bool asked_to_stop(const struct maker *m)
{
    return m->y->asked && *m->y->asked;
}

static enum yh_status stopped(struct yh_err *err)
{
    return yh_fail(err, YH_RETRY, "已中断");
}

static enum yh_status one_group(struct maker *m, int64_t grp, struct yh_err *err)
{
    struct rows r;
    bool asked = false;
    if (asked_to_stop(m))
        return stopped(err);
    yh_arena_reset(&m->group);
    enum yh_status st = load(m, grp, &r, err);
    if (st || !r.nperson)
        return st;
    int64_t first = yh_arc_rows(m->b, YH_ARC_person);
    yh_walk_group(&m->walk, r.nperson);
    for (int i = 0; st == YH_OK && i < r.nperson; i++)
        st = add_person(m, &r, i, err);
    for (int i = 0; st == YH_OK && i < r.nsettlement; i++) {
        const struct yh_settlement_row *s = &r.settlement[i];
        struct bill o = { .nline = 0 };
        if (s->year == m->y->year && !in_year(m, s))
            m->r.left_out++;
        if (!in_year(m, s))
            continue;
        if (!asked)
            ask_ahead(m, grp);
        asked = true;
        st = head_of(m, &r, i, first, &o, err);
        if (st == YH_OK)
            st = write_bill(m, &r, i, first, &o, err);
    }
    m->r.groups++;
    m->r.persons += r.nperson;
    if (st == YH_OK && m->unknown)
        st = yh_fail(err, YH_CONFLICT, "户组 %lld 在两遍读取之间变了", (long long)grp);
    return st;
}

/* ---- a part's first reading: its groups, its words, the year's sums ---- */

static void add_word(struct maker *m, enum yh_arc_dict_id d, yh_str s)
{
    (void)yh_arc_dict_add(&m->words, d, s);
}

static bool note_group(void *user, const void *row)
{
    struct maker *m = user;
    if (m->ngrp == m->grp_cap) {
        m->grp_cap = m->grp_cap ? 2 * m->grp_cap : 1024;
        m->grp = yh_heap(m->grp, (size_t)m->grp_cap * sizeof *m->grp);
    }
    m->grp[m->ngrp++] = ((const struct yh_account_group_row *)row)->grp;
    return true;
}

static bool words_of_enrolment(void *user, const void *row)
{
    const struct yh_enrolment_row *e = row;
    add_word(user, YH_DICT_SCHEME, e->scheme);
    add_word(user, YH_DICT_PSN_KIND, e->kind);
    add_word(user, YH_DICT_OFFICE, e->office);
    return true;
}

static bool words_of_identity(void *user, const void *row)
{
    add_word(user, YH_DICT_IDENT, ((const struct yh_identity_row *)row)->kind);
    return true;
}

static bool words_of_accumulator(void *user, const void *row)
{
    struct maker *m = user;
    const struct yh_accumulator_row *a = row;
    if ((a->year != m->y->year && a->year != 0) || yh_starts(a->name, YH_S("#")))
        return true;
    add_word(m, YH_DICT_SCHEME, a->scheme);
    add_word(m, YH_DICT_ACC, a->name);
    add_word(m, YH_DICT_SUB, a->sub);
    return true;
}

static bool words_of_visit(void *user, const void *row)
{
    const struct yh_visit_row *v = row;
    add_word(user, YH_DICT_DEPARTMENT, v->department);
    add_word(user, YH_DICT_DOCTOR, v->doctor);
    add_word(user, YH_DICT_DISEASE, v->disease);
    add_word(user, YH_DICT_DELIVERY, v->delivery);
    return true;
}

static bool words_of_diagnosis(void *user, const void *row)
{
    add_word(user, YH_DICT_DIAGNOSIS, ((const struct yh_diagnosis_row *)row)->code);
    return true;
}

static bool words_of_list(void *user, const void *row)
{
    struct maker *m = user;
    const struct yh_document_row *d = row;
    yh_str code[YH_CASE_CODES_MAX];
    if (!yh_eq(d->infno, YH_S("4101")))
        return true;
    yh_arena_reset(&m->group);
    for (int px = 0; px < 2; px++) {
        int n = yh_list_codes(&m->group, d->body, px, code);
        for (int i = 0; i < n; i++)
            add_word(m, px ? YH_DICT_PROCEDURE : YH_DICT_DIAGNOSIS, code[i]);
    }
    return true;
}

static bool words_of_fund(void *user, const void *row)
{
    add_word(user, YH_DICT_FUND, ((const struct yh_settlement_fund_row *)row)->fund);
    return true;
}

static bool words_of_batch(void *user, const void *row)
{
    struct maker *m = user;
    const struct yh_charge_batch_row *b = row;
    struct yh_charge_line *l = NULL;
    int n = 0;
    if (!b->settlement.n)
        return true;
    yh_arena_reset(&m->group);
    m->st = yh_lines_unpack(&m->group, b->packed, &l, &n, &m->err);
    for (int i = 0; m->st == YH_OK && i < n; i++) {
        add_word(m, YH_DICT_ITEM, l[i].code);
        add_word(m, YH_DICT_CHARGE, l[i].charge_kind);
        add_word(m, YH_DICT_DEPARTMENT, l[i].department);
        add_word(m, YH_DICT_DOCTOR, l[i].doctor);
    }
    if (asked_to_stop(m))
        m->st = stopped(&m->err);
    return m->st == YH_OK;
}

static bool add_settlement(void *user, const void *row)
{
    struct maker *m = user;
    const struct yh_settlement_row *s = row;
    const yh_fen v[] = { s->basic,    s->serious,   s->large,      s->enterprise, s->civil,
                         s->assist,   s->disabled,  s->other,      s->hospital,   s->account,
                         s->relative, s->to_person, s->deductible, s->total,      s->outside,
                         s->over,     s->first,     s->scope };
    _Static_assert(YH_COUNT(v) == YH_COUNT(SUM), "one amount a name");
    if (s->year != m->y->year)
        return true;
    for (int i = 0; i < YH_COUNT(v); i++)
        m->books[i] += v[i];
    if (!in_year(m, s))
        return true;
    char document[400];
    snprintf(document, sizeof document, "%.*s %.*s", YH_ARG(s->document), YH_ARG(s->digest));
    m->bills++;
    add_word(m, YH_DICT_SCHEME, s->scheme);
    add_word(m, YH_DICT_PSN_KIND, s->psn_kind);
    add_word(m, YH_DICT_OFFICE, s->office);
    add_word(m, YH_DICT_OFFICE, s->place);
    add_word(m, YH_DICT_MED_TYPE, s->med_type);
    add_word(m, YH_DICT_DOCUMENT, yh_cstr(document));
    return true;
}

static enum yh_status gather(struct maker *m, struct yh_err *err)
{
    yh_str region = { m->y->region_text, 6 };
    struct yh_span same = { .index = YH_BY_KEY, .same = 1 };
    struct yh_arena *keep = m->x.arena;
    enum yh_status st = YH_OK;
    yh_arc_dicts_open(&m->words, &m->names);
#define EACH(t, fn)                                         \
    if (st == YH_OK && m->st == YH_OK) {                    \
        struct yh_##t##_row like = { .region = region };    \
        st = yh_each_##t(&m->x, same, &like, (fn), m, err); \
    }
    EACH(account_group, note_group)
    EACH(enrolment, words_of_enrolment)
    EACH(identity, words_of_identity)
    EACH(accumulator, words_of_accumulator)
    EACH(visit, words_of_visit)
    EACH(diagnosis, words_of_diagnosis)
    EACH(document, words_of_list)
    EACH(settlement_fund, words_of_fund)
    EACH(charge_batch, words_of_batch)
    EACH(settlement, add_settlement)
#undef EACH
    m->x.arena = keep;
    return st ? st : m->st;
}

/* ---- what parts hand over, and who takes it ---- */

/* Waits for an empty batch; false: somebody failed. */
static bool open_batch(struct maker *m)
{
    struct batch *b = &m->batch[m->making];
    pthread_mutex_lock(&m->y->mutex);
    while (b->full && !m->y->stop)
        pthread_cond_wait(&m->y->changed, &m->y->mutex);
    bool go = !m->y->stop;
    pthread_mutex_unlock(&m->y->mutex);
    yh_arc_open(&b->b, &b->rows);
    b->person = b->head = 0;
    m->b = &b->b;
    return go;
}

static void hand_over(struct maker *m, bool last)
{
    pthread_mutex_lock(&m->y->mutex);
    m->batch[m->making].full = yh_arc_rows(m->b, YH_ARC_person) > 0;
    m->making = (m->making + 1) % BATCHES;
    m->ended = last;
    pthread_cond_broadcast(&m->y->changed);
    pthread_mutex_unlock(&m->y->mutex);
}

static void stop_all(struct year *y)
{
    pthread_mutex_lock(&y->mutex);
    y->stop = true;
    pthread_cond_broadcast(&y->changed);
    pthread_mutex_unlock(&y->mutex);
}

static void *read_words(void *user)
{
    struct maker *m = user;
    m->st = gather(m, &m->err);
    return NULL;
}

static void *make_bills(void *user)
{
    struct maker *m = user;
    bool go = open_batch(m);
    m->x.arena = &m->group;
    for (int i = 0; go && m->st == YH_OK && i < m->ngrp; i++) {
        if (yh_arc_rows(m->b, YH_ARC_head) >= BATCH_HEADS ||
            yh_arc_rows(m->b, YH_ARC_person) >= BATCH_PERSONS) {
            hand_over(m, false);
            go = open_batch(m);
        }
        if (go)
            m->st = one_group(m, m->grp[i], &m->err);
    }
    if (m->st)
        stop_all(m->y);
    hand_over(m, true);
    return NULL;
}

/* The batch of a part whose groups come next, when it is there; NULL: the part has no more. */
static struct batch *wait_for(struct maker *m)
{
    pthread_mutex_lock(&m->y->mutex);
    struct batch *b = &m->batch[m->taking];
    while (!b->full && !m->ended)
        pthread_cond_wait(&m->y->changed, &m->y->mutex);
    bool there = b->full;
    pthread_mutex_unlock(&m->y->mutex);
    return there ? b : NULL;
}

static void give_back(struct maker *m)
{
    pthread_mutex_lock(&m->y->mutex);
    m->batch[m->taking].full = false;
    m->taking = (m->taking + 1) % BATCHES;
    pthread_cond_broadcast(&m->y->changed);
    pthread_mutex_unlock(&m->y->mutex);
}

struct merge {
    struct maker *part;
    int n;
    struct yh_arena rows, bytes;
    struct yh_arc_builder b;
    struct yh_archive_writer *out;
};

static enum yh_status flush(struct merge *g, struct yh_err *err)
{
    yh_arena_reset(&g->bytes);
    enum yh_status st = yh_archive_append(g->out, yh_arc_encode(&g->b, &g->bytes), err);
    yh_arc_open(&g->b, &g->rows);
    return st;
}

/* All parts' groups in their order, whatever part they come from: the file is the same. */
static enum yh_status take_all(struct merge *g, struct yh_err *err)
{
    struct batch *at[YH_REBUILD_PARTS];
    enum yh_status st = YH_OK;
    yh_arc_open(&g->b, &g->rows);
    for (int i = 0; i < g->n; i++)
        at[i] = wait_for(&g->part[i]);
    while (st == YH_OK) {
        int first = -1;
        for (int i = 0; i < g->n; i++)
            if (at[i] && (first < 0 || yh_arc_group_of(&at[i]->b, at[i]->person) <
                                           yh_arc_group_of(&at[first]->b, at[first]->person)))
                first = i;
        if (first < 0)
            break;
        struct batch *b = at[first];
        yh_arc_add_group(&g->b, &b->b, &b->person, &b->head);
        if (b->person == yh_arc_rows(&b->b, YH_ARC_person)) {
            give_back(&g->part[first]);
            at[first] = wait_for(&g->part[first]);
        }
        if (yh_arc_rows(&g->b, YH_ARC_head) >= YH_ARC_CHUNK_HEADS ||
            yh_arc_rows(&g->b, YH_ARC_person) >= 4 * YH_ARC_CHUNK_HEADS)
            st = flush(g, err);
    }
    if (st == YH_OK && yh_arc_rows(&g->b, YH_ARC_person))
        st = flush(g, err);
    return st;
}

/* ---- the whole ---- */

static int cmp_text(const void *a, const void *b)
{
    return yh_cmp(*(const yh_str *)a, *(const yh_str *)b);
}

/* The words of all parts, numbered in the order of their bytes: which part met them is forgotten. */
static void number_words(struct year *y, const struct yh_arc_dicts *words, int n)
{
    for (int d = 0; d < YH_DICTS; d++) {
        int all = 0, k = 0;
        for (int i = 0; i < n; i++)
            all += words[i].of[d].n;
        yh_str *text = YH_NEW(&y->tables, yh_str, all);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < words[i].of[d].n; j++)
                text[k++] = words[i].of[d].text[j];
        qsort(text, (size_t)all, sizeof *text, cmp_text);
        for (int i = 0; i < all; i++)
            (void)yh_arc_dict_add(&y->dicts, (enum yh_arc_dict_id)d, text[i]);
    }
}

static yh_str own_level(struct year *y, const struct yh_provider_row *p)
{
    struct yh_json *v = NULL;
    if (!p->extra.n ||
        yh_json_read(&y->tables, p->extra, (struct yh_json_limits){ 0 }, &v, NULL))
        return YH_S("");
    return yh_json_text(yh_json_get(v, YH_S("level_kind")));
}

/* Words that no part's own rows say: of providers, and of the documents' kinds. */
static void common_words(struct year *y, struct yh_arc_dicts *out)
{
    static const struct {
        enum yh_dim dim;
        enum yh_arc_dict_id dict;
    } KIND[] = { { YH_DIM_FILING, YH_DICT_FILING },
                 { YH_DIM_REFERRAL, YH_DICT_REFERRAL },
                 { YH_DIM_STATUS, YH_DICT_STATUS } };
    yh_arc_dicts_open(out, &y->tables);
    for (int i = 0; i < y->nprovider; i++) {
        (void)yh_arc_dict_add(out, YH_DICT_LEVEL, y->provider[i].level);
        (void)yh_arc_dict_add(out, YH_DICT_LEVEL_KIND, own_level(y, &y->provider[i]));
        (void)yh_arc_dict_add(out, YH_DICT_OFFICE, y->provider[i].office);
    }
    struct yh_plan_list all = yh_world_plans(y->world);
    for (int i = 0; i < all.n; i++) {
        const struct yh_plan *p = all.plan[i].plan;
        for (int k = 0; k < p->nkind; k++)
            for (int j = 0; j < YH_COUNT(KIND); j++)
                if (p->kind[k].dim == KIND[j].dim)
                    (void)yh_arc_dict_add(out, KIND[j].dict, p->kind[k].name);
    }
}

static enum yh_status read_providers(struct year *y, struct yh_txn *x, struct yh_err *err)
{
    struct yh_provider_row like = { .provider = YH_S("") };
    struct yh_arena *keep = x->arena;
    x->arena = &y->tables;
    enum yh_status st = yh_list_provider(x, (struct yh_span){ .index = YH_BY_KEY }, &like,
                                         &y->provider, &y->nprovider, err);
    x->arena = keep;
    y->provider_at = yh_map_in(&y->tables, y->nprovider);
    for (int i = 0; i < y->nprovider; i++)
        (void)yh_map_add(&y->provider_at, y->provider[i].provider, i);
    return st;
}

static enum yh_status write_providers(struct year *y, struct yh_arena *rows, struct yh_err *err)
{
    struct yh_arc_builder b;
    yh_arc_open(&b, rows);
    for (int i = 0; i < y->nprovider; i++) {
        const struct yh_provider_row *p = &y->provider[i];
        struct yh_arc_provider x = {
            .kind = p->kind.n ? p->kind.p[0] - '0' : 1,
            .level = yh_arc_dict_find(&y->dicts, YH_DICT_LEVEL, p->level),
            .level_kind = yh_arc_dict_find(&y->dicts, YH_DICT_LEVEL_KIND, own_level(y, p)),
            .office = yh_arc_dict_find(&y->dicts, YH_DICT_OFFICE, p->office)
        };
        x.code = yh_arc_text_in(&b, p->provider);
        x.name = yh_arc_text_in(&b, p->name);
        x.services = yh_arc_text_in(&b, p->services);
        (void)yh_arc_add_provider(&b, &x);
    }
    y->provider_bytes = yh_arc_encode(&b, &y->tables);
    return yh_arc_chunk_open(y->provider_bytes, &y->provider_chunk, err);
}

/* Every document of the world, seen through the archive. */
static void lenses(struct year *y)
{
    const struct yh_world *w = y->world;
    struct yh_plan_list all = yh_world_plans(w);
    for (int i = 0; i < all.n; i++)
        yh_lens_texts(&y->dicts, all.plan[i].plan);
    (void)yh_arc_dict_add(&y->dicts, YH_DICT_TAG, YH_S("普通"));
    yh_lens_open(&y->tables, &y->dicts, &y->provider_chunk, w->catalog, w->terms, w->regions,
                 yh_day_of(y->year, 1, 1), &y->lens);
    struct yh_lens_plan *plan = YH_NEW(&y->tables, struct yh_lens_plan, all.n);
    int n = 0;
    for (int i = 0; i < all.n; i++) {
        int64_t scheme = yh_arc_dict_find(&y->dicts, YH_DICT_SCHEME, all.plan[i].plan->scheme);
        uint32_t pool = 0;
        if (scheme > 0 && yh_region_code(all.plan[i].plan->region, &pool, NULL) == YH_OK)
            plan[n++] = (struct yh_lens_plan){ .pool = pool,
                                               .scheme = scheme,
                                               .period = all.plan[i].period,
                                               .plan = all.plan[i].plan };
    }
    yh_lens_plans_open(&y->tables, &y->lens, plan, n, &y->plans);
}

/* Runs `work` for every part on a thread of its own; `beside`, if any, on this one. */
static enum yh_status on_threads(struct maker *part, int n, void *(*work)(void *),
                                 struct merge *beside, struct yh_err *err)
{
    pthread_t id[YH_REBUILD_PARTS];
    int started = 0;
    enum yh_status st = YH_OK;
    while (started < n && !pthread_create(&id[started], NULL, work, &part[started]))
        started++;
    if (started < n)
        st = yh_fail(err, YH_IO, "起不了线程");
    else if (beside)
        st = take_all(beside, err);
    if (st)
        stop_all(part->y);
    for (int i = 0; i < started; i++)
        pthread_join(id[i], NULL);
    for (int i = 0; st == YH_OK && i < n; i++)
        if ((st = part[i].st) != YH_OK && err)
            *err = part[i].err;
    return st;
}

static enum yh_status make(struct year *y, struct merge *g, const char *path,
                           struct yh_err *err)
{
    struct yh_arc_dicts words[YH_REBUILD_PARTS + 1];
    int64_t bills = 0;
    enum yh_status st = read_providers(y, &g->part[0].x, err);
    if (st == YH_OK)
        st = on_threads(g->part, g->n, read_words, NULL, err);
    if (st)
        return st;
    for (int i = 0; i < g->n; i++) {
        words[i] = g->part[i].words;
        bills += g->part[i].bills;
    }
    if (!bills)
        return yh_fail(err, YH_NOT_FOUND, "统筹区 %06u 在 %d 年没有一笔有效的结算", y->region,
                       y->year);
    yh_arc_dicts_open(&y->dicts, &y->tables);
    common_words(y, &words[g->n]);
    number_words(y, words, g->n + 1);
    st = write_providers(y, &g->rows, err);
    if (st == YH_OK)
        lenses(y);
    for (int i = 0; st == YH_OK && i < g->n; i++) {
        st = yh_walk_open(&g->part[i].walk, &y->lens, &y->plans, y->region, err);
        g->part[i].walk.booking = true;
    }
    if (st == YH_OK)
        st = yh_archive_create(path, &g->out, err);
    if (st)
        return st;
    st = on_threads(g->part, g->n, make_bills, g, err);
    if (st) {
        yh_archive_abandon(g->out);
        return st;
    }
    struct yh_archive_about about = { .region = y->region, .year = y->year };
    about.text = YH_S("source 数据目录\n");
    yh_terms_digest(y->world->terms, y->world->catalog, about.catalog);
    return yh_archive_finish(g->out, &y->dicts, y->provider_bytes, &about, err);
}

/* The parts' counts together; the bills shown are the first, in the order of groups. */
static void report(struct merge *g, struct yh_rebuild_report *out)
{
    int at[YH_REBUILD_PARTS] = { 0 };
    for (int i = 0; i < g->n; i++) {
        const struct yh_rebuild_report *r = &g->part[i].r;
        out->groups += r->groups;
        out->persons += r->persons;
        out->heads += r->heads;
        out->lines += r->lines;
        out->left_out += r->left_out;
        out->differ += r->differ;
    }
    while (out->nshown < YH_REBUILD_SHOWN) {
        int first = -1;
        for (int i = 0; i < g->n; i++)
            if (at[i] < g->part[i].r.nshown &&
                (first < 0 ||
                 g->part[i].shown_grp[at[i]] < g->part[first].shown_grp[at[first]]))
                first = i;
        if (first < 0)
            break;
        out->shown[out->nshown++] = g->part[first].r.shown[at[first]++];
    }
}

static void add_chunk(const struct yh_arc_chunk *c, yh_fen file[YH_COUNT(SUM)])
{
    for (int64_t h = 0; h < c->n[YH_ARC_head]; h++) {
        struct yh_arc_head x;
        yh_arc_get_head(c, h, &x);
        const yh_fen v[] = { x.basic,    x.serious,   x.large,     x.enterprise, x.civil_pay,
                             x.assist,   x.disabled,  x.other,     x.hospital,   x.account,
                             x.relative, x.to_person, x.deductible };
        for (int k = 0; k < YH_COUNT(v); k++)
            file[k] += v[k];
    }
    /* A cut of a part is of the whole stay so far: what a stay costs is its last cut. */
    for (int64_t h = 0; h < c->n[YH_ARC_head]; h++) {
        bool last = true;
        char x[24], y[24];
        if (YH_ARC(c, head, part, h))
            for (int64_t k = h + 1; last && k < c->n[YH_ARC_head]; k++)
                last = !(YH_ARC(c, head, part, k) &&
                         YH_ARC(c, head, person, k) == YH_ARC(c, head, person, h) &&
                         yh_eq(yh_arc_text(c, YH_ARC(c, head, visit, k), x),
                               yh_arc_text(c, YH_ARC(c, head, visit, h), y)));
        int64_t from, to;
        YH_ARC_SPAN(c, head, cut, h, &from, &to);
        for (int64_t k = from; last && k < to; k++) {
            struct yh_arc_cut cut;
            yh_arc_get_cut(c, k, &cut);
            file[13] += cut.outside + cut.over + cut.first + cut.scope;
            file[14] += cut.outside;
            file[15] += cut.over;
            file[16] += cut.first;
            file[17] += cut.scope;
        }
    }
}

/* The year's amounts once from the settlement rows and once from the finished file. */
static enum yh_status check(struct merge *g, const char *path, struct yh_rebuild_report *out,
                            struct yh_err *err)
{
    yh_fen file[YH_COUNT(SUM)] = { 0 };
    struct yh_archive a;
    enum yh_status st = yh_archive_open(path, &a, err);
    if (st)
        return st;
    for (int i = 0; st == YH_OK && i < a.nchunk; i++) {
        struct yh_arc_chunk c;
        if ((st = yh_archive_chunk(&a, i, &c, err)) == YH_OK)
            add_chunk(&c, file);
    }
    yh_archive_close(&a);
    out->same = st == YH_OK;
    for (int k = 0; k < YH_COUNT(SUM); k++) {
        out->sum[k].name = SUM[k];
        for (int i = 0; i < g->n; i++)
            out->sum[k].books += g->part[i].books[k];
        out->sum[k].archive = file[k];
        out->same = out->same && out->sum[k].books == file[k];
    }
    out->nsum = YH_COUNT(SUM);
    return st;
}

static enum yh_status open_part(struct maker *m, struct year *y, struct yh_store *store, int i,
                                struct yh_err *err)
{
    m->y = y;
    enum yh_status st = yh_arena_open(&m->names, TABLES, err);
    if (st == YH_OK)
        st = yh_arena_open(&m->group, GROUP, err);
    for (int k = 0; st == YH_OK && k < BATCHES; k++)
        st = yh_arena_open(&m->batch[k].rows, TABLES, err);
    return st ? st : yh_view_open_part(store, i, &m->names, &m->x, err);
}

static void close_part(struct maker *m)
{
    if (m->x.store)
        yh_view_close(&m->x);
    yh_walk_close(&m->walk);
    for (int k = 0; k < BATCHES; k++)
        yh_arena_close(&m->batch[k].rows);
    yh_arena_close(&m->group);
    yh_arena_close(&m->names);
    yh_heap(m->grp, 0);
}

enum yh_status yh_archive_rebuild(yh_str data, const struct yh_world *world, uint32_t region,
                                  int year, const char *path, const atomic_bool *stop,
                                  struct yh_rebuild_report *out, struct yh_err *err)
{
    struct yh_store_options opt = { .must_exist = true, .read_only = true };
    struct yh_store *store = NULL;
    struct year *y = yh_heap(NULL, sizeof *y);
    struct merge g = { .n = 0 };
    *y = (struct year){ .world = world, .region = region, .year = year, .asked = stop };
    *out = (struct yh_rebuild_report){ 0 };
    snprintf(y->region_text, sizeof y->region_text, "%06u", region % 1000000);
    pthread_mutex_init(&y->mutex, NULL);
    pthread_cond_init(&y->changed, NULL);
    enum yh_status st = yh_arena_open(&y->tables, TABLES, err);
    if (st == YH_OK)
        st = yh_arena_open(&g.rows, TABLES, err);
    if (st == YH_OK)
        st = yh_arena_open(&g.bytes, GROUP, err);
    if (st == YH_OK)
        st = yh_store_open(data, &opt, &store, err);
    int parts = st == YH_OK ? yh_store_parts(store) : 0;
    if (st == YH_OK && parts > YH_REBUILD_PARTS)
        st = yh_fail(err, YH_LIMIT, "节点 %d 个，至多 %d 个", parts, YH_REBUILD_PARTS);
    if (st == YH_OK) {
        size_t size = (size_t)parts * sizeof *g.part;
        g.part = yh_heap(NULL, size);
        memset(g.part, 0, size);
    }
    for (; st == YH_OK && g.n < parts; g.n++)
        st = open_part(&g.part[g.n], y, store, g.n, err);
    if (st == YH_OK)
        st = make(y, &g, path, err);
    if (st == YH_OK) {
        report(&g, out);
        st = check(&g, path, out, err);
    }
    for (int i = 0; i < g.n; i++)
        close_part(&g.part[i]);
    yh_heap(g.part, 0);
    yh_store_close(store);
    struct yh_arena *a[] = { &y->tables, &g.rows, &g.bytes };
    for (int i = 0; i < YH_COUNT(a); i++)
        yh_arena_close(a[i]);
    pthread_cond_destroy(&y->changed);
    pthread_mutex_destroy(&y->mutex);
    yh_heap(y, 0);
    return st;
}
