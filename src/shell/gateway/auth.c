#include "shell/gateway/auth.h"
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>

#define WINDOW_S 1800

/* ---- access.tsv ---- */

enum yh_status yh_access_load(struct yh_arena *a, yh_str text, bool sandbox,
                              struct yh_accesses *out, struct yh_err *err)
{
    static const char *const SCHEME[] = { "off", "x-tif", "api", "sm2-jl", "sm2-hb" };
    enum { PROVIDER, WAY, ID, SECRET, KEY, N };
    static const char *const WANT[N] = { "provider", "scheme", "id", "secret", "public_key" };
    struct yh_accesses t = { .by_provider = yh_map_in(a, 64), .sandbox = sandbox };
    struct yh_tsv tsv;
    int col[N], got, cap = 0;
    *out = t;
    if (!text.n)
        return YH_OK;
    enum yh_status bad = yh_tsv_open_with(&tsv, text, WANT, N, col, err);
    if (bad)
        return bad;
    while ((got = yh_tsv_next(&tsv, err)) > 0) {
        struct yh_access r = { .provider = tsv.cell[col[PROVIDER]],
                               .id = tsv.cell[col[ID]],
                               .secret = tsv.cell[col[SECRET]],
                               .public_key = tsv.cell[col[KEY]] };
        int scheme = -1;
        for (int i = 0; i < YH_COUNT(SCHEME); i++)
            if (yh_eq(tsv.cell[col[WAY]], yh_cstr(SCHEME[i])))
                scheme = i;
        if (scheme < 0)
            return yh_fail_at(err, YH_BAD_TABLE, tsv.line, 1,
                              "access.tsv: 不认识的签名方式 %.*s", YH_ARG(tsv.cell[col[WAY]]));
        r.scheme = (enum yh_auth_scheme)scheme;
        if (r.scheme == YH_AUTH_OFF && !sandbox)
            return yh_fail_at(err, YH_BAD_TABLE, tsv.line, 1,
                              "access.tsv: off 只能用于沙盒（--sandbox）");
        bool headers = r.scheme == YH_AUTH_XTIF || r.scheme == YH_AUTH_API;
        if (!r.provider.n || (headers && (!r.id.n || !r.secret.n)))
            return yh_fail_at(err, YH_BAD_TABLE, tsv.line, 1,
                              "access.tsv: 机构编号、接入编号和密钥不能为空");
        uint8_t key[65];
        if (r.scheme >= YH_AUTH_SM2_JL &&
            (yh_unhex(r.public_key, key, 65) != 65 || key[0] != 4))
            return yh_fail_at(err, YH_BAD_TABLE, tsv.line, 1,
                              "access.tsv: SM2 公钥应为 04 开头的 130 位十六进制");
        if (!yh_map_add(&t.by_provider, r.provider, t.n))
            return yh_fail_at(err, YH_BAD_TABLE, tsv.line, 1, "access.tsv: 机构 %.*s 出现两次",
                              YH_ARG(r.provider));
        YH_PUSH(a, t.row, t.n, cap) = r;
    }
    if (got < 0)
        return YH_BAD_TABLE;
    *out = t;
    return YH_OK;
}

/* ---- header schemes ---- */

/* Equal without telling by its time where they differ; hex case does not matter when `fold`. */
static bool same(yh_str a, yh_str b, bool fold)
{
    if (a.n != b.n || !a.n)
        return false;
    int diff = 0;
    for (ptrdiff_t i = 0; i < a.n; i++) {
        int x = a.p[i], y = b.p[i];
        if (fold) {
            x = x >= 'A' && x <= 'F' ? x + 32 : x;
            y = y >= 'A' && y <= 'F' ? y + 32 : y;
        }
        diff |= x ^ y;
    }
    return !diff;
}

static enum yh_status in_time(yh_str stamp, int64_t now_s, const char *name, struct yh_err *err)
{
    int64_t t;
    if (yh_int_parse(stamp, &t, NULL))
        return yh_fail_field(err, YH_DENIED, name, "", "请求头 %s 缺失或不是数字", name);
    if (stamp.n >= 13) /* milliseconds; ten digits are seconds */
        t /= 1000;
    if (t < now_s - WINDOW_S || t > now_s + WINDOW_S)
        return yh_fail_field(err, YH_DENIED, name, "", "请求头 %s 与服务器时间相差超过30分钟",
                             name);
    return YH_OK;
}

