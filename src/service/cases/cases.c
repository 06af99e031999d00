#include "service/cases/cases.h"

struct reader {
    struct yh_arena *a;
    const struct yh_plan *plan;
    struct yh_bill *bill;
    int64_t *standing;
    struct yh_line *line; /* of a case that gives a 类别 or 费用 with 总费用 */
    struct yh_item_term *term;
    bool by_line;
};

yh_str yh_origin_word(enum yh_origin o)
{
    return o == YH_ORIGIN_PUBLISHED     ? YH_S("published")
           : o == YH_ORIGIN_THIRD_PARTY ? YH_S("third-party")
                                        : YH_S("derived");
}

static bool is_none(yh_str s)
{
    return !s.n || yh_eq(s, YH_S("—")) || yh_eq(s, YH_S("-"));
}

/* "14,000" and "14000.5": grouping commas are for the eye. */
static bool read_fen(yh_str s, yh_fen *out)
{
    char plain[40];
    int n = 0;
    for (ptrdiff_t i = 0; i < s.n && n < (int)sizeof plain; i++)
        if (s.p[i] != ',')
            plain[n++] = s.p[i];
    return !yh_fen_parse((yh_str){ plain, n }, out, NULL);
}

static bool ends(yh_str s, yh_str tail, yh_str *head)
{
    if (!yh_ends(s, tail))
        return false;
    *head = yh_sub(s, 0, s.n - tail.n);
    return true;
}

/* 起付(基本统筹): the word before the bracket, the layer inside; full-width brackets too. */
static bool call_of(yh_str column, yh_str *word, yh_str *layer)
{
    static const char *const OPEN[] = { "(", "（" }, *const CLOSE[] = { ")", "）" };
    for (int i = 0; i < 2; i++) {
        ptrdiff_t at = yh_find(column, yh_cstr(OPEN[i]));
        if (at > 0 && yh_ends(column, yh_cstr(CLOSE[i]))) {
            *word = yh_sub(column, 0, at);
            *layer = yh_sub(column, at + (ptrdiff_t)strlen(OPEN[i]),
                            column.n - (ptrdiff_t)strlen(CLOSE[i]));
            return true;
        }
    }
    return false;
}

/* ---- facts ---- */

static const char *fact_cell(struct reader *r, int dim, yh_str cell)
{
    struct yh_facts *f = &r->bill->facts;
    if (dim >= YH_DIM_NUMERIC) {
        int64_t v;
        if (yh_int_parse(cell, &v, NULL))
            return "应为整数";
        f->v[dim] = v;
        return "";
    }
    if (dim == YH_DIM_IDENT) {
        while (cell.n && !yh_eq(cell, YH_S("无"))) {
            static const char *const COMMAS[] = { ",", "，", "、" };
            ptrdiff_t cut = cell.n, len = 0;
            for (int i = 0; i < 3; i++) {
                ptrdiff_t at = yh_find(cell, yh_cstr(COMMAS[i]));
                if (at >= 0 && at < cut)
                    cut = at, len = (ptrdiff_t)strlen(COMMAS[i]);
            }
            int o = yh_plan_kind(r->plan, YH_DIM_IDENT, yh_trim(yh_sub(cell, 0, cut)));
            if (o < 0)
                return "没有这个身份";
            f->idents |= UINT64_C(1) << o;
            cell = yh_trim(yh_sub(cell, cut + len, cell.n));
        }
        return "";
    }
    int o = yh_plan_kind(r->plan, (enum yh_dim)dim, cell);
    if (o < 0)
        return "没有这个取值";
    f->v[dim] = o;
    if (dim == YH_DIM_CLASS || dim == YH_DIM_TAG)
        r->by_line |= dim == YH_DIM_CLASS;
    return "";
}

static int dim_of(yh_str column)
{
    return yh_eq(column, YH_S("转诊")) ? YH_DIM_REFERRAL : yh_dim_of(column);
}

