/* model/claim/claim.h -- the nouns of one bill: its lines, the person's standing, the decision.
 *
 * Everything here is plain data in integer units.  The engine reads a claim and writes a decision;
 * the store keeps both; the shell gives them their national names. */
#ifndef YH_MODEL_CLAIM_CLAIM_H
#define YH_MODEL_CLAIM_CLAIM_H
#include "model/catalog/terms.h"
#include "model/policy/plan.h"

/* A charge line.  Taken in (day, item code, serial) order, whatever order they arrived in. */
struct yh_line {
    uint32_t item;       /* dense catalogue id; 0 = unknown */
    yh_str code, serial; /* med_list_codg, feedetl_sn */
    yh_day day;          /* fee_ocur_time */
    yh_price price;      /* >= 0, also of a refund */
    yh_qty qty;          /* negative = refund */
    yh_fen amount;       /* det_item_fee_sumamt, sign of qty */
    uint8_t approval;    /* hosp_appr_flag: 0 none, 1 approved, 2 self-pay chosen */
    bool provider_fault; /* refused by audit: the provider's loss */
};

/* How a line was split; the four parts add up to the amount, always. */
struct yh_line_split {
    yh_fen outside, over, first, scope;
    yh_fen over_hosp;         /* of `over`: the provider's part (never the patient's) */
    yh_micro first_rate;
    yh_price limit;           /* applied; 0 = none */
    uint8_t item_class, tag;  /* ordinals of CLASS and TAG */
    uint16_t reason;          /* enum yh_reason_kind of why it is outside or limited; 0 = plain */
    int32_t clause;
};

struct yh_sums { yh_fen total, outside, over, first, scope; }; /* total = the four others */

struct yh_bill {
    struct yh_facts facts;    /* all but TAG and CLASS, which are per line */
    yh_day begin, end, settle_day;
    const struct yh_line *line; int nline;  /* or, with nline == 0: */
    struct yh_sums sums;      /* the four cost totals, already split */
    /* Standing in the accumulator year: plan->nacc values; for the current stay, disease, month,
     * day where the span says so. */
    const int64_t *standing;
    /* Accounts: own before a relative's unless flag 2.  Nothing without a flag. */
    uint8_t account_flag;     /* acct_used_flag: 0 no, 1 own, 2 relative's first */
    yh_fen account_balance;
    yh_fen relative_balance;  /* that may be drawn for this person today, limits applied; 0 = none */
    /* Fixed-price stay (收付费): psn_setlway 02 with a disease the plan prices. */
    bool fixed_price;
    /* Injury and third parties (社会保险法 第三十条): */
    bool pended;              /* external cause, not yet decided by 2507: no fund pays */
    yh_micro liable_share;    /* third party's share, put out of scope */
    /* Interim part of a stay, or the final one with parts before it: sums already settled. */
    bool interim;
    struct yh_sums before;    /* earlier parts of the stay */
    bool deduct_waived;       /* same stay by the document's rule (emergency turned inpatient, readmission …) */
};

/* Why an amount is what it is.  kind names a row of engine/benefit/reason.def, which gives the
 * formula in words and the names and units of in[]; result follows from in[] alone. */
#define YH_REASON_IN 8
struct yh_reason {
    uint16_t kind;
    int16_t layer;       /* -1: none */
    int32_t clause;      /* index in plan->clause; -1 none */
    int64_t in[YH_REASON_IN];
    int64_t result;
};

struct yh_layer_pay { yh_fen base, deduct, paid; yh_micro rate; yh_fen cap_left; bool capped; };

struct yh_decision {
    struct yh_sums sums;
    struct yh_line_split *split; int nline;    /* in the bill's line order; NULL without lines */
    struct yh_layer_pay *layer;  int nlayer;   /* parallel to plan->layer */
    yh_fen pay[YH_PAY_N];        /* by national amount */
    yh_fen fund;                 /* fund_pay_sumamt: all but WAIVER */
    yh_fen hospital;             /* hosp_part_amt */
    yh_fen person;               /* psn_part_amt = account + relative + cash */
    yh_fen account, relative, cash;
    yh_fen account_after;
    yh_fen part[YH_PART_N];      /* the person's parts before the account */
    yh_fen deductible;           /* act_pay_dedc: of the basic layer */
    yh_micro basic_rate;         /* pool_prop_selfpay (a payment ratio, despite its name) */
    yh_fen to_person;            /* benefits paid to the person, beside the bill (lump sums `beyond`) */
    int64_t *delta; int nacc;    /* what to add to each accumulator */
    struct yh_reason *reason; int nreason; /* empty when reasons are off */
};
#endif
