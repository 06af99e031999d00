#include "service/query.h"
#include "service/inside.h"
#include "service/library.h"
#include "service/whose.h"

#define BY_KEY(same_columns) ((struct yh_span){ .index = YH_BY_KEY, .same = (same_columns) })

static void too_many(struct yh_ctx *c, int most)
{
    yh_warn(c, "查询结果超过 %d 条，只返回前 %d 条，请缩小查询范围", most, most);
}

/* ---- persons ---- */

static enum yh_status enrolment_at(struct yh_ctx *c, const struct yh_visit_row *v,
                                   struct yh_enrolment_row *out, struct yh_err *err)
{
    struct yh_enrolment_row like = { .region = v->region,
                                     .grp = v->grp,
                                     .person = v->person,
                                     .scheme = v->scheme },
                            *row = NULL;
    int n = 0;
    enum yh_status st =
        yh_list_enrolment(c->x, BY_KEY(v->scheme.n ? 4 : 3), &like, &row, &n, err);
    yh_day day = yh_time_day(v->begin_time);
    *out = (struct yh_enrolment_row){ .region = YH_S("") };
    for (int i = 0; st == YH_OK && i < n; i++)
        if (i == 0 || (row[i].from_day <= day && day < row[i].to_day))
            *out = row[i];
    return st;
}

static enum yh_status assisted_at(struct yh_ctx *c, const struct yh_visit_row *v, bool *out,
                                  struct yh_err *err)
{
    struct yh_identity_row like = { .region = v->region, .grp = v->grp, .person = v->person },
                           *row = NULL;
    int n = 0;
    yh_day day = yh_time_day(v->begin_time);
    enum yh_status st = yh_list_identity(c->x, BY_KEY(3), &like, &row, &n, err);
    *out = false;
    for (int i = 0; st == YH_OK && i < n; i++)
        *out |= row[i].from_day <= day && day < row[i].to_day &&
                yh_starts(row[i].kind, YH_S("23")); /* 医疗救助人员 and its kinds */
    return st;
}

static enum yh_status found(struct yh_ctx *c, const struct yh_visit_row *v,
                            struct yh_visit_found *out, struct yh_err *err)
{
    struct yh_visit_found f = {
        .visit = *v, .person = { .region = v->region, .grp = v->grp, .person = v->person }
    };
    enum yh_status st = yh_get_person(c->x, &f.person, err);
    if (st == YH_OK)
        st = enrolment_at(c, v, &f.enrolment, err);
    if (st == YH_OK)
        st = assisted_at(c, v, &f.assisted, err);
    if (st)
        return st;
    f.age_tenths = yh_age_tenths((yh_day)f.person.born, yh_time_day(v->begin_time));
    *out = f;
    return YH_OK;
}

enum yh_status yh_person_get(struct yh_ctx *c, yh_str person, yh_str scheme,
                             struct yh_person_row *out, struct yh_enrolment_row *enrolment,
                             struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    int n = 0;
    enum yh_status st = yh_groups_of(c, person, &key, &n, err);
    if (st)
        return st;
    struct yh_visit_row as_today = { .region = key[0].region,
                                     .grp = key[0].grp,
                                     .person = key[0].person,
                                     .scheme = scheme,
                                     .begin_time = c->now };
    struct yh_visit_found f;
    if ((st = found(c, &as_today, &f, err)) != YH_OK)
        return st;
    *out = f.person;
    *enrolment = f.enrolment;
    return YH_OK;
}

/* ---- 5101, 5102: the provider itself ---- */

enum yh_status yh_departments_list(struct yh_ctx *c, struct yh_department_row **rows, int *n,
                                   struct yh_err *err)
{
    struct yh_department_row like = { .provider = c->call->provider }, *all = NULL;
    int nall = 0, kept = 0;
    enum yh_status st = yh_list_department(c->x, BY_KEY(1), &like, &all, &nall, err);
    if (st)
        return st;
    for (int i = 0; i < nall; i++)
        if (c->today < all[i].to_day)
            all[kept++] = all[i];
    *rows = all;
    *n = kept;
    return YH_OK;
}

