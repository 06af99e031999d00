/* base/json.h -- strict JSON that keeps a number's digits.
 *
 * Reader: RFC 8259, UTF-8, no comments, no trailing comma, duplicate keys and U+0000 refused; a
 * tree in the arena, whose texts are borrowed from what was read unless they had escapes.  Lines
 * and columns count from 1, columns in bytes; a member's place is its key's.  A number stays text
 * ("120.00") until a typed getter reads it with the field's scale.
 * Writer: appends to a yh_buf; commas are its own business. */
#ifndef YH_BASE_JSON_H
#define YH_BASE_JSON_H
#include "base/buf.h"
#include "base/day.h"

enum yh_json_kind {
    YH_JSON_NULL,
    YH_JSON_BOOL,
    YH_JSON_NUMBER,
    YH_JSON_STRING,
    YH_JSON_ARRAY,
    YH_JSON_OBJECT
};

struct yh_json {
    enum yh_json_kind kind;
    bool truth; /* of a BOOL */
    int count;  /* children */
    int line, col;
    yh_str key;  /* inside an object; unescaped */
    yh_str text; /* STRING: unescaped; NUMBER: its digits; ARRAY, OBJECT: raw source */
    struct yh_json *first, *next;
};

struct yh_json_limits {
    int depth, nodes;
}; /* 0 = the defaults 32 and 2,000,000 */

/* One value and nothing behind it.  YH_BAD_INPUT with line and col; YH_LIMIT: too deep or large. */
YH_MUST_USE
enum yh_status yh_json_read(struct yh_arena *a, yh_str text, struct yh_json_limits lim,
                            struct yh_json **out, struct yh_err *err);
/* The member of that name; NULL when absent or `o` is NULL or no object. */
const struct yh_json *yh_json_get(const struct yh_json *o, yh_str key);
/* Text of a STRING or the digits of a NUMBER; "" for NULL/absent/others. */
yh_str yh_json_text(const struct yh_json *v);
/* A NUMBER, or a STRING holding one, with at most `scale` decimals; exponents are refused.
 * YH_BAD_INPUT names key and value. */
YH_MUST_USE
enum yh_status yh_json_dec(const struct yh_json *v, int scale, int64_t *out,
                           struct yh_err *err);

struct yh_jsonw {
    struct yh_buf *out;
    uint64_t first; /* one bit per depth: nothing written yet */
    int depth;
    bool after_key;
};
struct yh_jsonw yh_jsonw_on(struct yh_buf *out);
void yh_jw_object(struct yh_jsonw *w);
void yh_jw_array(struct yh_jsonw *w);
void yh_jw_end(struct yh_jsonw *w, char close); /* '}' or ']' */
void yh_jw_key(struct yh_jsonw *w, yh_str key);
void yh_jw_str(struct yh_jsonw *w, yh_str s);
void yh_jw_i64(struct yh_jsonw *w, int64_t v);
void yh_jw_dec(struct yh_jsonw *w, int64_t v, int scale, int digits); /* a bare number */
void yh_jw_fen(struct yh_jsonw *w, yh_fen v);                         /* 12.50 */
void yh_jw_bool(struct yh_jsonw *w, bool v);
void yh_jw_null(struct yh_jsonw *w);
void yh_jw_raw(struct yh_jsonw *w, yh_str json); /* already JSON */
/* key + value in one: yh_jw_kv_str(w, "psn_no", s) … */
void yh_jw_kv_str(struct yh_jsonw *w, const char *key, yh_str s);
void yh_jw_kv_fen(struct yh_jsonw *w, const char *key, yh_fen v);
void yh_jw_kv_i64(struct yh_jsonw *w, const char *key, int64_t v);
void yh_jw_kv_bool(struct yh_jsonw *w, const char *key, bool v);
void yh_jw_kv_day(struct yh_jsonw *w, const char *key, int64_t day); /* "" when open or 0 */
void yh_jw_kv_time(struct yh_jsonw *w, const char *key, yh_time t);  /* "" when 0 */
void yh_jw_kv_raw(struct yh_jsonw *w, const char *key, yh_str json);
void yh_jw_kv_object(struct yh_jsonw *w, const char *key); /* opened; the caller ends it */
void yh_jw_kv_array(struct yh_jsonw *w, const char *key);
#endif
