/* shell/http/client.h -- a small HTTP/1.1 client over one kept connection.
 *
 * For `yiheng conform`, the demonstration and tests: numeric or named host, no TLS, bodies with
 * Content-Length or chunked.  One thread a client. */
#ifndef YH_SHELL_HTTP_CLIENT_H
#define YH_SHELL_HTTP_CLIENT_H
#include "shell/http/http.h"

struct yh_client {
    char host[128], path[256]; /* path of the address, "/" when it has none */
    int port, fd;              /* fd -1: not connected */
    int timeout_ms;            /* for each whole exchange */
};
struct yh_client_answer {
    int status;
    yh_str type, body; /* in the arena of the call */
};

/* Takes "http://host[:port][/path]" or "host:port".  Connects at the first call.
 * YH_BAD_INPUT: another form (https has no place here). */
YH_MUST_USE
enum yh_status yh_client_open(struct yh_client *c, const char *url, struct yh_err *err);
void yh_client_close(struct yh_client *c);

/* Sends one request and reads its answer; a connection that the server closed meanwhile is opened
 * again once, before any byte of an answer.  path NULL: the address's own.
 * YH_IO: no connection, cut, no HTTP.  YH_RETRY: no answer in time. */
YH_MUST_USE
enum yh_status yh_client_call(struct yh_client *c, struct yh_arena *a, const char *method,
                              const char *path, const char *type,
                              const struct yh_http_head *head, int nhead, yh_str body,
                              struct yh_client_answer *out, struct yh_err *err);
/* Sends the request and hangs up without reading: the sender that loses its reply. */
YH_MUST_USE
enum yh_status yh_client_send_only(struct yh_client *c, struct yh_arena *a, const char *type,
                                   yh_str body, struct yh_err *err);
/* Bytes as they are, and what came back within the timeout (for malformed requests). */
YH_MUST_USE
enum yh_status yh_client_raw(struct yh_client *c, struct yh_arena *a, yh_str bytes, yh_str *out,
                             struct yh_err *err);
#endif
