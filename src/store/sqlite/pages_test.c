/* store/sqlite/pages_test.c -- the page cache against a plain table of what SQLite was told: a page that is
 * in use stays, what is found is what was left there, and no more is kept than wanted. */
#include "base/test.h"
#include "store/sqlite/pages.h"

#define NUMBERS 400
#define MOST 90

struct game {
    sqlite3_pcache *c;
    uint64_t seed;
    int64_t stamp[NUMBERS];            /* last written into the page of that number; 0: none */
    sqlite3_pcache_page *use[NUMBERS]; /* in use */
    int nuse, found;
};

static int below(struct game *g, int n)
{
    return (int)(yh_test_random(&g->seed) % (uint64_t)n);
}

static int64_t *bytes(sqlite3_pcache_page *p)
{
    return p->pBuf;
}

/* A page is brought in as SQLite does it: by its number, and new where its extra begins with zero. */
static void bring(struct game *g, unsigned key, int create)
{
    sqlite3_pcache_page *p = yh_sqlite_pages.xFetch(g->c, key, create);
    if (g->use[key])
        CHECK(p == g->use[key]);
    CHECK(p || create < 2);
    if (!p)
        return;
    void **mark = p->pExtra;
    if (*mark) {
        g->found++;
        CHECK_I64(bytes(p)[0], g->stamp[key], "as it was left");
        CHECK_I64(bytes(p)[127], g->stamp[key], "to its end");
    } else {
        CHECK(create != 0 && !g->use[key]);
        *mark = p;
        g->stamp[key] = 1 + (int64_t)(yh_test_random(&g->seed) >> 2);
        bytes(p)[0] = bytes(p)[127] = g->stamp[key];
    }
    g->nuse += !g->use[key];
    g->use[key] = p;
}

static void put_back(struct game *g, unsigned key, int discard)
{
    if (!g->use[key])
        return;
    *(void **)g->use[key]->pExtra = discard ? NULL : g->use[key]->pExtra;
    yh_sqlite_pages.xUnpin(g->c, g->use[key], discard);
    g->stamp[key] = discard ? 0 : g->stamp[key];
    g->use[key] = NULL;
    g->nuse--;
}

static void renumber(struct game *g, unsigned from, unsigned to)
{
    if (!g->use[from] || g->use[to] || from == to)
        return;
    yh_sqlite_pages.xRekey(g->c, g->use[from], from, to);
    g->use[to] = g->use[from];
    g->stamp[to] = g->stamp[from];
    g->use[from] = NULL;
    g->stamp[from] = 0;
    CHECK(!yh_sqlite_pages.xFetch(g->c, from, 0));
}

static void cut(struct game *g, unsigned limit)
{
    yh_sqlite_pages.xTruncate(g->c, limit);
    for (unsigned i = limit; i < NUMBERS; i++) {
        g->nuse -= g->use[i] != NULL;
        g->use[i] = NULL;
        g->stamp[i] = 0;
        CHECK(!yh_sqlite_pages.xFetch(g->c, i, 0));
    }
}

static void play(struct game *g, bool purgeable)
{
    unsigned key = 1 + (unsigned)below(g, NUMBERS - 1);
    switch (below(g, 40)) {
    case 0: renumber(g, key, 1 + (unsigned)below(g, NUMBERS - 1)); break;
    case 1: put_back(g, key, 1); break;
    case 2:
        if (below(g, 20) == 0)
            cut(g, (unsigned)below(g, NUMBERS) + 1);
        break;
    case 3:
        if (below(g, 50) == 0)
            yh_sqlite_pages.xShrink(g->c);
        break;
    default:
        bring(g, key, below(g, 3));
        /* Now and then more is in use than the cache may hold. */
        if (g->nuse > (below(g, 200) ? 30 : 150))
            for (unsigned i = 1; i < NUMBERS; i++)
                put_back(g, i, 0);
        else if (below(g, 3))
            put_back(g, key, 0);
    }
    if (purgeable && g->nuse == 0)
        CHECK(yh_sqlite_pages.xPagecount(g->c) <= MOST);
    CHECK(yh_sqlite_pages.xPagecount(g->c) >= g->nuse);
}

TEST(pages_are_what_was_left_there_and_those_in_use_stay)
{
    for (int purgeable = 0; purgeable < 2; purgeable++) {
        struct game g = { .seed = 20260323, .c = yh_sqlite_pages.xCreate(1024, 40, purgeable) };
        yh_sqlite_pages.xCachesize(g.c, MOST);
        for (int i = 0; i < 200000; i++)
            play(&g, purgeable);
        CHECK(g.found > 10000);
        yh_sqlite_pages.xDestroy(g.c);
    }
}

/* Of a hundred pages, ten are used again and again while a thousand others pass by. */
TEST(pages_that_are_used_again_outlast_those_that_are_not)
{
    sqlite3_pcache *c = yh_sqlite_pages.xCreate(1024, 40, 1);
    int lost = 0;
    yh_sqlite_pages.xCachesize(c, 100);
    for (unsigned i = 0; i < 1000; i++)
        for (unsigned k = 0; k < 2; k++) {
            unsigned key = k ? 100 + i : 1 + i % 10;
            sqlite3_pcache_page *p = yh_sqlite_pages.xFetch(c, key, 0);
            lost += !p && !k && i >= 10;
            if (!p)
                p = yh_sqlite_pages.xFetch(c, key, 2);
            yh_sqlite_pages.xUnpin(c, p, 0);
        }
    CHECK_I64(lost, 0, "of the ten");
    CHECK_I64(yh_sqlite_pages.xPagecount(c), 100, "full, and no more");
    yh_sqlite_pages.xDestroy(c);
}
