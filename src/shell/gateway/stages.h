/* shell/gateway/stages.h -- where a writing call's time goes, from the queue to its answer. */
#ifndef YH_SHELL_GATEWAY_STAGES_H
#define YH_SHELL_GATEWAY_STAGES_H
#include <stdatomic.h>

#include "base/base.h"

enum yh_spent {
    YH_SPENT_QUEUE,  /* until the writer takes it */
    YH_SPENT_WORK,   /* until all calls of its batch are carried out */
    YH_SPENT_COMMIT, /* until the batch is in the log; the end of the log moved, now and then */
    YH_SPENT_DISK,   /* until the log is on the disk */
    YH_SPENT_ANSWER, /* until the answer is handed to the door */
    YH_SPENT_WHOLE,  /* all of it */
    YH_SPENT_N
};

/* Counts in steps of a quarter to a fifth: four to each doubling, from 1 µs to over a minute. */
#define YH_STAGES_STEPS 108
struct yh_stages {
    atomic_llong n[YH_SPENT_N][YH_STAGES_STEPS];
};

int64_t yh_stage_now(void); /* µs of the clock that never goes back */
/* at[0] when it was queued, at[i + 1] when stage i ended; from any thread. */
void yh_stages_add(struct yh_stages *s, const int64_t at[YH_SPENT_N]);
/* An upper bound of the time, in µs, that permille of the calls needed at most in that stage; 0: no call. */
int64_t yh_stages_at(struct yh_stages *s, enum yh_spent stage, int permille);
/* One line for the operator: each stage with its median, 99 of 100 and longest, in milliseconds. */
yh_str yh_stages_text(struct yh_stages *s, struct yh_arena *a);
#endif
