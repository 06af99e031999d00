/* model/casemix/case.c -- cases from lines of TSV or JSON. */
#include "model/casemix/case.h"

static const struct {
    yh_str name;
    int64_t max; /* of numbers; 0 = text */
} COLUMN[YH_CASE_COLUMNS] = {
    [YH_CASE_ID] = { YH_S_INIT("id"), 0 },
    [YH_CASE_SEX] = { YH_S_INIT("sex"), 9 },
    [YH_CASE_AGE] = { YH_S_INIT("age_years"), 150 },
    [YH_CASE_AGE_DAYS] = { YH_S_INIT("age_days"), 60000 },
    [YH_CASE_WEIGHT] = { YH_S_INIT("birth_weight"), 20000 },
    [YH_CASE_DEPT] = { YH_S_INIT("dept"), 0 },
    [YH_CASE_LOS] = { YH_S_INIT("los"), 60000 },
    [YH_CASE_DISCHARGE] = { YH_S_INIT("discharge"), 9 },
    [YH_CASE_ICU_HOURS] = { YH_S_INIT("icu_hours"), 1000000 },
    [YH_CASE_COST] = { YH_S_INIT("cost"), 0 },
    [YH_CASE_DX] = { YH_S_INIT("dx"), 0 },
    [YH_CASE_PX] = { YH_S_INIT("px"), 0 },
    [YH_CASE_HOSPITAL] = { YH_S_INIT("hospital"), 0 },
    [YH_CASE_DAY] = { YH_S_INIT("discharge_day"), 0 },
    [YH_CASE_READMISSION] = { YH_S_INIT("readmission_days"), 60000 },
};

enum yh_status yh_case_header(yh_str line, struct yh_case_columns *out, struct yh_err *err)
{
    struct yh_case_columns cols = { 0 };
    bool seen[YH_CASE_COLUMNS] = { false };
    if (line.n && line.p[0] == '#')
        line = yh_trim(yh_sub(line, 1, line.n));
    while (line.p) {
        yh_str name = yh_cut(&line, '\t');
        if (cols.ncell == YH_COUNT(cols.what))
            return yh_fail(err, YH_BAD_TABLE, "表头多于 %d 列", YH_COUNT(cols.what));
        int what = YH_CASE_COLUMNS - 1;
        while (what >= 0 && !yh_eq(name, COLUMN[what].name))
            what--;
        if (what >= 0 && seen[what])
            return yh_fail(err, YH_BAD_TABLE, "表头中 %.*s 列重复", YH_ARG(name));
        if (what >= 0)
            seen[what] = true;
        cols.what[cols.ncell++] = (int8_t)what;
    }
    static const enum yh_case_column NEED[] = { YH_CASE_ID, YH_CASE_SEX, YH_CASE_AGE,
                                                YH_CASE_DX };
    for (int i = 0; i < YH_COUNT(NEED); i++)
        if (!seen[NEED[i]])
            return yh_fail(err, YH_BAD_TABLE, "表头缺 %.*s 列", YH_ARG(COLUMN[NEED[i]].name));
    *out = cols;
    return YH_OK;
}

static enum yh_status bad_field(struct yh_err *err, enum yh_case_column what, yh_str met,
                                const char *wanted)
{
    char name[32], value[64];
    yh_str n = COLUMN[what].name;
    met = yh_sub(met, 0, 40);
    memcpy(name, n.p, (size_t)n.n);
    name[n.n] = '\0';
    memcpy(value, met.p ? met.p : "", (size_t)met.n);
    value[met.n] = '\0';
    return yh_fail_field(err, YH_BAD_INPUT, name, value, "%s：%s", name, wanted);
}

/* A whole number of 0 .. max; empty reads as `empty`, refused when that is negative. */
static bool whole(yh_str s, int64_t max, int64_t empty, int64_t *out)
{
    int64_t v = 0;
    if (s.n == 0) {
        *out = empty;
        return empty >= 0;
    }
    if (s.n > 9)
        return false;
    for (ptrdiff_t i = 0; i < s.n; i++) {
        unsigned digit = (unsigned)(s.p[i] - '0');
        if (digit > 9)
            return false;
        v = v * 10 + digit;
    }
    *out = v;
    return v <= max;
}

