#include "shell/sim/tables.h"
#include <stdio.h>
#include <stdlib.h>
#include "shell/file/file.h"

#define MOST_DX 60
#define MOST_PX 12
#define PAIRS 48

/* ---- a table on disk ---- */

struct sheet {
    struct yh_tsv t;
    const char *path;
    struct yh_arena *a;
};

static enum yh_status open_sheet(struct yh_arena *a, const char *catalogs, const char *path,
                                 struct sheet *s, struct yh_err *err)
{
    yh_str text;
    *s = (struct sheet){ .path = path, .a = a };
    enum yh_status st =
        yh_file_read(a, yh_zdup(a, yh_fmt(a, "%s/%s", catalogs, path)), 64 << 20, &text, err);
    return st ? st : yh_tsv_open(&s->t, text, err);
}

static int next(struct sheet *s, struct yh_err *err)
{
    struct yh_err why;
    int k = yh_tsv_next(&s->t, &why);
    if (k < 0)
        (void)yh_fail_at(err, YH_BAD_TABLE, s->t.line, 0, "%s 第 %d 行：%s", s->path, s->t.line,
                         why.text);
    return k;
}

static yh_str cell(const struct sheet *s, const char *name)
{
    int c = yh_tsv_col(&s->t, yh_cstr(name));
    yh_str v = c < 0 ? YH_S("") : s->t.cell[c];
    return yh_eq(v, YH_S("-")) ? YH_S("") : v;
}

static enum yh_status number(const struct sheet *s, const char *name, int scale, int64_t *out,
                             struct yh_err *err)
{
    yh_str v = cell(s, name);
    *out = 0;
    if (!v.n)
        return YH_OK;
    if (yh_dec_parse(v, scale, out, NULL))
        return yh_fail_at(err, YH_BAD_TABLE, s->t.line, 0, "%s 第 %d 行 %s「%.*s」不是数",
                          s->path, s->t.line, name, YH_ARG(v));
    return YH_OK;
}

static enum yh_status numbers(const struct sheet *s, const char *const *name, int n, int *out,
                              struct yh_err *err)
{
    for (int i = 0; i < n; i++) {
        int64_t v;
        enum yh_status st = number(s, name[i], 0, &v, err);
        if (st)
            return st;
        out[i] = (int)v;
    }
    return YH_OK;
}

/* ---- items ---- */

static int by_code(const void *a, const void *b)
{
    const struct yh_sim_item *const *x = a, *const *y = b;
    return yh_cmp((*x)->code, (*y)->code);
}

struct yh_sim_uses yh_sim_use(struct yh_sim_tables *t, yh_str words)
{
    int *list = NULL, n = 0, cap = 0;
    while (words.n) {
        yh_str w = yh_cut(&words, ',');
        for (int i = 0; i < t->nitem; i++)
            if (yh_eq(t->item[i].use, w))
                YH_PUSH(t->arena, list, n, cap) = i;
    }
    return (struct yh_sim_uses){ list, n };
}

static void index_uses(struct yh_sim_tables *t)
{
    static const char *const WORD[] = {
#define U(NAME, word) word,
        YH_SIM_USE_LIST(U)
#undef U
    };
    for (int i = 0; i < YH_USES; i++)
        t->used[i] = yh_sim_use(t, yh_cstr(WORD[i]));
}

static struct yh_sim_uses drugs_of(struct yh_sim_tables *t, yh_str groups)
{
    struct yh_buf b = yh_buf_in(t->arena);
    while (groups.n) {
        yh_str one = yh_cut(&groups, ',');
        yh_putf(&b, "%sdrug:%.*s", b.n ? "," : "", YH_ARG(one));
    }
    return yh_sim_use(t, yh_buf_str(&b));
}

