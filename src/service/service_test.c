/* The chains of the interface over a memory store, with the sums of its own samples. */
#include <stdio.h>
#include "base/test.h"
#include "service/testing.h"
#include "service/town.h"

#define DRUG "XA01ABD075A002010100483"
#define BLOOD "002501010010000-250101001"
#define NIGHT "001102000030000-110200003"
#define YUAN 1000000
#define EACH 10000

/* The sample's bill: 25.00 (乙 10 %) + 80.00 (甲) + 15.00 (丙). */
static void sample_lines(struct yh_desk *d, yh_str person, yh_str visit, const char *batch)
{
    char serial[16];
    struct { const char *code; yh_price price; yh_qty qty; } row[] = {
        { DRUG, 12500000, 2 * EACH }, { BLOOD, 80 * YUAN, EACH }, { NIGHT, 15 * YUAN, EACH }
    };
    for (int i = 0; i < 3; i++) {
        char own[32];
        snprintf(serial, sizeof serial, "%s-%d", batch, i + 1);
        snprintf(own, sizeof own, "%s.%d", batch, i);
        CHECK_OK(yh_desk_charge(d, person, visit, i ? own : batch, serial, row[i].code, row[i].price,
                                row[i].qty, ""), &d->err);
    }
}

TEST(the_sample_visit_is_settled_to_the_fen)
{
    struct yh_desk d;
    yh_desk_open(&d, NULL);
    yh_str visit = yh_desk_register(&d, YH_TOWN_WORKER, "310", "11");
    CHECK(visit.n > 0);
    sample_lines(&d, YH_TOWN_WORKER, visit, "CB1");
    struct yh_settle_in in = { .person = YH_TOWN_WORKER,
                               .visit = visit,
                               .account_flag = YH_S("1"),
                               .sums = { 12000, 1500, 0, 250, 10250 } };
    struct yh_settled s;
    CHECK_OK(yh_desk_settle(&d, "2206", &in, NULL, &s), &d.err);
    CHECK_I64(s.row.fund, 3150, "(102.50 − 50) × 60 %");
    CHECK_I64(s.row.balance, 20000, "a trial draws nothing");
    CHECK_OK(yh_desk_settle(&d, "2207", &in, "M1", &s), &d.err);
    CHECK_I64(s.row.total, 12000, "total");
    CHECK_I64(s.row.outside, 1500, "outside");
    CHECK_I64(s.row.first, 250, "first");
    CHECK_I64(s.row.scope, 10250, "scope");
    CHECK_I64(s.row.deductible, 5000, "deductible");
    CHECK_I64(s.row.basic, 3150, "basic");
    CHECK_I64(s.row.account, 5000, "the account pays the deductible");
    CHECK_I64(s.row.cash, 3850, "cash");
    CHECK_I64(s.row.balance, 15000, "balance");
    CHECK_I64(s.nfund, 2, "one fund and the account");
    yh_desk_prove(&d);

    struct yh_settled again, undo;
    CHECK(yh_desk_settle(&d, "2207", &in, NULL, &again) == YH_CONFLICT);
    CHECK_OK(yh_desk_undo(&d, "2208", YH_TOWN_WORKER, visit, s.row.settlement, &undo), &d.err);
    CHECK_I64(undo.row.total, -12000, "the mirror");
    CHECK_I64(undo.row.balance, 20000, "the account has it back");
    CHECK(!yh_eq(undo.row.settlement, s.row.settlement));
    CHECK(yh_desk_undo(&d, "2208", YH_TOWN_WORKER, visit, s.row.settlement, &undo) == YH_CONFLICT);
    CHECK_OK(yh_desk_settle(&d, "2207", &in, NULL, &again), &d.err);
    CHECK_I64(again.row.fund, 3150, "undone as if it had never been");
    yh_desk_prove(&d);
    yh_desk_close(&d);
}

TEST(a_repeated_message_is_answered_and_not_done_again)
{
    struct yh_desk d;
    yh_desk_open(&d, NULL);
    yh_str visit = yh_desk_register(&d, YH_TOWN_WORKER, "310", "11");
    sample_lines(&d, YH_TOWN_WORKER, visit, "CB1");
    struct yh_settle_in in = { .person = YH_TOWN_WORKER, .visit = visit, .account_flag = YH_S("1") };
    struct yh_settled s;
    CHECK_OK(yh_desk_settle(&d, "2207", &in, "M1", &s), &d.err);
    CHECK(!d.repeated);
    CHECK_OK(yh_desk_settle(&d, "2207", &in, "M1", &s), &d.err);
    CHECK(d.repeated);
    CHECK(yh_desk_settle(&d, "2304", &in, "M1", &s) == YH_CONFLICT);
    CHECK_OK(yh_desk_reverse(&d, YH_TOWN_WORKER, "M1", "2207"), &d.err);
    CHECK_OK(yh_desk_reverse(&d, YH_TOWN_WORKER, "M1", "2207"), &d.err);
    CHECK(yh_desk_settle(&d, "2207", &in, "M1", &s) == YH_CONFLICT);
    CHECK_OK(yh_desk_reverse(&d, YH_TOWN_WORKER, "M2", "2207"), &d.err);
    CHECK(yh_desk_settle(&d, "2207", &in, "M2", &s) == YH_CONFLICT);
    CHECK_OK(yh_desk_settle(&d, "2207", &in, "M3", &s), &d.err);
    CHECK_I64(s.row.balance, 15000, "paid once");
    yh_desk_prove(&d);
    yh_desk_close(&d);
}
