#include "service/whose.h"
#include <inttypes.h>
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

yh_str yh_settlement_id(struct yh_arena *a, yh_str region, int64_t grp, int64_t seq)
{
    return yh_fmt(a, "%.*sS%08" PRId64 "%06" PRId64, YH_ARG(region), grp, seq);
}

/* The place that an id names, if it is one of that group's; -1: it is not. */
static int64_t place_of(struct yh_arena scratch, yh_str region, int64_t grp, yh_str id)
{
    yh_str first = yh_settlement_id(&scratch, region, grp, 0);
    yh_str group = yh_sub(first, 0, first.n - 6);
    int64_t seq = 0;
    if (!yh_starts(id, group) || id.n < first.n || id.n > group.n + 18)
        return -1;
    for (ptrdiff_t i = group.n; i < id.n; i++) {
        if (id.p[i] < '0' || id.p[i] > '9')
            return -1;
        seq = seq * 10 + (id.p[i] - '0');
    }
    return seq;
}

/* The places of a group's settlements with one id, or of one visit. */
struct sought {
    struct yh_arena *a;
    yh_str id, visit;
    int64_t *seq;
    int n, cap;
};

static bool is_sought(void *ctx, const void *row)
{
    struct sought *k = ctx;
    const struct yh_settlement_row *s = row;
    if (k->id.n ? yh_eq(s->settlement, k->id) : yh_eq(s->visit, k->visit))
        YH_PUSH(k->a, k->seq, k->n, k->cap) = s->seq;
    return !k->id.n || !k->n;
}

/* Only the rows that were sought are copied: a group may have very many. */
static enum yh_status look_through(struct yh_txn *x, yh_str region, int64_t grp,
                                   struct sought *k, struct yh_settlement_row **rows,
                                   struct yh_err *err)
{
    struct yh_settlement_row like = { .region = region, .grp = grp };
    k->a = x->arena;
    enum yh_status st = yh_each_settlement(x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 },
                                           &like, is_sought, k, err);
    struct yh_settlement_row *row = YH_NEW(x->arena, struct yh_settlement_row, k->n);
    for (int i = 0; st == YH_OK && i < k->n; i++) {
        row[i] = (struct yh_settlement_row){ .region = region, .grp = grp, .seq = k->seq[i] };
        st = yh_get_settlement(x, &row[i], err);
    }
    if (st == YH_OK)
        *rows = row;
    return st;
}

enum yh_status yh_settlement_with_id(struct yh_txn *x, yh_str region, int64_t grp, yh_str id,
                                     struct yh_settlement_row *out, struct yh_err *err)
{
    struct yh_settlement_row row = { .region = region, .grp = grp }, *found = NULL;
    struct yh_err why = { 0 };
    row.seq = place_of(*x->arena, region, grp, id);
    enum yh_status st = row.seq < 0 ? YH_NOT_FOUND : yh_get_settlement(x, &row, &why);
    if (st == YH_OK && yh_eq(row.settlement, id)) {
        *out = row;
        return YH_OK;
    }
    if (st && st != YH_NOT_FOUND) {
        if (err)
            *err = why;
        return st;
    }
    struct sought k = { .id = id };
    st = id.n ? look_through(x, region, grp, &k, &found, err) : YH_NOT_FOUND;
    if (st)
        return st;
    if (!k.n)
        return YH_NOT_FOUND;
    *out = found[0];
    return YH_OK;
}

enum yh_status yh_settlements_of_visit(struct yh_txn *x, yh_str region, int64_t grp,
                                       yh_str visit, struct yh_settlement_row **rows, int *n,
                                       struct yh_err *err)
{
    struct sought k = { .visit = visit };
    enum yh_status st = look_through(x, region, grp, &k, rows, err);
    if (st == YH_OK)
        *n = k.n;
    return st;
}

enum yh_status yh_settlement_find(struct yh_ctx *c, yh_str person, yh_str settlement,
                                  struct yh_settlement_row *out, struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    int nkey = 0;
    enum yh_status st = yh_groups_of(c, person, &key, &nkey, err);
    for (int i = 0; st == YH_OK && i < nkey; i++) {
        struct yh_settlement_row row;
        st = yh_settlement_with_id(c->x, key[i].region, key[i].grp, settlement, &row, err);
        if (st == YH_OK && yh_eq(row.person, key[i].person)) {
            yh_group_enter(c, &key[i]);
            *out = row;
            return YH_OK;
        }
        st = st == YH_NOT_FOUND ? YH_OK : st;
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
    yh_day today;
    bool found;
};

static bool visit_here(void *user, const void *row)
{
    struct tie *t = user;
    const struct yh_visit_row *v = row;
    t->found = yh_eq(v->provider, t->provider) && !yh_eq(v->status, YH_S("cancelled")) &&
               (yh_eq(v->status, YH_S("open")) || yh_time_day(v->begin_time) == t->today ||
                yh_time_day(v->end_time) == t->today);
    return !t->found;
}

static bool shown_here(void *user, const void *row)
{
    struct tie *t = user;
    const struct yh_access_log_row *r = row;
    t->found = yh_eq(r->user, t->provider) && yh_eq(r->route, YH_S("1101"));
    return !t->found;
}

enum yh_status yh_person_here(struct yh_ctx *c, yh_str person, struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    int nkey = 0;
    enum yh_status st = yh_groups_of(c, person, &key, &nkey, err);
    struct yh_span all = { .index = YH_BY_KEY, .same = 3 }, day = all;
    struct tie t = { c->call->provider, c->today, c->call->shown };
    day.ranged = true;
    day.from = yh_day_time(c->today);
    day.to = yh_day_time(c->today + 1);
    for (int i = 0; st == YH_OK && !t.found && i < nkey; i++) {
        struct yh_visit_row v = { .region = key[i].region,
                                  .grp = key[i].grp,
                                  .person = key[i].person };
        struct yh_access_log_row r = { .region = v.region, .grp = v.grp, .person = v.person };
        st = yh_each_visit(c->x, all, &v, visit_here, &t, err);
        if (st == YH_OK && !t.found)
            st = yh_each_access_log(c->x, day, &r, shown_here, &t, err);
    }
    return st || t.found ? st : yh_refuse(err, YH_REFUSE_PERSON_NOT_HERE, person, NULL);
}

yh_str yh_json_member(struct yh_ctx *c, yh_str json, yh_str key)
{
    struct yh_json *v = NULL;
    if (!json.n || yh_json_read(c->arena, json, (struct yh_json_limits){ 0 }, &v, NULL))
        return YH_S("");
    return yh_json_text(yh_json_get(v, key));
}
