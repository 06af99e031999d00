#include "shell/pdf/pdf.h"

#include <malloc.h>

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

/* What is in use after n more documents, in bytes.  Under a sanitizer there is no such figure: 0. */
static size_t in_use_after(int n)
{
    struct yh_pdf_meta meta = { YH_S("结算单"), YH_S("医衡"), 0 };
    struct yh_err err;
    int rows = 3;
    yh_str out;
    for (int i = 0; i < n; i++)
        CHECK_OK(yh_pdf_make(yh_test_arena(), &meta, draw, &rows, &out, &err), &err);
    return mallinfo2().uordblks;
}

TEST(a_document_leaves_behind_what_cairo_forgets_and_nothing_of_ours)
{
    /* The libraries' caches have filled after some forty. */
    const int n = 20;
    size_t before = in_use_after(45), after = in_use_after(n);
    /* pdf.h: 1,568 bytes a document; as much as 1 KiB more may be the caches'. */
    CHECK(after <= before + (size_t)n * (1568 + 1024));
}
