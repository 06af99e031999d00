/* Statements, sums that follow the ledger, and how long a fund lasts. */
#include "base/test.h"
#include "model/ledger/ledger.h"
#include "service/fund/fund.h"
#include "service/testing.h"
#include "service/town.h"

#define TABLE                                          \
    "fund\tmonth\tkind\tamount\tsource\n"              \
    "310100\t2026-01\t期初结余\t1000.00\t年报\n" \
    "310100\t2026-01\tpremium\t300.00\t月报\n"       \
    "310100\t2026-02\tpremium\t300.00\t月报\n"

static enum yh_status state(struct yh_desk *d, const char *table, struct yh_err *err)
{
    struct yh_store *s = yh_service_store(d->service);
    struct yh_txn x;
    int n = 0;
    CHECK(yh_store_batch_begin(s, err) == YH_OK);
    CHECK(yh_txn_begin(s, (struct yh_group){ YH_S(""), 0 }, &d->arena, &x, err) == YH_OK);
    enum yh_status st = yh_fund_state(&x, yh_desk_world(), YH_S("990100"), yh_cstr(table),
                                      YH_S("测试员"), d->now, &n, err);
    if (st)
        yh_txn_drop(&x);
    else
        CHECK(yh_txn_keep(&x, err) == YH_OK);
    struct yh_err end;
    CHECK(yh_store_batch_commit(s, &end) == YH_OK);
    return st;
}

static int said(struct yh_desk *d, struct yh_fund_statement_row **row)
{
    struct yh_txn view;
    int n = 0;
    CHECK(yh_view_open(yh_service_store(d->service), &d->arena, &view, &d->err) == YH_OK);
    CHECK(yh_fund_statements(&view, YH_S("990100"), row, &n, &d->err) == YH_OK);
    yh_view_close(&view);
    return n;
}

TEST(a_statement_made_again_takes_the_place_of_the_first)
{
    struct yh_desk d;
    struct yh_err err;
    struct yh_fund_statement_row *row;
    yh_desk_open(&d, NULL);
    CHECK(state(&d, TABLE, &err) == YH_OK);
    CHECK_I64(said(&d, &row), 3, "three rows");
    CHECK(state(&d,
                "fund\tmonth\tkind\tamount\tsource\n310100\t202602\t缴费收入\t350.5\t更正\n",
                &err) == YH_OK);
    CHECK_I64(said(&d, &row), 3, "still three in force");
    CHECK_I64(row[2].amount, 35050, "the later one");
    CHECK_I64(row[2].nth, 2, "both are kept");
    yh_desk_close(&d);
}

TEST(a_wrong_table_names_line_and_column_and_changes_nothing)
{
    static const struct {
        const char *row, *told;
    } ROW[] = {
        { "399999\t2026-01\tpremium\t1\t月报", "第 3 行 fund「399999」" },
        { "310100\t2026-13\tpremium\t1\t月报", "第 3 行 month「2026-13」" },
        { "310100\t2026-04\tpremium\t1\t月报", "还没有到" },
        { "310100\t2026-01\t捐赠\t1\t月报", "第 3 行 kind「捐赠」" },
        { "310100\t2026-01\tpremium\t一元\t月报", "第 3 行 amount「一元」" },
        { "310100\t2026-01\tpremium\t-1\t月报", "第 3 行 amount「-1」" },
        { "310100\t2026-01\tpremium\t1\t ", "第 3 行 source" },
        { "310100\t2026-03\tinterest\t1\t月报", "写了两行" },
        { "310100\t2026-03", "列数与表头不符" },
    };
    struct yh_desk d;
    struct yh_fund_statement_row *row;
    yh_desk_open(&d, NULL);
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        struct yh_err err = { 0 };
        yh_str table =
            yh_fmt(&d.arena,
                   "fund\tmonth\tkind\tamount\tsource\n310100\t2026-03\tinterest\t2\t"
                   "月报\n%s\n",
                   ROW[i].row);
        CHECK(state(&d, yh_zdup(&d.arena, table), &err) == YH_BAD_INPUT);
        CHECK(yh_find(yh_cstr(err.text), yh_cstr(ROW[i].told)) >= 0);
    }
    CHECK_I64(said(&d, &row), 0, "nothing was kept");
    yh_desk_close(&d);
}

/* What the ledger itself says, entry by entry. */
static yh_fen by_hand(struct yh_desk *d, const char *region, bool debit)
{
    struct yh_txn view;
    struct yh_ledger_entry_row like = { .region = yh_cstr(region) }, *e = NULL;
    int n = 0;
    yh_fen sum = 0;
    CHECK(yh_view_open(yh_service_store(d->service), &d->arena, &view, &d->err) == YH_OK);
    CHECK(yh_list_ledger_entry(&view, (struct yh_span){ .index = YH_BY_KEY, .same = 1 }, &like,
                               &e, &n, &d->err) == YH_OK);
    yh_view_close(&view);
    for (int i = 0; i < n; i++)
        if (yh_starts(e[i].account, YH_S("fund:")))
            sum += debit ? e[i].debit : e[i].credit;
    return sum;
}

