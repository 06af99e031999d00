#include "store/sqlite/layer.h"

#include <stddef.h>
#include <stdio.h>

#include "base/base.h"

#define HOLD_BYTES 0x1ffff /* held back at most: SQLite's own layer writes no more at once */
#define FRAME_HEAD 24

/* A log or a main file, and behind it the file of the layer below. */
struct file {
    sqlite3_file base;
    int pace, written; /* a main file's: pages since the last sync */
    /* What is held back of a log; where the page of the head that came last belongs, 0: none; does that
     * frame end a commit; was a reading the last that happened. */
    unsigned char *held;
    sqlite3_int64 at, n, page_at;
    bool ends, looked;
    int step;           /* by which it grows */
    sqlite3_int64 size; /* of the file below, as far as this connection knows; -1: ask */
};
#define FILE_BYTES ((int)((sizeof(struct file) + 15) / 16 * 16))

static struct file *file_of(sqlite3_file *f)
{
    return (struct file *)(void *)f;
}

static sqlite3_file *below(sqlite3_file *f)
{
    return (sqlite3_file *)(void *)((char *)f + FILE_BYTES);
}

/* ---- both ---- */

static int x_lock(sqlite3_file *f, int level)
{
    return below(f)->pMethods->xLock(below(f), level);
}

static int x_unlock(sqlite3_file *f, int level)
{
    return below(f)->pMethods->xUnlock(below(f), level);
}

static int x_reserved(sqlite3_file *f, int *out)
{
    return below(f)->pMethods->xCheckReservedLock(below(f), out);
}

static int x_control(sqlite3_file *f, int op, void *arg)
{
    return below(f)->pMethods->xFileControl(below(f), op, arg);
}

static int x_sector(sqlite3_file *f)
{
    return below(f)->pMethods->xSectorSize(below(f));
}

static int x_traits(sqlite3_file *f)
{
    return below(f)->pMethods->xDeviceCharacteristics(below(f));
}

/* ---- the log ---- */

/* Zeros from what was just written, whoever wrote behind it before, up to the next step.  Where they do not
 * fit the frames still may: so a failure is nobody's. */
static void grow(sqlite3_file *f, sqlite3_int64 end)
{
    static const char zeros[HOLD_BYTES];
    struct file *l = file_of(f);
    sqlite3_int64 to = (end + l->step - 1) / l->step * l->step;
    int rc = SQLITE_OK;
    for (sqlite3_int64 at = end, n; !rc && at < to; at += n) {
        n = yh_min(to - at, HOLD_BYTES);
        rc = below(f)->pMethods->xWrite(below(f), zeros, (int)n, at);
    }
    l->size = rc ? -1 : to;
}

static int put(sqlite3_file *f, const void *data, int n, sqlite3_int64 at)
{
    struct file *l = file_of(f);
    int rc = SQLITE_OK;
    if (l->size < 0)
        rc = below(f)->pMethods->xFileSize(below(f), &l->size);
    if (!rc)
        rc = below(f)->pMethods->xWrite(below(f), data, n, at);
    if (!rc && at + n > l->size)
        grow(f, at + n);
    return rc;
}

static int flush(sqlite3_file *f)
{
    struct file *l = file_of(f);
    sqlite3_int64 n = l->n;
    l->n = 0; /* what a failing write has left is nobody's: the commit fails */
    return n ? put(f, l->held, (int)n, l->at) : SQLITE_OK;
}

/* A frame is a head, whose bytes 4 to 7 are the pages of the main file after a commit or 0, and its page.
 * Whatever comes in another shape goes straight out: the log's own head, pieces of a page, and heads that
 * are written again after they were read. */
static int log_write(sqlite3_file *f, const void *data, int n, sqlite3_int64 at)
{
    static const unsigned char none[4];
    struct file *l = file_of(f);
    bool page = l->page_at && at == l->page_at, head = !page && !l->looked && n == FRAME_HEAD;
    bool last = page && l->ends;
    int rc = SQLITE_OK;
    if (l->n && (at != l->at + l->n || l->n + n > HOLD_BYTES || (!head && !page)))
        rc = flush(f);
    l->looked = false;
    l->page_at = n == FRAME_HEAD && !page ? at + n : 0;
    l->ends = l->page_at && memcmp((const char *)data + 4, none, 4) != 0;
    if (rc)
        return rc;
    if ((!head && !page) || n > HOLD_BYTES || (last && !l->n))
        return put(f, data, n, at);
    if (!l->held)
        l->held = yh_heap(NULL, HOLD_BYTES);
    if (!l->n)
        l->at = at;
    memcpy(l->held + l->n, data, (size_t)n);
    l->n += n;
    return last ? flush(f) : SQLITE_OK;
}

static int log_read(sqlite3_file *f, void *out, int n, sqlite3_int64 at)
{
    int rc = flush(f);
    file_of(f)->looked = true;
    return rc ? rc : below(f)->pMethods->xRead(below(f), out, n, at);
}

static int log_truncate(sqlite3_file *f, sqlite3_int64 n)
{
    int rc = flush(f);
    file_of(f)->size = -1;
    return rc ? rc : below(f)->pMethods->xTruncate(below(f), n);
}

static int log_sync(sqlite3_file *f, int flags)
{
    int rc = flush(f);
    return rc ? rc : below(f)->pMethods->xSync(below(f), flags);
}

