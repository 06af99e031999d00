/* shell/portal/hospital.c -- 医院医保办: a provider's own morning; hospitals beside peers; the day's hits. */
#include <stdio.h>
#include "shell/casemix/room.h"
#include "shell/portal/inside.h"

#define GROUPS_AGE 600 /* seconds */
#define HITS_AGE 120
#define HITS_LOOKED 400 /* settlements of a day that the rules look at */
#define LISTS_SHOWN 100 /* of one hospital and month, the newest */
#define LEAST 5         /* cases behind a peer mean, unless asked otherwise */

static bool seen(void *call, yh_str region, int64_t grp, yh_str person, yh_str object)
{
    return note_look(call, region, grp, person, object);
}

enum yh_status portal_morning(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_morning(&c->look, yh_cstr(c->who.provider), seen, c, w, err);
}

/* ---- groups ---- */

/* The key: pool, way, least, and whose names alone are told ("-": all). */
static enum yh_status make_groups(struct yh_portal *p, struct yh_look *k, yh_str key,
                                  const atomic_bool *stop, struct yh_jsonw *w,
                                  struct yh_err *err)
{
    (void)p;
    int64_t least = LEAST;
    (void)yh_cut(&key, ' ');
    yh_str pool = yh_cut(&key, ' '), way = yh_cut(&key, ' '), n = yh_cut(&key, ' ');
    if (yh_int_parse(n, &least, NULL))
        least = LEAST;
    return yh_look_groups(k, pool, (int)least, yh_eq(way, YH_S("dip")),
                          yh_eq(key, YH_S("-")) ? YH_S("") : key, stop, w, err);
}

/* An officer's first pool; a hospital's own. */
static enum yh_status pool_of(struct call *c, yh_str *pool, struct yh_err *err)
{
    struct yh_provider_row p = { .provider = yh_cstr(c->who.provider) };
    yh_str area = yh_cstr(c->who.area), office = yh_trim(yh_cut(&area, ' '));
    struct yh_place at;
    if (c->who.role == BIT_HOSPITAL) {
        enum yh_status st = yh_get_provider(c->look.x, &p, err);
        if (st)
            return st;
        office = p.office;
    }
    if (yh_region_locate(c->look.world->regions, office, yh_time_day(c->look.now), &at, NULL))
        return yh_fail(err, YH_NOT_FOUND, "您的辖区里没有统筹区");
    *pool = yh_fmt(&c->arena, "%06u", (unsigned)at.pool->code);
    if (c->who.role != BIT_HOSPITAL && !within_area(yh_cstr(c->who.area), *pool, *pool))
        return yh_fail(err, YH_NOT_FOUND, "您的辖区里没有统筹区：分组按统筹区比较");
    return YH_OK;
}

enum yh_status portal_groups(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    yh_str pool, way = in_text(c, "way");
    int64_t least = in_int(c, "least", LEAST);
    if (way.n && !yh_eq(way, YH_S("drg")) && !yh_eq(way, YH_S("dip")))
        return yh_fail_field(err, YH_BAD_INPUT, "way", "", "way：写 drg 或 dip");
    if (least < 3 || least > 1000)
        return yh_fail_field(err, YH_BAD_INPUT, "least", "",
                             "least（同组至少几例才比）：写 3 到 1000");
    enum yh_status st = pool_of(c, &pool, err);
    if (st)
        return st;
    bool own = c->who.role == BIT_HOSPITAL;
    return keep_put(c, make_groups,
                    yh_fmt(&c->arena, "groups %.*s %s %d %s", YH_ARG(pool),
                           yh_eq(way, YH_S("dip")) ? "dip" : "drg", (int)least,
                           own ? c->who.provider : "-"),
                    GROUPS_AGE, w, err);
}

/* ---- cases loaded here ---- */

static enum yh_status book_of(struct call *c, yh_str *pool, struct yh_err *err)
{
    if (!c->look.world->casebook)
        return yh_fail(err, YH_NOT_FOUND, "本服务没有装载分组方案");
    return pool_of(c, pool, err);
}

