/* shell/gateway/tx.h -- what the handlers of the transactions share.
 *
 * A handler runs inside one transaction of the service.  Its input has passed the checks of
 * fields.tsv, so the readers below cannot meet a malformed value in a field of the table; what is
 * absent, empty or the text "null" reads as "" or 0.  It gives the fields their inner words, calls
 * one use case, and writes the `output` value in national names. */
#ifndef YH_SHELL_GATEWAY_TX_H
#define YH_SHELL_GATEWAY_TX_H
#include "service/service.h"
#include "shell/gateway/envelope.h"

struct yh_gateway;
struct yh_tx;

struct yh_tx_call {
    const struct yh_interface *table;
    const struct yh_tx *tx;
    const struct yh_message *message;
    struct yh_envelope env;
    struct yh_arena *arena;
    yh_str file;   /* the binary part of a multipart 9101; p NULL = none */
    yh_str octets; /* set by 9102: answered as these bytes, not as an envelope; p NULL = no */
    yh_str octet_name; /* their file name */
};

typedef enum yh_status yh_tx_handler(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                                     struct yh_err *err);

enum yh_tx_mode { YH_TX_READ, YH_TX_LOOK, YH_TX_WRITE, YH_TX_READ_ANY, YH_TX_WRITE_ANY };
struct yh_tx {
    const char *number;
    yh_tx_handler *handler;
    enum yh_tx_mode mode;
    bool reversible;
    const char *nodes;
};
/* NULL: not served. */
const struct yh_tx *yh_tx_find(yh_str number);
/* Served numbers in order; *n of them. */
const struct yh_tx *yh_tx_all(int *n);

#define T(number, handler, mode, reversible, nodes) yh_tx_handler handler;
#include "shell/gateway/transaction.def"
#undef T

/* ---- reading ---- */

/* The node of that path; NULL when absent or no object (a list gives its first row). */
const struct yh_json *tx_node(const struct yh_tx_call *t, const char *path);
/* Rows of a node, whether sent as a list or as one object: first row, then ->next while `*left`. */
int tx_rows(const struct yh_tx_call *t, const char *path, const struct yh_json *const **row);
yh_str tx_str(const struct yh_json *node, const char *name);
yh_fen tx_fen(const struct yh_json *node, const char *name);
int64_t tx_dec(const struct yh_json *node, const char *name, int scale);
int64_t tx_int(const struct yh_json *node, const char *name);
yh_time tx_time(const struct yh_json *node, const char *name); /* 0 = absent */
yh_day tx_day(const struct yh_json *node, const char *name, yh_day absent);
/* Ends of a query range: a bare date as `to` means 23:59:59 of that day; one second is added, so
 * that the range is half-open. */
yh_time tx_time_to(const struct yh_json *node, const char *name, yh_time absent);
/* exp_content or expContent, as object or as JSON text: a value in it; "" = none. */
yh_str tx_extension(const struct yh_tx_call *t, const struct yh_json *node, const char *name);
/* exp_content or expContent as JSON text; "" = none. */
yh_str tx_extra(const struct yh_json *node);

/* A file inside JSON: Base64 text, or a list of byte values (signed or not).  YH_BAD_INPUT names `field`. */
YH_MUST_USE
enum yh_status tx_bytes(struct yh_tx_call *t, const struct yh_json *v, const char *field,
                        yh_str *out, struct yh_err *err);

/* ---- writing ---- */

/* An object of an output node: tx_open, the fields that we hold, tx_close, which adds what the
 * table names there (by more than one source) and nobody wrote: numbers 0, others "" (HN 4.4).
 * `rest` begins as { node } and serves all rows of a list, which must write the same fields. */
struct tx_rest {
    const char *node;
    const struct yh_field **field;
    int n;
    bool known;
};
ptrdiff_t tx_open(struct yh_jsonw *w);
void tx_close(const struct yh_tx_call *t, struct yh_jsonw *w, struct tx_rest *rest,
              ptrdiff_t from);
/* "output": { node: [ … ] } */
void tx_open_list(struct yh_jsonw *w, const char *node);
void tx_close_list(struct yh_jsonw *w);
/* The last day of a period whose end is the first day no longer; "" when open. */
void tx_put_last(struct yh_jsonw *w, const char *key, int64_t to_day);
/* Fields of a kept JSON object, sent back under their own names; "" where it has none. */
void tx_put_kept(struct yh_tx_call *t, struct yh_jsonw *w, yh_str json, const char *const *name,
                 int n);

void tx_put_str(struct yh_jsonw *w, const char *key, yh_str s);
void tx_put_fen(struct yh_jsonw *w, const char *key, yh_fen v);
void tx_put_dec(struct yh_jsonw *w, const char *key, int64_t v, int scale,
                int digits);                                     /* rounded half up to digits */
void tx_put_day(struct yh_jsonw *w, const char *key, yh_day d);  /* "" when open or 0 */
void tx_put_int(struct yh_jsonw *w, const char *key, int64_t v); /* as text */
#endif
