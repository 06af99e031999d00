/* shell/replay/html.c -- the report as one HTML file: no script, no font, no picture from elsewhere. */
#include <stdio.h>
#include <string.h>
#include "shell/replay/report.h"

static const char STYLE[] =
    "body{font:15px/1.6 'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei',sans-serif;"
    "color:#1c2733;margin:0;background:#f4f6f8}"
    "main{max-width:1180px;margin:0 auto;padding:28px 24px 60px;background:#fff}"
    "h1{font-size:24px;margin:0 0 4px}h2{font-size:18px;margin:36px 0 6px;border-left:4px "
    "solid "
    "#0b6aa2;padding-left:10px}"
    "p.note{color:#5b6a78;font-size:13px;margin:4px 0 10px}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;font-size:13px;"
    "color:#39485a;margin:10px 0}dt{color:#7a8896}dd{margin:0;word-break:break-all}"
    ".cards{display:flex;flex-wrap:wrap;gap:12px;margin:18px 0}.card{flex:1 1 200px;border:1px "
    "solid #dde4ea;border-radius:8px;padding:10px 14px}.card b{display:block;font-size:22px;"
    "font-variant-numeric:tabular-nums}.card span{color:#5b6a78;font-size:13px}"
    ".up{color:#b3261e}.down{color:#1b7a43}"
    "div.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:13px;width:100%}"
    "th,td{padding:4px 8px;border-bottom:1px solid #e4e9ee;text-align:right;white-space:nowrap;"
    "font-variant-numeric:tabular-nums}th{background:#eef2f5;color:#39485a;font-weight:600}"
    "td.t,th.t{text-align:left}svg{display:block;margin:8px 0 4px;max-width:100%}"
    "svg text{font:12px 'Noto Sans CJK SC','Microsoft YaHei',sans-serif;fill:#39485a}"
    "details{border:1px solid #dde4ea;border-radius:6px;margin:6px 0;padding:4px 12px}"
    "summary{cursor:pointer;font-size:13px}.two{display:grid;grid-template-columns:1fr 1fr;"
    "gap:16px}pre{font:12px/1.5 'Noto Sans Mono CJK SC',monospace;white-space:pre-wrap;"
    "background:#f7f9fb;padding:8px;overflow-x:auto}code{background:#eef2f5;padding:2px 6px;"
    "word-break:break-all}@media print{body{background:#fff}details{break-inside:avoid}}";

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

static int64_t size(int64_t v)
{
    return v < 0 ? -v : v;
}

/* Length of v where `most` is `width`. */
static int scaled(int64_t v, int64_t most, int width)
{
    return most > 0 ? (int)yh_muldiv(size(v), width, most, YH_ROUND_HALF_UP) : 0;
}

static const char *colour(int64_t v)
{
    return v > 0 ? "#c2554d" : "#3a8f5f";
}

static void bar_label(struct yh_buf *o, int x, int y, const char *anchor, yh_str s)
{
    yh_putf(o, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">", x, y, anchor);
    put(o, s);
    yh_putz(o, "</text>");
}

#define ROWS_MAX 24

/* Bars to both sides of a line in the middle: a difference in each row. */
static void bars(const struct yh_report *r, const struct yh_report_table *t, struct yh_buf *o)
{
    int64_t most = 0;
    int n = (int)yh_min(t->nrow, ROWS_MAX);
    for (int i = 0; i < n; i++)
        if (t->cell[i * t->ncol + t->charted].as)
            most = yh_max(most, size(t->cell[i * t->ncol + t->charted].v));
    if (!most)
        return;
    yh_putf(o, "<svg width=\"900\" height=\"%d\" viewBox=\"0 0 900 %d\" role=\"img\">",
            n * 24 + 28, n * 24 + 28);
    bar_label(o, 490, 14, "middle", t->column[t->charted]);
    for (int i = 0; i < n; i++) {
        const struct yh_shown *c = &t->cell[i * t->ncol], *v = &c[t->charted];
        int y = 24 + i * 24, w = scaled(v->v, most, 150);
        yh_str label = c[0].text.n ? c[0].text : YH_S("合计");
        if (c[1].as == YH_SHOW_TEXT)
            label = yh_fmt(r->arena, "%.*s %.*s", YH_ARG(c[0].text), YH_ARG(c[1].text));
        bar_label(o, 240, y + 13, "end", label);
        yh_putf(o, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"16\" fill=\"%s\"/>",
                v->v < 0 ? 490 - w : 490, y, (int)yh_max(w, v->v ? 1 : 0), colour(v->v));
        bar_label(o, v->v < 0 ? 484 - w : 496 + w, y + 13, v->v < 0 ? "end" : "start",
                  yh_shown_text(r->arena, v));
    }
    yh_putf(o, "<line x1=\"490\" y1=\"20\" x2=\"490\" y2=\"%d\" stroke=\"#8895a3\"/></svg>",
            n * 24 + 24);
}

