/* engine/casemix/group.c */
#include "engine/casemix/group.h"
#include "engine/casemix/facts.h"

/* An ADRG row that is true: its DRG rows in order.  False: go on with the next row. */
static bool take(struct yh_facts *f, int r, struct yh_drg_group *out)
{
    const struct yh_adrg_row *row = &f->s->adrg[r];
    out->mdc = row->mdc;
    out->adrg = r;
    out->drg = -1;
    out->name = row->no_drg;
    if (row->kind == YH_ADRG_QY)
        return true;
    for (int d = row->first; d < row->first + row->n; d++)
        if (yh_rule_true(f, f->s->drg[d].rule)) {
            out->drg = d;
            out->name = f->s->drg[d].name;
            return true;
        }
    return !row->falls_through;
}

/* One round over the rules that the principal diagnosis and the main procedure leave possible. */
static bool round_of(struct yh_facts *f, struct yh_drg_group *out)
{
    const struct yh_scheme *s = f->s;
    int px = f->npx ? f->px_class[f->px_from] : s->npxclass;
    const uint64_t *by_dx = s->dx_rules + (ptrdiff_t)f->dx_class[0] * s->rwords;
    const uint64_t *by_px = s->px_rules + (ptrdiff_t)px * s->rwords;
    int mdc = -1;
    bool mdc_true = false;
    for (int w = 0; w < s->rwords; w++)
        for (uint64_t bits = by_dx[w] & by_px[w]; bits; bits &= bits - 1) {
            int r = w * 64 + __builtin_ctzll(bits);
            if (s->adrg[r].mdc != mdc) {
                mdc = s->adrg[r].mdc;
                mdc_true = yh_rule_true(f, s->mdc[mdc].rule);
            }
            if (mdc_true && yh_rule_true(f, s->adrg[r].rule) && take(f, r, out))
                return true;
        }
    return false;
}

void yh_drg_group(const struct yh_scheme *s, const struct yh_case *c, struct yh_drg_group *out)
{
    struct yh_facts f;
    yh_facts_of(&f, s, c);
    out->px = -1;
    if (round_of(&f, out))
        return;
    /* "evaluate again with each further procedure as the only procedure" */
    for (int i = 1; s->retry_each_px && i < c->npx; i++) {
        f.px_from = i;
        f.npx = 1;
        out->px = i;
        if (round_of(&f, out))
            return;
    }
    *out = (struct yh_drg_group){
        .name = s->ungroupable, .mdc = -1, .adrg = -1, .drg = -1, .px = -1
    };
}
