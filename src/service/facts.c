/* service/facts.c -- the facts of one visit: who, where, when, and what the year already holds. */
#include "service/facts.h"
#include <stdio.h>
#include <string.h>
#include "engine/benefit/benefit.h"
#include "engine/facts/facts.h"

static uint64_t ident_set(const struct yh_plan *p, const struct yh_member *m)
{
    uint64_t set = 0;
    for (int i = 0; i < m->nidentity; i++)
        set |= yh_kind_ident(p, m->identity[i].kind);
    if (m->enrolment && m->enrolment->civil_servant)
        set |= yh_kind_ident(p, YH_S("公务员"));
    return set;
}

/* A text of a JSON object column, "" when absent. */
static yh_str extra_text(struct yh_ctx *c, yh_str json, yh_str key)
{
    struct yh_json *v = NULL;
    if (!json.n || yh_json_read(c->arena, json, (struct yh_json_limits){ 0 }, &v, NULL))
        return YH_S("");
    return yh_json_text(yh_json_get(v, key));
}

static bool holds(const struct yh_filing_row *f, yh_day day)
{
    return f->from_day <= day && day < f->to_day &&
           (yh_eq(f->state, YH_S("filed")) || yh_eq(f->state, YH_S("approved")));
}

/* What the person filed: for an other place, a chosen provider, a referral, an injury. */
static enum yh_status filings(struct yh_ctx *c, const struct yh_visit_row *v,
                              const struct yh_plan *plan, enum yh_away away, yh_day day,
                              struct yh_facts_of *out, struct yh_err *err)
{
    struct yh_facts *f = &out->facts;
    struct yh_filing_row like = { .region = v->region, .grp = v->grp, .person = v->person };
    struct yh_filing_row *row = NULL;
    int n = 0;
    enum yh_status st = yh_list_filing(c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 },
                                       &like, &row, &n, err);
    if (st)
        return st;
    bool local = away == YH_AWAY_LOCAL;
    f->v[YH_DIM_FILING] =
        yh_kind_one(plan, YH_DIM_FILING, local ? YH_S("无需备案") : YH_S("未备案"));
    /* 医保发〔2022〕22号 第八、三十四条: emergency rescue counts as filed. */
    if (!local && yh_is_emergency(v->med_type))
        f->v[YH_DIM_FILING] = yh_kind_one(plan, YH_DIM_FILING, YH_S("急诊备案"));
    f->v[YH_DIM_REFERRAL] = yh_kind_one(plan, YH_DIM_REFERRAL, YH_S("未转诊"));
    for (int i = 0; i < n; i++) {
        const struct yh_filing_row *r = &row[i];
        if (!holds(r, day))
            continue;
        if (yh_eq(r->kind, YH_S("2501"))) {
            bool here = yh_eq(r->code, YH_S("1"));
            if (local && here && (!r->provider.n || yh_eq(r->provider, v->provider)))
                f->v[YH_DIM_REFERRAL] = yh_kind_of(plan, YH_DIM_REFERRAL,
                                                   (yh_str[]){ YH_S("上转"), YH_S("转诊") }, 2);
            if (!local && !here) {
                f->v[YH_DIM_FILING] =
                    yh_kind_of(plan, YH_DIM_FILING, (yh_str[]){ r->code, YH_S("转诊备案") }, 2);
                out->filing = r->serial;
            }
        } else if (yh_eq(r->kind, YH_S("2505")) && yh_eq(r->provider, v->provider) && local) {
            f->v[YH_DIM_REFERRAL] = yh_kind_one(plan, YH_DIM_REFERRAL, YH_S("签约"));
        } else if (yh_eq(r->kind, YH_S("2507"))) {
            out->injury_decided = true;
            out->injury_payable = yh_eq(r->code, YH_S("1"));
        }
    }
    return YH_OK;
}

struct yh_accumulator_row yh_acc_row(struct yh_arena *a, const struct yh_visit_row *v,
                                     int64_t year, const struct yh_acc *acc, yh_day end)
{
    struct yh_accumulator_row r = { .region = v->region,
                                    .grp = v->grp,
                                    .person = v->person,
                                    .scheme = v->scheme,
                                    .year = year,
                                    .name = acc->name,
                                    .sub = YH_S("") };
    struct yh_civil d = yh_civil_of(end);
    switch (acc->span) {
    case YH_SPAN_YEAR: break;
    case YH_SPAN_STAY:
    case YH_SPAN_BILL: r.sub = v->visit; break;
    case YH_SPAN_DISEASE_YEAR: r.sub = v->disease; break;
    case YH_SPAN_MONTH: r.sub = yh_fmt(a, "%04d-%02d", d.year, d.month); break;
    case YH_SPAN_DAY: r.sub = yh_fmt(a, "%04d-%02d-%02d", d.year, d.month, d.day); break;
    case YH_SPAN_LIFE: r.year = 0; break;
    }
    return r;
}

static bool same_acc(const struct yh_accumulator_row *a, const struct yh_accumulator_row *b)
{
    return yh_eq(a->name, b->name) && yh_eq(a->sub, b->sub);
}

