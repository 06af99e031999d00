/* engine/casemix/explain.c */
#include "engine/casemix/explain.h"
#include "engine/casemix/facts.h"

#define IS_OP(code) ((code) >= YH_RULE_NOT)

struct trace {
    struct yh_facts f;
    struct yh_arena *a;
    struct yh_explanation *ex;
};

/* The rule's value when its atoms answer as recorded; fact `flipped` (-1 = none) the other way. */
static bool evaluate(const struct yh_explanation *ex, struct yh_rule rule, int fact,
                     int flipped)
{
    uint64_t stack = 0;
    for (uint32_t i = 0; i < rule.n; i++) {
        unsigned op = ex->scheme->code[rule.at + i];
        if (op == YH_RULE_NOT)
            stack ^= 1;
        else if (op == YH_RULE_AND)
            stack = (stack >> 1) & (stack | ~UINT64_C(1));
        else if (op == YH_RULE_OR)
            stack = (stack >> 1) | (stack & 1);
        else {
            stack = stack << 1 | (uint64_t)(ex->fact[fact].value != (fact == flipped));
            fact++;
        }
    }
    return stack & 1;
}

static bool test(struct trace *t, enum yh_step_kind kind, int row, struct yh_rule rule)
{
    struct yh_explanation *ex = t->ex;
    const struct yh_scheme *s = ex->scheme;
    struct yh_step step = { .kind = kind, .row = row, .fact = ex->nfact };
    for (uint32_t i = 0; i < rule.n; i++) {
        unsigned op = s->code[rule.at + i];
        if (IS_OP(op))
            continue;
        struct yh_fact fact = { .atom = (int32_t)op };
        int where;
        fact.value = yh_atom_true(&t->f, &s->atom[op], &where);
        fact.where = where;
        YH_PUSH(t->a, ex->fact, ex->nfact, ex->fact_cap) = fact;
    }
    step.nfact = ex->nfact - step.fact;
    step.truth = evaluate(ex, rule, step.fact, -1);
    YH_PUSH(t->a, ex->step, ex->nstep, ex->step_cap) = step;
    return step.truth;
}

static bool take(struct trace *t, int r, struct yh_drg_group *out)
{
    const struct yh_scheme *s = t->ex->scheme;
    const struct yh_adrg_row *row = &s->adrg[r];
    *out = (struct yh_drg_group){
        .name = row->no_drg, .mdc = row->mdc, .adrg = r, .drg = -1, .px = out->px
    };
    if (row->kind == YH_ADRG_QY)
        return true;
    for (int d = row->first; d < row->first + row->n; d++)
        if (test(t, YH_STEP_DRG, d, s->drg[d].rule)) {
            out->drg = d;
            out->name = s->drg[d].name;
            return true;
        }
    return !row->falls_through;
}

static bool round_of(struct trace *t, int px, struct yh_drg_group *out)
{
    const struct yh_scheme *s = t->ex->scheme;
    out->px = px;
    YH_PUSH(t->a, t->ex->step, t->ex->nstep, t->ex->step_cap) =
        (struct yh_step){ .kind = YH_STEP_ROUND, .row = px, .fact = t->ex->nfact };
    for (int m = 0; m < s->nmdc; m++) {
        if (!test(t, YH_STEP_MDC, m, s->mdc[m].rule))
            continue;
        for (int r = s->mdc[m].first; r < s->mdc[m].first + s->mdc[m].n; r++)
            if (test(t, YH_STEP_ADRG, r, s->adrg[r].rule) && take(t, r, out))
                return true;
    }
    return false;
}

static struct yh_drg_group ungroupable(const struct yh_scheme *s)
{
    return (struct yh_drg_group){
        .name = s->ungroupable, .mdc = -1, .adrg = -1, .drg = -1, .px = -1
    };
}

