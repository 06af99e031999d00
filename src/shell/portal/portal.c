/* shell/portal/portal.c -- one call: its row found, what the row asks checked, the handler run where
 * it belongs, one form of reply. */
#include <stdio.h>
#include <stdlib.h>
#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "model/matter/scan.h"
#include "shell/handbook/handbook.h"
#include "shell/portal/inside.h"

#define ARENA_BYTES ((size_t)64 << 20)
#define SPARE_BYTES (2u << 20)
#define BODY_MAX (1 << 20)

const struct route ROUTE[] = {
#define R(name, method, path, roles, area, purpose, limit, in, out, doc) \
    { #name, #method, path, roles, area, purpose, LIMIT_##limit, in, out, doc, portal_##name },
#include "shell/portal/route.def"
};
const int NROUTE = YH_COUNT(ROUTE);

static const struct {
    int minute, burst;
    enum where where;
} RATE[] = {
#define L(name, minute, burst, where) { minute, burst, WHERE_##where },
#include "shell/portal/limit.def"
};

static const struct {
    const char *word, *text;
} ROLE_ROW[] = {
#define ROLE(bit, word, text) { word, text },
#include "shell/portal/role.def"
};

const char *role_word(enum role r)
{
    return ROLE_ROW[r].word;
}

bool role_read(yh_str word, enum role *out)
{
    for (int i = 0; i < BIT_N; i++)
        if (yh_eq(word, yh_cstr(ROLE_ROW[i].word))) {
            *out = (enum role)i;
            return true;
        }
    return false;
}

yh_time portal_now(void)
{
    return (yh_time)time(NULL) + 8 * 3600;
}

bool within_area(yh_str area, yh_str region, yh_str office)
{
    while (area.n) {
        yh_str one = yh_trim(yh_cut(&area, ' '));
        /* A pool (xxxx00 or xx0000) stands for its offices; an office for itself alone. */
        ptrdiff_t n = yh_ends(one, YH_S("0000")) ? 2 : yh_ends(one, YH_S("00")) ? 4 : 6;
        if (one.n == 6 &&
            (yh_eq(one, office) ||
             (n < 6 && (yh_starts(office, yh_sub(one, 0, n)) || yh_eq(one, region)))))
            return true;
    }
    return false;
}

/* ---- replies ---- */

static const struct {
    enum yh_status status;
    int http;
} HTTP_OF[] = {
    { YH_OK, 200 },        { YH_BAD_INPUT, 400 }, { YH_BAD_TABLE, 400 },
    { YH_NOT_FOUND, 404 }, { YH_CONFLICT, 409 },  { YH_LIMIT, 413 },
    { YH_DENIED, 403 },    { YH_RETRY, 503 },     { YH_IO, 503 },
};

static void send(struct yh_http_call *http, int status, yh_str body, const char *cookie,
                 const char *type, const char *file, bool save)
{
    struct yh_http_head head[12];
    char named[120];
    int n = 0;
    if (type) {
        (void)snprintf(named, sizeof named, "%s; filename=\"%s\"",
                       save ? "attachment" : "inline", file);
        head[n++] = (struct yh_http_head){ "Content-Disposition", named };
    }
    head[n++] = (struct yh_http_head){ "Cache-Control", "no-store" };
    for (int i = 0; i < NSECURITY_HEADS; i++)
        head[n++] = SECURITY_HEADS[i];
    if (cookie && cookie[0])
        head[n++] = (struct yh_http_head){ "Set-Cookie", cookie };
    if (status == 429 || status == 503)
        head[n++] = (struct yh_http_head){ "Retry-After", status == 429 ? "10" : "1" };
    yh_http_reply(http, status, type ? type : "application/json;charset=UTF-8", body, head, n);
}

/* Each byte of a message may need six; a buffer in an arena doubles. */
_Static_assert(ERROR_ROOM >=
                   4 * 6 *
                       (sizeof((struct yh_err){ 0 }.text) + sizeof((struct yh_err){ 0 }.field)),
               "an error's words fit");

yh_str error_text(char room[ERROR_ROOM], const char *code, yh_str field, yh_str message)
{
    struct yh_arena a = { .at = room, .end = room + ERROR_ROOM };
    struct yh_buf b = yh_buf_in(&a);
    struct yh_jsonw w = yh_jsonw_on(&b);
    yh_jw_object(&w);
    yh_jw_kv_object(&w, "error");
    yh_jw_kv_str(&w, "code", yh_cstr(code));
    yh_jw_kv_str(&w, "message", message);
    yh_jw_kv_str(&w, "field", field);
    yh_jw_end(&w, '}');
    yh_jw_end(&w, '}');
    return yh_buf_str(&b);
}

static void send_error(struct yh_http_call *http, int status, const char *code, yh_str field,
                       yh_str message, const char *cookie)
{
    char room[ERROR_ROOM];
    send(http, status, error_text(room, code, field, message), cookie, NULL, "", false);
}

static bool arena_take(struct yh_portal *p, struct yh_arena *out)
{
    pthread_mutex_lock(&p->spare_lock);
    bool have = p->nspare > 0;
    if (have)
        *out = p->spare[--p->nspare];
    pthread_mutex_unlock(&p->spare_lock);
    return have || !yh_arena_open(out, ARENA_BYTES, NULL);
}

static void arena_give(struct yh_portal *p, struct yh_arena *a)
{
    bool small = yh_arena_used(a) < SPARE_BYTES;
    a->guard = NULL;
    yh_arena_reset(a);
    pthread_mutex_lock(&p->spare_lock);
    bool kept = small && p->nspare < YH_COUNT(p->spare);
    if (kept)
        p->spare[p->nspare++] = *a;
    pthread_mutex_unlock(&p->spare_lock);
    if (!kept)
        yh_arena_close(a);
}

/* Answers a call and forgets it. */
static void finish(struct call *c, enum yh_status st, const struct yh_err *err)
{
    if (c->after)
        c->after(c, !st);
    if (!st) {
        send(c->http, c->status ? c->status : 200, yh_buf_str(&c->reply), c->cookie, c->type,
             c->file, c->save);
    } else {
        int http = 503;
        for (int i = 0; i < YH_COUNT(HTTP_OF); i++)
            if (HTTP_OF[i].status == st)
                http = HTTP_OF[i].http;
        yh_str text =
            st == YH_IO || st == YH_RETRY ? YH_S("系统繁忙，请稍后再试") : yh_cstr(err->text);
        send_error(c->http, c->status ? c->status : http, yh_status_word(st),
                   yh_cstr(err->field), text, c->cookie);
    }
    struct yh_portal *p = c->p;
    arena_give(p, &c->arena);
    yh_heap(c, 0);
}

void reply_file(struct call *c, yh_str bytes, const char *type, yh_str name, const char *ending)
{
    c->type = type;
    (void)snprintf(c->file, sizeof c->file, "%.*s.%s", YH_ARG(yh_sub(name, 0, 60)), ending);
    c->reply.n = 0;
    yh_put(&c->reply, bytes);
}

/* ---- what a handler reads ---- */

const struct yh_json *in_json(const struct call *c, const char *name)
{
    return yh_json_get(c->in, yh_cstr(name));
}

yh_str in_text(const struct call *c, const char *name)
{
    if (c->in)
        return yh_json_text(in_json(c, name));
    yh_str v = yh_http_query(c->http, name);
    return v.p ? v : YH_S("");
}

int64_t in_int(const struct call *c, const char *name, int64_t absent)
{
    int64_t v;
    yh_str s = in_text(c, name);
    return s.n && !yh_int_parse(s, &v, NULL) ? v : absent;
}

int64_t param_no(const struct call *c)
{
    int64_t v;
    return yh_int_parse(c->param[0], &v, NULL) ? 0 : v;
}

void speak(struct call *c)
{
    c->look.lang = yh_eq(in_text(c, "lang"), YH_S("en")) ? YH_EN : YH_ZH;
}

bool in_flag(const struct call *c, const char *name)
{
    const struct yh_json *v = c->in ? in_json(c, name) : NULL;
    if (v && v->kind == YH_JSON_BOOL)
        return v->truth;
    yh_str s = in_text(c, name);
    return yh_eq(s, YH_S("1")) || yh_eq(s, YH_S("true"));
}

struct yh_look_page in_page(const struct call *c)
{
    return (struct yh_look_page){ yh_clamp(in_int(c, "page", 1), 1, 1000000),
                                  yh_clamp(in_int(c, "size", 20), 1, 100) };
}

yh_str in_bytes(const struct call *c)
{
    return yh_http_body(c->http);
}

/* ---- checks, in this order ---- */

/* Does the path fit the row's?  {x} takes one step. */
static bool path_fits(const char *pattern, yh_str path, yh_str param[PARAMS_MAX])
{
    yh_str want = yh_cstr(pattern);
    int n = 0;
    while (want.p || path.p) {
        yh_str w = yh_cut(&want, '/'), s = yh_cut(&path, '/');
        if (w.n && w.p[0] == '{') {
            if (!s.n || n == PARAMS_MAX)
                return false;
            param[n++] = s;
        } else if (!yh_eq(w, s)) {
            return false;
        }
        if (!want.p != !path.p)
            return false;
    }
    return true;
}

/* The row; NULL with *other: the path is there, the method is not. */
static const struct route *route_find(yh_str method, yh_str path, yh_str param[PARAMS_MAX],
                                      bool *other)
{
    *other = false;
    for (int i = 0; i < NROUTE; i++) {
        if (!path_fits(ROUTE[i].path, path, param))
            continue;
        if (yh_eq(method, yh_cstr(ROUTE[i].method)))
            return &ROUTE[i];
        *other = true;
    }
    return NULL;
}

static bool within_rate(struct yh_portal *p, const struct route *r, const struct session *who,
                        yh_str peer)
{
    bool hash = RATE[r->limit].where == WHERE_HASH;
    int minute = RATE[r->limit].minute, burst = RATE[r->limit].burst;
    if (r->limit == LIMIT_QUICK && p->config.rate) {
        minute = p->config.rate;
        burst = p->config.rate;
    }
    uint64_t key = yh_hash64(who->token[0] && !hash ? yh_cstr(who->token) : peer,
                             p->seed + (uint64_t)r->limit);
    int64_t now = yh_http_now_ms(), full = (int64_t)burst * 60000;
    pthread_mutex_lock(&p->lock);
    /* Whoever falls into the same one shares it: a stranger brings no fresh measure along. */
    struct bucket *b = &p->bucket[key % BUCKETS];
    if (!b->at_ms)
        *b = (struct bucket){ now, full };
    b->milli = yh_min(full, b->milli + (now - b->at_ms) * minute);
    b->at_ms = now;
    bool ok = b->milli >= 60000;
    if (ok)
        b->milli -= 60000;
    pthread_mutex_unlock(&p->lock);
    return ok;
}

static yh_str cookie_of(struct yh_http_call *http)
{
    yh_str all = yh_http_header(http, "Cookie");
    while (all.n) {
        yh_str one = yh_trim(yh_cut(&all, ';'));
        if (yh_starts(one, YH_S("yiheng=")))
            return yh_sub(one, 7, one.n);
    }
    return YH_S("");
}

static bool constant_eq(yh_str a, yh_str b)
{
    if (a.n != b.n)
        return false;
    unsigned char d = 0;
    for (ptrdiff_t i = 0; i < a.n; i++)
        d |= (unsigned char)(a.p[i] ^ b.p[i]);
    return !d;
}

/* Who is it, and may they call this at all?  0 = yes, else the HTTP status. */
static int check_who(struct call *c, const char **code, yh_str *message)
{
    const struct route *r = c->route;
    bool writes = strcmp(r->method, "GET") != 0;
    yh_str cookie = cookie_of(c->http);
    bool signed_in = cookie.n && session_find(c, cookie);
    if (!within_rate(c->p, r, &c->who, yh_http_peer(c->http))) {
        *code = "too many";
        *message = YH_S("操作太频繁，请稍等一会儿再试");
        return 429;
    }
    /* A form or script of another site: browsers say where a call comes from. */
    yh_str site = yh_http_header(c->http, "Sec-Fetch-Site");
    if (writes && site.n && !yh_eq(site, YH_S("same-origin")) && !yh_eq(site, YH_S("none"))) {
        *code = "denied";
        *message = YH_S("请求来自别的网站，已拒绝");
        return 403;
    }
    /* Older browsers say from whose page at least. */
    yh_str origin = yh_http_header(c->http, "Origin"), host = yh_http_header(c->http, "Host");
    if (writes && !site.n && origin.n &&
        !(yh_ends(origin, host) &&
          yh_ends(yh_sub(origin, 0, origin.n - host.n), YH_S("://")))) {
        *code = "denied";
        *message = YH_S("请求来自别的网站，已拒绝");
        return 403;
    }
    if (r->roles == ANYONE)
        return 0;
    if (!signed_in) {
        *code = "not signed in";
        *message = YH_S("请先登录");
        return 401;
    }
    if (writes && !constant_eq(yh_http_header(c->http, "X-CSRF"), yh_cstr(c->who.csrf))) {
        *code = "denied";
        *message = YH_S("页面已过期，请刷新后再试");
        return 403;
    }
    if (!(r->roles & (1 << c->who.role))) {
        *code = "denied";
        *message = YH_S("您的角色不能使用此功能");
        return 403;
    }
    /* A password that somebody else knows, a second factor not yet there: nothing but mending it. */
    bool mending = yh_starts(yh_cstr(r->path), YH_S("/api/session"));
    if ((c->who.must_change || c->who.second == 1) && !mending) {
        *code = "denied";
        *message = c->who.must_change ? YH_S("请先修改一次性密码") : YH_S("请先绑定验证器");
        return 403;
    }
    return 0;
}

static enum yh_status check_field(struct call *c, yh_str spec, struct yh_err *err)
{
    bool must = yh_ends(spec, YH_S("!"));
    yh_str kind = must ? yh_sub(spec, 0, spec.n - 1) : spec;
    yh_str name = yh_cut(&kind, ':');
    const char *z = yh_zdup(&c->arena, name);
    const struct yh_json *v = c->in ? yh_json_get(c->in, name) : NULL;
    yh_str text = in_text(c, z);
    int64_t n;
    if (yh_eq(kind, YH_S("bytes")))
        return yh_http_body(c->http).n
                   ? YH_OK
                   : yh_fail_field(err, YH_BAD_INPUT, z, "", "%s：没有内容", z);
    if (yh_eq(kind, YH_S("json")) || yh_eq(kind, YH_S("flag"))) {
        if (must && (c->in ? !v : !text.n))
            return yh_fail_field(err, YH_BAD_INPUT, z, "", "%s：必填，未填写", z);
        if (v && yh_eq(kind, YH_S("json")) && v->kind != YH_JSON_OBJECT)
            return yh_fail_field(err, YH_BAD_INPUT, z, "", "%s：应为对象", z);
        return YH_OK;
    }
    if (must && !text.n)
        return yh_fail_field(err, YH_BAD_INPUT, z, "", "%s：必填，未填写", z);
    if (v && v->kind != YH_JSON_STRING && v->kind != YH_JSON_NUMBER && v->kind != YH_JSON_NULL)
        return yh_fail_field(err, YH_BAD_INPUT, z, "", "%s：应为文字或数字", z);
    if (text.n && yh_eq(kind, YH_S("int")) && yh_int_parse(text, &n, NULL))
        return yh_fail_field(err, YH_BAD_INPUT, z, "", "%s：应为整数", z);
    if (!yh_utf8_ok(text))
        return yh_fail_field(err, YH_BAD_INPUT, z, "", "%s：不是有效的文字", z);
    return YH_OK;
}

static enum yh_status check_fields(struct call *c, struct yh_err *err)
{
    yh_str in = yh_cstr(c->route->in);
    if (yh_find(in, YH_S("file:bytes!")) >= 0) {
        if (yh_http_oversized(c->http) || yh_http_body(c->http).n > YH_SCAN_BYTES_MAX)
            return yh_fail_field(err, YH_LIMIT, "file", "", "文件太大，最多 2 MB");
    } else if (strcmp(c->route->method, "GET")) {
        yh_str body = yh_trim(yh_http_body(c->http));
        struct yh_json *v = NULL;
        if (yh_http_oversized(c->http) || body.n > BODY_MAX)
            return yh_fail(err, YH_LIMIT, "内容太大，最多 1 MB");
        if (!body.n)
            body = YH_S("{}");
        enum yh_status st =
            yh_json_read(&c->arena, body, (struct yh_json_limits){ 16, 100000 }, &v, err);
        if (st)
            return st;
        if (v->kind != YH_JSON_OBJECT)
            return yh_fail(err, YH_BAD_INPUT, "正文应为 JSON 对象");
        c->in = v;
    }
    while (in.n) {
        yh_str one = yh_trim(yh_cut(&in, ' '));
        enum yh_status st = one.n ? check_field(c, one, err) : YH_OK;
        if (st)
            return st;
    }
    return YH_OK;
}

static enum yh_status check_purpose(struct call *c, struct yh_err *err)
{
    static const char *const WORD[] = {
#define P(word, text) #word,
#include "shell/portal/purpose.def"
    };
    if (c->route->purpose == FREE) {
        c->purpose = c->route->area == OWN ? YH_S("self") : YH_S("");
        return YH_OK;
    }
    yh_str said = in_text(c, "purpose");
    for (int i = 0; i < YH_COUNT(WORD); i++)
        if (yh_eq(said, yh_cstr(WORD[i]))) {
            c->purpose = yh_cstr(WORD[i]);
            c->unmask = in_flag(c, "unmask");
            return YH_OK;
        }
    return yh_fail_field(
        err, YH_BAD_INPUT, "purpose", "",
        "purpose：请说明查看用途（service 办理业务、review 审核报销、complaint "
        "处理投诉、audit 稽核检查）");
}

bool note_look(struct call *c, yh_str region, int64_t grp, yh_str person, yh_str object)
{
    struct yh_look_note n = { .region = region,
                              .grp = grp,
                              .person = person,
                              .time = c->look.now,
                              .user = yh_cstr(c->who.user),
                              .user_name = yh_cstr(c->who.name),
                              .role = yh_cstr(role_word(c->who.role)),
                              .purpose = c->purpose,
                              .route = yh_cstr(c->route->name),
                              .object = object,
                              .unmasked = c->unmask || yh_eq(c->purpose, YH_S("self")) };
    return yh_gateway_look(c->p->gateway, &n);
}

/* Whose data: the person must be within the user's area, and the look is noted. */
static enum yh_status check_area(struct call *c, struct yh_err *err)
{
    enum area area = c->route->area;
    struct yh_look_place at;
    if (area != OWN && area != AREA)
        return YH_OK;
    enum yh_status st = area == OWN ? family_subject(c, err) : YH_OK;
    if (st)
        return st;
    yh_str person = area == OWN ? c->subject : c->param[0];
    if (!person.n)
        return yh_fail(err, YH_DENIED, "此账号没有对应的参保人");
    st = yh_look_place(&c->look, person, &at, err);
    if (st)
        return st;
    /* Somebody of another area is answered as somebody unknown. */
    if (area == AREA && !within_area(yh_cstr(c->who.area), at.region, at.office))
        return yh_fail_field(err, YH_NOT_FOUND, "person", "", "没有这个参保人，或不在您的辖区");
    yh_str object = area == OWN ? c->param[0] : c->param[1];
    if (!note_look(c, at.region, at.grp, person, object))
        return yh_fail(err, YH_RETRY, "查阅记录来不及写入");
    return YH_OK;
}

/* ---- running ---- */

/* Plans that came with a newly published document are looked through once. */
static const struct known *known_of(struct yh_portal *p)
{
    const struct yh_edition *e = yh_realm_now(p->config.realm);
    pthread_mutex_lock(&p->lock);
    struct known *k = p->known;
    if (!k || k->edition != e) {
        k = yh_heap(NULL, sizeof *k);
        *k = (struct known){ .edition = e, .before = p->known };
        k->plan = yh_heap(NULL, ((size_t)e->plans.n + 1) * sizeof *k->plan);
        for (int i = 0; i < e->plans.n; i++)
            k->plan[i] = yh_bill_plan_of(e->plans.plan[i].plan);
        p->known = k;
    }
    pthread_mutex_unlock(&p->lock);
    return k;
}

static enum yh_status on_view(struct call *c, struct yh_err *err)
{
    struct yh_txn view;
    enum yh_status st =
        yh_view_open(yh_service_store(c->p->config.service), &c->arena, &view, err);
    if (st)
        return st;
    c->look =
        (struct yh_look){ &view, &c->p->config.realm->world, &c->arena, portal_now(), YH_ZH };
    c->known = known_of(c->p);
    struct yh_jsonw w = yh_jsonw_on(&c->reply);
    jmp_buf full;
    c->arena.guard = &full;
    if (setjmp(full)) {
        st = yh_fail(err, YH_LIMIT, "内容过多，请缩小范围");
    } else {
        st = check_area(c, err);
        if (!st)
            st = c->route->handler(c, &w, err);
    }
    c->arena.guard = NULL;
    yh_view_close(&view);
    return st;
}

static enum yh_status write_work(void *user, struct yh_txn *x, struct yh_err *err)
{
    struct call *c = user;
    c->look = (struct yh_look){ x, &c->p->config.realm->world, &c->arena, portal_now(), YH_ZH };
    c->reply.n = 0;
    struct yh_jsonw w = yh_jsonw_on(&c->reply);
    enum yh_status st = family_again(c, err);
    return st ? st : c->write(c, &w, err);
}

static void write_done(void *user, enum yh_status status, const struct yh_err *err)
{
    struct call *c = user;
    if (status)
        c->cookie[0] = 0;
    finish(c, status, err);
}

static void run(struct call *c)
{
    struct yh_err err = { 0 };
    enum yh_status st = on_view(c, &err);
    if (st || !c->write) {
        finish(c, st, &err);
        return;
    }
    struct yh_gateway_task task = { write_work, write_done, c, &c->arena };
    if (!yh_gateway_submit(c->p->gateway, &task))
        finish(c, YH_RETRY, &err);
}

/* ---- queues ---- */

static void queue_open(struct queue *q, int max)
{
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->more, NULL);
    *q = (struct queue){ .lock = q->lock, .more = q->more, .max = max };
    q->end = &q->first;
}

