#include <stdio.h>
#include "model/policy/inside.h"

#define MICRO_MAX ((int64_t)1000000000000000000) /* 10^12 yuan */

static const char *const NOT_A_NUMBER = "不是数";
static const struct {
    const char *word;
    int money, rate, flag;
    int64_t v;
} WORDS[] = {
    /*            money rate flag */
    { "无", 1, 1, 0, 0 },
    { "不设", 1, 0, 0, 0 },
    { "不限", 1, 0, 0, YH_UNLIMITED },
    { "不付", 0, 1, 0, 0 },
    { "全额", 0, 1, 0, YH_ONE },
    { "全自费", 0, 1, 0, YH_ONE },
    { "按目录", 0, 1, 0, YH_NONE },
    { "是", 0, 0, 1, 1 },
    { "否", 0, 0, 1, 0 },
    { "1", 0, 0, 1, 1 },
    { "0", 0, 0, 1, 0 },
};

static bool is_digit(char c)
{
    return '0' <= c && c <= '9';
}

/* A literal: digits, grouping commas, point, then 万 亿 元 % .  *s moves behind it. */
static const char *literal(yh_str *s, struct yh_param *out)
{
    int64_t v = 0, unit = 1000000;
    int decimals = 0, digits = 0;
    bool point = false;
    for (; s->n; *s = yh_sub(*s, 1, s->n)) {
        char c = *s->p;
        if (c == ',' && digits && s->n > 3 && is_digit(s->p[1]) && is_digit(s->p[2]) &&
            is_digit(s->p[3]) && (s->n == 4 || !is_digit(s->p[4])))
            continue;
        if (c == '.' && !point && s->n > 1 && is_digit(s->p[1])) {
            point = true;
            continue;
        }
        if (!is_digit(c))
            break;
        if (v > MICRO_MAX / 10000000 || (point && ++decimals > 6))
            return "数太长";
        v = v * 10 + (c - '0');
        digits++;
    }
    if (!digits)
        return NOT_A_NUMBER;
    if (yh_eat(s, "万"))
        unit *= 10000;
    else if (yh_eat(s, "亿"))
        unit *= 100000000;
    else if (yh_eat(s, "%"))
        unit = 10000, out->percent = true;
    yh_eat(s, "元");
    __int128 w = (__int128)v * unit;
    for (int i = 0; i < decimals; i++) {
        if (w % 10)
            return "小数太长";
        w /= 10;
    }
    if (w > MICRO_MAX)
        return "数太大";
    out->micro = (int64_t)w;
    return "";
}

static bool ends_factor(yh_str s)
{
    return !s.n || *s.p == '+' || *s.p == '-' || *s.p == '*' || *s.p == ' ' ||
           yh_starts(s, YH_S("×")) || yh_starts(s, YH_S("÷")) || yh_starts(s, YH_S("−"));
}

static const char *factor(yh_str *s, const struct yh_params *params, struct yh_param *out)
{
    *s = yh_trim(*s);
    *out = (struct yh_param){ 0 };
    if (s->n && is_digit(*s->p)) {
        const char *bad = literal(s, out);
        return *bad ? bad : ends_factor(*s) ? "" : NOT_A_NUMBER;
    }
    if (yh_eat(s, "缺")) {
        out->missing = true;
        return ends_factor(*s) ? "" : NOT_A_NUMBER;
    }
    yh_str name = *s;
    name.n = 0;
    while (name.n < s->n && !ends_factor(yh_sub(*s, name.n, s->n)))
        name.n++;
    if (!name.n)
        return NOT_A_NUMBER;
    for (int i = 0; params && i < params->n; i++)
        if (yh_eq(params->item[i].name, name)) {
            *out = params->item[i];
            *s = yh_sub(*s, name.n, s->n);
            return "";
        }
    return "不是数，也不是 params 里的名字";
}

static const char *product(yh_str *s, const struct yh_params *params, struct yh_param *out)
{
    const char *bad = factor(s, params, out);
    while (!*bad) {
        *s = yh_trim(*s);
        bool over = false;
        if (!yh_eat(s, "×") && !yh_eat(s, "*")) {
            over = yh_eat(s, "÷");
            if (!over)
                return "";
        }
        struct yh_param b;
        bad = factor(s, params, &b);
        if (*bad)
            return bad;
        if (over && !b.micro && !b.missing)
            return "除数为零";
        __int128 w = !over     ? (__int128)out->micro * b.micro / 1000000
                     : b.micro ? (__int128)out->micro * 1000000 / b.micro
                               : 0;
        if (w > MICRO_MAX || w < -MICRO_MAX)
            return "数太大";
        *out = (struct yh_param){ .micro = (int64_t)w,
                                  .percent = out->percent && b.percent,
                                  .missing = out->missing || b.missing };
    }
    return bad;
}

