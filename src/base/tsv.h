/* base/tsv.h -- tab-separated tables with a header line.
 *
 * UTF-8, LF or CRLF.  The first line names the columns (a leading '#' and blank is dropped); later
 * lines that start with '#' and empty lines are passed over.  A cell holds no tab or newline. */
#ifndef YH_BASE_TSV_H
#define YH_BASE_TSV_H
#include "base/str.h"

#define YH_TSV_COLUMNS_MAX 256
struct yh_tsv {
    yh_str rest;
    int line; /* 1-based, of the row last read */
    int ncol;
    yh_str name[YH_TSV_COLUMNS_MAX];
    yh_str cell[YH_TSV_COLUMNS_MAX]; /* of the row last read, ncol of them */
};

/* Reads the header.  YH_BAD_TABLE: no header, a column named twice or without a name, too many. */
YH_MUST_USE
enum yh_status yh_tsv_open(struct yh_tsv *t, yh_str text, struct yh_err *err);
/* Column by name, -1 = absent. */
int yh_tsv_col(const struct yh_tsv *t, yh_str name);
/* Finds all of want[0 .. n) into col; YH_BAD_TABLE names the first one missing. */
YH_MUST_USE
enum yh_status yh_tsv_want(const struct yh_tsv *t, const char *const *want, int n, int *col,
                           struct yh_err *err);
/* Both: the table is opened, and has these columns. */
YH_MUST_USE
enum yh_status yh_tsv_open_with(struct yh_tsv *t, yh_str text, const char *const *want, int n,
                                int *col, struct yh_err *err);
/* The next row: 1 read, 0 end, -1 a row with another number of cells or bad UTF-8 (*err says;
 * the next call goes on behind it).  Missing trailing cells are an error, not empty. */
int yh_tsv_next(struct yh_tsv *t, struct yh_err *err);
#endif
