#include "service/reconcile.h"
#include <inttypes.h>
#include <stdio.h>
#include "service/inside.h"

/* One of our settlements, as far as books are compared. */
struct ours {
    yh_str person, visit, settlement, undoes, undone_by, msgid, region, med_type;
    int64_t grp;
    yh_time time;
    yh_fen total, fund, account;
    bool undo, matched;
};

struct reading {
    struct yh_ctx *c;
    const struct yh_reconciliation_row *ask;
    uint32_t pool; /* the clearing office asked for is this pooling area; 0 = an office */
    struct ours *row;
    int n, cap;
};

/* ---- which of ours count ---- */

static bool same_office(const struct reading *r, const struct yh_settlement_row *s)
{
    if (!r->ask->clearing_office.n || yh_eq(s->clearing_office, r->ask->clearing_office))
        return true;
    struct yh_place place;
    return r->pool &&
           yh_region_locate(r->c->world->regions, s->clearing_office, yh_time_day(s->time),
                            &place, NULL) == YH_OK &&
           place.pool->code == r->pool;
}

static bool take(void *user, const void *row)
{
    struct reading *r = user;
    const struct yh_settlement_row *s = row;
    struct yh_arena *a = r->c->arena;
    if (!yh_is_providers(s))
        return true;
    if ((r->ask->scheme.n && !yh_eq(s->scheme, r->ask->scheme)) ||
        (r->ask->clearing_type.n && !yh_eq(s->clearing_type, r->ask->clearing_type)) ||
        !same_office(r, s))
        return true;
    YH_PUSH(a, r->row, r->n, r->cap) = (struct ours){
        .person = yh_dup(a, s->person),
        .visit = yh_dup(a, s->visit),
        .settlement = yh_dup(a, s->settlement),
        .undoes = yh_dup(a, s->undoes),
        .undone_by = yh_dup(a, s->undone_by),
        .msgid = yh_dup(a, s->msgid),
        .region = yh_dup(a, s->region),
        .med_type = yh_dup(a, s->med_type),
        .grp = s->grp,
        .time = s->time,
        .total = s->total,
        .fund = s->fund,
        .account = s->account + s->relative,
        .undo = yh_eq(s->kind, YH_S("undo")),
    };
    return true;
}

static enum yh_status read_ours(struct yh_ctx *c, const struct yh_reconciliation_row *in,
                                struct reading *out, struct yh_err *err)
{
    char day[16];
    yh_str end = yh_day_text(day, (yh_day)in->to_day);
    if (in->to_day < in->from_day)
        return yh_refuse(err, YH_REFUSE_PERIOD_BAD, end, NULL);
    if (in->to_day - in->from_day >= YH_RECONCILE_DAYS_MAX)
        return yh_refuse(err, YH_REFUSE_PERIOD_LONG, end, NULL);
    struct reading r = { .c = c, .ask = in };
    struct yh_place place;
    if (in->clearing_office.n) {
        if (yh_region_locate(c->world->regions, in->clearing_office, (yh_day)in->to_day, &place,
                             NULL) != YH_OK)
            return yh_refuse(err, YH_REFUSE_CLEARING_OTHER, in->clearing_office, NULL);
        r.pool = place.code == place.pool->code ? place.code : 0;
    }
    struct yh_settlement_row like = { .provider = c->call->provider };
    struct yh_span span = { .index = yh_settlement_by_provider,
                            .same = 1,
                            .ranged = true,
                            .from = yh_day_time((yh_day)in->from_day),
                            .to = yh_day_time((yh_day)in->to_day + 1) };
    enum yh_status st = yh_each_settlement(c->x, span, &like, take, &r, err);
    if (st == YH_OK)
        *out = r;
    return st;
}

/* ---- 3201 ---- */

struct sums {
    yh_fen total, fund, account;
    int64_t count;
};

