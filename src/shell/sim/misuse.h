/* shell/sim/misuse.h -- planted misuse, and lawful cases that look like it.
 *
 * One row of misuse.def a kind.  The labels go to a file of their own, which no audit reads. */
#ifndef YH_SHELL_SIM_MISUSE_H
#define YH_SHELL_SIM_MISUSE_H
#include "shell/sim/place.h"

enum yh_sim_misuse {
    YH_MISUSE_NONE,
#define R(NAME, word, rule, ppm, lawful, what, twin) YH_MISUSE_##NAME,
#include "shell/sim/misuse.def"
#undef R
    YH_MISUSE_N
};
const char *yh_sim_misuse_word(enum yh_sim_misuse m);
const char *yh_sim_misuse_rule(enum yh_sim_misuse m);

/* Items that official rules speak of, with invented prices, found when the tables are read. */
struct yh_sim_plants {
    int child_drug, female_drug, child_service, female_service, level_drug, inpatient_drug,
        course_drug, pair[2], round, extra_care, bed, visit, drug;
};
struct yh_sim_plants yh_sim_plants_of(const struct yh_sim_tables *t);

struct yh_sim_year;
struct yh_sim_world;
struct yh_sim_house;
/* Plants in a person's bills, seldom; changes bills or adds some. */
void yh_sim_misuse(const struct yh_sim_world *w, const struct yh_sim_house *h, int person,
                   struct yh_sim_year *y);
#endif