/* ---- money and standing that go in ---- */

static yh_fen *money_slot(struct reader *r, yh_str column)
{
    struct yh_sums *s = &r->bill->sums;
    struct yh_bill *b = r->bill;
    const struct {
        const char *word;
        yh_fen *slot;
        bool split;
    } SLOTS[] = {
        { "总费用", &s->total, false },
        { "全自费", &s->outside, true },
        { "超限价", &s->over, true },
        { "先行自付", &s->first, true },
        { "范围内", &s->scope, true },
        { "范围内自付", &s->scope, true },
        { "账户余额", &b->account_balance, false },
        { "亲属余额", &b->relative_balance, false },
        { "转院前起付", &b->joined_deduct, false },
    };
    for (int i = 0; i < YH_COUNT(SLOTS); i++)
        if (yh_eq(column, yh_cstr(SLOTS[i].word)) && !(SLOTS[i].split && r->by_line))
            return SLOTS[i].slot;
    return NULL;
}

static bool flag_slot(struct reader *r, yh_str column, bool **out)
{
    struct yh_bill *b = r->bill;
    const struct {
        const char *word;
        bool *slot;
    } SLOTS[] = {
        { "免起付", &b->deduct_waived },
        { "按病种", &b->fixed_price },
        { "外伤待认定", &b->pended },
    };
    for (int i = 0; i < YH_COUNT(SLOTS); i++)
        if (yh_eq(column, yh_cstr(SLOTS[i].word))) {
            *out = SLOTS[i].slot;
            return true;
        }
    return false;
}

/* Reads a cell that goes in.  "" done; NULL: the column is not one that goes in. */
static const char *in_cell(struct reader *r, yh_str column, yh_str cell)
{
    yh_str head;
    bool *flag;
    int dim = dim_of(column);
    if (dim >= 0)
        return is_none(cell) ? "" : fact_cell(r, dim, cell);
    yh_fen *slot = money_slot(r, column);
    if (slot) {
        if (!is_none(cell) && !read_fen(cell, slot))
            return "不是金额";
        r->bill->joined |= slot == &r->bill->joined_deduct && !is_none(cell);
        return "";
    }
    if (flag_slot(r, column, &flag)) {
        *flag = yh_eq(cell, YH_S("是"));
        return "";
    }
    if (ends(column, YH_S("(前)"), &head) || ends(column, YH_S("（前）"), &head)) {
        int acc = yh_plan_acc(r->plan, head);
        if (acc < 0)
            return "没有这个累计";
        return is_none(cell) || read_fen(cell, &r->standing[acc]) ? "" : "不是金额";
    }
    bool end = yh_eq(column, YH_S("出院"));
    if (end || yh_eq(column, YH_S("入院"))) {
        yh_day d;
        if (yh_day_parse(cell, &d, NULL))
            return "不是日期";
        if (!end)
            r->bill->begin = d;
        else
            r->bill->end = r->bill->settle_day = d;
        return "";
    }
    return NULL;
}

static void start_facts(struct reader *r)
{
    struct yh_facts *f = &r->bill->facts;
    const struct yh_plan *p = r->plan;
    bool resident = yh_starts(p->scheme, YH_S("39"));
    f->v[YH_DIM_PERSON] =
        yh_plan_kind(p, YH_DIM_PERSON, resident ? YH_S("成年居民") : YH_S("在职"));
    f->v[YH_DIM_COUNT] = 1;
    f->v[YH_DIM_FETUSES] = 1;
    f->v[YH_DIM_GAP] = 1000000;
}

