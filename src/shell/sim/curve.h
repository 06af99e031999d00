/* shell/sim/curve.h -- quantiles of skewed quantities, made with integers alone.
 *
 * A lognormal body, and on request a Pareto tail (exponent 2) in the top half percent, as 4,096 equally
 * likely multipliers whose mean is one. */
#ifndef YH_SHELL_SIM_CURVE_H
#define YH_SHELL_SIM_CURVE_H
#include "shell/sim/draw.h"

#define YH_CURVE_N 4096
#define YH_CURVE_ONE 65536

struct yh_curve {
    uint32_t q[YH_CURVE_N]; /* rising, in 1/65,536 */
};

/* sigma in thousandths, 1 … 2000. */
void yh_curve_build(struct yh_curve *c, int sigma_milli, bool tail);

/* e^x for x in 1/65,536, -10 … 10; the answer in 1/65,536. */
int64_t yh_exp_q16(int64_t x);

static inline int64_t yh_curve_draw(const struct yh_curve *c, struct yh_draw *d)
{
    return c->q[yh_draw_next(d) & (YH_CURVE_N - 1)];
}
#endif
