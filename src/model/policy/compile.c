/* A merged document to a plan. */
#include "model/policy/table.h"

#define EXCEPTS_MAX 64

/* "except 特困, 低保: start 7000; rate +5 点": one of these for each operation. */
struct exception {
    yh_str target;     /* "rate", "deductible", "start", "cap" … */
    yh_str span;       /* of a cap: "年度"; "" = every cap */
    struct yh_entry e; /* op and v are read when the target's kind is known */
    yh_str value;
};

/* A layer for the visits that share the same statements. */
struct variant {
    yh_str name;
    uint64_t visits[YH_SET_WORDS];
    const struct yh_merged **pick; /* the statements, in document order */
    int npick;
};

struct compiler {
    struct yh_cc c;
    struct yh_plan *plan;
    int nclause_cap, nacc_cap;
    struct {
        yh_str name, expr;
        const struct yh_policy_stmt *s;
    } define[64];
    int ndefine;
    struct variant variant[64];
    int nvariant;
    const struct variant *at; /* being compiled */
    struct exception ex[EXCEPTS_MAX];
    int nex;
};

#define BAD(k, s, where, cure, ...) YH_CC_BAD(&(k)->c, (s), (where), (cure), __VA_ARGS__)

static bool word_is(const struct yh_policy_stmt *s, const char *w)
{
    return yh_eq(s->word, yh_cstr(w));
}

/* ---- clauses, parameters, names ---- */

static void add_clauses(struct compiler *k)
{
    const struct yh_merge *m = k->c.m;
    for (int i = 0; i < m->ndoc; i++) {
        const struct yh_policy_doc *d = &m->set->doc[m->doc[i]];
        k->c.clause_at[m->doc[i]] = k->plan->nclause;
        struct yh_clause *all = (struct yh_clause *)k->plan->clause;
        for (int j = 0; j < d->nclause; j++)
            YH_PUSH(k->c.a, all, k->plan->nclause, k->nclause_cap) = d->clause[j];
        k->plan->clause = all;
    }
}

static void add_params(struct compiler *k)
{
    const struct yh_merge *m = k->c.m;
    struct yh_param *p = YH_NEW(k->c.a, struct yh_param, m->n + 1);
    k->c.params = (struct yh_params){ p, 0 };
    for (int i = 0; i < m->n; i++) {
        const struct yh_policy_stmt *s = m->item[i].stmt;
        yh_str rest = s->args, name;
        if (word_is(s, "params")) {
            name = yh_trim(yh_cut_any(&rest, "=", "＝"));
        } else if (yh_starts(s->word, YH_S("params."))) {
            name = s->where;
            if (!yh_eat(&rest, "=") && !yh_eat(&rest, "＝"))
                rest.p = NULL;
        } else {
            continue;
        }
        if (!rest.p || !name.n) {
            BAD(k, s, s->where, "写成 名称 = 数值", "参数写得不对");
            continue;
        }
        struct yh_param v;
        const char *bad = yh_micro_read(rest, &k->c.params, &v);
        if (*bad) {
            BAD(k, s, yh_trim(rest), "写成 34,000、50% 或 缺", "参数「%.*s」的值%s",
                YH_ARG(name), bad);
            continue;
        }
        if (v.missing)
            yh_found(k->c.a, k->c.f, YH_MISSING, yh_cc_doc(&k->c, s), yh_trim(rest),
                     "查到数值后填上；在此之前文件不得生效", "参数「%.*s」缺失（缺）",
                     YH_ARG(name));
        v.name = name;
        p[k->c.params.n++] = v;
    }
}

static void add_defines(struct compiler *k)
{
    const struct yh_merge *m = k->c.m;
    for (int i = 0; i < m->n; i++) {
        const struct yh_policy_stmt *s = m->item[i].stmt;
        if (!word_is(s, "define"))
            continue;
        if (k->ndefine == YH_COUNT(k->define)) {
            BAD(k, s, s->where, "合并相同的 define", "define 太多（超过 64）");
            break;
        }
        yh_str rest = s->args, name = yh_trim(yh_cut_any(&rest, "=", "＝"));
        if (!name.n || !rest.p)
            BAD(k, s, s->where, "写成 define 合规 = 范围内 + 先行自付", "define 写得不对");
        else {
            k->define[k->ndefine].name = name;
            k->define[k->ndefine].s = s;
            k->define[k->ndefine++].expr = yh_trim(rest);
        }
    }
}

static bool below(const struct yh_kinds *k, int i, int top)
{
    for (; i >= 0; i = k->kind[i].parent)
        if (i == top)
            return true;
    return false;
}

/* Which values a table must cover. */
static void set_required(struct compiler *k)
{
    const struct yh_kinds *kinds = k->c.kinds;
    yh_str scheme = k->plan->scheme;
    const char *root = yh_starts(scheme, YH_S("39"))  ? "居民"
                       : yh_starts(scheme, YH_S("3")) ? "职工"
                                                      : "";
    int top = yh_kinds_find(kinds, YH_DIM_PERSON, yh_cstr(root));
    for (int i = 0; i < kinds->n; i++) {
        const struct yh_kind *x = &kinds->kind[i];
        bool must = !kinds->group[i];
        if (x->dim == YH_DIM_PERSON)
            must &= top >= 0 && below(kinds, i, top);
        k->c.required[x->dim][x->ordinal] = must;
    }
}

static void set_order(struct compiler *k)
{
    const struct yh_kinds *kinds = k->c.kinds;
    bool seen[64] = { false };
    struct yh_cc *c = &k->c;
    for (int i = 0; i < c->m->n; i++) {
        const struct yh_policy_stmt *s = c->m->item[i].stmt;
        if (!word_is(s, "order"))
            continue;
        yh_str rest = s->args, head = yh_trim(yh_cut_any(&rest, ":", "："));
        if (yh_dim_of(head) != YH_DIM_IDENT || !rest.p) {
            BAD(k, s, s->where, "写成 order 身份: 特困, 低保", "order 只用于身份");
            continue;
        }
        for (yh_str v; (v = yh_next_item(&rest)).n;) {
            int at = yh_kinds_find(kinds, YH_DIM_IDENT, v);
            if (at < 0)
                BAD(k, s, v, "取值见 catalogs/kinds.tsv，或用 kinds 身份 声明",
                    "没有「%.*s」这个身份", YH_ARG(v));
            else if (seen[kinds->kind[at].ordinal])
                BAD(k, s, v, "每个身份写一次", "「%.*s」写了两次", YH_ARG(v));
            else {
                seen[kinds->kind[at].ordinal] = true;
                c->ident[c->nident++] = kinds->kind[at].ordinal;
            }
        }
    }
    /* Then the others as declared; what refines stands before what it refines. */
    for (int o = kinds->dim_n[YH_DIM_IDENT], i = 0; i < o; i++) {
        for (int j = 0; j < o; j++) {
            int up = kinds->kind[kinds->at[YH_DIM_IDENT][j]].parent;
            if (up >= 0 && kinds->kind[up].ordinal == i && !seen[j] && !seen[i]) {
                seen[j] = true;
                c->ident[c->nident++] = j;
            }
        }
        if (!seen[i]) {
            seen[i] = true;
            c->ident[c->nident++] = i;
        }
    }
}

/* ---- accumulators ---- */

static int acc_of(struct compiler *k, yh_str name, enum yh_acc_span span)
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

