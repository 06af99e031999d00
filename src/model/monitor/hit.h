/* model/monitor/hit.h -- what a monitoring rule found, with its proof.
 *
 * One hit of one rule (and one knowledge row) on one person at one provider, 疑点 in Chinese.  The
 * same record comes from the advice at the window (3101, 3102), the check before settlement and
 * `yiheng audit`; casework opens cases from it.  It says everything that a reader needs without
 * the archive: which lines, how much, which text, on what facts.
 *
 * Money.  Two figures, never mixed:
 *   by item             item = fund_item + person_item + outside_item: what the lines at stake cost,
 *                       and who paid it, by the amounts of the settlement, line by line
 *   under the method    fund_method: what the fund lost under the payment method in force.  By item
 *                       it equals fund_item; a stay paid by group, day or head costs the fund the
 *                       same with or without the line, so it is 0 unless the rule takes away the
 *                       stay or the day itself.  Recovery uses this figure.
 * The patient's own share, person_item, goes back to the patient whatever the method.
 * Amounts already claimed by an earlier finding on the same line are not claimed again: a line's
 * claims never add up to more than the line (`claimed` of yh_hit_line).
 *
 * Texts are borrowed; a finding read back borrows from what it was read from. */
#ifndef YH_MODEL_MONITOR_HIT_H
#define YH_MODEL_MONITOR_HIT_H
#include "base/base.h"
#include "model/standing/standing.h"

enum yh_mon_stage {
#define R(name, word, text, link) YH_STAGE_##name,
#include "model/monitor/stage.def"
#undef R
    YH_STAGE_N
};
#define YH_STAGE_BIT(stage) (1u << (stage))

enum yh_verdict {
#define R(name, word, text, code) YH_VERDICT_##name,
#include "model/monitor/verdict.def"
#undef R
    YH_VERDICT_N
};

enum yh_pay_method {
#define R(name, word, text) YH_METHOD_##name,
#include "model/monitor/method.def"
#undef R
    YH_METHOD_N
};

/* A line at stake (or, at_stake false, one that only proves the finding: the main item beside the
 * duplicate, the first of two sales of one trace code). */
struct yh_hit_line {
    yh_str visit, serial; /* mdtrt_id, feedetl_sn */
    yh_str code, name;    /* med_list_codg and the hospital's name for it */
    yh_day day;
    yh_qty qty;     /* net of refunds */
    yh_qty excess;  /* of it: what the rule does not allow; 0 for proof */
    yh_fen amount;  /* of the line, net of refunds */
    yh_fen claimed; /* of it: claimed by this finding, 0 .. amount */
    bool at_stake;
};

/* One fact that the condition looked at, as the reader sees it: 年龄 = 45, 当日数量 = 3, 上限 = 1. */
struct yh_hit_fact {
    yh_str name, value;
};

struct yh_hit {
    yh_str id;      /* 20 hex digits: of rule, knowledge, region, person, visits and lines; the
                       * same facts give the same id at any time and in any mode */
    yh_str rule;    /* id of the rule file: "service-frequency" */
    yh_str version; /* 12 hex digits: of the rule's text and its knowledge row */
    yh_str kind;    /* what the rule looks for, in Chinese: 医疗服务项目超限定频次 */
    yh_str knowledge; /* id of the knowledge row; "" = the rule has none */
    enum yh_verdict verdict;
    enum yh_standing standing;
    bool blocks; /* the local document marks the rule 结算拦截 */
    yh_str region, person;
    int64_t grp; /* account group; 0 = not known (a patient of 3101 who is not found) */
    yh_str provider, visit; /* where the fault lies; the last visit when there are several */
    yh_str settlement;      /* setl_id; "" = not settled */
    yh_str doctor, department;
    yh_str scheme, med_type;
    yh_str office;          /* county: admdvs of the place of treatment */
    yh_day day, day_to;     /* first and last day of the facts */
    yh_str item, item_name; /* what is at stake; "" = no item (a stay, a person) */
    yh_qty qty;             /* excess, in the item's unit; 0 = not counted in units */
    yh_fen item_money, fund_item, person_item, outside_item;
    yh_fen fund_method;
    enum yh_pay_method method;
    yh_str message; /* for the reader, with the numbers filled in */
    yh_str advice;  /* the lawful alternative in one line; "" = none */
    yh_str basis;   /* what the rule rests on */
    struct yh_hit_line *line;
    int nline;
    struct yh_hit_fact *fact;
    int nfact;
};

yh_str yh_stage_word(enum yh_mon_stage s);
yh_str yh_verdict_word(enum yh_verdict s);   /* "deny" */
yh_str yh_verdict_text(enum yh_verdict s);   /* "违规" */
yh_str yh_verdict_code(enum yh_verdict s);   /* sev_deg "1" */
yh_str yh_method_word(enum yh_pay_method m); /* "group" */
int yh_method_find(yh_str word);             /* the method of that word; -1: none */
yh_str yh_method_text(enum yh_pay_method m);

/* The header line of findings as TSV, with its newline. */
yh_str yh_hit_tsv_head(void);
/* One row with its newline; lines and facts as JSON arrays in the last two columns.  Tabs and line
 * ends within a text become blanks. */
void yh_hit_tsv(struct yh_buf *out, const struct yh_hit *f);
/* One JSON object, keys as in the TSV header. */
void yh_hit_json(struct yh_jsonw *w, const struct yh_hit *f);

/* Reads the object that yh_hit_json wrote.  YH_BAD_INPUT names the key: absent, of another
 * type, a word not known, a sum that does not hold (item_money ≠ fund + person + outside). */
YH_MUST_USE
enum yh_status yh_hit_read(struct yh_arena *a, const struct yh_json *o, struct yh_hit *out,
                           struct yh_err *err);
/* Reads the row that `t` stands on; the columns may stand in any order and others beside them. */
YH_MUST_USE
enum yh_status yh_hit_row(struct yh_arena *a, const struct yh_tsv *t, struct yh_hit *out,
                          struct yh_err *err);
#endif
