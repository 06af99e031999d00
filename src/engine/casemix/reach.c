/* engine/casemix/reach.c */
#include "engine/casemix/reach.h"
#include "engine/casemix/facts.h"

#define CONJUNCTIONS_MAX 256
#define LITERALS_MAX 96
#define VARIANTS 4
#define CHOICES_MAX 96

/* An atom that must be true, or (no) false. */
struct literal {
    uint16_t atom;
    bool no;
};
struct conjunction {
    struct literal lit[LITERALS_MAX];
    int n;
};
struct dnf {
    struct conjunction **c;
    int n, cap;
};
/* A rule's two readings: the ways in which it is true, and those in which it is false. */
struct ways {
    struct dnf yes, no;
};

static void add(struct yh_arena *a, struct dnf *d, struct conjunction *c)
{
    if (d->n < CONJUNCTIONS_MAX)
        YH_PUSH(a, d->c, d->n, d->cap) = c;
}

static struct dnf any_of(struct yh_arena *a, struct dnf x, struct dnf y)
{
    struct dnf d = { 0 };
    for (int i = 0; i < x.n; i++)
        add(a, &d, x.c[i]);
    for (int i = 0; i < y.n; i++)
        add(a, &d, y.c[i]);
    return d;
}

static struct dnf all_of(struct yh_arena *a, struct dnf x, struct dnf y)
{
    struct dnf d = { 0 };
    for (int i = 0; i < x.n; i++)
        for (int k = 0; k < y.n; k++) {
            if (x.c[i]->n + y.c[k]->n > LITERALS_MAX)
                continue;
            struct conjunction *c = YH_NEW(a, struct conjunction, 1);
            *c = *x.c[i];
            memcpy(c->lit + c->n, y.c[k]->lit, (size_t)y.c[k]->n * sizeof *c->lit);
            c->n += y.c[k]->n;
            add(a, &d, c);
        }
    return d;
}

static struct dnf one_way(struct yh_arena *a, unsigned atom, bool no)
{
    struct dnf d = { 0 };
    struct conjunction *c = YH_NEW(a, struct conjunction, 1);
    c->lit[c->n++] = (struct literal){ .atom = (uint16_t)atom, .no = no };
    add(a, &d, c);
    return d;
}

static struct dnf ways_of(const struct yh_scheme *s, struct yh_rule rule, struct yh_arena *a)
{
    struct ways stack[YH_RULE_ATOMS_MAX + 1];
    int n = 0;
    for (uint32_t i = 0; i < rule.n; i++) {
        unsigned op = s->code[rule.at + i];
        if (op == YH_RULE_NOT) {
            struct ways w = stack[n - 1];
            stack[n - 1] = (struct ways){ .yes = w.no, .no = w.yes };
        } else if (op == YH_RULE_AND || op == YH_RULE_OR) {
            struct ways x = stack[n - 2], y = stack[n - 1];
            bool both = op == YH_RULE_AND;
            stack[--n - 1] =
                (struct ways){ .yes = both ? all_of(a, x.yes, y.yes) : any_of(a, x.yes, y.yes),
                               .no = both ? any_of(a, x.no, y.no) : all_of(a, x.no, y.no) };
        } else {
            stack[n++] =
                (struct ways){ .yes = one_way(a, op, false), .no = one_way(a, op, true) };
        }
    }
    return stack[0].yes;
}

/* The search for one conjunction. */
struct search {
    const struct yh_scheme *s;
    const struct conjunction *want;
    struct yh_reach *out;
    struct yh_case *c;
    int first_adrg, first_drg; /* the row that took the plainest combination */
    bool found;
};

static const struct yh_atom *atom_of(const struct search *f, int i)
{
    return &f->s->atom[f->want->lit[i].atom];
}

static bool dx_holds(const struct yh_scheme *s, int cls, int32_t list)
{
    return s->dx_lists[(ptrdiff_t)cls * s->dxwords + list / 64] >> (list % 64) & 1;
}

static bool px_holds(const struct yh_scheme *s, int cls, int32_t list)
{
    return s->px_lists[(ptrdiff_t)cls * s->pxwords + list / 64] >> (list % 64) & 1;
}

