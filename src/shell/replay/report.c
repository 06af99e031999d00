/* shell/replay/report.c -- the tables of a replay. */
#include "shell/replay/report.h"
#include <stdio.h>
#include <string.h>
#include "shell/cli/cli.h"

struct maker {
    struct yh_arena *a;
    const struct yh_report_input *in;
    const struct yh_replay_result *r;
    const struct yh_tally *t;
    struct yh_report *o;
    int ns; /* scenarios */
};

/* ---- building blocks ---- */

static struct yh_report_table *table(struct maker *m, const char *name, const char *title)
{
    yh_assert(m->o->ntable < YH_COUNT(m->o->table));
    struct yh_report_table *t = &m->o->table[m->o->ntable++];
    *t = (struct yh_report_table){ .name = name, .title = yh_cstr(title) };
    t->column = YH_NEW(m->a, yh_str, 96);
    return t;
}

static void column(struct yh_report_table *t, yh_str name)
{
    yh_assert(t->ncol < 96);
    t->column[t->ncol++] = name;
}

static void columns(struct yh_report_table *t, const char *names)
{
    yh_str rest = yh_cstr(names);
    while (rest.n)
        column(t, yh_cut(&rest, '|'));
}

static struct yh_shown *row(struct maker *m, struct yh_report_table *t)
{
    if (t->nrow == t->cap) {
        int cap = t->cap ? t->cap * 2 : 16;
        struct yh_shown *more = YH_NEW(m->a, struct yh_shown, cap * t->ncol);
        if (t->nrow)
            memcpy(more, t->cell, sizeof *more * (size_t)(t->nrow * t->ncol));
        t->cell = more;
        t->cap = cap;
    }
    return &t->cell[t->nrow++ * t->ncol];
}

static struct yh_shown text(yh_str s)
{
    return (struct yh_shown){ YH_SHOW_TEXT, 0, s };
}
static struct yh_shown shown(enum yh_show as, int64_t v)
{
    return (struct yh_shown){ as, v, { 0 } };
}

/* x ÷ y in millionths; nothing where y is not positive. */
static struct yh_shown ratio(enum yh_show as, int64_t x, int64_t y)
{
    return y > 0 ? shown(as, yh_ratio(x, y, YH_ROUND_HALF_UP)) : shown(YH_SHOW_NOTHING, 0);
}

static yh_str scenario_name(const struct maker *m, int s)
{
    return s ? m->in->draft[s - 1].name : m->in->base_name;
}

/* "账面" and for each draft its name, the difference, the growth. */
static void compared_columns(struct maker *m, struct yh_report_table *t, const char *what)
{
    column(t, yh_fmt(m->a, "%s%s%.*s", what, *what ? " " : "", YH_ARG(m->in->base_name)));
    for (int s = 1; s < m->ns; s++) {
        yh_str name = scenario_name(m, s);
        column(t, yh_fmt(m->a, "%s%s%.*s", what, *what ? " " : "", YH_ARG(name)));
        column(t, m->ns > 2
                      ? yh_fmt(m->a, "%s%s%.*s 差额", what, *what ? " " : "", YH_ARG(name))
                      : yh_fmt(m->a, "%s%s差额", what, *what ? " " : ""));
        column(t, m->ns > 2
                      ? yh_fmt(m->a, "%s%s%.*s 变动", what, *what ? " " : "", YH_ARG(name))
                      : yh_fmt(m->a, "%s%s变动", what, *what ? " " : ""));
    }
}

static int compared(struct maker *m, struct yh_shown *c, const yh_fen *v)
{
    int n = 0;
    c[n++] = shown(YH_SHOW_MONEY, v[0]);
    for (int s = 1; s < m->ns; s++) {
        c[n++] = shown(YH_SHOW_MONEY, v[s]);
        c[n++] = shown(YH_SHOW_CHANGE, v[s] - v[0]);
        c[n++] = ratio(YH_SHOW_GROWTH, v[s] - v[0], v[0]);
    }
    return n;
}

static yh_str scheme_name(yh_str code)
{
    return yh_eq(code, YH_S("310"))   ? YH_S("职工")
           : yh_eq(code, YH_S("390")) ? YH_S("居民")
                                      : code;
}

/* ---- the summary: each fund, what people and hospitals bear ---- */

