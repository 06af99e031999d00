/* service/verify/paid.c -- what is booked and paid beside settlements: decisions on misuse, the bank's payments,
 * clearings of providers. */
#include "service/verify/inside.h"

#include <stdio.h>

#include "model/ledger/ledger.h"
#include "service/clearing/clearing.h"

/* ---- decisions on misuse (service/casework) ---- */

/* What the entries of one booking come to, by kind of account; funds are added to their tallies. */
struct moved {
    yh_fen payable, fund, person, damages, received,
        rest; /* debits less credits, payable only */
};

static struct moved moved_by(struct yh_verifier *v, const struct yh_verify_group *g,
                             const struct yh_case_money_row *m)
{
    struct moved sum = { 0 };
    for (int i = 0; i < g->nentry; i++) {
        const struct yh_ledger_entry_row *e = &g->entry[i];
        enum yh_account_kind kind = YH_ACCOUNT_N;
        yh_str of = { 0 };
        yh_fen credit = e->credit - e->debit;
        if (e->seq != m->seq || !yh_account_read(e->account, &kind, &of))
            continue;
        if (kind == YH_ACCOUNT_PAYABLE && yh_eq(of, m->provider)) {
            sum.payable -= credit;
        } else if (kind == YH_ACCOUNT_FUND) {
            sum.fund += credit;
            yh_verify_tally(v, of)->rows -= credit;
        } else if (kind == YH_ACCOUNT_PERSON && yh_eq(of, m->person)) {
            sum.person += credit;
        } else if (kind == YH_ACCOUNT_DAMAGES) {
            sum.damages += credit;
        } else if (kind == YH_ACCOUNT_RECEIVED) {
            sum.received -= credit;
        } else {
            sum.rest += credit < 0 ? -credit : credit;
        }
    }
    return sum;
}

void yh_check_money(struct yh_verifier *v, const struct yh_verify_group *g)
{
    for (int i = 0; i < g->nmoney; i++) {
        const struct yh_case_money_row *m = &g->money[i];
        struct moved sum = moved_by(v, g, m);
        struct yh_verify_place at;
        bool paid = yh_eq(m->kind, YH_S("paid"));
        snprintf(at.text, sizeof at.text, "案件 %.*s 第 %lld 笔款", YH_ARG(m->case_no),
                 (long long)m->nth);
        yh_verify_equal(v, at, "追回基金", m->fund, "基金分录", sum.fund);
        yh_verify_equal(v, at, "退还个人", m->person_back, "应付本人分录", sum.person);
        yh_verify_equal(v, at, "违约金", paid ? 0 : m->other, "违约金分录", sum.damages);
        yh_verify_equal(v, at, "机构缴回", paid ? m->other : 0, "缴回分录", sum.received);
        yh_verify_equal(v, at, "抵扣应付机构",
                        m->fund + m->person_back + (paid ? -m->other : m->other), "应付分录",
                        sum.payable);
        yh_verify_equal(v, at, "不该动用的科目", 0, "分录", sum.rest);
        v->r->recovered += m->fund;
        v->r->person_back += m->person_back;
    }
    /* And no fund is given anything back, nor damages booked, without a decision. */
    for (int i = 0, k = 0; i < g->nentry; i++) {
        const struct yh_ledger_entry_row *e = &g->entry[i];
        enum yh_account_kind kind = YH_ACCOUNT_N;
        if (e->settlement.n || !yh_account_read(e->account, &kind, NULL) ||
            (kind != YH_ACCOUNT_FUND && kind != YH_ACCOUNT_DAMAGES &&
             kind != YH_ACCOUNT_RECEIVED))
            continue;
        while (k < g->nmoney && g->money[k].seq < e->seq)
            k++;
        if (k == g->nmoney || g->money[k].seq != e->seq)
            yh_verify_wrong(v, yh_at_group(g).text,
                            "第 %lld 笔 %.*s 的分录没有结算，也没有处理决定", (long long)e->seq,
                            YH_ARG(e->account));
    }
}