/* `pairs`: with settlements undone in the period, and what undid them. */
static struct sums sum(const struct reading *r, yh_str flag, bool pairs)
{
    struct sums s = { 0 };
    struct yh_map mine = yh_map_in(r->c->arena, r->n);
    for (int i = 0; i < r->n; i++)
        (void)yh_map_add(&mine, r->row[i].settlement, i);
    for (int i = 0; i < r->n; i++) {
        const struct ours *o = &r->row[i];
        if ((yh_eq(flag, YH_S("0")) && o->undo) || (yh_eq(flag, YH_S("1")) && !o->undo))
            continue;
        yh_str other = o->undo ? o->undoes : o->undone_by;
        if (!pairs && other.n && yh_map_get(&mine, other, -1) >= 0)
            continue;
        s.total += o->total;
        s.fund += o->fund;
        s.account += o->account;
        s.count++;
    }
    return s;
}

static bool agrees(const struct yh_reconciliation_row *in, const struct sums *s)
{
    return in->their_total == s->total && in->their_fund == s->fund &&
           in->their_account == s->account && in->their_count == s->count;
}

static void put_gap(struct yh_buf *b, const char *what, yh_fen theirs, yh_fen ours)
{
    if (theirs == ours)
        return;
    yh_putf(b, "%s%s：机构", b->n ? "；" : "", what);
    yh_put_fen(b, theirs);
    yh_putz(b, "、中心");
    yh_put_fen(b, ours);
    yh_putz(b, "，相差");
    yh_put_fen(b, theirs - ours);
}

static yh_str say(struct yh_ctx *c, const struct yh_reconciliation_row *in,
                  const struct sums *s)
{
    struct yh_buf b = yh_buf_in(c->arena);
    put_gap(&b, "医疗费总额", in->their_total, s->total);
    put_gap(&b, "基金支付总额", in->their_fund, s->fund);
    put_gap(&b, "个人账户支付", in->their_account, s->account);
    if (in->their_count != s->count)
        yh_putf(&b, "%s结算笔数：机构%" PRId64 "、中心%" PRId64, b.n ? "；" : "",
                in->their_count, s->count);
    return b.n ? yh_buf_str(&b) : YH_S("平");
}

static enum yh_status keep(struct yh_ctx *c, struct yh_reconciliation_row *row,
                           struct yh_err *err)
{
    struct yh_civil d = yh_civil_of(c->today);
    yh_str scope = yh_fmt(c->arena, "%.*s %04d%02d%02d", YH_ARG(c->call->provider), d.year,
                          d.month, d.day);
    int64_t n = 0;
    enum yh_status st = yh_txn_next(c->x, scope, YH_S("reconciliation"), &n, err);
    if (st)
        return st;
    row->provider = c->call->provider;
    row->kind = c->call->infno;
    row->serial = yh_fmt(c->arena, "%04d%02d%02d%06" PRId64, d.year, d.month, d.day, n);
    row->time = c->now;
    return yh_add_reconciliation(c->x, row, err);
}

enum yh_status yh_reconcile_totals(struct yh_ctx *c, const struct yh_reconciliation_row *in,
                                   yh_str refund_flag, struct yh_reconciliation_row *out,
                                   yh_str *text, struct yh_err *err)
{
    struct reading r;
    enum yh_status st = read_ours(c, in, &r, err);
    if (st)
        return st;
    struct sums all = sum(&r, refund_flag, true), left = sum(&r, refund_flag, false);
    struct sums *s = agrees(in, &left) ? &left : &all;
    struct yh_reconciliation_row row = *in;
    row.our_total = s->total;
    row.our_fund = s->fund;
    row.our_account = s->account;
    row.our_count = s->count;
    row.result = agrees(in, s) ? YH_S("0") : YH_S("1");
    if ((st = keep(c, &row, err)) != YH_OK)
        return st;
    *text = say(c, in, s);
    *out = row;
    return YH_OK;
}

/* ---- 3202 ---- */

/* Of one settlement id: the settlement itself, and the undoing of it. */
struct by_id {
    struct yh_map self, undoing;
};

static struct ours *match(const struct reading *r, const struct by_id *ids,
                          const struct yh_their_row *t)
{
    bool back = yh_eq(t->refund, YH_S("1")) || t->total < 0;
    int at = yh_map_get(&ids->self, t->settlement, -1);
    if (at >= 0 && !r->row[at].matched && (r->row[at].undo || !back))
        return &r->row[at];
    at = back ? yh_map_get(&ids->undoing, t->settlement, -1) : -1;
    return at >= 0 && !r->row[at].matched ? &r->row[at] : NULL;
}

