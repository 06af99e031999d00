#include "base/json.h"

/* ---- reader ---- */

enum { DEPTH_DEFAULT = 32, NODES_DEFAULT = 2000000, DEPTH_HARD = 1000 };

struct reader {
    struct yh_arena *arena;
    const char *p, *end, *line_start;
    int line, depth, nodes;
    int depth_max, nodes_max;
    struct yh_err *err;
};

static enum yh_status bad(struct reader *r, const char *at, const char *what)
{
    return yh_fail_at(r->err, YH_BAD_INPUT, r->line, (int)(at - r->line_start) + 1, "JSON：%s",
                      what);
}

static inline void skip_blanks(struct reader *r)
{
    const char *p = r->p;
    for (; p < r->end; p++) {
        char c = *p;
        if (c > ' ')
            break;
        if (c == '\n') {
            r->line++;
            r->line_start = p + 1;
        } else if (c != ' ' && c != '\r' && c != '\t') {
            break;
        }
    }
    r->p = p;
}

/* Bytes of the valid UTF-8 character at p, which is not ASCII; 0 when there is none. */
static int wide_char(const unsigned char *p, ptrdiff_t n)
{
    if (p[0] >= 0xE1 && p[0] <= 0xEC && n >= 3) /* nearly every Chinese character */
        return (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80 ? 3 : 0;
    int len = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    return n >= len && yh_utf8_ok((yh_str){ (const char *)p, len }) ? len : 0;
}

/* Has one of the eight bytes a quote, a backslash, a control character or a high bit? */
static inline bool special(uint64_t v)
{
    const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
    uint64_t quote = v ^ ones * '"', slash = v ^ ones * '\\';
    return (((quote - ones) | (slash - ones) | (v - ones * 0x20) | v) & high) != 0;
}

static int hex4(const char *p)
{
    int v = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int d = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
        if (d < 0)
            return -1;
        v = v << 4 | d;
    }
    return v;
}

