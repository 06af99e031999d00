#include <stdio.h>

#include "base/str.h"

yh_str yh_cstr(const char *z)
{
    return z ? (yh_str){ z, (ptrdiff_t)strlen(z) } : YH_S("");
}

bool yh_eq(yh_str a, yh_str b)
{
    return a.n == b.n && (!a.n || !memcmp(a.p, b.p, (size_t)a.n));
}

int yh_cmp(yh_str a, yh_str b)
{
    ptrdiff_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, (size_t)n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool yh_starts(yh_str s, yh_str head)
{
    return s.n >= head.n && yh_eq((yh_str){ s.p, head.n }, head);
}

bool yh_ends(yh_str s, yh_str tail)
{
    return s.n >= tail.n && (!tail.n || yh_eq((yh_str){ s.p + (s.n - tail.n), tail.n }, tail));
}

ptrdiff_t yh_find(yh_str s, yh_str what)
{
    if (!what.n)
        return 0;
    for (ptrdiff_t at = 0; s.n - at >= what.n;) {
        const char *hit = memchr(s.p + at, what.p[0], (size_t)(s.n - at - what.n + 1));
        if (!hit)
            return -1;
        if (!memcmp(hit, what.p, (size_t)what.n))
            return hit - s.p;
        at = hit - s.p + 1;
    }
    return -1;
}

yh_str yh_sub(yh_str s, ptrdiff_t from, ptrdiff_t to)
{
    if (from < 0)
        from = 0;
    if (to > s.n)
        to = s.n;
    if (from >= to)
        return YH_S("");
    return (yh_str){ s.p + from, to - from };
}

/* Bytes of the blank at p, 0 when there is none. */
static ptrdiff_t blank_at(const char *p, ptrdiff_t n)
{
    if (n >= 1 && (*p == ' ' || (*p >= '\t' && *p <= '\r')))
        return 1;
    return n >= 3 && !memcmp(p, "\xE3\x80\x80", 3) ? 3 : 0;
}

yh_str yh_trim(yh_str s)
{
    ptrdiff_t k;
    while ((k = blank_at(s.p, s.n)))
        s.p += k, s.n -= k;
    for (;;) {
        if (s.n >= 1 && blank_at(s.p + s.n - 1, 1))
            s.n -= 1;
        else if (s.n >= 3 && blank_at(s.p + s.n - 3, 3) == 3)
            s.n -= 3;
        else
            return s;
    }
}

yh_str yh_cut(yh_str *rest, char sep)
{
    yh_str s = *rest;
    const char *hit = s.n ? memchr(s.p, sep, (size_t)s.n) : NULL;
    if (!hit) {
        *rest = (yh_str){ NULL, 0 };
        return s;
    }
    *rest = (yh_str){ hit + 1, s.p + s.n - (hit + 1) };
    return (yh_str){ s.p, hit - s.p };
}

yh_str yh_dup(struct yh_arena *a, yh_str s)
{
    char *p = yh_alloc_raw(a, 1, 1, (size_t)s.n);
    if (s.n)
        memcpy(p, s.p, (size_t)s.n);
    return (yh_str){ p, s.n };
}

char *yh_zdup(struct yh_arena *a, yh_str s)
{
    char *p = yh_alloc_raw(a, 1, 1, (size_t)s.n + 1);
    if (s.n)
        memcpy(p, s.p, (size_t)s.n);
    p[s.n] = 0;
    return p;
}

yh_str yh_fmt(struct yh_arena *a, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    yh_assert(n >= 0);
    char *p = yh_alloc_raw(a, 1, 1, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return (yh_str){ p, n };
}

/* Length of the valid character at p, 0 when it is none (RFC 3629). */
static int char_at(const unsigned char *p, ptrdiff_t n)
{
    unsigned char c = p[0];
    if (c < 0x80)
        return 1;
    if (c < 0xC2 || c > 0xF4)
        return 0;
    int len = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (n < len)
        return 0;
    for (int i = 1; i < len; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    if ((c == 0xE0 && p[1] < 0xA0) || (c == 0xED && p[1] > 0x9F) ||
        (c == 0xF0 && p[1] < 0x90) || (c == 0xF4 && p[1] > 0x8F))
        return 0;
    return len;
}

bool yh_utf8_ok(yh_str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    for (ptrdiff_t i = 0; i < s.n;) {
        uint64_t word;
        if (s.n - i >= 8 && (memcpy(&word, p + i, 8), !(word & 0x8080808080808080u))) {
            i += 8;
            continue;
        }
        int len = char_at(p + i, s.n - i);
        if (!len)
            return false;
        i += len;
    }
    return true;
}

void yh_copy_z(char *to, ptrdiff_t size, yh_str s)
{
    ptrdiff_t n = s.n < size - 1 ? s.n : size - 1;
    while (n > 0 && n < s.n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
        n--;
    if (n)
        memcpy(to, s.p, (size_t)n);
    to[n] = 0;
}

int yh_utf8_count(yh_str s)
{
    int n = 0;
    for (ptrdiff_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n;
}

/* East Asian wide and full-width blocks, the ones that Chinese texts use. */
static int width_of(uint32_t c)
{
    if (c < 0x1100)
        return (c >= 0x300 && c < 0x370) ? 0 : 1;
    bool wide = c < 0x1160 || (c >= 0x2E80 && c < 0x303F) || (c >= 0x3041 && c < 0xA4D0) ||
                (c >= 0xAC00 && c < 0xD7A4) || (c >= 0xF900 && c < 0xFB00) ||
                (c >= 0xFE30 && c < 0xFE70) || (c >= 0xFF01 && c < 0xFF61) ||
                (c >= 0xFFE0 && c < 0xFFE7) || (c >= 0x1F300 && c < 0x1FB00) ||
                (c >= 0x20000 && c < 0x40000);
    return c == 0x200B || c == 0xFEFF ? 0 : wide ? 2 : 1;
}

int yh_utf8_width(yh_str s)
{
    int width = 0;
    const unsigned char *p = (const unsigned char *)s.p;
    for (ptrdiff_t i = 0; i < s.n;) {
        int len = char_at(p + i, s.n - i);
        if (!len) { /* not a character: one column, one byte */
            i++, width++;
            continue;
        }
        uint32_t c = len == 1 ? p[i] : p[i] & (0x7Fu >> len);
        for (int k = 1; k < len; k++)
            c = c << 6 | (p[i + k] & 0x3F);
        width += width_of(c);
        i += len;
    }
    return width;
}
