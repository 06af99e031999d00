#include "model/policy/table.h"

const struct yh_policy_doc *yh_cc_doc(const struct yh_cc *c, const struct yh_policy_stmt *s)
{
    return &c->m->set->doc[s->doc];
}

int yh_cc_clause(const struct yh_cc *c, const struct yh_policy_stmt *s)
{
    return c->clause_at[s->doc] + s->clause;
}

/* ---- conditions ---- */

static bool is_rest(yh_str w)
{
    return !w.n || yh_eq(w, YH_S("其他")) || yh_eq(w, YH_S("其余")) || yh_eq(w, YH_S("*")) ||
           yh_eq(w, YH_S("otherwise"));
}

static bool is_plain(yh_str w)
{
    static const char *const PLAIN[] = {
        "比例",     "支付比例", "金额", "标准", "限额", "系数",
        "先行自付", "值",       "是否", "补助", "定额", "调整"
    };
    for (int i = 0; i < YH_COUNT(PLAIN); i++)
        if (yh_eq(w, yh_cstr(PLAIN[i])))
            return true;
    return false;
}

/* Dimension and index of a value; -1 = found as unknown or ambiguous. */
static int find_value(struct yh_cc *c, const struct yh_policy_stmt *s, yh_str w, int prefer)
{
    yh_str rest = w, head = yh_trim(yh_cut_any(&rest, "=", "＝"));
    if (rest.p) {
        int dim = yh_dim_of(head);
        int i =
            dim >= 0 && dim < YH_DIM_NUMERIC ? yh_kinds_find(c->kinds, dim, yh_trim(rest)) : -1;
        if (i < 0)
            YH_CC_BAD(c, s, w, "取值见 catalogs/kinds.tsv", "没有「%.*s」这个取值", YH_ARG(w));
        return i;
    }
    if (prefer >= 0) {
        int i = yh_kinds_find(c->kinds, prefer, w);
        if (i >= 0)
            return i;
    }
    int found = -1, n = 0;
    for (int d = 0; d < YH_DIM_NUMERIC; d++) {
        int i = yh_kinds_find(c->kinds, d, w);
        if (i >= 0)
            found = i, n++;
    }
    if (n > 1) {
        YH_CC_BAD(c, s, w, "写成 维度=值，如 备案=转诊", "「%.*s」是几个维度的取值，分不清",
                  YH_ARG(w));
        return -1;
    }
    if (!n)
        YH_CC_BAD(c, s, w, "取值见 catalogs/kinds.tsv，或用 kinds 声明", "没有「%.*s」这个取值",
                  YH_ARG(w));
    return found;
}

static struct yh_cond *new_cond(struct yh_cc *c, const struct yh_policy_stmt *s, yh_str w,
                                enum yh_dim dim, struct yh_entry *e)
{
    for (int i = 0; i < e->n; i++)
        if (e->cond[i].dim == dim) {
            YH_CC_BAD(c, s, w, "一个条件里每个维度只写一次", "同一维度「%s」写了两次",
                      yh_dim_word(dim).p);
            return NULL;
        }
    if (e->n == YH_CONDS_MAX) {
        YH_CC_BAD(c, s, w, "把表拆开", "条件太多");
        return NULL;
    }
    e->cond[e->n] = (struct yh_cond){ .dim = dim };
    return &e->cond[e->n++];
}

static bool add_range(struct yh_cc *c, const struct yh_policy_stmt *s, yh_str w,
                      enum yh_dim dim, struct yh_entry *e)
{
    struct yh_cond *k = new_cond(c, s, w, dim, e);
    bool missing = false;
    if (!k)
        return false;
    const char *bad = yh_range_read(w, YH_V_COUNT, &c->params, &k->lo, &k->hi, &missing);
    if (*bad)
        YH_CC_BAD(c, s, w, "写成 3、3..、..15 或 1..3", "%s的范围「%.*s」%s",
                  yh_dim_word(dim).p, YH_ARG(w), bad);
    return !*bad;
}

