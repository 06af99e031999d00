#include "base/test.h"

TEST(an_error_carries_place_field_and_value)
{
    struct yh_err e = { .row = 5, .line = 9 };
    CHECK_I64(yh_fail(&e, YH_NOT_FOUND, "x %d", 1), YH_NOT_FOUND, "the status is returned");
    CHECK(e.status == YH_NOT_FOUND && !e.line && !e.col && e.row == -1 &&
          !strcmp(e.text, "x 1"));
    CHECK_I64(yh_fail_at(&e, YH_BAD_TABLE, 3, 4, "y"), YH_BAD_TABLE, "with a place");
    CHECK(e.line == 3 && e.col == 4 && !e.field[0]);
    yh_fail_field(&e, YH_BAD_INPUT, "psn_no", NULL, "z");
    CHECK(!strcmp(e.field, "psn_no") && !e.met[0]);
    CHECK_I64(yh_fail(NULL, YH_IO, "%s", ""), YH_IO, "nobody wants to know");
    yh_fail(&e, YH_IO, "inner");
    yh_fail(&e, YH_IO, "outer: %s", e.text);
    CHECK(!strcmp(e.text, "outer: inner"));
}

TEST(long_texts_are_cut_at_a_character)
{
    char long_text[1000];
    for (int shift = 0; shift < 4; shift++) {
        memset(long_text, 'a', (size_t)shift);
        for (int i = 0; i < 300; i++)
            memcpy(long_text + shift + 3 * i, "医", 3);
        long_text[shift + 900] = 0;
        struct yh_err e;
        yh_fail_field(&e, YH_BAD_INPUT, long_text, long_text, "%s", long_text);
        CHECK(yh_utf8_ok(yh_cstr(e.field)) && strlen(e.field) > sizeof e.field - 4);
        CHECK(yh_utf8_ok(yh_cstr(e.met)) && strlen(e.met) > sizeof e.met - 4);
        CHECK(yh_utf8_ok(yh_cstr(e.text)) && strlen(e.text) > sizeof e.text - 4);
    }
}

TEST(a_piece_that_was_cut_inside_a_character_is_mended)
{
    struct yh_err e;
    (void)yh_fail(&e, YH_BAD_INPUT, "“%.*s”：没有这个交易", 5, "门诊");
    CHECK_STR(yh_cstr(e.text), YH_S("“门??”：没有这个交易"), "two bytes are left of 诊");
}

TEST(every_status_has_its_own_word)
{
    for (int i = YH_OK; i <= YH_IO; i++)
        for (int k = YH_OK; k < i; k++)
            CHECK(strcmp(yh_status_word(i), yh_status_word(k)));
    CHECK_ASSERTS(yh_assert(1 + 1 == 3));
}
