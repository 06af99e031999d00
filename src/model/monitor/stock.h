/* model/monitor/stock.h -- goods records as a table: what providers sent by 3501-3506, and trace codes.
 *
 * A year's records stand beside its archive as REGION-YEAR.goods.tsv, columns
 *     kind provider item time qty split pack settlement insured trace
 * kind: a word of goods.def.  time: a day or a second.  qty: in packs, of split = 1 in parts of a pack.
 * pack: parts of a pack, 0 = not known.  settlement: setl_id, "" = none.  insured: of sale and back, 1 = a
 * settlement with insurance (hi_feesetl_type 1 or 2, or MDTRT_SETL_TYPE 1, or a setl_id).  trace:
 * drug_trac_codg, blank-separated.  item may be "" of a scan alone: the settlement's first drug. */
#ifndef YH_MODEL_MONITOR_STOCK_H
#define YH_MODEL_MONITOR_STOCK_H
#include "base/base.h"

enum yh_goods_kind {
#define R(name, word, zh, from) YH_GOODS_##name##_ROW,
#include "model/monitor/goods.def"
#undef R
    YH_GOODS_KINDS
};
struct yh_stock_row {
    enum yh_goods_kind kind;
    yh_str provider, item;
    yh_time time;
    yh_qty qty; /* >= 0 */
    bool split, insured;
    int64_t pack;
    yh_str settlement, trace;
};

/* The header line, with its newline; one row. */
yh_str yh_stock_head(void);
void yh_stock_put(struct yh_buf *out, const struct yh_stock_row *r);

/* All rows of the table, in its order; they borrow from `text`.  YH_BAD_TABLE: a column is missing, or a
 * cell cannot be read; *err names line, column and cure. */
YH_MUST_USE
enum yh_status yh_stock_read(struct yh_arena *a, yh_str text, struct yh_stock_row **out,
                             int64_t *n, struct yh_err *err);
#endif