static bool cell_is(const struct yh_json *o, const char *name, yh_str want)
{
    return !want.n || yh_eq(yh_json_text(yh_json_get(o, yh_cstr(name))), want);
}

enum yh_status yh_practitioners_list(struct yh_ctx *c, const struct yh_practitioner_query *q,
                                     const struct yh_json ***rows, int *n, struct yh_err *err)
{
    (void)err; /* what is kept of a provider was checked when it was kept */
    struct yh_json *extra = NULL;
    const struct yh_json **hit = NULL, *list = NULL;
    int cap = 0, count = 0;
    if (c->provider && c->provider->extra.n &&
        yh_json_read(c->arena, c->provider->extra, (struct yh_json_limits){ 0 }, &extra,
                     NULL) == YH_OK)
        list = yh_json_get(extra, YH_S("practitioners"));
    for (const struct yh_json *p = list && list->kind == YH_JSON_ARRAY ? list->first : NULL; p;
         p = p->next)
        if (p->kind == YH_JSON_OBJECT && cell_is(p, "prac_psn_type", q->type) &&
            cell_is(p, "psn_cert_type", q->cert_type) && cell_is(p, "certno", q->cert_no) &&
            cell_is(p, "prac_psn_name", q->name) && cell_is(p, "prac_psn_code", q->code))
            YH_PUSH(c->arena, hit, count, cap) = p;
    *rows = hit;
    *n = count;
    return YH_OK;
}

/* ---- 5201, 5303: visits and stays ---- */

static enum yh_status visits_of_key(struct yh_ctx *c, const struct yh_person_key_row *key,
                                    struct yh_visit_row **rows, int *n, struct yh_err *err)
{
    struct yh_person_row p = { .region = key->region, .grp = key->grp, .person = key->person };
    return yh_visits_of(c, &p, rows, n, err);
}

enum yh_status yh_visits_list(struct yh_ctx *c, yh_str person, yh_str visit, yh_str med_type,
                              yh_time from, yh_time to, struct yh_visit_found **rows, int *n,
                              struct yh_err *err)
{
    struct yh_visit_found *out = NULL;
    int count = 0, cap = 0;
    struct yh_person_key_row *key = NULL;
    int nkey = 0;
    enum yh_status st = yh_groups_of(c, person, &key, &nkey, err);
    for (int i = 0; st == YH_OK && i < nkey; i++) {
        struct yh_visit_row *v = NULL;
        int nv = 0;
        st = visits_of_key(c, &key[i], &v, &nv, err);
        for (int k = 0; st == YH_OK && k < nv; k++) {
            bool named = visit.n && yh_eq(v[k].visit, visit);
            bool ours = yh_eq(v[k].provider, c->call->provider);
            if (named && !ours)
                return yh_refuse(err, YH_REFUSE_VISIT_OTHER_PROVIDER, visit, NULL);
            bool fits = from <= v[k].begin_time && v[k].begin_time < to &&
                        yh_starts(v[k].med_type, med_type);
            if (!ours || !(visit.n ? named : fits) || yh_eq(v[k].status, YH_S("cancelled")))
                continue;
            if (count == YH_QUERY_MOST) {
                too_many(c, YH_QUERY_MOST);
                break;
            }
            struct yh_visit_found f;
            if ((st = found(c, &v[k], &f, err)) == YH_OK)
                YH_PUSH(c->arena, out, count, cap) = f;
        }
    }
    if (st)
        return st;
    *rows = out;
    *n = count;
    return YH_OK;
}

struct staying {
    struct yh_ctx *c;
    yh_str person;
    struct yh_visit_row *row;
    int n, cap;
    bool more;
};

