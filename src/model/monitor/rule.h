/* model/monitor/rule.h -- monitoring rules: text in, flat tables out.
 *
 * A rule is a file (rules/): what it needs, when it may run, over which window, for each row of which
 * knowledge table, on what condition, with what money and message, on what basis.  The language is
 * described in docs/rule-guide.md.  yh_rules_read parses, checks and compiles a set of files with
 * the knowledge tables that they name; the engine (engine/monitor) walks the result and knows no rule by name.
 *
 * Compiled form.  A rule's condition is an array of nodes; a rule's table is an array of rows, each
 * with the values of the columns that the rule names (`slot`).  Numbers have scale 4 (10,000 = one):
 * a quantity as it is, money in yuan, days and counts times 10,000.  Item codes are collected in
 * sets, shared between rows; an index leads from a code to the sets that hold it, whatever the
 * number of rules.  Nothing here is changed after compiling: threads share it. */
#ifndef YH_MODEL_MONITOR_RULE_H
#define YH_MODEL_MONITOR_RULE_H
#include "model/monitor/hit.h"
#include "model/policy/policy.h"

#define YH_RULE_ONE ((int64_t)10000)
#define YH_RULE_MISSING INT64_MIN /* a number not given: no comparison with it holds */
#define YH_RULE_SLOTS 12          /* columns that one rule may name */
#define YH_RULE_PARAMS 4          /* of a pattern */

enum yh_mon_fact {
#define R(name, word, type, scope, need, doc) YH_FACT_##name,
#include "model/monitor/fact.def"
#undef R
    YH_FACT_N
};
enum yh_need {
#define R(name, word, doc) YH_NEED_##name,
#include "model/monitor/need.def"
#undef R
    YH_NEED_N
};
enum yh_win {
#define R(name, word, column, number) YH_WIN_##name,
#include "model/monitor/window.def"
#undef R
    YH_WIN_N,
    YH_WIN_BY_ROW = YH_WIN_N /* column `window` says */
};
enum yh_pattern {
#define R(name, word, need, doc) YH_PATTERN_##name,
#define P(pattern, name, word, value, doc)
#include "model/monitor/pattern.def"
#undef R
#undef P
    YH_PATTERN_N
};
/* Words of word.def: bits of a mask, per dimension. */
enum yh_fact_dim { YH_FD_SEX, YH_FD_KIND, YH_FD_SCHEME, YH_FD_CHANNEL, YH_FD_N };
enum yh_fact_word {
#define R(dim, name, word, column) YH_FW_##dim##_##name,
#include "model/monitor/word.def"
#undef R
    YH_FW_N
};
#define YH_FW_BIT(word) (UINT32_C(1) << (word))

enum yh_fact_type {
    YH_FT_NUM,
    YH_FT_FLAG,
    YH_FT_SEX, /* the dimensions, in the order of enum yh_fact_dim */
    YH_FT_KIND,
    YH_FT_SCHEME,
    YH_FT_CHANNEL,
    YH_FT_DX,
    YH_FT_TEXT,
    YH_FT_ITEMS,
    YH_FT_AGES,
    YH_FT_KEYS,
    YH_FT_SPAN,
    YH_FT_SHOW,
};
enum yh_fact_scope { YH_FS_LINE, YH_FS_VISIT, YH_FS_WINDOW, YH_FS_STAY };
yh_str yh_fact_word(enum yh_mon_fact f);
enum yh_fact_type yh_fact_type(enum yh_mon_fact f);
enum yh_fact_scope yh_fact_scope(enum yh_mon_fact f);
enum yh_need yh_fact_need(enum yh_mon_fact f);
yh_str yh_need_word(enum yh_need n);
yh_str yh_fw_word(enum yh_fact_word w);
yh_str yh_win_word(enum yh_win s);
yh_str yh_pattern_word(enum yh_pattern p);

