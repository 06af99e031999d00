#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include "base/test.h"
#include "shell/gateway/auth.h"

struct pairs {
    const char *const (*pair)[2];
    int n;
};

static yh_str look(void *user, const char *name)
{
    const struct pairs *p = user;
    for (int i = 0; i < p->n; i++)
        if (!strcmp(p->pair[i][0], name))
            return yh_cstr(p->pair[i][1]);
    return YH_S("");
}

static enum yh_status check(const char *table, bool sandbox, const char *provider,
                            const char *const (*pair)[2], int n, struct yh_err *err)
{
    struct yh_accesses t;
    CHECK_OK(yh_access_load(yh_test_arena(), yh_cstr(table), sandbox, &t, err), err);
    struct pairs p = { pair, n };
    struct yh_envelope e = { .fixmedins_code = yh_cstr(provider) };
    return yh_auth_check(&t, &e, (struct yh_headers){ look, &p }, 1767225600, *yh_test_arena(),
                         err);
}

static const char TABLE[] = "provider\tscheme\tid\tsecret\tpublic_key\n"
                            "H1\tx-tif\tpaas\ttoken\t\n"
                            "H2\tapi\tak\tsk\t\n";

TEST(x_tif_takes_either_case_and_refuses_the_rest)
{
    struct yh_err err = { 0 };
    uint8_t digest[32];
    char hex[65] = { 0 }, upper[65] = { 0 };
    yh_sha256_of(YH_S("1767225600tokenabc1767225600"), digest);
    yh_hex(hex, digest, 32);
    for (int i = 0; i < 64; i++)
        upper[i] = hex[i] >= 'a' ? (char)(hex[i] - 32) : hex[i];
    const char *good[][2] = { { "x-tif-paasid", "paas" },
                              { "x-tif-timestamp", "1767225600" },
                              { "x-tif-nonce", "abc" },
                              { "x-tif-signature", hex } };
    CHECK_OK(check(TABLE, false, "H1", good, 4, &err), &err);
    good[3][1] = upper;
    CHECK_OK(check(TABLE, false, "H1", good, 4, &err), &err);
    CHECK(check(TABLE, false, "H1", good, 3, &err) == YH_DENIED);
    CHECK(check(TABLE, false, "H9", good, 4, &err) == YH_DENIED);
    good[1][1] = "1767220000";
    CHECK(check(TABLE, false, "H1", good, 4, &err) == YH_DENIED);
    CHECK_STR(yh_cstr(err.text), YH_S("请求头 x-tif-timestamp 与服务器时间相差超过30分钟"),
              "time");
    good[1][1] = "1767225601";
    CHECK(check(TABLE, false, "H1", good, 4, &err) == YH_DENIED);
    CHECK_STR(yh_cstr(err.text), YH_S("x-tif-signature 签名不符"),
              "another second, another signature");
}

TEST(api_headers_are_signed_in_order_of_name_with_seconds_or_milliseconds)
{
    /* printf %s '_api_access_key=ak&_api_name=2207&_api_timestamp=…&_api_version=1.0.0' |
     * openssl dgst -sha1 -hmac sk -binary | base64 */
    static const char *const SIGN[][2] = { { "1767225600", "3lsbG8krTlfl/ZfRTVdonoy9VuQ=" },
                                           { "1767225600123",
                                             "eUdrLgs4C16vY7gSGYsiuNCrgms=" } };
    for (int i = 0; i < 2; i++) {
        struct yh_err err = { 0 };
        const char *h[][2] = { { "_api_name", "2207" },
                               { "_api_version", "1.0.0" },
                               { "_api_timestamp", SIGN[i][0] },
                               { "_api_access_key", "ak" },
                               { "_api_signature", SIGN[i][1] } };
        CHECK_OK(check(TABLE, false, "H2", h, 5, &err), &err);
        h[0][1] = "2208";
        CHECK(check(TABLE, false, "H2", h, 5, &err) == YH_DENIED);
    }
}

TEST(a_secret_that_is_nobodys_secret_opens_nothing)
{
    struct yh_err err = { 0 };
    struct yh_accesses t;
    static const char *const BAD[] = {
        "H1\tx-tif\tpaas\t\t\n",
        "H1\tx-tif\t\ttoken\t\n",
        "H1\tapi\tak\t\t\n",
        "\tapi\tak\tsk\t\n",
    };
    for (int i = 0; i < YH_COUNT(BAD); i++)
        CHECK_I64(yh_access_load(yh_test_arena(),
                                 yh_fmt(yh_test_arena(),
                                        "provider\tscheme\tid\tsecret\tpublic_key\n%s", BAD[i]),
                                 true, &t, &err),
                  YH_BAD_TABLE, BAD[i]);
}

