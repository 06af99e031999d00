#include "base/test.h"
#include "model/catalog/import.h"

#define H1312                                                                      \
    "hilist_code\thilist_name\tinsu_admdvs\tbegndate\tenddate\tmed_chrgitm_type\t" \
    "chrgitm_lv\tlmt_used_flag\tlist_type\tmed_use_flag\tvali_flag\tmemo\trid\n"
#define H1318                                                            \
    "hilist_code\thilist_lmtpric_type\tinsu_admdvs\tbegndate\tenddate\t" \
    "hilist_pric_uplmt_amt\tvali_flag\n"
#define H1319                                                                        \
    "hilist_code\tselfpay_prop_psn_type\tselfpay_prop_type\tinsu_admdvs\tbegndate\t" \
    "enddate\tselfpay_prop\tvali_flag\n"
#define OUT                                                                         \
    "code\tname_zh\tclass\tfirst_pay\tlimit\tlevel\tinsutype\tcharge\trestricted\t" \
    "restriction\ttags\tvalid_from\tvalid_to\tstanding\n"

static struct yh_catalog *empty_catalog(void)
{
    struct yh_catalog *c = NULL;
    struct yh_err err;
    CHECK_OK(yh_catalog_load(YH_S("path\trole\ttitle\tstanding\tsource\tlicence\tnote\n"), NULL,
                             0, yh_test_arena(), &c, &err),
             &err);
    return c;
}

static struct yh_imported import(const char *f1312, const char *f1318, const char *f1319,
                                 struct yh_catalog *c)
{
    struct yh_import in = { 990101, yh_cstr(f1312), yh_cstr(f1318), yh_cstr(f1319),
                            YH_INVENTED };
    struct yh_imported out = { 0 };
    struct yh_err err;
    CHECK_OK(yh_terms_import(&in, c, yh_test_arena(), &out, &err), &err);
    return out;
}

/* Each row: what the three files say and the term table that follows from them. */
static const struct {
    const char *items, *limits, *shares, *out, *why;
} WORKED[] = {
    { "A\t甲药\t990101\t2026-01-01\t2026-12-31\t09\t01\t0\t101\t1\t1\t\tr1\n", "", "",
      "A\t甲药\t甲\t0\t\t\t\t09\t\t\t\t2026-01-01\t2027-01-01\tinvented\n",
      "the last day is included, once" },
    { "B\t乙药\t990100\t2026-01-01\t\t09\t02\t1\t101\t1\t1\t限重症\tr1\n", "",
      "B\t310\t10\t990000\t2026-01-01\t\t0.1000\t1\nB\t390\t10\t990000\t2026-01-01\t\t0."
      "2000\t1\n",
      "B\t乙药\t乙\t0.20\t\t\t390\t09\t1\t限重症\t\t2026-01-01\t\tinvented\n"
      "B\t乙药\t乙\t0.10\t\t\t310\t09\t1\t限重症\t\t2026-01-01\t\tinvented\n"
      "B\t乙药\t乙\t\t\t\t\t09\t1\t限重症\t\t2026-01-01\t\tinvented\n",
      "a share by insurance type; others by the document" },
    { "C\t材料\t990101\t2026-01-01\t9999-12-31\t08\t02\t0\t301\t1\t1\t\tr1\n",
      "C\t3\t990101\t2026-01-01\t\t120.5\t1\nC\t2\t990101\t2026-01-01\t\t100\t1\n",
      "C\t99\t10\t990101\t2026-01-01\t\t0.3\t1\n",
      "C\t材料\t乙\t0.30\t120.50\t3\t\t08\t\t\t\t2026-01-01\t\tinvented\n"
      "C\t材料\t乙\t0.30\t100.00\t2\t\t08\t\t\t\t2026-01-01\t\tinvented\n"
      "C\t材料\t乙\t0.30\t\t\t\t08\t\t\t\t2026-01-01\t\tinvented\n",
      "a limit by level; the first level has none" },
    { "D\t药\t990101\t2026-01-01\t\t09\t01\t0\t106\t1\t1\t\tr1\n",
      "D\t1\t990101\t2026-01-01\t\t9.123456\t1\nD\t2\t990101\t2026-01-01\t\t9.123456\t1\n"
      "D\t3\t990101\t2026-01-01\t\t9.123456\t1\n",
      "", "D\t药\t甲\t0\t9.123456\t\t\t09\t\t\t配方颗粒\t2026-01-01\t\tinvented\n",
      "one limit for all levels is one row" },
    { "E\t药\t990101\t2025-01-01\t\t09\t02\t0\t101\t1\t1\t\tr1\n"
      "E\t药\t990101\t2026-01-01\t\t09\t01\t0\t101\t1\t1\t\tr2\n",
      "E\t1\t990101\t2025-07-01\t2025-12-31\t5\t1\nE\t2\t990101\t2025-07-01\t2025-12-31\t5\t1\n"
      "E\t3\t990101\t2025-07-01\t2025-12-31\t5\t1\n",
      "E\t99\t10\t990101\t2025-01-01\t2025-12-31\t0.15\t1\n",
      "E\t药\t乙\t0.15\t\t\t\t09\t\t\t\t2025-01-01\t2025-07-01\tinvented\n"
      "E\t药\t乙\t0.15\t5.00\t\t\t09\t\t\t\t2025-07-01\t2026-01-01\tinvented\n"
      "E\t药\t甲\t0\t\t\t\t09\t\t\t\t2026-01-01\t\tinvented\n",
      "an open row ends where the next begins; cut where a limit begins" },
    { "F\t药\t990101\t2026-01-01\t\t09\t03\t0\t101\t1\t1\t\tr1\n", "",
      "F\t99\t10\t990101\t2026-01-01\t\t1\t1\n",
      "F\t药\t丙\t1\t\t\t\t09\t\t\t\t2026-01-01\t\tinvented\n", "third class" },
    { "G\t药\t990101\t2026-01-01\t\t09\t01\t0\t101\t0\t1\t\tr1\n"
      "H\t药\t990101\t2026-01-01\t\t09\t01\t0\t101\t1\t0\t\tr1\n",
      "", "", "", "not for medical care, and voided: no row, so undetermined" },
};

