#include "service/archive/rebuild.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engine/replay/walk.h"
#include "service/inside.h"
#include "store/archive/archive.h"

#define TABLES ((size_t)4 << 30)
#define GROUP ((size_t)1 << 30)

struct maker {
    const struct yh_world *world;
    uint32_t region;
    char region_text[8];
    int year;
    struct yh_arena tables, rows, bytes, group;
    struct yh_txn *x;
    struct yh_arc_dicts dicts;
    struct yh_arc_builder b;
    struct yh_provider_row *provider;
    int nprovider;
    struct yh_map provider_at;
    yh_str provider_bytes;
    struct yh_arc_chunk provider_chunk;
    struct yh_lens lens;
    struct yh_lens_plans plans;
    struct yh_walk walk;
    struct yh_archive_writer *out;
    bool writes; /* second pass */
    struct yh_rebuild_report *r;
    struct yh_account_group_row *list;
    int nlist, cap;
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
    return yh_arc_dict_add(&m->dicts, d, s);
}

static enum yh_status load(struct maker *m, int64_t grp, struct rows *r, struct yh_err *err)
{
    yh_str region = { m->region_text, 6 };
    struct yh_span same = { .index = YH_BY_KEY, .same = 2 };
    enum yh_status st = YH_OK;
    *r = (struct rows){ 0 };
#define LIST(t)                                                      \
    if (st == YH_OK) {                                               \
        struct yh_##t##_row like = { .region = region, .grp = grp }; \
        st = yh_list_##t(m->x, same, &like, &r->t, &r->n##t, err);   \
    }
    LIST(person)
    LIST(enrolment)
    LIST(identity)
    LIST(account)
    LIST(accumulator)
    LIST(settlement)
    struct yh_settlement_fund_row fund = { .region = region, .grp = grp };
    if (st == YH_OK)
        st = yh_list_settlement_fund(m->x, same, &fund, &r->fund, &r->nfund, err);
    struct yh_ledger_entry_row entry = { .region = region, .grp = grp };
    if (st == YH_OK)
        st = yh_list_ledger_entry(m->x, same, &entry, &r->entry, &r->nentry, err);
    LIST(diagnosis)
#undef LIST
    return st;
}

/* ---- who ---- */

static bool in_year(const struct maker *m, const struct yh_settlement_row *s)
{
    return s->year == m->year && yh_eq(s->kind, YH_S("settle")) && !s->undone_by.n;
}

