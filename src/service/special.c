#include "service/special.h"
#include "service/query.h"
#include "service/whose.h"

#define MOST 100000

static bool applied(const struct yh_special_case_row *r)
{
    return yh_eq(r->state, YH_S("applied"));
}

static enum yh_status of_provider(struct yh_ctx *c, yh_time from, yh_time to,
                                  struct yh_special_case_row **row, int *n, struct yh_err *err)
{
    struct yh_special_case_row like = { .provider = c->call->provider };
    struct yh_span span = { .index = yh_special_case_by_provider,
                            .same = 1,
                            .ranged = true,
                            .from = from,
                            .to = to,
                            .down = true,
                            .most = MOST };
    return yh_list_special_case(c->x, span, &like, row, n, err);
}

/* ---- the quota ---- */

enum yh_status yh_special_quota(struct yh_ctx *c, yh_day day, int64_t *allowed, int64_t *used,
                                struct yh_err *err)
{
    int year = yh_civil_of(day).year;
    yh_time from = yh_day_time(yh_day_of(year, 1, 1)),
            to = yh_day_time(yh_day_of(year + 1, 1, 1));
    int64_t stays = 0, lists = 0;
    struct yh_special_case_row *row = NULL;
    yh_micro share = -1;
    int n = 0;
    *allowed = -1;
    *used = 0;
    const struct yh_casebook *book = c->world->casebook;
    enum yh_status st =
        yh_place_value(c, book ? book->quota : YH_S(""), "share", day, 6, &share, err);
    if (st == YH_OK && share >= 0)
        st = yh_lists_count(c, from, to, &stays, &lists, err);
    if (st == YH_OK)
        st = of_provider(c, 0, yh_day_time(YH_DAY_MAX), &row, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        *used += row[i].settled >= from && row[i].settled < to &&
                 !yh_eq(row[i].state, YH_S("withdrawn"));
    if (st == YH_OK && share >= 0)
        *allowed = yh_fen_scale(stays, share, YH_ROUND_UP);
    return st;
}

/* ---- the provider's side ---- */

enum yh_status yh_special_apply(struct yh_ctx *c, const struct yh_special_case_row *in,
                                struct yh_special_case_row *out, struct yh_err *err)
{
    struct yh_settlement_row s;
    if (!yh_trim(in->reason).n)
        return yh_refuse(err, YH_REFUSE_SPECIAL_REASON, in->reason, NULL);
    enum yh_status st = yh_settlement_find(c, in->person, in->settlement, &s, err);
    if (st)
        return st;
    if (!yh_eq(s.provider, c->call->provider))
        return yh_refuse(err, YH_REFUSE_SETTLEMENT_OTHER, in->settlement, NULL);
    if (s.undone_by.n || s.undoes.n)
        return yh_refuse(err, YH_REFUSE_SETTLEMENT_UNDONE, in->settlement, NULL);
    if (!yh_is_stay(s.med_type) || s.interim)
        return yh_refuse(err, YH_REFUSE_SPECIAL_KIND, in->settlement, NULL);
    struct yh_document_row like = { .region = s.region,
                                    .grp = s.grp,
                                    .infno = YH_S("4101"),
                                    .provider = s.provider,
                                    .own_key = s.settlement },
                           *list = NULL;
    int nlist = 0, n = 0, taken = 0;
    st = yh_list_document(c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 5, .most = 1 },
                          &like, &list, &nlist, err);
    if (st)
        return st;
    if (!nlist)
        return yh_refuse(err, YH_REFUSE_LIST_UNKNOWN, in->settlement, NULL);
    struct yh_special_case_row *row = NULL, own = { .region = s.region, .grp = s.grp };
    st = yh_list_special_case(c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &own,
                              &row, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        if (!yh_eq(row[i].settlement, s.settlement))
            continue;
        taken++;
        if (!yh_eq(row[i].state, YH_S("withdrawn")))
            return yh_refuse(err, YH_REFUSE_SPECIAL_TWICE, in->settlement, "申请 %.*s",
                             YH_ARG(row[i].application));
    }
    int64_t allowed, used;
    if (st == YH_OK)
        st = yh_special_quota(c, yh_time_day(s.time), &allowed, &used, err);
    if (st)
        return st;
    if (allowed >= 0 && used >= allowed)
        return yh_refuse(err, YH_REFUSE_SPECIAL_QUOTA, in->settlement,
                         "本年已申请 %lld 例，上限 %lld 例", (long long)used,
                         (long long)allowed);
    struct yh_special_case_row r = *in;
    r.region = s.region;
    r.grp = s.grp;
    r.application = yh_fmt(c->arena, "%.*sT%d", YH_ARG(s.settlement), taken + 1);
    r.visit = s.visit;
    r.provider = s.provider;
    r.settled = s.time;
    r.state = YH_S("applied");
    r.opinion = r.decided_by = YH_S("");
    r.decided = r.points = 0;
    r.operator_no = c->call->operator_no;
    r.time = r.changed = c->now;
    st = yh_add_special_case(c->x, &r, err);
    if (st == YH_OK)
        *out = r;
    return st;
}

