/* shell/portal/compare.c -- 政策室: two documents or drafts side by side, of one place or of two. */
#include <stdio.h>
#include "service/drafting/drafting.h"
#include "shell/portal/inside.h"

struct side {
    const struct yh_plan *plan;
    struct yh_policy_doc doc; /* its head */
    int64_t draft, version;
    yh_str person;
};

/* {"document":"990100/390/2026-01-01","on":"2026-03-01"}: the plan of that region and scheme. */
static enum yh_status take_document(struct call *c, const struct yh_json *v, const char *name,
                                    struct side *out, struct yh_err *err)
{
    const struct yh_policy_set *set = &c->known->edition->set;
    yh_str id = yh_json_text(yh_json_get(v, YH_S("document"))),
           on = yh_json_text(yh_json_get(v, YH_S("on")));
    int at = yh_policy_find(set, id);
    if (at < 0 || set->doc[at].broken)
        return yh_fail_field(err, YH_NOT_FOUND, name, "", "%s：没有文件“%.*s”", name,
                             YH_ARG(yh_sub(id, 0, 60)));
    yh_day day = set->doc[at].period.from;
    if (on.n && yh_day_parse(on, &day, NULL))
        return yh_fail_field(err, YH_BAD_INPUT, name, "", "%s.on：应为日期，如 2026-03-01",
                             name);
    const struct yh_plan_list *l = &c->known->edition->plans;
    for (int i = 0; i < l->n && !out->plan; i++)
        if (yh_in_period(l->plan[i].period, day) &&
            yh_eq(l->plan[i].plan->region, set->doc[at].region) &&
            yh_eq(l->plan[i].plan->scheme, set->doc[at].scheme))
            out->plan = l->plan[i].plan;
    out->doc = set->doc[at];
    return out->plan ? YH_OK
                     : yh_fail_field(err, YH_NOT_FOUND, name, "",
                                     "%s：%.*s 那一天没有生效（缺参数或有错误的文件不能比）",
                                     name, YH_ARG(id));
}

static enum yh_status take_side(struct call *c, const char *name, struct side *out,
                                struct yh_err *err)
{
    const struct yh_json *v = in_json(c, name);
    *out = (struct side){ .plan = NULL };
    if (yh_json_get(v, YH_S("document")))
        return take_document(c, v, name, out, err);
    yh_str text = yh_json_text(yh_json_get(v, YH_S("text")));
    struct draft *d = YH_NEW(&c->arena, struct draft, 1);
    if (!text.n) {
        struct yh_drafter who = { .x = c->look.x, .arena = c->look.arena };
        struct yh_policy_draft_row row = { 0 };
        struct yh_policy_version_row ver;
        int64_t no = 0, version = 0;
        if (yh_int_parse(yh_json_text(yh_json_get(v, YH_S("draft"))), &no, NULL))
            no = 0;
        enum yh_status st = yh_draft_get(&who, no, &row, err);
        if (st == YH_OK && draft_area(c, row.region, NULL))
            st = yh_fail_field(err, YH_NOT_FOUND, name, "", "%s：没有这份草案", name);
        if (st == YH_OK &&
            yh_int_parse(yh_json_text(yh_json_get(v, YH_S("version"))), &version, NULL))
            version = row.version;
        if (st == YH_OK)
            st = yh_draft_version(&who, no, version, &ver, err);
        if (st)
            return st;
        text = ver.text;
        out->draft = no;
        out->version = ver.version;
    }
    draft_read(c, text, d);
    if (!d->plan || d->findings->count[YH_ERROR])
        return yh_fail_field(err, YH_BAD_INPUT, name, "", "%s：草案还有错误，不能比", name);
    out->plan = d->plan;
    out->doc = *d->doc;
    return YH_OK;
}

