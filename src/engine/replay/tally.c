#include "engine/replay/tally.h"
#include <stdio.h>
#include <string.h>

static const struct {
    const char *word, *name;
} VIEW[YH_VIEWS] = {
    { "all", "合计" },      { "scheme", "险种" }, { "level", "级别" }, { "service", "服务" },
    { "county", "参保地" }, { "age", "年龄" },    { "ident", "身份" }, { "month", "月份" },
    { "place", "就医地" },  { "mix", "结构" },
};

yh_str yh_view_name(enum yh_view v)
{
    return yh_cstr(VIEW[v].name);
}

static const yh_str AGE[YH_TALLY_AGES] = { YH_S_INIT("0–6"),   YH_S_INIT("7–17"),
                                           YH_S_INIT("18–44"), YH_S_INIT("45–59"),
                                           YH_S_INIT("60–64"), YH_S_INIT("65–74"),
                                           YH_S_INIT("75–84"), YH_S_INIT("85–") };

int yh_tally_age(int age)
{
    static const int FROM[YH_TALLY_AGES] = { 0, 7, 18, 45, 60, 65, 75, 85 };
    int b = 0;
    while (b + 1 < YH_TALLY_AGES && age >= FROM[b + 1])
        b++;
    return b;
}

/* ---- axes ---- */

static yh_str root_of(const struct yh_plan *p, enum yh_dim dim, int64_t ordinal)
{
    for (int i = 0; i < p->nkind; i++)
        if (p->kind[i].dim == dim && p->kind[i].ordinal == ordinal) {
            while (p->kind[i].parent >= 0)
                i = p->kind[i].parent;
            return p->kind[i].name;
        }
    return YH_S("其他");
}

static yh_str name_of(const struct yh_plan *p, enum yh_dim dim, int64_t ordinal)
{
    for (int i = 0; i < p->nkind; i++)
        if (p->kind[i].dim == dim && p->kind[i].ordinal == ordinal)
            return p->kind[i].name;
    return YH_S("其他");
}

/* The bucket of that name, added when new. */
static int bucket(struct yh_axes *x, enum yh_view v, yh_str name, int cap)
{
    for (int i = 0; i < x->n[v]; i++)
        if (yh_eq(x->name[v][i], name))
            return i;
    if (x->n[v] == cap)
        return cap - 1;
    x->name[v][x->n[v]] = name;
    return x->n[v]++;
}

static void by_dict(struct yh_arena *a, struct yh_axes *x, enum yh_view v,
                    const struct yh_arc_dict *d)
{
    x->n[v] = (int)yh_min(d->n, YH_WHERE_MAX);
    x->name[v] = YH_NEW(a, yh_str, x->n[v]);
    for (int i = 0; i < x->n[v]; i++)
        x->name[v][i] = i ? d->text[i] : YH_S("不详");
}

static void services(struct yh_arena *a, struct yh_axes *x, const struct yh_lens *lens,
                     const struct yh_plan *plan)
{
    const struct yh_arc_dict *d = &lens->dicts->of[YH_DICT_MED_TYPE];
    x->service = YH_NEW(a, int16_t, d->n);
    x->name[YH_VIEW_SERVICE] = YH_NEW(a, yh_str, 24);
    for (int i = 0; i < d->n; i++) {
        yh_str name =
            i ? root_of(plan, YH_DIM_VISIT, yh_kind_visit(plan, d->text[i])) : YH_S("其他");
        x->service[i] = (int16_t)bucket(x, YH_VIEW_SERVICE, name, 24);
    }
}

static void levels(struct yh_arena *a, struct yh_axes *x, const struct yh_lens *lens,
                   const struct yh_plan *plan)
{
    static const yh_str NAME[] = { YH_S_INIT("三级"), YH_S_INIT("二级"),
                                   YH_S_INIT("一级及以下"), YH_S_INIT("未定级"),
                                   YH_S_INIT("药店") };
    x->level = YH_NEW(a, int16_t, lens->nprovider);
    x->n[YH_VIEW_LEVEL] = YH_COUNT(NAME);
    x->name[YH_VIEW_LEVEL] = YH_NEW(a, yh_str, YH_COUNT(NAME));
    memcpy(x->name[YH_VIEW_LEVEL], NAME, sizeof NAME);
    for (int i = 0; i < lens->nprovider; i++) {
        const struct yh_lens_provider *p = &lens->provider[i];
        uint8_t term = 0;
        (void)yh_kind_level(plan, p->kind, p->level, p->own, &term);
        x->level[i] = yh_eq(p->kind, YH_S("2")) ? 4
                      : term == YH_LEVEL_3      ? 0
                      : term == YH_LEVEL_2      ? 1
                      : term == YH_LEVEL_1      ? 2
                                                : 3;
    }
}

