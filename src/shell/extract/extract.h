/* shell/extract/extract.h -- a year's archive to tables of text.
 *
 * Out: CSV, one file a table of the archive (person.csv, settlement.csv, line.csv …), UTF-8 with a header
 * line, dictionary numbers as their texts, days as dates, money in yuan.
 */
#ifndef YH_SHELL_EXTRACT_H
#define YH_SHELL_EXTRACT_H
#include "service/replay/replay.h"

/* Writes the folder `to`.  YH_IO; YH_BAD_TABLE as yh_archive_chunk. */
YH_MUST_USE
enum yh_status yh_extract_write(const struct yh_archive *a, const char *to, struct yh_err *err);

#endif
