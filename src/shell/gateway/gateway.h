/* shell/gateway/gateway.h -- the national interface: one HTTP POST a transaction.
 *
 * Whatever the path, a body is an envelope; its infno chooses the row of transaction.def.  On the
 * door's thread: read, authenticate, check every field from the table.  Then a writing transaction
 * goes into a bounded queue to the writer (one, but with PostgreSQL), a reading one to a few readers, so that the door
 * never waits.  The writer takes all that is queued (at most `batch_max`), gives each request its
 * own savepoint and commits once; another thread makes the commit durable, for all batches that are
 * waiting, and only then answers, while the writer is at the next batch.
 *
 * Business errors travel with HTTP 200 and infcode "-1"; a failed signature is the gateway's own
 * {"code":401,…}; a full queue is 503 before any work of the store (which queue, the body says); a
 * failed commit answers everyone of the batch with the retryable error. */
#ifndef YH_SHELL_GATEWAY_GATEWAY_H
#define YH_SHELL_GATEWAY_GATEWAY_H
#include "service/service.h"
#include "shell/gateway/auth.h"
#include "shell/http/http.h"

enum yh_clock_mode {
    YH_CLOCK_REAL,     /* the machine's */
    YH_CLOCK_SHIFTED,  /* the machine's, moved so that it began at `start` (sandbox) */
    YH_CLOCK_INF_TIME, /* each envelope's own inf_time; without one, the machine's (sandbox) */
};

#define YH_GATEWAY_WRITERS_MAX 31 /* beside the first */
/* A call that was answered, for who watches (the sandbox's log). */
struct yh_gateway_seen {
    yh_str infno, msgid, provider, person;
    yh_str reply; /* as sent */
    bool ok;      /* infcode 0 */
    yh_time at;
    int ms;
};

struct yh_gateway_config {
    const struct yh_interface *table;
    struct yh_service *service; /* the readers' and the first writer's */
    /* More writers beside it, each with a connection of its own to the same store, where the store
     * lets many write at once (postgres); else none. */
    struct yh_service *const *writer;
    int nwriter;
    const struct yh_accesses *access;
    enum yh_clock_mode clock;
    yh_time start;      /* of YH_CLOCK_SHIFTED */
    int queue_max;      /* requests waiting; 0 = 2000 */
    int batch_max;      /* requests a commit; 0 = 256 */
    int readers;        /* threads for reading transactions; 0 = none: the writer reads too */
    size_t arena_bytes; /* bound of one request's memory; 0 = 512 MiB */
    /* Asked first; true = it has taken the call (pages, portal).  May be NULL. */
    bool (*other)(void *user, struct yh_http_call *call);
    void *other_user;
    /* Told of each call that came through the door, before its reply is sent; must not block.
     * May be NULL. */
    void (*watch)(void *user, const struct yh_gateway_seen *seen);
    void *watch_user;
};

struct yh_gateway;

/* Starts the writer and the readers.  What the config points at must outlive the gateway. */
YH_MUST_USE
enum yh_status yh_gateway_open(const struct yh_gateway_config *config, struct yh_gateway **out,
                               struct yh_err *err);
/* Answers everything that is queued and ends the threads; later calls are told 503.  To stop:
 * quiesce the door, drain the gateway, stop the door, close the gateway. */
void yh_gateway_drain(struct yh_gateway *g);
void yh_gateway_close(struct yh_gateway *g); /* drains first; no door may use it any more */

/* Writes of another door (the portal): `work` runs on the writer's thread in a transaction of its
 * own within the next batch, `done` after that batch's commit, with the status of work or commit.
 * arena is what the transaction reads into; both callbacks may use it; work may be called again after
 * it was dropped.  A task may touch several
 * groups (yh_txn_group).  false: the queue is full or closed, and neither is called. */
struct yh_gateway_task {
    enum yh_status (*work)(void *user, struct yh_txn *x, struct yh_err *err);
    void (*done)(void *user, enum yh_status status, const struct yh_err *err);
    void *user;
    struct yh_arena *arena;
};
bool yh_gateway_submit(struct yh_gateway *g, const struct yh_gateway_task *task);

/* Somebody looks at a person's data: a row of access_log, written at most a second later, within no
 * other transaction.  The texts are copied, cut to what a note holds (a name: 127 bytes).  false: no room
 * (the store has refused for long); then the data must not be shown. */
struct yh_look_note {
    yh_str region;
    int64_t grp;
    yh_str person;
    yh_time time;
    yh_str user, user_name, role, purpose, route, object;
    bool unmasked;
};
bool yh_gateway_look(struct yh_gateway *g, const struct yh_look_note *note);

/* The door's handler; user is the gateway. */
void yh_gateway_http(void *gateway, struct yh_http_call *call);

/* One call without a door, on this thread, as a batch of its own: for tests and the demonstration.
 * Not while a door uses the same gateway. */
struct yh_gateway_ask {
    yh_str type, body;
    struct yh_headers headers;
};
struct yh_gateway_reply {
    int status;
    yh_str type, body;
    bool repeated;
};
void yh_gateway_answer(struct yh_gateway *g, const struct yh_gateway_ask *ask,
                       struct yh_arena *arena, struct yh_gateway_reply *out);

/* One act of the agency's own people (service/agency.h), carried out by the writer within a batch
 * like any call; returns after the commit.  For any thread but the gateway's own.  YH_RETRY: the
 * commit failed; YH_LIMIT: the queue is full or the gateway is being drained. */
YH_MUST_USE
enum yh_status yh_gateway_act(struct yh_gateway *g, yh_str ask, struct yh_arena *a, yh_str *tsv,
                              struct yh_err *err);

struct yh_gateway_stats {
    int64_t requests, written, batches, refused, busy;
};
struct yh_gateway_stats yh_gateway_stats_of(struct yh_gateway *g);
/* Where the time of the writing calls went so far, as one line for the operator (stages.h). */
yh_str yh_gateway_stages(struct yh_gateway *g, struct yh_arena *a);
#endif
