#include "store/sqlite/pages.h"

#include "base/base.h"

#define BLOCK 16     /* pages allocated together */
#define FEW_SLOTS 64 /* a power of two */

/* Stands between a page's bytes and what SQLite keeps of it, its `extra`. */
struct frame {
    sqlite3_pcache_page page; /* first: SQLite's pointer is ours */
    unsigned key;             /* the page's number; 0: free */
    bool pinned, lately;      /* in use; used since it was last looked at in the queue */
    bool queued;
    struct frame *next, *behind; /* of the free ones; in the queue */
};

/* Found from the place of its number's hash on, without a gap. */
struct slot {
    unsigned key; /* 0: none */
    struct frame *frame;
};

struct pages {
    size_t size, stride; /* of a page; of a frame with its page and extra, multiples of 16 */
    bool purgeable;      /* else nothing is ever let go of by itself */
    int most, n, pinned;
    char **block;
    int nblock, cap;
    struct frame *free;
    /* Those that may go: every page not in use is in it, and some that have come into use again or were
     * freed since, which are dropped when they are met. */
    struct frame *first, *last;
    struct slot *slot;
    unsigned mask;
    /* Every page has a number <= top, but for the one at `away` (0: none). */
    unsigned top, away;
};

static struct pages *of(sqlite3_pcache *c)
{
    return (struct pages *)c;
}

/* ---- the table ---- */

static unsigned home(const struct pages *p, unsigned key)
{
    return (unsigned)(((uint64_t)key * 0x9e3779b97f4a7c15u) >> 32) & p->mask;
}

static unsigned place(const struct pages *p, unsigned key)
{
    unsigned at = home(p, key);
    while (p->slot[at].key && p->slot[at].key != key)
        at = (at + 1) & p->mask;
    return at;
}

static void widen(struct pages *p)
{
    struct slot *had = p->slot;
    unsigned n = had ? p->mask + 1 : 0;
    p->mask = n ? 2 * n - 1 : FEW_SLOTS - 1;
    p->slot = yh_heap(NULL, (p->mask + 1) * sizeof *p->slot);
    memset(p->slot, 0, (p->mask + 1) * sizeof *p->slot);
    for (unsigned i = 0; i < n; i++)
        if (had[i].key)
            p->slot[place(p, had[i].key)] = had[i];
    if (had)
        yh_heap(had, 0);
}

static void enter(struct pages *p, struct frame *f, unsigned key)
{
    f->key = key;
    p->slot[place(p, key)] = (struct slot){ key, f };
}

/* What stands behind the gap moves into it where it would not be found beyond it. */
static void leave(struct pages *p, unsigned key)
{
    unsigned gap = place(p, key), at = gap;
    yh_assert(p->slot[gap].key == key);
    for (;;) {
        at = (at + 1) & p->mask;
        if (!p->slot[at].key)
            break;
        unsigned way = (at - home(p, p->slot[at].key)) & p->mask;
        if (way >= ((at - gap) & p->mask)) {
            p->slot[gap] = p->slot[at];
            gap = at;
        }
    }
    p->slot[gap] = (struct slot){ 0 };
}

/* ---- frames ---- */

static struct frame *frame_at(const struct pages *p, int i)
{
    char *at = p->block[i / BLOCK] + (size_t)(i % BLOCK) * p->stride;
    return (struct frame *)(void *)(at + p->size);
}

static void more_frames(struct pages *p)
{
    if (p->nblock == p->cap) {
        p->cap = p->cap ? 2 * p->cap : 16;
        p->block = yh_heap(p->block, (size_t)p->cap * sizeof *p->block);
    }
    p->block[p->nblock++] = yh_heap(NULL, BLOCK * p->stride);
    for (int i = p->nblock * BLOCK - 1; i >= (p->nblock - 1) * BLOCK; i--) {
        struct frame *f = frame_at(p, i);
        *f = (struct frame){ .page = { (char *)f - p->size, f + 1 }, .next = p->free };
        p->free = f;
    }
}

static void let_go(struct pages *p, struct frame *f)
{
    leave(p, f->key);
    p->pinned -= f->pinned;
    p->n--;
    f->key = 0;
    f->pinned = f->lately = false;
    f->next = p->free;
    p->free = f;
}

static void queue(struct pages *p, struct frame *f)
{
    f->queued = true;
    f->behind = NULL;
    if (p->first)
        p->last->behind = f;
    else
        p->first = f;
    p->last = f;
}

/* The page that goes: not in use, and not used since it was last met here.  NULL: all are in use. */
static struct frame *oldest(struct pages *p)
{
    while (p->first) {
        struct frame *f = p->first;
        p->first = f->behind;
        f->queued = false;
        if (!f->key || f->pinned)
            continue;
        if (!f->lately)
            return f;
        f->lately = false;
        queue(p, f);
    }
    return NULL;
}

/* ---- what SQLite calls ---- */

static int x_init(void *arg)
{
    (void)arg;
    return SQLITE_OK;
}

