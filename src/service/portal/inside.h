/* service/portal/inside.h -- what the files of the room share.  Private to service/portal/. */
#ifndef YH_SERVICE_PORTAL_INSIDE_H
#define YH_SERVICE_PORTAL_INSIDE_H
#include "service/portal/portal.h"

/* "990100S00000003000001": pooling area, group, place in its commit sequence. */
bool yh_settlement_place(yh_str no, struct yh_settlement_row *key);
/* The document that decided a settlement, among those loaded; NULL = not loaded. */
const struct yh_plan *yh_look_plan(const struct yh_world *w, const struct yh_settlement_row *s);
/* A context for the use cases of service/, on this snapshot. */
struct yh_ctx yh_look_ctx(const struct yh_look *k, struct yh_call *call, yh_str person);

/* A decision told: the members of shape `calculated`, inside an object that the caller opens. */
void yh_look_decided(const struct yh_look *k, const struct yh_plan *plan,
                     const struct yh_bill *bill, const struct yh_decision *d,
                     struct yh_jsonw *w);

/* {"rows":[ … and ],"page":…}: what stands in [*from, *to) of `total` belongs to the page. */
void yh_page_open(struct yh_jsonw *w, struct yh_look_page p, int64_t total, int64_t *from,
                  int64_t *to);
void yh_page_close(struct yh_jsonw *w, struct yh_look_page p, int64_t total);
#endif
