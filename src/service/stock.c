#include "service/stock.h"
#include <inttypes.h>
#include "service/inside.h"
#include "service/whose.h"

/* Refuses a code that cannot be an item of that day; unknown ones may be the agency's own. */
static enum yh_status check_item(struct yh_ctx *c, yh_str code, yh_day day, struct yh_err *err)
{
    uint32_t id = YH_CODE_NONE;
    switch (yh_catalog_item(c->world->catalog, code, day, &id)) {
    case YH_FOUND:
    case YH_UNKNOWN: return YH_OK;
    case YH_EXPIRED: return yh_refuse(err, YH_REFUSE_ITEM_EXPIRED, code, NULL);
    case YH_MALFORMED: return yh_refuse(err, YH_REFUSE_ITEM_MALFORMED, code, NULL);
    }
    return YH_OK;
}

static enum yh_status check_period(int64_t from, int64_t to, enum yh_refusal why,
                                   struct yh_err *err)
{
    char day[16];
    if (from < to)
        return YH_OK;
    return yh_refuse(err, why, yh_day_text(day, (yh_day)(to - 1)), NULL);
}

/* ---- 3301, 3302: whose code is whose ---- */

static enum yh_status matches_of(struct yh_ctx *c, yh_str list_type, yh_str own_code,
                                 struct yh_provider_item_row **row, int *n, struct yh_err *err)
{
    struct yh_provider_item_row like = { .provider = c->call->provider,
                                         .list_type = list_type,
                                         .own_code = own_code };
    return yh_list_provider_item(c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like,
                                 row, n, err);
}

static bool in_force(const struct yh_provider_item_row *r)
{
    return !yh_eq(r->state, YH_S("0"));
}

static enum yh_status match_one(struct yh_ctx *c, const struct yh_provider_item_row *in,
                                struct yh_err *err)
{
    struct yh_provider_item_row new = *in, *old = NULL;
    new.provider = c->call->provider;
    new.to_day = yh_day_after(in->to_day);
    new.state = YH_S("1");
    enum yh_status st = check_period(new.from_day, new.to_day, YH_REFUSE_FILING_PERIOD, err);
    if (st == YH_OK)
        st = check_item(c, new.code, (yh_day) new.from_day, err);
    int n = 0;
    if (st == YH_OK)
        st = matches_of(c, new.list_type, new.own_code, &old, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        if (!in_force(&old[i]) || old[i].from_day == new.from_day)
            continue;
        if (old[i].from_day < new.from_day &&new.from_day < old[i].to_day) {
            old[i].to_day = new.from_day;
            st = yh_put_provider_item(c->x, &old[i], err);
        } else if (new.from_day < old[i].from_day && old[i].from_day < new.to_day) {
            new.to_day = old[i].from_day;
        }
    }
    return st ? st : yh_put_provider_item(c->x, &new, err);
}

enum yh_status yh_item_match(struct yh_ctx *c, const struct yh_provider_item_row *in, int n,
                             struct yh_err *err)
{
    for (int i = 0; i < n; i++) {
        enum yh_status st = match_one(c, &in[i], err);
        if (st)
            return st;
    }
    return YH_OK;
}

enum yh_status yh_item_unmatch(struct yh_ctx *c, yh_str list_type, yh_str own_code, yh_str code,
                               struct yh_err *err)
{
    struct yh_provider_item_row *row = NULL;
    int n = 0, found = 0;
    enum yh_status st = matches_of(c, list_type, own_code, &row, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        if (!in_force(&row[i]) || !yh_eq(row[i].code, code))
            continue;
        row[i].state = YH_S("0");
        st = yh_put_provider_item(c->x, &row[i], err);
        found++;
    }
    if (st == YH_OK && !found)
        return yh_refuse(err, YH_REFUSE_MATCH_UNKNOWN, own_code, NULL);
    return st;
}

/* ---- 3401-3403: departments ---- */

static enum yh_status versions_of(struct yh_ctx *c, yh_str department,
                                  struct yh_department_row **row, int *n, struct yh_err *err)
{
    struct yh_department_row like = { .provider = c->call->provider, .department = department };
    return yh_list_department(c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &like,
                              row, n, err);
}

