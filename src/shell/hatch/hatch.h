/* shell/hatch -- the agency's own way into a running server: a Unix-domain socket in the data folder.
 *
 * DIR/agency.sock has mode 0600, and the caller must be the server's own user or root, as the kernel
 * says.  One connection is one act: the caller writes it and shuts its side down, the server
 * answers a line with the status and then the text, and closes.  Nothing of it is on the network. */
#ifndef YH_SHELL_HATCH_HATCH_H
#define YH_SHELL_HATCH_HATCH_H
#include "base/base.h"

#define YH_HATCH_BYTES_MAX (8 << 20) /* of an act */

/* Carries one act out on the hatch's thread; *text and err->text are copied out after it returns. */
typedef enum yh_status yh_hatch_fn(void *user, yh_str ask, struct yh_arena *a, yh_str *text,
                                   struct yh_err *err);

struct yh_hatch;

/* Listens in the folder, from a thread of its own.  The caller holds the folder's writer lock, so a
 * socket that stands there already is a dead server's and is replaced.  YH_IO. */
YH_MUST_USE
enum yh_status yh_hatch_open(const char *dir, yh_hatch_fn *act, void *user,
                             struct yh_hatch **out, struct yh_err *err);
void yh_hatch_close(struct yh_hatch *d); /* ends the act it is in; NULL is fine */

/* Asks the server that writes this folder.  YH_NOT_FOUND (err untouched): nobody listens there.
 * YH_IO: no answer came, and whether the act was done is not known.  Else as the act. */
YH_MUST_USE
enum yh_status yh_hatch_ask(const char *dir, yh_str ask, struct yh_arena *a, yh_str *text,
                            struct yh_err *err);
#endif
