/* service/inside.h -- what the visit and settlement families share.  Private to service/. */
#ifndef YH_SERVICE_INSIDE_H
#define YH_SERVICE_INSIDE_H
#include "engine/benefit/year.h"
#include "model/ledger/ledger.h"
#include "service/facts.h"
#include "service/settle.h"
#include "store/deltas.h"

/* All charge batches of a visit, in (batch, part) order. */
YH_MUST_USE
enum yh_status yh_batches_of(struct yh_ctx *c, const struct yh_visit_row *v,
                             struct yh_charge_batch_row **rows, int *n, struct yh_err *err);
/* The lines of batch rows, joined; from[i] is the row's index.  Lives in the arena. */
YH_MUST_USE
enum yh_status yh_batch_lines(struct yh_ctx *c, const struct yh_charge_batch_row *rows, int n,
                              struct yh_charge_line **line, int **from, int *nline,
                              struct yh_err *err);

/* Which document splits the lines (the treating place's) and which pays (the home's), on a day. */
struct yh_split_by {
    const struct yh_plan *plan;
    struct yh_terms terms;
    struct yh_facts_of facts; /* without standing */
    bool away;
};
YH_MUST_USE
enum yh_status yh_split_start(struct yh_ctx *c, const struct yh_member *m,
                              const struct yh_visit_row *v, yh_day day, struct yh_split_by *out,
                              struct yh_err *err);
/* A kept line as the engine reads it. */
struct yh_line yh_engine_line(struct yh_ctx *c, const struct yh_charge_line *l);

/* A stay registered later than a following one (2401 backdated) must be over when that begins; its last
 * day may be the other's first.  v: the stay, end: as it is discharged or settled. */
YH_MUST_USE
enum yh_status yh_stay_ends_before_others(struct yh_ctx *c, const struct yh_visit_row *v,
                                          yh_time end, struct yh_err *err);

/* Every visit of the person, in mdtrt_id order. */
YH_MUST_USE
enum yh_status yh_visits_of(struct yh_ctx *c, const struct yh_person_row *p,
                            struct yh_visit_row **rows, int *n, struct yh_err *err);
/* A new mdtrt_id of this person's group; the visit row and its key are written. */
YH_MUST_USE
enum yh_status yh_visit_new(struct yh_ctx *c, const struct yh_member *m,
                            const struct yh_visit_row *in, struct yh_visit_row *out,
                            struct yh_err *err);
/* Upserts diagnoses by (kind, sort), codes checked on `day`. */
YH_MUST_USE
enum yh_status yh_diagnoses_put(struct yh_ctx *c, const struct yh_visit_row *v,
                                const struct yh_diagnosis_row *d, int n, yh_day day,
                                struct yh_err *err);

/* ---- settlements ---- */

/* Whose account a relative may draw on (共济): the first binding that holds and has money. */
struct yh_relative {
    yh_str region; /* the owner's group */
    int64_t grp;
    yh_str owner, user, user_region;
    int64_t user_grp;
    bool same_group;
    yh_fen available; /* balance and yearly limit applied; 0 = nobody */
};
YH_MUST_USE
enum yh_status yh_relative_find(struct yh_ctx *c, const struct yh_member *m,
                                yh_str account_flag, struct yh_relative *out,
                                struct yh_err *err);
/* Draws s->relative: in the same group straight, else hold and capture in the owner's group. */
YH_MUST_USE
enum yh_status yh_relative_draw(struct yh_ctx *c, const struct yh_relative *r,
                                const struct yh_settlement_row *s, struct yh_err *err);
/* Gives back what settlement `s` drew. */
YH_MUST_USE
enum yh_status yh_relative_return(struct yh_ctx *c, const struct yh_settlement_row *s,
                                  struct yh_err *err);

/* Asserts the identities of the interface (reference §6). */
void yh_settled_check(const struct yh_settlement_row *r, const struct yh_settlement_fund_row *f,
                      int nfund);
