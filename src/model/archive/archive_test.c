#include "model/archive/archive.h"
#include "base/test.h"

static const yh_str NO = YH_S_INIT("990101200001010017");

/* Persons in groups of three, heads at every third; of the groups whose number leaves `rest`, -1: all. */
static void fill(struct yh_arc_builder *b, struct yh_arena *work, int persons, int heads,
                 int rest)
{
    yh_arc_open(b, work);
    uint64_t r = 7;
    int64_t at = 0;
    for (int p = 0; p < persons; p++) {
        struct yh_arc_person x = { .grp = 10 + p / 3, .sex = 1 + p % 2, .born = -1000 - p };
        bool mine = rest < 0 || x.grp % 2 == rest;
        x.person = mine ? yh_arc_text_in(b, NO) : 0;
        x.died = YH_DAY_MAX;
        if (mine)
            at = yh_arc_add_person(b, &x);
        struct yh_arc_enrolment e = { .scheme = 1, .to_day = p % 5 ? YH_DAY_MAX : 20000 };
        if (mine)
            (void)yh_arc_add_enrolment(b, &e);
        for (int h = 0; p % 3 == 2 && h < heads; h++) {
            struct yh_arc_head s = { .person = at - h % 3,
                                     .seq = h + 1,
                                     .settlement = 5000 + h,
                                     .basic = yh_test_between(&r, 0, 900000000),
                                     .relative_limit = h % 2 ? INT64_MAX : 500,
                                     .undoes = -1,
                                     .replaces = -1,
                                     .relative_of = -1 };
            if (!mine)
                continue;
            if (h % 5 == 4) { /* what refers to rows and texts */
                s.undoes = yh_arc_rows(b, YH_ARC_head) - 2;
                s.relative_of = at;
                s.visit = yh_arc_text_in(b, YH_S("MZ-1"));
            }
            (void)yh_arc_add_head(b, &s);
            for (int l = 0; l < h % 4; l++) {
                struct yh_arc_line li = { .day = 20000 + h, .price = 1000000 * (l + 1) };
                li.qty = 10000;
                li.serial = yh_arc_text_in(b, l % 2 ? YH_S("7") : YH_S("F-7"));
                (void)yh_arc_add_line(b, &li);
            }
        }
    }
}

static yh_str chunk_of(struct yh_arena *a, int persons, int heads)
{
    struct yh_arena work;
    CHECK_OK(yh_arena_open(&work, (size_t)1 << 30, NULL), NULL);
    struct yh_arc_builder b;
    fill(&b, &work, persons, heads, -1);
    yh_str s = yh_arc_encode(&b, a);
    yh_arena_close(&work);
    return s;
}

/* Even and odd groups made apart and taken in turn are the bytes of one that made them all. */
TEST(groups_from_other_builders_give_the_same_bytes)
{
    struct yh_arena *a = yh_test_arena(), work[3];
    struct yh_arc_builder half[2], b;
    int64_t person[2] = { 0 }, head[2] = { 0 };
    for (int i = 0; i < 3; i++)
        CHECK_OK(yh_arena_open(&work[i], (size_t)1 << 30, NULL), NULL);
    for (int i = 0; i < 2; i++)
        fill(&half[i], &work[i], 300, 40, i);
    yh_arc_open(&b, &work[2]);
    for (int64_t grp = 10; grp < 110; grp++) {
        CHECK_I64(yh_arc_group_of(&half[grp % 2], person[grp % 2]), grp, "the next one");
        yh_arc_add_group(&b, &half[grp % 2], &person[grp % 2], &head[grp % 2]);
    }
    for (int i = 0; i < 2; i++) {
        CHECK_I64(person[i], yh_arc_rows(&half[i], YH_ARC_person), "all taken");
        CHECK_I64(head[i], yh_arc_rows(&half[i], YH_ARC_head), "all taken");
    }
    yh_str merged = yh_arc_encode(&b, a), whole = chunk_of(a, 300, 40);
    CHECK(yh_eq(merged, whole));
    for (int i = 0; i < 3; i++)
        yh_arena_close(&work[i]);
}

TEST(rows_come_back_as_they_went_in)
{
    struct yh_arena *a = yh_test_arena();
    yh_str bytes = chunk_of(a, 300, 40);
    struct yh_arc_chunk c;
    struct yh_err err;
    CHECK_OK(yh_arc_chunk_open(bytes, &c, &err), &err);
    CHECK_I64(c.n[YH_ARC_person], 300, "persons");
    CHECK_I64(c.n[YH_ARC_head], 4000, "heads");
    char buf[24];
    uint64_t r = 7;
    for (int64_t i = 0, h = 0; i < 300; i++) {
        struct yh_arc_person p;
        yh_arc_get_person(&c, i, &p);
        CHECK_I64(p.grp, 10 + i / 3, "grp");
        CHECK_I64(p.born, -1000 - i, "born");
        CHECK_I64(p.died, YH_DAY_MAX, "died");
        CHECK_STR(yh_arc_text(&c, p.person, buf), NO, "psn_no");
        for (int k = 0; i % 3 == 2 && k < 40; k++, h++) {
            struct yh_arc_head s;
            yh_arc_get_head(&c, h, &s);
            CHECK_I64(s.basic, yh_test_between(&r, 0, 900000000), "basic");
            CHECK_I64(s.relative_limit, k % 2 ? INT64_MAX : 500, "limit");
            CHECK_I64(s.person, i - k % 3, "person");
            int64_t from, to;
            YH_ARC_SPAN(&c, head, line, h, &from, &to);
            CHECK_I64(to - from, k % 4, "lines");
            for (int64_t l = from; l < to; l++) {
                struct yh_arc_line li;
                yh_arc_get_line(&c, l, &li);
                CHECK_I64(yh_arc_amount(&li), 100 * (l - from + 1), "amount");
            }
        }
    }
    int64_t seq[4000];
    yh_arc_read(&c, YH_ARC_AT_head_seq, 0, 4000, seq);
    for (int i = 0; i < 4000; i++)
        CHECK_I64(seq[i], i % 40 + 1, "a column as a whole");
}

