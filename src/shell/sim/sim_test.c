/* The invented prefecture: same seed same bytes, whatever the threads; nothing in it could be real. */
#include "shell/sim/sim.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/test.h"
#include "shell/file/file.h"
#include "shell/sim/curve.h"
#include "store/archive/archive.h"

TEST(a_curve_has_mean_one)
{
    struct yh_curve c;
    const int sigma[] = { 300, 600, 1000 };
    for (int i = 0; i < 3; i++) {
        int64_t sum = 0;
        yh_curve_build(&c, sigma[i], i > 0);
        for (int k = 0; k < YH_CURVE_N; k++) {
            sum += c.q[k];
            CHECK(!k || c.q[k] >= c.q[k - 1]);
        }
        int64_t off = sum - (int64_t)YH_CURVE_N * YH_CURVE_ONE;
        CHECK(off <= 0 && off > -YH_CURVE_N);
    }
}

TEST(powers_of_e)
{
    /* e = 2.718282, e² = 7.389056, 1 ÷ e = 0.367879 */
    CHECK_I64(yh_exp_q16(0), 65536, "e^0");
    CHECK_I64(yh_exp_q16(65536), 178145, "e");
    CHECK_I64(yh_exp_q16(2 * 65536), 484249, "e^2");
    CHECK_I64(yh_exp_q16(-65536), 24109, "1/e");
}

/* A small one, in a folder of its own; the archive's bytes and the labels. */
static void town(struct yh_arena *a, int threads, uint64_t seed, bool store, char dir[64],
                 yh_str *archive, yh_str *labels)
{
    struct yh_err err = { 0 };
    snprintf(dir, 64, "/tmp/yh_sim_XXXXXX");
    CHECK(mkdtemp(dir) != NULL);
    struct yh_sim_options o = { .data = dir,
                                .preset = "honghe",
                                .people = 9000,
                                .seed = seed,
                                .threads = threads,
                                .archive_only = !store };
    struct yh_buf said = yh_buf_in(a);
    CHECK_OK(yh_sim_make(&o, &said, &err), &err);
    const char *path = yh_zdup(a, yh_fmt(a, "%s/archive/532500-2024.yha", dir));
    CHECK_OK(yh_file_read(a, path, 256 << 20, archive, &err), &err);
    path = yh_zdup(a, yh_fmt(a, "%s/labels.tsv", dir));
    CHECK_OK(yh_file_read(a, path, 16 << 20, labels, &err), &err);
}

static void sweep(const char *dir)
{
    char cmd[512];
    snprintf(cmd, sizeof cmd, "rm -rf '%s'", dir);
    CHECK(system(cmd) == 0);
}

TEST(one_seed_gives_the_same_bytes_with_any_threads)
{
    struct yh_arena *a = yh_test_arena();
    char dir[4][64];
    yh_str archive[4], labels[4];
    town(a, 1, 7, false, dir[0], &archive[0], &labels[0]);
    town(a, 1, 7, false, dir[1], &archive[1], &labels[1]);
    town(a, 5, 7, false, dir[2], &archive[2], &labels[2]);
    town(a, 2, 8, false, dir[3], &archive[3], &labels[3]);
    CHECK(yh_eq(archive[0], archive[1]) && yh_eq(labels[0], labels[1]));
    CHECK(yh_eq(archive[0], archive[2]) && yh_eq(labels[0], labels[2]));
    CHECK(!yh_eq(archive[0], archive[3]));
    CHECK(labels[0].n > 1000);
    for (int i = 0; i < 4; i++)
        sweep(dir[i]);
}

TEST(a_small_prefecture_is_calibrated_within_its_limits)
{
    struct yh_arena *a = yh_test_arena();
    char dir[64];
    yh_str archive, labels;
    struct yh_err err = { 0 };
    struct yh_buf page = yh_buf_in(a);
    int failed = -1;
    town(a, 2, 11, false, dir, &archive, &labels);
    CHECK_OK(yh_sim_report(NULL, dir, &page, &failed, &err), &err);
    CHECK_I64(failed, 0, "lines over their limit");
    sweep(dir);
}

TEST(what_is_there_is_not_made_again)
{
    struct yh_arena *a = yh_test_arena();
    char dir[64];
    yh_str archive, labels;
    struct yh_err err = { 0 };
    town(a, 2, 7, false, dir, &archive, &labels);
    struct yh_sim_options o = { .data = dir, .preset = "honghe", .people = 9000, .seed = 9 };
    struct yh_buf said = yh_buf_in(a);
    CHECK(yh_sim_make(&o, &said, &err) == YH_CONFLICT);
    o.preset = "nowhere";
    CHECK(yh_sim_make(&o, &said, &err) == YH_NOT_FOUND);
    CHECK(strstr(err.text, "honghe") != NULL);
    sweep(dir);
}