static bool queue_put(struct queue *q, struct call *c)
{
    pthread_mutex_lock(&q->lock);
    bool ok = !q->closed && q->n < q->max;
    if (ok) {
        c->next = NULL;
        *q->end = c;
        q->end = &c->next;
        q->n++;
        pthread_cond_signal(&q->more);
    }
    pthread_mutex_unlock(&q->lock);
    return ok;
}

static struct call *queue_take(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    while (!q->first && !q->closed)
        pthread_cond_wait(&q->more, &q->lock);
    struct call *c = q->first;
    if (c) {
        q->first = c->next;
        if (!q->first)
            q->end = &q->first;
        q->n--;
    }
    pthread_mutex_unlock(&q->lock);
    return c;
}

static void queue_close(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    pthread_cond_broadcast(&q->more);
    pthread_mutex_unlock(&q->lock);
}

static void *work_thread(void *queue)
{
    struct call *c;
    while ((c = queue_take(queue)))
        run(c);
    return NULL;
}

static void *hash_thread(void *queue)
{
    /* Linux keeps a nice value for each thread. */
    (void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 10);
    return work_thread(queue);
}

/* ---- the door ---- */

static void api(struct yh_portal *p, struct yh_http_call *http)
{
    yh_str param[PARAMS_MAX] = { { 0 } };
    bool other;
    struct call *c = yh_heap(NULL, sizeof *c);
    *c = (struct call){ .p = p, .http = http };
    const struct route *r = route_find(yh_http_method(http), yh_http_path(http), param, &other);
    /* What is no text is in no store, and PostgreSQL would not even be asked. */
    r = yh_utf8_ok(yh_http_path(http)) ? r : NULL;
    if (!r)
        send_error(http, other ? 405 : 404, other ? "bad method" : "not found", YH_S(""),
                   other ? YH_S("此路径不接受这种方法") : YH_S("没有这个接口"), NULL);
    else if (!p->started || p->stopping || !arena_take(p, &c->arena))
        send_error(http, 503, "retry", YH_S(""), YH_S("系统繁忙，请稍后再试"), NULL);
    if (!r || !c->arena.start) {
        yh_heap(c, 0);
        return;
    }
    c->route = r;
    memcpy(c->param, param, sizeof param);
    c->reply = yh_buf_in(&c->arena);
    const char *code = "";
    yh_str message = YH_S("");
    struct yh_err err = { 0 };
    int refused = check_who(c, &code, &message);
    if (refused) {
        send_error(http, refused, code, YH_S(""), message, NULL);
        arena_give(p, &c->arena);
        yh_heap(c, 0);
        return;
    }
    jmp_buf full;
    c->arena.guard = &full;
    enum yh_status st =
        setjmp(full) ? yh_fail(&err, YH_LIMIT, "内容太大") : check_fields(c, &err);
    c->arena.guard = NULL;
    if (!st)
        st = check_purpose(c, &err);
    if (st) {
        finish(c, st, &err);
        return;
    }
    enum where where = RATE[r->limit].where;
    if (where == WHERE_DOOR) {
        run(c);
    } else if (!queue_put(where == WHERE_HASH ? &p->hash : &p->work, c)) {
        c->status = 503;
        finish(c, YH_RETRY, &err);
    }
}

