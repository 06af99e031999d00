#include "base/test.h"

TEST(an_arena_gives_zeroed_aligned_memory_and_falls_back)
{
    struct yh_arena a;
    CHECK_OK(yh_arena_open(&a, 4096, NULL), NULL);
    char *p = yh_alloc_raw(&a, 1, 1, 3);
    memset(p, 7, 3);
    int64_t *q = YH_NEW(&a, int64_t, 4);
    CHECK((uintptr_t)q % _Alignof(int64_t) == 0 && !q[0] && !q[3]);
    size_t used = yh_arena_used(&a);
    struct yh_arena scratch = a; /* by value: what it takes falls back by itself */
    memset(YH_NEW(&scratch, char, 100), 9, 100);
    CHECK_I64(yh_arena_used(&a), used, "scratch left no trace");
    CHECK_I64(*YH_NEW(&a, char, 1), 0, "zeroed again");
    yh_arena_reset(&a);
    CHECK_I64(yh_arena_used(&a), 0, "empty");
    yh_arena_close(&a);
    yh_arena_close(&a);
    CHECK(!a.start && !a.at);
}

TEST(an_arena_that_runs_out_returns_to_its_guard)
{
    struct yh_arena a;
    jmp_buf guard;
    CHECK_OK(yh_arena_open(&a, 100, NULL), NULL);
    a.guard = &guard;
    volatile int got = 0;
    if (!setjmp(guard)) {
        YH_NEW(&a, char, 100);
        got = 1;
        YH_NEW(&a, char, 1);
        got = 2;
    }
    CHECK_I64(got, 1, "the last byte is given, the next is not");
    if (!setjmp(guard)) {
        yh_alloc(&a, SIZE_MAX / 2, 1, 3);
        got = 3;
    }
    CHECK_I64(got, 1, "a product that overflows is out of room too");
    a.guard = NULL;
    CHECK_ASSERTS(yh_alloc(&a, 1, 1, 1));
    CHECK(YH_NEW(&a, char, 0) != NULL);
    yh_arena_close(&a);
    CHECK_I64(yh_arena_open(&a, SIZE_MAX, NULL), YH_LIMIT, "more than the machine has");
}

TEST(lists_grow_and_keep_what_they_hold)
{
    struct yh_arena *a = yh_test_arena();
    int *list = NULL, n = 0, cap = 0;
    int64_t *other = NULL;
    int n2 = 0, cap2 = 0;
    for (int i = 0; i < 1000; i++) {
        YH_PUSH(a, list, n, cap) = i;
        if (i % 100 == 0) /* so that the list cannot always grow where it stands */
            YH_PUSH(a, other, n2, cap2) = -i;
    }
    for (int i = 0; i < 1000; i++)
        CHECK(list[i] == i);
    CHECK(n == 1000 && n2 == 10 && other[9] == -900);
    char *h = yh_heap(NULL, 10);
    h[9] = 1;
    h = yh_heap(h, 1000);
    CHECK(h[9] == 1);
    CHECK(!yh_heap(h, 0));
}
