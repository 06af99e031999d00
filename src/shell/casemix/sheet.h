/* shell/casemix/sheet.h -- tables for people and for machines: the same rows as TSV files in a
 * directory and as the sheets of one XLSX workbook. */
#ifndef YH_SHELL_CASEMIX_SHEET_H
#define YH_SHELL_CASEMIX_SHEET_H
#include "base/base.h"

struct yh_book {
    const char *dir;  /* TSV files go here, <name>.tsv; NULL = none */
    const char *xlsx; /* the workbook; NULL = none */
    struct yh_arena *arena;
    struct yh_buf tsv;
    const char *name;
    void *workbook, *sheet;
    int row, col, sheets;
    bool print; /* no directory and no workbook: the first table goes to stdout */
};

/* Makes the directory where it is missing.  YH_IO. */
YH_MUST_USE
enum yh_status yh_book_open(struct yh_book *b, struct yh_arena *a, const char *dir,
                            const char *xlsx, struct yh_err *err);
/* A new table: its file name (ASCII), its Chinese title, the columns' names with '|' between. */
YH_MUST_USE
enum yh_status yh_book_table(struct yh_book *b, const char *name, const char *title,
                             const char *columns, struct yh_err *err);
void yh_book_text(struct yh_book *b, yh_str s);
/* A number of 10^-scale with `digits` decimals; in the workbook it is a number too. */
void yh_book_number(struct yh_book *b, int64_t v, int scale, int digits);
void yh_book_end_row(struct yh_book *b);
/* Writes what is left and closes.  YH_IO names the file. */
YH_MUST_USE
enum yh_status yh_book_close(struct yh_book *b, struct yh_err *err);
#endif