bool yh_portal_http(void *portal, struct yh_http_call *call)
{
    struct yh_portal *p = portal;
    yh_str path = yh_http_path(call), method = yh_http_method(call);
    if (yh_starts(path, YH_S("/api/"))) {
        api(p, call);
        return true;
    }
    bool read = yh_eq(method, YH_S("GET")) || yh_eq(method, YH_S("HEAD"));
    if (!read || !p->npage || yh_eq(path, YH_S("/health")))
        return false;
    pages_answer(p, call);
    return true;
}

void yh_portal_watch(void *portal, const struct yh_gateway_seen *seen)
{
    struct yh_portal *p = portal;
    fund_pulse(p->fund, seen->infno, seen->ok);
    if (!p->config.sandbox)
        return;
    pthread_mutex_lock(&p->lock);
    struct heard *h = &p->heard[p->nheard % HEARD];
    *h = (struct heard){ .no = ++p->nheard, .ok = seen->ok, .at = seen->at, .ms = seen->ms };
    const struct {
        char *to;
        ptrdiff_t n;
        yh_str from;
    } COPY[] = { { h->infno, sizeof h->infno, seen->infno },
                 { h->msgid, sizeof h->msgid, seen->msgid },
                 { h->provider, sizeof h->provider, seen->provider },
                 { h->person, sizeof h->person, seen->person } };
    for (int i = 0; i < YH_COUNT(COPY); i++)
        yh_copy_z(COPY[i].to, COPY[i].n, COPY[i].from);
    /* The sentence of a refusal, as JSON text: its escapes are few, and a cut one is not shown. */
    ptrdiff_t at = yh_find(seen->reply, YH_S("\"err_msg\":\""));
    if (!seen->ok && at >= 0) {
        yh_str rest = yh_sub(seen->reply, at + 11, seen->reply.n);
        ptrdiff_t n = 0;
        while (n < rest.n && rest.p[n] != '"')
            n += rest.p[n] == '\\' ? 2 : 1;
        n = yh_min(n, (ptrdiff_t)sizeof h->message - 1);
        while (n > 0 && n < rest.n && ((unsigned char)rest.p[n] & 0xc0) == 0x80)
            n--;
        (void)snprintf(h->message, sizeof h->message, "%.*s", (int)n, rest.p);
    }
    pthread_mutex_unlock(&p->lock);
}

