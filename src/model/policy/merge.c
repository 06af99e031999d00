/* Which documents hold together, and which of their statements. */
#include "model/policy/inside.h"

struct mix {
    struct yh_arena *a;
    struct yh_merge *m;
    struct yh_findings *f;
    struct yh_policy_how how;
    yh_day day;
    int only, doc_cap, item_cap;
};

static const struct yh_policy_doc *doc_at(const struct mix *x, int i)
{
    return &x->m->set->doc[i];
}

bool yh_visits_read(struct yh_arena *a, const struct yh_kinds *k, yh_str text, uint64_t *bits,
                    const struct yh_policy_doc *doc, struct yh_findings *f)
{
    bool ok = true;
    memset(bits, 0, sizeof(uint64_t) * YH_SET_WORDS);
    for (yh_str v; (v = yh_next_item(&text)).n;) {
        if (yh_eq(v, YH_S("全部"))) {
            for (int o = 0; o < k->dim_n[YH_DIM_VISIT]; o++)
                bits[o / 64] |= UINT64_C(1) << (o % 64);
            continue;
        }
        int i = yh_kinds_find(k, YH_DIM_VISIT, v);
        if (i < 0) {
            yh_found(a, f, YH_ERROR, doc, v,
                     "就医类别见 catalogs/kinds.tsv，或用 kinds 就医类别 声明",
                     "没有「%.*s」这个就医类别", YH_ARG(v));
            ok = false;
            continue;
        }
        int o = k->kind[i].ordinal;
        bits[o / 64] |= UINT64_C(1) << (o % 64);
    }
    return ok;
}

/* ---- kinds ---- */

/* "未定级 < 一级", "居民一档(5), 居民二档 < 居民" */
static void read_kind(struct mix *x, const struct yh_policy_stmt *s, enum yh_dim dim,
                      yh_str part)
{
    struct yh_kinds *k = x->m->kinds;
    const struct yh_policy_doc *d = doc_at(x, s->doc);
    yh_str up = part, names = yh_cut(&up, '<');
    up = yh_trim(up);
    int parent = up.n ? yh_kinds_find(k, dim, up) : -1;
    if (up.n && parent < 0) {
        yh_found(x->a, x->f, YH_ERROR, d, up, "先声明它，或用 catalogs/kinds.tsv 里的值",
                 "没有「%.*s」这个%s", YH_ARG(up), yh_dim_word(dim).p);
        return;
    }
    for (yh_str v; (v = yh_next_item(&names)).n;) {
        yh_str code = v, name = yh_trim(yh_cut(&code, '('));
        if (code.n && code.p[code.n - 1] == ')')
            code.n--;
        int i = yh_kinds_find(k, dim, name);
        if (i >= 0 && k->kind[i].parent != parent && parent != i) {
            for (int up_to = parent; up_to >= 0; up_to = k->kind[up_to].parent)
                if (up_to == i) {
                    yh_found(x->a, x->f, YH_ERROR, d, v, "去掉其中一个 <",
                             "「%.*s」成了自己的上级", YH_ARG(name));
                    return;
                }
            k->kind[i].parent = parent;
        } else if (i < 0) {
            i = yh_kinds_add(x->a, k, dim, name, parent);
        }
        if (i < 0)
            yh_found(x->a, x->f, YH_ERROR, d, v, "减少取值", "%s的取值太多",
                     yh_dim_word(dim).p);
        else if (yh_trim(code).n)
            yh_kinds_code(x->a, k, i, yh_trim(code));
    }
}

/* "级别: 省属 < 三级; 乡镇 < 一级": the dimension, and what follows. */
static int dim_part(struct mix *x, const struct yh_policy_stmt *s, yh_str *rest)
{
    *rest = s->args;
    yh_str word = yh_trim(yh_cut_any(rest, ":", "："));
    int dim = yh_dim_of(word);
    if (dim < 0 || dim >= YH_DIM_NUMERIC || !rest->p) {
        yh_found(x->a, x->f, YH_ERROR, doc_at(x, s->doc), s->args,
                 "写成 kinds 级别: 省属 < 三级", "没有「%.*s」这个维度", YH_ARG(word));
        return -1;
    }
    return dim;
}

static void read_kinds(struct mix *x, int doc)
{
    const struct yh_policy_doc *d = doc_at(x, doc);
    for (int i = 0; i < d->nstmt; i++) {
        const struct yh_policy_stmt *s = &d->stmt[i];
        if (!yh_eq(s->word, YH_S("kinds")))
            continue;
        yh_str rest;
        int dim = dim_part(x, s, &rest);
        while (dim >= 0 && rest.p)
            read_kind(x, s, dim, yh_trim(yh_cut_any(&rest, ";", "；")));
    }
}

/* ---- statements ---- */

