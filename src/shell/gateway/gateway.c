#include "shell/gateway/gateway.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/random.h>
#include <time.h>
#include "service/agency.h"
#include "shell/gateway/looks.h"
#include "shell/gateway/multipart.h"
#include "shell/gateway/stages.h"
#include "shell/gateway/tx.h"

#define SPARE_MAX 64           /* arenas kept for reuse */
#define SPARE_BYTES (4u << 20) /* one that touched more is given back */
#define LATE_MS 4              /* of a batch's work, in which it takes in more */
#define LAST_WORDS \
    (16u << 10) /* of each arena: kept for the refusal of a call that filled it */

/* An act of the agency's own people: the thread that asks waits. */
struct act {
    yh_str ask, tsv;
    struct yh_arena *arena;
    enum yh_status st;
    struct yh_err *err;
    bool done;
    pthread_mutex_t lock;
    pthread_cond_t answered;
};

/* One request on its way. */
struct job {
    struct job *next;
    struct job *after; /* first of the next batch that waits for the disk; of a batch's first */
    bool soon;         /* a reading call that need not wait for the disk itself … */
    int64_t shown; /* … but is answered after yh_service_sync_shown; 0: at once; of a batch's
                        * first: what the batch waits for */
    struct act *act;             /* then nothing else of the job is used; NULL: a call */
    struct yh_gateway_task task; /* work NULL: a call of the interface */
    enum yh_status task_status;
    struct yh_err task_err;
    struct yh_http_call *http; /* NULL: called without a door */
    struct yh_service *by;     /* who carries it out */
    bool crowded;              /* to be done again in a batch of its own */
    struct yh_arena arena;
    struct yh_tx_call tx;
    struct yh_call call;
    bool signed_by;            /* the caller is who the envelope says */
    struct yh_err *missing;    /* a required field that is not there; NULL = none */
    char *last_words;          /* LAST_WORDS bytes of the arena */
    struct yh_look_note *look; /* of a reading call: whose data it shows */
    int nlook;
    yh_time got;
    int got_ms;
    int64_t began_ms;       /* of the clock that never goes back */
    int64_t at[YH_SPENT_N]; /* of a writing call: see stages.h */
    struct yh_gateway_reply reply;
};

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct job *first, **end;
    int n;
    bool closed;
};

struct yh_gateway {
    struct yh_gateway_config config;
    struct queue writes, reads;
    struct queue done; /* batches that are committed but not synced; linked by `after` */
    pthread_t writer[1 + YH_GATEWAY_WRITERS_MAX], answerer, reader[16];
    bool drained;     /* by the thread that closes */
    int64_t shift_ms; /* of YH_CLOCK_SHIFTED */
    atomic_llong serial;
    atomic_int writers; /* of config.writer, at work */
    pthread_mutex_t spare_lock;
    struct yh_arena spare[SPARE_MAX];
    int nspare;
    struct yh_looks *looks;
    atomic_llong requests, written, batches, refused, busy;
    struct yh_stages stages;
};

/* ---- time ---- */

static int64_t unix_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Civil milliseconds: the country keeps +08:00. */
static int64_t civil_ms(const struct yh_gateway *g)
{
    return unix_ms() + 8 * 3600 * 1000 + g->shift_ms;
}

static yh_time now_of(const struct yh_gateway *g, const struct yh_envelope *e, int *ms)
{
    int64_t t = civil_ms(g);
    *ms = (int)(t % 1000);
    return g->config.clock == YH_CLOCK_INF_TIME && e && e->timed ? e->inf_time : t / 1000;
}

/* ---- arenas ---- */

static bool arena_take(struct yh_gateway *g, struct yh_arena *out)
{
    pthread_mutex_lock(&g->spare_lock);
    bool have = g->nspare > 0;
    if (have)
        *out = g->spare[--g->nspare];
    pthread_mutex_unlock(&g->spare_lock);
    return have || !yh_arena_open(out, g->config.arena_bytes, NULL);
}

static void arena_give(struct yh_gateway *g, struct yh_arena *a)
{
    bool small = yh_arena_used(a) < SPARE_BYTES;
    a->guard = NULL;
    yh_arena_reset(a);
    pthread_mutex_lock(&g->spare_lock);
    bool kept = small && g->nspare < SPARE_MAX;
    if (kept)
        g->spare[g->nspare++] = *a;
    pthread_mutex_unlock(&g->spare_lock);
    if (!kept)
        yh_arena_close(a);
}

/* ---- replies ---- */

static struct yh_gateway_reply json_reply(int status, struct yh_buf *b)
{
    return (struct yh_gateway_reply){ status, YH_S("application/json;charset=UTF-8"),
                                      yh_buf_str(b), false };
}

static struct yh_gateway_reply failure_reply(struct yh_arena *a, int status, int code,
                                             yh_str message)
{
    struct yh_buf b = yh_buf_in(a);
    yh_reply_gateway(&b, code, message);
    return json_reply(status, &b);
}

