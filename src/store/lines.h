/* store/lines.h -- charge lines, many in one blob.
 *
 * A bill has a dozen lines, a stay twenty thousand; kept as rows they would be nine tenths of the
 * data.  So one upload is one blob: a version, a count, the columns of store/lines.def in order
 * (numbers as variable-length integers, texts that repeat the line before as one byte), and a
 * CRC-32C over all of it.  SQL sees the lines through the table function charge_lines(packed). */
#ifndef YH_STORE_LINES_H
#define YH_STORE_LINES_H
#include "base/base.h"

struct yh_charge_line {
#define I64(c, doc) int64_t c;
#define TEXT(c, doc) yh_str c;
#include "store/lines.def"
#undef I64
#undef TEXT
};

#define YH_LINES_MAX 200000 /* of one batch; the caller refuses larger uploads long before */

/* The packed form, in the arena.  n <= YH_LINES_MAX. */
yh_str yh_lines_pack(struct yh_arena *a, const struct yh_charge_line *line, int n);
/* YH_BAD_TABLE: damaged (the checksum says so) or of a later version.  Texts borrow from `packed`. */
YH_MUST_USE
enum yh_status yh_lines_unpack(struct yh_arena *a, yh_str packed, struct yh_charge_line **line,
                               int *n, struct yh_err *err);
#endif
