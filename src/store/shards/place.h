/* store/shards/place.h -- which node a row is on.  Private to store/.
 *
 * The very hash by which PostgreSQL places rows of a table PARTITION BY HASH, so that the layout's
 * partitions and our routing are one thing, and the server refuses a row sent to the wrong node
 * (tests/shards.sh asks the server's own function, satisfies_hash_partition, for the same rows). */
#ifndef YH_STORE_SHARDS_PLACE_H
#define YH_STORE_SHARDS_PLACE_H
#include "base/base.h"

/* PARTITION BY HASH (text COLLATE "C", bigint): the remainder, 0 … nodes - 1. */
int yh_place_of_group(yh_str region, int64_t grp, int nodes);
/* PARTITION BY HASH (text COLLATE "C" …) of one or two columns; n is 1 or 2. */
int yh_place_of_texts(const yh_str *text, int n, int nodes);
#endif
