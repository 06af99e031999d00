/* service/settle.c -- who pays: trial and settlement (2206 2207 2303 2304). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "engine/benefit/benefit.h"
#include "engine/benefit/year.h"
#include "engine/bill/bill.h"
#include "engine/ledger/ledger.h"
#include "service/inside.h"
#include "service/price.h"
#include "service/query.h"
#include "service/remote.h"
#include "store/deltas.h"

/* One settlement being decided. */
struct one {
    struct yh_member m;
    struct yh_visit_row v;
    const struct yh_plan *plan;
    struct yh_facts_of facts;
    struct yh_split_by by;
    struct yh_charge_batch_row *row; /* all of the visit */
    bool *taken;                     /* the batches that this settlement takes */
    int nrow;
    struct yh_charge_line *line; /* of the batches that the engine sees */
    int nline;
    bool *mine;                     /* lines of taken batches */
    struct yh_settlement_row *part; /* earlier parts of the stay, in force */
    int npart;
    struct yh_bill bill;
    struct yh_decision d;
    yh_day end;
    bool stay, trial;
    struct yh_relative rel;
};

bool yh_is_manual(const struct yh_settlement_row *s)
{
    return yh_starts(s->msgid, YH_MANUAL);
}

bool yh_is_providers(const struct yh_settlement_row *s)
{
    return !yh_is_manual(s) && !yh_eq(s->operator_no, YH_READJUDGED);
}

/* ---- what is to be settled ---- */

static enum yh_status agree(struct one *o, const struct yh_settle_in *in, struct yh_err *err)
{
    struct yh_visit_row *v = &o->v;
    if (yh_eq(v->status, YH_S("cancelled")))
        return yh_refuse(err, YH_REFUSE_VISIT_CANCELLED, v->visit, NULL);
    if (yh_eq(v->status, YH_S("settled")))
        return yh_refuse(err, YH_REFUSE_VISIT_SETTLED, v->visit, NULL);
    if (in->scheme.n && !yh_eq(in->scheme, v->scheme))
        return yh_refuse(err, YH_REFUSE_SCHEME_OTHER, in->scheme, "登记为 %.*s",
                         YH_ARG(v->scheme));
    if (!v->med_type.n)
        v->med_type = in->med_type;
    if (in->med_type.n && !yh_eq(in->med_type, v->med_type))
        return yh_refuse(err, YH_REFUSE_MED_TYPE_OTHER, in->med_type, "登记为 %.*s",
                         YH_ARG(v->med_type));
    if (in->disease.n)
        v->disease = in->disease;
    if (in->setlway.n)
        v->setlway = in->setlway;
    yh_str f = in->account_flag;
    if (f.n && !yh_eq(f, YH_S("0")) && !yh_eq(f, YH_S("1")) && !yh_eq(f, YH_S("2")))
        return yh_refuse(err, YH_REFUSE_ACCOUNT_FLAG, f, NULL);
    o->stay = yh_is_stay(v->med_type);
    if (o->stay && in->outpatient)
        return yh_refuse(err, YH_REFUSE_SETTLE_STAY, v->visit, NULL);
    if (!o->stay && in->interim)
        return yh_refuse(err, YH_REFUSE_INTERIM_OUTPATIENT, YH_S("1"), "就诊 %.*s",
                         YH_ARG(v->visit));
    return YH_OK;
}

/* A visit needs a valid diagnosis; the registration fee alone (12) and purchases do not. */
static enum yh_status diagnosed(struct yh_ctx *c, const struct one *o, struct yh_err *err)
{
    if (yh_eq(o->v.med_type, YH_S("12")) || yh_is_pharmacy(o->v.med_type))
        return YH_OK;
    struct yh_diagnosis_row like = { .region = o->v.region,
                                     .grp = o->v.grp,
                                     .visit = o->v.visit };
    struct yh_diagnosis_row *d = NULL;
    int n = 0;
    enum yh_status st = yh_list_diagnosis(
        c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like, &d, &n, err);
    if (st)
        return st;
    for (int i = 0; i < n; i++)
        if (d[i].valid)
            return YH_OK;
    return yh_refuse(err, YH_REFUSE_DIAGNOSIS_MISSING, o->v.visit, NULL);
}

static enum yh_status earlier_parts(struct yh_ctx *c, struct one *o, struct yh_err *err)
{
    if (!o->v.interims)
        return YH_OK;
    struct yh_settlement_row *s = NULL;
    int n = 0;
    enum yh_status st =
        yh_settlements_of_visit(c->x, o->v.region, o->v.grp, o->v.visit, &s, &n, err);
    if (st)
        return st;
    o->part = s;
    for (int i = 0; i < n; i++)
        if (yh_eq(s[i].kind, YH_S("settle")) && !s[i].undone_by.n)
            s[o->npart++] = s[i];
    return YH_OK;
}

/* Whether a batch lies behind the day; one with lines on both sides cannot be cut. */
static enum yh_status after_edge(struct yh_ctx *c, const struct yh_charge_batch_row *row,
                                 yh_day edge, bool *later, struct yh_err *err)
{
    struct yh_charge_line *l = NULL;
    int n = 0, behind = 0;
    enum yh_status st = yh_lines_unpack(c->arena, row->packed, &l, &n, err);
    if (st)
        return st;
    for (int i = 0; i < n; i++)
        behind += yh_time_day(l[i].time) > edge;
    char text[16];
    if (behind && behind < n && !row->settlement.n)
        return yh_refuse(err, YH_REFUSE_INTERIM_BATCH, yh_day_text(text, edge), "批次 %.*s",
                         YH_ARG(row->batch));
    *later = behind > 0;
    return YH_OK;
}

/* Which batches are settled now, and which lines the engine sees (those and, for a stay with
 * earlier parts, all of the stay so far). */
static enum yh_status gather(struct yh_ctx *c, struct one *o, const struct yh_settle_in *in,
                             struct yh_err *err)
{
    enum yh_status st = yh_batches_of(c, &o->v, &o->row, &o->nrow, err);
    if (st)
        return st;
    o->taken = YH_NEW(c->arena, bool, o->nrow);
    bool all = o->stay || !in->batch.n || yh_eq(in->batch, YH_S("0000"));
    struct yh_charge_batch_row *seen = YH_NEW(c->arena, struct yh_charge_batch_row, o->nrow);
    bool *new = YH_NEW(c->arena, bool, o->nrow);
    int nseen = 0, ntaken = 0, settled = 0;
    /* An interim settlement that names a day (dscgTime) takes what was charged up to it: so the old
     * year is settled by itself. */
    yh_day edge =
        o->stay && in->interim && in->end_time ? yh_time_day(in->end_time) : YH_DAY_MAX;
    for (int i = 0; i < o->nrow; i++) {
        bool later = false;
        if (edge < YH_DAY_MAX && (st = after_edge(c, &o->row[i], edge, &later, err)) != YH_OK)
            return st;
        bool open = !o->row[i].settlement.n && !later;
        settled += !open && (all || yh_eq(o->row[i].batch, in->batch));
        o->taken[i] = open && (all || yh_eq(o->row[i].batch, in->batch));
        ntaken += o->taken[i];
        if (o->taken[i] || (o->npart && !open)) {
            new[nseen] = o->taken[i];
            seen[nseen++] = o->row[i];
        }
    }
    if (!ntaken && settled && !o->stay)
        return yh_refuse(err, YH_REFUSE_VISIT_SETTLED, o->v.visit, "批次 %.*s",
                         YH_ARG(in->batch));
    if (!ntaken && !o->npart)
        return in->batch.n && !all
                   ? yh_refuse(err, YH_REFUSE_BATCH_UNKNOWN, in->batch, NULL)
                   : yh_refuse(err, YH_REFUSE_NOTHING_TO_SETTLE, o->v.visit, NULL);
    int *from = NULL;
    if ((st = yh_batch_lines(c, seen, nseen, &o->line, &from, &o->nline, err)) != YH_OK)
        return st;
    o->mine = YH_NEW(c->arena, bool, o->nline);
    for (int i = 0; i < o->nline; i++)
        o->mine[i] = new[from[i]];
    return YH_OK;
}

