/* model/policy/share.c -- how much a layer pays: deductible, bands or rate, adjustments, fixed sums, caps, and the
 * exceptions to them, folded into cells. */
#include "model/policy/compile.h"

const struct yh_policy_stmt *yh_layer_stmt(const struct yh_compiler *k, const char *word,
                                           int nth)
{
    for (int i = 0; i < k->at->npick; i++)
        if (yh_stmt_is(k->at->pick[i]->stmt, word) && !nth--)
            return k->at->pick[i]->stmt;
    return NULL;
}

/* ---- accumulators ---- */

static int acc_of(struct yh_compiler *k, yh_str name, enum yh_acc_span span)
{
    struct yh_plan *p = k->plan;
    int at = yh_plan_acc(p, name);
    if (at >= 0)
        return at;
    struct yh_acc *all = (struct yh_acc *)p->acc;
    YH_PUSH(k->c.a, all, p->nacc, k->nacc_cap) = (struct yh_acc){ name, span };
    p->acc = all;
    return p->nacc - 1;
}

int yh_layer_acc(struct yh_compiler *k, const char *what, enum yh_acc_span span)
{
    static const char *const TAIL[] = {
        [YH_SPAN_YEAR] = "",     [YH_SPAN_STAY] = ".次", [YH_SPAN_DISEASE_YEAR] = ".病种",
        [YH_SPAN_MONTH] = ".月", [YH_SPAN_DAY] = ".日",  [YH_SPAN_LIFE] = ".终身",
        [YH_SPAN_BILL] = ""
    };
    return acc_of(k, yh_fmt(k->c.a, "%.*s.%s%s", YH_ARG(k->at->name), what, TAIL[span]), span);
}

static bool span_of(yh_str w, enum yh_acc_span *out)
{
    static const struct {
        const char *word;
        enum yh_acc_span span;
    } SPANS[] = {
        { "年度", YH_SPAN_YEAR }, { "年", YH_SPAN_YEAR },           { "次", YH_SPAN_BILL },
        { "住院", YH_SPAN_STAY }, { "病种", YH_SPAN_DISEASE_YEAR }, { "月", YH_SPAN_MONTH },
        { "日", YH_SPAN_DAY },    { "终身", YH_SPAN_LIFE },
    };
    for (int i = 0; i < YH_COUNT(SPANS); i++)
        if (yh_eq(w, yh_cstr(SPANS[i].word))) {
            *out = SPANS[i].span;
            return true;
        }
    return false;
}

static enum yh_acc_span read_span(struct yh_compiler *k, const struct yh_policy_stmt *s,
                                  yh_str w)
{
    enum yh_acc_span span = YH_SPAN_YEAR;
    if (!span_of(w, &span))
        BAD(k, s, w.n ? w : s->where, "per 后面写 年度、次、住院、病种、月、日 或 终身",
            "没有「%.*s」这个期间", YH_ARG(w));
    return span;
}

/* ---- amounts with exceptions ---- */

struct amount {
    struct yh_compiler *k;
    struct yh_entries *base, *ex;
    enum yh_value_kind kind;
    bool bands;
    int64_t from, to;
    const char *label;
    bool zero_base; /* no base statement: 0 */
};

static int64_t apply(int64_t base, const struct yh_entry *e, enum yh_value_kind kind)
{
    switch (e->op) {
    case '+':
        if (base == YH_UNLIMITED || base == YH_NONE)
            return base;
        /* 0 % means not paid at all: points do not open it. */
        if (kind == YH_V_RATE && base == 0)
            return 0;
        return kind == YH_V_MONEY ? yh_max(0, base + e->v) : base + e->v;
    case '*':
        if (base == YH_UNLIMITED || base == YH_NONE)
            return base;
        return yh_muldiv(base, e->v, YH_ONE, YH_ROUND_HALF_UP);
    default: return e->v;
    }
}

