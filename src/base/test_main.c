/* base/test_main.c -- finds, filters and runs the tests; see base/test.h. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/test.h"

enum { FAILURES_SHOWN = 20, TESTS_MAX = 20000 };

static struct yh_test *all;
static int failures; /* of the test that runs */
static jmp_buf *expected;
static struct yh_arena arena;

void yh_test_add(struct yh_test *t)
{
    t->next = all;
    all = t;
}

void yh_test_expect(jmp_buf *here)
{
    expected = here;
}

void yh_test_stop(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: %s\n", file, line, what);
    expected = NULL;
    _fail(file, line);
    abort();
}

static void on_assert(const char *file, int line, const char *what)
{
    if (expected)
        longjmp(*expected, 1);
    fprintf(stderr, "assertion: ");
    yh_test_stop(file, line, what);
}

static void count_failure(const char *file, int line)
{
    if (++failures >= FAILURES_SHOWN)
        yh_test_stop(file, line, "too many failures, the rest of this test is left out");
}

void yh_test_i64(const char *file, int line, int64_t got, int64_t want, const char *why,
                 const char *expr)
{
    if (got == want)
        return;
    fprintf(stderr, "%s:%d: %s: %s is %" PRId64 ", want %" PRId64 "\n", file, line, why, expr,
            got, want);
    count_failure(file, line);
}

void yh_test_str(const char *file, int line, yh_str got, yh_str want, const char *why,
                 const char *expr)
{
    if (yh_eq(got, want))
        return;
    fprintf(stderr, "%s:%d: %s: %s is\n  \"%.*s\", want\n  \"%.*s\"\n", file, line, why, expr,
            YH_ARG(got), YH_ARG(want));
    count_failure(file, line);
}

void yh_test_ok(const char *file, int line, enum yh_status status, const struct yh_err *err,
                const char *expr)
{
    if (status == YH_OK)
        return;
    fprintf(stderr, "%s:%d: %s: %s", file, line, expr, yh_status_word(status));
    if (err && err->status)
        fprintf(stderr, ": %d:%d: row %d, field \"%s\", met \"%s\": %s", err->line, err->col,
                err->row, err->field, err->met, err->text);
    fprintf(stderr, "\n");
    yh_test_stop(file, line, "is YH_OK");
}

struct yh_arena *yh_test_arena(void)
{
    return &arena;
}

int yh_law_count(int normal)
{
    const char *s = getenv("YH_LAW_COUNT");
    int n = s ? atoi(s) : 0;
    return n > 0 ? n : normal;
}

yh_str yh_test_file(struct yh_arena *a, const char *path)
{
    const char *root = getenv("YH_ROOT");
    char full[1024];
    snprintf(full, sizeof full, "%s/%s", root ? root : ".", path);
    FILE *f = fopen(full, "rb");
    if (!f)
        yh_test_stop(full, 0, "this file of the repository can be opened");
    fseek(f, 0, SEEK_END);
    long n = ftell(f);
    rewind(f);
    char *p = yh_alloc_raw(a, 1, 1, (size_t)n + 1);
    size_t got = fread(p, 1, (size_t)n, f);
    fclose(f);
    if (got != (size_t)n)
        yh_test_stop(full, 0, "this file of the repository can be read");
    p[n] = 0;
    return (yh_str){ p, (ptrdiff_t)n };
}

static void record(const char *path, yh_str text)
{
    const char *root = getenv("YH_ROOT");
    char full[1024];
    snprintf(full, sizeof full, "%s/%s", root ? root : ".", path);
    FILE *f = fopen(full, "wb");
    if (!f || fwrite(text.p, 1, (size_t)text.n, f) != (size_t)text.n || fclose(f))
        yh_test_stop(full, 0, "this golden file can be written");
}

void yh_test_golden(const char *file, int line, const char *path, yh_str got)
{
    const char *how = getenv("YH_GOLDEN");
    if (how && !strcmp(how, "record")) {
        record(path, got);
        return;
    }
    yh_str want = yh_test_file(&arena, path);
    if (yh_eq(got, want))
        return;
    for (int n = 1; got.p || want.p; n++) {
        bool end = !got.p || !want.p;
        yh_str g = yh_cut(&got, '\n'), w = yh_cut(&want, '\n');
        if (yh_eq(g, w) && !end)
            continue;
        fprintf(stderr, "%s:%d: %s:%d is\n  %.*s\nwant\n  %.*s\n", file, line, path, n,
                YH_ARG(g), YH_ARG(w));
        break;
    }
    count_failure(file, line);
}

static void run_one(void **state)
{
    const struct yh_test *t = *state;
    failures = 0;
    expected = NULL;
    yh_arena_reset(&arena);
    t->run();
    if (failures)
        _fail(t->file, 0);
}

static int by_place(const void *x, const void *y)
{
    const struct CMUnitTest *a = x, *b = y;
    const struct yh_test *s = a->initial_state, *t = b->initial_state;
    int c = strcmp(s->file, t->file);
    return c ? c : strcmp(s->name, t->name);
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    static struct CMUnitTest list[TESTS_MAX];
    int n = 0;
    for (struct yh_test *t = all; t; t = t->next)
        if ((strstr(t->name, word) || strstr(t->file, word)) && n < TESTS_MAX)
            list[n++] = (struct CMUnitTest){ t->name, run_one, NULL, NULL, t };
    if (!n) {
        fprintf(stderr, "no test has \"%s\" in its name or file\n", word);
        return 2;
    }
    qsort(list, (size_t)n, sizeof *list, by_place);

    struct yh_err err;
    if (yh_arena_open(&arena, (size_t)1 << 30, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    yh_assert_set(on_assert);
    /* cmocka tells of every test on stdout and of failures on stderr: only the latter matter. */
    fflush(stdout);
    int out = dup(1), hole = open("/dev/null", O_WRONLY);
    if (out < 0 || hole < 0 || dup2(hole, 1) < 0)
        return 2;
    int bad = _cmocka_run_group_tests("yiheng", list, (size_t)n, NULL, NULL);
    fflush(stdout);
    fflush(stderr);
    dup2(out, 1);
    printf("%d passed, %d failed\n", n - bad, bad);
    return bad ? 1 : 0;
}
