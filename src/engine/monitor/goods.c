#include "engine/monitor/goods.h"

#include <stdlib.h>

/* ---- on the shelf ---- */

static int by_time(const void *x, const void *y)
{
    const struct yh_goods_event *a = x, *b = y;
    if (a->provider != b->provider)
        return a->provider < b->provider ? -1 : 1;
    if (a->item != b->item)
        return a->item < b->item ? -1 : 1;
    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    if (a->act != b->act)
        return a->act < b->act ? -1 : 1;
    if (a->minute != b->minute)
        return a->minute < b->minute ? -1 : 1;
    return (a->ref > b->ref) - (a->ref < b->ref);
}

void yh_goods_sort(struct yh_goods_event *e, int64_t n)
{
    if (n)
        qsort(e, (size_t)n, sizeof *e, by_time);
}

/* A demand that waits for goods: of a billed line, or (line < 0) of a departure. */
struct wait {
    int line; /* index in shelf.line */
    yh_qty qty;
    yh_day day;
};
struct line {
    int64_t ref;
    int32_t scale;
    yh_qty qty;
    yh_qty waiting, lacks; /* beyond the shelf: records may still come; none came */
    yh_qty never;          /* found on the shelf by a count */
    yh_qty supplied, billed;
};
struct shelf {
    struct yh_arena *a;
    int grace;
    yh_qty left, in, billed, gone, opening; /* of the period */
    struct wait *wait;
    int first, nwait, wait_cap;
    struct line *line;
    int nline, line_cap, period; /* period: first line of it */
};

/* Who has waited too long gets nothing any more: what was never there needs no later arrival. */
static void expire(struct shelf *s, yh_day day)
{
    for (; s->first < s->nwait; s->first++) {
        struct wait *w = &s->wait[s->first];
        if (w->qty > 0 && (int64_t)day - w->day <= s->grace)
            return;
        if (w->line >= 0) {
            s->line[w->line].waiting -= w->qty;
            s->line[w->line].lacks += w->qty;
        }
    }
}

static void arrive(struct shelf *s, yh_qty qty)
{
    s->in += qty;
    for (int i = s->first; qty > 0 && i < s->nwait; i++) {
        struct wait *w = &s->wait[i];
        yh_qty part = yh_min(qty, w->qty);
        w->qty -= part;
        qty -= part;
        if (w->line >= 0)
            s->line[w->line].waiting -= part;
    }
    s->left += qty;
}

static yh_qty take(struct shelf *s, yh_qty qty, int line, yh_day day)
{
    yh_qty from = yh_min(qty, s->left);
    s->left -= from;
    if (qty > from)
        YH_PUSH(s->a, s->wait, s->nwait, s->wait_cap) = (struct wait){ line, qty - from, day };
    return qty - from;
}

static void bill(struct shelf *s, const struct yh_goods_event *e)
{
    s->billed += e->qty;
    yh_qty waiting = take(s, e->qty, s->nline, e->day);
    YH_PUSH(s->a, s->line, s->nline, s->line_cap) =
        (struct line){ .ref = e->ref,
                       .scale = e->scale > 1 ? e->scale : 1,
                       .qty = e->qty,
                       .waiting = waiting,
                       .supplied = s->opening + s->in - s->gone,
                       .billed = s->billed };
}

/* Goods that the count finds beyond the books were billed and never left: the last ones billed. */
static void close(struct shelf *s, yh_qty counted)
{
    yh_qty more = counted - s->left;
    for (int i = s->nline; i-- > s->period && more > 0;) {
        struct line *l = &s->line[i];
        yh_qty part = yh_min(more, l->qty - l->waiting - l->lacks);
        l->never += part;
        more -= part;
    }
    s->left = s->opening = counted;
    s->in = s->billed = s->gone = 0;
    s->period = s->nline;
}

