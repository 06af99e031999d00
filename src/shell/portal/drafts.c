/* shell/portal/drafts.c -- 政策室: drafts kept, reviewed by another officer, published. */
#include <stdio.h>
#include "service/cases/cases.h"
#include "service/drafting/drafting.h"
#include "shell/portal/inside.h"

static struct yh_drafter drafter(const struct call *c)
{
    return (struct yh_drafter){ c->look.x, c->look.arena, yh_cstr(c->who.user),
                                yh_cstr(c->who.name), c->look.now };
}

enum yh_status draft_area(const struct call *c, yh_str region, struct yh_err *err)
{
    if (!c->who.area[0])
        return yh_fail(err, YH_DENIED, "您的账号没有辖区，不能起草；请管理员填上辖区");
    return within_area(yh_cstr(c->who.area), region, region)
               ? YH_OK
               : yh_fail(err, YH_DENIED, "%.*s 不在您的辖区", YH_ARG(region));
}

static enum yh_status asked(const struct call *c, struct yh_policy_draft_row *out,
                            struct yh_err *err)
{
    struct yh_drafter d = drafter(c);
    enum yh_status st = yh_draft_get(&d, param_no(c), out, err);
    if (st == YH_OK && draft_area(c, out->region, NULL))
        st = yh_fail_field(err, YH_NOT_FOUND, "draft", "", "没有这份草案");
    return st;
}

/* The digest of the plan that holds on a day: what a draft is written over. */
static yh_str base_of(struct call *c, const struct known *k, yh_str region, yh_str scheme,
                      yh_day day)
{
    const struct yh_plan_list *l = &k->edition->plans;
    for (int i = 0; i < l->n; i++)
        if (yh_in_period(l->plan[i].period, day) && yh_eq(l->plan[i].plan->region, region) &&
            yh_eq(l->plan[i].plan->scheme, scheme)) {
            char *hex = yh_alloc_raw(&c->arena, 1, 1, 64);
            yh_hex(hex, l->plan[i].plan->digest, 32);
            return (yh_str){ hex, 64 };
        }
    return YH_S("");
}

/* ---- looking ---- */

static void put_row(const struct call *c, const struct yh_policy_draft_row *r,
                    struct yh_jsonw *w)
{
    yh_jw_object(w);
    yh_jw_kv_i64(w, "draft", r->draft);
    yh_jw_kv_str(w, "region", r->region);
    yh_jw_kv_str(w, "region_name", region_name(c, r->region, yh_time_day(c->look.now)));
    yh_jw_kv_str(w, "scheme", r->scheme);
    yh_jw_kv_str(w, "title", r->title);
    yh_jw_kv_str(w, "amends", r->amends);
    yh_jw_kv_day(w, "from", (yh_day)r->from_day);
    yh_jw_kv_str(w, "state", r->state);
    yh_jw_kv_str(w, "state_text", yh_cstr(yh_draft_state_text(r->state)));
    yh_jw_kv_i64(w, "version", r->version);
    yh_jw_kv_str(w, "author", r->author);
    yh_jw_kv_str(w, "author_name", r->author_name);
    yh_jw_kv_str(w, "reviewer_name", r->reviewer_name);
    yh_jw_kv_str(w, "remark", r->remark);
    yh_jw_kv_i64(w, "publication", r->publication);
    yh_jw_kv_time(w, "created", r->created);
    yh_jw_kv_time(w, "changed", r->changed);
    yh_jw_end(w, '}');
}

