/* model/policy/payers.c -- which layers a document has, for which visits, and who pays before whom. */
#include "model/policy/compile.h"

enum yh_payer yh_payer_of(yh_str fund)
{
    static const struct {
        const char *head;
        enum yh_payer payer;
    } PAYERS[] = {
        { "3101", YH_PAY_BASIC },    { "390100", YH_PAY_BASIC },    { "390101", YH_PAY_BASIC },
        { "390102", YH_PAY_BASIC },  { "3902", YH_PAY_SERIOUS },    { "3903", YH_PAY_SERIOUS },
        { "3103", YH_PAY_LARGE },    { "3301", YH_PAY_LARGE },      { "3201", YH_PAY_CIVIL },
        { "3202", YH_PAY_CIVIL },    { "3701", YH_PAY_ENTERPRISE }, { "610200", YH_PAY_OTHER },
        { "6101", YH_PAY_ASSIST },   { "3501", YH_PAY_DISABLED },   { "6301", YH_PAY_WAIVER },
        { "640100", YH_PAY_WAIVER },
    };
    for (int i = 0; i < YH_COUNT(PAYERS); i++)
        if (yh_starts(fund, yh_cstr(PAYERS[i].head)))
            return PAYERS[i].payer;
    return YH_PAY_OTHER;
}

/* `before X`: the layer takes its place in front of X. */
static void move_before(struct yh_compiler *k, yh_str *name, int n,
                        const struct yh_policy_stmt *s)
{
    int from = -1, to = -1;
    for (int i = 0; i < n; i++) {
        if (yh_eq(name[i], s->group))
            from = i;
        if (yh_eq(name[i], s->args))
            to = i;
    }
    if (to < 0)
        BAD(k, s, s->args, "写本文件里已有的层名", "没有「%.*s」这一层", YH_ARG(s->args));
    if (to < 0 || from < to)
        return;
    yh_str moved = name[from];
    memmove(&name[to + 1], &name[to], sizeof *name * (size_t)(from - to));
    name[to] = moved;
}

/* Who pays before whom where `payers` does not say: basic, large or critical, supplements,
 * assistance, other public money, the provider's waiver (DESIGN, policy documents). */
static int payer_rank(struct yh_compiler *k, yh_str name)
{
    static const int RANK[YH_PAY_N] = {
        [YH_PAY_BASIC] = 0,      [YH_PAY_SERIOUS] = 1, [YH_PAY_LARGE] = 1,
        [YH_PAY_ENTERPRISE] = 2, [YH_PAY_CIVIL] = 2,   [YH_PAY_ASSIST] = 3,
        [YH_PAY_DISABLED] = 4,   [YH_PAY_OTHER] = 4,   [YH_PAY_WAIVER] = 5,
    };
    for (int i = 0; i < k->c.m->n; i++) {
        const struct yh_policy_stmt *s = k->c.m->item[i].stmt;
        yh_str args = s->args;
        if (yh_stmt_is(s, "layer") && yh_eq(s->group, name) && args.n) {
            (void)yh_next_word(&args);
            return RANK[yh_payer_of(yh_next_word(&args))];
        }
    }
    return 0;
}

/* Stable: layers of one rank stay in the order of the text. */
static void sort_payers(struct yh_compiler *k, yh_str *name, int n)
{
    for (int i = 1; i < n; i++)
        for (int j = i; j > 0 && payer_rank(k, name[j - 1]) > payer_rank(k, name[j]); j--) {
            yh_str t = name[j];
            name[j] = name[j - 1];
            name[j - 1] = t;
        }
}

static int layer_names(struct yh_compiler *k, yh_str *name)
{
    const struct yh_merge *m = k->c.m;
    int n = 0;
    for (int i = 0; i < m->n; i++) {
        const struct yh_policy_stmt *s = m->item[i].stmt;
        if (!yh_stmt_is(s, "payers"))
            continue;
        yh_str rest = s->args;
        for (yh_str v; (v = yh_next_item(&rest)).n && n < 64;) {
            bool known = false;
            for (int j = 0; j < m->n; j++)
                known |= yh_eq(m->item[j].stmt->group, v);
            if (known)
                name[n++] = v;
            else
                BAD(k, s, v, "写本文件里已有的层名", "没有「%.*s」这一层", YH_ARG(v));
        }
    }
    int said = n;
    for (int i = 0; i < m->n; i++) {
        yh_str g = m->item[i].stmt->group;
        bool seen = !g.n;
        for (int j = 0; j < n && !seen; j++)
            seen = yh_eq(name[j], g);
        if (!seen && n == 64) {
            BAD(k, m->item[i].stmt, m->item[i].stmt->where, "合并相同的层",
                "层太多（超过 64）");
            break;
        }
        if (!seen)
            name[n++] = g;
    }
    sort_payers(k, name + said, n - said);
    for (int i = 0; i < m->n; i++)
        if (yh_stmt_is(m->item[i].stmt, "before"))
            move_before(k, name, n, m->item[i].stmt);
    return n;
}

