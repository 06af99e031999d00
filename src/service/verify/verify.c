/* service/verify/verify.c -- the books group by group, what belongs to no group, and the totals. */
#include "service/verify/inside.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- problems ---- */

void yh_verify_wrong(struct yh_verifier *v, const char *where, const char *fmt, ...)
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

struct yh_verify_place yh_at_group(const struct yh_verify_group *g)
{
    struct yh_verify_place p;
    snprintf(p.text, sizeof p.text, "账户组 %.*s/%lld", YH_ARG(g->row->region),
             (long long)g->row->grp);
    return p;
}

struct yh_verify_place yh_at_settlement(const struct yh_settlement_row *s)
{
    struct yh_verify_place p;
    snprintf(p.text, sizeof p.text, "结算 %.*s（账户组 %lld 第 %lld 笔）",
             YH_ARG(s->settlement), (long long)s->grp, (long long)s->seq);
    return p;
}

void yh_verify_equal(struct yh_verifier *v, struct yh_verify_place at, const char *left_name,
                     int64_t left, const char *right_name, int64_t right)
{
    char l[32], r[32];
    if (left == right)
        return;
    yh_str lt = yh_dec_text(l, left, 2, 2), rt = yh_dec_text(r, right, 2, 2);
    yh_verify_wrong(v, at.text, "%s %.*s 不等于%s %.*s", left_name, YH_ARG(lt), right_name,
                    YH_ARG(rt));
}

struct yh_verify_sum *yh_verify_tally(struct yh_verifier *v, yh_str fund)
{
    int i = yh_map_get(&v->funds, fund, -1);
    if (i < 0) {
        i = v->ntally;
        yh_str name = yh_dup(v->arena, fund);
        YH_PUSH(v->arena, v->tally, v->ntally, v->cap) = (struct yh_verify_sum){ .name = name };
        yh_map_set(&v->funds, name, i);
    }
    return &v->tally[i];
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
static void take_money(struct yh_verifier *v, struct yh_verify_group *g)
{
    while (v->money_at < v->nmoney && money_to_group(&v->money[v->money_at], g->row) < 0)
        v->money_at++; /* of no group: check_orphans counts it */
    g->money = v->nmoney ? v->money + v->money_at : NULL;
    while (v->money_at < v->nmoney && money_to_group(&v->money[v->money_at], g->row) == 0)
        v->money_at++, g->nmoney++;
    v->seen[YH_TABLE_case_money] += g->nmoney;
}

static bool check_group(void *ctx, const void *group_row)
{
    struct yh_verifier *v = ctx;
    yh_arena_reset(&v->scratch);
    /* The row goes with the statement. */
    struct yh_account_group_row kept = *(const struct yh_account_group_row *)group_row;
    kept.region = yh_dup(&v->scratch, kept.region);
    struct yh_txn x = *v->view;
    x.arena = &v->scratch;
    struct yh_verify_group g = { .row = &kept, .arena = &v->scratch };
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
        yh_check_commits(v, &g);
        yh_check_settlements(v, &g);
        yh_check_accumulators(v, &g);
        yh_check_accounts(v, &g);
        yh_check_batches(v, &g);
        yh_check_money(v, &g);
        yh_check_payments(v, &g);
        v->status = YH_OK;
        yh_check_clearings(v, &g);
        st = v->status;
        v->r->groups++;
    }
    v->status = st;
    return st == YH_OK;
}

/* Rows of groups that do not exist were met by no group. */
static void check_orphans(struct yh_verifier *v)
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
            yh_verify_wrong(v, TABLES[i].name, "共 %lld 行，其中 %lld 行不属于任何账户组",
                            (long long)n, (long long)(n - v->seen[TABLES[i].table]));
    }
}

static int by_name(const void *a, const void *b)
{
    return yh_cmp(((const struct yh_verify_fund *)a)->fund,
                  ((const struct yh_verify_fund *)b)->fund);
}

static void check_totals(struct yh_verifier *v)
{
    struct yh_verify_report *r = v->r;
    struct yh_verify_place all = { "全部账目" };
    yh_verify_equal(v, all, "借方合计", r->debit, "贷方合计", r->credit);
    yh_verify_equal(v, all, "共济在途", r->transit, "尚未用去的占用", v->held);
    r->by_fund = YH_NEW(v->arena, struct yh_verify_fund, v->ntally);
    r->nfund = v->ntally;
    for (int i = 0; i < v->ntally; i++) {
        char name[64];
        yh_fen booked = v->tally[i].debit - v->tally[i].credit;
        snprintf(name, sizeof name, "基金 %.*s 分录合计", YH_ARG(v->tally[i].name));
        yh_verify_equal(v, all, name, booked, "明细合计", v->tally[i].rows);
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
    struct yh_verifier v = { .view = view, .arena = a, .r = out, .err = err };
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
        yh_arena_reset(&v.scratch);
        st = yh_each_case_file(view, (struct yh_span){ .index = YH_BY_KEY }, &any,
                               yh_check_case, &v, err);
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
