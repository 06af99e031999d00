#include "shell/sim/curve.h"

#define DICE 12
#define FACES 64
#define SUMS (DICE * (FACES - 1) + 1)

/* Standard normal quantiles, in 1/65,536: the sum of twelve dice of 64 faces has a variance of
 * 12 × (64² − 1) ÷ 12 = 4,095, so one step is a 64th of a standard deviation. */
static void quantiles(int64_t z[YH_CURVE_N])
{
    unsigned __int128 ways[SUMS] = { 1 }, more[SUMS];
    for (int d = 0; d < DICE; d++) {
        unsigned __int128 run = 0;
        for (int s = 0; s < SUMS; s++) {
            run += ways[s];
            if (s >= FACES)
                run -= ways[s - FACES];
            more[s] = run;
        }
        memcpy(ways, more, sizeof ways);
    }
    unsigned __int128 all = 0, before = 0;
    for (int s = 0; s < SUMS; s++)
        all += ways[s];
    int s = 0;
    for (int i = 0; i < YH_CURVE_N; i++) {
        unsigned __int128 want = all / (2 * YH_CURVE_N) * (unsigned)(2 * i + 1);
        while (before + ways[s] <= want)
            before += ways[s++];
        /* Within a step, by its share: the quantiles rise evenly. */
        int64_t part = (int64_t)((want - before) / (ways[s] / 1024 + 1));
        z[i] = (int64_t)(s - (SUMS - 1) / 2) * 1024 + part - 512;
    }
}

int64_t yh_exp_q16(int64_t x)
{
    const int64_t ln2 = 2977044472; /* 2^32 ln 2 */
    int64_t v = x * 65536, k = v / ln2;
    if (v - k * ln2 < 0)
        k--;
    int64_t r = v - k * ln2, term = INT64_C(1) << 32, sum = term;
    for (int i = 1; i < 14; i++) {
        term = (int64_t)(((__int128)term * r >> 32) / i);
        sum += term;
    }
    return k >= 0 ? (int64_t)((__int128)sum << k >> 16) : sum >> (16 - k);
}

static int64_t root(int64_t v)
{
    int64_t r = 0;
    for (int64_t bit = INT64_C(1) << 30; bit; bit >>= 1)
        if ((r + bit) * (r + bit) <= v)
            r += bit;
    return r;
}

void yh_curve_build(struct yh_curve *c, int sigma_milli, bool tail)
{
    int64_t z[YH_CURVE_N], v[YH_CURVE_N];
    __int128 sum = 0;
    const int from = YH_CURVE_N - YH_CURVE_N / 200;
    yh_assert(sigma_milli >= 1 && sigma_milli <= 2000);
    quantiles(z);
    for (int i = 0; i < YH_CURVE_N; i++) {
        v[i] = yh_exp_q16(z[i] * sigma_milli / 1000);
        if (tail && i >= from) {
            int64_t up = root(((int64_t)(YH_CURVE_N - from + 1) << 32) / (YH_CURVE_N - i));
            v[i] = v[from - 1] * up / 65536;
        }
        sum += v[i];
    }
    for (int i = 0; i < YH_CURVE_N; i++)
        c->q[i] = (uint32_t)((__int128)v[i] * YH_CURVE_ONE * YH_CURVE_N / sum);
}
