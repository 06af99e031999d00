#include "base/test.h"
#include "model/catalog/terms.h"

#define NO_TABLES "path\trole\ttitle\tstanding\tsource\tlicence\tnote\n"
#define HEAD                                                                        \
    "code\tname_zh\tclass\tfirst_pay\tlimit\tlevel\tinsutype\tcharge\trestricted\t" \
    "restriction\ttags\tvalid_from\tvalid_to\tstanding\n"

struct world {
    struct yh_regions regions;
    struct yh_catalog *catalog;
    struct yh_term_tables terms;
};

static yh_day day(const char *text)
{
    yh_day d = 0;
    CHECK(!yh_day_parse(yh_cstr(text), &d, NULL));
    return d;
}

static struct world world_of(const struct yh_term_text *text, int n)
{
    struct world w = { 0 };
    struct yh_arena *a = yh_test_arena();
    struct yh_err err;
    CHECK_OK(yh_regions_load(yh_test_file(a, "catalogs/regions.tsv"), a, &w.regions, &err),
             &err);
    CHECK_OK(yh_catalog_load(YH_S(NO_TABLES), NULL, 0, a, &w.catalog, &err), &err);
    CHECK_OK(yh_terms_load(text, n, w.catalog, a, &w.terms, &err), &err);
    return w;
}

/* The demonstration's tables, as shipped. */
static struct world shipped(void)
{
    static const uint32_t REGION[] = { 990000, 990100, 990101, 980000 };
    struct yh_term_text text[YH_COUNT(REGION)];
    struct yh_arena *a = yh_test_arena();
    for (int i = 0; i < YH_COUNT(REGION); i++) {
        const char *path = yh_zdup(a, yh_fmt(a, "catalogs/terms/%u.tsv", REGION[i]));
        text[i] = (struct yh_term_text){ REGION[i], yh_test_file(a, path) };
    }
    return world_of(text, YH_COUNT(REGION));
}

static const struct yh_item_term *get(const struct world *w, const char *region, int insutype,
                                      const char *code, const char *on, enum yh_level level)
{
    struct yh_place place;
    uint32_t id;
    CHECK(!yh_region_locate(&w->regions, yh_cstr(region), day(on), &place, NULL));
    struct yh_terms t = yh_terms_at(&w->terms, &place, insutype);
    (void)yh_catalog_item(w->catalog, yh_cstr(code), day(on), &id);
    return yh_term_get(&t, id, day(on), level);
}

/* The replies of the interface's samples 2204 and 2301: class, share and limit of each line. */
static const struct {
    const char *code;
    enum yh_item_class cls;
    yh_micro first_pay;
    yh_price limit;
    const char *charge;
} SAMPLE[] = {
    { "XA01ABD075A002010100483", YH_CLASS_B, 100000, 12500000, "09" },
    { "002501010010000-250101001", YH_CLASS_A, 0, 80000000, "04" },
    { "001102000030000-110200003", YH_CLASS_C, YH_ONE, 15000000, "14" },
};

TEST(the_samples_items_have_the_terms_of_the_sample_replies)
{
    struct world w = shipped();
    for (int i = 0; i < YH_COUNT(SAMPLE); i++) {
        const struct yh_item_term *t =
            get(&w, "990101", 310, SAMPLE[i].code, "2026-03-02", YH_LEVEL_3);
        CHECK_I64(t->cls, SAMPLE[i].cls, SAMPLE[i].code);
        CHECK_I64(t->first_pay, SAMPLE[i].first_pay, SAMPLE[i].code);
        CHECK_I64(t->limit, SAMPLE[i].limit, SAMPLE[i].code);
        CHECK_STR(yh_cstr(t->charge), yh_cstr(SAMPLE[i].charge), SAMPLE[i].code);
        CHECK(!t->restricted);
        CHECK_I64(t->standing, YH_INVENTED, "never shown as law");
    }
}

/* A stay of the demonstration's items that adds up to the interface's sample 2304:
 *
 *     造影 3260.00, limit 3200.00            60.00 over, 320.00 first (10 % of 3200.00)
 *     奥美拉唑 20 × 50.00                    100.00 first
 *     留置针 10 × 32.00, 丙                  320.00 outside
 *     80.00 + 10 × 250.00 + 10 × 144.00, 甲  4020.00
 *     8600.00 = 320.00 + 60.00 + 420.00 + 7800.00 */
