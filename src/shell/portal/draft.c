/* shell/portal/draft.c -- 政策室: a draft checked while it is written. */
#include <stdio.h>
#include "service/cases/cases.h"
#include "shell/portal/inside.h"

void draft_read(struct call *c, yh_str text, struct draft *d)
{
    const struct yh_policy_set *all = &c->known->edition->set;
    struct yh_arena *a = &c->arena;
    struct yh_policy_text *page = YH_NEW(a, struct yh_policy_text, all->ndoc + 1);
    struct yh_err err;
    page[0] = (struct yh_policy_text){ YH_S("草案"), text };
    for (int i = 0; i < all->ndoc; i++)
        page[i + 1] = (struct yh_policy_text){ all->doc[i].name, all->doc[i].text };
    *d = (struct draft){ .findings = YH_NEW(a, struct yh_findings, 1) };
    struct yh_findings *read = YH_NEW(a, struct yh_findings, 1);
    yh_policy_read(a, all->kinds, page, all->ndoc + 1, &d->set, read);
    d->doc = &d->set.doc[0];
    for (int i = 0; i < read->n; i++)
        if (yh_eq(read->item[i].doc, page[0].name)) {
            d->findings->item[d->findings->n++] = read->item[i];
            d->findings->count[read->item[i].severity]++;
        }
    struct yh_policy_how how = { .missing_ok = true, .drafts = true };
    const struct yh_policy_doc *doc = &d->set.doc[0];
    if (doc->broken)
        return;
    if (yh_policy_compile_doc(a, &d->set, 0, how, &d->plan, d->findings, &err)) {
        if (!d->findings->n)
            d->findings->item[d->findings->n++] =
                (struct yh_finding){ .severity = YH_ERROR,
                                     .doc = page[0].name,
                                     .line = 1,
                                     .col = 1,
                                     .text = yh_dup(a, yh_cstr(err.text)),
                                     .cure = YH_S("") };
        d->plan = NULL;
        return;
    }
    yh_policy_check_plan(a, d->plan, &d->set, d->findings);
    struct yh_findings *other = YH_NEW(a, struct yh_findings, 1);
    how.drafts = false;
    if (yh_policy_compile(a, &d->set, doc->region, doc->scheme, doc->period.from - 1, how,
                          &d->before, other, &err))
        d->before = NULL;
}

yh_fen usual_fund(struct call *c, const struct yh_plan *p, yh_str visit, yh_str person,
                  yh_str level, yh_fen cost)
{
    struct yh_arena a = c->arena;
    struct yh_decision d;
    struct yh_bill b = { .begin = p->period.from,
                         .end = p->period.from,
                         .settle_day = p->period.from,
                         .sums = { cost, 0, 0, 0, cost } };
    const struct {
        enum yh_dim dim;
        yh_str word;
    } SET[] = { { YH_DIM_VISIT, visit },
                { YH_DIM_PERSON, person },
                { YH_DIM_LEVEL, level },
                { YH_DIM_PLACE, YH_S("本地") },
                { YH_DIM_FILING, YH_S("无需备案") },
                { YH_DIM_REFERRAL, YH_S("未转诊") },
                { YH_DIM_STATUS, YH_S("正常") } };
    b.facts.v[YH_DIM_COUNT] = 1;
    b.facts.v[YH_DIM_AGE] = 40;
    b.facts.v[YH_DIM_MONTHS] = 120;
    b.facts.v[YH_DIM_YEARS] = 10;
    b.facts.v[YH_DIM_DAYS] = 10;
    b.facts.v[YH_DIM_FETUSES] = 1;
    b.facts.v[YH_DIM_GAP] = 9999;
    for (int i = 0; i < YH_COUNT(SET); i++) {
        int o = yh_plan_kind(p, SET[i].dim, SET[i].word);
        if (o < 0 && i < 3)
            return -1;
        b.facts.v[SET[i].dim] = o < 0 ? 0 : o;
    }
    return yh_benefit_settle(&a, p, NULL, &b, (struct yh_settle_how){ false }, &d, NULL)
               ? -1
               : d.fund;
}

yh_str usual_person(const struct yh_plan *p)
{
    return yh_eq(p->scheme, YH_S("310")) ? YH_S("在职") : YH_S("成年居民");
}