static bool amount_at(struct yh_cc *c, void *arg, const struct yh_point *p, struct yh_cell *out)
{
    struct amount *m = arg;
    struct yh_entry *b = NULL, *e = NULL;
    if (!m->zero_base) {
        b = yh_pick(c, m->base, p, m->bands, m->from, m->to, m->label);
        if (b) {
            out->value = b->op == '=' ? b->v : YH_NONE;
            out->clause = yh_cc_clause(c, b->stmt);
        }
    } else {
        out->value = 0;
    }
    if (m->ex)
        e = yh_pick(c, m->ex, p, false, 0, 0, m->label);
    if (e && (b || m->zero_base || e->op == '=')) {
        out->value = apply(out->value, e, m->kind);
        out->under = b && e->op != '=' ? 1 + yh_cc_clause(c, b->stmt) : 0;
        out->clause = yh_cc_clause(c, e->stmt);
        if (m->kind == YH_V_RATE && out->value != YH_NONE &&
            (out->value < 0 || out->value > YH_ONE)) {
            YH_CC_BAD(c, e->stmt, e->at, "改小加减的点数，或分别写出比例",
                      "加减之后比例为 %.*s，不在 0–100%% 之内",
                      YH_ARG(yh_show_value(c->a, out->value, YH_V_RATE)));
            out->value = yh_clamp(out->value, 0, YH_ONE);
        }
        return true;
    }
    return b || m->zero_base;
}

static void amount_cells(struct amount *m, bool partial, const struct yh_policy_stmt *s,
                         struct yh_cells *out)
{
    struct yh_entries *lists[] = { m->base, m->ex };
    yh_cells_build(&m->k->c, lists, 2, amount_at, m, partial, s, m->label, out);
}

/* The exceptions to `target` (and, of caps, to `span`), their amounts read. */
static void take_exceptions(struct yh_compiler *k, const char *target, yh_str span,
                            enum yh_value_kind kind, struct yh_entries *out)
{
    for (int i = 0; i < k->nex; i++) {
        struct yh_except *x = &k->ex[i];
        if (!yh_eq(x->target, yh_cstr(target)) ||
            (x->span.n && span.n && !yh_eq(x->span, span)))
            continue;
        struct yh_entry e = x->e;
        if (yh_op_read(&k->c, e.stmt, x->value, kind, true, &e))
            YH_PUSH(k->c.a, out->e, out->n, out->cap) = e;
    }
}

static void say_unused(struct yh_compiler *k, struct yh_entries *list, const char *label)
{
    for (int i = 0; i < list->n; i++)
        if (!list->e[i].used)
            yh_found(k->c.a, k->c.f, YH_WARN, yh_cc_doc(&k->c, list->e[i].stmt), list->e[i].at,
                     "删去这一行，或检查它的条件", "%s：「%.*s」这一行永远用不到", label,
                     YH_ARG(list->e[i].conds));
}

void yh_amount_build(struct yh_compiler *k, const struct yh_policy_stmt *s, yh_str amount,
                     enum yh_value_kind kind, const char *target, yh_str span, bool partial,
                     const char *label, struct yh_cells *out)
{
    struct yh_entries base = { 0 }, ex = { 0 };
    struct yh_table_how how = { .kind = kind, .label = label };
    yh_table_read(&k->c, s, amount, how, &base);
    if (target)
        take_exceptions(k, target, span, kind, &ex);
    if (!base.n)
        return;
    struct amount m = { .k = k, .base = &base, .ex = &ex, .kind = kind, .label = label };
    amount_cells(&m, partial, s, out);
    say_unused(k, &base, label);
    say_unused(k, &ex, label);
}

void yh_amount_same(struct yh_compiler *k, int64_t v, int clause, struct yh_cells *out)
{
    struct yh_cell *cell = YH_NEW(k->c.a, struct yh_cell, 1);
    *cell = (struct yh_cell){ v, clause };
    *out = (struct yh_cells){ NULL, 0, cell, 1 };
}

int64_t yh_amount_one(struct yh_compiler *k, const struct yh_policy_stmt *s, yh_str text,
                      enum yh_value_kind kind, bool ops)
{
    struct yh_entry e = { .stmt = s };
    if (!text.n)
        text = (yh_str){ s->where.p, 0 };
    return yh_op_read(&k->c, s, text, kind, ops, &e) && e.v != YH_NONE ? e.v : 0;
}

/* The amount at the head of args, up to the first of the keywords. */
static yh_str head_amount(yh_str *args, const char *const *keys, int n)
{
    yh_str s = *args, amount = yh_trim(s), w;
    amount.n = 0;
    for (;;) {
        yh_str before = s;
        w = yh_next_word(&s);
        bool key = !w.n;
        for (int i = 0; i < n; i++)
            key |= yh_eq(w, yh_cstr(keys[i]));
        if (key) {
            *args = before;
            return yh_trim(amount);
        }
        amount.n = w.p + w.n - amount.p;
    }
}

