/* shell/portal/session.c -- who is signed in: sessions, passwords, one-time codes, users. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "shell/portal/inside.h"

#define SLOTS 65536
#define PROBE 8
#define FAILS_MAX 5
#define LOCK_SECONDS (15 * 60)
#define TOTP_BYTES 20
#define DUMMY                                                \
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$" \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* ---- the sessions in memory; the store has them all ---- */

/* The slot of a token, or the one that a new token takes: empty, ended, or longest unseen. */
static struct session *slot_of(struct yh_portal *p, const char *token, bool *there)
{
    uint64_t at = yh_hash64(yh_cstr(token), 3);
    struct session *best = NULL;
    for (int i = 0; i < PROBE; i++) {
        struct session *s = &p->session[(at + (uint64_t)i) % SLOTS];
        if (!strcmp(s->token, token)) {
            *there = true;
            return s;
        }
        if (!best || !s->token[0] || (best->token[0] && s->seen < best->seen))
            best = best && !best->token[0] ? best : s;
    }
    *there = false;
    return best;
}

static bool user_of(struct yh_look *k, yh_str user, struct yh_portal_user_row *out)
{
    *out = (struct yh_portal_user_row){ .user = user };
    return user.n && user.n < 64 && yh_get_portal_user(k->x, out, NULL) == YH_OK;
}

static bool fill(struct session *s, const struct yh_portal_user_row *u,
                 const struct yh_portal_session_row *r)
{
    enum role role;
    if (!role_read(u->role, &role))
        return false;
    *s = (struct session){ .role = role,
                           .second = (int)u->second,
                           .must_change = u->must_change != 0,
                           .created = r->created,
                           .seen = r->seen,
                           .expires = r->expires };
    yh_copy_z(s->token, sizeof s->token, r->token);
    yh_copy_z(s->csrf, sizeof s->csrf, r->csrf);
    yh_copy_z(s->user, sizeof s->user, u->user);
    yh_copy_z(s->name, sizeof s->name, u->name);
    yh_copy_z(s->person, sizeof s->person, u->person);
    yh_copy_z(s->provider, sizeof s->provider, u->provider);
    yh_copy_z(s->area, sizeof s->area, u->area);
    return true;
}

static bool demo_refused(const struct yh_portal *p, const struct yh_portal_user_row *u)
{
    return u->demo && !p->config.sandbox;
}

/* YH_NOT_FOUND: it has ended, or its user may not sign in any longer; YH_IO: the store does not say. */
static enum yh_status from_store(struct call *c, const char *token, struct session *out)
{
    struct yh_txn view;
    struct yh_arena scratch = c->arena;
    struct yh_portal_session_row r = { .token = yh_cstr(token) };
    struct yh_portal_user_row u;
    if (yh_view_open(yh_service_store(c->p->config.service), &scratch, &view, NULL))
        return YH_IO;
    struct yh_look k = { &view, NULL, &scratch, portal_now() };
    enum yh_status st = yh_get_portal_session(&view, &r, NULL);
    if (st == YH_OK)
        st = user_of(&k, r.user, &u) && !u.disabled && !demo_refused(c->p, &u) &&
                     fill(out, &u, &r)
                 ? YH_OK
                 : YH_NOT_FOUND;
    yh_view_close(&view);
    return st == YH_OK || st == YH_NOT_FOUND ? st : YH_IO;
}

/* Another process on the same database may have ended a session, or changed its user. */
static bool still_holds(struct call *c, const char *token, yh_time now, struct session *s)
{
    struct session fresh;
    enum yh_status st = from_store(c, token, &fresh);
    if (st == YH_NOT_FOUND)
        session_drop(c->p, token);
    if (st == YH_OK) {
        fresh.seen = yh_max(fresh.seen, s->seen);
        *s = fresh;
    }
    s->checked = now;
    return st != YH_NOT_FOUND;
}