static void funds(struct maker *m)
{
    const struct yh_replay_result *r = m->r;
    struct yh_report_table *t = table(m, "funds", "各项基金与个人负担");
    t->summary = true;
    t->note = YH_S("记账口径：每笔账单上各方应付的钱；基金含直接付给个人的补助。");
    columns(t, "险种|项目");
    compared_columns(m, t, "");
    t->chart = m->ns > 1 ? YH_CHART_BARS : YH_CHART_NONE;
    t->charted = 4;
    for (int s = 1; s < r->axes.n[YH_VIEW_SCHEME]; s++)
        for (int f = 0; f < r->nfund; f++) {
            yh_fen v[YH_TALLY_SCENARIOS];
            bool any = false;
            for (int k = 0; k < m->ns; k++) {
                v[k] = yh_replay_fund_paid(r, s, f, k);
                any |= v[k] != 0;
            }
            if (!any)
                continue;
            struct yh_shown *c = row(m, t);
            c[0] = text(scheme_name(r->axes.name[YH_VIEW_SCHEME][s]));
            c[1] = text(
                yh_fund_name(r->fund[f], r->fund_name[f].n ? r->fund_name[f] : r->fund[f]));
            (void)compared(m, c + 2, v);
        }
    static const struct {
        const char *name;
        int what; /* a measure, or -1 all funds, -2 burden */
    } ROW[] = { { "基金合计（不含直接付给个人）", -1 },
                { "直接付给个人", YH_SUM_TO_PERSON },
                { "个人负担", -2 },
                { "其中个人账户", YH_SUM_ACCOUNT },
                { "其中共济账户", YH_SUM_RELATIVE },
                { "其中现金", YH_SUM_CASH },
                { "医疗机构负担", YH_SUM_HOSPITAL },
                { "总费用", YH_SUM_TOTAL } };
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        yh_fen v[YH_TALLY_SCENARIOS];
        bool any = false;
        for (int k = 0; k < m->ns; k++) {
            v[k] = ROW[i].what == -1 ? yh_tally_fund(m->t, YH_VIEW_ALL, 0, k)
                   : ROW[i].what == -2
                       ? yh_tally_burden(m->t, YH_VIEW_ALL, 0, k)
                       : yh_tally_at(m->t, YH_VIEW_ALL, 0, k, (enum yh_tally_sum)ROW[i].what);
            any |= v[k] != 0;
        }
        if (!any)
            continue;
        struct yh_shown *c = row(m, t);
        c[0] = text(YH_S(""));
        c[1] = text(yh_cstr(ROW[i].name));
        (void)compared(m, c + 2, v);
    }
}

/* Sums of a measure over the mix cells of one scheme (0: all) and service bucket (-1: all). */
static int64_t mix(const struct maker *m, int scheme, int service, int scenario, int what)
{
    const struct yh_axes *x = &m->r->axes;
    int ns = x->n[YH_VIEW_SERVICE], nl = x->n[YH_VIEW_LEVEL];
    int64_t sum = 0;
    for (int b = 0; b < x->n[YH_VIEW_MIX]; b++)
        if ((!scheme || b / nl / ns == scheme) && (service < 0 || b / nl % ns == service))
            sum += what == -1 ? yh_tally_fund(m->t, YH_VIEW_MIX, b, scenario)
                   : what == -2
                       ? yh_tally_burden(m->t, YH_VIEW_MIX, b, scenario)
                       : yh_tally_at(m->t, YH_VIEW_MIX, b, scenario, (enum yh_tally_sum)what);
    return sum;
}

