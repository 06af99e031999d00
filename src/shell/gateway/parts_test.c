#include "base/test.h"
#include "shell/gateway/multipart.h"
#include "shell/gateway/zip.h"

TEST(a_zip_that_we_made_reads_back)
{
    struct yh_arena *a = yh_test_arena();
    yh_str zip, text;
    struct yh_err err = { 0 };
    CHECK_OK(yh_zip_make(a, "1301.txt", YH_S("一\t二\n"), &zip, &err), &err);
    CHECK(yh_is_zip(zip));
    CHECK_OK(yh_zip_read(a, zip, YH_ZIP_LIMITS, &text, &err), &err);
    CHECK_STR(text, YH_S("一\t二\n"), "bytes");
}

TEST(a_zip_bomb_is_refused_by_what_comes_out)
{
    struct yh_arena *a = yh_test_arena();
    yh_str zip, text;
    struct yh_err err = { 0 };
    ptrdiff_t n = 8 << 20;
    char *zero = yh_alloc(a, 1, 1, (size_t)n);
    CHECK_OK(yh_zip_make(a, "x", (yh_str){ zero, n }, &zip, &err), &err);
    CHECK(zip.n < n / 500);
    CHECK(yh_zip_read(a, zip, YH_ZIP_LIMITS, &text, &err) == YH_LIMIT);
    CHECK_STR(yh_cstr(err.text), YH_S("ZIP 文件第1项压缩比超过100倍"), "ratio");
    struct yh_zip_limits small = { .entries = 1, .bytes = 1 << 20, .ratio = 1 << 20 };
    CHECK(yh_zip_read(a, zip, small, &text, &err) == YH_LIMIT);
    CHECK_STR(yh_cstr(err.text), YH_S("ZIP 文件解压后超过1兆字节"), "size");
    CHECK(yh_zip_read(a, yh_sub(zip, 0, zip.n - 30), YH_ZIP_LIMITS, &text, &err) ==
          YH_BAD_INPUT);
    CHECK(yh_zip_read(a, YH_S("PK nonsense"), YH_ZIP_LIMITS, &text, &err) == YH_BAD_INPUT);
}

TEST(multipart_parts_are_found_whatever_the_quoting)
{
    struct yh_part_view part[YH_PARTS_MAX];
    int n;
    struct yh_err err = { 0 };
    yh_str body =
        YH_S("preamble\r\n--b1\r\nContent-Disposition: form-data; "
             "name=\"jsonStr\"\r\n\r\n{\"a\":1}\r\n"
             "--b1\r\ncontent-disposition: form-data; filename=\"x.zip\"; name=file\r\n"
             "Content-Type: application/zip\r\n\r\nPK--b1 not\r\n\r\n--b1--\r\n");
    CHECK_OK(
        yh_multipart_read(YH_S("multipart/form-data; boundary=\"b1\""), body, part, &n, &err),
        &err);
    CHECK_I64(n, 2, "parts");
    CHECK_STR(part[0].name, YH_S("jsonStr"), "name");
    CHECK_STR(part[0].body, YH_S("{\"a\":1}"), "body");
    CHECK_STR(part[1].name, YH_S("file"), "name without quotes, behind filename");
    CHECK_STR(part[1].filename, YH_S("x.zip"), "file name");
    CHECK_STR(part[1].body, YH_S("PK--b1 not\r\n"),
              "the boundary counts at the start of a line only");
    CHECK(yh_multipart_read(YH_S("multipart/form-data"), body, part, &n, &err) == YH_BAD_INPUT);
    CHECK(yh_multipart_read(YH_S("multipart/form-data; boundary=b1"),
                            yh_sub(body, 0, body.n - 10), part, &n, &err) == YH_BAD_INPUT);
}

TEST(a_file_is_handed_out_under_a_name_that_ends_no_header)
{
    static const struct {
        const char *name, *want;
    } ROW[] = {
        { "stmt.zip", "stmt.zip" },
        { "对账 2026-03.txt", "对账_2026-03.txt" },
        { "a;filename=\"b.exe\"", "a_filename=_b.exe_" },
        { "../..\\etc/passwd", ".._.._etc_passwd" },
        { "a\r\nSet-Cookie: x=1", "a__Set-Cookie:_x=1" },
        { "", "file" },
    };
    char out[YH_DISPOSITION_MAX], longest[301];
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        yh_disposition(out, yh_cstr(ROW[i].name));
        CHECK(yh_starts(yh_cstr(out), YH_S("attachment; filename=")));
        CHECK_STR(yh_cstr(out + 21), yh_cstr(ROW[i].want), ROW[i].name);
    }
    for (int i = 0; i < 100; i++)
        memcpy(longest + 3 * i, "字", 3);
    yh_disposition(out, (yh_str){ longest, 300 });
    CHECK_I64(strlen(out), 21 + 198, "66 characters of three bytes");
    CHECK(yh_utf8_ok(yh_cstr(out)));
}
