/* service/verify/settlement.c -- one settlement against itself: sums, fund rows, entries, leaf, and what it undoes. */
#include "service/verify/inside.h"

#include <stdio.h>

#include "model/ledger/ledger.h"
#include "service/settle.h"

#define ACCOUNT_FUND YH_S("310200") /* setldetail's row for what accounts paid; no fund */

/* The rows of one settlement. */
struct part {
    const struct yh_settlement_row *s;
    const struct yh_settlement_fund_row *fund;
    int nfund;
    const struct yh_ledger_entry_row *entry;
    int nentry;
};

/* ---- one settlement ---- */

static void check_sums(struct yh_verifier *v, const struct yh_settlement_row *s)
{
    struct yh_verify_place at = yh_at_settlement(s);
    yh_verify_equal(v, at, "总费用", s->total, "全自费+超限价+先行自付+范围内",
                    s->outside + s->over + s->first + s->scope);
    yh_verify_equal(v, at, "总费用", s->total, "基金+个人负担+医院负担",
                    s->fund + s->person_part + s->hospital);
    yh_verify_equal(v, at, "基金支付总额", s->fund, "各项基金之和",
                    s->basic + s->civil + s->enterprise + s->serious + s->large + s->assist +
                        s->disabled + s->other);
    yh_verify_equal(v, at, "个人负担", s->person_part, "账户+共济+现金",
                    s->account + s->relative + s->cash);
}

static void check_fund_rows(struct yh_verifier *v, const struct part *p)
{
    struct yh_verify_place at = yh_at_settlement(p->s);
    yh_fen fund = 0, account = 0, to_person = 0;
    bool has_account = false;
    for (int i = 0; i < p->nfund; i++) {
        if (yh_eq(p->fund[i].fund, ACCOUNT_FUND)) {
            account += p->fund[i].amount;
            has_account = true;
        } else {
            fund += p->fund[i].amount;
            to_person += p->fund[i].to_person;
            yh_verify_tally(v, p->fund[i].fund)->rows +=
                p->fund[i].amount + p->fund[i].to_person;
        }
    }
    yh_verify_equal(v, at, "基金支付总额", p->s->fund, "基金明细之和", fund);
    yh_verify_equal(v, at, "付给本人", p->s->to_person, "基金明细之和", to_person);
    if (has_account)
        yh_verify_equal(v, at, "账户支付", p->s->account + p->s->relative, "明细 310200",
                        account);
}

/* What the entries of a settlement say, as amounts. */
struct said {
    yh_fen fund, own, other, payable, person, rest;
};

static struct said said_by(struct yh_verifier *v, const struct part *p)
{
    struct said said = { 0 };
    for (int i = 0; i < p->nentry; i++) {
        const struct yh_ledger_entry_row *e = &p->entry[i];
        enum yh_account_kind kind = YH_ACCOUNT_N;
        yh_str of = { 0 };
        yh_fen net = e->debit - e->credit;
        if (!yh_account_read(e->account, &kind, &of)) {
            yh_verify_wrong(v, yh_at_settlement(p->s).text, "科目 %.*s 不在科目表中",
                            YH_ARG(e->account));
            continue;
        }
        switch (kind) {
        case YH_ACCOUNT_FUND: said.fund += net; break;
        case YH_ACCOUNT_ACCT:
            if (yh_eq(of, p->s->person))
                said.own += net;
            else
                said.other += net;
            break;
        case YH_ACCOUNT_TRANSIT: said.other += net; break;
        case YH_ACCOUNT_PAYABLE:
            if (yh_eq(of, p->s->provider))
                said.payable -= net;
            else
                said.rest += net < 0 ? -net : net;
            break;
        case YH_ACCOUNT_PERSON:
            if (yh_eq(of, p->s->person))
                said.person -= net;
            else
                said.rest += net < 0 ? -net : net;
            break;
        case YH_ACCOUNT_INCOME:
        case YH_ACCOUNT_OPENING:
        case YH_ACCOUNT_DAMAGES:
        case YH_ACCOUNT_RECEIVED:
        case YH_ACCOUNT_MARGIN:
        case YH_ACCOUNT_CLEARED:
        case YH_ACCOUNT_BYGROUP:
        case YH_ACCOUNT_LOST:
        case YH_ACCOUNT_BANK:
        case YH_ACCOUNT_N: said.rest += net < 0 ? -net : net; break;
        }
    }
    return said;
}

/* fund rows and entries of the same fund agree, fund by fund. */
static void check_fund_entries(struct yh_verifier *v, const struct part *p)
{
    for (int i = 0; i < p->nfund; i++) {
        const struct yh_settlement_fund_row *f = &p->fund[i];
        yh_fen booked = 0;
        if (yh_eq(f->fund, ACCOUNT_FUND))
            continue;
        for (int k = 0; k < p->nentry; k++)
            if (yh_starts(p->entry[k].account, YH_S("fund:")) &&
                yh_eq(yh_sub(p->entry[k].account, 5, p->entry[k].account.n), f->fund))
                booked += p->entry[k].debit - p->entry[k].credit;
        char name[64];
        snprintf(name, sizeof name, "基金 %.*s 明细", YH_ARG(f->fund));
        yh_verify_equal(v, yh_at_settlement(p->s), name, f->amount + f->to_person, "分录",
                        booked);
    }
}

