/* shell/realm/realm.h -- catalogues, terms, regions and documents on disk, opened as one world.
 *
 * What a server, the demonstration and tests decide by: every document that is in force on some
 * day, compiled once for each stretch of days on which it does not change.
 *
 * Documents on disk are read at the opening.  Those that were published (service/drafting) are laid over
 * them, then and whenever another is published: each time a new edition takes the place of the last,
 * for all threads at once.  An edition with an error never does. */
#ifndef YH_SHELL_REALM_REALM_H
#define YH_SHELL_REALM_REALM_H
#include <pthread.h>
#include "service/lists.h"
#include "shell/catalogs/catalogs.h"
#include "shell/policies/policies.h"
#include "shell/rules/rules.h"

/* The documents and their plans as of one publication.  It stays as it is until the realm is closed. */
struct yh_edition {
    int64_t no; /* of the last publication in it; 0: the documents on disk alone */
    struct yh_policy_set set;
    struct yh_plan_list plans;
    struct yh_arena arena;     /* what is new in it */
    struct yh_edition *before; /* the one that it took the place of */
};

struct yh_realm {
    struct yh_world world; /* borrows from all below */
    struct yh_catalogs catalogs;
    struct yh_policies policies;
    struct yh_casebook casebook;
    struct yh_casemix *casemix;   /* grouping schemes, each loaded when a list first needs it */
    struct yh_arena scheme_arena; /* they and their tables */
    pthread_mutex_t scheme_lock;  /* of the next two and of loading */
    struct yh_realm_scheme *scheme; /* loaded so far */
    int nscheme, scheme_cap;
    struct yh_rule_book
        rules;             /* a rule with an error is left out and counted in its findings */
    struct yh_arena arena; /* plans and texts */
    int refused;           /* stretches of days whose document is not in force: see problem */
    struct yh_err problem; /* the first of them */
    const char *regions;   /* as asked for */
    const struct yh_edition *edition; /* yh_realm_now */
    pthread_mutex_t lock;             /* of taking */
};

/* catalogs: as yh_catalogs_dir.  policies: a folder of pages; NULL = `policy` beside the catalogues.
 * regions: only documents of these regions (six digits, blank-separated); NULL = all.
 * A document that cannot be in force (an error, a parameter missing) is left out and counted.
 * Do not move *out afterwards. */
YH_MUST_USE
enum yh_status yh_realm_open(const char *catalogs, const char *policies, const char *regions,
                             struct yh_realm *out, struct yh_err *err);
void yh_realm_close(struct yh_realm *w); /* idempotent; nobody asks it any more */

/* The edition that holds now, on any thread. */
const struct yh_edition *yh_realm_now(const struct yh_realm *w);
/* Makes an edition of this one and more pages; `no`: of the last publication among them.  Nothing is
 * changed yet.  YH_BAD_TABLE: a page is not sound, or with it a document that is in force today would
 * no longer be: *err says what, and the findings where (NULL is fine).  YH_NOT_FOUND: a page of a region that
 * is not loaded here. */
YH_MUST_USE
enum yh_status yh_realm_edit(const struct yh_realm *w, const struct yh_policy_text *more, int n,
                             int64_t no, struct yh_edition **out, struct yh_findings *findings,
                             struct yh_err *err);
void yh_edition_drop(struct yh_edition *e); /* one that was not taken; NULL is fine */
/* Puts it in the place of the one that it was made of; dropped where another was quicker. */
void yh_realm_take(struct yh_realm *w, struct yh_edition *e);
/* Takes up what the store has published and this realm does not know yet. */
YH_MUST_USE
enum yh_status yh_realm_follow(struct yh_realm *w, struct yh_store *s, struct yh_err *err);
/* The same from a data folder ("sqlite:DIR"); nothing there is nothing to take up. */
YH_MUST_USE
enum yh_status yh_realm_follow_data(struct yh_realm *w, yh_str data, struct yh_err *err);
#endif