void yh_explain(const struct yh_scheme *s, const struct yh_case *c, struct yh_arena *a,
                struct yh_explanation *out)
{
    struct trace t = { .a = a, .ex = out };
    *out = (struct yh_explanation){ .scheme = s };
    yh_facts_of(&t.f, s, c);
    for (int i = 1; i < c->ndx; i++) {
        struct yh_complication one = { .dx = i };
        one.level = yh_level_of(&t.f, i, &one.excluded);
        if (one.level)
            YH_PUSH(a, out->complication, out->ncomplication, out->complication_cap) = one;
    }
    if (round_of(&t, -1, &out->group))
        return;
    for (int i = 1; s->retry_each_px && i < c->npx; i++) {
        t.f.px_from = i;
        t.f.npx = 1;
        if (round_of(&t, i, &out->group))
            return;
    }
    out->group = ungroupable(s);
}

/* Replay: reads the steps one after the other and asks each to be the row that must come next. */
struct replay {
    const struct yh_explanation *ex;
    int at;
    bool ok;
};

static bool level_counts(const struct yh_explanation *ex, unsigned levels)
{
    for (int i = 0; i < ex->ncomplication; i++)
        if (!ex->complication[i].excluded && (levels >> ex->complication[i].level & 1))
            return true;
    return false;
}

/* Facts about severity must follow from the listed complications, constants from themselves. */
static bool fact_stands(const struct yh_explanation *ex, const struct yh_fact *fact)
{
    unsigned cc = 1u << YH_LEVEL_CC, mcc = 1u << YH_LEVEL_MCC;
    switch (ex->scheme->atom[fact->atom].kind) {
    case YH_ATOM_MCC: return fact->value == level_counts(ex, mcc);
    case YH_ATOM_CC: return fact->value == level_counts(ex, cc);
    case YH_ATOM_ANYCC: return fact->value == level_counts(ex, cc | mcc);
    case YH_ATOM_ALWAYS: return fact->value;
    case YH_ATOM_NEVER: return !fact->value;
    case YH_ATOM_PDX:
    case YH_ATOM_DX:
    case YH_ATOM_SDX:
    case YH_ATOM_DXPRE:
    case YH_ATOM_PPX:
    case YH_ATOM_PX:
    case YH_ATOM_SPX: return fact->value == (fact->where >= 0);
    case YH_ATOM_SITES:
    case YH_ATOM_SEX:
    case YH_ATOM_AGE:
    case YH_ATOM_AGE_DAYS:
    case YH_ATOM_WEIGHT:
    case YH_ATOM_LOS:
    case YH_ATOM_ICU_HOURS:
    case YH_ATOM_DISCHARGE:
    case YH_ATOM_DEPT: return true;
    }
    return false;
}

static bool next(struct replay *p, enum yh_step_kind kind, int row, struct yh_rule rule)
{
    const struct yh_explanation *ex = p->ex;
    const struct yh_step *step = &ex->step[p->at];
    if (!p->ok || p->at >= ex->nstep || step->kind != kind || step->row != row) {
        p->ok = false;
        return false;
    }
    int fact = step->fact;
    for (uint32_t i = 0; i < rule.n; i++) {
        unsigned op = ex->scheme->code[rule.at + i];
        if (IS_OP(op))
            continue;
        if (fact >= ex->nfact || ex->fact[fact].atom != (int32_t)op ||
            !fact_stands(ex, &ex->fact[fact]))
            p->ok = false;
        fact++;
    }
    p->ok = p->ok && fact == step->fact + step->nfact &&
            evaluate(ex, rule, step->fact, -1) == step->truth;
    p->at++;
    return p->ok && step->truth;
}