static const struct {
    const char *code;
    yh_price price;
    yh_qty qty;
} STAY[] = {
    { "003205000010000", 3260000000, 10000 }, { "XA02BCA348X006010104145", 50000000, 200000 },
    { "C14141019400002", 32000000, 100000 },  { "002501010010000-250101001", 80000000, 10000 },
    { "001109000030100", 250000000, 100000 }, { "001201000010000", 144000000, 100000 },
};

TEST(a_stay_of_the_demonstration_adds_up_to_the_sample_2304)
{
    struct world w = shipped();
    yh_fen total = 0, outside = 0, over = 0, first = 0;
    for (int i = 0; i < YH_COUNT(STAY); i++) {
        const struct yh_item_term *t =
            get(&w, "990101", 310, STAY[i].code, "2026-03-04", YH_LEVEL_3);
        CHECK(t->cls != YH_CLASS_UNKNOWN);
        yh_fen amount = yh_line_amount(STAY[i].price, STAY[i].qty, YH_ROUND_HALF_UP), above = 0;
        total += amount;
        if (t->limit && STAY[i].price > t->limit)
            above = yh_line_amount(STAY[i].price - t->limit, STAY[i].qty, YH_ROUND_HALF_UP);
        if (t->cls == YH_CLASS_C) {
            outside += amount;
            continue;
        }
        over += above;
        first += yh_fen_scale(amount - above, t->first_pay, YH_ROUND_HALF_UP);
    }
    CHECK_I64(total, 860000, "medfee_sumamt");
    CHECK_I64(outside, 32000, "fulamt_ownpay_amt");
    CHECK_I64(over, 6000, "overlmt_selfpay");
    CHECK_I64(first, 42000, "preselfpay_amt");
    CHECK_I64(total - outside - over - first, 780000, "inscp_scp_amt");
}

/* From the most specific region that has a row: 001102000010000 stands in 990101 and 990000. */
static const struct {
    const char *region;
    int insutype;
    const char *code, *on;
    enum yh_level level;
    uint32_t from;
    enum yh_item_class cls;
    yh_price limit;
    const char *why;
} FALLBACK[] = {
    { "990101", 310, "001102000010000", "2026-03-02", YH_LEVEL_3, 990101, YH_CLASS_A, 9000000,
      "the office's own row" },
    { "990102", 310, "001102000010000", "2026-03-02", YH_LEVEL_3, 990000, YH_CLASS_A, 0,
      "another office: the province's" },
    { "990101", 310, "002103000000000", "2026-03-02", YH_LEVEL_3, 990100, YH_CLASS_B, 280000000,
      "the pool's row" },
    { "990201", 310, "002103000000000", "2026-03-02", YH_LEVEL_3, 990000, YH_CLASS_B, 260000000,
      "the other pool: the province's" },
    { "980101", 310, "002103000000000", "2026-03-02", YH_LEVEL_3, 0, YH_CLASS_UNKNOWN, 0,
      "another province has none: undetermined" },
    { "990101", 310, "001109000010000", "2026-03-02", YH_LEVEL_3, 990000, YH_CLASS_A, 45000000,
      "limit of the third level" },
    { "990101", 310, "001109000010000", "2026-03-02", YH_LEVEL_1, 990000, YH_CLASS_A, 20000000,
      "limit of the first" },
    { "990101", 310, "001109000010000", "2026-03-02", YH_LEVEL_ANY, 990000, YH_CLASS_A,
      20000000, "no level counts as the first" },
    { "990101", 310, "XC08CAA321A001010179306", "2026-03-02", YH_LEVEL_2, 990100, YH_CLASS_A, 0,
      "employees" },
    { "990101", 390, "XC08CAA321A001010179306", "2026-03-02", YH_LEVEL_2, 990100, YH_CLASS_B, 0,
      "residents" },
    { "990101", 340, "XC08CAA321A001010179306", "2026-03-02", YH_LEVEL_2, 990000, YH_CLASS_A, 0,
      "neither: the province's row for all" },
    { "990101", 310, "003301000080200", "2025-12-31", YH_LEVEL_2, 990000, YH_CLASS_C, 0,
      "the last day of the old class" },
    { "990101", 310, "003301000080200", "2026-01-01", YH_LEVEL_2, 990000, YH_CLASS_B, 0,
      "the first day of the new one" },
    { "990101", 310, "no-such-item", "2026-01-01", YH_LEVEL_2, 0, YH_CLASS_UNKNOWN, 0,
      "an item of no table" },
    { "500117", 310, "001102000010000", "2026-01-01", YH_LEVEL_2, 0, YH_CLASS_UNKNOWN, 0,
      "a region without a table" },
};

