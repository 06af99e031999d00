/* service/registry.c -- persons, providers, sign-in, entitlement. */
#include "service/registry.h"
#include <stdio.h>
#include "service/facts.h"
#include "service/query.h"

/* ---- 1101 ---- */

/* Under which key a certificate stands. */
static enum yh_status key_value(struct yh_ctx *c, yh_str by, yh_str number, yh_str cert_type,
                                struct yh_person_key_row *out, struct yh_err *err)
{
    if (yh_eq(by, YH_S("01")))
        *out = (struct yh_person_key_row){ .kind = YH_S("token"), .value = number };
    else if (yh_eq(by, YH_S("02")))
        *out = (struct yh_person_key_row){
            .kind = YH_S("cert"),
            .value = yh_fmt(c->arena, "%.*s:%.*s", YH_ARG(cert_type.n ? cert_type : YH_S("01")),
                            YH_ARG(number))
        };
    else if (yh_eq(by, YH_S("03")))
        *out = (struct yh_person_key_row){ .kind = YH_S("card"), .value = number };
    else
        return yh_refuse(err, YH_REFUSE_CERT_KIND, by, NULL);
    return YH_OK;
}

/* Its rows, one for each region that enrols the person; *n 0 = nobody's. */
static enum yh_status keys_of(struct yh_ctx *c, yh_str by, yh_str number, yh_str cert_type,
                              struct yh_person_key_row **key, int *n, struct yh_err *err)
{
    struct yh_person_key_row probe;
    enum yh_status st = key_value(c, by, number, cert_type, &probe, err);
    if (st)
        return st;
    st = yh_list_person_key(c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &probe,
                            key, n, err);
    for (int i = 0; st == YH_OK && i < *n; i++)
        if ((*key)[i].expires && (*key)[i].expires <= c->now)
            return yh_refuse(err, YH_REFUSE_TOKEN_EXPIRED, number, NULL);
    return st;
}

enum yh_status yh_person_shown(struct yh_ctx *c, yh_str person, yh_str by, yh_str number,
                               struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    int n = 0;
    if (number.n && keys_of(c, by, number, YH_S(""), &key, &n, NULL) == YH_OK && n &&
        yh_eq(key[0].person, person))
        return YH_OK;
    return yh_person_here(c, person, err);
}

