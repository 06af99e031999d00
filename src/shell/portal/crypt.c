/* shell/portal/crypt.c -- passwords, one-time codes, random words, sealed keys. */
#include <argon2.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <sys/random.h>
#include "shell/portal/inside.h"

#define MEMORY_KIB (19 * 1024)
#define PASSES 2

void random_bytes(void *out, size_t n)
{
    for (size_t at = 0; at < n;) {
        ssize_t got = getrandom((char *)out + at, n - at, 0);
        yh_assert(got > 0);
        at += (size_t)got;
    }
}

void random_hex(char *out, int bytes)
{
    uint8_t raw[64];
    yh_assert(bytes <= (int)sizeof raw);
    random_bytes(raw, (size_t)bytes);
    yh_hex(out, raw, bytes);
    out[2 * bytes] = 0;
}

void random_password(char out[17])
{
    /* 32 signs, none that looks like another: five bits each, 80 bits in all. */
    static const char SIGN[] = "abcdefghjkmnpqrstuvwxyz23456789A";
    uint8_t raw[16];
    random_bytes(raw, sizeof raw);
    for (int i = 0; i < 16; i++)
        out[i] = SIGN[raw[i] % 32];
    out[16] = 0;
}

enum yh_status password_hash(yh_str password, char out[SECRET_MAX], struct yh_err *err)
{
    uint8_t salt[16];
    random_bytes(salt, sizeof salt);
    int rc = argon2id_hash_encoded(PASSES, MEMORY_KIB, 1, password.p, (size_t)password.n, salt,
                                   sizeof salt, 32, out, SECRET_MAX);
    return rc == ARGON2_OK
               ? YH_OK
               : yh_fail(err, YH_RETRY, "密码处理失败：%s", argon2_error_message(rc));
}

bool password_is(yh_str password, const char *encoded)
{
    return argon2id_verify(encoded, password.p, (size_t)password.n) == ARGON2_OK;
}

enum yh_status password_fit(yh_str password, yh_str user, struct yh_err *err)
{
    static const char *const COMMON[] = { "password",   "12345678", "123456789", "1234567890",
                                          "qwertyuiop", "11111111", "88888888",  "66666666" };
    if (yh_utf8_count(password) < 10)
        return yh_fail_field(err, YH_BAD_INPUT, "new", "", "新密码至少 10 个字符");
    if (password.n > 200)
        return yh_fail_field(err, YH_BAD_INPUT, "new", "", "新密码太长，最多 200 字节");
    bool bad = user.n && yh_find(password, user) >= 0;
    for (int i = 0; i < YH_COUNT(COMMON); i++)
        bad = bad || yh_find(password, yh_cstr(COMMON[i])) >= 0;
    for (ptrdiff_t i = 1, same = 1; i < password.n; i++) {
        same = password.p[i] == password.p[i - 1] ? same + 1 : 1;
        bad = bad || same >= 6;
    }
    return bad ? yh_fail_field(err, YH_BAD_INPUT, "new", "",
                               "新密码太容易猜到：不要含登录名、连续相同或常见的字符")
               : YH_OK;
}

void token_digest(yh_str cookie, char out[65])
{
    uint8_t digest[32];
    yh_sha256_of(cookie, digest);
    yh_hex(out, digest, 32);
    out[64] = 0;
}

static int totp_at(const uint8_t *key, int n, int64_t step)
{
    uint8_t count[8], mac[20];
    unsigned len = sizeof mac;
    for (int i = 7; i >= 0; i--, step >>= 8)
        count[i] = (uint8_t)(step & 0xff);
    if (!HMAC(EVP_sha1(), key, n, count, sizeof count, mac, &len) || len != 20)
        return -1;
    int at = mac[19] & 15;
    return (int)(((uint32_t)(mac[at] & 0x7f) << 24 | (uint32_t)mac[at + 1] << 16 |
                  (uint32_t)mac[at + 2] << 8 | mac[at + 3]) %
                 1000000);
}

int64_t totp_step(const uint8_t *key, int n, yh_str code, int64_t now)
{
    int64_t said, step = now / 30;
    if (code.n != 6 || yh_int_parse(code, &said, NULL))
        return 0;
    /* A clock half a minute off is common. */
    for (int64_t s = step - 1; s <= step + 1; s++)
        if (totp_at(key, n, s) == said)
            return s;
    return 0;
}