static enum yh_status check_sums(const struct one *o, const struct yh_settle_in *in,
                                 struct yh_err *err)
{
    struct yh_sums s = { 0 };
    for (int i = 0; i < o->nrow; i++)
        if (o->taken[i]) {
            s.total += o->row[i].total;
            s.outside += o->row[i].outside;
            s.over += o->row[i].over;
            s.first += o->row[i].first;
            s.scope += o->row[i].scope;
        }
    char a[32], b[32];
    if (in->sums.total && in->sums.total != s.total)
        return yh_refuse(err, YH_REFUSE_SUMS_DIFFER, yh_dec_text(a, in->sums.total, 2, 2),
                         "明细合计 %.*s", YH_ARG(yh_dec_text(b, s.total, 2, 2)));
    const struct {
        enum yh_refusal why;
        yh_fen sent, ours;
    } part[] = {
        { YH_REFUSE_SUMS_OUTSIDE, in->sums.outside, s.outside },
        { YH_REFUSE_SUMS_OVER, in->sums.over, s.over },
        { YH_REFUSE_SUMS_FIRST, in->sums.first, s.first },
        { YH_REFUSE_SUMS_SCOPE, in->sums.scope, s.scope },
    };
    for (int i = 0; i < YH_COUNT(part); i++)
        if (part[i].sent && part[i].sent != part[i].ours)
            return yh_refuse(err, part[i].why, yh_dec_text(a, part[i].sent, 2, 2),
                             "分割合计 %.*s", YH_ARG(yh_dec_text(b, part[i].ours, 2, 2)));
    return YH_OK;
}

/* ---- the bill ---- */

/* The document that pays: by the day that the document itself says governs. */
static enum yh_status choose_plan(struct yh_ctx *c, struct one *o, struct yh_err *err)
{
    const struct yh_plan *p = yh_world_plan(c->world, &o->m.home, o->v.scheme, c->today);
    if (!p)
        p = yh_world_plan(c->world, &o->m.home, o->v.scheme, o->end);
    if (p && p->version_day == YH_DAY_DISCHARGE)
        p = yh_world_plan(c->world, &o->m.home, o->v.scheme, o->end);
    else if (p && p->version_day == YH_DAY_BEGIN)
        p = yh_world_plan(c->world, &o->m.home, o->v.scheme, yh_time_day(o->v.begin_time));
    if (!p)
        return yh_refuse(err, YH_REFUSE_NO_DOCUMENT, o->v.scheme, "参保地 %06u",
                         o->m.home.pool->code);
    o->plan = p;
    return YH_OK;
}

static yh_str json_of(struct yh_ctx *c, yh_str json, const char *key)
{
    struct yh_json *v = NULL;
    if (!json.n || yh_json_read(c->arena, json, (struct yh_json_limits){ 0 }, &v, NULL))
        return YH_S("");
    return yh_json_text(yh_json_get(v, yh_cstr(key)));
}

static enum yh_status injury(struct yh_ctx *c, struct one *o, struct yh_err *err)
{
    if (!o->v.external_cause && !o->v.third_party)
        return YH_OK;
    o->bill.pended = !o->facts.injury_decided || !o->facts.injury_payable;
    if (!o->v.third_party)
        return YH_OK;
    yh_str share = json_of(c, o->v.extra, "ttp_pay_prop");
    if (share.n && (yh_dec_parse(share, 6, &o->bill.liable_share, NULL) ||
                    o->bill.liable_share < 0 || o->bill.liable_share > YH_ONE))
        return yh_refuse(err, YH_REFUSE_LIABLE_SHARE, share, NULL);
    return YH_OK;
}

static enum yh_status fixed_price(struct yh_ctx *c, struct one *o,
                                  const struct yh_settle_in *in, struct yh_err *err)
{
    o->bill.fixed_price = yh_eq(o->v.setlway, YH_S("02"));
    if (!o->bill.fixed_price)
        return YH_OK;
    const struct yh_cell *cell = yh_cell_at(&o->plan->fixed_price, &o->facts.facts);
    enum yh_status st = YH_OK;
    if (!cell || cell->value == YH_NONE) /* else of the place's price table */
        st = yh_price_of_disease(c, o->v.disease, o->v.main_diagnosis, o->facts.term_level,
                                 o->end, &o->bill.price, err);
    if (st)
        return st;
    if (in->interim || o->npart)
        return yh_refuse(err, YH_REFUSE_FIXED_PRICE_INTERIM, YH_S("1"), NULL);
    return YH_OK;
}

/* A stay over the year's end, where the document wants the old year settled by itself. */
static enum yh_status over_year(const struct one *o, const struct yh_settle_in *in,
                                struct yh_err *err)
{
    yh_day begin = yh_time_day(o->v.begin_time);
    if (!o->stay || in->interim || o->plan->cross_year == YH_CROSS_DISCHARGE)
        return YH_OK;
    struct yh_period old = yh_benefit_year(o->plan, begin, begin, begin);
    if (o->end < old.to)
        return YH_OK;
    for (int i = 0; i < o->nline; i++)
        if (o->mine[i] && yh_time_day(o->line[i].time) < old.to) {
            char text[16];
            return yh_refuse(err, YH_REFUSE_INTERIM_YEAR, YH_S("0"),
                             "出院日 %.*s，明细 %.*s 属于上一年度",
                             YH_ARG(yh_day_text(text, o->end)), YH_ARG(o->line[i].serial));
        }
    return YH_OK;
}

