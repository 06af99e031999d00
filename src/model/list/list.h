/* model/list/list.h -- what a settlement list (医疗保障基金结算清单) is checked by.
 *
 * catalogs/settlement-list/list-checks.tsv has one row a check: id (C-001 …, with the ids of the
 * second source beside it), severity, kind, the node and fields it reads, its parameters and its
 * message.  Codes, names, dictionaries and prefix lists are tables too.  A place changes rows; a new
 * kind is code (engine/list/kind.def). */
#ifndef YH_MODEL_LIST_LIST_H
#define YH_MODEL_LIST_LIST_H
#include "base/base.h"

enum yh_list_severity { YH_LIST_INFO, YH_LIST_WARN, YH_LIST_ERROR };

struct yh_list_check {
    yh_str id, also, group, kind, node, field, arg, when, message, standing;
    enum yh_list_severity severity;
    int kind_no; /* of engine/list/kind.def; -1 until yh_list_kinds */
};

struct yh_list_code {
    yh_str name;
    bool grey; /* a heading that may not be used on a list */
};
struct yh_list_codes {
    struct yh_map by_code;
    struct yh_list_code *row;
    int n, cap;
};

struct yh_list_prefix {
    yh_str list, prefix, value;
};

struct yh_list_tables {
    struct yh_arena *arena;
    struct yh_list_check *check;
    int ncheck;
    struct yh_list_codes dx, px;
    struct yh_list_prefix *prefix;
    int nprefix;
    struct yh_map values; /* "dictionary\tcode" -> 1 */
};

/* The tables as text; each must outlive the result. */
struct yh_list_texts {
    yh_str checks, lists, diagnosis, procedures, dictionaries;
};
/* YH_BAD_TABLE names table and line: a column missing, an unknown severity, an id twice. */
YH_MUST_USE
enum yh_status yh_list_tables_load(struct yh_arena *a, const struct yh_list_texts *texts,
                                   struct yh_list_tables **out, struct yh_err *err);

/* Is `code` in the dictionary?  With a list of that name the list's whole entries count. */
bool yh_list_has_value(const struct yh_list_tables *t, yh_str dictionary, yh_str code);
/* Does `code` start with an entry of the list?  *value (may be NULL) gets the entry's value. */
bool yh_list_has_prefix(const struct yh_list_tables *t, yh_str list, yh_str code,
                        yh_str *value);
/* NULL: no such code. */
const struct yh_list_code *yh_list_code(const struct yh_list_codes *c, yh_str code);
#endif
