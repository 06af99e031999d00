/* shell/casemix/tables.h -- the grouping catalogue on disk. */
#ifndef YH_SHELL_CASEMIX_TABLES_H
#define YH_SHELL_CASEMIX_TABLES_H
#include "model/casemix/casemix.h"

struct yh_tables {
    struct yh_arena arena, scratch; /* owned */
    const char *dir;                /* "…/catalogs/chs-drg" */
    struct yh_casemix *cm;
    yh_str regions;            /* text of regions.tsv; "" when there is none */
    struct yh_scheme **scheme; /* those loaded by yh_tables_scheme */
    int nscheme, scheme_cap;
};

/* The directory of a catalogue: `given`; else $YIHENG_CATALOGS/<which>, ./catalogs/<which>, or
 * <which> in catalogs beside the program's directory or under its share/yiheng, the first that has the
 * file `probe`; ./catalogs/<which> when none has. */
const char *yh_tables_find(struct yh_arena *a, const char *given, const char *which,
                           const char *probe);

/* Finds chs-drg as above and opens the shared tables.  YH_NOT_FOUND: it is not there; else as
 * yh_casemix_open. */
YH_MUST_USE
enum yh_status yh_tables_open(struct yh_tables *t, const char *dir, struct yh_err *err);
void yh_tables_close(struct yh_tables *t);

/* The scheme of that name, loaded once. */
YH_MUST_USE
enum yh_status yh_tables_scheme(struct yh_tables *t, yh_str name, const struct yh_scheme **out,
                                struct yh_err *err);

/* The names of all schemes on disk, sorted; twins that NAME@as-published reaches are listed as
 * themselves. */
struct yh_names {
    yh_str *name;
    int n, cap;
};
YH_MUST_USE
enum yh_status yh_tables_list(struct yh_tables *t, struct yh_names *out, struct yh_err *err);
#endif
