#include "model/casework/casework.h"
#include "model/region/region.h"

/* ---- lists ---- */

static const struct {
    const char *word, *text;
    bool over;
} STATE[] = {
#define R(name, word, text, over) { word, text, over },
#include "model/casework/state.def"
#undef R
};

static const struct yh_case_act_row ACT[] = {
#define A(name, word, text, from, to, clock, document, note) \
    { word, text, from, YH_CASE_##to, clock, document, note },
#include "model/casework/act.def"
#undef A
};

static const struct {
    yh_str word, text;
} NATURE[] = {
#define R(word, text) { YH_S_INIT(word), YH_S_INIT(text) },
#include "model/casework/nature.def"
#undef R
};

const struct yh_case_act_row *yh_case_act_of(enum yh_case_act_id act)
{
    yh_assert((int)act >= 0 && act < YH_ACT_N);
    return &ACT[act];
}

const char *yh_case_state_word(enum yh_case_state s)
{
    return STATE[s].word;
}

const char *yh_case_state_text(enum yh_case_state s)
{
    return STATE[s].text;
}

bool yh_case_state_over(enum yh_case_state s)
{
    return STATE[s].over;
}

enum yh_case_state yh_case_state_read(yh_str word)
{
    int i = 0;
    while (i < YH_COUNT(STATE) && !yh_eq(yh_cstr(STATE[i].word), word))
        i++;
    return (enum yh_case_state)i;
}

yh_str yh_case_nature_text(yh_str word)
{
    for (int i = 0; i < YH_COUNT(NATURE); i++)
        if (yh_eq(NATURE[i].word, word))
            return NATURE[i].text;
    return YH_S("");
}

/* ---- dated rows of the nearest place ---- */

#define COLUMNS_MAX 12
struct find {
    const char *table;
    yh_str text;
    const char *const *want; /* the first four: region or NULL, from, to, standing */
    int nwant;
    yh_str region;
    yh_day day;
};

static bool dated(yh_str from, yh_str to, yh_day day, bool *ok)
{
    yh_day a = 0, b = YH_DAY_MAX;
    *ok = !yh_day_parse(from, &a, NULL) && (!to.n || !yh_day_parse(to, &b, NULL));
    return *ok && day >= a && day < b;
}

/* Returns true to take the row as better than those before. */
typedef bool take_fn(void *ctx, const yh_str *cell);

/* Offers every row in force on the day, those of nearer places winning over farther ones. */
static enum yh_status walk(struct find *f, struct yh_arena scratch, take_fn *take, void *ctx,
                           yh_str *best, struct yh_err *err)
{
    struct yh_tsv *t = YH_NEW(&scratch, struct yh_tsv, 1);
    int col[COLUMNS_MAX], more, nearest = 0;
    enum yh_status st = yh_tsv_open_with(t, f->text, f->want, f->nwant, col, err);
    if (st)
        return st;
    while ((more = yh_tsv_next(t, err)) != 0) {
        yh_str cell[COLUMNS_MAX];
        bool ok;
        if (more < 0)
            return YH_BAD_TABLE;
        for (int i = 0; i < f->nwant; i++)
            cell[i] = t->cell[col[i]];
        bool in = dated(cell[1], cell[2], f->day, &ok);
        if (!ok)
            return yh_fail_at(err, YH_BAD_TABLE, t->line, 0, "%s：from、to 应为日期", f->table);
        /* Where a table has no regions its first column stands there twice, and every row is as near. */
        int n = f->region.n ? yh_region_near(cell[0], f->region) : 1;
        if (in && n && n >= nearest && take(ctx, cell)) {
            nearest = n;
            for (int i = 0; i < f->nwant; i++)
                best[i] = cell[i];
        }
    }
    return nearest ? YH_OK : YH_NOT_FOUND;
}

static enum yh_status number(const struct find *f, yh_str cell, int scale, int64_t *out,
                             struct yh_err *err)
{
    *out = 0;
    if (!cell.n || !yh_dec_parse(cell, scale, out, NULL))
        return YH_OK;
    return yh_fail(err, YH_BAD_TABLE, "%s：“%.*s”不是数", f->table, YH_ARG(cell));
}

static enum yh_status absent(struct yh_err *err, const struct find *f, yh_str what)
{
    char day[16];
    return yh_fail(err, YH_NOT_FOUND, "%s 没有 %.*s 在 %.*s（%.*s）的行；请补一行", f->table,
                   YH_ARG(what), YH_ARG(f->region), YH_ARG(yh_day_text(day, f->day)));
}

struct same {
    yh_str value[3];
    int at, n;
};

static bool is_same(void *ctx, const yh_str *cell)
{
    const struct same *s = ctx;
    for (int i = 0; i < s->n; i++)
        if (!yh_eq(s->value[i], cell[s->at + i]))
            return false;
    return true;
}

static enum yh_status one(struct find *f, struct yh_arena scratch, struct same s, yh_str *cell,
                          enum yh_standing *standing, struct yh_err *err)
{
    enum yh_status st = walk(f, scratch, is_same, &s, cell, err);
    if (st == YH_NOT_FOUND)
        return absent(err, f, s.value[0]);
    return st ? st : yh_standing_parse(cell[3], standing, err);
}

enum yh_status yh_casework_clock(const struct yh_casework *w, struct yh_arena scratch,
                                 yh_str region, yh_str clock, yh_day day, int *days,
                                 enum yh_standing *standing, struct yh_err *err)
{
    static const char *const WANT[] = { "region", "from", "to", "standing", "clock", "days" };
    struct find f = { "clocks.tsv", w->text.clocks, WANT, 6, region, day };
    yh_str cell[COLUMNS_MAX];
    enum yh_standing how;
    int64_t n;
    enum yh_status st = one(&f, scratch, (struct same){ { clock }, 4, 1 }, cell, &how, err);
    if (st == YH_OK)
        st = number(&f, cell[5], 0, &n, err);
    if (st)
        return st;
    if (n < 0 || n > 1000)
        return yh_fail(err, YH_BAD_TABLE, "clocks.tsv：%.*s 的天数 %lld 超出 0 至 1000",
                       YH_ARG(clock), (long long)n);
    *days = (int)n;
    if (standing)
        *standing = how;
    return YH_OK;
}

enum yh_status yh_casework_measure(const struct yh_casework *w, struct yh_arena *a, yh_str name,
                                   yh_day day, struct yh_measure *out, struct yh_err *err)
{
    static const char *const WANT[] = { "measure", "from",  "to",        "standing",
                                        "measure", "text",  "power",     "subject",
                                        "money",   "basis", "times_min", "times_max" };
    static const char *const MORE[] = { "measure",  "from",    "to",
                                        "standing", "measure", "days_max" };
    struct find f = { "measures.tsv", w->text.measures, WANT, 12, YH_S(""), day };
    yh_str c[COLUMNS_MAX], m[COLUMNS_MAX];
    struct same s = { { name }, 4, 1 };
    struct yh_measure r = { 0 };
    int64_t days = 0;
    enum yh_status st = one(&f, *a, s, c, &r.standing, err);
    if (st == YH_OK)
        st = number(&f, c[10], 6, &r.times_min, err);
    if (st == YH_OK)
        st = number(&f, c[11], 6, &r.times_max, err);
    f.want = MORE;
    f.nwant = 6;
    if (st == YH_OK)
        st = one(&f, *a, s, m, &r.standing, err);
    if (st == YH_OK)
        st = number(&f, m[5], 0, &days, err);
    if (st)
        return st;
    r.name = yh_dup(a, c[4]);
    r.text = yh_dup(a, c[5]);
    r.power = yh_dup(a, c[6]);
    r.subject = yh_dup(a, c[7]);
    r.money = yh_dup(a, c[8]);
    r.basis = yh_dup(a, c[9]);
    r.days_max = (int)days;
    *out = r;
    return YH_OK;
}

enum yh_status yh_casework_points(const struct yh_casework *w, struct yh_arena *a,
                                  yh_str region, yh_str subject, yh_str nature, yh_str role,
                                  yh_day day, struct yh_credit_row *out, struct yh_err *err)
{
    static const char *const WANT[] = { "region", "from", "to",     "standing", "subject",
                                        "nature", "role", "points", "row",      "basis" };
    struct find f = { "credit.tsv", w->text.credit, WANT, 10, region, day };
    yh_str c[COLUMNS_MAX];
    struct yh_credit_row r;
    int64_t points;
    enum yh_status st =
        one(&f, *a, (struct same){ { subject, nature, role }, 4, 3 }, c, &r.standing, err);
    if (st == YH_OK)
        st = number(&f, c[7], 0, &points, err);
    if (st)
        return st;
    r.points = (int)points;
    r.row = yh_dup(a, c[8]);
    r.basis = yh_dup(a, c[9]);
    *out = r;
    return YH_OK;
}

struct level {
    yh_str subject;
    int64_t points, best;
};

static bool is_level(void *ctx, const yh_str *cell)
{
    struct level *l = ctx;
    int64_t p;
    if (!yh_eq(cell[4], l->subject) || yh_int_parse(cell[5], &p, NULL) || p > l->points ||
        p < l->best)
        return false;
    l->best = p;
    return true;
}

enum yh_status yh_casework_level(const struct yh_casework *w, struct yh_arena *a, yh_str region,
                                 yh_str subject, int points, yh_day day,
                                 struct yh_credit_level *out, struct yh_err *err)
{
    static const char *const WANT[] = { "region",  "from",   "to",         "standing",
                                        "subject", "points", "consequence" };
    struct find f = { "credit-levels.tsv", w->text.levels, WANT, 7, region, day };
    yh_str c[COLUMNS_MAX];
    struct level l = { subject, points, 0 };
    struct yh_credit_level r;
    enum yh_status st = walk(&f, *a, is_level, &l, c, err);
    if (st == YH_NOT_FOUND)
        return yh_fail(err, st, "没有达到的档次");
    if (st == YH_OK)
        st = yh_standing_parse(c[3], &r.standing, err);
    if (st)
        return st;
    r.points = (int)l.best;
    r.consequence = yh_dup(a, c[6]);
    *out = r;
    return YH_OK;
}

enum yh_status yh_casework_repair(const struct yh_casework *w, struct yh_arena *a,
                                  yh_str region, yh_str subject, yh_day day,
                                  struct yh_credit_repair *out, struct yh_err *err)
{
    static const char *const WANT[] = { "region",  "from",       "to",        "standing",
                                        "subject", "after_days", "points_max" };
    struct find f = { "credit-repair.tsv", w->text.repair, WANT, 7, region, day };
    yh_str c[COLUMNS_MAX];
    struct yh_credit_repair r;
    int64_t after = 0, most = 0;
    enum yh_status st = one(&f, *a, (struct same){ { subject }, 4, 1 }, c, &r.standing, err);
    if (st == YH_OK)
        st = number(&f, c[5], 0, &after, err);
    if (st == YH_OK)
        st = number(&f, c[6], 0, &most, err);
    if (st)
        return st;
    r.after_days = (int)after;
    r.points_max = (int)most;
    *out = r;
    return YH_OK;
}

enum yh_status yh_casework_reward(const struct yh_casework *w, struct yh_arena *a,
                                  yh_str region, yh_str tier, yh_day day,
                                  struct yh_reward_rate *out, struct yh_err *err)
{
    static const char *const WANT[] = {
        "region", "from",  "to",           "standing", "tier",
        "rate",   "least", "insider_plus", "most",     "basis"
    };
    struct find f = { "rewards.tsv", w->text.rewards, WANT, 10, region, day };
    yh_str c[COLUMNS_MAX];
    struct yh_reward_rate r;
    enum yh_status st = one(&f, *a, (struct same){ { tier }, 4, 1 }, c, &r.standing, err);
    if (st == YH_OK)
        st = number(&f, c[5], 6, &r.rate, err);
    if (st == YH_OK)
        st = number(&f, c[6], 2, &r.least, err);
    if (st == YH_OK)
        st = number(&f, c[7], 6, &r.insider_plus, err);
    if (st == YH_OK)
        st = number(&f, c[8], 2, &r.most, err);
    if (st)
        return st;
    r.basis = yh_dup(a, c[9]);
    *out = r;
    return YH_OK;
}

enum yh_status yh_casework_margin(const struct yh_casework *w, struct yh_arena *a,
                                  yh_str region, yh_str kind, yh_day day, yh_micro *rate,
                                  yh_str *basis, struct yh_err *err)
{
    static const char *const WANT[] = { "region", "from", "to",   "standing",
                                        "kind",   "rate", "basis" };
    struct find f = { "margins.tsv", w->text.margins, WANT, 7, region, day };
    yh_str c[COLUMNS_MAX];
    enum yh_standing standing;
    enum yh_status st = one(&f, *a, (struct same){ { kind }, 4, 1 }, c, &standing, err);
    if (st == YH_OK)
        st = number(&f, c[5], 6, rate, err);
    if (st == YH_OK)
        *basis = yh_dup(a, c[6]);
    return st;
}

enum yh_status yh_casework_hearing(const struct yh_casework *w, struct yh_arena *a,
                                   yh_str region, yh_str measure, yh_day day, yh_fen *least,
                                   yh_str *basis, struct yh_err *err)
{
    static const char *const WANT[] = { "region",  "from",  "to",   "standing",
                                        "measure", "least", "basis" };
    struct find f = { "hearings.tsv", w->text.hearings, WANT, 7, region, day };
    yh_str c[COLUMNS_MAX];
    enum yh_standing standing;
    enum yh_status st = one(&f, *a, (struct same){ { measure }, 4, 1 }, c, &standing, err);
    if (st == YH_OK)
        st = number(&f, c[5], 2, least, err);
    if (st == YH_OK)
        *basis = yh_dup(a, c[6]);
    return st;
}

/* ---- loading ---- */

static bool never(void *ctx, const yh_str *cell)
{
    enum yh_standing s;
    *(bool *)ctx = *(bool *)ctx || yh_standing_parse(cell[3], &s, NULL);
    return false;
}

static enum yh_status whole(struct yh_arena scratch, const char *table, yh_str text,
                            const char *first, struct yh_err *err)
{
    const char *const want[] = { first, "from", "to", "standing" };
    struct find f = { table, text, want, 4, YH_S(""), 0 };
    bool bad = false;
    for (yh_day day = yh_day_of(2021, 5, 1); day < yh_day_of(2031, 1, 1); day += 3650) {
        f.day = day;
        enum yh_status st = walk(&f, scratch, never, &bad, NULL, err);
        if (st != YH_OK && st != YH_NOT_FOUND)
            return st;
    }
    return bad ? yh_fail(err, YH_BAD_TABLE, "%s：standing 不是已知的词", table) : YH_OK;
}

enum yh_status yh_casework_load(struct yh_arena *a, const struct yh_casework_texts *t,
                                struct yh_casework *out, struct yh_err *err)
{
    struct yh_casework w = { .text = *t };
    enum yh_status st = yh_workdays_load(a, t->holidays, &w.workdays, err);
    if (st == YH_OK)
        st = whole(*a, "clocks.tsv", t->clocks, "region", err);
    if (st == YH_OK)
        st = whole(*a, "measures.tsv", t->measures, "measure", err);
    if (st == YH_OK)
        st = whole(*a, "credit.tsv", t->credit, "region", err);
    if (st == YH_OK)
        st = whole(*a, "credit-levels.tsv", t->levels, "region", err);
    if (st == YH_OK)
        st = whole(*a, "credit-repair.tsv", t->repair, "region", err);
    if (st == YH_OK)
        st = whole(*a, "rewards.tsv", t->rewards, "region", err);
    if (st == YH_OK)
        st = whole(*a, "margins.tsv", t->margins, "region", err);
    if (st == YH_OK)
        st = whole(*a, "hearings.tsv", t->hearings, "region", err);
    if (st == YH_OK)
        *out = w;
    return st;
}

/* ---- documents ---- */

static bool section_of(yh_str text, yh_str name, yh_str *out)
{
    bool in = false;
    const char *from = text.p, *end = text.p + text.n;
    while (text.n > 0) {
        yh_str line = yh_cut(&text, '\n');
        if (!yh_starts(line, YH_S("## ")))
            continue;
        if (in) {
            end = line.p;
            break;
        }
        in = yh_eq(yh_trim(yh_sub(line, 3, line.n)), name);
        from = line.p + line.n;
    }
    if (in)
        *out = yh_trim((yh_str){ from, end - from });
    return in;
}

enum yh_status yh_template_fill(struct yh_arena *a, yh_str templates, yh_str section,
                                const struct yh_fill *fill, int n, yh_str *out,
                                struct yh_err *err)
{
    yh_str body;
    if (!section_of(templates, section, &body))
        return yh_fail(err, YH_NOT_FOUND, "文书模板没有“%.*s”一节", YH_ARG(section));
    struct yh_buf b = yh_buf_in(a);
    while (body.n > 0) {
        ptrdiff_t open = yh_find(body, YH_S("{"));
        if (open < 0) {
            yh_put(&b, body);
            break;
        }
        yh_put(&b, yh_sub(body, 0, open));
        body = yh_sub(body, open + 1, body.n);
        ptrdiff_t close = yh_find(body, YH_S("}"));
        yh_str word = yh_sub(body, 0, close);
        int i = 0;
        while (i < n && !yh_eq(yh_cstr(fill[i].name), word))
            i++;
        if (close < 0 || i == n)
            return yh_fail(err, YH_BAD_TABLE, "文书模板“%.*s”中的 {%.*s} 没有内容可填",
                           YH_ARG(section), YH_ARG(word));
        yh_put(&b, fill[i].value);
        body = yh_sub(body, close + 1, body.n);
    }
    yh_putc(&b, '\n');
    *out = yh_buf_str(&b);
    return YH_OK;
}
