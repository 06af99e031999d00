/* shell/portal/room.c -- policies: as documents, in plain figures, as drafts. */
#include <stdio.h>
#include "service/cases/cases.h"
#include "shell/portal/inside.h"

static void put_day(struct yh_jsonw *w, const char *key, yh_day d)
{
    char text[16];
    yh_jw_kv_str(w, key, d >= YH_DAY_MAX || d <= YH_DAY_MIN ? YH_S("") : yh_day_text(text, d));
}

static const struct yh_policy_set *set_of(const struct call *c)
{
    return &c->p->config.realm->policies.set;
}

static yh_str region_name(const struct call *c, yh_str code, yh_day day)
{
    struct yh_place place;
    if (yh_region_locate(c->p->config.realm->world.regions, code, day, &place, NULL))
        return yh_eq(code, YH_S("000000")) ? YH_S("国家") : code;
    return place.office->name;
}

static bool in_force(const struct call *c, const struct yh_policy_doc *d)
{
    const struct yh_world *w = &c->p->config.realm->world;
    for (int i = 0; i < w->nplan; i++)
        if (yh_in_period(w->plan[i].period, yh_time_day(c->look.now)))
            for (int k = 0; k < w->plan[i].plan->nclause; k++)
                if (yh_eq(w->plan[i].plan->clause[k].document, d->id))
                    return true;
    return false;
}

static void put_head(const struct call *c, const struct yh_policy_doc *d, struct yh_jsonw *w)
{
    yh_jw_kv_str(w, "id", d->id);
    yh_jw_kv_str(w, "region", d->region);
    yh_jw_kv_str(w, "region_name", region_name(c, d->region, yh_time_day(c->look.now)));
    yh_jw_kv_str(w, "scheme", d->scheme);
    yh_jw_kv_str(w, "title", d->title);
    put_day(w, "from", d->period.from);
    put_day(w, "to", d->period.to);
    yh_jw_kv_str(w, "standing", yh_standing_word(d->standing));
    yh_jw_kv_str(w, "source", d->source);
    yh_jw_kv_str(w, "amends", d->amends);
}

