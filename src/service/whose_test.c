#include <stdio.h>

#include "base/test.h"
#include "service/query.h"

static const struct yh_group G = { YH_S("990101"), 17 };

TEST(settlement_is_found_by_the_place_its_id_names_and_a_foreign_id_by_looking)
{
    struct yh_store *s;
    struct yh_txn x;
    struct yh_err err = { 0 };
    struct yh_store_options opt = { .region = G.region, .now = 1774000000 };
    CHECK_OK(yh_store_open(YH_S("memory:"), &opt, &s, &err), &err);
    CHECK_OK(yh_store_batch_begin(s, &err), &err);
    CHECK_OK(yh_txn_begin(s, G, yh_test_arena(), &x, &err), &err);
    static const struct {
        int64_t seq;
        const char *id;
    } ROW[] = {
        { 1, "990101S00000017000001" },
        { 2, "OLD-SYSTEM-7" },
        { 3, "990101S00000017000002" }, /* names the place of another */
        { 1234567, "990101S000000171234567" },
    };
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        struct yh_settlement_row row = {
            .region = G.region, .grp = G.id, .seq = ROW[i].seq, .settlement = yh_cstr(ROW[i].id)
        };
        CHECK_OK(yh_add_settlement(&x, &row, &err), &err);
    }
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        struct yh_settlement_row got = { 0 };
        CHECK_OK(yh_settlement_with_id(&x, G.region, G.id, yh_cstr(ROW[i].id), &got, &err),
                 &err);
        CHECK_I64(got.seq, ROW[i].seq, ROW[i].id);
    }
    CHECK_STR(yh_settlement_id(yh_test_arena(), G.region, G.id, 1234567),
              yh_cstr("990101S000000171234567"), "a place of seven digits");
    static const char *const NONE[] = { "",
                                        "990101S00000017",
                                        "990101S00000017000009",
                                        "990101S0000001700000x",
                                        "990101S00000018000001",
                                        "990101S00000017999999999999999999999" };
    for (int i = 0; i < YH_COUNT(NONE); i++) {
        struct yh_settlement_row got = { 0 };
        CHECK(yh_settlement_with_id(&x, G.region, G.id, yh_cstr(NONE[i]), &got, &err) ==
              YH_NOT_FOUND);
        CHECK_I64(got.seq, 0, NONE[i]);
    }
    CHECK_OK(yh_txn_keep(&x, &err), &err);
    yh_store_batch_drop(s);
    yh_store_close(s);
}
