/* base/str.h -- borrowed UTF-8 text: pointer and length, not NUL-terminated. */
#ifndef YH_BASE_STR_H
#define YH_BASE_STR_H
#include <string.h>
#include "base/mem.h"

typedef struct yh_str {
    const char *p;
    ptrdiff_t n;
} yh_str;

#define YH_S(lit) ((yh_str){ "" lit, (ptrdiff_t)sizeof(lit) - 1 })
#define YH_S_INIT(lit)                     \
    {                                      \
        "" lit, (ptrdiff_t)sizeof(lit) - 1 \
    }                               /* for static tables */
#define YH_ARG(s) (int)(s).n, (s).p /* for "%.*s" */

yh_str yh_cstr(const char *z); /* NULL gives the empty text */
bool yh_eq(yh_str a, yh_str b);
int yh_cmp(yh_str a, yh_str b); /* bytewise; <0, 0, >0 */
bool yh_starts(yh_str s, yh_str head);
bool yh_ends(yh_str s, yh_str tail);
ptrdiff_t yh_find(yh_str s, yh_str what); /* byte offset, -1 = absent; "" is at 0 */
yh_str yh_sub(yh_str s, ptrdiff_t from, ptrdiff_t to); /* clamped to [0, n) */
yh_str yh_trim(yh_str s); /* ASCII blanks and U+3000 at both ends */
/* Cuts at the first `sep`: returns the part before, moves *rest behind it; without a `sep`
 * returns all and empties *rest (p NULL, so that "a," and "a" differ). */
yh_str yh_cut(yh_str *rest, char sep);
yh_str yh_dup(struct yh_arena *a, yh_str s);
char *yh_zdup(struct yh_arena *a, yh_str s); /* NUL-terminated copy */
yh_str yh_fmt(struct yh_arena *a, const char *fmt, ...) YH_PRINTF(2, 3);
/* s as a C string of at most size - 1 bytes, cut between characters. */
void yh_copy_z(char *to, ptrdiff_t size, yh_str s);
bool yh_utf8_ok(yh_str s);   /* valid, no surrogates, no overlong forms */
int yh_utf8_count(yh_str s); /* characters, of valid UTF-8 */
int yh_utf8_width(yh_str s); /* terminal columns: CJK counts two */
#endif