enum yh_status portal_policies(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)err;
    const struct yh_policy_set *set = set_of(c);
    yh_str region = in_text(c, "region"), scheme = in_text(c, "scheme"), q = in_text(c, "q");
    yh_jw_object(w);
    yh_jw_key(w, YH_S("rows"));
    yh_jw_array(w);
    for (int i = 0; i < set->ndoc; i++) {
        const struct yh_policy_doc *d = &set->doc[i];
        if (d->broken || (region.n && !yh_eq(region, d->region)) ||
            (scheme.n && !yh_eq(scheme, d->scheme)) ||
            (q.n && yh_find(d->title, q) < 0 && yh_find(d->text, q) < 0))
            continue;
        yh_jw_object(w);
        put_head(c, d, w);
        yh_jw_key(w, YH_S("in_force"));
        yh_jw_bool(w, in_force(c, d));
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

static void put_block(const struct yh_policy_stmt *s, struct yh_jsonw *w)
{
    yh_jw_object(w);
    yh_jw_kv_str(w, "word", s->word);
    yh_jw_kv_str(w, "group", s->group);
    yh_jw_kv_str(w, "args", s->args);
    yh_jw_kv_str(w, "tail", s->tail);
    yh_jw_kv_str(w, "visits", s->visits);
    yh_jw_key(w, YH_S("rows"));
    yh_jw_array(w);
    for (int i = 0; i < s->nrow; i++) {
        yh_jw_array(w);
        for (int k = 0; k < s->row[i].n; k++)
            yh_jw_str(w, s->row[i].cell[k]);
        yh_jw_end(w, ']');
    }
    yh_jw_end(w, ']');
    yh_jw_kv_str(w, "raw", s->raw);
    yh_jw_end(w, '}');
}

enum yh_status portal_policy(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    const struct yh_policy_set *set = set_of(c);
    yh_str id = yh_fmt(&c->arena, "%.*s/%.*s/%.*s", YH_ARG(c->param[0]), YH_ARG(c->param[1]),
                       YH_ARG(c->param[2]));
    const struct yh_policy_doc *d = NULL;
    for (int i = 0; i < set->ndoc && !d; i++)
        d = yh_eq(set->doc[i].id, id) && !set->doc[i].broken ? &set->doc[i] : NULL;
    if (!d)
        return yh_fail(err, YH_NOT_FOUND, "没有这份政策文件");
    yh_jw_object(w);
    put_head(c, d, w);
    yh_jw_kv_str(w, "text", d->text);
    yh_jw_key(w, YH_S("clauses"));
    yh_jw_array(w);
    for (int i = 0; i < d->nclause; i++) {
        const struct yh_clause *k = &d->clause[i];
        yh_jw_object(w);
        yh_jw_kv_str(w, "title", k->title);
        yh_jw_kv_str(w, "text", yh_trim(k->text));
        yh_jw_kv_str(w, "source", k->source);
        yh_jw_kv_str(w, "standing", yh_standing_word(k->standing));
        yh_jw_kv_i64(w, "line", k->line);
        yh_jw_key(w, YH_S("blocks"));
        yh_jw_array(w);
        for (int s = 0; s < d->nstmt; s++)
            if (d->stmt[s].clause == i)
                put_block(&d->stmt[s], w);
        yh_jw_end(w, ']');
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

/* ---- in plain figures ---- */

/* The plan of a region and scheme on a day, by its own code. */
static int plan_at(const struct call *c, yh_str region, yh_str scheme, yh_day day)
{
    const struct yh_world *w = &c->p->config.realm->world;
    struct yh_place place;
    if (yh_region_locate(w->regions, region, day, &place, NULL))
        return -1;
    const struct yh_plan *p = yh_world_plan(w, &place, scheme, day);
    for (int i = 0; i < w->nplan; i++)
        if (w->plan[i].plan == p)
            return i;
    return -1;
}

static enum yh_status asked_plan(struct call *c, int *out, struct yh_err *err)
{
    yh_day day = yh_time_day(c->look.now);
    yh_str on = in_text(c, "on");
    if (on.n && yh_day_parse(on, &day, NULL))
        return yh_fail_field(err, YH_BAD_INPUT, "on", "", "on：应为日期，如 2026-03-01");
    *out = plan_at(c, in_text(c, "region"), in_text(c, "scheme"), day);
    return *out >= 0 ? YH_OK
                     : yh_fail_field(err, YH_NOT_FOUND, "region", "",
                                     "当日没有这个地区、险种的有效政策");
}

enum yh_status portal_plain(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    int at;
    enum yh_status st = asked_plan(c, &at, err);
    if (st)
        return st;
    const struct yh_plan *p = c->p->plan[at].plan;
    yh_jw_object(w);
    yh_jw_kv_str(w, "document", p->id);
    yh_jw_kv_str(w, "title", p->title);
    yh_jw_key(w, YH_S("rows"));
    yh_look_plain(&c->arena, p, w);
    yh_jw_key(w, YH_S("clauses"));
    yh_jw_array(w);
    for (int i = 0; i < p->nclause; i++)
        yh_look_clause(p, i, w);
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status portal_kinds(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    int at;
    enum yh_status st = asked_plan(c, &at, err);
    if (st)
        return st;
    const struct yh_plan *p = c->p->plan[at].plan;
    yh_jw_object(w);
    yh_jw_kv_str(w, "document", p->id);
    yh_jw_key(w, YH_S("rows"));
    yh_jw_array(w);
    for (int i = 0; i < p->nkind; i++) {
        const struct yh_kind *k = &p->kind[i];
        if (k->dim != YH_DIM_VISIT && k->dim != YH_DIM_PERSON && k->dim != YH_DIM_IDENT &&
            k->dim != YH_DIM_LEVEL && k->dim != YH_DIM_PLACE && k->dim != YH_DIM_FILING)
            continue;
        yh_jw_object(w);
        yh_jw_kv_str(w, "dim", yh_dim_word(k->dim));
        yh_jw_kv_str(w, "name", k->name);
        yh_jw_kv_str(w, "parent", k->parent >= 0 ? p->kind[k->parent].name : YH_S(""));
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status portal_calculate(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    const struct yh_json *bill = in_json(c, "bill");
    struct yh_bill_address at;
    enum yh_status st = yh_bill_address_read(bill, &at, err);
    if (st)
        return st;
    int plan = plan_at(c, at.region, at.scheme, at.end);
    if (plan < 0)
        return yh_fail_field(err, YH_NOT_FOUND, "region", "",
                             "当日没有这个地区、险种的有效政策");
    return yh_look_calculate(&c->look, &c->p->plan[plan], bill, w, err);
}

/* ---- drafts ---- */

struct draft {
    struct yh_policy_set set;
    int doc; /* of the draft in the set */
    struct yh_findings *findings;
    struct yh_plan *plan, *before; /* NULL: cannot be compiled; amends nothing */
};

/* The draft read beside the documents of its region and what they include. */
static void draft_read(struct call *c, yh_str text, struct draft *d)
{
    const struct yh_policy_set *all = set_of(c);
    struct yh_arena *a = &c->arena;
    struct yh_policy_text *page = YH_NEW(a, struct yh_policy_text, all->ndoc + 1);
    struct yh_err err;
    page[0] = (struct yh_policy_text){ YH_S("草案"), text };
    for (int i = 0; i < all->ndoc; i++)
        page[i + 1] = (struct yh_policy_text){ all->doc[i].name, all->doc[i].text };
    *d = (struct draft){ .findings = YH_NEW(a, struct yh_findings, 1) };
    struct yh_findings *read = YH_NEW(a, struct yh_findings, 1);
    yh_policy_read(a, all->kinds, page, all->ndoc + 1, &d->set, read);
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
    if (doc->amends.n && yh_policy_compile(a, &d->set, doc->region, doc->scheme,
                                           doc->period.from - 1, how, &d->before, other, &err))
        d->before = NULL;
}

/* What the funds pay of one in-scope cost, at a usual stay or visit. */
static yh_fen paid_of(struct call *c, const struct yh_plan *p, const char *visit,
                      const char *person, const char *level, yh_fen cost)
{
    struct yh_arena a = c->arena;
    struct yh_decision d;
    struct yh_bill b = { .begin = p->period.from,
                         .end = p->period.from,
                         .settle_day = p->period.from,
                         .sums = { cost, 0, 0, 0, cost } };
    const struct {
        enum yh_dim dim;
        const char *word;
    } SET[] = { { YH_DIM_VISIT, visit },       { YH_DIM_PERSON, person },
                { YH_DIM_LEVEL, level },       { YH_DIM_PLACE, "本地" },
                { YH_DIM_FILING, "无需备案" }, { YH_DIM_REFERRAL, "未转诊" },
                { YH_DIM_STATUS, "正常" } };
    b.facts.v[YH_DIM_COUNT] = 1;
    b.facts.v[YH_DIM_AGE] = 40;
    b.facts.v[YH_DIM_MONTHS] = 120;
    b.facts.v[YH_DIM_YEARS] = 10;
    b.facts.v[YH_DIM_DAYS] = 10;
    b.facts.v[YH_DIM_FETUSES] = 1;
    b.facts.v[YH_DIM_GAP] = 9999;
    for (int i = 0; i < YH_COUNT(SET); i++) {
        int o = yh_plan_kind(p, SET[i].dim, yh_cstr(SET[i].word));
        if (o < 0 && i < 3)
            return -1;
        b.facts.v[SET[i].dim] = o < 0 ? 0 : o;
    }
    return yh_benefit_settle(&a, p, NULL, &b, (struct yh_settle_how){ false }, &d, NULL)
               ? -1
               : d.fund;
}

static void put_curves(struct call *c, const struct draft *d, struct yh_jsonw *w)
{
    static const char *const VISIT[] = { "住院", "门诊" };
    static const char *const LEVEL[] = { "一级", "二级", "三级" };
    const char *person = yh_eq(d->plan->scheme, YH_S("310")) ? "在职" : "成年居民";
    yh_jw_array(w);
    for (int v = 0; v < YH_COUNT(VISIT); v++)
        for (int l = 0; l < YH_COUNT(LEVEL); l++) {
            /* Every 2.5 % of 100,000 yuan a stay, of 5,000 an outpatient year's visit. */
            yh_fen step = v ? 12500 : 250000;
            if (paid_of(c, d->plan, VISIT[v], person, LEVEL[l], step) < 0)
                continue;
            yh_jw_object(w);
            yh_jw_kv_str(w, "label",
                         yh_fmt(&c->arena, "%s · %s · %s", VISIT[v], LEVEL[l], person));
            yh_jw_key(w, YH_S("points"));
            yh_jw_array(w);
            for (int i = 0; i <= 40; i++) {
                yh_jw_object(w);
                yh_jw_kv_i64(w, "cost", i * step);
                yh_jw_kv_i64(w, "before",
                             d->before ? yh_max(0, paid_of(c, d->before, VISIT[v], person,
                                                           LEVEL[l], i * step))
                                       : 0);
                yh_jw_kv_i64(
                    w, "after",
                    yh_max(0, paid_of(c, d->plan, VISIT[v], person, LEVEL[l], i * step)));
                yh_jw_end(w, '}');
            }
            yh_jw_end(w, ']');
            yh_jw_end(w, '}');
        }
    yh_jw_end(w, ']');
}

enum yh_status portal_draft_check(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)err;
    struct draft d;
    draft_read(c, in_text(c, "text"), &d);
    const struct yh_policy_doc *doc = &d.set.doc[0];
    yh_findings_sort(d.findings);
    yh_jw_object(w);
    yh_jw_key(w, YH_S("ok"));
    yh_jw_bool(w, d.plan && !d.findings->count[YH_ERROR]);
    yh_jw_kv_str(w, "id", doc->id);
    yh_jw_kv_str(w, "title", doc->title);
    yh_jw_kv_str(w, "amends", doc->amends);
    yh_jw_key(w, YH_S("findings"));
    yh_jw_array(w);
    for (int i = 0; i < d.findings->n; i++) {
        const struct yh_finding *f = &d.findings->item[i];
        if (!yh_eq(f->doc, YH_S("草案")) && f->severity != YH_ERROR)
            continue;
        yh_jw_object(w);
        yh_jw_kv_str(w, "severity", yh_severity_word(f->severity));
        yh_jw_kv_i64(w, "line", f->line);
        yh_jw_kv_i64(w, "column", f->col);
        yh_jw_kv_str(w, "text", f->text);
        yh_jw_kv_str(w, "cure", f->cure);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_key(w, YH_S("diff"));
    yh_jw_array(w);
    if (d.plan && d.before) {
        struct yh_buf out = yh_buf_in(&c->arena);
        (void)yh_policy_diff(&c->arena, d.before, d.plan, &out);
        for (yh_str rest = yh_buf_str(&out); rest.n;) {
            yh_str line = yh_trim(yh_cut(&rest, '\n'));
            if (line.n)
                yh_jw_str(w, line);
        }
    }
    yh_jw_end(w, ']');
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
    yh_jw_key(w, YH_S("fails"));
    yh_jw_array(w);
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
