#include "base/test.h"

#define UP YH_ROUND_HALF_UP
#define DOWN YH_ROUND_DOWN
#define CEIL YH_ROUND_UP
#define EVEN YH_ROUND_HALF_EVEN

/* amount fen × rate.  1 × 0.5 = 0.5 stands on the edge; 3 × 0.5 = 1.5 too, with an odd floor. */
static const struct {
    yh_fen amount;
    yh_micro rate;
    enum yh_round mode;
    yh_fen want;
    const char *why;
} SCALED[] = {
    { 1, 500000, UP, 1, "half up goes up" },
    { 1, 499999, UP, 0, "a millionth below half goes down" },
    { -1, 500000, UP, -1, "a refund mirrors its charge" },
    { -1, 499999, UP, 0, "and below half it vanishes" },
    { 1, 999999, DOWN, 0, "down cuts off" },
    { -1, 999999, DOWN, 0, "down is toward zero" },
    { 1, 1, CEIL, 1, "up takes the smallest rest" },
    { -1, 1, CEIL, -1, "up is away from zero" },
    { 1, 0, CEIL, 0, "nothing stays nothing" },
    { 1, 500000, EVEN, 0, "0.5 to the even 0" },
    { 3, 500000, EVEN, 2, "1.5 to the even 2" },
    { 5, 500000, EVEN, 2, "2.5 to the even 2" },
    { -5, 500000, EVEN, -2, "-2.5 to the even -2" },
    { 5, 500001, EVEN, 3, "above half is no tie" },
    { YH_FEN_MAX, YH_ONE, UP, YH_FEN_MAX, "the largest amount, whole" },
    { YH_FEN_MAX, 500000, UP, 5000000000000000, "and half of it, ...999.5 up" },
    { 2200000 - 80000, 600000, UP, 1272000, "(22000 - 800) x 60 % = 12720.00" },
};

TEST(amounts_are_scaled_and_rounded_as_named)
{
    for (int i = 0; i < YH_COUNT(SCALED); i++)
        CHECK_I64(yh_fen_scale(SCALED[i].amount, SCALED[i].rate, SCALED[i].mode),
                  SCALED[i].want, SCALED[i].why);
}

TEST(products_that_do_not_fit_are_assertions)
{
    CHECK_ASSERTS(yh_fen_scale(INT64_MAX, 2 * YH_ONE, YH_ROUND_DOWN));
    CHECK_ASSERTS(yh_muldiv(1, 1, 0, YH_ROUND_DOWN));
    CHECK_ASSERTS(yh_muldiv(1, 1, -1, YH_ROUND_DOWN));
    CHECK_ASSERTS(yh_fen_to_unit(1, 0, YH_ROUND_DOWN));
    CHECK_I64(yh_muldiv(INT64_MAX, INT64_MAX, INT64_MAX, YH_ROUND_DOWN), INT64_MAX,
              "wide inside");
}

TEST(a_line_is_price_times_quantity)
{
    /* 1.2345 yuan x 3 = 3.7035 -> 3.70; 0.005 yuan x 1 = half a fen -> 0.01 */
    CHECK_I64(yh_line_amount(1234500, 30000, YH_ROUND_HALF_UP), 370, "3.7035");
    CHECK_I64(yh_line_amount(5000, 10000, YH_ROUND_HALF_UP), 1, "half a fen");
    CHECK_I64(yh_line_amount(4999, 10000, YH_ROUND_HALF_UP), 0, "a millionth of a yuan less");
    CHECK_I64(yh_line_amount(1234500, -30000, YH_ROUND_HALF_UP), -370, "a refund");
    CHECK_I64(yh_line_amount(9999999999999999, 10000, YH_ROUND_HALF_UP), 1000000000000,
              "largest price");
}

TEST(amounts_are_cut_to_units)
{
    CHECK_I64(yh_fen_to_unit(12345, 1, YH_ROUND_HALF_UP), 12345, "fen");
    CHECK_I64(yh_fen_to_unit(12345, 10, YH_ROUND_HALF_UP), 12350, "jiao, 5 up");
    CHECK_I64(yh_fen_to_unit(12344, 10, YH_ROUND_HALF_UP), 12340, "jiao, 4 down");
    CHECK_I64(yh_fen_to_unit(12350, 100, YH_ROUND_HALF_EVEN), 12400, "yuan, tie to even");
    CHECK_I64(yh_fen_to_unit(-12345, 100, YH_ROUND_DOWN), -12300, "yuan, toward zero");
    CHECK_I64(yh_ratio(1, 3, YH_ROUND_HALF_UP), 333333, "a third");
    CHECK_I64(yh_ratio(2, 3, YH_ROUND_HALF_UP), 666667, "two thirds");
}

