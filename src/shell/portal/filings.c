/* shell/portal/filings.c -- 我的办事: filings by commitment and applications, and where they stand.  The
 * matters are the desk's (service/matter); here the person acts, or a member of the family who may. */
#include "service/consent.h"
#include "service/portal/matters.h"
#include "shell/portal/inside.h"

enum yh_status portal_my_kinds(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_matter_kinds(&c->look, c->subject, true, w, err);
}

enum yh_status portal_my_matters(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_matters_of(&c->look, c->subject, in_page(c), w, err);
}

/* The matter, if it is this person's; another's is answered as one that is not there. */
static enum yh_status take(struct call *c, struct yh_matter_row *m, struct yh_err *err)
{
    enum yh_status st = yh_matter_get(c->look.x, c->param[0], m, err);
    if (st == YH_NOT_FOUND || (st == YH_OK && !yh_eq(m->person, c->subject)))
        return yh_fail_field(err, YH_NOT_FOUND, "matter", "", "没有这件办件");
    return st;
}

enum yh_status portal_my_matter(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_matter_row m;
    enum yh_status st = take(c, &m, err);
    return st ? st : yh_look_matter(&c->look, &m, YH_S(""), w, err);
}

/* Who acts under a consent is named in the matter as the deputy (代办人). */
static enum yh_status deputy(struct call *c, struct yh_json **out, struct yh_err *err)
{
    struct yh_look_place at;
    yh_str me = yh_cstr(c->who.person);
    *out = NULL;
    if (!c->scope)
        return YH_OK;
    enum yh_status st = yh_look_place(&c->look, me, &at, err);
    if (st)
        return st;
    struct yh_person_row p = { .region = at.region, .grp = at.grp, .person = me };
    struct yh_consent_row k = { .owner = c->subject, .member = me };
    st = yh_get_person(c->look.x, &p, err);
    if (st == YH_OK)
        st = yh_get_consent(c->look.x, &k, err);
    if (st)
        return st;
    struct yh_buf b = yh_buf_in(&c->arena);
    struct yh_jsonw w = yh_jsonw_on(&b);
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "name", p.name);
    yh_jw_kv_str(&w, "cert_no", p.cert_no);
    yh_jw_kv_str(&w, "phone", p.phone);
    yh_jw_kv_str(&w, "relation", k.relation.n ? k.relation : YH_S("家人"));
    yh_jw_end(&w, '}');
    return yh_json_read(&c->arena, yh_buf_str(&b), (struct yh_json_limits){ 0 }, out, err);
}

static struct yh_matter_desk online(struct call *c)
{
    struct yh_matter_desk d = yh_matter_desk_of(&c->look, YH_S(""), YH_S(""));
    random_bytes(d.salt, sizeof d.salt);
    return d;
}

static enum yh_status start_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_matter_desk d = online(c);
    struct yh_matter_row m;
    struct yh_json *who;
    enum yh_status st = deputy(c, &who, err);
    struct yh_matter_ask in = { .person = c->subject,
                                .kind = in_text(c, "kind"),
                                .scheme = in_text(c, "scheme"),
                                .fields = in_json(c, "fields"),
                                .papers = in_json(c, "papers"),
                                .deputy = who,
                                .note = in_text(c, "note") };
    if (st == YH_OK)
        st = yh_matter_start(&d, &in, &m, err);
    return st ? st : yh_look_matter(&c->look, &m, YH_S(""), w, err);
}

enum yh_status portal_my_matter_start(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w, (void)err;
    c->write = start_write;
    return YH_OK;
}

static enum yh_status act_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_matter_desk d = online(c);
    struct yh_matter_row m;
    struct yh_matter_do in = { .matter = c->param[0],
                               .act = yh_matter_act_read(in_text(c, "act")),
                               .note = in_text(c, "note"),
                               .papers = in_json(c, "papers"),
                               .stars = in_int(c, "stars", 0) };
    enum yh_status st = take(c, &m, err);
    if (st == YH_OK)
        st = yh_matter_act(&d, &in, &m, err);
    return st ? st : yh_look_matter(&c->look, &m, YH_S(""), w, err);
}

enum yh_status portal_my_matter_act(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w, (void)err;
    c->write = act_write;
    return YH_OK;
}

enum yh_status portal_places(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)err;
    yh_look_places(&c->look, in_text(c, "q"), w);
    return YH_OK;
}

enum yh_status portal_diseases(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)err;
    yh_look_diseases(&c->look, in_text(c, "q"), w);
    return YH_OK;
}
