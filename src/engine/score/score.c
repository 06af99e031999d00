#include "engine/score/score.h"

#include <stdlib.h>

#define Q30 ((int64_t)1 << 30)
#define Z_MAX ((yh_micro)50000000)
#define MAD_SCALE 1482600 /* 1 / Φ⁻¹(3/4): the MAD of a normal distribution is its σ / 1.4826 */
#define MEAN_DEV_SCALE 1253314 /* sqrt(π / 2), likewise for the mean absolute deviation */
#define RATIO_MAX ((yh_micro)1000000000000)

typedef __int128 wide;

/* ---- logarithms ---- */

int64_t yh_score_log2(int64_t v)
{
    yh_assert(v > 0);
    int top = 63 - __builtin_clzll((unsigned long long)v);
    uint64_t m = (uint64_t)v << (62 - top); /* in [1, 2), 62 bits behind the point */
    int64_t log = (int64_t)top << 30;
    /* One more binary digit for each squaring. */
    for (int bit = 29; bit >= 0; bit--) {
        m = (uint64_t)(((unsigned __int128)m * m) >> 62);
        if (m >> 63) {
            m >>= 1;
            log += (int64_t)1 << bit;
        }
    }
    return log;
}

/* 2^(2^-1), 2^(2^-2) … with 62 bits behind the point. */
static const uint64_t ROOT[30] = {
    0x5a827999fcef3242, 0x4c1bf828c6dc54b8, 0x45cae0f1f545eb73, 0x42d561b3e6243d8a,
    0x4166c34c5615d0ec, 0x40b268f9de0183ba, 0x4058f6a7ecccd5b6, 0x402c6be96af2fb58,
    0x4016321b687027a8, 0x400b18178ba33b14, 0x40058bce410147e8, 0x4002c5d7bff71daf,
    0x400162e807ee7e5b, 0x4000b1730df6a524, 0x400058b9497b8152, 0x40002c5c955dd701,
    0x4000162e46d6f26c, 0x40000b1722757b1b, 0x4000058b90fd3e0c, 0x400002c5c86f3f26,
    0x40000162e433c79b, 0x400000b17218edd0, 0x40000058b90c3968, 0x4000002c5c860d54,
    0x400000162e4302d2, 0x4000000b17218073, 0x400000058b90bffc, 0x40000002c5c85fef,
    0x4000000162e42ff3, 0x40000000b17217f9,
};

yh_micro yh_score_exp2(int64_t x)
{
    int64_t whole = x >> 30; /* floor */
    uint64_t part = (uint64_t)(x & (Q30 - 1)), m = (uint64_t)1 << 62;
    for (int i = 0; i < 30; i++)
        if (part >> (29 - i) & 1)
            m = (uint64_t)(((unsigned __int128)m * ROOT[i]) >> 62);
    if (whole > 40)
        return RATIO_MAX;
    if (whole < -30)
        return 0;
    unsigned __int128 v = (unsigned __int128)m * (uint64_t)YH_ONE;
    int down = 62 - (int)whole;
    v = (v + ((unsigned __int128)1 << (down - 1))) >> down;
    return v > (unsigned __int128)RATIO_MAX ? RATIO_MAX : (yh_micro)v;
}

/* floor of the square root */
static int64_t root_of(int64_t v)
{
    int64_t r = 0;
    for (int64_t bit = (int64_t)1 << 31; bit; bit >>= 1)
        if ((r + bit) <= 3037000499 && (r + bit) * (r + bit) <= v)
            r += bit;
    return r;
}

/* ---- order statistics ---- */

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The middle of n >= 1 values, which it sorts; of two middle ones the mean, rounded down. */
static int64_t median(int64_t *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, by_value);
    if (n % 2)
        return v[n / 2];
    return v[n / 2 - 1] + (v[n / 2] - v[n / 2 - 1]) / 2;
}

/* ---- one column among one group of peers ---- */

struct point {
    int64_t s, y; /* log2 of the size; the figure */
    int32_t row;
};

static int by_size(const void *a, const void *b)
{
    const struct point *p = a, *q = b;
    if (p->s != q->s)
        return p->s < q->s ? -1 : 1;
    return (p->row > q->row) - (p->row < q->row);
}

/* Theil's incomplete method: each point of the lower half with its partner of the upper half. */
static int64_t slope_of(const struct point *p, int n, struct yh_arena scratch)
{
    int half = (n + 1) / 2, k = 0;
    int64_t *v = YH_NEW(&scratch, int64_t, n);
    for (int i = 0; i + half < n; i++) {
        int64_t ds = p[i + half].s - p[i].s;
        if (ds > 0)
            v[k++] = (int64_t)((wide)(p[i + half].y - p[i].y) * Q30 / ds);
    }
    return k ? median(v, k) : 0;
}