static void put_side(struct call *c, const struct side *s, struct yh_jsonw *w)
{
    yh_jw_object(w);
    yh_jw_kv_str(w, "title", s->doc.title);
    yh_jw_kv_str(w, "document", s->doc.id);
    yh_jw_kv_str(w, "region", s->doc.region);
    yh_jw_kv_str(w, "region_name", region_name(c, s->doc.region, yh_time_day(c->look.now)));
    yh_jw_kv_str(w, "scheme", s->doc.scheme);
    yh_jw_kv_day(w, "from", s->doc.period.from);
    yh_jw_kv_str(w, "standing", yh_standing_word(s->doc.standing));
    yh_jw_kv_str(w, "source", s->doc.source);
    yh_jw_kv_i64(w, "draft", s->draft);
    yh_jw_kv_i64(w, "version", s->version);
    yh_jw_kv_array(w, "persons");
    for (int i = 0; i < s->plan->nkind; i++)
        if (s->plan->kind[i].dim == YH_DIM_PERSON)
            yh_jw_str(w, s->plan->kind[i].name);
    yh_jw_end(w, ']');
    yh_jw_kv_str(w, "person", s->person);
    yh_jw_end(w, '}');
}

/* The kinds of a dimension that both know, in the order of the first. */
static int both_know(const struct side *a, const struct side *b, enum yh_dim dim, yh_str *out,
                     int cap)
{
    int n = 0;
    for (int i = 0; i < a->plan->nkind && n < cap; i++)
        if (a->plan->kind[i].dim == dim &&
            yh_plan_kind(b->plan, dim, a->plan->kind[i].name) >= 0)
            out[n++] = a->plan->kind[i].name;
    return n;
}

static void put_words(const char *key, const yh_str *word, int n, struct yh_jsonw *w)
{
    yh_jw_kv_array(w, key);
    for (int i = 0; i < n; i++)
        yh_jw_str(w, word[i]);
    yh_jw_end(w, ']');
}

static void put_fen(struct yh_jsonw *w, const char *key, yh_fen v)
{
    yh_jw_key(w, yh_cstr(key));
    if (v < 0)
        yh_jw_null(w);
    else
        yh_jw_i64(w, v);
}

/* A stay is looked at to 100,000 yuan, any other visit to 5,000. */
static yh_fen most_of(yh_str visit)
{
    return yh_find(visit, YH_S("住院")) >= 0 ? 10000000 : 500000;
}

