/* engine/casemix/dip_build.c -- catalogue formation. */
#include "engine/casemix/dip.h"

struct stat {
    int64_t cases, kept, share;
    yh_wide sum, square;
};

static void count(struct stat *s, const struct yh_dip_past *c)
{
    s->cases++;
    s->kept++;
    s->share += c->share;
    s->sum += (yh_wide)c->share * c->cost;
    s->square += (yh_wide)c->share * c->cost * c->cost;
}

static void uncount(struct stat *s, const struct yh_dip_past *c)
{
    s->kept--;
    s->share -= c->share;
    s->sum -= (yh_wide)c->share * c->cost;
    s->square -= (yh_wide)c->share * c->cost * c->cost;
}

static bool within(const struct yh_dip_past *c, const struct stat *all,
                   const struct yh_dip_rules *r)
{
    yh_wide scaled = (yh_wide)c->cost * all->share * YH_ONE;
    return scaled >= all->sum * r->trim_low && scaled <= all->sum * r->trim_high;
}

static yh_micro cv_of(yh_uwide spread, const struct stat *s)
{
    return yh_wide_root(yh_wide_ratio(spread, (yh_uwide)s->sum * (yh_uwide)s->sum, 12));
}

static yh_fen mean_of(const struct stat *s)
{
    return (yh_fen)yh_wide_ratio((yh_uwide)s->sum, (yh_uwide)s->share, 0);
}

/* The work of one build: `cell` numbers the groups to be, keys first, then section × class. */
struct work {
    const struct yh_dip_past *past;
    int64_t n;
    const struct yh_dip_key *key;
    int nkey, ncell;
    const struct yh_dip_rules *r;
    struct stat *all, *kept; /* by cell: before trimming, and after */
    bool *core;              /* by key */
    int32_t *row;            /* by cell: its row in the catalogue; -1 = none */
    struct stat total;       /* of all that is kept */
};

static int64_t cell_of(const struct work *w, const struct yh_dip_past *c)
{
    if (w->core[c->key])
        return c->key;
    int section = w->key[c->key].section;
    return section < 0 ? -1 : w->nkey + (int64_t)section * YH_DIP_CLASSES + c->cls;
}

static enum yh_status check(const struct work *w, int nhospital, struct yh_err *err)
{
    const yh_wide most = (yh_wide)100000000000000000; /* 10^17 fen: see weights.c */
    yh_wide sum = 0, square = 0, share = 0;
    yh_fen top = 0;
    for (int64_t i = 0; i < w->n; i++) {
        const struct yh_dip_past *c = &w->past[i];
        bool ok = c->cost > 0 && c->cost <= 100000000000 && c->key >= 0 && c->key < w->nkey &&
                  c->hospital >= 0 && c->hospital < nhospital && c->share >= 1 &&
                  c->share <= 1000 && c->cls < YH_DIP_CLASSES;
        for (int d = 0; d < YH_DIP_DIMENSIONS; d++)
            ok = ok && c->band[d] < YH_DIP_BANDS_MAX;
        if (!ok) {
            yh_fail(err, YH_BAD_INPUT, "第 %lld 例的费用、病种、机构或年份权重超出范围",
                    (long long)i);
            if (err)
                err->row = (int)i;
            return YH_BAD_INPUT;
        }
        share += c->share;
        sum += (yh_wide)c->share * c->cost;
        square += (yh_wide)c->share * c->cost * c->cost;
        top = c->cost > top ? c->cost : top;
    }
    if (sum > most || share * top > most || (share && square > most * most / 10 / share))
        return yh_fail(err, YH_LIMIT, "费用合计太大，超出精确计算的范围");
    return YH_OK;
}