/* The next modifier word, of *args and then of the text behind the table. */
static yh_str next_mod(yh_str *args, yh_str *tail)
{
    yh_str w = yh_next_word(args);
    if (!w.n) {
        *args = *tail;
        *tail = (yh_str){ NULL, 0 };
        w = yh_next_word(args);
    }
    return w;
}

/* ---- the parts of a layer ---- */

void yh_share_exceptions(struct yh_compiler *k)
{
    static const char *const TARGETS[] = { "rate", "deductible", "start",  "cap",
                                           "lump", "per-day",    "ceiling" };
    k->nex = 0;
    const struct yh_policy_stmt *s;
    for (int nth = 0; (s = yh_layer_stmt(k, "except", nth)); nth++) {
        yh_str rest = s->args, who = yh_trim(yh_cut_any(&rest, ":", "："));
        struct yh_entry e = { .stmt = s };
        if (!rest.p || !who.n) {
            BAD(k, s, s->where, "写成 except 特困, 低保: rate +5 点",
                "except 要有条件、冒号和改动");
            continue;
        }
        if (!yh_conds_read(&k->c, s, who, &e))
            continue;
        if (!e.n)
            BAD(k, s, who, "直接改原来的数值", "except 的条件包括了所有情形");
        if (k->nex >= YH_EXCEPTS_MAX - 8)
            BAD(k, s, s->where, "并成一张表，或拆成两层", "一层的例外太多（超过 %d）",
                YH_EXCEPTS_MAX - 8);
        while (rest.p && k->nex < YH_EXCEPTS_MAX) {
            yh_str part = yh_trim(yh_cut_any(&rest, ";", "；")), target = yh_next_word(&part);
            yh_str value = yh_trim(part), span = { NULL, 0 };
            bool known = false;
            for (int i = 0; i < YH_COUNT(TARGETS); i++)
                known |= yh_eq(target, yh_cstr(TARGETS[i]));
            if (!known || !value.n) {
                BAD(k, s, target.n ? target : s->where,
                    "可改 rate、deductible、start、cap、lump、per-day、ceiling",
                    "「%.*s」不能这样改", YH_ARG(target));
                continue;
            }
            ptrdiff_t per = yh_find(value, YH_S(" per "));
            if (per >= 0) {
                span = yh_trim(yh_sub(value, per + 5, value.n));
                value = yh_trim(yh_sub(value, 0, per));
            }
            k->ex[k->nex++] = (struct yh_except){ target, span, e, value };
        }
    }
}

/* "ceiling 1400 per 年度": a ceiling is of the year. */
static void read_ceiling(struct yh_compiler *k, const struct yh_policy_stmt *s, yh_str word,
                         yh_str *args, struct yh_cells *out)
{
    yh_str v = yh_next_word(args), look = *args;
    if (yh_eq(yh_next_word(&look), YH_S("per"))) {
        yh_str of = yh_next_word(&look);
        if (!yh_eq(of, YH_S("年度")))
            BAD(k, s, of.n ? of : word, "写 ceiling 1400 per 年度", "起付总额只按年度");
        *args = look;
    }
    struct yh_entries base = { 0 }, ex = { 0 };
    struct yh_entry e = { .stmt = s };
    if (!yh_op_read(&k->c, s, v, YH_V_MONEY, false, &e))
        return;
    YH_PUSH(k->c.a, base.e, base.n, base.cap) = e;
    take_exceptions(k, "ceiling", YH_S(""), YH_V_MONEY, &ex);
    struct amount m = {
        .k = k, .base = &base, .ex = &ex, .kind = YH_V_MONEY, .label = "年度起付总额"
    };
    amount_cells(&m, false, s, out);
}

