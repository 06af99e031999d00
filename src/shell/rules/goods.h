/* shell/rules/goods.h -- the goods records that lie beside an archive, held against it. */
#ifndef YH_SHELL_RULES_GOODS_H
#define YH_SHELL_RULES_GOODS_H
#include "service/audit/audit.h"

/* Reads ARCHIVE without .yha, plus .goods.tsv, and finds what it says against lines of the archive.  Where
 * there is none, *out says nothing of any line and out->rows is 0.  YH_BAD_TABLE: *err names the file,
 * line, column and cure; YH_IO. */
YH_MUST_USE
enum yh_status yh_goods_beside(struct yh_arena *a, const struct yh_archive *archive,
                               struct yh_audit_goods *out, struct yh_err *err);
/* REGION-YEAR.yha -> REGION-YEAR.goods.tsv, in `a`. */
const char *yh_goods_path(struct yh_arena *a, const char *archive);
#endif
