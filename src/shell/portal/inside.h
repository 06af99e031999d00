/* shell/portal/inside.h -- one call on its way through the portal.  Private to shell/portal/. */
#ifndef YH_SHELL_PORTAL_INSIDE_H
#define YH_SHELL_PORTAL_INSIDE_H
#include <pthread.h>
#include <stdatomic.h>
#include "service/portal/portal.h"
#include "shell/portal/portal.h"

#define SESSION_IDLE (30 * 60)      /* seconds */
#define SESSION_MOST (12 * 60 * 60) /* seconds */
#define SESSION_TOLD 5              /* seconds until another process's sign-out is known here */
#define PARAMS_MAX 3

enum role {
#define ROLE(bit, word, text) BIT_##bit,
#include "shell/portal/role.def"
    BIT_N
};
enum {
#define ROLE(bit, word, text) bit = 1 << BIT_##bit,
#include "shell/portal/role.def"
    ANYONE = 1 << 14,
    SIGNED = (1 << BIT_N) - 1,
    STAFF = SIGNED & ~CITIZEN,
};
enum area { NONE, OWN, AREA, FOUND };
enum purpose { FREE, STATED };
enum where { WHERE_DOOR, WHERE_WORK, WHERE_HASH };
enum limit {
#define L(name, minute, burst, where) LIMIT_##name,
#include "shell/portal/limit.def"
    LIMIT_N
};

struct call;
typedef enum yh_status handler(struct call *c, struct yh_jsonw *w, struct yh_err *err);

struct route {
    const char *name, *method, *path;
    int roles;
    enum area area;
    enum purpose purpose;
    enum limit limit;
    const char *in, *out, *doc;
    handler *handler;
};
extern const struct route ROUTE[];
extern const int NROUTE;

/* A session as the portal keeps it in memory. */
struct session {
    char token[65]; /* hex SHA-256 of the cookie; "" = none */
    char user[64], name[64], person[32], provider[32], area[128], csrf[33];
    enum role role;
    int second; /* 0, 1 to be set up, 2 */
    bool must_change;
    yh_time created, seen, expires;
    yh_time checked; /* when the store was last asked whether it holds */
};

/* Part of a handler that runs on the writer's thread after the first, in a transaction. */
typedef enum yh_status write_part(struct call *c, struct yh_jsonw *w, struct yh_err *err);

/* What comes of it, told before the reply goes out. */
typedef void after_part(struct call *c, bool kept);

/* An edition of the documents with what reading bills needs to know of its plans. */
struct known {
    const struct yh_edition *edition;
    struct yh_bill_plan *plan; /* parallel to edition->plans */
    struct known *before;
};

struct call {
    struct call *next;
    struct yh_portal *p;
    struct yh_http_call *http;
    const struct route *route;
    struct yh_arena arena;
    struct session who;
    yh_str param[PARAMS_MAX];
    const struct yh_json *in; /* the body; NULL for a query */
    yh_str purpose;           /* as stated; "self"; "" */
    bool unmask;
    yh_str
        subject; /* of a route of OWN: whose data; one's own, or the family's that consented */
    bool guard;  /* another's, as the guardian of a minor */
    int scope;   /* of consent under which it is another's; 0 = one's own */
    struct yh_look look; /* open while a handler or its write part runs */
    struct yh_buf reply;
    const struct known *known; /* as of the call's beginning */
    write_part *write;
    after_part *after; /* called once where there is one, whether the write part ran or not */
    void *state;       /* from handler to write part */
    struct turn *turn; /* what is asked for (turn_ask); its id is given by the write part */
    char cookie[160];  /* Set-Cookie; "" = none */
    int status;        /* HTTP, where the handler says it; 0 = by enum yh_status */
    const char *type;  /* of a reply that is no JSON (reply_file); NULL = JSON */
    char file[80];     /* its name */
    bool save;         /* it is to be saved, not shown */
};

/* A file of the pages. */
struct page {
    yh_str path, type, plain, gzip, etag;
    bool forever; /* its name has its digest: may be kept for ever */
};

struct bucket {
    int64_t at_ms, milli;
};
#define BUCKETS 8192

/* Tries to sign in under a name that nobody has, answered as the tries under one that somebody has. */
struct missed {
    uint64_t name;
    yh_time until;
    int fails;
};
#define MISSED 4096

