/* service/verify/verify.h -- the books are proved, from what is stored alone.
 *
 * For each account group, in its commit sequence:
 *   every commit's entries balance, and every account is in the chart
 *   each settlement keeps the interface's identities (reference §6), equals the sum of its fund
 *   rows, and its entries say the same: funds, own and relatives' accounts, the provider's payable
 *   an undoing mirrors its original: amounts, fund rows, entries, accumulator changes; links agree
 *   accumulators = opening + the changes kept in the settlements; balances = opening + entries;
 *   what is held = what stands in transit; one call was settled once
 *   charge batches: checksum, count, sums; the batches of a settlement add up to it
 *   leaf hashes recompute from the rows
 *   money of decisions on misuse: each booking says what its decision says, a decision in force is
 *   booked as a whole, one dropped or reversed comes to nothing, and no fund gets anything back without one
 * and over all: debits = credits, totals of each fund are the sum of its fund rows, no row belongs
 * to a group that does not exist.  Reads a snapshot, so a server may go on writing. */
#ifndef YH_SERVICE_VERIFY_VERIFY_H
#define YH_SERVICE_VERIFY_VERIFY_H
#include "store/store.h"

#define YH_VERIFY_SHOWN 50

struct yh_verify_problem {
    char where[96], what[256]; /* Chinese, NUL-terminated */
};

struct yh_verify_fund {
    yh_str fund; /* 390100 … */
    yh_fen amount;
};

struct yh_verify_report {
    yh_str region;
    int64_t groups, settlements, undoings, commits, entries, funds, accumulators, accounts,
        holds, batches, lines, cases, clearings;
    yh_fen total, fund, account, relative, cash, hospital; /* of all, undoings taken off */
    yh_fen debit, credit, balance, payable, transit;       /* balance: of all accounts */
    yh_fen recovered, person_back;  /* by decisions on misuse, reversals taken off */
    struct yh_verify_fund *by_fund; /* by code */
    int nfund;
    int64_t problems; /* all of them; the first few are kept */
    struct yh_verify_problem problem[YH_VERIFY_SHOWN];
};

/* Everything of a view; results live in `a`, which also is the working memory (one group's rows at
 * a time, and the money of all decisions).  YH_IO: the store cannot be read; whatever can be read is
 * reported, not returned. */
YH_MUST_USE
enum yh_status yh_verify(struct yh_txn *view, struct yh_arena *a, struct yh_verify_report *out,
                         struct yh_err *err);
/* Opens the data ("sqlite:DIR") read-only beside whoever writes, and verifies it.
 * Fails as yh_store_open. */
YH_MUST_USE
enum yh_status yh_verify_data(yh_str url, struct yh_arena *a, struct yh_verify_report *out,
                              struct yh_err *err);

void yh_verify_text(const struct yh_verify_report *r,
                    struct yh_buf *out); /* Chinese, for people */
void yh_verify_json(const struct yh_verify_report *r, struct yh_buf *out); /* one line */
#endif
