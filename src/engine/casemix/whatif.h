/* engine/casemix/whatif.h -- which codes a case's group hangs on, for the quality of coding.
 *
 * Changes that the record itself offers (another of its diagnoses as the principal one, another
 * of its procedures as the main one), codes without which the group would be another, and levels of
 * complication or procedures that would be needed and are not there.  Only the first kind is supported by the
 * record; none is advice: which code is right is a question for the medical record. */
#ifndef YH_ENGINE_CASEMIX_WHATIF_H
#define YH_ENGINE_CASEMIX_WHATIF_H
#include "engine/casemix/explain.h"

enum yh_what_if_kind {
    YH_WHAT_MAIN_DX,    /* dx[at] as principal diagnosis, the old one behind it */
    YH_WHAT_MAIN_PX,    /* px[at] as main procedure */
    YH_WHAT_WITHOUT_DX, /* without secondary diagnosis dx[at] */
    YH_WHAT_WITHOUT_PX, /* without procedure px[at] */
    YH_WHAT_LEVEL,      /* with a complication of the level that DRG row `at` asks for */
    YH_WHAT_MISSING_DX, /* with a further diagnosis of the list that atom `at` asks for */
    YH_WHAT_MISSING_PX, /* with a procedure of the list that atom `at` asks for: as the main one
                         * where the rule asks for that, else behind the others */
};
struct yh_what_if {
    enum yh_what_if_kind kind;
    int at;
    struct yh_drg_group group; /* the group it would be; always another DRG than the case's */
    bool supported;            /* every code it needs stands on the record */
};
/* Returns how many changes would give another DRG, in the order above; the list lives in `a`. */
int yh_what_ifs(const struct yh_scheme *scheme, const struct yh_case *c, struct yh_arena *a,
                struct yh_what_if **out);
#endif