/* A call that the gateway answered, for the sandbox. */
struct heard {
    int64_t no;
    char infno[8], msgid[48], provider[24], person[32], message[400];
    bool ok;
    yh_time at;
    int ms;
};
#define HEARD 1000

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct call *first, **end;
    int n, max;
    bool closed;
};

struct yh_portal {
    struct yh_portal_config config;
    struct yh_gateway *gateway;
    struct yh_arena arena; /* pages, plans, the first password */
    struct page *page;
    int npage;
    struct yh_map by_path;
    struct known *known;     /* the last, under lock */
    yh_str wasm;             /* the engine for the handbook's calculator; "" = none */
    uint8_t key[32];         /* seals one-time-code keys */
    pthread_mutex_t lock;    /* sessions, buckets, missed, heard */
    struct session *session; /* open addressing by token */
    struct bucket *bucket;
    struct missed *missed;
    uint64_t seed; /* of the hashes that choose bucket and missed */
    struct heard heard[HEARD];
    int64_t nheard;
    struct queue work, hash;
    pthread_t worker[2], hasher;
    pthread_mutex_t spare_lock;
    struct yh_arena spare[64];
    int nspare;
    atomic_bool started, stopping;
    struct yh_portal_turns *turns;
    struct yh_portal_fund *fund;
    struct yh_portal_keep *keep;
    struct yh_portal_sweep *sweep;
};

/* ---- portal.c ---- */
#define ERROR_ROOM 16384
/* An error as the portal says it, in the room. */
yh_str error_text(char room[ERROR_ROOM], const char *code, yh_str field, yh_str message);
yh_str in_text(const struct call *c, const char *name); /* "" when absent */
int64_t in_int(const struct call *c, const char *name, int64_t absent);
int64_t param_no(const struct call *c); /* the path's first {x}; 0 when it is no number */
bool in_flag(const struct call *c, const char *name);
const struct yh_json *in_json(const struct call *c, const char *name);
struct yh_look_page in_page(const struct call *c);
/* Amounts are explained in the language that the call asks for: lang=en, else Chinese. */
void speak(struct call *c);
/* The body of a route with "file:bytes", which is no JSON; its other fields stand in the query. */
yh_str in_bytes(const struct call *c);
/* The reply is a file: its bytes, its media type, the name to keep it under (ASCII).  For a handler's end. */
void reply_file(struct call *c, yh_str bytes, const char *type, yh_str name,
                const char *ending);
yh_time portal_now(void);
/* Notes that the caller looks at a person; false: no room for the note, so the look must wait. */
bool note_look(struct call *c, yh_str region, int64_t grp, yh_str person, yh_str object);
const char *role_word(enum role r);
bool role_read(yh_str word, enum role *out);
/* Is the region code within an area text ("990100 500117")? */
bool within_area(yh_str area, yh_str region, yh_str office);

/* ---- crypt.c ---- */
#define SECRET_MAX 128
void random_bytes(void *out, size_t n);
void random_hex(char *out, int bytes); /* 2 × bytes and NUL */
void random_password(char out[17]);    /* letters and digits that cannot be taken for another */
YH_MUST_USE
enum yh_status password_hash(yh_str password, char out[SECRET_MAX], struct yh_err *err);
bool password_is(yh_str password, const char *encoded);
/* Is it long enough, and not among the ones that everyone tries?  YH_BAD_INPUT says what to do. */
YH_MUST_USE
enum yh_status password_fit(yh_str password, yh_str user, struct yh_err *err);
void token_digest(yh_str cookie, char out[65]);
/* RFC 6238, SHA-1, 30 s, six digits; the step that fits, 0 = none.  now: unix seconds. */
int64_t totp_step(const uint8_t *key, int n, yh_str code, int64_t now);
void base32(char *out, const uint8_t *p, int n); /* with NUL */
/* AES-256-GCM; hex of nonce, tag, text. */
yh_str seal(struct yh_arena *a, const uint8_t key[32], const uint8_t *p, int n);
bool unseal(const uint8_t key[32], yh_str hex, uint8_t *out, int n);
/* A file under a key of its own, bound to what it is about; the box is nonce, tag, bytes. */
yh_str seal_file(struct yh_arena *a, const uint8_t key[32], yh_str about, yh_str bytes);
bool unseal_file(struct yh_arena *a, const uint8_t key[32], yh_str about, yh_str box,
                 yh_str *out);

