/* One Markdown page to clauses, statements and cases.  Structure only: words are looked up later. */
#include "model/policy/inside.h"

struct page {
    struct yh_arena *a;
    struct yh_policy_doc *doc;
    struct yh_findings *f;
    int index;
    yh_str rest; /* unread text */
    int nstmt_cap, nclause_cap, ncases_cap, ninclude_cap;
    const char *intro; /* where the text of the current clause begins */
};

static void bad(struct page *p, yh_str at, const char *cure, const char *what)
{
    p->doc->broken = true;
    yh_found(p->a, p->f, YH_ERROR, p->doc, at, cure, "%s", what);
}

static yh_str next_line(struct page *p)
{
    yh_str s = yh_cut(&p->rest, '\n');
    if (s.n && s.p[s.n - 1] == '\r')
        s.n--;
    return s;
}

static bool more(const struct page *p)
{
    return p->rest.p != NULL;
}

/* Without a comment: '#' at the start or behind a blank. */
static yh_str uncomment(yh_str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++)
        if (s.p[i] == '#' && (!i || s.p[i - 1] == ' ' || s.p[i - 1] == '\t'))
            return yh_sub(s, 0, i);
    return s;
}

/* ---- tables ---- */

static bool only_of(yh_str s, const char *set)
{
    for (ptrdiff_t i = 0; i < s.n; i++)
        if (!strchr(set, s.p[i]))
            return false;
    return true;
}

/* Words that go on with the statement above, on a line of their own or behind its table. */
static bool is_modifier(yh_str line)
{
    static const char *const WORDS[] = { "per",     "最高一次补差", "step",   "floor",
                                         "ceiling", "transfer",     "shared", "beyond",
                                         "on",      "limit",        "+" };
    yh_str w = yh_next_word(&line);
    for (int i = 0; i < YH_COUNT(WORDS); i++)
        if (yh_eq(w, yh_cstr(WORDS[i])))
            return true;
    return false;
}

/* "| a | b | per 年度": moves what stands behind the table to *tail. */
static void take_tail(yh_str *line, yh_str *tail)
{
    ptrdiff_t bar = line->n;
    while (bar > 0 && line->p[bar - 1] != '|')
        bar--;
    yh_str last = yh_trim(yh_sub(*line, bar, line->n));
    if (bar > 0 && last.n && is_modifier(last)) {
        *tail = last;
        line->n = bar;
    }
}

/* "| a | b |" to cells; a Markdown rule |---|---| gives none. */
static struct yh_policy_row row_of(struct page *p, yh_str line)
{
    struct yh_policy_row r = { 0 };
    int cap = 0;
    line = yh_trim(line);
    line = yh_sub(line, 1, line.n);
    if (line.n && line.p[line.n - 1] == '|')
        line.n--;
    if (only_of(line, "-|: ") && yh_find(line, YH_S("--")) >= 0)
        return r;
    for (yh_str rest = line; rest.p;) {
        yh_str cell = yh_cut(&rest, '|');
        yh_str t = yh_trim(cell);
        /* An empty cell keeps its place in the text. */
        YH_PUSH(p->a, r.cell, r.n, cap) = t.n ? t : (yh_str){ cell.p, 0 };
    }
    return r;
}

static void add_row(struct page *p, struct yh_policy_row **row, int *n, int *cap, yh_str line)
{
    struct yh_policy_row r = row_of(p, line);
    if (r.n)
        YH_PUSH(p->a, *row, *n, *cap) = r;
}

/* ---- statements ---- */

