/* shell/portal/tips.c -- 举报与“这不是我”: what came from the public, answered at the desk. */
#include <stdio.h>
#include "service/agency.h"
#include "shell/portal/inside.h"

static bool within(void *call, yh_str region)
{
    const struct call *c = call;
    return within_area(yh_cstr(c->who.area), region, region);
}

enum yh_status portal_reports(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_reports(&c->look, in_text(c, "state"), yh_cstr(c->who.user), within, c, w,
                           err);
}

static enum yh_status take(struct call *c, struct yh_tipoff_row *t, struct yh_err *err)
{
    *t = (struct yh_tipoff_row){ .tipoff = c->param[0] };
    enum yh_status st = yh_get_tipoff(c->look.x, t, err);
    if (st == YH_NOT_FOUND || (st == YH_OK && !within(c, t->region)))
        return yh_fail_field(err, YH_NOT_FOUND, "report", "", "没有这条举报，或不在您的辖区");
    return st;
}

enum yh_status portal_report_sender(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_tipoff_row t;
    enum yh_status st = take(c, &t, err);
    return st ? st : yh_look_reporter(&c->look, &t, yh_cstr(c->who.user), w, err);
}

static enum yh_status act(struct call *c, const char *verb, const char *const *pair, int n,
                          yh_str *said, struct yh_err *err)
{
    struct yh_buf ask = yh_buf_in(&c->arena);
    struct yh_jsonw a = yh_jsonw_on(&ask);
    yh_jw_object(&a);
    yh_jw_kv_str(&a, "verb", yh_cstr(verb));
    yh_jw_kv_str(&a, "officer", yh_cstr(c->who.user));
    for (int i = 0; i < n; i++)
        yh_jw_kv_str(&a, pair[2 * i], yh_cstr(pair[2 * i + 1]));
    yh_jw_end(&a, '}');
    return yh_agency_act(c->look.x, c->look.world, yh_buf_str(&ask), c->look.now, said, err);
}

static const char *z(struct call *c, yh_str s)
{
    return yh_zdup(&c->arena, s);
}

/* A case of it, without hits yet: they are added from 今日疑点 and by `yiheng case add`. */
static enum yh_status open_case(struct call *c, const struct yh_tipoff_row *t, yh_str *case_no,
                                struct yh_err *err)
{
    const char *const ask[] = {
        "region", z(c, t->region), "provider", z(c, t->provider),
        "kind",   "tip",           "source",   z(c, t->tipoff),
        "title",  "群众举报",      "note",     z(c, in_text(c, "note"))
    };
    yh_str said;
    enum yh_status st = act(c, "case open", ask, YH_COUNT(ask) / 2, &said, err);
    if (st)
        return st;
    (void)yh_cut(&said, '\n');
    *case_no = yh_cut(&said, '\t');
    return YH_OK;
}

static enum yh_status act_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_tipoff_row t;
    yh_str word = in_text(c, "act"), case_no = yh_trim(in_text(c, "case")), said;
    enum yh_status st = take(c, &t, err);
    bool opens = yh_eq(word, YH_S("open"));
    if (st == YH_OK && opens && !yh_eq(t.state, YH_S("accepted")))
        st = yh_fail_field(err, YH_CONFLICT, "act", "", "act：先受理，才能立案");
    if (st == YH_OK && opens)
        st = open_case(c, &t, &case_no, err);
    if (st)
        return st;
    char verb[32];
    (void)snprintf(verb, sizeof verb, "tip %s", opens ? "link" : z(c, word));
    const char *const ask[] = { "tip",  z(c, t.tipoff), "note", z(c, in_text(c, "note")),
                                "case", z(c, case_no),  "tier", z(c, in_text(c, "tier")) };
    if ((st = act(c, verb, ask, YH_COUNT(ask) / 2, &said, err)) != YH_OK)
        return st;
    yh_jw_object(w);
    yh_jw_kv_str(w, "case", case_no);
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status portal_report_act(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    static const char *const ACT[] = { "accept", "refuse",  "open",      "link",
                                       "reward", "approve", "unfounded", "waive" };
    (void)w;
    struct yh_tipoff_row t;
    yh_str word = in_text(c, "act");
    bool known = false;
    for (int i = 0; i < YH_COUNT(ACT); i++)
        known |= yh_eq(word, yh_cstr(ACT[i]));
    enum yh_status st = take(c, &t, err);
    if (st == YH_OK && !known)
        st = yh_fail_field(err, YH_BAD_INPUT, "act", "", "act：没有“%.*s”这一步", YH_ARG(word));
    if (st == YH_OK && yh_eq(word, YH_S("link"))) { /* a case out of the area is not there */
        struct yh_look_case k;
        st = yh_look_case_of(&c->look, yh_trim(in_text(c, "case")), &k, err);
        if (st == YH_OK && !within(c, k.file.region))
            st = yh_fail_field(err, YH_NOT_FOUND, "case", "", "没有这个案件");
    }
    c->write = act_write;
    return st;
}

/* ---- 这不是我 ---- */

static bool asked_tip(void *call, const void *row)
{
    const struct call *c = call;
    const struct yh_tip_row *t = row;
    return yh_eq(t->tip, c->param[0]) && tip_within(call, row);
}

static enum yh_status find_tip(struct call *c, struct yh_tip_row *out, struct yh_err *err)
{
    struct yh_tip_row like = { .state = YH_S("") }, *t = NULL;
    int n = 0;
    enum yh_status st =
        yh_pick_tip(c->look.x, (struct yh_span){ .index = yh_tip_by_state, .most = 1 }, &like,
                    asked_tip, c, &t, &n, err);
    if (st == YH_OK && n)
        *out = t[0];
    return st || n
               ? st
               : yh_fail_field(err, YH_NOT_FOUND, "tip", "", "没有这条反映，或不在您的辖区");
}

static enum yh_status answer_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_tip_row t;
    enum yh_status st = find_tip(c, &t, err);
    if (st == YH_OK && yh_eq(t.state, YH_S("answered")))
        st = yh_fail(err, YH_CONFLICT, "这条反映已经答复过");
    if (st)
        return st;
    t.state = YH_S("answered");
    t.answer = yh_trim(in_text(c, "answer"));
    st = yh_put_tip(c->look.x, &t, err);
    return st ? st : put_done(w);
}

enum yh_status portal_tip_answer(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    yh_str answer = yh_trim(in_text(c, "answer"));
    struct yh_tip_row t;
    if (!answer.n || yh_utf8_count(answer) > 500)
        return yh_fail_field(err, YH_BAD_INPUT, "answer", "", "answer：写 1 到 500 个字的答复");
    enum yh_status st = find_tip(c, &t, err);
    c->write = answer_write;
    return st;
}
