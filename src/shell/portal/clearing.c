/* shell/portal/clearing.c -- 月度清算: worked out by one officer, confirmed by another; a hospital sees its own. */
#include "service/agency.h"
#include "shell/pdf/clearing.h"
#include "shell/portal/inside.h"

static bool seen(void *call, yh_str region, int64_t grp, yh_str person, yh_str object)
{
    return note_look(call, region, grp, person, object);
}

/* "202603" of a month, "2026" of a year's margin. */
static enum yh_status month_of(struct call *c, yh_str text, yh_str *out, struct yh_err *err)
{
    int64_t v = 0;
    yh_str s = text.n == 7 && text.p[4] == '-'
                   ? yh_fmt(&c->arena, "%.4s%.2s", text.p, text.p + 5)
                   : text;
    bool month = s.n == 6 && !yh_int_parse(s, &v, NULL) && v % 100 >= 1 && v % 100 <= 12;
    bool year = s.n == 4 && !yh_int_parse(s, &v, NULL);
    if (!month && !year)
        return yh_fail_field(err, YH_BAD_INPUT, "month", "",
                             "month「%.*s」：写月份 2026-03，返还保证金写年度 2026",
                             YH_ARG(text));
    *out = s;
    return YH_OK;
}

/* The officer's pool. */
static enum yh_status pool_of(struct call *c, yh_str *pool, struct yh_err *err)
{
    yh_str area = yh_cstr(c->who.area), office = yh_trim(yh_cut(&area, ' '));
    struct yh_place at;
    if (yh_region_locate(c->look.world->regions, office, yh_time_day(c->look.now), &at, NULL) ||
        at.code != at.pool->code)
        return yh_fail(err, YH_NOT_FOUND, "清算按统筹区办：您的辖区里没有统筹区");
    *pool = office;
    return YH_OK;
}

/* A provider of the officer's pool; a hospital's own. */
static enum yh_status provider_of(struct call *c, yh_str provider, struct yh_err *err)
{
    struct yh_provider_row p = { .provider = provider };
    struct yh_place at;
    yh_str pool;
    enum yh_status st = yh_get_provider(c->look.x, &p, err);
    if (c->who.role == BIT_HOSPITAL)
        return yh_eq(provider, yh_cstr(c->who.provider)) && st == YH_OK
                   ? YH_OK
                   : yh_fail_field(err, YH_NOT_FOUND, "provider", "", "没有这家机构");
    if (st == YH_OK)
        st = pool_of(c, &pool, err);
    if (st == YH_OK)
        st = yh_region_locate(c->look.world->regions, p.office, yh_time_day(c->look.now), &at,
                              err);
    if (st || !yh_eq(yh_fmt(&c->arena, "%06u", (unsigned)at.pool->code), pool))
        return yh_fail_field(err, YH_NOT_FOUND, "provider", "", "这家机构不在您的辖区");
    return YH_OK;
}

enum yh_status portal_clearings(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    yh_str pool, month, text = in_text(c, "month");
    char day[16];
    yh_day today = yh_time_day(c->look.now);
    struct yh_civil d = yh_civil_of(today);
    if (!text.n) /* the month before this one */
        text = yh_sub(yh_day_text(day, yh_day_of(d.year, d.month, 1) - 1), 0, 7);
    enum yh_status st = pool_of(c, &pool, err);
    if (st == YH_OK)
        st = month_of(c, text, &month, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_str(w, "region", pool);
    yh_jw_kv_str(w, "region_name", region_name(c, pool, today));
    yh_jw_kv_str(w, "month", month);
    st = yh_look_clearings(&c->look, pool, month, in_text(c, "q"), in_text(c, "state"),
                           in_page(c), w, err);
    yh_jw_end(w, '}');
    return st;
}

enum yh_status portal_my_clearings(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    yh_jw_object(w);
    yh_jw_kv_str(w, "provider", yh_cstr(c->who.provider));
    enum yh_status st = yh_look_own_clearings(&c->look, yh_cstr(c->who.provider), w, err);
    yh_jw_end(w, '}');
    return st;
}

static enum yh_status file_of(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    yh_str month;
    bool own = c->who.role == BIT_HOSPITAL;
    enum yh_status st = month_of(c, c->param[1], &month, err);
    if (st == YH_OK)
        st = provider_of(c, c->param[0], err);
    return st ? st
              : yh_look_clearing(&c->look, c->param[0], month,
                                 own ? YH_S("") : yh_cstr(c->who.user), seen, c, w, err);
}

enum yh_status portal_clearing(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return file_of(c, w, err);
}

enum yh_status portal_clearing_paper(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_buf json = yh_buf_in(&c->arena);
    struct yh_jsonw own = yh_jsonw_on(&json);
    yh_str pdf = YH_S("");
    (void)w;
    enum yh_status st = file_of(c, &own, err);
    if (st == YH_OK)
        st = yh_paper_clearing(&c->arena, yh_buf_str(&json), c->look.now, &pdf, err);
    if (st == YH_OK)
        reply_file(c, pdf, "application/pdf",
                   yh_fmt(&c->arena, "%.*s-%.*s", YH_ARG(c->param[0]), YH_ARG(c->param[1])),
                   "pdf");
    return st;
}

/* ---- acts ---- */

static enum yh_status act_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    yh_str tsv;
    enum yh_status st = yh_agency_act(c->look.x, c->look.world, *(const yh_str *)c->state,
                                      c->look.now, &tsv, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_bool(w, "done", true);
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status portal_clearing_act(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    static const char *const ACT[] = { "draft", "margin", "confirm", "return", "undo" };
    static const char *const FIELD[] = { "bygroup", "basis", "note", "back" };
    yh_str act = in_text(c, "act"), month, *ask = YH_NEW(&c->arena, yh_str, 1);
    bool known = false;
    (void)w;
    for (int i = 0; i < YH_COUNT(ACT); i++)
        known = known || yh_eq(act, yh_cstr(ACT[i]));
    if (!known)
        return yh_fail_field(err, YH_BAD_INPUT, "act", "",
                             "act：写 draft、margin、confirm、return 或 undo");
    enum yh_status st = month_of(c, c->param[1], &month, err);
    if (st == YH_OK)
        st = provider_of(c, c->param[0], err);
    if (st)
        return st;
    struct yh_buf b = yh_buf_in(&c->arena);
    struct yh_jsonw j = yh_jsonw_on(&b);
    yh_jw_object(&j);
    yh_jw_kv_str(&j, "verb", yh_fmt(&c->arena, "clear %.*s", YH_ARG(act)));
    yh_jw_kv_str(&j, "provider", c->param[0]);
    yh_jw_kv_str(&j, "month", month);
    yh_jw_kv_str(&j, "clearing", in_text(c, "clearing"));
    yh_jw_kv_str(&j, "officer", yh_cstr(c->who.user));
    for (int i = 0; i < YH_COUNT(FIELD); i++)
        yh_jw_kv_str(&j, FIELD[i], in_text(c, FIELD[i]));
    yh_jw_end(&j, '}');
    if (yh_eq(act, YH_S("undo")) && !yh_starts(in_text(c, "clearing"), c->param[0]))
        return yh_fail_field(err, YH_BAD_INPUT, "clearing", "",
                             "clearing：写这家机构的清算编号");
    *ask = yh_buf_str(&b);
    c->state = ask;
    c->write = act_write;
    return YH_OK;
}
