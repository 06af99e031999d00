/* engine/casemix/explain_test.c -- laws over random cases of every scheme. */
#include <stdio.h>
#include "engine/casemix/explain.h"
#include "engine/casemix/testing.h"

static yh_str any_of(uint64_t *seed, const struct yh_code_list *const *list, int n,
                     const struct yh_codes *codes)
{
    for (int i = 0; i < 20; i++) {
        const struct yh_code_list *l = list[yh_test_between(seed, 0, n - 1)];
        if (l && l->n)
            return codes->text[l->id[yh_test_between(seed, 0, l->n - 1)]];
    }
    return YH_S("Z99.999");
}

/* A case whose codes come from the scheme's own lists, its numbers from around the bounds that
 * rules use; now and then a code that no table knows. */
static void random_case(const struct yh_scheme *s, uint64_t *seed, struct yh_case *c)
{
    static const int32_t DAYS[] = { 0,    1,    28,   29,   200,  364,  365,
                                    1500, 5109, 5110, 6204, 6205, 6570, 25000 };
    static const int32_t WEIGHT[] = { 0, 999, 1000, 1499, 1500, 1999, 2000, 2499, 2500, 3500 };
    static const int32_t LOS[] = { 1, 2, 4, 5, 7, 14, 30, 31, 60, 61 };
    *c = (struct yh_case){ .id = YH_S("r"), .dept = YH_S("0301") };
    c->age_days = DAYS[yh_test_between(seed, 0, YH_COUNT(DAYS) - 1)];
    c->age = c->age_days / 365;
    c->sex = (int32_t)yh_test_between(seed, 1, 2);
    c->weight = c->age ? 0 : WEIGHT[yh_test_between(seed, 0, YH_COUNT(WEIGHT) - 1)];
    c->los = LOS[yh_test_between(seed, 0, YH_COUNT(LOS) - 1)];
    c->discharge = (int32_t)yh_test_between(seed, 1, 5);
    c->icu_hours = yh_test_between(seed, 0, 3) ? 0 : (int32_t)yh_test_between(seed, 118, 122);
    c->ndx = (int)yh_test_between(seed, 1, 8);
    c->npx = (int)yh_test_between(seed, 0, 5);
    for (int i = 0; i < c->ndx; i++)
        c->dx[i] = yh_test_between(seed, 0, 19)
                       ? any_of(seed, s->dxlist, s->ndxlist, &s->shared->dx)
                       : YH_S("Z37.no-such");
    for (int i = 0; i < c->npx; i++)
        c->px[i] = yh_test_between(seed, 0, 19)
                       ? any_of(seed, s->pxlist, s->npxlist, &s->shared->px)
                       : YH_S("99.no-such");
}

static bool same(const struct yh_drg_group *a, const struct yh_drg_group *b)
{
    return a->adrg == b->adrg && a->drg == b->drg && yh_eq(a->name.drg, b->name.drg) &&
           yh_eq(a->name.adrg, b->name.adrg) && yh_eq(a->name.mdc, b->name.mdc);
}

/* What the recorded facts say of the lists is what the lists' text says. */
static void check_lists(const struct yh_explanation *ex, const struct yh_case *c)
{
    for (int i = 0; i < ex->nfact; i++) {
        const struct yh_atom *a = &ex->scheme->atom[ex->fact[i].atom];
        bool px = a->kind == YH_ATOM_PPX || a->kind == YH_ATOM_PX || a->kind == YH_ATOM_SPX;
        if (a->list < 0 || ex->scheme->retry_each_px)
            continue;
        int n = px ? c->npx : c->ndx;
        bool first = a->kind == YH_ATOM_PDX || a->kind == YH_ATOM_PPX;
        bool rest = a->kind == YH_ATOM_SDX || a->kind == YH_ATOM_SPX, in = false;
        for (int k = rest; k < (first ? yh_min(n, 1) : n); k++)
            in = in || (px ? yh_scheme_lists_px(ex->scheme, a->list, c->px[k])
                           : yh_scheme_lists_dx(ex->scheme, a->list, c->dx[k]));
        CHECK_I64(ex->fact[i].value, in, "the index and the list's text agree");
    }
}