struct spread {
    int64_t centre, scale; /* scale 0: all are alike */
};

static struct spread spread_of(const struct point *p, int n, struct yh_arena scratch)
{
    struct spread out;
    int64_t *v = YH_NEW(&scratch, int64_t, n);
    for (int i = 0; i < n; i++)
        v[i] = p[i].y;
    out.centre = median(v, n);
    wide sum = 0;
    for (int i = 0; i < n; i++) {
        v[i] = p[i].y > out.centre ? p[i].y - out.centre : out.centre - p[i].y;
        sum += v[i];
    }
    int64_t mad = median(v, n);
    out.scale = mad ? yh_muldiv(mad, MAD_SCALE, YH_ONE, YH_ROUND_HALF_UP)
                    : yh_muldiv((int64_t)(sum / n), MEAN_DEV_SCALE, YH_ONE, YH_ROUND_HALF_UP);
    return out;
}

static yh_micro z_of(int64_t r, struct spread s)
{
    if (s.scale == 0)
        return 0;
    wide z = (wide)(r - s.centre) * YH_ONE / s.scale;
    return z > Z_MAX ? Z_MAX : z < -Z_MAX ? -Z_MAX : (yh_micro)z;
}

struct column {
    bool linear;
    yh_micro shift; /* added where zeros occur */
};

static struct column look(const struct yh_score_table *t, int j, const int32_t *row, int n)
{
    struct column c = { false, 0 };
    int64_t least = INT64_MAX;
    bool zero = false;
    for (int i = 0; i < n; i++) {
        int64_t v = t->cell[(ptrdiff_t)row[i] * t->columns + j];
        if (v == YH_SCORE_NONE)
            continue;
        c.linear = c.linear || v < 0;
        zero = zero || v == 0;
        if (v > 0 && v < least)
            least = v;
    }
    if (zero && !c.linear)
        c.shift = least == INT64_MAX ? YH_ONE : least > 1 ? least / 2 : 1;
    return c;
}

static yh_micro on_side(yh_micro z, enum yh_score_side side)
{
    if ((side == YH_SCORE_HIGH && z < 0) || (side == YH_SCORE_LOW && z > 0))
        return 0;
    return z;
}

static void column(const struct yh_score_table *t, struct yh_score_how how, int j,
                   const int32_t *row, int n, struct yh_arena scratch,
                   struct yh_score_result *out)
{
    struct column c = look(t, j, row, n);
    struct point *p = YH_NEW(&scratch, struct point, n);
    int k = 0;
    for (int i = 0; i < n; i++) {
        const yh_micro *cell = &t->cell[(ptrdiff_t)row[i] * t->columns];
        if (cell[j] == YH_SCORE_NONE)
            continue;
        p[k++] =
            (struct point){ how.size < 0 ? 0 : yh_score_log2(cell[how.size]),
                            c.linear ? cell[j] : yh_score_log2(cell[j] + c.shift), row[i] };
    }
    if (k < YH_SCORE_FEW)
        return;
    qsort(p, (size_t)k, sizeof *p, by_size);
    if (how.size >= 0 && !c.linear) {
        int64_t slope = slope_of(p, k, scratch);
        if (!t->peer || t->peer[p[0].row] == 0)
            out->slope[j] = slope;
        for (int i = 0; i < k; i++)
            p[i].y -= (int64_t)((wide)slope * p[i].s / Q30);
    }
    bool local = how.size >= 0 && k >= YH_SCORE_LOCAL;
    int window = local ? (int)yh_clamp(k / 5, 21, 101) : k;
    struct spread s = { 0, 0 };
    for (int i = 0, from = -1; i < k; i++) {
        int first = (int)yh_clamp(i - window / 2, 0, k - window);
        if (first != from)
            s = spread_of(p + first, window, scratch);
        from = first;
        struct yh_score_cell *x = &out->cell[(ptrdiff_t)p[i].row * t->columns + j];
        x->z = on_side(z_of(p[i].y, s), how.side);
        x->ratio = c.linear ? 0 : yh_score_exp2(p[i].y - s.centre);
        x->compared = s.scale > 0;
    }
}

/* ---- the whole table ---- */

