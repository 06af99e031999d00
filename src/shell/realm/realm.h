/* shell/realm/realm.h -- catalogues, terms, regions and documents on disk, opened as one world.
 *
 * What a server, the demonstration and tests decide by: every document that is in force on some
 * day, compiled once for each stretch of days on which it does not change. */
#ifndef YH_SHELL_REALM_REALM_H
#define YH_SHELL_REALM_REALM_H
#include "service/lists.h"
#include "shell/catalogs/catalogs.h"
#include "shell/policies/policies.h"
#include "shell/rules/rules.h"

struct yh_realm {
    struct yh_world world; /* borrows from all below */
    struct yh_catalogs catalogs;
    struct yh_policies policies;
    struct yh_casebook casebook;
    struct yh_rule_book
        rules;             /* a rule with an error is left out and counted in its findings */
    struct yh_arena arena; /* plans and texts */
    int refused;           /* stretches of days whose document is not in force: see problem */
    struct yh_err problem; /* the first of them */
};

/* catalogs: as yh_catalogs_dir.  policies: a folder of pages; NULL = `policy` beside the catalogues.
 * regions: only documents of these regions (six digits, blank-separated); NULL = all.
 * A document that cannot be in force (an error, a parameter missing) is left out and counted.
 * Do not move *out afterwards. */
YH_MUST_USE
enum yh_status yh_realm_open(const char *catalogs, const char *policies, const char *regions,
                             struct yh_realm *out, struct yh_err *err);
void yh_realm_close(struct yh_realm *w); /* idempotent */
#endif
