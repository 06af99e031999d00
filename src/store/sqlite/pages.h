/* store/sqlite/pages.h -- SQLite's page cache, made for a writer that looks up hundreds of pages a call.
 *
 * SQLite's own (3.40) costs such a writer a tenth of its time: a page is found along a chain of pages, and
 * pinned and given back through a list whose neighbours are touched too, each step a miss of the
 * processor's cache; and when a tree was balanced, the next commit walks through all pages, 0.4 ms in
 * 64 MiB, for SQLite gives one of them a number beyond the end of the file for a moment and later asks that
 * what lies beyond the end be forgotten.  Here a page is one look into a table; which page goes is found in
 * a queue, whose first is spared and put behind once if it was used again meanwhile; and nothing is walked
 * through unless a page beyond the end is there.
 *
 * As in SQLite's own, a cache grows page by page to its size and is for one thread at a time. */
#ifndef YH_STORE_SQLITE_PAGES_H
#define YH_STORE_SQLITE_PAGES_H
#include <sqlite3.h>

/* What SQLite calls; its manual says what each does. */
extern const sqlite3_pcache_methods2 yh_sqlite_pages;

/* For the whole process, before SQLite's first use; later it does nothing. */
void yh_sqlite_pages_install(void);
#endif
