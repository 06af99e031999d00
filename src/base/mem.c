#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/mem.h"

enum yh_status yh_arena_open(struct yh_arena *out, size_t limit, struct yh_err *err)
{
    if (limit == 0)
        limit = 1;
    /* Address space only; a page costs memory once it is touched. */
    void *p = limit > PTRDIFF_MAX ? MAP_FAILED
                                  : mmap(NULL, limit, PROT_READ | PROT_WRITE,
                                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        return yh_fail(err, YH_LIMIT, "系统不给 %zu 字节内存", limit);
    *out = (struct yh_arena){ .at = p, .end = (char *)p + limit, .start = p };
    return YH_OK;
}

void yh_arena_close(struct yh_arena *a)
{
    if (a->start)
        munmap(a->start, (size_t)(a->end - a->start));
    *a = (struct yh_arena){ 0 };
}

void yh_arena_reset(struct yh_arena *a)
{
    a->at = a->start;
}

size_t yh_arena_used(const struct yh_arena *a)
{
    return (size_t)(a->at - a->start);
}

void *yh_alloc_raw(struct yh_arena *a, size_t size, size_t align, size_t count)
{
    yh_assert(align && !(align & (align - 1)));
    size_t pad = -(uintptr_t)a->at & (align - 1);
    size_t room = (size_t)(a->end - a->at);
    if (pad > room || (size && count > (room - pad) / size)) {
        if (!a->guard)
            yh_assert_fail(__FILE__, __LINE__, "the arena has room");
        longjmp(*a->guard, 1);
    }
    char *p = a->at + pad;
    a->at = p + size * count;
    return p;
}

void *yh_alloc(struct yh_arena *a, size_t size, size_t align, size_t count)
{
    void *p = yh_alloc_raw(a, size, align, count);
    if (size && count)
        memset(p, 0, size * count);
    return p;
}

void *yh_grow(struct yh_arena *a, void *items, int count, int *cap, size_t size, size_t align)
{
    yh_assert(0 <= count && count <= *cap);
    yh_assert(*cap <= INT32_MAX / 2);
    int more = *cap ? *cap * 2 : 8;
    char *old = items;
    /* The last thing allocated grows where it stands. */
    if (old && old + (size_t)*cap * size == a->at) {
        yh_alloc(a, size, 1, (size_t)(more - *cap));
        *cap = more;
        return old;
    }
    char *p = yh_alloc(a, size, align, (size_t)more);
    if (count)
        memcpy(p, old, (size_t)count * size);
    *cap = more;
    return p;
}

void *yh_heap(void *p, size_t size)
{
    if (!size) {
        free(p);
        return NULL;
    }
    void *q = realloc(p, size);
    yh_assert(q);
    return q;
}