static const struct {
    const char *word;
    bool children, table;
} TOPS[] = {
    { "layer", true, false },  { "split", true, true },     { "account", true, false },
    { "year", false, false },  { "days", false, false },    { "cross-year", false, false },
    { "params", true, false }, { "define", false, false },  { "entitled", false, true },
    { "price", false, true },  { "interim", false, false }, { "undo", false, false },
    { "kinds", false, false }, { "order", false, false },   { "payers", false, false },
};
static const char *const LAYER_WORDS[] = {
    "for",        "when", "only",   "skip",     "except-lines", "of",
    "deductible", "rate", "bands",  "adjust",   "except",       "lump",
    "per-day",    "cap",  "settle", "excludes", "round",        "before",
};
static const char *const SPLIT_WORDS[] = { "over", "lift", "pre-self", "round" };
static const char *const ACCOUNT_WORDS[] = { "for", "family" };

static bool among(yh_str w, const char *const *list, int n)
{
    for (int i = 0; i < n; i++)
        if (yh_eq(w, yh_cstr(list[i])))
            return true;
    return false;
}

static int top_of(yh_str w)
{
    for (int i = 0; i < YH_COUNT(TOPS); i++)
        if (yh_eq(w, yh_cstr(TOPS[i].word)))
            return i;
    return -1;
}

static bool child_ok(const char *top, yh_str w)
{
    if (!strcmp(top, "layer"))
        return among(w, LAYER_WORDS, YH_COUNT(LAYER_WORDS));
    if (!strcmp(top, "split"))
        return among(w, SPLIT_WORDS, YH_COUNT(SPLIT_WORDS));
    if (!strcmp(top, "account"))
        return among(w, ACCOUNT_WORDS, YH_COUNT(ACCOUNT_WORDS));
    return !strcmp(top, "params");
}

static struct yh_policy_stmt *add_stmt(struct page *p, yh_str line, yh_str *table)
{
    struct yh_policy_doc *d = p->doc;
    yh_str s = yh_trim(line), rest = s;
    ptrdiff_t bar = yh_find(s, YH_S("|"));
    *table = bar < 0 ? (yh_str){ NULL, 0 } : yh_sub(s, bar, s.n);
    yh_str head = bar < 0 ? s : yh_sub(s, 0, bar);
    rest = head;
    yh_str word = rest;
    word.n = 0;
    while (word.n < head.n && head.p[word.n] != ' ' && head.p[word.n] != '\t')
        word.n++;
    rest = yh_sub(head, word.n, head.n);
    rest = yh_trim(rest);
    if (!rest.n)
        rest = (yh_str){ head.p + head.n, 0 };
    struct yh_policy_stmt *m = &YH_PUSH(p->a, d->stmt, d->nstmt, p->nstmt_cap);
    *m = (struct yh_policy_stmt){
        .word = word,
        .args = rest,
        .where = word,
        .clause = d->nclause - 1,
        .doc = p->index,
        .raw = s,
    };
    return m;
}

/* The block's statements share its layer and its `for`; `for` itself is no statement. */
static void close_layer(struct page *p, int from)
{
    struct yh_policy_doc *d = p->doc;
    yh_str visits = { NULL, 0 };
    for (int i = from; i < d->nstmt; i++)
        if (yh_eq(d->stmt[i].word, YH_S("for"))) {
            if (visits.p)
                bad(p, d->stmt[i].where, "一块只写一个 for，其余另起一块",
                    "这一块写了两个 for");
            if (!d->stmt[i].args.n)
                bad(p, d->stmt[i].where, "写明就医类别，如 for 住院", "for 后面是空的");
            visits = d->stmt[i].args;
        }
    for (int i = from; i < d->nstmt; i++)
        d->stmt[i].visits = visits.p ? visits : YH_S("");
    int kept = from;
    for (int i = from; i < d->nstmt; i++)
        if (!yh_eq(d->stmt[i].word, YH_S("for")))
            d->stmt[kept++] = d->stmt[i];
    d->nstmt = kept;
}

static void open_layer(struct page *p, struct yh_policy_stmt *m)
{
    yh_str args = m->args, name = yh_next_word(&args);
    if (!name.n)
        bad(p, m->where, "写成 layer 名称 pays 基金代码", "layer 没有名称");
    m->group = name;
    m->args = yh_trim(args);
    if (!m->args.n)
        m->args = (yh_str){ name.p + name.n, 0 };
}

