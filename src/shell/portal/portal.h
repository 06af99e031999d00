/* shell/portal/portal.h -- the web: the pages (web/dist) and their JSON over HTTP, on the same door as
 * the national interface.
 *
 * /api/… is this room's; any other GET is a page or a file of the pages; what else comes is the
 * national interface's.  Every route is a row of route.def, and the row says all that is checked
 * before its handler runs: who may, whose data, with what purpose, how often, which fields.
 *
 * An error has one form: {"error":{"code":"not found","message":"…","field":"…"}} with 400 401 403
 * 404 405 409 413 429 or 503.
 *
 * Sign-in: argon2id (19 MiB, t = 2) on one thread of low priority with a short queue; staff also a
 * one-time code (RFC 6238).  A session is a random cookie (HttpOnly, Secure, SameSite=Strict), kept
 * as its SHA-256; a call that writes repeats the session's csrf word in X-CSRF.  Every look at a
 * person is an access_log row, written at most a second later; no reply waits for it.
 *
 * Writes ride in the gateway's batches (yh_gateway_submit). */
#ifndef YH_SHELL_PORTAL_PORTAL_H
#define YH_SHELL_PORTAL_PORTAL_H
#include "shell/gateway/field.h"
#include "shell/gateway/gateway.h"
#include "shell/realm/realm.h"

struct yh_portal;

struct yh_portal_config {
    struct yh_service *service; /* on a store that many threads may read: not memory: */
    struct yh_realm *realm;     /* takes another edition when a document is published */
    const struct yh_interface *table;
    const char *data; /* the data folder, for portal.key; NULL = a key of this run */
    const char *web;  /* the built pages; NULL or absent: no pages, the API alone */
    bool sandbox;     /* the sandbox's routes, and users of the demonstration */
    int rate;         /* calls a minute of QUICK for one session; 0 = limit.def's */
};

/* Opens; the gateway is told of it by its config (other = yh_portal_http, watch = yh_portal_watch). */
YH_MUST_USE
enum yh_status yh_portal_open(const struct yh_portal_config *config, struct yh_portal **out,
                              struct yh_err *err);
/* Starts its threads, once there is a gateway to write through.  Where nobody can sign in yet, the
 * administrator is made, and *secret (lives as long as the portal) is the password to print; else it
 * is "". */
YH_MUST_USE
enum yh_status yh_portal_start(struct yh_portal *p, struct yh_gateway *g, yh_str *secret,
                               struct yh_err *err);
bool yh_portal_pages(const struct yh_portal *p); /* are there pages to show? */
/* Writes what is still to be logged and ends the threads; later calls are told 503.  Before the
 * gateway is drained. */
void yh_portal_stop(struct yh_portal *p);
void yh_portal_close(struct yh_portal *p); /* NULL is fine */

/* For the gateway's config; user is the portal. */
bool yh_portal_http(void *portal, struct yh_http_call *call);
void yh_portal_watch(void *portal, const struct yh_gateway_seen *seen);

/* docs/openapi.json, from the lists. */
void yh_portal_openapi(struct yh_buf *out);

/* The demonstration's users, written into a store that nobody serves: one for each role, password
 * YH_PORTAL_DEMO_PASSWORD.  They are refused outside a sandbox. */
#define YH_PORTAL_DEMO_PASSWORD "yiheng-demo"
YH_MUST_USE
enum yh_status yh_portal_demo(yh_str data, yh_time now, struct yh_err *err);
#endif
