/* engine/replay/walk.h -- archived bills settled in commit order, group by group.
 *
 * The one place that turns an archived row into a bill and carries a group's year from bill to bill:
 * accumulators of every span, parts of a stay, undoings, what accounts still hold.  `yiheng replay`
 * walks an archive with it; whoever invents a year books by it.  One walk a thread.  Pure.
 *
 *     yh_walk_group(w, n)                     a new group of n persons: nothing is held
 *     yh_walk_opening(w, who, &opening)       what the archive says was there before
 *     yh_walk_settle(w, &c, how, &d, err)     the group's settlements, in commit order
 *
 * Accounts.  A head says what the account held before it (head.account_balance) and what was drawn.
 * Replaying, the walk adds what the drafts drew less, or more, so far; deposits are in the booked
 * balances already.  Booking (w->booking), the caller's balance is taken as it stands. */
#ifndef YH_ENGINE_REPLAY_WALK_H
#define YH_ENGINE_REPLAY_WALK_H
#include "engine/replay/lens.h"

struct yh_walk_who;  /* a person of the group */
struct yh_walk_kept; /* a decision that a later row of the group asks for */

struct yh_walk {
    const struct yh_lens *lens;
    const struct yh_lens_plans *plans;
    uint32_t pool;           /* home: whose documents pay */
    bool booking;            /* see above */
    struct yh_arena group;   /* forgotten with each group */
    struct yh_arena scratch; /* forgotten with each bill */
    struct yh_walk_who *who;
    int nwho;
    struct yh_walk_kept *kept;
    int64_t *standing;
};

/* Opens two arenas (64 MiB reserved each).  lens and plans must outlive it.  YH_LIMIT. */
YH_MUST_USE
enum yh_status yh_walk_open(struct yh_walk *w, const struct yh_lens *lens,
                            const struct yh_lens_plans *plans, uint32_t pool,
                            struct yh_err *err);
void yh_walk_close(struct yh_walk *w); /* idempotent */

void yh_walk_group(struct yh_walk *w, int persons);
/* who: 0 … of the group.  An accumulator that no plan of the set keeps is passed over. */
void yh_walk_opening(struct yh_walk *w, int who, const struct yh_arc_opening *o);

/* What tells one visit from another: of an mdtrt_id that is a plain number, and of a text. */
uint64_t yh_walk_visit_number(int64_t visit);
uint64_t yh_walk_visit_text(yh_str visit);

struct yh_walk_case {
    const struct yh_arc_head
        *head;      /* all facts; amounts are read only of accounts and joined_deduct */
    int who;        /* whose, in the group */
    int relative;   /* whose account a relative's part may come from; -1 */
    int64_t undoes; /* `row` of the settlement that this one undoes; -1 */
    int64_t row;    /* of this one: any number that is its own in the group */
    yh_day born;
    const struct yh_arc_identity *identity; /* all of the person's */
    int nidentity;
    uint64_t visit; /* equal = same stay; needed where head->part, or a span is a stay */
    const struct yh_line *line; /* of this settlement alone; or … */
    int nline;
    const struct yh_tag_sums
        *cut; /* … its final cut (of the whole stay so far, where a part) */
    int ncut;
};

/* The plan that decided, for whoever explains; after an undoing that of what was undone, and no bill. */
struct yh_walk_told {
    const struct yh_lens_plan *plan;
    const struct yh_bill *bill; /* until the next call */
};

/* Decides and carries on.  *out lives until the next call.  told may be NULL.
 * YH_NOT_FOUND: no document governs; YH_CONFLICT: it undoes what is not there; else as
 * yh_benefit_settle. */
YH_MUST_USE
enum yh_status yh_walk_settle(struct yh_walk *w, const struct yh_walk_case *c,
                              struct yh_settle_how how, struct yh_decision *out,
                              struct yh_walk_told *told, struct yh_err *err);

/* The lines of head row `at` as the engine reads them, in `a`.  full: with codes and serials, for
 * reasons; without, only where the bill holds a refund. */
struct yh_line *yh_walk_lines(const struct yh_lens *b, const struct yh_arc_chunk *c, int64_t at,
                              bool full, struct yh_arena *a, int *n);
/* Its archived cut under the ordinals of a plan.  False: a mark that the plan does not know. */
bool yh_walk_cut(const struct yh_arc_chunk *c, int64_t at, const struct yh_lens_plan *p,
                 struct yh_tag_sums cut[32], int *n);

/* Writes a decision's amounts into a head (document, sums' parts, payers, account); facts stay. */
void yh_walk_book(const struct yh_lens_plan *p, const struct yh_decision *d,
                  struct yh_arc_head *head);
/* Row i of its cut and of its pay, as the archive keeps them; false = there is none such.  Ask with
 * how.cut; layers that paid nothing answer with amount and beyond 0 and are left out by the caller. */
bool yh_walk_cut_row(const struct yh_lens_plan *p, const struct yh_decision *d, int i,
                     struct yh_arc_cut *out);
bool yh_walk_pay_row(const struct yh_lens_plan *p, const struct yh_decision *d, int layer,
                     struct yh_arc_pay *out);

/* The name of the first amount that differs between what is booked and a decision: "hifp_pay" …;
 * NULL = none does, of any payer, account or sum that a head keeps. */
const char *yh_walk_differs(const struct yh_arc_head *booked, const struct yh_decision *now,
                            yh_fen *was, yh_fen *is);
#endif