static void ratios(struct maker *m, bool stays)
{
    const struct yh_axes *x = &m->r->axes;
    struct yh_report_table *t = stays ? table(m, "stay_ratios", "住院支付比例")
                                      : table(m, "ratios", "各服务的支付比例");
    t->summary = stays;
    t->note =
        YH_S("政策范围内 = 基金支付 ÷ 范围内费用；目录内 = 基金支付 ÷（范围内 + 先行自付）。"
             "基金支付含基本、大病、大额、公务员、救助等全部基金，不含直接付给个人的补助；"
             "“基本”只含基本医保统筹。");
    columns(t, "险种|服务|比例");
    column(t, m->in->base_name);
    for (int s = 1; s < m->ns; s++) {
        column(t, scenario_name(m, s));
        column(t, m->ns > 2 ? yh_fmt(m->a, "%.*s 变动", YH_ARG(scenario_name(m, s)))
                            : YH_S("变动"));
    }
    static const struct {
        const char *name;
        bool basic, catalog;
    } KIND[] = { { "政策范围内支付比例", false, false },
                 { "目录内支付比例", false, true },
                 { "政策范围内支付比例（基本）", true, false } };
    for (int s = 0; s < x->n[YH_VIEW_SCHEME]; s++)
        for (int v = 0; v < x->n[YH_VIEW_SERVICE]; v++) {
            if (!mix(m, s, v, 0, YH_SUM_BILLS) ||
                (stays && !yh_eq(x->name[YH_VIEW_SERVICE][v], YH_S("住院"))))
                continue;
            for (int k = 0; k < YH_COUNT(KIND); k++) {
                yh_fen paid[YH_TALLY_SCENARIOS] = { 0 }, of[YH_TALLY_SCENARIOS] = { 0 };
                for (int i = 0; i < m->ns; i++) {
                    paid[i] = mix(m, s, v, i, KIND[k].basic ? YH_SUM_PAY + YH_PAY_BASIC : -1);
                    of[i] = mix(m, s, v, i, YH_SUM_SCOPE);
                    if (KIND[k].catalog)
                        of[i] += mix(m, s, v, i, YH_SUM_FIRST);
                }
                bool any = false;
                for (int i = 0; i < m->ns; i++)
                    any |= paid[i] != 0;
                if (of[0] <= 0 || !any)
                    continue;
                struct yh_shown *c = row(m, t);
                c[0] = text(s ? scheme_name(x->name[YH_VIEW_SCHEME][s]) : YH_S("合计"));
                c[1] = text(x->name[YH_VIEW_SERVICE][v]);
                c[2] = text(yh_cstr(KIND[k].name));
                c[3] = ratio(YH_SHOW_SHARE, paid[0], of[0]);
                for (int i = 1, at = 4; i < m->ns; i++) {
                    struct yh_shown now = ratio(YH_SHOW_SHARE, paid[i], of[i]);
                    c[at++] = now;
                    c[at++] = now.as ? shown(YH_SHOW_POINTS, now.v - c[3].v) : now;
                }
            }
        }
}

/* ---- by view ---- */

static const struct {
    enum yh_payer payer;
    const char *name;
} PAYER[] = { { YH_PAY_BASIC, "基本统筹" },      { YH_PAY_SERIOUS, "大病保险" },
              { YH_PAY_LARGE, "职工大额" },      { YH_PAY_CIVIL, "公务员补助" },
              { YH_PAY_ENTERPRISE, "企业补充" }, { YH_PAY_ASSIST, "医疗救助" },
              { YH_PAY_DISABLED, "伤残军人" },   { YH_PAY_OTHER, "其他基金" } };

static void by_view(struct maker *m, enum yh_view v, const char *name, const char *title)
{
    const struct yh_axes *x = &m->r->axes;
    struct yh_report_table *t = table(m, name, title);
    bool used[YH_COUNT(PAYER)] = { false };
    for (int p = 0; p < YH_COUNT(PAYER); p++)
        for (int s = 0; s < m->ns; s++)
            used[p] |= yh_tally_at(m->t, YH_VIEW_ALL, 0, s,
                                   (enum yh_tally_sum)(YH_SUM_PAY + (int)PAYER[p].payer)) != 0;
    column(t, yh_view_name(v));
    columns(t, "笔数|住院人次|总费用");
    t->chart = m->ns > 1 ? YH_CHART_BARS : YH_CHART_NONE;
    t->charted = 6;
    compared_columns(m, t, "基金");
    compared_columns(m, t, "个人负担");
    for (int p = 0; p < YH_COUNT(PAYER); p++)
        if (used[p])
            compared_columns(m, t, PAYER[p].name);
    for (int b = 0; b < x->n[v]; b++) {
        if (!yh_tally_at(m->t, v, b, 0, YH_SUM_BILLS) &&
            !yh_tally_at(m->t, v, b, 0, YH_SUM_TOTAL))
            continue;
        struct yh_shown *c = row(m, t);
        yh_fen fund[YH_TALLY_SCENARIOS], own[YH_TALLY_SCENARIOS];
        for (int s = 0; s < m->ns; s++) {
            fund[s] = yh_tally_fund(m->t, v, b, s);
            own[s] = yh_tally_burden(m->t, v, b, s);
        }
        yh_str label = x->name[v][b];
        if (v == YH_VIEW_SCHEME)
            label = scheme_name(label);
        if (v == YH_VIEW_MONTH)
            label = yh_fmt(m->a, "%.*s 月", YH_ARG(label));
        int n = 0;
        c[n++] = text(label);
        c[n++] = shown(YH_SHOW_COUNT, yh_tally_at(m->t, v, b, 0, YH_SUM_BILLS));
        c[n++] = shown(YH_SHOW_COUNT, yh_tally_at(m->t, v, b, 0, YH_SUM_STAYS));
        c[n++] = shown(YH_SHOW_MONEY, yh_tally_at(m->t, v, b, 0, YH_SUM_TOTAL));
        n += compared(m, c + n, fund);
        n += compared(m, c + n, own);
        for (int p = 0; p < YH_COUNT(PAYER); p++) {
            if (!used[p])
                continue;
            yh_fen pay[YH_TALLY_SCENARIOS];
            for (int s = 0; s < m->ns; s++)
                pay[s] = yh_tally_at(m->t, v, b, s,
                                     (enum yh_tally_sum)(YH_SUM_PAY + (int)PAYER[p].payer));
            n += compared(m, c + n, pay);
        }
    }
}

