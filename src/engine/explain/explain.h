/* engine/explain/explain.h -- a decision told to the person it concerns.
 *
 * From a bill, its plan and a decision WITH reasons it makes rows: what, how it comes about, how
 * much, by which clauses.  Rows print as an aligned page or as JSON.  Pure; nothing is decided
 * here: every number is the decision's or a reason's. */
#ifndef YH_ENGINE_EXPLAIN_H
#define YH_ENGINE_EXPLAIN_H
#include "engine/benefit/benefit.h"

enum yh_lang { YH_ZH, YH_EN };

#define YH_EXPLAIN_CLAUSES 6
struct yh_explain_row {
    yh_str label; /* "基本统筹"; "" = goes on from the row above */
    int indent;   /* 0 or 1 */
    yh_str text;  /* "(22,000.00 − 起付 800.00) × 60%" */
    bool has_amount;
    yh_fen amount;
    int32_t clause[YH_EXPLAIN_CLAUSES]; /* indices in plan->clause */
    int nclause;
};

struct yh_explain {
    yh_str head; /* "示例市 … · 低保 · 住院 · 三级 · 本年第 1 次" */
    yh_day day;
    const struct yh_plan *plan;
    const struct yh_bill *bill;
    const struct yh_decision *decision;
    enum yh_lang lang;
    struct yh_explain_row *row;
    int nrow;
    bool sums; /* the payers' parts add up to the total */
};

/* Builds the rows; they live in `a` and borrow from plan, bill and decision.  Without reasons the
 * formulas are left out and the amounts stand. */
struct yh_explain yh_explain_bill(struct yh_arena *a, const struct yh_plan *plan,
                                  const struct yh_bill *bill, const struct yh_decision *d,
                                  enum yh_lang lang);
/* The row's words in English, from engine/explain/word.def; a layer's own name and any text with a word
 * that is not in the list stay Chinese, whole.  Also for rows that a settlement kept. */
void yh_explain_english(struct yh_arena *a, struct yh_explain_row *r);
/* The rows as a settlement keeps them, [label, indent, text, amount or null, clause …] each, into e->row,
 * in e->lang; they borrow from the JSON. */
void yh_explain_rows_read(struct yh_arena *a, const struct yh_json *rows, struct yh_explain *e);
/* {"label","indent","text","amount" (fen, or null),"clauses":[index, …]}. */
void yh_explain_row_json(const struct yh_explain_row *r, struct yh_jsonw *w);
/* The page, in terminal columns; below it the clauses used, with their standing. */
void yh_explain_bill_text(const struct yh_explain *e, struct yh_buf *out);
/* {"head","day","rows":[{label,text,amount,clauses}],"reasons":[{kind,result,…}],"clauses":[…]}:
 * one JSON value through the writer given. */
void yh_explain_bill_json(const struct yh_explain *e, struct yh_jsonw *w);
/* "第九条" of "第九条 支付比例"; the whole title where it has no number. */
yh_str yh_clause_short(const struct yh_clause *c);
#endif
