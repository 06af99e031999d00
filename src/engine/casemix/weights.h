/* engine/casemix/weights.h -- a scheme's numbers from history: weights, CV, RIV, CMI, base rate,
 * and how each hospital stands to them.
 *
 * Every figure is exact: sums are 128-bit integers, each quotient is rounded once, half up, and
 * nothing depends on the order of the cases.  The formulas, S = Σ w·cost, Q = Σ w·cost²,
 * W = Σ w over the cases kept, w the weight of the case's year (1:2:7 and the like):
 *
 *   mean of a group       m = S_g / W_g                                   to fen
 *   overall mean          M = S / W, over all DRGs (not QY, not ungroupable)
 *   weight                RW = m / M = S_g·W / (W_g·S)                     millionths
 *   CV within a group     √(W_g·Q_g − S_g²) / S_g                          millionths
 *   RIV between groups    (Σ S_g²/W_g − S²/W) / (Q − S²/W)                 millionths
 *   CMI                   Σ RW / cases, over all grouped cases, trimmed ones included
 *   base rate             fund ÷ payment ratio ÷ Σ RW                      to fen
 *   cost index            mean over a hospital's cases of cost ÷ m
 *   time index            the same of days ÷ mean days
 *
 * RW relative to the overall mean and the base rate: DRG point-method glossary and the rate method
 * (third party, local); CV, RIV, stability at n >= 5 and CV <= 1: general practice, each a parameter
 * because places differ. */
#ifndef YH_ENGINE_CASEMIX_WEIGHTS_H
#define YH_ENGINE_CASEMIX_WEIGHTS_H
#include "engine/casemix/wide.h"
#include "model/casemix/casemix.h"

/* The distinct results of a scheme, in the order of the test; the last is `ungroupable`. */
struct yh_results {
    struct yh_group_name *name;
    yh_str *title;
    bool *drg; /* a DRG: QY and ungroupable are none */
    int n;
    int32_t *of_drg;  /* by DRG row */
    int32_t *of_adrg; /* by ADRG row: its own result; -1 where it has none */
};
void yh_results_of(const struct yh_scheme *scheme, struct yh_arena *a, struct yh_results *out);

/* A case of history, grouped. */
struct yh_past {
    yh_fen cost;      /* > 0 */
    int32_t group;    /* result, 0 .. n - 1 */
    int32_t hospital; /* 0 .. nhospital - 1 */
    int32_t los;      /* days, >= 0 */
    int32_t
        share; /* weight of its year, 1 .. 1000; 0: not in the means, yet in CMI and hospitals */
};

enum yh_trim {
    YH_TRIM_NONE,
    YH_TRIM_RATIO, /* keep low·m <= cost <= high·m, m the group's mean before trimming */
    YH_TRIM_SD,    /* keep |cost − m| <= k·sd */
    YH_TRIM_IQR, /* keep Q1 − 1.5·IQR <= cost <= Q3 + 1.5·IQR; quartiles by nearest rank, unweighted */
};

struct yh_weights_rules {
    enum yh_trim trim;
    yh_micro low, high; /* RATIO */
    int sd_tenths;      /* SD: k in tenths, 1 .. 100 */
    int stable_cases;   /* a stable group has so many kept cases … */
    yh_micro stable_cv; /* … and at most this CV */
};

enum yh_stability { YH_GROUP_EMPTY, YH_GROUP_UNSTABLE, YH_GROUP_STABLE };

struct yh_group_stat {
    int64_t cases, kept;
    int64_t share;       /* W_g */
    yh_wide sum, square; /* S_g, Q_g in fen, fen² */
    int64_t days;        /* Σ w·los of the kept */
    yh_fen mean;         /* 0 when empty */
    yh_micro weight, cv; /* 0 when empty; no weight for QY and ungroupable */
    yh_micro mean_days;
    enum yh_stability stability;
};

struct yh_hospital_stat {
    int64_t cases, grouped;               /* all; those in a DRG that has a weight */
    int groups;                           /* DRGs it treated */
    yh_fen cost;                          /* of all its cases */
    yh_micro weight;                      /* Σ RW */
    yh_micro cmi, cost_index, time_index; /* 0 when grouped is 0 */
};

/* A hospital's cases of one group beside the group's mean. */
struct yh_benchmark {
    int32_t hospital, group;
    int64_t cases;
    yh_fen mean, group_mean;
    yh_micro ratio; /* mean ÷ group mean */
};

struct yh_weights {
    struct yh_group_stat *group;       /* by result */
    struct yh_hospital_stat *hospital; /* by hospital */
    struct yh_benchmark
        *benchmark; /* by hospital, then group; only those with cases and a weight */
    int nbenchmark;
    int64_t cases, kept, grouped;
    yh_fen mean;       /* M */
    yh_micro riv, cmi; /* 0 when there is no case */
    yh_micro weight;   /* Σ RW over the grouped cases */
    int stable, unstable, empty;
};

/* YH_BAD_INPUT: a case out of the ranges above (err->row), or a rule out of its own;
 * YH_LIMIT: more than 50 million pairs of hospital and group, or sums beyond 10^15 yuan.  `past` is reordered by IQR trimming
 * only.  Results live in `a`; scratch, another arena, falls back. */
YH_MUST_USE
enum yh_status yh_weights_build(struct yh_past *past, int64_t n,
                                const struct yh_results *results, int nhospital,
                                const struct yh_weights_rules *rules, struct yh_arena *a,
                                struct yh_arena scratch, struct yh_weights *out,
                                struct yh_err *err);

/* fund ÷ ratio ÷ weight, to fen half up.  weight > 0, 0 < ratio <= YH_ONE, fund >= 0. */
yh_fen yh_base_rate(yh_fen fund, yh_micro ratio, yh_micro weight);
#endif