enum yh_rule_op {
    YH_OP_OR,
    YH_OP_AND, /* a, b */
    YH_OP_NOT, /* a */
    YH_OP_LT,
    YH_OP_LE,
    YH_OP_EQ,
    YH_OP_NE,   /* numbers a, b */
    YH_OP_FLAG, /* fact */
    YH_OP_WORD,
    YH_OP_WORD_COL, /* fact in mask v, in the mask of slot v */
    YH_OP_DX,
    YH_OP_DX_COL, /* a diagnosis in set v, in the set of slot v */
    YH_OP_TEXT,
    YH_OP_TEXT_COL, /* fact holds a keyword of set v, of slot v */
    YH_OP_HAS,
    YH_OP_HAS_COL, /* an item of set v is in the window */
    YH_OP_HAD,
    YH_OP_HAD_COL, /* … before the line */
    YH_OP_AGE_COL, /* the age lies in the group of slot v */
    YH_OP_ONLY,    /* every item of the window is in the rule's own table */
    YH_OP_NUM,     /* v */
    YH_OP_FACT,    /* fact */
    YH_OP_COL,     /* slot v */
    YH_OP_ADD,
    YH_OP_SUB,
    YH_OP_MUL,
    YH_OP_MIN, /* a, b */
    YH_OP_COUNT,
    YH_OP_COUNT_COL, /* quantity of set v, of slot v, in the window */
};
struct yh_rule_node {
    uint8_t op, fact;
    int16_t a, b;
    int64_t v;
};

enum yh_rule_subject { YH_SUBJECT_LINES, YH_SUBJECT_VISITS, YH_SUBJECT_PATTERN };
enum yh_rule_across { YH_ACROSS_PERSON, YH_ACROSS_PROVIDER, YH_ACROSS_VISIT };
enum yh_rule_money {
    YH_MONEY_LINE,   /* the whole line */
    YH_MONEY_PART,   /* of the line: the share of a quantity, a fact of the line */
    YH_MONEY_EXCESS, /* of fact `money_fact` over the expression, dearest lines first */
    YH_MONEY_PRICE,  /* unit price above the expression, times the quantity */
    YH_MONEY_PAIRED, /* the lesser quantity of the two sides */
    YH_MONEY_STAY,   /* the whole visit */
    YH_MONEY_NONE,
};

struct yh_rule_window {
    enum yh_win span;
    int32_t n;   /* hours or days */
    int16_t col; /* slot that gives n; -1: n itself */
};

/* A line of a `case`, as written. */
struct yh_rule_case {
    bool hit;
    yh_str why;
    yh_str *line;
    int nline;
    int at; /* line of the file */
};

struct yh_mon_rule {
    yh_str id, name, cls, code, covers;
    yh_str file, text;
    uint32_t stages, needs;
    enum yh_rule_subject subject;
    uint32_t kinds; /* mask of KIND words that visits must have; 0 = any */
    int table;      /* index into tables; -1 = none */
    struct yh_rule_window window;
    enum yh_rule_across across;
    struct yh_rule_node *node;
    int nnode;
    int16_t hit, unless; /* roots; unless -1 = none */
    uint8_t slot_know[YH_RULE_SLOTS];
    int nslot;
    enum yh_rule_money money;
    enum yh_mon_fact money_fact;
    int16_t money_node; /* -1 = none */
    enum yh_verdict verdict[YH_STAGE_N];
    yh_str message, advice, basis;
    enum yh_standing standing;
    enum yh_pattern pattern;
    int64_t param[YH_RULE_PARAMS];
    struct yh_rule_case *cases;
    int ncase;
    int32_t first_row, nrow;
    int32_t skipped; /* rows of the table that cannot be judged (yh_rules.skip) */
    int16_t gate;    /* node YH_OP_HAS… without which the condition cannot hold; -1 = none */
    char digest[13]; /* 12 hex digits of SHA-256 of the text */
};

/* One knowledge point of one rule. */
struct yh_rule_row {
    int32_t rule;
    int32_t subject;  /* item set; -1 = every line */
    yh_str raw;       /* its (first) line in the table */
    yh_str knowledge; /* its id; "" = none */
    int64_t *param;   /* by slot */
};