static void read_deductible(struct yh_compiler *k, struct yh_layer *l)
{
    static const char *const KEYS[] = { "per",     "最高一次补差", "step",  "floor",
                                        "ceiling", "transfer",     "shared" };
    const struct yh_policy_stmt *s = yh_layer_stmt(k, "deductible", 0);
    if (!s)
        return;
    yh_str args = s->args, amount = head_amount(&args, KEYS, YH_COUNT(KEYS)), w,
           shared = { NULL, 0 };
    yh_str tail = s->tail;
    struct yh_deductible *d = &l->deduct;
    enum yh_acc_span span = YH_SPAN_BILL;
    bool highest = false, per = false;
    d->acc = -1;
    int clause = yh_cc_clause(&k->c, s);
    while ((w = next_mod(&args, &tail)).n) {
        if (yh_eq(w, YH_S("最高一次补差"))) {
            highest = true;
            continue;
        }
        if (yh_eq(w, YH_S("per"))) {
            span = read_span(k, s, yh_next_word(&args));
            per = true;
        } else if (yh_eq(w, YH_S("step"))) {
            yh_amount_same(k, yh_amount_one(k, s, yh_next_word(&args), YH_V_MONEY, true),
                           clause, &d->step);
        } else if (yh_eq(w, YH_S("floor"))) {
            yh_amount_same(k, yh_amount_one(k, s, yh_next_word(&args), YH_V_MONEY, false),
                           clause, &d->floor);
        } else if (yh_eq(w, YH_S("ceiling"))) {
            read_ceiling(k, s, w, &args, &d->ceiling);
        } else if (yh_eq(w, YH_S("transfer"))) {
            yh_str v = yh_next_word(&args);
            if (!yh_eq(v, YH_S("补差")))
                BAD(k, s, v.n ? v : w,
                    "写 transfer 补差：转入更高级别补差额，转入较低级别不再付",
                    "transfer 后面只写 补差");
            yh_amount_same(k, 1, clause, &d->transfer);
        } else if (yh_eq(w, YH_S("shared"))) {
            shared = yh_next_word(&args);
        } else {
            BAD(k, s, w, "可写 per、最高一次补差、step、floor、ceiling、transfer、shared",
                "不认得「%.*s」", YH_ARG(w));
        }
    }
    if (highest) {
        d->mode = YH_DEDUCT_HIGHEST;
        if (!per)
            span = YH_SPAN_YEAR;
    } else {
        d->mode = span == YH_SPAN_BILL ? YH_DEDUCT_PER_BILL : YH_DEDUCT_PER_SPAN;
    }
    if (d->mode == YH_DEDUCT_PER_BILL && d->ceiling.ncell)
        span = YH_SPAN_YEAR;
    if (d->mode == YH_DEDUCT_PER_BILL && d->transfer.ncell && !d->ceiling.ncell)
        span = YH_SPAN_STAY;
    if (span != YH_SPAN_BILL)
        d->acc = shared.n ? acc_of(k, shared, span) : yh_layer_acc(k, "起付", span);
    else if (shared.n)
        BAD(k, s, shared, "写上 per 年度", "共用起付线要有期间");
    yh_amount_build(k, s, amount, YH_V_MONEY, "deductible", YH_S(""), false, "起付标准",
                    &d->amount);
}

/* Where bands begin and end, rising, each once, into edge (2 * list->n of room); *open: the last has no end. */
static int edges_of(const struct yh_entries *list, int64_t *edge, bool *open)
{
    int n = 0;
    *open = false;
    for (int i = 0; i < list->n; i++) {
        bool ends = list->e[i].hi != INT64_MAX && list->e[i].hi != YH_UNLIMITED;
        int64_t at[] = { list->e[i].lo, list->e[i].hi };
        *open |= !ends;
        for (int k = 0; k < 1 + ends; k++) {
            int to = n;
            while (to > 0 && edge[to - 1] > at[k])
                to--;
            if (to > 0 && edge[to - 1] == at[k])
                continue;
            memmove(&edge[to + 1], &edge[to], (size_t)(n++ - to) * sizeof *edge);
            edge[to] = at[k];
        }
    }
    return n;
}

/* `start` moves the edge where paying begins. */
static void build_start(struct yh_compiler *k, const struct yh_policy_stmt *s, int64_t from,
                        struct yh_cells *out)
{
    struct yh_entries base = { 0 }, ex = { 0 };
    YH_PUSH(k->c.a, base.e, base.n, base.cap) =
        (struct yh_entry){ .stmt = s, .op = '=', .v = from, .at = s->where, .used = true };
    take_exceptions(k, "start", YH_S(""), YH_V_MONEY, &ex);
    struct amount m = {
        .k = k, .base = &base, .ex = &ex, .kind = YH_V_MONEY, .label = "起付标准"
    };
    amount_cells(&m, false, s, out);
    say_unused(k, &ex, m.label);
}