/* Columns: how many people in each class. */
static void spread(const struct yh_report *r, const struct yh_report_table *t, struct yh_buf *o)
{
    int64_t most = 0;
    for (int i = 0; i < t->nrow; i++)
        if (!yh_eq(t->cell[i * t->ncol].text, YH_S("不变")))
            most = yh_max(most, size(t->cell[i * t->ncol + t->charted].v));
    if (!most)
        return;
    int n = t->nrow, step = 900 / (n > 0 ? n : 1);
    yh_putz(o, "<svg width=\"900\" height=\"270\" viewBox=\"0 0 900 270\" role=\"img\">");
    for (int i = 0; i < n; i++) {
        const struct yh_shown *c = &t->cell[i * t->ncol];
        bool still = yh_eq(c[0].text, YH_S("不变"));
        int h = still ? 0 : scaled(c[t->charted].v, most, 150), x = i * step;
        yh_putf(o, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>", x + 6,
                180 - h, step - 12, h, i < n / 2 ? "#3a8f5f" : "#c2554d");
        bar_label(o, x + step / 2, still ? 176 : 174 - h, "middle",
                  yh_shown_text(r->arena, &c[t->charted]));
        yh_putf(o, "<text transform=\"translate(%d,194) rotate(28)\">", x + 8);
        put(o, c[0].text);
        yh_putz(o, "</text>");
    }
    yh_putz(o, "<line x1=\"0\" y1=\"180\" x2=\"900\" y2=\"180\" stroke=\"#8895a3\"/></svg>");
}

/* A waterfall: first and last row are sums, those between lead from the one to the other. */
static void steps(const struct yh_report *r, const struct yh_report_table *t, struct yh_buf *o)
{
    int n = t->nrow;
    int64_t lo = INT64_MAX, hi = INT64_MIN, at = 0;
    for (int i = 0; i < n; i++) {
        int64_t v = t->cell[i * t->ncol + t->charted].v;
        at = i == 0 || i == n - 1 ? v : at + v;
        lo = yh_min(lo, at);
        hi = yh_max(hi, at);
    }
    if (n < 2)
        return;
    int64_t floor = lo - (hi - lo) / 3, range = hi - floor;
    if (range <= 0)
        return;
    int step = 900 / n;
    yh_putz(o, "<svg width=\"900\" height=\"260\" viewBox=\"0 0 900 260\" role=\"img\">");
    at = 0;
    for (int i = 0; i < n; i++) {
        const struct yh_shown *c = &t->cell[i * t->ncol];
        int64_t v = c[t->charted].v, from = at;
        bool whole = i == 0 || i == n - 1;
        at = whole ? v : at + v;
        int64_t top = whole ? v : yh_max(from, at), bottom = whole ? floor : yh_min(from, at);
        int y = 220 - scaled(top - floor, range, 190), h = scaled(top - bottom, range, 190);
        yh_putf(o, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>",
                i * step + 10, y, step - 20, (int)yh_max(h, 1), whole ? "#0b6aa2" : colour(v));
        bar_label(o, i * step + step / 2, y - 5, "middle",
                  yh_shown_text(r->arena, &c[t->charted]));
        bar_label(o, i * step + step / 2, 240, "middle", c[0].text);
    }
    yh_putz(o, "<line x1=\"0\" y1=\"220\" x2=\"900\" y2=\"220\" stroke=\"#8895a3\"/></svg>");
}

static void table(const struct yh_report *r, const struct yh_report_table *t, struct yh_buf *o)
{
    yh_putz(o, "<h2>");
    put(o, t->title);
    yh_putz(o, "</h2>");
    if (t->note.n) {
        yh_putz(o, "<p class=\"note\">");
        put(o, t->note);
        yh_putz(o, "</p>");
    }
    if (t->nrow)
        switch (t->chart) {
        case YH_CHART_NONE: break;
        case YH_CHART_BARS: bars(r, t, o); break;
        case YH_CHART_SPREAD: spread(r, t, o); break;
        case YH_CHART_STEPS: steps(r, t, o); break;
        }
    yh_putz(o, "<div class=\"scroll\"><table><thead><tr>");
    for (int c = 0; c < t->ncol; c++) {
        bool left = t->nrow ? t->cell[c].as == YH_SHOW_TEXT : true;
        yh_putf(o, "<th%s>", left ? " class=\"t\"" : "");
        put(o, t->column[c]);
        yh_putz(o, "</th>");
    }
    yh_putz(o, "</tr></thead><tbody>");
    for (int k = 0; k < t->nrow; k++) {
        yh_putz(o, "<tr>");
        for (int c = 0; c < t->ncol; c++) {
            const struct yh_shown *v = &t->cell[k * t->ncol + c];
            bool signed_one =
                v->as == YH_SHOW_CHANGE || v->as == YH_SHOW_GROWTH || v->as == YH_SHOW_POINTS;
            const char *class = v->as == YH_SHOW_TEXT    ? " class=\"t\""
                                : signed_one && v->v > 0 ? " class=\"up\""
                                : signed_one && v->v < 0 ? " class=\"down\""
                                                         : "";
            yh_putf(o, "<td%s>", class);
            put(o, yh_shown_text(r->arena, v));
            yh_putz(o, "</td>");
        }
        yh_putz(o, "</tr>");
    }
    yh_putz(o, "</tbody></table></div>\n");
}

