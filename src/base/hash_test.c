#include "base/test.h"

static const char *hex_of(yh_str s, char out[65])
{
    uint8_t d[32];
    yh_sha256_of(s, d);
    yh_hex(out, d, 32);
    out[64] = 0;
    return out;
}

TEST(sha256_of_the_published_examples)
{
    /* FIPS 180-4 examples and the million times 'a' of NIST's test set */
    char hex[65];
    CHECK_STR(yh_cstr(hex_of(YH_S(""), hex)),
              YH_S("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
              "nothing");
    CHECK_STR(yh_cstr(hex_of(YH_S("abc"), hex)),
              YH_S("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"), "abc");
    CHECK_STR(
        yh_cstr(hex_of(YH_S("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), hex)),
        YH_S("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"), "two blocks");
    char *m = YH_NEW(yh_test_arena(), char, 1000000);
    memset(m, 'a', 1000000);
    CHECK_STR(yh_cstr(hex_of((yh_str){ m, 1000000 }, hex)),
              YH_S("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
              "a million");
}

TEST(crc32c_of_the_published_examples)
{
    /* RFC 3720 B.4 */
    char t[32] = { 0 };
    CHECK_I64(yh_crc32c(0, (yh_str){ t, 32 }), 0x8a9136aau, "zeros");
    memset(t, 0xFF, 32);
    CHECK_I64(yh_crc32c(0, (yh_str){ t, 32 }), 0x62a8ab43u, "ones");
    for (int i = 0; i < 32; i++)
        t[i] = (char)i;
    CHECK_I64(yh_crc32c(0, (yh_str){ t, 32 }), 0x46dd794eu, "rising");
    CHECK_I64(yh_crc32c(0, YH_S("123456789")), 0xe3069283u, "digits");
    CHECK_I64(yh_crc32c(yh_crc32c(0, YH_S("1234")), YH_S("56789")), 0xe3069283u,
              "in two parts");
}

TEST(law_crc32c_does_not_depend_on_how_the_text_was_cut)
{
    uint64_t seed = 9;
    char text[100];
    for (int i = 0, n = yh_law_count(10000) / 10; i < n; i++) {
        for (int k = 0; k < 100; k++)
            text[k] = (char)yh_test_random(&seed);
        uint32_t bytes = 0;
        for (int k = 0; k < 100; k++)
            bytes = yh_crc32c(bytes, (yh_str){ text + k, 1 });
        CHECK_I64(yh_crc32c(0, (yh_str){ text, 100 }), bytes, "byte by byte");
    }
}

TEST(law_a_digest_does_not_depend_on_how_the_text_was_cut)
{
    uint64_t seed = 5;
    char text[300];
    for (int i = 0; i < 300; i++)
        text[i] = (char)yh_test_random(&seed);
    for (int i = 0, n = yh_law_count(10000) / 10; i < n; i++) {
        ptrdiff_t size = yh_test_between(&seed, 0, 300), at = 0;
        struct yh_sha256 s;
        uint8_t whole[32], parts[32];
        yh_sha256_start(&s);
        while (at < size) {
            ptrdiff_t k = yh_test_between(&seed, 0, size - at);
            yh_sha256_add(&s, (yh_str){ text + at, k });
            yh_sha256_add(&s, (yh_str){ 0 });
            at += k;
        }
        yh_sha256_end(&s, parts);
        yh_sha256_of((yh_str){ text, size }, whole);
        CHECK(!memcmp(parts, whole, 32));
    }
}

TEST(law_a_digest_is_the_same_with_and_without_the_processors_instructions)
{
    uint64_t seed = 7;
    char text[600];
    for (int i = 0, n = yh_law_count(10000) / 5; i < n; i++) {
        ptrdiff_t size = i < 300 ? i : yh_test_between(&seed, 0, 600);
        uint8_t one[32], other[32];
        for (ptrdiff_t k = 0; k < size; k++)
            text[k] = (char)yh_test_random(&seed);
        yh_sha256_of((yh_str){ text, size }, one);
        yh_sha256_portable_of((yh_str){ text, size }, other);
        CHECK(!memcmp(one, other, 32));
    }
}

TEST(hash64_is_the_same_everywhere_and_spreads)
{
    /* Frozen: stored data may hold it. */
    CHECK(yh_hash64(YH_S(""), 0) == 0xC7F5105FAB524401u);
    CHECK(yh_hash64(YH_S("psn_no"), 0) == 0xE259F8EA9622793Fu);
    CHECK(yh_hash64(YH_S("0123456789abcdef0123456789"), 7) == 0xD147C2E9A1B8079Bu);
    CHECK(yh_hash64(YH_S(""), 0) != yh_hash64(YH_S(""), 1));
    CHECK(yh_mix64(0) == 0xE220A8397B1DCDAFu); /* splitmix64's first output for seed 0 */
    static int bucket[1024];
    char t[32];
    memset(bucket, 0, sizeof bucket);
    for (int i = 0; i < 102400; i++)
        bucket[yh_hash64(yh_dec_text(t, i, 0, 0), 0) & 1023]++;
    for (int i = 0; i < 1024; i++)
        CHECK(bucket[i] > 50 && bucket[i] < 160);
    /* One bit of the key changes about half of the bits. */
    int changed = 0;
    for (int n = 1; n <= 40; n++)
        for (int bit = 0; bit < n * 8; bit++) {
            char k[40] = { 0 };
            uint64_t h = yh_hash64((yh_str){ k, n }, 0);
            k[bit / 8] = (char)(1 << bit % 8);
            int d = __builtin_popcountll(h ^ yh_hash64((yh_str){ k, n }, 0));
            CHECK(d >= 10);
            changed += d;
        }
    CHECK(changed > 6560 * 30 && changed < 6560 * 34);
}

TEST(hex_is_read_back_in_either_case_and_nothing_else)
{
    static const struct {
        const char *text;
        ptrdiff_t n;
    } CASE[] = { { "", 0 }, { "00fF", 2 }, { "0", -1 }, { "0g", -1 }, { "0011223344", -1 } };
    uint8_t out[4];
    for (int i = 0; i < YH_COUNT(CASE); i++)
        CHECK_I64(yh_unhex(yh_cstr(CASE[i].text), out, sizeof out), CASE[i].n, CASE[i].text);
    CHECK(yh_unhex(YH_S("00fF"), out, 2) == 2 && out[0] == 0 && out[1] == 255);
}
