/* model/monitor/words.c -- the word lists of the rule language. */
#include "model/monitor/inside.h"

static const struct {
    yh_str word;
    uint8_t type, scope, need;
} FACT[] = {
#define R(name, word, type, scope, need, doc) \
    { YH_S_INIT(word), YH_FT_##type, YH_FS_##scope, YH_NEED_##need },
#include "model/monitor/fact.def"
#undef R
};
static const yh_str NEED[] = {
#define R(name, word, doc) YH_S_INIT(word),
#include "model/monitor/need.def"
#undef R
};
static const yh_str WORD[] = {
#define R(dim, name, word, column) YH_S_INIT(word),
#include "model/monitor/word.def"
#undef R
};
static const yh_str SPAN[] = {
#define R(name, word, column, number) YH_S_INIT(word),
#include "model/monitor/window.def"
#undef R
};
static const yh_str PATTERN[] = {
#define R(name, word, need, doc) YH_S_INIT(word),
#define P(pattern, name, word, value, doc)
#include "model/monitor/pattern.def"
#undef R
#undef P
};
static const struct {
    yh_str name;
    uint8_t type;
} KNOW[] = {
#define R(name, type) { YH_S_INIT(#name), YH_FT_##type },
#include "model/monitor/know.def"
#undef R
};

yh_str yh_fact_word(enum yh_mon_fact f)
{
    yh_assert(f < YH_FACT_N);
    return FACT[f].word;
}

enum yh_fact_type yh_fact_type(enum yh_mon_fact f)
{
    yh_assert(f < YH_FACT_N);
    return FACT[f].type;
}

enum yh_fact_scope yh_fact_scope(enum yh_mon_fact f)
{
    yh_assert(f < YH_FACT_N);
    return FACT[f].scope;
}

enum yh_need yh_fact_need(enum yh_mon_fact f)
{
    yh_assert(f < YH_FACT_N);
    return FACT[f].need;
}

yh_str yh_need_word(enum yh_need n)
{
    yh_assert(n < YH_NEED_N);
    return NEED[n];
}

yh_str yh_fw_word(enum yh_fact_word w)
{
    yh_assert(w < YH_FW_N);
    return WORD[w];
}

yh_str yh_win_word(enum yh_win s)
{
    yh_assert(s < YH_WIN_N);
    return SPAN[s];
}

yh_str yh_pattern_word(enum yh_pattern p)
{
    yh_assert(p < YH_PATTERN_N);
    return PATTERN[p];
}

enum yh_fact_type yh_know_type(int know)
{
    return know == YH_KNOW_DX ? YH_FT_DX : (enum yh_fact_type)KNOW[know].type;
}

yh_str yh_know_name(int know)
{
    return know == YH_KNOW_DX ? YH_S("dx") : KNOW[know].name;
}

int yh_know_find(yh_str name)
{
    if (yh_eq(name, YH_S("dx")))
        return YH_KNOW_DX;
    for (int i = 0; i < YH_COUNT(KNOW); i++)
        if (yh_eq(KNOW[i].name, name))
            return i;
    return -1;
}

yh_str yh_rule_column(const struct yh_mon_rule *q, int slot)
{
    yh_assert(0 <= slot && slot < q->nslot);
    return yh_know_name(q->slot_know[slot]);
}
