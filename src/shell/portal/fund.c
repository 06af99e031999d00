/* shell/portal/fund.c -- 驾驶舱: sums of the ledger by fund and month, kept beside everything and never
 * older than FUND_AGE seconds and one walk; settlements of this minute, counted as they pass the door. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "service/fund/fund.h"
#include "shell/portal/inside.h"

#define FUND_AGE 60 /* seconds: what is older is brought up to date before it is shown */
#define MINUTES 60

struct yh_portal_fund {
    struct yh_portal *p;
    pthread_mutex_t lock;
    pthread_t thread;
    bool running, joined, ready;
    atomic_bool stop;
    int64_t groups;      /* walked so far */
    yh_time as_of, done; /* of what is shown: its walk began, ended */
    char failed[320];
    struct yh_fund_totals *totals; /* the thread's alone while it runs */
    struct yh_fund_month *month;   /* copies, under the lock */
    struct yh_care_month *care;
    struct yh_paid_month *paid;
    struct yh_fund_missing *missing;
    int nmonth, ncare, npaid, nmissing;
    /* Settled and refused calls of the last hour, by minute; a slot of an older minute counts as empty. */
    atomic_llong minute[MINUTES], settled[MINUTES], refused[MINUTES];
};

struct yh_portal_fund *fund_open(struct yh_portal *p)
{
    struct yh_portal_fund *f = yh_heap(NULL, sizeof *f);
    memset(f, 0, sizeof *f);
    f->p = p;
    f->joined = true;
    f->totals = yh_fund_totals_open();
    pthread_mutex_init(&f->lock, NULL);
    return f;
}

void fund_stop(struct yh_portal_fund *f)
{
    f->stop = true;
    if (!f->joined)
        pthread_join(f->thread, NULL);
    f->joined = true;
}

void fund_close(struct yh_portal_fund *f)
{
    yh_fund_totals_close(f->totals);
    (void)yh_heap(f->month, 0);
    (void)yh_heap(f->care, 0);
    (void)yh_heap(f->paid, 0);
    (void)yh_heap(f->missing, 0);
    pthread_mutex_destroy(&f->lock);
    yh_heap(f, 0);
}

/* ---- the pulse ---- */

static bool settles(yh_str infno)
{
    static const char *const ROW[] = { "2207", "2304", "2102" };
    for (int i = 0; i < YH_COUNT(ROW); i++)
        if (yh_eq(infno, yh_cstr(ROW[i])))
            return true;
    return false;
}

/* Two threads may open a minute at once; a call may then be missed, which a pulse can bear. */
void fund_pulse(struct yh_portal_fund *f, yh_str infno, bool ok)
{
    if (!settles(infno))
        return;
    long long now = portal_now() / 60, old = atomic_load(&f->minute[now % MINUTES]);
    int at = (int)(now % MINUTES);
    if (old != now && atomic_compare_exchange_strong(&f->minute[at], &old, now)) {
        atomic_store(&f->settled[at], 0);
        atomic_store(&f->refused[at], 0);
    }
    atomic_fetch_add(ok ? &f->settled[at] : &f->refused[at], 1);
}

