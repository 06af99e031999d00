/* service/service.c -- one call, one transaction, one key. */
#include "service/service.h"
#include <stdio.h>
#include <string.h>

/* Each try knows of at least one account group more than the one before: few calls need three. */
#define TRIES_MAX 16

struct yh_service {
    struct yh_store *store;
    const struct yh_world *world;
    bool sign_in;
};

enum yh_status yh_service_open(yh_str data, const struct yh_service_options *opt,
                               struct yh_service **out, struct yh_err *err)
{
    struct yh_store *store = NULL;
    enum yh_status st = yh_store_open(data, &opt->store, &store, err);
    if (st)
        return st;
    struct yh_service *s = yh_heap(NULL, sizeof *s);
    *s = (struct yh_service){ store, opt->world, opt->sign_in };
    *out = s;
    return YH_OK;
}

void yh_service_close(struct yh_service *s)
{
    if (!s)
        return;
    yh_store_close(s->store);
    yh_heap(s, 0);
}

const struct yh_world *yh_service_world(const struct yh_service *s)
{
    return s->world;
}

struct yh_store *yh_service_store(struct yh_service *s)
{
    return s->store;
}

enum yh_status yh_service_batch_begin(struct yh_service *s, struct yh_err *err)
{
    return yh_store_batch_begin(s->store, err);
}

enum yh_status yh_service_batch_commit(struct yh_service *s, struct yh_err *err)
{
    return yh_store_batch_commit(s->store, err);
}

enum yh_status yh_service_batch_commit_soon(struct yh_service *s, struct yh_err *err)
{
    return yh_store_batch_commit_soon(s->store, err);
}

int64_t yh_service_committed(const struct yh_service *s)
{
    return yh_store_committed(s->store);
}

enum yh_status yh_service_sync_shown(struct yh_service *s, int64_t shown, struct yh_err *err)
{
    return yh_store_sync_shown(s->store, shown, err);
}

void yh_warn(struct yh_ctx *c, const char *fmt, ...)
{
    char text[256];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (c->warn.n)
        yh_putz(&c->warn, "；");
    yh_putz(&c->warn, text);
}

void yh_seen(struct yh_ctx *c, struct yh_seen_person who)
{
    YH_PUSH(c->arena, c->seen, c->nseen, c->seen_cap) = who;
}

struct yh_ctx yh_outside(const struct yh_world *w, struct yh_txn *x, struct yh_arena *a,
                         const struct yh_call *call)
{
    return (struct yh_ctx){ .world = w,
                            .x = x,
                            .arena = a,
                            .call = call,
                            .now = call->now,
                            .today = yh_time_day(call->now),
                            .made = YH_S(""),
                            .warn = yh_buf_in(a) };
}

/* ---- before any work ---- */

/* "2026-03-01..2026-03-10 2026-05-01..2026-05-02", ends inclusive. */
static bool suspended_on(yh_str periods, yh_day day)
{
    while (periods.n) {
        yh_str one = yh_trim(yh_cut(&periods, ' '));
        yh_day from = 0, to = 0;
        if (one.n == 22 && yh_day_parse(yh_sub(one, 0, 10), &from, NULL) == YH_OK &&
            yh_day_parse(yh_sub(one, 12, 22), &to, NULL) == YH_OK && from <= day && day <= to)
            return true;
    }
    return false;
}

static enum yh_status provider_open(struct yh_ctx *c, struct yh_err *err)
{
    const struct yh_call *k = c->call;
    struct yh_provider_row *p = YH_NEW(c->arena, struct yh_provider_row, 1);
    p->provider = k->provider;
    enum yh_status st = yh_get_provider(c->x, p, err);
    if (st == YH_NOT_FOUND)
        return yh_refuse(err, YH_REFUSE_PROVIDER_UNKNOWN, k->provider, NULL);
    if (st)
        return st;
    /* Who is suspended or out of contract may still answer what is held against it (3701-3704). */
    bool answers = yh_starts(c->call->infno, YH_S("37"));
    if (!answers &&
        (c->today < p->from_day || c->today >= p->to_day || yh_eq(p->status, YH_S("3"))))
        return yh_refuse(err, YH_REFUSE_PROVIDER_ENDED, k->provider, NULL);
    if (!answers && (yh_eq(p->status, YH_S("2")) || suspended_on(p->suspended, c->today)))
        return yh_refuse(err, YH_REFUSE_PROVIDER_SUSPENDED, k->provider, NULL);
    st = yh_region_locate(c->world->regions, p->office, c->today, &c->provider_place, err);
    if (st)
        return yh_refuse(err, YH_REFUSE_REGION_UNKNOWN, p->office, NULL);
    c->provider = p;
    return YH_OK;
}

