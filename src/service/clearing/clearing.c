#include "service/clearing/clearing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/ledger/ledger.h"
#include "service/casework/casework.h"
#include "service/clearing/bygroup.h"
#include "service/clearing/inside.h"
#include "service/inside.h"

/* ---- what the month comes to ---- */

static bool month_of(yh_str s, yh_day *first, yh_day *next)
{
    char text[16];
    int64_t y, m;
    if (s.n == 7 && s.p[4] == '-') {
        snprintf(text, sizeof text, "%.4s%.2s", s.p, s.p + 5);
        s = yh_cstr(text);
    }
    if (s.n != 6 || yh_int_parse(yh_sub(s, 0, 4), &y, NULL) || y < 2000 || y > 2999 ||
        yh_int_parse(yh_sub(s, 4, 6), &m, NULL) || m < 1 || m > 12)
        return false;
    *first = yh_day_of((int)y, (int)m, 1);
    *next = m == 12 ? yh_day_of((int)y + 1, 1, 1) : yh_day_of((int)y, (int)m + 1, 1);
    return true;
}

static bool add_up(void *user, const void *row)
{
    struct yh_clearing_sums *s = user;
    const struct yh_settlement_row *r = row;
    if (!yh_is_providers(r))
        return true;
    s->settlements += yh_eq(r->kind, YH_S("settle"));
    s->undoings += yh_eq(r->kind, YH_S("undo"));
    s->fund += r->fund;
    s->account += r->account + r->relative;
    return true;
}

static enum yh_status each(struct yh_txn *x, yh_str provider, yh_str month, yh_row_fn *fn,
                           void *user, struct yh_err *err)
{
    yh_day first, next;
    if (!month_of(month, &first, &next))
        return yh_refuse(err, YH_REFUSE_CLEAR_MONTH, month, NULL);
    struct yh_settlement_row like = { .provider = provider };
    struct yh_span span = { .index = yh_settlement_by_provider,
                            .same = 1,
                            .ranged = true,
                            .from = yh_day_time(first),
                            .to = yh_day_time(next) };
    return yh_each_settlement(x, span, &like, fn, user, err);
}

enum yh_status yh_clearing_sum(struct yh_txn *x, yh_str provider, yh_str month,
                               struct yh_clearing_sums *out, struct yh_err *err)
{
    struct yh_clearing_sums s = { 0 };
    enum yh_status st = each(x, provider, month, add_up, &s, err);
    if (st == YH_OK)
        *out = s;
    return st;
}

static void add_money(struct yh_clearing_cases *c, const struct yh_case_money_row *m)
{
    bool paid = yh_eq(m->kind, YH_S("paid"));
    c->recovered += m->fund;
    c->person_back += m->person_back;
    *(paid ? &c->paid_in : &c->damages) += m->other;
}

static yh_fen set_off(const struct yh_clearing_cases *c)
{
    return c->recovered + c->person_back + c->damages - c->paid_in;
}

/* Rows come in the order of their time: those of one case may lie apart. */
static bool seen_before(const struct yh_case_money_row *m, int i)
{
    for (int k = 0; k < i; k++)
        if (yh_eq(m[k].case_no, m[i].case_no))
            return true;
    return false;
}