/* May a diagnosis (procedure) of this class stand first, or behind the first? */
static bool dx_allowed(const struct search *f, int cls, bool first)
{
    for (int i = 0; i < f->want->n; i++) {
        const struct yh_atom *a = atom_of(f, i);
        bool no = f->want->lit[i].no;
        bool place = first ? a->kind == YH_ATOM_PDX : a->kind == YH_ATOM_SDX;
        bool any = a->kind == YH_ATOM_DX || a->kind == YH_ATOM_DXPRE;
        if (no && (place || any) && dx_holds(f->s, cls, a->list))
            return false;
        if (!no && first && place && !dx_holds(f->s, cls, a->list))
            return false;
    }
    return true;
}

static bool px_allowed(const struct search *f, int cls, bool first)
{
    for (int i = 0; i < f->want->n; i++) {
        const struct yh_atom *a = atom_of(f, i);
        bool no = f->want->lit[i].no;
        bool place = first ? a->kind == YH_ATOM_PPX : a->kind == YH_ATOM_SPX;
        if (no && (place || a->kind == YH_ATOM_PX) && px_holds(f->s, cls, a->list))
            return false;
        if (!no && first && place && !px_holds(f->s, cls, a->list))
            return false;
    }
    return true;
}

/* Classes that may stand first and that rows up to the target tell apart; the first of each kind.
 * Row `none` (of procedures) is the case without any. */
static int *first_classes(const struct search *f, bool px, int target, struct yh_arena *a,
                          int *n)
{
    const struct yh_scheme *s = f->s;
    int total = px ? s->npxclass : s->ndxclass, words = s->rwords, cap = 0;
    const uint64_t *rows = px ? s->px_rules : s->dx_rules;
    int *out = NULL;
    *n = 0;
    if (px) {
        bool needs = false;
        for (int i = 0; i < f->want->n; i++) {
            enum yh_atom_kind k = atom_of(f, i)->kind;
            needs |= !f->want->lit[i].no &&
                     (k == YH_ATOM_PPX || k == YH_ATOM_PX || k == YH_ATOM_SPX);
        }
        if (!needs)
            YH_PUSH(a, out, *n, cap) = s->npxclass;
    }
    struct yh_map seen = yh_map_in(a, total);
    for (int pass = 0; pass < 2; pass++)
        for (int c = 0; c < total; c++) {
            /* Class 0, the codes of no list, comes last. */
            if ((c == 0) != pass || !(px ? px_allowed(f, c, true) : dx_allowed(f, c, true)))
                continue;
            uint64_t *key = YH_NEW(a, uint64_t, words + 2);
            for (int w = 0; w <= target / 64; w++)
                key[w] = rows[(ptrdiff_t)c * words + w];
            if (target % 64 < 63)
                key[target / 64] &= (UINT64_C(2) << (target % 64)) - 1;
            key[words] = px ? 0 : s->dx_site[c];
            for (int i = 0; i < f->want->n; i++) {
                const struct yh_atom *at = atom_of(f, i);
                bool list = px ? at->kind == YH_ATOM_PX
                               : at->kind == YH_ATOM_DX || at->kind == YH_ATOM_DXPRE;
                if (list && i < 64 &&
                    (px ? px_holds(s, c, at->list) : dx_holds(s, c, at->list)))
                    key[words + 1] |= UINT64_C(1) << i;
            }
            if (yh_map_add(&seen, (yh_str){ (const char *)key, (words + 2) * 8 }, c))
                YH_PUSH(a, out, *n, cap) = c;
        }
    return out;
}

static uint32_t member(const uint16_t *class_of, int nid, int cls)
{
    for (int id = 1; id < nid; id++)
        if (class_of[id] == cls)
            return (uint32_t)id;
    return 0;
}

static uint8_t level_of(const struct yh_scheme *s, uint32_t id)
{
    return id < (uint32_t)s->cc->n ? s->cc->level[id] : YH_LEVEL_NONE;
}

static bool excluded(const struct yh_scheme *s, uint32_t pdx, uint32_t id)
{
    uint16_t t = pdx < (uint32_t)s->excl->n ? s->excl->excl[pdx] : 0;
    return t && t == s->cc->excl[id];
}

static bool add_dx(struct search *f, uint32_t id)
{
    if (f->c->ndx == YH_CASE_CODES_MAX)
        return false;
    f->c->dx[f->c->ndx++] = id ? f->s->shared->dx.text[id] : YH_S("Z99.none");
    return true;
}