static void write_reply(struct yh_gateway *g, struct yh_arena *a, const struct yh_envelope *e,
                        yh_time got, int got_ms, bool ok, yh_str err_msg, yh_str warn,
                        yh_str output, struct yh_buf *b)
{
    struct yh_reply_head h = { .ok = ok,
                               .office = e->mdtrtarea_admvs,
                               .serial = atomic_fetch_add(&g->serial, 1),
                               .got = got,
                               .got_ms = got_ms,
                               .err_msg = err_msg,
                               .warn_msg = warn };
    (void)a;
    h.sent = now_of(g, e, &h.sent_ms);
    yh_reply_write(b, &h, output);
}

/* A use case names the field alone: the sentence says where in this call it stands. */
static yh_str placed(const struct yh_gateway *g, struct yh_arena *a, const struct yh_tx_call *t,
                     const struct yh_err *err)
{
    yh_str text = yh_cstr(err->text), field = yh_cstr(err->field), met = yh_cstr(err->met);
    yh_str said = yh_fmt(a, " %.*s=%.*s", YH_ARG(field), YH_ARG(met));
    ptrdiff_t at = field.n ? yh_find(text, said) : -1;
    if (at < 0)
        return text;
    yh_str place = yh_interface_place(g->config.table, t->message, t->env.root, t->env.input,
                                      field, met, a);
    return place.n ? yh_fmt(a, "%.*s %.*s=%.*s", YH_ARG(yh_sub(text, 0, at)), YH_ARG(place),
                            YH_ARG(yh_sub(text, at + field.n + 2, text.n)))
                   : text;
}

/* "2207 门诊结算：" and the sentence, which names node, field, value and rule. */
static yh_str sentence(const struct yh_gateway *g, struct yh_arena *a,
                       const struct yh_tx_call *t, const struct yh_err *err)
{
    const struct yh_message *m = t->message;
    yh_str text = m ? placed(g, a, t, err) : yh_cstr(err->text), infno = t->env.infno;
    if (err->status == YH_RETRY || err->status == YH_IO)
        text = yh_fmt(a, "系统繁忙，本次未受理，请以同一 msgid 重发（%s）", err->text);
    if (!m)
        return infno.n ? yh_fmt(a, "%.*s：%.*s", YH_ARG(yh_sub(infno, 0, 20)), YH_ARG(text))
                       : text;
    return yh_fmt(a, "%.*s %.*s：%.*s", YH_ARG(m->infno), YH_ARG(m->name_zh), YH_ARG(text));
}

/* Where a failure is written: apart from what the work has filled.  One such answer stands at a
 * time; a later one takes its place. */
static struct yh_arena last_words(const struct job *j)
{
    return (struct yh_arena){ .at = j->last_words, .end = j->last_words + LAST_WORDS };
}

static struct yh_gateway_reply refusal(struct yh_gateway *g, struct job *j,
                                       const struct yh_err *err)
{
    struct yh_arena a = last_words(j);
    struct yh_buf b = yh_buf_in(&a);
    atomic_fetch_add(&g->refused, 1);
    write_reply(g, &a, &j->tx.env, j->got, j->got_ms, false, sentence(g, &a, &j->tx, err),
                YH_S(""), YH_S(""), &b);
    return json_reply(200, &b);
}

/* ---- before the queue: read, authenticate, check ---- */

/* A multipart body: jsonStr is the envelope, file the bytes. */
static enum yh_status split_parts(const struct yh_gateway_ask *ask, yh_str *body,
                                  struct yh_tx_call *t, struct yh_err *err)
{
    struct yh_part_view part[YH_PARTS_MAX];
    int n;
    *body = ask->body;
    if (!yh_starts(ask->type, YH_S("multipart/")))
        return YH_OK;
    enum yh_status bad = yh_multipart_read(ask->type, ask->body, part, &n, err);
    if (bad)
        return bad;
    *body = YH_S("");
    for (int i = 0; i < n; i++) {
        if (part[i].filename.n || yh_eq(part[i].name, YH_S("file")))
            t->file = part[i].body;
        else if (yh_eq(part[i].name, YH_S("jsonStr")) || !body->n)
            *body = part[i].body;
    }
    return body->n ? YH_OK : yh_fail(err, YH_BAD_INPUT, "multipart 请求缺少 jsonStr 部分");
}

static enum yh_status find_transaction(struct yh_gateway *g, struct yh_tx_call *t,
                                       struct yh_err *err)
{
    if (!t->env.infno.n)
        return yh_fail_field(err, YH_BAD_INPUT, "infno", "", "infno（交易编号）：必填，未填写");
    t->message = yh_interface_message(g->config.table, t->env.infno);
    t->tx = yh_tx_find(t->env.infno);
    if (!t->message)
        return yh_fail_field(err, YH_NOT_FOUND, "infno", "",
                             "infno（交易编号）值“%.*s”：没有这个交易",
                             YH_ARG(yh_sub(t->env.infno, 0, 20)));
    if (!t->tx && !t->message->from_provider)
        return yh_fail_field(err, YH_DENIED, "infno", "", "该交易由医保中心发起，机构不能调用");
    return t->tx ? YH_OK
                 : yh_fail_field(err, YH_NOT_FOUND, "infno", "", "该交易已知，本系统尚未开通");
}

