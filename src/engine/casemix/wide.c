/* engine/casemix/wide.c */
#include "engine/casemix/wide.h"

yh_uwide yh_wide_ratio(yh_uwide num, yh_uwide den, int decimals)
{
    yh_assert(den > 0 && den < (yh_uwide)1000000000000000000 * 1000000000000000000 * 10);
    yh_uwide q = num / den, rest = num % den;
    for (int i = 0; i < decimals; i++) {
        rest *= 10;
        q = q * 10 + rest / den;
        rest %= den;
    }
    return q + (rest >= den - rest);
}

int64_t yh_wide_root(yh_uwide v)
{
    yh_uwide root = 0, bit = (yh_uwide)1 << 62;
    for (; bit; bit >>= 1)
        if ((root | bit) * (root | bit) <= v)
            root |= bit;
    /* (root + 1/2)² = root² + root + 1/4 */
    return (int64_t)(root + (v - root * root > root));
}
