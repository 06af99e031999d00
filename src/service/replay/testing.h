/* service/replay/testing.h -- a small invented year as an archive, for tests and benchmarks.
 *
 * The demonstration's pool 990100: families that share an account, residents and employees, low-income
 * people, local, county and away hospitals, a pharmacy; stays in parts, undone bills, refunds of lines,
 * filings.  Booked by the same walk that replays it.  All follows from the seed. */
#ifndef YH_SERVICE_REPLAY_TESTING_H
#define YH_SERVICE_REPLAY_TESTING_H
#include "service/replay/replay.h"

struct yh_trial_year {
    uint64_t seed;
    int64_t groups;
    int chunk_heads; /* a chunk ends with the group that passes it */
    int lines;       /* most lines of an outpatient bill; stays have four times as many */
    bool plain;      /* no parts, no undoing, no refunds */
};
/* Writes the archive.  Fails as the walk and the writer. */
YH_MUST_USE
enum yh_status yh_trial_year_make(const struct yh_trial_year *t,
                                  const struct yh_replay_world *world, const char *path,
                                  struct yh_err *err);
#endif
