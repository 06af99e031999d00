/* shell/portal/inspect.c -- 现场检查: the inspector's phone page. */
#include "shell/portal/inside.h"

static bool within(void *call, yh_str region, yh_str office)
{
    const struct call *c = call;
    return within_area(yh_cstr(c->who.area), region, office);
}

enum yh_status portal_inspections(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_inspections(&c->look, yh_cstr(c->who.user), within, c, w, err);
}

static enum yh_status note_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_inspection_note_row row = { .plan = c->param[0],
                                          .provider = c->param[1],
                                          .officer = yh_cstr(c->who.user),
                                          .note = yh_trim(in_text(c, "note")),
                                          .photo = yh_trim(in_text(c, "photo")),
                                          .digest = yh_trim(in_text(c, "digest")) };
    enum yh_status st = yh_inspection_note(&c->look, &row, err);
    if (st)
        return st;
    return put_done(w);
}

enum yh_status portal_inspection_note(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    struct yh_provider_row p = { .provider = c->param[1] };
    enum yh_status st = yh_get_provider(c->look.x, &p, err);
    if (st == YH_NOT_FOUND || (st == YH_OK && !within(c, p.office, p.office)))
        return yh_fail_field(err, YH_NOT_FOUND, "provider", "", "检查计划里没有这家机构");
    c->write = note_write;
    return st;
}
