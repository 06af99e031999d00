/* service/clearing/bygroup.h -- what a settled stay earns by group or points, beyond its items.
 *
 * How a provider's stays are paid is a row of catalogs/tariff/methods.tsv: of a region and a provider (""
 * = any), a scheme ("" = any), a method (drg, dip), the hospital's coefficient, of dip the yuan of a point,
 * bounds, days.  The row that names most counts; without one all is paid by item.
 *
 *     worth   drg: weight × base rate (engine/casemix/pay.h) × coefficient, half up to a fen
 *             dip: points (with the coefficient, engine/casemix/dip.h) × yuan of a point, half up
 *     pool    what the region's basic pool pays then: worth − (total − what it paid by item), not below 0
 *     diff    that less what it paid by item: the other funds and the person pay what they paid
 *
 * Paid by item, diff 0, and `why` says so: no list or no group; a cost below low × worth or above high ×
 * worth (drg), or so far off that experts look at it first (dip); a stay that the panel put out of the
 * payment (特例单议, outcome item); points given by the panel where the place pays by weight, which has
 * no price for them.  Points given by the panel take the place of the table's.
 * No row at all (looked = false): outpatient care, a person of another pool, a fixed price by disease
 * (收付费), an interim part, what is undone or none of the provider's business. */
#ifndef YH_SERVICE_CLEARING_BYGROUP_H
#define YH_SERVICE_CLEARING_BYGROUP_H
#include "service/lists.h"

struct yh_method {
    char method[8];       /* drg, dip */
    yh_micro coefficient; /* > 0 */
    int64_t value;        /* of a point, millionths of a yuan; drg: 0 */
    yh_micro low, high;   /* drg; 0 = no bound */
    yh_str basis;
};
/* *found false: by item.  YH_BAD_TABLE names the line of methods.tsv. */
YH_MUST_USE
enum yh_status yh_method_of(const struct yh_casebook *book, yh_str region, yh_str provider,
                            yh_str scheme, yh_day day, struct yh_method *out, bool *found,
                            struct yh_err *err);

/* c: with its provider and place, as lists are read (yh_look_ctx).  *out lives in c->arena; region, seq
 * and line are left to the caller. */
YH_MUST_USE
enum yh_status yh_stay_by_method(struct yh_ctx *c, const struct yh_settlement_row *s,
                                 struct yh_clearing_case_row *out, bool *looked,
                                 struct yh_err *err);
#endif