bool yh_check_case(void *verifier, const void *row)
{
    struct yh_verifier *v = verifier;
    struct yh_case_file_row f = *(const struct yh_case_file_row *)row;
    struct yh_arena scratch = v->scratch;
    struct yh_txn x = *v->view;
    struct yh_case_money_row like = { .case_no = yh_dup(&scratch, f.case_no) }, *m = NULL;
    bool stands = yh_eq(f.state, YH_S("decided")) || yh_eq(f.state, YH_S("closed"));
    yh_fen fund = 0, person = 0, damages = 0;
    struct yh_verify_place at;
    int n = 0;
    x.arena = &scratch;
    snprintf(at.text, sizeof at.text, "案件 %.*s", YH_ARG(f.case_no));
    v->status = yh_list_case_money(&x, (struct yh_span){ .index = YH_BY_KEY, .same = 1 }, &like,
                                   &m, &n, v->err);
    for (int i = 0; i < n; i++) {
        fund += m[i].fund;
        person += m[i].person_back;
        damages += yh_eq(m[i].kind, YH_S("paid")) ? 0 : m[i].other;
    }
    yh_verify_equal(v, at, "应退基金", stands ? f.upheld : 0, "已记账", fund);
    yh_verify_equal(v, at, "应退个人", stands ? f.person_back : 0, "已记账", person);
    yh_verify_equal(v, at, "违约金", stands ? f.damages : 0, "已记账", damages);
    v->r->cases++;
    return v->status == YH_OK;
}

/* ---- payments to persons (service/matter) ---- */

/* What the bank paid is booked once, from what was owed to that person; nothing else goes to the bank, and
 * nobody is paid more than is owed. */
void yh_check_payments(struct yh_verifier *v, const struct yh_verify_group *g)
{
    int64_t booked = 0, paid = 0;
    for (int i = 0; i < g->nentry; i++)
        booked += yh_starts(g->entry[i].account, YH_S("bank:"));
    for (int i = 0; i < g->npayment; i++) {
        const struct yh_bank_item_row *p = &g->payment[i];
        struct yh_verify_place at;
        yh_fen bank = 0, person = 0, rest = 0, owed = 0;
        snprintf(at.text, sizeof at.text, "办件 %.*s 第 %lld 笔付款", YH_ARG(p->matter),
                 (long long)p->nth);
        paid += yh_eq(p->state, YH_S("paid"));
        if (yh_eq(p->state, YH_S("paid")) != (p->seq > 0))
            yh_verify_wrong(v, at.text, "状态 %.*s 与记账不符", YH_ARG(p->state));
        for (int k = 0; k < g->nentry; k++) {
            const struct yh_ledger_entry_row *e = &g->entry[k];
            enum yh_account_kind kind = YH_ACCOUNT_N;
            yh_str of = { 0 };
            if (!yh_account_read(e->account, &kind, &of))
                continue;
            bool mine = kind == YH_ACCOUNT_PERSON && yh_eq(of, p->person);
            owed += mine ? e->credit - e->debit : 0;
            if (e->seq != p->seq)
                continue;
            bank += kind == YH_ACCOUNT_BANK ? e->credit - e->debit : 0;
            person += mine ? e->debit - e->credit : 0;
            rest += !mine && kind != YH_ACCOUNT_BANK;
        }
        yh_fen want = p->seq ? p->amount : 0;
        yh_verify_equal(v, at, "付款", want, "银行分录", bank);
        yh_verify_equal(v, at, "付款", want, "应付本人分录", person);
        yh_verify_equal(v, at, "不该动用的科目", 0, "分录", rest);
        if (owed < 0)
            yh_verify_wrong(v, at.text, "付给 %.*s 的多于应付的", YH_ARG(p->person));
    }
    if (booked != paid)
        yh_verify_wrong(v, yh_at_group(g).text, "银行付款分录 %lld 笔，付款 %lld 笔",
                        (long long)booked, (long long)paid);
}

/* ---- clearings (service/clearing) ---- */