static struct yh_department_row department_given(struct yh_ctx *c,
                                                 const struct yh_department_row *in)
{
    struct yh_department_row row = *in;
    row.provider = c->call->provider;
    row.from_day = in->from_day ? in->from_day : c->today;
    row.to_day = yh_day_after(in->to_day);
    return row;
}

enum yh_status yh_department_add(struct yh_ctx *c, const struct yh_department_row *in, int n,
                                 struct yh_err *err)
{
    for (int i = 0; i < n; i++) {
        struct yh_department_row new = department_given(c, &in[i]), *old = NULL;
        int nold = 0;
        enum yh_status st =
            check_period(new.from_day, new.to_day, YH_REFUSE_END_BEFORE_BEGIN, err);
        if (st == YH_OK)
            st = versions_of(c, new.department, &old, &nold, err);
        for (int k = 0; st == YH_OK && k < nold; k++)
            if (old[k].from_day < new.to_day &&new.from_day < old[k].to_day)
                return yh_refuse(err, YH_REFUSE_DEPARTMENT_EXISTS, new.department, NULL);
        if (st == YH_OK)
            st = yh_add_department(c->x, &new, err);
        if (st)
            return st;
    }
    return YH_OK;
}

enum yh_status yh_department_change(struct yh_ctx *c, const struct yh_department_row *in,
                                    struct yh_err *err)
{
    struct yh_department_row new = department_given(c, in), *old = NULL;
    int n = 0;
    enum yh_status st = check_period(new.from_day, new.to_day, YH_REFUSE_END_BEFORE_BEGIN, err);
    if (st == YH_OK)
        st = versions_of(c, new.department, &old, &n, err);
    if (st == YH_OK && n == 0)
        return yh_refuse(err, YH_REFUSE_DEPARTMENT_UNKNOWN, new.department, NULL);
    for (int i = 0; st == YH_OK && i < n; i++) {
        if (old[i].to_day <= new.from_day || new.to_day <= old[i].from_day)
            continue;
        if (old[i].from_day < new.from_day) {
            old[i].to_day = new.from_day;
            st = yh_put_department(c->x, &old[i], err);
        } else if (old[i].from_day > new.from_day) {
            st = yh_drop_department(c->x, &old[i], err);
        }
    }
    return st ? st : yh_put_department(c->x, &new, err);
}

enum yh_status yh_department_drop(struct yh_ctx *c, yh_str department, yh_day from,
                                  struct yh_err *err)
{
    struct yh_department_row *row = NULL;
    int n = 0, found = 0;
    enum yh_status st = versions_of(c, department, &row, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        if (from && row[i].from_day != from)
            continue;
        st = yh_drop_department(c->x, &row[i], err);
        found++;
    }
    if (st == YH_OK && !found)
        return yh_refuse(err, YH_REFUSE_DEPARTMENT_UNKNOWN, department, NULL);
    return st;
}

/* ---- 3501-3506: goods and their trace codes ---- */

static enum yh_status take_back(struct yh_ctx *c, yh_str code, struct yh_err *err)
{
    struct yh_trace_sale_row t = { .code = code };
    enum yh_status st = yh_get_trace_sale(c->x, &t, err);
    if (st && st != YH_NOT_FOUND)
        return st;
    if (st || !yh_eq(t.provider, c->call->provider) || yh_eq(t.state, YH_S("returned")))
        return yh_refuse(err, YH_REFUSE_TRACE_NOT_SOLD, code, NULL);
    t.state = YH_S("returned");
    t.time = c->now;
    return yh_put_trace_sale(c->x, &t, err);
}

