/* shell/portal/open.c -- what anybody may see and say without signing in. */
#include "shell/portal/inside.h"

enum yh_status portal_providers(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_providers(&c->look, in_text(c, "q"), in_text(c, "kind"),
                             in_text(c, "office"), in_page(c), w, err);
}

enum yh_status portal_provider_offices(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_provider_offices(&c->look, w, err);
}

/* ---- reports ---- */

enum yh_status portal_rewards(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_rewards(&c->look, in_text(c, "region"), w, err);
}

static enum yh_status report_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    char code[17];
    struct yh_look_report r = { .provider = in_text(c, "provider"),
                                .text = in_text(c, "text"),
                                .name = in_text(c, "name"),
                                .contact = in_text(c, "contact"),
                                .insider = in_flag(c, "insider") };
    random_password(code);
    r.code = yh_cstr(code);
    return yh_look_report_add(&c->look, &r, w, err);
}

enum yh_status portal_report_add(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w, (void)err;
    c->write = report_write;
    return YH_OK;
}

enum yh_status portal_report_find(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_report(&c->look, in_text(c, "report"), in_text(c, "code"), w, err);
}
