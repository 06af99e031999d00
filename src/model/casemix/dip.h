/* model/casemix/dip.h -- DIP (按病种分值付费): its rules, and the catalogue that history forms.
 *
 * The rules are tables of `catalogs/dip/` (SOURCES.md there says what stands behind each); places
 * change them.  The catalogue is what `yiheng dip build` writes and `yiheng dip group` reads. */
#ifndef YH_MODEL_CASEMIX_DIP_H
#define YH_MODEL_CASEMIX_DIP_H
#include "model/casemix/casemix.h"

/* Classes of treatment from weak to strong; the class of a case is that of its strongest operation. */
enum yh_dip_class {
    YH_DIP_CONSERVATIVE,
    YH_DIP_DIAGNOSTIC,
    YH_DIP_THERAPEUTIC,
    YH_DIP_SURGERY,
    YH_DIP_CLASSES
};

/* The dimensions of the auxiliary lists (辅助目录). */
enum yh_dip_dimension {
    YH_DIP_AGE,
    YH_DIP_CCI,
    YH_DIP_ICU,
    YH_DIP_SEVERITY,
    YH_DIP_TUMOUR,
    YH_DIP_READMISSION,
    YH_DIP_DIMENSIONS
};
#define YH_DIP_BANDS_MAX 12 /* of one dimension; band 0 = none */

struct yh_dip_band {
    yh_str name;
    int64_t from, to; /* both included */
};
struct yh_dip_section {
    yh_str from, to; /* three-character categories, both included */
    yh_str text;     /* "I20-I25" */
};
struct yh_dip_tcm {
    yh_str code, dx, px, equals,
        name; /* same effect, same price: takes the score of `equals` */
};

struct yh_dip_rules {
    struct yh_arena *arena;
    int threshold;  /* core group: so many kept cases */
    bool main_only; /* the key has the main operation only; else the set of all */
    yh_micro trim_low, trim_high;
    int64_t score_base;
    yh_micro gate_cv, gate_drop;
    int band_cases;
    yh_micro low_ratio, high_ratio, review_ratio, blank_factor;
    yh_str blank_code;
    struct yh_codes px; /* operations by code; class_of[0]: a code no table knows */
    uint8_t *class_of;
    bool *excluded; /* operations that do not matter */
    int npx;
    yh_str *excluded_dx; /* prefixes of principal diagnoses that are left out */
    int nexcluded_dx;
    struct yh_dip_section *section;
    int nsection;
    struct yh_map charlson; /* prefix -> row of the two below */
    int32_t *charlson_weight;
    int ncharlson;
    struct yh_map failure, organ, metastasis, tumour; /* prefixes */
    struct yh_dip_band band[YH_DIP_DIMENSIONS][YH_DIP_BANDS_MAX];
    int nband[YH_DIP_DIMENSIONS]; /* band 1 .. nband - 1 */
    struct yh_dip_tcm *tcm;
    int ntcm;
};

/* Reads rules.tsv, sections.tsv … of catalogs/dip and ../icd9cm3/procedures.tsv through `source`.
 * YH_BAD_TABLE names file and line. */
YH_MUST_USE
enum yh_status yh_dip_rules_load(struct yh_arena *a, struct yh_casemix_source source,
                                 struct yh_dip_rules **out, struct yh_err *err);

yh_str yh_dip_class_name(enum yh_dip_class c);         /* 保守治疗 … */
yh_str yh_dip_dimension_word(enum yh_dip_dimension d); /* "age" … as in bands.tsv */
yh_str yh_dip_dimension_name(enum yh_dip_dimension d); /* 年龄 … */

enum yh_dip_kind { YH_DIP_CORE, YH_DIP_BASIC, YH_DIP_COMPREHENSIVE };

/* A group of the catalogue. */
struct yh_dip_row {
    yh_str code;
    enum yh_dip_kind kind;
    yh_str dx; /* core, basic: "I21.0"; comprehensive: "I21", "I2", "I" or "I20-I25" */
    yh_str px; /* core, basic: parts joined by '+', each "a" or "a/b"; "" = conservative */
    enum yh_dip_class cls;
    int64_t cases, kept;
    yh_fen mean;
    yh_micro cv, weight;
    int64_t score; /* ten-thousandths */
    int aux, naux; /* its auxiliary rows */
};
struct yh_dip_aux {
    int row;
    enum yh_dip_dimension dimension;
    int band;
    int64_t cases;
    yh_fen mean;
    yh_micro coefficient; /* mean of the band ÷ mean of the group */
};

struct yh_dip_catalogue {
    struct yh_dip_row *row; /* core and basic sorted by dx, then comprehensive */
    int nrow;
    struct yh_dip_aux *aux;
    int naux;
    yh_fen mean;           /* M of all kept cases */
    struct yh_map by_dx;   /* dx of core and basic rows -> first of them */
    struct yh_map by_cell; /* "I21/3", "I20-I25/3" -> comprehensive row */
    int ncore;             /* core and basic rows */
};

/* Reads catalogue.tsv, aux.tsv and summary.tsv (mean_cost).  YH_BAD_TABLE names file and line. */
YH_MUST_USE
enum yh_status yh_dip_catalogue_load(struct yh_arena *a, struct yh_casemix_source source,
                                     struct yh_dip_catalogue **out, struct yh_err *err);
/* Sorts the rows and builds the maps; `aux[i].row` follows.  Codes are unique: YH_BAD_TABLE. */
YH_MUST_USE
enum yh_status yh_dip_catalogue_index(struct yh_dip_catalogue *c, struct yh_arena *a,
                                      struct yh_err *err);
#endif