static enum yh_status load_items(struct yh_sim_tables *t, const char *catalogs,
                                 struct yh_catalog *catalog, struct yh_arc_dicts *dicts,
                                 struct yh_err *err)
{
    struct sheet s;
    int cap = 0, k;
    enum yh_status st = open_sheet(t->arena, catalogs, "synth/items.tsv", &s, err);
    if (st)
        return st;
    while ((k = next(&s, err)) > 0) {
        struct yh_sim_item it = { .code = cell(&s, "code"),
                                  .name = cell(&s, "name_zh"),
                                  .use = cell(&s, "use") };
        static const char *const PRICE[] = { "price1", "price2", "price3" };
        for (int i = 0; st == YH_OK && i < YH_SIM_LEVELS; i++)
            st = number(&s, PRICE[i], 6, &it.price[i], err);
        if (st)
            return st;
        it.item = yh_catalog_id(catalog, YH_SPACE_ITEM, it.code);
        if (it.item == YH_CODE_NONE)
            it.item =
                yh_catalog_add(catalog, yh_item_kind(it.code), it.code, it.name, YH_INVENTED);
        it.dict = yh_arc_dict_add(dicts, YH_DICT_ITEM, it.code);
        it.charge = yh_arc_dict_add(dicts, YH_DICT_CHARGE, cell(&s, "charge"));
        YH_PUSH(t->arena, t->item, t->nitem, cap) = it;
    }
    if (k < 0)
        return YH_BAD_TABLE;
    struct yh_sim_item **by = YH_NEW(t->arena, struct yh_sim_item *, t->nitem);
    for (int i = 0; i < t->nitem; i++)
        by[i] = &t->item[i];
    qsort(by, (size_t)t->nitem, sizeof *by, by_code);
    for (int i = 0; i < t->nitem; i++)
        by[i]->rank = i;
    index_uses(t);
    return YH_OK;
}

/* ---- cases ---- */

static int season_of(yh_str word)
{
    return yh_eq(word, YH_S("winter"))   ? 1
           : yh_eq(word, YH_S("summer")) ? 2
           : yh_eq(word, YH_S("spring")) ? 3
                                         : 0;
}

/* Percent by month. */
static const int SEASON[4][12] = {
    { 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100 },
    { 145, 130, 115, 95, 85, 75, 70, 70, 80, 95, 115, 135 },
    { 70, 75, 85, 95, 110, 130, 140, 135, 120, 95, 80, 70 },
    { 90, 100, 130, 130, 120, 95, 85, 85, 100, 105, 100, 90 },
};

static enum yh_sim_kind kind_of(yh_str word)
{
    static const char *const WORD[] = { "med",   "surg",  "proc", "birth",
                                        "chemo", "psych", "rehab" };
    for (int i = 0; i < YH_COUNT(WORD); i++)
        if (yh_eq(word, yh_cstr(WORD[i])))
            return (enum yh_sim_kind)i;
    return YH_SIM_MED;
}

static const char *const OTHERS[][12] = {
    { "old", "I10.x00x002", "E11.900", "I25.103", "J44.900", "K29.500", "I69.300", "E78.500",
      "M17.900", "K76.000", "E87.600" },
    { "none", "K29.500", "E78.500", "K76.000", "E87.600" },
    { "birth", "Z37.000x001" },
    { "cancer", "C34.900x001", "C16.900", "C18.900", "C22.000" },
    { "cancer2", "D64.900", "E87.600", "I10.x00x002" },
    { "renal", "I10.x00x002", "D64.900", "E11.900" },
};

static void others_of(struct yh_arena *a, yh_str word, struct yh_arc_dicts *dicts,
                      const struct yh_catalog *catalog, struct yh_sim_case *c)
{
    int64_t *list = NULL;
    int cap = 0;
    for (int i = 0; i < YH_COUNT(OTHERS); i++)
        for (int k = 1; yh_eq(word, yh_cstr(OTHERS[i][0])) && k < 12 && OTHERS[i][k]; k++)
            if (yh_catalog_id(catalog, YH_SPACE_DIAGNOSIS, yh_cstr(OTHERS[i][k])))
                YH_PUSH(a, list, c->nother, cap) =
                    yh_arc_dict_add(dicts, YH_DICT_DIAGNOSIS, yh_cstr(OTHERS[i][k]));
    c->other = list;
}

