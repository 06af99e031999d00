/* store/postgres/groups.c -- account groups are locked before anything of them is read or written (postgres.c says
 * in what order). */
#include <stdlib.h>
#include "store/postgres/inside.h"

#define GROUPS_SEARCHED 64 /* of a large batch only the last are remembered as locked */

static int cmp_held(const void *a, const void *b)
{
    const struct yh_pg_held *x = a, *y = b;
    int c = yh_cmp(x->region, y->region);
    return c ? c : (x->grp > y->grp) - (x->grp < y->grp);
}

static void lock_group(struct yh_pgdb *p, yh_str region, int64_t grp, enum yh_pg_verb verb)
{
    const struct yh_table *t = &p->schema->table[YH_TABLE_account_group];
    struct yh_pg_held *h = YH_NEW(&p->groups, struct yh_pg_held, 1);
    *h = (struct yh_pg_held){ yh_dup(&p->groups, region), grp, -1 };
    if (p->nheld == p->held_cap) {
        p->held_cap = p->held_cap ? 2 * p->held_cap : 16;
        p->held = yh_heap(p->held, (size_t)p->held_cap * sizeof *p->held);
    }
    p->held[p->nheld++] = h;
    struct yh_link_values v = { 0 };
    yh_link_text(&v, h->region);
    yh_link_i64(&v, grp);
    yh_pgdb_send_verb(
        p->writer, t, verb, &v,
        (struct yh_link_flight){ .want = verb == YH_PG_SNATCH ? YH_LINK_SNATCH : YH_LINK_ANY,
                                 .prepare = -1,
                                 .into = &h->seq });
    p->busy = true;
}

/* Opens the transaction when there is none; what a request done again will need comes first. */
void yh_pgdb_ensure_begun(struct yh_pgdb *p)
{
    if (p->writer->begun)
        return;
    yh_link_say(p->writer, "BEGIN", YH_LINK_ANY);
    p->writer->begun = true;
    p->busy = false;
    p->nheld = p->mark = 0;
    yh_arena_reset(&p->groups);
    for (int i = 0; i < p->nwanted; i++)
        lock_group(p, p->wanted[i].region, p->wanted[i].grp,
                   p->careful ? YH_PG_SNATCH : YH_PG_LOCK);
}

struct yh_pg_held *yh_pgdb_find_held(const struct yh_pgdb *p, yh_str region, int64_t grp)
{
    int from = p->nheld > GROUPS_SEARCHED ? p->nheld - GROUPS_SEARCHED : 0;
    for (int i = p->nheld - 1; i >= from; i--)
        if (p->held[i]->grp == grp && yh_eq(p->held[i]->region, region))
            return p->held[i];
    return NULL;
}

/* Group 0 of a region is the agency's own. */
bool yh_pgdb_is_group(yh_str region, int64_t grp)
{
    return region.n && grp >= 0;
}

/* What is read or written of a group comes after its lock. */
void yh_pgdb_hold(struct yh_pgdb *p, yh_str region, int64_t grp)
{
    yh_pgdb_ensure_begun(p);
    if (!yh_pgdb_is_group(region, grp) || yh_pgdb_find_held(p, region, grp))
        return;
    lock_group(p, region, grp, p->busy || p->careful ? YH_PG_SNATCH : YH_PG_LOCK);
}

void yh_pgdb_hold_row(struct yh_pgdb *p, const struct yh_table *t, const void *row)
{
    int region, grp;
    if (yh_pg_grouped(t, &region, &grp))
        yh_pgdb_hold(p, yh_row_str(row, &t->column[region]), yh_row_i64(row, &t->column[grp]));
    else
        yh_pgdb_ensure_begun(p);
}

/* The groups of a request that lost, in the order in which all wait for them. */
void yh_pgdb_want_again(struct yh_pgdb *p)
{
    yh_arena_reset(&p->wanted_text);
    p->nwanted = 0;
    for (int i = p->mark; i < p->nheld; i++) {
        if (p->nwanted == p->wanted_cap) {
            p->wanted_cap = p->wanted_cap ? 2 * p->wanted_cap : 16;
            p->wanted = yh_heap(p->wanted, (size_t)p->wanted_cap * sizeof *p->wanted);
        }
        p->wanted[p->nwanted++] =
            (struct yh_pg_held){ yh_dup(&p->wanted_text, p->held[i]->region), p->held[i]->grp,
                                 -1 };
    }
    if (p->nwanted)
        qsort(p->wanted, (size_t)p->nwanted, sizeof *p->wanted, cmp_held);
}
