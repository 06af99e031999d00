/* engine/casemix/dip.h -- DIP: a catalogue from history, a case's group and points, and what moved.
 *
 * Steps and sources: the public accounts of the 1.0 specification (医保办发〔2020〕50号) and of the 3.0
 * draft, third party; each number is a rule of catalogs/dip, for places differ.  All sums are
 * exact; nothing depends on the order of the cases. */
#ifndef YH_ENGINE_CASEMIX_DIP_H
#define YH_ENGINE_CASEMIX_DIP_H
#include "engine/casemix/wide.h"
#include "model/casemix/dip.h"

/* A case in the rules' terms. */
struct yh_dip_facts {
    yh_str dx;             /* D: the first five characters of the principal diagnosis */
    yh_str category;       /* the first three */
    int section;           /* row of rules->section; -1 = in none */
    bool left_out;         /* the principal diagnosis is on the exclusion list */
    enum yh_dip_class cls; /* of the strongest operation that matters */
    int nop;
    yh_str op[YH_CASE_CODES_MAX];    /* those that matter, sorted, each once */
    yh_str main_op;                  /* the first that matters as written; "" = none */
    uint8_t band[YH_DIP_DIMENSIONS]; /* 0 = none */
};
void yh_dip_facts_of(const struct yh_dip_rules *rules, const struct yh_case *c,
                     struct yh_dip_facts *out);
/* P of the case: its operations joined by '+' (rules->main_only: the main one); "" = conservative. */
void yh_dip_put_px(const struct yh_dip_rules *rules, const struct yh_dip_facts *f,
                   struct yh_buf *out);

/* A (D, P) that some case has, and a case under its number. */
struct yh_dip_key {
    yh_str dx, px;
    int section;
};
struct yh_dip_past {
    yh_fen cost; /* > 0 */
    int32_t key, hospital;
    int16_t share; /* weight of its year, 1 .. 1000 */
    uint8_t cls;
    uint8_t band[YH_DIP_DIMENSIONS];
};
struct yh_dip_hospital {
    int64_t cases;
    yh_fen cost, expected; /* Σ cost, Σ mean of the case's group */
    yh_micro coefficient;  /* cost ÷ expected: the hospital's cost at equal case mix */
};
struct yh_dip_built {
    struct yh_dip_catalogue catalogue;
    struct yh_dip_hospital *hospital;
    int64_t cases, core, comprehensive, trimmed, nowhere; /* nowhere: in no section */
};

/* Catalogue formation.  A (D, P) with `threshold` kept cases is a core group; the cases of all
 * other keys go to comprehensive groups by section × class.  Both are trimmed to trim_low ·
 * mean <= cost <= trim_high · mean of all their cases.  weight = mean ÷ mean of all kept cases,
 * score = weight × score_base.  Auxiliary rows: where CV >= gate_cv and the pooled CV of the bands is
 * at most (1 − gate_drop) × CV, each band of band_cases has mean ÷ group mean.
 * YH_BAD_INPUT: a case out of the ranges above (err->row); YH_LIMIT: sums beyond 10^15 yuan. */
YH_MUST_USE
enum yh_status yh_dip_build(const struct yh_dip_past *past, int64_t n,
                            const struct yh_dip_key *key, int nkey, int nhospital,
                            const struct yh_dip_rules *rules, struct yh_arena *a,
                            struct yh_arena scratch, struct yh_dip_built *out,
                            struct yh_err *err);

/* Why a candidate lost to the chosen one; in the order in which they are asked. */
enum yh_dip_why {
    YH_DIP_CHOSEN,
    YH_DIP_BY_KIND,     /* core before basic before comprehensive */
    YH_DIP_BY_PARTS,    /* the other asks for more operations together */
    YH_DIP_BY_HITS,     /* more of the case's operations stand in the other */
    YH_DIP_BY_DISTANCE, /* the other's mean is nearer to the case's cost: depends on the bill */
    YH_DIP_BY_CLASS,    /* surgery before therapeutic before diagnostic before conservative */
    YH_DIP_BY_CODE,     /* nothing else differs */
};
struct yh_dip_candidate {
    int row, parts, hits;
    yh_fen distance;
    enum yh_dip_why why;
};
#define YH_DIP_CANDIDATES_MAX \
    32 /* further ones are dropped from the explanation, not from the choice */
struct yh_dip_group {
    int row; /* -1: the blank group */
    int tcm; /* row of rules->tcm; -1 = none */
    int aux; /* auxiliary row with the highest coefficient; -1 = none */
    struct yh_dip_candidate candidate[YH_DIP_CANDIDATES_MAX];
    int ncandidate; /* the chosen one included */
};
void yh_dip_group(const struct yh_dip_rules *rules, const struct yh_dip_catalogue *catalogue,
                  const struct yh_dip_facts *f, yh_fen cost, struct yh_dip_group *out);

enum yh_dip_deviation { YH_DIP_NORMAL, YH_DIP_LOW, YH_DIP_HIGH, YH_DIP_REVIEW, YH_DIP_BLANK };
struct yh_dip_points {
    enum yh_dip_deviation deviation;
    yh_micro ratio;       /* cost ÷ (mean × hospital coefficient); blank: ÷ mean of all */
    yh_micro coefficient; /* auxiliary; YH_ONE = none */
    int64_t score;        /* ten-thousandths of a point, rounded half up once */
};
/* ratio < low: score = ratio·weight; <= high: weight × auxiliary coefficient; above: (ratio − high
 * + 1)·weight; above review: the same, marked for experts.  A deviating case takes no
 * auxiliary coefficient: its own cost already speaks.  All × score_base × hospital coefficient.
 * Blank: cost ÷ mean of all × blank_factor × score_base.  cost >= 0, 0 < hospital <= 10·YH_ONE. */
void yh_dip_points(const struct yh_dip_rules *rules, const struct yh_dip_catalogue *catalogue,
                   const struct yh_dip_group *g, yh_fen cost, yh_micro hospital,
                   struct yh_dip_points *out);

/* What a rebuilt catalogue moved. */
enum yh_dip_move { YH_DIP_ADDED, YH_DIP_REMOVED, YH_DIP_SCORED, YH_DIP_SAME };
struct yh_dip_diff {
    enum yh_dip_move move;
    int was, is; /* rows of the old and the new; for ADDED `was` is where its cases went before,
                      * for REMOVED `is` is where they go now; -1 = to the blank group */
    yh_micro change; /* new score ÷ old score − 1; 0 without one of them */
};
/* One entry for each code of either, sorted as the catalogues are, the new one's first.  Returns how
 * many; out lives in `a`. */
int yh_dip_compare(const struct yh_dip_rules *rules, const struct yh_dip_catalogue *was,
                   const struct yh_dip_catalogue *is, struct yh_arena *a,
                   struct yh_dip_diff **out);
#endif
