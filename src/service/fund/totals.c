/* service/fund/totals.c -- sums of the ledger by fund and month, brought up to date. */
#include <stdio.h>
#include "model/ledger/ledger.h"
#include "service/fund/fund.h"
#include "store/archive/archive.h"

#define CHUNK 20000 /* groups a view */

/* How far each group of a region was counted, groups rising. */
struct mark {
    int64_t grp;
    int32_t seq, month; /* month: the last one that an entry of a fund was seen in */
};
struct marks {
    char region[8];
    struct mark *mark;
    int n, cap;
};
struct yh_fund_totals {
    struct marks *region;
    int nregion;
    struct yh_fund_month *month;
    int nmonth, cap_month, last_month;
    struct yh_care_month *care;
    int ncare, cap_care, last_care;
    struct yh_paid_month *paid;
    int npaid, cap_paid;
    struct { /* archived years that are in */
        char digest[68];
    } * year;
    int nyear;
    struct yh_fund_missing *missing;
    int nmissing;
    bool torn; /* a chunk broke off half counted: begin anew */
};

struct yh_fund_totals *yh_fund_totals_open(void)
{
    struct yh_fund_totals *t = yh_heap(NULL, sizeof *t);
    memset(t, 0, sizeof *t);
    return t;
}

void yh_fund_totals_close(struct yh_fund_totals *t)
{
    if (!t)
        return;
    for (int i = 0; i < t->nregion; i++)
        (void)yh_heap(t->region[i].mark, 0);
    (void)yh_heap(t->region, 0);
    (void)yh_heap(t->month, 0);
    (void)yh_heap(t->care, 0);
    (void)yh_heap(t->paid, 0);
    (void)yh_heap(t->year, 0);
    (void)yh_heap(t->missing, 0);
    (void)yh_heap(t, 0);
}

int yh_fund_totals_months(const struct yh_fund_totals *t, const struct yh_fund_month **row)
{
    *row = t->month;
    return t->nmonth;
}

int yh_fund_totals_care(const struct yh_fund_totals *t, const struct yh_care_month **row)
{
    *row = t->care;
    return t->ncare;
}

int yh_fund_totals_paid(const struct yh_fund_totals *t, const struct yh_paid_month **row)
{
    *row = t->paid;
    return t->npaid;
}

int yh_fund_totals_missing(const struct yh_fund_totals *t, const struct yh_fund_missing **row)
{
    *row = t->missing;
    return t->nmissing;
}

/* ---- rows of the sums: a few hundred; entries of one month come together, so the last is tried first ---- */

static bool is(const char *have, yh_str want)
{
    return yh_eq(yh_cstr(have), want);
}

static struct yh_fund_month *month_of(struct yh_fund_totals *t, yh_str region, yh_str fund,
                                      int month)
{
    for (int k = 0; k < t->nmonth; k++) {
        int i = (t->last_month + k) % t->nmonth;
        struct yh_fund_month *m = &t->month[i];
        if (m->month == month && is(m->fund, fund) && is(m->region, region)) {
            t->last_month = i;
            return m;
        }
    }
    if (t->nmonth == t->cap_month) {
        t->cap_month = t->cap_month ? 2 * t->cap_month : 64;
        t->month = yh_heap(t->month, (size_t)t->cap_month * sizeof *t->month);
    }
    struct yh_fund_month *m = &t->month[t->nmonth++];
    *m = (struct yh_fund_month){ .month = month, .last = -1 };
    (void)snprintf(m->region, sizeof m->region, "%.*s", YH_ARG(region));
    (void)snprintf(m->fund, sizeof m->fund, "%.*s", YH_ARG(fund));
    return m;
}

