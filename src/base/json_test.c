#include "base/test.h"

static struct yh_json *read(const char *text)
{
    struct yh_json *v = NULL;
    struct yh_err err;
    CHECK_OK(
        yh_json_read(yh_test_arena(), yh_cstr(text), (struct yh_json_limits){ 0 }, &v, &err),
        &err);
    return v;
}

TEST(a_message_is_read)
{
    const struct yh_json *v =
        read(" {\"psn_no\": \"01\",\n  \"sum\": 120.50, \"l\": [1, true, null, {}, []]}\r\n");
    CHECK(v->kind == YH_JSON_OBJECT && v->count == 3);
    CHECK_STR(yh_json_text(yh_json_get(v, YH_S("psn_no"))), YH_S("01"), "text");
    const struct yh_json *sum = yh_json_get(v, YH_S("sum")), *l = yh_json_get(v, YH_S("l"));
    CHECK_STR(yh_json_text(sum), YH_S("120.50"), "a number keeps its digits");
    CHECK(sum->line == 2 && sum->col == 3);
    CHECK_STR(l->text, YH_S("[1, true, null, {}, []]"), "raw source");
    CHECK(l->count == 5 && l->first->next->truth && l->first->next->next->kind == YH_JSON_NULL);
    CHECK(!yh_json_get(v, YH_S("absent")) && !yh_json_get(NULL, YH_S("x")) &&
          !yh_json_get(l, YH_S("x")));
    CHECK_STR(yh_json_text(NULL), YH_S(""), "of nothing");
    CHECK_STR(yh_json_text(l), YH_S(""), "of an array");
}

TEST(strings_are_unescaped)
{
    CHECK_STR(read("\"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\"")->text, YH_S("a\"\\/\b\f\n\r\tz"),
              "the short ones");
    CHECK_STR(read("\"\\u533B\\u4fdd\"")->text, YH_S("医保"), "basic plane");
    CHECK_STR(read("\"\\ud83d\\ude00\\u007f\\u0080\"")->text,
              YH_S("\xF0\x9F\x98\x80\x7F\xC2\x80"), "pairs and edges");
    CHECK_STR(read("\"\\uFFFF\\u07ff\\u0800\"")->text, YH_S("\xEF\xBF\xBF\xDF\xBF\xE0\xA0\x80"),
              "edges of length");
    CHECK_STR(read("\"0123456789医保0123456789\\\\\"")->text,
              YH_S("0123456789医保0123456789\\"), "long");
}

/* What RFC 8259 refuses, and what we refuse beyond it (equal keys, U+0000). */
static const struct {
    const char *text;
    int line, col;
    const char *why;
} BAD[] = {
    { "", 1, 1, "nothing" },
    { "  ", 1, 3, "blanks" },
    { "{", 1, 2, "unclosed object" },
    { "[", 1, 2, "unclosed array" },
    { "[1,]", 1, 4, "trailing comma" },
    { "{\"a\":1,}", 1, 8, "trailing comma" },
    { "[1 2]", 1, 4, "no comma" },
    { "{\"a\" 1}", 1, 6, "no colon" },
    { "{a:1}", 1, 2, "bare key" },
    { "{1:1}", 1, 2, "number as key" },
    { "{'a':1}", 1, 2, "single quotes" },
    { "[1]x", 1, 4, "something behind" },
    { "1 2", 1, 3, "two values" },
    { "tru", 1, 1, "half a word" },
    { "True", 1, 1, "capital" },
    { "nul", 1, 1, "half a null" },
    { "NaN", 1, 1, "NaN" },
    { "Infinity", 1, 1, "Infinity" },
    { "01", 1, 1, "leading zero" },
    { "-", 1, 1, "a lone minus" },
    { "+1", 1, 1, "plus" },
    { ".5", 1, 1, "no whole part" },
    { "1.", 1, 1, "no decimals" },
    { "1e", 1, 1, "no exponent" },
    { "1e+", 1, 1, "no exponent digits" },
    { "0x1", 1, 2, "hexadecimal" },
    { "\"a", 1, 1, "unclosed string" },
    { "\"a\\", 1, 1, "cut in an escape" },
    { "\"\\", 1, 1, "cut at once" },
    { "\"\\\"", 1, 1, "its end is escaped" },
    { "\"\\x\"", 1, 2, "unknown escape" },
    { "\"\\u12\"", 1, 2, "short escape" },
    { "\"\\u12G4\"", 1, 2, "not hexadecimal" },
    { "\"\\ud800\"", 1, 2, "half a pair" },
    { "\"\\ud800\\n\"", 1, 2, "half a pair and another escape" },
    { "\"\\ud800\\u0041\"", 1, 2, "a pair with a wrong half" },
    { "\"\\udc00\"", 1, 2, "the second half alone" },
    { "\"\\u0000\"", 1, 2, "NUL, which no store takes" },
    { "\"a\tb\"", 1, 3, "raw tab" },
    { "\"a\nb\"", 1, 3, "raw newline" },
    { "\"\x1f\"", 1, 2, "raw control" },
    { "\"\xff\"", 1, 2, "not UTF-8" },
    { "\"\xC0\x80\"", 1, 2, "overlong" },
    { "\"\xED\xA0\x80\"", 1, 2, "surrogate" },
    { "\"\xE5\x8C\"", 1, 2, "cut character" },
    { "[\"\xE5", 1, 3, "cut by the end" },
    { "{\"a\":1,\n \"a\":2}", 2, 2, "key twice" },
    { "{\"a\":1,\"\\u0061\":2}", 1, 8, "twice, once escaped" },
    { "{\"\":1,\"\":2}", 1, 7, "the empty key twice" },
    { "// c\n1", 1, 1, "comment" },
    { "[1,\n\n  ?]", 3, 3, "third line" },
    { "]", 1, 1, "closes nothing" },
    { "{\"a\":}", 1, 6, "no value" },
    { "[}", 1, 2, "wrong close" },
    { "\xEF\xBB\xBF{}", 1, 1, "byte order mark" },
    { "\f1", 1, 1, "form feed is no blank" },
};