static yh_str differences(struct yh_ctx *c, const struct yh_their_row *t, const struct ours *o)
{
    struct yh_buf b = yh_buf_in(c->arena);
    put_gap(&b, "医疗费总额", t->total, o->total);
    put_gap(&b, "基金支付", t->fund, o->fund);
    put_gap(&b, "个人账户支付", t->account, o->account);
    if (t->person.n && !yh_eq(t->person, o->person))
        yh_putf(&b, "%s人员编号不一致", b.n ? "；" : "");
    if (t->visit.n && !yh_eq(t->visit, o->visit))
        yh_putf(&b, "%s就诊ID不一致", b.n ? "；" : "");
    return yh_buf_str(&b);
}

static struct yh_diff_row compared(struct yh_ctx *c, const struct yh_their_row *t,
                                   const struct ours *o, const struct by_id *ids)
{
    if (!o) {
        bool known = yh_map_get(&ids->self, t->settlement, -1) >= 0;
        return (struct yh_diff_row){ .person = t->person,
                                     .visit = t->visit,
                                     .settlement = t->settlement,
                                     .msgid = YH_S(""),
                                     .result = YH_S("2"),
                                     .refund = t->refund,
                                     .memo =
                                         known ? YH_S("机构多：同一结算重复，或中心没有其退费")
                                               : YH_S("机构多：中心无此结算"),
                                     .total = t->total,
                                     .fund = t->fund,
                                     .account = t->account };
    }
    yh_str memo = differences(c, t, o);
    return (struct yh_diff_row){ .person = o->person,
                                 .visit = o->visit,
                                 .settlement = o->settlement,
                                 .msgid = o->msgid,
                                 .result = memo.n ? YH_S("1") : YH_S("0"),
                                 .refund = o->undo ? YH_S("1") : YH_S("0"),
                                 .memo = memo,
                                 .total = o->total,
                                 .fund = o->fund,
                                 .account = o->account };
}

/* The number of the call that made a settlement: what 2601 asks for. */
static enum yh_status made_by(struct yh_ctx *c, const struct ours *o, yh_str *out,
                              struct yh_err *err)
{
    struct yh_request_row k = {
        .region = o->region, .grp = o->grp, .provider = c->call->provider, .msgid = o->msgid
    };
    enum yh_status st = yh_get_request(c->x, &k, err);
    if (st && st != YH_NOT_FOUND)
        return st;
    *out = st == YH_OK                   ? k.infno
           : yh_is_stay(o->med_type)     ? YH_S("2304")
           : yh_is_pharmacy(o->med_type) ? YH_S("2102")
                                         : YH_S("2207");
    return YH_OK;
}

static enum yh_status only_ours(struct yh_ctx *c, const struct ours *o, struct yh_diff_row *out,
                                struct yh_err *err)
{
    yh_str infno = YH_S("");
    enum yh_status st = o->undo ? YH_OK : made_by(c, o, &infno, err);
    if (st)
        return st;
    bool reversible = !o->undo && !o->undone_by.n;
    *out = (struct yh_diff_row){
        .person = o->person,
        .visit = reversible ? YH_S("") : o->visit,
        .settlement = reversible ? YH_S("") : o->settlement,
        .msgid = o->msgid,
        .result = YH_S("3"),
        .refund = o->undo ? YH_S("1") : YH_S("0"),
        .memo = o->undo ? YH_S("中心多：机构缺少该笔退费")
                : reversible
                    ? yh_fmt(c->arena, "中心多：如未收到应答，可用2601冲正，原交易编号%.*s",
                             YH_ARG(infno))
                    : YH_S("中心多：该结算已撤销，机构缺少原结算记录"),
        .total = o->total,
        .fund = o->fund,
        .account = o->account,
    };
    return YH_OK;
}