bool session_find(struct call *c, yh_str cookie)
{
    struct yh_portal *p = c->p;
    char token[65];
    yh_time now = portal_now();
    bool there;
    struct session s = { .token = "" };
    if (cookie.n != 64)
        return false;
    token_digest(cookie, token);
    pthread_mutex_lock(&p->lock);
    struct session *slot = slot_of(p, token, &there);
    if (there)
        s = *slot;
    pthread_mutex_unlock(&p->lock);
    if (!there && from_store(c, token, &s))
        return false;
    bool ask = there && now - s.checked >= SESSION_TOLD;
    if (ask && !still_holds(c, token, now, &s))
        return false;
    if (now >= s.expires || now - s.seen >= SESSION_IDLE) {
        session_drop(p, token);
        return false;
    }
    if (!there || ask || now - s.seen >= 10) {
        s.checked = there ? s.checked : now;
        s.seen = now;
        session_change(p, &s);
    }
    c->who = s;
    return true;
}

void session_change(struct yh_portal *p, const struct session *s)
{
    bool there;
    pthread_mutex_lock(&p->lock);
    *slot_of(p, s->token, &there) = *s;
    pthread_mutex_unlock(&p->lock);
}

void session_drop(struct yh_portal *p, const char *token)
{
    bool there;
    pthread_mutex_lock(&p->lock);
    struct session *s = slot_of(p, token, &there);
    if (there)
        *s = (struct session){ .token = "" };
    pthread_mutex_unlock(&p->lock);
}

void sessions_of_user_drop(struct yh_portal *p, yh_str user)
{
    pthread_mutex_lock(&p->lock);
    for (int i = 0; i < SLOTS; i++)
        if (p->session[i].token[0] && yh_eq(yh_cstr(p->session[i].user), user))
            p->session[i] = (struct session){ .token = "" };
    pthread_mutex_unlock(&p->lock);
}

