/* model/policy/compile.h -- what the files that compile a document share; inside this folder only.
 *
 * compile.c reads the document's own statements, payers.c says which layers there are, layer.c reads one,
 * share.c how much it pays. */
#ifndef YH_MODEL_POLICY_COMPILE_H
#define YH_MODEL_POLICY_COMPILE_H
#include "model/policy/table.h"

#define YH_EXCEPTS_MAX 64

/* "except 特困, 低保: start 7000; rate +5 点": one of these for each operation. */
struct yh_except {
    yh_str target;     /* "rate", "deductible", "start", "cap" … */
    yh_str span;       /* of a cap: "年度"; "" = every cap */
    struct yh_entry e; /* op and v are read when the target's kind is known */
    yh_str value;
};

/* A layer for the visits that share the same statements. */
struct yh_variant {
    yh_str name;
    uint64_t visits[YH_SET_WORDS];
    const struct yh_merged **pick; /* the statements, in document order */
    int npick;
};

struct yh_compiler {
    struct yh_cc c;
    struct yh_plan *plan;
    int nclause_cap, nacc_cap;
    struct {
        yh_str name, expr;
        const struct yh_policy_stmt *s;
    } define[64];
    int ndefine;
    struct yh_variant variant[64];
    int nvariant;
    const struct yh_variant *at; /* being compiled */
    struct yh_except ex[YH_EXCEPTS_MAX];
    int nex;
};

#define BAD(k, s, where, cure, ...) YH_CC_BAD(&(k)->c, (s), (where), (cure), __VA_ARGS__)

static inline bool yh_stmt_is(const struct yh_policy_stmt *s, const char *word)
{
    return yh_eq(s->word, yh_cstr(word));
}

/* ---- payers.c ---- */

/* Fills k->variant in paying order: each layer, once for the visits that share its statements. */
void yh_compile_variants(struct yh_compiler *k);
enum yh_payer yh_payer_of(yh_str fund);

/* ---- layer.c ---- */

/* Variant `at` to *l. */
void yh_compile_layer(struct yh_compiler *k, int at, struct yh_layer *l);
/* "round 角, 舍去"; s may be NULL. */
void yh_round_read(struct yh_compiler *k, const struct yh_policy_stmt *s, yh_fen *unit,
                   enum yh_round *mode);

/* ---- share.c ---- */

/* The nth statement of that word of the layer at hand; NULL. */
const struct yh_policy_stmt *yh_layer_stmt(const struct yh_compiler *k, const char *word,
                                           int nth);
/* The accumulator "层.what" of the layer at hand. */
int yh_layer_acc(struct yh_compiler *k, const char *what, enum yh_acc_span span);
/* The layer's exceptions; before the parts that they change. */
void yh_share_exceptions(struct yh_compiler *k);
/* Deductible, rate or bands, adjustments, fixed sums, caps. */
void yh_share_read(struct yh_compiler *k, struct yh_layer *l);
/* Finds exceptions to what the layer does not have. */
void yh_share_check(struct yh_compiler *k, const struct yh_layer *l);
/* The table (or the one `amount`) of a statement as cells, changed by the exceptions to `target` (NULL: none;
 * span: of caps). */
void yh_amount_build(struct yh_compiler *k, const struct yh_policy_stmt *s, yh_str amount,
                     enum yh_value_kind kind, const char *target, yh_str span, bool partial,
                     const char *label, struct yh_cells *out);
/* The same amount for everybody. */
void yh_amount_same(struct yh_compiler *k, int64_t v, int clause, struct yh_cells *out);
/* One value; 0 where it is wrong (found). */
int64_t yh_amount_one(struct yh_compiler *k, const struct yh_policy_stmt *s, yh_str text,
                      enum yh_value_kind kind, bool ops);
#endif