enum yh_status yh_reconcile_details(struct yh_ctx *c, const struct yh_reconciliation_row *in,
                                    const struct yh_their_row *their, int n,
                                    struct yh_diff_row **rows, int *nrows, struct yh_err *err)
{
    struct reading r;
    enum yh_status st = read_ours(c, in, &r, err);
    if (st)
        return st;
    struct by_id ids = { yh_map_in(c->arena, r.n), yh_map_in(c->arena, r.n) };
    struct sums s = sum(&r, YH_S(""), true);
    for (int i = 0; i < r.n; i++) {
        (void)yh_map_add(&ids.self, r.row[i].settlement, i);
        if (r.row[i].undo)
            (void)yh_map_add(&ids.undoing, r.row[i].undoes, i);
    }
    struct yh_diff_row *out = YH_NEW(c->arena, struct yh_diff_row, n + r.n);
    int k = 0, unequal = 0;
    for (int i = 0; i < n; i++) {
        struct ours *o = match(&r, &ids, &their[i]);
        if (o)
            o->matched = true;
        out[k] = compared(c, &their[i], o, &ids);
        unequal += !yh_eq(out[k++].result, YH_S("0"));
    }
    for (int i = 0; i < r.n; i++) {
        if (r.row[i].matched)
            continue;
        if ((st = only_ours(c, &r.row[i], &out[k], err)) != YH_OK)
            return st;
        k++;
        unequal++;
    }
    struct yh_reconciliation_row row = *in;
    row.our_total = s.total;
    row.our_fund = s.fund;
    row.our_account = s.account;
    row.our_count = s.count;
    row.result = unequal ? YH_S("1") : YH_S("0");
    if ((st = keep(c, &row, err)) != YH_OK)
        return st;
    *rows = out;
    *nrows = k;
    return YH_OK;
}

/* ---- files: 9101, 9102 ---- */

/* A few files whose time is over go whenever one is kept, so that they never pile up. */
struct expired {
    struct yh_ctx *c;
    yh_str file[4];
    int n;
};

static bool take_expired(void *user, const void *row)
{
    struct expired *e = user;
    e->file[e->n++] = yh_dup(e->c->arena, ((const struct yh_file_row *)row)->file);
    return e->n < YH_COUNT(e->file);
}

static enum yh_status drop_expired(struct yh_ctx *c, struct yh_err *err)
{
    struct expired e = { .c = c };
    struct yh_span over = {
        .index = yh_file_by_end, .ranged = true, .to = c->now + 1, .most = YH_COUNT(e.file)
    };
    struct yh_file_row like = { .file = YH_S("") };
    enum yh_status st = yh_each_file(c->x, over, &like, take_expired, &e, err);
    for (int i = 0; st == YH_OK && i < e.n; i++) {
        like.file = e.file[i];
        st = yh_drop_file(c->x, &like, err);
    }
    return st;
}

enum yh_status yh_file_keep(struct yh_ctx *c, yh_str name, yh_str bytes,
                            struct yh_file_row *out, struct yh_err *err)
{
    struct yh_civil d = yh_civil_of(c->today);
    yh_str scope = yh_fmt(c->arena, "%.*s %04d%02d%02d", YH_ARG(c->call->provider), d.year,
                          d.month, d.day);
    int64_t n = 0;
    enum yh_status st = drop_expired(c, err);
    if (st == YH_OK)
        st = yh_txn_next(c->x, scope, YH_S("file"), &n, err);
    if (st)
        return st;
    struct yh_file_row row = {
        .file = yh_fmt(c->arena, "%.*s%04d%02d%02dF%05" PRId64, YH_ARG(c->call->provider),
                       d.year, d.month, d.day, n),
        .name = name,
        .provider = c->call->provider,
        .time = c->now,
        .expires = c->now + (yh_time)YH_FILE_DAYS * 86400,
        .bytes = bytes,
    };
    if ((st = yh_add_file(c->x, &row, err)) == YH_OK)
        *out = row;
    return st;
}

enum yh_status yh_file_get(struct yh_ctx *c, yh_str file, struct yh_file_row *out,
                           struct yh_err *err)
{
    struct yh_file_row row = { .file = file };
    enum yh_status st = yh_get_file(c->x, &row, err);
    if (st && st != YH_NOT_FOUND)
        return st;
    if (st || !yh_eq(row.provider, c->call->provider) || row.expires <= c->now)
        return yh_refuse(err, YH_REFUSE_FILE_UNKNOWN, file, NULL);
    *out = row;
    return YH_OK;
}
