/* base/base_test.c -- one worked example of each part; the parts' own tests go deeper. */
#include "base/test.h"

TEST(digests_of_published_examples)
{
    /* FIPS 180-4 "abc"; RFC 3720 B.4 gives crc32c of 32 zero bytes as 0x8a9136aa. */
    uint8_t d[32];
    char hex[64];
    yh_sha256_of(YH_S("abc"), d);
    yh_hex(hex, d, 32);
    CHECK_STR(((yh_str){ hex, 64 }),
              YH_S("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"), "abc");
    static const char zeros[32];
    CHECK_I64(yh_crc32c(0, (yh_str){ zeros, 32 }), 0x8a9136aau, "32 zero bytes");
    CHECK_I64(yh_crc32c(0, YH_S("123456789")), 0xe3069283u, "123456789");
}

TEST(a_message_is_read_and_written_back)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_json *v;
    struct yh_err err;
    CHECK_OK(yh_json_read(a, YH_S("{\"psn_no\": \"01\", \"sum\": 120.50, \"l\": [1, true, null]}"),
                          (struct yh_json_limits){ 0 }, &v, &err),
             &err);
    CHECK_STR(yh_json_text(yh_json_get(v, YH_S("psn_no"))), YH_S("01"), "text");
    yh_fen sum;
    CHECK_OK(yh_json_dec(yh_json_get(v, YH_S("sum")), 2, &sum, &err), &err);
    CHECK_I64(sum, 12050, "fen");
    struct yh_buf b = yh_buf_in(a);
    struct yh_jsonw w = yh_jsonw_on(&b);
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "psn_no", YH_S("0\"1"));
    yh_jw_key(&w, YH_S("l"));
    yh_jw_array(&w);
    yh_jw_i64(&w, 1);
    yh_jw_fen(&w, -5);
    yh_jw_end(&w, ']');
    yh_jw_end(&w, '}');
    CHECK_STR(yh_buf_str(&b), YH_S("{\"psn_no\":\"0\\\"1\",\"l\":[1,-0.05]}"), "writer");
}

TEST(money_and_days)
{
    CHECK_I64(yh_fen_scale(1, 850000, YH_ROUND_HALF_UP), 1, "0.85 fen");
    CHECK_I64(yh_fen_scale(-1, 500000, YH_ROUND_HALF_UP), -1, "mirror of 0.5");
    CHECK_I64(yh_day_of(1970, 1, 1), 0, "epoch");
    CHECK_I64(yh_day_of(1, 1, 1), YH_DAY_MIN, "first");
    CHECK_I64(yh_day_of(9999, 12, 31), YH_DAY_MAX, "last");
    CHECK_I64(yh_age_years(yh_day_of(2004, 2, 29), yh_day_of(2025, 2, 28)), 20, "not yet");
    CHECK_I64(yh_age_years(yh_day_of(2004, 2, 29), yh_day_of(2025, 3, 1)), 21, "on March 1");
}