static enum yh_status signed_in(struct yh_ctx *c, struct yh_err *err)
{
    struct yh_sign_in_row row = { .provider = c->call->provider, .sign = c->call->sign_no };
    enum yh_status st = yh_get_sign_in(c->x, &row, err);
    if (st && st != YH_NOT_FOUND)
        return st;
    if (st || row.ended || yh_time_day(row.time) != c->today)
        return yh_refuse(err, YH_REFUSE_SIGN_MISSING, c->call->sign_no, NULL);
    return YH_OK;
}

/* The group that a call's key belongs to: the named person's; ("", 0) for nobody or an unknown
 * one (the use case will refuse). */
static enum yh_status key_group(struct yh_ctx *c, struct yh_err *err)
{
    c->group = (struct yh_group){ YH_S(""), 0 };
    if (!c->call->person.n)
        return YH_OK;
    struct yh_person_key_row probe = { .kind = YH_S("psn"), .value = c->call->person },
                             *k = NULL;
    struct yh_provider_row caller = { .provider = c->call->provider };
    yh_txn_ahead(c->x, YH_TABLE_provider, NULL, &caller);
    int n = 0;
    struct yh_span span = { .index = YH_BY_KEY, .same = 2 };
    enum yh_status st = yh_list_person_key(c->x, span, &probe, &k, &n, err);
    if (st || n == 0)
        return st;
    c->key = k;
    c->nkey = n;
    int at = 0;
    struct yh_place office;
    if (c->call->office.n && n > 1 &&
        yh_region_locate(c->world->regions, c->call->office, c->today, &office, NULL) ==
            YH_OK) {
        char pool[16];
        int len = snprintf(pool, sizeof pool, "%06u", office.pool->code);
        for (int i = 0; i < n; i++)
            if (yh_eq(k[i].region, (yh_str){ pool, len }))
                at = i;
    }
    c->group = (struct yh_group){ k[at].region, k[at].grp };
    return YH_OK;
}

static struct yh_ctx start(struct yh_service *s, const struct yh_call *call,
                           struct yh_arena *arena, struct yh_txn *x, bool writes)
{
    return (struct yh_ctx){
        .service = s,
        .world = s->world,
        .x = x,
        .group = { YH_S(""), 0 },
        .arena = arena,
        .call = call,
        .now = call->now,
        .today = yh_time_day(call->now),
        .writes = writes,
        .made = YH_S(""),
        .warn = yh_buf_in(arena),
    };
}

/* ---- keys ---- */

static struct yh_request_row key_of(const struct yh_ctx *c)
{
    return (struct yh_request_row){ .region = c->group.region,
                                    .grp = c->group.id,
                                    .provider = c->call->provider,
                                    .msgid = c->call->msgid };
}

/* What an earlier call with this key left: YH_NOT_FOUND = go on; YH_OK = answer row->reply. */
static enum yh_status earlier(struct yh_ctx *c, const uint8_t digest[32],
                              struct yh_request_row *row, struct yh_err *err)
{
    *row = key_of(c);
    enum yh_status st = yh_get_request(c->x, row, err);
    if (st)
        return st;
    if (yh_eq(row->state, YH_S("tombstone")))
        return yh_refuse(err, YH_REFUSE_MSGID_TOMBSTONE, c->call->msgid, NULL);
    if (row->digest.n != 32 || memcmp(row->digest.p, digest, 32) != 0 ||
        !yh_eq(row->infno, c->call->infno))
        return yh_refuse(err, YH_REFUSE_MSGID_OTHER_BODY, c->call->msgid, NULL);
    if (yh_eq(row->state, YH_S("undone")))
        return yh_refuse(err, YH_REFUSE_MSGID_REVERSED, c->call->msgid, NULL);
    return YH_OK;
}

/* One of the transactions in `list`, blank-separated? */
static bool among(yh_str infno, const char *list)
{
    yh_str all = yh_cstr(list);
    while (all.n)
        if (yh_eq(yh_cut(&all, ' '), infno))
            return true;
    return false;
}

