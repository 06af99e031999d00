#include "engine/explain/explain.h"

/* ---- words ---- */

enum word {
#define W(name, zh, en) W_##name,
#include "engine/explain/word.def"
#undef W
    WORDS
};
static const struct {
    yh_str zh, en;
} WORD[WORDS] = {
#define W(name, zh, en) { YH_S_INIT(zh), YH_S_INIT(en) },
#include "engine/explain/word.def"
#undef W
};
static const char *word(enum word w)
{
    return WORD[w].zh.p;
}
/* What a layer looks at; W_SCOPE goes without saying. */
static const char *money_word(enum yh_money m)
{
    static const enum word OF[YH_M_N] = {
        [YH_M_TOTAL] = W_TOTAL,           [YH_M_OUTSIDE] = W_OUTSIDE, [YH_M_OVER] = W_OVER,
        [YH_M_FIRST] = W_FIRST,           [YH_M_SCOPE] = W_SCOPE,     [YH_M_CATALOG] = W_LISTED,
        [YH_M_BURDEN] = W_REST,           [YH_M_PAID] = W_PAID,       [YH_M_LEFT] = W_LEFT,
        [YH_M_UNCONSUMED] = W_UNCONSUMED, [YH_M_DEDUCTED] = W_DEDUCT,
    };
    return m == YH_M_SCOPE ? "" : word(OF[m]);
}

struct teller {
    struct yh_arena *a;
    struct yh_explain *e;
    int cap;
};
static struct yh_explain_row *row(struct teller *t, yh_str label, int indent)
{
    struct yh_explain_row *r = &YH_PUSH(t->a, t->e->row, t->e->nrow, t->cap);
    *r = (struct yh_explain_row){ .label = label, .indent = indent };
    return r;
}
static struct yh_explain_row *money_row(struct teller *t, yh_str label, int indent,
                                        yh_fen amount)
{
    struct yh_explain_row *r = row(t, label, indent);
    r->has_amount = true;
    r->amount = amount;
    return r;
}
static void cite(const struct teller *t, struct yh_explain_row *r, int32_t clause)
{
    if (clause < 0 || clause >= t->e->plan->nclause || r->nclause == YH_EXPLAIN_CLAUSES)
        return;
    for (int i = 0; i < r->nclause; i++)
        if (r->clause[i] == clause)
            return;
    r->clause[r->nclause++] = clause;
}

/* "60%", "66.5%" */
static void put_rate(struct yh_buf *b, yh_micro rate)
{
    char text[32];
    yh_str s = yh_dec_text(text, rate, 4, 4); /* millionths as a percentage */
    while (s.n > 1 && s.p[s.n - 1] == '0')
        s.n--;
    s.n -= s.p[s.n - 1] == '.';
    yh_put(b, s);
    yh_putc(b, '%');
}
/* "0.85" */
static void put_factor(struct yh_buf *b, yh_micro factor)
{
    char text[32];
    yh_str s = yh_dec_text(text, factor, 6, 6);
    while (s.n > 1 && s.p[s.n - 1] == '0')
        s.n--;
    s.n -= s.p[s.n - 1] == '.';
    yh_put(b, s);
}

/* ---- the cost, as lines made it ---- */

struct group {
    enum yh_reason_kind why;
    int cls;
    yh_micro rate;
    int items;
    yh_fen amount;
    int32_t clause;
};

static struct group *group_of(struct group *g, int *n, int max, enum yh_reason_kind why,
                              int cls, yh_micro rate)
{
    for (int i = 0; i < *n; i++)
        if (g[i].why == why && g[i].cls == cls && g[i].rate == rate)
            return &g[i];
    if (*n == max)
        return &g[max - 1];
    g[*n] = (struct group){ .why = why, .cls = cls, .rate = rate, .clause = -1 };
    return &g[(*n)++];
}

/* Outside first, then over the limit, then first pay by class and rate. */
static int group_rank(const struct group *g)
{
    return g->why == YH_REASON_LINE_FIRST ? 2 : g->why == YH_REASON_LINE_OVER;
}

static bool group_before(const struct group *a, const struct group *b)
{
    if (group_rank(a) != group_rank(b))
        return group_rank(a) < group_rank(b);
    return a->cls != b->cls ? a->cls < b->cls : a->rate < b->rate;
}

/* Stable, for the few groups of a bill. */
static void sort_groups(struct group *g, int n)
{
    for (int i = 1; i < n; i++) {
        struct group x = g[i];
        int k = i;
        for (; k && group_before(&x, &g[k - 1]); k--)
            g[k] = g[k - 1];
        g[k] = x;
    }
}

static enum word outside_word(enum yh_reason_kind why)
{
    if (why == YH_REASON_LINE_UNKNOWN)
        return W_UNKNOWN;
    if (why == YH_REASON_LINE_RESTRICTED)
        return W_RESTRICTED;
    if (why == YH_REASON_LINE_CHOSEN)
        return W_CHOSEN;
    if (why == YH_REASON_LINE_DOCUMENT)
        return W_DOCUMENT;
    if (why == YH_REASON_LINE_FAULT)
        return W_FAULT;
    return why == YH_REASON_NONE ? W_LIABLE : W_C;
}

