/* shell/demo/play.h -- a hospital played against a server of the national interface.
 *
 * Sign in; a low-income resident's stay where every layer pays; an outpatient visit; another
 * place's patient; a lost reply undone by 2601; the day's books.  Prints what it does, in Chinese. */
#ifndef YH_SHELL_DEMO_PLAY_H
#define YH_SHELL_DEMO_PLAY_H
#include "base/base.h"

struct yh_play {
    const char *url; /* "http://127.0.0.1:8080" */
    int year;        /* everything happens in March of this year */
    struct yh_arena *arena;
    /* Prints the bill of a settlement as its patient reads it; NULL = only the sums. */
    void (*bill)(void *user, yh_str settlement);
    void *user;
};

/* YH_CONFLICT: a reply was not what it should be (text says which); YH_IO: no server. */
YH_MUST_USE
enum yh_status yh_play_hospital(const struct yh_play *p, struct yh_err *err);
#endif