static void check_starts(struct yh_compiler *k, const struct yh_policy_stmt *s,
                         const struct yh_band *band, int n)
{
    for (int i = 0; n > 1 && i < band[0].from.ncell; i++)
        if (band[0].from.cell[i].value != YH_NONE &&
            band[0].from.cell[i].value > band[1].from.cell[0].value) {
            BAD(k, s, s->where, "例外的起付线不要越过第一段的终点，或另写一层",
                "例外的起付线 %.*s 越过了下一段的起点",
                YH_ARG(yh_show_value(k->c.a, band[0].from.cell[i].value, YH_V_MONEY)));
            return;
        }
}

static void read_bands(struct yh_compiler *k, struct yh_layer *l,
                       const struct yh_policy_stmt *s)
{
    struct yh_entries base = { 0 }, ex = { 0 };
    struct yh_table_how how = { .kind = YH_V_RATE, .bands = true, .label = "分段比例" };
    if (s->args.n)
        BAD(k, s, s->args, "金额段写在表格里", "bands 后面不写别的");
    yh_str word = yh_table_read(&k->c, s, YH_S(""), how, &base);
    l->bands_above = yh_eq(word, YH_S("起付以上"));
    if (l->bands_above && !l->deduct.amount.ncell)
        BAD(k, s, word, "加一句 deductible，或改用 累计、费用",
            "起付以上的分段要有 deductible");
    if (!base.n)
        return;
    take_exceptions(k, "rate", YH_S(""), YH_V_RATE, &ex);
    int64_t *edge = YH_NEW(k->c.a, int64_t, base.n * 2);
    bool open;
    int m = edges_of(&base, edge, &open);
    if (!open) {
        BAD(k, s, base.e[base.n - 1].at, "最后一段写成 100000..；以上不付就写 0%",
            "%.*s 以上没有写", YH_ARG(yh_show_value(k->c.a, edge[m - 1], YH_V_MONEY)));
        m--;
    }
    struct yh_band *band = YH_NEW(k->c.a, struct yh_band, m + 1);
    int nband = 0;
    for (int i = 0; i < m; i++) {
        struct amount am = {
            .k = k,
            .base = &base,
            .ex = &ex,
            .kind = YH_V_RATE,
            .bands = true,
            .from = edge[i],
            .to = i + 1 < m || !open ? edge[i + 1] : INT64_MAX,
            .label = yh_zdup(k->c.a, yh_fmt(k->c.a, "%.*s 以上的比例",
                                            YH_ARG(yh_show_value(k->c.a, edge[i], YH_V_MONEY))))
        };
        struct yh_band *b = &band[nband];
        amount_cells(&am, false, s, &b->rate);
        bool zero = true;
        for (int j = 0; j < b->rate.ncell; j++)
            zero &= b->rate.cell[j].value == 0;
        if (zero && !nband && m > 1)
            continue; /* below the start nothing is paid: no band */
        if (nband)
            yh_amount_same(k, edge[i], yh_cc_clause(&k->c, s), &b->from);
        else
            build_start(k, s, edge[i], &b->from);
        nband++;
    }
    say_unused(k, &base, "分段比例");
    say_unused(k, &ex, "分段比例");
    check_starts(k, s, band, nband);
    l->band = band;
    l->nband = nband;
}

static void read_rate(struct yh_compiler *k, struct yh_layer *l, const struct yh_policy_stmt *s)
{
    struct yh_band *band = YH_NEW(k->c.a, struct yh_band, 1);
    yh_amount_same(k, 0, yh_cc_clause(&k->c, s), &band->from);
    yh_amount_build(k, s, s->args, YH_V_RATE, "rate", YH_S(""), false, "支付比例", &band->rate);
    l->band = band;
    l->nband = band->rate.ncell ? 1 : 0;
}

/* ---- adjust ---- */

struct adjust_arg {
    struct yh_entries *list;
    char op;
};

static bool adjust_at(struct yh_cc *c, void *arg, const struct yh_point *p, struct yh_cell *out)
{
    struct adjust_arg *m = arg;
    struct yh_entry *e = yh_pick(c, m->list, p, false, 0, 0, "调整");
    out->value = m->op == '*' ? YH_ONE : 0;
    if (e && e->op == m->op) {
        out->value = e->v;
        out->clause = yh_cc_clause(c, e->stmt);
    }
    return true;
}

