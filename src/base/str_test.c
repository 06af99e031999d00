#include "base/test.h"

TEST(texts_compare_by_bytes)
{
    CHECK(yh_eq(YH_S(""), yh_cstr(NULL)) && yh_eq((yh_str){ NULL, 0 }, YH_S("")));
    CHECK(yh_cmp(YH_S("a"), YH_S("ab")) < 0 && yh_cmp(YH_S("b"), YH_S("ab")) > 0 &&
          !yh_cmp(YH_S("x"), YH_S("x")));
    CHECK(yh_cmp(YH_S("\xFF"), YH_S("a")) > 0);
    CHECK(yh_starts(YH_S("医保"), YH_S("医")) && !yh_starts(YH_S("医"), YH_S("医保")) &&
          yh_starts(YH_S("x"), YH_S("")));
    CHECK(yh_ends(YH_S("a.tsv"), YH_S(".tsv")) && !yh_ends(YH_S("tsv"), YH_S(".tsv")) &&
          yh_ends(YH_S(""), YH_S("")));
}

TEST(parts_are_found_and_cut)
{
    CHECK_I64(yh_find(YH_S("aab"), YH_S("ab")), 1, "behind a false start");
    CHECK_I64(yh_find(YH_S("aab"), YH_S("abc")), -1, "absent");
    CHECK_I64(yh_find(YH_S("aab"), YH_S("")), 0, "the empty text");
    CHECK_I64(yh_find(YH_S(""), YH_S("a")), -1, "in nothing");
    CHECK_STR(yh_sub(YH_S("abcd"), 1, 3), YH_S("bc"), "inside");
    CHECK_STR(yh_sub(YH_S("abcd"), -5, 99), YH_S("abcd"), "clamped");
    CHECK_STR(yh_sub(YH_S("abcd"), 3, 2), YH_S(""), "crossed");
    CHECK_STR(yh_trim(YH_S(" \t　a　b \r\n")), YH_S("a　b"), "both kinds of blank");
    CHECK_STR(yh_trim(YH_S("　 ")), YH_S(""), "nothing but blanks");
    CHECK_STR(yh_trim(YH_S("\x80\x80")), YH_S("\x80\x80"), "half a character is no blank");

    yh_str rest = YH_S("a,");
    CHECK_STR(yh_cut(&rest, ','), YH_S("a"), "before");
    CHECK(rest.p && !rest.n);
    CHECK_STR(yh_cut(&rest, ','), YH_S(""), "an empty last part");
    CHECK(!rest.p);
    CHECK_STR(yh_cut(&rest, ','), YH_S(""), "and nothing for ever");
}

TEST(copies_and_formats)
{
    struct yh_arena *a = yh_test_arena();
    CHECK_STR(yh_dup(a, YH_S("医")), YH_S("医"), "dup");
    CHECK_STR(yh_dup(a, (yh_str){ NULL, 0 }), YH_S(""), "of nothing");
    CHECK(!strcmp(yh_zdup(a, YH_S("ab")), "ab") && !*yh_zdup(a, (yh_str){ NULL, 0 }));
    CHECK_STR(yh_fmt(a, "%d-%.*s", 7, YH_ARG(YH_S("x"))), YH_S("7-x"), "fmt");
}

/* RFC 3629's table, its edges and one step outside each. */
static const struct {
    const char *s;
    bool ok;
} UTF8[] = {
    { "", true },
    { "plain", true },
    { "医保", true },
    { "\xC2\x80", true },
    { "\xDF\xBF", true },
    { "\xE0\xA0\x80", true },
    { "\xED\x9F\xBF", true },
    { "\xEE\x80\x80", true },
    { "\xEF\xBF\xBF", true },
    { "\xF0\x90\x80\x80", true },
    { "\xF4\x8F\xBF\xBF", true },
    { "\x80", false },
    { "\xC0\x80", false },
    { "\xC1\xBF", false },
    { "\xE0\x9F\xBF", false },
    { "\xED\xA0\x80", false },
    { "\xED\xBF\xBF", false },
    { "\xF0\x8F\xBF\xBF", false },
    { "\xF4\x90\x80\x80", false },
    { "\xF5\x80\x80\x80", false },
    { "\xFF", false },
    { "\xE5\x8C", false },
    { "\xE5", false },
    { "a\xE5z", false },
    { "12345678\x80", false },
    { "1234567\xE5\x8C\xBB", true },
};

TEST(utf8_is_checked_at_every_edge)
{
    for (int i = 0; i < YH_COUNT(UTF8); i++)
        CHECK_I64(yh_utf8_ok(yh_cstr(UTF8[i].s)), UTF8[i].ok, UTF8[i].s);
    CHECK_I64(yh_utf8_count(YH_S("a医保")), 3, "characters");
    CHECK_I64(yh_utf8_width(YH_S("a医保，1")), 8, "columns");
    CHECK_I64(yh_utf8_width(YH_S("—×")), 2, "these are narrow");
}

TEST(law_cutting_loses_nothing_and_find_agrees_with_a_plain_search)
{
    uint64_t seed = 4;
    for (int i = 0, n = yh_law_count(10000); i < n; i++) {
        char text[40], part[4];
        yh_str s = { text, yh_test_between(&seed, 0, 40) },
               w = { part, yh_test_between(&seed, 1, 3) };
        for (int k = 0; k < 40; k++)
            text[k] = (char)yh_test_between(&seed, 'a', 'c');
        for (int k = 0; k < 4; k++)
            part[k] = (char)yh_test_between(&seed, 'a', 'c');
        ptrdiff_t want = -1;
        for (ptrdiff_t k = 0; want < 0 && k + w.n <= s.n; k++)
            if (!memcmp(text + k, part, (size_t)w.n))
                want = k;
        CHECK_I64(yh_find(s, w), want, "first place");
        ptrdiff_t sum = -1;
        yh_str rest = s;
        if (!s.n)
            continue;
        while (rest.p)
            sum += yh_cut(&rest, 'b').n + 1;
        CHECK_I64(sum, s.n, "parts and separators add up");
    }
}
