#include "base/test.h"
#include "shell/gateway/envelope.h"

static enum yh_status read(const char *body, struct yh_envelope *e, struct yh_err *err)
{
    return yh_envelope_read(yh_test_arena(), yh_cstr(body), e, err);
}

TEST(envelopes_of_all_known_clients_read_alike)
{
    static const char *const SAME[] = {
        "{\"infno\":\"2208\",\"msgid\":\"m1\",\"fixmedins_code\":\"H1\",\"input\":{\"data\":{"
        "\"psn_no\":\"7\"}}}",
        "\xef\xbb\xbf "
        "{\"infno\":\"2208\",\"msgid\":\"m1\",\"fixmedins_code\":\"H1\",\"sign_no\":\"null\","
        "\"opter\":null,"
        "\"input\":\"{\\\"data\\\":{\\\"psn_no\\\":\\\"7\\\"}}\"}",
        "{\"infno\":2208,\"msgid\":\"m1\",\"medins_code\":\"H1\",\"insur_code\":\"x\","
        "\"cainfo\":\"null\",\"app_id\":\"FJ\","
        "\"enc_type\":\"plain\",\"input\":{ \"data\" : { \"psn_no\" : \"7\" } }}",
    };
    uint8_t first[32], other[32];
    for (int i = 0; i < YH_COUNT(SAME); i++) {
        struct yh_envelope e;
        struct yh_err err = { 0 };
        CHECK_OK(read(SAME[i], &e, &err), &err);
        CHECK_STR(e.infno, YH_S("2208"), "number");
        CHECK_STR(e.fixmedins_code, YH_S("H1"), "provider");
        CHECK_STR(e.sign_no, YH_S(""), "null is nothing");
        CHECK(e.input && e.input->kind == YH_JSON_OBJECT);
        yh_envelope_digest(*yh_test_arena(), &e, i ? other : first);
        CHECK(!i || !memcmp(first, other, 32));
    }
}

TEST(another_input_is_another_call)
{
    struct yh_envelope a, b;
    uint8_t x[32], y[32];
    CHECK_OK(
        read("{\"infno\":\"2207\",\"input\":{\"data\":{\"a\":\"1\",\"b\":\"2\"}}}", &a, NULL),
        NULL);
    CHECK_OK(
        read("{\"infno\":\"2207\",\"input\":{\"data\":{\"a\":\"12\",\"b\":\"\"}}}", &b, NULL),
        NULL);
    yh_envelope_digest(*yh_test_arena(), &a, x);
    yh_envelope_digest(*yh_test_arena(), &b, y);
    CHECK(memcmp(x, y, 32));
}

TEST(what_is_no_envelope_is_said_with_its_place)
{
    static const struct {
        const char *body, *want;
    } ROW[] = {
        { "", "请求体为空" },
        { "  \n", "请求体为空" },
        { "{", "请求体不是合法的 JSON：第1行第" },
        { "[]", "请求体应为一个 JSON 对象" },
        { "7", "请求体应为一个 JSON 对象" },
        { "{\"infno\":\"1\",\"infno\":\"2\"}", "请求体不是合法的 JSON：第1行第" },
        { "{\"infno\":\"2207\",\"input\":[1]}", "input（交易输入）应为 JSON 对象，或其文本" },
        { "{\"infno\":\"2207\",\"input\":\"xx\"}",
          "input（交易输入）是文本，但不是合法的 JSON：第1行第" },
        { "{\"infno\":\"2207\",\"input\":\"[]\"}",
          "input（交易输入）应为 JSON 对象，或其文本" },
        { "{\"infno\":\"2207\",\"enc_type\":\"SM4\",\"input\":\"AAAA\"}",
          "enc_type（加密方式）值“SM4”：本系统未开通报文加密" },
    };
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        struct yh_envelope e;
        struct yh_err err = { 0 };
        CHECK(read(ROW[i].body, &e, &err) != YH_OK);
        yh_str got = yh_sub(yh_cstr(err.text), 0, (ptrdiff_t)strlen(ROW[i].want));
        CHECK_STR(got, yh_cstr(ROW[i].want), ROW[i].body);
    }
}

TEST(a_reply_has_the_forms_that_clients_compare)
{
    struct yh_buf b = yh_buf_in(yh_test_arena());
    struct yh_reply_head h = { .ok = true,
                               .office = YH_S("990101"),
                               .serial = 12345678901,
                               .got = yh_day_time(yh_day_of(2026, 3, 2)) + 8 * 3600 + 5,
                               .got_ms = 12,
                               .sent = yh_day_time(yh_day_of(2026, 3, 2)) + 8 * 3600 + 5,
                               .sent_ms = 47 };
    yh_reply_write(&b, &h, YH_S(""));
    CHECK_STR(yh_buf_str(&b),
              YH_S("{\"infcode\":\"0\",\"inf_refmsgid\":\"990101202603020800052345678901\","
                   "\"refmsg_time\":\"20260302080005012\","
                   "\"respond_time\":\"20260302080005047\",\"err_msg\":\"\",\"warn_msg\":\"\","
                   "\"cainfo\":\"\",\"signtype\":\"\","
                   "\"output\":null}"),
              "infcode is text, the reference number has 30 characters, times have 17");
}