/* The variant-th code of a list that may stand behind the first, those without a level before. */
static bool add_from_list(struct search *f, const struct yh_code_list *l, uint32_t pdx,
                          int variant)
{
    const struct yh_scheme *s = f->s;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; l && i < l->n; i++) {
            uint32_t id = l->id[i];
            int cls = id < (uint32_t)s->ndxid ? s->dx_class[id] : 0;
            bool counts = level_of(s, id) && !excluded(s, pdx, id);
            if (counts == (pass == 1) && dx_allowed(f, cls, false) && variant-- == 0)
                return add_dx(f, id);
        }
    return false;
}

/* A code that no list of an any-diagnosis rule holds, of the level wanted, and that counts. */
static bool add_level(struct search *f, uint32_t pdx, unsigned levels)
{
    const struct yh_scheme *s = f->s;
    for (int pass = 0; pass < 2; pass++)
        for (int id = 1; id < s->cc->n && id < s->ndxid; id++) {
            int cls = s->dx_class[id];
            if (!(levels >> s->cc->level[id] & 1) || s->cc->level[id] == YH_LEVEL_NONE ||
                excluded(s, pdx, (uint32_t)id) || !dx_allowed(f, cls, false) || s->dx_site[cls])
                continue;
            bool touches = false;
            for (int a = 0; a < s->natom && pass == 0; a++)
                touches |= (s->atom[a].kind == YH_ATOM_DX || s->atom[a].kind == YH_ATOM_SDX) &&
                           dx_holds(s, cls, s->atom[a].list);
            if (!touches)
                return add_dx(f, (uint32_t)id);
        }
    return false;
}

/* Codes of other body sites, those that bring no level before. */
static bool add_sites(struct search *f, int cls, uint32_t pdx, int64_t want)
{
    const struct yh_scheme *s = f->s;
    uint32_t hit = 0;
    if (s->dx_site[cls])
        hit |= 1u << (s->dx_site[cls] - 1);
    for (int pass = 0; pass < 2; pass++)
        for (int id = 1; id < s->ndxid && __builtin_popcount(hit) < want; id++) {
            int site = s->dx_site[s->dx_class[id]];
            bool counts = level_of(s, (uint32_t)id) && !excluded(s, pdx, (uint32_t)id);
            if (!site || (hit >> (site - 1) & 1) || counts != (pass == 1) ||
                !dx_allowed(f, s->dx_class[id], false))
                continue;
            hit |= 1u << (site - 1);
            if (!add_dx(f, (uint32_t)id))
                return false;
        }
    return __builtin_popcount(hit) >= want;
}

static bool add_px(struct search *f, const struct yh_code_list *l, int variant)
{
    const struct yh_scheme *s = f->s;
    for (int i = 0; l && i < l->n; i++) {
        uint32_t id = l->id[i];
        int cls = id < (uint32_t)s->npxid ? s->px_class[id] : 0;
        if (px_allowed(f, cls, false) && variant-- == 0 && f->c->npx < YH_CASE_CODES_MAX) {
            f->c->px[f->c->npx++] = s->shared->px.text[id];
            return true;
        }
    }
    return false;
}

