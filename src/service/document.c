#include "service/document.h"
#include "service/month.h"
#include "service/whose.h"

/* ---- whose it is ---- */

static enum yh_status check_visit(struct yh_ctx *c, const struct yh_document_row *d,
                                  struct yh_err *err)
{
    struct yh_visit_row v;
    enum yh_status st = yh_visit_find(c, d->person, d->visit, &v, err);
    if (st == YH_OK && !yh_eq(v.provider, c->call->provider))
        return yh_refuse(err, YH_REFUSE_VISIT_OTHER_PROVIDER, d->visit, NULL);
    return st;
}

static enum yh_status check_settlement(struct yh_ctx *c, const struct yh_document_row *d,
                                       struct yh_err *err)
{
    struct yh_settlement_row s;
    enum yh_status st = yh_settlement_find(c, d->person, d->settlement, &s, err);
    if (st)
        return st;
    if (!yh_eq(s.provider, c->call->provider) || (d->visit.n && !yh_eq(s.visit, d->visit)))
        return yh_refuse(err, YH_REFUSE_SETTLEMENT_OTHER, d->settlement, NULL);
    return YH_OK;
}

/* A visit alone names its person too. */
static enum yh_status owner(struct yh_ctx *c, struct yh_document_row *d, struct yh_err *err)
{
    if (!d->person.n && d->visit.n) {
        struct yh_visit_key_row k = { .visit = d->visit };
        enum yh_status st = yh_get_visit_key(c->x, &k, err);
        if (st == YH_NOT_FOUND)
            return yh_refuse(err, YH_REFUSE_VISIT_UNKNOWN, d->visit, NULL);
        if (st)
            return st;
        d->person = k.person;
    }
    d->region = YH_S("");
    d->grp = 0;
    if (!d->person.n)
        return d->settlement.n ? yh_refuse(err, YH_REFUSE_PERSON_UNKNOWN, d->person,
                                           "结算 %.*s", YH_ARG(d->settlement))
                               : YH_OK;
    struct yh_person_key_row *key = NULL;
    int n = 0;
    enum yh_status st = yh_groups_of(c, d->person, &key, &n, err);
    if (st)
        return st;
    yh_group_enter(c, &key[0]);
    if (st == YH_OK && d->visit.n)
        st = check_visit(c, d, err);
    if (st == YH_OK && d->settlement.n)
        st = check_settlement(c, d, err);
    d->region = c->x->group.region;
    d->grp = c->x->group.id;
    return st;
}

/* ---- kept ---- */

/* The newest version under that key; YH_NOT_FOUND (without text) when there is none. */
static enum yh_status newest(struct yh_ctx *c, const struct yh_document_row *like,
                             struct yh_document_row *out, struct yh_err *err)
{
    struct yh_document_row *row = NULL;
    int n = 0;
    struct yh_span span = { .index = YH_BY_KEY, .same = 5, .down = true, .most = 1 };
    enum yh_status st = yh_list_document(c->x, span, like, &row, &n, err);
    if (st)
        return st;
    if (n == 0)
        return YH_NOT_FOUND;
    *out = row[0];
    return YH_OK;
}

enum yh_status yh_document_put(struct yh_ctx *c, const struct yh_document_row *in,
                               struct yh_document_row *out, struct yh_err *err)
{
    struct yh_document_row d = *in, old;
    if (!d.body.n)
        return yh_refuse(err, YH_REFUSE_DOCUMENT_EMPTY, d.body, NULL);
    bool list = yh_starts(d.infno, YH_S("4101"));
    d.infno = list ? YH_S("4101") : d.infno;
    d.provider = c->call->provider;
    d.own_key = d.own_key.n ? d.own_key : c->call->msgid;
    enum yh_status st = owner(c, &d, err);
    if (st)
        return st;
    if (list && d.settlement.n && (st = yh_list_open(c, d.person, d.settlement, err)) != YH_OK)
        return st;
    st = newest(c, &d, &old, err);
    if (st && st != YH_NOT_FOUND)
        return st;
    if (st == YH_OK && list && !yh_eq(old.state, YH_S("0")) && !yh_eq(old.state, YH_S("3")))
        return yh_refuse(err, YH_REFUSE_LIST_SUBMITTED, d.own_key, "当前状态 %.*s",
                         YH_ARG(old.state));
    d.version = st == YH_OK ? old.version + 1 : 1;
    d.state = list ? YH_S("0") : YH_S("");
    d.time = c->now;
    if ((st = yh_add_document(c->x, &d, err)) == YH_OK)
        *out = d;
    return st;
}

/* ---- the state of a list ---- */

static enum yh_status list_of(struct yh_ctx *c, yh_str provider, yh_str person,
                              yh_str settlement, struct yh_document_row *out,
                              struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    int n = 0;
    enum yh_status st = yh_groups_of(c, person, &key, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_document_row like = { .region = key[i].region,
                                        .grp = key[i].grp,
                                        .infno = YH_S("4101"),
                                        .provider = provider,
                                        .own_key = settlement };
        st = newest(c, &like, out, err);
        if (st == YH_OK) {
            yh_group_enter(c, &key[i]);
            return YH_OK;
        }
        st = st == YH_NOT_FOUND ? YH_OK : st;
    }
    return st ? st : yh_refuse(err, YH_REFUSE_LIST_UNKNOWN, settlement, NULL);
}

static enum yh_status move(struct yh_ctx *c, struct yh_document_row *d, yh_str state,
                           bool allowed, struct yh_err *err)
{
    if (!allowed)
        return yh_refuse(err, YH_REFUSE_LIST_STATE, state, "当前状态 %.*s", YH_ARG(d->state));
    d->state = state;
    return yh_put_document(c->x, d, err);
}

enum yh_status yh_list_state(struct yh_ctx *c, yh_str person, yh_str settlement, yh_str state,
                             struct yh_err *err)
{
    struct yh_document_row d;
    enum yh_status st = list_of(c, c->call->provider, person, settlement, &d, err);
    if (st == YH_OK)
        st = yh_list_open(c, person, settlement, err);
    if (st)
        return st;
    bool draft = yh_eq(d.state, YH_S("0")), rejected = yh_eq(d.state, YH_S("3"));
    bool to_draft = yh_eq(state, YH_S("0")), submit = yh_eq(state, YH_S("1"));
    return move(c, &d, state, (draft && submit) || (rejected && (submit || to_draft)), err);
}

enum yh_status yh_list_review(struct yh_ctx *c, yh_str provider, yh_str person,
                              yh_str settlement, bool pass, struct yh_err *err)
{
    struct yh_document_row d;
    enum yh_status st = list_of(c, provider, person, settlement, &d, err);
    if (st)
        return st;
    return move(c, &d, pass ? YH_S("2") : YH_S("3"), yh_eq(d.state, YH_S("1")), err);
}
