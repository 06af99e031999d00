/* service/list_facts.h -- what the books know beside a settlement list, for its checks.  Private to
 * service/. */
#ifndef YH_SERVICE_LIST_FACTS_H
#define YH_SERVICE_LIST_FACTS_H
#include "service/lists.h"

/* Writes the object "facts" that engine/list reads: settlement and lines; the group and, where the place
 * has weights with means, its mean; the person's earlier operations and later visits in this region;
 * for a list whose way of discharge is 9, the provider's share of such lists in the month.  Not
 * known here and left open: invoice_amt (electronic invoices are not in the books). */
YH_MUST_USE
enum yh_status yh_list_facts(struct yh_ctx *c, struct yh_list_found *l, struct yh_jsonw *w,
                             struct yh_err *err);
#endif