static int log_size(sqlite3_file *f, sqlite3_int64 *out)
{
    int rc = flush(f);
    return rc ? rc : below(f)->pMethods->xFileSize(below(f), out);
}

static int log_close(sqlite3_file *f)
{
    int flushed = flush(f), rc = below(f)->pMethods->xClose(below(f));
    struct file *l = file_of(f);
    if (l->held)
        l->held = yh_heap(l->held, 0);
    return rc ? rc : flushed;
}

static const sqlite3_io_methods LOG = {
    .iVersion = 1,
    .xClose = log_close,
    .xRead = log_read,
    .xWrite = log_write,
    .xTruncate = log_truncate,
    .xSync = log_sync,
    .xFileSize = log_size,
    .xLock = x_lock,
    .xUnlock = x_unlock,
    .xCheckReservedLock = x_reserved,
    .xFileControl = x_control,
    .xSectorSize = x_sector,
    .xDeviceCharacteristics = x_traits,
};

sqlite3_file *yh_sqlite_layer_log(sqlite3 *db)
{
    sqlite3_file *log = NULL;
    int rc = sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    return !rc && log && log->pMethods == &LOG ? below(log) : NULL;
}

/* ---- the main file ---- */

static int main_close(sqlite3_file *f)
{
    return below(f)->pMethods->xClose(below(f));
}

static int main_read(sqlite3_file *f, void *out, int n, sqlite3_int64 at)
{
    return below(f)->pMethods->xRead(below(f), out, n, at);
}

static int main_write(sqlite3_file *f, const void *data, int n, sqlite3_int64 at)
{
    struct file *m = file_of(f);
    int rc = below(f)->pMethods->xWrite(below(f), data, n, at);
    if (!rc && ++m->written == m->pace) {
        m->written = 0;
        rc = below(f)->pMethods->xSync(below(f), SQLITE_SYNC_NORMAL);
    }
    return rc;
}

static int main_truncate(sqlite3_file *f, sqlite3_int64 n)
{
    return below(f)->pMethods->xTruncate(below(f), n);
}

static int main_sync(sqlite3_file *f, int flags)
{
    file_of(f)->written = 0;
    return below(f)->pMethods->xSync(below(f), flags);
}

static int main_size(sqlite3_file *f, sqlite3_int64 *out)
{
    return below(f)->pMethods->xFileSize(below(f), out);
}

static int main_shm_map(sqlite3_file *f, int region, int size, int extend, void volatile **out)
{
    return below(f)->pMethods->xShmMap(below(f), region, size, extend, out);
}

static int main_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
    return below(f)->pMethods->xShmLock(below(f), at, n, flags);
}

static void main_shm_barrier(sqlite3_file *f)
{
    below(f)->pMethods->xShmBarrier(below(f));
}

static int main_shm_unmap(sqlite3_file *f, int drop)
{
    return below(f)->pMethods->xShmUnmap(below(f), drop);
}

static const sqlite3_io_methods MAIN = {
    .iVersion = 2,
    .xClose = main_close,
    .xRead = main_read,
    .xWrite = main_write,
    .xTruncate = main_truncate,
    .xSync = main_sync,
    .xFileSize = main_size,
    .xLock = x_lock,
    .xUnlock = x_unlock,
    .xCheckReservedLock = x_reserved,
    .xFileControl = x_control,
    .xSectorSize = x_sector,
    .xDeviceCharacteristics = x_traits,
    .xShmMap = main_shm_map,
    .xShmLock = main_shm_lock,
    .xShmBarrier = main_shm_barrier,
    .xShmUnmap = main_shm_unmap,
};

/* ---- the layer ---- */

static struct yh_sqlite_layer *layer_of(sqlite3_vfs *v)
{
    return v->pAppData;
}

static int x_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
    struct yh_sqlite_layer *l = layer_of(v);
    bool log = flags & SQLITE_OPEN_WAL, paced = l->pace && (flags & SQLITE_OPEN_MAIN_DB);
    if (!log && !paced)
        return l->below->xOpen(l->below, name, f, flags, out);
    struct file *file = file_of(f);
    *file = (struct file){ .pace = l->pace, .step = l->step, .size = -1 };
    below(f)->pMethods = NULL;
    int rc = l->below->xOpen(l->below, name, below(f), flags, out);
    if (!rc || below(f)->pMethods) /* then it must be closed, opened or not */
        f->pMethods = log ? &LOG : &MAIN;
    return rc;
}

int yh_sqlite_layer_open(struct yh_sqlite_layer *out, const char *over, int pace, int step)
{
    sqlite3_vfs *v = sqlite3_vfs_find(over);
    if (!v)
        return SQLITE_ERROR;
    *out = (struct yh_sqlite_layer){ .vfs = *v, .below = v, .pace = pace, .step = step };
    snprintf(out->name, sizeof out->name, "yiheng-%p", (void *)out);
    /* All but opening is done by the layer below as it stands; SQLite's own looks at its pAppData when it
     * opens a file and never else. */
    out->vfs.pNext = NULL;
    out->vfs.zName = out->name;
    out->vfs.szOsFile = FILE_BYTES + v->szOsFile;
    out->vfs.pAppData = out;
    out->vfs.xOpen = x_open;
    int rc = sqlite3_vfs_register(&out->vfs, 0);
    if (rc)
        out->below = NULL;
    return rc;
}

void yh_sqlite_layer_close(struct yh_sqlite_layer *l)
{
    if (l->below)
        sqlite3_vfs_unregister(&l->vfs);
    l->below = NULL;
}
