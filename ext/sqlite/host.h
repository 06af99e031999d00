/* ext/sqlite/host.h -- makes a source of the store call the SQLite that loaded it. */
#ifndef YH_EXT_SQLITE_HOST_H
#define YH_EXT_SQLITE_HOST_H
#include <sqlite3ext.h>
extern const sqlite3_api_routines *sqlite3_api;
#endif