static void cost_rows(struct teller *t)
{
    const struct yh_decision *d = t->e->decision;
    struct group g[24];
    int n = 0;
    for (int i = 0; i < d->nline; i++) {
        const struct yh_line_split *s = &d->split[i];
        bool charge = t->e->bill->line[i].qty >= 0;
        yh_fen other = s->reason == YH_REASON_LINE_FAULT ? s->outside : s->outside - s->fault;
        if (other) {
            struct group *x =
                group_of(g, &n, YH_COUNT(g), (enum yh_reason_kind)s->reason, 0, YH_ONE);
            x->items += charge;
            x->amount += other;
            x->clause = s->clause;
        }
        if (s->outside != other) { /* refused in part */
            struct group *x = group_of(g, &n, YH_COUNT(g), YH_REASON_LINE_FAULT, 0, YH_ONE);
            x->items += charge;
            x->amount += s->outside - other;
        }
        if (s->over) {
            struct group *x = group_of(g, &n, YH_COUNT(g), YH_REASON_LINE_OVER, 0, 0);
            x->items += charge;
            x->amount += s->over;
            x->clause = s->clause;
        }
        if (s->first) {
            struct group *x = group_of(g, &n, YH_COUNT(g), YH_REASON_LINE_FIRST, s->item_class,
                                       s->first_rate);
            x->items += charge;
            x->amount += s->first;
            x->clause = s->clause;
        }
    }
    sort_groups(g, n);
    for (int i = 0; i < n; i++) {
        struct yh_buf b = yh_buf_in(t->a);
        const struct group *x = &g[i];
        if (x->why == YH_REASON_LINE_OVER) {
            yh_putf(&b, "%s %d %s", word(W_OVER), x->items, word(W_ITEMS));
        } else if (x->why == YH_REASON_LINE_FIRST) {
            yh_putf(&b, "%.*s类 %d %s，%s ", YH_ARG(yh_class_text((enum yh_item_class)x->cls)),
                    x->items, word(W_ITEMS), word(W_FIRST));
            put_rate(&b, x->rate);
        } else {
            yh_putf(&b, "%s %d %s，%s", word(outside_word(x->why)), x->items, word(W_ITEMS),
                    word(W_OUTSIDE));
        }
        cite(t, money_row(t, yh_buf_str(&b), 1, x->amount), x->clause);
    }
    if (d->nline)
        return;
    const struct {
        enum word w;
        yh_fen v;
    } F[] = { { W_OUTSIDE, d->sums.outside },
              { W_OVER, d->sums.over },
              { W_FIRST, d->sums.first } };
    for (int i = 0; i < YH_COUNT(F); i++)
        if (F[i].v)
            money_row(t, yh_cstr(word(F[i].w)), 1, F[i].v);
}

/* ---- a layer, from its reasons ---- */

struct layer_why {
    const struct yh_reason *base, *deduct, *waived, *delta, *to_date, *lump, *daily, *pay,
        *beyond, *part, *stop, *cap, *cap_base, *low;
    const struct yh_reason *rate[16], *band[16];
    int nrate, nband;
};

static struct layer_why gather(const struct yh_decision *d, int layer)
{
    struct layer_why w = { 0 };
    for (int i = 0; i < d->nreason; i++) {
        const struct yh_reason *r = &d->reason[i];
        if (r->layer != layer)
            continue;
        switch ((enum yh_reason_kind)r->kind) {
        case YH_REASON_BASE: w.base = r; break;
        case YH_REASON_DEDUCT: w.deduct = r; break;
        case YH_REASON_DEDUCT_WAIVED: w.waived = r; break;
        case YH_REASON_DELTA: w.delta = r; break;
        case YH_REASON_TO_DATE: w.to_date = r; break;
        case YH_REASON_LUMP: w.lump = r; break;
        case YH_REASON_PER_DAY: w.daily = r; break;
        case YH_REASON_PAY: w.pay = r; break;
        case YH_REASON_BEYOND: w.beyond = r; break;
        case YH_REASON_PART_PAY: w.part = r; break;
        case YH_REASON_CAP: w.cap = r->result < r->in[0] || !w.cap ? r : w.cap; break;
        case YH_REASON_CAP_BASE: w.cap_base = r; break;
        case YH_REASON_NOT_ENTITLED:
        case YH_REASON_PENDED:
        case YH_REASON_EXCLUDED:
        case YH_REASON_NO_RATE: w.stop = r; break;
        case YH_REASON_RATE:
            if (w.nrate < 16)
                w.rate[w.nrate++] = r;
            break;
        case YH_REASON_BAND:
            if (r->in[5] == 0 && w.nband < 16)
                w.band[w.nband++] = r;
            break;
        case YH_REASON_DUE:
            if (r->in[3] == 1)
                w.low = r;
            break;
        default: break;
        }
    }
    return w;
}