/* The four costs; what is not given is nothing, and the total follows. */
static const char *close_sums(struct reader *r)
{
    struct yh_sums *s = &r->bill->sums;
    if (!r->by_line) {
        yh_fen parts = s->outside + s->over + s->first + s->scope;
        if (s->total && parts && s->total != parts)
            return "总费用与各部分之和不符";
        if (s->total && !parts)
            s->scope = s->total;
        s->total = s->outside + s->over + s->first + s->scope;
        return "";
    }
    static const uint8_t CLS[] = { YH_CLASS_UNKNOWN, YH_CLASS_A, YH_CLASS_B, YH_CLASS_C };
    *r->term = (struct yh_item_term){
        .period = { YH_DAY_MIN, YH_DAY_MAX },
        .first_pay = YH_FIRST_PAY_BY_DOCUMENT,
        .cls = CLS[r->bill->facts.v[YH_DIM_CLASS] & 3],
    };
    if (r->bill->facts.v[YH_DIM_TAG] > 0)
        r->term->tags = UINT32_C(1) << (r->bill->facts.v[YH_DIM_TAG] - 1);
    *r->line = (struct yh_line){
        .item = 1,
        .day = r->bill->begin,
        .code = YH_S("算例"),
        .serial = YH_S("1"),
        .price = s->total * 10000,
        .qty = 10000,
        .amount = s->total,
        .term = r->term,
    };
    r->bill->line = r->line;
    r->bill->nline = 1;
    *s = (struct yh_sums){ 0 };
    return "";
}

const char *yh_case_bill(struct yh_arena *a, const struct yh_plan *plan,
                         const struct yh_policy_row *head, const struct yh_policy_row *row,
                         yh_day day, struct yh_bill *bill, yh_str *at)
{
    struct reader r = { .a = a, .plan = plan, .bill = bill };
    r.standing = YH_NEW(a, int64_t, plan->nacc);
    r.line = YH_NEW(a, struct yh_line, 1);
    r.term = YH_NEW(a, struct yh_item_term, 1);
    if (bill->standing)
        memcpy(r.standing, bill->standing, sizeof(int64_t) * (size_t)plan->nacc);
    *bill =
        (struct yh_bill){ .begin = day, .end = day, .settle_day = day, .standing = r.standing };
    start_facts(&r);
    /* The class first: it decides whether 全自费 goes in or is answered. */
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < head->n && i < row->n; i++) {
            bool is_class = dim_of(head->cell[i]) == YH_DIM_CLASS;
            *at = row->cell[i];
            if (is_class != !pass)
                continue;
            const char *bad = in_cell(&r, head->cell[i], row->cell[i]);
            if (bad && *bad)
                return bad;
        }
    bill->account_flag = bill->relative_balance ? 2 : bill->account_balance ? 1 : 0;
    if (bill->account_flag == 2 && bill->account_balance)
        bill->account_flag = 1;
    *at = row->cell[0];
    const char *bad = close_sums(&r);
    return *bad ? bad : NULL;
}

/* ---- what comes out ---- */

struct answer {
    const struct yh_plan *plan;
    const struct yh_bill *bill;
    const struct yh_decision *d;
};

enum unit { FEN, RATE, DAY, NONE };

static bool has_visit(const struct yh_layer *l, const struct yh_facts *f)
{
    int64_t v = f->v[YH_DIM_VISIT];
    return l->visits[v / 64] >> (v % 64) & 1;
}

/* The yearly (or first) limit that holds, incentives included. */
static int64_t cap_of(const struct yh_layer *l, const struct yh_facts *f)
{
    if (!l->ncap)
        return YH_UNLIMITED;
    const struct yh_cap *c = &l->cap[0];
    const struct yh_cell *cell = yh_cell_at(&c->amount, f);
    if (!cell || cell->value == YH_UNLIMITED)
        return YH_UNLIMITED;
    int64_t more = 0;
    for (int i = 0; i < c->nbonus; i++)
        more += c->bonus[i].step * yh_max(0, f->v[c->bonus[i].dim] - c->bonus[i].after);
    if (c->bonus_limit)
        more = yh_min(more, yh_fen_scale(cell->value, c->bonus_limit, YH_ROUND_DOWN));
    return cell->value + more;
}

