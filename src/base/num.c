#include "base/num.h"

typedef __int128 wide;

/* n / d, d > 0, rounded; symmetric about zero. */
static int64_t divide(wide n, wide d, enum yh_round mode)
{
    bool minus = n < 0;
    unsigned __int128 size = minus ? -(unsigned __int128)n : (unsigned __int128)n;
    unsigned __int128 by = (unsigned __int128)d;
    unsigned __int128 q = size / by, rest = size % by, gap = by - rest;
    switch (mode) {
    case YH_ROUND_HALF_UP: q += rest >= gap; break;
    case YH_ROUND_DOWN: break;
    case YH_ROUND_UP: q += rest != 0; break;
    case YH_ROUND_HALF_EVEN: q += rest > gap || (rest == gap && (q & 1)); break;
    }
    yh_assert(q <= (unsigned __int128)INT64_MAX);
    return minus ? -(int64_t)q : (int64_t)q;
}

/* The same within 64 bits; inlined with a constant d it needs no division at all. */
static inline int64_t divide_small(int64_t n, int64_t d, enum yh_round mode)
{
    int64_t q = n / d, rest = n % d, size = rest < 0 ? -rest : rest, away = n < 0 ? -1 : 1;
    switch (mode) {
    case YH_ROUND_HALF_UP: return q + (size >= d - size ? away : 0);
    case YH_ROUND_DOWN: return q;
    case YH_ROUND_UP: return q + (size ? away : 0);
    case YH_ROUND_HALF_EVEN:
        return q + (size > d - size || (size == d - size && (q & 1)) ? away : 0);
    }
    return q;
}

yh_fen yh_fen_scale(yh_fen amount, yh_micro rate, enum yh_round mode)
{
    int64_t n;
    if (!__builtin_mul_overflow(amount, rate, &n))
        return divide_small(n, YH_ONE, mode);
    return divide((wide)amount * rate, YH_ONE, mode);
}

int64_t yh_muldiv(int64_t amount, int64_t num, int64_t den, enum yh_round mode)
{
    yh_assert(den > 0);
    int64_t n;
    if (!__builtin_mul_overflow(amount, num, &n))
        return divide_small(n, den, mode);
    return divide((wide)amount * num, den, mode);
}

yh_fen yh_line_amount(yh_price price, yh_qty qty, enum yh_round mode)
{
    /* 10^-6 yuan × 10^-4 = 10^-10 yuan = 10^-8 fen */
    int64_t n;
    if (!__builtin_mul_overflow(price, qty, &n))
        return divide_small(n, 100000000, mode);
    return divide((wide)price * qty, 100000000, mode);
}

yh_micro yh_ratio(int64_t a, int64_t b, enum yh_round mode)
{
    yh_assert(b > 0);
    return divide((wide)a * YH_ONE, b, mode);
}

yh_fen yh_fen_to_unit(yh_fen amount, yh_fen unit, enum yh_round mode)
{
    yh_assert(unit > 0);
    wide v = (wide)divide(amount, unit, mode) * unit;
    yh_assert(v >= INT64_MIN && v <= INT64_MAX);
    return (yh_fen)v;
}

static enum yh_status refuse(yh_str s, const char *why, struct yh_err *err)
{
    char met[96];
    ptrdiff_t n = s.n < (ptrdiff_t)sizeof met - 1 ? s.n : (ptrdiff_t)sizeof met - 1;
    if (n > 0)
        memcpy(met, s.p, (size_t)n);
    met[n > 0 ? n : 0] = 0;
    return yh_fail_field(err, YH_BAD_INPUT, NULL, met, "“%s”%s", met, why);
}

enum yh_status yh_dec_parse(yh_str s, int scale, int64_t *out, struct yh_err *err)
{
    yh_assert(0 <= scale && scale <= 15);
    const uint64_t top = scale ? (uint64_t)YH_FEN_MAX : (uint64_t)INT64_MAX;
    ptrdiff_t i = 0;
    bool minus = s.n && s.p[0] == '-';
    i += minus;
    uint64_t v = 0;
    ptrdiff_t from = i, point = -1;
    int decimals = 0;
    for (; i < s.n; i++) {
        char c = s.p[i];
        if (c == '.' && point < 0 && i > from) {
            point = i;
            continue;
        }
        if (c < '0' || c > '9')
            return refuse(s, "不是数字", err);
        if (point >= 0 && decimals == scale) {
            if (c != '0')
                return refuse(s, scale ? "小数位数过多" : "应为整数", err);
            continue;
        }
        decimals += point >= 0;
        uint64_t d = (uint64_t)(c - '0');
        if (v > (top + minus * !scale - d) / 10)
            return refuse(s, "超出范围", err);
        v = v * 10 + d;
    }
    if (i == from || point == i - 1)
        return refuse(s, "不是数字", err);
    for (; decimals < scale; decimals++) {
        if (v > top / 10)
            return refuse(s, "超出范围", err);
        v *= 10;
    }
    *out = minus ? (int64_t)-v : (int64_t)v;
    return YH_OK;
}

enum yh_status yh_fen_parse(yh_str s, yh_fen *out, struct yh_err *err)
{
    return yh_dec_parse(s, 2, out, err);
}

enum yh_status yh_int_parse(yh_str s, int64_t *out, struct yh_err *err)
{
    return yh_dec_parse(s, 0, out, err);
}

yh_str yh_dec_text(char out[32], int64_t v, int scale, int digits)
{
    yh_assert(0 <= digits && digits <= scale && scale <= 18);
    uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v;
    for (int i = digits; i < scale; i++) {
        yh_assert(u % 10 == 0);
        u /= 10;
    }
    char *end = out + 31, *p = end;
    *p = 0;
    for (int i = 0; i < digits; i++, u /= 10)
        *--p = (char)('0' + u % 10);
    if (digits)
        *--p = '.';
    do
        *--p = (char)('0' + u % 10);
    while (u /= 10);
    if (v < 0)
        *--p = '-';
    return (yh_str){ p, end - p };
}

char yh_mod11_2(const char *digits, int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++)
        sum = (sum + digits[i] - '0') * 2 % 11;
    return "10X98765432"[sum];
}
