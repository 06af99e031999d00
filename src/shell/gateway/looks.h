/* shell/gateway/looks.h -- who looked at whose data: noted at once, written at most a second later.
 *
 * A note waits in memory with the others, a repeated one as one more time, until a thread of its own
 * hands all of them to the writer as one task; what could not be written is tried again.  So no reply
 * waits for the disk on account of a note.  Private to shell/gateway/. */
#ifndef YH_SHELL_GATEWAY_LOOKS_H
#define YH_SHELL_GATEWAY_LOOKS_H
#include "shell/gateway/gateway.h"

struct yh_looks;

/* The notes of this gateway; the thread begins with the first of them.  To stop: yh_looks_stop while the
 * writer still works, then yh_looks_left for what came later. */
struct yh_looks *yh_looks_open(struct yh_gateway *g);
void yh_looks_stop(struct yh_looks *l);
void yh_looks_close(struct yh_looks *l);
/* false: no room, or no thread; the look must wait. */
bool yh_looks_add(struct yh_looks *l, const struct yh_look_note *n);
/* Is this look at a person, without object, noted on that day and still unwritten? */
bool yh_looks_has(struct yh_looks *l, yh_str user, yh_str person, yh_str route, yh_day day);
/* Notes as rows of access_log, within the transaction of a task. */
YH_MUST_USE
enum yh_status yh_looks_write(struct yh_txn *x, const struct yh_look_note *n, int count,
                              struct yh_err *err);
/* What is left after the stop, as the work of a task; user is the yh_looks. */
YH_MUST_USE
enum yh_status yh_looks_left(void *looks, struct yh_txn *x, struct yh_err *err);
/* How many are left then. */
int yh_looks_count(const struct yh_looks *l);
#endif
