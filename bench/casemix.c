/* bench/casemix.c -- grouping: the engine alone, `yiheng group` end to end, loading all schemes.
 *
 * Run from the repository's root; the cases are tests/casemix/chs_drg_11.tsv, over and over. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "engine/casemix/group.h"
#include "shell/casemix/tables.h"
#include "shell/cli/cli.h"
#include "shell/file/file.h"

#define CASES "tests/casemix/chs_drg_11.tsv"
enum { ROUNDS = 5, TIMES = 400, CASES_MAX = 4000 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_value(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static double median(double *v)
{
    qsort(v, ROUNDS, sizeof *v, by_value);
    return v[ROUNDS / 2];
}

static struct yh_case *read_cases(struct yh_arena *a, yh_str text, int *n)
{
    struct yh_case *c = YH_NEW(a, struct yh_case, CASES_MAX);
    struct yh_case_columns cols;
    yh_str line = yh_cut(&text, '\n');
    *n = 0;
    if (yh_case_header(line, &cols, NULL))
        return NULL;
    while (text.n && *n < CASES_MAX) {
        line = yh_cut(&text, '\n');
        if (yh_case_row(&cols, line, &c[(*n)++], NULL))
            return NULL;
    }
    return c;
}

static void engine(struct yh_tables *t, const struct yh_case *c, int n)
{
    const struct yh_scheme *s;
    struct yh_err err;
    double took[ROUNDS];
    int64_t dx = 0, px = 0, none = 0;
    if (yh_tables_scheme(t, YH_S("chs_drg_11@as-published"), &s, &err)) {
        printf("%s\n", err.text);
        exit(1);
    }
    for (int r = 0; r < ROUNDS; r++) {
        double from = now();
        for (int k = 0; k < TIMES; k++)
            for (int i = 0; i < n; i++) {
                struct yh_drg_group g;
                yh_drg_group(s, &c[i], &g);
                none += r == 0 && k == 0 && g.adrg < 0;
            }
        took[r] = now() - from;
    }
    for (int i = 0; i < n; i++)
        dx += c[i].ndx, px += c[i].npx;
    printf("engine, one core: %.2f million cases/s (%s, %d cases, %.1f diagnoses and %.1f "
           "procedures "
           "each, %.1f %% ungroupable)\n",
           (double)TIMES * n / median(took) / 1e6, "chs_drg_11", n, (double)dx / n,
           (double)px / n, 100.0 * (double)none / n);
}

static void whole_program(yh_str text)
{
    char path[] = "/tmp/yiheng-bench-XXXXXX";
    int fd = mkstemp(path), null = open("/dev/null", O_WRONLY | O_CLOEXEC), keep = dup(1);
    ptrdiff_t head = yh_find(text, YH_S("\n")) + 1;
    yh_str rows = yh_sub(text, head, text.n);
    double took[ROUNDS];
    int64_t n = 0;
    bool ok = fd >= 0 && null >= 0 && write(fd, text.p, (size_t)head) == head;
    for (int k = 0; k < TIMES && ok; k++)
        ok = write(fd, rows.p, (size_t)rows.n) == rows.n;
    for (ptrdiff_t i = 0; i < rows.n; i++)
        n += rows.p[i] == '\n';
    char word[3][16] = { "group", "--scheme", "chs_drg_11" };
    char *argv[] = { word[0], word[1], word[2], path, NULL };
    for (int r = 0; r < ROUNDS && ok; r++) {
        fflush(stdout);
        dup2(null, 1);
        double from = now();
        ok = yh_cmd_group(4, argv) == 0;
        took[r] = now() - from;
        fflush(stdout);
        dup2(keep, 1);
    }
    if (ok)
        printf("yiheng group, TSV file, two threads, start-up included: %.2f million cases/s "
               "(%lld rows)\n",
               (double)n * TIMES / median(took) / 1e6, (long long)n * TIMES);
    close(fd);
    close(null);
    close(keep);
    unlink(path);
}

static void load_all(void)
{
    double took[ROUNDS];
    size_t used = 0;
    int n = 0;
    for (int r = 0; r < ROUNDS; r++) {
        struct yh_tables t;
        struct yh_names names;
        struct yh_err err;
        double from = now();
        if (yh_tables_open(&t, NULL, &err) || yh_tables_list(&t, &names, &err))
            exit(1);
        for (int i = 0; i < names.n; i++) {
            const struct yh_scheme *s;
            yh_str exact = yh_fmt(&t.arena, "%.*s@as-published", YH_ARG(names.name[i]));
            if (yh_tables_scheme(&t, exact, &s, &err))
                exit(1);
        }
        took[r] = now() - from;
        n = names.n;
        used = yh_arena_used(&t.arena);
        yh_tables_close(&t);
    }
    printf("loading all %d schemes: %.3f s, %.0f MB with the text of the tables\n", n,
           median(took), (double)used / 1e6);
}

int main(void)
{
    struct yh_tables t;
    struct yh_err err;
    yh_str text;
    int n;
    if (yh_tables_open(&t, NULL, &err) ||
        yh_file_read(&t.arena, CASES, (size_t)64 << 20, &text, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    struct yh_case *c = read_cases(&t.arena, text, &n);
    if (!c)
        return 1;
    engine(&t, c, n);
    whole_program(text);
    load_all();
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    printf("peak memory: %ld MB\n", use.ru_maxrss / 1024);
    return 0;
}
