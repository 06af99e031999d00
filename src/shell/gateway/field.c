#include "shell/gateway/field.h"
#include <stdio.h>

/* ---- loading ---- */

static enum yh_status load_transactions(struct yh_arena *a, yh_str text, struct yh_interface *t,
                                        struct yh_err *err)
{
    enum { INFNO, NAME, GROUP, DIRECTION, UNDO, N };
    static const char *const WANT[N] = { "infno", "name_zh", "group", "direction", "undo" };
    struct yh_tsv tsv;
    int col[N], got, cap = 0;
    enum yh_status bad = yh_tsv_open_with(&tsv, text, WANT, N, col, err);
    if (bad)
        return bad;
    while ((got = yh_tsv_next(&tsv, err)) > 0) {
        struct yh_message m = { .infno = tsv.cell[col[INFNO]],
                                .name_zh = tsv.cell[col[NAME]],
                                .group = tsv.cell[col[GROUP]],
                                .undo = tsv.cell[col[UNDO]],
                                .from_provider = yh_eq(tsv.cell[col[DIRECTION]], YH_S("in")) };
        if (!yh_map_add(&t->by_infno, m.infno, t->nmessage))
            return yh_fail_at(err, YH_BAD_TABLE, tsv.line, 1, "transactions.tsv: %.*s 出现两次",
                              YH_ARG(m.infno));
        YH_PUSH(a, t->message, t->nmessage, cap) = m;
    }
    return got < 0 ? YH_BAD_TABLE : YH_OK;
}

static enum yh_status load_dictionaries(struct yh_arena *a, yh_str text, struct yh_interface *t,
                                        struct yh_err *err)
{
    enum { TYPE, NAME, CODE, LABEL, N };
    static const char *const WANT[N] = { "type", "name_zh", "code", "label_zh" };
    struct yh_tsv tsv;
    int col[N], got, dcap = 0, rcap = 0;
    enum yh_status bad = yh_tsv_open_with(&tsv, text, WANT, N, col, err);
    if (bad)
        return bad;
    while ((got = yh_tsv_next(&tsv, err)) > 0) {
        yh_str type = tsv.cell[col[TYPE]], code = tsv.cell[col[CODE]];
        int d = yh_map_get(&t->by_dict, type, -1);
        if (d < 0) {
            d = t->ndict;
            YH_PUSH(a, t->dict, t->ndict, dcap) =
                (struct yh_dict){ .type = type, .name_zh = tsv.cell[col[NAME]] };
            yh_map_add(&t->by_dict, type, d);
        }
        if (yh_eq(code, YH_S("*"))) {
            t->dict[d].open = true;
            continue;
        }
        if (code.n == 2 && code.p[1] == '*') { /* "1*": whatever begins with 1 */
            size_t at = strlen(t->dict[d].head);
            if (at + 1 < sizeof t->dict[d].head)
                t->dict[d].head[at] = code.p[0];
            continue;
        }
        yh_map_add(&t->by_code, yh_fmt(a, "%d\x1f%.*s", d, YH_ARG(code)), t->nrow);
        YH_PUSH(a, t->row, t->nrow, rcap) =
            (struct yh_dict_row){ d, code, tsv.cell[col[LABEL]] };
    }
    return got < 0 ? YH_BAD_TABLE : YH_OK;
}

static enum yh_status kind_of(yh_str s, enum yh_field_kind *out, struct yh_err *err, int line)
{
    static const char *const NAME[] = { "text", "number", "date", "any" };
    for (int i = 0; i < YH_COUNT(NAME); i++)
        if (yh_eq(s, yh_cstr(NAME[i]))) {
            *out = (enum yh_field_kind)i;
            return YH_OK;
        }
    return yh_fail_at(err, YH_BAD_TABLE, line, 1, "fields.tsv: 不认识的类型 %.*s", YH_ARG(s));
}

