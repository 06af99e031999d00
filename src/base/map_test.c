#include "base/test.h"

TEST(a_map_keeps_the_first_value_added_and_the_last_set)
{
    struct yh_map m = yh_map_in(yh_test_arena(), 0);
    CHECK_I64(yh_map_get(&m, YH_S("a"), -1), -1, "empty");
    CHECK(yh_map_add(&m, YH_S("a"), 1) && !yh_map_add(&m, YH_S("a"), 2));
    CHECK_I64(yh_map_get(&m, YH_S("a"), -1), 1, "add keeps");
    yh_map_set(&m, YH_S("a"), 3);
    yh_map_set(&m, YH_S(""), 4);
    CHECK_I64(yh_map_get(&m, YH_S("a"), -1), 3, "set replaces");
    CHECK_I64(yh_map_get(&m, YH_S(""), -1), 4, "the empty key is a key");
    CHECK_I64(m.n, 2, "two keys");
}

TEST(law_a_map_agrees_with_a_plain_array)
{
    uint64_t seed = 6;
    enum { KEYS = 3000 };
    int32_t *want = YH_NEW(yh_test_arena(), int32_t, KEYS);
    struct yh_map m = yh_map_in(yh_test_arena(), 10);
    for (int i = 0, n = yh_law_count(10000); i < n; i++) {
        int k = (int)yh_test_between(&seed, 0, KEYS - 1),
            v = (int)yh_test_between(&seed, 1, 1000000);
        yh_str key = yh_fmt(yh_test_arena(), "k%d", k);
        if (i % 3) {
            CHECK(yh_map_add(&m, key, v) == !want[k]);
            want[k] = want[k] ? want[k] : v;
        } else {
            yh_map_set(&m, key, v);
            want[k] = v;
        }
    }
    int n = 0;
    for (int k = 0; k < KEYS; k++) {
        n += want[k] != 0;
        CHECK_I64(yh_map_get(&m, yh_fmt(yh_test_arena(), "k%d", k), 0), want[k], "value");
    }
    CHECK_I64(m.n, n, "number of keys");
}
