/* shell/handbook -- a policy for everybody, as one HTML file: what is paid for which care, the document itself,
 * and a calculator.  It needs nothing from elsewhere and works from a disk.
 *
 * All of it comes from the same plan and pages.  The calculator is the engine itself (ext/wasm), with the pages
 * that the plan was compiled from, so that it gives the window's amounts to the fen. */
#ifndef YH_SHELL_HANDBOOK_HANDBOOK_H
#define YH_SHELL_HANDBOOK_HANDBOOK_H
#include "model/policy/policy.h"

struct yh_handbook {
    const struct yh_policy_set *set;
    const struct yh_plan *plan; /* what holds on the day */
    int doc;    /* of the set: whose words stand in the handbook; the draft, where it is one */
    bool draft; /* the plan counts that draft */
    bool english; /* in English, but for the clauses: they are the text that holds */
    yh_str region_name;
    yh_day on;
    const char *catalogs; /* the folder, for kinds.tsv */
    yh_str wasm;          /* the engine; "": no calculator, and the page says so */
};
/* YH_IO, YH_NOT_FOUND: kinds.tsv. */
YH_MUST_USE
enum yh_status yh_handbook_html(struct yh_arena *a, const struct yh_handbook *h,
                                struct yh_buf *out, struct yh_err *err);

/* The engine as it was built: $YIHENG_WASM, build/yiheng.wasm of the work tree, or beside the catalogues when
 * installed; "" where there is none. */
yh_str yh_handbook_wasm(struct yh_arena *a, const char *catalogs);
#endif
