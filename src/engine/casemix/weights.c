/* engine/casemix/weights.c */
#include "engine/casemix/weights.h"
#include "engine/casemix/facts.h"

#include <stdlib.h>

#define PAIRS_MAX 50000000

static int32_t result(struct yh_results *r, struct yh_map *seen, struct yh_group_name name,
                      yh_str title, bool drg)
{
    int32_t at = yh_map_get(seen, name.drg, -1);
    if (at >= 0)
        return at;
    at = r->n++;
    yh_map_add(seen, name.drg, at);
    r->name[at] = name;
    r->title[at] = title;
    r->drg[at] = drg;
    return at;
}

void yh_results_of(const struct yh_scheme *s, struct yh_arena *a, struct yh_results *out)
{
    int most = s->ndrg + s->nadrg + 1;
    struct yh_map seen = yh_map_in(a, most);
    *out = (struct yh_results){ .name = YH_NEW(a, struct yh_group_name, most),
                                .title = YH_NEW(a, yh_str, most),
                                .drg = YH_NEW(a, bool, most),
                                .of_drg = YH_NEW(a, int32_t, s->ndrg),
                                .of_adrg = YH_NEW(a, int32_t, s->nadrg) };
    for (int r = 0; r < s->nadrg; r++) {
        const struct yh_adrg_row *row = &s->adrg[r];
        for (int d = row->first; d < row->first + row->n; d++)
            out->of_drg[d] = result(out, &seen, s->drg[d].name, s->drg[d].title, true);
        out->of_adrg[r] = -1;
        if (row->kind == YH_ADRG_QY || (!row->falls_through && !yh_adrg_always_drg(s, row)))
            out->of_adrg[r] =
                result(out, &seen, row->no_drg, row->title, row->kind != YH_ADRG_QY);
    }
    result(out, &seen, s->ungroupable, YH_S("未入组"), false);
}

static enum yh_status check(const struct yh_past *past, int64_t n, int ngroup, int nhospital,
                            const struct yh_weights_rules *rules, struct yh_err *err)
{
    if (rules->low < 0 || rules->high < rules->low || rules->high > 1000 * YH_ONE ||
        rules->stable_cases < 1 ||
        (rules->trim == YH_TRIM_SD && (rules->sd_tenths < 1 || rules->sd_tenths > 100)))
        return yh_fail(err, YH_BAD_INPUT, "裁剪或稳定的参数超出范围");
    if ((int64_t)ngroup * nhospital > PAIRS_MAX)
        return yh_fail(err, YH_LIMIT, "机构与组的配对多于 5000 万");
    for (int64_t i = 0; i < n; i++) {
        const struct yh_past *c = &past[i];
        if (c->cost <= 0 || c->cost > 100000000000 || c->group < 0 || c->group >= ngroup ||
            c->hospital < 0 || c->hospital >= nhospital || c->los < 0 || c->share < 0 ||
            c->share > 1000) {
            yh_fail(err, YH_BAD_INPUT, "第 %lld 例的费用、组、机构、天数或年份权重超出范围",
                    (long long)i);
            if (err)
                err->row = (int)i;
            return YH_BAD_INPUT;
        }
    }
    return YH_OK;
}

static void count(struct yh_group_stat *g, const struct yh_past *c)
{
    g->kept += c->share > 0;
    g->share += c->share;
    g->sum += (yh_wide)c->share * c->cost;
    g->square += (yh_wide)c->share * c->cost * c->cost;
    g->days += (int64_t)c->share * c->los;
}

static void uncount(struct yh_group_stat *g, const struct yh_past *c)
{
    g->kept -= c->share > 0;
    g->share -= c->share;
    g->sum -= (yh_wide)c->share * c->cost;
    g->square -= (yh_wide)c->share * c->cost * c->cost;
    g->days -= (int64_t)c->share * c->los;
}

/* Bounds within which no product above leaves 128 bits: 10^15 yuan in all, and room for the squares
 * of 10 million cases of 100,000,000 yuan. */
static enum yh_status fits(const struct yh_past *past, int64_t n,
                           const struct yh_group_stat *group, int ngroup, struct yh_err *err)
{
    const yh_wide most = (yh_wide)100000000000000000; /* 10^17 */
    yh_wide sum = 0, square = 0, share = 0;
    yh_fen cost = 0;
    for (int i = 0; i < ngroup; i++) {
        sum += group[i].sum;
        square += group[i].square;
        share += group[i].share;
    }
    for (int64_t i = 0; i < n; i++)
        cost = past[i].cost > cost ? past[i].cost : cost;
    if (sum > most || share * cost > most || (share && square > most * most / 10 / share))
        return yh_fail(err, YH_LIMIT, "费用合计太大，超出精确计算的范围");
    return YH_OK;
}

static int by_group_cost(const void *x, const void *y)
{
    const struct yh_past *a = x, *b = y;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    return (a->cost > b->cost) - (a->cost < b->cost);
}

