#include "model/matter/matter.h"
#include "model/region/region.h"

/* ---- lists ---- */

static const struct {
    const char *word, *text;
    bool over;
} STATE[] = {
#define R(name, word, text, over) { word, text, over },
#include "model/matter/state.def"
#undef R
};
static const struct yh_matter_act_row ACT[] = {
#define A(name, word, text, from, clerk, person, note) \
    { word, text, from, clerk, person, note },
#include "model/matter/act.def"
#undef A
};
static const struct yh_matter_field_row FIELD[] = {
#define F(name, word, text, kind) { word, text, kind },
#include "model/matter/field.def"
#undef F
};
static const char *const EFFECT[] = {
#define R(name, word, text) word,
#include "model/matter/effect.def"
#undef R
};
static const char *const ONLINE[] = { "no", "apply", "commit" };

const struct yh_matter_act_row *yh_matter_act_of(enum yh_matter_act_id act)
{
    yh_assert((int)act >= 0 && act < YH_MATTER_ACTS);
    return &ACT[act];
}

const struct yh_matter_field_row *yh_matter_field_of(enum yh_matter_field_id f)
{
    yh_assert((int)f >= 0 && f < YH_MATTER_FIELDS);
    return &FIELD[f];
}

enum yh_matter_act_id yh_matter_act_read(yh_str word)
{
    int i = 0;
    while (i < YH_MATTER_ACTS && !yh_eq(yh_cstr(ACT[i].word), word))
        i++;
    return (enum yh_matter_act_id)i;
}

enum yh_matter_state yh_matter_state_read(yh_str word)
{
    int i = 0;
    while (i < YH_MATTER_STATES && !yh_eq(yh_cstr(STATE[i].word), word))
        i++;
    return (enum yh_matter_state)i;
}

const char *yh_matter_state_word(enum yh_matter_state s)
{
    return STATE[s].word;
}

const char *yh_matter_state_text(enum yh_matter_state s)
{
    return STATE[s].text;
}

bool yh_matter_state_over(enum yh_matter_state s)
{
    return STATE[s].over;
}

/* ---- reading ---- */

struct reader {
    const char *table;
    struct yh_tsv *t;
    struct yh_err *err;
    enum yh_status st;
};

static void bad(struct reader *r, const char *column, yh_str cell)
{
    if (!r->st)
        r->st = yh_fail_at(r->err, YH_BAD_TABLE, r->t->line, 0, "%s 第 %d 行 %s：不认识“%.*s”",
                           r->table, r->t->line, column, YH_ARG(cell));
}

static int word_of(struct reader *r, const char *column, yh_str cell, const char *const *word,
                   int n)
{
    for (int i = 0; i < n; i++)
        if (yh_eq(cell, yh_cstr(word[i])))
            return i;
    bad(r, column, cell);
    return 0;
}

static int64_t number(struct reader *r, const char *column, yh_str cell, int scale,
                      int64_t absent)
{
    int64_t v = absent;
    if (cell.n && (yh_dec_parse(cell, scale, &v, NULL) || v < 0))
        bad(r, column, cell);
    return v;
}

static struct yh_period period(struct reader *r, yh_str from, yh_str to)
{
    struct yh_period p = { 0, YH_DAY_MAX };
    if (yh_day_parse(from, &p.from, NULL))
        bad(r, "from", from);
    if (to.n && yh_day_parse(to, &p.to, NULL))
        bad(r, "to", to);
    return p;
}

static enum yh_standing standing(struct reader *r, yh_str cell)
{
    enum yh_standing s = YH_UNVERIFIED;
    if (yh_standing_parse(cell, &s, NULL))
        bad(r, "standing", cell);
    return s;
}

/* "place! from! to": which fields, and which of them must be there. */
static void fields(struct reader *r, yh_str cell, struct yh_matter_kind *k)
{
    while (cell.n) {
        yh_str one = yh_trim(yh_cut(&cell, ' '));
        bool must = yh_ends(one, YH_S("!"));
        yh_str word = must ? yh_sub(one, 0, one.n - 1) : one;
        int i = 0;
        while (i < YH_MATTER_FIELDS && !yh_eq(yh_cstr(FIELD[i].word), word))
            i++;
        if (i == YH_MATTER_FIELDS && one.n)
            bad(r, "fields", one);
        else if (one.n)
            k->asks |= 1u << i, k->must |= must ? 1u << i : 0;
    }
}

