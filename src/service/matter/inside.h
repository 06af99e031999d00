/* service/matter/inside.h -- what the files of the desk share.  Private to service/matter/. */
#ifndef YH_SERVICE_MATTER_INSIDE_H
#define YH_SERVICE_MATTER_INSIDE_H
#include "service/matter/matter.h"

/* One matter in somebody's hands. */
struct yh_hand {
    const struct yh_matter_desk *d;
    const struct yh_matter_kind *kind;
    struct yh_matter_row m;
    struct yh_call call;
    struct yh_ctx c;
    yh_str note;
};
/* A context for the use cases of service/, as the agency itself. */
void yh_hand_ctx(struct yh_hand *h, yh_str person);
/* The JSON text of a matter's column; NULL when empty. */
const struct yh_json *yh_hand_json(struct yh_arena *a, yh_str text);
yh_str yh_hand_field(const struct yh_hand *h, enum yh_matter_field_id f);

/* What a kind carries out (effect.c).  before: may it be done at all, and what is at stake (m.amount,
 * m.claim); now: it is done (m.result, m.made, m.made_seq; *pays: a payment is owed); back: it is undone. */
YH_MUST_USE
enum yh_status yh_effect_before(struct yh_hand *h, const struct yh_json *claim,
                                struct yh_err *err);
YH_MUST_USE
enum yh_status yh_effect_now(struct yh_hand *h, bool *pays, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_effect_back(struct yh_hand *h, struct yh_err *err);

/* claim.c: a bill as it was typed in. */
struct yh_claim {
    yh_str provider, med_type, diagnosis, diagnosis_name, disease, invoice;
    yh_day begin, end;
    bool days; /* begin and end could be read, in order, not in the future */
    struct yh_charge_in *line;
    bool *bad; /* parallel to line: it could not be read */
    int nline;
    bool stay;
};
/* Reads all of it and tells every fault: form, the invoice (used before, but not by the matter `own`),
 * what the charges' rules say of each line.  Fails only where no list of faults can be made. */
YH_MUST_USE
enum yh_status yh_claim_read(struct yh_ctx *c, const struct yh_json *in, yh_str of, yh_str own,
                             struct yh_claim *out, struct yh_claim_fault **fault, int *n,
                             struct yh_err *err);
/* A refusal as the one fault of a claim. */
struct yh_claim_fault *yh_claim_refused(struct yh_arena *a, const struct yh_err *why);
/* The refusal of an invoice that `there` (a matter or a settlement) holds. */
enum yh_status yh_claim_invoice_twice(yh_str invoice, yh_str there, struct yh_err *err);

/* reimburse.c */
YH_MUST_USE
enum yh_status yh_claim_before(struct yh_hand *h, const struct yh_json *claim,
                               struct yh_err *err);
YH_MUST_USE
enum yh_status yh_claim_now(struct yh_hand *h, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_claim_back(struct yh_hand *h, struct yh_err *err);
/* The invoice is taken by the matter.  YH_CONFLICT: used before. */
YH_MUST_USE
enum yh_status yh_claim_hold(struct yh_hand *h, struct yh_err *err);
/* The invoice is free again (a claim that came to nothing). */
YH_MUST_USE
enum yh_status yh_claim_free(struct yh_hand *h, struct yh_err *err);

/* bank.c */
YH_MUST_USE
enum yh_status yh_pay_add(struct yh_hand *h, struct yh_err *err); /* a payment waits */
/* The newest payment of a matter; YH_NOT_FOUND. */
YH_MUST_USE
enum yh_status yh_pay_last(struct yh_txn *x, const struct yh_matter_row *m,
                           struct yh_bank_item_row *out, struct yh_err *err);
/* What waits is dropped.  YH_CONFLICT: it is with the bank, or paid. */
YH_MUST_USE
enum yh_status yh_pay_drop(struct yh_hand *h, struct yh_err *err);

/* scan.c: how long the scans are kept, from where the matter stands now. */
YH_MUST_USE
enum yh_status yh_scans_until(struct yh_hand *h, struct yh_err *err);

/* matter.c: a step is written and the matter kept. */
YH_MUST_USE
enum yh_status yh_matter_keep(struct yh_hand *h, enum yh_matter_act_id act,
                              enum yh_matter_state to, struct yh_err *err);
#endif
