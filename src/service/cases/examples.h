/* service/cases/examples.h -- every example of the table is a passing case of some document.
 *
 * policy/examples.tsv lists published, third-party and derived examples: inputs and expected
 * figures as `name=value;…`.  A case of a document carries an example by its id in 来源.  The rules
 * (policy/examples-columns.tsv) say, for each name, in which column of the case it must stand, and
 * whether that column is fed in or compared: a parameter is never fed in.
 *
 *   kinds   the kinds of example it is for, by commas; `*` = all
 *   key     a name of the example, or a little arithmetic over names and numbers, left to right
 *           (`cum_after-cum_before`); the rule holds for examples that have every name in it
 *   role    in: the column goes in · out: it is compared · fact: a fact, as text (`column: a=b`
 *           says that the example's word a is the case's word b) · word: where scenario or kind of
 *           insurance says the key, the column holds it · none: not compared, `why` says why
 *   column  a pattern, alternatives behind `|`; `*` stands for any text; `@maf_pay` is the sum of the
 *           compared layers whose money is that national amount
 *
 * An example holds when every case that names it passes, stands in a document of its place and day,
 * each rule for it holds in one of these cases, and no name is without a rule.  The open list (id,
 * state, why) names those that pass by one of two readings (reading) or cannot be said (cannot). */
#ifndef YH_SERVICE_CASES_EXAMPLES_H
#define YH_SERVICE_CASES_EXAMPLES_H
#include "service/cases/cases.h"

/* The kinds of example that are one person's bill; the others are not the benefit engine's. */
extern const char *const YH_EXAMPLE_KINDS[];

struct yh_example_tables {
    yh_str examples, rules, open;
};
struct yh_example_result {
    int wanted;   /* examples of these kinds */
    int held;     /* of them: hold */
    int reading;  /* of the held: listed as one of two readings */
    int cannot;   /* of the wanted: listed as not to be said */
    yh_str *fail; /* one text, Chinese, for each thing that is wrong */
    int nfail;
};

/* done[0 .. n): the cases of all documents of `set`.  YH_BAD_TABLE: a table cannot be read, *err
 * names the line. */
YH_MUST_USE
enum yh_status yh_examples_check(struct yh_arena *a, const struct yh_policy_set *set,
                                 const struct yh_case_done *done, int n,
                                 const struct yh_example_tables *tables,
                                 struct yh_example_result *out, struct yh_err *err);
#endif
