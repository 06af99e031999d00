#include "service/verify/verify.h"

#include <stdio.h>
#include <stdlib.h>

#include "model/ledger/ledger.h"
#include "service/clearing/clearing.h"
#include "service/settle.h"
#include "store/deltas.h"
#include "store/lines.h"

#define ACCOUNT_FUND YH_S("310200") /* setldetail's row for what accounts paid; no fund */

struct tally {
    yh_str name;
    yh_fen debit, credit, rows; /* rows: what settlement_fund says */
};

struct verifier {
    struct yh_txn *view;
    struct yh_arena *arena;  /* for what outlives a group */
    struct yh_arena scratch; /* one group at a time */
    struct yh_verify_report *r;
    struct yh_map funds; /* fund -> tally */
    struct tally *tally;
    int ntally, cap;
    yh_fen held;                     /* by holds not yet captured or released */
    struct yh_case_money_row *money; /* of all groups, in the order of their bookings */
    int nmoney, money_at;            /* the first that is behind the groups met */
    int64_t seen[YH_TABLE_N];        /* rows met group by group */
    enum yh_status status;
    struct yh_err *err;
};

/* One group's rows. */
struct group {
    struct yh_account_group_row *row;
    struct yh_settlement_row *settlement;
    struct yh_settlement_fund_row *fund;
    struct yh_ledger_entry_row *entry;
    struct yh_accumulator_row *accumulator;
    struct yh_account_row *account;
    struct yh_hold_row *hold;
    struct yh_charge_batch_row *batch;
    struct yh_case_money_row
        *money; /* of decisions on misuse, in the order of their bookings */
    struct yh_bank_item_row *payment;  /* to persons, through the bank */
    struct yh_clearing_row *clearing;  /* of providers' months */
    struct yh_margin_back_row *margin; /* of providers' years */
    int nsettlement, nfund, nentry, naccumulator, naccount, nhold, nbatch, nmoney, npayment,
        nclearing, nmargin;
    struct yh_arena *arena;
};

/* The rows of one settlement. */
struct part {
    const struct yh_settlement_row *s;
    const struct yh_settlement_fund_row *fund;
    int nfund;
    const struct yh_ledger_entry_row *entry;
    int nentry;
};

/* ---- problems ---- */

static void problem(struct verifier *v, const char *where, const char *fmt, ...)
    YH_PRINTF(3, 4);
static void problem(struct verifier *v, const char *where, const char *fmt, ...)
{
    if (v->r->problems < YH_VERIFY_SHOWN) {
        struct yh_verify_problem *p = &v->r->problem[v->r->problems];
        va_list args;
        va_start(args, fmt);
        snprintf(p->where, sizeof p->where, "%s", where);
        vsnprintf(p->what, sizeof p->what, fmt, args);
        va_end(args);
    }
    v->r->problems++;
}

struct place {
    char text[96];
};

static struct place at_group(const struct group *g)
{
    struct place p;
    snprintf(p.text, sizeof p.text, "账户组 %.*s/%lld", YH_ARG(g->row->region),
             (long long)g->row->grp);
    return p;
}

static struct place at_settlement(const struct yh_settlement_row *s)
{
    struct place p;
    snprintf(p.text, sizeof p.text, "结算 %.*s（账户组 %lld 第 %lld 笔）",
             YH_ARG(s->settlement), (long long)s->grp, (long long)s->seq);
    return p;
}

/* left = right, or a problem that names both. */
static void equal(struct verifier *v, struct place at, const char *left_name, int64_t left,
                  const char *right_name, int64_t right)
{
    char l[32], r[32];
    if (left == right)
        return;
    yh_str lt = yh_dec_text(l, left, 2, 2), rt = yh_dec_text(r, right, 2, 2);
    problem(v, at.text, "%s %.*s 不等于%s %.*s", left_name, YH_ARG(lt), right_name, YH_ARG(rt));
}

/* ---- one settlement ---- */

static void check_sums(struct verifier *v, const struct yh_settlement_row *s)
{
    struct place at = at_settlement(s);
    equal(v, at, "总费用", s->total, "全自费+超限价+先行自付+范围内",
          s->outside + s->over + s->first + s->scope);
    equal(v, at, "总费用", s->total, "基金+个人负担+医院负担",
          s->fund + s->person_part + s->hospital);
    equal(v, at, "基金支付总额", s->fund, "各项基金之和",
          s->basic + s->civil + s->enterprise + s->serious + s->large + s->assist +
              s->disabled + s->other);
    equal(v, at, "个人负担", s->person_part, "账户+共济+现金",
          s->account + s->relative + s->cash);
}

static struct tally *tally_of(struct verifier *v, yh_str fund)
{
    int i = yh_map_get(&v->funds, fund, -1);
    if (i < 0) {
        i = v->ntally;
        yh_str name = yh_dup(v->arena, fund);
        YH_PUSH(v->arena, v->tally, v->ntally, v->cap) = (struct tally){ .name = name };
        yh_map_set(&v->funds, name, i);
    }
    return &v->tally[i];
}

static void check_fund_rows(struct verifier *v, const struct part *p)
{
    struct place at = at_settlement(p->s);
    yh_fen fund = 0, account = 0, to_person = 0;
    bool has_account = false;
    for (int i = 0; i < p->nfund; i++) {
        if (yh_eq(p->fund[i].fund, ACCOUNT_FUND)) {
            account += p->fund[i].amount;
            has_account = true;
        } else {
            fund += p->fund[i].amount;
            to_person += p->fund[i].to_person;
            tally_of(v, p->fund[i].fund)->rows += p->fund[i].amount + p->fund[i].to_person;
        }
    }
    equal(v, at, "基金支付总额", p->s->fund, "基金明细之和", fund);
    equal(v, at, "付给本人", p->s->to_person, "基金明细之和", to_person);
    if (has_account)
        equal(v, at, "账户支付", p->s->account + p->s->relative, "明细 310200", account);
}

