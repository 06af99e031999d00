/* Lines: 全自费, 超限价, 先行自付, 范围内 (reference national.md §3).
 *
 *   over = max(0, price − limit) × qty     first = (amount − over) × share     scope = the rest
 *
 * Both products are rounded half up to one fen; what they leave is the scope, so the parts add up
 * whatever the rounding.  A refund is split with the line it takes back: its parts are those of
 * what remains less those of what was there, so that a line taken back in pieces leaves nothing. */
#include <stdio.h>
#include <stdlib.h>
#include "engine/benefit/work.h"

/* What the document says of one (class, mark): looked up once a bill. */
struct rule {
    int64_t first; /* YH_NONE = as the catalogue says */
    int64_t pre;   /* 0 = none */
    int32_t first_clause, lift_clause, over_clause, pre_clause;
    bool lift, over_hosp;
};

struct splitter {
    const struct yh_plan *plan;
    const struct yh_terms *terms;
    const struct yh_bill *bill;
    struct yh_facts facts;
    struct yh_why *why;
    yh_day term_day; /* 0 rule LINE: each line's own */
    bool by_line_day;
    uint32_t seen[YH_CLASSES];
    struct rule rule[YH_TAGS][YH_CLASSES];
};

static int64_t cell_or(const struct yh_cells *t, const struct yh_facts *f, int64_t absent,
                       int32_t *clause)
{
    *clause = -1;
    if (!t->ncell)
        return absent;
    const struct yh_cell *c = t->naxis ? yh_cell_at(t, f) : t->cell;
    *clause = c->clause;
    return c->value != YH_NONE ? c->value : absent;
}

static const struct rule *rule_of(struct splitter *s, int cls, int tag)
{
    struct rule *r = &s->rule[tag][cls];
    if (s->seen[cls] >> tag & 1)
        return r;
    const struct yh_split *d = &s->plan->split;
    s->seen[cls] |= UINT32_C(1) << tag;
    s->facts.v[YH_DIM_CLASS] = cls;
    s->facts.v[YH_DIM_TAG] = tag;
    r->first = cell_or(&d->first_pay, &s->facts, YH_NONE, &r->first_clause);
    r->lift = cell_or(&d->lift_limit, &s->facts, 0, &r->lift_clause) != 0;
    r->over_hosp = cell_or(&d->over_hosp, &s->facts, 0, &r->over_clause) != 0;
    r->pre = cell_or(&d->pre_self, &s->facts, 0, &r->pre_clause);
    return r;
}

static const struct yh_item_term *term_of(const struct splitter *s, const struct yh_line *l)
{
    static const struct yh_item_term NONE = { .first_pay = YH_ONE, .cls = YH_CLASS_UNKNOWN };
    if (l->term)
        return l->term;
    if (!s->terms)
        return &NONE;
    return yh_term_get(s->terms, l->item, s->by_line_day ? l->day : s->term_day,
                       (enum yh_level)s->bill->term_level);
}

/* The first mark that the document speaks of and the item carries; 普通 when there is none. */
static int tag_of(const struct splitter *s, const struct yh_term_core *t)
{
    if (t->tags)
        for (int i = 0; i < s->plan->ntag_order; i++) {
            int tag = s->plan->tag_order[i];
            if (tag && t->tags >> (tag - 1) & 1)
                return tag;
        }
    return 0;
}

/* Why the whole line is outside; YH_REASON_NONE when it is not.  *first gets its share. */
static enum yh_reason_kind outside_why(const struct rule *r, const struct yh_term_core *t,
                                       const struct yh_line *l, yh_micro *first)
{
    *first = YH_ONE;
    if (l->provider_fault)
        return YH_REASON_LINE_FAULT;
    if (t->restricted && l->approval != 1)
        return YH_REASON_LINE_RESTRICTED;
    if (!t->restricted && l->approval == 2)
        return YH_REASON_LINE_CHOSEN;
    int64_t share = r->first;
    if (share == YH_NONE)
        share = t->first_pay != YH_FIRST_PAY_BY_DOCUMENT ? t->first_pay
                : t->cls == YH_CLASS_A                   ? 0
                                                         : YH_ONE;
    if (share < YH_ONE) {
        *first = share;
        return YH_REASON_NONE;
    }
    return t->cls == YH_CLASS_UNKNOWN ? YH_REASON_LINE_UNKNOWN
           : t->cls == YH_CLASS_C     ? YH_REASON_LINE_CLASS_C
                                      : YH_REASON_LINE_DOCUMENT;
}

