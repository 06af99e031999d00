#include "base/test.h"
#include "model/catalog/catalog.h"

/* All shipped tables, read as the program reads them. */
static struct yh_catalog *shipped(void)
{
    struct yh_arena *a = yh_test_arena();
    yh_str tables = yh_test_file(a, "catalogs/tables.tsv");
    static struct yh_catalog_text text[128];
    struct yh_tsv t;
    struct yh_err err;
    int n = 0;
    CHECK_OK(yh_tsv_open(&t, tables, &err), &err);
    while (yh_tsv_next(&t, &err) > 0) {
        yh_str path = t.cell[0];
        CHECK(n < YH_COUNT(text));
        const char *file = yh_zdup(a, yh_fmt(a, "catalogs/%.*s", YH_ARG(path)));
        text[n++] = (struct yh_catalog_text){ path, yh_test_file(a, file) };
    }
    struct yh_catalog *c = NULL;
    CHECK_OK(yh_catalog_load(tables, text, n, a, &c, &err), &err);
    return c;
}

static const struct {
    const char *pattern, *code;
    bool fits;
} FORMS[] = {
    { "9{3}", "123", true },
    { "9{3}", "12", false },
    { "9{3}", "1234", false },
    { "9{3}", "12a", false },
    { "9{1,3}", "", false },
    { "9{1,3}", "12", true },
    { "9{1,3}9", "1234", true },
    { "9{1,3}9", "12345", false },
    { "A#?", "AZ.", true },
    { "A#?", "A..", false },
    { "A#?", "aZ.", false },
    { "x[y]z", "xz", true },
    { "x[y]z", "xyz", true },
    { "x[y]z", "xyyz", false },
    { "(ab|c)d", "abd", true },
    { "(ab|c)d", "cd", true },
    { "(ab|c)d", "d", false },
    { "(a|b(c|d[e]))f", "bdef", true },
    { "(a|b(c|d[e]))f", "bf", false },
    { "(a|b(c|d[e]))f", "af", true },
    { "[a|b]", "", true },
    { "(a", "a", false },
    { "9{x}", "1", false },
    { "9{2", "11", false },
    { "", "", true },
    { "", "a", false },
    { "(|a)b", "b", true },
    { "a|b", "a", false },
};

TEST(a_pattern_fits_the_whole_code_or_not_at_all)
{
    for (int i = 0; i < YH_COUNT(FORMS); i++)
        CHECK_I64(yh_form_fits(yh_cstr(FORMS[i].pattern), yh_cstr(FORMS[i].code)),
                  FORMS[i].fits, FORMS[i].pattern);
}

static const struct {
    enum yh_code_space space;
    const char *code, *name;
    enum yh_code_kind kind;
} KNOWN[] = {
    { YH_SPACE_DIAGNOSIS, "A00.000x001", "古典生物型霍乱", YH_KIND_DIAGNOSIS },
    { YH_SPACE_DIAGNOSIS, "J06.900", "急性上呼吸道感染", YH_KIND_DIAGNOSIS },
    { YH_SPACE_CATEGORY, "A00", "霍乱", YH_KIND_DIAGNOSIS_CATEGORY },
    { YH_SPACE_PROCEDURE, "00.0101", "头部血管治疗性超声", YH_KIND_PROCEDURE },
    { YH_SPACE_TCM, "BEA000", "儿科癌病", YH_KIND_TCM_DISEASE },
    { YH_SPACE_TCM, "ZBC010", "虫积证", YH_KIND_TCM_SYNDROME },
    { YH_SPACE_ITEM, "XB05AAR021B001010100348", "人血白蛋白", YH_KIND_DRUG },
    { YH_SPACE_ITEM, "T000100057", "薄荷", YH_KIND_DECOCTION },
    { YH_SPACE_ITEM, "001102000010000", "普通门诊诊查费", YH_KIND_SERVICE },
    { YH_SPACE_ITEM, "C01010100101001", "支架", YH_KIND_CONSUMABLE },
    { YH_SPACE_LOCAL, "110200001", "普通门诊诊查费", YH_KIND_SERVICE_LOCAL },
    { YH_SPACE_CHRONIC, "M00101", "结核病（气管、肺）", YH_KIND_CHRONIC },
};

