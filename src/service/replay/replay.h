/* service/replay/replay.h -- a year's archive settled again, by threads, under documents of choice.
 *
 * Without a draft every bill is settled from its lines under the documents in force and compared with
 * the books.  With drafts, each bill is settled once for each of them, accumulators in commit order;
 * lines are read only where a draft changes what lines see.  Chunks go to threads as they come free;
 * everything that is added up is a whole number, and what is listed is sorted by what it is, so the
 * result is the same for any number of threads, and for a run that was interrupted and went on. */
#ifndef YH_SERVICE_REPLAY_H
#define YH_SERVICE_REPLAY_H
#include <stdatomic.h>
#include "engine/bill/plans.h"
#include "engine/explain/explain.h"
#include "engine/replay/tally.h"
#include "store/archive/archive.h"

/* What decides, loaded once. */
struct yh_replay_world {
    const struct yh_catalog *catalog;
    const struct yh_term_tables *terms;
    const struct yh_regions *regions;
    struct yh_plans *plans; /* documents in force; asked on this thread only, before the run */
};

/* A scenario: plans laid over those in force for their scheme. */
struct yh_replay_draft {
    yh_str name;                 /* as the report calls it */
    const struct yh_plan **plan; /* one a scheme */
    int nplan;
    yh_day
        from; /* they govern what is in force on or after this day; YH_DAY_MIN: the whole year */
};

struct yh_replay_options {
    const struct yh_replay_draft *against; /* NULL: the books */
    const struct yh_replay_draft *draft;   /* 0 .. 8 of them; none: compare with the books */
    int ndraft;
    yh_str where;  /* yh_where_parse; "" = all */
    int threads;   /* >= 1 */
    int sample;    /* 0: all; n: about n in 10,000 account groups, drawn by seed */
    uint64_t seed; /* of the sample */
    bool lines;    /* read lines even where cuts would do */
    bool idle;     /* read all, settle nothing: what reading costs */
    int most;      /* how many of the most affected persons are kept, <= 200 */
    const char *
        checkpoint; /* file that an interrupted run leaves and the next one takes up; NULL = none */
    const atomic_bool
        *stop; /* becomes true: finish the chunks at work, keep them, and answer YH_RETRY */
    /* Called about five times a second on the calling thread.  May be NULL. */
    void (*progress)(void *user, int64_t done, int64_t all);
    void *user;
};

/* A bill whose settling differs from the books, or fails. */
struct yh_replay_wrong {
    int chunk;
    int64_t head;
    char settlement[64], what[24], text[200];
    yh_fen was, is;
};
#define YH_REPLAY_WRONG_MAX 20

/* A person that a draft touches: burden (account + relative + cash, less what is paid to the person). */
struct yh_replay_touched {
    int chunk;
    int64_t person; /* row in the chunk */
    int64_t grp;
    yh_fen before, after;
};

struct yh_replay_share {
    int64_t over[YH_TALLY_SCENARIOS]
                [3];    /* households whose self-pay is over 10, 25, 40 % of income */
    int64_t households; /* with an income that is known */
    bool known;
};

struct yh_replay_result {
    struct yh_arena arena; /* all the rest lives here */
    const struct yh_archive *archive;
    struct yh_lens lens;
    struct yh_axes axes;
    struct yh_tally tally;
    int scenarios;             /* 1 + drafts; scenario 0 is the books, or `against` */
    struct yh_lens_plans base; /* documents in force */
    struct yh_lens_plans *set; /* of each scenario; [0] also where it is the books */
    int64_t heads, persons, lines_read, groups;
    int64_t sampled; /* heads settled; = heads in a full run */
    int64_t wrong;
    struct yh_replay_wrong wrong_list[YH_REPLAY_WRONG_MAX];
    int nwrong;
    struct yh_replay_touched *touched[YH_TALLY_SCENARIOS]; /* most affected first */
    int ntouched[YH_TALLY_SCENARIOS];
    struct {
        int64_t gain, lose; /* persons */
        yh_fen gain_median, lose_median, gain_sum, lose_sum;
    } change[YH_TALLY_SCENARIOS];
    struct yh_replay_share share;
    bool read_lines;
    yh_str *fund,
        *fund_name; /* fund_pay_type of every layer of every scenario, and its layer */
    int nfund;
    yh_fen *fund_paid; /* by scheme number, fund, scenario: yh_replay_fund_paid */
};

/* YH_RETRY: stopped.  YH_NOT_FOUND: no document governs some bill; it is named.  YH_BAD_TABLE: a
 * damaged chunk.  YH_BAD_INPUT: `where`.  A bill that differs is no failure: result->wrong counts. */
YH_MUST_USE
enum yh_status yh_replay_run(const struct yh_archive *archive,
                             const struct yh_replay_world *world,
                             const struct yh_replay_options *opt, struct yh_replay_result *out,
                             struct yh_err *err);
void yh_replay_close(struct yh_replay_result *r); /* idempotent */

/* Paid to providers and persons; fund: index in r->fund. */
yh_fen yh_replay_fund_paid(const struct yh_replay_result *r, int64_t scheme, int fund,
                           int scenario);

/* The documents that may govern an archive's bills: of its pool, and of the pools where its people
 * were treated, for its schemes, on the days its bills name.  Compiles what is missing. */
YH_MUST_USE
enum yh_status yh_replay_plans(struct yh_arena *a, const struct yh_archive *archive,
                               const struct yh_lens *lens, struct yh_plans *plans,
                               struct yh_lens_plan **out, int *n, struct yh_err *err);

/* One person's bill that changed most, decided again with reasons under both sides. */
struct yh_replay_story {
    int64_t head;
    struct yh_arc_head row;
    yh_str settlement, provider;
    yh_str before,
        after;        /* pages of engine/explain; before is by the documents of scenario 0 */
    yh_fen burden[2]; /* of this bill */
};
YH_MUST_USE
enum yh_status yh_replay_tell(struct yh_arena *a, const struct yh_replay_result *r,
                              int scenario, const struct yh_replay_touched *who,
                              struct yh_replay_story *out, struct yh_err *err);
#endif
