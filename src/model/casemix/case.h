/* model/casemix/case.h -- one discharge as a grouper sees it, and how it is read from a line.
 *
 * Two forms are read, both one case a line: TSV under a header that names the columns (those of
 * the settlement list's first page that grouping needs), and JSON objects with the same names.
 * Unknown columns are passed over, so a file that also holds expected results is fine. */
#ifndef YH_MODEL_CASEMIX_CASE_H
#define YH_MODEL_CASEMIX_CASE_H
#include "base/base.h"

#define YH_CASE_CODES_MAX 128 /* diagnoses, and procedures, of one case */

/* All text is borrowed from the line read.  dx[0] is the principal diagnosis and always present;
 * px[0] is the main procedure when npx > 0.  Codes are the insurance edition 2.0 of ICD-10 and
 * ICD-9-CM-3, letters as published. */
struct yh_case {
    yh_str id;         /* never empty */
    yh_str dept;       /* department of discharge; may be empty */
    yh_str hospital;   /* column "hospital"; may be empty */
    yh_day discharged; /* column "discharge_day"; YH_DAY_MIN = not given */
    int32_t sex;       /* 1 male, 2 female, 0 unknown, 9 not stated */
    int32_t age;       /* full years, >= 0 */
    int32_t age_days;  /* days, >= 0, for all ages */
    int32_t weight;    /* birth weight in grams; 0 = unknown */
    int32_t los;       /* days in hospital, >= 0 */
    int32_t discharge; /* way of discharge (离院方式): 1..5, 9; 0 unknown */
    int32_t icu_hours; /* hours in intensive care, >= 0 */
    int32_t
        since_last; /* days since the last discharge with the same disease; 0 = none known */
    int ndx, npx;
    yh_fen cost; /* the stay's total; 0 when not given */
    yh_str dx[YH_CASE_CODES_MAX];
    yh_str px[YH_CASE_CODES_MAX];
};

/* Columns, in the order of struct yh_case_columns.at. */
enum yh_case_column {
    YH_CASE_ID,
    YH_CASE_SEX,
    YH_CASE_AGE,
    YH_CASE_AGE_DAYS,
    YH_CASE_WEIGHT,
    YH_CASE_DEPT,
    YH_CASE_LOS,
    YH_CASE_DISCHARGE,
    YH_CASE_ICU_HOURS,
    YH_CASE_COST,
    YH_CASE_DX,
    YH_CASE_PX,
    YH_CASE_HOSPITAL,
    YH_CASE_DAY,
    YH_CASE_READMISSION,
    YH_CASE_COLUMNS
};

/* Where each column of a file stands. */
struct yh_case_columns {
    int ncell;       /* cells of every row */
    int8_t what[64]; /* by cell: enum yh_case_column, -1 = passed over */
};

/* Reads a header line ("#id\tsex\t…"; the '#' may be missing).  id, sex, age_years and dx must be
 * there; the others may be absent and then read as empty.  YH_BAD_TABLE: one of these is missing,
 * a column is named twice, or there are more than 64. */
YH_MUST_USE
enum yh_status yh_case_header(yh_str line, struct yh_case_columns *out, struct yh_err *err);

/* Reads one row (without its line end) into *out.  age_days may be empty from one year on (then
 * 365 × years); other empty numbers are 0.  YH_BAD_INPUT names the field: a wrong count of cells,
 * a number that is none or out of range, no id, no principal diagnosis, an empty code, a control
 * character; YH_LIMIT: more than YH_CASE_CODES_MAX codes.  On failure *out is spoilt. */
YH_MUST_USE
enum yh_status yh_case_row(const struct yh_case_columns *cols, yh_str line, struct yh_case *out,
                           struct yh_err *err);

/* The same from one JSON object; dx and px are arrays of codes or one text with '|' between.
 * Unescaped text lives in `a`. */
YH_MUST_USE
enum yh_status yh_case_json(struct yh_arena *a, yh_str line, struct yh_case *out,
                            struct yh_err *err);
#endif