/* ---- open, start, stop ---- */

static enum yh_status load_key(struct yh_portal *p, struct yh_err *err)
{
    if (!p->config.data) {
        random_bytes(p->key, sizeof p->key);
        return YH_OK;
    }
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/portal.key", p->config.data);
    FILE *f = fopen(path, "rb");
    bool ok = f && fread(p->key, 1, sizeof p->key, f) == sizeof p->key;
    if (f)
        (void)fclose(f);
    else if (errno == ENOENT) {
        random_bytes(p->key, sizeof p->key);
        mode_t old = umask(077);
        f = fopen(path, "wbx");
        (void)umask(old);
        ok = f && fwrite(p->key, 1, sizeof p->key, f) == sizeof p->key;
        ok = f && fclose(f) == 0 && ok;
    }
    return ok ? YH_OK : yh_fail(err, YH_IO, "不能读写 %s", path);
}

enum yh_status yh_portal_open(const struct yh_portal_config *config, struct yh_portal **out,
                              struct yh_err *err)
{
    struct yh_portal *p = yh_heap(NULL, sizeof *p);
    memset(p, 0, sizeof *p);
    p->config = *config;
    enum yh_status st = yh_arena_open(&p->arena, (size_t)256 << 20, err);
    if (!st)
        st = load_key(p, err);
    if (!st)
        st = pages_load(p, err);
    if (!st)
        p->wasm = yh_handbook_wasm(&p->arena, config->realm->catalogs.dir);
    random_bytes(&p->seed, sizeof p->seed);
    pthread_mutex_init(&p->lock, NULL);
    pthread_mutex_init(&p->spare_lock, NULL);
    p->session = yh_heap(NULL, 65536 * sizeof *p->session);
    memset(p->session, 0, 65536 * sizeof *p->session);
    p->bucket = yh_heap(NULL, BUCKETS * sizeof *p->bucket);
    memset(p->bucket, 0, BUCKETS * sizeof *p->bucket);
    p->missed = yh_heap(NULL, MISSED * sizeof *p->missed);
    memset(p->missed, 0, MISSED * sizeof *p->missed);
    p->turns = turns_open(p);
    p->fund = fund_open(p);
    p->keep = keep_open(p);
    queue_open(&p->work, 200);
    queue_open(&p->hash, 16);
    *out = p;
    return st;
}