/* "60%", "(60% + 5 点)", "(85% × 0.9)" */
static void put_rate_of(struct yh_buf *b, const struct layer_why *w, yh_micro rate)
{
    const struct yh_reason *r = NULL;
    for (int i = 0; i < w->nrate; i++)
        if (w->rate[i]->result == rate)
            r = w->rate[i];
    if (!r || (r->in[1] == YH_ONE && r->in[2] == 0)) {
        put_rate(b, rate);
        return;
    }
    yh_putc(b, '(');
    put_rate(b, r->in[0]);
    if (r->in[1] != YH_ONE) {
        yh_putz(b, " × ");
        put_factor(b, r->in[1]);
    }
    if (r->in[2]) {
        yh_putz(b, r->in[2] < 0 ? " − " : " + ");
        int64_t points = r->in[2] < 0 ? -r->in[2] : r->in[2];
        char text[32];
        yh_str s = yh_dec_text(text, points, 4, 4);
        while (s.n > 1 && s.p[s.n - 1] == '0')
            s.n--;
        s.n -= s.p[s.n - 1] == '.';
        yh_putf(b, "%.*s %s", YH_ARG(s), word(W_POINTS));
    }
    yh_putc(b, ')');
}

static const char *base_word(const struct yh_layer *l)
{
    if (l->of.n != 1)
        return l->of.n > 1 ? word(W_DIFF) : "";
    return money_word(l->of.term[0].money);
}

static void put_base(struct yh_buf *b, const struct yh_layer *l, yh_fen base)
{
    const char *name = base_word(l);
    if (*name)
        yh_putf(b, "%s ", name);
    yh_put_money(b, base);
}

/* The last piece of a curve: "(15,280.00 − 7,000.00) × (60% + 5 点)". */
static void put_band(struct yh_buf *b, const struct yh_layer *l, const struct layer_why *w,
                     const struct yh_reason *x, yh_fen deduct, bool plain)
{
    yh_fen lo = yh_max(x->in[0], x->in[2]), hi = yh_min(x->in[1], x->in[3]);
    if (lo == 0 && plain) {
        put_base(b, l, hi);
    } else if (lo == deduct && deduct && plain) {
        yh_putc(b, '(');
        put_base(b, l, hi);
        yh_putf(b, " − %s ", word(W_DEDUCT));
        yh_put_money(b, deduct);
        yh_putc(b, ')');
    } else {
        yh_putc(b, '(');
        yh_put_money(b, hi);
        yh_putz(b, " − ");
        yh_put_money(b, lo);
        yh_putc(b, ')');
    }
    yh_putz(b, " × ");
    put_rate_of(b, w, x->in[4]);
}

/* Where an exception only raised or lowered a figure, the clause that states the figure comes first. */
static void cite_under(const struct teller *t, struct yh_explain_row *r,
                       const struct yh_cells *table, int32_t clause)
{
    if (!table->ncell)
        return;
    const struct yh_cell *cell =
        table->naxis ? yh_cell_at(table, &t->e->bill->facts) : table->cell;
    if (cell->under && cell->clause == clause)
        cite(t, r, cell->under - 1);
}

static void cite_layer(struct teller *t, struct yh_explain_row *r, const struct yh_layer *l,
                       const struct layer_why *w)
{
    if (w->deduct && w->deduct->result) {
        cite_under(t, r, &l->deduct.amount, w->deduct->clause);
        cite(t, r, w->deduct->clause);
    }
    if (w->waived)
        cite(t, r, w->waived->clause);
    for (int i = 0; i < w->nband; i++) {
        for (int k = 0; k < l->nband; k++)
            cite_under(t, r, &l->band[k].rate, w->band[i]->clause);
        cite(t, r, w->band[i]->clause);
    }
    for (int i = 0; i < w->nrate; i++)
        for (int k = 0; k < w->nband; k++)
            if (w->rate[i]->result == w->band[k]->in[4])
                cite(t, r, w->rate[i]->clause2);
    if (w->lump)
        cite(t, r, w->lump->clause);
    if (w->daily)
        cite(t, r, w->daily->clause);
    if (w->cap && w->cap->result < w->cap->in[0])
        cite(t, r, w->cap->clause);
    if (w->cap_base && w->cap_base->result < w->cap_base->in[0])
        cite(t, r, w->cap_base->clause);
    if (w->stop)
        cite(t, r, w->stop->clause);
    if (!r->nclause)
        cite(t, r, l->clause);
}

static void put_cap(struct yh_buf *b, const struct yh_reason *c, enum word what)
{
    yh_putf(b, "%s ", word(what));
    yh_put_money(b, c->in[1]);
    if (c->in[2]) {
        yh_putf(b, " − %s ", word(W_USED));
        yh_put_money(b, c->in[2]);
    }
}

static enum word stop_word(enum yh_reason_kind kind)
{
    return kind == YH_REASON_NOT_ENTITLED ? W_NOT_ENTITLED
           : kind == YH_REASON_PENDED     ? W_PENDED
           : kind == YH_REASON_EXCLUDED   ? W_EXCLUDED
                                          : W_NO_RATE;
}

