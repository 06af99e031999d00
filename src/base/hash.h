/* base/hash.h -- digests that need no library. */
#ifndef YH_BASE_HASH_H
#define YH_BASE_HASH_H
#include "base/str.h"

uint64_t yh_hash64(yh_str s, uint64_t seed); /* fast, not cryptographic; same everywhere */
uint64_t yh_mix64(uint64_t x);               /* splitmix64 step: seeds, simulators */
uint32_t yh_crc32c(uint32_t crc, yh_str s);  /* blobs; start with 0 */

struct yh_sha256 {
    uint32_t h[8];
    uint64_t n;
    uint8_t part[64];
};
void yh_sha256_start(struct yh_sha256 *s);
void yh_sha256_add(struct yh_sha256 *s, yh_str part);
void yh_sha256_end(struct yh_sha256 *s, uint8_t out[32]);
void yh_sha256_of(yh_str s, uint8_t out[32]);
/* The same without the processor's own instructions, which the others use where there are any: for the
 * test that both agree. */
void yh_sha256_portable_of(yh_str s, uint8_t out[32]);
/* Bytes of hex digits of either case; how many, -1 = no hex, or more than `max`. */
ptrdiff_t yh_unhex(yh_str s, uint8_t *out, ptrdiff_t max);
void yh_hex(char *out, const uint8_t *p, int n); /* lower case, 2n characters, no NUL */
#endif
