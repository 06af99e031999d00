/* model/casemix/dip.c -- reads the rules and the catalogue. */
#include "model/casemix/dip.h"
#include <stdlib.h>
#include "model/casemix/sheet.h"

yh_str yh_dip_class_name(enum yh_dip_class c)
{
    static const yh_str NAME[] = { YH_S_INIT("保守治疗"), YH_S_INIT("诊断性操作"),
                                   YH_S_INIT("治疗性操作"), YH_S_INIT("相关手术") };
    return NAME[c];
}

static const struct {
    yh_str word, name;
} DIMENSION[YH_DIP_DIMENSIONS] = {
    [YH_DIP_AGE] = { YH_S_INIT("age"), YH_S_INIT("年龄") },
    [YH_DIP_CCI] = { YH_S_INIT("cci"), YH_S_INIT("合并症指数") },
    [YH_DIP_ICU] = { YH_S_INIT("icu"), YH_S_INIT("重症监护") },
    [YH_DIP_SEVERITY] = { YH_S_INIT("severity"), YH_S_INIT("疾病严重程度") },
    [YH_DIP_TUMOUR] = { YH_S_INIT("tumour"), YH_S_INIT("肿瘤严重程度") },
    [YH_DIP_READMISSION] = { YH_S_INIT("readmission"), YH_S_INIT("再入院") },
};

yh_str yh_dip_dimension_word(enum yh_dip_dimension d)
{
    return DIMENSION[d].word;
}

yh_str yh_dip_dimension_name(enum yh_dip_dimension d)
{
    return DIMENSION[d].name;
}

static enum yh_status read_values(struct yh_dip_rules *r, struct yh_sheet *t,
                                  struct yh_err *err)
{
    int64_t threshold = 15, base = 1000, band = 5;
    yh_str operations = YH_S("set");
    const struct {
        yh_str key;
        int64_t *to;
        int scale;
        int64_t min, max;
    } NUMBER[] = { { YH_S("threshold"), &threshold, 0, 1, 1000000 },
                   { YH_S("trim_low"), &r->trim_low, 6, 0, YH_ONE },
                   { YH_S("trim_high"), &r->trim_high, 6, YH_ONE, 1000 * YH_ONE },
                   { YH_S("score_base"), &base, 0, 1, 100000 },
                   { YH_S("gate_cv"), &r->gate_cv, 6, 0, 100 * YH_ONE },
                   { YH_S("gate_drop"), &r->gate_drop, 6, 0, YH_ONE },
                   { YH_S("band_cases"), &band, 0, 1, 1000000 },
                   { YH_S("low_ratio"), &r->low_ratio, 6, 0, YH_ONE },
                   { YH_S("high_ratio"), &r->high_ratio, 6, YH_ONE, 100 * YH_ONE },
                   { YH_S("review_ratio"), &r->review_ratio, 6, YH_ONE, 1000 * YH_ONE },
                   { YH_S("blank_factor"), &r->blank_factor, 6, 0, 10 * YH_ONE } };
    enum yh_status bad = YH_OK;
    while (yh_sheet_next(t, &bad, err)) {
        bool known = false;
        for (int i = 0; i < YH_COUNT(NUMBER); i++) {
            int64_t v;
            if (!yh_eq(yh_sheet_cell(t, 0), NUMBER[i].key))
                continue;
            known = true;
            if (yh_dec_parse(yh_sheet_cell(t, 1), NUMBER[i].scale, &v, NULL) ||
                v < NUMBER[i].min || v > NUMBER[i].max)
                return yh_sheet_fail(t, err, "数值不对或超出范围");
            *NUMBER[i].to = v;
        }
        if (yh_eq(yh_sheet_cell(t, 0), YH_S("operations")))
            operations = yh_sheet_cell(t, 1);
        else if (yh_eq(yh_sheet_cell(t, 0), YH_S("blank_code")))
            r->blank_code = yh_sheet_cell(t, 1);
        else if (!known)
            return yh_sheet_fail(t, err, "没有这一项规则");
    }
    r->threshold = (int)threshold;
    r->score_base = base;
    r->band_cases = (int)band;
    r->main_only = yh_eq(operations, YH_S("main"));
    if (!bad && !r->main_only && !yh_eq(operations, YH_S("set")))
        bad = yh_fail(err, YH_BAD_TABLE, "%s：operations 应为 set 或 main", t->path);
    return bad;
}