/* Splits one non-negative amount that nobody has refused.  Inlined, so that the quiet copy
 * (say == false) knows nothing of reasons. */
static inline __attribute__((always_inline)) void
split_rest(struct splitter *s, const struct yh_line *l, const struct yh_term_core *t, int at,
           yh_qty qty, yh_fen amount, bool say, struct yh_line_split *o)
{
    int cls = t->cls < YH_CLASSES ? t->cls : YH_CLASS_UNKNOWN, tag = tag_of(s, t);
    const struct rule *r = rule_of(s, cls, tag);
    enum yh_round mode = s->plan->split.round_mode;
    struct yh_why off = { 0 }, *w = say ? s->why : &off;
    yh_micro first;
    enum yh_reason_kind why = outside_why(r, t, l, &first);

    *o = (struct yh_line_split){ .first_rate = first,
                                 .reason = (uint16_t)why,
                                 .clause = r->first_clause,
                                 .item_class = (uint8_t)cls,
                                 .tag = (uint8_t)tag };
    if (why) {
        o->outside = amount;
        o->hosp = o->fault = why == YH_REASON_LINE_FAULT ? amount : 0;
        if (w->on) {
            struct yh_reason *x = yh_why_add(w, why, -1, at, r->first_clause, amount);
            x->in[0] = amount;
            x->in[1] = why == YH_REASON_LINE_DOCUMENT ? first : l->approval;
        }
        return;
    }
    if (t->limit > 0 && l->price > t->limit) {
        if (r->lift) {
            WHY(w, LINE_OVER_LIFTED, -1, at, r->lift_clause, 0, l->price, t->limit);
        } else {
            o->limit = t->limit;
            o->over =
                yh_min(yh_line_amount(l->price - t->limit, qty, YH_ROUND_HALF_UP), amount);
            WHY(w, LINE_OVER, -1, at, -1, o->over, l->price, t->limit, qty, amount);
            if (r->over_hosp) {
                o->hosp = o->over;
                WHY(w, LINE_OVER_HOSP, -1, at, r->over_clause, o->hosp, o->over);
            }
        }
    }
    if (first) {
        o->first = yh_fen_scale(amount - o->over, first, mode);
        WHY(w, LINE_FIRST, -1, at, r->first_clause, o->first, amount, o->over, first, mode);
    }
    o->scope = amount - o->over - o->first;
    if (s->bill->liable_share) {
        yh_fen a = yh_fen_scale(o->first, s->bill->liable_share, YH_ROUND_HALF_UP);
        yh_fen b = yh_fen_scale(o->scope, s->bill->liable_share, YH_ROUND_HALF_UP);
        WHY(w, LINE_LIABLE, -1, at, -1, a + b, o->first, o->scope, s->bill->liable_share,
            YH_ROUND_HALF_UP);
        o->first -= a;
        o->scope -= b;
        o->outside += a + b;
    }
    if (r->pre) {
        yh_fen more = yh_fen_scale(o->scope, yh_min(r->pre, YH_ONE), mode);
        WHY(w, LINE_PRE_SELF, -1, at, r->pre_clause, more, o->scope, yh_min(r->pre, YH_ONE),
            mode);
        o->first += more;
        o->scope -= more;
    }
    WHY(w, LINE_SCOPE, -1, at, r->first_clause, o->scope, amount, o->outside, o->over,
        o->first);
}

/* Of the line `l` (its own amount, or what refunds left of it): a part that audit refused is the
 * provider's, exact to the fen, and what remains is split as if it were the line. */
