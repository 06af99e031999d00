/* engine/casemix/tariff.c */
#include "engine/casemix/tariff.h"
#include "model/casemix/sheet.h"

static bool same_kind(const struct yh_stage *a, const struct yh_stage *b)
{
    return yh_eq(a->kind, b->kind) && yh_eq(a->dx, b->dx);
}

static enum yh_status read_stages(struct yh_tariff *f, struct yh_sheet *t, struct yh_arena *a,
                                  struct yh_err *err)
{
    enum yh_status bad = YH_OK;
    int cap = 0;
    while (yh_sheet_next(t, &bad, err)) {
        struct yh_stage s = { .kind = yh_sheet_cell(t, 0), .dx = yh_sheet_cell(t, 1) };
        const struct yh_stage *last = f->nstage ? &f->stage[f->nstage - 1] : NULL;
        if (!s.dx.n || yh_int_parse(yh_sheet_cell(t, 2), &s.from, NULL) ||
            yh_int_parse(yh_sheet_cell(t, 3), &s.to, NULL) ||
            yh_fen_parse(yh_sheet_cell(t, 4), &s.price, NULL) || s.price < 0 ||
            (s.to && s.to < s.from))
            return yh_sheet_fail(t, err, "应为种类、诊断前缀、起止日和每日价格");
        bool goes_on = last && same_kind(last, &s);
        if (goes_on ? last->to == 0 || s.from != last->to + 1 : s.from != 1)
            return yh_sheet_fail(t, err, "各段应由第 1 日起，前后相接");
        YH_PUSH(a, f->stage, f->nstage, cap) = s;
    }
    return bad;
}

static enum yh_status read_prices(struct yh_tariff *f, struct yh_sheet *t, struct yh_arena *a,
                                  struct yh_err *err)
{
    enum yh_status bad = YH_OK;
    int cap = 0;
    while (yh_sheet_next(t, &bad, err)) {
        int64_t level;
        struct yh_disease_price p = { .code = yh_sheet_cell(t, 0),
                                      .dx = yh_sheet_cell(t, 1),
                                      .px = yh_sheet_cell(t, 2),
                                      .day_surgery = yh_eq(yh_sheet_cell(t, 5), YH_S("1")),
                                      .patient_too = yh_eq(yh_sheet_cell(t, 6), YH_S("1")),
                                      .name = yh_sheet_cell(t, 7) };
        if (!p.code.n || !p.dx.n || yh_int_parse(yh_sheet_cell(t, 3), &level, NULL) ||
            level < 0 || level > 3 || yh_fen_parse(yh_sheet_cell(t, 4), &p.price, NULL) ||
            p.price <= 0)
            return yh_sheet_fail(t, err,
                                 "应为编码、诊断前缀、手术操作、级别 0 到 3 和大于 0 的价格");
        p.level = (int)level;
        YH_PUSH(a, f->price, f->nprice, cap) = p;
    }
    return bad;
}

static enum yh_status read_apg(struct yh_tariff *f, struct yh_sheet *t, struct yh_arena *a,
                               struct yh_err *err)
{
    static const yh_str KIND[] = { YH_S_INIT("procedure"), YH_S_INIT("visit"),
                                   YH_S_INIT("ancillary") };
    enum yh_status bad = YH_OK;
    int cap = 0;
    while (yh_sheet_next(t, &bad, err)) {
        struct yh_apg_row r = { .code = yh_sheet_cell(t, 0),
                                .group = yh_sheet_cell(t, 2),
                                .packaged = yh_eq(yh_sheet_cell(t, 4), YH_S("1")) };
        int k = 0;
        while (k < YH_COUNT(KIND) && !yh_eq(KIND[k], yh_sheet_cell(t, 1)))
            k++;
        if (k == YH_COUNT(KIND) || !r.code.n || !r.group.n ||
            yh_dec_parse(yh_sheet_cell(t, 3), 6, &r.weight, NULL) || r.weight < 0 ||
            r.weight > 1000 * YH_ONE)
            return yh_sheet_fail(t, err, "应为编码、procedure 或 visit 或 ancillary、组和权重");
        r.kind = (enum yh_apg_kind)k;
        YH_PUSH(a, f->apg, f->napg, cap) = r;
    }
    return bad;
}