static int small_int(yh_str s)
{
    int64_t v = 0;
    return s.n && !yh_int_parse(s, &v, NULL) ? (int)yh_clamp(v, 0, 1 << 20) : 0;
}

/* The message of a number; rows for a number that transactions.tsv lacks are skipped (NULL). */
static struct yh_message *message_of(struct yh_interface *t, yh_str infno)
{
    if (yh_eq(infno, YH_S("*")))
        return t->envelope;
    int i = yh_map_get(&t->by_infno, infno, -1);
    return i < 0 ? NULL : &t->message[i];
}

static struct yh_node *node_of(struct yh_arena *a, struct yh_node **nodes, int *n, yh_str path,
                               bool list, int first)
{
    for (int i = 0; i < *n; i++)
        if (yh_eq((*nodes)[i].path, path))
            return &(*nodes)[i];
    /* Few nodes a message: the array is copied when it grows. */
    struct yh_node *grown = YH_NEW(a, struct yh_node, *n + 1);
    if (*n)
        memcpy(grown, *nodes, (size_t)*n * sizeof *grown);
    grown[*n] = (struct yh_node){
        .path = path, .list = list, .first = first, .by_name = yh_map_in(a, 16)
    };
    *nodes = grown;
    return &grown[(*n)++];
}

static enum yh_status load_fields(struct yh_arena *a, yh_str text, struct yh_interface *t,
                                  struct yh_err *err)
{
    enum {
        INFNO,
        DIR,
        NODE,
        KIND,
        FIELD,
        NAME,
        TYPE,
        DIGITS,
        SCALE,
        DICT,
        REQUIRED,
        CORE,
        INNER,
        N
    };
    static const char *const WANT[N] = { "infno",    "dir",  "node",   "kind",  "field",
                                         "name_zh",  "type", "digits", "scale", "dict",
                                         "required", "core", "inner" };
    struct yh_tsv tsv;
    int col[N], got, cap = 0;
    enum yh_status bad = yh_tsv_open_with(&tsv, text, WANT, N, col, err);
    if (bad)
        return bad;
    while ((got = yh_tsv_next(&tsv, err)) > 0) {
        bool in = yh_eq(tsv.cell[col[DIR]], YH_S("in"));
        if (yh_eq(tsv.cell[col[KIND]], YH_S("file")))
            continue;
        struct yh_message *m = message_of(t, tsv.cell[col[INFNO]]);
        if (!m)
            continue;
        struct yh_field f = { .name = tsv.cell[col[FIELD]],
                              .name_zh = tsv.cell[col[NAME]],
                              .inner = tsv.cell[col[INNER]],
                              .digits = small_int(tsv.cell[col[DIGITS]]),
                              .scale = small_int(tsv.cell[col[SCALE]]),
                              .required = yh_eq(tsv.cell[col[REQUIRED]], YH_S("Y")),
                              .core = yh_eq(tsv.cell[col[CORE]], YH_S("Y")),
                              .dict = -1 };
        bad = kind_of(tsv.cell[col[TYPE]], &f.kind, err, tsv.line);
        if (bad)
            return bad;
        if (in && tsv.cell[col[DICT]].n) {
            f.dict = yh_map_get(&t->by_dict, tsv.cell[col[DICT]], -1);
            if (f.dict < 0)
                return yh_fail_at(err, YH_BAD_TABLE, tsv.line, 1, "fields.tsv: 没有代码表 %.*s",
                                  YH_ARG(tsv.cell[col[DICT]]));
            if (t->dict[f.dict].open)
                f.dict = -1;
        }
        bool list = yh_eq(tsv.cell[col[KIND]], YH_S("list"));
        struct yh_node *node = node_of(a, in ? &m->node : &m->out, in ? &m->nnode : &m->nout,
                                       tsv.cell[col[NODE]], list, t->nfield);
        /* Rows of a node need not stand together: then it moves to the end as a whole. */
        if (node->first + node->count != t->nfield) {
            int from = node->first;
            node->first = t->nfield;
            for (int i = 0; i < node->count; i++) {
                struct yh_field moved = t->field[from + i];
                YH_PUSH(a, t->field, t->nfield, cap) = moved;
            }
        }
        if (yh_map_add(&node->by_name, f.name, node->count)) {
            YH_PUSH(a, t->field, t->nfield, cap) = f;
            node->count++;
        }
    }
    return got < 0 ? YH_BAD_TABLE : YH_OK;
}