/* What nearly every call about a person, and about a visit, reads first. */
static void read_ahead(const struct yh_ctx *c)
{
    static const struct yh_span by_person = { .index = YH_BY_KEY, .same = 3 };
    yh_str region = c->group.region, person = c->call->person, visit = c->call->visit,
           infno = c->call->infno;
    int64_t grp = c->group.id;
    if (!c->nkey)
        return;
    struct yh_person_row p = { .region = region, .grp = grp, .person = person };
    struct yh_enrolment_row e = { .region = region, .grp = grp, .person = person };
    struct yh_identity_row i = { .region = region, .grp = grp, .person = person };
    struct yh_account_row a = { .region = region, .grp = grp, .person = person };
    struct yh_visit_row v = { .region = region, .grp = grp, .person = person, .visit = visit };
    struct yh_charge_batch_row b = { .region = region, .grp = grp, .visit = visit };
    struct yh_filing_row f = { .region = region, .grp = grp, .person = person };
    if (visit.n)
        yh_txn_ahead(c->x, YH_TABLE_visit, NULL, &v);
    if (among(infno, "2202 2203 2402 2403 2404 2405")) /* the visit alone */
        return;
    yh_txn_ahead(c->x, YH_TABLE_person, NULL, &p);
    yh_txn_ahead(c->x, YH_TABLE_enrolment, &by_person, &e);
    if (among(infno, "2201 2401"))
        return;
    yh_txn_ahead(c->x, YH_TABLE_identity, &by_person, &i);
    yh_txn_ahead(c->x, YH_TABLE_account, NULL, &a);
    if (!visit.n)
        return;
    yh_txn_ahead(c->x, YH_TABLE_charge_batch, &by_person, &b);
    yh_txn_ahead(c->x, YH_TABLE_filing, &by_person, &f);
    if (!among(infno, "2206 2207 2303 2304"))
        return;
    struct yh_diagnosis_row d = { .region = region, .grp = grp, .visit = visit };
    struct yh_accumulator_row m = { .region = region, .grp = grp, .person = person };
    struct yh_binding_row k = { .region = region, .grp = grp, .person = person };
    yh_txn_ahead(c->x, YH_TABLE_diagnosis, &by_person, &d);
    yh_txn_ahead(c->x, YH_TABLE_accumulator, &by_person, &m);
    yh_txn_ahead(c->x, YH_TABLE_binding, &by_person, &k);
}

static enum yh_status once(struct yh_ctx *c, yh_work_fn *work, void *user,
                           struct yh_answer *out, struct yh_err *err)
{
    const struct yh_call *call = c->call;
    if (!call->msgid.n)
        return yh_refuse(err, YH_REFUSE_MSGID_EMPTY, call->msgid, NULL);
    if (call->msgid.p[0] == '#') /* the agency's own marks (service/settle.h) */
        return yh_refuse(err, YH_REFUSE_MSGID_RESERVED, call->msgid, NULL);
    enum yh_status st = key_group(c, err);
    if (st)
        return st;
    yh_txn_group(c->x, c->group);
    read_ahead(c);
    uint8_t digest[32];
    yh_sha256_of(call->body, digest);
    struct yh_request_row row;
    struct yh_err old = { 0 };
    st = earlier(c, digest, &row, &old);
    if (st == YH_OK) {
        *out = (struct yh_answer){ .reply = row.reply, .warn = YH_S(""), .repeated = true };
        return YH_OK;
    }
    if (st != YH_NOT_FOUND) {
        if (err)
            *err = old;
        return st;
    }
    if ((st = provider_open(c, err)) != YH_OK)
        return st;
    if (c->service->sign_in && !yh_eq(call->infno, YH_S("9001")) &&
        (st = signed_in(c, err)) != YH_OK)
        return st;
    struct yh_buf reply = yh_buf_in(c->arena);
    if ((st = work(c, user, &reply, err)) != YH_OK)
        return st;
    yh_txn_group(c->x, c->group);
    row = key_of(c);
    row.infno = call->infno;
    row.state = YH_S("done");
    row.digest = (yh_str){ (const char *)digest, 32 };
    row.settlement = c->made;
    row.time = c->now;
    row.reply = yh_buf_str(&reply);
    if ((st = yh_add_request(c->x, &row, err)) != YH_OK)
        return st;
    *out = (struct yh_answer){ .reply = row.reply, .warn = yh_buf_str(&c->warn) };
    return YH_OK;
}

