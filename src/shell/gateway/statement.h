/* shell/gateway/statement.h -- the two text files of 3202: what the provider sends, what it gets back.
 *
 * One record a line, TAB between columns, `null` for empty (reference §1, §9). */
#ifndef YH_SHELL_GATEWAY_STATEMENT_H
#define YH_SHELL_GATEWAY_STATEMENT_H
#include "service/reconcile.h"

/* setl_id mdtrt_id psn_no medfee_sumamt fund_pay_sumamt acct_pay refd_setl_flag.  Empty lines, CRLF and
 * a byte-order mark are passed over.  Cells borrow from `text`.
 * YH_BAD_INPUT with the line: another number of columns, an amount that is none; no UTF-8. */
YH_MUST_USE
enum yh_status yh_statement_read(struct yh_arena *a, yh_str text, struct yh_their_row **rows,
                                 int *n, struct yh_err *err);
/* psn_no mdtrt_id setl_id msgid stmt_rslt refd_setl_flag memo medfee_sumamt fund_pay_sumamt acct_pay.
 * The code list of stmt_rslt knows balanced and not; which side has the row is said in memo. */
void yh_statement_write(struct yh_buf *out, const struct yh_diff_row *row, int n);
#endif
