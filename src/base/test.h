/* base/test.h -- the short words tests are written in; cmocka runs them.
 *
 * TEST(name) { … } registers itself; `make check` runs all, `make check FILTER=word` those whose
 * name or file contains the word.  CHECK and CHECK_OK end the test when they fail, for the lines
 * behind them rely on it; CHECK_I64 and CHECK_STR go on, so that a table prints all its bad rows. */
#ifndef YH_BASE_TEST_H
#define YH_BASE_TEST_H
#include <setjmp.h>
#include "base/base.h"

struct yh_test {
    const char *name, *file;
    void (*run)(void);
    struct yh_test *next;
};
void yh_test_add(struct yh_test *t);

#define TEST(id)                                                      \
    static void test_##id(void);                                      \
    __attribute__((constructor)) static void add_##id(void)           \
    {                                                                 \
        static struct yh_test t = { #id, __FILE__, test_##id, NULL }; \
        yh_test_add(&t);                                              \
    }                                                                 \
    static void test_##id(void)

#define CHECK(cond) ((cond) ? (void)0 : yh_test_stop(__FILE__, __LINE__, #cond))
#define CHECK_I64(got, want, why) \
    yh_test_i64(__FILE__, __LINE__, (int64_t)(got), (int64_t)(want), (why), #got)
#define CHECK_STR(got, want, why) yh_test_str(__FILE__, __LINE__, (got), (want), (why), #got)
/* status is YH_OK; prints the error otherwise.  `err` may be NULL. */
#define CHECK_OK(status, err) yh_test_ok(__FILE__, __LINE__, (status), (err), #status)
/* The statement trips yh_assert. */
#define CHECK_ASSERTS(statement)                                      \
    do {                                                              \
        jmp_buf yh_here;                                              \
        yh_test_expect(&yh_here);                                     \
        if (!setjmp(yh_here)) {                                       \
            statement;                                                \
            yh_test_expect(NULL);                                     \
            yh_test_stop(__FILE__, __LINE__, "asserts: " #statement); \
        }                                                             \
        yh_test_expect(NULL);                                         \
    } while (0)

/* Says file, line and what, and ends the test as failed. */
void yh_test_stop(const char *file, int line, const char *what) __attribute__((noreturn));
void yh_test_i64(const char *file, int line, int64_t got, int64_t want, const char *why,
                 const char *expr);
void yh_test_str(const char *file, int line, yh_str got, yh_str want, const char *why,
                 const char *expr);
void yh_test_ok(const char *file, int line, enum yh_status status, const struct yh_err *err,
                const char *expr);
void yh_test_expect(jmp_buf *here); /* where the next failed yh_assert goes; NULL = failure */

/* An arena of 1 GiB that is emptied before each test. */
struct yh_arena *yh_test_arena(void);
/* A file of the repository, by its path from the root; a missing file ends the test. */
yh_str yh_test_file(struct yh_arena *a, const char *path);
/* `got` equals the file of the repository byte for byte; `make golden` (YH_GOLDEN=record) writes it
 * anew instead.  The first line that differs is printed. */
#define CHECK_GOLDEN(path, got) yh_test_golden(__FILE__, __LINE__, (path), (got))
void yh_test_golden(const char *file, int line, const char *path, yh_str got);
/* How many random cases a law takes: YH_LAW_COUNT of the environment, or `normal`. */
int yh_law_count(int normal);
/* Random numbers for laws: a fixed seed, so that a failure comes again; state is the caller's. */
static inline uint64_t yh_test_random(uint64_t *state)
{
    return yh_mix64((*state)++);
}
/* lo .. hi, both included. */
static inline int64_t yh_test_between(uint64_t *state, int64_t lo, int64_t hi)
{
    uint64_t span = (uint64_t)hi - (uint64_t)lo + 1;
    uint64_t r = yh_test_random(state);
    return (int64_t)((uint64_t)lo + (span ? r % span : r));
}
#endif