static void idents(struct yh_arena *a, struct yh_axes *x, const struct yh_lens *lens,
                   const struct yh_plan *plan)
{
    const struct yh_arc_dict *d = &lens->dicts->of[YH_DICT_IDENT];
    x->ident = YH_NEW(a, int16_t, d->n);
    x->rank = YH_NEW(a, int16_t, d->n);
    x->name[YH_VIEW_IDENT] = YH_NEW(a, yh_str, 64);
    (void)bucket(x, YH_VIEW_IDENT, YH_S("无"), 64);
    for (int i = 1; i < d->n; i++) {
        int k = yh_plan_kind(plan, YH_DIM_IDENT, d->text[i]);
        yh_str name = k < 0 ? d->text[i] : name_of(plan, YH_DIM_IDENT, k);
        x->ident[i] = (int16_t)bucket(x, YH_VIEW_IDENT, name, 64);
        x->rank[i] = (int16_t)(k < 0 ? 1000 : k);
    }
}

void yh_axes_open(struct yh_arena *a, const struct yh_lens *lens, const struct yh_plan *plan,
                  struct yh_axes *out)
{
    static const yh_str PLACE[] = { YH_S_INIT("本地"), YH_S_INIT("省内异地"),
                                    YH_S_INIT("跨省异地") };
    struct yh_axes x = { 0 };
    x.n[YH_VIEW_ALL] = 1;
    x.name[YH_VIEW_ALL] = YH_NEW(a, yh_str, 1);
    x.name[YH_VIEW_ALL][0] = YH_S("合计");
    by_dict(a, &x, YH_VIEW_SCHEME, &lens->dicts->of[YH_DICT_SCHEME]);
    by_dict(a, &x, YH_VIEW_COUNTY, &lens->dicts->of[YH_DICT_OFFICE]);
    services(a, &x, lens, plan);
    levels(a, &x, lens, plan);
    idents(a, &x, lens, plan);
    x.n[YH_VIEW_AGE] = YH_TALLY_AGES;
    x.name[YH_VIEW_AGE] = YH_NEW(a, yh_str, YH_TALLY_AGES);
    memcpy(x.name[YH_VIEW_AGE], AGE, sizeof AGE);
    x.n[YH_VIEW_MONTH] = 12;
    x.name[YH_VIEW_MONTH] = YH_NEW(a, yh_str, 12);
    for (int i = 0; i < 12; i++)
        x.name[YH_VIEW_MONTH][i] = yh_fmt(a, "%d", i + 1);
    x.n[YH_VIEW_PLACE] = 3;
    x.name[YH_VIEW_PLACE] = YH_NEW(a, yh_str, 3);
    memcpy(x.name[YH_VIEW_PLACE], PLACE, sizeof PLACE);
    int services_n = x.n[YH_VIEW_SERVICE], levels_n = x.n[YH_VIEW_LEVEL];
    x.n[YH_VIEW_MIX] = x.n[YH_VIEW_SCHEME] * services_n * levels_n;
    x.name[YH_VIEW_MIX] = YH_NEW(a, yh_str, x.n[YH_VIEW_MIX]);
    for (int i = 0; i < x.n[YH_VIEW_MIX]; i++)
        x.name[YH_VIEW_MIX][i] = yh_fmt(
            a, "%.*s %.*s %.*s", YH_ARG(x.name[YH_VIEW_SCHEME][i / levels_n / services_n]),
            YH_ARG(x.name[YH_VIEW_SERVICE][i / levels_n % services_n]),
            YH_ARG(x.name[YH_VIEW_LEVEL][i % levels_n]));
    for (int v = 0; v < YH_VIEWS; v++) {
        x.at[v] = x.ncell;
        x.ncell += x.n[v];
    }
    *out = x;
}

/* ---- where ---- */

