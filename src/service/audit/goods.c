/* service/audit/goods.c -- goods records held against an archive's bills, before the rules run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/monitor/goods.h"
#include "service/audit/inside.h"

struct trace {
    struct yh_trace_event *e;
    int n, cap;
    const struct yh_stock_row **row; /* by ref */
    struct yh_map sale, code;
    yh_str *sale_text;
    int nsale, sale_cap, ncode;
    /* By sale: where its settlement stands in the archive. */
    int64_t *at; /* chunk << 32 | head; -1: not in it */
    bool *undone;
};

struct match {
    struct yh_arena *a;
    const struct yh_archive *archive;
    struct yh_audit_goods *out;
    uint32_t *provider, *item; /* of each row, in the archive's numbers; UINT32_MAX: unknown */
    const struct yh_stock_row *row;
    int64_t nrow;
    bool *sends;            /* by provider: any row */
    yh_day *counted, *told; /* by provider: first count; first sale record of a settlement */
    bool *drug;             /* by item: goods that stand on a shelf */
    struct yh_goods_event *e;
    int64_t ne, ecap;
    struct yh_map split; /* "settlement item": sold in parts */
    struct yh_map
        sold; /* "settlement item" -> index of sold_qty: what sale records say, in parts */
    yh_qty *sold_qty;
    int nsold, sold_cap;
    yh_day last;
    struct yh_map pack; /* "provider item" -> parts of a pack; 0: sold in parts, not known */
    struct trace t;
    int64_t cap; /* of out->mark */
};

static void push(struct match *m, struct yh_goods_event e)
{
    if (m->ne == m->ecap) {
        m->ecap = m->ecap ? m->ecap * 2 : 65536;
        m->e = yh_heap(m->e, (size_t)m->ecap * sizeof *m->e);
    }
    m->e[m->ne++] = e;
}

/* ---- the rows, in the archive's numbers ---- */

static void number_rows(struct match *m)
{
    const struct yh_arc_chunk *p = &m->archive->providers;
    int64_t n = p->n[YH_ARC_provider];
    struct yh_map by_code = yh_map_in(m->a, (int)n);
    for (int64_t i = 0; i < n; i++) {
        char code[24];
        yh_map_add(&by_code, yh_dup(m->a, yh_arc_text(p, YH_ARC(p, provider, code, i), code)),
                   (int32_t)i);
    }
    m->provider = YH_NEW(m->a, uint32_t, m->nrow + 1);
    m->item = YH_NEW(m->a, uint32_t, m->nrow + 1);
    m->sends = YH_NEW(m->a, bool, n + 1);
    m->counted = YH_NEW(m->a, yh_day, n + 1);
    m->told = YH_NEW(m->a, yh_day, n + 1);
    for (int64_t i = 0; i < n; i++)
        m->counted[i] = m->told[i] = YH_DAY_MAX;
    for (int64_t i = 0; i < m->nrow; i++) {
        const struct yh_stock_row *r = &m->row[i];
        int64_t at = yh_map_get(&by_code, r->provider, -1);
        int64_t item = yh_arc_dict_find(&m->archive->dicts, YH_DICT_ITEM, r->item);
        yh_day day = yh_time_day(r->time);
        m->provider[i] = at < 0 ? UINT32_MAX : (uint32_t)at;
        m->item[i] = item < 0 ? UINT32_MAX : (uint32_t)item;
        if (at < 0 || (item < 0 && r->item.n))
            m->out->unknown++;
        if (at < 0)
            continue;
        m->out->providers += r->kind == YH_GOODS_COUNT_ROW && m->counted[at] == YH_DAY_MAX;
        if (r->kind == YH_GOODS_COUNT_ROW && day < m->counted[at])
            m->counted[at] = day;
        m->last = day > m->last ? day : m->last;
        if (r->kind == YH_GOODS_SALE_ROW && r->settlement.n && day < m->told[at])
            m->told[at] = day;
        m->sends[at] = true;
    }
}

static yh_str pair(struct yh_arena *a, uint32_t provider, uint32_t item)
{
    return yh_fmt(a, "%u %u", provider, item);
}

