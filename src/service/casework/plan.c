/* service/casework/plan.c -- inspection plans, and the named officer of each provider. */
#include "service/casework/inside.h"

#define PICKED_MAX 100000

static enum yh_status list_plan(struct yh_act *t, yh_str plan, struct yh_err *err)
{
    struct yh_inspection_row like = { .plan = plan }, *row = NULL;
    int n = 0, done = 0;
    enum yh_status st =
        yh_list_inspection(t->x, (struct yh_span){ .index = YH_BY_KEY, .same = plan.n ? 1 : 0 },
                           &like, &row, &n, err);
    if (st)
        return st;
    yh_putz(t->out, "#plan\tprovider\tkind\tseed\trank\tofficers\tstate\tcase\tresult\n");
    for (int i = 0; i < n; i++) {
        const yh_str cell[] = { row[i].plan,  row[i].provider, row[i].kind,
                                row[i].seed,  row[i].rank,     row[i].officers,
                                row[i].state, row[i].case_no,  row[i].result };
        for (int j = 0; j < YH_COUNT(cell); j++)
            yh_act_put(t, cell[j], j + 1 < YH_COUNT(cell) ? '\t' : '\n');
        done += row[i].done != 0;
    }
    yh_putf(t->out, "# 共 %d 家，已检查 %d 家\n", n, done);
    return YH_OK;
}

enum yh_status yh_act_plan_list(struct yh_act *t, struct yh_err *err)
{
    return list_plan(t, yh_act_text(t, "plan"), err);
}

/* Every provider under contract: the list of a full inspection. */
static enum yh_status everyone(struct yh_docket *k, yh_str **out, int *n, struct yh_err *err)
{
    struct yh_provider_row like = { .provider = YH_S("") }, *row = NULL;
    int all = 0, cap = 0;
    *out = NULL;
    *n = 0;
    enum yh_status st =
        yh_list_provider(k->x, (struct yh_span){ .index = YH_BY_KEY }, &like, &row, &all, err);
    for (int i = 0; st == YH_OK && i < all; i++)
        if (!yh_eq(row[i].status, YH_S("3")))
            YH_PUSH(k->a, *out, *n, cap) = row[i].provider;
    return st;
}

/* Two different inspectors of the list for the provider, by the same seed. */
static yh_str pair(struct yh_docket *k, yh_str seed, yh_str provider, const yh_str *officer,
                   int n)
{
    struct yh_drawn *d;
    if (n < 2)
        return n == 1 ? officer[0] : YH_S("");
    (void)yh_draw(k->a, yh_fmt(k->a, "%.*s|%.*s", YH_ARG(seed), YH_ARG(provider)), officer, n,
                  2, &d);
    return yh_fmt(k->a, "%.*s %.*s", YH_ARG(officer[d[0].at]), YH_ARG(officer[d[1].at]));
}

static int words(struct yh_arena *a, yh_str list, yh_str **out)
{
    int n = 0, cap = 0;
    *out = NULL;
    while (list.n) {
        yh_str one = yh_trim(yh_cut(&list, ' '));
        if (one.n)
            YH_PUSH(a, *out, n, cap) = one;
    }
    return n;
}

enum yh_status yh_act_plan_add(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    yh_str plan = yh_act_text(t, "plan"), kind = yh_act_text(t, "kind"),
           seed = yh_act_text(t, "seed"), count = yh_act_text(t, "count"), *provider, *officer;
    int64_t most = PICKED_MAX;
    enum yh_status st = yh_docket_open(t, &k, err);
    if (st == YH_OK)
        st = yh_docket_officer(&k, false, err);
    if (st)
        return st;
    bool random = yh_eq(kind, YH_S("random")), full = yh_eq(kind, YH_S("full")),
         flying = yh_eq(kind, YH_S("flying"));
    int n = words(k.a, yh_act_text(t, "providers"), &provider),
        nofficer = words(k.a, yh_act_text(t, "officers"), &officer);
    if (n == 0 && (full || random))
        st = everyone(&k, &provider, &n, err);
    if (st)
        return st;
    bool counted = !count.n || (!yh_int_parse(count, &most, NULL) && most > 0);
    if (!plan.n || (!random && !full && !flying) || (random && (!seed.n || !count.n)) ||
        n == 0 || n > PICKED_MAX || !counted)
        return yh_refuse(err, YH_REFUSE_PLAN_BAD, plan, NULL);
    struct yh_drawn *d;
    int picked = yh_draw(k.a, seed, provider, n, (int)yh_min(most, n), &d);
    if (!random)
        picked = n;
    for (int i = 0; st == YH_OK && i < picked; i++) {
        yh_str one = random ? provider[d[i].at] : provider[i];
        struct yh_inspection_row row = {
            .plan = plan,
            .provider = one,
            .kind = kind,
            .seed = seed,
            .rank = random ? (yh_str){ d[i].rank, 64 } : YH_S(""),
            .officers =
                random ? pair(&k, seed, one, officer, nofficer) : yh_act_text(t, "officers"),
            .state = YH_S("planned"),
            .planned = k.now,
        };
        st = yh_add_inspection(k.x, &row, err);
        if (st == YH_CONFLICT)
            return yh_refuse(err, YH_REFUSE_PLAN_BAD, plan, "机构 %.*s 已在该计划中",
                             YH_ARG(one));
    }
    return st ? st : list_plan(t, plan, err);
}

