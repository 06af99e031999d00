/* store/sqlite/layer.h -- a file layer over SQLite's own: fewer, larger writes.
 *
 * The log: SQLite writes each page of a commit by two calls.  What follows on what is already held back
 * is held back too, and goes out in one write at the latest with the page that ends the commit, which is
 * before anybody can learn that there is a commit.  Reading, cutting, syncing and closing send it out first.
 * Its file grows by a step at a time, zeros that SQLite takes for no frames: a sync then seldom has a new
 * length to write beside the frames.
 *
 * The main file, where it is paced: after every so many pages it is synced at once, so that a sync of
 * the log, which the writer's callers wait for, never stands behind more than these few at the disk.
 *
 * All other files are the layer's below and nothing is between. */
#ifndef YH_STORE_SQLITE_LAYER_H
#define YH_STORE_SQLITE_LAYER_H
#include <sqlite3.h>

struct yh_sqlite_layer {
    sqlite3_vfs vfs;
    sqlite3_vfs *below;
    char name[48];
    int pace; /* pages of the main file between syncs; 0: as SQLite asks */
    int step; /* bytes by which a log's file grows */
};

/* Registers *out over the layer of that name (NULL: SQLite's default) under out->name, for
 * sqlite3_open_v2.  *out stays where it is until it is closed, after all its files.
 * An SQLite code: no such layer; no memory. */
int yh_sqlite_layer_open(struct yh_sqlite_layer *out, const char *over, int pace, int step);
void yh_sqlite_layer_close(struct yh_sqlite_layer *l); /* one that was never opened is fine */

/* A connection's log as the layer below has it, for other threads than the connection's own: what is
 * committed has all gone out to it.  NULL: the log is not open yet, or the connection not over a layer. */
sqlite3_file *yh_sqlite_layer_log(sqlite3 *db);
#endif
