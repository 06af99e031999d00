/* shell/portal/family.c -- 家庭: a consent asked, given, refused, withdrawn; whose data a call is about. */
#include "service/consent.h"
#include "shell/portal/inside.h"

/* ---- whose data: one's own, or of a member of the family who consented ---- */

static const struct {
    const char *route;
    int scope;
} FAMILY[] = {
#define F(route, scope) { #route, YH_CONSENT_##scope },
#include "shell/portal/family.def"
};

/* What only a guardian does for another: the child's code is the child's money. */
static bool guards_only(const struct route *r)
{
    return !strcmp(r->name, "my_credential");
}

enum yh_status family_subject(struct call *c, struct yh_err *err)
{
    yh_str other = in_text(c, "for");
    c->subject = yh_cstr(c->who.person);
    c->scope = 0;
    if (!other.n || yh_eq(other, c->subject))
        return YH_OK;
    for (int i = 0; i < YH_COUNT(FAMILY); i++)
        if (!strcmp(FAMILY[i].route, c->route->name))
            c->scope = FAMILY[i].scope;
    if (!c->scope)
        return yh_fail_field(err, YH_BAD_INPUT, "for", "", "这一项只能本人查看、办理");
    enum yh_status st = yh_consent_holds(c->look.x, yh_time_day(c->look.now), other,
                                         yh_cstr(c->who.person), c->scope, err);
    if (st)
        return st;
    c->subject = other;
    c->guard =
        yh_guard_holds(c->look.x, yh_time_day(c->look.now), other, yh_cstr(c->who.person));
    c->purpose = c->guard ? YH_S("guardian") : YH_S("family");
    return guards_only(c->route) && !c->guard
               ? yh_fail(err, YH_DENIED, "只有未成年人的监护人能替别人办这一项")
               : YH_OK;
}

enum yh_status family_again(struct call *c, struct yh_err *err)
{
    return c->scope ? yh_consent_holds(c->look.x, yh_time_day(c->look.now), c->subject,
                                       yh_cstr(c->who.person), c->scope, err)
                    : YH_OK;
}

/* ---- the routes ---- */

enum yh_status portal_my_family(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_family(&c->look, yh_cstr(c->who.person), w, err);
}

static enum yh_status asks(struct call *c, struct yh_err *err)
{
    yh_str owner;
    int scope;
    enum yh_status st = yh_consent_scope_read(in_text(c, "scope"), &scope, err);
    if (st)
        return st;
    if (!yh_trim(in_text(c, "name")).n || !yh_trim(in_text(c, "cert_no")).n)
        return yh_fail_field(err, YH_BAD_INPUT, "name", "", "请填写家人的姓名和证件号码");
    /* The answer is the same whether there is such a person, and whether they refused before. */
    if (!yh_look_named(&c->look, yh_trim(in_text(c, "name")), yh_trim(in_text(c, "cert_no")),
                       &owner))
        return YH_OK;
    st = yh_consent_ask(c->look.x, c->look.now, owner, yh_cstr(c->who.person),
                        yh_trim(in_text(c, "relation")), scope, yh_trim(in_text(c, "words")),
                        err);
    return st == YH_CONFLICT ? YH_OK : st;
}

static enum yh_status gives(struct call *c, struct yh_err *err)
{
    yh_str member = in_text(c, "person");
    int scope;
    yh_day to;
    enum yh_status st = yh_consent_scope_read(in_text(c, "scope"), &scope, err);
    if (st)
        return st;
    if (yh_day_parse(in_text(c, "to"), &to, NULL))
        return yh_fail_field(err, YH_BAD_INPUT, "to", "", "截止日期应如 2027-01-01");
    if (!member.n && !yh_look_named(&c->look, yh_trim(in_text(c, "name")),
                                    yh_trim(in_text(c, "cert_no")), &member))
        return yh_fail_field(err, YH_NOT_FOUND, "name", "", "没有姓名与证件号码都相符的参保人");
    struct yh_look_place at;
    if (yh_look_place(&c->look, member, &at, NULL))
        return yh_fail_field(err, YH_NOT_FOUND, "person", "", "没有这个参保人");
    return yh_consent_give(c->look.x, c->look.now, yh_cstr(c->who.person), member,
                           yh_trim(in_text(c, "relation")), scope, to, err);
}

static enum yh_status refuses(struct call *c, struct yh_err *err)
{
    return yh_consent_refuse(c->look.x, c->look.now, yh_cstr(c->who.person),
                             in_text(c, "person"), err);
}

/* The owner takes back, or the member gives up: whichever of the two is there. */
static enum yh_status withdraws(struct call *c, struct yh_err *err)
{
    yh_str me = yh_cstr(c->who.person), other = in_text(c, "person");
    bool member = in_flag(c, "theirs");
    return yh_consent_withdraw(c->look.x, c->look.now, member ? other : me, member ? me : other,
                               me, err);
}

static const struct {
    const char *word;
    enum yh_status (*run)(struct call *c, struct yh_err *err);
} ACT[] = {
    { "ask", asks }, { "give", gives }, { "refuse", refuses }, { "withdraw", withdraws }
};

static enum yh_status family_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    enum yh_status st = ACT[(intptr_t)c->state].run(c, err);
    if (st)
        return st;
    return put_done(w);
}

enum yh_status portal_my_family_act(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    intptr_t i = 0;
    while (i < YH_COUNT(ACT) && !yh_eq(in_text(c, "act"), yh_cstr(ACT[i].word)))
        i++;
    if (i == YH_COUNT(ACT))
        return yh_fail_field(err, YH_BAD_INPUT, "act", "",
                             "act：应为 ask 请求、give 同意、refuse 不同意、withdraw 收回之一");
    c->state = (void *)i;
    c->write = family_write;
    return YH_OK;
}