/* ---- session.c ---- */
bool session_find(struct call *c, yh_str cookie); /* fills c->who */
void session_drop(struct yh_portal *p, const char *token);
void session_change(struct yh_portal *p, const struct session *s);
void sessions_of_user_drop(struct yh_portal *p, yh_str user);
YH_MUST_USE
enum yh_status first_admin(struct yh_portal *p, yh_str *secret, struct yh_err *err);

/* ---- room.c ---- */
enum yh_status put_done(struct yh_jsonw *w); /* {"done":true}; YH_OK */
yh_str region_name(const struct call *c, yh_str code, yh_day day);
/* The handbook of a plan, as {"name","html","calculator"}; doc: whose head it has, a draft or in force. */
YH_MUST_USE
enum yh_status put_handbook(struct call *c, const struct yh_policy_set *set, int doc,
                            const struct yh_plan *plan, bool draft, yh_day on,
                            struct yh_jsonw *w, struct yh_err *err);
/* The place in the edition of the plan of a region and scheme on a day; -1 = none. */
int plan_at(const struct call *c, yh_str region, yh_str scheme, yh_day day);

/* ---- draft.c ---- */
/* A page read beside the documents that hold, and compiled as of its own first day. */
struct draft {
    struct yh_policy_set set;
    const struct yh_policy_doc *doc;
    struct yh_findings *findings;  /* of the page alone */
    struct yh_plan *plan, *before; /* NULL: cannot be compiled; nothing holds before it */
};
void draft_read(struct call *c, yh_str text, struct draft *d);
/* What the funds pay of one in-scope cost, at a usual stay or visit at home (the first, aged 40);
 * -1: the plan does not know the visit, person or level. */
yh_fen usual_fund(struct call *c, const struct yh_plan *p, yh_str visit, yh_str person,
                  yh_str level, yh_fen cost);
yh_str usual_person(const struct yh_plan *p); /* 在职, 成年居民 */
/* Every finding, as JSON. */
void put_findings(const struct draft *d, struct yh_jsonw *w);
/* One finding of a policy or a rule: severity, line, column, text and cure. */
void put_finding(const struct yh_finding *f, struct yh_jsonw *w);
/* What changes from one plan to the other, a line a change, as JSON. */
void put_diff(struct call *c, const struct yh_plan *x, const struct yh_plan *y,
              struct yh_jsonw *w);
/* The text that a call names: "text", else a version (the last) of a "draft". */
YH_MUST_USE
enum yh_status text_asked(struct call *c, yh_str *out, struct yh_err *err);
/* May this user work on the region's drafts?  YH_NOT_FOUND: as if they were not there. */
YH_MUST_USE
enum yh_status draft_area(const struct call *c, yh_str region, struct yh_err *err);

/* ---- mine.c ---- */
/* Is a row of table tip of somebody within the area of the call's user? */
bool tip_within(void *call, const void *row);

/* ---- score.c ---- */
/* What a provider's calls (oldest first) have shown, clause by clause, as JSON. */
void put_score(struct yh_arena *a, yh_str provider, const struct heard *all, int nall,
               struct yh_jsonw *w);

/* ---- scans.c ---- */
/* A thread that deletes what has been kept long enough, every hour; NULL: none could be begun. */
struct yh_portal_sweep *sweep_open(struct yh_portal *p);
void sweep_close(struct yh_portal_sweep *s); /* while the writer still works; s may be NULL */

/* ---- turn.c: long work, one after the other ---- */
#define TURNS_MOST 8 /* that wait */
#define NO_ARCHIVE \
    "数据目录里没有年度档案（archive/），先用 yiheng archive 或 yiheng synth 生成"
