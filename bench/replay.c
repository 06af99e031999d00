/* bench/replay.c [ARCHIVE.yha] [DRAFT.md] -- a year settled again: how many settlements a second a core.
 *
 * Without arguments it makes an invented year of its own (GROUPS account groups of the demonstration's
 * pool, about 8 lines a bill) and takes as draft the residents' document with another rate.  Prints
 * processor seconds of all threads, so that whoever else the machine serves does not count:
 *     reading   all of the archive is read and turned into bills, nothing is settled
 *     lines     every bill is settled from its lines and compared with the books
 *     draft     every bill is settled under the draft, from its cut by mark
 * What settling costs is the difference to reading; the greatest anonymous memory stands behind. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include "limits.h"
#include "service/replay/testing.h"
#include "shell/file/file.h"
#include "shell/world/world.h"

enum { GROUPS = 300000 };

static double cpu(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void fail(const struct yh_err *err)
{
    fprintf(stderr, "%s\n", err->text);
    exit(1);
}

static long anonymous_kib(void)
{
    FILE *f = fopen("/proc/self/status", "r");
    char line[256];
    long kib = 0;
    while (f && fgets(line, sizeof line, f))
        (void)sscanf(line, "RssAnon: %ld", &kib);
    if (f)
        fclose(f);
    return kib;
}

static void measure(const char *name, const struct yh_archive *archive,
                    const struct yh_replay_world *world, const struct yh_replay_options *opt)
{
    struct yh_replay_result r;
    struct yh_err err;
    double wall = bench_now(), used = cpu();
    if (yh_replay_run(archive, world, opt, &r, &err))
        fail(&err);
    used = cpu() - used;
    wall = bench_now() - wall;
    printf("%-8s %d threads  %10lld settlements  %7.2f s CPU  %9.0f /s core  %7.2f s wall  "
           "%5ld MiB anonymous  %lld differ\n",
           name, opt->threads, (long long)r.sampled, used, (double)r.sampled / used, wall,
           anonymous_kib() / 1024, (long long)r.wrong);
    yh_replay_close(&r);
}

static const struct yh_plan *draft_of(struct yh_loaded *l, struct yh_arena *a, const char *file)
{
    struct yh_err err;
    yh_str text;
    if (yh_file_read(a, file, 1 << 24, &text, &err))
        fail(&err);
    ptrdiff_t at = yh_find(text, YH_S("| 70%  | 60%  |"));
    if (at >= 0) {
        char *own = yh_zdup(a, text);
        own[at + 9] = '6', own[at + 10] = '5';
        text = (yh_str){ own, text.n };
    }
    struct yh_policy_text page[64];
    int n = 0;
    page[n++] = (struct yh_policy_text){ YH_S("draft"), text };
    for (int i = 0; i < l->policies.set.ndoc && n < 64; i++)
        if (!yh_eq(l->policies.set.doc[i].text, text) &&
            !yh_ends(yh_cstr(file), l->policies.set.doc[i].name))
            page[n++] = (struct yh_policy_text){ l->policies.set.doc[i].name,
                                                 l->policies.set.doc[i].text };
    struct yh_policy_set set;
    struct yh_findings *f = YH_NEW(a, struct yh_findings, 1);
    struct yh_plan *plan;
    yh_policy_read(a, l->policies.kinds, page, n, &set, f);
    if (yh_policy_compile_doc(a, &set, 0, (struct yh_policy_how){ .drafts = true }, &plan, f,
                              &err))
        fail(&err);
    return plan;
}

int main(int argc, char **argv)
{
    struct yh_loaded l;
    struct yh_err err;
    char *own[] = { (char *)(uintptr_t) "policy/990101" };
    if (yh_loaded_open(NULL, own, argc > 1 ? 0 : 1, false, &l, &err))
        fail(&err);
    struct yh_replay_world world = { l.catalogs.catalog, &l.catalogs.terms, &l.catalogs.regions,
                                     &l.plans };
    char path[1024];
    snprintf(path, sizeof path, "%s", argc > 1 ? argv[1] : "build/bench-replay.yha");
    struct yh_archive archive;
    if (argc < 2) {
        struct yh_trial_year t = { 1, GROUPS, YH_ARC_CHUNK_HEADS, 8, false };
        double began = bench_now();
        if (yh_trial_year_make(&t, &world, path, &err))
            fail(&err);
        printf("made in %.1f s\n", bench_now() - began);
    }
    if (yh_archive_open(path, &archive, &err))
        fail(&err);
    printf("%lld settlements, %lld lines, %lld people, %.1f bytes a settlement with lines\n",
           (long long)archive.heads, (long long)archive.lines, (long long)archive.persons,
           (double)archive.bytes.n / (double)archive.heads);
    struct yh_arena a;
    if (yh_arena_open(&a, (size_t)1 << 30, &err))
        fail(&err);
    const struct yh_plan *plan =
        draft_of(&l, &a, argc > 2 ? argv[2] : "policy/990101/390-2026.md");
    struct yh_replay_draft draft = { YH_S("draft"), &plan, 1, YH_DAY_MIN };
    struct yh_replay_options lines = { .threads = 1, .most = 50 }, idle = lines, cuts = lines;
    idle.idle = true;
    cuts.draft = &draft;
    cuts.ndraft = 1;
    struct yh_replay_options idle_cuts = cuts;
    idle_cuts.idle = true;
    for (int threads = 1; threads <= 2; threads++) {
        lines.threads = idle.threads = cuts.threads = idle_cuts.threads = threads;
        measure("reading", &archive, &world, &idle);
        measure("lines", &archive, &world, &lines);
        measure("reading", &archive, &world, &idle_cuts);
        measure("draft", &archive, &world, &cuts);
    }
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    printf("greatest resident %ld MiB, mapped file included\n", u.ru_maxrss / 1024);
    yh_archive_close(&archive);
    yh_arena_close(&a);
    yh_loaded_close(&l);
    if (argc < 2)
        unlink(path);
    return 0;
}
