#include <stdio.h>

#include "base/buf.h"

struct yh_buf yh_buf_in(struct yh_arena *arena)
{
    /* Not NULL while it is empty: fwrite and memcpy want a place even for no bytes. */
    return (struct yh_buf){ .arena = arena, .p = (char *)(uintptr_t) "" };
}

yh_str yh_buf_str(const struct yh_buf *b)
{
    return b->n ? (yh_str){ b->p, b->n } : YH_S("");
}

/* Room for `more` bytes behind what is there. */
static char *room(struct yh_buf *b, ptrdiff_t more)
{
    if (b->cap - b->n >= more)
        return b->p + b->n;
    ptrdiff_t cap = b->cap ? b->cap * 2 : 256;
    while (cap - b->n < more)
        cap *= 2;
    if (b->cap && b->p + b->cap == b->arena->at) { /* the arena's last piece grows in place */
        yh_alloc_raw(b->arena, 1, 1, (size_t)(cap - b->cap));
    } else {
        char *p = yh_alloc_raw(b->arena, 1, 1, (size_t)cap);
        if (b->n)
            memcpy(p, b->p, (size_t)b->n);
        b->p = p;
    }
    b->cap = cap;
    return b->p + b->n;
}

void yh_put(struct yh_buf *b, yh_str s)
{
    if (!s.n)
        return;
    memcpy(room(b, s.n), s.p, (size_t)s.n);
    b->n += s.n;
}

void yh_putc(struct yh_buf *b, char c)
{
    *room(b, 1) = c;
    b->n++;
}

void yh_putz(struct yh_buf *b, const char *z)
{
    yh_put(b, yh_cstr(z));
}

void yh_putf(struct yh_buf *b, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    yh_assert(n >= 0);
    vsnprintf(room(b, n + 1), (size_t)n + 1, fmt, again);
    va_end(again);
    b->n += n;
}

void yh_put_fen(struct yh_buf *b, yh_fen amount)
{
    char t[32];
    yh_put(b, yh_dec_text(t, amount, 2, 2));
}

void yh_put_money(struct yh_buf *b, yh_fen amount)
{
    char t[32];
    yh_str s = yh_dec_text(t, amount, 2, 2);
    if (s.p[0] == '-')
        yh_putc(b, '-'), s.p++, s.n--;
    for (ptrdiff_t i = 0, whole = s.n - 3; i < s.n; i++) {
        if (i && i < whole && (whole - i) % 3 == 0)
            yh_putc(b, ',');
        yh_putc(b, s.p[i]);
    }
}

void yh_put_i64(struct yh_buf *b, int64_t v)
{
    char t[32];
    yh_put(b, yh_dec_text(t, v, 0, 0));
}

static void blanks(struct yh_buf *b, int n)
{
    for (; n > 0; n--)
        yh_putc(b, ' ');
}

void yh_put_pad(struct yh_buf *b, yh_str s, int width)
{
    int w = yh_utf8_width(s);
    blanks(b, width < 0 ? -width - w : 0);
    yh_put(b, s);
    blanks(b, width > 0 ? width - w : 0);
}