/* The two halves of a decision kept in a settlement's row, for the parts that follow it. */
static void keep_part(struct yh_ctx *c, const struct yh_decision *d, struct yh_buf *out)
{
    struct yh_jsonw w = yh_jsonw_on(out);
    yh_jw_object(&w);
    yh_jw_key(&w, YH_S("layers"));
    yh_jw_array(&w);
    for (int i = 0; i < d->nlayer; i++) {
        const struct yh_layer_pay *l = &d->layer[i];
        yh_jw_array(&w);
        yh_jw_i64(&w, l->base);
        yh_jw_i64(&w, l->deduct);
        yh_jw_i64(&w, l->paid);
        yh_jw_i64(&w, l->beyond);
        yh_jw_i64(&w, l->unconsumed);
        yh_jw_i64(&w, l->rate);
        yh_jw_i64(&w, l->cap_left);
        yh_jw_i64(&w, l->capped);
        yh_jw_end(&w, ']');
    }
    yh_jw_end(&w, ']');
    yh_jw_key(&w, YH_S("parts"));
    yh_jw_array(&w);
    for (int i = 0; i < YH_PART_N; i++)
        yh_jw_i64(&w, d->part[i]);
    yh_jw_end(&w, ']');
    yh_jw_key(&w, YH_S("hosp"));
    yh_jw_array(&w);
    yh_jw_i64(&w, d->hosp_over);
    yh_jw_i64(&w, d->hosp_outside);
    yh_jw_i64(&w, d->hosp_gap);
    yh_jw_end(&w, ']');
    yh_jw_key(&w, YH_S("delta"));
    yh_jw_array(&w);
    for (int i = 0; i < d->nacc; i++)
        yh_jw_i64(&w, d->delta[i]);
    yh_jw_end(&w, ']');
    if (c->ntrace) {
        yh_jw_key(&w, YH_S("trace"));
        yh_jw_array(&w);
        for (int i = 0; i < c->ntrace; i++)
            yh_jw_str(&w, c->trace[i]);
        yh_jw_end(&w, ']');
    }
    yh_jw_end(&w, '}');
}

static int numbers(const struct yh_json *array, int64_t *out, int most)
{
    int n = 0;
    for (const struct yh_json *v = array ? array->first : NULL; v && n < most; v = v->next)
        if (yh_json_dec(v, 0, &out[n], NULL) == YH_OK)
            n++;
    return n;
}

enum yh_status yh_decision_kept(struct yh_ctx *c, const struct yh_settlement_row *s,
                                struct yh_decision *out, struct yh_err *err)
{
    struct yh_json *v = NULL;
    enum yh_status st = yh_json_read(c->arena, s->extra, (struct yh_json_limits){ 0 }, &v, err);
    if (st)
        return yh_fail(err, YH_BAD_TABLE, "结算 %.*s 的分项记录已损坏", YH_ARG(s->settlement));
    struct yh_decision d = { .sums = { s->total, s->outside, s->over, s->first, s->scope } };
    const struct yh_json *layers = yh_json_get(v, YH_S("layers"));
    const struct yh_json *delta = yh_json_get(v, YH_S("delta"));
    d.nlayer = layers ? layers->count : 0;
    d.layer = YH_NEW(c->arena, struct yh_layer_pay, d.nlayer);
    int i = 0;
    for (const struct yh_json *l = layers ? layers->first : NULL; l; l = l->next, i++) {
        int64_t n[8] = { 0 };
        (void)numbers(l, n, 8);
        d.layer[i] = (struct yh_layer_pay){ .base = n[0],
                                            .deduct = n[1],
                                            .paid = n[2],
                                            .beyond = n[3],
                                            .unconsumed = n[4],
                                            .rate = n[5],
                                            .cap_left = n[6],
                                            .capped = n[7] != 0 };
    }
    (void)numbers(yh_json_get(v, YH_S("parts")), d.part, YH_PART_N);
    int64_t hosp[3] = { 0 };
    (void)numbers(yh_json_get(v, YH_S("hosp")), hosp, 3);
    d.hosp_over = hosp[0];
    d.hosp_outside = hosp[1];
    d.hosp_gap = hosp[2];
    d.nacc = delta ? delta->count : 0;
    d.delta = YH_NEW(c->arena, int64_t, d.nacc);
    (void)numbers(delta, d.delta, d.nacc);
    d.hospital = s->hospital;
    d.account = s->account;
    d.relative = s->relative;
    d.cash = s->cash;
    d.person = s->person_part;
    d.fund = s->fund;
    d.to_person = s->to_person;
    d.deductible = s->deductible;
    d.basic_rate = s->basic_rate;
    *out = d;
    return YH_OK;
}

static enum yh_status prior_of(struct yh_ctx *c, struct one *o, struct yh_err *err)
{
    if (!o->npart)
        return YH_OK;
    struct yh_decision *d = YH_NEW(c->arena, struct yh_decision, o->npart);
    const struct yh_decision **p = YH_NEW(c->arena, const struct yh_decision *, o->npart);
    for (int i = 0; i < o->npart; i++) {
        if (!yh_eq(o->part[i].document, o->plan->id) && d[0].nlayer &&
            d[0].nlayer != o->plan->nlayer)
            return yh_fail(err, YH_CONFLICT, "此前的中途结算依据 %.*s，与现行 %.*s 的结构不同",
                           YH_ARG(o->part[i].document), YH_ARG(o->plan->id));
        enum yh_status st = yh_decision_kept(c, &o->part[i], &d[i], err);
        if (st)
            return st;
        p[i] = &d[i];
    }
    struct yh_prior *prior = YH_NEW(c->arena, struct yh_prior, 1);
    *prior = yh_benefit_prior(c->arena, p, o->npart);
    o->bill.prior = prior;
    return YH_OK;
}

/* The stay that this one joins by transfer (转诊): the deductible paid there counts. */
static enum yh_status joined(struct yh_ctx *c, struct one *o, struct yh_err *err)
{
    yh_day begin = yh_time_day(o->v.begin_time);
    int none = yh_plan_kind(o->plan, YH_DIM_REFERRAL, YH_S("未转诊"));
    bool referred = o->facts.facts.v[YH_DIM_REFERRAL] != (none < 0 ? 0 : none);
    if (!o->stay || !referred || !o->facts.left || begin - o->facts.left > 1)
        return YH_OK;
    struct yh_settlement_row like = { .region = o->v.region, .grp = o->v.grp };
    struct yh_settlement_row *s = NULL;
    int n = 0;
    enum yh_status st = yh_list_settlement(
        c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2, .down = true, .most = 40 },
        &like, &s, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        if (yh_eq(s[i].person, o->v.person) && yh_eq(s[i].kind, YH_S("settle")) &&
            !s[i].undone_by.n && yh_is_stay(s[i].med_type) && s[i].end_day == o->facts.left) {
            o->bill.joined = true;
            o->bill.joined_deduct += s[i].deductible;
        }
    return st;
}

static enum yh_status build_bill(struct yh_ctx *c, struct one *o, const struct yh_settle_in *in,
                                 struct yh_err *err)
{
    o->bill = (struct yh_bill){
        .begin = yh_time_day(o->v.begin_time),
        .end = o->end,
        .settle_day = c->today,
        .facts = o->facts.facts,
        .term_level = o->facts.term_level,
        .standing = o->facts.standing,
    };
    enum yh_status st = injury(c, o, err);
    if (st == YH_OK)
        st = fixed_price(c, o, in, err);
    if (st == YH_OK)
        st = over_year(o, in, err);
    if (st == YH_OK)
        st = prior_of(c, o, err);
    if (st == YH_OK)
        st = joined(c, o, err);
    if (st)
        return st;
    struct yh_line *line = YH_NEW(c->arena, struct yh_line, o->nline);
    for (int i = 0; i < o->nline; i++)
        line[i] = yh_engine_line(c, &o->line[i]);
    o->bill.line = line;
    o->bill.nline = o->nline;
    return yh_relative_find(c, &o->m, in->account_flag, &o->rel, err);
}