static const struct {
    const char *text;
    int scale;
    bool ok;
    int64_t want;
} DECIMALS[] = {
    { "0", 2, true, 0 },
    { "-0", 2, true, 0 },
    { "12.5", 2, true, 1250 },
    { "-12.50", 2, true, -1250 },
    { "12.500000", 2, true, 1250 },
    { "0.01", 2, true, 1 },
    { "007", 0, true, 7 },
    { "1.000001", 6, true, 1000001 },
    { "3", 4, true, 30000 },
    { "99999999999999.99", 2, true, YH_FEN_MAX },
    { "-99999999999999.99", 2, true, -YH_FEN_MAX },
    { "100000000000000", 2, false, 0 },
    { "100000000000000.00", 2, false, 0 },
    { "9223372036854775807", 0, true, INT64_MAX },
    { "-9223372036854775808", 0, true, INT64_MIN },
    { "9223372036854775808", 0, false, 0 },
    { "-9223372036854775809", 0, false, 0 },
    { "18446744073709551616", 0, false, 0 },
    { "99999999999999999999999999", 2, false, 0 },
    { "", 2, false, 0 },
    { "-", 2, false, 0 },
    { ".", 2, false, 0 },
    { ".5", 2, false, 0 },
    { "5.", 2, false, 0 },
    { "-.5", 2, false, 0 },
    { "+5", 2, false, 0 },
    { " 5", 2, false, 0 },
    { "5 ", 2, false, 0 },
    { "1e3", 2, false, 0 },
    { "1,000", 2, false, 0 },
    { "1.2.3", 2, false, 0 },
    { "12.505", 2, false, 0 },
    { "0.001", 2, false, 0 },
    { "1.5", 0, false, 0 },
    { "--1", 2, false, 0 },
    { "1-", 2, false, 0 },
    { "0x10", 0, false, 0 },
    { "NaN", 2, false, 0 },
    { "１２", 2, false, 0 },
};

TEST(decimals_are_read_strictly)
{
    for (int i = 0; i < YH_COUNT(DECIMALS); i++) {
        struct yh_err err = { 0 };
        int64_t v = 77;
        enum yh_status s = yh_dec_parse(yh_cstr(DECIMALS[i].text), DECIMALS[i].scale, &v, &err);
        CHECK_I64(s, DECIMALS[i].ok ? YH_OK : YH_BAD_INPUT, DECIMALS[i].text);
        CHECK_I64(v, DECIMALS[i].ok ? DECIMALS[i].want : 77, DECIMALS[i].text);
        if (s)
            CHECK_STR(yh_cstr(err.met), yh_cstr(DECIMALS[i].text),
                      "the error names what was met");
    }
}

TEST(decimals_are_written_with_the_digits_asked_for)
{
    char t[32];
    CHECK_STR(yh_dec_text(t, 1250, 2, 2), YH_S("12.50"), "two");
    CHECK_STR(yh_dec_text(t, -5, 2, 2), YH_S("-0.05"), "below one");
    CHECK_STR(yh_dec_text(t, 0, 2, 2), YH_S("0.00"), "zero");
    CHECK_STR(yh_dec_text(t, 1200, 2, 0), YH_S("12"), "what is cut off is zero");
    CHECK_STR(yh_dec_text(t, 850000, 6, 2), YH_S("0.85"), "a rate");
    CHECK_STR(yh_dec_text(t, INT64_MIN, 0, 0), YH_S("-9223372036854775808"), "the least");
    CHECK_STR(yh_dec_text(t, INT64_MIN, 18, 18), YH_S("-9.223372036854775808"), "and scaled");
    CHECK_ASSERTS(yh_dec_text(t, 1250, 2, 1 - 1));
}

TEST(law_rounding_is_within_half_and_mirrors)
{
    uint64_t seed = 1;
    for (int i = 0, n = yh_law_count(10000); i < n; i++) {
        yh_fen a = yh_test_between(&seed, 0, YH_FEN_MAX);
        yh_micro r = yh_test_between(&seed, 0, YH_ONE);
        for (enum yh_round mode = UP; mode <= EVEN; mode++) {
            yh_fen got = yh_fen_scale(a, r, mode);
            __int128 off = ((__int128)got * YH_ONE - (__int128)a * r) * 2;
            int64_t most = mode == UP || mode == EVEN ? YH_ONE : 2 * YH_ONE - 1;
            CHECK(off <= most && off >= -most);
            CHECK(mode != DOWN || off <= 0);
            CHECK(mode != CEIL || off >= 0);
            CHECK_I64(yh_fen_scale(-a, r, mode), -got, "a refund mirrors its charge");
            CHECK(yh_fen_scale(a < YH_FEN_MAX ? a + 1 : a, r, mode) >= got);
        }
        CHECK_I64(yh_fen_scale(a, r, UP) + (a - yh_fen_scale(a, r, UP)), a, "nothing is lost");
    }
}

TEST(law_a_decimal_written_is_read_back)
{
    uint64_t seed = 2;
    for (int i = 0, n = yh_law_count(10000); i < n; i++) {
        char t[32];
        int scale = (int)yh_test_between(&seed, 0, 10);
        int64_t v = yh_test_between(&seed, -YH_FEN_MAX, YH_FEN_MAX) >>
                    yh_test_between(&seed, 0, 50),
                back;
        CHECK_OK(yh_dec_parse(yh_dec_text(t, v, scale, scale), scale, &back, NULL), NULL);
        CHECK_I64(back, v, "round trip");
    }
}

/* The example of GB 11643 and those of ISO 7064: 11010519491231002X, 07940, 079X. */
TEST(a_check_character_follows_its_digits)
{
    CHECK(yh_mod11_2("11010519491231002", 17) == 'X');
    CHECK(yh_mod11_2("0794", 4) == '0');
    CHECK(yh_mod11_2("079", 3) == 'X');
}
