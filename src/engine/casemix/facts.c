/* engine/casemix/facts.c */
#include "engine/casemix/facts.h"

void yh_facts_of(struct yh_facts *f, const struct yh_scheme *s, const struct yh_case *c)
{
    f->s = s;
    f->c = c;
    f->ndx = c->ndx;
    f->npx = c->npx;
    f->px_from = 0;
    f->leveled = f->sited = false;
    for (int i = 0; i < c->ndx; i++) {
        uint32_t id = yh_codes_get(&s->shared->dx, c->dx[i]);
        f->dx_id[i] = id;
        f->dx_class[i] = id < (uint32_t)s->ndxid ? s->dx_class[id] : 0;
    }
    for (int i = 0; i < c->npx; i++) {
        uint32_t id = yh_codes_get(&s->shared->px, c->px[i]);
        f->px_class[i] = id < (uint32_t)s->npxid ? s->px_class[id] : 0;
    }
}

static uint16_t excl_of(const struct yh_cc_table *t, uint32_t id)
{
    return id < (uint32_t)t->n ? t->excl[id] : 0;
}

/* FORMAT.md: let t be the exclusion table of the principal diagnosis (none if absent).  A secondary
 * diagnosis is excluded when its own exclusion table equals t. */
uint8_t yh_level_of(const struct yh_facts *f, int i, uint16_t *excluded)
{
    const struct yh_cc_table *cc = f->s->cc;
    uint32_t id = f->dx_id[i];
    *excluded = 0;
    if (id >= (uint32_t)cc->n || cc->level[id] == YH_LEVEL_NONE)
        return YH_LEVEL_NONE;
    uint16_t t = excl_of(f->s->excl, f->dx_id[0]);
    if (t && t == cc->excl[id])
        *excluded = t;
    return cc->level[id];
}

static void find_levels(struct yh_facts *f)
{
    f->levels = 0;
    for (int i = 1; i < f->ndx; i++) {
        uint16_t excluded;
        uint8_t level = yh_level_of(f, i, &excluded);
        if (level && !excluded)
            f->levels |= (uint8_t)(1u << level);
    }
    f->leveled = true;
}

static void count_sites(struct yh_facts *f)
{
    uint32_t hit = 0;
    for (int i = 0; i < f->ndx; i++) {
        uint8_t site = f->s->dx_site[f->dx_class[i]];
        if (site)
            hit |= 1u << (site - 1);
    }
    f->sites = __builtin_popcount(hit);
    f->sited = true;
}

static bool compare(int64_t v, const struct yh_atom *a)
{
    switch (a->op) {
    case YH_EQ: return v == a->num;
    case YH_LT: return v < a->num;
    case YH_LE: return v <= a->num;
    case YH_GT: return v > a->num;
    case YH_GE: return v >= a->num;
    }
    return false;
}

/* The first of codes [from, to) that stands in the list; -1 = none. */
static int dx_in(const struct yh_facts *f, int32_t list, int from, int to)
{
    const uint64_t *bits = f->s->dx_lists + list / 64;
    for (int i = from; i < to; i++)
        if (bits[(ptrdiff_t)f->dx_class[i] * f->s->dxwords] >> (list % 64) & 1)
            return i;
    return -1;
}

static int px_in(const struct yh_facts *f, int32_t list, int from, int to)
{
    const uint64_t *bits = f->s->px_lists + list / 64;
    for (int i = f->px_from + from; i < f->px_from + to; i++)
        if (bits[(ptrdiff_t)f->px_class[i] * f->s->pxwords] >> (list % 64) & 1)
            return i;
    return -1;
}

static int prefix_in(const struct yh_facts *f, const struct yh_atom *a)
{
    int at = dx_in(f, a->list, 0, f->ndx);
    for (int i = 0; at < 0 && i < f->ndx; i++)
        if (f->dx_id[i] == 0 && yh_starts(f->c->dx[i], a->arg))
            at = i;
    return at;
}

static bool has_level(struct yh_facts *f, unsigned levels)
{
    if (!f->leveled)
        find_levels(f);
    return f->levels & levels;
}

bool yh_atom_true(struct yh_facts *f, const struct yh_atom *a, int *where)
{
    const struct yh_case *c = f->c;
    int at = -1;
    bool plain = false;
    switch (a->kind) {
    case YH_ATOM_PDX: at = dx_in(f, a->list, 0, f->ndx > 0); break;
    case YH_ATOM_DX: at = dx_in(f, a->list, 0, f->ndx); break;
    case YH_ATOM_SDX: at = dx_in(f, a->list, 1, f->ndx); break;
    case YH_ATOM_DXPRE: at = prefix_in(f, a); break;
    case YH_ATOM_PPX: at = px_in(f, a->list, 0, f->npx > 0); break;
    case YH_ATOM_PX: at = px_in(f, a->list, 0, f->npx); break;
    case YH_ATOM_SPX: at = px_in(f, a->list, 1, f->npx); break;
    case YH_ATOM_MCC: plain = has_level(f, 1u << YH_LEVEL_MCC); break;
    case YH_ATOM_CC: plain = has_level(f, 1u << YH_LEVEL_CC); break;
    case YH_ATOM_ANYCC: plain = has_level(f, 1u << YH_LEVEL_MCC | 1u << YH_LEVEL_CC); break;
    case YH_ATOM_ALWAYS: plain = true; break;
    case YH_ATOM_NEVER: break;
    case YH_ATOM_SITES:
        if (!f->sited)
            count_sites(f);
        plain = compare(f->sites, a);
        break;
    case YH_ATOM_SEX: plain = compare(c->sex, a); break;
    case YH_ATOM_AGE: plain = compare(c->age, a); break;
    case YH_ATOM_AGE_DAYS: plain = compare(c->age_days, a); break;
    case YH_ATOM_WEIGHT: plain = compare(c->weight, a); break;
    case YH_ATOM_LOS: plain = compare(c->los, a); break;
    case YH_ATOM_ICU_HOURS: plain = compare(c->icu_hours, a); break;
    case YH_ATOM_DISCHARGE:
        plain = c->discharge >= 0 && c->discharge <= 9 && (a->num >> c->discharge & 1);
        break;
    case YH_ATOM_DEPT: plain = yh_eq(c->dept, a->arg); break;
    }
    if (where)
        *where = at;
    return plain || at >= 0;
}

bool yh_rule_true(struct yh_facts *f, struct yh_rule rule)
{
    const uint16_t *code = f->s->code + rule.at;
    uint64_t stack = 0;
    for (uint32_t i = 0; i < rule.n; i++) {
        unsigned op = code[i];
        if (op == YH_RULE_NOT)
            stack ^= 1;
        else if (op == YH_RULE_AND)
            stack = (stack >> 1) & (stack | ~UINT64_C(1));
        else if (op == YH_RULE_OR)
            stack = (stack >> 1) | (stack & 1);
        else
            stack = stack << 1 | yh_atom_true(f, &f->s->atom[op], NULL);
    }
    return stack & 1;
}

bool yh_adrg_always_drg(const struct yh_scheme *s, const struct yh_adrg_row *row)
{
    for (int d = row->first; d < row->first + row->n; d++) {
        struct yh_rule r = s->drg[d].rule;
        if (r.n == 1 && s->atom[s->code[r.at]].kind == YH_ATOM_ALWAYS)
            return true;
    }
    return false;
}