static enum yh_status check_xtif(const struct yh_access *r, struct yh_headers h, int64_t now_s,
                                 struct yh_arena scratch, struct yh_err *err)
{
    yh_str id = h.get(h.user, "x-tif-paasid"), stamp = h.get(h.user, "x-tif-timestamp");
    yh_str nonce = h.get(h.user, "x-tif-nonce"), sign = h.get(h.user, "x-tif-signature");
    if (!id.n || !stamp.n || !nonce.n || !sign.n)
        return yh_fail(
            err, YH_DENIED,
            "缺少请求头 x-tif-paasid、x-tif-timestamp、x-tif-nonce 或 x-tif-signature");
    enum yh_status bad = in_time(stamp, now_s, "x-tif-timestamp", err);
    if (bad)
        return bad;
    if (!yh_eq(id, r->id))
        return yh_fail(err, YH_DENIED, "x-tif-paasid 与机构 %.*s 登记的不符",
                       YH_ARG(r->provider));
    uint8_t digest[32];
    char hex[64];
    yh_sha256_of(yh_fmt(&scratch, "%.*s%.*s%.*s%.*s", YH_ARG(stamp), YH_ARG(r->secret),
                        YH_ARG(nonce), YH_ARG(stamp)),
                 digest);
    yh_hex(hex, digest, 32);
    if (!same(sign, (yh_str){ hex, 64 }, true))
        return yh_fail(err, YH_DENIED, "x-tif-signature 签名不符");
    return YH_OK;
}

static enum yh_status check_api(const struct yh_access *r, struct yh_headers h, int64_t now_s,
                                struct yh_arena scratch, struct yh_err *err)
{
    yh_str name = h.get(h.user, "_api_name"), version = h.get(h.user, "_api_version");
    yh_str stamp = h.get(h.user, "_api_timestamp"), key = h.get(h.user, "_api_access_key");
    yh_str sign = h.get(h.user, "_api_signature");
    if (!name.n || !version.n || !stamp.n || !key.n || !sign.n)
        return yh_fail(err, YH_DENIED,
                       "缺少请求头 _api_name、_api_version、_api_timestamp、_api_access_key 或 "
                       "_api_signature");
    enum yh_status bad = in_time(stamp, now_s, "_api_timestamp", err);
    if (bad)
        return bad;
    if (!yh_eq(key, r->id))
        return yh_fail(err, YH_DENIED, "_api_access_key 与机构 %.*s 登记的不符",
                       YH_ARG(r->provider));
    yh_str text = yh_fmt(
        &scratch, "_api_access_key=%.*s&_api_name=%.*s&_api_timestamp=%.*s&_api_version=%.*s",
        YH_ARG(key), YH_ARG(name), YH_ARG(stamp), YH_ARG(version));
    uint8_t mac[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (!HMAC(EVP_sha1(), r->secret.p, (int)r->secret.n, (const uint8_t *)text.p,
              (size_t)text.n, mac, &n))
        return yh_fail(err, YH_DENIED, "签名无法计算");
    char base64[64];
    int len = EVP_EncodeBlock((uint8_t *)base64, mac, (int)n);
    if (!same(sign, (yh_str){ base64, len }, false))
        return yh_fail(err, YH_DENIED, "_api_signature 签名不符");
    return YH_OK;
}

/* ---- SM2 ---- */

/* DER of a signature that comes as 64 bytes r||s; a longer one is DER already. */
static int to_der(const uint8_t *sign, ptrdiff_t n, uint8_t *der, int max)
{
    if (n != 64) {
        if (n < 8 || n > max)
            return -1;
        memcpy(der, sign, (size_t)n);
        return (int)n;
    }
    ECDSA_SIG *s = ECDSA_SIG_new();
    ECDSA_SIG_set0(s, BN_bin2bn(sign, 32, NULL), BN_bin2bn(sign + 32, 32, NULL));
    uint8_t *p = der;
    int len = i2d_ECDSA_SIG(s, NULL);
    len = len > 0 && len <= max ? i2d_ECDSA_SIG(s, &p) : -1;
    ECDSA_SIG_free(s);
    return len;
}

static EVP_PKEY *sm2_key(const uint8_t point[65])
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    char group[] = "SM2";
    OSSL_PARAM p[] = { OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                       OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
                                                         (void *)(uintptr_t)point, 65),
                       OSSL_PARAM_construct_end() };
    if (!c || EVP_PKEY_fromdata_init(c) != 1 ||
        EVP_PKEY_fromdata(c, &key, EVP_PKEY_PUBLIC_KEY, p) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(c);
    return key;
}