static bool take_stay(void *user, const void *row)
{
    struct staying *s = user;
    const struct yh_visit_row *v = row;
    struct yh_arena *a = s->c->arena;
    if (!yh_eq(v->status, YH_S("open")) || v->end_time || !yh_is_stay(v->med_type) ||
        (s->person.n && !yh_eq(v->person, s->person)))
        return true;
    if (s->n == YH_QUERY_MOST) {
        s->more = true;
        return false;
    }
    YH_PUSH(a, s->row, s->n, s->cap) = (struct yh_visit_row){
        .region = yh_dup(a, v->region),
        .grp = v->grp,
        .person = yh_dup(a, v->person),
        .visit = yh_dup(a, v->visit),
    };
    return true;
}

enum yh_status yh_in_hospital_list(struct yh_ctx *c, yh_str person, yh_time from, yh_time to,
                                   struct yh_visit_found **rows, int *n, struct yh_err *err)
{
    struct staying s = { .c = c, .person = person };
    struct yh_visit_row like = { .provider = c->call->provider };
    struct yh_span span = {
        .index = yh_visit_by_provider, .same = 1, .ranged = true, .from = from, .to = to
    };
    enum yh_status st = yh_each_visit(c->x, span, &like, take_stay, &s, err);
    struct yh_visit_found *out = YH_NEW(c->arena, struct yh_visit_found, s.n);
    for (int i = 0; st == YH_OK && i < s.n; i++) {
        const struct yh_visit_row *v = &s.row[i];
        yh_seen(c, (struct yh_seen_person){ v->region, v->grp, v->person, v->visit });
        if ((st = yh_get_visit(c->x, &s.row[i], err)) == YH_OK)
            st = found(c, &s.row[i], &out[i], err);
    }
    if (st)
        return st;
    if (s.more)
        too_many(c, YH_QUERY_MOST);
    *rows = out;
    *n = s.n;
    return YH_OK;
}

/* ---- 5202 ---- */

static enum yh_status own_visit(struct yh_ctx *c, yh_str person, yh_str visit,
                                struct yh_visit_row *out, struct yh_err *err)
{
    struct yh_visit_row v;
    enum yh_status st = yh_visit_find(c, person, visit, &v, err);
    if (st)
        return st;
    if (!yh_eq(v.provider, c->call->provider))
        return yh_refuse(err, YH_REFUSE_VISIT_OTHER_PROVIDER, visit, NULL);
    *out = v;
    return YH_OK;
}

enum yh_status yh_diagnoses_list(struct yh_ctx *c, yh_str person, yh_str visit,
                                 struct yh_diagnosis_row **rows, int *n, struct yh_err *err)
{
    struct yh_visit_row v;
    enum yh_status st = own_visit(c, person, visit, &v, err);
    if (st)
        return st;
    struct yh_diagnosis_row like = { .region = v.region, .grp = v.grp, .visit = v.visit };
    return yh_list_diagnosis(c->x, BY_KEY(3), &like, rows, n, err);
}

/* ---- 5203, 5204: settlements and their lines ---- */

static yh_str item_name(struct yh_ctx *c, const struct yh_charge_line *l)
{
    uint32_t id = YH_CODE_NONE;
    (void)yh_catalog_item(c->world->catalog, l->code, yh_time_day(l->time), &id);
    yh_str name = id ? yh_catalog_code(c->world->catalog, id).name : YH_S("");
    return name.n ? name : l->name;
}

/* The lines of a visit that a settlement holds ("" = all), appended while there is room. */
struct lines {
    struct yh_line_found *row;
    int n, cap;
    bool more;
};

static enum yh_status add_lines(struct yh_ctx *c, const struct yh_visit_row *v,
                                yh_str settlement, struct lines *out, struct yh_err *err)
{
    struct yh_charge_batch_row *batch = NULL;
    struct yh_charge_line *line = NULL;
    int nbatch = 0, nline = 0, kept = 0, *from = NULL;
    enum yh_status st = yh_batches_of(c, v, &batch, &nbatch, err);
    for (int i = 0; st == YH_OK && i < nbatch; i++)
        if (!settlement.n || yh_eq(batch[i].settlement, settlement))
            batch[kept++] = batch[i];
    if (st == YH_OK)
        st = yh_batch_lines(c, batch, kept, &line, &from, &nline, err);
    for (int i = 0; st == YH_OK && i < nline; i++) {
        if (out->n == YH_QUERY_LINES) {
            out->more = true;
            break;
        }
        YH_PUSH(c->arena, out->row, out->n, out->cap) =
            (struct yh_line_found){ .visit = v->visit,
                                    .settlement = batch[from[i]].settlement,
                                    .med_type = v->med_type,
                                    .batch = batch[from[i]].batch,
                                    .line = line[i],
                                    .name = item_name(c, &line[i]),
                                    .list_type = yh_list_type(line[i].code) };
    }
    return st;
}