static enum yh_status read_sections(struct yh_dip_rules *r, struct yh_sheet *t,
                                    struct yh_err *err)
{
    int cap = 0;
    enum yh_status bad = YH_OK;
    while (yh_sheet_next(t, &bad, err)) {
        struct yh_dip_section s = { .from = yh_sheet_cell(t, 0), .to = yh_sheet_cell(t, 1) };
        if (s.from.n != 3 || s.to.n != 3 || yh_cmp(s.from, s.to) > 0)
            return yh_sheet_fail(t, err, "应为三位类目的起止");
        if (r->nsection && yh_cmp(r->section[r->nsection - 1].to, s.from) >= 0)
            return yh_sheet_fail(t, err, "各节应由小到大，不得重叠");
        s.text = yh_fmt(r->arena, "%.*s-%.*s", YH_ARG(s.from), YH_ARG(s.to));
        YH_PUSH(r->arena, r->section, r->nsection, cap) = s;
    }
    return bad;
}

/* Operations with their class; classes.tsv maps the national words to the four classes. */
static enum yh_status read_operations(struct yh_dip_rules *r, struct yh_sheet *classes,
                                      struct yh_sheet *procedures, struct yh_sheet *excluded,
                                      struct yh_err *err)
{
    struct yh_map word = yh_map_in(r->arena, 16);
    enum yh_status bad = YH_OK;
    while (yh_sheet_next(classes, &bad, err)) {
        int64_t v;
        if (yh_int_parse(yh_sheet_cell(classes, 1), &v, NULL) || v < 1 || v >= YH_DIP_CLASSES)
            return yh_sheet_fail(classes, err, "类别应为 1 到 3");
        yh_map_set(&word, yh_sheet_cell(classes, 0), (int32_t)v);
    }
    int cap = 0;
    yh_codes_open(&r->px, r->arena, 16000);
    YH_PUSH(r->arena, r->class_of, r->npx, cap) = YH_DIP_THERAPEUTIC;
    while (yh_sheet_next(procedures, &bad, err)) {
        uint32_t id = yh_codes_add(&r->px, yh_sheet_cell(procedures, 0));
        int32_t v = yh_map_get(&word, yh_sheet_cell(procedures, 1), -1);
        if (v < 0)
            return yh_sheet_fail(procedures, err, "classes.tsv 没有这个手术操作类别");
        if ((int)id == r->npx)
            YH_PUSH(r->arena, r->class_of, r->npx, cap) = (uint8_t)v;
    }
    while (yh_sheet_next(excluded, &bad, err)) {
        uint32_t id = yh_codes_add(&r->px, yh_sheet_cell(excluded, 0));
        if ((int)id == r->npx)
            YH_PUSH(r->arena, r->class_of, r->npx, cap) = YH_DIP_THERAPEUTIC;
    }
    r->excluded = YH_NEW(r->arena, bool, r->npx);
    return bad;
}

static enum yh_status read_lists(struct yh_dip_rules *r, struct yh_sheet *charlson,
                                 struct yh_sheet *severity, struct yh_err *err)
{
    enum yh_status bad = YH_OK;
    int cap = 0;
    r->charlson = yh_map_in(r->arena, 512);
    r->failure = yh_map_in(r->arena, 64);
    r->organ = yh_map_in(r->arena, 64);
    r->metastasis = yh_map_in(r->arena, 64);
    r->tumour = yh_map_in(r->arena, 64);
    while (yh_sheet_next(charlson, &bad, err)) {
        int64_t w;
        yh_str prefix = yh_sheet_cell(charlson, 0);
        if (prefix.n < 1 || prefix.n > 5 ||
            yh_int_parse(yh_sheet_cell(charlson, 1), &w, NULL) || w < 1 || w > 9)
            return yh_sheet_fail(charlson, err, "应为至多五位的前缀和 1 到 9 的分值");
        yh_map_set(&r->charlson, prefix, r->ncharlson);
        YH_PUSH(r->arena, r->charlson_weight, r->ncharlson, cap) = (int32_t)w;
    }
    while (yh_sheet_next(severity, &bad, err)) {
        yh_str list = yh_sheet_cell(severity, 0), prefix = yh_sheet_cell(severity, 1);
        struct yh_map *m = yh_eq(list, YH_S("failure"))      ? &r->failure
                           : yh_eq(list, YH_S("organ"))      ? &r->organ
                           : yh_eq(list, YH_S("metastasis")) ? &r->metastasis
                           : yh_eq(list, YH_S("tumour"))     ? &r->tumour
                                                             : NULL;
        if (!m || prefix.n < 1 || prefix.n > 5)
            return yh_sheet_fail(severity, err,
                                 "应为 failure、organ、metastasis 或 tumour 和至多五位的前缀");
        yh_map_add(m, prefix, 1);
    }
    return bad;
}