static enum yh_status accounts(struct one *o, const struct yh_settle_in *in, struct yh_err *err)
{
    bool used = yh_eq(in->account_flag, YH_S("1")) || yh_eq(in->account_flag, YH_S("2"));
    o->bill.account_flag = yh_eq(in->account_flag, YH_S("2")) ? 2 : used ? 1 : 0;
    const struct yh_account_row *a = o->m.account;
    if (used && a && a->frozen)
        return yh_refuse(err, YH_REFUSE_ACCOUNT_FROZEN, in->account_flag, NULL);
    o->bill.account_balance = a ? yh_max(0, a->balance - a->held) : 0;
    o->bill.relative_balance = used ? o->rel.available : 0;
    return YH_OK;
}

/* The lines as this place splits them, and the bill by totals by mark that a home decides on. */
static enum yh_status to_totals(struct yh_ctx *c, struct one *o, struct yh_bill *bill,
                                struct yh_line_split **cut, struct yh_err *err)
{
    struct yh_bill split = o->bill;
    split.facts = o->by.facts.facts;
    *cut = YH_NEW(c->arena, struct yh_line_split, o->nline);
    struct yh_tag_sums *part = YH_NEW(c->arena, struct yh_tag_sums, 32);
    int npart = 0;
    enum yh_status st =
        yh_benefit_split(*c->arena, o->by.plan, &o->by.terms, &split, *cut, part, &npart, err);
    if (st)
        return st;
    *bill = o->bill;
    bill->line = NULL;
    bill->nline = 0;
    bill->part = part;
    bill->npart = npart;
    bill->sums = (struct yh_sums){ 0 };
    for (int i = 0; i < npart; i++) {
        bill->sums.total += part[i].sums.total;
        bill->sums.outside += part[i].sums.outside;
        bill->sums.over += part[i].sums.over;
        bill->sums.first += part[i].sums.first;
        bill->sums.scope += part[i].sums.scope;
    }
    return YH_OK;
}

/* Another place's patient: this place splits, the home decides on the totals.  One message out, one
 * in (service/remote.h). */
static enum yh_status ask_home(struct yh_ctx *c, struct one *o, const struct yh_settle_in *in,
                               struct yh_err *err)
{
    struct yh_line_split *cut = NULL;
    struct yh_bill totals;
    enum yh_status st = to_totals(c, o, &totals, &cut, err);
    if (st)
        return st;
    struct yh_home_ask ask = { .plan = o->plan, .bill = totals, .trial = o->trial };
    ask.home = o->v.region;
    ask.person = o->v.person;
    ask.scheme = o->v.scheme;
    ask.provider = c->call->provider;
    ask.key = yh_fmt(c->arena, "%.*s %.*s", YH_ARG(c->call->provider), YH_ARG(c->call->msgid));
    ask.med_type = o->v.med_type;
    ask.disease = o->v.disease;
    ask.account_flag = in->account_flag;
    struct yh_home_reply reply;
    const struct yh_remote *r = c->world->remote;
    st = YH_NOT_FOUND;
    if (r)
        st = r->ask(r->user, c->arena, &ask, &reply, err);
    if (st == YH_NOT_FOUND)
        st = yh_home_answer(c->arena, &ask, &reply, err);
    if (st == YH_RETRY)
        return yh_refuse(err, YH_REFUSE_HOME_SILENT, o->v.office, NULL);
    if (st)
        return st;
    o->d = reply.decision;
    /* Line by line what the place split; the home may have added first-pay on the whole. */
    o->d.split = cut;
    o->d.nline = o->nline;
    return YH_OK;
}

enum yh_status yh_home_answer(struct yh_arena *a, const struct yh_home_ask *ask,
                              struct yh_home_reply *out, struct yh_err *err)
{
    struct yh_home_reply r = { .document = ask->plan->id };
    enum yh_status st =
        yh_benefit_settle(a, ask->plan, NULL, &ask->bill,
                          (struct yh_settle_how){ .reasons = true }, &r.decision, err);
    if (st == YH_OK)
        *out = r;
    return st;
}

/* May this bill carry the invoice? */
static enum yh_status invoice_free(struct yh_ctx *c, yh_str invoice, struct yh_err *err)
{
    if (!invoice.n)
        return YH_OK;
    struct yh_invoice_row row = { .provider = c->call->provider, .invoice = invoice };
    enum yh_status st = yh_get_invoice(c->x, &row, err);
    if (st == YH_OK)
        return yh_refuse(err, YH_REFUSE_INVOICE_TWICE, invoice, "结算 %.*s",
                         YH_ARG(row.settlement));
    return st == YH_NOT_FOUND ? YH_OK : st;
}

/* ---- outpatient care of a day in hospital ---- */

/* 住院期间不享受门诊统筹: no pooled outpatient money on a day of a stay, from the day after admission to
 * the day before discharge.  Exempt, as their rules say: drugs paid for apart from the stay (特药
 * 18, 单独支付 910301, 双通道外购 910302, 大病特药 9904), and whatever the fund pays nothing for: then nobody asks here. */
static enum yh_status in_hospital(struct yh_ctx *c, const struct one *o, struct yh_err *err)
{
    static const yh_str EXEMPT[] = { YH_S_INIT("18"), YH_S_INIT("910301"), YH_S_INIT("910302"),
                                     YH_S_INIT("9904") };
    if (o->stay)
        return YH_OK;
    for (int i = 0; i < YH_COUNT(EXEMPT); i++)
        if (yh_eq(EXEMPT[i], o->v.med_type))
            return YH_OK;
    struct yh_visit_row *all = NULL;
    int n = 0;
    enum yh_status st = yh_visits_of(c, o->m.person, &all, &n, err);
    if (st)
        return st;
    for (int i = 0; i < n; i++) {
        if (!yh_is_stay(all[i].med_type) || yh_eq(all[i].status, YH_S("cancelled")))
            continue;
        yh_day in = yh_time_day(all[i].begin_time);
        yh_day out = all[i].end_time ? yh_time_day(all[i].end_time) : YH_DAY_MAX;
        for (int k = 0; k < o->nline; k++) {
            yh_day day = yh_time_day(o->line[k].time);
            if (o->mine[k] && in < day && day < out)
                return yh_refuse(err, YH_REFUSE_IN_HOSPITAL_POOLED, o->v.person,
                                 "住院就诊 %.*s，机构 %.*s", YH_ARG(all[i].visit),
                                 YH_ARG(all[i].provider));
        }
    }
    return YH_OK;
}

/* ---- deciding ---- */

/* At home the paying document splits too, with the facts that are there. */
static enum yh_status split_by(struct yh_ctx *c, struct one *o, struct yh_err *err)
{
    if (yh_region_away(&o->m.home, &c->provider_place) != YH_AWAY_LOCAL)
        return yh_split_start(c, &o->m, &o->v, c->today, &o->by, err);
    int64_t scheme = 0;
    if (yh_int_parse(o->v.scheme, &scheme, NULL))
        scheme = 0;
    o->by = (struct yh_split_by){ .plan = o->plan,
                                  .terms = yh_terms_at(c->world->terms, &c->provider_place,
                                                       (int)scheme),
                                  .facts = o->facts };
    return YH_OK;
}