static bool sm2_verify(const uint8_t point[65], yh_str user_id, yh_str text,
                       const uint8_t *sign, ptrdiff_t nsign)
{
    uint8_t der[128];
    int n = to_der(sign, nsign, der, sizeof der);
    EVP_PKEY *key = n > 0 ? sm2_key(point) : NULL;
    if (!key)
        return false;
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    EVP_PKEY_CTX *pc = EVP_PKEY_CTX_new(key, NULL);
    EVP_MD_CTX_set_pkey_ctx(md, pc);
    /* OpenSSL has no default id; it is set before the digest starts. */
    bool ok =
        EVP_PKEY_CTX_set1_id(pc, user_id.p, (size_t)user_id.n) == 1 &&
        EVP_DigestVerifyInit(md, NULL, EVP_sm3(), NULL, key) == 1 &&
        EVP_DigestVerify(md, der, (size_t)n, (const uint8_t *)text.p, (size_t)text.n) == 1;
    EVP_PKEY_CTX_free(pc);
    EVP_MD_CTX_free(md);
    EVP_PKEY_free(key);
    return ok;
}

/* The other keys sorted bytewise, k=v joined by &; objects as their source text. */
static yh_str hb_text(struct yh_arena *a, const struct yh_json *root)
{
    const struct yh_json *v[64];
    int n = 0;
    for (const struct yh_json *m = root->first; m && n < 64; m = m->next)
        if (!yh_eq(m->key, YH_S("cainfo")) && !yh_eq(m->key, YH_S("input"))) {
            int i = n++;
            for (; i > 0 && yh_cmp(v[i - 1]->key, m->key) > 0; i--)
                v[i] = v[i - 1];
            v[i] = m;
        }
    struct yh_buf b = yh_buf_in(a);
    for (int i = 0; i < n; i++) {
        if (i)
            yh_putc(&b, '&');
        yh_put(&b, v[i]->key);
        yh_putc(&b, '=');
        yh_put(&b, v[i]->kind == YH_JSON_NULL ? YH_S("") : v[i]->text);
    }
    return yh_buf_str(&b);
}

static enum yh_status check_sm2(const struct yh_access *r, const struct yh_envelope *e,
                                struct yh_arena scratch, struct yh_err *err)
{
    uint8_t point[65], sign[256];
    ptrdiff_t n = -1;
    yh_str text, id;
    if (yh_unhex(r->public_key, point, 65) != 65)
        return yh_fail(err, YH_DENIED, "机构 %.*s 未登记公钥", YH_ARG(r->provider));
    if (!e->cainfo.n)
        return yh_fail_field(err, YH_DENIED, "cainfo", "", "cainfo（数字签名信息）缺失");
    if (r->scheme == YH_AUTH_SM2_JL) {
        text = e->input_text, id = r->id;
        if (e->cainfo.n <= 256 && e->cainfo.n % 4 == 0) {
            n = EVP_DecodeBlock(sign, (const uint8_t *)e->cainfo.p, (int)e->cainfo.n);
            for (ptrdiff_t i = e->cainfo.n; n > 0 && i > 0 && e->cainfo.p[i - 1] == '='; i--)
                n--;
        }
    } else {
        text = hb_text(&scratch, e->root), id = YH_S("1234567812345678");
        n = yh_unhex(e->cainfo, sign, sizeof sign);
    }
    if (n <= 0 || !sm2_verify(point, id, text, sign, n))
        return yh_fail_field(err, YH_DENIED, "cainfo", "",
                             "cainfo（数字签名信息）SM2 验签不通过");
    return YH_OK;
}

enum yh_status yh_auth_check(const struct yh_accesses *t, const struct yh_envelope *e,
                             struct yh_headers h, int64_t now_s, struct yh_arena scratch,
                             struct yh_err *err)
{
    int i = yh_map_get(&t->by_provider, e->fixmedins_code, -1);
    if (i < 0)
        return t->sandbox ? YH_OK
                          : yh_fail(err, YH_DENIED, "机构 %.*s 没有登记接入密钥",
                                    YH_ARG(yh_sub(e->fixmedins_code, 0, 30)));
    const struct yh_access *r = &t->row[i];
    switch (r->scheme) {
    case YH_AUTH_OFF: return YH_OK;
    case YH_AUTH_XTIF: return check_xtif(r, h, now_s, scratch, err);
    case YH_AUTH_API: return check_api(r, h, now_s, scratch, err);
    case YH_AUTH_SM2_JL:
    case YH_AUTH_SM2_HB: return check_sm2(r, e, scratch, err);
    }
    return YH_DENIED;
}
