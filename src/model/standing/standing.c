#include "model/standing/standing.h"

static const struct {
    yh_str word, text;
} NAME[] = {
#define R(name, word, text) { YH_S_INIT(word), YH_S_INIT(text) },
#include "model/standing/standing.def"
#undef R
};
_Static_assert(YH_COUNT(NAME) == YH_STANDING_COUNT, "one row each");

yh_str yh_standing_word(enum yh_standing s)
{
    yh_assert(s < YH_STANDING_COUNT);
    return NAME[s].word;
}

yh_str yh_standing_text(enum yh_standing s)
{
    yh_assert(s < YH_STANDING_COUNT);
    return NAME[s].text;
}

enum yh_status yh_standing_parse(yh_str word, enum yh_standing *out, struct yh_err *err)
{
    for (int i = 0; i < YH_COUNT(NAME); i++)
        if (yh_eq(word, NAME[i].word) || yh_eq(word, NAME[i].text)) {
            *out = (enum yh_standing)i;
            return YH_OK;
        }
    return yh_fail(err, YH_BAD_INPUT,
                   "依据等级「%.*s」不认识：应为 official、press、third-party、unverified、"
                   "invented 或 draft",
                   (int)yh_min(word.n, 60), word.p);
}
