/* service/cases/cases.h -- the worked cases of a policy document, run through the benefit engine.
 *
 * A cases block is a table: the first row names columns, each further row is one bill.  Columns are
 * facts (a dimension's word), money that goes in, standing before (`基本统筹.已付(前)`), what the
 * engine must answer (a layer's name, 个人, 起付(层) …), or 来源 and 说明.  docs/policy-language.md
 * lists them.  Parameters are never fed in: a column such as 起付(层) is compared. */
#ifndef YH_SERVICE_CASES_H
#define YH_SERVICE_CASES_H
#include "engine/benefit/benefit.h"
#include "model/policy/policy.h"

enum yh_origin { YH_ORIGIN_PUBLISHED, YH_ORIGIN_THIRD_PARTY, YH_ORIGIN_DERIVED, YH_ORIGIN_N };
yh_str yh_origin_word(enum yh_origin o); /* published, third-party, derived */

struct yh_case_fail {
    yh_str at; /* the cell, in the document's text */
    yh_str column, want, got;
};
/* One case, for who looks at the whole: what went in, what was compared. */
struct yh_case_done {
    const struct yh_plan *plan;
    const struct yh_policy_row *head, *row;
    yh_str examples;   /* "E060 E061": what 来源 names behind the origin */
    uint64_t compared; /* bit per column that was compared with what the engine answers */
    int doc;
    bool passed;
};

struct yh_cases_run {
    int passed[YH_ORIGIN_N],
        failed[YH_ORIGIN_N];   /* cases, by where the expected figure is from */
    struct yh_case_fail *fail; /* one a cell that differs or cannot be read */
    int nfail;
    struct yh_case_done *done; /* every case that could be run */
    int ndone;
};

/* Runs every case of document `doc` of the set against `plan` (the document's own, or another
 * version's for a what-if).  Never fails: what cannot be read is a failed case. */
void yh_cases_run(struct yh_arena *a, const struct yh_policy_set *set, int doc,
                  const struct yh_plan *plan, struct yh_cases_run *out);

/* One case of one row, for tools that show a bill: fills the bill and its standing from the facts
 * and the money of the row.  NULL, or what could not be read. */
const char *yh_case_bill(struct yh_arena *a, const struct yh_plan *plan,
                         const struct yh_policy_row *head, const struct yh_policy_row *row,
                         yh_day day, struct yh_bill *bill, yh_str *at);
#endif