static enum yh_status read_bands(struct yh_dip_rules *r, struct yh_sheet *t, struct yh_err *err)
{
    enum yh_status bad = YH_OK;
    for (int d = 0; d < YH_DIP_DIMENSIONS; d++)
        r->nband[d] = 1;
    while (yh_sheet_next(t, &bad, err)) {
        int d = 0;
        int64_t band, from, to;
        while (d < YH_DIP_DIMENSIONS && !yh_eq(DIMENSION[d].word, yh_sheet_cell(t, 0)))
            d++;
        if (d == YH_DIP_DIMENSIONS || yh_int_parse(yh_sheet_cell(t, 1), &band, NULL) ||
            yh_int_parse(yh_sheet_cell(t, 3), &from, NULL) ||
            yh_int_parse(yh_sheet_cell(t, 4), &to, NULL) || from > to || band != r->nband[d] ||
            band >= YH_DIP_BANDS_MAX)
            return yh_sheet_fail(t, err,
                                 "应为维度、由 1 起逐一编号的档（至多 11 档）、名称和起止");
        r->band[d][r->nband[d]++] =
            (struct yh_dip_band){ .name = yh_sheet_cell(t, 2), .from = from, .to = to };
    }
    return bad;
}

static enum yh_status read_rest(struct yh_dip_rules *r, struct yh_sheet *dx,
                                struct yh_sheet *tcm, struct yh_err *err)
{
    enum yh_status bad = YH_OK;
    int dx_cap = 0, tcm_cap = 0;
    while (yh_sheet_next(dx, &bad, err)) {
        if (yh_sheet_cell(dx, 0).n == 0)
            return yh_sheet_fail(dx, err, "前缀不能为空");
        YH_PUSH(r->arena, r->excluded_dx, r->nexcluded_dx, dx_cap) = yh_sheet_cell(dx, 0);
    }
    while (yh_sheet_next(tcm, &bad, err)) {
        struct yh_dip_tcm row = { .code = yh_sheet_cell(tcm, 0),
                                  .dx = yh_sheet_cell(tcm, 1),
                                  .px = yh_sheet_cell(tcm, 2),
                                  .equals = yh_sheet_cell(tcm, 3),
                                  .name = yh_sheet_cell(tcm, 4) };
        if (!row.code.n || !row.dx.n || !row.equals.n)
            return yh_sheet_fail(tcm, err, "中医病组须有编码、诊断前缀和同价的病种");
        YH_PUSH(r->arena, r->tcm, r->ntcm, tcm_cap) = row;
    }
    return bad;
}

enum yh_status yh_dip_rules_load(struct yh_arena *a, struct yh_casemix_source source,
                                 struct yh_dip_rules **out, struct yh_err *err)
{
    static const struct {
        const char *path;
        const char *want[5];
        int n;
    } FILES[] = { { "rules.tsv", { "key", "value" }, 2 },
                  { "sections.tsv", { "from", "to" }, 2 },
                  { "classes.tsv", { "operation_class_zh", "class" }, 2 },
                  { "../icd9cm3/procedures.tsv", { "code", "operation_class_zh" }, 2 },
                  { "excluded-operations.tsv", { "code" }, 1 },
                  { "charlson.tsv", { "prefix", "weight" }, 2 },
                  { "severity.tsv", { "list", "prefix" }, 2 },
                  { "bands.tsv", { "dimension", "band", "name", "from", "to" }, 5 },
                  { "excluded-diagnoses.tsv", { "prefix" }, 1 },
                  { "tcm.tsv", { "code", "dx", "px", "equals", "name" }, 5 } };
    struct yh_sheet *t[YH_COUNT(FILES)];
    struct yh_dip_rules *r = YH_NEW(a, struct yh_dip_rules, 1);
    *r = (struct yh_dip_rules){ .arena = a,
                                .trim_high = 1000 * YH_ONE,
                                .gate_cv = 700000,
                                .gate_drop = 200000,
                                .low_ratio = 500000,
                                .high_ratio = 2 * YH_ONE,
                                .review_ratio = 5 * YH_ONE,
                                .blank_factor = 700000,
                                .blank_code = YH_S("KBBZ") };
    enum yh_status bad = YH_OK;
    for (int i = 0; i < YH_COUNT(FILES) && !bad; i++)
        bad = yh_sheet_open(a, source, FILES[i].path, FILES[i].want, FILES[i].n, &t[i], err);
    if (!bad)
        bad = read_values(r, t[0], err);
    if (!bad)
        bad = read_sections(r, t[1], err);
    if (!bad)
        bad = read_operations(r, t[2], t[3], t[4], err);
    if (!bad)
        bad = read_lists(r, t[5], t[6], err);
    if (!bad)
        bad = read_bands(r, t[7], err);
    if (!bad)
        bad = read_rest(r, t[8], t[9], err);
    /* The exclusions again, now that every operation has its id. */
    if (!bad)
        bad = yh_sheet_open(a, source, FILES[4].path, FILES[4].want, FILES[4].n, &t[4], err);
    while (!bad && yh_sheet_next(t[4], &bad, err))
        r->excluded[yh_codes_get(&r->px, yh_sheet_cell(t[4], 0))] = true;
    if (!bad)
        *out = r;
    return bad;
}