enum yh_status yh_facts_standing(struct yh_ctx *c, const struct yh_visit_row *v,
                                 const struct yh_plan *plan, yh_day end, yh_day settle,
                                 struct yh_facts_of *out, struct yh_err *err)
{
    yh_day begin = yh_time_day(v->begin_time);
    out->year = yh_civil_of(yh_benefit_year(plan, begin, end, settle).from).year;
    struct yh_span span = { .index = YH_BY_KEY, .same = 5 };
    struct yh_accumulator_row like = { .region = v->region,
                                       .grp = v->grp,
                                       .person = v->person,
                                       .scheme = v->scheme,
                                       .year = out->year };
    struct yh_accumulator_row *year = NULL, *life = NULL;
    int nyear = 0, nlife = 0;
    enum yh_status st = yh_list_accumulator(c->x, span, &like, &year, &nyear, err);
    if (st)
        return st;
    like.year = 0;
    if ((st = yh_list_accumulator(c->x, span, &like, &life, &nlife, err)) != YH_OK)
        return st;
    out->standing = YH_NEW(c->arena, int64_t, plan->nacc);
    for (int i = 0; i < plan->nacc; i++) {
        struct yh_accumulator_row want = yh_acc_row(c->arena, v, out->year, &plan->acc[i], end);
        const struct yh_accumulator_row *row = want.year ? year : life;
        int n = want.year ? nyear : nlife;
        for (int k = 0; k < n; k++)
            if (same_acc(&row[k], &want))
                out->standing[i] = row[k].value;
    }
    for (int k = 0; k < nyear; k++)
        if (yh_eq(year[k].name, YH_ACC_STAYS))
            out->stays = year[k].value;
    for (int k = 0; k < nlife; k++)
        if (yh_eq(life[k].name, YH_ACC_LEFT))
            out->left = (yh_day)life[k].value;
    struct yh_facts *f = &out->facts;
    f->v[YH_DIM_COUNT] =
        yh_is_stay(v->med_type) && v->stay_count ? v->stay_count : out->stays + 1;
    f->v[YH_DIM_GAP] = out->left && out->left <= begin ? begin - out->left : YH_GAP_NONE;
    return YH_OK;
}

enum yh_status yh_facts_build(struct yh_ctx *c, const struct yh_member *m,
                              const struct yh_visit_row *v, const struct yh_provider_row *p,
                              const struct yh_plan *plan, yh_day end, bool host,
                              struct yh_facts_of *out, struct yh_err *err)
{
    struct yh_facts_of o = { .filing = YH_S("") };
    struct yh_facts *f = &o.facts;
    const struct yh_enrolment_row *e = m->enrolment;
    yh_day begin = yh_time_day(v->begin_time);
    struct yh_place place;
    if (yh_region_locate(c->world->regions, p->office, begin, &place, NULL) != YH_OK)
        return yh_refuse(err, YH_REFUSE_REGION_UNKNOWN, p->office, NULL);
    enum yh_away away = host ? YH_AWAY_LOCAL : yh_region_away(&m->home, &place);
    f->v[YH_DIM_AGE] = yh_age_years((yh_day)m->person->born, begin);
    f->v[YH_DIM_VISIT] = yh_kind_visit(plan, v->med_type);
    f->v[YH_DIM_PERSON] = yh_kind_person(plan, e ? e->kind : YH_S(""), e ? e->scheme : YH_S(""),
                                         (int)f->v[YH_DIM_AGE]);
    f->idents = host ? 0 : ident_set(plan, m);
    f->v[YH_DIM_LEVEL] = yh_kind_level(
        plan, p->kind, p->level, extra_text(c, p->extra, YH_S("level_kind")), &o.term_level);
    f->v[YH_DIM_PLACE] = yh_kind_place(plan, away);
    f->v[YH_DIM_DISEASE] = yh_kind_one(plan, YH_DIM_DISEASE, v->disease);
    f->v[YH_DIM_DELIVERY] = yh_kind_delivery(plan, v->delivery);
    bool frozen = e && e->frozen_from <= begin && begin < e->frozen_until;
    bool waiting = e && begin < e->waiting_until;
    bool normal = e && yh_eq(e->status, YH_S("1")) && e->from_day <= begin && begin < e->to_day;
    f->v[YH_DIM_STATUS] = yh_kind_one(plan, YH_DIM_STATUS,
                                      frozen    ? YH_S("冻结")
                                      : waiting ? YH_S("等待期")
                                      : normal  ? YH_S("正常")
                                                : YH_S("中断"));
    int since = e && e->as_of < begin ? yh_months_between((yh_day)e->as_of, begin) : 0;
    f->v[YH_DIM_MONTHS] = e ? e->months + since : 0;
    f->v[YH_DIM_YEARS] = f->v[YH_DIM_MONTHS] / 12;
    f->v[YH_DIM_CLEAN] = e ? e->clean_years : 0;
    f->v[YH_DIM_DAYS] = yh_is_stay(v->med_type) ? yh_max(1, end - begin) : 1;
    f->v[YH_DIM_FETUSES] = v->fetuses;
    f->v[YH_DIM_COUNT] = 1;
    f->v[YH_DIM_GAP] = YH_GAP_NONE;
    enum yh_status st = filings(c, v, plan, away, begin, &o, err);
    if (st)
        return st;
    *out = o;
    return YH_OK;
}
