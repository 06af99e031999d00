/* shell/http/http.h -- HTTP/1.1 in, HTTP/1.1 out: the thin door before the gateway and the portal.
 *
 * Threads of the door read requests, hand each whole request to one handler, and send what the
 * handler answers.  A handler must not block: either it replies before it returns, or it keeps the
 * call and any thread replies later.  Every call that a handler gets must be replied to once.
 *
 * Nothing here knows the national interface.  Limits are the door's own: bytes of a body and of all
 * bodies that are held (read, queued or worked on), open connections (in all and per address), requests per second and address, and a deadline for every
 * connection, measured from the first byte of a request to its last, so that a client that drips
 * one header line each half second is cut like one that is silent. */
#ifndef YH_SHELL_HTTP_HTTP_H
#define YH_SHELL_HTTP_HTTP_H
#include "base/base.h"

struct yh_http;      /* a running door */
struct yh_http_call; /* one request and its reply */

struct yh_http_config {
    const char *listen;  /* address, "127.0.0.1" when NULL */
    int port;            /* 0 = any free one */
    int port_step;       /* when the port is taken, try so many further ones */
    int threads;         /* 1 .. 64 */
    ptrdiff_t body_max;  /* bytes of an ordinary body */
    ptrdiff_t file_max;  /* bytes of a multipart body */
    ptrdiff_t held_max;  /* bytes of all bodies that are held at once; beyond it, 503 */
    int connections_max; /* open at once */
    int address_max;     /* of these, from one address; 0 = half of them */
    int rate_max;        /* requests a second from one address; 0 = no bound */
    int read_ms;         /* from a request's first byte to its last */
    int idle_ms;         /* between two requests of a connection */
    int write_ms;        /* to take a reply, plus one second for each 64 KiB of it */
};
/* The values that `yiheng serve` starts from. */
struct yh_http_config yh_http_defaults(void);

/* Called on a thread of the door with a complete request. */
typedef void yh_http_handler(void *user, struct yh_http_call *call);

/* Listens and serves.  YH_CONFLICT: the port (and the steps behind it) are taken.
 * YH_IO: the address is not ours, or no sockets. */
YH_MUST_USE
enum yh_status yh_http_start(struct yh_http **out, const struct yh_http_config *config,
                             yh_http_handler *handler, void *user, struct yh_err *err);
int yh_http_port(const struct yh_http *h);
/* Bytes of the bodies that are held now. */
int64_t yh_http_held(const struct yh_http *h);
/* Takes no new connection from now on; what is open goes on. */
void yh_http_quiesce(struct yh_http *h);
/* Waits until every call is replied to and its reply is taken (at most `wait_ms`), closes all and
 * frees h.  Whoever holds calls must reply to them first or meanwhile. */
void yh_http_stop(struct yh_http *h, int wait_ms);

/* What was asked; all texts live until the reply. */
yh_str yh_http_method(const struct yh_http_call *c);
yh_str yh_http_path(const struct yh_http_call *c);               /* without the query */
yh_str yh_http_header(struct yh_http_call *c, const char *name); /* any case; "" when absent */
/* A parameter of the query, unescaped; p NULL when absent. */
yh_str yh_http_query(struct yh_http_call *c, const char *name);
/* By whom the caller is counted: its address, "127.0.0.1"; of IPv6 its network, "2001:db8:1:2::", for
 * one subscriber has all addresses of that. */
yh_str yh_http_peer(const struct yh_http_call *c);
struct sockaddr;
void yh_http_network(const struct sockaddr *from, char out[64]);
yh_str yh_http_body(const struct yh_http_call *c);
/* The limit, in bytes, that the body was over, and so dropped; 0: it is here. */
ptrdiff_t yh_http_oversized(const struct yh_http_call *c);

struct yh_http_head {
    const char *name, *value;
};
/* Answers a call; body is copied.  After this the call is no longer the handler's. */
void yh_http_reply(struct yh_http_call *c, int status, const char *type, yh_str body,
                   const struct yh_http_head *head, int nhead);

/* The same with a body that outlives the door, which is not copied. */
void yh_http_reply_kept(struct yh_http_call *c, int status, const char *type, yh_str body,
                        const struct yh_http_head *head, int nhead);

/* Milliseconds of a clock that never goes back. */
int64_t yh_http_now_ms(void);
#endif
