/* engine/abi/pay.c -- totals settled under facts that were read before. */
#include <inttypes.h>
#include <stdio.h>

#include "engine/abi/inside.h"

#define BOUND_BYTES ((size_t)1 << 30) /* reserved, not used */
#define BOUND_PLACES (2 * YH_ABI_BOUND_MAX)

static enum yh_status open_bound(struct yiheng *e, struct yh_err *err)
{
    if (e->bound.start && e->nbound < YH_ABI_BOUND_MAX)
        return YH_OK;
    if (!e->bound.start) {
        enum yh_status bad = yh_arena_open(&e->bound, BOUND_BYTES, err);
        if (bad)
            return bad;
    }
    yh_arena_reset(&e->bound);
    e->bound.guard = &e->full;
    e->bound_at = YH_NEW(&e->bound, struct yh_abi_at, BOUND_PLACES);
    e->nbound = 0;
    return YH_OK;
}

/* The number of these terms, from 1; 0 when there are too many to number. */
static uint16_t view_of(struct yiheng *e, const struct yh_terms *t)
{
    int i = 0;
    for (; i < e->nview; i++) {
        const struct yh_terms *v = &e->view[i];
        bool same = v->n == t->n && v->insutype == t->insutype;
        for (int k = 0; same && k < t->n; k++)
            same = v->table[k] == t->table[k];
        if (same)
            return (uint16_t)(i + 1);
    }
    if (i == YH_ABI_VIEWS_MAX)
        return 0;
    e->view[e->nview++] = *t;
    return (uint16_t)(i + 1);
}

/* Reads a bill without amounts: its address, its plan, its facts. */
static enum yh_status bind_facts(struct yiheng *e, yh_str facts, struct yh_abi_bound *out,
                                 struct yh_err *err)
{
    static const char *const AMOUNT[] = { "lines",           "feedetail",
                                          "medfee_sumamt",   "fulamt_ownpay_amt",
                                          "overlmt_selfpay", "preselfpay_amt",
                                          "inscp_scp_amt",   "standing",
                                          "acct_used_flag" };
    struct yh_json *v;
    struct yh_bill_address at;
    struct yh_bill_read b;
    yh_str text = yh_dup(&e->bound, facts);
    enum yh_status bad = yh_json_read(&e->bound, text, (struct yh_json_limits){ 0 }, &v, err);
    if (bad)
        return bad;
    for (int i = 0; i < YH_COUNT(AMOUNT); i++)
        if (yh_json_get(v, yh_cstr(AMOUNT[i])))
            return yh_fail_field(err, YH_BAD_INPUT, AMOUNT[i], NULL,
                                 "%s：这里只说情形，不带金额；金额另给", AMOUNT[i]);
    bad = yh_bill_address_read(v, &at, err);
    if (!bad)
        bad = yh_plans_for(&e->plans, &at, &out->plan, err);
    if (bad)
        return bad;
    /* The reader wants amounts: it gets zeros. */
    struct yh_buf zero = yh_buf_in(&e->bound);
    yh_str open = yh_trim(text);
    yh_putz(&zero, "{\"inscp_scp_amt\":0,\"medfee_sumamt\":0");
    open = yh_trim(yh_sub(open, 1, open.n));
    if (!yh_starts(open, YH_S("}")))
        yh_putc(&zero, ',');
    yh_put(&zero, open);
    bad = yh_json_read(&e->bound, yh_buf_str(&zero), (struct yh_json_limits){ 0 }, &v, err);
    if (!bad)
        bad = yh_bill_read(&e->bound, &out->plan->bill, e->catalog, v, &b, err);
    if (bad)
        return bad;
    out->bill = b.bill;
    out->terms = yh_abi_terms(e, at.place.n ? at.place : at.region, at.scheme, at.end);
    out->view = view_of(e, &out->terms);
    out->split = NULL;
    out->by_line_day = out->plan->bill.plan->term_day == YH_DAY_LINE;
    out->term_day = yh_benefit_term_day(out->plan->bill.plan, &out->bill, out->bill.begin);
    out->level = out->bill.term_level == YH_LEVEL_ANY ? YH_LEVEL_1 : out->bill.term_level;
    return YH_OK;
}

static enum yh_status bind(struct yiheng *e, yh_str facts, uint64_t hash,
                           struct yh_abi_bound **out, struct yh_err *err)
{
    struct yh_abi_bound b = { .nfacts = facts.n };
    enum yh_status bad = open_bound(e, err);
    if (!bad)
        bad = bind_facts(e, facts, &b, err);
    if (bad)
        return bad;
    *out =
        yh_alloc_raw(&e->bound, 1, _Alignof(struct yh_abi_bound), sizeof b + (size_t)facts.n);
    **out = b;
    memcpy(*out + 1, facts.p, (size_t)facts.n);
    uint64_t i = hash % BOUND_PLACES;
    while (e->bound_at[i].bound)
        i = (i + 1) % BOUND_PLACES;
    e->bound_at[i] = (struct yh_abi_at){ hash, *out };
    e->nbound++;
    return YH_OK;
}