/* Core groups first, for the others' cases fill the comprehensive cells. */
static void form(struct work *w)
{
    for (int64_t i = 0; i < w->n; i++)
        count(&w->all[w->past[i].key], &w->past[i]);
    memcpy(w->kept, w->all, (size_t)w->nkey * sizeof *w->kept);
    for (int64_t i = 0; i < w->n; i++)
        if (!within(&w->past[i], &w->all[w->past[i].key], w->r))
            uncount(&w->kept[w->past[i].key], &w->past[i]);
    for (int k = 0; k < w->nkey; k++)
        w->core[k] = w->kept[k].kept >= w->r->threshold;
    for (int64_t i = 0; i < w->n; i++) {
        int64_t cell = cell_of(w, &w->past[i]);
        if (cell >= w->nkey)
            count(&w->all[cell], &w->past[i]);
    }
    memcpy(w->kept + w->nkey, w->all + w->nkey, (size_t)(w->ncell - w->nkey) * sizeof *w->kept);
    for (int64_t i = 0; i < w->n; i++) {
        int64_t cell = cell_of(w, &w->past[i]);
        if (cell >= w->nkey && !within(&w->past[i], &w->all[cell], w->r))
            uncount(&w->kept[cell], &w->past[i]);
    }
    for (int c = 0; c < w->ncell; c++) {
        bool group = c < w->nkey ? w->core[c] : w->kept[c].kept > 0;
        w->row[c] = group ? 0 : -1;
        if (!group)
            continue;
        w->total.kept += w->kept[c].kept;
        w->total.share += w->kept[c].share;
        w->total.sum += w->kept[c].sum;
    }
}

/* The class of a key's operations; the strongest. */
static enum yh_dip_class class_of_px(const struct yh_dip_rules *r, yh_str px)
{
    enum yh_dip_class best = YH_DIP_CONSERVATIVE;
    while (px.p && px.n) {
        uint8_t cls = r->class_of[yh_codes_get(&r->px, yh_cut(&px, '+'))];
        best = cls > best ? (enum yh_dip_class)cls : best;
    }
    return best;
}

static void put_rows(struct work *w, struct yh_arena *a, struct yh_dip_catalogue *c)
{
    for (int i = 0; i < w->ncell; i++)
        c->nrow += w->row[i] >= 0;
    c->row = YH_NEW(a, struct yh_dip_row, c->nrow);
    int n = 0;
    for (int i = 0; i < w->ncell; i++) {
        const struct stat *s = &w->kept[i];
        if (w->row[i] < 0)
            continue;
        struct yh_dip_row *row = &c->row[n];
        w->row[i] = n++;
        row->cases = w->all[i].cases;
        row->kept = s->kept;
        row->mean = mean_of(s);
        row->cv = cv_of((yh_uwide)((yh_wide)s->share * s->square - s->sum * s->sum), s);
        row->weight = (yh_micro)yh_wide_ratio((yh_uwide)s->sum * (yh_uwide)w->total.share,
                                              (yh_uwide)w->total.sum * (yh_uwide)s->share, 6);
        row->score = (int64_t)yh_wide_ratio((yh_uwide)row->weight * (yh_uwide)w->r->score_base,
                                            (yh_uwide)YH_ONE, 4);
        if (i < w->nkey) {
            row->kind = YH_DIP_CORE;
            row->dx = w->key[i].dx;
            row->px = w->key[i].px;
            row->cls = class_of_px(w->r, row->px);
            row->code =
                row->px.n ? yh_fmt(a, "%.*s:%.*s", YH_ARG(row->dx), YH_ARG(row->px)) : row->dx;
        } else {
            row->kind = YH_DIP_COMPREHENSIVE;
            row->dx = w->r->section[(i - w->nkey) / YH_DIP_CLASSES].text;
            row->px = YH_S("");
            row->cls = (enum yh_dip_class)((i - w->nkey) % YH_DIP_CLASSES);
            row->code = yh_fmt(a, "%.*s/%d", YH_ARG(row->dx), (int)row->cls);
        }
    }
}

/* The spread that is left when each band has its own mean, over W²: W·(Q − Σ S_b²/W_b), with six
 * decimals carried in the bands' quotients. */
static yh_uwide pooled(const struct stat *band, const struct stat *s)
{
    yh_wide inner = s->square * YH_ONE;
    for (int b = 0; b < YH_DIP_BANDS_MAX; b++)
        if (band[b].kept)
            inner -= (yh_wide)yh_wide_ratio((yh_uwide)band[b].sum * (yh_uwide)band[b].sum,
                                            (yh_uwide)band[b].share, 6);
    if (inner < 0)
        inner = 0;
    return yh_wide_ratio((yh_uwide)inner, (yh_uwide)YH_ONE, 0) * (yh_uwide)s->share;
}

