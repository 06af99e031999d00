/* store/shards/place.c -- PostgreSQL's extended hash (Jenkins' lookup3, in the public domain). */
#include "store/shards/place.h"

#define SEED UINT64_C(0x7A5B22367996DCFD) /* of hash partitions, the same in every version */
#define START UINT32_C(0x9e3779b9)

struct abc {
    uint32_t a, b, c;
};

static uint32_t turned(uint32_t x, int by)
{
    return x << by | x >> (32 - by);
}

static void mix(struct abc *s)
{
    static const int BY[] = { 4, 6, 8, 16, 19, 4 };
    for (int i = 0; i < 6; i++) { /* the three take turns: (a, c, b), (b, a, c), (c, b, a) … */
        uint32_t *x = i % 3 == 0 ? &s->a : i % 3 == 1 ? &s->b : &s->c;
        uint32_t *y = i % 3 == 0 ? &s->c : i % 3 == 1 ? &s->a : &s->b;
        uint32_t *z = i % 3 == 0 ? &s->b : i % 3 == 1 ? &s->c : &s->a;
        *x -= *y;
        *x ^= turned(*y, BY[i]);
        *y += *z;
    }
}

static uint64_t ended(struct abc s)
{
    static const int BY[] = { 14, 11, 25, 16, 4, 14, 24 };
    for (int i = 0; i < 7; i++) { /* (c, b), (a, c), (b, a) … */
        uint32_t *x = i % 3 == 0 ? &s.c : i % 3 == 1 ? &s.a : &s.b;
        uint32_t *y = i % 3 == 0 ? &s.b : i % 3 == 1 ? &s.c : &s.a;
        *x ^= *y;
        *x -= turned(*y, BY[i]);
    }
    return (uint64_t)s.b << 32 | s.c;
}

static struct abc started(ptrdiff_t bytes)
{
    uint32_t first = START + (uint32_t)bytes + UINT32_C(3923095);
    struct abc s = { first + (uint32_t)(SEED >> 32), first + (uint32_t)SEED, first };
    mix(&s);
    return s;
}

/* Up to four bytes, the first the lowest. */
static uint32_t word(yh_str text, ptrdiff_t at)
{
    uint32_t v = 0;
    for (int i = 0; i < 4 && at + i < text.n; i++)
        v |= (uint32_t)(unsigned char)text.p[at + i] << (8 * i);
    return v;
}

static uint64_t hash_text(yh_str text)
{
    struct abc s = started(text.n);
    ptrdiff_t at = 0;
    for (; text.n - at >= 12; at += 12) {
        s.a += word(text, at);
        s.b += word(text, at + 4);
        s.c += word(text, at + 8);
        mix(&s);
    }
    s.a += word(text, at);
    s.b += word(text, at + 4);
    s.c += word(text, at + 8) << 8; /* the lowest byte is the length's */
    return ended(s);
}

static uint64_t hash_i64(int64_t v)
{
    uint32_t low = (uint32_t)(uint64_t)v, high = (uint32_t)((uint64_t)v >> 32);
    struct abc s = started(4);
    s.a += low ^ (v >= 0 ? high : ~high);
    return ended(s);
}

static uint64_t joined(uint64_t all, uint64_t next)
{
    return all ^ (next + UINT64_C(0x49a0f4dd15e5a8e3) + (all << 54) + (all >> 7));
}

int yh_place_of_group(yh_str region, int64_t grp, int nodes)
{
    return (int)(joined(joined(0, hash_text(region)), hash_i64(grp)) % (uint64_t)nodes);
}

int yh_place_of_texts(const yh_str *text, int n, int nodes)
{
    uint64_t h = 0;
    for (int i = 0; i < n; i++)
        h = joined(h, hash_text(text[i]));
    return (int)(h % (uint64_t)nodes);
}
