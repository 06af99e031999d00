/* service/portal/clearings.c -- 月度清算: what a provider's month comes to, each figure with its reason. */
#include <stdio.h>
#include "service/casework/casework.h"
#include "service/clearing/clearing.h"
#include "service/fund/fund.h"
#include "service/portal/inside.h"

#define STAYS_MOST 300 /* of one file; all of them are in the table */

/* ---- the providers of a pool ---- */

struct standing {
    yh_str state; /* none, draft, returned, cleared */
    struct yh_clearing_row cleared;
    struct yh_clearing_draft_row draft;
    struct yh_margin margin;
    bool year;
};

static enum yh_status stand(const struct yh_look *k, yh_str region, yh_str provider,
                            yh_str month, struct standing *out, struct yh_err *err)
{
    struct standing s = { .state = YH_S("none"), .year = month.n == 4 };
    bool found = false;
    s.draft = (struct yh_clearing_draft_row){ .region = region,
                                              .month = month,
                                              .provider = provider };
    enum yh_status st = yh_get_clearing_draft(k->x, &s.draft, err);
    if (st == YH_OK && !yh_eq(s.draft.state, YH_S("confirmed")))
        s.state = s.draft.state;
    else if (st == YH_NOT_FOUND)
        s.draft.state = YH_S("");
    else if (st)
        return st;
    if (s.year)
        st = yh_margin_of(k->x, provider, month, &s.margin, err);
    else
        st = yh_clearing_of(k->x, provider, month, &s.cleared, &found, err);
    if (found || (s.year && s.margin.kept && s.margin.kept == s.margin.back + s.margin.lost))
        s.state = YH_S("cleared");
    if (st == YH_OK)
        *out = s;
    return st;
}

static yh_fen net_of(const struct standing *s)
{
    if (yh_eq(s->state, YH_S("cleared")))
        return s->year ? s->margin.back : s->cleared.net;
    return yh_eq(s->state, YH_S("draft")) ? s->draft.net : 0;
}

static void put_provider(const struct yh_provider_row *p, const struct standing *s,
                         struct yh_jsonw *w)
{
    bool done = yh_eq(s->state, YH_S("cleared"));
    yh_jw_object(w);
    yh_jw_kv_str(w, "provider", p->provider);
    yh_jw_kv_str(w, "name", p->name);
    yh_jw_kv_str(w, "kind", p->kind);
    yh_jw_kv_str(w, "office", p->office);
    yh_jw_kv_str(w, "state", s->state);
    yh_jw_kv_i64(w, "net", net_of(s));
    yh_jw_kv_i64(w, "kept", s->year ? s->margin.kept - s->margin.back - s->margin.lost : 0);
    yh_jw_kv_str(w, "officer", done && !s->year ? s->cleared.officer : s->draft.officer);
    yh_jw_kv_str(w, "reviewer", done && !s->year ? s->cleared.reviewer : s->draft.reviewer);
    yh_jw_end(w, '}');
}

enum yh_status yh_look_clearings(const struct yh_look *k, yh_str pool, yh_str month, yh_str q,
                                 yh_str state, struct yh_look_page page, struct yh_jsonw *w,
                                 struct yh_err *err)
{
    struct yh_provider_row like = { .provider = YH_S("") }, *p = NULL;
    int64_t all = 0, cleared = 0, drafts = 0, from = (page.page - 1) * page.size;
    yh_fen net = 0;
    int n = 0;
    uint32_t code;
    enum yh_status st = yh_region_code(pool, &code, err);
    if (st == YH_OK)
        st = yh_list_provider(k->x, (struct yh_span){ .index = YH_BY_KEY }, &like, &p, &n, err);
    yh_jw_kv_array(w, "rows");
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_place at;
        struct standing s;
        if (yh_region_locate(k->world->regions, p[i].office, yh_time_day(k->now), &at, NULL) ||
            at.pool->code != code ||
            (q.n && yh_find(p[i].name, q) < 0 && !yh_eq(p[i].provider, q)))
            continue;
        if ((st = stand(k, pool, p[i].provider, month, &s, err)) != YH_OK)
            break;
        cleared += yh_eq(s.state, YH_S("cleared"));
        drafts += yh_eq(s.state, YH_S("draft"));
        net += net_of(&s);
        if (state.n && !yh_eq(state, s.state))
            continue;
        if (all >= from && all < from + page.size)
            put_provider(&p[i], &s, w);
        all++;
    }
    yh_jw_end(w, ']');
    yh_jw_kv_i64(w, "all", all);
    yh_jw_kv_i64(w, "cleared", cleared);
    yh_jw_kv_i64(w, "drafts", drafts);
    yh_jw_kv_i64(w, "net", net);
    return st;
}

