/* engine/casemix/explain.h -- why a case is in its group: every question asked, in order, with the
 * code that answered it.
 *
 * An explanation is whole: whoever has only the scheme's rows and these facts can evaluate the
 * rules again and must come to the same group (yh_explain_replay).  What people are shown is a
 * selection: the rows that held, the complications that counted or were excluded, and the groups
 * that one condition kept the case out of. */
#ifndef YH_ENGINE_CASEMIX_EXPLAIN_H
#define YH_ENGINE_CASEMIX_EXPLAIN_H
#include "engine/casemix/group.h"

enum yh_step_kind { YH_STEP_ROUND, YH_STEP_MDC, YH_STEP_ADRG, YH_STEP_DRG };

/* One atom's answer for this case. */
struct yh_fact {
    int32_t atom;
    int32_t where; /* the code that made it true: index into dx or px; -1 = none or no code */
    bool value;
};

/* One row tested.  A ROUND step opens a pass over the rules: row is the procedure taken as the
 * only one, -1 in the first pass, which sees them all. */
struct yh_step {
    enum yh_step_kind kind;
    int row;
    bool truth;
    int fact, nfact; /* every atom of its rule, in the rule's order */
};

/* A secondary diagnosis that stands in the complication table. */
struct yh_complication {
    int dx;
    uint8_t level; /* YH_LEVEL_CC or YH_LEVEL_MCC */
    uint16_t
        excluded; /* the exclusion table shared with the principal diagnosis; 0 = it counts */
};

struct yh_explanation {
    const struct yh_scheme *scheme;
    struct yh_drg_group group;
    struct yh_step *step;
    struct yh_fact *fact;
    struct yh_complication *complication;
    int nstep, nfact, ncomplication;
    int step_cap, fact_cap, complication_cap;
};

/* Groups the case and records why; out->group equals what yh_drg_group gives.  Texts are the
 * scheme's and the case's; lists live in `a`. */
void yh_explain(const struct yh_scheme *scheme, const struct yh_case *c, struct yh_arena *a,
                struct yh_explanation *out);

/* Evaluates the recorded facts alone.  False: a step is missing, out of order, or its rule does
 * not have the recorded truth; *out is then untouched. */
bool yh_explain_replay(const struct yh_explanation *ex, struct yh_drg_group *out);

/* A row that did not hold, and the one fact whose change would have made it hold. */
struct yh_near {
    int step, fact;
    int other; /* a code of the case in that list at another place: a secondary diagnosis where the
                * principal was asked for, a further procedure where the main was; -1 = none */
};
/* The near groups: rows false for one fact only, where something of the case speaks for them
 * (another list condition holds, the code stands at another place, or what is missing is a number,
 * a level, a sex or a department).  Returns how many, at most `max`. */
int yh_explain_near(const struct yh_explanation *ex, const struct yh_case *c,
                    struct yh_near *out, int max);
#endif