TEST(a_shipped_code_is_found_with_name_and_kind)
{
    struct yh_catalog *c = shipped();
    for (int i = 0; i < YH_COUNT(KNOWN); i++) {
        uint32_t id = YH_CODE_NONE;
        CHECK_I64(yh_catalog_find(c, KNOWN[i].space, yh_cstr(KNOWN[i].code), 0, &id), YH_FOUND,
                  KNOWN[i].code);
        CHECK(id != YH_CODE_NONE);
        struct yh_code code = yh_catalog_code(c, id);
        CHECK_STR(code.name, yh_cstr(KNOWN[i].name), KNOWN[i].code);
        CHECK_I64(code.kind, KNOWN[i].kind, KNOWN[i].code);
        CHECK_STR(yh_catalog_cell(c, id, YH_S("name_zh")), code.name, "the row's own cell");
        CHECK_STR(yh_catalog_cell(c, id, YH_S("no such column")), YH_S(""), "absent");
    }
    CHECK(yh_catalog_id(c, YH_SPACE_PROCEDURE, YH_S("A00.000x001")) == YH_CODE_NONE);
    uint32_t grey = yh_catalog_id(c, YH_SPACE_DIAGNOSIS, YH_S("A00.000"));
    CHECK(yh_catalog_code(c, grey).grey);
    CHECK_STR(yh_catalog_cell(c, grey, YH_S("chapter_no")), YH_S("1"), "the row's last cell");
}

TEST(the_shipped_tables_have_the_rows_that_sources_counts)
{
    static const struct {
        const char *path;
        int rows;
    } ROWS[] = {
        { "icd10/diagnosis.tsv", 33307 },
        { "icd10/categories.tsv", 11766 },
        { "icd9cm3/procedures.tsv", 13686 },
        { "drugs/products.tsv", 18459 },
        { "drugs/decoction-pieces.tsv", 153 },
        { "services/items.tsv", 3099 },
        { "services/items-shaanxi-2021.tsv", 5171 },
        { "consumables/specifications.tsv", 9011 },
        { "tcm/diseases.tsv", 638 },
        { "tcm/syndromes.tsv", 1659 },
        { "chronic-diseases/opsp.tsv", 54 },
        { "settlement-list/checks.tsv", 52 },
    };
    struct yh_catalog *c = shipped();
    uint32_t codes = 0;
    for (int i = 0; i < YH_COUNT(ROWS); i++)
        for (int k = 0; k < yh_catalog_tables(c); k++)
            if (yh_eq(yh_catalog_table(c, k)->path, yh_cstr(ROWS[i].path))) {
                CHECK_I64(yh_catalog_table(c, k)->rows, ROWS[i].rows, ROWS[i].path);
                codes += (uint32_t)ROWS[i].rows;
            }
    CHECK_I64(yh_catalog_count(c), codes - 52, "every code row has an id");
}

/* Law: every id answers to its own code, in its own space. */
TEST(law_every_code_finds_itself)
{
    struct yh_catalog *c = shipped();
    for (uint32_t id = 1; id <= yh_catalog_count(c); id++) {
        struct yh_code code = yh_catalog_code(c, id);
        CHECK(yh_catalog_id(c, yh_kind_space(code.kind), code.code) == id);
    }
}

/* The list of 2020 itself prints two codes with a figure too few (86.700x0013, 86.700x0014). */
TEST(every_shipped_code_but_two_slips_keeps_its_structure)
{
    struct yh_catalog *c = shipped();
    int bad = 0;
    for (uint32_t id = 1; id <= yh_catalog_count(c); id++) {
        struct yh_code code = yh_catalog_code(c, id);
        bool breaks = yh_catalog_form(c, yh_kind_word(code.kind), code.code) == YH_FORM_BAD;
        if (breaks)
            CHECK(yh_starts(code.code, YH_S("86.700x001")));
        bad += breaks;
    }
    CHECK_I64(bad, 2, "codes that break their standard");
}

static const struct {
    const char *subject, *code;
    enum yh_form form;
} STRUCTURE[] = {
    { "provider", "H43028100255", YH_FORM_OK },
    { "provider", "P43028100255", YH_FORM_BAD },
    { "provider", "H990101", YH_FORM_BAD },
    { "pharmacy", "P62100200036", YH_FORM_OK },
    { "physician", "D990101000001", YH_FORM_OK },
    { "physician", "0001", YH_FORM_BAD },
    { "technician", "HY110000000001", YH_FORM_OK },
    { "nurse", "whatever", YH_FORM_WARN },
    { "nurse", "N000000000001", YH_FORM_OK },
    { "case-disease", "！", YH_FORM_WARN },
    { "nonsense", "x", YH_FORM_NONE },
    { "drug", "XA02BCA211A012010100154", YH_FORM_OK },
    { "drug", "XA02BCA211A01201010015", YH_FORM_BAD },
    { "drug", "ZA04CAE0023010100166", YH_FORM_OK },
    { "service", "002501010010000-250101001", YH_FORM_OK },
    { "service", "00250101001000", YH_FORM_BAD },
    { "consumable", "C0101010010100100000", YH_FORM_OK },
    { "diagnosis", "A18.000x018+M49.0*", YH_FORM_OK },
    { "diagnosis", "A18", YH_FORM_BAD },
};

