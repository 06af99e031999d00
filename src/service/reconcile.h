/* service/reconcile.h -- a provider's books against ours: totals (3201), details (3202).
 *
 * Counted are the settlements of the calling provider whose setl_time lies between the two days,
 * both included, of that scheme, clearing type and clearing office ("" = any; a pooling area
 * stands for each of its offices).  Undoing a settlement counts on the day it was undone, with its
 * negative amounts.  account = own and relatives' accounts together (acct_pay). */
#ifndef YH_SERVICE_RECONCILE_H
#define YH_SERVICE_RECONCILE_H
#include "service/service.h"

#define YH_RECONCILE_DAYS_MAX 366 /* of one call */
#define YH_FILE_DAYS 7            /* that a file is kept for 9102 */

/* 3201.  `in`: scheme, clearing_type, clearing_office, from_day, to_day (both inclusive, as sent),
 * their_total, their_fund, their_account, their_count.  refund_flag (refd_setl_flag): "0" only
 * settlements, "1" only refunds, "" both.  out: our_… and result "0" balanced, "1" not; text says
 * which sums differ and by how much.
 * A provider that leaves a settlement and its refund both out is balanced as well as one that counts
 * both; our_… are then what the provider counted.
 * YH_BAD_INPUT: ends before it begins, over YH_RECONCILE_DAYS_MAX days.  YH_NOT_FOUND: no such
 * clearing office.  The result is kept under out->serial. */
YH_MUST_USE
enum yh_status yh_reconcile_totals(struct yh_ctx *c, const struct yh_reconciliation_row *in,
                                   yh_str refund_flag, struct yh_reconciliation_row *out,
                                   yh_str *text, struct yh_err *err);

/* One row of the provider's file (3202); amounts in fen, a refund's negative.  A refund names its
 * own settlement (as 2208 gave it) or, with flag 1 or negative amounts, the one it took back. */
struct yh_their_row {
    yh_str settlement, visit, person, refund; /* refd_setl_flag */
    yh_fen total, fund, account;
};
/* One row of the answer: psn_no, mdtrt_id, setl_id, msgid, stmt_rslt, refd_setl_flag, memo, sums. */
struct yh_diff_row {
    yh_str person, visit, settlement, msgid;
    yh_str
        result; /* 0 equal, 1 differs, 2 only the provider has it, 3 only the centre has it */
    yh_str refund, memo;
    yh_fen total, fund, account;
};
/* The bytes of an uploaded file (9101), of this provider; YH_NOT_FOUND: none, expired, another's. */
YH_MUST_USE
enum yh_status yh_file_get(struct yh_ctx *c, yh_str file, struct yh_file_row *out,
                           struct yh_err *err);
/* Keeps a file and makes its number (out->file): 9101, and results to be fetched by 9102.  Drops a
 * few whose time is over. */
YH_MUST_USE
enum yh_status yh_file_keep(struct yh_ctx *c, yh_str name, yh_str bytes,
                            struct yh_file_row *out, struct yh_err *err);
/* 3202: `in` as above; the gateway unzips and reads the file and zips the answer.  The provider's
 * rows come first, in their order, then those that only the centre has, by time: a settlement
 * among them without visit and settlement id, with the msgid that 2601 takes back and, in memo, the
 * number to give there; an undoing with its ids, for it cannot be reversed.
 * Refusals as yh_reconcile_totals.  The result is kept. */
YH_MUST_USE
enum yh_status yh_reconcile_details(struct yh_ctx *c, const struct yh_reconciliation_row *in,
                                    const struct yh_their_row *their, int n,
                                    struct yh_diff_row **rows, int *nrows, struct yh_err *err);
#endif
