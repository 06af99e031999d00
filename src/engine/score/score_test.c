#include "engine/score/score.h"

#include "base/test.h"

#define E(x) ((yh_micro)(x)*YH_ONE)

TEST(logarithms_and_powers_of_two_hold_their_digits)
{
    CHECK_I64(yh_score_log2(1), 0, "2^0");
    CHECK_I64(yh_score_log2(1024), (int64_t)10 << 30, "2^10");
    CHECK_I64(yh_score_log2(10) - 3566893131, 0,
              "log2 10 = 3.32192809489 = 3566893131.8 / 2^30");
    CHECK_I64(yh_score_log2(INT64_MAX), ((int64_t)63 << 30) - 1, "just below 2^63, cut");
    CHECK_I64(yh_score_exp2(0), E(1), "1");
    CHECK_I64(yh_score_exp2((int64_t)1 << 30), E(2), "2");
    CHECK_I64(yh_score_exp2(-((int64_t)1 << 29)), 707107, "1 / sqrt 2");
    CHECK_I64(yh_score_exp2((int64_t)60 << 30), 1000000000000, "cut");
    CHECK_I64(yh_score_exp2(-((int64_t)60 << 30)), 0, "nothing left");
    for (int64_t v = 3; v < INT64_MAX / 7; v *= 7) {
        yh_micro back = yh_score_exp2(yh_score_log2(v));
        int64_t want = v > 1000000 ? 1000000000000 : v * YH_ONE;
        CHECK_I64(back - want < 2 + want / 100000000 && want - back < 2 + want / 100000000, 1,
                  "there and back");
    }
}

/* One column, no size, seven rows, linear because of the -1:
 *   -1 0 1 2 3 4 17   median 2, |x - 2| = 3 2 1 0 1 2 15 -> 0 1 1 2 2 3 15, MAD 2
 *   z(17) = 15 / (1.4826 * 2) = 5.058681, z(-1) = -3 / 2.9652 = -1.011736 */
TEST(worked_example)
{
    static const yh_micro CELL[] = { E(-1), E(0), E(1), E(2), E(3), E(4), E(17) };
    struct yh_score_table t = { 7, 1, CELL, NULL, 0 };
    struct yh_score_result r;
    CHECK_OK(
        yh_score(&t, (struct yh_score_how){ -1, YH_SCORE_BOTH }, yh_test_arena(), &r, NULL),
        NULL);
    CHECK_I64(r.order[0].row, 6, "the odd one first");
    CHECK_I64(r.order[0].score, 5058680, "one column: |z|, the fraction cut");
    CHECK_I64(r.order[0].flagged, 1, "above 3.5");
    CHECK_I64(r.cell[0].z, -1011736, "below");
    CHECK_I64(r.cell[0].ratio, 0, "no ratio of linear figures");
    CHECK_OK(yh_score(&t, (struct yh_score_how){ -1, YH_SCORE_LOW }, yh_test_arena(), &r, NULL),
             NULL);
    CHECK_I64(r.order[0].row, 0, "the low side");
}

/* Cost = 3 * size everywhere but for row 4, whose cost is twice that; sizes from 1 to 2^11. */
TEST(size_is_taken_out_and_twice_the_figure_is_a_ratio_of_two)
{
    yh_micro cell[24];
    for (int i = 0; i < 12; i++) {
        cell[2 * i] = E((int64_t)1 << i);
        cell[2 * i + 1] = 3 * cell[2 * i] * (i == 4 ? 2 : 1);
    }
    struct yh_score_table t = { 12, 2, cell, NULL, 0 };
    struct yh_score_result r;
    CHECK_OK(yh_score(&t, (struct yh_score_how){ 0, YH_SCORE_BOTH }, yh_test_arena(), &r, NULL),
             NULL);
    CHECK_I64(r.slope[1], (int64_t)1 << 30, "cost grows as size");
    CHECK_I64(r.order[0].row, 4, "the dear one");
    CHECK_I64(r.cell[2 * 4 + 1].ratio, E(2), "twice its peers");
    /* MAD is 0, so the mean absolute deviation stands in: (1 bit / 12) * 1.253314 -> z = 9.574615 */
    CHECK_I64((r.order[0].score + 50) / 100, 95746, "12 / 1.253314");
    CHECK_I64(r.order[1].score, 0, "nobody else, the largest neither");
}

