#include <stdio.h>
#include "model/policy/inside.h"

static const char *const COMMAS[] = { ",", "，", "、" };

bool yh_eat(yh_str *s, const char *head)
{
    yh_str h = yh_cstr(head);
    if (!yh_starts(*s, h))
        return false;
    *s = yh_sub(*s, h.n, s->n);
    return true;
}

/* Bytes of a blank at the start of s: ASCII blank, tab, end of line, U+3000, or a semicolon,
 * which parts words too; 0 = none. */
static int blank_at(yh_str s)
{
    if (s.n && (*s.p == ' ' || *s.p == '\t' || *s.p == '\r' || *s.p == '\n' || *s.p == ';'))
        return 1;
    return yh_starts(s, YH_S("　")) || yh_starts(s, YH_S("；")) ? 3 : 0;
}

static int comma_at(yh_str s)
{
    for (int i = 0; i < YH_COUNT(COMMAS); i++)
        if (yh_starts(s, yh_cstr(COMMAS[i])))
            return (int)strlen(COMMAS[i]);
    return 0;
}

static yh_str skip_blanks(yh_str s)
{
    for (int b; (b = blank_at(s));)
        s = yh_sub(s, b, s.n);
    return s;
}

yh_str yh_next_word(yh_str *rest)
{
    yh_str s = skip_blanks(*rest);
    yh_str word = s;
    while (s.n) {
        int b = blank_at(s);
        if (b) {
            yh_str behind = skip_blanks(s);
            if (!comma_at(behind))
                break;
            s = behind;
        }
        int c = comma_at(s);
        s = c ? skip_blanks(yh_sub(s, c, s.n)) : yh_sub(s, 1, s.n);
    }
    word.n -= s.n;
    *rest = s;
    return yh_trim(word);
}

yh_str yh_next_item(yh_str *list)
{
    yh_str s = skip_blanks(*list);
    for (int c; (c = comma_at(s));)
        s = skip_blanks(yh_sub(s, c, s.n));
    yh_str item = s;
    while (s.n && !comma_at(s))
        s = yh_sub(s, 1, s.n);
    item.n -= s.n;
    *list = s;
    return yh_trim(item);
}

yh_str yh_cut_any(yh_str *rest, const char *a, const char *b)
{
    yh_str s = *rest;
    ptrdiff_t i = yh_find(s, yh_cstr(a)), j = yh_find(s, yh_cstr(b));
    bool first = i >= 0 && (j < 0 || i < j);
    ptrdiff_t at = first ? i : j;
    if (at < 0) {
        *rest = (yh_str){ NULL, 0 };
        return s;
    }
    *rest = yh_sub(s, at + (ptrdiff_t)strlen(first ? a : b), s.n);
    return yh_sub(s, 0, at);
}

void yh_place(yh_str text, yh_str at, int *line, int *col)
{
    *line = *col = 1;
    if (!at.p || at.p < text.p || at.p > text.p + text.n)
        return;
    for (const char *p = text.p; p < at.p; p++) {
        if (*p == '\n') {
            ++*line;
            *col = 1;
        } else if (((unsigned char)*p & 0xC0) != 0x80) {
            ++*col;
        }
    }
}

yh_str yh_severity_word(enum yh_severity s)
{
    switch (s) {
    case YH_NOTE: return YH_S("提示");
    case YH_WARN: return YH_S("警告");
    case YH_MISSING: return YH_S("缺");
    case YH_ERROR: return YH_S("错误");
    }
    return YH_S("");
}

static bool same(const struct yh_finding *x, const struct yh_finding *y)
{
    return x->line == y->line && x->col == y->col && yh_eq(x->text, y->text) &&
           yh_eq(x->doc, y->doc);
}

void yh_found(struct yh_arena *a, struct yh_findings *f, enum yh_severity sev,
              const struct yh_policy_doc *doc, yh_str at, const char *cure, const char *fmt,
              ...)
{
    char text[600];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (n >= (int)sizeof text)
        n = (int)sizeof text - 1;
    while (n > 0 && n == (int)sizeof text - 1 && ((unsigned char)text[n] & 0xC0) == 0x80)
        n--;
    struct yh_finding x = { .severity = sev, .doc = doc ? doc->name : YH_S("") };
    if (doc)
        yh_place(doc->text, at, &x.line, &x.col);
    x.text = (yh_str){ text, n };
    /* What a plan and its amendments share would be found once for each: say it once. */
    for (int i = 0; i < f->n; i++)
        if (same(&f->item[i], &x))
            return;
    f->count[sev]++;
    if (f->n == YH_FINDINGS_MAX)
        return;
    x.text = yh_dup(a, x.text);
    x.cure = yh_dup(a, yh_cstr(cure));
    f->item[f->n++] = x;
}

static int order(const struct yh_finding *x, const struct yh_finding *y)
{
    int c = yh_cmp(x->doc, y->doc);
    if (!c)
        c = x->line != y->line ? (x->line > y->line) - (x->line < y->line)
                               : (x->col > y->col) - (x->col < y->col);
    return c;
}

void yh_findings_sort(struct yh_findings *f)
{
    for (int i = 1; i < f->n; i++) {
        struct yh_finding x = f->item[i];
        int j = i;
        for (; j > 0 && order(&f->item[j - 1], &x) > 0; j--)
            f->item[j] = f->item[j - 1];
        f->item[j] = x;
    }
}