/* A home that lives elsewhere books when it is asked: first all that could refuse the call here.  On a day
 * in hospital it depends on the answer, so the home is asked on trial before. */
static enum yh_status ask_away(struct yh_ctx *c, struct one *o, const struct yh_settle_in *in,
                               struct yh_err *err)
{
    struct yh_err blocked;
    enum yh_status st = o->trial ? YH_OK : invoice_free(c, in->invoice, err);
    if (st)
        return st;
    enum yh_status inside = in_hospital(c, o, &blocked);
    if (inside == YH_OK)
        return ask_home(c, o, in, err);
    if (inside != YH_CONFLICT) {
        *err = blocked;
        return inside;
    }
    bool trial = o->trial;
    o->trial = true;
    st = ask_home(c, o, in, err);
    o->trial = trial;
    if (st == YH_OK && o->d.fund) {
        *err = blocked;
        return inside;
    }
    return st || trial ? st : ask_home(c, o, in, err);
}

/* From what was gathered to the decision. */
static enum yh_status weigh(struct yh_ctx *c, struct one *o, const struct yh_settle_in *in,
                            struct yh_err *err)
{
    yh_time end = o->v.end_time ? o->v.end_time : in->end_time;
    if (in->interim && in->end_time)
        end = in->end_time;
    o->end = o->stay ? (end ? yh_time_day(end) : c->today) : yh_time_day(o->v.begin_time);
    if (o->end < yh_time_day(o->v.begin_time) || o->end > c->today) {
        char text[16];
        return yh_refuse(
            err, o->end > c->today ? YH_REFUSE_DISCHARGE_FUTURE : YH_REFUSE_DISCHARGE_EARLY,
            yh_day_text(text, o->end), NULL);
    }
    enum yh_status st = YH_OK;
    if (o->stay)
        st = yh_stay_ends_before_others(c, &o->v, yh_day_time(o->end), err);
    if (st == YH_OK)
        st = choose_plan(c, o, err);
    if (st == YH_OK)
        st = yh_facts_build(c, &o->m, &o->v, c->provider, o->plan, o->end, false, &o->facts,
                            err);
    if (st == YH_OK)
        st = yh_facts_standing(c, &o->v, o->plan, o->end, c->today, &o->facts, err);
    if (st == YH_OK)
        st = split_by(c, o, err);
    if (st == YH_OK)
        st = build_bill(c, o, in, err);
    if (st == YH_OK)
        st = accounts(o, in, err);
    if (st)
        return st;
    if (o->by.away)
        return ask_away(c, o, in, err);
    st = yh_benefit_settle(c->arena, o->plan, &o->by.terms, &o->bill,
                           (struct yh_settle_how){ .reasons = true }, &o->d, err);
    if (st == YH_OK && o->d.fund)
        st = in_hospital(c, o, err);
    return st;
}

static enum yh_status decide(struct yh_ctx *c, struct one *o, const struct yh_settle_in *in,
                             struct yh_err *err)
{
    enum yh_status st = yh_case_open(c, in->person, in->visit, &o->m, &o->v, err);
    if (st == YH_OK)
        st = agree(o, in, err);
    if (st == YH_OK)
        st = yh_service_opened(c, o->v.med_type, err);
    if (st == YH_OK)
        st = diagnosed(c, o, err);
    if (st == YH_OK)
        st = earlier_parts(c, o, err);
    if (st == YH_OK)
        st = gather(c, o, in, err);
    if (st == YH_OK)
        st = check_sums(o, in, err);
    if (st == YH_OK)
        st = weigh(c, o, in, err);
    return st;
}

/* ---- the row ---- */

static yh_str clearing_type(yh_str med_type)
{
    static const yh_str SAME[] = { YH_S_INIT("11"), YH_S_INIT("12"), YH_S_INIT("13"),
                                   YH_S_INIT("14"), YH_S_INIT("18"), YH_S_INIT("21"),
                                   YH_S_INIT("22"), YH_S_INIT("28"), YH_S_INIT("41"),
                                   YH_S_INIT("53") };
    for (int i = 0; i < YH_COUNT(SAME); i++)
        if (yh_eq(SAME[i], med_type))
            return SAME[i];
    if (yh_is_stay(med_type))
        return YH_S("21");
    if (yh_is_pharmacy(med_type))
        return YH_S("41");
    return med_type.n && med_type.p[0] == '5' ? YH_S("53") : YH_S("11");
}

/* The rows that tell the person why, and the reasons with their inputs.  A line's split is kept in
 * the line, so line reasons are left out. */
static yh_str reasons_json(struct yh_ctx *c, const struct one *o)
{
    const struct yh_decision *d = &o->d;
    struct yh_explain e = yh_explain_bill(c->arena, o->plan, &o->bill, d, YH_ZH);
    struct yh_buf out = yh_buf_in(c->arena);
    struct yh_jsonw w = yh_jsonw_on(&out);
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "head", e.head);
    yh_jw_kv_i64(&w, "day", e.day);
    yh_jw_kv_i64(&w, "sums", e.sums);
    yh_jw_key(&w, YH_S("rows"));
    yh_jw_array(&w);
    for (int i = 0; i < e.nrow; i++) {
        const struct yh_explain_row *r = &e.row[i];
        yh_jw_array(&w);
        yh_jw_str(&w, r->label);
        yh_jw_i64(&w, r->indent);
        yh_jw_str(&w, r->text);
        if (r->has_amount)
            yh_jw_i64(&w, r->amount);
        else
            yh_jw_null(&w);
        for (int k = 0; k < r->nclause; k++)
            yh_jw_i64(&w, r->clause[k]);
        yh_jw_end(&w, ']');
    }
    yh_jw_end(&w, ']');
    yh_jw_key(&w, YH_S("reasons"));
    yh_jw_array(&w);
    for (int i = 0; i < d->nreason; i++) {
        const struct yh_reason *r = &d->reason[i];
        if (r->line >= 0)
            continue;
        yh_jw_array(&w);
        yh_jw_str(&w, yh_reason_text((enum yh_reason_kind)r->kind).name);
        yh_jw_i64(&w, r->layer);
        yh_jw_i64(&w, r->clause);
        yh_jw_i64(&w, r->clause2);
        yh_jw_i64(&w, r->result);
        for (int k = 0; k < YH_REASON_IN; k++)
            yh_jw_i64(&w, r->in[k]);
        yh_jw_end(&w, ']');
    }
    yh_jw_end(&w, ']');
    yh_jw_end(&w, '}');
    return yh_buf_str(&out);
}

void yh_settled_check(const struct yh_settlement_row *r, const struct yh_settlement_fund_row *f,
                      int nfund)
{
    yh_assert(r->total == r->outside + r->over + r->first + r->scope);
    yh_assert(r->total == r->fund + r->person_part + r->hospital);
    yh_assert(r->fund == r->basic + r->civil + r->enterprise + r->serious + r->large +
                             r->assist + r->disabled + r->other);
    yh_assert(r->person_part == r->account + r->relative + r->cash);
    yh_fen sum = 0;
    for (int i = 0; i < nfund; i++)
        sum += f[i].amount;
    yh_assert(sum == r->fund + r->account + r->relative);
}