/* Every stored session of a user ends, but for `own` ("" = none). */
static enum yh_status end_all(struct call *c, yh_str user, const char *own, struct yh_err *err)
{
    struct yh_portal_session_row like = { .user = user }, *r = NULL;
    int n = 0;
    enum yh_status st = yh_list_portal_session(
        c->look.x, (struct yh_span){ .index = yh_portal_session_by_user, .same = 1 }, &like, &r,
        &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        if (!yh_eq(r[i].token, yh_cstr(own)))
            st = yh_drop_portal_session(c->look.x, &r[i], err);
    if (st == YH_OK)
        sessions_of_user_drop(c->p, user);
    return st;
}

/* ---- sign-in ---- */

static void put_session(const struct call *c, const struct session *s, struct yh_jsonw *w)
{
    static const char *const SECOND[] = { "none", "setup", "on" };
    bool in = s->token[0] != 0;
    yh_jw_object(w);
    yh_jw_kv_str(w, "user", yh_cstr(s->user));
    yh_jw_kv_str(w, "name", yh_cstr(s->name));
    yh_jw_kv_str(w, "role", in ? yh_cstr(role_word(s->role)) : YH_S(""));
    yh_jw_kv_str(w, "csrf", yh_cstr(s->csrf));
    yh_jw_kv_bool(w, "must_change", s->must_change);
    yh_jw_kv_str(w, "second", yh_cstr(SECOND[in ? s->second : 0]));
    yh_jw_kv_bool(w, "sandbox", c->p->config.sandbox);
    yh_jw_end(w, '}');
}

struct opening {
    struct yh_portal_user_row user;
    bool known, good, code_wrong;
    int64_t step;
    struct session session;
};

/* A refusal that is kept (the try is counted), so it is no error of the transaction. */
static void put_refused(struct yh_jsonw *w, const char *code, const char *message,
                        const char *field)
{
    yh_jw_object(w);
    yh_jw_kv_object(w, "error");
    yh_jw_kv_str(w, "code", yh_cstr(code));
    yh_jw_kv_str(w, "message", yh_cstr(message));
    yh_jw_kv_str(w, "field", yh_cstr(field));
    yh_jw_end(w, '}');
    yh_jw_end(w, '}');
}

static enum yh_status count_fail(struct call *c, struct yh_portal_user_row *u,
                                 struct yh_err *err)
{
    if (++u->fails >= FAILS_MAX) {
        u->fails = 0;
        u->locked_until = c->look.now + LOCK_SECONDS;
    }
    return yh_put_portal_user(c->look.x, u, err);
}

/* Of a name that nobody has: counts the failure, or tells that it is locked. */
static bool missed(struct call *c, yh_str user, bool count)
{
    struct yh_portal *p = c->p;
    uint64_t name = yh_hash64(user, p->seed);
    pthread_mutex_lock(&p->lock);
    struct missed *m = &p->missed[name % MISSED];
    if (m->name != name && count)
        *m = (struct missed){ .name = name };
    if (count && ++m->fails >= FAILS_MAX) {
        m->fails = 0;
        m->until = c->look.now + LOCK_SECONDS;
    }
    bool locked = m->name == name && m->until > c->look.now;
    pthread_mutex_unlock(&p->lock);
    return locked;
}

/* The same work as for a name that somebody has: one row written, one wait for the disk. */
static enum yh_status count_unknown(struct call *c, yh_str user, struct yh_err *err)
{
    char text[32];
    struct yh_meta_row r = { .name = YH_S("portal.missed"),
                             .value = yh_time_text(text, c->look.now) };
    (void)missed(c, user, true);
    return yh_put_meta(c->look.x, &r, err);
}

/* Counts the failure or writes the session; what the caller is told follows from it. */
static enum yh_status open_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct opening *o = c->state;
    struct yh_portal_user_row u;
    bool known = user_of(&c->look, o->user.user, &u);
    if (!o->good || !known) {
        enum yh_status st =
            o->known && known ? count_fail(c, &u, err) : count_unknown(c, o->user.user, err);
        if (st)
            return st;
        c->status = 401;
        put_refused(w, "denied",
                    o->code_wrong ? "一次性验证码不对或已用过" : "登录名或密码不对",
                    o->code_wrong ? "code" : "");
        return YH_OK;
    }
    /* The same code a moment later is refused: two calls may have met in the queue. */
    if (o->step && u.last_step >= o->step)
        return yh_fail_field(err, YH_DENIED, "code", "", "一次性验证码不对或已用过");
    u.fails = 0;
    u.last_step = o->step ? o->step : u.last_step;
    char cookie[65], token[65], csrf[33];
    random_hex(cookie, 32);
    random_hex(csrf, 16);
    token_digest(yh_cstr(cookie), token);
    struct yh_portal_session_row r = { .token = yh_cstr(token),
                                       .user = u.user,
                                       .csrf = yh_cstr(csrf),
                                       .created = c->look.now,
                                       .seen = c->look.now,
                                       .expires = c->look.now + SESSION_MOST };
    enum yh_status st = yh_put_portal_user(c->look.x, &u, err);
    if (st == YH_OK)
        st = yh_add_portal_session(c->look.x, &r, err);
    if (st)
        return st;
    if (!fill(&o->session, &u, &r))
        return yh_fail(err, YH_DENIED, "账号的角色无效，请联系管理员");
    (void)snprintf(c->cookie, sizeof c->cookie,
                   "yiheng=%s; Path=/; Max-Age=%d; HttpOnly; Secure; SameSite=Strict", cookie,
                   SESSION_MOST);
    put_session(c, &o->session, w);
    return YH_OK;
}