static bool add_values(struct yh_cc *c, const struct yh_policy_stmt *s, yh_str w, int prefer,
                       struct yh_entry *e)
{
    struct yh_cond *k = NULL;
    bool ok = true;
    for (yh_str item; (item = yh_next_item(&w)).n;) {
        if (is_rest(item))
            continue;
        int i = find_value(c, s, item, k ? (int)k->dim : prefer);
        if (i < 0) {
            ok = false;
            continue;
        }
        const struct yh_kind *kind = &c->kinds->kind[i];
        if (!k) {
            k = new_cond(c, s, item, kind->dim, e);
            if (!k)
                return false;
        }
        if (k->dim != kind->dim) {
            YH_CC_BAD(c, s, item, "不同维度之间用空格，不用逗号", "逗号两边不是同一维度的取值");
            return false;
        }
        if (kind->dim == YH_DIM_TAG)
            c->tags_named |= UINT32_C(1) << kind->ordinal;
        k->set[kind->ordinal / 64] |= UINT64_C(1) << (kind->ordinal % 64);
    }
    return ok;
}

/* Words of conditions; when `value` is given, what follows from the first value word on. */
static bool read_words(struct yh_cc *c, const struct yh_policy_stmt *s, yh_str text, int prefer,
                       struct yh_entry *e, yh_str *value)
{
    yh_str rest = text;
    bool ok = true;
    for (;;) {
        yh_str w = yh_next_word(&rest);
        if (!w.n)
            return ok;
        int dim = yh_dim_of(w);
        if (value && yh_is_value(w, &c->params)) {
            *value = yh_trim((yh_str){ w.p, text.p + text.n - w.p });
            return ok;
        }
        if (is_rest(w))
            continue;
        if (dim >= YH_DIM_NUMERIC)
            ok &= add_range(c, s, yh_next_word(&rest), dim, e);
        else if (dim >= 0)
            prefer = dim; /* "身份 低保": the dimension's name may stand before the value */
        else if (prefer >= YH_DIM_NUMERIC)
            ok &= add_range(c, s, w, prefer, e);
        else
            ok &= add_values(c, s, w, prefer, e);
    }
}

bool yh_conds_read(struct yh_cc *c, const struct yh_policy_stmt *s, yh_str text,
                   struct yh_entry *e)
{
    e->conds = yh_trim(text);
    return read_words(c, s, text, -1, e, NULL);
}

/* ---- values ---- */

static void say_missing(struct yh_cc *c, const struct yh_policy_stmt *s, yh_str at)
{
    yh_found(c->a, c->f, YH_MISSING, yh_cc_doc(c, s), at,
             "查到数值后填上；在此之前文件不得生效", "参数缺失（缺）");
}

static bool op_value(struct yh_cc *c, const struct yh_policy_stmt *s, yh_str t,
                     enum yh_value_kind kind, struct yh_entry *e, bool *missing)
{
    struct yh_param p;
    yh_str at = t;
    bool times = yh_eat(&t, "×") || yh_eat(&t, "*");
    bool minus = !times && (yh_eat(&t, "-") || yh_eat(&t, "−"));
    if (!times && !minus)
        yh_eat(&t, "+");
    t = yh_trim(t);
    bool points = !times && t.n > 3 && yh_ends(t, YH_S("点"));
    if (points)
        t = yh_trim(yh_sub(t, 0, t.n - 3));
    const char *bad = yh_micro_read(t, &c->params, &p);
    if (!*bad && !times && kind == YH_V_RATE && !points)
        bad = "加减比例要写成几点";
    if (!*bad && points && (kind != YH_V_RATE || p.percent))
        bad = "百分点只用于比例，写成 +5 点";
    if (*bad) {
        YH_CC_BAD(c, s, at,
                  kind == YH_V_RATE ? "写成 +5 点、-10 点、×0.85 或 60%"
                                    : "写成 -200、×50% 或金额",
                  "「%.*s」%s", YH_ARG(at), bad);
        return false;
    }
    e->op = times ? '*' : '+';
    e->v = times ? p.micro : points ? p.micro / 100 : p.micro / 10000;
    if (minus)
        e->v = -e->v;
    *missing = p.missing;
    return true;
}