static void check_entries(struct yh_verifier *v, const struct part *p)
{
    const struct yh_settlement_row *s = p->s;
    struct yh_verify_place at = yh_at_settlement(s);
    struct said said = said_by(v, p);
    for (int i = 0; i < p->nentry; i++)
        if (!yh_eq(p->entry[i].settlement, s->settlement))
            yh_verify_wrong(v, at.text, "第 %lld 行分录记在结算 %.*s 名下",
                            (long long)p->entry[i].line, YH_ARG(p->entry[i].settlement));
    yh_verify_equal(v, at, "基金支付", s->fund + s->to_person, "基金分录", said.fund);
    yh_verify_equal(v, at, "账户支付", s->account, "本人账户分录", said.own);
    yh_verify_equal(v, at, "共济支付", s->relative, "共济分录", said.other);
    /* What was reimbursed by hand the person has paid already: all of it is the person's. */
    yh_fen due = s->fund + s->account + s->relative;
    bool manual = yh_is_manual(s);
    yh_verify_equal(v, at, "应付机构", manual ? 0 : due, "应付分录", said.payable);
    yh_verify_equal(v, at, "应付本人", s->to_person + (manual ? due : 0), "应付本人分录",
                    said.person);
    yh_verify_equal(v, at, "不该动用的科目", 0, "分录", said.rest);
    check_fund_entries(v, p);
}

static void check_leaf(struct yh_verifier *v, const struct yh_settlement_row *s)
{
    uint8_t leaf[32];
    yh_settlement_leaf(s, leaf);
    if (s->salt.n < 16)
        yh_verify_wrong(v, yh_at_settlement(s).text, "叶哈希的盐只有 %lld 字节",
                        (long long)s->salt.n);
    if (!yh_eq(s->leaf, (yh_str){ (const char *)leaf, 32 }))
        yh_verify_wrong(v, yh_at_settlement(s).text, "叶哈希与本行内容不符");
}

/* ---- undoing ---- */

static const struct yh_settlement_row *by_id(const struct yh_verify_group *g, yh_str id)
{
    for (int i = 0; i < g->nsettlement; i++)
        if (yh_eq(g->settlement[i].settlement, id))
            return &g->settlement[i];
    return NULL;
}

static struct part part_of(const struct yh_verify_group *g, const struct yh_settlement_row *s)
{
    struct part p = { .s = s };
    for (int i = 0; i < g->nfund; i++)
        if (g->fund[i].seq == s->seq) {
            p.fund = p.nfund ? p.fund : &g->fund[i];
            p.nfund++;
        }
    for (int i = 0; i < g->nentry; i++)
        if (g->entry[i].seq == s->seq) {
            p.entry = p.nentry ? p.entry : &g->entry[i];
            p.nentry++;
        }
    return p;
}

static bool amounts_mirror(const struct yh_settlement_row *a, const struct yh_settlement_row *b)
{
    return a->total == -b->total && a->outside == -b->outside && a->over == -b->over &&
           a->first == -b->first && a->scope == -b->scope && a->basic == -b->basic &&
           a->civil == -b->civil && a->enterprise == -b->enterprise &&
           a->serious == -b->serious && a->large == -b->large && a->assist == -b->assist &&
           a->disabled == -b->disabled && a->other == -b->other && a->fund == -b->fund &&
           a->person_part == -b->person_part && a->account == -b->account &&
           a->relative == -b->relative && a->cash == -b->cash && a->hospital == -b->hospital &&
           a->to_person == -b->to_person;
}

/* What the entries of one account come to. */
static yh_fen net_of(const struct part *p, yh_str account)
{
    yh_fen net = 0;
    for (int i = 0; i < p->nentry; i++)
        if (yh_eq(p->entry[i].account, account))
            net += p->entry[i].debit - p->entry[i].credit;
    return net;
}

static bool entries_mirror(const struct part *a, const struct part *b)
{
    for (int i = 0; i < a->nentry; i++)
        if (net_of(a, a->entry[i].account) != -net_of(b, a->entry[i].account))
            return false;
    return a->nentry == b->nentry;
}

static bool funds_mirror(const struct part *a, const struct part *b)
{
    for (int i = 0; i < a->nfund; i++) {
        bool met = false;
        for (int k = 0; k < b->nfund; k++)
            met = met || (yh_eq(a->fund[i].fund, b->fund[k].fund) &&
                          a->fund[i].amount == -b->fund[k].amount &&
                          a->fund[i].to_person == -b->fund[k].to_person);
        if (!met)
            return false;
    }
    return a->nfund == b->nfund;
}