/* The first value of that name in the nodes of the input. */
static yh_str named_in(const struct yh_json *input, const char *name)
{
    for (const struct yh_json *node = input ? input->first : NULL; node; node = node->next) {
        const struct yh_json *o = node->kind == YH_JSON_ARRAY ? node->first : node;
        yh_str s = o && o->kind == YH_JSON_OBJECT ? tx_str(o, name) : YH_S("");
        if (s.n)
            return s;
    }
    return YH_S("");
}

static enum yh_status check(struct yh_gateway *g, const struct yh_gateway_ask *ask,
                            struct job *j, struct yh_err *err)
{
    struct yh_tx_call *t = &j->tx;
    const struct yh_interface *table = g->config.table;
    yh_str body;
    enum yh_status bad = split_parts(ask, &body, t, err);
    if (!bad)
        bad = yh_envelope_read(&j->arena, body, &t->env, err);
    j->got = now_of(g, &t->env, &j->got_ms);
    if (!bad)
        bad = find_transaction(g, t, err);
    if (!bad)
        bad = yh_interface_check_envelope(table, t->env.root, j->arena, err);
    if (bad)
        return bad;
    if (!t->env.fixmedins_code.n) /* which one client calls medins_code */
        return yh_fail_field(err, YH_BAD_INPUT, "fixmedins_code", "",
                             "fixmedins_code（定点医药机构编号）：必填，未填写");
    bad =
        yh_auth_check(g->config.access, &t->env, ask->headers, unix_ms() / 1000, j->arena, err);
    if (bad)
        return bad;
    j->signed_by = true;
    if (!t->env.input)
        return yh_fail_field(err, YH_BAD_INPUT, "input", "", "input（交易输入）：必填，未提供");
    bool lenient = t->tx->mode == YH_TX_READ_ANY || t->tx->mode == YH_TX_WRITE_ANY;
    return yh_interface_check(table, t->message, t->tx->nodes, lenient, t->env.input, j->arena,
                              err);
}

static void fill_call(struct yh_gateway *g, struct job *j)
{
    const struct yh_envelope *e = &j->tx.env;
    (void)g;
    /* A repeated call is compared by what it asks, not by its blanks or its inf_time. */
    uint8_t *digest = YH_NEW(&j->arena, uint8_t, 64);
    yh_envelope_digest(j->arena, e, digest);
    if (j->tx.file.p) /* the file of a multipart 9101 is part of what is asked */
        yh_sha256_of(j->tx.file, digest + 32);
    j->call = (struct yh_call){ .infno = e->infno,
                                .msgid = e->msgid,
                                .provider = e->fixmedins_code,
                                .office = e->insuplc_admdvs,
                                .place = e->mdtrtarea_admvs,
                                .operator_no = e->opter,
                                .operator_name = e->opter_name,
                                .operator_kind = e->opter_type,
                                .sign_no = e->sign_no,
                                .person = named_in(e->input, "psn_no"),
                                .visit = named_in(e->input, "mdtrt_id"),
                                .body = { (const char *)digest, 64 },
                                .now = j->got };
    if (getrandom(j->call.salt, sizeof j->call.salt, 0) != sizeof j->call.salt)
        yh_assert(!"no random bytes");
}

/* true: ready to be carried out; false: j->reply is the answer. */
static bool prepare(struct yh_gateway *g, const struct yh_gateway_ask *ask, ptrdiff_t over,
                    struct job *j)
{
    struct yh_err err = { 0 };
    enum yh_status bad;
    jmp_buf full;
    j->tx.table = g->config.table;
    j->tx.arena = &j->arena;
    j->got = now_of(g, NULL, &j->got_ms);
    atomic_fetch_add(&g->requests, 1);
    j->last_words = yh_alloc_raw(&j->arena, 1, 1, LAST_WORDS);
    j->arena.guard = &full;
    if (setjmp(full)) {
        j->tx.env = (struct yh_envelope){ 0 };
        bad = yh_fail(&err, YH_LIMIT, "请求内容过多，处理它要用的内存超过 %lld 兆，请分批上传",
                      (long long)(g->config.arena_bytes >> 20));
    } else if (over) {
        bad = yh_fail(&err, YH_LIMIT, "请求体超过 %.*s 兆，请分批上传",
                      YH_ARG(yh_dec_text((char[32]){ 0 }, over * 100 / (1 << 20), 2, 2)));
    } else {
        bad = check(g, ask, j, &err);
        /* A visit that does not exist is the better news than a field that it would have needed:
         * such a call is looked into, and refused for the one or the other. */
        if (bad && j->signed_by && yh_ends(yh_cstr(err.text), YH_S("必填，未填写")) &&
            j->tx.tx && named_in(j->tx.env.input, "mdtrt_id").n &&
            named_in(j->tx.env.input, "psn_no").n) {
            j->missing = YH_NEW(&j->arena, struct yh_err, 1);
            *j->missing = err;
            bad = YH_OK;
        }
        /* The person whose account group keys the call is among the fields. */
        if (!bad)
            fill_call(g, j);
    }
    j->arena.guard = NULL;
    struct yh_arena a = last_words(j);
    if (bad == YH_DENIED && j->tx.tx) /* the signature, the gateway's own failure */
        j->reply = failure_reply(&a, 200, 401, yh_cstr(err.text));
    else if (bad)
        j->reply = refusal(g, j, &err);
    return !bad;
}