static void put_curve(struct call *c, const struct side *a, const struct side *b, yh_str visit,
                      yh_str level, struct yh_jsonw *w)
{
    yh_fen step = most_of(visit) / 40;
    yh_jw_object(w);
    yh_jw_kv_str(w, "level", level);
    yh_jw_kv_array(w, "points");
    for (int i = 0; i <= 40; i++) {
        yh_jw_object(w);
        yh_jw_kv_i64(w, "cost", i * step);
        put_fen(w, "a", usual_fund(c, a->plan, visit, a->person, level, i * step));
        put_fen(w, "b", usual_fund(c, b->plan, visit, b->person, level, i * step));
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
}

/* One example bill under one side, told; `says`: why it cannot be. */
static void put_bill(struct call *c, const char *key, const struct side *s, yh_str visit,
                     yh_str level, yh_fen cost, yh_str *says, struct yh_jsonw *w)
{
    struct yh_buf ask = yh_buf_in(&c->arena), told = yh_buf_in(&c->arena);
    struct yh_jsonw q = yh_jsonw_on(&ask), out = yh_jsonw_on(&told);
    struct yh_json *bill = NULL;
    struct yh_err err = { 0 };
    char day[16];
    static const char *const ZERO[] = { "fulamt_ownpay_amt", "overlmt_selfpay",
                                        "preselfpay_amt" };
    yh_jw_object(&q);
    yh_jw_kv_str(&q, "region", s->doc.region);
    yh_jw_kv_str(&q, "scheme", s->doc.scheme);
    yh_jw_kv_str(&q, "begin", yh_day_text(day, s->plan->period.from));
    yh_jw_kv_object(&q, "facts");
    yh_jw_kv_str(&q, "就医类别", visit);
    yh_jw_kv_str(&q, "人员", s->person);
    yh_jw_kv_str(&q, "级别", level);
    yh_jw_kv_i64(&q, "次数", 1);
    yh_jw_kv_i64(&q, "年龄", 40);
    yh_jw_kv_i64(&q, "参保月数", 120);
    yh_jw_kv_i64(&q, "连续年数", 10);
    yh_jw_kv_i64(&q, "住院天数", 10);
    yh_jw_kv_i64(&q, "胎数", 1);
    yh_jw_end(&q, '}');
    yh_jw_kv_fen(&q, "medfee_sumamt", cost);
    for (int i = 0; i < YH_COUNT(ZERO); i++)
        yh_jw_kv_fen(&q, ZERO[i], 0);
    yh_jw_kv_fen(&q, "inscp_scp_amt", cost);
    yh_jw_end(&q, '}');
    struct yh_bill_plan p = yh_bill_plan_of(s->plan);
    enum yh_status st =
        yh_json_read(&c->arena, yh_buf_str(&ask), (struct yh_json_limits){ 0 }, &bill, &err);
    if (st == YH_OK)
        st = yh_look_calculate(&c->look, &p, bill, &out, &err);
    yh_jw_key(w, yh_cstr(key));
    if (st == YH_OK)
        yh_jw_raw(w, yh_buf_str(&told));
    else
        yh_jw_null(w);
    *says = st ? yh_dup(&c->arena, yh_cstr(err.text)) : YH_S("");
}

static yh_str asked_of(yh_str said, const yh_str *word, int n, yh_str usual)
{
    for (int i = 0; i < n; i++)
        if (yh_eq(said, word[i]))
            return word[i];
    for (int i = 0; i < n; i++)
        if (yh_eq(usual, word[i]))
            return usual;
    return n ? word[0] : YH_S("");
}

static enum yh_status take_person(struct call *c, const char *name, struct side *s,
                                  struct yh_err *err)
{
    s->person = in_text(c, name);
    if (!s->person.n)
        s->person = usual_person(s->plan);
    return yh_plan_kind(s->plan, YH_DIM_PERSON, s->person) >= 0
               ? YH_OK
               : yh_fail_field(err, YH_BAD_INPUT, name, "", "%s：文件里没有“%.*s”这类人员",
                               name, YH_ARG(s->person));
}

enum yh_status portal_compare(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    static const int SHARE[] = { 20, 5, 1 };
    struct side a, b;
    enum yh_status st = take_side(c, "a", &a, err);
    if (st == YH_OK)
        st = take_side(c, "b", &b, err);
    if (st == YH_OK)
        st = take_person(c, "person_a", &a, err);
    if (st == YH_OK)
        st = take_person(c, "person_b", &b, err);
    if (st)
        return st;
    yh_str visit[YH_KINDS_MAX], level[YH_KINDS_MAX];
    int nvisit = both_know(&a, &b, YH_DIM_VISIT, visit, YH_KINDS_MAX);
    int nlevel = both_know(&a, &b, YH_DIM_LEVEL, level, YH_KINDS_MAX);
    yh_str v = asked_of(in_text(c, "visit"), visit, nvisit, YH_S("住院"));
    yh_str l = asked_of(in_text(c, "level"), level, nlevel, YH_S("三级"));
    yh_jw_object(w);
    yh_jw_key(w, YH_S("a"));
    put_side(c, &a, w);
    yh_jw_key(w, YH_S("b"));
    put_side(c, &b, w);
    put_words("visits", visit, nvisit, w);
    put_words("levels", level, nlevel, w);
    yh_jw_kv_str(w, "visit", v);
    yh_jw_kv_str(w, "level", l);
    yh_jw_key(w, YH_S("diff"));
    put_diff(c, a.plan, b.plan, w);
    yh_jw_kv_array(w, "curves");
    static const char *const USUAL[] = { "一级", "二级", "三级" };
    bool usual = false;
    for (int i = 0; i < YH_COUNT(USUAL); i++) {
        usual = usual || yh_eq(l, yh_cstr(USUAL[i]));
        put_curve(c, &a, &b, v, yh_cstr(USUAL[i]), w);
    }
    if (!usual)
        put_curve(c, &a, &b, v, l, w);
    yh_jw_end(w, ']');
    yh_jw_kv_array(w, "bills");
    for (int i = 0; i < YH_COUNT(SHARE); i++) {
        yh_fen cost = most_of(v) / SHARE[i];
        yh_str says_a, says_b;
        yh_jw_object(w);
        yh_jw_kv_i64(w, "cost", cost);
        put_bill(c, "a", &a, v, l, cost, &says_a, w);
        put_bill(c, "b", &b, v, l, cost, &says_b, w);
        yh_jw_kv_str(w, "a_says", says_a);
        yh_jw_kv_str(w, "b_says", says_b);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}
