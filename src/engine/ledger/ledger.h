/* engine/ledger/ledger.h -- a decision becomes balanced entries.
 *
 * The fund's expense and the personal accounts are debited, the provider's payable is credited with
 * the whole; what the patient pays in cash and what the provider bears (hosp_part_amt) is no
 * business of the agency's and stays outside.  Pure; results live in the arena. */
#ifndef YH_ENGINE_LEDGER_LEDGER_H
#define YH_ENGINE_LEDGER_LEDGER_H
#include "model/ledger/ledger.h"

struct yh_fund_pay {
    yh_str fund;      /* fund_pay_type; never 310200, which is the account */
    yh_fen amount;    /* to the provider */
    yh_fen to_person; /* beside the bill */
};

/* What one settlement moves.  Amounts may be negative where a re-adjudication takes back. */
struct yh_settling {
    yh_str person, provider; /* provider "": the person paid it and is owed it */
    const struct yh_fund_pay *fund;
    int nfund;
    yh_fen account;  /* from the person's own account */
    yh_fen relative; /* from a relative's account */
    yh_str
        relative_of; /* psn_no of the relative in the same account group; "" = another group's,
                             through transit (the hold was booked in that group) */
};

/* The entries of a settlement, in order: funds, accounts, payables; zero amounts are left out. */
struct yh_booking yh_book_settlement(struct yh_arena *a, const struct yh_settling *s);
/* The mirror: each entry with its sides exchanged, in the same order. */
struct yh_booking yh_book_undo(struct yh_arena *a, struct yh_booking b);
/* Paid into a personal account from `source` (employer, resident, carried over: "opening"). */
struct yh_booking yh_book_deposit(struct yh_arena *a, yh_str person, yh_str source,
                                  yh_fen amount);
/* A relative of another group is about to draw: owner's account to transit; amount > 0.
 * Capture is the settlement's own debit of transit; yh_book_release gives back what was not used. */
struct yh_booking yh_book_hold(struct yh_arena *a, yh_str owner, yh_fen amount);
struct yh_booking yh_book_release(struct yh_arena *a, yh_str owner, yh_fen amount);

/* The balance of a personal account becomes owed to its owner; amount > 0. */
struct yh_booking yh_book_withdrawal(struct yh_arena *a, yh_str person, yh_fen amount);
/* The bank paid a person what was owed; amount > 0. */
struct yh_booking yh_book_payout(struct yh_arena *a, yh_str person, yh_str region,
                                 yh_fen amount);

/* ---- what a decision on misuse moves (engine: casework) ---- */

/* The provider's payable falls by what the funds get back and what the patient is owed: it is set
 * off against what the agency pays next, and the patient's own share goes back to the patient.
 * Amounts are not negative. */
struct yh_booking yh_book_recovery(struct yh_arena *a, yh_str provider, yh_str person,
                                   const struct yh_fund_pay *fund, int nfund,
                                   yh_fen person_back);
/* Damages under the contract; amount > 0.  A fine is the treasury's and is not booked here. */
struct yh_booking yh_book_damages(struct yh_arena *a, yh_str provider, yh_str region,
                                  yh_fen amount);
/* ---- what a clearing moves (service/clearing) ---- */

struct yh_clearing_money {
    yh_str provider, region;
    yh_fen payable; /* of the month, less what was set off: those debits are booked already */
    yh_fen bygroup; /* beyond (or below) the items */
    yh_fen margin, net;
};
/* payable + bygroup = margin + net, else a bug. */
struct yh_booking yh_book_clearing(struct yh_arena *a, const struct yh_clearing_money *m);

/* A year's margin is given back after the assessment, or in part: kept = back + lost, kept > 0, neither
 * negative. */
struct yh_booking yh_book_margin_back(struct yh_arena *a, yh_str provider, yh_str region,
                                      yh_fen back, yh_fen lost);

/* The provider pays back by itself what it owes; amount > 0. */
struct yh_booking yh_book_received(struct yh_arena *a, yh_str provider, yh_str region,
                                   yh_fen amount);
#endif
