/* shell/pdf/clearing.h -- a provider's month cleared, on paper. */
#ifndef YH_SHELL_PDF_CLEARING_H
#define YH_SHELL_PDF_CLEARING_H
#include "base/base.h"

/* `file` is the JSON of yh_look_clearing.  清算单: the figures with their reasons, by fund, stay by stay, the
 * cases set off; a draft says that it is one.  YH_BAD_INPUT: no such file; as yh_pdf_make. */
YH_MUST_USE
enum yh_status yh_paper_clearing(struct yh_arena *a, yh_str file, yh_time now, yh_str *pdf,
                                 struct yh_err *err);
#endif