TEST(three_files_become_one_term_table)
{
    for (int i = 0; i < YH_COUNT(WORKED); i++) {
        struct yh_arena *a = yh_test_arena();
        struct yh_catalog *c = empty_catalog();
        const char *items = yh_zdup(a, yh_fmt(a, H1312 "%s", WORKED[i].items));
        const char *limits = yh_zdup(a, yh_fmt(a, H1318 "%s", WORKED[i].limits));
        const char *shares = yh_zdup(a, yh_fmt(a, H1319 "%s", WORKED[i].shares));
        struct yh_imported got = import(items, limits, shares, c);
        for (int k = 0; k < got.problems; k++)
            CHECK_STR(yh_cstr(got.problem[k].text), YH_S(""), WORKED[i].why);
        struct yh_buf b = yh_buf_in(a);
        yh_terms_write(got.row, got.n, c, &b);
        CHECK_STR(yh_buf_str(&b), yh_fmt(a, OUT "%s", WORKED[i].out), WORKED[i].why);
    }
}

#define GOOD "A\t药\t990101\t2026-01-01\t\t09\t02\t0\t101\t1\t1\t\tr\n"
#define BAD(code, region, from, to, charge, lv, lmt, use, valid)                      \
    code "\t药\t" region "\t" from "\t" to "\t" charge "\t" lv "\t" lmt "\t101\t" use \
         "\t" valid "\t\tr\n"

