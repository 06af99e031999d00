/* shell/portal/mine.c -- 我的医保 and the desk: what is shown of persons. */
#include "shell/portal/inside.h"

static yh_str me(const struct call *c)
{
    return c->subject;
}

enum yh_status portal_me(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_person(&c->look, me(c), !c->scope, w, err);
}

enum yh_status portal_my_bills(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_bills(&c->look, me(c), in_page(c), w, err);
}

enum yh_status portal_my_bill(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    speak(c);
    return yh_look_bill(&c->look, me(c), c->param[0], w, err);
}

enum yh_status portal_my_lines(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_lines(&c->look, me(c), c->param[0], in_page(c), w, err);
}

enum yh_status portal_my_less(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_less(&c->look, me(c), c->param[0], w, err);
}

enum yh_status portal_my_year(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_year(&c->look, me(c), in_int(c, "year", 0), w, err);
}

enum yh_status portal_my_account(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_account(&c->look, me(c), in_page(c), w, err);
}

enum yh_status portal_my_seen(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_seen(&c->look, me(c), in_flag(c, "own"), in_page(c), w, err);
}

enum yh_status portal_my_tips(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_tips(&c->look, me(c), w, err);
}

static void put_tip(const struct yh_look *k, const struct yh_tip_row *t, struct yh_jsonw *w)
{
    char text[32];
    struct yh_provider_row p = { .provider = t->provider };
    yh_jw_object(w);
    yh_jw_kv_str(w, "tip", t->tip);
    yh_jw_kv_str(w, "settlement", t->settlement);
    yh_jw_kv_str(w, "line", t->line);
    yh_jw_kv_str(w, "item", t->item);
    yh_jw_kv_str(w, "provider_name",
                 yh_get_provider(k->x, &p, NULL) == YH_OK ? p.name : t->provider);
    yh_jw_kv_str(w, "words", t->words);
    yh_jw_kv_str(w, "state", t->state);
    yh_jw_kv_str(w, "answer", t->answer);
    yh_jw_kv_str(w, "time", yh_time_text(text, t->time));
    yh_jw_end(w, '}');
}

static enum yh_status tip_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_tip_row t;
    enum yh_status st = yh_tip_add(&c->look, me(c), c->param[0], in_text(c, "line"),
                                   in_text(c, "words"), &t, err);
    if (st == YH_OK)
        put_tip(&c->look, &t, w);
    return st;
}

enum yh_status portal_my_tip(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w, (void)err;
    c->write = tip_write;
    return YH_OK;
}

/* ---- the desk ---- */

#define FOUND_MOST 20
#define TIPS_MOST 10000

enum yh_status portal_find(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    yh_str person[FOUND_MOST];
    int n = 0;
    enum yh_status st = yh_look_search(&c->look, in_text(c, "q"), FOUND_MOST, person, &n, err);
    yh_jw_object(w);
    yh_jw_kv_array(w, "rows");
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_look_place at;
        if (yh_look_place(&c->look, person[i], &at, NULL) ||
            !within_area(yh_cstr(c->who.area), at.region, at.office))
            continue;
        if (!note_look(c, at.region, at.grp, person[i], YH_S("")))
            return yh_fail(err, YH_RETRY, "查阅记录来不及写入");
        st = yh_look_person(&c->look, person[i], false, w, err);
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return st;
}

enum yh_status portal_person(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_person(&c->look, c->param[0], c->unmask, w, err);
}

enum yh_status portal_person_bills(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_bills(&c->look, c->param[0], in_page(c), w, err);
}

enum yh_status portal_person_bill(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    speak(c);
    return yh_look_bill(&c->look, c->param[0], c->param[1], w, err);
}

enum yh_status portal_person_lines(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_lines(&c->look, c->param[0], c->param[1], in_page(c), w, err);
}

enum yh_status portal_person_year(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_year(&c->look, c->param[0], in_int(c, "year", 0), w, err);
}

enum yh_status portal_person_account(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_account(&c->look, c->param[0], in_page(c), w, err);
}

enum yh_status portal_person_seen(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_seen(&c->look, c->param[0], false, in_page(c), w, err);
}

bool tip_within(void *call, const void *row)
{
    const struct call *c = call;
    const struct yh_tip_row *t = row;
    struct yh_look_place place;
    return yh_look_place(&c->look, t->person, &place, NULL) == YH_OK &&
           within_area(yh_cstr(c->who.area), place.region, place.office);
}

enum yh_status portal_tips(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_tip_row *t = NULL, like = { .state = in_text(c, "state") };
    int n = 0;
    struct yh_look_page p = in_page(c);
    struct yh_span span = { .index = yh_tip_by_state,
                            .same = like.state.n ? 1 : 0,
                            .most = yh_min(p.page * p.size, TIPS_MOST) };
    enum yh_status st = yh_pick_tip(c->look.x, span, &like, tip_within, c, &t, &n, err);
    yh_jw_object(w);
    yh_jw_kv_array(w, "rows");
    for (int64_t i = (p.page - 1) * p.size; st == YH_OK && i < n; i++) {
        if (!note_look(c, t[i].region, t[i].grp, t[i].person, t[i].settlement))
            return yh_fail(err, YH_RETRY, "查阅记录来不及写入");
        put_tip(&c->look, &t[i], w);
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return st;
}
