#include "engine/casework/casework.h"

#include <stdlib.h>

/* ---- the draw ---- */

void yh_draw_rank(yh_str seed, yh_str code, char out[64])
{
    uint8_t digest[32];
    struct yh_sha256 s;
    yh_sha256_start(&s);
    yh_sha256_add(&s, seed);
    yh_sha256_add(&s, YH_S("|"));
    yh_sha256_add(&s, code);
    yh_sha256_end(&s, digest);
    yh_hex(out, digest, 32);
}

static int by_rank(const void *a, const void *b)
{
    const struct yh_drawn *x = a, *y = b;
    int c = memcmp(x->rank, y->rank, 64);
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

int yh_draw(struct yh_arena *a, yh_str seed, const yh_str *code, int n, int count,
            struct yh_drawn **out)
{
    struct yh_drawn *d = YH_NEW(a, struct yh_drawn, n);
    for (int i = 0; i < n; i++) {
        d[i].at = i;
        yh_draw_rank(seed, code[i], d[i].rank);
    }
    if (n)
        qsort(d, (size_t)n, sizeof *d, by_rank);
    *out = d;
    return count < n ? count : n;
}

/* ---- rewards ---- */

yh_fen yh_reward_of(const struct yh_reward_rate *r, yh_fen case_value, bool insider)
{
    /* Down: a reward is paid from the budget in whole fen and never above its rate. */
    yh_fen sum = yh_max(yh_fen_scale(case_value, r->rate, YH_ROUND_DOWN), r->least);
    if (insider)
        sum += yh_fen_scale(sum, r->insider_plus, YH_ROUND_DOWN);
    return yh_min(sum, r->most);
}

/* ---- the loss over the funds ---- */

bool yh_loss_split(const yh_fen *paid, int n, yh_fen loss, yh_fen *out, struct yh_arena scratch)
{
    yh_fen whole = 0, given = 0;
    yh_fen *rest = YH_NEW(&scratch, yh_fen, n);
    yh_assert(loss >= 0);
    for (int i = 0; i < n; i++)
        whole += paid[i] > 0 ? paid[i] : 0;
    if (whole < loss)
        return false;
    for (int i = 0; i < n; i++) {
        out[i] = paid[i] > 0 ? yh_muldiv(loss, paid[i], whole, YH_ROUND_DOWN) : 0;
        rest[i] = paid[i] > 0 ? (yh_fen)((__int128)loss * paid[i] % whole) : -1;
        given += out[i];
    }
    for (; given < loss; given++) {
        int most = 0;
        for (int i = 1; i < n; i++)
            if (rest[i] > rest[most])
                most = i;
        out[most]++;
        rest[most] = -1;
    }
    return true;
}

/* ---- learning ---- */

yh_micro yh_rule_precision(const struct yh_rule_past *r)
{
    int64_t n = r->upheld + r->dropped;
    return n ? yh_ratio(r->upheld, n, YH_ROUND_HALF_UP) : -1;
}

yh_fen yh_expected(const struct yh_rule_past *r, yh_fen fund)
{
    return yh_muldiv(fund, r->upheld + 1, r->upheld + r->dropped + 2, YH_ROUND_DOWN);
}
