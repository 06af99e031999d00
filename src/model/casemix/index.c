/* model/casemix/index.c -- classes of codes, and the rules each class leaves possible. */
#include "model/casemix/build.h"

#define WORDS(bits) (((bits) + 63) / 64)
#define CLASSES_MAX 65000

/* One side of the index: diagnoses or procedures. */
struct side {
    const struct yh_code_list **list;
    int nlist, nid;
    uint16_t *class_of;
    int nclass, words;
    uint64_t *lists; /* nclass rows of `words` */
    uint64_t *holds; /* the same turned: nlist rows of colwords, one bit a class */
    int colwords;    /* room for nclass + 1 bits */
};

/* A partition of ids that lists refine one after the other. */
struct partition {
    uint32_t *of;  /* by id */
    uint32_t *to;  /* by class: where its members in the present list go */
    int32_t *seen; /* by class: the list that last split it */
    int n, to_cap, seen_n, seen_cap;
};

static void refine(struct partition *p, struct yh_arena *a, const struct yh_code_list *l,
                   int mark)
{
    for (int i = 0; i < l->n; i++) {
        uint32_t old = p->of[l->id[i]];
        /* A code named twice in a list has moved already: its class is newer than the mark. */
        if (p->seen[old] == -mark)
            continue;
        if (p->seen[old] != mark) {
            p->seen[old] = mark;
            p->to[old] = (uint32_t)p->n;
            YH_PUSH(a, p->to, p->n, p->to_cap) = 0;
            YH_PUSH(a, p->seen, p->seen_n, p->seen_cap) = -mark;
        }
        p->of[l->id[i]] = p->to[old];
    }
}

static void set_bit(uint64_t *row, int bit)
{
    row[bit / 64] |= UINT64_C(1) << (bit % 64);
}

/* Gives every id its class; class 0 stays that of codes in no list.  `scratch` is by value. */
static enum yh_status classify(struct yh_build *b, struct side *s, struct yh_arena scratch,
                               struct yh_err *err)
{
    struct partition p = { .of = YH_NEW(&scratch, uint32_t, s->nid) };
    YH_PUSH(&scratch, p.to, p.n, p.to_cap) = 0;
    YH_PUSH(&scratch, p.seen, p.seen_n, p.seen_cap) = 0;
    for (int i = 0; i < s->nlist; i++)
        if (s->list[i])
            refine(&p, &scratch, s->list[i], i + 1);
    /* Refining leaves empty classes behind; number those that have members. */
    uint32_t *dense = YH_NEW(&scratch, uint32_t, p.n);
    int n = 1;
    s->class_of = YH_NEW(b->arena, uint16_t, s->nid);
    for (int id = 1; id < s->nid; id++) {
        uint32_t c = p.of[id];
        if (c && !dense[c]) {
            if (n == CLASSES_MAX)
                return yh_fail(err, YH_LIMIT, "方案 %.*s：编码类别多于 %d 个",
                               YH_ARG(b->s->name), CLASSES_MAX);
            dense[c] = (uint32_t)n++;
        }
        s->class_of[id] = (uint16_t)(c ? dense[c] : 0);
    }
    s->nclass = n;
    s->words = WORDS(s->nlist) ? WORDS(s->nlist) : 1;
    s->lists = YH_NEW(b->arena, uint64_t, (ptrdiff_t)n * s->words);
    for (int i = 0; i < s->nlist; i++)
        for (int k = 0; s->list[i] && k < s->list[i]->n; k++)
            set_bit(s->lists + (ptrdiff_t)s->class_of[s->list[i]->id[k]] * s->words, i);
    return YH_OK;
}

static void turn(struct side *s, struct yh_arena *scratch)
{
    s->colwords = WORDS(s->nclass + 1);
    s->holds = YH_NEW(scratch, uint64_t, (ptrdiff_t)s->nlist * s->colwords);
    for (int i = 0; i < s->nlist; i++)
        for (int k = 0; s->list[i] && k < s->list[i]->n; k++)
            set_bit(s->holds + (ptrdiff_t)i * s->colwords, s->class_of[s->list[i]->id[k]]);
}

/* dxpre(P) is a list like the others: the codes that any table knows and that start with P.  A
 * code that no table knows is compared as text when a case brings one. */
static void fill_prefixes(struct yh_build *b)
{
    struct yh_scheme *s = b->s;
    for (int i = 0; i < s->nprefix; i++) {
        struct yh_code_list *l = YH_NEW(b->arena, struct yh_code_list, 1);
        int cap = 0;
        l->name = s->prefix[i];
        for (int id = 1; id < s->shared->dx.n; id++)
            if (yh_starts(s->shared->dx.text[id], s->prefix[i]))
                YH_PUSH(b->arena, l->id, l->n, cap) = (uint32_t)id;
        s->dxlist[s->prefix_slot[i]] = l;
    }
}

/* For all classes at once: which of them let the rule still come out true, which false, when
 * nothing else is known of the case.  Both over-approximate, so no true rule is ever lost. */
struct maybe {
    uint64_t *t, *f;
};

struct question {
    const struct yh_scheme *s;
    const struct side *side;
    bool px;   /* else the principal diagnosis */
    int n;     /* classes, and for px one more: no procedure at all */
    int words; /* of n bits */
};

