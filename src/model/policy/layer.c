/* model/policy/layer.c -- one layer of a document: what it sees of a bill (when, only, of), who pays it. */
#include "model/policy/compile.h"

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

static bool share_visit(const struct yh_variant *a, const struct yh_variant *b)
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

static void of_expr(struct yh_compiler *k, const struct yh_policy_stmt *s, yh_str expr,
                    bool minus, struct of_work *w);

static void of_layer_term(struct yh_compiler *k, const struct yh_policy_stmt *s, yh_str at,
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

static void of_term(struct yh_compiler *k, const struct yh_policy_stmt *s, yh_str t, bool minus,
                    struct of_work *w)
{
    yh_micro share = YH_ONE;
    yh_str rest = t, name = yh_trim(yh_cut_any(&rest, "×", "*"));
    if (rest.p)
        share = yh_amount_one(k, s, yh_trim(rest), YH_V_RATE, false);
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

static void of_expr(struct yh_compiler *k, const struct yh_policy_stmt *s, yh_str expr,
                    bool minus, struct of_work *w)
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

static void read_of(struct yh_compiler *k, struct yh_layer *l)
{
    const struct yh_policy_stmt *s = yh_layer_stmt(k, "of", 0);
    if (!s && !yh_layer_stmt(k, "rate", 0) && !yh_layer_stmt(k, "bands", 0)) {
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
        l->acc_base = yh_layer_acc(k, "累计", YH_SPAN_YEAR);
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

static void read_when(struct yh_compiler *k, struct yh_layer *l)
{
    struct yh_entries yes = { 0 }, no = { 0 };
    const struct yh_policy_stmt *s, *last = NULL;
    for (int nth = 0; (s = yh_layer_stmt(k, "when", nth)); nth++) {
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

static uint32_t read_tags(struct yh_compiler *k, const struct yh_policy_stmt *s, yh_str rest)
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

static void read_lines(struct yh_compiler *k, struct yh_layer *l)
{
    const struct yh_policy_stmt *only = yh_layer_stmt(k, "only", 0),
                                *skip = yh_layer_stmt(k, "skip", 0);
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

void yh_round_read(struct yh_compiler *k, const struct yh_policy_stmt *s, yh_fen *unit,
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

static void read_settle(struct yh_compiler *k, struct yh_layer *l)
{
    const struct yh_policy_stmt *s = yh_layer_stmt(k, "settle", 0);
    if (!s)
        return;
    l->to_date = yh_eq(s->args, YH_S("结清"));
    if (!l->to_date && !yh_eq(s->args, YH_S("累计差额")))
        BAD(k, s, s->args, "写 settle 累计差额 或 settle 结清", "不认得「%.*s」",
            YH_ARG(s->args));
    if (!l->cumulative)
        BAD(k, s, s->where, "of 写 年度累计 …，或删去 settle", "settle 只用于年度累计的层");
}

static void read_excludes(struct yh_compiler *k, struct yh_layer *l)
{
    const struct yh_policy_stmt *s;
    for (int nth = 0; (s = yh_layer_stmt(k, "excludes", nth)); nth++) {
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

/* "pays 390100", of whichever block says it. */
static void read_pays(struct yh_compiler *k, struct yh_layer *l)
{
    const struct yh_merge *m = k->c.m;
    const struct yh_policy_stmt *first = NULL;
    for (int i = 0; i < m->n; i++) {
        const struct yh_policy_stmt *s = m->item[i].stmt;
        if (!yh_stmt_is(s, "layer") || !yh_eq(s->group, l->name))
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
        l->payer = yh_payer_of(fund);
        l->clause = yh_cc_clause(&k->c, s);
    }
    if (!l->fund.n && first)
        BAD(k, first, first->where, "第一次写这一层时加 pays 基金代码，如 pays 390100",
            "「%.*s」没有写由谁支付", YH_ARG(l->name));
}

/* The layer's tables must cover its visits, and pharmacies where one of these takes place there. */
static void require_visits(struct yh_cc *c, const struct yh_layer *l)
{
    memcpy(c->visits, l->visits, sizeof c->visits);
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
}

static void require_all_visits(struct yh_cc *c)
{
    memset(c->visits, 0xff, sizeof c->visits);
    for (int o = 0; o < c->kinds->dim_n[YH_DIM_VISIT]; o++)
        c->required[YH_DIM_VISIT][o] = !c->kinds->group[c->kinds->at[YH_DIM_VISIT][o]];
}

void yh_compile_layer(struct yh_compiler *k, int at, struct yh_layer *l)
{
    k->at = &k->variant[at];
    *l = (struct yh_layer){ .name = k->at->name,
                            .acc_base = -1,
                            .acc_paid = -1,
                            .round_unit = 1,
                            .round_mode = YH_ROUND_HALF_UP,
                            .clause = -1 };
    l->deduct.acc = -1;
    memcpy(l->visits, k->at->visits, sizeof l->visits);
    require_visits(&k->c, l);
    read_pays(k, l);
    yh_share_exceptions(k);
    read_when(k, l);
    read_lines(k, l);
    read_of(k, l);
    yh_share_read(k, l);
    read_settle(k, l);
    read_excludes(k, l);
    yh_round_read(k, yh_layer_stmt(k, "round", 0), &l->round_unit, &l->round_mode);
    yh_share_check(k, l);
    l->acc_paid = yh_layer_acc(k, "已付", YH_SPAN_YEAR);
    require_all_visits(&k->c);
}
