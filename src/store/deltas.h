/* store/deltas.h -- what one settlement added to the person's accumulators, kept in its row.
 *
 * So accumulators can be proved (opening + all deltas) and an undoing gives back exactly what was
 * taken, whatever the document says by then.  Packed as lines are: version, count, CRC-32C. */
#ifndef YH_STORE_DELTAS_H
#define YH_STORE_DELTAS_H
#include "base/base.h"

struct yh_delta {
    yh_str scheme; /* accumulator key: scheme, year, name, sub */
    int64_t year;
    yh_str name, sub;
    int64_t amount; /* added; negative in an undoing */
};

yh_str yh_deltas_pack(struct yh_arena *a, const struct yh_delta *d, int n);
/* "" is no deltas.  YH_BAD_TABLE: damaged. */
YH_MUST_USE
enum yh_status yh_deltas_unpack(struct yh_arena *a, yh_str packed, struct yh_delta **d, int *n,
                                struct yh_err *err);
#endif