const char *yh_micro_read(yh_str text, const struct yh_params *params, struct yh_param *out)
{
    yh_str s = yh_trim(text);
    struct yh_param sum = { 0 };
    bool minus = yh_eat(&s, "-") || yh_eat(&s, "−"), first = true;
    for (;; first = false) {
        struct yh_param b;
        const char *bad = product(&s, params, &b);
        if (*bad)
            return bad;
        if (!first && b.percent != sum.percent)
            return "金额和比例不能相加";
        sum.micro += minus ? -b.micro : b.micro;
        sum.percent = b.percent;
        sum.missing |= b.missing;
        if (sum.micro > MICRO_MAX || sum.micro < -MICRO_MAX)
            return "数太大";
        s = yh_trim(s);
        if (!s.n)
            break;
        minus = yh_eat(&s, "-") || yh_eat(&s, "−");
        if (!minus && !yh_eat(&s, "+"))
            return NOT_A_NUMBER;
    }
    *out = sum;
    return "";
}

bool yh_is_value(yh_str word, const struct yh_params *params)
{
    if (!word.n)
        return false;
    if (is_digit(*word.p) || *word.p == '+' || *word.p == '-' || yh_starts(word, YH_S("−")) ||
        yh_starts(word, YH_S("×")) || yh_starts(word, YH_S("缺")))
        return true;
    for (int i = 0; i < YH_COUNT(WORDS); i++)
        if (yh_eq(word, yh_cstr(WORDS[i].word)))
            return true;
    for (int i = 0; params && i < params->n; i++)
        if (yh_starts(word, params->item[i].name) &&
            ends_factor(yh_sub(word, params->item[i].name.n, word.n)))
            return true;
    return false;
}

const char *yh_value_read(yh_str text, enum yh_value_kind kind, const struct yh_params *params,
                          struct yh_value *out)
{
    text = yh_trim(text);
    for (int i = 0; i < YH_COUNT(WORDS); i++)
        if (yh_eq(text, yh_cstr(WORDS[i].word)) && (kind == YH_V_MONEY  ? WORDS[i].money
                                                    : kind == YH_V_RATE ? WORDS[i].rate
                                                    : kind == YH_V_FLAG ? WORDS[i].flag
                                                                        : 0)) {
            *out = (struct yh_value){ WORDS[i].v, false };
            return "";
        }
    if (kind == YH_V_FLAG)
        return "应为 是 或 否";
    struct yh_param p;
    const char *bad = yh_micro_read(text, params, &p);
    if (*bad)
        return bad;
    if (kind == YH_V_RATE && !p.percent && !p.missing)
        return "比例要带 %";
    if (kind != YH_V_RATE && p.percent)
        return "这里要金额，不要比例";
    int64_t unit = kind == YH_V_MONEY ? 10000 : kind == YH_V_COUNT ? 1000000 : 1;
    if (kind == YH_V_COUNT && p.micro % unit)
        return "应为整数";
    int64_t half = kind == YH_V_MONEY ? unit / 2 : 0;
    *out =
        (struct yh_value){ (p.micro < 0 ? p.micro - half : p.micro + half) / unit, p.missing };
    return "";
}

const char *yh_range_read(yh_str text, enum yh_value_kind kind, const struct yh_params *params,
                          int64_t *lo, int64_t *hi, bool *missing)
{
    struct yh_value a = { INT64_MIN, false }, b = { INT64_MAX, false };
    ptrdiff_t dots = yh_find(text, YH_S(".."));
    yh_str left = yh_trim(dots < 0 ? text : yh_sub(text, 0, dots));
    yh_str right = dots < 0 ? left : yh_trim(yh_sub(text, dots + 2, text.n));
    const char *bad = left.n ? yh_value_read(left, kind, params, &a) : "";
    if (!*bad && right.n)
        bad = yh_value_read(right, kind, params, &b);
    if (*bad)
        return bad;
    if (dots < 0 && !left.n)
        return "缺少范围";
    if (a.v == YH_UNLIMITED || a.v > b.v)
        return "范围的起点大于终点";
    *lo = a.v, *hi = b.v;
    *missing |= a.missing || b.missing;
    return "";
}

yh_str yh_show_value(struct yh_arena *a, int64_t v, enum yh_value_kind kind)
{
    struct yh_buf b = yh_buf_in(a);
    char t[32];
    if (v == YH_UNLIMITED)
        return YH_S("不限");
    if (v == YH_NONE)
        return YH_S("按目录");
    switch (kind) {
    case YH_V_MONEY: yh_put_money(&b, v); break;
    case YH_V_RATE: {
        yh_str s = yh_dec_text(t, v, 4, 4);
        while (s.n && (s.p[s.n - 1] == '0' || s.p[s.n - 1] == '.')) {
            bool dot = s.p[s.n - 1] == '.';
            s.n--;
            if (dot)
                break;
        }
        yh_put(&b, s);
        yh_putc(&b, '%');
        break;
    }
    case YH_V_COUNT: yh_put_i64(&b, v); break;
    case YH_V_FLAG: yh_putz(&b, v ? "是" : "否"); break;
    }
    return yh_buf_str(&b);
}
