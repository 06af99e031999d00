#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"

/* Drops a character that the end of the buffer cut in two. */
static void trim_utf8(char *z, size_t n)
{
    size_t i = n;
    while (i > 0 && n - i < 4 && ((unsigned char)z[i - 1] & 0xC0) == 0x80)
        i--;
    if (i == 0 || n - i >= 4)
        return;
    unsigned char lead = (unsigned char)z[i - 1];
    size_t want = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (lead >= 0xC0 && n - i + 1 < want)
        z[i - 1] = 0;
}

/* A piece of a text may have been cut anywhere: what is no character becomes a question mark. */
static void mend_utf8(char *z)
{
    for (ptrdiff_t i = 0, n = (ptrdiff_t)strlen(z); i < n;) {
        ptrdiff_t k = 1;
        while (k <= 4 && i + k <= n && !yh_utf8_ok((yh_str){ z + i, k }))
            k++;
        if (k > 4 || i + k > n) {
            z[i] = '?';
            k = 1;
        }
        i += k;
    }
}

static void set(char *out, size_t size, const char *z)
{
    if (!z)
        z = "";
    size_t n = strlen(z), fit = n < size ? n : size - 1;
    memmove(out, z, fit);
    out[fit] = 0;
    if (fit < n)
        trim_utf8(out, fit);
}

__attribute__((format(printf, 7, 0))) static enum yh_status
fill(struct yh_err *err, enum yh_status status, int line, int col, const char *field,
     const char *met, const char *fmt, va_list args)
{
    if (!err)
        return status;
    /* Built aside: an argument may be a text of *err itself. */
    struct yh_err e = { .status = status, .line = line, .col = col, .row = -1 };
    set(e.field, sizeof e.field, field);
    set(e.met, sizeof e.met, met);
    int n = vsnprintf(e.text, sizeof e.text, fmt, args);
    if (n >= (int)sizeof e.text)
        trim_utf8(e.text, sizeof e.text - 1);
    if (!yh_utf8_ok(yh_cstr(e.text)))
        mend_utf8(e.text);
    *err = e;
    return status;
}

enum yh_status yh_fail(struct yh_err *err, enum yh_status status, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fill(err, status, 0, 0, NULL, NULL, fmt, args);
    va_end(args);
    return status;
}

enum yh_status yh_fail_at(struct yh_err *err, enum yh_status status, int line, int col,
                          const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fill(err, status, line, col, NULL, NULL, fmt, args);
    va_end(args);
    return status;
}

enum yh_status yh_fail_field(struct yh_err *err, enum yh_status status, const char *field,
                             const char *met, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fill(err, status, 0, 0, field, met, fmt, args);
    va_end(args);
    return status;
}

const char *yh_status_word(enum yh_status status)
{
    switch (status) {
    case YH_OK: return "ok";
    case YH_BAD_INPUT: return "bad input";
    case YH_BAD_TABLE: return "bad table";
    case YH_NOT_FOUND: return "not found";
    case YH_CONFLICT: return "conflict";
    case YH_LIMIT: return "limit";
    case YH_DENIED: return "denied";
    case YH_RETRY: return "retry";
    case YH_IO: return "io";
    }
    return "unknown";
}

static void print_and_abort(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, what);
    abort();
}

/* The one global of the pure layers: set once at start, before other threads. */
static yh_assert_hook *hook = print_and_abort;

void yh_assert_set(yh_assert_hook *h)
{
    hook = h ? h : print_and_abort;
}

void yh_assert_fail(const char *file, int line, const char *what)
{
    hook(file, line, what);
    abort(); /* a hook must not return */
}