enum yh_status yh_clearing_cases(struct yh_txn *x, yh_str provider, yh_str clearing,
                                 struct yh_clearing_cases *out, struct yh_err *err)
{
    struct yh_case_money_row like = { .provider = provider }, *m = NULL;
    struct yh_clearing_cases c = { 0 };
    int n = 0, kept = 0;
    enum yh_status st =
        yh_list_case_money(x, (struct yh_span){ .index = yh_case_money_by_provider, .same = 1 },
                           &like, &m, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        if (yh_eq(m[i].cleared, clearing))
            m[kept++] = m[i];
    for (int i = 0; i < kept; i++) {
        add_money(&c, &m[i]);
        c.cases += !seen_before(m, i);
    }
    if (st == YH_OK)
        *out = c;
    return st;
}

/* ---- what the month comes to, before it is booked ---- */

struct plan {
    struct yh_txn *x;
    struct yh_arena *a;
    const struct yh_world *w;
    const struct yh_clearing_ask *ask;
    struct yh_provider_row p;
    struct yh_place place;
    struct yh_clearing_plan *out;
    struct yh_case_money_row *open; /* of decided cases, not set off yet */
    int nopen;
    int cap_item, cap_fund;
    struct one {
        yh_str region, undoes;
        int64_t grp, seq;
        bool stay, money;
    } * one; /* the month's settlements and undoings */
    int none, cap_one;
};

static enum yh_status find_provider(struct plan *k, struct yh_err *err)
{
    yh_day first, next;
    const struct yh_clearing_ask *ask = k->ask;
    struct yh_clearing_row *r = &k->out->row;
    k->p.provider = ask->provider;
    enum yh_status st = yh_get_provider(k->x, &k->p, err);
    if (st == YH_NOT_FOUND)
        return yh_refuse(err, YH_REFUSE_PROVIDER_UNKNOWN, k->p.provider, NULL);
    if (st)
        return st;
    if (!month_of(ask->month, &first, &next) || yh_time_day(ask->now) < next)
        return yh_refuse(err, YH_REFUSE_CLEAR_MONTH, ask->month, NULL);
    if (!ask->officer.n)
        return yh_refuse(err, YH_REFUSE_CASE_OFFICER, YH_S(""), NULL);
    struct yh_civil d = yh_civil_of(first);
    st = yh_region_locate(k->w->regions, k->p.office, first, &k->place, err);
    *r = (struct yh_clearing_row){ .kind = YH_S("clear"),
                                   .provider = k->p.provider,
                                   .month = yh_fmt(k->a, "%04d%02d", d.year, d.month),
                                   .officer = ask->officer,
                                   .note = ask->note,
                                   .basis = ask->basis,
                                   .time = ask->now };
    if (st == YH_OK)
        r->region = yh_fmt(k->a, "%06u", k->place.pool->code);
    return st;
}

static bool collect(void *user, const void *row)
{
    struct plan *k = user;
    const struct yh_settlement_row *s = row;
    struct yh_clearing_row *r = &k->out->row;
    if (!yh_is_providers(s))
        return true;
    r->settlements++;
    r->fund += s->fund;
    r->account += s->account + s->relative;
    YH_PUSH(k->a, k->one, k->none, k->cap_one) =
        (struct one){ yh_dup(k->a, s->region),
                      yh_dup(k->a, s->undoes),
                      s->grp,
                      s->seq,
                      yh_is_stay(s->med_type),
                      s->fund || s->account || s->relative };
    return true;
}

/* ---- by fund ---- */

static struct yh_clearing_fund_row *fund_of(struct plan *k, yh_str fund)
{
    struct yh_clearing_plan *o = k->out;
    for (int i = 0; i < o->nfund; i++)
        if (yh_eq(o->fund[i].fund, fund))
            return &o->fund[i];
    YH_PUSH(k->a, o->fund, o->nfund, k->cap_fund) =
        (struct yh_clearing_fund_row){ .region = o->row.region, .fund = yh_dup(k->a, fund) };
    return &o->fund[o->nfund - 1];
}

static bool add_part(void *user, const void *row)
{
    const struct yh_settlement_fund_row *f = row;
    fund_of(user, f->fund)->owed += f->amount;
    return true;
}

/* What each fund owes: the rows of each settlement, and 310200 for what accounts paid. */
static enum yh_status owed_by(struct plan *k, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    (void)fund_of(k, YH_S(""));
    for (int i = 0; st == YH_OK && i < k->none; i++) {
        struct yh_settlement_fund_row like = { .region = k->one[i].region,
                                               .grp = k->one[i].grp,
                                               .seq = k->one[i].seq };
        if (k->one[i].money)
            st =
                yh_each_settlement_fund(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 },
                                        &like, add_part, k, err);
    }
    return st;
}

static int in_order(const void *x, const void *y)
{
    const struct yh_clearing_fund_row *a = x, *b = y;
    return yh_cmp(a->fund, b->fund);
}

/* The margin falls on the funds as they owe: rounded on the sum so far, so that it adds up to the fen. */
static void spread_margin(struct plan *k)
{
    struct yh_clearing_plan *o = k->out;
    yh_fen owed = 0, given = 0;
    qsort(o->fund, (size_t)o->nfund, sizeof *o->fund, in_order);
    for (int i = 0; i < o->nfund; i++) {
        struct yh_clearing_fund_row *f = &o->fund[i];
        owed += f->owed;
        yh_fen upto =
            o->row.payable ? (yh_fen)((__int128)o->row.margin * owed / o->row.payable) : 0;
        f->margin = upto - given;
        given = upto;
        f->net = f->owed + f->bygroup - f->set_off - f->margin;
    }
    yh_assert(given == o->row.margin);
}

