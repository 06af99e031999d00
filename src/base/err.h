/* base/err.h -- errors that carry what was met and what was wanted.
 *
 * An error means that the caller or the world is wrong.  "The policy says no" is no error but an
 * outcome; a bug of ours is an assertion.  A function that can fail returns enum yh_status, fills
 * *err (which may be NULL) and leaves its outputs untouched. */
#ifndef YH_BASE_ERR_H
#define YH_BASE_ERR_H
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#define YH_MUST_USE __attribute__((warn_unused_result))
#define YH_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define YH_COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

enum yh_status {
    YH_OK = 0,
    YH_BAD_INPUT, /* a value given is malformed or out of range */
    YH_BAD_TABLE, /* loaded data (policy, catalogue, scheme) breaks its own rules */
    YH_NOT_FOUND, /* what was named does not exist (on that day) */
    YH_CONFLICT,  /* it exists already, or its state forbids the step */
    YH_LIMIT,     /* a bound on size, depth, count or memory was met */
    YH_DENIED,    /* the caller may not do this */
    YH_RETRY,     /* nothing was changed; the same call may succeed later */
    YH_IO,        /* the world failed: disk, network, peer */
};

/* Where the trouble stands and what it is.  Texts are NUL-terminated UTF-8, cut at a character. */
struct yh_err {
    enum yh_status status;
    int line, col;  /* 1-based place in the text read; 0 = none */
    int row;        /* index of the offending row of an array; -1 = none */
    char field[64]; /* the field's name; "" = none */
    char met[96];   /* the value met; "" = none */
    char text[320]; /* what is wrong and the cure, one sentence, Chinese where people read it */
};

/* Fills *err (when not NULL) with status and text, line/col 0, row -1, and returns status. */
enum yh_status yh_fail(struct yh_err *err, enum yh_status status, const char *fmt, ...)
    YH_PRINTF(3, 4);
/* As yh_fail, with the place in the text read. */
enum yh_status yh_fail_at(struct yh_err *err, enum yh_status status, int line, int col,
                          const char *fmt, ...) YH_PRINTF(5, 6);
/* As yh_fail, with field name and value met (both may be NULL). */
enum yh_status yh_fail_field(struct yh_err *err, enum yh_status status, const char *field,
                             const char *met, const char *fmt, ...) YH_PRINTF(5, 6);
/* "not found", "retry" …: the status's own word. */
const char *yh_status_word(enum yh_status status);

/* Assertions stay on in release.  The hook gets file, line and the condition and must not return;
 * the default prints to stderr and aborts.  Set once at start, before other threads. */
typedef void yh_assert_hook(const char *file, int line, const char *what);
void yh_assert_set(yh_assert_hook *hook);
void yh_assert_fail(const char *file, int line, const char *what) __attribute__((noreturn));
#define yh_assert(cond) ((cond) ? (void)0 : yh_assert_fail(__FILE__, __LINE__, #cond))
#endif