/* Codes between '|'; an empty text has none. */
static enum yh_status codes(yh_str s, enum yh_case_column what, yh_str *out, int *n,
                            struct yh_err *err)
{
    *n = 0;
    if (s.n == 0)
        return YH_OK;
    const char *from = s.p, *end = s.p + s.n;
    for (const char *p = from;; p++)
        if (p == end || *p == '|') {
            if (p == from)
                return bad_field(err, what, s, "有空编码");
            if (*n == YH_CASE_CODES_MAX) {
                bad_field(err, what, s, "编码多于 128 个");
                return err ? (err->status = YH_LIMIT) : YH_LIMIT;
            }
            out[(*n)++] = (yh_str){ from, p - from };
            if (p == end)
                return YH_OK;
            from = p + 1;
        }
}

/* Puts one cell into the case. */
static enum yh_status put(struct yh_case *c, enum yh_case_column what, yh_str s,
                          struct yh_err *err)
{
    int64_t v = 0;
    bool ok = true;
    switch (what) {
    case YH_CASE_ID: c->id = s; break;
    case YH_CASE_DEPT: c->dept = s; break;
    case YH_CASE_HOSPITAL: c->hospital = s; break;
    case YH_CASE_DX: return codes(s, what, c->dx, &c->ndx, err);
    case YH_CASE_PX: return codes(s, what, c->px, &c->npx, err);
    case YH_CASE_SEX:
        ok = whole(s, COLUMN[what].max, -1, &v) && (v <= 2 || v == 9);
        c->sex = (int32_t)v;
        break;
    case YH_CASE_AGE:
        ok = whole(s, COLUMN[what].max, -1, &v);
        c->age = (int32_t)v;
        break;
    case YH_CASE_AGE_DAYS:
        ok = s.n == 0 || whole(s, COLUMN[what].max, -1, &v);
        c->age_days = s.n ? (int32_t)v : -1;
        break;
    case YH_CASE_WEIGHT:
        ok = whole(s, COLUMN[what].max, 0, &v);
        c->weight = (int32_t)v;
        break;
    case YH_CASE_LOS:
        ok = whole(s, COLUMN[what].max, 0, &v);
        c->los = (int32_t)v;
        break;
    case YH_CASE_DISCHARGE:
        ok = whole(s, COLUMN[what].max, 0, &v);
        c->discharge = (int32_t)v;
        break;
    case YH_CASE_ICU_HOURS:
        ok = whole(s, COLUMN[what].max, 0, &v);
        c->icu_hours = (int32_t)v;
        break;
    case YH_CASE_READMISSION:
        ok = whole(s, COLUMN[what].max, 0, &v);
        c->since_last = (int32_t)v;
        break;
    case YH_CASE_COST:
        ok = s.n == 0 || (yh_fen_parse(s, &v, NULL) == YH_OK && v >= 0);
        c->cost = v;
        break;
    case YH_CASE_DAY: ok = s.n == 0 || yh_day_parse(s, &c->discharged, NULL) == YH_OK; break;
    case YH_CASE_COLUMNS: break;
    }
    return ok ? YH_OK
              : bad_field(err, what, s,
                          "应为范围内的整数（金额至多两位小数，日期 yyyy-MM-dd）");
}

static void clear(struct yh_case *c)
{
    c->id = c->dept = c->hospital = (yh_str){ "", 0 };
    c->discharged = YH_DAY_MIN;
    c->sex = c->age = c->weight = c->los = c->discharge = c->icu_hours = 0;
    c->since_last = 0;
    c->age_days = -1;
    c->ndx = c->npx = 0;
    c->cost = 0;
}