/* What the layer would pay if no cap cut it. */
static int64_t due_of(const struct answer *x, int layer)
{
    for (int i = 0; i < x->d->nreason; i++)
        if (x->d->reason[i].kind == YH_REASON_CAP && x->d->reason[i].layer == layer)
            return x->d->reason[i].in[0];
    return x->d->layer[layer].paid + x->d->layer[layer].beyond;
}

static enum unit of_layer(const struct answer *x, yh_str word, yh_str name, int64_t *out)
{
    bool known = false;
    int64_t sum = 0;
    enum unit unit = NONE;
    for (int i = 0; i < x->plan->nlayer; i++) {
        const struct yh_layer *l = &x->plan->layer[i];
        if (!yh_eq(l->name, name))
            continue;
        known = true;
        const struct yh_layer_pay *p = &x->d->layer[i];
        if (!word.n)
            sum += p->paid + p->beyond, unit = FEN;
        if (!has_visit(l, &x->bill->facts))
            continue;
        if (yh_eq(word, YH_S("起付")))
            sum = l->cumulative && l->nband && !l->deduct.amount.ncell
                      ? yh_cell_at(&l->band[0].from, &x->bill->facts)->value
                      : p->deduct,
            unit = FEN;
        else if (yh_eq(word, YH_S("比例")))
            sum = p->rate, unit = RATE;
        else if (yh_eq(word, YH_S("限额")))
            sum = cap_of(l, &x->bill->facts), unit = FEN;
        else if (yh_eq(word, YH_S("基数")))
            sum = p->base, unit = FEN;
        else if (yh_eq(word, YH_S("剩余限额")))
            sum = p->cap_left, unit = FEN;
        else if (yh_eq(word, YH_S("剩余")))
            sum = p->base - p->paid, unit = FEN;
        else if (yh_eq(word, YH_S("应付")))
            sum = due_of(x, i), unit = FEN;
        else if (yh_eq(word, YH_S("起付总额")))
            sum = l->deduct.ceiling.ncell
                      ? yh_cell_at(&l->deduct.ceiling, &x->bill->facts)->value
                      : YH_UNLIMITED,
            unit = FEN;
    }
    *out = sum;
    return known && unit == NONE && yh_eq(word, YH_S("起付")) ? FEN : unit;
}

static enum unit out_value(const struct answer *x, yh_str column, int64_t *out)
{
    const struct yh_decision *d = x->d;
    const struct {
        const char *word;
        yh_fen v;
    } PLAIN[] = {
        { "个人", d->person },         { "现金", d->cash },
        { "账户", d->account },        { "亲属账户", d->relative },
        { "基金", d->fund },           { "医院", d->hospital },
        { "付给个人", d->to_person },  { "账户余额(后)", d->account_after },
        { "全自费", d->sums.outside }, { "超限价", d->sums.over },
        { "先行自付", d->sums.first }, { "范围内", d->sums.scope },
    };
    yh_str word, layer, head;
    for (int i = 0; i < YH_COUNT(PLAIN); i++)
        if (yh_eq(column, yh_cstr(PLAIN[i].word))) {
            *out = PLAIN[i].v;
            return FEN;
        }
    if (yh_eq(column, YH_S("年度"))) {
        *out = yh_benefit_year(x->plan, x->bill->begin, x->bill->end, x->bill->settle_day).from;
        return DAY;
    }
    if (ends(column, YH_S("(后)"), &head)) {
        int acc = yh_plan_acc(x->plan, head);
        if (acc < 0)
            return NONE;
        *out = x->bill->standing[acc] + d->delta[acc];
        return FEN;
    }
    if (call_of(column, &word, &layer))
        return of_layer(x, word, layer, out);
    return of_layer(x, YH_S(""), column, out);
}

static bool read_rate(yh_str s, int64_t *out)
{
    if (!yh_ends(s, YH_S("%")))
        return !yh_dec_parse(s, 6, out, NULL);
    return !yh_dec_parse(yh_sub(s, 0, s.n - 1), 4, out, NULL);
}