static void read_adjusts(struct yh_compiler *k, struct yh_layer *l)
{
    struct yh_adjust *adjust = YH_NEW(k->c.a, struct yh_adjust, 16);
    const struct yh_policy_stmt *s;
    /* Factors first, then points (DESIGN, "A layer"). */
    for (int points = 0; points < 2; points++)
        for (int nth = 0; (s = yh_layer_stmt(k, "adjust", nth)); nth++) {
            if (l->nadjust == 16) {
                BAD(k, s, s->where, "并成一张表", "一层的调整太多（超过 16）");
                break;
            }
            struct yh_entries list = { 0 };
            struct yh_table_how how = { .kind = YH_V_RATE, .ops = true, .label = "调整" };
            bool plain = s->nrow > 0;
            yh_table_read(&k->c, s, plain ? YH_S("") : s->args, how, &list);
            bool wanted = false;
            for (int i = 0; i < list.n; i++) {
                wanted |= list.e[i].op == (points ? '+' : '*');
                if (list.e[i].op == '=' && list.e[i].v == 0)
                    list.e[i].op = '+'; /* 0% or 无: unchanged */
                else if (list.e[i].op == '=')
                    BAD(k, s, list.e[i].at, "写成 ×0.85 或 -10 点；要直接给比例就写进 rate",
                        "adjust 只写加减点数或系数");
            }
            if (!wanted)
                continue;
            struct adjust_arg arg = { &list, points ? '+' : '*' };
            struct yh_entries *lists[] = { &list };
            struct yh_adjust *x = &adjust[l->nadjust++];
            x->op = points ? YH_ADJUST_POINTS : YH_ADJUST_FACTOR;
            yh_cells_build(&k->c, lists, 1, adjust_at, &arg, true, s, "调整", &x->by);
            say_unused(k, &list, "调整");
        }
    l->adjust = adjust;
}

/* ---- caps ---- */

static void read_bonus(struct yh_compiler *k, const struct yh_policy_stmt *s, yh_str *args,
                       struct yh_cap *cap)
{
    static const char *const KEYS[] = { "over", "per", "on", "shared", "limit", "+" };
    yh_str expr = head_amount(args, KEYS, YH_COUNT(KEYS)), rest = expr;
    yh_str step = yh_trim(yh_cut_any(&rest, "×", "*")), dim = yh_trim(rest);
    int d = yh_dim_of(dim);
    if (!rest.p || d < YH_DIM_NUMERIC || cap->nbonus == 2) {
        BAD(k, s, expr.n ? expr : s->where, "写成 + 3000 × 连续年数 over 4",
            "限额的激励写得不对");
        return;
    }
    cap->bonus[cap->nbonus].dim = (enum yh_dim)d;
    cap->bonus[cap->nbonus].step = yh_amount_one(k, s, step, YH_V_MONEY, false);
    yh_str look = *args;
    if (yh_eq(yh_next_word(&look), YH_S("over"))) {
        cap->bonus[cap->nbonus].after =
            yh_amount_one(k, s, yh_next_word(&look), YH_V_COUNT, false);
        *args = look;
    }
    cap->nbonus++;
}

static void read_cap(struct yh_compiler *k, const struct yh_policy_stmt *s, struct yh_cap *cap)
{
    static const char *const KEYS[] = { "per", "on", "shared", "limit", "+" };
    yh_str args = s->args, amount = head_amount(&args, KEYS, YH_COUNT(KEYS)), w;
    yh_str shared = { NULL, 0 }, span_word = YH_S("年度");
    enum yh_acc_span span = YH_SPAN_YEAR;
    bool per = false;
    yh_str tail = s->tail;
    while ((w = next_mod(&args, &tail)).n) {
        if (yh_eq(w, YH_S("per"))) {
            span_word = yh_next_word(&args);
            span = read_span(k, s, span_word);
            per = true;
        } else if (yh_eq(w, YH_S("on"))) {
            yh_str v = yh_next_word(&args);
            if (!yh_eq(v, YH_S("费用")))
                BAD(k, s, v.n ? v : w, "写 on 费用：限的是纳入计算的费用；不写则限支付额",
                    "on 后面只写 费用");
            cap->on = YH_CAP_BASE;
        } else if (yh_eq(w, YH_S("shared"))) {
            shared = yh_next_word(&args);
            if (!shared.n)
                BAD(k, s, w, "写上共用限额的名称", "shared 后面没有名称");
        } else if (yh_eq(w, YH_S("limit"))) {
            cap->bonus_limit = yh_amount_one(k, s, yh_next_word(&args), YH_V_RATE, false);
        } else if (yh_eq(w, YH_S("+"))) {
            read_bonus(k, s, &args, cap);
        } else {
            BAD(k, s, w, "可写 per、on、shared、+、limit", "不认得「%.*s」", YH_ARG(w));
        }
    }
    if (!per)
        BAD(k, s, s->where, "写 per 年度、次、病种、日 或 月", "限额没有写期间");
    cap->span = span;
    cap->acc = -1;
    if (shared.n)
        cap->acc = acc_of(k, shared, span);
    else if (span != YH_SPAN_BILL)
        cap->acc = yh_layer_acc(k, cap->on == YH_CAP_BASE ? "费用" : "已付", span);
    k->c.missing_money = YH_UNLIMITED;
    yh_amount_build(k, s, amount, YH_V_MONEY, "cap", span_word, false, "限额", &cap->amount);
    k->c.missing_money = 0;
}

