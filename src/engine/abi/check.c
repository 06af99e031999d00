/* engine/abi/check.c -- a policy document checked beside the engine's own. */
#include "engine/abi/inside.h"

static void put(struct yh_jsonw *w, const struct yh_findings *f, bool *good)
{
    for (int i = 0; i < f->n; i++) {
        const struct yh_finding *x = &f->item[i];
        *good = *good && x->severity != YH_ERROR && x->severity != YH_MISSING;
        yh_jw_object(w);
        yh_jw_kv_str(w, "severity", yh_severity_word(x->severity));
        yh_jw_kv_i64(w, "line", x->line);
        yh_jw_kv_i64(w, "column", x->col);
        yh_jw_kv_str(w, "text", x->text);
        yh_jw_kv_str(w, "cure", x->cure);
        yh_jw_end(w, '}');
    }
}

/* The page comes first, the engine's own pages stand behind it for what it amends or includes; of
 * theirs, nothing is said. */
static enum yh_status check(struct yiheng *e, const void *what, struct yh_buf *out, bool *good,
                            struct yh_err *err)
{
    struct yh_arena *a = &e->bill;
    struct yh_findings *f = YH_NEW(a, struct yh_findings, 1);
    struct yh_findings *own = YH_NEW(a, struct yh_findings, 1);
    struct yh_policy_text *page = YH_NEW(a, struct yh_policy_text, e->npage + 1);
    struct yh_policy_set set;
    struct yh_plan *plan;
    page[0] = (struct yh_policy_text){ YH_S("document"), *(const yh_str *)what };
    yh_policy_read(a, e->kinds, page, 1, &set, own);
    /* A page that the engine holds is checked in its place. */
    int n = 1;
    for (int i = 0; i < e->npage; i++)
        if (yh_policy_find(&e->set, e->page[i].name) < 0 || !set.ndoc ||
            !yh_eq(e->set.doc[yh_policy_find(&e->set, e->page[i].name)].id, set.doc[0].id))
            page[n++] = e->page[i];
    if (set.ndoc && !set.doc[0].broken) {
        yh_policy_read(a, e->kinds, page, n, &set, f);
        f->n = 0;
        if (!yh_policy_compile_doc(a, &set, 0, (struct yh_policy_how){ .missing_ok = true },
                                   &plan, own, err))
            yh_policy_check_plan(a, plan, &set, own);
    }
    yh_findings_sort(own);
    struct yh_jsonw w = yh_jsonw_on(out);
    yh_jw_array(&w);
    put(&w, own, good);
    yh_jw_end(&w, ']');
    return YH_OK;
}

char *yiheng_check(struct yiheng *e, const char *document, size_t size, int *ok)
{
    yh_str text = { document, (ptrdiff_t)size };
    return yh_abi_answer(e, check, &text, ok);
}
