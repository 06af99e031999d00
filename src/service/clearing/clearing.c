#include "service/clearing/clearing.h"

#include <inttypes.h>
#include <stdio.h>

#include "engine/ledger/ledger.h"
#include "service/casework/casework.h"
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

/* ---- clearing ---- */

struct clear {
    struct yh_act *t;
    struct yh_arena *a;
    struct yh_provider_row p;
    struct yh_clearing_row row;
    struct yh_case_money_row *open; /* of decided cases, not set off yet */
    int nopen;
    yh_str margin_basis, by_basis;
};

static enum yh_status all_of(struct clear *c, struct yh_clearing_row **rows, int *n,
                             struct yh_err *err)
{
    struct yh_clearing_row like = { .provider = c->p.provider, .month = c->row.month };
    return yh_list_clearing(c->t->x,
                            (struct yh_span){ .index = yh_clearing_by_provider, .same = 2 },
                            &like, rows, n, err);
}

static enum yh_status find_provider(struct clear *c, struct yh_err *err)
{
    yh_day first, next;
    yh_str month = yh_act_text(c->t, "month");
    struct yh_place place;
    c->p.provider = yh_act_text(c->t, "provider");
    enum yh_status st = yh_get_provider(c->t->x, &c->p, err);
    if (st == YH_NOT_FOUND)
        return yh_refuse(err, YH_REFUSE_PROVIDER_UNKNOWN, c->p.provider, NULL);
    if (st)
        return st;
    if (!month_of(month, &first, &next) || yh_time_day(c->t->now) < next)
        return yh_refuse(err, YH_REFUSE_CLEAR_MONTH, month, NULL);
    struct yh_civil d = yh_civil_of(first);
    c->row.month = yh_fmt(c->a, "%04d%02d", d.year, d.month);
    if (!yh_act_text(c->t, "officer").n)
        return yh_refuse(err, YH_REFUSE_CASE_OFFICER, YH_S(""), NULL);
    st = yh_region_locate(c->t->w->regions, c->p.office, first, &place, err);
    if (st == YH_OK)
        c->row.region = yh_fmt(c->a, "%06u", place.pool->code);
    return st;
}

/* The contract's share; 0 where the tables know none. */
static enum yh_status margin_of(struct clear *c, struct yh_err *err)
{
    yh_day first, next;
    yh_micro rate = 0;
    if (!month_of(c->row.month, &first, &next) || !c->t->w->casework)
        return YH_OK;
    enum yh_status st = yh_casework_margin(c->t->w->casework, c->a, c->row.region, c->p.kind,
                                           next - 1, &rate, &c->margin_basis, err);
    if (st == YH_NOT_FOUND)
        return YH_OK;
    if (st == YH_OK && c->row.payable > 0)
        c->row.margin = yh_fen_scale(c->row.payable, rate, YH_ROUND_HALF_UP);
    return st;
}

/* Each case whole, oldest first, as long as something is left to set it off against. */
static enum yh_status set_off_cases(struct clear *c, yh_fen room, struct yh_err *err)
{
    struct yh_clearing_cases sum = { 0 };
    for (int i = 0; i < c->nopen; i++) {
        struct yh_clearing_cases one = { 0 };
        struct yh_case_file_row f = { .case_no = c->open[i].case_no };
        if (seen_before(c->open, i))
            continue;
        for (int k = i; k < c->nopen; k++)
            if (yh_eq(c->open[k].case_no, c->open[i].case_no))
                add_money(&one, &c->open[k]);
        enum yh_status st = yh_get_case_file(c->t->x, &f, err);
        if (st)
            return st;
        if (!yh_eq(f.state, YH_S("decided")) || set_off(&one) <= 0 ||
            set_off(&sum) + set_off(&one) > room)
            continue;
        if ((st = yh_case_set_off(c->t, f.case_no, c->row.clearing,
                                  yh_act_text(c->t, "officer"), err)) != YH_OK)
            return st;
        sum.recovered += one.recovered;
        sum.person_back += one.person_back;
        sum.damages += one.damages;
        sum.paid_in += one.paid_in;
        sum.cases++;
    }
    c->row.recovered = sum.recovered;
    c->row.person_back = sum.person_back;
    c->row.damages = sum.damages;
    c->row.paid_in = sum.paid_in;
    c->row.cases = sum.cases;
    return YH_OK;
}

