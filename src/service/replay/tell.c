/* service/replay/tell.c -- one person's year under two sides, and the bill that changed most. */
#include <string.h>
#include "service/replay/inside.h"

/* Walks the person's group under a set up to and with row `last`; burden[row - h0] of each head of the
 * person, and the page of row `tell` (-1: none). */
static enum yh_status walk(struct yh_arena *a, const struct yh_replay_result *r,
                           const struct yh_lens_plans *set, const struct yh_arc_chunk *c,
                           const struct yh_replay_group *g, int64_t person, int64_t tell,
                           yh_fen *burden, yh_str *page, struct yh_err *err)
{
    struct yh_walk w;
    enum yh_status st = yh_walk_open(&w, &r->lens, set, r->archive->about.region, err);
    if (st)
        return st;
    yh_replay_group_open(&w, c, g);
    for (int64_t row = g->h0; st == YH_OK && row < g->h1; row++) {
        struct yh_replay_case *k = YH_NEW(a, struct yh_replay_case, 1);
        struct yh_decision d;
        struct yh_walk_told told;
        yh_replay_case_at(&r->lens, c, g, row, true, row == tell, a, k);
        struct yh_settle_how how = { .reasons = row == tell };
        st = yh_walk_settle(&w, &k->c, how, &d, &told, err);
        if (st == YH_OK && k->head.person == person)
            burden[row - g->h0] = d.account + d.relative + d.cash - d.to_person;
        if (st == YH_OK && row == tell && told.bill) {
            struct yh_explain e = yh_explain_bill(a, told.plan->plan, told.bill, &d, YH_ZH);
            struct yh_buf b = yh_buf_in(a);
            yh_explain_bill_text(&e, &b);
            *page = yh_buf_str(&b);
        }
    }
    yh_walk_close(&w);
    return st;
}

static struct yh_replay_group group_of(const struct yh_arc_chunk *c, int64_t person)
{
    struct yh_replay_group g = { 0 };
    while (g.p1 <= person)
        g = yh_replay_group_at(c, g.p1, g.h1);
    return g;
}

enum yh_status yh_replay_tell(struct yh_arena *a, const struct yh_replay_result *r,
                              int scenario, const struct yh_replay_touched *who,
                              struct yh_replay_story *out, struct yh_err *err)
{
    struct yh_arc_chunk c;
    enum yh_status st = yh_archive_chunk(r->archive, who->chunk, &c, err);
    if (st)
        return st;
    struct yh_replay_group g = group_of(&c, who->person);
    yh_fen *x = YH_NEW(a, yh_fen, g.h1 - g.h0), *y = YH_NEW(a, yh_fen, g.h1 - g.h0);
    yh_str none = YH_S("");
    if ((st = walk(a, r, &r->set[0], &c, &g, who->person, -1, x, &none, err)) != YH_OK ||
        (st = walk(a, r, &r->set[scenario], &c, &g, who->person, -1, y, &none, err)) != YH_OK)
        return st;
    int64_t at = -1;
    yh_fen most = -1;
    for (int64_t i = 0; i < g.h1 - g.h0; i++) {
        yh_fen diff = y[i] > x[i] ? y[i] - x[i] : x[i] - y[i];
        if (YH_ARC(&c, head, person, g.h0 + i) == who->person &&
            !YH_ARC(&c, head, kind, g.h0 + i) && diff > most) {
            most = diff;
            at = i;
        }
    }
    if (at < 0)
        return yh_fail(err, YH_NOT_FOUND, "此人没有结算");
    struct yh_replay_story s = { .head = g.h0 + at, .burden = { x[at], y[at] } };
    yh_arc_get_head(&c, s.head, &s.row);
    char text[24];
    s.settlement = yh_dup(a, yh_arc_text(&c, s.row.settlement, text));
    s.provider = r->lens.provider[s.row.provider].name;
    st = walk(a, r, &r->set[0], &c, &g, who->person, s.head, x, &s.before, err);
    if (st == YH_OK)
        st = walk(a, r, &r->set[scenario], &c, &g, who->person, s.head, y, &s.after, err);
    if (st == YH_OK)
        *out = s;
    return st;
}