enum yh_status yh_tariff_load(struct yh_arena *a, struct yh_casemix_source source,
                              struct yh_tariff **out, struct yh_err *err)
{
    static const char *const STAGE[] = { "kind", "dx", "from_day", "to_day", "price" };
    static const char *const PRICE[] = { "code",  "dx",          "px",          "level",
                                         "price", "day_surgery", "patient_too", "name" };
    static const char *const APG[] = { "code", "kind", "group", "weight", "packaged" };
    static const char *const ABSORB[] = { "group", "absorbs" };
    struct yh_tariff *f = YH_NEW(a, struct yh_tariff, 1);
    struct yh_sheet *t = NULL;
    f->discount = YH_ONE / 2;
    enum yh_status bad = yh_sheet_open(a, source, "per-diem.tsv", STAGE, 5, &t, err);
    if (!bad)
        bad = read_stages(f, t, a, err);
    if (!bad)
        bad = yh_sheet_open(a, source, "disease-price.tsv", PRICE, 8, &t, err);
    if (!bad)
        bad = read_prices(f, t, a, err);
    if (!bad)
        bad = yh_sheet_open(a, source, "apg.tsv", APG, 5, &t, err);
    if (!bad)
        bad = read_apg(f, t, a, err);
    if (!bad)
        bad = yh_sheet_open(a, source, "apg-consolidate.tsv", ABSORB, 2, &t, err);
    int cap = 0;
    while (!bad && yh_sheet_next(t, &bad, err)) {
        f->absorbs = f->nabsorb < cap ? f->absorbs
                                      : yh_grow(a, f->absorbs, f->nabsorb, &cap,
                                                sizeof *f->absorbs, _Alignof(yh_str));
        f->absorbs[f->nabsorb][0] = yh_sheet_cell(t, 0);
        f->absorbs[f->nabsorb++][1] = yh_sheet_cell(t, 1);
    }
    if (!bad)
        *out = f;
    return bad;
}

bool yh_per_diem(const struct yh_tariff *t, const struct yh_case *c, yh_str *kind, yh_fen *out)
{
    int first = 0;
    int64_t days = yh_max(c->los, 1);
    while (first < t->nstage && !yh_starts(c->dx[0], t->stage[first].dx))
        first++;
    if (first == t->nstage)
        return false;
    yh_fen sum = 0;
    for (int i = first; i < t->nstage && same_kind(&t->stage[i], &t->stage[first]); i++) {
        const struct yh_stage *s = &t->stage[i];
        int64_t last = s->to ? yh_min(s->to, days) : days;
        if (last >= s->from)
            sum += s->price * (last - s->from + 1);
    }
    *kind = t->stage[first].kind;
    *out = sum;
    return true;
}

/* How many parts of px the case's operations hit; -1 = one part is missing. */
static int parts_hit(yh_str px, const struct yh_case *c)
{
    int parts = 0;
    while (px.p && px.n) {
        yh_str part = yh_cut(&px, '+');
        bool hit = false;
        while (part.p) {
            yh_str code = yh_cut(&part, '/');
            for (int i = 0; i < c->npx; i++)
                hit = hit || yh_eq(c->px[i], code);
        }
        if (!hit)
            return -1;
        parts++;
    }
    return parts;
}

const struct yh_disease_price *yh_disease_price(const struct yh_tariff *t,
                                                const struct yh_case *c, int level)
{
    const struct yh_disease_price *best = NULL;
    int best_parts = -1;
    for (int i = 0; i < t->nprice; i++) {
        const struct yh_disease_price *p = &t->price[i];
        int parts = parts_hit(p->px, c);
        bool ours = yh_starts(c->dx[0], p->dx) && parts >= 0 &&
                    (p->level == 0 || p->level == level) && (!p->day_surgery || c->los <= 1) &&
                    (parts > 0 || c->npx == 0);
        bool better =
            parts > best_parts || (parts == best_parts && best && best->level == 0 && p->level);
        if (ours && (!best || better)) {
            best = p;
            best_parts = parts;
        }
    }
    return best;
}

