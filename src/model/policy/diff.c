/* What changes between two plans, in words: tables are compared case by case. */
#include "model/policy/inside.h"

#include <stdio.h>

struct diff {
    struct yh_arena *a;
    const struct yh_plan *x, *y;
    struct yh_buf *out;
    yh_str head; /* "基本统筹 · 住院" */
    int n;
};

/* A dimension that one of the tables looks at, cut into classes that both treat alike. */
struct facet {
    enum yh_dim dim;
    int n;
    int64_t rep[YH_KINDS_MAX]; /* of y: ordinal (IDENT -1 = none) or number */
    yh_str name[YH_KINDS_MAX];
};

static const struct yh_axis *axis_of(const struct yh_cells *t, enum yh_dim dim)
{
    for (int i = 0; i < t->naxis; i++)
        if (t->axis[i].dim == dim)
            return &t->axis[i];
    return NULL;
}

static const struct yh_kind *kind_of(const struct yh_plan *p, enum yh_dim dim, int ordinal)
{
    for (int i = 0; i < p->nkind; i++)
        if (p->kind[i].dim == dim && p->kind[i].ordinal == ordinal)
            return &p->kind[i];
    return NULL;
}

static void set_fact(const struct yh_plan *y, const struct yh_plan *to, enum yh_dim dim,
                     int64_t v, struct yh_facts *f)
{
    if (dim >= YH_DIM_NUMERIC) {
        f->v[dim] = v;
        return;
    }
    const struct yh_kind *k = v >= 0 ? kind_of(y, dim, (int)v) : NULL;
    int o = k ? yh_plan_kind(to, dim, k->name) : -1;
    if (dim == YH_DIM_IDENT)
        f->idents = o < 0 ? 0 : UINT64_C(1) << o;
    else
        f->v[dim] = o < 0 ? 0 : o;
}

static int bucket(const struct yh_plan *y, const struct yh_plan *p, const struct yh_cells *t,
                  enum yh_dim dim, int64_t v)
{
    const struct yh_axis *x = axis_of(t, dim);
    if (!x)
        return 0;
    struct yh_facts f = { .idents = 0 };
    set_fact(y, p, dim, v, &f);
    if (dim == YH_DIM_IDENT) {
        for (int i = 0; i < x->n; i++)
            if (f.idents >> x->order[i] & 1)
                return i + 1;
        return 0;
    }
    if (dim < YH_DIM_NUMERIC)
        return f.v[dim] < x->n ? x->bucket[f.v[dim]] : 0;
    int b = 0;
    while (b < x->n && x->cut[b] <= v)
        b++;
    return b;
}

static void name_more(struct diff *d, struct facet *c, int i, yh_str name)
{
    if (!c->name[i].n)
        c->name[i] = name;
    else if (yh_utf8_count(c->name[i]) < 14)
        c->name[i] = yh_fmt(d->a, "%.*s、%.*s", YH_ARG(c->name[i]), YH_ARG(name));
    else if (!yh_ends(c->name[i], YH_S("等")))
        c->name[i] = yh_fmt(d->a, "%.*s等", YH_ARG(c->name[i]));
}

/* Does the plan's scheme know this value at all?  (A pharmacy's level, a resident under 310: no.) */
static bool concerns(const struct yh_plan *p, const struct yh_kind *k)
{
    if (k->dim != YH_DIM_PERSON)
        return true;
    const char *root = yh_starts(p->scheme, YH_S("39"))  ? "居民"
                       : yh_starts(p->scheme, YH_S("3")) ? "职工"
                                                         : "";
    if (!*root || yh_eq(k->name, yh_cstr(root)))
        return !*root;
    for (int up = k->parent; up >= 0; up = p->kind[up].parent)
        if (yh_eq(p->kind[up].name, yh_cstr(root)))
            return true;
    return false;
}

