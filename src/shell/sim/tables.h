/* shell/sim/tables.h -- what an invented prefecture is drawn from: catalogs/synth and the targets.
 *
 * Read once, checked, then shared by all threads.  Weights and curves there are invented, prices in
 * part; targets have their sources (catalogs/calibration/targets.tsv). */
#ifndef YH_SHELL_SIM_TABLES_H
#define YH_SHELL_SIM_TABLES_H
#include "engine/casemix/group.h"
#include "model/archive/archive.h"
#include "shell/catalogs/catalogs.h"
#include "shell/sim/curve.h"

#define YH_SIM_BANDS 6 /* under 1, 1–14, 15–44, 45–59, 60–69, 70 and over */
#define YH_SIM_AGES 101
#define YH_SIM_LEVELS 3 /* [0] first level and below … [2] third */

struct yh_sim_item {
    yh_str code, name, use;
    yh_price price[YH_SIM_LEVELS];
    uint32_t item;  /* in the catalogue */
    int rank;       /* place by code, bytewise */
    int64_t dict;   /* archive: ITEM */
    int64_t charge; /* archive: CHARGE */
};
/* Items of one use, or several; index into item[]. */
struct yh_sim_uses {
    const int *item;
    int n;
};

struct yh_sim_dx { /* a diagnosis with the procedures that go with it */
    int64_t dx;    /* archive: DIAGNOSIS */
    int64_t px[2]; /* archive: PROCEDURE; 0 = none */
};
enum yh_sim_kind {
    YH_SIM_MED,
    YH_SIM_SURG,
    YH_SIM_PROC,
    YH_SIM_BIRTH,
    YH_SIM_CHEMO,
    YH_SIM_PSYCH,
    YH_SIM_REHAB,
};
struct yh_sim_case {
    yh_str name;
    enum yh_sim_kind kind;
    int sex, season;
    int w[YH_SIM_BANDS], level[YH_SIM_LEVELS];
    int cost, los; /* 100 = mean */
    struct yh_sim_dx *dx;
    int ndx;
    const int64_t *other; /* DIAGNOSIS */
    int nother;
    struct yh_sim_uses drugs, material, tests;
    int op; /* item, -1 */
};
/* Which case, by (sex, band, level, month): cumulated weights, and the weighted means. */
struct yh_sim_mix {
    uint32_t *upto;    /* by case */
    int64_t cost, los; /* mean index × 1000 */
};
struct yh_sim_chronic {
    yh_str code, name;
    int64_t disease, dx; /* archive dicts */
    int w[5];            /* 1–14, 15–44, 45–59, 60–69, 70+ */
    int visits, cost;
    struct yh_sim_uses drugs, extra;
};
struct yh_sim_age {
    int inpatient, outpatient, chronic, cost;
};
struct yh_sim_preset {
    yh_str name, region, title;
    int64_t people, employees, seed;
    int year;
    yh_str capital, province, source;
};
struct yh_sim_target {
    yh_str key, scheme, sub, unit, basis, standing, source, note;
    int64_t value; /* millionths */
    int year;
};

/* Uses that bills ask for by name: U(NAME, use). */
/* clang-format off */
#define YH_SIM_USE_LIST(U)                                                                   \
    U(VISIT, "visit")                                                                        \
    U(ROUND, "round")                                                                        \
    U(BED, "bed")                                                                            \
    U(CARE, "care")                                                                          \
    U(INFUSE, "infuse")                                                                      \
    U(LAB0, "lab0")                                                                          \
    U(LAB, "lab")                                                                            \
    U(XRAY, "xray")                                                                          \
    U(CT, "ct") U(MRI, "mri") U(US, "us") U(ECG, "ecg") U(HEART, "heart") U(REHAB, "rehab")  \
        U(PSYCH, "psych") U(CHEMO, "chemo") U(TREAT, "treat") U(ANESTH, "anesth")            \
            U(GANESTH, "ganesth") U(SELF, "self") U(BIG, "big") U(BIGM, "bigm")              \
                U(BIGD, "bigd") U(BASE, "drug:base") U(COLD, "drug:cold") U(TCM, "drug:tcm") \
                    U(PAIN, "drug:pain") U(CARDIO, "drug:cardio") U(SELFD, "drug:selfd")
/* clang-format on */
enum yh_sim_use_id {
#define U(NAME, word) YH_USE_##NAME,
    YH_SIM_USE_LIST(U)
#undef U
        YH_USES
};

struct yh_sim_tables {
    struct yh_arena *arena;
    struct yh_sim_item *item;
    int nitem;
    struct yh_sim_case *admission, *outpatient;
    int nadmission, noutpatient;
    struct yh_sim_mix mix[2][YH_SIM_BANDS][YH_SIM_LEVELS][12], visit[2][YH_SIM_BANDS][12];
    struct yh_sim_chronic *chronic;
    int nchronic;
    struct yh_sim_age age[YH_SIM_AGES];
    struct yh_sim_preset *preset;
    int npreset;
    struct yh_sim_target *target;
    int ntarget;
    int64_t day_upto[367], hour_upto[24]; /* cumulated, the last is the whole */
    int ndays;
    yh_day first_day;
    struct yh_sim_uses used[YH_USES];
    struct yh_curve cost, stay, frailty, money; /* money: wages, balances */
    int dropped; /* pairs of diagnosis and procedure that the national scheme would not group */
};

/* Reads everything.  year: whose calendar.  Codes are added to `dicts`; pairs of diagnosis and procedure
 * that `scheme` gives no proper group are left out (counted), and a case left without any is an error.
 * YH_BAD_TABLE names the file and line. */
YH_MUST_USE
enum yh_status yh_sim_tables_load(struct yh_arena *a, const char *catalogs,
                                  struct yh_catalog *catalog, const struct yh_scheme *scheme,
                                  int year, struct yh_arc_dicts *dicts,
                                  struct yh_sim_tables *out, struct yh_err *err);
/* The presets alone, before anything else is known. */
YH_MUST_USE
enum yh_status yh_sim_presets(struct yh_arena *a, const char *catalogs,
                              struct yh_sim_preset **out, int *n, struct yh_err *err);

/* The targets alone. */
YH_MUST_USE
enum yh_status yh_sim_targets(struct yh_arena *a, const char *catalogs,
                              struct yh_sim_tables *out, struct yh_err *err);

int yh_sim_band(int age);
/* Items whose use is one of the words, comma-separated; "drug:" and the like included. */
struct yh_sim_uses yh_sim_use(struct yh_sim_tables *t, yh_str words);
/* Millionths; asserts that the row is there. */
int64_t yh_sim_target(const struct yh_sim_tables *t, const char *key, const char *scheme,
                      const char *sub);
/* A case of a mix, drawn. */
int yh_sim_case_draw(const struct yh_sim_mix *m, int n, struct yh_draw *d);
yh_day yh_sim_day(const struct yh_sim_tables *t, struct yh_draw *d);
int yh_sim_minute(const struct yh_sim_tables *t, struct yh_draw *d); /* of the day */
#endif
