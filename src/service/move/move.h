/* service/move/move.h -- all data from one store into another, proved the same.
 *
 * Table by table in the order of keys, some rows at a time; what was copied stays, so a move that was
 * cut short goes on where it stopped when it is called again.  Until the end the target is marked
 * (meta `moving`) and no server opens it; a database's secondary indexes are made when all rows are
 * there.  Proof: a digest of each table on both ends, and the books verified on both ends with the
 * same report; each such reading on a thread of its own, the source's beside the copying, the target's
 * digest beside the making of its indexes.
 *
 * The source is read as of one moment and is not changed.  No server may write to it: a folder is
 * locked for the time; of a database the administrator takes care, and what is written meanwhile
 * makes the digests differ the next time. */
#ifndef YH_SERVICE_MOVE_MOVE_H
#define YH_SERVICE_MOVE_MOVE_H
#include "store/copy.h"

struct yh_move_table {
    const char *name;
    int64_t copied; /* by this call */
    struct yh_table_digest from, to;
    bool same;
};

struct yh_move {
    struct yh_move_table table[YH_TABLE_N];
    int ntable, differ; /* differ: tables whose digests do */
    bool verified;      /* both ends' books are clean, and alike */
    yh_str report; /* what verify said of the target; of the source where that is not clean */
};

/* A table begins (rows 0) or goes on. */
typedef void yh_move_fn(void *user, const char *table, int64_t rows);

/* YH_CONFLICT: a server writes to one of them; the target holds other data, or is of another region;
 * YH_BAD_TABLE: digests or books differ, *out says where.  Else as the stores fail. */
YH_MUST_USE
enum yh_status yh_move(yh_str from, yh_str to, yh_time now, struct yh_arena *a,
                       yh_move_fn *progress, void *user, struct yh_move *out,
                       struct yh_err *err);
#endif
