#include "service/month.h"
#include "service/whose.h"

/* "202603" of either way of writing; "" = no month. */
static yh_str month_text(struct yh_arena *a, yh_str s, yh_day *first, yh_day *next)
{
    yh_str text = s.n == 7 && s.p[4] == '-' ? yh_fmt(a, "%.4s%.2s", s.p, s.p + 5) : s;
    yh_day day;
    if (text.n != 6 || yh_day_parse(yh_fmt(a, "%.4s-%.2s-01", text.p, text.p + 4), &day, NULL))
        return YH_S("");
    struct yh_civil c = yh_civil_of(day);
    *first = day;
    *next = yh_day_of(c.month == 12 ? c.year + 1 : c.year, c.month == 12 ? 1 : c.month + 1, 1);
    return text;
}

static bool covers(const struct yh_list_lock_row *r, yh_str provider, yh_str settlement)
{
    return (!r->provider.n || yh_eq(r->provider, provider)) &&
           (!r->settlement.n || yh_eq(r->settlement, settlement));
}

/* How a list stands: what was said last about it. */
static bool locked(const struct yh_list_lock_row *row, int n, yh_str provider,
                   yh_str settlement)
{
    for (int i = n - 1; i >= 0; i--)
        if (covers(&row[i], provider, settlement))
            return yh_eq(row[i].act, YH_S("lock"));
    return false;
}

enum yh_status yh_list_locks(struct yh_txn *x, yh_str month, struct yh_list_lock_row **rows,
                             int *n, struct yh_err *err)
{
    yh_day first, next;
    struct yh_list_lock_row like = { .month = month_text(x->arena, month, &first, &next) };
    if (month.n && !like.month.n)
        return yh_refuse(err, YH_REFUSE_LIST_MONTH, month, NULL);
    struct yh_span span = { .index = YH_BY_KEY, .same = month.n ? 1 : 0 };
    return yh_list_list_lock(x, span, &like, rows, n, err);
}

static enum yh_status add(struct yh_txn *x, const struct yh_list_act *act, yh_str month, int n,
                          bool lock, struct yh_err *err)
{
    struct yh_list_lock_row r = { .month = month,
                                  .nth = n + 1,
                                  .act = lock ? YH_S("lock") : YH_S("unlock"),
                                  .provider = act->provider,
                                  .settlement = lock ? YH_S("") : act->settlement,
                                  .reason = act->reason,
                                  .operator_no = act->operator_no,
                                  .time = act->now };
    return yh_add_list_lock(x, &r, err);
}

enum yh_status yh_list_lock(struct yh_txn *x, const struct yh_list_act *act, struct yh_err *err)
{
    yh_day first, next;
    struct yh_list_lock_row *row = NULL;
    int n = 0;
    yh_str month = month_text(x->arena, act->month, &first, &next);
    if (!month.n || yh_time_day(act->now) < next)
        return yh_refuse(err, YH_REFUSE_LIST_MONTH, act->month, NULL);
    enum yh_status st = yh_list_locks(x, month, &row, &n, err);
    if (st)
        return st;
    /* Again makes sense only when something of it was opened since it was last locked as a whole. */
    for (int i = n - 1; i >= 0; i--) {
        bool wider = !row[i].provider.n || yh_eq(row[i].provider, act->provider);
        if (yh_eq(row[i].act, YH_S("unlock")) && (!act->provider.n || wider))
            break;
        if (yh_eq(row[i].act, YH_S("lock")) && wider)
            return yh_refuse(err, YH_REFUSE_LIST_LOCKED_TWICE, month, NULL);
    }
    return add(x, act, month, n, true, err);
}

enum yh_status yh_list_unlock(struct yh_txn *x, const struct yh_list_act *act,
                              struct yh_err *err)
{
    yh_day first, next;
    struct yh_list_lock_row *row = NULL;
    int n = 0;
    yh_str month = month_text(x->arena, act->month, &first, &next);
    if (!month.n)
        return yh_refuse(err, YH_REFUSE_LIST_MONTH, act->month, NULL);
    if (!yh_trim(act->reason).n)
        return yh_refuse(err, YH_REFUSE_LIST_REASON, act->reason, NULL);
    enum yh_status st = yh_list_locks(x, month, &row, &n, err);
    if (st)
        return st;
    bool any = false;
    if (act->provider.n || act->settlement.n)
        for (int i = n - 1; i >= 0; i--) {
            bool whose =
                !row[i].provider.n || !act->provider.n || yh_eq(row[i].provider, act->provider);
            bool which = !row[i].settlement.n || yh_eq(row[i].settlement, act->settlement);
            if (whose && which) {
                any = yh_eq(row[i].act, YH_S("lock"));
                break;
            }
        }
    for (int i = n - 1; i >= 0 && !act->provider.n && !act->settlement.n && !any; i--) {
        if (yh_eq(row[i].act, YH_S("unlock")) && !row[i].provider.n && !row[i].settlement.n)
            break;
        any = yh_eq(row[i].act, YH_S("lock"));
    }
    if (!any)
        return yh_refuse(err, YH_REFUSE_LIST_NOT_LOCKED, month, NULL);
    return add(x, act, month, n, false, err);
}

/* ---- what is barred ---- */

static enum yh_status barred(struct yh_ctx *c, const struct yh_settlement_row *s,
                             struct yh_err *err)
{
    char day[16];
    yh_str text = yh_day_text(day, yh_time_day(s->time));
    struct yh_list_lock_row *row = NULL;
    int n = 0;
    enum yh_status st = yh_list_locks(c->x, yh_sub(text, 0, 7), &row, &n, err);
    if (st == YH_OK && locked(row, n, s->provider, s->settlement))
        return yh_refuse(err, YH_REFUSE_LIST_LOCKED, s->settlement, "%.7s", day);
    return st;
}

enum yh_status yh_list_open(struct yh_ctx *c, yh_str person, yh_str settlement,
                            struct yh_err *err)
{
    struct yh_settlement_row s;
    enum yh_status st = yh_settlement_find(c, person, settlement, &s, err);
    if (st == YH_OK && s.interim)
        return yh_refuse(err, YH_REFUSE_LIST_INTERIM, settlement, NULL);
    return st ? st : barred(c, &s, err);
}

enum yh_status yh_list_voidable(struct yh_ctx *c, const struct yh_settlement_row *s,
                                struct yh_err *err)
{
    if (!yh_is_stay(s->med_type))
        return YH_OK;
    struct yh_document_row like = { .region = s->region,
                                    .grp = s->grp,
                                    .infno = YH_S("4101"),
                                    .provider = s->provider,
                                    .own_key = s->settlement },
                           *row = NULL;
    struct yh_span span = { .index = YH_BY_KEY, .same = 5, .most = 1 };
    int n = 0;
    enum yh_status st = yh_list_document(c->x, span, &like, &row, &n, err);
    return st || n == 0 ? st : barred(c, s, err);
}
