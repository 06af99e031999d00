/* model/list/list.c */
#include "model/list/list.h"

struct table {
    struct yh_tsv tsv;
    int col[12];
    const char *name;
};

static enum yh_status open_table(struct table *t, const char *name, yh_str text,
                                 const char *const *want, int n, struct yh_err *err)
{
    t->name = name;
    return yh_tsv_open_with(&t->tsv, text, want, n, t->col, err);
}

static yh_str cell(const struct table *t, int i)
{
    return t->tsv.cell[t->col[i]];
}

static bool next(struct table *t, enum yh_status *bad, struct yh_err *err)
{
    if (*bad)
        return false;
    int more = yh_tsv_next(&t->tsv, err);
    if (more < 0)
        *bad = yh_fail_at(err, YH_BAD_TABLE, t->tsv.line, 0,
                          "%s 第 %d 行：列数不对或不是 UTF-8", t->name, t->tsv.line);
    return more > 0;
}

static enum yh_status read_checks(struct yh_list_tables *l, struct table *t, struct yh_err *err)
{
    static const yh_str SEVERITY[] = { YH_S_INIT("info"), YH_S_INIT("warn"),
                                       YH_S_INIT("error") };
    struct yh_map seen = yh_map_in(l->arena, 256);
    enum yh_status bad = YH_OK;
    int cap = 0;
    while (next(t, &bad, err)) {
        struct yh_list_check c = { .id = cell(t, 0),
                                   .also = cell(t, 1),
                                   .group = cell(t, 2),
                                   .kind = cell(t, 4),
                                   .node = cell(t, 5),
                                   .field = cell(t, 6),
                                   .arg = cell(t, 7),
                                   .when = cell(t, 8),
                                   .message = cell(t, 9),
                                   .standing = cell(t, 10),
                                   .kind_no = -1 };
        int s = 0;
        while (s < YH_COUNT(SEVERITY) && !yh_eq(SEVERITY[s], cell(t, 3)))
            s++;
        if (s == YH_COUNT(SEVERITY) || !c.id.n || !yh_map_add(&seen, c.id, l->ncheck))
            return yh_fail_at(err, YH_BAD_TABLE, t->tsv.line, 0,
                              "%s 第 %d 行：编号重复或程度不是 error、warn、info", t->name,
                              t->tsv.line);
        c.severity = (enum yh_list_severity)s;
        YH_PUSH(l->arena, l->check, l->ncheck, cap) = c;
    }
    return bad;
}

static enum yh_status read_codes(struct yh_list_tables *l, struct table *t,
                                 struct yh_list_codes *out, struct yh_err *err)
{
    enum yh_status bad = YH_OK;
    out->by_code = yh_map_in(l->arena, 40000);
    while (next(t, &bad, err)) {
        yh_map_add(&out->by_code, cell(t, 0), out->n);
        YH_PUSH(l->arena, out->row, out->n, out->cap) =
            (struct yh_list_code){ .name = cell(t, 1), .grey = yh_eq(cell(t, 2), YH_S("1")) };
    }
    return bad;
}

enum yh_status yh_list_tables_load(struct yh_arena *a, const struct yh_list_texts *x,
                                   struct yh_list_tables **out, struct yh_err *err)
{
    static const char *const CHECK[] = { "check", "also",    "group",   "severity",
                                         "kind",  "node",    "field",   "arg",
                                         "when",  "message", "standing" };
    static const char *const LIST[] = { "list", "prefix", "value" };
    static const char *const CODE[] = { "code", "name_zh", "grey" };
    static const char *const DICT[] = { "type", "code" };
    struct yh_list_tables *l = YH_NEW(a, struct yh_list_tables, 1);
    struct table *t = YH_NEW(a, struct table, 1);
    l->arena = a;
    l->values = yh_map_in(a, 16384);
    enum yh_status bad = open_table(t, "list-checks.tsv", x->checks, CHECK, 11, err);
    if (!bad)
        bad = read_checks(l, t, err);
    if (!bad)
        bad = open_table(t, "lists.tsv", x->lists, LIST, 3, err);
    int cap = 0;
    while (!bad && next(t, &bad, err))
        YH_PUSH(a, l->prefix, l->nprefix, cap) = (struct yh_list_prefix){ .list = cell(t, 0),
                                                                          .prefix = cell(t, 1),
                                                                          .value = cell(t, 2) };
    if (!bad)
        bad = open_table(t, "diagnosis.tsv", x->diagnosis, CODE, 3, err);
    if (!bad)
        bad = read_codes(l, t, &l->dx, err);
    if (!bad)
        bad = open_table(t, "procedures.tsv", x->procedures, CODE, 3, err);
    if (!bad)
        bad = read_codes(l, t, &l->px, err);
    if (!bad)
        bad = open_table(t, "dictionaries.tsv", x->dictionaries, DICT, 2, err);
    while (!bad && next(t, &bad, err))
        yh_map_set(&l->values, yh_fmt(a, "%.*s\t%.*s", YH_ARG(cell(t, 0)), YH_ARG(cell(t, 1))),
                   1);
    if (!bad)
        *out = l;
    return bad;
}

bool yh_list_has_value(const struct yh_list_tables *t, yh_str dictionary, yh_str code)
{
    char key[160];
    for (int i = 0; i < t->nprefix; i++)
        if (yh_eq(t->prefix[i].list, dictionary) && yh_eq(t->prefix[i].prefix, code))
            return true;
    if (dictionary.n + code.n + 1 > (ptrdiff_t)sizeof key)
        return false;
    memcpy(key, dictionary.p, (size_t)dictionary.n);
    key[dictionary.n] = '\t';
    memcpy(key + dictionary.n + 1, code.p, (size_t)code.n);
    return yh_map_get(&t->values, (yh_str){ key, dictionary.n + code.n + 1 }, 0) == 1;
}

bool yh_list_has_prefix(const struct yh_list_tables *t, yh_str list, yh_str code, yh_str *value)
{
    for (int i = 0; i < t->nprefix; i++)
        if (yh_eq(t->prefix[i].list, list) && yh_starts(code, t->prefix[i].prefix)) {
            if (value)
                *value = t->prefix[i].value;
            return true;
        }
    return false;
}

const struct yh_list_code *yh_list_code(const struct yh_list_codes *c, yh_str code)
{
    int at = yh_map_get(&c->by_code, code, -1);
    return at < 0 ? NULL : &c->row[at];
}