static enum yh_status book(struct clear *c, struct yh_booking b, struct yh_err *err)
{
    struct yh_txn *x = c->t->x;
    yh_assert(yh_booking_balanced(b));
    yh_txn_group(x, (struct yh_group){ c->row.region, 0 });
    enum yh_status st = yh_txn_next_seq(x, &c->row.seq, err);
    for (int i = 0; st == YH_OK && i < b.n; i++) {
        struct yh_ledger_entry_row e = { .region = c->row.region,
                                         .seq = c->row.seq,
                                         .line = i,
                                         .account = b.entry[i].account,
                                         .debit = b.entry[i].debit,
                                         .credit = b.entry[i].credit,
                                         .time = c->t->now,
                                         .settlement = YH_S("") };
        st = yh_add_ledger_entry(x, &e, err);
    }
    return st ? st : yh_add_clearing(x, &c->row, err);
}

static struct yh_booking booking_of(struct yh_arena *a, const struct yh_clearing_row *r)
{
    yh_fen set = r->recovered + r->person_back + r->damages - r->paid_in;
    return yh_book_clearing(a, &(struct yh_clearing_money){ r->provider, r->region,
                                                            r->payable - set, r->bygroup,
                                                            r->margin, r->net });
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

static void put_head(struct yh_act *t)
{
    yh_putz(t->out, "#clearing\tkind\tprovider\tmonth\tsettlements\tfund\taccount\tpayable\t"
                    "bygroup\trecovered\tperson_back\tdamages\tpaid_in\tmargin\tnet\tstate\n");
}

enum yh_status yh_act_clear_make(struct yh_act *t, struct yh_err *err)
{
    struct clear c = { .t = t, .a = t->x->arena };
    struct yh_clearing_row *was = NULL;
    struct yh_clearing_sums s;
    int n = 0;
    enum yh_status st = find_provider(&c, err);
    if (st == YH_OK)
        st = all_of(&c, &was, &n, err);
    if (st)
        return st;
    put_head(t);
    for (int i = 0; i < n; i++)
        if (yh_eq(was[i].kind, YH_S("clear")) && !was[i].undone_by.n) {
            put_row(t, &was[i]);
            return YH_OK;
        }
    yh_str by = yh_act_text(t, "bygroup"), basis = yh_act_text(t, "basis");
    if (by.n && (yh_fen_parse(by, &c.row.bygroup, NULL) || !basis.n))
        return yh_refuse(err, YH_REFUSE_CLEAR_BYGROUP, by, NULL);
    st = yh_clearing_sum(t->x, c.p.provider, c.row.month, &s, err);
    if (st == YH_OK)
        st = yh_case_open_money(t->x, c.p.provider, &c.open, &c.nopen, err);
    if (st)
        return st;
    c.row.provider = c.p.provider;
    c.row.kind = YH_S("clear");
    c.row.clearing =
        yh_fmt(c.a, "%.*s-%.*s-%d", YH_ARG(c.p.provider), YH_ARG(c.row.month), n + 1);
    c.row.settlements = s.settlements + s.undoings;
    c.row.fund = s.fund;
    c.row.account = s.account;
    c.row.payable = s.fund + s.account;
    c.row.time = t->now;
    c.row.officer = yh_act_text(t, "officer");
    c.row.note = yh_act_text(t, "note");
    c.row.basis = basis;
    st = margin_of(&c, err);
    yh_fen room = c.row.payable + c.row.bygroup - c.row.margin;
    char text[32], more[32];
    if (st == YH_OK && room < 0)
        return yh_refuse(err, YH_REFUSE_CLEAR_BELOW, c.row.clearing, "应付 %.*s，差额 %.*s",
                         YH_ARG(yh_dec_text(text, c.row.payable, 2, 2)),
                         YH_ARG(yh_dec_text(more, c.row.bygroup, 2, 2)));
    if (st == YH_OK)
        st = set_off_cases(&c, room, err);
    c.row.margin_basis = c.margin_basis;
    c.row.net = room - (c.row.recovered + c.row.person_back + c.row.damages - c.row.paid_in);
    if (st == YH_OK)
        st = book(&c, booking_of(c.a, &c.row), err);
    if (st == YH_OK)
        put_row(t, &c.row);
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
    struct clear c = { .t = t, .a = t->x->arena };
    struct yh_clearing_row was;
    yh_str officer = yh_act_text(t, "officer"), note = yh_act_text(t, "note");
    enum yh_status st = find(t, &was, err);
    if (st)
        return st;
    if (!officer.n)
        return yh_refuse(err, YH_REFUSE_CASE_OFFICER, YH_S(""), NULL);
    if (!note.n)
        return yh_refuse(err, YH_REFUSE_CASE_NOTE, YH_S(""), NULL);
    if (was.undone_by.n || yh_eq(was.kind, YH_S("undo")))
        return yh_refuse(err, YH_REFUSE_CLEAR_UNDONE, was.clearing, NULL);
    c.row = was;
    c.row.kind = YH_S("undo");
    c.row.clearing = yh_fmt(c.a, "%.*s-undo", YH_ARG(was.clearing));
    c.row.undoes = was.clearing;
    int64_t *const v[] = { &c.row.settlements, &c.row.fund,    &c.row.account,
                           &c.row.payable,     &c.row.bygroup, &c.row.recovered,
                           &c.row.person_back, &c.row.damages, &c.row.paid_in,
                           &c.row.margin,      &c.row.net,     &c.row.cases };
    for (int i = 0; i < YH_COUNT(v); i++)
        *v[i] = -*v[i];
    c.row.time = t->now;
    c.row.officer = officer;
    c.row.note = note;
    st = open_cases(t, &was, err);
    if (st == YH_OK)
        st = book(&c, yh_book_undo(c.a, booking_of(c.a, &was)), err);
    was.undone_by = c.row.clearing;
    if (st == YH_OK)
        st = yh_put_clearing(t->x, &was, err);
    if (st == YH_OK) {
        put_head(t);
        put_row(t, &c.row);
    }
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
    struct yh_arena *a = t->x->arena;
    int n = 0, open = 0;
    enum yh_status st = find(t, &r, err);
    if (st)
        return st;
    like = (struct yh_case_money_row){ .provider = r.provider };
    st = yh_list_case_money(t->x,
                            (struct yh_span){ .index = yh_case_money_by_provider, .same = 1 },
                            &like, &m, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        open += yh_eq(m[i].cleared, r.clearing);
    if (st)
        return st;
    yh_putz(t->out, "#what\tname\tamount\tentries\treason\n");
    figure(t, "fund", r.fund, r.settlements,
           yh_fmt(a, "%.*s 结算中基金应付，撤销在其当月减去", YH_ARG(r.month)));
    figure(t, "account", r.account, r.settlements, YH_S("同上，个人账户与共济应付"));
    figure(t, "bygroup", r.bygroup, r.bygroup != 0,
           r.bygroup ? yh_fmt(a, "按病组、床日或人头付费与按项目的差额：%.*s", YH_ARG(r.basis))
                     : YH_S("按项目付费，或没有给出差额"));
    figure(t, "recovered", -r.recovered, open, YH_S("已决定案件的追回，决定时已减应付"));
    figure(t, "person_back", -r.person_back, open, YH_S("同上，退还参保人的部分"));
    figure(t, "damages", -r.damages, open, YH_S("同上，违约金"));
    figure(t, "paid_in", r.paid_in, open, YH_S("机构已自行缴回的，不再抵扣"));
    figure(t, "margin", -r.margin, r.margin != 0,
           r.margin_basis.n ? r.margin_basis : YH_S("没有预留比例的规定，不预留"));
    figure(t, "net", r.net, 1, YH_S("本次应拨付"));
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
    put_head(t);
    for (int i = 0; i < n; i++)
        if (!month.n || yh_eq(row[i].month, month))
            put_row(t, &row[i]);
    return YH_OK;
}