void base32(char *out, const uint8_t *p, int n)
{
    static const char SIGN[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    uint32_t bits = 0;
    int have = 0;
    for (int i = 0; i < n; i++) {
        bits = bits << 8 | p[i];
        for (have += 8; have >= 5; have -= 5)
            *out++ = SIGN[bits >> (have - 5) & 31];
    }
    if (have)
        *out++ = SIGN[bits << (5 - have) & 31];
    *out = 0;
}

yh_str seal(struct yh_arena *a, const uint8_t key[32], const uint8_t *p, int n)
{
    uint8_t box[28 + 64];
    int len = 0;
    yh_assert(n <= 64);
    random_bytes(box, 12);
    EVP_CIPHER_CTX *x = EVP_CIPHER_CTX_new();
    yh_assert(x && EVP_EncryptInit_ex(x, EVP_aes_256_gcm(), NULL, key, box) == 1 &&
              EVP_EncryptUpdate(x, box + 28, &len, p, n) == 1 && len == n &&
              EVP_EncryptFinal_ex(x, box + 28 + n, &len) == 1 &&
              EVP_CIPHER_CTX_ctrl(x, EVP_CTRL_GCM_GET_TAG, 16, box + 12) == 1);
    EVP_CIPHER_CTX_free(x);
    char *hex = YH_NEW(a, char, 2 * (28 + n));
    yh_hex(hex, box, 28 + n);
    return (yh_str){ hex, 2 * (28 + n) };
}

bool unseal(const uint8_t key[32], yh_str hex, uint8_t *out, int n)
{
    uint8_t box[28 + 64];
    int len = 0;
    if (n > 64 || yh_unhex(hex, box, sizeof box) != 28 + n)
        return false;
    EVP_CIPHER_CTX *x = EVP_CIPHER_CTX_new();
    bool ok = x && EVP_DecryptInit_ex(x, EVP_aes_256_gcm(), NULL, key, box) == 1 &&
              EVP_DecryptUpdate(x, out, &len, box + 28, n) == 1 &&
              EVP_CIPHER_CTX_ctrl(x, EVP_CTRL_GCM_SET_TAG, 16, box + 12) == 1 &&
              EVP_DecryptFinal_ex(x, out + n, &len) == 1;
    EVP_CIPHER_CTX_free(x);
    return ok;
}

static void scan_key(const uint8_t key[32], uint8_t out[32])
{
    unsigned n = 32;
    (void)HMAC(EVP_sha256(), key, 32, (const uint8_t *)"scan", 4, out, &n);
}

yh_str seal_file(struct yh_arena *a, const uint8_t key[32], yh_str about, yh_str bytes)
{
    uint8_t own[32];
    uint8_t *box = YH_NEW(a, uint8_t, 28 + bytes.n);
    int len = 0, n = (int)bytes.n;
    scan_key(key, own);
    random_bytes(box, 12);
    EVP_CIPHER_CTX *x = EVP_CIPHER_CTX_new();
    yh_assert(x && EVP_EncryptInit_ex(x, EVP_aes_256_gcm(), NULL, own, box) == 1 &&
              EVP_EncryptUpdate(x, NULL, &len, (const uint8_t *)about.p, (int)about.n) == 1 &&
              EVP_EncryptUpdate(x, box + 28, &len, (const uint8_t *)bytes.p, n) == 1 &&
              len == n && EVP_EncryptFinal_ex(x, box + 28 + n, &len) == 1 &&
              EVP_CIPHER_CTX_ctrl(x, EVP_CTRL_GCM_GET_TAG, 16, box + 12) == 1);
    EVP_CIPHER_CTX_free(x);
    return (yh_str){ (char *)box, 28 + bytes.n };
}

bool unseal_file(struct yh_arena *a, const uint8_t key[32], yh_str about, yh_str box,
                 yh_str *out)
{
    uint8_t own[32], tag[16];
    int len = 0, n = (int)box.n - 28;
    if (n < 0)
        return false;
    scan_key(key, own);
    memcpy(tag, box.p + 12, 16);
    const uint8_t *from = (const uint8_t *)box.p;
    uint8_t *to = YH_NEW(a, uint8_t, n + 1);
    EVP_CIPHER_CTX *x = EVP_CIPHER_CTX_new();
    bool ok = x && EVP_DecryptInit_ex(x, EVP_aes_256_gcm(), NULL, own, from) == 1 &&
              EVP_DecryptUpdate(x, NULL, &len, (const uint8_t *)about.p, (int)about.n) == 1 &&
              EVP_DecryptUpdate(x, to, &len, from + 28, n) == 1 &&
              EVP_CIPHER_CTX_ctrl(x, EVP_CTRL_GCM_SET_TAG, 16, tag) == 1 &&
              EVP_DecryptFinal_ex(x, to + n, &len) == 1;
    EVP_CIPHER_CTX_free(x);
    if (ok)
        *out = (yh_str){ (char *)to, n };
    return ok;
}
