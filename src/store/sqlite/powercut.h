/* store/sqlite/powercut.h -- an SQLite file layer on which the power goes, for tests.
 *
 * Files live in memory, each twice: as the program sees it and as the disk holds it.  A write is on
 * the disk for sure only after a sync.  When the power goes, each 512-byte sector of each write that
 * was not synced is kept, dropped or torn by the seed, later ones perhaps kept where earlier ones
 * are dropped; a file's growth, cutting, making and deletion likewise.  Bytes beside those written
 * stay as they were (SQLITE_IOCAP_POWERSAFE_OVERWRITE, what SQLite assumes of its own layer).
 *
 * It can also fail: a given operation, or every one from there on, with a given SQLite code. */
#ifndef YH_STORE_SQLITE_POWERCUT_H
#define YH_STORE_SQLITE_POWERCUT_H
#include "base/base.h"

#define YH_POWERCUT_VFS "powercut"

/* Operations are counted from 1: writes, cuts in length, syncs, deletions. */
struct yh_powercut {
    int64_t op;      /* operations so far */
    int64_t cut_at;  /* the power goes at this one, before it is done in full; 0 = never */
    int64_t fail_at; /* this one fails with `code`; 0 = none */
    int fail_more;   /* and so many after it */
    int code;        /* SQLITE_FULL, SQLITE_IOERR_WRITE … */
    int fail_sync; /* so many syncs from now, one fails, and what it was to write is forgotten:
                        clean to the next sync, and not on the disk; 0 = none */
    bool
        reverts; /* what was forgotten is not seen either, but what the disk holds; else it is */
    int64_t failed;              /* syncs so failed */
    bool sync_lies;              /* a sync does nothing: the build that must be found out */
    bool dark;                   /* the power is gone: every call fails until it comes back */
    int64_t syncs;               /* done */
    int64_t kept, dropped, torn; /* sectors, over all cuts */
};

/* Registers the layer (once) and forgets all files. */
struct yh_powercut *yh_powercut_start(void);
/* Power comes back: the disk is what it is, and all connections must have been closed. */
void yh_powercut_restore(struct yh_powercut *p, uint64_t seed);
void yh_powercut_forget(struct yh_powercut *p); /* deletes all files */
#endif