static struct yh_care_month *care_of(struct yh_fund_totals *t, yh_str region, yh_str scheme,
                                     int month, bool stay)
{
    for (int k = 0; k < t->ncare; k++) {
        int i = (t->last_care + k) % t->ncare;
        struct yh_care_month *m = &t->care[i];
        if (m->month == month && m->stay == stay && is(m->scheme, scheme) &&
            is(m->region, region)) {
            t->last_care = i;
            return m;
        }
    }
    if (t->ncare == t->cap_care) {
        t->cap_care = t->cap_care ? 2 * t->cap_care : 64;
        t->care = yh_heap(t->care, (size_t)t->cap_care * sizeof *t->care);
    }
    struct yh_care_month *m = &t->care[t->ncare++];
    *m = (struct yh_care_month){ .month = month, .stay = stay };
    (void)snprintf(m->region, sizeof m->region, "%.*s", YH_ARG(region));
    (void)snprintf(m->scheme, sizeof m->scheme, "%.*s", YH_ARG(scheme));
    return m;
}

static struct yh_paid_month *paid_of(struct yh_fund_totals *t, yh_str region, yh_str fund,
                                     int month)
{
    for (int i = t->npaid; i-- > 0;)
        if (t->paid[i].month == month && is(t->paid[i].fund, fund) &&
            is(t->paid[i].region, region))
            return &t->paid[i];
    if (t->npaid == t->cap_paid) {
        t->cap_paid = t->cap_paid ? 2 * t->cap_paid : 64;
        t->paid = yh_heap(t->paid, (size_t)t->cap_paid * sizeof *t->paid);
    }
    struct yh_paid_month *m = &t->paid[t->npaid++];
    *m = (struct yh_paid_month){ .month = month };
    (void)snprintf(m->region, sizeof m->region, "%.*s", YH_ARG(region));
    (void)snprintf(m->fund, sizeof m->fund, "%.*s", YH_ARG(fund));
    return m;
}

/* ---- one chunk of groups ---- */

struct pass {
    struct yh_fund_totals *t;
    struct mark *old; /* of this chunk, parallel to `group` */
    int32_t *month;   /* likewise: as of now */
    const struct yh_account_group_row *group;
    int n, at;
};

/* Which group of the chunk a row is of, and is it new?  Rows come in the order of groups. */
static bool fresh(struct pass *p, int64_t grp, int64_t seq)
{
    while (p->at < p->n && p->group[p->at].grp < grp)
        p->at++;
    return p->at < p->n && p->group[p->at].grp == grp && seq > p->old[p->at].seq &&
           seq <= p->group[p->at].seq;
}

static bool on_entry(void *user, const void *row)
{
    struct pass *p = user;
    const struct yh_ledger_entry_row *e = row;
    enum yh_account_kind kind;
    yh_str fund;
    if (!fresh(p, e->grp, e->seq) || !yh_account_read(e->account, &kind, &fund))
        return true;
    if (kind == YH_ACCOUNT_BANK)
        paid_of(p->t, e->region, YH_S(""), yh_month_of(yh_time_day(e->time)))->persons +=
            e->credit - e->debit;
    if (kind != YH_ACCOUNT_FUND)
        return true;
    struct yh_fund_month *m =
        month_of(p->t, e->region, fund, yh_month_of(yh_time_day(e->time)));
    m->charged += e->debit;
    m->back += e->credit;
    m->bookings += e->settlement.n > 0;
    if (m->month > p->old[p->at].month && m->last != e->grp) {
        m->groups++;
        m->last = e->grp;
    }
    p->month[p->at] = yh_max(p->month[p->at], m->month);
    return true;
}

static bool on_settlement(void *user, const void *row)
{
    struct pass *p = user;
    const struct yh_settlement_row *s = row;
    if (!fresh(p, s->grp, s->seq))
        return true;
    struct yh_care_month *m = care_of(
        p->t, s->region, s->scheme, yh_month_of(yh_time_day(s->time)), yh_is_stay(s->med_type));
    int64_t one = yh_eq(s->kind, YH_S("undo")) ? -1 : 1;
    m->bills += one;
    m->direct += yh_is_manual(s) ? 0 : one;
    m->local += yh_eq(s->office, s->place) && !yh_is_manual(s) ? one : 0;
    m->total += s->total;
    m->scope += s->scope;
    m->fund += s->fund;
    m->basic += s->basic;
    m->beyond += s->serious + s->large;
    m->person_part += s->person_part;
    m->cash += s->cash;
    return true;
}