TEST(law_an_explanation_replayed_gives_the_group)
{
    static struct yh_case c;
    uint64_t seed = 20260318;
    int per = yh_law_count(10000) / YH_COUNT(SCHEMES) + 1;
    for (int i = 0; i < YH_COUNT(SCHEMES); i++) {
        const struct yh_scheme *s = testing_scheme(i);
        for (int k = 0; k < per; k++) {
            struct yh_arena a = *yh_test_arena();
            struct yh_explanation ex;
            struct yh_drg_group fast, replayed;
            random_case(s, &seed, &c);
            yh_drg_group(s, &c, &fast);
            yh_explain(s, &c, &a, &ex);
            CHECK(same(&fast, &ex.group));
            CHECK(yh_explain_replay(&ex, &replayed));
            CHECK(same(&fast, &replayed));
            if (k % 25 == 0)
                check_lists(&ex, &c);
            /* The replay is no echo: with its last fact changed it does not stand. */
            if (ex.nfact && ex.scheme->atom[ex.fact[ex.nfact - 1].atom].list >= 0) {
                ex.fact[ex.nfact - 1].value = !ex.fact[ex.nfact - 1].value;
                CHECK(!yh_explain_replay(&ex, &replayed));
            }
        }
    }
}

static void shuffle(uint64_t *seed, yh_str *item, int n)
{
    for (int i = n - 1; i > 0; i--) {
        int k = (int)yh_test_between(seed, 0, i);
        yh_str was = item[i];
        item[i] = item[k];
        item[k] = was;
    }
}

TEST(law_order_of_secondary_codes_does_not_matter)
{
    static struct yh_case c;
    uint64_t seed = 7;
    int per = yh_law_count(10000) / YH_COUNT(SCHEMES) + 1;
    for (int i = 0; i < YH_COUNT(SCHEMES); i++) {
        const struct yh_scheme *s = testing_scheme(i);
        for (int k = 0; k < per; k++) {
            struct yh_drg_group before, after;
            random_case(s, &seed, &c);
            yh_drg_group(s, &c, &before);
            shuffle(&seed, c.dx + 1, c.ndx - 1);
            /* A scheme that tries each further procedure says itself that their order matters. */
            if (!s->retry_each_px && c.npx > 2)
                shuffle(&seed, c.px + 1, c.npx - 1);
            yh_drg_group(s, &c, &after);
            CHECK(same(&before, &after));
        }
    }
}

TEST(law_an_excluded_complication_never_changes_severity)
{
    static struct yh_case c;
    uint64_t seed = 11;
    int met = 0;
    for (int i = 0; i < YH_COUNT(SCHEMES); i++) {
        const struct yh_scheme *s = testing_scheme(i);
        for (int k = 0; k < 60; k++) {
            struct yh_drg_group before, after;
            random_case(s, &seed, &c);
            uint32_t pdx = yh_codes_get(&s->shared->dx, c.dx[0]);
            uint16_t t = pdx < (uint32_t)s->excl->n ? s->excl->excl[pdx] : 0;
            uint32_t from = (uint32_t)yh_test_between(&seed, 1, s->cc->n - 1), id = 0;
            for (int step = 1; t && !id && step < s->cc->n; step++) {
                uint32_t at = (from + (uint32_t)step) % (uint32_t)s->cc->n;
                if (at && s->cc->level[at] && s->cc->excl[at] == t)
                    id = at;
            }
            if (!id)
                continue;
            met++;
            yh_drg_group(s, &c, &before);
            c.dx[c.ndx++] = s->shared->dx.text[id];
            yh_drg_group(s, &c, &after);
            /* Other rules may ask for the code itself (multiple trauma, HIV); within one ADRG only
             * the severity could move it. */
            if (before.adrg == after.adrg)
                CHECK_I64(after.drg, before.drg, "the DRG");
        }
    }
    CHECK(met > 500);
}

TEST(a_near_group_names_what_was_missing)
{
    /* Beijing c000001: G72.800x001 would make BV2 as principal diagnosis, but is a secondary one. */
    const struct yh_scheme *s = testing_named("beijing_2022");
    static struct yh_case c = { .id = YH_S_INIT("c000001"),
                                .sex = 1,
                                .age = 50,
                                .age_days = 18260,
                                .ndx = 2,
                                .dx = { YH_S_INIT("H47.600"), YH_S_INIT("G72.800x001") } };
    struct yh_explanation ex;
    struct yh_near near[16];
    yh_explain(s, &c, yh_test_arena(), &ex);
    CHECK_STR(ex.group.name.drg, YH_S("BZ15"), "the group");
    int n = yh_explain_near(&ex, &c, near, 16);
    bool bv2 = false, bz11 = false;
    for (int i = 0; i < n; i++) {
        const struct yh_step *step = &ex.step[near[i].step];
        if (step->kind == YH_STEP_ADRG && yh_eq(s->adrg[step->row].id, YH_S("BV2")))
            bv2 = near[i].other == 1;
        if (step->kind == YH_STEP_DRG && yh_eq(s->drg[step->row].name.drg, YH_S("BZ11")))
            bz11 = s->atom[ex.fact[near[i].fact].atom].kind == YH_ATOM_MCC;
    }
    CHECK(bv2);
    CHECK(bz11);
}
