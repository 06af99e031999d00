/* base/buf.h -- text that grows in an arena. */
#ifndef YH_BASE_BUF_H
#define YH_BASE_BUF_H
#include "base/num.h"
#include "base/str.h"

struct yh_buf {
    struct yh_arena *arena;
    char *p; /* never NULL, not even of an empty one */
    ptrdiff_t n, cap;
};

struct yh_buf yh_buf_in(struct yh_arena *arena); /* an empty one */
yh_str yh_buf_str(const struct yh_buf *b);       /* borrowed until the next write */
void yh_put(struct yh_buf *b, yh_str s);
void yh_putc(struct yh_buf *b, char c);
void yh_putz(struct yh_buf *b, const char *z);
void yh_putf(struct yh_buf *b, const char *fmt, ...) YH_PRINTF(2, 3);
void yh_put_fen(struct yh_buf *b, yh_fen amount);   /* "-1234.50" */
void yh_put_money(struct yh_buf *b, yh_fen amount); /* "-1,234.50", for people */
void yh_put_i64(struct yh_buf *b, int64_t v);
/* s in `width` terminal columns, blanks at the right (left when width < 0); never cut. */
void yh_put_pad(struct yh_buf *b, yh_str s, int width);
#endif