static yh_str squeeze(struct yh_arena *a, yh_str s)
{
    struct yh_buf b = yh_buf_in(a);
    for (ptrdiff_t i = 0; i < s.n; i++)
        if (s.p[i] != ' ' && s.p[i] != '\t')
            yh_putc(&b, s.p[i]);
    return yh_buf_str(&b);
}

static yh_str before(yh_str s, const char *a, const char *b)
{
    return yh_cut_any(&s, a, b);
}

/* What tells statements of one word apart. */
static yh_str qualifier(struct mix *x, const struct yh_policy_stmt *s)
{
    if (yh_eq(s->word, YH_S("except")) || yh_eq(s->word, YH_S("account.for")))
        return squeeze(x->a, before(s->args, ":", "："));
    if (yh_eq(s->word, YH_S("define")) || yh_eq(s->word, YH_S("params")))
        return squeeze(x->a, before(s->args, "=", "＝"));
    if (yh_eq(s->word, YH_S("kinds")) || yh_eq(s->word, YH_S("order")))
        return squeeze(x->a, s->args);
    if (yh_eq(s->word, YH_S("adjust")))
        return squeeze(x->a, s->args);
    if (yh_eq(s->word, YH_S("cap"))) {
        struct yh_buf b = yh_buf_in(x->a);
        for (int part = 0; part < 2; part++) {
            yh_str rest = part ? s->tail : s->args;
            for (yh_str w; (w = yh_next_word(&rest)).n;)
                if (yh_eq(w, YH_S("per")) || yh_eq(w, YH_S("on")) || yh_eq(w, YH_S("shared")))
                    yh_put(&b, yh_next_word(&rest));
        }
        return yh_buf_str(&b);
    }
    return YH_S("");
}

static bool same_visits(const struct yh_merged *a, const struct yh_merged *b)
{
    return a->any_visit == b->any_visit && !memcmp(a->visits, b->visits, sizeof a->visits);
}

/* Does some visit fall to both? */
static bool overlap(const struct yh_kinds *k, const struct yh_merged *a,
                    const struct yh_merged *b)
{
    if (a->any_visit || b->any_visit)
        return false;
    for (int o = 0; o < k->dim_n[YH_DIM_VISIT]; o++)
        if (yh_kind_distance(k, YH_DIM_VISIT, o, a->visits) >= 0 &&
            yh_kind_distance(k, YH_DIM_VISIT, o, b->visits) >= 0)
            return true;
    return false;
}

static void drop(struct yh_merge *m, int i)
{
    memmove(&m->item[i], &m->item[i + 1], sizeof *m->item * (size_t)(m->n - i - 1));
    m->n--;
}

static bool may_repeat(yh_str word)
{
    return yh_eq(word, YH_S("when"));
}

/* Lays one statement of an amendment over what stands; false: nothing there has its key. */
static bool replace(struct mix *x, const struct yh_merged *s, int first)
{
    struct yh_merge *m = x->m;
    const struct yh_policy_doc *d = doc_at(x, s->stmt->doc);
    bool done = false;
    for (int i = first; i < m->n; i++) {
        struct yh_merged *t = &m->item[i];
        if (!yh_eq(t->key, s->key))
            continue;
        if (!same_visits(t, s)) {
            if (overlap(m->kinds, t, s) && t->stmt->doc != s->stmt->doc)
                yh_found(x->a, x->f, YH_ERROR, d, s->stmt->where,
                         "修订整句替换：for 照抄原句，或把原句拆开写",
                         "修订的 for 与原句的 for（%.*s）有重叠而不相同",
                         YH_ARG(t->stmt->visits));
            continue;
        }
        if (t->stmt->doc == s->stmt->doc) {
            if (!may_repeat(s->stmt->word))
                yh_found(x->a, x->f, YH_ERROR, d, s->stmt->where, "删去一句，或合成一句",
                         "同一文件里这一句写了两次");
            else
                continue;
            return true;
        }
        const struct yh_policy_doc *old = doc_at(x, t->stmt->doc);
        if (t->replaced_doc >= 0 && old->period.from == d->period.from && old->amends.n) {
            yh_found(x->a, x->f, YH_ERROR, d, s->stmt->where, "两个修订合成一个，或改生效日",
                     "与 %.*s 从同一天起修订了同一句", YH_ARG(old->name));
            return true;
        }
        if (done) {
            drop(m, i--);
            continue;
        }
        int was = t->stmt->doc;
        *t = *s;
        t->replaced_doc = was;
        done = true;
    }
    return done;
}