static enum yh_status bound(struct yiheng *e, yh_str facts, struct yh_abi_bound **out,
                            struct yh_err *err)
{
    uint64_t hash = yh_hash64(facts, 0);
    for (uint64_t i = hash % BOUND_PLACES; e->bound.start && e->bound_at[i].bound;
         i = (i + 1) % BOUND_PLACES) {
        struct yh_abi_bound *b = e->bound_at[i].bound;
        if (e->bound_at[i].hash != hash)
            continue;
        for (size_t k = 0; k < sizeof *b + 256; k += 64)
            __builtin_prefetch((const char *)b + k);
        if (b->nfacts == facts.n && !memcmp(b + 1, facts.p, (size_t)facts.n)) {
            *out = b;
            return YH_OK;
        }
    }
    return bind(e, facts, hash, out, err);
}

/* One call: a cost, or lines. */
struct ask {
    yh_str facts;
    const struct yiheng_cost *cost;
    const struct yiheng_line *line;
    int nline;
    const int64_t *standing;
    int nstanding;
};

static enum yh_status sums_of(const struct yiheng_cost *cost, struct yh_sums *out,
                              struct yh_err *err)
{
    const yh_fen part[] = { cost->outside, cost->over, cost->first, cost->scope };
    yh_fen total = 0;
    for (int i = 0; i < YH_COUNT(part); i++) {
        if (part[i] < 0 || part[i] > YH_CLAIM_MAX)
            return yh_fail(err, YH_BAD_INPUT, "金额须在 0 到 %" PRId64 " 分之间",
                           (int64_t)YH_CLAIM_MAX);
        total += part[i];
    }
    *out = (struct yh_sums){ total, cost->outside, cost->over, cost->first, cost->scope };
    return YH_OK;
}

static yh_str code_of(const struct yiheng_line *l)
{
    return (yh_str){ l->code, (ptrdiff_t)l->code_size };
}

static uint32_t item_of(const struct yiheng *e, yh_str code)
{
    uint32_t item = YH_CODE_NONE;
    if (e->catalog)
        (void)yh_catalog_item(e->catalog, code, 0,
                              &item); /* the day does not choose the item */
    return item;
}

/* Bills name the same few thousand items again and again: what was found stays at hand.  Codes of
 * another length (n 0) are looked up each time. */
struct code_key {
    uint64_t word[4];
    uint32_t n, place;
};

static void key_of(const struct yiheng_line *l, struct code_key *k)
{
    size_t n = l->code_size;
    k->n = 0;
    k->place = 0;
    if (n < 8 || n > 32)
        return;
    const size_t at[] = { 0, n < 16 ? n - 8 : 8, n < 16 ? 0 : n - 16, n - 8 };
    uint64_t h = 0;
    k->n = (uint32_t)n;
    for (int i = 0; i < 4; i++) {
        memcpy(&k->word[i], l->code + at[i], 8);
        h = (h ^ k->word[i]) * UINT64_C(0x9e3779b97f4a7c15);
    }
    k->place = (uint32_t)(h >> (64 - YH_ABI_SEEN_BITS));
}

/* A code's own place in a view, and the second for other levels and days. */
static struct yh_abi_seen *place_of(const struct yiheng *e, const struct code_key *k,
                                    unsigned view, unsigned level)
{
    return &e->seen[(k->place ^ view * 0x2b5u ^ (level ? level + 1 : 0)) %
                    (1 << YH_ABI_SEEN_BITS)];
}

static inline bool same_code(const struct yh_abi_seen *s, const struct code_key *k,
                             unsigned view)
{
    return k->n && s->n == k->n && s->view == view &&
           !((s->word[0] ^ k->word[0]) | (s->word[1] ^ k->word[1]) | (s->word[2] ^ k->word[2]) |
             (s->word[3] ^ k->word[3]));
}

static inline bool speaks_of(const struct yh_abi_seen *s, const struct yh_abi_bound *b,
                             const struct code_key *k, yh_day day)
{
    return same_code(s, k, b->view) && s->levels >> b->level & 1 && day >= s->from &&
           day < s->to;
}

