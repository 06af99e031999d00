/* shell/cli/cli.h -- what the commands of the binary share.
 *
 * A command is one row of command.def and one function here in shell/cli/.  argv[0] is the
 * command's own name.  Answers are the exit code: 0 done, 1 it failed, 2 it was called wrongly. */
#ifndef YH_SHELL_CLI_CLI_H
#define YH_SHELL_CLI_CLI_H
#include "base/base.h"

#define YH_VERSION "0.1.0"

#define CMD(name, function, help, example, codes) int function(int argc, char **argv);
#include "shell/cli/command.def"
#undef CMD

/* Prints "错误：file:line:col: text" to stderr (file may be NULL) and answers 1. */
int yh_cli_error(const char *file, const struct yh_err *err);
struct yh_findings;
/* Prints the first finding of rules that have errors, and how many: with `consequence` (没有开始).
 * Answers 1. */
int yh_cli_rules_wrong(const struct yh_findings *found, const char *consequence);
/* The command was called wrongly, or its help was asked for (the last word is --help): answers 2.
 * `usage` is the whole manual page behind "用法：yiheng "; lines that begin with USAGE_MORE are further
 * ways to call.  Asked: prints the page.  Else prints, to stderr, the first option that the page does
 * not name, and the ways to call (those of the subcommand argv[1], where the page names it). */
#define YH_USAGE_MORE "      yiheng "
int yh_cli_usage(const char *usage, int argc, char **argv);
/* Says that argv[0], or its subcommand, has no such option, or that its value is missing; answers 2. */
int yh_cli_unknown(const char *command, const char *word);
/* Says that the option's value (NULL: none) is not what it should be; answers 2. */
int yh_cli_wrong(const char *option, const char *value, const char *want);
/* When argv[*i] is `name`, or `name=value`: moves *i to the last word used, *value to the value
 * and answers true.  A missing value is NULL. */
bool yh_cli_option(int *i, int argc, char **argv, const char *name, const char **value);
/* What --data (or --store, which is the same) names, as a store's address in out: a folder is
 * "sqlite:FOLDER", an address stays.  Answers out. */
const char *yh_cli_store(char out[4200], const char *data);
/* An address of a database server, which has no folder beside it. */
bool yh_cli_served(const char *data);
/* The same for people to read: without the password.  Answers out. */
const char *yh_cli_said(char out[4200], const char *data);
/* `yiheng policy examples …`, `policy table …` and `policy log …`, argv as yh_cmd_policy has it. */
int yh_cli_policy_examples(int argc, char **argv);
int yh_cli_policy_table(int argc, char **argv);
int yh_cli_policy_handbook(int argc, char **argv);
int yh_cli_policy_log(int argc, char **argv);
/* `yiheng list WORD …`: is it one of the agency's, and then that, argv as yh_cmd_list has it. */
bool yh_cli_list_is_agency(const char *word);
int yh_cli_list_agency(int argc, char **argv);
/* Carries an act of the agency out (service/agency.h): through the server that writes the folder where
 * one runs, else here.  catalogs: where casework's tables lie, as yh_catalogs_dir; "-": the act
 * needs none.  Prints the answer, or the error; the exit code. */
int yh_cli_act(const char *data, const char *catalogs, yh_str act, struct yh_arena *a);
/* `yiheng rules learn …`, argv[1] being "learn". */
int yh_cli_rules_learn(int argc, char **argv);
/* `yiheng rules evaluate …`, argv as yh_cmd_rules has it. */
int yh_cli_rules_evaluate(int argc, char **argv);
/* `yiheng rules replay`, the same. */
int yh_cli_rules_replay(int argc, char **argv);
/* `yiheng rules prove`, the same. */
int yh_cli_rules_prove(int argc, char **argv);
/* `yiheng rules same`, the same. */
int yh_cli_rules_same(int argc, char **argv);
#endif
