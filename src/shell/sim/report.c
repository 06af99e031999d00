/* shell/sim/report.c -- the calibration report, from the archive alone: target beside result. */
#include <inttypes.h>
#include <stdio.h>
#include "engine/casemix/group.h"
#include "shell/casemix/tables.h"
#include "shell/file/file.h"
#include "shell/sim/sim.h"
#include "shell/sim/tables.h"
#include "store/archive/archive.h"

#define BANDS 3

struct cell { /* stays of one scheme, at one level or at all */
    int64_t n, days;
    yh_fen total, catalog, scope, fund;
};
struct stats {
    int64_t people[2], retired, band_people[BANDS];
    int64_t visits[2], kind[2][4]; /* outpatient, chronic, pharmacy, inpatient */
    struct cell stay[2][4];        /* level 0 … 2, and 3: all */
    yh_fen band_total[BANDS], other_total[2][4], other_fund[2][4];
    int64_t day[366], hour[24], week[7], undone, interim, relative, away[3], own_county, filed,
        grouped, ungrouped, foreign_id, bills;
    yh_fen account, relative_paid;
};

static const char *const SCHEME[] = { "310", "390" };
static const char *const SCHEME_ZH[] = { "职工", "居民" };
static const char *const KIND[] = { "门诊", "门诊慢特病", "药店购药", "住院" };

struct look {
    const struct yh_archive *a;
    struct yh_arena arena, scratch;
    const struct yh_scheme *scheme;
    struct stats s;
    int64_t scheme_id[2];
    int *level; /* of a provider: 0 … 2, 3 pharmacy */
    yh_day mid, first;
    int ndays;
};

static int band_of(int age)
{
    return age < 60 ? 0 : age < 70 ? 1 : 2;
}

static int age_of(const struct look *k, const struct yh_arc_chunk *c, int64_t person)
{
    yh_day born = (yh_day)YH_ARC(c, person, born, person);
    return born > k->mid ? 0 : yh_age_years(born, k->mid);
}

static void persons(struct look *k, const struct yh_arc_chunk *c)
{
    for (int64_t i = 0; i < c->n[YH_ARC_person]; i++) {
        int64_t from, to;
        YH_ARC_SPAN(c, person, enrolment, i, &from, &to);
        if (from == to)
            continue;
        int s = YH_ARC(c, enrolment, scheme, from) == k->scheme_id[1];
        yh_str kind =
            yh_arc_dict_text(&k->a->dicts, YH_DICT_PSN_KIND, YH_ARC(c, enrolment, kind, from));
        k->s.people[s]++;
        k->s.retired += yh_starts(kind, YH_S("12"));
        k->s.band_people[band_of(age_of(k, c, i))]++;
        char text[24];
        yh_str no = yh_arc_text(c, YH_ARC(c, person, person, i), text);
        k->s.foreign_id += !yh_starts(no, YH_S("99"));
    }
}

static int visit_kind(yh_str med_type)
{
    char c = med_type.n ? med_type.p[0] : '1';
    return c == '2' || c == '5' ? 3 : c == '4' ? 2 : yh_starts(med_type, YH_S("14")) ? 1 : 0;
}

static void group_of(struct look *k, const struct yh_arc_chunk *c, int64_t i, int age)
{
    struct yh_case x = { .id = YH_S("x"), .discharged = YH_DAY_MIN };
    int64_t from, to, person = YH_ARC(c, head, person, i);
    YH_ARC_SPAN(c, head, code, i, &from, &to);
    for (int64_t j = from; j < to; j++) {
        int64_t kind = YH_ARC(c, code, kind, j), code = YH_ARC(c, code, code, j);
        if (kind == 4) {
            for (int m = x.npx; m > 0; m--)
                x.px[m] = x.px[m - 1];
            x.px[0] = yh_arc_dict_text(&k->a->dicts, YH_DICT_PROCEDURE, code);
            x.npx++;
        } else if (kind == 3)
            x.px[x.npx++] = yh_arc_dict_text(&k->a->dicts, YH_DICT_PROCEDURE, code);
        else if (kind < 2)
            x.dx[x.ndx++] = yh_arc_dict_text(&k->a->dicts, YH_DICT_DIAGNOSIS, code);
    }
    x.sex = (int32_t)YH_ARC(c, person, sex, person);
    x.age = age;
    x.age_days =
        (int32_t)yh_max(0, YH_ARC(c, head, begin, i) - YH_ARC(c, person, born, person));
    x.los = (int32_t)(YH_ARC(c, head, end, i) - YH_ARC(c, head, begin, i));
    x.discharge = (int32_t)YH_ARC(c, head, out_way, i);
    struct yh_drg_group g = { .adrg = -1, .drg = -1 };
    if (x.ndx)
        yh_drg_group(k->scheme, &x, &g);
    if (g.adrg >= 0 && g.drg >= 0)
        k->s.grouped++;
    else
        k->s.ungrouped++;
}