bool yh_op_read(struct yh_cc *c, const struct yh_policy_stmt *s, yh_str text,
                enum yh_value_kind kind, bool ops, struct yh_entry *e)
{
    static const char *const CURE[] = { "写成 800、14,000、10万、不限", "写成 60%", "写成整数",
                                        "写 是 或 否" };
    yh_str t = yh_trim(text);
    bool missing = false;
    e->at = t;
    if (ops && (yh_starts(t, YH_S("+")) || yh_starts(t, YH_S("-")) || yh_starts(t, YH_S("−")) ||
                yh_starts(t, YH_S("×")) || yh_starts(t, YH_S("*")))) {
        if (!op_value(c, s, t, kind, e, &missing))
            return false;
    } else {
        struct yh_value v;
        const char *bad = yh_value_read(t, kind, &c->params, &v);
        if (*bad) {
            YH_CC_BAD(c, s, t, CURE[kind], "「%.*s」%s", YH_ARG(t), bad);
            return false;
        }
        if (v.v < 0 && v.v != YH_NONE) {
            YH_CC_BAD(c, s, t, CURE[kind], "「%.*s」不能为负", YH_ARG(t));
            return false;
        }
        if (kind == YH_V_RATE && v.v > YH_ONE && v.v != YH_NONE) {
            YH_CC_BAD(c, s, t, "比例在 0% 到 100% 之间", "「%.*s」超过 100%%", YH_ARG(t));
            return false;
        }
        e->op = '=';
        e->v = v.v;
        missing = v.missing;
    }
    if (missing) {
        say_missing(c, s, t);
        if (kind == YH_V_MONEY && e->op == '=')
            e->v = c->missing_money;
    }
    return true;
}

/* ---- tables ---- */

struct column {
    int dim;
    bool band;
    struct yh_entry head;
};

static void push(struct yh_cc *c, struct yh_entries *out, const struct yh_entry *e)
{
    YH_PUSH(c->a, out->e, out->n, out->cap) = *e;
}

static bool join_conds(struct yh_cc *c, const struct yh_policy_stmt *s, struct yh_entry *e,
                       const struct yh_entry *head, yh_str at)
{
    for (int i = 0; i < head->n; i++) {
        struct yh_cond *k = new_cond(c, s, at, head->cond[i].dim, e);
        if (!k)
            return false;
        *k = head->cond[i];
    }
    return true;
}

/* Every cell is `case value`. */
static bool is_short(struct yh_cc *c, const struct yh_policy_row *r)
{
    int values = 0;
    for (int i = 0; i < r->n; i++) {
        yh_str rest = r->cell[i], w;
        bool value = false, after_dim = false;
        while ((w = yh_next_word(&rest)).n) {
            value = !after_dim && yh_is_value(w, &c->params);
            after_dim = yh_dim_of(w) >= YH_DIM_NUMERIC;
            if (value)
                break;
        }
        values += value;
    }
    return values > 0;
}

static void read_short(struct yh_cc *c, const struct yh_policy_stmt *s,
                       const struct yh_policy_row *r, struct yh_table_how how,
                       struct yh_entries *out)
{
    for (int i = 0; i < r->n; i++) {
        struct yh_entry e = { .stmt = s };
        yh_str value = { NULL, 0 };
        if (!r->cell[i].n || !read_words(c, s, r->cell[i], -1, &e, &value))
            continue;
        if (!value.p) {
            YH_CC_BAD(c, s, r->cell[i], "每格写 取值 数值，如 一级 80%", "这一格没有数值");
            continue;
        }
        e.conds = yh_trim((yh_str){ r->cell[i].p, value.p - r->cell[i].p });
        if (yh_op_read(c, s, value, how.kind, how.ops, &e))
            push(c, out, &e);
    }
}

static bool read_head(struct yh_cc *c, const struct yh_policy_stmt *s,
                      const struct yh_policy_row *r, struct yh_table_how how,
                      struct column *col, yh_str *band_word)
{
    static const char *const BANDS[] = { "累计", "费用", "起付以上", "费用段", "金额" };
    bool ok = true;
    for (int i = 0; i < r->n; i++) {
        yh_str w = r->cell[i];
        col[i] = (struct column){ .dim = -1 };
        if (how.bands && !band_word->p)
            for (int b = 0; b < YH_COUNT(BANDS) && !col[i].band; b++)
                if (yh_eq(w, yh_cstr(BANDS[b]))) {
                    col[i].band = true;
                    *band_word = w;
                }
        if (col[i].band || is_rest(w) || is_plain(w))
            continue;
        /* 转诊 is a filing too: as a column it is the referral. */
        col[i].dim = yh_eq(w, YH_S("转诊")) ? YH_DIM_REFERRAL : yh_dim_of(w);
        if (col[i].dim < 0) {
            ok &= read_words(c, s, w, -1, &col[i].head, NULL);
            col[i].head.conds = w;
        }
    }
    if (how.bands && !band_word->p) {
        YH_CC_BAD(c, s, r->cell[0], "第一列写 累计、费用 或 起付以上", "分段表没有金额段的列");
        ok = false;
    }
    return ok;
}

