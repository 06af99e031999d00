#include "shell/gateway/zip.h"
#include <zip.h>

bool yh_is_zip(yh_str bytes)
{
    return yh_starts(bytes, YH_S("PK"));
}

enum yh_status yh_zip_make(struct yh_arena *a, const char *name, yh_str text, yh_str *out,
                           struct yh_err *err)
{
    zip_error_t ze;
    zip_error_init(&ze);
    zip_source_t *dest = zip_source_buffer_create(NULL, 0, 0, &ze);
    zip_t *z = dest ? zip_open_from_source(dest, ZIP_CREATE | ZIP_TRUNCATE, &ze) : NULL;
    if (!z) {
        zip_source_free(dest);
        return yh_fail(err, YH_LIMIT, "不能生成 ZIP：%s", zip_error_strerror(&ze));
    }
    zip_source_keep(dest);
    zip_source_t *from = zip_source_buffer(z, text.p, (zip_uint64_t)text.n, 0);
    if (zip_file_add(z, name, from, ZIP_FL_ENC_UTF_8) < 0) {
        zip_source_free(from);
        zip_discard(z);
        zip_source_free(dest);
        return yh_fail(err, YH_LIMIT, "不能生成 ZIP");
    }
    if (zip_close(z)) {
        zip_discard(z);
        zip_source_free(dest);
        return yh_fail(err, YH_LIMIT, "不能生成 ZIP");
    }
    zip_stat_t st;
    enum yh_status bad = YH_LIMIT;
    if (!zip_source_open(dest)) {
        if (!zip_source_stat(dest, &st)) {
            char *p = yh_alloc_raw(a, 1, 1, st.size);
            if (zip_source_read(dest, p, st.size) == (zip_int64_t)st.size) {
                *out = (yh_str){ p, (ptrdiff_t)st.size };
                bad = YH_OK;
            }
        }
        zip_source_close(dest);
    }
    zip_source_free(dest);
    return bad ? yh_fail(err, bad, "不能生成 ZIP") : YH_OK;
}

/* Unpacks entry i, counting; keeps its bytes when `keep`. */
static enum yh_status unpack(struct yh_arena *a, zip_t *z, zip_int64_t i,
                             struct yh_zip_limits lim, ptrdiff_t *total, yh_str *keep,
                             struct yh_err *err)
{
    zip_stat_t st;
    if (zip_stat_index(z, (zip_uint64_t)i, 0, &st) || !(st.valid & ZIP_STAT_COMP_SIZE))
        return yh_fail(err, YH_BAD_INPUT, "ZIP 文件第%d项损坏", (int)i + 1);
    if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD) && st.encryption_method != ZIP_EM_NONE)
        return yh_fail(err, YH_BAD_INPUT, "ZIP 文件第%d项有密码", (int)i + 1);
    zip_file_t *f = zip_fopen_index(z, (zip_uint64_t)i, 0);
    if (!f)
        return yh_fail(err, YH_BAD_INPUT, "ZIP 文件第%d项不能解压", (int)i + 1);
    struct yh_buf all = yh_buf_in(a);
    char part[16384];
    ptrdiff_t size = 0;
    zip_int64_t n;
    enum yh_status bad = YH_OK;
    while (!bad && (n = zip_fread(f, part, sizeof part)) != 0) {
        if (n < 0) {
            bad = yh_fail(err, YH_BAD_INPUT, "ZIP 文件第%d项损坏", (int)i + 1);
            break;
        }
        size += n;
        *total += n;
        if (*total > lim.bytes)
            bad = yh_fail(err, YH_LIMIT, "ZIP 文件解压后超过%d兆字节", (int)(lim.bytes >> 20));
        else if (size > 65536 &&
                 (zip_uint64_t)size > (st.comp_size + 1) * (zip_uint64_t)lim.ratio)
            bad = yh_fail(err, YH_LIMIT, "ZIP 文件第%d项压缩比超过%d倍", (int)i + 1, lim.ratio);
        else if (keep)
            yh_put(&all, (yh_str){ part, (ptrdiff_t)n });
    }
    zip_fclose(f);
    if (!bad && keep)
        *keep = yh_buf_str(&all);
    return bad;
}

enum yh_status yh_zip_read(struct yh_arena *a, yh_str bytes, struct yh_zip_limits lim,
                           yh_str *out, struct yh_err *err)
{
    zip_error_t ze;
    zip_error_init(&ze);
    zip_source_t *from = zip_source_buffer_create(bytes.p, (zip_uint64_t)bytes.n, 0, &ze);
    zip_t *z = from ? zip_open_from_source(from, ZIP_RDONLY, &ze) : NULL;
    if (!z) {
        zip_source_free(from);
        return yh_fail(err, YH_BAD_INPUT, "不是合法的 ZIP 文件");
    }
    zip_int64_t n = zip_get_num_entries(z, 0);
    enum yh_status bad = YH_OK;
    yh_str first = YH_S("");
    ptrdiff_t total = 0;
    if (n < 1)
        bad = yh_fail(err, YH_BAD_INPUT, "ZIP 文件是空的");
    else if (n > lim.entries)
        bad = yh_fail(err, YH_LIMIT, "ZIP 文件中有%d项，最多%d项", (int)yh_min(n, 1000000),
                      lim.entries);
    for (zip_int64_t i = 0; !bad && i < n; i++)
        bad = unpack(a, z, i, lim, &total, i ? NULL : &first, err);
    zip_discard(z);
    if (!bad)
        *out = first;
    return bad;
}
