#include "shell/gateway/tx.h"

static const struct yh_tx TX[] = {
#define T(number, handler, mode, reversible, nodes) \
    { number, handler, YH_TX_##mode, reversible, nodes },
#include "shell/gateway/transaction.def"
#undef T
};

const struct yh_tx *yh_tx_find(yh_str number)
{
    for (int i = 0; i < YH_COUNT(TX); i++)
        if (yh_eq(number, yh_cstr(TX[i].number)))
            return &TX[i];
    return NULL;
}

const struct yh_tx *yh_tx_all(int *n)
{
    *n = YH_COUNT(TX);
    return TX;
}

/* ---- reading ---- */

const struct yh_json *tx_node(const struct yh_tx_call *t, const char *path)
{
    const struct yh_json *v = t->env.input ? yh_json_at(t->env.input, yh_cstr(path)) : NULL;
    if (v && v->kind == YH_JSON_ARRAY)
        v = v->first;
    return v && v->kind == YH_JSON_OBJECT ? v : NULL;
}

int tx_rows(const struct yh_tx_call *t, const char *path, const struct yh_json *const **row)
{
    const struct yh_json *v = t->env.input ? yh_json_at(t->env.input, yh_cstr(path)) : NULL;
    bool many = v && v->kind == YH_JSON_ARRAY;
    int n = 0;
    const struct yh_json **list = YH_NEW(t->arena, const struct yh_json *, many ? v->count : 1);
    for (const struct yh_json *r = many ? v->first : v; r; r = many ? r->next : NULL)
        if (r->kind == YH_JSON_OBJECT)
            list[n++] = r;
    *row = list;
    return n;
}

yh_str tx_str(const struct yh_json *node, const char *name)
{
    const struct yh_json *v = yh_json_get(node, yh_cstr(name));
    return yh_blank(v) ? YH_S("") : yh_json_text(v);
}

int64_t tx_dec(const struct yh_json *node, const char *name, int scale)
{
    const struct yh_json *v = yh_json_get(node, yh_cstr(name));
    int64_t out = 0;
    return yh_blank(v) || yh_json_dec(v, scale, &out, NULL) ? 0 : out;
}

yh_fen tx_fen(const struct yh_json *node, const char *name)
{
    return tx_dec(node, name, 2);
}

int64_t tx_int(const struct yh_json *node, const char *name)
{
    return tx_dec(node, name, 0);
}

yh_time tx_time(const struct yh_json *node, const char *name)
{
    yh_time out = 0;
    return yh_time_parse(tx_str(node, name), &out, NULL) ? 0 : out;
}

yh_day tx_day(const struct yh_json *node, const char *name, yh_day absent)
{
    yh_time out = 0;
    return yh_time_parse(tx_str(node, name), &out, NULL) ? absent : yh_time_day(out);
}

yh_time tx_time_to(const struct yh_json *node, const char *name, yh_time absent)
{
    yh_str s = tx_str(node, name);
    yh_time out;
    if (yh_time_parse(s, &out, NULL))
        return absent;
    /* A range given as dates runs to the last second of its last day (HN 4.4). */
    return s.n <= 10 || yh_ends(s, YH_S("00:00:00")) ? yh_day_time(yh_time_day(out) + 1)
                                                     : out + 1;
}

static const struct yh_json *extension_of(const struct yh_json *node)
{
    const struct yh_json *v = yh_json_get(node, YH_S("exp_content"));
    return yh_blank(v) ? yh_json_get(node, YH_S("expContent")) : v;
}

yh_str tx_extension(const struct yh_tx_call *t, const struct yh_json *node, const char *name)
{
    const struct yh_json *v = extension_of(node);
    struct yh_json *inner;
    if (yh_blank(v))
        return YH_S("");
    if (v->kind == YH_JSON_STRING) /* free text there is no error: it is not ours to read */
        v = yh_json_read(t->arena, v->text,
                         (struct yh_json_limits){ .depth = 8, .nodes = 1000 }, &inner, NULL)
                ? NULL
                : inner;
    return v && v->kind == YH_JSON_OBJECT ? tx_str(v, name) : YH_S("");
}

yh_str tx_extra(const struct yh_json *node)
{
    const struct yh_json *v = extension_of(node);
    return yh_blank(v) || (v->kind != YH_JSON_STRING && v->kind != YH_JSON_OBJECT) ? YH_S("")
                                                                                   : v->text;
}

/* ---- writing ---- */

void tx_put_str(struct yh_jsonw *w, const char *key, yh_str s)
{
    yh_jw_kv_str(w, key, s);
}

void tx_put_fen(struct yh_jsonw *w, const char *key, yh_fen v)
{
    yh_jw_kv_fen(w, key, v);
}

void tx_put_dec(struct yh_jsonw *w, const char *key, int64_t v, int scale, int digits)
{
    int64_t cut = 1;
    for (int i = digits; i < scale; i++)
        cut *= 10;
    yh_jw_key(w, yh_cstr(key));
    yh_jw_dec(w, yh_muldiv(v, 1, cut, YH_ROUND_HALF_UP), yh_min(scale, digits),
              (int)yh_min(scale, digits));
}

void tx_put_day(struct yh_jsonw *w, const char *key, yh_day d)
{
    char text[16];
    yh_jw_kv_str(w, key, d <= YH_DAY_MIN || d >= YH_DAY_MAX ? YH_S("") : yh_day_text(text, d));
}

void tx_put_int(struct yh_jsonw *w, const char *key, int64_t v)
{
    char text[32];
    yh_jw_kv_str(w, key, yh_dec_text(text, v, 0, 0));
}

/* ---- rows of a node ---- */

ptrdiff_t tx_open(struct yh_jsonw *w)
{
    yh_jw_object(w);
    return w->out->n;
}

static void find_rest(const struct yh_tx_call *t, yh_str written, struct tx_rest *rest)
{
    rest->known = true;
    const struct yh_node *node = yh_interface_output(t->message, yh_cstr(rest->node));
    if (!node)
        return;
    rest->field = YH_NEW(t->arena, const struct yh_field *, node->count);
    for (int i = 0; i < node->count; i++) {
        const struct yh_field *f = &t->table->field[node->first + i];
        yh_str key = yh_fmt(t->arena, "\"%.*s\":", YH_ARG(f->name));
        if (f->core && yh_find(written, key) < 0)
            rest->field[rest->n++] = f;
    }
}

void tx_close(const struct yh_tx_call *t, struct yh_jsonw *w, struct tx_rest *rest,
              ptrdiff_t from)
{
    if (!rest->known)
        find_rest(t, (yh_str){ w->out->p + from, w->out->n - from }, rest);
    for (int i = 0; i < rest->n; i++) {
        yh_jw_key(w, rest->field[i]->name);
        if (rest->field[i]->kind == YH_FIELD_NUMBER)
            yh_jw_i64(w, 0);
        else
            yh_jw_str(w, YH_S(""));
    }
    yh_jw_end(w, '}');
}

void tx_open_list(struct yh_jsonw *w, const char *node)
{
    yh_jw_object(w);
    yh_jw_kv_array(w, node);
}

void tx_close_list(struct yh_jsonw *w)
{
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
}

void tx_put_last(struct yh_jsonw *w, const char *key, int64_t to_day)
{
    tx_put_day(w, key,
               to_day <= YH_DAY_MIN || to_day >= YH_DAY_MAX ? YH_DAY_MAX
                                                            : (yh_day)(to_day - 1));
}

void tx_put_kept(struct yh_tx_call *t, struct yh_jsonw *w, yh_str json, const char *const *name,
                 int n)
{
    struct yh_json *v = NULL;
    if (json.n && yh_json_read(t->arena, json, (struct yh_json_limits){ 0 }, &v, NULL))
        v = NULL;
    for (int i = 0; i < n; i++)
        tx_put_str(w, name[i], v && v->kind == YH_JSON_OBJECT ? tx_str(v, name[i]) : YH_S(""));
}