static void put_aux(struct work *w, struct yh_arena *a, struct yh_arena scratch,
                    struct yh_dip_catalogue *c)
{
    /* Core rows were numbered before the comprehensive ones. */
    int ncore = 0;
    for (int k = 0; k < w->nkey; k++)
        ncore += w->core[k];
    struct stat *band =
        YH_NEW(&scratch, struct stat, (ptrdiff_t)ncore * YH_DIP_DIMENSIONS * YH_DIP_BANDS_MAX);
    for (int64_t i = 0; i < w->n; i++) {
        const struct yh_dip_past *p = &w->past[i];
        if (!w->core[p->key] || !within(p, &w->all[p->key], w->r))
            continue;
        for (int d = 0; d < YH_DIP_DIMENSIONS; d++)
            count(&band[((ptrdiff_t)w->row[p->key] * YH_DIP_DIMENSIONS + d) * YH_DIP_BANDS_MAX +
                        p->band[d]],
                  p);
    }
    int cap = 0;
    for (int k = 0; k < w->nkey; k++) {
        const struct stat *s = &w->kept[k];
        if (!w->core[k] || c->row[w->row[k]].cv < w->r->gate_cv)
            continue;
        for (int d = 0; d < YH_DIP_DIMENSIONS; d++) {
            const struct stat *b =
                &band[((ptrdiff_t)w->row[k] * YH_DIP_DIMENSIONS + d) * YH_DIP_BANDS_MAX];
            yh_micro left = cv_of(pooled(b, s), s);
            if ((yh_wide)left * YH_ONE >
                (yh_wide)c->row[w->row[k]].cv * (YH_ONE - w->r->gate_drop))
                continue;
            for (int i = 1; i < w->r->nband[d]; i++) {
                if (b[i].kept < w->r->band_cases)
                    continue;
                struct yh_dip_aux x = { .row = w->row[k],
                                        .dimension = (enum yh_dip_dimension)d,
                                        .band = i,
                                        .cases = b[i].kept,
                                        .mean = mean_of(&b[i]) };
                x.coefficient =
                    (yh_micro)yh_wide_ratio((yh_uwide)b[i].sum * (yh_uwide)s->share,
                                            (yh_uwide)s->sum * (yh_uwide)b[i].share, 6);
                YH_PUSH(a, c->aux, c->naux, cap) = x;
            }
        }
    }
}

static void put_hospitals(struct work *w, struct yh_arena *a, int nhospital,
                          struct yh_dip_built *out)
{
    out->hospital = YH_NEW(a, struct yh_dip_hospital, nhospital);
    out->cases = w->n;
    for (int64_t i = 0; i < w->n; i++) {
        const struct yh_dip_past *p = &w->past[i];
        int64_t cell = cell_of(w, p);
        struct yh_dip_hospital *h = &out->hospital[p->hospital];
        if (cell < 0 || w->row[cell] < 0) {
            out->nowhere++;
            continue;
        }
        out->core += cell < w->nkey;
        out->comprehensive += cell >= w->nkey;
        out->trimmed += !within(p, &w->all[cell], w->r);
        h->cases++;
        h->cost += p->cost;
        h->expected += out->catalogue.row[w->row[cell]].mean;
    }
    for (int i = 0; i < nhospital; i++)
        if (out->hospital[i].expected)
            out->hospital[i].coefficient = (yh_micro)yh_wide_ratio(
                (yh_uwide)out->hospital[i].cost, (yh_uwide)out->hospital[i].expected, 6);
}

enum yh_status yh_dip_build(const struct yh_dip_past *past, int64_t n,
                            const struct yh_dip_key *key, int nkey, int nhospital,
                            const struct yh_dip_rules *r, struct yh_arena *a,
                            struct yh_arena scratch, struct yh_dip_built *out,
                            struct yh_err *err)
{
    struct work w = { .past = past, .n = n, .key = key, .nkey = nkey, .r = r };
    struct yh_dip_built b = { .cases = 0 };
    enum yh_status bad = check(&w, nhospital, err);
    if (bad)
        return bad;
    w.ncell = nkey + r->nsection * YH_DIP_CLASSES;
    w.all = YH_NEW(&scratch, struct stat, w.ncell);
    w.kept = YH_NEW(&scratch, struct stat, w.ncell);
    w.core = YH_NEW(&scratch, bool, nkey);
    w.row = YH_NEW(&scratch, int32_t, w.ncell);
    form(&w);
    put_rows(&w, a, &b.catalogue);
    put_aux(&w, a, scratch, &b.catalogue);
    if (w.total.share)
        b.catalogue.mean = mean_of(&w.total);
    put_hospitals(&w, a, nhospital, &b);
    bad = yh_dip_catalogue_index(&b.catalogue, a, err);
    if (!bad)
        *out = b;
    return bad;
}