static enum yh_status one_region(struct yh_ctx *c, const struct yh_person_key_row *key,
                                 yh_day day, struct yh_person_found *f, int *cap, int *icap,
                                 int *top, struct yh_err *err)
{
    yh_txn_group(c->x, (struct yh_group){ key->region, key->grp });
    struct yh_span person = { .index = YH_BY_KEY, .same = 3 };
    struct yh_enrolment_row like = { .region = key->region,
                                     .grp = key->grp,
                                     .person = key->person };
    struct yh_enrolment_row *e = NULL;
    int n = 0;
    enum yh_status st = yh_list_enrolment(c->x, person, &like, &e, &n, err);
    if (st)
        return st;
    struct yh_account_row account = { .region = key->region,
                                      .grp = key->grp,
                                      .person = key->person };
    st = yh_get_account(c->x, &account, err);
    if (st && st != YH_NOT_FOUND)
        return st;
    bool has_account = st == YH_OK;
    int best = 0;
    for (int i = 0; i < n; i++) {
        bool normal =
            e[i].from_day <= day && day < e[i].to_day && yh_eq(e[i].status, YH_S("1"));
        best = normal ? 1 : best;
        yh_fen balance = has_account && yh_eq(e[i].scheme, YH_S("310")) ? account.balance : 0;
        YH_PUSH(c->arena, f->insured, f->ninsured, *cap) = (struct yh_insured){ e[i], balance };
    }
    if (best > *top) {
        struct yh_person_row row = { .region = key->region,
                                     .grp = key->grp,
                                     .person = key->person };
        if ((st = yh_get_person(c->x, &row, err)) != YH_OK)
            return st;
        f->person = row;
        *top = best;
    }
    struct yh_identity_row same = { .region = key->region,
                                    .grp = key->grp,
                                    .person = key->person };
    struct yh_identity_row *id = NULL;
    st = yh_list_identity(c->x, person, &same, &id, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        if (id[i].from_day <= day && day < id[i].to_day)
            YH_PUSH(c->arena, f->identity, f->nidentity, *icap) = id[i];
    return st;
}

enum yh_status yh_person_find(struct yh_ctx *c, const struct yh_person_query *q,
                              struct yh_person_found *out, struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    int n = 0;
    enum yh_status st = keys_of(c, q->by, q->number, q->cert_type, &key, &n, err);
    if (st)
        return st;
    if (n == 0)
        return yh_refuse(err, YH_REFUSE_PERSON_NOT_FOUND, q->number, NULL);
    yh_day day = q->day ? q->day : c->today;
    struct yh_person_found f = { 0 };
    int cap = 0, icap = 0, top = -1;
    for (int i = 0; i < n; i++)
        if ((st = one_region(c, &key[i], day, &f, &cap, &icap, &top, err)) != YH_OK)
            return st;
    if (q->name.n && !yh_eq(q->name, f.person.name))
        return yh_refuse(err, YH_REFUSE_NAME_DIFFERS, q->name, NULL);
    if (q->cert_no.n && !yh_eq(q->cert_no, f.person.cert_no))
        return yh_refuse(err, YH_REFUSE_CERT_DIFFERS, q->cert_no, NULL);
    f.age_tenths = yh_age_tenths((yh_day)f.person.born, day);
    yh_seen(
        c, (struct yh_seen_person){ f.person.region, f.person.grp, f.person.person, YH_S("") });
    *out = f;
    return YH_OK;
}

/* ---- 1201 ---- */

enum yh_status yh_provider_find(struct yh_ctx *c, yh_str kind, yh_str code, yh_str name,
                                struct yh_provider_row **rows, int *n, struct yh_err *err)
{
    struct yh_provider_row *all = NULL;
    int nall = 0, kept = 0;
    struct yh_provider_row probe = { .provider = code };
    struct yh_span span = { .index = YH_BY_KEY, .same = code.n ? 1 : 0 };
    enum yh_status st = yh_list_provider(c->x, span, &probe, &all, &nall, err);
    if (st)
        return st;
    for (int i = 0; i < nall; i++) {
        bool hit = (!kind.n || yh_eq(all[i].kind, kind)) &&
                   (code.n || !name.n || yh_find(all[i].name, name) >= 0);
        if (hit)
            all[kept++] = all[i];
    }
    *rows = all;
    *n = kept;
    return YH_OK;
}

/* ---- 9001, 9002 ---- */

enum yh_status yh_sign_in(struct yh_ctx *c, yh_str operator_no, yh_str mac, yh_str ip,
                          struct yh_sign_in_row *out, struct yh_err *err)
{
    struct yh_civil d = yh_civil_of(c->today);
    yh_str scope = yh_fmt(c->arena, "%.*s %04d%02d%02d", YH_ARG(c->call->provider), d.year,
                          d.month, d.day);
    int64_t n = 0;
    enum yh_status st = yh_txn_next(c->x, scope, YH_S("sign"), &n, err);
    if (st)
        return st;
    struct yh_sign_in_row row = {
        .provider = c->call->provider,
        .sign = yh_fmt(c->arena, "%.*s%04d%02d%02d%04d", YH_ARG(c->call->provider), d.year,
                       d.month, d.day, (int)n),
        .operator_no = operator_no,
        .operator_name = c->call->operator_name,
        .mac = mac,
        .ip = ip,
        .time = c->now,
    };
    if ((st = yh_add_sign_in(c->x, &row, err)) != YH_OK)
        return st;
    *out = row;
    return YH_OK;
}

enum yh_status yh_sign_out(struct yh_ctx *c, yh_str sign_no, yh_str operator_no, yh_time *out,
                           struct yh_err *err)
{
    struct yh_sign_in_row row = { .provider = c->call->provider, .sign = sign_no };
    enum yh_status st = yh_get_sign_in(c->x, &row, err);
    if (st && st != YH_NOT_FOUND)
        return st;
    if (st || !yh_eq(row.operator_no, operator_no) || yh_time_day(row.time) != c->today)
        return yh_refuse(err, YH_REFUSE_SIGN_UNKNOWN, sign_no, "操作员 %.*s",
                         YH_ARG(operator_no));
    if (row.ended)
        return yh_refuse(err, YH_REFUSE_SIGN_ENDED, sign_no, NULL);
    row.ended = c->now;
    if ((st = yh_put_sign_in(c->x, &row, err)) != YH_OK)
        return st;
    *out = c->now;
    return YH_OK;
}

/* ---- 2001 ---- */

static void add(struct yh_ctx *c, struct yh_benefit_row **rows, int *n, int *cap,
                struct yh_benefit_row row)
{
    YH_PUSH(c->arena, *rows, *n, *cap) = row;
}

enum yh_status yh_benefit_check(struct yh_ctx *c, const struct yh_benefit_query *q,
                                struct yh_benefit_row **rows, int *n, struct yh_err *err)
{
    yh_day from = yh_time_day(q->begin);
    yh_day to = q->end ? yh_time_day(q->end) : YH_DAY_MAX;
    struct yh_member m;
    enum yh_status st = yh_person_here(c, q->person, err);
    if (st == YH_OK)
        st = yh_member_open(c, q->person, q->scheme, from, &m, err);
    if (st)
        return st;
    *rows = NULL;
    *n = 0;
    int cap = 0;
    struct yh_err why = { 0 };
    bool entitled = yh_member_entitled(c, &m, from, true, &why) == YH_OK;
    const struct yh_plan *plan = yh_world_plan(c->world, &m.home, q->scheme, from);
    struct yh_provider_row provider = { .provider =
                                            q->provider.n ? q->provider : c->call->provider };
    st = yh_get_provider(c->x, &provider, err);
    if (st == YH_NOT_FOUND)
        return yh_refuse(err, YH_REFUSE_PROVIDER_UNKNOWN, provider.provider, NULL);
    if (st)
        return st;
    yh_str text = !entitled ? yh_dup(c->arena, yh_cstr(why.text))
                  : plan    ? YH_S("正常享受待遇")
                            : YH_S("参保地当日没有生效的待遇政策");
    add(c, rows, n, &cap,
        (struct yh_benefit_row){ YH_S("99"), YH_S(""), entitled && plan, from, to, text });
    if (!plan)
        return YH_OK;
    struct yh_visit_row v = { .region = m.person->region,
                              .grp = m.person->grp,
                              .person = m.person->person,
                              .visit = YH_S(""),
                              .provider = provider.provider,
                              .scheme = q->scheme,
                              .med_type = q->med_type,
                              .begin_time = q->begin,
                              .disease = q->disease,
                              .place = provider.office };
    struct yh_facts_of facts;
    if ((st = yh_facts_build(c, &m, &v, &provider, plan, from, false, &facts, err)) != YH_OK)
        return st;
    if ((st = yh_facts_standing(c, &v, plan, from, c->today, &facts, err)) != YH_OK)
        return st;
    int64_t visit = facts.facts.v[YH_DIM_VISIT];
    for (int i = 0; i < plan->nlayer; i++) {
        const struct yh_layer *l = &plan->layer[i];
        if (!(l->visits[visit / 64] >> (visit % 64) & 1))
            continue;
        const struct yh_cell *when = yh_cell_at(&l->when, &facts.facts);
        bool holds = entitled && (!l->when.ncell || (when && when->value == 1));
        bool seen = false;
        for (int k = 0; k < *n; k++)
            if (yh_eq((*rows)[k].fund, l->fund)) {
                (*rows)[k].enjoyed |= holds;
                seen = true;
            }
        if (!seen)
            add(c, rows, n, &cap,
                (struct yh_benefit_row){ YH_S("01"), l->fund, holds, from, to, l->name });
    }
    return YH_OK;
}
