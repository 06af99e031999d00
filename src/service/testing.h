/* service/testing.h -- a counter of the invented town, for tests: each call is one committed call. */
#ifndef YH_SERVICE_TESTING_H
#define YH_SERVICE_TESTING_H
#include "service/settle.h"

struct yh_desk {
    struct yh_service *service;
    struct yh_arena arena; /* what calls return; until yh_desk_close */
    yh_str provider, office, operator_no;
    yh_time now;
    int64_t calls;     /* numbers the message ids */
    bool injury;       /* admissions are by an external cause */
    yh_str diagnosis;  /* code of the next visits'; "" = J18.900 */
    struct yh_err err; /* of the last call */
    yh_str warn;
    bool repeated;
};

/* A memory store ("memory:" when data is NULL) with the town in it, on 2026-03-18 10:00. */
void yh_desk_open(struct yh_desk *d, const char *data);
void yh_desk_close(struct yh_desk *d);
const struct yh_world *yh_desk_world(void);

/* Runs `work` as a committed call of number `infno` naming `person`; the message id is new unless
 * msgid is given. */
enum yh_status yh_desk_write(struct yh_desk *d, const char *infno, yh_str person,
                             const char *msgid, yh_work_fn *work, void *user);
enum yh_status yh_desk_read(struct yh_desk *d, const char *infno, yh_str person,
                            yh_work_fn *work, void *user);
/* The books are proved; prints what is wrong and ends the test. */
void yh_desk_prove(struct yh_desk *d);

/* ---- the calls of a chain, with usual values ---- */
yh_str yh_desk_register(struct yh_desk *d, yh_str person, const char *scheme,
                        const char *med_type);
yh_str yh_desk_admit(struct yh_desk *d, yh_str person, const char *scheme, const char *med_type,
                     yh_time begin);
/* One line of an item: price in 10^-6 yuan, quantity in 1/10,000. */
enum yh_status yh_desk_charge(struct yh_desk *d, yh_str person, yh_str visit, const char *batch,
                              const char *serial, const char *code, yh_price price, yh_qty qty,
                              const char *undoes);
enum yh_status yh_desk_settle(struct yh_desk *d, const char *infno,
                              const struct yh_settle_in *in, const char *msgid,
                              struct yh_settled *out);
enum yh_status yh_desk_undo(struct yh_desk *d, const char *infno, yh_str person, yh_str visit,
                            yh_str settlement, struct yh_settled *out);
enum yh_status yh_desk_reverse(struct yh_desk *d, yh_str person, const char *omsgid,
                               const char *number);
enum yh_status yh_desk_discharge(struct yh_desk *d, yh_str person, yh_str visit, yh_time end);
#endif
