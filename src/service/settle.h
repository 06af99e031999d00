/* service/settle.h -- who pays: trial, settlement, undoing, reversal; purchases at a pharmacy.
 *
 * Whatever comes out keeps the identities of the interface (reference §6):
 *     total = outside + over + first + scope = fund + person_part + hospital
 *     fund = basic + civil + enterprise + serious + large + assist + disabled + other
 *     person_part = account + relative + cash;  sum of funds[].amount = fund + account + relative
 * They are asserted before anything is stored. */
#ifndef YH_SERVICE_SETTLE_H
#define YH_SERVICE_SETTLE_H
#include "model/claim/claim.h"
#include "service/visit.h"

struct yh_settle_in {
    yh_str person, visit;
    yh_str batch;            /* chrg_bchno: the batch to settle; "" or "0000" = all unsettled */
    yh_str scheme, med_type; /* "" = the visit's */
    yh_str setlway;          /* psn_setlway: 01 items, 02 fixed price */
    yh_str disease;          /* dise_codg where the call names one */
    yh_str account_flag;     /* acct_used_flag: "" 0 1 2 */
    yh_str invoice, cert_type, cert_no, extra;
    bool interim;        /* mid_setl_flag 1: parts of a stay alone */
    bool outpatient;     /* 2206, 2207: not a stay */
    yh_time end_time;    /* dscgTime of 2303/2304; 0 = not said */
    struct yh_sums sums; /* totals sent; checked only where not 0 (2304: where given) */
};

struct yh_settled {
    struct yh_settlement_row row; /* settlement "" in a trial; columns as reference §6 */
    struct yh_settlement_fund_row *fund; /* setldetail: one per fund, 310200 for the account */
    int nfund;
    struct yh_person_row person;
    struct yh_enrolment_row enrolment;
    int age_tenths;
    yh_str cert_type;            /* mdtrt_cert_type of the visit */
    struct yh_charge_line *line; /* the lines it took (detlcutinfo of 2101, 2102) */
    int nline;
    const struct yh_plan *plan; /* what decided; NULL in an undoing */
    const struct yh_decision
        *decision;              /* with reasons; NULL in an undoing and where read back */
    const struct yh_bill *bill; /* what it decided on */
};

/* Reimbursed by hand (零星报销): the person has paid and the agency owes the person, not the provider.  The
 * mark is the head of the msgid, which no caller of the interface may use. */
#define YH_MANUAL YH_S("#零星报销 ")
bool yh_is_manual(const struct yh_settlement_row *s);
/* The row is between the agency and the provider: it is paid to the provider, reconciled with it, and stands
 * on its lists.  Not so what was reimbursed by hand, and what the agency decided again by itself
 * (YH_READJUDGED): those are between the agency and the person. */
bool yh_is_providers(const struct yh_settlement_row *s);

/* 2206, 2303: decides and stores nothing; runs on a snapshot.  Refusals as yh_settle. */
YH_MUST_USE
enum yh_status yh_presettle(struct yh_ctx *c, const struct yh_settle_in *in,
                            struct yh_settled *out, struct yh_err *err);
/* 2207, 2304: decides and books.  Refused: nothing to settle, settled already, totals sent that
 * disagree, no policy document in force, outpatient pooled care on a day in hospital, account
 * frozen, an invoice used before, two diagnoses missing where the visit needs them. */
YH_MUST_USE
enum yh_status yh_settle(struct yh_ctx *c, const struct yh_settle_in *in,
                         struct yh_settled *out, struct yh_err *err);
/* 2208, 2305, 2103: the mirror under a new settlement id; lines are unsettled again, balances and
 * accumulators restored.  YH_CONFLICT: undone already; later settlements of the person's year
 * built on it and the document refuses (they are named, newest first); interim parts newer.
 * Where the document says 重新结算 the later ones are reversed and re-adjudicated in order. */
YH_MUST_USE
enum yh_status yh_settle_undo(struct yh_ctx *c, yh_str person, yh_str visit, yh_str settlement,
                              struct yh_settled *out, struct yh_err *err);
/* 2601: undoes what the call (provider, omsgid) made, with nothing but that key; a key never seen
 * succeeds and leaves a tombstone; reversing twice succeeds and does nothing.  number: 2102, 2207,
 * 2304, 2401 (others are refused).  YH_NOT_FOUND: nobody knows the person, whom such a call names. */
YH_MUST_USE
enum yh_status yh_reverse(struct yh_ctx *c, yh_str person, yh_str omsgid, yh_str number,
                          struct yh_err *err);

/* 2101 (trial), 2102: a purchase: visit, lines and settlement in one.  `visit`: person, scheme,
 * med_type, begin_time, cert_type, cert_no, disease; `in` as above without visit.  `trace`: trace
 * codes sold, in any order; one sold before is refused. */
struct yh_trace {
    yh_str serial, code;
    bool split; /* trdn_flag */
};
YH_MUST_USE
enum yh_status yh_purchase(struct yh_ctx *c, bool trial, const struct yh_visit_row *visit,
                           const struct yh_settle_in *in, struct yh_charge_in *line, int nline,
                           const struct yh_trace *trace, int ntrace, struct yh_settled *out,
                           struct yh_err *err);
/* Trace codes sent with 2207/2304 (drug_trac_info); call before yh_settle in the same work. */
YH_MUST_USE
enum yh_status yh_trace_sell(struct yh_ctx *c, yh_str owner, const struct yh_trace *trace,
                             int n, struct yh_err *err);

/* A stored bill in plain Chinese, as a patient reads it (SKETCHES §2, engine/explain), from what the
 * settlement keeps: years later it says the same.  `no` is the setl_id; x may be a snapshot.
 * YH_NOT_FOUND: no such settlement, or its document is not among those loaded. */
YH_MUST_USE
enum yh_status yh_bill_text(struct yh_txn *x, const struct yh_world *w, struct yh_arena *a,
                            yh_str no, struct yh_buf *out, struct yh_err *err);
/* The same from a data folder ("sqlite:DIR"), beside whoever writes.  Fails as yh_store_open too. */
YH_MUST_USE
enum yh_status yh_bill_of_data(yh_str data, const struct yh_world *w, struct yh_arena *a,
                               yh_str no, struct yh_buf *out, struct yh_err *err);
#endif
