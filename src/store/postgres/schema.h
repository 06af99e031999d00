/* store/postgres/schema.h -- the tables of schema.def in a database.  Private to store/postgres/.
 *
 * Table yiheng_schema holds a row for each migration step that was carried out; its largest number
 * is the version.  Each step is a transaction of its own; tables, indexes and columns that
 * schema.def has gained are one more.  One process migrates at a time, the others wait for it. */
#ifndef YH_STORE_POSTGRES_SCHEMA_H
#define YH_STORE_POSTGRES_SCHEMA_H
#include "store/postgres/link.h"

/* Makes or brings up to date; but for indexes when opt->moving, or when it is half moved, for
 * yh_pg_filled makes those.  YH_NOT_FOUND: must_exist or read_only and it is not there.
 * YH_CONFLICT: newer than this program.  YH_IO: the database refuses. */
YH_MUST_USE
enum yh_status yh_pg_schema(struct yh_link *c, const struct yh_schema *schema,
                            const struct yh_store_options *opt, struct yh_err *err);
/* After a fill of whole tables: the indexes that are not there, all or none, and what the planner
 * knows.  As long as it takes: nothing else waits.  YH_IO: the database refuses. */
YH_MUST_USE
enum yh_status yh_pg_filled(struct yh_link *c, const struct yh_schema *schema,
                            struct yh_err *err);
/* YH_IO: not (or no longer) of this program's version. */
YH_MUST_USE
enum yh_status yh_pg_schema_same(struct yh_link *c, struct yh_err *err);
#endif
