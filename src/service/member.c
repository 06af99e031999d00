/* service/member.c -- the person and the visit that a call is about. */
#include "service/service.h"
#include <stdio.h>

int yh_age_tenths(yh_day born, yh_day on)
{
    int years = yh_age_years(born, on);
    struct yh_civil b = yh_civil_of(born);
    int year = b.year + years;
    yh_day birthday = yh_day_real(year, b.month, b.day) ? yh_day_of(year, b.month, b.day)
                                                        : yh_day_of(year, 3, 1);
    int tenth = (int)((int64_t)(on - birthday) * 10 / 366);
    return years * 10 + (int)yh_clamp(tenth, 0, 9);
}

bool yh_is_stay(yh_str t)
{
    return t.n > 0 && (t.p[0] == '2' || yh_eq(t, YH_S("52")) || yh_eq(t, YH_S("71")) ||
                       yh_eq(t, YH_S("9902")) || yh_eq(t, YH_S("9907")) ||
                       yh_eq(t, YH_S("9921")) || yh_eq(t, YH_S("9925")));
}

bool yh_is_pharmacy(yh_str t)
{
    return t.n > 0 && (t.p[0] == '4' || yh_eq(t, YH_S("910301")) || yh_eq(t, YH_S("910302")));
}

enum yh_status yh_service_opened(struct yh_ctx *c, yh_str med_type, struct yh_err *err)
{
    yh_str open = c->provider->services;
    if (!open.n || !med_type.n)
        return YH_OK;
    while (open.n) {
        yh_str one = yh_trim(yh_cut(&open, ' '));
        if (yh_eq(one, med_type))
            return YH_OK;
    }
    return yh_refuse(err, YH_REFUSE_SERVICE_CLOSED, med_type, "%.*s %.*s",
                     YH_ARG(c->provider->name), YH_ARG(c->call->provider));
}

static bool covers(const struct yh_enrolment_row *e, yh_day day)
{
    return e->from_day <= day && day < e->to_day;
}

/* Which enrolment a visit uses: the office named, then one that holds that day and is normal. */
static int rank(const struct yh_enrolment_row *e, yh_str scheme, yh_str office, yh_str pool,
                yh_day day)
{
    int r = 0;
    if (scheme.n && yh_eq(e->scheme, scheme))
        r += 64;
    if (office.n && yh_eq(e->office, office))
        r += 16;
    if (pool.n && yh_eq(e->region, pool))
        r += 8;
    if (covers(e, day))
        r += 4;
    if (yh_eq(e->status, YH_S("1")))
        r += 2;
    return r;
}

static enum yh_status keys_of(struct yh_ctx *c, yh_str person, struct yh_person_key_row **key,
                              int *n, struct yh_err *err)
{
    if (c->nkey && yh_eq(person, c->call->person)) {
        *key = c->key;
        *n = c->nkey;
        return YH_OK;
    }
    struct yh_person_key_row probe = { .kind = YH_S("psn"), .value = person };
    enum yh_status st = yh_list_person_key(
        c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &probe, key, n, err);
    if (st == YH_OK && *n == 0)
        return yh_refuse(err, YH_REFUSE_PERSON_UNKNOWN, person, NULL);
    return st;
}

/* The best enrolment among those of one key; *top is the rank to beat. */
static enum yh_status enrolment_of(struct yh_ctx *c, const struct yh_person_key_row *key,
                                   yh_str scheme, yh_str office, yh_str pool, yh_day day,
                                   struct yh_enrolment_row **best, int *top, struct yh_err *err)
{
    yh_txn_group(c->x, (struct yh_group){ key->region, key->grp });
    struct yh_enrolment_row like = { .region = key->region,
                                     .grp = key->grp,
                                     .person = key->person };
    struct yh_enrolment_row *e = NULL;
    int n = 0;
    enum yh_status st = yh_list_enrolment(
        c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like, &e, &n, err);
    for (int k = 0; st == YH_OK && k < n; k++) {
        int r = rank(&e[k], scheme, office, pool, day);
        if (r > *top) {
            *top = r;
            *best = &e[k];
        }
    }
    return st;
}

