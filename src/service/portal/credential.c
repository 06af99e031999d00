/* service/portal/credential.c -- the code that a person shows, and proofs of enrolment. */
#include "service/portal/inside.h"

static enum yh_status forget(const struct yh_look *k, const struct yh_credential_row *r,
                             yh_str code, struct yh_err *err)
{
    struct yh_person_key_row key = { .kind = YH_S("token"),
                                     .value = code,
                                     .region = r->region,
                                     .grp = r->grp,
                                     .person = r->person };
    enum yh_status st = code.n ? yh_drop_person_key(k->x, &key, err) : YH_OK;
    return st == YH_NOT_FOUND ? YH_OK : st;
}

enum yh_status yh_credential_put(const struct yh_look *k, yh_str person, yh_str code,
                                 yh_time expires, struct yh_err *err)
{
    struct yh_look_place at;
    enum yh_status st = yh_look_place(k, person, &at, err);
    if (st)
        return st;
    struct yh_credential_row r = { .region = at.region, .grp = at.grp, .person = person };
    struct yh_person_key_row key = { .kind = YH_S("token"),
                                     .value = code,
                                     .region = at.region,
                                     .grp = at.grp,
                                     .person = person,
                                     .expires = expires };
    yh_txn_group(k->x, (struct yh_group){ at.region, at.grp });
    st = yh_get_credential(k->x, &r, err);
    if (st == YH_NOT_FOUND)
        r.code = r.before = YH_S("");
    else if (st)
        return st;
    /* The one before stays good till it expires; the one before that goes. */
    st = forget(k, &r, r.before, err);
    r.before = r.code;
    r.code = code;
    r.expires = expires;
    if (st == YH_OK)
        st = yh_put_credential(k->x, &r, err);
    return st ? st : yh_add_person_key(k->x, &key, err);
}

enum yh_status yh_certificate_make(const struct yh_look *k, yh_str person,
                                   struct yh_certificate_row *out, struct yh_err *err)
{
    struct yh_look_place at;
    int64_t nth;
    int year = yh_civil_of(yh_time_day(k->now)).year;
    enum yh_status st = yh_look_place(k, person, &at, err);
    if (st)
        return st;
    /* Numbered by the group: no row that all share. */
    yh_txn_group(k->x, (struct yh_group){ at.region, at.grp });
    st = yh_txn_next(
        k->x, yh_fmt(k->arena, "%.*s %lld %d", YH_ARG(at.region), (long long)at.grp, year),
        YH_S("certificate"), &nth, err);
    if (st)
        return st;
    struct yh_enrolment_row *e = NULL,
                            like = { .region = at.region, .grp = at.grp, .person = person };
    int n = 0;
    st = yh_list_enrolment(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like, &e,
                           &n, err);
    struct yh_buf said = yh_buf_in(k->arena);
    struct yh_jsonw w = yh_jsonw_on(&said);
    yh_jw_array(&w);
    for (int i = 0; i < n; i++) {
        struct yh_place place;
        bool known = yh_region_locate(k->world->regions, e[i].office, yh_time_day(k->now),
                                      &place, NULL) == YH_OK;
        yh_jw_object(&w);
        yh_jw_kv_str(&w, "scheme", e[i].scheme);
        yh_jw_kv_str(&w, "region_name", known ? place.pool->name : e[i].region);
        yh_jw_kv_str(&w, "status", e[i].status);
        yh_jw_kv_day(&w, "from", e[i].from_day);
        yh_jw_end(&w, '}');
    }
    yh_jw_end(&w, ']');
    struct yh_certificate_row r = {
        .number = yh_fmt(k->arena, "%.*sZ%d-%lld-%lld", YH_ARG(at.region), year,
                         (long long)at.grp, (long long)nth),
        .region = at.region,
        .grp = at.grp,
        .person = person,
        .said = yh_buf_str(&said),
        .time = k->now,
    };
    if (st == YH_OK)
        st = yh_add_certificate(k->x, &r, err);
    if (st == YH_OK)
        *out = r;
    return st;
}

enum yh_status yh_look_certificate(const struct yh_look *k, const struct yh_certificate_row *r,
                                   struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_person_row p = { .region = r->region, .grp = r->grp, .person = r->person };
    enum yh_status st = yh_get_person(k->x, &p, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_str(w, "number", r->number);
    yh_jw_kv_str(w, "name", yh_mask_name(k->arena, p.name));
    yh_jw_kv_str(w, "cert_no", yh_mask_number(k->arena, p.cert_no, 3, 4));
    yh_jw_kv_time(w, "time", r->time);
    yh_jw_kv_raw(w, "rows", r->said);
    yh_jw_end(w, '}');
    return YH_OK;
}
