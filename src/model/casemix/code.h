/* model/casemix/code.h -- codes as text to dense ids: one open-addressing table of 16-byte keys.
 *
 * Id 0 stands for every code that is in no table.  Private to casemix. */
#ifndef YH_MODEL_CASEMIX_CODE_H
#define YH_MODEL_CASEMIX_CODE_H
#include "base/base.h"

struct yh_code_slot {
    uint64_t lo, hi; /* the code's bytes, zero padded */
    uint64_t id;     /* 0 = empty slot */
};

struct yh_codes {
    struct yh_arena *arena;
    struct yh_code_slot *slot;
    uint64_t mask;        /* slots - 1; at most half of them are used */
    struct yh_map longer; /* codes of more than 16 bytes */
    yh_str *text;         /* by id; text[0] is "" */
    int n, cap;           /* ids are 1 .. n - 1 */
};

void yh_codes_open(struct yh_codes *c, struct yh_arena *arena, int expected);
/* The id of `code`, given on first sight.  The text is borrowed. */
uint32_t yh_codes_add(struct yh_codes *c, yh_str code);

static inline void yh_code_key(yh_str s, uint64_t *lo, uint64_t *hi)
{
    uint64_t a = 0, b = 0;
    if (s.n >= 8) {
        memcpy(&a, s.p, 8);
        if (s.n > 8) {
            memcpy(&b, s.p + s.n - 8, 8);
            b >>= 8 * (16 - s.n); /* n is 9 .. 16 here: a shift of 56 .. 0 */
        }
    } else {
        memcpy(&a, s.p, (size_t)s.n);
    }
    *lo = a;
    *hi = b;
}

static inline uint64_t yh_code_hash(uint64_t lo, uint64_t hi)
{
    uint64_t x = (lo ^ (hi * UINT64_C(0x9E3779B97F4A7C15))) * UINT64_C(0xD6E8FEB86659FD93);
    return x ^ (x >> 32);
}

/* The id of `code`, 0 when it is in no table. */
static inline uint32_t yh_codes_get(const struct yh_codes *c, yh_str code)
{
    if (code.n > 16)
        return (uint32_t)yh_map_get(&c->longer, code, 0);
    uint64_t lo, hi;
    yh_code_key(code, &lo, &hi);
    for (uint64_t i = yh_code_hash(lo, hi);; i++) {
        const struct yh_code_slot *s = &c->slot[i & c->mask];
        if (s->id == 0 || (s->lo == lo && s->hi == hi))
            return (uint32_t)s->id;
    }
}
#endif
