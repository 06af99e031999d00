/* service/price.h -- the price of a disease that binds the patient's bill (收付费), from the tables of
 * the place of care (catalogs/tariff), where the policy document itself prices none. */
#ifndef YH_SERVICE_PRICE_H
#define YH_SERVICE_PRICE_H
#include "service/service.h"

/* Of dise_codg `disease` in a hospital of `level` (enum yh_level) on the day of discharge.
 * YH_BAD_INPUT: no such price there, or the stay's main diagnosis is not of that disease (a stay that
 * left the path is settled by items). */
YH_MUST_USE
enum yh_status yh_price_of_disease(struct yh_ctx *c, yh_str disease, yh_str main_diagnosis,
                                   int level, yh_day day, yh_fen *out, struct yh_err *err);
#endif
