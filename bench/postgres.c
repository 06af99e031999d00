/* bench/postgres.c -- whole settlements through the store into PostgreSQL, and a folder of many to move.
 *
 *     build/bench/postgres settle URL [seconds] [connections] [per commit]      5 8 1
 *     build/bench/postgres fill DIR SETTLEMENTS
 *
 * A settlement is what bench/store.c writes: visit, 12 packed lines, settlement, three fund rows, four
 * entries, two accumulators, account, group sequence, request key; of persons drawn at random from
 * YH_PERSONS (100,000).  Each connection is a thread with a store of its own, as in `yiheng serve`.
 * bench/postgres.sh starts a server and runs all that is measured on it. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "service/verify/testing.h"
#include "service/verify/verify.h"

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t persons(void)
{
    const char *z = getenv("YH_PERSONS");
    return z ? atoll(z) : 100000;
}

static void must(enum yh_status st, const struct yh_err *err)
{
    if (st) {
        fprintf(stderr, "postgres: %s: %s\n", yh_status_word(st), err->text);
        exit(1);
    }
}

struct hand {
    pthread_t thread;
    yh_str url;
    int number, per_commit;
    atomic_bool *stop;
    atomic_llong *done, *again;
};

/* One settlement in the open batch; another's lock in the way: another person's then. */
static void settle(struct hand *h, struct yh_store *s, struct yh_trial *t, struct yh_arena *a)
{
    struct yh_err err;
    struct yh_txn x;
    struct yh_settlement_row made;
    for (;;) {
        yh_arena_reset(a);
        must(yh_txn_begin(s, (struct yh_group){ { 0 }, 0 }, a, &x, &err), &err);
        yh_txn_hasty(&x);
        enum yh_status st = yh_trial_settle(t, &x, &made, &err);
        if (st == YH_OK)
            st = yh_txn_keep(&x, &err);
        else
            yh_txn_drop(&x);
        if (st == YH_OK)
            return;
        if (!yh_txn_again(&x))
            must(st, &err);
        atomic_fetch_add(h->again, 1);
    }
}

static void *work(void *arg)
{
    struct hand *h = arg;
    struct yh_err err;
    struct yh_arena a;
    struct yh_store *s = NULL;
    struct yh_store_options opt = { .region = YH_S("990101"), .now = 1774000000 };
    struct yh_trial t = { .seed = (uint64_t)now_us() + (uint64_t)h->number * 7919,
                          .persons = persons(),
                          .n = now_us() % 1000000 * 100000 +
                               (int64_t)h->number * 1000000000000 };
    t.n %= 1000000000000000;
    must(yh_arena_open(&a, (size_t)64 << 20, &err), &err);
    must(yh_store_open(h->url, &opt, &s, &err), &err);
    while (!atomic_load(h->stop)) {
        must(yh_store_batch_begin(s, &err), &err);
        for (int i = 0; i < h->per_commit; i++)
            settle(h, s, &t, &a);
        must(yh_store_batch_commit(s, &err), &err);
        atomic_fetch_add(h->done, h->per_commit);
    }
    yh_store_close(s);
    yh_arena_close(&a);
    return NULL;
}

static void settle_alone(yh_str url, int seconds, int connections, int per_commit)
{
    atomic_bool stop = false;
    atomic_llong done = 0, again = 0;
    struct hand hand[64];
    struct yh_store *s = NULL;
    struct yh_err err;
    struct yh_store_options opt = { .region = YH_S("990101"), .now = 1774000000 };
    must(yh_store_open(url, &opt, &s, &err), &err); /* makes the tables */
    yh_store_close(s);
    for (int i = 0; i < connections; i++) {
        hand[i] = (struct hand){ .url = url,
                                 .number = i + 1,
                                 .per_commit = per_commit,
                                 .stop = &stop,
                                 .done = &done,
                                 .again = &again };
        if (pthread_create(&hand[i].thread, NULL, work, &hand[i]))
            exit(1);
    }
    struct timespec second = { 1, 0 };
    nanosleep(&second, NULL); /* warm up: connections, statements */
    struct rusage u0, u1;
    getrusage(RUSAGE_SELF, &u0);
    int64_t from = now_us(), n = atomic_load(&done);
    for (int i = 0; i < seconds; i++)
        nanosleep(&second, NULL);
    n = atomic_load(&done) - n;
    int64_t took = now_us() - from;
    getrusage(RUSAGE_SELF, &u1);
    atomic_store(&stop, true);
    for (int i = 0; i < connections; i++)
        pthread_join(hand[i].thread, NULL);
    int64_t cpu =
        (u1.ru_utime.tv_sec + u1.ru_stime.tv_sec - u0.ru_utime.tv_sec - u0.ru_stime.tv_sec) *
            1000000 +
        u1.ru_utime.tv_usec + u1.ru_stime.tv_usec - u0.ru_utime.tv_usec - u0.ru_stime.tv_usec;
    printf("settlements alone: %lld/s at %d connections, %d a commit; client %lld us CPU each; "
           "%lld done again\n",
           (long long)(n * 1000000 / took), connections, per_commit,
           (long long)(n ? cpu / n : 0), (long long)atomic_load(&again));
}

static void fill(yh_str dir, int64_t settlements)
{
    struct yh_arena a;
    struct yh_err err;
    struct yh_store *s = NULL;
    struct yh_txn x;
    struct yh_settlement_row made;
    struct yh_trial t = { .seed = 1, .persons = persons() };
    struct yh_store_options opt = { .region = YH_S("990101"), .now = 1774000000 };
    must(yh_arena_open(&a, (size_t)64 << 20, &err), &err);
    must(yh_store_open(yh_fmt(&a, "sqlite:%.*s", YH_ARG(dir)), &opt, &s, &err), &err);
    for (int64_t n = 0; n < settlements;) {
        must(yh_store_batch_begin(s, &err), &err);
        for (int i = 0; i < 1000 && n < settlements; i++, n++) {
            yh_arena_reset(&a);
            must(yh_txn_begin(s, (struct yh_group){ { 0 }, 0 }, &a, &x, &err), &err);
            must(yh_trial_settle(&t, &x, &made, &err), &err);
            must(yh_txn_keep(&x, &err), &err);
        }
        must(yh_store_batch_commit(s, &err), &err);
        if (n % 20000 == 0)
            must(yh_store_checkpoint(s, &err), &err);
    }
    yh_store_close(s);
    yh_arena_close(&a);
}

int main(int argc, char **argv)
{
    if (argc == 4 && !strcmp(argv[1], "fill")) {
        fill(yh_cstr(argv[2]), atoll(argv[3]));
        return 0;
    }
    if (argc < 3 || argc > 6 || strcmp(argv[1], "settle")) {
        printf("postgres: bench/postgres.sh starts a server and measures on it\n");
        return 0;
    }
    int n[3] = { 5, 8, 1 };
    for (int i = 3; i < argc; i++)
        n[i - 3] = atoi(argv[i]);
    if (n[0] < 1 || n[1] < 1 || n[1] > 64 || n[2] < 1)
        return 2;
    settle_alone(yh_cstr(argv[2]), n[0], n[1], n[2]);
    return 0;
}
