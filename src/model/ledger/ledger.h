/* model/ledger/ledger.h -- the nouns of booking: accounts and balanced entries.
 *
 * An entry is one side of a booking; a booking is entries whose debits equal its credits.  Entries
 * are appended and never changed; undoing is the mirror.  Amounts are fen, never negative. */
#ifndef YH_MODEL_LEDGER_LEDGER_H
#define YH_MODEL_LEDGER_LEDGER_H
#include "base/base.h"

enum yh_account_kind {
#define A(name, head, zh, doc) YH_ACCOUNT_##name,
#include "model/ledger/account.def"
#undef A
    YH_ACCOUNT_N
};

struct yh_entry {
    yh_str account;       /* "fund:390100" … */
    yh_fen debit, credit; /* one of the two is 0 */
};

struct yh_booking {
    const struct yh_entry *entry;
    int n;
};

/* "fund:" + "390100"; `of` is "" for accounts that stand alone. */
yh_str yh_account_name(struct yh_arena *a, enum yh_account_kind kind, yh_str of);
/* Splits a name; false: not in the chart.  `of` may be NULL. */
bool yh_account_read(yh_str account, enum yh_account_kind *kind, yh_str *of);
yh_str yh_account_word(enum yh_account_kind kind); /* 基金支出 … */
/* Debits equal credits, no side negative, no entry with both sides or neither. */
bool yh_booking_balanced(struct yh_booking b);
#endif