/* Codes of a kind that begin with one of the prefixes, none grey, none a pair with an asterisk. */
static int expand(struct yh_arena *a, const struct yh_catalog *catalog, enum yh_code_kind kind,
                  yh_str prefixes, yh_str **out, int most)
{
    int n = 0;
    *out = YH_NEW(a, yh_str, most);
    while (prefixes.n) {
        yh_str p = yh_cut(&prefixes, '|');
        uint32_t count = yh_catalog_count(catalog);
        for (uint32_t id = 1; id <= count && n < most; id++) {
            struct yh_code c = yh_catalog_code(catalog, id);
            if (c.kind == kind && !c.grey && yh_starts(c.code, p) &&
                yh_find(c.code, YH_S("+")) < 0)
                (*out)[n++] = c.code;
        }
    }
    return n;
}

static const int AGE_OF[YH_SIM_BANDS] = { 0, 6, 30, 50, 65, 75 };

/* Whether the national scheme gives a proper group, for the ages that have the case at all. */
static bool groups(const struct yh_scheme *scheme, const struct yh_sim_case *c, yh_str dx,
                   const yh_str *px, int npx)
{
    for (int b = 0; b < YH_SIM_BANDS; b++) {
        if (!c->w[b])
            continue;
        struct yh_case k = { .id = YH_S("x"),
                             .discharged = YH_DAY_MIN,
                             .sex = c->sex ? c->sex : 1,
                             .age = AGE_OF[b],
                             .age_days = b ? AGE_OF[b] * 365 : 200,
                             .los = 7,
                             .discharge = 1,
                             .ndx = 1,
                             .npx = npx };
        k.dx[0] = dx;
        for (int i = 0; i < npx; i++)
            k.px[i] = px[i];
        struct yh_drg_group g;
        yh_drg_group(scheme, &k, &g);
        if (g.adrg < 0 || g.drg < 0)
            return false;
    }
    return true;
}

static void pairs(struct yh_sim_tables *t, const struct yh_scheme *scheme,
                  const struct yh_catalog *catalog, struct yh_arc_dicts *dicts, yh_str dxs,
                  yh_str pxs, struct yh_arena scratch, struct yh_sim_case *c)
{
    yh_str *dx, *px = NULL, *second = NULL, plus = pxs;
    int ndx = expand(&scratch, catalog, YH_KIND_DIAGNOSIS, dxs, &dx, MOST_DX), npx = 1, cap = 0;
    yh_str main = yh_cut(&plus, '+');
    if (pxs.n)
        npx = expand(&scratch, catalog, YH_KIND_PROCEDURE, main, &px, MOST_PX);
    int nsecond = plus.n ? expand(&scratch, catalog, YH_KIND_PROCEDURE, plus, &second, 1) : 0;
    for (int i = 0; i < ndx; i++)
        for (int k = 0; k < npx; k++) {
            yh_str p[2] = { px ? px[k] : YH_S(""), nsecond ? second[0] : YH_S("") };
            if (!groups(scheme, c, dx[i], p, pxs.n ? 1 + nsecond : 0)) {
                t->dropped++;
                continue;
            }
            if (c->ndx == PAIRS)
                continue;
            struct yh_sim_dx d = { .dx = yh_arc_dict_add(dicts, YH_DICT_DIAGNOSIS, dx[i]) };
            for (int j = 0; pxs.n && j < 1 + nsecond; j++)
                d.px[j] = yh_arc_dict_add(dicts, YH_DICT_PROCEDURE, p[j]);
            YH_PUSH(t->arena, c->dx, c->ndx, cap) = d;
        }
}

