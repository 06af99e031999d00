/* shell/gateway/field.h -- the interface's own tables: transactions, fields, code lists.
 *
 * Read once from catalogs/interface/{transactions,fields,dictionaries}.tsv and never changed.  One
 * row of fields.tsv says everything that is checked of a field: whether it must be there, how long,
 * what kind, which code list.  A field that only one province states is checked for its form when
 * it comes but is never asked for; a field or node that no row names is passed over. */
#ifndef YH_SHELL_GATEWAY_FIELD_H
#define YH_SHELL_GATEWAY_FIELD_H
#include "base/base.h"

enum yh_field_kind {
    YH_FIELD_TEXT, /* at most `digits` characters (0 = no bound) */
    YH_FIELD_NUMBER, /* JSON number or quoted; at most `digits` digits, `scale` of them decimals */
    YH_FIELD_DATE, /* yyyy-MM-dd, with or without HH:mm:ss */
    YH_FIELD_ANY,  /* not looked into */
};

struct yh_field {
    yh_str name, name_zh;
    yh_str inner; /* the word used inside (person, visit …); "" = none */
    enum yh_field_kind kind;
    bool required;
    bool core; /* stated by more than one source */
    int digits, scale;
    int dict; /* closed code list; -1 = none */
};

/* One node of a message: its fields stand at field[first .. first + count). */
struct yh_node {
    yh_str path; /* "data"; nested "data.stastinfo"; "(none)" = directly under input */
    bool list;
    int first, count;
    struct yh_map by_name;
};

/* What one number is: its name, whether hospitals call it, the nodes of its input and output. */
struct yh_message {
    yh_str infno, name_zh, group, undo;
    bool from_provider;
    int nnode, nout;
    struct yh_node *node;
    struct yh_node *out; /* of its output: what a reply names, held or not */
};

struct yh_dict {
    yh_str type, name_zh;
    bool open;     /* any code is taken */
    char head[16]; /* codes that begin with one of these are taken too */
};
struct yh_dict_row {
    int dict;
    yh_str code, label;
};

struct yh_interface {
    struct yh_field *field;
    int nfield;
    struct yh_message *message;
    int nmessage;
    struct yh_map by_infno; /* -> message */
    struct yh_dict *dict;
    int ndict;
    struct yh_map by_dict; /* type -> dict */
    struct yh_dict_row *row;
    int nrow;
    struct yh_map by_code;       /* "dict\x1fcode" -> row */
    struct yh_message *envelope; /* the rows of "*" */
};

/* Reads the three tables; texts are borrowed.  YH_BAD_TABLE names the line. */
YH_MUST_USE
enum yh_status yh_interface_load(struct yh_arena *a, yh_str transactions, yh_str fields,
                                 yh_str dictionaries, struct yh_interface *out,
                                 struct yh_err *err);
/* NULL: no such number. */
const struct yh_message *yh_interface_message(const struct yh_interface *t, yh_str infno);
/* NULL: the message's input has no such node. */
const struct yh_node *yh_interface_node(const struct yh_message *m, yh_str path);
/* The same of its output. */
const struct yh_node *yh_interface_output(const struct yh_message *m, yh_str path);

/* Absent, null, "" and the text "null" all mean: nothing there. */
bool yh_blank(const struct yh_json *v);

/* Checks an input against the message's rows.  `nodes` names, comma-separated, the nodes that
 * must be there (a list with at least one row); `lenient`: a list is taken where an object stands.
 * YH_BAD_INPUT: err->field "feedetail[3].cnt" (rows counted from 1), err->met the value and
 * err->text the sentence for people, without number and name of the transaction. */
YH_MUST_USE
enum yh_status yh_interface_check(const struct yh_interface *t, const struct yh_message *m,
                                  const char *nodes, bool lenient, const struct yh_json *input,
                                  struct yh_arena scratch, struct yh_err *err);
/* The same for the envelope's own fields. */
YH_MUST_USE
enum yh_status yh_interface_check_envelope(const struct yh_interface *t,
                                           const struct yh_json *root, struct yh_arena scratch,
                                           struct yh_err *err);

/* Where a value met stands in a call: "feedetail[2].cnt（数量）", the row only where one row alone has
 * it; of the envelope "sign_no（交易签到流水号）".  "": no field of that name holds it. */
yh_str yh_interface_place(const struct yh_interface *t, const struct yh_message *m,
                          const struct yh_json *root, const struct yh_json *input, yh_str field,
                          yh_str met, struct yh_arena *a);

/* The value at a dotted path below `o`; NULL when a step is missing. */
const struct yh_json *yh_json_at(const struct yh_json *o, yh_str path);
#endif