TEST(bad_json_is_refused_with_its_place)
{
    for (int i = 0; i < YH_COUNT(BAD); i++) {
        struct yh_json *v = NULL;
        struct yh_err err = { 0 };
        CHECK_I64(yh_json_read(yh_test_arena(), yh_cstr(BAD[i].text),
                               (struct yh_json_limits){ 0 }, &v, &err),
                  YH_BAD_INPUT, BAD[i].why);
        CHECK_I64(err.line, BAD[i].line, BAD[i].why);
        CHECK_I64(err.col, BAD[i].col, BAD[i].why);
        CHECK(!v);
    }
}

static const char *const GOOD[] = { "0",
                                    "-0",
                                    "-0.0e-0",
                                    "1E+9",
                                    "\"\"",
                                    "[]",
                                    "{}",
                                    "[[],{}]",
                                    "null",
                                    " true ",
                                    "{\"a\":{\"a\":1},\"b\":{\"a\":1}}",
                                    "\"\x7f\"",
                                    "123456789012345678901234567890" };

TEST(good_json_is_taken)
{
    for (int i = 0; i < YH_COUNT(GOOD); i++)
        CHECK(read(GOOD[i]));
}

TEST(depth_and_number_of_values_are_bounded)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_json *v;
    char deep[80];
    memset(deep, '[', 40);
    memset(deep + 40, ']', 40);
    CHECK_OK(yh_json_read(a, (yh_str){ deep + 8, 64 }, (struct yh_json_limits){ 0 }, &v, NULL),
             NULL);
    CHECK_I64(yh_json_read(a, (yh_str){ deep + 7, 66 }, (struct yh_json_limits){ 0 }, &v, NULL),
              YH_LIMIT, "33 deep");
    CHECK_OK(yh_json_read(a, YH_S("[1,2]"), (struct yh_json_limits){ .nodes = 3 }, &v, NULL),
             NULL);
    CHECK_I64(yh_json_read(a, YH_S("[1,2]"), (struct yh_json_limits){ .nodes = 2 }, &v, NULL),
              YH_LIMIT, "3 values");
    char *wall = YH_NEW(a, char, 100000);
    memset(wall, '[', 100000);
    CHECK_I64(yh_json_read(a, (yh_str){ wall, 100000 },
                           (struct yh_json_limits){ .depth = 1 << 30 }, &v, NULL),
              YH_LIMIT, "a wall of brackets does not exhaust the stack");
}