static int by_place(const void *x, const void *y)
{
    const struct yh_dip_row *a = x, *b = y;
    bool ca = a->kind == YH_DIP_COMPREHENSIVE, cb = b->kind == YH_DIP_COMPREHENSIVE;
    if (ca != cb)
        return ca ? 1 : -1;
    int by = yh_cmp(a->dx, b->dx);
    if (!by)
        by = ca ? (int)a->cls - (int)b->cls : yh_cmp(a->px, b->px);
    return by ? by : yh_cmp(a->code, b->code);
}

enum yh_status yh_dip_catalogue_index(struct yh_dip_catalogue *c, struct yh_arena *a,
                                      struct yh_err *err)
{
    /* Auxiliary rows name their group by its code while the rows move. */
    yh_str *owner = YH_NEW(a, yh_str, c->naux);
    for (int i = 0; i < c->naux; i++)
        owner[i] = c->row[c->aux[i].row].code;
    if (c->nrow)
        qsort(c->row, (size_t)c->nrow, sizeof *c->row, by_place);
    struct yh_map by_code = yh_map_in(a, c->nrow);
    c->by_dx = yh_map_in(a, c->nrow);
    c->by_cell = yh_map_in(a, c->nrow);
    c->ncore = 0;
    for (int i = 0; i < c->nrow; i++) {
        struct yh_dip_row *r = &c->row[i];
        if (!yh_map_add(&by_code, r->code, i))
            return yh_fail(err, YH_BAD_TABLE, "目录中病种编码 %.*s 重复", YH_ARG(r->code));
        r->aux = r->naux = 0;
        if (r->kind != YH_DIP_COMPREHENSIVE) {
            c->ncore++;
            yh_map_add(&c->by_dx, r->dx, i);
        } else {
            yh_map_add(&c->by_cell, yh_fmt(a, "%.*s/%d", YH_ARG(r->dx), (int)r->cls), i);
        }
    }
    for (int i = 0; i < c->naux; i++) {
        struct yh_dip_aux *x = &c->aux[i];
        x->row = yh_map_get(&by_code, owner[i], -1);
        struct yh_dip_row *r = &c->row[x->row];
        if (r->naux++ == 0)
            r->aux = i;
        else if (r->aux + r->naux - 1 != i)
            return yh_fail(err, YH_BAD_TABLE, "病种 %.*s 的辅助目录各行应相连",
                           YH_ARG(owner[i]));
    }
    return YH_OK;
}