static enum yh_status trace_all(struct yh_ctx *c, const struct yh_goods_in *g, yh_str owner,
                                struct yh_err *err)
{
    bool sale = yh_eq(g->kind, YH_S("3505")), back = yh_eq(g->kind, YH_S("3506"));
    struct yh_map seen = yh_map_in(c->arena, g->ntrace);
    for (int i = 0; (sale || back) && i < g->ntrace; i++) {
        if (!yh_map_add(&seen, g->trace[i], i))
            return yh_refuse(err, YH_REFUSE_TRACE_SOLD, g->trace[i], "同一记录中重复");
        struct yh_trace_mark m = { g->trace[i], owner, g->item, g->split };
        enum yh_status st = sale ? yh_trace_mark(c, &m, err) : take_back(c, g->trace[i], err);
        if (st)
            return st;
    }
    return YH_OK;
}

static enum yh_status goods_key(struct yh_ctx *c, const struct yh_goods_in *g, yh_str *out,
                                struct yh_err *err)
{
    if (g->own_key.n) {
        *out = g->own_key;
        return YH_OK;
    }
    struct yh_civil d = yh_civil_of(c->today);
    yh_str scope = yh_fmt(c->arena, "%.*s %04d%02d%02d", YH_ARG(c->call->provider), d.year,
                          d.month, d.day);
    int64_t n = 0;
    enum yh_status st = yh_txn_next(c->x, scope, YH_S("goods"), &n, err);
    if (st == YH_OK)
        *out = yh_fmt(c->arena, "%04d%02d%02d%06" PRId64, d.year, d.month, d.day, n);
    return st;
}

/* The visit a sale belongs to: its settlement's, for the trace codes were marked with that; else
 * what the sender calls it.  A person named must exist, a settlement named must be this provider's. */
static enum yh_status visit_of(struct yh_ctx *c, const struct yh_goods_in *g, yh_str *out,
                               struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    struct yh_settlement_row s;
    int n = 0;
    *out = g->visit;
    enum yh_status st = g->person.n ? yh_groups_of(c, g->person, &key, &n, err) : YH_OK;
    if (st || !g->person.n || !g->settlement.n)
        return st;
    if ((st = yh_settlement_find(c, g->person, g->settlement, &s, err)) != YH_OK)
        return st;
    if (!yh_eq(s.provider, c->call->provider))
        return yh_refuse(err, YH_REFUSE_SETTLEMENT_OTHER, g->settlement, NULL);
    *out = s.visit;
    return YH_OK;
}

static enum yh_status put_one(struct yh_ctx *c, const struct yh_goods_in *g, struct yh_err *err)
{
    bool moves = !yh_eq(g->kind, YH_S("3501")) && !yh_eq(g->kind, YH_S("3502"));
    char text[32];
    enum yh_status st = check_item(c, g->item, c->today, err);
    if (st)
        return st;
    if (g->count < 0 || (moves && g->count == 0))
        return yh_refuse(err, YH_REFUSE_GOODS_COUNT, yh_dec_text(text, g->count, 4, 4), NULL);
    struct yh_document_row d = { .region = YH_S(""),
                                 .infno = g->kind,
                                 .provider = c->call->provider,
                                 .version = 1,
                                 .person = g->person,
                                 .visit = g->visit,
                                 .settlement = g->settlement,
                                 .time = c->now,
                                 .body = g->body },
                           *old = NULL;
    int n = 0;
    if ((st = visit_of(c, g, &d.visit, err)) != YH_OK)
        return st;
    if ((st = goods_key(c, g, &d.own_key, err)) != YH_OK)
        return st;
    struct yh_span newest = { .index = YH_BY_KEY, .same = 5, .down = true, .most = 1 };
    if ((st = yh_list_document(c->x, newest, &d, &old, &n, err)) != YH_OK)
        return st;
    d.version = n ? old[0].version + 1 : 1;
    yh_str owner =
        d.visit.n ? d.visit : yh_fmt(c->arena, "%.*s/%.*s", YH_ARG(g->kind), YH_ARG(d.own_key));
    st = trace_all(c, g, owner, err);
    return st ? st : yh_add_document(c->x, &d, err);
}

enum yh_status yh_goods_put(struct yh_ctx *c, const struct yh_goods_in *in, int n,
                            struct yh_err *err)
{
    for (int i = 0; i < n; i++) {
        enum yh_status st = put_one(c, &in[i], err);
        if (st)
            return st;
    }
    return YH_OK;
}
