/* Reasons in words, and each one worked out again from its inputs: written from reason.def, apart
 * from the settling code, so that a mistake would have to be made twice. */
#include "engine/benefit/benefit.h"

static const struct yh_reason_text TEXT[YH_REASON_KINDS] = {
#define R(name, result, words, inputs) \
    [YH_REASON_##                      \
        name] = { YH_S_INIT(#name), YH_S_INIT(result), YH_S_INIT(words), YH_S_INIT(inputs) },
#include "engine/benefit/reason.def"
#undef R
};

struct yh_reason_text yh_reason_text(enum yh_reason_kind kind)
{
    yh_assert(kind > YH_REASON_NONE && kind < YH_REASON_KINDS);
    return TEXT[kind];
}

bool yh_reason_input(enum yh_reason_kind kind, int i, yh_str *name, yh_str *unit)
{
    yh_str rest = yh_reason_text(kind).inputs;
    for (int k = 0; rest.n; k++) {
        yh_str one = yh_cut(&rest, ' ');
        if (k < i)
            continue;
        *name = yh_cut(&one, ':');
        *unit = one;
        return true;
    }
    return false;
}

typedef __int128 wide;

/* a ÷ b, b > 0, with the rounding named: by doubling the rest, not by subtracting it. */
static int64_t round_off(wide a, wide b, int64_t mode)
{
    wide size = a < 0 ? -a : a, q = size / b, twice = 2 * (size - q * b);
    if ((mode == YH_ROUND_HALF_UP && twice >= b) || (mode == YH_ROUND_UP && twice > 0) ||
        (mode == YH_ROUND_HALF_EVEN && (twice > b || (twice == b && q % 2))))
        q++;
    return (int64_t)(a < 0 ? -q : q);
}

static int64_t least(int64_t a, int64_t b)
{
    return b < a ? b : a;
}
static int64_t not_below(int64_t floor, int64_t v)
{
    return v > floor ? v : floor;
}
static int64_t of_rate(int64_t amount, int64_t rate, int64_t mode)
{
    return round_off((wide)amount * rate, 1000000, mode);
}
/* What a limit still leaves; without a limit, everything. */
static int64_t room(int64_t limit, int64_t used)
{
    return limit == YH_UNLIMITED ? YH_UNLIMITED : not_below(0, limit - used);
}

static int64_t deductible(const int64_t *in)
{
    int64_t d = in[0] == YH_UNLIMITED ? YH_UNLIMITED : not_below(0, in[0] - in[1] - in[2]);
    return least(least(d, room(in[3], in[4])), in[5]);
}

static int64_t stepped(const int64_t *in)
{
    int64_t times = not_below(0, in[2] - 1), d = in[0] + in[1] * least(times, 1000000);
    return in[1] < 0 ? not_below(least(in[3], in[0]), d) : d;
}

static int64_t with_bonus(const int64_t *in)
{
    int64_t more = in[1] * in[2] + in[3] * in[4];
    return in[0] + (in[5] ? least(more, of_rate(in[0], in[5], YH_ROUND_HALF_UP)) : more);
}

static int64_t rated(const int64_t *in)
{
    int64_t r = of_rate(in[0], in[1], YH_ROUND_HALF_UP) + in[2];
    return least(1000000, not_below(0, r));
}

bool yh_reason_recompute(const struct yh_reason *r, int64_t *out)
{
    const int64_t *in = r->in;
    switch ((enum yh_reason_kind)r->kind) {
    case YH_REASON_NONE:
    case YH_REASON_KINDS: return false;
    case YH_REASON_LINE_OVER_LIFTED:
    case YH_REASON_NOT_ENTITLED:
    case YH_REASON_PENDED:
    case YH_REASON_EXCLUDED:
    case YH_REASON_NO_RATE:
    case YH_REASON_DEDUCT_WAIVED: *out = 0; return true;
    case YH_REASON_DAYS:
    case YH_REASON_LINE_UNKNOWN:
    case YH_REASON_LINE_CLASS_C:
    case YH_REASON_LINE_RESTRICTED:
    case YH_REASON_LINE_CHOSEN:
    case YH_REASON_LINE_DOCUMENT:
    case YH_REASON_LINE_FAULT:
    case YH_REASON_LINE_OVER_HOSP: *out = in[0]; return true;
    case YH_REASON_LINE_FAULT_PART:
        *out = least(round_off((wide)in[0] * in[1], in[2], YH_ROUND_HALF_UP), in[3]);
        return true;
    case YH_REASON_LINE_OVER:
        *out =
            least(round_off((wide)(in[0] - in[1]) * in[2], 100000000, YH_ROUND_HALF_UP), in[3]);
        return true;
    case YH_REASON_LINE_FIRST: *out = of_rate(in[0] - in[1], in[2], in[3]); return true;
    case YH_REASON_LINE_LIABLE:
    case YH_REASON_SUM_LIABLE:
        *out = of_rate(in[0], in[2], in[3]) + of_rate(in[1], in[2], in[3]);
        return true;
    case YH_REASON_LINE_PRE_SELF:
    case YH_REASON_SUM_PRE_SELF: *out = of_rate(in[0], in[1], in[2]); return true;
    case YH_REASON_LINE_REFUND: *out = in[1] - in[0]; return true;
    case YH_REASON_LINE_SCOPE: *out = in[0] - in[1] - in[2] - in[3]; return true;
    case YH_REASON_SUM_TOTAL: *out = in[0] + in[1] + in[2] + in[3]; return true;
    case YH_REASON_FIXED_PRICE: *out = in[0] - in[1]; return true;
    case YH_REASON_BASE_SHARE: *out = of_rate(in[0], in[1], YH_ROUND_HALF_UP); return true;
    case YH_REASON_BASE:
        *out = not_below(0, in[0] + in[1] + in[2] + in[3] + in[4] + in[5] + in[6] + in[7]);
        return true;
    case YH_REASON_CAP_BONUS: *out = with_bonus(in); return true;
    case YH_REASON_CAP_BASE:
    case YH_REASON_CAP: *out = least(in[0], room(in[1], in[2])); return true;
    case YH_REASON_DEDUCT_STEP: *out = stepped(in); return true;
    case YH_REASON_DEDUCT: *out = deductible(in); return true;
    case YH_REASON_RATE: *out = rated(in); return true;
    case YH_REASON_BAND:
        *out = not_below(0, least(in[1], in[3]) - not_below(in[2], in[0])) * in[4];
        return true;
    case YH_REASON_DUE:
        *out = in[1] * round_off(in[0], (wide)in[1] * 1000000, in[2]);
        return true;
    case YH_REASON_DELTA:
    case YH_REASON_TO_DATE: *out = not_below(0, in[0] - in[1]); return true;
    case YH_REASON_LUMP:
    case YH_REASON_PAY:
    case YH_REASON_ACCOUNT_OWN:
    case YH_REASON_ACCOUNT_RELATIVE: *out = least(in[0], in[1]); return true;
    case YH_REASON_PER_DAY: *out = least(in[0] * in[1], in[2]); return true;
    case YH_REASON_DUE_SUM: *out = in[0] + in[1] + in[2]; return true;
    case YH_REASON_UNCONSUMED:
    case YH_REASON_BEYOND:
    case YH_REASON_PART_PAY: *out = in[0] - in[1]; return true;
    case YH_REASON_FUND:
        *out = in[0] + in[1] + in[2] + in[3] + in[4] + in[5] + in[6] + in[7];
        return true;
    case YH_REASON_HOSPITAL: *out = in[0] + in[1] + in[2] + in[3]; return true;
    case YH_REASON_PERSON:
    case YH_REASON_CASH: *out = in[0] - in[1] - in[2]; return true;
    }
    return false;
}
