/* engine/casemix/group.h -- one case in, its group out (DRG 分组).
 *
 * The order of the test is FORMAT.md's: MDC rows in order; within an MDC whose rule is true its
 * ADRG rows in order; within a true ADRG row its DRG rows in order.  Pure: reads the scheme and
 * the case, writes the group. */
#ifndef YH_ENGINE_CASEMIX_GROUP_H
#define YH_ENGINE_CASEMIX_GROUP_H
#include "model/casemix/casemix.h"

struct yh_drg_group {
    struct yh_group_name name;
    int mdc; /* rows of the scheme; -1: ungroupable */
    int adrg;
    int drg; /* -1: ungroupable, QY, or the result of an ADRG row without a true DRG row */
    int px;  /* -1; or with retry_each_px the procedure that was taken as the only one */
};

/* Always gives a group: a case that fits none is `ungroupable`, a case whose surgery does not
 * belong to its diagnosis is QY where the scheme has such rows. */
void yh_drg_group(const struct yh_scheme *scheme, const struct yh_case *c,
                  struct yh_drg_group *out);

#endif