static const struct {
    const char *items, *limits, *shares, *text;
} WRONG[] = {
    { BAD("", "990101", "2026-01-01", "", "09", "02", "0", "1", "1"), "", "",
      "1312 第 2 行 hilist_code" },
    { BAD("A", "990201", "2026-01-01", "", "09", "02", "0", "1", "1"), "", "",
      "1312 第 2 行 insu_admdvs「990201」" },
    { BAD("A", "990101", "2026-1-1", "", "09", "02", "0", "1", "1"), "", "",
      "1312 第 2 行 begndate「2026-1-1」" },
    { BAD("A", "990101", "2026-01-02", "2026-01-01", "09", "02", "0", "1", "1"), "", "",
      "1312 第 2 行 enddate" },
    { BAD("A", "990101", "2026-01-01", "永久", "09", "02", "0", "1", "1"), "", "",
      "1312 第 2 行 enddate" },
    { BAD("A", "990101", "2026-01-01", "", "", "02", "0", "1", "1"), "", "",
      "1312 第 2 行 med_chrgitm_type" },
    { BAD("A", "990101", "2026-01-01", "", "09", "04", "0", "1", "1"), "", "",
      "1312 第 2 行 chrgitm_lv「04」" },
    { BAD("A", "990101", "2026-01-01", "", "09", "02", "2", "1", "1"), "", "",
      "1312 第 2 行 lmt_used_flag" },
    { BAD("A", "990101", "2026-01-01", "", "09", "02", "0", "1", "有效"), "", "",
      "1312 第 2 行 vali_flag" },
    { GOOD GOOD, "", "", "1312 第 3 行 begndate" },
    { "A\t药\n", "", "", "1312 第 2 行 整行" },
    { GOOD, "A\t4\t990101\t2026-01-01\t\t1\t1\n", "", "1318 第 2 行 hilist_lmtpric_type「4」" },
    { GOOD, "A\t3\t990101\t2026-01-01\t\t-1\t1\n", "", "1318 第 2 行 hilist_pric_uplmt_amt" },
    { GOOD, "A\t3\t990101\t2026-01-01\t\t1e3\t1\n", "",
      "1318 第 2 行 hilist_pric_uplmt_amt「1e3」" },
    { GOOD, "B\t3\t990101\t2026-01-01\t\t1\t1\n", "", "1318 第 2 行 hilist_code「B」" },
    { GOOD, "", "A\t77\t10\t990101\t2026-01-01\t\t0.1\t1\n",
      "1319 第 2 行 selfpay_prop_psn_type" },
    { GOOD, "", "A\t310\t20\t990101\t2026-01-01\t\t0.1\t1\n",
      "1319 第 2 行 selfpay_prop_type「20」" },
    { GOOD, "", "A\t310\t10\t990101\t2026-01-01\t\t10\t1\n",
      "1319 第 2 行 selfpay_prop「10」" },
    { BAD("A", "990101", "2026-01-01", "", "09", "03", "0", "1", "1"), "",
      "A\t310\t10\t990101\t2026-01-01\t\t0.1\t1\n", "1319 第 2 行 selfpay_prop" },
    { GOOD, "A\t3\t990101\t2026-01-01\t2026-05-31\t1\t1\nA\t3\t990101\t2026-05-31\t\t2\t1\n",
      "", "1318 第 3 行 begndate" },
};

TEST(each_bad_row_is_named_once_and_left_out)
{
    for (int i = 0; i < YH_COUNT(WRONG); i++) {
        struct yh_arena *a = yh_test_arena();
        struct yh_catalog *c = empty_catalog();
        const char *items = yh_zdup(a, yh_fmt(a, H1312 "%s", WRONG[i].items));
        const char *limits = yh_zdup(a, yh_fmt(a, H1318 "%s", WRONG[i].limits));
        const char *shares = yh_zdup(a, yh_fmt(a, H1319 "%s", WRONG[i].shares));
        struct yh_imported got = import(items, limits, shares, c);
        CHECK_I64(got.problems, 1, WRONG[i].text);
        if (got.problems)
            CHECK_STR(yh_sub(yh_cstr(got.problem[0].text), 0, (ptrdiff_t)strlen(WRONG[i].text)),
                      yh_cstr(WRONG[i].text), WRONG[i].text);
        struct yh_buf b = yh_buf_in(a);
        yh_terms_write(got.row, got.n, c, &b);
        struct yh_term_text text = { 990101, yh_buf_str(&b) };
        struct yh_term_tables t;
        struct yh_err err;
        CHECK_OK(yh_terms_load(&text, 1, c, a, &t, &err), &err);
    }
}

