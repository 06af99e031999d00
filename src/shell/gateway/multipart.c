#include "shell/gateway/multipart.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Offset of an ASCII word, any case. */
static ptrdiff_t find_word(yh_str s, yh_str word)
{
    for (ptrdiff_t i = 0; i + word.n <= s.n; i++) {
        ptrdiff_t k = 0;
        while (k < word.n && lower(s.p[i + k]) == word.p[k])
            k++;
        if (k == word.n)
            return i;
    }
    return -1;
}

/* The value of `name="…"` or `name=…` in a header; the name must stand at a word's start. */
static yh_str parameter(yh_str header, yh_str name)
{
    yh_str rest = header;
    for (;;) {
        ptrdiff_t at = find_word(rest, name);
        if (at < 0)
            return YH_S("");
        bool starts =
            at == 0 || rest.p[at - 1] == ' ' || rest.p[at - 1] == ';' || rest.p[at - 1] == '\t';
        rest = yh_sub(rest, at + name.n, rest.n);
        if (!starts)
            continue;
        if (yh_starts(rest, YH_S("\""))) {
            rest = yh_sub(rest, 1, rest.n);
            return yh_cut(&rest, '"');
        }
        ptrdiff_t end = 0;
        while (end < rest.n && rest.p[end] != ';' && rest.p[end] != ' ' &&
               rest.p[end] != '\r' && rest.p[end] != '\n')
            end++;
        return yh_sub(rest, 0, end);
    }
}

/* Offset of "--boundary" at the start of a line; -1 = none. */
static ptrdiff_t find_mark(yh_str s, yh_str boundary)
{
    for (ptrdiff_t i = 0; i + 2 + boundary.n <= s.n; i++) {
        const char *dash = memchr(s.p + i, '-', (size_t)(s.n - i - boundary.n - 1));
        if (!dash)
            return -1;
        i = dash - s.p;
        if (i + 2 + boundary.n > s.n)
            return -1;
        if ((i == 0 || s.p[i - 1] == '\n') && s.p[i + 1] == '-' &&
            !memcmp(s.p + i + 2, boundary.p, (size_t)boundary.n))
            return i;
    }
    return -1;
}

enum yh_status yh_multipart_read(yh_str type, yh_str body,
                                 struct yh_part_view part[YH_PARTS_MAX], int *n,
                                 struct yh_err *err)
{
    yh_str boundary = parameter(type, YH_S("boundary="));
    if (!boundary.n || boundary.n > 200)
        return yh_fail(err, YH_BAD_INPUT, "multipart 请求没有 boundary");
    int count = 0;
    ptrdiff_t at = find_mark(body, boundary);
    while (at >= 0) {
        yh_str rest = yh_sub(body, at + 2 + boundary.n, body.n);
        if (yh_starts(rest, YH_S("--"))) {
            *n = count;
            return YH_OK;
        }
        ptrdiff_t next = find_mark(rest, boundary);
        if (next < 0)
            break;
        yh_str whole = yh_sub(rest, 0, next);
        ptrdiff_t blank = yh_find(whole, YH_S("\r\n\r\n"));
        if (blank < 0)
            return yh_fail(err, YH_BAD_INPUT, "multipart 请求第%d部分没有头部", count + 1);
        if (count == YH_PARTS_MAX)
            return yh_fail(err, YH_LIMIT, "multipart 请求最多%d部分", YH_PARTS_MAX);
        yh_str head = yh_sub(whole, 0, blank), content = yh_sub(whole, blank + 4, whole.n);
        if (yh_ends(content, YH_S("\r\n")))
            content = yh_sub(content, 0, content.n - 2);
        part[count++] = (struct yh_part_view){ parameter(head, YH_S("name=")),
                                               parameter(head, YH_S("filename=")), content };
        at = at + 2 + boundary.n + next;
    }
    return yh_fail(err, YH_BAD_INPUT, "multipart 请求不完整");
}

void yh_disposition(char out[YH_DISPOSITION_MAX], yh_str name)
{
    static const char HEAD[] = "attachment; filename=";
    memcpy(out, HEAD, sizeof HEAD);
    char *at = out + sizeof HEAD - 1;
    yh_copy_z(at, 201, name);
    if (!*at)
        yh_copy_z(at, 201, YH_S("file"));
    for (; *at; at++)
        if ((unsigned char)*at <= ' ' || *at == 0x7f || strchr("\"'\\/;,", *at))
            *at = '_';
}
