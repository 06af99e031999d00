#include "model/matter/scan.h"
#include <string.h>

static int byte(yh_str s, ptrdiff_t i)
{
    return (unsigned char)s.p[i];
}

static int64_t big(yh_str s, ptrdiff_t at, int n)
{
    int64_t v = 0;
    for (int i = 0; i < n; i++)
        v = v << 8 | byte(s, at + i);
    return v;
}

static bool head(yh_str s, const char *sign, ptrdiff_t n)
{
    return s.n >= n && !memcmp(s.p, sign, (size_t)n);
}

/* ---- JPEG: segments up to the frame's head, then a scan, then the end somewhere ---- */

static bool jpeg(yh_str s, struct yh_scan *out)
{
    struct yh_scan v = { .type = "image/jpeg", .ending = "jpg" };
    ptrdiff_t at = 2;
    while (at + 4 <= s.n && byte(s, at) == 0xff) {
        int mark = byte(s, at + 1);
        if (mark == 0xff) { /* fill */
            at++;
            continue;
        }
        ptrdiff_t n = (ptrdiff_t)big(s, at + 2, 2);
        if (n < 2 || at + 2 + n > s.n)
            return false;
        bool frame =
            0xc0 <= mark && mark <= 0xcf && mark != 0xc4 && mark != 0xc8 && mark != 0xcc;
        if (frame && n >= 8) {
            v.height = big(s, at + 5, 2);
            v.width = big(s, at + 7, 2);
        }
        at += 2 + n;
        if (mark == 0xda) { /* the pictures' bytes follow */
            *out = v;
            return v.width && v.height &&
                   yh_find(yh_sub(s, at, s.n), (yh_str){ "\xff\xd9", 2 }) >= 0;
        }
    }
    return false;
}

/* ---- PNG: its head first, its end last ---- */

static bool png(yh_str s, struct yh_scan *out)
{
    static const char END[] = "\0\0\0\0IEND\xae\x42\x60\x82";
    if (s.n < 45 || big(s, 8, 4) != 13 || memcmp(s.p + 12, "IHDR", 4) ||
        memcmp(s.p + s.n - 12, END, 12))
        return false;
    *out = (struct yh_scan){ "image/png", "png", big(s, 16, 4), big(s, 20, 4) };
    return out->width && out->height;
}

/* ---- PDF ---- */

static bool pdf(yh_str s, struct yh_scan *out)
{
    *out = (struct yh_scan){ .type = "application/pdf", .ending = "pdf" };
    return yh_find(yh_sub(s, s.n > 1024 ? s.n - 1024 : 0, s.n), YH_S("%%EOF")) >= 0;
}

static const char *acts(yh_str s)
{
    static const char *const WORD[] = { "/JavaScript", "/Launch", "/EmbeddedFile",
                                        "/RichMedia" };
    for (int i = 0; i < YH_COUNT(WORD); i++)
        if (yh_find(s, yh_cstr(WORD[i])) >= 0)
            return WORD[i];
    return NULL;
}

static enum yh_status bad(struct yh_err *err, const char *met, const char *why)
{
    return yh_fail_field(err, YH_BAD_INPUT, "file", met, "%s", why);
}

enum yh_status yh_scan_look(yh_str bytes, struct yh_scan *out, struct yh_err *err)
{
    struct yh_scan v = { .width = 0 };
    if (bytes.n > YH_SCAN_BYTES_MAX)
        return yh_fail_field(err, YH_LIMIT, "file", "",
                             "文件超过 2 MB；请拍得小一些，或分成几份");
    bool is_jpeg = head(bytes, "\xff\xd8\xff", 3), is_pdf = head(bytes, "%PDF-", 5),
         is_png = head(bytes, "\x89PNG\r\n\x1a\n", 8);
    if (!is_jpeg && !is_png && !is_pdf)
        return bad(err, "", "不是照片或 PDF（按内容看）；请用 JPEG、PNG 或 PDF");
    if (!(is_jpeg ? jpeg(bytes, &v) : is_png ? png(bytes, &v) : pdf(bytes, &v)))
        return bad(err, v.type ? v.type : "", "文件不完整或已损坏；请重新拍照或扫描");
    if (v.width > YH_SCAN_SIDE_MAX || v.height > YH_SCAN_SIDE_MAX)
        return bad(err, v.type, "照片太大，长边至多 10,000 像素；请缩小后再传");
    const char *act = is_pdf ? acts(bytes) : NULL;
    if (act)
        return bad(err, act, "PDF 里有脚本、启动命令或附件；请只传扫描的页面");
    *out = v;
    return YH_OK;
}
