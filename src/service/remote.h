/* service/remote.h -- other places: one message out, one message in.
 *
 * The treating place splits the lines by its own catalogue; the home place decides who pays, by
 * its own document and the person's own year (医保发〔2022〕22号 第三十二、三十三条).  Between them
 * goes exactly one message each way, so that a home that lives in another system can take the part
 * of this one.  Homes that live here answer through yh_home_answer. */
#ifndef YH_SERVICE_REMOTE_H
#define YH_SERVICE_REMOTE_H
#include "model/claim/claim.h"
#include "service/service.h"

/* What the treating place tells.  The lines stay behind: only their sums by mark travel. */
struct yh_home_ask {
    yh_str home, person, scheme; /* pooling area where insured */
    yh_str provider, med_type, disease, account_flag;
    yh_str key;                 /* provider and msgid: asked twice, answered once */
    const struct yh_plan *plan; /* the home's document, where the home is here */
    struct yh_bill bill;        /* facts, days, part[], sums, standing; nline is 0 */
    bool trial;
};
struct yh_home_reply {
    struct yh_decision decision;
    yh_str document; /* id of what decided */
};
struct yh_remote {
    /* YH_NOT_FOUND: not a home of this remote; YH_RETRY: it does not answer. */
    enum yh_status (*ask)(void *user, struct yh_arena *a, const struct yh_home_ask *ask,
                          struct yh_home_reply *out, struct yh_err *err);
    void *user;
};

/* A home that lives here: decides on the totals by its own document.  Pure. */
YH_MUST_USE
enum yh_status yh_home_answer(struct yh_arena *a, const struct yh_home_ask *ask,
                              struct yh_home_reply *out, struct yh_err *err);
#endif