static void one(struct look *k, const struct yh_arc_chunk *c, int64_t i)
{
    struct stats *t = &k->s;
    struct yh_arc_head h;
    yh_arc_get_head(c, i, &h);
    t->bills++;
    if (h.kind || h.undone) {
        t->undone += h.kind != 0;
        return;
    }
    int s = h.scheme == k->scheme_id[1];
    int kind = visit_kind(yh_arc_dict_text(&k->a->dicts, YH_DICT_MED_TYPE, h.med_type));
    yh_fen fund = yh_arc_fund(&h), total = 0, catalog = 0, scope = 0;
    int64_t from, to;
    t->account += h.account;
    t->relative_paid += h.relative;
    t->relative += h.relative > 0;
    t->interim += h.part == 1;
    if (h.part != 1) { /* the cut of a last part is that of the whole stay */
        YH_ARC_SPAN(c, head, cut, i, &from, &to);
        for (int64_t j = from; j < to; j++) {
            yh_fen first = YH_ARC(c, cut, first, j), in = YH_ARC(c, cut, scope, j);
            total += YH_ARC(c, cut, outside, j) + YH_ARC(c, cut, over, j) + first + in;
            catalog += first + in;
            scope += in;
        }
        t->visits[s]++;
        t->kind[s][kind]++;
        yh_day day = yh_time_day(h.time);
        if (day >= k->first && day < k->first + k->ndays)
            t->day[day - k->first]++;
        t->week[(day + 3) % 7]++;
        t->hour[h.time % 86400 / 3600]++;
    }
    t->other_total[s][kind] += total;
    t->other_fund[s][kind] += fund;
    if (kind != 3)
        return;
    int level = k->level[h.provider];
    yh_day begin = (yh_day)h.begin;
    for (int l = level;; l = 3) {
        struct cell *x = &t->stay[s][l];
        x->fund += fund;
        if (h.part != 1) {
            x->n++;
            x->days += h.end - begin;
            x->total += total;
            x->catalog += catalog;
            x->scope += scope;
        }
        if (l == 3)
            break;
    }
    if (h.part == 1)
        return;
    int age = age_of(k, c, h.person);
    t->band_total[band_of(age)] += total;
    t->away[h.away]++;
    t->own_county += h.place == YH_ARC(c, person, district, h.person);
    t->filed += h.away && !yh_eq(yh_arc_dict_text(&k->a->dicts, YH_DICT_FILING, h.filing),
                                 YH_S("未备案"));
    group_of(k, c, i, yh_age_years((yh_day)YH_ARC(c, person, born, h.person), begin));
}

static enum yh_status walk(struct look *k, struct yh_err *err)
{
    for (int i = 0; i < k->a->nchunk; i++) {
        struct yh_arc_chunk c;
        enum yh_status st = yh_archive_chunk(k->a, i, &c, err);
        if (st)
            return st;
        persons(k, &c);
        for (int64_t h = 0; h < c.n[YH_ARC_head]; h++)
            one(k, &c, h);
        yh_archive_drop(k->a, i);
    }
    return YH_OK;
}

/* ---- the page ---- */