/* The call needed more memory than its arena may hold (STYLE 5). */
static enum yh_status outgrown(struct yh_err *err)
{
    return yh_fail(err, YH_LIMIT, "本次交易的数据量超过单笔上限；请分批上传后重试");
}

/* One try.  *again: it is not the first; then, that another process was in the way, and the same, done
 * afresh, may succeed. */
static enum yh_status attempt(struct yh_service *s, const struct yh_call *call,
                              struct yh_arena *arena, yh_work_fn *work, void *user,
                              struct yh_answer *out, bool *again, struct yh_err *err)
{
    struct yh_txn x;
    struct yh_ctx c = start(s, call, arena, &x, true);
    enum yh_status st = yh_txn_begin(s->store, c.group, arena, &x, err);
    if (st)
        return st;
    if (!*again)
        yh_txn_hasty(&x);
    *again = false;
    struct yh_answer answer = { YH_S(""), YH_S(""), false };
    jmp_buf full;
    arena->guard = &full;
    if (setjmp(full) == 0)
        st = once(&c, work, user, &answer, err);
    else
        st = outgrown(err);
    arena->guard = NULL;
    if (st == YH_OK)
        st = yh_txn_keep(&x, err);
    else
        yh_txn_drop(&x);
    *again = st != YH_OK && yh_txn_again(&x);
    if (st == YH_OK)
        *out = answer;
    return st;
}

enum yh_status yh_service_write(struct yh_service *s, const struct yh_call *call,
                                struct yh_arena *arena, yh_work_fn *work, void *user,
                                struct yh_answer *out, struct yh_err *err)
{
    const struct yh_arena before = *arena;
    bool again = false;
    for (int i = 1;; i++) {
        enum yh_status st = attempt(s, call, arena, work, user, out, &again, err);
        if (!again || i == TRIES_MAX)
            return st;
        if (!yh_store_alone(s->store)) {
            *arena = before;
            *out = (struct yh_answer){ .reply = YH_S(""), .warn = YH_S(""), .crowded = true };
            return st;
        }
        *arena = before; /* a try that lost leaves nothing, in memory neither */
    }
}

static enum yh_status look(struct yh_ctx *c, yh_work_fn *work, void *user,
                           struct yh_answer *out, struct yh_err *err)
{
    struct yh_buf reply = yh_buf_in(c->arena);
    enum yh_status st = key_group(c, err);
    if (st == YH_OK)
        read_ahead(c);
    if (st == YH_OK)
        st = provider_open(c, err);
    if (st == YH_OK)
        st = work(c, user, &reply, err);
    if (st == YH_OK)
        *out = (struct yh_answer){ .reply = yh_buf_str(&reply), .warn = yh_buf_str(&c->warn) };
    return st;
}

enum yh_status yh_service_read_soon(struct yh_service *s, const struct yh_call *call,
                                    struct yh_arena *arena, yh_work_fn *work, void *user,
                                    struct yh_answer *out, int64_t *shown, struct yh_err *err)
{
    struct yh_txn view;
    *shown = 0;
    enum yh_status st = yh_view_open(s->store, arena, &view, err);
    if (st)
        return st;
    struct yh_ctx c = start(s, call, arena, &view, false);
    struct yh_answer answer = { YH_S(""), YH_S(""), false };
    jmp_buf full;
    arena->guard = &full;
    if (setjmp(full) == 0)
        st = look(&c, work, user, &answer, err);
    else
        st = outgrown(err);
    arena->guard = NULL;
    *shown = yh_view_close_soon(&view);
    if (st == YH_OK)
        *out = answer;
    return st;
}

enum yh_status yh_service_read(struct yh_service *s, const struct yh_call *call,
                               struct yh_arena *arena, yh_work_fn *work, void *user,
                               struct yh_answer *out, struct yh_err *err)
{
    int64_t shown;
    struct yh_err lost;
    enum yh_status st = yh_service_read_soon(s, call, arena, work, user, out, &shown, err);
    enum yh_status bad = yh_service_sync_shown(s, shown, &lost);
    if (bad && err)
        *err = lost;
    return bad ? bad : st;
}