TEST(unverified_standards_warn_and_never_refuse)
{
    struct yh_catalog *c = shipped();
    for (int i = 0; i < YH_COUNT(STRUCTURE); i++)
        CHECK_I64(yh_catalog_form(c, yh_cstr(STRUCTURE[i].subject), yh_cstr(STRUCTURE[i].code)),
                  STRUCTURE[i].form, STRUCTURE[i].code);
}

static const struct {
    const char *code;
    enum yh_found found;
    const char *row, *why;
} ITEMS[] = {
    { "001102000030000-110200003", YH_FOUND, "001102000030000", "the national part of a pair" },
    { "001102000030000", YH_FOUND, "001102000030000", "itself" },
    { "C0101010010100112345", YH_FOUND, "C01010100101001",
      "a maker's code is its specification" },
    { "C0101010010100112345-9", YH_FOUND, "C01010100101001", "also with a local part" },
    { "XA01ABD075A002010100483", YH_UNKNOWN, "", "well formed, in no table" },
    { "XA01ABD075", YH_MALFORMED, "", "too short for a drug" },
    { "YP0001", YH_MALFORMED, "", "a hospital's own code is no national one" },
    { "", YH_MALFORMED, "", "nothing" },
};

TEST(a_fee_line_finds_its_item)
{
    struct yh_catalog *c = shipped();
    for (int i = 0; i < YH_COUNT(ITEMS); i++) {
        uint32_t id = 77;
        CHECK_I64(yh_catalog_item(c, yh_cstr(ITEMS[i].code), 20000, &id), ITEMS[i].found,
                  ITEMS[i].why);
        CHECK_STR(id ? yh_catalog_code(c, id).code : YH_S(""), yh_cstr(ITEMS[i].row),
                  ITEMS[i].why);
    }
}

TEST(a_crosswalk_changes_only_what_it_lists)
{
    struct yh_catalog *c = shipped();
    yh_str path = YH_S("icd10/clinical2-to-insurance2.tsv");
    CHECK_STR(yh_catalog_cross(c, path, YH_S("A01.000x002")), YH_S("A01.003"), "listed");
    CHECK_STR(yh_catalog_cross(c, path, YH_S("A00.000x001")), YH_S("A00.000x001"),
              "not listed");
    CHECK_STR(yh_catalog_cross(c, YH_S("nothing.tsv"), YH_S("A")), YH_S("A"), "no such table");
}

TEST(an_item_has_a_charge_category_by_kind_or_fee_class)
{
    static const struct {
        const char *code, *charge;
    } ROWS[] = {
        { "XB05AAR021B001010100348", "09" },
        { "ZA12CAD0073010100142", "11" },
        { "T000100057", "10" },
        { "C01010100101001", "08" },
        { "001109000010000", "01" },
        { "001102000030000", "02" },
        { "002102000000000", "03" },
        { "002503020010000", "04" },
        { "003310030220000", "06" },
        { "001201000020000", "07" },
        { "332508000020000", "14" },
    };
    struct yh_catalog *c = shipped();
    for (int i = 0; i < YH_COUNT(ROWS); i++)
        CHECK_STR(yh_catalog_charge(c, yh_catalog_id(c, YH_SPACE_ITEM, yh_cstr(ROWS[i].code))),
                  yh_cstr(ROWS[i].charge), ROWS[i].code);
    CHECK_STR(yh_catalog_charge(c, YH_CODE_NONE), YH_S(""), "no item");
    CHECK_STR(yh_catalog_charge(c, yh_catalog_id(c, YH_SPACE_CHRONIC, YH_S("M00101"))),
              YH_S(""), "a disease is not charged");
    for (uint32_t id = 1; id <= yh_catalog_count(c); id++)
        if (yh_kind_space(yh_catalog_code(c, id).kind) == YH_SPACE_ITEM)
            CHECK(yh_catalog_charge(c, id).n == 2);
}

#define TABLES "path\trole\ttitle\tstanding\tsource\tlicence\tnote\n"

static enum yh_status load_one(const char *role, const char *body, struct yh_catalog **c,
                               struct yh_err *err)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_catalog_text text = { YH_S("t.tsv"), yh_cstr(body) };
    return yh_catalog_load(yh_fmt(a, TABLES "t.tsv\t%s\tT\tinvented\t\t\t\n", role), &text, 1,
                           a, c, err);
}