/* A step of the layer's story: the first bears the layer's name, the last its amount. */
static struct yh_buf *step(struct teller *t, struct yh_buf *list, int *n)
{
    list[*n] = yh_buf_in(t->a);
    return &list[(*n)++];
}

static int tell(struct teller *t, const struct yh_layer *l, const struct layer_why *w,
                struct yh_buf *list)
{
    int n = 0;
    if (w->stop && !w->pay) {
        yh_putz(step(t, list, &n), word(stop_word((enum yh_reason_kind)w->stop->kind)));
        return n;
    }
    const struct yh_reason *year = w->delta ? w->delta : w->to_date;
    if (year) {
        struct yh_buf *b = step(t, list, &n);
        const char *what =
            l->of.n == 1 && l->of.term[0].money == YH_M_BURDEN ? word(W_BURDEN) : base_word(l);
        yh_putf(b, "%s%s ", word(W_YEAR_SUM), what);
        yh_put_money(b, year->in[2]);
        yh_putz(b, " → ");
        yh_put_money(b, year->in[3]);
        if (!w->nband && l->nband && w->pay && !w->pay->result)
            yh_putz(step(t, list, &n), word(W_BELOW));
    }
    if (w->waived)
        yh_putz(step(t, list, &n), word(W_WAIVED));
    if (w->cap_base && w->cap_base->result < w->cap_base->in[0])
        put_cap(step(t, list, &n), w->cap_base, W_CAP_COST);
    yh_fen deduct = w->deduct ? w->deduct->result : 0;
    for (int i = 0; i < w->nband && n < 20; i++) {
        struct yh_buf *b = step(t, list, &n);
        if (i)
            yh_putz(b, "+ ");
        put_band(b, l, w, w->band[i], deduct, !year && w->nband == 1);
    }
    if (!w->nband && l->nband && !year && w->base && w->base->result) {
        struct yh_buf *b = step(t, list, &n);
        put_base(b, l, w->base->result);
        if (deduct) {
            yh_putf(b, " − %s ", word(W_DEDUCT));
            yh_put_money(b, deduct);
        }
    }
    if (w->delta && w->low && w->low->result) {
        struct yh_buf *b = step(t, list, &n);
        yh_putf(b, "− %s ", word(W_EARLIER_DUE));
        yh_put_money(b, w->low->result);
    }
    if (w->to_date && w->to_date->in[1]) {
        struct yh_buf *b = step(t, list, &n);
        yh_putf(b, "− %s ", word(W_PAID_SO_FAR));
        yh_put_money(b, w->to_date->in[1]);
    }
    if (w->lump) {
        struct yh_buf *b = step(t, list, &n);
        yh_putf(b, "%s ", word(W_LUMP));
        yh_put_money(b, w->lump->in[0]);
    }
    if (w->daily) {
        struct yh_buf *b = step(t, list, &n);
        yh_putf(b, "%s ", word(W_DAILY));
        yh_put_money(b, w->daily->in[0]);
        yh_putf(b, " × %d %s", (int)w->daily->in[1], word(W_DAYS));
    }
    if (w->cap && w->cap->result < w->cap->in[0])
        put_cap(step(t, list, &n), w->cap, W_CAP);
    if (w->pay && w->pay->result < w->pay->in[0] && !w->beyond) {
        struct yh_buf *b = step(t, list, &n);
        yh_putf(b, "%s ", word(W_NOT_MORE));
        yh_put_money(b, w->pay->in[1]);
    }
    if (w->part) {
        struct yh_buf *b = step(t, list, &n);
        yh_put_money(b, w->part->in[0]);
        yh_putf(b, " − %s ", word(W_PART));
        yh_put_money(b, w->part->in[1]);
    }
    return n;
}

/* `all`: also a layer that gives this person nothing of anything, which else is not worth a line. */
static void layer_rows(struct teller *t, int at, bool all)
{
    const struct yh_layer *l = &t->e->plan->layer[at];
    const struct yh_layer_pay *p = &t->e->decision->layer[at];
    struct layer_why w = gather(t->e->decision, at);
    if (!p->base && !p->paid && !p->beyond && !(w.part && w.part->in[0]) && !w.lump &&
        !(w.stop && t->e->decision->sums.scope))
        return;
    bool nothing = !all && w.pay && !w.pay->in[0] && !w.lump && !w.daily && w.nrate;
    for (int i = 0; i < w.nrate; i++)
        nothing = nothing && !w.rate[i]->result;
    if (nothing)
        return;
    struct yh_buf list[32];
    int n = tell(t, l, &w, list);
    for (int i = 0; i < n; i++) {
        struct yh_explain_row *r = row(t, i ? YH_S("") : l->name, 0);
        r->text = yh_buf_str(&list[i]);
    }
    if (!n)
        row(t, l->name, 0);
    struct yh_explain_row *last = &t->e->row[t->e->nrow - 1];
    last->has_amount = true;
    last->amount = p->paid;
    cite_layer(t, last, l, &w);
    if (p->beyond) {
        struct yh_explain_row *r = money_row(t, YH_S(""), 0, p->beyond);
        r->text = yh_cstr(word(W_TO_PERSON));
    }
}