enum yh_status yh_interface_load(struct yh_arena *a, yh_str transactions, yh_str fields,
                                 yh_str dictionaries, struct yh_interface *out,
                                 struct yh_err *err)
{
    struct yh_interface t = { .by_infno = yh_map_in(a, 512),
                              .by_dict = yh_map_in(a, 512),
                              .by_code = yh_map_in(a, 8192),
                              .envelope = YH_NEW(a, struct yh_message, 1) };
    t.envelope->infno = YH_S("*");
    enum yh_status bad = load_transactions(a, transactions, &t, err);
    if (!bad)
        bad = load_dictionaries(a, dictionaries, &t, err);
    if (!bad)
        bad = load_fields(a, fields, &t, err);
    if (!bad)
        *out = t;
    return bad;
}

/* ---- looking up ---- */

const struct yh_message *yh_interface_message(const struct yh_interface *t, yh_str infno)
{
    int i = yh_map_get(&t->by_infno, infno, -1);
    return i < 0 ? NULL : &t->message[i];
}

const struct yh_node *yh_interface_node(const struct yh_message *m, yh_str path)
{
    for (int i = 0; i < m->nnode; i++)
        if (yh_eq(m->node[i].path, path))
            return &m->node[i];
    return NULL;
}

const struct yh_node *yh_interface_output(const struct yh_message *m, yh_str path)
{
    for (int i = 0; i < m->nout; i++)
        if (yh_eq(m->out[i].path, path))
            return &m->out[i];
    return NULL;
}

const struct yh_json *yh_json_at(const struct yh_json *o, yh_str path)
{
    if (yh_eq(path, YH_S("(none)")))
        return o;
    while (o && path.n)
        o = yh_json_get(o, yh_cut(&path, '.'));
    return o;
}

bool yh_blank(const struct yh_json *v)
{
    return !v || v->kind == YH_JSON_NULL ||
           (v->kind == YH_JSON_STRING && (!v->text.n || yh_eq(v->text, YH_S("null"))));
}

/* ---- checking ---- */

/* Where a value stands: node path, row (0 = the node is one object), field. */
struct place {
    const struct yh_interface *t;
    const struct yh_node *node;
    int row;
};

/* "这里写错了什么" with the field's place in front. */
static enum yh_status bad_field(const struct place *at, const struct yh_field *f, yh_str met,
                                struct yh_err *err, const char *rule)
{
    char where[64], value[96], row[16] = "";
    if (at->row)
        snprintf(row, sizeof row, "[%d]", at->row);
    bool top =
        yh_eq(at->node->path, YH_S("(none)")) || yh_eq(at->node->path, YH_S("(envelope)"));
    snprintf(where, sizeof where, "%.*s%s%s%.*s", top ? 0 : (int)at->node->path.n,
             at->node->path.p, row, top ? "" : ".", YH_ARG(f->name));
    ptrdiff_t n = met.n;
    for (; n > 60 || !yh_utf8_ok((yh_str){ met.p, n }); n--)
        if (n == 0)
            break;
    snprintf(value, sizeof value, "%.*s%s", (int)n, met.p, n < met.n ? "…" : "");
    if (met.n)
        return yh_fail_field(err, YH_BAD_INPUT, where, value, "%s（%.*s）值“%s”：%s", where,
                             YH_ARG(f->name_zh), value, rule);
    return yh_fail_field(err, YH_BAD_INPUT, where, "", "%s（%.*s）：%s", where,
                         YH_ARG(f->name_zh), rule);
}

