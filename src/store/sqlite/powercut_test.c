/* store/sqlite/powercut_test.c -- the file layer of powercut.h; its cuts are made in
 * service/verify/powercut_test.c, where there are books to prove afterwards. */
#include "store/sqlite/powercut.h"

#include <sqlite3.h>
#include <stdio.h>

#include "base/test.h"

#define SECTOR 512
#define FILES_MAX 8
#define SHM_SLOTS SQLITE_SHM_NLOCK

struct image {
    unsigned char *p;
    int64_t n, cap;
};

/* One operation since the last sync: a write, or (data NULL) a cut to length `at`. */
struct pending {
    int64_t at, n;
    unsigned char *data;
};

struct medium {
    char name[256];
    bool here, on_disk;
    struct image now, disk;
    struct pending *pending;
    int npending, cap;
    int errors;                      /* failed syncs: each handle is told once, as Linux does */
    int shared, reserved, exclusive; /* locks by connections; not synced anywhere */
    unsigned char **region;
    int nregion, region_size;
    int shm_shared[SHM_SLOTS];
    bool shm_exclusive[SHM_SLOTS];
};

struct handle {
    sqlite3_file base;
    struct medium *m;
    int lock;
    int told;
    unsigned shm_shared, shm_exclusive; /* bits: what this connection holds */
};

static struct {
    struct yh_powercut cut;
    struct medium medium[FILES_MAX];
    sqlite3_vfs vfs;
    bool registered;
} world;

/* ---- images ---- */

static void grow(struct image *i, int64_t n)
{
    if (n > i->cap) {
        i->cap = n * 2;
        i->p = yh_heap(i->p, (size_t)i->cap);
    }
    if (n > i->n) {
        memset(i->p + i->n, 0, (size_t)(n - i->n));
        i->n = n;
    }
}

static void put_bytes(struct image *i, int64_t at, const unsigned char *p, int64_t n)
{
    grow(i, at + n);
    memcpy(i->p + at, p, (size_t)n);
}

static void copy_image(struct image *to, const struct image *from)
{
    to->n = 0;
    grow(to, from->n);
    if (from->n)
        memcpy(to->p, from->p, (size_t)from->n);
}

static void note(struct medium *m, int64_t at, const void *data, int64_t n)
{
    if (m->npending == m->cap) {
        m->cap = m->cap ? 2 * m->cap : 64;
        m->pending = yh_heap(m->pending, (size_t)m->cap * sizeof *m->pending);
    }
    struct pending *p = &m->pending[m->npending++];
    *p = (struct pending){ at, n, NULL };
    if (data) {
        p->data = yh_heap(NULL, (size_t)n + 1);
        memcpy(p->data, data, (size_t)n);
    }
}

static void forget_pending(struct medium *m)
{
    for (int i = 0; i < m->npending; i++)
        yh_heap(m->pending[i].data, 0);
    m->npending = 0;
}

/* ---- the cut ---- */

static uint64_t rnd(uint64_t *seed)
{
    return yh_mix64((*seed)++);
}

/* One sector's piece of a write reaches the disk, or not, or in part. */
static void fate(struct medium *m, int64_t at, const unsigned char *p, int64_t n,
                 uint64_t *seed)
{
    switch (rnd(seed) % 4) {
    case 0:
    case 1:
        put_bytes(&m->disk, at, p, n);
        world.cut.kept++;
        break;
    case 2: world.cut.dropped++; break;
    default: {
        int64_t whole = (int64_t)(rnd(seed) % (uint64_t)n);
        put_bytes(&m->disk, at, p, whole);
        if (rnd(seed) % 2) { /* the rest is noise */
            unsigned char noise[SECTOR];
            for (int64_t i = 0; i < n - whole; i++)
                noise[i] = (unsigned char)rnd(seed);
            put_bytes(&m->disk, at + whole, noise, n - whole);
        }
        world.cut.torn++;
    }
    }
}