enum yh_status portal_fund_pulse(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)err;
    struct yh_portal_fund *f = c->p->fund;
    yh_time now = portal_now();
    long long minute = now / 60;
    yh_jw_object(w);
    char text[32];
    yh_jw_kv_str(w, "now", yh_time_text(text, now));
    yh_jw_kv_array(w, "rows");
    for (long long m = minute - MINUTES + 1; m <= minute; m++) {
        int at = (int)(m % MINUTES);
        bool live = atomic_load(&f->minute[at]) == m;
        yh_str t = yh_time_text(text, (yh_time)m * 60);
        yh_jw_object(w);
        yh_jw_kv_str(w, "minute", yh_sub(t, 11, 16));
        yh_jw_kv_i64(w, "settled", live ? atomic_load(&f->settled[at]) : 0);
        yh_jw_kv_i64(w, "refused", live ? atomic_load(&f->refused[at]) : 0);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

/* ---- bringing up to date ---- */

static void progress(void *user, int64_t groups)
{
    struct yh_portal_fund *f = user;
    pthread_mutex_lock(&f->lock);
    f->groups = groups;
    pthread_mutex_unlock(&f->lock);
}

static void *copy(void *old, const void *from, size_t n)
{
    void *to = yh_heap(old, n ? n : 1);
    if (n)
        memcpy(to, from, n);
    return to;
}

static void *fund_thread(void *arg)
{
    struct yh_portal_fund *f = arg;
    struct yh_err err = { 0 };
    const struct yh_fund_month *month;
    const struct yh_care_month *care;
    const struct yh_paid_month *paid;
    const struct yh_fund_missing *missing;
    (void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 15); /* settlement comes first */
    yh_time from = portal_now();
    enum yh_status st =
        yh_fund_totals_refresh(f->totals, yh_service_store(f->p->config.service),
                               &f->p->config.realm->world, &f->stop, progress, f, &err);
    if (st == YH_OK)
        st = yh_fund_totals_archives(f->totals, yh_service_store(f->p->config.service),
                                     f->p->config.data, &f->stop, &err);
    pthread_mutex_lock(&f->lock);
    f->failed[0] = 0;
    if (st == YH_OK) {
        f->npaid = yh_fund_totals_paid(f->totals, &paid);
        f->nmissing = yh_fund_totals_missing(f->totals, &missing);
        f->paid = copy(f->paid, paid, (size_t)f->npaid * sizeof *paid);
        f->missing = copy(f->missing, missing, (size_t)f->nmissing * sizeof *missing);
        f->nmonth = yh_fund_totals_months(f->totals, &month);
        f->ncare = yh_fund_totals_care(f->totals, &care);
        f->month = copy(f->month, month, (size_t)f->nmonth * sizeof *month);
        f->care = copy(f->care, care, (size_t)f->ncare * sizeof *care);
        f->as_of = from;
        f->done = portal_now();
        f->ready = true;
    } else {
        (void)snprintf(f->failed, sizeof f->failed, "%s", err.text);
    }
    f->running = false;
    pthread_mutex_unlock(&f->lock);
    return NULL;
}

/* Under the lock: starts a refresh unless one runs. */
static void begin(struct yh_portal_fund *f)
{
    if (f->running || f->stop)
        return;
    if (!f->joined)
        pthread_join(f->thread, NULL);
    f->groups = 0;
    f->joined = pthread_create(&f->thread, NULL, fund_thread, f) != 0;
    f->running = !f->joined;
}

bool fund_months(struct call *c, struct yh_fund_month **row, int *n)
{
    struct yh_portal_fund *f = c->p->fund;
    pthread_mutex_lock(&f->lock);
    bool ready = f->ready;
    if (!ready || c->look.now - f->done > FUND_AGE)
        begin(f);
    *n = ready ? f->nmonth : 0;
    *row = YH_NEW(&c->arena, struct yh_fund_month, *n + 1);
    if (*n)
        memcpy(*row, f->month, (size_t)*n * sizeof **row);
    pthread_mutex_unlock(&f->lock);
    return ready;
}

void fund_missing(struct call *c, yh_str region, struct yh_jsonw *w)
{
    struct yh_portal_fund *f = c->p->fund;
    yh_jw_kv_array(w, "missing");
    pthread_mutex_lock(&f->lock);
    for (int i = 0; i < f->nmissing; i++) {
        const struct yh_fund_missing *m = &f->missing[i];
        if (region.n && !yh_eq(yh_cstr(m->region), region))
            continue;
        yh_jw_object(w);
        yh_jw_kv_str(w, "region", yh_cstr(m->region));
        yh_jw_kv_i64(w, "year", m->year);
        yh_jw_kv_i64(w, "fund", m->fund);
        yh_jw_kv_str(w, "why", yh_cstr(m->why));
        yh_jw_end(w, '}');
    }
    pthread_mutex_unlock(&f->lock);
    yh_jw_end(w, ']');
}

/* ---- what is shown ---- */

struct table {
    const struct yh_fund_month *month;
    const struct yh_care_month *care;
    const struct yh_paid_month *paid;
    struct yh_fund_statement_row *said;
    int nmonth, ncare, npaid, nsaid;
    yh_str region;
    yh_day today;
};

static bool ours(const struct table *t, const char *region)
{
    return yh_eq(yh_cstr(region), t->region);
}

static int in_order(const void *x, const void *y)
{
    return yh_cmp(*(const yh_str *)x, *(const yh_str *)y);
}

/* Funds with a statement or an entry of their own. */
static int funds_of(struct yh_arena *a, const struct table *t, yh_str **out)
{
    struct yh_map seen = yh_map_in(a, 32);
    int n = 0, cap = 0;
    *out = NULL;
    for (int i = 0; i < t->nmonth; i++)
        if (ours(t, t->month[i].region) && yh_map_add(&seen, yh_cstr(t->month[i].fund), 0))
            YH_PUSH(a, *out, n, cap) = yh_cstr(t->month[i].fund);
    for (int i = 0; i < t->nsaid; i++)
        if (yh_map_add(&seen, t->said[i].fund, 0))
            YH_PUSH(a, *out, n, cap) = t->said[i].fund;
    if (n)
        qsort(*out, (size_t)n, sizeof **out, in_order);
    return n;
}

static void put_month(const struct table *t, yh_str fund, int month, struct yh_jsonw *w)
{
    yh_fen in = 0, out = 0, charged = 0, back = 0, paid = 0;
    bool said = false;
    for (int i = 0; i < t->nsaid; i++) {
        const struct yh_fund_statement_row *s = &t->said[i];
        if (s->month != month || !yh_eq(s->fund, fund) || yh_eq(s->kind, YH_S("opening")))
            continue;
        said = true;
        *(yh_eq(s->kind, YH_S("other-out")) ? &out : &in) += s->amount;
    }
    for (int i = 0; i < t->nmonth; i++)
        if (t->month[i].month == month && ours(t, t->month[i].region) &&
            yh_eq(yh_cstr(t->month[i].fund), fund)) {
            charged += t->month[i].charged;
            back += t->month[i].back;
        }
    for (int i = 0; i < t->npaid; i++)
        if (t->paid[i].month == month && ours(t, t->paid[i].region) &&
            yh_eq(yh_cstr(t->paid[i].fund), fund))
            paid += t->paid[i].providers;
    char text[16];
    yh_jw_object(w);
    yh_jw_kv_str(w, "month", yh_month_text(text, month));
    yh_jw_key(w, YH_S("income"));
    if (said)
        yh_jw_i64(w, in);
    else
        yh_jw_null(w);
    yh_jw_kv_i64(w, "other_out", out);
    yh_jw_kv_i64(w, "charged", charged);
    yh_jw_kv_i64(w, "back", back);
    yh_jw_kv_i64(w, "paid", paid);
    yh_jw_end(w, '}');
}

/* 拨付 of twelve months: to providers by clearings, of all funds and of none; to persons by the bank. */
static void put_paid(const struct table *t, struct yh_jsonw *w)
{
    int now = yh_month_of(t->today);
    char text[16];
    yh_jw_kv_array(w, "paid");
    for (int m = now - 11; m <= now; m++) {
        yh_fen providers = 0, none = 0, persons = 0;
        for (int i = 0; i < t->npaid; i++) {
            const struct yh_paid_month *p = &t->paid[i];
            if (p->month != m || !ours(t, p->region))
                continue;
            providers += p->providers;
            none += p->fund[0] ? 0 : p->providers;
            persons += p->persons;
        }
        yh_jw_object(w);
        yh_jw_kv_str(w, "month", yh_month_text(text, m));
        yh_jw_kv_i64(w, "providers", providers);
        yh_jw_kv_i64(w, "of_no_fund", none);
        yh_jw_kv_i64(w, "persons", persons);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

/* The last twelve months, or from the year's first when that is longer ago. */
static void put_fund(const struct call *c, const struct table *t, yh_str fund,
                     struct yh_jsonw *w)
{
    struct yh_fund_lasts l =
        yh_fund_lasts(t->said, t->nsaid, t->month, t->nmonth, t->region, fund, t->today);
    int now = yh_month_of(t->today);
    char text[16];
    yh_jw_object(w);
    yh_jw_kv_str(w, "fund", fund);
    yh_jw_kv_str(w, "name", yh_fund_title(c->look.world, fund));
    yh_jw_key(w, YH_S("lasts"));
    if (l.known) {
        yh_jw_object(w);
        yh_jw_kv_str(w, "until", yh_month_text(text, l.until));
        yh_jw_kv_i64(w, "balance", l.balance);
        yh_jw_kv_i64(w, "average", l.average);
        yh_jw_kv_i64(w, "averaged", l.averaged);
        yh_jw_kv_i64(w, "hundredths", l.hundredths);
        yh_jw_end(w, '}');
    } else {
        yh_jw_null(w);
    }
    yh_jw_kv_array(w, "months");
    for (int m = now - 11; m <= now; m++)
        put_month(t, fund, m, w);
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
}

/* Rows of a dated-by-place table of ours whose `region` is the pool's, or 000000 where `all`. */
static void put_rows(const struct call *c, const char *path, yh_str region, bool all,
                     const char *const *name, int n, struct yh_jsonw *w)
{
    struct yh_tsv t;
    struct yh_err err;
    int at[24];
    yh_jw_array(w);
    if (!yh_tsv_open(&t, yh_world_text_of(c->look.world, yh_cstr(path)), &err) &&
        !yh_tsv_want(&t, name, n, at, &err))
        while (yh_tsv_next(&t, &err) > 0) {
            yh_str place = t.cell[at[0]];
            if (!all && !yh_eq(place, region) && !yh_eq(place, YH_S("000000")))
                continue;
            yh_jw_object(w);
            for (int i = 0; i < n; i++)
                yh_jw_kv_str(w, name[i], t.cell[at[i]]);
            yh_jw_end(w, '}');
        }
    yh_jw_end(w, ']');
}

/* What our own books say to an indicator: a share in millionths over the last twelve months. */
static void put_computed(const struct table *t, const char *word, const char *words,
                         const char *scheme, bool stays, bool of_scope, struct yh_jsonw *w)
{
    int64_t top = 0, all = 0, bills = 0;
    int now = yh_month_of(t->today);
    for (int i = 0; i < t->ncare; i++) {
        const struct yh_care_month *m = &t->care[i];
        if (!ours(t, m->region) || m->month < now - 11 || m->month > now ||
            (stays && !m->stay) || (scheme && strcmp(m->scheme, scheme)))
            continue;
        bills += of_scope ? m->bills : m->direct;
        top += of_scope ? m->basic + m->beyond : m->local;
        all += of_scope ? m->scope : m->direct;
    }
    yh_jw_object(w);
    yh_jw_kv_str(w, "computed", yh_cstr(word));
    yh_jw_kv_str(w, "words", yh_cstr(words));
    yh_jw_kv_i64(w, "bills", bills);
    yh_jw_key(w, YH_S("share"));
    if (all > 0)
        yh_jw_i64(w, (int64_t)((__int128)top * YH_ONE / all));
    else
        yh_jw_null(w);
    yh_jw_end(w, '}');
}

static void put_care(const struct table *t, struct yh_jsonw *w)
{
    char text[16];
    int now = yh_month_of(t->today);
    yh_jw_array(w);
    for (int m = now - 11; m <= now; m++)
        for (int i = 0; i < t->ncare; i++) {
            const struct yh_care_month *r = &t->care[i];
            if (r->month != m || !ours(t, r->region))
                continue;
            yh_jw_object(w);
            yh_jw_kv_str(w, "month", yh_month_text(text, m));
            yh_jw_kv_str(w, "scheme", yh_cstr(r->scheme));
            yh_jw_kv_bool(w, "stay", r->stay);
            yh_jw_kv_i64(w, "bills", r->bills);
            yh_jw_kv_i64(w, "total", r->total);
            yh_jw_kv_i64(w, "scope", r->scope);
            yh_jw_kv_i64(w, "fund", r->fund);
            yh_jw_kv_i64(w, "person_part", r->person_part);
            yh_jw_end(w, '}');
        }
    yh_jw_end(w, ']');
}

static void put_ready(struct call *c, const struct table *t, struct yh_jsonw *w)
{
    static const char *const LINE[] = { "region", "fund",  "name",   "side",    "months",
                                        "level",  "words", "source", "standing" };
    static const char *const AIM[] = { "region",   "place",      "name",   "unit",    "kind",
                                       "year",     "target",     "side",   "value",   "base",
                                       "computed", "definition", "source", "standing" };
    yh_str *fund;
    int n = funds_of(&c->arena, t, &fund);
    yh_jw_kv_array(w, "funds");
    for (int i = 0; i < n; i++)
        put_fund(c, t, fund[i], w);
    yh_jw_end(w, ']');
    put_paid(t, w);
    yh_jw_key(w, YH_S("care"));
    put_care(t, w);
    yh_jw_key(w, YH_S("lines"));
    put_rows(c, "benchmarks/fund-lines.tsv", t->region, false, LINE, YH_COUNT(LINE), w);
    yh_jw_kv_array(w, "computed");
    put_computed(t, "stay_scope_310",
                 "近 12 个月职工住院：（基本统筹＋大额或大病）÷ 政策范围内费用，记账", "310",
                 true, true, w);
    put_computed(t, "stay_scope_390",
                 "近 12 个月居民住院：（基本统筹＋大病）÷ 政策范围内费用，记账", "390", true,
                 true, w);
    put_computed(t, "local_all",
                 "近 12 个月结算人次中，就医地与参保县（区）相同的；只数直接结算的，冲正已减",
                 NULL, false, false, w);
    yh_jw_end(w, ']');
    yh_jw_key(w, YH_S("targets"));
    put_rows(c, "benchmarks/indicators.tsv", t->region, true, AIM, YH_COUNT(AIM), w);
}

/* The pool asked for, else the first of the user's area; it must lie in the area as a whole. */
static enum yh_status pool_of(struct call *c, yh_str *region, struct yh_place *at,
                              struct yh_err *err)
{
    yh_str area = yh_cstr(c->who.area), want = in_text(c, "region");
    yh_day today = yh_time_day(c->look.now);
    if (!want.n)
        want = yh_trim(yh_cut(&area, ' '));
    if (yh_region_locate(c->look.world->regions, want, today, at, NULL) ||
        at->code != at->pool->code || !within_area(yh_cstr(c->who.area), want, want))
        return yh_fail_field(err, YH_NOT_FOUND, "region", "",
                             "基金按统筹区管：您的辖区里没有统筹区「%.*s」", YH_ARG(want));
    *region = want;
    return YH_OK;
}

enum yh_status portal_funds(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_portal_fund *f = c->p->fund;
    struct table t = { .today = yh_time_day(c->look.now) };
    struct yh_place at;
    char text[32];
    enum yh_status st = pool_of(c, &t.region, &at, err);
    if (st == YH_OK)
        st = yh_fund_statements(c->look.x, t.region, &t.said, &t.nsaid, err);
    if (st)
        return st;
    pthread_mutex_lock(&f->lock);
    bool fresh = f->ready && c->look.now - f->done <= FUND_AGE;
    if (!fresh && f->failed[0] && !f->running) {
        st = yh_fail(err, YH_IO, "%s", f->failed);
        f->failed[0] = 0;
    } else if (!fresh) {
        begin(f);
    }
    int64_t groups = f->groups;
    if (fresh) {
        t.nmonth = f->nmonth;
        t.ncare = f->ncare;
        struct yh_fund_month *month = YH_NEW(&c->arena, struct yh_fund_month, f->nmonth + 1);
        struct yh_care_month *care = YH_NEW(&c->arena, struct yh_care_month, f->ncare + 1);
        if (f->nmonth)
            memcpy(month, f->month, (size_t)f->nmonth * sizeof *month);
        if (f->ncare)
            memcpy(care, f->care, (size_t)f->ncare * sizeof *care);
        struct yh_paid_month *paid = YH_NEW(&c->arena, struct yh_paid_month, f->npaid + 1);
        if (f->npaid)
            memcpy(paid, f->paid, (size_t)f->npaid * sizeof *paid);
        t.npaid = f->npaid;
        t.paid = paid;
        t.month = month;
        t.care = care;
    }
    yh_time as_of = f->as_of;
    pthread_mutex_unlock(&f->lock);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_str(w, "state", fresh ? YH_S("ready") : YH_S("counting"));
    yh_jw_kv_i64(w, "groups", groups);
    yh_jw_kv_str(w, "as_of", fresh ? yh_time_text(text, as_of) : YH_S(""));
    yh_jw_kv_i64(w, "age_most", FUND_AGE);
    yh_jw_kv_str(w, "region", t.region);
    yh_jw_kv_str(w, "region_name", at.pool->name);
    fund_missing(c, t.region, w);
    yh_jw_kv_str(w, "basis", YH_S("记账与拨付，各列写明"));
    if (fresh) {
        put_ready(c, &t, w);
    } else {
        static const char *const EMPTY[] = { "funds", "paid",     "missing", "care",
                                             "lines", "computed", "targets" };
        for (int i = 0; i < YH_COUNT(EMPTY); i++) {
            yh_jw_kv_array(w, EMPTY[i]);
            yh_jw_end(w, ']');
        }
    }
    yh_jw_end(w, '}');
    return YH_OK;
}

/* ---- income, as finance states it ---- */

static enum yh_status state_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    int n = 0;
    enum yh_status st =
        yh_fund_state(c->look.x, c->look.world, *(const yh_str *)c->state, in_text(c, "table"),
                      yh_cstr(c->who.user), c->look.now, &n, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_i64(w, "rows", n);
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status portal_fund_state(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    struct yh_place at;
    yh_str *region = YH_NEW(&c->arena, yh_str, 1);
    enum yh_status st = pool_of(c, region, &at, err);
    c->state = region;
    c->write = state_write;
    return st;
}
