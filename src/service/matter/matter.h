/* service/matter/matter.h -- matters at the desk (柜台): taken in, mended, reviewed, finished, rated.
 *
 * A matter is of one kind (catalogs/desk/matters.tsv): who may ask for it, which papers, how many working
 * days, from which amount others approve, and which use case it carries out when it is finished: a filing
 * (service/filing.h), a reimbursement by hand on the engine of settlements (service/settle.h), a
 * withdrawal from the personal account, a change of contact.
 *
 *     accepted -> [papers: told once, the clock stands] -> [review -> second] -> done
 *                                                        -> paying -> done, or returned -> paying
 *     refused, withdrawn, undone
 *
 * Who finishes does not review, who reviewed does not review again.  What an officer ended by mistake the
 * same officer undoes the same day: a filing is taken back, a settlement mirrored, a payment dropped.
 * Money is booked when it is granted (owed to the person) and when the bank has paid; yiheng verify
 * proves both.
 *
 * Who may call what for whom (area, role) is decided before, by shell/portal. */
#ifndef YH_SERVICE_MATTER_H
#define YH_SERVICE_MATTER_H
#include "model/matter/scan.h"
#include "service/settle.h"

/* Who acts, in one transaction (or on a snapshot, where a function only reads). */
struct yh_matter_desk {
    struct yh_txn *x;
    const struct yh_world *world;
    struct yh_arena *arena;
    yh_time now;
    yh_str officer, name; /* sign-in name and name; "" = the person, online */
    uint8_t salt[16];     /* random, for a settlement's leaf */
};

/* ---- one matter ---- */

struct yh_matter_ask {
    yh_str person, kind;
    yh_str scheme; /* "" = the enrolment that holds */
    const struct yh_json
        *fields; /* {"place":"990200", …}: the words of model/matter/field.def */
    const struct yh_json *claim; /* of a reimbursement; see yh_claim_quote */
    const struct yh_json
        *papers; /* {"have":["…"],"promised":["…"]}: texts of the kind's papers */
    const struct yh_json
        *deputy; /* {"name","cert_no","phone","relation"}; NULL: the person came */
    yh_str note;
};
#define YH_MATTERS_ONLINE 20
/* Takes it in.  Papers that are neither there nor promised are told at once, and the clock stands.  By the
 * person online: the kind must allow it; what is done on a promise is finished in the same call, and the
 * first paper (the proof of identity) is the sign-in.
 * YH_NOT_FOUND: person, kind.  YH_DENIED: not online.  YH_BAD_INPUT: a field, a claim, a deputy.
 * YH_CONFLICT: online, YH_MATTERS_ONLINE of the person's are open or were sent today (the desk's queue is read by
 * people, and nobody fills it alone); as the use case that it would carry out: the same filing, an invoice used before, past the
 * deadline (without a reason), an empty account. */
YH_MUST_USE
enum yh_status yh_matter_start(const struct yh_matter_desk *d, const struct yh_matter_ask *in,
                               struct yh_matter_row *out, struct yh_err *err);

struct yh_matter_do {
    yh_str matter;
    enum yh_matter_act_id act;
    yh_str note;                  /* ask: what is missing; refuse, back, undo: why */
    const struct yh_json *papers; /* given: as above */
    const struct yh_json *fields; /* account: payee, bank, bank_account */
    int64_t stars;                /* rate; the words are the note */
};
/* Every other step: ask, given, finish, approve, back, refuse, withdraw, account, undo, rate.
 * YH_NOT_FOUND; YH_CONFLICT: not in this state; YH_DENIED: the same officer, another's or an older mistake,
 * a step that is not the person's; YH_BAD_INPUT: a note is wanted. */
YH_MUST_USE
enum yh_status yh_matter_act(const struct yh_matter_desk *d, const struct yh_matter_do *in,
                             struct yh_matter_row *out, struct yh_err *err);
/* YH_NOT_FOUND. */
YH_MUST_USE
enum yh_status yh_matter_get(struct yh_txn *x, yh_str matter, struct yh_matter_row *out,
                             struct yh_err *err);
/* Its steps, in order. */
YH_MUST_USE
enum yh_status yh_matter_steps(struct yh_txn *x, const struct yh_matter_row *m,
                               struct yh_matter_step_row **row, int *n, struct yh_err *err);

/* ---- scans of papers ---- */

/* A photo or PDF that belongs to a matter, as yh_scan_look took it; its bytes already sealed. */
struct yh_scan_in {
    yh_str paper; /* a paper of the kind, or "" */
    yh_str name;  /* the file's, up to 40 characters */
    yh_str type, digest, sealed;
    int64_t bytes;
};
/* Keeps it with the matter.  By a clerk while the matter is open; by the person until it goes to review.
 * YH_CONFLICT: not in this state, the same bytes are there.  YH_LIMIT: YH_SCANS_MAX.  YH_BAD_INPUT: a name. */