static yh_str unit_text(struct yh_arena *a, enum unit unit, int64_t v)
{
    char *t = YH_NEW(a, char, 32);
    if (v == YH_UNLIMITED)
        return YH_S("不限");
    if (unit == DAY)
        return yh_day_text(t, (yh_day)v);
    if (unit == FEN)
        return yh_dec_text(t, v, 2, 2);
    yh_str s = yh_dec_text(t, v, 4, 4);
    return yh_fmt(a, "%.*s%%", YH_ARG(s));
}

struct runner {
    struct yh_arena *a;
    struct yh_cases_run *out;
    int fail_cap, done_cap;
    /* The stay at hand, of cases that settle it in parts (中途). */
    const struct yh_decision *part[32];
    int npart;
    struct yh_sums whole;
};

static void fail(struct runner *r, yh_str at, yh_str column, yh_str want, yh_str got)
{
    YH_PUSH(r->a, r->out->fail, r->out->nfail, r->fail_cap) =
        (struct yh_case_fail){ at, column, want, got };
}

static bool check_cell(struct runner *r, const struct answer *x, yh_str column, yh_str cell)
{
    int64_t want = 0, got = 0;
    enum unit unit = out_value(x, column, &got);
    bool ok = unit == FEN    ? yh_eq(cell, YH_S("不限")) ? (want = YH_UNLIMITED, true)
                                                         : read_fen(cell, &want)
                 : unit == RATE ? read_rate(cell, &want)
              : unit == DAY  ? false
                             : false;
    if (unit == DAY) {
        yh_day d;
        ok = !yh_day_parse(cell, &d, NULL);
        want = ok ? d : 0;
    }
    if (unit == NONE) {
        fail(r, cell, column, cell, YH_S("没有这一列"));
        return false;
    }
    if (ok && want == got)
        return true;
    fail(r, cell, column, cell, unit_text(r->a, unit, got));
    return false;
}

static bool goes_in(const struct yh_plan *plan, yh_str column, bool by_line)
{
    struct yh_bill bill = { .begin = 0 };
    struct reader r = { .plan = plan, .bill = &bill, .by_line = by_line };
    yh_str head;
    bool *flag;
    return dim_of(column) >= 0 || money_slot(&r, column) || flag_slot(&r, column, &flag) ||
           ends(column, YH_S("(前)"), &head) || ends(column, YH_S("（前）"), &head) ||
           yh_eq(column, YH_S("入院")) || yh_eq(column, YH_S("出院")) ||
           yh_eq(column, YH_S("来源")) || yh_eq(column, YH_S("说明")) ||
           yh_eq(column, YH_S("承前")) || yh_eq(column, YH_S("中途"));
}

static yh_str cell_of(const struct yh_policy_row *head, const struct yh_policy_row *row,
                      yh_str column)
{
    for (int i = 0; i < head->n; i++)
        if (yh_eq(head->cell[i], column))
            return row->cell[i];
    return YH_S("");
}

static enum yh_origin origin_of(yh_str source, yh_str *example)
{
    ptrdiff_t blank = yh_find(source, YH_S(" "));
    *example = blank < 0 ? YH_S("") : yh_trim(yh_sub(source, blank, source.n));
    for (int o = 0; o < YH_ORIGIN_N; o++)
        if (yh_starts(source, yh_origin_word(o)))
            return o;
    return YH_ORIGIN_DERIVED;
}

