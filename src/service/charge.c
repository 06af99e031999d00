/* service/charge.c -- charge lines: taken in whole batches, split at once, withdrawn (2204 2205 2301 2302). */
#include <inttypes.h>
#include <stdio.h>
#include "engine/benefit/benefit.h"
#include "service/inside.h"
#include "service/watch.h"

enum yh_status yh_batch_lines(struct yh_ctx *c, const struct yh_charge_batch_row *rows, int n,
                              struct yh_charge_line **line, int **from, int *nline,
                              struct yh_err *err)
{
    int total = 0;
    for (int i = 0; i < n; i++)
        total += (int)rows[i].lines;
    struct yh_charge_line *all = YH_NEW(c->arena, struct yh_charge_line, total);
    int *whose = YH_NEW(c->arena, int, total), k = 0;
    for (int i = 0; i < n; i++) {
        struct yh_charge_line *l = NULL;
        int nl = 0;
        enum yh_status st = yh_lines_unpack(c->arena, rows[i].packed, &l, &nl, err);
        if (st)
            return st;
        yh_assert(k + nl <= total);
        for (int j = 0; j < nl; j++) {
            whose[k] = i;
            all[k++] = l[j];
        }
    }
    *line = all;
    *from = whose;
    *nline = k;
    return YH_OK;
}

enum yh_status yh_split_start(struct yh_ctx *c, const struct yh_member *m,
                              const struct yh_visit_row *v, yh_day day, struct yh_split_by *out,
                              struct yh_err *err)
{
    struct yh_split_by s = { .away = yh_region_away(&m->home, &c->provider_place) !=
                                     YH_AWAY_LOCAL };
    if (s.away)
        s.plan = yh_world_plan(c->world, &c->provider_place, v->scheme, day);
    if (!s.plan)
        s.plan = yh_world_plan(c->world, &m->home, v->scheme, day);
    if (!s.plan)
        return yh_refuse(err, YH_REFUSE_NO_DOCUMENT, v->scheme, "参保地 %06u",
                         m->home.pool->code);
    int64_t scheme = 0;
    if (yh_int_parse(v->scheme, &scheme, NULL))
        scheme = 0;
    s.terms = yh_terms_at(c->world->terms, &c->provider_place, (int)scheme);
    enum yh_status st =
        yh_facts_build(c, m, v, c->provider, s.plan, day, s.away, &s.facts, err);
    if (st == YH_OK)
        *out = s;
    return st;
}

struct yh_line yh_engine_line(struct yh_ctx *c, const struct yh_charge_line *l)
{
    uint32_t id = YH_CODE_NONE;
    yh_day day = yh_time_day(l->time);
    if (yh_catalog_item(c->world->catalog, l->code, day, &id) == YH_MALFORMED)
        id = YH_CODE_NONE;
    return (struct yh_line){
        .item = id,
        .day = day,
        .code = l->code,
        .serial = l->serial,
        .init = l->undoes,
        .price = l->price,
        .qty = l->qty,
        .amount = l->amount,
        .approval = (uint8_t)yh_clamp(l->approval, 0, 2),
        .provider_fault = l->fault != 0,
        .fault_part = l->fault_part,
    };
}

/* ---- what a line must be ---- */

#define PRICE_MAX ((yh_price)100000000 * 1000000) /* 1 亿元 */
#define QTY_MAX ((yh_qty)100000000 * 10000)       /* 1 亿 */
#define AMOUNT_MAX ((yh_fen)100000000 * 100)      /* 1 亿元 */