enum yh_status yh_where_parse(const struct yh_axes *x, yh_str text, struct yh_where *out,
                              struct yh_err *err)
{
    struct yh_where w = { 0 };
    while (text.n) {
        yh_str term = yh_trim(yh_cut(&text, ' '));
        if (!term.n)
            continue;
        yh_str values = term, name = yh_cut(&values, '=');
        int v = 0;
        while (v < YH_VIEW_MIX && !yh_eq(name, yh_cstr(VIEW[v].word)) &&
               !yh_eq(name, yh_cstr(VIEW[v].name)))
            v++;
        if (v == YH_VIEW_ALL || v >= YH_VIEW_MIX || !values.p)
            return yh_fail(
                err, YH_BAD_INPUT,
                "--where 不认识“%.*s”：写 险种、级别、服务、参保地、年龄、身份、月份、"
                "就医地 之一 = 取值，多个取值用逗号分开",
                YH_ARG(term));
        while (values.n) {
            yh_str one = yh_trim(yh_cut(&values, ','));
            int b = 0;
            while (b < x->n[v] && !yh_eq(x->name[v][b], one))
                b++;
            if (b == x->n[v])
                return yh_fail(err, YH_BAD_INPUT, "--where：档案的%s里没有“%.*s”", VIEW[v].name,
                               YH_ARG(one));
            w.bit[v][b / 64] |= UINT64_C(1) << (b % 64);
            w.any[v] = true;
        }
    }
    *out = w;
    return YH_OK;
}

bool yh_where_holds(const struct yh_where *w, const struct yh_tally_key *k)
{
    for (int v = 0; v < YH_VIEW_MIX; v++)
        if (w->any[v] && !(w->bit[v][k->at[v] / 64] >> (k->at[v] % 64) & 1))
            return false;
    return true;
}

/* ---- sums ---- */

const yh_fen yh_spread_edge[YH_SPREAD - 1] = { -1000000, -500000, -100000, -50000, -10000, 0, 1,
                                               10001,    50001,   100001,  500001, 1000001 };

int yh_spread_of(yh_fen diff)
{
    int b = 0;
    while (b < YH_SPREAD - 1 && yh_spread_edge[b] <= diff)
        b++;
    return b;
}

size_t yh_tally_words(const struct yh_axes *x, int scenarios)
{
    return (size_t)x->ncell * (size_t)scenarios * YH_MEASURES;
}

void yh_tally_open(struct yh_arena *a, const struct yh_axes *x, int scenarios,
                   struct yh_tally *out)
{
    yh_assert(scenarios >= 1 && scenarios <= YH_TALLY_SCENARIOS);
    *out = (struct yh_tally){ .axes = x,
                              .scenarios = scenarios,
                              .sum = YH_NEW(a, int64_t, yh_tally_words(x, scenarios)) };
}

struct yh_tally_key yh_tally_key(const struct yh_axes *x, const struct yh_arc_head *h,
                                 yh_day born, const struct yh_arc_identity *identity, int n)
{
    struct yh_tally_key k;
    int ident = 0, best = 1 << 14;
    for (int i = 0; i < n; i++) {
        const struct yh_arc_identity *y = &identity[i];
        if (y->from_day <= h->begin && h->begin < y->to_day && x->rank[y->kind] < best) {
            best = x->rank[y->kind];
            ident = x->ident[y->kind];
        }
    }
    k.at[YH_VIEW_ALL] = 0;
    k.at[YH_VIEW_SCHEME] = (int16_t)h->scheme;
    k.at[YH_VIEW_LEVEL] = x->level[h->provider];
    k.at[YH_VIEW_SERVICE] = x->service[h->med_type];
    k.at[YH_VIEW_COUNTY] = (int16_t)(h->office < x->n[YH_VIEW_COUNTY] ? h->office : 0);
    k.at[YH_VIEW_AGE] = (int16_t)yh_tally_age(yh_age_years(born, (yh_day)h->begin));
    k.at[YH_VIEW_IDENT] = (int16_t)ident;
    k.at[YH_VIEW_MONTH] = (int16_t)(yh_civil_of(yh_time_day(h->time)).month - 1);
    k.at[YH_VIEW_PLACE] = (int16_t)h->away;
    k.at[YH_VIEW_MIX] = (int16_t)((h->scheme * x->n[YH_VIEW_SERVICE] + k.at[YH_VIEW_SERVICE]) *
                                      x->n[YH_VIEW_LEVEL] +
                                  k.at[YH_VIEW_LEVEL]);
    return k;
}

static void counts(const struct yh_arc_head *h, int64_t out[YH_MEASURES])
{
    int one = h->kind ? -1 : 1;
    out[YH_SUM_BILLS] = one;
    out[YH_SUM_STAYS] = h->stay && h->part != 1 ? one : 0;
}

