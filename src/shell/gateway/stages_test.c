#include "shell/gateway/stages.h"

#include "base/test.h"

TEST(stages_steps_hold_what_is_counted_within_a_quarter)
{
    static struct yh_stages s;
    for (int64_t us = 1; us < 60000000; us += 1 + us / 9) {
        memset(&s, 0, sizeof s);
        int64_t at[YH_SPENT_N] = { 7, 7 + us, 7 + us, 7 + us, 7 + us, 7 + us };
        yh_stages_add(&s, at);
        int64_t top = yh_stages_at(&s, YH_SPENT_QUEUE, 500);
        CHECK(us <= top && top <= us + us / 4);
        CHECK_I64(yh_stages_at(&s, YH_SPENT_WHOLE, 500), top, "all of it was the queue");
        CHECK_I64(yh_stages_at(&s, YH_SPENT_DISK, 500), 1, "no time is the shortest");
    }
}

/* 98 calls of 1 ms, one of 20, one of 50: half within 1.0, 99 within 20.x, all within 50.x. */
TEST(stages_tell_median_ninety_nine_and_longest)
{
    static struct yh_stages s;
    CHECK_I64(yh_stages_at(&s, YH_SPENT_WHOLE, 990), 0, "no call yet");
    for (int i = 0; i < 100; i++) {
        int64_t ms = i < 98 ? 1 : i < 99 ? 20 : 50;
        int64_t at[YH_SPENT_N] = { 0, 0, 0, 0, ms * 1000, ms * 1000 };
        yh_stages_add(&s, at);
    }
    CHECK_STR(yh_stages_text(&s, yh_test_arena()),
              YH_S("排队 0.1/0.1/0.1，办理 0.1/0.1/0.1，提交 0.1/0.1/0.1，落盘 1.1/20.5/57.4，"
                   "答复 0.1/0.1/0.1，合计 1.1/20.5/57.4"),
              "to the next step");
}