static struct yh_settlement_row row_of(struct yh_ctx *c, const struct one *o,
                                       const struct yh_settle_in *in)
{
    const struct yh_decision *d = &o->d;
    char *digest = YH_NEW(c->arena, char, 65);
    yh_hex(digest, o->plan->digest, 32);
    struct yh_buf extra = yh_buf_in(c->arena);
    keep_part(c, d, &extra);
    return (struct yh_settlement_row){
        .region = o->v.region,
        .grp = o->v.grp,
        .kind = YH_S("settle"),
        .person = o->v.person,
        .visit = o->v.visit,
        .provider = c->call->provider,
        .scheme = o->v.scheme,
        .psn_kind = o->m.enrolment ? o->m.enrolment->kind : YH_S(""),
        .med_type = o->v.med_type,
        .time = c->now,
        .begin_day = yh_time_day(o->v.begin_time),
        .end_day = o->end,
        .year = o->facts.year,
        .interim = in->interim,
        .office = o->v.office,
        .place = o->v.place,
        .clearing_office = o->by.away ? c->provider->office : o->v.office,
        .clearing_way = d->fixed_price ? YH_S("2") : YH_S("1"),
        .clearing_type = yh_eq(c->call->operator_no, YH_READJUDGED)
                             ? YH_S("99")
                             : clearing_type(o->v.med_type),
        .msgid = c->call->msgid,
        .invoice = in->invoice,
        .operator_no = c->call->operator_no,
        .document = o->plan->id,
        .digest = { digest, 64 },
        .total = d->sums.total,
        .outside = d->sums.outside,
        .over = d->sums.over,
        .first = d->sums.first,
        .scope = d->sums.scope,
        .deductible = d->deductible,
        .basic = d->pay[YH_PAY_BASIC],
        .basic_rate = d->basic_rate,
        .civil = d->pay[YH_PAY_CIVIL],
        .enterprise = d->pay[YH_PAY_ENTERPRISE],
        .serious = d->pay[YH_PAY_SERIOUS],
        .large = d->pay[YH_PAY_LARGE],
        .assist = d->pay[YH_PAY_ASSIST],
        .disabled = d->pay[YH_PAY_DISABLED],
        .other = d->pay[YH_PAY_OTHER],
        .fund = d->fund,
        .person_part = d->person,
        .account = d->account,
        .relative = d->relative,
        .cash = d->cash,
        .hospital = d->hospital,
        .to_person = d->to_person,
        .balance = (o->m.account ? o->m.account->balance : 0) - (o->trial ? 0 : d->account),
        .reasons = o->trial ? YH_S("") : reasons_json(c, o),
        .extra = yh_buf_str(&extra),
    };
}

/* One row a fund; layers that draw on the same fund are added. */
static int funds_of(struct yh_ctx *c, const struct one *o, struct yh_settlement_fund_row **out)
{
    const struct yh_decision *d = &o->d;
    struct yh_settlement_fund_row *f =
        YH_NEW(c->arena, struct yh_settlement_fund_row, d->nlayer + 1);
    int n = 0;
    for (int i = 0; i < d->nlayer; i++) {
        const struct yh_layer *l = &o->plan->layer[i];
        const struct yh_layer_pay *p = &d->layer[i];
        if (l->payer == YH_PAY_WAIVER || (!p->paid && !p->beyond))
            continue;
        int k = 0;
        while (k < n && !yh_eq(f[k].fund, l->fund))
            k++;
        if (k == n) {
            f[n] = (struct yh_settlement_fund_row){ .region = o->v.region,
                                                    .grp = o->v.grp,
                                                    .fund = l->fund,
                                                    .sort = n + 1,
                                                    .name = yh_fund_name(l->fund, l->name),
                                                    .note = l->name };
            n++;
        }
        f[k].amount += p->paid;
        f[k].to_person += p->beyond;
        f[k].scope = yh_max(f[k].scope, p->base);
        f[k].cap = p->cap_left == YH_UNLIMITED ? f[k].cap : p->cap_left;
    }
    *out = f;
    return n;
}

void yh_settled_account(struct yh_settled *s)
{
    yh_fen account = s->row.account + s->row.relative;
    if (!account)
        return;
    struct yh_settlement_fund_row *f = &s->fund[s->nfund++];
    *f = (struct yh_settlement_fund_row){ .region = s->row.region,
                                          .grp = s->row.grp,
                                          .seq = s->row.seq,
                                          .fund = YH_S("310200"),
                                          .sort = s->nfund,
                                          .amount = account,
                                          .name = yh_fund_name(YH_S("310200"), YH_S("")) };
}

static void fill(struct yh_ctx *c, const struct one *o, const struct yh_settle_in *in,
                 struct yh_settled *s)
{
    static const struct yh_enrolment_row none = { .grp = 0 };
    struct yh_settled r = { .row = row_of(c, o, in),
                            .person = *o->m.person,
                            .enrolment = o->m.enrolment ? *o->m.enrolment : none,
                            .age_tenths = yh_age_tenths((yh_day)o->m.person->born, c->today),
                            .cert_type = in->cert_type.n ? in->cert_type : o->v.cert_type,
                            .plan = o->plan };
    r.nfund = funds_of(c, o, &r.fund);
    struct yh_decision *d = YH_NEW(c->arena, struct yh_decision, 1);
    struct yh_bill *bill = YH_NEW(c->arena, struct yh_bill, 1);
    *d = o->d;
    *bill = o->bill;
    r.decision = d;
    r.bill = bill;
    r.line = YH_NEW(c->arena, struct yh_charge_line, o->nline);
    for (int i = 0; i < o->nline; i++) {
        if (!o->mine[i])
            continue;
        struct yh_charge_line *l = &r.line[r.nline++];
        *l = o->line[i];
        if (i >= o->d.nline || !o->d.split)
            continue;
        const struct yh_line_split *cut = &o->d.split[i];
        l->outside = cut->outside;
        l->over = cut->over;
        l->over_hosp = cut->hosp;
        l->first = cut->first;
        l->scope = cut->scope;
        l->first_rate = cut->first_rate;
    }
    *s = r;
}

/* What a trial answers: a settlement without a number, of which nothing is kept. */
static void tell_trial(struct yh_ctx *c, const struct one *o, const struct yh_settle_in *in,
                       struct yh_settled *out)
{
    struct yh_settled s;
    fill(c, o, in, &s);
    s.row.settlement = YH_S("");
    yh_settled_account(&s);
    yh_settled_check(&s.row, s.fund, s.nfund);
    *out = s;
}

enum yh_status yh_presettle(struct yh_ctx *c, const struct yh_settle_in *in,
                            struct yh_settled *out, struct yh_err *err)
{
    struct one o = { .trial = true };
    enum yh_status st = decide(c, &o, in, err);
    if (st == YH_OK)
        tell_trial(c, &o, in, out);
    return st;
}

