/* shell/portal/proof.c -- what a person shows: the code at the window (医保码), the proof of enrolment.
 *
 * The code lives two minutes and is shown anew each minute, the last one staying good meanwhile.  It is
 * signed (HMAC-SHA-256 under a key made from the folder's portal.key) and is a row of person_key, so 1101
 * finds the person by it like by any electronic credential (mdtrt_cert_type 01), until it expires.
 * A proof of enrolment has a number and a code that anybody may check. */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <qrencode.h>
#include "shell/pdf/papers.h"
#include "shell/portal/inside.h"

#define CODE_SECONDS 120
#define CODE_SHOWN 60

/* "what" keeps the uses of the key apart. */
static void sign(const struct call *c, const char *what, yh_str text, uint8_t out[32])
{
    uint8_t key[32];
    unsigned n = 32;
    (void)HMAC(EVP_sha256(), c->p->key, 32, (const uint8_t *)what, strlen(what), key, &n);
    (void)HMAC(EVP_sha256(), key, 32, (const uint8_t *)text.p, (size_t)text.n, out, &n);
}

/* YH, expiry and 80 random bits, 120 bits of the signature over these and the person: 50 characters. */
static yh_str code_new(struct call *c, yh_str person, yh_time expires)
{
    uint8_t head[15], mac[32];
    char a[32], b[32];
    random_bytes(head, sizeof head);
    for (int i = 0; i < 5; i++)
        head[i] = (uint8_t)(expires >> (8 * (4 - i)));
    base32(a, head, sizeof head);
    sign(c, "credential", yh_fmt(&c->arena, "%s %.*s", a, YH_ARG(person)), mac);
    base32(b, mac, 15);
    return yh_fmt(&c->arena, "YH%.24s%.24s", a, b);
}

/* The dark squares of a QR code as one path of unit squares. */
static enum yh_status put_qr(struct call *c, yh_str text, struct yh_jsonw *w,
                             struct yh_err *err)
{
    QRcode *q = QRcode_encodeString(yh_zdup(&c->arena, text), 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (!q)
        return yh_fail(err, YH_LIMIT, "二维码放不下");
    struct yh_buf path = yh_buf_in(&c->arena);
    int size = q->width;
    for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++) {
            int n = 0;
            while (x + n < size && q->data[y * size + x + n] & 1)
                n++;
            if (n)
                yh_putf(&path, "M%d %dh%dv1h-%dz", x, y, n, n);
            x += n;
        }
    QRcode_free(q);
    yh_jw_kv_i64(w, "size", size);
    yh_jw_kv_str(w, "path", yh_buf_str(&path));
    return YH_OK;
}

static enum yh_status code_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    yh_str person = c->subject;
    yh_time expires = c->look.now + CODE_SECONDS;
    yh_str code = code_new(c, person, expires);
    char text[32];
    enum yh_status st = yh_credential_put(&c->look, person, code, expires, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_str(w, "code", code);
    yh_jw_kv_str(w, "expires", yh_time_text(text, expires));
    yh_jw_kv_i64(w, "seconds", CODE_SHOWN);
    st = put_qr(c, code, w, err);
    yh_jw_end(w, '}');
    return st;
}

enum yh_status portal_my_credential(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w, (void)err;
    c->write = code_write;
    return YH_OK;
}

/* ---- the proof of enrolment ---- */

static yh_str proof_code(struct call *c, yh_str number, yh_str person)
{
    uint8_t mac[32];
    char text[64];
    sign(c, "certificate", yh_fmt(&c->arena, "%.*s %.*s", YH_ARG(number), YH_ARG(person)), mac);
    base32(text, mac, 10);
    return yh_fmt(&c->arena, "%.16s", text);
}

static enum yh_status proof_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_certificate_row r;
    enum yh_status st = yh_certificate_make(&c->look, c->subject, &r, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_str(w, "number", r.number);
    yh_jw_kv_str(w, "code", proof_code(c, r.number, r.person));
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status portal_my_certificate_make(struct call *c, struct yh_jsonw *w,
                                          struct yh_err *err)
{
    (void)w, (void)err;
    c->write = proof_write;
    return YH_OK;
}

enum yh_status portal_my_certificate(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    struct yh_certificate_row r = { .number = c->param[0] };
    yh_str pdf = YH_S("");
    enum yh_status st = yh_get_certificate(c->look.x, &r, err);
    if (st == YH_NOT_FOUND || (st == YH_OK && !yh_eq(r.person, c->subject)))
        return yh_fail_field(err, YH_NOT_FOUND, "certificate", "", "没有这张凭证");
    yh_str code = proof_code(c, r.number, r.person);
    if (st == YH_OK)
        st = yh_paper_certificate(
            &c->look, r.person,
            yh_fmt(&c->arena, "参保凭证 %.*s 查询码 %.*s", YH_ARG(r.number), YH_ARG(code)),
            yh_fmt(&c->arena,
                   "编号 %.*s，查询码 "
                   "%.*s。在“我的医保”首页“核对凭证”输入即可验证，任何人都可以核对。",
                   YH_ARG(r.number), YH_ARG(code)),
            &pdf, err);
    if (st == YH_OK)
        reply_file(c, pdf, "application/pdf", r.number, "pdf");
    return st;
}

enum yh_status portal_certificate_check(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_certificate_row r = { .number = yh_trim(in_text(c, "number")) };
    enum yh_status st = yh_get_certificate(c->look.x, &r, NULL);
    if (st && st != YH_NOT_FOUND)
        return yh_fail(err, st, "读不到");
    if (st || !yh_eq(proof_code(c, r.number, r.person), yh_trim(in_text(c, "code"))))
        return yh_fail_field(err, YH_NOT_FOUND, "code", "",
                             "编号与查询码不相符：这张凭证不是本系统出具的，或号码抄错了");
    return yh_look_certificate(&c->look, &r, w, err);
}
