/* model/casemix/code.c */
#include "model/casemix/code.h"

void yh_codes_open(struct yh_codes *c, struct yh_arena *arena, int expected)
{
    int slots = 1024;
    while (slots < 2 * expected)
        slots *= 2;
    *c = (struct yh_codes){ .arena = arena, .mask = (uint64_t)slots - 1 };
    c->slot = YH_NEW(arena, struct yh_code_slot, slots);
    c->longer = yh_map_in(arena, 64);
    YH_PUSH(arena, c->text, c->n, c->cap) = YH_S("");
}

static void place(struct yh_codes *c, struct yh_code_slot s)
{
    uint64_t i = yh_code_hash(s.lo, s.hi);
    while (c->slot[i & c->mask].id)
        i++;
    c->slot[i & c->mask] = s;
}

static void widen(struct yh_codes *c)
{
    struct yh_code_slot *old = c->slot;
    uint64_t n = c->mask + 1;
    c->slot = YH_NEW(c->arena, struct yh_code_slot, 2 * n);
    c->mask = 2 * n - 1;
    for (uint64_t i = 0; i < n; i++)
        if (old[i].id)
            place(c, old[i]);
}

uint32_t yh_codes_add(struct yh_codes *c, yh_str code)
{
    uint32_t id = yh_codes_get(c, code);
    if (id)
        return id;
    id = (uint32_t)c->n;
    YH_PUSH(c->arena, c->text, c->n, c->cap) = code;
    if (code.n > 16) {
        yh_map_add(&c->longer, code, (int32_t)id);
        return id;
    }
    if ((uint64_t)c->n * 2 > c->mask)
        widen(c);
    struct yh_code_slot s = { .id = id };
    yh_code_key(code, &s.lo, &s.hi);
    place(c, s);
    return id;
}
