/* shell/replay/search.h -- the most generous value on a grid that keeps a budget. */
#ifndef YH_SHELL_REPLAY_SEARCH_H
#define YH_SHELL_REPLAY_SEARCH_H
#include "shell/replay/load.h"

/* grid: "名=起..止/步", each a percentage or a number of yuan; 名 is a name of the draft's `params`, whose
 * value is exchanged in the page.  budget: fen that all funds together (what is paid to persons
 * included) may pay more than the books, a whole number, negative for a saving.  Halves the grid, a full
 * replay each; the value found keeps the budget and the next more generous step, settled too, breaks it.
 * Prints what was tried and found.  YH_BAD_INPUT: grid, budget, name; YH_NOT_FOUND: no value keeps it. */
YH_MUST_USE
enum yh_status yh_replay_search(struct yh_arena *a, const struct yh_loaded *loaded,
                                const struct yh_replay_world *world,
                                const struct yh_archive *archive, const char *draft,
                                const char *grid, const char *budget, yh_str where, int threads,
                                yh_day from, struct yh_err *err);
#endif
