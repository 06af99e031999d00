/* service/verify/inside.h -- what the checks of the books share; inside this folder only.
 *
 * verify.c goes through the groups; settlement.c proves each settlement, group.c what a group keeps beside them,
 * paid.c what else is booked and paid out. */
#ifndef YH_SERVICE_VERIFY_INSIDE_H
#define YH_SERVICE_VERIFY_INSIDE_H
#include "service/verify/verify.h"

struct yh_verify_sum {
    yh_str name;
    yh_fen debit, credit, rows; /* rows: what settlement_fund says */
};

struct yh_verifier {
    struct yh_txn *view;
    struct yh_arena *arena;  /* for what outlives a group */
    struct yh_arena scratch; /* one group at a time */
    struct yh_verify_report *r;
    struct yh_map funds; /* fund -> tally */
    struct yh_verify_sum *tally;
    int ntally, cap;
    yh_fen held;                     /* by holds not yet captured or released */
    struct yh_case_money_row *money; /* of all groups, in the order of their bookings */
    int nmoney, money_at;            /* the first that is behind the groups met */
    int64_t seen[YH_TABLE_N];        /* rows met group by group */
    enum yh_status status;
    struct yh_err *err;
};

/* One group's rows. */
struct yh_verify_group {
    struct yh_account_group_row *row;
    struct yh_settlement_row *settlement;
    struct yh_settlement_fund_row *fund;
    struct yh_ledger_entry_row *entry;
    struct yh_accumulator_row *accumulator;
    struct yh_account_row *account;
    struct yh_hold_row *hold;
    struct yh_charge_batch_row *batch;
    struct yh_case_money_row
        *money; /* of decisions on misuse, in the order of their bookings */
    struct yh_bank_item_row *payment;  /* to persons, through the bank */
    struct yh_clearing_row *clearing;  /* of providers' months */
    struct yh_margin_back_row *margin; /* of providers' years */
    int nsettlement, nfund, nentry, naccumulator, naccount, nhold, nbatch, nmoney, npayment,
        nclearing, nmargin;
    struct yh_arena *arena;
};

struct yh_verify_place {
    char text[96];
};

/* ---- verify.c ---- */

void yh_verify_wrong(struct yh_verifier *v, const char *where, const char *fmt, ...)
    YH_PRINTF(3, 4);
/* left = right, or a problem that names both. */
void yh_verify_equal(struct yh_verifier *v, struct yh_verify_place at, const char *left_name,
                     int64_t left, const char *right_name, int64_t right);
struct yh_verify_place yh_at_group(const struct yh_verify_group *g);
struct yh_verify_place yh_at_settlement(const struct yh_settlement_row *s);
struct yh_verify_sum *yh_verify_tally(struct yh_verifier *v, yh_str fund);

/* ---- settlement.c ---- */

/* Identities, fund rows, entries, leaf, undoing: of each of the group's settlements. */
void yh_check_settlements(struct yh_verifier *v, const struct yh_verify_group *g);

/* ---- group.c ---- */

void yh_check_commits(struct yh_verifier *v, const struct yh_verify_group *g);
void yh_check_accumulators(struct yh_verifier *v, const struct yh_verify_group *g);
void yh_check_accounts(struct yh_verifier *v, const struct yh_verify_group *g);
void yh_check_batches(struct yh_verifier *v, const struct yh_verify_group *g);

/* ---- paid.c ---- */

/* Money of decisions on misuse (service/casework); v->status: the store. */
void yh_check_money(struct yh_verifier *v, const struct yh_verify_group *g);
/* Payments to persons (service/matter). */
void yh_check_payments(struct yh_verifier *v, const struct yh_verify_group *g);
/* Months and margins of providers (service/clearing). */
void yh_check_clearings(struct yh_verifier *v, const struct yh_verify_group *g);
/* What a decision in force says is what is booked for it: a yh_case_file_row; false: v->status. */
bool yh_check_case(void *verifier, const void *row);
#endif