static void read_row(struct yh_cc *c, const struct yh_policy_stmt *s,
                     const struct yh_policy_row *r, struct yh_table_how how,
                     const struct column *col, struct yh_entries *out)
{
    struct yh_entry row = { .stmt = s, .conds = { NULL, 0 } };
    bool ok = true, missing = false;
    for (int i = 0; i < r->n && ok; i++) {
        yh_str cell = r->cell[i];
        if (col[i].band) {
            const char *bad =
                yh_range_read(cell, YH_V_MONEY, &c->params, &row.lo, &row.hi, &missing);
            if (!*bad && row.lo == row.hi)
                bad = "只写了一个数";
            if (row.lo == INT64_MIN)
                row.lo = 0;
            if (*bad)
                YH_CC_BAD(c, s, cell, "写成 14000..100000 或 100000..", "金额段「%.*s」%s",
                          YH_ARG(cell), bad);
            ok = !*bad;
            if (missing)
                say_missing(c, s, cell);
            row.conds = cell;
        } else if (col[i].dim >= 0) {
            ok = read_words(c, s, cell, col[i].dim, &row, NULL);
            if (!row.conds.p)
                row.conds = cell;
            else
                row.conds.n = cell.p + cell.n - row.conds.p;
        }
    }
    for (int i = 0; i < r->n && ok; i++) {
        yh_str cell = r->cell[i];
        if (col[i].band || col[i].dim >= 0 || !cell.n || yh_eq(cell, YH_S("—")) ||
            yh_eq(cell, YH_S("-")))
            continue;
        struct yh_entry e = row;
        if (join_conds(c, s, &e, &col[i].head, cell) &&
            yh_op_read(c, s, cell, how.kind, how.ops, &e)) {
            yh_str head = col[i].head.conds;
            e.conds = !head.n ? row.conds
                      : !row.conds.n
                          ? head
                          : yh_fmt(c->a, "%.*s · %.*s", YH_ARG(row.conds), YH_ARG(head));
            push(c, out, &e);
        }
    }
}

static yh_str read_table(struct yh_cc *c, const struct yh_policy_stmt *s, yh_str amount,
                         struct yh_table_how how, struct yh_entries *out)
{
    yh_str band_word = { NULL, 0 };
    if (!s->nrow) {
        struct yh_entry e = { .stmt = s };
        if (!amount.n)
            YH_CC_BAD(c, s, s->where, "后面写数值，或在下面写表格", "「%s」没有数值",
                      how.label);
        else if (how.bands)
            YH_CC_BAD(c, s, s->where, "在下面写表格，第一列是金额段", "「%s」没有表格",
                      how.label);
        else if (yh_op_read(c, s, amount, how.kind, how.ops, &e))
            push(c, out, &e);
        return band_word;
    }
    if (amount.n)
        YH_CC_BAD(c, s, amount, "数值写进表格，或去掉表格", "又写了数值又写了表格");
    if (!how.bands && is_short(c, &s->row[0])) {
        for (int i = 0; i < s->nrow; i++)
            read_short(c, s, &s->row[i], how, out);
        return band_word;
    }
    struct column *col = YH_NEW(c->a, struct column, s->row[0].n);
    if (s->nrow < 2) {
        YH_CC_BAD(c, s, s->row[0].cell[0], "在表头下面写数值", "表格只有表头");
        return band_word;
    }
    if (!read_head(c, s, &s->row[0], how, col, &band_word))
        return band_word;
    for (int i = 1; i < s->nrow; i++) {
        if (s->row[i].n != s->row[0].n)
            YH_CC_BAD(c, s, s->row[i].cell[0], "补上或删去单元格",
                      "这一行有 %d 格，表头有 %d 格", s->row[i].n, s->row[0].n);
        else
            read_row(c, s, &s->row[i], how, col, out);
    }
    return band_word;
}

yh_str yh_table_read(struct yh_cc *c, const struct yh_policy_stmt *s, yh_str amount,
                     struct yh_table_how how, struct yh_entries *out)
{
    int errors = c->f->count[YH_ERROR];
    yh_str word = read_table(c, s, amount, how, out);
    out->broken |= c->f->count[YH_ERROR] > errors;
    return word;
}

/* ---- picking ---- */

#define FAR 1000