/* ---- people ---- */

static yh_str spread_label(struct maker *m, int b)
{
    char lo[32], hi[32];
    if (b == 6)
        return YH_S("不变");
    yh_str from = b ? yh_dec_text(lo, yh_spread_edge[b - 1], 2, 2) : YH_S("");
    yh_str to = b < YH_SPREAD - 1 ? yh_dec_text(hi, yh_spread_edge[b] - 1, 2, 2) : YH_S("");
    return yh_fmt(m->a, "%.*s … %.*s", YH_ARG(from), YH_ARG(to));
}

static void gains(struct maker *m)
{
    if (m->ns < 2)
        return;
    struct yh_report_table *t = table(m, "people", "谁受益，谁受损");
    t->summary = true;
    t->note = YH_S("按人：一年个人负担（账户 + 共济 + 现金 − "
                   "直接付给个人）之差；中位数取受益、受损者各自的。");
    columns(t, "草案|受益人数|中位数|合计|受损人数|中位数|合计|不变人数");
    for (int s = 1; s < m->ns; s++) {
        struct yh_shown *c = row(m, t);
        c[0] = text(scenario_name(m, s));
        c[1] = shown(YH_SHOW_COUNT, m->r->change[s].gain);
        c[2] = shown(YH_SHOW_MONEY, -m->r->change[s].gain_median);
        c[3] = shown(YH_SHOW_MONEY, -m->r->change[s].gain_sum);
        c[4] = shown(YH_SHOW_COUNT, m->r->change[s].lose);
        c[5] = shown(YH_SHOW_MONEY, m->r->change[s].lose_median);
        c[6] = shown(YH_SHOW_MONEY, m->r->change[s].lose_sum);
        c[7] =
            shown(YH_SHOW_COUNT, m->r->persons - m->r->change[s].gain - m->r->change[s].lose);
    }
    for (int s = 1; s < m->ns; s++) {
        t = table(m,
                  s == 1   ? "spread"
                  : s == 2 ? "spread_2"
                  : s == 3 ? "spread_3"
                           : "spread_n",
                  "");
        t->title = yh_fmt(m->a, "个人负担变动的分布：%.*s", YH_ARG(scenario_name(m, s)));
        columns(t, "一年多付（元）|人数|合计");
        t->chart = YH_CHART_SPREAD;
        t->charted = 1;
        for (int b = 0; b < YH_SPREAD; b++) {
            struct yh_shown *c = row(m, t);
            c[0] = text(spread_label(m, b));
            c[1] = shown(YH_SHOW_COUNT, m->t->spread[s].people[b]);
            c[2] = shown(YH_SHOW_CHANGE, m->t->spread[s].sum[b]);
        }
    }
}

static void households(struct maker *m)
{
    const struct yh_replay_share *h = &m->r->share;
    if (m->ns < 2 || !h->known || !h->households)
        return;
    struct yh_report_table *t = table(m, "households", "自付占家庭年收入");
    t->summary = true;
    t->note = yh_fmt(
        m->a, "收入已知的家庭 %lld 户；自付 = 一年账户、共济、现金之和减去直接付给个人的补助。",
        (long long)h->households);
    columns(t, "家庭");
    column(t, m->in->base_name);
    for (int s = 1; s < m->ns; s++)
        column(t, scenario_name(m, s));
    static const char *const NAME[] = { "超过收入 10%", "超过收入 25%", "超过收入 40%" };
    for (int k = 0; k < 3; k++) {
        struct yh_shown *c = row(m, t);
        c[0] = text(yh_cstr(NAME[k]));
        for (int s = 0; s < m->ns; s++)
            c[1 + s] = shown(YH_SHOW_COUNT, h->over[s][k]);
    }
}

