/* shell/extract/extract.h -- a year's archive to tables of text and back.
 *
 * Out: CSV, one file a table of the archive (person.csv, settlement.csv, line.csv …), UTF-8 with a header
 * line, dictionary numbers as their texts, days as dates, money in yuan.
 *
 * In: an agency's own extracts as TSV, columns by their national names, in any order (the list is
 * columns.def).  A mapping file says where a column has another name:
 * TSV with the columns table, column, source.  Tables are read, sorted and joined on disk
 * piece by piece: what was read stays in DIR/archive/import.db, so a run that was interrupted goes on
 * where it was when the same files are given again. */
#ifndef YH_SHELL_EXTRACT_H
#define YH_SHELL_EXTRACT_H
#include "service/replay/replay.h"

/* Writes the folder `to`.  YH_IO; YH_BAD_TABLE as yh_archive_chunk. */
YH_MUST_USE
enum yh_status yh_extract_write(const struct yh_archive *a, const char *to, struct yh_err *err);

#define YH_EXTRACT_SHOWN 20
struct yh_extract_report {
    char path[1100];
    int64_t persons, heads, lines;
    int64_t bad; /* rows that were refused; any: no archive is written */
    char shown[YH_EXTRACT_SHOWN][400];
    int nshown;
    bool resumed;
};
/* Reads the folder `from` into data/archive/REGION-YEAR.yha.  *out is filled in any case.
 * YH_BAD_TABLE: rows are wrong (each named with file and line, the first ones in *out), or a table or
 * column is missing; YH_NOT_FOUND; YH_IO. */
YH_MUST_USE
enum yh_status yh_extract_read(const char *from, const char *map, const char *data,
                               const char *catalogs, const char *policy, uint32_t region,
                               int year, struct yh_extract_report *out, struct yh_err *err);
#endif