static enum yh_status load_admissions(struct yh_sim_tables *t, const char *catalogs,
                                      const struct yh_catalog *catalog,
                                      const struct yh_scheme *scheme,
                                      struct yh_arc_dicts *dicts, struct yh_arena scratch,
                                      struct yh_err *err)
{
    static const char *const W[] = { "w0", "w1", "w15", "w45", "w60", "w70" };
    static const char *const L[] = { "l1", "l2", "l3" };
    static const char *const X[] = { "sex", "cost", "los" };
    struct sheet s;
    int cap = 0, k, x[3];
    enum yh_status st = open_sheet(t->arena, catalogs, "synth/admissions.tsv", &s, err);
    while (st == YH_OK && (k = next(&s, err)) != 0) {
        if (k < 0)
            return YH_BAD_TABLE;
        struct yh_sim_case c = { .name = cell(&s, "name_zh"),
                                 .kind = kind_of(cell(&s, "kind")),
                                 .season = season_of(cell(&s, "season")),
                                 .op = -1 };
        if ((st = numbers(&s, W, 6, c.w, err)) || (st = numbers(&s, L, 3, c.level, err)) ||
            (st = numbers(&s, X, 3, x, err)))
            return st;
        c.sex = x[0];
        c.cost = x[1];
        c.los = x[2];
        pairs(t, scheme, catalog, dicts, cell(&s, "dx"), cell(&s, "px"), scratch, &c);
        if (!c.ndx)
            return yh_fail_at(err, YH_BAD_TABLE, s.t.line, 0,
                              "%s 第 %d 行 %.*s：没有一组诊断和手术能得到正常的 DRG 组", s.path,
                              s.t.line, YH_ARG(c.name));
        others_of(t->arena, cell(&s, "other"), dicts, catalog, &c);
        c.drugs = drugs_of(t, cell(&s, "drugs"));
        c.material = yh_sim_use(t, cell(&s, "material"));
        yh_str op = cell(&s, "op");
        for (int i = 0; op.n && i < t->nitem; i++)
            if (yh_eq(t->item[i].code, op))
                c.op = i;
        YH_PUSH(t->arena, t->admission, t->nadmission, cap) = c;
    }
    return st;
}

static enum yh_status load_outpatient(struct yh_sim_tables *t, const char *catalogs,
                                      struct yh_arc_dicts *dicts, struct yh_err *err)
{
    static const char *const W[] = { "w0", "w1", "w15", "w45", "w60", "w70" };
    static const char *const X[] = { "sex", "cost" };
    struct sheet s;
    int cap = 0, k, x[2];
    enum yh_status st = open_sheet(t->arena, catalogs, "synth/outpatient.tsv", &s, err);
    while (st == YH_OK && (k = next(&s, err)) != 0) {
        if (k < 0)
            return YH_BAD_TABLE;
        struct yh_sim_case c = { .name = cell(&s, "name_zh"),
                                 .season = season_of(cell(&s, "season")),
                                 .level = { 1, 1, 1 },
                                 .los = 100,
                                 .op = -1 };
        if ((st = numbers(&s, W, 6, c.w, err)) || (st = numbers(&s, X, 2, x, err)))
            return st;
        c.sex = x[0];
        c.cost = x[1];
        c.dx = YH_NEW(t->arena, struct yh_sim_dx, 1);
        c.dx->dx = yh_arc_dict_add(dicts, YH_DICT_DIAGNOSIS, cell(&s, "dx"));
        c.ndx = 1;
        c.drugs = drugs_of(t, cell(&s, "drugs"));
        c.tests = yh_sim_use(t, cell(&s, "tests"));
        YH_PUSH(t->arena, t->outpatient, t->noutpatient, cap) = c;
    }
    return st;
}

static void mix_of(struct yh_arena *a, const struct yh_sim_case *c, int n, int sex, int band,
                   int level, int month, struct yh_sim_mix *m)
{
    int64_t sum = 0, cost = 0, los = 0;
    m->upto = YH_NEW(a, uint32_t, n);
    for (int i = 0; i < n; i++) {
        int64_t w =
            c[i].sex && c[i].sex != sex + 1
                ? 0
                : (int64_t)c[i].w[band] * c[i].level[level] * SEASON[c[i].season][month];
        sum += w;
        cost += w * c[i].cost;
        los += w * c[i].los;
        m->upto[i] = (uint32_t)sum;
    }
    m->cost = sum ? cost * 1000 / sum : 0;
    m->los = sum ? los * 1000 / sum : 0;
}