/* What an accumulator held before the year's settlements: the value less what they added. */
static enum yh_status openings(struct maker *m, const struct rows *r, int64_t who,
                               const struct yh_person_row *p, int at, struct yh_err *err)
{
    for (int i = 0; i < r->naccumulator; i++) {
        const struct yh_accumulator_row *a = &r->accumulator[i];
        if (!yh_eq(a->person, p->person) || (a->year != m->year && a->year != 0) ||
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
        (void)who;
        if (m->writes) {
            (void)yh_arc_add_opening(&m->b, &o);
            yh_walk_opening(&m->walk, at, &o);
        }
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
    int64_t row = 0;
    if (m->writes) {
        x.person = yh_arc_text_in(&m->b, p->person);
        row = yh_arc_add_person(&m->b, &x);
    }
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
        if (m->writes)
            (void)yh_arc_add_enrolment(&m->b, &y);
    }
    for (int i = 0; i < r->nidentity; i++) {
        const struct yh_identity_row *d = &r->identity[i];
        struct yh_arc_identity y = { word(m, YH_DICT_IDENT, d->kind), d->from_day, d->to_day };
        if (m->writes && yh_eq(d->person, p->person))
            (void)yh_arc_add_identity(&m->b, &y);
    }
    return openings(m, r, row, p, at, err);
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
        m->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like, &b, &n, err);
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
                                       .fault = l[k].fault != 0 };
            row.odd = l[k].amount - yh_line_amount(row.price, row.qty, YH_ROUND_HALF_UP);
            struct yh_line line = { .day = (yh_day)row.day,
                                    .code = l[k].code,
                                    .serial = l[k].serial,
                                    .init = l[k].undoes,
                                    .price = row.price,
                                    .qty = row.qty,
                                    .amount = l[k].amount,
                                    .approval = (uint8_t)row.approval,
                                    .provider_fault = row.fault != 0 };
            if (m->writes) {
                row.serial = yh_arc_text_in(&m->b, l[k].serial);
                line.item = m->lens.item[row.item];
            }
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
    struct yh_ctx c = { .world = m->world,
                        .x = m->x,
                        .arena = &m->group,
                        .call = &none,
                        .now = s->time,
                        .today = yh_time_day(s->time),
                        .made = YH_S(""),
                        .warn = yh_buf_in(&m->group) },
                  then;
    struct yh_year_event e;
    enum yh_status st = yh_ctx_as_of(&c, s, &call, &then, err);
    if (st == YH_OK)
        st = yh_event_again(&then, s, &e, err);
    if (st)
        return st;
    struct yh_visit_row v = { .region = s->region, .grp = s->grp, .person = s->person };
    v.visit = s->visit;
    if ((st = yh_get_visit(m->x, &v, err)) != YH_OK)
        return st;
    struct yh_place home;
    if ((st = yh_region_locate(m->world->regions, s->office.n ? s->office : s->region,
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
        .provider = yh_map_get(&m->provider_at, s->provider, 0),
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
    if (m->writes) {
        o->h.settlement = yh_arc_text_in(&m->b, s->settlement);
        o->h.visit = yh_arc_text_in(&m->b, s->visit);
    }
    return lines_of(m, s, o, err);
}

static void note(struct maker *m, const struct yh_settlement_row *s, const char *what,
                 yh_fen books, yh_fen now)
{
    m->r->differ++;
    if (m->r->nshown == YH_REBUILD_SHOWN)
        return;
    int i = m->r->nshown++;
    snprintf(m->r->shown[i].settlement, sizeof m->r->shown[i].settlement, "%.*s",
             (int)yh_min(s->settlement.n, 63), s->settlement.p);
    snprintf(m->r->shown[i].what, sizeof m->r->shown[i].what, "%s", what);
    m->r->shown[i].books = books;
    m->r->shown[i].now = now;
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
            (void)yh_arc_add_pay(&m->b, &pay);
        }
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
                              .row = yh_arc_rows(&m->b, YH_ARC_head),
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
    (void)yh_arc_add_head(&m->b, &o->h);
    m->r->heads++;
    struct yh_arc_cut cut;
    if (!st && d.sums.total == s->total && d.sums.scope == s->scope) {
        for (int i = 0; yh_walk_cut_row(told.plan, &d, i, &cut); i++)
            (void)yh_arc_add_cut(&m->b, &cut);
    } else {
        cut = (struct yh_arc_cut){ .tag = word(m, YH_DICT_TAG, YH_S("普通")),
                                   .outside = s->outside,
                                   .over = s->over,
                                   .first = s->first,
                                   .scope = s->scope };
        (void)yh_arc_add_cut(&m->b, &cut);
    }
    if (st || what)
        add_pays(m, r, s, told.plan);
    struct yh_arc_pay pay;
    for (int i = 0; !st && !what && yh_walk_pay_row(told.plan, &d, i, &pay); i++)
        if (pay.amount || pay.beyond)
            (void)yh_arc_add_pay(&m->b, &pay);
    for (int i = 0; i < o->nline; i++)
        (void)yh_arc_add_line(&m->b, &o->row[i]);
    m->r->lines += o->nline;
    for (int i = 0; i < r->ndiagnosis; i++) {
        const struct yh_diagnosis_row *g = &r->diagnosis[i];
        if (!yh_eq(g->visit, s->visit) || !g->valid)
            continue;
        struct yh_arc_code k = { .kind = g->main ? 0 : 1,
                                 .code = word(m, YH_DICT_DIAGNOSIS, g->code) };
        (void)yh_arc_add_code(&m->b, &k);
    }
    (void)err;
    return YH_OK;
}

static enum yh_status flush(struct maker *m, struct yh_err *err)
{
    yh_arena_reset(&m->bytes);
    enum yh_status st = yh_archive_append(m->out, yh_arc_encode(&m->b, &m->bytes), err);
    yh_arc_open(&m->b, &m->rows);
    return st;
}

static enum yh_status one_group(struct maker *m, int64_t grp, struct yh_err *err)
{
    struct rows r;
    yh_arena_reset(&m->group);
    enum yh_status st = load(m, grp, &r, err);
    if (st || !r.nperson)
        return st;
    int64_t first = yh_arc_rows(&m->b, YH_ARC_person);
    if (m->writes)
        yh_walk_group(&m->walk, r.nperson);
    for (int i = 0; st == YH_OK && i < r.nperson; i++)
        st = add_person(m, &r, i, err);
    for (int i = 0; st == YH_OK && i < r.ndiagnosis; i++)
        (void)word(m, YH_DICT_DIAGNOSIS, r.diagnosis[i].code);
    for (int i = 0; st == YH_OK && i < r.nfund; i++)
        (void)word(m, YH_DICT_FUND, r.fund[i].fund);
    for (int i = 0; st == YH_OK && i < r.nsettlement; i++) {
        const struct yh_settlement_row *s = &r.settlement[i];
        struct bill o = { .nline = 0 };
        if (s->year == m->year && !in_year(m, s))
            m->r->left_out += m->writes;
        if (!in_year(m, s))
            continue;
        st = head_of(m, &r, i, first, &o, err);
        if (st == YH_OK && m->writes)
            st = write_bill(m, &r, i, first, &o, err);
        if (st == YH_OK && !m->writes)
            m->r->nsum++; /* counts bills until the sums are made */
    }
    if (st == YH_OK && m->writes) {
        m->r->groups++;
        m->r->persons += r.nperson;
        if (yh_arc_rows(&m->b, YH_ARC_head) >= YH_ARC_CHUNK_HEADS ||
            yh_arc_rows(&m->b, YH_ARC_person) >= 4 * YH_ARC_CHUNK_HEADS)
            st = flush(m, err);
    }
    return st;
}

/* ---- the whole ---- */

static bool note_group(void *user, const void *row)
{
    struct maker *m = user;
    const struct yh_account_group_row *g = row;
    YH_PUSH(&m->tables, m->list, m->nlist, m->cap) =
        (struct yh_account_group_row){ .region = YH_S(""), .grp = g->grp, .seq = g->seq };
    return true;
}

static enum yh_status providers(struct maker *m, struct yh_err *err)
{
    struct yh_provider_row like = { .provider = YH_S("") };
    enum yh_status st = yh_list_provider(m->x, (struct yh_span){ .index = YH_BY_KEY }, &like,
                                         &m->provider, &m->nprovider, err);
    if (st)
        return st;
    m->provider_at = yh_map_in(&m->tables, m->nprovider);
    yh_arc_open(&m->b, &m->rows);
    for (int i = 0; i < m->nprovider; i++) {
        const struct yh_provider_row *p = &m->provider[i];
        struct yh_json *v = NULL;
        yh_str own = YH_S("");
        if (p->extra.n &&
            yh_json_read(&m->tables, p->extra, (struct yh_json_limits){ 0 }, &v, NULL) == YH_OK)
            own = yh_json_text(yh_json_get(v, YH_S("level_kind")));
        struct yh_arc_provider x = { .kind = p->kind.n ? p->kind.p[0] - '0' : 1,
                                     .level = word(m, YH_DICT_LEVEL, p->level),
                                     .level_kind = word(m, YH_DICT_LEVEL_KIND, own),
                                     .office = word(m, YH_DICT_OFFICE, p->office) };
        x.code = yh_arc_text_in(&m->b, p->provider);
        x.name = yh_arc_text_in(&m->b, p->name);
        x.services = yh_arc_text_in(&m->b, p->services);
        (void)yh_arc_add_provider(&m->b, &x);
        (void)yh_map_add(&m->provider_at, p->provider, i);
    }
    m->provider_bytes = yh_arc_encode(&m->b, &m->tables);
    return yh_arc_chunk_open(m->provider_bytes, &m->provider_chunk, err);
}

/* Every document of the world, seen through the archive. */
static enum yh_status lenses(struct maker *m, struct yh_err *err)
{
    const struct yh_world *w = m->world;
    struct yh_plan_list all = yh_world_plans(w);
    for (int i = 0; i < all.n; i++)
        yh_lens_texts(&m->dicts, all.plan[i].plan);
    (void)word(m, YH_DICT_TAG, YH_S("普通"));
    yh_lens_open(&m->tables, &m->dicts, &m->provider_chunk, w->catalog, w->terms, w->regions,
                 yh_day_of(m->year, 1, 1), &m->lens);
    struct yh_lens_plan *plan = YH_NEW(&m->tables, struct yh_lens_plan, all.n);
    int n = 0;
    for (int i = 0; i < all.n; i++) {
        int64_t scheme = yh_arc_dict_find(&m->dicts, YH_DICT_SCHEME, all.plan[i].plan->scheme);
        uint32_t pool = 0;
        if (scheme > 0 && yh_region_code(all.plan[i].plan->region, &pool, NULL) == YH_OK)
            plan[n++] = (struct yh_lens_plan){ .pool = pool,
                                               .scheme = scheme,
                                               .period = all.plan[i].period,
                                               .plan = all.plan[i].plan };
    }
    yh_lens_plans_open(&m->tables, &m->lens, plan, n, &m->plans);
    enum yh_status st = yh_walk_open(&m->walk, &m->lens, &m->plans, m->region, err);
    m->walk.booking = true;
    return st;
}

static enum yh_status pass(struct maker *m, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    yh_arc_open(&m->b, &m->rows);
    for (int i = 0; st == YH_OK && i < m->nlist; i++) {
        struct yh_arena *keep = m->x->arena;
        m->x->arena = &m->group;
        st = one_group(m, m->list[i].grp, err);
        m->x->arena = keep;
    }
    return st;
}

static enum yh_status make(struct maker *m, const char *path, struct yh_err *err)
{
    struct yh_account_group_row like = { .region = { m->region_text, 6 } };
    yh_arc_dicts_open(&m->dicts, &m->tables);
    enum yh_status st = providers(m, err);
    if (st == YH_OK)
        st = yh_each_account_group(m->x, (struct yh_span){ .index = YH_BY_KEY, .same = 1 },
                                   &like, note_group, m, err);
    if (st == YH_OK)
        st = pass(m, err);
    if (st == YH_OK && !m->r->nsum)
        st = yh_fail(err, YH_NOT_FOUND, "统筹区 %06u 在 %d 年没有一笔有效的结算", m->region,
                     m->year);
    m->r->nsum = 0;
    if (st == YH_OK)
        st = lenses(m, err);
    if (st == YH_OK)
        st = yh_archive_create(path, &m->out, err);
    if (st)
        return st;
    m->writes = true;
    st = pass(m, err);
    if (st == YH_OK && yh_arc_rows(&m->b, YH_ARC_person))
        st = flush(m, err);
    if (st) {
        yh_archive_abandon(m->out);
        return st;
    }
    struct yh_archive_about about = { .region = m->region, .year = m->year };
    about.text = YH_S("source 数据目录\n");
    yh_terms_digest(m->world->terms, m->world->catalog, about.catalog);
    return yh_archive_finish(m->out, &m->dicts, m->provider_bytes, &about, err);
}

/* The year's amounts once from the settlement rows and once from the finished file. */
static const char *const SUM[] = { "hifp_pay",        "hifmi_pay",       "hifob_pay",
                                   "hifes_pay",       "cvlserv_pay",     "maf_pay",
                                   "hifdm_pay",       "oth_pay",         "hosp_part_amt",
                                   "acct_pay",        "acct_mulaid_pay", "to_person",
                                   "act_pay_dedc",    "medfee_sumamt",   "fulamt_ownpay_amt",
                                   "overlmt_selfpay", "preselfpay_amt",  "inscp_scp_amt" };
struct sums {
    struct maker *m;
    yh_fen v[YH_COUNT(SUM)];
};

static bool add_row(void *user, const void *row)
{
    struct sums *t = user;
    const struct yh_settlement_row *s = row;
    const yh_fen v[] = { s->basic,    s->serious,   s->large,      s->enterprise, s->civil,
                         s->assist,   s->disabled,  s->other,      s->hospital,   s->account,
                         s->relative, s->to_person, s->deductible, s->total,      s->outside,
                         s->over,     s->first,     s->scope };
    for (int i = 0; s->year == t->m->year && i < YH_COUNT(v); i++)
        t->v[i] += v[i];
    return true;
}

static enum yh_status check(struct maker *m, const char *path, struct yh_err *err)
{
    struct sums books = { .m = m };
    yh_fen file[YH_COUNT(SUM)] = { 0 };
    struct yh_settlement_row like = { .region = { m->region_text, 6 } };
    enum yh_status st = yh_each_settlement(
        m->x, (struct yh_span){ .index = YH_BY_KEY, .same = 1 }, &like, add_row, &books, err);
    struct yh_archive a;
    if (st || (st = yh_archive_open(path, &a, err)) != YH_OK)
        return st;
    for (int i = 0; st == YH_OK && i < a.nchunk; i++) {
        struct yh_arc_chunk c;
        if ((st = yh_archive_chunk(&a, i, &c, err)) != YH_OK)
            break;
        for (int64_t h = 0; h < c.n[YH_ARC_head]; h++) {
            struct yh_arc_head x;
            yh_arc_get_head(&c, h, &x);
            const yh_fen v[] = { x.basic,     x.serious, x.large,    x.enterprise,
                                 x.civil_pay, x.assist,  x.disabled, x.other,
                                 x.hospital,  x.account, x.relative, x.to_person,
                                 x.deductible };
            for (int k = 0; k < YH_COUNT(v); k++)
                file[k] += v[k];
        }
        /* A cut of a part is of the whole stay so far: what a stay costs is its last cut. */
        for (int64_t h = 0; h < c.n[YH_ARC_head]; h++) {
            bool last = true;
            char x[24], y[24];
            if (YH_ARC(&c, head, part, h))
                for (int64_t k = h + 1; last && k < c.n[YH_ARC_head]; k++)
                    last = !(YH_ARC(&c, head, part, k) &&
                             YH_ARC(&c, head, person, k) == YH_ARC(&c, head, person, h) &&
                             yh_eq(yh_arc_text(&c, YH_ARC(&c, head, visit, k), x),
                                   yh_arc_text(&c, YH_ARC(&c, head, visit, h), y)));
            int64_t from, to;
            YH_ARC_SPAN(&c, head, cut, h, &from, &to);
            for (int64_t k = from; last && k < to; k++) {
                struct yh_arc_cut cut;
                yh_arc_get_cut(&c, k, &cut);
                file[13] += cut.outside + cut.over + cut.first + cut.scope;
                file[14] += cut.outside;
                file[15] += cut.over;
                file[16] += cut.first;
                file[17] += cut.scope;
            }
        }
    }
    yh_archive_close(&a);
    m->r->same = st == YH_OK;
    for (int i = 0; i < YH_COUNT(SUM); i++) {
        m->r->sum[i].name = SUM[i];
        m->r->sum[i].books = books.v[i];
        m->r->sum[i].archive = file[i];
        m->r->same = m->r->same && books.v[i] == file[i];
    }
    m->r->nsum = YH_COUNT(SUM);
    return st;
}

enum yh_status yh_archive_rebuild(yh_str data, const struct yh_world *world, uint32_t region,
                                  int year, const char *path, struct yh_rebuild_report *out,
                                  struct yh_err *err)
{
    struct yh_store_options opt = { .must_exist = true, .read_only = true };
    struct yh_store *store = NULL;
    struct yh_txn view;
    struct maker *m = yh_heap(NULL, sizeof *m);
    *m = (struct maker){ .world = world, .region = region, .year = year, .r = out };
    *out = (struct yh_rebuild_report){ 0 };
    snprintf(m->region_text, sizeof m->region_text, "%06u", region % 1000000);
    enum yh_status st = yh_arena_open(&m->tables, TABLES, err);
    if (st == YH_OK)
        st = yh_arena_open(&m->rows, TABLES, err);
    if (st == YH_OK)
        st = yh_arena_open(&m->bytes, GROUP, err);
    if (st == YH_OK)
        st = yh_arena_open(&m->group, GROUP, err);
    if (st == YH_OK)
        st = yh_store_open(data, &opt, &store, err);
    if (st == YH_OK && (st = yh_view_open(store, &m->tables, &view, err)) == YH_OK) {
        m->x = &view;
        st = make(m, path, err);
        if (st == YH_OK)
            st = check(m, path, err);
        yh_view_close(&view);
    }
    yh_store_close(store);
    yh_walk_close(&m->walk);
    struct yh_arena *a[] = { &m->tables, &m->rows, &m->bytes, &m->group };
    for (int i = 0; i < 4; i++)
        yh_arena_close(a[i]);
    yh_heap(m, 0);
    return st;
}
