/* shell/catalogs/matters.h -- the tables of the desk on disk. */
#ifndef YH_SHELL_CATALOGS_MATTERS_H
#define YH_SHELL_CATALOGS_MATTERS_H
#include "model/matter/matter.h"

/* desk/ of a catalogue folder (as yh_catalogs_dir gives it); lives in the arena.
 * YH_NOT_FOUND, YH_BAD_TABLE name the file. */
YH_MUST_USE
enum yh_status yh_catalogs_matters(const char *dir, struct yh_arena *a,
                                   const struct yh_matters **out, struct yh_err *err);
#endif