static bool clean_text(yh_str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
            return false;
    }
    return true;
}

static enum yh_status check_number(const struct place *at, const struct yh_field *f,
                                   const struct yh_json *v, struct yh_err *err)
{
    char rule[128];
    int64_t n, top = 1;
    if (yh_json_dec(v, f->scale, &n, NULL)) {
        snprintf(rule, sizeof rule,
                 f->scale ? "应为数字，最多%d位、其中小数%d位" : "应为整数，最多%d位",
                 f->digits, f->scale);
        return bad_field(at, f, yh_json_text(v), err, rule);
    }
    for (int i = 0; i < f->digits && top <= INT64_MAX / 10; i++)
        top *= 10;
    if (f->digits < 18 && (n >= top || n <= -top)) {
        snprintf(rule, sizeof rule, "超出范围，最多%d位、其中小数%d位", f->digits, f->scale);
        return bad_field(at, f, yh_json_text(v), err, rule);
    }
    return YH_OK;
}

static bool in_list(const struct yh_interface *t, int dict, yh_str code,
                    struct yh_arena scratch)
{
    yh_str key = yh_fmt(&scratch, "%d\x1f%.*s", dict, YH_ARG(code));
    return yh_map_get(&t->by_code, key, -1) >= 0 ||
           (code.n && strchr(t->dict[dict].head, code.p[0]) && t->dict[dict].head[0]);
}

static enum yh_status check_value(const struct place *at, const struct yh_field *f,
                                  const struct yh_json *v, struct yh_arena scratch,
                                  struct yh_err *err)
{
    char rule[128];
    if (v->kind != YH_JSON_STRING && v->kind != YH_JSON_NUMBER)
        return bad_field(at, f,
                         v->kind == YH_JSON_BOOL ? (v->truth ? YH_S("true") : YH_S("false"))
                                                 : v->text,
                         err, "类型不对，应为文本或数字");
    yh_str s = yh_json_text(v);
    switch (f->kind) {
    case YH_FIELD_NUMBER: return check_number(at, f, v, err);
    case YH_FIELD_DATE: {
        yh_time when;
        if (yh_time_parse(s, &when, NULL))
            return bad_field(at, f, s, err, "应为日期 yyyy-MM-dd 或时间 yyyy-MM-dd HH:mm:ss");
        return YH_OK;
    }
    case YH_FIELD_TEXT:
        if (!clean_text(s))
            return bad_field(at, f, YH_S(""), err, "含有控制字符");
        if (f->digits && s.n > f->digits && yh_utf8_count(s) > f->digits) {
            snprintf(rule, sizeof rule, "过长，最多%d个字符，现有%d个", f->digits,
                     yh_utf8_count(s));
            return bad_field(at, f, s, err, rule);
        }
        if (f->dict >= 0 && !in_list(at->t, f->dict, s, scratch)) {
            const struct yh_dict *d = &at->t->dict[f->dict];
            snprintf(rule, sizeof rule, "不在代码表 %.*s（%.*s）中", YH_ARG(d->type),
                     YH_ARG(d->name_zh));
            return bad_field(at, f, s, err, rule);
        }
        return YH_OK;
    case YH_FIELD_ANY: return YH_OK;
    }
    return YH_OK;
}