/* ---- by group ---- */

static void add_item(struct plan *k, struct yh_clearing_case_row c)
{
    struct yh_clearing_plan *o = k->out;
    c.region = o->row.region;
    c.line = o->nitem;
    o->row.bygroup += c.diff;
    fund_of(k, c.fund)->bygroup += c.diff;
    YH_PUSH(k->a, o->item, o->nitem, k->cap_item) = c;
}

/* A stay that is undone gives back what clearings in force gave for it. */
static enum yh_status give_back(struct plan *k, yh_str settlement, struct yh_err *err)
{
    struct yh_clearing_case_row like = { .settlement = settlement }, *row = NULL;
    int n = 0;
    yh_fen sum = 0;
    enum yh_status st = yh_list_clearing_case(
        k->x, (struct yh_span){ .index = yh_clearing_case_by_settlement, .same = 1 }, &like,
        &row, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        sum += row[i].diff;
    if (st || !sum)
        return st;
    struct yh_clearing_case_row c = row[n - 1];
    c.diff = -sum;
    c.why = YH_S("结算在本月撤销，收回清算时给过的差额");
    add_item(k, c);
    return YH_OK;
}

static enum yh_status by_group(struct plan *k, struct yh_err *err)
{
    struct yh_call call = { .infno = YH_S("clear"),
                            .provider = k->p.provider,
                            .now = k->ask->now };
    struct yh_ctx c = yh_outside(k->w, k->x, k->a, &call);
    c.provider = &k->p;
    c.provider_place = k->place;
    enum yh_status st = YH_OK;
    for (int i = 0; st == YH_OK && i < k->none; i++) {
        const struct one *one = &k->one[i];
        struct yh_settlement_row s = { .region = one->region,
                                       .grp = one->grp,
                                       .seq = one->seq };
        struct yh_clearing_case_row item;
        bool looked = false;
        if (!one->stay)
            continue;
        if (one->undoes.n) {
            st = give_back(k, one->undoes, err);
            continue;
        }
        if ((st = yh_get_settlement(k->x, &s, err)) == YH_OK)
            st = yh_stay_by_method(&c, &s, &item, &looked, err);
        if (st || !looked)
            continue;
        k->out->paid += !yh_ends(item.why, YH_S("：按项目"));
        add_item(k, item);
    }
    return st;
}

/* ---- margin and cases ---- */

/* The contract's share; 0 where the tables know none. */
static enum yh_status margin_of(struct plan *k, struct yh_err *err)
{
    struct yh_clearing_row *r = &k->out->row;
    yh_day first, next;
    yh_micro rate = 0;
    if (!month_of(r->month, &first, &next) || !k->w->casework)
        return YH_OK;
    enum yh_status st = yh_casework_margin(k->w->casework, k->a, r->region, k->p.kind, next - 1,
                                           &rate, &r->margin_basis, err);
    if (st == YH_NOT_FOUND)
        return YH_OK;
    if (st == YH_OK && r->payable > 0)
        r->margin = yh_fen_scale(r->payable, rate, YH_ROUND_HALF_UP);
    return st;
}

static enum yh_status set_off_fund(struct plan *k, const struct yh_case_money_row *m,
                                   struct yh_err *err)
{
    struct yh_ledger_entry_row like = { .region = m->region, .grp = m->grp, .seq = m->seq },
                               *e = NULL;
    int n = 0;
    yh_fen left = m->fund;
    enum yh_status st = yh_list_ledger_entry(
        k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like, &e, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        enum yh_account_kind kind;
        yh_str of;
        if (!yh_account_read(e[i].account, &kind, &of) || kind != YH_ACCOUNT_FUND)
            continue;
        fund_of(k, of)->set_off += e[i].credit - e[i].debit;
        left -= e[i].credit - e[i].debit;
    }
    bool paid = yh_eq(m->kind, YH_S("paid"));
    fund_of(k, YH_S(""))->set_off += left + m->person_back + (paid ? -m->other : m->other);
    return st;
}

/* Each case whole, oldest first, as long as something is left to set it off against. */
static enum yh_status choose_cases(struct plan *k, yh_fen room, struct yh_err *err)
{
    struct yh_clearing_cases sum = { 0 };
    struct yh_clearing_plan *o = k->out;
    o->off = YH_NEW(k->a, yh_str, k->nopen + 1);
    for (int i = 0; i < k->nopen; i++) {
        struct yh_clearing_cases one = { 0 };
        struct yh_case_file_row f = { .case_no = k->open[i].case_no };
        if (seen_before(k->open, i))
            continue;
        for (int j = i; j < k->nopen; j++)
            if (yh_eq(k->open[j].case_no, k->open[i].case_no))
                add_money(&one, &k->open[j]);
        enum yh_status st = yh_get_case_file(k->x, &f, err);
        if (st)
            return st;
        if (!yh_eq(f.state, YH_S("decided")) || set_off(&one) <= 0)
            continue;
        if (set_off(&sum) + set_off(&one) > room) {
            o->waiting++;
            continue;
        }
        for (int j = i; st == YH_OK && j < k->nopen; j++)
            if (yh_eq(k->open[j].case_no, k->open[i].case_no))
                st = set_off_fund(k, &k->open[j], err);
        if (st)
            return st;
        o->off[o->noff++] = f.case_no;
        sum.recovered += one.recovered;
        sum.person_back += one.person_back;
        sum.damages += one.damages;
        sum.paid_in += one.paid_in;
        sum.cases++;
    }
    o->row.recovered = sum.recovered;
    o->row.person_back = sum.person_back;
    o->row.damages = sum.damages;
    o->row.paid_in = sum.paid_in;
    o->row.cases = sum.cases;
    return YH_OK;
}

static void digest(struct plan *k)
{
    const struct yh_clearing_plan *o = k->out;
    const struct yh_clearing_row *r = &o->row;
    struct yh_buf b = yh_buf_in(k->a);
    uint8_t sum[32];
    char *hex = YH_NEW(k->a, char, 64);
    yh_putf(&b,
            "%.*s %.*s %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64
            "\n",
            YH_ARG(r->provider), YH_ARG(r->month), r->settlements, r->fund, r->account,
            r->bygroup, r->margin, r->net);
    for (int i = 0; i < o->nfund; i++)
        yh_putf(&b, "%.*s %" PRId64 " %" PRId64 " %" PRId64 "\n", YH_ARG(o->fund[i].fund),
                o->fund[i].owed, o->fund[i].bygroup, o->fund[i].net);
    for (int i = 0; i < o->nitem; i++)
        yh_putf(&b, "%.*s %.*s %" PRId64 " %" PRId64 "\n", YH_ARG(o->item[i].settlement),
                YH_ARG(o->item[i].code), o->item[i].standard, o->item[i].diff);
    for (int i = 0; i < o->noff; i++)
        yh_putf(&b, "%.*s\n", YH_ARG(o->off[i]));
    yh_sha256_of(yh_buf_str(&b), sum);
    yh_hex(hex, sum, 32);
    k->out->digest = (yh_str){ hex, 64 };
}

enum yh_status yh_clearing_plan(struct yh_txn *x, const struct yh_world *w,
                                const struct yh_clearing_ask *ask, struct yh_clearing_plan *out,
                                struct yh_err *err)
{
    struct yh_clearing_plan o = { .nfund = 0 };
    struct plan k = { .x = x, .a = x->arena, .w = w, .ask = ask, .out = &o };
    struct yh_clearing_row *r = &o.row;
    yh_fen given = 0;
    enum yh_status st = find_provider(&k, err);
    if (st)
        return st;
    if (ask->bygroup.n && (yh_fen_parse(ask->bygroup, &given, NULL) || !ask->basis.n))
        return yh_refuse(err, YH_REFUSE_CLEAR_BYGROUP, ask->bygroup, NULL);
    st = each(x, ask->provider, r->month, collect, &k, err);
    if (st == YH_OK)
        st = yh_case_open_money(x, ask->provider, &k.open, &k.nopen, err);
    if (st == YH_OK)
        st = owed_by(&k, err);
    if (st == YH_OK)
        st = by_group(&k, err);
    if (st)
        return st;
    r->payable = r->fund + r->account;
    r->bygroup += given;
    fund_of(&k, YH_S(""))->bygroup += given;
    st = margin_of(&k, err);
    yh_fen room = r->payable + r->bygroup - r->margin;
    char text[32], more[32];
    if (st == YH_OK && room < 0)
        return yh_refuse(err, YH_REFUSE_CLEAR_BELOW, r->month, "应付 %.*s，差额 %.*s",
                         YH_ARG(yh_dec_text(text, r->payable, 2, 2)),
                         YH_ARG(yh_dec_text(more, r->bygroup, 2, 2)));
    if (st == YH_OK)
        st = choose_cases(&k, room, err);
    if (st)
        return st;
    r->net = room - (r->recovered + r->person_back + r->damages - r->paid_in);
    spread_margin(&k);
    digest(&k);
    *out = o;
    return YH_OK;
}

/* ---- clearing ---- */

static enum yh_status book(struct yh_act *t, struct yh_clearing_row *row, struct yh_booking b,
                           struct yh_err *err)
{
    enum yh_status st = yh_clearing_book(t, row->region, b, &row->seq, err);
    return st ? st : yh_add_clearing(t->x, row, err);
}

enum yh_status yh_clearing_book(struct yh_act *t, yh_str region, struct yh_booking b,
                                int64_t *seq, struct yh_err *err)
{
    struct yh_txn *x = t->x;
    yh_assert(yh_booking_balanced(b));
    yh_txn_group(x, (struct yh_group){ region, 0 });
    enum yh_status st = yh_txn_next_seq(x, seq, err);
    for (int i = 0; st == YH_OK && i < b.n; i++) {
        struct yh_ledger_entry_row e = { .region = region,
                                         .seq = *seq,
                                         .line = i,
                                         .account = b.entry[i].account,
                                         .debit = b.entry[i].debit,
                                         .credit = b.entry[i].credit,
                                         .time = t->now,
                                         .settlement = YH_S("") };
        st = yh_add_ledger_entry(x, &e, err);
    }
    return st;
}

static struct yh_booking booking_of(struct yh_arena *a, const struct yh_clearing_row *r)
{
    yh_fen set = r->recovered + r->person_back + r->damages - r->paid_in;
    return yh_book_clearing(a, &(struct yh_clearing_money){ r->provider, r->region,
                                                            r->payable - set, r->bygroup,
                                                            r->margin, r->net });
}

/* The rows behind it; sign -1: of its mirror. */
static enum yh_status add_parts(struct yh_act *t, const struct yh_clearing_row *r,
                                const struct yh_clearing_case_row *item, int nitem,
                                const struct yh_clearing_fund_row *fund, int nfund, int sign,
                                struct yh_err *err)
{
    enum yh_status st = YH_OK;
    for (int i = 0; st == YH_OK && i < nitem; i++) {
        struct yh_clearing_case_row c = item[i];
        c.seq = r->seq;
        c.diff *= sign;
        st = yh_add_clearing_case(t->x, &c, err);
    }
    for (int i = 0; st == YH_OK && i < nfund; i++) {
        struct yh_clearing_fund_row f = fund[i];
        f.seq = r->seq;
        f.owed *= sign;
        f.bygroup *= sign;
        f.set_off *= sign;
        f.margin *= sign;
        f.net *= sign;
        st = yh_add_clearing_fund(t->x, &f, err);
    }
    return st;
}

static enum yh_status months_of(struct yh_txn *x, yh_str provider, yh_str month,
                                struct yh_clearing_row **rows, int *n, struct yh_err *err)
{
    struct yh_clearing_row like = { .provider = provider, .month = month };
    return yh_list_clearing(x, (struct yh_span){ .index = yh_clearing_by_provider, .same = 2 },
                            &like, rows, n, err);
}

enum yh_status yh_clearing_of(struct yh_txn *x, yh_str provider, yh_str month,
                              struct yh_clearing_row *out, bool *found, struct yh_err *err)
{
    struct yh_clearing_row *row = NULL;
    int n = 0;
    enum yh_status st = months_of(x, provider, month, &row, &n, err);
    *found = false;
    for (int i = 0; st == YH_OK && i < n; i++)
        if (yh_eq(row[i].kind, YH_S("clear")) && !row[i].undone_by.n) {
            *out = row[i];
            *found = true;
        }
    return st;
}

enum yh_status yh_clearing_keep(struct yh_act *t, struct yh_clearing_plan *plan,
                                yh_str reviewer, struct yh_err *err)
{
    struct yh_clearing_row *r = &plan->row, *was = NULL;
    struct yh_arena *a = t->x->arena;
    int n = 0;
    enum yh_status st = months_of(t->x, r->provider, r->month, &was, &n, err);
    r->clearing = yh_fmt(a, "%.*s-%.*s-%d", YH_ARG(r->provider), YH_ARG(r->month), n + 1);
    r->reviewer = reviewer;
    r->time = t->now;
    yh_str by = reviewer.n ? reviewer : r->officer;
    for (int i = 0; st == YH_OK && i < plan->noff; i++)
        st = yh_case_set_off(t, plan->off[i], r->clearing, by, err);
    if (st == YH_OK)
        st = book(t, r, booking_of(a, r), err);
    return st ? st : add_parts(t, r, plan->item, plan->nitem, plan->fund, plan->nfund, 1, err);
}

enum yh_status yh_clearing_parts(struct yh_txn *x, const struct yh_clearing_row *r,
                                 struct yh_clearing_case_row **item, int *nitem,
                                 struct yh_clearing_fund_row **fund, int *nfund,
                                 struct yh_err *err)
{
    struct yh_clearing_case_row c = { .region = r->region, .seq = r->seq };
    struct yh_clearing_fund_row f = { .region = r->region, .seq = r->seq };
    struct yh_span span = { .index = YH_BY_KEY, .same = 3 };
    enum yh_status st = yh_list_clearing_case(x, span, &c, item, nitem, err);
    return st ? st : yh_list_clearing_fund(x, span, &f, fund, nfund, err);
}

static void put_row(struct yh_act *t, const struct yh_clearing_row *r)
{
    const yh_fen v[] = { r->fund,        r->account, r->payable, r->bygroup, r->recovered,
                         r->person_back, r->damages, r->paid_in, r->margin };
    yh_act_put(t, r->clearing, '\t');
    yh_act_put(t, r->kind, '\t');
    yh_act_put(t, r->provider, '\t');
    yh_act_put(t, r->month, '\t');
    yh_putf(t->out, "%" PRId64 "\t", r->settlements);
    for (int i = 0; i < YH_COUNT(v); i++)
        yh_act_put_fen(t, v[i], '\t');
    yh_act_put_fen(t, r->net, '\t');
    yh_act_put(t, r->undone_by.n ? YH_S("undone") : YH_S("in force"), '\n');
}

void yh_clearing_put(struct yh_act *t, const struct yh_clearing_row *r)
{
    yh_putz(t->out, "#clearing\tkind\tprovider\tmonth\tsettlements\tfund\taccount\tpayable\t"
                    "bygroup\trecovered\tperson_back\tdamages\tpaid_in\tmargin\tnet\tstate\n");
    if (r)
        put_row(t, r);
}

struct yh_clearing_ask yh_clearing_asked(const struct yh_act *t)
{
    yh_str month = yh_act_text(t, "month");
    if (month.n == 7 && month.p[4] == '-')
        month = yh_fmt(t->x->arena, "%.4s%.2s", month.p, month.p + 5);
    return (struct yh_clearing_ask){ .provider = yh_act_text(t, "provider"),
                                     .month = month,
                                     .bygroup = yh_act_text(t, "bygroup"),
                                     .basis = yh_act_text(t, "basis"),
                                     .note = yh_act_text(t, "note"),
                                     .officer = yh_act_text(t, "officer"),
                                     .now = t->now };
}

enum yh_status yh_act_clear_make(struct yh_act *t, struct yh_err *err)
{
    struct yh_clearing_ask ask = yh_clearing_asked(t);
    struct yh_clearing_plan plan;
    struct yh_clearing_row was;
    bool found = false;
    enum yh_status st = yh_clearing_of(t->x, ask.provider, ask.month, &was, &found, err);
    if (st == YH_OK && found) {
        yh_clearing_put(t, &was);
        return YH_OK;
    }
    if (st == YH_OK)
        st = yh_clearing_plan(t->x, t->w, &ask, &plan, err);
    if (st == YH_OK)
        st = yh_clearing_keep(t, &plan, YH_S(""), err);
    if (st == YH_OK)
        yh_clearing_put(t, &plan.row);
    return st;
}

/* ---- its mirror ---- */

static enum yh_status find(struct yh_act *t, struct yh_clearing_row *out, struct yh_err *err)
{
    yh_str id = yh_act_text(t, "clearing"), rest = id;
    yh_str provider = yh_cut(&rest, '-'), month = yh_cut(&rest, '-');
    struct yh_clearing_row like = { .provider = provider, .month = month }, *row = NULL;
    int n = 0;
    enum yh_status st =
        yh_list_clearing(t->x, (struct yh_span){ .index = yh_clearing_by_provider, .same = 2 },
                         &like, &row, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        if (yh_eq(row[i].clearing, id)) {
            *out = row[i];
            return YH_OK;
        }
    return st ? st : yh_refuse(err, YH_REFUSE_CLEAR_UNKNOWN, id, NULL);
}

/* Money that it set off is open again, and so are the cases it closed. */
static enum yh_status open_cases(struct yh_act *t, const struct yh_clearing_row *r,
                                 struct yh_err *err)
{
    struct yh_case_money_row like = { .provider = r->provider }, *m = NULL;
    int n = 0, kept = 0;
    enum yh_status st = yh_list_case_money(
        t->x, (struct yh_span){ .index = yh_case_money_by_provider, .same = 1 }, &like, &m, &n,
        err);
    for (int i = 0; st == YH_OK && i < n; i++)
        if (yh_eq(m[i].cleared, r->clearing))
            m[kept++] = m[i];
    for (int i = 0; st == YH_OK && i < kept; i++) {
        st = yh_case_cleared(t->x, &m[i], YH_S(""), err);
        if (st || seen_before(m, i))
            continue;
        st = yh_case_reopen(t, m[i].case_no,
                            yh_fmt(t->x->arena, "清算 %.*s 撤销", YH_ARG(r->clearing)), err);
    }
    return st;
}

enum yh_status yh_act_clear_undo(struct yh_act *t, struct yh_err *err)
{
    struct yh_arena *a = t->x->arena;
    struct yh_clearing_row was, row;
    struct yh_clearing_case_row *item = NULL;
    struct yh_clearing_fund_row *fund = NULL;
    int nitem = 0, nfund = 0;
    bool margin = false;
    yh_str officer = yh_act_text(t, "officer"), note = yh_act_text(t, "note");
    enum yh_status st = yh_margin_undo(t, &margin, err);
    if (st || margin)
        return st;
    if ((st = find(t, &was, err)) != YH_OK)
        return st;
    if (!officer.n)
        return yh_refuse(err, YH_REFUSE_CASE_OFFICER, YH_S(""), NULL);
    if (!note.n)
        return yh_refuse(err, YH_REFUSE_CASE_NOTE, YH_S(""), NULL);
    if (was.undone_by.n || yh_eq(was.kind, YH_S("undo")))
        return yh_refuse(err, YH_REFUSE_CLEAR_UNDONE, was.clearing, NULL);
    row = was;
    row.kind = YH_S("undo");
    row.clearing = yh_fmt(a, "%.*s-undo", YH_ARG(was.clearing));
    row.undoes = was.clearing;
    int64_t *const v[] = { &row.settlements, &row.fund,      &row.account,     &row.payable,
                           &row.bygroup,     &row.recovered, &row.person_back, &row.damages,
                           &row.paid_in,     &row.margin,    &row.net,         &row.cases };
    for (int i = 0; i < YH_COUNT(v); i++)
        *v[i] = -*v[i];
    row.time = t->now;
    row.officer = officer;
    row.note = note;
    row.reviewer = YH_S("");
    st = open_cases(t, &was, err);
    if (st == YH_OK)
        st = yh_clearing_parts(t->x, &was, &item, &nitem, &fund, &nfund, err);
    if (st == YH_OK)
        st = book(t, &row, yh_book_undo(a, booking_of(a, &was)), err);
    if (st == YH_OK)
        st = add_parts(t, &row, item, nitem, fund, nfund, -1, err);
    was.undone_by = row.clearing;
    if (st == YH_OK)
        st = yh_put_clearing(t->x, &was, err);
    if (st == YH_OK)
        yh_clearing_put(t, &row);
    return st;
}

/* ---- reading ---- */

static bool put_entry(void *user, const void *row)
{
    struct yh_act *t = user;
    const struct yh_settlement_row *r = row;
    if (!yh_is_providers(r))
        return true;
    yh_putf(t->out, "entry\tpayable\t");
    yh_act_put_fen(t, r->fund + r->account + r->relative, '\t');
    yh_putf(t->out, "%.*s %" PRId64 "-%" PRId64 "\t%.*s\n", YH_ARG(r->region), r->grp, r->seq,
            YH_ARG(r->settlement));
    return true;
}

static void figure(struct yh_act *t, const char *name, yh_fen v, int64_t entries, yh_str why)
{
    yh_putf(t->out, "figure\t%s\t", name);
    yh_act_put_fen(t, v, '\t');
    yh_putf(t->out, "%" PRId64 "\t", entries);
    yh_act_put(t, why, '\n');
}

enum yh_status yh_act_clear_show(struct yh_act *t, struct yh_err *err)
{
    struct yh_clearing_row r;
    struct yh_case_money_row like, *m = NULL;
    struct yh_clearing_case_row *item = NULL;
    struct yh_clearing_fund_row *fund = NULL;
    struct yh_arena *a = t->x->arena;
    int n = 0, open = 0, nitem = 0, nfund = 0;
    enum yh_status st = find(t, &r, err);
    if (st)
        return st;
    like = (struct yh_case_money_row){ .provider = r.provider };
    st = yh_list_case_money(t->x,
                            (struct yh_span){ .index = yh_case_money_by_provider, .same = 1 },
                            &like, &m, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        open += yh_eq(m[i].cleared, r.clearing);
    if (st == YH_OK)
        st = yh_clearing_parts(t->x, &r, &item, &nitem, &fund, &nfund, err);
    if (st)
        return st;
    yh_putz(t->out, "#what\tname\tamount\tentries\treason\n");
    figure(t, "fund", r.fund, r.settlements,
           yh_fmt(a, "%.*s 结算中基金应付，撤销在其当月减去", YH_ARG(r.month)));
    figure(t, "account", r.account, r.settlements, YH_S("同上，个人账户与共济应付"));
    figure(t, "bygroup", r.bygroup, nitem + (r.basis.n != 0),
           nitem || r.bygroup
               ? yh_fmt(a, "按病组或分值付费与按项目的差额，%d 例住院逐例算出%s%.*s", nitem,
                        r.basis.n ? "；另给的差额依据：" : "", YH_ARG(r.basis))
               : YH_S("按项目付费，或没有给出差额"));
    figure(t, "recovered", -r.recovered, open, YH_S("已决定案件的追回，决定时已减应付"));
    figure(t, "person_back", -r.person_back, open, YH_S("同上，退还参保人的部分"));
    figure(t, "damages", -r.damages, open, YH_S("同上，违约金"));
    figure(t, "paid_in", r.paid_in, open, YH_S("机构已自行缴回的，不再抵扣"));
    figure(t, "margin", -r.margin, r.margin != 0,
           r.margin_basis.n ? r.margin_basis : YH_S("没有预留比例的规定，不预留"));
    figure(t, "net", r.net, 1, YH_S("本次应拨付"));
    for (int i = 0; i < nfund; i++)
        figure(t,
               fund[i].fund.n ? yh_zdup(a, yh_fmt(a, "fund:%.*s", YH_ARG(fund[i].fund)))
                              : "fund:",
               fund[i].net, 1,
               fund[i].fund.n ? YH_S("应拨付中这个基金的部分：应付＋差额－追回－预留")
                              : YH_S("不分基金：另给的差额、违约金、退还参保人、机构缴回"));
    for (int i = 0; i < nitem; i++) {
        yh_putz(t->out, "entry\tbygroup\t");
        yh_act_put_fen(t, item[i].diff, '\t');
        yh_putf(t->out, "%.*s %.*s：%.*s\t%.*s\n", YH_ARG(item[i].method), YH_ARG(item[i].code),
                YH_ARG(item[i].why), YH_ARG(item[i].settlement));
    }
    st = each(t->x, r.provider, r.month, put_entry, t, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        if (yh_eq(m[i].cleared, r.clearing)) {
            bool paid = yh_eq(m[i].kind, YH_S("paid"));
            yh_putz(t->out, "entry\tset_off\t");
            yh_act_put_fen(t, paid ? m[i].other : -(m[i].fund + m[i].person_back + m[i].other),
                           '\t');
            yh_putf(t->out, "%.*s %" PRId64 "-%" PRId64 "\t%.*s\n", YH_ARG(m[i].region),
                    m[i].grp, m[i].seq, YH_ARG(m[i].case_no));
        }
    if (st == YH_OK)
        yh_putf(t->out, "entry\tclearing\t%s%.*s 0-%" PRId64 "\t%.*s\n", "\t", YH_ARG(r.region),
                r.seq, YH_ARG(r.clearing));
    return st;
}

enum yh_status yh_act_clear_list(struct yh_act *t, struct yh_err *err)
{
    yh_str provider = yh_act_text(t, "provider"), month = yh_act_text(t, "month");
    struct yh_clearing_row like = { .provider = provider }, *row = NULL;
    int n = 0;
    enum yh_status st = yh_list_clearing(
        t->x, (struct yh_span){ .index = yh_clearing_by_provider, .same = provider.n ? 1 : 0 },
        &like, &row, &n, err);
    if (st)
        return st;
    yh_clearing_put(t, NULL);
    for (int i = 0; i < n; i++)
        if (!month.n || yh_eq(row[i].month, month))
            put_row(t, &row[i]);
    return YH_OK;
}
