/* service/casework/inside.h -- what the files of casework share. */
#ifndef YH_SERVICE_CASEWORK_INSIDE_H
#define YH_SERVICE_CASEWORK_INSIDE_H
#include "engine/casework/casework.h"
#include "service/casework/casework.h"

/* One case in the hands of one act. */
struct yh_docket {
    struct yh_txn *x;
    const struct yh_casework *w;
    struct yh_arena *a;
    yh_time now;
    yh_day today;
    yh_str officer, others, note, body;
    const struct yh_case_act_row *act;
    struct yh_case_file_row f;
    enum yh_case_state state;
    struct yh_case_hit_row *hit;
    int nhit;
    yh_str provider_name;
};

/* A desk for an act; YH_RETRY: no tables are loaded. */
YH_MUST_USE
enum yh_status yh_docket_open(struct yh_act *t, struct yh_docket *k, struct yh_err *err);
/* The case and its hits, if the act may be done now.  YH_NOT_FOUND, YH_CONFLICT. */
YH_MUST_USE
enum yh_status yh_docket_take(struct yh_docket *k, yh_str case_no, enum yh_case_act_id act,
                              struct yh_err *err);
/* The same with that one hit alone: a provider that answers a thousand does not read a million.
 * Also YH_NOT_FOUND: it is not of this case. */
YH_MUST_USE
enum yh_status yh_docket_take_hit(struct yh_docket *k, yh_str case_no, yh_str hit,
                                  enum yh_case_act_id act, struct yh_err *err);
/* Writes state, term and the step with its document; `words` (may be NULL) are more words of the template.
 * `document`: another section than the act's; NULL: the act's. */
YH_MUST_USE
enum yh_status yh_docket_done(struct yh_docket *k, const char *document,
                              const struct yh_fill *words, int n, struct yh_err *err);
/* Starts the term that the act names, of this place and day. */
YH_MUST_USE
enum yh_status yh_docket_term(struct yh_docket *k, const char *clock, struct yh_err *err);
/* The last day of the running term has passed. */
bool yh_docket_over(const struct yh_docket *k);
struct yh_clock yh_docket_clock(const struct yh_docket *k);
void yh_docket_set_clock(struct yh_docket *k, struct yh_clock c);
/* YH_BAD_INPUT: no officer, no note where one is wanted. */
YH_MUST_USE
enum yh_status yh_docket_officer(const struct yh_docket *k, bool note, struct yh_err *err);
/* The head of most acts: the desk, the case that t names, the officer, and the note that the act wants. */
YH_MUST_USE
enum yh_status yh_docket_start(struct yh_act *t, struct yh_docket *k, enum yh_case_act_id act,
                               struct yh_err *err);
YH_MUST_USE
enum yh_status yh_docket_hit_put(struct yh_docket *k, const struct yh_case_hit_row *h,
                                 struct yh_err *err);
struct yh_case_hit_row *yh_docket_hit(struct yh_docket *k, yh_str hit);

YH_MUST_USE
enum yh_status yh_case_get(struct yh_txn *x, yh_str case_no, struct yh_case_file_row *out,
                           struct yh_err *err);
YH_MUST_USE
enum yh_status yh_case_hits_of(struct yh_txn *x, yh_str case_no, struct yh_case_hit_row **rows,
                               int *n, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_case_money_of(struct yh_txn *x, yh_str case_no,
                                struct yh_case_money_row **rows, int *n, struct yh_err *err);
yh_str yh_fen_words(struct yh_arena *a, yh_fen v); /* "1234.50" */

/* Points of an approved decision, and their withdrawal when it is reversed. */
YH_MUST_USE
enum yh_status yh_credit_give(struct yh_docket *k, yh_str kind, yh_str subject, yh_str role,
                              struct yh_err *err);
YH_MUST_USE
enum yh_status yh_credit_withdraw(struct yh_docket *k, struct yh_err *err);
/* The tips that led to this case learn how it ended. */
YH_MUST_USE
enum yh_status yh_tip_case_ended(struct yh_docket *k, bool confirmed, struct yh_err *err);
/* The named officer of a provider on a day; "" = none. */
YH_MUST_USE
enum yh_status yh_grid_of(struct yh_txn *x, yh_str provider, yh_day day, yh_str *officer,
                          struct yh_err *err);
#endif
