/* Whatever bytes stand in the rules, the catalogue, the price tables and the weights, they load or are
 * refused with one clear error; what loads groups, scores and prices any case.  The input is the
 * files, cut at 0x01 bytes, in the order of FILES. */
#include "engine/casemix/dip.h"
#include "engine/casemix/pay.h"
#include "engine/casemix/tariff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const FILES[] = {
    "rules.tsv",     "sections.tsv",
    "classes.tsv",   "../icd9cm3/procedures.tsv",
    "charlson.tsv",  "excluded-operations.tsv",
    "severity.tsv",  "bands.tsv",
    "tcm.tsv",       "excluded-diagnoses.tsv",
    "catalogue.tsv", "aux.tsv",
    "summary.tsv",   "weight.tsv",
    "per-diem.tsv",  "disease-price.tsv",
    "apg.tsv",       "apg-consolidate.tsv",
};

static enum yh_status read_file(void *ctx, const char *path, yh_str *text, struct yh_err *err)
{
    yh_str rest = *(yh_str *)ctx;
    for (int i = 0; i < YH_COUNT(FILES); i++) {
        yh_str part = yh_cut(&rest, '\x01');
        if (!strcmp(FILES[i], path)) {
            *text = part.p ? part : YH_S("");
            return YH_OK;
        }
    }
    return yh_fail(err, YH_NOT_FOUND, "%s", path);
}

static const yh_str DX[] = { YH_S_INIT("J18.900"), YH_S_INIT("C34.100"), YH_S_INIT("K35.8") },
                    PX[] = { YH_S_INIT("A1"), YH_S_INIT("B1"), YH_S_INIT("C1") };

static void invent(int i, struct yh_case *c)
{
    *c = (struct yh_case){ .id = YH_S("f"),
                           .age_days = i * 9000,
                           .los = i * 20,
                           .discharge = i % 6,
                           .icu_hours = i * 100,
                           .since_last = i % 3 * 20,
                           .cost = (yh_fen)1 << (i * 4),
                           .ndx = 1 + i % 3,
                           .npx = i % 4 };
    for (int k = 0; k < c->ndx; k++)
        c->dx[k] = DX[(i + k) % YH_COUNT(DX)];
    for (int k = 0; k < c->npx; k++)
        c->px[k] = PX[(i + k) % YH_COUNT(PX)];
}

static void by_points(const struct yh_dip_rules *r, const struct yh_dip_catalogue *c,
                      const struct yh_case *one, struct yh_arena a)
{
    struct yh_dip_facts f;
    struct yh_dip_group g;
    struct yh_dip_points p;
    struct yh_buf px = yh_buf_in(&a);
    yh_dip_facts_of(r, one, &f);
    yh_dip_put_px(r, &f, &px);
    yh_dip_group(r, c, &f, one->cost, &g);
    yh_assert(g.row >= -1 && g.row < c->nrow && g.aux < c->naux && g.tcm < r->ntcm);
    yh_dip_points(r, c, &g, one->cost, YH_ONE, &p);
    yh_assert(p.score >= 0);
}

static void by_price(const struct yh_tariff *t, const struct yh_case *one)
{
    struct yh_apg_line line[YH_CASE_CODES_MAX + 1];
    yh_str kind;
    yh_fen sum;
    yh_micro total;
    if (yh_per_diem(t, one, &kind, &sum))
        yh_assert(sum >= 0 && kind.p);
    const struct yh_disease_price *p = yh_disease_price(t, one, 3);
    yh_assert(!p || p->price > 0);
    (void)yh_disease_price_named(t, YH_S("DB001"), 2);
    int n = yh_apg(t, one, line, &total);
    yh_assert(n >= one->npx && n <= one->npx + 1 && total >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct yh_arena a;
    static struct yh_case one;
    struct yh_err err = { 0 };
    if (!a.start)
        yh_assert(!yh_arena_open(&a, (size_t)1 << 29, &err));
    yh_arena_reset(&a);
    yh_str text = { (const char *)data, (ptrdiff_t)size };
    struct yh_casemix_source source = { &text, read_file };
    struct yh_dip_rules *r = NULL;
    struct yh_dip_catalogue *c = NULL;
    struct yh_tariff *t = NULL;
    struct yh_drg_pay *pay = NULL;
    yh_micro weight;
    yh_fen mean, standard;
    if (yh_dip_rules_load(&a, source, &r, &err))
        yh_assert(err.status && err.text[0]);
    if (yh_dip_catalogue_load(&a, source, &c, &err))
        yh_assert(err.status && err.text[0]);
    if (yh_tariff_load(&a, source, &t, &err))
        yh_assert(err.status && err.text[0]);
    if (yh_drg_pay_load(&a, source, &pay, &err))
        yh_assert(err.status && err.text[0]);
    else if (yh_drg_standard(pay, YH_S("ES35"), &weight, &mean, &standard))
        yh_assert(weight >= 0 && standard >= 0);
    for (int i = 0; i < 9; i++) {
        invent(i, &one);
        if (r && c)
            by_points(r, c, &one, a);
        if (t)
            by_price(t, &one);
    }
    if (r && c) {
        struct yh_dip_diff *d;
        struct yh_arena rest = a;
        yh_assert(yh_dip_compare(r, c, c, &rest, &d) <= c->nrow);
    }
    return 0;
}