enum yh_status portal_session_open(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    struct opening *o = YH_NEW(&c->arena, struct opening, 1);
    yh_str user = in_text(c, "user"), password = in_text(c, "password");
    uint8_t key[TOTP_BYTES];
    bool known = user_of(&c->look, user, &o->user) && !o->user.disabled &&
                 !demo_refused(c->p, &o->user) && o->user.secret.n;
    bool locked = known ? o->user.locked_until > c->look.now : missed(c, user, false);
    if (locked) {
        c->status = 429;
        return yh_fail(err, YH_LIMIT, "连续输错太多次，请 15 分钟后再试");
    }
    /* An unknown name costs as much as a known one. */
    o->good =
        password_is(password, known ? yh_zdup(&c->arena, o->user.secret) : DUMMY) && known;
    o->known = known;
    o->user.user = user;
    if (o->good && o->user.second == 2) {
        o->step = unseal(c->p->key, o->user.totp, key, TOTP_BYTES)
                      ? totp_step(key, TOTP_BYTES, in_text(c, "code"), (int64_t)time(NULL))
                      : 0;
        o->code_wrong = !o->step || o->step <= o->user.last_step;
        o->good = !o->code_wrong;
    }
    c->state = o;
    c->write = open_write;
    return YH_OK;
}

enum yh_status portal_session_get(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)err;
    put_session(c, &c->who, w);
    return YH_OK;
}

static enum yh_status close_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_portal_session_row r = { .token = yh_cstr(c->who.token) };
    enum yh_status st = yh_drop_portal_session(c->look.x, &r, err);
    session_drop(c->p, c->who.token);
    (void)snprintf(c->cookie, sizeof c->cookie,
                   "yiheng=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict");
    return st && st != YH_NOT_FOUND ? st : put_done(w);
}

enum yh_status portal_session_close(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w, (void)err;
    c->write = close_write;
    return YH_OK;
}

/* ---- one's own password and validator ---- */

static enum yh_status password_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_portal_user_row u;
    if (!user_of(&c->look, yh_cstr(c->who.user), &u))
        return yh_fail(err, YH_DENIED, "账号不在了");
    u.secret = yh_cstr(c->state);
    u.must_change = 0;
    enum yh_status st = yh_put_portal_user(c->look.x, &u, err);
    if (st)
        return st;
    /* Whoever else is signed in under this name may be why it is changed. */
    if ((st = end_all(c, u.user, c->who.token, err)) != YH_OK)
        return st;
    c->who.must_change = false;
    session_change(c->p, &c->who);
    return put_done(w);
}

/* Who sits at another's desk must not try passwords at leisure. */
static enum yh_status old_wrong(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_portal_user_row u;
    if (!user_of(&c->look, yh_cstr(c->who.user), &u))
        return yh_fail(err, YH_DENIED, "账号不在了");
    enum yh_status st = count_fail(c, &u, err);
    if (st == YH_OK && u.locked_until > c->look.now)
        st = end_all(c, u.user, "", err);
    c->status = 400;
    put_refused(w, "bad input", "原密码不对", "old");
    return st;
}

enum yh_status portal_password_set(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    struct yh_portal_user_row u;
    yh_str fresh = in_text(c, "new");
    char *secret = YH_NEW(&c->arena, char, SECRET_MAX);
    if (!user_of(&c->look, yh_cstr(c->who.user), &u))
        return yh_fail(err, YH_DENIED, "账号不在了");
    if (!password_is(in_text(c, "old"), yh_zdup(&c->arena, u.secret))) {
        c->write = old_wrong;
        return YH_OK;
    }
    if (yh_eq(fresh, in_text(c, "old")))
        return yh_fail_field(err, YH_BAD_INPUT, "new", "", "新密码与原密码相同");
    enum yh_status st = password_fit(fresh, u.user, err);
    if (st == YH_OK)
        st = password_hash(fresh, secret, err);
    c->state = secret;
    c->write = password_write;
    return st;
}

