/* shell/casemix/history.h -- a file of past cases, grouped, as the arrays that weights are built of. */
#ifndef YH_SHELL_CASEMIX_HISTORY_H
#define YH_SHELL_CASEMIX_HISTORY_H
#include "engine/casemix/weights.h"

#define YH_YEARS_MAX 10
struct yh_years { /* weight of each year of discharge; n = 0: every case weighs 1 */
    int year[YH_YEARS_MAX];
    int32_t share[YH_YEARS_MAX];
    int n;
};
/* "2023:1,2024:2,2025:7".  YH_BAD_INPUT: not so, or a weight outside 1 .. 1000. */
YH_MUST_USE
enum yh_status yh_years_parse(yh_str text, struct yh_years *out, struct yh_err *err);
/* The share of a day; 0 when its year is not listed. */
int32_t yh_years_share(const struct yh_years *years, yh_day day);

struct yh_history {
    struct yh_past *past; /* heap; yh_history_close frees it */
    int64_t n;
    yh_str *hospital; /* sorted; "" stands for none given */
    int nhospital;
    int64_t rows, bad; /* bad rows were told on stderr and left out */
};

/* Reads and groups the file ("-" = standard input) on two threads.  Cases without a cost above zero
 * are bad rows.  Texts live in `a`. */
YH_MUST_USE
enum yh_status yh_history_read(const struct yh_scheme *scheme, const struct yh_results *results,
                               const char *file, const struct yh_years *years,
                               struct yh_arena *a, struct yh_history *out, struct yh_err *err);
void yh_history_close(struct yh_history *h);
#endif
