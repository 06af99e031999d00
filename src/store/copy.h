/* store/copy.h -- the rows of a table from one store into another, and what proves them the same. */
#ifndef YH_STORE_COPY_H
#define YH_STORE_COPY_H
#include "store/store.h"

/* The sum, modulo 2^256, of the SHA-256 of each row (every column as a length and its bytes, numbers
 * as eight bytes, big-endian, in schema order).  Rows have keys, so no two are alike, and the sum
 * does not depend on their order or on where they lie: digests of parts add up to that of the whole. */
struct yh_table_digest {
    int64_t rows;
    uint8_t sum[32]; /* little-endian */
};

bool yh_table_digest_same(const struct yh_table_digest *a, const struct yh_table_digest *b);
const char *yh_table_name(enum yh_table_id t);

/* Of the rows that the view sees. */
YH_MUST_USE
enum yh_status yh_store_digest(struct yh_txn *view, enum yh_table_id t,
                               struct yh_table_digest *out, struct yh_err *err);

/* Called now and then with the rows read so far. */
typedef void yh_copy_fn(void *user, enum yh_table_id t, int64_t rows);

/* Appends the view's rows to the same table of `to`, in the order of keys, some at a time (durable as
 * yh_store_fill_begin says).  Rows up to the last key that `to` has already are taken as copied by an earlier call that
 * was cut short; the digest, of all rows of the view, tells whether they were.  *copied: how many were
 * appended now.  Nobody else may write to `to`.  Fails as the stores do; what was appended stays. */
YH_MUST_USE
enum yh_status yh_store_copy(struct yh_txn *view, struct yh_store *to, enum yh_table_id t,
                             struct yh_arena scratch, yh_copy_fn *progress, void *user,
                             struct yh_table_digest *out, int64_t *copied, struct yh_err *err);
#endif