static bool effect_fits(const struct yh_matter_kind *k)
{
    switch (k->effect) {
    case YH_EFFECT_FILING: return k->of.n >= 4;
    case YH_EFFECT_UNFILE: return k->of.n == 4 && k->asks >> YH_FIELD_FILING & 1;
    case YH_EFFECT_REIMBURSE: return yh_eq(k->of, YH_S("stay")) || yh_eq(k->of, YH_S("visit"));
    case YH_EFFECT_ACCOUNT: return k->asks >> YH_FIELD_BANK_ACCOUNT & 1;
    case YH_EFFECT_GUARD:
    case YH_EFFECT_UNGUARD:
        return !k->of.n && k->must >> YH_FIELD_WARD & 1 && k->must >> YH_FIELD_WARD_CERT & 1;
    case YH_EFFECT_NONE:
    case YH_EFFECT_CONTACT:
    case YH_EFFECTS: return !k->of.n;
    }
    return false;
}

static const char *const KIND_COLUMN[] = { "region", "kind", "group",  "name",
                                           "online", "days", "review", "second",
                                           "effect", "of",   "fields", "papers",
                                           "basis",  "from", "to",     "standing" };
static const char *const DEADLINE_COLUMN[] = { "region", "of",   "months", "next_year",
                                               "basis",  "from", "to",     "standing" };

static const char *const KEEP_COLUMN[] = { "region", "outcome", "years",   "basis",
                                           "from",   "to",      "standing" };

static enum yh_status open(struct reader *r, yh_str text, const char *const *want, int n,
                           int *col)
{
    r->st = yh_tsv_open_with(r->t, text, want, n, col, r->err);
    return r->st;
}

static struct yh_matter_kind read_kind(struct reader *r, const int *col)
{
    const yh_str *c = r->t->cell;
    struct yh_matter_kind k = { .region = c[col[0]],
                                .kind = c[col[1]],
                                .group = c[col[2]],
                                .name = c[col[3]],
                                .of = c[col[9]],
                                .papers = c[col[11]],
                                .basis = c[col[12]] };
    k.online = (enum yh_matter_online)word_of(r, "online", c[col[4]], ONLINE, 3);
    k.days = (int)yh_min(number(r, "days", c[col[5]], 0, 0), 1000);
    k.review = number(r, "review", c[col[6]], 2, -1);
    k.second = number(r, "second", c[col[7]], 2, -1);
    k.effect = (enum yh_matter_effect)word_of(r, "effect", c[col[8]], EFFECT, YH_EFFECTS);
    fields(r, c[col[10]], &k);
    k.period = period(r, c[col[13]], c[col[14]]);
    k.standing = standing(r, c[col[15]]);
    if (k.region.n != 6 || !k.kind.n || !k.name.n)
        bad(r, "kind", k.kind);
    if (!effect_fits(&k))
        bad(r, "of", k.of);
    /* A promise finishes alone: it can wait for nobody. */
    if (k.online == YH_ONLINE_COMMIT && (k.days || k.review >= 0 || k.second >= 0))
        bad(r, "online", c[col[4]]);
    return k;
}

static void told_once(struct reader *r, const struct yh_matters *m)
{
    const struct yh_matter_kind *k = &m->kind[m->nkind - 1];
    for (int i = 0; i < m->nkind - 1; i++)
        if (yh_eq(m->kind[i].kind, k->kind) && yh_eq(m->kind[i].region, k->region) &&
            m->kind[i].period.from < k->period.to && k->period.from < m->kind[i].period.to)
            bad(r, "kind", k->kind);
}

static struct yh_matter_deadline read_deadline(struct reader *r, const int *col)
{
    const yh_str *c = r->t->cell;
    struct yh_matter_deadline d = { .region = c[col[0]], .of = c[col[1]], .basis = c[col[4]] };
    d.months = (int)yh_min(number(r, "months", c[col[2]], 0, 0), 1200);
    d.next_year = (int)number(r, "next_year", c[col[3]], 0, 0);
    d.period = period(r, c[col[5]], c[col[6]]);
    d.standing = standing(r, c[col[7]]);
    if (!yh_eq(d.of, YH_S("stay")) && !yh_eq(d.of, YH_S("visit")))
        bad(r, "of", d.of);
    if (!d.months == !d.next_year)
        bad(r, "months", c[col[2]]);
    if (d.next_year && !yh_day_real(2001, d.next_year / 100, d.next_year % 100))
        bad(r, "next_year", c[col[3]]);
    return d;
}

static struct yh_matter_keep read_keep(struct reader *r, const int *col)
{
    static const char *const OUTCOME[] = { "paid", "done", "nothing" };
    const yh_str *c = r->t->cell;
    struct yh_matter_keep k = { .region = c[col[0]], .outcome = c[col[1]], .basis = c[col[3]] };
    (void)word_of(r, "outcome", k.outcome, OUTCOME, YH_COUNT(OUTCOME));
    k.years = (int)yh_min(number(r, "years", c[col[2]], 0, 0), 1000);
    k.period = period(r, c[col[4]], c[col[5]]);
    k.standing = standing(r, c[col[6]]);
    if (k.years < 1)
        bad(r, "years", c[col[2]]);
    return k;
}

