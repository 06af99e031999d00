/* model/catalog/import.h -- an agency's own catalogue files become a term table.
 *
 * Reads the columns of the national downloads 1312 (医保目录信息), 1318 (目录限价) and 1319 (目录先自付
 * 比例) as TSV with the interface's field names as header, and merges them by code and day:
 *   1312  hilist_code hilist_name insu_admdvs begndate enddate med_chrgitm_type chrgitm_lv
 *         lmt_used_flag list_type med_use_flag vali_flag, memo if there
 *   1318  hilist_code hilist_lmtpric_type insu_admdvs begndate enddate hilist_pric_uplmt_amt vali_flag
 *   1319  hilist_code selfpay_prop_psn_type selfpay_prop_type insu_admdvs begndate enddate
 *         selfpay_prop vali_flag
 * Other columns are passed over.  enddate is the last valid day (converted here, once); empty,
 * 2099-12-31 and 9999-12-31 mean open, and an open row ends where the next row of its key begins.
 * A bad row is left out and named; the others are taken. */
#ifndef YH_MODEL_CATALOG_IMPORT_H
#define YH_MODEL_CATALOG_IMPORT_H
#include "model/catalog/terms.h"

struct yh_import {
    uint32_t region; /* rows of this region or of one above it (trailing zeros) are taken */
    yh_str f1312, f1318, f1319; /* texts; the last two may be empty; must outlive the result */
    enum yh_standing standing;  /* given to every row */
};

struct yh_imported {
    struct yh_item_term *row; /* fit for yh_terms_write; sorted as yh_terms_rows */
    int n;
    int read[3];            /* rows of 1312, 1318, 1319 */
    int voided;             /* vali_flag 0: passed over */
    int unusable;           /* med_use_flag 0: not for medical care, so left 未定 */
    struct yh_err *problem; /* one a bad row: line, field, met, text with the file's number */
    int problems;
};

/* Codes not in the catalogue are added to it.  YH_BAD_TABLE: a file's header lacks a column. */
YH_MUST_USE
enum yh_status yh_terms_import(const struct yh_import *in, struct yh_catalog *catalog,
                               struct yh_arena *arena, struct yh_imported *out,
                               struct yh_err *err);
#endif
