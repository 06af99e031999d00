/* engine/casemix/whatif.c */
#include "engine/casemix/whatif.h"

struct list {
    struct yh_arena *a;
    struct yh_what_if *item;
    int n, cap;
    const struct yh_scheme *s;
    struct yh_drg_group own;
};

static void consider(struct list *l, const struct yh_case *c, enum yh_what_if_kind kind, int at)
{
    struct yh_what_if w = { .kind = kind, .at = at };
    yh_drg_group(l->s, c, &w.group);
    if (yh_eq(w.group.name.drg, l->own.name.drg))
        return;
    w.supported = kind == YH_WHAT_MAIN_DX || kind == YH_WHAT_MAIN_PX;
    YH_PUSH(l->a, l->item, l->n, l->cap) = w;
}

static void to_front(yh_str *code, int at)
{
    yh_str one = code[at];
    memmove(code + 1, code, (size_t)at * sizeof *code);
    code[0] = one;
}

static void take_out(yh_str *code, int *n, int at)
{
    --*n;
    memmove(code + at, code + at + 1, (size_t)(*n - at) * sizeof *code);
}

/* DRG rows of the case's own ADRG that a level alone kept it out of. */
static void levels(struct list *l, const struct yh_case *c)
{
    struct yh_explanation ex;
    struct yh_near near[32];
    yh_explain(l->s, c, l->a, &ex);
    int n = yh_explain_near(&ex, c, near, YH_COUNT(near));
    for (int i = 0; i < n; i++) {
        const struct yh_step *step = &ex.step[near[i].step];
        enum yh_atom_kind kind = l->s->atom[ex.fact[near[i].fact].atom].kind;
        bool level = kind == YH_ATOM_MCC || kind == YH_ATOM_CC || kind == YH_ATOM_ANYCC;
        if (step->kind != YH_STEP_DRG || !level || l->s->drg[step->row].adrg != l->own.adrg)
            continue;
        struct yh_what_if w = { .kind = YH_WHAT_LEVEL, .at = step->row, .group = l->own };
        w.group.drg = step->row;
        w.group.name = l->s->drg[step->row].name;
        YH_PUSH(l->a, l->item, l->n, l->cap) = w;
    }
}

static bool put_missing(const struct yh_scheme *s, const struct yh_atom *atom,
                        struct yh_case *c)
{
    bool px =
        atom->kind == YH_ATOM_PPX || atom->kind == YH_ATOM_PX || atom->kind == YH_ATOM_SPX;
    bool dx = atom->kind == YH_ATOM_DX || atom->kind == YH_ATOM_SDX;
    const struct yh_code_list *l = px   ? s->pxlist[atom->list]
                                   : dx ? s->dxlist[atom->list]
                                        : NULL;
    if (!l || !l->n || (px ? c->npx : c->ndx) == YH_CASE_CODES_MAX)
        return false;
    if (dx) {
        c->dx[c->ndx++] = s->shared->dx.text[l->id[0]];
        return true;
    }
    c->px[c->npx++] = s->shared->px.text[l->id[0]];
    if (atom->kind == YH_ATOM_PPX)
        to_front(c->px, c->npx - 1);
    return true;
}

/* Rows that only a code of some list, which stands nowhere on the record, kept the case out of.  One
 * code of the list is tried: the group is what the case would come to, other rows included. */
static void missing(struct list *l, const struct yh_case *c, struct yh_case *other)
{
    struct yh_explanation ex;
    struct yh_near near[32];
    yh_explain(l->s, c, l->a, &ex);
    int n = yh_explain_near(&ex, c, near, YH_COUNT(near));
    for (int i = 0; i < n; i++) {
        const struct yh_fact *fact = &ex.fact[near[i].fact];
        const struct yh_atom *atom = &l->s->atom[fact->atom];
        bool again = false;
        for (int k = 0; k < l->n; k++)
            again |= l->item[k].kind >= YH_WHAT_MISSING_DX && l->item[k].at == fact->atom;
        *other = *c;
        if (again || fact->value || near[i].other >= 0 || !put_missing(l->s, atom, other))
            continue;
        consider(l, other,
                 atom->kind == YH_ATOM_DX || atom->kind == YH_ATOM_SDX ? YH_WHAT_MISSING_DX
                                                                       : YH_WHAT_MISSING_PX,
                 fact->atom);
    }
}

int yh_what_ifs(const struct yh_scheme *s, const struct yh_case *c, struct yh_arena *a,
                struct yh_what_if **out)
{
    struct list l = { .a = a, .s = s };
    struct yh_case *other = YH_NEW(a, struct yh_case, 1);
    yh_drg_group(s, c, &l.own);
    for (int i = 1; i < c->ndx; i++) {
        *other = *c;
        to_front(other->dx, i);
        consider(&l, other, YH_WHAT_MAIN_DX, i);
    }
    for (int i = 1; i < c->npx; i++) {
        *other = *c;
        to_front(other->px, i);
        consider(&l, other, YH_WHAT_MAIN_PX, i);
    }
    for (int i = 1; i < c->ndx; i++) {
        *other = *c;
        take_out(other->dx, &other->ndx, i);
        consider(&l, other, YH_WHAT_WITHOUT_DX, i);
    }
    for (int i = 0; i < c->npx; i++) {
        *other = *c;
        take_out(other->px, &other->npx, i);
        consider(&l, other, YH_WHAT_WITHOUT_PX, i);
    }
    levels(&l, c);
    missing(&l, c, other);
    *out = l.item;
    return l.n;
}
