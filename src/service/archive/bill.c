/* service/archive/bill.c -- one settled bill into the archive: the books' row, the walk's cut. */
#include <stdio.h>
#include "service/archive/inside.h"
#include "service/lists.h"

static yh_str name_of(const struct yh_plan *p, enum yh_dim dim, int64_t ordinal)
{
    for (int i = 0; i < p->nkind; i++)
        if (p->kind[i].dim == dim && p->kind[i].ordinal == ordinal)
            return p->kind[i].name;
    return YH_S("");
}

/* Stays so far and the last discharge, as they stood before settlement `at`. */
static void history(const struct yh_rebuild_rows *r, int at, int64_t *stays, int64_t *left,
                    int *joined_of)
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

static enum yh_status lines_of(struct yh_rebuild_part *m, const struct yh_settlement_row *s,
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
            struct yh_arc_line row = {
                .day = yh_time_day(l[k].time),
                .minute = l[k].time / 60 % 1440,
                .item = yh_rebuild_word(m, YH_DICT_ITEM, l[k].code),
                .price = l[k].price,
                .qty = l[k].qty,
                .charge = yh_rebuild_word(m, YH_DICT_CHARGE, l[k].charge_kind),
                .department = yh_rebuild_word(m, YH_DICT_DEPARTMENT, l[k].department),
                .doctor = yh_rebuild_word(m, YH_DICT_DOCTOR, l[k].doctor),
                .approval = yh_clamp(l[k].approval, 0, 2),
                .fault = l[k].fault ? 1 : -l[k].fault_part
            };
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
static void relative_of(const struct yh_rebuild_rows *r, const struct yh_settlement_row *s,
                        int64_t first, struct yh_arc_head *h)
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

/* A settlement as its service saw it. */
struct seen {
    struct yh_ctx then;
    struct yh_call call;
    struct yh_year_event e;
    struct yh_visit_row visit;
    struct yh_place home;
    int32_t provider; /* in the year's list */
};

static enum yh_status see_again(struct yh_rebuild_part *m, const struct yh_settlement_row *s,
                                struct seen *o, struct yh_err *err)
{
    struct yh_call none = { .infno = YH_S("archive"), .person = s->person, .now = s->time };
    struct yh_ctx c = yh_outside(m->y->world, &m->x, &m->group, &none);
    o->provider = yh_map_get(&m->y->provider_at, s->provider, -1);
    if (o->provider < 0)
        return yh_fail(err, YH_NOT_FOUND, "结算 %.*s 的机构 %.*s 不在机构表里",
                       YH_ARG(s->settlement), YH_ARG(s->provider));
    struct yh_provider_row *provider = YH_NEW(&m->group, struct yh_provider_row, 1);
    *provider = m->y->provider[o->provider];
    o->visit = (struct yh_visit_row){
        .region = s->region, .grp = s->grp, .person = s->person, .visit = s->visit
    };
    enum yh_status st = yh_ctx_then(&c, s, provider, &o->call, &o->then, err);
    if (st == YH_OK)
        st = yh_event_again(&o->then, s, &o->e, err);
    if (st == YH_OK)
        st = yh_get_visit(&m->x, &o->visit, err);
    return st ? st
              : yh_region_locate(m->y->world->regions, s->office.n ? s->office : s->region,
                                 (yh_day)s->begin_day, &o->home, err);
}

/* 1: an interim part; 2: what follows one; 0: the whole. */
static int part_of(const struct yh_rebuild_rows *r, int at)
{
    const struct yh_settlement_row *s = &r->settlement[at];
    for (int i = 0; i < at && !s->interim; i++)
        if (r->settlement[i].interim && !r->settlement[i].undone_by.n &&
            !r->settlement[i].undoes.n && yh_eq(r->settlement[i].visit, s->visit))
            return 2;
    return s->interim ? 1 : 0;
}

static enum yh_status head_of(struct yh_rebuild_part *m, const struct yh_rebuild_rows *r,
                              int at, int64_t first, struct bill *o, struct yh_err *err)
{
    const struct yh_settlement_row *s = &r->settlement[at];
    struct seen seen;
    enum yh_status st = see_again(m, s, &seen, err);
    if (st)
        return st;
    int64_t stays, left;
    int joined;
    history(r, at, &stays, &left, &joined);
    bool stay = yh_is_stay(s->med_type);
    const struct yh_visit_row *v = &seen.visit;
    const struct yh_bill *b = &seen.e.bill;
    const struct yh_plan *p = seen.e.plan;
    yh_str filing = name_of(p, YH_DIM_FILING, b->facts.v[YH_DIM_FILING]),
           referral = name_of(p, YH_DIM_REFERRAL, b->facts.v[YH_DIM_REFERRAL]),
           status = name_of(p, YH_DIM_STATUS, b->facts.v[YH_DIM_STATUS]);
    int who = 0;
    while (who < r->nperson && !yh_eq(r->person[who].person, s->person))
        who++;
    int civil = yh_plan_kind(p, YH_DIM_IDENT, YH_S("公务员"));
    o->h = (struct yh_arc_head){
        .person = first + who,
        .seq = s->seq,
        .undoes = -1,
        .replaces = -1,
        .part = part_of(r, at),
        .provider = seen.provider,
        .department = yh_rebuild_word(m, YH_DICT_DEPARTMENT, v->department),
        .doctor = yh_rebuild_word(m, YH_DICT_DOCTOR, v->doctor),
        .scheme = yh_rebuild_word(m, YH_DICT_SCHEME, s->scheme),
        .psn_kind = yh_rebuild_word(m, YH_DICT_PSN_KIND, s->psn_kind),
        .civil = civil >= 0 && civil < 64 && (b->facts.idents >> civil & 1),
        .office = yh_rebuild_word(m, YH_DICT_OFFICE, s->office),
        .place = yh_rebuild_word(m, YH_DICT_OFFICE, s->place),
        .away = yh_region_away(&seen.home, &seen.then.provider_place),
        .med_type = yh_rebuild_word(m, YH_DICT_MED_TYPE, s->med_type),
        .stay = stay,
        .begin = s->begin_day,
        .end = s->end_day,
        .time = s->time,
        .year = s->year,
        .filing = yh_rebuild_word(m, YH_DICT_FILING, filing),
        .referral = yh_rebuild_word(m, YH_DICT_REFERRAL, referral),
        .disease = yh_rebuild_word(m, YH_DICT_DISEASE, v->disease),
        .delivery = yh_rebuild_word(m, YH_DICT_DELIVERY, v->delivery),
        .fetuses = v->fetuses,
        .status = yh_rebuild_word(m, YH_DICT_STATUS, status),
        .months = b->facts.v[YH_DIM_MONTHS],
        .clean = b->facts.v[YH_DIM_CLEAN],
        .count = stay && v->stay_count ? v->stay_count : stays + 1,
        .gap = left && left <= s->begin_day ? s->begin_day - left : YH_GAP_NONE,
        .fixed_price = b->fixed_price,
        .pended = b->pended,
        .liable = b->liable_share,
        .deduct_waived = b->deduct_waived,
        .document = yh_rebuild_word(
            m, YH_DICT_DOCUMENT,
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

static void note(struct yh_rebuild_part *m, const struct yh_settlement_row *s, const char *what,
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

static void add_pays(struct yh_rebuild_part *m, const struct yh_rebuild_rows *r,
                     const struct yh_settlement_row *s, const struct yh_lens_plan *p)
{
    /* settlement_fund keeps funds; the layer is the plan's first of that fund.  The waiver of a
     * provider is no fund and has no row there. */
    for (int sort = 0; sort < 64; sort++)
        for (int i = 0; i < r->nfund; i++) {
            const struct yh_settlement_fund_row *f = &r->fund[i];
            if (f->seq != s->seq || f->sort != sort || yh_eq(f->fund, YH_S("310200")) ||
                (!f->amount && !f->to_person))
                continue;
            struct yh_arc_pay pay = { .fund = yh_rebuild_word(m, YH_DICT_FUND, f->fund),
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

static void add_code(struct yh_rebuild_part *m, enum yh_arc_dict_id d, int kind, yh_str code)
{
    (void)yh_arc_add_code(
        m->b, &(struct yh_arc_code){ .kind = kind, .code = yh_rebuild_word(m, d, code) });
}

/* A stay's codes as its settlement list (4101) has them, in the newest version; where there is none, and
 * of any other visit, the diagnoses of the visit. */
static enum yh_status add_codes(struct yh_rebuild_part *m, const struct yh_rebuild_rows *r,
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

/* The bill as the walk decides it now, beside the books. */
struct again {
    struct yh_decision d;
    struct yh_walk_told told;
    bool decided;
    const char *differs; /* NULL: as the books have it */
    yh_fen was, is;
};

static void walk_again(struct yh_rebuild_part *m, const struct yh_rebuild_rows *r,
                       int64_t first, const struct yh_settlement_row *s, struct bill *o,
                       struct again *g)
{
    int who = (int)(o->h.person - first), nident = 0;
    const struct yh_person_row *p = &r->person[who];
    struct yh_arc_identity *ident = YH_NEW(&m->group, struct yh_arc_identity, r->nidentity);
    for (int i = 0; i < r->nidentity; i++) {
        const struct yh_identity_row *d = &r->identity[i];
        if (yh_eq(d->person, p->person))
            ident[nident++] =
                (struct yh_arc_identity){ yh_rebuild_word(m, YH_DICT_IDENT, d->kind),
                                          d->from_day, d->to_day };
    }
    struct yh_tag_sums all = { .sums = { s->total, s->outside, s->over, s->first, s->scope } };
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
                              .nline = o->nline,
                              .cut = o->nline ? NULL : &all,
                              .ncut = o->nline ? 0 : 1 };
    struct yh_err why = { 0 };
    g->decided = !yh_walk_settle(&m->walk, &c, (struct yh_settle_how){ .cut = true }, &g->d,
                                 &g->told, &why);
    if (!g->decided) {
        g->differs = "不能重算";
        return;
    }
    g->differs = yh_walk_differs(&o->h, &g->d, &g->was, &g->is);
    /* No settlement row says what a provider waived: the walk's is taken. */
    if (g->d.pay[YH_PAY_WAIVER])
        o->h.waiver = g->d.pay[YH_PAY_WAIVER];
    if (g->differs && !strcmp(g->differs, "waiver"))
        g->differs = yh_walk_differs(&o->h, &g->d, &g->was, &g->is);
    if (!g->differs && (g->d.sums.total != s->total || g->d.sums.scope != s->scope)) {
        g->differs = "inscp_scp_amt";
        g->was = s->scope;
        g->is = g->d.sums.scope;
    }
}

static void add_cuts(struct yh_rebuild_part *m, const struct yh_settlement_row *s,
                     const struct again *g)
{
    struct yh_arc_cut cut;
    if (g->decided && g->d.sums.total == s->total && g->d.sums.scope == s->scope) {
        for (int i = 0; yh_walk_cut_row(g->told.plan, &g->d, i, &cut); i++)
            (void)yh_arc_add_cut(m->b, &cut);
        return;
    }
    cut = (struct yh_arc_cut){ .tag = yh_rebuild_word(m, YH_DICT_TAG, YH_S("普通")),
                               .outside = s->outside,
                               .over = s->over,
                               .first = s->first,
                               .scope = s->scope };
    (void)yh_arc_add_cut(m->b, &cut);
}

/* Books' row, the walk's cut; where the walk decides otherwise, the books stand and it is noted. */
static enum yh_status write_bill(struct yh_rebuild_part *m, const struct yh_rebuild_rows *r,
                                 int at, int64_t first, struct bill *o, struct yh_err *err)
{
    const struct yh_settlement_row *s = &r->settlement[at];
    struct again g = { .decided = false };
    walk_again(m, r, first, s, o, &g);
    if (g.differs)
        note(m, s, g.differs, g.was, g.is);
    (void)yh_arc_add_head(m->b, &o->h);
    m->r.heads++;
    add_cuts(m, s, &g);
    if (g.differs)
        add_pays(m, r, s, g.told.plan);
    struct yh_arc_pay pay;
    for (int i = 0; !g.differs && yh_walk_pay_row(g.told.plan, &g.d, i, &pay); i++)
        if (pay.amount || pay.beyond)
            (void)yh_arc_add_pay(m->b, &pay);
    for (int i = 0; i < o->nline; i++)
        (void)yh_arc_add_line(m->b, &o->row[i]);
    m->r.lines += o->nline;
    return add_codes(m, r, s, o->h.stay && o->h.part != 1, err);
}

enum yh_status yh_rebuild_bill(struct yh_rebuild_part *m, const struct yh_rebuild_rows *r,
                               int at, int64_t first, struct yh_err *err)
{
    struct bill o = { .nline = 0 };
    enum yh_status st = head_of(m, r, at, first, &o, err);
    return st ? st : write_bill(m, r, at, first, &o, err);
}
