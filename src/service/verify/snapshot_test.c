/* service/verify/snapshot_test.c -- one thread writes, one checkpoints, two prove the books: every
 * snapshot is whole, and what was committed before it opened is in it. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/test.h"
#include "service/verify/testing.h"
#include "service/verify/verify.h"

struct shared {
    struct yh_store *s;
    atomic_llong committed; /* settlement rows */
    atomic_bool done;
};

/* What pthread_join hands over; nobody writes it. */
static void *words(const char *wrong)
{
    return (void *)(uintptr_t)wrong;
}

static void *checkpoints(void *ctx)
{
    struct shared *h = ctx;
    while (!h->done) {
        if (yh_store_checkpoint(h->s, NULL))
            return words("a checkpoint failed");
        usleep(2000);
    }
    return NULL;
}

static void *proves(void *ctx)
{
    struct shared *h = ctx;
    struct yh_arena a;
    struct yh_err err;
    const char *wrong = NULL;
    struct yh_verify_report *r = yh_heap(NULL, sizeof *r);
    if (yh_arena_open(&a, (size_t)1 << 30, &err))
        return words("no memory");
    for (int seen = 0; !wrong && (!h->done || seen < 3); seen++) {
        struct yh_txn view;
        int64_t before = h->committed;
        yh_arena_reset(&a);
        if (yh_view_open(h->s, &a, &view, &err))
            wrong = "a view does not open";
        else if (yh_verify(&view, &a, r, &err))
            wrong = "a view cannot be read";
        else if (r->problems)
            wrong = "a snapshot is not whole";
        else if (r->settlements < before)
            wrong = "a snapshot misses what was committed before it";
        if (!wrong || view.view)
            yh_view_close(&view);
    }
    yh_heap(r, 0);
    yh_arena_close(&a);
    return words(wrong);
}

static void write_batches(struct shared *h, int batches)
{
    struct yh_trial t = { .seed = 3, .persons = 40, .lines = 3 };
    struct yh_err err;
    for (int i = 0; i < batches; i++) {
        yh_arena_reset(yh_test_arena());
        CHECK_OK(yh_store_batch_begin(h->s, &err), &err);
        for (int k = 0; k < 4; k++) {
            struct yh_txn x;
            struct yh_settlement_row made;
            CHECK_OK(
                yh_txn_begin(h->s, (struct yh_group){ { 0 }, 0 }, yh_test_arena(), &x, &err),
                &err);
            CHECK_OK(yh_trial_settle(&t, &x, &made, &err), &err);
            CHECK_OK(yh_txn_keep(&x, &err), &err);
        }
        CHECK_OK(yh_store_batch_commit(h->s, &err), &err);
        h->committed += 4;
    }
}

TEST(every_snapshot_taken_while_others_write_is_whole)
{
    char dir[] = "/tmp/yh-snap-XXXXXX", url[64], clean[64];
    struct yh_err err;
    struct shared h = { .s = NULL };
    struct yh_store_options opt = { .region = YH_S("990101"), .now = 1774000000 };
    CHECK(mkdtemp(dir) != NULL);
    snprintf(url, sizeof url, "sqlite:%s", dir);
    snprintf(clean, sizeof clean, "rm -r %s", dir);
    CHECK_OK(yh_store_open(yh_cstr(url), &opt, &h.s, &err), &err);
    pthread_t thread[3];
    void *(*const work[])(void *) = { checkpoints, proves, proves };
    for (int i = 0; i < 3; i++)
        CHECK(pthread_create(&thread[i], NULL, work[i], &h) == 0);
    write_batches(&h, 100);
    h.done = true;
    for (int i = 0; i < 3; i++) {
        void *wrong = NULL;
        CHECK(pthread_join(thread[i], &wrong) == 0);
        CHECK_STR(yh_cstr(wrong), YH_S(""), "a thread beside the writer");
    }
    yh_store_close(h.s);
    CHECK(system(clean) == 0);
}