static enum yh_status most_affected(struct maker *m, struct yh_err *err)
{
    if (m->ns < 2)
        return YH_OK;
    struct yh_report_table *t = table(m, "affected", "影响最大的人");
    columns(t, "草案|名次|人员|年龄|参保地|账面一年负担|草案一年负担|差额|变动最大的一笔|机构");
    struct yh_report *o = m->o;
    o->story = YH_NEW(m->a, struct yh_report_story, m->ns * (m->in->stories + 1));
    for (int s = 1; s < m->ns; s++)
        for (int i = 0; i < m->r->ntouched[s] && i < m->in->stories; i++) {
            const struct yh_replay_touched *w = &m->r->touched[s][i];
            struct yh_replay_story story;
            enum yh_status st = yh_replay_tell(m->a, m->r, s, w, &story, err);
            if (st)
                return st;
            struct yh_arc_chunk c;
            if ((st = yh_archive_chunk_quick(m->r->archive, w->chunk, &c, err)) != YH_OK)
                return st;
            struct yh_arc_person p;
            char buf[24];
            yh_arc_get_person(&c, w->person, &p);
            struct yh_report_story *x = &o->story[o->nstory++];
            *x = (struct yh_report_story){ .rank = i + 1,
                                           .scenario = s,
                                           .person =
                                               yh_dup(m->a, yh_arc_text(&c, p.person, buf)),
                                           .settlement = story.settlement,
                                           .provider = story.provider,
                                           .what = scenario_name(m, s),
                                           .before = story.before,
                                           .after = story.after,
                                           .year_before = w->before,
                                           .year_after = w->after,
                                           .bill_before = story.burden[0],
                                           .bill_after = story.burden[1] };
            struct yh_shown *k = row(m, t);
            k[0] = text(scenario_name(m, s));
            k[1] = shown(YH_SHOW_COUNT, i + 1);
            k[2] = text(x->person);
            k[3] = shown(YH_SHOW_COUNT, yh_age_years((yh_day)p.born, (yh_day)story.row.begin));
            k[4] =
                text(yh_arc_dict_text(&m->r->archive->dicts, YH_DICT_OFFICE, story.row.office));
            k[5] = shown(YH_SHOW_MONEY, w->before);
            k[6] = shown(YH_SHOW_MONEY, w->after);
            k[7] = shown(YH_SHOW_CHANGE, w->after - w->before);
            k[8] = text(story.settlement);
            k[9] = text(story.provider);
        }
    return YH_OK;
}

/* ---- the fund's future ---- */

static bool names(yh_str list, yh_str code)
{
    while (list.n)
        if (yh_eq(yh_trim(yh_cut(&list, ' ')), code))
            return true;
    return false;
}

static void months(struct maker *m)
{
    if (!m->in->nmoney)
        return;
    struct yh_report_table *t = table(m, "months", "可支付月数");
    t->summary = true;
    t->note = YH_S("可支付月数 = 年末累计结余 ÷ 月均支出；年末累计结余 = 年初结余 + 收入 − "
                   "支出，支出为记账口径。");
    columns(t, "基金|情形|年初结余|收入|支出|年末结余|可支付月数|警戒线|");
    for (int i = 0; i < m->in->nmoney; i++)
        for (int s = 0; s < m->ns; s++) {
            const struct yh_report_money *g = &m->in->money[i];
            yh_fen spent = 0;
            for (int k = 1; k < m->r->axes.n[YH_VIEW_SCHEME]; k++)
                for (int f = 0; f < m->r->nfund; f++)
                    if (names(g->funds, m->r->fund[f]))
                        spent += yh_replay_fund_paid(m->r, k, f, s);
            yh_fen closing = g->opening + g->income - spent;
            struct yh_shown *c = row(m, t);
            c[0] = text(g->name);
            c[1] = text(scenario_name(m, s));
            c[2] = shown(YH_SHOW_MONEY, g->opening);
            c[3] = shown(YH_SHOW_MONEY, g->income);
            c[4] = shown(YH_SHOW_MONEY, spent);
            c[5] = shown(YH_SHOW_CHANGE, closing);
            c[6] = spent > 0 ? shown(YH_SHOW_MICRO,
                                     yh_muldiv(closing, 12 * YH_ONE, spent, YH_ROUND_HALF_UP))
                             : shown(YH_SHOW_NOTHING, 0);
            c[7] = shown(YH_SHOW_MICRO, g->warn_months * 10000);
            c[8] = text(c[6].as && c[6].v < c[7].v ? YH_S("低于警戒线") : YH_S(""));
        }
}

