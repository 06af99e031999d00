/* service/sql/sql.h -- an analyst's own SELECT over a data folder, read-only beside whoever writes.
 *
 * Tables and columns are those of store/schema.def; charge_lines(packed) gives the lines of a
 * charge batch as rows (store/lines.def).  Amounts are fen, days count from 1970-01-01. */
#ifndef YH_SERVICE_SQL_SQL_H
#define YH_SERVICE_SQL_SQL_H
#include "base/base.h"

/* One SELECT; the result as TSV with a header line, in `a`.  Fails as yh_store_open and
 * yh_view_sql (store/store.h). */
YH_MUST_USE
enum yh_status yh_sql_data(yh_str url, yh_str select, int64_t most, struct yh_arena *a,
                           yh_str *tsv, struct yh_err *err);
/* The tables as a PostgreSQL script (yh_store_layout). */
yh_str yh_sql_layout(struct yh_arena *a, int partitions);
/* yh_store_layout_nodes, yh_store_layout_citus. */
YH_MUST_USE
enum yh_status yh_sql_nodes(struct yh_arena *a, yh_str file, yh_str *out, struct yh_err *err);
yh_str yh_sql_citus(struct yh_arena *a);
/* The tables: name, columns, what a row is; one table a line. */
void yh_sql_tables(struct yh_buf *out);
#endif