/* Where an item is sold in parts somewhere, all of it is counted in parts. */
static void note_packs(struct match *m)
{
    m->split = yh_map_in(m->a, 64);
    m->pack = yh_map_in(m->a, 64);
    for (int pass = 0; pass < 2; pass++)
        for (int64_t i = 0; i < m->nrow; i++) {
            const struct yh_stock_row *r = &m->row[i];
            if (m->provider[i] == UINT32_MAX || m->item[i] == UINT32_MAX ||
                (pass == 0 && !r->split) || (pass == 1 && !r->pack))
                continue;
            yh_str key = pair(m->a, m->provider[i], m->item[i]);
            if (pass == 0) {
                yh_map_add(&m->pack, key, 0);
                if (r->kind == YH_GOODS_SALE_ROW && r->settlement.n)
                    yh_map_add(&m->split,
                               yh_fmt(m->a, "%.*s %u", YH_ARG(r->settlement), m->item[i]), 1);
            } else if (yh_map_get(&m->pack, key, -1) == 0) {
                yh_map_set(&m->pack, key, (int32_t)r->pack);
            }
        }
}

/* Parts of a pack, where the item is counted in parts; 1 else; 0: cannot be judged. */
static int32_t parts_of(const struct match *m, uint32_t provider, uint32_t item)
{
    if (!m->pack.n)
        return 1;
    char text[32];
    int n = snprintf(text, sizeof text, "%u %u", provider, item);
    return yh_map_get(&m->pack, (yh_str){ text, n }, 1);
}

static bool in_parts(const struct match *m, yh_str settlement, uint32_t item)
{
    char text[96];
    int n = snprintf(text, sizeof text, "%.*s %u", YH_ARG(settlement), item);
    return m->split.n && n < (int)sizeof text &&
           yh_map_get(&m->split, (yh_str){ text, n }, 0) == 1;
}

/* A record of a sale that names its settlement, or of its return. */
static void note_sale(struct match *m, const struct yh_stock_row *r, uint32_t item, yh_qty qty)
{
    yh_str key = yh_fmt(m->a, "%.*s %u", YH_ARG(r->settlement), item);
    if (yh_map_add(&m->sold, key, m->nsold))
        YH_PUSH(m->a, m->sold_qty, m->nsold, m->sold_cap) = 0;
    m->sold_qty[yh_map_get(&m->sold, key, 0)] += qty;
}

static void push_rows(struct match *m)
{
    m->sold = yh_map_in(m->a, 64);
    for (int64_t i = 0; i < m->nrow; i++) {
        const struct yh_stock_row *r = &m->row[i];
        if (m->provider[i] == UINT32_MAX || m->item[i] == UINT32_MAX)
            continue;
        int32_t parts = parts_of(m, m->provider[i], m->item[i]);
        struct yh_goods_event e = { .provider = m->provider[i],
                                    .item = m->item[i],
                                    .day = yh_time_day(r->time),
                                    .qty = r->split ? r->qty : r->qty * yh_max(parts, 1) };
        bool back = r->kind == YH_GOODS_BACK_ROW;
        switch (r->kind) {
        case YH_GOODS_COUNT_ROW: e.act = YH_GOODS_COUNT; break;
        case YH_GOODS_BUY_ROW:
        case YH_GOODS_MOVE_IN_ROW: e.act = YH_GOODS_IN; break;
        case YH_GOODS_RETURN_ROW:
        case YH_GOODS_MOVE_OUT_ROW: e.act = YH_GOODS_OUT; break;
        case YH_GOODS_SALE_ROW:
        case YH_GOODS_BACK_ROW:
            /* On the shelf an insured sale is the bill itself. */
            if (r->settlement.n)
                note_sale(m, r, e.item, back ? -e.qty : e.qty);
            if (r->insured)
                continue;
            e.act = back ? YH_GOODS_IN : YH_GOODS_OUT;
            break;
        case YH_GOODS_SCAN_ROW:
        case YH_GOODS_KINDS: continue;
        }
        push(m, e);
    }
}

static struct yh_mon_goods *mark(struct match *m, int64_t ref)
{
    struct yh_audit_goods *o = m->out;
    if (o->n == m->cap) {
        int64_t cap = m->cap ? m->cap * 2 : 1024;
        struct yh_audit_mark *list = YH_NEW(m->a, struct yh_audit_mark, cap);
        if (o->n)
            memcpy(list, o->mark, (size_t)o->n * sizeof *list);
        o->mark = list;
        m->cap = cap;
    }
    o->mark[o->n] = (struct yh_audit_mark){ .ref = ref };
    return &o->mark[o->n++].goods;
}

/* ---- the bills ---- */

