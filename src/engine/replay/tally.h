/* engine/replay/tally.h -- what a year's bills add up to, before and after, by every view.
 *
 * Scenario 0 is what is compared with (the books, or a document named with --against), 1 … are the
 * drafts.  All are sums of integers, so it does not matter which thread counted what, or in what
 * order.  记账口径: what payers owe on bills.  Pure. */
#ifndef YH_ENGINE_REPLAY_TALLY_H
#define YH_ENGINE_REPLAY_TALLY_H
#include "engine/replay/walk.h"

/* What is added up, fen but for the first two. */
enum yh_tally_sum {
    YH_SUM_BILLS, /* settlements; an undoing takes one away */
    YH_SUM_STAYS,
    YH_SUM_TOTAL,
    YH_SUM_OUTSIDE,
    YH_SUM_OVER,
    YH_SUM_FIRST,
    YH_SUM_SCOPE,
    YH_SUM_DEDUCT,
    YH_SUM_PAY, /* … YH_PAY_N of them, by enum yh_payer */
    YH_SUM_HOSPITAL = YH_SUM_PAY + YH_PAY_N,
    YH_SUM_ACCOUNT,
    YH_SUM_RELATIVE,
    YH_SUM_CASH,
    YH_SUM_TO_PERSON,
    YH_MEASURES
};

/* By what the sums are broken down. */
enum yh_view {
    YH_VIEW_ALL,
    YH_VIEW_SCHEME,  /* dictionary number */
    YH_VIEW_LEVEL,   /* 三级 二级 一级及以下 未定级 药店 */
    YH_VIEW_SERVICE, /* 住院, 门诊 …: the visit kinds that no other kind contains */
    YH_VIEW_COUNTY,  /* office of enrolment, dictionary number */
    YH_VIEW_AGE,     /* bands of yh_tally_age */
    YH_VIEW_IDENT,   /* 0 none, else the strongest identity on the first day */
    YH_VIEW_MONTH,   /* of the settling day, 0 .. 11 */
    YH_VIEW_PLACE,   /* 本地, 省内异地, 跨省异地 */
    YH_VIEW_MIX,     /* scheme × service × level: for the waterfall */
    YH_VIEWS
};
#define YH_TALLY_SCENARIOS 9
#define YH_TALLY_AGES 8
int yh_tally_age(int age); /* 0–6 7–17 18–44 45–59 60–64 65–74 75–84 85– */

/* Which bucket an archive's numbers fall in; made once, read by all threads. */
struct yh_axes {
    int n[YH_VIEWS]; /* buckets */
    yh_str *name[YH_VIEWS];
    int at[YH_VIEWS]; /* first cell of the view */
    int ncell;
    int16_t *service; /* by number of med_type */
    int16_t *level;   /* by provider */
    int16_t *ident;   /* by number of identity … */
    int16_t *rank;    /* … and how strong: less is stronger */
};
/* plan: any document of the place, for the words of kinds and the order of identities. */
void yh_axes_open(struct yh_arena *a, const struct yh_lens *lens, const struct yh_plan *plan,
                  struct yh_axes *out);

/* Which bills count: bit per bucket; a view without any bit lets all through. */
#define YH_WHERE_MAX 1024
struct yh_where {
    uint64_t bit[YH_VIEWS][YH_WHERE_MAX / 64];
    bool any[YH_VIEWS];
};
/* "险种=390 级别=三级,二级 月份=3": views by Chinese name or by scheme level service county age ident
 * month place; values by name of the bucket.  YH_BAD_INPUT names what it does not know. */
YH_MUST_USE
enum yh_status yh_where_parse(const struct yh_axes *x, yh_str text, struct yh_where *out,
                              struct yh_err *err);
yh_str yh_view_name(enum yh_view v); /* 险种, 级别 … */

/* Differences of persons' burdens: edges in fen, symmetric about "no change". */
#define YH_SPREAD 13
extern const yh_fen
    yh_spread_edge[YH_SPREAD - 1]; /* ascending: bucket = how many are <= diff */
int yh_spread_of(yh_fen diff);

struct yh_spread {
    int64_t people[YH_SPREAD];
    yh_fen sum[YH_SPREAD];
};

/* One thread's sums; plain numbers, cell-major: sum[(cell * scenarios + s) * YH_MEASURES + m]. */
struct yh_tally {
    const struct yh_axes *axes;
    int scenarios;
    int64_t *sum;
    struct yh_spread
        spread[YH_TALLY_SCENARIOS]; /* of persons with a bill, scenario s against 0 */
};
size_t yh_tally_words(const struct yh_axes *x, int scenarios); /* of sum, in int64_t */
void yh_tally_open(struct yh_arena *a, const struct yh_axes *x, int scenarios,
                   struct yh_tally *out);

/* The buckets of a bill.  ident: bucket, strongest of the person's that day. */
struct yh_tally_key {
    int16_t at[YH_VIEWS];
};
struct yh_tally_key yh_tally_key(const struct yh_axes *x, const struct yh_arc_head *h,
                                 yh_day born, const struct yh_arc_identity *identity, int n);
bool yh_where_holds(const struct yh_where *w, const struct yh_tally_key *k);

/* Measures of a head as booked, and of a decision.  sums: of the head (its cuts). */
void yh_tally_of_head(const struct yh_arc_head *h, const struct yh_sums *sums,
                      int64_t out[YH_MEASURES]);
void yh_tally_of_decision(const struct yh_arc_head *h, const struct yh_decision *d,
                          int64_t out[YH_MEASURES]);
void yh_tally_add(struct yh_tally *t, const struct yh_tally_key *k, int scenario,
                  const int64_t m[YH_MEASURES]);
void yh_tally_person(struct yh_tally *t, int scenario, yh_fen diff);
void yh_tally_join(struct yh_tally *to, const struct yh_tally *from);
int64_t yh_tally_at(const struct yh_tally *t, enum yh_view v, int bucket, int scenario,
                    enum yh_tally_sum m);
/* Sums that follow: all funds; what persons bear (account + relative + cash). */
yh_fen yh_tally_fund(const struct yh_tally *t, enum yh_view v, int bucket, int scenario);
yh_fen yh_tally_burden(const struct yh_tally *t, enum yh_view v, int bucket, int scenario);
#endif