static bool replay_round(struct replay *p, struct yh_drg_group *out)
{
    const struct yh_scheme *s = p->ex->scheme;
    for (int m = 0; m < s->nmdc && p->ok; m++) {
        if (!next(p, YH_STEP_MDC, m, s->mdc[m].rule))
            continue;
        for (int r = s->mdc[m].first; r < s->mdc[m].first + s->mdc[m].n && p->ok; r++) {
            const struct yh_adrg_row *row = &s->adrg[r];
            if (!next(p, YH_STEP_ADRG, r, row->rule))
                continue;
            *out = (struct yh_drg_group){
                .name = row->no_drg, .mdc = m, .adrg = r, .drg = -1, .px = out->px
            };
            if (row->kind == YH_ADRG_QY)
                return true;
            for (int d = row->first; d < row->first + row->n && p->ok; d++)
                if (next(p, YH_STEP_DRG, d, s->drg[d].rule)) {
                    out->name = s->drg[d].name;
                    out->drg = d;
                    return true;
                }
            if (p->ok && !row->falls_through)
                return true;
        }
    }
    return false;
}

bool yh_explain_replay(const struct yh_explanation *ex, struct yh_drg_group *out)
{
    struct replay p = { .ex = ex, .ok = true };
    struct yh_drg_group g = ungroupable(ex->scheme);
    bool found = false;
    while (!found && p.ok && p.at < ex->nstep && ex->step[p.at].kind == YH_STEP_ROUND) {
        g.px = ex->step[p.at++].row;
        found = replay_round(&p, &g);
    }
    if (!p.ok || p.at != ex->nstep)
        return false;
    *out = found ? g : ungroupable(ex->scheme);
    return true;
}

static struct yh_rule rule_of(const struct yh_scheme *s, const struct yh_step *step)
{
    switch (step->kind) {
    case YH_STEP_MDC: return s->mdc[step->row].rule;
    case YH_STEP_ADRG: return s->adrg[step->row].rule;
    case YH_STEP_DRG: return s->drg[step->row].rule;
    case YH_STEP_ROUND: break;
    }
    return (struct yh_rule){ 0 };
}

/* A code of the case that stands in the atom's list, but not where the atom asks for it. */
static int elsewhere(struct yh_facts *f, const struct yh_atom *a)
{
    struct yh_atom any = *a;
    int where = -1;
    if (a->kind == YH_ATOM_PDX || a->kind == YH_ATOM_SDX)
        any.kind = YH_ATOM_DX;
    else if (a->kind == YH_ATOM_PPX || a->kind == YH_ATOM_SPX)
        any.kind = YH_ATOM_PX;
    else
        return -1;
    yh_atom_true(f, &any, &where);
    return where;
}

static bool speaks(const struct yh_explanation *ex, const struct yh_step *step, int missing)
{
    enum yh_atom_kind kind = ex->scheme->atom[ex->fact[missing].atom].kind;
    if (kind == YH_ATOM_NEVER)
        return false;
    bool list = ex->scheme->atom[ex->fact[missing].atom].list >= 0;
    if (!list && step->kind != YH_STEP_MDC)
        return true;
    for (int i = step->fact; i < step->fact + step->nfact; i++)
        if (i != missing && ex->fact[i].value && ex->scheme->atom[ex->fact[i].atom].list >= 0)
            return true;
    return false;
}

int yh_explain_near(const struct yh_explanation *ex, const struct yh_case *c,
                    struct yh_near *out, int max)
{
    struct yh_facts f;
    int n = 0;
    yh_facts_of(&f, ex->scheme, c);
    for (int i = 0; i < ex->nstep && n < max; i++) {
        const struct yh_step *step = &ex->step[i];
        if (step->kind == YH_STEP_ROUND || step->truth)
            continue;
        for (int k = step->fact; k < step->fact + step->nfact; k++) {
            if (!evaluate(ex, rule_of(ex->scheme, step), step->fact, k))
                continue;
            int other =
                ex->fact[k].value ? -1 : elsewhere(&f, &ex->scheme->atom[ex->fact[k].atom]);
            /* Every secondary diagnosis belongs to some MDC; that alone is not near. */
            if (step->kind == YH_STEP_MDC &&
                ex->scheme->atom[ex->fact[k].atom].kind == YH_ATOM_PDX)
                other = -1;
            if (other < 0 && !speaks(ex, step, k))
                continue;
            out[n++] = (struct yh_near){ .step = i, .fact = k, .other = other };
            break;
        }
    }
    return n;
}
