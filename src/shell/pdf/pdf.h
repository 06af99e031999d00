/* shell/pdf/pdf.h -- paper: A4 pages with titles, tables, QR codes and numbered pages, by pango and cairo.
 *
 * A document is drawn by a function of the caller's that calls the blocks below from top to bottom; it is
 * run twice, once to count the pages and once to draw them, so it must do the same both times.  The same
 * content, fonts and library give the same bytes: the only date inside is the one given.
 *
 * Texts are UTF-8, borrowed until yh_pdf_make returns.  Chinese is set in Noto Sans CJK SC (Debian's
 * fonts-noto-cjk); where it is missing the system's next font takes its place.  Safe on several threads.
 *
 * Each document leaves 1,568 bytes behind: cairo 1.16 (Debian 12) forgets two arrays of the subset of each CFF
 * font it puts into a PDF.  tools/leaks.supp names it for `make san`. */
#ifndef YH_SHELL_PDF_H
#define YH_SHELL_PDF_H
#include "base/base.h"

struct yh_pdf;
typedef void yh_pdf_fn(struct yh_pdf *p, void *user);

struct yh_pdf_meta {
    yh_str title; /* in the file's properties */
    yh_str footer; /* at the left of each page's foot; "第 1 页 共 2 页" stands at its right */
    yh_time made; /* the file's creation date */
};
/* Draws a document; its bytes are in the arena.  YH_LIMIT: more than 2,000 pages.  YH_IO: cairo failed. */
YH_MUST_USE
enum yh_status yh_pdf_make(struct yh_arena *a, const struct yh_pdf_meta *meta, yh_pdf_fn *draw,
                           void *user, yh_str *out, struct yh_err *err);

/* ---- blocks, from top to bottom; what does not fit goes on on the next page ---- */

enum yh_pdf_style { YH_PDF_BODY, YH_PDF_SMALL, YH_PDF_BOLD, YH_PDF_HEAD };

void yh_pdf_title(struct yh_pdf *p, yh_str title, yh_str under); /* centred; under "" = none */
void yh_pdf_text(struct yh_pdf *p, enum yh_pdf_style style, yh_str text);
void yh_pdf_space(struct yh_pdf *p, int mm);

/* "姓名  测试甲" in `columns` (1 to 4) columns with lines around them. */
struct yh_pdf_pair {
    const char *label;
    yh_str value;
};
void yh_pdf_pairs(struct yh_pdf *p, const struct yh_pdf_pair *pair, int n, int columns);

/* Cells row by row; the head is repeated on each page.  share: widths are in its proportion. */
struct yh_pdf_column {
    const char *head;
    int share;
    bool right; /* amounts stand at the right */
};
#define YH_PDF_COLUMNS_MAX 12
void yh_pdf_table(struct yh_pdf *p, const struct yh_pdf_column *col, int ncol,
                  const yh_str *cell, int nrow);

/* A code of 28 mm with what it says beside it.  A text that is too long for a code is left out. */
void yh_pdf_qr(struct yh_pdf *p, yh_str text, yh_str beside);
/* Places to sign: each label with a line behind it. */
void yh_pdf_sign(struct yh_pdf *p, const char *const *label, int n);
#endif