static void check_totals(struct yh_desk *d, struct yh_fund_totals *t, int64_t bills,
                         const char *why)
{
    const struct yh_fund_month *m;
    const struct yh_care_month *c;
    yh_fen charged = 0, back = 0, fund = 0;
    int64_t n = 0;
    CHECK(yh_fund_totals_refresh(t, yh_service_store(d->service), yh_desk_world(), NULL, NULL,
                                 NULL, &d->err) == YH_OK);
    for (int i = yh_fund_totals_months(t, &m); i-- > 0;)
        if (!strcmp(m[i].region, "990100"))
            charged += m[i].charged, back += m[i].back;
    for (int i = yh_fund_totals_care(t, &c); i-- > 0;)
        if (!strcmp(c[i].region, "990100"))
            n += c[i].bills, fund += c[i].fund;
    CHECK_I64(charged, by_hand(d, "990100", true), why);
    CHECK_I64(back, by_hand(d, "990100", false), why);
    CHECK_I64(fund, charged - back, "settlements and ledger say the same of the funds");
    CHECK_I64(n, bills, why);
}

TEST(totals_follow_the_ledger_as_it_grows)
{
    static const yh_str WHO[] = { YH_S_INIT("99010100000000000000000001"),
                                  YH_S_INIT("99010100000000000000000002") };
    struct yh_desk d;
    struct yh_settled out;
    yh_str visit[2];
    yh_desk_open(&d, NULL);
    struct yh_fund_totals *t = yh_fund_totals_open();
    check_totals(&d, t, 0, "nothing yet");
    for (int i = 0; i < 2; i++) {
        visit[i] = yh_desk_register(&d, WHO[i], "310", "11");
        CHECK(yh_desk_charge(&d, WHO[i], visit[i], "B1", "1", "002501010010000-250101001",
                             80000000, 10 * 10000, "") == YH_OK);
        struct yh_settle_in in = { .person = WHO[i],
                                   .visit = visit[i],
                                   .scheme = YH_S("310"),
                                   .med_type = YH_S("11"),
                                   .batch = YH_S("B1"),
                                   .outpatient = true,
                                   .account_flag = YH_S("0") };
        CHECK(yh_desk_settle(&d, "2207", &in, NULL, &out) == YH_OK);
        check_totals(&d, t, i + 1, "one more");
    }
    CHECK(by_hand(&d, "990100", true) > 0);
    const struct yh_fund_month *m;
    CHECK_I64(yh_fund_totals_months(t, &m), 1, "one fund, one month");
    CHECK_I64(m->groups, 2, "two groups touched it");
    CHECK_I64(m->bookings, 2, "by a settlement each");
    CHECK(yh_desk_undo(&d, "2208", WHO[1], visit[1], out.row.settlement, &out) == YH_OK);
    check_totals(&d, t, 1, "an undoing is taken off");
    CHECK(by_hand(&d, "990100", false) > 0);
    check_totals(&d, t, 1, "nothing is counted twice");
    CHECK_I64((yh_fund_totals_months(t, &m), m->groups), 2, "no group twice");
    yh_fund_totals_close(t);
    yh_desk_close(&d);
}

/* 红河州 2020: 14.66 亿 at 16.25 months says 0.9022 亿 a month (the seed's own figures).
 * Here: opening 1,000.00 in January, 300.00 + 300.00 in; 200.00 and 250.00 - 50.00 charged:
 * balance 1,000 + 600 - 400 = 1,200.00 at the end of February; average 200.00; 6.00 months. */
TEST(a_fund_lasts_as_long_as_its_balance_over_its_monthly_spending)
{
    const struct yh_fund_statement_row said[] = {
        { .region = YH_S("990100"),
          .fund = YH_S("310100"),
          .month = 2026 * 12,
          .kind = YH_S("opening"),
          .amount = 100000 },
        { .region = YH_S("990100"),
          .fund = YH_S("310100"),
          .month = 2026 * 12,
          .kind = YH_S("premium"),
          .amount = 30000 },
        { .region = YH_S("990100"),
          .fund = YH_S("310100"),
          .month = 2026 * 12 + 1,
          .kind = YH_S("premium"),
          .amount = 30000 },
        { .region = YH_S("990100"),
          .fund = YH_S("310100"),
          .month = 2026 * 12 + 2,
          .kind = YH_S("premium"),
          .amount = 99999 },
    };
    struct yh_fund_month m[] = { { "990100", "310100", 2026 * 12, 20000, 0 },
                                 { "990100", "310100", 2026 * 12 + 1, 25000, 5000 },
                                 { "990100", "310100", 2026 * 12 + 2, 77777, 0 },
                                 { "990200", "310100", 2026 * 12, 88888, 0 } };
    yh_day today = yh_day_of(2026, 3, 18);
    struct yh_fund_lasts l =
        yh_fund_lasts(said, 4, m, 4, YH_S("990100"), YH_S("310100"), today);
    CHECK(l.known);
    CHECK_I64(l.balance, 120000, "March is not over");
    CHECK_I64(l.average, 20000, "two full months");
    CHECK_I64(l.averaged, 2, "two full months");
    CHECK_I64(l.hundredths, 600, "6.00");
    m[0].charged++; /* 0.01 more a month, twice: the average rises, the floor falls */
    l = yh_fund_lasts(said, 4, m, 4, YH_S("990100"), YH_S("310100"), today);
    CHECK_I64(l.hundredths, 599, "one fen below");
    CHECK(!yh_fund_lasts(said + 1, 3, m, 4, YH_S("990100"), YH_S("310100"), today).known);
    CHECK(!yh_fund_lasts(said, 4, m, 4, YH_S("990100"), YH_S("390100"), today).known);
}
