/* shell/pdf/pack.h -- an evidence pack on paper: the text of `yiheng case pack`, page by page. */
#ifndef YH_SHELL_PDF_PACK_H
#define YH_SHELL_PDF_PACK_H
#include "base/base.h"

/* `pack` is the JSON of the act "case pack" (service/casework/casework.h).  The paper has its number and
 * digest on every page; each hit with money, lines, facts, basis, the lawful alternative and what was
 * said on both sides; the rules' texts of the day; the visits' diagnoses, which may speak for the
 * provider; its papers with digests; the law named; every step with its document.  It is made of the
 * pack alone and dated by its last step, so the same pack gives the same bytes.
 * YH_BAD_INPUT: no such pack; as yh_pdf_make. */
YH_MUST_USE
enum yh_status yh_paper_pack(struct yh_arena *a, yh_str pack, yh_str *pdf, struct yh_err *err);
#endif
