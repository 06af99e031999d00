/* model/policy/table.h -- tables of a document to cells of a plan; inside this folder only. */
#ifndef YH_MODEL_POLICY_TABLE_H
#define YH_MODEL_POLICY_TABLE_H
#include "model/policy/inside.h"

#define YH_CONDS_MAX 6
#define YH_CELLS_MAX 60000

struct yh_cond {
    enum yh_dim dim;
    uint64_t set[YH_SET_WORDS]; /* categorical: the ordinals named */
    int64_t lo, hi;             /* numeric, both ends inclusive */
};

/* One amount of a table, with the case it is for. */
struct yh_entry {
    struct yh_cond cond[YH_CONDS_MAX];
    int n;
    int64_t lo, hi; /* bands: from exclusive, to inclusive, fen; else 0 */
    char op;        /* '=' the value; '+' adds; '*' times v millionths */
    int64_t v;
    yh_str at, conds; /* the value's text; the case's text, for words */
    const struct yh_policy_stmt *stmt;
    bool used;
};
struct yh_entries {
    struct yh_entry *e;
    int n, cap;
    bool broken; /* a row could not be read: what is missing then is no gap */
};

/* What compiling shares. */
struct yh_cc {
    struct yh_arena *a;
    const struct yh_merge *m;
    const struct yh_kinds *kinds;
    struct yh_findings *f;
    struct yh_params params;
    int *clause_at;                /* document of the set -> its first clause in the plan */
    uint64_t visits[YH_SET_WORDS]; /* of the layer at hand; all bits when none */
    bool required[YH_DIM_NUMERIC][YH_KINDS_MAX]; /* a table must cover this value */
    int ident[64];
    int nident;            /* precedence */
    int64_t missing_money; /* what 缺 stands for meanwhile: a limit is then none */
    bool counts;           /* what is picked now is used by some bill */
    uint32_t tags_named;   /* tags that the document speaks of */
};
const struct yh_policy_doc *yh_cc_doc(const struct yh_cc *c, const struct yh_policy_stmt *s);
int yh_cc_clause(const struct yh_cc *c, const struct yh_policy_stmt *s);
#define YH_CC_BAD(c, s, where, cure, ...) \
    yh_found((c)->a, (c)->f, YH_ERROR, yh_cc_doc((c), (s)), (where), (cure), __VA_ARGS__)

/* How cells of a table are read. */
struct yh_table_how {
    enum yh_value_kind kind;
    bool ops;          /* "+5 点", "×0.85", "-200" allowed */
    bool bands;        /* a money-range column is wanted; its word is given back */
    const char *label; /* "支付比例", for findings */
};
/* Reads the rows (or the one amount in `amount` when there are none) of `s` into *out.  Answers
 * the money-range column's word when bands are wanted. */
yh_str yh_table_read(struct yh_cc *c, const struct yh_policy_stmt *s, yh_str amount,
                     struct yh_table_how how, struct yh_entries *out);
/* Conditions "特困, 低保 三级" into e; false: found. */
bool yh_conds_read(struct yh_cc *c, const struct yh_policy_stmt *s, yh_str text,
                   struct yh_entry *e);
/* "+5 点", "×50%", "-200", or a plain value. */
bool yh_op_read(struct yh_cc *c, const struct yh_policy_stmt *s, yh_str text,
                enum yh_value_kind kind, bool ops, struct yh_entry *e);

/* One case: a value of each dimension looked at. */
struct yh_point {
    int64_t v[YH_DIM_N];
}; /* ordinals (IDENT: -1 = none) and numbers */
/* Picks the most specific entry for the point among those with lo <= from and to <= hi; NULL.
 * Two that are equally specific and differ are found as a tie. */
struct yh_entry *yh_pick(struct yh_cc *c, struct yh_entries *list, const struct yh_point *p,
                         bool bands, int64_t from, int64_t to, const char *label);

/* The value at a point; false = no row covers it. */
typedef bool yh_cell_fn(struct yh_cc *c, void *arg, const struct yh_point *p,
                        struct yh_cell *out);
/* Builds cells over the dimensions that the lists look at.  A required case without a value is
 * found as a gap at `where`, unless `partial`. */
void yh_cells_build(struct yh_cc *c, struct yh_entries **lists, int nlists, yh_cell_fn *fn,
                    void *arg, bool partial, const struct yh_policy_stmt *s, const char *label,
                    struct yh_cells *out);
#endif