static enum yh_status own_settlement(struct yh_ctx *c, yh_str person, yh_str visit,
                                     yh_str settlement, struct yh_settlement_row *out,
                                     struct yh_err *err)
{
    struct yh_settlement_row s;
    enum yh_status st = yh_settlement_find(c, person, settlement, &s, err);
    if (st)
        return st;
    if (!yh_eq(s.provider, c->call->provider) || (visit.n && !yh_eq(s.visit, visit)))
        return yh_refuse(err, YH_REFUSE_SETTLEMENT_OTHER, settlement, NULL);
    *out = s;
    return YH_OK;
}

enum yh_status yh_settlement_get(struct yh_ctx *c, yh_str person, yh_str visit,
                                 yh_str settlement, struct yh_settled *out, struct yh_err *err)
{
    struct yh_settled s = { 0 };
    enum yh_status st = own_settlement(c, person, visit, settlement, &s.row, err);
    if (st)
        return st;
    struct yh_visit_row v = {
        .region = s.row.region, .grp = s.row.grp, .person = s.row.person, .visit = s.row.visit
    };
    struct yh_settlement_fund_row like = { .region = s.row.region,
                                           .grp = s.row.grp,
                                           .seq = s.row.seq };
    struct yh_visit_found f;
    if ((st = yh_get_visit(c->x, &v, err)) != YH_OK || (st = found(c, &v, &f, err)) != YH_OK ||
        (st = yh_list_settlement_fund(c->x, BY_KEY(3), &like, &s.fund, &s.nfund, err)) != YH_OK)
        return st;
    struct lines l = { 0 };
    if ((st = add_lines(c, &v, settlement, &l, err)) != YH_OK)
        return st;
    s.person = f.person;
    s.enrolment = f.enrolment;
    s.age_tenths = f.age_tenths;
    s.cert_type = v.cert_type;
    s.line = YH_NEW(c->arena, struct yh_charge_line, l.n);
    s.nline = l.n;
    for (int i = 0; i < l.n; i++)
        s.line[i] = l.row[i].line;
    *out = s;
    return YH_OK;
}

enum yh_status yh_lines_list(struct yh_ctx *c, yh_str person, yh_str visit, yh_str settlement,
                             struct yh_line_found **rows, int *n, struct yh_err *err)
{
    struct yh_visit_row v;
    struct yh_settlement_row s;
    enum yh_status st = own_visit(c, person, visit, &v, err);
    if (st == YH_OK && settlement.n)
        st = own_settlement(c, person, visit, settlement, &s, err);
    struct lines l = { 0 };
    if (st == YH_OK)
        st = add_lines(c, &v, settlement, &l, err);
    if (st)
        return st;
    if (l.more)
        too_many(c, YH_QUERY_LINES);
    *rows = l.row;
    *n = l.n;
    return YH_OK;
}

/* ---- 5205 ---- */

static enum yh_status provider_name(struct yh_ctx *c, yh_str provider, yh_str *out,
                                    struct yh_err *err)
{
    struct yh_provider_row p = { .provider = provider };
    enum yh_status st = yh_get_provider(c->x, &p, err);
    *out = st == YH_OK ? p.name : YH_S("");
    return st == YH_NOT_FOUND ? YH_OK : st;
}

