#include "engine/ledger/ledger.h"

struct writer {
    struct yh_arena *a;
    struct yh_entry *entry;
    int n, cap;
};

/* A negative debit is a credit: sides are never negative. */
static void post(struct writer *w, enum yh_account_kind kind, yh_str of, yh_fen debit)
{
    if (debit == 0)
        return;
    YH_PUSH(w->a, w->entry, w->n, w->cap) = (struct yh_entry){
        .account = yh_account_name(w->a, kind, of),
        .debit = debit > 0 ? debit : 0,
        .credit = debit < 0 ? -debit : 0,
    };
}

static struct yh_booking finish(const struct writer *w)
{
    struct yh_booking b = { w->entry, w->n };
    yh_assert(yh_booking_balanced(b));
    return b;
}

struct yh_booking yh_book_settlement(struct yh_arena *a, const struct yh_settling *s)
{
    struct writer w = { .a = a };
    yh_fen payable = s->account + s->relative, to_person = 0;
    for (int i = 0; i < s->nfund; i++) {
        post(&w, YH_ACCOUNT_FUND, s->fund[i].fund, s->fund[i].amount + s->fund[i].to_person);
        payable += s->fund[i].amount;
        to_person += s->fund[i].to_person;
    }
    post(&w, YH_ACCOUNT_ACCT, s->person, s->account);
    if (s->relative_of.n)
        post(&w, YH_ACCOUNT_ACCT, s->relative_of, s->relative);
    else
        post(&w, YH_ACCOUNT_TRANSIT, YH_S(""), s->relative);
    if (s->provider.n)
        post(&w, YH_ACCOUNT_PAYABLE, s->provider, -payable);
    else
        to_person += payable;
    post(&w, YH_ACCOUNT_PERSON, s->person, -to_person);
    return finish(&w);
}

struct yh_booking yh_book_undo(struct yh_arena *a, struct yh_booking b)
{
    struct yh_entry *mirror = YH_NEW(a, struct yh_entry, b.n);
    for (int i = 0; i < b.n; i++)
        mirror[i] =
            (struct yh_entry){ b.entry[i].account, b.entry[i].credit, b.entry[i].debit };
    struct yh_booking out = { mirror, b.n };
    yh_assert(yh_booking_balanced(out));
    return out;
}

struct yh_booking yh_book_deposit(struct yh_arena *a, yh_str person, yh_str source,
                                  yh_fen amount)
{
    struct writer w = { .a = a };
    bool opening = yh_eq(source, YH_S("opening"));
    post(&w, opening ? YH_ACCOUNT_OPENING : YH_ACCOUNT_INCOME, opening ? YH_S("") : source,
         amount);
    post(&w, YH_ACCOUNT_ACCT, person, -amount);
    return finish(&w);
}

struct yh_booking yh_book_hold(struct yh_arena *a, yh_str owner, yh_fen amount)
{
    struct writer w = { .a = a };
    yh_assert(amount > 0);
    post(&w, YH_ACCOUNT_ACCT, owner, amount);
    post(&w, YH_ACCOUNT_TRANSIT, YH_S(""), -amount);
    return finish(&w);
}

struct yh_booking yh_book_release(struct yh_arena *a, yh_str owner, yh_fen amount)
{
    return yh_book_undo(a, yh_book_hold(a, owner, amount));
}

struct yh_booking yh_book_withdrawal(struct yh_arena *a, yh_str person, yh_fen amount)
{
    struct writer w = { .a = a };
    yh_assert(amount > 0);
    post(&w, YH_ACCOUNT_ACCT, person, amount);
    post(&w, YH_ACCOUNT_PERSON, person, -amount);
    return finish(&w);
}

struct yh_booking yh_book_payout(struct yh_arena *a, yh_str person, yh_str region,
                                 yh_fen amount)
{
    struct writer w = { .a = a };
    yh_assert(amount > 0);
    post(&w, YH_ACCOUNT_PERSON, person, amount);
    post(&w, YH_ACCOUNT_BANK, region, -amount);
    return finish(&w);
}

struct yh_booking yh_book_recovery(struct yh_arena *a, yh_str provider, yh_str person,
                                   const struct yh_fund_pay *fund, int nfund,
                                   yh_fen person_back)
{
    struct writer w = { .a = a };
    yh_fen sum = person_back;
    yh_assert(person_back >= 0);
    for (int i = 0; i < nfund; i++) {
        yh_assert(fund[i].amount >= 0);
        post(&w, YH_ACCOUNT_FUND, fund[i].fund, -fund[i].amount);
        sum += fund[i].amount;
    }
    post(&w, YH_ACCOUNT_PERSON, person, -person_back);
    post(&w, YH_ACCOUNT_PAYABLE, provider, sum);
    return finish(&w);
}

struct yh_booking yh_book_damages(struct yh_arena *a, yh_str provider, yh_str region,
                                  yh_fen amount)
{
    struct writer w = { .a = a };
    yh_assert(amount > 0);
    post(&w, YH_ACCOUNT_DAMAGES, region, -amount);
    post(&w, YH_ACCOUNT_PAYABLE, provider, amount);
    return finish(&w);
}

struct yh_booking yh_book_received(struct yh_arena *a, yh_str provider, yh_str region,
                                   yh_fen amount)
{
    struct writer w = { .a = a };
    yh_assert(amount > 0);
    post(&w, YH_ACCOUNT_RECEIVED, region, amount);
    post(&w, YH_ACCOUNT_PAYABLE, provider, -amount);
    return finish(&w);
}

struct yh_booking yh_book_clearing(struct yh_arena *a, const struct yh_clearing_money *m)
{
    struct writer w = { .a = a };
    post(&w, YH_ACCOUNT_PAYABLE, m->provider, m->payable);
    post(&w, YH_ACCOUNT_BYGROUP, m->region, m->bygroup);
    post(&w, YH_ACCOUNT_MARGIN, m->provider, -m->margin);
    post(&w, YH_ACCOUNT_CLEARED, m->provider, -m->net);
    return finish(&w);
}

struct yh_booking yh_book_margin_back(struct yh_arena *a, yh_str provider, yh_str region,
                                      yh_fen back, yh_fen lost)
{
    struct writer w = { .a = a };
    yh_assert(back >= 0 && lost >= 0 && back + lost > 0);
    post(&w, YH_ACCOUNT_MARGIN, provider, back + lost);
    post(&w, YH_ACCOUNT_CLEARED, provider, -back);
    post(&w, YH_ACCOUNT_LOST, region, -lost);
    return finish(&w);
}
