/* shell/portal/cases.c -- 监管室: whose area a case is in, who is noted as looked at, who acts. */
#include <stdio.h>
#include "service/agency.h"
#include "shell/pdf/pack.h"
#include "shell/portal/inside.h"

static bool within(void *call, yh_str region)
{
    const struct call *c = call;
    return within_area(yh_cstr(c->who.area), region, region);
}

enum yh_status portal_cases(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_look_cases ask = { .state = in_text(c, "state"),
                                 .provider = in_text(c, "provider"),
                                 .late = in_flag(c, "late"),
                                 .within = within,
                                 .user = c };
    return yh_look_cases(&c->look, &ask, w, err);
}

/* The case, if it is within the user's area; another's is answered as one that is not there. */
static enum yh_status take(struct call *c, struct yh_look_case *out, struct yh_err *err)
{
    enum yh_status st = yh_look_case_of(&c->look, c->param[0], out, err);
    if (st == YH_OK && !within(c, out->file.region))
        return yh_fail_field(err, YH_NOT_FOUND, "case", "", "没有这个案件");
    return st;
}

/* Each person of a hit is looked at.  A hit of an archived year names a group of that archive, so the
 * person's own is asked for; who is not among these books cannot sign in to read of it. */
static enum yh_status note_hits(struct call *c, const struct yh_look_case *k,
                                struct yh_err *err)
{
    struct yh_map seen = yh_map_in(&c->arena, 64);
    for (int i = 0; i < k->nhit; i++) {
        struct yh_look_place at;
        yh_str person = k->hit[i].person;
        if (!person.n || yh_map_get(&seen, person, -1) >= 0)
            continue;
        yh_map_set(&seen, person, i);
        if (yh_look_place(&c->look, person, &at, NULL))
            continue;
        if (!note_look(c, at.region, at.grp, person, k->file.case_no))
            return yh_fail(err, YH_RETRY, "查阅记录来不及写入");
    }
    return YH_OK;
}

enum yh_status portal_case_get(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_look_case k;
    enum yh_status st = take(c, &k, err);
    if (st == YH_OK)
        st = note_hits(c, &k, err);
    return st ? st : yh_look_case(&c->look, &k, w, err);
}

static void put_verb(struct yh_jsonw *w, const char *word, yh_str case_no)
{
    char verb[32];
    (void)snprintf(verb, sizeof verb, "case %s", word);
    yh_jw_object(w);
    yh_jw_kv_str(w, "verb", yh_cstr(verb));
    yh_jw_kv_str(w, "case", case_no);
}

static enum yh_status pack_of(struct call *c, yh_str *pack, struct yh_err *err)
{
    struct yh_look_case k;
    enum yh_status st = take(c, &k, err);
    if (st == YH_OK)
        st = note_hits(c, &k, err);
    if (st)
        return st;
    struct yh_buf ask = yh_buf_in(&c->arena);
    struct yh_jsonw a = yh_jsonw_on(&ask);
    put_verb(&a, "pack", k.file.case_no);
    yh_jw_end(&a, '}');
    return yh_agency_act(c->look.x, c->look.world, yh_buf_str(&ask), c->look.now, pack, err);
}

enum yh_status portal_case_pack(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    yh_str pack;
    enum yh_status st = pack_of(c, &pack, err);
    if (st == YH_OK)
        yh_jw_raw(w, yh_trim(pack));
    return st;
}

enum yh_status portal_case_paper(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    yh_str pack, pdf;
    enum yh_status st = pack_of(c, &pack, err);
    if (st == YH_OK)
        st = yh_paper_pack(&c->arena, pack, &pdf, err);
    if (st == YH_OK)
        reply_file(c, pdf, "application/pdf", c->param[0], "pdf");
    return st;
}

/* ---- hits of the day ---- */

#define PICKS_MOST 100 /* so many settlements at most are looked at again */

static bool in_office(void *call, yh_str region, yh_str office)
{
    const struct call *c = call;
    return within_area(yh_cstr(c->who.area), region, office);
}

/* "hit@settlement hit@settlement …", each once. */
static enum yh_status picks(struct call *c, struct yh_look_pick *pick, int *n,
                            struct yh_err *err)
{
    yh_str rest = yh_trim(in_text(c, "hits"));
    struct yh_map seen = yh_map_in(&c->arena, 64);
    *n = 0;
    while (rest.n) {
        yh_str one = yh_cut(&rest, ' '), whole = one, hit = yh_cut(&one, '@');
        if (!whole.n || !yh_map_add(&seen, whole, 1))
            continue;
        if (!hit.n || !one.n)
            return yh_fail_field(err, YH_BAD_INPUT, "hits", "",
                                 "hits：“%.*s”应写成 疑点编号@结算编号", YH_ARG(whole));
        if (*n == PICKS_MOST)
            return yh_fail_field(err, YH_BAD_INPUT, "hits", "",
                                 "hits：一次至多 %d 条，其余用 yiheng case add 并入",
                                 PICKS_MOST);
        pick[(*n)++] = (struct yh_look_pick){ hit, one };
    }
    return *n ? YH_OK
              : yh_fail_field(err, YH_BAD_INPUT, "hits", "", "hits：没有选疑点，至少选一条");
}