enum yh_status yh_look_own_clearings(const struct yh_look *k, yh_str provider,
                                     struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_clearing_row like = { .provider = provider }, *r = NULL;
    int n = 0;
    enum yh_status st =
        yh_list_clearing(k->x, (struct yh_span){ .index = yh_clearing_by_provider, .same = 1 },
                         &like, &r, &n, err);
    yh_jw_kv_array(w, "rows");
    for (int i = n; st == YH_OK && i-- > 0;) {
        if (!yh_eq(r[i].kind, YH_S("clear")) || r[i].undone_by.n)
            continue;
        yh_jw_object(w);
        yh_jw_kv_str(w, "month", r[i].month);
        yh_jw_kv_i64(w, "payable", r[i].payable);
        yh_jw_kv_i64(w, "bygroup", r[i].bygroup);
        yh_jw_kv_i64(w, "set_off",
                     r[i].recovered + r[i].person_back + r[i].damages - r[i].paid_in);
        yh_jw_kv_i64(w, "margin", r[i].margin);
        yh_jw_kv_i64(w, "net", r[i].net);
        yh_jw_kv_day(w, "day", yh_time_day(r[i].time));
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    return st;
}

/* ---- one month of one provider ---- */

struct file {
    const struct yh_look *k;
    struct yh_provider_row p;
    yh_str region, month;
    struct standing s;
    const struct yh_clearing_row *row;
    struct yh_clearing_case_row *item;
    struct yh_clearing_fund_row *fund;
    int nitem, nfund, waiting;
};

static void figure(struct yh_jsonw *w, const char *name, const char *words, yh_fen v,
                   yh_str why)
{
    yh_jw_object(w);
    yh_jw_kv_str(w, "name", yh_cstr(name));
    yh_jw_kv_str(w, "words", yh_cstr(words));
    yh_jw_kv_i64(w, "amount", v);
    yh_jw_kv_str(w, "why", why);
    yh_jw_end(w, '}');
}

static void put_figures(const struct file *f, struct yh_jsonw *w)
{
    const struct yh_clearing_row *r = f->row;
    struct yh_arena *a = f->k->arena;
    figure(w, "fund", "基金应付（记账）", r->fund,
           yh_fmt(a,
                  "本月结算中各基金应付机构的合计，撤销在其当月减去；共 %lld "
                  "笔。零星报销的不在内，那是付给参保人的",
                  (long long)r->settlements));
    figure(w, "account", "个人账户应付（记账）", r->account,
           YH_S("同上，个人账户与家庭共济应付机构的"));
    figure(w, "bygroup", "按病组或分值付费的差额", r->bygroup,
           f->nitem || r->bygroup
               ? yh_fmt(a,
                        "%d 例住院逐例算：应得 −（总费用 − "
                        "统筹按项目支付），再减统筹按项目支付%s%.*s",
                        f->nitem, r->basis.n ? "；另给的差额依据：" : "", YH_ARG(r->basis))
               : YH_S("本机构按项目付费，也没有另给差额"));
    figure(w, "recovered", "抵扣：基金追回", -r->recovered,
           yh_fmt(a, "已决定案件 %lld 件，先决定的先抵，每案整笔%s", (long long)r->cases,
                  f->waiting
                      ? yh_zdup(a, yh_fmt(a, "；另有 %d 件本月抵不下，等下月", f->waiting))
                      : ""));
    figure(w, "person_back", "抵扣：退还参保人", -r->person_back,
           YH_S("同上，其中参保人自己多付的，退还本人"));
    figure(w, "damages", "抵扣：违约金", -r->damages, YH_S("同上，按协议的违约金"));
    figure(w, "paid_in", "机构已自行缴回", r->paid_in, YH_S("已缴回的不再抵扣"));
    figure(w, "margin", "预留质量保证金", -r->margin,
           r->margin_basis.n ? r->margin_basis : YH_S("没有预留比例的规定，不预留"));
    figure(w, "net", "应拨付", r->net, YH_S("以上各项之和：核定后由财务付给机构的数（拨付）"));
}

static enum yh_status put_stays(const struct file *f,
                                bool (*seen)(void *user, yh_str region, int64_t grp,
                                             yh_str person, yh_str object),
                                void *user, struct yh_jsonw *w, struct yh_err *err)
{
    yh_jw_kv_array(w, "cases");
    for (int i = 0; i < f->nitem && i < STAYS_MOST; i++) {
        const struct yh_clearing_case_row *c = &f->item[i];
        if (!seen(user, c->home, c->home_grp, c->person, c->settlement))
            return yh_fail(err, YH_RETRY, "查阅记录来不及写入");
        yh_jw_object(w);
        yh_jw_kv_str(w, "settlement", c->settlement);
        yh_jw_kv_str(w, "method", c->method);
        yh_jw_kv_str(w, "code", c->code);
        yh_jw_kv_i64(w, "measure", c->measure);
        yh_jw_kv_i64(w, "standard", c->standard);
        yh_jw_kv_i64(w, "total", c->total);
        yh_jw_kv_str(w, "fund", c->fund);
        yh_jw_kv_i64(w, "was", c->was);
        yh_jw_kv_i64(w, "diff", c->diff);
        yh_jw_kv_str(w, "why", c->why);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_kv_i64(w, "cases_all", f->nitem);
    return YH_OK;
}

static void put_funds(const struct file *f, struct yh_jsonw *w)
{
    yh_jw_kv_array(w, "funds");
    for (int i = 0; i < f->nfund; i++) {
        const struct yh_clearing_fund_row *r = &f->fund[i];
        if (!r->fund.n && !r->owed && !r->bygroup && !r->set_off && !r->margin)
            continue;
        yh_jw_object(w);
        yh_jw_kv_str(w, "fund", r->fund);
        yh_jw_kv_str(w, "name",
                     r->fund.n ? yh_fund_title(f->k->world, r->fund)
                               : YH_S("不分基金（另给的差额、违约金、退还与缴回）"));
        yh_jw_kv_i64(w, "owed", r->owed);
        yh_jw_kv_i64(w, "bygroup", r->bygroup);
        yh_jw_kv_i64(w, "set_off", r->set_off);
        yh_jw_kv_i64(w, "margin", r->margin);
        yh_jw_kv_i64(w, "net", r->net);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

static enum yh_status put_off(const struct file *f, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_case_money_row *m = NULL;
    int n = 0;
    struct yh_case_money_row like = { .provider = f->p.provider };
    enum yh_status st = YH_OK;
    yh_jw_kv_array(w, "set_off");
    if (f->row->clearing.n)
        st = yh_list_case_money(
            f->k->x, (struct yh_span){ .index = yh_case_money_by_provider, .same = 1 }, &like,
            &m, &n, err);
    for (int i = 0; i < n; i++) {
        bool again = false;
        for (int j = 0; j < i && !again; j++)
            again = yh_eq(m[j].case_no, m[i].case_no) && yh_eq(m[j].cleared, f->row->clearing);
        if (yh_eq(m[i].cleared, f->row->clearing) && !again)
            yh_jw_str(w, m[i].case_no);
    }
    return st;
}

static void put_draft(const struct file *f, struct yh_jsonw *w)
{
    const struct yh_clearing_draft_row *d = &f->s.draft;
    yh_jw_key(w, YH_S("draft"));
    if (!d->state.n) {
        yh_jw_null(w);
        return;
    }
    char text[32];
    yh_jw_object(w);
    yh_jw_kv_str(w, "state", d->state);
    yh_jw_kv_i64(w, "net", d->net);
    yh_jw_kv_i64(w, "given", d->bygroup);
    yh_jw_kv_str(w, "basis", d->basis);
    yh_jw_kv_str(w, "note", d->note);
    yh_jw_kv_str(w, "officer", d->officer);
    yh_jw_kv_str(w, "time", yh_time_text(text, d->time));
    yh_jw_kv_str(w, "reviewer", d->reviewer);
    yh_jw_kv_str(w, "remark", d->remark);
    yh_jw_end(w, '}');
}

/* A year: what was kept back month by month, and what was given back of it. */
static enum yh_status put_year(const struct file *f, struct yh_jsonw *w, struct yh_err *err)
{
    const struct yh_margin *m = &f->s.margin;
    struct yh_arena *a = f->k->arena;
    figure(w, "kept", "当年预留的质量保证金", m->kept,
           yh_fmt(a, "%d 个月的清算各自预留之和", m->months));
    figure(w, "back", "已返还", -m->back, YH_S("年度考核后返还机构的"));
    figure(w, "lost", "未返还", -m->lost, YH_S("按考核结果不返还，留归基金"));
    figure(w, "open", "尚待考核", m->kept - m->back - m->lost,
           YH_S("以上相减；考核后一次办完"));
    (void)err;
    return YH_OK;
}

static enum yh_status open_file(struct file *f, struct yh_clearing_plan *plan,
                                struct yh_err *err)
{
    struct yh_look k = *f->k;
    char given[32];
    if (yh_eq(f->s.state, YH_S("cleared"))) {
        f->row = &f->s.cleared;
        return yh_clearing_parts(k.x, f->row, &f->item, &f->nitem, &f->fund, &f->nfund, err);
    }
    struct yh_clearing_ask ask = { .provider = f->p.provider,
                                   .month = f->month,
                                   .bygroup = YH_S(""),
                                   .basis = YH_S(""),
                                   .note = YH_S(""),
                                   .officer = YH_S("#"),
                                   .now = k.now };
    if (yh_eq(f->s.state, YH_S("draft")) && f->s.draft.bygroup) {
        ask.bygroup = yh_dup(k.arena, yh_dec_text(given, f->s.draft.bygroup, 2, 2));
        ask.basis = f->s.draft.basis;
    }
    enum yh_status st = yh_clearing_plan(k.x, k.world, &ask, plan, err);
    if (st)
        return st;
    plan->row.clearing = YH_S("");
    f->row = &plan->row;
    f->item = plan->item;
    f->nitem = plan->nitem;
    f->fund = plan->fund;
    f->nfund = plan->nfund;
    f->waiting = plan->waiting;
    return YH_OK;
}

enum yh_status yh_look_clearing(const struct yh_look *k, yh_str provider, yh_str month,
                                yh_str officer,
                                bool (*seen)(void *user, yh_str region, int64_t grp,
                                             yh_str person, yh_str object),
                                void *user, struct yh_jsonw *w, struct yh_err *err)
{
    struct file f = { .k = k, .month = month, .p = { .provider = provider } };
    struct yh_clearing_plan plan = { .nfund = 0 };
    struct yh_place at;
    enum yh_status st = yh_get_provider(k->x, &f.p, err);
    if (st)
        return st == YH_NOT_FOUND
                   ? yh_fail_field(err, YH_NOT_FOUND, "provider", "", "没有登记这家机构")
                   : st;
    st = yh_region_locate(k->world->regions, f.p.office, yh_time_day(k->now), &at, err);
    f.region = yh_fmt(k->arena, "%06u", st ? 0 : (unsigned)at.pool->code);
    if (st == YH_OK)
        st = stand(k, f.region, provider, month, &f.s, err);
    bool done = st == YH_OK && yh_eq(f.s.state, YH_S("cleared"));
    if (st == YH_OK && !officer.n && !done && !f.s.year)
        return yh_fail_field(err, YH_NOT_FOUND, "month", "", "这个月还没有清算");
    if (st == YH_OK && !f.s.year)
        st = open_file(&f, &plan, err);
    if (st)
        return st;
    bool waits = yh_eq(f.s.state, YH_S("draft")), other = !yh_eq(f.s.draft.officer, officer);
    yh_jw_object(w);
    yh_jw_kv_str(w, "provider", provider);
    yh_jw_kv_str(w, "name", f.p.name);
    yh_jw_kv_str(w, "region", f.region);
    yh_jw_kv_str(w, "month", month);
    yh_jw_kv_str(w, "state", f.s.state);
    yh_jw_kv_str(w, "clearing", done && !f.s.year ? f.s.cleared.clearing : YH_S(""));
    yh_jw_kv_str(w, "officer", done && !f.s.year ? f.s.cleared.officer : f.s.draft.officer);
    yh_jw_kv_str(w, "reviewer", done && !f.s.year ? f.s.cleared.reviewer : f.s.draft.reviewer);
    yh_jw_kv_bool(w, "moved", waits && !f.s.year && !yh_eq(plan.digest, f.s.draft.digest));
    yh_jw_kv_array(w, "figures");
    if (f.s.year)
        st = put_year(&f, w, err);
    else
        put_figures(&f, w);
    yh_jw_end(w, ']');
    put_funds(&f, w);
    if (st == YH_OK)
        st = put_stays(&f, seen, user, w, err);
    if (st == YH_OK && f.row)
        st = put_off(&f, w, err);
    else {
        yh_jw_kv_array(w, "set_off");
    }
    if (st == YH_OK)
        for (int i = 0; i < plan.noff; i++)
            yh_jw_str(w, plan.off[i]);
    yh_jw_end(w, ']');
    if (officer.n)
        put_draft(&f, w);
    else {
        yh_jw_key(w, YH_S("draft"));
        yh_jw_null(w);
    }
    /* What this officer may do now. */
    yh_jw_kv_array(w, "acts");
    if (officer.n && !done)
        yh_jw_str(w, f.s.year ? YH_S("margin") : YH_S("draft"));
    if (officer.n && waits && other) {
        yh_jw_str(w, YH_S("confirm"));
        yh_jw_str(w, YH_S("return"));
    }
    if (officer.n && done && !f.s.year)
        yh_jw_str(w, YH_S("undo"));
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return st;
}