enum yh_status yh_act_plan_done(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    struct yh_inspection_row r = { .plan = yh_act_text(t, "plan"),
                                   .provider = yh_act_text(t, "provider") };
    enum yh_status st = yh_docket_open(t, &k, err);
    if (st == YH_OK)
        st = yh_docket_officer(&k, false, err);
    if (st == YH_OK)
        st = yh_get_inspection(k.x, &r, err);
    if (st == YH_NOT_FOUND)
        return yh_refuse(err, YH_REFUSE_PLAN_UNKNOWN, r.provider, NULL);
    if (st)
        return st;
    r.state = YH_S("done");
    r.result = yh_act_text(t, "result");
    r.case_no = yh_act_text(t, "case");
    r.done = k.now;
    struct yh_case_file_row f;
    if (r.case_no.n && (st = yh_case_get(k.x, r.case_no, &f, err)) != YH_OK)
        return st;
    if (!r.result.n)
        return yh_refuse(err, YH_REFUSE_CASE_NOTE, r.result, "写明检查结果");
    st = yh_put_inspection(k.x, &r, err);
    return st ? st : list_plan(t, r.plan, err);
}

/* ---- the named officer ---- */

enum yh_status yh_grid_of(struct yh_txn *x, yh_str provider, yh_day day, yh_str *officer,
                          struct yh_err *err)
{
    struct yh_grid_officer_row like = { .provider = provider }, *row = NULL;
    int n = 0;
    *officer = YH_S("");
    enum yh_status st = yh_list_grid_officer(
        x, (struct yh_span){ .index = YH_BY_KEY, .same = 1 }, &like, &row, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        if (row[i].from_day <= day && day < row[i].to_day)
            *officer = row[i].officer;
    return st;
}

enum yh_status yh_act_grid_list(struct yh_act *t, struct yh_err *err)
{
    struct yh_provider_row none = { .provider = YH_S("") }, *p = NULL;
    yh_day today = yh_time_day(t->now);
    int n = 0, named = 0;
    enum yh_status st =
        yh_list_provider(t->x, (struct yh_span){ .index = YH_BY_KEY }, &none, &p, &n, err);
    if (st)
        return st;
    yh_putz(t->out, "#provider\tname\tofficer\n");
    for (int i = 0; i < n; i++) {
        yh_str who;
        if ((st = yh_grid_of(t->x, p[i].provider, today, &who, err)) != YH_OK)
            return st;
        yh_act_put(t, p[i].provider, '\t');
        yh_act_put(t, p[i].name, '\t');
        yh_act_put(t, who, '\n');
        named += who.n > 0;
    }
    yh_putf(t->out, "# %d 家机构，%d 家有责任人\n", n, named);
    return YH_OK;
}

enum yh_status yh_act_grid_set(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    yh_day from;
    struct yh_provider_row p = { .provider = yh_act_text(t, "provider") };
    struct yh_grid_officer_row *row = NULL, like = { .provider = p.provider };
    int n = 0;
    enum yh_status st = yh_docket_open(t, &k, err);
    if (st == YH_OK)
        st = yh_docket_officer(&k, false, err);
    if (st == YH_OK)
        st = yh_get_provider(k.x, &p, err);
    if (st == YH_NOT_FOUND)
        return yh_refuse(err, YH_REFUSE_PROVIDER_UNKNOWN, p.provider, NULL);
    if (st)
        return st;
    yh_str who = yh_act_text(t, "to"), name = yh_act_text(t, "name"),
           day = yh_act_text(t, "from");
    if (!who.n || !name.n ||
        (day.n ? yh_day_parse(day, &from, NULL) != YH_OK : (from = k.today, false)))
        return yh_refuse(err, YH_REFUSE_GRID_BAD, p.provider, NULL);
    st = yh_list_grid_officer(k.x, (struct yh_span){ .index = YH_BY_KEY, .same = 1 }, &like,
                              &row, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        if (row[i].from_day >= from && row[i].from_day != from)
            return yh_refuse(err, YH_REFUSE_GRID_BAD, p.provider, "已有更晚的任命");
        if (row[i].to_day > from && row[i].from_day < from) {
            row[i].to_day = from;
            st = yh_put_grid_officer(k.x, &row[i], err);
        }
    }
    struct yh_grid_officer_row one = { .provider = p.provider,
                                       .from_day = from,
                                       .to_day = YH_DAY_MAX,
                                       .officer = who,
                                       .name = name };
    if (st == YH_OK)
        st = yh_put_grid_officer(k.x, &one, err);
    return st ? st : yh_act_grid_list(t, err);
}