static int bucket_of(const struct yh_axes *x, enum yh_view v, yh_str name)
{
    for (int i = 0; i < x->n[v]; i++)
        if (yh_eq(x->name[v][i], name))
            return i;
    return -1;
}

static void point_values(struct maker *m)
{
    int stay = bucket_of(&m->r->axes, YH_VIEW_SERVICE, YH_S("住院"));
    if (!m->in->npoints || stay < 0)
        return;
    struct yh_report_table *t = table(m, "points", "总额预算下的点值");
    t->summary = true;
    t->note = YH_S("结算点值 =（可用于住院的基金 ÷ 基金支付比例）÷ 总分值（国家 DIP "
                   "技术规范）；预算与总分值不变，"
                   "记账比例变动只改变点值，付给医院的基金总额不变。");
    columns(t, "险种|情形|住院预算|住院基金支付比例|总分值|点值|变动");
    for (int i = 0; i < m->in->npoints; i++) {
        const struct yh_report_points *p = &m->in->points[i];
        int scheme = bucket_of(&m->r->axes, YH_VIEW_SCHEME, p->scheme);
        int64_t first = 0;
        for (int s = 0; scheme > 0 && s < m->ns; s++) {
            yh_fen fund = mix(m, scheme, stay, s, -1),
                   all = mix(m, scheme, stay, s, YH_SUM_TOTAL);
            struct yh_shown share = ratio(YH_SHOW_SHARE, fund, all);
            if (!share.as || share.v <= 0 || p->points <= 0)
                continue;
            yh_fen gross = yh_muldiv(p->budget, YH_ONE, share.v, YH_ROUND_HALF_UP);
            /* Yuan a point, in millionths: fen ÷ 100 ÷ (points ÷ 10^6). */
            int64_t value = yh_muldiv(gross, INT64_C(10000000000), p->points, YH_ROUND_HALF_UP);
            first = s ? first : value;
            struct yh_shown *c = row(m, t);
            c[0] = text(scheme_name(p->scheme));
            c[1] = text(scenario_name(m, s));
            c[2] = shown(YH_SHOW_MONEY, p->budget);
            c[3] = share;
            c[4] = shown(YH_SHOW_MICRO, p->points);
            c[5] = shown(YH_SHOW_MICRO, value);
            c[6] = ratio(YH_SHOW_GROWTH, value - first, first);
        }
    }
}

static void behaviour(struct maker *m)
{
    if (!m->in->nelastic || m->ns < 2)
        return;
    struct yh_report_table *t = table(m, "behaviour", "行为反应（假设，另列）");
    t->note = YH_S("一阶估计：就诊变动 = 弹性 × "
                   "每次个人负担变动；基金随就诊同比例变动。只是假设文件里的数，"
                   "不计入以上任何一张表。");
    columns(t, "草案|服务|弹性|依据|每次个人负担 账面|草案|变动|就诊变动|基金因此多付");
    for (int s = 1; s < m->ns; s++)
        for (int i = 0; i < m->in->nelastic; i++) {
            const struct yh_report_elastic *e = &m->in->elastic[i];
            int b = bucket_of(&m->r->axes, YH_VIEW_SERVICE, e->service);
            if (b < 0)
                continue;
            int64_t n = yh_tally_at(m->t, YH_VIEW_SERVICE, b, 0, YH_SUM_BILLS);
            yh_fen was = yh_tally_burden(m->t, YH_VIEW_SERVICE, b, 0),
                   is = yh_tally_burden(m->t, YH_VIEW_SERVICE, b, s);
            if (n <= 0 || was <= 0)
                continue;
            yh_micro price = yh_ratio(is - was, was, YH_ROUND_HALF_UP);
            yh_micro visits = yh_fen_scale(price, e->elastic, YH_ROUND_HALF_UP);
            struct yh_shown *c = row(m, t);
            c[0] = text(scenario_name(m, s));
            c[1] = text(e->service);
            c[2] = shown(YH_SHOW_MICRO, e->elastic);
            c[3] = text(e->source);
            c[4] = shown(YH_SHOW_MONEY, yh_muldiv(was, 1, n, YH_ROUND_HALF_UP));
            c[5] = shown(YH_SHOW_MONEY, yh_muldiv(is, 1, n, YH_ROUND_HALF_UP));
            c[6] = shown(YH_SHOW_GROWTH, price);
            c[7] = shown(YH_SHOW_GROWTH, visits);
            c[8] =
                shown(YH_SHOW_CHANGE, yh_fen_scale(yh_tally_fund(m->t, YH_VIEW_SERVICE, b, s),
                                                   visits, YH_ROUND_HALF_UP));
        }
}

