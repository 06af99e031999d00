/* shell/rules/replay.h -- rules over a year's archive before they are switched on.
 *
 * Two walks of the audit, both with the given rules alone: the rules themselves, then their variants
 * (shell/rules/near.h); what only a variant finds is a lawful look-alike.  Where the rules stood
 * otherwise before, a walk of those comes first, and each hit is one that was there or one that is
 * new.  The command `rules replay` and the page of the rules show the same result.
 *
 * Which hit is which: rule, knowledge, person, visit and settlement, whatever amount and lines it has. */
#ifndef YH_SHELL_RULES_REPLAY_H
#define YH_SHELL_RULES_REPLAY_H
#include <stdatomic.h>
#include "service/audit/audit.h"
#include "shell/rules/near.h"

#define YH_RULE_MONTH0 (1990 * 12) /* month 0 of a rule's months, counted from year 0 */
#define YH_RULE_MONTHS (150 * 12)
#define YH_RULE_DRAW_MOST 10000

/* A hit that was drawn as an example: those whose ids, which are digests, are least, so any run draws
 * the same. */
struct yh_rule_drawn {
    yh_str id;
    yh_str text; /* yh_hit_json or yh_hit_tsv, with its newline in TSV */
};
struct yh_rule_tally {
    int64_t hits, persons, providers;
    yh_fen item, fund, method, person; /* as struct yh_hit: item = fund + person */
    yh_fen lines;                      /* amounts of the lines at stake */
    struct yh_rule_drawn *drawn;
    int n;
};
struct yh_rule_month {
    int64_t hits;
    yh_fen item, method;
};
/* A rule beside what it was: before = kept + gone, now = kept + fresh. */
struct yh_rule_change {
    bool known; /* the rule is among those of before */
    int64_t before, kept, gone, fresh;
    yh_fen item_before, method_before;
};

struct yh_rule_replay_options {
    struct yh_rule_book *book;         /* the rules; its arena takes the variants */
    const struct yh_rule_book *before; /* as they were, matched by id; NULL = not compared */
    const struct yh_archive *archive;
    const struct yh_audit_goods *goods; /* NULL: none */
    const struct yh_catalog *catalog;
    const struct yh_terms *terms; /* standard prices; NULL: none */
    int threads;
    int64_t draw; /* examples of each rule and of each look-alike, 0 .. YH_RULE_DRAW_MOST */
    bool json;    /* their texts */
    enum yh_pay_method stay_method;
    const atomic_bool *stop; /* may be NULL */
    /* Lines walked of all walks; may be NULL. */
    void (*progress)(void *user, int64_t done, int64_t all);
    void *user;
};

struct yh_rule_replay {
    struct yh_arena *arena;
    const struct yh_rules *rules;
    struct yh_rule_tally *hit; /* by rule */
    struct yh_near *near;
    int nnear;
    struct yh_rule_tally *alike;   /* by variant of `near` */
    struct yh_rule_month *month;   /* rule * YH_RULE_MONTHS + month */
    struct yh_rule_change *change; /* by rule */
    struct yh_audit_result sum;    /* of the rules themselves */
};

yh_str yh_rule_month_text(char room[24], int month); /* 2025-03, of an index of `month` */

/* Everything lives in `a`.  YH_RETRY: stopped.  YH_BAD_TABLE: a damaged chunk, or as yh_near_read. */
YH_MUST_USE
enum yh_status yh_rule_replay_run(struct yh_arena *a, const struct yh_rule_replay_options *opt,
                                  struct yh_rule_replay *out, struct yh_err *err);
/* Providers of the archive with hits, most first: their places in out->sum.provider. */
int yh_rule_replay_providers(struct yh_arena *a, const struct yh_rule_replay *r, int **place);
#endif
