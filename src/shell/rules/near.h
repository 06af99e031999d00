/* shell/rules/near.h -- what nearly hits a rule: the rule's text with one thing in it let go.
 *
 * Each rule gives a variant without its `unless`, and one for each comparison of its `hit` that takes in
 * the bound itself (a > b as a >= b; a >= b, already there, one unit further).  What a variant finds
 * and the rule does not is a lawful look-alike: it shows where the line was drawn.  A variant whose money
 * was what lies above the bound takes the whole line, for at the bound nothing lies above it. */
#ifndef YH_SHELL_RULES_NEAR_H
#define YH_SHELL_RULES_NEAR_H
#include "shell/rules/rules.h"

struct yh_near {
    int rule;     /* of the book */
    int variant;  /* of the variants' rules; -1 = it could not be read and is not run */
    bool exempt;  /* without `unless` */
    yh_str words; /* for people: why it is no hit */
};

/* The variants of all rules of the book, in its arena; patterns have none.  YH_BAD_TABLE as yh_rules_read. */
YH_MUST_USE
enum yh_status yh_near_read(struct yh_rule_book *b, struct yh_rules **rules,
                            struct yh_near **near, int *n, struct yh_err *err);
#endif