enum yh_status yh_purchase_trial(struct yh_ctx *c, const struct yh_visit_row *visit,
                                 const struct yh_settle_in *in, struct yh_charge_in *line,
                                 int nline, struct yh_settled *out, struct yh_err *err)
{
    struct one o = { .trial = true, .v = *visit };
    yh_day day = yh_time_day(visit->begin_time);
    char text[32];
    if (day > c->today)
        return yh_refuse(err, YH_REFUSE_VISIT_FUTURE, yh_time_text(text, visit->begin_time),
                         NULL);
    enum yh_status st = yh_member_open(c, visit->person, visit->scheme, day, &o.m, err);
    if (st == YH_OK)
        st = yh_member_entitled(c, &o.m, day, false, err);
    if (st == YH_OK)
        st = yh_service_opened(c, visit->med_type, err);
    if (st)
        return st;
    o.v.region = o.m.person->region;
    o.v.grp = o.m.person->grp;
    o.v.person = o.m.person->person;
    o.v.visit = YH_S("");
    o.v.status = YH_S("open");
    o.v.provider = c->call->provider;
    o.v.office = o.m.enrolment->office;
    o.v.place = c->call->place.n ? c->call->place : c->provider->office;
    if ((st = yh_lines_trial(c, &o.m, &o.v, line, nline, err)) != YH_OK)
        return st;
    struct yh_charge_batch_row *b = YH_NEW(c->arena, struct yh_charge_batch_row, 1);
    o.row = b;
    o.nrow = 1;
    o.taken = YH_NEW(c->arena, bool, 1);
    o.taken[0] = true;
    o.line = YH_NEW(c->arena, struct yh_charge_line, nline);
    o.mine = YH_NEW(c->arena, bool, nline);
    o.nline = nline;
    for (int i = 0; i < nline; i++) {
        o.line[i] = line[i].line;
        o.mine[i] = true;
        b->total += o.line[i].amount;
        b->outside += o.line[i].outside;
        b->over += o.line[i].over;
        b->first += o.line[i].first;
        b->scope += o.line[i].scope;
    }
    st = agree(&o, in, err);
    if (st == YH_OK)
        st = check_sums(&o, in, err);
    if (st == YH_OK)
        st = weigh(c, &o, in, err);
    if (st == YH_OK)
        tell_trial(c, &o, in, out);
    return st;
}

/* ---- booking ---- */

enum yh_status yh_entries_add(struct yh_ctx *c, yh_str region, int64_t grp, int64_t seq,
                              yh_str settlement, struct yh_booking b, struct yh_err *err)
{
    yh_assert(yh_booking_balanced(b));
    for (int i = 0; i < b.n; i++) {
        struct yh_ledger_entry_row row = { .region = region,
                                           .grp = grp,
                                           .seq = seq,
                                           .line = i,
                                           .account = b.entry[i].account,
                                           .debit = b.entry[i].debit,
                                           .credit = b.entry[i].credit,
                                           .time = c->now,
                                           .settlement = settlement };
        enum yh_status st = yh_add_ledger_entry(c->x, &row, err);
        if (st)
            return st;
    }
    return YH_OK;
}

enum yh_status yh_accumulate(struct yh_ctx *c, const struct yh_settlement_row *s,
                             const struct yh_delta *d, int n, struct yh_err *err)
{
    for (int i = 0; i < n; i++) {
        struct yh_accumulator_row row = { .region = s->region,
                                          .grp = s->grp,
                                          .person = s->person,
                                          .scheme = d[i].scheme,
                                          .year = d[i].year,
                                          .name = d[i].name,
                                          .sub = d[i].sub };
        enum yh_status st = yh_get_accumulator(c->x, &row, err);
        if (st && st != YH_NOT_FOUND)
            return st;
        row.value += d[i].amount;
        if ((st = yh_put_accumulator(c->x, &row, err)) != YH_OK)
            return st;
    }
    return YH_OK;
}

/* The document's accumulators and our own two: stays of the year, day of the last discharge. */
static int deltas_of(struct yh_ctx *c, const struct one *o, bool interim, struct yh_delta **out)
{
    struct yh_delta *d = YH_NEW(c->arena, struct yh_delta, o->d.nacc + 2);
    int n = 0;
    for (int i = 0; i < o->d.nacc; i++) {
        if (!o->d.delta[i])
            continue;
        struct yh_accumulator_row k =
            yh_acc_row(c->arena, &o->v, o->facts.year, &o->plan->acc[i], o->end);
        d[n++] = (struct yh_delta){ o->v.scheme, k.year, k.name, k.sub, o->d.delta[i] };
    }
    if (o->stay && !o->v.interims)
        d[n++] = (struct yh_delta){ o->v.scheme, o->facts.year, YH_ACC_STAYS, YH_S(""), 1 };
    if (o->stay && !interim && o->end != o->facts.left)
        d[n++] =
            (struct yh_delta){ o->v.scheme, 0, YH_ACC_LEFT, YH_S(""), o->end - o->facts.left };
    *out = d;
    return n;
}

static enum yh_status book(struct yh_ctx *c, const struct one *o, const struct yh_settled *s,
                           struct yh_err *err)
{
    struct yh_fund_pay *pay = YH_NEW(c->arena, struct yh_fund_pay, o->d.nlayer);
    int n = 0;
    for (int i = 0; i < o->d.nlayer; i++)
        if (o->plan->layer[i].payer != YH_PAY_WAIVER &&
            (o->d.layer[i].paid || o->d.layer[i].beyond))
            pay[n++] = (struct yh_fund_pay){ o->plan->layer[i].fund, o->d.layer[i].paid,
                                             o->d.layer[i].beyond };
    struct yh_settling what = { .person = o->v.person,
                                .provider =
                                    yh_is_manual(&s->row) ? YH_S("") : c->call->provider,
                                .fund = pay,
                                .nfund = n,
                                .account = s->row.account,
                                .relative = s->row.relative,
                                .relative_of = o->rel.same_group ? o->rel.owner : YH_S("") };
    return yh_entries_add(c, s->row.region, s->row.grp, s->row.seq, s->row.settlement,
                          yh_book_settlement(c->arena, &what), err);
}

static enum yh_status draw(struct yh_ctx *c, const struct one *o, const struct yh_settled *s,
                           struct yh_err *err)
{
    enum yh_status st = YH_OK;
    if (s->row.account) {
        struct yh_account_row a = *o->m.account;
        a.balance -= s->row.account;
        yh_assert(a.balance >= 0);
        st = yh_put_account(c->x, &a, err);
    }
    if (st == YH_OK && s->row.relative)
        st = yh_relative_draw(c, &o->rel, &s->row, err);
    return st;
}

static enum yh_status take_batches(struct yh_ctx *c, struct one *o, yh_str settlement,
                                   struct yh_err *err)
{
    for (int i = 0; i < o->nrow; i++) {
        if (!o->taken[i])
            continue;
        o->row[i].settlement = settlement;
        enum yh_status st = yh_put_charge_batch(c->x, &o->row[i], err);
        if (st)
            return st;
    }
    return YH_OK;
}

static enum yh_status close_visit(struct yh_ctx *c, struct one *o,
                                  const struct yh_settle_in *in, struct yh_err *err)
{
    bool left = false;
    for (int i = 0; i < o->nrow; i++)
        left |= !o->row[i].settlement.n;
    if (o->stay && !o->v.stay_count)
        o->v.stay_count = o->facts.stays + 1;
    if (in->interim)
        o->v.interims++;
    else if (o->stay || !left)
        o->v.status = YH_S("settled");
    return yh_put_visit(c->x, &o->v, err);
}

