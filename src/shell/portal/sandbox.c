/* shell/portal/sandbox.c -- what a hospital's programmer looks at: calls, fields, books. */
#include "shell/gateway/tx.h"
#include "shell/portal/inside.h"

static enum yh_status only_here(const struct call *c, struct yh_err *err)
{
    return c->p->config.sandbox ? YH_OK : yh_fail(err, YH_DENIED, "这里不是沙盒");
}

enum yh_status portal_sandbox_calls(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_portal *p = c->p;
    int64_t after = in_int(c, "after", 0);
    enum yh_status st = only_here(c, err);
    if (st)
        return st;
    struct heard *h = YH_NEW(&c->arena, struct heard, HEARD);
    pthread_mutex_lock(&p->lock);
    int64_t total = p->nheard;
    memcpy(h, p->heard, sizeof p->heard);
    pthread_mutex_unlock(&p->lock);
    int64_t passed = 0, refused = 0;
    yh_jw_object(w);
    yh_jw_kv_array(w, "rows");
    for (int64_t no = total; no > 0 && no > total - HEARD; no--) {
        const struct heard *r = &h[(no - 1) % HEARD];
        const struct yh_message *m = yh_interface_message(p->config.table, yh_cstr(r->infno));
        char text[32];
        ++*(r->ok ? &passed : &refused);
        /* A hospital sees its own calls, an officer all. */
        if (no <= after || (c->who.role == BIT_HOSPITAL && c->who.provider[0] &&
                            strcmp(r->provider, c->who.provider)))
            continue;
        yh_jw_object(w);
        yh_jw_kv_i64(w, "no", r->no);
        yh_jw_kv_str(w, "time", yh_time_text(text, r->at));
        yh_jw_kv_str(w, "infno", yh_cstr(r->infno));
        yh_jw_kv_str(w, "name", m ? m->name_zh : YH_S(""));
        yh_jw_kv_str(w, "msgid", yh_cstr(r->msgid));
        yh_jw_kv_str(w, "provider", yh_cstr(r->provider));
        yh_jw_kv_str(w, "person", yh_cstr(r->person));
        yh_jw_kv_bool(w, "ok", r->ok);
        yh_jw_kv_str(w, "message", yh_cstr(r->message));
        yh_jw_kv_i64(w, "ms", r->ms);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_kv_i64(w, "passed", passed);
    yh_jw_kv_i64(w, "refused", refused);
    yh_jw_end(w, '}');
    return YH_OK;
}

/* A hospital is graded on its own calls; an officer names one, or sees whoever called last. */
enum yh_status portal_sandbox_score(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_portal *p = c->p;
    yh_str provider = in_text(c, "provider");
    enum yh_status st = only_here(c, err);
    if (st)
        return st;
    if (c->who.role == BIT_HOSPITAL && c->who.provider[0])
        provider = yh_cstr(c->who.provider);
    struct heard *h = YH_NEW(&c->arena, struct heard, HEARD);
    int n = 0;
    pthread_mutex_lock(&p->lock);
    for (int64_t no = yh_max(1, p->nheard - HEARD + 1); no <= p->nheard; no++)
        h[n++] = p->heard[(no - 1) % HEARD];
    pthread_mutex_unlock(&p->lock);
    if (!provider.n && n)
        provider = yh_cstr(h[n - 1].provider);
    put_score(&c->arena, provider, h, n, w);
    return YH_OK;
}

enum yh_status portal_sandbox_fields(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    int n;
    const struct yh_tx *tx = yh_tx_all(&n);
    enum yh_status st = only_here(c, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_array(w, "rows");
    for (int i = 0; i < n; i++) {
        const struct yh_message *m =
            yh_interface_message(c->p->config.table, yh_cstr(tx[i].number));
        if (!m)
            continue;
        yh_jw_object(w);
        yh_jw_kv_str(w, "infno", m->infno);
        yh_jw_kv_str(w, "name", m->name_zh);
        yh_jw_kv_str(w, "group", m->group);
        yh_jw_kv_bool(w, "writes", tx[i].mode == YH_TX_WRITE || tx[i].mode == YH_TX_WRITE_ANY);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

static void put_codes(const struct yh_interface *t, int dict, struct yh_jsonw *w)
{
    int n = 0;
    yh_jw_array(w);
    for (int i = 0; dict >= 0 && i < t->nrow && n < 60; i++) {
        if (t->row[i].dict != dict)
            continue;
        n++;
        yh_jw_array(w);
        yh_jw_str(w, t->row[i].code);
        yh_jw_str(w, t->row[i].label);
        yh_jw_end(w, ']');
    }
    yh_jw_end(w, ']');
}

enum yh_status portal_sandbox_transaction(struct call *c, struct yh_jsonw *w,
                                          struct yh_err *err)
{
    static const char *const KIND[] = { "text", "number", "date", "any" };
    const struct yh_interface *t = c->p->config.table;
    enum yh_status st = only_here(c, err);
    if (st)
        return st;
    const struct yh_message *m = yh_interface_message(t, c->param[0]);
    if (!m || !yh_tx_find(c->param[0]))
        return yh_fail(err, YH_NOT_FOUND, "没有开通这个交易");
    yh_jw_object(w);
    yh_jw_kv_str(w, "infno", m->infno);
    yh_jw_kv_str(w, "name", m->name_zh);
    yh_jw_kv_str(w, "group", m->group);
    yh_jw_kv_array(w, "nodes");
    for (int i = 0; i < m->nnode; i++) {
        const struct yh_node *n = &m->node[i];
        yh_jw_object(w);
        yh_jw_kv_str(w, "path", n->path);
        yh_jw_kv_bool(w, "list", n->list);
        yh_jw_kv_array(w, "fields");
        for (int k = n->first; k < n->first + n->count; k++) {
            const struct yh_field *f = &t->field[k];
            yh_jw_object(w);
            yh_jw_kv_str(w, "name", f->name);
            yh_jw_kv_str(w, "name_zh", f->name_zh);
            yh_jw_kv_str(w, "kind", yh_cstr(KIND[f->kind]));
            yh_jw_kv_bool(w, "required", f->required);
            yh_jw_kv_i64(w, "digits", f->digits);
            yh_jw_kv_i64(w, "scale", f->scale);
            yh_jw_key(w, YH_S("codes"));
            put_codes(t, f->dict, w);
            yh_jw_end(w, '}');
        }
        yh_jw_end(w, ']');
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

/* Persons of a sandbox are invented: any of them may be looked at, and nothing is noted. */
enum yh_status portal_sandbox_books(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    enum yh_status st = only_here(c, err);
    return st ? st : yh_look_books(&c->look, c->param[0], w, err);
}
