/* service/drafting/drafting.h -- drafts of policy documents, from the first words to the publication.
 *
 * A draft is a row, each saved text of it a version that never changes.  Two persons stand behind what
 * is published: who approves a draft has saved none of its versions; the server holds it (step.def).
 * What is approved is a version, and that version is published, with nothing changed in it but its
 * standing and its source, which only the decision gives.
 *
 * The log of publications is append-only.  Its entry is SHA-256 over, each as "name=value\n":
 * no, document, region, scheme, title, from_day, draft, version, reviewed, digest, author, reviewer,
 * publisher, time, before.  The published texts live there and nowhere else; a server lays them over
 * the documents on disk (shell/realm).
 *
 * Who may see a region's drafts is decided before, by shell/portal; whether a text is a sound document
 * too, by who compiles it. */
#ifndef YH_SERVICE_DRAFTING_H
#define YH_SERVICE_DRAFTING_H
#include "model/policy/policy.h"
#include "service/service.h"

#define YH_DRAFT_BYTES_MAX (256 << 10)

enum yh_draft_state {
#define STATE(id, word, text) YH_DRAFT_##id,
#include "service/drafting/state.def"
    YH_DRAFT_STATES
};
enum yh_draft_step {
#define STEP(id, word, from, to, who, text, why) YH_STEP_##id,
#include "service/drafting/step.def"
    YH_STEPS
};
const char *yh_draft_state_text(yh_str word); /* "起草中"; "" = no such state */
const char *yh_draft_step_word(enum yh_draft_step s);
const char *yh_draft_step_text(enum yh_draft_step s);
bool yh_draft_step_read(yh_str word, enum yh_draft_step *out);

/* One person at work on drafts, inside a transaction (or, to look, on a view). */
struct yh_drafter {
    struct yh_txn *x;
    struct yh_arena *arena;
    yh_str user, name;
    yh_time now;
};

/* What a page says of itself, as its reader found it. */
struct yh_draft_text {
    yh_str text, region, scheme, title, amends;
    yh_day from;
    yh_str base; /* hex digest of the plan it is written over, as of now; "" = none */
};

/* Saves a text: a new draft (draft 0), or the next version of one that is being written.  `seen` is the
 * version that the editor began from.  YH_CONFLICT: somebody saved another meanwhile, it is not being
 * written (sent, approved, published, withdrawn), or it is of another region or scheme now.  YH_NOT_FOUND.
 * YH_LIMIT: longer than YH_DRAFT_BYTES_MAX. */
YH_MUST_USE
enum yh_status yh_draft_save(const struct yh_drafter *d, int64_t draft, int64_t seen,
                             const struct yh_draft_text *t, struct yh_policy_draft_row *out,
                             struct yh_err *err);
YH_MUST_USE
enum yh_status yh_draft_get(const struct yh_drafter *d, int64_t draft,
                            struct yh_policy_draft_row *out, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_draft_version(const struct yh_drafter *d, int64_t draft, int64_t version,
                                struct yh_policy_version_row *out, struct yh_err *err);
/* All drafts, the last changed first. */
YH_MUST_USE
enum yh_status yh_draft_list(const struct yh_drafter *d, struct yh_policy_draft_row **row,
                             int *n, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_draft_history(const struct yh_drafter *d, int64_t draft,
                                struct yh_policy_step_row **step, int *nstep,
                                struct yh_policy_version_row **version, int *nversion,
                                struct yh_err *err);

/* May this person take the step now?  YH_OK; YH_DENIED: it wants another person; YH_CONFLICT: its state
 * forbids it. */
YH_MUST_USE
enum yh_status yh_draft_may(const struct yh_drafter *d, const struct yh_policy_draft_row *row,
                            enum yh_draft_step step, struct yh_err *err);
/* Takes it, on the version that the person has before them.  A return says why (YH_BAD_INPUT).
 * YH_CONFLICT: another version is the last one.  Not for YH_STEP_PUBLISH. */
YH_MUST_USE
enum yh_status yh_draft_take(const struct yh_drafter *d, int64_t draft, int64_t version,
                             enum yh_draft_step step, yh_str remark,
                             struct yh_policy_draft_row *out, struct yh_err *err);

/* The page as it will be published: `standing` (official, invented) in the place of draft, `source` in the
 * place of the draft's.  doc is the page as read.  YH_BAD_INPUT: the page has no source line or is no
 * draft, the standing is none of those, the source is empty or more than one line. */
YH_MUST_USE
enum yh_status yh_draft_final(struct yh_arena *a, const struct yh_policy_doc *doc,
                              yh_str standing, yh_str source, yh_str *out, struct yh_err *err);

/* What is to be published, and over what it was tried. */
struct yh_publish {
    int64_t draft, version;
    yh_str text;   /* as yh_draft_final made it */
    yh_str base;   /* hex digest of the plan that it changes, as it is now */
    int64_t after; /* number of the last publication when it was tried */
};
/* Appends it to the log.  YH_CONFLICT: not approved, another version, published already; the plan it was
 * approved over is another by now (stale); another document was published since it was tried.
 * YH_BAD_INPUT: its first day is not later than today: what has begun is for re-adjudication. */
YH_MUST_USE
enum yh_status yh_draft_publish(const struct yh_drafter *d, const struct yh_publish *p,
                                struct yh_policy_publication_row *out, struct yh_err *err);

/* The log, from the first.  YH_BAD_TABLE: a text or an entry is not what its digest says, or one is
 * missing; the message names it. */
YH_MUST_USE
enum yh_status yh_publications(struct yh_txn *x, struct yh_policy_publication_row **row, int *n,
                               struct yh_err *err);
/* The number of the last; 0: none. */
YH_MUST_USE
enum yh_status yh_publication_last(struct yh_txn *x, int64_t *out, struct yh_err *err);
/* The published texts of a data folder or database, for yh_policy_read; none where nothing is there
 * yet.  Everything lives in `a`. */
YH_MUST_USE
enum yh_status yh_published(yh_str data, struct yh_arena *a, struct yh_policy_text **text,
                            int *n, struct yh_err *err);
/* "发布/3": what findings call a published page. */
yh_str yh_published_name(struct yh_arena *a, int64_t no);
#endif