/* Part 2 and later of a stay: the engine is shown the whole stay so far and what was settled. */
static const char *join_parts(struct runner *r, const struct yh_plan *plan, yh_str part,
                              struct yh_bill *bill, struct yh_prior *prior)
{
    int64_t n = 0;
    if (is_none(part))
        return "";
    if (yh_int_parse(part, &n, NULL) || n < 1 || (n > 1 && n != r->npart + 1) ||
        n > YH_COUNT(r->part))
        return "中途写第几次：1、2、3，一行接一行";
    if (n == 1) {
        r->npart = 0;
        r->whole = (struct yh_sums){ 0 };
    }
    struct yh_sums *w = &r->whole;
    w->total += bill->sums.total;
    w->outside += bill->sums.outside;
    w->over += bill->sums.over;
    w->first += bill->sums.first;
    w->scope += bill->sums.scope;
    if (n == 1 || plan->interim_resets)
        return "";
    *prior = yh_benefit_prior(r->a, r->part, r->npart);
    bill->sums = *w;
    bill->prior = prior;
    return "";
}

/* One row.  `after` carries the standing on to a row that says 承前. */
static bool run_row(struct runner *r, const struct yh_plan *plan, yh_day day,
                    const struct yh_policy_row *head, const struct yh_policy_row *row,
                    int64_t *after, uint64_t *compared)
{
    struct yh_bill bill = { .standing = NULL };
    struct yh_decision d;
    struct yh_err err;
    yh_str at;
    yh_str part = cell_of(head, row, YH_S("中途"));
    struct yh_prior prior;
    if (yh_eq(cell_of(head, row, YH_S("承前")), YH_S("是")) ||
        (!is_none(part) && !yh_eq(part, YH_S("1"))))
        bill.standing = after;
    const char *bad = yh_case_bill(r->a, plan, head, row, day, &bill, &at);
    if (bad) {
        fail(r, at, YH_S("读不懂"), at, yh_cstr(bad));
        return false;
    }
    bad = join_parts(r, plan, part, &bill, &prior);
    if (*bad) {
        fail(r, part, YH_S("中途"), part, yh_cstr(bad));
        return false;
    }
    if (yh_benefit_settle(r->a, plan, NULL, &bill, (struct yh_settle_how){ .reasons = true },
                          &d, &err)) {
        fail(r, row->cell[0], YH_S("结算"), YH_S("成功"), yh_dup(r->a, yh_cstr(err.text)));
        return false;
    }
    struct answer x = { plan, &bill, &d };
    bool ok = true;
    for (int i = 0; i < head->n; i++)
        if (!goes_in(plan, head->cell[i], bill.nline > 0) && !is_none(row->cell[i])) {
            ok &= check_cell(r, &x, head->cell[i], row->cell[i]);
            if (i < 64)
                *compared |= UINT64_C(1) << i;
        }
    if (!is_none(part) && r->npart < YH_COUNT(r->part)) {
        struct yh_decision *kept = YH_NEW(r->a, struct yh_decision, 1);
        *kept = d;
        r->part[r->npart++] = kept;
    }
    for (int i = 0; i < plan->nacc; i++)
        after[i] = bill.standing[i] + d.delta[i];
    return ok;
}

void yh_cases_run(struct yh_arena *a, const struct yh_policy_set *set, int doc,
                  const struct yh_plan *plan, struct yh_cases_run *out)
{
    const struct yh_policy_doc *d = &set->doc[doc];
    *out = (struct yh_cases_run){ .nfail = 0 };
    struct runner r = { .a = a, .out = out };
    int64_t *after = YH_NEW(a, int64_t, plan->nacc);
    for (int i = 0; i < d->ncases; i++)
        for (int k = 1; k < d->cases[i].nrow; k++) {
            const struct yh_policy_row *head = &d->cases[i].row[0], *row = &d->cases[i].row[k];
            if (row->n != head->n)
                continue; /* found when the page was read */
            struct yh_case_done done = { .plan = plan, .head = head, .row = row, .doc = doc };
            enum yh_origin o = origin_of(cell_of(head, row, YH_S("来源")), &done.examples);
            bool ok = run_row(&r, plan, d->period.from, head, row, after, &done.compared);
            done.passed = ok;
            YH_PUSH(a, out->done, out->ndone, r.done_cap) = done;
            ++*(ok ? &out->passed[o] : &out->failed[o]);
        }
}
