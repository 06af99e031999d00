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
    yh_day day;              /* of the settlement */
    yh_fen fund_was, fund_now;
    yh_fen person_was, person_now;
    yh_fen payable;          /* person_was - person_now when positive: owed to the person */
    yh_fen against;          /* person_now - person_was when positive: for an officer to look at */
};
#endif