static inline __attribute__((always_inline)) void
split_core(struct splitter *s, const struct yh_line *l, const struct yh_term_core *t, int at,
           yh_qty qty, yh_fen amount, bool say, struct yh_line_split *o)
{
    if (!l->fault_part || l->provider_fault || qty <= 0) {
        split_rest(s, l, t, at, qty, amount, say, o);
        return;
    }
    struct yh_why off = { 0 }, *w = say ? s->why : &off;
    yh_fen part = yh_muldiv(l->fault_part, qty, l->qty, YH_ROUND_HALF_UP);
    part = yh_clamp(part, 0, amount);
    WHY(w, LINE_FAULT_PART, -1, at, -1, part, l->fault_part, qty, l->qty, amount);
    split_rest(s, l, t, at, qty, amount - part, say, o);
    o->outside += part;
    o->hosp += part;
    o->fault = part;
}

static inline __attribute__((always_inline)) void
split_one(struct splitter *s, const struct yh_line *l, const struct yh_item_term *t, int at,
          yh_qty qty, yh_fen amount, bool say, struct yh_line_split *o)
{
    struct yh_term_core core = yh_term_core_of(t);
    split_core(s, l, &core, at, qty, amount, say, o);
}

static enum yh_status bad_line(struct yh_err *err, int row, const struct yh_line *l,
                               const char *field, const char *why)
{
    char met[96], serial[64], dec[32];
    yh_str v = !strcmp(field, "pric")                 ? yh_dec_text(dec, l->price, 6, 6)
               : !strcmp(field, "cnt")                ? yh_dec_text(dec, l->qty, 4, 4)
               : !strcmp(field, "init_feedetl_sn")    ? l->init
               : !strcmp(field, "provider_fault_amt") ? yh_dec_text(dec, l->fault_part, 2, 2)
                                                      : yh_dec_text(dec, l->amount, 2, 2);
    snprintf(met, sizeof met, "%.*s", (int)yh_min(v.n, 60), v.n ? v.p : "");
    snprintf(serial, sizeof serial, "%.*s", (int)yh_min(l->serial.n, 60),
             l->serial.n ? l->serial.p : "");
    enum yh_status st = yh_fail_field(err, YH_BAD_INPUT, field, met, "明细 %s：%s=“%s”：%s",
                                      serial, field, met, why);
    if (err)
        err->row = row;
    return st;
}

/* Nearly every line: it takes nothing back, and in 64 bits price × quantity is its amount within 0.01
 * (HN, note of 2166), 1.5 fen of the unrounded product. */
static inline bool plain_line(yh_price price, yh_qty qty, yh_fen amount)
{
    int64_t near, want;
    return price >= 0 && qty >= 0 && amount >= 0 && amount <= YH_CLAIM_MAX &&
           !__builtin_mul_overflow(price, qty, &near) &&
           !__builtin_mul_overflow(amount, 100000000, &want) &&
           !__builtin_sub_overflow(near, want, &near) && near <= 150000000 &&
           near >= -150000000;
}

static enum yh_status check_line(const struct yh_line *l, int row, struct yh_err *err)
{
    if (!l->fault_part && plain_line(l->price, l->qty, l->amount))
        return YH_OK;
    if (l->price < 0)
        return bad_line(err, row, l, "pric", "单价不能为负；退费时数量和金额为负");
    if ((l->qty < 0 && l->amount > 0) || (l->qty > 0 && l->amount < 0))
        return bad_line(err, row, l, "det_item_fee_sumamt", "数量与金额的符号应相同");
    if (l->fault_part < 0 || (l->qty > 0 && l->fault_part > l->amount))
        return bad_line(err, row, l, "provider_fault_amt", "拒付的部分应在 0 与金额之间");
    if (l->amount > YH_CLAIM_MAX || l->amount < -YH_CLAIM_MAX)
        return bad_line(err, row, l, "det_item_fee_sumamt", "金额超过 100 亿元");
    __int128 exact = (__int128)l->price * l->qty, gap = exact - (__int128)l->amount * 100000000;
    if (gap > 150000000 || gap < -150000000)
        return bad_line(err, row, l, "det_item_fee_sumamt", "金额与单价 × 数量相差超过 0.01");
    return YH_OK;
}

