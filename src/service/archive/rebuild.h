/* service/archive/rebuild.h -- a year's archive made from the books of a store, at any time.
 *
 * Every settlement in force of the accumulator year goes in, group by group in commit order, with its
 * facts as they stand in the books and its lines; then each bill is settled again by the walk that a
 * replay uses, and what comes out is compared with the books to the fen, bill by bill; last, the sums
 * of every payer in the finished file are compared with the sums of the store.
 *
 * A settlement that was undone, and its mirror, do not go in: they add up to nothing, and their lines
 * belong to what was settled later.  What the books do not keep is taken so: whether the account was
 * asked for (it was, when something was drawn), and whose first. */
#ifndef YH_SERVICE_ARCHIVE_REBUILD_H
#define YH_SERVICE_ARCHIVE_REBUILD_H
#include <stdatomic.h>
#include "service/service.h"
#include "store/archive/archive.h"

#define YH_REBUILD_SHOWN 20
#define YH_REBUILD_PARTS 64 /* nodes at most */
struct yh_rebuild_report {
    int64_t groups, persons, heads, lines,
        left_out;   /* left_out: undone ones and their mirrors */
    int64_t differ; /* bills that the walk decides otherwise */
    struct {
        char settlement[64], what[24];
        yh_fen books, now;
    } shown[YH_REBUILD_SHOWN];
    int nshown;
    struct {
        const char *name;
        yh_fen books, archive;
    } sum[20]; /* every amount of the year, from the store and from the file */
    int nsum;
    bool same; /* all of sum agree */
};

/* data: a store's address; read beside whoever writes, from one snapshot, of several nodes from one each.
 * Each node's groups are read and settled by a thread with a connection of its own, and put together in
 * the order of groups: the bytes are those of one node.  region: the pooling area; its groups alone.
 * path: the archive.  YH_NOT_FOUND: no settlement of that year and region, or a provider or document
 * that a bill names; YH_RETRY: *stop became true (stop may be NULL), and nothing is left; else as
 * yh_store_open and yh_archive_create. */
YH_MUST_USE
enum yh_status yh_archive_rebuild(yh_str data, const struct yh_world *world, uint32_t region,
                                  int year, const char *path, const atomic_bool *stop,
                                  struct yh_rebuild_report *out, struct yh_err *err);
#endif