static void read_block(struct page *p, yh_str fence)
{
    int top = -1, opened = p->doc->nstmt, row_cap = 0;
    struct yh_policy_stmt *cur = NULL;
    yh_str group = { NULL, 0 };
    bool closed = false;
    while (more(p)) {
        yh_str line = next_line(p);
        if (yh_starts(line, YH_S("```"))) {
            closed = true;
            break;
        }
        yh_str s = uncomment(line), t = yh_trim(s), table = { NULL, 0 };
        if (!t.n)
            continue;
        if (*t.p == '|') {
            if (!cur) {
                bad(p, t, "表格写在它的语句下面", "表格前面没有语句");
                continue;
            }
            table = t;
        } else if (cur && s.p != t.p && is_modifier(t)) {
            yh_str *to = cur->nrow ? &cur->tail : &cur->args;
            if (!to->n)
                *to = t;
            to->n = t.p + t.n - to->p;
        } else {
            bool indented = s.p != t.p;
            int is_top = indented ? -1 : top_of(yh_next_word(&(yh_str){ t.p, t.n }));
            if (!indented) {
                if (top == 0)
                    close_layer(p, opened);
                opened = p->doc->nstmt;
                cur = NULL;
                top = is_top;
                if (top < 0) {
                    yh_str w = t;
                    bad(p, yh_next_word(&w),
                        "语句见 docs/policy-language.md；属于上一句的要缩进", "没有这种语句");
                    continue;
                }
            } else if (top < 0 || !TOPS[top].children) {
                bad(p, t, "语句从行首写起；缩进的行属于它上面的语句", "缩进的行没有所属的语句");
                continue;
            }
            cur = add_stmt(p, t, &table);
            row_cap = 0;
            if (!indented && top == 0) {
                open_layer(p, cur);
                group = cur->group;
            } else if (indented && top == 0) {
                cur->group = group;
            }
            if (indented && !child_ok(TOPS[top].word, cur->word))
                bad(p, cur->where, "可用的语句见 docs/policy-language.md", "这里没有这种语句");
            if (yh_eq(cur->word, YH_S("except-lines")))
                cur->word = YH_S("skip");
            if (indented && top > 0) {
                /* "split.over": the child's word says whose it is. */
                cur->word = yh_fmt(p->a, "%s.%.*s", TOPS[top].word, YH_ARG(cur->word));
            }
        }
        cur->raw.n = t.p + t.n - cur->raw.p;
        if (table.p) {
            yh_str tail = { NULL, 0 };
            take_tail(&table, &tail);
            if (tail.p && !cur->tail.p)
                cur->tail = tail;
        }
        if (table.p && table.n > 1)
            add_row(p, &cur->row, &cur->nrow, &row_cap, table);
    }
    if (top == 0)
        close_layer(p, opened);
    if (!closed)
        bad(p, fence, "补一行 ```", "代码块没有结束");
}

static void read_cases(struct page *p, yh_str fence)
{
    struct yh_policy_cases c = { .clause = p->doc->nclause - 1, .doc = p->index };
    int cap = 0;
    bool closed = false;
    while (more(p) && !closed) {
        yh_str t = yh_trim(uncomment(next_line(p)));
        closed = yh_starts(t, YH_S("```"));
        if (closed || !t.n)
            continue;
        if (*t.p != '|')
            bad(p, t, "算例只写表格", "算例里有表格以外的内容");
        else
            add_row(p, &c.row, &c.nrow, &cap, t);
    }
    if (!closed)
        bad(p, fence, "补一行 ```", "代码块没有结束");
    for (int i = 1; i < c.nrow; i++)
        if (c.row[i].n != c.row[0].n)
            bad(p, c.row[i].cell[0], "列数与表头一致", "算例的列数与表头不同");
    if (c.nrow > 1)
        YH_PUSH(p->a, p->doc->cases, p->doc->ncases, p->ncases_cap) = c;
    else if (closed)
        bad(p, fence, "第一行是表头，其后每行一个算例", "算例是空的");
}