static enum yh_status read_rows(struct yh_dip_catalogue *c, struct yh_sheet *t,
                                struct yh_arena *a, struct yh_map *by_code, struct yh_err *err)
{
    static const yh_str KIND[] = { YH_S_INIT("core"), YH_S_INIT("basic"),
                                   YH_S_INIT("comprehensive") };
    enum yh_status bad = YH_OK;
    int cap = 0;
    while (yh_sheet_next(t, &bad, err)) {
        struct yh_dip_row r = { .code = yh_sheet_cell(t, 0),
                                .dx = yh_sheet_cell(t, 2),
                                .px = yh_sheet_cell(t, 3) };
        int k = 0;
        int64_t cls;
        while (k < YH_COUNT(KIND) && !yh_eq(KIND[k], yh_sheet_cell(t, 1)))
            k++;
        if (k == YH_COUNT(KIND) || !r.code.n || !r.dx.n ||
            yh_int_parse(yh_sheet_cell(t, 4), &cls, NULL) || cls < 0 || cls >= YH_DIP_CLASSES ||
            yh_int_parse(yh_sheet_cell(t, 5), &r.cases, NULL) ||
            yh_int_parse(yh_sheet_cell(t, 6), &r.kept, NULL) ||
            yh_fen_parse(yh_sheet_cell(t, 7), &r.mean, NULL) ||
            yh_dec_parse(yh_sheet_cell(t, 8), 6, &r.cv, NULL) ||
            yh_dec_parse(yh_sheet_cell(t, 9), 6, &r.weight, NULL) ||
            yh_dec_parse(yh_sheet_cell(t, 10), 4, &r.score, NULL) || r.mean <= 0 ||
            r.weight < 0 || r.score < 0)
            return yh_sheet_fail(t, err, "病种的类别或数值不对");
        r.kind = (enum yh_dip_kind)k;
        r.cls = (enum yh_dip_class)cls;
        yh_map_add(by_code, r.code, c->nrow);
        YH_PUSH(a, c->row, c->nrow, cap) = r;
    }
    return bad;
}

static enum yh_status read_aux(struct yh_dip_catalogue *c, struct yh_sheet *t,
                               struct yh_arena *a, const struct yh_map *by_code,
                               struct yh_err *err)
{
    enum yh_status bad = YH_OK;
    int cap = 0;
    while (yh_sheet_next(t, &bad, err)) {
        struct yh_dip_aux x = { .row = yh_map_get(by_code, yh_sheet_cell(t, 0), -1) };
        int d = 0;
        int64_t band;
        while (d < YH_DIP_DIMENSIONS && !yh_eq(DIMENSION[d].word, yh_sheet_cell(t, 1)))
            d++;
        if (x.row < 0 || d == YH_DIP_DIMENSIONS ||
            yh_int_parse(yh_sheet_cell(t, 2), &band, NULL) || band < 1 ||
            band >= YH_DIP_BANDS_MAX || yh_int_parse(yh_sheet_cell(t, 3), &x.cases, NULL) ||
            yh_fen_parse(yh_sheet_cell(t, 4), &x.mean, NULL) ||
            yh_dec_parse(yh_sheet_cell(t, 5), 6, &x.coefficient, NULL) || x.coefficient < 0)
            return yh_sheet_fail(t, err, "辅助目录的病种、维度、档或数值不对");
        x.dimension = (enum yh_dip_dimension)d;
        x.band = (int)band;
        YH_PUSH(a, c->aux, c->naux, cap) = x;
    }
    return bad;
}

enum yh_status yh_dip_catalogue_load(struct yh_arena *a, struct yh_casemix_source source,
                                     struct yh_dip_catalogue **out, struct yh_err *err)
{
    static const char *const ROW[] = { "code", "kind",      "dx", "px",     "class", "cases",
                                       "kept", "mean_cost", "cv", "weight", "score" };
    static const char *const AUX[] = { "code",  "dimension", "band",
                                       "cases", "mean_cost", "coefficient" };
    static const char *const SUM[] = { "item", "value" };
    struct yh_sheet *row, *aux, *sum;
    struct yh_dip_catalogue *c = YH_NEW(a, struct yh_dip_catalogue, 1);
    struct yh_map by_code = yh_map_in(a, 4096);
    enum yh_status bad =
        yh_sheet_open(a, source, "catalogue.tsv", ROW, YH_COUNT(ROW), &row, err);
    if (!bad)
        bad = yh_sheet_open(a, source, "aux.tsv", AUX, YH_COUNT(AUX), &aux, err);
    if (!bad)
        bad = yh_sheet_open(a, source, "summary.tsv", SUM, YH_COUNT(SUM), &sum, err);
    if (!bad)
        bad = read_rows(c, row, a, &by_code, err);
    if (!bad)
        bad = read_aux(c, aux, a, &by_code, err);
    while (!bad && yh_sheet_next(sum, &bad, err))
        if (yh_eq(yh_sheet_cell(sum, 0), YH_S("mean_cost")) &&
            yh_fen_parse(yh_sheet_cell(sum, 1), &c->mean, NULL))
            bad = yh_sheet_fail(sum, err, "mean_cost 应为金额");
    if (!bad)
        bad = yh_dip_catalogue_index(c, a, err);
    if (!bad)
        *out = c;
    return bad;
}