/* How far each condition stands from the point, by dimension; false: it does not hold. */
static bool distances(struct yh_cc *c, const struct yh_entry *e, const struct yh_point *p,
                      int dist[YH_DIM_N])
{
    for (int d = 0; d < YH_DIM_N; d++)
        dist[d] = FAR;
    for (int i = 0; i < e->n; i++) {
        const struct yh_cond *k = &e->cond[i];
        int64_t v = p->v[k->dim];
        if (k->dim >= YH_DIM_NUMERIC) {
            if (v < k->lo || v > k->hi)
                return false;
            dist[k->dim] = 0;
        } else {
            if (v < 0)
                return false;
            dist[k->dim] = yh_kind_distance(c->kinds, k->dim, (int)v, k->set);
            if (dist[k->dim] < 0)
                return false;
        }
    }
    return true;
}

/* -1: a is more specific, 1: b is, 0: neither. */
static int compare(const int *a, const int *b)
{
    bool less = false, more = false;
    for (int d = 0; d < YH_DIM_N; d++) {
        less |= a[d] < b[d];
        more |= a[d] > b[d];
    }
    return less && !more ? -1 : more && !less ? 1 : 0;
}

struct yh_entry *yh_pick(struct yh_cc *c, struct yh_entries *list, const struct yh_point *p,
                         bool bands, int64_t from, int64_t to, const char *label)
{
    struct yh_entry *best = NULL, *rival = NULL;
    int at_best[YH_DIM_N], at[YH_DIM_N];
    for (int i = 0; i < list->n; i++) {
        struct yh_entry *e = &list->e[i];
        if ((bands && (e->lo > from || e->hi < to)) || !distances(c, e, p, at))
            continue;
        int cmp = best ? compare(at, at_best) : -1;
        if (cmp < 0) {
            best = e;
            rival = NULL;
            memcpy(at_best, at, sizeof at);
        } else if (!cmp && (e->v != best->v || e->op != best->op)) {
            rival = e;
        } else if (!cmp) {
            e->used |= c->counts;
        }
    }
    /* A rival of the first may itself be beaten by the last: look once more. */
    if (rival && distances(c, rival, p, at) && compare(at_best, at) < 0)
        rival = NULL;
    if (rival) {
        YH_CC_BAD(c, rival->stmt, rival->at, "写一行同时满足两个条件的，或改其中一行的条件",
                  "%s：「%.*s」与「%.*s」同样具体而数值不同", label, YH_ARG(best->conds),
                  YH_ARG(rival->conds));
    }
    if (best)
        best->used |= c->counts;
    return best;
}

/* ---- cells ---- */

struct axis_work {
    enum yh_dim dim;
    int n; /* buckets */
    int64_t rep[YH_KINDS_MAX + 1];
    bool must[YH_KINDS_MAX + 1];
    bool may[YH_KINDS_MAX + 1]; /* some bill can be here: not only a group's own name */
    struct yh_axis axis;
};

static bool next_cond(struct yh_entries **lists, int nlists, enum yh_dim dim, int *l, int *i,
                      const struct yh_cond **out)
{
    for (; *l < nlists; ++*l, *i = 0)
        for (; *i < lists[*l]->n; ++*i) {
            const struct yh_entry *e = &lists[*l]->e[*i];
            for (int k = 0; k < e->n; k++)
                if (e->cond[k].dim == dim) {
                    *out = &e->cond[k];
                    ++*i;
                    return true;
                }
        }
    return false;
}

#define EACH_COND(k, dim)           \
    const struct yh_cond *k = NULL; \
    for (int l_ = 0, i_ = 0; next_cond(lists, nlists, dim, &l_, &i_, &k);)

/* Do two values stand alike to every condition? */
static bool alike(struct yh_cc *c, struct yh_entries **lists, int nlists, enum yh_dim dim,
                  int x, int y)
{
    EACH_COND(k, dim)
    if (yh_kind_distance(c->kinds, dim, x, k->set) !=
        yh_kind_distance(c->kinds, dim, y, k->set))
        return false;
    return true;
}

static void build_kinds(struct yh_cc *c, struct yh_entries **lists, int nlists,
                        struct axis_work *w)
{
    int n = c->kinds->dim_n[w->dim];
    uint16_t *bucket = YH_NEW(c->a, uint16_t, n);
    for (int o = 0; o < n; o++) {
        int b = 0;
        while (b < w->n && !alike(c, lists, nlists, w->dim, (int)w->rep[b], o))
            b++;
        bool must = c->required[w->dim][o];
        if (b == w->n) {
            w->rep[w->n] = o;
            w->must[w->n++] = must;
        } else if (must && !w->must[b]) {
            w->rep[b] = o;
            w->must[b] = true;
        }
        w->may[b] |= !c->kinds->group[c->kinds->at[w->dim][o]];
        bucket[o] = (uint16_t)b;
    }
    w->axis.n = (uint16_t)n;
    w->axis.bucket = bucket;
}