/* ---- the head ---- */

static const char *const META[] = { "region", "scheme",   "from",    "to",
                                    "source", "standing", "include", "amends" };

static int meta_of(yh_str w)
{
    for (int i = 0; i < YH_COUNT(META); i++)
        if (yh_eq(w, yh_cstr(META[i])))
            return i;
    return -1;
}

static void read_day(struct page *p, yh_str v, yh_day *out)
{
    if (v.n != 10 || yh_day_parse(v, out, NULL)) {
        bad(p, v, "写成 2026-01-01", "不是日期");
        if (out == &p->doc->period.from)
            *out = 0; /* said once is enough */
    }
}

static void read_standing(struct page *p, yh_str v, enum yh_standing *out)
{
    if (!yh_standing_parse(v, out, NULL))
        return;
    *out = YH_UNVERIFIED;
    bad(p, v, "official、press、third-party、unverified、invented 或 draft",
        "没有这种依据状态");
}

static void set_meta(struct page *p, int key, yh_str v, bool in_clause)
{
    struct yh_policy_doc *d = p->doc;
    struct yh_clause *c = &d->clause[d->nclause - 1];
    if (!v.n) {
        bad(p, v, "写上它的值", "这一项是空的");
        return;
    }
    switch (key) {
    case 0: d->region = v; break;
    case 1: d->scheme = v; break;
    case 2: read_day(p, v, &d->period.from); break;
    case 3: read_day(p, v, &d->period.to); break;
    case 4:
        c->source = v;
        if (!in_clause)
            d->source = v;
        break;
    case 5:
        read_standing(p, v, &c->standing);
        if (!in_clause)
            d->standing = c->standing;
        break;
    case 6: YH_PUSH(p->a, d->include, d->ninclude, p->ninclude_cap) = v; break;
    case 7: d->amends = v; break;
    }
}

/* A line of settings: "region 990101   scheme 390"; false: it is prose. */
static bool read_meta(struct page *p, yh_str line, bool in_clause)
{
    yh_str s = yh_trim(uncomment(line)), rest = s;
    int key = meta_of(yh_next_word(&rest));
    if (key < 0 || (in_clause && key != 4 && key != 5))
        return false;
    rest = s;
    while (yh_trim(rest).n) {
        key = meta_of(yh_next_word(&rest));
        yh_str v = yh_trim(rest), look = v;
        v.n = 0;
        for (;;) {
            yh_str w = yh_next_word(&look);
            if (!w.n || meta_of(w) >= 0)
                break;
            v.n = w.p + w.n - v.p;
            rest = look;
        }
        set_meta(p, key, v, in_clause);
    }
    return true;
}

static void close_text(struct page *p, const char *end)
{
    struct yh_clause *c = &p->doc->clause[p->doc->nclause - 1];
    if (p->intro && end > p->intro && !c->text.n)
        c->text = yh_trim((yh_str){ p->intro, end - p->intro });
    while (c->text.n && (c->text.p[c->text.n - 1] == '\n' || c->text.p[c->text.n - 1] == '\r' ||
                         c->text.p[c->text.n - 1] == ' '))
        c->text.n--;
    p->intro = NULL;
}

static void open_clause(struct page *p, yh_str title)
{
    struct yh_policy_doc *d = p->doc;
    int line, col;
    yh_place(d->text, title, &line, &col);
    YH_PUSH(p->a, d->clause, d->nclause, p->nclause_cap) = (struct yh_clause){
        .title = yh_trim(title),
        .source = d->source,
        .standing = d->standing,
        .line = line,
    };
}