static enum yh_status check_row(const struct place *at, const struct yh_json *row,
                                struct yh_arena scratch, struct yh_err *err)
{
    const struct yh_node *node = at->node;
    bool *seen = YH_NEW(&scratch, bool, node->count);
    for (const struct yh_json *v = row->first; v; v = v->next) {
        int i = yh_map_get(&node->by_name, v->key, -1);
        if (i < 0 || yh_blank(v))
            continue;
        const struct yh_field *f = &at->t->field[node->first + i];
        seen[i] = true;
        if (f->kind == YH_FIELD_ANY)
            continue;
        enum yh_status bad = check_value(at, f, v, scratch, err);
        if (bad)
            return bad;
    }
    for (int i = 0; i < node->count; i++) {
        const struct yh_field *f = &at->t->field[node->first + i];
        if (f->required && !seen[i])
            return bad_field(at, f, YH_S(""), err, "必填，未填写");
    }
    return YH_OK;
}

static enum yh_status bad_node(const struct yh_node *node, int row, struct yh_err *err,
                               const char *rule)
{
    char where[64];
    if (row)
        snprintf(where, sizeof where, "%.*s[%d]", YH_ARG(node->path), row);
    else
        snprintf(where, sizeof where, "%.*s", YH_ARG(node->path));
    return yh_fail_field(err, YH_BAD_INPUT, where, "", "节点 %s：%s", where, rule);
}

static enum yh_status check_node(const struct yh_interface *t, const struct yh_node *node,
                                 bool lenient, const struct yh_json *v, struct yh_arena scratch,
                                 struct yh_err *err)
{
    struct place at = { t, node, 0 };
    if (v->kind == YH_JSON_OBJECT)
        return check_row(&at, v, scratch, err);
    if (v->kind != YH_JSON_ARRAY)
        return bad_node(node, 0, err, node->list ? "应为对象数组" : "应为对象");
    if (!node->list && !lenient)
        return bad_node(node, 0, err, "应为一个对象，不是数组");
    int n = 0;
    for (const struct yh_json *row = v->first; row; row = row->next) {
        at.row = ++n;
        if (row->kind != YH_JSON_OBJECT)
            return bad_node(node, n, err, "应为对象");
        enum yh_status bad = check_row(&at, row, scratch, err);
        if (bad)
            return bad;
    }
    return YH_OK;
}

static bool named(const char *nodes, yh_str path)
{
    yh_str rest = yh_cstr(nodes);
    while (rest.n)
        if (yh_eq(yh_cut(&rest, ','), path))
            return true;
    return false;
}

/* Checks a nested node ("invinfo.drugtracinfo") below each row of its parent. */
static enum yh_status check_nested(const struct yh_interface *t, const struct yh_node *node,
                                   bool lenient, const struct yh_json *input,
                                   struct yh_arena scratch, struct yh_err *err)
{
    yh_str rest = node->path, head = yh_cut(&rest, '.');
    const struct yh_json *parent = yh_json_get(input, head);
    bool many = parent && parent->kind == YH_JSON_ARRAY;
    for (const struct yh_json *p = many ? parent->first : parent; p;
         p = many ? p->next : NULL) {
        const struct yh_json *v = yh_json_at(p, rest);
        if (yh_blank(v) || v->kind == YH_JSON_STRING) /* exp_content as text */
            continue;
        enum yh_status bad = check_node(t, node, lenient, v, scratch, err);
        if (bad)
            return bad;
    }
    return YH_OK;
}

enum yh_status yh_interface_check(const struct yh_interface *t, const struct yh_message *m,
                                  const char *nodes, bool lenient, const struct yh_json *input,
                                  struct yh_arena scratch, struct yh_err *err)
{
    for (int i = 0; i < m->nnode; i++) {
        const struct yh_node *node = &m->node[i];
        bool wanted = named(nodes, node->path);
        if (yh_find(node->path, YH_S(".")) >= 0 && !wanted) {
            enum yh_status bad = check_nested(t, node, lenient, input, scratch, err);
            if (bad)
                return bad;
            continue;
        }
        const struct yh_json *v = yh_json_at(input, node->path);
        if (yh_blank(v)) {
            if (wanted)
                return bad_node(node, 0, err, "必填，未提供");
            continue;
        }
        if (wanted && (node->list || lenient) && v->kind == YH_JSON_ARRAY && !v->count)
            return bad_node(node, 0, err, "必填，至少要有一行");
        enum yh_status bad = check_node(t, node, lenient, v, scratch, err);
        if (bad)
            return bad;
    }
    return YH_OK;
}

