/* store/postgres/text.h -- SQL text made from the schema.  Private to store/postgres/.
 *
 * Only what PostgreSQL and its kin agree on: bigint, text, bytea, primary keys, plain indexes,
 * INSERT … ON CONFLICT, SELECT … FOR UPDATE.  Texts are compared bytewise (COLLATE "C"), as in the
 * other backends, whatever the database's own order is. */
#ifndef YH_STORE_POSTGRES_TEXT_H
#define YH_STORE_POSTGRES_TEXT_H
#include "store/backend.h"

/* Which tables a row's group decides the place of: personal ones and those whose key names a group
 * (request).  *region and *grp are the positions of the two columns; false: not such a table. */
bool yh_pg_grouped(const struct yh_table *t, int *region, int *grp);

/* CREATE TABLE; partitions > 1 lays a grouped table out as that many hash partitions, which the
 * text creates too (several statements, separated by semicolons). */
yh_str yh_pg_table(struct yh_arena *a, const struct yh_table *t, int partitions);
yh_str yh_pg_column(struct yh_arena *a, const struct yh_table *t, const struct yh_column *c);
yh_str yh_pg_index(struct yh_arena *a, const struct yh_table *t, const struct yh_index *i);
/* A function and triggers that refuse to change or drop sealed rows, whoever asks. */
yh_str yh_pg_seal(struct yh_arena *a, const struct yh_table *t);

enum yh_pg_verb {
    YH_PG_GET,    /* parameters: the key; gives the other columns */
    YH_PG_ADD,    /* all columns; changes no row when the key is taken */
    YH_PG_NEW,    /* all columns; an error when the key is taken */
    YH_PG_PUT,    /* all columns */
    YH_PG_DROP,   /* the key */
    YH_PG_LOCK,   /* GET that waits for the row and keeps it */
    YH_PG_SNATCH, /* LOCK that fails rather than wait */
    YH_PG_VERB_N
};
yh_str yh_pg_verb(struct yh_arena *a, const struct yh_table *t, enum yh_pg_verb verb);
/* NEW or PUT of so many rows at once; their columns one row after the other. */
yh_str yh_pg_rows(struct yh_arena *a, const struct yh_table *t, enum yh_pg_verb verb, int rows);
/* Parameters: the `same` columns, from and to if ranged, the limit if `limit`.  index NULL: the
 * key. */
yh_str yh_pg_span(struct yh_arena *a, const struct yh_table *t, const struct yh_index *index,
                  const struct yh_span *span, bool limit);
/* All rows from a group on, in the order of keys.  Parameters: region, grp. */
yh_str yh_pg_from_group(struct yh_arena *a, const struct yh_table *t);
/* "COPY t (columns) FROM STDIN BINARY", and all rows out the same way */
yh_str yh_pg_copy(struct yh_arena *a, const struct yh_table *t);
yh_str yh_pg_copy_out(struct yh_arena *a, const struct yh_table *t);
/* Parameters: scope, name; gives the next number and keeps its row. */
extern const char yh_pg_next[];
#endif