enum yh_status yh_portal_start(struct yh_portal *p, struct yh_gateway *g, yh_str *secret,
                               struct yh_err *err)
{
    p->gateway = g;
    enum yh_status st = first_admin(p, secret, err);
    if (st)
        return st;
    bool bad = pthread_create(&p->hasher, NULL, hash_thread, &p->hash);
    for (int i = 0; i < YH_COUNT(p->worker); i++)
        bad = bad || pthread_create(&p->worker[i], NULL, work_thread, &p->work);
    if (bad)
        return yh_fail(err, YH_IO, "不能启动线程");
    p->sweep = sweep_open(p);
    p->started = true;
    return YH_OK;
}

bool yh_portal_pages(const struct yh_portal *p)
{
    return p->npage > 0;
}

void yh_portal_stop(struct yh_portal *p)
{
    if (!p->started || p->stopping)
        return;
    turns_stop(p->turns);
    fund_stop(p->fund);
    keep_stop(p->keep);
    sweep_close(p->sweep);
    queue_close(&p->work);
    queue_close(&p->hash);
    pthread_join(p->hasher, NULL);
    for (int i = 0; i < YH_COUNT(p->worker); i++)
        pthread_join(p->worker[i], NULL);
    p->stopping = true;
}

void yh_portal_close(struct yh_portal *p)
{
    if (!p)
        return;
    for (int i = 0; i < p->nspare; i++)
        yh_arena_close(&p->spare[i]);
    turns_close(p->turns);
    for (struct known *k = p->known, *b; k; k = b) {
        b = k->before;
        yh_heap(k->plan, 0);
        yh_heap(k, 0);
    }
    fund_close(p->fund);
    keep_close(p->keep);
    yh_heap(p->session, 0);
    yh_heap(p->bucket, 0);
    yh_heap(p->missed, 0);
    yh_arena_close(&p->arena);
    yh_heap(p, 0);
}