struct turn_end { /* how it ended, for the kind's row */
    int64_t id;
    const char *state; /* done, failed, stopped */
    char message[320];
    yh_str report; /* JSON, in the work's arena; "" = none */
    int64_t done, all, figure[8];
};
struct turn;
struct turn_kind {
    const char *text;
    /* On the turns' own thread; figures and report go into *e, in `a`. */
    enum yh_status (*work)(struct yh_portal *p, struct turn *t, struct yh_arena *a,
                           struct turn_end *e, struct yh_err *err);
    enum yh_status (*keep)(struct yh_txn *x, const struct turn_end *e, struct yh_err *err);
};
struct turn { /* one that waits or runs; on the heap */
    struct turn *next;
    struct yh_portal_turns *turns;
    const struct turn_kind *kind;
    int64_t id, done, all, ask; /* ask: the kind's own */
    yh_str text;                /* the kind's own, a copy */
    bool running;
    atomic_bool stop;
};
struct yh_portal_turns *turns_open(struct yh_portal *p);
void turns_stop(struct yh_portal_turns *r); /* what runs is stopped; no other may begin */
void turns_close(struct yh_portal_turns *r);
/* YH_CONFLICT: too many wait. */
YH_MUST_USE
enum yh_status turns_room(struct call *c, struct yh_err *err);
/* Makes c->turn, which waits from when its row, the write part's, is there; without it, it is dropped. */
void turn_ask(struct call *c, const struct turn_kind *kind, yh_str text, int64_t ask);
void turn_progress(void *turn, int64_t done, int64_t all);
/* Copies of those of a kind that wait or run, in the call's arena; and the one of an id, or NULL. */
int turns_live(struct call *c, const struct turn_kind *kind, struct turn **out);
const struct turn *turn_of(const struct turn *live, int n, int64_t id);
/* YH_CONFLICT: it is over. */
YH_MUST_USE
enum yh_status turn_stop(struct call *c, const struct turn_kind *kind, int64_t id,
                         struct yh_err *err);
struct turn_row { /* what every kind's row has */
    yh_str state, message;
    int64_t done, all;
    yh_time began, ended;
};
/* Members state, done, all, message, began, ended.  live: NULL = nobody works on it. */
void put_turn(const struct turn *live, const struct turn_row *row, struct yh_jsonw *w);

/* ---- family.c ---- */
/* Fills c->subject from `for`.  YH_DENIED: no consent that holds; YH_BAD_INPUT: not on this route. */
YH_MUST_USE
enum yh_status family_subject(struct call *c, struct yh_err *err);
/* Does it still hold, in the writing transaction? */
YH_MUST_USE
enum yh_status family_again(struct call *c, struct yh_err *err);
/* ---- fund.c ---- */
struct yh_portal_fund *fund_open(struct yh_portal *p);
void fund_stop(struct yh_portal_fund *f);
void fund_close(struct yh_portal_fund *f);
/* The months as last counted, in the call's arena; false: never yet.  Counting begins when they are old. */
struct yh_fund_month;
bool fund_months(struct call *c, struct yh_fund_month **row, int *n);
/* "missing": closed years whose archive cannot be read, of a region ("" = all), as last counted. */
void fund_missing(struct call *c, yh_str region, struct yh_jsonw *w);
void fund_pulse(struct yh_portal_fund *f, yh_str infno, bool ok); /* a call was answered */

/* ---- keep.c ---- */
/* Makes an answer on a snapshot, from the key alone (it may be handed to others who ask the same). */
typedef enum yh_status keep_fn(struct yh_portal *p, struct yh_look *k, yh_str key,
                               const atomic_bool *stop, struct yh_jsonw *w, struct yh_err *err);
struct yh_portal_keep *keep_open(struct yh_portal *p);
void keep_stop(struct yh_portal_keep *k);
void keep_close(struct yh_portal_keep *k);
/* {"state":"ready","as_of":…,"age_most":age,"found":…}, at most `age` seconds after it was made; else
 * "counting" with nothing found, and it is begun when nothing else is being made.  A failure is told once,
 * then begun anew. */
YH_MUST_USE
enum yh_status keep_put(struct call *c, keep_fn *make, yh_str key, int age, struct yh_jsonw *w,
                        struct yh_err *err);

/* ---- pages.c ---- */
YH_MUST_USE
enum yh_status pages_load(struct yh_portal *p, struct yh_err *err);
void pages_answer(struct yh_portal *p, struct yh_http_call *call);
extern const struct yh_http_head SECURITY_HEADS[];
extern const int NSECURITY_HEADS;

#define R(name, method, path, roles, area, purpose, limit, in, out, doc) handler portal_##name;
#include "shell/portal/route.def"
#endif