static void open_traces(struct match *m)
{
    struct trace *t = &m->t;
    struct yh_map seen = yh_map_in(m->a, 64);
    t->code = yh_map_in(m->a, 64);
    t->sale = yh_map_in(m->a, 64);
    t->row = YH_NEW(m->a, const struct yh_stock_row *, m->nrow + 1);
    /* Only codes that come up twice can have been sold twice. */
    for (int pass = 0; pass < 2; pass++)
        for (int64_t i = 0; i < m->nrow; i++) {
            const struct yh_stock_row *r = &m->row[i];
            bool back = r->kind == YH_GOODS_BACK_ROW;
            if (!r->trace.n || m->provider[i] == UINT32_MAX ||
                (!back && r->kind != YH_GOODS_SALE_ROW && r->kind != YH_GOODS_SCAN_ROW))
                continue;
            yh_str list = r->trace;
            while (list.n) {
                yh_str code = yh_cut(&list, ' ');
                if (!code.n)
                    continue;
                if (pass == 0) {
                    if (!yh_map_add(&seen, code, 1))
                        yh_map_set(&seen, code, 2);
                    continue;
                }
                if (yh_map_get(&seen, code, 0) < 2)
                    continue;
                if (yh_map_add(&t->code, code, t->ncode))
                    t->ncode++;
                yh_str sale =
                    r->settlement.n ? r->settlement : yh_fmt(m->a, "#%lld", (long long)i);
                if (yh_map_add(&t->sale, sale, t->nsale))
                    YH_PUSH(m->a, t->sale_text, t->nsale, t->sale_cap) = sale;
                t->row[i] = r;
                YH_PUSH(m->a, t->e, t->n, t->cap) = (struct yh_trace_event){
                    .code = (uint32_t)yh_map_get(&t->code, code, 0),
                    .provider = m->provider[i],
                    .sale = (uint32_t)yh_map_get(&t->sale, sale, 0),
                    .time = r->time,
                    .back = back,
                    .split = r->split,
                    .qty = r->split ? r->qty : 10000,
                    .pack = (int32_t)r->pack,
                    .ref = i,
                };
            }
        }
    t->at = YH_NEW(m->a, int64_t, t->nsale + 1);
    t->undone = YH_NEW(m->a, bool, t->nsale + 1);
    for (int i = 0; i < t->nsale; i++)
        t->at[i] = -1;
}

/* The lines of one bill, net of its refunds. */
static void push_bill(struct match *m, const struct yh_arc_chunk *c, int chunk, int64_t head,
                      uint32_t provider, yh_str settlement)
{
    int64_t from, to;
    yh_day since =
        m->counted[provider] < m->told[provider] ? m->counted[provider] : m->told[provider];
    YH_ARC_SPAN(c, head, line, head, &from, &to);
    int64_t first = m->ne;
    for (int64_t i = from; i < to; i++) {
        yh_qty qty = YH_ARC(c, line, qty, i);
        uint32_t item = (uint32_t)YH_ARC(c, line, item, i);
        yh_day day = (yh_day)YH_ARC(c, line, day, i);
        if (qty < 0) {
            /* From the line that it names, then from the latest of the item. */
            int64_t named = from + YH_ARC(c, line, init, i) - 1;
            for (int pass = 0; pass < 2; pass++)
                for (int64_t k = m->ne; k-- > first && qty < 0;)
                    if (m->e[k].item == item && (pass || (m->e[k].ref & 0xFFFFFFFF) == named)) {
                        yh_qty part = yh_min(-qty, m->e[k].qty / m->e[k].scale);
                        m->e[k].qty -= part * m->e[k].scale;
                        qty += part;
                    }
            continue;
        }
        if (!m->drug[item] || day < since)
            continue;
        int32_t parts = parts_of(m, provider, item);
        bool whole = parts > 1 && !in_parts(m, settlement, item);
        push(m, (struct yh_goods_event){ .provider = provider,
                                         .item = item,
                                         .day = day,
                                         .minute = (int16_t)YH_ARC(c, line, minute, i),
                                         .act = YH_GOODS_BILLED,
                                         .qty = whole ? qty * parts : qty,
                                         .scale = whole ? parts : 1,
                                         .ref = (int64_t)chunk << 32 | i });
        m->last = day > m->last ? day : m->last;
    }
    /* Sale records name their settlement; an item's lines of one bill share them, the first first. */
    for (int64_t k = first; k < m->ne && m->told[provider] < YH_DAY_MAX; k++) {
        struct yh_goods_event *e = &m->e[k];
        char text[96];
        int n = snprintf(text, sizeof text, "%.*s %u", YH_ARG(settlement), e->item);
        int32_t at = n < (int)sizeof text ? yh_map_get(&m->sold, (yh_str){ text, n }, -1) : -1;
        yh_qty part = at < 0 ? 0 : yh_clamp(m->sold_qty[at], 0, e->qty);
        if (at >= 0)
            m->sold_qty[at] -= part;
        if (e->day >= m->told[provider] && parts_of(m, provider, e->item) &&
            (e->qty - part) / e->scale > 0)
            mark(m, e->ref)->unsold = (e->qty - part) / e->scale;
    }
}