/* Into the open object of an act: who asks, and the hits as the rules find them now. */
static enum yh_status put_picks(struct call *c, struct yh_jsonw *ask, struct yh_err *err)
{
    struct yh_look_pick pick[PICKS_MOST];
    struct yh_look_open o = { .pick = pick, .within = in_office, .user = c };
    enum yh_status st = picks(c, pick, &o.npick, err);
    yh_jw_kv_str(ask, "officer", yh_cstr(c->who.user));
    return st ? st : yh_look_open_case(&c->look, &o, ask, err);
}

/* ---- steps ---- */

/* The officer is who signed in: that two persons decide is held by the act itself. */
static enum yh_status act_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    static const char *const PASSED[] = { "note",    "to",       "hit",     "appeals",
                                          "amount",  "dropped",  "partial", "members",
                                          "nature",  "measures", "staff",   "persons",
                                          "clearing" };
    const struct yh_look_case_act *act = c->state;
    struct yh_buf ask = yh_buf_in(&c->arena);
    struct yh_jsonw a = yh_jsonw_on(&ask);
    yh_str said;
    put_verb(&a, act->word, c->param[0]);
    yh_jw_kv_str(&a, "officer", yh_cstr(c->who.user));
    for (int i = 0; i < YH_COUNT(PASSED); i++)
        yh_jw_kv_str(&a, PASSED[i], in_text(c, PASSED[i]));
    yh_jw_end(&a, '}');
    enum yh_status st =
        yh_agency_act(c->look.x, c->look.world, yh_buf_str(&ask), c->look.now, &said, err);
    if (st)
        return st;
    return put_done(w);
}

static enum yh_status add_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    const yh_str *ask = c->state;
    yh_str said;
    enum yh_status st = yh_agency_act(c->look.x, c->look.world, *ask, c->look.now, &said, err);
    return st ? st : put_done(w);
}

/* More hits into a case, each computed anew as for one that is opened. */
static enum yh_status add_hits(struct call *c, struct yh_err *err)
{
    yh_str *kept = YH_NEW(&c->arena, yh_str, 1);
    struct yh_buf b = yh_buf_in(&c->arena);
    struct yh_jsonw ask = yh_jsonw_on(&b);
    put_verb(&ask, "add", c->param[0]);
    enum yh_status st = put_picks(c, &ask, err);
    if (st)
        return st;
    yh_jw_end(&ask, '}');
    *kept = yh_buf_str(&b);
    c->state = kept;
    c->write = add_write;
    return YH_OK;
}

enum yh_status portal_case_act(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    struct yh_look_case k;
    yh_str word = in_text(c, "act");
    enum yh_status st = take(c, &k, err);
    if (st)
        return st;
    if (yh_eq(word, YH_S("add")))
        return add_hits(c, err);
    for (int i = 0; i < YH_LOOK_CASE_ACTS && !c->state; i++)
        if (yh_eq(word, yh_cstr(YH_LOOK_CASE_ACT[i].word)))
            c->state = (void *)&YH_LOOK_CASE_ACT[i];
    if (!c->state)
        return yh_fail_field(err, YH_BAD_INPUT, "act", "", "act：没有“%.*s”这一步",
                             YH_ARG(word));
    c->write = act_write;
    return YH_OK;
}

enum yh_status portal_rules(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_rules(&c->look, w, err);
}

/* ---- a case of them ---- */

/* The answer's row is "#case …" and the case's own line; its number, hits and money are told. */
static enum yh_status open_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    const yh_str *ask = c->state;
    yh_str said;
    struct yh_look_case k;
    enum yh_status st = yh_agency_act(c->look.x, c->look.world, *ask, c->look.now, &said, err);
    if (st)
        return st;
    (void)yh_cut(&said, '\n');
    if ((st = yh_look_case_of(&c->look, yh_cut(&said, '\t'), &k, err)) != YH_OK)
        return st;
    yh_jw_object(w);
    yh_jw_kv_str(w, "case", k.file.case_no);
    yh_jw_kv_i64(w, "hits", k.file.hits);
    yh_jw_kv_i64(w, "claimed", k.file.claimed);
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status portal_case_open(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    struct yh_buf b = yh_buf_in(&c->arena);
    struct yh_jsonw ask = yh_jsonw_on(&b);
    yh_jw_object(&ask);
    yh_jw_kv_str(&ask, "verb", YH_S("case open"));
    yh_jw_kv_str(&ask, "title", yh_trim(in_text(c, "title")));
    yh_jw_kv_str(&ask, "procedure", in_text(c, "procedure"));
    enum yh_status st = put_picks(c, &ask, err);
    if (st)
        return st;
    yh_jw_end(&ask, '}');
    yh_str *kept = YH_NEW(&c->arena, yh_str, 1);
    *kept = yh_buf_str(&b);
    c->state = kept;
    c->write = open_write;
    return YH_OK;
}