/* ---- the person, the hospital, the sum ---- */

static void add_term(struct yh_buf *b, const char *name, yh_fen v)
{
    if (!v)
        return;
    if (b->n)
        yh_putz(b, v < 0 ? " − " : " + ");
    else if (v < 0)
        yh_putz(b, "−");
    if (*name)
        yh_putf(b, "%s ", name);
    yh_put_money(b, v < 0 ? -v : v);
}

static void last_rows(struct teller *t)
{
    const struct yh_decision *d = t->e->decision;
    const struct yh_plan *p = t->e->plan;
    if (d->hospital || d->hosp_gap || d->hosp_over || d->hosp_outside) {
        struct yh_buf b = yh_buf_in(t->a);
        add_term(&b, word(W_OVER), d->hosp_over);
        add_term(&b, word(W_FAULT), d->hosp_outside);
        add_term(&b, word(W_WAIVER), d->pay[YH_PAY_WAIVER]);
        add_term(&b, word(W_GAP), d->hosp_gap);
        money_row(t, yh_cstr(word(W_HOSPITAL)), 0, d->hospital)->text = yh_buf_str(&b);
    }
    struct yh_buf b = yh_buf_in(t->a);
    yh_fen scope = d->part[YH_PART_DEDUCT] + d->part[YH_PART_SHARE];
    if (d->person != scope) { /* else the amount says it all */
        add_term(&b, "", scope);
        add_term(&b, word(W_OTHERS), d->person - scope);
    }
    money_row(t, yh_cstr(word(W_PERSON)), 0, d->person)->text = yh_buf_str(&b);
    if (d->account || d->relative) {
        struct yh_buf c = yh_buf_in(t->a);
        add_term(&c, word(W_ACCOUNT), d->account);
        add_term(&c, word(W_RELATIVE), d->relative);
        add_term(&c, word(W_CASH), d->cash);
        struct yh_explain_row *r = row(t, YH_S(""), 0);
        r->text = yh_buf_str(&c);
        cite(t, r, p->account.clause);
    }
    struct yh_buf s = yh_buf_in(t->a);
    yh_fen sum = 0;
    for (int i = 0; i < d->nlayer; i++)
        if (p->layer[i].payer != YH_PAY_WAIVER) {
            add_term(&s, "", d->layer[i].paid);
            sum += d->layer[i].paid;
        }
    add_term(&s, "", d->hospital);
    add_term(&s, "", d->person);
    sum += d->hospital + d->person;
    t->e->sums = sum == d->sums.total;
    money_row(t, yh_cstr(word(W_SUM)), 0, d->sums.total)->text = yh_buf_str(&s);
    if (d->to_person)
        money_row(t, yh_cstr(word(W_TO_PERSON)), 0, d->to_person);
}

static yh_str kind_name(const struct yh_plan *p, enum yh_dim dim, int64_t ordinal)
{
    for (int i = 0; i < p->nkind; i++)
        if (p->kind[i].dim == dim && p->kind[i].ordinal == ordinal)
            return p->kind[i].name;
    return YH_S("");
}

static yh_str head_of(struct teller *t)
{
    const struct yh_plan *p = t->e->plan;
    const struct yh_facts *f = &t->e->bill->facts;
    struct yh_buf b = yh_buf_in(t->a);
    yh_put(&b, p->title.n ? p->title : p->id);
    static const enum yh_dim SHOWN[] = { YH_DIM_PERSON, YH_DIM_IDENT, YH_DIM_VISIT,
                                         YH_DIM_LEVEL,  YH_DIM_PLACE, YH_DIM_FILING };
    for (int i = 0; i < YH_COUNT(SHOWN); i++) {
        yh_str name = { 0 };
        if (SHOWN[i] == YH_DIM_IDENT) {
            if (f->idents)
                name = kind_name(p, YH_DIM_IDENT, __builtin_ctzll(f->idents));
        } else if ((SHOWN[i] != YH_DIM_PLACE && SHOWN[i] != YH_DIM_FILING) ||
                   f->v[YH_DIM_PLACE]) {
            name = kind_name(p, SHOWN[i], f->v[SHOWN[i]]);
        }
        if (name.n)
            yh_putf(&b, " · %.*s", YH_ARG(name));
    }
    if (f->v[YH_DIM_COUNT] > 0 &&
        yh_find(kind_name(p, YH_DIM_VISIT, f->v[YH_DIM_VISIT]), YH_S("住院")) >= 0) {
        yh_putf(&b, " · 本年第 %d 次", (int)f->v[YH_DIM_COUNT]);
    }
    return yh_buf_str(&b);
}

/* ---- English ---- */

/* The longest word that the text goes on with: "起付标准" is not "起付". */
static int word_at(yh_str s)
{
    int at = -1;
    for (int i = 0; i < WORDS; i++)
        if (yh_starts(s, WORD[i].zh) && (at < 0 || WORD[i].zh.n > WORD[at].zh.n))
            at = i;
    return at;
}