static void cut_kinds(struct diff *d, const struct yh_cells *s, const struct yh_cells *t,
                      struct facet *c)
{
    int from = c->dim == YH_DIM_IDENT ? -1 : 0;
    for (int o = from; o < d->y->dim_n[c->dim]; o++) {
        int i = 0, bs = bucket(d->y, d->x, s, c->dim, o), bt = bucket(d->y, d->y, t, c->dim, o);
        while (i < c->n && (bucket(d->y, d->x, s, c->dim, c->rep[i]) != bs ||
                            bucket(d->y, d->y, t, c->dim, c->rep[i]) != bt))
            i++;
        const struct yh_kind *k = o < 0 ? NULL : kind_of(d->y, c->dim, o);
        if (i == c->n) {
            c->name[i] = YH_S("");
            c->rep[c->n++] = o;
        }
        /* A refinement that goes with what it refines need not be named. */
        const struct yh_kind *up = k && k->parent >= 0 ? &d->y->kind[k->parent] : NULL;
        if (up && bucket(d->y, d->x, s, c->dim, up->ordinal) == bs &&
            bucket(d->y, d->y, t, c->dim, up->ordinal) == bt && concerns(d->y, up))
            continue;
        if (k && !concerns(d->y, k))
            continue;
        name_more(d, c, i, o < 0 ? YH_S("其他人") : k ? k->name : YH_S("?"));
    }
}

static void cut_numbers(struct diff *d, const struct yh_cells *s, const struct yh_cells *t,
                        struct facet *c)
{
    const struct yh_axis *both[] = { axis_of(s, c->dim), axis_of(t, c->dim) };
    int64_t at[YH_KINDS_MAX];
    int n = 0;
    for (int w = 0; w < 2; w++)
        for (int i = 0; both[w] && i < both[w]->n && n < YH_KINDS_MAX - 1; i++) {
            int j = n;
            while (j > 0 && at[j - 1] > both[w]->cut[i])
                j--;
            if (j > 0 && at[j - 1] == both[w]->cut[i])
                continue;
            memmove(&at[j + 1], &at[j], sizeof *at * (size_t)(n - j));
            at[j] = both[w]->cut[i];
            n++;
        }
    for (int i = 0; i <= n; i++) {
        c->rep[i] = i < n ? at[i] - 1 : n ? at[n - 1] : 0;
        c->name[i] =
            i == n ? yh_fmt(d->a, "%.*s %d 起", YH_ARG(yh_dim_word(c->dim)),
                            n ? (int)at[n - 1] : 0)
                   : yh_fmt(d->a, "%.*s 不到 %d", YH_ARG(yh_dim_word(c->dim)), (int)at[i]);
    }
    c->n = n + 1;
}

static int64_t value_at(const struct yh_cells *t, const struct yh_facts *f, int64_t absent)
{
    const struct yh_cell *c = yh_cell_at(t, f);
    return c ? c->value : absent;
}

static yh_str show(struct diff *d, int64_t v, enum yh_value_kind kind, bool points)
{
    if (v == YH_NONE)
        return kind == YH_V_RATE && !points ? YH_S("按目录") : YH_S("无");
    if (points)
        return yh_fmt(d->a, "%s%.*s 点", v > 0 ? "+" : "",
                      YH_ARG(yh_trim(yh_sub(yh_show_value(d->a, v, YH_V_RATE), 0,
                                            yh_show_value(d->a, v, YH_V_RATE).n - 1))));
    return yh_show_value(d->a, v, kind);
}

static void line(struct diff *d, yh_str who, const char *what, yh_str from, yh_str to)
{
    yh_putf(d->out, "%.*s%s%s%s%.*s：%.*s → %.*s\n", YH_ARG(d->head), d->head.n ? " · " : "",
            what, who.n ? " · " : "", YH_ARG(who), YH_ARG(from), YH_ARG(to));
    d->n++;
}

struct change {
    int at[YH_DIM_N];
    int64_t from, to;
};

