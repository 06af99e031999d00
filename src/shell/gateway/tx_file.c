/* shell/gateway/tx_file.c -- 9101 upload, 9102 download. */
#include "service/library.h"
#include "service/reconcile.h"
#include <openssl/evp.h>
#include "shell/gateway/tx.h"
#include "shell/gateway/zip.h"

enum yh_status tx_bytes(struct yh_tx_call *t, const struct yh_json *v, const char *field,
                        yh_str *out, struct yh_err *err)
{
    if (v->kind == YH_JSON_STRING) {
        uint8_t *p = v->text.n % 4 || v->text.n > (64 << 20)
                         ? NULL
                         : yh_alloc_raw(t->arena, 1, 1, (size_t)v->text.n);
        int n = p ? EVP_DecodeBlock(p, (const uint8_t *)v->text.p, (int)v->text.n) : -1;
        for (ptrdiff_t i = v->text.n; n > 0 && i > 0 && v->text.p[i - 1] == '='; i--)
            n--;
        if (n < 0)
            return yh_fail_field(err, YH_BAD_INPUT, field, "",
                                 "%s（文件数据）：不是合法的 Base64", field);
        *out = (yh_str){ (char *)p, n };
        return YH_OK;
    }
    if (v->kind != YH_JSON_ARRAY)
        return yh_fail_field(err, YH_BAD_INPUT, field, "",
                             "%s（文件数据）：应为字节数组或 Base64 文本", field);
    char *p = yh_alloc_raw(t->arena, 1, 1, (size_t)v->count + 1);
    int n = 0;
    for (const struct yh_json *b = v->first; b; b = b->next) {
        int64_t byte;
        if (yh_json_dec(b, 0, &byte, NULL) || byte < -128 || byte > 255)
            return yh_fail_field(err, YH_BAD_INPUT, field, "",
                                 "%s（文件数据）：第%d个字节不在 -128 到 255 之间", field,
                                 n + 1);
        p[n++] = (char)byte;
    }
    *out = (yh_str){ p, n };
    return YH_OK;
}

enum yh_status tx_file_upload(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                              struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "fsUploadIn");
    if (!in)
        in = t->env.input;
    const struct yh_json *inside = yh_json_get(in, YH_S("in"));
    yh_str bytes = t->file, name = tx_str(in, "filename"), unused;
    if (!bytes.p && !yh_blank(inside)) {
        enum yh_status bad = tx_bytes(t, inside, "fsUploadIn.in", &bytes, err);
        if (bad)
            return bad;
    }
    if (!bytes.n)
        return yh_fail_field(err, YH_BAD_INPUT, "file", "", "file（文件）：必填，没有文件内容");
    if (!name.n)
        return yh_fail_field(err, YH_BAD_INPUT, "fsUploadIn.filename", "",
                             "fsUploadIn.filename（文件名）：必填，未填写");
    if (yh_is_zip(
            bytes)) { /* unpacked only to be counted; what is used later is unpacked again */
        enum yh_status bad = yh_zip_read(t->arena, bytes, YH_ZIP_LIMITS, &unused, err);
        if (bad)
            return bad;
    }
    struct yh_file_row out;
    enum yh_status bad = yh_file_keep(c, name, bytes, &out, err);
    if (bad)
        return bad;
    /* The table puts the reply's fields directly under output. */
    yh_jw_object(w);
    tx_put_str(w, "file_qury_no", out.file);
    tx_put_str(w, "filename", name);
    tx_put_str(w, "fixmedins_code", t->env.fixmedins_code);
    yh_jw_kv_time(w, "dld_endtime", out.expires);
    yh_jw_end(w, '}');
    return YH_OK;
}

/* Files of catalogues are made here; others were kept by 9101 or 3202. */
enum yh_status tx_file_download(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                                struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "fsDownloadIn");
    yh_str file = tx_str(in, "file_qury_no"), head = YH_S("catalog-");
    yh_jw_null(w);
    if (!yh_starts(file, head)) {
        struct yh_file_row out;
        enum yh_status bad = yh_file_get(c, file, &out, err);
        if (bad)
            return bad;
        t->octets = out.bytes;
        t->octet_name = out.name;
        return YH_OK;
    }
    yh_str infno = yh_sub(file, head.n, file.n);
    struct yh_buf text = yh_buf_in(t->arena);
    int rows;
    enum yh_status bad = yh_catalogue_file(c, infno, &text, &rows, err);
    if (!bad)
        bad = yh_zip_make(t->arena, yh_fmt(t->arena, "%.*s.txt", YH_ARG(infno)).p,
                          yh_buf_str(&text), &t->octets, err);
    t->octet_name = yh_fmt(t->arena, "%.*s.zip", YH_ARG(infno));
    return bad;
}