/* ---- the items it names ---- */

static enum yh_status wrong(struct yh_err *err, const struct yh_special_item *i,
                            const char *why)
{
    return yh_refuse(err, YH_REFUSE_SPECIAL_ITEM, i->code, "%s", why);
}

enum yh_status yh_special_items_check(struct yh_ctx *c, yh_str person, yh_str settlement,
                                      const struct yh_special_item *item, int n,
                                      struct yh_err *err)
{
    struct yh_settlement_row s;
    struct yh_line_found *line = NULL;
    struct yh_map at = yh_map_in(c->arena, 1024);
    yh_fen *billed = NULL, *named;
    int nline = 0, ncode = 0, cap = 0;
    if (n == 0)
        return YH_OK;
    if (n > YH_SPECIAL_ITEMS_MAX)
        return yh_fail(err, YH_LIMIT, "申请的项目超过 %d 条", YH_SPECIAL_ITEMS_MAX);
    enum yh_status st = yh_settlement_find(c, person, settlement, &s, err);
    if (st == YH_OK)
        st = yh_lines_list(c, person, s.visit, settlement, &line, &nline, err);
    if (st)
        return st;
    for (int i = 0; i < nline; i++) {
        int32_t k = yh_map_get(&at, line[i].line.code, -1);
        if (k < 0) {
            k = ncode;
            yh_map_add(&at, line[i].line.code, k);
            YH_PUSH(c->arena, billed, ncode, cap) = 0;
        }
        billed[k] += line[i].line.amount;
    }
    named = YH_NEW(c->arena, yh_fen, ncode);
    for (int i = 0; i < n; i++) {
        const struct yh_special_item *x = &item[i];
        int32_t k = yh_map_get(&at, x->code, -1);
        if (x->settlement.n && !yh_eq(x->settlement, settlement))
            return wrong(err, x, "项目属于另一笔结算");
        if (k < 0)
            return wrong(err, x, "本次住院没有这个项目的费用");
        if (x->qty < 0 || x->price < 0 || x->amount < 0 || x->asked < 0 ||
            x->amount > YH_FEN_MAX || x->asked > YH_FEN_MAX)
            return wrong(err, x, "数量、单价、金额不能为负或过大");
        if (x->qty && x->price && x->amount &&
            yh_line_amount(x->price, x->qty, YH_ROUND_HALF_UP) != x->amount)
            return wrong(err, x, "数量乘以单价不等于金额");
        if (x->amount && x->asked > x->amount)
            return wrong(err, x, "退出金额大于该项目的金额");
        named[k] += x->amount ? x->amount : x->asked;
        if (named[k] > billed[k])
            return wrong(err, x, "合计超过本次住院该项目的费用");
    }
    return YH_OK;
}