enum yh_status yh_line_fits(struct yh_ctx *c, const struct yh_visit_row *v,
                            const struct yh_charge_in *in, struct yh_err *err)
{
    const struct yh_charge_line *l = &in->line;
    char text[32], more[32];
    if (!l->serial.n)
        return yh_refuse(err, YH_REFUSE_SERIAL_EMPTY, l->serial, NULL);
    if (l->price < 0)
        return yh_refuse(err, YH_REFUSE_LINE_PRICE, yh_dec_text(text, l->price, 6, 6),
                         "明细 %.*s", YH_ARG(l->serial));
    if (l->qty == 0 || (l->amount != 0 && (l->qty < 0) != (l->amount < 0)))
        return yh_refuse(err, YH_REFUSE_LINE_SIGN, yh_dec_text(text, l->qty, 4, 4),
                         "明细 %.*s，金额 %.*s", YH_ARG(l->serial),
                         YH_ARG(yh_dec_text(more, l->amount, 2, 2)));
    /* The interface's widths would reach 10^24 fen.  No line is as large as this, and what a year
     * of lines within it adds up to stays far inside 64 bits. */
    if (l->price > PRICE_MAX || yh_clamp(l->qty, -QTY_MAX, QTY_MAX) != l->qty ||
        yh_clamp(l->amount, -AMOUNT_MAX, AMOUNT_MAX) != l->amount)
        return yh_refuse(err, YH_REFUSE_LINE_LARGE, yh_dec_text(text, l->amount, 2, 2),
                         "明细 %.*s", YH_ARG(l->serial));
    yh_fen due = yh_line_amount(l->price, l->qty, YH_ROUND_HALF_UP);
    if (l->amount - due > 1 || due - l->amount > 1)
        return yh_refuse(err, YH_REFUSE_LINE_SUM, yh_dec_text(text, l->amount, 2, 2),
                         "明细 %.*s 应为 %.*s", YH_ARG(l->serial),
                         YH_ARG(yh_dec_text(more, due, 2, 2)));
    yh_day day = yh_time_day(l->time);
    if (l->time > c->now + 300)
        return yh_refuse(err, YH_REFUSE_LINE_FUTURE, yh_time_text(text, l->time), "明细 %.*s",
                         YH_ARG(l->serial));
    if (day < yh_time_day(v->begin_time) || (v->end_time && day > yh_time_day(v->end_time)))
        return yh_refuse(err, YH_REFUSE_LINE_DAY, yh_time_text(text, l->time), "明细 %.*s",
                         YH_ARG(l->serial));
    uint32_t id = YH_CODE_NONE;
    switch (yh_catalog_item(c->world->catalog, l->code, day, &id)) {
    case YH_FOUND:
    case YH_UNKNOWN: return YH_OK;
    case YH_EXPIRED:
        return yh_refuse(err, YH_REFUSE_ITEM_EXPIRED, l->code, "明细 %.*s", YH_ARG(l->serial));
    case YH_MALFORMED:
        return yh_refuse(err, YH_REFUSE_ITEM_MALFORMED, l->code, "明细 %.*s",
                         YH_ARG(l->serial));
    }
    return YH_OK;
}

/* What the visit already holds, found by serial; `more` lines of the call follow as they are read. */
struct kept {
    struct yh_charge_batch_row *row;
    int nrow;
    struct yh_charge_line *line;
    int *from, nline;
    struct yh_map by_batch;  /* row */
    struct yh_map by_serial; /* 0 .. nline: kept; nline + i: line i of this call */
    yh_qty *left;            /* by the same number: what refunds have left of it */
};

static enum yh_status load_kept(struct yh_ctx *c, const struct yh_visit_row *v, int more,
                                struct kept *k, struct yh_err *err)
{
    enum yh_status st = yh_batches_of(c, v, &k->row, &k->nrow, err);
    if (st == YH_OK)
        st = yh_batch_lines(c, k->row, k->nrow, &k->line, &k->from, &k->nline, err);
    if (st)
        return st;
    k->by_batch = yh_map_in(c->arena, k->nrow);
    for (int i = 0; i < k->nrow; i++)
        (void)yh_map_add(&k->by_batch, k->row[i].batch, i);
    k->by_serial = yh_map_in(c->arena, k->nline + more);
    k->left = YH_NEW(c->arena, yh_qty, k->nline + more);
    for (int i = 0; i < k->nline; i++)
        if (yh_map_add(&k->by_serial, k->line[i].serial, i))
            k->left[i] = k->line[i].qty;
    for (int i = 0; i < k->nline; i++) {
        const struct yh_charge_line *l = &k->line[i];
        int first = l->undoes.n ? yh_map_get(&k->by_serial, l->undoes, -1) : -1;
        if (first >= 0 && l->qty < 0)
            k->left[first] += l->qty;
    }
    return YH_OK;
}

static enum yh_status check_batch(const struct kept *k, yh_str batch, bool outpatient,
                                  struct yh_err *err)
{
    if (!outpatient)
        return YH_OK;
    if (!batch.n)
        return yh_refuse(err, YH_REFUSE_BATCH_EMPTY, batch, NULL);
    if (yh_eq(batch, YH_S("0000")))
        return yh_refuse(err, YH_REFUSE_BATCH_RESERVED, batch, NULL);
    int i = yh_map_get(&k->by_batch, batch, -1);
    return i < 0 ? YH_OK
                 : yh_refuse(err, YH_REFUSE_BATCH_TWICE, batch, "已有 %d 条明细",
                             (int)k->row[i].lines);
}

