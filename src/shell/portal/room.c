/* shell/portal/room.c -- policies: as documents, in plain figures, as a calculator. */
#include <stdio.h>
#include "shell/handbook/handbook.h"
#include "shell/portal/inside.h"

static const struct yh_policy_set *set_of(const struct call *c)
{
    return &c->known->edition->set;
}

enum yh_status put_done(struct yh_jsonw *w)
{
    yh_jw_object(w);
    yh_jw_kv_bool(w, "done", true);
    yh_jw_end(w, '}');
    return YH_OK;
}

yh_str region_name(const struct call *c, yh_str code, yh_day day)
{
    struct yh_place place;
    if (yh_region_locate(c->p->config.realm->world.regions, code, day, &place, NULL))
        return yh_eq(code, YH_S("000000")) ? YH_S("国家") : code;
    return place.office->name;
}

static bool in_force(const struct call *c, const struct yh_policy_doc *d)
{
    const struct yh_plan_list *l = &c->known->edition->plans;
    for (int i = 0; i < l->n; i++)
        if (yh_in_period(l->plan[i].period, yh_time_day(c->look.now)))
            for (int k = 0; k < l->plan[i].plan->nclause; k++)
                if (yh_eq(l->plan[i].plan->clause[k].document, d->id))
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
    yh_jw_kv_day(w, "from", d->period.from);
    yh_jw_kv_day(w, "to", d->period.to);
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
    yh_jw_kv_array(w, "rows");
    for (int i = 0; i < set->ndoc; i++) {
        const struct yh_policy_doc *d = &set->doc[i];
        if (d->broken || (region.n && !yh_eq(region, d->region)) ||
            (scheme.n && !yh_eq(scheme, d->scheme)) ||
            (q.n && yh_find(d->title, q) < 0 && yh_find(d->text, q) < 0))
            continue;
        yh_jw_object(w);
        put_head(c, d, w);
        yh_jw_kv_bool(w, "in_force", in_force(c, d));
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
    yh_jw_kv_array(w, "rows");
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
    yh_jw_kv_array(w, "clauses");
    for (int i = 0; i < d->nclause; i++) {
        const struct yh_clause *k = &d->clause[i];
        yh_jw_object(w);
        yh_jw_kv_str(w, "title", k->title);
        yh_jw_kv_str(w, "text", yh_trim(k->text));
        yh_jw_kv_str(w, "source", k->source);
        yh_jw_kv_str(w, "standing", yh_standing_word(k->standing));
        yh_jw_kv_i64(w, "line", k->line);
        yh_jw_kv_array(w, "blocks");
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

int plan_at(const struct call *c, yh_str region, yh_str scheme, yh_day day)
{
    const struct yh_plan_list *l = &c->known->edition->plans;
    struct yh_world w = *c->look.world;
    struct yh_place place;
    if (yh_region_locate(w.regions, region, day, &place, NULL))
        return -1;
    w.later = l;
    const struct yh_plan *p = yh_world_plan(&w, &place, scheme, day);
    for (int i = 0; i < l->n; i++)
        if (l->plan[i].plan == p)
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
    const struct yh_plan *p = c->known->plan[at].plan;
    yh_jw_object(w);
    yh_jw_kv_str(w, "document", p->id);
    yh_jw_kv_str(w, "title", p->title);
    yh_jw_key(w, YH_S("rows"));
    yh_look_plain(&c->arena, p, w);
    yh_jw_kv_array(w, "clauses");
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
    const struct yh_plan *p = c->known->plan[at].plan;
    yh_jw_object(w);
    yh_jw_kv_str(w, "document", p->id);
    yh_jw_kv_array(w, "rows");
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
    speak(c);
    return yh_look_calculate(&c->look, &c->known->plan[plan], bill, w, err);
}

/* ---- for everybody, as one file ---- */

enum yh_status put_handbook(struct call *c, const struct yh_policy_set *set, int doc,
                            const struct yh_plan *plan, bool draft, yh_day on,
                            struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_handbook h = { .set = set,
                             .plan = plan,
                             .doc = doc,
                             .draft = draft,
                             .english = yh_eq(in_text(c, "lang"), YH_S("en")),
                             .region_name = region_name(c, plan->region, on),
                             .on = on,
                             .catalogs = c->p->config.realm->catalogs.dir,
                             .wasm = c->p->wasm };
    struct yh_buf out = yh_buf_in(&c->arena);
    char day[16];
    enum yh_status st = yh_handbook_html(&c->arena, &h, &out, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_str(w, "name",
                 yh_fmt(&c->arena, "%.*s-%.*s-%.*s%s.html", YH_ARG(plan->region),
                        YH_ARG(plan->scheme), YH_ARG(yh_day_text(day, on)),
                        h.english ? draft ? "-draft-en" : "-en"
                        : draft   ? "-草案"
                                  : ""));
    yh_jw_kv_str(w, "html", yh_buf_str(&out));
    yh_jw_kv_bool(w, "calculator", h.wasm.n > 0);
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status portal_handbook(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    int at;
    yh_day day = yh_time_day(c->look.now);
    yh_str on = in_text(c, "on");
    enum yh_status st = asked_plan(c, &at, err);
    if (st)
        return st;
    if (on.n && (st = yh_day_parse(on, &day, err)) != YH_OK)
        return st;
    const struct yh_policy_set *set = set_of(c);
    const struct yh_plan *p = c->known->plan[at].plan;
    return put_handbook(c, set, (int)yh_max(0, yh_policy_find(set, p->id)), p, false, day, w,
                        err);
}