TEST(equal_keys_are_found_in_objects_of_any_size)
{
    static const int SIZES[] = { 2, 8, 63, 64, 65, 66, 100, 1000 };
    for (int i = 0; i < YH_COUNT(SIZES); i++) {
        for (int twice = 0; twice < 2; twice++) {
            struct yh_buf b = yh_buf_in(yh_test_arena());
            struct yh_jsonw w = yh_jsonw_on(&b);
            yh_jw_object(&w);
            for (int k = 0; k < SIZES[i]; k++) {
                int name = twice && k == SIZES[i] - 1 ? SIZES[i] / 3 : k;
                yh_jw_key(&w, yh_fmt(yh_test_arena(), "key%d", name));
                yh_jw_i64(&w, k);
            }
            yh_jw_end(&w, '}');
            struct yh_json *v;
            enum yh_status s = yh_json_read(yh_test_arena(), yh_buf_str(&b),
                                            (struct yh_json_limits){ 0 }, &v, NULL);
            CHECK_I64(s, twice ? YH_BAD_INPUT : YH_OK,
                      twice ? "one key twice" : "all different");
        }
    }
}

TEST(numbers_are_read_with_the_fields_scale)
{
    static const struct {
        const char *text;
        int scale;
        bool ok;
        int64_t want;
    } ROWS[] = {
        { "120.00", 2, true, 12000 }, { "\"120.5\"", 2, true, 12050 },
        { "\"\"", 2, false, 0 },      { "1e2", 2, false, 0 },
        { "120.005", 2, false, 0 },   { "true", 2, false, 0 },
        { "null", 2, false, 0 },      { "[]", 2, false, 0 },
        { "\"12a\"", 2, false, 0 },   { "3", 4, true, 30000 },
        { "-0.01", 2, true, -1 },
    };
    for (int i = 0; i < YH_COUNT(ROWS); i++) {
        struct yh_err err = { 0 };
        const struct yh_json *o =
            read(yh_fmt(yh_test_arena(), "{\"medfee_sumamt\":%s}%c", ROWS[i].text, 0).p);
        int64_t v = 7;
        CHECK_I64(yh_json_dec(o->first, ROWS[i].scale, &v, &err),
                  ROWS[i].ok ? YH_OK : YH_BAD_INPUT, ROWS[i].text);
        CHECK_I64(v, ROWS[i].ok ? ROWS[i].want : 7, ROWS[i].text);
        if (!ROWS[i].ok)
            CHECK_STR(yh_cstr(err.field), YH_S("medfee_sumamt"), "the field is named");
    }
    CHECK_I64(yh_json_dec(NULL, 2, &(int64_t){ 0 }, NULL), YH_BAD_INPUT, "absent");
}

TEST(the_writer_minds_commas_and_escapes)
{
    struct yh_buf b = yh_buf_in(yh_test_arena());
    struct yh_jsonw w = yh_jsonw_on(&b);
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "a", YH_S("医\"\\\n\x01"));
    yh_jw_kv_array(&w, "b");
    yh_jw_array(&w);
    yh_jw_end(&w, ']');
    yh_jw_fen(&w, -5);
    yh_jw_bool(&w, true);
    yh_jw_null(&w);
    yh_jw_raw(&w, YH_S("{}"));
    yh_jw_dec(&w, 850000, 6, 4);
    yh_jw_end(&w, ']');
    yh_jw_kv_fen(&w, "c", 100);
    yh_jw_kv_i64(&w, "d", -1);
    yh_jw_end(&w, '}');
    CHECK_STR(yh_buf_str(&b),
              YH_S("{\"a\":\"医\\\"\\\\\\n\\u0001\",\"b\":[[],-0.05,true,null,{},0.8500],\"c\":"
                   "1.00,\"d\":-1}"),
              "all");
    CHECK(read(yh_fmt(yh_test_arena(), "%.*s%c", YH_ARG(yh_buf_str(&b)), 0).p));
}

