/* engine/abi/group.c -- the group of one discharge. */
#include "engine/casemix/group.h"

#include "engine/abi/inside.h"

#define CASEMIX_BYTES ((size_t)2 << 30) /* reserved, not used */

struct asked {
    yh_str scheme, discharge;
};

static enum yh_status read_text(void *ctx, const char *path, yh_str *text, struct yh_err *err)
{
    struct yiheng *e = ctx;
    struct yiheng_text t = { 0 };
    if (!e->source.read || e->source.read(e->source.ctx, path, &t))
        return yh_fail(err, YH_NOT_FOUND, "分组目录里没有 %s", path);
    *text = (yh_str){ t.text, (ptrdiff_t)t.size };
    return YH_OK;
}

static enum yh_status scheme_of(struct yiheng *e, yh_str name, const struct yh_scheme **out,
                                struct yh_err *err)
{
    for (int i = 0; i < e->nscheme; i++)
        if (yh_eq(e->scheme_name[i], name)) {
            *out = e->scheme[i];
            return YH_OK;
        }
    if (e->nscheme == YH_ABI_SCHEMES_MAX)
        return yh_fail(err, YH_LIMIT, "一个引擎至多装 %d 个分组方案", YH_ABI_SCHEMES_MAX);
    enum yh_status bad = YH_OK;
    if (!e->casemix.start)
        bad = yh_arena_open(&e->casemix, CASEMIX_BYTES, err);
    e->casemix.guard = &e->full;
    if (!bad && !e->cm)
        bad = yh_casemix_open(&e->casemix, (struct yh_casemix_source){ e, read_text }, &e->cm,
                              err);
    struct yh_scheme *s;
    if (!bad)
        bad = yh_scheme_load(e->cm, name, e->bill, &s, err);
    if (bad)
        return bad;
    e->scheme_name[e->nscheme] = yh_dup(&e->casemix, name);
    *out = e->scheme[e->nscheme++] = s;
    return YH_OK;
}

static enum yh_status group(struct yiheng *e, const void *what, struct yh_buf *out, bool *good,
                            struct yh_err *err)
{
    const struct asked *q = what;
    const struct yh_scheme *s = NULL;
    struct yh_case *c = YH_NEW(&e->bill, struct yh_case, 1);
    struct yh_drg_group g;
    (void)good;
    enum yh_status bad = scheme_of(e, q->scheme, &s, err);
    if (!bad)
        bad = yh_case_json(&e->bill, q->discharge, c, err);
    if (bad)
        return bad;
    yh_drg_group(s, c, &g);
    struct yh_jsonw w = yh_jsonw_on(out);
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "mdc", g.name.mdc);
    yh_jw_kv_str(&w, "adrg", g.name.adrg);
    yh_jw_kv_str(&w, "drg", g.name.drg);
    yh_jw_end(&w, '}');
    return YH_OK;
}

char *yiheng_group(struct yiheng *e, const char *scheme, const char *discharge, size_t size,
                   int *ok)
{
    struct asked q = { yh_cstr(scheme), { discharge, (ptrdiff_t)size } };
    return yh_abi_answer(e, group, &q, ok);
}