static void answer(struct yh_arena *a, const struct shelf *s, struct yh_goods_found **out,
                   int *nout)
{
    int cap = 0;
    *out = NULL;
    *nout = 0;
    for (int i = 0; i < s->nline; i++) {
        const struct line *l = &s->line[i];
        yh_qty short_of = (l->lacks + l->never) / l->scale;
        yh_assert(l->lacks + l->waiting + l->never <= l->qty);
        if (!short_of)
            continue;
        YH_PUSH(a, *out, *nout, cap) =
            (struct yh_goods_found){ .ref = l->ref,
                                     .unstocked = short_of,
                                     .supplied = l->supplied / l->scale,
                                     .billed = l->billed / l->scale };
    }
}

void yh_goods_cover(struct yh_arena *a, const struct yh_goods_event *e, int64_t n,
                    const struct yh_goods_span *span, struct yh_goods_found **out, int *nout)
{
    struct shelf s = { .a = a, .grace = span->grace };
    int64_t i = 0;
    while (i < n && e[i].day < span->first)
        i++;
    for (; i < n && e[i].day == span->first; i++)
        if (e[i].act == YH_GOODS_COUNT)
            s.left += e[i].qty;
    s.opening = s.left;
    while (i < n) {
        yh_qty counted = 0;
        int64_t from = i;
        expire(&s, e[i].day);
        for (; i < n && e[i].day == e[from].day && e[i].act == e[from].act; i++)
            switch ((enum yh_goods_act)e[i].act) {
            case YH_GOODS_IN: arrive(&s, e[i].qty); break;
            case YH_GOODS_BILLED: bill(&s, &e[i]); break;
            case YH_GOODS_OUT:
                s.gone += e[i].qty;
                (void)take(&s, e[i].qty, -1, e[i].day);
                break;
            case YH_GOODS_COUNT: counted += e[i].qty; break; /* batches of one day add up */
            }
        if (e[from].act == YH_GOODS_COUNT)
            close(&s, counted);
    }
    expire(&s, span->last);
    answer(a, &s, out, nout);
}

/* ---- trace codes ---- */

static int by_code(const void *x, const void *y)
{
    const struct yh_trace_event *a = x, *b = y;
    if (a->code != b->code)
        return a->code < b->code ? -1 : 1;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->back != b->back) /* taken back and sold again in the same second */
        return a->back ? -1 : 1;
    return (a->ref > b->ref) - (a->ref < b->ref);
}

void yh_trace_find(struct yh_arena *a, struct yh_trace_event *e, int64_t n,
                   struct yh_trace_twice **out, int *nout)
{
    int cap = 0;
    const struct yh_trace_event *sold = NULL; /* that stands */
    yh_qty parts = 0;                         /* of it, sold so far */
    *out = NULL;
    *nout = 0;
    if (n)
        qsort(e, (size_t)n, sizeof *e, by_code);
    for (int64_t i = 0; i < n; i++) {
        if (i && e[i].code != e[i - 1].code)
            sold = NULL;
        if (e[i].back) {
            /* Of a split pack one part comes back; it stays sold in part. */
            if (sold && sold->split && parts > e[i].qty)
                parts -= e[i].qty;
            else
                sold = NULL;
            continue;
        }
        bool told = false; /* the settlement and the shop's record tell of one sale */
        for (int64_t k = i; k-- > 0 && !told && e[k].code == e[i].code && !e[k].back;)
            told = e[k].sale == e[i].sale;
        if (told)
            continue;
        bool part = sold && sold->split && e[i].split && sold->provider == e[i].provider &&
                    (!e[i].pack || parts + e[i].qty <= (yh_qty)e[i].pack * 10000);
        if (sold && !part) {
            YH_PUSH(a, *out, *nout, cap) = (struct yh_trace_twice){ sold->ref, e[i].ref };
            continue; /* the first sale stands: a third is told against it too */
        }
        parts = (sold ? parts : 0) + e[i].qty;
        sold = &e[i];
    }
}