static void ask(const struct question *q, const struct yh_atom *a, struct maybe m)
{
    bool first = a->kind == (q->px ? YH_ATOM_PPX : YH_ATOM_PDX);
    bool any =
        q->px ? a->kind == YH_ATOM_PX : a->kind == YH_ATOM_DX || a->kind == YH_ATOM_DXPRE;
    bool never = a->kind == YH_ATOM_NEVER, always = a->kind == YH_ATOM_ALWAYS;
    memset(m.t, never ? 0 : 0xFF, (size_t)q->words * 8);
    memset(m.f, always ? 0 : 0xFF, (size_t)q->words * 8);
    const uint64_t *holds = q->side->holds + (ptrdiff_t)a->list * q->side->colwords;
    for (int w = 0; (first || any) && w < q->words; w++) {
        m.f[w] = ~holds[w];
        m.t[w] = first ? holds[w] : UINT64_MAX;
    }
    if (q->px && (first || any || a->kind == YH_ATOM_SPX))
        m.t[q->side->nclass / 64] &= ~(UINT64_C(1) << (q->side->nclass % 64));
}

static void join(const struct question *q, unsigned op, struct maybe x, struct maybe y)
{
    for (int w = 0; w < q->words; w++) {
        if (op == YH_RULE_AND) {
            x.t[w] &= y.t[w];
            x.f[w] |= y.f[w];
        } else {
            x.t[w] |= y.t[w];
            x.f[w] &= y.f[w];
        }
    }
}

/* Leaves the answer in stack[depth]; returns the depth behind it. */
static int judge(const struct question *q, struct yh_rule rule, struct maybe *stack, int depth)
{
    for (uint32_t i = 0; i < rule.n; i++) {
        unsigned op = q->s->code[rule.at + i];
        if (op == YH_RULE_NOT) {
            struct maybe *top = &stack[depth - 1], was = *top;
            *top = (struct maybe){ .t = was.f, .f = was.t };
        } else if (op == YH_RULE_AND || op == YH_RULE_OR) {
            depth--;
            join(q, op, stack[depth - 1], stack[depth]);
        } else {
            ask(q, &q->s->atom[op], stack[depth++]);
        }
    }
    return depth;
}

/* Row c of the result: the ADRG rules that class c leaves possible, their MDC's rule included. */
static uint64_t *possible(struct yh_build *b, struct question q, struct yh_arena scratch)
{
    struct yh_scheme *s = b->s;
    uint64_t *rows = YH_NEW(b->arena, uint64_t, (ptrdiff_t)q.n * s->rwords);
    struct maybe stack[YH_RULE_ATOMS_MAX + 2];
    for (int i = 0; i < YH_COUNT(stack); i++)
        stack[i] = (struct maybe){ .t = YH_NEW(&scratch, uint64_t, q.words),
                                   .f = YH_NEW(&scratch, uint64_t, q.words) };
    for (int m = 0; m < s->nmdc; m++) {
        int base = judge(&q, s->mdc[m].rule, stack, 0);
        for (int r = s->mdc[m].first; r < s->mdc[m].first + s->mdc[m].n; r++) {
            judge(&q, s->adrg[r].rule, stack, base);
            for (int w = 0; w < q.words; w++) {
                uint64_t bits = stack[base - 1].t[w] & stack[base].t[w];
                for (; bits; bits &= bits - 1) {
                    int c = w * 64 + __builtin_ctzll(bits);
                    if (c < q.n)
                        set_bit(rows + (ptrdiff_t)c * s->rwords, r);
                }
            }
        }
    }
    return rows;
}

static enum yh_status find_sites(struct yh_build *b, const int32_t *site, const struct side *dx,
                                 struct yh_err *err)
{
    struct yh_scheme *s = b->s;
    s->dx_site = YH_NEW(b->arena, uint8_t, dx->nclass);
    for (int i = 0; i < s->nsite; i++)
        for (int c = 0; c < dx->nclass; c++)
            if (dx->lists[(ptrdiff_t)c * dx->words + site[i] / 64] >> (site[i] % 64) & 1) {
                if (s->dx_site[c])
                    return yh_fail(err, YH_BAD_TABLE,
                                   "方案 %.*s 的 sites.tsv：部位 %.*s 与 %.*s 的名单有相同编码",
                                   YH_ARG(s->name), YH_ARG(s->site_name[s->dx_site[c] - 1]),
                                   YH_ARG(s->site_name[i]));
                s->dx_site[c] = (uint8_t)(1 + i);
            }
    return YH_OK;
}

enum yh_status yh_index_build(struct yh_build *b, const int32_t *site, struct yh_arena scratch,
                              struct yh_err *err)
{
    struct yh_scheme *s = b->s;
    fill_prefixes(b);
    struct side dx = { .list = s->dxlist, .nlist = s->ndxlist, .nid = s->shared->dx.n };
    struct side px = { .list = s->pxlist, .nlist = s->npxlist, .nid = s->shared->px.n };
    enum yh_status bad = classify(b, &dx, scratch, err);
    if (!bad)
        bad = classify(b, &px, scratch, err);
    if (!bad)
        bad = find_sites(b, site, &dx, err);
    if (bad)
        return bad;
    turn(&dx, &scratch);
    turn(&px, &scratch);
    s->ndxid = dx.nid, s->dx_class = dx.class_of, s->ndxclass = dx.nclass;
    s->npxid = px.nid, s->px_class = px.class_of, s->npxclass = px.nclass;
    s->dxwords = dx.words, s->dx_lists = dx.lists;
    s->pxwords = px.words, s->px_lists = px.lists;
    s->rwords = WORDS(s->nadrg) ? WORDS(s->nadrg) : 1;
    struct question q = { .s = s, .side = &dx, .n = dx.nclass, .words = WORDS(dx.nclass) };
    s->dx_rules = possible(b, q, scratch);
    q = (struct question){
        .s = s, .side = &px, .px = true, .n = px.nclass + 1, .words = WORDS(px.nclass + 1)
    };
    s->px_rules = possible(b, q, scratch);
    return YH_OK;
}
