/* shell/sim/draw.h -- random numbers that are a function of (seed, purpose, whom, n).
 *
 * No state is shared: any part of the prefecture can be drawn by itself, in any order, on any thread,
 * and comes out the same on every machine.  Integers alone. */
#ifndef YH_SHELL_SIM_DRAW_H
#define YH_SHELL_SIM_DRAW_H
#include "base/base.h"

enum yh_draw_for {
    YH_DRAW_HOUSE = 1,
    YH_DRAW_PERSON,
    YH_DRAW_CHRONIC,
    YH_DRAW_STAYS,
    YH_DRAW_VISITS,
    YH_DRAW_MISUSE,
    YH_DRAW_PLACES,
    YH_DRAW_GOODS,
};

struct yh_draw {
    uint64_t key, n;
};

static inline struct yh_draw yh_draw_of(uint64_t seed, enum yh_draw_for what, int64_t whom)
{
    uint64_t k = yh_mix64(seed ^ (uint64_t)what * UINT64_C(0xD1B54A32D192ED03));
    return (struct yh_draw){ yh_mix64(k + (uint64_t)whom * UINT64_C(0x9E3779B97F4A7C15)), 0 };
}

static inline uint64_t yh_draw_next(struct yh_draw *d)
{
    return yh_mix64(d->key + ++d->n * UINT64_C(0xBF58476D1CE4E5B9));
}

/* 0 … n − 1; n >= 1. */
static inline int64_t yh_draw_below(struct yh_draw *d, int64_t n)
{
    return (int64_t)(((unsigned __int128)yh_draw_next(d) * (uint64_t)n) >> 64);
}

static inline int64_t yh_draw_between(struct yh_draw *d, int64_t lo, int64_t hi)
{
    return lo + yh_draw_below(d, hi - lo + 1);
}

/* True in `ppm` of a million cases. */
static inline bool yh_draw_chance(struct yh_draw *d, int64_t ppm)
{
    return yh_draw_below(d, 1000000) < ppm;
}

/* value ÷ scale, rounded down or up so that the mean is exact; value >= 0. */
static inline int64_t yh_draw_round(struct yh_draw *d, int64_t value, int64_t scale)
{
    return (value + yh_draw_below(d, scale)) / scale;
}
#endif