static enum yh_status walk(struct match *m, struct yh_err *err)
{
    for (int i = 0; i < m->archive->nchunk; i++) {
        struct yh_arc_chunk c;
        enum yh_status st = yh_archive_chunk_quick(m->archive, i, &c, err);
        if (st)
            return st;
        for (int64_t h = 0; h < c.n[YH_ARC_head]; h++) {
            uint32_t provider = (uint32_t)YH_ARC(&c, head, provider, h);
            if (!m->sends[provider] || YH_ARC(&c, head, kind, h))
                continue;
            char text[24];
            yh_str settlement = yh_arc_text(&c, YH_ARC(&c, head, settlement, h), text);
            int32_t sale = m->t.nsale ? yh_map_get(&m->t.sale, settlement, -1) : -1;
            if (sale >= 0) {
                m->t.at[sale] = (int64_t)i << 32 | h;
                m->t.undone[sale] = YH_ARC(&c, head, undone, h) != 0;
            }
            if (!YH_ARC(&c, head, undone, h) &&
                (m->counted[provider] < YH_DAY_MAX || m->told[provider] < YH_DAY_MAX))
                push_bill(m, &c, i, h, provider, settlement);
        }
        yh_archive_drop(m->archive, i);
    }
    return YH_OK;
}

/* ---- what is said of lines ---- */

static void find_short(struct match *m)
{
    yh_goods_sort(m->e, m->ne);
    for (int64_t i = 0, end; i < m->ne; i = end) {
        uint32_t provider = m->e[i].provider, item = m->e[i].item;
        for (end = i; end < m->ne && m->e[end].provider == provider && m->e[end].item == item;)
            end++;
        const struct yh_goods_span span = { m->counted[provider], m->last, YH_GOODS_GRACE };
        if (span.first == YH_DAY_MAX)
            continue;
        if (!parts_of(m, provider, item)) {
            m->out->no_pack++;
            continue;
        }
        m->out->judged++;
        struct yh_goods_found *f;
        int n;
        yh_goods_cover(m->a, m->e + i, end - i, &span, &f, &n);
        for (int k = 0; k < n; k++) {
            struct yh_mon_goods *g = mark(m, f[k].ref);
            g->unstocked = f[k].unstocked;
            g->supplied = f[k].supplied;
            g->billed = f[k].billed;
        }
    }
}

/* ---- trace codes ---- */

/* The line of the settlement that a sale is of: the first of the item that the sale has not used up. */
static enum yh_status mark_trace(struct match *m, const struct yh_trace_twice *x,
                                 struct yh_err *err)
{
    const struct yh_stock_row *was = m->t.row[x->first], *is = m->t.row[x->second];
    int32_t sale = is->settlement.n ? yh_map_get(&m->t.sale, is->settlement, -1) : -1;
    int64_t at = sale < 0 ? -1 : m->t.at[sale], from, to;
    if (at < 0)
        return YH_OK; /* not settled with insurance, or not here */
    struct yh_arc_chunk c;
    enum yh_status st = yh_archive_chunk_quick(m->archive, (int)(at >> 32), &c, err);
    if (st)
        return st;
    int64_t item = m->item[x->second], best = -1;
    YH_ARC_SPAN(&c, head, line, at & 0xFFFFFFFF, &from, &to);
    for (int64_t i = from; i < to && best < 0; i++)
        if ((is->item.n ? YH_ARC(&c, line, item, i) == item
                        : m->drug[YH_ARC(&c, line, item, i)]) &&
            YH_ARC(&c, line, qty, i) > 0)
            best = i;
    if (best < 0)
        return YH_OK;
    char time[32];
    struct yh_mon_goods *g = mark(m, (at >> 32 << 32) | best);
    g->trace_sold = 1;
    g->trace_qty = is->split ? is->qty : 10000;
    yh_str list = is->trace, code = YH_S("");
    while (list.n) { /* the one of the row's codes that the other row has too */
        yh_str one = yh_cut(&list, ' '), other = was->trace;
        while (other.n && !code.n)
            if (yh_eq(yh_cut(&other, ' '), one))
                code = one;
    }
    g->trace = yh_fmt(m->a, "%.*s：%.*s 由 %.*s 售出%s%.*s", YH_ARG(code),
                      YH_ARG(yh_time_text(time, was->time)), YH_ARG(was->provider),
                      was->settlement.n ? "，结算 " : "，非医保结算", YH_ARG(was->settlement));
    return YH_OK;
}

