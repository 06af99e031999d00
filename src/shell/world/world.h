/* shell/world/world.h -- all that decides, opened once: catalogues, terms, regions, policies.
 *
 * Used by settle, policy test and serve.  Plans are compiled when first asked for (or all at once
 * by yh_loaded_all) and kept; one thread opens and compiles, then any number may read. */
#ifndef YH_SHELL_WORLD_WORLD_H
#define YH_SHELL_WORLD_WORLD_H
#include "engine/bill/bill.h"
#include "shell/catalogs/catalogs.h"
#include "shell/policies/policies.h"

/* A document with its amendments, as it stands on the days of `period`. */
struct yh_loaded_plan {
    yh_str region, scheme;
    struct yh_period period;
    struct yh_bill_plan bill; /* bill.plan is the plan */
};
struct yh_loaded {
    struct yh_catalogs catalogs;
    struct yh_policies policies;
    struct yh_arena arena; /* compiled plans */
    struct yh_loaded_plan *plan;
    int nplan, cap;
    bool drafts; /* documents of standing draft count too: what-if */
};

/* catalogs: NULL = as yh_catalogs_dir; path[0 .. n): files or folders of policy documents, n == 0
 * means `policy` beside the catalogues.  A document with an error is left out and fails when it
 * is asked for.  Fails as yh_catalogs_open and yh_policies_open.  Do not copy *out. */
YH_MUST_USE
enum yh_status yh_loaded_open(const char *catalogs, char *const *path, int n, bool drafts,
                              struct yh_loaded *out, struct yh_err *err);
void yh_loaded_close(struct yh_loaded *l); /* idempotent */

/* The plan that a region's document gives for a scheme on a day.  `region` is an office, a pool or
 * a province: its own document, else its pool's.  YH_NOT_FOUND: none holds; YH_BAD_TABLE: it has an
 * error or misses a parameter, *err says where. */
YH_MUST_USE
enum yh_status yh_loaded_plan_of(struct yh_loaded *l, yh_str region, yh_str scheme, yh_day day,
                                 const struct yh_loaded_plan **out, struct yh_err *err);

/* Compiles every version of every document in force (drafts only when `drafts`); those with an
 * error or a missing parameter are passed over and counted in *refused (may be NULL). */
YH_MUST_USE
enum yh_status yh_loaded_all(struct yh_loaded *l, int *refused, struct yh_err *err);

/* The terms by which a place's lines are split on a day. */
struct yh_terms yh_loaded_terms(const struct yh_loaded *l, yh_str place, yh_str scheme,
                                yh_day day);
#endif
