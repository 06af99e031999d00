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
    struct {
        const char *code;
        yh_price price;
        yh_qty qty;
    } row[] = { { DRUG, 12500000, 2 * EACH },
                { BLOOD, 80 * YUAN, EACH },
                { NIGHT, 15 * YUAN, EACH } };
    for (int i = 0; i < 3; i++) {
        char own[32];
        snprintf(serial, sizeof serial, "%s-%d", batch, i + 1);
        snprintf(own, sizeof own, "%s.%d", batch, i);
        CHECK_OK(yh_desk_charge(d, person, visit, i ? own : batch, serial, row[i].code,
                                row[i].price, row[i].qty, ""),
                 &d->err);
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
    CHECK(yh_desk_undo(&d, "2208", YH_TOWN_WORKER, visit, s.row.settlement, &undo) ==
          YH_CONFLICT);
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
    struct yh_settle_in in = { .person = YH_TOWN_WORKER,
                               .visit = visit,
                               .account_flag = YH_S("1") };
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

/* One line of an inpatient stay. */
static void stay_line(struct yh_desk *d, yh_str person, yh_str visit, const char *serial,
                      yh_price price, yh_qty qty, const char *undoes)
{
    CHECK_OK(
        yh_desk_charge(d, person, visit, "", serial, "001109000010000", price, qty, undoes),
        &d->err);
}

TEST(a_stay_of_a_low_income_resident_is_paid_by_every_layer)
{
    struct yh_desk d;
    yh_desk_open(&d, NULL);
    yh_time begin = d.now - 10 * 86400;
    yh_str visit = yh_desk_admit(&d, YH_TOWN_LOW_INCOME, "390", "21", begin);
    CHECK(visit.n > 0);
    /* 500 days' bed at 44.00 within the limit of 45.00: 22,000.00 in scope. */
    stay_line(&d, YH_TOWN_LOW_INCOME, visit, "1", 44 * YUAN, 501 * EACH, "");
    stay_line(&d, YH_TOWN_LOW_INCOME, visit, "2", 44 * YUAN, -1 * EACH, "1");
    CHECK_OK(yh_desk_discharge(&d, YH_TOWN_LOW_INCOME, visit, d.now), &d.err);
    struct yh_settle_in in = { .person = YH_TOWN_LOW_INCOME, .visit = visit };
    struct yh_settled s;
    CHECK_OK(yh_desk_settle(&d, "2303", &in, NULL, &s), &d.err);
    CHECK_OK(yh_desk_settle(&d, "2304", &in, NULL, &s), &d.err);
    CHECK_I64(s.row.total, 2200000, "total");
    CHECK_I64(s.row.basic, 1272000, "(22 000 − 800) × 60 %");
    CHECK_I64(s.row.serious, 538200, "(15 280 − 7 000) × 65 %");
    CHECK_I64(s.row.assist, 272860, "3 898 × 70 %");
    CHECK_I64(s.row.cash, 116940, "the rest");
    yh_desk_prove(&d);
    struct yh_txn view;
    struct yh_buf page = yh_buf_in(&d.arena);
    CHECK_OK(yh_view_open(yh_service_store(d.service), &d.arena, &view, &d.err), &d.err);
    CHECK_OK(yh_bill_text(&view, yh_desk_world(), &d.arena, s.row.settlement, &page, &d.err),
             &d.err);
    yh_view_close(&view);
    CHECK(yh_find(yh_buf_str(&page), YH_S("2,728.60")) > 0);
    CHECK(yh_find(yh_buf_str(&page), YH_S("(15,280.00 − 7,000.00)")) > 0);
    CHECK(yh_find(yh_buf_str(&page), YH_S("✓")) > 0);
    struct yh_settled undo;
    CHECK_OK(yh_desk_undo(&d, "2305", YH_TOWN_LOW_INCOME, visit, s.row.settlement, &undo),
             &d.err);
    page = yh_buf_in(&d.arena);
    CHECK_OK(yh_view_open(yh_service_store(d.service), &d.arena, &view, &d.err), &d.err);
    CHECK_OK(yh_bill_text(&view, yh_desk_world(), &d.arena, undo.row.settlement, &page, &d.err),
             &d.err);
    yh_view_close(&view);
    CHECK(yh_find(yh_buf_str(&page), YH_S("撤销了下面这一笔")) >= 0);
    CHECK(yh_find(yh_buf_str(&page), YH_S("2,728.60")) > 0);
    CHECK_OK(yh_desk_settle(&d, "2304", &in, NULL, &s), &d.err);
    CHECK_I64(s.row.assist, 272860, "undone as if it had never been");
    yh_desk_prove(&d);
    yh_desk_close(&d);
}

TEST(interim_parts_of_a_stay_add_up_to_one_settlement)
{
    struct yh_desk d;
    yh_desk_open(&d, NULL);
    yh_str visit = yh_desk_admit(&d, YH_TOWN_LOW_INCOME, "390", "21", d.now - 10 * 86400);
    struct yh_settle_in in = { .person = YH_TOWN_LOW_INCOME, .visit = visit, .interim = true };
    struct yh_settled a, b, c;
    stay_line(&d, YH_TOWN_LOW_INCOME, visit, "1", 44 * YUAN, 300 * EACH, "");
    CHECK_OK(yh_desk_settle(&d, "2304", &in, NULL, &a), &d.err);
    stay_line(&d, YH_TOWN_LOW_INCOME, visit, "2", 44 * YUAN, 200 * EACH, "");
    in.interim = false;
    CHECK_OK(yh_desk_settle(&d, "2304", &in, NULL, &b), &d.err);
    CHECK_I64(a.row.total + b.row.total, 2200000, "total");
    CHECK_I64(a.row.basic + b.row.basic, 1272000, "basic as in one");
    CHECK_I64(a.row.serious + b.row.serious, 538200, "critical illness as in one");
    CHECK_I64(a.row.assist + b.row.assist, 272860, "assistance as in one");
    yh_desk_prove(&d);
    CHECK(yh_desk_undo(&d, "2305", YH_TOWN_LOW_INCOME, visit, a.row.settlement, &c) ==
          YH_CONFLICT);
    CHECK(yh_find(yh_cstr(d.err.text), b.row.settlement) >= 0);
    CHECK_OK(yh_desk_undo(&d, "2305", YH_TOWN_LOW_INCOME, visit, b.row.settlement, &c), &d.err);
    CHECK_OK(yh_desk_undo(&d, "2305", YH_TOWN_LOW_INCOME, visit, a.row.settlement, &c), &d.err);
    CHECK_OK(yh_desk_settle(&d, "2304", &in, NULL, &b), &d.err);
    CHECK_I64(b.row.basic, 1272000, "and whole again");
    yh_desk_prove(&d);
    yh_desk_close(&d);
}

TEST(an_earlier_settlement_is_not_undone_beneath_a_later_one)
{
    struct yh_desk d;
    yh_desk_open(&d, NULL);
    struct yh_settled a, b, c;
    yh_str one = yh_desk_register(&d, YH_TOWN_WORKER, "310", "11");
    sample_lines(&d, YH_TOWN_WORKER, one, "A");
    struct yh_settle_in in = { .person = YH_TOWN_WORKER, .visit = one };
    CHECK_OK(yh_desk_settle(&d, "2207", &in, NULL, &a), &d.err);
    yh_str two = yh_desk_register(&d, YH_TOWN_WORKER, "310", "11");
    sample_lines(&d, YH_TOWN_WORKER, two, "B");
    in.visit = two;
    CHECK_OK(yh_desk_settle(&d, "2207", &in, NULL, &b), &d.err);
    CHECK(yh_desk_undo(&d, "2208", YH_TOWN_WORKER, one, a.row.settlement, &c) == YH_CONFLICT);
    CHECK(yh_find(yh_cstr(d.err.text), b.row.settlement) >= 0);
    CHECK_OK(yh_desk_undo(&d, "2208", YH_TOWN_WORKER, two, b.row.settlement, &c), &d.err);
    CHECK_OK(yh_desk_undo(&d, "2208", YH_TOWN_WORKER, one, a.row.settlement, &c), &d.err);
    yh_desk_prove(&d);
    yh_desk_close(&d);
}

TEST(who_may_not_draw_is_refused_with_the_reason)
{
    static const struct {
        yh_str person;
        const char *scheme, *word;
    } ROW[] = {
        { YH_S_INIT("99010100000000000000000005"), "310", "冻结" },
        { YH_S_INIT("99010100000000000000000006"), "390", "等待期" },
        { YH_S_INIT("99010100000000000000000007"), "310", "不在参保状态" },
        { YH_S_INIT("99010100000000000000000001"), "390", "没有此险种" },
        { YH_S_INIT("99010100000000000000009999"), "310", "未找到参保人" },
    };
    struct yh_desk d;
    yh_desk_open(&d, NULL);
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        CHECK(yh_desk_register(&d, ROW[i].person, ROW[i].scheme, "11").n == 0);
        CHECK(yh_find(yh_cstr(d.err.text), yh_cstr(ROW[i].word)) >= 0);
    }
    d.provider = YH_TOWN_NARROW;
    CHECK(yh_desk_register(&d, YH_TOWN_WORKER, "310", "14").n == 0);
    CHECK(yh_find(yh_cstr(d.err.text), YH_S("未开通")) >= 0);
    d.provider = YH_TOWN_SUSPENDED;
    CHECK(yh_desk_register(&d, YH_TOWN_WORKER, "310", "11").n == 0);
    CHECK(yh_find(yh_cstr(d.err.text), YH_S("暂停")) >= 0);
    yh_desk_close(&d);
}

