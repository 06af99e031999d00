/* model/monitor/hit.c -- findings written and read back. */
#include "model/monitor/hit.h"
#include <stdio.h>

struct word {
    yh_str word, text, code;
};
static const yh_str STAGE[] = {
#define R(name, word, text, link) YH_S_INIT(word),
#include "model/monitor/stage.def"
#undef R
};
static const struct word VERDICT[] = {
#define R(name, word, text, code) { YH_S_INIT(word), YH_S_INIT(text), YH_S_INIT(code) },
#include "model/monitor/verdict.def"
#undef R
};
static const struct word METHOD[] = {
#define R(name, word, text) { YH_S_INIT(word), YH_S_INIT(text), YH_S_INIT("") },
#include "model/monitor/method.def"
#undef R
};

yh_str yh_stage_word(enum yh_mon_stage s)
{
    yh_assert(s < YH_STAGE_N);
    return STAGE[s];
}

yh_str yh_verdict_word(enum yh_verdict s)
{
    yh_assert(s < YH_VERDICT_N);
    return VERDICT[s].word;
}

yh_str yh_verdict_text(enum yh_verdict s)
{
    yh_assert(s < YH_VERDICT_N);
    return VERDICT[s].text;
}

yh_str yh_verdict_code(enum yh_verdict s)
{
    yh_assert(s < YH_VERDICT_N);
    return VERDICT[s].code;
}

yh_str yh_method_word(enum yh_pay_method m)
{
    yh_assert(m < YH_METHOD_N);
    return METHOD[m].word;
}

int yh_method_find(yh_str word)
{
    for (int i = 0; i < YH_METHOD_N; i++)
        if (yh_eq(yh_method_word((enum yh_pay_method)i), word))
            return i;
    return -1;
}

yh_str yh_method_text(enum yh_pay_method m)
{
    yh_assert(m < YH_METHOD_N);
    return METHOD[m].text;
}

static const char HEAD[] =
#define S(f) #f "\t"
#define D(f) #f "\t"
#define M(f) #f "\t"
#define Q(f) #f "\t"
#define I(f) #f "\t"
#define E(f, k) #f "\t"
#define B(f) #f "\t"
#include "model/monitor/column.def"
    "lines\tfacts\n";

yh_str yh_hit_tsv_head(void)
{
    return (yh_str){ HEAD, (ptrdiff_t)sizeof HEAD - 1 };
}

/* ---- writing ---- */

static void put_cell(struct yh_buf *out, yh_str s)
{
    for (ptrdiff_t from = 0; from < s.n;) {
        ptrdiff_t i = from;
        while (i < s.n && s.p[i] != '\t' && s.p[i] != '\n' && s.p[i] != '\r')
            i++;
        yh_put(out, yh_sub(s, from, i));
        if (i < s.n)
            yh_putc(out, ' ');
        from = i + 1;
    }
}

static void put_dec(struct yh_buf *out, int64_t v, int scale)
{
    char text[32];
    yh_str s = yh_dec_text(text, v, scale, scale);
    while (scale > 0 && yh_ends(s, YH_S("0")))
        s.n--;
    if (yh_ends(s, YH_S(".")))
        s.n--;
    yh_put(out, s);
}

static void json_qty(struct yh_jsonw *w, const char *key, yh_qty v)
{
    char room[32];
    yh_str s = yh_dec_text(room, v, 4, 4);
    while (yh_ends(s, YH_S("0")))
        s.n--;
    if (yh_ends(s, YH_S(".")))
        s.n--;
    yh_jw_kv_raw(w, key, s);
}

static void json_day(struct yh_jsonw *w, const char *key, yh_day d)
{
    char room[16];
    yh_jw_kv_str(w, key, yh_day_text(room, d));
}