/* A refund names a line of this visit and takes back at most what is left of it. */
static enum yh_status take_refund(struct kept *k, const struct yh_charge_in *in, int at,
                                  struct yh_err *err)
{
    const struct yh_charge_line *l = &in[at].line;
    if (!l->undoes.n)
        return yh_refuse(err, YH_REFUSE_REFUND_NO_ORIGINAL, l->undoes, "退费明细 %.*s",
                         YH_ARG(l->serial));
    int i = yh_map_get(&k->by_serial, l->undoes, -1);
    const struct yh_charge_line *first = i < 0          ? NULL
                                         : i < k->nline ? &k->line[i]
                                                        : &in[i - k->nline].line;
    if (!first || first->qty < 0)
        return yh_refuse(err, YH_REFUSE_REFUND_UNKNOWN, l->undoes, "退费明细 %.*s",
                         YH_ARG(l->serial));
    if (!yh_eq(first->code, l->code) || first->price != l->price)
        return yh_refuse(err, YH_REFUSE_REFUND_OTHER_ITEM, l->undoes, "退费明细 %.*s",
                         YH_ARG(l->serial));
    char text[32], more[32];
    if (k->left[i] + l->qty < 0)
        return yh_refuse(err, YH_REFUSE_REFUND_BEYOND, yh_dec_text(text, l->qty, 4, 4),
                         "原明细 %.*s 可退 %.*s", YH_ARG(l->undoes),
                         YH_ARG(yh_dec_text(more, k->left[i], 4, 4)));
    k->left[i] += l->qty;
    return YH_OK;
}

/* ---- the split ---- */

static yh_str flagged(const struct yh_item_term *t)
{
    if (t->cls == YH_CLASS_UNKNOWN)
        return YH_S("目录中没有登记（未定），全自费");
    return t->restriction;
}

static void describe(struct yh_charge_line *l, const struct yh_line_split *s,
                     const struct yh_item_term *t)
{
    l->outside = s->outside;
    l->over = s->over;
    l->over_hosp = s->hosp - s->fault;
    l->refused = s->fault;
    l->first = s->first;
    l->scope = s->scope;
    l->first_rate = s->first_rate;
    l->limit = s->limit ? s->limit : t->limit;
    l->item_class = yh_class_code((enum yh_item_class)t->cls);
    l->charge_kind = t->charge[0] ? yh_cstr(t->charge) : YH_S("14");
    l->restricted = t->restricted;
    l->negotiated = (t->tags & YH_TAG_BIT(YH_TAG_NEGOTIATED)) != 0;
    l->basic_drug = (t->tags & YH_TAG_BIT(YH_TAG_BASIC_DRUG)) != 0;
    l->child_drug = (t->tags & YH_TAG_BIT(YH_TAG_CHILD_DRUG)) != 0;
    l->special_item =
        (t->tags & (YH_TAG_BIT(YH_TAG_BIG_EXAM) | YH_TAG_BIT(YH_TAG_SPECIAL_TREATMENT) |
                    YH_TAG_BIT(YH_TAG_SPECIAL_MATERIAL))) != 0;
    l->direct_pay = 1;
    l->note = flagged(t);
    if (!l->name.n)
        l->name = t->name;
}

/* Splits the new lines.  The lines that refunds take from go along, for a refund's split is that
 * of the net less that of what stood before. */