enum yh_status yh_special_group(struct yh_ctx *c, const struct yh_special_case_row *r,
                                struct yh_list_grouped *out, struct yh_err *err)
{
    struct yh_document_row like = { .region = r->region,
                                    .grp = r->grp,
                                    .infno = YH_S("4101"),
                                    .provider = r->provider,
                                    .own_key = r->settlement },
                           *row = NULL;
    struct yh_span newest = { .index = YH_BY_KEY, .same = 5, .down = true, .most = 1 };
    struct yh_list_found l;
    int n = 0;
    enum yh_status st = yh_list_document(c->x, newest, &like, &row, &n, err);
    if (st == YH_OK && !n)
        return yh_refuse(err, YH_REFUSE_LIST_UNKNOWN, r->settlement, NULL);
    if (st == YH_OK)
        st = yh_list_open_found(c, &row[0], &l, err);
    return st ? st : yh_list_group(c, &l, out, err);
}

static enum yh_status find(struct yh_txn *x, yh_str application, yh_str provider,
                           struct yh_special_case_row *out, struct yh_err *err)
{
    struct yh_special_case_row like = { .provider = provider }, *row = NULL;
    struct yh_span span = { .index = provider.n ? (int)yh_special_case_by_provider : YH_BY_KEY,
                            .same = provider.n ? 1 : 0,
                            .most = MOST };
    int n = 0;
    enum yh_status st = yh_list_special_case(x, span, &like, &row, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        if (yh_eq(row[i].application, application)) {
            *out = row[i];
            yh_txn_group(x, (struct yh_group){ row[i].region, row[i].grp });
            return YH_OK;
        }
    return st ? st : yh_refuse(err, YH_REFUSE_SPECIAL_UNKNOWN, application, NULL);
}

enum yh_status yh_special_change(struct yh_ctx *c, const struct yh_special_case_row *in,
                                 bool withdraw, struct yh_err *err)
{
    struct yh_special_case_row r;
    enum yh_status st = find(c->x, in->application, c->call->provider, &r, err);
    if (st)
        return st;
    if (!applied(&r))
        return yh_refuse(err, YH_REFUSE_SPECIAL_DONE, in->application, NULL);
    if (withdraw)
        r.state = YH_S("withdrawn");
    r.reason = yh_trim(in->reason).n ? in->reason : r.reason;
    r.kind = in->kind.n ? in->kind : r.kind;
    r.score = in->score ? in->score : r.score;
    r.body = in->body.n && !withdraw ? in->body : r.body;
    r.changed = c->now;
    return yh_put_special_case(c->x, &r, err);
}

enum yh_status yh_special_list(struct yh_ctx *c, const struct yh_special_query *q,
                               struct yh_special_case_row **rows, int *n, struct yh_err *err)
{
    int all = 0;
    *n = 0;
    enum yh_status st = of_provider(c, q->from, q->to, rows, &all, err);
    for (int i = 0; st == YH_OK && i < all; i++) {
        const struct yh_special_case_row *r = &(*rows)[i];
        if ((!q->application.n || yh_eq(q->application, r->application)) &&
            (!q->person.n || yh_eq(q->person, r->person)) &&
            (!q->settlement.n || yh_eq(q->settlement, r->settlement)) &&
            (!q->state.n || yh_eq(q->state, r->state)))
            (*rows)[(*n)++] = *r;
    }
    return st;
}

/* ---- the panel's side ---- */

enum yh_status yh_special_decide(struct yh_txn *x, const struct yh_special_verdict *v,
                                 struct yh_err *err)
{
    bool points = yh_eq(v->outcome, YH_S("points"));
    bool known =
        points || yh_eq(v->outcome, YH_S("item")) || yh_eq(v->outcome, YH_S("refused"));
    if (!known || (points ? v->score <= 0 : v->score != 0) || !yh_trim(v->opinion).n)
        return yh_refuse(err, YH_REFUSE_SPECIAL_OUTCOME, v->outcome, NULL);
    struct yh_special_case_row r;
    enum yh_status st = find(x, v->application, YH_S(""), &r, err);
    if (st)
        return st;
    if (!applied(&r))
        return yh_refuse(err, YH_REFUSE_SPECIAL_DONE, v->application, NULL);
    r.state = v->outcome;
    r.opinion = v->opinion;
    r.decided_by = v->operator_no;
    r.points = v->score;
    r.decided = r.changed = v->now;
    return yh_put_special_case(x, &r, err);
}