/* Rows in another order, and figures in other units, give the same scores. */
TEST(law_order_of_rows_and_units_of_figures_do_not_matter)
{
    uint64_t seed = 3;
    for (int round = 0; round < yh_law_count(200); round++) {
        yh_micro a[60 * 3], b[60 * 3];
        int n = (int)yh_test_between(&seed, 5, 60),
            turn = (int)yh_test_between(&seed, 0, n - 1);
        for (int i = 0; i < n; i++) {
            a[3 * i] = yh_test_between(&seed, 1, 1000000000) * 64 + i; /* no two alike */
            a[3 * i + 1] = yh_test_between(&seed, 1, 1000000) * 8;
            a[3 * i + 2] = yh_test_between(&seed, -1000, 1000) * YH_ONE;
            int k = (i + turn) % n;
            b[3 * k] = a[3 * i];
            b[3 * k + 1] = a[3 * i + 1] * 1024;
            b[3 * k + 2] = a[3 * i + 2];
        }
        struct yh_score_table ta = { n, 3, a, NULL, 0 }, tb = { n, 3, b, NULL, 0 };
        struct yh_score_result ra, rb;
        struct yh_score_how how = { 0, YH_SCORE_BOTH };
        CHECK_OK(yh_score(&ta, how, yh_test_arena(), &ra, NULL), NULL);
        CHECK_OK(yh_score(&tb, how, yh_test_arena(), &rb, NULL), NULL);
        for (int i = 0; i < n; i++)
            for (int j = 1; j < 3; j++)
                CHECK_I64(rb.cell[3 * ((i + turn) % n) + j].z, ra.cell[3 * i + j].z,
                          "the same z");
    }
}

TEST(what_cannot_be_compared_is_left_at_nothing)
{
    static const yh_micro CELL[] = { E(1), YH_SCORE_NONE, E(2), E(5), E(3), E(5), E(9), E(5) };
    static const int32_t PEER[] = { 0, 0, 0, 1 };
    struct yh_score_table t = { 4, 2, CELL, NULL, 0 };
    struct yh_score_result r;
    struct yh_err err;
    struct yh_score_how how = { -1, YH_SCORE_BOTH };
    CHECK_OK(yh_score(&t, how, yh_test_arena(), &r, NULL), NULL);
    CHECK_I64(r.order[0].score, 0, "four values are too few");
    t.peer = PEER;
    t.peers = 2;
    CHECK_OK(yh_score(&t, how, yh_test_arena(), &r, NULL), NULL);
    CHECK_I64(r.order[0].compared, 0, "peers fewer still");
    t.peer = NULL;
    how.size = 1;
    CHECK_I64(yh_score(&t, how, yh_test_arena(), &r, &err), YH_BAD_INPUT, "no size");
    CHECK_I64(err.row, 0, "of the first row");
    how.size = 2;
    CHECK_I64(yh_score(&t, how, yh_test_arena(), &r, &err), YH_BAD_INPUT, "no such column");
}

TEST(a_common_size_is_found_where_there_is_one)
{
    yh_micro cell[20 * 4];
    uint64_t seed = 11;
    for (int i = 0; i < 20; i++) {
        int64_t size = (int64_t)1 << (i + 2);
        cell[4 * i] = yh_test_between(&seed, 1, 1000);
        cell[4 * i + 1] = size;
        cell[4 * i + 2] = size * 3 + yh_test_between(&seed, 0, 9);
        cell[4 * i + 3] = size / 4 + (i % 3);
    }
    struct yh_score_table t = { 20, 4, cell, NULL, 0 };
    CHECK_I64(yh_score_size(&t, *yh_test_arena()), 1, "the first of those that rise together");
    for (int i = 0; i < 20 * 4; i++)
        cell[i] = yh_test_between(&seed, 1, 1000);
    CHECK_I64(yh_score_size(&t, *yh_test_arena()), -1,
              "none among figures that have nothing in common");
}
