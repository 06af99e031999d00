/* shell/home/home.h -- a folder of policies and catalogues as one engine of the C library, for a host
 * that is not this program: a database that loads the engine.
 *
 * The folder holds policy/ and catalogs/ as the source tree or share/yiheng does. */
#ifndef YH_SHELL_HOME_HOME_H
#define YH_SHELL_HOME_HOME_H
#include <yiheng.h>

#include "base/base.h"

struct yh_home {
    struct yiheng *engine;
    char version[17]; /* 16 hex digits: program, policies, terms, kinds, regions, schemes */
    struct yh_arena arena; /* texts of the grouping catalogue, read when asked for */
    char dir[3800];
};

/* Opens; takes about 50 ms.  YH_NOT_FOUND, YH_IO: a file; YH_BAD_TABLE: an error in a document or
 * table, named.  On failure nothing needs closing.  Do not copy *out. */
YH_MUST_USE
enum yh_status yh_home_open(const char *dir, struct yh_home *out, struct yh_err *err);
void yh_home_close(struct yh_home *h); /* idempotent */
#endif
