#include "engine/ledger/ledger.h"
#include "base/test.h"

/* Stay of 10,000.00: pool 6,200.00, assistance 800.00, own account 500.00, daughter's 100.00,
 * cash 2,100.00, provider's own 300.00.  The agency owes the provider
 * 6,200 + 800 + 500 + 100 = 7,600.00; cash and the provider's part appear nowhere. */
static const struct yh_fund_pay FUNDS[] = {
    { YH_S_INIT("390100"), 620000, 0 },
    { YH_S_INIT("510100"), 0, 0 },
    { YH_S_INIT("610100"), 80000, 0 },
};
static const struct yh_settling STAY = {
    .person = YH_S_INIT("P1"),
    .provider = YH_S_INIT("H1"),
    .fund = FUNDS,
    .nfund = 3,
    .account = 50000,
    .relative = 10000,
    .relative_of = YH_S_INIT("P2"),
};

static void same(struct yh_booking b, const struct yh_entry *want, int n)
{
    CHECK_I64(b.n, n, "entries");
    for (int i = 0; i < b.n && i < n; i++) {
        CHECK_STR(b.entry[i].account, want[i].account, "account");
        CHECK_I64(b.entry[i].debit, want[i].debit, "debit");
        CHECK_I64(b.entry[i].credit, want[i].credit, "credit");
    }
}

TEST(a_settlement_debits_funds_and_accounts_and_credits_the_provider)
{
    struct yh_entry want[] = {
        { YH_S("fund:390100"), 620000, 0 }, { YH_S("fund:610100"), 80000, 0 },
        { YH_S("acct:P1"), 50000, 0 },      { YH_S("acct:P2"), 10000, 0 },
        { YH_S("payable:H1"), 0, 760000 },
    };
    same(yh_book_settlement(yh_test_arena(), &STAY), want, YH_COUNT(want));
}

TEST(a_relative_of_another_group_pays_through_transit_which_ends_at_zero)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_settling s = STAY;
    s.nfund = 0;
    s.account = 0;
    s.relative_of = YH_S("");
    struct yh_entry hold[] = { { YH_S("acct:P9"), 12000, 0 }, { YH_S("transit"), 0, 12000 } };
    struct yh_entry draw[] = { { YH_S("transit"), 10000, 0 },
                               { YH_S("payable:H1"), 0, 10000 } };
    struct yh_entry back[] = { { YH_S("acct:P9"), 0, 2000 }, { YH_S("transit"), 2000, 0 } };
    same(yh_book_hold(a, YH_S("P9"), 12000), hold, 2);
    same(yh_book_settlement(a, &s), draw, 2);
    same(yh_book_release(a, YH_S("P9"), 2000), back, 2);
}

TEST(a_benefit_beside_the_bill_is_owed_to_the_person)
{
    struct yh_fund_pay birth[] = { { YH_S("510100"), 300000, 200000 } };
    struct yh_settling s = {
        .person = YH_S("P1"), .provider = YH_S("H1"), .fund = birth, .nfund = 1
    };
    struct yh_entry want[] = { { YH_S("fund:510100"), 500000, 0 },
                               { YH_S("payable:H1"), 0, 300000 },
                               { YH_S("person:P1"), 0, 200000 } };
    same(yh_book_settlement(yh_test_arena(), &s), want, 3);
}

TEST(a_deposit_reaches_the_persons_account_from_its_source)
{
    /* 120.00 from an employer, 55.00 carried over: what is credited to acct:P1 came from elsewhere. */
    static const struct {
        const char *source, *from;
        yh_fen amount;
    } ROW[] = { { "employer", "income:employer", 12000 }, { "opening", "opening", 5500 } };
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        struct yh_booking b =
            yh_book_deposit(yh_test_arena(), YH_S("P1"), yh_cstr(ROW[i].source), ROW[i].amount);
        CHECK(b.n == 2 && yh_booking_balanced(b));
        CHECK_STR(b.entry[0].account, yh_cstr(ROW[i].from), "where it comes from");
        CHECK_I64(b.entry[0].debit, ROW[i].amount, "debited there");
        CHECK_STR(b.entry[1].account, YH_S("acct:P1"), "where it goes");
        CHECK_I64(b.entry[1].credit, ROW[i].amount, "credited here");
    }
}

TEST(any_settlement_and_its_undoing_leave_every_account_as_it_was)
{
    struct yh_arena *a = yh_test_arena();
    uint64_t seed = 11;
    for (int i = 0; i < yh_law_count(2000); i++) {
        struct yh_fund_pay fund[4];
        int n = (int)yh_test_between(&seed, 0, 4);
        for (int k = 0; k < n; k++)
            fund[k] = (struct yh_fund_pay){ yh_fmt(a, "39010%d", k),
                                            yh_test_between(&seed, -500, 100000),
                                            yh_test_between(&seed, 0, 3) * 100 };
        struct yh_settling s = { .person = YH_S("P1"),
                                 .provider = YH_S("H1"),
                                 .fund = fund,
                                 .nfund = n,
                                 .account = yh_test_between(&seed, 0, 900),
                                 .relative = yh_test_between(&seed, 0, 900) };
        struct yh_booking b = yh_book_settlement(a, &s), u = yh_book_undo(a, b);
        CHECK(yh_booking_balanced(b) && yh_booking_balanced(u) && b.n == u.n);
        yh_fen payable = s.account + s.relative;
        for (int k = 0; k < n; k++)
            payable += fund[k].amount;
        for (int k = 0; k < b.n; k++) {
            CHECK(yh_eq(b.entry[k].account, u.entry[k].account));
            CHECK_I64(b.entry[k].debit + u.entry[k].debit,
                      b.entry[k].credit + u.entry[k].credit, "");
            if (yh_starts(b.entry[k].account, YH_S("payable:")))
                CHECK_I64(b.entry[k].credit - b.entry[k].debit, payable, "the provider's due");
        }
        yh_arena_reset(a);
    }
}

TEST(accounts_are_read_back_and_strangers_refused)
{
    enum yh_account_kind kind = YH_ACCOUNT_N;
    yh_str of = { 0 };
    CHECK(yh_account_read(YH_S("fund:390100"), &kind, &of) && kind == YH_ACCOUNT_FUND);
    CHECK_STR(of, YH_S("390100"), "of");
    CHECK(yh_account_read(YH_S("transit"), &kind, NULL) && kind == YH_ACCOUNT_TRANSIT);
    CHECK(!yh_account_read(YH_S("fund:"), &kind, &of));
    CHECK(!yh_account_read(YH_S("transit:x"), &kind, &of));
    CHECK(!yh_account_read(YH_S("cash:P1"), &kind, &of));
    struct yh_entry both[] = { { YH_S("transit"), 1, 1 } },
                    minus[] = { { YH_S("transit"), -1, 0 }, { YH_S("transit"), 0, -1 } };
    CHECK(!yh_booking_balanced((struct yh_booking){ both, 1 }));
    CHECK(!yh_booking_balanced((struct yh_booking){ minus, 2 }));
    CHECK_STR(yh_account_word(YH_ACCOUNT_PAYABLE), YH_S("应付定点机构"), "word");
}