static enum yh_status drugs_of(struct yh_ctx *c, const struct yh_visit_row *v, yh_time from,
                               yh_time to, struct yh_drug_found **rows, int *n, int *cap,
                               struct yh_err *err)
{
    struct lines l = { 0 };
    yh_str name = YH_S("");
    enum yh_status st = add_lines(c, v, YH_S(""), &l, err);
    if (st == YH_OK)
        st = provider_name(c, v->provider, &name, err);
    for (int i = 0; st == YH_OK && i < l.n && *n < YH_QUERY_LINES; i++)
        if (yh_starts(l.row[i].list_type, YH_S("1")) && from <= l.row[i].line.time &&
            l.row[i].line.time < to)
            YH_PUSH(c->arena, *rows, *n, *cap) =
                (struct yh_drug_found){ v->provider, name, l.row[i] };
    return st;
}

enum yh_status yh_chronic_drugs_list(struct yh_ctx *c, yh_str person, yh_time from, yh_time to,
                                     struct yh_drug_found **rows, int *n, struct yh_err *err)
{
    struct yh_drug_found *out = NULL;
    int count = 0, cap = 0, nkey = 0;
    struct yh_person_key_row *key = NULL;
    /* Other providers' prescriptions are for who treats the person, not for anyone with a number. */
    enum yh_status st = yh_person_here(c, person, err);
    if (st == YH_OK)
        st = yh_groups_of(c, person, &key, &nkey, err);
    for (int i = 0; st == YH_OK && i < nkey; i++) {
        struct yh_visit_row *v = NULL;
        int nv = 0;
        st = visits_of_key(c, &key[i], &v, &nv, err);
        for (int k = 0; st == YH_OK && k < nv; k++)
            if (yh_starts(v[k].med_type, YH_S("14")) && !yh_eq(v[k].status, YH_S("cancelled")))
                st = drugs_of(c, &v[k], from, to, &out, &count, &cap, err);
    }
    if (st)
        return st;
    if (count == YH_QUERY_LINES)
        too_many(c, YH_QUERY_LINES);
    *rows = out;
    *n = count;
    return YH_OK;
}

/* ---- 5206 ---- */

/* Does a row belong to "", "2026" or "202603"?  Its sub is "2026-03" or "2026-03-18" where it is
 * kept by month or day. */
static bool of_month(const struct yh_accumulator_row *r, yh_str month, yh_str dashed)
{
    int64_t year = 0;
    if (!month.n)
        return true;
    if (yh_int_parse(yh_sub(month, 0, 4), &year, NULL) || year != r->year)
        return false;
    bool by_month = r->sub.n >= 7 && r->sub.p[4] == '-' &&
                    yh_int_parse(yh_sub(r->sub, 0, 4), &year, NULL) == YH_OK;
    return month.n < 6 || !by_month || yh_starts(r->sub, dashed);
}

enum yh_status yh_accumulators_list(struct yh_ctx *c, yh_str person, yh_str month,
                                    struct yh_accumulator_row **rows, int *n,
                                    struct yh_err *err)
{
    yh_str dashed =
        yh_fmt(c->arena, "%.*s-%.*s", YH_ARG(yh_sub(month, 0, 4)), YH_ARG(yh_sub(month, 4, 6)));
    struct yh_accumulator_row *out = NULL;
    int count = 0, cap = 0, nkey = 0;
    struct yh_person_key_row *key = NULL;
    enum yh_status st = yh_person_here(c, person, err);
    if (st == YH_OK)
        st = yh_groups_of(c, person, &key, &nkey, err);
    for (int i = 0; st == YH_OK && i < nkey; i++) {
        struct yh_accumulator_row like = { .region = key[i].region,
                                           .grp = key[i].grp,
                                           .person = key[i].person },
                                  *row = NULL;
        int nrow = 0;
        st = yh_list_accumulator(c->x, BY_KEY(3), &like, &row, &nrow, err);
        for (int k = 0; st == YH_OK && k < nrow; k++)
            if (!yh_starts(row[k].name, YH_S("#")) && of_month(&row[k], month, dashed))
                YH_PUSH(c->arena, out, count, cap) = row[k];
    }
    if (st)
        return st;
    *rows = out;
    *n = count;
    return YH_OK;
}

