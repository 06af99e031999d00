/* Each bad row is told by line, field and cure; what is good passes. */
#include <stdio.h>

#include "base/test.h"
#include "service/enrol/enrol.h"
#include "service/testing.h"

#define P "psn_no\tpsn_cert_type\tcertno\tpsn_name\tgend\tbrdy\tnaty\tcard_no\tbalc\n"
#define GOOD "A1\t01\t11010519491231002X\t测试甲\t2\t1949-12-31\t01\tK1\t12.30\n"
#define E                                                                                  \
    "psn_no\tinsutype\tinsuplc_admdvs\tpsn_type\tpsn_insu_date\tpaus_insu_date\tpsn_insu_" \
    "stas\n"
#define I "psn_no\tpsn_idet_type\tbegntime\tendtime\n"
#define H                                                                                      \
    "fixmedins_code\tfixmedins_name\tfixmedins_type\thosp_lv\tadmdvs\tbegndate\tenddate\tmed_" \
    "type\tlevel_kind\n"

/* The first fault of a row, "" = none; other: a second file. */
static const struct {
    const char *text, *other, *field;
    int line;
    const char *says;
} ROWS[] = {
    { P GOOD, NULL, "", 0, "" },
    { P "\t01\t11010519491231002X\t测试甲\t2\t1949-12-31\t\t\t\n", NULL, "psn_no", 2, "必填" },
    { P "A 1\t01\t11010519491231002X\t测试甲\t2\t1949-12-31\t\t\t\n", NULL, "psn_no", 2,
      "字母或数字" },
    { P "A1\t01\t110105194912310021\t测试甲\t2\t1949-12-31\t\t\t\n", NULL, "certno", 2,
      "校验位" },
    { P "A1\t01\t11010519491231002x\t测试甲\t2\t1949-12-31\t\t\t\n", NULL, "certno", 2,
      "大写" },
    { P "A1\t01\t110105491231002\t测试甲\t2\t1949-12-31\t\t\t\n", NULL, "certno", 2, "18 位" },
    { P "A1\t01\t11010519491231002X\t测试甲\t2\t1949-12-30\t\t\t\n", NULL, "brdy", 2,
      "身份证" },
    { P "A1\t08\tE1\t测试甲\t2\t19491231\t\t\t\n", NULL, "brdy", 2, "2026-03-01" },
    { P "A1\t08\tE1\t测试甲\t2\t2026-02-30\t\t\t\n", NULL, "brdy", 2, "不是日期" },
    { P "A1\t08\tE1\t测试甲\t2\t2026-03-19\t\t\t\n", NULL, "brdy", 2, "今天之后" },
    { P "A1\t08\tE1\t测试甲\t2\t2026-03-18\t\t\t\n", NULL, "", 0, "" },
    { P "A1\t08\tE1\t测试甲\t男\t1949-12-31\t\t\t\n", NULL, "gend", 2, "0、1、2、9" },
    { P "A1\t77\tE1\t测试甲\t1\t1949-12-31\t\t\t\n", NULL, "psn_cert_type", 2, "字典" },
    { P "A1\t08\tE1\t测试甲\t1\t1949-12-31\t8-\t\t\n", NULL, "naty", 2, "字典" },
    { P "A1\t08\tE1\t测试甲\t1\t1949-12-31\t\t\t-0.01\n", NULL, "balc", 2, "不小于 0" },
    { P "A1\t08\tE1\t测试甲\t1\t1949-12-31\t\t\t1.234\n", NULL, "balc", 2, "两位小数" },
    { P GOOD "A1\t08\tE1\t测试乙\t1\t1949-12-31\t\t\t\n", NULL, "psn_no", 3, "第 2 行重复" },
    { P GOOD "A2\t01\t11010519491231002X\t测试乙\t2\t1949-12-31\t\t\t\n", NULL, "certno", 3,
      "第 2 行" },
    { P GOOD "A2\t08\tE2\t测试乙\t2\t1949-12-31\t\tK1\t\n", NULL, "card_no", 3, "第 2 行" },
    { P GOOD "A2\t08\n", NULL, "", 3, "列" },
    { P GOOD, E "A1\t310\t990101\t11\t2020-01-01\t\t\n", "", 0, "" },
    { E "A1\t310\t990101\t11\t2020-01-01\t\t\n", P GOOD, "", 0, "" },
    { E "A9\t310\t990101\t11\t2020-01-01\t\t\n", P GOOD, "psn_no", 2, "没有这个人" },
    { P GOOD, E "A1\t311\t990101\t11\t2020-01-01\t\t\n", "insutype", 2, "字典" },
    { P GOOD, E "A1\t310\t123456\t11\t2020-01-01\t\t\n", "insuplc_admdvs", 2, "区划树" },
    { P GOOD, E "A1\t310\t990201\t11\t2020-01-01\t\t\n", "insuplc_admdvs", 2, "统筹区 990200" },
    { P GOOD, E "A1\t310\t990101\t1-\t2020-01-01\t\t\n", "psn_type", 2, "字典" },
    { P GOOD, E "A1\t310\t990101\t11\t2020-01-01\t2020-01-01\t\n", "paus_insu_date", 2,
      "晚于" },
    { P GOOD, E "A1\t310\t990101\t11\t2020-01-01\t\t\nA1\t310\t990101\t11\t2021-01-01\t\t\n",
      "psn_insu_date", 3, "第 2 行" },
    { P GOOD,
      E "A1\t310\t990101\t11\t2020-01-01\t2021-01-01\t\nA1\t310\t990101\t11\t2021-01-01\t\t\n",
      "", 0, "" },
    { P GOOD, I "A1\t2303\t2024-01-01\t\n", "", 0, "" },
    { P GOOD, I "A1\t2303\t2024-01-01\t\nA1\t2303\t2024-01-01\t\n", "psn_idet_type", 3,
      "第 2 行" },
    { P GOOD, I "A2\t2303\t2024-01-01\t\n", "psn_no", 2, "没有这个人" },
    { P GOOD, I "A1\t2303\t2024-01-01\t2023-12-31\n", "endtime", 2, "晚于" },
    { H "H1\t测试医院\t1\t5\t990101\t2020-01-01\t\t11 21\t\n", NULL, "", 0, "" },
    { H "H1\t测试医院\t1\t\t990101\t2020-01-01\t\t\t\n", NULL, "hosp_lv", 2, "无等级写 11" },
    { H "H1\t测试医院\t6\t5\t990101\t2020-01-01\t\t\t\n", NULL, "fixmedins_type", 2, "字典" },
    { H "H1\t测试医院\t1\t5\t990101\t2020-01-01\t\t11 xx\t\n", NULL, "med_type", 2, "字典" },
    { H "H1\t测试医院\t1\t5\t9901\t2020-01-01\t\t\t\n", NULL, "admdvs", 2, "区划树" },
    { H "H1\t测试医院\t1\t5\t990101\t2020-01-01\t2019-01-01\t\t\n", NULL, "enddate", 2,
      "晚于" },
    { H "H1\t测试医院\t1\t5\t990101\t2020-01-01\t\t\ta\\b\n", NULL, "level_kind", 2, "反斜线" },
};