/* The codes of one combination; false when a list offers no further variant. */
static bool fill_codes(struct search *f, int dx, int px, int variant)
{
    const struct yh_scheme *s = f->s;
    uint32_t pdx = member(s->dx_class, s->ndxid, dx);
    f->c->ndx = f->c->npx = 0;
    add_dx(f, pdx);
    if (px < s->npxclass) {
        uint32_t id = member(s->px_class, s->npxid, px);
        f->c->px[f->c->npx++] = id ? s->shared->px.text[id] : YH_S("99.none");
    }
    unsigned levels = 0;
    for (int i = 0; i < f->want->n; i++) {
        const struct yh_atom *a = atom_of(f, i);
        bool ok = true;
        if (f->want->lit[i].no)
            continue;
        if (a->kind == YH_ATOM_SDX ||
            ((a->kind == YH_ATOM_DX || a->kind == YH_ATOM_DXPRE) && !dx_holds(s, dx, a->list)))
            ok = add_from_list(f, s->dxlist[a->list], pdx, variant);
        else if (a->kind == YH_ATOM_SPX ||
                 (a->kind == YH_ATOM_PX && (px == s->npxclass || !px_holds(s, px, a->list))))
            ok = add_px(f, s->pxlist[a->list], variant);
        else if (a->kind == YH_ATOM_SITES)
            ok = add_sites(f, dx, pdx, a->num + (a->op == YH_GT));
        else if (a->kind == YH_ATOM_MCC)
            levels |= 1u;
        else if (a->kind == YH_ATOM_CC)
            levels |= 2u;
        else if (a->kind == YH_ATOM_ANYCC)
            levels |= 4u;
        if (!ok)
            return false;
    }
    unsigned cc = 1u << YH_LEVEL_CC, mcc = 1u << YH_LEVEL_MCC;
    if ((levels & 1u) && !add_level(f, pdx, mcc))
        return false;
    if ((levels & 2u) && !add_level(f, pdx, cc))
        return false;
    if (levels == 4u && !add_level(f, pdx, variant % 2 ? mcc : cc))
        return false;
    return true;
}

/* The numbers of a case, and the values of each that are worth trying. */
enum { SEX, DAYS, WEIGHT, LOS, ICU, DISCHARGE, DEPT, NUMBERS };
struct choices {
    int32_t value[NUMBERS][CHOICES_MAX];
    int n[NUMBERS];
    yh_str dept[CHOICES_MAX];
};

static void set_number(struct yh_case *c, int which, const struct choices *ch, int at)
{
    int32_t v = ch->value[which][at];
    switch (which) {
    case SEX: c->sex = v; break;
    case DAYS:
        c->age_days = v;
        c->age = v / 365;
        break;
    case WEIGHT: c->weight = v; break;
    case LOS: c->los = v; break;
    case ICU: c->icu_hours = v; break;
    case DISCHARGE: c->discharge = v; break;
    default: c->dept = ch->dept[at]; break;
    }
}

static int number_of(enum yh_atom_kind kind)
{
    switch (kind) {
    case YH_ATOM_SEX: return SEX;
    case YH_ATOM_AGE:
    case YH_ATOM_AGE_DAYS: return DAYS;
    case YH_ATOM_WEIGHT: return WEIGHT;
    case YH_ATOM_LOS: return LOS;
    case YH_ATOM_ICU_HOURS: return ICU;
    case YH_ATOM_DISCHARGE: return DISCHARGE;
    case YH_ATOM_DEPT: return DEPT;
    case YH_ATOM_PDX:
    case YH_ATOM_DX:
    case YH_ATOM_SDX:
    case YH_ATOM_DXPRE:
    case YH_ATOM_PPX:
    case YH_ATOM_PX:
    case YH_ATOM_SPX:
    case YH_ATOM_MCC:
    case YH_ATOM_CC:
    case YH_ATOM_ANYCC:
    case YH_ATOM_ALWAYS:
    case YH_ATOM_NEVER:
    case YH_ATOM_SITES: return -1;
    }
    return -1;
}

static void offer(struct choices *ch, int which, int64_t v)
{
    if (v < 0 || v > 60000 || ch->n[which] == CHOICES_MAX)
        return;
    for (int i = 0; i < ch->n[which]; i++)
        if (ch->value[which][i] == v)
            return;
    ch->value[which][ch->n[which]++] = (int32_t)v;
}

/* Plain values first, then those around every bound of the scheme. */
static void offer_all(const struct yh_scheme *s, struct choices *ch)
{
    static const int32_t PLAIN[DEPT][2] = { { 1, 2 },  { 14600, 10 }, { 0, 3000 },
                                            { 10, 3 }, { 0, 10 },     { 1, 3 } };
    for (int i = 0; i < DEPT; i++)
        for (int k = 0; k < 2; k++)
            offer(ch, i, PLAIN[i][k]);
    ch->dept[ch->n[DEPT]++] = YH_S("0301");
    for (int i = 0; i < s->natom; i++) {
        const struct yh_atom *a = &s->atom[i];
        int which = number_of(a->kind);
        if (which < 0 || which == SEX)
            continue;
        if (which == DEPT && ch->n[DEPT] < CHOICES_MAX)
            ch->dept[ch->n[DEPT]++] = a->arg;
        for (int d = -1; d <= 1 && which != DEPT && which != DISCHARGE; d++)
            offer(ch, which, (a->num + d) * (a->kind == YH_ATOM_AGE ? 365 : 1));
        for (int d = 0; d < 10 && which == DISCHARGE; d++)
            if (a->num >> d & 1)
                offer(ch, which, d);
    }
}

