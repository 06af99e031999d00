/* service/replay/cases.c -- from a chunk's rows to the cases of a walk. */
#include <string.h>
#include "service/replay/inside.h"

struct yh_replay_group yh_replay_group_at(const struct yh_arc_chunk *c, int64_t p0, int64_t h0)
{
    struct yh_replay_group g = { p0, p0 + 1, h0, h0 };
    int64_t grp = YH_ARC(c, person, grp, p0), np = c->n[YH_ARC_person], nh = c->n[YH_ARC_head];
    while (g.p1 < np && YH_ARC(c, person, grp, g.p1) == grp)
        g.p1++;
    while (g.h1 < nh && YH_ARC(c, head, person, g.h1) < g.p1)
        g.h1++;
    return g;
}

void yh_replay_group_open(struct yh_walk *w, const struct yh_arc_chunk *c,
                          const struct yh_replay_group *g)
{
    yh_walk_group(w, (int)(g->p1 - g->p0));
    for (int64_t p = g->p0; p < g->p1; p++) {
        int64_t from, to;
        YH_ARC_SPAN(c, person, opening, p, &from, &to);
        for (int64_t i = from; i < to; i++) {
            struct yh_arc_opening o;
            yh_arc_get_opening(c, i, &o);
            yh_walk_opening(w, (int)(p - g->p0), &o);
        }
    }
}

void yh_replay_case_at(const struct yh_lens *lens, const struct yh_arc_chunk *chunk,
                       const struct yh_replay_group *g, int64_t row, bool with_lines, bool full,
                       struct yh_arena *a, struct yh_replay_case *out)
{
    yh_arc_get_head(chunk, row, &out->head);
    const struct yh_arc_head *h = &out->head;
    out->c = (struct yh_walk_case){ .head = &out->head,
                                    .who = (int)(h->person - g->p0),
                                    .relative = -1,
                                    .undoes = h->undoes,
                                    .row = row,
                                    .born = (yh_day)YH_ARC(chunk, person, born, h->person),
                                    .identity = out->identity };
    if (h->relative_of >= g->p0 && h->relative_of < g->p1)
        out->c.relative = (int)(h->relative_of - g->p0);
    int64_t from, to;
    YH_ARC_SPAN(chunk, person, identity, h->person, &from, &to);
    for (int64_t i = from; i < to && out->c.nidentity < YH_COUNT(out->identity); i++)
        yh_arc_get_identity(chunk, i, &out->identity[out->c.nidentity++]);
    char text[24];
    out->c.visit = h->visit == -1  ? yh_mix64((uint64_t)row)
                   : h->visit >= 0 ? yh_walk_visit_number(h->visit)
                                   : yh_walk_visit_text(yh_arc_text(chunk, h->visit, text));
    if (with_lines && !h->kind)
        out->c.line = yh_walk_lines(lens, chunk, row, full, a, &out->c.nline);
}

static struct yh_sums cut_sums(const struct yh_arc_chunk *c, int64_t row)
{
    struct yh_sums s = { 0 };
    int64_t from, to;
    YH_ARC_SPAN(c, head, cut, row, &from, &to);
    for (int64_t i = from; i < to; i++) {
        s.outside += YH_ARC(c, cut, outside, i);
        s.over += YH_ARC(c, cut, over, i);
        s.first += YH_ARC(c, cut, first, i);
        s.scope += YH_ARC(c, cut, scope, i);
    }
    s.total = s.outside + s.over + s.first + s.scope;
    return s;
}

static struct yh_sums less(struct yh_sums x, struct yh_sums y)
{
    return (struct yh_sums){ x.total - y.total, x.outside - y.outside, x.over - y.over,
                             x.first - y.first, x.scope - y.scope };
}

struct yh_sums yh_replay_sums(const struct yh_arc_chunk *c, const struct yh_replay_group *g,
                              int64_t row, const struct yh_arc_head *h)
{
    if (h->kind) {
        struct yh_arc_head was;
        if (h->undoes < g->h0 || h->undoes >= row)
            return (struct yh_sums){ 0 };
        yh_arc_get_head(c, h->undoes, &was);
        if (was.kind)
            return (struct yh_sums){ 0 };
        return less((struct yh_sums){ 0 }, yh_replay_sums(c, g, h->undoes, &was));
    }
    struct yh_sums s = cut_sums(c, row);
    if (!h->part)
        return s;
    char mine[24], other[24];
    yh_str visit = yh_arc_text(c, h->visit, mine);
    for (int64_t i = row - 1; i >= g->h0; i--)
        if (YH_ARC(c, head, part, i) && !YH_ARC(c, head, kind, i) &&
            !YH_ARC(c, head, undone, i) &&
            yh_eq(yh_arc_text(c, YH_ARC(c, head, visit, i), other), visit))
            return less(s, cut_sums(c, i));
    return s;
}
