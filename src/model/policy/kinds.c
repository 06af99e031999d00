#include <stdio.h>
#include "model/policy/inside.h"

/* dim column of kinds.tsv, and the word that documents use. */
static const struct {
    const char *tsv, *word;
} DIMS[YH_DIM_N] = {
    [YH_DIM_VISIT] = { "visit", "就医类别" },
    [YH_DIM_PERSON] = { "person", "人员" },
    [YH_DIM_IDENT] = { "ident", "身份" },
    [YH_DIM_LEVEL] = { "level", "级别" },
    [YH_DIM_PLACE] = { "place", "就医地" },
    [YH_DIM_FILING] = { "filing", "备案" },
    [YH_DIM_REFERRAL] = { "referral", "转诊签约" },
    [YH_DIM_DISEASE] = { "disease", "病种" },
    [YH_DIM_TAG] = { "tag", "费用" },
    [YH_DIM_CLASS] = { "class", "类别" },
    [YH_DIM_DELIVERY] = { "delivery", "分娩" },
    [YH_DIM_STATUS] = { "status", "待遇状态" },
    [YH_DIM_COUNT] = { "", "次数" },
    [YH_DIM_AGE] = { "", "年龄" },
    [YH_DIM_MONTHS] = { "", "参保月数" },
    [YH_DIM_YEARS] = { "", "连续年数" },
    [YH_DIM_CLEAN] = { "", "零报销年数" },
    [YH_DIM_DAYS] = { "", "住院天数" },
    [YH_DIM_FETUSES] = { "", "胎数" },
    [YH_DIM_GAP] = { "", "距上次出院" },
};

yh_str yh_dim_word(enum yh_dim dim)
{
    return yh_cstr(DIMS[dim].word);
}

int yh_dim_of(yh_str word)
{
    for (int d = 0; d < YH_DIM_N; d++)
        if (yh_eq(word, yh_cstr(DIMS[d].word)))
            return d;
    return -1;
}

static yh_str key_of(struct yh_arena *a, enum yh_dim dim, const char *between, yh_str name)
{
    return yh_fmt(a, "%d:%s%.*s", (int)dim, between, YH_ARG(name));
}

int yh_kinds_find(const struct yh_kinds *k, enum yh_dim dim, yh_str name)
{
    char key[160];
    if (!name.n || name.n > 120)
        return -1;
    int n = snprintf(key, sizeof key, "%d:%.*s", (int)dim, YH_ARG(name));
    return yh_map_get(&k->map, (yh_str){ key, n }, -1);
}

static int room(enum yh_dim dim)
{
    return dim == YH_DIM_IDENT ? 64 : dim == YH_DIM_TAG ? 32 : YH_KINDS_MAX;
}

int yh_kinds_add(struct yh_arena *a, struct yh_kinds *k, enum yh_dim dim, yh_str name,
                 int parent)
{
    if (k->dim_n[dim] == room(dim))
        return -1;
    int gcap = k->cap;
    k->group = k->n < gcap ? k->group
                           : yh_grow(a, k->group, k->n, &gcap, sizeof(bool), _Alignof(bool));
    YH_PUSH(a, k->kind, k->n, k->cap) = (struct yh_kind){ dim, name, parent, k->dim_n[dim] };
    int i = k->n - 1;
    k->group[i] = false;
    if (!k->at[dim])
        k->at[dim] = YH_NEW(a, int, YH_KINDS_MAX);
    k->at[dim][k->dim_n[dim]++] = i;
    yh_map_add(&k->map, key_of(a, dim, "", name), i);
    return i;
}

void yh_kinds_code(struct yh_arena *a, struct yh_kinds *k, int kind, yh_str code)
{
    yh_map_set(&k->map, key_of(a, k->kind[kind].dim, "code:", code), kind);
}