const struct yh_disease_price *yh_disease_price_named(const struct yh_tariff *t, yh_str code,
                                                      int level)
{
    const struct yh_disease_price *best = NULL;
    for (int i = 0; i < t->nprice; i++) {
        const struct yh_disease_price *p = &t->price[i];
        if (p->patient_too && yh_eq(p->code, code) && (p->level == 0 || p->level == level) &&
            (!best || (best->level == 0 && p->level)))
            best = p;
    }
    return best;
}

static const struct yh_apg_row *line_row(const struct yh_tariff *t, yh_str code)
{
    for (int i = 0; i < t->napg; i++)
        if (t->apg[i].kind != YH_APG_VISIT && yh_eq(t->apg[i].code, code))
            return &t->apg[i];
    return NULL;
}

static const struct yh_apg_row *visit_row(const struct yh_tariff *t, yh_str dx)
{
    const struct yh_apg_row *best = NULL;
    for (int i = 0; i < t->napg; i++)
        if (t->apg[i].kind == YH_APG_VISIT && yh_starts(dx, t->apg[i].code) &&
            (!best || t->apg[i].code.n > best->code.n))
            best = &t->apg[i];
    return best;
}

/* Is group `g` taken up by another procedure of the visit?  The same group again is, too, when a
 * line before it has it. */
static bool absorbed(const struct yh_tariff *t, const struct yh_apg_line *line, int n, int at)
{
    for (int i = 0; i < n; i++) {
        if (i == at || !line[i].row || line[i].row->kind != YH_APG_PROCEDURE)
            continue;
        if (i < at && yh_eq(line[i].row->group, line[at].row->group))
            return true;
        for (int k = 0; k < t->nabsorb; k++)
            if (yh_eq(t->absorbs[k][0], line[i].row->group) &&
                yh_eq(t->absorbs[k][1], line[at].row->group))
                return true;
    }
    return false;
}

/* The heaviest procedure that stands on its own is paid whole, the others by the discount. */
static void pay_procedures(const struct yh_tariff *t, struct yh_apg_line *line, int n)
{
    int heaviest = -1;
    for (int i = 0; i < n; i++) {
        if (!line[i].row || line[i].row->kind != YH_APG_PROCEDURE)
            continue;
        line[i].fate = absorbed(t, line, n, i) ? YH_APG_CONSOLIDATED : YH_APG_HALF;
        if (line[i].fate == YH_APG_HALF &&
            (heaviest < 0 || line[i].row->weight > line[heaviest].row->weight))
            heaviest = i;
    }
    if (heaviest >= 0)
        line[heaviest].fate = YH_APG_PAID;
}

int yh_apg(const struct yh_tariff *t, const struct yh_case *c, struct yh_apg_line *line,
           yh_micro *total)
{
    int n = c->npx;
    bool procedure = false;
    for (int i = 0; i < n; i++) {
        line[i] = (struct yh_apg_line){ .row = line_row(t, c->px[i]), .fate = YH_APG_UNKNOWN };
        procedure |= line[i].row && line[i].row->kind == YH_APG_PROCEDURE;
    }
    const struct yh_apg_row *visit = procedure ? NULL : visit_row(t, c->dx[0]);
    if (visit)
        line[n++] = (struct yh_apg_line){ .row = visit, .fate = YH_APG_PAID };
    pay_procedures(t, line, n);
    *total = 0;
    for (int i = 0; i < n; i++) {
        struct yh_apg_line *x = &line[i];
        if (x->row && x->row->kind == YH_APG_ANCILLARY)
            x->fate = x->row->packaged && (procedure || visit) ? YH_APG_PACKAGED : YH_APG_PAID;
        if (x->fate == YH_APG_PAID)
            x->weight = x->row->weight;
        else if (x->fate == YH_APG_HALF)
            x->weight = yh_muldiv(x->row->weight, t->discount, YH_ONE, YH_ROUND_HALF_UP);
        *total += x->weight;
    }
    return n;
}
