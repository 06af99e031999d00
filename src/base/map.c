#include "base/hash.h"
#include "base/map.h"

static struct yh_map_slot *slots(struct yh_arena *a, int n)
{
    return YH_NEW(a, struct yh_map_slot, n);
}

struct yh_map yh_map_in(struct yh_arena *arena, int expected)
{
    yh_assert(expected < 1 << 29);
    struct yh_map m = { .arena = arena };
    if (expected <= 0)
        return m;
    for (m.cap = 8; m.cap < expected * 2;)
        m.cap *= 2;
    m.slot = slots(arena, m.cap);
    return m;
}

/* 0 marks a free slot. */
static uint32_t hash_of(yh_str key)
{
    uint32_t h = (uint32_t)yh_hash64(key, 0);
    return h ? h : 1;
}

/* The slot of key, or the free one where it would stand. */
static struct yh_map_slot *seek(const struct yh_map *m, yh_str key, uint32_t hash)
{
    uint32_t mask = (uint32_t)m->cap - 1;
    for (uint32_t i = hash & mask;; i = (i + 1) & mask) {
        struct yh_map_slot *s = &m->slot[i];
        if (!s->hash || (s->hash == hash && yh_eq(s->key, key)))
            return s;
    }
}

int32_t yh_map_get(const struct yh_map *m, yh_str key, int32_t absent)
{
    if (!m->n)
        return absent;
    const struct yh_map_slot *s = seek(m, key, hash_of(key));
    return s->hash ? s->value : absent;
}

static void widen(struct yh_map *m)
{
    yh_assert(m->cap < 1 << 29);
    struct yh_map w = { .arena = m->arena, .n = m->n, .cap = m->cap ? m->cap * 2 : 8 };
    w.slot = slots(m->arena, w.cap);
    for (int i = 0; i < m->cap; i++)
        if (m->slot[i].hash)
            *seek(&w, m->slot[i].key, m->slot[i].hash) = m->slot[i];
    *m = w;
}

static struct yh_map_slot *place(struct yh_map *m, yh_str key, bool *new)
{
    if ((m->n + 1) * 2 > m->cap)
        widen(m);
    uint32_t hash = hash_of(key);
    struct yh_map_slot *s = seek(m, key, hash);
    *new = !s->hash;
    if (*new) {
        *s = (struct yh_map_slot){ .key = key, .hash = hash };
        m->n++;
    }
    return s;
}

bool yh_map_add(struct yh_map *m, yh_str key, int32_t value)
{
    bool new;
    struct yh_map_slot *s = place(m, key, &new);
    if (new)
        s->value = value;
    return new;
}

void yh_map_set(struct yh_map *m, yh_str key, int32_t value)
{
    bool new;
    place(m, key, &new)->value = value;
}