TEST(the_same_rows_give_the_same_bytes)
{
    struct yh_arena *a = yh_test_arena();
    yh_str x = chunk_of(a, 30, 40), y = chunk_of(a, 30, 40);
    CHECK(yh_eq(x, y));
}

TEST(a_number_is_kept_as_a_number_and_a_text_as_a_text)
{
    struct yh_arena *a = yh_test_arena();
    static const char *const TEXT[] = {
        "", "0", "7", "007", "123456789012345678", "-5", "A1", "１２", "1234567890123456789"
    };
    struct yh_arc_builder b;
    struct yh_arena work;
    CHECK_OK(yh_arena_open(&work, (size_t)1 << 28, NULL), NULL);
    yh_arc_open(&b, &work);
    for (int i = 0; i < YH_COUNT(TEXT); i++) {
        struct yh_arc_provider p = { .code = yh_arc_text_in(&b, yh_cstr(TEXT[i])) };
        (void)yh_arc_add_provider(&b, &p);
    }
    struct yh_arc_chunk c;
    struct yh_err err;
    CHECK_OK(yh_arc_chunk_open(yh_arc_encode(&b, a), &c, &err), &err);
    for (int i = 0; i < YH_COUNT(TEXT); i++) {
        char buf[24];
        CHECK_STR(yh_arc_text(&c, YH_ARC(&c, provider, code, i), buf), yh_cstr(TEXT[i]),
                  TEXT[i]);
    }
    yh_arena_close(&work);
}

/* Whatever is changed in a chunk, opening and reading all of it stays within its bytes. */
TEST(a_damaged_chunk_is_refused_or_read_within_its_bytes)
{
    struct yh_arena *a = yh_test_arena();
    yh_str bytes = chunk_of(a, 30, 12);
    uint64_t r = 1;
    int refused = 0;
    for (int k = 0; k < yh_law_count(2000); k++) {
        char *copy = yh_alloc_raw(a, 1, 8, (size_t)bytes.n);
        memcpy(copy, bytes.p, (size_t)bytes.n);
        for (int n = 0; n < 3; n++)
            copy[yh_test_between(&r, 0, k % 2 ? 3000 : bytes.n - 1)] ^=
                (char)yh_test_between(&r, 1, 255);
        struct yh_arc_chunk c;
        if (yh_arc_chunk_open((yh_str){ copy, bytes.n }, &c, NULL)) {
            refused++;
            continue;
        }
        for (int64_t i = 0; i < c.n[YH_ARC_head]; i++) {
            struct yh_arc_head h;
            char buf[24];
            yh_arc_get_head(&c, i, &h);
            (void)yh_arc_text(&c, h.settlement, buf);
        }
    }
    CHECK(refused > 0);
}

TEST(dictionaries_keep_their_numbers)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_arc_dicts d, e;
    yh_arc_dicts_open(&d, a);
    CHECK_I64(yh_arc_dict_add(&d, YH_DICT_SCHEME, YH_S("390")), 1, "the first");
    CHECK_I64(yh_arc_dict_add(&d, YH_DICT_SCHEME, YH_S("310")), 2, "the second");
    CHECK_I64(yh_arc_dict_add(&d, YH_DICT_SCHEME, YH_S("390")), 1, "again");
    CHECK_I64(yh_arc_dict_find(&d, YH_DICT_ITEM, YH_S("390")), -1, "of its own dictionary");
    struct yh_err err;
    yh_arc_dicts_open(&e, a);
    CHECK_OK(yh_arc_dicts_unpack(&e, yh_arc_dicts_pack(a, &d), &err), &err);
    CHECK_STR(yh_arc_dict_text(&e, YH_DICT_SCHEME, 2), YH_S("310"), "read back");
    CHECK_STR(yh_arc_dict_text(&e, YH_DICT_SCHEME, 3), YH_S(""), "not there");
    yh_str packed = yh_arc_dicts_pack(a, &d);
    struct yh_arc_dicts f;
    yh_arc_dicts_open(&f, a);
    CHECK(yh_arc_dicts_unpack(&f, yh_sub(packed, 0, packed.n - 60), NULL) != YH_OK);
}