static void build_idents(struct yh_cc *c, struct yh_entries **lists, int nlists,
                         struct axis_work *w)
{
    uint16_t *seen = YH_NEW(c->a, uint16_t, 64);
    int n = 0;
    w->rep[0] = -1;
    w->must[0] = w->may[0] = true;
    for (int i = 0; i < c->nident; i++) {
        bool named = false;
        EACH_COND(k, YH_DIM_IDENT)
        named |= yh_kind_distance(c->kinds, YH_DIM_IDENT, c->ident[i], k->set) >= 0;
        if (!named)
            continue;
        seen[n++] = (uint16_t)c->ident[i];
        w->rep[n] = c->ident[i];
        w->must[n] = w->may[n] = true;
    }
    w->n = n + 1;
    w->axis.n = (uint16_t)n;
    w->axis.order = seen;
}

static void build_numbers(struct yh_cc *c, struct yh_entries **lists, int nlists,
                          struct axis_work *w)
{
    int64_t *cut = YH_NEW(c->a, int64_t, YH_KINDS_MAX);
    int n = 0;
    EACH_COND(k, w->dim)
    for (int side = 0; side < 2; side++) {
        int64_t at = side ? k->hi : k->lo;
        if (at == INT64_MIN || at == INT64_MAX || n >= YH_KINDS_MAX - 1)
            continue;
        at += side;
        int j = n;
        while (j > 0 && cut[j - 1] > at)
            j--;
        if (j > 0 && cut[j - 1] == at)
            continue;
        memmove(&cut[j + 1], &cut[j], sizeof *cut * (size_t)(n - j));
        cut[j] = at;
        n++;
    }
    int64_t least = w->dim == YH_DIM_COUNT || w->dim == YH_DIM_FETUSES || w->dim == YH_DIM_DAYS;
    for (int b = 0; b <= n; b++) {
        w->rep[b] = b < n ? cut[b] - 1 : n ? cut[n - 1] : least;
        w->must[b] = w->may[b] = w->rep[b] >= least;
    }
    w->n = n + 1;
    w->axis.n = (uint16_t)n;
    w->axis.cut = cut;
}

/* Home needs no filing, elsewhere is filed or not: other pairs do not occur. */
static bool occurs(struct yh_cc *c, const struct axis_work *w, int naxis,
                   const struct yh_point *p)
{
    bool place = false, filing = false;
    for (int i = 0; i < naxis; i++) {
        place |= w[i].dim == YH_DIM_PLACE;
        filing |= w[i].dim == YH_DIM_FILING;
    }
    (void)c;
    return !place || !filing || (p->v[YH_DIM_PLACE] == 0) == (p->v[YH_DIM_FILING] == 0);
}

static void say_gap(struct yh_cc *c, const struct axis_work *w, int naxis,
                    const struct yh_point *p, const struct yh_policy_stmt *s, const char *label)
{
    struct yh_buf b = yh_buf_in(c->a);
    for (int i = 0; i < naxis; i++) {
        int64_t v = p->v[w[i].dim];
        yh_putz(&b, i ? "，" : "");
        yh_put(&b, yh_dim_word(w[i].dim));
        yh_putz(&b, " ");
        if (w[i].dim >= YH_DIM_NUMERIC)
            yh_put_i64(&b, v);
        else
            yh_put(&b, v < 0 ? YH_S("（无）") : c->kinds->kind[c->kinds->at[w[i].dim][v]].name);
    }
    yh_str words = yh_buf_str(&b);
    if (!naxis) {
        YH_CC_BAD(c, s, s->where, "加一行", "%s没有写", label);
        return;
    }
    YH_CC_BAD(c, s, s->where, "加一行或一列，或写 其他", "%s没有写到：%.*s", label,
              YH_ARG(words));
}

