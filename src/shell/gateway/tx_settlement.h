/* shell/gateway/tx_settlement.h -- how a settlement reads in the replies of three families. */
#ifndef YH_SHELL_GATEWAY_TX_SETTLEMENT_H
#define YH_SHELL_GATEWAY_TX_SETTLEMENT_H
#include "service/settle.h"
#include "shell/gateway/tx.h"

/* Writes {"setlinfo":{…},"setldetail":[…]} and, with `lines`, "detlcutinfo". */
void tx_put_settled(struct yh_tx_call *t, struct yh_jsonw *w, const struct yh_settled *s,
                    bool lines);
/* The members of setldetail: one row a fund, the personal account among them (310200). */
void tx_put_funds(struct yh_jsonw *w, const struct yh_settled *s);
/* The amounts of a settlement, medfee_sumamt to acct_mulaid_pay. */
void tx_put_amounts(struct yh_jsonw *w, const struct yh_settlement_row *r);
/* A charged line with its split, as 2204, 2301 and 2102 send it back. */
void tx_put_split(struct yh_jsonw *w, const struct yh_charge_line *l);
/* The columns that say who: psn_no … age, of 22xx, 23xx, 52xx. */
void tx_put_person(struct yh_jsonw *w, const struct yh_person_row *p, int age_tenths);
/* A line of `node` as the service takes it. */
struct yh_charge_line tx_charge_line(const struct yh_json *node);
/* Trace codes: a node of rows {feedetl_sn, drug_trac_codg, trdn_flag}. */
int tx_traces(const struct yh_tx_call *t, struct yh_trace **out);
/* Rows of diseinfo. */
int tx_diagnosis_rows(const struct yh_tx_call *t, struct yh_diagnosis_row **out);
#endif
