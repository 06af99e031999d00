/* service/watch.h -- monitoring at the window: advice before an order and before a bill, refusal of lines that
 * a region's own file marks 结算拦截, and what the doctor did about it.   3101 3102 3103, 2204 2301
 *
 * Facts are the call's own and the person's other visits in the store; the rules are the world's.
 * Advice blocks nothing and needs no registered visit.  A refused line is the provider's loss
 * (hosp_part_amt), never the patient's. */
#ifndef YH_SERVICE_WATCH_H
#define YH_SERVICE_WATCH_H
#include "engine/monitor/monitor.h"
#include "service/visit.h"

/* A visit as a call tells it; its lines' `current` says which are asked about. */
struct yh_watch_line {
    yh_str serial, rx, code, name, doctor, department;
    yh_time time;
    yh_qty qty;
    yh_price price;
    yh_fen amount, outside;
    int charge;
    bool first_line, current;
};
struct yh_watch_dx {
    yh_str code, name;
    bool main;
};
struct yh_watch_visit {
    yh_str visit, provider, provider_name, office, level; /* level: hosp_lv */
    yh_str med_type, scheme, doctor, department;
    yh_day begin, end;
    const struct yh_watch_dx *dx;
    int ndx;
    const struct yh_watch_line *line;
    int nline;
    bool current;
};
struct yh_watch_person {
    yh_str person, region; /* psn_no, 统筹区 */
    yh_str sex;            /* gend */
    yh_day born;           /* YH_DAY_MIN: not said */
    const struct yh_watch_visit *visit;
    int n;
};

/* The hits that touch a current line (of the current visit, where no line is marked), told, in the order
 * of their money.  The person's other visits of the last 400 days are looked up where the person is
 * known.  Nothing where the world has no rules. */
YH_MUST_USE
enum yh_status yh_watch_advise(struct yh_ctx *c, const struct yh_watch_person *in,
                               enum yh_mon_stage stage, struct yh_hit **hit, int *n,
                               struct yh_err *err);

/* Refuses new lines as a blocking rule of the place of treatment claims them: whole (fault), or the part
 * beyond the limit (fault_part, to the fen; the rest is paid as ever).  A refund goes with the line it
 * takes back.  What the rule claims on lines of earlier calls is left to the audit.  Does nothing, and
 * costs nothing, where the pool's file marks no rule.  A warning says which lines, how much and why. */
YH_MUST_USE
enum yh_status yh_watch_block(struct yh_ctx *c, const struct yh_member *m,
                              const struct yh_visit_row *v, const struct yh_charge_line *kept,
                              int nkept, struct yh_charge_in *in, int n, struct yh_err *err);

/* What the rules say, after, of one stored visit of a person: the hits that touch its lines, or the visit
 * itself.  Nothing where the world has no rules.  Fails as the store. */
YH_MUST_USE
enum yh_status yh_watch_stored(struct yh_ctx *c, yh_str person, yh_str visit,
                               struct yh_hit **hit, int *n, struct yh_err *err);

/* 3103: what the doctor did about a warning, kept as a document of the provider (infno 3103, own key the
 * warning's id); sent again it is the next version. */
struct yh_watch_answer {
    yh_str warning, way, reason, type; /* warn_rslt_id, dspo_way, dspo_way_rea, warn_type */
    yh_str body;
};
YH_MUST_USE
enum yh_status yh_watch_answered(struct yh_ctx *c, const struct yh_watch_answer *in, int n,
                                 struct yh_err *err);
#endif
