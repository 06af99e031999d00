/* service/document.h -- records that are checked, kept and acknowledged: 4101, 42xx-47xx. */
#ifndef YH_SERVICE_DOCUMENT_H
#define YH_SERVICE_DOCUMENT_H
#include "service/service.h"

/* Keeps one document.  `in`: infno, own_key (the sender's key; "" = the message id), person,
 * visit, settlement, body.  A person named must exist; a visit or settlement named must be this
 * provider's and that person's.  Sent again it becomes the next version; 4101 only while its state
 * is 0 (draft) or 3 (rejected).  out->own_key, out->version. */
YH_MUST_USE enum yh_status yh_document_put(struct yh_ctx *c, const struct yh_document_row *in,
                                           struct yh_document_row *out, struct yh_err *err);
/* 4102: the state of a settlement's list.  0→1, 3→0 and 3→1 are the provider's; anything else is
 * YH_CONFLICT.  YH_NOT_FOUND: no list for that settlement. */
YH_MUST_USE enum yh_status yh_list_state(struct yh_ctx *c, yh_str person, yh_str settlement,
                                         yh_str state, struct yh_err *err);
#endif