static void settle_medium(struct medium *m, uint64_t *seed)
{
    if (m->here != m->on_disk)
        m->on_disk = rnd(seed) % 2;
    for (int i = 0; i < m->npending; i++) {
        const struct pending *p = &m->pending[i];
        if (!p->data) {
            if (rnd(seed) % 2 && p->at < m->disk.n)
                m->disk.n = p->at;
            continue;
        }
        /* The length may have reached the disk without the bytes. */
        if (rnd(seed) % 2)
            grow(&m->disk, p->at + p->n);
        for (int64_t done = 0; done < p->n;) {
            int64_t piece = SECTOR - (p->at + done) % SECTOR;
            piece = piece < p->n - done ? piece : p->n - done;
            fate(m, p->at + done, p->data + done, piece, seed);
            done += piece;
        }
    }
    forget_pending(m);
    if (!m->on_disk)
        m->disk.n = 0;
    copy_image(&m->now, &m->disk);
    m->here = m->on_disk;
}

static void drop_shm(struct medium *m)
{
    for (int i = 0; i < m->nregion; i++)
        yh_heap(m->region[i], 0);
    m->region = yh_heap(m->region, 0);
    m->nregion = 0;
    memset(m->shm_shared, 0, sizeof m->shm_shared);
    memset(m->shm_exclusive, 0, sizeof m->shm_exclusive);
    m->shared = m->reserved = m->exclusive = 0;
}

void yh_powercut_restore(struct yh_powercut *p, uint64_t seed)
{
    for (int i = 0; i < FILES_MAX; i++)
        if (world.medium[i].name[0]) {
            settle_medium(&world.medium[i], &seed);
            drop_shm(&world.medium[i]);
        }
    p->dark = false;
    p->cut_at = p->fail_at = 0;
}

void yh_powercut_forget(struct yh_powercut *p)
{
    for (int i = 0; i < FILES_MAX; i++) {
        struct medium *m = &world.medium[i];
        forget_pending(m);
        drop_shm(m);
        yh_heap(m->pending, 0);
        yh_heap(m->now.p, 0);
        yh_heap(m->disk.p, 0);
        *m = (struct medium){ 0 };
    }
    p->dark = false;
    p->cut_at = p->fail_at = 0;
}

/* Counts an operation that changes the disk; the code with which it fails, if it does. */
static int operation(int dark_code)
{
    struct yh_powercut *p = &world.cut;
    if (p->dark)
        return dark_code;
    p->op++;
    if (p->cut_at && p->op == p->cut_at) {
        p->dark = true;
        return dark_code;
    }
    if (p->fail_at && p->op >= p->fail_at && p->op <= p->fail_at + p->fail_more)
        return p->code;
    return SQLITE_OK;
}

/* ---- sqlite3_io_methods ---- */

static int x_close(sqlite3_file *f)
{
    struct handle *h = (struct handle *)f;
    struct medium *m = h->m;
    m->shared -= h->lock >= SQLITE_LOCK_SHARED;
    m->reserved -= h->lock >= SQLITE_LOCK_RESERVED;
    m->exclusive -= h->lock >= SQLITE_LOCK_EXCLUSIVE;
    return SQLITE_OK;
}