TEST(terms_fall_back_from_office_to_pool_to_province)
{
    struct world w = shipped();
    for (int i = 0; i < YH_COUNT(FALLBACK); i++) {
        const struct yh_item_term *t = get(&w, FALLBACK[i].region, FALLBACK[i].insutype,
                                           FALLBACK[i].code, FALLBACK[i].on, FALLBACK[i].level);
        CHECK_I64(t->region, FALLBACK[i].from, FALLBACK[i].why);
        CHECK_I64(t->cls, FALLBACK[i].cls, FALLBACK[i].why);
        CHECK_I64(t->limit, FALLBACK[i].limit, FALLBACK[i].why);
        if (t->cls == YH_CLASS_UNKNOWN)
            CHECK_I64(t->first_pay, YH_ONE, "undetermined is all self-pay");
    }
}

TEST(a_restricted_drug_carries_its_wording_and_tags)
{
    struct world w = shipped();
    const struct yh_item_term *t =
        get(&w, "990101", 310, "XL01EBA298A001010101359", "2026-03-02", YH_LEVEL_3);
    CHECK(t->restricted && yh_find(t->restriction, YH_S("EGFR")) > 0);
    CHECK_I64(t->tags,
              YH_TAG_BIT(YH_TAG_DUAL_CHANNEL) | YH_TAG_BIT(YH_TAG_NEGOTIATED) |
                  YH_TAG_BIT(YH_TAG_SEPARATE_PAY),
              "three marks");
    CHECK_I64(yh_term_tag(t), YH_TAG_DUAL_CHANNEL, "the first in the order of the list");
    t = get(&w, "990101", 310, "001109000030100", "2026-03-02", YH_LEVEL_3);
    CHECK_I64(yh_term_tag(t), YH_TAG_BED, "the only one");
    CHECK_I64(yh_term_tag(get(&w, "990101", 310, "x", "2026-03-02", YH_LEVEL_3)), YH_TAG_COUNT,
              "none");
}

TEST(a_row_without_a_share_leaves_it_to_class_or_document)
{
    struct yh_term_text text = { 990100, YH_S(HEAD "1\t甲\t甲\t\t\t\t\t\t\t\t\t\t\t\n"
                                                   "2\t乙\t乙\t\t\t\t\t\t\t\t\t\t\t\n"
                                                   "3\t丙\t丙\t\t\t\t\t\t\t\t\t\t\t\n"
                                                   "4\t份\t02\t12.5%\t0\t\t\t\t\t\t\t\t\t\n") };
    struct world w = world_of(&text, 1);
    static const struct {
        const char *code;
        yh_micro share;
    } ROWS[] = {
        { "1", 0 }, { "2", YH_FIRST_PAY_BY_DOCUMENT }, { "3", YH_ONE }, { "4", 125000 }
    };
    for (int i = 0; i < YH_COUNT(ROWS); i++)
        CHECK_I64(get(&w, "990101", 310, ROWS[i].code, "2026-01-01", YH_LEVEL_1)->first_pay,
                  ROWS[i].share, ROWS[i].code);
}

/* 990100 names a specification and a national service; 990101 one maker's product and one pair. */
TEST(an_item_that_a_table_does_not_name_is_paid_as_its_general_code)
{
#define ROW(code, cls) code "\t名\t" cls "\t\t\t\t\t\t\t\t\t\t\t\n"
    struct yh_term_text text[] = {
        { 990101,
          YH_S(HEAD ROW("C0101010010100155555-1", "丙") ROW("C0101010010100112345", "丙")
                   ROW("001102000030000-9", "丙") ROW("C0101010010100155555", "丙")) },
        { 990100, YH_S(HEAD ROW("C01010100101001", "乙") ROW("001102000030000", "甲")) },
    };
#undef ROW
    static const struct {
        const char *region, *code;
        enum yh_item_class cls;
        const char *why;
    } ROWS[] = {
        { "990101", "C0101010010100112345", YH_CLASS_C, "named itself" },
        { "990101", "C0101010010100199999", YH_CLASS_B, "another maker's: the specification" },
        { "990102", "C0101010010100112345", YH_CLASS_B, "elsewhere the same one too" },
        { "990102", "C0101010010100155555-1", YH_CLASS_B, "by two steps" },
        { "990101", "001102000030000-9", YH_CLASS_C, "the pair itself" },
        { "990102", "001102000030000-9", YH_CLASS_A, "elsewhere its national part" },
        { "990101", "001102000030000-8", YH_CLASS_A, "another pair" },
        { "990102", "C0101010010100299999", YH_CLASS_UNKNOWN, "another specification" },
    };
    struct world w = world_of(text, YH_COUNT(text));
    for (int i = 0; i < YH_COUNT(ROWS); i++)
        CHECK_I64(get(&w, ROWS[i].region, 310, ROWS[i].code, "2026-01-01", YH_LEVEL_2)->cls,
                  ROWS[i].cls, ROWS[i].why);
}