static enum yh_status mixes(struct yh_sim_tables *t, struct yh_err *err)
{
    for (int s = 0; s < 2; s++)
        for (int b = 0; b < YH_SIM_BANDS; b++)
            for (int m = 0; m < 12; m++) {
                for (int l = 0; l < YH_SIM_LEVELS; l++) {
                    mix_of(t->arena, t->admission, t->nadmission, s, b, l, m,
                           &t->mix[s][b][l][m]);
                    if (!t->mix[s][b][l][m].cost)
                        return yh_fail(err, YH_BAD_TABLE,
                                       "synth/admissions.tsv：第 %d 年龄段在 %d 级医院没有病种",
                                       b + 1, l + 1);
                }
                mix_of(t->arena, t->outpatient, t->noutpatient, s, b, 0, m, &t->visit[s][b][m]);
                if (!t->visit[s][b][m].cost)
                    return yh_fail(err, YH_BAD_TABLE,
                                   "synth/outpatient.tsv：第 %d 年龄段没有病种", b + 1);
            }
    return YH_OK;
}

static enum yh_status load_chronic(struct yh_sim_tables *t, const char *catalogs,
                                   struct yh_arc_dicts *dicts, struct yh_err *err)
{
    static const char *const W[] = { "w1", "w15", "w45", "w60", "w70" };
    static const char *const X[] = { "visits", "cost" };
    struct sheet s;
    int cap = 0, k, x[2];
    enum yh_status st = open_sheet(t->arena, catalogs, "synth/chronic.tsv", &s, err);
    while (st == YH_OK && (k = next(&s, err)) != 0) {
        if (k < 0)
            return YH_BAD_TABLE;
        struct yh_sim_chronic c = { .code = cell(&s, "code"), .name = cell(&s, "name_zh") };
        if ((st = numbers(&s, W, 5, c.w, err)) || (st = numbers(&s, X, 2, x, err)))
            return st;
        c.visits = x[0];
        c.cost = x[1];
        c.disease = yh_arc_dict_add(dicts, YH_DICT_DISEASE, c.code);
        c.dx = yh_arc_dict_add(dicts, YH_DICT_DIAGNOSIS, cell(&s, "dx"));
        c.drugs = drugs_of(t, cell(&s, "drugs"));
        c.extra = yh_sim_use(t, cell(&s, "extra"));
        YH_PUSH(t->arena, t->chronic, t->nchronic, cap) = c;
    }
    return st;
}

/* ---- ages, targets, presets, days ---- */

static enum yh_status load_ages(struct yh_sim_tables *t, const char *catalogs,
                                struct yh_err *err)
{
    static const char *const X[] = { "from", "inpatient", "outpatient", "chronic", "cost" };
    struct sheet s;
    int k, x[5];
    enum yh_status st = open_sheet(t->arena, catalogs, "synth/ages.tsv", &s, err);
    while (st == YH_OK && (k = next(&s, err)) != 0) {
        if (k < 0 || (st = numbers(&s, X, 5, x, err)) != YH_OK)
            return YH_BAD_TABLE;
        for (int a = x[0]; a >= 0 && a < YH_SIM_AGES; a++)
            t->age[a] = (struct yh_sim_age){ x[1], x[2], x[3], x[4] };
    }
    return st;
}

static enum yh_status load_targets(struct yh_sim_tables *t, const char *catalogs,
                                   struct yh_err *err)
{
    struct sheet s;
    int cap = 0, k;
    enum yh_status st = open_sheet(t->arena, catalogs, "calibration/targets.tsv", &s, err);
    while (st == YH_OK && (k = next(&s, err)) != 0) {
        if (k < 0)
            return YH_BAD_TABLE;
        struct yh_sim_target g = { .key = cell(&s, "key"),
                                   .scheme = cell(&s, "scheme"),
                                   .sub = cell(&s, "sub"),
                                   .unit = cell(&s, "unit"),
                                   .basis = cell(&s, "basis"),
                                   .standing = cell(&s, "standing"),
                                   .source = cell(&s, "source"),
                                   .note = cell(&s, "note") };
        int64_t year = 0;
        if ((st = number(&s, "value", 6, &g.value, err)) ||
            (st = number(&s, "year", 0, &year, err)))
            return st;
        g.year = (int)year;
        YH_PUSH(t->arena, t->target, t->ntarget, cap) = g;
    }
    return st;
}

enum yh_status yh_sim_targets(struct yh_arena *a, const char *catalogs,
                              struct yh_sim_tables *out, struct yh_err *err)
{
    *out = (struct yh_sim_tables){ .arena = a };
    return load_targets(out, catalogs, err);
}

