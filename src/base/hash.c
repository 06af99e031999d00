#include "base/hash.h"

/* clang 14 cannot ask for the instructions of SHA-256; it gets the portable code. */
#if defined(__x86_64__) && !defined(__clang__)
#define SHA_FAST 1
#include <immintrin.h>
#else
#define SHA_FAST 0
#endif

static uint64_t load64(const unsigned char *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

static uint64_t load32(const unsigned char *p)
{
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24;
}

static uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 r = (unsigned __int128)a * b;
    return (uint64_t)r ^ (uint64_t)(r >> 64);
}

/* Multiply and fold, 16 bytes a step; the constants are odd, with even spread of bits. */
uint64_t yh_hash64(yh_str s, uint64_t seed)
{
    static const uint64_t K[] = { 0x9E3779B97F4A7C15u, 0xBF58476D1CE4E5B9u,
                                  0x94D049BB133111EBu };
    const unsigned char *p = (const unsigned char *)s.p;
    uint64_t h = fold(seed ^ K[0], K[1]), a = 0, b = 0;
    ptrdiff_t n = s.n;
    for (; n > 16; n -= 16, p += 16)
        h = fold(load64(p) ^ K[1], load64(p + 8) ^ h);
    if (n >= 8) {
        a = load64(p);
        b = load64(p + n - 8);
    } else if (n >= 4) {
        a = load32(p);
        b = load32(p + n - 4);
    } else if (n > 0) {
        a = (uint64_t)p[0] << 16 | (uint64_t)p[n >> 1] << 8 | p[n - 1];
    }
    return fold(K[2] ^ (uint64_t)s.n, fold(a ^ K[1], b ^ h));
}

uint64_t yh_mix64(uint64_t x)
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

/* The Castagnoli polynomial, reflected, four bits a step: no table to fill at run time. */
#define POLY(x) ((x)&1 ? (x) >> 1 ^ 0x82F63B78u : (x) >> 1)
#define POLY2(x) POLY(POLY(x))
#define POLY4(x) POLY2(POLY2(x))
#define NIBBLE(x) POLY4((uint32_t)(x))
static const uint32_t CRC[16] = {
    NIBBLE(0),  NIBBLE(1),  NIBBLE(2),  NIBBLE(3),  NIBBLE(4),  NIBBLE(5),
    NIBBLE(6),  NIBBLE(7),  NIBBLE(8),  NIBBLE(9),  NIBBLE(10), NIBBLE(11),
    NIBBLE(12), NIBBLE(13), NIBBLE(14), NIBBLE(15),
};

static uint32_t crc_portable(uint32_t crc, const unsigned char *p, ptrdiff_t n)
{
    for (; n > 0; n--, p++) {
        crc ^= *p;
        crc = crc >> 4 ^ CRC[crc & 15];
        crc = crc >> 4 ^ CRC[crc & 15];
    }
    return crc;
}

#if defined(__x86_64__)
/* The processor's own instruction is for this polynomial: the same result, 30 times as fast. */
__attribute__((target("sse4.2"))) static uint32_t crc_fast(uint32_t crc, const unsigned char *p,
                                                           ptrdiff_t n)
{
    uint64_t c = crc;
    for (; n >= 8; n -= 8, p += 8)
        c = __builtin_ia32_crc32di(c, load64(p));
    crc = (uint32_t)c;
    for (; n > 0; n--, p++)
        crc = __builtin_ia32_crc32qi(crc, *p);
    return crc;
}
#endif

uint32_t yh_crc32c(uint32_t crc, yh_str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2"))
        return ~crc_fast(~crc, p, s.n);
#endif
    return ~crc_portable(~crc, p, s.n);
}

/* FIPS 180-4 */
static const uint32_t K256[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
    0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
    0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
    0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
    0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
    0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
    0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2,
};

