#include "store/sqlite/pages.h"

#include <sqlite3.h>

#include "base/base.h"

static sqlite3_pcache_methods2 inner; /* SQLite's own; written once, before its first use */

/* One cache: every page in `kept` has a number <= top, but for the one at `away` (0: none). */
struct pages {
    sqlite3_pcache *kept;
    unsigned top, away;
};

static int x_init(void *arg)
{
    return inner.xInit(arg);
}

static void x_shutdown(void *arg)
{
    inner.xShutdown(arg);
}

static sqlite3_pcache *x_create(int page, int extra, int purgeable)
{
    sqlite3_pcache *kept = inner.xCreate(page, extra, purgeable);
    if (!kept)
        return NULL;
    struct pages *p = yh_heap(NULL, sizeof *p);
    *p = (struct pages){ .kept = kept };
    return (sqlite3_pcache *)p;
}

static struct pages *of(sqlite3_pcache *c)
{
    return (struct pages *)c;
}

static void x_size(sqlite3_pcache *c, int n)
{
    inner.xCachesize(of(c)->kept, n);
}

static int x_count(sqlite3_pcache *c)
{
    return inner.xPagecount(of(c)->kept);
}

static sqlite3_pcache_page *x_fetch(sqlite3_pcache *c, unsigned key, int create)
{
    struct pages *p = of(c);
    if (create && key > p->top && key != p->away)
        p->top = key;
    return inner.xFetch(p->kept, key, create);
}

static void x_unpin(sqlite3_pcache *c, sqlite3_pcache_page *page, int discard)
{
    inner.xUnpin(of(c)->kept, page, discard);
}

static void x_rekey(sqlite3_pcache *c, sqlite3_pcache_page *page, unsigned from, unsigned to)
{
    struct pages *p = of(c);
    if (from == p->away)
        p->away = 0;
    if (to > p->top && !p->away)
        p->away = to;
    else if (to > p->top && to != p->away)
        p->top = to;
    inner.xRekey(p->kept, page, from, to);
}

static void x_truncate(sqlite3_pcache *c, unsigned limit)
{
    struct pages *p = of(c);
    if (limit > p->top && limit > p->away)
        return;
    inner.xTruncate(p->kept, limit);
    if (p->top >= limit)
        p->top = limit ? limit - 1 : 0;
    if (p->away >= limit)
        p->away = 0;
}

static void x_destroy(sqlite3_pcache *c)
{
    inner.xDestroy(of(c)->kept);
    yh_heap(c, 0);
}

static void x_shrink(sqlite3_pcache *c)
{
    inner.xShrink(of(c)->kept);
}

void yh_sqlite_pages_install(void)
{
    sqlite3_pcache_methods2 had, ours = { .iVersion = 1,
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
    if (inner.xInit || sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &had) || !had.xRekey)
        return;
    ours.pArg = had.pArg;
    inner = had;
    (void)sqlite3_config(SQLITE_CONFIG_PCACHE2, &ours);
}