static int put_utf8(char *out, uint32_t c)
{
    if (c < 0x80)
        return out[0] = (char)c, 1;
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* \uXXXX at p (behind the 'u'), with its second half when it is a surrogate.  Bytes read, or 0. */
static int read_u(const char *p, const char *end, uint32_t *out)
{
    int hi = end - p >= 4 ? hex4(p) : -1;
    if (hi < 0 || hi == 0 || (hi >= 0xDC00 && hi <= 0xDFFF))
        return 0;
    *out = (uint32_t)hi;
    if (hi < 0xD800 || hi > 0xDBFF)
        return 4;
    int lo = end - p >= 10 && p[4] == '\\' && p[5] == 'u' ? hex4(p + 6) : -1;
    if (lo < 0xDC00 || lo > 0xDFFF)
        return 0;
    *out = 0x10000u + ((uint32_t)(hi - 0xD800) << 10) + (uint32_t)(lo - 0xDC00);
    return 10;
}

/* [from, to) is a checked string body with escapes: written out in the arena.  Unescaping never
 * makes it longer. */
static enum yh_status unescape(struct reader *r, const char *from, const char *to, yh_str *out)
{
    char *start = yh_alloc_raw(r->arena, 1, 1, (size_t)(to - from)), *w = start;
    for (const char *p = from; p < to;) {
        if (*p != '\\') {
            *w++ = *p++;
            continue;
        }
        static const char NAMES[] = "\"\\/bfnrt", VALUES[] = "\"\\/\b\f\n\r\t";
        const char *name = p[1] ? strchr(NAMES, p[1]) : NULL;
        if (name) {
            *w++ = VALUES[name - NAMES];
            p += 2;
            continue;
        }
        uint32_t c = 0;
        int n = p[1] == 'u' ? read_u(p + 2, to, &c) : 0;
        if (!n)
            return bad(r, p, "字符串中的转义不合规");
        w += put_utf8(w, c);
        p += 2 + n;
    }
    *out = (yh_str){ start, w - start };
    return YH_OK;
}

/* r->p stands on the opening quote. */
static inline enum yh_status read_string(struct reader *r, yh_str *out)
{
    const char *from = r->p + 1, *p = from, *end = r->end;
    bool escaped = false;
    for (;;) {
        uint64_t word;
        while (end - p >= 8 && (memcpy(&word, p, 8), !special(word)))
            p += 8;
        if (p == end)
            return bad(r, r->p, "字符串没有结束");
        unsigned char c = (unsigned char)*p;
        if (c == '"')
            break;
        if (c >= 0x80) {
            int n = wide_char((const unsigned char *)p, end - p);
            if (!n)
                return bad(r, p, "字符串不是 UTF-8");
            p += n;
        } else if (c == '\\') {
            escaped = true;
            if (end - p < 2)
                return bad(r, r->p, "字符串没有结束");
            /* Whatever is escaped is looked at later; a quote or backslash must be stepped over. */
            p += p[1] == '"' || p[1] == '\\' ? 2 : 1;
        } else if (c < 0x20) {
            return bad(r, p, "字符串中的控制字符应转义");
        } else {
            p++;
        }
    }
    r->p = p + 1;
    if (!escaped) {
        *out = (yh_str){ from, p - from };
        return YH_OK;
    }
    return unescape(r, from, p, out);
}

static inline bool digit(const char *p, const char *end)
{
    return p < end && *p >= '0' && *p <= '9';
}

static inline enum yh_status read_number(struct reader *r, yh_str *out)
{
    const char *p = r->p, *end = r->end;
    p += *p == '-';
    if (!digit(p, end))
        return bad(r, r->p, "这里应为一个值");
    if (*p == '0')
        p++;
    else
        while (digit(p, end))
            p++;
    if (digit(p, end))
        return bad(r, r->p, "数字不能以 0 开头");
    if (p < end && *p == '.') {
        if (!digit(++p, end))
            return bad(r, r->p, "小数点后应有数字");
        while (digit(p, end))
            p++;
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        if (!digit(p, end))
            return bad(r, r->p, "指数不完整");
        while (digit(p, end))
            p++;
    }
    *out = (yh_str){ r->p, p - r->p };
    r->p = p;
    return YH_OK;
}

static enum yh_status twice(struct reader *r, const struct yh_json *m)
{
    int n = m->key.n > 48 ? 48 : (int)m->key.n;
    while (n > 0 && n < m->key.n && ((unsigned char)m->key.p[n] & 0xC0) == 0x80)
        n--;
    return yh_fail_at(r->err, YH_BAD_INPUT, m->line, m->col, "JSON：键“%.*s”重复", n, m->key.p);
}

/* Objects of a few members: a byte-sized table on the stack. */
static enum yh_status check_few(struct reader *r, const struct yh_json *o)
{
    const struct yh_json *member[64];
    uint8_t table[256] = { 0 };
    int n = 0;
    for (const struct yh_json *m = o->first; m; m = m->next) {
        uint32_t h = (uint32_t)m->key.n * 0x9E3779B1u;
        if (m->key.n)
            h ^= (uint32_t)(unsigned char)m->key.p[0] * 0x85EBCA6Bu ^
                 (uint32_t)(unsigned char)m->key.p[m->key.n - 1] * 0xC2B2AE35u ^
                 (uint32_t)(unsigned char)m->key.p[m->key.n / 2] * 0x27D4EB2Fu;
        uint8_t i = (uint8_t)(h >> 24);
        for (; table[i]; i++)
            if (yh_eq(member[table[i] - 1]->key, m->key))
                return twice(r, m);
        member[n++] = m;
        table[i] = (uint8_t)n;
    }
    return YH_OK;
}

/* Objects of many: sorted by key, so that no choice of keys makes it slow.  Merge sort on
 * pointers in scratch; stable, so that of two equal keys the later is named. */
static enum yh_status check_many(struct reader *r, const struct yh_json *o,
                                 struct yh_arena scratch)
{
    const struct yh_json **a = YH_NEW(&scratch, const struct yh_json *, o->count);
    const struct yh_json **b = YH_NEW(&scratch, const struct yh_json *, o->count);
    ptrdiff_t n = 0;
    for (const struct yh_json *m = o->first; m; m = m->next)
        a[n++] = m;
    for (ptrdiff_t width = 1; width < n; width *= 2) {
        for (ptrdiff_t lo = 0; lo < n; lo += 2 * width) {
            ptrdiff_t mid = lo + width < n ? lo + width : n,
                      hi = mid + width < n ? mid + width : n;
            ptrdiff_t i = lo, j = mid;
            for (ptrdiff_t k = lo; k < hi; k++)
                b[k] =
                    j == hi || (i < mid && yh_cmp(a[i]->key, a[j]->key) <= 0) ? a[i++] : a[j++];
        }
        const struct yh_json **t = a;
        a = b, b = t;
    }
    for (ptrdiff_t i = 1; i < n; i++)
        if (yh_eq(a[i - 1]->key, a[i]->key))
            return twice(r, a[i]);
    return YH_OK;
}

static enum yh_status read_value(struct reader *r, struct yh_json *v);

/* One member of an array or object, appended to *tail. */
static inline enum yh_status read_member(struct reader *r, bool keyed, struct yh_json ***tail)
{
    if (++r->nodes > r->nodes_max)
        return yh_fail_at(r->err, YH_LIMIT, r->line, (int)(r->p - r->line_start) + 1,
                          "JSON：值超过 %d 个", r->nodes_max);
    struct yh_json *m = yh_alloc_raw(r->arena, sizeof *m, _Alignof(struct yh_json), 1);
    m->key = (yh_str){ NULL, 0 };
    m->line = 0;
    enum yh_status bad_key = YH_OK;
    if (keyed) {
        if (r->p == r->end || *r->p != '"')
            return bad(r, r->p, "这里应为带双引号的键");
        m->line = r->line;
        m->col = (int)(r->p - r->line_start) + 1;
        bad_key = read_string(r, &m->key);
        if (bad_key)
            return bad_key;
        skip_blanks(r);
        if (r->p == r->end || *r->p != ':')
            return bad(r, r->p, "键后应为冒号");
        r->p++;
        skip_blanks(r);
    }
    **tail = m;
    *tail = &m->next;
    return read_value(r, m);
}

static enum yh_status read_members(struct reader *r, struct yh_json *v, char close)
{
    const char *from = r->p++;
    int count = 0;
    struct yh_json **tail = &v->first;
    v->first = NULL;
    if (++r->depth > r->depth_max)
        return yh_fail_at(r->err, YH_LIMIT, r->line, (int)(from - r->line_start) + 1,
                          "JSON：嵌套超过 %d 层", r->depth_max);
    skip_blanks(r);
    if (r->p < r->end && *r->p == close) {
        r->p++;
    } else {
        for (;;) {
            enum yh_status s = read_member(r, close == '}', &tail);
            if (s)
                return s;
            count++;
            skip_blanks(r);
            if (r->p < r->end && *r->p == ',') {
                r->p++;
                skip_blanks(r);
            } else if (r->p < r->end && *r->p == close) {
                r->p++;
                break;
            } else {
                return bad(r, r->p, close == '}' ? "这里应为逗号或 }" : "这里应为逗号或 ]");
            }
        }
    }
    r->depth--;
    v->count = count;
    v->text = (yh_str){ from, r->p - from };
    if (close == '}' && count > 1)
        return count <= 64 ? check_few(r, v) : check_many(r, v, *r->arena);
    return YH_OK;
}

static enum yh_status read_word(struct reader *r, const char *word, struct yh_json *v,
                                enum yh_json_kind kind, bool truth)
{
    ptrdiff_t n = (ptrdiff_t)strlen(word);
    if (r->end - r->p < n || memcmp(r->p, word, (size_t)n))
        return bad(r, r->p, "这里应为一个值");
    v->kind = kind;
    v->truth = truth;
    r->p += n;
    return YH_OK;
}

/* r->p stands on the value's first byte; v->key, and with a key its place, are set. */
static enum yh_status read_value(struct reader *r, struct yh_json *v)
{
    if (!v->line) {
        v->line = r->line;
        v->col = (int)(r->p - r->line_start) + 1;
    }
    v->truth = false;
    v->count = 0;
    v->first = v->next = NULL;
    if (r->p == r->end)
        return bad(r, r->p, "提前结束，这里应为一个值");
    switch (*r->p) {
    case '"': v->kind = YH_JSON_STRING; return read_string(r, &v->text);
    case '{': v->kind = YH_JSON_OBJECT; return read_members(r, v, '}');
    case '[': v->kind = YH_JSON_ARRAY; return read_members(r, v, ']');
    case 't': v->text = YH_S(""); return read_word(r, "true", v, YH_JSON_BOOL, true);
    case 'f': v->text = YH_S(""); return read_word(r, "false", v, YH_JSON_BOOL, false);
    case 'n': v->text = YH_S(""); return read_word(r, "null", v, YH_JSON_NULL, false);
    default: v->kind = YH_JSON_NUMBER; return read_number(r, &v->text);
    }
}

enum yh_status yh_json_read(struct yh_arena *a, yh_str text, struct yh_json_limits lim,
                            struct yh_json **out, struct yh_err *err)
{
    struct reader r = {
        .arena = a,
        .p = text.p,
        .end = text.p + text.n,
        .line_start = text.p,
        .line = 1,
        .nodes = 1,
        .err = err,
        .depth_max =
            lim.depth > 0 ? (lim.depth < DEPTH_HARD ? lim.depth : DEPTH_HARD) : DEPTH_DEFAULT,
        .nodes_max = lim.nodes > 0 ? lim.nodes : NODES_DEFAULT,
    };
    if (!text.n)
        return bad(&r, text.p, "没有内容");
    struct yh_json *root = YH_NEW(a, struct yh_json, 1);
    skip_blanks(&r);
    enum yh_status s = read_value(&r, root);
    if (s)
        return s;
    skip_blanks(&r);
    if (r.p != r.end)
        return bad(&r, r.p, "值后有多余内容");
    *out = root;
    return YH_OK;
}

const struct yh_json *yh_json_get(const struct yh_json *o, yh_str key)
{
    if (!o || o->kind != YH_JSON_OBJECT)
        return NULL;
    for (const struct yh_json *m = o->first; m; m = m->next)
        if (yh_eq(m->key, key))
            return m;
    return NULL;
}

yh_str yh_json_text(const struct yh_json *v)
{
    return v && (v->kind == YH_JSON_STRING || v->kind == YH_JSON_NUMBER) ? v->text : YH_S("");
}

enum yh_status yh_json_dec(const struct yh_json *v, int scale, int64_t *out, struct yh_err *err)
{
    char key[64] = "";
    if (v && v->key.n && v->key.n < (ptrdiff_t)sizeof key) {
        memcpy(key, v->key.p, (size_t)v->key.n);
        key[v->key.n] = 0;
    }
    if (!v || (v->kind != YH_JSON_STRING && v->kind != YH_JSON_NUMBER))
        return yh_fail_field(err, YH_BAD_INPUT, key, NULL, "%s 应为数字", key);
    struct yh_err why;
    int64_t value;
    enum yh_status s = yh_dec_parse(v->text, scale, &value, &why);
    if (s) {
        yh_fail_field(err, s, key, why.met, "%s %s", key, why.text);
        if (err)
            err->line = v->line, err->col = v->col;
        return s;
    }
    *out = value;
    return YH_OK;
}

/* ---- writer ---- */

struct yh_jsonw yh_jsonw_on(struct yh_buf *out)
{
    return (struct yh_jsonw){ .out = out, .first = 1 };
}

/* A comma when something stands before at this depth and no key has been written for it. */
static void sep(struct yh_jsonw *w)
{
    uint64_t bit = (uint64_t)1 << w->depth;
    if (w->after_key)
        w->after_key = false;
    else if (w->first & bit)
        w->first &= ~bit;
    else
        yh_putc(w->out, ',');
}

static void open(struct yh_jsonw *w, char c)
{
    sep(w);
    yh_assert(w->depth < 63);
    yh_putc(w->out, c);
    w->depth++;
    w->first |= (uint64_t)1 << w->depth;
}

void yh_jw_object(struct yh_jsonw *w)
{
    open(w, '{');
}

void yh_jw_array(struct yh_jsonw *w)
{
    open(w, '[');
}

void yh_jw_end(struct yh_jsonw *w, char close)
{
    yh_assert(w->depth > 0 && !w->after_key);
    w->depth--;
    yh_putc(w->out, close);
}

/* Bytes from p on that stand in a JSON string as they are. */
static ptrdiff_t plain_run(const char *p, ptrdiff_t n)
{
    const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
    ptrdiff_t i = 0;
    for (uint64_t v; n - i >= 8; i += 8) {
        memcpy(&v, p + i, 8);
        uint64_t quote = v ^ ones * '"', slash = v ^ ones * '\\';
        if (((quote - ones) & ~quote & high) | ((slash - ones) & ~slash & high) |
            ((v - ones * 0x20) & ~v & high))
            break;
    }
    while (i < n && (unsigned char)p[i] >= 0x20 && p[i] != '"' && p[i] != '\\')
        i++;
    return i;
}

static void escape(struct yh_buf *b, unsigned char c)
{
    static const char HEX[] = "0123456789abcdef";
    switch (c) {
    case '"': yh_put(b, YH_S("\\\"")); return;
    case '\\': yh_put(b, YH_S("\\\\")); return;
    case '\n': yh_put(b, YH_S("\\n")); return;
    case '\r': yh_put(b, YH_S("\\r")); return;
    case '\t': yh_put(b, YH_S("\\t")); return;
    case '\b': yh_put(b, YH_S("\\b")); return;
    case '\f': yh_put(b, YH_S("\\f")); return;
    default: break;
    }
    yh_put(b, YH_S("\\u00"));
    yh_putc(b, HEX[c >> 4]);
    yh_putc(b, HEX[c & 15]);
}

static void quoted(struct yh_buf *b, yh_str s)
{
    yh_putc(b, '"');
    while (s.n) {
        ptrdiff_t n = plain_run(s.p, s.n);
        yh_put(b, (yh_str){ s.p, n });
        s.p += n, s.n -= n;
        if (s.n) {
            escape(b, (unsigned char)*s.p);
            s.p++, s.n--;
        }
    }
    yh_putc(b, '"');
}

void yh_jw_key(struct yh_jsonw *w, yh_str key)
{
    yh_assert(w->depth > 0 && !w->after_key);
    sep(w);
    quoted(w->out, key);
    yh_putc(w->out, ':');
    w->after_key = true;
}

void yh_jw_str(struct yh_jsonw *w, yh_str s)
{
    sep(w);
    quoted(w->out, s);
}

void yh_jw_i64(struct yh_jsonw *w, int64_t v)
{
    sep(w);
    yh_put_i64(w->out, v);
}

void yh_jw_dec(struct yh_jsonw *w, int64_t v, int scale, int digits)
{
    char t[32];
    sep(w);
    yh_put(w->out, yh_dec_text(t, v, scale, digits));
}

void yh_jw_fen(struct yh_jsonw *w, yh_fen v)
{
    yh_jw_dec(w, v, 2, 2);
}

void yh_jw_bool(struct yh_jsonw *w, bool v)
{
    sep(w);
    yh_put(w->out, v ? YH_S("true") : YH_S("false"));
}

void yh_jw_null(struct yh_jsonw *w)
{
    sep(w);
    yh_put(w->out, YH_S("null"));
}

void yh_jw_raw(struct yh_jsonw *w, yh_str json)
{
    sep(w);
    yh_put(w->out, json);
}

void yh_jw_kv_str(struct yh_jsonw *w, const char *key, yh_str s)
{
    yh_jw_key(w, yh_cstr(key));
    yh_jw_str(w, s);
}

void yh_jw_kv_fen(struct yh_jsonw *w, const char *key, yh_fen v)
{
    yh_jw_key(w, yh_cstr(key));
    yh_jw_fen(w, v);
}

void yh_jw_kv_i64(struct yh_jsonw *w, const char *key, int64_t v)
{
    yh_jw_key(w, yh_cstr(key));
    yh_jw_i64(w, v);
}

void yh_jw_kv_bool(struct yh_jsonw *w, const char *key, bool v)
{
    yh_jw_key(w, yh_cstr(key));
    yh_jw_bool(w, v);
}

void yh_jw_kv_day(struct yh_jsonw *w, const char *key, int64_t day)
{
    char text[16];
    bool open = !day || day <= YH_DAY_MIN || day >= YH_DAY_MAX;
    yh_jw_kv_str(w, key, open ? YH_S("") : yh_day_text(text, (yh_day)day));
}

void yh_jw_kv_time(struct yh_jsonw *w, const char *key, yh_time t)
{
    char text[32];
    yh_jw_kv_str(w, key, t ? yh_time_text(text, t) : YH_S(""));
}

void yh_jw_kv_raw(struct yh_jsonw *w, const char *key, yh_str json)
{
    yh_jw_key(w, yh_cstr(key));
    yh_jw_raw(w, json);
}

void yh_jw_kv_object(struct yh_jsonw *w, const char *key)
{
    yh_jw_key(w, yh_cstr(key));
    yh_jw_object(w);
}

void yh_jw_kv_array(struct yh_jsonw *w, const char *key)
{
    yh_jw_key(w, yh_cstr(key));
    yh_jw_array(w);
}