int64_t yh_sim_target(const struct yh_sim_tables *t, const char *key, const char *scheme,
                      const char *sub)
{
    for (int i = 0; i < t->ntarget; i++)
        if (yh_eq(t->target[i].key, yh_cstr(key)) &&
            yh_eq(t->target[i].scheme, yh_cstr(scheme)) &&
            yh_eq(t->target[i].sub, yh_cstr(sub)))
            return t->target[i].value;
    yh_assert(!"a target that the program names is missing");
    return 0;
}

enum yh_status yh_sim_presets(struct yh_arena *a, const char *catalogs,
                              struct yh_sim_preset **out, int *n, struct yh_err *err)
{
    struct sheet s;
    int cap = 0, k;
    *out = NULL;
    *n = 0;
    enum yh_status st = open_sheet(a, catalogs, "synth/presets.tsv", &s, err);
    while (st == YH_OK && (k = next(&s, err)) != 0) {
        if (k < 0)
            return YH_BAD_TABLE;
        struct yh_sim_preset p = { .name = cell(&s, "preset"),
                                   .region = cell(&s, "region"),
                                   .title = cell(&s, "name_zh"),
                                   .capital = cell(&s, "capital"),
                                   .province = cell(&s, "province"),
                                   .source = cell(&s, "source") };
        int64_t year = 0;
        if ((st = number(&s, "people", 0, &p.people, err)) ||
            (st = number(&s, "employees", 0, &p.employees, err)) ||
            (st = number(&s, "seed", 0, &p.seed, err)) ||
            (st = number(&s, "year", 0, &year, err)))
            return st;
        p.year = (int)year;
        YH_PUSH(a, *out, *n, cap) = p;
    }
    return st;
}

struct almanac {
    int month[13], week[8], hour[24];
    int64_t weight[366]; /* percent of percent; -1: the peak */
};

static enum yh_status almanac_row(struct yh_sim_tables *t, struct sheet *s, struct almanac *m,
                                  bool days, struct yh_err *err)
{
    yh_str from = cell(s, "from"), f = cell(s, "factor");
    int64_t at = 0, v = 0;
    bool peak = yh_eq(f, YH_S("peak"));
    if (!peak && yh_int_parse(f, &v, err))
        return YH_BAD_TABLE;
    bool table =
        yh_eq(from, YH_S("month")) || yh_eq(from, YH_S("week")) || yh_eq(from, YH_S("hour"));
    if (table && (yh_int_parse(cell(s, "to"), &at, err) || at < 0 || at > 23))
        return YH_BAD_TABLE;
    if (table && !days) {
        if (from.p[0] == 'm')
            m->month[at % 13] = (int)v;
        else if (from.p[0] == 'w')
            m->week[at % 8] = (int)v;
        else
            m->hour[at] = (int)v;
        return YH_OK;
    }
    yh_day a, b;
    if (table || !days)
        return YH_OK;
    if (yh_day_parse(from, &a, err) || yh_day_parse(cell(s, "to"), &b, err))
        return YH_BAD_TABLE;
    for (yh_day d = a; d < b; d++)
        if (d >= t->first_day && d < t->first_day + t->ndays) {
            int i = d - t->first_day;
            m->weight[i] = peak ? -1 : (int64_t)m->month[yh_civil_of(d).month] * v;
        }
    return YH_OK;
}

