/* shell/gateway/testing.h -- a gateway over a memory store with the invented town, for tests. */
#ifndef YH_SHELL_GATEWAY_TESTING_H
#define YH_SHELL_GATEWAY_TESTING_H
#include "shell/gateway/gateway.h"

/* The interface's tables, read once for all tests. */
const struct yh_interface *yh_testing_interface(void);
/* A service on an empty store at `url` with the invented town in it, decided by `world`, and a gateway
 * before it whose clock is the envelope's inf_time; *access is borrowed.  vfs: a SQLite file system, NULL =
 * its own.  What is not as it should be ends the test; the caller closes gateway and service. */
void yh_testing_gateway(const char *url, const char *vfs, const struct yh_world *world,
                        yh_time now, const struct yh_accesses *access, struct yh_arena *scratch,
                        struct yh_service **service, struct yh_gateway **gateway);

struct yh_counter {
    struct yh_arena town, arena; /* arena: what calls return */
    struct yh_service *service;
    struct yh_gateway *gateway;
    struct yh_gateway_reply reply; /* of the last call */
    const struct yh_json *root, *output;
    bool ok;
    yh_str err_msg;
};

/* Opens a sandbox whose clock is the envelope's inf_time. */
void yh_counter_open(struct yh_counter *c);
void yh_counter_close(struct yh_counter *c);
/* Sends a body as it is; answers whether infcode is "0". */
bool yh_counter_send(struct yh_counter *c, yh_str body);

/* The text of tests/interface/NAME.json. */
yh_str yh_counter_sample(struct yh_counter *c, const char *name);

/* Changes to a message: "path=json" parted by " ; ", path as input.data.psn_no or
 * input.feedetail.2.cnt (rows count from 1); "path=-" removes; "path+=json" adds a row. */
yh_str yh_counter_change(struct yh_counter *c, yh_str body, yh_str changes);

/* A chain of samples, with the numbers that replies gave put in place of the samples' own. */
#define YH_COUNTER_IDS 16
struct yh_counter_ids {
    yh_str old[YH_COUNTER_IDS], now[YH_COUNTER_IDS];
    int n;
};
yh_str yh_counter_with_ids(struct yh_counter *c, yh_str body, const struct yh_counter_ids *ids);
/* The other way round, so that an expectation can name the samples' numbers. */
yh_str yh_counter_without_ids(struct yh_counter *c, yh_str text,
                              const struct yh_counter_ids *ids);
void yh_counter_id(struct yh_counter_ids *ids, const char *old, yh_str now);
yh_str yh_counter_text(const struct yh_counter *c, const char *node, const char *field);
/* Sends the sample `name` with changes (may be "") and learns its numbers.  Ends the test when it
 * is refused. */
void yh_counter_play(struct yh_counter *c, const char *name, const char *changes,
                     struct yh_counter_ids *ids);
#endif
