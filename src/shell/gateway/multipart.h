/* shell/gateway/multipart.h -- the parts of a multipart/form-data body (9101). */
#ifndef YH_SHELL_GATEWAY_MULTIPART_H
#define YH_SHELL_GATEWAY_MULTIPART_H
#include "base/base.h"

struct yh_part_view {
    yh_str name, filename, body;
}; /* borrowed from the request */
#define YH_PARTS_MAX 8

/* Splits a body by the boundary that `type` (the Content-Type) names.  Answers how many parts.
 * YH_BAD_INPUT: no boundary, or a part that does not end.  YH_LIMIT: over YH_PARTS_MAX. */
YH_MUST_USE
enum yh_status yh_multipart_read(yh_str type, yh_str body,
                                 struct yh_part_view part[YH_PARTS_MAX], int *n,
                                 struct yh_err *err);

/* "attachment; filename=NAME": the header of a file that is handed out.  The name is what a caller once
 * gave it: what would end the value or name a folder ("; , space, quotes, slashes, controls) becomes "_", more than
 * 200 bytes are cut between characters. */
#define YH_DISPOSITION_MAX 232
void yh_disposition(char out[YH_DISPOSITION_MAX], yh_str name);
#endif