/* The large figures on top: differences of the funds' sum and of what persons bear. */
static void cards(const struct yh_report *r, struct yh_buf *o)
{
    const struct yh_report_table *t = &r->table[0];
    yh_putz(o, "<div class=\"cards\">");
    for (int i = 0; i < t->nrow; i++) {
        const struct yh_shown *c = &t->cell[i * t->ncol];
        if (c[0].text.n ||
            !(yh_starts(c[1].text, YH_S("基金合计")) || yh_eq(c[1].text, YH_S("个人负担")) ||
              yh_eq(c[1].text, YH_S("总费用"))))
            continue;
        const struct yh_shown *v = &c[t->ncol > 3 && c[4].v ? 4 : 2];
        yh_putf(o, "<div class=\"card\"><span>");
        put(o, c[1].text);
        yh_putf(o, "%s（元）</span><b%s>", v->as == YH_SHOW_CHANGE ? " 变动" : "",
                v->as != YH_SHOW_CHANGE ? ""
                : v->v > 0              ? " class=\"up\""
                                        : " class=\"down\"");
        put(o, yh_shown_text(r->arena, v));
        yh_putz(o, "</b></div>");
    }
    yh_putz(o, "</div>\n");
}

static void stories(const struct yh_report *r, struct yh_buf *o)
{
    if (!r->nstory)
        return;
    yh_putz(o, "<h2>影响最大的人：变动最大的一笔，两种算法并列</h2>");
    for (int i = 0; i < r->nstory; i++) {
        const struct yh_report_story *s = &r->story[i];
        struct yh_shown year = { YH_SHOW_CHANGE, s->year_after - s->year_before, { 0 } };
        struct yh_shown bill = { YH_SHOW_CHANGE, s->bill_after - s->bill_before, { 0 } };
        yh_putf(o, "<details><summary>%d. ", s->rank);
        put(o, s->person);
        yh_putz(o, " · 一年负担 ");
        put(o, yh_shown_text(r->arena, &year));
        yh_putz(o, " 元 · 本笔 ");
        put(o, yh_shown_text(r->arena, &bill));
        yh_putz(o, " 元 · ");
        put(o, s->provider);
        yh_putz(o, " · ");
        put(o, s->what);
        yh_putz(o, "</summary><div class=\"two\"><pre>");
        put(o, s->before);
        yh_putz(o, "</pre><pre>");
        put(o, s->after);
        yh_putz(o, "</pre></div></details>\n");
    }
}

void yh_report_html(const struct yh_report *r, struct yh_buf *o)
{
    yh_putz(o, "<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta "
               "name=\"viewport\" content=\"width=device-width\"><title>");
    put(o, r->title);
    yh_putf(o, "</title><style>%s</style></head><body><main>\n<h1>", STYLE);
    put(o, r->title);
    yh_putz(o, "</h1>\n");
    for (int i = 0; i < r->nnote; i++) {
        yh_putz(o, "<p class=\"note\">");
        put(o, r->note[i]);
        yh_putz(o, "</p>");
    }
    cards(r, o);
    for (int i = 0; i < r->ntable; i++)
        if (r->table[i].nrow)
            table(r, &r->table[i], o);
    stories(r, o);
    yh_putz(o, "<h2>依据</h2><dl>");
    for (int i = 0; i < r->nfact; i += 2) {
        yh_putz(o, "<dt>");
        put(o, r->fact[i]);
        yh_putz(o, "</dt><dd>");
        put(o, r->fact[i + 1]);
        yh_putz(o, "</dd>");
    }
    yh_putz(o, "</dl><p>同一结果：<code>");
    put(o, r->again);
    yh_putz(o, "</code></p>\n</main></body></html>\n");
}
