/* shell/casemix/explain_text.h -- an explanation in words, and as JSON. */
#ifndef YH_SHELL_CASEMIX_EXPLAIN_TEXT_H
#define YH_SHELL_CASEMIX_EXPLAIN_TEXT_H
#include "engine/casemix/explain.h"

/* A page of Chinese: the codes, what chose MDC, ADRG and DRG, each complication, near groups. */
void yh_explain_text(struct yh_buf *out, const struct yh_explanation *ex,
                     const struct yh_case *c);
/* One object of the same content, with every step tested, without a line end. */
void yh_explain_json(struct yh_buf *out, const struct yh_explanation *ex,
                     const struct yh_case *c);
#endif
