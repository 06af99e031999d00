/* base/map.h -- text to int32, open addressing, in an arena; keys are borrowed. */
#ifndef YH_BASE_MAP_H
#define YH_BASE_MAP_H
#include "base/str.h"

struct yh_map_slot {
    yh_str key;
    uint32_t hash;
    int32_t value;
};
struct yh_map {
    struct yh_arena *arena;
    struct yh_map_slot *slot;
    int n, cap; /* cap is 0 or a power of two; at most half full */
};

struct yh_map yh_map_in(struct yh_arena *arena, int expected);
/* The value stored for key, or `absent`. */
int32_t yh_map_get(const struct yh_map *m, yh_str key, int32_t absent);
/* Stores when the key is new and answers true; an existing key keeps its value: false. */
bool yh_map_add(struct yh_map *m, yh_str key, int32_t value);
void yh_map_set(struct yh_map *m, yh_str key, int32_t value);
#endif
