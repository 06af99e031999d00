/* service/clearing/draft.c -- a month's clearing, or a year's margin, by two persons. */
#include <inttypes.h>

#include "engine/ledger/ledger.h"
#include "service/clearing/inside.h"
#include "service/inside.h"

static bool is_year(yh_str month)
{
    return month.n == 4;
}

/* ---- the margin of a year ---- */

enum yh_status yh_margin_of(struct yh_txn *x, yh_str provider, yh_str year,
                            struct yh_margin *out, struct yh_err *err)
{
    struct yh_clearing_row like = { .provider = provider }, *c = NULL;
    struct yh_margin_back_row old = { .provider = provider, .year = year }, *b = NULL;
    struct yh_margin m = { 0 };
    int n = 0, nb = 0;
    enum yh_status st = yh_list_clearing(
        x, (struct yh_span){ .index = yh_clearing_by_provider, .same = 1 }, &like, &c, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        if (yh_starts(c[i].month, year)) {
            m.kept += c[i].margin;
            m.months += yh_eq(c[i].kind, YH_S("clear")) && !c[i].undone_by.n;
        }
    if (st == YH_OK)
        st = yh_list_margin_back(
            x, (struct yh_span){ .index = yh_margin_back_by_provider, .same = 2 }, &old, &b,
            &nb, err);
    for (int i = 0; st == YH_OK && i < nb; i++) {
        m.back += b[i].back;
        m.lost += b[i].lost;
    }
    if (st == YH_OK)
        *out = m;
    return st;
}

/* What is still kept of an ended year, of which `back` is to be given back. */
static enum yh_status plan_margin(struct yh_act *t, const struct yh_clearing_ask *ask,
                                  yh_fen back, struct yh_margin_back_row *out,
                                  struct yh_err *err)
{
    struct yh_margin m;
    struct yh_place place;
    struct yh_provider_row p = { .provider = ask->provider };
    int64_t year = 0;
    if (yh_int_parse(ask->month, &year, NULL) || year < 2000 || year > 2999 ||
        yh_time_day(t->now) < yh_day_of((int)year + 1, 1, 1))
        return yh_refuse(err, YH_REFUSE_CLEAR_YEAR, ask->month, NULL);
    enum yh_status st = yh_get_provider(t->x, &p, err);
    if (st == YH_NOT_FOUND)
        return yh_refuse(err, YH_REFUSE_PROVIDER_UNKNOWN, ask->provider, NULL);
    if (st == YH_OK)
        st = yh_region_locate(t->w->regions, p.office, yh_day_of((int)year, 12, 31), &place,
                              err);
    if (st == YH_OK)
        st = yh_margin_of(t->x, ask->provider, ask->month, &m, err);
    if (st)
        return st;
    yh_fen open = m.kept - m.back - m.lost;
    char text[32];
    if (open <= 0 || back < 0 || back > open || !ask->basis.n)
        return yh_refuse(err, YH_REFUSE_CLEAR_BACK, ask->month, "%.*s 年预留尚余 %.*s 元",
                         YH_ARG(ask->month), YH_ARG(yh_dec_text(text, open, 2, 2)));
    *out = (struct yh_margin_back_row){ .region = yh_fmt(t->x->arena, "%06u", place.pool->code),
                                        .provider = ask->provider,
                                        .year = ask->month,
                                        .kind = YH_S("back"),
                                        .kept = open,
                                        .back = back,
                                        .lost = open - back,
                                        .basis = ask->basis,
                                        .time = t->now };
    return YH_OK;
}

static enum yh_status keep_margin(struct yh_act *t, struct yh_margin_back_row *r,
                                  struct yh_err *err)
{
    struct yh_margin_back_row *row = NULL;
    int n = 0;
    enum yh_status st = yh_list_margin_back(
        t->x, (struct yh_span){ .index = yh_margin_back_by_provider, .same = 2 }, r, &row, &n,
        err);
    r->number =
        yh_fmt(t->x->arena, "%.*s-%.*s-%d", YH_ARG(r->provider), YH_ARG(r->year), n + 1);
    if (st == YH_OK)
        st = yh_clearing_book(
            t, r->region,
            yh_book_margin_back(t->x->arena, r->provider, r->region, r->back, r->lost), &r->seq,
            err);
    return st ? st : yh_add_margin_back(t->x, r, err);
}

static void put_margin(struct yh_act *t, const struct yh_margin_back_row *r)
{
    yh_putz(t->out,
            "#number\tkind\tprovider\tyear\tkept\tback\tlost\tbasis\tofficer\treviewer\n");
    yh_act_put(t, r->number, '\t');
    yh_act_put(t, r->kind, '\t');
    yh_act_put(t, r->provider, '\t');
    yh_act_put(t, r->year, '\t');
    yh_act_put_fen(t, r->kept, '\t');
    yh_act_put_fen(t, r->back, '\t');
    yh_act_put_fen(t, r->lost, '\t');
    yh_act_put(t, r->basis, '\t');
    yh_act_put(t, r->officer, '\t');
    yh_act_put(t, r->reviewer, '\n');
}

enum yh_status yh_margin_undo(struct yh_act *t, bool *mine, struct yh_err *err)
{
    yh_str id = yh_act_text(t, "clearing"), rest = id;
    yh_str provider = yh_cut(&rest, '-'), year = yh_cut(&rest, '-');
    yh_str officer = yh_act_text(t, "officer"), note = yh_act_text(t, "note");
    struct yh_margin_back_row like = { .provider = provider, .year = year }, *row = NULL, was,
                              r;
    int n = 0, at = -1;
    *mine = is_year(year);
    if (!*mine)
        return YH_OK;
    enum yh_status st = yh_list_margin_back(
        t->x, (struct yh_span){ .index = yh_margin_back_by_provider, .same = 2 }, &like, &row,
        &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        at = yh_eq(row[i].number, id) ? i : at;
    if (st || at < 0)
        return st ? st : yh_refuse(err, YH_REFUSE_CLEAR_UNKNOWN, id, NULL);
    if (!officer.n)
        return yh_refuse(err, YH_REFUSE_CASE_OFFICER, YH_S(""), NULL);
    if (!note.n)
        return yh_refuse(err, YH_REFUSE_CASE_NOTE, YH_S(""), NULL);
    was = row[at];
    if (was.undone_by.n || yh_eq(was.kind, YH_S("undo")))
        return yh_refuse(err, YH_REFUSE_CLEAR_UNDONE, id, NULL);
    r = was;
    r.kind = YH_S("undo");
    r.number = yh_fmt(t->x->arena, "%.*s-undo", YH_ARG(id));
    r.undoes = id;
    r.kept = -was.kept;
    r.back = -was.back;
    r.lost = -was.lost;
    r.basis = note;
    r.officer = officer;
    r.reviewer = YH_S("");
    r.time = t->now;
    struct yh_booking b =
        yh_book_margin_back(t->x->arena, was.provider, was.region, was.back, was.lost);
    st = yh_clearing_book(t, r.region, yh_book_undo(t->x->arena, b), &r.seq, err);
    if (st == YH_OK)
        st = yh_add_margin_back(t->x, &r, err);
    was.undone_by = r.number;
    if (st == YH_OK)
        st = yh_put_margin_back(t->x, &was, err);
    if (st == YH_OK)
        put_margin(t, &r);
    return st;
}

/* ---- drafts ---- */

static void put_drafts(struct yh_act *t, const struct yh_clearing_draft_row *r, int n,
                       yh_str month)
{
    yh_putz(t->out,
            "#provider\tmonth\tstate\tnet\tofficer\ttime\treviewer\tremark\tclearing\n");
    for (int i = 0; i < n; i++) {
        if (month.n && !yh_eq(r[i].month, month))
            continue;
        yh_act_put(t, r[i].provider, '\t');
        yh_act_put(t, r[i].month, '\t');
        yh_act_put(t, r[i].state, '\t');
        yh_act_put_fen(t, r[i].net, '\t');
        yh_act_put(t, r[i].officer, '\t');
        yh_act_put_time(t, r[i].time, '\t');
        yh_act_put(t, r[i].reviewer, '\t');
        yh_act_put(t, r[i].remark, '\t');
        yh_act_put(t, r[i].clearing, '\n');
    }
}

static enum yh_status keep_draft(struct yh_act *t, struct yh_clearing_draft_row *d,
                                 const struct yh_clearing_ask *ask, struct yh_err *err)
{
    d->month = ask->month;
    d->provider = ask->provider;
    d->state = YH_S("draft");
    d->basis = ask->basis;
    d->note = ask->note;
    d->officer = ask->officer;
    d->time = t->now;
    enum yh_status st = yh_put_clearing_draft(t->x, d, err);
    if (st == YH_OK)
        put_drafts(t, d, 1, YH_S(""));
    return st;
}

enum yh_status yh_act_clear_draft(struct yh_act *t, struct yh_err *err)
{
    struct yh_clearing_ask ask = yh_clearing_asked(t);
    struct yh_clearing_plan plan;
    struct yh_clearing_row was;
    bool found = false;
    enum yh_status st = yh_clearing_of(t->x, ask.provider, ask.month, &was, &found, err);
    if (st == YH_OK && found)
        return yh_refuse(err, YH_REFUSE_CLEAR_TWICE, was.clearing, NULL);
    if (st == YH_OK)
        st = yh_clearing_plan(t->x, t->w, &ask, &plan, err);
    if (st)
        return st;
    struct yh_clearing_draft_row d = { .region = plan.row.region,
                                       .digest = plan.digest,
                                       .net = plan.row.net };
    if (ask.bygroup.n && yh_fen_parse(ask.bygroup, &d.bygroup, NULL))
        return yh_refuse(err, YH_REFUSE_CLEAR_BYGROUP, ask.bygroup, NULL);
    return keep_draft(t, &d, &ask, err);
}

enum yh_status yh_act_clear_margin(struct yh_act *t, struct yh_err *err)
{
    struct yh_clearing_ask ask = yh_clearing_asked(t);
    struct yh_margin_back_row r;
    yh_str text = yh_act_text(t, "back");
    yh_fen back = -1;
    if (!ask.officer.n)
        return yh_refuse(err, YH_REFUSE_CASE_OFFICER, YH_S(""), NULL);
    if (yh_fen_parse(text, &back, NULL) || back < 0)
        return yh_refuse(err, YH_REFUSE_CLEAR_BACK, text, NULL);
    enum yh_status st = plan_margin(t, &ask, back, &r, err);
    if (st)
        return st;
    struct yh_clearing_draft_row d = { .region = r.region,
                                       .digest = yh_fmt(t->x->arena, "%" PRId64, r.kept),
                                       .net = back,
                                       .bygroup = back };
    return keep_draft(t, &d, &ask, err);
}

/* The draft of the act's provider and month, which waits; the officer is not who made it. */
static enum yh_status take(struct yh_act *t, const struct yh_clearing_ask *ask,
                           struct yh_clearing_draft_row *out, struct yh_err *err)
{
    struct yh_provider_row p = { .provider = ask->provider };
    struct yh_place place;
    if (!ask->officer.n)
        return yh_refuse(err, YH_REFUSE_CASE_OFFICER, YH_S(""), NULL);
    enum yh_status st = yh_get_provider(t->x, &p, err);
    if (st == YH_NOT_FOUND)
        return yh_refuse(err, YH_REFUSE_PROVIDER_UNKNOWN, ask->provider, NULL);
    if (st == YH_OK)
        st = yh_region_locate(t->w->regions, p.office, yh_time_day(t->now), &place, err);
    if (st)
        return st;
    *out =
        (struct yh_clearing_draft_row){ .region = yh_fmt(t->x->arena, "%06u", place.pool->code),
                                        .month = ask->month,
                                        .provider = ask->provider };
    st = yh_get_clearing_draft(t->x, out, err);
    if (st == YH_NOT_FOUND || (st == YH_OK && !yh_eq(out->state, YH_S("draft"))))
        return yh_refuse(err, YH_REFUSE_CLEAR_DRAFT, ask->month, NULL);
    if (st == YH_OK && yh_eq(out->officer, ask->officer))
        return yh_refuse(err, YH_REFUSE_CLEAR_SECOND, ask->officer, NULL);
    return st;
}

static enum yh_status moved(struct yh_err *err, yh_str month, yh_fen was, yh_fen now)
{
    char a[32], b[32];
    return yh_refuse(err, YH_REFUSE_CLEAR_MOVED, month, "草案应拨付 %.*s 元，现在算得 %.*s 元",
                     YH_ARG(yh_dec_text(a, was, 2, 2)), YH_ARG(yh_dec_text(b, now, 2, 2)));
}

static enum yh_status confirm_month(struct yh_act *t, const struct yh_clearing_ask *by,
                                    struct yh_clearing_draft_row *d, struct yh_err *err)
{
    struct yh_clearing_ask ask = { .provider = d->provider,
                                   .month = d->month,
                                   .basis = d->basis,
                                   .note = d->note,
                                   .officer = d->officer,
                                   .now = t->now };
    struct yh_clearing_plan plan;
    struct yh_clearing_row was;
    char text[32];
    bool found = false;
    if (d->bygroup)
        ask.bygroup = yh_dup(t->x->arena, yh_dec_text(text, d->bygroup, 2, 2));
    enum yh_status st = yh_clearing_of(t->x, d->provider, d->month, &was, &found, err);
    if (st == YH_OK && found)
        return yh_refuse(err, YH_REFUSE_CLEAR_TWICE, was.clearing, NULL);
    if (st == YH_OK)
        st = yh_clearing_plan(t->x, t->w, &ask, &plan, err);
    if (st == YH_OK && !yh_eq(plan.digest, d->digest))
        return moved(err, d->month, d->net, plan.row.net);
    if (st == YH_OK)
        st = yh_clearing_keep(t, &plan, by->officer, err);
    if (st)
        return st;
    d->clearing = plan.row.clearing;
    yh_clearing_put(t, &plan.row);
    return YH_OK;
}

static enum yh_status confirm_margin(struct yh_act *t, const struct yh_clearing_ask *by,
                                     struct yh_clearing_draft_row *d, struct yh_err *err)
{
    struct yh_clearing_ask ask = { .provider = d->provider,
                                   .month = d->month,
                                   .basis = d->basis };
    struct yh_margin_back_row r;
    enum yh_status st = plan_margin(t, &ask, d->bygroup, &r, err);
    if (st)
        return st;
    if (!yh_eq(yh_fmt(t->x->arena, "%" PRId64, r.kept), d->digest))
        return moved(err, d->month, d->net, r.kept);
    r.officer = d->officer;
    r.reviewer = by->officer;
    if ((st = keep_margin(t, &r, err)) != YH_OK)
        return st;
    d->clearing = r.number;
    put_margin(t, &r);
    return YH_OK;
}

enum yh_status yh_act_clear_confirm(struct yh_act *t, struct yh_err *err)
{
    struct yh_clearing_ask by = yh_clearing_asked(t);
    struct yh_clearing_draft_row d;
    enum yh_status st = take(t, &by, &d, err);
    if (st == YH_OK)
        st =
            is_year(d.month) ? confirm_margin(t, &by, &d, err) : confirm_month(t, &by, &d, err);
    if (st)
        return st;
    d.state = YH_S("confirmed");
    d.reviewer = by.officer;
    d.reviewed = t->now;
    return yh_put_clearing_draft(t->x, &d, err);
}

enum yh_status yh_act_clear_return(struct yh_act *t, struct yh_err *err)
{
    struct yh_clearing_ask by = yh_clearing_asked(t);
    struct yh_clearing_draft_row d;
    enum yh_status st = take(t, &by, &d, err);
    if (st)
        return st;
    if (!by.note.n)
        return yh_refuse(err, YH_REFUSE_CASE_NOTE, YH_S(""), NULL);
    d.state = YH_S("returned");
    d.reviewer = by.officer;
    d.remark = by.note;
    d.reviewed = t->now;
    st = yh_put_clearing_draft(t->x, &d, err);
    if (st == YH_OK)
        put_drafts(t, &d, 1, YH_S(""));
    return st;
}

enum yh_status yh_act_clear_drafts(struct yh_act *t, struct yh_err *err)
{
    struct yh_clearing_ask ask = yh_clearing_asked(t);
    struct yh_clearing_draft_row like = { .region = yh_act_text(t, "region") }, *row = NULL;
    int n = 0;
    enum yh_status st = yh_list_clearing_draft(
        t->x, (struct yh_span){ .index = YH_BY_KEY, .same = like.region.n ? 1 : 0 }, &like,
        &row, &n, err);
    if (st == YH_OK)
        put_drafts(t, row, n, ask.month);
    return st;
}
