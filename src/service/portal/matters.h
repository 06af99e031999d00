/* service/portal/matters.h -- what the pages show of matters at the desk (service/matter). */
#ifndef YH_SERVICE_PORTAL_MATTERS_H
#define YH_SERVICE_PORTAL_MATTERS_H
#include "service/matter/matter.h"
#include "service/portal/portal.h"

/* Who acts, in the transaction (or on the snapshot) that is looked at; officer "" = the person. */
struct yh_matter_desk yh_matter_desk_of(const struct yh_look *k, yh_str officer, yh_str name);

/* {"rows":[…]}: kinds that hold for a person (their pool), with fields and papers; online: only those
 * that may be asked for without coming. */
YH_MUST_USE
enum yh_status yh_look_matter_kinds(const struct yh_look *k, yh_str person, bool online,
                                    struct yh_jsonw *w, struct yh_err *err);
/* One matter with its steps, what may be done next (by the officer, or by the person: officer ""), its
 * payments.  The person sees all; an officer names, numbers and addresses masked, unless `full`. */
YH_MUST_USE
enum yh_status yh_look_matter(const struct yh_look *k, const struct yh_matter_row *m,
                              yh_str officer, struct yh_jsonw *w, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_look_matter_at_desk(const struct yh_look *k, const struct yh_matter_row *m,
                                      yh_str officer, bool full, struct yh_jsonw *w,
                                      struct yh_err *err);
/* A person's matters, newest first. */
YH_MUST_USE
enum yh_status yh_look_matters_of(const struct yh_look *k, yh_str person, struct yh_look_page p,
                                  struct yh_jsonw *w, struct yh_err *err);
/* The desk's queue within an area: open matters, those due first; how many in each state, due today or
 * late; state "" = all that are open.  note() is told of each person shown; false stops (YH_RETRY). */
struct yh_look_queue {
    yh_str state;
    bool due; /* only those due today or late */
    bool (*within)(void *user, yh_str region, yh_str office);
    bool (*note)(void *user, const struct yh_matter_row *m);
    void *user;
};
YH_MUST_USE
enum yh_status yh_look_matter_queue(const struct yh_look *k, const struct yh_look_queue *ask,
                                    struct yh_look_page p, struct yh_jsonw *w,
                                    struct yh_err *err);
/* Ratings within an area since a day: how many stars, by kind of matter; words of the poor ones. */
YH_MUST_USE
enum yh_status yh_look_ratings(const struct yh_look *k, const struct yh_look_queue *ask,
                               yh_day since, struct yh_jsonw *w, struct yh_err *err);
/* A quote: amounts, the rows that explain them, lines as split, the deadline. */
void yh_look_quote(const struct yh_look *k, const struct yh_claim_result *q,
                   struct yh_jsonw *w);
/* Batches of the pools within an area, newest first; one batch with its payments. */
YH_MUST_USE
enum yh_status yh_look_batches(const struct yh_look *k, const struct yh_look_queue *ask,
                               struct yh_look_page p, struct yh_jsonw *w, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_look_batch(const struct yh_look *k, yh_str batch, struct yh_jsonw *w,
                             struct yh_err *err);
#endif
