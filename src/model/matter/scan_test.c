#include "model/matter/scan.h"
#include "base/test.h"

#define S(text)               \
    {                         \
        text, sizeof text - 1 \
    }
#define JPEG_HEAD "\xff\xd8\xff\xe0\0\4JF"
#define JPEG_FRAME "\xff\xc0\0\x0b\x08\0\x10\0\x20\1\1\x11\0"
#define JPEG_SCAN "\xff\xda\0\x08\1\1\0\0\x3f\0"
#define PNG_HEAD "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x20\0\0\0\x10\x08\2\0\0\0...."
#define PNG_END "\0\0\0\0IEND\xae\x42\x60\x82"

TEST(a_scan_is_what_its_bytes_say)
{
    static const struct {
        yh_str bytes;
        const char *type, *why; /* NULL: refused, with a part of the sentence */
    } CASE[] = {
        { S(JPEG_HEAD JPEG_FRAME JPEG_SCAN "xyz\xff\xd9"), "image/jpeg", "whole" },
        { S(JPEG_HEAD JPEG_FRAME JPEG_SCAN "xyz\xff\xd9 tail"), "image/jpeg",
          "phones write behind it" },
        { S(JPEG_HEAD JPEG_FRAME JPEG_SCAN "xyz"), NULL, "不完整" },
        { S(JPEG_HEAD JPEG_SCAN "xyz\xff\xd9"), NULL, "不完整" },
        { S("\xff\xd8\xff\xe0\xff\xff"), NULL, "不完整" },
        { S("\xff\xd8\xff"), NULL, "不完整" },
        { S("\xff\xd8\xff\xc0\0\x0b\x08\x27\x11\0\x20\1\1\x11\0" JPEG_SCAN "\xff\xd9"), NULL,
          "10,000" },
        { S(PNG_HEAD PNG_END), "image/png", "whole" },
        { S(PNG_HEAD "\0\0\0\0IEN"), NULL, "不完整" },
        { S("%PDF-1.7\n1 0 obj\n%%EOF\n"), "application/pdf", "whole" },
        { S("%PDF-1.7\n1 0 obj\n"), NULL, "不完整" },
        { S("%PDF-1.7\n/OpenAction << /S /JavaScript >>\n%%EOF\n"), NULL, "脚本" },
        { S("<html><script>alert(1)</script>"), NULL, "按内容看" },
        { S("GIF89a"), NULL, "按内容看" },
        { S(""), NULL, "按内容看" },
    };
    for (int i = 0; i < YH_COUNT(CASE); i++) {
        struct yh_scan v;
        struct yh_err err = { 0 };
        enum yh_status st = yh_scan_look(CASE[i].bytes, &v, &err);
        CHECK_I64(st, CASE[i].type ? YH_OK : YH_BAD_INPUT, CASE[i].why);
        if (CASE[i].type)
            CHECK_STR(yh_cstr(v.type), yh_cstr(CASE[i].type), CASE[i].why);
        else
            CHECK(yh_find(yh_cstr(err.text), yh_cstr(CASE[i].why)) >= 0);
        if (st == YH_OK && v.width)
            CHECK_I64(v.width, 32, "and how large it is");
    }
    struct yh_arena *a = yh_test_arena();
    char *big = YH_NEW(a, char, YH_SCAN_BYTES_MAX + 1);
    struct yh_scan v;
    struct yh_err err = { 0 };
    CHECK_I64(yh_scan_look((yh_str){ big, YH_SCAN_BYTES_MAX + 1 }, &v, &err), YH_LIMIT,
              "too large");
}