/* Adds the personal account's row (310200) to setldetail; fund[] has room. */
void yh_settled_account(struct yh_settled *s);
YH_MUST_USE
enum yh_status yh_entries_add(struct yh_ctx *c, yh_str region, int64_t grp, int64_t seq,
                              yh_str settlement, struct yh_booking b, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_accumulate(struct yh_ctx *c, const struct yh_settlement_row *s,
                             const struct yh_delta *d, int n, struct yh_err *err);
/* Seals and adds a settlement and its funds; s->seq and s->settlement are set. */
YH_MUST_USE
enum yh_status yh_settlement_add(struct yh_ctx *c, struct yh_settlement_row *s,
                                 struct yh_settlement_fund_row *f, int nfund,
                                 struct yh_err *err);
/* What a kept settlement decided, as far as later parts need it. */
YH_MUST_USE
enum yh_status yh_decision_kept(struct yh_ctx *c, const struct yh_settlement_row *s,
                                struct yh_decision *out, struct yh_err *err);

YH_MUST_USE
enum yh_status yh_settlement_by_no(struct yh_ctx *c, yh_str region, int64_t grp, yh_str no,
                                   struct yh_settlement_row *out, struct yh_err *err);
/* The fund rows of a settlement in the order of payment. */
YH_MUST_USE
enum yh_status yh_funds_of(struct yh_ctx *c, const struct yh_settlement_row *s,
                           struct yh_settlement_fund_row **f, int *n, struct yh_err *err);
/* Books the mirror of a settlement in force and opens its visit again. */
YH_MUST_USE
enum yh_status yh_settlement_mirror(struct yh_ctx *c, const struct yh_settlement_row *s,
                                    struct yh_visit_row *v, struct yh_settlement_row *out,
                                    struct yh_settlement_fund_row **fund, int *nfund,
                                    struct yh_err *err);
/* Re-adjudication of later settlements around the undoing of an earlier one: take mirrors them,
 * newest first; settle decides them again, oldest first, as of their own days and at their own
 * providers, and links each to what replaces it.  The rows that come of it bear operator
 * YH_READJUDGED and clearing type 99, for the hospital's settled month stays closed: differences
 * are between the agency and the person. */
#define YH_READJUDGED YH_S("#重新结算")
YH_MUST_USE
enum yh_status yh_readjudge_take(struct yh_ctx *c, struct yh_settlement_row *later, int n,
                                 struct yh_err *err);
YH_MUST_USE
enum yh_status yh_readjudge_settle(struct yh_ctx *c, const struct yh_settlement_row *later,
                                   int n, struct yh_err *err);

/* 2101: decides a purchase that is not kept, on a snapshot. */
YH_MUST_USE
enum yh_status yh_purchase_trial(struct yh_ctx *c, const struct yh_visit_row *visit,
                                 const struct yh_settle_in *in, struct yh_charge_in *line,
                                 int nline, struct yh_settled *out, struct yh_err *err);
/* What a line must be by itself, and on the days of its visit (begin_time, end_time; 0 = open). */
YH_MUST_USE
enum yh_status yh_line_fits(struct yh_ctx *c, const struct yh_visit_row *v,
                            const struct yh_charge_in *in, struct yh_err *err);
/* Checks each line as 2204 does and splits it; nothing is kept. */
YH_MUST_USE
enum yh_status yh_lines_trial(struct yh_ctx *c, const struct yh_member *m,
                              const struct yh_visit_row *v, struct yh_charge_in *in, int n,
                              struct yh_err *err);

/* A context as the settlement's own provider had it on its own day; fills *call for it.  The second is
 * told the provider, which must outlive it. */
YH_MUST_USE
enum yh_status yh_ctx_then(struct yh_ctx *c, const struct yh_settlement_row *s,
                           struct yh_provider_row *p, struct yh_call *call, struct yh_ctx *out,
                           struct yh_err *err);
YH_MUST_USE
enum yh_status yh_ctx_as_of(struct yh_ctx *c, const struct yh_settlement_row *s,
                            struct yh_call *call, struct yh_ctx *out, struct yh_err *err);
/* A stored settlement as an event of its person's year, with the document and facts that hold now;
 * c is as of its own day and provider.  Nothing is written. */
YH_MUST_USE
enum yh_status yh_event_again(struct yh_ctx *c, const struct yh_settlement_row *s,
                              struct yh_year_event *out, struct yh_err *err);

/* Marks a pack as sold.  owner: the visit, or what the sender calls the sale; item "" = not said;
 * split: only a part of it (拆零), so that the same provider may sell of it again, but never whole.
 * YH_CONFLICT: sold before, unless by the same owner and item; taken back, it may be sold again. */
struct yh_trace_mark {
    yh_str code, owner, item;
    bool split;
};
YH_MUST_USE
enum yh_status yh_trace_mark(struct yh_ctx *c, const struct yh_trace_mark *m,
                             struct yh_err *err);
#endif