/* ---- from one year to the next ---- */

struct cell {
    int64_t visits;
    yh_fen cost, fund, fund_new;
};

static void mix_cells(const struct yh_replay_result *r, int scenarios,
                      const struct yh_axes *like, struct cell *out)
{
    for (int b = 0; b < r->axes.n[YH_VIEW_MIX]; b++) {
        int at = bucket_of(like, YH_VIEW_MIX, r->axes.name[YH_VIEW_MIX][b]);
        if (at < 0)
            continue;
        out[at].visits += yh_tally_at(&r->tally, YH_VIEW_MIX, b, 0, YH_SUM_BILLS);
        out[at].cost += yh_tally_at(&r->tally, YH_VIEW_MIX, b, 0, YH_SUM_TOTAL);
        out[at].fund += yh_tally_fund(&r->tally, YH_VIEW_MIX, b, 0);
        out[at].fund_new += yh_tally_fund(&r->tally, YH_VIEW_MIX, b, scenarios > 1 ? 1 : 0);
    }
}

/* The fund's spending of last year to this year's, one cause after the other: policy (last year's
 * bills under this year's documents), people, visits a person, cost a visit within each kind of
 * visit, and what kinds of visit they are; what remains is the mix. */
static void waterfall(struct maker *m)
{
    const struct yh_replay_result *e = m->in->earlier;
    if (!e || e->scenarios < 2)
        return;
    const struct yh_axes *x = &m->r->axes;
    int n = x->n[YH_VIEW_MIX];
    struct cell *was = YH_NEW(m->a, struct cell, n), *is = YH_NEW(m->a, struct cell, n);
    mix_cells(e, 2, x, was);
    mix_cells(m->r, 1, x, is);
    yh_fen before = 0, policy = 0, price = 0, now = 0;
    int64_t visits_was = 0, visits_is = 0;
    for (int i = 0; i < n; i++) {
        before += was[i].fund;
        policy += was[i].fund_new;
        now += is[i].fund;
        visits_was += was[i].visits;
        visits_is += is[i].visits;
    }
    yh_fen people = e->archive->persons > 0 ? yh_muldiv(policy, m->r->archive->persons,
                                                        e->archive->persons, YH_ROUND_HALF_UP)
                                            : policy;
    yh_fen visits =
        visits_was > 0 ? yh_muldiv(policy, visits_is, visits_was, YH_ROUND_HALF_UP) : people;
    for (int i = 0; i < n; i++) { /* this year's visits of each kind at last year's price */
        if (was[i].visits > 0 && was[i].cost > 0 && is[i].visits > 0) {
            yh_fen old = yh_muldiv(was[i].cost, is[i].visits, was[i].visits, YH_ROUND_HALF_UP);
            price += is[i].cost > 0
                         ? is[i].fund - yh_muldiv(is[i].fund, old, is[i].cost, YH_ROUND_HALF_UP)
                         : 0;
        }
    }
    struct yh_report_table *t = table(m, "waterfall", "一年基金支出的变动由何而来");
    t->note =
        YH_S("依次换算：政策 = 上年账单按今年文件重算之差；人数 = 参保人数之比；就诊 = "
             "人均就诊之比；"
             "价格 = 各险种、服务、级别内次均费用之差；其余为结构。次序不同，各项会略有不同。");
    columns(t, "项目|金额");
    t->chart = YH_CHART_STEPS;
    t->charted = 1;
    const struct {
        const char *name;
        yh_fen v;
    } ROW[] = { { "上年支出", before },      { "政策", policy - before },
                { "人数", people - policy }, { "就诊", visits - people },
                { "价格", price },           { "结构", now - visits - price },
                { "本年支出", now } };
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        struct yh_shown *c = row(m, t);
        c[0] = text(yh_cstr(ROW[i].name));
        c[1] = shown(i && i + 1 < YH_COUNT(ROW) ? YH_SHOW_CHANGE : YH_SHOW_MONEY, ROW[i].v);
    }
}

/* ---- what it was made from ---- */

static void fact(struct maker *m, const char *name, yh_str value)
{
    m->o->fact[m->o->nfact++] = yh_cstr(name);
    m->o->fact[m->o->nfact++] = value;
}