struct yh_rule_table {
    yh_str name, text;
};

/* Item codes: exact, or beginnings; with `word`, consumables whose name holds it. */
struct yh_item_set {
    yh_str text;
    int32_t first_row, nrow; /* of set_row: rows whose subject it is */
    bool wanted;             /* a condition looks for it */
    int32_t single;          /* the only exact code's index in `code`, else -1 */
};
struct yh_dx_set {
    yh_str prefixes, keywords;
};
struct yh_age_group {
    yh_str word, text;
    int32_t days_min, days_max, years_min, years_max; /* [min, max); 0 max = open */
};
struct yh_rule_skip {
    int32_t rule;
    yh_str knowledge, code, why;
};

/* What a region's own file says. */
struct yh_rule_local {
    yh_str region, rule, basis;
    yh_day from;
    bool block, silent; /* 结算拦截; not shown at the window */
};

struct yh_rules {
    struct yh_mon_rule *rule;
    int n;
    struct yh_rule_row *row;
    int nrow, row_cap;
    struct yh_rule_table *table;
    int ntable;
    struct yh_item_set *set;
    int nset, set_cap;
    int32_t *set_row; /* rows in the order of their subject sets */
    struct yh_dx_set *dx;
    int ndx, dx_cap;
    yh_str *keys; /* keyword sets: words parted by | */
    int nkeys, keys_cap;
    struct yh_age_group *age;
    int nage;
    struct yh_rule_skip *skip;
    int nskip, skip_cap;
    struct yh_rule_local *local;
    int nlocal, local_cap;
    /* code -> chain of sets */
    struct yh_map exact, prefix, named;
    struct {
        int32_t set, next;
        yh_str word; /* of a consumable by name */
    } * link;
    int nlink, link_cap;
    uint64_t prefix_lengths; /* bit n: a prefix of n bytes exists */
    int32_t named_first;     /* chain of consumables by name; -1 */
};

struct yh_rule_text {
    yh_str name, text;
};

/* Reads rule files with knowledge tables (names as rules call them: "official/drug-sex"; and
 * "age_groups").  Rules come out in the order of their ids.  What is wrong with a file is a finding
 * with its place and cure, and that rule is left out; *out holds the others.
 * YH_BAD_TABLE: age_groups is missing or malformed. */
YH_MUST_USE
enum yh_status yh_rules_read(struct yh_arena *a, const struct yh_rule_text *file, int nfile,
                             const struct yh_rule_text *table, int ntable,
                             struct yh_rules **out, struct yh_findings *findings,
                             struct yh_err *err);

/* Index of a rule by id; -1. */
int yh_rules_find(const struct yh_rules *r, yh_str id);
/* The name of the column that a slot of the rule reads; "dx" for the two columns of diagnoses. */
yh_str yh_rule_column(const struct yh_mon_rule *q, int slot);
/* The row split once, for one who reads several cells; false: the rule has no table. */
bool yh_rules_row(const struct yh_rules *r, const struct yh_rule_row *row, struct yh_tsv *out);
/* The sets that hold an item, as indexes, without repeats, ascending; `cap` bounds them.  The code may
 * be a pair "national-local" and carry more digits than a listed prefix; `name` serves the
 * consumables listed by name. */
int yh_rules_sets(const struct yh_rules *r, yh_str code, yh_str name, int32_t *set, int cap);
/* Does a diagnosis fit the set: a prefix, a range of prefixes, or a keyword of its name. */
bool yh_rules_dx_fits(const struct yh_dx_set *s, yh_str code, yh_str name);
/* Does the region's file mark the rule 结算拦截 on that day?  A pool's office counts as the pool. */
bool yh_rules_blocks(const struct yh_rules *r, int rule, yh_str region, yh_day day);
bool yh_rules_silent(const struct yh_rules *r, int rule, yh_str region, yh_day day);
#endif