/* ---- carrying out ---- */

struct work {
    struct yh_gateway *g;
    struct job *j;
};

/* Whose data a reply shows: the persons that the use case told of, else the one named. */
static void note_looks(struct job *j, const struct yh_ctx *c)
{
    struct yh_seen_person named = { c->group.region, c->group.id, j->call.person, YH_S("") };
    const struct yh_seen_person *p = c->nseen ? c->seen : &named;
    const struct yh_envelope *e = &j->tx.env;
    int n = c->nseen ? c->nseen : c->nkey ? 1 : 0;
    j->look = YH_NEW(&j->arena, struct yh_look_note, n);
    j->nlook = n;
    for (int i = 0; i < n; i++)
        j->look[i] = (struct yh_look_note){
            .region = p[i].region,
            .grp = p[i].grp,
            .person = p[i].person,
            .time = c->now,
            .user = j->call.provider,
            .user_name =
                yh_fmt(&j->arena, "%.*s（操作员 %.*s %.*s）", YH_ARG(c->provider->name),
                       YH_ARG(e->opter), YH_ARG(e->opter_name)),
            .role = YH_S("provider"),
            .purpose = YH_S("care"),
            .route = j->call.infno,
            .object = p[i].object.n ? p[i].object : j->call.visit,
            .unmasked = true,
        };
}

static enum yh_status work(struct yh_ctx *c, void *user, struct yh_buf *reply,
                           struct yh_err *err)
{
    struct work *k = user;
    struct job *j = k->j;
    struct yh_buf out = yh_buf_in(&j->arena);
    struct yh_jsonw w = yh_jsonw_on(&out);
    enum yh_status bad = j->tx.tx->handler(&j->tx, c, &w, err);
    if (!bad && j->tx.tx->mode == YH_TX_LOOK)
        note_looks(j, c);
    if (!bad)
        write_reply(k->g, &j->arena, &j->tx.env, j->got, j->got_ms, true, YH_S(""),
                    yh_buf_str(&c->warn), yh_buf_str(&out), reply);
    return bad;
}

/* In place of a transaction whose field is missing: is there such a visit at all? */
static enum yh_status look_at_visit(struct yh_ctx *c, void *user, struct yh_buf *reply,
                                    struct yh_err *err)
{
    (void)reply;
    const struct work *k = user;
    const struct yh_json *in = k->j->tx.env.input;
    struct yh_member m;
    struct yh_visit_row v;
    enum yh_status bad =
        yh_case_open(c, named_in(in, "psn_no"), named_in(in, "mdtrt_id"), &m, &v, err);
    if (bad != YH_NOT_FOUND)
        *err = *k->j->missing;
    return bad == YH_NOT_FOUND ? bad : YH_BAD_INPUT;
}

static bool writes(const struct job *j)
{
    return j->act || j->task.work ||
           (!j->missing && j->tx.tx &&
            (j->tx.tx->mode == YH_TX_WRITE || j->tx.tx->mode == YH_TX_WRITE_ANY));
}

/* The asking thread's arena is ours while it waits.  An act has no envelope: the clock that goes
 * by envelopes is then the machine's. */
static void carry_out_act(struct yh_gateway *g, struct yh_service *by, struct act *t)
{
    int ms;
    t->st = yh_agency_write(yh_service_store(by), yh_service_world(by), t->ask,
                            now_of(g, NULL, &ms), t->arena, &t->tsv, t->err);
}

/* A task of another door: a transaction of its own.  true: it lost against another process's and
 * may be done again at once. */
static bool task_once(struct job *j)
{
    struct yh_txn x;
    struct yh_group none = { YH_S(""), 0 };
    struct yh_err *err = &j->task_err;
    jmp_buf full;
    j->task_status = yh_txn_begin(yh_service_store(j->by), none, j->task.arena, &x, err);
    if (j->task_status)
        return false;
    j->task.arena->guard = &full;
    if (setjmp(full))
        j->task_status = yh_fail(err, YH_LIMIT, "内容过多");
    else
        j->task_status = j->task.work(j->task.user, &x, err);
    j->task.arena->guard = NULL;
    if (j->task_status)
        yh_txn_drop(&x);
    else
        j->task_status = yh_txn_keep(&x, err);
    return j->task_status && yh_txn_again(&x);
}

static void do_task(struct job *j)
{
    for (int i = 0; i < 20 && task_once(j); i++)
        ;
}

/* A look that cannot be noted is not given. */
static void keep_looks(struct yh_gateway *g, struct job *j)
{
    struct yh_err err;
    for (int i = 0; i < j->nlook && j->http; i++)
        if (!yh_looks_add(g->looks, &j->look[i])) {
            (void)yh_fail(&err, YH_RETRY, "查阅记录来不及写入");
            j->reply = refusal(g, j, &err);
            return;
        }
}