static enum yh_status totp_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_portal_user_row u;
    uint8_t key[TOTP_BYTES];
    char text[40];
    if (!user_of(&c->look, yh_cstr(c->who.user), &u))
        return yh_fail(err, YH_DENIED, "账号不在了");
    if (u.second == 2)
        return yh_fail(err, YH_CONFLICT, "已绑定验证器；换手机请让管理员重置");
    random_bytes(key, sizeof key);
    base32(text, key, TOTP_BYTES);
    u.totp = seal(&c->arena, c->p->key, key, TOTP_BYTES);
    enum yh_status st = yh_put_portal_user(c->look.x, &u, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_str(w, "secret", yh_cstr(text));
    yh_jw_kv_str(w, "uri",
                 yh_fmt(&c->arena, "otpauth://totp/Yiheng:%s?secret=%s&issuer=Yiheng",
                        c->who.user, text));
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status portal_totp_begin(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w, (void)err;
    c->write = totp_write;
    return YH_OK;
}

static enum yh_status confirm_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_portal_user_row u;
    uint8_t key[TOTP_BYTES];
    int64_t step = 0;
    if (!user_of(&c->look, yh_cstr(c->who.user), &u))
        return yh_fail(err, YH_DENIED, "账号不在了");
    if (unseal(c->p->key, u.totp, key, TOTP_BYTES))
        step = totp_step(key, TOTP_BYTES, in_text(c, "code"), (int64_t)time(NULL));
    if (!step || step <= u.last_step)
        return yh_fail_field(err, YH_BAD_INPUT, "code", "",
                             "验证码不对，请看验证器上现在的六位数");
    u.second = 2;
    u.last_step = step;
    enum yh_status st = yh_put_portal_user(c->look.x, &u, err);
    if (st)
        return st;
    c->who.second = 2;
    session_change(c->p, &c->who);
    return put_done(w);
}

enum yh_status portal_totp_confirm(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w, (void)err;
    c->write = confirm_write;
    return YH_OK;
}

/* ---- users ---- */

static bool user_json(void *ctx, const void *row)
{
    struct yh_jsonw *w = ctx;
    const struct yh_portal_user_row *u = row;
    char text[32];
    yh_jw_object(w);
    yh_jw_kv_str(w, "user", u->user);
    yh_jw_kv_str(w, "name", u->name);
    yh_jw_kv_str(w, "role", u->role);
    yh_jw_kv_str(w, "area", u->area);
    yh_jw_kv_str(w, "provider", u->provider);
    yh_jw_kv_str(w, "person", u->person);
    yh_jw_kv_i64(w, "second", u->second);
    yh_jw_kv_bool(w, "disabled", u->disabled != 0);
    yh_jw_kv_str(w, "created", yh_time_text(text, u->created));
    yh_jw_end(w, '}');
    return true;
}

enum yh_status portal_users(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_portal_user_row all = { .user = YH_S("") };
    yh_jw_object(w);
    yh_jw_kv_array(w, "rows");
    enum yh_status st = yh_each_portal_user(c->look.x, (struct yh_span){ .index = YH_BY_KEY },
                                            &all, user_json, w, err);
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return st;
}

struct fresh {
    struct yh_portal_user_row user;
    char password[17], secret[SECRET_MAX];
};

static void put_secret(const struct fresh *f, struct yh_jsonw *w)
{
    yh_jw_object(w);
    yh_jw_kv_str(w, "user", f->user.user);
    yh_jw_kv_str(w, "password", yh_cstr(f->password));
    yh_jw_end(w, '}');
}

static enum yh_status add_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct fresh *f = c->state;
    f->user.secret = yh_cstr(f->secret);
    enum yh_status st = yh_add_portal_user(c->look.x, &f->user, err);
    if (st == YH_CONFLICT)
        return yh_fail_field(err, YH_CONFLICT, "user", "", "登录名已被使用");
    if (st == YH_OK)
        put_secret(f, w);
    return st;
}

