/* service/portal/open.c -- what anybody may see without signing in: providers by county, the funds,
 * a report of misuse. */
#include <stdio.h>
#include "service/casework/casework.h"
#include "service/portal/inside.h"

/* ---- providers by county ---- */

struct offices {
    const struct yh_look *k;
    struct office {
        yh_str code;
        int64_t hospitals, pharmacies;
    } * row;
    int n, cap;
};

static bool count_provider(void *ctx, const void *row)
{
    struct offices *o = ctx;
    const struct yh_provider_row *p = row;
    int i = 0;
    if (!yh_eq(p->status, YH_S("1")))
        return true;
    while (i < o->n && !yh_eq(o->row[i].code, p->office))
        i++;
    if (i == o->n)
        YH_PUSH(o->k->arena, o->row, o->n, o->cap) =
            (struct office){ .code = yh_dup(o->k->arena, p->office) };
    if (yh_eq(p->kind, YH_S("2")))
        o->row[i].pharmacies++;
    else
        o->row[i].hospitals++;
    return o->n < 4000;
}

enum yh_status yh_look_provider_offices(const struct yh_look *k, struct yh_jsonw *w,
                                        struct yh_err *err)
{
    struct offices o = { .k = k };
    struct yh_provider_row all = { .kind = YH_S("") };
    enum yh_status st = yh_each_provider(k->x, (struct yh_span){ .index = YH_BY_KEY }, &all,
                                         count_provider, &o, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_array(w, "rows");
    for (int i = 0; i < o.n; i++) {
        struct yh_place at;
        bool known = yh_region_locate(k->world->regions, o.row[i].code, yh_time_day(k->now),
                                      &at, NULL) == YH_OK;
        char pool[8] = "";
        if (known)
            (void)snprintf(pool, sizeof pool, "%06u", at.pool->code);
        yh_jw_object(w);
        yh_jw_kv_str(w, "office", o.row[i].code);
        yh_jw_kv_str(w, "name", known ? at.office->name : o.row[i].code);
        yh_jw_kv_str(w, "region", yh_cstr(pool));
        yh_jw_kv_str(w, "region_name", known ? at.pool->name : YH_S(""));
        yh_jw_kv_i64(w, "hospitals", o.row[i].hospitals);
        yh_jw_kv_i64(w, "pharmacies", o.row[i].pharmacies);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

/* ---- reports ---- */

#define NAME_MAX_CHARS 50

static enum yh_status report_fits(const struct yh_look_report *r, struct yh_err *err)
{
    int chars = yh_utf8_count(yh_trim(r->text));
    if (chars < 5 || chars > 4000)
        return yh_fail_field(err, YH_BAD_INPUT, "text", "",
                             "请写清楚发生了什么，5 到 4000 个字");
    if (yh_trim(r->name).n && !yh_trim(r->contact).n)
        return yh_fail_field(err, YH_BAD_INPUT, "contact", "",
                             "留了姓名，请也留电话或地址；不想留就把姓名空着");
    if (yh_utf8_count(r->name) > NAME_MAX_CHARS || yh_utf8_count(r->contact) > NAME_MAX_CHARS)
        return yh_fail_field(err, YH_BAD_INPUT, "contact", "", "姓名、联系方式最多各 50 个字");
    return YH_OK;
}

static void put_due(struct yh_jsonw *w, const struct yh_tipoff_row *t)
{
    yh_jw_kv_day(w, "due", t->due);
    yh_jw_kv_bool(w, "due_known", t->due_known != 0);
}

enum yh_status yh_look_report_add(const struct yh_look *k, const struct yh_look_report *r,
                                  struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_provider_row p = { .provider = yh_trim(r->provider) };
    struct yh_place at;
    enum yh_status st = report_fits(r, err);
    if (st)
        return st;
    if (!k->world->casework)
        return yh_fail(err, YH_RETRY, "举报的期限表没有装入");
    st = yh_get_provider(k->x, &p, err);
    if (st == YH_NOT_FOUND || (st == YH_OK && yh_region_locate(k->world->regions, p.office,
                                                               yh_time_day(k->now), &at, NULL)))
        return yh_fail_field(err, YH_NOT_FOUND, "provider", "",
                             "没有这家定点机构，请从查到的名单里选");
    if (st)
        return st;
    bool named = yh_trim(r->name).n > 0;
    struct yh_tipoff_row t = { .region = yh_fmt(k->arena, "%06u", at.pool->code),
                               .channel = YH_S("web"),
                               .anonymous = !named,
                               .name = named ? yh_trim(r->name) : YH_S(""),
                               .contact = named ? yh_trim(r->contact) : YH_S(""),
                               .insider = r->insider,
                               .provider = p.provider,
                               .person = YH_S(""),
                               .text = yh_trim(r->text) };
    st = yh_tipoff_add(k->x, k->world->casework, k->now, &t, r->code, &t, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_str(w, "report", t.tipoff);
    yh_jw_kv_str(w, "code", r->code);
    put_due(w, &t);
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status yh_look_report(const struct yh_look *k, yh_str report, yh_str code,
                              struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_tipoff_row t;
    enum yh_status st = yh_tipoff_find(k->x, yh_trim(report), yh_trim(code), &t, err);
    if (st == YH_NOT_FOUND)
        return yh_fail_field(err, YH_NOT_FOUND, "code", "",
                             "编号或查询码不对，请照提交时显示的填写");
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_str(w, "report", t.tipoff);
    yh_jw_kv_time(w, "time", t.time);
    yh_jw_kv_str(w, "provider_name", yh_look_provider_name(k, t.provider));
    yh_jw_kv_str(w, "state", t.state);
    /* A note on the way is the officers' own; how it ended is told. */
    bool told = yh_eq(t.state, YH_S("refused")) || yh_eq(t.state, YH_S("unfounded")) ||
                yh_eq(t.state, YH_S("rewarded")) || yh_eq(t.state, YH_S("waived"));
    yh_jw_kv_str(w, "note", told ? t.note : YH_S(""));
    put_due(w, &t);
    yh_jw_kv_i64(w, "reward", yh_eq(t.state, YH_S("rewarded")) ? t.reward : 0);
    yh_jw_kv_bool(w, "anonymous", t.anonymous != 0);
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status yh_look_rewards(const struct yh_look *k, yh_str region, struct yh_jsonw *w,
                               struct yh_err *err)
{
    static const char *const TIER[] = { "1", "2", "3" };
    (void)err;
    yh_jw_object(w);
    yh_jw_kv_array(w, "rows");
    for (int i = 0; k->world->casework && i < YH_COUNT(TIER); i++) {
        struct yh_reward_rate r;
        if (yh_casework_reward(k->world->casework, k->arena, region, yh_cstr(TIER[i]),
                               yh_time_day(k->now), &r, NULL))
            continue;
        yh_jw_object(w);
        yh_jw_kv_str(w, "tier", yh_cstr(TIER[i]));
        yh_jw_kv_i64(w, "rate", r.rate);
        yh_jw_kv_i64(w, "insider_plus", r.insider_plus);
        yh_jw_kv_i64(w, "least", r.least);
        yh_jw_kv_i64(w, "most", r.most);
        yh_jw_kv_str(w, "basis", r.basis);
        yh_jw_kv_str(w, "standing", yh_standing_word(r.standing));
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

/* ---- words to choose from: places and diseases ---- */

#define CHOICES 30

static void put_choice(struct yh_jsonw *w, yh_str code, yh_str name, yh_str more)
{
    yh_jw_object(w);
    yh_jw_kv_str(w, "code", code);
    yh_jw_kv_str(w, "name", name);
    yh_jw_kv_str(w, "more", more);
    yh_jw_end(w, '}');
}

static bool said(yh_str name, yh_str code, yh_str what)
{
    return what.n && (yh_find(name, what) >= 0 || yh_starts(code, what));
}

void yh_look_places(const struct yh_look *k, yh_str what, struct yh_jsonw *w)
{
    const struct yh_regions *t = k->world->regions;
    yh_day day = yh_time_day(k->now);
    int n = 0;
    what = yh_trim(what);
    yh_jw_object(w);
    yh_jw_kv_array(w, "rows");
    /* Pools first: a filing mostly names one; then their offices. */
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < t->n && n < CHOICES; i++) {
            const struct yh_region *r = &t->row[i];
            enum yh_region_kind kind = pass ? YH_REGION_OFFICE : YH_REGION_POOL;
            yh_str code = yh_fmt(k->arena, "%06u", r->code);
            struct yh_place at;
            if (r->kind != kind || !yh_in_period(r->period, day) ||
                !said(r->name, code, what) ||
                yh_region_locate(t, code, day, &at, NULL) != YH_OK)
                continue;
            put_choice(w, code, r->name,
                       pass          ? at.pool->name
                       : at.province ? at.province->name
                                     : YH_S(""));
            n++;
        }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
}

void yh_look_diseases(const struct yh_look *k, yh_str what, struct yh_jsonw *w)
{
    yh_str rest = yh_world_text_of(k->world, YH_S("chronic-diseases/opsp.tsv"));
    what = yh_trim(what);
    (void)yh_cut(&rest, '\n'); /* its header */
    yh_jw_object(w);
    yh_jw_kv_array(w, "rows");
    while (rest.n) {
        yh_str line = yh_cut(&rest, '\n'), code = yh_cut(&line, '\t');
        yh_str name = yh_cut(&line, '\t');
        if (code.n && (!what.n || said(name, code, what)))
            put_choice(w, code, name, YH_S(""));
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
}
