#include "shell/handbook/handbook.h"

#include <stdio.h>
#include <stdlib.h>

#include "service/portal/portal.h"
#include "shell/file/file.h"
#include "shell/handbook/page.h"

static void put(struct yh_buf *o, yh_str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++)
        switch (s.p[i]) {
        case '<': yh_putz(o, "&lt;"); break;
        case '>': yh_putz(o, "&gt;"); break;
        case '&': yh_putz(o, "&amp;"); break;
        case '"': yh_putz(o, "&quot;"); break;
        default: yh_putc(o, s.p[i]);
        }
}

/* ---- two languages ---- */

static const char *say(const struct yh_handbook *h, const char *zh, const char *en)
{
    return h->english ? en : zh;
}

/* A kind or layer in the page's language, where there is a word for it. */
static yh_str word_of(const struct yh_handbook *h, yh_str s)
{
    static const char *const WORD[][2] = {
#define W(zh, en) { zh, en },
#include "shell/handbook/english.def"
    };
    for (int i = 0; h->english && i < YH_COUNT(WORD); i++)
        if (yh_eq(s, yh_cstr(WORD[i][0])))
            return yh_cstr(WORD[i][1]);
    return s;
}

/* The same as text; in an English page what has no English is marked as Chinese. */
static void put_word(const struct yh_handbook *h, struct yh_buf *o, yh_str s)
{
    yh_str word = word_of(h, s);
    bool chinese = h->english && word.p == s.p && s.n;
    if (chinese)
        yh_putz(o, "<span lang=\"zh-CN\">");
    put(o, word);
    if (chinese)
        yh_putz(o, "</span>");
}

static const char *standing_of(const struct yh_handbook *h, enum yh_standing s)
{
    static const char *const EN[] = { "official",   "press", "third party",
                                      "unverified", "draft", "invented" };
    static const char *const WORD[] = { "official",   "press", "third-party",
                                        "unverified", "draft", "invented" };
    yh_str word = yh_standing_word(s);
    for (int i = 0; h->english && i < YH_COUNT(EN); i++)
        if (yh_eq(word, yh_cstr(WORD[i])))
            return EN[i];
    return NULL;
}

static void put_standing(const struct yh_handbook *h, struct yh_buf *o, enum yh_standing s)
{
    const char *en = standing_of(h, s);
    if (en)
        yh_putz(o, en);
    else
        put(o, yh_standing_text(s));
}

static yh_str text_of(const struct yh_json *o, const char *name)
{
    return yh_json_text(yh_json_get(o, yh_cstr(name)));
}

static bool number_of(const struct yh_json *o, const char *name, int64_t *out)
{
    yh_str s = text_of(o, name);
    return s.n && !yh_int_parse(s, out, NULL);
}

/* "1,234.50", whole yuan without its fen. */
static void put_yuan(const struct yh_handbook *h, struct yh_buf *o, yh_fen v)
{
    char text[32];
    yh_str s = yh_dec_text(text, v, 2, v % 100 ? 2 : 0);
    yh_str whole = s;
    whole = yh_cut(&whole, '.');
    for (ptrdiff_t i = 0; i < s.n; i++) {
        if (i && i < whole.n && (whole.n - i) % 3 == 0)
            yh_putc(o, ',');
        yh_putc(o, s.p[i]);
    }
    yh_putz(o, say(h, " 元", " yuan"));
}

static void put_rate(struct yh_buf *o, yh_micro v)
{
    char text[32];
    yh_str s = yh_dec_text(text, v, 4, 4);
    while (yh_ends(s, YH_S("0")) && yh_find(s, YH_S(".")) >= 0)
        s.n--;
    if (yh_ends(s, YH_S(".")))
        s.n--;
    yh_put(o, s);
    yh_putc(o, '%');
}

/* ---- by kind of care ---- */

static void put_bands(const struct yh_handbook *h, struct yh_buf *o, const struct yh_json *row)
{
    const struct yh_json *bands = yh_json_get(row, YH_S("bands"));
    int64_t lump;
    int n = 0;
    if (number_of(row, "lump", &lump)) {
        yh_putz(o, say(h, "每次 ", "each time "));
        put_yuan(h, o, lump);
        return;
    }
    for (const struct yh_json *b = bands ? bands->first : NULL; b; b = b->next) {
        int64_t from = 0, rate = 0;
        bool has = number_of(b, "from", &from);
        if (!number_of(b, "rate", &rate))
            continue;
        if (n++)
            yh_putz(o, say(h, "；", "; "));
        if (has && from > 0) {
            yh_putz(o, say(h, "", "above "));
            put_yuan(h, o, from);
            yh_putz(o, say(h, " 以上 ", ": "));
        }
        put_rate(o, rate);
    }
}