/* Keeps the values that the conjunction's own bounds allow; false: some number has none left. */
static bool keep_allowed(struct search *f, struct choices *ch)
{
    for (int which = 0; which < NUMBERS; which++) {
        int kept = 0;
        for (int i = 0; i < ch->n[which]; i++) {
            bool ok = true;
            set_number(f->c, which, ch, i);
            for (int k = 0; k < f->want->n && ok; k++) {
                struct yh_facts facts = { .s = f->s, .c = f->c };
                const struct yh_atom *a = atom_of(f, k);
                if (number_of(a->kind) == which)
                    ok = yh_atom_true(&facts, a, NULL) != f->want->lit[k].no;
            }
            if (ok) {
                ch->value[which][kept] = ch->value[which][i];
                ch->dept[which == DEPT ? kept : 0] = ch->dept[which == DEPT ? i : 0];
                kept++;
            }
        }
        ch->n[which] = kept;
        if (kept == 0)
            return false;
    }
    return true;
}

static void try_case(struct search *f)
{
    struct yh_drg_group g;
    f->out->tries++;
    yh_drg_group(f->s, f->c, &g);
    f->found = g.adrg == f->out->adrg && g.drg == f->out->drg;
    if (f->first_adrg < 0) {
        f->first_adrg = g.adrg;
        f->first_drg = g.drg;
    }
}

/* All numbers plain, then each number's other values one at a time. */
static void try_numbers(struct search *f, const struct choices *ch)
{
    for (int which = 0; which < NUMBERS; which++)
        set_number(f->c, which, ch, 0);
    try_case(f);
    for (int which = 0; which < NUMBERS && !f->found; which++) {
        for (int i = 1; i < ch->n[which] && !f->found; i++) {
            set_number(f->c, which, ch, i);
            try_case(f);
        }
        if (!f->found)
            set_number(f->c, which, ch, 0);
    }
}

static void two_lists(struct search *f, bool px)
{
    for (int i = 0; i < f->want->n; i++) {
        const struct yh_atom *a = atom_of(f, i);
        if (a->kind != (px ? YH_ATOM_PPX : YH_ATOM_PDX) || f->want->lit[i].no)
            continue;
        if (f->out->first.n == 0)
            f->out->first = a->arg;
        else if (!yh_eq(f->out->first, a->arg))
            f->out->second = a->arg;
    }
}

/* Does what is wanted make this literal true? */
static bool implies(const struct search *f, struct literal l)
{
    enum yh_atom_kind kind = f->s->atom[l.atom].kind;
    if (kind == YH_ATOM_ALWAYS && !l.no)
        return true;
    for (int i = 0; i < f->want->n; i++) {
        struct literal w = f->want->lit[i];
        enum yh_atom_kind have = f->s->atom[w.atom].kind;
        if (w.atom == l.atom && w.no == l.no)
            return true;
        if (kind == YH_ATOM_ANYCC && !l.no && !w.no &&
            (have == YH_ATOM_MCC || have == YH_ATOM_CC))
            return true;
    }
    return false;
}

/* The DRG row of the same ADRG, before the target, that holds whenever what is wanted holds. */
static int covering(const struct search *f, struct yh_arena scratch)
{
    const struct yh_adrg_row *row = &f->s->adrg[f->out->adrg];
    int end = f->out->drg >= 0 ? f->out->drg : row->first + row->n;
    for (int d = row->first; row->kind != YH_ADRG_QY && d < end; d++) {
        struct dnf ways = ways_of(f->s, f->s->drg[d].rule, &scratch);
        for (int i = 0; i < ways.n; i++) {
            bool all = true;
            for (int k = 0; k < ways.c[i]->n; k++)
                all = all && implies(f, ways.c[i]->lit[k]);
            if (all)
                return d;
        }
    }
    return -1;
}

/* Worse reasons do not hide better ones: OPEN over TAKEN over COVERED over NUMBERS over EMPTY over NEVER. */
static void note(struct yh_reach *out, enum yh_reach_why why)
{
    if (why > out->why)
        out->why = why;
}

