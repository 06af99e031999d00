/* service/service.h -- use cases: one transaction each, joining the engines to the store.
 *
 * Here are what every use case shares: the open service, the world it decides by, one call and its
 * retries, refusals.  The families stand beside it, one header each:
 *
 *     registry.h    persons, providers, sign-in, entitlement, accounts   1101 1201 2001 9001 9002
 *     visit.h       registrations, stays, diagnoses, charges             2201-2205 2301 2302 2401-2405
 *     settle.h      trial, settlement, undoing, reversal, purchase       2206-2208 2303-2305 2101-2103 2601
 *     filing.h      referral, chronic, chosen provider, injury           2501-2507
 *     consent.h     a person lets another see or act (家庭)
 *     reconcile.h   daily totals and details                             3201 3202
 *     stock.h       directory match, departments, goods, trace codes     3301 3302 3401-3403 3501-3506
 *     document.h    checked documents, settlement lists                  4101 4102 42xx-47xx
 *     lists.h       settlement lists checked and grouped                 4103-4105 3605-3611
 *     month.h       a month of lists locked and opened by the agency
 *     special.h     a case that asks to leave group payment              3601-3604
 *     agency.h      what the agency's own people do to a data folder
 *     query.h       what is stored, read back                            5101-5304
 *     library.h     catalogues and dictionaries as pages and files       1301-1319 1901
 *     review.h      retroactive re-adjudication, listed
 *     agency.h      what the agency's own people do
 *     casework/     cases, appeals 3701-3704, decisions, tips, credit, inspections
 *     matter/       matters at the desk, reimbursement by hand, payments through the bank
 *     watch.h       monitoring at the window                             3101 3102 3103
 *
 * Inside, names are English; the rows handed out and taken are the store's (store/schema.def
 * gives the national name of each column).  The gateway maps them by catalogs/interface/fields.tsv.
 *
 * Texts given in must live until the call returns; texts that come out live in ctx->arena.
 * The service reads no clock, no random source and no file: `now` and the salt come with the call.
 *
 * How the gateway works with it, on its one writer thread:
 *
 *     yh_service_batch_begin(s)
 *       for each queued writing request:  yh_service_write(s, &call, work, user, &reply)
 *     yh_service_batch_commit(s)          only then may anyone of the batch be answered
 *
 * and on any thread, for a reading one:   yh_service_read(s, &call, work, user, &reply) */
#ifndef YH_SERVICE_SERVICE_H
#define YH_SERVICE_SERVICE_H
#include "model/casework/casework.h"
#include "model/catalog/terms.h"
#include "model/matter/matter.h"
#include "model/monitor/rule.h"
#include "model/policy/plan.h"
#include "model/region/region.h"
#include "store/lines.h"
#include "store/store.h"

/* ---- the world: what decides, loaded once, read-only, shared by all threads ---- */

/* A document with its amendments, as it stands on the days of `period`. */
struct yh_dated_plan {
    struct yh_period period;
    const struct yh_plan *plan;
};

struct yh_plan_list {
    const struct yh_dated_plan *plan; /* all that are in force on some day, in any order */
    int n;
};

struct yh_world {
    const struct yh_regions *regions;
    const struct yh_catalog *catalog;
    const struct yh_term_tables *terms; /* by region; yh_terms_at gives a settlement its view */
    const struct yh_dated_plan *plan;   /* as loaded; asked for by yh_world_plans */
    int nplan;
    /* What takes their place since a document was published while the process runs; NULL: nothing has.
     * Written by yh_world_replace alone. */
    const struct yh_plan_list *later;
    const struct yh_world_text
        *text; /* dictionaries and catalogue tables that are handed out */
    int ntext;
    /* Home regions that another system answers for (DESIGN: one message in, one message out).
     * NULL: every home is here.  See service/remote.h. */
    const struct yh_remote *remote;
    /* What settlement lists are judged and grouped by; NULL: not loaded.  See service/lists.h. */
    const struct yh_casebook *casebook;
    /* Terms, measures, points and rewards of casework; NULL: not loaded.  See casework/casework.h. */
    const struct yh_casework *casework;
    /* Kinds of matters at the desk and their deadlines; NULL: not loaded.  See matter/matter.h. */
    const struct yh_matters *matters;
    /* Monitoring rules; NULL: none.  See service/watch.h. */
    const struct yh_rules *rules;
};

/* A table as text, by its path below catalogs/ ("interface/dictionaries.tsv"). */
struct yh_world_text {
    yh_str path, text;
};

/* The plans that hold now.  A list stays as it is for as long as the world does: whoever has asked
 * goes on with what was given, and who asks later may be given another. */
struct yh_plan_list yh_world_plans(const struct yh_world *w);
/* Puts another list in its place, for all threads at once; it must outlive the world, and so must what
 * it replaces: calls on their way still look there. */
void yh_world_replace(struct yh_world *w, const struct yh_plan_list *plans);