/* What clearings and margins given back fixed: the agency's own group. */
static enum yh_status read_paid(struct yh_txn *x, struct pass *p, int at, struct yh_err *err)
{
    yh_str region = p->group[at].region;
    struct yh_span span = { .index = YH_BY_KEY,
                            .same = 2,
                            .ranged = true,
                            .from = p->old[at].seq + 1,
                            .to = p->group[at].seq + 1 };
    struct yh_clearing_row like = { .region = region }, *c = NULL;
    struct yh_margin_back_row back = { .region = region }, *b = NULL;
    int n = 0, nb = 0;
    enum yh_status st = yh_list_clearing(x, span, &like, &c, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_clearing_fund_row part = { .region = region, .seq = c[i].seq }, *f = NULL;
        int nf = 0, month = yh_month_of(yh_time_day(c[i].time));
        yh_fen left = c[i].net;
        st = yh_list_clearing_fund(x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &part,
                                   &f, &nf, err);
        for (int k = 0; st == YH_OK && k < nf; k++) {
            paid_of(p->t, region, f[k].fund, month)->providers += f[k].net;
            left -= f[k].net;
        }
        /* A clearing of before its funds were kept: of no fund that we know. */
        if (st == YH_OK && left)
            paid_of(p->t, region, YH_S(""), month)->providers += left;
    }
    if (st == YH_OK)
        st = yh_list_margin_back(x, span, &back, &b, &nb, err);
    for (int i = 0; st == YH_OK && i < nb; i++)
        paid_of(p->t, region, YH_S(""), yh_month_of(yh_time_day(b[i].time)))->providers +=
            b[i].back;
    return st;
}

/* New rows of groups [from, to) of the chunk, which stand together in both tables. */
static enum yh_status read_run(struct yh_txn *x, struct pass *p, int from, int to,
                               struct yh_err *err)
{
    struct yh_span span = { .index = YH_BY_KEY,
                            .same = 1,
                            .ranged = true,
                            .from = p->group[from].grp,
                            .to = p->group[to - 1].grp + 1 };
    struct yh_ledger_entry_row entry = { .region = p->group[from].region, .grp = span.from };
    struct yh_settlement_row bill = { .region = entry.region, .grp = span.from };
    if (to - from == 1) {
        span.same = 2;
        span.from = p->old[from].seq + 1;
        span.to = p->group[from].seq + 1;
    }
    p->at = from;
    enum yh_status st = yh_each_ledger_entry(x, span, &entry, on_entry, p, err);
    p->at = from;
    return st ? st : yh_each_settlement(x, span, &bill, on_settlement, p, err);
}

/* Groups that moved and stand near each other are read as one run: in the first pass, all of them. */
static enum yh_status read_chunk(struct yh_txn *x, struct pass *p, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    for (int i = 0; st == YH_OK && i < p->n;) {
        int to = i + 1;
        if (p->group[i].seq <= p->old[i].seq) {
            i++;
            continue;
        }
        while (to < p->n && p->old[i].seq == 0 && p->old[to].seq == 0)
            to++;
        st = read_run(x, p, i, to, err);
        if (st == YH_OK && p->group[i].grp == 0)
            st = read_paid(x, p, i, err);
        i = to;
    }
    return st;
}

static void put_mark(struct marks *m, struct mark v)
{
    if (m->n == m->cap) {
        m->cap = m->cap ? 2 * m->cap : 1024;
        m->mark = yh_heap(m->mark, (size_t)m->cap * sizeof *m->mark);
    }
    m->mark[m->n++] = v;
}

struct walk {
    struct yh_fund_totals *t;
    struct yh_store *s;
    struct yh_arena arena;
    const atomic_bool *stop;
    void (*progress)(void *user, int64_t groups);
    void *user;
    int64_t groups;
};