/* Where a mark's sums stand in cut->part. */
static inline int part_of(struct yh_cut *cut, int tag)
{
    int i = 0;
    while (i < cut->npart && cut->part[i].tag != tag)
        i++;
    if (i == cut->npart) {
        cut->part[i] = (struct yh_tag_sums){ .tag = (uint8_t)tag };
        cut->hosp_over[i] = cut->hosp_outside[i] = 0;
        cut->npart++;
    }
    return i;
}

static inline void add_up(struct yh_cut *cut, yh_fen amount, const struct yh_line_split *o)
{
    int i = part_of(cut, o->tag);
    struct yh_sums *m = &cut->part[i].sums;
    m->total += amount;
    m->outside += o->outside;
    m->over += o->over;
    m->first += o->first;
    m->scope += o->scope;
    if (o->hosp || o->fault) {
        cut->hosp_outside[i] += o->fault;
        cut->hosp_over[i] += o->hosp - o->fault;
    }
}

/* ---- order, and refunds ---- */

struct ordered {
    const struct yh_line *l;
    int at;
};

static int by_time(const void *x, const void *y)
{
    const struct ordered *a = x, *b = y;
    if (a->l->day != b->l->day)
        return a->l->day < b->l->day ? -1 : 1;
    int c = yh_cmp(a->l->code, b->l->code);
    if (!c)
        c = yh_cmp(a->l->serial, b->l->serial);
    return c ? c : (a->at > b->at) - (a->at < b->at);
}

static int by_serial(const void *x, const void *y)
{
    const struct ordered *a = x, *b = y;
    int c = yh_cmp(a->l->serial, b->l->serial);
    return c ? c : (a->at > b->at) - (a->at < b->at);
}

static struct ordered *in_order(struct yh_arena *scratch, const struct yh_bill *b,
                                int (*order)(const void *, const void *))
{
    struct ordered *o =
        yh_alloc_raw(scratch, sizeof *o, _Alignof(struct ordered), (size_t)b->nline);
    bool sorted = true;
    for (int i = 0; i < b->nline; i++) {
        o[i] = (struct ordered){ &b->line[i], i };
        sorted = sorted && (!i || order(&o[i - 1], &o[i]) <= 0);
    }
    if (!sorted)
        qsort(o, (size_t)b->nline, sizeof *o, order);
    return o;
}

/* What refunds left of a charge so far. */
struct net {
    yh_qty qty;
    yh_fen amount;
    struct yh_line_split split;
};

