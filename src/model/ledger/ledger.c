#include "model/ledger/ledger.h"

static const struct {
    yh_str head, word;
} ACCOUNT[] = {
#define A(name, head, zh, doc) { YH_S_INIT(head), YH_S_INIT(zh) },
#include "model/ledger/account.def"
#undef A
};

yh_str yh_account_name(struct yh_arena *a, enum yh_account_kind kind, yh_str of)
{
    yh_str head = ACCOUNT[kind].head;
    bool alone = !yh_ends(head, YH_S(":"));
    yh_assert(alone ? of.n == 0 : of.n > 0);
    return yh_fmt(a, "%.*s%.*s", YH_ARG(head), YH_ARG(of));
}

bool yh_account_read(yh_str account, enum yh_account_kind *kind, yh_str *of)
{
    for (int i = 0; i < YH_ACCOUNT_N; i++) {
        yh_str head = ACCOUNT[i].head;
        bool alone = !yh_ends(head, YH_S(":"));
        if (alone ? !yh_eq(account, head) : !yh_starts(account, head) || account.n == head.n)
            continue;
        *kind = (enum yh_account_kind)i;
        if (of)
            *of = yh_sub(account, head.n, account.n);
        return true;
    }
    return false;
}

yh_str yh_account_word(enum yh_account_kind kind)
{
    return ACCOUNT[kind].word;
}

bool yh_booking_balanced(struct yh_booking b)
{
    yh_fen sum = 0;
    for (int i = 0; i < b.n; i++) {
        const struct yh_entry *e = &b.entry[i];
        if (e->debit < 0 || e->credit < 0 || (e->debit > 0) == (e->credit > 0))
            return false;
        sum += e->debit - e->credit;
    }
    return sum == 0;
}