/* Twice the lower and the upper bound of each group; quartile k of n is the ⌈k·n/4⌉-th. */
static void quartiles(struct yh_past *past, int64_t n, int ngroup, struct yh_arena *scratch,
                      int64_t **low, int64_t **high)
{
    *low = YH_NEW(scratch, int64_t, ngroup);
    *high = YH_NEW(scratch, int64_t, ngroup);
    if (n)
        qsort(past, (size_t)n, sizeof *past, by_group_cost);
    for (int64_t from = 0, to; from < n; from = to) {
        for (to = from; to < n && past[to].group == past[from].group; to++)
            ;
        int64_t many = to - from;
        yh_fen q1 = past[from + (many + 3) / 4 - 1].cost;
        yh_fen q3 = past[from + (3 * many + 3) / 4 - 1].cost;
        (*low)[past[from].group] = 2 * q1 - 3 * (q3 - q1);
        (*high)[past[from].group] = 2 * q3 + 3 * (q3 - q1);
    }
}

/* Is the case within the bounds of its group, whose sums before trimming are `g`? */
static bool within(const struct yh_past *c, const struct yh_group_stat *g,
                   const struct yh_weights_rules *rules, const int64_t *low,
                   const int64_t *high)
{
    yh_wide scaled = (yh_wide)c->cost * g->share, off = scaled - g->sum;
    switch (rules->trim) {
    case YH_TRIM_NONE: return true;
    case YH_TRIM_RATIO:
        return scaled * YH_ONE >= g->sum * rules->low &&
               scaled * YH_ONE <= g->sum * rules->high;
    case YH_TRIM_SD:
        /* (cost − m)² <= k²·var, both sides times (10·W)² */
        return off * off * 100 <= ((yh_wide)g->share * g->square - g->sum * g->sum) *
                                      rules->sd_tenths * rules->sd_tenths;
    case YH_TRIM_IQR: return 2 * c->cost >= low[c->group] && 2 * c->cost <= high[c->group];
    }
    return true;
}

static void trim(struct yh_past *past, int64_t n, int ngroup,
                 const struct yh_weights_rules *rules, struct yh_group_stat *group,
                 struct yh_arena scratch)
{
    int64_t *low = NULL, *high = NULL;
    if (rules->trim == YH_TRIM_NONE)
        return;
    if (rules->trim == YH_TRIM_IQR)
        quartiles(past, n, ngroup, &scratch, &low, &high);
    struct yh_group_stat *before = YH_NEW(&scratch, struct yh_group_stat, ngroup);
    memcpy(before, group, (size_t)ngroup * sizeof *before);
    for (int64_t i = 0; i < n; i++)
        if (past[i].share && !within(&past[i], &before[past[i].group], rules, low, high))
            uncount(&group[past[i].group], &past[i]);
}

static void judge(struct yh_group_stat *g, const struct yh_weights_rules *rules)
{
    if (g->kept == 0)
        return;
    yh_uwide spread = (yh_uwide)((yh_wide)g->share * g->square - g->sum * g->sum);
    yh_uwide base = (yh_uwide)g->sum * (yh_uwide)g->sum;
    g->mean = (yh_fen)yh_wide_ratio((yh_uwide)g->sum, (yh_uwide)g->share, 0);
    g->mean_days = (yh_micro)yh_wide_ratio((yh_uwide)g->days, (yh_uwide)g->share, 6);
    g->cv = yh_wide_root(yh_wide_ratio(spread, base, 12));
    bool stable = g->kept >= rules->stable_cases && g->cv <= rules->stable_cv;
    g->stability = stable ? YH_GROUP_STABLE : YH_GROUP_UNSTABLE;
}

/* Weights, overall mean and RIV from the groups' sums. */
static void overall(const struct yh_results *r, struct yh_weights *out)
{
    yh_wide sum = 0, square = 0, between = 0;
    int64_t share = 0;
    for (int i = 0; i < r->n; i++) {
        const struct yh_group_stat *g = &out->group[i];
        if (!r->drg[i])
            continue;
        out->stable += g->stability == YH_GROUP_STABLE;
        out->unstable += g->stability == YH_GROUP_UNSTABLE;
        out->empty += g->stability == YH_GROUP_EMPTY;
        out->kept += g->kept;
        if (g->kept == 0)
            continue;
        share += g->share;
        sum += g->sum;
        square += g->square;
        /* S_g²/W_g in millionths of fen²: the only place where RIV rounds before its quotient. */
        between +=
            (yh_wide)yh_wide_ratio((yh_uwide)g->sum * (yh_uwide)g->sum, (yh_uwide)g->share, 6);
    }
    if (share == 0)
        return;
    out->mean = (yh_fen)yh_wide_ratio((yh_uwide)sum, (yh_uwide)share, 0);
    yh_wide middle = (yh_wide)yh_wide_ratio((yh_uwide)sum * (yh_uwide)sum, (yh_uwide)share, 6);
    yh_wide total = square * YH_ONE - middle;
    between -= middle;
    if (total > 0)
        out->riv =
            (yh_micro)yh_wide_ratio(between > 0 ? (yh_uwide)between : 0, (yh_uwide)total, 6);
    for (int i = 0; i < r->n; i++) {
        struct yh_group_stat *g = &out->group[i];
        if (r->drg[i] && g->kept)
            g->weight = (yh_micro)yh_wide_ratio((yh_uwide)g->sum * (yh_uwide)share,
                                                (yh_uwide)sum * (yh_uwide)g->share, 6);
    }
}

