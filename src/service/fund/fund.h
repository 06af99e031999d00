/* service/fund/fund.h -- what a pooling area's funds took in, what they owe, how long they last.
 *
 * Income is not booked by settlements: the agency's finance states it, month by month and fund by fund
 * (fund_statement); a statement made again for the same month replaces the one before, and both are
 * kept.  Spending is what the ledger holds: debits of fund:F are what the fund was charged (记账), its
 * credits what was taken back.  What the agency pays out (拨付) is another figure: of providers what clearings
 * fixed, by fund, in the month in which they were booked; of persons what the bank paid, of no fund.
 *
 * A closed year whose bills live in an archive alone (archived_year) is summed from its file, once.
 *
 * Totals of the ledger are sums, never a shared row that each settlement would have to write.  They are
 * kept in memory by whoever reads them and brought up to date: an account group whose commit sequence
 * has not moved since is not read again.  So a refresh costs one short row a group and the entries
 * that are new; 16 bytes a group are kept.
 *
 * Acts (service/agency.h): "fund state" with region, table (TSV: fund month kind amount source, yuan),
 * officer; "fund statements" with region. */
#ifndef YH_SERVICE_FUND_H
#define YH_SERVICE_FUND_H
#include <stdatomic.h>
#include "service/act.h"
#include "service/service.h"
#include "service/settle.h"

/* A month as a number that counts on: year * 12 + month - 1. */
static inline int yh_month_of(yh_day d)
{
    struct yh_civil c = yh_civil_of(d);
    return c.year * 12 + c.month - 1;
}
/* "2026-03" */
yh_str yh_month_text(char out[16], int month);
/* "2026-03" or "202603".  YH_BAD_INPUT otherwise. */
YH_MUST_USE
enum yh_status yh_month_read(yh_str s, int *out, struct yh_err *err);

/* ---- what came in ---- */

#define YH_FUND_ROWS_MOST 2000 /* of one table */

enum yh_fund_kind {
#define K(name, word, text, balance) YH_FUND_##name,
#include "service/fund/kind.def"
    YH_FUND_KINDS
};

/* Takes a table over in the open transaction; all rows or none.  YH_BAD_INPUT names line and column:
 * an unknown fund or kind, no month, no amount, no source, twice the same, more than
 * YH_FUND_ROWS_MOST rows; a month after `now`. */
YH_MUST_USE
enum yh_status yh_fund_state(struct yh_txn *x, const struct yh_world *w, yh_str region,
                             yh_str table, yh_str officer, yh_time now, int *n,
                             struct yh_err *err);
/* Those in force of a region, by fund, month, kind. */
YH_MUST_USE
enum yh_status yh_fund_statements(struct yh_txn *x, yh_str region,
                                  struct yh_fund_statement_row **row, int *n,
                                  struct yh_err *err);
/* The fund's name in the national dictionary; the code when it is not there. */
yh_str yh_fund_title(const struct yh_world *w, yh_str fund);

enum yh_status yh_act_fund_state(struct yh_act *t, struct yh_err *err);
enum yh_status yh_act_fund_statements(struct yh_act *t, struct yh_err *err);

/* ---- what was charged ---- */

/* One fund in one month of a region; month by the time of the entry. */
struct yh_fund_month {
    char region[8], fund[16];
    int month;
    yh_fen charged, back; /* debits; credits: undone and recovered */
    int64_t bookings;     /* entries of settlements */
    int64_t
        groups;   /* account groups that touch it: never more than there are, and fewer where a
                           * group comes again after later months were counted */
    int64_t last; /* of them the last one counted; the counter's own */
    int64_t archived; /* groups of a closed year's archive */
};
/* One scheme in one month; of stays and of all else.  Undoings are taken off. */
struct yh_care_month {
    char region[8], scheme[8];
    int month;
    bool stay;
    int64_t bills;         /* settlements less undoings */
    int64_t direct, local; /* of them settled at the window; and in the county of enrolment */
    yh_fen total, scope, fund, basic, beyond, person_part, cash; /* beyond: serious + large */
};
/* What was paid out in a month: a fund's part of clearings; fund "": what is of no fund. */
struct yh_paid_month {
    char region[8], fund[16];
    int month; /* of the booking */
    yh_fen providers, persons;
};
struct yh_fund_totals; /* on the heap, for one thread at a time */

struct yh_fund_totals *yh_fund_totals_open(void);
void yh_fund_totals_close(struct yh_fund_totals *t);
/* Brings them up to date with the store, group after group, each group as of one moment; views are
 * short, so that the log can be reused.  progress may be NULL; *stop set: YH_RETRY, and what was counted
 * stays good.  Fails as the store. */
YH_MUST_USE
enum yh_status yh_fund_totals_refresh(struct yh_fund_totals *t, struct yh_store *s,
                                      const struct yh_world *w, const atomic_bool *stop,
                                      void (*progress)(void *user, int64_t groups), void *user,
                                      struct yh_err *err);
/* What they hold; valid until the next refresh. */
int yh_fund_totals_months(const struct yh_fund_totals *t, const struct yh_fund_month **row);
int yh_fund_totals_care(const struct yh_fund_totals *t, const struct yh_care_month **row);
int yh_fund_totals_paid(const struct yh_fund_totals *t, const struct yh_paid_month **row);

/* Adds the archived years that are not in yet, each from its file below `data`.  One whose file is not there
 * or is another's (its digest differs) stays out and is among the missing; it is tried again next time. */
struct yh_fund_missing {
    char region[8], why[200];
    int year;
    yh_fen fund; /* what the store kept of it: of all funds */
};
YH_MUST_USE
enum yh_status yh_fund_totals_archives(struct yh_fund_totals *t, struct yh_store *s,
                                       const char *data, const atomic_bool *stop,
                                       struct yh_err *err);
int yh_fund_totals_missing(const struct yh_fund_totals *t, const struct yh_fund_missing **row);

/* ---- how long a fund lasts ---- */

struct yh_fund_lasts {
    bool known;      /* there is an opening balance and spending in a full month */
    int from, until; /* months of the opening statement and of the balance (its end) */
    int averaged;    /* full months that the average is taken over, 1 .. 12 */
    yh_fen balance;  /* opening + income - charged + back, at the end of `until` */
    yh_fen average;  /* charged less taken back, a month; half up */
    int64_t
        hundredths; /* balance / average in hundredths of a month, floor; 0 when balance < 0 */
};
/* Of one fund at the end of the last full month before `today`: 累计结余 / 近 12 个月月均支出.  The
 * opening statement is the latest one; income and spending of its month and later count. */
struct yh_fund_lasts yh_fund_lasts(const struct yh_fund_statement_row *row, int n,
                                   const struct yh_fund_month *charged, int nmonth,
                                   yh_str region, yh_str fund, yh_day today);
#endif
