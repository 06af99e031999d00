/* model/claim/claim.h -- the nouns of one bill: its lines, the person's standing, the decision.
 *
 * Everything here is plain data in integer units.  The engine reads a claim and writes a decision;
 * the store keeps both; the shell gives them their national names.
 *
 * Marks and classes of a line: the ordinals of YH_DIM_CLASS are enum yh_item_class; ordinal 0 of
 * YH_DIM_TAG is 普通 (no mark) and ordinal t + 1 is enum yh_tag t (catalogs/kinds.tsv keeps that
 * order).  A line with several marks counts under the first of them in tag.def, so that layers that
 * look at different marks never look at the same line. */
#ifndef YH_MODEL_CLAIM_CLAIM_H
#define YH_MODEL_CLAIM_CLAIM_H
#include "model/catalog/terms.h"
#include "model/policy/plan.h"

/* The largest amount of one bill, and of an accumulator: 10^12 fen, 100 亿元.  What is larger is
 * refused, so that amount × rate stays within 64 bits. */
#define YH_CLAIM_MAX ((yh_fen)1000000000000)

/* A charge line.  Taken in (day, item code, serial) order, whatever order they arrived in. */
struct yh_line {
    uint32_t item;       /* dense catalogue id; 0 = unknown */
    yh_day day;          /* fee_ocur_time */
    yh_str code, serial; /* med_list_codg, feedetl_sn */
    yh_str init;         /* init_feedetl_sn: the line that a refund takes back; "" = none */
    yh_price price;      /* >= 0, also of a refund */
    yh_qty qty;          /* negative = refund */
    yh_fen amount;       /* det_item_fee_sumamt, sign of qty */
    const struct yh_item_term
        *term;           /* on these terms whatever the tables say; NULL = look up */
    uint8_t approval;    /* hosp_appr_flag: 0 none, 1 approved, 2 self-pay chosen */
    bool provider_fault; /* refused by audit: the provider's loss, never the patient's */
    yh_fen
        fault_part; /* refused in part: so many fen of the amount, 0 .. amount; of a line that refunds
                          * have shortened its share, rounded half up */
};

/* How a line was split; outside + over + first + scope == amount, always. */
struct yh_line_split {
    yh_fen outside, over, first, scope;
    yh_fen hosp;             /* of outside + over: the provider's part (never the patient's) */
    yh_fen fault;            /* of outside and of hosp: refused by audit */
    yh_micro first_rate;     /* selfpay_prop: 0 .. YH_ONE */
    yh_price limit;          /* applied; 0 = none */
    int32_t clause;          /* of the document's first-pay share; -1 = the catalogue's terms */
    uint16_t reason;         /* enum yh_reason_kind: why it is outside; 0 = it is not */
    uint8_t item_class, tag; /* ordinals of CLASS and TAG */
};

struct yh_sums {
    yh_fen total, outside, over, first, scope;
}; /* total = the four others */

/* Cost that bears one mark, of a bill that comes as totals. */
struct yh_tag_sums {
    uint8_t tag;
    struct yh_sums sums;
    yh_fen hosp_over,
        hosp_outside; /* the provider's of over and outside; in a final cut only */
};

/* What a layer did with a bill. */
struct yh_layer_pay {
    yh_fen base;       /* the cost it looked at: `of`, of this bill */
    yh_fen deduct;     /* the deductible it applied to this bill */
    yh_fen paid;       /* of the bill */
    yh_fen beyond;     /* paid to the person beside the bill */
    yh_fen unconsumed; /* cost above the point where its cap bit */
    yh_micro rate; /* of its highest band reached; when several were: paid ÷ (base − deduct) */
    yh_fen cap_left; /* least of what its caps leave after this bill; YH_UNLIMITED = none */
    bool capped;     /* a cap took something away */
};

/* Earlier settled parts of the same stay, summed (yh_benefit_prior). */
struct yh_prior {
    struct yh_sums sums;
    yh_fen hosp_over, hosp_outside;
    const struct yh_layer_pay *layer;
    int nlayer; /* parallel to plan->layer */
    const int64_t *delta;
    int nacc; /* parallel to plan->acc */
    yh_fen hospital, account, relative, to_person;
    yh_fen part[YH_PART_N];
};