static const struct {
    const char *row, *field;
    int line;
} WRONG[] = {
    { "\t名\t甲\t\t\t\t\t\t\t\t\t\t\t\n", "code", 2 },
    { "1\t名\t丁\t\t\t\t\t\t\t\t\t\t\t\n", "class", 2 },
    { "1\t名\t\t\t\t\t\t\t\t\t\t\t\t\n", "class", 2 },
    { "1\t名\t乙\t1.1\t\t\t\t\t\t\t\t\t\t\n", "first_pay", 2 },
    { "1\t名\t乙\t-0.1\t\t\t\t\t\t\t\t\t\t\n", "first_pay", 2 },
    { "1\t名\t乙\t十\t\t\t\t\t\t\t\t\t\t\n", "first_pay", 2 },
    { "1\t名\t乙\t101%\t\t\t\t\t\t\t\t\t\t\n", "first_pay", 2 },
    { "1\t名\t丙\t0.5\t\t\t\t\t\t\t\t\t\t\n", "first_pay", 2 },
    { "1\t名\t乙\t\t-1\t\t\t\t\t\t\t\t\t\n", "limit", 2 },
    { "1\t名\t乙\t\t1.1234567\t\t\t\t\t\t\t\t\t\n", "limit", 2 },
    { "1\t名\t乙\t\t\t4\t\t\t\t\t\t\t\t\n", "level", 2 },
    { "1\t名\t乙\t\t\t\t31\t\t\t\t\t\t\t\n", "insutype", 2 },
    { "1\t名\t乙\t\t\t\t\t1234567\t\t\t\t\t\t\n", "charge", 2 },
    { "1\t名\t乙\t\t\t\t\t\t是\t\t\t\t\t\n", "restricted", 2 },
    { "1\t名\t乙\t\t\t\t\t\t\t\t国谈、好药\t\t\t\n", "tags", 2 },
    { "1\t名\t乙\t\t\t\t\t\t\t\t\t2026-02-29\t\t\n", "valid_from", 2 },
    { "1\t名\t乙\t\t\t\t\t\t\t\t\t2026-02-01\t2026-02-01\t\n", "valid_to", 2 },
    { "1\t名\t乙\t\t\t\t\t\t\t\t\t\t\tsure\n", "standing", 2 },
    { "1\t名\t乙\t\t\t\t\t\t\t\t\t\t\n", "", 2 },
    { "1\t名\t乙\t\t\t\t\t\t\t\t\t\t\t\n1\t名\t甲\t\t\t\t\t\t\t\t\t2026-01-01\t\t\n",
      "valid_from", 3 },
};

TEST(a_wrong_row_is_refused_with_line_and_field)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_err err;
    for (int i = 0; i < YH_COUNT(WRONG); i++) {
        struct yh_catalog *c;
        struct yh_term_tables t = { 0 };
        CHECK_OK(yh_catalog_load(YH_S(NO_TABLES), NULL, 0, a, &c, &err), &err);
        struct yh_term_text text = { 990100, yh_fmt(a, "%s%s", HEAD, WRONG[i].row) };
        memset(&err, 0, sizeof err);
        CHECK_I64(yh_terms_load(&text, 1, c, a, &t, &err), YH_BAD_TABLE, WRONG[i].row);
        CHECK_STR(yh_cstr(err.field), yh_cstr(WRONG[i].field), WRONG[i].row);
        CHECK_I64(err.line, WRONG[i].line, WRONG[i].row);
        CHECK(t.table == NULL);
    }
    struct yh_term_text twice[] = { { 990100, YH_S(HEAD) }, { 990100, YH_S(HEAD) } };
    struct yh_catalog *c;
    struct yh_term_tables t;
    CHECK_OK(yh_catalog_load(YH_S(NO_TABLES), NULL, 0, a, &c, &err), &err);
    CHECK(yh_terms_load(twice, 2, c, a, &t, &err) == YH_BAD_TABLE);
}