static int charge_of(const struct ordered *serials, int n, yh_str serial)
{
    int lo = 0, hi = n;
    while (lo < hi) {
        int mid = lo + (hi - lo) / 2;
        if (yh_cmp(serials[mid].l->serial, serial) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < n && yh_eq(serials[lo].l->serial, serial) ? serials[lo].at : -1;
}

static enum yh_status take_back(struct splitter *s, const struct ordered *serials,
                                struct net *net, int at, struct yh_line_split *o,
                                struct yh_err *err)
{
    const struct yh_line *l = &s->bill->line[at];
    int of = l->init.n ? charge_of(serials, s->bill->nline, l->init) : -1;
    if (of < 0)
        return bad_line(err, at, l, "init_feedetl_sn",
                        l->init.n ? "退费指明的原明细不在本次费用中" : "退费没有指明原明细");
    const struct yh_line *c = &s->bill->line[of];
    if (c->qty < 0)
        return bad_line(err, at, l, "init_feedetl_sn", "退费指明的原明细本身是退费");
    struct net *n = &net[of], was = *n;
    n->qty += l->qty;
    n->amount += l->amount;
    if (n->qty < 0 || n->amount < 0)
        return bad_line(err, at, l, n->qty < 0 ? "cnt" : "det_item_fee_sumamt",
                        "退费超过原明细，净额不能小于零");
    split_one(s, c, term_of(s, c), at, n->qty, n->amount, false, &n->split);
    *o = n->split;
    o->outside -= was.split.outside;
    o->over -= was.split.over;
    o->first -= was.split.first;
    o->scope -= was.split.scope;
    o->hosp -= was.split.hosp;
    o->fault -= was.split.fault;
    yh_fen before[] = { was.split.outside, was.split.over, was.split.first, was.split.scope };
    yh_fen after[] = { n->split.outside, n->split.over, n->split.first, n->split.scope };
    for (int k = 0; k < 4; k++)
        if (before[k] != after[k])
            WHY(s->why, LINE_REFUND, -1, at, o->clause, after[k] - before[k], before[k],
                after[k], k);
    return YH_OK;
}

static enum yh_status with_refunds(struct yh_arena scratch, struct splitter *s,
                                   struct yh_line_split *split, struct yh_err *err)
{
    const struct yh_bill *b = s->bill;
    struct ordered *order = in_order(&scratch, b, by_time);
    struct ordered *serials = in_order(&scratch, b, by_serial);
    struct net *net = YH_NEW(&scratch, struct net, b->nline);
    for (int i = 0; i < b->nline; i++) { /* charges first: a refund may carry an earlier day */
        int at = order[i].at;
        const struct yh_line *l = &b->line[at];
        if (l->qty < 0)
            continue;
        split_one(s, l, term_of(s, l), at, l->qty, l->amount, true, &split[at]);
        net[at] = (struct net){ l->qty, l->amount, split[at] };
    }
    for (int i = 0; i < b->nline; i++) {
        int at = order[i].at;
        if (b->line[at].qty >= 0)
            continue;
        enum yh_status bad = take_back(s, serials, net, at, &split[at], err);
        if (bad)
            return bad;
    }
    return YH_OK;
}

static yh_day term_day(const struct yh_plan *p, const struct yh_bill *b)
{
    switch (p->term_day) {
    case YH_DAY_BEGIN: return b->begin;
    case YH_DAY_DISCHARGE: return b->end;
    case YH_DAY_SETTLE: return b->settle_day;
    case YH_DAY_LINE: return 0;
    }
    return 0;
}

yh_day yh_benefit_term_day(const struct yh_plan *plan, const struct yh_bill *bill, yh_day line)
{
    return plan->term_day == YH_DAY_LINE ? line : term_day(plan, bill);
}

/* Most of it is filled when looked at. */
static void open_splitter(struct splitter *s, const struct yh_plan *plan,
                          const struct yh_terms *terms, const struct yh_bill *bill,
                          struct yh_why *why)
{
    s->plan = plan;
    s->terms = terms;
    s->bill = bill;
    s->facts = bill->facts;
    s->why = why;
    s->term_day = term_day(plan, bill);
    s->by_line_day = plan->term_day == YH_DAY_LINE;
    memset(s->seen, 0, sizeof s->seen);
}

static void by_mark(struct yh_cut *cut)
{
    for (int i = 1; i < cut->npart; i++) /* few: by mark, whatever order the lines came in */
        for (int k = i; k > 0 && cut->part[k - 1].tag > cut->part[k].tag; k--) {
            struct yh_tag_sums t = cut->part[k];
            yh_fen o = cut->hosp_over[k], f = cut->hosp_outside[k];
            cut->part[k] = cut->part[k - 1];
            cut->hosp_over[k] = cut->hosp_over[k - 1];
            cut->hosp_outside[k] = cut->hosp_outside[k - 1];
            cut->part[k - 1] = t;
            cut->hosp_over[k - 1] = o;
            cut->hosp_outside[k - 1] = f;
        }
}

enum yh_status yh_cut_lines(struct yh_arena scratch, const struct yh_plan *plan,
                            const struct yh_terms *terms, const struct yh_bill *bill,
                            struct yh_line_split *split, struct yh_cut *cut, struct yh_why *why,
                            struct yh_err *err)
{
    struct splitter s;
    open_splitter(&s, plan, terms, bill, why);
    cut->npart = 0;

    bool refunds = false;
    for (int i = 0; i < bill->nline; i++) {
        enum yh_status bad = check_line(&bill->line[i], i, err);
        if (bad)
            return bad;
        refunds |= bill->line[i].qty < 0 || bill->line[i].amount < 0;
    }
    if (refunds) {
        enum yh_status bad = with_refunds(scratch, &s, split, err);
        if (bad)
            return bad;
    } else if (why->on) { /* the order shows in the reasons alone */
        struct ordered *order = in_order(&scratch, bill, by_time);
        for (int i = 0; i < bill->nline; i++)
            split_one(&s, order[i].l, term_of(&s, order[i].l), order[i].at, order[i].l->qty,
                      order[i].l->amount, true, &split[order[i].at]);
    } else {
        /* Terms lie far apart in memory: a batch is fetched before it is used. */
        const struct yh_item_term *term[32];
        for (int from = 0; from < bill->nline; from += YH_COUNT(term)) {
            int n = (int)yh_min(bill->nline - from, YH_COUNT(term));
            for (int i = 0; i < n; i++)
                term[i] = term_of(&s, &bill->line[from + i]);
            for (int i = from; i < from + n; i++)
                split_one(&s, &bill->line[i], term[i - from], i, bill->line[i].qty,
                          bill->line[i].amount, false, &split[i]);
        }
    }
    __int128 total = 0;
    for (int i = 0; i < bill->nline; i++) {
        const struct yh_line_split *o = &split[i];
        yh_assert(o->outside + o->over + o->first + o->scope == bill->line[i].amount);
        add_up(cut, bill->line[i].amount, o);
        total += bill->line[i].amount;
    }
    if (total > YH_CLAIM_MAX)
        return yh_fail_field(err, YH_BAD_INPUT, "medfee_sumamt", NULL, "总费用超过 100 亿元");
    by_mark(cut);
    return YH_OK;
}

enum yh_status yh_benefit_split(struct yh_arena scratch, const struct yh_plan *plan,
                                const struct yh_terms *terms, const struct yh_bill *bill,
                                struct yh_line_split *split, struct yh_tag_sums part[32],
                                int *npart, struct yh_err *err)
{
    struct yh_cut cut;
    struct yh_why off = { 0 };
    enum yh_status bad = yh_cut_lines(scratch, plan, terms, bill, split, &cut, &off, err);
    if (bad)
        return bad;
    memcpy(part, cut.part, sizeof *part * (size_t)cut.npart);
    *npart = cut.npart;
    return YH_OK;
}

/* ---- short lines: nothing is kept of them but their sums ---- */

struct yh_short_split {
    struct splitter s;
    struct yh_why off;
};

struct yh_short_split *yh_benefit_short_open(struct yh_arena *a, const struct yh_plan *plan,
                                             const struct yh_bill *bill)
{
    struct yh_short_split *k = yh_alloc_raw(a, sizeof *k, _Alignof(struct yh_short_split), 1);
    k->off = (struct yh_why){ 0 };
    open_splitter(&k->s, plan, NULL, bill, &k->off);
    return k;
}

bool yh_benefit_short(struct yh_short_split *k, const struct yh_short_line *line, int n,
                      struct yh_tag_sums part[32], int *npart)
{
    struct yh_cut cut;
    yh_fen total = 0;
    cut.npart = 0;
    for (int i = 0; i < n; i++) {
        const struct yh_short_line *in = &line[i];
        if (!plain_line(in->price, in->qty, in->amount))
            return false;
        struct yh_line l = { .price = in->price, .qty = in->qty, .amount = in->amount };
        struct yh_line_split o;
        split_core(&k->s, &l, &in->term, i, l.qty, l.amount, false, &o);
        yh_assert(o.outside + o.over + o.first + o.scope == l.amount);
        add_up(&cut, l.amount, &o);
        total += l.amount;
        if (total > YH_CLAIM_MAX)
            return false;
    }
    by_mark(&cut);
    for (int i = 0; i < cut.npart; i++) {
        part[i] = cut.part[i];
        part[i].hosp_over = cut.hosp_over[i];
        part[i].hosp_outside = cut.hosp_outside[i];
    }
    *npart = cut.npart;
    return true;
}
