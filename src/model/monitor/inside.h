/* model/monitor/inside.h -- what the files of this folder share; nobody else includes it. */
#ifndef YH_MODEL_MONITOR_INSIDE_H
#define YH_MODEL_MONITOR_INSIDE_H
#include "model/monitor/rule.h"

/* One rule file being read. */
struct yh_rule_reading {
    struct yh_arena *a;
    struct yh_rules *rules;
    struct yh_mon_rule *rule;
    yh_str name, text;
    struct yh_findings *found;
    int errors;
    const struct yh_tsv *head; /* of the rule's table; NULL = none */
    bool in_window;            /* the rule has a window that sums */
    int cap_node;
};

/* A finding of this file at `at`, a piece of its text. */
void yh_rule_wrong(struct yh_rule_reading *r, enum yh_severity sev, yh_str at, const char *cure,
                   const char *fmt, ...) YH_PRINTF(5, 6);

/* Compiles a condition or a number; -1 and a finding when it is wrong. */
int yh_rule_condition(struct yh_rule_reading *r, yh_str text);
int yh_rule_number(struct yh_rule_reading *r, yh_str text);
/* The slot of a column, added when new; -1 and a finding when the table has none such. */
int yh_rule_slot(struct yh_rule_reading *r, yh_str column, yh_str at);
enum yh_fact_type yh_know_type(int know);
yh_str yh_know_name(int know);
int yh_know_find(yh_str name); /* "dx" included; -1 */
#define YH_KNOW_DX 200         /* dx_keywords and dx_prefixes, as one */

/* Set indexes, interned. */
int yh_rule_items(struct yh_rules *r, struct yh_arena *a, yh_str codes, yh_str names,
                  bool prefix);
int yh_rule_dx(struct yh_rules *r, struct yh_arena *a, yh_str prefixes, yh_str keywords);
int yh_rule_keys(struct yh_rules *r, struct yh_arena *a, yh_str words);

/* The rows of the rule's table. */
struct yh_rule_each {
    yh_str group;        /* column whose equal values make one row: "" = each row by itself */
    yh_str column, want; /* where column = want; "" = all */
    yh_str at;
};
void yh_rule_rows(struct yh_rule_reading *r, const struct yh_rule_each *each);
#endif
