/* engine/casemix/tariff.h -- prices that need no DRG: by stage of days, by disease, by outpatient group.
 *
 * One machine over four tables (catalogs/tariff, invented rows):
 *   per-diem        a stay's days cut into stages, each with its price a day (按床日)
 *   disease-price   one price for a diagnosis with its operation, by hospital level; some hold
 *                   for day surgery only, some bind the patient's bill too (收付费)
 *   apg             a visit's lines: significant procedure, medical visit, ancillary; then
 *                   consolidation, packaging, discount */
#ifndef YH_ENGINE_CASEMIX_TARIFF_H
#define YH_ENGINE_CASEMIX_TARIFF_H
#include "model/casemix/case.h"
#include "model/casemix/casemix.h"

struct yh_stage {
    yh_str kind, dx;
    int64_t from, to; /* days of the stay, from 1, both included; to 0 = open */
    yh_fen price;     /* a day */
};
struct yh_disease_price {
    yh_str code, dx, px, name; /* px: parts joined by '+', each "a/b"; "" = without operation */
    int level;                 /* 1 .. 3; 0 = any */
    yh_fen price;
    bool day_surgery; /* only for stays of at most one day */
    bool patient_too; /* 收付费: the patient's bill is the price too */
};
enum yh_apg_kind { YH_APG_PROCEDURE, YH_APG_VISIT, YH_APG_ANCILLARY };
struct yh_apg_row {
    yh_str code; /* PROCEDURE, ANCILLARY: line code; VISIT: prefix of the principal diagnosis */
    enum yh_apg_kind kind;
    yh_str group;
    yh_micro weight;
    bool packaged; /* ANCILLARY: weighs nothing beside a procedure or visit */
};
struct yh_tariff {
    struct yh_stage *stage;
    struct yh_disease_price *price;
    struct yh_apg_row *apg;
    yh_str (*absorbs)[2]; /* group, absorbed group */
    int nstage, nprice, napg, nabsorb;
    yh_micro discount; /* of every further procedure: half */
};
/* Reads per-diem.tsv, disease-price.tsv, apg.tsv, apg-consolidate.tsv.  YH_BAD_TABLE names file and
 * line: a bad number, stages of a kind that overlap or leave a gap. */
YH_MUST_USE
enum yh_status yh_tariff_load(struct yh_arena *a, struct yh_casemix_source source,
                              struct yh_tariff **out, struct yh_err *err);

/* Σ days × price over the stages of the first kind whose prefix the principal diagnosis has, days =
 * c->los, at least 1.  False: no kind has it. */
bool yh_per_diem(const struct yh_tariff *t, const struct yh_case *c, yh_str *kind, yh_fen *out);

/* The price row of a case in a hospital of that level: its own level before any, more parts before
 * fewer; NULL = none. */
const struct yh_disease_price *yh_disease_price(const struct yh_tariff *t,
                                                const struct yh_case *c, int level);

/* The price that binds the patient's bill too (收付费) of a disease named by its code: its own level
 * before any; NULL = the table has none. */
const struct yh_disease_price *yh_disease_price_named(const struct yh_tariff *t, yh_str code,
                                                      int level);

enum yh_apg_fate {
    YH_APG_PAID,
    YH_APG_HALF,
    YH_APG_CONSOLIDATED,
    YH_APG_PACKAGED,
    YH_APG_UNKNOWN
};
struct yh_apg_line {
    const struct yh_apg_row *row; /* NULL: UNKNOWN */
    enum yh_apg_fate fate;
    yh_micro weight; /* what it adds to the visit */
};
/* The lines are c->px, then one for the medical visit where no significant procedure was done and the
 * diagnosis has a group.  Returns how many were written (at most c->npx + 1); *total is their sum. */
int yh_apg(const struct yh_tariff *t, const struct yh_case *c, struct yh_apg_line *out,
           yh_micro *total);
#endif