struct page {
    struct yh_buf *out;
    const struct yh_sim_tables *t;
    bool whole; /* a million people or more: limits as they stand */
    int failed;
};

static const struct yh_sim_target *target(const struct yh_sim_tables *t, const char *key,
                                          const char *scheme, const char *sub)
{
    for (int i = 0; i < t->ntarget; i++)
        if (yh_eq(t->target[i].key, yh_cstr(key)) &&
            yh_eq(t->target[i].scheme, yh_cstr(scheme)) &&
            yh_eq(t->target[i].sub, yh_cstr(sub)))
            return &t->target[i];
    return NULL;
}

static void dec(struct yh_buf *b, int64_t micro)
{
    int digits = micro >= 1000 * YH_ONE ? 0 : micro >= 10 * YH_ONE ? 2 : 4;
    int64_t cut = 1;
    for (int i = digits; i < 6; i++)
        cut *= 10;
    char text[40];
    yh_put(b, yh_dec_text(text, (micro + cut / 2) / cut, digits, digits));
}

/* The limit: permille; of a small prefecture wider by some four standard errors of `n` cases. */
static int64_t limit_of(const struct page *p, int64_t permille, int64_t n)
{
    if (p->whole)
        return permille;
    int64_t root = 1;
    while (root * root < n)
        root++;
    return permille + 4000 / root;
}

static void row(struct page *p, const char *what, const char *scheme, const char *sub,
                int64_t want, int64_t got, int64_t permille, const char *source)
{
    int64_t off = want ? yh_muldiv(got - want, 10000, want, YH_ROUND_HALF_UP) : 0;
    bool ok = off <= permille * 10 && off >= -permille * 10;
    char sign = off < 0 ? '-' : '+';
    int64_t abs = off < 0 ? -off : off;
    yh_putf(p->out, "| %s | %s | %s | ", what, scheme, sub);
    dec(p->out, want);
    yh_putf(p->out, " | ");
    dec(p->out, got);
    yh_putf(p->out, " | %c%" PRId64 ".%02d%% | ±%" PRId64 ".%d%% | %s | %s |\n", sign,
            abs / 100, (int)(abs % 100), permille / 10, (int)(permille % 10),
            ok ? "合格" : "**超限**", source);
    p->failed += !ok;
}

static const char *origin(struct yh_arena *a, const struct yh_sim_target *g)
{
    return yh_zdup(a,
                   yh_fmt(a, "%d，%.*s，%.*s", g->year, YH_ARG(g->basis), YH_ARG(g->source)));
}

