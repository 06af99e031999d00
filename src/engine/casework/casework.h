/* engine/casework/casework.h -- what casework computes: the draw, rewards, a loss over its funds, and
 * what decisions teach about rules.  Pure. */
#ifndef YH_ENGINE_CASEWORK_H
#define YH_ENGINE_CASEWORK_H
#include "engine/ledger/ledger.h"
#include "model/casework/casework.h"

/* ---- random inspection (双随机) ---- */

/* The rank of a code under a published seed: SHA-256 of "seed|code", hex.  The lowest are drawn, so
 * anyone repeats the draw with the list, the seed and sha256sum.  out: 64 characters. */
void yh_draw_rank(yh_str seed, yh_str code, char out[64]);

struct yh_drawn {
    int32_t at; /* index into the codes */
    char rank[64];
};
/* The `count` lowest of n codes, lowest first; count is cut to n. */
int yh_draw(struct yh_arena *a, yh_str seed, const yh_str *code, int n, int count,
            struct yh_drawn **out);

/* ---- rewards ---- */

/* case_value × rate, not below least, more for an insider, not above most; down to whole fen. */
yh_fen yh_reward_of(const struct yh_reward_rate *r, yh_fen case_value, bool insider);

/* ---- the loss of a settlement over the funds that paid it ---- */

/* Shares `loss` in proportion to what each fund paid, by largest remainder (ties to the earlier), so that
 * the parts add up; amounts that are not above 0 take no part.  False: they paid less than the loss. */
bool yh_loss_split(const yh_fen *paid, int n, yh_fen loss, yh_fen *out,
                   struct yh_arena scratch);

/* ---- learning ---- */

/* What became of a rule's hits in decided cases. */
struct yh_rule_past {
    yh_str rule;
    int64_t upheld, dropped, open;
    yh_fen recovered; /* fen upheld */
    yh_fen at_stake;  /* fen of the open ones */
};
/* upheld / (upheld + dropped) in millionths; -1: none decided. */
yh_micro yh_rule_precision(const struct yh_rule_past *r);
/* What a hit of `fund` fen may be expected to bring: fund × (upheld + 1) / (upheld + dropped + 2), the
 * rule of succession, so that a new rule starts at one half. */
yh_fen yh_expected(const struct yh_rule_past *r, yh_fen fund);
#endif