static int layer_acc(struct compiler *k, const char *what, enum yh_acc_span span)
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

static enum yh_acc_span read_span(struct compiler *k, const struct yh_policy_stmt *s, yh_str w)
{
    enum yh_acc_span span = YH_SPAN_YEAR;
    if (!span_of(w, &span))
        BAD(k, s, w.n ? w : s->where, "per 后面写 年度、次、住院、病种、月、日 或 终身",
            "没有「%.*s」这个期间", YH_ARG(w));
    return span;
}

/* ---- amounts with exceptions ---- */

struct amount {
    struct compiler *k;
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

/* The exceptions to `target` (and, of caps, to `span`), their amounts read. */
static void take_exceptions(struct compiler *k, const char *target, yh_str span,
                            enum yh_value_kind kind, struct yh_entries *out)
{
    for (int i = 0; i < k->nex; i++) {
        struct exception *x = &k->ex[i];
        if (!yh_eq(x->target, yh_cstr(target)) ||
            (x->span.n && span.n && !yh_eq(x->span, span)))
            continue;
        struct yh_entry e = x->e;
        if (yh_op_read(&k->c, e.stmt, x->value, kind, true, &e))
            YH_PUSH(k->c.a, out->e, out->n, out->cap) = e;
    }
}

static void say_unused(struct compiler *k, struct yh_entries *list, const char *label)
{
    for (int i = 0; i < list->n; i++)
        if (!list->e[i].used)
            yh_found(k->c.a, k->c.f, YH_WARN, yh_cc_doc(&k->c, list->e[i].stmt), list->e[i].at,
                     "删去这一行，或检查它的条件", "%s：「%.*s」这一行永远用不到", label,
                     YH_ARG(list->e[i].conds));
}

static void build_amount(struct compiler *k, const struct yh_policy_stmt *s, yh_str amount,
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
    struct yh_entries *lists[] = { &base, &ex };
    yh_cells_build(&k->c, lists, 2, amount_at, &m, partial, s, label, out);
    say_unused(k, &base, label);
    say_unused(k, &ex, label);
}

static void constant(struct compiler *k, int64_t v, int clause, struct yh_cells *out)
{
    struct yh_cell *cell = YH_NEW(k->c.a, struct yh_cell, 1);
    *cell = (struct yh_cell){ v, clause };
    *out = (struct yh_cells){ NULL, 0, cell, 1 };
}

static int64_t read_one(struct compiler *k, const struct yh_policy_stmt *s, yh_str text,
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

static const struct yh_policy_stmt *find(const struct compiler *k, const char *word, int nth)
{
    for (int i = 0; i < k->at->npick; i++)
        if (word_is(k->at->pick[i]->stmt, word) && !nth--)
            return k->at->pick[i]->stmt;
    return NULL;
}

static void read_exceptions(struct compiler *k)
{
    static const char *const TARGETS[] = { "rate", "deductible", "start",  "cap",
                                           "lump", "per-day",    "ceiling" };
    k->nex = 0;
    const struct yh_policy_stmt *s;
    for (int nth = 0; (s = find(k, "except", nth)); nth++) {
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
        if (k->nex >= EXCEPTS_MAX - 8)
            BAD(k, s, s->where, "并成一张表，或拆成两层", "一层的例外太多（超过 %d）",
                EXCEPTS_MAX - 8);
        while (rest.p && k->nex < EXCEPTS_MAX) {
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
            k->ex[k->nex++] = (struct exception){ target, span, e, value };
        }
    }
}

/* An exception that changes what the layer does not have. */
static void check_targets(struct compiler *k, const struct yh_layer *l, bool bands)
{
    for (int i = 0; i < k->nex; i++) {
        const struct exception *x = &k->ex[i];
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

static void read_deductible(struct compiler *k, struct yh_layer *l)
{
    static const char *const KEYS[] = { "per",     "最高一次补差", "step",  "floor",
                                        "ceiling", "transfer",     "shared" };
    const struct yh_policy_stmt *s = find(k, "deductible", 0);
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
            constant(k, read_one(k, s, yh_next_word(&args), YH_V_MONEY, true), clause,
                     &d->step);
        } else if (yh_eq(w, YH_S("floor"))) {
            constant(k, read_one(k, s, yh_next_word(&args), YH_V_MONEY, false), clause,
                     &d->floor);
        } else if (yh_eq(w, YH_S("ceiling"))) {
            yh_str v = yh_next_word(&args), look = args;
            /* "ceiling 1400 per 年度": a ceiling is of the year. */
            if (yh_eq(yh_next_word(&look), YH_S("per"))) {
                yh_str of = yh_next_word(&look);
                if (!yh_eq(of, YH_S("年度")))
                    BAD(k, s, of.n ? of : w, "写 ceiling 1400 per 年度", "起付总额只按年度");
                args = look;
            }
            struct yh_entries base = { 0 }, ex = { 0 };
            struct yh_entry e = { .stmt = s };
            if (!yh_op_read(&k->c, s, v, YH_V_MONEY, false, &e))
                continue;
            YH_PUSH(k->c.a, base.e, base.n, base.cap) = e;
            take_exceptions(k, "ceiling", YH_S(""), YH_V_MONEY, &ex);
            struct amount m = {
                .k = k, .base = &base, .ex = &ex, .kind = YH_V_MONEY, .label = "年度起付总额"
            };
            struct yh_entries *lists[] = { &base, &ex };
            yh_cells_build(&k->c, lists, 2, amount_at, &m, false, s, m.label, &d->ceiling);
        } else if (yh_eq(w, YH_S("transfer"))) {
            yh_str v = yh_next_word(&args);
            if (!yh_eq(v, YH_S("补差")))
                BAD(k, s, v.n ? v : w,
                    "写 transfer 补差：转入更高级别补差额，转入较低级别不再付",
                    "transfer 后面只写 补差");
            constant(k, 1, clause, &d->transfer);
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
        d->acc = shared.n ? acc_of(k, shared, span) : layer_acc(k, "起付", span);
    else if (shared.n)
        BAD(k, s, shared, "写上 per 年度", "共用起付线要有期间");
    build_amount(k, s, amount, YH_V_MONEY, "deductible", YH_S(""), false, "起付标准",
                 &d->amount);
}

static int edge_order(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

static void sort_edges(int64_t *e, int n)
{
    for (int i = 1; i < n; i++)
        for (int j = i; j > 0 && edge_order(&e[j - 1], &e[j]) > 0; j--) {
            int64_t t = e[j];
            e[j] = e[j - 1];
            e[j - 1] = t;
        }
}

/* `start` moves the edge where paying begins. */
static void build_start(struct compiler *k, const struct yh_policy_stmt *s, int64_t from,
                        struct yh_cells *out)
{
    struct yh_entries base = { 0 }, ex = { 0 };
    YH_PUSH(k->c.a, base.e, base.n, base.cap) =
        (struct yh_entry){ .stmt = s, .op = '=', .v = from, .at = s->where, .used = true };
    take_exceptions(k, "start", YH_S(""), YH_V_MONEY, &ex);
    struct amount m = {
        .k = k, .base = &base, .ex = &ex, .kind = YH_V_MONEY, .label = "起付标准"
    };
    struct yh_entries *lists[] = { &base, &ex };
    yh_cells_build(&k->c, lists, 2, amount_at, &m, false, s, m.label, out);
    say_unused(k, &ex, m.label);
}

static void check_starts(struct compiler *k, const struct yh_policy_stmt *s,
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

static void read_bands(struct compiler *k, struct yh_layer *l, const struct yh_policy_stmt *s)
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
    int n = 0;
    bool open = false;
    for (int i = 0; i < base.n; i++) {
        edge[n++] = base.e[i].lo;
        if (base.e[i].hi != INT64_MAX && base.e[i].hi != YH_UNLIMITED)
            edge[n++] = base.e[i].hi;
        else
            open = true;
    }
    sort_edges(edge, n);
    int m = 0;
    for (int i = 0; i < n; i++)
        if (!m || edge[m - 1] != edge[i])
            edge[m++] = edge[i];
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
        struct yh_entries *lists[] = { &base, &ex };
        struct yh_band *b = &band[nband];
        yh_cells_build(&k->c, lists, 2, amount_at, &am, false, s, am.label, &b->rate);
        bool zero = true;
        for (int j = 0; j < b->rate.ncell; j++)
            zero &= b->rate.cell[j].value == 0;
        if (zero && !nband && m > 1)
            continue; /* below the start nothing is paid: no band */
        if (nband)
            constant(k, edge[i], yh_cc_clause(&k->c, s), &b->from);
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

static void read_rate(struct compiler *k, struct yh_layer *l, const struct yh_policy_stmt *s)
{
    struct yh_band *band = YH_NEW(k->c.a, struct yh_band, 1);
    constant(k, 0, yh_cc_clause(&k->c, s), &band->from);
    build_amount(k, s, s->args, YH_V_RATE, "rate", YH_S(""), false, "支付比例", &band->rate);
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

static void read_adjusts(struct compiler *k, struct yh_layer *l)
{
    struct yh_adjust *adjust = YH_NEW(k->c.a, struct yh_adjust, 16);
    const struct yh_policy_stmt *s;
    /* Factors first, then points (DESIGN, "A layer"). */
    for (int points = 0; points < 2; points++)
        for (int nth = 0; (s = find(k, "adjust", nth)); nth++) {
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

static void read_bonus(struct compiler *k, const struct yh_policy_stmt *s, yh_str *args,
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
    cap->bonus[cap->nbonus].step = read_one(k, s, step, YH_V_MONEY, false);
    yh_str look = *args;
    if (yh_eq(yh_next_word(&look), YH_S("over"))) {
        cap->bonus[cap->nbonus].after = read_one(k, s, yh_next_word(&look), YH_V_COUNT, false);
        *args = look;
    }
    cap->nbonus++;
}

static void read_cap(struct compiler *k, const struct yh_policy_stmt *s, struct yh_cap *cap)
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
            cap->bonus_limit = read_one(k, s, yh_next_word(&args), YH_V_RATE, false);
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
        cap->acc = layer_acc(k, cap->on == YH_CAP_BASE ? "费用" : "已付", span);
    k->c.missing_money = YH_UNLIMITED;
    build_amount(k, s, amount, YH_V_MONEY, "cap", span_word, false, "限额", &cap->amount);
    k->c.missing_money = 0;
}

/* ---- of ---- */

static const struct {
    const char *word;
    enum yh_money money;
    bool of_layer;
} MONEYS[] = {
    { "总费用", YH_M_TOTAL, false },      { "全自费", YH_M_OUTSIDE, false },
    { "超限价", YH_M_OVER, false },       { "先行自付", YH_M_FIRST, false },
    { "范围内自付", YH_M_BURDEN, false }, { "范围内", YH_M_SCOPE, false },
    { "目录内", YH_M_CATALOG, false },    { "已付", YH_M_PAID, true },
    { "剩余", YH_M_LEFT, true },          { "封顶以上", YH_M_UNCONSUMED, true },
    { "起付", YH_M_DEDUCTED, true },
};

static bool share_visit(const struct variant *a, const struct variant *b)
{
    for (int i = 0; i < YH_SET_WORDS; i++)
        if (a->visits[i] & b->visits[i])
            return true;
    return false;
}

struct of_work {
    struct yh_base_term term[32];
    int n, depth, steps;
};

static void of_expr(struct compiler *k, const struct yh_policy_stmt *s, yh_str expr, bool minus,
                    struct of_work *w);

static void of_layer_term(struct compiler *k, const struct yh_policy_stmt *s, yh_str at,
                          yh_str name, enum yh_money money, yh_micro share, struct of_work *w)
{
    int self = (int)(k->at - k->variant), found = 0;
    bool later = false;
    for (int i = 0; i < k->nvariant; i++) {
        if (!yh_eq(k->variant[i].name, name))
            continue;
        found++;
        if (!share_visit(&k->variant[i], k->at))
            continue;
        if (i >= self)
            later = true;
        else if (w->n < YH_COUNT(w->term))
            w->term[w->n++] = (struct yh_base_term){ money, i, share };
    }
    if (!found)
        BAD(k, s, at, "写本文件里已有的层名", "没有「%.*s」这一层", YH_ARG(name));
    else if (later)
        BAD(k, s, at, "只能看前面的层；用 payers 调整先后", "「%.*s」不在这一层之前",
            YH_ARG(name));
}

static void of_term(struct compiler *k, const struct yh_policy_stmt *s, yh_str t, bool minus,
                    struct of_work *w)
{
    yh_micro share = YH_ONE;
    yh_str rest = t, name = yh_trim(yh_cut_any(&rest, "×", "*"));
    if (rest.p)
        share = read_one(k, s, yh_trim(rest), YH_V_RATE, false);
    if (minus)
        share = -share;
    for (int i = 0; i < k->ndefine; i++)
        if (yh_eq(k->define[i].name, name)) {
            if (++w->depth > 8 || ++w->steps > 1000)
                BAD(k, k->define[i].s, k->define[i].expr, "去掉其中一个引用", "define 成了环");
            else
                of_expr(k, s, k->define[i].expr, minus, w);
            w->depth--;
            return;
        }
    yh_str inner = name, head = yh_trim(yh_cut_any(&inner, "(", "（"));
    for (int i = 0; i < YH_COUNT(MONEYS); i++) {
        if (!yh_eq(head, yh_cstr(MONEYS[i].word)) || MONEYS[i].of_layer != (inner.p != NULL))
            continue;
        if (w->n == YH_COUNT(w->term)) {
            BAD(k, s, name, "合并相同的项", "of 的项太多（超过 32）");
            return;
        }
        if (!inner.p) {
            w->term[w->n++] = (struct yh_base_term){ MONEYS[i].money, -1, share };
            return;
        }
        inner = yh_trim(yh_cut_any(&inner, ")", "）"));
        of_layer_term(k, s, name, inner, MONEYS[i].money, share, w);
        return;
    }
    BAD(k, s, name.n ? name : s->where,
        "可用 "
        "总费用、全自费、超限价、先行自付、范围内、目录内、范围内自付、已付(层)、剩余(层)"
        "、封顶以上(层)、起付(层)，或 define 的名称",
        "没有「%.*s」这笔钱", YH_ARG(name));
}

static void of_expr(struct compiler *k, const struct yh_policy_stmt *s, yh_str expr, bool minus,
                    struct of_work *w)
{
    yh_str t = expr;
    t.n = 0;
    bool neg = minus;
    for (ptrdiff_t i = 0; i <= expr.n; i++) {
        yh_str at = yh_sub(expr, i, expr.n);
        bool plus = yh_starts(at, YH_S("+")), sub = yh_starts(at, YH_S("-"));
        bool long_sub = yh_starts(at, YH_S("−"));
        if (at.n && !plus && !sub && !long_sub)
            continue;
        t.n = expr.p + i - t.p;
        of_term(k, s, yh_trim(t), neg, w);
        if (!at.n)
            return;
        if (long_sub)
            i += 2;
        neg = plus ? minus : !minus;
        t = (yh_str){ expr.p + i + 1, 0 };
    }
}

static void read_of(struct compiler *k, struct yh_layer *l)
{
    const struct yh_policy_stmt *s = find(k, "of", 0);
    if (!s && !find(k, "rate", 0) && !find(k, "bands", 0)) {
        /* A fixed sum alone looks at the whole bill: it is no more than that. */
        struct yh_base_term *all = YH_NEW(k->c.a, struct yh_base_term, 1);
        *all = (struct yh_base_term){ YH_M_TOTAL, -1, YH_ONE };
        l->of = (struct yh_base){ all, 1 };
        return;
    }
    if (!s) {
        const struct yh_policy_stmt *any = k->at->pick[0]->stmt;
        BAD(k, any, any->where, "加一句 of 范围内（或其他基数）", "「%.*s」没有写 of",
            YH_ARG(l->name));
        return;
    }
    yh_str expr = s->args;
    l->cumulative = yh_eat(&expr, "年度累计");
    struct of_work w = { .n = 0 };
    of_expr(k, s, yh_trim(expr), false, &w);
    struct yh_base_term *term = YH_NEW(k->c.a, struct yh_base_term, w.n);
    memcpy(term, w.term, sizeof *term * (size_t)w.n);
    l->of = (struct yh_base){ term, w.n };
    if (l->cumulative)
        l->acc_base = layer_acc(k, "累计", YH_SPAN_YEAR);
}

/* ---- when, only, the rest ---- */

struct when_arg {
    struct yh_entries *yes, *no;
};

static bool holds_any(struct yh_cc *c, struct yh_entries *list, const struct yh_point *p)
{
    bool any = false;
    for (int i = 0; i < list->n; i++) {
        struct yh_entries one = { &list->e[i], 1, 1 };
        any |= yh_pick(c, &one, p, false, 0, 0, "when") != NULL;
    }
    return any;
}

static bool when_at(struct yh_cc *c, void *arg, const struct yh_point *p, struct yh_cell *out)
{
    struct when_arg *w = arg;
    out->value = (!w->yes->n || holds_any(c, w->yes, p)) && !holds_any(c, w->no, p);
    return true;
}

static void read_when(struct compiler *k, struct yh_layer *l)
{
    struct yh_entries yes = { 0 }, no = { 0 };
    const struct yh_policy_stmt *s, *last = NULL;
    for (int nth = 0; (s = find(k, "when", nth)); nth++) {
        struct yh_entry e = { .stmt = s, .op = '=', .at = s->args };
        yh_str args = s->args;
        bool not = yh_eat(&args, "not ");
        last = s;
        if (!yh_conds_read(&k->c, s, args, &e))
            continue;
        if (!e.n) {
            BAD(k, s, s->where, "写成 when 低保 或 when not 异地", "when 没有条件");
            continue;
        }
        struct yh_entries *to = not ? &no : &yes;
        YH_PUSH(k->c.a, to->e, to->n, to->cap) = e;
    }
    if (!yes.n && !no.n)
        return;
    struct when_arg arg = { &yes, &no };
    struct yh_entries *lists[] = { &yes, &no };
    yh_cells_build(&k->c, lists, 2, when_at, &arg, true, last, "when", &l->when);
}

static uint32_t read_tags(struct compiler *k, const struct yh_policy_stmt *s, yh_str rest)
{
    uint32_t bits = 0;
    yh_str look = rest;
    if (yh_dim_of(yh_next_word(&look)) == YH_DIM_TAG)
        rest = look;
    for (yh_str v; (v = yh_next_item(&rest)).n;) {
        int i = yh_kinds_find(k->c.kinds, YH_DIM_TAG, v);
        if (i < 0)
            BAD(k, s, v, "费用标记见 catalogs/kinds.tsv，或用 kinds 费用 声明",
                "没有「%.*s」这种费用标记", YH_ARG(v));
        else
            bits |= UINT32_C(1) << k->c.kinds->kind[i].ordinal;
    }
    if (!bits)
        BAD(k, s, s->where, "写上费用标记，如 双通道", "「%.*s」没有写费用标记",
            YH_ARG(s->word));
    k->c.tags_named |= bits;
    return bits;
}

static void read_lines(struct compiler *k, struct yh_layer *l)
{
    const struct yh_policy_stmt *only = find(k, "only", 0), *skip = find(k, "skip", 0);
    l->tags = UINT32_MAX;
    if (only)
        l->tags = read_tags(k, only, only->args);
    ptrdiff_t at = skip ? yh_find(skip->args, YH_S(" at ")) : -1;
    if (skip && at < 0)
        l->tags &= ~read_tags(k, skip, skip->args);
    if (at >= 0) {
        struct yh_entries yes = { 0 }, no = { 0 };
        struct yh_entry e = { .stmt = skip, .op = '=', .at = skip->args };
        l->skip_tags = read_tags(k, skip, yh_sub(skip->args, 0, at));
        if (!yh_conds_read(&k->c, skip, yh_sub(skip->args, at + 4, skip->args.n), &e))
            return;
        YH_PUSH(k->c.a, yes.e, yes.n, yes.cap) = e;
        struct when_arg arg = { &yes, &no };
        struct yh_entries *lists[] = { &yes };
        yh_cells_build(&k->c, lists, 1, when_at, &arg, true, skip, "skip", &l->skip_when);
    }
    const struct yh_policy_stmt *s = skip ? skip : only;
    if (!l->tags && s && !(only && !skip))
        BAD(k, s, s->where, "检查 only 与 skip", "only 和 skip 相抵，这一层看不到任何费用");
}

static void read_sum(struct compiler *k, struct yh_layer *l, const char *word,
                     const char *label, struct yh_cells *out)
{
    static const char *const KEYS[] = { "beyond" };
    const struct yh_policy_stmt *s = find(k, word, 0);
    if (!s)
        return;
    yh_str args = s->args, tail = s->tail, amount = head_amount(&args, KEYS, 1);
    yh_str w = next_mod(&args, &tail);
    if (w.n && !yh_eq(w, YH_S("beyond")))
        BAD(k, s, w, "可写 beyond：可以超出账单，付给个人", "不认得「%.*s」", YH_ARG(w));
    l->beyond |= yh_eq(w, YH_S("beyond"));
    build_amount(k, s, amount, YH_V_MONEY, word, YH_S(""), false, label, out);
}

static void read_round(struct compiler *k, const struct yh_policy_stmt *s, yh_fen *unit,
                       enum yh_round *mode)
{
    static const struct {
        const char *word;
        yh_fen unit;
    } UNITS[] = { { "分", 1 }, { "角", 10 }, { "元", 100 } };
    static const struct {
        const char *word;
        enum yh_round mode;
    } MODES[] = {
        { "四舍五入", YH_ROUND_HALF_UP },
        { "舍去", YH_ROUND_DOWN },
        { "进一", YH_ROUND_UP },
        { "四舍六入", YH_ROUND_HALF_EVEN },
    };
    if (!s)
        return;
    yh_str rest = s->args;
    for (yh_str v; (v = yh_next_item(&rest)).n;) {
        bool known = false;
        for (int i = 0; i < YH_COUNT(UNITS); i++)
            if (yh_eq(v, yh_cstr(UNITS[i].word)))
                *unit = UNITS[i].unit, known = true;
        for (int i = 0; i < YH_COUNT(MODES); i++)
            if (yh_eq(v, yh_cstr(MODES[i].word)))
                *mode = MODES[i].mode, known = true;
        if (!known)
            BAD(k, s, v, "写成 round 分, 四舍五入", "不认得「%.*s」", YH_ARG(v));
    }
}

static void read_settle(struct compiler *k, struct yh_layer *l)
{
    const struct yh_policy_stmt *s = find(k, "settle", 0);
    if (!s)
        return;
    l->to_date = yh_eq(s->args, YH_S("结清"));
    if (!l->to_date && !yh_eq(s->args, YH_S("累计差额")))
        BAD(k, s, s->args, "写 settle 累计差额 或 settle 结清", "不认得「%.*s」",
            YH_ARG(s->args));
    if (!l->cumulative)
        BAD(k, s, s->where, "of 写 年度累计 …，或删去 settle", "settle 只用于年度累计的层");
}

static void read_excludes(struct compiler *k, struct yh_layer *l)
{
    const struct yh_policy_stmt *s;
    for (int nth = 0; (s = find(k, "excludes", nth)); nth++) {
        yh_str rest = s->args;
        for (yh_str v; (v = yh_next_item(&rest)).n;) {
            int found = 0, self = (int)(k->at - k->variant);
            for (int i = 0; i < k->nvariant; i++)
                if (yh_eq(k->variant[i].name, v)) {
                    found++;
                    if (i < self)
                        l->excludes |= UINT64_C(1) << i;
                    else if (share_visit(&k->variant[i], k->at))
                        BAD(k, s, v, "写在后面的那一层里：后付的层看前面付了没有",
                            "「%.*s」不在这一层之前", YH_ARG(v));
                }
            if (!found)
                BAD(k, s, v, "写本文件里已有的层名", "没有「%.*s」这一层", YH_ARG(v));
        }
    }
}

static enum yh_payer payer_of(yh_str fund)
{
    static const struct {
        const char *head;
        enum yh_payer payer;
    } PAYERS[] = {
        { "3101", YH_PAY_BASIC },    { "390100", YH_PAY_BASIC },    { "390101", YH_PAY_BASIC },
        { "390102", YH_PAY_BASIC },  { "3902", YH_PAY_SERIOUS },    { "3903", YH_PAY_SERIOUS },
        { "3103", YH_PAY_LARGE },    { "3301", YH_PAY_LARGE },      { "3201", YH_PAY_CIVIL },
        { "3202", YH_PAY_CIVIL },    { "3701", YH_PAY_ENTERPRISE }, { "610200", YH_PAY_OTHER },
        { "6101", YH_PAY_ASSIST },   { "3501", YH_PAY_DISABLED },   { "6301", YH_PAY_WAIVER },
        { "640100", YH_PAY_WAIVER },
    };
    for (int i = 0; i < YH_COUNT(PAYERS); i++)
        if (yh_starts(fund, yh_cstr(PAYERS[i].head)))
            return PAYERS[i].payer;
    return YH_PAY_OTHER;
}

/* "pays 390100", of whichever block says it. */
static void read_pays(struct compiler *k, struct yh_layer *l)
{
    const struct yh_merge *m = k->c.m;
    const struct yh_policy_stmt *first = NULL;
    for (int i = 0; i < m->n; i++) {
        const struct yh_policy_stmt *s = m->item[i].stmt;
        if (!word_is(s, "layer") || !yh_eq(s->group, l->name))
            continue;
        first = first ? first : s;
        if (!s->args.n)
            continue;
        yh_str args = s->args;
        yh_str w = yh_next_word(&args), fund = yh_next_word(&args);
        bool digits = fund.n >= 6 && fund.n <= 8;
        for (ptrdiff_t j = 0; j < fund.n; j++)
            digits &= '0' <= fund.p[j] && fund.p[j] <= '9';
        if (!yh_eq(w, YH_S("pays")) || !digits) {
            BAD(k, s, w.n ? w : s->where, "写成 layer 名称 pays 390100（基金支付类型代码）",
                "layer 的写法不对");
            return;
        }
        l->fund = fund;
        l->payer = payer_of(fund);
        l->clause = yh_cc_clause(&k->c, s);
    }
    if (!l->fund.n && first)
        BAD(k, first, first->where, "第一次写这一层时加 pays 基金代码，如 pays 390100",
            "「%.*s」没有写由谁支付", YH_ARG(l->name));
}

static void compile_layer(struct compiler *k, int at, struct yh_layer *l)
{
    k->at = &k->variant[at];
    struct yh_cc *c = &k->c;
    *l = (struct yh_layer){ .name = k->at->name,
                            .acc_base = -1,
                            .acc_paid = -1,
                            .round_unit = 1,
                            .round_mode = YH_ROUND_HALF_UP,
                            .clause = -1 };
    l->deduct.acc = -1;
    memcpy(l->visits, k->at->visits, sizeof l->visits);
    memcpy(c->visits, k->at->visits, sizeof c->visits);
    int pharmacy = yh_kinds_find(c->kinds, YH_DIM_LEVEL, YH_S("定点药店"));
    bool shop = false;
    for (int o = 0; o < c->kinds->dim_n[YH_DIM_VISIT]; o++) {
        bool in = l->visits[o / 64] >> (o % 64) & 1;
        c->required[YH_DIM_VISIT][o] = in && !c->kinds->group[c->kinds->at[YH_DIM_VISIT][o]];
        yh_str name = c->kinds->kind[c->kinds->at[YH_DIM_VISIT][o]].name;
        shop |= in && (yh_eq(name, YH_S("药店")) || yh_eq(name, YH_S("特药购药")));
    }
    if (pharmacy >= 0)
        c->required[YH_DIM_LEVEL][c->kinds->kind[pharmacy].ordinal] = shop;
    read_pays(k, l);
    read_exceptions(k);
    read_when(k, l);
    read_lines(k, l);
    read_of(k, l);
    read_deductible(k, l);
    const struct yh_policy_stmt *rate = find(k, "rate", 0), *bands = find(k, "bands", 0);
    if (rate && bands)
        BAD(k, bands, bands->where, "留下一个", "同一层不能又写 rate 又写 bands");
    else if (rate)
        read_rate(k, l, rate);
    else if (bands)
        read_bands(k, l, bands);
    read_adjusts(k, l);
    read_sum(k, l, "lump", "定额", &l->lump);
    read_sum(k, l, "per-day", "每日定额", &l->per_day);
    if (!rate && !bands && !find(k, "lump", 0) && !find(k, "per-day", 0)) {
        const struct yh_policy_stmt *any = k->at->pick[0]->stmt;
        BAD(k, any, any->where, "写 rate、bands、lump 或 per-day", "「%.*s」没有写付多少",
            YH_ARG(l->name));
    }
    const struct yh_policy_stmt *s;
    struct yh_cap *cap = YH_NEW(c->a, struct yh_cap, 8);
    for (int nth = 0; (s = find(k, "cap", nth)); nth++) {
        if (l->ncap == 8) {
            BAD(k, s, s->where, "并成一张表，或拆成两层", "一层的限额太多（超过 8）");
            break;
        }
        read_cap(k, s, &cap[l->ncap++]);
    }
    l->cap = cap;
    read_settle(k, l);
    read_excludes(k, l);
    read_round(k, find(k, "round", 0), &l->round_unit, &l->round_mode);
    check_targets(k, l, bands != NULL);
    l->acc_paid = layer_acc(k, "已付", YH_SPAN_YEAR);
    memset(c->visits, 0xff, sizeof c->visits);
    for (int o = 0; o < c->kinds->dim_n[YH_DIM_VISIT]; o++)
        c->required[YH_DIM_VISIT][o] = !c->kinds->group[c->kinds->at[YH_DIM_VISIT][o]];
}

/* ---- which layers there are ---- */

/* `before X`: the layer takes its place in front of X. */
static void move_before(struct compiler *k, yh_str *name, int n, const struct yh_policy_stmt *s)
{
    int from = -1, to = -1;
    for (int i = 0; i < n; i++) {
        if (yh_eq(name[i], s->group))
            from = i;
        if (yh_eq(name[i], s->args))
            to = i;
    }
    if (to < 0)
        BAD(k, s, s->args, "写本文件里已有的层名", "没有「%.*s」这一层", YH_ARG(s->args));
    if (to < 0 || from < to)
        return;
    yh_str moved = name[from];
    memmove(&name[to + 1], &name[to], sizeof *name * (size_t)(from - to));
    name[to] = moved;
}

/* Who pays before whom where `payers` does not say: basic, large or critical, supplements,
 * assistance, other public money, the provider's waiver (DESIGN, policy documents). */
static int payer_rank(struct compiler *k, yh_str name)
{
    static const int RANK[YH_PAY_N] = {
        [YH_PAY_BASIC] = 0,      [YH_PAY_SERIOUS] = 1, [YH_PAY_LARGE] = 1,
        [YH_PAY_ENTERPRISE] = 2, [YH_PAY_CIVIL] = 2,   [YH_PAY_ASSIST] = 3,
        [YH_PAY_DISABLED] = 4,   [YH_PAY_OTHER] = 4,   [YH_PAY_WAIVER] = 5,
    };
    for (int i = 0; i < k->c.m->n; i++) {
        const struct yh_policy_stmt *s = k->c.m->item[i].stmt;
        yh_str args = s->args;
        if (word_is(s, "layer") && yh_eq(s->group, name) && args.n) {
            (void)yh_next_word(&args);
            return RANK[payer_of(yh_next_word(&args))];
        }
    }
    return 0;
}

/* Stable: layers of one rank stay in the order of the text. */
static void sort_payers(struct compiler *k, yh_str *name, int n)
{
    for (int i = 1; i < n; i++)
        for (int j = i; j > 0 && payer_rank(k, name[j - 1]) > payer_rank(k, name[j]); j--) {
            yh_str t = name[j];
            name[j] = name[j - 1];
            name[j - 1] = t;
        }
}

static int layer_names(struct compiler *k, yh_str *name)
{
    const struct yh_merge *m = k->c.m;
    int n = 0;
    for (int i = 0; i < m->n; i++) {
        const struct yh_policy_stmt *s = m->item[i].stmt;
        if (!word_is(s, "payers"))
            continue;
        yh_str rest = s->args;
        for (yh_str v; (v = yh_next_item(&rest)).n && n < 64;) {
            bool known = false;
            for (int j = 0; j < m->n; j++)
                known |= yh_eq(m->item[j].stmt->group, v);
            if (known)
                name[n++] = v;
            else
                BAD(k, s, v, "写本文件里已有的层名", "没有「%.*s」这一层", YH_ARG(v));
        }
    }
    int said = n;
    for (int i = 0; i < m->n; i++) {
        yh_str g = m->item[i].stmt->group;
        bool seen = !g.n;
        for (int j = 0; j < n && !seen; j++)
            seen = yh_eq(name[j], g);
        if (!seen && n == 64) {
            BAD(k, m->item[i].stmt, m->item[i].stmt->where, "合并相同的层",
                "层太多（超过 64）");
            break;
        }
        if (!seen)
            name[n++] = g;
    }
    sort_payers(k, name + said, n - said);
    for (int i = 0; i < m->n; i++)
        if (word_is(m->item[i].stmt, "before"))
            move_before(k, name, n, m->item[i].stmt);
    return n;
}

/* The statements of layer `name` that hold for a visit, the nearest `for` of each key. */
static int pick_for(struct compiler *k, yh_str name, int visit, const struct yh_merged **out)
{
    const struct yh_merge *m = k->c.m;
    int n = 0;
    for (int i = 0; i < m->n; i++) {
        const struct yh_merged *x = &m->item[i];
        if (!yh_eq(x->stmt->group, name) || word_is(x->stmt, "layer"))
            continue;
        int d =
            x->any_visit ? 999 : yh_kind_distance(k->c.kinds, YH_DIM_VISIT, visit, x->visits);
        if (d < 0)
            continue;
        bool beaten = false, tie = false;
        const struct yh_merged *other = NULL;
        for (int j = 0; j < m->n && !beaten; j++) {
            const struct yh_merged *y = &m->item[j];
            if (j == i || !yh_eq(y->key, x->key))
                continue;
            int e = y->any_visit ? 999
                                 : yh_kind_distance(k->c.kinds, YH_DIM_VISIT, visit, y->visits);
            if (e < 0)
                continue;
            if (e < d)
                beaten = true;
            else if (e == d && !word_is(x->stmt, "when") && j < i)
                tie = true, other = y;
        }
        if (beaten)
            continue;
        if (tie) {
            BAD(k, x->stmt, x->stmt->where, "一种就医类别的同一语句只写一次；for 不要重叠",
                "「%.*s」的这一句与%s另一句的 for 有重叠", YH_ARG(name),
                other->stmt->doc == x->stmt->doc ? "" : "另一文件的");
            continue;
        }
        out[n++] = x;
    }
    return n;
}

static bool has_visit(struct compiler *k, yh_str name, int visit)
{
    const struct yh_merge *m = k->c.m;
    for (int i = 0; i < m->n; i++)
        if (yh_eq(m->item[i].stmt->group, name) && !m->item[i].any_visit &&
            yh_kind_distance(k->c.kinds, YH_DIM_VISIT, visit, m->item[i].visits) >= 0)
            return true;
    return false;
}

static const struct yh_policy_stmt *first_of(const struct compiler *k, yh_str name)
{
    for (int i = 0; i < k->c.m->n; i++)
        if (yh_eq(k->c.m->item[i].stmt->group, name))
            return k->c.m->item[i].stmt;
    return NULL;
}

static void add_variants(struct compiler *k, yh_str name)
{
    const struct yh_merge *m = k->c.m;
    int from = k->nvariant;
    for (int v = 0; v < k->c.kinds->dim_n[YH_DIM_VISIT]; v++) {
        if (!has_visit(k, name, v))
            continue;
        const struct yh_merged **pick = YH_NEW(k->c.a, const struct yh_merged *, m->n + 1);
        int n = pick_for(k, name, v, pick);
        int at = from;
        while (at < k->nvariant &&
               (k->variant[at].npick != n ||
                memcmp(k->variant[at].pick, pick, sizeof *pick * (size_t)n)))
            at++;
        if (at == YH_COUNT(k->variant)) {
            BAD(k, pick[0]->stmt, pick[0]->stmt->where, "合并相同的 for", "层太多（超过 64）");
            return;
        }
        if (!n)
            continue;
        if (at == k->nvariant)
            k->variant[k->nvariant++] =
                (struct variant){ .name = name, .pick = pick, .npick = n };
        k->variant[at].visits[v / 64] |= UINT64_C(1) << (v % 64);
    }
    const struct yh_policy_stmt *s = first_of(k, name);
    bool said = false; /* a `for` with a wrong name has been found already */
    for (int i = 0; i < m->n; i++)
        said |= yh_eq(m->item[i].stmt->group, name) && m->item[i].stmt->visits.n > 0;
    if (from == k->nvariant && s && !said)
        BAD(k, s, s->where, "在块里写 for 住院（或其他就医类别）", "「%.*s」没有写 for",
            YH_ARG(name));
}

/* A statement that no visit picks. */
static void check_picked(struct compiler *k)
{
    const struct yh_merge *m = k->c.m;
    for (int i = 0; i < m->n; i++) {
        const struct yh_merged *x = &m->item[i];
        bool used = !x->stmt->group.n || word_is(x->stmt, "layer"), layer = false;
        for (int v = 0; v < k->nvariant && !used; v++)
            for (int j = 0; j < k->variant[v].npick; j++)
                used |= k->variant[v].pick[j] == x;
        for (int v = 0; v < k->nvariant; v++)
            layer |= yh_eq(k->variant[v].name, x->stmt->group);
        if (!used && layer)
            yh_found(k->c.a, k->c.f, YH_WARN, yh_cc_doc(&k->c, x->stmt), x->stmt->where,
                     "删去，或检查 for", "这一句永远用不到：别的语句更具体");
    }
}

/* ---- the document ---- */

/* A word; commas part words too. */
static yh_str next_token(yh_str *rest)
{
    yh_str s = *rest;
    while (s.n && (strchr(" \t\n,", *s.p) || yh_starts(s, YH_S("，"))))
        s = yh_sub(s, *s.p == (char)0xEF ? 3 : 1, s.n);
    yh_str w = { s.p, 0 };
    while (s.n && !strchr(" \t\n,", *s.p) && !yh_starts(s, YH_S("，"))) {
        s = yh_sub(s, 1, s.n);
        w.n++;
    }
    *rest = s;
    return w;
}

static void read_year(struct compiler *k, const struct yh_policy_stmt *s)
{
    struct yh_plan *p = k->plan;
    yh_str rest = s->args, w;
    while ((w = next_token(&rest)).n) {
        if (yh_eq(w, YH_S("自然年"))) {
            p->year_start_month = p->year_start_day = 1;
        } else if (yh_eq(w, YH_S("from"))) {
            yh_str d = next_token(&rest);
            yh_day day;
            if (d.n != 5 || yh_day_parse(yh_fmt(k->c.a, "2000-%.*s", YH_ARG(d)), &day, NULL)) {
                BAD(k, s, d.n ? d : w, "写成 from 09-01", "不是月-日");
                continue;
            }
            p->year_start_month = yh_civil_of(day).month;
            p->year_start_day = yh_civil_of(day).day;
        } else if (yh_eq(w, YH_S("by"))) {
            yh_str by = next_token(&rest);
            p->year_by_admission = yh_eq(by, YH_S("入院"));
            if (!p->year_by_admission && !yh_starts(by, YH_S("出院")) &&
                !yh_eq(by, YH_S("结算")))
                BAD(k, s, by.n ? by : w, "写 by 出院结算 或 by 入院", "不认得「%.*s」",
                    YH_ARG(by));
        } else {
            BAD(k, s, w, "写成 year 自然年 by 出院结算，或 year from 09-01", "不认得「%.*s」",
                YH_ARG(w));
        }
    }
}

static void read_days(struct compiler *k, const struct yh_policy_stmt *s)
{
    static const struct {
        const char *word;
        enum yh_day_rule rule;
    } DAYS[] = {
        { "入院", YH_DAY_BEGIN },  { "就诊", YH_DAY_BEGIN },  { "出院", YH_DAY_DISCHARGE },
        { "结算", YH_DAY_SETTLE }, { "费用日", YH_DAY_LINE },
    };
    yh_str rest = s->args;
    while (rest.p) {
        yh_str part = yh_trim(yh_cut_any(&rest, ";", "；"));
        yh_str what = yh_next_word(&part), by = yh_next_word(&part), day = yh_next_word(&part);
        enum yh_day_rule *to = yh_eq(what, YH_S("待遇版本")) ? &k->plan->version_day
                               : yh_eq(what, YH_S("身份"))   ? &k->plan->entitle_day
                               : yh_eq(what, YH_S("项目"))   ? &k->plan->term_day
                                                             : NULL;
        int i = 0;
        while (i < YH_COUNT(DAYS) && !yh_eq(day, yh_cstr(DAYS[i].word)))
            i++;
        if (!to || !yh_eq(by, YH_S("by")) || i == YH_COUNT(DAYS))
            BAD(k, s, what.n ? what : s->where,
                "写成 days 待遇版本 by 出院; 身份 by 入院; 项目 by 费用日", "days 写得不对");
        else
            *to = DAYS[i].rule;
    }
}

static void read_choice(struct compiler *k, const struct yh_policy_stmt *s,
                        const char *const *word, int n, int *out)
{
    for (int i = 0; i < n; i++)
        if (yh_eq(s->args, yh_cstr(word[i]))) {
            *out = i;
            return;
        }
    struct yh_buf cure = yh_buf_in(k->c.a);
    for (int i = 0; i < n; i++)
        yh_putf(&cure, "%s%s", i ? "、" : "写 ", word[i]);
    BAD(k, s, s->args.n ? s->args : s->where, yh_zdup(k->c.a, yh_buf_str(&cure)),
        "不认得「%.*s」", YH_ARG(s->args));
}

static void read_account(struct compiler *k, struct yh_entries *parts)
{
    static const char *const PARTS[YH_PART_N] = { "起付", "共付", "先行自付", "超限价",
                                                  "全自费" };
    const struct yh_merge *m = k->c.m;
    for (int i = 0; i < m->n; i++) {
        const struct yh_policy_stmt *s = m->item[i].stmt;
        if (!word_is(s, "account.for"))
            continue;
        yh_str rest = s->args, visits = yh_trim(yh_cut_any(&rest, ":", "："));
        struct yh_entry e = { .stmt = s, .op = '=', .at = s->args, .conds = visits };
        e.cond[e.n++] = (struct yh_cond){ .dim = YH_DIM_VISIT };
        if (!rest.p) {
            BAD(k, s, s->where, "写成 for 门诊, 药店: 起付, 共付", "account 的写法不对");
            continue;
        }
        if (!yh_visits_read(k->c.a, k->c.kinds, visits, e.cond[0].set, yh_cc_doc(&k->c, s),
                            k->c.f))
            continue;
        for (yh_str v; (v = yh_next_item(&rest)).n;) {
            int p = 0;
            while (p < YH_PART_N && !yh_eq(v, yh_cstr(PARTS[p])))
                p++;
            if (p == YH_PART_N)
                BAD(k, s, v, "可写 起付、共付、先行自付、超限价、全自费",
                    "个人账户没有「%.*s」这一部分", YH_ARG(v));
            else
                e.v |= 1 << p;
        }
        YH_PUSH(k->c.a, parts->e, parts->n, parts->cap) = e;
        k->plan->account.clause = yh_cc_clause(&k->c, s);
    }
}

static bool parts_at(struct yh_cc *c, void *arg, const struct yh_point *p, struct yh_cell *out)
{
    struct yh_entry *e = yh_pick(c, arg, p, false, 0, 0, "个人账户");
    out->value = e ? e->v : 0;
    if (e)
        out->clause = yh_cc_clause(c, e->stmt);
    return true;
}

static void compile_account(struct compiler *k)
{
    struct yh_entries parts = { 0 };
    read_account(k, &parts);
    if (!parts.n)
        return;
    struct yh_entries *lists[] = { &parts };
    yh_cells_build(&k->c, lists, 1, parts_at, &parts, true, parts.e[0].stmt, "个人账户",
                   &k->plan->account.parts);
}

static bool over_word(struct compiler *k, const struct yh_policy_stmt *s, struct yh_cells *out)
{
    bool hosp = yh_eq(s->args, YH_S("医院"));
    if (!hosp && !yh_eq(s->args, YH_S("个人")))
        return false;
    constant(k, hosp, yh_cc_clause(&k->c, s), out);
    return true;
}

static void compile_statement(struct compiler *k, const struct yh_policy_stmt *s)
{
    static const char *const CROSS[] = { "并入出院年", "强制中途结算", "按日拆分" };
    static const char *const INTERIM[] = { "连续", "重算" };
    static const char *const UNDO[] = { "拒绝", "重新结算" };
    struct yh_plan *p = k->plan;
    int choice = 0;
    if (word_is(s, "year")) {
        read_year(k, s);
    } else if (word_is(s, "days")) {
        read_days(k, s);
    } else if (word_is(s, "cross-year")) {
        read_choice(k, s, CROSS, 3, &choice);
        p->cross_year = (enum yh_cross_year)choice;
    } else if (word_is(s, "interim")) {
        read_choice(k, s, INTERIM, 2, &choice);
        p->interim_resets = choice;
    } else if (word_is(s, "undo")) {
        read_choice(k, s, UNDO, 2, &choice);
        p->undo_readjudicates = choice;
    } else if (word_is(s, "split")) {
        build_amount(k, s, s->args, YH_V_RATE, NULL, YH_S(""), true, "先行自付",
                     &p->split.first_pay);
    } else if (word_is(s, "split.over")) {
        if (!over_word(k, s, &p->split.over_hosp))
            build_amount(k, s, s->args, YH_V_FLAG, NULL, YH_S(""), true, "超限价由医院负担",
                         &p->split.over_hosp);
    } else if (word_is(s, "split.lift")) {
        build_amount(k, s, s->args, YH_V_FLAG, NULL, YH_S(""), true, "不受限价",
                     &p->split.lift_limit);
    } else if (word_is(s, "split.pre-self")) {
        build_amount(k, s, s->args, YH_V_RATE, NULL, YH_S(""), false, "先自付",
                     &p->split.pre_self);
    } else if (word_is(s, "split.round")) {
        yh_fen unit = 1;
        read_round(k, s, &unit, &p->split.round_mode);
        if (unit != 1)
            BAD(k, s, s->args, "写 四舍五入、舍去 或 进一", "明细只保留到分");
    } else if (word_is(s, "entitled")) {
        build_amount(k, s, s->args, YH_V_FLAG, NULL, YH_S(""), false, "待遇资格", &p->entitled);
    } else if (word_is(s, "price")) {
        build_amount(k, s, s->args, YH_V_MONEY, NULL, YH_S(""), true, "病种价格",
                     &p->fixed_price);
    } else if (word_is(s, "account.family")) {
        build_amount(k, s, s->args, YH_V_FLAG, NULL, YH_S(""), true, "家庭共济",
                     &p->account.family);
    }
}

static void digest_of(struct compiler *k)
{
    const struct yh_merge *m = k->c.m;
    struct yh_sha256 h;
    yh_sha256_start(&h);
    for (int i = 0; i < m->ndoc; i++)
        yh_sha256_add(&h, m->set->doc[m->doc[i]].text);
    yh_sha256_end(&h, k->plan->digest);
}

/* Tags in the order that decides which one a line with several is taken by. */
static void tag_order(struct compiler *k)
{
    struct yh_plan *p = k->plan;
    uint8_t *order = YH_NEW(k->c.a, uint8_t, 32);
    for (int t = 1; t < k->c.kinds->dim_n[YH_DIM_TAG]; t++)
        if (k->c.tags_named >> t & 1)
            order[p->ntag_order++] = (uint8_t)t;
    p->tag_order = order;
}

enum yh_status yh_compile_merge(struct yh_arena *a, const struct yh_merge *m, yh_day day,
                                struct yh_policy_how how, struct yh_plan **out,
                                struct yh_findings *f, struct yh_err *err)
{
    struct compiler *k = YH_NEW(a, struct compiler, 1);
    struct yh_plan *p = YH_NEW(a, struct yh_plan, 1);
    const struct yh_policy_doc *base = &m->set->doc[m->base];
    int errors = f->count[YH_ERROR], missing = f->count[YH_MISSING];
    k->plan = p;
    k->c = (struct yh_cc){ .a = a, .m = m, .kinds = m->kinds, .f = f };
    k->c.clause_at = YH_NEW(a, int, m->set->ndoc);
    memset(k->c.visits, 0xff, sizeof k->c.visits);
    *p = (struct yh_plan){
        .id = base->id,
        .region = base->region,
        .scheme = base->scheme,
        .title = base->title,
        .period = base->period,
        .account.clause = -1,
        .version_day = YH_DAY_DISCHARGE,
        .entitle_day = YH_DAY_BEGIN,
        .term_day = YH_DAY_LINE,
        .year_start_month = 1,
        .year_start_day = 1,
    };
    (void)day;
    add_clauses(k);
    add_params(k);
    add_defines(k);
    set_required(k);
    set_order(k);
    for (int i = 0; i < m->n; i++)
        if (!m->item[i].stmt->group.n)
            compile_statement(k, m->item[i].stmt);
    compile_account(k);
    yh_str name[64];
    int n = layer_names(k, name);
    for (int i = 0; i < n; i++)
        add_variants(k, name[i]);
    check_picked(k);
    struct yh_layer *layer = YH_NEW(a, struct yh_layer, k->nvariant);
    for (int i = 0; i < k->nvariant; i++)
        compile_layer(k, i, &layer[i]);
    p->layer = layer;
    p->nlayer = k->nvariant;
    p->kind = m->kinds->kind;
    p->nkind = m->kinds->n;
    p->kind_map = m->kinds->map;
    memcpy(p->dim_n, m->kinds->dim_n, sizeof p->dim_n);
    tag_order(k);
    digest_of(k);
    if (f->count[YH_ERROR] > errors)
        return yh_fail(err, YH_BAD_TABLE, "政策文件有错误，不能执行");
    if (f->count[YH_MISSING] > missing && !how.missing_ok)
        return yh_fail(err, YH_BAD_TABLE, "政策文件缺参数，不得生效");
    *out = p;
    return YH_OK;
}
