#include "base/test.h"
#include "model/policy/inside.h"

static const struct yh_param PARAM[] = {
    { YH_S_INIT("人均收入"), 34000000000, false, false },
    { YH_S_INIT("起付比例"), 500000, true, false },
    { YH_S_INIT("未知"), 0, false, true },
};
static const struct yh_params PARAMS = { PARAM, YH_COUNT(PARAM) };

static const struct {
    const char *text;
    enum yh_value_kind kind;
    int64_t v;
    bool missing;
    const char *why;
} GOOD[] = {
    { "800", YH_V_MONEY, 80000, false, "yuan to fen" },
    { "14,000", YH_V_MONEY, 1400000, false, "grouping comma" },
    { "1,234,567.89", YH_V_MONEY, 123456789, false, "two of them and decimals" },
    { "0.5", YH_V_MONEY, 50, false, "half a yuan" },
    { "10万", YH_V_MONEY, 10000000, false, "万" },
    { "1.5万元", YH_V_MONEY, 1500000, false, "with 元" },
    { "0.01", YH_V_MONEY, 1, false, "one fen" },
    { "0.005", YH_V_MONEY, 1, false, "half a fen rounds up" },
    { "不限", YH_V_MONEY, YH_UNLIMITED, false, "no limit" },
    { "无", YH_V_MONEY, 0, false, "none" },
    { "缺", YH_V_MONEY, 0, true, "missing" },
    { "60%", YH_V_RATE, 600000, false, "a rate" },
    { "0.05%", YH_V_RATE, 500, false, "a small rate" },
    { "100%", YH_V_RATE, YH_ONE, false, "all of it" },
    { "全自费", YH_V_RATE, YH_ONE, false, "in words" },
    { "按目录", YH_V_RATE, YH_NONE, false, "the catalogue's" },
    { "人均收入×50%", YH_V_MONEY, 1700000, false, "a parameter's share" },
    { "人均收入×起付比例", YH_V_MONEY, 1700000, false, "both named" },
    { "7 × 人均收入", YH_V_MONEY, 23800000, false, "blanks" },
    { "100÷3", YH_V_MONEY, 3333, false, "rounded to fen" },
    { "800+200", YH_V_MONEY, 100000, false, "a sum" },
    { "1000-200", YH_V_MONEY, 80000, false, "a difference" },
    { "未知×50%", YH_V_MONEY, 0, true, "missing stays missing" },
    { "12", YH_V_COUNT, 12, false, "a count" },
    { "是", YH_V_FLAG, 1, false, "yes" },
    { "否", YH_V_FLAG, 0, false, "no" },
};

TEST(amounts_and_rates_are_read_to_the_fen)
{
    for (int i = 0; i < YH_COUNT(GOOD); i++) {
        struct yh_value v = { -7, false };
        const char *bad = yh_value_read(yh_cstr(GOOD[i].text), GOOD[i].kind, &PARAMS, &v);
        CHECK_STR(yh_cstr(bad), YH_S(""), GOOD[i].why);
        CHECK_I64(v.v, GOOD[i].v, GOOD[i].why);
        CHECK_I64(v.missing, GOOD[i].missing, GOOD[i].why);
    }
}

static const struct {
    const char *text;
    enum yh_value_kind kind;
    const char *bad;
} BAD[] = {
    { "", YH_V_MONEY, "不是数" },
    { "八百", YH_V_MONEY, "不是数，也不是 params 里的名字" },
    { "8,00", YH_V_MONEY, "不是数" },
    { "1,2345", YH_V_MONEY, "不是数" },
    { "12abc", YH_V_MONEY, "不是数" },
    { "60", YH_V_RATE, "比例要带 %" },
    { "60%", YH_V_MONEY, "这里要金额，不要比例" },
    { "10%+200", YH_V_MONEY, "金额和比例不能相加" },
    { "5÷0", YH_V_MONEY, "除数为零" },
    { "20000亿", YH_V_MONEY, "数太大" },
    { "0.1234567", YH_V_MONEY, "数太长" },
    { "1.5", YH_V_COUNT, "应为整数" },
    { "可以", YH_V_FLAG, "应为 是 或 否" },
};

TEST(what_is_no_value_is_said_in_words)
{
    for (int i = 0; i < YH_COUNT(BAD); i++) {
        struct yh_value v;
        CHECK_STR(yh_cstr(yh_value_read(yh_cstr(BAD[i].text), BAD[i].kind, &PARAMS, &v)),
                  yh_cstr(BAD[i].bad), BAD[i].text);
    }
}

static const struct {
    const char *text;
    int64_t lo, hi;
} RANGES[] = {
    { "3", 3, 3 },
    { "3..", 3, INT64_MAX },
    { "..15", INT64_MIN, 15 },
    { "1..3", 1, 3 },
};

TEST(ranges_hold_both_ends)
{
    bool missing = false;
    int64_t lo, hi;
    for (int i = 0; i < YH_COUNT(RANGES); i++) {
        CHECK_STR(yh_cstr(yh_range_read(yh_cstr(RANGES[i].text), YH_V_COUNT, &PARAMS, &lo, &hi,
                                        &missing)),
                  YH_S(""), RANGES[i].text);
        CHECK_I64(lo, RANGES[i].lo, RANGES[i].text);
        CHECK_I64(hi, RANGES[i].hi, RANGES[i].text);
    }
    CHECK(*yh_range_read(YH_S("3..1"), YH_V_COUNT, &PARAMS, &lo, &hi, &missing));
    CHECK(*yh_range_read(YH_S(""), YH_V_COUNT, &PARAMS, &lo, &hi, &missing));
    CHECK(!missing);
}

TEST(words_keep_lists_together)
{
    yh_str s = YH_S("  低保, 特困、孤儿  三级 ; 3..");
    CHECK_STR(yh_next_word(&s), YH_S("低保, 特困、孤儿"), "commas do not part words");
    CHECK_STR(yh_next_word(&s), YH_S("三级"), "blanks do");
    CHECK_STR(yh_next_word(&s), YH_S("3.."), "and semicolons");
    CHECK_STR(yh_next_word(&s), YH_S(""), "the end");
    yh_str list = YH_S("低保, 特困、孤儿，优抚");
    static const char *const ITEM[] = { "低保", "特困", "孤儿", "优抚", "" };
    for (int i = 0; i < YH_COUNT(ITEM); i++)
        CHECK_STR(yh_next_item(&list), yh_cstr(ITEM[i]), "each item");
}

TEST(rates_are_shown_without_idle_zeros)
{
    struct yh_arena *a = yh_test_arena();
    CHECK_STR(yh_show_value(a, 600000, YH_V_RATE), YH_S("60%"), "60");
    CHECK_STR(yh_show_value(a, 765000, YH_V_RATE), YH_S("76.5%"), "76.5");
    CHECK_STR(yh_show_value(a, 0, YH_V_RATE), YH_S("0%"), "0");
    CHECK_STR(yh_show_value(a, 100000, YH_V_RATE), YH_S("10%"), "10, not 1");
    CHECK_STR(yh_show_value(a, 10000000, YH_V_MONEY), YH_S("100,000.00"), "yuan");
}

TEST(a_place_counts_characters)
{
    yh_str text = YH_S("一\n二三四\nab");
    int line, col;
    yh_place(text, (yh_str){ text.p + 4 + 6, 3 }, &line, &col);
    CHECK_I64(line, 2, "second line");
    CHECK_I64(col, 3, "third character");
    yh_place(text, YH_S("elsewhere"), &line, &col);
    CHECK_I64(line * 10 + col, 11, "outside: the beginning");
}