static enum yh_status split_lines(struct yh_ctx *c, const struct yh_member *m,
                                  const struct yh_visit_row *v, const struct kept *k,
                                  struct yh_charge_in *in, int n, struct yh_err *err)
{
    struct yh_split_by by;
    enum yh_status st = yh_split_start(c, m, v, c->today, &by, err);
    if (st)
        return st;
    struct yh_map asked = yh_map_in(c->arena, n);
    int refunds = 0;
    for (int i = 0; i < n; i++)
        if (in[i].line.qty < 0)
            refunds += yh_map_add(&asked, in[i].line.undoes, i);
    struct yh_line *line = YH_NEW(c->arena, struct yh_line, n + (refunds ? k->nline : 0));
    int nl = 0;
    for (int i = 0; i < n; i++)
        line[nl++] = yh_engine_line(c, &in[i].line);
    for (int i = 0; refunds && i < k->nline; i++) {
        const struct yh_charge_line *l = &k->line[i];
        yh_str root = l->undoes.n ? l->undoes : l->serial;
        if (yh_map_get(&asked, root, -1) >= 0)
            line[nl++] = yh_engine_line(c, l);
    }
    struct yh_line_split *split = YH_NEW(c->arena, struct yh_line_split, nl);
    struct yh_bill bill = { .facts = by.facts.facts,
                            .begin = yh_time_day(v->begin_time),
                            .end = v->end_time ? yh_time_day(v->end_time) : c->today,
                            .settle_day = c->today,
                            .line = line,
                            .nline = nl,
                            .term_level = by.facts.term_level };
    struct yh_tag_sums part[32];
    int npart = 0;
    st = yh_benefit_split(*c->arena, by.plan, &by.terms, &bill, split, part, &npart, err);
    if (st)
        return st;
    for (int i = 0; i < n; i++) {
        const struct yh_item_term *t = yh_term_get(&by.terms, line[i].item, line[i].day,
                                                   (enum yh_level)by.facts.term_level);
        yh_assert(split[i].outside + split[i].over + split[i].first + split[i].scope ==
                  in[i].line.amount);
        describe(&in[i].line, &split[i], t);
    }
    return YH_OK;
}

static enum yh_status keep_batch(struct yh_ctx *c, struct yh_visit_row *v, yh_str batch,
                                 const struct yh_charge_line *line, int n, struct yh_err *err)
{
    struct yh_charge_batch_row b = { .region = v->region,
                                     .grp = v->grp,
                                     .visit = v->visit,
                                     .part = ++v->batches,
                                     .settlement = YH_S(""),
                                     .lines = n,
                                     .time = c->now };
    b.batch = batch.n ? batch : yh_fmt(c->arena, "%06" PRId64, b.part);
    for (int i = 0; i < n; i++) {
        b.total += line[i].amount;
        b.outside += line[i].outside;
        b.over += line[i].over;
        b.first += line[i].first;
        b.scope += line[i].scope;
    }
    b.packed = yh_lines_pack(c->arena, line, n);
    return yh_add_charge_batch(c->x, &b, err);
}

/* One row for each batch named, in the order of their first lines; a stay's call is one batch. */
static enum yh_status keep_batches(struct yh_ctx *c, struct yh_visit_row *v, bool stay,
                                   const struct yh_charge_in *in, int n, struct yh_err *err)
{
    struct yh_charge_line *line = YH_NEW(c->arena, struct yh_charge_line, n);
    struct yh_map seen = yh_map_in(c->arena, stay ? 1 : n);
    int *batch = YH_NEW(c->arena, int, n), *first = YH_NEW(c->arena, int, n);
    int *end = YH_NEW(c->arena, int, n + 1),
        nbatch = 0; /* end[b] is where batch b begins, at first */
    for (int i = 0; i < n; i++) {
        batch[i] = stay ? 0 : yh_map_get(&seen, in[i].batch, nbatch);
        if (batch[i] == nbatch)
            first[nbatch++] = i;
        if (!stay)
            (void)yh_map_add(&seen, in[i].batch, batch[i]);
        end[batch[i] + 1]++;
    }
    for (int b = 1; b < nbatch; b++)
        end[b] += end[b - 1];
    for (int i = 0; i < n; i++)
        line[end[batch[i]]++] = in[i].line;
    for (int b = 0; b < nbatch; b++) {
        int from = b ? end[b - 1] : 0;
        enum yh_status st = keep_batch(c, v, stay ? YH_S("") : in[first[b]].batch, line + from,
                                       end[b] - from, err);
        if (st)
            return st;
    }
    return YH_OK;
}

static enum yh_status open_for_charges(struct yh_ctx *c, yh_str person, yh_str visit,
                                       struct yh_member *m, struct yh_visit_row *v,
                                       struct yh_err *err)
{
    enum yh_status st = yh_case_open(c, person, visit, m, v, err);
    if (st)
        return st;
    if (yh_eq(v->status, YH_S("cancelled")))
        return yh_refuse(err, YH_REFUSE_VISIT_CANCELLED, visit, NULL);
    if (yh_eq(v->status, YH_S("settled")))
        return yh_refuse(err, YH_REFUSE_VISIT_SETTLED, visit, NULL);
    return YH_OK;
}