static void put_curves(struct call *c, const struct draft *d, struct yh_jsonw *w)
{
    static const char *const VISIT[] = { "住院", "门诊" };
    static const char *const LEVEL[] = { "一级", "二级", "三级" };
    yh_str person = usual_person(d->plan);
    yh_jw_array(w);
    for (int v = 0; v < YH_COUNT(VISIT); v++)
        for (int l = 0; l < YH_COUNT(LEVEL); l++) {
            /* Every 2.5 % of 100,000 yuan a stay, of 5,000 an outpatient year's visit. */
            yh_fen step = v ? 12500 : 250000;
            if (usual_fund(c, d->plan, yh_cstr(VISIT[v]), person, yh_cstr(LEVEL[l]), step) < 0)
                continue;
            yh_jw_object(w);
            yh_jw_kv_str(
                w, "label",
                yh_fmt(&c->arena, "%s · %s · %.*s", VISIT[v], LEVEL[l], YH_ARG(person)));
            yh_jw_kv_array(w, "points");
            for (int i = 0; i <= 40; i++) {
                yh_jw_object(w);
                yh_jw_kv_i64(w, "cost", i * step);
                yh_jw_kv_i64(w, "before",
                             d->before
                                 ? yh_max(0, usual_fund(c, d->before, yh_cstr(VISIT[v]), person,
                                                        yh_cstr(LEVEL[l]), i * step))
                                 : 0);
                yh_jw_kv_i64(w, "after",
                             yh_max(0, usual_fund(c, d->plan, yh_cstr(VISIT[v]), person,
                                                  yh_cstr(LEVEL[l]), i * step)));
                yh_jw_end(w, '}');
            }
            yh_jw_end(w, ']');
            yh_jw_end(w, '}');
        }
    yh_jw_end(w, ']');
}

void put_finding(const struct yh_finding *f, struct yh_jsonw *w)
{
    yh_jw_object(w);
    yh_jw_kv_str(w, "severity", yh_severity_word(f->severity));
    yh_jw_kv_i64(w, "line", f->line);
    yh_jw_kv_i64(w, "column", f->col);
    yh_jw_kv_str(w, "text", f->text);
    yh_jw_kv_str(w, "cure", f->cure);
    yh_jw_end(w, '}');
}

void put_findings(const struct draft *d, struct yh_jsonw *w)
{
    yh_findings_sort(d->findings);
    yh_jw_array(w);
    for (int i = 0; i < d->findings->n; i++) {
        const struct yh_finding *f = &d->findings->item[i];
        if (!yh_eq(f->doc, YH_S("草案")) && f->severity != YH_ERROR)
            continue;
        put_finding(f, w);
    }
    yh_jw_end(w, ']');
}

void put_diff(struct call *c, const struct yh_plan *x, const struct yh_plan *y,
              struct yh_jsonw *w)
{
    struct yh_buf out = yh_buf_in(&c->arena);
    yh_jw_array(w);
    if (x && y)
        (void)yh_policy_diff(&c->arena, x, y, &out);
    for (yh_str rest = yh_buf_str(&out); rest.n;) {
        yh_str line = yh_trim(yh_cut(&rest, '\n'));
        if (line.n)
            yh_jw_str(w, line);
    }
    yh_jw_end(w, ']');
}

enum yh_status portal_draft_check(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)err;
    struct draft d;
    draft_read(c, in_text(c, "text"), &d);
    yh_jw_object(w);
    yh_jw_kv_bool(w, "ok", d.plan && !d.findings->count[YH_ERROR]);
    yh_jw_kv_str(w, "id", d.doc->id);
    yh_jw_kv_str(w, "title", d.doc->title);
    yh_jw_kv_str(w, "amends", d.doc->amends);
    yh_jw_key(w, YH_S("findings"));
    put_findings(&d, w);
    yh_jw_key(w, YH_S("diff"));
    put_diff(c, d.before, d.plan, w);
    yh_jw_key(w, YH_S("curves"));
    if (d.plan)
        put_curves(c, &d, w);
    else {
        yh_jw_array(w);
        yh_jw_end(w, ']');
    }
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status portal_draft_cases(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct draft d;
    struct yh_cases_run run;
    draft_read(c, in_text(c, "text"), &d);
    if (!d.plan)
        return yh_fail(err, YH_BAD_INPUT, "草案还有错误，算例没有运行");
    yh_cases_run(&c->arena, &d.set, 0, d.plan, &run);
    int passed = 0, failed = 0;
    for (int i = 0; i < YH_ORIGIN_N; i++) {
        passed += run.passed[i];
        failed += run.failed[i];
    }
    yh_jw_object(w);
    yh_jw_kv_i64(w, "passed", passed);
    yh_jw_kv_i64(w, "failed", failed);
    yh_jw_kv_array(w, "fails");
    for (int i = 0; i < run.nfail; i++) {
        int line, col;
        yh_place(d.set.doc[0].text, run.fail[i].at, &line, &col);
        yh_jw_object(w);
        yh_jw_kv_i64(w, "line", line);
        yh_jw_kv_str(w, "column", run.fail[i].column);
        yh_jw_kv_str(w, "want", run.fail[i].want);
        yh_jw_kv_str(w, "got", run.fail[i].got);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}
