#include "engine/casework/casework.h"

#include "base/test.h"

TEST(a_draw_is_what_sha256sum_gives)
{
    static const yh_str CODE[] = { YH_S_INIT("H99010100001"), YH_S_INIT("H99010100002"),
                                   YH_S_INIT("P99010100001") };
    char rank[64];
    yh_draw_rank(YH_S("seed"), YH_S("H1"), rank);
    CHECK_STR(((yh_str){ rank, 64 }),
              YH_S("c59dc35b8e9160ffd2bafef585c81a7f310b9f95dde55a5dc8e124f790909a43"),
              "printf seed|H1 | sha256sum");
    struct yh_drawn *d;
    CHECK_I64(yh_draw(yh_test_arena(), YH_S("seed"), CODE, 3, 2, &d), 2, "two");
    CHECK(memcmp(d[0].rank, d[1].rank, 64) < 0 && memcmp(d[1].rank, d[2].rank, 64) < 0);
    CHECK_I64(yh_draw(yh_test_arena(), YH_S("seed"), CODE, 3, 9, &d), 3,
              "no more than there are");
}

/* Each of 40 places is drawn about as often as another over 4,000 seeds: 10 of 40, so 1,000 ± 5 σ (137). */
TEST(law_draws_are_even)
{
    yh_str code[40];
    int drawn[40] = { 0 };
    for (int i = 0; i < 40; i++)
        code[i] = yh_fmt(yh_test_arena(), "H%03d", i);
    struct yh_arena *a = yh_test_arena();
    for (int s = 0; s < 4000; s++) {
        struct yh_arena scratch = *a;
        struct yh_drawn *d;
        int n = yh_draw(&scratch, yh_fmt(&scratch, "seed %d", s), code, 40, 10, &d);
        for (int i = 0; i < n; i++)
            drawn[d[i].at]++;
    }
    for (int i = 0; i < 40; i++)
        CHECK_I64(drawn[i] > 863 && drawn[i] < 1137, 1, "within five standard deviations");
}

TEST(rewards_keep_their_bounds)
{
    /* 3 %, least 400 yuan, insiders a fifth more, most 200,000 yuan */
    static const struct yh_reward_rate R = {
        30000, 200000, 40000, 20000000, { 0 }, YH_INVENTED
    };
    CHECK_I64(yh_reward_of(&R, 1000000, false), 40000, "3 % of 10,000 is 300: the least");
    CHECK_I64(yh_reward_of(&R, 1333334, false), 40000, "13,333.34: 400.0002, down");
    CHECK_I64(yh_reward_of(&R, 10000000, false), 300000, "3,000");
    CHECK_I64(yh_reward_of(&R, 10000000, true), 360000, "and a fifth");
    CHECK_I64(yh_reward_of(&R, 9999999999, true), 20000000, "the most");
}

TEST(a_loss_is_shared_by_what_each_fund_paid)
{
    static const yh_fen PAID[] = { 7000, 2000, 0, 1000 };
    yh_fen out[4];
    CHECK(yh_loss_split(PAID, 4, 101, out, *yh_test_arena()));
    CHECK_I64(out[0], 71, "70.7: the largest rest");
    CHECK_I64(out[1], 20, "20.2");
    CHECK_I64(out[2], 0, "paid nothing");
    CHECK_I64(out[3], 10, "10.1");
    CHECK_I64(yh_loss_split(PAID, 4, 10001, out, *yh_test_arena()), false,
              "more than was paid");
    uint64_t seed = 8;
    for (int i = 0; i < yh_law_count(2000); i++) {
        yh_fen paid[5], part[5], sum = 0, whole = 0;
        for (int k = 0; k < 5; k++) {
            paid[k] = yh_test_between(&seed, -50, 1000000);
            whole += paid[k] > 0 ? paid[k] : 0;
        }
        yh_fen loss = yh_test_between(&seed, 0, whole);
        CHECK(yh_loss_split(paid, 5, loss, part, *yh_test_arena()));
        for (int k = 0; k < 5; k++) {
            CHECK(part[k] >= 0 && part[k] <= yh_max(paid[k], 0));
            sum += part[k];
        }
        CHECK_I64(sum, loss, "nothing is lost");
    }
}

TEST(rules_are_judged_by_what_was_decided)
{
    struct yh_rule_past r = { .upheld = 3, .dropped = 1 };
    CHECK_I64(yh_rule_precision(&r), 750000, "three of four");
    CHECK_I64(yh_expected(&r, 600), 400, "4 / 6");
    r = (struct yh_rule_past){ .upheld = 0 };
    CHECK_I64(yh_rule_precision(&r), -1, "nothing decided");
    CHECK_I64(yh_expected(&r, 600), 300, "a new rule: one half");
}
