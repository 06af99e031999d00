#include "base/test.h"
#include "model/standing/standing.h"

TEST(a_standing_is_read_by_either_word)
{
    for (int i = 0; i < YH_STANDING_COUNT; i++) {
        enum yh_standing s = YH_STANDING_COUNT;
        CHECK(!yh_standing_parse(yh_standing_word((enum yh_standing)i), &s, NULL));
        CHECK_I64(s, i, "the word in files");
        CHECK(!yh_standing_parse(yh_standing_text((enum yh_standing)i), &s, NULL));
        CHECK_I64(s, i, "the word for people");
    }
    enum yh_standing s = YH_PRESS;
    struct yh_err err;
    CHECK(yh_standing_parse(YH_S("sure"), &s, &err) == YH_BAD_INPUT);
    CHECK_I64(s, YH_PRESS, "untouched on failure");
}