/* Person and home of one key. */
static enum yh_status load(struct yh_ctx *c, const struct yh_person_key_row *key,
                           struct yh_enrolment_row *enrolment, yh_day day,
                           struct yh_member *out, struct yh_err *err)
{
    yh_txn_group(c->x, (struct yh_group){ key->region, key->grp });
    struct yh_member m = { .person = YH_NEW(c->arena, struct yh_person_row, 1),
                           .enrolment = enrolment };
    *m.person =
        (struct yh_person_row){ .region = key->region, .grp = key->grp, .person = key->person };
    enum yh_status st = yh_get_person(c->x, m.person, err);
    if (st == YH_NOT_FOUND)
        return yh_refuse(err, YH_REFUSE_PERSON_UNKNOWN, key->person, NULL);
    if (st)
        return st;
    yh_str home = enrolment ? enrolment->office : key->region;
    if (yh_region_locate(c->world->regions, home, day, &m.home, err) != YH_OK)
        return yh_refuse(err, YH_REFUSE_REGION_UNKNOWN, home, NULL);
    if (m.home.leaf_unknown)
        yh_warn(c, "参保区划 %.*s 不在区划树中，已按统筹区 %06u 受理", YH_ARG(home),
                m.home.pool->code);
    *out = m;
    return YH_OK;
}

/* The person's identities of the day, and the account. */
static enum yh_status load_means(struct yh_ctx *c, yh_day day, struct yh_member *m,
                                 struct yh_err *err)
{
    const struct yh_person_row *p = m->person;
    struct yh_identity_row like = { .region = p->region, .grp = p->grp, .person = p->person };
    enum yh_status st =
        yh_list_identity(c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like,
                         &m->identity, &m->nidentity, err);
    if (st)
        return st;
    int kept = 0;
    for (int i = 0; i < m->nidentity; i++)
        if (m->identity[i].from_day <= day && day < m->identity[i].to_day)
            m->identity[kept++] = m->identity[i];
    m->nidentity = kept;
    struct yh_account_row *account = YH_NEW(c->arena, struct yh_account_row, 1);
    *account =
        (struct yh_account_row){ .region = p->region, .grp = p->grp, .person = p->person };
    st = yh_get_account(c->x, account, err);
    if (st && st != YH_NOT_FOUND)
        return st;
    m->account = st ? NULL : account;
    return YH_OK;
}

enum yh_status yh_member_enrolled(struct yh_ctx *c, yh_str person, yh_str scheme, yh_day day,
                                  struct yh_member *out, struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    int nkey = 0;
    enum yh_status st = keys_of(c, person, &key, &nkey, err);
    if (st)
        return st;
    char text[16] = "";
    yh_str pool = YH_S("");
    struct yh_place office;
    if (c->call->office.n &&
        yh_region_locate(c->world->regions, c->call->office, day, &office, NULL) == YH_OK)
        pool = (yh_str){ text, snprintf(text, sizeof text, "%06u", office.pool->code) };
    struct yh_enrolment_row *best = NULL;
    int at = 0, top = -1;
    for (int i = 0; i < nkey; i++) {
        int before = top;
        st = enrolment_of(c, &key[i], scheme, c->call->office, pool, day, &best, &top, err);
        if (st)
            return st;
        if (top > before)
            at = i;
    }
    if (scheme.n && (!best || !yh_eq(best->scheme, scheme)))
        return yh_refuse(err, YH_REFUSE_NOT_ENROLLED, scheme, "人员 %.*s", YH_ARG(person));
    return load(c, &key[at], best, day, out, err);
}

enum yh_status yh_member_open(struct yh_ctx *c, yh_str person, yh_str scheme, yh_day day,
                              struct yh_member *out, struct yh_err *err)
{
    enum yh_status st = yh_member_enrolled(c, person, scheme, day, out, err);
    return st ? st : load_means(c, day, out, err);
}