TEST(a_day_and_a_time_that_are_not_there_are_empty_text)
{
    struct yh_buf b = yh_buf_in(yh_test_arena());
    struct yh_jsonw w = yh_jsonw_on(&b);
    yh_jw_object(&w);
    yh_jw_kv_bool(&w, "a", false);
    yh_jw_kv_raw(&w, "b", YH_S("[1]"));
    yh_jw_kv_object(&w, "c");
    yh_jw_kv_day(&w, "none", 0);
    yh_jw_kv_day(&w, "open", YH_DAY_MAX);
    yh_jw_kv_day(&w, "day", 20531);
    yh_jw_kv_time(&w, "never", 0);
    yh_jw_kv_time(&w, "time", (yh_time)20531 * 86400 + 61);
    yh_jw_end(&w, '}');
    yh_jw_end(&w, '}');
    CHECK_STR(
        yh_buf_str(&b),
        YH_S("{\"a\":false,\"b\":[1],\"c\":{\"none\":\"\",\"open\":\"\",\"day\":\"2026-03-"
             "19\",\"never\":\"\",\"time\":\"2026-03-19 00:01:01\"}}"),
        "all");
}

/* A random tree, written. */
static void grow(struct yh_jsonw *w, uint64_t *seed, int depth)
{
    char t[24];
    int n = (int)yh_test_between(seed, 0, 5);
    switch (yh_test_between(seed, depth ? 0 : 4, depth < 6 ? 5 : 3)) {
    case 0: yh_jw_i64(w, (int64_t)yh_test_random(seed)); break;
    case 1: yh_jw_fen(w, yh_test_between(seed, -YH_FEN_MAX, YH_FEN_MAX)); break;
    case 2: yh_jw_bool(w, n & 1); break;
    case 3:
        for (int i = 0; i < 24; i++)
            t[i] = (char)yh_test_between(seed, 1, 127);
        yh_jw_str(w, (yh_str){ t, n * 4 });
        break;
    case 4:
        yh_jw_array(w);
        for (int i = 0; i < n; i++)
            grow(w, seed, depth + 1);
        yh_jw_end(w, ']');
        break;
    default:
        yh_jw_object(w);
        for (int i = 0; i < n; i++) {
            t[0] = (char)('a' + i);
            yh_jw_key(w, (yh_str){ t, 1 });
            grow(w, seed, depth + 1);
        }
        yh_jw_end(w, '}');
    }
}

static void again(struct yh_jsonw *w, const struct yh_json *v)
{
    switch (v->kind) {
    case YH_JSON_NULL: yh_jw_null(w); break;
    case YH_JSON_BOOL: yh_jw_bool(w, v->truth); break;
    case YH_JSON_NUMBER: yh_jw_raw(w, v->text); break;
    case YH_JSON_STRING: yh_jw_str(w, v->text); break;
    case YH_JSON_ARRAY:
        yh_jw_array(w);
        for (const struct yh_json *m = v->first; m; m = m->next)
            again(w, m);
        yh_jw_end(w, ']');
        break;
    case YH_JSON_OBJECT:
        yh_jw_object(w);
        for (const struct yh_json *m = v->first; m; m = m->next) {
            yh_jw_key(w, m->key);
            again(w, m);
        }
        yh_jw_end(w, '}');
        break;
    }
}

TEST(law_what_is_written_is_read_and_written_the_same)
{
    uint64_t seed = 8;
    for (int i = 0, n = yh_law_count(10000); i < n; i++) {
        struct yh_arena scratch = *yh_test_arena();
        struct yh_buf b = yh_buf_in(&scratch);
        struct yh_jsonw w = yh_jsonw_on(&b);
        grow(&w, &seed, 0);
        struct yh_json *v;
        struct yh_err err;
        CHECK_OK(yh_json_read(&scratch, yh_buf_str(&b), (struct yh_json_limits){ 0 }, &v, &err),
                 &err);
        struct yh_buf c = yh_buf_in(&scratch);
        w = yh_jsonw_on(&c);
        again(&w, v);
        CHECK_STR(yh_buf_str(&c), yh_buf_str(&b), "the same bytes");
        /* One byte changed: an answer, never a crash; what is taken is taken again. */
        char *copy = yh_zdup(&scratch, yh_buf_str(&b));
        if (b.n) {
            copy[yh_test_between(&seed, 0, b.n - 1)] = (char)yh_test_random(&seed);
            yh_str bent = { copy, b.n };
            enum yh_status s =
                yh_json_read(&scratch, bent, (struct yh_json_limits){ 0 }, &v, &err);
            CHECK(s == YH_OK ||
                  (s == YH_BAD_INPUT && err.line > 0 && err.col > 0 && err.text[0]));
        }
    }
}
