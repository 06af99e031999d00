/* shell/rules/rules.h -- the monitoring rules on disk, read as one set with the knowledge that they name.
 *
 * A rule folder holds files *.rule at any depth; `wrong`, `guide` and `naive` below it are left out unless they
 * are asked for by name.  Knowledge tables are the TSV files below catalogs/monitoring ("official/drug-sex"),
 * and those below any rule folder that is read. */
#ifndef YH_SHELL_RULES_RULES_H
#define YH_SHELL_RULES_RULES_H
#include "model/monitor/rule.h"

struct yh_rule_book {
    struct yh_arena arena; /* all the rest lives here */
    const char *dir;
    struct yh_rules *rules;
    int nfile;
    struct yh_findings findings; /* of reading */
};

/* Reads every rule of `rules` (beside the catalogues, as yh_catalogs_dir finds them; NULL: searched) and
 * of paths[0 .. n), files or folders.  With `alone`, the paths only.  What is wrong in a rule is a
 * finding, not a failure.  YH_NOT_FOUND, YH_IO, YH_BAD_TABLE; *err names the file.  On failure nothing needs closing. */
YH_MUST_USE
enum yh_status yh_rule_book_open(const char *catalogs, char *const *path, int n, bool alone,
                                 struct yh_rule_book *out, struct yh_err *err);
/* A book of one text with the knowledge of another that is open; `from` may be closed.  YH_BAD_TABLE as
 * yh_rules_read. */
YH_MUST_USE
enum yh_status yh_rule_book_text(const struct yh_rule_book *from, yh_str name, yh_str text,
                                 struct yh_rule_book *out, struct yh_err *err);
/* Runs the rule's own cases: how many are right, and what is said of the others. */
struct yh_rule_case_fail {
    int line; /* of the file */
    yh_str why, said;
};
int yh_rule_cases(struct yh_arena *a, const struct yh_rules *rules, int rule,
                  struct yh_rule_case_fail **fail, int *nfail);
void yh_rule_book_close(struct yh_rule_book *b); /* idempotent */
#endif
