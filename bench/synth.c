/* bench/synth.c -- an invented prefecture of 50,000 and of 200,000 people, made whole: people, bills settled,
 * archive and store.  Time should be linear in people: seconds a million people are printed beside.
 *
 * Run from the repository's root.  Asked of it: the 红河 preset (4.38 million people) under 6 minutes on two
 * cores.  `bench/synth --full` makes that preset itself. */
#include <inttypes.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include "limits.h"
#include "shell/sim/sim.h"
#include "store/archive/archive.h"

static double processor(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_utime.tv_sec + (double)u.ru_utime.tv_usec / 1e6 +
           (double)u.ru_stime.tv_sec + (double)u.ru_stime.tv_usec / 1e6;
}

static int64_t size_of(const char *path)
{
    struct stat s;
    return stat(path, &s) ? 0 : (int64_t)s.st_size;
}

static int make(const char *dir, int64_t people)
{
    struct yh_arena a;
    struct yh_err err = { 0 };
    char path[256];
    struct yh_sim_options o = { .data = dir, .preset = "honghe", .people = people };
    if (yh_arena_open(&a, (size_t)64 << 20, &err))
        return 1;
    struct yh_buf said = yh_buf_in(&a);
    double wall = bench_now(), cpu = processor();
    enum yh_status st = yh_sim_make(&o, &said, &err);
    wall = bench_now() - wall;
    cpu = processor() - cpu;
    struct yh_archive *y = yh_heap(NULL, sizeof *y);
    snprintf(path, sizeof path, "%s/archive/532500-2024.yha", dir);
    if (st || (st = yh_archive_open(path, y, &err))) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    double million = (double)y->persons / 1e6;
    printf("%9" PRId64 " people  %9" PRId64 " settlements  %10" PRId64
           " lines  %6.1f s  %6.1f s of processor  (%5.1f s a million people)\n",
           y->persons, y->heads, y->lines, wall, cpu, cpu / million);
    printf("          archive %5.1f MB, store ", (double)size_of(path) / 1e6);
    snprintf(path, sizeof path, "%s/yiheng.db", dir);
    printf("%5.1f MB; %.1f microseconds of processor a settlement\n",
           (double)size_of(path) / 1e6, cpu * 1e6 / (double)y->heads);
    yh_archive_close(y);
    yh_heap(y, 0);
    yh_arena_close(&a);
    snprintf(path, sizeof path, "rm -rf '%s'", dir);
    return system(path) != 0;
}

int main(int argc, char **argv)
{
    static const int64_t PEOPLE[] = { 50000, 200000 };
    char dir[] = "/tmp/yh_bench_synth_XXXXXX", sub[64];
    if (!mkdtemp(dir))
        return 1;
    int bad = 0;
    for (int i = 0; i < 2 && !bad; i++) {
        snprintf(sub, sizeof sub, "%s/%d", dir, i);
        bad = make(sub, PEOPLE[i]);
    }
    if (!bad && argc > 1 && !strcmp(argv[1], "--full")) {
        snprintf(sub, sizeof sub, "%s/full", dir);
        bad = make(sub, 0);
    }
    (void)rmdir(dir);
    return bad;
}