/* Word by word; what stands between words stays, but for the marks of Chinese.  A text with any other
 * Chinese in it (a layer's own name) stays as it is: half a sentence helps nobody. */
static yh_str english(struct yh_arena *a, yh_str s)
{
    static const struct {
        yh_str zh, en;
    } MARK[] = { { YH_S_INIT("，"), YH_S_INIT(", ") },
                 { YH_S_INIT("−"), YH_S_INIT("−") },
                 { YH_S_INIT("×"), YH_S_INIT("×") },
                 { YH_S_INIT("→"), YH_S_INIT("→") } };
    struct yh_buf b = yh_buf_in(a);
    bool glued = false; /* the last thing was a word */
    for (yh_str rest = s; rest.n;) {
        int w = word_at(rest), m = 0;
        if (w >= 0) {
            yh_putf(&b, "%s%.*s", glued ? " " : "", YH_ARG(WORD[w].en));
            rest = yh_sub(rest, WORD[w].zh.n, rest.n);
        } else if ((unsigned char)rest.p[0] < 0x80) {
            yh_putc(&b, rest.p[0]);
            rest = yh_sub(rest, 1, rest.n);
        } else {
            while (m < YH_COUNT(MARK) && !yh_starts(rest, MARK[m].zh))
                m++;
            if (m == YH_COUNT(MARK))
                return s;
            yh_put(&b, MARK[m].en);
            rest = yh_sub(rest, MARK[m].zh.n, rest.n);
        }
        glued = w >= 0;
    }
    return yh_buf_str(&b);
}

void yh_explain_english(struct yh_arena *a, struct yh_explain_row *r)
{
    yh_str label = english(a, r->label);
    r->text = english(a, r->text);
    if (label.n && label.p != r->label.p && label.p[0] >= 'a' && label.p[0] <= 'z')
        label = yh_fmt(a, "%c%.*s", label.p[0] - 'a' + 'A', YH_ARG(yh_sub(label, 1, label.n)));
    r->label = label;
}

/* What the layers pay.  A bill that none pays says why: the layer whose rate is none, or that the
 * document has no layer for such a visit. */
static void paid_rows(struct teller *t)
{
    const struct yh_decision *d = t->e->decision;
    int before = t->e->nrow;
    for (int all = 0; all < 2 && t->e->nrow == before; all++)
        for (int i = 0; i < d->nlayer; i++)
            layer_rows(t, i, all);
    if (t->e->nrow == before && d->sums.scope)
        money_row(t, yh_cstr(word(W_FUNDS)), 0, 0)->text = yh_cstr(word(W_NO_LAYER));
}

struct yh_explain yh_explain_bill(struct yh_arena *a, const struct yh_plan *plan,
                                  const struct yh_bill *bill, const struct yh_decision *d,
                                  enum yh_lang lang)
{
    struct yh_explain e = { .plan = plan,
                            .bill = bill,
                            .decision = d,
                            .lang = lang,
                            .day = bill->settle_day ? bill->settle_day : bill->end };
    struct teller t = { .a = a, .e = &e };
    e.head = head_of(&t);
    money_row(&t, yh_cstr(word(W_TOTAL)), 0, d->sums.total);
    cost_rows(&t);
    money_row(&t, yh_cstr(word(W_SCOPE)), 1, d->sums.scope);
    if (d->fixed_price) {
        struct yh_explain_row *r =
            money_row(&t, yh_cstr(word(W_PRICE)), 1, d->sums.total - d->hosp_gap);
        for (int i = 0; i < d->nreason; i++)
            if (d->reason[i].kind == YH_REASON_FIXED_PRICE)
                cite(&t, r, d->reason[i].clause);
    }
    paid_rows(&t);
    last_rows(&t);
    for (int i = 0; lang == YH_EN && i < e.nrow; i++)
        yh_explain_english(a, &e.row[i]);
    return e;
}

/* ---- kept rows ---- */

static int64_t integer(const struct yh_json *v)
{
    int64_t n = 0;
    return v && yh_json_dec(v, 0, &n, NULL) == YH_OK ? n : 0;
}

void yh_explain_rows_read(struct yh_arena *a, const struct yh_json *rows, struct yh_explain *e)
{
    e->row = YH_NEW(a, struct yh_explain_row, rows ? rows->count : 0);
    for (const struct yh_json *r = rows ? rows->first : NULL; r; r = r->next) {
        struct yh_explain_row *to = &e->row[e->nrow++];
        int at = 0;
        for (const struct yh_json *v = r->first; v; v = v->next, at++) {
            switch (at) {
            case 0: to->label = yh_json_text(v); break;
            case 1: to->indent = (int)integer(v); break;
            case 2: to->text = yh_json_text(v); break;
            case 3:
                to->has_amount = v->kind == YH_JSON_NUMBER;
                to->amount = integer(v);
                break;
            default:
                if (to->nclause < YH_EXPLAIN_CLAUSES)
                    to->clause[to->nclause++] = (int32_t)integer(v);
            }
        }
        if (e->lang == YH_EN)
            yh_explain_english(a, to);
    }
}

/* ---- out ---- */

