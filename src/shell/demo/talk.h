/* shell/demo/talk.h -- one hospital's calls to a server of the national interface.  Private to
 * shell/demo/. */
#ifndef YH_SHELL_DEMO_TALK_H
#define YH_SHELL_DEMO_TALK_H
#include "shell/http/client.h"

struct yh_talk {
    struct yh_client client;
    struct yh_arena *a;
    struct yh_err *err;
    const char *provider, *name; /* fixmedins_code, fixmedins_name */
    const char *place;           /* mdtrtarea_admvs */
    const char *office;          /* insuplc_admdvs */
    char now[32];                /* inf_time */
    int seq;
    yh_str sign_no, body, msgid; /* of the last request */
    const struct yh_json *output;
};

/* The envelope around `input`; a new message id. */
void yh_talk_envelope(struct yh_talk *t, const char *infno, yh_str input);
/* Posts the last envelope; whether infcode is 0 in *ok. */
YH_MUST_USE
enum yh_status yh_talk_post(struct yh_talk *t, bool *ok, yh_str *message);
/* Both; YH_CONFLICT when the call was refused. */
YH_MUST_USE
enum yh_status yh_talk_ask(struct yh_talk *t, const char *infno, yh_str input);
/* Of the last reply's node; "" and 0 when it has no such member. */
yh_str yh_talk_field(const struct yh_talk *t, const char *node, const char *name);
yh_fen yh_talk_amount(const struct yh_talk *t, const char *node, const char *name);
#endif
