/* shell/gateway/window_test.h -- a hospital's window for tests: JSON goes in, JSON comes out, through
 * the gateway's whole path, on a memory store with the invented town in it. */
#ifndef YH_SHELL_GATEWAY_WINDOW_TEST_H
#define YH_SHELL_GATEWAY_WINDOW_TEST_H
#include "base/test.h"
#include "service/town.h"
#include "shell/gateway/gateway.h"

struct window {
    struct yh_service *service;
    struct yh_gateway *gateway;
    struct yh_accesses access;
    struct yh_arena arena; /* all that is said; until window_close */
    yh_str provider;       /* who calls; changed by tests */
    const char *time;      /* inf_time, which is the sandbox's clock */
    int calls;
    yh_str body;                   /* of the last call */
    struct yh_gateway_reply reply; /* as it came */
    const struct yh_json *output;  /* of the last reply; NULL: none */
    yh_str code, error, warn;      /* infcode, err_msg, warn_msg */
};

/* On 2026-03-18 10:00, as the town's first hospital. */
void window_open(struct window *w);
void window_close(struct window *w);
/* One call with that input (JSON in which ' stands for "); true when infcode is 0. */
bool window_ask(struct window *w, const char *infno, const char *input);
/* The call must be accepted, or refused with `part` in its message. */
#define WINDOW_OK(w, infno, input) window_ok(__FILE__, __LINE__, w, infno, input)
#define WINDOW_BAD(w, infno, input, part) window_bad(__FILE__, __LINE__, w, infno, input, part)
void window_ok(const char *file, int line, struct window *w, const char *infno,
               const char *input);
void window_bad(const char *file, int line, struct window *w, const char *infno,
                const char *input, const char *part);
/* The person's certificate is read (1101). */
void window_show(struct window *w, const char *person);
/* printf into the window's arena. */
const char *window_fmt(struct window *w, const char *fmt, ...) YH_PRINTF(2, 3);
/* The text at a dotted path of the output: "stmtinfo.stmt_rslt", "mdtrtinfo[1].mdtrt_id", "[0].cnt";
 * "" = none. */
yh_str window_at(const struct window *w, const char *path);
/* Rows of a list of the output; "" = the output itself. */
int window_rows(const struct window *w, const char *node);
/* Every output field that more than one source states (fields.tsv) is in the last reply. */
#define WINDOW_WHOLE(w, infno) window_whole(__FILE__, __LINE__, w, infno)
void window_whole(const char *file, int line, struct window *w, const char *infno);
/* The bytes of the last reply's ZIP (9102), unpacked. */
yh_str window_file(struct window *w);

/* An outpatient visit of YH_TOWN_WORKER with the samples' three lines, settled; and its undoing. */
struct window_visit {
    yh_str visit, settlement, undoing;
};
struct window_visit window_settle(struct window *w, const char *person, const char *scheme);
void window_undo(struct window *w, const char *person, struct window_visit *v);
#endif