/* Groups of the region from `from` on; *last: the last one read, or -1 at the end.  What was counted
 * is marked even when a later chunk fails. */
static enum yh_status chunk(struct walk *k, struct marks *m, int64_t from, int *at,
                            struct marks *now, int64_t *last, struct yh_err *err)
{
    struct yh_txn view;
    struct yh_account_group_row like = { .region = yh_cstr(m->region) };
    struct yh_span span = { .index = YH_BY_KEY,
                            .same = 1,
                            .ranged = true,
                            .from = from,
                            .to = INT64_MAX,
                            .most = CHUNK };
    struct pass p = { .t = k->t };
    struct yh_account_group_row *group = NULL;
    yh_arena_reset(&k->arena);
    enum yh_status st = yh_view_open(k->s, &k->arena, &view, err);
    if (st)
        return st;
    st = yh_list_account_group(&view, span, &like, &group, &p.n, err);
    if (st == YH_OK && p.n) {
        struct mark *old = YH_NEW(&k->arena, struct mark, p.n);
        for (int i = 0; i < p.n; i++) {
            while (*at < m->n && m->mark[*at].grp < group[i].grp)
                (*at)++;
            bool known = *at < m->n && m->mark[*at].grp == group[i].grp;
            old[i] = known ? m->mark[*at] : (struct mark){ .grp = group[i].grp };
        }
        p.group = group;
        p.old = old;
        p.month = YH_NEW(&k->arena, int32_t, p.n);
        st = read_chunk(&view, &p, err);
        k->t->torn = st != YH_OK;
    }
    yh_view_close(&view);
    if (st)
        return st;
    for (int i = 0; i < p.n; i++)
        put_mark(now, (struct mark){ group[i].grp, (int32_t)group[i].seq,
                                     (int32_t)yh_max(p.old[i].month, p.month[i]) });
    *last = p.n == CHUNK ? group[p.n - 1].grp : -1;
    k->groups += p.n;
    if (k->progress)
        k->progress(k->user, k->groups);
    return YH_OK;
}

static enum yh_status refresh_region(struct walk *k, struct marks *m, struct yh_err *err)
{
    struct marks now = { .n = 0 };
    int at = 0;
    int64_t from = 0, last = 0;
    enum yh_status st = YH_OK;
    while (st == YH_OK && last >= 0) {
        st = k->stop && *k->stop ? yh_fail(err, YH_RETRY, "汇总已停止")
                                 : chunk(k, m, from, &at, &now, &last, err);
        from = last + 1;
    }
    /* A walk that broke off: what it did not reach keeps the old mark. */
    for (int i = 0; st && i < m->n; i++)
        if (!now.n || m->mark[i].grp > now.mark[now.n - 1].grp)
            put_mark(&now, m->mark[i]);
    (void)yh_heap(m->mark, 0);
    m->mark = now.mark;
    m->n = now.n;
    m->cap = now.cap;
    return st;
}

static struct marks *region_of(struct yh_fund_totals *t, yh_str region)
{
    for (int i = 0; i < t->nregion; i++)
        if (is(t->region[i].region, region))
            return &t->region[i];
    t->region = yh_heap(t->region, (size_t)(t->nregion + 1) * sizeof *t->region);
    struct marks *m = &t->region[t->nregion++];
    *m = (struct marks){ .n = 0 };
    (void)snprintf(m->region, sizeof m->region, "%.*s", YH_ARG(region));
    return m;
}

