#include "shell/gateway/envelope.h"

/* Text of a field that may be anything; objects and arrays read as nothing. */
static yh_str text_of(const struct yh_json *root, const char *name)
{
    const struct yh_json *v = yh_json_get(root, yh_cstr(name));
    return yh_blank(v) ? YH_S("") : yh_trim(yh_json_text(v));
}

static enum yh_status read_input(struct yh_arena *a, struct yh_envelope *out,
                                 struct yh_err *err)
{
    const struct yh_json *v = yh_json_get(out->root, YH_S("input"));
    if (yh_blank(v))
        return YH_OK;
    out->input_text = v->text;
    if (v->kind == YH_JSON_OBJECT) {
        out->input = v;
        return YH_OK;
    }
    if (v->kind != YH_JSON_STRING)
        return yh_fail_field(err, YH_BAD_INPUT, "input", "",
                             "input（交易输入）应为 JSON 对象，或其文本");
    if (out->enc_type.n && !yh_eq(out->enc_type, YH_S("plain")))
        return yh_fail_field(err, YH_BAD_INPUT, "enc_type", "",
                             "enc_type（加密方式）值“%.*s”：本系统未开通报文加密，请发送明文",
                             YH_ARG(yh_sub(out->enc_type, 0, 20)));
    struct yh_json *inner;
    struct yh_err why = { 0 };
    if (yh_json_read(a, v->text, (struct yh_json_limits){ 0 }, &inner, &why))
        return yh_fail_field(err, YH_BAD_INPUT, "input", "",
                             "input（交易输入）是文本，但不是合法的 JSON：第%d行第%d列 %s",
                             why.line, why.col, why.text);
    if (inner->kind != YH_JSON_OBJECT)
        return yh_fail_field(err, YH_BAD_INPUT, "input", "",
                             "input（交易输入）应为 JSON 对象，或其文本");
    out->input = inner;
    return YH_OK;
}

enum yh_status yh_envelope_read(struct yh_arena *a, yh_str body, struct yh_envelope *out,
                                struct yh_err *err)
{
    *out = (struct yh_envelope){ 0 };
    struct yh_json *root;
    struct yh_err why = { 0 };
    if (body.n >= 3 &&
        !memcmp(body.p, "\xef\xbb\xbf", 3)) /* a byte order mark from .NET clients */
        body = yh_sub(body, 3, body.n);
    if (!yh_trim(body).n)
        return yh_fail(err, YH_BAD_INPUT, "请求体为空，应为 JSON 报文");
    enum yh_status bad = yh_json_read(a, body, (struct yh_json_limits){ 0 }, &root, &why);
    if (bad)
        return yh_fail(err, bad, "请求体不是合法的 JSON：第%d行第%d列 %s", why.line, why.col,
                       why.text);
    if (root->kind != YH_JSON_OBJECT)
        return yh_fail(err, YH_BAD_INPUT, "请求体应为一个 JSON 对象");
    out->root = root;
    out->infno = text_of(root, "infno");
    out->msgid = text_of(root, "msgid");
    out->mdtrtarea_admvs = text_of(root, "mdtrtarea_admvs");
    out->insuplc_admdvs = text_of(root, "insuplc_admdvs");
    out->fixmedins_code = text_of(root, "fixmedins_code");
    if (!out->fixmedins_code.n)
        out->fixmedins_code = text_of(root, "medins_code");
    out->fixmedins_name = text_of(root, "fixmedins_name");
    out->opter = text_of(root, "opter");
    out->opter_name = text_of(root, "opter_name");
    out->opter_type = text_of(root, "opter_type");
    out->sign_no = text_of(root, "sign_no");
    out->cainfo = text_of(root, "cainfo");
    out->signtype = text_of(root, "signtype");
    out->enc_type = text_of(root, "enc_type");
    out->timed = !yh_time_parse(text_of(root, "inf_time"), &out->inf_time, NULL);
    return read_input(a, out, err);
}

/* ---- digest ---- */

static void add_int(struct yh_sha256 *s, int64_t v)
{
    char b[8];
    for (int i = 0; i < 8; i++)
        b[i] = (char)((uint64_t)v >> (8 * i));
    yh_sha256_add(s, (yh_str){ b, 8 });
}

