/* shell/replay/load.h -- the archive and the drafts that a replay is asked about, from disk. */
#ifndef YH_SHELL_REPLAY_LOAD_H
#define YH_SHELL_REPLAY_LOAD_H
#include "model/policy/policy.h"
#include "service/replay/replay.h"
#include "shell/world/world.h"

/* The archive of a data folder (DIR/archive) or the file itself.  `where` may end in "@" and the
 * first digits of the archive's digest, which must then fit.  year 0: the latest.
 * YH_NOT_FOUND; YH_CONFLICT: another digest; else as yh_archive_open. */
YH_MUST_USE
enum yh_status yh_replay_find(const char *where, int64_t year, struct yh_archive *out,
                              struct yh_err *err);

/* A scenario from policy pages: "draft.md" or "a.md,b.md", each perhaps with "@" and the first digits of
 * its digest.  Read with the documents that are loaded, so that a draft may amend or include them;
 * compiled as of its own first day, drafts counting.  What the checker calls an error, and a missing
 * parameter, is refused: YH_BAD_TABLE with file, line and cure.  Two pages of one scheme: YH_CONFLICT.
 * Everything lives in `a`. */
YH_MUST_USE
enum yh_status yh_replay_load(struct yh_arena *a, const struct yh_loaded *loaded,
                              const char *paths, yh_day from, struct yh_replay_draft *out,
                              struct yh_err *err);
/* The same from pages' texts: the plan of page[at].  Other drafts that are loaded do not count. */
YH_MUST_USE
enum yh_status yh_replay_load_text(struct yh_arena *a, const struct yh_loaded *loaded,
                                   const struct yh_policy_text *page, int n, int at,
                                   const struct yh_plan **out, struct yh_err *err);
#endif