enum yh_status portal_group_cases(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    yh_str pool, on = in_text(c, "day");
    yh_day day = yh_time_day(c->look.now);
    if (on.n && yh_day_parse(on, &day, NULL))
        return yh_fail_field(err, YH_BAD_INPUT, "day", "", "day：应为日期，如 2026-03-01");
    enum yh_status st = book_of(c, &pool, err);
    if (st)
        return st;
    struct yh_room *r = yh_room_open(&c->arena, c->look.world->casebook, pool, day, w);
    if ((st = yh_room_table(r, in_text(c, "text"), err)) == YH_OK)
        yh_room_close(r);
    return st;
}

/* The lists of one hospital and month; an officer names the hospital, a hospital has its own. */
enum yh_status portal_group_lists(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_provider_row p = { .provider = c->who.role == BIT_HOSPITAL
                                                 ? yh_cstr(c->who.provider)
                                                 : in_text(c, "provider") };
    yh_str pool, month = in_text(c, "month");
    struct yh_list_found *l = NULL;
    struct yh_place at;
    int n = 0, shown = 0;
    char office[8];
    if (month.n == 7 && month.p[4] == '-')
        month = yh_fmt(&c->arena, "%.4s%.2s", month.p, month.p + 5);
    enum yh_status st = book_of(c, &pool, err);
    if (st == YH_OK && (st = yh_get_provider(c->look.x, &p, err)) == YH_NOT_FOUND)
        return yh_fail_field(err, YH_NOT_FOUND, "provider", "", "没有登记这家机构");
    if (st == YH_OK)
        st = yh_region_locate(c->look.world->regions, p.office, yh_time_day(c->look.now), &at,
                              err);
    if (st)
        return st;
    (void)snprintf(office, sizeof office, "%06u", (unsigned)at.pool->code);
    if (!yh_eq(pool, yh_cstr(office)))
        return yh_fail_field(err, YH_NOT_FOUND, "provider", "", "这家机构不在您的辖区");
    struct yh_call call = { .infno = YH_S("portal"),
                            .provider = p.provider,
                            .now = c->look.now };
    struct yh_ctx ctx = { .world = c->look.world,
                          .x = c->look.x,
                          .arena = &c->arena,
                          .call = &call,
                          .now = c->look.now,
                          .today = yh_time_day(c->look.now),
                          .provider = &p,
                          .provider_place = at,
                          .made = YH_S(""),
                          .warn = yh_buf_in(&c->arena) };
    if ((st = yh_lists_find(&ctx, YH_S(""), YH_S(""), month, &l, &n, err)) != YH_OK)
        return st;
    struct yh_room *r = yh_room_open(&c->arena, c->look.world->casebook, pool, ctx.today, w);
    for (int i = 0; i < n && shown < LISTS_SHOWN; i++) {
        struct yh_case *one = YH_NEW(&c->arena, struct yh_case, 1);
        if (!l[i].settled)
            continue;
        yh_list_case(&l[i], one);
        if (!one->ndx)
            continue;
        if (!note_look(c, l[i].settlement.region, l[i].settlement.grp, l[i].settlement.person,
                       l[i].settlement.settlement))
            return yh_fail(err, YH_RETRY, "查阅记录来不及写入");
        one->hospital = p.name;
        yh_room_case(r, one);
        shown++;
    }
    yh_room_close(r);
    return YH_OK;
}

/* ---- 今日疑点 ---- */

static bool in_area(void *area, yh_str region, yh_str office)
{
    return within_area(*(const yh_str *)area, region, office);
}

static enum yh_status make_hits(struct yh_portal *p, struct yh_look *k, yh_str key,
                                const atomic_bool *stop, struct yh_jsonw *w, struct yh_err *err)
{
    (void)p;
    yh_day day;
    (void)yh_cut(&key, ' ');
    enum yh_status st = yh_day_parse(yh_cut(&key, ' '), &day, err);
    return st ? st : yh_look_hits(k, day, HITS_LOOKED, in_area, &key, stop, w, err);
}

enum yh_status portal_hits(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    char text[16];
    yh_day day = yh_time_day(c->look.now);
    yh_str on = in_text(c, "day");
    if (on.n && yh_day_parse(on, &day, NULL))
        return yh_fail_field(err, YH_BAD_INPUT, "day", "", "day：应为日期，如 2026-03-01");
    return keep_put(
        c, make_hits,
        yh_fmt(&c->arena, "hits %.*s %s", YH_ARG(yh_day_text(text, day)), c->who.area),
        HITS_AGE, w, err);
}