static void facts(struct maker *m)
{
    const struct yh_replay_result *r = m->r;
    const struct yh_archive *x = r->archive;
    char hex[65] = { 0 };
    m->o->fact = YH_NEW(m->a, yh_str, 64 + 4 * (r->base.nplan + m->ns));
    yh_hex(hex, x->digest, 32);
    fact(m, "档案",
         yh_fmt(m->a, "%06u %d 年，%lld 笔结算，%lld 人", x->about.region, x->about.year,
                (long long)x->heads, (long long)x->persons));
    fact(m, "档案摘要", yh_fmt(m->a, "%s", hex));
    if (x->about.seed)
        fact(m, "种子",
             yh_fmt(m->a, "%llu（虚构的统筹区，没有真人）", (unsigned long long)x->about.seed));
    if (r->sampled < r->heads)
        fact(m, "抽样",
             yh_fmt(m->a, "%lld 笔中的 %lld 笔，按户组抽取；金额未放大", (long long)r->heads,
                    (long long)r->sampled));
    if (m->in->where.n)
        fact(m, "范围", m->in->where);
    for (int i = 0; i < r->base.nplan; i++) {
        const struct yh_plan *p = r->base.plan[i].plan;
        if (r->base.plan[i].pool != x->about.region)
            continue;
        yh_hex(hex, p->digest, 4);
        fact(m, "现行文件",
             yh_fmt(m->a, "%.*s %.*s（%.8s）", YH_ARG(p->id), YH_ARG(p->title), hex));
    }
    for (int s = 1; s < m->ns; s++)
        for (int i = 0; i < m->in->draft[s - 1].nplan; i++) {
            const struct yh_plan *p = m->in->draft[s - 1].plan[i];
            char from[16];
            yh_hex(hex, p->digest, 4);
            fact(m, "草案",
                 yh_fmt(m->a, "%.*s：%.*s %.*s（%.8s，%s%.*s）",
                        YH_ARG(m->in->draft[s - 1].name), YH_ARG(p->id), YH_ARG(p->title), hex,
                        m->in->draft[s - 1].from == YH_DAY_MIN ? "按全年套用" : "套用自 ",
                        YH_ARG(m->in->draft[s - 1].from == YH_DAY_MIN
                                   ? YH_S("")
                                   : yh_day_text(from, m->in->draft[s - 1].from))));
        }
    fact(m, "读法",
         r->read_lines ? YH_S("逐条读费用明细") : YH_S("不读明细：草案不改变明细的划分"));
    fact(m, "引擎", YH_S("yiheng " YH_VERSION));
}

enum yh_status yh_report_build(struct yh_arena *a, const struct yh_report_input *in,
                               struct yh_report *out, struct yh_err *err)
{
    *out = (struct yh_report){ .arena = a, .again = in->again };
    struct maker m = { a, in, in->result, &in->result->tally, out, in->result->scenarios };
    const struct yh_archive *x = in->result->archive;
    yh_str what = m.ns > 1 ? scenario_name(&m, 1) : YH_S("现行文件");
    out->title = yh_fmt(a, "%06u %d 年重放：%.*s → %.*s%s", x->about.region, x->about.year,
                        YH_ARG(in->base_name), YH_ARG(what), m.ns > 2 ? " 等" : "");
    out->note = YH_NEW(a, yh_str, 4);
    out->note[out->nnote++] = YH_S(
        "记账口径：账单上各方应付的钱。总额预算下，付给医院的现金只随清算变动，不随本表变动。");
    if (in->result->sampled < in->result->heads)
        out->note[out->nnote++] = YH_S("这是抽样；定稿前请不带 --sample 再跑一遍。");
    facts(&m);
    funds(&m);
    ratios(&m, true);
    ratios(&m, false);
    gains(&m);
    households(&m);
    months(&m);
    point_values(&m);
    by_view(&m, YH_VIEW_SCHEME, "by_scheme", "按险种");
    by_view(&m, YH_VIEW_LEVEL, "by_level", "按医院级别");
    by_view(&m, YH_VIEW_SERVICE, "by_service", "按服务");
    by_view(&m, YH_VIEW_COUNTY, "by_county", "按参保地");
    by_view(&m, YH_VIEW_AGE, "by_age", "按年龄");
    by_view(&m, YH_VIEW_IDENT, "by_ident", "按身份");
    by_view(&m, YH_VIEW_MONTH, "by_month", "按月");
    by_view(&m, YH_VIEW_PLACE, "by_place", "按就医地");
    by_view(&m, YH_VIEW_MIX, "by_mix", "按险种、服务与级别");
    waterfall(&m);
    behaviour(&m);
    return most_affected(&m, err);
}