static void held(struct page *p, struct look *k, int64_t want_people, int64_t want_employees)
{
    struct stats *t = &k->s;
    static const char *const SUB[] = { "1", "2", "3", "" };
    static const char *const SUB_ZH[] = { "一级及以下", "二级", "三级", "全部" };
    int64_t want[2] = { want_employees, want_people - want_employees };
    for (int s = 0; s < 2; s++)
        row(p, "参保人数", SCHEME_ZH[s], "", want[s] * YH_ONE, t->people[s] * YH_ONE,
            limit_of(p, 20, t->people[s]), "预设");
    for (int s = 0; s < 2; s++) {
        const struct yh_sim_target *g = target(p->t, "visits", SCHEME[s], "");
        row(p, "待遇享受人次 ÷ 参保人数", SCHEME_ZH[s], "", g->value,
            yh_ratio(t->visits[s], yh_max(1, t->people[s]), YH_ROUND_HALF_UP),
            limit_of(p, 20, t->people[s]), origin(&k->arena, g));
        g = target(p->t, "admission_rate", SCHEME[s], "");
        row(p, "住院率", SCHEME_ZH[s], "", g->value,
            yh_ratio(t->stay[s][3].n, yh_max(1, t->people[s]), YH_ROUND_HALF_UP),
            limit_of(p, 20, t->stay[s][3].n), origin(&k->arena, g));
        g = target(p->t, "days", SCHEME[s], "");
        row(p, "次均住院日", SCHEME_ZH[s], "", g->value,
            yh_ratio(t->stay[s][3].days, yh_max(1, t->stay[s][3].n), YH_ROUND_HALF_UP),
            limit_of(p, 20, t->stay[s][3].n), origin(&k->arena, g));
        for (int l = 3; l >= 0; l--) {
            const struct cell *x = &t->stay[s][l];
            g = target(p->t, "cost", SCHEME[s], SUB[l]);
            row(p, "次均住院费用（元）", SCHEME_ZH[s], SUB_ZH[l], g->value,
                yh_ratio(x->total, yh_max(1, x->n) * 100, YH_ROUND_HALF_UP),
                limit_of(p, 20, x->n / 2), origin(&k->arena, g));
        }
    }
    static const char *const BAND[] = { "0", "60", "70" };
    static const char *const BAND_ZH[] = { "60 岁以下", "60–69 岁", "70 岁以上" };
    int64_t people = t->people[0] + t->people[1];
    yh_fen spent = t->band_total[0] + t->band_total[1] + t->band_total[2];
    for (int b = 0; b < BANDS; b++) {
        const struct yh_sim_target *g = target(p->t, "age_index", "", BAND[b]);
        int64_t each = t->band_total[b] / yh_max(1, t->band_people[b]);
        row(p, "年龄指数（人均住院费用）", "全部", BAND_ZH[b], g->value,
            yh_ratio(each, yh_max(1, spent / yh_max(1, people)), YH_ROUND_HALF_UP),
            limit_of(p, 100, people / 20), origin(&k->arena, g));
    }
    int64_t most = 0, all = 0;
    for (int i = 0; i < k->ndays; i++) {
        all += t->day[i];
        most = yh_max(most, t->day[i]);
    }
    const struct yh_sim_target *g = target(p->t, "peak_day", "", "");
    row(p, "峰日 ÷ 日均", "全部", "", g->value,
        yh_ratio(most * k->ndays, yh_max(1, all), YH_ROUND_HALF_UP), limit_of(p, 50, most),
        origin(&k->arena, g));
    row(p, "退休占职工参保", "职工", "", target(p->t, "retired_share", "310", "")->value,
        yh_ratio(t->retired, yh_max(1, t->people[0]), YH_ROUND_HALF_UP),
        limit_of(p, 50, t->people[0]),
        origin(&k->arena, target(p->t, "retired_share", "310", "")));
}

static void pct(struct yh_buf *b, int64_t part, int64_t whole)
{
    int64_t v = yh_muldiv(part, 10000, yh_max(1, whole), YH_ROUND_HALF_UP);
    yh_putf(b, "%" PRId64 ".%02d%%", v / 100, (int)(v % 100));
}

static void paid(struct page *p, struct look *k)
{
    static const char *const SUB[] = { "1", "2", "3", "" };
    static const char *const SUB_ZH[] = { "一级及以下", "二级", "三级", "全部" };
    yh_putz(p->out,
            "\n## 支付比例（由文件算出，不作校准）\n\n"
            "目录内比例 = 基金支付 ÷（范围内 + 先行自付）；范围内比例 = 基金支付 ÷ 范围内。\n\n"
            "| 险种 | 级别 | 住院人次 | 公布的目录内比例 | 目录内比例 | 范围内比例 |\n"
            "| --- | --- | ---: | ---: | ---: | ---: |\n");
    for (int s = 0; s < 2; s++)
        for (int l = 3; l >= 0; l--) {
            const struct cell *x = &k->s.stay[s][l];
            const struct yh_sim_target *g = target(p->t, "paid_catalog", SCHEME[s], SUB[l]);
            yh_putf(p->out, "| %s | %s | %" PRId64 " | ", SCHEME_ZH[s], SUB_ZH[l], x->n);
            pct(p->out, g->value, YH_ONE);
            yh_putz(p->out, " | ");
            pct(p->out, x->fund, x->catalog);
            yh_putz(p->out, " | ");
            pct(p->out, x->fund, x->scope);
            yh_putz(p->out, " |\n");
        }
    yh_putz(p->out, "\n与公布值不同的原因：公布值是全国的，各地文件不同；本统筹区的文件是第三方"
                    "整理，生育住院、慢特病、医疗救助"
                    "的数值没有取得的，按没有待遇结算（见 policy/ 下各 gaps "
                    "文件）；先行自付和全自费的多少由虚构的价目决定；"
                    "异地未备案的降低支付。\n");
}

