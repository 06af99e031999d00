/* shell/rules/goods.h -- what an audit takes besides an archive: goods records that lie beside it, and standard
 * prices. */
#ifndef YH_SHELL_RULES_GOODS_H
#define YH_SHELL_RULES_GOODS_H
#include "service/audit/audit.h"
#include "shell/catalogs/catalogs.h"

/* Reads ARCHIVE without .yha, plus .goods.tsv, and finds what it says against lines of the archive.  Where
 * there is none, *out says nothing of any line and out->rows is 0.  YH_BAD_TABLE: *err names the file,
 * line, column and cure; YH_IO. */
YH_MUST_USE
enum yh_status yh_goods_beside(struct yh_arena *a, const struct yh_archive *archive,
                               struct yh_audit_goods *out, struct yh_err *err);
/* The standard prices of the archive's region at its year's end; false: a region that is not known. */
bool yh_prices_beside(const struct yh_catalogs *c, const struct yh_archive *archive,
                      struct yh_terms *out);
/* REGION-YEAR.yha -> REGION-YEAR.goods.tsv, in `a`. */
const char *yh_goods_path(struct yh_arena *a, const char *archive);
#endif