YH_MUST_USE
enum yh_status yh_scan_add(const struct yh_matter_desk *d, const struct yh_matter_row *m,
                           const struct yh_scan_in *in, struct yh_err *err);
/* All that were ever brought, removed ones too (their rows stay). */
YH_MUST_USE
enum yh_status yh_scans_of(struct yh_txn *x, const struct yh_matter_row *m,
                           struct yh_scan_row **row, int *n, struct yh_err *err);
/* YH_NOT_FOUND: no such number.  YH_CONFLICT: removed. */
YH_MUST_USE
enum yh_status yh_scan_get(struct yh_txn *x, const struct yh_matter_row *m, int64_t nth,
                           struct yh_scan_row *out, yh_str *sealed, struct yh_err *err);
/* Its bytes go, its row stays with when, who and why.  The person: their own, as long as they may add.
 * YH_DENIED: a clerk's.  YH_BAD_INPUT: a clerk says why.  The rest as for adding and getting. */
YH_MUST_USE
enum yh_status yh_scan_remove(const struct yh_matter_desk *d, const struct yh_matter_row *m,
                              int64_t nth, yh_str why, struct yh_err *err);
/* What has been kept as long as catalogs/desk/keep.tsv says goes, `most` at a time; *gone: how many. */
YH_MUST_USE
enum yh_status yh_scans_sweep(struct yh_txn *x, struct yh_arena *a, yh_time now, int most,
                              int *gone, struct yh_err *err);

/* ---- reimbursement by hand ---- */

/* {"provider","med_type","begin","end","diagnosis","diagnosis_name","disease","invoice","total",
 *  "lines":[{"code","name","qty","price","amount","day"}]}: texts; money in yuan; begin and end days; an
 * amount that is absent is price × quantity; total (may be absent): what the invoice says in all. */

/* One thing wrong with a claim, for the page to show beside it. */
struct yh_claim_fault {
    enum yh_status status;
    int line;          /* 1-based; 0 = the bill as a whole */
    yh_str field;      /* its word above; "" = none of them */
    yh_str met;        /* the value met; "" = none given */
    yh_str what, cure; /* what is wrong; how to mend it ("" = said in `what`) */
};
#define YH_CLAIM_FAULTS 500 /* told at once at most */

struct yh_claim_result {
    struct yh_claim_fault
        *fault; /* all that is wrong, the bill as a whole first, lines in order */
    int nfault; /* > 0: nothing could be decided */
    struct yh_settled settled; /* as a trial: nothing is kept; not filled with faults */
    yh_fen payable;            /* what the person would be paid */
    yh_day last;               /* of the time limit; 0 = its days are not known yet */
    bool late;
    yh_str basis; /* of the time limit */
    enum yh_standing standing;
};
/* Decides a claim on the engine of settlements, with reasons, and keeps nothing; x may be a snapshot.
 * `of`: stay or visit.  A late one is told, not refused; so is all that is wrong with the claim, with
 * the invoice, or with the person's insurance on its day.
 * YH_BAD_INPUT: no claim at all.  YH_NOT_FOUND: person, insurance. */
YH_MUST_USE
enum yh_status yh_claim_quote(const struct yh_matter_desk *d, yh_str person, yh_str scheme,
                              yh_str of, const struct yh_json *claim,
                              struct yh_claim_result *out, struct yh_err *err);

/* ---- payments through the bank ---- */

/* All that waits to be paid in the pool `region`, into one batch; within (may be NULL) takes an office or
 * leaves it.  YH_CONFLICT: nothing waits. */
YH_MUST_USE
enum yh_status yh_bank_batch(const struct yh_matter_desk *d, yh_str region,
                             bool (*within)(void *user, yh_str region, yh_str office),
                             void *user, struct yh_bank_batch_row *out, struct yh_err *err);
/* Its payments, by matter. */
YH_MUST_USE
enum yh_status yh_bank_items(struct yh_txn *x, yh_str batch, struct yh_bank_batch_row *b,
                             struct yh_bank_item_row **row, int *n, struct yh_err *err);
/* The file for the bank: item, payee, bank, bank_account, amount (yuan), purpose. */
YH_MUST_USE
enum yh_status yh_bank_file(struct yh_txn *x, yh_str batch, yh_str *tsv, struct yh_err *err);
/* The bank's answer: item, result (成功, 失败), reason.  What was paid is booked and its matter done; what
 * came back opens its matter again.  All lines or none are taken; items that it does not name stay out.
 * YH_DENIED: by who made the batch.  YH_BAD_INPUT names the line. */
YH_MUST_USE
enum yh_status yh_bank_answer(const struct yh_matter_desk *d, yh_str batch, yh_str tsv,
                              struct yh_bank_batch_row *out, struct yh_err *err);
#endif
