/* model/policy/inside.h -- what the files of this folder share; nobody else includes it. */
#ifndef YH_MODEL_POLICY_INSIDE_H
#define YH_MODEL_POLICY_INSIDE_H
#include "model/policy/policy.h"

#define YH_SET_WORDS (YH_KINDS_MAX / 64)

/* National kinds, or a plan's own copy with the documents' refinements. */
struct yh_kinds {
    struct yh_kind *kind;
    bool *group; /* a group that no bill carries itself */
    int n, cap;
    struct yh_map map; /* "dim:name", "dim:code:x" -> index */
    int dim_n[YH_DIM_N];
    int *at[YH_DIM_N]; /* ordinal -> index in kind */
};
struct yh_kinds *yh_kinds_copy(struct yh_arena *a, const struct yh_kinds *k);
/* Index of a value by name, alias or code; -1. */
int yh_kinds_find(const struct yh_kinds *k, enum yh_dim dim, yh_str name);
/* Adds a value; answers its index, -1 = the dimension is full. */
int yh_kinds_add(struct yh_arena *a, struct yh_kinds *k, enum yh_dim dim, yh_str name,
                 int parent);
void yh_kinds_code(struct yh_arena *a, struct yh_kinds *k, int kind, yh_str code);

/* ---- words ---- */

/* The next word of *rest (blanks part words, but not beside a list comma); "" at the end. */
yh_str yh_next_word(yh_str *rest);
/* The next value of a list "低保, 特困、孤儿"; "" at the end. */
yh_str yh_next_item(yh_str *list);
/* Cuts at the first of the separators (";；" …), as yh_cut. */
yh_str yh_cut_any(yh_str *rest, const char *a, const char *b);
/* Skips `head` at the start of s and answers whether it stood there. */
bool yh_eat(yh_str *s, const char *head);

/* ---- findings ---- */

void yh_found(struct yh_arena *a, struct yh_findings *f, enum yh_severity sev,
              const struct yh_policy_doc *doc, yh_str at, const char *cure, const char *fmt,
              ...) YH_PRINTF(7, 8);

/* ---- values ---- */

enum yh_value_kind { YH_V_MONEY, YH_V_RATE, YH_V_COUNT, YH_V_FLAG };
struct yh_param {
    yh_str name;
    int64_t micro;
    bool percent, missing;
};
struct yh_params {
    const struct yh_param *item;
    int n;
};
struct yh_value {
    int64_t v;    /* fen, micro, count or 0/1 */
    bool missing; /* 缺 stands in it */
};
/* "" = fine, else what is wrong (static text).  YH_UNLIMITED for 不限, YH_NONE for 按目录. */
const char *yh_value_read(yh_str text, enum yh_value_kind kind, const struct yh_params *params,
                          struct yh_value *out);
/* An expression to millionths. */
const char *yh_micro_read(yh_str text, const struct yh_params *params, struct yh_param *out);
/* Does this word begin a value (number, sign, 无, 缺, a parameter …)? */
bool yh_is_value(yh_str word, const struct yh_params *params);
/* "3", "3..", "..15", "14000..100000" with both ends as read; open ends are INT64_MIN / MAX. */
const char *yh_range_read(yh_str text, enum yh_value_kind kind, const struct yh_params *params,
                          int64_t *lo, int64_t *hi, bool *missing);
yh_str yh_show_value(struct yh_arena *a, int64_t v, enum yh_value_kind kind);

/* One page. */
void yh_page_read(struct yh_arena *a, struct yh_policy_text text, int index,
                  struct yh_policy_doc *out, struct yh_findings *f);

/* ---- merge ---- */

/* A statement that holds in the merged document. */
struct yh_merged {
    const struct yh_policy_stmt *stmt;
    uint64_t visits[YH_SET_WORDS];
    bool any_visit;   /* no `for` */
    yh_str key;       /* group/word/qualifier, without visits */
    int replaced_doc; /* document whose statement it replaced; -1 */
};
struct yh_merge {
    const struct yh_policy_set *set;
    struct yh_kinds *kinds; /* with refinements */
    int base;               /* document */
    int *doc;
    int ndoc; /* base, amendments, includes with theirs; in order */
    struct yh_merged *item;
    int n;
};
/* What holds: base (index) on `day`, with amendments (only `only_amend` and those before it when
 * >= 0). */
void yh_merge(struct yh_arena *a, const struct yh_policy_set *set, int base, yh_day day,
              struct yh_policy_how how, int only_amend, struct yh_merge *out,
              struct yh_findings *f);
/* Sets the bits of the visits that a `for` text names, refinements included.  false: a name is
 * unknown (found). */
bool yh_visits_read(struct yh_arena *a, const struct yh_kinds *k, yh_str text, uint64_t *bits,
                    const struct yh_policy_doc *doc, struct yh_findings *f);
/* How far above `ordinal` the nearest value of the list `text` stands: 0 itself, -1 none. */
int yh_kind_distance(const struct yh_kinds *k, enum yh_dim dim, int ordinal,
                     const uint64_t *set);

enum yh_status yh_compile_merge(struct yh_arena *a, const struct yh_merge *m, yh_day day,
                                struct yh_policy_how how, struct yh_plan **out,
                                struct yh_findings *f, struct yh_err *err);
#endif