/* ---- fixed sums ---- */

static void read_sum(struct yh_compiler *k, struct yh_layer *l, const char *word,
                     const char *label, struct yh_cells *out)
{
    static const char *const KEYS[] = { "beyond" };
    const struct yh_policy_stmt *s = yh_layer_stmt(k, word, 0);
    if (!s)
        return;
    yh_str args = s->args, tail = s->tail, amount = head_amount(&args, KEYS, 1);
    yh_str w = next_mod(&args, &tail);
    if (w.n && !yh_eq(w, YH_S("beyond")))
        BAD(k, s, w, "可写 beyond：可以超出账单，付给个人", "不认得「%.*s」", YH_ARG(w));
    l->beyond |= yh_eq(w, YH_S("beyond"));
    yh_amount_build(k, s, amount, YH_V_MONEY, word, YH_S(""), false, label, out);
}

/* ---- all of it ---- */

void yh_share_read(struct yh_compiler *k, struct yh_layer *l)
{
    read_deductible(k, l);
    const struct yh_policy_stmt *rate = yh_layer_stmt(k, "rate", 0),
                                *bands = yh_layer_stmt(k, "bands", 0), *s;
    if (rate && bands)
        BAD(k, bands, bands->where, "留下一个", "同一层不能又写 rate 又写 bands");
    else if (rate)
        read_rate(k, l, rate);
    else if (bands)
        read_bands(k, l, bands);
    read_adjusts(k, l);
    read_sum(k, l, "lump", "定额", &l->lump);
    read_sum(k, l, "per-day", "每日定额", &l->per_day);
    if (!rate && !bands && !yh_layer_stmt(k, "lump", 0) && !yh_layer_stmt(k, "per-day", 0)) {
        const struct yh_policy_stmt *any = k->at->pick[0]->stmt;
        BAD(k, any, any->where, "写 rate、bands、lump 或 per-day", "「%.*s」没有写付多少",
            YH_ARG(l->name));
    }
    struct yh_cap *cap = YH_NEW(k->c.a, struct yh_cap, 8);
    for (int nth = 0; (s = yh_layer_stmt(k, "cap", nth)); nth++) {
        if (l->ncap == 8) {
            BAD(k, s, s->where, "并成一张表，或拆成两层", "一层的限额太多（超过 8）");
            break;
        }
        read_cap(k, s, &cap[l->ncap++]);
    }
    l->cap = cap;
}

void yh_share_check(struct yh_compiler *k, const struct yh_layer *l)
{
    bool bands = yh_layer_stmt(k, "bands", 0) != NULL;
    for (int i = 0; i < k->nex; i++) {
        const struct yh_except *x = &k->ex[i];
        const char *t =
            yh_eq(x->target, YH_S("rate")) && !l->nband                       ? "rate 或 bands"
            : yh_eq(x->target, YH_S("start")) && !bands                       ? "bands"
            : yh_eq(x->target, YH_S("lump")) && !l->lump.ncell                ? "lump"
            : yh_eq(x->target, YH_S("per-day")) && !l->per_day.ncell          ? "per-day"
            : yh_eq(x->target, YH_S("cap")) && !l->ncap                       ? "cap"
            : yh_eq(x->target, YH_S("ceiling")) && !l->deduct.ceiling.ncell   ? "ceiling"
            : yh_eq(x->target, YH_S("deductible")) && !l->deduct.amount.ncell ? "deductible"
                                                                              : NULL;
        if (t)
            BAD(k, x->e.stmt, x->target, "先写出一般情形，再写例外", "这一层没有 %s，无从例外",
                t);
    }
}