static void carry_out(struct yh_gateway *g, struct job *j)
{
    if (j->act) {
        carry_out_act(g, j->by, j->act);
        return;
    }
    if (j->task.work) {
        do_task(j);
        return;
    }
    struct work k = { g, j };
    bool looks = j->tx.tx->mode == YH_TX_LOOK;
    /* Asked before the snapshot is taken: what is no longer unwritten then, is in it. */
    j->call.shown = looks && yh_looks_has(g->looks, j->call.provider, j->call.person,
                                          YH_S("1101"), yh_time_day(j->call.now));
    struct yh_answer a = { 0 };
    struct yh_err err = { 0 };
    yh_work_fn *fn = j->missing ? look_at_visit : work;
    enum yh_status bad =
        writes(j) ? yh_service_write(j->by, &j->call, &j->arena, fn, &k, &a, &err)
        : j->soon
            ? yh_service_read_soon(j->by, &j->call, &j->arena, fn, &k, &a, &j->shown, &err)
            : yh_service_read(j->by, &j->call, &j->arena, fn, &k, &a, &err);
    err.status = bad ? bad : err.status;
    j->crowded = bad && a.crowded;
    if (bad)
        j->reply = refusal(g, j, &err);
    else if (j->tx.octets.p)
        j->reply = (struct yh_gateway_reply){ 200, YH_S("application/octet-stream"),
                                              j->tx.octets, false };
    else
        j->reply = (struct yh_gateway_reply){ 200, YH_S("application/json;charset=UTF-8"),
                                              a.reply, a.repeated };
    if (!bad && looks)
        keep_looks(g, j);
}

static void finish_act(struct act *t)
{
    pthread_mutex_lock(&t->lock);
    t->done = true;
    pthread_cond_signal(&t->answered);
    pthread_mutex_unlock(&t->lock);
}

/* Answers and forgets a job that came through the door. */
static void finish(struct yh_gateway *g, struct job *j)
{
    if (j->act) {
        finish_act(j->act);
        return;
    }
    if (j->task.work) {
        j->task.done(j->task.user, j->task_status, &j->task_err);
        yh_heap(j, 0);
        return;
    }
    struct yh_http_head head[2];
    char name[YH_DISPOSITION_MAX];
    int n = 0;
    if (g->config.watch && j->tx.env.infno.n) {
        int ms;
        yh_time at = now_of(g, NULL, &ms);
        struct yh_gateway_seen seen = {
            .infno = j->tx.env.infno,
            .msgid = j->tx.env.msgid,
            .provider = j->tx.env.fixmedins_code,
            .person = j->call.person,
            .reply = j->reply.body,
            .ok = yh_find(yh_sub(j->reply.body, 0, 200), YH_S("\"infcode\":\"0\"")) >= 0 ||
                  yh_find(yh_sub(j->reply.body, 0, 200), YH_S("\"infcode\":0")) >= 0,
            .at = at,
            .ms = (int)(yh_http_now_ms() - j->began_ms),
        };
        g->config.watch(g->config.watch_user, &seen);
    }
    if (j->tx.octets.p && yh_eq(j->reply.type, YH_S("application/octet-stream"))) {
        yh_disposition(name, j->tx.octet_name);
        head[n++] = (struct yh_http_head){ "Content-Disposition", name };
        head[n++] = (struct yh_http_head){ "X-Content-Type-Options", "nosniff" };
    }
    if (j->at[YH_SPENT_COMMIT + 1] && writes(j)) {
        j->at[YH_SPENT_ANSWER + 1] = yh_stage_now();
        yh_stages_add(&g->stages, j->at);
    }
    /* Types are literals. */
    yh_http_reply(j->http, j->reply.status, j->reply.type.p, j->reply.body, head, n);
    arena_give(g, &j->arena);
    yh_heap(j, 0);
}

/* ---- queues ---- */

static void queue_open(struct queue *q)
{
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->more, NULL);
    q->first = NULL;
    q->end = &q->first;
    q->n = 0;
    q->closed = false;
}

/* false: full or closed. */
static bool queue_put(struct queue *q, struct job *j, int max)
{
    pthread_mutex_lock(&q->lock);
    bool ok = !q->closed && q->n < max;
    if (ok) {
        j->next = NULL;
        *q->end = j;
        q->end = &j->next;
        q->n++;
        pthread_cond_signal(&q->more);
    }
    pthread_mutex_unlock(&q->lock);
    return ok;
}

/* Up to `most` jobs, waiting for the first; NULL = closed and empty, or empty where it need not wait. */
static struct job *queue_take(struct queue *q, int most, bool wait)
{
    pthread_mutex_lock(&q->lock);
    while (wait && !q->first && !q->closed)
        pthread_cond_wait(&q->more, &q->lock);
    struct job *first = q->first, *last = first;
    int n = first ? 1 : 0;
    while (last && last->next && n < most) {
        last = last->next;
        n++;
    }
    if (last) {
        q->first = last->next;
        if (!q->first)
            q->end = &q->first;
        last->next = NULL;
        q->n -= n;
    }
    pthread_mutex_unlock(&q->lock);
    return first;
}

static void queue_close(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    pthread_cond_broadcast(&q->more);
    pthread_mutex_unlock(&q->lock);
}

