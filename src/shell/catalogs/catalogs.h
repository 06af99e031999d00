/* shell/catalogs/catalogs.h -- the catalogues on disk, opened as one.
 *
 * A catalogue folder holds tables.tsv with the tables that it lists, regions.tsv, and terms/, one
 * file a region (990100.tsv).  All is read once; what comes out is immutable. */
#ifndef YH_SHELL_CATALOGS_CATALOGS_H
#define YH_SHELL_CATALOGS_CATALOGS_H
#include "model/catalog/terms.h"
#include "model/region/region.h"

struct yh_catalogs {
    struct yh_arena arena; /* all the rest lives here */
    const char *dir;
    struct yh_regions regions;
    struct yh_catalog *catalog;
    struct yh_term_tables terms;
};

/* `given` when not NULL; else $YIHENG_CATALOGS, ./catalogs, or catalogs beside the program's folder or
 * under its share/yiheng; the first that holds tables.tsv.  Lives in `a`. */
const char *yh_catalogs_dir(struct yh_arena *a, const char *given);

/* Opens the folder (as yh_catalogs_dir).  YH_NOT_FOUND: no tables.tsv, or a listed table is missing.
 * YH_BAD_TABLE as yh_regions_load, yh_catalog_load, yh_terms_load; *err names the file.  On failure
 * *out is zeroed and nothing needs closing.  Do not copy *out: the catalogue grows in its arena. */
YH_MUST_USE
enum yh_status yh_catalogs_open(const char *given, struct yh_catalogs *out, struct yh_err *err);
void yh_catalogs_close(struct yh_catalogs *c); /* idempotent */
#endif