/* The statements of layer `name` that hold for a visit, the nearest `for` of each key. */
static int pick_for(struct yh_compiler *k, yh_str name, int visit, const struct yh_merged **out)
{
    const struct yh_merge *m = k->c.m;
    int n = 0;
    for (int i = 0; i < m->n; i++) {
        const struct yh_merged *x = &m->item[i];
        if (!yh_eq(x->stmt->group, name) || yh_stmt_is(x->stmt, "layer"))
            continue;
        int d =
            x->any_visit ? 999 : yh_kind_distance(k->c.kinds, YH_DIM_VISIT, visit, x->visits);
        if (d < 0)
            continue;
        bool beaten = false, tie = false;
        const struct yh_merged *other = NULL;
        for (int j = 0; j < m->n && !beaten; j++) {
            const struct yh_merged *y = &m->item[j];
            if (j == i || !yh_eq(y->key, x->key))
                continue;
            int e = y->any_visit ? 999
                                 : yh_kind_distance(k->c.kinds, YH_DIM_VISIT, visit, y->visits);
            if (e < 0)
                continue;
            if (e < d)
                beaten = true;
            else if (e == d && !yh_stmt_is(x->stmt, "when") && j < i)
                tie = true, other = y;
        }
        if (beaten)
            continue;
        if (tie) {
            BAD(k, x->stmt, x->stmt->where, "一种就医类别的同一语句只写一次；for 不要重叠",
                "「%.*s」的这一句与%s另一句的 for 有重叠", YH_ARG(name),
                other->stmt->doc == x->stmt->doc ? "" : "另一文件的");
            continue;
        }
        out[n++] = x;
    }
    return n;
}

static bool has_visit(struct yh_compiler *k, yh_str name, int visit)
{
    const struct yh_merge *m = k->c.m;
    for (int i = 0; i < m->n; i++)
        if (yh_eq(m->item[i].stmt->group, name) && !m->item[i].any_visit &&
            yh_kind_distance(k->c.kinds, YH_DIM_VISIT, visit, m->item[i].visits) >= 0)
            return true;
    return false;
}

static const struct yh_policy_stmt *first_of(const struct yh_compiler *k, yh_str name)
{
    for (int i = 0; i < k->c.m->n; i++)
        if (yh_eq(k->c.m->item[i].stmt->group, name))
            return k->c.m->item[i].stmt;
    return NULL;
}

static void add_variants(struct yh_compiler *k, yh_str name)
{
    const struct yh_merge *m = k->c.m;
    int from = k->nvariant;
    for (int v = 0; v < k->c.kinds->dim_n[YH_DIM_VISIT]; v++) {
        if (!has_visit(k, name, v))
            continue;
        const struct yh_merged **pick = YH_NEW(k->c.a, const struct yh_merged *, m->n + 1);
        int n = pick_for(k, name, v, pick);
        int at = from;
        while (at < k->nvariant &&
               (k->variant[at].npick != n ||
                memcmp(k->variant[at].pick, pick, sizeof *pick * (size_t)n)))
            at++;
        if (at == YH_COUNT(k->variant)) {
            BAD(k, pick[0]->stmt, pick[0]->stmt->where, "合并相同的 for", "层太多（超过 64）");
            return;
        }
        if (!n)
            continue;
        if (at == k->nvariant)
            k->variant[k->nvariant++] =
                (struct yh_variant){ .name = name, .pick = pick, .npick = n };
        k->variant[at].visits[v / 64] |= UINT64_C(1) << (v % 64);
    }
    const struct yh_policy_stmt *s = first_of(k, name);
    bool said = false; /* a `for` with a wrong name has been found already */
    for (int i = 0; i < m->n; i++)
        said |= yh_eq(m->item[i].stmt->group, name) && m->item[i].stmt->visits.n > 0;
    if (from == k->nvariant && s && !said)
        BAD(k, s, s->where, "在块里写 for 住院（或其他就医类别）", "「%.*s」没有写 for",
            YH_ARG(name));
}

/* A statement that no visit picks. */
static void check_picked(struct yh_compiler *k)
{
    const struct yh_merge *m = k->c.m;
    for (int i = 0; i < m->n; i++) {
        const struct yh_merged *x = &m->item[i];
        bool used = !x->stmt->group.n || yh_stmt_is(x->stmt, "layer"), layer = false;
        for (int v = 0; v < k->nvariant && !used; v++)
            for (int j = 0; j < k->variant[v].npick; j++)
                used |= k->variant[v].pick[j] == x;
        for (int v = 0; v < k->nvariant; v++)
            layer |= yh_eq(k->variant[v].name, x->stmt->group);
        if (!used && layer)
            yh_found(k->c.a, k->c.f, YH_WARN, yh_cc_doc(&k->c, x->stmt), x->stmt->where,
                     "删去，或检查 for", "这一句永远用不到：别的语句更具体");
    }
}

void yh_compile_variants(struct yh_compiler *k)
{
    yh_str name[64];
    int n = layer_names(k, name);
    for (int i = 0; i < n; i++)
        add_variants(k, name[i]);
    check_picked(k);
}