/* Nobody's work is known to be kept: all are told to ask again. */
static void refuse_all(struct yh_gateway *g, struct job *first, struct yh_err *err)
{
    err->status = YH_RETRY;
    for (struct job *j = first; j; j = j->next) {
        if (!writes(j) && !j->shown)
            continue;
        if (j->act) {
            j->act->st = yh_fail(j->act->err, YH_RETRY, "没有落盘，请重试（%s）", err->text);
        } else if (j->task.work) {
            j->task_status = YH_RETRY;
            j->task_err = *err;
        } else {
            j->reply = refusal(g, j, err);
        }
    }
}

/* One batch: everything that waits, one commit, durable now or `soon`.  Calls that only read are
 * carried out after it, on what it left (without readers). */
static enum yh_status run_batch(struct yh_gateway *g, struct yh_service *by, struct job *first,
                                bool soon);

/* Where several processes write, what belongs to no account group alone has a batch of its own. */
static bool apart(const struct yh_gateway *g, const struct job *first, const struct job *j)
{
    return g->config.nwriter > 0 && first->next && (j->act || j->task.work);
}

static void run_alone(struct yh_gateway *g, struct yh_service *by, struct job *j)
{
    struct job *next = j->next;
    j->next = NULL;
    j->crowded = false;
    (void)run_batch(g, by, j, false);
    j->next = next;
}

static void taken(struct yh_service *by, struct job *first)
{
    int64_t now = first ? yh_stage_now() : 0;
    for (struct job *j = first; j; j = j->next) {
        j->by = by;
        j->at[YH_SPENT_QUEUE + 1] = now;
    }
}

static void passed(struct job *first, enum yh_spent stage)
{
    int64_t now = yh_stage_now();
    for (struct job *j = first; j; j = j->next)
        j->at[stage + 1] = now;
}

/* What has come in since the batch was taken: a commit costs as much as several calls, whatever it
 * holds, so the calls that came last need not wait for another. */
static struct job *late(struct yh_gateway *g, struct yh_service *by, int n, int64_t until_ms)
{
    int most = g->config.batch_max - n;
    if (most <= 0 || yh_http_now_ms() >= until_ms)
        return NULL;
    struct job *first = queue_take(&g->writes, most, false);
    taken(by, first);
    return first;
}

static enum yh_status run_batch(struct yh_gateway *g, struct yh_service *by, struct job *first,
                                bool soon)
{
    struct yh_err err = { 0 };
    int n = 0;
    int64_t until_ms = yh_http_now_ms() + LATE_MS;
    taken(by, first);
    enum yh_status bad = yh_service_batch_begin(by, &err);
    for (struct job *j = first; j && !bad; j = j->next) {
        if (writes(j) && !apart(g, first, j))
            carry_out(g, j);
        n++;
        if (soon && !j->next)
            j->next = late(g, by, n, until_ms);
    }
    passed(first, YH_SPENT_WORK);
    if (!bad)
        bad = soon ? yh_service_batch_commit_soon(by, &err) : yh_service_batch_commit(by, &err);
    passed(first, YH_SPENT_COMMIT);
    passed(first,
           YH_SPENT_DISK); /* where the commit did not wait for it, the answerer says when */
    if (bad)
        refuse_all(g, first, &err);
    for (struct job *j = first; j; j = j->next)
        if (!writes(j))
            carry_out(g, j);
        else if (!bad && (j->crowded || apart(g, first, j)))
            run_alone(g, by, j);
    atomic_fetch_add(&g->batches, 1);
    atomic_fetch_add(&g->written, bad ? 0 : n);
    return bad;
}

static void finish_all(struct yh_gateway *g, struct job *first)
{
    while (first) {
        struct job *next = first->next;
        finish(g, first);
        first = next;
    }
}

/* A batch, or a reading call, waits for the answerer's sync. */
static void wait_for_disk(struct yh_gateway *g, struct job *first)
{
    struct queue *q = &g->done;
    pthread_mutex_lock(&q->lock);
    first->after = NULL;
    *q->end = first;
    q->end = &first->after;
    pthread_cond_signal(&q->more);
    pthread_mutex_unlock(&q->lock);
}

/* Several writers wait for the disk each for itself; one alone goes on with the next batch while it
 * works, and the answerer answers. */
static void write_all(struct yh_gateway *g, struct yh_service *by)
{
    struct job *first;
    bool soon = g->config.nwriter == 0;
    while ((first = queue_take(&g->writes, g->config.batch_max, true))) {
        if (run_batch(g, by, first, soon) || !soon) {
            finish_all(g, first);
            continue;
        }
        first->shown = yh_service_committed(by);
        wait_for_disk(g, first);
    }
}

static void *writer(void *arg)
{
    struct yh_gateway *g = arg;
    write_all(g, g->config.service);
    return NULL;
}

static void *another_writer(void *arg)
{
    struct yh_gateway *g = arg;
    write_all(g, g->config.writer[atomic_fetch_add(&g->writers, 1)]);
    return NULL;
}