/* The row at this level on this day, and at which levels and on which other days it is the same. */
static struct yh_term_core learn(struct yiheng *e, const struct yh_abi_bound *b, yh_str code,
                                 const struct code_key *k, yh_day day)
{
    uint32_t item = item_of(e, code);
    struct yh_period span, other;
    const struct yh_item_term *t =
        yh_term_span(&b->terms, item, day, (enum yh_level)b->level, &span);
    struct yh_term_core core = yh_term_core_of(t);
    struct yh_abi_seen *s = place_of(e, k, b->view, 0);
    unsigned levels = 0;
    if (!k->n || !b->view || core.first_pay < INT32_MIN || core.first_pay > INT32_MAX)
        return core;
    for (enum yh_level l = YH_LEVEL_1; l <= YH_LEVEL_3; l++)
        if (yh_term_span(&b->terms, item, day, l, &other) == t) {
            levels |= 1u << l;
            span.from = (yh_day)yh_max(span.from, other.from);
            span.to = (yh_day)yh_min(span.to, other.to);
        }
    if (same_code(s, k, b->view))
        s = place_of(e, k, b->view, b->level);
    *s = (struct yh_abi_seen){ .limit = core.limit,
                               .first_pay = (int32_t)core.first_pay,
                               .tags = core.tags,
                               .from = span.from,
                               .to = span.to,
                               .view = b->view,
                               .n = (uint8_t)k->n,
                               .levels = (uint8_t)levels,
                               .cls = core.cls,
                               .restricted = core.restricted };
    memcpy(s->word, k->word, sizeof s->word);
    return core;
}

static inline struct yh_term_core term_of(struct yiheng *e, const struct yh_abi_bound *b,
                                          const struct yiheng_line *l, const struct code_key *k)
{
    yh_day day = !b->by_line_day                ? b->term_day
                 : l->day == YIHENG_DAY_OF_BILL ? b->bill.begin
                                                : l->day;
    const struct yh_abi_seen *s = place_of(e, k, b->view, 0);
    if (!speaks_of(s, b, k, day))
        s = place_of(e, k, b->view, b->level);
    if (!speaks_of(s, b, k, day))
        return learn(e, b, code_of(l), k, day);
    return (struct yh_term_core){ s->first_pay, s->limit, s->tags, s->cls, s->restricted };
}

/* So many lines at a time: what they need is fetched together, not one after the other. */
#define TOGETHER 16

static int expect(const struct yiheng *e, const struct ask *q, int from,
                  struct code_key key[TOGETHER])
{
    int n = (int)yh_min(TOGETHER, q->nline - from);
    for (int i = 0; i < n; i++) {
        key_of(&q->line[from + i], &key[i]);
        __builtin_prefetch(place_of(e, &key[i], e->last_view, 0));
    }
    return n;
}

/* The lines' sums by mark, without keeping a line; false: look at them one by one. */
static bool sum_lines(struct yiheng *e, const struct ask *q, struct yh_abi_bound *b,
                      struct code_key key[TOGETHER], struct yh_tag_sums part[32], int *npart)
{
    if (!q->nline)
        return false;
    struct yh_short_line *l =
        yh_alloc_raw(&e->bill, sizeof *l, _Alignof(struct yh_short_line), (size_t)q->nline);
    if (!b->split)
        b->split = yh_benefit_short_open(&e->bound, b->plan->bill.plan, &b->bill);
    e->last_view = b->view;
    for (int i = 0, n = 0; i < q->nline; i++) {
        if (i == n)
            n += i ? expect(e, q, i, key) : (int)yh_min(TOGETHER, q->nline);
        const struct yiheng_line *in = &q->line[i];
        l[i] = (struct yh_short_line){ term_of(e, b, in, &key[i % TOGETHER]), in->price,
                                       in->quantity, in->amount };
    }
    return yh_benefit_short(b->split, l, q->nline, part, npart);
}

static const struct yh_line *lines_of(struct yiheng *e, const struct ask *q,
                                      const struct yh_abi_bound *b)
{
    struct yh_line *l = YH_NEW(&e->bill, struct yh_line, q->nline);
    for (int i = 0; i < q->nline; i++) {
        const struct yiheng_line *in = &q->line[i];
        l[i] = (struct yh_line){ .day = in->day == YIHENG_DAY_OF_BILL ? b->bill.begin : in->day,
                                 .code = code_of(in),
                                 .item = item_of(e, code_of(in)),
                                 .price = in->price,
                                 .qty = in->quantity,
                                 .amount = in->amount };
    }
    return l;
}