enum yh_status portal_drafts(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_drafter d = drafter(c);
    struct yh_policy_draft_row *row = NULL;
    int n = 0;
    enum yh_status st = yh_draft_list(&d, &row, &n, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_array(w, "rows");
    for (int i = 0; i < n; i++)
        if (!draft_area(c, row[i].region, NULL))
            put_row(c, &row[i], w);
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

static void put_may(const struct yh_drafter *d, const struct yh_policy_draft_row *r,
                    struct yh_jsonw *w)
{
    yh_jw_array(w);
    for (int i = 0; i < YH_STEPS; i++)
        if (!yh_draft_may(d, r, (enum yh_draft_step)i, NULL)) {
            yh_jw_object(w);
            yh_jw_kv_str(w, "step", yh_cstr(yh_draft_step_word((enum yh_draft_step)i)));
            yh_jw_kv_str(w, "text", yh_cstr(yh_draft_step_text((enum yh_draft_step)i)));
            yh_jw_end(w, '}');
        }
    yh_jw_end(w, ']');
}

static void put_history(const struct yh_policy_step_row *step, int nstep,
                        const struct yh_policy_version_row *v, int nv, struct yh_jsonw *w)
{
    yh_jw_kv_array(w, "versions");
    for (int i = nv - 1; i >= 0; i--) {
        yh_jw_object(w);
        yh_jw_kv_i64(w, "version", v[i].version);
        yh_jw_kv_str(w, "digest", v[i].digest);
        yh_jw_kv_str(w, "editor_name", v[i].editor_name);
        yh_jw_kv_time(w, "time", v[i].time);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_kv_array(w, "steps");
    for (int i = 0; i < nstep; i++) {
        enum yh_draft_step s;
        yh_jw_object(w);
        yh_jw_kv_i64(w, "nth", step[i].nth);
        yh_jw_kv_str(w, "act", step[i].act);
        yh_jw_kv_str(
            w, "text",
            yh_cstr(yh_draft_step_read(step[i].act, &s) ? yh_draft_step_text(s) : "保存"));
        yh_jw_kv_i64(w, "version", step[i].version);
        yh_jw_kv_str(w, "user_name", step[i].user_name);
        yh_jw_kv_str(w, "remark", step[i].remark);
        yh_jw_kv_time(w, "time", step[i].time);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

enum yh_status portal_draft_get(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_drafter d = drafter(c);
    struct yh_policy_draft_row r;
    struct yh_policy_version_row v, *all = NULL;
    struct yh_policy_step_row *step = NULL;
    int nstep = 0, nall = 0;
    enum yh_status st = asked(c, &r, err);
    if (st == YH_OK)
        st = yh_draft_version(&d, r.draft, in_int(c, "version", r.version), &v, err);
    if (st == YH_OK)
        st = yh_draft_history(&d, r.draft, &step, &nstep, &all, &nall, err);
    if (st)
        return st;
    yh_str base = base_of(c, c->known, r.region, r.scheme, (yh_day)r.from_day);
    struct draft page;
    draft_read(c, v.text, &page);
    yh_jw_object(w);
    yh_jw_key(w, YH_S("head"));
    put_row(c, &r, w);
    yh_jw_kv_i64(w, "version", v.version);
    yh_jw_kv_str(w, "text", v.text);
    yh_jw_kv_str(w, "source", page.doc->source);
    /* What its base stands on is what it will stand on itself. */
    int at = yh_policy_find(&c->known->edition->set, r.amends);
    yh_jw_kv_str(w, "standing",
                 at >= 0 && c->known->edition->set.doc[at].standing == YH_INVENTED
                     ? YH_S("invented")
                     : YH_S("official"));
    yh_jw_kv_bool(w, "stale", !r.publication && !yh_eq(base, v.base));
    yh_jw_key(w, YH_S("may"));
    put_may(&d, &r, w);
    put_history(step, nstep, all, nall, w);
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status portal_publications(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_policy_publication_row *row = NULL;
    int n = 0;
    enum yh_status st = yh_publications(c->look.x, &row, &n, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_array(w, "rows");
    for (int i = n - 1; i >= 0; i--) {
        const struct yh_policy_publication_row *r = &row[i];
        yh_jw_object(w);
        yh_jw_kv_i64(w, "no", r->no);
        yh_jw_kv_str(w, "document", r->document);
        yh_jw_kv_str(w, "region", r->region);
        yh_jw_kv_str(w, "region_name", region_name(c, r->region, yh_time_day(c->look.now)));
        yh_jw_kv_str(w, "scheme", r->scheme);
        yh_jw_kv_str(w, "title", r->title);
        yh_jw_kv_day(w, "from", (yh_day)r->from_day);
        yh_jw_kv_i64(w, "draft", r->draft);
        yh_jw_kv_i64(w, "version", r->version);
        yh_jw_kv_str(w, "reviewed", r->reviewed);
        yh_jw_kv_str(w, "digest", r->digest);
        yh_jw_kv_str(w, "author", r->author);
        yh_jw_kv_str(w, "reviewer", r->reviewer);
        yh_jw_kv_str(w, "publisher", r->publisher);
        yh_jw_kv_time(w, "time", r->time);
        yh_jw_kv_str(w, "before", r->before);
        yh_jw_kv_str(w, "entry", r->entry);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_kv_i64(w, "in_force", c->known->edition->no);
    yh_jw_end(w, '}');
    return YH_OK;
}

/* ---- saving ---- */

struct saving {
    int64_t draft, version;
    struct yh_draft_text text;
};

static enum yh_status save_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    const struct saving *s = c->state;
    struct yh_drafter d = drafter(c);
    struct yh_policy_draft_row r;
    enum yh_status st = yh_draft_save(&d, s->draft, s->version, &s->text, &r, err);
    if (st == YH_OK)
        put_row(c, &r, w);
    return st;
}

/* Half a draft may be kept too; what it is about must be said. */
static enum yh_status head_said(const struct draft *d, struct yh_err *err)
{
    const struct yh_policy_doc *p = d->doc;
    if (!p->title.n || !p->region.n || !p->scheme.n || p->period.from <= YH_DAY_MIN ||
        p->period.from >= YH_DAY_MAX || p->title.n > 300 || p->amends.n > 60)
        return yh_fail_field(
            err, YH_BAD_INPUT, "text", "",
            "开头要有 # 标题，修订哪一份（amends）或地区与险种，生效日（from），"
            "才能保存");
    return p->standing == YH_DRAFT
               ? YH_OK
               : yh_fail_field(err, YH_BAD_INPUT, "text", "",
                               "草案的依据状态要写 standing draft；发布时才换成正式的");
}

enum yh_status portal_draft_save(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    struct saving *s = YH_NEW(&c->arena, struct saving, 1);
    struct draft d;
    yh_str text = in_text(c, "text");
    draft_read(c, text, &d);
    enum yh_status st = head_said(&d, err);
    if (st == YH_OK)
        st = draft_area(c, d.doc->region, err);
    if (st)
        return st;
    *s = (struct saving){ .draft = in_int(c, "draft", 0),
                          .version = in_int(c, "version", 0),
                          .text = { .text = text,
                                    .region = d.doc->region,
                                    .scheme = d.doc->scheme,
                                    .title = d.doc->title,
                                    .amends = d.doc->amends,
                                    .from = d.doc->period.from,
                                    .base = base_of(c, c->known, d.doc->region, d.doc->scheme,
                                                    d.doc->period.from) } };
    c->state = s;
    c->write = save_write;
    return YH_OK;
}

/* ---- steps ---- */

struct stepping {
    int64_t draft, version;
    enum yh_draft_step step;
    yh_str remark;
    struct yh_publish publish;
    struct yh_edition *edition;
};

static enum yh_status step_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    const struct stepping *s = c->state;
    struct yh_drafter d = drafter(c);
    struct yh_policy_draft_row r;
    enum yh_status st = yh_draft_take(&d, s->draft, s->version, s->step, s->remark, &r, err);
    if (st == YH_OK)
        put_row(c, &r, w);
    return st;
}

static enum yh_status publish_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    const struct stepping *s = c->state;
    struct yh_drafter d = drafter(c);
    struct yh_policy_publication_row k;
    struct yh_policy_draft_row r;
    enum yh_status st = yh_draft_publish(&d, &s->publish, &k, err);
    if (st == YH_OK)
        st = yh_draft_get(&d, s->draft, &r, err);
    if (st == YH_OK)
        put_row(c, &r, w);
    return st;
}

/* It is in the store: from now on it decides.  Else nothing has changed. */
static void published(struct call *c, bool kept)
{
    struct stepping *s = c->state;
    if (kept)
        yh_realm_take(c->p->config.realm, s->edition);
    else
        yh_edition_drop(s->edition);
}

/* What is sent on must be sound, and its own cases must come out. */
static enum yh_status must_be_sound(struct call *c, const struct draft *d, struct yh_err *err)
{
    for (int i = 0; i < d->findings->n; i++) {
        const struct yh_finding *f = &d->findings->item[i];
        if (f->severity >= YH_MISSING)
            return yh_fail_at(err, YH_BAD_INPUT, f->line, f->col,
                              "草案第 %d 行有%.*s，不能送审或发布：%.*s —— %.*s", f->line,
                              YH_ARG(yh_severity_word(f->severity)), YH_ARG(f->text),
                              YH_ARG(f->cure));
    }
    if (!d->plan)
        return yh_fail(err, YH_BAD_INPUT, "草案还有错误，不能送审或发布");
    struct yh_cases_run run;
    int failed = 0;
    yh_cases_run(&c->arena, &d->set, 0, d->plan, &run);
    for (int i = 0; i < YH_ORIGIN_N; i++)
        failed += run.failed[i];
    return failed ? yh_fail(err, YH_BAD_INPUT, "草案有 %d 个算例不符，不能送审或发布", failed)
                  : YH_OK;
}

static enum yh_status try_publishing(struct call *c, struct stepping *s, const struct draft *d,
                                     struct yh_err *err)
{
    enum yh_status st = yh_draft_final(&c->arena, d->doc, in_text(c, "standing"),
                                       in_text(c, "source"), &s->publish.text, err);
    if (st)
        return st;
    int64_t after = c->known->edition->no;
    s->publish.draft = s->draft;
    s->publish.version = s->version;
    s->publish.after = after;
    s->publish.base = base_of(c, c->known, d->doc->region, d->doc->scheme, d->doc->period.from);
    struct yh_policy_text page = { yh_published_name(&c->arena, after + 1), s->publish.text };
    struct yh_err why = { 0 };
    st = yh_realm_edit(c->p->config.realm, &page, 1, after + 1, &s->edition, NULL, &why);
    if (st == YH_BAD_TABLE || st == YH_NOT_FOUND)
        return yh_fail(err, YH_CONFLICT, "没有发布，现行规定不变：%s", why.text);
    if (st) {
        *err = why;
        return st;
    }
    /* The realm may have gone on since this call began. */
    if (yh_realm_now(c->p->config.realm)->no != after) {
        yh_edition_drop(s->edition);
        return yh_fail(err, YH_CONFLICT, "刚刚有另一份文件发布，请重新打开再发布");
    }
    c->after = published;
    return YH_OK;
}

enum yh_status portal_draft_step(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    struct stepping *s = YH_NEW(&c->arena, struct stepping, 1);
    struct yh_drafter d = drafter(c);
    struct yh_policy_draft_row r;
    struct yh_policy_version_row v;
    struct draft page;
    enum yh_status st = asked(c, &r, err);
    if (st)
        return st;
    *s = (struct stepping){ .draft = r.draft,
                            .version = in_int(c, "version", 0),
                            .remark = in_text(c, "remark") };
    if (!yh_draft_step_read(in_text(c, "step"), &s->step))
        return yh_fail_field(err, YH_BAD_INPUT, "step", "", "step：没有“%.*s”这一步",
                             YH_ARG(in_text(c, "step")));
    st = yh_draft_may(&d, &r, s->step, err);
    if (st == YH_OK)
        st = yh_draft_version(&d, r.draft, s->version, &v, err);
    if (st)
        return st;
    c->state = s;
    c->write = s->step == YH_STEP_PUBLISH ? publish_write : step_write;
    if (s->step != YH_STEP_SEND && s->step != YH_STEP_APPROVE && s->step != YH_STEP_PUBLISH)
        return YH_OK;
    draft_read(c, v.text, &page);
    st = must_be_sound(c, &page, err);
    if (st == YH_OK && s->step == YH_STEP_PUBLISH)
        st = try_publishing(c, s, &page, err);
    return st;
}

/* ---- the draft for everybody ---- */

enum yh_status text_asked(struct call *c, yh_str *out, struct yh_err *err)
{
    struct yh_drafter d = drafter(c);
    struct yh_policy_draft_row r;
    struct yh_policy_version_row v;
    int64_t no = in_int(c, "draft", 0);
    *out = in_text(c, "text");
    if (!no)
        return out->n ? YH_OK
                      : yh_fail_field(err, YH_BAD_INPUT, "text", "",
                                      "text：必填，或写明哪一份草案（draft）");
    enum yh_status st = yh_draft_get(&d, no, &r, err);
    if (st == YH_OK && draft_area(c, r.region, NULL))
        st = yh_fail_field(err, YH_NOT_FOUND, "draft", "", "没有这份草案");
    if (st == YH_OK)
        st = yh_draft_version(&d, no, in_int(c, "version", r.version), &v, err);
    if (st == YH_OK)
        *out = v.text;
    return st;
}

enum yh_status portal_draft_handbook(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    yh_str text;
    struct draft d;
    enum yh_status st = text_asked(c, &text, err);
    if (st)
        return st;
    draft_read(c, text, &d);
    for (int i = 0; i < d.findings->n; i++)
        if (d.findings->item[i].severity >= YH_MISSING)
            return yh_fail(err, YH_BAD_INPUT, "草案第 %d 行还有%.*s，不能做成手册",
                           d.findings->item[i].line,
                           YH_ARG(yh_severity_word(d.findings->item[i].severity)));
    if (!d.plan)
        return yh_fail(err, YH_BAD_INPUT, "草案还有错误，不能做成手册");
    return put_handbook(c, &d.set, 0, d.plan, d.doc->standing == YH_DRAFT, d.doc->period.from,
                        w, err);
}
