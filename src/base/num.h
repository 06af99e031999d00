/* base/num.h -- money and its kin, all integers; every rounding is named where it happens.
 *
 * No floating point.  Products are formed in 128 bits.  A value over YH_FEN_MAX is never formed
 * from checked inputs; a formula that would is an assertion. */
#ifndef YH_BASE_NUM_H
#define YH_BASE_NUM_H
#include "base/str.h"

typedef int64_t yh_fen;   /* 1/100 yuan */
typedef int64_t yh_price; /* 1/1,000,000 yuan: the interface's number(16,6) */
typedef int64_t yh_qty;   /* 1/10,000 of a unit: number(16,4) */
typedef int64_t yh_micro; /* a rate, weight or point value in millionths */

#define YH_ONE ((yh_micro)1000000)
#define YH_YUAN ((yh_fen)100)
#define YH_FEN_MAX ((yh_fen)9999999999999999) /* number(16,2): 16 digits in all */

/* Symmetric about zero, so that a refund mirrors its charge: half up is half away from zero. */
enum yh_round { YH_ROUND_HALF_UP, YH_ROUND_DOWN, YH_ROUND_UP, YH_ROUND_HALF_EVEN };

/* amount × rate ÷ 10^6, rounded to one fen. */
yh_fen yh_fen_scale(yh_fen amount, yh_micro rate, enum yh_round mode);
/* amount × num ÷ den, rounded; den > 0. */
int64_t yh_muldiv(int64_t amount, int64_t num, int64_t den, enum yh_round mode);
/* price × quantity to fen (HN 2166 note: round to two decimals). */
yh_fen yh_line_amount(yh_price price, yh_qty qty, enum yh_round mode);
/* a ÷ b as millionths; b > 0. */
yh_micro yh_ratio(int64_t a, int64_t b, enum yh_round mode);
/* Rounds an amount to a multiple of `unit` fen (1 = as is, 10 = 角, 100 = 元). */
yh_fen yh_fen_to_unit(yh_fen amount, yh_fen unit, enum yh_round mode);

static inline int64_t yh_min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
static inline int64_t yh_max(int64_t a, int64_t b)
{
    return a > b ? a : b;
}
static inline int64_t yh_clamp(int64_t v, int64_t lo, int64_t hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

/* A plain decimal ("-12.50") as an integer of 10^-scale.  Digits beyond the scale are refused
 * unless zero.  No exponent, no sign but '-', no blanks, no grouping.
 * YH_BAD_INPUT: not such a number, or outside int64 / 16 digits. */
YH_MUST_USE
enum yh_status yh_dec_parse(yh_str s, int scale, int64_t *out, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_fen_parse(yh_str s, yh_fen *out, struct yh_err *err); /* scale 2 */
YH_MUST_USE
enum yh_status yh_int_parse(yh_str s, int64_t *out, struct yh_err *err); /* scale 0 */
/* "12.50" with exactly `digits` decimals of a 10^-scale integer (digits <= scale; what is cut
 * off must be zero unless `digits` == scale).  Writes into out[>= 32], returns it as text. */
yh_str yh_dec_text(char out[32], int64_t v, int scale, int digits);
/* The check character of ISO 7064 MOD 11-2 behind n digits, '0' .. '9' or 'X' (18-digit identity
 * numbers: n 17). */
char yh_mod11_2(const char *digits, int n);
#endif