static enum yh_status pay(struct yiheng *e, const struct ask *q, struct yiheng_payment *out,
                          struct yh_err *err)
{
    struct yh_abi_bound *k;
    struct yh_tag_sums part[32];
    struct code_key key[TOGETHER];
    struct yh_decision d;
    if (q->line) { /* under way while the facts are looked for */
        if (!e->seen)
            e->seen = YH_NEW(&e->kept, struct yh_abi_seen, 1 << YH_ABI_SEEN_BITS);
        expect(e, q, 0, key);
    }
    enum yh_status bad = bound(e, q->facts, &k, err);
    if (bad)
        return bad;
    const struct yh_plan *plan = k->plan->bill.plan;
    if (q->nstanding > plan->nacc)
        return yh_fail_field(err, YH_BAD_INPUT, "standing", NULL,
                             "standing 有 %d 个数，这份文件只有 %d 个累计量", q->nstanding,
                             plan->nacc);
    struct yh_bill *bill = &k->bill;
    bill->nline = bill->npart = 0;
    bill->part = part;
    if (q->cost)
        bad = sums_of(q->cost, &bill->sums, err);
    else if (!sum_lines(e, q, k, key, part, &bill->npart))
        bill->line = lines_of(e, q, k), bill->nline = q->nline, bill->npart = 0;
    bill->cut_final = bill->npart;
    if (bad)
        return bad;
    int64_t *sum = YH_NEW(&e->bill, int64_t, plan->nacc + 1);
    if (q->nstanding > 0)
        memcpy(sum, q->standing, sizeof *sum * (size_t)q->nstanding);
    bill->standing = sum;
    bad = yh_benefit_settle(&e->bill, plan, &k->terms, bill, (struct yh_settle_how){ 0 }, &d,
                            err);
    if (bad)
        return bad;
    yh_benefit_apply(sum, &d);
    *out = (struct yiheng_payment){ .total = d.sums.total,
                                    .fund = d.fund,
                                    .hifp = d.pay[YH_PAY_BASIC],
                                    .cvlserv = d.pay[YH_PAY_CIVIL],
                                    .hifes = d.pay[YH_PAY_ENTERPRISE],
                                    .hifmi = d.pay[YH_PAY_SERIOUS],
                                    .hifob = d.pay[YH_PAY_LARGE],
                                    .maf = d.pay[YH_PAY_ASSIST],
                                    .hifdm = d.pay[YH_PAY_DISABLED],
                                    .other = d.pay[YH_PAY_OTHER],
                                    .person = d.person,
                                    .hospital = d.hospital,
                                    .deductible = d.deductible,
                                    .to_person = d.to_person,
                                    .standing = sum,
                                    .nstanding = plan->nacc };
    return YH_OK;
}

static int answer(struct yiheng *e, const struct ask *q, struct yiheng_payment *out,
                  char *error, size_t size)
{
    struct yh_err err;
    enum yh_status bad;
    yh_arena_reset(&e->bill);
    e->kept.guard = e->bill.guard = &e->full;
    if (setjmp(e->full)) {
        yh_arena_close(&e->bound); /* begun anew by the next call */
        bad = yh_fail(&err, YH_LIMIT, "太大，内存不够");
    } else {
        bad = pay(e, q, out, &err);
    }
    if (bad && size)
        snprintf(error, size, "%s", err.text);
    return !bad;
}

int yiheng_pay(struct yiheng *e, const char *facts, size_t facts_size,
               const struct yiheng_cost *cost, const int64_t *standing, int nstanding,
               struct yiheng_payment *out, char *error, size_t size)
{
    struct ask q = { .facts = { facts, (ptrdiff_t)facts_size },
                     .cost = cost,
                     .standing = standing,
                     .nstanding = nstanding };
    return answer(e, &q, out, error, size);
}

int yiheng_pay_lines(struct yiheng *e, const char *facts, size_t facts_size,
                     const struct yiheng_line *line, int nline, const int64_t *standing,
                     int nstanding, struct yiheng_payment *out, char *error, size_t size)
{
    struct ask q = { .facts = { facts, (ptrdiff_t)facts_size },
                     .line = line,
                     .nline = nline,
                     .standing = standing,
                     .nstanding = nstanding };
    return answer(e, &q, out, error, size);
}

static enum yh_status name_standing(struct yiheng *e, const void *what, struct yh_buf *out,
                                    bool *good, struct yh_err *err)
{
    struct yh_abi_bound *k;
    enum yh_status bad = bound(e, *(const yh_str *)what, &k, err);
    (void)good;
    if (bad)
        return bad;
    struct yh_jsonw w = yh_jsonw_on(out);
    yh_jw_array(&w);
    for (int i = 0; i < k->plan->bill.plan->nacc; i++)
        yh_jw_str(&w, k->plan->bill.plan->acc[i].name);
    yh_jw_end(&w, ']');
    return YH_OK;
}

char *yiheng_standing(struct yiheng *e, const char *facts, size_t size, int *ok)
{
    yh_str text = { facts, (ptrdiff_t)size };
    return yh_abi_answer(e, name_standing, &text, ok);
}