/* What the entries of a settlement say, as amounts. */
struct said {
    yh_fen fund, own, other, payable, person, rest;
};

static struct said said_by(struct verifier *v, const struct part *p)
{
    struct said said = { 0 };
    for (int i = 0; i < p->nentry; i++) {
        const struct yh_ledger_entry_row *e = &p->entry[i];
        enum yh_account_kind kind = YH_ACCOUNT_N;
        yh_str of = { 0 };
        yh_fen net = e->debit - e->credit;
        if (!yh_account_read(e->account, &kind, &of)) {
            problem(v, at_settlement(p->s).text, "科目 %.*s 不在科目表中", YH_ARG(e->account));
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
static void check_fund_entries(struct verifier *v, const struct part *p)
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
        equal(v, at_settlement(p->s), name, f->amount + f->to_person, "分录", booked);
    }
}

static void check_entries(struct verifier *v, const struct part *p)
{
    const struct yh_settlement_row *s = p->s;
    struct place at = at_settlement(s);
    struct said said = said_by(v, p);
    for (int i = 0; i < p->nentry; i++)
        if (!yh_eq(p->entry[i].settlement, s->settlement))
            problem(v, at.text, "第 %lld 行分录记在结算 %.*s 名下", (long long)p->entry[i].line,
                    YH_ARG(p->entry[i].settlement));
    equal(v, at, "基金支付", s->fund + s->to_person, "基金分录", said.fund);
    equal(v, at, "账户支付", s->account, "本人账户分录", said.own);
    equal(v, at, "共济支付", s->relative, "共济分录", said.other);
    /* What was reimbursed by hand the person has paid already: all of it is the person's. */
    yh_fen due = s->fund + s->account + s->relative;
    bool manual = yh_is_manual(s);
    equal(v, at, "应付机构", manual ? 0 : due, "应付分录", said.payable);
    equal(v, at, "应付本人", s->to_person + (manual ? due : 0), "应付本人分录", said.person);
    equal(v, at, "不该动用的科目", 0, "分录", said.rest);
    check_fund_entries(v, p);
}

static void check_leaf(struct verifier *v, const struct yh_settlement_row *s)
{
    uint8_t leaf[32];
    yh_settlement_leaf(s, leaf);
    if (s->salt.n < 16)
        problem(v, at_settlement(s).text, "叶哈希的盐只有 %lld 字节", (long long)s->salt.n);
    if (!yh_eq(s->leaf, (yh_str){ (const char *)leaf, 32 }))
        problem(v, at_settlement(s).text, "叶哈希与本行内容不符");
}

/* ---- undoing ---- */

static const struct yh_settlement_row *by_id(const struct group *g, yh_str id)
{
    for (int i = 0; i < g->nsettlement; i++)
        if (yh_eq(g->settlement[i].settlement, id))
            return &g->settlement[i];
    return NULL;
}

static struct part part_of(const struct group *g, const struct yh_settlement_row *s)
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

static void check_undoing(struct verifier *v, const struct group *g, const struct part *undo)
{
    struct place at = at_settlement(undo->s);
    const struct yh_settlement_row *s = by_id(g, undo->s->undoes);
    if (!s) {
        problem(v, at.text, "所冲销的结算 %.*s 不在本账户组", YH_ARG(undo->s->undoes));
        return;
    }
    struct part first = part_of(g, s);
    if (!yh_eq(s->undone_by, undo->s->settlement))
        problem(v, at.text, "原结算 %.*s 记的冲销是 %.*s", YH_ARG(s->settlement),
                YH_ARG(s->undone_by));
    if (s->seq >= undo->s->seq)
        problem(v, at.text, "冲销排在原结算之前");
    if (!amounts_mirror(s, undo->s))
        problem(v, at.text, "金额不是原结算的相反数");
    if (!funds_mirror(&first, undo))
        problem(v, at.text, "基金明细不是原结算的相反数");
    if (!entries_mirror(&first, undo))
        problem(v, at.text, "分录不是原结算的镜像");
}

static void check_links(struct verifier *v, const struct group *g,
                        const struct yh_settlement_row *s)
{
    const struct yh_settlement_row *undo = s->undone_by.n ? by_id(g, s->undone_by) : NULL;
    if (s->undone_by.n && (!undo || !yh_eq(undo->undoes, s->settlement)))
        problem(v, at_settlement(s).text, "记为已由 %.*s 冲销，但没有那笔冲销",
                YH_ARG(s->undone_by));
    if (s->replaced_by.n && !by_id(g, s->replaced_by))
        problem(v, at_settlement(s).text, "接替它的结算 %.*s 不存在", YH_ARG(s->replaced_by));
    if (yh_eq(s->kind, YH_S("settle")) == (s->undoes.n > 0))
        problem(v, at_settlement(s).text, "种类 %.*s 与所冲销的结算不符", YH_ARG(s->kind));
    for (const struct yh_settlement_row *t = g->settlement; t < s; t++) {
        if (yh_eq(t->settlement, s->settlement))
            problem(v, at_settlement(s).text, "结算号重复");
        bool both = !t->undoes.n && !s->undoes.n && !t->undone_by.n && !s->undone_by.n;
        if (both && s->msgid.n && yh_eq(t->msgid, s->msgid) && yh_eq(t->provider, s->provider))
            problem(v, at_settlement(s).text, "同一报文 %.*s 结算了两次", YH_ARG(s->msgid));
    }
}

/* ---- the group ---- */

static void check_commits(struct verifier *v, const struct group *g)
{
    for (int i = 0, k; i < g->nentry; i = k) {
        yh_fen net = 0;
        int64_t seq = g->entry[i].seq;
        for (k = i; k < g->nentry && g->entry[k].seq == seq; k++) {
            const struct yh_ledger_entry_row *e = &g->entry[k];
            if (e->debit < 0 || e->credit < 0 || (e->debit > 0) == (e->credit > 0))
                problem(v, at_group(g).text, "第 %lld 笔第 %lld 行借贷不合规则", (long long)seq,
                        (long long)e->line);
            net += e->debit - e->credit;
            v->r->debit += e->debit;
            v->r->credit += e->credit;
            if (yh_starts(e->account, YH_S("fund:"))) {
                struct tally *t = tally_of(v, yh_sub(e->account, 5, e->account.n));
                t->debit += e->debit;
                t->credit += e->credit;
            } else if (yh_starts(e->account, YH_S("payable:"))) {
                v->r->payable += e->credit - e->debit;
            } else if (yh_eq(e->account, YH_S("transit"))) {
                v->r->transit += e->credit - e->debit;
            }
        }
        char name[64];
        snprintf(name, sizeof name, "第 %lld 笔借贷之差", (long long)seq);
        equal(v, at_group(g), name, net, "", 0);
        if (seq < 1 || seq > g->row->seq)
            problem(v, at_group(g).text, "分录序号 %lld 超出本组已发的 %lld", (long long)seq,
                    (long long)g->row->seq);
        v->r->commits++;
    }
}

static void check_settlements(struct verifier *v, const struct group *g)
{
    int fund = 0, entry = 0;
    for (int i = 0; i < g->nsettlement; i++) {
        const struct yh_settlement_row *s = &g->settlement[i];
        struct part p = { .s = s };
        /* All three are in commit order, so one walk finds each settlement's rows. */
        while (fund < g->nfund && g->fund[fund].seq < s->seq) {
            problem(v, at_group(g).text, "第 %lld 笔有基金明细而无结算",
                    (long long)g->fund[fund].seq);
            fund++;
        }
        for (p.fund = &g->fund[fund]; fund < g->nfund && g->fund[fund].seq == s->seq; fund++)
            p.nfund++;
        for (; entry < g->nentry && g->entry[entry].seq < s->seq; entry++)
            if (g->entry[entry].settlement.n)
                problem(v, at_group(g).text, "第 %lld 笔有分录而无结算 %.*s",
                        (long long)g->entry[entry].seq, YH_ARG(g->entry[entry].settlement));
        for (p.entry = &g->entry[entry]; entry < g->nentry && g->entry[entry].seq == s->seq;
             entry++)
            p.nentry++;
        check_sums(v, s);
        check_fund_rows(v, &p);
        check_entries(v, &p);
        check_leaf(v, s);
        check_links(v, g, s);
        if (s->undoes.n)
            check_undoing(v, g, &p);
        if (s->seq < 1 || s->seq > g->row->seq)
            problem(v, at_settlement(s).text, "序号超出本组已发的 %lld",
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
        problem(v, at_group(g).text, "第 %lld 笔有基金明细而无结算",
                (long long)g->fund[fund].seq);
    for (; entry < g->nentry; entry++)
        if (g->entry[entry].settlement.n)
            problem(v, at_group(g).text, "第 %lld 笔有分录而无结算 %.*s",
                    (long long)g->entry[entry].seq, YH_ARG(g->entry[entry].settlement));
}

static yh_str accumulator_name(struct yh_arena *a, yh_str person, yh_str scheme, int64_t year,
                               yh_str name, yh_str sub)
{
    return yh_fmt(a, "%.*s\t%.*s\t%lld\t%.*s\t%.*s", YH_ARG(person), YH_ARG(scheme),
                  (long long)year, YH_ARG(name), YH_ARG(sub));
}

static void check_accumulators(struct verifier *v, const struct group *g)
{
    struct yh_map map = yh_map_in(g->arena, g->naccumulator + 16);
    int n = 0, cap = 0;
    int64_t *sum = NULL;
    for (int i = 0; i < g->nsettlement; i++) {
        const struct yh_settlement_row *s = &g->settlement[i];
        struct yh_delta *d = NULL;
        struct yh_err err;
        int nd = 0;
        if (yh_deltas_unpack(g->arena, s->deltas, &d, &nd, &err)) {
            problem(v, at_settlement(s).text, "%s", err.text);
            continue;
        }
        for (int k = 0; k < nd; k++) {
            yh_str key = accumulator_name(g->arena, s->person, d[k].scheme, d[k].year,
                                          d[k].name, d[k].sub);
            int at = yh_map_get(&map, key, -1);
            if (at < 0) {
                at = n;
                YH_PUSH(g->arena, sum, n, cap) = 0;
                yh_map_set(&map, key, at);
            }
            sum[at] += d[k].amount;
        }
    }
    bool *met = YH_NEW(g->arena, bool, n);
    for (int i = 0; i < g->naccumulator; i++) {
        const struct yh_accumulator_row *r = &g->accumulator[i];
        yh_str key = accumulator_name(g->arena, r->person, r->scheme, r->year, r->name, r->sub);
        int at = yh_map_get(&map, key, -1);
        int64_t want = r->opening + (at < 0 ? 0 : sum[at]);
        if (at >= 0)
            met[at] = true;
        if (r->value != want)
            problem(v, at_group(g).text,
                    "%.*s %lld 年累计 %.*s %.*s 为 %lld，按各笔结算应为 %lld",
                    YH_ARG(r->person), (long long)r->year, YH_ARG(r->name), YH_ARG(r->sub),
                    (long long)r->value, (long long)want);
    }
    for (int i = 0; i < n; i++)
        if (!met[i] && sum[i])
            problem(v, at_group(g).text, "结算里有的一项累计没有记下（合计 %lld）",
                    (long long)sum[i]);
}

static void check_accounts(struct verifier *v, const struct group *g)
{
    for (int i = 0; i < g->naccount; i++) {
        const struct yh_account_row *a = &g->account[i];
        yh_str name = yh_account_name(g->arena, YH_ACCOUNT_ACCT, a->person);
        yh_fen balance = a->opening;
        for (int k = 0; k < g->nentry; k++)
            if (yh_eq(g->entry[k].account, name))
                balance += g->entry[k].credit - g->entry[k].debit;
        char what[96];
        snprintf(what, sizeof what, "%.*s 的账户余额", YH_ARG(a->person));
        equal(v, at_group(g), what, a->balance, "期初加分录", balance);
        if (a->balance < 0)
            problem(v, at_group(g).text, "%s为负", what);
        v->r->balance += a->balance;
    }
    for (int i = 0; i < g->nhold; i++)
        if (yh_eq(g->hold[i].state, YH_S("held")))
            v->held += g->hold[i].amount;
}

static void check_lines(struct verifier *v, const struct group *g,
                        const struct yh_charge_batch_row *b)
{
    struct yh_charge_line *line = NULL;
    struct yh_err err;
    struct place at;
    int n = 0;
    snprintf(at.text, sizeof at.text, "就诊 %.*s 费用批次 %.*s", YH_ARG(b->visit),
             YH_ARG(b->batch));
    struct yh_arena scratch = *g->arena;
    if (yh_lines_unpack(&scratch, b->packed, &line, &n, &err)) {
        problem(v, at.text, "%s", err.text);
        return;
    }
    yh_fen total = 0, outside = 0, over = 0, first = 0, scope = 0;
    for (int i = 0; i < n; i++) {
        const struct yh_charge_line *l = &line[i];
        if (b->settlement.n && l->amount != l->outside + l->over + l->first + l->scope)
            problem(v, at.text, "明细 %.*s 的四部分之和不等于金额", YH_ARG(l->serial));
        total += l->amount;
        outside += l->outside;
        over += l->over;
        first += l->first;
        scope += l->scope;
    }
    if (n != b->lines)
        problem(v, at.text, "记为 %lld 行，实有 %d 行", (long long)b->lines, n);
    equal(v, at, "金额合计", b->total, "明细之和", total);
    equal(v, at, "全自费合计", b->outside, "明细之和", outside);
    equal(v, at, "超限价合计", b->over, "明细之和", over);
    equal(v, at, "先行自付合计", b->first, "明细之和", first);
    equal(v, at, "范围内合计", b->scope, "明细之和", scope);
    v->r->lines += n;
}

static void check_batches(struct verifier *v, const struct group *g)
{
    struct yh_map map = yh_map_in(g->arena, g->nsettlement + 16);
    yh_fen *sum = YH_NEW(g->arena, yh_fen, g->nsettlement);
    bool *has = YH_NEW(g->arena, bool, g->nsettlement);
    for (int i = 0; i < g->nsettlement; i++)
        yh_map_set(&map, g->settlement[i].settlement, i);
    for (int i = 0; i < g->nbatch; i++) {
        const struct yh_charge_batch_row *b = &g->batch[i];
        check_lines(v, g, b);
        if (!b->settlement.n)
            continue;
        int at = yh_map_get(&map, b->settlement, -1);
        if (at < 0 || g->settlement[at].undone_by.n)
            problem(v, at_group(g).text, "费用批次 %.*s 属于不存在或已冲销的结算 %.*s",
                    YH_ARG(b->batch), YH_ARG(b->settlement));
        else
            sum[at] += b->total, has[at] = true;
    }
    for (int i = 0; i < g->nsettlement; i++)
        if (has[i])
            equal(v, at_settlement(&g->settlement[i]), "总费用", g->settlement[i].total,
                  "所含费用批次之和", sum[i]);
}

/* ---- decisions on misuse (service/casework) ---- */

/* What the entries of one booking come to, by kind of account; funds are added to their tallies. */
struct moved {
    yh_fen payable, fund, person, damages, received,
        rest; /* debits less credits, payable only */
};

static struct moved moved_by(struct verifier *v, const struct group *g,
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
            tally_of(v, of)->rows -= credit;
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

static void check_money(struct verifier *v, const struct group *g)
{
    for (int i = 0; i < g->nmoney; i++) {
        const struct yh_case_money_row *m = &g->money[i];
        struct moved sum = moved_by(v, g, m);
        struct place at;
        bool paid = yh_eq(m->kind, YH_S("paid"));
        snprintf(at.text, sizeof at.text, "案件 %.*s 第 %lld 笔款", YH_ARG(m->case_no),
                 (long long)m->nth);
        equal(v, at, "追回基金", m->fund, "基金分录", sum.fund);
        equal(v, at, "退还个人", m->person_back, "应付本人分录", sum.person);
        equal(v, at, "违约金", paid ? 0 : m->other, "违约金分录", sum.damages);
        equal(v, at, "机构缴回", paid ? m->other : 0, "缴回分录", sum.received);
        equal(v, at, "抵扣应付机构", m->fund + m->person_back + (paid ? -m->other : m->other),
              "应付分录", sum.payable);
        equal(v, at, "不该动用的科目", 0, "分录", sum.rest);
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
            problem(v, at_group(g).text, "第 %lld 笔 %.*s 的分录没有结算，也没有处理决定",
                    (long long)e->seq, YH_ARG(e->account));
    }
}

/* ---- payments to persons (service/matter) ---- */

/* What the bank paid is booked once, from what was owed to that person; nothing else goes to the bank, and
 * nobody is paid more than is owed. */
static void check_payments(struct verifier *v, const struct group *g)
{
    int64_t booked = 0, paid = 0;
    for (int i = 0; i < g->nentry; i++)
        booked += yh_starts(g->entry[i].account, YH_S("bank:"));
    for (int i = 0; i < g->npayment; i++) {
        const struct yh_bank_item_row *p = &g->payment[i];
        struct place at;
        yh_fen bank = 0, person = 0, rest = 0, owed = 0;
        snprintf(at.text, sizeof at.text, "办件 %.*s 第 %lld 笔付款", YH_ARG(p->matter),
                 (long long)p->nth);
        paid += yh_eq(p->state, YH_S("paid"));
        if (yh_eq(p->state, YH_S("paid")) != (p->seq > 0))
            problem(v, at.text, "状态 %.*s 与记账不符", YH_ARG(p->state));
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
        equal(v, at, "付款", want, "银行分录", bank);
        equal(v, at, "付款", want, "应付本人分录", person);
        equal(v, at, "不该动用的科目", 0, "分录", rest);
        if (owed < 0)
            problem(v, at.text, "付给 %.*s 的多于应付的", YH_ARG(p->person));
    }
    if (booked != paid)
        problem(v, at_group(g).text, "银行付款分录 %lld 笔，付款 %lld 笔", (long long)booked,
                (long long)paid);
}

/* ---- clearings (service/clearing) ---- */

/* The first entry of a booking: entries of a group stand in the order of their bookings. */
static int entry_of(const struct group *g, int64_t seq)
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
static void check_parts(struct verifier *v, struct place at, const struct yh_clearing_row *r,
                        struct yh_arena scratch)
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
            equal(v, at, "基金的病组差额", f->bygroup, "其病例之和", own);
        else
            given = f->bygroup;
        equal(v, at, "基金应拨", f->net, "应付 + 差额 − 抵扣 − 预留",
              f->owed + f->bygroup - f->set_off - f->margin);
        sum.owed += f->owed;
        sum.set_off += f->set_off;
        sum.margin += f->margin;
        sum.net += f->net;
    }
    if (!nfund)
        return;
    equal(v, at, "病组付费差额", r->bygroup, "病例之和加另给的", diff + given);
    equal(v, at, "应付", r->payable, "各基金之和", sum.owed);
    equal(v, at, "抵扣", r->recovered + r->person_back + r->damages - r->paid_in, "各基金之和",
          sum.set_off);
    equal(v, at, "预留", r->margin, "各基金之和", sum.margin);
    equal(v, at, "应拨付", r->net, "各基金之和", sum.net);
}

/* Margins given back: each is one booking of what its row says. */
static int64_t check_margins(struct verifier *v, const struct group *g)
{
    int64_t cleared = 0;
    for (int i = 0; i < g->nmargin; i++) {
        const struct yh_margin_back_row *r = &g->margin[i];
        yh_fen margin = 0, back = 0, lost = 0;
        struct place at;
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
        equal(v, at, "预留", r->kept, "预留分录", margin);
        equal(v, at, "返还", r->back, "待拨付分录", back);
        equal(v, at, "未返还", r->lost, "未返还分录", lost);
        equal(v, at, "预留", r->kept, "返还 + 未返还", r->back + r->lost);
        cleared += r->back != 0;
    }
    return cleared;
}

/* Each is one booking of what its row says; no other entry touches what is cleared or kept back. */
static void check_clearings(struct verifier *v, const struct group *g)
{
    int64_t booked = -check_margins(v, g);
    for (int i = 0; i < g->nentry; i++)
        booked += yh_starts(g->entry[i].account, YH_S("cleared:"));
    for (int i = 0; i < g->nclearing; i++) {
        const struct yh_clearing_row *r = &g->clearing[i];
        yh_fen payable = 0, margin = 0, cleared = 0, bygroup = 0, rest = 0;
        yh_fen set = r->recovered + r->person_back + r->damages - r->paid_in;
        struct place at;
        snprintf(at.text, sizeof at.text, "清算 %.*s", YH_ARG(r->clearing));
        booked -= r->net != 0;
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
        equal(v, at, "应付", r->payable, "基金与账户之和", r->fund + r->account);
        equal(v, at, "应付减抵扣", r->payable - set, "应付分录", payable);
        equal(v, at, "预留", r->margin, "预留分录", margin);
        equal(v, at, "病组付费差额", r->bygroup, "差额分录", bygroup);
        equal(v, at, "应拨付", r->net, "待拨付分录", cleared);
        equal(v, at, "应拨付", r->net, "应付 + 差额 − 抵扣 − 预留",
              r->payable + r->bygroup - set - r->margin);
        equal(v, at, "不该动用的科目", 0, "分录", rest);
        v->r->clearings++;
        check_parts(v, at, r, *g->arena);
        if (!yh_eq(r->kind, YH_S("clear")) || r->undone_by.n)
            continue;
        struct yh_clearing_sums sum = { 0 };
        struct yh_clearing_cases cases = { 0 };
        struct yh_txn x = *v->view;
        x.arena = g->arena;
        enum yh_status st = yh_clearing_sum(&x, r->provider, r->month, &sum, v->err);
        if (st == YH_OK)
            st = yh_clearing_cases(&x, r->provider, r->clearing, &cases, v->err);
        v->status = v->status ? v->status : st;
        equal(v, at, "基金应付", r->fund, "该月结算之和", sum.fund);
        equal(v, at, "账户应付", r->account, "该月结算之和", sum.account);
        equal(v, at, "追回", r->recovered, "所抵案件", cases.recovered);
        equal(v, at, "退还个人", r->person_back, "所抵案件", cases.person_back);
        equal(v, at, "违约金", r->damages, "所抵案件", cases.damages);
        equal(v, at, "机构缴回", r->paid_in, "所抵案件", cases.paid_in);
        for (int k = 0; k < i; k++)
            if (yh_eq(g->clearing[k].provider, r->provider) &&
                yh_eq(g->clearing[k].month, r->month) &&
                yh_eq(g->clearing[k].kind, YH_S("clear")) && !g->clearing[k].undone_by.n)
                problem(v, at.text, "同一个月清算了两次：%.*s",
                        YH_ARG(g->clearing[k].clearing));
    }
    if (booked)
        problem(v, at_group(g).text, "有 %lld 笔待拨付分录不属于任何清算", (long long)booked);
}

struct cases {
    struct verifier *v;
    struct yh_arena *a;
};

/* What a decision in force says is what is booked for it. */
static bool check_case(void *ctx, const void *row)
{
    struct cases *c = ctx;
    struct yh_case_file_row f = *(const struct yh_case_file_row *)row;
    struct yh_arena scratch = *c->a;
    struct yh_txn x = *c->v->view;
    struct yh_case_money_row like = { .case_no = yh_dup(&scratch, f.case_no) }, *m = NULL;
    bool stands = yh_eq(f.state, YH_S("decided")) || yh_eq(f.state, YH_S("closed"));
    yh_fen fund = 0, person = 0, damages = 0;
    struct place at;
    int n = 0;
    x.arena = &scratch;
    snprintf(at.text, sizeof at.text, "案件 %.*s", YH_ARG(f.case_no));
    c->v->status = yh_list_case_money(&x, (struct yh_span){ .index = YH_BY_KEY, .same = 1 },
                                      &like, &m, &n, c->v->err);
    for (int i = 0; i < n; i++) {
        fund += m[i].fund;
        person += m[i].person_back;
        damages += yh_eq(m[i].kind, YH_S("paid")) ? 0 : m[i].other;
    }
    equal(c->v, at, "应退基金", stands ? f.upheld : 0, "已记账", fund);
    equal(c->v, at, "应退个人", stands ? f.person_back : 0, "已记账", person);
    equal(c->v, at, "违约金", stands ? f.damages : 0, "已记账", damages);
    c->v->r->cases++;
    return c->v->status == YH_OK;
}

/* ---- all groups ---- */

#define LIST(table, rows)                                                           \
    do {                                                                            \
        struct yh_##table##_row probe = { .region = kept.region, .grp = kept.grp }; \
        struct yh_span all = { .index = YH_BY_KEY, .same = 2 };                     \
        if (!st)                                                                    \
            st = yh_list_##table(&x, all, &probe, &g.rows, &g.n##rows, v->err);     \
        v->seen[YH_TABLE_##table] += g.n##rows;                                     \
    } while (0)

/* Where the money row stands to the group: -1 before it, 1 behind it. */
static int money_to_group(const struct yh_case_money_row *m,
                          const struct yh_account_group_row *g)
{
    int way = yh_cmp(m->region, g->region);
    return way ? way : (m->grp > g->grp) - (m->grp < g->grp);
}

/* Groups come in the order of their keys, as the money of all of them does. */
static void take_money(struct verifier *v, struct group *g)
{
    while (v->money_at < v->nmoney && money_to_group(&v->money[v->money_at], g->row) < 0)
        v->money_at++; /* of no group: check_orphans counts it */
    g->money = v->money + v->money_at;
    while (v->money_at < v->nmoney && money_to_group(&v->money[v->money_at], g->row) == 0)
        v->money_at++, g->nmoney++;
    v->seen[YH_TABLE_case_money] += g->nmoney;
}

static bool check_group(void *ctx, const void *group_row)
{
    struct verifier *v = ctx;
    yh_arena_reset(&v->scratch);
    /* The row goes with the statement. */
    struct yh_account_group_row kept = *(const struct yh_account_group_row *)group_row;
    kept.region = yh_dup(&v->scratch, kept.region);
    struct yh_txn x = *v->view;
    x.arena = &v->scratch;
    struct group g = { .row = &kept, .arena = &v->scratch };
    enum yh_status st = YH_OK;
    LIST(settlement, settlement);
    LIST(settlement_fund, fund);
    LIST(ledger_entry, entry);
    LIST(accumulator, accumulator);
    LIST(account, account);
    LIST(hold, hold);
    LIST(charge_batch, batch);
    LIST(bank_item, payment);
    LIST(clearing, clearing);
    LIST(margin_back, margin);
    take_money(v, &g);
    if (!st) {
        check_commits(v, &g);
        check_settlements(v, &g);
        check_accumulators(v, &g);
        check_accounts(v, &g);
        check_batches(v, &g);
        check_money(v, &g);
        check_payments(v, &g);
        v->status = YH_OK;
        check_clearings(v, &g);
        st = v->status;
        v->r->groups++;
    }
    v->status = st;
    return st == YH_OK;
}

/* Rows of groups that do not exist were met by no group. */
static void check_orphans(struct verifier *v)
{
    static const struct {
        enum yh_table_id table;
        const char *name;
    } TABLES[] = {
        { YH_TABLE_settlement, "结算" },        { YH_TABLE_settlement_fund, "基金明细" },
        { YH_TABLE_ledger_entry, "分录" },      { YH_TABLE_accumulator, "累计" },
        { YH_TABLE_account, "账户" },           { YH_TABLE_hold, "共济占用" },
        { YH_TABLE_charge_batch, "费用批次" },  { YH_TABLE_case_money, "追回款" },
        { YH_TABLE_bank_item, "付款" },         { YH_TABLE_clearing, "清算" },
        { YH_TABLE_clearing_case, "清算病例" }, { YH_TABLE_clearing_fund, "清算基金" },
        { YH_TABLE_margin_back, "返还保证金" },
    };
    for (int i = 0; !v->status && i < YH_COUNT(TABLES); i++) {
        int64_t n = 0;
        v->status = yh_store_count(v->view, TABLES[i].table, &n, v->err);
        if (!v->status && n != v->seen[TABLES[i].table])
            problem(v, TABLES[i].name, "共 %lld 行，其中 %lld 行不属于任何账户组", (long long)n,
                    (long long)(n - v->seen[TABLES[i].table]));
    }
}

static int by_name(const void *a, const void *b)
{
    return yh_cmp(((const struct yh_verify_fund *)a)->fund,
                  ((const struct yh_verify_fund *)b)->fund);
}

static void check_totals(struct verifier *v)
{
    struct yh_verify_report *r = v->r;
    struct place all = { "全部账目" };
    equal(v, all, "借方合计", r->debit, "贷方合计", r->credit);
    equal(v, all, "共济在途", r->transit, "尚未用去的占用", v->held);
    r->by_fund = YH_NEW(v->arena, struct yh_verify_fund, v->ntally);
    r->nfund = v->ntally;
    for (int i = 0; i < v->ntally; i++) {
        char name[64];
        yh_fen booked = v->tally[i].debit - v->tally[i].credit;
        snprintf(name, sizeof name, "基金 %.*s 分录合计", YH_ARG(v->tally[i].name));
        equal(v, all, name, booked, "明细合计", v->tally[i].rows);
        r->by_fund[i] = (struct yh_verify_fund){ v->tally[i].name, booked };
    }
    if (r->nfund)
        qsort(r->by_fund, (size_t)r->nfund, sizeof *r->by_fund, by_name);
    r->settlements = v->seen[YH_TABLE_settlement];
    r->entries = v->seen[YH_TABLE_ledger_entry];
    r->funds = v->seen[YH_TABLE_settlement_fund];
    r->accumulators = v->seen[YH_TABLE_accumulator];
    r->accounts = v->seen[YH_TABLE_account];
    r->holds = v->seen[YH_TABLE_hold];
    r->batches = v->seen[YH_TABLE_charge_batch];
}

enum yh_status yh_verify(struct yh_txn *view, struct yh_arena *a, struct yh_verify_report *out,
                         struct yh_err *err)
{
    struct yh_meta_row region = { .name = YH_S("region") };
    enum yh_status st = yh_get_meta(view, &region, err);
    if (st)
        return st;
    *out = (struct yh_verify_report){ .region = yh_dup(a, region.value) };
    struct verifier v = { .view = view, .arena = a, .r = out, .err = err };
    v.funds = yh_map_in(a, 64);
    if ((st = yh_arena_open(&v.scratch, (size_t)4 << 30, err)))
        return st;
    /* Few, and kept under their cases' keys: read once, rather than looked for group by group. */
    struct yh_txn x = *view;
    x.arena = a;
    struct yh_case_money_row first = { .region = YH_S("") };
    if ((st = yh_list_case_money(&x, (struct yh_span){ .index = yh_case_money_by_booking },
                                 &first, &v.money, &v.nmoney, err))) {
        yh_arena_close(&v.scratch);
        return st;
    }
    struct yh_account_group_row none = { 0 };
    st = yh_each_account_group(view, (struct yh_span){ .index = YH_BY_KEY }, &none, check_group,
                               &v, err);
    if (!st && !v.status) {
        struct yh_case_file_row any = { .case_no = YH_S("") };
        struct cases cases = { &v, &v.scratch };
        yh_arena_reset(&v.scratch);
        st = yh_each_case_file(view, (struct yh_span){ .index = YH_BY_KEY }, &any, check_case,
                               &cases, err);
    }
    if (!st && !v.status)
        check_orphans(&v);
    if (!st)
        st = v.status;
    if (!st)
        check_totals(&v);
    yh_arena_close(&v.scratch);
    return st;
}

enum yh_status yh_verify_data(yh_str url, struct yh_arena *a, struct yh_verify_report *out,
                              struct yh_err *err)
{
    struct yh_store *s = NULL;
    struct yh_store_options opt = { .read_only = true };
    struct yh_txn view;
    enum yh_status st = yh_store_open(url, &opt, &s, err);
    if (st)
        return st;
    if (!(st = yh_view_open(s, a, &view, err))) {
        st = yh_verify(&view, a, out, err);
        yh_view_close(&view);
    }
    yh_store_close(s);
    return st;
}

/* ---- the report ---- */

void yh_verify_text(const struct yh_verify_report *r, struct yh_buf *out)
{
    const struct {
        const char *name;
        int64_t n;
    } count[] = {
        { "账户组", r->groups },     { "结算", r->settlements },
        { "其中冲销", r->undoings }, { "记账（提交）", r->commits },
        { "分录", r->entries },      { "基金明细", r->funds },
        { "累计", r->accumulators }, { "个人账户", r->accounts },
        { "费用批次", r->batches },  { "费用明细", r->lines },
        { "违规案件", r->cases },
        { "机构清算", r->clearings },
    }, sum[] = {
        { "总费用", r->total },      { "基金支付", r->fund },
        { "个人账户", r->account },  { "共济", r->relative },
        { "现金", r->cash },         { "医院负担", r->hospital },
        { "借方合计", r->debit },    { "贷方合计", r->credit },
        { "账户余额", r->balance },  { "应付机构", r->payable },
        { "共济在途", r->transit },  { "追回基金", r->recovered },
        { "退还个人", r->person_back },
    };
    yh_putf(out, "账目核对  统筹区 %.*s\n\n", YH_ARG(r->region));
    for (int i = 0; i < YH_COUNT(count); i++) {
        char n[32];
        snprintf(n, sizeof n, "%lld", (long long)count[i].n);
        yh_putz(out, "  ");
        yh_put_pad(out, yh_cstr(count[i].name), 14);
        yh_put_pad(out, yh_cstr(n), -20);
        yh_putz(out, "\n");
    }
    yh_putz(out, "\n  金额（元，冲销已减去；记账口径）\n");
    for (int i = 0; i < YH_COUNT(sum); i++) {
        yh_putz(out, "  ");
        yh_put_pad(out, yh_cstr(sum[i].name), 14);
        struct yh_buf b = yh_buf_in(out->arena);
        yh_put_money(&b, sum[i].n);
        yh_put_pad(out, yh_buf_str(&b), -20);
        yh_putz(out, "\n");
    }
    for (int i = 0; i < r->nfund; i++) {
        yh_putz(out, "  基金 ");
        yh_put_pad(out, r->by_fund[i].fund, 9);
        struct yh_buf b = yh_buf_in(out->arena);
        yh_put_money(&b, r->by_fund[i].amount);
        yh_put_pad(out, yh_buf_str(&b), -20);
        yh_putz(out, "\n");
    }
    if (!r->problems) {
        yh_putz(out, "\n账目相符。\n");
        return;
    }
    yh_putf(out, "\n发现 %lld 处不符：\n", (long long)r->problems);
    for (int64_t i = 0; i < r->problems && i < YH_VERIFY_SHOWN; i++)
        yh_putf(out, "%4lld. %s：%s\n", (long long)i + 1, r->problem[i].where,
                r->problem[i].what);
    if (r->problems > YH_VERIFY_SHOWN)
        yh_putf(out, "      …… 其余 %lld 处未列出\n",
                (long long)(r->problems - YH_VERIFY_SHOWN));
}

void yh_verify_json(const struct yh_verify_report *r, struct yh_buf *out)
{
    struct yh_jsonw w = yh_jsonw_on(out);
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "region", r->region);
    yh_jw_kv_bool(&w, "clean", r->problems == 0);
    yh_jw_kv_i64(&w, "groups", r->groups);
    yh_jw_kv_i64(&w, "settlements", r->settlements);
    yh_jw_kv_i64(&w, "undoings", r->undoings);
    yh_jw_kv_i64(&w, "commits", r->commits);
    yh_jw_kv_i64(&w, "entries", r->entries);
    yh_jw_kv_i64(&w, "funds", r->funds);
    yh_jw_kv_i64(&w, "accumulators", r->accumulators);
    yh_jw_kv_i64(&w, "accounts", r->accounts);
    yh_jw_kv_i64(&w, "holds", r->holds);
    yh_jw_kv_i64(&w, "batches", r->batches);
    yh_jw_kv_i64(&w, "lines", r->lines);
    yh_jw_kv_i64(&w, "problems", r->problems);
    yh_jw_kv_fen(&w, "total", r->total);
    yh_jw_kv_fen(&w, "fund", r->fund);
    yh_jw_kv_fen(&w, "account", r->account);
    yh_jw_kv_fen(&w, "relative", r->relative);
    yh_jw_kv_fen(&w, "cash", r->cash);
    yh_jw_kv_fen(&w, "hospital", r->hospital);
    yh_jw_kv_fen(&w, "debit", r->debit);
    yh_jw_kv_fen(&w, "credit", r->credit);
    yh_jw_kv_fen(&w, "balance", r->balance);
    yh_jw_kv_fen(&w, "payable", r->payable);
    yh_jw_kv_fen(&w, "transit", r->transit);
    yh_jw_kv_i64(&w, "cases", r->cases);
    yh_jw_kv_i64(&w, "clearings", r->clearings);
    yh_jw_kv_fen(&w, "recovered", r->recovered);
    yh_jw_kv_fen(&w, "person_back", r->person_back);
    yh_jw_kv_object(&w, "by_fund");
    for (int i = 0; i < r->nfund; i++) {
        yh_jw_key(&w, r->by_fund[i].fund);
        yh_jw_fen(&w, r->by_fund[i].amount);
    }
    yh_jw_end(&w, '}');
    yh_jw_kv_array(&w, "problem");
    for (int64_t i = 0; i < r->problems && i < YH_VERIFY_SHOWN; i++) {
        yh_jw_object(&w);
        yh_jw_kv_str(&w, "where", yh_cstr(r->problem[i].where));
        yh_jw_kv_str(&w, "what", yh_cstr(r->problem[i].what));
        yh_jw_end(&w, '}');
    }
    yh_jw_end(&w, ']');
    yh_jw_end(&w, '}');
    yh_putz(out, "\n");
}
