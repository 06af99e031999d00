/* engine/abi/pay.c -- totals settled under facts that were read before. */
#include <inttypes.h>
#include <stdio.h>

#include "engine/abi/inside.h"

#define BOUND_BYTES ((size_t)1 << 30) /* reserved, not used */

static enum yh_status open_bound(struct yiheng *e, struct yh_err *err)
{
    if (e->bound.start && e->bound_at.n < YH_ABI_BOUND_MAX)
        return YH_OK;
    if (!e->bound.start) {
        enum yh_status bad = yh_arena_open(&e->bound, BOUND_BYTES, err);
        if (bad)
            return bad;
    }
    yh_arena_reset(&e->bound);
    e->bound.guard = &e->full;
    e->bound_at = yh_map_in(&e->bound, YH_ABI_BOUND_MAX);
    e->bounds = YH_NEW(&e->bound, struct yh_abi_bound, YH_ABI_BOUND_MAX);
    return YH_OK;
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
    return YH_OK;
}

static enum yh_status bound(struct yiheng *e, yh_str facts, const struct yh_abi_bound **out,
                            struct yh_err *err)
{
    int i = e->bound.start ? yh_map_get(&e->bound_at, facts, -1) : -1;
    if (i >= 0) {
        *out = &e->bounds[i];
        return YH_OK;
    }
    struct yh_abi_bound b;
    enum yh_status bad = open_bound(e, err);
    if (!bad)
        bad = bind_facts(e, facts, &b, err);
    if (bad)
        return bad;
    i = e->bound_at.n;
    e->bounds[i] = b;
    yh_map_set(&e->bound_at, yh_dup(&e->bound, facts), i);
    *out = &e->bounds[i];
    return YH_OK;
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

/* Bills name the same few thousand items again and again: what was found stays at hand.  Codes of
 * another length are looked up each time (n 0). */
static struct yh_abi_seen *seen_at(struct yiheng *e, yh_str code, struct yh_abi_seen *k)
{
    *k = (struct yh_abi_seen){ .n = 0 };
    if (code.n < 8 || code.n > 32)
        return e->seen;
    const ptrdiff_t at[] = { 0, yh_min(8, code.n - 8), yh_max(0, code.n - 16), code.n - 8 };
    uint64_t h = 0;
    k->n = (uint32_t)code.n;
    for (int i = 0; i < 4; i++) {
        memcpy(&k->word[i], code.p + at[i], 8);
        h = (h ^ k->word[i]) * UINT64_C(0x9e3779b97f4a7c15);
    }
    return &e->seen[h >> (64 - YH_ABI_SEEN_BITS)];
}

static uint32_t item_of(struct yiheng *e, yh_str code, struct yh_abi_seen *s,
                        struct yh_abi_seen *k)
{
    if (k->n && s->n == k->n && memcmp(s->word, k->word, sizeof k->word) == 0)
        return s->item;
    (void)yh_catalog_item(e->catalog, code, 0, &k->item); /* the day does not choose the item */
    if (k->n)
        *s = *k;
    return k->item;
}

#define TOGETHER 16

/* Few lines at a time: what they need is fetched together, not one after the other. */
static void find_items(struct yiheng *e, const struct yh_terms *terms, struct yh_line *l, int n)
{
    struct yh_abi_seen key[TOGETHER], *at[TOGETHER];
    for (int i = 0; i < n; i++) {
        at[i] = seen_at(e, l[i].code, &key[i]);
        __builtin_prefetch(at[i]);
    }
    for (int i = 0; i < n; i++)
        l[i].item = item_of(e, l[i].code, at[i], &key[i]);
    for (int i = 0; i < n; i++)
        yh_term_expect(terms, l[i].item);
}

static const struct yh_line *lines_of(struct yiheng *e, const struct ask *q,
                                      const struct yh_abi_bound *k)
{
    struct yh_line *l = YH_NEW(&e->bill, struct yh_line, q->nline);
    for (int i = 0; i < q->nline; i++) {
        const struct yiheng_line *in = &q->line[i];
        l[i] = (struct yh_line){ .day = in->day == YIHENG_DAY_OF_BILL ? k->bill.begin : in->day,
                                 .code = { in->code, (ptrdiff_t)in->code_size },
                                 .price = in->price,
                                 .qty = in->quantity,
                                 .amount = in->amount };
    }
    if (!e->catalog)
        return l;
    if (!e->seen)
        e->seen = YH_NEW(&e->kept, struct yh_abi_seen, 1 << YH_ABI_SEEN_BITS);
    for (int i = 0; i < q->nline; i += TOGETHER)
        find_items(e, &k->terms, l + i, (int)yh_min(TOGETHER, q->nline - i));
    return l;
}

static enum yh_status pay(struct yiheng *e, const struct ask *q, struct yiheng_payment *out,
                          struct yh_err *err)
{
    const struct yh_abi_bound *k;
    struct yh_decision d;
    enum yh_status bad = bound(e, q->facts, &k, err);
    if (bad)
        return bad;
    const struct yh_plan *plan = k->plan->bill.plan;
    if (q->nstanding > plan->nacc)
        return yh_fail_field(err, YH_BAD_INPUT, "standing", NULL,
                             "standing 有 %d 个数，这份文件只有 %d 个累计量", q->nstanding,
                             plan->nacc);
    struct yh_bill bill = k->bill;
    if (q->cost)
        bad = sums_of(q->cost, &bill.sums, err);
    else
        bill.line = lines_of(e, q, k);
    if (bad)
        return bad;
    bill.nline = q->nline;
    int64_t *sum = YH_NEW(&e->bill, int64_t, plan->nacc + 1);
    if (q->nstanding > 0)
        memcpy(sum, q->standing, sizeof *sum * (size_t)q->nstanding);
    bill.standing = sum;
    bad = yh_benefit_settle(&e->bill, plan, &k->terms, &bill, (struct yh_settle_how){ 0 }, &d,
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
    struct yh_err err = { 0 };
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
    const struct yh_abi_bound *k;
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