enum yh_status yh_fund_totals_refresh(struct yh_fund_totals *t, struct yh_store *s,
                                      const struct yh_world *w, const atomic_bool *stop,
                                      void (*progress)(void *user, int64_t groups), void *user,
                                      struct yh_err *err)
{
    struct walk k = { .t = t, .s = s, .stop = stop, .progress = progress, .user = user };
    enum yh_status st = yh_arena_open(&k.arena, (size_t)1 << 30, err);
    uint32_t last = 0;
    for (int i = 0; t->torn && i < t->nregion; i++)
        t->region[i].n = 0;
    if (t->torn)
        t->nmonth = t->ncare = t->npaid = t->nyear = t->last_month = t->last_care = 0;
    t->torn = false;
    for (int i = 0; st == YH_OK && i < w->regions->n; i++) {
        const struct yh_region *r = &w->regions->row[i];
        char code[8];
        if (r->kind != YH_REGION_POOL || r->code == last)
            continue;
        last = r->code;
        (void)snprintf(code, sizeof code, "%06u", (unsigned)r->code);
        st = refresh_region(&k, region_of(t, yh_cstr(code)), err);
    }
    yh_arena_close(&k.arena);
    return st;
}

/* ---- closed years, from their archives ---- */

static void add_pay(struct yh_fund_totals *t, yh_str region, yh_str fund, int month,
                    int64_t grp, yh_fen amount)
{
    struct yh_fund_month *m = month_of(t, region, fund, month);
    *(amount < 0 ? &m->back : &m->charged) += amount < 0 ? -amount : amount;
    m->bookings++;
    m->archived += m->last != grp;
    m->last = grp;
}

/* Rows of a bill's own, or, where an undoing has none, those of what it undoes, turned round. */
static int rows_of(const struct yh_arc_chunk *c, const struct yh_arc_head *h, int64_t i,
                   bool pays, int64_t *from, int64_t *to)
{
    for (int turn = 1;; turn = -1, i = h->undoes) {
        if (pays)
            YH_ARC_SPAN(c, head, pay, i, from, to);
        else
            YH_ARC_SPAN(c, head, cut, i, from, to);
        if (*from < *to || h->kind != 1 || h->undoes < 0 || turn < 0)
            return turn;
    }
}

/* What each fund paid of one bill: the provider's own waiver and the account are layers, but no funds. */
static void add_head(struct yh_fund_totals *t, const struct yh_archive *a,
                     const struct yh_arc_chunk *c, yh_str region, int64_t i)
{
    struct yh_arc_head h;
    struct yh_arc_person who;
    int64_t from, to;
    yh_arc_get_head(c, i, &h);
    yh_arc_get_person(c, h.person, &who);
    int month = yh_month_of(yh_time_day(h.time));
    bool waived = h.waiver == 0;
    int turn = rows_of(c, &h, i, true, &from, &to);
    for (int64_t k = from; k < to; k++) {
        struct yh_arc_pay pay;
        yh_arc_get_pay(c, k, &pay);
        yh_str fund = yh_arc_dict_text(&a->dicts, YH_DICT_FUND, pay.fund);
        yh_fen amount = turn * (pay.amount + pay.beyond);
        if (!waived && turn * pay.amount == h.waiver)
            waived = true;
        else if (fund.n && amount && !yh_eq(fund, YH_S("310200")))
            add_pay(t, region, fund, month, who.grp, amount);
    }
    struct yh_care_month *m = care_of(
        t, region, yh_arc_dict_text(&a->dicts, YH_DICT_SCHEME, h.scheme), month, h.stay);
    int64_t one = h.kind == 1 ? -1 : 1;
    m->bills += one;
    m->direct += one;
    m->local += h.office == h.place ? one : 0;
    turn = rows_of(c, &h, i, false, &from, &to);
    for (int64_t k = from; k < to; k++) {
        struct yh_arc_cut cut;
        yh_arc_get_cut(c, k, &cut);
        m->total += turn * (cut.outside + cut.over + cut.first + cut.scope);
        m->scope += turn * cut.scope;
    }
    m->fund += yh_arc_fund(&h);
    m->basic += h.basic;
    m->beyond += h.serious + h.large;
}