/* Compares two tables over all cases, and says each change once, naming only what matters. */
static void tables(struct diff *d, const char *what, const struct yh_cells *s,
                   const struct yh_cells *t, enum yh_value_kind kind, bool points,
                   int64_t absent)
{
    struct facet *c = YH_NEW(d->a, struct facet, YH_DIM_N);
    int nf = 0;
    int64_t all = 1;
    for (int dim = 0; dim < YH_DIM_N; dim++)
        if (axis_of(s, dim) || axis_of(t, dim)) {
            c[nf].dim = dim;
            if (dim < YH_DIM_NUMERIC)
                cut_kinds(d, s, t, &c[nf]);
            else
                cut_numbers(d, s, t, &c[nf]);
            all *= c[nf++].n;
        }
    if (all > 200000)
        return;
    struct change *ch = NULL;
    int n = 0, cap = 0;
    for (int64_t i = 0; i < all; i++) {
        struct yh_facts fx = { .idents = 0 }, fy = { .idents = 0 };
        struct change x = { .from = 0 };
        int64_t rest = i;
        for (int k = 0; k < nf; k++) {
            x.at[k] = (int)(rest % c[k].n);
            rest /= c[k].n;
            set_fact(d->y, d->x, c[k].dim, c[k].rep[x.at[k]], &fx);
            set_fact(d->y, d->y, c[k].dim, c[k].rep[x.at[k]], &fy);
        }
        x.from = value_at(s, &fx, absent);
        x.to = value_at(t, &fy, absent);
        if (x.from != x.to)
            YH_PUSH(d->a, ch, n, cap) = x;
    }
    /* A dimension matters where changes differ along it, or some of its classes do not change. */
    bool matters[YH_DIM_N];
    for (int k = 0; k < nf; k++) {
        bool same = true;
        for (int i = 0; i < n; i++) {
            int copies = 0;
            for (int j = 0; j < n; j++) {
                bool twin = true;
                for (int q = 0; q < nf; q++)
                    twin &= q == k || ch[j].at[q] == ch[i].at[q];
                if (twin) {
                    copies++;
                    same &= ch[j].from == ch[i].from && ch[j].to == ch[i].to;
                }
            }
            same &= copies == c[k].n;
            if (n > 2000)
                break;
        }
        matters[k] = !same;
    }
    for (int i = 0; i < n; i++) {
        struct yh_buf who = yh_buf_in(d->a);
        bool first = true;
        for (int k = 0; k < nf; k++)
            first &= matters[k] ? c[k].name[ch[i].at[k]].n > 0 : ch[i].at[k] == 0;
        if (!first)
            continue;
        for (int k = 0; k < nf; k++)
            if (matters[k]) {
                yh_putz(&who, yh_buf_str(&who).n ? " " : "");
                yh_put(&who, c[k].name[ch[i].at[k]]);
            }
        line(d, yh_buf_str(&who), what, show(d, ch[i].from, kind, points),
             show(d, ch[i].to, kind, points));
    }
}

static yh_str visits_text(struct diff *d, const struct yh_plan *p, const struct yh_layer *l)
{
    struct yh_buf b = yh_buf_in(d->a);
    for (int i = 0; i < p->nkind; i++) {
        const struct yh_kind *k = &p->kind[i];
        if (k->dim != YH_DIM_VISIT || !(l->visits[k->ordinal / 64] >> (k->ordinal % 64) & 1))
            continue;
        const struct yh_kind *up = k->parent >= 0 ? &p->kind[k->parent] : NULL;
        if (up && l->visits[up->ordinal / 64] >> (up->ordinal % 64) & 1)
            continue;
        yh_putf(&b, "%s%.*s", yh_buf_str(&b).n ? "、" : "", YH_ARG(k->name));
    }
    return yh_buf_str(&b);
}

static const struct yh_layer *match(const struct diff *d, const struct yh_layer *l,
                                    const struct yh_plan *from, const struct yh_plan *in)
{
    for (int v = 0; v < from->dim_n[YH_DIM_VISIT]; v++) {
        if (!(l->visits[v / 64] >> (v % 64) & 1))
            continue;
        const struct yh_kind *k = kind_of(from, YH_DIM_VISIT, v);
        int o = k ? yh_plan_kind(in, YH_DIM_VISIT, k->name) : -1;
        for (int i = 0; o >= 0 && i < in->nlayer; i++)
            if (yh_eq(in->layer[i].name, l->name) &&
                in->layer[i].visits[o / 64] >> (o % 64) & 1)
                return &in->layer[i];
    }
    (void)d;
    return NULL;
}

static const struct yh_cells NOTHING;