yh_str yh_clause_short(const struct yh_clause *c)
{
    ptrdiff_t blank = yh_find(c->title, YH_S(" ")), wide = yh_find(c->title, YH_S("　"));
    ptrdiff_t end = blank < 0 ? wide : wide < 0 ? blank : (ptrdiff_t)yh_min(blank, wide);
    return yh_starts(c->title, YH_S("第")) && end > 0 ? yh_sub(c->title, 0, end) : c->title;
}

/* "-1,234.50" */
static yh_str money_text(char out[48], yh_fen v)
{
    char digits[32];
    yh_str plain = yh_dec_text(digits, v, 2, 2);
    int m = 0, whole = (int)plain.n - 3, minus = plain.p[0] == '-';
    for (int k = 0; k < plain.n; k++) {
        out[m++] = plain.p[k];
        if (k >= minus && k < whole - 1 && (whole - 1 - k) % 3 == 0)
            out[m++] = ',';
    }
    return (yh_str){ out, m };
}

static void put_row(const struct yh_explain *e, const struct yh_explain_row *r, int label,
                    int width, struct yh_buf *out)
{
    if (r->indent) {
        yh_putz(out, "  ");
        yh_put_pad(out, r->label, r->has_amount ? width - 2 : 0);
    } else {
        yh_put_pad(out, r->label, label + 2);
        yh_put_pad(out, r->text, r->has_amount ? width - label - 2 : 0);
    }
    if (r->has_amount) {
        char text[48];
        yh_put_pad(out, money_text(text, r->amount), -14);
    }
    for (int k = 0; k < r->nclause; k++) {
        yh_putz(out, k ? " " : "   ");
        yh_put(out, yh_clause_short(&e->plan->clause[r->clause[k]]));
    }
}

/* Clauses that some row cites, in the plan's order, through a bit each. */
static bool cited(const struct yh_explain *e, int clause)
{
    for (int i = 0; i < e->nrow; i++)
        for (int k = 0; k < e->row[i].nclause; k++)
            if (e->row[i].clause[k] == clause)
                return true;
    return false;
}

void yh_explain_bill_text(const struct yh_explain *e, struct yh_buf *out)
{
    int label = 0, width = 46;
    for (int i = 0; i < e->nrow; i++)
        if (!e->row[i].indent)
            label = (int)yh_max(label, yh_utf8_width(e->row[i].label));
    for (int i = 0; i < e->nrow; i++) {
        const struct yh_explain_row *r = &e->row[i];
        if (r->has_amount)
            width = (int)yh_max(width, r->indent ? 2 + yh_utf8_width(r->label)
                                                 : label + 2 + yh_utf8_width(r->text));
    }
    char day[16];
    yh_put_pad(out, e->head, width + 14);
    if (e->day)
        yh_putf(out, "   %.*s", YH_ARG(yh_day_text(day, e->day)));
    yh_putc(out, '\n');
    int sum_row = e->nrow - 1 - (e->decision->to_person != 0);
    for (int i = 0; i < e->nrow; i++) {
        put_row(e, &e->row[i], label, width, out);
        yh_putz(out, i != sum_row ? "\n" : e->sums ? "   ✓\n" : "   ✗\n");
    }
    bool first = true;
    yh_str basis = e->lang == YH_EN ? YH_S("Basis") : WORD[W_BASIS].zh;
    for (int i = 0; i < e->plan->nclause; i++) {
        const struct yh_clause *c = &e->plan->clause[i];
        if (!cited(e, i))
            continue;
        yh_put_pad(out, first ? basis : YH_S(""), label + 2);
        yh_putf(out, "%.*s", YH_ARG(c->title));
        /* "…（虚构）" says its standing itself. */
        if (c->source.n && yh_find(c->source, yh_standing_text(c->standing)) >= 0)
            yh_putf(out, "（%.*s）", YH_ARG(c->source));
        else if (c->source.n)
            yh_putf(out, "（%.*s，%.*s）", YH_ARG(c->source),
                    YH_ARG(yh_standing_text(c->standing)));
        else
            yh_putf(out, "（%.*s）", YH_ARG(yh_standing_text(c->standing)));
        yh_putc(out, '\n');
        first = false;
    }
}

/* A value in its unit: money and rates as numbers, days and words as text. */
static void put_value(struct yh_jsonw *w, int64_t v, yh_str unit)
{
    static const char *const ROUND[] = { "四舍五入", "舍去", "进一", "四舍六入五成双" };
    static const char *const PART[] = { "全自费", "超限价", "先行自付", "范围内" };
    char day[16];
    if (yh_eq(unit, YH_S("fen"))) {
        if (v == YH_UNLIMITED)
            yh_jw_null(w);
        else
            yh_jw_fen(w, v);
    } else if (yh_eq(unit, YH_S("micro")) || yh_eq(unit, YH_S("price"))) {
        yh_jw_dec(w, v, 6, 6);
    } else if (yh_eq(unit, YH_S("qty"))) {
        yh_jw_dec(w, v, 4, 4);
    } else if (yh_eq(unit, YH_S("mf"))) {
        yh_jw_dec(w, v, 8, 8); /* millionths of a fen, in yuan */
    } else if (yh_eq(unit, YH_S("day"))) {
        if (v)
            yh_jw_str(w, yh_day_text(day, (yh_day)v));
        else
            yh_jw_null(w);
    } else if (yh_eq(unit, YH_S("round"))) {
        yh_jw_str(w, yh_cstr(ROUND[v & 3]));
    } else if (yh_eq(unit, YH_S("part"))) {
        yh_jw_str(w, yh_cstr(PART[v & 3]));
    } else if (yh_eq(unit, YH_S("which"))) {
        yh_jw_str(w, v ? YH_S("本次前") : YH_S("本次后"));
    } else {
        yh_jw_i64(w, v);
    }
}

