/* shell/cli/books.h -- a year of a store's books as an archive, for the commands that read one.
 *
 * `--data FOLDER` means the archives in FOLDER/archive, as ever.  The address of a store
 * (sqlite:FOLDER, postgresql://…, postgresql+shards:FILE) means its books: the year is read from them,
 * by a thread and a connection for each node, and is the same bytes whatever store holds them. */
#ifndef YH_SHELL_CLI_BOOKS_H
#define YH_SHELL_CLI_BOOKS_H
#include <stdatomic.h>
#include "service/archive/goods.h"
#include "service/archive/rebuild.h"

struct yh_cli_books {
    const char *data;              /* --data or --store */
    const char *catalogs, *policy; /* NULL: the usual places */
    const char *
        folder; /* the archive is kept in its archive/; NULL: in a temporary file, gone at the end */
    int64_t region; /* pooling area; 0: the store's own */
    int64_t year;
    bool goods;              /* and its goods table beside it (service/archive/goods.h) */
    const atomic_bool *stop; /* as yh_archive_rebuild */
    char dir[1000];          /* filled in: the temporary folder; "" = none */
};

/* Is it an address, so that the books are meant? */
bool yh_cli_books_meant(const char *data);
/* Fills in b->region, the store's own, where it is 0.  The exit code. */
int yh_cli_books_region(struct yh_cli_books *b);
/* Reads the year and opens its archive; what is to be said goes to stderr.  The exit code.  Then close. */
int yh_cli_books_open(struct yh_cli_books *b, struct yh_archive *out);
/* Removes what was temporary; the archive stays open.  Idempotent; nothing to do on a zeroed one. */
void yh_cli_books_close(struct yh_cli_books *b);
/* The same for where the archive is to lie, with what was found; told NULL: no goods table. */
int yh_cli_books_make(const struct yh_cli_books *b, const char *path,
                      struct yh_rebuild_report *out, struct yh_goods_report *told);
#endif
