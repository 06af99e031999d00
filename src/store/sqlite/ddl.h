/* store/sqlite/ddl.h -- SQL text made from the schema.  Private to store/sqlite/.
 *
 * All names are quoted, for some are SQL words.  Tables are STRICT: a column holds its type. */
#ifndef YH_STORE_SQLITE_DDL_H
#define YH_STORE_SQLITE_DDL_H
#include "store/backend.h"

yh_str yh_ddl_table(struct yh_arena *a, const struct yh_table *t);
yh_str yh_ddl_column(struct yh_arena *a, const struct yh_table *t, const struct yh_column *c);
yh_str yh_ddl_index(struct yh_arena *a, const struct yh_table *t, const struct yh_index *i);
/* Triggers that refuse to change or drop sealed rows, whoever asks. */
yh_str yh_ddl_seal(struct yh_arena *a, const struct yh_table *t);

/* KEEP is PUT for a row that is there and whose indexed columns stay: it changes no row otherwise,
 * and touches no index.  (An upsert rewrites the entry of every index, changed or not.) */
enum yh_verb { YH_VERB_GET, YH_VERB_ADD, YH_VERB_PUT, YH_VERB_KEEP, YH_VERB_DROP, YH_VERB_N };
/* Parameters: GET, DROP: the key columns; ADD, PUT, KEEP: all columns; in order. */
yh_str yh_sql_verb(struct yh_arena *a, const struct yh_schema *schema, const struct yh_table *t,
                   enum yh_verb verb);
/* Parameters: the `same` columns, from and to if ranged, the limit (-1 = none).  index NULL: the
 * key. */
yh_str yh_sql_span(struct yh_arena *a, const struct yh_table *t, const struct yh_index *index,
                   const struct yh_span *span);
#endif
