/* service/act.h -- one act of the agency's own, as its function sees it.  Private to service/. */
#ifndef YH_SERVICE_ACT_H
#define YH_SERVICE_ACT_H
#include "service/service.h"

struct yh_act {
    struct yh_txn *x;
    const struct yh_world *w; /* NULL: none loaded */
    const struct yh_json *ask;
    yh_time now;
    struct yh_buf *out; /* the answer: a table, or a document */
};

/* A member of the act, without blanks around it; "" when absent. */
yh_str yh_act_text(const struct yh_act *t, const char *name);
/* A cell and what ends it; what would break the table becomes a blank.  A day or time that is open or
 * 0 is an empty cell. */
void yh_act_put(struct yh_act *t, yh_str s, char end);
void yh_act_put_time(struct yh_act *t, yh_time time, char end);
void yh_act_put_day(struct yh_act *t, int64_t day, char end);
void yh_act_put_fen(struct yh_act *t, yh_fen v, char end);
#endif