enum yh_status yh_interface_check_envelope(const struct yh_interface *t,
                                           const struct yh_json *root, struct yh_arena scratch,
                                           struct yh_err *err)
{
    struct place at = { t, &t->envelope->node[0], 0 };
    return check_row(&at, root, scratch, err);
}

/* ---- where a value stands ---- */

struct hunt {
    const struct yh_field *f;
    yh_str met;
    int row;   /* of the innermost list; 0 = none */
    int n, at; /* found, and in which row */
};

/* A use case tells numbers with all their decimals and moments with or without the hour. */
static bool same_value(const struct yh_field *f, const struct yh_json *v, yh_str met)
{
    int64_t a, b;
    if (yh_blank(v) || !met.n)
        return yh_blank(v) && !met.n;
    if (v->kind != YH_JSON_STRING && v->kind != YH_JSON_NUMBER)
        return false;
    yh_str s = yh_trim(yh_json_text(v));
    if (f->kind == YH_FIELD_NUMBER)
        return !yh_json_dec(v, 6, &a, NULL) && !yh_dec_parse(met, 6, &b, NULL) && a == b;
    ptrdiff_t n = f->kind == YH_FIELD_DATE ? 10 : 57; /* a long text is told by its beginning */
    return yh_eq(s, met) ||
           (met.n >= n && s.n >= n && (met.n == n || s.n == n || f->kind != YH_FIELD_DATE) &&
            yh_starts(s, yh_sub(met, 0, yh_min(met.n, s.n))));
}

static void seek(struct hunt *h, const struct yh_json *v, yh_str path)
{
    if (!v || (v->kind != YH_JSON_ARRAY && v->kind != YH_JSON_OBJECT))
        return;
    if (v->kind == YH_JSON_ARRAY) {
        int row = 0;
        for (const struct yh_json *x = v->first; x; x = x->next) {
            h->row = ++row;
            seek(h, x, path);
        }
        return;
    }
    if (path.n) {
        yh_str head = yh_cut(&path, '.');
        h->row = 0;
        seek(h, yh_json_get(v, head), path);
        return;
    }
    if (!same_value(h->f, yh_json_get(v, h->f->name), h->met))
        return;
    h->n++;
    h->at = h->row;
}

static yh_str place_in(const struct yh_interface *t, const struct yh_message *m,
                       const struct yh_json *root, yh_str field, yh_str met, struct yh_arena *a)
{
    for (int i = 0; i < m->nnode; i++) {
        const struct yh_node *node = &m->node[i];
        bool top = node->path.p[0] == '('; /* (none), (envelope) */
        int k = yh_map_get(&node->by_name, field, -1);
        struct hunt h = { .f = k < 0 ? NULL : &t->field[node->first + k], .met = met };
        if (k < 0)
            continue;
        seek(&h, root, top ? YH_S("") : node->path);
        if (!h.n)
            continue;
        yh_str row = h.n == 1 && h.at ? yh_fmt(a, "[%d]", h.at) : YH_S("");
        return yh_fmt(a, "%.*s%.*s%s%.*s（%.*s）", top ? 0 : (int)node->path.n, node->path.p,
                      YH_ARG(row), top ? "" : ".", YH_ARG(field), YH_ARG(h.f->name_zh));
    }
    return YH_S("");
}

yh_str yh_interface_place(const struct yh_interface *t, const struct yh_message *m,
                          const struct yh_json *root, const struct yh_json *input, yh_str field,
                          yh_str met, struct yh_arena *a)
{
    yh_str s = place_in(t, m, input, field, met, a);
    return s.n ? s : place_in(t, t->envelope, root, field, met, a);
}
