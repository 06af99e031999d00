/* bench/store.c -- whole settlements into SQLite, beside the machine's own fdatasync.
 *
 * A settlement here is what a complete one writes: visit, 12 packed lines, settlement, three fund
 * rows, four entries, two accumulators, account, group sequence, request key; of persons drawn at
 * random from YH_PERSONS (100,000).  The data goes to YH_BENCH_DIR (/tmp); YH_SECONDS a measure. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "service/verify/testing.h"
#include "service/verify/verify.h"

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int64_t cpu_us(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 + u.ru_utime.tv_usec +
           u.ru_stime.tv_usec;
}

static int64_t setting(const char *name, int64_t normal)
{
    const char *z = getenv(name);
    return z ? atoll(z) : normal;
}

/* Appends of 4 KiB, each synced: how many a second. */
static int64_t fdatasync_rate(const char *dir)
{
    char path[128], block[4096] = { 1 };
    snprintf(path, sizeof path, "%s/sync", dir);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    int64_t n = 0;
    uint64_t from = now_ns(), to = from;
    while (fd >= 0 && to - from < 1000000000u) {
        if (write(fd, block, sizeof block) != sizeof block || fdatasync(fd))
            break;
        n++;
        to = now_ns();
    }
    close(fd);
    unlink(path);
    return to > from ? n * 1000000000 / (int64_t)(to - from) : 0;
}

struct bench {
    struct yh_store *s;
    struct yh_trial t;
    struct yh_arena arena;
    struct yh_err err;
};

static void must(struct bench *b, enum yh_status st)
{
    if (st) {
        fprintf(stderr, "%s: %s\n", yh_status_word(st), b->err.text);
        exit(1);
    }
}

static void batch(struct bench *b, int n)
{
    struct yh_txn x;
    struct yh_settlement_row made;
    must(b, yh_store_batch_begin(b->s, &b->err));
    for (int i = 0; i < n; i++) {
        yh_arena_reset(&b->arena);
        must(b, yh_txn_begin(b->s, (struct yh_group){ { 0 }, 0 }, &b->arena, &x, &b->err));
        must(b, yh_trial_settle(&b->t, &x, &made, &b->err));
        must(b, yh_txn_keep(&x, &b->err));
    }
    must(b, yh_store_batch_commit(b->s, &b->err));
}

static void measure(struct bench *b, const char *dir, int per_commit)
{
    int64_t seconds = setting("YH_SECONDS", 3), commits = 0;
    uint64_t from = now_ns(), to = from, checkpoint = from, worst = 0;
    int64_t cpu = cpu_us();
    while (to - from < (uint64_t)seconds * 1000000000u) {
        uint64_t start = to;
        batch(b, per_commit);
        commits++;
        if (to - checkpoint > 500000000u) { /* the shell has a thread for it; here it counts */
            must(b, yh_store_checkpoint(b->s, &b->err));
            checkpoint = to;
        }
        to = now_ns();
        worst = to - start > worst ? to - start : worst;
    }
    int64_t us = (int64_t)(to - from) / 1000, n = commits * per_commit;
    cpu = cpu_us() - cpu;
    printf(
        "%4d a commit: %6lld settlements/s, %5lld commits/s, %4lld us CPU each, worst %lld ms "
        "(fdatasync %lld/s)\n",
        per_commit, (long long)(n * 1000000 / us), (long long)(commits * 1000000 / us),
        (long long)(cpu / n), (long long)(worst / 1000000), (long long)fdatasync_rate(dir));
}

int main(void)
{
    const char *root = getenv("YH_BENCH_DIR");
    char dir[96], url[128], clean[128], file[128];
    struct stat st;
    static struct yh_verify_report report;
    snprintf(dir, sizeof dir, "%s/yh-bench-XXXXXX", root ? root : "/tmp");
    if (!mkdtemp(dir))
        return 1;
    snprintf(url, sizeof url, "sqlite:%s", dir);
    snprintf(clean, sizeof clean, "rm -r %s", dir);
    struct bench b = { .t = { .seed = 1, .persons = setting("YH_PERSONS", 100000) } };
    struct yh_store_options opt = { .region = YH_S("990101"), .now = 1774000000 };
    must(&b, yh_arena_open(&b.arena, (size_t)1 << 30, &b.err));
    must(&b, yh_store_open(yh_cstr(url), &opt, &b.s, &b.err));
    printf(
        "store: settlements of 12 lines, %lld persons at random; fdatasync of 4 KiB %lld/s\n",
        (long long)b.t.persons, (long long)fdatasync_rate(dir));
    static const int PER_COMMIT[] = { 1, 10, 100 };
    for (int i = 0; i < YH_COUNT(PER_COMMIT); i++)
        measure(&b, dir, PER_COMMIT[i]);
    yh_store_close(b.s);
    snprintf(file, sizeof file, "%s/yiheng.db", dir);
    if (!stat(file, &st) && b.t.n)
        printf("      %lld settlements, %lld bytes each on disk\n", (long long)b.t.n,
               (long long)st.st_size / (long long)b.t.n);
    uint64_t from = now_ns();
    yh_arena_reset(&b.arena);
    must(&b, yh_verify_data(yh_cstr(url), &b.arena, &report, &b.err));
    printf("verify: %lld settlements/s, %lld problems\n",
           (long long)((uint64_t)report.settlements * 1000000000u / (now_ns() - from)),
           (long long)report.problems);
    yh_arena_close(&b.arena);
    return report.problems || system(clean);
}
