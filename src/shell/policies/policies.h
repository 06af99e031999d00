/* shell/policies/policies.h -- the policy documents on disk, read as one set.
 *
 * A policy folder holds pages (*.md) at any depth; `wrong` and `forms` below it are left out unless
 * they are asked for by name. */
#ifndef YH_SHELL_POLICIES_POLICIES_H
#define YH_SHELL_POLICIES_POLICIES_H
#include "model/policy/policy.h"

struct yh_policies {
    struct yh_arena arena; /* all the rest lives here */
    const char *dir;
    const struct yh_kinds *kinds;
    struct yh_policy_set set;
    int nasked;                  /* the first documents of the set: those that were asked for */
    struct yh_findings findings; /* of reading */
};

/* Reads kinds.tsv of the catalogue folder (NULL: as yh_catalogs_dir) and every page below each of
 * paths[0 .. n), files or folders; n == 0 means `policy` beside the catalogues.  Where one of these
 * pages amends or includes what is not among them, `policy` is read behind them.  What is wrong in
 * a page is a finding, not a failure.  YH_NOT_FOUND, YH_IO, YH_BAD_TABLE (kinds.tsv); *err names the
 * file.  On failure nothing needs closing. */
YH_MUST_USE
enum yh_status yh_policies_open(const char *catalogs, char *const *path, int n,
                                struct yh_policies *out, struct yh_err *err);
/* As yh_policies_open, and `policy` is read behind the paths in any case. */
YH_MUST_USE
enum yh_status yh_policies_open_beside(const char *catalogs, char *const *path, int n,
                                       struct yh_policies *out, struct yh_err *err);
/* Lays more pages behind those that were read, and reads them all anew; texts are copied. */
void yh_policies_add(struct yh_policies *p, const struct yh_policy_text *more, int n);
void yh_policies_close(struct yh_policies *p); /* idempotent */
#endif