enum yh_status portal_user_add(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    struct fresh *f = YH_NEW(&c->arena, struct fresh, 1);
    enum role role;
    yh_str user = in_text(c, "user"), person = in_text(c, "person"), area = in_text(c, "area");
    if (!role_read(in_text(c, "role"), &role))
        return yh_fail_field(
            err, YH_BAD_INPUT, "role", "",
            "role：应为 citizen、clerk、officer、hospital、supervisor 或 admin");
    for (ptrdiff_t i = 0; i < user.n; i++)
        if (!((user.p[i] >= 'a' && user.p[i] <= 'z') ||
              (user.p[i] >= '0' && user.p[i] <= '9') || user.p[i] == '-' || user.p[i] == '_'))
            user.n = 0;
    if (user.n < 3 || user.n > 60)
        return yh_fail_field(err, YH_BAD_INPUT, "user", "",
                             "登录名为 3 到 60 个小写字母、数字、- 或 _");
    bool looks = role == BIT_CLERK || role == BIT_SUPERVISOR;
    struct yh_look_place at;
    if (looks && !area.n)
        return yh_fail_field(err, YH_BAD_INPUT, "area", "",
                             "area：请填辖区，六位区划，空格分隔");
    if (role == BIT_CITIZEN && yh_look_place(&c->look, person, &at, err))
        return yh_fail_field(err, YH_BAD_INPUT, "person", "", "person：没有这个参保人");
    random_password(f->password);
    f->user = (struct yh_portal_user_row){ .user = user,
                                           .name = in_text(c, "name"),
                                           .role = yh_cstr(role_word(role)),
                                           .area = area,
                                           .provider = in_text(c, "provider"),
                                           .person = role == BIT_CITIZEN ? person : YH_S(""),
                                           .totp = YH_S(""),
                                           .second = role == BIT_CITIZEN ? 0 : 1,
                                           .must_change = 1,
                                           .created = c->look.now };
    c->state = f;
    c->write = add_write;
    return password_hash(yh_cstr(f->password), f->secret, err);
}

static enum yh_status reset_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct fresh *f = c->state;
    struct yh_portal_user_row u;
    if (!user_of(&c->look, c->param[0], &u))
        return yh_fail(err, YH_NOT_FOUND, "没有这个用户");
    u.secret = yh_cstr(f->secret);
    u.totp = YH_S("");
    u.second = yh_eq(u.role, YH_S("citizen")) ? 0 : 1;
    u.must_change = 1;
    u.fails = u.locked_until = 0;
    f->user = u;
    enum yh_status st = yh_put_portal_user(c->look.x, &u, err);
    if (st == YH_OK)
        st = end_all(c, u.user, "", err);
    if (st == YH_OK)
        put_secret(f, w);
    return st;
}

enum yh_status portal_user_reset(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    struct fresh *f = YH_NEW(&c->arena, struct fresh, 1);
    random_password(f->password);
    c->state = f;
    c->write = reset_write;
    return password_hash(yh_cstr(f->password), f->secret, err);
}

static enum yh_status state_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_portal_user_row u;
    if (!user_of(&c->look, c->param[0], &u))
        return yh_fail(err, YH_NOT_FOUND, "没有这个用户");
    u.disabled = in_flag(c, "disabled");
    if (u.disabled && yh_eq(u.user, yh_cstr(c->who.user)))
        return yh_fail(err, YH_CONFLICT, "不能停用自己");
    enum yh_status st = yh_put_portal_user(c->look.x, &u, err);
    if (st == YH_OK && u.disabled)
        st = end_all(c, u.user, "", err);
    return st ? st : put_done(w);
}

enum yh_status portal_user_state(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w, (void)err;
    c->write = state_write;
    return YH_OK;
}

/* ---- the first of all ---- */

static bool any(void *ctx, const void *row)
{
    const struct yh_portal_user_row *u = row;
    if (!u->demo)
        *(bool *)ctx = true;
    return !*(bool *)ctx;
}

/* Writes users beside no running gateway. */
static enum yh_status write_users(struct yh_store *store, struct yh_arena *a,
                                  const struct yh_portal_user_row *u, int n, struct yh_err *err)
{
    struct yh_txn x;
    enum yh_status st = yh_store_solo_begin(store, a, &x, err);
    if (st)
        return st;
    for (int i = 0; st == YH_OK && i < n; i++)
        st = yh_put_portal_user(&x, &u[i], err);
    return yh_store_solo_end(store, &x, st, err);
}