TEST(outpatient_pooled_money_is_refused_on_days_in_hospital)
{
    struct yh_desk d;
    yh_desk_open(&d, NULL);
    yh_str stay = yh_desk_admit(&d, YH_TOWN_WORKER, "310", "21", d.now - 3 * 86400);
    CHECK(stay.n > 0);
    CHECK(yh_desk_admit(&d, YH_TOWN_WORKER, "310", "21", d.now).n == 0);
    yh_str visit = yh_desk_register(&d, YH_TOWN_WORKER, "310", "11");
    sample_lines(&d, YH_TOWN_WORKER, visit, "A");
    struct yh_settle_in in = { .person = YH_TOWN_WORKER, .visit = visit };
    struct yh_settled s;
    CHECK(yh_desk_settle(&d, "2207", &in, NULL, &s) == YH_CONFLICT);
    CHECK(yh_find(yh_cstr(d.err.text), stay) >= 0);
    yh_desk_close(&d);
}

TEST(a_charge_that_breaks_a_rule_changes_nothing)
{
    struct yh_desk d;
    yh_desk_open(&d, NULL);
    yh_str v = yh_desk_register(&d, YH_TOWN_WORKER, "310", "11");
    static const struct {
        const char *batch, *serial, *code, *undoes, *word;
        yh_price price;
        yh_qty qty;
    } BAD[] = {
        { "A", "", BLOOD, "", "缺少费用明细流水号", YUAN, EACH },
        { "", "1", BLOOD, "", "缺少收费批次号", YUAN, EACH },
        { "0000", "1", BLOOD, "", "保留值", YUAN, EACH },
        { "A", "1", "不是编码", "", "不符合编码规则", YUAN, EACH },
        { "A", "1", BLOOD, "", "单价不能为负", -YUAN, EACH },
        { "A", "1", BLOOD, "", "数量为零", YUAN, 0 },
        { "A", "1", BLOOD, "9", "门诊不接受负数明细", YUAN, -EACH },
    };
    for (int i = 0; i < YH_COUNT(BAD); i++) {
        CHECK(yh_desk_charge(&d, YH_TOWN_WORKER, v, BAD[i].batch, BAD[i].serial, BAD[i].code,
                             BAD[i].price, BAD[i].qty, BAD[i].undoes) != YH_OK);
        CHECK_I64(yh_find(yh_cstr(d.err.text), yh_cstr(BAD[i].word)) >= 0, 1, BAD[i].word);
    }
    CHECK_OK(yh_desk_charge(&d, YH_TOWN_WORKER, v, "A", "1", BLOOD, YUAN, EACH, ""), &d.err);
    CHECK(yh_desk_charge(&d, YH_TOWN_WORKER, v, "B", "1", BLOOD, YUAN, EACH, "") ==
          YH_CONFLICT);
    CHECK(yh_desk_charge(&d, YH_TOWN_WORKER, v, "A", "2", BLOOD, YUAN, EACH, "") ==
          YH_CONFLICT);
    yh_desk_prove(&d);
    yh_desk_close(&d);
}