static void check_undoing(struct yh_verifier *v, const struct yh_verify_group *g,
                          const struct part *undo)
{
    struct yh_verify_place at = yh_at_settlement(undo->s);
    const struct yh_settlement_row *s = by_id(g, undo->s->undoes);
    if (!s) {
        yh_verify_wrong(v, at.text, "所冲销的结算 %.*s 不在本账户组", YH_ARG(undo->s->undoes));
        return;
    }
    struct part first = part_of(g, s);
    if (!yh_eq(s->undone_by, undo->s->settlement))
        yh_verify_wrong(v, at.text, "原结算 %.*s 记的冲销是 %.*s", YH_ARG(s->settlement),
                        YH_ARG(s->undone_by));
    if (s->seq >= undo->s->seq)
        yh_verify_wrong(v, at.text, "冲销排在原结算之前");
    if (!amounts_mirror(s, undo->s))
        yh_verify_wrong(v, at.text, "金额不是原结算的相反数");
    if (!funds_mirror(&first, undo))
        yh_verify_wrong(v, at.text, "基金明细不是原结算的相反数");
    if (!entries_mirror(&first, undo))
        yh_verify_wrong(v, at.text, "分录不是原结算的镜像");
}

static void check_links(struct yh_verifier *v, const struct yh_verify_group *g,
                        const struct yh_settlement_row *s)
{
    const struct yh_settlement_row *undo = s->undone_by.n ? by_id(g, s->undone_by) : NULL;
    if (s->undone_by.n && (!undo || !yh_eq(undo->undoes, s->settlement)))
        yh_verify_wrong(v, yh_at_settlement(s).text, "记为已由 %.*s 冲销，但没有那笔冲销",
                        YH_ARG(s->undone_by));
    if (s->replaced_by.n && !by_id(g, s->replaced_by))
        yh_verify_wrong(v, yh_at_settlement(s).text, "接替它的结算 %.*s 不存在",
                        YH_ARG(s->replaced_by));
    if (yh_eq(s->kind, YH_S("settle")) == (s->undoes.n > 0))
        yh_verify_wrong(v, yh_at_settlement(s).text, "种类 %.*s 与所冲销的结算不符",
                        YH_ARG(s->kind));
    for (const struct yh_settlement_row *t = g->settlement; t < s; t++) {
        if (yh_eq(t->settlement, s->settlement))
            yh_verify_wrong(v, yh_at_settlement(s).text, "结算号重复");
        bool both = !t->undoes.n && !s->undoes.n && !t->undone_by.n && !s->undone_by.n;
        if (both && s->msgid.n && yh_eq(t->msgid, s->msgid) && yh_eq(t->provider, s->provider))
            yh_verify_wrong(v, yh_at_settlement(s).text, "同一报文 %.*s 结算了两次",
                            YH_ARG(s->msgid));
    }
}

/* ---- all of a group ---- */

void yh_check_settlements(struct yh_verifier *v, const struct yh_verify_group *g)
{
    int fund = 0, entry = 0;
    for (int i = 0; i < g->nsettlement; i++) {
        const struct yh_settlement_row *s = &g->settlement[i];
        struct part p = { .s = s };
        /* All three are in commit order, so one walk finds each settlement's rows. */
        while (fund < g->nfund && g->fund[fund].seq < s->seq) {
            yh_verify_wrong(v, yh_at_group(g).text, "第 %lld 笔有基金明细而无结算",
                            (long long)g->fund[fund].seq);
            fund++;
        }
        for (p.fund = g->nfund ? &g->fund[fund] : NULL;
             fund < g->nfund && g->fund[fund].seq == s->seq; fund++)
            p.nfund++;
        for (; entry < g->nentry && g->entry[entry].seq < s->seq; entry++)
            if (g->entry[entry].settlement.n)
                yh_verify_wrong(v, yh_at_group(g).text, "第 %lld 笔有分录而无结算 %.*s",
                                (long long)g->entry[entry].seq,
                                YH_ARG(g->entry[entry].settlement));
        for (p.entry = g->nentry ? &g->entry[entry] : NULL;
             entry < g->nentry && g->entry[entry].seq == s->seq; entry++)
            p.nentry++;
        check_sums(v, s);
        check_fund_rows(v, &p);
        check_entries(v, &p);
        check_leaf(v, s);
        check_links(v, g, s);
        if (s->undoes.n)
            check_undoing(v, g, &p);
        if (s->seq < 1 || s->seq > g->row->seq)
            yh_verify_wrong(v, yh_at_settlement(s).text, "序号超出本组已发的 %lld",
                            (long long)g->row->seq);
        v->r->undoings += s->undoes.n > 0;
        v->r->total += s->total;
        v->r->fund += s->fund;
        v->r->account += s->account;
        v->r->relative += s->relative;
        v->r->cash += s->cash;
        v->r->hospital += s->hospital;
    }
    for (; fund < g->nfund; fund++)
        yh_verify_wrong(v, yh_at_group(g).text, "第 %lld 笔有基金明细而无结算",
                        (long long)g->fund[fund].seq);
    for (; entry < g->nentry; entry++)
        if (g->entry[entry].settlement.n)
            yh_verify_wrong(v, yh_at_group(g).text, "第 %lld 笔有分录而无结算 %.*s",
                            (long long)g->entry[entry].seq, YH_ARG(g->entry[entry].settlement));
}
