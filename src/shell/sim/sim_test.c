/* The invented prefecture: same seed same bytes, whatever the threads; nothing in it could be real. */
#include "shell/sim/sim.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/test.h"
#include "service/verify/verify.h"
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
                                .people = 5000,
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
    struct yh_sim_options o = { .data = dir, .preset = "honghe", .people = 5000, .seed = 9 };
    struct yh_buf said = yh_buf_in(a);
    CHECK(yh_sim_make(&o, &said, &err) == YH_CONFLICT);
    o.preset = "nowhere";
    CHECK(yh_sim_make(&o, &said, &err) == YH_NOT_FOUND);
    CHECK(strstr(err.text, "honghe") != NULL);
    sweep(dir);
}

/* ---- the official rules of sex and childhood ---- */

struct limits {
    struct yh_map sex, child; /* item -> 1 male, 2 female; item -> child's age ends */
};

static void read_limits(struct yh_arena *a, const char *path, const char *column,
                        struct yh_map *out)
{
    struct yh_tsv t;
    CHECK_OK(yh_tsv_open(&t, yh_test_file(a, path), NULL), NULL);
    int code = yh_tsv_col(&t, YH_S("item_code")), v = yh_tsv_col(&t, yh_cstr(column));
    CHECK(code >= 0 && v >= 0);
    while (yh_tsv_next(&t, NULL) > 0) {
        yh_str word = t.cell[v];
        int32_t n = yh_eq(word, YH_S("M"))         ? 1
                    : yh_eq(word, YH_S("F"))       ? 2
                    : yh_eq(word, YH_S("infant"))  ? 7
                    : yh_eq(word, YH_S("newborn")) ? 1
                                                   : 18;
        (void)yh_map_add(out, t.cell[code], n);
    }
}

static bool hits(const struct yh_archive *y, const struct limits *l,
                 const struct yh_arc_chunk *c, int64_t head)
{
    int64_t from, to, who = YH_ARC(c, head, person, head);
    int age = yh_age_years((yh_day)YH_ARC(c, person, born, who),
                           (yh_day)YH_ARC(c, head, begin, head));
    YH_ARC_SPAN(c, head, line, head, &from, &to);
    for (int64_t i = from; i < to; i++) {
        yh_str code = yh_arc_dict_text(&y->dicts, YH_DICT_ITEM, YH_ARC(c, line, item, i));
        int sex = yh_map_get(&l->sex, code, 0), child = yh_map_get(&l->child, code, 0);
        if ((sex && sex != YH_ARC(c, person, sex, who)) || (child && age >= child))
            return true;
    }
    return false;
}

TEST(people_are_loaded_and_proved)
{
    struct yh_arena *a = yh_test_arena();
    char dir[64];
    yh_str archive, labels;
    struct yh_err err = { 0 };
    struct yh_verify_report r;
    town(a, 2, 7, true, dir, &archive, &labels);
    CHECK_OK(yh_verify_data(yh_fmt(a, "sqlite:%s", dir), a, &r, &err), &err);
    CHECK_I64(r.problems, 0, "the books are proved");
    CHECK(r.groups > 4000 && r.accounts > 300);
    sweep(dir);
}

TEST(official_rules_of_sex_and_childhood_are_hit_only_where_planted)
{
    struct yh_arena *a = yh_test_arena();
    char dir[64], text[24];
    yh_str bytes, labels;
    struct yh_err err = { 0 };
    struct limits l = { yh_map_in(a, 20000), yh_map_in(a, 20000) };
    read_limits(a, "catalogs/monitoring/official/drug-sex.tsv", "sex", &l.sex);
    read_limits(a, "catalogs/monitoring/official/service-sex.tsv", "sex", &l.sex);
    read_limits(a, "catalogs/monitoring/official/drug-child-only.tsv", "age_group", &l.child);
    read_limits(a, "catalogs/monitoring/official/service-child-only.tsv", "age_group",
                &l.child);
    town(a, 2, 21, false, dir, &bytes, &labels);
    struct yh_map planted = yh_map_in(a, 4096);
    yh_str rest = labels;
    while (rest.n) {
        yh_str line = yh_cut(&rest, '\n'), no = yh_cut(&line, '\t');
        if (yh_ends(line, YH_S("planted")) &&
            (yh_find(line, YH_S("\tsex-")) >= 0 || yh_find(line, YH_S("\tchild-")) >= 0))
            (void)yh_map_add(&planted, no, 1);
    }
    struct yh_archive *y = YH_NEW(a, struct yh_archive, 1);
    const char *path = yh_zdup(a, yh_fmt(a, "%s/archive/532500-2024.yha", dir));
    CHECK_OK(yh_archive_open(path, y, &err), &err);
    int found = 0, lawful = 0;
    for (int i = 0; i < y->nchunk; i++) {
        struct yh_arc_chunk c;
        CHECK_OK(yh_archive_chunk(y, i, &c, &err), &err);
        for (int64_t h = 0; h < c.n[YH_ARC_head]; h++) {
            bool hit = hits(y, &l, &c, h);
            yh_str no = yh_arc_text(&c, YH_ARC(&c, head, settlement, h), text);
            bool known = yh_map_get(&planted, no, 0);
            CHECK_I64(hit && !known, 0, "a hit that nobody planted");
            found += hit;
            lawful += known && !hit;
        }
    }
    CHECK(found > 5);
    CHECK_I64(lawful, 0, "planted and not to be found");
    yh_archive_close(y);
    sweep(dir);
}