static void x_shutdown(void *arg)
{
    (void)arg;
}

static sqlite3_pcache *x_create(int page, int extra, int purgeable)
{
    struct pages *p = yh_heap(NULL, sizeof *p);
    size_t size = (size_t)page, whole = size + sizeof(struct frame) + (size_t)extra;
    yh_assert(size % 16 == 0);
    *p = (struct pages){
        .size = size, .stride = (whole + 15) / 16 * 16, .purgeable = purgeable, .most = 100
    };
    widen(p);
    return (sqlite3_pcache *)p;
}

static void x_size(sqlite3_pcache *c, int n)
{
    of(c)->most = n;
}

static int x_count(sqlite3_pcache *c)
{
    return of(c)->n;
}

/* create 1: only where it costs no more than a page that is not in use; 2: at any cost. */
static sqlite3_pcache_page *x_fetch(sqlite3_pcache *c, unsigned key, int create)
{
    struct pages *p = of(c);
    struct frame *f = p->slot[place(p, key)].frame;
    if (f) {
        p->pinned += !f->pinned;
        f->pinned = true;
        return &f->page;
    }
    if (!create || (create == 1 && p->purgeable && p->pinned >= p->most - p->most / 10))
        return NULL;
    if (p->purgeable && p->n >= p->most && (f = oldest(p)) != NULL)
        let_go(p, f);
    if (!p->free)
        more_frames(p);
    if (2 * (unsigned)(p->n + 1) > p->mask)
        widen(p);
    f = p->free;
    p->free = f->next;
    p->n++;
    p->pinned++;
    f->pinned = true;
    memset(f->page.pExtra, 0, sizeof(void *)); /* by which SQLite knows a new page */
    enter(p, f, key);
    if (key > p->top && key != p->away)
        p->top = key;
    return &f->page;
}

static void x_unpin(sqlite3_pcache *c, sqlite3_pcache_page *page, int discard)
{
    struct pages *p = of(c);
    struct frame *f = (struct frame *)(void *)page;
    yh_assert(f->key && f->pinned);
    if (discard || (p->purgeable && p->n > p->most)) {
        let_go(p, f);
        return;
    }
    p->pinned--;
    f->pinned = false;
    f->lately = f->queued; /* a page that is used once goes before one that is used again */
    if (!f->queued)
        queue(p, f);
}

static void x_rekey(sqlite3_pcache *c, sqlite3_pcache_page *page, unsigned from, unsigned to)
{
    struct pages *p = of(c);
    struct frame *f = (struct frame *)(void *)page, *had = p->slot[place(p, to)].frame;
    yh_assert(f->key == from);
    if (had && had != f)
        let_go(p, had);
    leave(p, from);
    enter(p, f, to);
    if (from == p->away)
        p->away = 0;
    if (to > p->top && !p->away)
        p->away = to;
    else if (to > p->top && to != p->away)
        p->top = to;
}

static void x_truncate(sqlite3_pcache *c, unsigned limit)
{
    struct pages *p = of(c);
    if (limit > p->top && limit > p->away)
        return;
    for (int i = 0; i < p->nblock * BLOCK; i++) {
        struct frame *f = frame_at(p, i);
        if (f->key && f->key >= limit)
            let_go(p, f);
    }
    if (p->top >= limit)
        p->top = limit ? limit - 1 : 0;
    if (p->away >= limit)
        p->away = 0;
}

static void x_destroy(sqlite3_pcache *c)
{
    struct pages *p = of(c);
    for (int i = 0; i < p->nblock; i++)
        yh_heap(p->block[i], 0);
    if (p->block)
        yh_heap(p->block, 0);
    yh_heap(p->slot, 0);
    yh_heap(p, 0);
}

/* Somebody wants memory back: what is not in use is forgotten, and given back when nothing is left. */
static void x_shrink(sqlite3_pcache *c)
{
    struct pages *p = of(c);
    for (int i = 0; i < p->nblock * BLOCK; i++) {
        struct frame *f = frame_at(p, i);
        if (p->purgeable && f->key && !f->pinned)
            let_go(p, f);
    }
    if (p->n)
        return;
    for (int i = 0; i < p->nblock; i++)
        yh_heap(p->block[i], 0);
    p->nblock = 0;
    p->free = p->first = NULL;
}

const sqlite3_pcache_methods2 yh_sqlite_pages = { .iVersion = 1,
                                                  .xInit = x_init,
                                                  .xShutdown = x_shutdown,
                                                  .xCreate = x_create,
                                                  .xCachesize = x_size,
                                                  .xPagecount = x_count,
                                                  .xFetch = x_fetch,
                                                  .xUnpin = x_unpin,
                                                  .xRekey = x_rekey,
                                                  .xTruncate = x_truncate,
                                                  .xDestroy = x_destroy,
                                                  .xShrink = x_shrink };

void yh_sqlite_pages_install(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_PCACHE2, &yh_sqlite_pages);
}