static enum yh_status find_traces(struct match *m, struct yh_err *err)
{
    struct trace *t = &m->t;
    struct yh_trace_twice *x;
    int kept = 0, n;
    for (int i = 0; i < t->n; i++)
        if (!t->undone[t->e[i].sale])
            t->e[kept++] = t->e[i];
    yh_trace_find(m->a, t->e, kept, &x, &n);
    enum yh_status st = YH_OK;
    for (int i = 0; i < n && !st; i++)
        st = mark_trace(m, &x[i], err);
    return st;
}

/* ---- one mark a line ---- */

static int by_ref(const void *x, const void *y)
{
    const struct yh_audit_mark *a = x, *b = y;
    return (a->ref > b->ref) - (a->ref < b->ref);
}

static void merge(struct yh_mon_goods *to, const struct yh_mon_goods *g)
{
    if (g->unstocked) {
        to->unstocked = g->unstocked;
        to->supplied = g->supplied;
        to->billed = g->billed;
    }
    to->unsold += g->unsold;
    to->trace_sold += g->trace_sold;
    to->trace_qty += g->trace_qty;
    if (g->trace.n && (!to->trace.n || yh_cmp(g->trace, to->trace) < 0))
        to->trace = g->trace;
}

static void index_marks(struct match *m)
{
    struct yh_audit_goods *o = m->out;
    int64_t n = 0;
    if (o->n)
        qsort(o->mark, (size_t)o->n, sizeof *o->mark, by_ref);
    for (int64_t i = 0; i < o->n; i++)
        if (n && o->mark[n - 1].ref == o->mark[i].ref)
            merge(&o->mark[n - 1].goods, &o->mark[i].goods);
        else
            o->mark[n++] = o->mark[i];
    o->n = n;
    o->first = YH_NEW(m->a, int64_t, m->archive->nchunk + 1);
    int64_t at = 0;
    for (int i = 0; i < m->archive->nchunk; i++) {
        o->first[i] = at;
        while (at < n && o->mark[at].ref >> 32 == i)
            at++;
    }
    o->first[m->archive->nchunk] = n;
}

/* Goods are drugs by their code (西药 X, 中成药 Z), whatever charge class a till gives them, and what some
 * record speaks of: consumables. */
static void note_drugs(struct match *m)
{
    const struct yh_arc_dict *d = &m->archive->dicts.of[YH_DICT_ITEM];
    m->drug = YH_NEW(m->a, bool, d->n + 1);
    for (int i = 0; i < d->n; i++)
        m->drug[i] = d->text[i].n && (d->text[i].p[0] == 'X' || d->text[i].p[0] == 'Z');
    for (int64_t i = 0; i < m->nrow; i++)
        if (m->item[i] != UINT32_MAX)
            m->drug[m->item[i]] = true;
}

enum yh_status yh_audit_goods_find(struct yh_arena *a, const struct yh_archive *archive,
                                   struct yh_stock_row *rows, int64_t n,
                                   struct yh_audit_goods *out, struct yh_err *err)
{
    struct match m = { .a = a, .archive = archive, .out = out, .row = rows, .nrow = n };
    *out = (struct yh_audit_goods){ .rows = n };
    if (!n) {
        index_marks(&m);
        return YH_OK;
    }
    number_rows(&m);
    note_packs(&m);
    note_drugs(&m);
    open_traces(&m);
    push_rows(&m);
    enum yh_status st = walk(&m, err);
    if (!st)
        find_short(&m);
    if (!st)
        st = find_traces(&m, err);
    if (!st)
        index_marks(&m);
    yh_heap(m.e, 0);
    return st;
}
