/* shell/catalogs/casework.h -- the tables of casework on disk. */
#ifndef YH_SHELL_CATALOGS_CASEWORK_H
#define YH_SHELL_CATALOGS_CASEWORK_H
#include "model/casework/casework.h"

/* holidays.tsv and casework/ of a catalogue folder (as yh_catalogs_dir gives it); lives in the arena.
 * YH_NOT_FOUND, YH_BAD_TABLE name the file. */
YH_MUST_USE
enum yh_status yh_catalogs_casework(const char *dir, struct yh_arena *a,
                                    const struct yh_casework **out, struct yh_err *err);
#endif