/* The document of a place (its pooling area, else its office) and scheme ("310") in force on a day;
 * NULL = none. */
const struct yh_plan *yh_world_plan(const struct yh_world *w, const struct yh_place *home,
                                    yh_str scheme, yh_day day);
/* "" when that text is not loaded. */
yh_str yh_world_text_of(const struct yh_world *w, yh_str path);

/* ---- the service ---- */

struct yh_service; /* a store and a world */

struct yh_service_options {
    struct yh_store_options store;
    const struct yh_world *world; /* must outlive the service */
    bool sign_in; /* writing calls need the operator's sign-in (9001) of the day */
};

/* data: "sqlite:DIR" or "memory:".  Fails as yh_store_open. */
YH_MUST_USE
enum yh_status yh_service_open(yh_str data, const struct yh_service_options *opt,
                               struct yh_service **out, struct yh_err *err);
void yh_service_close(struct yh_service *s); /* NULL is fine */
struct yh_store *yh_service_store(struct yh_service *s);
const struct yh_world *yh_service_world(const struct yh_service *s);

YH_MUST_USE
enum yh_status yh_service_batch_begin(struct yh_service *s, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_service_batch_commit(struct yh_service *s, struct yh_err *err);
/* The first half of a commit, as yh_store_batch_commit_soon: the writer goes on while another thread syncs
 * (yh_service_sync_shown) and then answers all that was committed before. */
YH_MUST_USE
enum yh_status yh_service_batch_commit_soon(struct yh_service *s, struct yh_err *err);
/* Its number for yh_service_sync_shown, as yh_store_committed. */
int64_t yh_service_committed(const struct yh_service *s);

/* ---- one call ---- */

/* What the envelope says.  Empty texts where it says nothing. */
struct yh_call {
    yh_str infno;    /* "2207" */
    yh_str msgid;    /* opaque */
    yh_str provider; /* fixmedins_code */
    yh_str office;   /* insuplc_admdvs; "" = find it from the person */
    yh_str place;    /* mdtrtarea_admvs; "" = the provider's */
    yh_str operator_no, operator_name, operator_kind, sign_no;
    yh_str person; /* the psn_no named in the body; "" = none */
    yh_str visit;  /* the mdtrt_id named in the body; "" = none */
    yh_str body;   /* text of `input` as received: what a repeated msgid is compared by */
    yh_time now;
    uint8_t salt[16]; /* random, for the settlement's leaf */
    bool shown; /* the caller read the person's certificate today (1101); access_log may not
                       * say so yet */
};

/* Somebody whose data a reading call shows. */
struct yh_seen_person {
    yh_str region;
    int64_t grp;
    yh_str person;
    yh_str object; /* visit or settlement; "" = the person */
};

/* One call inside one transaction: the first argument of every use case.  Filled by
 * yh_service_write and yh_service_read. */
struct yh_ctx {
    struct yh_service *service;
    const struct yh_world *world;
    struct yh_txn *x;
    struct yh_group group;  /* of the request key; ("", 0) where no person is named */
    struct yh_arena *arena; /* what comes out lives here */
    const struct yh_call *call;
    yh_time now;
    yh_day today;
    bool writes;                      /* false in a snapshot */
    struct yh_provider_row *provider; /* of the caller; NULL: not registered (1201, sandbox) */
    struct yh_place provider_place;   /* where the provider lies; valid when provider != NULL */
    struct yh_person_key_row *key;    /* of call->person, found with the request key */
    int nkey;
    const yh_str *trace; /* drug trace codes sold in this call (yh_trace_sell) */
    int ntrace;
    struct yh_seen_person *seen; /* yh_seen's; none: the person named in the call */
    int nseen, seen_cap;
    yh_str made;        /* what a writing call made: settlement or visit id (for 2601) */
    struct yh_buf warn; /* warnings for warn_msg, one sentence each */
};

/* What the gateway does inside the transaction: read the typed fields, call one use case, write
 * the whole reply into `reply`.  Any status but YH_OK drops everything that was written. */
typedef enum yh_status yh_work_fn(struct yh_ctx *ctx, void *user, struct yh_buf *reply,
                                  struct yh_err *err);

struct yh_answer {
    yh_str reply; /* in the arena */
    yh_str warn;  /* warnings, for those who want them outside the reply */
    bool
        crowded; /* with YH_RETRY: not done, for another process was in its way and this batch holds
                    * other calls; the same in a batch of its own may wait */
    bool repeated; /* the stored reply of an earlier call with the same key */
};

/* A writing call, in an open batch.  Looks the key (region, group, provider, msgid) up first:
 *   same key, number and body, done     the stored reply, byte for byte; work is not called
 *   same key, other body or number      YH_CONFLICT
 *   tombstone of a 2601                 YH_CONFLICT: the reversed call came late
 *   done and later reversed by 2601     YH_CONFLICT: use a new msgid
 *   anything else                       work; when it answers YH_OK the reply is stored
 * An empty msgid is refused.  After a refusal nothing is stored, so the same call is done afresh.
 * Also refused before any work: a provider unknown, ended, or suspended on that day. */
YH_MUST_USE
enum yh_status yh_service_write(struct yh_service *s, const struct yh_call *call,
                                struct yh_arena *arena, yh_work_fn *work, void *user,
                                struct yh_answer *out, struct yh_err *err);
/* A reading call on a snapshot of its own: no key is kept.  The same checks of the provider. */
YH_MUST_USE
enum yh_status yh_service_read(struct yh_service *s, const struct yh_call *call,
                               struct yh_arena *arena, yh_work_fn *work, void *user,
                               struct yh_answer *out, struct yh_err *err);
/* The same without a wait for the disk: the answer, or refusal, is told to nobody before
 * yh_service_sync_shown has succeeded for *shown (0: at once). */
YH_MUST_USE
enum yh_status yh_service_read_soon(struct yh_service *s, const struct yh_call *call,
                                    struct yh_arena *arena, yh_work_fn *work, void *user,
                                    struct yh_answer *out, int64_t *shown, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_service_sync_shown(struct yh_service *s, int64_t shown, struct yh_err *err);

/* ---- refusals ---- */

/* service/refuse.def: every business refusal is one row. */
enum yh_refusal {
#define R(name, status, field, what, cure) YH_REFUSE_##name,
#include "service/refuse.def"
#undef R
    YH_REFUSE_COUNT
};
/* Fills *err: "what field=met：detail；cure" (detail may be NULL), with the row's status. */
enum yh_status yh_refuse(struct yh_err *err, enum yh_refusal why, yh_str met,
                         const char *detail, ...) YH_PRINTF(4, 5);

/* ---- small things the families share ---- */

/* Opens the person named (psn_no) for this call: finds the region and group, moves the transaction
 * to the group, loads rows.  Where several regions enrol the person, call->office decides, then a
 * normal enrolment of `scheme` ("" = any) on `day`.
 * YH_NOT_FOUND: no such person; not enrolled in that scheme. */
struct yh_member {
    struct yh_person_row *person;
    struct yh_enrolment_row
        *enrolment;                   /* the one used; NULL when scheme was "" and none holds */
    struct yh_identity_row *identity; /* that hold on the day */
    int nidentity;
    struct yh_account_row *account; /* NULL = none */
    struct yh_place home;           /* office, pool, province of the enrolment */
};
YH_MUST_USE
enum yh_status yh_member_open(struct yh_ctx *c, yh_str person, yh_str scheme, yh_day day,
                              struct yh_member *out, struct yh_err *err);
/* The same without identities and account, for who only asks whether the person may begin. */
YH_MUST_USE
enum yh_status yh_member_enrolled(struct yh_ctx *c, yh_str person, yh_str scheme, yh_day day,
                                  struct yh_member *out, struct yh_err *err);
/* The visit (mdtrt_id) alone.  Statuses as of yh_case_open. */
YH_MUST_USE
enum yh_status yh_visit_open(struct yh_ctx *c, yh_str person, yh_str visit,
                             struct yh_visit_row *v, struct yh_err *err);
/* The visit (mdtrt_id) and its person, with the enrolment that the visit uses, as of its first day.
 * YH_NOT_FOUND: person or visit unknown; YH_DENIED: another person's or another provider's. */
YH_MUST_USE
enum yh_status yh_case_open(struct yh_ctx *c, yh_str person, yh_str visit, struct yh_member *m,
                            struct yh_visit_row *v, struct yh_err *err);
/* Refuses who may not draw on the insurance that day: dead, not enrolled, paused, frozen, and,
 * where `pooled`, waiting. */
YH_MUST_USE
enum yh_status yh_member_entitled(struct yh_ctx *c, const struct yh_member *m, yh_day day,
                                  bool pooled, struct yh_err *err);
/* Refuses a med_type that the calling provider had not opened that day. */
YH_MUST_USE
enum yh_status yh_service_opened(struct yh_ctx *c, yh_str med_type, struct yh_err *err);
/* Age in tenths of a year: 46.1 years = 461. */
int yh_age_tenths(yh_day born, yh_day on);
/* Stays: med_type 2…, 52, 71 and the like; else an outpatient visit or purchase. */
bool yh_is_stay(yh_str med_type);
bool yh_is_pharmacy(yh_str med_type);
/* Adds a warning to warn_msg. */
void yh_warn(struct yh_ctx *c, const char *fmt, ...) YH_PRINTF(2, 3);
/* What the use cases work with where no call came through a door: made by the service's own readers, keeps
 * nothing. */
struct yh_ctx yh_outside(const struct yh_world *w, struct yh_txn *x, struct yh_arena *a,
                         const struct yh_call *call);
/* Tells of a person whose data the reply shows and whom the call does not name. */
void yh_seen(struct yh_ctx *c, struct yh_seen_person who);
#endif
