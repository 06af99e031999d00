/* shell/world/world.h -- all that decides, opened once: catalogues, terms, regions, policies.
 *
 * Plans are compiled when first asked for (engine/bill/plans.h) and kept. */
#ifndef YH_SHELL_WORLD_WORLD_H
#define YH_SHELL_WORLD_WORLD_H
#include "engine/bill/plans.h"
#include "shell/catalogs/catalogs.h"
#include "shell/policies/policies.h"

struct yh_loaded {
    struct yh_catalogs catalogs;
    struct yh_policies policies;
    struct yh_arena arena; /* compiled plans */
    struct yh_plans plans; /* yh_plans_get, yh_plans_all */
};

/* catalogs: NULL = as yh_catalogs_dir; path[0 .. n): files or folders of policy documents, n == 0
 * means `policy` beside the catalogues.  A document with an error is left out and fails when it
 * is asked for.  Fails as yh_catalogs_open and yh_policies_open.  Do not copy *out. */
YH_MUST_USE
enum yh_status yh_loaded_open(const char *catalogs, char *const *path, int n, bool drafts,
                              struct yh_loaded *out, struct yh_err *err);
void yh_loaded_close(struct yh_loaded *l); /* idempotent */

/* The terms by which a place's lines are split on a day. */
struct yh_terms yh_loaded_terms(const struct yh_loaded *l, yh_str place, yh_str scheme,
                                yh_day day);
#endif