struct yh_kinds *yh_kinds_copy(struct yh_arena *a, const struct yh_kinds *k)
{
    struct yh_kinds *c = YH_NEW(a, struct yh_kinds, 1);
    c->n = k->n;
    c->cap = k->n + 64;
    c->kind = YH_NEW(a, struct yh_kind, c->cap);
    c->group = YH_NEW(a, bool, c->cap);
    memcpy(c->kind, k->kind, sizeof *c->kind * (size_t)k->n);
    memcpy(c->group, k->group, (size_t)k->n);
    memcpy(c->dim_n, k->dim_n, sizeof c->dim_n);
    for (int d = 0; d < YH_DIM_NUMERIC; d++) {
        c->at[d] = YH_NEW(a, int, YH_KINDS_MAX);
        if (k->at[d])
            memcpy(c->at[d], k->at[d], sizeof(int) * (size_t)k->dim_n[d]);
    }
    c->map = yh_map_in(a, k->map.n + 64);
    for (int i = 0; i < k->map.cap; i++)
        if (k->map.slot[i].key.p)
            yh_map_add(&c->map, k->map.slot[i].key, k->map.slot[i].value);
    return c;
}

int yh_kind_distance(const struct yh_kinds *k, enum yh_dim dim, int ordinal,
                     const uint64_t *set)
{
    int far = 0;
    for (int i = k->at[dim][ordinal]; i >= 0 && far < YH_KINDS_MAX;
         i = k->kind[i].parent, far++) {
        int o = k->kind[i].ordinal;
        if (set[o / 64] >> (o % 64) & 1)
            return far;
    }
    return -1;
}

static enum yh_status add_row(struct yh_arena *a, struct yh_kinds *k, const struct yh_tsv *t,
                              const int *col, struct yh_err *err)
{
    yh_str dim = t->cell[col[0]], name = t->cell[col[1]], up = t->cell[col[2]];
    int d = 0;
    while (d < YH_DIM_NUMERIC && !yh_eq(dim, yh_cstr(DIMS[d].tsv)))
        d++;
    if (d == YH_DIM_NUMERIC)
        return yh_fail_at(err, YH_BAD_TABLE, t->line, 1, "没有「%.*s」这个维度", YH_ARG(dim));
    if (!name.n || yh_kinds_find(k, d, name) >= 0)
        return yh_fail_at(err, YH_BAD_TABLE, t->line, 2, "「%.*s」为空或写了两次",
                          YH_ARG(name));
    int parent = up.n ? yh_kinds_find(k, d, up) : -1;
    if (up.n && parent < 0)
        return yh_fail_at(err, YH_BAD_TABLE, t->line, 3, "「%.*s」不在上面", YH_ARG(up));
    int i = yh_kinds_add(a, k, d, name, parent);
    if (i < 0)
        return yh_fail_at(err, YH_BAD_TABLE, t->line, 1, "「%.*s」的值太多", YH_ARG(dim));
    yh_str codes = t->cell[col[3]], alias = t->cell[col[4]];
    k->group[i] = yh_eq(codes, YH_S("-"));
    for (yh_str c; !k->group[i] && (c = yh_next_item(&codes)).n;)
        if (!yh_map_add(&k->map, key_of(a, d, "code:", c), i))
            return yh_fail_at(err, YH_BAD_TABLE, t->line, 4, "代码 %.*s 写了两次", YH_ARG(c));
    for (yh_str c; (c = yh_next_item(&alias)).n;)
        if (!yh_map_add(&k->map, key_of(a, d, "", c), i))
            return yh_fail_at(err, YH_BAD_TABLE, t->line, 5, "别名 %.*s 写了两次", YH_ARG(c));
    return YH_OK;
}

enum yh_status yh_kinds_load(struct yh_arena *a, yh_str tsv, const struct yh_kinds **out,
                             struct yh_err *err)
{
    static const char *const WANT[] = { "dim", "name", "refines", "codes", "aliases" };
    struct yh_tsv t;
    int col[YH_COUNT(WANT)];
    enum yh_status st = yh_tsv_open_with(&t, tsv, WANT, YH_COUNT(WANT), col, err);
    if (st)
        return st;
    struct yh_kinds *k = YH_NEW(a, struct yh_kinds, 1);
    k->map = yh_map_in(a, 512);
    for (int got; (got = yh_tsv_next(&t, err));) {
        st = got < 0 ? YH_BAD_TABLE : add_row(a, k, &t, col, err);
        if (st)
            return st;
    }
    for (int d = 0; d < YH_DIM_NUMERIC; d++)
        if (!k->dim_n[d])
            return yh_fail(err, YH_BAD_TABLE, "没有「%s」的值", DIMS[d].word);
    *out = k;
    return YH_OK;
}
