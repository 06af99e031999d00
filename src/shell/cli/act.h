/* shell/cli/act.h -- commands whose verbs are acts of the agency. */
#ifndef YH_SHELL_CLI_ACT_H
#define YH_SHELL_CLI_ACT_H
#include "model/monitor/hit.h"

#define YH_CLI_OPTIONS_MAX 16
struct yh_cli_verb {
    const char *word;
    const char *first; /* the act's member that a bare word gives; NULL: none */
    bool hits;         /* takes --hits FILE.tsv [--provider --rule --hit --each], --rules DIR */
    const char *option[YH_CLI_OPTIONS_MAX]; /* without "--"; "late!" is a flag */
};
/* Reads `VERB …` of argv as an act "FAMILY VERB" and carries it out (yh_cli_act). */
int yh_cli_verbs(const char *family, const struct yh_cli_verb *verb, int nverb,
                 const char *usage, int argc, char **argv);
/* As yh_cli_act (cli.h), the answer in the arena instead of printed. */
int yh_cli_ask(const char *data, const char *catalogs, yh_str act, struct yh_arena *a,
               yh_str *out);
/* The hits of a file that `yiheng audit` wrote.  err->line says where it is not one. */
YH_MUST_USE
enum yh_status yh_cli_hits(struct yh_arena *a, const char *file, struct yh_hit **hit, int *n,
                           struct yh_err *err);
#endif