/* ---- 5301, 5302, 5304 ---- */

enum yh_status yh_filings_list(struct yh_ctx *c, yh_str person, yh_str kind, yh_str code,
                               yh_day from, yh_day to, struct yh_filing_row **rows, int *n,
                               struct yh_err *err)
{
    struct yh_filing_row *out = NULL;
    int count = 0, cap = 0, nkey = 0;
    struct yh_person_key_row *key = NULL;
    enum yh_status st = yh_person_here(c, person, err);
    if (st == YH_OK)
        st = yh_groups_of(c, person, &key, &nkey, err);
    for (int i = 0; st == YH_OK && i < nkey; i++) {
        struct yh_filing_row like = { .region = key[i].region,
                                      .grp = key[i].grp,
                                      .person = key[i].person,
                                      .kind = kind },
                             *row = NULL;
        int nrow = 0;
        st = yh_list_filing(c->x, BY_KEY(4), &like, &row, &nrow, err);
        for (int k = 0; st == YH_OK && k < nrow; k++) {
            bool holds =
                yh_eq(row[k].state, YH_S("filed")) || yh_eq(row[k].state, YH_S("approved"));
            if (holds && (!code.n || yh_eq(row[k].code, code)) && row[k].from_day < to &&
                from < row[k].to_day)
                YH_PUSH(c->arena, out, count, cap) = row[k];
        }
    }
    if (st)
        return st;
    *rows = out;
    *n = count;
    return YH_OK;
}

/* ---- 1317 ---- */

struct matching {
    struct yh_ctx *c;
    const struct yh_matches_query *q;
    struct yh_provider_item_row *row;
    int n, cap, total;
    int64_t skip, most;
};

static bool fits(const struct yh_matches_query *q, const struct yh_provider_item_row *r)
{
    return !yh_eq(r->state, YH_S("0")) && (!q->own_code.n || yh_eq(r->own_code, q->own_code)) &&
           (!q->own_name.n || yh_find(r->own_name, q->own_name) >= 0) &&
           (!q->code.n || yh_eq(r->code, q->code)) &&
           (!q->list_type.n || yh_eq(r->list_type, q->list_type)) &&
           (!q->day || (r->from_day <= q->day && q->day < r->to_day));
}

static bool take_match(void *user, const void *row)
{
    struct matching *m = user;
    const struct yh_provider_item_row *r = row;
    struct yh_arena *a = m->c->arena;
    if (!fits(m->q, r) || m->total++ < m->skip || m->n >= m->most)
        return true;
    YH_PUSH(a, m->row, m->n, m->cap) = (struct yh_provider_item_row){
        .provider = m->c->call->provider,
        .list_type = yh_dup(a, r->list_type),
        .own_code = yh_dup(a, r->own_code),
        .from_day = r->from_day,
        .to_day = r->to_day,
        .code = yh_dup(a, r->code),
        .own_name = yh_dup(a, r->own_name),
        .state = yh_dup(a, r->state),
        .extra = yh_dup(a, r->extra),
    };
    return true;
}

enum yh_status yh_matches_page(struct yh_ctx *c, const struct yh_matches_query *q,
                               struct yh_provider_item_row **rows, int *n, int *total,
                               struct yh_err *err)
{
    char text[32];
    if (q->page < 1)
        return yh_refuse(err, YH_REFUSE_PAGE_NUM, yh_dec_text(text, q->page, 0, 0), NULL);
    if (q->size < 1 || q->size > YH_QUERY_LINES)
        return yh_refuse(err, YH_REFUSE_PAGE_BAD, yh_dec_text(text, q->size, 0, 0), NULL);
    struct matching m = {
        .c = c, .q = q, .skip = (int64_t)(q->page - 1) * q->size, .most = q->size
    };
    struct yh_provider_item_row like = { .provider = c->call->provider };
    enum yh_status st = yh_each_provider_item(c->x, BY_KEY(1), &like, take_match, &m, err);
    if (st)
        return st;
    *rows = m.row;
    *n = m.n;
    *total = m.total;
    return YH_OK;
}
