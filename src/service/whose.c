#include "service/whose.h"
#include "service/query.h"

enum yh_status yh_groups_of(struct yh_ctx *c, yh_str person, struct yh_person_key_row **key,
                            int *n, struct yh_err *err)
{
    struct yh_person_key_row like = { .kind = YH_S("psn"), .value = person }, *row = NULL;
    struct yh_span span = { .index = YH_BY_KEY, .same = 2 };
    int count = 0;
    enum yh_status st = yh_list_person_key(c->x, span, &like, &row, &count, err);
    if (st)
        return st;
    if (count == 0)
        return yh_refuse(err, YH_REFUSE_PERSON_UNKNOWN, person, NULL);
    for (int i = 1; i < count; i++) {
        if (row[i].grp != c->group.id || !yh_eq(row[i].region, c->group.region))
            continue;
        struct yh_person_key_row own = row[i];
        row[i] = row[0];
        row[0] = own;
    }
    *key = row;
    *n = count;
    return YH_OK;
}

void yh_group_enter(struct yh_ctx *c, const struct yh_person_key_row *key)
{
    yh_txn_group(c->x, (struct yh_group){ key->region, key->grp });
}

enum yh_status yh_settlement_find(struct yh_ctx *c, yh_str person, yh_str settlement,
                                  struct yh_settlement_row *out, struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    int nkey = 0;
    enum yh_status st = yh_groups_of(c, person, &key, &nkey, err);
    struct yh_span span = { .index = yh_settlement_by_id, .same = 3 };
    for (int i = 0; st == YH_OK && i < nkey; i++) {
        struct yh_settlement_row like = { .region = key[i].region,
                                          .grp = key[i].grp,
                                          .settlement = settlement },
                                 *row = NULL;
        int n = 0;
        st = yh_list_settlement(c->x, span, &like, &row, &n, err);
        if (st == YH_OK && n > 0 && yh_eq(row[0].person, key[i].person)) {
            yh_group_enter(c, &key[i]);
            *out = row[0];
            return YH_OK;
        }
    }
    return st ? st : yh_refuse(err, YH_REFUSE_SETTLEMENT_UNKNOWN, settlement, NULL);
}

enum yh_status yh_visit_find(struct yh_ctx *c, yh_str person, yh_str visit,
                             struct yh_visit_row *out, struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    int nkey = 0;
    enum yh_status st = yh_groups_of(c, person, &key, &nkey, err);
    for (int i = 0; st == YH_OK && i < nkey; i++) {
        struct yh_visit_row row = {
            .region = key[i].region, .grp = key[i].grp, .person = key[i].person, .visit = visit
        };
        st = yh_get_visit(c->x, &row, err);
        if (st == YH_OK) {
            yh_group_enter(c, &key[i]);
            *out = row;
            return YH_OK;
        }
        st = st == YH_NOT_FOUND ? YH_OK : st;
    }
    return st ? st : yh_refuse(err, YH_REFUSE_VISIT_UNKNOWN, visit, NULL);
}

struct tie {
    yh_str provider;
    bool found;
};

static bool visit_here(void *user, const void *row)
{
    struct tie *t = user;
    t->found = yh_eq(((const struct yh_visit_row *)row)->provider, t->provider);
    return !t->found;
}

static bool filed_here(void *user, const void *row)
{
    struct tie *t = user;
    const struct yh_filing_row *f = row;
    t->found = yh_eq(f->provider, t->provider) || yh_eq(f->filed_by, t->provider);
    return !t->found;
}

enum yh_status yh_person_before(struct yh_ctx *c, yh_str person, bool *out, struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    int nkey = 0;
    enum yh_status st = yh_groups_of(c, person, &key, &nkey, err);
    struct yh_span span = { .index = YH_BY_KEY, .same = 3 };
    struct tie t = { c->call->provider, false };
    for (int i = 0; st == YH_OK && !t.found && i < nkey; i++) {
        struct yh_visit_row v = { .region = key[i].region,
                                  .grp = key[i].grp,
                                  .person = key[i].person };
        struct yh_filing_row f = { .region = v.region, .grp = v.grp, .person = v.person };
        st = yh_each_visit(c->x, span, &v, visit_here, &t, err);
        if (st == YH_OK && !t.found)
            st = yh_each_filing(c->x, span, &f, filed_here, &t, err);
    }
    if (st == YH_OK)
        *out = t.found;
    return st;
}

yh_str yh_json_member(struct yh_ctx *c, yh_str json, yh_str key)
{
    struct yh_json *v = NULL;
    if (!json.n || yh_json_read(c->arena, json, (struct yh_json_limits){ 0 }, &v, NULL))
        return YH_S("");
    return yh_json_text(yh_json_get(v, key));
}