TEST(a_code_is_valid_on_its_days_only)
{
    struct yh_catalog *c = NULL;
    struct yh_err err;
    uint32_t id = 0;
    yh_day from = yh_day_of(2025, 1, 1), to = yh_day_of(2026, 1, 1);
    CHECK_OK(load_one("service",
                      "code\tname_zh\tvalid_from\tvalid_to\n"
                      "001102000010000\t诊查\t2025-01-01\t2026-01-01\n",
                      &c, &err),
             &err);
    static const struct {
        int days;
        enum yh_found found;
    } AT[] = { { -1, YH_EXPIRED }, { 0, YH_FOUND } };
    for (int i = 0; i < YH_COUNT(AT); i++) {
        CHECK_I64(yh_catalog_item(c, YH_S("001102000010000"), from + AT[i].days, &id),
                  AT[i].found, "about its first day");
        CHECK_I64(yh_catalog_item(c, YH_S("001102000010000"), to - 1 - AT[i].days, &id),
                  i ? YH_FOUND : YH_EXPIRED, "about its last day");
        CHECK_I64(id, 1, "an expired code keeps its id");
    }
}

TEST(a_code_may_be_added_once)
{
    struct yh_catalog *c = NULL;
    struct yh_err err;
    CHECK_OK(load_one("service", "code\tname_zh\n001\t甲\n", &c, &err), &err);
    uint32_t id = yh_catalog_add(c, YH_KIND_SERVICE, YH_S("002"), YH_S("乙"), YH_INVENTED);
    CHECK_I64(id, 2, "the next id");
    CHECK_I64(yh_catalog_add(c, YH_KIND_DRUG, YH_S("002"), YH_S("丙"), YH_INVENTED), 2,
              "one space, one code");
    CHECK_STR(yh_catalog_code(c, id).name, YH_S("乙"), "the first row stays");
    CHECK_STR(yh_catalog_cell(c, id, YH_S("code")), YH_S(""), "an added code has no row");
    for (int i = 0; i < 20000; i++)
        yh_catalog_add(c, YH_KIND_SERVICE, yh_fmt(yh_test_arena(), "n%d", i), YH_S("n"),
                       YH_INVENTED);
    CHECK_I64(yh_catalog_count(c), 20002, "the index grows");
    CHECK_I64(yh_catalog_id(c, YH_SPACE_ITEM, YH_S("n19999")), 20002, "and finds the last");
    CHECK_I64(yh_catalog_id(c, YH_SPACE_ITEM, YH_S("001")), 1, "and the first");
}

TEST(a_wrong_table_is_refused_with_file_line_and_field)
{
    static const struct {
        const char *role, *body, *field;
        int line;
    } ROWS[] = {
        { "drug", "code\tname_zh\nA\t甲\nA\t乙\n", "code", 3 },
        { "drug", "code\tname_zh\n\t甲\n", "code", 2 },
        { "drug", "code\tname_zh\nA\t\n", "name_zh", 2 },
        { "drug", "name_zh\tcode\n甲\tA\n", "code", 0 },
        { "drug", "code\tname_zh\tvalid_from\nA\t甲\t2025-13-01\n", "valid_from", 2 },
        { "drug", "code\tname_zh\tvalid_from\tvalid_to\nA\t甲\t2025-02-01\t2025-02-01\n",
          "valid_to", 2 },
        { "drug", "code\tname_zh\nA\n", "", 2 },
        { "nonsense", "code\tname_zh\nA\t甲\n", "role", 0 },
        { "crosswalk", "code\ttarget\nA\tB\nA\tC\n", "code", 3 },
        { "crosswalk", "code\nA\n", "target", 0 },
        { "charge", "kind\tmatch\tcharge\nbed\tX\t01\n", "kind", 2 },
        { "charge", "kind\tmatch\tcharge\ndrug\tX\t\n", "charge", 2 },
        { "standard", "subject\tpattern\texample\tstanding\ndrug\t9{2}\t123\tofficial\n",
          "pattern", 2 },
        { "standard", "subject\tpattern\texample\tstanding\ndrug\t9{2}\t12\tsure\n", "standing",
          2 },
    };
    for (int i = 0; i < YH_COUNT(ROWS); i++) {
        struct yh_catalog *c = NULL;
        struct yh_err err = { 0 };
        CHECK_I64(load_one(ROWS[i].role, ROWS[i].body, &c, &err), YH_BAD_TABLE, ROWS[i].body);
        CHECK_STR(yh_cstr(err.field), yh_cstr(ROWS[i].field), ROWS[i].body);
        CHECK_I64(err.line, ROWS[i].line, ROWS[i].body);
        CHECK(yh_find(yh_cstr(err.text), YH_S("t.tsv")) == 0);
        CHECK(c == NULL);
    }
    struct yh_catalog *c = NULL;
    struct yh_err err;
    CHECK(yh_catalog_load(YH_S(TABLES "x.tsv\tdrug\tT\tinvented\t\t\t\n"), NULL, 0,
                          yh_test_arena(), &c, &err) == YH_NOT_FOUND);
}
