#include "base/test.h"

TEST(a_buffer_keeps_what_is_put)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_buf b = yh_buf_in(a);
    CHECK_STR(yh_buf_str(&b), YH_S(""), "empty");
    CHECK(b.p != NULL); /* fwrite(NULL, 1, 0, f) is undefined */
    yh_putz(&b, "x");
    yh_putf(&b, "%03d", 7);
    yh_putc(&b, '|');
    yh_put_i64(&b, INT64_MIN);
    yh_putc(&b, '|');
    yh_put_fen(&b, -123450);
    CHECK_STR(yh_buf_str(&b), YH_S("x007|-9223372036854775808|-1234.50"), "all of it");
    for (int i = 0; i < 1000; i++) {
        yh_put(&b, YH_S("0123456789"));
        if (i % 50 == 0)
            YH_NEW(a, char, 1); /* something stands behind: it must move */
    }
    CHECK_I64(b.n, 10034, "length");
    CHECK_STR(yh_sub(yh_buf_str(&b), 10024, 10034), YH_S("0123456789"), "the end");
    CHECK_STR(yh_sub(yh_buf_str(&b), 0, 5), YH_S("x007|"), "the beginning");
}

static const struct {
    yh_fen v;
    const char *want;
} MONEY[] = {
    { 0, "0.00" },
    { 1, "0.01" },
    { 99999, "999.99" },
    { 100000, "1,000.00" },
    { -100000, "-1,000.00" },
    { -99999, "-999.99" },
    { 123456789, "1,234,567.89" },
    { YH_FEN_MAX, "99,999,999,999,999.99" },
};

TEST(money_is_grouped_for_people)
{
    for (int i = 0; i < YH_COUNT(MONEY); i++) {
        struct yh_buf b = yh_buf_in(yh_test_arena());
        yh_put_money(&b, MONEY[i].v);
        CHECK_STR(yh_buf_str(&b), yh_cstr(MONEY[i].want), "grouped by three");
    }
}

TEST(padding_counts_columns)
{
    struct yh_buf b = yh_buf_in(yh_test_arena());
    yh_put_pad(&b, YH_S("医保"), 6);
    yh_put_pad(&b, YH_S("ab"), -4);
    yh_put_pad(&b, YH_S("longer"), 3);
    CHECK_STR(yh_buf_str(&b), YH_S("医保    ablonger"), "right, left, never cut");
}
