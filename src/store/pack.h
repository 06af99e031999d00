/* store/pack.h -- variable-length integers and repeated texts, for blobs.  Private to store/.
 *
 * Written: version byte, records, CRC-32C (little-endian) of all before it. */
#ifndef YH_STORE_PACK_H
#define YH_STORE_PACK_H
#include "base/base.h"

#define YH_PACK_VERSION 1
#define YH_VARINT_MAX 10

struct yh_packer {
    unsigned char *start, *at; /* room was reserved by the caller */
};

static inline void yh_pack_u64(struct yh_packer *p, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        *p->at++ = (unsigned char)(v | 0x80);
    *p->at++ = (unsigned char)v;
}

/* Zigzag, so that small negative numbers are short too. */
static inline void yh_pack_i64(struct yh_packer *p, int64_t v)
{
    yh_pack_u64(p, ((uint64_t)v << 1) ^ (uint64_t)(v >> 63));
}

/* 0: the same as `before`; else length + 1 and the bytes. */
static inline void yh_pack_text(struct yh_packer *p, yh_str s, yh_str before)
{
    if (yh_eq(s, before)) {
        yh_pack_u64(p, 0);
        return;
    }
    yh_pack_u64(p, (uint64_t)s.n + 1);
    if (s.n)
        memcpy(p->at, s.p, (size_t)s.n);
    p->at += s.n;
}

static inline void yh_pack_start(struct yh_packer *p, struct yh_arena *a, size_t room)
{
    p->start = p->at = yh_alloc_raw(a, 1, 1, room + 5);
    *p->at++ = YH_PACK_VERSION;
}

static inline yh_str yh_pack_end(struct yh_packer *p)
{
    uint32_t crc = yh_crc32c(0, (yh_str){ (const char *)p->start, p->at - p->start });
    for (int i = 0; i < 4; i++)
        *p->at++ = (unsigned char)(crc >> (8 * i));
    return (yh_str){ (const char *)p->start, p->at - p->start };
}

struct yh_unpacker {
    const unsigned char *at, *end;
    bool bad; /* ran over the end, or a number too long: all later reads give 0 */
};

/* YH_BAD_TABLE: too short, checksum wrong, or of a later version.  `what` names it in the error. */
YH_MUST_USE
static inline enum yh_status yh_unpack_start(struct yh_unpacker *u, yh_str packed,
                                             const char *what, struct yh_err *err)
{
    const unsigned char *p = (const unsigned char *)packed.p;
    if (packed.n < 5)
        return yh_fail(err, YH_BAD_TABLE, "%s太短：%lld 字节", what, (long long)packed.n);
    ptrdiff_t n = packed.n - 4;
    uint32_t crc = yh_crc32c(0, yh_sub(packed, 0, n)), kept = 0;
    for (int i = 0; i < 4; i++)
        kept |= (uint32_t)p[n + i] << (8 * i);
    if (crc != kept)
        return yh_fail(err, YH_BAD_TABLE, "%s校验和不符：应为 %08x，实为 %08x", what, kept,
                       crc);
    if (p[0] != YH_PACK_VERSION)
        return yh_fail(err, YH_BAD_TABLE, "%s版本 %d 不认识", what, p[0]);
    *u = (struct yh_unpacker){ p + 1, p + n, false };
    return YH_OK;
}

static inline uint64_t yh_unpack_u64(struct yh_unpacker *u)
{
    uint64_t v = 0;
    for (int shift = 0; u->at < u->end && shift < 64; shift += 7) {
        unsigned char b = *u->at++;
        v |= (uint64_t)(b & 0x7f) << shift;
        if (!(b & 0x80))
            return v;
    }
    u->bad = true;
    u->at = u->end;
    return 0;
}

static inline int64_t yh_unpack_i64(struct yh_unpacker *u)
{
    uint64_t v = yh_unpack_u64(u);
    return (int64_t)((v >> 1) ^ (0 - (v & 1)));
}

static inline yh_str yh_unpack_text(struct yh_unpacker *u, yh_str before)
{
    uint64_t n = yh_unpack_u64(u);
    if (n == 0)
        return before;
    if (n - 1 > (uint64_t)(u->end - u->at)) {
        u->bad = true;
        u->at = u->end;
        return (yh_str){ 0 };
    }
    yh_str s = { (const char *)u->at, (ptrdiff_t)(n - 1) };
    u->at += n - 1;
    return s;
}
#endif