/* Makes durable what these batches wrote and these reading calls showed. */
static enum yh_status make_durable(struct yh_gateway *g, const struct job *batch,
                                   struct yh_err *err)
{
    int64_t shown = 0;
    for (; batch; batch = batch->after)
        shown = yh_max(shown, batch->shown);
    return yh_service_sync_shown(g->config.service, shown, err);
}

/* Syncs once for every batch that was committed before, and only then answers them; and the readers,
 * who would else each sync for themselves, and the batches behind them. */
static void *answerer(void *arg)
{
    struct yh_gateway *g = arg;
    struct queue *q = &g->done;
    for (;;) {
        struct yh_err err = { 0 };
        pthread_mutex_lock(&q->lock);
        while (!q->first && !q->closed)
            pthread_cond_wait(&q->more, &q->lock);
        struct job *batch = q->first;
        q->first = NULL;
        q->end = &q->first;
        pthread_mutex_unlock(&q->lock);
        if (!batch)
            return NULL;
        enum yh_status bad = make_durable(g, batch, &err);
        while (batch) {
            struct job *after = batch->after;
            /* One of them alone may have been given up. */
            if (bad || yh_service_sync_shown(g->config.service, batch->shown, &err))
                refuse_all(g, batch, &err);
            passed(batch, YH_SPENT_DISK);
            finish_all(g, batch);
            batch = after;
        }
    }
}

static void *reader(void *arg)
{
    struct yh_gateway *g = arg;
    struct job *j;
    while ((j = queue_take(&g->reads, 1, true))) {
        j->by = g->config.service;
        j->soon = true;
        carry_out(g, j);
        if (j->shown)
            wait_for_disk(g, j);
        else
            finish(g, j);
    }
    return NULL;
}

/* ---- the faces ---- */

static yh_str http_header(void *user, const char *name)
{
    return yh_http_header(user, name);
}

static void say(struct yh_http_call *call, int status, const char *text)
{
    yh_http_reply(call, status, "application/json;charset=UTF-8", yh_cstr(text), NULL, 0);
}

void yh_gateway_http(void *gateway, struct yh_http_call *call)
{
    struct yh_gateway *g = gateway;
    if (g->config.other && g->config.other(g->config.other_user, call))
        return;
    if (!yh_eq(yh_http_method(call), YH_S("POST"))) {
        bool root =
            yh_eq(yh_http_path(call), YH_S("/")) || yh_eq(yh_http_path(call), YH_S("/health"));
        say(call, root ? 200 : 405,
            root ? "{\"code\":200,\"message\":\"医衡 医保接口：请用 POST 发送交易报文，例如 "
                   "9001 签到\"}"
                 : "{\"code\":405,\"message\":\"请用 POST 发送交易报文\"}");
        return;
    }
    struct job *j = yh_heap(NULL, sizeof *j);
    *j = (struct job){ .http = call, .began_ms = yh_http_now_ms() };
    if (!arena_take(g, &j->arena)) {
        yh_heap(j, 0);
        say(call, 503, "{\"code\":503,\"message\":\"系统繁忙，请稍后以同一 msgid 重发\"}");
        return;
    }
    struct yh_gateway_ask ask = { yh_http_header(call, "Content-Type"),
                                  yh_http_body(call),
                                  { http_header, call } };
    if (!prepare(g, &ask, yh_http_oversized(call), j)) {
        finish(g, j);
        return;
    }
    bool apart = !writes(j) && g->config.readers > 0;
    j->at[YH_SPENT_QUEUE] = yh_stage_now();
    if (!queue_put(apart ? &g->reads : &g->writes, j, g->config.queue_max)) {
        atomic_fetch_add(&g->busy, 1);
        j->tx.octets = (yh_str){ 0 };
        struct yh_arena a = last_words(j);
        j->reply =
            failure_reply(&a, 503, 503, YH_S("系统繁忙，本次未受理，请稍后以同一 msgid 重发"));
        finish(g, j);
    }
}

bool yh_gateway_submit(struct yh_gateway *g, const struct yh_gateway_task *task)
{
    struct job *j = yh_heap(NULL, sizeof *j);
    *j = (struct job){ .task = *task };
    bool ok = queue_put(&g->writes, j, g->config.queue_max);
    if (!ok)
        yh_heap(j, 0);
    return ok;
}

bool yh_gateway_look(struct yh_gateway *g, const struct yh_look_note *note)
{
    return yh_looks_add(g->looks, note);
}

/* A task on this thread, when no other is at work. */
static enum yh_status task_here(struct yh_gateway *g, struct yh_gateway_task task,
                                struct yh_err *err)
{
    struct job j = { .task = task };
    enum yh_status bad = run_batch(g, g->config.service, &j, false);
    *err = j.task_err;
    return bad ? bad : j.task_status;
}

static enum yh_status write_looks(void *job, struct yh_txn *x, struct yh_err *err)
{
    const struct job *j = job;
    return yh_looks_write(x, j->look, j->nlook, err);
}

static yh_str no_header(void *user, const char *name)
{
    (void)user, (void)name;
    return YH_S("");
}

