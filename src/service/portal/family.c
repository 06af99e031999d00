/* service/portal/family.c -- 家庭: who may see my data, whose I may see, whose account I may use. */
#include "service/consent.h"
#include "service/portal/inside.h"

static const char *const SCOPE[] = {
#define S(name, word, text) word,
#include "service/consent.def"
};

static void kv_scope(struct yh_jsonw *w, const char *key, int64_t bits)
{
    yh_jw_kv_array(w, key);
    for (int i = 0; i < YH_COUNT(SCOPE); i++)
        if (bits >> i & 1)
            yh_jw_str(w, yh_cstr(SCOPE[i]));
    yh_jw_end(w, ']');
}

static void kv_last(struct yh_jsonw *w, const char *key, int64_t to_day)
{
    yh_jw_kv_day(w, key, to_day ? to_day - 1 : 0);
}

/* The person of a psn_no; an empty row when there is none (any more). */
static struct yh_person_row person_of(const struct yh_look *k, yh_str person)
{
    struct yh_look_place at;
    struct yh_person_row p = { .person = YH_S("") }, q;
    if (yh_look_place(k, person, &at, NULL))
        return p;
    q = (struct yh_person_row){ .region = at.region, .grp = at.grp, .person = person };
    return yh_get_person(k->x, &q, NULL) == YH_OK ? q : p;
}

static enum yh_status put_steps(const struct yh_look *k, const struct yh_consent_row *r,
                                yh_str me, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_consent_step_row like = { .owner = r->owner, .member = r->member }, *s = NULL;
    struct yh_span span = { .index = YH_BY_KEY, .same = 2, .down = true, .most = 20 };
    int n = 0;
    enum yh_status st = yh_list_consent_step(k->x, span, &like, &s, &n, err);
    yh_jw_kv_array(w, "steps");
    for (int i = 0; st == YH_OK && i < n; i++) {
        yh_jw_object(w);
        yh_jw_kv_str(w, "act", s[i].act);
        yh_jw_kv_bool(w, "by_me", yh_eq(s[i].by_person, me));
        kv_scope(w, "scope", s[i].scope);
        kv_last(w, "to", s[i].to_day);
        yh_jw_kv_time(w, "time", s[i].time);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    return st;
}

/* As the owner sees it, or (member) as the member does.  A member learns of no row that the owner has
 * not once given: that a request is on record would tell that the person exists. */
static enum yh_status put_side(const struct yh_look *k, yh_str me, bool member,
                               struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_consent_row *r = NULL;
    yh_day today = yh_time_day(k->now);
    int n = 0;
    enum yh_status st = yh_consents_of(k->x, me, member, &r, &n, err);
    yh_jw_key(w, member ? YH_S("theirs") : YH_S("mine"));
    yh_jw_array(w);
    for (int i = 0; st == YH_OK && i < n; i++) {
        bool guard = yh_guard_holds(k->x, today, r[i].owner, r[i].member);
        bool holds = (guard || !r[i].guard) && r[i].given && r[i].from_day <= today &&
                     today < r[i].to_day;
        if (member && !r[i].from_day)
            continue;
        struct yh_person_row p = person_of(k, member ? r[i].owner : r[i].member);
        bool named = !member || holds;
        yh_jw_object(w);
        yh_jw_kv_str(w, "person", p.person);
        yh_jw_kv_str(w, "name", named ? p.name : yh_mask_name(k->arena, p.name));
        yh_jw_kv_str(w, "cert_no", yh_mask_number(k->arena, p.cert_no, 6, 4));
        yh_jw_kv_str(w, "relation", r[i].relation);
        kv_scope(w, "given", r[i].given);
        kv_scope(w, "asked", member ? 0 : r[i].asked);
        yh_jw_kv_str(w, "words", member ? YH_S("") : r[i].words);
        yh_jw_kv_day(w, "from", r[i].from_day);
        kv_last(w, "to", r[i].to_day);
        yh_jw_kv_bool(w, "holds", holds);
        yh_jw_kv_bool(w, "guard", guard);
        yh_jw_kv_time(w, "changed", r[i].changed);
        st = put_steps(k, &r[i], me, w, err);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    return st;
}

/* Whose account the person may draw on (共济). */
static enum yh_status put_accounts(const struct yh_look *k, yh_str me, struct yh_jsonw *w,
                                   struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    int nkey = 0;
    enum yh_status st = yh_look_keys(k, me, &key, &nkey, err);
    yh_jw_kv_array(w, "accounts");
    for (int i = 0; st == YH_OK && i < nkey; i++) {
        struct yh_binding_row like = { .region = key[i].region,
                                       .grp = key[i].grp,
                                       .person = me },
                              *b = NULL;
        int n = 0;
        st = yh_list_binding(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like, &b,
                             &n, err);
        for (int j = 0; st == YH_OK && j < n; j++) {
            yh_jw_object(w);
            yh_jw_kv_str(w, "name", yh_mask_name(k->arena, person_of(k, b[j].owner).name));
            yh_jw_kv_str(w, "relation", b[j].relation);
            yh_jw_kv_day(w, "from", b[j].from_day);
            yh_jw_kv_day(w, "to", b[j].to_day);
            yh_jw_kv_i64(w, "limit", b[j].limit_fen);
            yh_jw_end(w, '}');
        }
    }
    yh_jw_end(w, ']');
    return st;
}

enum yh_status yh_look_family(const struct yh_look *k, yh_str person, struct yh_jsonw *w,
                              struct yh_err *err)
{
    yh_jw_object(w);
    enum yh_status st = put_side(k, person, false, w, err);
    if (st == YH_OK)
        st = put_side(k, person, true, w, err);
    if (st == YH_OK)
        st = put_accounts(k, person, w, err);
    yh_jw_end(w, '}');
    return st;
}

bool yh_look_named(const struct yh_look *k, yh_str name, yh_str cert, yh_str *person)
{
    struct yh_person_key_row like = { .kind = YH_S("cert"),
                                      .value = yh_fmt(k->arena, "01:%.*s", YH_ARG(cert)) },
                             *key = NULL;
    int n = 0;
    if (!cert.n || yh_list_person_key(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 },
                                      &like, &key, &n, NULL))
        return false;
    for (int i = 0; i < n; i++)
        if (yh_eq(person_of(k, key[i].person).name, name)) {
            *person = key[i].person;
            return true;
        }
    return false;
}