static void json_lines(struct yh_jsonw *w, const struct yh_hit *f)
{
    yh_jw_array(w);
    for (int i = 0; i < f->nline; i++) {
        const struct yh_hit_line *l = &f->line[i];
        yh_jw_object(w);
        yh_jw_kv_str(w, "visit", l->visit);
        yh_jw_kv_str(w, "serial", l->serial);
        yh_jw_kv_str(w, "code", l->code);
        yh_jw_kv_str(w, "name", l->name);
        json_day(w, "day", l->day);
        json_qty(w, "qty", l->qty);
        json_qty(w, "excess", l->excess);
        yh_jw_kv_fen(w, "amount", l->amount);
        yh_jw_kv_fen(w, "claimed", l->claimed);
        yh_jw_kv_bool(w, "at_stake", l->at_stake);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

static void json_facts(struct yh_jsonw *w, const struct yh_hit *f)
{
    yh_jw_array(w);
    for (int i = 0; i < f->nfact; i++) {
        yh_jw_object(w);
        yh_jw_kv_str(w, "name", f->fact[i].name);
        yh_jw_kv_str(w, "value", f->fact[i].value);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

static yh_str verdict_word(int v)
{
    return yh_verdict_word((enum yh_verdict)v);
}
static yh_str standing_word(int v)
{
    return yh_standing_word((enum yh_standing)v);
}
static yh_str method_word(int v)
{
    return yh_method_word((enum yh_pay_method)v);
}

void yh_hit_tsv(struct yh_buf *out, const struct yh_hit *f)
{
    char room[32];
#define S(x) put_cell(out, f->x), yh_putc(out, '\t');
#define D(x) yh_put(out, yh_day_text(room, f->x)), yh_putc(out, '\t');
#define M(x) yh_put_fen(out, f->x), yh_putc(out, '\t');
#define Q(x) put_dec(out, f->x, 4), yh_putc(out, '\t');
#define I(x) yh_put_i64(out, f->x), yh_putc(out, '\t');
#define E(x, k) yh_put(out, k##_word((int)f->x)), yh_putc(out, '\t');
#define B(x) yh_putc(out, f->x ? '1' : '0'), yh_putc(out, '\t');
#include "model/monitor/column.def"
    struct yh_jsonw w = yh_jsonw_on(out);
    json_lines(&w, f);
    yh_putc(out, '\t');
    w = yh_jsonw_on(out);
    json_facts(&w, f);
    yh_putc(out, '\n');
}

void yh_hit_json(struct yh_jsonw *w, const struct yh_hit *f)
{
    yh_jw_object(w);
#define S(x) yh_jw_kv_str(w, #x, f->x);
#define D(x) json_day(w, #x, f->x);
#define M(x) yh_jw_kv_fen(w, #x, f->x);
#define Q(x) json_qty(w, #x, f->x);
#define I(x) yh_jw_kv_i64(w, #x, f->x);
#define E(x, k) yh_jw_kv_str(w, #x, k##_word((int)f->x));
#define B(x) yh_jw_kv_i64(w, #x, f->x);
#include "model/monitor/column.def"
    yh_jw_key(w, YH_S("lines"));
    json_lines(w, f);
    yh_jw_key(w, YH_S("facts"));
    json_facts(w, f);
    yh_jw_end(w, '}');
}

/* ---- reading ---- */

static enum yh_status bad(struct yh_err *err, const char *key, yh_str met, const char *want)
{
    char text[96];
    snprintf(text, sizeof text, "%.*s", (int)yh_min(met.n, 80), met.p ? met.p : "");
    return yh_fail_field(err, YH_BAD_INPUT, key, text, "%s", want);
}

static enum yh_status read_word(const struct word *list, int n, const char *key, yh_str s,
                                int *out, struct yh_err *err)
{
    for (int i = 0; i < n; i++)
        if (yh_eq(list[i].word, s)) {
            *out = i;
            return YH_OK;
        }
    return bad(err, key, s, "不认识这个词");
}

static enum yh_status read_verdict(const char *key, yh_str s, int *out, struct yh_err *err)
{
    return read_word(VERDICT, YH_VERDICT_N, key, s, out, err);
}

static enum yh_status read_method(const char *key, yh_str s, int *out, struct yh_err *err)
{
    return read_word(METHOD, YH_METHOD_N, key, s, out, err);
}

static enum yh_status read_standing(const char *key, yh_str s, int *out, struct yh_err *err)
{
    enum yh_standing v;
    if (yh_standing_parse(s, &v, NULL))
        return bad(err, key, s, "不认识这个词");
    *out = (int)v;
    return YH_OK;
}

static enum yh_status read_dec(const char *key, yh_str s, int scale, int64_t *out,
                               struct yh_err *err)
{
    if (yh_dec_parse(s, scale, out, NULL))
        return bad(err, key, s, "应为数字");
    return YH_OK;
}

static enum yh_status read_day(const char *key, yh_str s, yh_day *out, struct yh_err *err)
{
    if (yh_day_parse(s, out, NULL))
        return bad(err, key, s, "应为日期 yyyy-MM-dd");
    return YH_OK;
}

static enum yh_status read_line(const struct yh_json *o, struct yh_hit_line *l,
                                struct yh_err *err)
{
#define T(key) yh_json_text(yh_json_get(o, YH_S(key)))
    *l = (struct yh_hit_line){
        .visit = T("visit"), .serial = T("serial"), .code = T("code"), .name = T("name")
    };
    const struct yh_json *stake = yh_json_get(o, YH_S("at_stake"));
    l->at_stake = stake && stake->kind == YH_JSON_BOOL && stake->truth;
    enum yh_status no = read_day("lines.day", T("day"), &l->day, err);
    no = no ? no : read_dec("lines.qty", T("qty"), 4, &l->qty, err);
    no = no ? no : read_dec("lines.excess", T("excess"), 4, &l->excess, err);
    no = no ? no : read_dec("lines.amount", T("amount"), 2, &l->amount, err);
    no = no ? no : read_dec("lines.claimed", T("claimed"), 2, &l->claimed, err);
    return no;
#undef T
}

static enum yh_status read_lists(struct yh_arena *a, const struct yh_json *lines,
                                 const struct yh_json *facts, struct yh_hit *f,
                                 struct yh_err *err)
{
    if (!lines || lines->kind != YH_JSON_ARRAY)
        return bad(err, "lines", YH_S(""), "应为数组");
    if (!facts || facts->kind != YH_JSON_ARRAY)
        return bad(err, "facts", YH_S(""), "应为数组");
    f->line = YH_NEW(a, struct yh_hit_line, lines->count);
    f->nline = 0;
    for (const struct yh_json *v = lines->first; v; v = v->next) {
        enum yh_status no = read_line(v, &f->line[f->nline], err);
        if (no)
            return no;
        f->nline++;
    }
    f->fact = YH_NEW(a, struct yh_hit_fact, facts->count);
    f->nfact = 0;
    for (const struct yh_json *v = facts->first; v; v = v->next)
        f->fact[f->nfact++] =
            (struct yh_hit_fact){ .name = yh_json_text(yh_json_get(v, YH_S("name"))),
                                  .value = yh_json_text(yh_json_get(v, YH_S("value"))) };
    if (f->item_money != f->fund_item + f->person_item + f->outside_item)
        return yh_fail_field(err, YH_BAD_INPUT, "item_money", "",
                             "金额不等于基金、个人与目录外之和");
    return YH_OK;
}

/* One column by name; false = absent. */
typedef bool pick(const void *from, const char *key, yh_str *out);

static enum yh_status read_columns(pick *get, const void *from, struct yh_hit *f,
                                   struct yh_err *err)
{
    yh_str s;
    int word = 0;
    enum yh_status no;
#define NEED(x)             \
    if (!get(from, #x, &s)) \
        return bad(err, #x, YH_S(""), "缺少这一项");
#define S(x) NEED(x) f->x = s;
#define D(x)                                         \
    NEED(x)                                          \
    if ((no = read_day(#x, s, &f->x, err)) != YH_OK) \
        return no;
#define M(x)                                            \
    NEED(x)                                             \
    if ((no = read_dec(#x, s, 2, &f->x, err)) != YH_OK) \
        return no;
#define Q(x)                                            \
    NEED(x)                                             \
    if ((no = read_dec(#x, s, 4, &f->x, err)) != YH_OK) \
        return no;
#define I(x)                                            \
    NEED(x)                                             \
    if ((no = read_dec(#x, s, 0, &f->x, err)) != YH_OK) \
        return no;
#define E(x, k)                                      \
    NEED(x)                                          \
    if ((no = read_##k(#x, s, &word, err)) != YH_OK) \
        return no;                                   \
    f->x = word;
#define B(x) NEED(x) f->x = yh_eq(s, YH_S("1"));
#include "model/monitor/column.def"
#undef NEED
    return YH_OK;
}

static bool pick_json(const void *from, const char *key, yh_str *out)
{
    const struct yh_json *v = yh_json_get(from, yh_cstr(key));
    *out = yh_json_text(v);
    return v && (v->kind == YH_JSON_STRING || v->kind == YH_JSON_NUMBER);
}

static bool pick_tsv(const void *from, const char *key, yh_str *out)
{
    const struct yh_tsv *t = from;
    int i = yh_tsv_col(t, yh_cstr(key));
    if (i >= 0)
        *out = t->cell[i];
    return i >= 0;
}

enum yh_status yh_hit_read(struct yh_arena *a, const struct yh_json *o, struct yh_hit *out,
                           struct yh_err *err)
{
    struct yh_hit f = { 0 };
    if (!o || o->kind != YH_JSON_OBJECT)
        return bad(err, "hit", YH_S(""), "应为对象");
    enum yh_status no = read_columns(pick_json, o, &f, err);
    no = no ? no
            : read_lists(a, yh_json_get(o, YH_S("lines")), yh_json_get(o, YH_S("facts")), &f,
                         err);
    if (!no)
        *out = f;
    return no;
}

enum yh_status yh_hit_row(struct yh_arena *a, const struct yh_tsv *t, struct yh_hit *out,
                          struct yh_err *err)
{
    struct yh_hit f = { 0 };
    enum yh_status no = read_columns(pick_tsv, t, &f, err);
    if (no)
        return no;
    yh_str text[2];
    struct yh_json *list[2];
    const struct yh_json_limits lim = { 0 };
    if (!pick_tsv(t, "lines", &text[0]))
        return bad(err, "lines", YH_S(""), "缺少这一项");
    if (!pick_tsv(t, "facts", &text[1]))
        return bad(err, "facts", YH_S(""), "缺少这一项");
    for (int i = 0; i < 2; i++)
        if ((no = yh_json_read(a, text[i], lim, &list[i], err)) != YH_OK)
            return no;
    no = read_lists(a, list[0], list[1], &f, err);
    if (!no)
        *out = f;
    return no;
}
