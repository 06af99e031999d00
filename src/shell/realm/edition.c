/* shell/realm/edition.c -- documents published while the server runs, laid over those on disk. */
#include "service/drafting/drafting.h"
#include "shell/realm/inside.h"

#define ARENA_MAX ((size_t)1 << 30) /* reserved, not used */

const struct yh_edition *yh_realm_now(const struct yh_realm *w)
{
    return __atomic_load_n(&w->edition, __ATOMIC_ACQUIRE);
}

void yh_edition_drop(struct yh_edition *e)
{
    if (!e)
        return;
    yh_arena_close(&e->arena);
    yh_heap(e, 0);
}

/* What a page of the set is about; the region of one that is included everywhere counts for all. */
static bool touches(const struct yh_policy_set *set, int page, yh_str region, yh_str scheme)
{
    const struct yh_policy_doc *d = &set->doc[page];
    if (yh_eq(d->region, region) && yh_eq(d->scheme, scheme))
        return true;
    for (int i = 0; i < set->ndoc; i++)
        for (int k = 0; k < set->doc[i].ninclude; k++)
            if (yh_starts(d->id, set->doc[i].include[k]))
                return true;
    return false;
}

static const struct yh_plan *plan_on(const struct yh_plan_list *l, yh_str region, yh_str scheme,
                                     yh_day day)
{
    for (int i = 0; i < l->n; i++)
        if (yh_in_period(l->plan[i].period, day) && yh_eq(l->plan[i].plan->region, region) &&
            yh_eq(l->plan[i].plan->scheme, scheme))
            return l->plan[i].plan;
    return NULL;
}

static enum yh_status sound(const struct yh_policy_set *set, int page, struct yh_findings *f,
                            struct yh_err *err)
{
    for (int i = 0; i < f->n; i++) {
        const struct yh_finding *x = &f->item[i];
        if (x->severity >= YH_MISSING && yh_eq(x->doc, set->doc[page].name))
            return yh_fail_at(err, YH_BAD_TABLE, x->line, x->col, "%.*s 第 %d 行：%.*s —— %.*s",
                              YH_ARG(x->doc), x->line, YH_ARG(x->text), YH_ARG(x->cure));
    }
    return set->doc[page].broken ? yh_fail(err, YH_BAD_TABLE, "%.*s 有错误，不能执行",
                                           YH_ARG(set->doc[page].name))
                                 : YH_OK;
}

struct maker {
    const struct yh_realm *realm;
    const struct yh_edition *old;
    struct yh_edition *e;
    struct yh_findings *findings;
    struct yh_dated_plan *plan;
    int n, cap;
};

/* One region and scheme anew.  What was in force must still be. */
static enum yh_status again(struct maker *m, yh_str region, yh_str scheme, struct yh_err *err)
{
    struct yh_dated_plan *plan = NULL;
    int n = 0, cap = 0, refused = 0;
    struct yh_err problem = { 0 };
    yh_realm_compile(&m->e->arena, &m->e->set, region, scheme, &plan, &n, &cap, &refused,
                     &problem);
    struct yh_plan_list now = { plan, n };
    for (int i = 0; i < m->old->plans.n; i++) {
        const struct yh_dated_plan *was = &m->old->plans.plan[i];
        if (yh_eq(was->plan->region, region) && yh_eq(was->plan->scheme, scheme) &&
            !plan_on(&now, region, scheme, was->period.from))
            return yh_fail(err, YH_BAD_TABLE,
                           "有了这份文件，%.*s/%.*s 现行的规定就不能执行了：%s", YH_ARG(region),
                           YH_ARG(scheme), problem.text);
    }
    for (int i = 0; i < n; i++)
        YH_PUSH(&m->e->arena, m->plan, m->n, m->cap) = plan[i];
    return YH_OK;
}

/* Each new page must decide on its first day. */
static enum yh_status decides(const struct maker *m, int page, struct yh_err *err)
{
    const struct yh_policy_doc *d = &m->e->set.doc[page];
    struct yh_plan_list all = { m->plan, m->n };
    const struct yh_plan *p = plan_on(&all, d->region, d->scheme, d->period.from);
    char day[16];
    (void)yh_day_text(day, d->period.from);
    return p ? YH_OK
             : yh_fail(err, YH_BAD_TABLE, "%.*s 在它生效的那一天（%.10s）不能执行",
                       YH_ARG(d->name), day);
}

static enum yh_status make(struct maker *m, int from, struct yh_err *err)
{
    struct yh_edition *e = m->e;
    struct yh_arena *a = &e->arena;
    enum yh_status st = YH_OK;
    for (int i = from; st == YH_OK && i < e->set.ndoc; i++) {
        if (!yh_realm_wants(m->realm->regions, e->set.doc[i].region))
            st = yh_fail(err, YH_NOT_FOUND, "本服务没有装入 %.*s 的政策",
                         YH_ARG(e->set.doc[i].region));
        else if ((st = sound(&e->set, i, m->findings, err)) == YH_OK) {
            struct yh_plan *p;
            if (e->set.doc[i].standing == YH_DRAFT)
                st = yh_fail(err, YH_BAD_TABLE, "%.*s 还是草案（standing draft）",
                             YH_ARG(e->set.doc[i].name));
            else
                st = yh_policy_compile_doc(a, &e->set, i, (struct yh_policy_how){ 0 }, &p,
                                           m->findings, err);
            if (st == YH_OK)
                yh_policy_check_plan(a, p, &e->set, m->findings);
            enum yh_status bad = sound(&e->set, i, m->findings, st ? NULL : err);
            st = st ? st : bad;
        }
    }
    /* Pairs that no new page touches keep their plans. */
    for (int i = 0; st == YH_OK && i < m->old->plans.n; i++) {
        const struct yh_dated_plan *was = &m->old->plans.plan[i];
        bool touched = false;
        for (int k = from; k < e->set.ndoc && !touched; k++)
            touched = touches(&e->set, k, was->plan->region, was->plan->scheme);
        if (!touched)
            YH_PUSH(a, m->plan, m->n, m->cap) = *was;
    }
    for (int i = 0; st == YH_OK && i < e->set.ndoc; i++) {
        const struct yh_policy_doc *d = &e->set.doc[i];
        bool seen = d->amends.n > 0 || !yh_realm_wants(m->realm->regions, d->region);
        bool touched = false;
        for (int k = 0; k < i && !seen; k++)
            seen = yh_eq(e->set.doc[k].region, d->region) &&
                   yh_eq(e->set.doc[k].scheme, d->scheme) && !e->set.doc[k].amends.n;
        for (int k = from; k < e->set.ndoc && !touched && !seen; k++)
            touched = touches(&e->set, k, d->region, d->scheme);
        if (touched && !seen)
            st = again(m, d->region, d->scheme, err);
    }
    for (int i = from; st == YH_OK && i < e->set.ndoc; i++)
        st = decides(m, i, err);
    e->plans = (struct yh_plan_list){ m->plan, m->n };
    return st;
}

