/* store/postgres/node.h -- what store/shards needs of one node beside the backend's calls.
 * Private to store/.  `db` is yh_postgres_backend's; `view` NULL: the writer's connection. */
#ifndef YH_STORE_POSTGRES_NODE_H
#define YH_STORE_POSTGRES_NODE_H
#include "store/postgres/link.h"

/* Has the open transaction taken anything that others may be waiting for? */
bool yh_pg_busy(const void *db);
/* How many account groups it holds. */
int yh_pg_groups(const void *db);
/* While set, no group is waited for: somebody of us holds something on another node. */
void yh_pg_careful(void *db, bool careful);
/* The open request gives up for another node's sake: its groups here will be waited for too. */
void yh_pg_lose(void *db);
/* A request that is done again: are there groups here that it waits for first?  Then wait. */
bool yh_pg_wants(const void *db);
YH_MUST_USE
enum yh_status yh_pg_wait(void *db, struct yh_err *err);
/* Brings in what may still fail of the open request, so that txn_keep cannot. */
YH_MUST_USE
enum yh_status yh_pg_sure(void *db, struct yh_err *err);
/* Ends the open transaction as a prepared one. */
YH_MUST_USE
enum yh_status yh_pg_prepare(void *db, const char *gid, struct yh_err *err);
/* Queues a statement in it. */
void yh_pg_say(void *db, const char *sql);
/* A statement by itself, outside any transaction. */
YH_MUST_USE
enum yh_status yh_pg_alone(void *db, const char *sql, struct yh_err *err);
/* A connection of its own, with the same back-off as all others. */
YH_MUST_USE
enum yh_status yh_pg_dial(void *db, struct yh_link **out, struct yh_err *err);

/* A span walked row by row, for who merges several.  Give it back with _close. */
struct yh_pg_walk {
    struct yh_link *link;
    const struct yh_table *table;
    int64_t cursor;
    PGresult *rows;
    int at;
    bool dry;
};
YH_MUST_USE
enum yh_status yh_pg_walk_open(void *db, void *view, const struct yh_table *t,
                               const struct yh_span *span, const void *probe,
                               struct yh_pg_walk *out, struct yh_err *err);
/* *more false: no row is left.  Texts live until the next call. */
YH_MUST_USE
enum yh_status yh_pg_walk_next(struct yh_pg_walk *w, void *row, bool *more, struct yh_err *err);
void yh_pg_walk_close(struct yh_pg_walk *w);
#endif