static void add_text(struct yh_sha256 *s, yh_str t)
{
    add_int(s, t.n);
    yh_sha256_add(s, t);
}

/* Depth is bounded by the reader. */
static void add_json(struct yh_sha256 *s, const struct yh_json *v)
{
    add_int(s, v->kind);
    switch (v->kind) {
    case YH_JSON_NULL: break;
    case YH_JSON_BOOL: add_int(s, v->truth); break;
    case YH_JSON_NUMBER:
    case YH_JSON_STRING: add_text(s, v->text); break;
    case YH_JSON_ARRAY:
    case YH_JSON_OBJECT:
        add_int(s, v->count);
        for (const struct yh_json *c = v->first; c; c = c->next) {
            add_text(s, c->key);
            add_json(s, c);
        }
        break;
    }
}

void yh_envelope_digest(struct yh_arena scratch, const struct yh_envelope *e, uint8_t out[32])
{
    (void)scratch;
    struct yh_sha256 s;
    yh_sha256_start(&s);
    add_text(&s, e->infno);
    add_text(&s, e->fixmedins_code);
    if (e->input)
        add_json(&s, e->input);
    yh_sha256_end(&s, out);
}

/* ---- replies ---- */

static void put_digits(struct yh_buf *b, int64_t v, int width)
{
    char d[24];
    for (int i = width - 1; i >= 0; i--, v /= 10)
        d[i] = (char)('0' + v % 10);
    yh_put(b, (yh_str){ d, width });
}

/* yyyyMMddHHmmss */
static void put_stamp(struct yh_buf *b, yh_time t)
{
    struct yh_civil c = yh_civil_of(yh_time_day(t));
    int64_t s = t - yh_day_time(yh_time_day(t));
    put_digits(b, c.year, 4);
    put_digits(b, c.month, 2);
    put_digits(b, c.day, 2);
    put_digits(b, s / 3600, 2);
    put_digits(b, s / 60 % 60, 2);
    put_digits(b, s % 60, 2);
}

static yh_str cut_chars(yh_str s, int chars)
{
    ptrdiff_t i = 0;
    for (int n = 0; i < s.n && n < chars; n++)
        for (i++; i < s.n && ((unsigned char)s.p[i] & 0xc0) == 0x80; i++)
            ;
    return yh_sub(s, 0, i);
}

void yh_reply_write(struct yh_buf *b, const struct yh_reply_head *h, yh_str output)
{
    bool six = h->office.n == 6;
    for (int i = 0; six && i < 6; i++)
        six = h->office.p[i] >= '0' && h->office.p[i] <= '9';
    yh_putz(b, h->ok ? "{\"infcode\":\"0\",\"inf_refmsgid\":\""
                     : "{\"infcode\":\"-1\",\"inf_refmsgid\":\"");
    yh_put(b, six ? h->office : YH_S("000000"));
    put_stamp(b, h->got);
    put_digits(b, h->serial, 10);
    yh_putz(b, "\",\"refmsg_time\":\"");
    put_stamp(b, h->got);
    put_digits(b, h->got_ms, 3);
    yh_putz(b, "\",\"respond_time\":\"");
    put_stamp(b, h->sent);
    put_digits(b, h->sent_ms, 3);
    yh_putz(b, "\",\"err_msg\":");
    struct yh_jsonw w = yh_jsonw_on(b);
    yh_jw_str(&w, cut_chars(h->err_msg, 200));
    yh_putz(b, ",\"warn_msg\":");
    w = yh_jsonw_on(b);
    yh_jw_str(&w, cut_chars(h->warn_msg, 200));
    yh_putz(b, ",\"cainfo\":\"\",\"signtype\":\"\",\"output\":");
    yh_put(b, output.n ? output : YH_S("null"));
    yh_putc(b, '}');
}

void yh_reply_gateway(struct yh_buf *b, int code, yh_str message)
{
    struct yh_jsonw w = yh_jsonw_on(b);
    yh_jw_object(&w);
    yh_jw_kv_i64(&w, "code", code);
    yh_jw_kv_str(&w, "message", message);
    yh_jw_end(&w, '}');
}