static void profile(struct page *p, struct look *k)
{
    struct stats *t = &k->s;
    yh_putz(p->out, "\n## 其余\n\n| 险种 | 类别 | 人次 | 总费用（元） | 基金支付 | 占费用 |\n"
                    "| --- | --- | ---: | ---: | ---: | ---: |\n");
    for (int s = 0; s < 2; s++)
        for (int v = 0; v < 4; v++) {
            yh_putf(p->out, "| %s | %s | %" PRId64 " | ", SCHEME_ZH[s], KIND[v], t->kind[s][v]);
            yh_put_money(p->out, t->other_total[s][v]);
            yh_putz(p->out, " | ");
            yh_put_money(p->out, t->other_fund[s][v]);
            yh_putz(p->out, " | ");
            pct(p->out, t->other_fund[s][v], t->other_total[s][v]);
            yh_putz(p->out, " |\n");
        }
    int64_t stays = t->stay[0][3].n + t->stay[1][3].n, all = 0, busy = 0;
    for (int i = 0; i < 24; i++) {
        all += t->hour[i];
        busy = yh_max(busy, t->hour[i]);
    }
    yh_putf(p->out,
            "\n- 结算 %" PRId64 " 笔（撤销 %" PRId64 "，中途结算 %" PRId64
            "，用亲属账户 %" PRId64 "），明细 %" PRId64 " 条\n",
            t->bills, t->undone, t->interim, t->relative, k->a->lines);
    yh_putz(p->out, "- 住院在参保县区：");
    pct(p->out, t->own_county, stays);
    yh_putz(p->out, "（对照：泉州案例 59.71%）；省内异地 ");
    pct(p->out, t->away[1], stays);
    yh_putz(p->out, "，跨省 ");
    pct(p->out, t->away[2], stays);
    yh_putz(p->out, "，异地中已备案 ");
    pct(p->out, t->filed, t->away[1] + t->away[2]);
    yh_putz(p->out, "\n- 星期（周一至周日）：");
    for (int i = 0; i < 7; i++) {
        yh_putz(p->out, i ? " " : "");
        pct(p->out, t->week[i], all);
    }
    yh_putz(p->out, "\n- 最忙的一小时占全天：");
    pct(p->out, busy, all);
    yh_putz(p->out, "（对照：15%，推算）\n- 国家方案 "
                    "chs_drg_11 给出正常组的住院：");
    pct(p->out, t->grouped, yh_max(1, t->grouped + t->ungrouped));
    bool ok = t->grouped * 100 >= (t->grouped + t->ungrouped) * 95;
    yh_putf(p->out, "（要求 95%% 以上）%s\n", ok ? "合格" : "**不合格**");
    p->failed += !ok;
    yh_putf(p->out, "- 号码不以 99 开头的人：%" PRId64 "（要求 0）\n", t->foreign_id);
    p->failed += t->foreign_id != 0;
}

static enum yh_status find(const char *data, struct yh_arena *a, const char **path,
                           struct yh_err *err)
{
    struct yh_file_list list;
    enum yh_status st =
        yh_file_find(a, yh_zdup(a, yh_fmt(a, "%s/archive", data)), ".yha", &list, err);
    if (st || list.n != 1)
        return yh_fail(err, YH_NOT_FOUND, "%s/archive 里应恰有一份年度档案（.yha），有 %d 份",
                       data, st ? 0 : list.n);
    *path = list.path[0];
    return YH_OK;
}

static int64_t about(const struct yh_archive *a, const char *name)
{
    yh_str text = a->about.text;
    int64_t v = 0;
    while (text.n) {
        yh_str line = yh_cut(&text, '\n'), key = yh_cut(&line, ' ');
        if (yh_eq(key, yh_cstr(name)) && yh_int_parse(line, &v, NULL) == YH_OK)
            return v;
    }
    return 0;
}