TEST(off_is_for_the_sandbox_alone)
{
    struct yh_accesses t;
    struct yh_err err = { 0 };
    yh_str off = YH_S("provider\tscheme\tid\tsecret\tpublic_key\nH1\toff\t\t\t\n");
    CHECK(yh_access_load(yh_test_arena(), off, false, &t, &err) == YH_BAD_TABLE);
    CHECK_OK(yh_access_load(yh_test_arena(), off, true, &t, &err), &err);
    CHECK_OK(check("", true, "H9", NULL, 0, &err), &err);
}

/* ---- SM2: a key is made, both forms are signed with it ---- */

static yh_str sign(EVP_PKEY *key, yh_str id, yh_str text, uint8_t out[64])
{
    uint8_t der[128];
    size_t n = sizeof der;
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    EVP_PKEY_CTX *pc = EVP_PKEY_CTX_new(key, NULL);
    EVP_MD_CTX_set_pkey_ctx(md, pc);
    CHECK(EVP_PKEY_CTX_set1_id(pc, id.p, (size_t)id.n) == 1);
    CHECK(EVP_DigestSignInit(md, NULL, EVP_sm3(), NULL, key) == 1);
    CHECK(EVP_DigestSign(md, der, &n, (const uint8_t *)text.p, (size_t)text.n) == 1);
    EVP_PKEY_CTX_free(pc);
    EVP_MD_CTX_free(md);
    const uint8_t *p = der;
    ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &p, (long)n);
    CHECK(s && BN_bn2binpad(ECDSA_SIG_get0_r(s), out, 32) == 32 &&
          BN_bn2binpad(ECDSA_SIG_get0_s(s), out + 32, 32) == 32);
    ECDSA_SIG_free(s);
    return (yh_str){ (char *)out, 64 };
}

TEST(sm2_in_both_forms_verifies_and_a_changed_byte_does_not)
{
    struct yh_arena *a = yh_test_arena();
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
    CHECK(key != NULL);
    uint8_t point[65], raw[64];
    size_t n;
    CHECK(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point, 65,
                                          &n) == 1 &&
          n == 65);
    char hex[131] = { 0 }, base64[100] = { 0 }, upper[129] = { 0 };
    yh_hex(hex, point, 65);
    yh_str table = yh_fmt(a,
                          "provider\tscheme\tid\tsecret\tpublic_key\nJL\tsm2-"
                          "jl\tclient0000000001\t\t%s\nHB\tsm2-hb\t\t\t%s\n",
                          hex, hex);
    struct yh_accesses t;
    struct yh_err err = { 0 };
    CHECK_OK(yh_access_load(a, table, false, &t, &err), &err);

    yh_str input = YH_S("{\"data\":{\"psn_no\":\"7\"}}");
    sign(key, YH_S("client0000000001"), input, raw);
    EVP_EncodeBlock((uint8_t *)base64, raw, 64);
    struct yh_envelope jl = { .fixmedins_code = YH_S("JL"),
                              .input_text = input,
                              .cainfo = yh_cstr(base64) };
    CHECK_OK(yh_auth_check(&t, &jl, (struct yh_headers){ 0 }, 0, *a, &err), &err);
    jl.input_text = YH_S("{\"data\":{\"psn_no\":\"8\"}}");
    CHECK(yh_auth_check(&t, &jl, (struct yh_headers){ 0 }, 0, *a, &err) == YH_DENIED);

    struct yh_json *root;
    sign(key, YH_S("1234567812345678"), YH_S("fixmedins_code=HB&infno=2207&msgid=m1&sign_no="),
         raw);
    yh_hex(upper, raw, 64);
    for (int i = 0; i < 128; i++)
        upper[i] = upper[i] >= 'a' ? (char)(upper[i] - 32) : upper[i];
    CHECK_OK(yh_json_read(a,
                          yh_fmt(a,
                                 "{\"msgid\":\"m1\",\"infno\":\"2207\",\"fixmedins_code\":"
                                 "\"HB\",\"sign_no\":\"\","
                                 "\"cainfo\":\"%s\",\"input\":{}}",
                                 upper),
                          (struct yh_json_limits){ 0 }, &root, &err),
             &err);
    struct yh_envelope hb = { .fixmedins_code = YH_S("HB"),
                              .root = root,
                              .cainfo = yh_cstr(upper) };
    CHECK_OK(yh_auth_check(&t, &hb, (struct yh_headers){ 0 }, 0, *a, &err), &err);
    upper[5] = upper[5] == 'A' ? 'B' : 'A';
    CHECK(yh_auth_check(&t, &hb, (struct yh_headers){ 0 }, 0, *a, &err) == YH_DENIED);
    hb.cainfo = YH_S("");
    CHECK(yh_auth_check(&t, &hb, (struct yh_headers){ 0 }, 0, *a, &err) == YH_DENIED);
    EVP_PKEY_free(key);
}
