/* service/document.h -- records that are checked, kept and acknowledged: 4101, 42xx-47xx. */
#ifndef YH_SERVICE_DOCUMENT_H
#define YH_SERVICE_DOCUMENT_H
#include "service/service.h"

/* Keeps one document.  `in`: infno, own_key (the sender's key; "" = the message id), person,
 * visit, settlement, body.  A person named must exist; a visit or settlement named must be this
 * provider's and that person's.  Sent again under its key it becomes the next version.  A list
 * (4101, 4101A) begins as a draft and may be sent again only while its state is 0 (draft) or 3
 * (rejected), which makes it a draft again.  out->own_key, out->version, out->state.
 * YH_NOT_FOUND: person, visit, settlement.  YH_DENIED: another's.  YH_CONFLICT: list submitted, or its
 * month locked (service/month.h). */
YH_MUST_USE
enum yh_status yh_document_put(struct yh_ctx *c, const struct yh_document_row *in,
                               struct yh_document_row *out, struct yh_err *err);
/* 4102: the state of a settlement's list.  0→1, 3→0 and 3→1 are the provider's; anything else is
 * YH_CONFLICT, and so is anything while the month is locked.  YH_NOT_FOUND: no list for that
 * settlement. */
YH_MUST_USE
enum yh_status yh_list_state(struct yh_ctx *c, yh_str person, yh_str settlement, yh_str state,
                             struct yh_err *err);
/* The agency's decision on a submitted list: 1→2 passed, 1→3 rejected (not part of the national
 * interface).  YH_CONFLICT: it is not submitted.  YH_NOT_FOUND. */
YH_MUST_USE
enum yh_status yh_list_review(struct yh_ctx *c, yh_str provider, yh_str person,
                              yh_str settlement, bool pass, struct yh_err *err);
#endif