/* A check of two texts against a folder that is not there, on 2026-03-18. */
static enum yh_status check(struct yh_arena *a, const char *text, const char *other,
                            const char *region, struct yh_enrol *out, struct yh_err *err)
{
    struct yh_enrol_file file[] = { { YH_S("one.tsv"), yh_cstr(text) },
                                    { YH_S("two.tsv"), yh_cstr(other) } };
    struct yh_enrol_ask ask = { .world = yh_desk_world(),
                                .region = yh_cstr(region),
                                .now = yh_day_time(yh_day_of(2026, 3, 18)),
                                .check = true };
    return yh_enrol(YH_S("sqlite:build/no-such-folder"), &ask, file, other ? 2 : 1, a, out,
                    err);
}

TEST(a_bad_row_is_told_by_line_field_and_cure)
{
    struct yh_arena a;
    static struct yh_enrol out;
    CHECK(yh_arena_open(&a, (size_t)1 << 28, NULL) == YH_OK);
    for (int i = 0; i < YH_COUNT(ROWS); i++) {
        struct yh_err err = { 0 };
        enum yh_status st = check(&a, ROWS[i].text, ROWS[i].other, "990100", &out, &err);
        const struct yh_err *what = &out.shown[0].what;
        bool good = !ROWS[i].line;
        if (st != (good ? YH_OK : YH_BAD_INPUT))
            fprintf(stderr, "row %d: %s %s\n", i, err.text, what->text);
        CHECK(st == (good ? YH_OK : YH_BAD_INPUT));
        CHECK_I64(out.bad, !good, ROWS[i].says);
        if (good)
            continue;
        CHECK_I64(what->line, ROWS[i].line, what->text);
        CHECK_STR(yh_cstr(what->field), yh_cstr(ROWS[i].field), what->text);
        if (yh_find(yh_cstr(what->text), yh_cstr(ROWS[i].says)) < 0)
            fprintf(stderr, "row %d: %s\n", i, what->text);
        CHECK(yh_find(yh_cstr(what->text), yh_cstr(ROWS[i].says)) >= 0);
    }
    yh_arena_close(&a);
}

TEST(a_header_is_known_by_its_columns)
{
    struct yh_arena a;
    static struct yh_enrol out;
    struct yh_err err = { 0 };
    CHECK(yh_arena_open(&a, (size_t)1 << 28, NULL) == YH_OK);
    CHECK(check(&a, "name\tage\n", NULL, "990100", &out, &err) == YH_BAD_TABLE);
    CHECK(check(&a, "psn_no\tcertno\n", NULL, "990100", &out, &err) == YH_BAD_TABLE);
    CHECK(yh_find(yh_cstr(err.text), YH_S("one.tsv:1")) == 0);
    CHECK(yh_find(yh_cstr(err.text), YH_S("psn_cert_type")) > 0);
    CHECK(check(&a, I, "psn_no\tpsn_idet_type\tbegntime\tend\n", "990100", &out, &err) ==
          YH_BAD_TABLE);
    CHECK(yh_find(yh_cstr(err.text), YH_S("“end”")) > 0);
    CHECK(check(&a, P GOOD, NULL, "990101", &out, &err) == YH_BAD_INPUT); /* an office */
    CHECK(check(&a, P GOOD, NULL, "", &out, &err) == YH_BAD_INPUT);
    CHECK(yh_find(yh_cstr(err.text), YH_S("--region")) > 0);
    yh_arena_close(&a);
}

TEST(twenty_bad_rows_are_shown_and_all_are_counted)
{
    struct yh_arena a;
    static struct yh_enrol out;
    struct yh_err err = { 0 };
    CHECK(yh_arena_open(&a, (size_t)1 << 28, NULL) == YH_OK);
    struct yh_buf b = yh_buf_in(&a);
    yh_putz(&b, I);
    for (int i = 0; i < 25; i++)
        yh_putz(&b, "A1\t2303\t2024-01-32\t\n");
    CHECK(check(&a, yh_zdup(&a, yh_buf_str(&b)), NULL, "990100", &out, &err) == YH_BAD_INPUT);
    CHECK_I64(out.bad, 25, "all");
    CHECK_I64(out.shown[19].what.line, 21, "the twentieth");
    yh_arena_close(&a);
}
