/* bench/limits.h -- what this machine can do at most, printed beside every figure: the speed at
 * which memory is copied, and how often a second a small write can be made durable. */
#ifndef YH_BENCH_LIMITS_H
#define YH_BENCH_LIMITS_H
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static inline double bench_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Processor seconds of this thread: what one core gives, whoever else the machine serves. */
static inline double bench_cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline int bench_by_value(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}
/* Sorts v[0 .. n) and answers the middle one. */
static inline double bench_median(double *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, bench_by_value);
    return v[n / 2];
}

/* Bytes read and written a second by memcpy over 64 MiB, the best of five. */
static inline double bench_memory(void)
{
    size_t n = (size_t)64 << 20;
    char *a = malloc(n), *b = malloc(n);
    double best = 0;
    if (a && b) {
        memset(a, 1, n);
        memset(b, 2, n);
        for (int i = 0; i < 5; i++) {
            double t = bench_now();
            memcpy(i & 1 ? a : b, i & 1 ? b : a, n);
            t = bench_now() - t;
            if (2.0 * (double)n / t > best)
                best = 2.0 * (double)n / t;
        }
    }
    free(a);
    free(b);
    return best;
}

/* fdatasyncs a second of a 4 KiB append in `dir`, over a third of a second; 0 = it cannot write. */
static inline double bench_fdatasync(const char *dir)
{
    char path[512], block[4096] = { 1 };
    snprintf(path, sizeof path, "%s/bench-limits-XXXXXX", dir);
    int fd = mkstemp(path), n = 0;
    if (fd < 0)
        return 0;
    double start = bench_now(), t = start;
    while (t - start < 0.33) {
        if (write(fd, block, sizeof block) != (ssize_t)sizeof block || fdatasync(fd))
            break;
        n++;
        t = bench_now();
    }
    close(fd);
    unlink(path);
    return t > start ? n / (t - start) : 0;
}

/* One line for the head of a report; dir is where the program would keep its data. */
static inline void bench_limits(const char *dir)
{
    printf("这台机器：内存复制 %.1f GB/s，fdatasync %.0f 次/s（%s），%ld 核\n",
           bench_memory() / 1e9, bench_fdatasync(dir), dir, sysconf(_SC_NPROCESSORS_ONLN));
}
#endif
