/* service/portal/disclose.h -- 基金公开: income, spending (记账), balance of each fund by month, for anybody.
 *
 * Nothing in it lets guess a person: a row tells of months of which the last touches at least `least`
 * account groups; a month with fewer waits for the next that has them and is told as one with it, so no
 * difference of two rows gives it away, and what is left over at the end is not told yet. */
#ifndef YH_SERVICE_PORTAL_DISCLOSE_H
#define YH_SERVICE_PORTAL_DISCLOSE_H
#include "service/fund/fund.h"
#include "service/portal/portal.h"

/* Members "through", "least", "regions" of an object that the caller has open, of the months that begin
 * before `until`.  Income is null where a month is not stated; balance where there is no opening one or a
 * month since is not stated; tenths (of a month that the balance lasts) where it cannot be said.  Fails as
 * the store. */
YH_MUST_USE
enum yh_status yh_look_open_funds(const struct yh_look *k, const struct yh_fund_month *month,
                                  int n, yh_day until, int64_t least, struct yh_jsonw *w,
                                  struct yh_err *err);
#endif
