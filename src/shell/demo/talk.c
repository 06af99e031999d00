/* shell/demo/talk.c -- envelopes out, replies in. */
#include "shell/demo/talk.h"
#include <stdio.h>

void yh_talk_envelope(struct yh_talk *t, const char *infno, yh_str input)
{
    char stamp[16];
    int n = 0;
    for (const char *p = t->now; *p && n < 14; p++)
        if (*p >= '0' && *p <= '9')
            stamp[n++] = *p;
    t->msgid = yh_fmt(t->a, "%s%.*s%04d", t->provider, n, stamp, ++t->seq);
    t->body = yh_fmt(t->a,
                     "{\"infno\":\"%s\",\"msgid\":\"%.*s\",\"mdtrtarea_admvs\":\"%s\","
                     "\"insuplc_admdvs\":\"%s\",\"recer_sys_code\":\"99\",\"signtype\":\"SM3\","
                     "\"infver\":\"V1.0\",\"opter_type\":\"1\",\"opter\":\"0001\","
                     "\"opter_name\":\"测试操作员\",\"inf_time\":\"%s\",\"fixmedins_code\":\"%"
                     "s\",\"fixmedins_name\":\"%s\",\"sign_no\":\"%.*s\",\"input\":%.*s}",
                     infno, YH_ARG(t->msgid), t->place, t->office, t->now, t->provider, t->name,
                     YH_ARG(t->sign_no), YH_ARG(input));
}

enum yh_status yh_talk_post(struct yh_talk *t, bool *ok, yh_str *message)
{
    struct yh_client_answer reply;
    struct yh_json *v = NULL;
    enum yh_status st = yh_client_call(&t->client, t->a, "POST", NULL, "application/json", NULL,
                                       0, t->body, &reply, t->err);
    if (st == YH_OK)
        st = yh_json_read(t->a, reply.body, (struct yh_json_limits){ 0 }, &v, t->err);
    if (st)
        return st;
    *ok = yh_eq(yh_json_text(yh_json_get(v, YH_S("infcode"))), YH_S("0"));
    *message = yh_json_text(yh_json_get(v, YH_S("err_msg")));
    t->output = yh_json_get(v, YH_S("output"));
    return YH_OK;
}

enum yh_status yh_talk_ask(struct yh_talk *t, const char *infno, yh_str input)
{
    bool ok = false;
    yh_str message = YH_S("");
    yh_talk_envelope(t, infno, input);
    enum yh_status st = yh_talk_post(t, &ok, &message);
    if (st)
        return st;
    if (!ok)
        return yh_fail(t->err, YH_CONFLICT, "交易 %s 未成功：%.*s", infno, YH_ARG(message));
    return YH_OK;
}

yh_str yh_talk_field(const struct yh_talk *t, const char *node, const char *name)
{
    return yh_json_text(yh_json_get(yh_json_get(t->output, yh_cstr(node)), yh_cstr(name)));
}

yh_fen yh_talk_amount(const struct yh_talk *t, const char *node, const char *name)
{
    yh_fen v = 0;
    const struct yh_json *j = yh_json_get(yh_json_get(t->output, yh_cstr(node)), yh_cstr(name));
    return j && yh_json_dec(j, 2, &v, NULL) == YH_OK ? v : 0;
}