static void put_row(const struct yh_handbook *h, struct yh_buf *o, const struct yh_json *row)
{
    int64_t v;
    yh_putz(o, "<tr><th scope=\"row\">");
    put_word(h, o, text_of(row, "layer"));
    yh_putz(o, "</th><td>");
    put_word(h, o, text_of(row, "person_kind"));
    yh_putz(o, "</td><td>");
    put_word(h, o, text_of(row, "level"));
    yh_putz(o, "</td><td class=\"n\">");
    const struct yh_json *year = yh_json_get(row, YH_S("per_year"));
    if (number_of(row, "deductible", &v) && v > 0) {
        put_yuan(h, o, v);
        yh_putz(o, year && year->kind == YH_JSON_BOOL && year->truth
                       ? say(h, "/年", " a year")
                       : say(h, "/次", " each time"));
    } else {
        yh_putz(o, say(h, "没有", "none"));
    }
    yh_putz(o, "</td><td class=\"n\">");
    put_bands(h, o, row);
    yh_putz(o, "</td><td class=\"n\">");
    if (number_of(row, "cap", &v)) {
        put_yuan(h, o, v);
    } else {
        yh_putz(o, say(h, "没有写", "not stated"));
    }
    yh_putz(o, "</td><td>");
    if (number_of(row, "clause", &v) && v >= 0)
        yh_putf(o, "<a href=\"#c%lld\">%s</a>", (long long)v, say(h, "依据", "clause"));
    yh_putz(o, "</td></tr>\n");
}

