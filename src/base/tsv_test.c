#include "base/test.h"

TEST(a_table_is_read_row_by_row)
{
    struct yh_tsv t;
    struct yh_err err;
    static const char *const WANT[] = { "name", "code" };
    int col[2];
    CHECK_OK(yh_tsv_open(&t, YH_S("# code\tname\r\n01\t甲\r\n\r\n# passed over\n02\t\n"), &err),
             &err);
    CHECK_OK(yh_tsv_want(&t, WANT, 2, col, &err), &err);
    CHECK(col[0] == 1 && col[1] == 0 && yh_tsv_col(&t, YH_S("x")) == -1);
    CHECK_I64(yh_tsv_next(&t, &err), 1, "first");
    CHECK_STR(t.cell[1], YH_S("甲"), "cell without the CR");
    CHECK_I64(t.line, 2, "line");
    CHECK_I64(yh_tsv_next(&t, &err), 1, "second");
    CHECK_STR(t.cell[1], YH_S(""), "an empty cell");
    CHECK_I64(t.line, 5, "blank and comment lines count");
    CHECK_I64(yh_tsv_next(&t, &err), 0, "end");
    CHECK_I64(yh_tsv_next(&t, &err), 0, "and stays there");
}

static const struct {
    const char *text, *why;
} BAD_HEADS[] = {
    { "", "nothing" },
    { "\n01\t02\n", "an empty first line" },
    { "a\ta\n", "twice" },
    { "a\t\tb\n", "no name" },
    { "a\t\n", "no last name" },
    { "#\na\tb\n", "nothing behind the #" },
    { "a\t\xFF\n", "not UTF-8" },
};

TEST(a_bad_header_is_refused)
{
    for (int i = 0; i < YH_COUNT(BAD_HEADS); i++) {
        struct yh_tsv t;
        CHECK_I64(yh_tsv_open(&t, yh_cstr(BAD_HEADS[i].text), NULL), YH_BAD_TABLE,
                  BAD_HEADS[i].why);
    }
    struct yh_buf b = yh_buf_in(yh_test_arena());
    for (int i = 0; i < YH_TSV_COLUMNS_MAX; i++)
        yh_putf(&b, "%sc%d", i ? "\t" : "", i);
    struct yh_tsv t;
    CHECK_OK(yh_tsv_open(&t, yh_buf_str(&b), NULL), NULL);
    CHECK_I64(t.ncol, YH_TSV_COLUMNS_MAX, "the most columns");
    yh_putz(&b, "\tmore");
    CHECK_I64(yh_tsv_open(&t, yh_buf_str(&b), NULL), YH_BAD_TABLE, "one more");
}

TEST(a_bad_row_is_named_and_stepped_over)
{
    struct yh_tsv t;
    struct yh_err err;
    CHECK_OK(yh_tsv_open(&t, YH_S("a\tb\n1\n1\t2\t3\n1\t\xFF\n3\t4"), &err), &err);
    for (int line = 2; line <= 4; line++) {
        CHECK_I64(yh_tsv_next(&t, &err), -1, "bad");
        CHECK_I64(err.line, line, "its line");
        CHECK_I64(err.status, YH_BAD_TABLE, "its kind");
    }
    CHECK_I64(yh_tsv_next(&t, &err), 1, "the good one behind them, without a newline");
    CHECK_STR(t.cell[1], YH_S("4"), "its cell");
    static const char *const WANT[] = { "a", "zzz" };
    int col[2] = { 7, 7 };
    CHECK_I64(yh_tsv_want(&t, WANT, 2, col, &err), YH_BAD_TABLE, "a missing column");
    CHECK_STR(yh_cstr(err.field), YH_S("zzz"), "is named");
    CHECK_I64(col[0], 7, "and the output untouched");
}

TEST(law_a_table_written_is_read_back)
{
    uint64_t seed = 7;
    for (int i = 0, n = yh_law_count(10000) / 10; i < n; i++) {
        struct yh_arena scratch = *yh_test_arena();
        struct yh_buf b = yh_buf_in(&scratch);
        int cols = (int)yh_test_between(&seed, 1, 5), rows = (int)yh_test_between(&seed, 0, 5);
        for (int c = 0; c < cols; c++)
            yh_putf(&b, "%sc%d", c ? "\t" : "", c);
        uint64_t cells = seed;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < cols; c++)
                yh_putf(&b, "%s%d", c ? "\t" : "\n", (int)yh_test_between(&seed, 0, 99));
        struct yh_tsv t;
        CHECK_OK(yh_tsv_open(&t, yh_buf_str(&b), NULL), NULL);
        for (int r = 0; r < rows; r++) {
            CHECK_I64(yh_tsv_next(&t, NULL), 1, "row");
            for (int c = 0; c < cols; c++) {
                int64_t v;
                CHECK_OK(yh_int_parse(t.cell[c], &v, NULL), NULL);
                CHECK_I64(v, yh_test_between(&cells, 0, 99), "cell");
            }
        }
        CHECK_I64(yh_tsv_next(&t, NULL), 0, "end");
    }
}