static void search(struct search *f, struct yh_arena scratch)
{
    const struct yh_scheme *s = f->s;
    struct choices *ch = YH_NEW(&scratch, struct choices, 1);
    for (int i = 0; i < f->want->n; i++) {
        enum yh_atom_kind k = atom_of(f, i)->kind;
        if (k == (f->want->lit[i].no ? YH_ATOM_ALWAYS : YH_ATOM_NEVER))
            return;
    }
    int by = covering(f, scratch);
    if (by >= 0) {
        if (f->out->why < YH_REACH_COVERED)
            f->out->taken_adrg = f->out->adrg, f->out->taken_drg = by;
        note(f->out, YH_REACH_COVERED);
        return;
    }
    offer_all(s, ch);
    if (!keep_allowed(f, ch)) {
        note(f->out, YH_REACH_NUMBERS);
        return;
    }
    int ndx, npx;
    int *dx = first_classes(f, false, f->out->adrg, &scratch, &ndx);
    int *px = first_classes(f, true, f->out->adrg, &scratch, &npx);
    if (ndx == 0 || npx == 0) {
        two_lists(f, ndx != 0);
        note(f->out, YH_REACH_EMPTY);
        return;
    }
    bool built = false;
    for (int v = 0; v < VARIANTS; v++)
        for (int i = 0; i < ndx; i++)
            for (int k = 0; k < npx; k++) {
                if (!fill_codes(f, dx[i], px[k], v))
                    continue;
                built = true;
                try_numbers(f, ch);
                if (f->found)
                    return;
                if (f->out->tries > YH_REACH_TRIES) {
                    note(f->out, YH_REACH_OPEN);
                    return;
                }
            }
    note(f->out, built ? YH_REACH_TAKEN : YH_REACH_EMPTY);
}

void yh_reach(const struct yh_scheme *s, int adrg, int drg, struct yh_arena *a,
              struct yh_arena scratch, struct yh_reach *out)
{
    const struct yh_adrg_row *row = &s->adrg[adrg];
    *out = (struct yh_reach){ .why = YH_REACH_NEVER,
                              .adrg = adrg,
                              .drg = drg,
                              .taken_adrg = -1,
                              .taken_drg = -1,
                              .first = YH_S(""),
                              .second = YH_S("") };
    out->name = drg >= 0 ? s->drg[drg].name : row->no_drg;
    struct dnf all = ways_of(s, s->mdc[row->mdc].rule, &scratch);
    all = all_of(&scratch, all, ways_of(s, row->rule, &scratch));
    if (drg >= 0)
        all = all_of(&scratch, all, ways_of(s, s->drg[drg].rule, &scratch));
    struct search f = { .s = s, .out = out, .first_adrg = -1, .first_drg = -1 };
    f.c = YH_NEW(&scratch, struct yh_case, 1);
    *f.c = (struct yh_case){
        .id = YH_S("reach"), .dept = YH_S(""), .hospital = YH_S(""), .discharged = YH_DAY_MIN
    };
    for (int i = 0; i < all.n && !f.found; i++) {
        f.want = all.c[i];
        search(&f, scratch);
    }
    if (f.found) {
        out->why = YH_REACHED;
        out->example = YH_NEW(a, struct yh_case, 1);
        *out->example = *f.c;
        return;
    }
    if (out->why == YH_REACH_TAKEN) {
        out->taken_adrg = f.first_adrg;
        out->taken_drg = f.first_drg;
    }
}

int yh_targets(const struct yh_scheme *s, struct yh_arena *a, struct yh_target **out)
{
    int n = 0, cap = 0;
    *out = NULL;
    for (int r = 0; r < s->nadrg; r++) {
        const struct yh_adrg_row *row = &s->adrg[r];
        if (row->kind != YH_ADRG_QY)
            for (int d = row->first; d < row->first + row->n; d++)
                YH_PUSH(a, *out, n, cap) = (struct yh_target){ r, d };
        if (row->kind == YH_ADRG_QY || (!row->falls_through && !yh_adrg_always_drg(s, row)))
            YH_PUSH(a, *out, n, cap) = (struct yh_target){ r, -1 };
    }
    return n;
}
