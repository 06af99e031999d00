/* engine/casemix/pay.h -- what a DRG case is worth by a place's weights and base rate (费率法).
 *
 * The two tables are those that `yiheng weights --out` writes: weight.tsv (drg, weight; mean_cost if it is there) and
 * summary.tsv (base_rate).  Standard = weight × base rate, rounded half up to one fen; the fund pays
 * the standard less what the person and the other funds pay (rate method, third party, local).
 * Hospital coefficients and outliers belong to the clearing. */
#ifndef YH_ENGINE_CASEMIX_PAY_H
#define YH_ENGINE_CASEMIX_PAY_H
#include "model/casemix/casemix.h"

struct yh_drg_pay {
    struct yh_map at; /* DRG -> row of weight */
    yh_micro *weight;
    yh_fen *mean; /* of the group's history; 0 = not told */
    int n;
    yh_fen rate; /* of weight 1; > 0 */
};
/* YH_BAD_TABLE names file and line: a bad number, a DRG twice, no base_rate. */
YH_MUST_USE
enum yh_status yh_drg_pay_load(struct yh_arena *a, struct yh_casemix_source source,
                               struct yh_drg_pay **out, struct yh_err *err);
/* False: the DRG has no weight (empty in history, or no DRG). */
bool yh_drg_standard(const struct yh_drg_pay *p, yh_str drg, yh_micro *weight, yh_fen *mean,
                     yh_fen *standard);
#endif
