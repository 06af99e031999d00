/* engine/casemix/dip.c -- a case's facts, its group, its points; what a rebuilt catalogue moved. */
#include "engine/casemix/dip.h"

#include <stdlib.h>

static int by_text(const void *a, const void *b)
{
    return yh_cmp(*(const yh_str *)a, *(const yh_str *)b);
}

/* The row of the longest prefix of five characters at most; -1 = none. */
static int32_t longest(const struct yh_map *m, yh_str code)
{
    for (ptrdiff_t n = yh_min(code.n, 5); n > 0; n--) {
        int32_t at = yh_map_get(m, yh_sub(code, 0, n), -1);
        if (at >= 0)
            return at;
    }
    return -1;
}

static bool any_other(const struct yh_case *c, const struct yh_map *m)
{
    for (int i = 1; i < c->ndx; i++)
        if (longest(m, c->dx[i]) >= 0)
            return true;
    return false;
}

/* Charlson: 4-character match before 3, one weight (the highest) for each 3-character category. */
static int64_t charlson(const struct yh_dip_rules *r, const struct yh_case *c)
{
    int64_t sum = 0;
    for (int i = 1; i < c->ndx; i++) {
        int32_t row = longest(&r->charlson, c->dx[i]);
        int32_t w = row < 0 ? 0 : r->charlson_weight[row];
        bool first = true;
        for (int k = 1; k < c->ndx && w; k++) {
            if (k == i || !yh_eq(yh_sub(c->dx[k], 0, 3), yh_sub(c->dx[i], 0, 3)))
                continue;
            int32_t other = longest(&r->charlson, c->dx[k]);
            int32_t v = other < 0 ? 0 : r->charlson_weight[other];
            if (v > w || (v == w && k < i))
                first = false;
        }
        sum += first ? w : 0;
    }
    return sum;
}

static int64_t measure(const struct yh_dip_rules *r, const struct yh_case *c,
                       enum yh_dip_dimension d)
{
    bool tumour = longest(&r->tumour, c->dx[0]) >= 0, died = c->discharge == 5,
         long_stay = c->los >= 3;
    bool failure = long_stay && any_other(c, &r->failure),
         organ = long_stay && any_other(c, &r->organ);
    switch (d) {
    case YH_DIP_AGE: return c->age_days;
    case YH_DIP_CCI: return charlson(r, c);
    case YH_DIP_ICU: return c->icu_hours;
    case YH_DIP_SEVERITY:
        /* I light 1, II 2, III 3, IV-A 4, IV-B 5; tumours have their own list. */
        return tumour ? 0 : died ? (long_stay ? 5 : 4) : failure ? 3 : organ ? 2 : 1;
    case YH_DIP_TUMOUR:
        if (!tumour)
            return 0;
        return died                                        ? 5
               : long_stay && any_other(c, &r->metastasis) ? 4
               : failure                                   ? 3
               : organ                                     ? 2
                                                           : 1;
    case YH_DIP_READMISSION: return c->since_last;
    case YH_DIP_DIMENSIONS: break;
    }
    return 0;
}