/* The unit of a result: a rate, a piece of a curve, a day, else money. */
static yh_str result_unit(enum yh_reason_kind kind)
{
    return kind == YH_REASON_RATE   ? YH_S("micro")
           : kind == YH_REASON_BAND ? YH_S("mf")
           : kind == YH_REASON_DAYS ? YH_S("day")
                                    : YH_S("fen");
}

static void put_reason(const struct yh_explain *e, const struct yh_reason *r,
                       struct yh_jsonw *w)
{
    enum yh_reason_kind kind = (enum yh_reason_kind)r->kind;
    struct yh_reason_text t = yh_reason_text(kind);
    yh_jw_object(w);
    yh_jw_kv_str(w, "kind", t.name);
    if (r->layer >= 0)
        yh_jw_kv_str(w, "layer", e->plan->layer[r->layer].name);
    if (r->line >= 0)
        yh_jw_kv_str(w, "feedetl_sn", e->bill->line[r->line].serial);
    yh_jw_kv_str(w, "what", t.result);
    yh_jw_kv_str(w, "formula", t.words);
    yh_jw_kv_object(w, "inputs");
    yh_str name, unit;
    for (int i = 0; i < YH_REASON_IN && yh_reason_input(kind, i, &name, &unit); i++) {
        yh_jw_key(w, name);
        put_value(w, r->in[i], unit);
    }
    yh_jw_end(w, '}');
    yh_jw_key(w, YH_S("result"));
    put_value(w, r->result, result_unit(kind));
    for (int k = 0; k < 2; k++) {
        int32_t c = k ? r->clause2 : r->clause;
        if (c >= 0 && c < e->plan->nclause)
            yh_jw_kv_str(w, k ? "clause2" : "clause", e->plan->clause[c].title);
    }
    yh_jw_end(w, '}');
}

void yh_explain_row_json(const struct yh_explain_row *r, struct yh_jsonw *w)
{
    yh_jw_object(w);
    yh_jw_kv_str(w, "label", r->label);
    yh_jw_kv_i64(w, "indent", r->indent);
    yh_jw_kv_str(w, "text", r->text);
    yh_jw_key(w, YH_S("amount"));
    if (r->has_amount)
        yh_jw_i64(w, r->amount);
    else
        yh_jw_null(w);
    yh_jw_kv_array(w, "clauses");
    for (int j = 0; j < r->nclause; j++)
        yh_jw_i64(w, r->clause[j]);
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
}

void yh_explain_bill_json(const struct yh_explain *e, struct yh_jsonw *w)
{
    char day[16];
    yh_jw_object(w);
    yh_jw_kv_str(w, "head", e->head);
    yh_jw_kv_str(w, "document", e->plan->id);
    yh_jw_kv_str(w, "day", e->day ? yh_day_text(day, e->day) : YH_S(""));
    yh_jw_kv_array(w, "rows");
    for (int i = 0; i < e->nrow; i++) {
        const struct yh_explain_row *r = &e->row[i];
        yh_jw_object(w);
        yh_jw_kv_str(w, "label", r->label);
        yh_jw_kv_i64(w, "indent", r->indent);
        yh_jw_kv_str(w, "text", r->text);
        if (r->has_amount)
            yh_jw_kv_fen(w, "amount", r->amount);
        yh_jw_kv_array(w, "clauses");
        for (int k = 0; k < r->nclause; k++)
            yh_jw_str(w, yh_clause_short(&e->plan->clause[r->clause[k]]));
        yh_jw_end(w, ']');
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_kv_bool(w, "sums", e->sums);
    yh_jw_kv_array(w, "reasons");
    for (int i = 0; i < e->decision->nreason; i++)
        put_reason(e, &e->decision->reason[i], w);
    yh_jw_end(w, ']');
    yh_jw_kv_array(w, "clauses");
    for (int i = 0; i < e->plan->nclause; i++) {
        const struct yh_clause *c = &e->plan->clause[i];
        if (!cited(e, i))
            continue;
        yh_jw_object(w);
        yh_jw_kv_str(w, "title", c->title);
        yh_jw_kv_str(w, "text", yh_trim(c->text));
        yh_jw_kv_str(w, "source", c->source);
        yh_jw_kv_str(w, "standing", yh_standing_word(c->standing));
        yh_jw_kv_str(w, "document", c->document);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
}