void yh_tally_of_head(const struct yh_arc_head *h, const struct yh_sums *s,
                      int64_t out[YH_MEASURES])
{
    counts(h, out);
    out[YH_SUM_TOTAL] = s->total;
    out[YH_SUM_OUTSIDE] = s->outside;
    out[YH_SUM_OVER] = s->over;
    out[YH_SUM_FIRST] = s->first;
    out[YH_SUM_SCOPE] = s->scope;
    out[YH_SUM_DEDUCT] = h->deductible;
    int64_t *pay = out + YH_SUM_PAY;
    pay[YH_PAY_BASIC] = h->basic;
    pay[YH_PAY_SERIOUS] = h->serious;
    pay[YH_PAY_LARGE] = h->large;
    pay[YH_PAY_ENTERPRISE] = h->enterprise;
    pay[YH_PAY_CIVIL] = h->civil_pay;
    pay[YH_PAY_ASSIST] = h->assist;
    pay[YH_PAY_DISABLED] = h->disabled;
    pay[YH_PAY_OTHER] = h->other;
    pay[YH_PAY_WAIVER] = h->waiver;
    out[YH_SUM_HOSPITAL] = h->hospital;
    out[YH_SUM_ACCOUNT] = h->account;
    out[YH_SUM_RELATIVE] = h->relative;
    out[YH_SUM_CASH] = s->total - yh_arc_fund(h) - h->hospital - h->account - h->relative;
    out[YH_SUM_TO_PERSON] = h->to_person;
}

void yh_tally_of_decision(const struct yh_arc_head *h, const struct yh_decision *d,
                          int64_t out[YH_MEASURES])
{
    counts(h, out);
    out[YH_SUM_TOTAL] = d->sums.total;
    out[YH_SUM_OUTSIDE] = d->sums.outside;
    out[YH_SUM_OVER] = d->sums.over;
    out[YH_SUM_FIRST] = d->sums.first;
    out[YH_SUM_SCOPE] = d->sums.scope;
    out[YH_SUM_DEDUCT] = d->deductible;
    memcpy(out + YH_SUM_PAY, d->pay, sizeof d->pay);
    out[YH_SUM_HOSPITAL] = d->hospital;
    out[YH_SUM_ACCOUNT] = d->account;
    out[YH_SUM_RELATIVE] = d->relative;
    out[YH_SUM_CASH] = d->cash;
    out[YH_SUM_TO_PERSON] = d->to_person;
}

void yh_tally_add(struct yh_tally *t, const struct yh_tally_key *k, int scenario,
                  const int64_t m[YH_MEASURES])
{
    for (int v = 0; v < YH_VIEWS; v++) {
        int64_t *to = t->sum + ((size_t)(t->axes->at[v] + k->at[v]) * (size_t)t->scenarios +
                                (size_t)scenario) *
                                   YH_MEASURES;
        for (int i = 0; i < YH_MEASURES; i++)
            to[i] += m[i];
    }
}

void yh_tally_person(struct yh_tally *t, int scenario, yh_fen diff)
{
    int b = yh_spread_of(diff);
    t->spread[scenario].people[b]++;
    t->spread[scenario].sum[b] += diff;
}

void yh_tally_join(struct yh_tally *to, const struct yh_tally *from)
{
    size_t n = yh_tally_words(to->axes, to->scenarios);
    for (size_t i = 0; i < n; i++)
        to->sum[i] += from->sum[i];
    for (int s = 0; s < to->scenarios; s++)
        for (int b = 0; b < YH_SPREAD; b++) {
            to->spread[s].people[b] += from->spread[s].people[b];
            to->spread[s].sum[b] += from->spread[s].sum[b];
        }
}

int64_t yh_tally_at(const struct yh_tally *t, enum yh_view v, int b, int scenario,
                    enum yh_tally_sum m)
{
    return t->sum[((size_t)(t->axes->at[v] + b) * (size_t)t->scenarios + (size_t)scenario) *
                      YH_MEASURES +
                  m];
}

yh_fen yh_tally_fund(const struct yh_tally *t, enum yh_view v, int b, int s)
{
    yh_fen sum = 0;
    for (int i = 0; i < YH_PAY_N; i++)
        if (i != YH_PAY_WAIVER)
            sum += yh_tally_at(t, v, b, s, (enum yh_tally_sum)(YH_SUM_PAY + i));
    return sum;
}

yh_fen yh_tally_burden(const struct yh_tally *t, enum yh_view v, int b, int s)
{
    return yh_tally_at(t, v, b, s, YH_SUM_ACCOUNT) + yh_tally_at(t, v, b, s, YH_SUM_RELATIVE) +
           yh_tally_at(t, v, b, s, YH_SUM_CASH);
}