struct pair {
    int64_t cases;
    yh_wide cost;
    int64_t days;
};

static void stand(const struct yh_past *past, int64_t n, const struct yh_results *r,
                  int nhospital, struct yh_arena *a, struct yh_arena scratch,
                  struct yh_weights *out)
{
    struct pair *pair = YH_NEW(&scratch, struct pair, (int64_t)nhospital * r->n);
    for (int64_t i = 0; i < n; i++) {
        struct pair *p = &pair[(int64_t)past[i].hospital * r->n + past[i].group];
        p->cases++;
        p->cost += past[i].cost;
        p->days += past[i].los;
    }
    int cap = 0;
    for (int h = 0; h < nhospital; h++) {
        struct yh_hospital_stat *s = &out->hospital[h];
        yh_wide cost_index = 0, time_index = 0;
        for (int i = 0; i < r->n; i++) {
            const struct pair *p = &pair[(int64_t)h * r->n + i];
            const struct yh_group_stat *g = &out->group[i];
            s->cases += p->cases;
            s->cost += (yh_fen)p->cost;
            if (p->cases == 0 || g->weight == 0)
                continue;
            s->grouped += p->cases;
            s->groups++;
            s->weight += g->weight * p->cases;
            /* Σ cost ÷ m over its cases of this group, in millionths, rounded once a group. */
            yh_uwide ratio =
                yh_wide_ratio((yh_uwide)p->cost * (yh_uwide)g->share, (yh_uwide)g->sum, 6);
            cost_index += (yh_wide)ratio;
            if (g->days)
                time_index += (yh_wide)yh_wide_ratio((yh_uwide)p->days * (yh_uwide)g->share,
                                                     (yh_uwide)g->days, 6);
            struct yh_benchmark b = {
                .hospital = h, .group = i, .cases = p->cases, .group_mean = g->mean
            };
            b.mean = (yh_fen)yh_wide_ratio((yh_uwide)p->cost, (yh_uwide)p->cases, 0);
            b.ratio = (yh_micro)yh_wide_ratio(ratio, (yh_uwide)p->cases, 0);
            YH_PUSH(a, out->benchmark, out->nbenchmark, cap) = b;
        }
        if (s->grouped) {
            yh_uwide many = (yh_uwide)s->grouped;
            s->cmi = (yh_micro)yh_wide_ratio((yh_uwide)s->weight, many, 0);
            s->cost_index = (yh_micro)yh_wide_ratio((yh_uwide)cost_index, many, 0);
            s->time_index = (yh_micro)yh_wide_ratio((yh_uwide)time_index, many, 0);
        }
        out->grouped += s->grouped;
        out->weight += s->weight;
    }
    if (out->grouped)
        out->cmi = (yh_micro)yh_wide_ratio((yh_uwide)out->weight, (yh_uwide)out->grouped, 0);
}

enum yh_status yh_weights_build(struct yh_past *past, int64_t n, const struct yh_results *r,
                                int nhospital, const struct yh_weights_rules *rules,
                                struct yh_arena *a, struct yh_arena scratch,
                                struct yh_weights *out, struct yh_err *err)
{
    enum yh_status bad = check(past, n, r->n, nhospital, rules, err);
    if (bad)
        return bad;
    struct yh_weights w = { .group = YH_NEW(a, struct yh_group_stat, r->n),
                            .hospital = YH_NEW(a, struct yh_hospital_stat, nhospital),
                            .cases = n };
    for (int64_t i = 0; i < n; i++) {
        w.group[past[i].group].cases++;
        count(&w.group[past[i].group], &past[i]);
    }
    bad = fits(past, n, w.group, r->n, err);
    if (bad)
        return bad;
    trim(past, n, r->n, rules, w.group, scratch);
    for (int i = 0; i < r->n; i++)
        judge(&w.group[i], rules);
    overall(r, &w);
    stand(past, n, r, nhospital, a, scratch, &w);
    *out = w;
    return YH_OK;
}

yh_fen yh_base_rate(yh_fen fund, yh_micro ratio, yh_micro weight)
{
    yh_assert(fund >= 0 && ratio > 0 && ratio <= YH_ONE && weight > 0);
    return (yh_fen)yh_wide_ratio((yh_uwide)fund * (yh_uwide)YH_ONE * (yh_uwide)YH_ONE,
                                 (yh_uwide)ratio * (yh_uwide)weight, 0);
}