static void check_head(struct page *p)
{
    struct yh_policy_doc *d = p->doc;
    yh_str top = yh_sub(d->text, 0, 0);
    if (!d->title.n)
        bad(p, top, "第一行写 # 标题", "没有标题");
    if (d->amends.n) {
        /* An amendment is of the region and scheme that it amends. */
        yh_str rest = d->amends;
        yh_str region = yh_cut(&rest, '/'), scheme = yh_cut(&rest, '/');
        d->region = region, d->scheme = scheme;
        if (!region.n || !scheme.n)
            bad(p, d->amends, "写成 地区/险种/生效日，如 990101/390/2026-01-01",
                "amends 写得不对");
    }
    if (!d->region.n)
        bad(p, top, "写 region 与地区代码，如 region 990101", "没有写 region");
    if (!d->scheme.n)
        bad(p, top, "写 scheme 与险种，如 scheme 390", "没有写 scheme");
    if (d->period.from == YH_DAY_MIN)
        bad(p, top, "写 from 与生效日，如 from 2026-01-01", "没有写 from");
    if (d->period.to <= d->period.from && d->period.from != YH_DAY_MIN)
        bad(p, top, "to 是不再有效的第一天，要晚于 from", "to 不晚于 from");
    if ((int)d->standing < 0)
        bad(p, top, "写 standing official、press、third-party、unverified、invented 或 draft",
            "没有写 standing");
}

static void read_heading(struct page *p, yh_str line, bool *head)
{
    struct yh_policy_doc *d = p->doc;
    close_text(p, line.p);
    if (yh_starts(line, YH_S("## ")) || yh_starts(line, YH_S("### "))) {
        *head = false;
        yh_str t = line;
        while (yh_eat(&t, "#"))
            ;
        open_clause(p, t);
        p->intro = NULL;
    } else if (!d->title.n) {
        d->title = yh_trim(yh_sub(line, 1, line.n));
        d->clause[0].title = d->title;
    }
}

void yh_page_read(struct yh_arena *a, struct yh_policy_text text, int index,
                  struct yh_policy_doc *out, struct yh_findings *f)
{
    struct page p = { .a = a, .doc = out, .f = f, .index = index, .rest = text.text };
    *out = (struct yh_policy_doc){
        .name = text.name,
        .text = text.text,
        .period = { YH_DAY_MIN, YH_DAY_MAX },
        .standing = (enum yh_standing) - 1,
    };
    if (!yh_utf8_ok(text.text)) {
        bad(&p, YH_S(""), "存成 UTF-8", "文件不是 UTF-8");
        out->id = YH_S("");
        return;
    }
    open_clause(&p, YH_S(""));
    bool head = true;
    while (more(&p)) {
        yh_str line = next_line(&p);
        if (yh_starts(line, YH_S("```"))) {
            close_text(&p, line.p);
            yh_str what = yh_trim(yh_sub(line, 3, line.n));
            if (yh_eq(what, YH_S("policy")))
                read_block(&p, line);
            else if (yh_eq(what, YH_S("cases")))
                read_cases(&p, line);
            else
                while (more(&p) && !yh_starts(next_line(&p), YH_S("```")))
                    ;
        } else if (yh_starts(line, YH_S("#"))) {
            read_heading(&p, line, &head);
        } else if (!yh_trim(line).n) {
            continue;
        } else if (read_meta(&p, line, !head)) {
            close_text(&p, line.p);
        } else if (!p.intro) {
            p.intro = line.p;
        }
    }
    close_text(&p, text.text.p + text.text.n);
    check_head(&p);
    if ((int)out->standing < 0)
        out->standing = YH_UNVERIFIED;
    for (int i = 0; i < out->nclause; i++) {
        if ((int)out->clause[i].standing < 0)
            out->clause[i].standing = out->standing;
        if (!out->clause[i].source.n)
            out->clause[i].source = out->source;
    }
    char day[16];
    out->id = yh_fmt(a, "%.*s/%.*s/%.*s", YH_ARG(out->region), YH_ARG(out->scheme),
                     YH_ARG(yh_day_text(day, out->period.from)));
    for (int i = 0; i < out->nclause; i++)
        out->clause[i].document = out->id;
}