enum yh_status yh_realm_edit(const struct yh_realm *w, const struct yh_policy_text *more, int n,
                             int64_t no, struct yh_edition **out, struct yh_findings *findings,
                             struct yh_err *err)
{
    struct yh_edition *e = yh_heap(NULL, sizeof *e);
    const struct yh_edition *old = yh_realm_now(w);
    *e = (struct yh_edition){ .no = no };
    enum yh_status st = yh_arena_open(&e->arena, ARENA_MAX, err);
    if (st) {
        yh_heap(e, 0);
        return st;
    }
    struct yh_arena *a = &e->arena;
    struct yh_findings *f = findings ? findings : YH_NEW(a, struct yh_findings, 1);
    struct yh_policy_text *page = YH_NEW(a, struct yh_policy_text, old->set.ndoc + n);
    for (int i = 0; i < old->set.ndoc; i++)
        page[i] = (struct yh_policy_text){ old->set.doc[i].name, old->set.doc[i].text };
    for (int i = 0; i < n; i++)
        page[old->set.ndoc + i] =
            (struct yh_policy_text){ yh_dup(a, more[i].name), yh_dup(a, more[i].text) };
    struct maker m = { .realm = w, .old = old, .e = e, .findings = f };
    *f = (struct yh_findings){ .n = 0 };
    yh_policy_read(a, old->set.kinds, page, old->set.ndoc + n, &e->set, f);
    jmp_buf full, *outer = a->guard;
    a->guard = &full;
    if (setjmp(full))
        st = yh_fail(err, YH_LIMIT, "政策文件太大");
    else
        st = make(&m, old->set.ndoc, err);
    a->guard = outer;
    if (st)
        yh_edition_drop(e);
    else
        *out = e;
    return st;
}

void yh_realm_take(struct yh_realm *w, struct yh_edition *e)
{
    pthread_mutex_lock(&w->lock);
    const struct yh_edition *old = yh_realm_now(w);
    bool newer = e->no > old->no;
    if (newer) {
        e->before = (struct yh_edition *)(uintptr_t)old;
        __atomic_store_n(&w->edition, e, __ATOMIC_RELEASE);
        yh_world_replace(&w->world, &e->plans);
    }
    pthread_mutex_unlock(&w->lock);
    if (!newer)
        yh_edition_drop(e);
}

/* The rows behind those that this realm knows. */
static enum yh_status take_up(struct yh_realm *w, const struct yh_policy_publication_row *row,
                              int n, struct yh_arena *a, struct yh_err *err)
{
    int64_t known = yh_realm_now(w)->no;
    struct yh_edition *e = NULL;
    struct yh_policy_text *text = YH_NEW(a, struct yh_policy_text, n);
    int more = 0;
    for (int i = 0; i < n; i++)
        if (row[i].no > known && yh_realm_wants(w->regions, row[i].region))
            text[more++] =
                (struct yh_policy_text){ yh_published_name(a, row[i].no), row[i].text };
    if (!n || row[n - 1].no <= known)
        return YH_OK;
    enum yh_status st = yh_realm_edit(w, text, more, row[n - 1].no, &e, NULL, err);
    if (st == YH_OK)
        yh_realm_take(w, e);
    return st;
}

enum yh_status yh_realm_follow(struct yh_realm *w, struct yh_store *s, struct yh_err *err)
{
    struct yh_arena a;
    struct yh_txn view;
    struct yh_policy_publication_row *row = NULL;
    int n = 0;
    int64_t last = 0;
    enum yh_status st = yh_arena_open(&a, (size_t)256 << 20, err);
    if (st)
        return st;
    if ((st = yh_view_open(s, &a, &view, err)) == YH_OK) {
        st = yh_publication_last(&view, &last, err);
        if (st == YH_OK && last > yh_realm_now(w)->no)
            st = yh_publications(&view, &row, &n, err);
        yh_view_close(&view);
    }
    if (st == YH_OK)
        st = take_up(w, row, n, &a, err);
    yh_arena_close(&a);
    return st;
}

enum yh_status yh_realm_follow_data(struct yh_realm *w, yh_str data, struct yh_err *err)
{
    struct yh_store_options opt = { .must_exist = true, .read_only = true };
    struct yh_store *s = NULL;
    enum yh_status st = yh_store_open(data, &opt, &s, err);
    if (st)
        return st == YH_NOT_FOUND ? YH_OK : st;
    st = yh_realm_follow(w, s, err);
    yh_store_close(s);
    return st;
}
