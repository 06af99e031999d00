/* service/review.h -- retroactive change: what the person's year would have come to.
 *
 * After a change of policy or of facts (an identity class from the first of a month, arrears, a
 * late filing, an upheld audit) the year's settlements are decided again in their order.  Nothing
 * is booked: differences in the person's favour are listed as payable through the agency,
 * differences against the person are listed for an officer (DESIGN, Retroactive change). */
#ifndef YH_SERVICE_REVIEW_H
#define YH_SERVICE_REVIEW_H
#include "service/settle.h"

struct yh_review_row {
    yh_str settlement, provider;
    yh_day day; /* of the settlement */
    yh_fen fund_was, fund_now;
    yh_fen person_was, person_now;
    yh_fen payable; /* person_was - person_now when positive: owed to the person */
    yh_fen against; /* person_now - person_was when positive: for an officer to look at */
};

struct yh_review {
    struct yh_review_row *row; /* settlements whose amounts differ, in their order */
    int n, looked;             /* how many were decided again */
    yh_fen payable, against;   /* sums of the rows */
};

/* Decides the settlements in force of (person, scheme) in an accumulator year again, by the
 * documents and facts that hold now.  x is a snapshot; `now` is for the day of the review.
 * YH_NOT_FOUND: no such person or enrolment.  Fails as yh_settle where a bill cannot be decided. */
YH_MUST_USE
enum yh_status yh_review_person(struct yh_txn *x, const struct yh_world *w, struct yh_arena *a,
                                yh_time now, yh_str person, yh_str scheme, int64_t year,
                                struct yh_review *out, struct yh_err *err);
/* 怎样能少付: a settlement in force decided again within its year, once as it is and once for each
 * fact that could have been otherwise (filed first; a hospital of a lower level; 签约 or 基层首诊;
 * 两病).  Ways that leave the person less to pay, in that order; nothing is kept. */
enum yh_way { YH_WAY_FILED, YH_WAY_LEVEL, YH_WAY_REFERRAL, YH_WAY_TWO_DISEASES };
struct yh_less_way {
    enum yh_way way;
    yh_str was, would; /* words of the fact: 三级, 二级 */
    yh_fen person, fund;
    int32_t clause; /* of the plan: the layer's whose payment rises most; -1 = none */
};
struct yh_less {
    bool same; /* decided again as it is, it comes out as it was booked; else no ways */
    yh_fen person, fund; /* as it is */
    const struct yh_plan *plan;
    struct yh_less_way way[8];
    int n;
};
/* YH_CONFLICT: undone, or itself an undoing.  Fails as yh_review_person. */
YH_MUST_USE
enum yh_status yh_less_find(struct yh_txn *x, const struct yh_world *w, struct yh_arena *a,
                            yh_time now, const struct yh_settlement_row *s, struct yh_less *out,
                            struct yh_err *err);

/* The same from a data folder ("sqlite:DIR"), beside whoever writes. */
YH_MUST_USE
enum yh_status yh_review_data(yh_str data, const struct yh_world *w, struct yh_arena *a,
                              yh_time now, yh_str person, yh_str scheme, int64_t year,
                              struct yh_review *out, struct yh_err *err);
#endif