/* Outside a stay what is given back is undone whole. */
static enum yh_status no_refund(const struct yh_visit_row *v, const struct yh_charge_line *l,
                                struct yh_err *err)
{
    char text[32];
    bool bought = yh_starts(v->med_type, YH_S("4"));
    return yh_refuse(err, bought ? YH_REFUSE_REFUND_PHARMACY : YH_REFUSE_REFUND_OUTPATIENT,
                     yh_dec_text(text, l->qty, 4, 4), "明细 %.*s", YH_ARG(l->serial));
}

enum yh_status yh_charges_add(struct yh_ctx *c, struct yh_charge_in *in, int n,
                              struct yh_err *err)
{
    if (n <= 0)
        return yh_refuse(err, YH_REFUSE_CHARGES_EMPTY, YH_S(""), NULL);
    for (int i = 1; i < n; i++)
        if (!yh_eq(in[i].visit, in[0].visit) || !yh_eq(in[i].person, in[0].person))
            return yh_refuse(err, YH_REFUSE_CHARGES_TWO_VISITS, in[i].visit, "另一就诊 %.*s",
                             YH_ARG(in[0].visit));
    struct yh_member m;
    struct yh_visit_row v;
    enum yh_status st = open_for_charges(c, in[0].person, in[0].visit, &m, &v, err);
    if (st)
        return st;
    bool stay = yh_is_stay(v.med_type);
    struct kept k = { 0 };
    if ((st = load_kept(c, &v, n, &k, err)) != YH_OK)
        return st;
    for (int i = 0; i < n; i++) {
        if ((st = yh_line_fits(c, &v, &in[i], err)) != YH_OK)
            return st;
        if (!yh_map_add(&k.by_serial, in[i].line.serial, k.nline + i))
            return yh_refuse(err, YH_REFUSE_SERIAL_TWICE, in[i].line.serial, NULL);
        k.left[k.nline + i] = in[i].line.qty;
        if (i == 0 || !yh_eq(in[i].batch, in[i - 1].batch))
            if ((st = check_batch(&k, in[i].batch, !stay, err)) != YH_OK)
                return st;
        if (in[i].line.qty >= 0)
            continue;
        if (!stay)
            return no_refund(&v, &in[i].line, err);
        if ((st = take_refund(&k, in, i, err)) != YH_OK)
            return st;
    }
    if ((st = yh_watch_block(c, &m, &v, k.line, k.nline, in, n, err)) != YH_OK)
        return st;
    if ((st = split_lines(c, &m, &v, &k, in, n, err)) != YH_OK)
        return st;
    if ((st = keep_batches(c, &v, stay, in, n, err)) != YH_OK)
        return st;
    return yh_put_visit(c->x, &v, err);
}

enum yh_status yh_lines_trial(struct yh_ctx *c, const struct yh_member *m,
                              const struct yh_visit_row *v, struct yh_charge_in *in, int n,
                              struct yh_err *err)
{
    if (n <= 0)
        return yh_refuse(err, YH_REFUSE_CHARGES_EMPTY, YH_S(""), NULL);
    struct kept k = { .by_serial = yh_map_in(c->arena, n) };
    for (int i = 0; i < n; i++) {
        enum yh_status st = yh_line_fits(c, v, &in[i], err);
        if (st)
            return st;
        if (!yh_map_add(&k.by_serial, in[i].line.serial, -1))
            return yh_refuse(err, YH_REFUSE_SERIAL_TWICE, in[i].line.serial, NULL);
        if (in[i].line.qty < 0)
            return no_refund(v, &in[i].line, err);
    }
    enum yh_status st = yh_watch_block(c, m, v, NULL, 0, in, n, err);
    if (st)
        return st;
    return split_lines(c, m, v, &k, in, n, err);
}

/* ---- withdrawal ---- */

enum yh_status yh_charges_drop(struct yh_ctx *c, yh_str person, yh_str visit, yh_str batch,
                               struct yh_err *err)
{
    struct yh_member m;
    struct yh_visit_row v;
    enum yh_status st = open_for_charges(c, person, visit, &m, &v, err);
    if (st)
        return st;
    /* A stay may hold refunds of these lines: 2302 withdraws line by line and sees to them. */
    if (yh_is_stay(v.med_type))
        return yh_refuse(err, YH_REFUSE_VISIT_KIND, visit, "这是一次住院，请用 2302");
    struct yh_charge_batch_row *row = NULL;
    int n = 0, dropped = 0;
    if ((st = yh_batches_of(c, &v, &row, &n, err)) != YH_OK)
        return st;
    bool all = yh_eq(batch, YH_S("0000"));
    for (int i = 0; i < n; i++) {
        if (!all && !yh_eq(row[i].batch, batch))
            continue;
        if (row[i].settlement.n && !all)
            return yh_refuse(err, YH_REFUSE_BATCH_SETTLED, batch, "结算 %.*s",
                             YH_ARG(row[i].settlement));
        if (row[i].settlement.n)
            continue;
        if ((st = yh_drop_charge_batch(c->x, &row[i], err)) != YH_OK)
            return st;
        dropped++;
    }
    if (!dropped)
        return yh_refuse(err, YH_REFUSE_BATCH_UNKNOWN, batch, NULL);
    return YH_OK;
}

