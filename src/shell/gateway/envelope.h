/* shell/gateway/envelope.h -- the outer layer of every call and every reply.
 *
 * Clients differ: unused fields are "", null, the text "null" or absent; `input` is an object or a
 * string that holds one; some leave out everything but number, key and input; some spell the
 * provider medins_code.  All of these read alike here.  A msgid is opaque text. */
#ifndef YH_SHELL_GATEWAY_ENVELOPE_H
#define YH_SHELL_GATEWAY_ENVELOPE_H
#include "shell/gateway/field.h"

struct yh_envelope {
    yh_str infno, msgid, mdtrtarea_admvs, insuplc_admdvs, fixmedins_code, fixmedins_name;
    yh_str opter, opter_name, opter_type, sign_no, cainfo, signtype, enc_type;
    bool timed; /* inf_time was sent */
    yh_time inf_time;
    const struct yh_json *root;  /* the whole envelope */
    const struct yh_json *input; /* its object; NULL when absent */
    yh_str input_text;           /* source text of input, as the sender signed it */
};

/* Reads a body.  What can be read stands in *out even on failure, so that the reply can name it.
 * YH_BAD_INPUT, YH_LIMIT: no JSON, no object, an input that is neither object nor the text of one;
 * err->text is for people. */
YH_MUST_USE
enum yh_status yh_envelope_read(struct yh_arena *a, yh_str body, struct yh_envelope *out,
                                struct yh_err *err);

/* A digest of what is asked: number, provider and input without blanks, so that the same call sent
 * again is known again whatever its inf_time. */
void yh_envelope_digest(struct yh_arena scratch, const struct yh_envelope *e, uint8_t out[32]);

/* What surrounds an answer. */
struct yh_reply_head {
    bool ok;
    yh_str office;            /* six digits for inf_refmsgid; "" gives 000000 */
    int64_t serial;           /* of this reply, in the process */
    yh_time got, sent;        /* civil seconds */
    int got_ms, sent_ms;      /* 0 .. 999 */
    yh_str err_msg, warn_msg; /* cut at 200 characters */
};
/* Writes a reply: infcode is the text "0" or "-1", which every known client takes.  `output` is
 * JSON text, "" = null. */
void yh_reply_write(struct yh_buf *b, const struct yh_reply_head *h, yh_str output);
/* The gateway's own failure, in place of an envelope: {"code":401,"message":"…"}. */
void yh_reply_gateway(struct yh_buf *b, int code, yh_str message);
#endif