/* Law: what is written reads back as the same rows. */
TEST(law_written_terms_read_back_the_same)
{
    struct world w = shipped();
    static const uint32_t REGION[] = { 990000, 990100, 980000 };
    for (int i = 0; i < YH_COUNT(REGION); i++) {
        struct yh_arena *a = yh_test_arena();
        struct yh_buf b = yh_buf_in(a);
        int n, m;
        const struct yh_item_term *row = yh_terms_rows(&w.terms, REGION[i], &n);
        CHECK(n > 0);
        yh_terms_write(row, n, w.catalog, &b);
        struct yh_term_text text = { REGION[i], yh_buf_str(&b) };
        struct yh_term_tables again;
        struct yh_err err;
        CHECK_OK(yh_terms_load(&text, 1, w.catalog, a, &again, &err), &err);
        const struct yh_item_term *got = yh_terms_rows(&again, REGION[i], &m);
        CHECK_I64(m, n, "as many rows");
        for (int k = 0; k < n; k++) {
            CHECK(got[k].item == row[k].item && got[k].cls == row[k].cls);
            CHECK(got[k].first_pay == row[k].first_pay && got[k].limit == row[k].limit);
            CHECK(got[k].tags == row[k].tags && got[k].restricted == row[k].restricted);
            CHECK(got[k].level == row[k].level && got[k].insutype == row[k].insutype);
            CHECK(got[k].period.from == row[k].period.from &&
                  got[k].period.to == row[k].period.to);
            CHECK(got[k].standing == row[k].standing && !strcmp(got[k].charge, row[k].charge));
            CHECK(yh_eq(got[k].name, row[k].name) &&
                  yh_eq(got[k].restriction, row[k].restriction));
        }
    }
}

/* Law: the lookup answers as a plain search of the rows does, whatever the order of the file. */
TEST(law_a_lookup_equals_a_plain_search)
{
    struct world w = shipped();
    uint64_t seed = 20260302;
    int n, found = 0;
    const struct yh_item_term *row = yh_terms_rows(&w.terms, 990000, &n);
    struct yh_place place;
    CHECK(!yh_region_locate(&w.regions, YH_S("990201"), day("2026-01-01"), &place, NULL));
    for (int i = 0, many = yh_law_count(10000); i < many; i++) {
        uint32_t item = (uint32_t)yh_test_between(&seed, 0, yh_catalog_count(w.catalog) + 2);
        int insutype = yh_test_between(&seed, 0, 1) ? 310 : 390;
        enum yh_level level = (enum yh_level)yh_test_between(&seed, 1, 3);
        yh_day on = (yh_day)yh_test_between(&seed, day("2025-12-20"), day("2026-01-10"));
        const struct yh_item_term *best = NULL;
        for (int k = n - 1; k >= 0; k--) {
            bool fits = row[k].item == item &&
                        (!row[k].insutype || row[k].insutype == insutype) &&
                        (!row[k].level || row[k].level == level) && row[k].period.from <= on &&
                        on < row[k].period.to;
            bool closer = !best || row[k].insutype > best->insutype ||
                          (row[k].insutype == best->insutype && row[k].level >= best->level);
            best = fits && closer ? &row[k] : best;
        }
        struct yh_terms t = yh_terms_at(&w.terms, &place, insutype);
        const struct yh_item_term *got = yh_term_get(&t, item, on, level);
        CHECK(best ? got == best : got->cls == YH_CLASS_UNKNOWN);
        found += best != NULL;
        /* Days around it on which the answer is the same, and its own day among them. */
        struct yh_period span;
        CHECK(yh_term_span(&t, item, on, level, &span) == got);
        CHECK(yh_in_period(span, on));
        for (yh_day d = (yh_day)yh_max(span.from, on - 9); d < span.to && d < on + 9; d++)
            CHECK(yh_term_get(&t, item, d, level) == got);
    }
    CHECK(found > 1000);
}
