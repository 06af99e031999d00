#include "store/archive/archive.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/test.h"

static void person(struct yh_arc_builder *b, int64_t grp, int heads)
{
    struct yh_arc_person p = { .grp = grp, .person = yh_arc_text_in(b, YH_S("P")) };
    int64_t at = yh_arc_add_person(b, &p);
    for (int i = 0; i < heads; i++) {
        struct yh_arc_head h = { .person = at, .seq = i + 1, .basic = grp * 100 };
        h.relative_of = h.undoes = h.replaces = -1;
        (void)yh_arc_add_head(b, &h);
    }
}

/* An archive of two chunks in a file of its own. */
static void make(struct yh_arena *a, char path[64])
{
    snprintf(path, 64, "/tmp/yiheng-archive-%d.yha", (int)getpid());
    struct yh_arena work;
    struct yh_err err;
    struct yh_archive_writer *w;
    struct yh_arc_builder b;
    struct yh_arc_dicts d;
    CHECK_OK(yh_arena_open(&work, (size_t)1 << 28, &err), &err);
    yh_arc_dicts_open(&d, a);
    (void)yh_arc_dict_add(&d, YH_DICT_SCHEME, YH_S("390"));
    CHECK_OK(yh_archive_create(path, &w, &err), &err);
    for (int c = 0; c < 2; c++) {
        yh_arc_open(&b, &work);
        person(&b, 10 * c + 1, 3);
        person(&b, 10 * c + 2, 2);
        CHECK_OK(yh_archive_append(w, yh_arc_encode(&b, a), &err), &err);
    }
    CHECK(yh_archive_append(w, yh_arc_encode(&b, a), NULL) == YH_BAD_INPUT);
    yh_arc_open(&b, &work);
    struct yh_arc_provider p = { .code = yh_arc_text_in(&b, YH_S("H99010100001")) };
    (void)yh_arc_add_provider(&b, &p);
    struct yh_archive_about about = { .region = 990101, .year = 2026, .seed = 5 };
    about.text = YH_S("source test\n");
    CHECK_OK(yh_archive_finish(w, &d, yh_arc_encode(&b, a), &about, &err), &err);
    yh_arena_close(&work);
}

TEST(an_archive_is_written_and_mapped)
{
    struct yh_arena *a = yh_test_arena();
    char path[64];
    make(a, path);
    struct yh_archive r;
    struct yh_err err;
    CHECK_OK(yh_archive_open(path, &r, &err), &err);
    CHECK_I64(r.nchunk, 2, "chunks");
    CHECK_I64(r.heads, 10, "heads");
    CHECK_I64(r.about.region, 990101, "region");
    CHECK_STR(r.about.text, YH_S("source test\n"), "about");
    CHECK_STR(yh_arc_dict_text(&r.dicts, YH_DICT_SCHEME, 1), YH_S("390"), "dictionary");
    CHECK_I64(r.providers.n[YH_ARC_provider], 1, "providers");
    struct yh_arc_chunk c;
    CHECK_OK(yh_archive_chunk(&r, 1, &c, &err), &err);
    CHECK_I64(YH_ARC(&c, head, basic, 4), 1200, "a value");
    yh_archive_drop(&r, 1);
    CHECK_I64(YH_ARC(&c, head, basic, 4), 1200, "it comes back");
    uint8_t other[32] = { 1 };
    CHECK(yh_archive_same_catalog(&r, other, &err) == YH_CONFLICT);
    yh_archive_close(&r);
    unlink(path);
}

/* Every byte of the file is under some checksum: none may change unseen. */
TEST(a_damaged_archive_is_refused_and_the_chunk_is_named)
{
    struct yh_arena *a = yh_test_arena();
    char path[64];
    make(a, path);
    FILE *f = fopen(path, "r+b");
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    int in_chunk = 0, unseen = 0;
    for (long at = 0; at < size; at += at < 256 ? 1 : 37) {
        if (at >= 204 && at < 256) /* unused */
            continue;
        fseek(f, at, SEEK_SET);
        int was = fgetc(f);
        fseek(f, at, SEEK_SET);
        fputc(was ^ 0x5a, f);
        fflush(f);
        struct yh_archive r;
        struct yh_err err = { 0 };
        bool seen = yh_archive_open(path, &r, &err) != YH_OK;
        for (int i = 0; !seen && i < r.nchunk; i++) {
            struct yh_arc_chunk c;
            if (yh_archive_chunk(&r, i, &c, &err)) {
                seen = true;
                in_chunk += strstr(err.text, "第") != NULL;
                yh_archive_close(&r);
            }
        }
        if (!seen) {
            unseen++;
            yh_archive_close(&r);
        }
        fseek(f, at, SEEK_SET);
        fputc(was, f);
        fflush(f);
    }
    CHECK_I64(unseen, 0, "changes that nobody saw");
    CHECK(in_chunk > 0);
    fclose(f);
    unlink(path);
}

TEST(another_version_is_refused_with_the_cure)
{
    struct yh_arena *a = yh_test_arena();
    char path[64];
    make(a, path);
    FILE *f = fopen(path, "r+b");
    fseek(f, 8, SEEK_SET);
    fputc(9, f);
    fclose(f);
    struct yh_archive r;
    struct yh_err err;
    CHECK(yh_archive_open(path, &r, &err) == YH_CONFLICT);
    CHECK(strstr(err.text, "第 9 版") && strstr(err.text, "重建"));
    unlink(path);
}

TEST(an_unfinished_archive_is_none)
{
    struct yh_archive_writer *w;
    struct yh_archive r;
    struct yh_err err;
    char path[64];
    snprintf(path, sizeof path, "/tmp/yiheng-unfinished-%d.yha", (int)getpid());
    CHECK_OK(yh_archive_create(path, &w, &err), &err);
    CHECK(yh_archive_open(path, &r, &err) == YH_NOT_FOUND);
    yh_archive_abandon(w);
}