enum yh_status first_admin(struct yh_portal *p, yh_str *secret, struct yh_err *err)
{
    struct yh_store *store = yh_service_store(p->config.service);
    struct yh_txn view;
    struct yh_portal_user_row all = { .user = YH_S("") };
    bool have = false;
    char *password = YH_NEW(&p->arena, char, 17), *hash = YH_NEW(&p->arena, char, SECRET_MAX);
    *secret = YH_S("");
    enum yh_status st = yh_view_open(store, &p->arena, &view, err);
    if (st)
        return st;
    st = yh_each_portal_user(&view, (struct yh_span){ .index = YH_BY_KEY }, &all, any, &have,
                             err);
    yh_view_close(&view);
    if (st || have)
        return st;
    random_password(password);
    if ((st = password_hash(yh_cstr(password), hash, err)) != YH_OK)
        return st;
    struct yh_portal_user_row u = { .user = YH_S("admin"),
                                    .name = YH_S("系统管理员"),
                                    .role = YH_S("admin"),
                                    .area = YH_S(""),
                                    .provider = YH_S(""),
                                    .person = YH_S(""),
                                    .secret = yh_cstr(hash),
                                    .totp = YH_S(""),
                                    .second = 1,
                                    .must_change = 1,
                                    .created = portal_now() };
    st = write_users(store, &p->arena, &u, 1, err);
    if (st == YH_OK)
        *secret = yh_cstr(password);
    return st;
}

/* One for each role; the persons are those of service/town.h. */
static const struct {
    const char *user, *name, *role, *area, *provider, *person;
} DEMO[] = {
    { "demo-bing", "测试丙", "citizen", "", "", "99010100000000000000000003" },
    { "demo-jia", "测试甲", "citizen", "", "", "99010100000000000000000001" },
    { "demo-clerk", "测试经办员", "clerk", "990100", "", "" },
    { "demo-teller", "测试复核经办员", "clerk", "990100", "", "" },
    { "demo-county", "测试县经办员", "clerk", "990121", "", "" },
    { "demo-officer", "测试政策员", "officer", "990100", "", "" },
    { "demo-reviewer", "测试审核员", "officer", "990100", "", "" },
    { "demo-hospital", "测试医保办", "hospital", "", "H99010100001", "" },
    { "demo-supervisor", "测试监管员", "supervisor", "990100", "", "" },
    { "demo-second", "测试复核员", "supervisor", "990100", "", "" },
};

enum yh_status yh_portal_demo(yh_str data, yh_time now, struct yh_err *err)
{
    struct yh_store_options opt = { .now = now, .must_exist = true };
    struct yh_store *store = NULL;
    struct yh_arena a;
    char hash[SECRET_MAX];
    struct yh_portal_user_row u[YH_COUNT(DEMO)];
    enum yh_status st = password_hash(YH_S(YH_PORTAL_DEMO_PASSWORD), hash, err);
    if (st == YH_OK)
        st = yh_arena_open(&a, 1 << 24, err);
    if (st)
        return st;
    for (int i = 0; i < YH_COUNT(DEMO); i++)
        u[i] = (struct yh_portal_user_row){ .user = yh_cstr(DEMO[i].user),
                                            .name = yh_cstr(DEMO[i].name),
                                            .role = yh_cstr(DEMO[i].role),
                                            .area = yh_cstr(DEMO[i].area),
                                            .provider = yh_cstr(DEMO[i].provider),
                                            .person = yh_cstr(DEMO[i].person),
                                            .secret = yh_cstr(hash),
                                            .totp = YH_S(""),
                                            .demo = 1,
                                            .created = now };
    if ((st = yh_store_open(data, &opt, &store, err)) == YH_OK) {
        st = write_users(store, &a, u, YH_COUNT(DEMO), err);
        yh_store_close(store);
    }
    yh_arena_close(&a);
    return st;
}
