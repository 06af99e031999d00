/* shell/gateway/auth.h -- who may call: one scheme per provider.
 *
 * access.tsv in the data folder: columns provider, scheme, id, secret, public_key.  Schemes:
 *   off     none; taken in a sandbox only
 *   x-tif   x-tif-paasid, -timestamp (seconds), -nonce, -signature: hex SHA-256 of timestamp +
 *           token + nonce + timestamp, either case
 *   api     _api_name, _api_version, _api_timestamp (ms or s), _api_access_key, _api_signature:
 *           Base64 HmacSHA1 of the four in order of name, joined k=v with &
 *   sm2-jl  cainfo = Base64 of r||s, SM3withSM2 over the text of input, user id = `id`
 *   sm2-hb  cainfo = upper hex of r||s or of its DER form, over the sorted k=v& text of the other
 *           envelope keys, user id 1234567812345678
 * (reference: what live clients of several provinces send.)  Timestamps may be 30 minutes off.
 * A nonce is not remembered: a repeated call is caught by its msgid. */
#ifndef YH_SHELL_GATEWAY_AUTH_H
#define YH_SHELL_GATEWAY_AUTH_H
#include "shell/gateway/envelope.h"

enum yh_auth_scheme { YH_AUTH_OFF, YH_AUTH_XTIF, YH_AUTH_API, YH_AUTH_SM2_JL, YH_AUTH_SM2_HB };
struct yh_access {
    yh_str provider, id, secret, public_key; /* public_key: hex of 04||x||y, 130 digits */
    enum yh_auth_scheme scheme;
};
struct yh_accesses {
    struct yh_access *row;
    int n;
    struct yh_map by_provider;
    bool sandbox; /* a provider without a row needs nothing; `off` is allowed */
};

/* Reads access.tsv; the text is borrowed; "" gives no rows.  YH_BAD_TABLE: an unknown scheme, a
 * provider twice or empty, `off` outside a sandbox, an empty id or secret of a header scheme, a key
 * of the wrong form. */
YH_MUST_USE
enum yh_status yh_access_load(struct yh_arena *a, yh_str text, bool sandbox,
                              struct yh_accesses *out, struct yh_err *err);

/* Headers of the call, looked up by name. */
struct yh_headers {
    yh_str (*get)(void *user, const char *name);
    void *user;
};

/* May this call go on?  now_s: unix seconds.  YH_DENIED: err->text says what is wrong (a header
 * missing, out of time, unknown key, bad signature). */
YH_MUST_USE
enum yh_status yh_auth_check(const struct yh_accesses *t, const struct yh_envelope *e,
                             struct yh_headers h, int64_t now_s, struct yh_arena scratch,
                             struct yh_err *err);
#endif
