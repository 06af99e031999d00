/* service/verify/testing.h -- invented but consistent books, for tests, power cuts and benchmarks.
 *
 * Each step is what a real settlement writes: visit, packed lines, settlement, fund rows, entries,
 * accumulators, account, request key.  Everything follows from the seed. */
#ifndef YH_SERVICE_VERIFY_TESTING_H
#define YH_SERVICE_VERIFY_TESTING_H
#include "store/store.h"

struct yh_trial {
    uint64_t seed;
    int64_t persons; /* drawn from 1 … persons; each a group of its own */
    int64_t n;       /* settlements made so far; also their ids */
    int lines;       /* of a bill; 0 = 12 */
};

/* Settles a random person's visit inside an open transaction (whose group it sets). */
YH_MUST_USE
enum yh_status yh_trial_settle(struct yh_trial *t, struct yh_txn *x,
                               struct yh_settlement_row *made, struct yh_err *err);
/* Undoes a settlement, mirror and all. */
YH_MUST_USE
enum yh_status yh_trial_undo(struct yh_trial *t, struct yh_txn *x, struct yh_group group,
                             int64_t seq, struct yh_err *err);
#endif
