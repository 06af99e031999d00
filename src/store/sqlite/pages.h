/* store/sqlite/pages.h -- SQLite's page cache, spared a walk through all of it at every commit.
 *
 * When a tree is balanced, SQLite (3.40) gives a page a number beyond the end of the file for a moment.
 * Its cache remembers the number as the highest in use, and so goes through every page that it holds
 * when the commit asks it to forget what lies beyond the end: 64 MiB of cache, 0.4 ms.  This stands before
 * that cache and passes the question on only when there is such a page. */
#ifndef YH_STORE_SQLITE_PAGES_H
#define YH_STORE_SQLITE_PAGES_H

/* For the whole process, before SQLite's first use; later it does nothing. */
void yh_sqlite_pages_install(void);
#endif
