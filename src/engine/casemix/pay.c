#include "engine/casemix/pay.h"

#define WEIGHT_MAX (1000 * YH_ONE)
#define RATE_MAX INT64_C(10000000000) /* 100 million yuan */

static enum yh_status read_weights(struct yh_drg_pay *p, struct yh_tsv *t, struct yh_arena *a,
                                   struct yh_err *err)
{
    static const char *const WANT[] = { "drg", "weight" };
    int col[2], more, cap = 0, mean_cap = 0, nmean = 0;
    enum yh_status bad = yh_tsv_want(t, WANT, 2, col, err);
    int mean_col = yh_tsv_col(t, YH_S("mean_cost"));
    while (!bad && (more = yh_tsv_next(t, err)) != 0) {
        yh_micro w;
        yh_fen mean = 0;
        if (more < 0)
            return YH_BAD_TABLE;
        if (!t->cell[col[1]].n) /* an empty group has none */
            continue;
        if (yh_dec_parse(t->cell[col[1]], 6, &w, NULL) || w < 0 || w > WEIGHT_MAX ||
            !yh_map_add(&p->at, t->cell[col[0]], p->n))
            return yh_fail_at(err, YH_BAD_TABLE, t->line, 0,
                              "weight.tsv 第 %d 行：应为没有重复的组和 0 到 1000 的权重",
                              t->line);
        if (mean_col >= 0 && (yh_fen_parse(t->cell[mean_col], &mean, NULL) || mean < 0))
            return yh_fail_at(err, YH_BAD_TABLE, t->line, 0,
                              "weight.tsv 第 %d 行：mean_cost 应为金额", t->line);
        YH_PUSH(a, p->weight, p->n, cap) = w;
        YH_PUSH(a, p->mean, nmean, mean_cap) = mean;
    }
    return bad;
}

static enum yh_status read_rate(struct yh_drg_pay *p, struct yh_tsv *t, struct yh_err *err)
{
    static const char *const WANT[] = { "item", "value" };
    int col[2], more;
    enum yh_status bad = yh_tsv_want(t, WANT, 2, col, err);
    while (!bad && (more = yh_tsv_next(t, err)) != 0) {
        if (more < 0)
            return YH_BAD_TABLE;
        if (yh_eq(t->cell[col[0]], YH_S("base_rate")) &&
            (yh_fen_parse(t->cell[col[1]], &p->rate, NULL) || p->rate > RATE_MAX))
            p->rate = 0;
    }
    if (!bad && p->rate <= 0)
        bad = yh_fail(err, YH_BAD_TABLE, "summary.tsv：缺 base_rate（元，大于 0）");
    return bad;
}

enum yh_status yh_drg_pay_load(struct yh_arena *a, struct yh_casemix_source source,
                               struct yh_drg_pay **out, struct yh_err *err)
{
    struct yh_drg_pay *p = YH_NEW(a, struct yh_drg_pay, 1);
    struct yh_tsv *t = YH_NEW(a, struct yh_tsv, 1);
    yh_str text;
    p->at = yh_map_in(a, 1024);
    enum yh_status bad = source.read(source.ctx, "weight.tsv", &text, err);
    if (!bad)
        bad = yh_tsv_open(t, text, err);
    if (!bad)
        bad = read_weights(p, t, a, err);
    if (!bad)
        bad = source.read(source.ctx, "summary.tsv", &text, err);
    if (!bad)
        bad = yh_tsv_open(t, text, err);
    if (!bad)
        bad = read_rate(p, t, err);
    if (!bad)
        *out = p;
    return bad;
}

bool yh_drg_standard(const struct yh_drg_pay *p, yh_str drg, yh_micro *weight, yh_fen *mean,
                     yh_fen *standard)
{
    int32_t i = yh_map_get(&p->at, drg, -1);
    if (i < 0)
        return false;
    *weight = p->weight[i];
    *mean = p->mean[i];
    *standard = yh_fen_scale(p->rate, p->weight[i], YH_ROUND_HALF_UP);
    return true;
}