/* The first entry of a booking: entries of a group stand in the order of their bookings. */
static int entry_of(const struct yh_verify_group *g, int64_t seq)
{
    int from = 0, to = g->nentry;
    while (from < to) {
        int mid = from + (to - from) / 2;
        if (g->entry[mid].seq < seq)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

/* The funds' parts add up to the clearing, each to its own net; stays under a method to their difference.
 * A clearing of before these were kept has neither. */
static void check_parts(struct yh_verifier *v, struct yh_verify_place at,
                        const struct yh_clearing_row *r, struct yh_arena scratch)
{
    struct yh_txn x = *v->view;
    struct yh_clearing_case_row *item = NULL;
    struct yh_clearing_fund_row *fund = NULL, sum = { .owed = 0 };
    int nitem = 0, nfund = 0;
    yh_fen diff = 0, given = 0;
    x.arena = &scratch;
    enum yh_status st = yh_clearing_parts(&x, r, &item, &nitem, &fund, &nfund, v->err);
    v->status = v->status ? v->status : st;
    v->seen[YH_TABLE_clearing_case] += nitem;
    v->seen[YH_TABLE_clearing_fund] += nfund;
    for (int i = 0; i < nitem; i++)
        diff += item[i].diff;
    for (int i = 0; i < nfund; i++) {
        const struct yh_clearing_fund_row *f = &fund[i];
        yh_fen own = 0;
        for (int k = 0; k < nitem; k++)
            own += yh_eq(item[k].fund, f->fund) ? item[k].diff : 0;
        if (f->fund.n)
            yh_verify_equal(v, at, "基金的病组差额", f->bygroup, "其病例之和", own);
        else
            given = f->bygroup;
        yh_verify_equal(v, at, "基金应拨", f->net, "应付 + 差额 − 抵扣 − 预留",
                        f->owed + f->bygroup - f->set_off - f->margin);
        sum.owed += f->owed;
        sum.set_off += f->set_off;
        sum.margin += f->margin;
        sum.net += f->net;
    }
    if (!nfund)
        return;
    yh_verify_equal(v, at, "病组付费差额", r->bygroup, "病例之和加另给的", diff + given);
    yh_verify_equal(v, at, "应付", r->payable, "各基金之和", sum.owed);
    yh_verify_equal(v, at, "抵扣", r->recovered + r->person_back + r->damages - r->paid_in,
                    "各基金之和", sum.set_off);
    yh_verify_equal(v, at, "预留", r->margin, "各基金之和", sum.margin);
    yh_verify_equal(v, at, "应拨付", r->net, "各基金之和", sum.net);
}

/* Margins given back: each is one booking of what its row says. */
static int64_t check_margins(struct yh_verifier *v, const struct yh_verify_group *g)
{
    int64_t cleared = 0;
    for (int i = 0; i < g->nmargin; i++) {
        const struct yh_margin_back_row *r = &g->margin[i];
        yh_fen margin = 0, back = 0, lost = 0;
        struct yh_verify_place at;
        snprintf(at.text, sizeof at.text, "返还保证金 %.*s", YH_ARG(r->number));
        for (int k = entry_of(g, r->seq); k < g->nentry && g->entry[k].seq == r->seq; k++) {
            const struct yh_ledger_entry_row *e = &g->entry[k];
            enum yh_account_kind kind = YH_ACCOUNT_N;
            yh_str of = { 0 };
            (void)yh_account_read(e->account, &kind, &of);
            margin +=
                kind == YH_ACCOUNT_MARGIN && yh_eq(of, r->provider) ? e->debit - e->credit : 0;
            back +=
                kind == YH_ACCOUNT_CLEARED && yh_eq(of, r->provider) ? e->credit - e->debit : 0;
            lost += kind == YH_ACCOUNT_LOST ? e->credit - e->debit : 0;
        }
        yh_verify_equal(v, at, "预留", r->kept, "预留分录", margin);
        yh_verify_equal(v, at, "返还", r->back, "待拨付分录", back);
        yh_verify_equal(v, at, "未返还", r->lost, "未返还分录", lost);
        yh_verify_equal(v, at, "预留", r->kept, "返还 + 未返还", r->back + r->lost);
        cleared += r->back != 0;
    }
    return cleared;
}

static bool stands(const struct yh_clearing_row *r)
{
    return yh_eq(r->kind, YH_S("clear")) && !r->undone_by.n;
}

/* One booking of what its row says. */
static void check_booking(struct yh_verifier *v, const struct yh_verify_group *g,
                          struct yh_verify_place at, const struct yh_clearing_row *r)
{
    yh_fen payable = 0, margin = 0, cleared = 0, bygroup = 0, rest = 0;
    yh_fen set = r->recovered + r->person_back + r->damages - r->paid_in;
    for (int k = entry_of(g, r->seq); k < g->nentry && g->entry[k].seq == r->seq; k++) {
        const struct yh_ledger_entry_row *e = &g->entry[k];
        enum yh_account_kind kind = YH_ACCOUNT_N;
        yh_str of = { 0 };
        if (!yh_account_read(e->account, &kind, &of))
            continue;
        bool mine = yh_eq(of, r->provider);
        payable += kind == YH_ACCOUNT_PAYABLE && mine ? e->debit - e->credit : 0;
        margin += kind == YH_ACCOUNT_MARGIN && mine ? e->credit - e->debit : 0;
        cleared += kind == YH_ACCOUNT_CLEARED && mine ? e->credit - e->debit : 0;
        bygroup += kind == YH_ACCOUNT_BYGROUP ? e->debit - e->credit : 0;
        rest += !mine && kind != YH_ACCOUNT_BYGROUP;
    }
    yh_verify_equal(v, at, "应付", r->payable, "基金与账户之和", r->fund + r->account);
    yh_verify_equal(v, at, "应付减抵扣", r->payable - set, "应付分录", payable);
    yh_verify_equal(v, at, "预留", r->margin, "预留分录", margin);
    yh_verify_equal(v, at, "病组付费差额", r->bygroup, "差额分录", bygroup);
    yh_verify_equal(v, at, "应拨付", r->net, "待拨付分录", cleared);
    yh_verify_equal(v, at, "应拨付", r->net, "应付 + 差额 − 抵扣 − 预留",
                    r->payable + r->bygroup - set - r->margin);
    yh_verify_equal(v, at, "不该动用的科目", 0, "分录", rest);
}

/* One that stands is what the month's settlements and the cases set off come to, and the month's only one. */
static void check_month(struct yh_verifier *v, const struct yh_verify_group *g,
                        struct yh_verify_place at, const struct yh_clearing_row *r)
{
    struct yh_clearing_sums sum = { 0 };
    struct yh_clearing_cases cases = { 0 };
    struct yh_txn x = *v->view;
    x.arena = g->arena;
    enum yh_status st = yh_clearing_sum(&x, r->provider, r->month, &sum, v->err);
    if (st == YH_OK)
        st = yh_clearing_cases(&x, r->provider, r->clearing, &cases, v->err);
    v->status = v->status ? v->status : st;
    yh_verify_equal(v, at, "基金应付", r->fund, "该月结算之和", sum.fund);
    yh_verify_equal(v, at, "账户应付", r->account, "该月结算之和", sum.account);
    yh_verify_equal(v, at, "追回", r->recovered, "所抵案件", cases.recovered);
    yh_verify_equal(v, at, "退还个人", r->person_back, "所抵案件", cases.person_back);
    yh_verify_equal(v, at, "违约金", r->damages, "所抵案件", cases.damages);
    yh_verify_equal(v, at, "机构缴回", r->paid_in, "所抵案件", cases.paid_in);
    for (const struct yh_clearing_row *o = g->clearing; o < r; o++)
        if (yh_eq(o->provider, r->provider) && yh_eq(o->month, r->month) && stands(o))
            yh_verify_wrong(v, at.text, "同一个月清算了两次：%.*s", YH_ARG(o->clearing));
}

/* No other entry touches what is cleared or kept back. */
void yh_check_clearings(struct yh_verifier *v, const struct yh_verify_group *g)
{
    int64_t booked = -check_margins(v, g);
    for (int i = 0; i < g->nentry; i++)
        booked += yh_starts(g->entry[i].account, YH_S("cleared:"));
    for (int i = 0; i < g->nclearing; i++) {
        const struct yh_clearing_row *r = &g->clearing[i];
        struct yh_verify_place at;
        snprintf(at.text, sizeof at.text, "清算 %.*s", YH_ARG(r->clearing));
        booked -= r->net != 0;
        v->r->clearings++;
        check_booking(v, g, at, r);
        check_parts(v, at, r, *g->arena);
        if (stands(r))
            check_month(v, g, at, r);
    }
    if (booked)
        yh_verify_wrong(v, yh_at_group(g).text, "有 %lld 笔待拨付分录不属于任何清算",
                        (long long)booked);
}
