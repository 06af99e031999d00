/* store/sqlite/lines_table.h -- the table function charge_lines(packed): the lines of a batch as
 * rows, with the columns of store/lines.def.
 *
 *     SELECT v.visit, l.code, l.amount
 *       FROM charge_batch AS v, charge_lines(v.packed) AS l;
 *
 * A damaged batch is an error of the statement.  Private to store/sqlite/. */
#ifndef YH_STORE_SQLITE_LINES_TABLE_H
#define YH_STORE_SQLITE_LINES_TABLE_H
#include <sqlite3.h>

/* Makes it known on a connection; an SQLite result code. */
int yh_lines_table_register(sqlite3 *db);
#endif
