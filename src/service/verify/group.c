/* service/verify/group.c -- what a group keeps beside its settlements: commits that balance, accumulators, accounts,
 * charge lines. */
#include "service/verify/inside.h"

#include <stdio.h>

#include "model/ledger/ledger.h"
#include "store/deltas.h"
#include "store/lines.h"

void yh_check_commits(struct yh_verifier *v, const struct yh_verify_group *g)
{
    for (int i = 0, k; i < g->nentry; i = k) {
        yh_fen net = 0;
        int64_t seq = g->entry[i].seq;
        for (k = i; k < g->nentry && g->entry[k].seq == seq; k++) {
            const struct yh_ledger_entry_row *e = &g->entry[k];
            if (e->debit < 0 || e->credit < 0 || (e->debit > 0) == (e->credit > 0))
                yh_verify_wrong(v, yh_at_group(g).text, "第 %lld 笔第 %lld 行借贷不合规则",
                                (long long)seq, (long long)e->line);
            net += e->debit - e->credit;
            v->r->debit += e->debit;
            v->r->credit += e->credit;
            if (yh_starts(e->account, YH_S("fund:"))) {
                struct yh_verify_sum *t =
                    yh_verify_tally(v, yh_sub(e->account, 5, e->account.n));
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
        yh_verify_equal(v, yh_at_group(g), name, net, "", 0);
        if (seq < 1 || seq > g->row->seq)
            yh_verify_wrong(v, yh_at_group(g).text, "分录序号 %lld 超出本组已发的 %lld",
                            (long long)seq, (long long)g->row->seq);
        v->r->commits++;
    }
}

static yh_str accumulator_name(struct yh_arena *a, yh_str person, yh_str scheme, int64_t year,
                               yh_str name, yh_str sub)
{
    return yh_fmt(a, "%.*s\t%.*s\t%lld\t%.*s\t%.*s", YH_ARG(person), YH_ARG(scheme),
                  (long long)year, YH_ARG(name), YH_ARG(sub));
}

void yh_check_accumulators(struct yh_verifier *v, const struct yh_verify_group *g)
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
            yh_verify_wrong(v, yh_at_settlement(s).text, "%s", err.text);
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
            yh_verify_wrong(v, yh_at_group(g).text,
                            "%.*s %lld 年累计 %.*s %.*s 为 %lld，按各笔结算应为 %lld",
                            YH_ARG(r->person), (long long)r->year, YH_ARG(r->name),
                            YH_ARG(r->sub), (long long)r->value, (long long)want);
    }
    for (int i = 0; i < n; i++)
        if (!met[i] && sum[i])
            yh_verify_wrong(v, yh_at_group(g).text, "结算里有的一项累计没有记下（合计 %lld）",
                            (long long)sum[i]);
}

void yh_check_accounts(struct yh_verifier *v, const struct yh_verify_group *g)
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
        yh_verify_equal(v, yh_at_group(g), what, a->balance, "期初加分录", balance);
        if (a->balance < 0)
            yh_verify_wrong(v, yh_at_group(g).text, "%s为负", what);
        v->r->balance += a->balance;
    }
    for (int i = 0; i < g->nhold; i++)
        if (yh_eq(g->hold[i].state, YH_S("held")))
            v->held += g->hold[i].amount;
}

static void check_lines(struct yh_verifier *v, const struct yh_verify_group *g,
                        const struct yh_charge_batch_row *b)
{
    struct yh_charge_line *line = NULL;
    struct yh_err err;
    struct yh_verify_place at;
    int n = 0;
    snprintf(at.text, sizeof at.text, "就诊 %.*s 费用批次 %.*s", YH_ARG(b->visit),
             YH_ARG(b->batch));
    struct yh_arena scratch = *g->arena;
    if (yh_lines_unpack(&scratch, b->packed, &line, &n, &err)) {
        yh_verify_wrong(v, at.text, "%s", err.text);
        return;
    }
    yh_fen total = 0, outside = 0, over = 0, first = 0, scope = 0;
    for (int i = 0; i < n; i++) {
        const struct yh_charge_line *l = &line[i];
        if (b->settlement.n && l->amount != l->outside + l->over + l->first + l->scope)
            yh_verify_wrong(v, at.text, "明细 %.*s 的四部分之和不等于金额", YH_ARG(l->serial));
        total += l->amount;
        outside += l->outside;
        over += l->over;
        first += l->first;
        scope += l->scope;
    }
    if (n != b->lines)
        yh_verify_wrong(v, at.text, "记为 %lld 行，实有 %d 行", (long long)b->lines, n);
    yh_verify_equal(v, at, "金额合计", b->total, "明细之和", total);
    yh_verify_equal(v, at, "全自费合计", b->outside, "明细之和", outside);
    yh_verify_equal(v, at, "超限价合计", b->over, "明细之和", over);
    yh_verify_equal(v, at, "先行自付合计", b->first, "明细之和", first);
    yh_verify_equal(v, at, "范围内合计", b->scope, "明细之和", scope);
    v->r->lines += n;
}

void yh_check_batches(struct yh_verifier *v, const struct yh_verify_group *g)
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
            yh_verify_wrong(v, yh_at_group(g).text,
                            "费用批次 %.*s 属于不存在或已冲销的结算 %.*s", YH_ARG(b->batch),
                            YH_ARG(b->settlement));
        else
            sum[at] += b->total, has[at] = true;
    }
    for (int i = 0; i < g->nsettlement; i++)
        if (has[i])
            yh_verify_equal(v, yh_at_settlement(&g->settlement[i]), "总费用",
                            g->settlement[i].total, "所含费用批次之和", sum[i]);
}
