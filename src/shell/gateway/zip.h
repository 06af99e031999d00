/* shell/gateway/zip.h -- the ZIP files of 9101 and 9102, bounded.
 *
 * A ZIP from outside is believed in nothing: entries are counted, what comes out is counted while
 * it is unpacked (not as the directory claims), and a file that grows too much is refused. */
#ifndef YH_SHELL_GATEWAY_ZIP_H
#define YH_SHELL_GATEWAY_ZIP_H
#include "base/base.h"

struct yh_zip_limits {
    int entries;     /* at most */
    ptrdiff_t bytes; /* unpacked, all entries together */
    int ratio;       /* unpacked : packed of any entry over 64 KiB */
};
#define YH_ZIP_LIMITS ((struct yh_zip_limits){ .entries = 16, .bytes = 64 << 20, .ratio = 100 })

/* "PK" at the start. */
bool yh_is_zip(yh_str bytes);
/* A ZIP with one entry, in the arena.  YH_LIMIT: libzip refuses. */
YH_MUST_USE
enum yh_status yh_zip_make(struct yh_arena *a, const char *name, yh_str text, yh_str *out,
                           struct yh_err *err);
/* The first entry's bytes after all entries were unpacked and counted.  YH_BAD_INPUT: no ZIP,
 * damaged, encrypted, empty.  YH_LIMIT: too many, too large, packed too well. */
YH_MUST_USE
enum yh_status yh_zip_read(struct yh_arena *a, yh_str bytes, struct yh_zip_limits lim,
                           yh_str *out, struct yh_err *err);
#endif