static uint32_t turn(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

static void sha256_one(uint32_t h[8], const uint8_t *p)
{
    uint32_t w[64], v[8];
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 |
               (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
    for (int i = 16; i < 64; i++)
        w[i] = w[i - 16] + (turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3) +
               w[i - 7] + (turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10);
    memcpy(v, h, sizeof v);
    /* The eight words turn by one place a round; after eight rounds they stand as before. */
#define WORD(k) v[(k - r) & 7]
    for (int i = 0; i < 64; i += 8) {
#pragma GCC unroll 8
        for (int r = 0; r < 8; r++) {
            uint32_t e = WORD(4), a = WORD(0);
            uint32_t t1 = WORD(7) + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +
                          ((e & WORD(5)) ^ (~e & WORD(6))) + K256[i + r] + w[i + r];
            uint32_t t2 = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) +
                          ((a & WORD(1)) ^ (a & WORD(2)) ^ (WORD(1) & WORD(2)));
            WORD(3) += t1;
            WORD(7) = t1 + t2;
        }
    }
#undef WORD
    for (int i = 0; i < 8; i++)
        h[i] += v[i];
}

static void sha256_portable(uint32_t h[8], const uint8_t *p, size_t blocks)
{
    for (; blocks; blocks--, p += 64)
        sha256_one(h, p);
}

#if SHA_FAST
/* The processor's own instructions: the same result, eight times as fast.  They want the state as the
 * words FEBA and HGDC, take two rounds at a time, and make the schedule four words at a time. */
__attribute__((target("sha,sse4.1"))) static void sha256_fast(uint32_t h[8], const uint8_t *p,
                                                              size_t blocks)
{
    const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i lo = _mm_loadu_si128((const __m128i *)(const void *)h);
    __m128i hi = _mm_loadu_si128((const __m128i *)(const void *)(h + 4));
    lo = _mm_shuffle_epi32(lo, 0xb1);
    hi = _mm_shuffle_epi32(hi, 0x1b);
    __m128i abef = _mm_alignr_epi8(lo, hi, 8), cdgh = _mm_blend_epi16(hi, lo, 0xf0);
    for (; blocks; blocks--, p += 64) {
        __m128i w[4], a = abef, c = cdgh;
        for (int i = 0; i < 4; i++)
            w[i] = _mm_shuffle_epi8(
                _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i)), order);
#pragma GCC unroll 16
        for (int i = 0; i < 16; i++) {
            __m128i k = _mm_loadu_si128((const __m128i *)(const void *)(K256 + 4 * i));
            __m128i x = _mm_add_epi32(w[i & 3], k);
            c = _mm_sha256rnds2_epu32(c, a, x);
            a = _mm_sha256rnds2_epu32(a, c, _mm_shuffle_epi32(x, 0x0e));
            if (i < 12) { /* the words that take this place four steps on */
                __m128i *t = &w[i & 3], next = w[(i + 3) & 3];
                __m128i seven = _mm_alignr_epi8(next, w[(i + 2) & 3], 4);
                *t = _mm_sha256msg1_epu32(*t, w[(i + 1) & 3]);
                *t = _mm_sha256msg2_epu32(_mm_add_epi32(*t, seven), next);
            }
        }
        abef = _mm_add_epi32(abef, a);
        cdgh = _mm_add_epi32(cdgh, c);
    }
    lo = _mm_shuffle_epi32(abef, 0x1b);
    hi = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)(void *)h, _mm_blend_epi16(lo, hi, 0xf0));
    _mm_storeu_si128((__m128i *)(void *)(h + 4), _mm_alignr_epi8(hi, lo, 8));
}
#endif

static void sha256_blocks(uint32_t h[8], const uint8_t *p, size_t blocks)
{
#if SHA_FAST
    if (__builtin_cpu_supports("sha") && __builtin_cpu_supports("sse4.1")) {
        sha256_fast(h, p, blocks);
        return;
    }
#endif
    sha256_portable(h, p, blocks);
}

void yh_sha256_portable_of(yh_str s, uint8_t out[32])
{
    struct yh_sha256 state;
    uint8_t last[128] = { 0 };
    size_t whole = (size_t)s.n / 64, rest = (size_t)s.n % 64, end = rest < 56 ? 64 : 128;
    yh_sha256_start(&state);
    sha256_portable(state.h, (const uint8_t *)s.p, whole);
    if (rest)
        memcpy(last, s.p + whole * 64, rest);
    last[rest] = 0x80;
    for (size_t i = 0; i < 8; i++)
        last[end - 1 - i] = (uint8_t)((uint64_t)s.n * 8 >> 8 * i);
    sha256_portable(state.h, last, end / 64);
    for (int i = 0; i < 32; i++)
        out[i] = (uint8_t)(state.h[i / 4] >> (24 - 8 * (i % 4)));
}

void yh_sha256_start(struct yh_sha256 *s)
{
    *s = (struct yh_sha256){ .h = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
                                    0x9b05688c, 0x1f83d9ab, 0x5be0cd19 } };
}

void yh_sha256_add(struct yh_sha256 *s, yh_str part)
{
    if (!part.n) /* and perhaps no address to count from */
        return;
    const uint8_t *p = (const uint8_t *)part.p;
    size_t n = (size_t)part.n, have = (size_t)(s->n % 64);
    s->n += n;
    if (have) {
        size_t take = n < 64 - have ? n : 64 - have;
        memcpy(s->part + have, p, take);
        if (have + take < 64)
            return;
        sha256_blocks(s->h, s->part, 1);
        p += take, n -= take;
    }
    if (n >= 64)
        sha256_blocks(s->h, p, n / 64);
    p += n & ~(size_t)63, n &= 63;
    if (n)
        memcpy(s->part, p, n);
}

void yh_sha256_end(struct yh_sha256 *s, uint8_t out[32])
{
    static const char PAD[64] = { (char)0x80 };
    uint64_t bits = s->n * 8;
    yh_sha256_add(s, (yh_str){ PAD, (ptrdiff_t)(1 + (119 - s->n % 64) % 64) });
    char size[8];
    for (int i = 0; i < 8; i++)
        size[i] = (char)(bits >> (56 - 8 * i));
    yh_sha256_add(s, (yh_str){ size, 8 });
    yh_assert(s->n % 64 == 0);
    for (int i = 0; i < 32; i++)
        out[i] = (uint8_t)(s->h[i / 4] >> (24 - 8 * (i % 4)));
}

void yh_sha256_of(yh_str s, uint8_t out[32])
{
    struct yh_sha256 state;
    yh_sha256_start(&state);
    yh_sha256_add(&state, s);
    yh_sha256_end(&state, out);
}

void yh_hex(char *out, const uint8_t *p, int n)
{
    for (int i = 0; i < n; i++) {
        out[2 * i] = "0123456789abcdef"[p[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[p[i] & 15];
    }
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

ptrdiff_t yh_unhex(yh_str s, uint8_t *out, ptrdiff_t max)
{
    if (s.n % 2 || s.n / 2 > max)
        return -1;
    for (ptrdiff_t i = 0; i < s.n; i += 2) {
        int hi = hex_digit(s.p[i]), lo = hex_digit(s.p[i + 1]);
        if (hi < 0 || lo < 0)
            return -1;
        out[i / 2] = (uint8_t)(hi << 4 | lo);
    }
    return s.n / 2;
}
