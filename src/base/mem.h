/* base/mem.h -- arenas: memory that is freed as a whole.
 *
 * An arena is one reserved region (pages are touched as used).  A function that returns memory
 * takes `struct yh_arena *`; one that only needs scratch takes `struct yh_arena` BY VALUE, so
 * that what it used falls back when it returns. */
#ifndef YH_BASE_MEM_H
#define YH_BASE_MEM_H
#include <setjmp.h>
#include <stddef.h>
#include "base/err.h"

struct yh_arena {
    char *at, *end; /* free bytes are [at, end) */
    char *start;    /* what yh_arena_open reserved; NULL in a view */
    jmp_buf *guard; /* jumped to when the arena runs out; NULL = assertion */
};

/* Reserves `limit` bytes.  YH_LIMIT: the system refuses. */
YH_MUST_USE
enum yh_status yh_arena_open(struct yh_arena *out, size_t limit, struct yh_err *err);
void yh_arena_close(struct yh_arena *a); /* idempotent; zeroes *a */
void yh_arena_reset(struct yh_arena *a); /* forgets all, keeps the region */
size_t yh_arena_used(const struct yh_arena *a);

/* Zeroed memory for `count` things of `size`; never NULL.  Out of room: longjmp to the guard with
 * value 1, or an assertion when there is none.  count == 0 gives a valid pointer. */
void *yh_alloc(struct yh_arena *a, size_t size, size_t align, size_t count);
/* The same without zeroing: the caller writes every byte. */
void *yh_alloc_raw(struct yh_arena *a, size_t size, size_t align, size_t count);
#define YH_NEW(a, T, n) ((T *)yh_alloc((a), sizeof(T), _Alignof(T), (size_t)(n)))

/* Makes room for one more item in an arena array that doubles: items, count, capacity are the
 * caller's.  Usage: YH_PUSH(arena, list, n, cap) = value; */
void *yh_grow(struct yh_arena *a, void *items, int count, int *cap, size_t size, size_t align);
#define YH_PUSH(a, items, n, cap)                                                \
    ((items) = (n) < (cap) ? (items)                                             \
                           : yh_grow((a), (items), (n), &(cap), sizeof *(items), \
                                     _Alignof(__typeof__(*(items)))),            \
     &(items)[(n)++])[0]

/* The tree's only heap calls, for what must outlive requests (queues, buffers of the shell).
 * yh_heap(NULL, n) allocates, yh_heap(p, n) resizes, yh_heap(p, 0) frees and gives NULL.
 * Out of memory is an assertion. */
void *yh_heap(void *p, size_t size);
#endif