/* What must hold of a whole case. */
static enum yh_status whole_case(struct yh_case *c, struct yh_err *err)
{
    if (c->id.n == 0)
        return bad_field(err, YH_CASE_ID, c->id, "不能为空");
    if (c->ndx == 0)
        return bad_field(err, YH_CASE_DX, YH_S(""), "缺主要诊断");
    if (c->age_days < 0) {
        if (c->age == 0)
            return bad_field(err, YH_CASE_AGE_DAYS, YH_S(""), "不足一岁须填日龄");
        c->age_days = c->age * 365;
    }
    return YH_OK;
}

static bool clean(yh_str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ')
            return false;
    return true;
}

enum yh_status yh_case_row(const struct yh_case_columns *cols, yh_str line, struct yh_case *out,
                           struct yh_err *err)
{
    clear(out);
    if (line.n && memchr(line.p, 0, (size_t)line.n))
        return yh_fail(err, YH_BAD_INPUT, "有空字符");
    const char *p = line.p, *end = line.p + line.n;
    for (int i = 0; i < cols->ncell; i++) {
        if (!p)
            return yh_fail(err, YH_BAD_INPUT, "应有 %d 列，只有 %d 列", cols->ncell, i);
        const char *tab = memchr(p, '\t', (size_t)(end - p));
        const char *stop = tab ? tab : end;
        if (cols->what[i] >= 0) {
            enum yh_status bad =
                put(out, (enum yh_case_column)cols->what[i], (yh_str){ p, stop - p }, err);
            if (bad)
                return bad;
        }
        p = tab ? tab + 1 : NULL;
    }
    if (p)
        return yh_fail(err, YH_BAD_INPUT, "多于 %d 列", cols->ncell);
    return whole_case(out, err);
}

/* An array of codes, or one text with '|' between. */
static enum yh_status json_codes(const struct yh_json *v, enum yh_case_column what, yh_str *out,
                                 int *n, struct yh_err *err)
{
    *n = 0;
    if (!v || v->kind == YH_JSON_NULL)
        return YH_OK;
    if (v->kind == YH_JSON_STRING)
        return clean(v->text) ? codes(v->text, what, out, n, err)
                              : bad_field(err, what, YH_S(""), "有控制字符");
    if (v->kind != YH_JSON_ARRAY)
        return bad_field(err, what, YH_S(""), "应为编码的数组或以 | 分开的文字");
    for (const struct yh_json *e = v->first; e; e = e->next) {
        if (e->kind != YH_JSON_STRING || e->text.n == 0 || !clean(e->text))
            return bad_field(err, what, yh_json_text(e), "应为编码");
        if (*n == YH_CASE_CODES_MAX)
            return yh_fail(err, YH_LIMIT, "编码多于 128 个");
        out[(*n)++] = e->text;
    }
    return YH_OK;
}

enum yh_status yh_case_json(struct yh_arena *a, yh_str line, struct yh_case *out,
                            struct yh_err *err)
{
    struct yh_json *o;
    struct yh_json_limits lim = { .depth = 8, .nodes = 4096 };
    clear(out);
    enum yh_status bad = yh_json_read(a, line, lim, &o, err);
    if (!bad && o->kind != YH_JSON_OBJECT)
        bad = yh_fail(err, YH_BAD_INPUT, "应为一个 JSON 对象");
    for (int what = 0; !bad && what < YH_CASE_COLUMNS; what++) {
        const struct yh_json *v = yh_json_get(o, COLUMN[what].name);
        if (what == YH_CASE_DX)
            bad = json_codes(v, YH_CASE_DX, out->dx, &out->ndx, err);
        else if (what == YH_CASE_PX)
            bad = json_codes(v, YH_CASE_PX, out->px, &out->npx, err);
        else if (v && (v->kind == YH_JSON_ARRAY || v->kind == YH_JSON_OBJECT ||
                       !clean(yh_json_text(v))))
            bad = bad_field(err, (enum yh_case_column)what, YH_S(""), "应为一个值");
        else if (v || what == YH_CASE_SEX || what == YH_CASE_AGE)
            bad = put(out, (enum yh_case_column)what, yh_json_text(v), err);
    }
    return bad ? bad : whole_case(out, err);
}
