/* engine/monitor/monitor.h -- rules against facts: who is hit, by how much, on what proof.
 *
 * Compiled rules are shared and unchanging; a monitor is one thread's working state over them: the
 * dictionary (what each item code, diagnosis and department name means to the rules, worked out once
 * when the code is first met) and scratch.  Facts in, hits out: no clock, no file, no order of calls
 * matters.
 *
 * The same facts give the same hits whether asked before the order, before the bill or after
 * settlement: every rule is run each time, and `stage` only decides which hits are handed over and
 * with what verdict.  A hit of a visit follows from that visit and those before it alone, so a hit that
 * the window showed is found again by the audit, with the same id, unless lines were taken back.
 *
 * Refunds are netted first: a refund that names its line takes from it, another from the latest earlier
 * line of the same item in the visit.  Hits on one line share its money: those found first, then the
 * graver, then the better founded claim first, and nothing is claimed twice. */
#ifndef YH_ENGINE_MONITOR_MONITOR_H
#define YH_ENGINE_MONITOR_MONITOR_H
#include "model/catalog/terms.h"
#include "model/monitor/facts.h"

struct yh_monitor; /* opaque; lives in its arena */

/* `arena` grows with the dictionary: some 40 MB for all products and diagnoses of a prefecture. */
struct yh_monitor *yh_monitor_open(struct yh_arena *arena, const struct yh_rules *rules);
const struct yh_rules *yh_monitor_rules(const struct yh_monitor *m);

/* Numbers >= 1, the same for the same code; "" gives 0.  `name` is looked at when the code is first
 * met.  Texts are copied. */
uint32_t yh_monitor_item(struct yh_monitor *m, yh_str code, yh_str name);
uint32_t yh_monitor_dx(struct yh_monitor *m, yh_str code, yh_str name);
uint32_t yh_monitor_name(struct yh_monitor *m, yh_str code, yh_str name);
/* Appends a provider, answers its index; the same code gives the same. */
uint32_t yh_monitor_provider(struct yh_monitor *m, const struct yh_mon_provider *p);
/* The item's standard unit price (millionths of a yuan), 0 = not known: whatever the terms say. */
void yh_monitor_price(struct yh_monitor *m, uint32_t item, yh_price price);
/* Standard unit prices by a place's table of terms: the limit on the line's day for a hospital of the
 * visit's level.  Where the table names no limit the price is not known, and a rule that compares
 * with it does not hold.  Both must outlive the monitor; NULL takes them away. */
void yh_monitor_terms(struct yh_monitor *m, const struct yh_terms *terms,
                      const struct yh_catalog *catalog);
yh_str yh_monitor_item_code(const struct yh_monitor *m, uint32_t item);
/* Only this rule makes hits and claims money; -1 = all, as at first.  For cases and trials of one rule. */
void yh_monitor_just(struct yh_monitor *m, int rule);

/* A hit by indexes; cheap, untold. */
struct yh_mon_mark {
    int32_t visit, line;
    yh_qty qty, excess; /* of the line, net of refunds; of it: at stake */
    yh_fen amount, claimed;
    bool stake;
};
struct yh_mon_hit {
    int32_t rule, row, visit, last; /* last: the latest visit that it touches */
    yh_day from, to;
    yh_qty qty; /* at stake */
    struct yh_mon_mark *mark;
    int nmark;
    int64_t fact[YH_FACT_N]; /* as the condition saw them; YH_RULE_MISSING = did not look */
    int32_t line;            /* the line looked at last; -1 = none */
};

/* Runs every rule over the person.  `only` >= 0 hands over the hits that touch that visit, -1 all;
 * `stage` those of rules that run then.  The hits and the scratch lie in `a`, in the order in which
 * their money was claimed.  Answers how many. */
int yh_monitor_run(struct yh_monitor *m, struct yh_arena *a, const struct yh_mon_person *p,
                   int only, enum yh_mon_stage stage, struct yh_mon_hit **out);
/* The whole record, in `a`: money, message, facts, id.  Lines' serials must be filled in. */
void yh_monitor_tell(const struct yh_monitor *m, struct yh_arena *a,
                     const struct yh_mon_person *p, const struct yh_mon_hit *h,
                     enum yh_mon_stage stage, struct yh_hit *out);

/* ---- the cases of a rule file ---- */

struct yh_mon_case {
    int rule, index;
    bool right;
    yh_str said; /* what was met and wanted, when it is not right */
    int line;    /* of the file */
};
/* Runs a case of a rule: its lines are
 *     人 女 2000-05-01 [死亡 2026-03-01]
 *     诊 住院 H1 三级 2026-03-01..2026-03-05 诊断 N18.5、I10 [科室 名] [险种 生育] [互联网] [急诊入院] [日间] [基金 80.00] [方式 group]
 *     行 2026-03-01 [08:30] CODE [名称] ×3 @32.00 [处方 1] [自费] [类 09] [退 1] [一线] [标准价 32.00]
 *        [缺货 1] [可供 10] [已结 11] [无出库 1] [码已售 1]      what goods records say of it
 *     得 64.00 [2 处]            the money that the rule claims, and its hits
 * 诊 begins a visit, 行 a line of it, 退 1 takes back the visit's first line.  YH_BAD_TABLE: a line cannot be read; *err
 * names it. */
YH_MUST_USE
enum yh_status yh_monitor_case(struct yh_arena *a, const struct yh_rules *rules, int rule,
                               int index, struct yh_mon_case *out, struct yh_err *err);
#endif
