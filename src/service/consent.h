/* service/consent.h -- 家庭: a person (the owner) lets another (the member) see their data or act for them.
 *
 * Asked by the member, given by the owner with scope and last day, withdrawn by either at any time; the
 * owner may give without being asked, or change what was given by giving again.  Nothing holds without
 * the owner's own act.  Each step is a row of consent_step, which nobody can change; each look under a
 * consent is noted like any other (table access_log, purpose family), so the owner sees it.
 *
 * 个人信息保护法 第十五条: consent can be withdrawn, as easily as it was given.  One pair, one row. */
#ifndef YH_SERVICE_CONSENT_H
#define YH_SERVICE_CONSENT_H
#include "service/service.h"

enum {
#define S(name, word, text) YH_CONSENT_BIT_##name,
#include "service/consent.def"
    YH_CONSENT_SCOPES
};
enum {
#define S(name, word, text) YH_CONSENT_##name = 1 << YH_CONSENT_BIT_##name,
#include "service/consent.def"
    YH_CONSENT_ANY = (1 << YH_CONSENT_SCOPES) - 1
};

#define YH_CONSENT_DAYS_MAX (3 * 366) /* the longest that may be given at once */
#define YH_CONSENT_QUIET_DAYS 30 /* after a refusal the same member may not ask for so long */
#define YH_CONSENT_MOST 50       /* rows of one person, either way */

/* "bills year" as bits; YH_BAD_INPUT (field scope): an unknown word, or none. */
YH_MUST_USE
enum yh_status yh_consent_scope_read(yh_str words, int *out, struct yh_err *err);

/* The member asks: replaces what they asked before.  words: up to 200 characters, told to the owner.
 * YH_BAD_INPUT: owner and member are one; words too long.  YH_CONFLICT: refused less than
 * YH_CONSENT_QUIET_DAYS ago.  YH_LIMIT: the member has YH_CONSENT_MOST rows. */
YH_MUST_USE
enum yh_status yh_consent_ask(struct yh_txn *x, yh_time now, yh_str owner, yh_str member,
                              yh_str relation, int scope, yh_str words, struct yh_err *err);
/* The owner gives, through the day `last`.  YH_BAD_INPUT (field to): it has passed, or is more than
 * YH_CONSENT_DAYS_MAX ahead.  The rest as above. */
YH_MUST_USE
enum yh_status yh_consent_give(struct yh_txn *x, yh_time now, yh_str owner, yh_str member,
                               yh_str relation, int scope, yh_day last, struct yh_err *err);
/* The owner refuses what was asked; what was given before stays.  YH_NOT_FOUND: nothing was asked. */
YH_MUST_USE
enum yh_status yh_consent_refuse(struct yh_txn *x, yh_time now, yh_str owner, yh_str member,
                                 struct yh_err *err);
/* `by` (owner or member) ends all of it.  YH_NOT_FOUND: nothing was given or asked.  YH_DENIED: a child
 * would end a guardian's. */
YH_MUST_USE
enum yh_status yh_consent_withdraw(struct yh_txn *x, yh_time now, yh_str owner, yh_str member,
                                   yh_str by, struct yh_err *err);
/* ---- guardians of minors ---- */

/* 民法典 第二十七条: parents are the guardians of their minor children; 第十七条: a minor is younger than
 * eighteen.  What a guardian may is not given by the child, so it is entered on proof (a matter at the desk,
 * effect guard) and ends by itself on the eighteenth birthday, which the person's record says, now and
 * later. */

/* The eighteenth birthday: the first day on which it no longer holds. */
yh_day yh_guard_ends(yh_day born);
/* Enters the guardian, with every scope, from today.  YH_NOT_FOUND: one of the two.  YH_CONFLICT: the child
 * is eighteen, the guardian is not. */
YH_MUST_USE
enum yh_status yh_guard_enter(struct yh_txn *x, yh_time now, yh_str child, yh_str guardian,
                              yh_str relation, struct yh_err *err);
/* Ends it before its time.  YH_NOT_FOUND: there is none. */
YH_MUST_USE
enum yh_status yh_guard_end(struct yh_txn *x, yh_time now, yh_str child, yh_str guardian,
                            struct yh_err *err);
/* Is the member a guardian of the owner on that day? */
bool yh_guard_holds(struct yh_txn *x, yh_day day, yh_str owner, yh_str member);

/* Does the consent hold on that day for all of `scope`?  YH_DENIED: no, in words. */
YH_MUST_USE
enum yh_status yh_consent_holds(struct yh_txn *x, yh_day day, yh_str owner, yh_str member,
                                int scope, struct yh_err *err);
/* Rows where the person is the owner, or (member) the member; newest change first. */
YH_MUST_USE
enum yh_status yh_consents_of(struct yh_txn *x, yh_str person, bool member,
                              struct yh_consent_row **row, int *n, struct yh_err *err);
#endif
