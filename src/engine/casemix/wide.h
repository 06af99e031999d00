/* engine/casemix/wide.h -- quotients and roots of 128-bit sums, for variances without floats.
 *
 * Private to engine/casemix. */
#ifndef YH_ENGINE_CASEMIX_WIDE_H
#define YH_ENGINE_CASEMIX_WIDE_H
#include "base/base.h"

typedef __int128 yh_wide;
typedef unsigned __int128 yh_uwide;

/* num ÷ den with `decimals` decimals (at most 12), half up; num >= 0, 0 < den < 10^37. */
yh_uwide yh_wide_ratio(yh_uwide num, yh_uwide den, int decimals);
/* The root of v, to the nearest whole number (half up: a root of exactly x.5 has no whole square). */
int64_t yh_wide_root(yh_uwide v);
#endif