static void layers(struct diff *d, const struct yh_layer *s, const struct yh_layer *t)
{
    tables(d, "适用条件", &s->when, &t->when, YH_V_FLAG, false, 1);
    tables(d, "起付标准", &s->deduct.amount, &t->deduct.amount, YH_V_MONEY, false, 0);
    tables(d, "年度起付总额", &s->deduct.ceiling, &t->deduct.ceiling, YH_V_MONEY, false,
           YH_UNLIMITED);
    tables(d, "每次起付增减", &s->deduct.step, &t->deduct.step, YH_V_MONEY, false, 0);
    for (int i = 0; i < s->nband || i < t->nband; i++) {
        char what[80] = "支付比例", edge[80] = "";
        const struct yh_cells *a = i < s->nband ? &s->band[i].rate : &NOTHING;
        const struct yh_cells *b = i < t->nband ? &t->band[i].rate : &NOTHING;
        if (s->nband > 1 || t->nband > 1) {
            snprintf(what, sizeof what, "第 %d 段比例", i + 1);
            snprintf(edge, sizeof edge, "第 %d 段起点", i + 1);
        } else {
            snprintf(edge, sizeof edge, "起付线");
        }
        tables(d, edge, i < s->nband ? &s->band[i].from : &NOTHING,
               i < t->nband ? &t->band[i].from : &NOTHING, YH_V_MONEY, false, YH_NONE);
        tables(d, what, a, b, YH_V_RATE, false, YH_NONE);
    }
    for (int i = 0; i < s->nadjust || i < t->nadjust; i++) {
        enum yh_adjust_op op = i < t->nadjust ? t->adjust[i].op : s->adjust[i].op;
        bool points = op == YH_ADJUST_POINTS;
        tables(d, points ? "比例加减" : "比例系数",
               i < s->nadjust ? &s->adjust[i].by : &NOTHING,
               i < t->nadjust ? &t->adjust[i].by : &NOTHING, YH_V_RATE, points,
               points ? 0 : YH_ONE);
    }
    tables(d, "定额", &s->lump, &t->lump, YH_V_MONEY, false, 0);
    tables(d, "每日定额", &s->per_day, &t->per_day, YH_V_MONEY, false, 0);
    for (int i = 0; i < s->ncap || i < t->ncap; i++)
        tables(d, "限额", i < s->ncap ? &s->cap[i].amount : &NOTHING,
               i < t->ncap ? &t->cap[i].amount : &NOTHING, YH_V_MONEY, false, YH_UNLIMITED);
    if (s->of.n != t->of.n || s->cumulative != t->cumulative || s->to_date != t->to_date ||
        memcmp(s->of.term, t->of.term, sizeof *s->of.term * (size_t)s->of.n))
        line(d, YH_S(""), "计算基数", YH_S("原规定"), YH_S("新规定（见 of、settle）"));
    if (!yh_eq(s->fund, t->fund))
        line(d, YH_S(""), "支付基金", s->fund, t->fund);
}

static void whole(struct diff *d, const char *what)
{
    yh_putf(d->out, "%.*s：%s\n", YH_ARG(d->head), what);
    d->n++;
}

int yh_policy_diff(struct yh_arena *a, const struct yh_plan *x, const struct yh_plan *y,
                   struct yh_buf *out)
{
    struct diff d = { .a = a, .x = x, .y = y, .out = out };
    for (int i = 0; i < y->nlayer; i++) {
        const struct yh_layer *t = &y->layer[i], *s = match(&d, t, y, x);
        d.head = yh_fmt(a, "%.*s · %.*s", YH_ARG(t->name), YH_ARG(visits_text(&d, y, t)));
        if (s)
            layers(&d, s, t);
        else
            whole(&d, "新增这一层");
    }
    for (int i = 0; i < x->nlayer; i++) {
        const struct yh_layer *s = &x->layer[i];
        d.head = yh_fmt(a, "%.*s · %.*s", YH_ARG(s->name), YH_ARG(visits_text(&d, x, s)));
        if (!match(&d, s, x, y))
            whole(&d, "取消这一层");
    }
    d.head = YH_S("");
    tables(&d, "先行自付", &x->split.first_pay, &y->split.first_pay, YH_V_RATE, false, YH_NONE);
    tables(&d, "异地先自付", &x->split.pre_self, &y->split.pre_self, YH_V_RATE, false, 0);
    tables(&d, "不受限价", &x->split.lift_limit, &y->split.lift_limit, YH_V_FLAG, false, 0);
    tables(&d, "超限价由医院负担", &x->split.over_hosp, &y->split.over_hosp, YH_V_FLAG, false,
           0);
    tables(&d, "待遇资格", &x->entitled, &y->entitled, YH_V_FLAG, false, 1);
    tables(&d, "病种价格", &x->fixed_price, &y->fixed_price, YH_V_MONEY, false, YH_NONE);
    if (x->year_start_month != y->year_start_month || x->year_start_day != y->year_start_day ||
        x->year_by_admission != y->year_by_admission)
        line(&d, YH_S(""), "保险年度", YH_S("原规定"), YH_S("新规定（见 year）"));
    return d.n;
}
