/* shell/demo/history.h -- an invented year of four hospitals and a pharmacy, played call by call, so that
 * the rooms of the desk have something to show.
 *
 * Stays of the year so far with their settlement lists, purchases, and the monthly reconciliation, all
 * through the national interface as any hospital sends them; what is left undone is so on purpose: the
 * last days are not reconciled, the last stays have no list, some lists have a slip.  The people are the
 * random ones of service/town.h, who have nothing else. */
#ifndef YH_SHELL_DEMO_HISTORY_H
#define YH_SHELL_DEMO_HISTORY_H
#include "base/base.h"

#define YH_HISTORY_PEOPLE 400 /* yh_town_init's, seed 1 */

struct yh_history {
    const char *url;
    yh_day today;
    int stays, purchases; /* in all; 0 = usual */
    struct yh_arena *arena;
    int64_t calls; /* made */
};
/* YH_CONFLICT: a call was refused (text says which); YH_IO: no server. */
YH_MUST_USE
enum yh_status yh_play_history(struct yh_history *h, struct yh_err *err);
#endif
