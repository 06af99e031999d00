#include "base/test.h"
#include "store/deltas.h"
#include "store/lines.h"

static struct yh_charge_line random_line(struct yh_arena *a, uint64_t *seed, int i)
{
    struct yh_charge_line l = { 0 };
    (void)i;
#define I64(c, doc)                                                      \
    l.c = yh_test_random(seed) % 4 ? yh_test_between(seed, -100, 100000) \
                                   : (int64_t)yh_test_random(seed);
#define TEXT(c, doc)               \
    l.c = yh_test_random(seed) % 3 \
              ? YH_S("同前")       \
              : yh_fmt(a, "%llx", (unsigned long long)yh_test_random(seed) >> (i % 64));
#include "store/lines.def"
#undef I64
#undef TEXT
    return l;
}

static bool same_line(const struct yh_charge_line *a, const struct yh_charge_line *b)
{
    bool same = true;
#define I64(c, doc) same = same && a->c == b->c;
#define TEXT(c, doc) same = same && yh_eq(a->c, b->c);
#include "store/lines.def"
#undef I64
#undef TEXT
    return same;
}

TEST(packed_lines_come_back_as_they_were)
{
    struct yh_arena *a = yh_test_arena();
    uint64_t seed = 1;
    for (int n = 0; n < 60; n++) {
        struct yh_charge_line *in = YH_NEW(a, struct yh_charge_line, n), *out;
        int got;
        for (int i = 0; i < n; i++)
            in[i] = random_line(a, &seed, i);
        yh_str packed = yh_lines_pack(a, in, n);
        struct yh_err err;
        CHECK_OK(yh_lines_unpack(a, packed, &out, &got, &err), &err);
        CHECK_I64(got, n, "count");
        for (int i = 0; i < n; i++)
            CHECK(same_line(&in[i], &out[i]));
    }
}

TEST(a_damaged_byte_in_packed_lines_is_found)
{
    struct yh_arena *a = yh_test_arena();
    uint64_t seed = 2;
    struct yh_charge_line in[3], *out;
    int n;
    for (int i = 0; i < 3; i++)
        in[i] = random_line(a, &seed, i);
    yh_str packed = yh_lines_pack(a, in, 3);
    for (ptrdiff_t i = 0; i < packed.n; i++) {
        yh_str copy = yh_dup(a, packed);
        ((char *)(uintptr_t)copy.p)[i] ^= 0x10;
        CHECK(yh_lines_unpack(a, copy, &out, &n, NULL) == YH_BAD_TABLE);
        CHECK(yh_lines_unpack(a, yh_sub(packed, 0, i), &out, &n, NULL) == YH_BAD_TABLE);
    }
}

TEST(twelve_plain_lines_pack_into_a_kilobyte)
{
    /* A bill of twelve lines is to cost little more than its codes and amounts. */
    struct yh_arena *a = yh_test_arena();
    struct yh_charge_line in[12];
    for (int i = 0; i < 12; i++)
        in[i] = (struct yh_charge_line){
            .serial = yh_fmt(a, "H9901010000120260318%06d", i),
            .code = yh_fmt(a, "XA01ABD075A002010100%03d", i),
            .own_code = yh_fmt(a, "Y%05d", i),
            .time = 1773800000,
            .qty = 20000,
            .price = 12500000 + i,
            .amount = 2500 + i,
            .scope = 2500 + i,
            .item_class = YH_S("01"),
        };
    CHECK(yh_lines_pack(a, in, 12).n < 1200);
}

TEST(packed_deltas_come_back_as_they_were)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_delta in[3] = {
        { YH_S("390"), 2026, YH_S("基本统筹.已付"), { 0 }, 123456 },
        { YH_S("390"), 2026, YH_S("大病保险.累计"), YH_S("202603"), -1 },
        { YH_S("310"), 0, YH_S("次数"), YH_S("M01600"), INT64_MIN },
    }, *out;
    int n;
    struct yh_err err;
    yh_str packed = yh_deltas_pack(a, in, 3);
    CHECK_OK(yh_deltas_unpack(a, packed, &out, &n, &err), &err);
    CHECK_I64(n, 3, "count");
    for (int i = 0; i < 3; i++) {
        CHECK_STR(out[i].scheme, in[i].scheme, "scheme");
        CHECK_I64(out[i].year, in[i].year, "year");
        CHECK_STR(out[i].name, in[i].name, "name");
        CHECK_STR(out[i].sub, in[i].sub, "sub");
        CHECK_I64(out[i].amount, in[i].amount, "amount");
    }
    CHECK_OK(yh_deltas_unpack(a, YH_S(""), &out, &n, &err), &err);
    CHECK_I64(n, 0, "no blob is no deltas");
}
