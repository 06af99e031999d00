/* model/casemix/sheet.h -- a table of a grouping source, read row by row; errors name its file and line. */
#ifndef YH_MODEL_CASEMIX_SHEET_H
#define YH_MODEL_CASEMIX_SHEET_H
#include "base/tsv.h"
#include "model/casemix/casemix.h"

#define YH_SHEET_COLUMNS 12
struct yh_sheet {
    struct yh_tsv tsv;
    int col[YH_SHEET_COLUMNS]; /* of the columns that were wanted */
    const char *path;
};

/* Opens the file with these columns, at most YH_SHEET_COLUMNS; what the source or the header says wrong
 * is the error.  *out lives in the arena. */
YH_MUST_USE
enum yh_status yh_sheet_open(struct yh_arena *a, struct yh_casemix_source source,
                             const char *path, const char *const *want, int n,
                             struct yh_sheet **out, struct yh_err *err);
/* true with a row; false at the end or after a bad row, which *bad then tells; false at once when *bad is
 * set already. */
bool yh_sheet_next(struct yh_sheet *s, enum yh_status *bad, struct yh_err *err);
/* The row's text in the i-th wanted column. */
yh_str yh_sheet_cell(const struct yh_sheet *s, int i);
/* YH_BAD_TABLE: file, line, and what was wanted there. */
YH_MUST_USE
enum yh_status yh_sheet_fail(const struct yh_sheet *s, struct yh_err *err, const char *wanted);
#endif