static enum yh_status use_invoice(struct yh_ctx *c, const struct yh_settlement_row *s,
                                  struct yh_err *err)
{
    enum yh_status st = invoice_free(c, s->invoice, err);
    struct yh_invoice_row row = { .provider = s->provider,
                                  .invoice = s->invoice,
                                  .region = s->region,
                                  .grp = s->grp,
                                  .settlement = s->settlement };
    return st || !s->invoice.n ? st : yh_add_invoice(c->x, &row, err);
}

enum yh_status yh_settlement_add(struct yh_ctx *c, struct yh_settlement_row *s,
                                 struct yh_settlement_fund_row *f, int nfund,
                                 struct yh_err *err)
{
    uint8_t *leaf = YH_NEW(c->arena, uint8_t, 32);
    s->salt = (yh_str){ (const char *)c->call->salt, sizeof c->call->salt };
    s->undone_by = s->replaced_by = YH_S("");
    yh_settlement_leaf(s, leaf);
    s->leaf = (yh_str){ (const char *)leaf, 32 };
    enum yh_status st = yh_add_settlement(c->x, s, err);
    for (int i = 0; st == YH_OK && i < nfund; i++) {
        f[i].seq = s->seq;
        st = yh_add_settlement_fund(c->x, &f[i], err);
    }
    return st;
}

enum yh_status yh_settle(struct yh_ctx *c, const struct yh_settle_in *in,
                         struct yh_settled *out, struct yh_err *err)
{
    struct one o = { 0 };
    enum yh_status st = decide(c, &o, in, err);
    if (st)
        return st;
    struct yh_settled s;
    fill(c, &o, in, &s);
    if ((st = yh_txn_next_seq(c->x, &s.row.seq, err)) != YH_OK)
        return st;
    s.row.settlement = yh_settlement_id(c->arena, s.row.region, s.row.grp, s.row.seq);
    s.row.undoes = YH_S("");
    struct yh_delta *delta = NULL;
    int ndelta = deltas_of(c, &o, in->interim, &delta);
    s.row.deltas = yh_deltas_pack(c->arena, delta, ndelta);
    yh_settled_account(&s);
    yh_settled_check(&s.row, s.fund, s.nfund);
    if ((st = use_invoice(c, &s.row, err)) != YH_OK)
        return st;
    st = yh_settlement_add(c, &s.row, s.fund, s.nfund, err);
    if (st == YH_OK)
        st = yh_accumulate(c, &s.row, delta, ndelta, err);
    if (st == YH_OK)
        st = book(c, &o, &s, err);
    if (st == YH_OK)
        st = draw(c, &o, &s, err);
    if (st == YH_OK)
        st = take_batches(c, &o, s.row.settlement, err);
    if (st == YH_OK)
        st = close_visit(c, &o, in, err);
    if (st)
        return st;
    c->made = s.row.settlement;
    *out = s;
    return YH_OK;
}

/* ---- deciding again, on paper ---- */

/* One number for each span that an accumulator can have: equal numbers, same span. */
static void span_keys(const struct one *o, int64_t stay, struct yh_year_event *e)
{
    struct yh_civil d = yh_civil_of(o->end);
    e->key[YH_SPAN_YEAR] = o->facts.year;
    e->key[YH_SPAN_STAY] = stay;
    e->key[YH_SPAN_DISEASE_YEAR] =
        (int64_t)(yh_hash64(o->v.disease, (uint64_t)o->facts.year) >> 1);
    e->key[YH_SPAN_MONTH] = (int64_t)d.year * 12 + d.month;
    e->key[YH_SPAN_DAY] = o->end;
    e->key[YH_SPAN_LIFE] = 0;
    e->key[YH_SPAN_BILL] = stay;
}

enum yh_status yh_event_again(struct yh_ctx *c, const struct yh_settlement_row *s,
                              struct yh_year_event *out, struct yh_err *err)
{
    struct one *o = YH_NEW(c->arena, struct one, 1);
    struct yh_settle_in in = { .person = s->person,
                               .visit = s->visit,
                               .account_flag =
                                   s->account || s->relative ? YH_S("1") : YH_S("0"),
                               .interim = s->interim != 0 };
    enum yh_status st = yh_case_open(c, s->person, s->visit, &o->m, &o->v, err);
    if (st == YH_OK)
        st = yh_batches_of(c, &o->v, &o->row, &o->nrow, err);
    if (st)
        return st;
    int kept = 0, *from = NULL;
    for (int i = 0; i < o->nrow; i++)
        if (yh_eq(o->row[i].settlement, s->settlement))
            o->row[kept++] = o->row[i];
    o->nrow = kept;
    st = yh_batch_lines(c, o->row, o->nrow, &o->line, &from, &o->nline, err);
    o->mine = YH_NEW(c->arena, bool, o->nline);
    for (int i = 0; i < o->nline; i++)
        o->mine[i] = true;
    o->stay = yh_is_stay(s->med_type);
    o->end = (yh_day)s->end_day;
    if (st == YH_OK)
        st = choose_plan(c, o, err);
    if (st == YH_OK)
        st = yh_facts_build(c, &o->m, &o->v, c->provider, o->plan, o->end, false, &o->facts,
                            err);
    if (st == YH_OK)
        st = yh_facts_standing(c, &o->v, o->plan, o->end, c->today, &o->facts, err);
    if (st == YH_OK)
        st = split_by(c, o, err);
    /* The parts of one stay follow from the sequence, not from what is booked. */
    if (st == YH_OK)
        st = build_bill(c, o, &in, err);
    if (st)
        return st;
    o->bill.account_flag = in.account_flag.p[0] == '1';
    o->bill.account_balance = s->account; /* what the account paid then, it may pay again */
    o->bill.relative_balance = s->relative;
    *out = (struct yh_year_event){ .person = o->v.person,
                                   .plan = o->plan,
                                   .bill = o->bill,
                                   .stay = o->stay,
                                   .part = s->interim || o->v.interims };
    if (o->by.away) {
        struct yh_line_split *cut = NULL;
        if ((st = to_totals(c, o, &out->bill, &cut, err)) != YH_OK)
            return st;
    } else {
        struct yh_terms *terms = YH_NEW(c->arena, struct yh_terms, 1);
        *terms = o->by.terms;
        out->terms = terms;
    }
    span_keys(o, (int64_t)(yh_hash64(s->visit, 0) >> 1), out);
    struct yh_decision *booked = YH_NEW(c->arena, struct yh_decision, 1);
    if ((st = yh_decision_kept(c, s, booked, err)) != YH_OK)
        return st;
    booked->pay[YH_PAY_BASIC] = s->basic;
    booked->pay[YH_PAY_SERIOUS] = s->serious;
    booked->pay[YH_PAY_LARGE] = s->large;
    booked->pay[YH_PAY_ENTERPRISE] = s->enterprise;
    booked->pay[YH_PAY_CIVIL] = s->civil;
    booked->pay[YH_PAY_ASSIST] = s->assist;
    booked->pay[YH_PAY_DISABLED] = s->disabled;
    booked->pay[YH_PAY_OTHER] = s->other;
    out->booked = booked;
    return YH_OK;
}