TEST(a_catalogued_code_that_1312_does_not_list_is_named)
{
    struct yh_catalog *c = empty_catalog();
    yh_catalog_add(c, YH_KIND_DRUG, YH_S("B"), YH_S("药"), YH_INVENTED);
    struct yh_imported got = import(H1312 GOOD, H1318 "B\t3\t990101\t2026-01-01\t\t1\t1\n",
                                    H1319 "B\t99\t10\t990101\t2026-01-01\t\t1\t1\n", c);
    CHECK_I64(got.problems, 2, "one in each file");
    CHECK_I64(got.n, 1, "the good row is taken");
}

TEST(a_file_without_a_column_is_refused)
{
    struct yh_catalog *c = empty_catalog();
    struct yh_import in = { 990101, YH_S(H1312), YH_S(H1319), YH_S(""), YH_INVENTED };
    struct yh_imported out = { 0 };
    struct yh_err err;
    CHECK(yh_terms_import(&in, c, yh_test_arena(), &out, &err) == YH_BAD_TABLE);
    CHECK_STR(yh_cstr(err.field), YH_S("hilist_lmtpric_type"), "1319 given as 1318");
    CHECK(out.row == NULL);
}

/* Law: whatever rows come, what is imported loads, and on every day the answer is that of the files. */
TEST(law_imported_terms_answer_as_the_files_do_on_every_day)
{
    uint64_t seed = 13121318;
    for (int round = 0, many = yh_law_count(10000) / 100; round < many; round++) {
        struct yh_arena *a = yh_test_arena();
        struct yh_arena mark = *a;
        struct yh_catalog *c = empty_catalog();
        struct yh_buf limits = yh_buf_in(a), shares = yh_buf_in(a), table = yh_buf_in(a);
        yh_putz(&limits, H1318);
        yh_putz(&shares, H1319);
        struct {
            int level, price, from, to;
        } lim[6];
        for (int i = 0; i < YH_COUNT(lim); i++) {
            lim[i].level = i % 3 + 1;
            lim[i].from = (int)yh_test_between(&seed, 1, 14) + (i / 3) * 14;
            lim[i].to = (int)yh_test_between(&seed, lim[i].from, (i / 3 + 1) * 14);
            lim[i].price = (int)yh_test_between(&seed, 1, 3);
            yh_putf(&limits, "A\t%d\t990101\t2026-01-%02d\t2026-01-%02d\t%d\t1\n", lim[i].level,
                    lim[i].from, lim[i].to, lim[i].price);
        }
        int cut = (int)yh_test_between(&seed, 2, 28);
        yh_putf(&shares, "A\t390\t10\t990101\t2026-01-%02d\t\t0.2\t1\n", cut);
        struct yh_imported got = import(H1312 GOOD, yh_zdup(a, yh_buf_str(&limits)),
                                        yh_zdup(a, yh_buf_str(&shares)), c);
        CHECK_I64(got.problems, 0, "no row is bad");
        yh_terms_write(got.row, got.n, c, &table);
        struct yh_term_text text = { 990101, yh_buf_str(&table) };
        struct yh_term_tables t;
        struct yh_err err;
        CHECK_OK(yh_terms_load(&text, 1, c, a, &t, &err), &err);
        struct yh_region here = { .code = 990101 };
        struct yh_place place = { &here, &here, &here, 990101, false };
        for (int d = 1; d <= 31; d++)
            for (int level = 1; level <= 3; level++)
                for (int resident = 0; resident <= 1; resident++) {
                    struct yh_terms view = yh_terms_at(&t, &place, resident ? 390 : 310);
                    const struct yh_item_term *got_row =
                        yh_term_get(&view, yh_catalog_id(c, YH_SPACE_ITEM, YH_S("A")),
                                    yh_day_of(2026, 1, d), (enum yh_level)level);
                    yh_price limit = 0;
                    for (int i = 0; i < YH_COUNT(lim); i++)
                        if (lim[i].level == level && lim[i].from <= d && d <= lim[i].to)
                            limit = lim[i].price * YH_ONE;
                    CHECK_I64(got_row->limit, limit, "the limit of that day and level");
                    CHECK_I64(got_row->first_pay,
                              resident && d >= cut ? 200000 : YH_FIRST_PAY_BY_DOCUMENT,
                              "the share of that day and insurance type");
                }
        *a = mark;
    }
}