static void add_doc(struct mix *x, int doc, int first)
{
    const struct yh_policy_doc *d = doc_at(x, doc);
    YH_PUSH(x->a, x->m->doc, x->m->ndoc, x->doc_cap) = doc;
    read_kinds(x, doc);
    for (int i = 0; i < d->nstmt; i++) {
        const struct yh_policy_stmt *s = &d->stmt[i];
        struct yh_merged t = { .stmt = s, .any_visit = !s->visits.n, .replaced_doc = -1 };
        bool head = yh_eq(s->word, YH_S("layer"));
        if (yh_eq(s->word, YH_S("account")) || (yh_eq(s->word, YH_S("params")) && !s->args.n) ||
            (yh_eq(s->word, YH_S("split")) && !s->nrow) || (head && !s->args.n))
            if (!head)
                continue;
        if (head)
            t.any_visit = true;
        else if (s->visits.n &&
                 !yh_visits_read(x->a, x->m->kinds, s->visits, t.visits, d, x->f))
            continue;
        t.key = yh_fmt(x->a, "%.*s/%.*s/%.*s", YH_ARG(s->group), YH_ARG(s->word),
                       YH_ARG(qualifier(x, s)));
        if (head && !s->args.n) {
            /* A later block of a layer names no fund: the first one did. */
            bool known = false;
            for (int j = 0; j < x->m->n; j++)
                known |= yh_eq(x->m->item[j].key, t.key);
            if (known)
                continue;
        }
        if (replace(x, &t, first))
            continue;
        YH_PUSH(x->a, x->m->item, x->m->n, x->item_cap) = t;
    }
}

/* ---- which documents ---- */

/* A draft with a missing parameter cannot be tried; by itself it is still checked and told. */
static bool is_incomplete(const struct yh_policy_doc *d)
{
    for (int i = 0; i < d->nstmt; i++)
        if (yh_find(d->stmt[i].raw, YH_S("缺")) >= 0)
            return true;
    return false;
}

static bool holds(const struct mix *x, const struct yh_policy_doc *d, yh_day day)
{
    return yh_in_period(d->period, day) &&
           (d->standing != YH_DRAFT || (x->how.drafts && !is_incomplete(d)));
}

static bool taken(const struct mix *x, int doc)
{
    for (int i = 0; i < x->m->ndoc; i++)
        if (x->m->doc[i] == doc)
            return true;
    return false;
}

/* Amendments of `base`, earliest first; among those of one day the one asked for comes last. */
static void add_amendments(struct mix *x, int base, int first)
{
    const struct yh_policy_set *set = x->m->set;
    for (;;) {
        int next = -1;
        for (int i = 0; i < set->ndoc; i++) {
            const struct yh_policy_doc *d = &set->doc[i];
            if (!d->amends.n || !yh_eq(d->amends, set->doc[base].id) || taken(x, i) ||
                !(holds(x, d, x->day) || (i == x->only && yh_in_period(d->period, x->day))))
                continue;
            if (next < 0 || d->period.from < set->doc[next].period.from ||
                (d->period.from == set->doc[next].period.from && next == x->only))
                next = i;
        }
        if (next < 0)
            return;
        add_doc(x, next, first);
    }
}

/* "region/scheme" or a whole id to the document that holds; -1. */
static int resolve(const struct mix *x, yh_str what)
{
    const struct yh_policy_set *set = x->m->set;
    int found = -1;
    for (int i = 0; i < set->ndoc; i++) {
        const struct yh_policy_doc *d = &set->doc[i];
        if (d->amends.n)
            continue;
        if (yh_eq(d->id, what))
            return holds(x, d, x->day) ? i : -1;
        yh_str head = d->id;
        head.n = d->region.n + 1 + d->scheme.n;
        if (yh_eq(head, what) && holds(x, d, x->day))
            found = i;
    }
    return found;
}

static void add_base(struct mix *x, int base, int depth)
{
    int first = x->m->n, from = x->m->ndoc;
    add_doc(x, base, first);
    add_amendments(x, base, first);
    int to = x->m->ndoc;
    for (int i = from; i < to; i++) {
        const struct yh_policy_doc *d = doc_at(x, x->m->doc[i]);
        for (int j = 0; j < d->ninclude; j++) {
            int inc = resolve(x, d->include[j]);
            if (inc < 0)
                yh_found(x->a, x->f, YH_ERROR, d, d->include[j],
                         "写成 地区/险种 或 地区/险种/生效日，文件要在同一目录树里",
                         "include 的文件找不到，或这一天没有生效");
            else if (taken(x, inc) || depth == 8)
                yh_found(x->a, x->f, YH_ERROR, d, d->include[j], "去掉其中一个 include",
                         "include 成了环，或重复包含");
            else
                add_base(x, inc, depth + 1);
        }
    }
}

/* `order 身份: 特困, 低保`: the values named first, in that order; ordinals stay what they are. */
void yh_merge(struct yh_arena *a, const struct yh_policy_set *set, int base, yh_day day,
              struct yh_policy_how how, int only_amend, struct yh_merge *out,
              struct yh_findings *f)
{
    struct mix x = { .a = a, .m = out, .f = f, .how = how, .day = day, .only = only_amend };
    *out = (struct yh_merge){ .set = set, .kinds = yh_kinds_copy(a, set->kinds), .base = base };
    add_base(&x, base, 0);
}