void yh_gateway_answer(struct yh_gateway *g, const struct yh_gateway_ask *ask,
                       struct yh_arena *arena, struct yh_gateway_reply *out)
{
    struct yh_gateway_ask a = *ask;
    struct job j = { .arena = *arena };
    if (!a.headers.get)
        a.headers.get = no_header;
    if (prepare(g, &a, 0, &j))
        (void)run_batch(g, g->config.service, &j, false); /* its failure is the reply */
    struct yh_err err;
    if (j.nlook &&
        task_here(g, (struct yh_gateway_task){ write_looks, NULL, &j, &j.arena }, &err))
        j.reply = refusal(g, &j, &err);
    *out = j.reply;
    *arena = j.arena;
}

enum yh_status yh_gateway_act(struct yh_gateway *g, yh_str ask, struct yh_arena *a, yh_str *tsv,
                              struct yh_err *err)
{
    struct act t = { .ask = ask, .arena = a, .err = err };
    struct job j = { .act = &t };
    pthread_mutex_init(&t.lock, NULL);
    pthread_cond_init(&t.answered, NULL);
    if (!queue_put(&g->writes, &j, g->config.queue_max)) {
        t.st = yh_fail(err, YH_LIMIT, "服务正忙或正在停止，请稍后再试");
    } else {
        pthread_mutex_lock(&t.lock);
        while (!t.done)
            pthread_cond_wait(&t.answered, &t.lock);
        pthread_mutex_unlock(&t.lock);
    }
    pthread_cond_destroy(&t.answered);
    pthread_mutex_destroy(&t.lock);
    if (t.st == YH_OK)
        *tsv = t.tsv;
    return t.st;
}

yh_str yh_gateway_stages(struct yh_gateway *g, struct yh_arena *a)
{
    return yh_stages_text(&g->stages, a);
}

struct yh_gateway_stats yh_gateway_stats_of(struct yh_gateway *g)
{
    return (struct yh_gateway_stats){ atomic_load(&g->requests), atomic_load(&g->written),
                                      atomic_load(&g->batches), atomic_load(&g->refused),
                                      atomic_load(&g->busy) };
}

enum yh_status yh_gateway_open(const struct yh_gateway_config *config, struct yh_gateway **out,
                               struct yh_err *err)
{
    struct yh_gateway *g = yh_heap(NULL, sizeof *g);
    memset(g, 0, sizeof *g);
    g->config = *config;
    g->config.queue_max = config->queue_max ? config->queue_max : 2000;
    g->config.batch_max = config->batch_max ? config->batch_max : 256;
    g->config.arena_bytes = config->arena_bytes ? config->arena_bytes : (size_t)512 << 20;
    g->config.readers = (int)yh_clamp(config->readers, 0, YH_COUNT(g->reader));
    if (config->clock == YH_CLOCK_SHIFTED)
        g->shift_ms = config->start * 1000 - civil_ms(g);
    /* Serials of two runs do not meet: each begins at its own millisecond. */
    atomic_store(&g->serial, unix_ms() % 10000000000);
    queue_open(&g->writes);
    queue_open(&g->reads);
    queue_open(&g->done);
    pthread_mutex_init(&g->spare_lock, NULL);
    g->looks = yh_looks_open(g);
    yh_assert(config->nwriter <= YH_GATEWAY_WRITERS_MAX);
    for (int i = 0; i < 1 + config->nwriter; i++)
        if (pthread_create(&g->writer[i], NULL, i ? another_writer : writer, g))
            return yh_fail(err, YH_IO, "不能启动线程");
    if (pthread_create(&g->answerer, NULL, answerer, g))
        return yh_fail(err, YH_IO, "不能启动线程");
    for (int i = 0; i < g->config.readers; i++)
        if (pthread_create(&g->reader[i], NULL, reader, g))
            return yh_fail(err, YH_IO, "不能启动线程");
    *out = g;
    return YH_OK;
}

/* What was noted while the last calls were answered. */
static void write_left_looks(struct yh_gateway *g)
{
    struct yh_arena a;
    struct yh_err err;
    int n = yh_looks_count(g->looks);
    if (!n)
        return;
    enum yh_status bad = yh_arena_open(&a, (size_t)64 << 20, &err);
    if (!bad) {
        bad = task_here(g, (struct yh_gateway_task){ yh_looks_left, NULL, g->looks, &a }, &err);
        yh_arena_close(&a);
    }
    if (bad)
        fprintf(stderr, "警告：%d 条查阅记录未能写入：%s\n", n, err.text);
}

void yh_gateway_drain(struct yh_gateway *g)
{
    if (g->drained)
        return;
    g->drained = true;
    yh_looks_stop(g->looks);
    queue_close(&g->writes);
    queue_close(&g->reads);
    for (int i = 0; i < 1 + g->config.nwriter; i++)
        pthread_join(g->writer[i], NULL);
    for (int i = 0; i < g->config.readers; i++)
        pthread_join(g->reader[i], NULL);
    queue_close(&g->done);
    pthread_join(g->answerer, NULL);
    write_left_looks(g);
}

void yh_gateway_close(struct yh_gateway *g)
{
    yh_gateway_drain(g);
    for (int i = 0; i < g->nspare; i++)
        yh_arena_close(&g->spare[i]);
    yh_looks_close(g->looks);
    yh_heap(g, 0);
}