static int x_read(sqlite3_file *f, void *out, int n, sqlite3_int64 at)
{
    struct medium *m = ((struct handle *)f)->m;
    if (world.cut.dark)
        return SQLITE_IOERR_READ;
    int64_t have = m->now.n - at;
    have = have < 0 ? 0 : have > n ? n : have;
    if (have)
        memcpy(out, m->now.p + at, (size_t)have);
    memset((char *)out + have, 0, (size_t)(n - have));
    return have == n ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int x_write(sqlite3_file *f, const void *data, int n, sqlite3_int64 at)
{
    struct medium *m = ((struct handle *)f)->m;
    bool was_dark = world.cut.dark;
    int rc = operation(SQLITE_IOERR_WRITE);
    if (rc && (was_dark || !world.cut.dark))
        return rc;
    /* The write during which the power goes is under way: it may reach the disk in part. */
    note(m, at, data, n);
    put_bytes(&m->now, at, data, n);
    return rc;
}

static int x_truncate(sqlite3_file *f, sqlite3_int64 n)
{
    struct medium *m = ((struct handle *)f)->m;
    int rc = operation(SQLITE_IOERR_TRUNCATE);
    if (rc)
        return rc;
    note(m, n, NULL, 0);
    if (n < m->now.n)
        m->now.n = n;
    return SQLITE_OK;
}

static int x_sync(sqlite3_file *f, int flags)
{
    (void)flags;
    struct medium *m = ((struct handle *)f)->m;
    int rc = operation(SQLITE_IOERR_FSYNC);
    if (rc)
        return rc;
    struct handle *h = (struct handle *)f;
    if (world.cut.fail_sync && --world.cut.fail_sync == 0) {
        if (world.cut.reverts && m->on_disk)
            copy_image(&m->now, &m->disk);
        forget_pending(m);
        m->errors++;
        world.cut.failed++;
    }
    if (h->told != m->errors) {
        h->told = m->errors;
        return SQLITE_IOERR_FSYNC;
    }
    world.cut.syncs++;
    if (world.cut.sync_lies)
        return SQLITE_OK;
    for (int i = 0; i < m->npending; i++) {
        const struct pending *p = &m->pending[i];
        if (p->data)
            put_bytes(&m->disk, p->at, p->data, p->n);
        else if (p->at < m->disk.n)
            m->disk.n = p->at;
        else
            grow(&m->disk, p->at);
    }
    forget_pending(m);
    m->on_disk = m->here;
    return SQLITE_OK;
}

static int x_size(sqlite3_file *f, sqlite3_int64 *out)
{
    *out = ((struct handle *)f)->m->now.n;
    return world.cut.dark ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

static int x_lock(sqlite3_file *f, int level)
{
    struct handle *h = (struct handle *)f;
    struct medium *m = h->m;
    if (level <= h->lock)
        return SQLITE_OK;
    int others = m->shared - (h->lock >= SQLITE_LOCK_SHARED);
    bool reserved = m->reserved - (h->lock >= SQLITE_LOCK_RESERVED) > 0;
    if (m->exclusive > 0 || (level >= SQLITE_LOCK_RESERVED && reserved) ||
        (level == SQLITE_LOCK_EXCLUSIVE && others > 0))
        return SQLITE_BUSY;
    m->shared += h->lock < SQLITE_LOCK_SHARED;
    m->reserved += level >= SQLITE_LOCK_RESERVED && h->lock < SQLITE_LOCK_RESERVED;
    m->exclusive += level == SQLITE_LOCK_EXCLUSIVE;
    h->lock = level;
    return SQLITE_OK;
}

static int x_unlock(sqlite3_file *f, int level)
{
    struct handle *h = (struct handle *)f;
    struct medium *m = h->m;
    if (level >= h->lock)
        return SQLITE_OK;
    m->exclusive -= h->lock == SQLITE_LOCK_EXCLUSIVE;
    m->reserved -= h->lock >= SQLITE_LOCK_RESERVED && level < SQLITE_LOCK_RESERVED;
    m->shared -= level < SQLITE_LOCK_SHARED;
    h->lock = level;
    return SQLITE_OK;
}

static int x_reserved(sqlite3_file *f, int *out)
{
    *out = ((struct handle *)f)->m->reserved > 0;
    return SQLITE_OK;
}

static int x_control(sqlite3_file *f, int op, void *arg)
{
    (void)f, (void)op, (void)arg;
    return SQLITE_NOTFOUND;
}

static int x_sector(sqlite3_file *f)
{
    (void)f;
    return SECTOR;
}

static int x_traits(sqlite3_file *f)
{
    (void)f;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int x_shm_map(sqlite3_file *f, int region, int size, int extend, void volatile **out)
{
    struct medium *m = ((struct handle *)f)->m;
    *out = NULL;
    if (region >= m->nregion) {
        if (!extend)
            return SQLITE_OK;
        m->region = yh_heap(m->region, (size_t)(region + 1) * sizeof *m->region);
        for (; m->nregion <= region; m->nregion++) {
            m->region[m->nregion] = yh_heap(NULL, (size_t)size);
            memset(m->region[m->nregion], 0, (size_t)size);
        }
    }
    *out = m->region[region];
    return SQLITE_OK;
}

static int x_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
    struct handle *h = (struct handle *)f;
    struct medium *m = h->m;
    for (int i = at; i < at + n; i++) {
        bool mine = h->shm_shared >> i & 1;
        if (!(flags & SQLITE_SHM_LOCK))
            continue;
        if (m->shm_exclusive[i] && !(h->shm_exclusive >> i & 1))
            return SQLITE_BUSY;
        if ((flags & SQLITE_SHM_EXCLUSIVE) && m->shm_shared[i] > mine)
            return SQLITE_BUSY;
    }
    for (int i = at; i < at + n; i++) {
        unsigned bit = 1u << i;
        bool lock = flags & SQLITE_SHM_LOCK;
        if (flags & SQLITE_SHM_SHARED) {
            m->shm_shared[i] += lock ? !(h->shm_shared & bit) : -!!(h->shm_shared & bit);
            h->shm_shared = lock ? h->shm_shared | bit : h->shm_shared & ~bit;
        } else {
            m->shm_exclusive[i] = lock;
            h->shm_exclusive = lock ? h->shm_exclusive | bit : h->shm_exclusive & ~bit;
        }
    }
    return SQLITE_OK;
}

static void x_shm_barrier(sqlite3_file *f)
{
    (void)f;
}

static int x_shm_unmap(sqlite3_file *f, int drop)
{
    struct handle *h = (struct handle *)f;
    for (int i = 0; i < SHM_SLOTS; i++) {
        h->m->shm_shared[i] -= h->shm_shared >> i & 1;
        if (h->shm_exclusive >> i & 1)
            h->m->shm_exclusive[i] = false;
    }
    h->shm_shared = h->shm_exclusive = 0;
    if (drop) {
        for (int i = 0; i < h->m->nregion; i++)
            yh_heap(h->m->region[i], 0);
        h->m->region = yh_heap(h->m->region, 0);
        h->m->nregion = 0;
    }
    return SQLITE_OK;
}

static const sqlite3_io_methods METHODS = {
    .iVersion = 2,
    .xClose = x_close,
    .xRead = x_read,
    .xWrite = x_write,
    .xTruncate = x_truncate,
    .xSync = x_sync,
    .xFileSize = x_size,
    .xLock = x_lock,
    .xUnlock = x_unlock,
    .xCheckReservedLock = x_reserved,
    .xFileControl = x_control,
    .xSectorSize = x_sector,
    .xDeviceCharacteristics = x_traits,
    .xShmMap = x_shm_map,
    .xShmLock = x_shm_lock,
    .xShmBarrier = x_shm_barrier,
    .xShmUnmap = x_shm_unmap,
};

/* ---- sqlite3_vfs ---- */

static struct medium *medium_of(const char *name, bool make)
{
    struct medium *vacant = NULL;
    for (int i = 0; i < FILES_MAX; i++) {
        struct medium *m = &world.medium[i];
        if (m->name[0] && strcmp(m->name, name) == 0)
            return m;
        if (!m->name[0] && !vacant)
            vacant = m;
    }
    if (make && vacant)
        snprintf(vacant->name, sizeof vacant->name, "%s", name);
    return make ? vacant : NULL;
}

static int x_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
    (void)v;
    struct handle *h = (struct handle *)f;
    *h = (struct handle){ 0 };
    if (world.cut.dark)
        return SQLITE_CANTOPEN;
    struct medium *m = name ? medium_of(name, flags & SQLITE_OPEN_CREATE) : NULL;
    if (!m || (!m->here && !(flags & SQLITE_OPEN_CREATE)))
        return SQLITE_CANTOPEN;
    if (!m->here) {
        m->here = true;
        m->now.n = 0;
        note(m, 0, NULL, 0); /* what was deleted may still be on the disk */
    }
    h->m = m;
    h->told = m->errors;
    h->base.pMethods = &METHODS;
    if (out)
        *out = flags;
    return SQLITE_OK;
}

static int x_delete(sqlite3_vfs *v, const char *name, int sync)
{
    (void)v;
    struct medium *m = medium_of(name, false);
    int rc = operation(SQLITE_IOERR_DELETE);
    if (rc)
        return rc;
    if (!m || !m->here)
        return SQLITE_IOERR_DELETE_NOENT;
    m->here = false;
    if (sync && !world.cut.sync_lies) {
        m->on_disk = false;
        m->disk.n = 0;
        forget_pending(m);
    }
    return SQLITE_OK;
}

static int x_access(sqlite3_vfs *v, const char *name, int flags, int *out)
{
    (void)v, (void)flags;
    struct medium *m = medium_of(name, false);
    *out = m && m->here;
    return world.cut.dark ? SQLITE_IOERR_ACCESS : SQLITE_OK;
}

static int x_path(sqlite3_vfs *v, const char *name, int n, char *out)
{
    (void)v;
    snprintf(out, (size_t)n, "%s", name);
    return SQLITE_OK;
}

static int x_random(sqlite3_vfs *v, int n, char *out)
{
    (void)v;
    /* The log's salts: different each time, the same in each run. */
    static uint64_t seed = 99;
    for (int i = 0; i < n; i++)
        out[i] = (char)rnd(&seed);
    return n;
}

static int x_sleep(sqlite3_vfs *v, int us)
{
    (void)v;
    return us;
}

static int x_now(sqlite3_vfs *v, double *out)
{
    (void)v;
    *out = 2461000.5;
    return SQLITE_OK;
}

struct yh_powercut *yh_powercut_start(void)
{
    if (!world.registered) {
        world.vfs = (sqlite3_vfs){
            .iVersion = 1,
            .szOsFile = sizeof(struct handle),
            .mxPathname = 250,
            .zName = YH_POWERCUT_VFS,
            .xOpen = x_open,
            .xDelete = x_delete,
            .xAccess = x_access,
            .xFullPathname = x_path,
            .xRandomness = x_random,
            .xSleep = x_sleep,
            .xCurrentTime = x_now,
        };
        CHECK(sqlite3_vfs_register(&world.vfs, 0) == SQLITE_OK);
        world.registered = true;
    }
    yh_powercut_forget(&world.cut);
    world.cut = (struct yh_powercut){ 0 };
    return &world.cut;
}

/* ---- the layer itself is tested: an honest sync keeps, its lack loses ---- */

static sqlite3_file *opened(char *room)
{
    int flags;
    sqlite3_file *f = (sqlite3_file *)(void *)room;
    CHECK(x_open(NULL, "f", f, SQLITE_OPEN_CREATE | SQLITE_OPEN_READWRITE, &flags) ==
          SQLITE_OK);
    return f;
}

TEST(power_cut_layer_keeps_what_was_synced_and_may_lose_the_rest)
{
    struct yh_powercut *p = yh_powercut_start();
    char room[sizeof(struct handle)] __attribute__((aligned(8))), page[4096], back[4096];
    int lost = 0;
    for (int lies = 0; lies < 2; lies++) {
        p->sync_lies = lies;
        for (uint64_t seed = 0; seed < 50; seed++) {
            yh_powercut_forget(p);
            sqlite3_file *f = opened(room);
            memset(page, 'a', sizeof page);
            CHECK(x_write(f, page, 4096, 0) == SQLITE_OK && x_sync(f, 0) == SQLITE_OK);
            memset(page, 'b', sizeof page);
            CHECK(x_write(f, page, 4096, 4096) == SQLITE_OK);
            p->cut_at = p->op + 1;
            CHECK(x_sync(f, 0) != SQLITE_OK && x_read(f, back, 1, 0) != SQLITE_OK);
            x_close(f);
            yh_powercut_restore(p, seed * 1000);
            f = opened(room);
            memset(page, 'a', sizeof page);
            bool whole = x_read(f, back, 4096, 0) == SQLITE_OK && !memcmp(page, back, 4096);
            if (!lies)
                CHECK(whole);
            lost += !whole;
            x_close(f);
        }
    }
    CHECK(lost > 40); /* of 50 lies */
    CHECK(p->kept > 100 && p->dropped > 100 && p->torn > 100);
    yh_powercut_forget(p);
}