static void put_care(const struct yh_handbook *h, struct yh_buf *o, const struct yh_json *rows)
{
    static const struct {
        const char *zh, *en;
        bool number;
    } HEAD[] = { { "谁来付", "Who pays", false },
                 { "人员", "Person", false },
                 { "医院", "Hospital", false },
                 { "先自己付（起付）", "You pay first (deductible)", true },
                 { "以上的部分付", "Of the rest is paid", true },
                 { "一年最多付", "At most a year", true },
                 { "条款", "Clause", false } };
    int n = 0;
    for (const struct yh_json *r = rows ? rows->first : NULL; r; r = r->next) {
        yh_str visit = text_of(r, "visit_kind");
        bool shown = false;
        for (const struct yh_json *b = rows->first; b != r && !shown; b = b->next)
            shown = yh_eq(text_of(b, "visit_kind"), visit);
        if (shown)
            continue;
        yh_putf(o, "<section aria-labelledby=\"v%d\"><h2 id=\"v%d\">", n, n);
        n++;
        put_word(h, o, visit);
        yh_putz(o, "</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
        put(o, word_of(h, visit));
        yh_putz(o, say(h, "（表）", " (table)"));
        yh_putz(o, "\"><table><thead><tr>");
        for (int i = 0; i < YH_COUNT(HEAD); i++)
            yh_putf(o, "<th scope=\"col\"%s>%s</th>", HEAD[i].number ? " class=\"n\"" : "",
                    say(h, HEAD[i].zh, HEAD[i].en));
        yh_putz(o, "</tr></thead><tbody>\n");
        for (const struct yh_json *k = r; k; k = k->next)
            if (yh_eq(text_of(k, "visit_kind"), visit))
                put_row(h, o, k);
        yh_putz(o, "</tbody></table></div></section>\n");
    }
}

/* ---- the document ---- */

static void put_clauses(const struct yh_handbook *h, struct yh_buf *o)
{
    const struct yh_plan *p = h->plan;
    yh_putf(o, "<section aria-labelledby=\"text\"><h2 id=\"text\">%s</h2>\n",
            say(h, "条文", "The clauses (in Chinese, the text that holds)"));
    for (int i = 0; i < p->nclause; i++) {
        const struct yh_clause *c = &p->clause[i];
        yh_putf(o, "<article id=\"c%d\"%s><h3>", i, say(h, "", " lang=\"zh-CN\""));
        put(o, c->title);
        yh_putf(o, " <span class=\"badge\">%.*s</span></h3><p class=\"words\">",
                YH_ARG(yh_standing_text(c->standing)));
        put(o, yh_trim(c->text));
        yh_putz(o, "</p><p class=\"soft\">");
        put(o, c->source);
        yh_putz(o, " · ");
        put(o, c->document);
        yh_putz(o, "</p></article>\n");
    }
    yh_putz(o, "</section>\n");
}

/* ---- the calculator ---- */

static void put_base64(struct yh_buf *o, yh_str s)
{
    static const char DIGIT[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (ptrdiff_t i = 0; i < s.n; i += 3) {
        uint32_t v = 0;
        int n = 0;
        for (; n < 3; n++)
            v = v << 8 | (i + n < s.n ? (uint8_t)s.p[i + n] : 0);
        for (int k = 0; k < 4; k++)
            yh_putc(o, i + k > s.n ? '=' : DIGIT[v >> (18 - 6 * k) & 63]);
    }
}

/* Pages that take part: those of the region and scheme, and what they include. */
static bool takes_part(const struct yh_handbook *h, int at, int depth)
{
    const struct yh_policy_doc *d = &h->set->doc[at];
    if (d->broken || (d->standing == YH_DRAFT && !(h->draft && at == h->doc)))
        return false;
    if (yh_eq(d->region, h->plan->region) && yh_eq(d->scheme, h->plan->scheme))
        return true;
    for (int i = 0; depth < 8 && i < h->set->ndoc; i++)
        for (int k = 0; i != at && k < h->set->doc[i].ninclude; k++)
            if (yh_starts(d->id, h->set->doc[i].include[k]) && takes_part(h, i, depth + 1))
                return true;
    return false;
}

/* JSON inside a script element: no "<" may stand there. */
static void put_json(struct yh_buf *o, yh_str json)
{
    for (ptrdiff_t i = 0; i < json.n; i++)
        if (json.p[i] == '<')
            yh_putz(o, "\\u003c");
        else
            yh_putc(o, json.p[i]);
}

static void put_sources(struct yh_arena *a, const struct yh_handbook *h, yh_str kinds,
                        yh_str rows, struct yh_buf *o)
{
    struct yh_buf b = yh_buf_in(a);
    struct yh_jsonw w = yh_jsonw_on(&b);
    char day[16], digest[64];
    yh_hex(digest, h->plan->digest, 32);
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "region", h->plan->region);
    yh_jw_kv_str(&w, "scheme", h->plan->scheme);
    yh_jw_kv_str(&w, "on", yh_day_text(day, h->on));
    yh_jw_kv_str(&w, "drafts", h->draft ? YH_S("1") : YH_S("0"));
    yh_jw_kv_str(&w, "digest", (yh_str){ digest, 64 });
    yh_jw_kv_str(&w, "kinds", kinds);
    yh_jw_kv_raw(&w, "rows", rows);
    yh_jw_kv_array(&w, "pages");
    for (int i = 0; i < h->set->ndoc; i++)
        if (takes_part(h, i, 0)) {
            yh_jw_object(&w);
            yh_jw_kv_str(&w, "name", h->set->doc[i].id);
            yh_jw_kv_str(&w, "text", h->set->doc[i].text);
            yh_jw_end(&w, '}');
        }
    yh_jw_end(&w, ']');
    yh_jw_end(&w, '}');
    yh_putz(o, "<script type=\"application/json\" id=\"sources\">");
    put_json(o, yh_buf_str(&b));
    yh_putz(o, "</script>\n");
}

static void put_head(const struct yh_handbook *h, struct yh_buf *o)
{
    const struct yh_policy_doc *d = &h->set->doc[h->doc];
    char day[16];
    yh_putz(o, "<!doctype html>\n<html lang=\"");
    yh_putz(o, say(h, "zh-CN", "en"));
    yh_putz(o,
            "\"><head><meta charset=\"utf-8\">"
            "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>");
    put(o, d->title);
    yh_putf(o, "</title><style>%s</style></head>\n<body><main>\n<h1", YH_HANDBOOK_STYLE);
    yh_putz(o, say(h, ">", " lang=\"zh-CN\">"));
    put(o, d->title);
    yh_putz(o, " <span class=\"badge\"");
    yh_putz(o, say(h, ">", " lang=\"en\">"));
    put_standing(h, o, d->standing);
    yh_putz(o, "</span></h1>\n<p class=\"soft\">");
    put_word(h, o, h->region_name);
    yh_putz(o, " · ");
    put(o, yh_eq(h->plan->scheme, YH_S("310"))
               ? yh_cstr(say(h, "职工医保", "employees’ insurance"))
           : yh_eq(h->plan->scheme, YH_S("390"))
               ? yh_cstr(say(h, "居民医保", "residents’ insurance"))
               : h->plan->scheme);
    yh_putz(o, say(h, " · 按 ", " · as of "));
    put(o, yh_day_text(day, h->on));
    yh_putz(o, say(h, " 的规定 · ", " · "));
    put_word(h, o, d->source);
    yh_putz(o, "</p>\n");
    if (h->draft)
        yh_putf(o, "<p class=\"note\">%s</p>\n",
                say(h, "这是征求意见的草案，还没有生效，不用来结算。",
                    "This is a draft for comment: not in force, nothing is settled by it."));
    yh_putf(
        o, "<p>%s</p>\n",
        say(h,
            "下面的数字由政策文件本身算出来，每一行的“依据”连到条文。"
            "都按本地就医、第一次、没有特殊身份来说；别的情形请用计算器。",
            "The figures below are worked out from the policy document itself; “clause” leads "
            "to "
            "its text. They speak of care at home, the first time, without special status; for "
            "anything else use the calculator. The Chinese text holds; this page explains "
            "it."));
}

enum yh_status yh_handbook_html(struct yh_arena *a, const struct yh_handbook *h,
                                struct yh_buf *out, struct yh_err *err)
{
    yh_str kinds;
    const char *path = yh_zdup(a, yh_fmt(a, "%s/kinds.tsv", h->catalogs));
    enum yh_status st = yh_file_read(a, path, (size_t)4 << 20, &kinds, err);
    if (st)
        return st;
    struct yh_buf plain = yh_buf_in(a);
    struct yh_jsonw w = yh_jsonw_on(&plain);
    struct yh_json *rows = NULL;
    yh_look_plain(a, h->plan, &w);
    if ((st = yh_json_read(a, yh_buf_str(&plain), (struct yh_json_limits){ 0 }, &rows, err)) !=
        YH_OK)
        return st;
    put_head(h, out);
    put_care(h, out, rows);
    yh_putz(out, YH_HANDBOOK_FORM[h->english]);
    if (!h->wasm.n)
        yh_putf(out, "<p class=\"note\">%s</p>\n",
                say(h, "这份手册没有附计算器（生成时没有编译 WebAssembly 引擎）。",
                    "No calculator here: the WebAssembly engine was not built."));
    yh_putz(out, "</section>\n");
    put_clauses(h, out);
    yh_putf(
        out, "<footer class=\"soft\">%s",
        say(h, "由医衡从政策文件生成；数字与条文出自同一份文件，摘要 ",
            "Made by Yiheng from the policy document; figures and clauses come from the same "
            "file, digest "));
    char digest[64];
    yh_hex(digest, h->plan->digest, 32);
    yh_putf(out, "<code>%.64s</code>%s</footer>\n</main>\n", digest, say(h, "。", "."));
    if (h->wasm.n) {
        put_sources(a, h, kinds, yh_buf_str(&plain), out);
        yh_putz(out, "<script type=\"text/plain\" id=\"engine\">");
        put_base64(out, h->wasm);
        yh_putf(out, "</script>\n<script>const T=%s;\n%s</script>\n",
                YH_HANDBOOK_WORDS[h->english], YH_HANDBOOK_SCRIPT);
    }
    yh_putz(out, "</body></html>\n");
    return YH_OK;
}

yh_str yh_handbook_wasm(struct yh_arena *a, const char *catalogs)
{
    const char *told = getenv("YIHENG_WASM");
    const char *const path[] = { told ? told : "", "build/yiheng.wasm",
                                 yh_zdup(a, yh_fmt(a, "%s/../build/yiheng.wasm", catalogs)),
                                 yh_zdup(a, yh_fmt(a, "%s/../yiheng.wasm", catalogs)) };
    yh_str text;
    for (int i = 0; i < YH_COUNT(path); i++)
        if (path[i][0] && yh_file_read(a, path[i], (size_t)16 << 20, &text, NULL) == YH_OK)
            return text;
    return YH_S("");
}