enum yh_status yh_matters_load(struct yh_arena *a, yh_str kinds, yh_str deadlines, yh_str keeps,
                               struct yh_matters *out, struct yh_err *err)
{
    struct yh_matters m = { .nkind = 0 };
    int cap = 0, capd = 0, capk = 0, col[16], more = 0;
    struct reader r = { "desk/matters.tsv", YH_NEW(a, struct yh_tsv, 1), err, YH_OK };
    if (open(&r, kinds, KIND_COLUMN, YH_COUNT(KIND_COLUMN), col))
        return r.st;
    while (!r.st && (more = yh_tsv_next(r.t, err)) > 0) {
        YH_PUSH(a, m.kind, m.nkind, cap) = read_kind(&r, col);
        told_once(&r, &m);
    }
    if (r.st || more < 0)
        return r.st ? r.st : YH_BAD_TABLE;
    r.table = "desk/deadlines.tsv";
    if (open(&r, deadlines, DEADLINE_COLUMN, YH_COUNT(DEADLINE_COLUMN), col))
        return r.st;
    while (!r.st && (more = yh_tsv_next(r.t, err)) > 0)
        YH_PUSH(a, m.deadline, m.ndeadline, capd) = read_deadline(&r, col);
    if (r.st || more < 0)
        return r.st ? r.st : YH_BAD_TABLE;
    r.table = "desk/keep.tsv";
    if (open(&r, keeps, KEEP_COLUMN, YH_COUNT(KEEP_COLUMN), col))
        return r.st;
    while (!r.st && (more = yh_tsv_next(r.t, err)) > 0)
        YH_PUSH(a, m.keep, m.nkeep, capk) = read_keep(&r, col);
    if (r.st || more < 0)
        return r.st ? r.st : YH_BAD_TABLE;
    *out = m;
    return YH_OK;
}

/* ---- asking ---- */

const struct yh_matter_kind *yh_matter_kind_at(const struct yh_matters *m, yh_str region,
                                               yh_str kind, yh_day day)
{
    const struct yh_matter_kind *best = NULL;
    int nearest = 0;
    for (int i = 0; i < m->nkind; i++) {
        const struct yh_matter_kind *k = &m->kind[i];
        int n = yh_region_near(k->region, region);
        if (n > nearest && yh_eq(k->kind, kind) && yh_in_period(k->period, day)) {
            best = k;
            nearest = n;
        }
    }
    return best;
}

int yh_matter_kinds_at(const struct yh_matters *m, yh_str region, yh_day day,
                       const struct yh_matter_kind **out)
{
    int n = 0;
    for (int i = 0; i < m->nkind; i++) {
        const struct yh_matter_kind *k = yh_matter_kind_at(m, region, m->kind[i].kind, day);
        int at = 0;
        while (k && at < n && out[at] != k)
            at++;
        if (k && at == n)
            out[n++] = k;
    }
    return n;
}

enum yh_status yh_matter_last_day(const struct yh_matters *m, yh_str region, yh_str of,
                                  yh_day end, yh_day *last,
                                  const struct yh_matter_deadline **row, struct yh_err *err)
{
    const struct yh_matter_deadline *best = NULL;
    int nearest = 0;
    for (int i = 0; i < m->ndeadline; i++) {
        const struct yh_matter_deadline *d = &m->deadline[i];
        int n = yh_region_near(d->region, region);
        if (n > nearest && yh_eq(d->of, of) && yh_in_period(d->period, end)) {
            best = d;
            nearest = n;
        }
    }
    if (!best)
        return yh_fail(err, YH_NOT_FOUND, "desk/deadlines.tsv 没有 %.*s（%.*s）的行；请补一行",
                       YH_ARG(region), YH_ARG(of));
    int md = best->next_year;
    *last = best->months ? yh_add_months(end, best->months)
                         : yh_day_of(yh_civil_of(end).year + 1, md / 100, md % 100);
    if (row)
        *row = best;
    return YH_OK;
}

yh_day yh_matter_keep_until(const struct yh_matters *m, yh_str region, yh_str outcome,
                            yh_day day)
{
    const struct yh_matter_keep *best = NULL;
    int nearest = 0;
    for (int i = 0; i < m->nkeep; i++) {
        const struct yh_matter_keep *k = &m->keep[i];
        int n = yh_region_near(k->region, region);
        if (n > nearest && yh_eq(k->outcome, outcome) && yh_in_period(k->period, day)) {
            best = k;
            nearest = n;
        }
    }
    return best ? yh_add_months(day, 12 * best->years) : YH_DAY_MAX;
}
