#include "shell/pdf/pdf.h"
#include "base/test.h"

static void draw(struct yh_pdf *p, void *user)
{
    static const struct yh_pdf_column COL[] = { { "项目", 4, false },
                                                { "金额（元）", 2, true } };
    static const char *const SIGN[] = { "经办人", "签字" };
    const int rows = *(int *)user;
    yh_str *cell = yh_heap(NULL, (size_t)rows * 2 * sizeof *cell);
    for (int i = 0; i < rows; i++) {
        cell[2 * i] = YH_S("诊查费，名称较长的一个项目，看它怎样换行换行换行换行换行换行");
        cell[2 * i + 1] = YH_S("1,234.50");
    }
    yh_pdf_title(p, YH_S("医疗保障结算单"), YH_S("编号 1"));
    yh_pdf_pairs(
        p, (struct yh_pdf_pair[]){ { "姓名", YH_S("测试甲") }, { "性别", YH_S("男") } }, 2, 2);
    yh_pdf_table(p, COL, 2, cell, rows);
    yh_pdf_qr(p, YH_S("https://example.invalid/1"), YH_S("扫码核对"));
    yh_pdf_sign(p, SIGN, 2);
    yh_heap(cell, 0);
}

static int count(yh_str pdf, yh_str what)
{
    int n = 0;
    for (ptrdiff_t at; (at = yh_find(pdf, what)) >= 0; n++)
        pdf = yh_sub(pdf, at + what.n, pdf.n);
    return n;
}

TEST(the_same_content_gives_the_same_bytes_and_pages_are_numbered)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_pdf_meta meta = { YH_S("结算单"), YH_S("医衡"),
                                yh_day_time(yh_day_of(2026, 3, 18)) + 36000 };
    yh_str one, two, other;
    struct yh_err err;
    int rows = 3, many = 120;
    CHECK_OK(yh_pdf_make(a, &meta, draw, &rows, &one, &err), &err);
    CHECK_OK(yh_pdf_make(a, &meta, draw, &rows, &two, &err), &err);
    CHECK(yh_starts(one, YH_S("%PDF-")));
    CHECK(yh_eq(one, two));
    CHECK_I64(count(one, YH_S("/Type /Page %")), 1, "one page");
    CHECK(yh_find(one, YH_S("CreationDate (20260318100000+08'00")) >= 0);
    CHECK_OK(yh_pdf_make(a, &meta, draw, &many, &other, &err), &err);
    CHECK(count(other, YH_S("/Type /Page %")) >= 4);
    meta.made += 1;
    CHECK_OK(yh_pdf_make(a, &meta, draw, &rows, &two, &err), &err);
    CHECK(!yh_eq(one, two));
}