struct yh_bill {
    struct yh_facts facts; /* all but TAG and CLASS of lines; TAG and CLASS of a totals bill */
    yh_day begin, end, settle_day;
    const struct yh_line *line;
    int nline; /* or, with nline == 0: */
    const struct yh_tag_sums *part;
    int npart; /* totals by mark; or, with npart == 0: */
    bool
        cut_final; /* part[] is what this very document made of the lines: no share is to come */
    struct yh_sums
        sums;           /* the four cost totals, as the treating place's catalogue split them */
    uint8_t term_level; /* enum yh_level: of the hospital, for price limits */
    /* Standing in the accumulator year: plan->nacc values; for the current stay, disease, month,
     * day where the span says so.  NULL = all zero. */
    const int64_t *standing;
    /* Accounts: own before a relative's unless flag 2.  Nothing without a flag. */
    uint8_t account_flag; /* acct_used_flag: 0 no, 1 own, 2 relative's first */
    yh_fen account_balance;
    yh_fen
        relative_balance; /* that may be drawn for this person today, limits applied; 0 = none */
    /* Fixed-price stay (收付费): psn_setlway 02 with a disease the plan prices. */
    bool fixed_price;
    yh_fen
        price; /* of the place's price table, for a disease the plan does not price; 0 = none */
    /* Injury and third parties (社会保险法 第三十条): */
    bool pended;           /* external cause, not yet decided by 2507: no fund pays */
    yh_micro liable_share; /* third party's share, put out of scope */
    /* Interim and last parts of a stay: lines and sums are of the WHOLE stay so far, earlier parts
     * included; standing is today's; the decision is of this part alone.  NULL = no earlier part. */
    const struct yh_prior *prior;
    bool
        deduct_waived; /* same stay by the document's rule (emergency turned inpatient, readmission …) */
    bool joined;          /* a transfer joined this stay to another, where … */
    yh_fen joined_deduct; /* … this much deductible was applied */
};

/* Why an amount is what it is.  kind names a row of engine/benefit/reason.def, which gives the
 * formula in words and the names and units of in[]; result follows from in[] alone. */
#define YH_REASON_IN 8
struct yh_reason {
    uint16_t kind;
    int16_t layer;   /* -1: none */
    int32_t clause;  /* index in plan->clause; -1 none */
    int32_t line;    /* index in bill->line; -1 none */
    int32_t clause2; /* a second clause (an adjustment's); -1 none */
    int64_t in[YH_REASON_IN];
    int64_t result;
};

struct yh_decision {
    struct yh_sums sums;
    struct yh_line_split *split;
    int nline;               /* in the bill's line order; NULL without lines */
    struct yh_tag_sums *cut; /* the cost by mark that the layers looked at, when asked for: */
    int ncut;                /* a bill of these parts, cut_final, is decided the same */
    struct yh_layer_pay *layer;
    int nlayer;           /* parallel to plan->layer */
    yh_fen pay[YH_PAY_N]; /* by national amount */
    yh_fen fund;          /* fund_pay_sumamt: all but WAIVER */
    yh_fen hospital;      /* hosp_part_amt */
    yh_fen hosp_over,
        hosp_outside; /* of it: over the limit, refused lines; hosp_gap: fixed price */
    yh_fen hosp_gap;
    yh_fen person; /* psn_part_amt = account + relative + cash */
    yh_fen account, relative, cash;
    yh_fen account_after;   /* balc: of the own account */
    yh_fen part[YH_PART_N]; /* the person's parts before the account; they add up to person */
    yh_fen deductible;      /* act_pay_dedc: of the basic layers */
    yh_micro basic_rate;    /* pool_prop_selfpay (a payment ratio, despite its name) */
    yh_fen to_person; /* benefits paid to the person, beside the bill (lump sums `beyond`) */
    bool entitled, pended, fixed_price;
    int64_t *delta;
    int nacc; /* what to add to each accumulator */
    struct yh_reason *reason;
    int nreason; /* empty when reasons are off */
};
#endif