static int by_score(const void *a, const void *b)
{
    const struct yh_score_row *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static enum yh_status sizes_ok(const struct yh_score_table *t, int size, struct yh_err *err)
{
    if (size >= t->columns)
        return yh_fail(err, YH_BAD_INPUT, "规模列不存在");
    for (int i = 0; size >= 0 && i < t->rows; i++)
        if (t->cell[(ptrdiff_t)i * t->columns + size] <= 0) {
            enum yh_status st = yh_fail(err, YH_BAD_INPUT, "规模列须为大于 0 的数");
            if (err)
                err->row = i;
            return st;
        }
    return YH_OK;
}

enum yh_status yh_score(const struct yh_score_table *t, struct yh_score_how how,
                        struct yh_arena *a, struct yh_score_result *out, struct yh_err *err)
{
    enum yh_status st = sizes_ok(t, how.size, err);
    if (st)
        return st;
    struct yh_score_result r = {
        .order = YH_NEW(a, struct yh_score_row, t->rows),
        .cell = YH_NEW(a, struct yh_score_cell, (ptrdiff_t)t->rows * t->columns),
        .slope = YH_NEW(a, int64_t, t->columns),
    };
    struct yh_arena scratch = *a;
    int32_t *row = YH_NEW(&scratch, int32_t, t->rows);
    for (int g = 0; g < (t->peer ? t->peers : 1); g++) {
        int n = 0;
        for (int i = 0; i < t->rows; i++)
            if (!t->peer || t->peer[i] == g)
                row[n++] = i;
        for (int j = 0; n && j < t->columns; j++)
            if (j != how.size)
                column(t, how, j, row, n, scratch, &r);
    }
    for (int i = 0; i < t->rows; i++) {
        struct yh_score_row *o = &r.order[i];
        int64_t sum = 0;
        *o = (struct yh_score_row){ .row = i };
        for (int j = 0; j < t->columns; j++) {
            const struct yh_score_cell *x = &r.cell[(ptrdiff_t)i * t->columns + j];
            sum += x->z * x->z; /* at most 2.5e15 each */
            o->compared += x->compared;
            o->flagged += x->z >= YH_SCORE_FLAG || x->z <= -YH_SCORE_FLAG;
        }
        o->score = root_of(sum);
    }
    qsort(r.order, (size_t)t->rows, sizeof *r.order, by_score);
    *out = r;
    return YH_OK;
}

/* ---- a common size ---- */

struct ranked {
    int64_t v;
    int32_t row;
};

static int by_figure(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    return (x->v > y->v) - (x->v < y->v);
}

/* Twice the rank less the mean, ties sharing theirs; false: values missing, or none positive. */
static bool ranks(const struct yh_score_table *t, int j, int64_t *out, struct ranked *r)
{
    bool positive = true;
    for (int i = 0; i < t->rows; i++) {
        r[i] = (struct ranked){ t->cell[(ptrdiff_t)i * t->columns + j], i };
        if (r[i].v == YH_SCORE_NONE)
            return false;
        positive = positive && r[i].v > 0;
    }
    qsort(r, (size_t)t->rows, sizeof *r, by_figure);
    for (int i = 0, k; i < t->rows; i = k) {
        for (k = i; k < t->rows && r[k].v == r[i].v; k++)
            ;
        for (int q = i; q < k; q++)
            out[r[q].row] = (int64_t)(i + k - 1) - (t->rows - 1);
    }
    return positive;
}

static bool rises_with(const int64_t *x, const int64_t *y, int n)
{
    wide xy = 0, xx = 0, yy = 0;
    for (int i = 0; i < n; i++) {
        xy += (wide)x[i] * y[i];
        xx += (wide)x[i] * x[i];
        yy += (wide)y[i] * y[i];
    }
    /* rho >= 1/2; the sums stay below 2^60 for a million rows */
    return xy > 0 && 4 * xy * xy >= xx * yy;
}

int yh_score_size(const struct yh_score_table *t, struct yh_arena scratch)
{
    int64_t *rank = YH_NEW(&scratch, int64_t, (ptrdiff_t)t->rows * t->columns);
    struct ranked *work = YH_NEW(&scratch, struct ranked, t->rows);
    bool *can = YH_NEW(&scratch, bool, t->columns);
    int best = -1, most = 1;
    for (int j = 0; j < t->columns; j++)
        can[j] = ranks(t, j, rank + (ptrdiff_t)j * t->rows, work);
    for (int j = 0; j < t->columns; j++) {
        int with = 0;
        for (int k = 0; can[j] && k < t->columns; k++)
            with += k != j && rises_with(rank + (ptrdiff_t)j * t->rows,
                                         rank + (ptrdiff_t)k * t->rows, t->rows);
        if (with > most && with * 2 >= t->columns - 1) {
            most = with;
            best = j;
        }
    }
    return best;
}