static void levels(struct look *k)
{
    int n = (int)k->a->providers.n[YH_ARC_provider];
    k->level = YH_NEW(&k->arena, int, n);
    for (int i = 0; i < n; i++) {
        int64_t v = 0;
        yh_str level = yh_arc_dict_text(&k->a->dicts, YH_DICT_LEVEL,
                                        YH_ARC(&k->a->providers, provider, level, i));
        bool pharmacy = YH_ARC(&k->a->providers, provider, kind, i) == 2;
        (void)!yh_int_parse(level, &v, NULL);
        k->level[i] = pharmacy ? 3 : v >= 1 && v <= 4 ? 2 : v >= 5 && v <= 7 ? 1 : 0;
    }
}

static enum yh_status write_page(struct look *k, const struct yh_sim_tables *t,
                                 struct yh_buf *out, int *failed)
{
    struct page p = { .out = out, .t = t, .whole = k->a->persons >= 1000000 };
    yh_putf(out,
            "# 虚构统筹区 %06u，%d 年：校准报告\n\n种子 %" PRIu64 "，%" PRId64 " 人，%" PRId64
            " 笔结算。人、机构、账单都是虚构的。\n\n"
            "| 指标 | 险种 | 段 | 目标 | 结果 | 差 | 限 | 判 | 目标的年份、依据、来源 |\n"
            "| --- | --- | --- | ---: | ---: | ---: | ---: | --- | --- |\n",
            k->a->about.region, k->a->about.year, k->a->about.seed, k->a->persons, k->a->heads);
    held(&p, k, about(k->a, "people"), about(k->a, "employees"));
    paid(&p, k);
    profile(&p, k);
    yh_putf(out, "\n%s\n", p.failed ? "**有超限的行。**" : "全部在限内。");
    *failed = p.failed;
    return YH_OK;
}

enum yh_status yh_sim_report(const char *catalogs, const char *data, struct yh_buf *out,
                             int *failed, struct yh_err *err)
{
    struct look *k = yh_heap(NULL, sizeof *k);
    struct yh_archive *a = yh_heap(NULL, sizeof *a);
    struct yh_tables casemix = { 0 };
    struct yh_sim_tables *t = yh_heap(NULL, sizeof *t);
    const char *path = NULL;
    memset(k, 0, sizeof *k);
    memset(a, 0, sizeof *a);
    memset(t, 0, sizeof *t);
    enum yh_status st = yh_arena_open(&k->arena, (size_t)1 << 30, err);
    if (st == YH_OK)
        st = find(data, &k->arena, &path, err);
    if (st == YH_OK)
        st = yh_archive_open(path, a, err);
    const char *dir = st ? NULL : yh_catalogs_dir(&k->arena, catalogs);
    if (st == YH_OK)
        st = yh_tables_open(&casemix, yh_zdup(&k->arena, yh_fmt(&k->arena, "%s/chs-drg", dir)),
                            err);
    if (st == YH_OK)
        st = yh_tables_scheme(&casemix, YH_S("chs_drg_11"), &k->scheme, err);
    if (st == YH_OK)
        st = yh_sim_targets(&k->arena, dir, t, err);
    if (st == YH_OK) {
        k->a = a;
        k->mid = yh_day_of(a->about.year, 7, 1);
        k->first = yh_day_of(a->about.year, 1, 1);
        k->ndays = yh_day_of(a->about.year + 1, 1, 1) - k->first;
        for (int s = 0; s < 2; s++)
            k->scheme_id[s] = yh_arc_dict_find(&a->dicts, YH_DICT_SCHEME, yh_cstr(SCHEME[s]));
        levels(k);
        st = walk(k, err);
    }
    if (st == YH_OK)
        st = write_page(k, t, out, failed);
    if (casemix.cm)
        yh_tables_close(&casemix);
    yh_archive_close(a);
    yh_arena_close(&k->arena);
    yh_heap(t, 0);
    yh_heap(a, 0);
    yh_heap(k, 0);
    return st;
}