/* Do two buckets of axis `x` hold the same cells throughout? */
static bool same_slice(const struct yh_axis *x, int n, const struct yh_cell *cell, int ncell,
                       int b, int c)
{
    for (int i = 0; i < ncell; i++) {
        if (i / x->stride % n != b)
            continue;
        const struct yh_cell *p = &cell[i], *q = &cell[i + (c - b) * x->stride];
        if (p->value != q->value || p->clause != q->clause || p->under != q->under)
            return false;
    }
    return true;
}

/* Buckets that differ only in how near a row stood, not in what it said, become one. */
static int squeeze(struct yh_cc *c, struct axis_work *w, int naxis, struct yh_axis *axis,
                   struct yh_cell *cell, int ncell)
{
    for (int k = 0; k < naxis; k++) {
        if (axis[k].dim >= YH_DIM_NUMERIC || axis[k].dim == YH_DIM_IDENT)
            continue;
        int to[YH_KINDS_MAX], kept = 0, rep[YH_KINDS_MAX];
        for (int b = 0; b < w[k].n; b++) {
            int e = 0;
            while (e < kept && !same_slice(&axis[k], w[k].n, cell, ncell, rep[e], b))
                e++;
            if (e == kept)
                rep[kept++] = b;
            to[b] = e;
        }
        if (kept == w[k].n)
            continue;
        uint16_t *bucket = YH_NEW(c->a, uint16_t, axis[k].n);
        for (int o = 0; o < axis[k].n; o++)
            bucket[o] = (uint16_t)to[axis[k].bucket[o]];
        axis[k].bucket = bucket;
        int n = 0;
        for (int i = 0; i < ncell; i++) {
            int b = i / axis[k].stride % w[k].n;
            if (rep[to[b]] == b)
                cell[n++] = cell[i];
        }
        ncell = n;
        w[k].n = kept;
        for (int i = 0, stride = 1; i < naxis; i++) {
            axis[i].stride = (uint16_t)stride;
            stride *= w[i].n;
        }
    }
    return ncell;
}

void yh_cells_build(struct yh_cc *c, struct yh_entries **lists, int nlists, yh_cell_fn *fn,
                    void *arg, bool partial, const struct yh_policy_stmt *s, const char *label,
                    struct yh_cells *out)
{
    struct axis_work *w = YH_NEW(c->a, struct axis_work, YH_DIM_N);
    int naxis = 0, ncell = 1;
    bool broken = false;
    for (int i = 0; i < nlists; i++)
        broken |= lists[i]->broken;
    for (int d = 0; d < YH_DIM_N; d++) {
        bool looked_at = false;
        EACH_COND(k, (enum yh_dim)d)
        looked_at = true;
        if (!looked_at)
            continue;
        struct axis_work *x = &w[naxis++];
        x->dim = x->axis.dim = (uint8_t)d;
        if (d == YH_DIM_IDENT)
            build_idents(c, lists, nlists, x);
        else if (d < YH_DIM_NUMERIC)
            build_kinds(c, lists, nlists, x);
        else
            build_numbers(c, lists, nlists, x);
        x->axis.stride = (uint16_t)ncell;
        ncell *= x->n;
        if (ncell > YH_CELLS_MAX) {
            YH_CC_BAD(c, s, s->where, "少用几个维度，或拆成两层", "%s的组合超过 %d 种", label,
                      YH_CELLS_MAX);
            return;
        }
    }
    struct yh_axis *axis = YH_NEW(c->a, struct yh_axis, naxis);
    struct yh_cell *cell = YH_NEW(c->a, struct yh_cell, ncell);
    for (int i = 0; i < naxis; i++)
        axis[i] = w[i].axis;
    bool said = false;
    for (int i = 0; i < ncell; i++) {
        struct yh_point p = { { 0 } };
        bool must = !partial && !broken;
        c->counts = true;
        for (int k = 0; k < naxis; k++) {
            int b = i / axis[k].stride % w[k].n;
            p.v[w[k].dim] = w[k].rep[b];
            must &= w[k].must[b];
            c->counts &= w[k].may[b];
        }
        cell[i] = (struct yh_cell){ YH_NONE, s ? yh_cc_clause(c, s) : -1 };
        if (fn(c, arg, &p, &cell[i]))
            continue;
        cell[i].value = YH_NONE;
        if (must && !said && occurs(c, w, naxis, &p)) {
            say_gap(c, w, naxis, &p, s, label);
            said = true;
        }
    }
    c->counts = true;
    ncell = squeeze(c, w, naxis, axis, cell, ncell);
    *out = (struct yh_cells){ axis, naxis, cell, ncell };
}