static int section_of(const struct yh_dip_rules *r, yh_str category)
{
    int lo = 0, hi = r->nsection;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        if (yh_cmp(r->section[mid].to, category) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < r->nsection && yh_cmp(r->section[lo].from, category) <= 0 ? lo : -1;
}

void yh_dip_facts_of(const struct yh_dip_rules *r, const struct yh_case *c,
                     struct yh_dip_facts *f)
{
    f->dx = yh_sub(c->dx[0], 0, 5);
    f->category = yh_sub(c->dx[0], 0, 3);
    f->section = section_of(r, f->category);
    f->left_out = false;
    for (int i = 0; i < r->nexcluded_dx; i++)
        f->left_out |= yh_starts(c->dx[0], r->excluded_dx[i]);
    f->cls = YH_DIP_CONSERVATIVE;
    f->nop = 0;
    f->main_op = YH_S("");
    for (int i = 0; i < c->npx; i++) {
        uint32_t id = yh_codes_get(&r->px, c->px[i]);
        if (r->excluded[id])
            continue;
        if (f->nop == 0)
            f->main_op = c->px[i];
        if (r->class_of[id] > f->cls)
            f->cls = (enum yh_dip_class)r->class_of[id];
        f->op[f->nop++] = c->px[i];
    }
    if (f->nop > 1)
        qsort(f->op, (size_t)f->nop, sizeof *f->op, by_text);
    int kept = 0;
    for (int i = 0; i < f->nop; i++)
        if (i == 0 || !yh_eq(f->op[i], f->op[kept - 1]))
            f->op[kept++] = f->op[i];
    f->nop = kept;
    for (int d = 0; d < YH_DIP_DIMENSIONS; d++) {
        int64_t v = measure(r, c, (enum yh_dip_dimension)d);
        f->band[d] = 0;
        for (int b = 1; b < r->nband[d]; b++)
            if (r->band[d][b].from <= v && v <= r->band[d][b].to)
                f->band[d] = (uint8_t)b;
    }
}

void yh_dip_put_px(const struct yh_dip_rules *r, const struct yh_dip_facts *f,
                   struct yh_buf *out)
{
    if (r->main_only) {
        yh_put(out, f->main_op);
        return;
    }
    for (int i = 0; i < f->nop; i++) {
        if (i)
            yh_putc(out, '+');
        yh_put(out, f->op[i]);
    }
}

static bool has_op(const struct yh_dip_facts *f, yh_str code)
{
    for (int i = 0; i < f->nop; i++)
        if (yh_eq(f->op[i], code))
            return true;
    return false;
}

/* "a/b" is one of, '+' is and; every part must be hit by an operation of the case, in any place.
 * *parts and *hits count what the choice compares. */
static bool fits(yh_str px, const struct yh_dip_facts *f, int *parts, int *hits)
{
    *parts = *hits = 0;
    if (px.n == 0)
        return f->cls == YH_DIP_CONSERVATIVE && f->nop == 0;
    while (px.p) {
        yh_str part = yh_cut(&px, '+');
        int met = 0;
        while (part.p)
            met += has_op(f, yh_cut(&part, '/'));
        if (!met)
            return false;
        ++*parts;
        *hits += met;
    }
    return true;
}

/* Does x come before y?  *why is what decided. */
static bool before(const struct yh_dip_catalogue *c, const struct yh_dip_candidate *x,
                   const struct yh_dip_candidate *y, enum yh_dip_why *why)
{
    const struct yh_dip_row *a = &c->row[x->row], *b = &c->row[y->row];
    *why = YH_DIP_BY_KIND;
    if (a->kind != b->kind)
        return a->kind < b->kind;
    *why = YH_DIP_BY_PARTS;
    if (x->parts != y->parts)
        return x->parts > y->parts;
    *why = YH_DIP_BY_HITS;
    if (x->hits != y->hits)
        return x->hits > y->hits;
    *why = YH_DIP_BY_DISTANCE;
    if (x->distance != y->distance)
        return x->distance < y->distance;
    *why = YH_DIP_BY_CLASS;
    if (a->cls != b->cls)
        return a->cls > b->cls;
    *why = YH_DIP_BY_CODE;
    return yh_cmp(a->code, b->code) < 0;
}

static int cell_row(const struct yh_dip_catalogue *c, yh_str place, enum yh_dip_class cls)
{
    char key[32];
    if (place.n > 20)
        return -1;
    memcpy(key, place.p, (size_t)place.n);
    key[place.n] = '/';
    key[place.n + 1] = (char)('0' + cls);
    return yh_map_get(&c->by_cell, (yh_str){ key, place.n + 2 }, -1);
}

/* Exact category first (three, two, one character), then the section. */
static int comprehensive(const struct yh_dip_rules *r, const struct yh_dip_catalogue *c,
                         const struct yh_dip_facts *f)
{
    for (int n = 3; n > 0; n--) {
        int row = cell_row(c, yh_sub(f->category, 0, n), f->cls);
        if (row >= 0)
            return row;
    }
    return f->section < 0 ? -1 : cell_row(c, r->section[f->section].text, f->cls);
}

static struct yh_dip_candidate candidate(const struct yh_dip_catalogue *c, int row, int parts,
                                         int hits, yh_fen cost)
{
    yh_fen off = c->row[row].mean - cost;
    return (struct yh_dip_candidate){
        .row = row, .parts = parts, .hits = hits, .distance = off < 0 ? -off : off
    };
}

static void offer(struct yh_dip_group *g, const struct yh_dip_catalogue *c,
                  struct yh_dip_candidate one)
{
    enum yh_dip_why why;
    /* The best so far stands first. */
    if (g->ncandidate && before(c, &one, &g->candidate[0], &why)) {
        struct yh_dip_candidate was = g->candidate[0];
        g->candidate[0] = one;
        one = was;
    }
    if (g->ncandidate < YH_DIP_CANDIDATES_MAX)
        g->candidate[g->ncandidate++] = one;
}

static void find_aux(const struct yh_dip_catalogue *c, const struct yh_dip_facts *f,
                     struct yh_dip_group *g)
{
    const struct yh_dip_row *row = &c->row[g->row];
    for (int i = row->aux; i < row->aux + row->naux; i++)
        if (f->band[c->aux[i].dimension] == c->aux[i].band &&
            (g->aux < 0 || c->aux[i].coefficient > c->aux[g->aux].coefficient))
            g->aux = i;
}

void yh_dip_group(const struct yh_dip_rules *r, const struct yh_dip_catalogue *c,
                  const struct yh_dip_facts *f, yh_fen cost, struct yh_dip_group *g)
{
    int parts, hits;
    *g = (struct yh_dip_group){ .row = -1, .tcm = -1, .aux = -1 };
    if (f->left_out)
        return;
    for (int i = 0; i < r->ntcm && g->tcm < 0; i++)
        if (yh_starts(f->dx, yh_sub(r->tcm[i].dx, 0, 5)) &&
            fits(r->tcm[i].px, f, &parts, &hits))
            g->tcm = i;
    for (int i = 0; g->tcm >= 0 && i < c->nrow; i++)
        if (yh_eq(c->row[i].code, r->tcm[g->tcm].equals))
            offer(g, c, candidate(c, i, 0, 0, cost));
    if (g->ncandidate == 0) {
        g->tcm = -1;
        int first = yh_map_get(&c->by_dx, f->dx, c->ncore);
        for (int i = first; i < c->ncore && yh_eq(c->row[i].dx, f->dx); i++)
            if (fits(c->row[i].px, f, &parts, &hits))
                offer(g, c, candidate(c, i, parts, hits, cost));
        int row = comprehensive(r, c, f);
        if (row >= 0)
            offer(g, c, candidate(c, row, 0, 0, cost));
    }
    if (g->ncandidate == 0)
        return;
    g->row = g->candidate[0].row;
    for (int i = 1; i < g->ncandidate; i++)
        (void)before(c, &g->candidate[0], &g->candidate[i], &g->candidate[i].why);
    find_aux(c, f, g);
}

void yh_dip_points(const struct yh_dip_rules *r, const struct yh_dip_catalogue *c,
                   const struct yh_dip_group *g, yh_fen cost, yh_micro hospital,
                   struct yh_dip_points *out)
{
    yh_assert(cost >= 0 && cost <= 100000000000 && hospital > 0 && hospital <= 10 * YH_ONE);
    const yh_uwide one = (yh_uwide)YH_ONE;
    *out = (struct yh_dip_points){ .coefficient = YH_ONE, .deviation = YH_DIP_BLANK };
    if (g->row < 0) {
        if (c->mean <= 0)
            return;
        out->ratio = (yh_micro)yh_wide_ratio((yh_uwide)cost, (yh_uwide)c->mean, 6);
        out->score = (int64_t)yh_wide_ratio((yh_uwide)cost * (yh_uwide)r->blank_factor *
                                                (yh_uwide)r->score_base,
                                            (yh_uwide)c->mean * one, 4);
        return;
    }
    const struct yh_dip_row *row = &c->row[g->row];
    /* ratio = cost ÷ (mean × hospital) */
    out->ratio = (yh_micro)yh_wide_ratio((yh_uwide)cost * one,
                                         (yh_uwide)row->mean * (yh_uwide)hospital, 6);
    /* Bounds are compared exactly: the ratio is rounded for showing and for the product only. */
    yh_uwide cost12 = (yh_uwide)cost * one * one,
             base = (yh_uwide)row->mean * (yh_uwide)hospital;
    yh_micro times = YH_ONE;
    if (cost12 < base * (yh_uwide)r->low_ratio) {
        out->deviation = YH_DIP_LOW;
        times = out->ratio;
    } else if (cost12 > base * (yh_uwide)r->high_ratio) {
        bool review = cost12 > base * (yh_uwide)r->review_ratio;
        out->deviation = review ? YH_DIP_REVIEW : YH_DIP_HIGH;
        times = out->ratio - r->high_ratio + YH_ONE;
    } else {
        out->deviation = YH_DIP_NORMAL;
        if (g->aux >= 0)
            times = out->coefficient = c->aux[g->aux].coefficient;
    }
    out->score = (int64_t)yh_wide_ratio((yh_uwide)row->weight * (yh_uwide)r->score_base *
                                            (yh_uwide)times * (yh_uwide)hospital,
                                        one * one * one, 4);
}

/* Where a case made of the row's own key would go in another catalogue. */
static int goes_to(const struct yh_dip_rules *r, const struct yh_dip_catalogue *c,
                   const struct yh_dip_row *row)
{
    static const struct yh_case NOBODY = { .ndx = 1 };
    struct yh_case one = NOBODY;
    struct yh_dip_facts f;
    struct yh_dip_group g;
    if (row->kind == YH_DIP_COMPREHENSIVE)
        return cell_row(c, row->dx, row->cls);
    one.dx[0] = row->dx;
    for (yh_str px = row->px; px.p && px.n && one.npx < YH_CASE_CODES_MAX;) {
        yh_str part = yh_cut(&px, '+');
        one.px[one.npx++] = yh_cut(&part, '/');
    }
    yh_dip_facts_of(r, &one, &f);
    yh_dip_group(r, c, &f, row->mean, &g);
    return g.row;
}

int yh_dip_compare(const struct yh_dip_rules *r, const struct yh_dip_catalogue *was,
                   const struct yh_dip_catalogue *is, struct yh_arena *a,
                   struct yh_dip_diff **out)
{
    struct yh_map old = yh_map_in(a, was->nrow), now = yh_map_in(a, is->nrow);
    int n = 0;
    *out = YH_NEW(a, struct yh_dip_diff, was->nrow + is->nrow);
    for (int i = 0; i < was->nrow; i++)
        yh_map_add(&old, was->row[i].code, i);
    for (int i = 0; i < is->nrow; i++) {
        const struct yh_dip_row *row = &is->row[i];
        struct yh_dip_diff d = { .was = yh_map_get(&old, row->code, -1), .is = i };
        yh_map_add(&now, row->code, i);
        if (d.was < 0) {
            d.move = YH_DIP_ADDED;
            d.was = goes_to(r, was, row);
        } else {
            d.move = was->row[d.was].score == row->score ? YH_DIP_SAME : YH_DIP_SCORED;
        }
        if (d.was >= 0 && was->row[d.was].score > 0)
            d.change = yh_ratio(row->score, was->row[d.was].score, YH_ROUND_HALF_UP) - YH_ONE;
        (*out)[n++] = d;
    }
    for (int i = 0; i < was->nrow; i++) {
        const struct yh_dip_row *row = &was->row[i];
        if (yh_map_get(&now, row->code, -1) >= 0)
            continue;
        struct yh_dip_diff d = { .move = YH_DIP_REMOVED, .was = i, .is = goes_to(r, is, row) };
        if (d.is >= 0 && row->score > 0)
            d.change = yh_ratio(is->row[d.is].score, row->score, YH_ROUND_HALF_UP) - YH_ONE;
        (*out)[n++] = d;
    }
    return n;
}
