#include "shell/gateway/statement.h"
#include "base/test.h"

TEST(a_statement_is_seven_columns_a_line)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_their_row *row;
    struct yh_err err;
    int n;
    CHECK_OK(yh_statement_read(a,
                               YH_S("\xEF\xBB\xBFS1\tM1\tP1\t120.00\t31.50\t50\t0\r\n\n"
                                    "S2\tnull\t\t-120\tnull\t-0.01\t1\t"),
                               &row, &n, &err),
             &err);
    CHECK_I64(n, 2, "empty lines are passed over");
    CHECK_STR(row[0].settlement, YH_S("S1"), "without the byte-order mark");
    CHECK_STR(row[0].refund, YH_S("0"), "without the carriage return");
    CHECK_I64(row[0].total, 12000, "fen");
    CHECK_STR(row[1].visit, YH_S(""), "null is empty");
    CHECK_I64(row[1].total, -12000, "a refund");
    CHECK_I64(row[1].account, -1, "a fen");
    static const struct {
        yh_str text;
        int line;
        const char *why;
    } BAD[] = {
        { YH_S_INIT("S1\tM1\tP1\t1\t1\t1\n"), 1, "six" },
        { YH_S_INIT("S1\tM1\tP1\t1\t1\t1\t0\nS1\tM1\tP1\t1\t1\t1\t0\t9\n"), 2, "eight" },
        { YH_S_INIT("S1\tM1\tP1\t1.005\t1\t1\t0\n"), 1, "tenths of a fen" },
        { YH_S_INIT("S1\tM1\tP1\t1\t1e3\t1\t0\n"), 1, "an exponent" },
        { YH_S_INIT("S1\tM1\tP1\t99999999999999999\t1\t1\t0\n"), 1, "too long" },
        { YH_S_INIT("\xFF\tM1\tP1\t1\t1\t1\t0\n"), 0, "no UTF-8" },
    };
    for (int i = 0; i < YH_COUNT(BAD); i++) {
        CHECK(yh_statement_read(a, BAD[i].text, &row, &n, &err) == YH_BAD_INPUT);
        CHECK_I64(err.line, BAD[i].line, BAD[i].why);
    }
    CHECK_OK(yh_statement_read(a, YH_S(""), &row, &n, &err), &err);
    CHECK_I64(n, 0, "nothing");
}

TEST(a_difference_is_ten_columns)
{
    struct yh_buf b = yh_buf_in(yh_test_arena());
    struct yh_diff_row row[] = {
        { .person = YH_S("P"),
          .visit = YH_S(""),
          .settlement = YH_S(""),
          .msgid = YH_S("M"),
          .result = YH_S("3"),
          .refund = YH_S("0"),
          .memo = YH_S("中心多"),
          .total = 100 },
        { .person = YH_S("P"),
          .visit = YH_S("V"),
          .settlement = YH_S("S"),
          .msgid = YH_S(""),
          .result = YH_S("0"),
          .refund = YH_S("1"),
          .memo = YH_S(""),
          .fund = -5 },
    };
    yh_statement_write(&b, row, 2);
    CHECK_STR(yh_buf_str(&b),
              YH_S("P\tnull\tnull\tM\t1\t0\t中心多\t1.00\t0.00\t0.00\n"
                   "P\tV\tS\tnull\t0\t1\tnull\t0.00\t-0.05\t0.00\n"),
              "balanced or not is all that the code list says");
}