/* The visit among those of the person's groups; *at is the key that it is under. */
static enum yh_status find_visit(struct yh_ctx *c, yh_str person, yh_str visit,
                                 const struct yh_person_key_row **at, struct yh_visit_row *v,
                                 struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    int nkey = 0;
    enum yh_status st = keys_of(c, person, &key, &nkey, err);
    for (int i = 0; st == YH_OK && i < nkey; i++) {
        struct yh_visit_row row = {
            .region = key[i].region, .grp = key[i].grp, .person = key[i].person, .visit = visit
        };
        yh_txn_group(c->x, (struct yh_group){ key[i].region, key[i].grp });
        st = yh_get_visit(c->x, &row, err);
        if (st == YH_NOT_FOUND) {
            st = YH_OK;
            continue;
        }
        if (st)
            break;
        if (!yh_eq(row.provider, c->call->provider))
            return yh_refuse(err, YH_REFUSE_VISIT_OTHER_PROVIDER, visit, NULL);
        *at = &key[i];
        *v = row;
        return YH_OK;
    }
    if (st)
        return st;
    struct yh_visit_key_row other = { .visit = visit };
    if (yh_get_visit_key(c->x, &other, NULL) == YH_OK)
        return yh_refuse(err, YH_REFUSE_VISIT_OTHER_PERSON, visit, NULL);
    return yh_refuse(err, YH_REFUSE_VISIT_UNKNOWN, visit, NULL);
}

enum yh_status yh_visit_open(struct yh_ctx *c, yh_str person, yh_str visit,
                             struct yh_visit_row *v, struct yh_err *err)
{
    const struct yh_person_key_row *key;
    return find_visit(c, person, visit, &key, v, err);
}

enum yh_status yh_case_open(struct yh_ctx *c, yh_str person, yh_str visit, struct yh_member *m,
                            struct yh_visit_row *v, struct yh_err *err)
{
    const struct yh_person_key_row *key = NULL;
    struct yh_visit_row row = { .visit = visit };
    struct yh_enrolment_row *best = NULL;
    int top = -1;
    enum yh_status st = find_visit(c, person, visit, &key, &row, err);
    if (st)
        return st;
    yh_day day = yh_time_day(row.begin_time);
    st = enrolment_of(c, key, row.scheme, row.office, row.region, day, &best, &top, err);
    if (st == YH_OK)
        st = load(c, key, best, day, m, err);
    if (st == YH_OK)
        st = load_means(c, day, m, err);
    if (st == YH_OK)
        *v = row;
    return st;
}

enum yh_status yh_member_entitled(struct yh_ctx *c, const struct yh_member *m, yh_day day,
                                  bool pooled, struct yh_err *err)
{
    (void)c;
    const struct yh_enrolment_row *e = m->enrolment;
    char text[16];
    if (m->person->died <= day)
        return yh_refuse(err, YH_REFUSE_PERSON_DEAD, m->person->person, "死亡日期 %.*s",
                         YH_ARG(yh_day_text(text, (yh_day)m->person->died)));
    if (!e)
        return yh_refuse(err, YH_REFUSE_NOT_ENROLLED, YH_S(""), NULL);
    if (!covers(e, day) || !yh_eq(e->status, YH_S("1")))
        return yh_refuse(err, YH_REFUSE_ENROLMENT_PAUSED, e->scheme, "人员 %.*s",
                         YH_ARG(m->person->person));
    if (e->frozen_from <= day && day < e->frozen_until)
        return yh_refuse(err, YH_REFUSE_ENROLMENT_FROZEN, m->person->person, "自 %.*s 起冻结",
                         YH_ARG(yh_day_text(text, (yh_day)e->frozen_from)));
    if (pooled && day < e->waiting_until)
        return yh_refuse(err, YH_REFUSE_ENROLMENT_WAITING, m->person->person, "至 %.*s 起享受",
                         YH_ARG(yh_day_text(text, (yh_day)e->waiting_until)));
    return YH_OK;
}
