/* shell/conform/conform.h -- a hospital's client that grades a server clause by clause.
 *
 * It plays the chains of the national interface (reference §6-§9), the lost reply, the double
 * submission, the late original, wrong orders, a stay of 20,000 lines and the turn of the year, and
 * takes back all that it made, so that it can be run again.  What it says is in clause.def. */
#ifndef YH_SHELL_CONFORM_CONFORM_H
#define YH_SHELL_CONFORM_CONFORM_H
#include "shell/http/client.h"

enum yh_conform_clause {
#define R(id, part, text) YH_CLAUSE_##id,
#include "shell/conform/clause.def"
#undef R
    YH_CLAUSE_N
};

/* Sends one body; `lose`: the caller hangs up before the answer (*out is not set then).
 * path and type NULL: the usual ones. */
typedef enum yh_status yh_conform_send(void *user, struct yh_arena *a, const char *path,
                                       const char *type, yh_str body, bool lose,
                                       struct yh_client_answer *out, struct yh_err *err);

/* Who is played.  Defaults are those of the demonstration data (region 990101). */
struct yh_conform_cast {
    const char *hospital, *pharmacy; /* fixmedins_code; pharmacy NULL: found by 1201 */
    const char *office;              /* admdvs of both */
    const char *employee;  /* certificate number, insutype 310; goes to the outpatient desk */
    const char *inpatient; /* certificate number; is admitted */
    const char *item[3];   /* med_list_codg: two covered, one not */
    int64_t price[3];      /* millionths of a yuan */
    int lines;             /* of the long stay */
    uint64_t tag;          /* makes this run's keys its own */
    yh_time now;           /* the machine's civil time, for servers that keep their own */
};
struct yh_conform_cast yh_conform_defaults(void);

struct yh_conform_mark {
    int looked, held;      /* checks of the clause */
    char first_fault[400]; /* "" = none */
};
struct yh_conform_result {
    struct yh_conform_mark mark[YH_CLAUSE_N];
    int passed; /* of YH_CLAUSE_N */
    int calls;
    bool clock_follows;   /* the server's day is the envelope's inf_time */
    int64_t long_stay_ms; /* of the 2303 over all lines */
};

void yh_conform_run(const struct yh_conform_cast *cast, yh_conform_send *send, void *user,
                    struct yh_arena *a, struct yh_conform_result *out);
const char *yh_clause_part(enum yh_conform_clause c);
const char *yh_clause_text(enum yh_conform_clause c);
bool yh_clause_passed(const struct yh_conform_mark *m);

/* The sender over HTTP; user is a struct yh_client. */
enum yh_status yh_conform_http(void *user, struct yh_arena *a, const char *path,
                               const char *type, yh_str body, bool lose,
                               struct yh_client_answer *out, struct yh_err *err);
#endif