static enum yh_status load_calendar(struct yh_sim_tables *t, const char *catalogs, int year,
                                    struct yh_err *err)
{
    struct almanac m = { 0 };
    struct sheet s;
    int k;
    t->first_day = yh_day_of(year, 1, 1);
    t->ndays = yh_day_of(year + 1, 1, 1) - t->first_day;
    enum yh_status st = YH_OK;
    for (int pass = 0; st == YH_OK && pass < 2; pass++) {
        st = open_sheet(t->arena, catalogs, "synth/calendar.tsv", &s, err);
        while (st == YH_OK && (k = next(&s, err)) != 0)
            st = k < 0 ? YH_BAD_TABLE : almanac_row(t, &s, &m, pass, err);
        for (int i = 0; pass == 0 && i < t->ndays; i++) {
            yh_day d = t->first_day + i;
            int week = (int)((d + 3) % 7) + 1; /* 1970-01-01 was a Thursday */
            m.weight[i] = (int64_t)m.month[yh_civil_of(d).month] * m.week[week];
        }
    }
    if (st)
        return st;
    int64_t others = 0, sum = 0, ratio = yh_sim_target(t, "peak_day", "", "");
    int peak = -1;
    for (int i = 0; i < t->ndays; i++) {
        if (m.weight[i] < 0)
            peak = i;
        else
            others += m.weight[i];
    }
    if (peak < 0) { /* a year without a row: the first Monday of March */
        for (peak = yh_day_of(year, 3, 1) - t->first_day; (t->first_day + peak + 3) % 7; peak++)
            ;
        others -= m.weight[peak];
    }
    /* w ÷ ((others + w) ÷ days) = ratio */
    m.weight[peak] = (int64_t)((__int128)others * ratio / ((int64_t)t->ndays * YH_ONE - ratio));
    for (int i = 0; i < t->ndays; i++)
        t->day_upto[i] = sum += m.weight[i];
    sum = 0;
    for (int i = 0; i < 24; i++)
        t->hour_upto[i] = sum += m.hour[i];
    return sum ? YH_OK : yh_fail(err, YH_BAD_TABLE, "synth/calendar.tsv 没有 hour 行");
}

/* ---- drawing ---- */

int yh_sim_band(int age)
{
    return age < 1 ? 0 : age < 15 ? 1 : age < 45 ? 2 : age < 60 ? 3 : age < 70 ? 4 : 5;
}

int yh_sim_case_draw(const struct yh_sim_mix *m, int n, struct yh_draw *d)
{
    uint32_t r = (uint32_t)yh_draw_below(d, m->upto[n - 1]);
    int lo = 0, hi = n - 1;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        if (r < m->upto[mid])
            hi = mid;
        else
            lo = mid + 1;
    }
    return lo;
}

static int where(const int64_t *upto, int n, struct yh_draw *d)
{
    int64_t r = yh_draw_below(d, upto[n - 1]);
    int lo = 0, hi = n - 1;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        if (r < upto[mid])
            hi = mid;
        else
            lo = mid + 1;
    }
    return lo;
}

yh_day yh_sim_day(const struct yh_sim_tables *t, struct yh_draw *d)
{
    return t->first_day + where(t->day_upto, t->ndays, d);
}

int yh_sim_minute(const struct yh_sim_tables *t, struct yh_draw *d)
{
    return where(t->hour_upto, 24, d) * 60 + (int)yh_draw_below(d, 60);
}

enum yh_status yh_sim_tables_load(struct yh_arena *a, const char *catalogs,
                                  struct yh_catalog *catalog, const struct yh_scheme *scheme,
                                  int year, struct yh_arc_dicts *dicts,
                                  struct yh_sim_tables *out, struct yh_err *err)
{
    struct yh_arena scratch;
    enum yh_status st = yh_arena_open(&scratch, (size_t)64 << 20, err);
    if (st)
        return st;
    *out = (struct yh_sim_tables){ .arena = a };
    if ((st = load_items(out, catalogs, catalog, dicts, err)) == YH_OK)
        st = load_admissions(out, catalogs, catalog, scheme, dicts, scratch, err);
    if (st == YH_OK)
        st = load_outpatient(out, catalogs, dicts, err);
    if (st == YH_OK)
        st = load_chronic(out, catalogs, dicts, err);
    if (st == YH_OK)
        st = load_ages(out, catalogs, err);
    if (st == YH_OK)
        st = load_targets(out, catalogs, err);
    if (st == YH_OK)
        st = yh_sim_presets(a, catalogs, &out->preset, &out->npreset, err);
    if (st == YH_OK)
        st = load_calendar(out, catalogs, year, err);
    if (st == YH_OK)
        st = mixes(out, err);
    yh_curve_build(&out->cost, 600, true);
    yh_curve_build(&out->stay, 450, false);
    yh_curve_build(&out->frailty, 700, false);
    yh_curve_build(&out->money, 500, false);
    yh_arena_close(&scratch);
    return st;
}