static enum yh_status add_archive(struct yh_fund_totals *t, const struct yh_archive *a,
                                  yh_str region, const atomic_bool *stop, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    for (int i = 0; i < t->nmonth; i++)
        t->month[i].last = -1;
    for (int k = 0; st == YH_OK && k < a->nchunk; k++) {
        struct yh_arc_chunk c;
        if (stop && *stop)
            return yh_fail(err, YH_RETRY, "汇总已停止");
        st = yh_archive_chunk(a, k, &c, err);
        for (int64_t i = 0; st == YH_OK && i < c.n[YH_ARC_head]; i++)
            add_head(t, a, &c, region, i);
        if (st == YH_OK)
            yh_archive_drop(a, k);
    }
    /* A group may be in archive and books: never more than there are. */
    for (int i = 0; i < t->nmonth; i++) {
        t->month[i].groups = yh_max(t->month[i].groups, t->month[i].archived);
        t->month[i].last = -1;
    }
    return st;
}

static void miss(struct yh_fund_totals *t, const struct yh_archived_year_row *y,
                 const char *why)
{
    t->missing = yh_heap(t->missing, (size_t)(t->nmissing + 1) * sizeof *t->missing);
    struct yh_fund_missing *m = &t->missing[t->nmissing++];
    *m = (struct yh_fund_missing){ .year = (int)y->year, .fund = y->fund };
    (void)snprintf(m->region, sizeof m->region, "%.*s", YH_ARG(y->region));
    (void)snprintf(m->why, sizeof m->why, "%s", why);
}

static bool is_in(const struct yh_fund_totals *t, yh_str digest)
{
    for (int i = 0; i < t->nyear; i++)
        if (is(t->year[i].digest, digest))
            return true;
    return false;
}

static enum yh_status one_year(struct yh_fund_totals *t, const struct yh_archived_year_row *y,
                               const char *data, const atomic_bool *stop, struct yh_err *err)
{
    char path[1024], digest[65] = "";
    struct yh_err why = { 0 };
    struct yh_archive *a = yh_heap(NULL, sizeof *a);
    (void)snprintf(path, sizeof path, "%s/%.*s", data ? data : ".", YH_ARG(y->file));
    enum yh_status st = yh_archive_open(path, a, &why);
    if (st == YH_OK)
        yh_hex(digest, a->digest, 32);
    if (st) {
        miss(t, y, why.text[0] ? why.text : "档案文件打不开");
    } else if (!is(digest, y->digest)) {
        miss(t, y, "档案文件与登记的摘要不符");
    } else {
        st = add_archive(t, a, y->region, stop, err);
        t->torn = st != YH_OK; /* half of it is in: begin anew */
        if (st == YH_OK) {
            t->year = yh_heap(t->year, (size_t)(t->nyear + 1) * sizeof *t->year);
            (void)snprintf(t->year[t->nyear++].digest, sizeof t->year->digest, "%s", digest);
        }
        yh_archive_close(a);
        (void)yh_heap(a, 0);
        return st;
    }
    if (st == YH_OK)
        yh_archive_close(a);
    (void)yh_heap(a, 0);
    return YH_OK;
}

enum yh_status yh_fund_totals_archives(struct yh_fund_totals *t, struct yh_store *s,
                                       const char *data, const atomic_bool *stop,
                                       struct yh_err *err)
{
    struct yh_arena arena;
    struct yh_txn view;
    struct yh_archived_year_row like = { .region = YH_S("") }, *y = NULL;
    int n = 0;
    enum yh_status st = yh_arena_open(&arena, (size_t)64 << 20, err);
    if (st)
        return st;
    t->nmissing = 0;
    if ((st = yh_view_open(s, &arena, &view, err)) == YH_OK) {
        st = yh_list_archived_year(&view, (struct yh_span){ .index = YH_BY_KEY }, &like, &y, &n,
                                   err);
        yh_view_close(&view);
    }
    for (int i = 0; st == YH_OK && i < n; i++)
        if (!is_in(t, y[i].digest))
            st = one_year(t, &y[i], data, stop, err);
    yh_arena_close(&arena);
    return st;
}