/* Writes a batch again without the lines marked gone. */
static enum yh_status rewrite(struct yh_ctx *c, struct yh_charge_batch_row *row,
                              const struct kept *k, int at, const bool *gone,
                              struct yh_err *err)
{
    struct yh_charge_line *left = YH_NEW(c->arena, struct yh_charge_line, (int)row->lines);
    struct yh_charge_batch_row b = *row;
    b.lines = b.total = b.outside = b.over = b.first = b.scope = 0;
    for (int i = 0; i < k->nline; i++) {
        if (k->from[i] != at || gone[i])
            continue;
        const struct yh_charge_line *l = &k->line[i];
        left[b.lines++] = *l;
        b.total += l->amount;
        b.outside += l->outside;
        b.over += l->over;
        b.first += l->first;
        b.scope += l->scope;
    }
    if (b.lines == 0)
        return yh_drop_charge_batch(c->x, row, err);
    b.packed = yh_lines_pack(c->arena, left, (int)b.lines);
    return yh_put_charge_batch(c->x, &b, err);
}

static enum yh_status mark(const struct kept *k, yh_str serial, bool *gone, struct yh_err *err)
{
    bool all = yh_eq(serial, YH_S("0000")), found = false;
    for (int i = 0; i < k->nline; i++) {
        if (!all && !yh_eq(k->line[i].serial, serial))
            continue;
        if (k->row[k->from[i]].settlement.n) {
            if (!all)
                return yh_refuse(err, YH_REFUSE_LINE_SETTLED, serial, NULL);
            continue;
        }
        gone[i] = found = true;
    }
    return found ? YH_OK : yh_refuse(err, YH_REFUSE_LINE_UNKNOWN, serial, NULL);
}

static enum yh_status drop_of_visit(struct yh_ctx *c, const struct yh_charge_ref *ref, int n,
                                    struct yh_err *err)
{
    struct yh_member m;
    struct yh_visit_row v;
    struct kept k = { 0 };
    enum yh_status st = open_for_charges(c, ref->person, ref->visit, &m, &v, err);
    if (st == YH_OK)
        st = load_kept(c, &v, 0, &k, err);
    if (st)
        return st;
    bool *gone = YH_NEW(c->arena, bool, k.nline);
    for (int i = 0; i < n; i++)
        if ((st = mark(&k, ref[i].serial, gone, err)) != YH_OK)
            return st;
    for (int i = 0; i < k.nline; i++) {
        int first = k.line[i].undoes.n ? yh_map_get(&k.by_serial, k.line[i].undoes, -1) : -1;
        if (first >= 0 && gone[first] && !gone[i])
            return yh_refuse(err, YH_REFUSE_LINE_REFUNDED, k.line[first].serial,
                             "退费明细 %.*s", YH_ARG(k.line[i].serial));
    }
    for (int b = 0; b < k.nrow; b++) {
        bool touched = false;
        for (int i = 0; i < k.nline; i++)
            touched |= k.from[i] == b && gone[i];
        if (touched && (st = rewrite(c, &k.row[b], &k, b, gone, err)) != YH_OK)
            return st;
    }
    return YH_OK;
}

enum yh_status yh_lines_drop(struct yh_ctx *c, const struct yh_charge_ref *ref, int n,
                             struct yh_err *err)
{
    if (n <= 0)
        return yh_refuse(err, YH_REFUSE_CHARGES_EMPTY, YH_S(""), NULL);
    for (int i = 1; i < n; i++)
        if (!yh_eq(ref[i].visit, ref[0].visit) || !yh_eq(ref[i].person, ref[0].person))
            return yh_refuse(err, YH_REFUSE_CHARGES_TWO_VISITS, ref[i].visit, NULL);
    return drop_of_visit(c, ref, n, err);
}
